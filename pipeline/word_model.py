"""underthesea's word model: its weights looked up instead of its features written out.

For each token underthesea writes 43 strings (``T[-1,0].lower=bộ y``, ``T[1].istitle=True``) and
has its CRF look them up: nine tenths of its time. Every string depends on one, two or three
neighbouring tokens, so what three tokens say about the five places around them is added up
once and kept. Weights, dictionary and the properties of a token are underthesea's own; sums
differ by rounding only, and where rounding could decide, underthesea itself is asked.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

import numpy as np

_BEFORE, _AFTER = "\n", "\r"  # places outside of the line; a token holds no white space
_OUTSIDE = {_BEFORE: "BOS", _AFTER: "EOS"}  # and their values in the weights
TIE = 1e-6  # what lies closer together may be decided by rounding, which stays below 1e-9

# What tokens say for "goes on" at five places: two before the first of them to two after it.
Says = Sequence[float]
# The same by the number of tokens and the property ("", "lower", …), then by its value.
Tables = dict[tuple[int, str], dict[str, tuple[float, ...]]]

_FEATURE = np.dtype([("kind", "<u4"), ("from", "<u4"), ("to", "<u4"), ("weight", "<f8")])


PROPERTIES = ("", "lower", "isdigit", "istitle", "is_in_dict")


class Properties(NamedTuple):
    """What underthesea's features ask of a token; "True" and "False" are its strings."""

    lower: str
    isdigit: str
    istitle: str


class _Pair(NamedTuple):
    """What two tokens say and, unless they open three that are known, a third behind them."""

    says: Says
    with_title: Says  # where the third begins with a capital
    opens: bool  # the weights or the dictionary know three that begin so: look them up


class Steps(NamedTuple):
    """The transition scores, as differences "goes on" less "begins"."""

    constant: float
    to_begin: float  # a token before a beginning goes on if its lead is above this
    to_inside: float  # a token before one that goes on


def read(data: bytes) -> tuple[Tables, Steps]:
    """Weights for "goes on with the word" over "begins a word" of underthesea's CRFsuite file.

    Raises ValueError, struct.error or what else goes wrong on a file of another kind.
    """
    header = struct.unpack_from("<4sI4s9I", data)
    names = _strings(data, header[8])
    if (header[0], header[2]) != (b"lCRF", b"FOMC") or sorted(names) != ["B-W", "I-W"]:
        raise ValueError(f"not a model of words: {header[0]!r} {header[2]!r} {names[:2]}")
    begin, inside = names.index("B-W"), names.index("I-W")
    (count,) = struct.unpack_from("<I", data, header[7] + 8)
    features = np.frombuffer(data, _FEATURE, count, header[7] + 12)
    states, links = (features[features["kind"] == kind] for kind in (0, 1))

    attributes = _strings(data, header[9])
    weights = np.zeros((len(attributes), 2))
    weights[states["from"], states["to"]] = states["weight"]
    leads = (weights[:, inside] - weights[:, begin]).tolist()
    sums: dict[tuple[int, str], dict[str, list[float]]] = {}
    places: dict[str, tuple[int, dict[str, list[float]]]] = {}
    for text, lead in zip(attributes, leads, strict=True):
        template, _, value = text.partition("=")
        if template not in places:
            size, of, place = _place(template)
            places[template] = place, sums.setdefault((size, of), {})
        place, table = places[template]
        row = table.get(value)
        if row is None:
            row = table[value] = [0.0] * 5
        row[place] += lead
    # Tuples of numbers are nothing that garbage collection looks through again and again.
    tables = {key: {v: tuple(row) for v, row in table.items()} for key, table in sums.items()}

    step = np.zeros((2, 2))
    step[links["from"], links["to"]] = links["weight"]
    return tables, Steps(
        float(step[begin, inside] - step[begin, begin]),
        float(step[begin, begin] - step[inside, begin]),
        float(step[begin, inside] - step[inside, inside]),
    )


def _place(template: str) -> tuple[int, str, int]:
    """Number of tokens, property, and the place it speaks of (see :data:`Says`).

    >>> _place("T[-1,0].lower")   # two tokens, about the second of them
    (2, 'lower', 3)
    """
    match = re.fullmatch(r"T\[(-?\d+)(?:,(-?\d+))?\](?:\.(\w+))?", template)
    if match is None:
        raise ValueError(f"unknown template {template!r}")
    first, last, of = match.groups("")
    return int(last or first) - int(first) + 1, of, 2 - int(first)


def _strings(data: bytes, offset: int) -> list[str]:
    """The strings of a constant database (CQDB) in a CRFsuite file, by their numbers."""
    magic, _, _, _, count, table = struct.unpack_from("<4s5I", data, offset)
    if magic != b"CQDB":
        raise ValueError(f"no CQDB at byte {offset}")
    out = []
    for place in np.frombuffer(data, "<u4", count, offset + table).tolist():
        start = offset + place + 8
        (size,) = struct.unpack_from("<I", data, start - 4)
        out.append(data[start : start + size - 1].decode())
    return out


