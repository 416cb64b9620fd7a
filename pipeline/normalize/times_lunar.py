"""The lunar calendar of Việt Nam (UTC+7), names of sexagenary years, holidays.

Conversion is done by ``lunar-vn`` (Hồ Ngọc Đức's algorithm for the meridian of 105° E,
Quyết định 121/CP of 1967), imported on first use. Chinese-calendar libraries differ:
Tết 2007 was 17 February in Hà Nội and 18 February in Beijing.
"""

from __future__ import annotations

from datetime import date, timedelta

_STEMS = ("giáp", "ất", "bính", "đinh", "mậu", "kỷ", "canh", "tân", "nhâm", "quý")
_BRANCHES = (
    "tý", "sửu", "dần", "mão", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi",
)  # fmt: skip
_SPELLINGS = {"tí": "tý", "tị": "tỵ", "kỉ": "kỷ", "mẹo": "mão"}
CYCLE_YEAR = rf"(?:{'|'.join((*_STEMS, 'kỉ'))}) (?:{'|'.join((*_BRANCHES, 'tí', 'tị', 'mẹo'))})"

# name (a regular expression on plain text) → day, month, lunar?
HOLIDAYS: tuple[tuple[str, int, int, bool], ...] = (
    # Bộ luật Lao động 2019, điều 112: holidays with pay
    (r"tết dương(?: lịch)?", 1, 1, False),
    (r"tết (?:nguyên đán|âm lịch|cổ truyền|ta)", 1, 1, True),
    (r"(?:ngày )?giỗ tổ(?: vua)?(?: hùng vương)?|quốc giỗ", 10, 3, True),
    (r"(?:ngày |lễ ){0,3}(?:giải phóng|thống nhất|chiến thắng)(?: hoàn toàn)?"
     r"(?: miền nam| đất nước)(?:,? thống nhất đất nước)?", 30, 4, False),
    (r"(?:ngày |lễ ){0,3}quốc tế lao động", 1, 5, False),
    (r"(?:ngày |lễ |tết ){0,3}(?:quốc khánh|tết độc lập)", 2, 9, False),
    # other days that official texts name
    (r"(?:ngày )?thành lập đảng(?: cộng sản việt nam)?", 3, 2, False),
    (r"(?:ngày )?quốc tế phụ nữ", 8, 3, False),
    (r"(?:ngày )?thương binh,? ?-? ?liệt s[ĩỹ]", 27, 7, False),
    (r"cách mạng tháng tám", 19, 8, False),
    (r"(?:ngày )?nhà giáo việt nam", 20, 11, False),
    (r"ngày pháp luật(?: việt nam)?", 9, 11, False),
    (r"(?:lễ )?(?:giáng sinh|noel)", 25, 12, False),
    (r"tết nguyên tiêu", 15, 1, True),
    (r"(?:đại )?lễ phật đản|phật đản", 15, 4, True),
    (r"tết đoan ngọ", 5, 5, True),
    (r"lễ vu lan|vu lan", 15, 7, True),
    (r"tết trung thu|trung thu", 15, 8, True),
    (r"tết", 1, 1, True),  # any other is the new year's
)  # fmt: skip


class ImpossibleDate(ValueError):
    """A day that its calendar does not have: 31/02, 30 tháng Chạp of a short month."""


def cycle_year(name: str, near: int) -> int:
    """The year with a sexagenary name nearest to ``near`` (the cycle is sixty years).

    >>> cycle_year("đinh dậu", near=2020)
    2017

    Raises:
        ImpossibleDate: the stem and branch never meet ("giáp sửu").
    """
    stem, branch = name.split()
    i = _STEMS.index(_SPELLINGS.get(stem, stem))
    j = _BRANCHES.index(_SPELLINGS.get(branch, branch))
    if i % 2 != j % 2:
        raise ImpossibleDate(name)
    place = next(k for k in range(60) if k % 10 == i and k % 12 == j)
    first = 1984 + place  # 1984 was Giáp Tý
    return min((first + 60 * k for k in range(-4, 3)), key=lambda year: abs(year - near))


def solar(day: int, month: int, year: int) -> date:
    """The Gregorian day of a lunar one; ``day`` 0 is the last of the month.

    >>> solar(1, 1, 2007)
    datetime.date(2007, 2, 17)
    >>> solar(10, 3, 2024)
    datetime.date(2024, 4, 18)

    Raises:
        ImpossibleDate: the lunar month has no such day, or the year is beyond 1900-2100.
    """
    from lunar_vn import convert_lunar_to_solar, convert_solar_to_lunar

    try:
        if day == 0:
            thirtieth = convert_lunar_to_solar(30, month, year)
            there = convert_solar_to_lunar(thirtieth.day, thirtieth.month, thirtieth.year)
            return thirtieth if there.day == 30 else thirtieth - timedelta(days=1)
        found = convert_lunar_to_solar(day, month, year)
        back = convert_solar_to_lunar(found.day, found.month, found.year)
    except ValueError as error:
        raise ImpossibleDate(f"{day}/{month}/{year} (lunar)") from error
    if back.day != day:  # the library counts on into the next month
        raise ImpossibleDate(f"{day}/{month}/{year} (lunar)")
    return found
