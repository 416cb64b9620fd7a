"""The state of a run in one SQLite file: its plan, how far it is, the ids it has given.

A commit is one transaction, made after the outputs' bytes are on disk. Whatever stops
the process, the journal says up to which byte the outputs are good and with which unit
to go on.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.readers.base import Failure, Source

# Journal and database are each synced at a commit: a power cut loses neither.
SYNCHRONOUS = "FULL"

_TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE files(
    number INTEGER PRIMARY KEY, path TEXT UNIQUE, name TEXT, format TEXT, compression TEXT,
    size INTEGER, mtime_ns INTEGER, before INTEGER, failure TEXT, message TEXT,
    sha256 TEXT, encodings TEXT, documents INTEGER DEFAULT 0, errors INTEGER DEFAULT 0);
CREATE TABLE ids(key BLOB PRIMARY KEY, last INTEGER) WITHOUT ROWID;
CREATE TABLE failures(type TEXT PRIMARY KEY, n INTEGER);
CREATE TABLE wanted(path TEXT, number INTEGER, rest INTEGER, PRIMARY KEY(path, number));
"""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a run is: the next unit, the good bytes of both outputs, the counts."""

    file: int = 0
    unit: int = 0
    records_bytes: int = 0
    errors_bytes: int = 0
    records: int = 0
    errors: int = 0
    duplicates: int = 0
    characters: int = 0
    seconds: float = 0.0
    sessions: int = 0


class Journal:
    """The journal at ``path``; without one, in a temporary place that ends with it."""

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(path or "", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode=DELETE; PRAGMA synchronous={SYNCHRONOUS};")
        self._db.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-16000;")
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self.new = tables == 0 or self.get("phase") is None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str) -> Any:
        """A value of the run, None if never set."""
        row = self._db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, **values: Any) -> None:
        """Set values of the run."""
        self._db.execute("BEGIN")
        self._put(values)
        self._db.execute("COMMIT")

    def _put(self, values: dict[str, Any]) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO meta VALUES(?,?)",
            [(key, json.dumps(value, ensure_ascii=False)) for key, value in values.items()],
        )

    def begin(self, sources: Iterable[Source | Failure], **values: Any) -> int:
        """Store the plan, in one transaction; how many files were named twice."""
        db = self._db
        db.execute("BEGIN")
        for table in ("meta", "files", "ids", "failures", "wanted"):
            db.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _TABLES.strip().split(";"):
            db.execute(statement)
        number = before = twice = 0
        digest = hashlib.sha256()
        for found in sources:
            failure = found if isinstance(found, Failure) else None
            source = found if isinstance(found, Source) else Source(found.path, found.name, "txt")
            fingerprint(digest, found)
            added = db.execute(
                "INSERT OR IGNORE INTO files(number, path, name, format, compression, size, "
                "mtime_ns, before, failure, message) VALUES(?,?,?,?,?,?,?,?,?,?)",
                (
                    number, source.path, source.name, source.format, source.compression,
                    source.size, source.mtime_ns, before,
                    failure and failure.type, failure and failure.message,
                ),
            ).rowcount  # fmt: skip
            if added:
                number += 1
                before += source.size
            else:
                twice += 1
        self._put(values)
        self._put({"files": number, "bytes": before, "plan": digest.hexdigest()})
        self._put({"cursor": asdict(Cursor())})
        db.execute("COMMIT")
        self.new = False
        return twice

    def cursor(self) -> Cursor:
        """How far the run is."""
        return Cursor(**self.get("cursor"))

    def files(self, first: int = 0) -> Iterator[Source | tuple[Source, Failure]]:
        """The planned files from number ``first`` on."""
        at = first
        while rows := self._db.execute(
            "SELECT number, path, name, format, compression, size, mtime_ns, failure, message "
            "FROM files WHERE number>=? ORDER BY number LIMIT 500",
            (at,),
        ).fetchall():
            for number, path, name, format, compression, size, time, failure, message in rows:
                found = Source(path, name, format, compression, size, time, number)
                yield found if failure is None else (found, Failure(failure, message))
            at = rows[-1][0] + 1

    def bytes_before(self, file: int) -> int:
        """Size of all files before one."""
        row = self._db.execute("SELECT before FROM files WHERE number=?", (file,)).fetchone()
        return int(row[0]) if row else 0

    def commit(
        self,
        cursor: Cursor,
        ids: dict[bytes, int],
        files: dict[int, FileCount],
        failures: dict[str, int],
    ) -> None:
        """Make all that was written so far count."""
        db = self._db
        db.execute("BEGIN")
        self._put({"cursor": asdict(cursor)})
        db.executemany("INSERT OR REPLACE INTO ids VALUES(?,?)", ids.items())
        db.executemany(
            "INSERT INTO failures VALUES(?,?) ON CONFLICT(type) DO UPDATE SET n=n+excluded.n",
            failures.items(),
        )
        for number, count in files.items():
            known = db.execute("SELECT encodings FROM files WHERE number=?", (number,)).fetchone()
            names = count.encodings | set((known[0] or "").split(",") if known else ())
            db.execute(
                "UPDATE files SET documents=documents+?, errors=errors+?, encodings=? "
                "WHERE number=?",
                (count.documents, count.errors, ",".join(sorted(names - {""})), number),
            )
        db.execute("COMMIT")

    def last_of(self, key: bytes) -> int | None:
        """The highest number given to an id so far; None if it is new."""
        row = self._db.execute("SELECT last FROM ids WHERE key=?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def failures(self) -> dict[str, int]:
        """Dead letters by type, most frequent first."""
        return dict(self._db.execute("SELECT type, n FROM failures ORDER BY n DESC, type"))

    def want(self, wanted: Iterable[tuple[str, int, bool]]) -> None:
        """Keep to these units of these paths (``--retry-errors``)."""
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR REPLACE INTO wanted VALUES(?,?,?)", wanted)
        self._db.execute("COMMIT")

    def wanted(self, path: str) -> tuple[set[int], int | None]:
        """Numbers wanted of a file, and the one from which on all are."""
        rows = self._db.execute("SELECT number, rest FROM wanted WHERE path=?", (path,)).fetchall()
        rest = [number for number, all_on in rows if all_on]
        return {number for number, _ in rows}, min(rest) if rest else None

    def put_hashes(self, hashes: list[tuple[str, int]], upto: int) -> None:
        """Store the hashes of files (hash, number) before file number ``upto``."""
        self._db.execute("BEGIN")
        self._db.executemany("UPDATE files SET sha256=? WHERE number=?", hashes)
        self._put({"hashed": upto})
        self._db.execute("COMMIT")

    def inputs(self) -> Iterator[dict[str, Any]]:
        """What the manifest says of each file."""
        cursor = self._db.execute(
            "SELECT path, size, sha256, encodings, documents, errors FROM files "
            "WHERE failure IS NULL ORDER BY number"
        )
        for path, size, sha256, encodings, documents, errors in cursor:
            yield {
                "path": path,
                "bytes": size,
                "sha256": sha256,
                "encodings": encodings.split(",") if encodings else [],
                "documents": documents,
                "errors": errors,
            }


def fingerprint(digest: Any, found: Source | Failure) -> None:
    """Add one input to the name of a plan: where, how large and how old it is."""
    row = (
        [found.path, found.type]
        if isinstance(found, Failure)
        else [found.path, found.size, found.mtime_ns]
    )
    digest.update(json.dumps(row).encode())


@dataclass(slots=True)
class FileCount:
    """What came of a file since the last commit."""

    documents: int
    errors: int
    encodings: set[str]


class Ids:
    """Gives each record an id that no other of the output has.

    >>> ids = Ids(lambda key: None)
    >>> ids.unique("a"), ids.unique("b"), ids.unique("a"), ids.unique("a")
    ('a', 'b', 'a#2', 'a#3')
    """

    def __init__(self, last_of: Any) -> None:
        self._last_of = last_of
        self.fresh: dict[bytes, int] = {}

    def unique(self, id: str) -> str:
        """``id``, or the first of ``id#2``, ``id#3`` … that is free."""
        key = _key(id)
        last = self._last(key)
        if last is None:
            self.fresh[key] = 1
            return id
        number = last
        while True:
            number += 1
            name = f"{id}#{number}"
            if self._last(_key(name)) is None:
                break
        self.fresh[key] = number
        self.fresh[_key(name)] = 1
        return name

    def _last(self, key: bytes) -> int | None:
        found = self.fresh.get(key)
        return found if found is not None else self._last_of(key)


def _key(id: str) -> bytes:
    return hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
