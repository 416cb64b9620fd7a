"""Segmentation with underthesea, without losing a character.

Atoms are underthesea's own tokens (a syllable, a number, a punctuation mark, a date);
words are runs of atoms. A mention may begin or end at any atom, a tag is given to a
word, so words in which a mention's edge may fall are split (:func:`_comes_apart`).
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata
from itertools import pairwise
from typing import Any

from pipeline.errors import AlignmentError

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


_lock = threading.Lock()
_word_tokenize: Callable[..., list[str]] | None = None


def _segmenter() -> Callable[..., list[str]]:
    """underthesea's word_tokenize, imported and warmed up once, whatever the threads."""
    global _word_tokenize
    if _word_tokenize is None:
        with _lock:
            if _word_tokenize is None:
                word_tokenize = _import_word_tokenize()
                word_tokenize("khởi động", use_token_normalize=False)
                _word_tokenize = word_tokenize
    return _word_tokenize


# What ``import underthesea`` tries to load besides the segmenter; some bring torch along.
_OPTIONAL = {
    "classify": "underthesea.pipeline.classification",
    "sentiment": "underthesea.pipeline.sentiment",
    "lang_detect": "underthesea.pipeline.lang_detect",
    "dependency_parse": "underthesea.pipeline.dependency_parse",
    "translate": "underthesea.pipeline.translate",
    "agent": "underthesea.agent",
    "convert_address": "underthesea.address",
}


def _import_word_tokenize() -> Callable[..., list[str]]:
    """Import underthesea without its optional modules (0.7 s instead of 3 s beside torch).

    They are made unimportable for the moment, which underthesea takes for "not installed";
    afterwards ``underthesea.classify`` and the others load when first used.
    """
    if "underthesea" not in sys.modules:
        hidden = [name for name in _OPTIONAL.values() if name not in sys.modules]
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]
        try:
            underthesea = import_module("underthesea")
        finally:
            for name in hidden:
                sys.modules.pop(name, None)

        def later(name: str) -> Any:
            if name in _OPTIONAL:
                return getattr(import_module(_OPTIONAL[name]), name)
            raise AttributeError(f"module 'underthesea' has no attribute {name!r}")

        for name in _OPTIONAL:
            if getattr(underthesea, name, 0) is None:
                delattr(underthesea, name)
        underthesea.__getattr__ = later  # type: ignore[method-assign]
    found: Callable[..., list[str]] = import_module("underthesea").word_tokenize
    return found


def segmenter_version() -> str:
    """``underthesea 9.5.0``, as records state it."""
    return f"underthesea {metadata.version('underthesea')}"


def segment(text: str) -> Segmented:
    """Segment a text that :func:`pipeline.text.clean` made.

    Line by line, so that no word crosses a line break. Raises
    :class:`~pipeline.errors.AlignmentError` if a character would be lost.
    """
    word_tokenize = _segmenter()
    atoms: list[tuple[int, int]] = []
    words: list[tuple[int, int]] = []
    sentences: list[tuple[int, int]] = []
    for start, end in _pieces(text):
        first_word = len(words)
        at = start
        for word in word_tokenize(text[start:end], use_token_normalize=False):
            first_atom = len(atoms)
            for atom in word.split():
                found = text.find(atom, at, end)
                if found < 0 or (found > at and text[at:found].strip()):
                    raise AlignmentError(
                        f"the segmenter gave {atom!r}, which is not at offset {at} of the "
                        f"cleaned text: {text[at : at + 40]!r}; please report this text"
                    )
                at = found + len(atom)
                cuts = _kept(_cuts, atom)
                if cuts:
                    edges = pairwise((found, *(found + cut for cut in cuts), at))
                    atoms.extend(edges)
                else:
                    atoms.append((found, at))
            glued = len(atoms) - first_atom > word.count(" ") + 1
            _add_word(text, atoms, words, first_atom, glued)
        if text[at:end].strip():
            raise AlignmentError(
                f"the segmenter dropped {text[at:end].strip()[:40]!r} at offset {at} of the "
                "cleaned text; please report this text"
            )
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
MAX_KEPT = 64  # characters of what is remembered: long strings don't come again

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
