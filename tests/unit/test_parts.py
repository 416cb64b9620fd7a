"""The growing outputs of a run: cut to what counts, synced, said what is wrong."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.batch.parts import FileParts, OutputError, StreamParts, dead_letter, writing
from pipeline.batch.work import Row
from pipeline.readers.base import Failure


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
