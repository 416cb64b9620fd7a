"""Heads of official texts as they are scraped."""

from __future__ import annotations

import pytest

from pipeline import extract

HEADS = [
    # two columns run into one line, parted by spaces
    "BỘ NỘI VỤ            CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 2417/BNV-CCHC          Độc lập - Tự do - Hạnh phúc\nV/v cải cách hành chính     Hà Nội, ngày 5 tháng 5 năm 2025",
    # parted by tabs
    "BỘ NỘI VỤ\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 2417/BNV-CCHC\tĐộc lập - Tự do - Hạnh phúc\nV/v cải cách hành chính\tHà Nội, ngày 5 tháng 5 năm 2025",
    # the left column alone
    "BỘ NỘI VỤ\nSố: 2417/BNV-CCHC\nHà Nội, ngày 5 tháng 5 năm 2025",
    # with its rule
    "BỘ NỘI VỤ\n-------\nSố: 2417/BNV-CCHC\nHà Nội, ngày 5 tháng 5 năm 2025",
]
BODY = "\n\nKính gửi: Các bộ, cơ quan ngang bộ\n\nBộ Nội vụ đề nghị các bộ báo cáo trước ngày 30/6/2025."


@pytest.mark.parametrize("head", HEADS, ids=["spaces", "tabs", "left", "rule"])
def test_own_number_is_primary_with_its_issuer_and_day(extractor: object, head: str) -> None:
    own = extract(head + BODY).documents[0]
    assert (own.number, own.role, own.issued_on) == ("2417/BNV-CCHC", "primary", "2025-05-05")
    assert own.issuer is not None and own.issuer.name == "Bộ Nội vụ"


TITLES = [
    (
        "UBND TỈNH NGHỆ AN\nSố: 15/CT-UBND\n\nCHỈ THỊ\nVề việc tăng cường phòng cháy\n\nYêu cầu các sở báo cáo.",
        "tăng cường phòng cháy",
    ),
    (
        "UBND TỈNH NGHỆ AN\nSố: 15/KH-UBND\n\nKẾ HOẠCH\n\nChuyển đổi số năm 2025\nI. MỤC TIÊU",
        "Chuyển đổi số năm 2025",
    ),
    (HEADS[0] + BODY, "cải cách hành chính"),  # V/v beside the place and day
    (HEADS[2] + BODY, None),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_title_of_the_text_itself(extractor: object, text: str, title: str | None) -> None:
    assert extract(text).documents[0].title == title


def test_a_number_that_the_text_cites_is_not_its_own(extractor: object) -> None:
    text = "Bộ Nội vụ đã trả lời kiến nghị.\nTheo Công văn số: 2417/BNV-CCHC ngày 5/5/2025 của Bộ Nội vụ, hồ sơ còn thiếu."
    assert extract(text).documents[0].role == "cited"
