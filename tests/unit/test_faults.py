"""Faults of the machine: a clear line, and what was there before is whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_batch_run import FULL_DISK, go, lines, write_rows

from pipeline import tagger
from pipeline.annotate.document import as_document
from pipeline.annotate.store import Store
from pipeline.api import Extractor
from pipeline.batch import lock, parts, run
from pipeline.batch.convert import convert
from pipeline.batch.parts import OutputError
from pipeline.errors import ModelCorrupt
from pipeline.models import REQUIRED, model_dir

TEXT = "UBND tỉnh Hà Nam yêu cầu Sở Nội vụ hoàn thành 95% hồ sơ trước ngày 30/6/2024."


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped model that may be spoilt."""
    folder = tmp_path / "model"
    folder.mkdir()
    for name in (*REQUIRED, "SHA256SUMS"):
        shutil.copy(model_dir() / name, folder / name)
    return folder


@pytest.mark.parametrize("name", [*REQUIRED, "SHA256SUMS"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_truncated_model_file_is_named(model: Path, name: str, share: float) -> None:
    path = model / name
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(ModelCorrupt, match=r"reinstall vn-directives") as caught:
        Extractor(model)
    assert str(model / name) in str(caught.value) or "SHA256SUMS" in str(caught.value)


def test_a_model_truncated_after_its_check(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "verify", lambda folder: "0" * 64)
    os.truncate(model / "model.onnx", 1_000)
    with pytest.raises(ModelCorrupt, match="can't be loaded"):
        Extractor(model)


def test_a_model_truncated_while_it_runs(model: Path) -> None:
    """All of it is in memory: a run goes on with the model it began with."""
    loaded = Extractor(model)
    before = loaded.extract(TEXT).to_json()
    for name in REQUIRED:
        os.truncate(model / name, 0)
    assert loaded.extract(TEXT).to_json() == before
    assert "mentions" in json.loads(loaded.extract(TEXT * 3).to_json())


def refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_read_only_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    with monkeypatch.context() as patch:
        patch.setattr(lock.os, "open", refuse)
        with pytest.raises(OutputError, match=r"r\.jsonl.*Read-only file system"):
            go(source, tmp_path / "r.jsonl")
    assert [p.name for p in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails_midway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    source = write_rows(tmp_path / "in.jsonl", [f"UBND {i}" for i in range(200)])
    go(source, tmp_path / "whole.jsonl")
    out = tmp_path / "r.jsonl"
    write, written = parts.FileParts._write, 0

    def failing(self: Any, which: int, line: str) -> None:
        nonlocal written
        written += 1
        if written > 90:
            with parts.writing(self._paths[which]):
                raise OSError(code, os.strerror(code))
        write(self, which, line)

    with monkeypatch.context() as patch:
        patch.setattr(run, "COMMIT_SECONDS", 0)
        patch.setattr(parts.FileParts, "_write", failing)
        with pytest.raises(OutputError, match="nothing is lost, the same command goes on"):
            go(source, out)
    assert not out.exists()  # never half an output under its own name
    go(source, out)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
@pytest.mark.parametrize("name", ["x.csv", "x.sqlite", "x.parquet", "x.jsonl"])
def test_full_disk_leaves_no_half_converted_file(tmp_path: Path, name: str) -> None:
    source = write_rows(tmp_path / "in.jsonl", [f"UBND {i} " * 40 for i in range(300)])
    records = tmp_path / "r.jsonl"
    go(source, records)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    script = FULL_DISK.format(
        here=str(Path(__file__).parent), limit=20_000, source="", out=""
    ).replace(
        f"go({''!r}, Path({''!r}))",
        f"from pipeline.batch.convert import convert; convert(Path({str(records)!r}), "
        f"Path({str(tmp_path / name)!r}), 'mentions')",
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 7 and "no room left" in done.stdout, done.stderr
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
    assert convert(records, tmp_path / name, "mentions") > 0


def test_a_clock_that_jumps_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines count a clock that never goes back; dates of day are for people only."""
    source = write_rows(tmp_path / "in.jsonl", [f"UBND {i}" for i in range(100)])
    go(source, tmp_path / "whole.jsonl")
    now = time.time()
    backwards = iter(range(10**9))
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now - 3_600 * next(backwards))
        os.utime(source, (now + 86_400, now + 86_400))  # an input of tomorrow
        go(source, tmp_path / "r.jsonl")
        assert not go(source, tmp_path / "r.jsonl").fresh
    assert (tmp_path / "r.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_corrections_keep_their_order_when_the_clock_jumps_back(tmp_path: Path) -> None:
    noon = datetime(2024, 6, 1, 12, tzinfo=UTC)
    ticks = iter(range(100))
    clock = lambda: noon - timedelta(hours=next(ticks))  # noqa: E731
    row = as_document({"id": "a", "text": TEXT, "mentions": []})
    store = Store(tmp_path, "lan", clock=clock)
    for note in ("một", "hai", "ba"):
        store.append_answer({**row, "note": note}, "accept")
    again = Store(tmp_path, "lan").log.answers["a"]
    assert again["version"] == 3 and again["document"]["note"] == "ba"


def test_a_document_too_large_for_the_memory(tmp_path: Path) -> None:
    texts = ["UBND", "!!memory", "UBND xã"]
    source = write_rows(tmp_path / "in.jsonl", texts)
    go(source, tmp_path / "r.jsonl")
    assert [row["id"] for row in lines(tmp_path / "r.jsonl")] == ["a0", "a2"]
    (letter,) = lines(tmp_path / "r.errors.jsonl")
    assert letter["type"] == "OutOfMemory" and "split the document" in letter["message"]


def test_the_command_line_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pipeline import cli
    from pipeline.batch import convert as module

    def greedy(*_: object) -> int:
        raise MemoryError

    monkeypatch.setattr(module, "convert", greedy)
    path = write_rows(tmp_path / "r.jsonl", ["UBND"])
    assert cli.run(["convert", str(path), str(tmp_path / "x.csv")]) == cli.FAILED
    assert "not enough memory" in capsys.readouterr().err
