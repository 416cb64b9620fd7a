"""The store: nothing lost, nothing silently wrong."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.annotate import store as store_module
from pipeline.annotate.document import as_document
from pipeline.annotate.session import Session
from pipeline.annotate.store import StaleRevision, Store, StoreError, corrections, read_log
from pipeline.errors import CorpusError, InputError

TEXT = "UBND xã họp ngày 5/9 🌳"
ROW = as_document({
    "id": "a", "text": TEXT,
    "mentions": [{"id": "m1", "label": "DATE", "start": 12, "end": 20, "confidence": 0.6}],
})  # fmt: skip
GOLD = {**ROW, "mentions": [{k: v for k, v in ROW["mentions"][0].items() if k != "confidence"}]}


def open_store(folder: Path, name: str = "lan") -> Store:
    return Store(folder, name, guide="1", clock=lambda: datetime(2024, 5, 6, tzinfo=UTC))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


def test_rows_say_who_when_and_by_which_guide(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.append_edit("a", {"op": "accept", "id": "m1"}, "base")
    store.append_answer(GOLD, "accept", seconds=3.5)
    edit, answer = rows(tmp_path / "lan.jsonl")
    for row in (edit, answer):
        assert (row["annotator"], row["guide"]) == ("lan", "1")
        assert row["at"] == "2024-05-06T00:00:00.000+00:00"
    assert answer["version"] == 1 and answer["document"]["text"] == TEXT


def test_versions_are_kept(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.append_answer(GOLD, "skip")
    store.append_answer(GOLD, "accept")
    store = open_store(tmp_path)
    assert store.append_answer({**GOLD, "mentions": []}, "accept")["version"] == 3
    assert [r["version"] for r in rows(tmp_path / "lan.jsonl")] == [1, 2, 3]
    assert corrections(tmp_path).documents[0]["mentions"] == []


def test_every_row_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    store = open_store(tmp_path)
    store.append_edit("a", {"op": "undo"}, "b")
    store.append_answer(GOLD, "accept")
    assert len(synced) == 2


NONSENSE = [
    # what somebody wrote into the file, and what is said about it
    ("{half", "not JSON"),
    ("[]", "a row is an object"),
    ('{"kind": "answer"}', "id is missing"),
    ({"kind": "guess"}, "kind 'guess' is neither"),
    ({"annotator": "minh"}, "annotator is 'minh', but the file is lan's"),
    ({"at": "yesterday"}, "no ISO time"),
    ({"answer": "maybe"}, "answer 'maybe'"),
    ({"version": 0}, "version 0"),
    ({"document": None}, "document is missing"),
    ({"document": {**GOLD, "id": "b"}}, "the document's id is 'b'"),
    ({"document": {**GOLD, "text": "đã đổi"}}, "does not lie in a text of 6"),
    ({"document": {**GOLD, "text": "X" + TEXT}}, "not 'ngày 5/9'"),
    ({"document": {**GOLD, "mentions": [{"id": "m1", "label": "CITY", "start": 0, "end": 1}]}}, "'CITY'"),
    ({"document": {**GOLD, "mentions": [7]}}, "a mention has no id"),
    ({"document": {**GOLD, "relations": [{"type": "DUE", "from": "m1", "to": "m7"}]}}, "no mention m7"),
    ({"kind": "edit", "op": 7, "base": ""}, "an edit needs op"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "reason"), NONSENSE)
def test_nonsense_is_named_with_its_place_and_the_file_left_alone(
    line: Any, reason: str, tmp_path: Path
) -> None:
    open_store(tmp_path).append_answer(GOLD, "accept")
    path = tmp_path / "lan.jsonl"
    good = rows(path)[0]
    bad = line if isinstance(line, str) else json.dumps({**good, **line}, ensure_ascii=False)
    path.write_text(path.read_text("utf-8") + bad + "\n", encoding="utf-8")
    before = path.read_bytes()
    for refuse in (lambda: open_store(tmp_path), lambda: corrections(tmp_path)):
        with pytest.raises(CorpusError) as error:
            refuse()
        assert f"{path}:2: " in str(error.value) and reason in str(error.value)
    assert path.read_bytes() == before


def test_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "lan.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(CorpusError, match="not UTF-8 at byte 0"):
        open_store(tmp_path)


def test_a_line_cut_short_by_a_crash_is_set_aside(tmp_path: Path) -> None:
    open_store(tmp_path).append_answer(GOLD, "accept")
    path = tmp_path / "lan.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"kind": "edit", "id"')
    with pytest.raises(CorpusError, match="cut short"):
        corrections(tmp_path)
    store = open_store(tmp_path)
    assert path.read_bytes() == whole and "a" in store.log.answers
    assert [p.read_bytes() for p in tmp_path.glob("*.torn*")] == [b'{"kind": "edit", "id"']


def test_full_disk_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path)
    store.append_answer(GOLD, "accept")
    path = tmp_path / "lan.jsonl"
    before = path.read_bytes()
    write = os.write

    def half(fd: int, data: bytes) -> int:
        write(fd, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module.os, "write", half)
    with pytest.raises(StoreError, match="No space left on device"):
        store.append_edit("a", {"op": "undo"}, "b")
    monkeypatch.setattr(store_module.os, "write", lambda fd, data: write(fd, data[:10]))
    with pytest.raises(StoreError, match="No space left"):
        store.append_edit("a", {"op": "undo"}, "b")
    assert path.read_bytes() == before
    monkeypatch.undo()
    store.append_edit("a", {"op": "undo"}, "b")
    assert path.read_bytes().startswith(before) and len(rows(path)) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_really_full_device(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.path.unlink()
    store.path.symlink_to("/dev/full")
    with pytest.raises(StoreError):
        store.append_edit("a", {"op": "undo"}, "b")


def test_two_windows_of_one_annotator(tmp_path: Path) -> None:
    one, other = open_store(tmp_path), open_store(tmp_path)
    one.append_edit("a", {"op": "accept", "id": "m1"}, "base")
    other.append_edit("b", {"op": "undo"}, "base")  # another document: no harm
    with pytest.raises(StaleRevision):
        one.append_edit("b", {"op": "redo"}, "base")
    with pytest.raises(StaleRevision):
        other_stale = open_store(tmp_path)
        one.append_answer(GOLD, "accept")
        other_stale.append_answer(GOLD, "skip")
    assert one.log.answers["a"]["answer"] == "accept"
    assert len(rows(tmp_path / "lan.jsonl")) == 3


def test_annotators_do_not_share_files(tmp_path: Path) -> None:
    def work(name: str) -> None:
        store = open_store(tmp_path, name)
        for i in range(40):
            store.append_edit(f"d{i}", {"op": "undo"}, "b")

    threads = [threading.Thread(target=work, args=(n,)) for n in ("lan", "minh", "hà")]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for name in ("lan", "minh", "hà"):
        log, problems, _ = read_log(tmp_path / f"{name}.jsonl")
        assert not problems and len(log.counts) == 40


_WRITER = """
import sys
from pipeline.annotate.store import StaleRevision, Store
store = Store(sys.argv[1], "lan", guide="1")
for i in range(60):
    store.append_edit(f"{sys.argv[2]}-{i}", {"op": "undo"}, "b")
