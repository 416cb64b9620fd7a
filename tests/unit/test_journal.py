"""The journal that a run is resumed from, and the ids it has given."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.journal import Cursor, FileCount, Ids, Journal, fingerprint
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
