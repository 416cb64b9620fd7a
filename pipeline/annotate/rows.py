"""One line of a store file, judged: a row, or the reason why it is none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.annotate.document import problems

ANSWERS = ("accept", "skip")


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that can't be used. ``torn``: only its end is missing."""

    path: Path
    line: int
    reason: str
    torn: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


def parse(line: bytes, annotator: str) -> tuple[dict[str, Any], str | None]:
    """The row of a line, and None or the reason why it can't be used.

    >>> parse(b'{"kind": "edit"}', "lan")[1]
    'id is missing or not a string'
    """
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return {}, f"not UTF-8 at byte {error.start}"
    except (json.JSONDecodeError, RecursionError) as error:
        return {}, f"not JSON: {error}"
    if not isinstance(row, dict):
        return {}, f"a row is an object, not {type(row).__name__}"
    return row, _fault(row, annotator)


def _fault(row: dict[str, Any], annotator: str) -> str | None:
    for key in ("id", "annotator", "at", "guide"):
        if not isinstance(row.get(key), str) or not row[key]:
            return f"{key} is missing or not a string"
    if row["annotator"] != annotator:
        return f"annotator is {row['annotator']!r}, but the file is {annotator}'s"
    try:
        datetime.fromisoformat(row["at"])
    except ValueError:
        return f"at: {row['at']!r} is no ISO time"
    if row.get("kind") == "edit":
        if not isinstance(row.get("op"), dict) or not isinstance(row.get("base"), str):
            return "an edit needs op, an object, and base, a string"
        return None
    if row.get("kind") != "answer":
        return f"kind {row.get('kind')!r} is neither edit nor answer"
    if row.get("answer") not in ANSWERS:
        return f"answer {row.get('answer')!r} is none of {', '.join(ANSWERS)}"
    if type(row.get("version")) is not int or row["version"] < 1:
        return f"version {row.get('version')!r} is no whole number from 1 on"
    document = row.get("document")
    if not isinstance(document, dict):
        return "document is missing or not an object"
    if document.get("id") != row["id"]:
        return f"the document's id is {document.get('id')!r}, the row's {row['id']!r}"
    for key in ("mentions", "relations", "documents"):
        if key not in document:
            return f"document: {key} is missing"
    if not all(isinstance(m, dict) and isinstance(m.get("id"), str) for m in document["mentions"]):
        return "document: a mention has no id"
    faults = "; ".join(problems(document))
    return f"document {row['id']}: {faults}" if faults else None
