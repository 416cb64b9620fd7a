"""One form of records into another."""

from __future__ import annotations

from pathlib import Path

from pipeline.batch.finish import replace_durably, write_output
from pipeline.batch.lock import Lock
from pipeline.batch.parts import writing
from pipeline.batch.paths import OutputPaths
from pipeline.errors import ConfigError
from pipeline.readers.extras import require_for
from pipeline.writers.records import read_lines
from pipeline.writers.spreadsheet import write_csv


def convert(records: Path, output: Path, table: str = "assignments") -> int:
    """Write ``records`` as ``output``; how many records, or rows of a CSV ``table``.

    Raises ConfigError if ``output`` exists or its suffix says nothing.
    """
    if output.exists():
        raise ConfigError(f"{output} exists: give another name, or remove it first")
    require_for(OutputPaths(records).format)
    paths = OutputPaths(output)
    if output.suffix.lower() == ".csv":
        with Lock(paths.lock), writing(output):
            return _csv(records, output, table)
    require_for(paths.format)
    count = 0
    with Lock(paths.lock), writing(output):
        draft = output.with_name(output.name + ".lines")
        try:
            with draft.open("wb") as lines:
                for line in read_lines(records):
                    lines.write(line + b"\n")
                    count += 1
            write_output(draft, paths)
        finally:
            draft.unlink(missing_ok=True)
    return count


def _csv(records: Path, output: Path, table: str) -> int:
    draft = output.with_name(output.name + ".draft")
    try:
        count = write_csv(read_lines(records), draft, table)
        replace_durably(draft, output)
    finally:
        draft.unlink(missing_ok=True)
    return count
