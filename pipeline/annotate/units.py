"""What the cursor steps over: atoms of a document's own text, or its characters.

The browser counts UTF-16 units and Python code points, so no offset ever crosses the
wire: the page gets the text in pieces and answers with indices of units.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pipeline.segment import segment
from pipeline.text import clean

Step = Literal["atom", "char"]
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Units:
    """Spans of ``text`` in order, without overlap: what a mention can begin and end at."""

    text: str
    step: Step
    bounds: Sequence[Bounds]

    @cached_property
    def _first(self) -> dict[int, int]:
        return {start: i for i, (start, _) in enumerate(self.bounds)}

    @cached_property
    def _last(self) -> dict[int, int]:
        return {end: i + 1 for i, (_, end) in enumerate(self.bounds)}

    def holds(self, start: int, end: int) -> bool:
        """Whether both edges of a character span fall on units."""
        return start in self._first and end in self._last

    def indices(self, start: int, end: int) -> tuple[int, int]:
        """Unit indices, end exclusive, of a span for which :meth:`holds` is true."""
        return self._first[start], self._last[end]

    def chars(self, first: int, last: int) -> Bounds:
        """Character span of the units ``first`` to ``last``, end exclusive.

        Raises IndexError where there are no such units.
        """
        if not 0 <= first < last <= len(self.bounds):
            raise IndexError(f"units {first}:{last} of {len(self.bounds)}")
        return self.bounds[first][0], self.bounds[last - 1][1]

    def pieces(self) -> list[str]:
        """Gap, unit, gap, unit, …, gap: joined they are the text as it is shown.

        >>> make_units("UBND tỉnh.").pieces()
        ['', 'UBND', ' ', 'tỉnh', '', '.', '']
        """
        out: list[str] = []
        at = 0
        for start, end in self.bounds:
            out += (self.text[at:start], self.text[start:end])
            at = end
        out.append(self.text[at:])
        return [_shown(piece) for piece in out]


def _shown(piece: str) -> str:
    """A piece as a page can carry it: a lone surrogate can't be encoded, \\r has no look."""
    if "\r" in piece:
        piece = piece.replace("\r\n", "\n").replace("\r", "\n")
    return piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def make_units(text: str, edges: Iterable[Bounds] = (), step: Step = "atom") -> Units:
    """Units of ``text``, cut wherever one of the spans ``edges`` begins or ends.

    Spans that were made elsewhere, or by characters, thus stay exactly what they are.

    >>> make_units("Ngày 5/9.", [(5, 6)]).pieces()
    ['', 'Ngày', ' ', '5', '', '/9', '', '.', '']
    """
    spans = list(edges)
    parts = _atoms(text) if step == "atom" else _characters(text)
    starts = {start for start, _ in spans}
    ends = {end for _, end in spans}
    inside = bytearray(len(text) + 1)
    cuts = starts | ends | {0, len(text)}
    for start, end in parts:
        cuts |= {start, end}
        inside[start:end] = b"\1" * (end - start)
    ordered = sorted(cuts)
    bounds = [
        (a, b) for a, b in itertools.pairwise(ordered) if inside[a] or a in starts or b in ends
    ]
    return Units(text, step, bounds)


def _atoms(text: str) -> list[Bounds]:
    """The segmenter's atoms, as spans of the text before cleaning."""
    cleaned = clean(text)
    out: list[Bounds] = []
    at = 0
    for atom in segment(cleaned.text).atoms:
        start, end = cleaned.to_raw(*atom)
        # One raw character may compose to several cleaned ones: it belongs to the first.
        start = max(start, at)
        if start < end:
            out.append((start, end))
            at = end
    return out


_JOINING = frozenset("\u200d\ufe0e\ufe0f")


def _characters(text: str) -> list[Bounds]:
    """Code points with the marks that follow them; emoji joined by U+200D are one.

    >>> _characters("o\\u0309 👩\\u200d💻")
    [(0, 2), (2, 3), (3, 6)]
    """
    out: list[Bounds] = []
    for i, char in enumerate(text):
        if char in "\r\n":
            continue
        joined = (
            unicodedata.combining(char)
            or char in _JOINING
            or 0x1F3FB <= ord(char) <= 0x1F3FF
            or text[i - 1 : i] == "\u200d"
        )
        if joined and out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1)
        else:
            out.append((i, i + 1))
    return out
