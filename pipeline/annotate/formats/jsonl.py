"""Our own gold JSONL: one document a line, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.annotate.formats.lines import dump, rows


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """One document a line."""
    dump(path, documents)


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Rows as they are; ``spans`` is understood for ``mentions``."""
    for where, row in rows(path):
        if isinstance(row, str):
            yield where, row
        elif not isinstance(row.get("text"), str):
            yield where, "text is missing or not a string"
        else:
            yield where, partial(_document, row)


def _document(row: dict[str, Any]) -> dict[str, Any]:
    spans = row.pop("spans", None)
    row.setdefault("mentions", spans or [])
    row["mentions"] = [{"id": f"m{i}", **m} for i, m in enumerate(row["mentions"], 1)]
    return row
