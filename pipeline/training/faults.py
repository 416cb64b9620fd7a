"""Kinds of error: how each wrong or missed span differs from what stands in the gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.labels import LABELS

KINDS = ("boundary", "label", "missed", "spurious")
Mention = tuple[int, int, str]


class Fault(NamedTuple):
    """One error. ``gold`` is missing where nothing is there, ``found`` where nothing was found."""

    kind: str
    gold: Mention | None
    found: Mention | None

    @property
    def label(self) -> str:
        """The label it counts under: the gold one where there is one."""
        mention = self.gold or self.found
        assert mention is not None
        return mention[2]


def spans(row: Mapping[str, Any] | None) -> set[Mention]:
    """The mentions of a gold row or a record."""
    return {(m["start"], m["end"], str(m["label"])) for m in (row or {}).get("mentions", ())}


def faults(gold: Mapping[str, Any] | None, found: Mapping[str, Any] | None) -> list[Fault]:
    """Errors of one document in text order.

    A gold and a found span that overlap are one error: ``boundary`` when the label is right,
    else ``label``. They are paired one to one, same label first, then by overlap. What is
    left is ``missed`` or ``spurious``.
    """
    a, b = spans(gold), spans(found)
    missed, extra = a - b, b - a
    pairs = sorted(
        (g[2] != f[2], max(g[0], f[0]) - min(g[1], f[1]), g, f)
        for g in missed
        for f in extra
        if g[0] < f[1] and f[0] < g[1]
    )
    out = []
    for other_label, _, g, f in pairs:
        if g in missed and f in extra:
            out.append(Fault("label" if other_label else "boundary", g, f))
            missed.remove(g)
            extra.remove(f)
    out += [Fault("missed", g, None) for g in missed]
    out += [Fault("spurious", None, f) for f in extra]
    return sorted(out, key=lambda x: (x.gold or x.found or (0, 0, ""))[:2])


def count_faults(
    gold: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, int]]:
    """``{label: {kind: count}}`` over documents; a document without a record misses all."""
    by_id = {row["id"]: row for row in found}
    counts = Counter((x.label, x.kind) for row in gold for x in faults(row, by_id.get(row["id"])))
    return {str(n): {kind: counts[str(n), kind] for kind in KINDS} for n in LABELS}


def context(text: str, start: int, end: int, width: int = 40) -> str:
    """The span in brackets with ``width`` characters on either side, on one line.

    >>> context("Theo đó, giao Sở Nội vụ chủ trì.", 14, 23, 5)
    '…giao [Sở Nội vụ] chủ …'
    """
    left, right = max(0, start - width), min(len(text), end + width)
    shown = text[left:start] + "[" + text[start:end] + "]" + text[end:right]
    shown = " ⏎ ".join(part.strip("\r") for part in shown.split("\n"))
    return ("…" if left else "") + shown + ("…" if right < len(text) else "")
