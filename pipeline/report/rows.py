"""Assignments of many records as rows that a page and a calendar share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from pipeline.batch.paths import OutputPaths
from pipeline.errors import InputError
from pipeline.readers.extras import require_for
from pipeline.schema import Assignment, Document, Mention, Record, TimeValue
from pipeline.writers.records import read_lines


@dataclass(frozen=True, slots=True)
class Row:
    """Who must reach what by when, in the words that a reader sees."""

    record: int
    agencies: tuple[str, ...]
    supporting: tuple[str, ...]
    called: tuple[str, ...]  # bodies in the text's own words: "UBND tỉnh" is searched for too
    targets: tuple[str, ...]
    task: str | None
    deadline: Mention | None
    document: Document | None
    start: int
    end: int
    confidence: float

    @property
    def time(self) -> TimeValue | None:
        """The deadline's value, null where it has none."""
        value = self.deadline.value if self.deadline else None
        return value if isinstance(value, TimeValue) else None

    @property
    def due(self) -> date | None:
        """The last day, null where it isn't to be known."""
        return day(self.time.end) if self.time else None


def read_records(path: Path) -> list[Record]:
    """All records of an output of ``extract``. Raises InputError, naming the line."""
    require_for(OutputPaths(path).format)
    records = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        try:
            records.append(Record.model_validate_json(line))
        except ValidationError:
            raise InputError(f"{path}, line {number}: not a record of `extract`") from None
    return records


def rows(records: Iterable[Record]) -> list[Row]:
    """Every assignment, by due day; those without a day last, each in text order."""
    found = [row for number, record in enumerate(records) for row in _rows(number, record)]
    return sorted(found, key=lambda row: (row.due or date.max, row.record, row.start, row.end))


def day(iso: str | None) -> date | None:
    """A date of a record; null for a shape like 2023-02-31, which no calendar has."""
    try:
        return date.fromisoformat(iso) if iso else None
    except ValueError:
        return None


def web_address(url: str | None) -> str | None:
    """An address that may be linked: http and https only.

    >>> web_address("https://example.vn/bai-viet")
    'https://example.vn/bai-viet'
    >>> web_address("javascript:alert(1)") is None
    True
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    # urlsplit forgives tabs, line breaks and spaces, and browsers do otherwise.
    odd = any(c.isspace() or ord(c) < 32 for c in url or "")
    return url if parts.scheme in ("http", "https") and parts.netloc and not odd else None


def document_name(document: Document) -> str:
    """How people call it: ``Kế hoạch 58/KH-UBND``, or its type and title without a number."""
    if document.number is None and document.title:
        return f"{document.type or 'Văn bản'} {document.title}"
    return " ".join(part for part in (document.type, document.number) if part) or "Văn bản"


def _rows(number: int, record: Record) -> Iterator[Row]:
    mentions = {mention.id: mention for mention in record.mentions}
    documents = {document.document_id: document for document in record.documents}
    for assignment in record.assignments:
        yield _row(number, assignment, mentions, documents)


def _row(
    number: int,
    assignment: Assignment,
    mentions: dict[str, Mention],
    documents: dict[str, Document],
) -> Row:
    def names(ids: list[str]) -> tuple[str, ...]:
        some = [mentions[id] for id in ids if id in mentions]
        # One body named twice in a clause is one body.
        return tuple(
            dict.fromkeys(_one_line(getattr(m.value, "name", None) or m.text) for m in some)
        )

    return Row(
        record=number,
        agencies=names(assignment.agencies),
        supporting=names(assignment.supporting),
        called=tuple(
            dict.fromkeys(
                _one_line(mentions[id].text)
                for id in (*assignment.agencies, *assignment.supporting)
                if id in mentions
            )
        ),
        targets=tuple(_one_line(mentions[id].text) for id in assignment.targets if id in mentions),
        task=_one_line(assignment.task) if assignment.task else None,
        deadline=mentions.get(assignment.deadline or ""),
        document=documents.get(assignment.document or ""),
        start=assignment.evidence.start,
        end=assignment.evidence.end,
        confidence=assignment.confidence,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
