"""Scores, intervals, calibration and error kinds on made-up rows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ConfigError
from pipeline.labels import LABELS
from pipeline.training.evaluate import (
    bootstrap,
    calibration_bins,
    fit_calibration,
    prf,
    span_scores,
)
from pipeline.training.faults import KINDS, Fault, context, count_faults, faults
from pipeline.training.predictions import entities, legal
from pipeline.training.report import measure, named_files, public_path, reliability


def row(id: str, *mentions: tuple[Any, ...]) -> dict[str, Any]:
    """Mentions as ``(start, end, label)`` or with a confidence."""
    names = ("start", "end", "label", "confidence")
    return {"id": id, "mentions": [dict(zip(names, m, strict=False)) for m in mentions]}


GOLD = [
    row("a", (0, 5, "AGENCY"), (10, 15, "DATE"), (20, 30, "TARGET"), (40, 44, "DOC_NUMBER")),
    row("b", (0, 9, "AGENCY"), (12, 20, "DEADLINE")),
    row("c"),
]
FOUND = [
    row(
        "a",
        (0, 5, "AGENCY", 0.95),
        (8, 15, "DATE", 0.6),
        (20, 30, "DEADLINE", 0.5),
        (50, 52, "DATE", 0.3),
    ),
    row("b", (0, 9, "AGENCY", 0.9), (12, 20, "DEADLINE", 0.92)),
    row("c"),
]


def test_scores_count_exact_spans_only() -> None:
    scores = span_scores(GOLD, FOUND)
    assert scores["AGENCY"] == (1.0, 1.0, 1.0, 2, 0, 0)
    assert scores["DATE"][3:] == (0, 2, 1)  # a wrong edge is both wrong and missed
    assert scores["DEADLINE"][3:] == (1, 1, 0)  # the right span under another label is wrong
    assert scores["all"][3:] == (3, 3, 3)


def test_document_without_a_record_misses_all() -> None:
    assert span_scores(GOLD, [])["all"][3:] == (0, 0, 6)


def test_scores_of_nothing() -> None:
    assert prf(0, 0, 0) == (0.0, 0.0, 0.0, 0, 0, 0)


def test_bootstrap_is_deterministic_and_holds_the_score() -> None:
    first, again = (bootstrap(GOLD, FOUND, 200, 13) for _ in range(2))
    assert first == again
    low, high = first["all"]
    assert 0.0 <= low <= span_scores(GOLD, FOUND)["all"].f1 <= high <= 1.0
    assert first["AGENCY"][1] == 1.0


def test_bins_of_a_perfect_and_of_a_boastful_model() -> None:
    error, bins = calibration_bins([1.0] * 8, [True] * 8)
    assert error == 0 and bins == [(1.0, 1.0, 8)]
    error, bins = calibration_bins([0.95] * 10, [True] * 5 + [False] * 5)
    assert error == pytest.approx(0.45) and bins == [(0.95, 0.5, 10)]


def test_bin_of_a_confidence() -> None:
    _, bins = calibration_bins([0.0, 0.09, 0.1, 0.999, 1.0], [False, False, True, True, True])
    assert [n for _, _, n in bins] == [2, 1, 2]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_bins_hold_every_mention(pairs: list[tuple[float, bool]]) -> None:
    error, bins = calibration_bins([c for c, _ in pairs], [ok for _, ok in pairs])
    assert sum(n for _, _, n in bins) == len(pairs)
    assert 0.0 <= error <= 1.0


def test_calibration_points_rise() -> None:
    pytest.importorskip("sklearn")
    confidence = [i / 100 for i in range(100)]
    points = fit_calibration(confidence, [i % 10 < i // 10 for i in range(100)])
    assert [x for x, _ in points] == sorted({x for x, _ in points})
    assert points[0][0] == 0.0 and points[-1][0] == 1.0
    assert all(a[1] <= b[1] for a, b in pairwise(points))
    assert all(0.02 <= y <= 0.995 for _, y in points)


def test_kinds_of_error() -> None:
    assert faults(GOLD[0], FOUND[0]) == [
        Fault("boundary", (10, 15, "DATE"), (8, 15, "DATE")),
        Fault("label", (20, 30, "TARGET"), (20, 30, "DEADLINE")),
        Fault("missed", (40, 44, "DOC_NUMBER"), None),
        Fault("spurious", None, (50, 52, "DATE")),
    ]
    assert faults(GOLD[1], FOUND[1]) == []


FAULT_CASES = [
    # One long found span over two gold ones: a boundary and a miss, never two boundaries.
    ([(0, 10, "AGENCY"), (12, 20, "AGENCY")], [(0, 20, "AGENCY")], ["boundary", "missed"]),
    # A gold span broken in two: a boundary (the longer part) and a spurious one.
    ([(0, 20, "AGENCY")], [(0, 12, "AGENCY"), (14, 20, "AGENCY")], ["boundary", "spurious"]),
    # The same label is preferred to the larger overlap.
    ([(0, 20, "DATE")], [(0, 15, "DEADLINE"), (16, 20, "DATE")], ["spurious", "boundary"]),
    # Spans that only touch are two errors.
    ([(0, 5, "DATE")], [(5, 9, "DATE")], ["missed", "spurious"]),
]


@pytest.mark.parametrize("gold, found, kinds", FAULT_CASES)
def test_pairing(gold: list[Any], found: list[Any], kinds: list[str]) -> None:
    assert [x.kind for x in faults(row("x", *gold), row("x", *found))] == kinds


SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(LABELS)).map(
        lambda x: (x[0], x[0] + x[1], str(x[2]))
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(SPANS, SPANS)
def test_errors_add_up(gold: list[Any], found: list[Any]) -> None:
    a, b = row("x", *gold), row("x", *found)
    score, errors = span_scores([a], [b])["all"], faults(a, b)
    assert sum(x.gold is not None for x in errors) == score.fn
    assert sum(x.found is not None for x in errors) == score.fp
    assert sum(sum(c.values()) for c in count_faults([a], [b]).values()) == len(errors)


def test_context_is_one_line() -> None:
    assert context("Theo đó,\r\ngiao Sở Nội vụ", 10, 14, 5) == "…đó, ⏎ [giao] Sở N…"


def test_measure_has_every_figure() -> None:
    got = measure(GOLD, FOUND)
    assert got["documents"] == 3
    assert got["labels"]["all"]["gold"] == 6
    assert set(got["faults"]["DATE"]) == set(KINDS)
    assert sum(b["count"] for b in got["bins"]) == 6
    assert got == measure(GOLD, FOUND)


def test_reliability_where_nothing_was_found() -> None:
    assert reliability(GOLD, [row("a"), row("b"), row("c")]) == (None, [])


def test_names_of_files() -> None:
    assert list(named_files(["x/dev.jsonl", "own=y/dev.jsonl"])) == ["dev", "own"]
    with pytest.raises(ConfigError, match="'dev'"):
        named_files(["x/dev.jsonl", "y/dev.jsonl"])


def test_paths_do_not_tell_whose_machine_it_was(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    assert public_path(root / "corpora" / "a.jsonl", root) == "corpora/a.jsonl"
    assert public_path(tmp_path / "shared" / "a.jsonl", root) == "../shared/a.jsonl"
    assert public_path(tmp_path / "elsewhere" / "a.jsonl", root) == "a.jsonl"


def test_illegal_tags_begin_a_span() -> None:
    assert legal(["I-DATE", "O", "B-AGENCY", "I-AGENCY", "I-DATE"]) == [3, 0, 5, 6, 3]


ENTITY_CASES = [
    # A place is taken for a body, a person is not.
    (
        "Ông An ở Hà Nội",
        [("Ông", "O"), ("An", "B-PER"), ("ở", "O"), ("Hà Nội", "B-LOC")],
        [(9, 15)],
    ),
    # Spaces between the words of an entity are part of it.
    ("Bộ  Y tế", [("Bộ", "B-ORG"), ("Y tế", "I-ORG")], [(0, 8)]),
    # An entity that begins without B, after a person.
    ("An Bộ", [("An", "B-PER"), ("Bộ", "I-ORG")], [(3, 5)]),
    # A word that was rewritten can't be found: the entity ends before it.
    ("Sở Hoà Bình", [("Sở", "B-ORG"), ("Hòa Bình", "I-ORG")], [(0, 2)]),
    # Two entities side by side.
    ("Huế Hà Nội", [("Huế", "B-LOC"), ("Hà Nội", "B-LOC")], [(0, 3), (4, 10)]),
]


@pytest.mark.parametrize("line, tokens, spans", ENTITY_CASES)
def test_entities(line: str, tokens: list[tuple[str, str]], spans: list[tuple[int, int]]) -> None:
    assert [(a, b) for a, b, _ in entities(line, tokens)] == spans
