"""Where pre-training starts: off the plateau, or from an encoder that is there already."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import RobertaModel

from pipeline.errors import ConfigError
from pipeline.training.pretrain_model import MaskedWordModel, PretrainSettings


def word_vectors(ids: NDArray[np.uint16], size: int, hidden: int, seed: int) -> torch.Tensor:
    """Skip-gram vectors of the pieces, ``[size, hidden]``, standard deviation 0.04."""
    from gensim.models import Word2Vec

    sentences = [list(map(str, row)) for row in np.array_split(ids, max(1, len(ids) // 500))]
    model = Word2Vec(
        sentences, vector_size=hidden, window=5, min_count=3, sg=0, negative=8, epochs=3,
        workers=2, seed=seed, sample=1e-4,
    )  # fmt: skip
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(size, hidden, generator=generator) * 0.04
    found = torch.tensor(np.array(model.wv.vectors))
    found = (found - found.mean(0)) / found.std() * 0.04
    for row, key in zip(found, model.wv.index_to_key, strict=True):
        table[int(key)] = row
    return table


POSITION_DIMS = 64
# Heads that look at a fixed distance when training begins, a row a layer.
_OFFSETS = ((-1, 1, -2, 2), (-1, 1, -3, 3), (-2, 2, -5, 5))


@torch.no_grad()
def initialise(model: MaskedWordModel, ids: NDArray[np.uint16], settings: PretrainSettings) -> None:
    """Start off the plateau: word vectors, sinusoidal positions, heads that look nearby.

    A small encoder trained from nothing first has to find out, through learned absolute
    positions, where its neighbours are; until then the loss stands where word frequencies
    leave it. Here 64 dimensions hold sinusoids (Vaswani et al. 2017), the others word
    vectors, and in the lower layers query and key read the sinusoids with a rotation, so
    that a head begins by attending to the word 1, 2, 3 or 5 to its left or right. All
    weights are trained on from there; the architecture is unchanged.
    """
    p, n = POSITION_DIMS, settings.hidden
    embeddings = model.roberta.embeddings
    words = word_vectors(ids, model.bias.shape[0], n - p, settings.seed)
    embeddings.word_embeddings.weight.zero_()
    embeddings.word_embeddings.weight[:, p:] = words
    waves = 2 * math.pi / torch.logspace(math.log10(3), math.log10(200), p // 2)
    places = torch.arange(embeddings.position_embeddings.weight.shape[0])[:, None] * waves
    positions = torch.zeros_like(embeddings.position_embeddings.weight)
    positions[:, 0:p:2], positions[:, 1:p:2] = places.sin(), places.cos()
    embeddings.position_embeddings.weight.copy_(positions * 0.05)
    embeddings.token_type_embeddings.weight.zero_()
    size = n // settings.heads
    used = min(size, p)
    for layer, offsets in zip(model.roberta.encoder.layer, _OFFSETS, strict=False):
        attention = layer.attention.self
        for head, offset in enumerate(offsets[: settings.heads]):
            rows = slice(head * size, head * size + used)
            look = torch.zeros(used, n)
            here = torch.zeros(used, n)
            for k in range(used // 2):
                turn = float(waves[k]) * offset
                s, c = math.sin(turn), math.cos(turn)
                here[2 * k, 2 * k] = here[2 * k + 1, 2 * k + 1] = 1.0
                look[2 * k, 2 * k], look[2 * k, 2 * k + 1] = c, s
                look[2 * k + 1, 2 * k], look[2 * k + 1, 2 * k + 1] = -s, c
            attention.key.weight[rows] = here
            attention.query.weight[rows] = look * 3.0
    for layer in model.roberta.encoder.layer:  # smaller residual branches at the start
        layer.attention.output.dense.weight.mul_((2 * settings.layers) ** -0.5)
        layer.output.dense.weight.mul_((2 * settings.layers) ** -0.5)


_LAYER = "encoder.layer."  # then the number, in the names of weights
_SIZES = (
    "hidden_size", "num_attention_heads", "intermediate_size", "vocab_size",
    "max_position_embeddings",
)  # fmt: skip


def deepen(state: dict[str, torch.Tensor], had: int, wanted: int) -> dict[str, torch.Tensor]:
    """An encoder's weights over ``wanted`` layers instead of ``had``.

    New layers are spread evenly, each a copy of the one below it whose two branches end in
    zeros and whose norms scale and shift all dimensions alike, so that what comes passes
    nearly unchanged (exactly isn't possible where layers are normalised after their branches).
    """
    out = {k: v for k, v in state.items() if not k.startswith(_LAYER)}
    for old in range(had):
        own = {k: v for k, v in state.items() if k.startswith(f"{_LAYER}{old}.")}
        weight, bias = (own[f"{_LAYER}{old}.output.LayerNorm.{x}"] for x in ("weight", "bias"))
        scale = float((weight.square().mean() + bias.var(unbiased=False)).sqrt())
        shift = float(bias.mean())
        first, last = old * wanted // had, (old + 1) * wanted // had
        for new in range(first, last):
            for key, tensor in own.items():
                name = key.removeprefix(f"{_LAYER}{old}.")
                if new > first and "output.dense" in name:
                    tensor = torch.zeros_like(tensor)
                elif new > first and "LayerNorm" in name:
                    tensor = torch.full_like(tensor, scale if name.endswith("weight") else shift)
                out[f"{_LAYER}{new}.{name}"] = tensor.clone()
    return out


@torch.no_grad()
def go_on_from(model: MaskedWordModel, base: Path) -> None:
    """Take an encoder's weights, with more layers where the model has more (:func:`deepen`).

    The head's dense layer begins near the identity. Raises ConfigError when the encoder has
    more layers than the model, or other sizes.
    """
    loaded = RobertaModel.from_pretrained(base, add_pooling_layer=False)
    had, wanted = (m.config.num_hidden_layers for m in (loaded, model.roberta))
    sizes = [(k, getattr(loaded.config, k), getattr(model.roberta.config, k)) for k in _SIZES]
    other = [f"{k} {has}, not {wants}" for k, has, wants in sizes if has != wants]
    if had > wanted:
        other.append(f"{had} layers, more than {wanted}")
    if other:
        raise ConfigError(f"{base} has {'; '.join(other)}: name another base or other sizes")
    model.roberta.load_state_dict(deepen(loaded.state_dict(), had, wanted), strict=True)
    noise = torch.randn_like(model.dense.weight) * 0.02
    model.dense.weight.copy_(torch.eye(len(noise)) + noise)
    model.dense.bias.zero_()
