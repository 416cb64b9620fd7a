"""Articles as files of every format that ``vn-directives extract`` reads; some broken."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import lzma
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

Article = dict[str, str]

COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".xz": lzma.compress,
    ".zst": lambda data: _zstd(data),
}


def _zstd(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(data)


def txt(articles: Sequence[Article]) -> bytes:
    return articles[0]["text"].encode()


def jsonl(articles: Sequence[Article]) -> bytes:
    return b"".join(json.dumps(a, ensure_ascii=False).encode() + b"\n" for a in articles)


def csv_table(articles: Sequence[Article]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(articles[0]))
    writer.writeheader()
    writer.writerows(articles)
    return out.getvalue().encode()


def parquet(articles: Sequence[Article]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(articles)), out, row_group_size=20)
    return out.getvalue()


def page(articles: Sequence[Article]) -> bytes:
    article = articles[0]
    paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in article["text"].split("\n") if p)
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        f"<title>{html.escape(article['title'])}</title>"
        f'<meta property="article:published_time" content="{article["published"]}T08:00:00+07:00">'
        f'<link rel="canonical" href="{article["url"]}"></head><body><nav><a href="/">Trang chủ'
        f'</a> <a href="/thoi-su">Thời sự</a></nav><article><h1>{html.escape(article["title"])}'
        f"</h1>{paragraphs}</article><footer>Bản quyền thuộc về tòa soạn</footer></body></html>"
    ).encode()


def warc(articles: Sequence[Article]) -> bytes:
    out = b""
    for number, article in enumerate(articles):
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page(
            [article]
        )
        out += (
            "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n"
            f"WARC-Record-ID: <urn:uuid:{number:032}>\r\nWARC-Target-URI: {article['url']}\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        ).encode()
        out += http + b"\r\n\r\n"
    return out


def docx(articles: Sequence[Article]) -> bytes:
    import docx as library

    document = library.Document()
    for paragraph in articles[0]["text"].split("\n"):
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(articles: Sequence[Article], text_layer: bool = True) -> bytes:
    """One page. The font is only named: enough for readers of the text layer."""
    lines = articles[0]["text"].split("\n") if text_layer else []
    letters = sorted({c for line in lines for c in line if ord(c) < 0x10000})
    code = {c: i + 1 for i, c in enumerate(letters)}
    cmap = "\n".join(f"<{code[c]:04x}> <{ord(c):04x}>" for c in letters)
    shown = "\n".join(
        f"<{''.join(f'{code[c]:04x}' for c in line if c in code)}> Tj 0 -14 Td" for line in lines
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F1 5 0 R>>>>>>",
        _stream(f"BT /F1 11 Tf 40 800 Td\n{shown}\nET"),
        "<</Type/Font/Subtype/Type0/BaseFont/Times/Encoding/Identity-H"
        "/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Times/DW 500"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        _stream(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            f"{len(letters)} beginbfchar\n{cmap}\nendbfchar endcmap end end"
        ),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    trailer = f"trailer <</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    return out + trailer.encode()


def _stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


# Format → how to make it, how many articles a file holds.
FORMATS: dict[str, tuple[Callable[[Sequence[Article]], bytes], int]] = {
    "txt": (txt, 1),
    "html": (page, 1),
    "docx": (docx, 1),
    "pdf": (pdf, 1),
    "jsonl": (jsonl, 40),
    "csv": (csv_table, 40),
    "parquet": (parquet, 40),
    "warc": (warc, 20),
}


def broken(format: str, articles: Sequence[Article], luck: random.Random) -> tuple[str, bytes]:
    """A file of a format that gives exactly one dead letter, and its compression."""
    if format == "txt":
        return "", articles[0]["text"].encode()[:-1] + b"\xff"
    if format == "pdf":
        return "", pdf(articles, text_layer=False)
    if format == "html":
        return "", b"<!doctype html><html><head><title>404</title></head><body></body></html>"
    if format == "docx":
        return "", docx(articles)[:2000]
    if format == "csv":
        return "", csv_table(articles).replace(b"text", b"body", 1)
    if format == "parquet":
        return "", parquet([{"body": a["text"]} for a in articles])
    make, _ = FORMATS[format]
    data = gzip.compress(make(articles), mtime=0)
    return ".gz", data[: int(len(data) * luck.uniform(0.3, 0.9))]


def write_folder(
    articles: Iterator[Article], folder: Path, share_broken: float, luck: random.Random
) -> dict[str, Any]:
    """Write all articles as files of all formats; counts of files, and the broken ones."""
    names = list(FORMATS)
    damaged: list[str] = []
    files = 0
    while True:
        format = names[files % len(names)]
        make, count = FORMATS[format]
        some = list(islice(articles, count))
        if not some:
            return {"files": files, "broken": damaged}
        suffix = luck.choice(list(COMPRESSIONS)) if count > 1 else ""
        data = COMPRESSIONS[suffix](make(some))
        if luck.random() < share_broken:
            suffix, data = broken(format, some, luck)
            damaged.append(f"{files // 500:03}/{files:06}.{format}{suffix}")
        path = folder / f"{files // 500:03}" / f"{files:06}.{format}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        files += 1
