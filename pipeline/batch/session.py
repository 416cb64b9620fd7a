"""One session of a run: begin it or go on with it, work, finish."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline.batch.finish import command, finish, now, replace_durably
from pipeline.batch.journal import Journal, fingerprint
from pipeline.batch.lock import Lock
from pipeline.batch.options import BatchOptions, differences
from pipeline.batch.parts import FileParts, OutputError, StreamParts, writing
from pipeline.batch.paths import OutputPaths
from pipeline.batch.run import Progress, Summary, rows_of, write_all
from pipeline.errors import ConfigError, InputError
from pipeline.readers.base import Failure, Source
from pipeline.readers.extras import require_for
from pipeline.readers.find import STDIN, find

Say = Callable[[str], None]


def run_to_file(
    inputs: Sequence[str],
    output: Path,
    options: BatchOptions,
    progress: Progress,
    *,
    overwrite: bool = False,
    retry_errors: bool = False,
    say: Say = lambda line: None,
) -> Summary:
    """Extract all inputs into ``output``, going on where an earlier session stopped.

    Raises ConfigError for wrong usage, InputError for a path that doesn't exist,
    OutputError when the output can't be written; the command can then be given again.
    """
    paths = OutputPaths(output)
    require_for(paths.format)  # a wrong suffix or missing library: said before the work
    if not output.parent.is_dir():
        raise ConfigError(f"{output.parent}: no such folder for the output")
    try:
        with Lock(paths.lock):
            if overwrite:
                for path in paths.unfinished():
                    path.unlink(missing_ok=True)
            elif not paths.state.exists() and output.exists() and not retry_errors:
                return _done_before(inputs, paths, options)
            with Journal(paths.state) as journal:
                return _session(inputs, paths, options, progress, retry_errors, journal, say)
    except sqlite3.Error as error:
        raise OutputError(
            f"{paths.state}: {error}; nothing is lost, free some room and give the command again"
        ) from None


def _session(
    inputs: Sequence[str],
    paths: OutputPaths,
    options: BatchOptions,
    progress: Progress,
    retry_errors: bool,
    journal: Journal,
    say: Say,
) -> Summary:
    mode = "retry" if retry_errors else "run"
    if not journal.new and journal.get("stdin") and journal.get("phase") == "run":
        say("standard input can't be read twice: the interrupted run starts over")
        journal.put(phase=None)
        journal.new = True
    if journal.new:
        _begin(inputs, paths, options, mode, journal, say)
    else:
        _check_same(journal, options, mode, say)
    if journal.get("phase") == "prepare":
        _prepare_retry(paths, journal)
    journal.put(sessions=journal.get("sessions") + 1)
    if journal.get("phase") == "run":
        cursor = journal.cursor()
        parts = FileParts(
            paths.part, paths.errors_part, (cursor.records_bytes, cursor.errors_bytes)
        )
        with closing(parts):
            stream, stop = rows_of(journal, options, cursor)
            try:
                write_all(stream, journal, parts, progress)
            finally:
                stop()
        journal.put(phase="finish")
    summary = summarise(journal, paths.output)
    finish(journal, paths, options)
    return summary


def _begin(
    inputs: Sequence[str],
    paths: OutputPaths,
    options: BatchOptions,
    mode: str,
    journal: Journal,
    say: Say,
) -> None:
    values: dict[str, Any] = {
        "mode": mode,
        "options": options.shaping(),
        "started": now(),
        "command": command(),
        "sessions": 0,
    }
    if mode == "retry":
        from pipeline.batch.retry import sources_of

        if not paths.errors.exists():
            raise ConfigError(f"{paths.errors}: no dead letters to retry")
        journal.begin(sources_of(paths.errors, options.read.format), **values, phase="prepare")
        return
    if not inputs:
        raise ConfigError("nothing to read: name files or folders, or - for standard input")
    twice = journal.begin(
        _checked(find(inputs, options.read.format)), **values, phase="run", stdin=STDIN in inputs
    )
    if twice:
        say(f"{twice:,} files were named twice and are read once")


def _checked(found: Iterable[Source | Failure]) -> Iterator[Source | Failure]:
    """Stop before the run if a format's library is missing."""
    for source in found:
        if isinstance(source, Source):
            require_for(source.format, source.compression)
        yield source


