"""Two models on the same gold: scores side by side, mentions gained and lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.labels import LABELS
from pipeline.terminal import visible
from pipeline.training.evaluate import Score, difference, span_scores
from pipeline.training.faults import context, spans

Row = Mapping[str, Any]

# What happened to a mention → whether that is good.
KINDS = {
    "gained: right now": True,
    "gained: no longer wrong": True,
    "lost: no longer right": False,
    "lost: wrong now": False,
}


class Change(NamedTuple):
    """A mention that only one of two models has."""

    kind: str
    label: str
    id: str
    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The old and the new model on the same documents; ``interval``: see ``difference``."""

    documents: int
    old: dict[str, Score]
    new: dict[str, Score]
    interval: tuple[float, float]
    changes: list[Change]

    @property
    def worse(self) -> bool:
        """Whether the new model's F1 over all labels is lower than the old one's."""
        return self.new["all"].f1 < self.old["all"].f1

    def count(self, *, good: bool) -> int:
        """How many mentions were gained, or lost."""
        return sum(KINDS[c.kind] is good for c in self.changes)

    def to_json(self) -> dict[str, Any]:
        """Scores and changes as plain data."""
        return {
            "documents": self.documents,
            "old": {name: s._asdict() for name, s in self.old.items()},
            "new": {name: s._asdict() for name, s in self.new.items()},
            "change_95": list(self.interval),
            "changes": [c._asdict() for c in self.changes],
        }


def compare(
    gold: Sequence[Row],
    old: Sequence[Row],
    new: Sequence[Row],
    texts: Sequence[str],
    width: int = 40,
) -> Comparison:
    """Rows of the same documents in the same order, and their texts."""
    return Comparison(
        len(gold),
        span_scores(gold, old),
        span_scores(gold, new),
        difference(gold, old, new),
        list(changes(gold, old, new, texts, width)),
    )


def changes(
    gold: Sequence[Row],
    old: Sequence[Row],
    new: Sequence[Row],
    texts: Sequence[str],
    width: int = 40,
) -> Iterator[Change]:
    """Mentions of which only one model is right, or wrong; label by label, the good ones first."""
    rows = list(zip(gold, old, new, texts, strict=True))
    for label in map(str, LABELS):
        for at, kind in enumerate(KINDS):
            for g, o, n, text in rows:
                true, a, b = (_of(row, label) for row in (g, n, o))
                groups = ((a - b) & true, (b - a) - true, (b - a) & true, (a - b) - true)
                for start, end, _ in sorted(groups[at]):
                    shown = visible(context(text, start, end, width)).replace("\t", " ")
                    yield Change(kind, label, str(g["id"]), start, end, shown)


def _of(row: Row, label: str) -> set[tuple[int, int, str]]:
    return {m for m in spans(row) if m[2] == label}


def table(comparison: Comparison) -> str:
    """F1 a label, old and new.

    >>> zero, one = Score(0, 0, 0, 0, 0, 1), Score(1, 1, 1, 1, 0, 0)
    >>> c = Comparison(1, {"all": zero}, {"all": one}, (0.0, 1.0), [])
    >>> print(table(c).splitlines()[-1])
    all            0.0000   1.0000  +1.0000
    """
    lines = [f"{'F1':12} {'old':>8} {'new':>8}   change"]
    for name, old in comparison.old.items():
        new = comparison.new[name]
        lines.append(f"{name:12} {old.f1:8.4f} {new.f1:8.4f}  {new.f1 - old.f1:+.4f}")
    return "\n".join(lines)


def listing(found: Sequence[Change], limit: int | None = None) -> str:
    """Changes under the heading of their kind, at most ``limit`` a heading."""
    out: list[str] = []
    for label in map(str, LABELS):
        for kind in KINDS:
            some = [c for c in found if (c.label, c.kind) == (label, kind)]
            if some:
                out.append(f"\n{label}, {kind}: {len(some)}")
                out += [f"  {c.id}:{c.start}  {c.shown}" for c in some[:limit]]
                if limit is not None and len(some) > limit:
                    out.append(f"  … and {len(some) - limit} more")
    return "\n".join(out)
