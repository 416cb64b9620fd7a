"""Decoding: brute force over all tag sequences, lanes, BIO there and back."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from pipeline.decode import (
    NEVER,
    SURE,
    Lanes,
    bio_decode,
    bio_encode,
    decode,
    legal_transitions,
    marginals,
    viterbi,
)
from pipeline.labels import bio_labels

TAGS = bio_labels()


def test_legal_transitions() -> None:
    step = legal_transitions()
    for i, before in enumerate(TAGS):
        for j, after in enumerate(TAGS):
            legal = not after.startswith("I-") or before[2:] == after[2:]
            assert step[i, j] == (0 if legal else NEVER), (before, after)


def chain(words: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of a few words, over three tags of which the last may not follow the first."""
    rng = np.random.default_rng(seed)
    step = rng.normal(size=(3, 3)).astype(np.float32)
    step[0, 2] = NEVER
    return rng.normal(size=(words, 3)).astype(np.float32), step


def paths(emissions: np.ndarray, step: np.ndarray) -> dict[tuple[int, ...], float]:
    """The score of every tag sequence; a line begins as after the first tag."""
    return {
        path: sum(float(emissions[i, t]) for i, t in enumerate(path))
        + sum(float(step[a, b]) for a, b in itertools.pairwise((0, *path)))
        for path in itertools.product(range(3), repeat=len(emissions))
    }


@pytest.mark.parametrize("words", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_viterbi_and_marginals_by_brute_force(words: int, seed: int) -> None:
    emissions, step = chain(words, seed)
    every = paths(emissions, step)
    assert tuple(viterbi(emissions, step).tolist()) == max(every, key=lambda p: every[p])
    total = sum(math.exp(s) for s in every.values())
    got = marginals(emissions, step)
    for i, t in itertools.product(range(words), range(3)):
        expected = sum(math.exp(s) for p, s in every.items() if p[i] == t) / total
        assert got[i, t] == pytest.approx(expected, abs=1e-4)
    assert got.dtype == np.float32


LANES = [
    # words, lines, words that are surely outside, the lanes (first, last), the longest first
    (4, [], [], [(0, 3)]),
    (5, [0, 2], [], [(2, 4), (0, 1)]),
    (5, [0], [1], [(2, 4), (0, 1)]),  # what is sure ends its lane
    (3, [0, 1, 2], [], [(0, 0), (1, 1), (2, 2)]),
    (3, [0], [2], [(0, 2)]),  # the last word has nothing behind it to cut off
]


@pytest.mark.parametrize(("words", "lines", "sure", "expected"), LANES)
def test_lanes(
    words: int, lines: list[int], sure: list[int], expected: list[tuple[int, int]]
) -> None:
    emissions = np.zeros((words, 3), np.float32)
    emissions[sure, 0] = SURE + 1
    lanes = Lanes.of(emissions, lines)
    assert list(zip(lanes.first.tolist(), lanes.last.tolist(), strict=True)) == expected
    lengths = [b - a + 1 for a, b in expected]
    assert lanes.active.tolist() == [sum(n > i for n in lengths) for i in range(max(lengths))]


SURE_WORDS = [
    # scores of the first word of two (O, then two labels), whether it ends its lane
    ([8.5, 0, 0], True),
    ([8, 0, 0], False),  # not quite
    ([9, 9, 0], False),  # another label is as likely
    ([9, 0, 9], False),
    ([0, -9, -9], True),
    ([8.5, -9, 1], False),
]


@pytest.mark.parametrize(("scores", "ends"), SURE_WORDS)
def test_what_is_surely_outside(scores: list[float], ends: bool) -> None:
    lanes = Lanes.of(np.array([scores, [0, 0, 0]], np.float32), [])
    assert len(lanes.first) == (2 if ends else 1)


def test_lines_are_decoded_each_by_itself() -> None:
    """Side by side or one after the other: lines of 4, 1, 3 and 2 words."""
    emissions, step = chain(10, 5)
    lines = [0, 4, 5, 8]
    for reading in (viterbi, marginals):
        parts = [reading(emissions[a:b], step) for a, b in itertools.pairwise([*lines, 10])]
        np.testing.assert_allclose(reading(emissions, step, lines), np.concatenate(parts), 1e-5)
    tags, likely = decode(emissions, step, lines)
    assert tags.tolist() == viterbi(emissions, step, lines).tolist()
    assert likely.tolist() == marginals(emissions, step, lines).tolist()


def test_turns_read_lanes_from_either_end() -> None:
    """Lanes of words 2–4, 0–1 and 5: steps of three words, two, and one."""
    turns = Lanes.of(np.zeros((6, 3), np.float32), [0, 2, 5]).turns()
    assert turns.onward.tolist() == [2, 0, 5, 3, 1, 4]
    assert turns.back.tolist() == [4, 1, 5, 3, 0, 2]
    assert turns.steps == [slice(0, 3), slice(3, 5), slice(5, 6)]


def test_marginals_of_a_long_line_stay_finite() -> None:
    emissions, step = chain(3_000, 6)
    np.testing.assert_allclose(marginals(emissions, step).sum(1), 1, 1e-5)


def test_no_words_no_tags() -> None:
    step = legal_transitions()
    none = np.zeros((0, len(TAGS)), np.float32)
    assert viterbi(none, step).tolist() == []
    assert marginals(none, step).shape == none.shape
    tags, likely = decode(none, step)
    assert tags.tolist() == [] and likely.shape == none.shape


def test_marginals_of_large_scores_stay_finite() -> None:
    emissions = np.array([[900, -900, 0], [-900, 900, 0]], np.float32)
    got = marginals(emissions, np.zeros((3, 3), np.float32))
    assert got.round(3).tolist() == [[1, 0, 0], [0, 1, 0]]


SPANS = [
    ([], 2),
    ([(0, 1, "DATE")], 1),
    ([(0, 2, "AGENCY"), (2, 3, "AGENCY")], 4),  # side by side, the same label
    ([(1, 2, "DEADLINE"), (3, 6, "TARGET")], 6),
]


@pytest.mark.parametrize(("spans", "words"), SPANS)
def test_bio_there_and_back(spans: list[tuple[int, int, str]], words: int) -> None:
    tags = bio_encode(spans, words)
    assert len(tags) == words
    for first, last, label in spans:
        names = [TAGS[t] for t in tags[first:last]]
        assert names == [f"B-{label}", *[f"I-{label}"] * (last - first - 1)]
    assert bio_decode(tags) == spans
