"""A new model folder in the place of another, in one step; the old one kept beside it."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pipeline.errors import ConfigError, PipelineError
from pipeline.models import REQUIRED, verify

# What a model folder may hold; anything else of a run stays where it was trained.
FILES = (
    *REQUIRED,
    "SHA256SUMS",
    "model.safetensors",
    "config.json",
    "training.json",
    "metrics.json",
)


def check_target(target: Path, out: Path | None = None) -> None:
    """Raise ConfigError where no model folder can be put at ``target``. Changes nothing."""
    if not target.parent.is_dir():
        raise ConfigError(f"--install {target}: there is no folder {target.parent}: make it first")
    if not os.access(target.parent, os.W_OK):
        raise ConfigError(f"--install {target}: {target.parent} can't be written")
    if target.exists() and not (target / "tagger.json").is_file():
        raise ConfigError(
            f"--install {target} is there and is no model folder (no tagger.json): nothing of "
            "yours is replaced; name another"
        )
    if out is not None and target.resolve() in (out.resolve(), *out.resolve().parents):
        raise ConfigError(f"--install {target} holds the training's own output {out}: name another")


def install(folder: Path, target: Path, now: datetime) -> Path | None:
    """Put a copy of model ``folder`` at ``target``; where the old one is kept, if there was one.

    ``target`` is the old model or the new one at every moment, never a mixture (on Linux;
    elsewhere it is missing between two renames). Raises PipelineError if the copy can't be
    written or differs; the old model stands as it was then.
    """
    target = target.resolve()  # a link keeps leading to the place
    staged = target.with_name(f".{target.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        for name in FILES:
            if (folder / name).is_file():
                shutil.copyfile(folder / name, staged / name)
                _sync(staged / name)
        _sync(staged)
        verify(staged)
        if not target.exists():
            staged.rename(target)
            with suppress(OSError):
                _sync(target.parent)
            return None
        backup = _free(target.with_name(f"{target.name}.backup-{now:%Y%m%d-%H%M%S}"))
        _swap(staged, target, backup)
        with suppress(OSError):  # the new model stands: this only hastens it to the disk
            _sync(target.parent)
        return backup
    except OSError as error:
        raise PipelineError(
            f"{target}: {error.strerror or error}; nothing was replaced, the new model is in "
            f"{folder}"
        ) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _swap(new: Path, old: Path, backup: Path) -> None:
    if _exchange(new, old):
        try:
            new.rename(backup)
        except BaseException:  # what is staged would be removed, and is the old model now
            _exchange(new, old)
            raise
        return
    old.rename(backup)
    try:
        new.rename(old)
    except OSError:
        backup.rename(old)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders' names in one step; False where the system can't."""
    if sys.platform != "linux":
        return False
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(call(here, os.fsencode(one), here, os.fsencode(other), swap) == 0)


def _free(path: Path) -> Path:
    """The path, numbered if something stands there."""
    n, free = 1, path
    while free.exists():
        n += 1
        free = path.with_name(f"{path.name}-{n}")
    return free


def _sync(path: Path) -> None:
    with suppress(PermissionError):  # Windows opens no folders
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
