"""The growing outputs of a run: records and dead letters, append-only."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.batch.work import Row
from pipeline.errors import PipelineError
from pipeline.terminal import visible


class OutputError(PipelineError):
    """An output can't be written; what was written before is good."""


@contextmanager
def writing(path: object) -> Iterator[None]:
    """Turn a failed write into a message with the remedy."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            why = f"no room left ({why}): free some"
        raise OutputError(
            f"{path}: {why}; nothing is lost, the same command goes on from here"
        ) from None


class FileParts:
    """Two files that grow; what lies behind the last commit's bytes is cut off at the start."""

    def __init__(self, records: Path, errors: Path, good: tuple[int, int]) -> None:
        self._paths = (records, errors)
        with writing(records):
            self._files = [_reopen(path, size) for path, size in zip(self._paths, good)]
        self.sizes = list(good)

    def record(self, line: str) -> None:
        """Append a record."""
        self._write(0, line)

    def error(self, row: Row) -> None:
        """Append a dead letter."""
        self._write(1, dead_letter(row))

    def _write(self, which: int, line: str) -> None:
        data = line.encode("utf-8", "backslashreplace") + b"\n"
        with writing(self._paths[which]):
            self._files[which].write(data)
        self.sizes[which] += len(data)

    def sync(self) -> tuple[int, int]:
        """Put all on the disk; the sizes that are now safe."""
        for path, file in zip(self._paths, self._files):
            with writing(path):
                file.flush()
                os.fsync(file.fileno())
        return self.sizes[0], self.sizes[1]

    def close(self) -> None:
        """Close both; what was not synced may be lost, and is not counted."""
        for file in self._files:
            try:
                file.close()
            except OSError:
                file.raw.close() if hasattr(file, "raw") else None


class StreamParts:
    """Records to standard output, dead letters to standard error."""

    def __init__(self) -> None:
        self._out = sys.stdout.buffer

    def record(self, line: str) -> None:
        """Write a record."""
        self._out.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def error(self, row: Row) -> None:
        """Say what failed, in a line."""
        assert row.failure is not None
        said = f"{row.path}, {row.at}: {row.failure.type}: {row.failure.message}"
        print(visible(said), file=sys.stderr)

    def sync(self) -> tuple[int, int]:
        """Pass on what was written."""
        self._out.flush()
        return 0, 0

    def close(self) -> None:
        """Nothing to close."""


def dead_letter(row: Row) -> str:
    """A failed input as a line of JSON: its place, its id if known, why, how it begins."""
    assert row.failure is not None
    letter = {
        "path": row.path,
        "name": row.name,
        "at": row.at,
        "number": row.number,
        "rest": row.rest,
        "id": row.id,
        "type": row.failure.type,
        "message": row.failure.message,
        "input": row.excerpt,
    }
    return json.dumps(letter, ensure_ascii=False)


def _reopen(path: Path, size: int) -> BinaryIO:
    """A file cut to its good size and open for appending."""
    file = open(path, "r+b" if path.exists() else "w+b")  # noqa: SIM115 - closed by close()
    have = file.seek(0, os.SEEK_END)
    if have < size:
        file.close()
        raise OSError(
            errno.EIO,
            f"has {have:,} bytes where {size:,} were written: it was changed; --overwrite",
        )
    file.truncate(size)
    file.seek(size)
    return file
