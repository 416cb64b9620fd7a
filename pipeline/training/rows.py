"""Gold files read row by row, each fault named with its file and line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import CorpusError
from pipeline.labels import LABELS


class GoldRow(NamedTuple):
    """A sound row and where it stands."""

    path: Path
    line: int
    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its document's id; file and line where it has none."""
        return f"{self.path}:{self.line}" if self.row.get("id") is None else str(self.row["id"])


def check_row(row: Any) -> list[str]:
    """What is wrong with a gold row, each fault in words; empty when it can be trained on.

    >>> check_row({"text": "Bộ Y tế", "mentions": [{"start": 0, "end": 7, "label": "ORG"}]})[0][:36]
    "mention 0: unknown label 'ORG'; know"
    """
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return ["no string under “text”"]
    if not isinstance(row.get("mentions"), list):
        return ["no list under “mentions”"]
    faults, at, last = [], 0, ""
    names = {str(label) for label in LABELS}
    placed = []
    for k, m in enumerate(row["mentions"]):
        name = f"mention {m.get('id', k) if isinstance(m, dict) else k}"
        if not isinstance(m, dict) or not all(type(m.get(x)) is int for x in ("start", "end")):
            faults.append(f"{name}: start and end must be whole numbers")
            continue
        start, end = m["start"], m["end"]
        if m.get("label") not in names:
            faults.append(f"{name}: unknown label {m.get('label')!r}; known: {sorted(names)}")
        if not 0 <= start < end <= len(row["text"]):
            faults.append(f"{name}: {start}–{end} is outside the text of {len(row['text'])}")
        elif "text" in m and row["text"][start:end] != m["text"]:
            faults.append(f"{name}: the text at {start}–{end} is {row['text'][start:end]!r}, "
                          f"the row says {m['text']!r}")  # fmt: skip
        placed.append((start, end, name))
    for start, end, name in sorted(placed):
        if start < at:
            faults.append(f"{name} overlaps {last}")
        at, last = max(at, end), name
    return faults


def scan(path: Path) -> tuple[list[GoldRow], list[str]]:
    """The sound rows of a file, and its faults, one line each: ``file:line: reason``.

    Raises CorpusError when there is no such file or it can't be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = "does not exist" if not path.exists() else f"can't be read: {error.strerror}"
        raise CorpusError(f"{path} {reason}") from error
    rows, faults = [], []
    # Not splitlines(): a JSON string may hold U+2028 and its like as they are.
    for n, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            faults.append(f"{path}:{n}: not UTF-8 at byte {error.start}")
            continue
        except (json.JSONDecodeError, RecursionError) as error:
            faults.append(f"{path}:{n}: not JSON: {error}")
            continue
        found = check_row(row)
        shown = f"{path}:{n}: " if not isinstance(row, dict) else f"{path}:{n}: {_name(row)}"
        faults += [shown + fault for fault in found]
        if not found:
            rows.append(GoldRow(path, n, row))
    return rows, faults


def _name(row: Mapping[str, Any]) -> str:
    return f"document {row['id']}: " if isinstance(row.get("id"), str) else ""


def read_rows(paths: Iterable[Path]) -> list[GoldRow]:
    """Read gold files whole or not at all.

    Raises CorpusError naming every bad row (file, line, document, reason): nothing is
    trained on a corpus with faults.
    """
    rows: list[GoldRow] = []
    faults: list[str] = []
    for path in paths:
        more, bad = scan(path)
        rows += more
        faults += bad
    if faults:
        raise CorpusError(
            "rows that can't be trained on; nothing was trained:\n" + "\n".join(faults)
        )
    return rows
