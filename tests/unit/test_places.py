"""Provinces, districts and communes: by name, by code, by day."""

from __future__ import annotations

import pytest

from pipeline.normalize.places import (
    TYPE_LEVEL,
    Unit,
    above,
    commune,
    district,
    province,
    province_by_code,
    province_misspelt,
    province_names,
    split_type,
)


def shown(unit: Unit | None) -> tuple[str, str | None] | None:
    return unit and (unit.full, unit.code)


PROVINCES = [
    # name, day, what it was then
    ("Bắc Ninh", None, ("Tỉnh Bắc Ninh", "24")),
    ("Bắc Ninh", "2025-06-30", ("Tỉnh Bắc Ninh", "27")),  # the last day
    ("Bắc Ninh", "2025-07-01", ("Tỉnh Bắc Ninh", "24")),  # the first
    ("Bắc Giang", None, ("Tỉnh Bắc Giang", "24")),  # ended, still found
    ("Hà Tây", "2007-01-01", ("Tỉnh Hà Tây", "28")),
    ("Hà Tây", "2008-08-01", ("Tỉnh Hà Tây", "28")),
    ("Huế", "2023-01-01", ("Tỉnh Thừa Thiên Huế", "46")),  # not there yet: what became it
    ("Huế", "2025-01-01", ("Thành phố Huế", "46")),
    ("Không Đâu", None, None),
]


@pytest.mark.parametrize(("name", "day", "expected"), PROVINCES)
def test_provinces(name: str, day: str | None, expected: tuple[str, str] | None) -> None:
    assert shown(province(name, day)) == expected


CODES = [
    ("24", None, ("Tỉnh Bắc Ninh", "24")),
    ("24", "2024-05-01", ("Tỉnh Bắc Giang", "24")),
    ("27", None, None),
    ("27", "2024-05-01", ("Tỉnh Bắc Ninh", "27")),
    ("99", None, None),
]


@pytest.mark.parametrize(("code", "day", "expected"), CODES)
def test_codes(code: str, day: str | None, expected: tuple[str, str] | None) -> None:
    assert shown(province_by_code(code, day)) == expected


MISSPELT = [(("bỉnh", "định"), ("Tỉnh Bình Định", "52")), (("ha", "noi"), ("Thành phố Hà Nội", "01")),
            (("huê",), None), (("không", "đâu"), None)]  # fmt: skip


@pytest.mark.parametrize(("words", "expected"), MISSPELT)
def test_misspelt(words: tuple[str, ...], expected: tuple[str, str] | None) -> None:
    assert shown(province_misspelt(words)) == expected


def test_where_a_district_lies() -> None:
    """By its old code; on a day from which there are none, where it lay at last."""
    (unit,) = district("Yên Dũng")
    assert (unit.level, unit.place and unit.place.code) == ("district", "221")
    for day in (None, "2024-05-01", "2025-06-30", "2025-07-01", "2026-01-01"):
        assert shown(above(unit, day)) == ("Tỉnh Bắc Giang", "24"), day
    (unit,) = district("Quế Võ")
    for day in (None, "2025-06-30", "2025-07-01"):
        assert shown(above(unit, day)) == ("Tỉnh Bắc Ninh", "27"), day


def test_where_a_commune_lies() -> None:
    (unit,) = commune("Ngọc Hà", "Phường", province("Hà Nội"))
    assert (unit.level, unit.inline) == ("commune", "phường Ngọc Hà")
    assert (unit.on("2025-06-30"), unit.on("2025-07-01"), unit.on(None)) == (False, True, True)
    assert shown(above(unit)) == ("Thành phố Hà Nội", "01")
    assert [unit.code for unit in commune("Bến Thành")] == ["26743"]
    assert commune("Ngọc Hà", "xã") == [] and commune("Bến Thành", None, province("Hà Nội")) == []
    assert above(Unit("Xã", "Tả Van", "commune")) is None  # of no known province
    hanoi = province("Hà Nội")
    assert hanoi is not None and above(hanoi) is None


