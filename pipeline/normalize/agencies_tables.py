"""The tables about agencies in ``pipeline/data``, read on first use and kept.

- ``agencies.jsonl``: named bodies with their kind, level, parent, period and successor;
- ``agency_heads.jsonl``: what a name's first words say about the body;
- ``agency_fields.jsonl``: the fields of ministries and departments, and which one took
  another's place (Nghị quyết 176/2025/QH15, Nghị định 45/2025/NĐ-CP, Nghị quyết 01/2007/QH12).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.normalize.agencies_data import read_jsonl
from pipeline.normalize.agencies_text import Key, expand, key, unmarked


@dataclass(frozen=True, slots=True)
class Body:
    """A named body. Dates are ISO; ``until`` is the first day without it."""

    name: str
    kind: str
    level: str | None = None
    parent: str | None = None
    parent_later: tuple[str, str] | None = None
    since: str = ""
    until: str = ""
    into: str | None = None

    def parent_on(self, on: str | None) -> str | None:
        """The body above it at a date (of today where there is none)."""
        if self.parent_later and (on is None or on >= self.parent_later[0]):
            return self.parent_later[1]
        return self.parent


@dataclass(frozen=True, slots=True)
class Head:
    """What the first words of a name say.

    ``local``: "province" for a body that every province has, "word" for one that is local
    only with a word for its level ("Công an tỉnh"), a type ("tỉnh") where the head itself
    says it ("Tỉnh ủy"). ``typed``: a bare place name gets its type ("Sở Y tế Hà Nội" →
    Sở Y tế thành phố Hà Nội).
    """

    head: str
    kind: str
    level: str | None = None
    local: str | None = None
    local_until: str = ""
    typed: bool = False
    fields: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of government; from ``until`` on ``into`` has it."""

    name: str
    until: str = ""
    into: str | None = None


@cache
def bodies() -> dict[Key, list[Body]]:
    """Key of a name or alias → the bodies that bear it."""
    table: dict[Key, list[Body]] = {}
    for row in read_jsonl("agencies.jsonl"):
        later = row.get("parent_since")
        body = Body(
            name=row["name"],
            kind=row["kind"],
            level=row.get("level"),
            parent=row.get("parent"),
            parent_later=(later["date"], later["parent"]) if later else None,
            since=row.get("since", ""),
            until=row.get("until", ""),
            into=row.get("into"),
        )
        for alias in (row["name"], *row.get("aliases", ())):
            for words in {key(alias), key(expand(alias))}:
                table.setdefault(words, []).append(body)
    return table


@cache
def heads() -> dict[Key, Head]:
    """Key of a head or alias → what it says."""
    table: dict[Key, Head] = {}
    for row in read_jsonl("agency_heads.jsonl"):
        aliases = row.pop("aliases", ())
        head = Head(**row)
        for alias in (head.head, *aliases):
            table[key(expand(alias))] = head
    return table


@cache
def fields() -> dict[Key, Field]:
    """Key of a field or its short name → the field."""
    table: dict[Key, Field] = {}
    for row in read_jsonl("agency_fields.jsonl"):
        field = Field(row["field"], row.get("until", ""), row.get("into"))
        for alias in (row["field"], *row.get("aliases", ())):
            table.setdefault(key(alias), field)
    return table


@cache
def bodies_unmarked() -> dict[Key, list[Body]]:
    """Bodies by their names without diacritics, where only one has it."""
    return {unmarked(words): rows for words, rows in bodies().items() if len(words) > 1}


@cache
def fields_unmarked() -> dict[Key, Field]:
    """Fields by their names without diacritics."""
    return {unmarked(words): field for words, field in fields().items() if len(words) > 1}


@cache
def heads_unmarked() -> dict[Key, Head]:
    """Heads of two words and more by their names without diacritics."""
    return {unmarked(words): head for words, head in heads().items() if len(words) > 1}


@cache
def heads_misspelt() -> dict[str, Head]:
    """First words with a wrong mark that scans and typing give."""
    slips = {"Bộ": ("bô", "bọ"), "Viện": ("viên",), "Ủy ban": ("ủyban",), "Sở": ("sớ",)}
    return {slip: heads()[key(head)] for head, words in slips.items() for slip in words}
