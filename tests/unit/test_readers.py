"""Every format and compression gives the text; every bad input gives one clear failure."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.readers import office, stream
from pipeline.readers.base import BadInput, Failure, Item, ReadOptions, Source, Unit
from pipeline.readers.find import find
from pipeline.readers.parse import parse
from pipeline.readers.split import split

TEXT = "UBND thành phố Hà Nội yêu cầu các sở, ban, ngành báo cáo trước ngày 30/6/2024."
PAGE = f"""<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Giao việc</title>
<meta property="article:published_time" content="2024-05-03T07:10:00+07:00">
<link rel="canonical" href="https://bao.example/giao-viec.html"></head><body>
<nav><ul><li><a href="/">Trang chủ</a></li><li><a href="/thoi-su">Thời sự</a></li></ul></nav>
<article><h1>Giao việc</h1><p>{TEXT}</p><p>Các quận, huyện hoàn thành rà soát thủ tục hành chính
và gửi kết quả về Sở Nội vụ để tổng hợp, báo cáo Chủ tịch UBND thành phố theo quy định.</p>
</article><footer>Bản quyền thuộc về tòa soạn</footer></body></html>"""


def read(path: Path | str, **options: Any) -> list[Item | Failure]:
    """Everything that a path gives, failures in their place."""
    opts = ReadOptions(**options)
    out: list[Item | Failure] = []
    for source in find([str(path)], opts.format):
        if isinstance(source, Failure):
            out.append(source)
            continue
        for unit in split(source, opts):
            out.append(_parsed(unit, opts))
    return out


def _parsed(unit: Unit, options: ReadOptions) -> Item | Failure:
    try:
        return parse(unit, options)
    except BadInput as error:
        return error.failure()


def one(path: Path, **options: Any) -> Item:
    (item,) = read(path, **options)
    assert isinstance(item, Item), item
    return item


def failure(path: Path, **options: Any) -> Failure:
    found = [item for item in read(path, **options) if isinstance(item, Failure)]
    assert len(found) == 1, found
    return found[0]


def zstd(data: bytes) -> bytes:
    zstandard = pytest.importorskip("zstandard")
    return bytes(zstandard.ZstdCompressor().compress(data))


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
}


def docx(paragraphs: list[str], rows: list[list[str]]) -> bytes:
    document = pytest.importorskip("docx").Document()
    document.core_properties.title = "Kế hoạch"
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    table = document.add_table(len(rows), len(rows[0]))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    document.add_paragraph("Nơi nhận:")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(text: str | None) -> bytes:
    """A page with a text layer, or without one. ASCII: no fonts are at hand here."""
    pypdf = pytest.importorskip("pypdf")
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    if text is not None:
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 12 Tf 50 800 Td ({text}) Tj ET".encode("ascii"))
        page[NameObject("/Contents")] = content
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def warc(pages: list[tuple[str, str, bytes]]) -> bytes:
    pytest.importorskip("warcio")
    out = b""
    for number, (url, kind, body) in enumerate(pages):
        http = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Record-ID: <urn:uuid:{number:032}>\r\nWARC-Target-URI: {url}\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        out += head.encode() + http + b"\r\n\r\n"
    return out


def parquet(rows: list[dict[str, Any]]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, row_group_size=2)
    return out.getvalue()


ROW = {"id": "a1", "text": TEXT, "published": "2024-05-03", "title": "Giao việc"}


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize(
    "format", ["txt", "jsonl", "csv", "parquet", "html", "warc", "docx", "pdf"]
)
def test_every_format_in_every_compression(tmp_path: Path, format: str, suffix: str) -> None:
    data: bytes = {
        "txt": lambda: TEXT.encode(),
        "jsonl": lambda: json.dumps(ROW).encode() + b"\n",
        "csv": lambda: f'id,text,published,title\na1,"{TEXT}",2024-05-03,Giao việc\n'.encode(),
        "parquet": lambda: parquet([ROW]),
        "html": lambda: PAGE.encode(),
        "warc": lambda: warc([("https://bao.example/giao-viec.html", "text/html", PAGE.encode())]),
        "docx": lambda: docx([TEXT], [["Sở Nội vụ", "báo cáo"]]),
        "pdf": lambda: pdf("UBND bao cao"),
    }[format]()
    path = tmp_path / f"a.{format}{suffix}"
    path.write_bytes(COMPRESS[suffix](data))
    item = one(path)
    assert ("UBND bao cao" if format == "pdf" else TEXT) in item.text
    if format in ("txt", "html", "docx", "pdf"):
        assert item.id == path.name
    if format in ("jsonl", "csv", "parquet"):
        assert item.mapping() == ROW
    if format in ("html", "warc"):
        assert (item.title, item.published) == ("Giao việc", "2024-05-03")
        assert item.url == "https://bao.example/giao-viec.html"
        assert "Trang chủ" not in item.text and "Bản quyền" not in item.text
    if format == "docx":
        assert item.text.splitlines()[1:] == ["Sở Nội vụ\tbáo cáo", "Nơi nhận:"]
        assert item.title == "Kế hoạch"


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_truncated_archive_keeps_what_came_before(tmp_path: Path, suffix: str) -> None:
    lines = b"".join(
        json.dumps({"text": os.urandom(60).hex()}).encode() + b"\n" for _ in range(9000)
    )
    data = COMPRESS[suffix](lines)
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(data[: len(data) * 2 // 3])
    found = read(path)
    kinds = [item.type for item in found if isinstance(item, Failure)]
    assert kinds == ["Damaged"] and isinstance(found[-1], Failure)
    assert len(found) > 100


def test_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "EXPANSION_FREE", 1_000_000)
    for suffix in (".gz", ".xz", ".zst"):
        path = tmp_path / f"a.txt{suffix}"
        path.write_bytes(COMPRESS[suffix](b"0" * 30_000_000))
        assert failure(path, max_size=100_000_000).type == "ExpansionLimit"


def test_docx_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "EXPANSION_FREE", 1_000_000)
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("word/document.xml", b"0" * 30_000_000)
    assert failure(path).type == "ExpansionLimit"


def test_huge_line_is_left_out_and_never_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "UBND"}\n{"text": "')
        for _ in range(60):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n{"text": "UBND"}\n')
    import tracemalloc

    tracemalloc.start()
    first, huge, last = read(path, max_size=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(first, Item) and isinstance(last, Item)
    assert isinstance(huge, Failure) and huge.type == "TooLarge"
    assert peak < 8_000_000


@pytest.mark.parametrize("size", [9, 10, 11])
def test_limit_of_a_line_is_exact(tmp_path: Path, size: int) -> None:
    for end in (b"\n", b"\r\n", b""):
        path = tmp_path / "a.jsonl"
        path.write_bytes(b"1" * size + end + (b"2\n" if end else b""))
        kinds = [item.type for item in read(path, max_size=10) if isinstance(item, Failure)]
        assert kinds[0] == ("TooLarge" if size > 10 else "NotJson")
        assert len(kinds) == (2 if end else 1)


def test_not_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Sở".encode() + b"\xff" + b"abc")
    found = failure(path)
    assert found.type == "NotUtf8" and "offset 4" in found.message and "0xff" in found.message


def test_table_without_the_column(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(parquet([{"body": TEXT}, {"body": TEXT}]))
    (tmp_path / "a.csv").write_text(f"id;body\n1;{TEXT}\n", encoding="utf-8")
    for name in ("a.parquet", "a.csv"):
        found = failure(tmp_path / name)
        assert found.type == "MissingColumn" and "body" in found.message
        assert "--text-field" in found.message
        assert TEXT in str(read(tmp_path / name, text_field="body")[0])


def test_csv_as_excel_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = 'id;text;title\r\n1;"Dòng một\r\ndòng ""hai""";Một\r\n2;;Trống\r\n3;UBND;\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    first, empty, third = read(path)
    assert isinstance(first, Item) and first.text == 'Dòng một\ndòng "hai"' and first.id == "1"
    assert isinstance(empty, Item) and empty.text == ""
    assert isinstance(third, Item) and third.title is None


