"""Several pieces → one interval: what they lend each other, and in which order they stand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.normalize.times_combine import Term, combine
from pipeline.normalize.times_lunar import ImpossibleDate
from pipeline.normalize.times_types import Piece, Reference

ALONE = Reference()
NEWS = Reference(published=date(2024, 5, 15))  # a Wednesday
DUE = Reference(published=date(2024, 5, 15), due=True)


def n(number: int) -> Piece:
    """A bare number: the 7 of "7 đến 11/11"."""
    return Piece("number", number=number)


def d(
    day: int | None = None, month: int | None = None, year: int | None = None, **more: Any
) -> Piece:
    """A day."""
    return Piece("day", day=day, month=month, year=year, **more)


def m(month: int, year: int | None = None, **more: Any) -> Piece:
    """A month."""
    return Piece("month", month=month, year=year, **more)


def q(number: int, year: int | None = None) -> Piece:
    """A quarter."""
    return Piece("quarter", number=number, year=year)


def y(year: int | None = None, **more: Any) -> Piece:
    """A year."""
    return Piece("year", year=year, **more)


def combined(ref: Reference, *terms: Piece | str) -> str:
    """Both ends, grain, anchor, flags and issues in a line; joins stand before their piece."""
    made: list[Term] = []
    join = ""
    for term in terms:
        if isinstance(term, str):
            join = term
        else:
            made.append(Term(term, join))
            join = ""
    whole = combine(made, ref)
    flags = [name for name in ("span", "broad", "exclusive") if getattr(whole, name)]
    words = [str(whole.start), str(whole.end), whole.grain, whole.anchor, *flags]
    return " ".join([*words, *(f"!{code}" for code, _ in whole.issues)])


NUMBERS = [
    # numbers take the unit of what stands behind them, else before
    ((ALONE, n(7), "to", d(11, 11, 2023)), "2023-11-07 2023-11-11 period explicit span"),
    ((ALONE, n(1), "to", d(31, 12, 2023)), "2023-12-01 2023-12-31 period explicit span"),
    ((ALONE, n(31), "and", d(5, 1, 2024)), "2023-12-31 2024-01-05 period explicit span"),
    ((ALONE, n(32), "to", d(5, 1, 2024)), "2024-01-05 2024-01-05 day explicit"),  # no day has it: passed over
    ((ALONE, n(0), "to", d(5, 1, 2024)), "2024-01-05 2024-01-05 day explicit"),
    ((ALONE, n(1), "and", m(12, 2023)), "2023-01-01 2023-12-31 period explicit span broad"),
    ((ALONE, n(12), "to", m(3, 2024)), "2023-12-01 2024-03-31 period explicit span broad"),
    ((ALONE, n(13), "to", m(3, 2024)), "2024-03-01 2024-03-31 month explicit broad"),
    ((ALONE, n(1), "and", q(2, 2020)), "2020-01-01 2020-06-30 period explicit span broad"),
    ((ALONE, n(4), "and", q(1, 2021)), "2020-10-01 2021-03-31 period explicit span broad"),
    ((ALONE, n(5), "and", q(1, 2021)), "2021-01-01 2021-03-31 quarter explicit broad"),
    ((ALONE, q(1, 2020), "and", n(2), "and", n(3)), "2020-01-01 2020-09-30 period explicit span broad"),
    ((ALONE, d(5, 9, 2023), "to", n(12)), "2023-09-05 2023-09-12 period explicit span"),
    ((ALONE, m(5, 2023), "and", n(6)), "2023-05-01 2023-06-30 period explicit span broad"),
    ((ALONE, y(2020), "and", n(5)), "2020-01-01 2020-12-31 year explicit broad"),  # years lend no unit
    ((ALONE, n(3), "and", y(2020)), "2020-01-01 2020-12-31 year explicit broad"),
    ((ALONE, n(5), "to", d(10, 1, 2024), "and", n(32), "to", d(12, 1, 2024)), "2024-01-05 2024-01-12 period explicit span"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), NUMBERS)
def test_bare_numbers(given: tuple[Any, ...], expected: str) -> None:
    assert combined(*given) == expected


DAYS = [
    # months that are written once
    ((ALONE, d(7), "to", d(11, 11, 2023)), "2023-11-07 2023-11-11 period explicit span"),
    ((ALONE, d(25), "to", d(3, 1, 2024)), "2023-12-25 2024-01-03 period explicit span"),  # over the new year
    ((ALONE, d(25), "to", d(3, 2, 2024)), "2024-01-25 2024-02-03 period explicit span"),  # over the end of a month
    ((ALONE, d(5), "to", d(5, 3, 2024)), "2024-03-05 2024-03-05 day explicit span"),
    ((ALONE, d(25, 12), "to", d(3, 1, 2024)), "2023-12-25 2024-01-03 period explicit span"),
    ((ALONE, d(28, 12, 2023), "to", d(3)), "2023-12-28 2024-01-03 period explicit span"),
    ((ALONE, d(28, 12, 2023), "to", d(28)), "2023-12-28 2023-12-28 day explicit span"),
    ((ALONE, d(3, 12, 2023), "to", d(28)), "2023-12-03 2023-12-28 period explicit span"),
    ((ALONE, d(28, 11, 2023), "to", d(3)), "2023-11-28 2023-12-03 period explicit span"),
    ((NEWS, d(28, 12), "to", d(3)), "2023-12-28 2024-01-03 period published span"),
    ((NEWS, d(28), "to", d(3, 1)), "2023-12-28 2024-01-03 period published span"),
    ((NEWS, d(5), "to", d(10, month_rel=1)), "2024-06-05 2024-06-10 period published span"),  # "tháng tới"
    ((NEWS, d(5, month_rel=-1), "to", d(10)), "2024-04-05 2024-04-10 period published span"),
    ((NEWS, d(5), "and", d(10, 9, year_rel=-1)), "2023-09-05 2023-09-10 period published span"),
    ((NEWS, d(5), "to", d(10)), "2024-05-05 2024-05-10 period published span"),  # nobody has one
    ((ALONE, d(1), "to", d(15, 1, 2024, lunar=True)), "2024-02-10 2024-02-24 period explicit span"),  # the calendar, too
    ((ALONE, m(3, 2024), "to", d(5)), "2024-03-01 None period explicit span"),  # a month lends none
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), DAYS)
def test_days_borrow(given: tuple[Any, ...], expected: str) -> None:
    assert combined(*given) == expected


YEARS = [
    # years that are written once
    ((ALONE, m(3), "to", m(5, 2023)), "2023-03-01 2023-05-31 period explicit span broad"),
    ((ALONE, m(11), "to", m(2, 2024)), "2023-11-01 2024-02-29 period explicit span broad"),  # the order asks for the year before
    ((ALONE, m(11, 2023), "to", m(2)), "2023-11-01 2024-02-29 period explicit span broad"),  # … or after
    ((ALONE, m(3, 2023), "to", m(5)), "2023-03-01 2023-05-31 period explicit span broad"),
    ((ALONE, m(3, 2023), "to", m(3)), "2023-03-01 2023-03-31 period explicit span broad"),
    ((ALONE, m(3), "to", m(3, 2023)), "2023-03-01 2023-03-31 period explicit span broad"),
    ((ALONE, q(1), "and", q(2, 2020)), "2020-01-01 2020-06-30 period explicit span broad"),
    ((ALONE, q(4), "to", q(1, 2021)), "2020-10-01 2021-03-31 period explicit span broad"),
    ((ALONE, q(4, 2020), "to", q(1)), "2020-10-01 2021-03-31 period explicit span broad"),
    ((NEWS, m(3), "to", m(5, year_rel=-1)), "2023-03-01 2023-05-31 period published span broad"),
    ((NEWS, m(3, year_rel=-1), "to", m(5)), "2023-03-01 2023-05-31 period published span broad"),
    ((NEWS, m(1), "to", m(12, year_unknown=True)), "None None period none span broad"),  # "năm báo cáo"
    ((ALONE, y(2020), "to", m(5)), "2020-01-01 None period explicit span broad"),  # a year lends to what stands before it only
    ((NEWS, y(year_rel=-1), "to", m(5)), "2023-01-01 2024-05-31 period published span broad"),
    ((ALONE, m(5), "to", y(2024)), "2024-05-01 2024-12-31 period explicit span broad"),
    ((ALONE, m(5), "and", Piece("school", year=2023)), "2023-05-01 2024-05-31 period explicit span broad"),
    ((ALONE, Piece("school", year=2023), "and", y(2024)), "2023-09-01 2024-12-31 period explicit span broad"),
    ((ALONE, Piece("years", year=2021, last_year=2025), "and", m(5)), "2021-01-01 2025-12-31 period explicit span broad"),
    ((NEWS, m(6), "to", Piece("years", year=2021, last_year=2025)), "2021-06-01 2025-12-31 period explicit span broad"),
    ((NEWS, Piece("week", week_rel=0), "and", m(6, 2025)), "2024-05-13 2025-06-30 period published span broad"),
    ((NEWS, d(5, 3), "and", d(5, 9)), "2024-03-05 2024-09-05 period published span"),
    ((ALONE, d(5, 9), "to", d(10, 9)), "None None period none span"),
    ((NEWS, d(20, 12), "to", d(5, 1)), "2023-12-20 2024-01-05 period published span"),  # news tell of what was
    ((DUE, d(20, 12), "to", d(5, 1)), "2024-12-20 2025-01-05 period published span"),
    ((NEWS, d(0, 9), "to", Piece("day", day_rel=0)), "2023-09-30 2024-05-15 period published span"),
    ((ALONE, Piece("school", year=2023), "and", m(5)), "2023-09-01 2024-05-31 period explicit span broad"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), YEARS)
def test_years_are_lent(given: tuple[Any, ...], expected: str) -> None:
    assert combined(*given) == expected


SPANS = [
    # ranges and lists
    ((ALONE, d(5, 3, 2024)), "2024-03-05 2024-03-05 day explicit"),
    ((ALONE, m(3, 2024)), "2024-03-01 2024-03-31 month explicit broad"),
    ((ALONE, m(3, 2024, part="đầu")), "2024-03-01 2024-03-10 period explicit broad"),
    ((ALONE, m(3, 2024, part="cuối")), "2024-03-21 2024-03-31 period explicit"),  # ends with the month
    ((ALONE, y(2024, part="nửa cuối")), "2024-07-01 2024-12-31 period explicit"),
    ((ALONE, d(5, 3, 2024), "and", d(1, 2, 2024)), "2024-02-01 2024-03-05 period explicit span"),  # in any order
    ((ALONE, d(5, 3, 2024), "and", d(5, 3, 2024)), "2024-03-05 2024-03-05 day explicit span"),
    ((ALONE, d(1, 2, 2024), "before", d(5, 3, 2024)), "2024-02-01 2024-03-05 period explicit span exclusive"),
    ((ALONE, m(1, 2024), "before", m(3, 2024)), "2024-01-01 2024-03-01 period explicit span broad exclusive"),  # the month itself is too late
    ((ALONE, m(1, 2024), "to", m(3, 2024)), "2024-01-01 2024-03-31 period explicit span broad"),
    ((ALONE, d(5, 3, 2024), "to", d(1, 2, 2024)), "2024-03-05 2024-02-01 period explicit span"),  # as it is written
    ((NEWS, Piece("day", day_rel=0), "to", d(5, 9, 2024)), "2024-05-15 2024-09-05 period published span"),  # the weakest of the anchors
    ((NEWS, y(2023), "to", Piece("day", day_rel=0)), "2023-01-01 2024-05-15 period published span"),
    ((Reference(context=(date(2023, 2, 2),)), d(5, 9), "and", y(2025)), "2025-01-01 2025-12-31 period explicit span broad"),
    ((NEWS, d(24, year_rel=0), "and", d(5, 9, 2024)), "2024-09-05 2024-09-05 day explicit span"),  # one of them can't be known
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), SPANS)
def test_spans(given: tuple[Any, ...], expected: str) -> None:
    assert combined(*given) == expected


TWICE = [
    # one day named twice
    ((NEWS, d(day_rel=-1), "and", d(14, 5)), "2024-05-14 2024-05-14 day published"),
    ((NEWS, d(day_rel=-1), "near", d(14, 5, 2024)), "2024-05-14 2024-05-14 day explicit"),
    ((NEWS, d(day_rel=-1), "and", d(13, 5)), "2024-05-13 2024-05-13 day published !contradictory_date"),
    ((NEWS, d(14, 5), "near", d(day_rel=-1)), "2024-05-14 2024-05-14 day published"),
    ((NEWS, d(weekday=1), "near", d(14, 5, 2024)), "2024-05-14 2024-05-14 day explicit"),  # a Tuesday
    ((NEWS, d(weekday=2), "near", d(14, 5, 2024)), "2024-05-14 2024-05-14 day explicit !weekday_mismatch"),
    ((NEWS, d(weekday=2), "near", d(14, 5)), "2024-05-14 2024-05-14 day published !weekday_mismatch"),
    ((NEWS, d(weekday=1, week_rel=0), "near", d(14, 5)), "2024-05-14 2024-05-14 day published"),
    ((Reference(context=(date(2023, 1, 5),)), d(same=True), "near", d(5, 1)), "2023-01-05 2023-01-05 day context"),
    ((ALONE, d(day_rel=-1), "near", d(14, 5)), "None None day none"),
    ((NEWS, y(year_rel=-1), "near", y(2023)), "2023-01-01 2023-12-31 year explicit broad"),
    ((NEWS, y(2023), "near", y(year_rel=-1)), "2023-01-01 2023-12-31 year explicit broad"),
    ((ALONE, d(1, 1, 2024, lunar=True), "near", d(10, 2, 2024)), "2024-02-10 2024-02-10 day explicit"),  # Tết
    ((NEWS, d(1, 1, lunar=True), "near", d(10, 2)), "2024-02-10 2024-02-10 day published"),
    ((NEWS, y(2023), "and", y(2024)), "2023-01-01 2024-12-31 period explicit span broad"),  # two
    ((NEWS, d(day_rel=0), "and", d(day_rel=1)), "2024-05-15 2024-05-16 period published span"),
    ((NEWS, d(day_rel=-1), "to", d(14, 5, 2024)), "2024-05-14 2024-05-14 day published span"),
    ((NEWS, d(day_rel=-1), d(14, 5, 2024)), "2024-05-14 2024-05-14 day published span"),
    ((NEWS, Piece("week", week_rel=0), "near", d(day_rel=0)), "2024-05-13 2024-05-19 period published span"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), TWICE)
def test_one_day_named_twice(given: tuple[Any, ...], expected: str) -> None:
    assert combined(*given) == expected


IMPOSSIBLE = [
    # days that no month has aren't moved to another
    (ALONE, d(0), "to", d(3, 1, 2024)),  # 0 is the last of a month that is written, else none
    (NEWS, d(0), "to", d(10, month_rel=1)),
    (ALONE, d(28, 1, 2024), "to", d(0)),
    (ALONE, d(31), "to", d(3, 12, 2024)),  # a 31st of November
]


@pytest.mark.parametrize("given", IMPOSSIBLE)
def test_impossible_days_are_told(given: tuple[Any, ...]) -> None:
    with pytest.raises(ImpossibleDate):
        combined(*given)
