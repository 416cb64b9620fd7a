"""``--retry-errors``: the failed inputs once more, their records behind the others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch.journal import Ids, Journal
from pipeline.errors import ConfigError
from pipeline.readers.base import Failure, Format, Source
from pipeline.readers.find import STDIN, find

_COMMIT_IDS = 50_000


@dataclass(frozen=True, slots=True)
class Letter:
    """What a dead letter says about its place."""

    path: str
    name: str
    number: int
    rest: bool
    type: str
    message: str


def letters(errors: Path) -> Iterator[Letter]:
    """Places of the dead letters that a retry can read again."""
    with errors.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["path"] == STDIN:
                raise ConfigError("standard input can't be read again: run the whole once more")
            yield Letter(**{key: row[key] for key in Letter.__slots__})


def sources_of(errors: Path, format: Format | None) -> Iterator[Source | Failure]:
    """Each file or folder that has dead letters, once, in their order."""
    last = None
    for letter in letters(errors):
        if letter.path != last:
            if letter.type == "LinkLoop" or not os.path.lexists(letter.path):
                gone = letter.message if letter.type == "LinkLoop" else "no longer there"
                yield Failure(letter.type, gone, letter.path, letter.name)
            else:
                yield from _named(letter, format)
        last = letter.path


def _named(letter: Letter, format: Format | None) -> Iterator[Source | Failure]:
    """The files of a letter under the names, and so the ids, that the run gave them."""
    folder = os.path.isdir(letter.path)
    prefix = f"{letter.name}/" if letter.name not in ("", ".") else ""
    for found in find([letter.path], format):
        yield replace(found, name=prefix + found.name if folder else letter.name)


def take_over(part: Path, journal: Journal, ids: Ids) -> None:
    """Start the retry behind the records that are there, knowing their ids."""
    cursor = journal.cursor()
    count = size = 0
    characters = 0
    with part.open("rb") as file:
        for line in file:
            row = json.loads(line)
            ids.unique(row["id"])
            count += 1
            size += len(line)
            characters += row["text_length"]
            if len(ids.fresh) > _COMMIT_IDS:
                journal.commit(cursor, ids.fresh, {}, {})
                ids.fresh = {}
    journal.commit(
        replace(cursor, records=count, records_bytes=size, characters=characters),
        ids.fresh,
        {},
        {},
    )
    journal.put(taken_over=count)
