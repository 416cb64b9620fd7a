"""Words to model inputs, model outputs to tags: windows, features, Viterbi. Numpy only.

A window is a run of words whose pieces, with ``<s>`` and ``</s>``, fit the encoder. Long
documents are covered by overlapping windows; each word takes its scores from the window
in which it stands farthest from an edge, so nothing is truncated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.features import shape
from pipeline.labels import bio_labels
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
        features = np.empty((len(words), len(FEATURES)), np.int32)
        local = self._local
        if len(local) > 200_000:
            local.clear()
        for j, word in enumerate(words):
            known = local.get(word)
            if known is None:
                known = local[word] = _local_features(word)
            features[j, :5] = known
        features[:, 5] = [0 if tag == "O" else self._rule(tag) for tag in rules]
        features[:, 6] = _places(segmented)
        return Encoded(
            np.fromiter((i for word in ids for i in word), np.int32, int(starts[-1])),
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


def windows(starts: Ints, limit: int, overlap: int) -> list[tuple[int, int]]:
    """Word ranges whose pieces number at most ``limit``, each ``overlap`` pieces into the last.

    A word longer than the limit gets a window of its own (and is cut there).

    >>> windows(np.array([0, 2, 4, 6, 8], np.int32), limit=4, overlap=2)
    [(0, 2), (1, 3), (2, 4)]
    """
    out = []
    n = len(starts) - 1
    first = 0
    while first < n:
        last = int(np.searchsorted(starts, starts[first] + limit, side="right")) - 1
        last = min(max(last, first + 1), n)
        out.append((first, last))
        if last == n:
            break
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


NEVER = np.float32(-1e4)


def legal_transitions() -> tuple[Floats, Floats]:
    """``(start[L], step[L, L])``: 0 where BIO allows a tag there, :data:`NEVER` elsewhere."""
    tags = bio_labels()
    start = np.array([NEVER if t[0] == "I" else 0 for t in tags], np.float32)
    step = np.zeros((len(tags), len(tags)), np.float32)
    for i, before in enumerate(tags):
        for j, after in enumerate(tags):
            if after[0] == "I" and before[2:] != after[2:]:
                step[i, j] = NEVER
    return start, step


def viterbi(emissions: Floats, start: Floats, step: Floats) -> Ints:
    """The best legal tag sequence for ``emissions[W, L]``."""
    n, labels = emissions.shape
    if n == 0:
        return np.zeros(0, np.int32)
    back = np.zeros((n, labels), np.int32)
    score = start + emissions[0]
    for i in range(1, n):
        total = score[:, None] + step
        back[i] = total.argmax(0)
        score = total[back[i], np.arange(labels)] + emissions[i]
    path = np.zeros(n, np.int32)
    path[-1] = int(score.argmax())
    for i in range(n - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def marginals(emissions: Floats, start: Floats, step: Floats) -> Floats:
    """Posterior probability of each tag at each word (forward–backward), ``[W, L]``."""
    n, _ = emissions.shape
    if n == 0:
        return emissions
    transition = np.exp(step)
    scale = np.exp(emissions - emissions.max(1, keepdims=True))
    forward = np.empty_like(scale)
    forward[0] = np.exp(start) * scale[0]
    forward[0] /= forward[0].sum()
    for i in range(1, n):
        row = (forward[i - 1] @ transition) * scale[i]
        forward[i] = row / row.sum()
    backward = np.ones_like(scale)
    for i in range(n - 2, -1, -1):
        row = transition @ (scale[i + 1] * backward[i + 1])
        backward[i] = row / row.sum()
    out = forward * backward
    return np.asarray(out / out.sum(1, keepdims=True), np.float32)


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
