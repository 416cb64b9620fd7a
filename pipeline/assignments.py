"""Assignments: who must reach what by when, one row a target or deadline.

Targets of one sentence with the same deadline and the same bodies share a row; a
deadline without a target and a target without a deadline have rows of their own where
a body is assigned or the text has a clause that says what to do.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.article import Article, Link, Task
from pipeline.clauses import Clause, governing_document, task_clause
from pipeline.labels import Label, Relation
from pipeline.roles import Group, Role, groups

# A row whose body the text does not name is a guess at what counts as a task.
NOBODY = 0.4
# Evidence longer than this reaches back to a heading: the clause alone is shown then.
MAX_EVIDENCE = 1_200


@dataclass(frozen=True, slots=True)
class _Row:
    """Spans of a row before its clause is found."""

    agencies: tuple[int, ...]
    targets: tuple[int, ...]
    deadline: int | None

    @property
    def limit(self) -> tuple[int, ...]:
        return () if self.deadline is None else (self.deadline,)


def tasks(article: Article, links: Sequence[Link]) -> list[Task]:
    """Rows in text order.

    ``agencies`` answer for the task, ``supporting`` only "phối hợp"; ``document`` is the
    number the sentence itself names as its source, else None.

    >>> from pipeline.article import Span
    >>> text = "Sở Nội vụ chủ trì, phối hợp với Sở Tư pháp rà soát quy chế trước ngày 30/6/2024."
    >>> spans = (Span(Label.AGENCY, 0, 9), Span(Label.AGENCY, 32, 42),
    ...          Span(Label.DEADLINE, 59, 79))
    >>> article = Article(text, spans, ((0, len(text)),))
    >>> row, = tasks(article, [Link("ASSIGNED_TO", 2, 0, 0.9)])
    >>> row.agencies, row.supporting, row.deadline, row.task
    ((0,), (1,), 2, 'rà soát quy chế')
    """
    confidence = {(k.source, k.target): k.confidence for k in links}
    assigned = _by_source(links, Relation.ASSIGNED_TO)
    due = _by_source(links, Relation.DUE)
    bodies = groups(article)
    rows = _rows(article, assigned, due)
    out = [task for row in rows if (task := _task(article, row, bodies, confidence))]
    return sorted(out, key=lambda t: t.evidence)


def _by_source(links: Sequence[Link], relation: Relation) -> dict[int, list[int]]:
    out: dict[int, list[int]] = defaultdict(list)
    for k in links:
        if k.type == relation:
            out[k.source].append(k.target)
    return out


def _rows(
    article: Article, assigned: Mapping[int, list[int]], due: Mapping[int, list[int]]
) -> list[_Row]:
    """Targets joined by sentence, deadline and bodies; then deadlines without target."""
    joined: dict[tuple[int, int | None, tuple[int, ...]], list[int]] = {}
    for i in article.of(Label.TARGET):
        own = assigned.get(i, [])
        limits: list[int | None] = [*due.get(i, [])] or [None]
        for limit in limits:
            who = own or (assigned.get(limit, []) if limit is not None else [])
            key = (article.sentence_of(article.spans[i].start), limit, tuple(sorted(who)))
            joined.setdefault(key, []).append(i)
    rows = [_Row(who, tuple(targets), limit) for (_, limit, who), targets in joined.items()]
    taken = {row.deadline for row in rows}
    rows += [
        _Row(tuple(sorted(assigned.get(i, []))), (), i)
        for i in article.of(Label.DEADLINE)
        if i not in taken
    ]
    return rows


def _task(
    article: Article,
    row: _Row,
    bodies: Sequence[Group],
    confidence: Mapping[tuple[int, int], float],
) -> Task | None:
    clause = task_clause(article, _anchors(article, row), row.agencies, bodies)
    if clause is None and not row.agencies and not (row.targets and row.limit):
        return None
    if not row.agencies and _reported(article, row):
        return None  # "đã tiếp nhận 9.846 hồ sơ" is a result, and nobody is told anything
    start, end = _evidence(article, row, clause)
    pairs = [(i, j) for i in (*row.targets, *row.limit) for j in row.agencies]
    pairs += [(i, j) for i in row.targets for j in row.limit]
    used = [confidence[pair] for pair in pairs if pair in confidence]
    sure = min(used) if used else NOBODY
    return Task(
        agencies=row.agencies,
        supporting=_supporting(row, clause, bodies),
        targets=row.targets,
        deadline=row.deadline,
        task=article.text[clause.start : clause.end] if clause else None,
        document=governing_document(article, clause.start if clause else start),
        evidence=(start, end),
        confidence=round(min(sure, NOBODY) if _doubtful(article, row) else sure, 3),
    )


# What is reported, not ordered: "đã", "hiện", "tính đến" before the quantity.
_REPORTED = re.compile(
    r"(?<!\w)(?:đã|hiện|hiện nay|tính đến|lũy kế|luỹ kế|mới đạt)(?!\w)", re.IGNORECASE
)


def _doubtful(article: Article, row: _Row) -> bool:
    """Whether a row may be no order, or another's: no body named, a result reported, or
    another body's clause ("; Công an tỉnh …") begins between the body and its target."""
    if not row.agencies:
        return True
    if not row.targets:
        return False
    target = article.spans[row.targets[0]]
    if _reported(article, row):
        return True
    last = max((article.spans[j].end for j in row.agencies), default=0)
    return any(
        last < other.start < target.start
        and other.label is Label.AGENCY
        and article.text[max(0, other.start - 3) : other.start].rstrip().endswith(";")
        for other in article.spans[max(row.agencies) : row.targets[0]]
    )


