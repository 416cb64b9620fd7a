"""What annotators decided, kept so that nothing is lost.

One folder; in it one file per annotator, ``<name>.jsonl``, only ever appended to. A row
is an ``edit`` (one operation, so that a crash costs nothing) or an ``answer`` (the whole
document, ``accept`` or ``skip``, in version 1, 2, …). Each says who, when and by which
version of the guide. Rows are written in one piece and synced before they count.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document, to_json
from pipeline.annotate.guide import guide_version
from pipeline.annotate.rows import Problem, parse
from pipeline.errors import CorpusError, InputError

GOLD = "gold"  # the annotator name under which adjudicated documents are kept
_NAME = re.compile(r"[\w][\w.@-]{0,63}")


class StaleRevision(InputError):
    """Another window has changed this document since it was read here."""


class StoreError(InputError):
    """A row could not be written; the rows before it are whole."""


@dataclass
class Log:
    """What one file says: the last answer of each document and the edits after it."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    edits: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        """Take in one valid row."""
        name = row["id"]
        self.counts[name] = self.counts.get(name, 0) + 1
        if row["kind"] == "edit":
            self.edits.setdefault(name, []).append(row)
        else:
            self.answers[name] = row
            self.edits.pop(name, None)


def read_log(path: Path, start: int = 0) -> tuple[Log, list[Problem], int]:
    """Read a store file from a byte on: its log, its bad lines, where it ends.

    A last line without a line break is one that a crash cut short: it is a problem too.
    """
    log, problems = Log(), []
    annotator = path.stem
    with path.open("rb") as file:
        file.seek(start)
        data = file.read()
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        if not line.strip():
            continue
        row, reason = parse(line, annotator)
        reason = reason or _stale(row, log)
        if reason is not None:
            problems.append(Problem(path, number, reason))
        else:
            log.add(row)
    if lines[-1].strip():
        problems.append(Problem(path, len(lines), "the line is cut short: no line break", True))
    return log, problems, start + len(data)


def _stale(row: Mapping[str, Any], log: Log) -> str | None:
    """Why an answer can't be newer than the one before it: a stale copy, put in by hand."""
    before = log.answers.get(row["id"])
    if row["kind"] != "answer" or before is None or row["version"] > before["version"]:
        return None
    return (
        f"document {row['id']}: version {row['version']} comes after version "
        f"{before['version']}: it is out of date, remove the line"
    )


class Store:
    """One annotator's file in a folder that others may use at the same time.

    Raises:
        InputError: a name that can't be a file's.
        CorpusError: lines that make no sense, each named with file, line and reason;
            the file stays as it is.
        StoreError: the folder can't be written.
    """

    def __init__(
        self,
        folder: str | Path,
        annotator: str,
        *,
        guide: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        annotator = unicodedata.normalize("NFC", annotator)
        if not _NAME.fullmatch(annotator):
            raise InputError(
                f"annotator {annotator!r}: use 1 to 64 letters, digits, '.', '-', '_' or '@'"
            )
        self.annotator = annotator
        self.path = Path(folder) / f"{annotator}.jsonl"
        self.guide = guide if guide is not None else guide_version()
        self.clock = clock
        self.log, self.end = Log(), 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"{self.path} can't be written: {error.strerror}") from error
        with _locked(fd):
            self.log, problems, self.end = read_log(self.path)
            if problems and problems[-1].torn:
                self.end = self._set_aside(fd)
                problems.pop()
        if problems:
            raise CorpusError(
                "these lines of the store make no sense; correct or remove them, nothing "
                "was changed:\n" + "\n".join(map(str, problems))
            )

    def _set_aside(self, fd: int) -> int:
        """Move a last line that a crash cut short to a file of its own."""
        data = self.path.read_bytes()
        keep = data.rfind(b"\n") + 1
        aside = self.path.with_suffix(f".torn-{keep}")
        aside.write_bytes(data[keep:])
        os.ftruncate(fd, keep)
        return keep

    def append_edit(self, name: str, op: Mapping[str, Any], base: str) -> None:
        """Keep one operation on document ``name`` that began as ``base``."""
        self._append({"kind": "edit", "id": name, **self._who(), "base": base, "op": dict(op)})

    def append_answer(self, document: Document, answer: str, **extra: Any) -> dict[str, Any]:
        """Keep a document as accepted or skipped; its row, with its version."""
        name = document["id"]
        version = int(self.log.answers.get(name, {}).get("version", 0)) + 1
        row = {"kind": "answer", "id": name, "version": version, "answer": answer,
               **self._who(), **extra, "document": document}  # fmt: skip
        self._append(row)
        return row

    def _who(self) -> dict[str, str]:
        at = self.clock().astimezone(UTC).isoformat(timespec="milliseconds")
        return {"annotator": self.annotator, "at": at, "guide": self.guide}

    def _append(self, row: dict[str, Any]) -> None:
        """Write and sync one row, or leave the file as it was.

        Raises:
            StaleRevision: another window wrote about the same document meanwhile; what
                it wrote is taken in.
            StoreError: the row could not be written whole (disk full, no permission).
        """
        line = (to_json(row) + "\n").encode("utf-8")
        _, reason = parse(line, self.annotator)
        if reason is not None:
            raise StoreError(f"this would not be readable again, so it is not kept: {reason}")
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreError(f"{self.path} can't be written: {error.strerror}") from error
        with _locked(fd):
            self._take_in(row["id"])
            size = os.fstat(fd).st_size
            try:
                written = os.write(fd, line)
                if written < len(line):
                    raise OSError(28, "No space left on device")
                os.fsync(fd)
            except OSError as error:
                with suppress(OSError):  # if even this fails, the next start sets the rest aside
                    os.ftruncate(fd, size)
                raise StoreError(
                    f"{self.path}: {error.strerror}; this change was not kept, all before it was"
                ) from error
        self.end = size + len(line)
        self.log.add(row)

    def _take_in(self, name: str) -> None:
        """Rows that another window of this annotator appended since the last look."""
        if self.path.stat().st_size == self.end:
            return
        if self.path.stat().st_size < self.end:
            raise StoreError(f"{self.path} was shortened by someone: open the store again")
        news, problems, end = read_log(self.path, self.end)
        if problems:
            raise StoreError(f"{self.path} has got lines that make no sense: open it again")
        for other, count in news.counts.items():
            self.log.counts[other] = self.log.counts.get(other, 0) + count
            if other in news.answers:
                self.log.answers[other] = news.answers[other]
                self.log.edits.pop(other, None)
            self.log.edits.setdefault(other, []).extend(news.edits.get(other, []))
        self.end = end
        if name in news.counts:
            raise StaleRevision(f"document {name} was changed in another window")


