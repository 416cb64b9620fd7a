"""The parts a run is resumed from: its journal, its growing outputs, its lock."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.batch.journal import Cursor, FileCount, Ids, Journal, fingerprint
from pipeline.batch.lock import Lock
from pipeline.batch.parts import FileParts, OutputError, StreamParts, dead_letter, writing
from pipeline.batch.work import Row
from pipeline.errors import ConfigError
from pipeline.readers.base import Failure, Source

SOURCES = [
    Source("a", "a", "txt", None, 3, 11),
    Source("b.gz", "b", "jsonl", "gz", 4, 12),
    Failure("EmptyFolder", "no file", "c", "c"),
    Source("a", "a", "txt", None, 3, 11),  # named twice
    Source("d", "d", "csv", None, 5, 13),
]


def planned(path: Path, sources: list[Any] = SOURCES) -> Journal:
    journal = Journal(path)
    journal.begin(sources, phase="run", options={"x": "đ"})
    return journal


def test_a_new_journal_is_told_from_a_begun_one(tmp_path: Path) -> None:
    with Journal(tmp_path / "s") as journal:
        assert journal.new
        assert journal.begin(SOURCES, phase="run") == 1  # one was named twice
        assert not journal.new
    with Journal(tmp_path / "s") as journal:
        assert not journal.new and journal.get("phase") == "run"


def test_a_journal_that_was_never_begun_is_new(tmp_path: Path) -> None:
    Journal(tmp_path / "s").close()
    with Journal(tmp_path / "s") as journal:
        assert journal.new


def test_the_plan(tmp_path: Path) -> None:
    with planned(tmp_path / "s") as journal:
        assert journal.get("files") == 4 and journal.get("bytes") == 12
        assert journal.get("options") == {"x": "đ"} and journal.get("none") is None
        found = list(journal.files())
        assert found[0] == Source("a", "a", "txt", None, 3, 11, 0)
        assert found[1] == Source("b.gz", "b", "jsonl", "gz", 4, 12, 1)
        assert found[2] == (
            Source("c", "c", "txt", None, 0, 0, 2),
            Failure("EmptyFolder", "no file"),
        )
        assert found[3] == Source("d", "d", "csv", None, 5, 13, 3)
        assert list(journal.files(3)) == found[3:]
        assert list(journal.files(4)) == []
        assert [journal.bytes_before(n) for n in range(5)] == [0, 3, 7, 7, 0]
        assert journal.cursor() == Cursor()


def test_the_plan_has_a_name(tmp_path: Path) -> None:
    digest = hashlib.sha256()
    for found in SOURCES:
        fingerprint(digest, found)
    with planned(tmp_path / "s") as journal:
        assert journal.get("plan") == digest.hexdigest()
    rows = [["a", 3, 11], ["b.gz", 4, 12], ["c", "EmptyFolder"], ["a", 3, 11], ["d", 5, 13]]
    expected = hashlib.sha256(b"".join(json.dumps(row).encode() for row in rows))
    assert digest.hexdigest() == expected.hexdigest()


def test_a_plan_of_more_files_than_are_read_at_once(tmp_path: Path) -> None:
    sources = [Source(str(n), str(n), "txt", size=1) for n in range(1_203)]
    with planned(tmp_path / "s", sources) as journal:
        assert [s.number for s in journal.files()] == list(range(1_203))
        assert journal.bytes_before(1_202) == 1_202


def test_beginning_again_forgets_the_run_before(tmp_path: Path) -> None:
    with planned(tmp_path / "s") as journal:
        journal.commit(Cursor(1, 2), {b"k": 3}, {}, {"NotJson": 2})
        journal.want([("a", 1, False)])
        journal.begin(SOURCES[:1], phase="run")
        assert journal.cursor() == Cursor() and journal.last_of(b"k") is None
        assert journal.failures() == {} and journal.wanted("a") == (set(), None)
        assert journal.get("options") is None and len(list(journal.files())) == 1


def test_commits_add_up(tmp_path: Path) -> None:
    with planned(tmp_path / "s") as journal:
        cursor = Cursor(1, 2, 30, 4, 5, 6, 7, 8, 9.5, 1)
        journal.commit(cursor, {b"k": 1}, {0: FileCount(2, 1, {"utf-8"})}, {"A": 1, "B": 2})
        journal.commit(cursor, {b"k": 4}, {0: FileCount(3, 0, {"tcvn3"}), 1: FileCount(1, 1, set())},
                       {"A": 5, "C": 2})  # fmt: skip
        assert journal.cursor() == cursor
        assert journal.last_of(b"k") == 4 and journal.last_of(b"none") is None
        assert list(journal.failures().items()) == [("A", 6), ("B", 2), ("C", 2)]
        journal.put_hashes([("h0", 0), ("h1", 1)], upto=2)
    with Journal(tmp_path / "s") as journal:  # for good
        assert journal.get("hashed") == 2
        rows = list(journal.inputs())
        assert rows[0] == {"path": "a", "bytes": 3, "sha256": "h0", "encodings": ["tcvn3", "utf-8"],
                           "documents": 5, "errors": 1}  # fmt: skip
        assert rows[1] == {"path": "b.gz", "bytes": 4, "sha256": "h1", "encodings": [],
                           "documents": 1, "errors": 1}  # fmt: skip
        assert [row["path"] for row in rows] == ["a", "b.gz", "d"]  # not the one that failed
        assert rows[2]["encodings"] == [] and rows[2]["documents"] == 0


def test_encodings_are_named_once(tmp_path: Path) -> None:
    with planned(tmp_path / "s") as journal:
        for names in ({"vni", "utf-8"}, {"tcvn3"}, {"utf-8", "vni"}, set()):
            journal.commit(Cursor(), {}, {0: FileCount(1, 0, names)}, {})
        assert next(journal.inputs())["encodings"] == ["tcvn3", "utf-8", "vni"]


def test_a_run_begins_at_nothing() -> None:
    assert list(asdict(Cursor()).values()) == [0] * 10


def test_a_journal_outlives_a_power_cut(tmp_path: Path) -> None:
    """Synced at each commit, the journal's own rollback file too; nobody else writes it."""
    with Journal(tmp_path / "s") as journal:
        said = {name: journal._db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "locking_mode")}  # fmt: skip
    assert said == {"journal_mode": "delete", "synchronous": 2, "locking_mode": "exclusive"}


