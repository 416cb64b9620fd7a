"""From a piece of a time expression to days, one rule at a time."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.normalize.times_lunar import ImpossibleDate
from pipeline.normalize.times_resolve import add_months, make_date, resolve
from pipeline.normalize.times_types import Piece, Reference

TODAY = date(2024, 5, 15)  # a Wednesday
NEWS = Reference(published=TODAY)
DUE = Reference(published=TODAY, due=True)
PAST = Reference(published=TODAY, past=True)
AHEAD = Reference(published=TODAY, past=False)
NOWHERE = Reference()


def found(piece: Piece, ref: Reference) -> str:
    """Both ends, grain and anchor in a line; a day once."""
    value = resolve(piece, ref)
    ends = str(value.start) if value.start == value.end else f"{value.start} {value.end}"
    return f"{ends} {value.grain} {value.anchor}"


WRITTEN = [
    # the year is written
    (Piece("day", day=12, month=5, year=2023), "2023-05-12 day explicit"),
    (Piece("day", day=0, month=2, year=2024), "2024-02-29 day explicit"),  # the last
    (Piece("day", day=1, month=1, year=2024, lunar=True), "2024-02-10 day explicit"),  # Tết
    (Piece("month", month=2, year=2023), "2023-02-01 2023-02-28 month explicit"),
    (Piece("month", month=1, year=2024, lunar=True), "2024-02-10 2024-03-09 month explicit"),
    (Piece("quarter", number=2, year=2023), "2023-04-01 2023-06-30 quarter explicit"),
    (Piece("months", number=6, year=2023), "2023-01-01 2023-06-30 period explicit"),
    (Piece("months", number=1, year=2023), "2023-01-01 2023-01-31 period explicit"),
    (Piece("months", number=-3, year=2023), "2023-10-01 2023-12-31 period explicit"),
    (Piece("school", year=2023), "2023-09-01 2024-05-31 period explicit"),
    (Piece("school", year=2023, last_year=2025), "2023-09-01 2025-05-31 period explicit"),
    (Piece("year", year=2023), "2023-01-01 2023-12-31 year explicit"),
    (Piece("years", year=2025, last_year=2021), "2021-01-01 2025-12-31 period explicit"),
    # parts
    (Piece("month", month=2, year=2023, part="đầu"), "2023-02-01 2023-02-10 period explicit"),
    (Piece("month", month=2, year=2023, part="giữa"), "2023-02-11 2023-02-20 period explicit"),
    (Piece("month", month=2, year=2023, part="cuối"), "2023-02-21 2023-02-28 period explicit"),
    (Piece("month", month=2, year=2023, part="nửa đầu"), "2023-02-01 2023-02-15 period explicit"),
    (Piece("month", month=2, year=2023, part="nửa cuối"), "2023-02-16 2023-02-28 period explicit"),
    (Piece("month", month=2, year=2023, part="tuần đầu"), "2023-02-01 2023-02-07 period explicit"),
    (Piece("month", month=2, year=2023, part="tuần cuối"), "2023-02-22 2023-02-28 period explicit"),
    (Piece("month", month=2, year=2023, part="first 10"), "2023-02-01 2023-02-10 period explicit"),
    (Piece("month", month=2, year=2023, part="last 10"), "2023-02-19 2023-02-28 period explicit"),
    (Piece("quarter", number=3, year=2023, part="đầu"), "2023-07-01 2023-07-31 period explicit"),
    (Piece("quarter", number=3, year=2023, part="giữa"), "2023-08-01 2023-08-31 period explicit"),
    (Piece("quarter", number=3, year=2023, part="cuối"), "2023-09-01 2023-09-30 period explicit"),
    (Piece("year", year=2023, part="đầu"), "2023-01-01 2023-04-30 period explicit"),
    (Piece("year", year=2023, part="giữa"), "2023-05-01 2023-08-31 period explicit"),
    (Piece("year", year=2023, part="cuối"), "2023-09-01 2023-12-31 period explicit"),
    (Piece("year", year=2023, part="nửa đầu"), "2023-01-01 2023-06-30 period explicit"),
    (Piece("year", year=2023, part="nửa cuối"), "2023-07-01 2023-12-31 period explicit"),
    (Piece("years", year=2021, last_year=2024, part="nửa cuối"), "2023-01-01 2024-12-31 period explicit"),
]  # fmt: skip


@pytest.mark.parametrize(("piece", "expected"), WRITTEN)
def test_written_years(piece: Piece, expected: str) -> None:
    assert found(piece, NOWHERE) == expected == found(piece, DUE)


RELATIVE = [
    # counted from Wednesday, 15/5/2024
    (Piece("day", day_rel=0), "2024-05-15 day published"),
    (Piece("day", day_rel=-1), "2024-05-14 day published"),
    (Piece("week", week_rel=0), "2024-05-13 2024-05-19 week published"),
    (Piece("week", week_rel=1), "2024-05-20 2024-05-26 week published"),
    (Piece("week", week_rel=-1), "2024-05-06 2024-05-12 week published"),
    (Piece("week", week_rel=0, part="đầu"), "2024-05-13 2024-05-14 period published"),
    (Piece("week", week_rel=0, part="giữa"), "2024-05-15 2024-05-16 period published"),
    (Piece("week", week_rel=0, part="cuối"), "2024-05-18 2024-05-19 period published"),
    (Piece("day", weekday=4, week_rel=1), "2024-05-24 day published"),
    (Piece("day", weekday=0, week_rel=0), "2024-05-13 day published"),
    (Piece("month", month_rel=-1), "2024-04-01 2024-04-30 month published"),
    (Piece("month", month_rel=1), "2024-06-01 2024-06-30 month published"),
    (Piece("day", day=5, month_rel=-1), "2024-04-05 day published"),
    (Piece("quarter", quarter_rel=0), "2024-04-01 2024-06-30 quarter published"),
    (Piece("quarter", quarter_rel=-1), "2024-01-01 2024-03-31 quarter published"),
    (Piece("quarter", quarter_rel=1), "2024-07-01 2024-09-30 quarter published"),
    (Piece("year", year_rel=-1), "2023-01-01 2023-12-31 year published"),
    (Piece("month", month=3, year_rel=1), "2025-03-01 2025-03-31 month published"),
    (Piece("school", year_rel=0), "2023-09-01 2024-05-31 period published"),  # it began last year
    (Piece("year", cycle="giáp thìn"), "2024-01-01 2024-12-31 year published"),
    # not to be known
    (Piece("day", same=True), "None day none"),  # the same day as which?
    (Piece("day", day=24, year_rel=0), "None day none"),  # of which month?
    (Piece("year", year_unknown=True), "None year none"),
]


@pytest.mark.parametrize(("piece", "expected"), RELATIVE)
def test_counted_from_today(piece: Piece, expected: str) -> None:
    assert found(piece, NEWS) == expected
    assert resolve(piece, NOWHERE).start is None


def test_the_school_year_turns_in_august() -> None:
    piece = Piece("school", year_rel=0)
    for day, year in ((date(2024, 7, 31), 2023), (date(2024, 8, 1), 2024)):
        assert resolve(piece, Reference(published=day)).start == date(year, 9, 1)


QUARTERS = [(date(2024, 1, 1), 1), (date(2024, 3, 31), 1), (date(2024, 4, 1), 4), (date(2024, 12, 31), 10)]  # fmt: skip


@pytest.mark.parametrize(("today", "month"), QUARTERS)
def test_the_quarter_of_a_day(today: date, month: int) -> None:
    value = resolve(Piece("quarter", quarter_rel=0), Reference(published=today))
    assert value.start == date(2024, month, 1)


def test_the_same_day_is_one_of_the_text() -> None:
    ref = Reference(published=TODAY, context=(date(2023, 1, 2), date(2023, 4, 5)))
    assert found(Piece("day", same=True), ref) == "2023-01-02 day context"


WEEKDAYS = [
    # from where, the direction said, what Wednesday, Thursday and Tuesday are
    (NEWS, 0, [15, 9, 14]),  # news tell of what was
    (PAST, 0, [15, 9, 14]),
    (DUE, 0, [15, 16, 21]),
    (AHEAD, 0, [15, 16, 21]),
    (Reference(published=TODAY, due=True, past=True), 0, [15, 9, 14]),
    (NEWS, 1, [15, 16, 21]),  # "thứ Năm tới"
    (DUE, -1, [15, 9, 14]),  # "thứ Năm vừa qua"
]


@pytest.mark.parametrize(("ref", "direction", "expected"), WEEKDAYS)
def test_days_of_the_week(ref: Reference, direction: int, expected: list[int]) -> None:
    got = [resolve(Piece("day", weekday=n, direction=direction), ref).start for n in (2, 3, 1)]
    assert got == [date(2024, 5, n) for n in expected]


DAYS = [(15, 5), (16, 5), (17, 5), (14, 5), (8, 5), (7, 5), (1, 1), (31, 12), (1, 11), (15, 9), (29, 2)]  # fmt: skip
YEARS = [
    # from where, the direction said, the years of the days above
    (NEWS, 0, [24, 24, 24, 24, 24, 24, 24, 23, 24, 24, 24]),
    (PAST, 0, [24, 24, 23, 24, 24, 24, 24, 23, 23, 23, 24]),  # tomorrow's paper: a day of grace
    (DUE, 0, [24, 24, 24, 24, 24, 25, 25, 24, 24, 24, 28]),  # told up to a week late
    (AHEAD, 0, [24, 24, 24, 24, 24, 25, 25, 24, 24, 24, 28]),
    (NEWS, 1, [24, 24, 24, 25, 25, 25, 25, 24, 24, 24, 28]),  # "tới" allows of no lateness
    (NEWS, -1, [24, 24, 23, 24, 24, 24, 24, 23, 23, 23, 24]),
    (Reference(published=TODAY, lean=-1), 0, [24, 24, 24, 24, 24, 24, 24, 23, 23, 23, 24]),
    (Reference(published=TODAY, lean=1), 0, [24, 24, 24, 24, 24, 24, 25, 24, 24, 24, 24]),
    (Reference(context=(TODAY,)), 0, [24, 24, 24, 24, 24, 24, 24, 23, 24, 24, 24]),
    (Reference(context=(TODAY,), lean=1), 0, [24, 24, 24, 24, 24, 24, 25, 24, 24, 24, 24]),
]


@pytest.mark.parametrize(("ref", "direction", "expected"), YEARS)
def test_years_that_are_not_written(ref: Reference, direction: int, expected: list[int]) -> None:
    pieces = [Piece("day", day=day, month=month, direction=direction) for day, month in DAYS]
    starts = [resolve(piece, ref).start for piece in pieces]
    assert [start.year - 2000 for start in starts if start] == expected


MONTHS = [
    # from where, the months of the 15th, 16th, 17th, 14th, 8th, 7th, 1st, 31st and the last day
    (NEWS, [5, 5, 5, 5, 5, 5, 5, 5, 4]),
    (PAST, [5, 5, 4, 5, 5, 5, 5, 3, 4]),
    (DUE, [5, 5, 5, 5, 5, 6, 6, 5, 5]),
    (AHEAD, [5, 5, 5, 5, 5, 6, 6, 5, 5]),
]


@pytest.mark.parametrize(("ref", "expected"), MONTHS)
def test_months_that_are_not_written(ref: Reference, expected: list[int]) -> None:
    starts = [resolve(Piece("day", day=day), ref).start for day in (15, 16, 17, 14, 8, 7, 1, 31, 0)]
    assert [start.month for start in starts if start] == expected


def test_a_month_is_counted_from_today_or_lent_by_the_text() -> None:
    ref = Reference(published=TODAY, context=(date(2023, 3, 10),))
    assert found(Piece("day", day=5, month_rel=-1), ref) == "2024-04-05 day published"
    assert found(Piece("day", day=5), ref) == "2023-03-05 day context"


IMPOSSIBLE = [
    (Piece("day", day=31, month=2, year=2023), NOWHERE),
    (Piece("day", day=29, month=2, year=2023), NOWHERE),
    (Piece("day", day=31, month=2), NOWHERE),  # in any year
    (Piece("day", day=31, month=2), NEWS),
    (Piece("month", month_rel=12 * 9000), NEWS),
    (Piece("day", day_rel=10**9), NEWS),
]


@pytest.mark.parametrize(("piece", "ref"), IMPOSSIBLE)
def test_days_that_no_calendar_has(piece: Piece, ref: Reference) -> None:
    with pytest.raises(ImpossibleDate):
        resolve(piece, ref)


def test_a_leap_day_without_a_year_is_possible() -> None:
    assert found(Piece("day", day=29, month=2), NOWHERE) == "None day none"
    near_2022 = Reference(published=date(2022, 5, 15), past=True)
    assert found(Piece("day", day=29, month=2), near_2022) == "2020-02-29 day published"


SUMS = [
    (date(2024, 1, 31), 1, "2024-02-29"),  # the last day of a shorter month
    (date(2024, 1, 31), -2, "2023-11-30"),
    (date(2024, 12, 5), 1, "2025-01-05"),
    (date(9999, 12, 1), 0, "9999-12-01"),
    (date(1, 1, 1), 0, "0001-01-01"),
    (date(9999, 12, 1), 1, None),
    (date(1, 1, 1), -1, None),
]


@pytest.mark.parametrize(("day", "months", "expected"), SUMS)
def test_months_on(day: date, months: int, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ImpossibleDate, match=str(day)):
            add_months(day, months)
    else:
        assert str(add_months(day, months)) == expected


def test_day_nought_is_the_last() -> None:
    assert make_date(2024, 2, 0) == date(2024, 2, 29)
    with pytest.raises(ImpossibleDate, match="29/2/2023"):
        make_date(2023, 2, 29)
