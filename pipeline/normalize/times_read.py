"""One surface form of a date or deadline → its value, with what was odd about it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.labels import Label
from pipeline.normalize.times_clock import take_clocks
from pipeline.normalize.times_combine import combine
from pipeline.normalize.times_durations import (
    Duration,
    Recurrence,
    read_duration,
    read_recurrence,
    rrule,
    shift,
)
from pipeline.normalize.times_impossible import names_no_day, never, repeats_no_day
from pipeline.normalize.times_lunar import ImpossibleDate
from pipeline.normalize.times_terms import Terms, split_terms
from pipeline.normalize.times_text import MAX_LENGTH, plain
from pipeline.normalize.times_types import Grain, Piece, Reference
from pipeline.schema import TimeValue

_NOT_TIME = re.compile(
    r"""(?x) % | ^24/7$                                            # a share; day and night
    | \d/[a-zđ&]{1,12}-[a-zđ] | \d/(?:nđ|qđ|ct|nq|tt|kh|cv|tb|bc|qh)\b          # 286/KH-UBND
    | ^\+?\d{8,}$ | ^\(?0\d{1,3}\)?[ .]?\d{3,4}[ .]?\d{3,4}$ | ^1[89]00[ .]?\d{4}  # telephones
    | ^\d+,\d+$ | ^\d{1,3}(?:\.\d{3}){1,5}$ | ^\d\.\d$               # 3,5; 30.000; 3.5"""
)
_EVENT_ONLY = re.compile(
    r"(?is)^\s*(?:(?:k[ểếê]|tính|bắt đầu)\s+)?(?:từ|sau)\s+((?:ngày|khi|thời điểm)\s+\S.*)$"
)
_NEXT_WORKDAY = re.compile(r"ngày làm việc (?:tiếp theo|kế tiếp|liền kề|hôm sau|sau đó)")
_NOW = re.compile(r"(?i)hôm nay|\bnay\b")
_VAGUE_COUNT = re.compile(r"^(?:kết quả )?(\d{1,2}) (tháng|quý)$")


@dataclass(frozen=True, slots=True)
class Reading:
    """A value or None, and issues: (code, what is odd)."""

    value: TimeValue | None
    issues: tuple[tuple[str, str], ...] = ()
    relative: bool = False
    """Counted from the day of writing: "hôm nay", "năm ngoái"."""

    @property
    def open(self) -> bool:
        """More may be known from around the mention."""
        codes = {code for code, _ in self.issues}
        return self.relative or bool(codes & {"unknown_year", "impossible_date"})


def read(text: str, label: Label, ref: Reference) -> Reading:
    """Read one expression; never raises on odd text.

    >>> read("trước ngày 30/6/2024", Label.DEADLINE, Reference(due=True)).value.end
    '2024-06-30'
    """
    text = text[:MAX_LENGTH]
    words = plain(text)
    try:
        return _read(words, text, label, ref)
    except ImpossibleDate as error:
        return Reading(None, (("impossible_date", f"no such day: {text.strip()!r} ({error})"),))
    except OverflowError:
        return Reading(None, (("impossible_date", f"beyond the calendar: {text.strip()!r}"),))


