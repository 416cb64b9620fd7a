"""Where two versions of a document differ, and the version that choices between them make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.annotate.document import PAIRS, Document
from pipeline.labels import Label

Choice = Literal["left", "right", "both", "neither"]
CHOICES: tuple[Choice, ...] = ("left", "right", "both", "neither")
Span = tuple[int, int, str]
Bounds = tuple[int, int]


@dataclass(frozen=True)
class Conflict:
    """One difference. ``left`` and ``right`` hold spans, or one relation or entry."""

    kind: Literal["mention", "relation", "document"]
    left: tuple[Any, ...]
    right: tuple[Any, ...]
    labels: tuple[str, ...] = field(default=())

    @property
    def exclusive(self) -> bool:
        """Whether taking both sides would make spans overlap, or an entry say two things."""
        if self.kind == "mention":
            return any(a[0] < b[1] and b[0] < a[1] for a in self.left for b in self.right)
        return self.kind == "document" and bool(self.left and self.right)


def spans(document: Document) -> set[Span]:
    """Mentions as (start, end, label)."""
    return {(m["start"], m["end"], m["label"]) for m in document["mentions"]}


def _places(document: Document) -> dict[str, Bounds]:
    return {m["id"]: (m["start"], m["end"]) for m in document["mentions"]}


def links(document: Document) -> set[tuple[str, Bounds, Bounds]]:
    """Relations as (type, from, to), their ends by place."""
    at = _places(document)
    return {(r["type"], at[r["from"]], at[r["to"]]) for r in document["relations"]}


def entries(document: Document) -> dict[Any, tuple[Any, ...]]:
    """Document entries by the place of their number, unnumbered ones by type and title."""
    at = _places(document)
    out: dict[Any, tuple[Any, ...]] = {}
    for d in document["documents"]:
        key = at[d["mention"]] if d["mention"] else (d["type"], d["title"])
        out[key] = (key, bool(d["mention"]), d["type"], d["role"], d["title"])
    return out


def conflicts(left: Document, right: Document) -> list[Conflict]:
    """The differences in text order: mentions first, then relations, then documents.

    Spans that overlap each other make one conflict.

    >>> base = {"relations": [], "documents": []}
    >>> one = {"mentions": [{"id": "a", "start": 0, "end": 4, "label": "DATE"}], **base}
    >>> two = {"mentions": [{"id": "b", "start": 0, "end": 8, "label": "DATE"}], **base}
    >>> [(c.left, c.right) for c in conflicts(one, two)]
    [(((0, 4, 'DATE'),), ((0, 8, 'DATE'),))]
    """
    out = [
        Conflict(
            "mention",
            tuple(s for side, s in group if side == "left"),
            tuple(s for side, s in group if side == "right"),
            tuple(dict.fromkeys(s[2] for _, s in group)),
        )
        for group in _groups(spans(left), spans(right))
    ]
    one, other = links(left), links(right)
    for link in sorted(one ^ other, key=lambda k: (min(k[1], k[2]), k)):
        here = (link,)
        out.append(Conflict("relation", here if link in one else (), here if link in other else ()))
    mine, theirs = entries(left), entries(right)
    for key in sorted({*mine, *theirs}, key=str):
        a, b = mine.get(key), theirs.get(key)
        # An entry of a number that only one side marked follows that mention's conflict.
        numbered = (a or b or (None, False))[1]
        if a != b and not (numbered and (a is None or b is None)):
            out.append(Conflict("document", (a,) if a else (), (b,) if b else ()))
    return out


def _groups(one: set[Span], other: set[Span]) -> list[list[tuple[str, Span]]]:
    """Differing spans, those that overlap (through any chain) together."""
    differing = sorted(
        [("left", s) for s in one - other] + [("right", s) for s in other - one],
        key=lambda pair: (pair[1], pair[0]),
    )
    out: list[list[tuple[str, Span]]] = []
    end = -1
    for side, span in differing:
        if out and span[0] < end:
            out[-1].append((side, span))
        else:
            out.append([(side, span)])
        end = max(end, span[1]) if len(out[-1]) > 1 else span[1]
    return out


def merged(
    left: Document, right: Document, found: Sequence[Conflict], chosen: Mapping[int, Choice]
) -> Document:
    """The gold version: what both say, and of each conflict the side that was chosen.

    A relation or entry whose mention was not taken goes with it.
    """
    kept = spans(left) & spans(right)
    pairs = links(left) & links(right)
    table = {k: v for k, v in entries(left).items() if entries(right).get(k) == v}
    extra = {**entries(right), **entries(left)}
    for i, conflict in enumerate(found):
        taken = _taken(conflict, chosen.get(i, "neither"))
        if conflict.kind == "mention":
            kept |= set(taken)
        elif conflict.kind == "relation":
            pairs |= set(taken)
        else:
            table.update({entry[0]: entry for entry in taken})
    numbers = {(a, b) for a, b, label in kept if label == "DOC_NUMBER"}
    for place in numbers - set(table):
        if place in extra:
            table[place] = extra[place]
    labels = {(a, b): label for a, b, label in kept}
    names = {place: f"m{i}" for i, place in enumerate(sorted(labels), 1)}
    text = left["text"]
    row = {k: v for k, v in left.items() if k != "note"}
    row["mentions"] = [
        {"id": names[a, b], "label": labels[a, b], "start": a, "end": b, "text": text[a:b]}
        for a, b in names
    ]
    row["relations"] = [
        {"type": kind, "from": names[a], "to": names[b]}
        for kind, a, b in sorted(pairs)
        if a in names and b in names and _fits(kind, labels[a], labels[b])
    ]
    row["documents"] = [
        {"mention": names[key] if numbered else None, "type": kind, "role": role, "title": title}
        for key, numbered, kind, role, title in table.values()
        if not numbered or key in numbers
    ]
    return row


def _taken(conflict: Conflict, choice: Choice) -> tuple[Any, ...]:
    left = conflict.left if choice in ("left", "both") else ()
    right = conflict.right if choice in ("right", "both") else ()
    return (*left, *right)


def _fits(kind: str, source: str, target: str) -> bool:
    return PAIRS.get((Label(source), Label(target))) == kind
