"""Records read back, whatever they were written as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.batch.paths import OutputPaths
from pipeline.errors import InputError


def read_lines(path: Path) -> Iterator[bytes]:
    """Each record of a JSONL, Parquet or SQLite output as its line of JSON, without break.

    Raises InputError if there is no such file.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    format = OutputPaths(path).format
    if format == "parquet":
        from pipeline.writers.parquet import read_parquet

        yield from read_parquet(path)
    elif format == "sqlite":
        from pipeline.writers.sqlite import read_sqlite

        yield from read_sqlite(path)
    else:
        with path.open("rb") as lines:
            yield from (line.rstrip(b"\n") for line in lines)
