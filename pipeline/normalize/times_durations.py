"""Durations ("trong vòng 05 ngày làm việc") and recurrences ("trước ngày 15 hằng tháng")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.normalize.times_resolve import add_months
from pipeline.normalize.times_types import Grain

_LIMIT = r"""(?: (?: chậm[ ]nhất | muộn[ ]nhất | nhanh[ ]nhất | tối[ ]đa | không[ ]quá
    | trong[ ]vòng | trong[ ]thời[ ]hạn | trong[ ]thời[ ]gian | trong[ ]khoảng | trong
    | thời[ ]hạn | thời[ ]gian | hạn | ít[ ]nhất | tối[ ]thiểu
    | là | sau | trước | quá | vòng | kéo[ ]dài
    | cho[ ]đến | đến | khoảng | hơn | gần | ngay | dưới | cứ | vào | thêm | mỗi | từ
    ) \b [ .,]{0,3} ){0,5}"""

_DURATION = re.compile(
    rf"""(?x) ^ (?P<limit>{_LIMIT})
    (?P<n>\d{{1,3}}(?:[ ]?-[ ]?\d{{1,3}})?|nửa|một|vài|mấy|một[ ]vài|một[ ]số|ít)[ ]?
    (?P<unit>ngày|tuần|tháng|quý|năm|giờ|tiếng|h|phút) \b (?:[ ]lễ\b|[ ]đồng[ ]hồ\b)?
    (?P<biz>[ ]làm(?:[ ]việc)?\b)?
    (?P<rest>.*) $"""
)
# "24 tháng đến 36 tháng": both ends with their unit
_SAME_UNIT = re.compile(
    r"\b(\d{1,3}) (ngày|tuần|tháng|năm|giờ) (?:đến|-|tới) (\d{1,3}) \2\b(?! \d)"
)
# What may stand behind a duration. Anything else makes it another thing ("6 tháng đầu năm").
_REST = re.compile(
    r"""(?x) ^ ,? [ ]? (?: $ | (?:kể|tính)(?:[ ]từ)?\b | từ[ ](?:ngày|khi|thời|lúc|đó)
    | sau[ ] | trước[ ] | theo[ ]
    | (?<=,)[ ]?(?=\D{8,200}$)(?!đầu|cuối|giữa)    # the clause behind a comma
    | liên[ ]tục | liên[ ]tiếp | sau[ ]đó | trở[ ](?:lên|xuống)
    | (?P<ahead>sắp[ ]tới|tới[ ]đây|tới|nữa|tiếp[ ]theo|kế[ ]tiếp|sau$)
    | (?P<back>vừa[ ]qua|gần[ ]đây|qua|trở[ ]lại[ ]đây|trước$)
    | (?P<first>đầu[ ]tiên[ ]của[ ](?P<period>tháng|quý|năm)) )"""
)
_EVENT = re.compile(
    r"(?is)(?:[,\s]|^)((?:k[ểếê]|tính)\s+từ|từ(?=\s+(?:ngày|khi|thời))|sau(?=\s+(?:khi|ngày|thời))"
    r"|trước(?=\s+(?:ngày|khi|thời)))\s+(\S.*)$"
)
# "trước thời điểm nghỉ hưu ít nhất 06 tháng": the event stands between
_AFTER_EVENT = re.compile(
    r"""(?x) ^ trước[ ](?P<event>(?:thời[ ]điểm|khi|ngày)[ ]\D{3,120}?)[ ,]
    (?:ít[ ]nhất[ ]|tối[ ]thiểu[ ])?
    (?P<n>\d{1,3})[ ](?P<unit>ngày|tuần|tháng|năm|giờ)(?P<biz>[ ]làm[ ]việc)?$"""
)
_UNITS = {"ngày": "D", "tuần": "W", "tháng": "M", "quý": "M", "năm": "Y",
          "giờ": "H", "tiếng": "H", "h": "H", "phút": "M"}  # fmt: skip
_GRAINS: dict[str, Grain] = {"ngày": "day", "tuần": "week", "tháng": "month", "quý": "quarter",
                             "năm": "year"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; ``event`` is what starts it, copied from the text."""

    iso: str | None
    grain: Grain
    business: bool
    event: str | None
    step: tuple[int, str] | None
    direction: int = 0
    recurrence: str | None = None