def test_keys_of_ids_are_those_of_older_journals() -> None:
    ids = Ids(lambda key: None)
    ids.unique("Sở Y tế")
    assert [key.hex() for key in ids.fresh] == [
        hashlib.blake2b("Sở Y tế".encode(), digest_size=16).hexdigest()
    ]


def test_what_is_wanted_of_a_file(tmp_path: Path) -> None:
    with planned(tmp_path / "s") as journal:
        journal.want([("a", 3, False), ("a", 9, True), ("a", 7, True), ("b", 1, False)])
    with Journal(tmp_path / "s") as journal:  # for good
        assert journal.wanted("a") == ({3, 7, 9}, 7)
        assert journal.wanted("b") == ({1}, None)
        assert journal.wanted("c") == (set(), None)


def test_a_journal_without_a_file_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Journal(None) as journal:
        journal.begin(SOURCES, phase="run")
        journal.put(a=1)
        assert journal.get("a") == 1
        assert list(tmp_path.iterdir()) == []


IDS = [
    # ids as they come, and what each becomes
    (["a", "a", "a"], ["a", "a#2", "a#3"]),
    (["a#2", "a", "a"], ["a#2", "a", "a#3"]),  # a free number
    (["a", "a", "a#2"], ["a", "a#2", "a#2#2"]),  # the new name is taken now
    (["", ""], ["", "#2"]),
    (["\ud800", "\ud800"], ["\ud800", "\ud800#2"]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), IDS)
@pytest.mark.parametrize("commit_every", [1, 2, 9])
def test_ids_across_commits(
    given: list[str], expected: list[str], commit_every: int, tmp_path: Path
) -> None:
    with planned(tmp_path / "s") as journal:
        ids, made = Ids(journal.last_of), []
        for n, id in enumerate(given, 1):
            made.append(ids.unique(id))
            if n % commit_every == 0:
                journal.commit(Cursor(), ids.fresh, {}, {})
                ids.fresh = {}
        assert made == expected


def row(**more: Any) -> Row:
    return Row(0, 7, "in.jsonl", "in", "line 8", id="đ", failure=Failure("NotJson", "vì"),
               excerpt="{", **more)  # fmt: skip


def test_a_dead_letter() -> None:
    assert json.loads(dead_letter(row(rest=True))) == {
        "path": "in.jsonl", "name": "in", "at": "line 8", "number": 7, "rest": True, "id": "đ",
        "type": "NotJson", "message": "vì", "input": "{",
    }  # fmt: skip
    assert "vì" in dead_letter(row())  # readable, not escaped


def test_outputs_grow_and_are_cut_to_what_counts(tmp_path: Path) -> None:
    records, errors = tmp_path / "r", tmp_path / "e"
    parts = FileParts(records, errors, (0, 0))
    parts.record("Sở\ud800")
    parts.error(row())
    good = parts.sync()
    assert good == (records.stat().st_size, errors.stat().st_size) == tuple(parts.sizes)
    assert records.read_bytes() == "Sở\\ud800\n".encode()
    assert errors.read_text(encoding="utf-8") == dead_letter(row()) + "\n"
    parts.record("never synced")
    parts.close()
    again = FileParts(records, errors, good)
    assert records.read_bytes() == "Sở\\ud800\n".encode()
    again.record("x")
    assert again.sync() == (good[0] + 2, good[1])
    again.close()
    assert records.read_bytes() == "Sở\\ud800\nx\n".encode()
    exact = FileParts(records, errors, (good[0] + 2, good[1]))
    assert exact.sync() == (good[0] + 2, good[1])
    exact.close()


def test_outputs_that_lost_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(b"1234")
    with pytest.raises(OutputError, match=r"4 bytes where 5 were written.*--overwrite"):
        FileParts(tmp_path / "r", tmp_path / "e", (5, 0))


