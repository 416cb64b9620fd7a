"""Addressees in the plural: "các sở, ban, ngành", "UBND cấp xã", "UBND các quận, huyện"."""

from __future__ import annotations

import re

from pipeline.normalize.agencies_context import AgencyContext
from pipeline.normalize.agencies_lookup import find_body, find_field, find_head
from pipeline.normalize.agencies_named import Parsed
from pipeline.normalize.agencies_places import bare_province, typed_places
from pipeline.normalize.agencies_text import UPPER, Token, lower_first, tokenise, upper_first
from pipeline.normalize.places import Unit
from pipeline.schema import AgencyValue

_UNITS = (
    r"(?:tỉnh|thành\ phố|(?-i:thành)|thị\ xã|thị\ trấn|đặc\ khu|huyện|quận|phường|xã(?!\ hội)"
    r"|địa\ phương|đơn\ vị|khu\ vực|tổ\ dân\ phố)"
)
_DETERMINER = re.compile(
    r"(?i)^(?:tất cả )?(?:các|những|mọi|từng|mỗi|toàn thể|hai|ba|bốn|\d{1,3})(?!\w)\s"
)
_PLURAL = re.compile(
    rf"""(?ix)
      \b(?:các|những)\s+{_UNITS}(?!\w)                  # UBND các quận, huyện
    | \b\d{{1,3}}\s+(?:tỉnh|thành\ phố|huyện|quận|xã|phường)(?!\w)   # UBND 2 tỉnh
    | \bcấp\s+(?:tỉnh|thành\ phố|huyện|quận|xã|phường|trung\ ương)\b    # UBND cấp xã
    | \b(?:các\ cấp|cùng\ cấp|cấp\ trên|cấp\ dưới)\b
    | (?<!\w){_UNITS}(?:\s?[,/]\s?|\s(?:và\s(?:các\s)?)?){_UNITS}(?!\w)  # chi cục thuế quận, huyện
    | ^(?:ủy\ ban\ nhân\ dân|hội\ đồng\ nhân\ dân|chính\ quyền|ban\ chỉ\ đạo|công\ an|cấp\ ủy)
      \ địa\ phương                                     # UBND địa phương
    | ^cơ\ quan\ (?:ngang\ bộ|thuộc\ chính\ phủ)
    """
)
# "UBND tỉnh Hậu Giang, tỉnh Hà Tĩnh"; "UBND quận Ngũ Hành Sơn và Cẩm Lệ"
_AND_NAME = re.compile(rf"^\s?(?:,|và)\s(?!thuộc)[{UPPER}]")
_WHERE = re.compile(
    r"""(?ix)\s(?:trực\ thuộc|trực\ thộc|thuộc|của|trên\ địa\ bàn|tại|ở|trong)(?!\w)
    (?!\ ?trung\ ương)(?<!thành\ phố\ trực\ thuộc)\ ?"""
)
# "Bộ Quốc phòng và Bộ Công an" in one span
_TWO = re.compile(rf"^(Bộ|Sở|Ủy ban nhân dân) [{UPPER}a-z].{{2,60}}?(?:,| và) \1 [\w]")
# Heads that are common nouns in a list: "các Bộ, ngành" → "các bộ, ngành".
_COMMON = re.compile(
    r"""(?x)(?<!\w)(?:Bộ|Sở|Ban|Ngành|Cục|Vụ|Viện|Tổng\ cục|Tổng\ [Cc]ông\ ty|Tập\ đoàn|Tỉnh|Huyện
     |Quận|Xã|Phường|Thị\ xã|Thành\ phố|Cơ\ quan|Đơn\ vị|Địa\ phương|Trường|(?<!Hải\ )Phòng|Cấp)
     (?=$|[,;/]|\s(?:và|ngang|ngành|ban|thuộc|trực|liên|có|cơ|đơn|chuyên|trên|địa|của|tổng)\b)"""
)

