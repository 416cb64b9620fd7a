"""The place inside an agency's name: where its words stand and which unit they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.normalize.agencies_text import UPPER, Token, tokenise
from pipeline.normalize.places import (
    TYPE_LEVEL,
    Level,
    Unit,
    commune,
    district,
    province,
    province_misspelt,
)

# "xã" is no type in "xã hội", "hợp tác xã", "Thông tấn xã"; nor is "tỉnh" in "Tỉnh ủy".
_TYPE = re.compile(
    r"""(?ix)(?<!\w)
    (thành[ ]phố | thị[ ]xã | thị[ ]trấn | đặc[ ]khu | tỉnh | huyện | quận | phường
     | (?<!tác[ ])(?<!tấn[ ])(?<!thị[ ])xã)
    (?!\w) (?![ ](?:hội|ủy|đoàn|đội)(?!\w))"""
)
_NUMBER = re.compile(r" (\d{1,2})(?!\w)")
# A proper name the tables do not have: a run of capitalised words.
_PROPER = re.compile(rf" ((?:[{UPPER}]\w{{0,8}})(?:(?: - | |-)[{UPPER}]\w{{0,8}}){{0,4}})")
# "Chủ tịch UBND TP Lê Văn Minh": a family name and two more words, no city of any table.
_PERSON = re.compile(
    r"(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý)(?: \w{1,8}){2,3}$"
)
_LONGEST = 6  # words of the longest place name ("Bà Rịa Vũng Tàu", "Văn Miếu Quốc Tử Giám")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A place in a name: its type word (lower case), its name and its unit where known.

    ``name`` is empty for a level word alone ("UBND tỉnh"); ``type`` for a bare name.
    """

    start: int
    end: int
    type: str
    name: str = ""
    unit: Unit | None = None
    outer: Unit | None = None  # of a commune: the district that follows it

    @property
    def level(self) -> Level | None:
        """Level by the unit, else by the type; a city without a unit has none."""
        return self.unit.level if self.unit else TYPE_LEVEL.get(self.type)


def typed_places(
    text: str, on: str | None, within: Unit | None = None, start: int = 0
) -> list[PlaceWords]:
    """Places with a type word from ``start`` on, in text order.

    >>> [(p.type, p.name) for p in typed_places("huyện Can Lộc, tỉnh Hà Tĩnh", None)]
    [('huyện', 'Can Lộc'), ('tỉnh', 'Hà Tĩnh')]
    """
    found: list[PlaceWords] = []
    for match in _TYPE.finditer(text, start):
        kind = match[1].lower()
        if found and match.start() < found[-1].end:
            continue
        found.append(_named(text, kind, match.start(), match.end(), on, within))
    outer = [p.unit for p in found if p.unit and p.level == "province"]
    if outer and within is None:  # the outer place decides which "huyện Châu Thành" it is
        return typed_places(text, on, outer[-1], start)
    return found


def _named(
    text: str, kind: str, start: int, end: int, on: str | None, within: Unit | None
) -> PlaceWords:
    number = _NUMBER.match(text, end)
    if number and kind in ("quận", "phường"):
        unit = lookup(kind, (number[1].lstrip("0") or "0",), on, within)
        return PlaceWords(start, number.end(), kind, number[1].lstrip("0"), unit)
    if not text.startswith(" ", end):
        return PlaceWords(start, end, kind)
    proper = _PROPER.match(text, end)
    tokens = tokenise(text[end : end + 60])[:_LONGEST]
    for n in range(len(tokens), 0, -1):
        words = tuple(token.key for token in tokens[:n])
        unit = lookup(kind, words, on, within)
        close = end + tokens[n - 1].end
        if unit and (proper is None or n > 1 or proper.end() <= close):
            return PlaceWords(start, close, kind, unit.name, unit)
    if proper is None:
        return PlaceWords(start, end, kind)
    if kind in ("tỉnh", "thành phố") and _PERSON.match(proper[1]):
        return PlaceWords(start, proper.end(), kind)
    return PlaceWords(start, proper.end(), kind, proper[1])


def lookup(kind: str, words: tuple[str, ...], on: str | None, within: Unit | None) -> Unit | None:
    """The one unit of a type and name; null where there is none or more than one.

    "thành phố X" is a province where one of that name is a city on the day, else the
    district: Thái Bình is a province and a city in it.
    """
    if kind == "tỉnh":
        unit = province(words, on)
        if unit and on is None and unit.type == "Thành phố" and unit.since:
            # "tỉnh Đồng Nai" without a day: the text is of before it became a city
            before = province(words, str(date.fromisoformat(unit.since) - timedelta(days=1)))
            unit = before if before and before.type == "Tỉnh" else unit
        return unit or province_misspelt(words, on)
    if kind == "thành phố":
        unit = province(words, on)
        if unit and unit.type == "Thành phố":
            return unit
    if TYPE_LEVEL.get(kind, "district") == "commune":
        rows = commune(words, kind, within) if on and on >= "2025-07-01" else []
    else:
        rows = district(words, kind, within)
        if len(rows) != 1 and within is None:
            return None
    if len(rows) != 1:
        return None
    unit = rows[0]  # a district raised to a town or city since the list was made
    return unit if unit.type.lower() == kind else replace(unit, type=kind.capitalize())


def bare_province(text: str, tokens: Sequence[Token], on: str | None) -> PlaceWords | None:
    """A province's name that ends the text ("Sở Y tế Hà Nội")."""
    for n in range(min(5, len(tokens) - 1), 0, -1):
        unit = province(tuple(token.key for token in tokens[-n:]), on)
        if unit and text[tokens[-n].start].isupper() | (n > 1):
            return PlaceWords(tokens[-n].start, tokens[-1].end, "", unit.name, unit)
    return None


def bare_district(text: str, tokens: Sequence[Token], within: Unit | None) -> PlaceWords | None:
    """A district's name that ends the text and names one district ("UBND Thanh Trì")."""
    for n in range(min(4, len(tokens) - 1), 0, -1):
        rows = district(tuple(token.key for token in tokens[-n:]), None, within)
        if len(rows) == 1 and text[tokens[-n].start].isupper():
            return PlaceWords(tokens[-n].start, tokens[-1].end, "", rows[0].name, rows[0])
    return None
