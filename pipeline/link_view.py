"""What link features look up in an article: masked windows, lines, groups of agencies."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.roles import groups

MARK = {Label.DOC_NUMBER: "⟦D⟧", Label.DATE: "⟦T⟧", Label.AGENCY: "⟦A⟧",
        Label.TARGET: "⟦G⟧", Label.DEADLINE: "⟦L⟧"}  # fmt: skip
_TOKEN = re.compile(r"⟦\w⟧|\d+|\w+|\n|[^\w\s]")
# A document's type right before its number: "Công văn hỏa tốc số ⟦D⟧".
_TYPE = re.compile(
    r"(?i)(?<![^\W_])(?:công văn|kế hoạch|chỉ thị|quyết định|nghị quyết|nghị định|thông tư"
    r"|thông báo|công điện|đề án|luật|báo cáo|tờ trình|kết luận|văn bản hợp nhất|văn bản|hướng dẫn"
    r"|quy định|quy chế|chương trình|pháp lệnh|lệnh|giấy phép|giấy mời|phiếu chuyển|dự thảo)"
    r"(?= (?:hỏa tốc |hoả tốc |khẩn |hành động |liên tịch )?(?:số ?:? ?)?⟦[DS]⟧)"
)
# What may open a line before the body it is about: "Điều 8. Trách nhiệm của …", "1. Sở …",
# "a) Giao Sở …", "| Cơ quan ban hành |".
_OPENER = re.compile(
    r"(?i)[ #*|>]{0,6}"
    r"(?:(?:điều \d{1,3}[a-zđ]?|chương [ivx]{1,5}|[ivx]{1,5}|\d{1,2}(?:\.\d{1,2}){0,2}|[a-zđ])"
    r"[.):/]{1,2}[ ]?)?[-–+•*●]?[ ]{0,2}"
    r"(?:(?:trách nhiệm|nhiệm vụ)(?: thực hiện)?(?: của)? |đối với |giao |đề nghị |yêu cầu )?"
    r"(?:(?:chủ tịch|giám đốc|thủ trưởng|bộ trưởng|lãnh đạo|người đứng đầu) )?"
)
# A line that begins a part of its own, whoever is named in it.
_PART = re.compile(
    r"(?i)[ #*]{0,4}(?:điều \d{1,3}|chương [ivx]{1,5}|[ivx]{1,5}\.|phần [ivx]{1,4})\b"
)
_FIELD = re.compile(
    r"(?i)\b(?:số|số hiệu|số ký hiệu|số văn bản)[ *]{0,3}[:|][ |*]{0,3}(?:số:? ?)?\Z"
)
_SPACES = re.compile(r"[ ]{2,}")
MAX_HEADING = 160


# A heading governs the lines under it, not a whole book.
HEADING_REACH = 8_000


class View:
    """An article with what the features look up, each computed once."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = article.text
        self.groups = groups(article)
        self.sentence = [article.sentence_of(s.start) for s in article.spans]
        self.group_starts = [g.start for g in self.groups]
        self.group_sentence = [article.sentence_of(g.start) for g in self.groups]
        self.by_label = {label: list(article.of(label)) for label in Label}
        self._ends = [s.end for s in article.spans]
        self._starts = {k: [article.spans[i].start for i in v] for k, v in self.by_label.items()}
        self._masked: dict[tuple[int, int], list[str]] = {}

    @cached_property
    def group_of(self) -> dict[int, int]:
        """Index of the group of each AGENCY span."""
        return {i: n for n, g in enumerate(self.groups) for i in g.spans}

    @cached_property
    def heads(self) -> list[tuple[int, bool]]:
        """For each group that opens a line: its index, and is that line a heading?"""
        return [
            (n, self.is_heading(g.start))
            for n, g in enumerate(self.groups)
            if self.opens_line(g.start)
        ]

    @cached_property
    def _head_starts(self) -> list[int]:
        return [self.groups[n].start for n, _ in self.heads]

    def governing(self, offset: int) -> tuple[int | None, int | None]:
        """The group that opens the line of ``offset``, and the one whose heading it is under."""
        line = self.line_of(offset)
        own = above = None
        for k in range(bisect_left(self._head_starts, offset) - 1, -1, -1):
            n, heading = self.heads[k]
            at = self.groups[n].start
            if self.line_of(at) == line:
                own = n  # the first of the line, in the end
            elif offset - at > HEADING_REACH:
                break
            elif heading:
                above = n
                break
        if above is not None:
            first = self.line_of(self.groups[above].start) + 1
            if any(self.is_part(k) for k in range(first, line + 1)):
                above = None
        return own, above

    def is_part(self, n: int) -> bool:
        """Does line ``n`` begin an article, a chapter, a part?"""
        start, end = self.line(n)
        return bool(_PART.match(self.text, start, end))

    @cached_property
    def line_starts(self) -> list[int]:
        return [0, *(m.end() for m in re.finditer(r"\n", self.text))]

    def line_of(self, offset: int) -> int:
        """Number of the line at an offset."""
        return bisect_right(self.line_starts, offset) - 1

    def line(self, n: int) -> tuple[int, int]:
        """Span of line ``n`` without its break."""
        start = self.line_starts[n]
        end = self.line_starts[n + 1] - 1 if n + 1 < len(self.line_starts) else len(self.text)
        return start, end

    def masked(self, start: int, end: int) -> list[str]:
        """Tokens of ``text[start:end]`` in lower case: mentions, document types before a
        number, personal names and numbers masked. Pairs share stretches: each is made once."""
        known = self._masked.get((start, end))
        if known is None:
            known = self._masked[start, end] = self._mask(start, end)
        return known

    def _mask(self, start: int, end: int) -> list[str]:
        spans = self.article.spans
        parts: list[str] = []
        at = start
        for k in range(bisect_right(self._ends, start), len(spans)):
            span = spans[k]
            if span.start >= end:
                break
            if span.start >= at and span.end <= end:
                parts += [self.text[at : span.start], f" {MARK[span.label]} "]
                at = span.end
        parts.append(self.text[at:end])
        following = bisect_right(self._ends, end)
        if following < len(spans) and spans[following].start == end:
            parts.append(" ⟦S⟧")
        joined = _SPACES.sub(" ", "".join(parts))
        if "⟦D⟧" in joined or "⟦S⟧" in joined:
            joined = _TYPE.sub("⟦K⟧", joined).removesuffix("⟦S⟧")
        return _names(_TOKEN.findall(joined))

    def count(self, label: Label, start: int, end: int) -> int:
        """How many mentions with ``label`` begin between two offsets."""
        starts = self._starts[label]
        return max(0, bisect_left(starts, end) - bisect_left(starts, start))

    def in_table(self, i: int) -> bool:
        """Does span ``i`` stand in a field of an information sheet: "Số hiệu: …", "| … |"?"""
        start = self.article.spans[i].start
        return bool(_FIELD.search(self.text, max(0, start - 60), start))

    def opens_line(self, offset: int) -> bool:
        """Is there nothing but a list marker or a heading's words before ``offset``?"""
        start, _ = self.line(self.line_of(offset))
        return bool(_OPENER.fullmatch(self.text, start, offset))

    def is_heading(self, offset: int) -> bool:
        """Is the line at ``offset`` a heading: short, no full stop, or ending in a colon?"""
        start, end = self.line(self.line_of(offset))
        line = self.text[start:end].rstrip(" *")
        return len(line) <= MAX_HEADING and (line.endswith(":") or line[-1:] not in '.;,…”"|')


def _names(tokens: list[str]) -> list[str]:
    """Runs of two to five title-cased tokens become ⟦N⟧, numbers 0, the rest lower case.

    >>> _names(["Ông", "Trần", "Văn", "An", "nộp", "20", "hồ", "sơ"])
    ['⟦N⟧', 'nộp', '0', 'hồ', 'sơ']
    """
    out: list[str] = []
    run: list[str] = []
    for name, written in map(_read, tokens):
        if name:
            run.append(written)
            if len(run) < 5:
                continue
        if run:
            out.append("⟦N⟧" if len(run) > 1 else run[0])
            run.clear()
        if not name:
            out.append(written)
    if run:
        out.append("⟦N⟧" if len(run) > 1 else run[0])
    return out


@lru_cache(maxsize=20_000)
def _read(token: str) -> tuple[bool, str]:
    """Whether a token may be part of a name, and how it is written if it is not.

    >>> _read("Trần"), _read("20"), _read("⟦A⟧")
    ((True, 'trần'), (False, '0'), (False, '⟦A⟧'))
    """
    if token[0].isupper() and token[1:].islower():
        return True, token.lower()
    if token.isdigit():
        return False, "0"
    return False, token if token[0] == "⟦" else token.lower()
