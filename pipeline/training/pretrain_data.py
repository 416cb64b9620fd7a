"""Token arrays for pre-training and masked batches from them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.subword import BOS, EOS, Subwords
from pipeline.training.pretrain_model import PretrainSettings


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
