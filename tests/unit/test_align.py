"""Windows, batches, pieces: small cases by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.align import Encoded, WordEncoder, batch, merge, windows
from pipeline.segment import Segmented
from pipeline.subword import BOS, EOS, PAD


class Letters:
    """A piece for each letter: its code point."""

    def encode(self, words: list[str]) -> list[list[int]]:
        return [[ord(c) for c in word] for word in words]


def segmented(text: str, words: list[str], sentences: list[tuple[int, int]]) -> Segmented:
    """Words found from left to right, one atom each."""
    atoms, at = [], 0
    for word in words:
        start = text.index(word, at)
        at = start + len(word)
        atoms.append((start, at))
    return Segmented(text, atoms, [(i, i + 1) for i in range(len(words))], sentences)


WINDOWS = [
    # starts of the words' pieces, limit, overlap, the word ranges
    ([0], 4, 2, []),
    ([0, 1], 4, 2, [(0, 1)]),
    ([0, 2, 4], 4, 2, [(0, 2)]),  # fits exactly
    ([0, 2, 4, 5], 4, 2, [(0, 2), (1, 3)]),
    ([0, 2, 4, 6, 8], 4, 2, [(0, 2), (1, 3), (2, 4)]),
    ([0, 2, 4, 6, 8], 4, 0, [(0, 2), (2, 4)]),  # no overlap
    ([0, 9, 10, 11], 4, 2, [(0, 1), (1, 3)]),  # a word longer than a window
    ([0, 1, 10, 11, 12], 4, 1, [(0, 1), (1, 2), (2, 4)]),
    ([0, 1, 2, 3, 4, 5, 6], 3, 1, [(0, 3), (2, 5), (4, 6)]),
    ([0, 3, 4, 7, 8], 4, 2, [(0, 2), (1, 3), (3, 4)]),  # no word is so short as the overlap
    ([0, 1, 2], 9, 1, [(0, 2)]),  # all fits: nothing is read twice, however little it is
]  # fmt: skip

SENTENCES = [
    # starts, first words of sentences, limit, overlap, the word ranges
    ([0, 2, 4, 6, 8], [0, 2], 6, 0, [(0, 2), (2, 4)]),  # ends with a sentence, no way back
    ([0, 2, 4, 6, 8, 10], [0, 1, 3], 6, 4, [(0, 3), (3, 5)]),  # 4 pieces are over 3/5 of 4
    ([0, 2, 4, 6, 8, 10], [0, 2, 3], 6, 4, [(0, 3), (2, 5)]),  # back by a sentence of 2 pieces
    ([0, 2, 4, 6, 8, 10], [0, 1], 6, 2, [(0, 3), (2, 5)]),  # would be under half full: cut
    ([0, 3, 5, 7], [0, 1], 6, 0, [(0, 1), (1, 3)]),  # just half full
    ([0, 2, 4, 6, 8, 10, 12], [0, 1, 2, 3], 6, 7, [(0, 3), (1, 3), (2, 5), (3, 6)]),  # always one on
]  # fmt: skip


@pytest.mark.parametrize(("starts", "sentences", "limit", "overlap", "expected"), SENTENCES)
def test_windows_end_with_sentences(
    starts: list[int],
    sentences: list[int],
    limit: int,
    overlap: int,
    expected: list[tuple[int, int]],
) -> None:
    assert windows(np.array(starts, np.int32), limit, overlap, sentences) == expected


@pytest.mark.parametrize(("starts", "limit", "overlap", "expected"), WINDOWS)
def test_windows(
    starts: list[int], limit: int, overlap: int, expected: list[tuple[int, int]]
) -> None:
    assert windows(np.array(starts, np.int32), limit, overlap) == expected


def encoded(lengths: list[int]) -> Encoded:
    """Words of so many pieces: pieces 10, 11, …"""
    starts = np.cumsum([0, *lengths]).astype(np.int32)
    pieces = np.arange(10, 10 + starts[-1], dtype=np.int32)
    return Encoded(pieces, starts, *[np.zeros(0, np.int32)] * 2)


def test_batch_pads_to_the_longest() -> None:
    made = batch([(encoded([1, 2, 1]), 1, 3), (encoded([2]), 0, 1)], limit=9)
    assert made.ids.tolist() == [[BOS, 11, 12, 13, EOS], [BOS, 10, 11, EOS, PAD]]
    assert [h.tolist() for h in made.heads] == [[1, 3], [1]]
    assert made.ids.dtype == np.int64


def test_batch_cuts_a_word_longer_than_the_limit() -> None:
    made = batch([(encoded([7]), 0, 1)], limit=3)
    assert made.ids.tolist() == [[BOS, 10, 11, 12, EOS]]
    assert made.heads[0].tolist() == [1]


def test_merge_takes_each_word_from_where_it_stands_deepest() -> None:
    parts = [(0, 4), (2, 6), (4, 8)]
    scores = [np.full((4, 1), n, np.float32) for n in range(3)]
    # Word 2 is one word from the end of the first window and at the edge of the second; word
    # 3 the other way round. The first and last words of the text have no edge on their side.
    assert merge(8, parts, scores, 1)[:, 0].tolist() == [0, 0, 0, 1, 1, 2, 2, 2]


def test_merge_of_one_window_and_of_none() -> None:
    scores = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert (merge(3, [(0, 3)], [scores], 2) == scores).all()
    assert merge(0, [], [], 2).shape == (0, 2)


def test_merge_copies_rows_whole() -> None:
    one, two = np.array([[1, 2], [3, 4]], np.float32), np.array([[5, 6], [7, 8]], np.float32)
    assert merge(3, [(0, 2), (1, 3)], [one, two], 2).tolist() in (
        [[1, 2], [3, 4], [7, 8]], [[1, 2], [5, 6], [7, 8]])  # fmt: skip


def test_pieces_and_where_words_stand() -> None:
    encode = WordEncoder(Letters())  # type: ignore[arg-type]
    text = "Sở Nội_vụ\nGiao 20% . Hết\n\nNgày"
    words = ["Sở", "Nội_vụ", "Giao", "20%", ".", "Hết", "Ngày"]
    made = encode(segmented(text, words, [(0, 2), (2, 5), (5, 6), (6, 7)]))
    assert made.starts.tolist() == [0, 2, 8, 12, 15, 16, 19, 23]
    assert made.pieces.tolist() == [ord(c) for c in "".join(words)]
    # "Hết" begins a sentence inside a line, "Ngày" a line after an empty one
    assert made.sentences.tolist() == [0, 2, 5, 6] and made.lines.tolist() == [0, 2, 6]
    assert {part.dtype for part in made} == {np.dtype(np.int32)}
