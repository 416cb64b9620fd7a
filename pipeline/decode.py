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

    def turns(self) -> Turns:
        """The words in the order of decoding, and which of them each step decodes."""
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.active)])
        steps = np.repeat(np.arange(len(self.active)), self.active)
        lane = np.arange(len(steps)) - bounds[steps]
        edges = bounds.tolist()
        now = [slice(a, b) for a, b in pairwise(edges)]
        return Turns(self.first[lane] + steps, self.last[lane] - steps, now)


class Turns(NamedTuple):
    """Decoding lanes from either end: the words of a step stand side by side, so that a step
    reads and writes without copies."""

    onward: Ints  # [W], the words from the first of each lane on
    back: Ints  # [W], the words from the last of each lane back
    steps: list[slice]  # which of them each step decodes


def decode(
    emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()
) -> tuple[Ints, Floats]:
    """:func:`viterbi` and :func:`marginals` of the same scores, laid in lanes once."""
    if not len(emissions):
        return np.zeros(0, np.int32), emissions
    turns = Lanes.of(emissions, lines).turns()
    return _viterbi(emissions, step, turns), _marginals(emissions, step, turns)


def viterbi(emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()) -> Ints:
    """The best legal tag sequence for ``emissions[W, L]``; a line begins as after O."""
    if not len(emissions):
        return np.zeros(0, np.int32)
    return _viterbi(emissions, step, Lanes.of(emissions, lines).turns())


def marginals(emissions: Floats, step: Floats, lines: Sequence[int] | Ints = ()) -> Floats:
    """Posterior probability of each tag at each word (forward–backward), ``[W, L]``."""
    if not len(emissions):
        return emissions
    return _marginals(emissions, step, Lanes.of(emissions, lines).turns())


def _viterbi(emissions: Floats, step: Floats, turns: Turns) -> Ints:
    best = emissions[turns.onward]
    reached = best[turns.steps[0]]
    reached += step[0]
    into = step.T.copy()  # a row for each tag: the scores of coming to it
    for now in turns.steps[1:]:
        here = best[now]
        here += np.maximum.reduce(reached[: len(here), None] + into, axis=2)
        reached = here
    tags = np.zeros(0, np.int64)
    path = np.empty(len(best), np.int32)
    for now in reversed(turns.steps):
        ahead = best[now]
        ahead[: len(tags)] += into[tags]
        tags = ahead.argmax(1)
        path[now] = tags
    out = np.empty_like(path)
    out[turns.onward] = path
    return out


def _marginals(emissions: Floats, step: Floats, turns: Turns) -> Floats:
    """Forward and backward messages in one pass.

    ``message[0]`` comes to a word from its left, ``message[1]`` from its right, each without the
    word's own score; both are the same recursion, the second over ``turns.back`` with the steps
    transposed.
    """
    forth = np.exp(step)
    across = np.stack([forth, forth.T])
    own = np.exp(emissions - emissions.max(1, keepdims=True))
    scale = own[np.stack([turns.onward, turns.back])]
    message = np.ones_like(scale)  # [2, W, L]; a lane's last word hears nothing from its right
    message[0, turns.steps[0]] = forth[0]
    said = message[:, turns.steps[0]] * scale[:, turns.steps[0]]
    for now in turns.steps[1:]:
        come = said[:, : now.stop - now.start] @ across
        here = message[:, now]
        np.divide(come, np.add.reduce(come, axis=2, keepdims=True), out=here)
        said = here * scale[:, now]
    for words, side in zip((turns.onward, turns.back), message, strict=True):
        own[words] *= side
        own /= own.sum(1, keepdims=True)
    return np.asarray(own, np.float32)


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
