"""Spelling of agencies' names: abbreviations written out, keys without marks."""

from __future__ import annotations

import pytest

from pipeline.normalize.agencies_text import UPPER, expand, lower_first, unmarked, upper_first

EXPANDED = [
    ("UBND TT.Sa Pa", "Ủy ban nhân dân thị trấn Sa Pa"),
    ("UBND TT. Sa Pa", "Ủy ban nhân dân thị trấn Sa Pa"),
    ("UBND X.Tân Lập", "Ủy ban nhân dân xã Tân Lập"),
    ("UBND T.Quảng Nam", "Ủy ban nhân dân tỉnh Quảng Nam"),
    ("UBND H.Bình Chánh", "Ủy ban nhân dân huyện Bình Chánh"),
    ("UBND Q.1", "Ủy ban nhân dân quận 1"),
    ("UBND P10", "Ủy ban nhân dân phường 10"),  # without a dot before a number
    ("UBND P.10", "Ủy ban nhân dân phường 10"),
    ("TX.Sơn Tây", "thị xã Sơn Tây"),
    ("UBND Tp. HCM", "Ủy ban nhân dân Thành phố Hồ Chí Minh"),
    ("UBND T.P H.C.M", "Ủy ban nhân dân Thành phố Hồ Chí Minh"),
    ("UBND thành phố hồ chí minh", "Ủy ban nhân dân Thành phố Hồ Chí Minh"),
    ("UBND.TP Huế", "Ủy ban nhân dân thành phố Huế"),  # a dot for a space
    ("Ban QLDA 2.1", "Ban quản lý dự án 2.1"),  # the dot of a number stays
    ("Sở TP", "Sở Tư pháp"),  # no city
    ("Sở TC", "Sở Tài chính"),  # two letters are a field behind the head that needs one
    ("TC", "TC"),
    ("BCH QS", "Ban Chấp hành QS"),
    ("Thanh tra NV", "Thanh tra NV"),
    ("Phòng TC-KH", "Phòng Tài chính - Kế hoạch"),
    ("Sở TC-XYZ", "Sở TC - XYZ"),  # … and only where they are the whole field
    ("Sở GD-ĐT", "Sở Giáo dục và Đào tạo"),
    ("XYZ UBND", "XYZ Ủy ban nhân dân"),
    ("Sở VH, TT & DL Lào Cai", "Sở Văn hóa, Thể thao và Du lịch Lào Cai"),
    ("UBND-HĐND xã", "Ủy ban nhân dân - Hội đồng nhân dân xã"),
    ("Đài Phát thanh-Truyền hình", "Đài Phát thanh - Truyền hình"),
    ("Ban Dân vận–Mặt trận", "Ban Dân vận - Mặt trận"),  # a tight dash
    ("Sở Công thương – Lào Cai", "Sở Công thương - Lào Cai"),  # a dash with its spaces
    ("A–B", "A-B"),  # tight between single letters it stays tight
    ("SỞ Y TẾ", "Sở y tế"),  # a line of capitals
    ("PHÒNG GIÁO DỤC THƯỜNG XUYÊN", "Phòng giáo dục thường xuyên"),
    ("GD-XYZ", "GD - XYZ"),  # … but letters that nobody knows stay as they are written
    ("TRUNG TÂM XYZ", "Trung tâm XYZ"),
    ("SỞ", "SỞ"),  # one word may be a short name
    ("UBND tỉnh tỉnh Lào Cai", "Ủy ban nhân dân tỉnh Lào Cai"),
    ("Quốc hội khóa XV", "Quốc hội"),
    ("HĐND tỉnh nhiệm kỳ 2021-2026", "Hội đồng nhân dân tỉnh"),
    ("Sở Giao thông Vận tải (GTVT) Lào Cai", "Sở Giao thông Vận tải Lào Cai"),
    ("Sở Y tế , Hà Nội", "Sở Y tế, Hà Nội"),
    ("  ,;Sở  Y tế.-–", "Sở Y tế"),
    ("Sở hoà giải", "Sở hòa giải"),  # one placement of tone marks
]


@pytest.mark.parametrize(("text", "expected"), EXPANDED)
def test_abbreviations_are_written_out(text: str, expected: str) -> None:
    assert expand(text) == expected


def test_every_capital_of_vietnamese_is_known() -> None:
    letters = (
        "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
    )
    assert set(letters.upper()) - set("BCDEGHIKLMNOPQRSTUVXY") <= set(UPPER)
    assert "X" not in UPPER.replace("A-Z", "")  # nothing but a range and letters with marks


def test_keys_without_marks() -> None:
    assert unmarked(("đồng", "tháp")) == ("dong", "thap")
    assert unmarked(("ủy", "ban", "đ")) == ("uy", "ban", "d")


def test_first_letters() -> None:
    assert (upper_first("ủy ban Xã"), lower_first("Ủy ban Xã")) == ("Ủy ban Xã", "ủy ban Xã")
    assert (upper_first(""), lower_first("")) == ("", "")
