"""Document numbers: the table of cases, the data files, and properties."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.normalize.doc_numbers import (
    doc_number_values,
    issuer_of_symbol,
    number_follows,
    parse_doc_number,
)
from pipeline.normalize.doc_symbols import data_rows, fold, type_pattern, types_of_symbol

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "doc_numbers.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["comment"])
def test_case(case: dict[str, Any]) -> None:
    value = parse_doc_number(case["text"], before=case["before"], after=case["after"])
    assert (value.model_dump() if value else None) == case["expected"]


def article(marked: str) -> Article:
    """An article from a text with its document numbers in [[ ]]."""
    text, spans = "", []
    for i, part in enumerate(marked.replace("]]", "[[").split("[[")):
        if i % 2:
            spans.append(Span(Label.DOC_NUMBER, len(text), len(text) + len(part)))
        text += part
    return Article(text, tuple(spans), ((0, len(text)),))


def types(marked: str) -> list[str | None]:
    values, _ = doc_number_values(article(marked))
    return [value.type if value else None for value in values.values()]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # one type word for two numbers
        ("các Nghị quyết số [[33/NQ-CP]], [[34/NQ-CP]] của Chính phủ", ["Nghị quyết"] * 2),
        # the line is the limit: a heading's type is not the next line's
        ("Kế hoạch\nsố [[12]]", [None]),
        # the same number has its type elsewhere in the article
        ("Quy định số [[37-QĐ/TW]] nêu rõ. Theo số [[37-QĐ/TW]], đảng viên", ["Quy định"] * 2),
    ],
)
def test_types_in_an_article(marked: str, expected: list[str | None]) -> None:
    assert types(marked) == expected


_LONG = "về rà soát đất rừng, giao thông nông thôn và nước sạch cho các xã vùng cao "
AROUND = [
    # before, the number, after, its type
    (
        f"theo Nghị quyết 18 {_LONG}{_LONG[:40]}và ",
        "19",
        "",
        "Nghị quyết",
    ),  # a list, not too far apart
    (f"theo Nghị quyết 18 {_LONG}{_LONG}{_LONG}và ", "19", "", None),
    ("quyết định về nhân sự của sở, mã hồ sơ ", "5874", "", None),  # neither list nor "số"
    ("quyết định về nhân sự của sở, số ", "5874", "", "Quyết định"),
    (f"quyết định {_LONG}{_LONG}số ", "5874", "", None),  # too far
    ("Luật Thủy lợi có hiệu lực. Nội dung mang số ", "08/2017/QH14", "", "Luật"),  # over a stop
    ("Bộ luật mới có hiệu lực. Nội dung mang số ", "08/2017/QH14", "", "Bộ luật"),
    ("Pháp lệnh mới có hiệu lực. Nội dung mang số ", "02/2012/UBTVQH13", "", "Pháp lệnh"),
    ("Nghị quyết về ngân sách có hiệu lực. Nội dung mang số ", "08/2017/QH14", "", None),
    ("", "45", "\nQUYẾT ĐỊNH\nVề việc cấp phép", "Quyết định"),  # the line below
    ("", "45", "\n**QUYẾT ĐỊNH**\n", "Quyết định"),
    ("", "45", "\nỦY BAN NHÂN DÂN\nHUYỆN\nKẾ HOẠCH\n", "Kế hoạch"),  # some lines below
    ("", "45", "\na\nb\nc\nKẾ HOẠCH", "Kế hoạch"),
    ("", "45", "\na\nb\nc\nd\nKẾ HOẠCH", None),  # too far below
    ("", "45", "\nKế hoạch\n", None),  # a heading is of capitals
    ("", "12/UBND", "", None),  # an issuer alone is no official letter's symbol
    ("", "12/UBND-VX", "", "Công văn"),
    ("", "45", "KẾ HOẠCH\n", None),  # not the rest of its own line
]


@pytest.mark.parametrize(("before", "text", "after", "expected"), AROUND)
def test_the_type_said_around(before: str, text: str, after: str, expected: str | None) -> None:
    value = parse_doc_number(text, before=before, after=after)
    assert value is not None and value.type == expected


SPACES = [
    ("12/20 19 NĐ-CP", "12/2019/NĐ-CP"),  # a scanner's space, a slash left out
    ("20 19/NĐ-CP", "2019/NĐ-CP"),
    ("12 / 2019 / NĐ - CP", "12/2019/NĐ-CP"),
    ("12/2019/NĐ -CP", "12/2019/NĐ-CP"),
    ("  45/KH-UBND", "45/KH-UBND"),
    ("..45/KH-UBND.", "45/KH-UBND"),
    ("KH 45", "45"),
]


@pytest.mark.parametrize(("text", "normalized"), SPACES)
def test_stray_spaces_and_signs(text: str, normalized: str) -> None:
    value = parse_doc_number(text)
    assert value is not None and value.normalized == normalized


def test_what_stands_behind_a_number_in_an_article() -> None:
    assert types("Số: [[45]] ngày 3/4\nQUYẾT ĐỊNH\nVề việc") == ["Quyết định"]
    values, _ = doc_number_values(article("Nghị quyết số [[18]] năm 2020 của HĐND"))
    assert [value and value.year for value in values.values()] == [2020]


def test_an_open_type_is_null_with_a_note() -> None:
    values, notes = doc_number_values(article("Đã có số [[31/2024/QH15]] từ năm ngoái"))
    value = values[0]
    assert value is not None and value.type is None
    assert [note.code for note in notes] == ["doc-type-unknown"]
    assert "Luật" in notes[0].message and "Nghị quyết" in notes[0].message


def test_no_number_is_null_with_a_note() -> None:
    values, notes = doc_number_values(article("Nghị quyết số [[…]] chưa có"))
    assert values == {0: None}
    assert [note.code for note in notes] == ["doc-number-unread"]


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("KH-UBND", ["Ủy ban nhân dân"]),  # generic: a symbol does not tell the province
        ("QĐ-TTg", ["Thủ tướng Chính phủ"]),
        ("QĐ/TW", ["Ban Chấp hành Trung ương", "Bộ Chính trị", "Ban Bí thư"]),  # open
        ("NQ/TU", ["Tỉnh ủy", "Thành ủy"]),  # open
        ("QH15", ["Quốc hội"]),
        ("NQ-UBTVQH10", ["Ủy ban Thường vụ Quốc hội"]),
        ("BXD-KTQH", ["Bộ Xây dựng"]),  # a công văn: issuer first
        ("UBND-KH&ĐT", ["Ủy ban nhân dân"]),
        ("LĐTBXH-TE", ["Bộ Lao động - Thương binh và Xã hội"]),  # without the B
        ("TTLT-BYT-BNV", ["Bộ Y tế", "Bộ Nội vụ"]),  # all of a joint circular
        ("TTLT/BLĐTBXH-BTC", ["Bộ Lao động - Thương binh và Xã hội", "Bộ Tài chính"]),
        ("NĐCP", ["Chính phủ"]),  # hyphen lost
        ("QDD-TTg", ["Thủ tướng Chính phủ"]),  # DD for Đ
        ("Chính phủ", ["Chính phủ"]),  # in words: Đề án 06/Chính phủ
        ("TB-BCA-C61", ["Bộ Công an"]),  # the unit is not the issuer
        ("GPXD", []),
        ("", []),
    ],
)
def test_issuer_of_symbol(symbol: str, expected: list[str]) -> None:
    assert issuer_of_symbol(symbol) == expected


def test_data_rows_have_a_source_and_one_row_a_symbol() -> None:
    assert all(
        row["source"] for name in ("doc_types", "issuers") for row in data_rows(f"{name}.jsonl")
    )
    symbols = [row["symbol"].upper() for row in data_rows("issuers.jsonl")]
    assert len(symbols) == len(set(symbols))


def test_appendix_iii_is_complete() -> None:
    """The 27 abbreviated types of Nghị định 30/2020/NĐ-CP; công văn, thư công have none."""
    rows = [r for r in data_rows("doc_types.jsonl") if "30/2020" in r["source"]]
    assert len(rows) == 29
    assert {r["type"] for r in rows if not r["symbols"]} == {"Công văn", "Thư công"}
    assert types_of_symbol("QyĐ-UBND") == ("Quy định",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("quy định của pháp luật", ["quy định"]),  # not luật
        ("kỷ luật đảng viên", []),
        ("hợp đồng lao động", []),
        ("bộ luật lao động", ["bộ luật"]),
        ("văn bản quy phạm pháp luật", []),
        ("thông tư liên tịch", ["thông tư liên tịch"]),
    ],
)
def test_type_pattern(text: str, found: list[str]) -> None:
    assert type_pattern().findall(text) == found


def test_number_follows() -> None:
    text = fold("Công văn hỏa tốc số 12/UBND-VX và công văn của tỉnh")
    assert number_follows(text, 8, {20})
    assert not number_follows(text, text.index("công văn của") + 8, {20})


designations = st.builds(
    lambda number, year, symbol: f"{number}{f'/{year}' if year else ''}/{symbol}",
    st.integers(1, 99999),
    st.none() | st.integers(1946, 2035),
    st.sampled_from(["KH-UBND", "NĐ-CP", "TT-BTC", "QĐ-TTg", "UBND-VX", "NQ-HĐND", "CĐ-TTg"]),
)


@settings(max_examples=80, deadline=None)
@given(designations)
def test_normalized_is_a_fixed_point(text: str) -> None:
    value = parse_doc_number(text)
    assert value is not None and value.normalized == text
    assert parse_doc_number(value.normalized) == value


@settings(max_examples=80, deadline=None)
@given(designations, st.data())
def test_stray_spaces_change_nothing(text: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([i for i, c in enumerate(text) if c in "/-"]))
    spaced = text[:at] + data.draw(st.sampled_from([" ", "  "])) + text[at:]
    assert parse_doc_number(spaced) == parse_doc_number(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=120), st.text(max_size=60))
def test_any_text_is_read_or_none(text: str, before: str, after: str) -> None:
    value = parse_doc_number(text, before=before, after=after)
    assert value is None or (value.number and " " not in value.number)
    issuer_of_symbol(text)


@pytest.mark.parametrize(
    "noise", ["Nghị quyết số 1, " * 6000, "a" * 100_000, "- " * 50_000, "luật " * 20_000]
)
def test_long_text_is_linear(noise: str) -> None:
    begin = time.perf_counter()
    parse_doc_number("12/NQ-CP", before=noise, after=noise)
    parse_doc_number(noise)
    list(type_pattern().finditer(fold(noise)))
    assert time.perf_counter() - begin < 3