def _read(words: str, text: str, label: Label, ref: Reference) -> Reading:
    if names_no_day(words):
        return Reading(None, (("impossible_date", f"no such day: {text.strip()!r}"),))
    if not words or _NOT_TIME.search(words):
        return _unread(text)
    if recurrence := read_recurrence(words):
        return _recurring(recurrence, text, ref)
    if label is Label.DATE and (match := _VAGUE_COUNT.match(words)):
        words += " đầu năm"  # "kết quả 9 tháng": counted from January
    elif (duration := read_duration(words, text)) and (
        # a DATE is no length of time, unless it is counted from somewhere: "3 tháng qua"
        label is Label.DEADLINE or duration.direction or duration.event
    ):
        moves = bool(duration.direction) or bool(_NOW.search(duration.event or ""))
        lasting = _lasting(duration, ref)
        dated = lasting.start or lasting.end
        return Reading(lasting, () if dated else _no_year(duration), moves)
    if _NEXT_WORKDAY.search(words):
        day = TimeValue(grain="day", anchor="none", duration="P1D", business_days=True)
        return Reading(day)
    words, clocks = take_clocks(words)
    found = split_terms(words)
    if found is None:
        if clocks and label is Label.DEADLINE:
            before = "trước" in words
            return Reading(
                TimeValue(grain="time", anchor="none", time=clocks[-1], exclusive=before)
            )
        if (match := _EVENT_ONLY.match(text)) and not re.search(r"\d", match[1]):
            event = " ".join(match[1].split())
            return Reading(TimeValue(grain="day", anchor="none", counted_from=event))
        return _unread(text)
    clock = (clocks[-1] if label is Label.DEADLINE else clocks[0]) if clocks else None
    return _pointed(found, clock, text, ref)


def _unread(text: str) -> Reading:
    return Reading(None, (("unread_time", f"not understood as a time: {text.strip()!r}"),))


def _pointed(found: Terms, clock: str | None, text: str, ref: Reference) -> Reading:
    whole = combine(found.terms, ref)
    issues = list(whole.issues)
    start, end, exclusive = whole.start, whole.end, whole.exclusive
    limit = found.limit
    if limit in ("until", "before"):
        if limit == "before":
            exclusive = True
            if whole.broad and whole.opens:
                end = whole.opens
        start = None
    elif limit == "since" and not whole.span:
        end = None
    elif limit == "after" and not whole.span:
        start, end = (end + timedelta(days=1) if end else None), None
    if start and end and start > end and found.terms[-1].piece.moves and whole.span:
        end = None  # "từ đầu năm 2023 đến nay" seen from an older day: it is not that day's
    if start and end and start > end:
        issues.append(("reversed_range", f"ends before it starts: {text.strip()!r}"))
        return Reading(None, tuple(issues))
    if re.search(r"\d", found.left):
        issues.append(("partly_read", f"left unread: {found.left!r}"))
    known = start is not None or end is not None
    if not known and whole.anchor == "none":
        issues.append(("unknown_year", f"no year to be had for {text.strip()!r}"))
    grain: Grain = "time" if clock else whole.grain
    value = TimeValue(
        start=_iso(start), end=_iso(end), grain=grain, time=clock, exclusive=exclusive,
        anchor=whole.anchor if known else "none",
    )  # fmt: skip
    return Reading(value, tuple(issues), any(term.piece.moves for term in found.terms))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _lasting(duration: Duration, ref: Reference) -> TimeValue:
    """The value of a duration: dated only where its first day is."""
    start = end = None
    anchor = "none"
    ref = replace(ref, due=False)  # what a duration is counted from is near, not ahead
    if duration.event and (_NOW.search(duration.event) or re.search(r"\d", duration.event)):
        found = split_terms(take_clocks(plain(duration.event))[0])
        whole = combine(found.terms, ref) if found else None
        if whole and whole.start and whole.start == whole.end:
            anchor, back = whole.anchor, duration.event.lower().startswith("trước")
            if back:
                end = shift(whole.start, duration.step, -1) if duration.step else None
            else:
                start = whole.start
                end = shift(start, duration.step) if duration.step else None
    elif duration.direction and ref.today:
        today, anchor = ref.today
        moved = shift(today, duration.step, duration.direction) if duration.step else None
        start, end = (today, moved) if duration.direction > 0 else (moved, today)
    return TimeValue(
        start=_iso(start), end=_iso(end), grain=duration.grain,
        anchor=anchor if start or end else "none",
        duration=duration.iso, business_days=duration.business, counted_from=duration.event,
        recurrence=duration.recurrence,
    )  # fmt: skip


