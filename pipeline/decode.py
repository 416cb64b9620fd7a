"""Scores to tags to spans: legal BIO steps, Viterbi, posterior marginals. Numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.align import Floats, Ints
from pipeline.labels import bio_labels

NEVER = np.float32(-1e4)


def legal_transitions() -> Floats:
    """Step scores ``[L, L]``: 0 where BIO allows a tag after another, :data:`NEVER` elsewhere."""
    tags = bio_labels()
    step = np.zeros((len(tags), len(tags)), np.float32)
    for i, before in enumerate(tags):
        for j, after in enumerate(tags):
            if after[0] == "I" and before[2:] != after[2:]:
                step[i, j] = NEVER
    return step


SURE = 8.0  # nats: a word this much likelier O than anything else is O, whatever stands beside


class Lanes(NamedTuple):
    """Stretches of a document that are decoded side by side, the longest first.

    A stretch begins with a line, as no mention crosses a line break (annotation guide), and
    after every word that is surely O: what stands on its two sides no longer depends on
    each other. So a few dozen steps cover a document of any length.
    """

    first: Ints  # [K], the first word of each lane
    last: Ints  # [K], its last word
    active: Ints  # [longest], how many lanes have a word at this step

    @classmethod
    def of(cls, emissions: Floats, lines: Sequence[int] | Ints) -> Lanes:
        """Lanes of ``emissions[W, L]`` whose lines begin at the words ``lines``."""
        sure = np.flatnonzero(emissions[:-1, 0] - emissions[:-1, 1:].max(1) > SURE) + 1
        cuts = np.unique(np.concatenate([np.zeros(1, np.int64), lines, sure]))
        lengths = np.diff(np.append(cuts, len(emissions)))
        order = np.argsort(-lengths, kind="stable")
        first, lengths = cuts[order].astype(np.int32), lengths[order].astype(np.int32)
        active = np.searchsorted(-lengths, -np.arange(lengths[0]), side="left")
        return cls(first, first + lengths - 1, active.astype(np.int32))

    def turns(self) -> tuple[Ints, list[slice]]:
        """The words in the order of decoding, and which of them each step decodes.

        The words of a step stand side by side, so a step reads and writes without copies.
        """
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.active)])
        steps = np.repeat(np.arange(len(self.active)), self.active)
        lane = np.arange(len(steps)) - bounds[steps]
        edges = bounds.tolist()
        return self.first[lane] + steps, [slice(a, b) for a, b in pairwise(edges)]


def decode(
    emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()
) -> tuple[Ints, Floats]:
    """:func:`viterbi` and :func:`marginals` of the same scores, laid in lanes once."""
    if not len(emissions):
        return np.zeros(0, np.int32), emissions
    turns = Lanes.of(emissions, lines).turns()
    return _viterbi(emissions, step, *turns), _marginals(emissions, step, *turns)


def viterbi(emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()) -> Ints:
    """The best legal tag sequence for ``emissions[W, L]``; a line begins as after O."""
    if not len(emissions):
        return np.zeros(0, np.int32)
    return _viterbi(emissions, step, *Lanes.of(emissions, lines).turns())


def marginals(emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()) -> Floats:
    """Posterior probability of each tag at each word (forward–backward), ``[W, L]``."""
    if not len(emissions):
        return emissions
    return _marginals(emissions, step, *Lanes.of(emissions, lines).turns())


def _viterbi(emissions: Floats, step: Floats, order: Ints, turns: list[slice]) -> Ints:
    best = emissions[order]
    best[turns[0]] += step[0]
    into = step.T.copy()  # a row for each tag: the scores of coming to it
    reached = best[turns[0]]
    for now in turns[1:]:
        here = best[now]
        here += np.maximum.reduce(reached[: len(here), None] + into, axis=2)
        reached = here
    tags = np.zeros(0, np.int64)
    path = np.empty(len(emissions), np.int32)
    for now in reversed(turns):
        ahead = best[now]
        ahead[: len(tags)] += into[tags]
        tags = ahead.argmax(1)
        path[now] = tags
    out = np.empty_like(path)
    out[order] = path
    return out


def _marginals(emissions: Floats, step: Floats, order: Ints, turns: list[slice]) -> Floats:
    transition = np.exp(step)
    scale = np.exp(emissions - emissions.max(1, keepdims=True))[order]
    forward = np.empty_like(scale)
    start = transition[0] * scale[turns[0]]
    done = forward[turns[0]] = start / start.sum(1, keepdims=True)
    for now in turns[1:]:
        likely = scale[now]
        row = (done[: len(likely)] @ transition) * likely
        done = forward[now]
        np.divide(row, np.add.reduce(row, axis=1, keepdims=True), out=done)
    backward = np.ones_like(scale)
    ahead = backward[turns[-1]]
    for now, before in pairwise(reversed(turns)):
        row = (scale[now] * ahead) @ transition.T
        ahead = backward[before]
        np.divide(row, np.add.reduce(row, axis=1, keepdims=True), out=ahead[: len(row)])
    both = forward * backward
    out = np.empty_like(both)
    out[order] = both / both.sum(1, keepdims=True)
    return np.asarray(out, np.float32)


def bio_decode(tags: Sequence[int]) -> list[tuple[int, int, str]]:
    """Word spans ``(first, last, label)``, end exclusive, of a legal tag sequence.

    >>> bio_decode([0, 5, 6, 0])
    [(1, 3, 'AGENCY')]
    """
    names = bio_labels()
    out: list[tuple[int, int, str]] = []
    for j, tag in enumerate(tags):
        name = names[tag]
        if name[0] == "B":
            out.append((j, j + 1, name[2:]))
        elif name[0] == "I":
            first, _, label = out[-1]
            out[-1] = (first, j + 1, label)
    return out


def bio_encode(spans: Sequence[tuple[int, int, str]], n_words: int) -> list[int]:
    """The inverse of :func:`bio_decode`.

    >>> bio_encode([(1, 3, "AGENCY")], 4)
    [0, 5, 6, 0]
    """
    index = {name: i for i, name in enumerate(bio_labels())}
    out = [0] * n_words
    for first, last, label in spans:
        out[first] = index["B-" + label]
        out[first + 1 : last] = [index["I-" + label]] * (last - first - 1)
    return out
