"""Damaged files of the readers' formats (``scripts/fuzz.py``)."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import random
import shutil
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fuzz_texts import KINDS

from pipeline.batch.options import BatchOptions
from pipeline.batch.work import ExtractBatch
from pipeline.readers.base import ReadOptions
from pipeline.readers.find import find
from pipeline.readers.split import split
from pipeline.schema import Record

Case = tuple[str, int, str, Callable[[], list[str]]]


class Lengths:
    """An extractor that only counts: what is tried here is the way from bytes to text."""

    def extract_many(self, items: list[dict[str, Any]], **_: Any) -> Iterator[Record]:
        for item in items:
            text = item["text"]
            text.encode("utf-8", "surrogatepass")
            yield Record(id=str(item.get("id")), text_sha256="0" * 64, text_length=len(text))


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes changed, lost, repeated, put in or cut off."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(out) + 1)
        length = rng.choice([1, 1, 2, 8, 64, 512])
        match rng.randrange(8):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length] * rng.choice([1, 2, 50])
            case 3:
                out[at:at] = rng.choice(TOKENS)
            case 4:
                out[at : at + length] = bytes(length)
            case 5:
                other = rng.randrange(len(out) + 1)
                out[at : at + length] = out[other : other + length]
            case 6 if rng.random() < 0.3:
                del out[at:]
            case _:
                if out:
                    out[min(at, len(out) - 1)] ^= 1 << rng.randrange(8)
    return bytes(out)


TOKENS = [
    b"[" * 2_000, b'{"a":' * 2_000, b"9" * 5_000, b"-1", b"null", b"true", b"[]", b"{}", b'""',
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b'"\\ud800"', b"\r", b"\n\n", b"\t",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<!--", b"<![CDATA[", b"</", b"&#xD800;", b"&a;",
    b"Content-Length: -5\r\n", b"WARC/1.0\r\n", b"endobj", b"stream\n", b"/Length 99999999",
    b"xref", b"PK\x03\x04", b"1e999", b"NaN", b"T1\tDATE 5 2\tx\n", b"R1\tX Arg1:T1\n",
    b"\tI-DATE\n", b'"start": 1e3', b'"mentions": 5', b"B-", b"-DOCSTART-\n", b"A1\tRole\n",
    b"#1\tAnnotatorNotes\n",
]  # fmt: skip


def _jsonl(rng: random.Random, texts: list[str]) -> bytes:
    rows = [{"id": n, "text": t, "published": "2023-05-01"} for n, t in enumerate(texts)]
    return b"".join(json.dumps(r).encode() + b"\n" for r in rows)


def _csv(rng: random.Random, texts: list[str]) -> bytes:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, delimiter=rng.choice(",;\t"))
    writer.writerows([["id", "text", "title"], *([n, t, "x"] for n, t in enumerate(texts))])
    return out.getvalue().encode("utf-8", "replace")


def _html(rng: random.Random, texts: list[str]) -> bytes:
    body = "".join(f"<p>{t}</p><div><b>{t[:20]}</b></div>" for t in texts)
    page = f"<html><head><title>Tin</title></head><body><article>{body}</article></body></html>"
    return page.encode("utf-8", "replace")


def _warc(rng: random.Random, texts: list[str]) -> bytes:
    out = b""
    for text in texts:
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _html(rng, [text])
        out += (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.vn/1\r\n"
            b"WARC-Date: 2023-05-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
            b"Content-Type: application/http; msgtype=response\r\n"
            b"Content-Length: " + str(len(http)).encode() + b"\r\n\r\n" + http + b"\r\n\r\n"
        )
    return out


def _docx(rng: random.Random, texts: list[str]) -> bytes:
    import docx

    document = docx.Document()
    for text in texts:
        document.add_paragraph("".join(c for c in text if c.isprintable()))
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Sở Nội vụ"
    out = io.BytesIO()
    document.save(out)
    if rng.random() < 0.5:
        return out.getvalue()
    source, target = zipfile.ZipFile(out), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():  # damage inside the archive, which is whole
            data = source.read(name)
            made.writestr(name, damaged(rng, data) if name.endswith("document.xml") else data)
    return target.getvalue()


def _pdf(rng: random.Random, texts: list[str]) -> bytes:
    lines = "".join(f"({t.encode('ascii', 'ignore').decode()[:60]}) Tj T* " for t in texts)
    stream = f"BT /F1 12 Tf 50 700 Td {lines} ET".encode().replace(b"\\", b"")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    out, at = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % a for a in at)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + (
        b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )  # fmt: skip


def _parquet(rng: random.Random, texts: list[str]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    plain = [t.encode("utf-8", "replace").decode() for t in texts]
    table = pyarrow.table({"id": [str(n) for n in range(len(plain))], "text": plain})
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def _txt(rng: random.Random, texts: list[str]) -> bytes:
    code = rng.choice(["utf-8", "utf-16", "cp1258", "latin-1"])
    return "\n".join(texts).encode(code, "replace")


MAKERS = {"txt": _txt, "jsonl": _jsonl, "csv": _csv, "html": _html, "warc": _warc, "docx": _docx,
          "pdf": _pdf, "parquet": _parquet}  # fmt: skip
# The cheap formats more often.
SHARES = ["txt"] * 4 + ["jsonl"] * 6 + ["csv"] * 5 + ["html"] * 2 + ["warc"] * 3 + ["docx"] * 2
SHARES += ["pdf"] * 4 + ["parquet"] * 2


def _packed(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    """The data compressed in some way, or not."""
    match rng.randrange(8):
        case 0:
            return ".gz", gzip.compress(data, 1)
        case 1:
            return ".xz", lzma.compress(data, preset=0)
        case 2:
            import zstandard

            return ".zst", zstandard.compress(data, 1)
    return "", data


def readers(seed: int, count: int) -> Iterator[Case]:
    """Damaged files through find, split and the batch's worker."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    options = ReadOptions(max_size=2_000_000)
    try:
        for n in range(count):
            rng = random.Random(f"readers {seed} {n}")
            kind = rng.choice(SHARES)
            data = MAKERS[kind](rng, [rng.choice(KINDS)(rng)[:400] for _ in range(3)])
            if rng.random() < 0.5:
                suffix, data = _packed(rng, damaged(rng, data))
            else:
                suffix, data = _packed(rng, data)
                data = damaged(rng, data)
            path = folder / f"f.{kind}{suffix}"
            encoding = rng.choice(["utf-8", "auto", "windows-1258", "tcvn3", "vni"])
            shown = f"seed {seed} number {n} {path.name} {encoding} {data[:200]!r}"
            check = partial(_read, path, data, replace(options, encoding=encoding))
            yield f"{kind}{suffix}", len(data), shown, check
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(path: Path, data: bytes, options: ReadOptions) -> list[str]:
    """One row or one named failure for each unit, and never an exception."""
    path.write_bytes(data)
    out = []
    try:
        work = _worker(options.encoding)
        for source in find([str(path)]):
            for unit in split(source, options):
                rows = work([unit])
                if len(rows) != 1:
                    out.append(f"{len(rows)} rows of one unit")
                for row in rows:
                    if (row.line is None) == (row.failure is None):
                        out.append(f"neither record nor failure, or both: {row}")
                    if row.failure and not (row.failure.type and row.failure.message):
                        out.append(f"a failure without its reason: {row.failure}")
    except Exception:
        out.append(traceback.format_exc(limit=-4))
    return out


@lru_cache(maxsize=8)
def _worker(encoding: str) -> ExtractBatch:
    options = BatchOptions(read=ReadOptions(encoding=encoding, max_size=2_000_000))
    worker = ExtractBatch.__new__(ExtractBatch)
    worker._options, worker._extractor = options, Lengths()  # type: ignore[assignment]
    return worker