_LEVELS: tuple[tuple[str, str], ...] = (
    (r"\btỉnh\b(?! ủy)|thành phố (?:trực )?thuộc (?:trung ương|tw)|\bcấp thành phố\b", "province"),
    (r"\b(?:quận|huyện|thị xã|cấp huyện)\b", "district"),
    (r"(?<!thị )\bxã\b(?! hội)|\b(?:phường|thị trấn|đặc khu|tổ dân phố)\b", "commune"),
)
# One kind where the list names one sort of body; fillers do not count.
_SORTS: tuple[tuple[str, str], ...] = (
    (r"\b(?:ủy ban nhân dân)\b", "ubnd"),
    (r"\b(?:hội đồng nhân dân)\b", "hdnd"),
    (r"(?<!cơ )\bsở\b", "so"),
    (
        r"(?<!đảng )(?<!cán )(?<!đường )(?<!nội )\bbộ\b(?! phận| máy| đội)"
        r"|\bcơ quan thuộc chính phủ\b",
        "bo",
    ),
    (r"\b(?:tập đoàn|tổng công ty|công ty|doanh nghiệp nhà nước)\b", "soe"),
    (r"\b(?:trường|nhà trường|cơ sở giáo dục|trường học|đại học|học viện)\b", "school"),
    (r"\b(?:bệnh viện|cơ sở khám|cơ sở y tế|cơ sở tiêm chủng)\b", "hospital"),
    (r"\b(?:tổng cục|cục|vụ|chi cục)\b", "department"),
    (
        r"\b(?:tỉnh ủy|thành ủy|huyện ủy|đảng ủy|cấp ủy|đảng bộ|cơ quan đảng|ban của đảng)\b",
        "party",
    ),
    (r"\b(?:đoàn thể|mặt trận|tổ chức chính trị)\b", "front"),
    (r"\bcông an\b", "police"),
    (r"\b(?:quân đội|quốc phòng|vũ trang)\b", "military"),
    (r"\bchính quyền\b", "local_government"),
)
_PLACES = re.compile(
    r"""(?ix)^(?:(?:các|những|từng|mỗi|mọi|hai|ba|\d{1,3})\s)?
    (?:cấp\s)?
    (?:(?:tỉnh|thành\ phố|thành|quận|huyện|thị\ xã|thị\ trấn|xã|phường|đặc\ khu|địa\ phương)
    (?:\s?[,/]\s?|\svà\s|\s|$)){1,6}"""
)
# A list of departments is a province's own: "các sở, ban, ngành"; not "các Sở Y tế".
_DEPARTMENTS = re.compile(r"(?i)^các sở(?:$|\s?,|\s(?:và|ban|ngành|chuyên|liên|có)\b)")
_BODIES = re.compile(r"\b(?:sở|bộ|cơ quan|đơn vị|tập đoàn|ngành|ủy)\b")
_ALSO_PLACES = re.compile(r"(?:,|\bvà)\s?(?:các )?(?:quận|huyện|tỉnh|xã|thị xã|thành phố)\b")
_FILLERS = frozenset({"Cơ quan", "Đơn vị", "Ban", "Tổ"})
_MIXED = re.compile(
    r"(?i)\b(?:địa phương|đơn vị|cơ quan(?! ngang bộ| thuộc chính phủ)|tổ chức(?! chính trị)"
    r"|đoàn thể|lực lượng)\b"
)


def is_collective(text: str) -> bool:
    """Whether an expanded name is of bodies in the plural.

    >>> is_collective("các sở, ban, ngành"), is_collective("Ban Quản lý các khu công nghiệp")
    (True, False)
    """
    if _DETERMINER.match(text) or _TWO.match(text):
        return True
    found = find_head(tokenise(text))
    plural = _PLURAL.search(text)
    if plural and not (found and found[0].kind == "committee" and plural.group()[0].isdigit()):
        following = text[plural.end() :]
        named = re.match(rf"\s[{UPPER}]", following) and "các" not in plural.group().lower()
        return not (named and plural.group()[0].isdigit() and found and found[0].kind != "ubnd")
    places = typed_places(text, None)
    if len(places) > 1 and all(p.name and p.level == places[0].level for p in places[:2]):
        return True
    return bool(places and places[0].name and _AND_NAME.match(text[places[0].end :])
                and not (len(places) > 1 and places[1].start - places[0].end <= 2))  # fmt: skip


def parse_collective(text: str, ctx: AgencyContext) -> Parsed:
    """Read addressees in the plural; ``text`` is expanded.

    The place is the one that restricts them ("thuộc thành phố", "của Bình Định"), or the
    province for a list of departments, which only a province has.
    """
    text = re.sub(r"(?i)^tất cả ", "", text)
    core, where = _split_where(text)
    low = core.lower() if not text.startswith("cơ quan") else text.lower()
    kind = _kind(low)
    level = _level(low, kind)
    unit, missing, parent = _restriction(where or core, ctx, bool(where))
    named = typed_places(core, ctx.day)
    if where is None and named and named[0].name:
        missing = None
        unit = unit if len(named) == 1 and not _AND_NAME.match(core[named[0].end :]) else None
    if unit is None and missing is None and _DEPARTMENTS.match(core):
        unit = ctx.province
    if level is None and unit is not None and where:
        level = unit.level
    if level is None and parent:
        level = "central"
    if parent == "Quốc hội" and kind in ("committee", "generic"):
        kind = "quoc_hoi"
    name = _name(text, ctx)
    if parent and name.lower().endswith((" thuộc bộ", " của bộ")):
        name = f"{name[:-2]}{parent}"
    word = unit.type.lower() if unit else ""
    if unit and re.search(rf"(?<!cấp) {word}$", name.lower()):
        name = f"{name[: -len(unit.type)]}{unit.inline}"
    return Parsed(
        AgencyValue(
            name=name,
            kind=kind,
            level=level,
            place=unit.place if unit else None,
            parent=parent,
            collective=True,
        ),
        missing,
        unit,
    )


