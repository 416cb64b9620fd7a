"""One file into units: lines, rows, pages, or the whole; cheap, for the parent process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import MissingExtra
from pipeline.readers.base import WHOLE_FILE, BadInput, ReadOptions, Source, Unit
from pipeline.readers.stream import Opened, decompression_errors, lines, read_all

# What a splitter yields: where, what, and why not (exactly one of the last two counts).
Piece = tuple[str, bytes | Mapping[str, Any], BadInput | None]
Splitter = Callable[[Opened, Source, ReadOptions, int], Iterator[Piece]]


def split(source: Source, options: ReadOptions, skip: int = 0) -> Iterator[Unit]:
    """The units of a file from number ``skip`` on; never raises for what the file holds.

    A file that can't be opened, or breaks off, gives a last unit with the failure.
    """
    counter = _Counter(source, skip)
    try:
        splitter = _splitter(source)
        with Opened(source, options.max_expansion) as opened:
            counter.opened = opened
            for at, data, error in splitter(opened, source, options, skip):
                unit = counter.unit(at, data, error)
                if unit is not None:
                    yield unit
            return
    except MissingExtra:
        raise
    except BadInput as error:
        failure = error
    except decompression_errors() as error:
        failure = BadInput("Damaged", f"the {source.compression} data breaks off: {error}")
    except OSError as error:
        failure = BadInput("Unreadable", error.strerror or str(error))
    except Exception as error:
        failure = BadInput("Damaged", f"not a readable {source.format} file: {error}")
    unit = counter.unit(counter.end(), b"", failure, rest=True)
    if unit is not None:
        yield unit


@dataclass
class _Counter:
    """Numbers the units of one file and leaves out those that were done before."""

    source: Source
    skip: int
    number: int = 0
    opened: Opened | None = None

    def unit(
        self,
        at: str,
        data: bytes | Mapping[str, Any],
        error: BadInput | None,
        rest: bool = False,
    ) -> Unit | None:
        number = self.number
        self.number += 1
        if number < self.skip:
            return None
        source = self.source
        return Unit(
            source.path,
            source.name,
            source.format,
            number,
            at,
            data,
            self.opened.position() if self.opened and not rest else source.size,
            None if error is None else error.failure(),
            rest,
            source.number,
        )

    def end(self) -> str:
        """Where a file broke off."""
        return "file" if self.number == 0 else f"after {self.number} documents"


def _splitter(source: Source) -> Splitter:
    if source.format in WHOLE_FILE:
        return _whole
    if source.format == "jsonl":
        return _jsonl
    if source.format == "csv":
        from pipeline.readers.table import split_csv

        return split_csv
    if source.format == "parquet":
        from pipeline.readers.table import split_parquet

        return split_parquet
    from pipeline.readers.warc import split_warc

    return split_warc


def _whole(opened: Opened, source: Source, options: ReadOptions, skip: int) -> Iterator[Piece]:
    if skip:
        yield "file", b"", None
        return
    data = read_all(opened.stream, options.max_size)
    yield "file", data or b"", too_large(options) if data is None else None


def _jsonl(opened: Opened, source: Source, options: ReadOptions, skip: int) -> Iterator[Piece]:
    for number, line in lines(opened.stream, options.max_size):
        if line is None:
            yield f"line {number}", b"", too_large(options)
        elif line.strip():
            yield f"line {number}", line, None


def too_large(options: ReadOptions) -> BadInput:
    """The failure of a document over the limit."""
    return BadInput(
        "TooLarge", f"more than {options.max_size:,} bytes; raise --max-size if it is one document"
    )