def test_closing_never_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = FileParts(tmp_path / "r", tmp_path / "e", (0, 0))
    closed = []

    class Full:
        raw = type("Raw", (), {"close": lambda self: closed.append("raw")})()

        def close(self) -> None:
            raise OSError(errno.ENOSPC, "full")

    parts._files[0].close()
    parts._files = [Full(), parts._files[1]]  # type: ignore[list-item]
    parts.close()
    assert closed == ["raw"]


REASONS = [
    (errno.ENOSPC, "no room left"),
    (errno.EDQUOT, "no room left"),
    (errno.EFBIG, "no room left"),
    (errno.EROFS, "Read-only"),
    (errno.EACCES, "Permission denied"),
]


@pytest.mark.parametrize(("code", "said"), REASONS)
def test_failed_writes_say_what_to_do(code: int, said: str) -> None:
    with pytest.raises(OutputError) as caught, writing("r.jsonl"):
        raise OSError(code, os.strerror(code))
    message = str(caught.value)
    assert message.startswith("r.jsonl: ") and said in message and "goes on from here" in message
    assert ("free some" in message) == (said == "no room left")
    with pytest.raises(OutputError, match="odd"), writing("r"):
        raise OSError("odd")


def test_streams(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    parts = StreamParts()
    parts.record("Sở\ud800")
    parts.error(row())
    assert parts.sync() == (0, 0)
    parts.close()
    out, err = capfdbinary.readouterr()
    assert out == "Sở\\ud800\n".encode()
    assert err.decode() == "in.jsonl, line 8: NotJson: vì\n"


def test_what_is_synced_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    parts = FileParts(tmp_path / "r", tmp_path / "e", (0, 0))
    parts.sync()
    assert synced == [file.fileno() for file in parts._files]
    parts.close()


def test_a_stream_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads the pipe gets what was written by then, not when a buffer is full."""
    with (tmp_path / "pipe").open("wb") as pipe:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=pipe))
        parts = StreamParts()
        parts.record("{}")
        parts.sync()
        assert (tmp_path / "pipe").read_bytes() == b"{}\n"


def test_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "r.lock"
    with Lock(path) as lock:
        assert isinstance(lock, Lock)
        assert path.read_text() == f"process {os.getpid()}\n"
        with (
            pytest.raises(ConfigError, match=rf"another run \(process {os.getpid()}\)"),
            Lock(path),
        ):
            pass
        assert path.exists()  # the one that was refused leaves it alone
        refused = Lock(path)
        with pytest.raises(ConfigError):
            refused.__enter__()
        with pytest.raises(OSError):
            os.fstat(refused._fd)  # closed
    assert not path.exists()
    with pytest.raises(OSError):
        os.fstat(lock._fd)
    with Lock(path):
        path.unlink()  # somebody tidied up: no reason to fail at the end
    with Lock(path):
        pass
    path.write_text("process 1 and much more than is now written\n")  # left by one that died
    with Lock(path):
        assert path.read_text() == f"process {os.getpid()}\n"
    assert not path.exists()


OWNERS = [
    # what the file of a run that holds the lock says, what is told of it
    (b"process 12\n", "another run (process 12) is"),
    (b"", "another run (starting) is"),  # it has not come to write it
    (b"process \xff", "another run (process \ufffd) is"),
    (None, "another run (starting) is"),  # can't be read
]


@pytest.mark.parametrize(("written", "said"), OWNERS)
def test_who_holds_the_lock(
    written: bytes | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> bytes:
        raise OSError(errno.EIO, "bad block")

    path = tmp_path / "r.lock"
    with Lock(path):
        if written is None:
            monkeypatch.setattr(os, "read", unreadable)
        else:
            path.write_bytes(written)
        with pytest.raises(ConfigError, match=re.escape(said)):
            Lock(path).__enter__()


def test_the_lock_is_no_program(tmp_path: Path) -> None:
    with Lock(tmp_path / "r.lock"):
        assert (tmp_path / "r.lock").stat().st_mode & 0o133 == 0  # nor written by others


def test_a_lock_that_vanished_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run before removes its file between our open and our lock."""
    from pipeline.batch import lock

    path, tried = tmp_path / "r.lock", []
    real = lock._try_lock

    def unlucky(fd: int) -> bool:
        tried.append(fd)
        if len(tried) == 1:
            path.unlink()
        elif len(tried) == 2:
            path.unlink()
            path.write_text("another's")
        return real(fd)

    monkeypatch.setattr(lock, "_try_lock", unlucky)
    with Lock(path):
        # The same descriptor each time: the one before was closed.
        assert len(tried) == 3 and len(set(tried)) == 1 and path.read_text().startswith("process")
    assert not path.exists()


def test_the_lock_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no fcntl, a byte of the file is locked without waiting."""
    from pipeline.batch import lock

    asked: list[tuple[int, int, int]] = []

    def locking(fd: int, mode: int, size: int) -> None:
        asked.append((fd, mode, size))
        if len(asked) == 2:
            raise OSError(errno.EACCES, "held by another")

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))
    assert lock._try_lock(7) is True
    assert lock._try_lock(7) is False
    assert asked == [(7, 2, 1)] * 2