def _split_where(text: str) -> tuple[str, str | None]:
    """ "các đơn vị thuộc thành phố" → what is addressed, and where."""
    match = _WHERE.search(text)
    if match is None:
        return text, None
    return text[: match.start()], text[match.end() :]


def _kind(low: str) -> str:
    """One kind where the words name one sort of body, else generic."""
    if _PLACES.match(low) and not _BODIES.search(low):
        return "local_government"
    if low.startswith("cơ quan ngang bộ"):
        return "ministry_equivalent"
    if low.startswith("cơ quan thuộc chính phủ"):
        return "government_agency"
    determiner = _DETERMINER.match(low)
    head = find_head(tokenise(low[determiner.end() :] if determiner else low))
    own = head[0].kind if head and head[0].head not in _FILLERS else None
    if determiner is None:
        return own or "generic"
    sorts = {kind for pattern, kind in _SORTS if re.search(pattern, low)}
    if sorts & {"so", "bo"} and _ALSO_PLACES.search(low):
        return "generic"
    if len(sorts) == 1 and not _MIXED.search(low):
        return sorts.pop()
    one = "," not in low and not _MIXED.search(low)
    return own if own and (one or own in ("ubnd", "hdnd", "police", "court")) else "generic"


def _level(low: str, kind: str) -> str | None:
    if kind in ("bo", "ministry_equivalent", "government_agency") and not re.search(
        r"địa phương|tỉnh|thành phố", low
    ):
        return "central"
    if re.search(r"\b(?:ở|cơ quan|bộ, ngành) trung ương", low) and "địa phương" not in low:
        return "central"
    levels = {level for pattern, level in _LEVELS if re.search(pattern, low)}
    if kind == "so" and levels <= {"province"}:
        return "province"
    if re.search(r"(?<!cơ )\bsở\b", low):
        levels.add("province")
    return levels.pop() if len(levels) == 1 else None


def _restriction(
    where: str, ctx: AgencyContext, explicit: bool
) -> tuple[Unit | None, str | None, str | None]:
    """Place, missing level word and owner that restrict the addressees."""
    if explicit:
        tokens = tokenise(where)
        body = find_body(tokens, ctx.day)
        if body is not None:
            return None, None, body.name
        if where.lower() in ("bộ", "bộ,") or re.match(r"Bộ(?!\w)", where):
            found = find_field(where, tokens[1:], ctx.day)
            return None, None, f"Bộ {found[0].name}" if found else ctx.ministry
        if _PLURAL.search(where) or _DETERMINER.match(where):
            return None, None, None
    places = typed_places(where, ctx.day)
    if not places:
        bare = bare_province(where, [Token("", 0, 0), *tokenise(where)], ctx.day)
        return (bare.unit if bare else None), None, None
    last = places[-1]
    if last.name:
        return last.unit, None, None
    if explicit or re.search(rf"(?i)(?:ngành|sở|đơn vị|liên quan|ban|thể)\s{last.type}$", where):
        unit = ctx.of_type(last.type)
        return unit, None if unit else last.type, None
    return None, None, None


def _name(text: str, ctx: AgencyContext) -> str:
    """Determiner and common nouns in lower case, organs by their canonical names."""
    match = _DETERMINER.match(text)
    start = match.end() if match else 0
    head = text[:start].lower()
    body = text[start:]
    tokens = tokenise(body)
    found = find_head(tokens)
    if found and (found[0].fields or not match or found[0].typed):
        row, size = found
        field = find_field(body, tokens[size:], ctx.day) if row.fields else None
        if field:
            end = tokens[size + field[1] - 1].end
            body = f"{row.head} {field[0].name}{body[end:]}"
        elif size > 1 or not row.fields:
            body = row.head + body[tokens[size - 1].end :]
    body = _COMMON.sub(lambda m: m.group().lower(), body) if match else _tail(body)
    body = re.sub(r"(?i)\btrung ương\b", "Trung ương", body)
    body = re.sub(r"(?i)\btrực thộc\b", "trực thuộc", body)
    if match:
        return head + (body if not found or body[:1].isupper() else lower_first(body))
    return upper_first(body) if found and found[0].head not in _FILLERS else lower_first(body)


def _tail(body: str) -> str:
    """Common nouns in lower case after the first word."""
    cut = body.find(" ")
    return body[:cut] + _COMMON.sub(lambda m: m.group().lower(), body[cut:]) if cut > 0 else body
