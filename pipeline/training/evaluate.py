"""Strict span F1, its bootstrap interval, and how far confidences can be trusted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.labels import LABELS

Row = Mapping[str, Any]


class Score(NamedTuple):
    """Precision, recall, F1 and the counts they come from."""

    p: float
    r: float
    f1: float
    tp: int
    fp: int
    fn: int


def prf(tp: int, fp: int, fn: int) -> Score:
    """Scores of counts; 0 where nothing was found or nothing was there."""
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    return Score(p, r, 2 * p * r / (p + r) if p + r else 0.0, tp, fp, fn)


def _spans(row: Row) -> set[tuple[int, int, str]]:
    return {(m["start"], m["end"], str(m["label"])) for m in row["mentions"]}


def counts(gold: Row, found: Row | None) -> Counter[tuple[str, str]]:
    """``(label, "tp" | "fp" | "fn")`` of one document; a missing record misses all."""
    a, b = _spans(gold), _spans(found) if found else set()
    out: Counter[tuple[str, str]] = Counter()
    for name, spans in (("tp", a & b), ("fp", b - a), ("fn", a - b)):
        out.update((label, name) for _, _, label in spans)
    return out


def span_scores(gold: Sequence[Row], found: Sequence[Row]) -> dict[str, Score]:
    """Strict scores per label and ``all``: same start, end and label or wrong."""
    by_id = {row["id"]: row for row in found}
    return _scores([counts(row, by_id.get(row["id"])) for row in gold])


def _scores(documents: Sequence[Counter[tuple[str, str]]]) -> dict[str, Score]:
    total: Counter[tuple[str, str]] = Counter()
    for document in documents:
        total.update(document)
    names = [str(label) for label in LABELS]
    out = {n: prf(total[n, "tp"], total[n, "fp"], total[n, "fn"]) for n in names}
    out["all"] = prf(*(sum(total[n, k] for n in names) for k in ("tp", "fp", "fn")))
    return out


def bootstrap(
    gold: Sequence[Row], found: Sequence[Row], rounds: int = 1000, seed: int = 13
) -> dict[str, tuple[float, float]]:
    """95 % interval of F1 per label, documents drawn with replacement."""
    by_id = {row["id"]: row for row in found}
    documents = [counts(row, by_id.get(row["id"])) for row in gold]
    rng = random.Random(seed)
    samples = [_scores(rng.choices(documents, k=len(documents))) for _ in range(rounds)]
    out = {}
    for name in samples[0]:
        values = sorted(sample[name].f1 for sample in samples)
        out[name] = (values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1])
    return out


def difference(
    gold: Sequence[Row],
    old: Sequence[Row],
    new: Sequence[Row],
    rounds: int = 1000,
    seed: int = 13,
) -> tuple[float, float]:
    """95 % interval of the change in F1 over all labels, the same documents drawn for both."""
    by_old, by_new = ({row["id"]: row for row in rows} for rows in (old, new))
    pairs = [
        (counts(row, by_old.get(row["id"])), counts(row, by_new.get(row["id"]))) for row in gold
    ]
    rng = random.Random(seed)
    values = []
    for _ in range(rounds):
        drawn = rng.choices(pairs, k=len(pairs))
        before, after = _scores([a for a, _ in drawn]), _scores([b for _, b in drawn])
        values.append(after["all"].f1 - before["all"].f1)
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]


def calibration_bins(
    confidence: Sequence[float], right: Sequence[bool], bins: int = 10
) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error, and per equal-width bin (mean confidence, precision, count).

    Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    table: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for c, ok in zip(confidence, right, strict=True):
        table[min(bins - 1, int(c * bins))].append((c, ok))
    rows = []
    error = 0.0
    for cell in table:
        if cell:
            mean = sum(c for c, _ in cell) / len(cell)
            precision = sum(ok for _, ok in cell) / len(cell)
            error += abs(mean - precision) * len(cell) / len(confidence)
            rows.append((round(mean, 4), round(precision, 4), len(cell)))
    return error, rows


def fit_calibration(confidence: Sequence[float], right: Sequence[bool]) -> list[list[float]]:
    """Rising points ``[raw, measured]`` by isotonic regression, for ``tagger.json``."""
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.02, y_max=0.995, out_of_bounds="clip")
    model.fit(confidence, [float(ok) for ok in right])
    grid = [i / 20 for i in range(20)] + [0.97, 0.98, 0.99, 0.995, 0.999, 1.0]
    return [[x, round(float(y), 4)] for x, y in zip(grid, model.predict(grid), strict=True)]
