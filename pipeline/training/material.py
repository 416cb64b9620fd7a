"""What a retraining learns from: corrections, gold to replay, documents held out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.annotate.store import corrections
from pipeline.errors import CorpusError, InputError
from pipeline.text import clean
from pipeline.training.data import Example, example
from pipeline.training.rows import GoldRow, scan

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Material:
    """Rows without overlap: no text stands in two of the three lists."""

    corrected: list[GoldRow]
    replay: list[GoldRow]
    held_out: list[GoldRow]
    notes: list[str]

    def digest(self) -> str:
        """One hash of all that is learnt from and measured on."""
        whole = hashlib.sha256()
        for part in (self.corrected, self.replay, self.held_out):
            for r in part:
                spans = sorted((m["start"], m["end"], m["label"]) for m in r.row["mentions"])
                whole.update(f"{r.row['text']}\0{spans}\0".encode("utf-8", "surrogatepass"))
            whole.update(b"\1")
        return whole.hexdigest()


def text_key(text: str) -> str:
    """A hash that is the same for a text in another normal form or with other white space.

    >>> text_key("Bộ\\u00a0Y tế\\r\\n") == text_key("Bộ Y tế")
    True
    """
    return hashlib.sha256(" ".join(clean(text).text.split()).encode("utf-8", "replace")).hexdigest()


def gather(corrected: Sequence[Path], gold: Sequence[Path], held_out: Path) -> Material:
    """Read and check everything; say in ``notes`` what was left out and why.

    ``corrected`` are folders of the annotation store or files of gold rows. A document that
    is also held out is kept out of training; one that is also in ``gold`` replaces it there.

    Raises:
        CorpusError: bad rows, every one with file, line, document and reason.
        InputError: nothing is left to train on, or to measure on.
    """
    faults: list[str] = []
    notes: list[str] = []
    rows: list[GoldRow] = []
    for path in corrected:
        rows += _stored(path, faults, notes) if path.is_dir() else _scanned(path, faults)
    replay = [row for path in gold for row in _scanned(path, faults)]
    held = _scanned(held_out, faults)
    faults += _repeated_ids(held)
    if faults:
        raise CorpusError(
            "rows that can't be trained on; correct or remove them, nothing was trained:\n"
            + "\n".join(faults)
        )
    if not any(r.row["mentions"] for r in held):
        raise InputError(f"{held_out} has no mentions: there is nothing to measure on")
    ids, keys = {r.id for r in held}, {text_key(r.row["text"]) for r in held}
    rows = _apart(_agreed(rows, notes), ids, keys, held_out, "corrected", notes)
    replay = _apart(replay, ids, keys, held_out, "gold", notes)
    if not rows:
        raise InputError(
            "no corrected document is left to train on: "
            + "; ".join(notes or ["none was accepted"])
        )
    mine, texts = {r.id for r in rows}, {text_key(r.row["text"]) for r in rows}
    kept = [r for r in replay if r.id not in mine and text_key(r.row["text"]) not in texts]
    if len(kept) < len(replay):
        notes.append(f"{_n(len(replay) - len(kept))} (gold) replaced by corrections")
    return Material(rows, kept, held, notes)


def examples(rows: Iterable[GoldRow]) -> list[Example]:
    """The rows segmented and tagged."""
    return [example(r.id, r.row["text"], r.row["mentions"]) for r in rows]


def _n(count: int) -> str:
    return f"{count} document{'' if count == 1 else 's'}"


def _scanned(path: Path, faults: list[str]) -> list[GoldRow]:
    try:
        rows, bad = scan(path)
    except CorpusError as error:
        rows, bad = [], [str(error)]
    faults += bad
    return rows


def _stored(folder: Path, faults: list[str], notes: list[str]) -> list[GoldRow]:
    """The finished documents of an annotation store."""
    try:
        found = corrections(folder)
    except CorpusError as error:
        faults += str(error).split("\n")[1:]
        return []
    for names, why in (
        (found.disputed, "left out, annotators differ: adjudicate them"),
        (found.skipped, "left out, skipped by the annotator"),
        (found.unfinished, "edited after the last answer: the edits don't count before Enter"),
    ):
        if names:
            notes.append(f"{folder}: {_n(len(names))} {why} ({some(names)})")
    return [GoldRow(folder, n, row) for n, row in enumerate(found.documents, 1)]


def _repeated_ids(rows: Sequence[GoldRow]) -> list[str]:
    first: dict[str, GoldRow] = {}
    return [
        f"{r.path}:{r.line}: the id {r.id} stands on line {first[r.id].line} already"
        for r in rows
        if first.setdefault(r.id, r) is not r
    ]


def _agreed(rows: Sequence[GoldRow], notes: list[str]) -> list[GoldRow]:
    """Each text once; one that two sources correct differently is left out."""
    by_text: dict[str, list[GoldRow]] = {}
    for r in rows:
        by_text.setdefault(text_key(r.row["text"]), []).append(r)
    kept: list[GoldRow] = []
    differ: list[GoldRow] = []
    for same in by_text.values():
        versions = {_spans(r.row) for r in same}
        (kept if len(versions) == 1 else differ).append(same[0])
    if differ:
        names = some([r.id for r in differ])
        notes.append(f"{_n(len(differ))} left out, corrected in two ways ({names})")
    return kept


def _spans(row: Row) -> tuple[str, ...]:
    """The mentions in offsets of the cleaned text, whose normal form is always the same."""
    cleaned = clean(row["text"])
    spans = ((*cleaned.from_raw(m["start"], m["end"]), m["label"]) for m in row["mentions"])
    return (cleaned.text, *map(str, sorted(spans)))


def _apart(
    rows: Sequence[GoldRow], ids: set[str], keys: set[str], held: Path, what: str, notes: list[str]
) -> list[GoldRow]:
    """The rows that aren't held out, by id and by text."""
    out = [r for r in rows if r.id not in ids and text_key(r.row["text"]) not in keys]
    if len(out) < len(rows):
        kept = {id(r) for r in out}
        names = some([r.id for r in rows if id(r) not in kept])
        notes.append(
            f"{_n(len(rows) - len(out))} ({what}) kept out of training, held out in {held} "
            f"({names})"
        )
    return out


def some(names: Sequence[str]) -> str:
    """The first few names.

    >>> some(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
