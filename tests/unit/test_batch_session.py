"""Sessions of a run: what is said, what is refused, what goes on after a stop."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from test_batch_run import STUB, lines, options, write_rows

from pipeline.batch import chunks, session
from pipeline.batch.journal import Cursor, Journal
from pipeline.batch.options import BatchOptions
from pipeline.batch.parts import FileParts, OutputError
from pipeline.batch.progress import Silent
from pipeline.batch.run import Summary
from pipeline.batch.session import run_to_file, run_to_stdout
from pipeline.errors import ConfigError, InputError


class Stop(Silent):
    """Ctrl-C after so many chunks."""

    def __init__(self, after: int) -> None:
        self.left = after

    def at(self, cursor: Cursor, position: int, total: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents each, so that a few make several."""
    monkeypatch.setattr(chunks, "CHUNK_DOCUMENTS", 2)


def go(
    inputs: list[Any], out: Path, opts: BatchOptions | None = None, after: int = 0, **more: Any
) -> tuple[Summary | None, list[str]]:
    """The summary (None if stopped after so many chunks) and the lines that were said."""
    said: list[str] = []
    paths = [str(path) for path in inputs]
    try:
        summary = run_to_file(paths, out, opts or options(), Stop(after), say=said.append, **more)
    except KeyboardInterrupt:
        return None, said
    return summary, said


def ids(out: Path) -> list[str]:
    return [row["id"] for row in lines(out)]


def manifest(out: Path) -> dict[str, Any]:
    text = out.with_name(f"{out.stem}.manifest.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"] * 5), tmp_path / "r.jsonl"
    assert go([source], out, after=1) == (None, [])
    assert not out.exists()
    summary, said = go([source], out)
    assert said == ["going on after 2 documents"]
    assert summary == Summary(5, 0, 0, 20, summary.seconds, {}, out, 0) if summary else False
    assert ids(out) == ["a0", "a1", "a2", "a3", "a4"]
    kept = manifest(out)
    assert kept["sessions"] == 2 and kept["started"][:2] == "20" and kept["command"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "r.jsonl", "r.manifest.json"]


