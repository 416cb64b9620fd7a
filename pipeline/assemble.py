"""From an article with its spans to the record: the one place where offsets go back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.article import Article, Link, Note, Task
from pipeline.assignments import tasks
from pipeline.documents import DocumentDraft, documents
from pipeline.inputs import Item, text_sha256
from pipeline.labels import Relation
from pipeline.link import link
from pipeline.normalize.agencies import agency_values
from pipeline.normalize.doc_numbers import doc_number_values
from pipeline.normalize.targets import target_values
from pipeline.normalize.times import time_values
from pipeline.schema import (
    AgencyValue,
    Assignment,
    Document,
    Evidence,
    Mention,
    Producer,
    Record,
    RelationRow,
    TimeValue,
    Value,
    Warning,
)
from pipeline.text import CleanText

_SURROGATE = re.compile("[\ud800-\udfff]")


def assemble(
    item: Item, cleaned: CleanText, article: Article, notes: Sequence[Note], producer: Producer
) -> Record:
    """Values, links, documents and assignments of an article, as its record."""
    numbers, number_notes = doc_number_values(article)
    times, time_notes = time_values(article)
    agencies, agency_notes = agency_values(article)
    targets, target_notes = target_values(article)
    links = link(article)
    drafts, document_notes = documents(
        article, numbers, _issue_dates(links, times), _issuers(links, agencies)
    )
    values: dict[int, Value | None] = {**numbers, **times, **agencies, **targets}
    found = tasks(article, links)
    ids = [f"m{i + 1}" for i in range(len(article.spans))]
    mentions = [
        Mention(
            id=ids[i],
            label=span.label,
            start=start,
            end=end,
            text=_plain(item.text[start:end]),
            confidence=span.confidence,
            source=span.source,
            value=values.get(i),
        )
        for i, span in enumerate(article.spans)
        for start, end in [cleaned.to_raw(span.start, span.end)]
    ]
    all_notes = [
        *item.notes, *notes, *number_notes, *time_notes, *agency_notes, *target_notes,
        *document_notes, *(n for task in found for n in task.notes),
    ]  # fmt: skip
    return Record(
        id=_plain(item.id),
        published=article.published.isoformat() if article.published else None,
        title=item.title,
        url=item.url,
        source=item.source,
        text_sha256=text_sha256(item.text),
        text_length=len(item.text),
        mentions=mentions,
        relations=[
            RelationRow(
                type=Relation(row.type),
                from_=ids[row.source],
                to=ids[row.target],
                confidence=row.confidence,
            )
            for row in links
        ],
        documents=[_document(draft, ids) for draft in drafts],
        assignments=_assignments(found, ids, cleaned, drafts),
        warnings=[
            Warning(
                code=n.code,
                message=_plain(n.message),
                mention=None if n.span is None else ids[n.span],
            )
            for n in all_notes
        ],
        producer=producer,
    )


def _plain(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _issue_dates(links: Sequence[Link], times: Mapping[int, TimeValue | None]) -> dict[int, str]:
    """The document's own date by its number's span, where it is a known day."""
    out = {}
    for row in links:
        value = times.get(row.target) if row.type == "ISSUED_ON" else None
        if value is not None and value.start is not None and value.grain in ("day", "time"):
            out[row.source] = value.start
    return out


def _issuers(
    links: Sequence[Link], agencies: Mapping[int, AgencyValue | None]
) -> dict[int, AgencyValue]:
    out = {}
    for row in links:
        value = agencies.get(row.target) if row.type == "ISSUED_BY" else None
        if value is not None:
            out[row.source] = value
    return out


def _document(draft: DocumentDraft, ids: Sequence[str]) -> Document:
    return Document(
        mention=None if draft.mention is None else ids[draft.mention],
        document_id=draft.document_id,
        role=draft.role,
        type=draft.type,
        number=draft.number,
        title=draft.title,
        issued_on=draft.issued_on,
        issuer=draft.issuer,
        aliases=list(draft.aliases),
        confidence=draft.confidence,
    )


def _assignments(
    found: Sequence[Task], ids: Sequence[str], cleaned: CleanText, drafts: Sequence[DocumentDraft]
) -> list[Assignment]:
    """The tasks as rows; a task's document is the one it names, else the only primary one."""
    named = {d.mention: d.document_id for d in reversed(drafts) if d.mention is not None}
    primary = {draft.document_id for draft in drafts if draft.role == "primary"}
    only = primary.pop() if len(primary) == 1 else None
    return [
        _assignment(
            task, ids, cleaned, only if task.document is None else named.get(task.document, only)
        )
        for task in found
    ]


def _assignment(
    task: Task, ids: Sequence[str], cleaned: CleanText, document: str | None
) -> Assignment:
    start, end = cleaned.to_raw(*task.evidence)
    return Assignment(
        agencies=[ids[i] for i in task.agencies],
        supporting=[ids[i] for i in task.supporting],
        targets=[ids[i] for i in task.targets],
        deadline=None if task.deadline is None else ids[task.deadline],
        task=task.task,
        document=document,
        evidence=Evidence(start=start, end=end),
        confidence=task.confidence,
    )
