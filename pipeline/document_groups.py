"""All occurrences of a document in an article, as the decision on its role sees them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.document_cues import ISSUING, Frame, cues, day_in
from pipeline.document_titles import title_after
from pipeline.labels import Label
from pipeline.normalize.doc_numbers import WINDOW, number_follows, type_before
from pipeline.normalize.doc_symbols import canonical_type, fold, type_pattern
from pipeline.schema import DocNumberValue

_DAY_RIGHT = re.compile(r"^[,\s(]{0,3}(?:ra |ký |ban hành )?ngày \d")


@dataclass
class Group:
    """Occurrences of one document; ``ends[k]`` is where the name of the k-th ends."""

    type: str | None
    numbered: bool
    cues: list[set[str]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    said: date | None = None  # the day in the clause before the first occurrence
    issued: date | None = None
    year: int | None = None
    bare: bool = False
    in_title: bool = False
    leads_title: bool = False

    @property
    def key(self) -> int:
        """The occurrence that tells most: reported as just issued, issued, announced."""
        return min(range(len(self.cues)), key=lambda k: (-_weight(self.cues[k]), k))

    @property
    def weight(self) -> int:
        """0 (only referred to) to 5 ("vừa ban hành")."""
        return max(map(_weight, self.cues), default=0)

    @property
    def strong(self) -> bool:
        """Said to be issued now, in so many words."""
        return self.weight >= 4


def _weight(found: set[str]) -> int:
    if found & {"planned", "had_before", "draft", "fake"}:
        return 1 if found & ISSUING else 0
    now = found & {"just", "just_after", "today"}
    if found & ISSUING:
        return 5 if now else 4 if found & {"on_day", "pursuant"} else 3
    return 4 if "just_after" in found else 2 if found & {"content_of", "issued_after"} else 0


def numbered_group(
    frame: Frame,
    members: Sequence[int],
    numbers: Mapping[int, DocNumberValue | None],
    issued_on: Mapping[int, str],
) -> Group:
    """The mentions of one numbered document. ``issued_on`` has ISO dates by span."""
    article = frame.article
    values = [value for i in members if (value := numbers[i])]
    group = Group(values[0].type if values else None, numbered=True)
    group.year = next((value.year for value in values if value.year), None)
    group.bare = not any(value.symbol for value in values)
    for i in members:
        span, value = article.spans[i], numbers[i]
        line = article.text.rfind("\n", 0, span.start) + 1
        before = article.text[max(line, span.start - WINDOW) : span.start]
        named = type_before(before, value.symbol if value else None)
        _add(group, frame, span.start - (named[1] if named else 0), span.end)
        if group.issued is None and i in issued_on:
            group.issued = date.fromisoformat(issued_on[i])
        right = article.text[span.end : span.end + 32]
        if group.issued is None and _DAY_RIGHT.match(right):
            group.issued = day_in(right, frame.anchor, group.year)
    for value in values:
        place = frame.title.find(fold(value.normalized)) if value.symbol else -1
        if place >= 0:
            group.in_title = True
            group.leads_title |= place <= len(value.type or "") + 8
    return group


def _add(group: Group, frame: Frame, start: int, end: int) -> None:
    if not group.cues:
        left = frame.article.text[max(0, start - 120) : start]
        group.said = day_in(re.split(r"[.;\n]\s", left)[-1], frame.anchor)
    group.cues.append(cues(frame, start, end))
    group.ends.append(end)
    group.sentences.append(frame.article.sentence_of(start))


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether an offset lies in one of ``spans``, which are in text order."""
    k = bisect_right(spans, at, key=_start) - 1
    return k >= 0 and at < spans[k][1]


def _start(span: tuple[int, int]) -> int:
    return span[0]


# Without a number these are a type and what it says: "có thông báo | kết luận của …".
_SHORT = {"Thông báo kết luận": "Thông báo", "Kết luận thanh tra": "Kết luận"}


def unnumbered_groups(frame: Frame) -> list[Group]:
    """Types that the text names without a number, by first occurrence."""
    text = frame.article.text
    numbers = [frame.article.spans[i] for i in frame.article.of(Label.DOC_NUMBER)]
    starts = {span.start for span in numbers}
    inside = [(span.start, span.end) for span in numbers]
    groups: dict[str, Group] = {}
    for match in type_pattern().finditer(frame.folded):
        start, end = match.span()
        if number_follows(frame.folded, end, starts) or _within(start, inside):
            continue
        written = text[start:end]
        name = canonical_type(written)
        name = _SHORT.get(name, name)
        group = groups.setdefault(name, Group(name, numbered=False))
        _add(group, frame, start, end)
        if written.isupper():
            group.cues[-1].add("capitals")
        elif written[0].isupper():
            group.cues[-1].add("capital")
    return list(groups.values())


def all_groups(
    frame: Frame,
    clusters: Sequence[Sequence[int]],
    numbers: Mapping[int, DocNumberValue | None],
    issued_on: Mapping[int, str],
) -> list[Group]:
    """Numbered groups in the order of ``clusters``, then the unnumbered ones.

    "Tỉnh vừa ban hành chỉ thị về an toàn hồ đập" in a headline is the "Chỉ thị
    08/CT-UBND về an toàn hồ đập" of the first sentence: an unnumbered group whose title
    is that of a numbered one of its type goes into it.
    """
    numbered = [numbered_group(frame, members, numbers, issued_on) for members in clusters]
    if frame.official:  # its numbers' titles are those of other documents
        return numbered + unnumbered_groups(frame)
    rest = []
    for group in unnumbered_groups(frame):
        titles = [
            _words(frame, group.ends[k]) for k in range(len(group.cues)) if group.cues[k] & ISSUING
        ]
        for other in numbered:
            if other.type == group.type and any(
                _alike(a, _words(frame, end)) for a in titles for end in other.ends
            ):
                other.cues += group.cues
                other.ends += group.ends
                other.sentences += group.sentences
                break
        else:
            rest.append(group)
    return numbered + rest


def _words(frame: Frame, end: int) -> frozenset[str]:
    title = title_after(frame.article, end)
    return frozenset(re.findall(r"\w+", fold(title or "")[:160]))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    """Half of the shorter title's words, four at least, are in the longer one."""
    common = len(a & b)
    return common >= 4 and 2 * common >= min(len(a), len(b))
