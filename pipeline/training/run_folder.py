"""The folder of a retraining: free, or holding a run of just this; never somebody else's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from pipeline.batch.lock import Lock
from pipeline.errors import ConfigError, PipelineError
from pipeline.models import verify

RECORD = "retrain.json"  # what a folder of ours was trained from
PATHS = ("base", "held_out")  # told there too, but hashes tell whether they are the same
DISK = 17  # times the weights' size: the state of the run, and the next one while it is written


def choose(out: Path | None, record: Mapping[str, Any], today: date) -> Path:
    """A folder that is free or holds a run of just this; ConfigError if the named one isn't."""
    if out is not None:
        if not _ours(out, record):
            raise ConfigError(
                f"{out} holds something else: nothing of yours is overwritten, name "
                "another folder with -o"
            )
        return out
    stem = Path("runs") / f"retrained-{today.isoformat()}"
    n, folder = 1, stem
    while not _ours(folder, record):
        n += 1
        folder = stem.with_name(f"{stem.name}-{n}")
    return folder


def _ours(folder: Path, record: Mapping[str, Any]) -> bool:
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and all(
        found.get(k) == v for k, v in record.items() if k not in PATHS
    )


def finished(folder: Path) -> bool:
    """Whether a run has ended there and its model is whole."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return bool(found.get("model_sha256") == verify(folder))
    except (OSError, ValueError, PipelineError):
        return False


def check_room(out: Path, base: Path) -> None:
    """Raise PipelineError before hours of work that could not be written."""
    at = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    free, needed = shutil.disk_usage(at).free, DISK * (base / "model.safetensors").stat().st_size
    if out.is_dir():  # a run that goes on has its state there already
        needed -= sum(path.stat().st_size for path in out.iterdir())
    if free < needed:
        raise PipelineError(
            f"training needs about {needed // 10**6} MB in {at}, {free // 10**6} MB are free: make "
            "room or name another place with -o; nothing was trained"
        )


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Only one retraining at a time in a folder; ConfigError in the second."""
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with Lock(out.with_name(f"{out.name}.lock")):
        yield


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """What can't be written, as a PipelineError that says what to do."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        if isinstance(error, PipelineError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise PipelineError(
            f"{out}: {reason}; no model was replaced. The same command goes on from here "
            "once this is mended"
        ) from error


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """JSON that replaces the old file only when it is whole."""
    part = path.with_suffix(".part")
    try:
        part.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
