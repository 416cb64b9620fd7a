"""Assignments: who must reach what by when, one row a target or deadline.

Targets of one sentence with the same deadline and the same bodies share a row; a
deadline without a target and a target without a deadline have rows of their own where
a body is assigned or the text has a clause that says what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.article import Article, Link, Task
from pipeline.clauses import Clause, governing_document, task_clause
from pipeline.labels import Label, Relation
from pipeline.roles import Group, Role, groups


@dataclass(frozen=True, slots=True)
class _Row:
    """Spans of a row before its clause is found."""

    agencies: tuple[int, ...]
    targets: tuple[int, ...]
    deadline: int | None


def tasks(article: Article, links: Sequence[Link]) -> list[Task]:
    """Rows in text order.

    >>> from pipeline.article import Span
    >>> text = "Sở Nội vụ chủ trì, phối hợp với Sở Tư pháp rà soát quy chế trước ngày 30/6/2024."
    >>> spans = (Span(Label.AGENCY, 0, 9), Span(Label.AGENCY, 32, 42),
    ...          Span(Label.DEADLINE, 59, 79))
    >>> article = Article(text, spans, ((0, len(text)),))
    >>> row, = tasks(article, [Link("ASSIGNED_TO", 2, 0, 0.9)])
    >>> row.agencies, row.supporting, row.deadline, row.task
    ((0,), (1,), 2, 'rà soát quy chế')
    """
    confidence = {(k.type, k.source, k.target): k.confidence for k in links}
    assigned: dict[int, list[int]] = defaultdict(list)
    due: dict[int, list[int]] = defaultdict(list)
    for k in links:
        if k.type == Relation.ASSIGNED_TO:
            assigned[k.source].append(k.target)
        elif k.type == Relation.DUE:
            due[k.source].append(k.target)
    all_groups = groups(article)
    out: list[Task] = []
    for row in _rows(article, assigned, due):
        clause = task_clause(article, (*row.targets, *_one(row.deadline)), row.agencies)
        if clause is None and not row.agencies and not (row.targets and row.deadline is not None):
            continue
        supporting = _supporting(all_groups, row, clause)
        start, end = _evidence(article, row, clause)
        scores = [
            confidence[key]
            for key in confidence
            if key[1] in (*row.targets, row.deadline) and key[2] in (*row.agencies, row.deadline)
        ]
        out.append(
            Task(
                agencies=row.agencies,
                supporting=supporting,
                targets=row.targets,
                deadline=row.deadline,
                task=article.text[clause.start : clause.end] if clause else None,
                document=governing_document(article, start, end),
                evidence=(start, end),
                confidence=round(min(scores), 3) if scores else 0.5,
            )
        )
    return sorted(out, key=lambda t: t.evidence)


def _one(i: int | None) -> tuple[int, ...]:
    return () if i is None else (i,)


def _rows(
    article: Article, assigned: dict[int, list[int]], due: dict[int, list[int]]
) -> list[_Row]:
    """Targets joined by sentence, deadline and bodies; then deadlines without target."""
    joined: dict[tuple[int, int | None, tuple[int, ...]], list[int]] = {}
    for i in article.of(Label.TARGET):
        limits = due.get(i) or [None]  # type: ignore[list-item]
        for limit in limits:
            bodies = sorted({*assigned.get(i, ()), *(assigned.get(limit, ()) if limit else ())})
            key = (article.sentence_of(article.spans[i].start), limit, tuple(bodies))
            joined.setdefault(key, []).append(i)
    rows = [_Row(bodies, tuple(ts), limit) for (_, limit, bodies), ts in joined.items()]
    with_target = {row.deadline for row in rows}
    rows += [
        _Row(tuple(sorted(assigned.get(i, ()))), (), i)
        for i in article.of(Label.DEADLINE)
        if i not in with_target
    ]
    return rows


def _supporting(all_groups: list[Group], row: _Row, clause: Clause | None) -> tuple[int, ...]:
    """Bodies that only "phối hợp", named between the responsible one and the clause's end."""
    if clause is None:
        return ()
    low = min([clause.sentence_start, *(clause.agencies_start,)])
    return tuple(
        i
        for g in all_groups
        if g.role is Role.SUPPORTS and low <= g.start < clause.sentence_end
        for i in g.spans
        if i not in row.agencies
    )


def _evidence(article: Article, row: _Row, clause: Clause | None) -> tuple[int, int]:
    spans = [article.spans[i] for i in (*row.agencies, *row.targets, *_one(row.deadline))]
    starts = [s.start for s in spans] + ([clause.start] if clause else [])
    ends = [s.end for s in spans] + ([clause.end] if clause else [])
    return min(starts), max(ends)
