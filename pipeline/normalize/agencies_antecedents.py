"""What an article's short forms refer to: its places, its ministries, its full names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.normalize.agencies_places import typed_places
from pipeline.normalize.agencies_text import UPPER, expand, key
from pipeline.normalize.places import Unit, above, province, province_names

# "TP." at the end of a line ends a sentence, too: "trên địa bàn TP.↵Đồng thời …" names no city.
_TYPED = re.compile(
    rf"""(?x)(?<!\w)
    (?:(?:[Tt]ỉnh|[Tt]hành\ phố|[Tt]hị\ xã|[Tt]hị\ trấn|[Hh]uyện|[Qq]uận|[Pp]hường|[Xx]ã|[Đđ]ặc\ khu
        |TP|Tp|TX|Tx)\s?|(?:TP|Tp|TX|Tx)\.[ ]?)
    (?:HCM|[{UPPER}0-9][\w]{{0,8}}(?:(?:\s-\s|\s|-)[{UPPER}]\w{{0,8}}){{0,4}})"""
)
_DATELINE = re.compile(r"^\s?(?:,\s?ngày|\(TTXVN|\s?[-–]\s?)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})(?!\d)")
_LONG_DAY = re.compile(r"(?i)ngày (\d{1,2}) tháng (\d{1,2}) năm (\d{4})")
_NUMBER_YEAR = re.compile(r"/((?:19|20)\d{2})/")  # 61/2018/NĐ-CP
_MONTH = re.compile(r"(?i)tháng (\d{1,2})\s?(?:/|-|năm )\s?(\d{4})")

#: A place in an agency's name tells more about the article than one in passing.
_IN_AGENCY, _IN_TITLE, _TYPED_WEIGHT, _BARE_WEIGHT = 3.0, 3.0, 1.5, 1.0
#: From this share on, one place is what the article is about.
_DOMINANT = 0.7


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A place that the article names, by where it stands and how much that tells."""

    start: int
    unit: Unit
    weight: float


def speaking_day(article: Article) -> date | None:
    """``published``, else the latest day or month among the article's dates, else the year
    of the latest document number.

    >>> from pipeline.article import Span
    >>> speaking_day(Article("ngày 3/5/2024", (Span(Label.DATE, 0, 13),), ((0, 13),)))
    datetime.date(2024, 5, 3)
    """
    if article.published is not None:
        return article.published
    days: list[date] = []
    for i in article.of(Label.DATE):
        text = article.surface(i)
        for pattern in (_DAY, _LONG_DAY):
            days += [d for m in pattern.finditer(text) if (d := _date(m[3], m[2], m[1]))]
        days += [d for m in _MONTH.finditer(text) if (d := _date(m[2], m[1], "1"))]
    if not days:  # only the year of the latest document that it names
        numbers = (article.surface(i) for i in article.of(Label.DOC_NUMBER))
        years = [int(m[1]) for text in numbers for m in _NUMBER_YEAR.finditer(text)]
        # In 2025 the lists changed half-way: such a year tells nothing.
        days = [date(max(years), 1, 1)] if years and max(years) != 2025 else []
    return max(days, default=None)


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@cache
def _bare() -> re.Pattern[str]:
    names = sorted(province_names(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")


def mentioned(article: Article, day: str | None) -> list[Mentioned]:
    """All places of the article, in text order; those of the title first, at -1."""
    agency = [article.spans[i] for i in article.of(Label.AGENCY)]
    starts = [span.start for span in agency]
    found: list[Mentioned] = []
    for text, base in ((article.title or "", -1), (article.text, 0)):
        covered: list[tuple[int, int]] = []
        for match in _TYPED.finditer(text):
            places = typed_places(expand(match.group()), day)
            if not places or places[0].start > 0 or not places[0].name:
                continue
            if places[0].unit is None and places[0].type == "tỉnh":
                continue  # no such province
            unit = places[0].unit or Unit(
                places[0].type.capitalize(), places[0].name, places[0].level or "district"
            )
            found.append(Mentioned(_at(base, match.start()), unit, _TYPED_WEIGHT))
            covered.append(match.span())
        ends = [b for _, b in covered]
        for match in _bare().finditer(text):
            i = bisect_left(ends, match.end())
            if i < len(covered) and covered[i][0] <= match.start():
                continue
            if _DATELINE.match(text[match.end() : match.end() + 8]) and not match.start():
                continue
            unit_of = province(key(expand(match.group())), day)
            if unit_of:
                found.append(Mentioned(_at(base, match.start()), unit_of, _BARE_WEIGHT))
    out = []
    for place in sorted(found, key=lambda m: m.start):
        weight = place.weight
        if place.start < 0:
            weight = _IN_TITLE
        else:
            i = bisect_left(starts, place.start + 1) - 1
            if i >= 0 and place.start < agency[i].end:
                weight = _IN_AGENCY
        out.append(Mentioned(place.start, place.unit, weight))
    return out


def _at(base: int, start: int) -> int:
    return base if base < 0 else start


def province_of(unit: Unit, day: str | None) -> Unit | None:
    """The province a place is or lies in."""
    return unit if unit.level == "province" else above(unit, day)


class Antecedents:
    """Mentioned places, in text order, that a level word ("tỉnh", "huyện") may mean."""

    def __init__(self, places: list[Mentioned]) -> None:
        weights: dict[Unit, float] = defaultdict(float)
        for place in places:
            weights[place.unit] += place.weight
        best = max(weights, key=lambda unit: weights[unit], default=None)
        self._about = best if best and weights[best] >= _DOMINANT * sum(weights.values()) else None
        self._places = places
        self._starts = [place.start for place in places]
        self._named = [p for p in places if p.weight == _IN_AGENCY and p.start >= 0]
        self._named_starts = [place.start for place in self._named]

    def choose(self, article: Article, at: int) -> Unit | None:
        """Which of the places a level word at an offset means; null where it is not clear.

        The one the article is about, else the only one of the same sentence, else of the same
        paragraph, else the nearest before it that stands in an agency's name.
        """
        if self._about or not self._places:
            return self._about
        sentence = article.sentence_of(at)
        start, end = article.sentences[sentence] if article.sentences else (0, len(article.text))
        line = article.text.rfind("\n", 0, at) + 1
        for first, last in ((start, end), (line, at)):
            here = self._units(first, last)
            if len(here) == 1:
                return here.pop()
        before = bisect_left(self._named_starts, at)
        return self._named[before - 1].unit if before else None

    def _units(self, first: int, last: int) -> set[Unit]:
        """Up to two units that are named between two offsets."""
        here: set[Unit] = set()
        for k in range(bisect_left(self._starts, first), bisect_left(self._starts, last)):
            here.add(self._places[k].unit)
            if len(here) > 1:
                break
        return here
