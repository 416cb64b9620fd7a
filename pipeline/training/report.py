"""Measures predictions on gold files: the figures that ``metrics.json`` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError
from pipeline.training.evaluate import Row, bootstrap, calibration_bins, span_scores
from pipeline.training.faults import Fault, context, count_faults, faults, spans

BOOTSTRAP_ROUNDS = 1000
BOOTSTRAP_SEED = 13


def named_files(items: Iterable[str]) -> dict[str, Path]:
    """``FILE`` or ``NAME=FILE``; a file without a name is called by its stem.

    Raises ConfigError where two files have one name.
    """
    out: dict[str, Path] = {}
    for item in items:
        name, _, path = item.rpartition("=")
        name = name or Path(path).stem
        if name in out:
            raise ConfigError(f"two files are called {name!r}: write NAME={path}")
        out[name] = Path(path)
    return out


def public_path(path: str | Path, root: Path) -> str:
    """A path as figures state it: relative to the checkout or to ``shared`` beside it, else
    the file's name alone, so that figures are the same wherever they were made."""
    whole = Path(path).resolve()
    if whole.is_relative_to(root):
        return whole.relative_to(root).as_posix()
    if whole.is_relative_to(root.parent / "shared"):
        return "../" + whole.relative_to(root.parent).as_posix()
    return whole.name


def measure(gold: Sequence[Row], found: Sequence[Row]) -> dict[str, Any]:
    """Scores with counts and intervals, error kinds, and reliability of one gold file."""
    low_high = bootstrap(gold, found, BOOTSTRAP_ROUNDS, BOOTSTRAP_SEED)
    labels = {}
    for name, score in span_scores(gold, found).items():
        low, high = (round(x, 4) for x in low_high[name])
        state = {k: round(v, 4) if isinstance(v, float) else v for k, v in score._asdict().items()}
        labels[name] = {**state, "gold": score.tp + score.fn, "low": low, "high": high}
    error, bins = reliability(gold, found)
    return {
        "documents": len(gold),
        "labels": labels,
        "faults": count_faults(gold, found),
        "calibration_error": error,
        "bins": bins,
    }


def reliability(
    gold: Sequence[Row], found: Sequence[Row]
) -> tuple[float | None, list[dict[str, float]]]:
    """Expected calibration error of the mentions' confidences, and the bins it comes from;
    ``None`` where nothing was found."""
    true = {row["id"]: spans(row) for row in gold}
    confidence, right = [], []
    for row in found:
        for m in row["mentions"]:
            confidence.append(float(m["confidence"]))
            right.append((m["start"], m["end"], str(m["label"])) in true.get(row["id"], set()))
    if not confidence:
        return None, []
    error, rows = calibration_bins(confidence, right)
    return round(error, 4), [{"confidence": c, "right": p, "count": n} for c, p, n in rows]


def examples(
    gold: Sequence[Row], found: Sequence[Row], texts: Mapping[str, str], per_kind: int = 1
) -> list[dict[str, str]]:
    """The first errors of each label and kind, with their context, in the order of the files.

    For documents that may be quoted only: their text goes into the model card.
    """
    by_id = {row["id"]: row for row in found}
    seen: dict[tuple[str, str], int] = {}
    out = []
    for row in gold:
        for fault in faults(row, by_id.get(row["id"])):
            key = (fault.label, fault.kind)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= per_kind:
                out.append(_example(fault, row["id"], texts[row["id"]]))
    return out


def _example(fault: Fault, id: str, text: str) -> dict[str, str]:
    out = {"label": fault.label, "kind": fault.kind, "document": id}
    for side, mention in (("gold", fault.gold), ("found", fault.found)):
        if mention:
            out[side] = context(text, mention[0], mention[1], 32)
            out[f"{side}_label"] = mention[2]
    return out
