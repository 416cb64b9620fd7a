"""What an article says about the year of a date that has none.

Order of evidence: other days of the same sentence, the article's own date, the dateline in
its text, the nearest day named before the mention. The date of a cited document ("Quyết
định số 10/QĐ-TTg ngày 5/1/2018") tells only where there is nothing better: it may be years
older than the report. So may a day from which something will hold ("từ 1/7/2025").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.schema import TimeValue

_HEAD = 600  # characters in which a page's or a document's own date stands
_CLOCK_OR_WEEKDAY = re.compile(
    # "Thứ Ba, ngày 28 tháng 6 năm 2022", "31/03/2023, 07:10"
    r"(?i)\bthứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])\b|chủ nhật|\d{1,2}(?::|h|g)\d{2}"
)
# "Hà Nội, ngày 5 tháng 1 năm 2024" (Nghị định 30/2020/NĐ-CP, phụ lục I, ô số 4)
_PLACE_BEFORE = re.compile(r"(?:^|\n)[ ]*(?:[^\W\d_][\w.\-]{0,15}[ ]?){1,5},[ ]*$")
_ALONE = re.compile(
    # what stands beside a page's date in its line: "Cập nhật lúc 08:00, … (GMT+7)"
    r"(?i)[\W\d]*(?:(?:cập nhật|đăng|xuất bản|ngày|lúc|gmt|am|pm|thứ|hai|ba|tư|năm|sáu|bảy)"
    r"[\W\d]*){0,5}"
)
_FAR_SINCE = re.compile(
    r"(?i)(?:\btừ|(?<!tính )\bđến|\btới|\bhết|\btrước|\bsau|hiệu lực)(?:\s+ngày)?\s*$"
)
_JOINED = re.compile(r"(?i)^\s*(?:và|hoặc|hay|đến|-|–|,|;)\s*(?:vào |hết |từ )?$")
_OVER = re.compile(r"(?i)\b(?:đã|vừa|từng|mới đây|cho biết|cho hay|cách đây|trước đó)\b")
_TO_COME = re.compile(r"(?i)\b(?:sẽ|dự kiến|dự định|sắp|tới đây|có hiệu lực|hạn cuối|chuẩn bị)\b")
_AFTER_PAST = re.compile(r"(?i)^\s*(?:vừa qua|vừa rồi|trước đó)\b")
_AFTER_NEXT = re.compile(r"(?i)^\s*(?:sắp tới|tới đây|tới)\b")
# A report follows the documents it cites: its days are sought around some months after them.
AFTER_CITED = timedelta(days=150)
YEAR_SPREAD = 800  # days: two dates of one sentence are seldom farther apart


@dataclass(frozen=True, slots=True)
class Known:
    """A day the text names with its year: where, how finely, and of what kind."""

    span: int
    sentence: int
    day: date
    label: Label
    grain: str
    cited: bool
    since: bool
    told: bool = False
    """The clause tells of the past ("năm 2021 đã thu …")."""

    @property
    def fine(self) -> bool:
        """Finer than a year."""
        return self.grain in ("day", "time", "month", "quarter")


def known_days(article: Article, values: dict[int, TimeValue | None]) -> list[Known]:
    """The explicit days, months, quarters and years among ``values``, in text order."""
    out: list[Known] = []
    for i, value in values.items():
        if value is None or value.anchor != "explicit" or value.grain in ("period", "week"):
            continue
        day = as_date(value.start or value.end)
        if day is None:
            continue
        span = article.spans[i]
        since = _FAR_SINCE.search(article.text[max(0, span.start - 20) : span.start]) is not None
        out.append(
            Known(i, article.sentence_of(span.start), day, span.label, value.grain,
                  cited(article, i), since, not since and tense(article, i) < 0)
        )  # fmt: skip
    return out


def as_date(text: str | None) -> date | None:
    """An ISO date as a date."""
    return date.fromisoformat(text) if text else None


def cited(article: Article, i: int) -> bool:
    """The span is the date of the document number right before it."""
    if i == 0 or article.spans[i - 1].label is not Label.DOC_NUMBER:
        return False
    gap = article.text[article.spans[i - 1].end : article.spans[i].start]
    return len(gap) <= 12 and not re.search(r"[.;:\n]", gap)


def dateline(article: Article, known: list[Known]) -> date | None:
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
        near = article.text[max(line_start, span.start - 12) : span.end + 9]
        alone = _ALONE.fullmatch(line.replace(article.text[span.start : span.end], "", 1))
        opens = span.start - line_start <= 40 or len(line) <= 80
        if alone or (opens and _CLOCK_OR_WEEKDAY.search(near)):
            return item.day
        if _PLACE_BEFORE.search(article.text[line_start : span.start]):
            return item.day
    return None


def said_after(article: Article, i: int) -> bool | None:
    """True where "vừa qua" stands behind the mention, False for "tới", else None."""
    end = article.spans[i].end
    after = article.text[end : end + 20]
    if _AFTER_PAST.match(after):
        return True
    return False if _AFTER_NEXT.match(after) else None


def tense(article: Article, i: int) -> int:
    """-1 where the clause hints that it is over, 1 where it is to come, else 0."""
    span = article.spans[i]
    start, end = _sentence(article, i)
    around = article.text[max(start, span.start - 60) : min(end, span.end + 80)]
    return bool(_TO_COME.search(around)) - bool(_OVER.search(around))


def _sentence(article: Article, i: int) -> tuple[int, int]:
    if not article.sentences:
        return 0, len(article.text)
    return article.sentences[article.sentence_of(article.spans[i].start)]


class Days:
    """The days that an article names, in text order, looked up by their place."""

    def __init__(self, known: list[Known]) -> None:
        self.all = known
        self._spans = [k.span for k in known]
        self._sentences = [k.sentence for k in known]
        days = [k for k in known if k.grain in ("day", "time", "month")]
        past = [k for k in days if k.label is Label.DATE and not k.since] or days
        self._past = [k.span for k in past]
        self._latest: list[Known] = list(accumulate(past, _later))
        # a later year told of, or two years on: a day is too old to tell
        self._year = max(
            (
                k.day.year - (0 if k.told else 1)
                for k in known
                if k.grain == "year" and k.label is Label.DATE and not k.since
            ),
            default=0,
        )

    def of_span(self, i: int) -> Known | None:
        """The day that span ``i`` names."""
        at = bisect_left(self._spans, i)
        return self.all[at] if at < len(self.all) and self._spans[at] == i else None

    def of_sentence(self, n: int) -> list[Known]:
        """Those of one sentence."""
        return self.all[bisect_left(self._sentences, n) : bisect_right(self._sentences, n)]

    def latest(self, i: int) -> Known | None:
        """The latest day named before span ``i``, else the latest at all; None where the
        text tells of a later year."""
        if not self._latest:
            return None
        before = bisect_left(self._past, i)
        best = self._latest[before - 1] if before else self._latest[-1]
        return None if self._year > best.day.year else best


def _later(one: Known, other: Known) -> Known:
    return other if other.day > one.day else one


def joined_to(article: Article, i: int, known: Days) -> Known | None:
    """The dated mention that this one forms a list with: "quý I và [quý II/2020]"."""
    item = known.of_span(i + 1)
    if item is None:
        return None
    gap = article.text[article.spans[i].end : article.spans[item.span].start]
    return item if _JOINED.match(gap) else None


def near_day(article: Article, i: int, known: Days, origin: date | None, lean: int) -> date | None:
    """The most telling day of the same sentence; ``origin`` is when the text was written."""
    due = article.spans[i].label is Label.DEADLINE
    here = article.sentence_of(article.spans[i].start)
    same = [item for item in known.of_sentence(here) if item.span != i and not item.cited]
    fine = [item for item in same if item.fine and (origin is None or item.span < i)]
    # "kế hoạch năm 2023 … ngày 15/3": a year tells, unless it is a far goal or a long past
    fine += [
        item for item in same
        if item.grain == "year" and item.label is Label.DATE and item.span < i
        and (origin is None or 0 <= item.day.year - origin.year <= 1)
    ]  # fmt: skip
    if origin is not None:
        fine = [item for item in fine if abs((item.day - origin).days) < YEAR_SPREAD]
        if not due and lean <= 0:  # what happened did not follow a day that is still to come
            fine = [item for item in fine if (item.day - origin).days < 31]
    if not fine:
        return None
    best = min(fine, key=lambda item: (item.span > i, abs(item.span - i)))
    if best.grain == "year" and not due:
        return date(best.day.year, 7, 2)  # whichever day is asked for, it is nearest in this year
    if due and best.label is Label.DEADLINE and origin is None:
        # two due dates of one sentence are of one year rather than in order
        return date(best.day.year, 1, 1)
    return best.day


def report_day(article: Article, i: int, values: dict[int, TimeValue | None]) -> date | None:
    """For a deadline: the day of what asks for it, named in this sentence or shortly before.

    A deadline in a story of what went wrong lies before the report: "Ngày 9/3, Ban Chỉ đạo
    yêu cầu … chậm nhất ngày 26/3. Tuy nhiên, đến nay …" printed in May.
    """
    origin = article.published
    here = article.sentence_of(article.spans[i].start)
    for j in range(i - 1, -1, -1):
        span = article.spans[j]
        if article.sentence_of(span.start) < here - 3:
            return None
        if span.label is not Label.DATE or j not in values:
            continue
        value = values[j]
        day = as_date(value.start) if value and value.start == value.end else None
        if day and origin and 0 <= (origin - day).days <= 200:
            return day
    return None


def far_day(article: Article, i: int, known: Days) -> date | None:
    """The latest day named before the mention, else the latest named at all.

    A report is at most a little younger than the latest past day in it; the nearest one may
    be of long ago ("giấy chứng nhận cấp ngày 15/7/2010"). None where the text tells of a
    later year.
    """
    best = known.latest(i)
    if best is None:
        return None
    if best.cited and best.fine and article.spans[i].label is Label.DATE:
        return best.day + AFTER_CITED
    return best.day


_YEARLY = re.compile(r"(?i)\b(?:hằng|hàng) năm\b,?(?: vào)?(?: \S{1,12}){0,3}$")
_YEARLY_OPENS = re.compile(r"(?i)[\W\d]{0,6}(?:[a-zđ]\)\s?)?(?:định kỳ )?(?:hằng|hàng) năm\b")
_YEARLY_AFTER = re.compile(r"(?i)^,? (?:của )?(?:hằng|hàng) năm\b")


def yearly(article: Article, i: int) -> bool:
    """ "Hằng năm, [trước ngày 25/12], các sở báo cáo": the words stand outside the span."""
    span = article.spans[i]
    start, end = _sentence(article, i)
    before = article.text[max(start, span.start - 60) : span.start].rstrip()
    return bool(
        _YEARLY_OPENS.match(article.text[start : span.start])
        or _YEARLY.search(before)
        or _YEARLY_AFTER.match(article.text[span.end : min(end, span.end + 30)])
    )