def test_a_stopped_run_before_its_first_document(tmp_path: Path) -> None:
    """Nothing was read of it: a file may still change."""
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"]), tmp_path / "r.jsonl"

    def full(*_: Any) -> None:
        raise OutputError("full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "FileParts", full)
        with pytest.raises(OutputError, match="full"):
            go([source], out)
    write_rows(source, ["UBND", "UBND"])
    assert go([source], out)[1] == ["going on after 0 documents"]


def test_what_a_stopped_run_refuses(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"] * 5), tmp_path / "r.jsonl"
    go([source], out, after=1)
    with pytest.raises(ConfigError, match=r"encoding was 'utf-8', is now 'auto'.*--overwrite"):
        go([source], out, options(encoding="auto"))
    with pytest.raises(ConfigError, match="finish it without --retry-errors"):
        go([], out, retry_errors=True)
    write_rows(source, ["UBND"] * 6)
    with pytest.raises(InputError, match="changed since the interrupted run"):
        go([source], out)
    summary, said = go([source], out, options(encoding="auto"), overwrite=True)
    assert summary and (summary.records, said) == (6, [])


def test_a_stopped_retry_goes_on(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND", *["!!bad"] * 4])
    out = tmp_path / "r.jsonl"
    go([source], out)
    write_rows(source, ["UBND"] * 5)
    assert go([], out, after=1, retry_errors=True) == (None, [])
    with pytest.raises(ConfigError, match="add --retry-errors to go on"):
        go([source], out)
    summary, said = go([], out, retry_errors=True)
    assert said == ["going on after 3 documents"]
    assert summary and (summary.records, summary.errors, summary.taken_over) == (5, 0, 1)
    assert ids(out) == ["a0", "a1", "a2", "a3", "a4"]
    assert not (tmp_path / "r.errors.jsonl").exists()


@pytest.mark.parametrize("name", ["r.jsonl", "r.sqlite"])
def test_a_retry_keeps_the_records_there_are(tmp_path: Path, name: str) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND", "!!bad"]), tmp_path / name
    go([source], out)
    write_rows(source, ["changed", "UBND"])
    summary, _ = go([], out, retry_errors=True)
    assert summary and (summary.records, summary.errors, summary.taken_over) == (2, 0, 1)
    from pipeline.writers.records import read_lines

    assert [json.loads(line)["id"] for line in read_lines(out)] == ["a0", "a1"]


def test_files_named_twice_are_read_once(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"]), tmp_path / "r.jsonl"
    summary, said = go([source, source], out)
    assert summary and summary.records == 1
    assert said == ["1 files were named twice and are read once"]


def standard_input(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    rows = "".join(json.dumps({"id": f"a{n}", "text": "UBND"}) + "\n" for n in range(count))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(rows.encode())))


def test_standard_input_starts_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "r.jsonl"
    standard_input(monkeypatch, 3)
    assert go(["-"], out, options(format="jsonl"), after=1) == (None, [])
    standard_input(monkeypatch, 4)
    summary, said = go(["-"], out, options(format="jsonl"))
    assert said == ["standard input can't be read twice: the interrupted run starts over"]
    assert summary and summary.records == 4 and manifest(out)["sessions"] == 1
    with pytest.raises(ConfigError, match="from other inputs"):  # nobody knows that it is the same
        go(["-"], out, options(format="jsonl"))


def test_a_finished_run_tells_its_counts(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    texts = [("a", "UBND"), ("a", "UBND xã"), ("b", "!!bad")]
    source.write_text("".join(json.dumps({"id": i, "text": t}) + "\n" for i, t in texts))
    out = tmp_path / "r.jsonl"
    first, _ = go([source], out)
    again, _ = go([source], out)
    assert first and again and (first.fresh, again.fresh) == (True, False)
    assert (again.records, again.errors, again.duplicates, again.characters) == (2, 1, 1, 11)
    assert (again.failures, again.output) == ({"InputError": 1}, out)
    assert first.failures == again.failures and first.characters == again.characters
    assert again.seconds == pytest.approx(first.seconds, abs=0.01)


def test_an_output_of_unknown_origin_is_left_alone(tmp_path: Path) -> None:
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"]), tmp_path / "r.jsonl"
    out.write_text("something\n")
    for text in (None, "{oops", "{}"):
        if text is not None:
            (tmp_path / "r.manifest.json").write_text(text)
        with pytest.raises(ConfigError, match=r"r\.jsonl exists, from other inputs or options"):
            go([source], out)
    assert out.read_text() == "something\n"


def test_a_missing_library_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def require(format: str, compression: str | None = None) -> None:
        if (format, compression) == ("csv", "zst"):
            raise ConfigError("needs a library")

    monkeypatch.setattr(session, "require_for", require)
    source = write_rows(tmp_path / "a.jsonl", ["UBND"])
    (tmp_path / "b.csv.zst").write_bytes(b"")
    with pytest.raises(ConfigError, match="needs a library"):
        go([source, tmp_path / "b.csv.zst"], tmp_path / "r.jsonl")
    with pytest.raises(ConfigError, match="needs a library"):
        run_to_stdout([str(tmp_path / "b.csv.zst")], options(), Silent())


def test_a_journal_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    monkeypatch.setattr(Journal, "commit", full)
    with pytest.raises(OutputError, match=r"r\.jsonl\.state: .*disk is full; nothing is lost"):
        go([source], tmp_path / "r.jsonl")


def test_to_standard_output(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND", "!!bad", "UBND xã"])
    summary = run_to_stdout([str(source)], BatchOptions(extractor=STUB, workers=0), Silent())
    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a0", "a2"]
    assert b"line 2: InputError" in err
    assert (summary.records, summary.errors, summary.output) == (2, 1, None)
    with pytest.raises(ConfigError, match="nothing to read"):
        run_to_stdout([], options(), Silent())


def test_a_run_stopped_at_its_end_only_ends(tmp_path: Path) -> None:
    """All is written; what is left is to name it."""
    source, out = write_rows(tmp_path / "in.jsonl", ["UBND"] * 3), tmp_path / "r.jsonl"

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "finish", stopped)
        assert go([source], out) == (None, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "FileParts", None)
        summary, said = go([source], out)
    assert summary and (summary.records, said) == (3, ["going on after 3 documents"])
    assert ids(out) == ["a0", "a1", "a2"]


def test_the_engine_is_stopped_and_the_outputs_are_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However a session ends: else worker processes would outlive it."""
    source, ended = write_rows(tmp_path / "in.jsonl", ["UBND"] * 3), []
    real_rows, real_close = session.rows_of, session.FileParts.close

    def rows_of(*given: Any) -> Any:
        return real_rows(*given)[0], lambda: ended.append("engine")

    def close(parts: Any) -> None:
        ended.append("outputs")
        real_close(parts)

    monkeypatch.setattr(session, "rows_of", rows_of)
    monkeypatch.setattr(session.FileParts, "close", close)
    go([source], tmp_path / "r.jsonl", after=1)
    go([source], tmp_path / "r.jsonl")
    run_to_stdout([str(source)], options(), Silent())
    assert ended == ["engine", "outputs"] * 2 + ["engine"]


def test_the_outputs_are_closed_where_the_engine_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that is not there, say: nothing was read, and nothing stays open."""
    opened: list[Any] = []

    class Parts(FileParts):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            opened.extend(self._files)

    def rows_of(*_: Any) -> Any:
        raise ConfigError("no model")

    monkeypatch.setattr(session, "rows_of", rows_of)
    monkeypatch.setattr(session, "FileParts", Parts)
    with pytest.raises(ConfigError, match="no model"):
        go([write_rows(tmp_path / "in.jsonl", ["UBND"])], tmp_path / "r.jsonl")
    assert [file.closed for file in opened] == [True, True]