def read_duration(text: str, original: str) -> Duration | None:
    """Read plain ``text`` as a duration; ``original`` is the same before it was made plain.

    >>> read_duration("trong vòng 24 giờ", "trong vòng 24 giờ").iso
    'PT24H'
    """
    if match := _AFTER_EVENT.match(text):
        return _make(match, _before_length(original), 0)
    match = _DURATION.match(_SAME_UNIT.sub(r"\1-\3 \2", text))
    if match is None or (rest := _REST.match(match["rest"])) is None:
        return None
    if match["unit"] == "năm" and match["n"].isdigit() and re.match(r" ?\d", match["rest"]):
        return None
    limits = match["limit"].replace(",", " ").split()
    if limits in (["từ"], ["đến"]) and not rest["ahead"] and "-" not in match["n"]:
        return None
    if match["unit"] in ("giờ", "h") and ("trước" in limits or limits[-1:] in (["đến"], ["vào"])):
        return None  # "trước 10h hằng ngày": a clock time
    if match["unit"] == "h" and "nhất" in limits and match["rest"] == "":
        return None  # "chậm nhất 17h"
    direction = 1 if rest["ahead"] else -1 if rest["back"] else 0
    recurrence = None
    if rest["first"]:
        recurrence = {"tháng": "FREQ=MONTHLY", "quý": "FREQ=MONTHLY;INTERVAL=3",
                      "năm": "FREQ=YEARLY"}[rest["period"]]  # fmt: skip
    return _make(match, _event(original), direction, recurrence)


def _before_length(original: str) -> str:
    """The event that stands before a length of time.

    >>> _before_length("Trước khi họp Hội đồng,  ít nhất 05 ngày làm việc")
    'Trước khi họp Hội đồng'
    """
    words = original.split()
    worked = [w.lower() for w in words[-2:]] == ["làm", "việc"]
    event = " ".join(words[: -4 if worked else -2])
    return re.sub(r"(?i)(?<![ ,])[ ,]+(?:ít nhất|tối thiểu)?$", "", event)


def _event(original: str) -> str | None:
    """The event that starts a duration, as written; "trước" is kept, it turns the direction."""
    found = _EVENT.search(original)
    if found is None:
        return None
    event = " ".join(found[2].split()).strip(" ,.;:)(")
    marker = found[1].lower()
    return f"{marker} {event}" if marker == "trước" else event or None


