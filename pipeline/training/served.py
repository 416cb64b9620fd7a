"""The tagger as it is served: one unpadded window at a time, few and large operations.

Windows run one by one (int8 scales its activations by the run), so nothing is padded and no
attention mask is needed. Query, key and value are one product, and the numbers are those of
:class:`DirectiveTagger` but for rounding.
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
    """Emissions ``[1, T, L]`` of ``ids[1, T]``.

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
        self.classifier = model.classifier

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """See the class."""
        hidden = self.norm(self.words(ids[0]) + self.places[: ids.shape[1]])
        for layer in self.layers:
            hidden = layer(hidden, self.heads)
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
