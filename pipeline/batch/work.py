"""Units in, rows out: what one worker does, whatever engine it belongs to."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.batch.options import BatchOptions
from pipeline.readers.base import BadInput, Failure, Item, Unit
from pipeline.readers.parse import parse

if TYPE_CHECKING:
    from pipeline.schema import Record

_EXCERPT = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one unit: a line of JSON, or the reason why there is none."""

    file: int
    number: int
    path: str
    name: str
    at: str
    id: str | None = None
    line: str | None = None
    failure: Failure | None = None
    rest: bool = False
    excerpt: str | None = None
    encoding: str | None = None
    characters: int = 0
    position: int = 0


def failed(unit: Unit, failure: Failure, id: str | None = None) -> Row:
    """The row of a unit that gave no record."""
    return Row(
        unit.file,
        unit.number,
        unit.path,
        unit.name,
        unit.at,
        id=id,
        failure=failure,
        rest=unit.rest,
        excerpt=_excerpt(unit),
        position=unit.position,
    )


class ExtractBatch:
    """Loads an extractor once, then turns lists of units into lists of rows."""

    def __init__(self, options: BatchOptions) -> None:
        self._options = options
        self._extractor = options.extractor.make()

    def __call__(
        self, units: Sequence[Unit], alive: Callable[[], None] = lambda: None
    ) -> list[Row]:
        """One row for each unit, in order; ``alive`` is called after each step done."""
        rows: list[Row | None] = [None] * len(units)
        items: list[tuple[int, Item]] = []
        for i, unit in enumerate(units):
            try:
                items.append((i, parse(unit, self._options.read)))
            except BadInput as error:
                rows[i] = failed(unit, error.failure())
            except Exception as error:
                rows[i] = failed(unit, unexpected(error))
            alive()
        try:
            records = self._extract([item for _, item in items], alive)
        except Exception:  # one of them is at fault: find it
            for i, item in items:
                rows[i] = self._one(units[i], item)
                alive()
        else:
            for (i, item), record in zip(items, records, strict=True):
                rows[i] = _row(units[i], item, record)
        return [row for row in rows if row is not None]

    def _extract(self, items: Sequence[Item], alive: Callable[[], None]) -> list[Record]:
        records = []
        if not items:
            return []
        for record in self._extractor.extract_many(
            [item.mapping() for item in items],
            batch_size=len(items),
            with_text=self._options.with_text,
            with_meta=self._options.read.with_meta,
        ):
            records.append(record)
            alive()
        return records

    def _one(self, unit: Unit, item: Item) -> Row:
        try:
            return _row(unit, item, self._extract([item], lambda: None)[0])
        except Exception as error:
            return failed(unit, unexpected(error), item.id)


def unexpected(error: Exception) -> Failure:
    """An error nobody foresaw, with a short name of where it was raised.

    The name is the same for the same fault, so that dead letters can be grouped by it.
    """
    if isinstance(error, MemoryError):
        why = "not enough memory for this document: give the process more, or split the document"
        return Failure("OutOfMemory", why)
    frames = traceback.extract_tb(error.__traceback__)
    where = "|".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.name}" for frame in frames)
    trace = hashlib.sha256(where.encode()).hexdigest()[:8]
    return Failure(type(error).__name__, f"{str(error)[:500]} [trace {trace}]")


def _row(unit: Unit, item: Item, record: Record) -> Row:
    if record.error is not None:
        return failed(unit, Failure(record.error.type, record.error.message), record.id)
    if item.encoding not in (None, "utf-8"):
        from pipeline.schema import Warning

        note = Warning(
            code="converted",
            message=f"read as {item.encoding}: offsets are those of the converted text",
        )
        record = record.model_copy(update={"warnings": [*record.warnings, note]})
    return Row(
        unit.file,
        unit.number,
        unit.path,
        unit.name,
        unit.at,
        id=record.id,
        line=record.to_json(),
        encoding=item.encoding,
        characters=record.text_length,
        position=unit.position,
    )


def renamed(line: str, id: str, new: str) -> str:
    """The JSON line of a record whose id another one has already."""
    from pipeline.schema import Record, Warning

    record = Record.model_validate_json(line)
    note = Warning(code="duplicate_id", message=f"another input has the id {id!r} too")
    return record.model_copy(update={"id": new, "warnings": [*record.warnings, note]}).to_json()


def _excerpt(unit: Unit) -> str | None:
    """The beginning of a row's input, so that a dead letter can be understood by itself."""
    data: Any = unit.data
    if isinstance(data, Mapping):
        data = "; ".join(f"{key}={_short(value)}" for key, value in data.items())
    elif unit.format == "jsonl" and data:
        data = _short(data)
    else:
        return None
    return str(data)[:_EXCERPT] or None


def _short(value: Any) -> str:
    if isinstance(value, bytes):
        return value[:_EXCERPT].decode("utf-8", errors="backslashreplace")
    return str(value)[:_EXCERPT]