"""


def test_processes_that_write_one_file_do_not_mix_lines(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), n]) for n in "xyz"]
    assert [w.wait(60) for w in writers] == [0, 0, 0]
    log, problems, _ = read_log(tmp_path / "lan.jsonl")
    assert not problems and len(log.counts) == 180


@pytest.mark.parametrize("name", ["", "../lan", "a/b", "a\\b", ".lan", "a" * 80, "lan\n"])
def test_names_that_are_no_file_names(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="annotator"):
        open_store(tmp_path, name)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(StoreError, match="can't be written"):
        open_store(tmp_path / "x")


def test_disputed_documents_are_listed_until_adjudicated(tmp_path: Path) -> None:
    same = {**GOLD, "id": "same"}
    for name in ("lan", "minh"):
        open_store(tmp_path, name).append_answer(same, "accept")
    open_store(tmp_path, "lan").append_answer(GOLD, "accept")
    open_store(tmp_path, "minh").append_answer({**GOLD, "mentions": []}, "accept")
    result = corrections(tmp_path)
    assert [d["id"] for d in result.documents] == ["same"] and result.disputed == ["a"]
    open_store(tmp_path, "gold").append_answer({**GOLD, "mentions": []}, "accept")
    result = corrections(tmp_path)
    assert result.disputed == [] and result.documents[0]["mentions"] == []
    with pytest.raises(InputError, match="no corrections file"):
        corrections(tmp_path / "none")


def test_a_lone_surrogate_can_be_kept(tmp_path: Path) -> None:
    row = as_document({"id": "s", "text": "a\ud800b"})
    open_store(tmp_path).append_answer(row, "accept")
    assert corrections(tmp_path).documents[0]["text"] == "a\ud800b"


# ---- the session over it ------------------------------------------------------------------


def send(session: Session, op: str, **args: Any) -> str:
    session.handle({"op": op, "doc": session.name, "revision": session.revision, **args})
    return session.message.get("code", "")


def start(folder: Path, *names: str) -> Session:
    return Session([{**ROW, "id": n} for n in names or ("a",)], open_store(folder))


def test_a_crash_costs_nothing(tmp_path: Path) -> None:
    session = start(tmp_path)
    send(session, "accept", id="m1")
    send(session, "add", label="AGENCY", a=0, b=2)
    send(session, "note", note="ghi")
    send(session, "undo")
    state = session.editor.state
    again = start(tmp_path)  # no goodbye: the first one was killed
    assert again.editor.state == state and again.message["code"] == "resumed"
    send(again, "redo")
    assert again.editor.state.note == "ghi"
    send(again, "undo"), send(again, "undo"), send(again, "undo")
    assert [m.checked for m in again.editor.state.marks] == [False]


def test_resumes_at_the_first_unanswered(tmp_path: Path) -> None:
    session = Session(
        [{**ROW, "id": n, "text": TEXT + n * 30} for n in "abc"], open_store(tmp_path)
    )
    first = session.name
    send(session, "done")
    send(session, "skip")
    third = session.name
    again = Session([{**ROW, "id": n, "text": TEXT + n * 30} for n in "abc"], open_store(tmp_path))
    assert again.name == third != first
    assert send(again, "done") == "all_done"
    assert len(again.gold()) == 2
    assert again.gold()[0]["mentions"] == GOLD["mentions"]


@pytest.mark.parametrize(
    "message",
    [
        {"op": "delete", "id": "m1", "doc": "a", "revision": 0},
        {"op": "delete", "id": "m1", "doc": "b", "revision": 1},
        {"op": "delete", "id": "m1"},
    ],
)
def test_a_stale_message_is_refused(message: dict[str, Any], tmp_path: Path) -> None:
    session = start(tmp_path)
    before = session.editor.state
    session.handle(message)
    assert session.message["code"] == "stale" and session.editor.state == before
    assert (tmp_path / "lan.jsonl").read_bytes() == b""


def test_a_second_window_gets_the_newest_state(tmp_path: Path) -> None:
    one, other = start(tmp_path), start(tmp_path)
    send(one, "delete", id="m1")
    assert send(other, "accept", id="m1") == "other_window"
    assert other.editor.state.marks == ()
    assert send(other, "undo") == "" and len(other.editor.state.marks) == 1


def test_what_can_not_be_kept_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = start(tmp_path)
    send(session, "accept", id="m1")
    state = session.editor.state

    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module.os, "write", full)
    assert send(session, "delete", id="m1") == "not_kept"
    assert send(session, "done") == "not_kept"
    assert session.editor.state == state and session.message["kind"] == "error"
    monkeypatch.undo()
    assert send(session, "delete", id="m1") == ""


def test_a_draft_on_other_suggestions_is_not_applied(tmp_path: Path) -> None:
    session = start(tmp_path)
    send(session, "delete", id="m1")
    again = Session([{**ROW, "mentions": []}], open_store(tmp_path))
    assert again.message["code"] == "draft_unfit" and again.editor.state.marks == ()


PAGE_NONSENSE = [
    {}, {"op": None}, {"op": "add"}, {"op": "add", "label": "DATE", "a": "0", "b": 1},
    {"op": "add", "label": "DATE", "a": 0, "b": 10**9}, {"op": "add", "label": "DATE", "a": 1},
    {"op": "label", "id": [1], "label": "DATE"}, {"op": "goto", "index": -1},
    {"op": "goto", "index": "x"}, {"op": "done", "seconds": "long"}, {"op": "step", "id": 7},
]  # fmt: skip


@pytest.mark.parametrize("message", PAGE_NONSENSE)
def test_nothing_a_page_sends_raises(message: dict[str, Any], tmp_path: Path) -> None:
    session = start(tmp_path)
    session.handle({**message, "doc": session.name, "revision": session.revision})
    json.dumps([session.page(), session.view()])


def test_answered_documents_can_be_corrected_again(tmp_path: Path) -> None:
    session = start(tmp_path)
    send(session, "done")
    assert session.view()["answer"] == "accept"
    send(session, "delete", id="m1")
    again = start(tmp_path)
    assert again.editor.state.marks == ()
    send(again, "done")
    assert corrections(tmp_path).documents[0]["mentions"] == []
    assert rows(tmp_path / "lan.jsonl")[-1]["version"] == 2
