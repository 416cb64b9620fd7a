"""One form of records into another."""

from __future__ import annotations

from pathlib import Path

from pipeline.batch.lock import Lock
from pipeline.batch.parts import writing
from pipeline.batch.paths import OutputPaths
from pipeline.errors import ConfigError
from pipeline.readers.extras import require_for
from pipeline.writers.records import read_lines


def convert(records: Path, output: Path) -> int:
    """Write ``records`` as ``output``; how many there were.

    Raises ConfigError if ``output`` exists or its suffix says nothing.
    """
    paths = OutputPaths(output)
    require_for(paths.format, OutputPaths(records).format)
    if output.exists():
        raise ConfigError(f"{output} exists: give another name, or remove it first")
    count = 0
    with Lock(paths.lock), writing(output):
        draft = output.with_name(output.name + ".lines")
        try:
            with draft.open("wb") as lines:
                for line in read_lines(records):
                    lines.write(line + b"\n")
                    count += 1
            write(draft, paths)
        finally:
            draft.unlink(missing_ok=True)
    return count


def write(lines: Path, paths: OutputPaths) -> None:
    """A file of JSON lines as the output that ``paths`` names."""
    if paths.format == "parquet":
        from pipeline.writers.parquet import write_parquet

        write_parquet(lines, paths)
    elif paths.format == "sqlite":
        from pipeline.writers.sqlite import write_sqlite

        write_sqlite(lines, paths.output)
    else:
        from pipeline.batch.finish import replace_durably

        replace_durably(lines, paths.output)