def _check_same(journal: Journal, options: BatchOptions, mode: str, say: Say) -> None:
    if journal.get("mode") != mode:
        raise ConfigError(
            "an interrupted --retry-errors run is here: add --retry-errors to go on with it"
            if mode == "run"
            else "an interrupted run is here: finish it without --retry-errors first"
        )
    changed = differences(journal.get("options"), options.shaping())
    if changed:
        raise ConfigError(
            f"the interrupted run had other options ({'; '.join(changed)}): use those to go on, "
            "or --overwrite to start over"
        )
    cursor = journal.cursor()
    if cursor.file or cursor.unit:
        _check_unchanged(journal, cursor.file)
    say(f"going on after {cursor.records + cursor.errors:,} documents")


def _check_unchanged(journal: Journal, file: int) -> None:
    from pipeline.readers.stream import same_file

    planned = next(iter(journal.files(file)), None)
    if isinstance(planned, Source) and planned.path != STDIN and not same_file(planned):
        raise InputError(
            f"{planned.path}: changed since the interrupted run read part of it; "
            "--overwrite starts over"
        )


def _prepare_retry(paths: OutputPaths, journal: Journal) -> None:
    """The records so far become the beginning of the part; can be done again."""
    from pipeline.batch.journal import Ids
    from pipeline.batch.retry import letters, take_over

    journal.want((row.path, row.number, row.rest) for row in letters(paths.errors))
    if paths.format == "jsonl":
        if paths.output.exists():
            with writing(paths.part):
                replace_durably(paths.output, paths.part)
    else:
        from pipeline.writers.records import read_lines

        with writing(paths.part), paths.part.open("wb") as part:
            for line in read_lines(paths.output):
                part.write(line + b"\n")
    take_over(paths.part, journal, Ids(journal.last_of))
    journal.put(phase="run")


def _done_before(inputs: Sequence[str], paths: OutputPaths, options: BatchOptions) -> Summary:
    """The summary of a finished run that this one would only repeat."""
    try:
        manifest = json.loads(paths.manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        manifest = {}
    digest = hashlib.sha256()
    for found in find(inputs, options.read.format):
        fingerprint(digest, found)
    same_inputs = STDIN not in inputs and manifest.get("plan") == digest.hexdigest()
    if same_inputs and not differences(manifest.get("options", {}), options.shaping()):
        return Summary(
            manifest["records"],
            manifest["errors"],
            manifest["duplicate_ids"],
            manifest["characters"],
            manifest["seconds"],
            manifest["failures"],
            paths.output,
            fresh=False,
        )
    raise ConfigError(
        f"{paths.output} exists, from other inputs or options: give -o another name, "
        "or --overwrite to replace it"
    )


def summarise(journal: Journal, output: Path | None) -> Summary:
    """The counts of a run."""
    cursor = journal.cursor()
    return Summary(
        cursor.records,
        cursor.errors,
        cursor.duplicates,
        cursor.characters,
        cursor.seconds,
        journal.failures(),
        output,
        int(journal.get("taken_over") or 0),
    )


def run_to_stdout(inputs: Sequence[str], options: BatchOptions, progress: Progress) -> Summary:
    """Extract all inputs to standard output; dead letters are lines on standard error."""
    if not inputs:
        raise ConfigError("nothing to read: name files or folders, or - for standard input")
    with Journal(None) as journal:
        journal.begin(_checked(find(inputs, options.read.format)), mode="run", phase="run")
        stream, stop = rows_of(journal, options, journal.cursor())
        try:
            write_all(stream, journal, StreamParts(), progress)
        finally:
            stop()
        return summarise(journal, None)
