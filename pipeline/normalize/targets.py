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
from typing import Literal

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.normalize.numbers import find_numbers
from pipeline.normalize.targets_choose import FROM_TO, choose, values
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

_OF_NONE = re.compile(r"/0+(?![.,]?\d)")  # "1/0 hồ sơ": a share of nothing
# A tagged goal is rarely over 300 characters; what is longer says it at its beginning.
MAX_TARGET = 600


def parse_target(text: str) -> TargetValue | None:
    """Read one goal; None where it holds no quantity.

    >>> value = parse_target("ít nhất 20% thủ tục hành chính nội bộ")
    >>> value.comparator, value.quantity, value.unit, value.measure
    ('>=', 20.0, '%', 'thủ tục hành chính nội bộ')
    """
    return _read(text)[0]


def _read(text: str) -> tuple[TargetValue | None, bool]:
    """The value, and whether its range stands upside down.

    No value can be told of "giảm -5%" (up or down?), "1/0 hồ sơ", "giảm từ 90 đến 80%" (by
    them, or from the one to the other?); "đạt từ 90 đến 80%" is put in order.
    """
    text = " ".join(text.split())[:MAX_TARGET]
    quantity = choose(text)
    if quantity is None or _OF_NONE.match(text, quantity.end):
        return None, False
    before = text[: quantity.start]
    number = quantity.high or quantity.low
    aside = ASIDE.match(text, quantity.end)
    unit, kind, end = read_unit(text, aside.end() if aside else quantity.end)
    value, top = values(quantity, money=kind == "money")
    upside_down = top is not None and top < value
    if top is not None and upside_down:
        value, top = top, value
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
    changed = FROM_TO.search(text[: quantity.start])
    direction: Direction | None = (
        "increase" if is_times else "reach" if changed else _direction(before)
    )
    if direction == "decrease" and (upside_down or value < 0):
        return None, upside_down
    read = TargetValue(
        measure=measure,
        comparator=comparator,
        quantity=value,
        quantity_max=top,
        unit=unit,
        direction=direction,
        baseline=baseline or whole,
    )
    return read, upside_down


def target_values(article: Article) -> tuple[dict[int, TargetValue | None], list[Note]]:
    """Values of all TARGET spans of an article, and what could not be read.

    >>> from pipeline.article import Span
    >>> target_values(Article("giảm 10%", (Span(Label.TARGET, 0, 8),), ((0, 8),)))[0][0].quantity
    10.0
    """
    found: dict[int, TargetValue | None] = {}
    notes: list[Note] = []
    for i in article.of(Label.TARGET):
        surface = article.surface(i)
        value, upside_down = _read(surface)
        found[i] = value
        if upside_down:
            notes.append(Note("reversed_range", f"the range falls in {surface!r}", i))
        elif value is None:
            notes.append(Note("target-without-quantity", f"no quantity in {surface!r}", i))
        elif _SERIES.search(surface) or _SECOND.search(surface):
            notes.append(Note("target-several-quantities", f"the first is read: {surface!r}", i))
        elif value.unit is None and not _is_share(surface):
            notes.append(Note("target-without-unit", f"no unit after the number in {surface!r}", i))
    return found, notes


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
    if match := FROM_TO.search(before):
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
