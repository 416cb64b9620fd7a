"""One named body, read from its expanded name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.normalize.agencies_context import AgencyContext
from pipeline.normalize.agencies_lookup import find_body, find_field, find_head
from pipeline.normalize.agencies_named import Parsed, named, value_of
from pipeline.normalize.agencies_relatives import successor_parts
from pipeline.normalize.agencies_tables import Head
from pipeline.normalize.agencies_text import Token, tokenise, upper_first
from pipeline.normalize.places import TWO_TIERS
from pipeline.schema import AgencyValue, Successor

# "Cục Y tế, Bộ Công an", "Vụ Pháp chế - Bộ Y tế": the owner after a sign stays out of the name.
_APART = re.compile(r"\s?(?:,| - |-)\s?")
_OF = re.compile(r"\s(trực thuộc|thuộc|của)$")
#: Heads that may own a unit named before them.
_OWNERS = frozenset(
    {"ubnd", "hdnd", "so", "bo", "party", "front", "quoc_hoi", "chinh_phu", "thu_tuong", "police"}
    | {"ministry_equivalent", "government_agency", "department", "court", "procuracy", "soe"}
    | {"committee", "inspectorate", "president", "state_bank", "military"}
)


def parse_body(text: str, ctx: AgencyContext) -> Parsed:
    """Read one named body; ``text`` is expanded."""
    tokens = tokenise(text)
    body = find_body(tokens, ctx.day)
    if body is None and [token.key for token in tokens[-2:]] == ["việt", "nam"]:
        body = find_body(tokens[:-2], ctx.day)
        if body is None and tokens[0].key == "bộ":  # "Bộ Y tế Việt Nam"
            return parse_body(text[: tokens[-3].end], ctx)
    if body is not None:
        return Parsed(value_of(body, ctx.day))
    found = find_head(tokens)
    apart = _owner_apart(text, ctx)
    if apart is not None:
        unit_text, owner = apart
        if found is not None and unit_text == "Công ty mẹ":
            return _owned(named(unit_text, tokenise(unit_text), found[0], 3, ctx), owner, " - ")
        return _owned(parse_body(unit_text, replace(ctx, head=None)), owner, None)
    if found is None:
        unknown = AgencyValue(name=upper_first(text), kind="other", collective=False)
        return Parsed(unknown, known=False)
    head, size = found
    field = find_field(text, tokens[size:], ctx.day) if head.fields else None
    inline = _owner_inline(text, tokens, size + (field[1] if field else 0), ctx)
    if inline is not None:
        cut, owner, rest = inline
        unit_text = text[:cut].strip(" -,")
        of = _OF.search(unit_text)
        if of:
            unit_text = unit_text[: of.start()]
            body = find_body(tokenise(unit_text), ctx.day)
            if body is not None:  # "Bảo hiểm xã hội Việt Nam thuộc Bộ Tài chính"
                return _owned(Parsed(value_of(body, ctx.day)), owner, None)
        part = named(unit_text, tokenise(unit_text), head, size, ctx, place=False)
        return _owned(part, owner, f" {of[1]} " if of else " ", rest)
    return named(text, tokens, head, size, ctx)


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
        if found[0].fields and not find_field(text, tokens[found[1] :], ctx.day):
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
    text: str, tokens: Sequence[Token], size: int, ctx: AgencyContext
) -> tuple[int, Parsed, str] | None:
    """An owner within the name: where it begins, its value, and words after it."""
    for i in range(max(size, 1), len(tokens)):
        right = tokens[i:]
        of = text[: right[0].start].endswith(("của ", "thuộc "))
        upper = text[right[0].start].isupper()
        for n in range(len(right) if upper else 0, 1 if of else len(right) - 1, -1):
            body = find_body(right[:n], ctx.day)
            if body is not None and body.kind in _OWNERS and right[0].key != "trung":
                rest = text[right[n - 1].end :]
                return right[0].start, Parsed(value_of(body, ctx.day)), rest
        found = find_head(right)
        if found is None or found[0].head not in _STRONG:
            continue
        head, n = found
        if head.fields:
            if len(right) == n:
                if i == size or text[right[0].start].isupper():
                    return _of_ministry(right[0].start, head, ctx)
                continue
            if not text[right[0].start].isupper() and i > size:
                continue  # "tổ chức cán bộ"
            field = find_field(text, right[n:], ctx.day)
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
    """ "Thanh tra Bộ", "Thanh tra Sở": the one the text speaks of."""
    owner = ctx.ministry if head.kind == "bo" else ctx.department if head.kind == "so" else None
    if owner is None:
        return None
    return start, parse_body(owner, replace(ctx, ministry=None, department=None)), ""


def _owned(part: Parsed, owner: Parsed, link: str | None, rest: str = "") -> Parsed:
    """A unit with its owner; ``link`` joins their names, null leaves the owner out."""
    own, by = part.value, owner.value
    kind = own.kind
    name = own.name
    successor = own.successor
    if own.name in ("Thường trực", "Ban Thường trực"):
        kind = by.kind
    elif kind == "party" and by.kind in ("ministry_equivalent", "bo", "ubnd") and link is None:
        kind = "department"  # "Ban Nội chính, Văn phòng Chính phủ"
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