def _reported(article: Article, row: _Row) -> bool:
    """Whether the words before the row's first target tell of a result."""
    if not row.targets:
        return False
    target = article.spans[row.targets[0]]
    begin = article.sentences[article.sentence_of(target.start)][0]
    return bool(_REPORTED.search(article.text, begin, target.start))


def _anchors(article: Article, row: _Row) -> tuple[int, ...]:
    """Targets, and the deadline where it stands in their sentence; else the deadline."""
    if not row.targets:
        return row.limit
    here = article.sentence_of(article.spans[row.targets[0]].start)
    return (*row.targets, *(i for i in row.limit if _at(article, i) == here))


def _at(article: Article, i: int) -> int:
    return article.sentence_of(article.spans[i].start)


def _supporting(row: _Row, clause: Clause | None, bodies: Sequence[Group]) -> tuple[int, ...]:
    """Bodies that only "phối hợp", from the responsible one's place to the clause's end."""
    if clause is None:
        return ()
    low, high = (bisect_left(bodies, at, key=_start) for at in (clause.body_start, clause.end))
    return tuple(
        i
        for g in bodies[low:high]
        if g.role is Role.SUPPORTS
        for i in g.spans
        if i not in row.agencies
    )


def _start(group: Group) -> int:
    return group.start


def _evidence(article: Article, row: _Row, clause: Clause | None) -> tuple[int, int]:
    """From the first to the last of the row's parts; without what is far from the clause."""
    near = [article.spans[i] for i in (*row.targets, *row.limit)]
    far = [article.spans[i] for i in row.agencies]
    starts = [s.start for s in near] + ([clause.start] if clause else [])
    ends = [s.end for s in near] + ([clause.end] if clause else [])
    whole = min([*starts, *(s.start for s in far)]), max([*ends, *(s.end for s in far)])
    if whole[1] - whole[0] <= MAX_EVIDENCE:
        return whole
    if clause is not None:
        inside = [s for s in (*near, *far) if abs(s.start - clause.start) <= MAX_EVIDENCE // 2]
        return (
            min([clause.start, *(s.start for s in inside)]),
            max([clause.end, *(s.end for s in inside)]),
        )
    return min(starts), max(ends)