@contextmanager
def _locked(fd: int) -> Iterator[None]:
    """Hold the file alone; the descriptor is closed, and so unlocked, at the end."""
    try:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


@dataclass(frozen=True)
class Corrections:
    """A folder's corrected documents, and the ids of those that are none yet.

    ``disputed``: annotators still differ. ``skipped``: nobody accepted a version.
    ``unfinished``: edited after the last answer, or never answered.
    """

    documents: list[Document]
    disputed: list[str]
    skipped: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def corrections(folder: str | Path) -> Corrections:
    """The corrected documents of all annotators, one version of each.

    An adjudicated document (annotator ``gold``) wins; where several annotators accepted
    different versions and nobody adjudicated, the document is listed as disputed.

    >>> found = corrections("corrections")                          # doctest: +SKIP
    >>> len(found.documents), found.disputed                        # doctest: +SKIP

    Raises:
        InputError: there is no such folder, or no store file in it.
        CorpusError: all lines that make no sense, with file, line and reason.
    """
    paths = sorted(Path(folder).glob("*.jsonl"))
    if not paths:
        raise InputError(f"there is no corrections file (*.jsonl) in {folder}")
    problems: list[Problem] = []
    accepted: dict[str, dict[str, Document]] = {}
    skipped: dict[str, None] = {}
    unfinished: dict[str, None] = {}
    for path in paths:
        log, bad, _ = read_log(path)
        problems += bad
        unfinished.update(dict.fromkeys(name for name, edits in log.edits.items() if edits))
        for name, row in log.answers.items():
            if row["answer"] == "accept":
                accepted.setdefault(name, {})[path.stem] = row["document"]
            else:
                skipped[name] = None
    if problems:
        raise CorpusError(
            "these lines make no sense; nothing was used:\n" + "\n".join(map(str, problems))
        )
    documents, disputed = [], []
    for name, by in accepted.items():
        versions = list(by.values())
        if GOLD in by:
            documents.append(by[GOLD])
        elif all(_same(versions[0], other) for other in versions[1:]):
            documents.append(versions[0])
        else:
            disputed.append(name)
    left = [name for name in skipped if name not in accepted]
    return Corrections(documents, disputed, left, list(unfinished))


def _same(one: Document, other: Document) -> bool:
    """Whether two versions say the same, whatever ids they use."""
    return one["text"] == other["text"] and _content(one) == _content(other)


def _content(document: Document) -> tuple[set[Any], set[Any], set[Any]]:
    at = {m["id"]: (m["label"], m["start"], m["end"]) for m in document["mentions"]}
    return (
        set(at.values()),
        {(r["type"], at[r["from"]], at[r["to"]]) for r in document["relations"]},
        {(at.get(d["mention"]), d["type"], d["role"], d["title"]) for d in document["documents"]},
    )
