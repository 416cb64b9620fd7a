"""What the JSON formats share: reading rows, keeping what a tool has no place for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document, to_json

CORE = ("id", "text", "mentions", "relations", "documents")


def rows(path: Path) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Each line of a JSONL file with its place; a fault in words where it is no object."""
    # Only \n ends a line: U+2028 may stand in a text.
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            yield where, f"not a line of JSON: {error}"
            continue
        yield where, row if isinstance(row, dict) else "not a JSON object"


def dump(path: Path, items: Sequence[Mapping[str, Any]]) -> None:
    """Write JSON lines as UTF-8 with \\n, whatever the system."""
    path.write_bytes(b"".join((to_json(item) + "\n").encode("utf-8") for item in items))


def rest(document: Document) -> dict[str, Any]:
    """What a tool keeps for us untouched: other keys, and the document entries."""
    extra = {k: v for k, v in document.items() if k not in CORE}
    return {**extra, "documents": document["documents"], "id": document["id"]}


def number_of(value: Any) -> Any:
    """An offset that a tool wrote as a string, as a number; all else as it is."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value