def _no_year(duration: Duration) -> tuple[tuple[str, str], ...]:
    """An issue where the first day is written without its year: "kể từ ngày 1/4"."""
    if duration.event is None or not re.search(r"\d", duration.event):
        return ()
    found = split_terms(take_clocks(plain(duration.event))[0])
    if found is None or found.terms[0].piece.unit != "day":
        return ()
    piece = found.terms[0].piece
    if piece.month is None or piece.year is not None or piece.dated:
        return ()
    return (("unknown_year", f"no year to be had for {duration.event!r}"),)


_RECURRING_GRAIN: dict[str, Grain] = {"ngày": "day", "tuần": "week", "tháng": "month",
                                      "quý": "quarter", "năm": "year"}  # fmt: skip


def _recurring(found: Recurrence, text: str, ref: Reference) -> Reading:
    if not found.clock and (duration := read_duration(found.rest, text)):
        value = _lasting(duration, ref)
        return Reading(value.model_copy(update={"recurrence": rrule(found, [], [], [])}))
    rest, clocks = take_clocks(found.rest)
    parsed = split_terms(rest)
    pieces = [term.piece for term in parsed.terms] if parsed else []
    days = [p.day for p in pieces if p.day is not None]
    months = [p.month for p in pieces if p.month is not None]
    for p in pieces:
        if p.unit == "number" and p.number:
            days.append(p.number)
        if p.unit == "quarter" and p.number:
            months += range(3 * p.number - 2, 3 * p.number + 1)
        if p.unit == "months" and p.number:
            months += range(1, p.number + 1) if p.number > 0 else range(13 + p.number, 13)
    weekdays = [p.weekday for p in pieces if p.weekday is not None]
    if repeats_no_day(rest) or _never(pieces, days, found.months or months):
        raise ImpossibleDate("none of the months has it")
    issues: tuple[tuple[str, str], ...] = ()
    ranged = parsed is not None and len(pieces) == 2 and parsed.terms[1].join == "to"
    if ranged and len(days) == 2 and len(set(months)) <= 1 and days[0] < days[1]:
        days = list(range(days[0], days[1] + 1))
    elif ranged and len(days) == len(months) == 2 and days[0] == 1 and _closes(pieces[1]):
        days, months = [], list(range(months[0], months[1] + 1))  # "từ 1/7 đến 31/12 hằng năm"
    elif len(set(days)) > 1 and len(set(months)) > 1:
        ends = all(_closes(piece) for piece in pieces)
        if not ends:  # one RRULE cannot say "10/6 và 15/12"
            issues = (("recurrence_simplified", f"several days in {text.strip()!r}"),)
        days, months = ([-1], months) if ends else ([], [])
    grain: Grain = "time" if clocks else _RECURRING_GRAIN[found.unit]
    if not clocks and (days or weekdays or found.last):
        grain = "day"
    elif not clocks and months:
        grain = "quarter" if any(p.unit == "quarter" for p in pieces) else "month"
    value = TimeValue(
        grain=grain, anchor="none", time=clocks[-1] if clocks else None,
        recurrence=rrule(found, days, months, weekdays),
        exclusive=parsed.limit == "before" if parsed else found.rest.startswith("trước"),
    )  # fmt: skip
    return Reading(value, issues)


def _never(pieces: list[Piece], days: list[int], months: Sequence[int]) -> bool:
    """Whether a rule of these days and months would never or not fully occur: "31/2".

    The second lunar month may have a day 30, so lunar days are asked for 31 only.
    """
    if any(never(day, ()) for day in days):
        return True
    if not days or any(p.lunar for p in pieces):
        return False
    dated = any(p.day and p.month and never(p.day, (p.month,)) for p in pieces)
    return dated or all(never(day, months) for day in days)


def _closes(piece: Piece) -> bool:
    """The last day of a month of any year."""
    return piece.day == (monthrange(2023, piece.month)[1] if piece.month else 0)