def test_districts_within_a_province_of_today() -> None:
    """A province made of two has the districts of both."""
    today, then, hanoi = (
        province("Bắc Ninh"),
        province("Bắc Ninh", "2024-05-01"),
        province("Hà Nội"),
    )
    assert [unit.code for unit in district("Yên Dũng", within=today)] == ["221"]
    assert [unit.code for unit in district("Quế Võ", within=today)] == ["259"]
    assert district("Yên Dũng", within=then) == district("Yên Dũng", within=hanoi) == []
    # One that has stayed what it was, under a new name, has its own.
    assert [unit.name for unit in district("Phú Vang", within=province("Huế"))] == ["Phú Vang"]


KEPT = [
    # a province that kept its code when others were joined to it: district, province, day, code
    ("Dĩ An", "Hồ Chí Minh", None, "724"),  # of Bình Dương before
    ("Xuyên Mộc", "Hồ Chí Minh", None, "751"),  # of Bà Rịa - Vũng Tàu before
    ("Củ Chi", "Hồ Chí Minh", None, "783"),  # always its own
    ("Kinh Môn", "Hải Phòng", None, "292"),
    ("Tam Kỳ", "Đà Nẵng", None, "502"),
    ("Bù Đốp", "Đồng Nai", "2026-01-01", "693"),  # a province still, with Bình Phước in it
    ("Bù Đốp", "Đồng Nai", "2026-05-01", "693"),  # … and a city
    ("Dĩ An", "Hà Nội", None, None),
    ("Lục Nam", "Bắc Ninh", "2024-05-01", None),  # ended as what it was: nothing was joined to it
]


@pytest.mark.parametrize(("name", "within", "day", "code"), KEPT)
def test_districts_of_a_province_that_kept_its_code(
    name: str, within: str, day: str | None, code: str | None
) -> None:
    found = district(name, within=province(within, day))
    assert [unit.code for unit in found] == ([code] if code else [])


def test_a_type_that_no_district_has_is_no_hindrance() -> None:
    assert [unit.full for unit in district("Gò Công", "huyện")] == ["Thị xã Gò Công"]
    both = district("Cao Lãnh")
    assert sorted(unit.type for unit in both) == ["Huyện", "Thành phố"]
    assert [unit.type for unit in district("Cao Lãnh", "thành phố")] == ["Thành phố"]


SPLIT = [
    ("Thị xã Sơn Tây", ("Thị xã", "Sơn Tây")),
    ("Thành phố Huế", ("Thành phố", "Huế")),
    ("Thị trấn Me", ("Thị trấn", "Me")),
    ("Đặc khu Lý Sơn", ("Đặc khu", "Lý Sơn")),
    ("Quận 1", ("Quận", "1")),
    ("Xã Tả Van", ("Xã", "Tả Van")),
    ("Huyện Sa Pa", ("Huyện", "Sa Pa")),
]


@pytest.mark.parametrize(("full", "expected"), SPLIT)
def test_types_and_names(full: str, expected: tuple[str, str]) -> None:
    assert split_type(full) == expected


def test_each_type_has_its_level() -> None:
    levels = {level: {t for t, found in TYPE_LEVEL.items() if found == level}
              for level in ("province", "district", "commune")}  # fmt: skip
    assert levels == {
        "province": {"tỉnh"},
        "district": {"huyện", "quận", "thị xã"},
        "commune": {"xã", "phường", "thị trấn", "đặc khu"},
    }


def test_units() -> None:
    unit = Unit("Huyện", "Sa Pa", "district", since="2000-01-01", until="2010-01-01")
    days = (None, "1999-12-31", "2000-01-01", "2009-12-31", "2010-01-01")
    assert [unit.on(day) for day in days] == [False, False, True, True, False]
    assert unit.place is None and unit.inline == "huyện Sa Pa"
    assert Unit("Quận", "1", "district").inline == "Quận 1"  # upper case before a number
    city = province("Hồ Chí Minh")
    assert city is not None and city.inline == city.full == "Thành phố Hồ Chí Minh"


def test_names_without_a_type() -> None:
    names = province_names()
    spellings = {"TPHCM", "TP.HCM", "TP HCM", "Bà Rịa-Vũng Tàu", "Thừa Thiên - Huế", "Hà Nội"}
    spellings |= {"Đắc Lắc", "Kontum", "BRVT", "Sài Gòn"}
    assert spellings <= set(names) and "Huế" in names and list(names) == sorted(names)
    assert not {name for name in names if len(name) < 4} - {"Huế"}  # no short alias
