"""One named body, read from its expanded name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.normalize.agencies_context import AgencyContext
from pipeline.normalize.agencies_places import (
    PlaceWords,
    bare_district,
    bare_province,
    lookup,
    typed_places,
)
from pipeline.normalize.agencies_relatives import parent_of, successor_parts
from pipeline.normalize.agencies_tables import (
    Body,
    Field,
    Head,
    bodies,
    bodies_unmarked,
    fields,
    fields_unmarked,
    heads,
)
from pipeline.normalize.agencies_text import Key, Token, tokenise, unmarked, upper_first
from pipeline.normalize.places import TWO_TIERS, TYPE_LEVEL, Unit
from pipeline.schema import AgencyValue, Successor

_LONGEST_HEAD = 11
# "Cục Y tế, Bộ Công an", "Vụ Pháp chế - Bộ Y tế": the owner after a sign stays out of the name.
_APART = re.compile(r"\s?(?:,| - |-)\s?")
_OF = re.compile(r"\s(?:trực thuộc|thuộc|của)\s")
#: Kinds whose names often hold a place that is only a part of the name.
_NAMED_AFTER = frozenset({"soe", "school", "hospital", "military", "other"})
#: Heads that may own a unit named before them.
_OWNERS = frozenset(
    {"ubnd", "hdnd", "so", "bo", "party", "front", "quoc_hoi", "chinh_phu", "thu_tuong", "police"}
    | {"ministry_equivalent", "government_agency", "department", "court", "procuracy", "soe"}
    | {"committee", "inspectorate", "president", "state_bank", "military"}
)
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


def parse_body(text: str, ctx: AgencyContext) -> Parsed:
    """Read one named body; ``text`` is expanded."""
    tokens = tokenise(text)
    body = find_body(tokens, ctx.day)
    if body is not None:
        return Parsed(_value_of(body, ctx.day))
    found = find_head(tokens)
    apart = _owner_apart(text, ctx)
    if apart is not None:
        unit_text, owner = apart
        return _owned(parse_body(unit_text, replace(ctx, head=None)), owner, None)
    if found is None:
        return Parsed(
            AgencyValue(name=upper_first(text), kind="other", collective=False), known=False
        )
    head, size = found
    inline = _owner_inline(text, tokens, size, ctx)
    if inline is not None:
        cut, owner, rest = inline
        unit_text = text[:cut].strip(" -,")
        unit_text = _OF.sub(" ", unit_text + " ").strip() if unit_text else unit_text
        joined = text[:cut].rstrip().endswith(("thuộc", "của"))
        part = _named(unit_text, tokenise(unit_text), head, size, ctx, place=False)
        link = " của " if joined else " "
        return _owned(part, owner, link, rest)
    return _named(text, tokens, head, size, ctx)


def find_body(tokens: list[Token], day: str | None) -> Body | None:
    """The body of exactly these words on a day, also when its marks are misspelt."""
    words = tuple(token.key for token in tokens)
    rows = bodies().get(words)
    if rows is None and len(words) > 2:
        rows = bodies_unmarked().get(unmarked(words))
    if not rows:
        return None
    for body in rows:
        # A body that ended is still named later; one that had not begun is another's name.
        if not body.since or (day is not None and body.since <= day):
            return body
    return None


def find_head(tokens: list[Token]) -> tuple[Head, int] | None:
    """The longest head that begins the words, and its length."""
    table = heads()
    words = tuple(token.key for token in tokens[:_LONGEST_HEAD])
    for n in range(len(words), 0, -1):
        head = table.get(words[:n])
        if head is not None:
            return head, n
    return None


def find_field(words: Key, day: str | None) -> tuple[Field, int] | None:
    """The longest field that begins the words, and its length.

    The short name "nông nghiệp" is the new department's from its first day on.
    """
    for n in range(len(words), 0, -1):
        field = fields().get(words[:n]) or (
            fields_unmarked().get(unmarked(words[:n])) if n > 1 else None
        )
        if field is None:
            continue
        if words[:n] == ("nông", "nghiệp") and day is not None and day >= field.until:
            return fields()[("nông", "nghiệp", "môi", "trường")], n
        return field, n
    return None


def _value_of(body: Body, day: str | None) -> AgencyValue:
    into, since = body.into, body.until
    return AgencyValue(
        name=body.name,
        kind=body.kind,
        level=body.level,  # type: ignore[arg-type]
        parent=body.parent_on(day),
        collective=False,
        successor=Successor(name=into, since=since) if into else None,
    )


def _named(
    text: str,
    tokens: list[Token],
    head: Head,
    size: int,
    ctx: AgencyContext,
    *,
    place: bool = True,
) -> Parsed:
    """A body by its head, field, other words and place."""
    day = ctx.day
    after = tokens[size:]
    field_found = find_field(tuple(t.key for t in after), day) if head.fields else None
    field = field_found[0] if field_found else None
    name_end = size + (field_found[1] if field_found else 0)
    start = tokens[name_end - 1].end if name_end else 0
    where = _place(text, tokens, start, head, ctx) if place else None
    middle = text[start : where.start if where else len(text)].strip(" ,-")
    if field is None and middle and (head.head in _CAPITALISED):
        middle = upper_first(middle)

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

    words = [head.head, field.name if field else "", middle, kept]
    name = " ".join(word for word in words if word)
    level = (unit.level if unit else where.level if where else None) or head.level
    value = AgencyValue(
        name=upper_first(name),
        kind=head.kind,
        level=level,  # type: ignore[arg-type]
        place=unit.place if unit else None,
        parent=parent_of(head.head, head.kind, unit, day),
        collective=False,
        successor=_successor(head, field, middle, unit),
    )
    alone = not field and not middle and where is None
    return Parsed(value, missing, unit, bare=alone)


def _is_local(head: Head, day: str | None) -> bool:
    return not head.local_until or day is None or day < head.local_until


def _place(
    text: str, tokens: list[Token], start: int, head: Head, ctx: AgencyContext
) -> PlaceWords | None:
    """The innermost place of the name."""
    within = ctx.province
    typed = typed_places(text, ctx.day, None, start)
    if typed and any(p.unit is None and p.name for p in typed) and within is not None:
        again = typed_places(text, ctx.day, within, start)
        typed = again if len(again) == len(typed) else typed
    if len(typed) > 1 and not typed[0].name and typed[1].type == typed[0].type:
        typed = typed[1:]  # "UBND tỉnh tỉnh Thanh Hóa"
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
        return f"{where.type} {where.name}".strip() if where.type else where.name
    if head.local in ("tỉnh", "thành phố", "huyện", "quận", "thị xã"):
        if unit.name == "Hồ Chí Minh":
            return unit.inline
        return unit.name  # "Tỉnh ủy Thái Bình", also where "Tỉnh ủy tỉnh Thái Bình" is written
    return unit.inline if head.typed or where.type else unit.name


def _successor(head: Head, field: Field | None, middle: str, unit: Unit | None) -> Successor | None:
    parts = successor_parts(head.head, field, unit)
    if parts is None or (head.kind == "so" and unit is None):
        return None
    field, unit, since = parts
    first = head.head
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


def _owner_apart(text: str, ctx: AgencyContext) -> tuple[str, Parsed] | None:
    """Split "Cục Y tế, Bộ Công an" at the first sign that an owner follows."""
    for match in _APART.finditer(text):
        right = text[match.end() :]
        owner = _as_owner(right, ctx)
        if owner is not None and match.start() > 0:
            return text[: match.start()], owner
    return None


def _as_owner(text: str, ctx: AgencyContext) -> Parsed | None:
    tokens = tokenise(text)
    if find_body(tokens, ctx.day) is None:
        found = find_head(tokens)
        if found is None or found[0].kind not in _OWNERS or len(tokens) == found[1]:
            return None
        if found[0].fields and not find_field(tuple(t.key for t in tokens[found[1] :]), ctx.day):
            return None
    owner = parse_body(text, ctx)
    return owner if owner.value.kind in _OWNERS else None


#: First words of an owner inside a name, after which its own words or place must follow.
_STRONG = frozenset(
    {"Ủy ban nhân dân", "Hội đồng nhân dân", "Sở", "Bộ", "Công an", "Tỉnh ủy", "Thành ủy"}
    | {"Huyện ủy", "Quận ủy", "Thị ủy", "Đảng ủy", "Đảng bộ", "Tổng cục", "Tòa án nhân dân"}
    | {"Viện kiểm sát nhân dân", "Ủy ban Mặt trận Tổ quốc Việt Nam", "Thanh tra", "Cục Thuế"}
    | {"Bộ Chỉ huy quân sự", "Tập đoàn", "Tổng công ty", "Ban Chỉ đạo", "Phòng"}
)


def _owner_inline(
    text: str, tokens: list[Token], size: int, ctx: AgencyContext
) -> tuple[int, Parsed, str] | None:
    """An owner within the name: where it begins, its value, and words after it."""
    for i in range(max(size, 1), len(tokens)):
        right = tokens[i:]
        body = find_body(right, ctx.day)
        if body is not None and body.kind in _OWNERS and text[right[0].start].isupper():
            return right[0].start, Parsed(_value_of(body, ctx.day)), ""
        found = find_head(right)
        if found is None or found[0].head not in _STRONG:
            continue
        head, n = found
        if head.fields:
            if len(right) == n:
                return _of_ministry(right[0].start, head, ctx)
            field = find_field(tuple(t.key for t in right[n:]), ctx.day)
            if field is None:
                continue
            stop = right[n + field[1] - 1].end
            if head.kind == "bo":
                return right[0].start, parse_body(text[right[0].start : stop], ctx), text[stop:]
        elif len(right) == n and head.local in (None, "word"):
            continue
        if head.head in ("Phòng", "Thanh tra", "Ban Chỉ đạo") and len(right) <= n:
            continue
        if head.head == "Phòng":
            continue
        return right[0].start, parse_body(text[right[0].start :], ctx), ""
    return None


def _of_ministry(start: int, head: Head, ctx: AgencyContext) -> tuple[int, Parsed, str] | None:
    """ "Thanh tra Bộ": the ministry the text speaks of."""
    if head.kind != "bo" or ctx.ministry is None:
        return None
    return start, parse_body(ctx.ministry, replace(ctx, ministry=None)), ""


def _owned(part: Parsed, owner: Parsed, link: str | None, rest: str = "") -> Parsed:
    """A unit with its owner; ``link`` joins their names, null leaves the owner out."""
    own, by = part.value, owner.value
    kind = own.kind
    name = own.name
    successor = own.successor
    if own.name in ("Thường trực", "Ban Thường trực"):
        kind = by.kind
    if link is not None:
        name = f"{own.name}{link}{by.name}{rest}"
        if by.successor and kind != "inspectorate":
            successor = Successor(
                name=f"{own.name}{link}{by.successor.name}{rest}", since=by.successor.since
            )
    if kind == "inspectorate":
        successor = _after_inspectorate(owner)
    unit = part.unit or owner.unit
    return Parsed(
        own.model_copy(
            update={
                "name": name,
                "kind": kind,
                "level": by.level if part.unit is None else own.level,
                "place": unit.place if unit else by.place,
                "parent": by.name,
                "successor": successor,
            }
        ),
        part.missing or owner.missing,
        unit,
        known=part.known,
    )


def _after_inspectorate(owner: Parsed) -> Successor | None:
    """Inspectorates of ministries and departments ended on 2025-07-01 (Luật Thanh tra 2025);
    those of defence, public security and the State Bank stayed."""
    if owner.value.kind == "bo" and owner.value.name not in ("Bộ Quốc phòng", "Bộ Công an"):
        return Successor(name="Thanh tra Chính phủ", since=TWO_TIERS)
    if owner.value.kind == "so" and owner.unit is not None:
        parts = successor_parts("Thanh tra", None, owner.unit)
        unit = parts[1] if parts and parts[1] else owner.unit
        return Successor(name=f"Thanh tra {unit.inline}", since=TWO_TIERS)
    return None
