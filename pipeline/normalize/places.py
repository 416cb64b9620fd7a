"""Provinces, districts and communes by their official codes, and by date.

A province's name may have had two codes (Bắc Ninh: 27, since 2025-07-01 24), so lookups
take the day on which the text speaks; without one the list in force is used.
Sources: ``scripts/build_places.py``, Nghị quyết 202/2025/QH15.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.normalize.agencies_data import read_jsonl, read_tsv
from pipeline.normalize.agencies_text import Key, expand, key, lower_first, unmarked
from pipeline.schema import Place

Level = Literal["province", "district", "commune"]

#: The day from which there are 34 provinces and no districts.
TWO_TIERS = "2025-07-01"

TYPE_LEVEL: dict[str, Level] = {
    "tỉnh": "province",
    "huyện": "district",
    "quận": "district",
    "thị xã": "district",
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "đặc khu": "commune",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """An administrative unit. ``code`` is null where only its name is known.

    >>> province("Hà Nội", "2024-01-01").inline
    'thành phố Hà Nội'
    """

    type: str
    name: str
    level: Level
    code: str | None = None
    province: str | None = None
    since: str = ""
    until: str = ""
    into: str | None = None

    @property
    def full(self) -> str:
        """With its type, as a heading: ``Thành phố Hà Nội``."""
        return f"{self.type} {self.name}"

    @property
    def inline(self) -> str:
        """With its type, inside a name (Nghị định 30/2020/NĐ-CP, phụ lục II): the type is
        upper case before a number and in Thành phố Hồ Chí Minh."""
        if self.name == "Hồ Chí Minh" or self.name[:1].isdigit():
            return self.full
        return f"{lower_first(self.type)} {self.name}"

    @property
    def place(self) -> Place | None:
        """As the record has it; null without a code."""
        return Place(code=self.code, name=self.full) if self.code else None

    def on(self, day: str | None) -> bool:
        """Whether it existed on a day (exists, where there is none)."""
        return not self.until if day is None else self.since <= day < (self.until or "9999")


@cache
def _provinces() -> dict[Key, list[Unit]]:
    table: dict[Key, list[Unit]] = {}
    for row in read_jsonl("provinces.jsonl"):
        unit = Unit(
            type=row["type"],
            name=row["name"],
            level="province",
            code=row["code"],
            since=row.get("since", ""),
            until=row.get("until", ""),
            into=row.get("into"),
        )
        for alias in (row["name"], *row.get("aliases", ())):
            for words in {key(alias), key(expand(alias))}:
                table.setdefault(words, []).append(unit)
    return table


@cache
def _districts() -> dict[Key, list[Unit]]:
    table: dict[Key, list[Unit]] = {}
    for code, full, above, *_ in read_tsv("districts.tsv"):
        kind, name = split_type(full)
        unit = Unit(kind, name, "district", code, above, until=TWO_TIERS)
        table.setdefault(key(name), []).append(unit)
    return table


@cache
def _communes() -> dict[Key, list[Unit]]:
    table: dict[Key, list[Unit]] = {}
    for code, full, above in read_tsv("communes.tsv"):
        kind, name = split_type(full)
        table.setdefault(key(name), []).append(
            Unit(kind, name, "commune", code, above, since=TWO_TIERS)
        )
    return table


def split_type(full: str) -> tuple[str, str]:
    """``Thị xã Sơn Tây`` → ("Thị xã", "Sơn Tây")."""
    words = full.split(" ")
    n = 2 if " ".join(words[:2]).lower() in {*TYPE_LEVEL, "thành phố"} else 1
    return " ".join(words[:n]), " ".join(words[n:])


def province(name: str | Key, on: str | None = None) -> Unit | None:
    """The province of a name, as it was on a day.

    A name that had ended by then is still found; the name of one that did not exist yet
    gives what became it ("Huế" in 2023: Thừa Thiên Huế).

    >>> province("Bắc Ninh", "2024-05-01").code, province("Bắc Ninh", "2025-08-01").code
    ('27', '24')
    """
    rows = _provinces().get(key(name) if isinstance(name, str) else name)
    if not rows:
        return None
    for unit in rows:
        if unit.on(on):
            return unit
    ended = [unit for unit in rows if unit.until and (on is None or unit.until <= on)]
    if ended:
        return max(ended, key=lambda unit: unit.until)
    for before in (u for units in _provinces().values() for u in units):
        if before.into == rows[0].name and before.until == rows[0].since:
            return before
    return None


def province_misspelt(words: Key, on: str | None = None) -> Unit | None:
    """The one province of a name with wrong marks ("tỉnh Bỉnh Định").

    >>> province_misspelt(("bỉnh", "định")).name
    'Bình Định'
    """
    keys = _unmarked().get(unmarked(words), ()) if len(words) > 1 else ()
    return province(keys[0], on) if len(keys) == 1 else None


@cache
def _unmarked() -> dict[Key, list[Key]]:
    table: dict[Key, list[Key]] = {}
    for words in _provinces():
        table.setdefault(unmarked(words), []).append(words)
    return table


def province_by_code(code: str, on: str | None = None) -> Unit | None:
    """The province with a code on a day.

    >>> province_by_code("24", "2024-05-01").name
    'Bắc Giang'
    """
    found = _by_code().get(code, ())
    return next((unit for unit in found if unit.on(on)), None)


@cache
def _by_code() -> dict[str, list[Unit]]:
    table: dict[str, list[Unit]] = {}
    for units in _provinces().values():
        for unit in units:
            if unit not in table.setdefault(unit.code or "", []):
                table[unit.code or ""].append(unit)
    return table


def district(name: str | Key, kind: str | None = None, within: Unit | None = None) -> list[Unit]:
    """The districts of a name (until 2025-07-01), of a type and province where given.

    A province of today has those of all the provinces that became it.
    One of another type is only given when none has the right one: districts were raised
    to towns and cities over the years.

    >>> [unit.code for unit in district("Thủ Đức", "thành phố")]
    ['769']
    >>> len(district("Châu Thành", "huyện")) > 1
    True
    """
    rows = _districts().get(key(name) if isinstance(name, str) else name, [])
    if within is not None:
        rows = [unit for unit in rows if unit.province in _before(within)]
    if kind:
        rows = [unit for unit in rows if unit.type.lower() == kind.lower()] or rows
    return rows


@cache
def _before(unit: Unit) -> frozenset[str | None]:
    """Codes of the provinces that a province was made of; its own where it has kept it."""
    parts = {
        u.code
        for units in _provinces().values()
        for u in units
        if u.into == unit.name and (not unit.until or u.until < unit.until)
    }
    return frozenset(parts | (set() if unit.since and parts else {unit.code}))


def commune(name: str | Key, kind: str | None = None, within: Unit | None = None) -> list[Unit]:
    """The communes of a name since 2025-07-01, of a type and province where given.

    >>> [unit.code for unit in commune("Ngọc Hà", "phường", province("Hà Nội"))]
    ['00008']
    """
    rows = _communes().get(key(name) if isinstance(name, str) else name, [])
    if within is not None:
        rows = [unit for unit in rows if unit.province == within.code]
    if kind:
        rows = [unit for unit in rows if unit.type.lower() == kind.lower()]
    return rows


def above(unit: Unit, on: str | None = None) -> Unit | None:
    """The province that a district or commune lies in."""
    if unit.level == "province" or unit.province is None:
        return None
    day = "2024-01-01" if unit.level == "district" and (on is None or on >= TWO_TIERS) else on
    return province_by_code(unit.province, day)


@cache
def province_names() -> tuple[str, ...]:
    """Names of provinces as texts write them without a type, spellings included."""
    names = {row["name"] for row in read_jsonl("provinces.jsonl")}
    aliases = {a for row in read_jsonl("provinces.jsonl") for a in row.get("aliases", ())}
    cities = {"TPHCM", "TP.HCM", "TP HCM", "Bà Rịa-Vũng Tàu", "Thừa Thiên - Huế"}
    return tuple(sorted(names | {a for a in aliases if len(a) > 3} | cities))
