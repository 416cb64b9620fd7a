"""Values of targets: the table, notes, and what must hold on any text."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.normalize.targets import parse_target, target_values
from pipeline.normalize.units import read_unit

CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "targets.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['text']} ({c['comment']})" for c in CASES])
def test_case(case: dict[str, Any]) -> None:
    value = parse_target(case["text"])
    if "value" in case:
        assert value is None
        return
    assert value is not None
    expected = {k: v for k, v in case.items() if k not in ("text", "comment")}
    assert value.model_dump() == pytest.approx(expected)


CHOSEN = [
    # a goal with several numbers, the one it is about
    ("1 trạm và 2 chốt", 1),  # the first of two alike
    ("hai trạm và 5 chốt", 5),  # digits before words
    ("một trạm và hai chốt", 2),  # "một" is often an article
    ("hai trạm và một chốt", 2),
    ("một tổ công tác", 1),  # … but here it is all there is
    ("một", None),
    ("tăng 3 bậc, đạt 80% số hộ", 80),  # a share before a count
    ("giảm 5 chốt và 80% tổ", 80),
    ("gồm 3, 12 km đường", 12),  # a unit before none
    ("5 trạm, ít nhất 8 chốt", 8),  # a comparator before none
    ("5 trạm, có 8 chốt", 8),  # a verb before none
    ("đạt mức độ 80% hồ sơ", 80),  # no ordinal, with its %
    ("đạt mức độ 80%, 5 trạm", 80),
    ("người 65 tuổi và 3 xe", 3),  # an age
    ("tại khu vực cấp độ 3, 12 km đường", 12),  # an ordinal
    ("người từ 65 tuổi có 3 xe đưa đón", 3),
    ("60 xe, chiếm 50% số xe", 60),  # said beside it
    ("nâng từ 5 xã lên 8 xã", 8),  # the level to be arrived at
    ("trong năm (5 xã) làm 8 cầu", 8),  # an aside
]


@pytest.mark.parametrize(("text", "quantity"), CHOSEN)
def test_the_number_a_goal_is_about(text: str, quantity: float | None) -> None:
    value = parse_target(text)
    assert (value and value.quantity) == quantity


ENDS = [
    # text, comparator, quantity, the other end
    ("từ 1,1 triệu đến 1,2 triệu tấn lúa", "range", 1_100_000, 1_200_000),  # a scale for each
    ("từ 1,1 đến 1,2 triệu tấn lúa", "range", 1_100_000, 1_200_000),  # one for both
    ("5-7 tỷ đồng", "range", 5, 7),  # money keeps it in its unit
    ("3% trở xuống", "<=", 3, None),
    ("3% trở lên", ">=", 3, None),
    ("từ 3% số hộ", ">=", 3, None),
    ("đạt từ 90 đến 80% số hộ", "range", 80, 90),  # upside down: put in order
    ("2 tỷ - 500 triệu đồng", "range", 500, 2_000),
    # a minus where a number is awaited is a sign
    ("tăng trưởng đạt -2%", "=", -2, None),
    ("nhiệt độ dưới −18 độ C", "<", -18, None),
    ("từ -5 đến -2%", "range", -5, -2),
    ("tăng 5 -7% số hộ", "range", 5, 7),  # a dash between two numbers is none
    ("tiêm vắc xin Covid -19 cho 95% dân số", "=", 95, None),  # nor is a name's
]


@pytest.mark.parametrize(("text", "comparator", "low", "high"), ENDS)
def test_ends(text: str, comparator: str, low: float, high: float | None) -> None:
    value = parse_target(text)
    assert value is not None
    assert (value.comparator, value.quantity, value.quantity_max) == (comparator, low, high)


def test_enough_cases() -> None:
    assert len(CASES) >= 100


def article_of(*surfaces: str) -> Article:
    text, spans = "", []
    for surface in surfaces:
        spans.append(Span(Label.TARGET, len(text), len(text) + len(surface)))
        text += surface + "\n"
    return Article(text, tuple(spans), ((0, len(text)),))


def test_second_goal_is_noted() -> None:
    """A second counted thing in one mention is said; a level "3 và 4" is none."""
    surfaces = ("40 tổ tuần tra và 15 chốt kiểm soát", "100% thủ tục mức độ 3 và 4 trực tuyến")
    _, notes = target_values(article_of(*surfaces))
    assert [(n.code, n.span) for n in notes] == [("target-several-quantities", 0)]


def test_notes() -> None:
    """What could not be read is said, and a plain share needs no unit."""
    values, notes = target_values(
        article_of("nhóm ASEAN 4", "đạt 15", "một nửa", "lần lượt đạt 60%; 90% và 15%", "giảm 5%")
    )
    assert [(n.code, n.span) for n in notes] == [
        ("target-without-quantity", 0),
        ("target-without-unit", 1),
        ("target-several-quantities", 3),
    ]
    assert values[0] is None
    assert [values[i].quantity for i in (1, 2, 3, 4)] == [15, 0.5, 60, 5]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "quantity", "code"),
    [
        ("giảm -5%", None, "target-without-quantity"),  # by 5 %, or up?
        ("giảm −5% số vụ", None, "target-without-quantity"),
        ("giảm 1/0 số hồ sơ", None, "target-without-quantity"),  # a share of nothing
        ("đạt 0/0 xã", None, "target-without-quantity"),
        ("đạt 1/05 xã", 1, None),
        ("đạt từ 90 đến 80% số xã", 80, "reversed_range"),  # in order, but said
        ("giảm từ 90 đến 80% số vụ", None, "reversed_range"),  # by them, or down to the second?
        ("giảm từ 80 đến 90% số vụ", 80, None),
        ("giảm từ 90% xuống 80% số vụ", 80, None),  # from the one to the other
    ],
)
def test_quantities_that_make_no_sense_are_noted(
    text: str, quantity: float | None, code: str | None
) -> None:
    values, notes = target_values(article_of(text))
    assert (values[0] and values[0].quantity) == quantity
    assert [n.code for n in notes] == ([code] if code else [])


@pytest.mark.parametrize(
    ("text", "at", "unit", "kind"),
    [
        ("5%", 1, "%", "share"),
        ("5 điểm phần trăm", 1, "điểm phần trăm", "share"),
        ("5 tỷ đồng", 4, "đồng", "money"),
        ("5ha", 1, "ha", "measure"),
        ("5 m2", 1, "m²", "measure"),
        ("5 doanh nghiệp mới", 1, "doanh nghiệp", "count"),
        ("5 DN", 1, "doanh nghiệp", "count"),
        ("5 đường/100 dân", 1, "đường/100 dân", "count"),
        ("5 nhạc cụ dân tộc", 1, "nhạc cụ", "count"),  # not listed: two syllables
        ("5", 1, None, ""),
        ("5, sau đó", 1, None, ""),
    ],
)
def test_units(text: str, at: int, unit: str | None, kind: str) -> None:
    assert read_unit(text, at)[:2] == (unit, kind)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="0123456789,.%-–/ ()từđến lênxuống giảmtăng khoảng trên ít nhất", max_size=60)
)
def test_never_raises(text: str) -> None:
    value = parse_target(text)
    if value is not None:
        assert value.quantity is not None
        assert (value.comparator == "range") <= (value.quantity_max is not None)


def test_linear() -> None:
    began = time.perf_counter()
    parse_target("giảm từ 5% so với " * 1_000)
    parse_target("tỷ lệ " * 5_000 + "đạt 5%")
    assert time.perf_counter() - began < 5
