"""One run at a time on one output."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pipeline.batch.parts import writing
from pipeline.errors import ConfigError


class Lock:
    """Held from ``with`` until its end; the system lets go of it if the process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def __enter__(self) -> Lock:
        while True:
            with writing(self._path):
                self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            if not _try_lock(self._fd):
                owner = ""
                with suppress(OSError):
                    owner = os.read(self._fd, 40).decode(errors="replace").strip()
                os.close(self._fd)
                raise ConfigError(
                    f"another run ({owner or 'starting'}) is writing this output: wait for it, "
                    "or give -o another name"
                )
            try:  # the run before may have removed the file between our open and lock
                same = os.stat(self._path).st_ino == os.fstat(self._fd).st_ino
            except FileNotFoundError:
                same = False
            if same:
                break
            os.close(self._fd)
        with suppress(OSError):  # only for the message: a full disk is no reason to stop here
            os.ftruncate(self._fd, 0)
            os.write(self._fd, f"process {os.getpid()}\n".encode())
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._path.unlink(missing_ok=True)
        finally:
            os.close(self._fd)


def _try_lock(fd: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
