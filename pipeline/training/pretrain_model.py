"""What is pre-trained: settings, configuration, the encoder with its tied head."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from transformers import RobertaConfig, RobertaModel

from pipeline.subword import BOS, EOS, PAD


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """What a pre-training run is made of; written beside its checkpoints."""

    layers: int = 4
    hidden: int = 256
    heads: int = 4
    length: int = 128
    batch: int = 16
    optimiser: str = "adamw"  # or "muon": Muon for the layers' matrices, AdamW for the rest
    lr: float = 5e-4
    lr_matrices: float = 1.2e-3  # of Muon
    warmup: int = 400
    decay_from: float = 0.0  # the share of the steps after which the rate falls, linearly
    mask: float = 0.2
    tokens: int = 100_000_000
    seed: int = 13
    save_every: int = 600  # seconds


class MaskedWordModel(nn.Module):
    """RobertaModel and a tied head that sees masked positions only."""

    def __init__(self, config: RobertaConfig) -> None:
        super().__init__()
        self.roberta = RobertaModel(config, add_pooling_layer=False)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over positions whose target isn't -100."""
        hidden = self.roberta(ids, attention_mask=ids != PAD).last_hidden_state
        where = targets != -100
        hidden = self.norm(nn.functional.gelu(self.dense(hidden[where])))
        table = self.roberta.embeddings.word_embeddings.weight
        logits = nn.functional.linear(hidden, table, self.bias)
        return nn.functional.cross_entropy(logits.float(), targets[where])


def encoder_config(size: int, settings: PretrainSettings) -> RobertaConfig:
    """PhoBERT's configuration with our sizes: 258 positions, layer norm after, eps 1e-5."""
    return RobertaConfig(
        vocab_size=size,
        hidden_size=settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        intermediate_size=4 * settings.hidden,
        max_position_embeddings=258,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        bos_token_id=BOS,
        pad_token_id=PAD,
        eos_token_id=EOS,
        attention_probs_dropout_prob=0.0,
        hidden_dropout_prob=0.0,
    )
