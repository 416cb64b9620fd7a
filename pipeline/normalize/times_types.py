"""What passes between the steps that read a time: pieces, references, intervals.

A :class:`Piece` is what the words say ("ngày 12/5": day 12 of month 5, no year); a
:class:`Found` is the interval it means, seen from a :class:`Reference`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Unit = Literal["day", "week", "month", "quarter", "months", "year", "years", "school", "number"]
Anchor = Literal["explicit", "published", "context", "none"]
Grain = Literal["day", "week", "month", "quarter", "year", "period", "time"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One calendar unit as written. ``None`` is what is not written.

    ``*_rel`` count from the reference (năm ngoái: ``year_rel=-1``); ``number`` is the
    quarter, the weekday (Monday 0), or the count of first (+) or last (-) months;
    ``day`` 0 is the last of its month; ``direction`` is -1 for "vừa qua", 1 for "tới".
    """

    unit: Unit
    year: int | None = None
    year_rel: int | None = None
    year_unknown: bool = False
    cycle: str | None = None
    last_year: int | None = None
    month: int | None = None
    month_rel: int | None = None
    quarter_rel: int | None = None
    day: int | None = None
    day_rel: int | None = None
    week_rel: int | None = None
    number: int | None = None
    weekday: int | None = None
    part: str | None = None
    lunar: bool = False
    direction: int = 0
    same: bool = False

    @property
    def relative(self) -> bool:
        """Nothing but a distance from the reference day: hôm nay, thứ Sáu, tuần tới."""
        return self.day_rel is not None or self.week_rel is not None or self.weekday is not None

    @property
    def weekday_only(self) -> bool:
        """A day of the week of no named week."""
        return self.weekday is not None and self.week_rel is None

    @property
    def moves(self) -> bool:
        """Counted from the day of writing, the year at least."""
        return (
            self.relative
            or self.month_rel is not None
            or self.quarter_rel is not None
            or self.year_rel is not None
        )

    @property
    def dated(self) -> bool:
        """The year is written, or follows from the reference."""
        return (
            self.year is not None
            or self.year_rel is not None
            or self.year_unknown
            or self.cycle is not None
            or self.month_rel is not None
            or self.quarter_rel is not None
            or self.relative
            or self.same
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """From where to look.

    ``due`` is for deadlines; ``past`` overrides it where it is known; ``lean`` is -1 or 1
    where the words around only hint at the past or the future.
    """

    published: date | None = None
    context: tuple[date, ...] = ()
    past: bool | None = None
    due: bool = False
    lean: int = 0

    @property
    def today(self) -> tuple[date, Anchor] | None:
        if self.published:
            return self.published, "published"
        return (self.context[0], "context") if self.context else None

    @property
    def base(self) -> tuple[date, Anchor] | None:
        """The day whose year a date without one takes."""
        if not self.context:
            return self.today
        # What is due comes after both its document and, mostly, the report of it; another
        # due date in the sentence may well lie later than this one.
        if self.due and self.published:
            return min(self.context[0], self.published), "context"
        return self.context[0], "context"


@dataclass(frozen=True, slots=True)
class Found:
    """An interval of days, both ends inclusive."""

    start: date | None
    end: date | None
    grain: Grain
    anchor: Anchor
