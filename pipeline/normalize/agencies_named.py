"""A body by its head, its field, its place: what one name without an owner says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.normalize.agencies_context import AgencyContext
from pipeline.normalize.agencies_lookup import find_body, find_field
from pipeline.normalize.agencies_places import (
    PlaceWords,
    bare_district,
    bare_province,
    lookup,
    typed_places,
)
from pipeline.normalize.agencies_relatives import (
    later_field,
    parent_of,
    renamed,
    successor_parts,
)
from pipeline.normalize.agencies_tables import Body, Field, Head, fields
from pipeline.normalize.agencies_text import Token, key, tokenise, upper_first
from pipeline.normalize.places import TYPE_LEVEL, Unit
from pipeline.schema import AgencyValue, Successor

#: Kinds whose names often hold a place that is only a part of the name.
_NAMED_AFTER = frozenset({"soe", "school", "hospital", "military", "other"})
# Names of offices and fields begin with a capital (Nghị định 30/2020/NĐ-CP, phụ lục II).
_CAPITALISED = frozenset(
    {"Tổng cục", "Cục", "Vụ", "Chi cục", "Phòng", "Trung tâm", "Viện", "Trạm", "Sở"}
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value, and what it lacks: ``missing`` is a type in lower case or "province"."""

    value: AgencyValue
    missing: str | None = None
    unit: Unit | None = None
    known: bool = True
    bare: bool = False  # a head alone: "Ban Chỉ đạo"


def value_of(body: Body, day: str | None) -> AgencyValue:
    into, since = body.into, body.until
    parent = body.parent_on(day)
    if parent and parent.startswith("Bộ ") and day is not None:
        ministry = fields().get(key(parent.removeprefix("Bộ ")))
        later = later_field(ministry, "Bộ") if ministry else None
        if later and later[1] <= day:
            parent = f"Bộ {later[0].name}"
    return AgencyValue(
        name=body.name,
        kind=body.kind,
        level=body.level,
        parent=parent,
        collective=False,
        successor=Successor(name=into, since=since) if into else None,
    )


def named(
    text: str,
    tokens: Sequence[Token],
    head: Head,
    size: int,
    ctx: AgencyContext,
    *,
    place: bool = True,
) -> Parsed:
    """A body by its head, field, other words and place."""
    day = ctx.day
    after = tokens[size:]
    field_found = find_field(text, after, day) if head.fields else None
    field = field_found[0] if field_found else None
    name_end = size + (field_found[1] if field_found else 0)
    start = tokens[name_end - 1].end if name_end else 0
    where = _place(text, tokens, start, head, ctx) if place else None
    middle = text[start : where.start if where else len(text)].strip(" ,").rstrip("-").strip()
    if field is None:
        middle = middle.lstrip("- ")
        if head.kind in ("bo", "so") and middle[:1].islower():  # "Bộ luật", "Sở hữu trí tuệ"
            other = AgencyValue(name=upper_first(text), kind="other", collective=False)
            return Parsed(other, known=False)
    elif head.kind in ("bo", "so") and middle[:1].islower():
        middle = ""  # words that follow the name: "Sở Tư pháp cập nhật …"
    if field is None and middle and head.head in _CAPITALISED:
        middle = upper_first(middle)
    tail = _after(text, where) if where else ""

    unit, kept = None, ""
    missing = None
    if where is not None:
        unit = where.unit
        if unit is None and not where.name:
            unit = ctx.of_type(where.type)
            missing = None if unit else where.type
        kept = _place_words(where, unit, head)
    elif place and head.local and head.local != "word" and _is_local(head, day):
        unit = ctx.of_type(head.local)
        missing = None if unit else head.local
        kept = _place_words(PlaceWords(0, 0, ""), unit, head) if unit else ""

    words = [head.head, field.name if field else "", middle, kept, tail]
    name = " ".join(word for word in words if word)
    level = (unit.level if unit else where.level if where else None) or head.level
    if level is None and head.kind == "committee" and " quốc gia" in name.lower():
        level = "central"
    value = AgencyValue(
        name=upper_first(name),
        kind=head.kind,
        level=level,
        place=unit.place if unit else None,
        parent=parent_of(head.head, head.kind, unit, day, where.outer if where else None),
        collective=False,
        successor=_successor(head, field, middle, unit),
    )
    alone = not field and not middle and where is None
    if place and unit is not None and where is not None and where.unit is None:
        body = find_body(tokenise(value.name), day)  # "Viện Pasteur TP"
        if body is not None:
            return Parsed(value_of(body, day), None, unit)
    return Parsed(value, missing, unit, bare=alone)


