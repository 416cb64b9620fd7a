"""Damaged annotation files, as other tools might write them (``scripts/fuzz.py``)."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fuzz_files import damaged
from fuzz_texts import piece

from pipeline.annotate.document import problems
from pipeline.annotate.formats import FORMATS, read, write
from pipeline.errors import PipelineError

Case = tuple[str, int, str, Callable[[], list[str]]]
GOLD = Path(__file__).resolve().parent.parent / "corpora" / "gold" / "samples.jsonl"


@lru_cache(maxsize=1)
def gold() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


@lru_cache(maxsize=64)
def _exported(format: str, number: int) -> dict[str, bytes]:
    """The files that a format makes of two short sample documents."""
    rows = sorted(gold(), key=lambda row: len(row["text"]))[number : number + 2]
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "made"
        write(rows, target, format)
        files = [target] if target.is_file() else sorted(target.rglob("*"))
        beside = [p for p in Path(name).iterdir() if p.is_file() and p not in files]
        return {p.relative_to(name).as_posix(): p.read_bytes() for p in [*files, *beside]}


def importers(seed: int, count: int) -> Iterator[Case]:
    """Damaged annotation files: documents that are sound, or problems in words."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    names = [n for n in FORMATS for _ in range(1 if n.startswith("cas") or n == "docbin" else 4)]
    try:
        for n in range(count):
            rng = random.Random(f"importers {seed} {n}")
            format = rng.choice(names)
            files = dict(_exported(format, rng.randrange(3)))
            for _ in range(rng.randint(1, 2)):
                name = rng.choice(sorted(files))
                change = _reshaped if rng.random() < 0.5 else damaged
                files[name] = change(rng, files[name])
            shown = f"seed {seed} number {n} {format}"
            texts = {"a": piece(rng)} if rng.random() < 0.2 else None
            size = sum(map(len, files.values()))
            yield format, size, shown, partial(_import, folder, files, format, texts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


VALUES: list[Any] = [
    None, True, -1, 0, 3, 1e9, 2.5, "", "x", "\ud800", "m1", [], {}, [[]], ["DATE"],
    {"start": 0}, 10**30, "DATE", [None], [1, 2, 3], "5",
]  # fmt: skip


def _reshaped(rng: random.Random, data: bytes) -> bytes:
    """JSON with values of another type, keys lost or doubled; else plain damage."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    try:
        row = json.loads(lines[at])
    except (ValueError, RecursionError):
        try:
            lines, at, row = [data], 0, json.loads(data)
        except (ValueError, RecursionError):
            return damaged(rng, data)
    for _ in range(rng.randint(1, 3)):
        row = _changed(rng, row)
    lines[at] = json.dumps(row).encode()
    return b"\n".join(lines)


def _changed(rng: random.Random, node: Any) -> Any:
    """The same tree with one node replaced, removed or repeated."""
    if isinstance(node, dict) and node and rng.random() < 0.9:
        key = rng.choice(sorted(node, key=str))
        if rng.random() < 0.15:
            return {k: v for k, v in node.items() if k != key}
        return {**node, key: _changed(rng, node[key])}
    if isinstance(node, list) and node and rng.random() < 0.85:
        at = rng.randrange(len(node))
        if rng.random() < 0.15:
            return node[:at] + [node[at]] * rng.choice([0, 2]) + node[at + 1 :]
        return [*node[:at], _changed(rng, node[at]), *node[at + 1 :]]
    if type(node) is int and rng.random() < 0.5:
        return node + rng.choice([-1, 1, 5, -50, 1000])
    return rng.choice(VALUES)


def _import(
    folder: Path, files: dict[str, bytes], format: str, texts: dict[str, str] | None
) -> list[str]:
    root = folder / "x"
    shutil.rmtree(root, ignore_errors=True)
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    try:
        got = read(root / "made", format, texts=texts)
    except PipelineError as error:
        return [] if str(error) else ["an error without words"]
    except Exception:
        return [traceback.format_exc(limit=-4)]
    out = [f"an unsound document: {fault}" for d in got.documents for fault in problems(d)]
    for document in got.documents:
        for m in document["mentions"]:
            if document["text"][m["start"] : m["end"]] != m["text"]:
                out.append(f"a mention that lies: {m}")
    return out + [f"a problem without words: {p}" for p in got.problems if not p.what]
