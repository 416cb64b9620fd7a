"""Times of a whole article: missing years found, contradictions noted."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.normalize.times_context import (
    Days,
    as_date,
    cited,
    dateline,
    far_day,
    joined_to,
    known_days,
    near_day,
    report_day,
    said_after,
    tense,
    yearly,
)
from pipeline.normalize.times_read import Reading, read
from pipeline.normalize.times_types import Reference
from pipeline.schema import TimeValue

_SAME_DAY = re.compile(r"(?i)cùng\s+ngày|hôm\s+(?:đó|ấy)")


def time_values(article: Article) -> tuple[dict[int, TimeValue | None], list[Note]]:
    """The value of every DATE and DEADLINE span, by span index, and what was odd.

    Notes: ``unread_time``, ``partly_read``, ``impossible_date``, ``reversed_range``,
    ``weekday_mismatch``, ``contradictory_date``, ``unknown_year``, ``recurrence_simplified``,
    ``deadline_before_document``.

    >>> from pipeline.article import Span
    >>> text = "Thứ Ba, ngày 28 tháng 6 năm 2022" + chr(10) + "Ngày 12/5, UBND tỉnh họp."
    >>> spans = (Span(Label.DATE, 0, 32), Span(Label.DATE, 33, 42))
    >>> values, notes = time_values(Article(text, spans, ((0, 32), (33, len(text)))))
    >>> values[1].start, values[1].anchor
    ('2022-05-12', 'context')
    """
    indices = list(article.of(Label.DATE, Label.DEADLINE))
    first = {i: _read(article, i, Reference()) for i in indices}
    known = Days(known_days(article, {i: reading.value for i, reading in first.items()}))
    written = None if article.published else dateline(article, known.all)
    values: dict[int, TimeValue | None] = {}
    notes: list[Note] = []
    for i in indices:
        reading = first[i]
        if reading.open and article.spans[i].label is Label.DEADLINE and yearly(article, i):
            again = read(f"{article.surface(i)} hằng năm", Label.DEADLINE, Reference(due=True))
            if again.value is not None and again.value.recurrence:
                reading = again
        elif reading.open:
            reading = _read(article, i, _reference(article, i, known, written, values))
        values[i] = reading.value
        notes += (Note(code, message, i) for code, message in reading.issues)
    notes += _late_deadlines(article, indices, values)
    return values, sorted(notes, key=lambda note: note.span or 0)


def _read(article: Article, i: int, ref: Reference) -> Reading:
    label = article.spans[i].label
    ref = Reference(ref.published, ref.context, ref.past, label is Label.DEADLINE, ref.lean)
    return read(article.surface(i), label, ref)


def _reference(
    article: Article,
    i: int,
    known: Days,
    written: date | None,
    values: dict[int, TimeValue | None],
) -> Reference:
    """From where to look at a mention that says too little itself."""
    span, published = article.spans[i], article.published
    if _SAME_DAY.search(article.surface(i)):
        day = _last_day(article, values)
        return Reference(published, (day,) if day else ())
    due = span.label is Label.DEADLINE
    origin = published or written
    if _moves(article, i):  # "hôm nay", "năm nay": counted from the day of writing only
        return Reference(published, () if published or not written else (written,))
    if item := joined_to(article, i, known):
        return Reference(published, (item.day,), past=True)
    past, lean = said_after(article, i), 0 if due else tense(article, i)
    near = near_day(article, i, known, origin, lean)
    if near is None and due and published:
        near = report_day(article, i, values)
    if near is None and written:
        return Reference(None, (written,), past, lean=lean)
    if near is None and not published:
        near = far_day(article, i, known)
    # hints at past or future are seen from the day of writing, not from another day
    return Reference(published, (near,) if near else (), past, lean=0 if near else lean)


_LOOK_BACK = 200  # dates


def _last_day(article: Article, values: dict[int, TimeValue | None]) -> date | None:
    """The day that "cùng ngày" means: the last one named before it.

    Not the date of a cited document, and rather one written without its year: what is told
    is of these days, what is quoted is dated in full.
    """
    published, full = article.published, None
    for j in islice(reversed(values), _LOOK_BACK):
        value = values[j]
        if value is None or value.start is None or value.start != value.end or cited(article, j):
            continue
        day = date.fromisoformat(value.start)
        if published is not None and abs((published - day).days) > 60:
            continue
        if value.anchor != "explicit":
            return day
        full = full or day
    return full or published


def _moves(article: Article, i: int) -> bool:
    """The expression is a distance from the day of writing, and moves with it.

    Read from two years, "tháng 5" stays in May and "tháng trước" does not stay in one
    month; "năm nay" is told from "ngày 12/5" by the reader itself, which needs
    ``published`` for it and takes no context.
    """
    return _read(article, i, Reference(published=date(2021, 3, 10))).relative


def _late_deadlines(
    article: Article, indices: list[int], values: dict[int, TimeValue | None]
) -> list[Note]:
    """Deadlines that end before the date of the document named shortly before them."""
    notes: list[Note] = []
    issued: tuple[int, date] | None = None
    for i in indices:
        value = values[i]
        if value is None:
            continue
        sentence = article.sentence_of(article.spans[i].start)
        if article.spans[i].label is Label.DATE:
            day = as_date(value.start)
            if day and value.start == value.end and cited(article, i):
                issued = sentence, day
            continue
        late = issued and value.end and date.fromisoformat(value.end) < issued[1]
        if issued and late and sentence - issued[0] <= 2:
            message = f"due {value.end}, but its document is of {issued[1]}"
            notes.append(Note("deadline_before_document", message, i))
    return notes
