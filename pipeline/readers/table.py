"""Rows of CSV and Parquet files."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput, ReadOptions, Source
from pipeline.readers.encoding import decode
from pipeline.readers.split import Piece, too_large
from pipeline.readers.stream import Opened, lines

_PARQUET_ROWS = 64
_DELIMITERS = ",;\t|"


class _Lines:
    """Lines as latin-1 text, one byte a character; an overlong one raises, then it goes on.

    A generator would be finished by its own exception; ``csv.reader`` calls this again.
    """

    def __init__(self, opened: Opened, limit: int) -> None:
        self._lines = lines(opened.stream, limit)
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        if line is None:
            raise csv.Error("overlong")
        return line.decode("latin-1") + "\n"


def split_csv(
    opened: Opened, source: Source, options: ReadOptions, skip: int
) -> Iterator[tuple[str, dict[str, Any], BadInput | None]]:
    """Rows as ``{column: bytes}``; the delimiter is the commonest of ``, ; tab |`` in the head.

    UTF-8 and the old Vietnamese encodings leave ASCII alone, so a table can be cut up
    before its encoding is known.
    """
    rows = _Lines(opened, options.max_size)
    try:
        head = next(rows).removeprefix("ï»¿")
    except StopIteration:
        return
    except csv.Error:
        raise too_large(options) from None
    if head.startswith(("ÿþ", "þÿ")):
        raise BadInput("NotUtf8", "UTF-16; save it as UTF-8 (in Excel: “CSV UTF-8”)")
    delimiter = max(_DELIMITERS, key=head.count)
    before = csv.field_size_limit(options.max_size)
    try:
        reader = csv.reader(rows, delimiter=delimiter)
        first = next(csv.reader([head], delimiter=delimiter), [])
        columns = [decode(name.encode("latin-1"), "auto")[0].strip() for name in first]
        require(columns, options)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield f"line {rows.number}", {}, too_large(options)
                continue
            if row:
                cells = {name: cell.encode("latin-1") for name, cell in zip(columns, row)}
                yield f"line {rows.number}", cells, None
    finally:
        csv.field_size_limit(before)


def split_parquet(
    opened: Opened, source: Source, options: ReadOptions, skip: int
) -> Iterator[Piece]:
    """Rows as ``{column: value}``, a few at a time; row groups done before are not read."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtra("pyarrow", "formats") from None
    with _seekable(opened, source) as file, pq.ParquetFile(file) as table:
        columns: list[str] = table.schema_arrow.names
        require(columns, options)
        wanted = columns if options.with_meta else [c for c in columns if c in _known(options)]
        number = 0
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if number + rows <= skip:
                for _ in range(rows):
                    yield "", {}, None
                number += rows
                continue
            for batch in table.iter_batches(_PARQUET_ROWS, row_groups=[group], columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    text = row.get(options.text_field)
                    over = isinstance(text, str | bytes) and len(text) > options.max_size
                    yield (
                        (f"row {number}", {}, too_large(options))
                        if over
                        else (f"row {number}", row, None)
                    )


def require(columns: list[str], options: ReadOptions) -> None:
    """Raise :class:`BadInput` naming the columns there are, if the text's is not among them."""
    if options.text_field not in columns:
        raise BadInput(
            "MissingColumn",
            f"no column {options.text_field!r}; it has {', '.join(columns[:20])}; "
            "name the right one with --text-field",
        )


def _known(options: ReadOptions) -> set[str]:
    return set(options.fields().values())


def _seekable(opened: Opened, source: Source) -> IO[bytes]:
    """The file itself, or a decompressed copy of it on disk."""
    if source.compression is None and opened.stream.seekable():
        return opened.stream
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        while block := opened.stream.read(io.DEFAULT_BUFFER_SIZE * 16):
            copy.write(block)
    except BaseException:  # the data breaks off: nobody else would close the copy
        copy.close()
        raise
    copy.seek(0)
    return copy