class WordModel:
    """Says which tokens of a line go on with a word. Safe to share between threads.

    ``look`` gives the properties of a token as underthesea sees them.
    """

    def __init__(
        self, data: bytes, dictionary: Set[str], look: Callable[[str], Properties]
    ) -> None:
        self._tables, self._steps = read(data)
        self._dictionary = dictionary
        texts = [*dictionary, *self._table(3, "")]
        self._openings = {t[: t.rindex(" ")].lower() for t in texts if t.count(" ") == 2}
        # Kept, as a text says the same things again and again; the sizes bound the memory.
        self._look = lru_cache(maxsize=20_000)(look)
        self._one = lru_cache(maxsize=20_000)(self._says)
        self._two = lru_cache(maxsize=40_000)(self._pair)
        self._three = lru_cache(maxsize=10_000)(self._triple)
        self._written, self._lower = self._table(2, ""), self._table(2, "lower")
        self._common = lru_cache(maxsize=None)(self._of_values)

    def _table(self, size: int, of: str) -> dict[str, tuple[float, ...]]:
        return self._tables.get((size, of), {})

    def goes_on(self, tokens: Sequence[str]) -> list[bool] | None:
        """For each token of a line whether it goes on with a word; None where rounding decides.

        >>> model.goes_on(["Bộ", "Tài", "chính"])   # doctest: +SKIP
        [False, False, True]
        """
        line = [_BEFORE, _BEFORE, *tokens, _AFTER, _AFTER, _AFTER, _AFTER]
        says = self._around(line)
        constant, to_begin, to_inside = self._steps
        # Viterbi over two tags: the lead of the best path that goes on over the one that begins.
        leads: list[float] = []
        lead = 0.0
        for a, b, c, d, e in zip(says, says[1:], says[2:], says[3:], says[4:], strict=False):
            here = a[4] + b[3] + c[2] + d[1] + e[0]
            if leads:
                here += constant
                if lead > to_begin:
                    here -= lead - to_begin
                if lead > to_inside:
                    here += lead - to_inside
            lead = here
            leads.append(lead)
        out: list[bool] = []
        needed = 0.0
        for lead in reversed(leads):
            if abs(lead - needed) < TIE:
                return None
            out.append(lead > needed)
            needed = to_inside if lead > needed else to_begin
        out.reverse()
        return out

    def _around(self, line: Sequence[str]) -> list[Says]:
        """For each three tokens in a row what they say: the first alone, two and three."""
        says = []
        two, three, look = self._two, self._three, self._look
        for a, b, c in zip(line, line[1:], line[2:], strict=False):
            plain, with_title, opens = two(a, b)
            if opens or c == _AFTER:
                says.append(three(a, b, c))
            elif with_title is plain or look(c).istitle == "False":
                says.append(plain)
            else:
                says.append(with_title)
        return says

    def _pair(self, a: str, b: str) -> _Pair:
        if a == _BEFORE or b == _AFTER:
            says = _add(self._one(a), self._says(a, b))
            return _Pair(says, says, True)
        first, second = self._look(a), self._look(b)
        lower = f"{first.lower} {second.lower}"
        title = first.istitle if second.istitle == "True" else "False"
        known = "True" if lower in self._dictionary else "False"
        says = _add(self._one(a), self._common(2, None, None, None, title, known))
        for more in (self._written.get(f"{a} {b}"), self._lower.get(lower)):
            if more is not None:
                says = _add(says, more)
        if lower in self._openings:
            return _Pair(says, says, True)
        plain = _add(says, self._common(3, None, None, None, "False", "False"))
        if title == "False":
            return _Pair(plain, plain, False)
        return _Pair(plain, _add(says, self._common(3, None, None, None, title, "False")), False)

    def _triple(self, a: str, b: str, c: str) -> Says:
        pair = self._two(a, b)
        both = pair.says if pair.opens else _add(self._one(a), self._says(a, b))
        return _add(both, self._says(a, b, c))

    def _says(self, *tokens: str) -> Says:
        """What one, two or three tokens say together."""
        size = len(tokens)
        outside = _OUTSIDE.get(tokens[0]) or _OUTSIDE.get(tokens[-1])
        if outside:
            return self._common(size, *[outside] * 5)
        seen = [self._look(token) for token in tokens]
        lower = " ".join([token.lower for token in seen])
        title = "False" if "False" in [token.istitle for token in seen] else "True"
        known = "True" if lower in self._dictionary else "False"
        says = self._common(size, None, None, seen[0].isdigit, title, known)
        for of, value in (("", " ".join(tokens)), ("lower", lower)):
            more = self._table(size, of).get(value)
            if more is not None:
                says = _add(says, more)
        return says

    def _of_values(self, size: int, *values: str | None) -> Says:
        """The sum over the properties :data:`PROPERTIES` of so many tokens."""
        says: Says = [0.0] * 5
        for of, value in zip(PROPERTIES, values, strict=True):
            more = None if value is None else self._table(size, of).get(value)
            if more is not None:
                says = _add(says, more)
        return says


def _add(a: Says, b: Says) -> Says:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]
