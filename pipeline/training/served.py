"""The tagger as it is served: one unpadded window at a time, few and large operations.

Windows run one by one (int8 scales its activations by the run), so nothing is padded and no
attention mask is needed. Query, key and value are one product, the convolution is one product
over five shifted copies (which int8 covers, as ONNX Runtime has no int8 ``Conv1d`` for
dynamic scales), and the numbers are those of :class:`DirectiveTagger` but for rounding.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from pipeline.subword import PAD
from pipeline.training.model import DirectiveTagger


class ServedTagger(nn.Module):
    """Emissions ``[1, T, L]`` of ``ids[1, T]`` and, with local features, ``features[1, T, F]``.

    Raises ValueError for an encoder whose activation isn't the exact GELU.
    """

    def __init__(self, model: DirectiveTagger) -> None:
        super().__init__()
        config = model.config
        if config.hidden_act != "gelu":
            raise ValueError(f"activation {config.hidden_act!r}: only 'gelu' is served")
        self.heads = config.num_attention_heads
        self.size = config.hidden_size
        embeddings = model.roberta.embeddings
        self.words = embeddings.word_embeddings
        # Positions count from PAD + 1 (RoBERTa); the one token type is added to them.
        places = embeddings.position_embeddings.weight[PAD + 1 :]
        self.places = nn.Parameter(places + embeddings.token_type_embeddings.weight[0])
        self.norm = embeddings.LayerNorm
        self.layers = nn.ModuleList(_Layer(layer) for layer in model.roberta.encoder.layer)
        self.local = nn.ModuleList(model.local.values())
        if len(self.local):
            self.mix_in = model.mix_in
            self.near = _as_linear(model.near)
        self.classifier = model.classifier

    def forward(self, ids: torch.Tensor, features: torch.Tensor | None = None) -> torch.Tensor:
        """See the class."""
        words = self.words(ids[0])
        embeds = words
        near = None
        if len(self.local) and features is not None:
            local = torch.cat([t(features[0, :, k]) for k, t in enumerate(self.local)], -1)
            embeds = words + self.mix_in(local) * 0.1
            beside = functional.pad(torch.cat([words * 20, local], -1), (0, 0, 2, 2))
            n = ids.shape[1]
            five = torch.cat([beside[k : k + n] for k in range(5)], -1)
            near = functional.gelu(self.near(five))
        hidden = self.norm(embeds + self.places[: ids.shape[1]])
        for layer in self.layers:
            hidden = layer(hidden, self.heads)
        if near is not None:
            hidden = torch.cat([hidden, near], -1)
        return torch.as_tensor(self.classifier(hidden)[None])


class _Layer(nn.Module):
    """One RoBERTa layer over ``[T, H]``, layer norm after each branch."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        own = layer.attention.self
        parts = (own.query, own.key, own.value)
        # The attention's scale goes into the query's weights.
        scale = 1 / math.sqrt(own.attention_head_size)
        factors = (scale, 1.0, 1.0)
        self.qkv = nn.Linear(own.query.in_features, 3 * own.query.out_features)
        with torch.no_grad():
            self.qkv.weight.copy_(torch.cat([p.weight * f for p, f in zip(parts, factors)]))
            self.qkv.bias.copy_(torch.cat([p.bias * f for p, f in zip(parts, factors)]))
        self.out, self.out_norm = layer.attention.output.dense, layer.attention.output.LayerNorm
        self.up, self.down = layer.intermediate.dense, layer.output.dense
        self.norm = layer.output.LayerNorm

    def forward(self, hidden: torch.Tensor, heads: int) -> torch.Tensor:
        width = hidden.shape[-1] // heads
        q, k, v = self.qkv(hidden).reshape(-1, 3, heads, width).permute(1, 2, 0, 3).unbind(0)
        seen = torch.softmax(q @ k.transpose(1, 2), -1) @ v
        seen = seen.transpose(0, 1).reshape(-1, heads * width)
        hidden = self.out_norm(hidden + self.out(seen))
        return torch.as_tensor(self.norm(hidden + self.down(functional.gelu(self.up(hidden)))))


def _as_linear(conv: nn.Conv1d) -> nn.Linear:
    """A convolution of five as a product over five neighbours laid side by side."""
    linear = nn.Linear(conv.in_channels * conv.kernel_size[0], conv.out_channels)
    with torch.no_grad():
        linear.weight.copy_(conv.weight.permute(0, 2, 1).reshape(conv.out_channels, -1))
        assert conv.bias is not None
        linear.bias.copy_(conv.bias)
    return linear
