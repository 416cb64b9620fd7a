"""Times of a whole article: where their missing years come from, and what contradicts.

Order of evidence for a year that is not written: other days of the same sentence, the
article's own date, the dateline in its text, the nearest day named before the mention.
The date of a cited document ("Quyết định số 10/QĐ-TTg ngày 5/1/2018") is evidence only
where there is nothing better: it may be years older than the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.normalize.times_read import Reading, read
from pipeline.normalize.times_resolve import Reference
from pipeline.schema import TimeValue

_HEAD = 600  # characters in which a page's or a document's own date stands
_DATELINE = re.compile(
    # "Thứ Ba, ngày 28 tháng 6 năm 2022", "31/03/2023, 07:10", "Hà Nội, ngày 5 tháng 1 năm 2024"
    r"(?i)\bthứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|chủ nhật|\d{1,2}(?::|h|g)\d{2}"
)
_PLACE_BEFORE = re.compile(r"(?:^|\n)[ ]*(?:[^\W\d_][\w.\-]*[ ]?){1,5},[ ]*$")
_SAME_DAY = re.compile(r"(?i)cùng\s+ngày|hôm\s+đó|ngày\s+hôm\s+(?:đó|ấy)")
_OVER = re.compile(r"(?i)\b(?:đã|vừa|từng|mới đây|cho biết|cho hay|cách đây)\b")
_TO_COME = re.compile(
    r"(?i)\b(?:sẽ|dự kiến|dự định|sắp|tới đây|có hiệu lực|hạn cuối|chuẩn bị|phải|kế hoạch|đến hết)\b"
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A day the text names with its year: where, how finely, and of what kind."""

    span: int
    sentence: int
    day: date
    label: Label
    grain: str
    cited: bool


def time_values(article: Article) -> tuple[dict[int, TimeValue | None], list[Note]]:
    """The value of every DATE and DEADLINE span, by span index, and what was odd.

    >>> from pipeline.article import Span
    >>> text = "Thứ Ba, ngày 28 tháng 6 năm 2022" + chr(10) + "Ngày 12/5, UBND tỉnh họp."
    >>> spans = (Span(Label.DATE, 0, 32), Span(Label.DATE, 33, 42))
    >>> values, notes = time_values(Article(text, spans, ((0, 32), (33, len(text)))))
    >>> values[1].start, values[1].anchor
    ('2022-05-12', 'context')
    """
    indices = list(article.of(Label.DATE, Label.DEADLINE))
    first = {i: read(article.surface(i), article.spans[i].label, Reference()) for i in indices}
    known = [day for i in indices if (day := _known(article, i, first[i])) is not None]
    dateline = None if article.published else _dateline(article, known)
    values: dict[int, TimeValue | None] = {}
    notes: list[Note] = []
    for i in indices:
        reading = first[i]
        if _open(reading):
            reading = _again(article, i, known, dateline, values)
        values[i] = reading.value
        notes += (Note(code, message, i) for code, message in reading.issues)
    notes += _late_deadlines(article, indices, values)
    return values, notes


def _open(reading: Reading) -> bool:
    """More can be known from around the mention."""
    value = reading.value
    if value is None:
        return bool(reading.issues) and reading.issues[0][0] == "impossible_date"
    undated = value.start is None and value.end is None
    return (undated and value.recurrence is None and value.counted_from is None) or any(
        code in ("unknown_year", "half_known") for code, _ in reading.issues
    )


def _known(article: Article, i: int, reading: Reading) -> _Known | None:
    value = reading.value
    if value is None or value.anchor != "explicit" or value.grain in ("period", "week"):
        return None
    day = value.end if value.start is None else value.start
    if day is None:
        return None
    span = article.spans[i]
    return _Known(
        i, article.sentence_of(span.start), date.fromisoformat(day), span.label, value.grain,
        _cited(article, i),
    )  # fmt: skip


def _cited(article: Article, i: int) -> bool:
    """The span is the date of the document number right before it."""
    if i == 0 or article.spans[i - 1].label is not Label.DOC_NUMBER:
        return False
    gap = article.text[article.spans[i - 1].end : article.spans[i].start]
    return len(gap) <= 12 and not re.search(r"[.;:\n]", gap)


def _dateline(article: Article, known: list[_Known]) -> date | None:
    """The day in the head of a page or a document."""
    for item in known:
        span = article.spans[item.span]
        if span.start > _HEAD:
            break
        if item.label is not Label.DATE or item.grain not in ("day", "time") or item.cited:
            continue
        line_start = article.text.rfind("\n", 0, span.start) + 1
        line_end = article.text.find("\n", span.end)
        line = article.text[line_start : len(article.text) if line_end < 0 else line_end]
        alone = len(line.strip()) <= span.end - span.start + 12
        if alone or _DATELINE.search(article.text[max(0, span.start - 12) : span.end + 9]):
            return item.day
        if _PLACE_BEFORE.search(article.text[max(0, line_start - 1) : span.start]):
            return item.day
    return None