def _make(
    match: re.Match[str], event: str | None, direction: int, recurrence: str | None = None
) -> Duration:
    unit, text = match["unit"], match["n"]
    grain = _GRAINS.get(unit, "time")
    business = bool(match["biz"])
    number = None
    if text == "nửa":  # half a month is fifteen days, half a year six months
        halves = {"tháng": ("P15D", (15, "D")), "năm": ("P6M", (6, "M")),
                  "ngày": ("PT12H", None), "giờ": ("PT30M", None)}  # fmt: skip
        iso, step = halves.get(unit, (None, None))
        return Duration(iso, grain, business, event, step, direction, recurrence)
    if text == "một":
        number = 1
    elif text[0].isdigit():
        number = int(text.split("-")[-1])  # "3-5 ngày": the limit is the longer
    if number is None:
        return Duration(None, grain, business, event, None, direction, recurrence)
    if unit == "quý":
        number *= 3
    code = _UNITS[unit]
    iso = f"PT{number}{code}" if grain == "time" else f"P{number}{code}"
    step = (number, code) if grain != "time" and not business else None
    if unit in ("giờ", "tiếng", "h") and number % 24 == 0:
        step = (number // 24, "D")
    return Duration(iso, grain, business, event, step, direction, recurrence)


def shift(day: date, step: tuple[int, str], sign: int = 1) -> date:
    """A day moved by a calendar duration.

    The first day is not counted (Bộ luật Dân sự 2015, điều 147): three days from 25/3 end
    on 28/3. A last day on a day of rest is not moved on (điều 148): offices differ.
    """
    number, code = step[0] * sign, step[1]
    if code in ("D", "W"):
        return day + timedelta(days=number * (7 if code == "W" else 1))
    return add_months(day, number * (12 if code == "Y" else 1))


_EVERY = re.compile(r"(?:(?<![ ,])[ ,]+)?\b(?P<w>hằng|mỗi|từng) (?P<u>ngày|tuần|tháng|quý|năm)\b")
_ONCE = re.compile(
    # "6 tháng một lần"; "định kỳ 6 tháng", at the end
    r"(?:định kỳ )?(?P<n>\d{1,2}) ?(?P<u>ngày|tuần|tháng|quý|năm) (?:một|1) lần"
    r"|định kỳ (?P<n2>\d{1,2}) (?P<u2>ngày|tuần|tháng|quý|năm)$"
)
_OF_LAST = re.compile(
    r"(?:của )?tháng (?P<w>cuối|đầu)(?: tiên| cùng)? (?:của )?(?:mỗi |từng )?quý\b"
    r"(?! (?:[1-4i]|iv))"
)
_OF_ANY = re.compile(r"cuối cùng (?:của )?(?P<u>tháng|quý)(?! (?:\d|này|trước|sau|tới|[iv]))")
# "ngày cuối tháng hằng tháng", "5 ngày cuối mỗi quý", "ngày cuối tháng 6 hằng năm"
_LAST_DAYS = re.compile(
    r"(?<!những )(?<!các )(?<!\d )\b(?:(?P<n>1?\d) ngày|ngày(?: làm việc)?) cuối(?: cùng)?"
    r"(?: của)?(?: (?P<u>tháng|quý|năm)$|(?= tháng \d)|$)"
)
_LAST_MONTHS: dict[str, tuple[int, ...]] = {"tháng": (), "quý": (3, 6, 9, 12), "năm": (12,)}
_FIRST_DAYS = re.compile(
    r"(?P<length>\b\d{1,2} ngày(?: làm việc)?) đầu(?: tiên)?(?: của)?(?: (?:tháng|quý|năm))?$"
)
_FREQ = {"ngày": "DAILY", "tuần": "WEEKLY", "tháng": "MONTHLY", "năm": "YEARLY"}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An RRULE in the making: the unit, the interval, and what the rule's days are read from.

    ``last`` is how many of the last days are meant; ``clock`` that an hour is a time of day.
    """

    unit: str
    interval: int
    rest: str
    months: tuple[int, ...] = ()
    last: int = 0
    clock: bool = False


def read_recurrence(text: str) -> Recurrence | None:
    """The repeating part of plain ``text``; ``rest`` is the text without it.

    >>> found = read_recurrence("trước ngày 15 hằng tháng")
    >>> found.unit, found.interval, found.rest
    ('tháng', 1, 'trước ngày 15')
    """
    if match := _OF_LAST.search(text):
        months = (3, 6, 9, 12) if match["w"] == "cuối" else (1, 4, 7, 10)
        rest = _EVERY.sub("", text[: match.start()] + text[match.end() :])
        return Recurrence("năm", 1, _tidy(rest), months)
    every = _EVERY.search(text) or _ONCE.search(text)
    last = _OF_ANY.search(text)
    if every is None:
        before = "trước" if text.startswith("trước") else ""
        if last is None:
            return None
        unit = "năm" if last["u"] == "quý" else "tháng"
        return Recurrence(unit, 1, before, _LAST_MONTHS[last["u"]], last=1)
    found = every.groupdict()
    interval = int(found.get("n") or found.get("n2") or 1)
    rest = _tidy(text[: every.start()] + " " + text[every.end() :])
    unit = found.get("u") or found["u2"]
    if (days := _LAST_DAYS.search(rest)) and interval == 1 and unit in _LAST_MONTHS:
        rest = _tidy(rest[: days.start()] + rest[days.end() :])
        in_months = () if re.search(r"tháng \d", rest) else _LAST_MONTHS[unit]
        unit = "năm" if unit == "quý" else unit
        return Recurrence(unit, 1, rest, in_months, int(days["n"] or 1), clock=True)
    if last:
        rest = _OF_ANY.sub("", rest)
    # "17h hằng ngày", "17h mỗi ngày": a time of day; "8 giờ mỗi ngày": a length
    hour = re.fullmatch(r"(?:1?\d|2[0-4]) ?(h|giờ)", rest) if unit == "ngày" else None
    clock = hour is not None and (hour[1] == "h" or found.get("w") == "hằng")
    rest = _FIRST_DAYS.sub(r"\g<length>", rest)
    return Recurrence(unit, interval, rest, last=int(bool(last)), clock=clock)


def _tidy(text: str) -> str:
    return re.sub(r"(?<![ ,])[ ,]+(?:của|trong|vào)?$", "", " ".join(text.split())).strip(" ,")


def rrule(found: Recurrence, days: list[int], months: list[int], weekdays: list[int]) -> str:
    """The RFC 5545 rule of a recurrence and the days read from its rest."""
    unit, interval = found.unit, found.interval
    if unit == "quý":
        unit, interval = "tháng", 3 * interval
    parts = [f"FREQ={_FREQ[unit]}"]
    if interval > 1:
        parts.append(f"INTERVAL={interval}")
    months = list(found.months) or months
    if months:
        parts.append("BYMONTH=" + ",".join(map(str, sorted(set(months)))))
    if found.last:
        days = list(range(-found.last, 0))
    if days:
        parts.append("BYMONTHDAY=" + ",".join(str(d or -1) for d in sorted(set(days))))
    if weekdays:
        parts.append("BYDAY=" + ",".join(_DAYS[d] for d in sorted(set(weekdays))))
    return ";".join(parts)
