"""One flat table as CSV that a spreadsheet opens by a double click."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.writers import flat

# A cell that begins so would be run as a formula, and the text comes from anywhere. White
# space before the sign is no protection, and the wide signs are read as the narrow ones.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")


def write_csv(lines: Iterable[bytes], output: Path, table: str = "assignments") -> int:
    """Write a table of the records as CSV with a byte-order mark; how many rows.

    Without the mark Excel takes UTF-8 for another encoding. A text that looks like a
    formula gets an apostrophe in front.
    """
    count = 0
    with output.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(flat.TABLES[table])
        for line in lines:
            for row in flat.rows(json.loads(line))[table]:
                writer.writerow([cell(value) for value in row.values()])
                count += 1
    return count


def cell(value: Any) -> Any:
    """A value as a spreadsheet may have it.

    >>> cell("=1+1"), cell("Sở Nội vụ"), cell(20.0), cell(None)
    ("'=1+1", 'Sở Nội vụ', 20.0, None)
    """
    if isinstance(value, str) and (
        value.startswith(_BREAKS) or value.lstrip().startswith(_FORMULA)
    ):
        return "'" + value
    return value
