"""One run at a time on one output."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.batch.lock import Lock
from pipeline.errors import ConfigError


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