def _after(text: str, where: PlaceWords) -> str:
    """Words after the place that are no outer place: "… thành phố Bến Tre đạt chuẩn …"."""
    rest = text[where.end :]
    return (
        rest.strip()
        if where.name
        and re.match(r" [^\W\d_]", rest)
        and rest[1].islower()
        and (not typed_places(rest[:12], None))
        else ""
    )


def _is_local(head: Head, day: str | None) -> bool:
    return not head.local_until or day is None or day < head.local_until


def _place(
    text: str, tokens: Sequence[Token], start: int, head: Head, ctx: AgencyContext
) -> PlaceWords | None:
    """The innermost place of the name."""
    within = ctx.province
    typed = typed_places(text, ctx.day, None, start)
    if typed and any(p.unit is None and p.name for p in typed) and within is not None:
        again = typed_places(text, ctx.day, within, start)
        typed = again if len(again) == len(typed) else typed
    if len(typed) > 1 and not typed[0].name and typed[1].type == typed[0].type:
        typed = typed[1:]  # "UBND tỉnh tỉnh Thanh Hóa"
    if len(typed) > 1 and typed[0].level == "commune" and typed[1].level == "district":
        return replace(typed[0], outer=typed[1].unit)
    if typed:
        return typed[0]
    if head.local in TYPE_LEVEL or head.local == "thành phố":
        rest_key = tuple(t.key for t in tokens if t.start >= start)
        unit = lookup(head.local, rest_key, ctx.day, within) if rest_key else None
        if unit is None and rest_key:
            unit = lookup(head.local, rest_key, ctx.day, None)
        return PlaceWords(start + 1, len(text), "", unit.name, unit) if unit else None
    if head.kind in _NAMED_AFTER or tokens[-1].end <= start:
        return None
    if head.level == "central" and not head.local:
        return None
    rest = [t for t in tokens if t.start >= start]
    found = bare_province(text, [Token("", 0, 0), *rest], ctx.day)
    if found is None and head.typed and head.kind != "so":
        found = bare_district(text, [Token("", 0, 0), *rest], within)
    return found


def _place_words(where: PlaceWords, unit: Unit | None, head: Head) -> str:
    """How the place stands in the canonical name."""
    if unit is None:
        kind = upper_first(where.type) if where.name[:1].isdigit() else where.type
        return f"{kind} {where.name}".strip()
    if head.local in ("tỉnh", "thành phố", "huyện", "quận", "thị xã"):
        if unit.name == "Hồ Chí Minh":
            return unit.inline
        return unit.name  # "Tỉnh ủy Thái Bình", also where "Tỉnh ủy tỉnh Thái Bình" is written
    return unit.inline if head.typed or where.type else unit.name


def _successor(head: Head, field: Field | None, middle: str, unit: Unit | None) -> Successor | None:
    if middle.startswith("-"):
        field = None  # "Sở Giao thông vận tải - Xây dựng" is no Sở Giao thông vận tải
    parts = successor_parts(head.head, field, unit)
    if parts is None or (head.kind == "so" and unit is None):
        return None
    field, unit, since = parts
    first = renamed(head.head)
    if first in ("Tỉnh ủy", "Thành ủy") and unit:
        first = "Tỉnh ủy" if unit.type == "Tỉnh" else "Thành ủy"
    place = (
        ""
        if unit is None
        else unit.name
        if first.endswith(" ủy") and unit.code != "79"
        else unit.inline
    )
    words = [first, field.name if field else "", middle, place]
    return Successor(name=" ".join(word for word in words if word), since=since)
