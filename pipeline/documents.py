"""Documents of an article: co-reference, role, title, and the unnumbered primary ones.

Each DOC_NUMBER mention becomes a document entry; mentions of one document share a
``document_id``. What an article reports as issued without giving its number ("vừa ban
hành kế hoạch tuyên truyền về …"), and an official text that names itself ("Thông tư này")
while its own number is not in it, is an entry without a mention.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from pipeline.article import Article, Note
from pipeline.document_cues import Frame, cues, dates_in
from pipeline.document_roles import Group, features, score, weights
from pipeline.document_titles import title_after
from pipeline.labels import Label
from pipeline.normalize.doc_numbers import (
    WINDOW,
    canonical_type,
    fold,
    number_follows,
    type_before,
    type_pattern,
)
from pipeline.schema import AgencyValue, DocNumberValue

UNNUMBERED_AT_LEAST = 0.45


@dataclass(frozen=True)
class DocumentDraft:
    """A document entry with span indices in place of mention ids."""

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
    folded = fold(article.text)
    clusters, notes = cluster(article, numbers, issuers)
    groups = [
        numbered_group(article, folded, frame, c, numbers, issued_on, rank)
        for rank, c in enumerate(clusters)
    ]
    drafts: list[DocumentDraft] = []
    table = weights()
    primaries: list[Group] = []
    for k, (members, group) in enumerate(zip(clusters, groups, strict=True), 1):
        probability = score(features(group, frame), table["numbered"])
        primary = probability >= 0.5
        if primary:
            primaries.append(group)
        known = [numbers[i] for i in members]
        dates = [issued_on[i] for i in members if i in issued_on]
        bodies = [issuers[i] for i in members if i in issuers]
        titles = [title_after(article, article.spans[i].end) for i in members]
        title = next((t for t in titles if t), None)
        aliases = tuple(dict.fromkeys(_designation(article, i, numbers[i]) for i in members))
        full = max((v.normalized for v in known if v), key=len, default=None)
        drafts += [
            DocumentDraft(
                mention=i,
                document_id=f"d{k}",
                role="primary" if primary else "cited",
                type=value.type if (value := numbers[i]) else None,
                number=full,
                title=title,
                issued_on=dates[0] if dates else None,
                issuer=bodies[0] if bodies else None,
                aliases=aliases,
                confidence=round(max(probability, 1 - probability), 3),
            )
            for i in members
        ]
    drafts.sort(key=lambda d: d.mention if d.mention is not None else -1)
    drafts += unnumbered(article, folded, frame, primaries, len(clusters))
    return drafts, notes


def _designation(article: Article, i: int, value: DocNumberValue | None) -> str:
    """Type and number as the text has them: "Đề án 06/Chính phủ"."""
    return f"{value.type} {article.surface(i)}" if value and value.type else article.surface(i)


# --- Co-reference -----------------------------------------------------------------------


def cluster(
    article: Article,
    numbers: Mapping[int, DocNumberValue | None],
    issuers: Mapping[int, AgencyValue],
) -> tuple[list[list[int]], list[Note]]:
    """Span indices grouped by document, in order of first appearance.

    Two mentions are one document if number, year and symbol agree as far as both are
    given, and at least one of them is short for the other; the type decides where a symbol
    is missing. A short form joins the nearest full one.
    """
    notes: list[Note] = []
    clusters: list[list[int]] = []
    keys = sorted(numbers, key=lambda i: article.spans[i].start)
    full = [i for i in keys if (v := numbers[i]) is not None and v.symbol]
    place: dict[int, int] = {}
    home: dict[int, int] = {}  # short mention → the full one it stands for
    for i in keys:
        value = numbers[i]
        if value is None or (value.symbol and value.year):
            continue
        fits = [
            j for j in full if j != i and _may_be(value, numbers[j]) and _same_issuer(i, j, issuers)
        ]
        distinct = {v.normalized for j in fits if (v := numbers[j]) is not None}
        if not fits:
            continue
        if len(distinct) > 1:
            notes.append(
                Note(
                    "document-ambiguous",
                    f"{value.normalized} may be {' or '.join(sorted(distinct))}",
                    i,
                )
            )
        before = [j for j in fits if j < i]
        home[i] = before[-1] if before else fits[0]
    for i in keys:
        head = _root(i, home)
        value = numbers[head]
        found = next(
            (
                k
                for k, c in enumerate(clusters)
                if any(_equal(numbers[_root(j, home)], value) for j in c[:1])
            ),
            None,
        )
        if found is None or value is None:
            place[i] = len(clusters)
            clusters.append([i])
        else:
            place[i] = found
            clusters[found].append(i)
    return clusters, notes


def _root(i: int, home: Mapping[int, int]) -> int:
    """Follow short forms to the fullest one (two steps at most: 08 → 08/QĐ-TTg → 08/2022/QĐ-TTg)."""
    for _ in range(3):
        if i not in home:
            break
        i = home[i]
    return i


def _number(value: DocNumberValue) -> str:
    return (value.number or "").lstrip("0").lower()


def _symbol(value: DocNumberValue) -> str:
    return re.sub(r"[\W_]", "", (value.symbol or "")).upper()


def _equal(a: DocNumberValue | None, b: DocNumberValue | None) -> bool:
    """The same number as written, whatever the separators."""
    if a is None or b is None:
        return False
    if (_number(a), _symbol(a)) != (_number(b), _symbol(b)):
        return False
    if a.year and b.year and a.year != b.year:
        return False
    return bool(a.symbol) or fold(a.type or "") == fold(b.type or "")


def _may_be(short: DocNumberValue, full: DocNumberValue | None) -> bool:
    """Whether ``short`` ("Nghị quyết 57") may stand for ``full`` (57-NQ/TW)."""
    if full is None or _number(short) != _number(full):
        return False
    if short.year and full.year and short.year != full.year:
        return False
    if short.symbol:
        return _symbol(short) == _symbol(full) and not short.year and bool(full.year)
    return fold(short.type or "") == fold(full.type or "")


def _same_issuer(i: int, j: int, issuers: Mapping[int, AgencyValue]) -> bool:
    a, b = issuers.get(i), issuers.get(j)
    return a is None or b is None or fold(a.name) == fold(b.name)


# --- Groups for the role ------------------------------------------------------------------


def numbered_group(
    article: Article,
    folded: str,
    frame: Frame,
    members: list[int],
    numbers: Mapping[int, DocNumberValue | None],
    issued_on: Mapping[int, str],
    rank: int,
) -> Group:
    """All mentions of one numbered document, as the role's features see them."""
    found, starts, sentences = [], [], []
    issued: date | None = None
    values = [v for i in members if (v := numbers[i])]
    for i in members:
        span = article.spans[i]
        value = numbers[i]
        line = article.text.rfind("\n", 0, span.start) + 1
        named = type_before(
            article.text[max(line, span.start - WINDOW) : span.start],
            value.symbol if value else None,
        )
        start = span.start - named[1] if named else span.start
        found.append(cues(article, folded, start, span.end))
        starts.append(start)
        sentences.append(article.sentence_of(start))
        if i in issued_on and issued is None:
            issued = date.fromisoformat(issued_on[i])
        if issued is None:
            issued = _day_after(article.text[span.end : span.end + 40], frame, value)
    year = next((v.year for v in values if v.year), None)
    title = frame.folded_title
    return Group(
        type=values[0].type if values else None,
        cues=found,
        starts=starts,
        sentences=sentences,
        rank=rank,
        bare=not any(v.symbol for v in values),
        in_title=any(fold(v.normalized) in title for v in values if v.symbol) if title else False,
        issued=issued,
        year=year,
    )


