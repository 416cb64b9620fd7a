"""Which number of a target states the goal, alone or as a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.normalize.numbers import Number, find_numbers
from pipeline.normalize.targets_words import COMPARING, DOWN, LEVEL, SIGNS, UP
from pipeline.normalize.units import read_unit

MAX_NUMBERS = 20

# "6,5-7%", "từ 8% đến 10%", "70 đến 75%", "5 – 6 cơ sở"
_TO = re.compile(r"(?i)^[ ]{0,2}(%?)[ ]{0,2}(?:[-–—÷]|đến|tới)[ ]{0,2}(?:khoảng )?$")
# "từ 540 giờ … xuống còn 168 giờ", "từ 56% năm 2017 lên 70%", "từ 100% về 49%"
FROM_TO = re.compile(
    r"(?i)(?<![^\W_])từ (?P<old>[^;]{1,60}?),? ?"
    r"(?:tăng lên|lên đến|lên tới|lên mức|lên|xuống còn|xuống|giảm còn|giảm về|còn|về|thành)"
    r" (?P<hedge>[^\d;]{0,30})$"
)

# A number after these counts nothing of the goal: "mũi 1", "mức độ 4", "năm 2025", "ASEAN 4".
_ORDINAL = re.compile(
    r"(?i)(?:mũi|mức độ|thứ|(?<!lâu )năm|tháng|quý|cấp độ|cấp|lớp|hạng|nhóm|điều|khoản"
    r"|(?<!tổng )(?<!lượng )số|giai đoạn|khóa|khoá"
    r"|ngày|thế hệ|loại|airbus|boeing|asean|covid-|top|nhiệm kỳ|phiên|lần thứ|zone|đề án|vùng"
    r"|iso|euro|tier|quốc lộ|tuyến số|QL|từ đủ)[ ]?$"
)
_GROWTH = re.compile(r"(?i)(?:tăng trưởng|kế hoạch|mục tiêu|chỉ tiêu)(?: kinh tế| GDP| GRDP)? $")
_AGE = re.compile(r"^[ ]?(?:tuổi|tháng tuổi|chỗ)|^[ ]?(?:đến|-|–) (?:dưới )?\d{1,2} tuổi")
# A sign, where a number is awaited: "đạt -2%"; not "Covid -19", nor the dash of "5 năm -7 năm".
_MINUS = re.compile(
    rf"(?i)(?<![^\W_])(?:{LEVEL}|{DOWN}|{UP}|{SIGNS}|trưởng|từ|đến|tới|là|mức|nhiệt độ) [-−–]$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """The number that states the goal, with the second one of a range."""

    low: Number
    high: Number | None

    @property
    def start(self) -> int:
        return self.low.start

    @property
    def end(self) -> int:
        return (self.high or self.low).end


def choose(text: str) -> Quantity | None:
    """The number the goal is about: by what stands around it, the first of equals."""
    numbers = list(islice(_signed(text), MAX_NUMBERS))
    best: tuple[float, Quantity] | None = None
    i = 0
    while i < len(numbers):
        low = numbers[i]
        high = None
        if i + 1 < len(numbers):
            following = numbers[i + 1]
            if _range(text, low, following) and not FROM_TO.search(text[: following.start]):
                high = following
        score = _score(text, low, high)
        if score > 0 and (best is None or score > best[0]):
            best = (score, Quantity(low, high))
        i += 2 if high else 1
    return best[1] if best else None


def _range(text: str, low: Number, high: Number) -> bool:
    """Whether two numbers are the ends of a range, with their unit once or with each."""
    if _TO.match(text[low.end : high.start]):
        return True
    unit, _, end = read_unit(text, low.end)
    if unit is None or not _TO.match(text[end : high.start]):
        return False
    return read_unit(text, high.end)[0] == unit


def _score(text: str, low: Number, high: Number | None) -> float:
    before, after = text[: low.start], text[(high or low).end :]
    near = before[-60:]
    score = 1.0
    if _ORDINAL.search(near) and not after.lstrip().startswith("%"):
        score -= 6
    if before.endswith(", chiếm "):  # "46.700 ha đất lúa, chiếm 50% diện tích": said beside it
        score -= 4
    if _GROWTH.search(near) and re.match(r" (?:năm|tháng|quý)(?![^\W_])", after):
        score -= 6  # "mục tiêu tăng trưởng 5 năm": the length of the plan
    if _AGE.match(after) or before.endswith("/"):
        score -= 6
    if before.count("(") > before.count(")"):
        score -= 8
    if low.kind == "words":
        score -= 1.5 if low.value == 1 else 0.5
    if re.match(r"[ ]?(?:%|phần trăm|điểm phần trăm)", after):
        score += 4
    elif read_unit(text, (high or low).end)[1] != "":
        score += 1
    if COMPARING.search(near):
        score += 2
    if re.search(r"(?i)(?<![^\W_])(?:đạt|lên|xuống|còn|là|mức|lệ|giảm|tăng|có|thêm)[ ]?$", near):
        score += 2
    if FROM_TO.search(before):
        score += 3
    return score


def values(quantity: Quantity, *, money: bool) -> tuple[float, float | None]:
    """Both ends, the scale word of the second shared by the first ("1,1-1,2 triệu")."""
    low, high = quantity.low, quantity.high
    if high is None:
        return (low.plain if money else low.value), None
    if money:  # in the scale of the second: "500 triệu - 1 tỷ đồng" is 0.5 to 1
        scale = high.value / high.plain if high.scale and high.plain else 1.0
        return round(low.value / scale, 6) if low.scale else low.plain, high.plain
    factor = high.value / high.plain if high.scale and not low.scale and high.plain else 1.0
    return round(low.value * factor, 6), high.value


def _signed(text: str) -> Iterator[Number]:
    """The numbers of a target, with the sign of those below zero.

    >>> [n.value for n in _signed("từ -5 đến -2%")]
    [-5.0, -2.0]
    """
    last: Number | None = None
    for number in find_numbers(text):
        is_end = last is not None and _range(text, last, number)
        if not is_end and _MINUS.search(text[max(0, number.start - 30) : number.start]):
            number = replace(
                number, value=-number.value, plain=-number.plain, start=number.start - 1
            )
        yield number
        last = number
