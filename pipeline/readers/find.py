"""From the arguments of a command to the list of files, in an order that never changes."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.errors import InputError
from pipeline.readers.base import COMPRESSIONS, SUFFIXES, Failure, Format, Source

STDIN = "-"


def classify(name: str) -> tuple[Format | None, str | None]:
    """Format and compression that a file name states.

    >>> classify("bao.jsonl.gz")
    ('jsonl', 'gz')
    >>> classify("anh.jpg")
    (None, None)
    """
    stem, suffix = os.path.splitext(name.lower())
    compression = COMPRESSIONS.get(suffix)
    if compression:
        suffix = os.path.splitext(stem)[1]
    return SUFFIXES.get(suffix), compression


def find(paths: Iterable[str], format: Format | None = None) -> Iterator[Source | Failure]:
    """The files that ``paths`` (files, folders, globs, ``-``) stand for.

    Within a folder: sorted by name, files of unknown suffix left out unless ``format``
    is given, hidden ones always. A folder that can't be listed, is empty or leads back
    to itself comes as a :class:`Failure` in its place. A path that doesn't exist, or a
    file of unknown suffix without ``format``, raises :class:`InputError` at once.
    """
    for path in paths:
        if path == STDIN:
            yield stdin_source(format)
        elif os.path.isdir(path):
            found = False
            for entry in _walk(path, ()):
                found_at = entry.path if isinstance(entry, Failure) else entry
                name = Path(found_at).relative_to(path).as_posix()
                if isinstance(entry, Failure):
                    found = True
                    yield replace(entry, name=name)
                    continue
                source = _source(entry, name, format)
                if source is not None:
                    found = True
                    yield source
            if not found:
                kinds = ", ".join(sorted(SUFFIXES))
                yield Failure("EmptyFolder", f"no file to read in it (looked for {kinds})", path)
        elif os.path.lexists(path):
            source = _source(path, os.path.basename(path), format)
            if source is None:
                raise InputError(
                    f"{path}: can't tell the format from the name; add --format "
                    "txt, jsonl, csv, parquet, html, warc, docx or pdf"
                )
            yield source
        elif glob.has_magic(path):
            matches = sorted(glob.glob(path, recursive=True))
            if not matches:
                raise InputError(f"{path}: no file matches")
            yield from find(matches, format)
        else:
            raise InputError(f"{path}: no such file or folder{_hint(path)}")


def stdin_source(format: Format | None) -> Source:
    """Standard input; JSONL if it starts with ``{`` and nothing else was asked for."""
    if format is None:
        peek = getattr(sys.stdin.buffer, "peek", None)
        head = peek(64) if peek else b""
        format = "jsonl" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "txt"
    return Source(STDIN, "stdin", format)


def _source(path: str, name: str, format: Format | None) -> Source | None:
    known, compression = classify(path)
    kind = format or known
    if kind is None:
        return None
    try:
        stat = os.stat(path)
    except OSError:  # a dangling or circular link: named when it is opened
        return Source(path, name, kind, compression)
    return Source(path, name, kind, compression, stat.st_size, stat.st_mtime_ns)


def _walk(folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[str | Failure]:
    """Files under a folder, depth first by name; links are followed, loops reported."""
    try:
        stat = os.stat(folder)
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Failure("Unreadable", error.strerror or str(error), folder)
        return
    here = (stat.st_dev, stat.st_ino)
    if here in above:
        yield Failure("LinkLoop", "a link that leads back to a folder above it", folder)
        return
    for entry in listed:
        if entry.name.startswith("."):
            continue
        try:
            is_folder = entry.is_dir()
        except OSError:  # a link to itself
            is_folder = False
        if is_folder:
            yield from _walk(entry.path, (*above, here))
        else:
            yield entry.path


def _hint(path: str) -> str:
    near = Path(path).parent
    if not near.is_dir():
        return f" (nor is there a folder {near})"
    return ""
