"""Segmentation with underthesea, without losing a character.

Atoms are underthesea's own tokens (a syllable, a number, a punctuation mark, a date);
words are runs of atoms. A mention may begin or end at any atom, a tag is given to a
word, so words in which a mention's edge may fall are split (:func:`_comes_apart`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from pipeline.segmenter import MAX_KEPT, segmenter

# underthesea's tokenizer backtracks on very long lines: cut them at a space, else anywhere.
MAX_LINE = 2_000
MAX_ATOM = 200


@dataclass(frozen=True, slots=True)
class Segmented:
    """Atoms and words of a cleaned text.

    ``atoms[i]`` is a character span; ``words[j]`` is a span of atom indices, end
    exclusive; ``sentences[k]`` is a span of word indices, end exclusive.
    """

    text: str
    atoms: list[tuple[int, int]]
    words: list[tuple[int, int]]
    sentences: list[tuple[int, int]]

    def word_span(self, j: int) -> tuple[int, int]:
        """Character span of word ``j``."""
        first, last = self.words[j]
        return self.atoms[first][0], self.atoms[last - 1][1]

    def word_texts(self) -> list[str]:
        """The words, their atoms joined by ``_`` as PhoBERT's vocabulary writes them.

        >>> segment("Bộ Tài chính").word_texts()
        ['Bộ', 'Tài_chính']
        """
        text, atoms = self.text, self.atoms
        return [
            text[atoms[a][0] : atoms[a][1]]
            if b - a == 1
            else "_".join([text[s:e] for s, e in atoms[a:b]])
            for a, b in self.words
        ]

    def sentence_spans(self) -> list[tuple[int, int]]:
        """Character spans of the sentences."""
        return [(self.word_span(a)[0], self.word_span(b - 1)[1]) for a, b in self.sentences]


def segment(text: str) -> Segmented:
    """Segment a text that :func:`pipeline.text.clean` made.

    Line by line, so that no word crosses a line break. Raises
    :class:`~pipeline.errors.AlignmentError` if a character would be lost.
    """
    line_of = segmenter().line
    atoms: list[tuple[int, int]] = []
    words: list[tuple[int, int]] = []
    sentences: list[tuple[int, int]] = []
    for start, end in _pieces(text):
        first_word = len(words)
        first_atom, glued = len(atoms), False
        for (a, b), goes_on in zip(*line_of(text, start, end), strict=True):
            if not goes_on:
                _add_word(text, atoms, words, first_atom, glued)
                first_atom, glued = len(atoms), False
            cuts = _kept(_cuts, text[a:b])
            if cuts:
                atoms.extend(pairwise((a, *(a + cut for cut in cuts), b)))
                glued = True
            else:
                atoms.append((a, b))
        _add_word(text, atoms, words, first_atom, glued)
        sentences.extend(_sentences(text, atoms, words, first_word))
    return Segmented(text, atoms, words, sentences)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines; a line over MAX_LINE in several, cut at spaces where it can be."""
    for line in re.finditer(r"[^\n]+", text):
        start, end = line.span()
        while end - start > MAX_LINE:
            cut = text.rfind(" ", start + MAX_LINE // 2, start + MAX_LINE)
            cut = cut + 1 if cut > 0 else start + MAX_LINE
            if text[start:cut].strip():
                yield start, cut
            start = cut
        if text[start:end].strip():
            yield start, end


# A word is split where a mention may begin or end inside it: at "và" and commas that
# underthesea joins ("và Xã hội"), at anything with a digit or sign in it
# ("14-12-2021 GD&ĐT"), before a capital ("giao Sở"), beside an acronym ("EVN lập"),
# and in the titles that hold an organ ("Trưởng phòng" Giáo dục, "Trưởng ban").
_SPLIT_WORD = re.compile(
    r"(?:^|\s)(?:và|của|các)(?:\s|$)|[\d/%(),;:|–]"
    r"|^[^\W\d_A-ZĐÀ-Ỹ]\S*\s[A-ZĐÀ-ÝĂĨŨƠƯẠ-Ỹ]"
    r"|(?:^|\s)[A-ZĐ&-]{2,}(?:\s|$)"
    r"|^(?:[Tt]rưởng|[Pp]hó)\s(?:phòng|ban|khoa|đoàn|Phòng|Ban|Khoa|Đoàn)",
)
MAX_WORD_ATOMS = 6

# An atom is split where sentences or names are glued: "GTVT.", "BHYT.Yêu", "PhòngThủ".
_GLUED = re.compile(
    r"(?<=[^\W\d_])(?=\.(?:[^\W\d_]|$))|(?<=[^\W\d_]\.)(?=[^\W\d_])|(?<=[a-zà-ỹđ])(?=[A-ZĐÀ-Ý][a-zà-ỹđ])"
)


def _kept(function: Any, text: str) -> Any:
    """What ``function`` says of ``text``, remembered where the text is short."""
    return function(text) if len(text) <= MAX_KEPT else function.__wrapped__(text)


@lru_cache(maxsize=50_000)
def _cuts(atom: str) -> tuple[int, ...]:
    """Where an atom is split. Kept: a text says the same syllables again and again.

    >>> _cuts("GTVT."), _cuts("BHYT.Yêu"), _cuts("hồ")
    ((4,), (4, 5), ())
    """
    return tuple(m.start() for m in _GLUED.finditer(atom)) if len(atom) > 1 else ()


@lru_cache(maxsize=50_000)
def _comes_apart(word: str) -> bool:
    return bool(_SPLIT_WORD.search(word))


def _add_word(
    text: str, atoms: list[tuple[int, int]], words: list[tuple[int, int]], first: int, glued: bool
) -> None:
    """Append the atoms from ``first`` on as one word, or one word each."""
    last = len(atoms)
    if last - first > 1 and (
        glued
        or last - first > MAX_WORD_ATOMS
        or _kept(_comes_apart, text[atoms[first][0] : atoms[last - 1][1]])
    ):
        words.extend((i, i + 1) for i in range(first, last))
    elif last > first:
        words.append((first, last))


_STOP = frozenset(".!?…")
_ABBREVIATED = frozenset("TP Tp TX TT P Q H T ThS TS PGS GS BS Th St KTS".split())


def _sentences(
    text: str, atoms: list[tuple[int, int]], words: list[tuple[int, int]], first: int
) -> list[tuple[int, int]]:
    """Sentences of one line: a stop ends one unless an abbreviation or lower case follows."""
    out: list[tuple[int, int]] = []
    begin = first
    for j in range(first, len(words) - 1):
        a, b = atoms[words[j][0]]
        if (b - a == 1 and text[a] in _STOP) or (b - a > 1 and text[a:b].strip(".…") == ""):
            following = text[atoms[words[j + 1][0]][0]]
            before = text[slice(*atoms[words[j][0] - 1])] if words[j][0] else ""
            if before in _ABBREVIATED or following.islower() or following in ",;:)”":
                continue
            out.append((begin, j + 1))
            begin = j + 1
    if begin < len(words):
        out.append((begin, len(words)))
    return out