def _again(
    article: Article,
    i: int,
    known: list[_Known],
    dateline: date | None,
    values: dict[int, TimeValue | None],
) -> Reading:
    """Read a mention once more with what surrounds it."""
    span, surface = article.spans[i], article.surface(i)
    due = span.label is Label.DEADLINE
    if _SAME_DAY.search(surface):
        before = [_day(values[j]) for j in sorted(values, reverse=True) if j < i]
        day = next((d for d in before if d), None)
        return read(surface, span.label, Reference(article.published, (day,) if day else ()))
    origin = article.published or dateline
    past = _tense(article, i) if not due else None
    near = _near(article, i, known, origin, due)
    if near or article.published:
        ref = Reference(article.published, (near,) if near else (), past, due)
        if near and not article.published and origin and not _unyeared(surface, span.label):
            ref = replace(ref, context=(origin,))  # "hôm nay" counts from the dateline only
        return read(surface, span.label, ref)
    if dateline:
        return read(surface, span.label, Reference(None, (dateline,), past, due))
    if not _unyeared(surface, span.label):
        return read(surface, span.label, Reference())
    far = _far(i, known)
    if far is None:
        return read(surface, span.label, Reference())
    return read(surface, span.label, Reference(None, (far.day,), None, due))


def _unyeared(surface: str, label: Label) -> bool:
    """A calendar day or month without a year, not a distance from the day of writing.

    A distance moves when the day of writing does, a calendar day does not.
    """
    a = read(surface, label, Reference(published=date(2021, 3, 10))).value
    b = read(surface, label, Reference(published=date(2021, 3, 11))).value
    return (
        a is not None
        and b is not None
        and (a.start, a.end) == (b.start, b.end)
        and not re.search(
            r"(?i)năm\s+(?:nay|này|ngoái|trước|sau|tới|qua|vừa)|tháng\s+(?:này|nay|trước|sau|tới|qua)"
            r"|tuần|cuối năm$|đầu năm$",
            surface,
        )
    )


def _near(
    article: Article, i: int, known: list[_Known], origin: date | None, due: bool
) -> date | None:
    """The most telling day of the same sentence."""
    here = article.sentence_of(article.spans[i].start)
    same = [item for item in known if item.sentence == here and item.span != i]
    fine = [item for item in same if item.grain in ("day", "time", "month", "quarter")]
    # "kế hoạch năm 2023 … ngày 15/3": a year tells, unless it is a far goal or a cited past
    fine += [
        item for item in same
        if item.grain == "year" and item.label is Label.DATE and item.span < i
        and (origin is None or 0 <= item.day.year - origin.year <= 1)
    ]  # fmt: skip
    if origin is not None:
        fine = [item for item in fine if not item.cited and abs((item.day - origin).days) < 800]
    if not fine:
        return None
    best = min(fine, key=lambda item: (item.span > i, abs(item.span - i)))
    if due and best.label is Label.DEADLINE and origin is None:
        # two due dates of one sentence are of one year rather than in order
        return date(best.day.year, 1, 1)
    return best.day


def _far(i: int, known: list[_Known]) -> _Known | None:
    """The nearest day named before the mention, else the latest named at all."""
    own = [item for item in known if not item.cited and item.grain in ("day", "time", "month")]
    before = [item for item in own if item.span < i]
    if before:
        return before[-1]
    days = [item for item in known if item.label is Label.DATE and item.grain in ("day", "time")]
    return max(own or days, key=lambda item: item.day, default=None)


def _day(value: TimeValue | None) -> date | None:
    day = value and (value.start or value.end)
    return date.fromisoformat(day) if day else None


def _tense(article: Article, i: int) -> bool | None:
    """Whether the clause says that it is over (True), to come (False), or neither."""
    span = article.spans[i]
    start, end = article.sentences[article.sentence_of(span.start)] if article.sentences else (0, 0)
    around = article.text[max(start, span.start - 60) : min(end, span.end + 80)]
    over, to_come = _OVER.search(around), _TO_COME.search(around)
    if bool(over) == bool(to_come):
        return None
    return over is not None


def _late_deadlines(
    article: Article, indices: list[int], values: dict[int, TimeValue | None]
) -> list[Note]:
    """Deadlines that end before the date of the nearest document named before them."""
    notes: list[Note] = []
    issued: tuple[int, date] | None = None
    for i in indices:
        value = values[i]
        if value is None:
            continue
        if article.spans[i].label is Label.DATE:
            if _cited(article, i) and (day := _day(value)):
                issued = article.sentence_of(article.spans[i].start), day
        elif issued and value.end and date.fromisoformat(value.end) < issued[1]:
            if article.sentence_of(article.spans[i].start) - issued[0] <= 2:
                message = f"due {value.end}, but its document is of {issued[1]}"
                notes.append(Note("deadline_before_document", message, i))
    return notes
