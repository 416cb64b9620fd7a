"""Word files (.docx): paragraphs and tables in their order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput
from pipeline.readers.stream import EXPANSION_FREE


def parse_docx(data: bytes, max_expansion: int) -> tuple[str, str | None]:
    """Text and title; a table row is a line with its cells parted by tabs.

    ``max_expansion``: how many times its size it may unpack to. Raises :class:`BadInput`.
    """
    try:
        import docx
    except ImportError:
        raise MissingExtra("python-docx", "formats") from None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError):
        raise BadInput("Damaged", "not a .docx file (an old .doc must be saved as .docx)") from None
    if unpacked > max(EXPANSION_FREE, max_expansion * len(data)):
        raise BadInput(
            "ExpansionLimit", f"unpacks to {unpacked:,} bytes from {len(data):,}: not read"
        )
    try:
        document = docx.Document(io.BytesIO(data))
    except Exception as error:  # zip, XML and package errors of several libraries
        raise BadInput("Damaged", f"not a readable .docx file: {error}") from None
    lines = list(_lines(document))
    if not any(line.strip() for line in lines):
        raise BadInput("NoText", "no text in the file")
    return "\n".join(lines), document.core_properties.title or None


def _lines(container: Any) -> Iterator[str]:
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells: list[str] = []
                last = None
                for cell in row.cells:
                    if cell._tc is not last:  # a merged cell comes once for each column
                        cells.append(cell.text.replace("\n", " ").strip())
                    last = cell._tc
                yield "\t".join(cells)
        else:
            yield block.text
