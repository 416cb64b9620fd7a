"""PDF files that have a text layer."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput

_ENDS = (".", ";", ":", "!", "?", "…", "”", "/.")


def parse_pdf(data: bytes) -> tuple[str, str | None]:
    """Text and title. Raises :class:`BadInput` for a scanned, locked or damaged file."""
    try:
        import pypdf
        from pypdf.errors import PyPdfError
    except ImportError:
        raise MissingExtra("pypdf", "formats") from None
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadInput("Locked", "the PDF needs a password")
        pages = [page.extract_text() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except BadInput:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput("Damaged", f"not a readable PDF: {error}") from None
    if not any(page.strip() for page in pages):
        raise BadInput(
            "ScannedPdf", f"no text layer on its {len(pages)} pages; run OCR on it first"
        )
    return "\n".join(unwrap(page.splitlines()) for page in pages), title or None


def unwrap(lines: Iterable[str]) -> str:
    """Lines that were broken at the margin joined again.

    A line is taken for broken if it is nearly as long as the page's long ones and ends
    no clause.

    >>> unwrap(["Ủy ban nhân dân thành phố yêu cầu các sở,", "ngành báo cáo.", "1. Sở Nội vụ"])
    'Ủy ban nhân dân thành phố yêu cầu các sở, ngành báo cáo.\\n1. Sở Nội vụ'
    """
    kept = [line.strip() for line in lines]
    lengths = sorted(len(line) for line in kept if line)
    if not lengths:
        return ""
    wide = 0.8 * lengths[int(0.9 * (len(lengths) - 1))]
    out: list[str] = []
    broken = False
    for line in kept:
        if broken and line:
            out[-1] = f"{out[-1]} {line}"
        else:
            out.append(line)
        broken = len(line) >= wide and not line.endswith(_ENDS)
    return "\n".join(out)
