"""The plan's files cut into chunks, the same ones however often a run was stopped.

A shard is a run of files, a chunk a run of units inside one shard. Where a chunk ends
depends only on what follows its beginning, so a run that goes on from the end of a
chunk makes the same chunks as one that was never stopped; and every engine makes the
same ones. That matters because the scores of a document can differ in their last digit
with the documents it shares a batch with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.batch.options import CHUNK_BYTES, CHUNK_DOCUMENTS
from pipeline.readers.base import Failure, ReadOptions, Source, Unit
from pipeline.readers.split import split

SHARD_FILES = 256
SHARD_BYTES = 64_000_000

Planned = Source | tuple[Source, Failure]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which units of a file are to be done; by default all."""

    numbers: frozenset[int] | None = None
    rest: int | None = None

    def has(self, number: int) -> bool:
        """Whether unit ``number`` is selected."""
        if self.numbers is None or number in self.numbers:
            return True
        return self.rest is not None and number >= self.rest


ALL = Selection()


def shards(files: Iterable[Planned]) -> Iterator[list[Planned]]:
    """Groups of files in order, none larger than it must be."""
    group: list[Planned] = []
    size = 0
    for planned in files:
        source = planned if isinstance(planned, Source) else planned[0]
        if group and (len(group) >= SHARD_FILES or size + source.size > SHARD_BYTES):
            yield group
            group, size = [], 0
        group.append(planned)
        size += source.size
    if group:
        yield group


def units(
    shard: Iterable[Planned],
    options: ReadOptions,
    start: tuple[int, int] = (0, 0),
    select: Callable[[str], Selection] = lambda path: ALL,
) -> Iterator[Unit]:
    """Units of a shard's files from ``start`` (file, unit) on."""
    for planned in shard:
        source = planned if isinstance(planned, Source) else planned[0]
        if source.number < start[0]:
            continue
        skip = start[1] if source.number == start[0] else 0
        if isinstance(planned, tuple):
            if skip == 0:
                failure = planned[1]
                yield Unit(
                    source.path, source.name, source.format, 0, "input", failure=failure,
                    rest=True, file=source.number,
                )  # fmt: skip
            continue
        selection = select(source.path)
        for unit in split(source, options, skip):
            if selection.has(unit.number):
                yield unit


def chunked(stream: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Lists of units, bounded in number and bytes."""
    chunk: list[Unit] = []
    size = 0
    for unit in stream:
        if chunk and (len(chunk) >= CHUNK_DOCUMENTS or size + unit.size() > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(unit)
        size += unit.size()
    if chunk:
        yield chunk


def chunks(
    files: Iterable[Planned],
    options: ReadOptions,
    start: tuple[int, int] = (0, 0),
    select: Callable[[str], Selection] = lambda path: ALL,
) -> Iterator[list[Unit]]:
    """All chunks of a run from ``start`` on; ``files`` is the whole plan."""
    for shard in left(files, start):
        yield from chunked(units(shard, options, start, select))


def left(files: Iterable[Planned], start: tuple[int, int]) -> Iterator[list[Planned]]:
    """The shards of the whole plan that are not done; cut as they were at first."""
    for shard in shards(files):
        last = shard[-1] if isinstance(shard[-1], Source) else shard[-1][0]
        if last.number >= start[0]:
            yield shard
