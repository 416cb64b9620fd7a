"""Words to model inputs, window scores to words: windows and features. Numpy only.

A window is a run of words whose pieces, with ``<s>`` and ``</s>``, fit the encoder. Long
documents are covered by overlapping windows; each word takes its scores from the window
in which it stands farthest from an edge, so nothing is truncated.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.features import shape
from pipeline.segment import Segmented
from pipeline.subword import BOS, EOS, PAD, Subwords

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

# Local features of a word and the sizes of their tables. Strings are hashed (CRC-32):
# a collision costs less than a vocabulary that must travel with the model.
FEATURES: dict[str, int] = {
    "shape": 256,
    "lower": 16_384,
    "first": 4_096,
    "last": 4_096,
    "affix": 4_096,
    "rule": 64,
    "place": 4,
}


class Encoded(NamedTuple):
    """One document for the encoder: ``pieces[k]`` of word ``word[k]``, features a word."""

    pieces: Ints  # [T]
    word: Ints  # [T], the word each piece belongs to
    starts: Ints  # [W + 1], the first piece of each word
    features: Ints  # [W, F]

    def sentences(self) -> Ints:
        """The first word of each sentence."""
        return np.flatnonzero(self.features[:, -1]).astype(np.int32)

    def lines(self) -> Ints:
        """The first word of each line."""
        return np.flatnonzero(self.features[:, -1] > 1).astype(np.int32)


class WordEncoder:
    """Looks words up once; documents become arrays by concatenation."""

    def __init__(self, subwords: Subwords) -> None:
        self.subwords = subwords
        self._local: dict[str, tuple[int, int, int, int, int]] = {}
        self._rules: dict[str, int] = {}

    def __call__(self, segmented: Segmented, words: Sequence[str], rules: Sequence[str]) -> Encoded:
        """Encode segmented words with their rule tags (see :func:`pipeline.features.rule_tags`)."""
        ids = self.subwords.encode(words)
        lengths = np.fromiter(map(len, ids), np.int32, len(ids))
        starts = np.zeros(len(ids) + 1, np.int32)
        np.cumsum(lengths, out=starts[1:])
        local = self._local
        if len(local) > 200_000:
            local.clear()
        for word in {*words} - local.keys():
            local[word] = _local_features(word)
        features = np.empty((len(words), len(FEATURES)), np.int32)
        own = chain.from_iterable([local[word] for word in words])
        features[:, :5] = np.fromiter(own, np.int32, 5 * len(words)).reshape(-1, 5)
        features[:, 5] = [0 if tag == "O" else self._rule(tag) for tag in rules]
        features[:, 6] = _places(segmented)
        return Encoded(
            np.fromiter(chain.from_iterable(ids), np.int32, int(starts[-1])),
            np.repeat(np.arange(len(ids), dtype=np.int32), lengths),
            starts,
            features,
        )

    def _rule(self, tag: str) -> int:
        value = self._rules.get(tag)
        if value is None:
            value = self._rules[tag] = 1 + crc32(tag.encode()) % (FEATURES["rule"] - 1)
        return value


def _hashed(text: str, name: str) -> int:
    return crc32(text.encode("utf-8", "replace")) % FEATURES[name]


def _local_features(word: str) -> tuple[int, int, int, int, int]:
    lower = word.lower()
    parts = lower.split("_")
    return (
        _hashed(shape(word), "shape"),
        _hashed(lower, "lower"),
        _hashed(parts[0], "first"),
        _hashed(parts[-1], "last"),
        _hashed(word[:2] + "…" + word[-3:], "affix"),
    )


def _places(segmented: Segmented) -> Ints:
    """0 inside a sentence, 1 first of a sentence, 2 first of a line, 3 first after a gap."""
    places = np.zeros(len(segmented.words), np.int32)
    for a, _ in segmented.sentences:
        places[a] = 1
        if a == 0:
            places[a] = 2
        else:
            gap = segmented.text[segmented.word_span(a - 1)[1] : segmented.word_span(a)[0]]
            breaks = gap.count("\n")
            if breaks:
                places[a] = 2 if breaks == 1 else 3
    return places


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
    """Padded windows: ``ids[b, t]``, ``features[b, t, f]``, both zero-padded with PAD / 0."""

    ids: NDArray[np.int64]
    features: NDArray[np.int64]
    heads: list[Ints]  # for each window the positions of its words' first pieces


def batch(parts: Sequence[tuple[Encoded, int, int]], limit: int) -> Batch:
    """Pad windows ``(document, first word, last word)`` to one rectangle."""
    lengths = [min(int(e.starts[b] - e.starts[a]), limit) for e, a, b in parts]
    size = max(lengths) + 2
    ids = np.full((len(parts), size), PAD, np.int64)
    features = np.zeros((len(parts), size, len(FEATURES)), np.int64)
    heads = []
    for row, ((encoded, a, b), n) in enumerate(zip(parts, lengths, strict=True)):
        at = int(encoded.starts[a])
        ids[row, 0] = BOS
        ids[row, 1 : n + 1] = encoded.pieces[at : at + n]
        ids[row, n + 1] = EOS
        features[row, 1 : n + 1] = encoded.features[encoded.word[at : at + n]]
        heads.append(encoded.starts[a:b] - at + 1)
    return Batch(ids, features, heads)


def merge(
    n_words: int, parts: Sequence[tuple[int, int]], scores: Sequence[Floats], labels: int
) -> Floats:
    """One row of scores a word, from the window in which it stands farthest from an edge."""
    out = np.zeros((n_words, labels), np.float32)
    depth = np.full(n_words, -1, np.int32)
    for (a, b), rows in zip(parts, scores, strict=True):
        distance = np.minimum(np.arange(b - a), np.arange(b - a)[::-1]).astype(np.int32)
        if a == 0:
            distance = np.arange(b - a, dtype=np.int32)[::-1].copy()
        if b == n_words:
            distance = np.arange(b - a, dtype=np.int32) if a else np.full(b - a, b, np.int32)
        better = distance > depth[a:b]
        out[a:b][better] = rows[better]
        depth[a:b][better] = distance[better]
    return out
