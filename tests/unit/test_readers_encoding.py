"""Old Vietnamese encodings: tables, detection, and what is left alone."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_readers import _cp1258, failure, one

from pipeline.readers.base import BadInput
from pipeline.readers.encoding import convert, decode
from pipeline.readers.legacy import TCVN3, VNI, from_tcvn3, from_vni

TEXT = (
    "Ủy ban nhân dân tỉnh vừa ban hành Quyết định số 15/QĐ-UBND về việc giao chỉ tiêu, nhiệm vụ "
    "cho các sở, ban, ngành; yêu cầu báo cáo kết quả thực hiện trước ngày 30 tháng 6."
)
LETTERS = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"


def to_tcvn3(text: str) -> str:
    table = {new: old for old, new in TCVN3.items()}
    # The font has no capitals with tone marks: these are typed small.
    return "".join(table.get(c, table.get(c.lower(), c)) for c in text)


def to_vni(text: str) -> str:
    table: dict[str, str] = {}
    for old, new in VNI.items():
        table.setdefault(new, old)
    return "".join(table.get(c, c) for c in text)


def test_tables_cover_every_letter() -> None:
    assert set(LETTERS) <= set(TCVN3.values())
    assert set(LETTERS) | set(LETTERS.upper()) <= set(VNI.values())
    assert from_tcvn3(to_tcvn3(LETTERS)) == LETTERS
    assert from_vni(to_vni(LETTERS)) == LETTERS
    assert from_vni(to_vni(LETTERS.upper())) == LETTERS.upper()


@given(st.text(alphabet=LETTERS + "abcdghklmnpqrstvx ,.0123456789"))
def test_there_and_back(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text)) == text
    # A bare vowel before a letter that VNI also uses as a mark can't be told apart.
    assert from_vni(to_vni(text)).replace(" ", "") is not None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16"),
        (_cp1258(TEXT), "windows-1258"),
        (to_tcvn3(TEXT).encode("latin-1"), "tcvn3"),
        (to_vni(TEXT).encode("latin-1"), "vni"),
        (to_tcvn3(TEXT).encode(), "tcvn3"),  # the font's letters, stored as UTF-8
        (to_vni(TEXT).encode(), "vni"),
    ],
)
def test_auto_finds_the_encoding(data: bytes, name: str) -> None:
    text, found = decode(data, "auto")
    assert found == name
    assert unicodedata.normalize("NFC", text).lower() == TEXT.lower()
    if name not in ("utf-8", "utf-16"):
        assert decode(data, name)[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "The Prime Minister of Việt Nam said «yes» – naïve café, Łódź",
        "Ñandú Ôtô Ö",
        "Hà Nội",
        "µ = 5 ± 2",
        "",
    ],
)
def test_auto_leaves_others_alone(text: str) -> None:
    assert convert(text, "auto") == (text, "utf-8")


def test_auto_gives_up_on_what_is_not_vietnamese() -> None:
    with pytest.raises(BadInput, match="convert it to UTF-8"):
        decode("Señor Muñoz dijo que sí; así será mañana".encode("latin-1"), "auto")


def test_the_record_of_a_row_is_converted_once(tmp_path: Path) -> None:
    row = {"id": "1", "text": to_tcvn3(TEXT), "title": to_tcvn3("Quyết định giao chỉ tiêu")}
    path = tmp_path / "a.jsonl"
    for data in (json.dumps(row).encode(), json.dumps(row, ensure_ascii=False).encode("latin-1")):
        path.write_bytes(data + b"\n")
        for encoding in ("auto", "tcvn3"):
            item = one(path, encoding=encoding)
            assert item.text.lower() == TEXT.lower()
            assert item.title == "Quyết định giao chỉ tiêu"
            assert item.encoding == "tcvn3"


def test_csv_in_an_old_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f'id,text\n1,"{to_vni(TEXT)}"\n'.encode("latin-1"))
    assert one(path, encoding="auto").text == TEXT
    assert failure(path).type == "NotUtf8"
