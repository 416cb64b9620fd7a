"""Dates and deadlines → :class:`~pipeline.schema.TimeValue`.

:func:`parse_time` reads one surface form, :func:`time_values` all those of an article,
where a missing year comes from the sentence, the article's date or its dateline.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.labels import Label
from pipeline.normalize.times_article import time_values
from pipeline.normalize.times_read import read
from pipeline.normalize.times_types import Reference
from pipeline.schema import TimeValue

__all__ = ["parse_time", "time_values"]


def parse_time(
    text: str,
    *,
    label: Label,
    published: date | None = None,
    context: Sequence[date] = (),
    past: bool | None = None,
) -> TimeValue | None:
    """What one date or deadline means, or None when it is no time.

    Args:
        text: the surface form, cleaned.
        label: DATE or DEADLINE; a deadline without a year lies ahead.
        published: the article's day; "hôm nay" and missing years count from it.
        context: days near the mention, the most telling first; they go before
            ``published`` where a year is missing.
        past: True when the event is known to be over, False when it is to come.

    >>> parse_time("Ngày 12/5", label=Label.DATE, published=date(2022, 6, 28)).start
    '2022-05-12'
    >>> parse_time("đến hết quý III/2024", label=Label.DEADLINE).end
    '2024-09-30'
    >>> parse_time("trước ngày 15 hằng tháng", label=Label.DEADLINE).recurrence
    'FREQ=MONTHLY;BYMONTHDAY=15'
    """
    reference = Reference(published, tuple(context), past, label is Label.DEADLINE)
    return read(text, label, reference).value
