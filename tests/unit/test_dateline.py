"""Datelines of pages, and lines that only look like one."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pipeline.dateline import page_date
from pipeline.errors import InputError
from pipeline.inputs import item_of, make_item, oddities, read_published

DATELINES = [
    ("Thứ Ba, ngày 28 tháng 6 năm 2022\n\nBài", date(2022, 6, 28)),
    ("Tiêu đề\nThứ Sáu, 31/03/2023, 07:10 [GMT+7]\nBài", date(2023, 3, 31)),
    ("Cập nhật lúc 08:00, 12/05/2022 (GMT+7)\nBài", date(2022, 5, 12)),
    ("Hà Nội, ngày 01 tháng 8 năm 2023\nCHỈ THỊ", date(2023, 8, 1)),  # an official text
    ("Chủ nhật, 5-1-2025\nBài", date(2025, 1, 5)),
    ("Ngày 12/5/2022, UBND tỉnh ban hành chỉ thị.", None),  # a sentence
    ("31/02/2022\nBài", None),  # no such day
    ("Bài\n" * 200 + "12/05/2022", None),  # far down
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), DATELINES)
def test_page_date(text: str, expected: date | None) -> None:
    assert page_date(text) == expected


PUBLISHED = [
    ("2022-06-28", date(2022, 6, 28)),
    ("2022-06-28T07:10:00+07:00", date(2022, 6, 28)),
    ("Thứ Sáu, 31/03/2023, 07:10", date(2023, 3, 31)),
    (datetime(2022, 6, 28, 7), date(2022, 6, 28)),
    (date(2022, 6, 28), date(2022, 6, 28)),
    (None, None),
    ("", None),
    ("hôm nay", None),
    ("31/02/2022", None),
]


@pytest.mark.parametrize(("value", "expected"), PUBLISHED)
def test_published(value: object, expected: date | None) -> None:
    day, notes = read_published(value)
    assert day == expected
    assert bool(notes) is (expected is None and bool(value))


@pytest.mark.parametrize("text", [None, b"UBND", 7, ["UBND"]])
def test_text_of_another_type(text: object) -> None:
    with pytest.raises(InputError, match=f"got {type(text).__name__}"):
        make_item(text)


BAD_ITEMS = [
    (7, "mapping with a “text” key"),
    ({"body": "UBND"}, r"no “text” key; it has \['body'\]"),
    ({"text": "UBND", "published": 2022}, "published must be an ISO date"),
    ({"text": "UBND", "title": 5}, "title must be a str"),
    ({"text": "UBND", "id": [1]}, "id must be"),
]


@pytest.mark.parametrize(("row", "message"), BAD_ITEMS)
def test_bad_items_say_what_was_expected(row: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        item_of(row)


ODD = [
    ("", "empty"),
    ("   \n", "empty"),
    ("12345 !!", "empty"),
    ("Uy ban nhan dan thanh pho yeu cau cac so ban nganh thuc hien nghiem tuc cac nhiem vu " * 2, "not_vietnamese"),
    ("UBND tinh Nghe An ban hanh Chi thi so 15/CT-UBND ngay 3/3/2025 yeu cau So Noi vu bao cao", "not_vietnamese"),  # short, too
    ("ỦY BAN NHÂN DÂN THÀNH PHỐ YÊU CẦU CÁC SỞ, BAN, NGÀNH THỰC HIỆN NGHIÊM TÚC CÁC NHIỆM VỤ ĐƯỢC GIAO TRONG NĂM", "all_capitals"),
    ("Uỷ ban\x00", "control_characters"),
    ("Ủy ban \ud800", "lone_surrogates"),
    ("U\u0309y ban", "not_nfc"),
    ("á" * 3000, "long_line"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "code"), ODD)
def test_oddities(raw: str, code: str) -> None:
    from pipeline.text import clean

    assert code in {note.code for note in oddities(raw, clean(raw).text)}
