"""Where a foreign tool's offsets lie in our text: checked at the surface, never guessed.

Tools count code points, UTF-16 units, characters after NFC, or characters after line
breaks became one. Each way of counting is tried on *all* mentions of a document, and
holds only if every stated surface stands where it says.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.annotate.document import Document, problems

Bounds = tuple[int, int]


@dataclass(frozen=True)
class Counting:
    """A way to count ``text``; ``bounds[i]`` is the span of ours that character i stands for."""

    name: str
    text: str
    bounds: Sequence[Bounds]
    utf16: bool = False

    @cached_property
    def _index(self) -> Mapping[int, int]:
        """Character index of each UTF-16 offset that does not split a character."""
        out, at = {}, 0
        for i, char in enumerate(self.text):
            out[at] = i
            at += 2 if char > "\uffff" else 1
        out[at] = len(self.text)
        return out

    def span(self, start: int, end: int) -> Bounds | None:
        """Our span for a counted one, or None where it splits a character or lies outside."""
        if self.utf16:
            start, end = self._index.get(start, -1), self._index.get(end, -1)
        if not 0 <= start < end <= len(self.text):
            return None
        return self.bounds[start][0], self.bounds[end - 1][1]

    def surface(self, start: int, end: int) -> str | None:
        """What stands at a counted span."""
        if self.utf16:
            start, end = self._index.get(start, -1), self._index.get(end, -1)
        return self.text[start:end] if 0 <= start < end <= len(self.text) else None


def countings(text: str) -> Iterator[Counting]:
    """The ways to count ``text``, likeliest first; those that make no difference left out."""
    plain = [(i, i + 1) for i in range(len(text))]
    seen: set[tuple[str, bool]] = set()
    forms = [("code points", text, plain)]
    forms.append(("line breaks as one", *_one_line_break(text, plain)))
    forms.append(("NFC", *_nfc(text, plain)))
    forms.append(("NFC, line breaks as one", *_nfc(*_one_line_break(text, plain))))
    for name, counted, bounds in forms:
        for utf16 in (False, True):
            key = (counted, utf16 and any(c > "\uffff" for c in counted))
            if key in seen:
                continue
            seen.add(key)
            shown = f"{name}, UTF-16 units" if utf16 else name
            yield Counting(shown.replace("code points, ", ""), counted, bounds, utf16)


def _one_line_break(text: str, bounds: Sequence[Bounds]) -> tuple[str, list[Bounds]]:
    """With \\r\\n and \\r as \\n."""
    out: list[str] = []
    kept: list[Bounds] = []
    for i, char in enumerate(text):
        if char == "\n" and i and text[i - 1] == "\r":
            kept[-1] = (kept[-1][0], bounds[i][1])
            continue
        out.append("\n" if char == "\r" else char)
        kept.append(bounds[i])
    return "".join(out), kept


def _nfc(text: str, bounds: Sequence[Bounds]) -> tuple[str, list[Bounds]]:
    """Composed run by run: a letter with the marks that follow it."""
    out: list[str] = []
    kept: list[Bounds] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        composed = unicodedata.normalize("NFC", text[at:end])
        out.append(composed)
        if len(composed) == end - at:
            kept.extend(bounds[at:end])
        else:
            kept.extend([(bounds[at][0], bounds[end - 1][1])] * len(composed))
        at = end
    return "".join(out), kept


def _same(one: str | None, other: str, counting: Counting) -> bool:
    if one == other:
        return True
    if one is None:
        return False
    if "line breaks" in counting.name:
        other = other.replace("\r\n", "\n").replace("\r", "\n")
    return one == (unicodedata.normalize("NFC", other) if "NFC" in counting.name else other)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A document whose spans are ours, or the reason why it can't be."""

    document: Document | None
    reason: str | None = None
    counted: str = "code points"


