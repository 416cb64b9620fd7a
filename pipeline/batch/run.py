"""The loop of a run: rows in order into the parts, a commit now and then, the end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pipeline.batch.chunks import ALL, Selection, chunks
from pipeline.batch.journal import Cursor, FileCount, Ids, Journal
from pipeline.batch.options import BatchOptions
from pipeline.batch.work import Row, renamed

# A commit costs a few syncs of the disk; this is the most work that a stop can undo.
COMMIT_SECONDS = 1.0


class Parts(Protocol):
    """Where rows go; see :mod:`pipeline.batch.parts`."""

    def record(self, line: str) -> None: ...
    def error(self, row: Row) -> None: ...
    def sync(self) -> tuple[int, int]: ...
    def close(self) -> None: ...


class Progress(Protocol):
    """Who wants to know how far it is; see :mod:`pipeline.batch.progress`."""

    def at(self, cursor: Cursor, position: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did, all its sessions together."""

    records: int
    errors: int
    duplicates: int
    characters: int
    seconds: float
    failures: dict[str, int] = field(default_factory=dict)
    output: Path | None = None
    taken_over: int = 0
    fresh: bool = True

    def line(self) -> str:
        """One line for a person."""
        rate = (self.records - self.taken_over) / self.seconds if self.seconds else 0.0
        what = f"{self.records:,} record{'s' if self.records != 1 else ''}"
        if self.errors:
            kinds = ", ".join(f"{name} {n:,}" for name, n in self.failures.items())
            what += f", {self.errors:,} failed ({kinds})"
        if self.duplicates:
            what += f", {self.duplicates:,} ids renamed"
        where = f" → {self.output}" if self.output else ""
        return f"{what} in {duration(self.seconds)}, {rate:.1f}/s{where}"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds.

    >>> duration(3725.2), duration(8.04)
    ('1:02:05', '8.0 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def rows_of(
    journal: Journal, options: BatchOptions, cursor: Cursor
) -> tuple[Iterator[list[Row]], Callable[[], None]]:
    """The rows still to be written, by the engine asked for, and how to stop it."""
    retry = journal.get("mode") == "retry"
    select = _selection(journal) if retry else (lambda path: ALL)
    start = (cursor.file, cursor.unit)
    if options.engine == "ray":
        from pipeline.cluster import extract_on_ray

        stream = extract_on_ray(journal.files(), options, start, select)
    else:
        from pipeline.batch.local import extract_in_processes, extract_inline

        cut = chunks(journal.files(), options.read, start, select)
        engine = extract_in_processes if options.workers else extract_inline
        stream = engine(cut, options)
    return stream, getattr(stream, "close", lambda: None)


def _selection(journal: Journal) -> Callable[[str], Selection]:
    def select(path: str) -> Selection:
        numbers, rest = journal.wanted(path)
        # A file that was never reached, of a folder that could not be listed: all of it.
        return Selection(frozenset(numbers), rest) if numbers else ALL

    return select


def write_all(
    stream: Iterable[list[Row]], journal: Journal, parts: Parts, progress: Progress
) -> Cursor:
    """Write the rows that are left, committing as it goes; the final cursor.

    On any exception, Ctrl-C included, what has been written is committed first if the
    outputs can still be synced.
    """
    writer = _Writer(journal, parts, progress)
    try:
        for rows in stream:
            writer.write(rows)
        writer.commit()
    except BaseException:
        writer.last_commit()
        raise
    return writer.cursor


class _Writer:
    """Rows into parts; everything since the last commit."""

    def __init__(self, journal: Journal, parts: Parts, progress: Progress) -> None:
        self._journal, self._parts, self._progress = journal, parts, progress
        self.cursor = journal.cursor()
        self._whole = self.cursor  # after the last complete chunk
        self._total = int(journal.get("bytes") or 0)
        self._ids = Ids(journal.last_of)
        self._files: dict[int, FileCount] = {}
        self._failures: dict[str, int] = {}
        self._clock = self._committed = time.monotonic()
        self._before = (-1, 0)
        self._torn = False

    def write(self, rows: list[Row]) -> None:
        """One chunk."""
        self._torn = True
        for row in rows:
            self._one(row)
        self._torn = False
        now = time.monotonic()
        self.cursor = replace(self.cursor, seconds=self.cursor.seconds + now - self._clock)
        self._clock = now
        if rows:
            self._progress.at(self.cursor, self._position(rows[-1]), self._total)
        if now - self._committed >= COMMIT_SECONDS:
            self.commit()

    def _one(self, row: Row) -> None:
        cursor = self.cursor
        records = errors = duplicates = 0
        count = self._files.setdefault(row.file, FileCount(0, 0, set()))
        if row.failure is not None:
            self._parts.error(row)
            errors = 1
            count.errors += 1
            self._failures[row.failure.type] = self._failures.get(row.failure.type, 0) + 1
        else:
            assert row.line is not None and row.id is not None
            id, line = self._ids.unique(row.id), row.line
            if id != row.id:
                line = renamed(line, row.id, id)
                duplicates = 1
            self._parts.record(line)
            records = 1
            count.documents += 1
            if row.encoding:
                count.encodings.add(row.encoding)
        self.cursor = replace(
            cursor,
            file=row.file,
            unit=row.number + 1,
            records=cursor.records + records,
            errors=cursor.errors + errors,
            duplicates=cursor.duplicates + duplicates,
            characters=cursor.characters + row.characters,
        )

    def commit(self) -> None:
        """Sync the outputs, then say so in the journal."""
        records_bytes, errors_bytes = self._parts.sync()
        self.cursor = replace(self.cursor, records_bytes=records_bytes, errors_bytes=errors_bytes)
        self._journal.commit(self.cursor, self._ids.fresh, self._files, self._failures)
        self._ids.fresh = {}
        self._files, self._failures = {}, {}
        self._committed = time.monotonic()

    def last_commit(self) -> None:
        """Commit what stands if it ends with a whole chunk and the disk still takes it."""
        if self._torn:
            return
        with contextlib.suppress(Exception):
            self.commit()

    def _position(self, row: Row) -> int:
        if self._before[0] != row.file:
            self._before = (row.file, self._journal.bytes_before(row.file))
        return self._before[1] + row.position
