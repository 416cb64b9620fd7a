"""One record for a person: the text with its mentions in their colours, then the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.labels import LABEL_INFO, Label
from pipeline.terminal import visible
from pipeline.writers.records import read_lines

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pipeline.schema import Mention, Record


def find_record(path: Path, id: str | None = None) -> Record:
    """The record with an id, or the first. Raises InputError, naming some ids there are."""
    from pydantic import ValidationError

    from pipeline.schema import Record

    seen: list[str] = []
    for number, line in enumerate(read_lines(path), 1):
        try:
            found = json.loads(line)["id"]
            if id is None or found == id:
                return Record.model_validate_json(line)
        except (ValueError, KeyError, TypeError, ValidationError):
            raise InputError(f"{path}, line {number}: not a record of `extract`") from None
        seen.append(found)
    if not seen:
        raise InputError(f"{path}: no record in it")
    some = "\n  ".join(seen[:10])
    raise InputError(f"{path}: no record {id!r} among {len(seen):,}; it has\n  {some}")


def text_of(record: Record, path: Path | None) -> str | None:
    """The record's text, from itself or a file. Raises InputError if it's another text."""
    if path is None:
        return record.text
    from pipeline.readers.base import BadInput
    from pipeline.readers.encoding import decode

    try:
        text, _ = decode(path.read_bytes(), "auto")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    except BadInput as error:
        raise InputError(f"{path}: {error}") from None
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != record.text_sha256:
        raise InputError(f"{path}: not the text of record {record.id!r} (its hash differs)")
    return text


def show(record: Record, text: str | None, console: Console) -> None:
    """Print a record, in colour on a terminal and with brackets elsewhere."""
    console.print(_head(record))
    colour = console.color_system is not None
    if text is None:
        console.print(
            "\nThe record is without its text: write it with --with-text, or name the file "
            "with --text.\n"
        )
        console.print(_mentions(record))
    else:
        console.print(_legend(colour), "\n", sep="")
        console.print(marked(text, record.mentions, colour))
    if record.documents:
        console.print("\nDocuments", style="bold")
        console.print(_documents(record))
    console.print("\nAssignments", style="bold")
    console.print(_assignments(record) if record.assignments else "  none")
    for warning in record.warnings:
        console.print(f"\nWarning {warning.code}: {visible(warning.message)}", markup=False)


def marked(text: str, mentions: list[Mention], colour: bool) -> Text:
    """The text with each mention on its label's colour, or as ``[surface|Label]``."""
    from rich.text import Text

    out = Text()
    at = 0
    text = visible(text)
    for mention in mentions:
        out.append(text[at : mention.start])
        surface = text[mention.start : mention.end]
        if colour:
            out.append(surface, style=_style(mention.label))
        else:
            out.append(f"[{surface}|{mention.label}]")
        at = mention.end
    out.append(text[at:])
    return out


def _style(label: Label) -> str:
    return f"black on {LABEL_INFO[label].colour}"


def _head(record: Record) -> Text:
    from rich.text import Text

    head = Text(visible(record.title or record.id), style="bold")
    rest = [value for value in (record.published, record.source, record.url) if value]
    if rest:
        head.append("\n" + visible("  ".join(rest)), style="not bold dim")
    return head


def _legend(colour: bool) -> Text:
    from rich.text import Text

    if not colour:
        return Text("\n" + "; ".join(f"{label} {info.vi}" for label, info in LABEL_INFO.items()))
    out = Text("\n")
    for label, info in LABEL_INFO.items():
        out.append(f" {info.vi} ", _style(label)).append(" ")
    return out


def _table(*columns: tuple[str, int]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1, 0, 0), show_lines=False)
    for name, ratio in columns:
        table.add_column(name, ratio=ratio, overflow="fold")
    return table


def _mentions(record: Record) -> Table:
    table = _table(("Label", 3), ("Text", 8), ("Place", 3))
    for mention in record.mentions:
        table.add_row(str(mention.label), _plain(mention.text), f"{mention.start}–{mention.end}")
    return table


def _documents(record: Record) -> Table:
    table = _table(("Role", 2), ("Document", 6), ("Issued", 3), ("By", 6))
    for document in record.documents:
        name = " ".join(part for part in (document.type, document.number) if part)
        if document.number is None and document.title:
            name = f"{name}: {document.title}"
        issuer = document.issuer.name if document.issuer else ""
        table.add_row(document.role, _plain(name), document.issued_on or "", _plain(issuer))
    return table


# Below this an assignment is shown with a question mark, as the report page shows it too.
DOUBTFUL = 0.5


def _assignments(record: Record) -> Table:
    table = _table(("Who", 5), ("What", 7), ("By when", 4), ("Under", 4))
    mentions = {mention.id: mention for mention in record.mentions}
    documents = {document.document_id: document for document in record.documents}
    for row in record.assignments:
        who = [mentions[id].text for id in row.agencies]
        who += [f"({mentions[id].text})" for id in row.supporting]
        what = row.task or "; ".join(mentions[id].text for id in row.targets)
        if row.confidence < DOUBTFUL:
            what += " (?)"
        when = "\n".join(_when(mentions.get(row.deadline or "")))
        document = documents.get(row.document or "")
        under = " ".join(p for p in (document.type, document.number) if p) if document else ""
        table.add_row(_plain(", ".join(who)), _plain(what), _plain(when), _plain(under))
    return table


def _when(deadline: Mention | None) -> Iterator[str]:
    if deadline is not None:
        yield deadline.text
        end = getattr(deadline.value, "end", None)
        if end:
            yield end


def _plain(text: str) -> Text:
    """Text whose square brackets are no markup and whose control characters are seen."""
    from rich.text import Text

    return Text(visible(text))
