"""From parts to outputs. Every step can be done again, so a stop between them is harmless."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.__about__ import __version__
from pipeline.batch.journal import Journal
from pipeline.batch.options import BatchOptions
from pipeline.batch.parts import writing
from pipeline.batch.paths import OutputPaths
from pipeline.readers.base import Source
from pipeline.readers.find import STDIN
from pipeline.readers.stream import file_sha256, same_file

_HASHES = 500


def finish(journal: Journal, paths: OutputPaths, options: BatchOptions) -> None:
    """Make the outputs and the manifest, then clear away what the run needed."""
    _hash_inputs(journal)
    with writing(paths.output):
        if paths.part.exists():
            write_output(paths.part, paths)
        _finish_errors(journal, paths)
        _write_manifest(journal, paths, options)
        paths.part.unlink(missing_ok=True)
    journal.close()
    for path in paths.unfinished():
        path.unlink(missing_ok=True)


def replace_durably(source: Path, target: Path) -> None:
    """Rename, and make sure that the new name survives a power cut."""
    os.replace(source, target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_output(lines: Path, paths: OutputPaths) -> None:
    """A file of JSON lines as the output that ``paths`` names; JSONL takes the file itself."""
    if paths.format == "parquet":
        from pipeline.writers.parquet import write_parquet

        write_parquet(lines, paths)
    elif paths.format == "sqlite":
        from pipeline.writers.sqlite import write_sqlite

        write_sqlite(lines, paths.output)
    else:
        replace_durably(lines, paths.output)


def _finish_errors(journal: Journal, paths: OutputPaths) -> None:
    if journal.cursor().errors_bytes:
        if paths.errors_part.exists():
            replace_durably(paths.errors_part, paths.errors)
    else:
        paths.errors.unlink(missing_ok=True)
        paths.errors_part.unlink(missing_ok=True)


def _hash_inputs(journal: Journal) -> None:
    """Hash what was read; a file that has changed since has no hash."""
    hashes: list[tuple[str, int]] = []
    for planned in journal.files(int(journal.get("hashed") or 0)):
        if isinstance(planned, Source) and planned.path != STDIN and same_file(planned):
            with suppress(OSError):
                hashes.append((file_sha256(planned.path), planned.number))
        if len(hashes) >= _HASHES:
            journal.put_hashes(hashes, hashes[-1][1] + 1)
            hashes = []
    if hashes:
        journal.put_hashes(hashes, hashes[-1][1] + 1)


def _write_manifest(journal: Journal, paths: OutputPaths, options: BatchOptions) -> None:
    if journal.get("mode") == "retry":
        try:
            before = json.loads(paths.manifest.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        inputs = before.pop("inputs", [])
        session = _session(journal, options)
        head = {
            **before,
            **{key: session[key] for key in ("records", "errors", "failures", "characters")},
            "retries": [*before.get("retries", []), session],
        }
    else:
        head = {"output": paths.output.name, **_session(journal, options)}
        inputs = journal.inputs()
    draft = paths.manifest.with_name(paths.manifest.name + ".part")
    with draft.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head, ensure_ascii=False, indent=1)[:-2])
        file.write(',\n "inputs": [')
        comma = "\n  "
        for row in inputs:  # one at a time: there may be millions
            file.write(comma + json.dumps(row, ensure_ascii=False))
            comma = ",\n  "
        file.write("\n ]\n}\n")
        file.flush()
        os.fsync(file.fileno())
    replace_durably(draft, paths.manifest)


def _session(journal: Journal, options: BatchOptions) -> dict[str, Any]:
    cursor = journal.cursor()
    seconds = cursor.seconds or 1e-9
    done = cursor.records - int(journal.get("taken_over") or 0)
    return {
        "package": f"vn-directives {__version__}",
        "python": platform.python_version(),
        "platform": platform.platform(),
        "command": journal.get("command"),
        "options": journal.get("options"),
        "engine": options.engine,
        "workers": options.workers,
        "timeout": options.timeout,
        "plan": journal.get("plan"),
        "started": journal.get("started"),
        "finished": now(),
        "sessions": journal.get("sessions"),
        "seconds": round(cursor.seconds, 3),
        "records": cursor.records,
        "errors": cursor.errors,
        "failures": journal.failures(),
        "duplicate_ids": cursor.duplicates,
        "characters": cursor.characters,
        "records_per_second": round(done / seconds, 3),
    }


def now() -> str:
    """The time, for the manifest."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def command() -> list[str]:
    """The command line, for the manifest."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]
