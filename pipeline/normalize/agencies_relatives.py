"""Bodies above an agency, and bodies that took its place.

Sources: Luật Tổ chức chính quyền địa phương 2025 (no districts since 2025-07-01), Nghị quyết
202/2025/QH15 (34 provinces), Nghị quyết 176/2025/QH15 (ministries), Nghị định 29/2025/NĐ-CP
(taxes, customs), Luật Thanh tra 2025 (no inspectorates of ministries and departments).

A body of an abolished district has no successor: its work went to several communes. A
successor is the last of a chain (Bộ Thủy sản → Bộ Nông nghiệp và Môi trường) and ``since``
is the day on which that one began.
"""

from __future__ import annotations

from pipeline.normalize.agencies_tables import Field, fields
from pipeline.normalize.agencies_text import key
from pipeline.normalize.places import TWO_TIERS, Unit, above, province

MINISTRIES_MERGED = "2025-03-01"
#: Sở Giao thông vận tải of Thành phố Hồ Chí Minh became Sở Giao thông công chánh and went
#: to Sở Xây dựng with the province's merger.
_LATER = {("Giao thông vận tải", "79"): TWO_TIERS}
_COMMITTEE = "Ủy ban nhân dân"

#: Local branches → the body that leads the provincial ones before and after 2025-03-01.
_BRANCHES = {
    "Cục Thuế": ("Tổng cục Thuế", "Tổng cục Thuế"),
    "Thuế": ("Tổng cục Thuế", "Cục Thuế"),
    "Cục Hải quan": ("Tổng cục Hải quan", "Tổng cục Hải quan"),
    "Cục Thống kê": ("Tổng cục Thống kê", "Tổng cục Thống kê"),
    "Cục Quản lý thị trường": ("Tổng cục Quản lý thị trường", "Tổng cục Quản lý thị trường"),
    "Cục Thi hành án dân sự": ("Tổng cục Thi hành án dân sự", "Tổng cục Thi hành án dân sự"),
    "Bảo hiểm xã hội": ("Bảo hiểm xã hội Việt Nam", "Bảo hiểm xã hội Việt Nam"),
    "Kho bạc Nhà nước": ("Kho bạc Nhà nước", "Kho bạc Nhà nước"),
    "Công an": ("Bộ Công an", "Bộ Công an"),
}
#: Branch of a district → the provincial branch above it.
_PROVINCIAL = {"Chi cục Thuế": "Cục Thuế", "Chi cục Hải quan": "Cục Hải quan"}
#: Provincial branches that go on under another name since 2025-07-01.
_RENAMED = {"Cục Thuế": "Thuế", "Cục Thi hành án dân sự": "Thi hành án dân sự"}
#: Heads whose provincial body goes with the province when provinces merge.
_FOLLOWS = {
    *("Ủy ban nhân dân", "Hội đồng nhân dân", "Sở", "Công an", "Tỉnh ủy", "Thành ủy"),
    *("Bảo hiểm xã hội", "Tòa án nhân dân", "Viện kiểm sát nhân dân", "Đoàn đại biểu Quốc hội"),
    *("Ủy ban Mặt trận Tổ quốc Việt Nam", "Bộ Chỉ huy quân sự", "Thanh tra", "Tỉnh đoàn"),
    *("Liên đoàn Lao động", "Hội Nông dân", "Hội Liên hiệp Phụ nữ", "Hội Cựu chiến binh"),
    "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân",
}


def parent_of(
    head: str, kind: str, unit: Unit | None, on: str | None, outer: Unit | None = None
) -> str | None:
    """The body above a local one, by its head and unit; null where it is not certain.

    ``outer`` is the district that a commune's name is followed by (until 2025-07-01).

    >>> cau_giay = Unit("Quận", "Cầu Giấy", "district", "005", "01")
    >>> parent_of("Ủy ban nhân dân", "ubnd", cau_giay, None)
    'Ủy ban nhân dân thành phố Hà Nội'
    """
    if kind == "bo":
        return "Chính phủ"
    if outer is not None and head in ("Ủy ban nhân dân", "Công an"):
        return f"{head} {outer.inline}"
    if unit is None:
        return None
    upper = above(unit, on)
    if kind == "ubnd":
        if unit.level == "province":
            return "Chính phủ"
        if unit.level == "commune" and (on is None or on < TWO_TIERS):
            return None
        return f"{_COMMITTEE} {upper.inline}" if upper else None
    if head in ("Tỉnh ủy", "Thành ủy", "Huyện ủy", "Quận ủy", "Thị ủy"):
        if unit.level == "province":
            return "Ban Chấp hành Trung ương Đảng"
        return party_committee(upper) if upper else None
    if kind == "so" or head in ("Ban Dân tộc", "Thanh tra", "Phòng", "Trung tâm Phục vụ"):
        if head == "Phòng" and unit.level == "province":
            return None
        return f"{_COMMITTEE} {unit.inline}"
    if head in _BRANCHES and unit.level == "province":
        return _BRANCHES[head][on is not None and on >= MINISTRIES_MERGED]
    lead = _PROVINCIAL.get(head, head if head in _BRANCHES else None)
    return f"{lead} {upper.inline}" if lead and upper else None


def party_committee(unit: Unit) -> str:
    """``Tỉnh ủy Nam Định``, ``Thành ủy Hà Nội``."""
    return f"{'Tỉnh' if unit.type == 'Tỉnh' else 'Thành'} ủy {unit.name}"


def later_field(field: Field, head: str) -> tuple[Field, str] | None:
    """The field that has this one's work now, and since when; null if it stands.

    Only ministries follow the changes of 2007: departments followed later, one by one.

    >>> later_field(fields()[key("Thủy sản")], "Bộ")[0].name
    'Nông nghiệp và Môi trường'
    """
    since = ""
    while field.into and (head == "Bộ" or field.until >= MINISTRIES_MERGED):
        since, field = field.until, fields()[key(field.into)]
    return (field, since) if since else None


def later_unit(unit: Unit | None) -> tuple[Unit, str] | None:
    """The province that a merged one went into, and since when."""
    since = ""
    while unit is not None and unit.level == "province" and unit.into:
        if unit.name != unit.into:
            since = unit.until
        unit = province(unit.into, max(unit.until, since))
    return (unit, since) if since and unit else None


def successor_parts(
    head: str, field: Field | None, unit: Unit | None
) -> tuple[Field | None, Unit | None, str] | None:
    """Field and place of the body that took this one's place, and since when.

    Null where the body stands, or where its work was divided (districts, customs).
    """
    if unit is not None and unit.level != "province":
        return None
    if head in _RENAMED and unit is not None:
        moved = later_unit(unit)
        return None, (moved[0] if moved else unit), TWO_TIERS
    later = later_field(field, head) if field and head in ("Sở", "Bộ") else None
    moved = later_unit(unit) if head in _FOLLOWS else None
    if later is None and moved is None:
        return None
    since = later[1] if later else ""
    if later and field and unit and unit.code:
        since = _LATER.get((field.name, unit.code), since)
    if moved:
        since = max(since, moved[1])
    return (later[0] if later else field), (moved[0] if moved else unit), since


def renamed(head: str) -> str:
    """The head that a provincial branch goes on under."""
    return _RENAMED.get(head, head)
