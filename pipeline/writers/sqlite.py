"""SQLite: the records as JSON, and the three flat tables with indexes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pipeline.writers import flat

_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL"}
_RECORDS = (
    "CREATE TABLE records(id TEXT PRIMARY KEY, published TEXT, title TEXT, url TEXT, "
    "source TEXT, text_length INTEGER, json TEXT NOT NULL)"
)
_INDEXES = (
    "CREATE INDEX assignments_by_agency ON assignments(agency, due)",
    "CREATE INDEX assignments_by_due ON assignments(due)",
    "CREATE INDEX documents_by_number ON documents(number)",
    "CREATE INDEX mentions_by_record ON mentions(record_id)",
)


def write_sqlite(records: Path, output: Path) -> None:
    """Write a file of JSON lines as a database."""
    draft = output.with_name(output.name + ".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as db:
        # A draft that is cut short is made again: no journal is needed.
        db.execute("PRAGMA journal_mode=OFF")
        db.execute("PRAGMA synchronous=OFF")
        db.execute("BEGIN")
        db.execute(_RECORDS)
        for table, columns in flat.TABLES.items():
            typed = ", ".join(f'"{name}" {_TYPES[kind]}' for name, kind in columns.items())
            db.execute(f"CREATE TABLE {table}({typed})")
        with records.open(encoding="utf-8") as lines:
            for line in lines:
                _insert(db, line.rstrip("\n"))
        for index in _INDEXES:
            db.execute(index)
        db.execute("COMMIT")
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(draft, output)


def read_sqlite(path: Path) -> Iterator[bytes]:
    """The JSON lines that :func:`write_sqlite` was given, byte for byte."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        for (line,) in db.execute("SELECT json FROM records ORDER BY rowid"):
            yield line.encode()


def _insert(db: sqlite3.Connection, line: str) -> None:
    record = json.loads(line)
    db.execute(
        "INSERT INTO records VALUES(?,?,?,?,?,?,?)",
        (
            *(record[key] for key in ("id", "published", "title", "url", "source", "text_length")),
            line,
        ),
    )
    for table, rows in flat.rows(record).items():
        marks = ",".join("?" * len(flat.TABLES[table]))
        db.executemany(
            f"INSERT INTO {table} VALUES({marks})", [tuple(row.values()) for row in rows]
        )
