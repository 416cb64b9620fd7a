"""Pages of a web archive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput, ReadOptions, Source
from pipeline.readers.split import too_large
from pipeline.readers.stream import Opened

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


def split_warc(
    opened: Opened, source: Source, options: ReadOptions, skip: int
) -> Iterator[tuple[str, dict[str, Any], BadInput | None]]:
    """Successful HTML and plain-text responses as ``{"body", "url", "type"}``, in file order."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise MissingExtra("warcio", "formats") from None
    try:
        for record in ArchiveIterator(opened.stream):
            kind = _content_type(record)
            if kind not in _PAGES:
                continue
            url = record.rec_headers.get_header("WARC-Target-URI")
            at = f"record {record.rec_headers.get_header('WARC-Record-ID') or url}"
            body = record.content_stream().read(options.max_size + 1)
            if len(body) > options.max_size:
                yield at, {}, too_large(options)
            else:
                yield at, {"body": body, "url": url, "type": kind}, None
    except ArchiveLoadFailed as error:
        raise BadInput("Damaged", f"not a readable WARC file: {error}") from None


def _content_type(record: Any) -> str | None:
    """Media type of a page that a reader would have seen, else None."""
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or not (headers.get_statuscode() or "").startswith("2"):
            return None
        value = headers.get_header("Content-Type")
    elif record.rec_type in ("resource", "conversion"):
        value = record.rec_headers.get_header("Content-Type")
    else:
        return None
    return (value or "").split(";")[0].strip().lower()
