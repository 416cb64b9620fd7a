"""Targets: a quantified goal read as measure, comparator, quantity, unit and direction.

What is kept of the Vietnamese wording:

- ``quantity`` is read with its scale ("1,2 triệu lao động" = 1200000 lao động), except
  before money, whose scale belongs to the unit ("347.000 tỷ đồng").
- ``direction`` tells what the quantity is: "increase" / "decrease" the change itself
  ("giảm 10%"), "reach" the level to be arrived at ("đạt 92%", "giảm xuống còn 6 chuyến").
- ``baseline`` is what the text compares with: after "so với", the old level after "từ"
  ("từ 56% lên 70%"), the whole of "54/132 tuyến" (132), what "1,5 lần" multiplies.

Shares are plain fractions without a unit: "một nửa" = 0.5, "hai phần ba" = 0.667.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.normalize.numbers import Number, find_numbers
from pipeline.normalize.targets_measure import measured
from pipeline.normalize.targets_words import (
    AGAINST,
    ASIDE,
    COMPARATOR,
    COMPARING,
    LINK,
    SIGNS,
    VERB,
    Comparator,
)
from pipeline.normalize.units import read_unit
from pipeline.schema import TargetValue

Direction = Literal["increase", "decrease", "reach"]

# "50% trở lên", "50% số xã trở lên"; not the age in "100% dân số từ 12 tuổi trở lên".
_OR_MORE = re.compile(
    r"(?i)^(?:(?!từ )[^.;,\d]){0,25}?(?<![^\W_])(trở lên|hoặc hơn|trở xuống)(?![^\W_])"
)

# "6,5-7%", "từ 8% đến 10%", "70 đến 75%", "5 – 6 cơ sở"
_TO = re.compile(r"(?i)^[ ]{0,2}(%?)[ ]{0,2}(?:[-–—÷]|đến|tới)[ ]{0,2}(?:khoảng )?$")
# "từ 540 giờ … xuống còn 168 giờ", "từ 56% năm 2017 lên 70%", "từ 100% về 49%"
_FROM_TO = re.compile(
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


# A tagged goal is rarely over 300 characters; what is longer says it at its beginning.
MAX_TARGET = 600
MAX_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class _Quantity:
    """The number that states the goal, with the second one of a range."""

    low: Number
    high: Number | None

    @property
    def start(self) -> int:
        return self.low.start

    @property
    def end(self) -> int:
        return (self.high or self.low).end


def parse_target(text: str) -> TargetValue | None:
    """Read one goal; None where it holds no quantity.

    >>> value = parse_target("ít nhất 20% thủ tục hành chính nội bộ")
    >>> value.comparator, value.quantity, value.unit, value.measure
    ('>=', 20.0, '%', 'thủ tục hành chính nội bộ')
    """
    text = " ".join(text.split())[:MAX_TARGET]
    quantity = _choose(text)
    if quantity is None:
        return None
    before = text[: quantity.start]
    number = quantity.high or quantity.low
    aside = ASIDE.match(text, quantity.end)
    unit, kind, end = read_unit(text, aside.end() if aside else quantity.end)
    value, top = _values(quantity, money=kind == "money")
    if kind == "money" and number.scale and number.kind != "words":
        unit = f"{number.scale} {unit}".replace("tỉ", "tỷ").replace("ngàn", "nghìn")
    if number.kind == "times":
        unit, kind, end = "lần", "share", quantity.end
    whole = None
    if slash := re.match(r"/(\d{1,6}(?:\.\d{3})?)(?= ?[^\W\d_])", text[quantity.end :]):
        # "63/63 tỉnh": reach the first number, of a whole that is the second
        whole = slash[1]
        unit, kind, end = read_unit(text, quantity.end + slash.end())
    is_times = number.kind == "times"
    comparator = _comparator(before, text[end:], is_range=top is not None)
    baseline, before = _baseline(before, text[end:], None if is_times else unit)
    measure, own = measured(before, text, quantity.end, kind, end)
    if unit == "lần" and not own and baseline == measure:
        baseline = None  # "gấp 1,5 lần năng suất": of itself
    changed = _FROM_TO.search(text[: quantity.start])
    return TargetValue(
        measure=measure,
        comparator=comparator,
        quantity=value,
        quantity_max=top,
        unit=unit,
        direction="increase" if is_times else "reach" if changed else _direction(before),
        baseline=baseline or whole,
    )


def target_values(article: Article) -> tuple[dict[int, TargetValue | None], list[Note]]:
    """Values of all TARGET spans of an article, and what could not be read.

    >>> from pipeline.article import Span
    >>> target_values(Article("giảm 10%", (Span(Label.TARGET, 0, 8),), ((0, 8),)))[0][0].quantity
    10.0
    """
    values: dict[int, TargetValue | None] = {}
    notes: list[Note] = []
    for i in article.of(Label.TARGET):
        surface = article.surface(i)
        value = values[i] = parse_target(surface)
        if value is None:
            notes.append(Note("target-without-quantity", f"no quantity in {surface!r}", i))
        elif _SERIES.search(surface) or _SECOND.search(surface):
            notes.append(Note("target-several-quantities", f"the first is read: {surface!r}", i))
        elif value.unit is None and not _is_share(surface):
            notes.append(Note("target-without-unit", f"no unit after the number in {surface!r}", i))
    return values, notes


# "lần lượt đạt 60%; 90% và 15%": one mention, several values.
_SERIES = re.compile(r"\d ?%?(?:;| và|,) (?:khoảng |trên )?\d[\d.,]{0,8} ?%")
# "lập 20 trạm lưu động và 45 tổ chăm sóc", "80% thôn và 90% tổ dân phố"; not "mức độ 3 và 4
# trên", "2 năm và 6 tháng"
_SECOND = re.compile(
    r"\d[\d.,]{0,8}(?: ?%)? [^\d;.,]{2,80}(?:[^\W\d_]| \d)(?: và|,) (?:khoảng |trên |ít nhất )?"
    r"(?:\d[\d.,]{0,8} ?%|\d[\d.]{1,8}) (?!năm|tháng|ngày|quý|giờ)[^\W\d_]"
)


def _is_share(text: str) -> bool:
    return any(n.kind == "fraction" for n in find_numbers(text))


def _choose(text: str) -> _Quantity | None:
    """The number the goal is about: by what stands around it, the first of equals."""
    numbers = list(find_numbers(text))[:MAX_NUMBERS]
    best: tuple[float, _Quantity] | None = None
    i = 0
    while i < len(numbers):
        low = numbers[i]
        high = None
        if i + 1 < len(numbers):
            following = numbers[i + 1]
            if _range(text, low, following) and not _FROM_TO.search(text[: following.start]):
                high = following
        score = _score(text, low, high)
        if score > 0 and (best is None or score > best[0]):
            best = (score, _Quantity(low, high))
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
    if _FROM_TO.search(before):
        score += 3
    return score


def _values(quantity: _Quantity, *, money: bool) -> tuple[float, float | None]:
    """Both ends, the scale word of the second shared by the first ("1,1-1,2 triệu")."""
    low, high = quantity.low, quantity.high
    if high is None:
        return (low.plain if money else low.value), None
    if money:  # in the scale of the second: "500 triệu - 1 tỷ đồng" is 0.5 to 1
        scale = high.value / high.plain if high.scale and high.plain else 1.0
        return round(low.value / scale, 6) if low.scale else low.plain, high.plain
    factor = high.value / high.plain if high.scale and not low.scale and high.plain else 1.0
    return round(low.value * factor, 6), high.value


def _comparator(before: str, after: str, *, is_range: bool) -> Comparator:
    if match := _OR_MORE.match(after):
        return "<=" if match[1].lower() == "trở xuống" else ">="
    if is_range:
        return "range"
    if match := COMPARING.search(before[-60:]):
        return COMPARATOR[match[1].lower()]
    if re.search(r"(?i)(?<![^\W_])từ $", before):
        return ">="
    return "="


def _baseline(before: str, after: str, unit: str | None) -> tuple[str | None, str]:
    """What the goal is compared with, and ``before`` without it."""
    if match := AGAINST.search(after):
        return match[1].strip(" ,."), before
    if match := _FROM_TO.search(before):
        return match["old"].strip(" ,"), before[: match.start()] + match["hedge"]
    if match := AGAINST.search(before):
        said, aside, rest = _cut(match[1])
        head = before[: match.start()]
        return said.strip(" ,"), (head if head.strip() else aside) + rest
    if unit == "lần" and re.match(r"^ (?!mỗi|một|trở|trong)[^\W\d_]", after):
        return after.strip(" ,."), before
    return None, before


def _cut(against: str) -> tuple[str, str, str]:
    """What is compared with, what stands behind its comma, and from the verb on.

    >>> _cut("năm trước, số vụ cháy giảm ít nhất ")
    ('năm trước', ', số vụ cháy ', 'giảm ít nhất ')
    """
    verbs = (m.start() for m in VERB.finditer(against) if LINK.fullmatch(against, m.end()))
    signs = (m.start() for m in COMPARING.finditer(against))
    at = min((*verbs, *signs), default=len(against))
    end = comma.start() if (comma := re.search(r", (?=[^\W\d])", against[:at])) else at
    said = against[:end].rstrip(" ")
    while said.rpartition(" ")[2] in _BEFORE_VERB:
        said = said.rpartition(" ")[0]
    return said, against[end:at], against[at:]


_BEFORE_VERB = frozenset("vẫn đã sẽ phải cần cũng đều".split())


def _direction(before: str) -> Direction | None:
    """By the verb right before the quantity, else the one that opens the target."""
    if _GAP.search(before):
        return "increase"
    head: re.Match[str] | None = None
    for match in VERB.finditer(before):
        if (
            COMPARING.search(before[max(0, match.end() - 60) : match.end()] + " ")
            and match.lastgroup == "up"
        ):
            continue  # "vượt" in "không vượt quá", "vượt 90%"
        if LINK.fullmatch(before, match.end()):
            return _MEANS[match.lastgroup or ""]
        if not before[: match.start()].strip():
            head = match
    return _MEANS[head.lastgroup or ""] if head else None


# "gấp", "gấp trên", "gấp ít nhất": a multiple is an increase
_GAP = re.compile(r"(?i)(?<![^\W_])gấp(?: (?:" + SIGNS + r"))? ?$")
_MEANS: dict[str, Direction] = {"level": "reach", "down": "decrease", "up": "increase"}