def fit(raw: Mapping[str, Any], original: str | None = None, offsets: str | None = None) -> Fitted:
    """Bring a foreign document's mentions to code points of its text.

    Args:
        raw: ``{id, text, mentions, …}``; a mention's ``text`` is what the tool says
            stands there, or None where the format does not say.
        original: the text before the tool changed it; mentions are brought to this one.
        offsets: "code points" or "UTF-16 units", where the formats states no surfaces.

    >>> fit({"id": "a", "text": "😀 năm 2025", "mentions": [
    ...     {"id": "m1", "label": "DATE", "start": 3, "end": 11, "text": "năm 2025"}]}).counted
    'UTF-16 units'
    """
    theirs = raw["text"]
    text = theirs if original is None else original
    mentions = list(raw.get("mentions", []))
    stated = [m.get("text") for m in mentions]
    # Without one surface to check, another way of counting may only be used if it was said.
    blind = offsets is None and original is None and not any(stated)
    possible = []
    for counting in countings(text):
        if offsets is not None and counting.utf16 != (offsets == "UTF-16 units"):
            continue
        if original is not None and not _same(counting.text, theirs, counting):
            continue
        placed = _place_all(mentions, counting)
        if placed is not None and not (blind and counting.name != "code points"):
            possible.append((counting, placed))
    if not possible:
        return Fitted(None, _why_not(raw, text))
    counting, placed = possible[0]
    if counting.name != "code points" and any(other != placed for _, other in possible[1:]):
        names = ", ".join(c.name for c, _ in possible)
        return Fitted(None, f"its offsets fit several ways of counting ({names})")
    if blind and mentions and _splits_words(text, placed):
        return Fitted(
            None,
            "no surface is stated and offsets split words: they may count UTF-16 units or "
            "another form of the text; say which with offsets=",
        )
    row = {k: v for k, v in raw.items() if v is not None}
    row["text"] = text
    row["mentions"] = [
        {**m, "start": a, "end": b, "text": text[a:b]}
        for m, (a, b) in zip(mentions, placed, strict=True)
    ]
    row.setdefault("relations", [])
    row.setdefault("documents", [])
    faults = list(problems(row))
    return Fitted(None if faults else row, "; ".join(faults) or None, counting.name)


def _place_all(mentions: Sequence[Mapping[str, Any]], counting: Counting) -> list[Bounds] | None:
    placed = []
    for m in mentions:
        if type(m.get("start")) is not int or type(m.get("end")) is not int:
            return None
        span = counting.span(m["start"], m["end"])
        surface = m.get("text")
        if span is None:
            return None
        if surface is not None and not _same(
            counting.surface(m["start"], m["end"]), surface, counting
        ):
            return None
        placed.append(span)
    return placed


def _why_not(raw: Mapping[str, Any], text: str) -> str:
    """The mentions that do not stand where they say, counted in code points."""
    wrong = []
    for m in raw.get("mentions", []):
        start, end, surface = m.get("start"), m.get("end"), m.get("text")
        if type(start) is not int or type(end) is not int:
            wrong.append(f"{m.get('id')}: start and end must be whole numbers")
        elif not 0 <= start < end <= len(text):
            wrong.append(f"{m.get('id')}: {start}:{end} outside a text of {len(text)}")
        elif surface is not None and text[start:end] != surface:
            wrong.append(
                f"{m.get('id')}: text[{start}:{end}] is {text[start:end]!r}, not {surface!r}"
            )
    if not wrong:
        return "its text is not the original one, in no form"
    more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
    return "mentions that do not fit their text: " + "; ".join(wrong[:5]) + more


def _splits_words(text: str, placed: Sequence[Bounds]) -> bool:
    """Whether an edge has letters or marks on both sides, in a text where counts can differ."""
    if len(list(countings(text))) == 1:
        return False

    def inner(at: int) -> bool:
        return 0 < at < len(text) and all(_wordy(c) for c in text[at - 1 : at + 1])

    return any(inner(a) or inner(b) for a, b in placed)


def _wordy(char: str) -> bool:
    return char.isalnum() or bool(unicodedata.combining(char))
