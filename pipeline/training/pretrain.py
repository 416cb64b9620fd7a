"""Masked-word pre-training of a PhoBERT-architecture encoder (RoBERTa's objective).

Whole underthesea words are masked (Cui et al. 2019); the head is computed on masked
positions only; word vectors learned beforehand (word2vec, Mikolov et al. 2013) are the
initial embeddings, which takes a small encoder off the first plateau of the loss.
Checkpoints hold weights, optimiser and place in the data, so a killed run goes on.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import RobertaConfig, RobertaModel

from pipeline.subword import BOS, EOS, PAD, Subwords


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """What a pre-training run is made of; written beside its checkpoints."""

    layers: int = 4
    hidden: int = 256
    heads: int = 4
    length: int = 128
    batch: int = 16
    lr: float = 5e-4
    warmup: int = 400
    mask: float = 0.2
    tokens: int = 100_000_000
    seed: int = 13
    save_every: int = 600  # seconds


def encode_corpus(segmented: Path, subwords: Subwords, out: Path) -> int:
    """Write ``out.ids.npy`` (uint16) and ``out.first.npy`` (a word's first piece?).

    Documents are separated by blank lines; each ends with ``</s>``. Returns the count.
    """
    ids: list[NDArray[np.uint16]] = []
    first: list[NDArray[np.bool_]] = []
    with segmented.open(encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if not words:
                if ids and ids[-1][-1] != EOS:
                    ids.append(np.array([EOS], np.uint16))
                    first.append(np.array([True]))
                continue
            pieces = subwords.encode(words)
            ids.append(np.fromiter((i for word in pieces for i in word), np.uint16))
            first.append(np.fromiter((k == 0 for w in pieces for k in range(len(w))), np.bool_))
    all_ids = np.concatenate(ids)
    np.save(out.with_suffix(".ids.npy"), all_ids)
    np.save(out.with_suffix(".first.npy"), np.concatenate(first))
    return len(all_ids)


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


def batches(
    corpora: list[tuple[NDArray[np.uint16], NDArray[np.bool_]]],
    settings: PretrainSettings,
    mask_id: int,
    skip: int,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Masked batches for ever, from random places, reproducible after ``skip`` of them."""
    body = settings.length - 2
    weights = np.array([math.sqrt(len(ids)) for ids, _ in corpora])
    weights /= weights.sum()
    step = skip
    while True:
        rng = np.random.default_rng((settings.seed, step))
        rows, firsts = [], []
        for which in rng.choice(len(corpora), settings.batch, p=weights):
            ids, first = corpora[which]
            at = int(rng.integers(0, len(ids) - body))
            rows.append(np.concatenate(([BOS], ids[at : at + body], [EOS])).astype(np.int64))
            firsts.append(np.concatenate(([True], first[at : at + body], [True])))
        yield mask_words(np.stack(rows), np.stack(firsts), settings.mask, mask_id, rng)
        step += 1


def mask_words(
    ids: NDArray[np.int64],
    first: NDArray[np.bool_],
    share: float,
    mask_id: int,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose whole words; of their pieces 80 % become the mask, 10 % random, 10 % stay."""
    word = np.cumsum(first, axis=1, dtype=np.int64)
    chosen_words = rng.random((len(ids), int(word.max()) + 1)) < share
    chosen = np.take_along_axis(chosen_words, word, axis=1) & (ids > 3)
    targets = np.where(chosen, ids, -100)
    dice = rng.random(ids.shape)
    masked = np.where(chosen & (dice < 0.8), mask_id, ids)
    noise = rng.integers(4, mask_id, ids.shape)
    masked = np.where(chosen & (dice >= 0.8) & (dice < 0.9), noise, masked)
    return torch.from_numpy(masked), torch.from_numpy(targets)


def pretrain(
    corpora: list[Path], subwords: Subwords, out: Path, settings: PretrainSettings
) -> None:
    """Train until ``settings.tokens`` were visited, resuming from ``out/state.pt`` if there.

    ``corpora`` are stems written by :func:`encode_corpus`. Logs a JSON line every 200
    steps to ``out/log.jsonl``: step, tokens, loss, tokens/s.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / "settings.json").write_text(json.dumps(asdict(settings), indent=1))
    data = [
        (
            np.load(c.with_suffix(".ids.npy"), mmap_mode="r"),
            np.load(c.with_suffix(".first.npy"), mmap_mode="r"),
        )
        for c in corpora
    ]
    torch.manual_seed(settings.seed)
    model = MaskedWordModel(encoder_config(subwords.size, settings))
    state_path = out / "state.pt"
    step = 0
    optimiser = torch.optim.AdamW(_groups(model), lr=settings.lr, betas=(0.9, 0.98), eps=1e-6)
    if state_path.is_file():
        state: dict[str, Any] = torch.load(state_path, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    else:
        initialise(model, np.asarray(data[0][0]), settings)
    per_step = settings.batch * settings.length
    total = settings.tokens // per_step
    saved = mark = time.monotonic()
    losses: list[float] = []
    for ids, targets in batches(data, settings, subwords.mask, step):
        rate = min((step + 1) / settings.warmup, max(0.02, 1 - step / total))
        for group in optimiser.param_groups:
            group["lr"] = settings.lr * rate
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(ids, targets)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        losses.append(float(loss.detach()))
        done = step >= total or (out / "stop").exists()
        if step % 200 == 0 or done:
            now = time.monotonic()
            row = {
                "step": step,
                "tokens": step * per_step,
                "loss": round(sum(losses) / len(losses), 4),
                "tokens_per_s": round(len(losses) * per_step / (now - mark)),
            }
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(row) + "\n")
            mark, losses = now, []
        if done or time.monotonic() - saved > settings.save_every:
            _save(model, optimiser, step, out)
            saved = time.monotonic()
        if done:
            return


def _groups(model: nn.Module) -> list[dict[str, Any]]:
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]


def _save(model: MaskedWordModel, optimiser: Any, step: int, out: Path) -> None:
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
    torch.save(state, out / "state.tmp")
    (out / "state.tmp").replace(out / "state.pt")
    model.roberta.save_pretrained(out / "encoder")