def test_csv_goes_on_after_a_huge_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,text\n1,UBND\n2," + b"x" * 5_000 + b"\n3,UBND\n")
    kinds = [type(item).__name__ for item in read(path, max_size=1_000)]
    assert kinds == ["Item", "Failure", "Item"]


def test_parquet_types_and_skipping(tmp_path: Path) -> None:
    rows = [
        {"id": i, "text": TEXT, "published": datetime.date(2024, 5, i + 1), "n": {"a": [1.5]}}
        for i in range(7)
    ]
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet(rows))
    items = read(path, with_meta=True)
    assert isinstance(items[2], Item)
    assert (items[2].id, items[2].published) == ("2", "2024-05-03")
    assert items[2].meta == {"n": {"a": [1.5]}}
    (source,) = find([str(path)])
    assert isinstance(source, Source)
    for skip in range(8):  # row groups hold two rows
        assert [unit.number for unit in split(source, ReadOptions(), skip)] == list(range(skip, 7))


def test_warc_takes_pages_only(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(
        warc(
            [
                ("https://a/1", "image/png", b"\x89PNG"),
                ("https://a/2", "text/html; charset=utf-8", PAGE.encode()),
                ("https://a/3", "text/html", b"<html><body></body></html>"),
                ("https://a/4", "text/plain", TEXT.encode()),
            ]
        )
    )
    page, empty, plain = read(path)
    assert isinstance(page, Item) and page.id == page.url == "https://a/2"
    assert isinstance(empty, Failure) and empty.type == "NoArticle"
    assert isinstance(plain, Item) and plain.text == TEXT


def test_pages_that_declare_another_charset(tmp_path: Path) -> None:
    page = PAGE.replace("utf-8", "windows-1258")
    import unicodedata

    for mark in "\u0300\u0301\u0303\u0309\u0323":  # cp1258 has these marks only as such
        assert mark.encode("cp1258")
    decomposed = "".join(
        unicodedata.normalize("NFD", c) if _toned(c) else c
        for c in unicodedata.normalize("NFC", page)
    )
    path = tmp_path / "a.html"
    path.write_bytes(_cp1258(decomposed))
    item = one(path)
    assert unicodedata.normalize("NFC", item.text).count(TEXT) == 1
    assert item.encoding == "windows-1258"


def _toned(c: str) -> bool:
    import unicodedata

    return bool(set(unicodedata.normalize("NFD", c)) & set("\u0300\u0301\u0303\u0309\u0323"))


def _cp1258(text: str) -> bytes:
    import unicodedata

    marks = "\u0300\u0301\u0303\u0309\u0323"
    out = []
    for c in unicodedata.normalize("NFC", text):
        decomposed = unicodedata.normalize("NFD", c)
        tone = [m for m in decomposed if m in marks]
        base = unicodedata.normalize("NFC", "".join(m for m in decomposed if m not in marks))
        out.append((base + "".join(tone)).encode("cp1258"))
    return b"".join(out)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 an old .doc"])
def test_broken_docx(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    assert failure(path).type == "Damaged"


def test_pdf_without_text_or_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(None))
    assert failure(path).type == "ScannedPdf" and "OCR" in failure(path).message
    path.write_bytes(b"%PDF-1.4 nothing more")
    assert failure(path).type == "Damaged"
    path.write_bytes(b"")
    assert failure(path).type == "Damaged"


def test_folders_links_and_odd_names(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "-o.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / ".hidden.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing.txt")
    found = read(tmp_path)
    assert [item.id for item in found if isinstance(item, Item)] == ["sub/-o.txt"]
    kinds = [item.type for item in found if isinstance(item, Failure)]
    assert sorted(kinds) == ["LinkLoop", "Unreadable", "Unreadable"]
    assert [item.type for item in read(tmp_path / "empty") if isinstance(item, Failure)] == [
        "EmptyFolder"
    ]


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")

    def refuse(*_: object) -> None:  # root would be let in by the file's mode
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(stream, "open", refuse, raising=False)
    assert failure(path) == Failure("Unreadable", "Permission denied")


def test_file_that_vanishes(tmp_path: Path) -> None:
    source = Source(str(tmp_path / "a.txt"), "a.txt", "txt")
    (unit,) = split(source, ReadOptions())
    assert unit.failure is not None and unit.failure.type == "Unreadable" and unit.rest


def test_globs_and_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.txt", "a.txt", "c.dat"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [s.name for s in find(["*.txt"]) if isinstance(s, Source)] == ["a.txt", "b.txt"]
    assert [s.name for s in find(["c.dat"], "txt") if isinstance(s, Source)] == ["c.dat"]
    with pytest.raises(InputError, match="--format"):
        list(find(["c.dat"]))
    with pytest.raises(InputError, match="no file matches"):
        list(find(["*.pdf"]))


def test_default_publication_date(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a"}\n{"text": "b", "published": "2020-01-01"}\n', encoding="utf-8")
    found = read(path, published="2024-05-03")
    assert [item.published for item in found if isinstance(item, Item)] == [
        "2024-05-03",
        "2020-01-01",
    ]


def test_a_parquet_file_that_breaks_off_in_its_packing_leaves_no_file_open(tmp_path: Path) -> None:
    # Fuzzing found it: the decompressed copy stayed open when decompression failed.
    import gc

    packed = gzip.compress(os.urandom(300_000))
    path = tmp_path / "a.parquet.gz"
    path.write_bytes(packed[: len(packed) // 2])
    assert failure(path).type == "Damaged"
    gc.collect()  # an open file would be a warning here, and warnings are errors
