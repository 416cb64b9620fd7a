"""From a piece of a time expression to days: years that are not written are found here."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from pipeline.normalize.times_lunar import ImpossibleDate, cycle_year, solar
from pipeline.normalize.times_types import Anchor, Found, Grain, Piece, Reference, Unit

# A due day that went by less than a week before the article did is still this year's:
# papers report orders some days late.
SLACK = timedelta(days=7)
DAY = timedelta(days=1)


def make_date(year: int, month: int, day: int) -> date:
    """As ``date``, day 0 being the last of the month; raises ImpossibleDate."""
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError as error:
        raise ImpossibleDate(f"{day}/{month}/{year}") from error


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the last day of a shorter month."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    if not 1 <= year <= 9999:
        raise ImpossibleDate(f"{day} + {months} months")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return make_date(year, first, 1), make_date(year, last, 0)


def _in_year(piece: Piece, year: int) -> tuple[date, date]:
    """The interval of a piece that needs only a year."""
    match piece.unit:
        case "day":
            assert piece.month is not None and piece.day is not None
            place = solar if piece.lunar else lambda d, m, y: make_date(y, m, d)
            day = place(piece.day, piece.month, year)
            return day, day
        case "month":
            assert piece.month is not None
            if piece.lunar:
                return solar(1, piece.month, year), solar(0, piece.month, year)
            return _months(year, piece.month, piece.month)
        case "quarter":
            assert piece.number is not None
            return _months(year, 3 * piece.number - 2, 3 * piece.number)
        case "months":
            assert piece.number is not None
            return (
                _months(year, 1, piece.number)
                if piece.number > 0
                else _months(year, 13 + piece.number, 12)
            )
        case "school":  # Bộ GD&ĐT's yearly frame: September to the end of May
            return make_date(year, 9, 1), make_date(piece.last_year or year + 1, 5, 31)
        case _:
            return _months(year, 1, 12)


def _third(start: date, end: date, part: str, unit: Unit) -> tuple[date, date]:
    """đầu, giữa, cuối: thirds of a year, a quarter or a month; also halves and weeks."""
    if part in ("tuần đầu", "tuần cuối"):
        week = timedelta(days=6)
        return (start, start + week) if part == "tuần đầu" else (end - week, end)
    if part.startswith(("first", "last")):  # "10 ngày đầu tháng 9"
        n = timedelta(days=int(part.split()[1]) - 1)
        return (start, start + n) if part.startswith("first") else (end - n, end)
    if unit == "week":
        cuts = {"đầu": (0, 1), "giữa": (2, 3), "cuối": (5, 6)}
        a, b = cuts.get(part, (0, 6))
        return start + a * DAY, start + b * DAY
    length = (end.year - start.year) * 12 + end.month - start.month + 1
    if length == 1:
        cuts = {"đầu": (1, 10), "giữa": (11, 20), "cuối": (21, 0),
                "nửa đầu": (1, 15), "nửa cuối": (16, 0)}  # fmt: skip
        a, b = cuts[part]
        return start.replace(day=a), start.replace(day=b) if b else end
    if part.startswith("nửa"):
        middle = add_months(start, length // 2)
        return (start, middle - DAY) if part == "nửa đầu" else (middle, end)
    step = length // 3
    one, two = add_months(start, step), add_months(start, length - step)
    return {"đầu": (start, one - DAY), "giữa": (one, two - DAY), "cuối": (two, end)}[part]


_Interval = tuple[date, date]
# by lean: cost of a day ahead, of a day behind, of another calendar year
_WEIGHTS = {-1: (4.0, 1.0, 30), 0: (1.5, 1.0, 60), 1: (1.0, 2.0, 30)}


def _pick(candidates: Iterable[_Interval], base: date, ref: Reference, direction: int) -> _Interval:
    """The candidate a reader would mean: before, after, or near the base day."""
    found = sorted(candidates)
    if not found:
        raise ImpossibleDate("no year has this day")
    strict = direction or (0 if ref.past is None else -1 if ref.past else 1)
    if strict < 0:
        return max((c for c in found if c[0] <= base + DAY), default=found[0])
    if strict > 0 or ref.due:
        slack = SLACK if not direction else timedelta(0)
        return min((c for c in found if c[1] >= base - slack), default=found[-1])

    # The past is likelier than the future unless much farther, and so is the same year.
    ahead, behind, other_year = (
        (1.0, 1.0, 0) if ref.context and not ref.lean else _WEIGHTS[ref.lean]
    )

    def cost(candidate: _Interval) -> float:
        start, end = candidate
        away = ahead * max(0, (start - base).days) + behind * max(0, (base - end).days)
        return away + other_year * (base.year not in (start.year, end.year))

    return min(found, key=cost)


def _tried(make: Callable[[int], _Interval], tries: Iterable[int]) -> list[_Interval]:
    out: list[_Interval] = []
    for n in tries:
        try:
            out.append(make(n))
        except ImpossibleDate:
            continue
    return out


def _relative(piece: Piece, ref: Reference) -> tuple[_Interval, Anchor] | None:
    """Pieces counted from the reference day itself; None when there is none."""
    if piece.same:
        # "cùng ngày" points back into the text, not at the day of publishing
        return ((ref.context[0],) * 2, "context") if ref.context else None
    if ref.today is None:
        return None
    today, anchor = ref.today
    if piece.day_rel is not None:
        return ((today + piece.day_rel * DAY,) * 2, anchor)
    if piece.quarter_rel is not None:
        first = add_months(
            today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), 3 * piece.quarter_rel
        )
        return (first, add_months(first, 3) - DAY), anchor
    monday = today - today.weekday() * DAY
    if piece.week_rel is not None:
        monday += 7 * piece.week_rel * DAY
        if piece.weekday is not None:
            return ((monday + piece.weekday * DAY,) * 2, anchor)
        return (monday, monday + 6 * DAY), anchor
    assert piece.weekday is not None
    days = [monday + (piece.weekday + 7 * week) * DAY for week in (-2, -1, 0, 1, 2)]
    due = (ref.due and ref.past is None) or ref.past is False
    due = piece.direction > 0 or (due and piece.direction == 0)
    near = min(d for d in days if d >= today) if due else max(d for d in days if d <= today)
    return (near, near), anchor


def _month_only(piece: Piece, ref: Reference) -> tuple[_Interval, Anchor] | None:
    """A day or month whose month is relative ("tháng trước") or not written ("ngày 15")."""
    source = ref.today if piece.month_rel is not None else ref.base
    if source is None:
        return None
    base, anchor = source

    def at(months: int) -> _Interval:
        first = add_months(base.replace(day=1), months)
        if piece.unit == "day" and piece.day is not None:
            day = make_date(first.year, first.month, piece.day)
            return day, day
        return first, make_date(first.year, first.month, 0)

    if piece.month_rel is not None:
        return at(piece.month_rel), anchor
    return _pick(_tried(at, (-2, -1, 0, 1, 2)), base, ref, piece.direction), anchor


def _interval(piece: Piece, ref: Reference) -> tuple[_Interval, Anchor] | None:
    if piece.unit == "years":
        assert piece.year is not None and piece.last_year is not None
        years = sorted((piece.year, piece.last_year))
        return (make_date(years[0], 1, 1), make_date(years[1], 12, 31)), "explicit"
    if piece.relative or piece.same or piece.quarter_rel is not None:
        return _relative(piece, ref)
    monthless = piece.unit == "day" and piece.month is None and piece.month_rel is None
    if piece.year_unknown or (monthless and piece.dated):  # "ngày 24 năm nay": of which month?
        return None
    if piece.year is not None:
        return _in_year(piece, piece.year), "explicit"
    if piece.year_rel is not None:
        if ref.today is None:
            return None
        today, anchor = ref.today
        year = today.year + piece.year_rel
        if piece.unit == "school" and today.month < 8:
            year -= 1
        return _in_year(piece, year), anchor
    if piece.cycle is not None:
        if ref.base is None:  # a name comes back every sixty years
            return None
        near, anchor = ref.base
        return _in_year(piece, cycle_year(piece.cycle, near.year)), anchor
    if piece.month_rel is not None or (piece.unit == "day" and piece.month is None):
        return _month_only(piece, ref)
    if ref.base is None:
        if piece.unit == "day" and not piece.lunar:
            _in_year(piece, 2024)  # a leap year: 31/02 is impossible in any
        return None
    base, anchor = ref.base
    reach = 4 if piece.month == 2 and piece.day == 29 else 1
    tries = range(base.year - reach, base.year + reach + 1)
    candidates = _tried(lambda year: _in_year(piece, year), tries)
    return _pick(candidates, base, ref, piece.direction), anchor


def grain_of(piece: Piece) -> Grain:
    """The calendar unit of a piece as the record names it."""
    if piece.part or piece.unit in ("months", "years", "school"):
        return "period"
    if piece.weekday is not None:
        return "day"
    return "day" if piece.unit == "number" else piece.unit  # type: ignore[return-value]


def resolve(piece: Piece, ref: Reference) -> Found:
    """The days of a piece; both ends None when its year cannot be known.

    >>> resolve(Piece("day", month=5, day=12), Reference(published=date(2022, 6, 28))).start
    datetime.date(2022, 5, 12)

    Raises:
        ImpossibleDate: no calendar has that day.
    """
    try:
        found = _interval(piece, ref)
        if found is None:
            return Found(None, None, grain_of(piece), "none")
        (start, end), anchor = found
        if piece.part:
            start, end = _third(start, end, piece.part, piece.unit)
    except OverflowError as error:
        raise ImpossibleDate(str(piece)) from error
    return Found(start, end, grain_of(piece), anchor)
