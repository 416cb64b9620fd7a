"""Documents of an article: co-reference, role, title, and the unnumbered primary ones.

Each DOC_NUMBER mention becomes a document entry; mentions of one document share a
``document_id``. What an article reports as issued without giving its number ("vừa ban
hành kế hoạch tuyên truyền về …"), and an official text that names itself ("Thông tư này")
while its own number is not in it, is an entry without a mention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.article import Article, Note
from pipeline.document_coref import cluster
from pipeline.document_cues import Frame
from pipeline.document_groups import Group, all_groups
from pipeline.document_roles import Peers, features, own_number, own_type, score, weights
from pipeline.document_titles import title_after
from pipeline.letterhead import head_title, letterhead
from pipeline.schema import AgencyValue, DocNumberValue

# Chosen with the training rows (cross-validated) and the development rows by
# scripts/train_roles.py; for the second, an invented document weighs more than a missed one.
NUMBERED_AT_LEAST = 0.5
UNNUMBERED_AT_LEAST = 0.45
# Rules of official texts, measured on the same rows.
OFFICIAL_CONFIDENCE = 0.97


@dataclass(frozen=True)
class DocumentDraft:
    """A document entry with a span index in place of the mention's id."""

    mention: int | None
    document_id: str
    role: Literal["primary", "cited"]
    type: str | None
    number: str | None = None
    title: str | None = None
    issued_on: str | None = None
    issuer: AgencyValue | None = None
    aliases: tuple[str, ...] = ()
    confidence: float = 1.0


def documents(
    article: Article,
    numbers: Mapping[int, DocNumberValue | None],
    issued_on: Mapping[int, str],
    issuers: Mapping[int, AgencyValue],
) -> tuple[list[DocumentDraft], list[Note]]:
    """Document entries of an article, mentions in text order, then the unnumbered ones.

    ``numbers``, ``issued_on`` (ISO dates) and ``issuers`` are by index of a DOC_NUMBER
    span. Raises nothing.
    """
    frame = Frame.of(article)
    clusters, notes = cluster(article, numbers, issuers)
    groups = all_groups(frame, clusters, numbers, issued_on)
    chances = probabilities(frame, groups)
    drafts: list[DocumentDraft] = []
    head = letterhead(article)
    for k, members in enumerate(clusters):
        if head is not None and head[0] in members:
            chances[k] = OFFICIAL_CONFIDENCE  # its own number, under its own letterhead
        primary = chances[k] >= NUMBERED_AT_LEAST
        title = next(
            (
                t
                for i in members
                if (t := title_after(article, article.spans[i].end, numbered=True))
            ),
            None,
        )
        if head is not None and head[0] in members:
            title = head_title(article) or title
        values = [value for i in members if (value := numbers[i])]
        aliases = tuple(dict.fromkeys(_designation(article, i, numbers[i]) for i in members))
        drafts += [
            DocumentDraft(
                mention=i,
                document_id=f"d{k + 1}",
                role="primary" if primary else "cited",
                type=value.type if (value := numbers[i]) else None,
                number=max((value.normalized for value in values), key=len, default=None),
                title=title,
                issued_on=next((issued_on[j] for j in members if j in issued_on), None),
                issuer=next((issuers[j] for j in members if j in issuers), None),
                aliases=aliases,
                confidence=round(max(chances[k], 1 - chances[k]), 3),
            )
            for i in members
        ]
    drafts.sort(key=lambda draft: draft.mention or 0)
    reported = any(draft.role == "primary" for draft in drafts)
    for group, chance in zip(groups[len(clusters) :], chances[len(clusters) :], strict=True):
        if chance < UNNUMBERED_AT_LEAST:
            continue
        title = title_after(article, group.ends[group.key])
        if group.type == "Văn bản" and title is None and reported:
            continue  # "Văn bản do Phó Chủ tịch UBND tỉnh ký": the numbered one again
        drafts.append(
            DocumentDraft(
                mention=None,
                document_id=f"u{sum(d.mention is None for d in drafts) + 1}",
                role="primary",
                type=group.type,
                title=title,
                confidence=round(chance, 3),
            )
        )
    return drafts, notes


def probabilities(frame: Frame, groups: Sequence[Group]) -> list[float]:
    """How likely each group is a primary document of the article."""
    if frame.official:
        own = [group for group in groups if group.numbered and own_number(group)]
        if not own and (named := own_type(groups)) is not None:
            own = [named]
        yes, no = OFFICIAL_CONFIDENCE, 1 - OFFICIAL_CONFIDENCE
        return [yes if any(group is g for g in own) else no for group in groups]
    table, peers = weights(), Peers(groups)
    return [
        score(features(group, peers, frame), table["numbered" if group.numbered else "unnumbered"])
        for group in groups
    ]


def _designation(article: Article, i: int, value: DocNumberValue | None) -> str:
    """Type and number as the text has them: "Đề án 06/Chính phủ"."""
    surface = " ".join(article.surface(i).split())
    return f"{value.type} {surface}" if value and value.type else surface