_DAY_AFTER = re.compile(
    r"^[,\s]{0,2}(?:ra |ký |ban hành )?(?:ngày|hôm)\s(?P<d>\d{1,2})\s?(?:[/.-]|tháng)\s?(?P<m>\d{1,2})(?!\d)"
)


def _day_after(after: str, frame: Frame, value: DocNumberValue | None) -> date | None:
    """The day right after a number; a missing year is that of the number or the anchor."""
    found = _DAY_AFTER.match(after)
    if not found:
        return None
    full = dates_in(after[: found.end() + 12])
    if full:
        return full[0]
    year = value.year if value and value.year else frame.anchor.year if frame.anchor else None
    try:
        day = date(year, int(found["m"]), int(found["d"])) if year else None
    except ValueError:
        return None
    if day and frame.anchor and day > frame.anchor and not (value and value.year):
        return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else None
    return day


# Without a number these are a type and what it says: "có thông báo | kết luận của …".
_SHORT = {"Thông báo kết luận": "Thông báo", "Kết luận thanh tra": "Kết luận"}


def unnumbered_groups(
    article: Article, folded: str, frame: Frame, primaries: list[Group], clusters: int
) -> list[tuple[Group, int, int]]:
    """Types named without a number, each with the place of its best occurrence."""
    taken = [article.spans[i] for i in article.of(Label.DOC_NUMBER)]
    starts = {span.start for span in taken}
    groups: dict[str, Group] = {}
    spans: dict[str, list[tuple[int, int]]] = {}
    for match in type_pattern().finditer(folded):
        if number_follows(folded, match.end(), starts):
            continue
        name = canonical_type(article.text[match.start() : match.end()])
        name = _SHORT.get(name, name)
        found = cues(article, folded, match.start(), match.end())
        written = article.text[match.start() : match.end()]
        if written.isupper():
            found.add("capitals")
        elif written[0].isupper():
            found.add("capital")
        group = groups.setdefault(name, Group(name, [], [], []))
        group.cues.append(found)
        group.starts.append(match.start())
        group.sentences.append(article.sentence_of(match.start()))
        spans.setdefault(name, []).append(match.span())
    order = sorted(groups.values(), key=lambda g: g.starts[0])
    types = {fold(p.type or "") for p in primaries}
    most = max((sum("this" in c for c in g.cues) for g in order), default=0)
    out = []
    for rank, group in enumerate(order):
        group.rank = rank
        extra = {f"is:{group.type}"}
        extra.add("numbered:" + ("none" if not clusters else "primary" if primaries else "cited"))
        if fold(group.type or "") in types:
            extra.add("same_type_primary")
        if most and sum("this" in c for c in group.cues) == most:
            extra.add("most_this")
        issuing = {"issue_verb", "sign_verb", "have_verb", "send_verb"}
        for found in group.cues:
            if found & issuing:
                extra |= {f"issuing+{cue}" for cue in found - issuing}
                extra.add("issuing")
        k = next((k for k, c in enumerate(group.cues) if c & issuing), 0)
        extra.add(
            "issuing_at:"
            + ("none" if "issuing" not in extra else "early" if group.sentences[k] < 4 else "late")
        )
        group.extra = extra
        a, b = spans[group.type or ""][k]
        out.append((group, a, b))
    return out


def unnumbered(
    article: Article, folded: str, frame: Frame, primaries: list[Group], clusters: int
) -> list[DocumentDraft]:
    """Entries for primary documents that the text gives no number of."""
    table = weights()["unnumbered"]
    drafts = []
    for group, _start, end in unnumbered_groups(article, folded, frame, primaries, clusters):
        probability = score(features(group, frame), table)
        if probability < UNNUMBERED_AT_LEAST:
            continue
        drafts.append(
            DocumentDraft(
                mention=None,
                document_id=f"d{clusters + len(drafts) + 1}",
                role="primary",
                type=group.type,
                title=title_after(article, end),
                confidence=round(probability, 3),
            )
        )
    return [replace(d) for d in drafts]
