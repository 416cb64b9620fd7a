"""Parquet: the whole records nested, and three flat tables beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from enum import Enum
from itertools import islice
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pipeline.errors import MissingExtra
from pipeline.writers import flat

if TYPE_CHECKING:
    from pipeline.batch.paths import OutputPaths

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError:
    raise MissingExtra("pyarrow", "formats") from None

from pydantic import BaseModel

from pipeline.schema import AgencyValue, DocNumberValue, Record, TargetValue, TimeValue

_ROWS = 1_000
_PLAIN: dict[type, Any] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}
_VALUES: dict[str, type[BaseModel]] = {
    "DOC_NUMBER": DocNumberValue,
    "DATE": TimeValue,
    "DEADLINE": TimeValue,
    "AGENCY": AgencyValue,
    "TARGET": TargetValue,
}


def record_schema() -> Any:
    """The Arrow schema of a record, derived from the pydantic one.

    A mention's ``value`` is one struct with the fields of all kinds of values; ``meta`` is
    JSON text.
    """
    return pa.schema(list(_struct(Record)))


def write_parquet(records: Path, paths: OutputPaths) -> None:
    """Write a file of JSON lines as ``paths.output`` and the flat tables beside it."""
    targets = {"": paths.output} | {name: paths.table(name) for name in flat.TABLES}
    drafts = {name: path.with_name(path.name + ".draft") for name, path in targets.items()}
    schemas = {"": record_schema()} | {
        name: pa.schema([(column, _PLAIN[kind]) for column, kind in columns.items()])
        for name, columns in flat.TABLES.items()
    }
    writers = {
        name: pq.ParquetWriter(drafts[name], schemas[name], compression="zstd") for name in targets
    }
    try:
        for batch in _batches(records):
            rows: dict[str, list[Any]] = {name: [] for name in flat.TABLES}
            for record in batch:
                for name, some in flat.rows(record).items():
                    rows[name].extend(some)
            rows[""] = [{**record, "meta": _meta(record)} for record in batch]
            for name, writer in writers.items():
                writer.write_table(pa.Table.from_pylist(rows[name], schema=schemas[name]))
    finally:
        for writer in writers.values():
            writer.close()
    for name, path in targets.items():
        with drafts[name].open("rb") as file:
            os.fsync(file.fileno())
        os.replace(drafts[name], path)


def read_parquet(path: Path) -> Iterator[bytes]:
    """The JSON lines that :func:`write_parquet` was given, byte for byte."""
    with pq.ParquetFile(path) as table:
        for batch in table.iter_batches(_ROWS):
            for row in batch.to_pylist():
                for mention in row["mentions"]:
                    if mention["value"] is not None:
                        fields = _VALUES[mention["label"]].model_fields
                        mention["value"] = {k: mention["value"][k] for k in fields}
                row["meta"] = None if row["meta"] is None else json.loads(row["meta"])
                yield Record.model_validate(row).to_json().encode("utf-8", "backslashreplace")


def _meta(record: dict[str, Any]) -> str | None:
    meta = record.get("meta")
    return None if meta is None else json.dumps(meta, ensure_ascii=False)


def _batches(records: Path) -> Iterator[list[dict[str, Any]]]:
    with records.open("rb") as lines:
        while batch := [json.loads(line) for line in islice(lines, _ROWS)]:
            yield batch


def _struct(*models: type[BaseModel]) -> Iterator[Any]:
    """Fields of one model, or of several merged."""
    seen: dict[str, Any] = {}
    for model in models:
        for name, info in model.model_fields.items():
            seen.setdefault(info.alias or name, _type(info.annotation))
    for name, kind in seen.items():
        yield pa.field(name, kind)


def _type(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        return _type(kinds[0]) if len(kinds) == 1 else pa.struct(list(_struct(*kinds)))
    if origin is Annotated:
        return _type(get_args(hint)[0])
    if origin is Literal:
        return pa.string()
    if origin is list:
        return pa.list_(_type(get_args(hint)[0]))
    if origin is dict:
        return pa.string()
    if issubclass(hint, BaseModel):
        return pa.struct(list(_struct(hint)))
    if issubclass(hint, Enum):
        return pa.string()
    return _PLAIN[hint]
