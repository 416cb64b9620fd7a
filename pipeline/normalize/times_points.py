"""The pieces of a time expression: one pattern for each way to name a calendar unit.

Patterns run on :func:`pipeline.normalize.times_text.plain` text, at a place, in order;
the first that matches wins. Each is followed by what may stand behind any unit: a year
("năm 2024", "/2024", "năm ngoái", "năm Giáp Thìn"), or "này", "tới", "vừa qua".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipeline.normalize.times_lunar import CYCLE_YEAR, HOLIDAYS, ImpossibleDate
from pipeline.normalize.times_tails import REL, REL_YEAR, YEAR, read_tails
from pipeline.normalize.times_types import Piece

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "đầu": 1, "cuối": 4}
CENTURY = {"xix": 19, "xx": 20, "xxi": 21}

Match = re.Match[str]
_Build = Callable[[Match], Piece | None]


def _int(match: Match, group: str) -> int:
    return int(match.group(group))


def century_of(two_digits: int) -> int:
    """The year of a two-digit one: 00-69 are of this century (POSIX ``%y``)."""
    return two_digits + (2000 if two_digits < 69 else 1900)


def _day(match: Match) -> Piece | None:
    day, month = _int(match, "d"), _int(match, "m")
    year = match.groupdict().get("y")
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    if year is None:
        return Piece("day", month=month, day=day)
    return Piece(
        "day", century_of(int(year)) if len(year) == 2 else int(year), month=month, day=day
    )


def _written(match: Match) -> int:
    """The day of "ngày 15 tháng Chạp"; 0, which is the last day elsewhere, is none."""
    if (day := _int(match, "d")) == 0:
        raise ImpossibleDate(match.group())
    return day


def _month(match: Match) -> Piece | None:
    month, year = _int(match, "m"), match.groupdict().get("y")
    return Piece("month", int(year) if year else None, month=month) if 1 <= month <= 12 else None


def _lunar_month(match: Match) -> int:
    return {"giêng": 1, "chạp": 12}[match.group("lm")]


def _quarter(match: Match) -> Piece | None:
    text = match.group("q")
    number = ROMAN.get(text) or (int(text) if text.isdigit() else 0)
    return Piece("quarter", number=number) if 1 <= number <= 4 else None


def _months(match: Match) -> Piece | None:
    count = _int(match, "n") * (3 if match.group("unit") == "quý" else 1)
    if not 1 <= count <= 12:
        return None
    return Piece("months", number=-count if (match.groupdict().get("side") == "cuối") else count)


def _decade(match: Match) -> Piece:
    first, last = _int(match, "a"), int(match.groupdict().get("b") or match.group("a"))
    base = 100 * (
        CENTURY.get(c := match.groupdict().get("c") or "", int(c) if c.isdigit() else 0) - 1
    )
    if first < 100:
        base = base if base > 0 else (2000 if first < 50 else 1900)
        first, last = base + first, base + last % 100
    return Piece("years", first, last_year=last + 9)


def _century(match: Match) -> Piece:
    text = match.group("c")
    century = CENTURY.get(text) or int(text)
    return Piece("years", 100 * (century - 1) + 1, last_year=100 * century)


def _tet_day(match: Match) -> Piece | None:
    """ "mùng 3 Tết" is of the first month; "28 Tết" of the twelfth, before the new year."""
    day = _written(match)
    if match.group("mung") or day <= 10:
        return Piece("day", month=1, day=day, lunar=True)
    return Piece("day", month=12, day=day, lunar=True, direction=0) if day <= 30 else None


def _days_off(days: int) -> Piece:
    return Piece("day", day_rel=days)


_WEEK_REL = {"này": 0, "nay": 0, "trước": -1, "qua": -1, "vừa qua": -1, "rồi": -1, "vừa rồi": -1,
             "tới": 1, "sau": 1, "kế tiếp": 1, "tiếp theo": 1}  # fmt: skip
_WEEK = r"tuần (?P<wr>vừa qua|vừa rồi|kế tiếp|tiếp theo|này|nay|trước|qua|rồi|tới|sau)\b"


def _weekday(match: Match) -> Piece:
    number = match.group("wd")
    weekday = 6 if number is None else int(number) - 2
    rel = match.groupdict().get("wr")
    direction = {"tới": 1, "này": 1, "vừa qua": -1, "rồi": -1}.get(
        match.groupdict().get("near") or "", 0
    )
    return Piece(
        "day", weekday=weekday, week_rel=_WEEK_REL[rel] if rel else None, direction=direction
    )


_MONTH_REL = {"này": 0, "nay": 0, "trước": -1, "qua": -1, "vừa qua": -1, "rồi": -1,
              "vừa rồi": -1, "tới": 1,
              "sau": 1, "kế tiếp": 1, "tiếp theo": 1}  # fmt: skip
_MR = r"tháng (?P<mr>vừa qua|vừa rồi|kế tiếp|tiếp theo|này|nay|trước|qua|rồi|tới|sau)\b"
_YN = r"(?:dương lịch )?(?P<q>i{1,3}|iv|[1-4]|đầu|cuối)"
_HOLIDAY = tuple(
    (re.compile(rf"(?:tết )?(?:{name})\b"), day, month, lunar)
    for name, day, month, lunar in HOLIDAYS
)

PATTERNS: tuple[tuple[re.Pattern[str], _Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        # --- days -------------------------------------------------------------------
        # "2024-06-15", as ISO 8601 and tables write it; no year and a range of months
        (rf"(?:ngày )?(?P<y>{YEAR})(?P<s>[/.\-])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})(?!\d)",
         _day),
        # "31/03/2023", "14-12-2021", "21.9.2010", "27/05/13"; one separator throughout
        (r"(?:ngày )?(?:mùng )?(?P<d>\d{1,2})(?P<s> ?[/.\-] ?)(?P<m>\d{1,2})(?P=s)"
         rf"(?P<y>{YEAR}|\d\d(?![\d]|[/.\-]\d))(?!\d)", _day),
        # "1-1 - 2019", "2-9/2022", "30/6-2024", "1/1 2025": separators differ
        (rf"(?:ngày )?(?P<d>\d{{1,2}}) ?[/.\-] ?(?P<m>\d{{1,2}})(?: ?[/.,\-] ?| )(?P<y>{YEAR})"
         r"(?![\d/]|[.\-]\d)", _day),
        # "ngày 15 tháng Chạp", "mùng 1 tháng Giêng", "rằm tháng bảy"
        (r"(?:ngày )?(?:mùng )?(?P<d>\d{1,2}) ?(?:tháng|/) ?(?P<lm>giêng|chạp)\b",
         lambda m: Piece("day", month=_lunar_month(m), day=_written(m), lunar=True)),
        (r"(?:ngày )?rằm tháng (?:(?P<lm>giêng|chạp)|(?P<m>\d{1,2}))\b",
         lambda m: Piece("day", month=_int(m, "m") if m["m"] else _lunar_month(m), day=15,
                         lunar=True)),
        (r"(?:ngày )?(?P<mung>mùng )?(?P<d>\d{1,2}) (?:tháng )?tết\b"
         r"(?: nguyên đán| âm lịch)?", _tet_day),
        # "ngày 2 tháng 9 năm 1945"; the year is a tail
        (r"(?:ngày )?(?:mùng )?(?P<d>\d{1,2}),? tháng (?P<m>\d{1,2})(?!\d)", _day),
        # "ngày 12/5", "Chiều 15-5", "8.2"; not the beginning of "7-8/5/2017"
        (r"(?:ngày |hôm )?(?:mùng )?(?P<d>\d{1,2}) ?(?P<s>[/.\-]) ?(?P<m>\d{1,2})"
         r"(?![\d%]| ?[/.] ?\d| ?(?P=s) ?\d|,\d| tháng"
         r"| (?:năm|tuần|ngày|giờ|người)(?: tù| làm| kể| đến| hoặc| và|,|;|$))", _day),
        # "ngày 2/9-2022" is above; "ngày cuối cùng của tháng 6"
        (r"(?:ngày )?(?:làm việc )?cuối cùng của tháng (?P<m>\d{1,2})(?!\d)",
         lambda m: Piece("day", month=_int(m, "m"), day=0)),
        (rf"(?:ngày )?(?:làm việc )?cuối cùng của (?:{_MR})",
         lambda m: Piece("day", day=0, month_rel=_MONTH_REL[m["mr"]])),
        # "ngày 15 tháng này"; "ngày 15" takes its month from elsewhere
        (rf"ngày (?:mùng )?(?P<d>\d{{1,2}})(?:,| của)? {_MR}",
         lambda m: Piece("day", day=_written(m), month_rel=_MONTH_REL[m["mr"]])),
        (r"(?:ngày (?:mùng )?|mùng |hôm )(?P<d>\d{1,2})"
         r"(?![\d%]|[/.,]\d|-\d{1,2}(?!\d| ?[/.\-] ?\d| tháng))",
         lambda m: Piece("day", day=_int(m, "d")) if 1 <= _int(m, "d") <= 31 else None),
        (r"(?:ngày )?hôm (?P<w>nay|qua|kia|kìa|sau|trước)\b", lambda m: _days_off(
            {"nay": 0, "qua": -1, "kia": -2, "kìa": -3, "sau": 1, "trước": -1}[m["w"]])),
        (r"ngày (?P<w>nay|mai|mốt|kia|kìa)\b", lambda m: _days_off(
            {"nay": 0, "mai": 1, "mốt": 2, "kia": 2, "kìa": 3}[m["w"]])),
        # "chiều qua", "tối mai"; "qua" and "mai" alone are no days
        (r"(?:(?<=sáng )|(?<=trưa )|(?<=chiều )|(?<=tối )|(?<=đêm ))(?P<w>qua|mai|kia)\b",
         lambda m: _days_off({"qua": -1, "mai": 1, "kia": -2}[m["w"]])),
        (r"(?:cùng ngày|ngày hôm đó|ngày hôm ấy|hôm đó)\b", lambda m: Piece("day", same=True)),
        (r"(?:thời điểm )?(?:hiện nay|hiện tại|bây giờ|thời điểm này|nay)\b",
         lambda m: Piece("day", day_rel=0)),
        # --- weeks ------------------------------------------------------------------
        (r"(?:thứ (?P<wd>[2-7])|chủ nhật|cn\b)(?:,? " + _WEEK + r")?(?!\d)"
         r"(?: (?P<near>tới|vừa qua|rồi|này)\b)?", _weekday),
        (_WEEK, lambda m: Piece("week", week_rel=_WEEK_REL[m["wr"]])),
        # --- months -----------------------------------------------------------------
        (r"tháng (?P<m>\d{1,2})(?![\d%]|,\d|[./\-]\d{1,2}(?!\d))", _month),
        (r"tháng (?P<m>\d{1,2})(?=-\d{1,2}(?!\d))", _month),  # "tháng 2-4/2022"
        (r"tháng (?P<m>\d{1,2})(?=/\d\d(?!\d))", _month),  # "tháng 9/23"
        (r"tháng (?P<lm>giêng|chạp)\b",
         lambda m: Piece("month", month=_lunar_month(m), lunar=True)),
        (_MR, lambda m: Piece("month", month_rel=_MONTH_REL[m["mr"]])),
        (rf"(?P<m>\d{{1,2}}) ?[/\-.] ?(?P<y>{YEAR})(?![\d/]|[.\-]\d)", _month),
        # --- quarters and runs of months ---------------------------------------------
        (rf"quý (?:(?:thứ )?{_YN})(?![\w])", _quarter),
        (r"quý (?P<r>này|nay|trước|qua|vừa qua|tới|sau|tiếp theo|kế tiếp)\b",
         lambda m: Piece("quarter", quarter_rel=_MONTH_REL[m["r"]])),
        (r"(?:(?P<n>\d{1,2}) )(?P<unit>tháng|quý) (?P<side>đầu|cuối)(?: tiên| cùng)?(?: của)?"
         r"(?= năm| ?$| (?:19|20)\d\d)(?: năm(?= *$| (?=đến|và|,)))?", _months),
        (r"(?P<n>\d{1,2}) (?P<unit>tháng|quý)(?: của)?"
         r"(?= năm (?:19|20|nay|này|ngoái|trước|qua|vừa))", _months),
        (r"(?:nửa|6 tháng) (?P<h>đầu|cuối)(?: của)?(?= năm)(?: năm(?= *$))?",
         lambda m: Piece("months", number=6 if m["h"] == "đầu" else -6)),
        # "(những) tháng cuối năm": how many is not said
        (r"tháng (?P<h>đầu|cuối)(?: của)?(?= năm)(?: năm(?= *$))?",
         lambda m: Piece("months", number=12, part=m["h"])),
        # --- years --------------------------------------------------------------------
        (rf"năm học (?:mới )?(?P<a>{YEAR}) ?- ?(?P<b>{YEAR})(?!\d)",
         lambda m: Piece("school", _int(m, "a"), last_year=_int(m, "b"))),
        (rf"năm học (?:mới )?(?P<a>{YEAR})(?!\d)", lambda m: Piece("school", _int(m, "a"))),
        (r"năm học (?P<r>này|vừa qua|qua|trước|tới|sau|mới)\b",
         lambda m: Piece("school", year_rel={"này": 0, "vừa qua": -1, "qua": -1, "trước": -1}.get(
             m["r"], 1))),
        (r"(?:những )?(?:thập niên|thập kỷ|năm) (?P<a>[1-9]0)(?: ?- ?(?P<b>[1-9]0))?(?!\d)"
         r"(?: (?:của )?thế kỷ (?P<c>xix|xxi|xx|\d\d))?", _decade),
        (r"(?:những năm|(?:những )?(?:thập niên|thập kỷ)) (?P<a>(?:19|20)\d0)(?!\d)", _decade),
        (r"thế kỷ (?P<c>xix|xxi|xx|19|2[01])(?!\w)", _century),
        (rf"năm (?P<r>{REL})\b(?! \d)", lambda m: Piece(
            "year", year_rel=REL_YEAR[m["r"]], year_unknown=REL_YEAR[m["r"]] is None)),
        (rf"(?:năm )(?P<c>{CYCLE_YEAR})\b", lambda m: Piece("year", cycle=m["c"])),
        (rf"(?:năm (?:mới )?)?(?P<y>{YEAR})(?![\d%]|[.,/]\d)(?! (?:tỷ|triệu|người|hồ))",
         lambda m: Piece("year", _int(m, "y"))),
    )
)  # fmt: skip

_PART = re.compile(
    r"(?P<p>nửa đầu|nửa cuối|tuần đầu(?: tiên)?|tuần cuối(?: cùng)?|đầu|giữa|cuối)"
    r"(?: của)? (?=tháng|quý|năm|những năm|tuần|thập|thế|nhiệm|1\d|20)"
)
_DAYS_OF = re.compile(
    r"(?P<n>\d{1,2}) (?P<u>ngày|tuần)(?: lễ)? (?P<p>đầu|cuối)(?: tiên| cùng)?(?: của)? "
    r"(?=tháng|quý|năm)"
)
_BARE_PART = re.compile(
    r"(?P<p>nửa đầu|nửa cuối|đầu|giữa|cuối) (?P<u>tuần|tháng|quý|năm)(?= ?(?:$|đến|,|và))"
)
_NUMBER = re.compile(r"(?P<n>\d{1,2}|i{1,3}|iv)(?![\w%]|[.,]\d)")


def _holiday(text: str, at: int) -> tuple[Piece, int] | None:
    for pattern, day, month, lunar in _HOLIDAY:
        if match := pattern.match(text, at):
            written = re.compile(rf",? ?-? ?0?{day}[/.\-]0?{month}(?!\d)").match(text, match.end())
            end = written.end() if written and not lunar else match.end()
            return Piece("day", month=month, day=day, lunar=lunar), end
    return None


def match_piece(text: str, at: int) -> tuple[Piece, int] | None:
    """The piece that begins at ``at``, and where it ends; None when there is none.

    >>> match_piece("quý iii/2024", 0)[0].number
    3
    """
    if match := _BARE_PART.match(text, at):
        unit = {"tuần": "week", "tháng": "month", "quý": "quarter", "năm": "year"}[match["u"]]
        return _this(unit, match["p"]), match.end()
    part = None
    if match := _DAYS_OF.match(text, at):
        days = int(match["n"]) * (7 if match["u"] == "tuần" else 1)
        part, at = f"{'first' if match['p'] == 'đầu' else 'last'} {days}", match.end()
    elif (match := _PART.match(text, at)) and not _half_year(text, at):
        part, at = match["p"].removesuffix(" tiên").removesuffix(" cùng"), match.end()
    found = _holiday(text, at) if part is None else None
    if found is None:
        for pattern, build in PATTERNS:
            if (match := pattern.match(text, at)) and (piece := build(match)) is not None:
                found = piece, match.end()
                break
    if found is None:
        return None
    piece, end = read_tails(found[0], text, found[1])
    return (replace(piece, part=part) if part else piece), end


def _half_year(text: str, at: int) -> bool:
    return text.startswith("nửa", at) and re.match(r"nửa \w+(?: của)? năm", text[at:]) is not None


def _this(unit: str, part: str) -> Piece:
    """ "cuối năm", "đầu tháng", "cuối tuần": of the current one."""
    if unit == "week":
        return Piece("week", week_rel=0, part=part)
    if unit == "month":
        return Piece("month", month_rel=0, part=part)
    if unit == "quarter":
        return Piece("quarter", quarter_rel=0, part=part)
    return Piece("year", year_rel=0, part=part)


def match_number(text: str, at: int) -> tuple[int, int] | None:
    """A bare number that takes its unit from a neighbour: "ngày 7 và 8/5", "quý I, II"."""
    if match := _NUMBER.match(text, at):
        return ROMAN.get(match["n"]) or int(match["n"]), match.end()
    return None
