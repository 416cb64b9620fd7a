"""Words to model inputs, window scores to words, by overlapping windows. Numpy only.

A window is a run of words whose pieces, with ``<s>`` and ``</s>``, fit the encoder. Long
documents are covered by overlapping windows; each word takes its scores from the window
in which it stands farthest from an edge, so nothing is truncated.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.segment import Segmented
from pipeline.subword import BOS, EOS, PAD, Subwords

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]


class Encoded(NamedTuple):
    """One document for the encoder: the pieces of its words, and where the words stand."""

    pieces: Ints  # [T]
    starts: Ints  # [W + 1], the first piece of each word
    sentences: Ints  # the first word of each sentence
    lines: Ints  # the first word of each line


class WordEncoder:
    """Documents as arrays of pieces.

    >>> encode = WordEncoder(Subwords.from_folder(model_dir()))      # doctest: +SKIP
    >>> encode(segment("Bộ Y tế họp")).starts.tolist()               # doctest: +SKIP
    [0, 1, 2, 3]
    """

    def __init__(self, subwords: Subwords) -> None:
        self.subwords = subwords

    def __call__(self, segmented: Segmented) -> Encoded:
        """Encode the words of a segmented text."""
        ids = self.subwords.encode(segmented.word_texts())
        lengths = np.fromiter(map(len, ids), np.int32, len(ids))
        starts = np.zeros(len(ids) + 1, np.int32)
        np.cumsum(lengths, out=starts[1:])
        pieces = np.fromiter(chain.from_iterable(ids), np.int32, int(starts[-1]))
        return Encoded(pieces, starts, *_beginnings(segmented))


def _beginnings(segmented: Segmented) -> tuple[Ints, Ints]:
    """The first words of sentences, and those of them that begin a line."""
    firsts = [a for a, _ in segmented.sentences]
    end = [segmented.word_span(a - 1)[1] if a else 0 for a in firsts]
    lines = [
        a
        for a, before in zip(firsts, end, strict=True)
        if a == 0 or "\n" in segmented.text[before : segmented.word_span(a)[0]]
    ]
    return np.array(firsts, np.int32), np.array(lines, np.int32)


def windows(
    starts: Ints, limit: int, overlap: int, sentences: Sequence[int] | Ints = ()
) -> list[tuple[int, int]]:
    """Word ranges whose pieces number at most ``limit``, the next a little into the last.

    ``sentences`` are the first words of sentences. A window ends with a sentence where that
    leaves it at least half full, and the next goes back by whole sentences, up to 3/5 of
    ``overlap`` pieces; elsewhere it is cut between words and the next goes back by
    ``overlap``. A word longer than the limit gets a window of its own (and is cut there).

    >>> windows(np.array([0, 2, 4, 6, 8], np.int32), limit=4, overlap=2)
    [(0, 2), (1, 3), (2, 4)]
    >>> windows(np.array([0, 2, 4, 6, 8], np.int32), limit=6, overlap=2, sentences=[2])
    [(0, 2), (2, 4)]
    """
    out = []
    n = len(starts) - 1
    bounds = np.asarray([*sentences, n], np.int32)
    first = 0
    while first < n:
        last = int(np.searchsorted(starts, starts[first] + limit, side="right")) - 1
        last = min(max(last, first + 1), n)
        k = int(np.searchsorted(bounds, last, side="right")) - 1
        whole = k >= 0 and 2 * (starts[bounds[k]] - starts[first]) >= limit
        if last < n and whole:
            last = int(bounds[k])
        out.append((first, last))
        if last == n:
            break
        if whole:
            while k > 0 and 5 * (starts[last] - starts[bounds[k - 1]]) <= 3 * overlap:
                k -= 1
            first = max(first + 1, int(bounds[k]))
        else:
            following = int(np.searchsorted(starts, starts[last] - overlap, side="left"))
            first = max(first + 1, min(following, last))
    return out


class Batch(NamedTuple):
    """Windows padded with PAD: ``ids[b, t]``."""

    ids: NDArray[np.int64]
    heads: list[Ints]  # for each window the positions of its words' first pieces


def batch(parts: Sequence[tuple[Encoded, int, int]], limit: int) -> Batch:
    """Pad windows ``(document, first word, last word)`` to one rectangle."""
    lengths = [min(int(e.starts[b] - e.starts[a]), limit) for e, a, b in parts]
    ids = np.full((len(parts), max(lengths) + 2), PAD, np.int64)
    heads = []
    for row, ((encoded, a, b), n) in enumerate(zip(parts, lengths, strict=True)):
        at = int(encoded.starts[a])
        ids[row, 0] = BOS
        ids[row, 1 : n + 1] = encoded.pieces[at : at + n]
        ids[row, n + 1] = EOS
        heads.append(encoded.starts[a:b] - at + 1)
    return Batch(ids, heads)


def merge(
    n_words: int, parts: Sequence[tuple[int, int]], scores: Sequence[Floats], labels: int
) -> Floats:
    """One row of scores a word, from the window in which it stands farthest from an edge."""
    out = np.zeros((n_words, labels), np.float32)
    depth = np.full(n_words, -1, np.int32)
    for (a, b), rows in zip(parts, scores, strict=True):
        place = np.arange(b - a, dtype=np.int32)
        distance = np.minimum(place, place[::-1])
        better = distance > depth[a:b]
        out[a:b][better] = rows[better]
        depth[a:b][better] = distance[better]
    return out
