"""The clause that says what to do, around a target or deadline, copied from the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.roles import Role, groups

MAX_CLAUSE = 600


@dataclass(frozen=True, slots=True)
class Clause:
    """``text[start:end]`` is the task; the sentence and the bodies' place around it."""

    start: int
    end: int
    sentence_start: int
    sentence_end: int
    agencies_start: int


# List markers and connectives that open an item: "a) ", "1.2. ", "- ", "Theo đó, ".
_OPENING = re.compile(
    r"(?i)[ ]*(?:(?:[-–+•*●]|\(?[a-zđ]\)|\d{1,2}(?:\.\d{1,2}){0,2}[.)])[ ]*)?"
    r"(?:(?:theo đó|cụ thể|đồng thời|bên cạnh đó|ngoài ra|cùng với đó|trong đó|đặc biệt|riêng"
    r"|tiếp đó|mặt khác|mục tiêu|phấn đấu)[,: ]+)?"
)
# Between the bodies and their task: "chủ trì, phối hợp với", "có trách nhiệm", ":".
_DUTY = re.compile(
    r"(?i)[ ,:]*(?:\([^()\n]{1,60}\))?[ ,:]*(?:(?:chủ trì|làm đầu mối|là đầu mối|có trách nhiệm"
    r"|chịu trách nhiệm|có nhiệm vụ|phải|cần|sẽ)[ ,:]+){0,3}"
)
_WITH = re.compile(r"(?i)[ ,]*(?:và )?(?:phối hợp(?: chặt chẽ)?(?: với| cùng)?|cùng với|cùng)[ ]")
_ORDER = re.compile(r"(?i)(?<![^\W_])(?:yêu cầu|đề nghị|chỉ đạo|giao|kiến nghị)(?![^\W_])[ :]*")
# What remains before a deadline when its verb is taken off: "…, hoàn thành [trước 30/6]".
_TRAILING = re.compile(
    r"(?i)[ ,;:(–-]*(?:(?:và|phải|cần|để|bảo đảm|đảm bảo|phấn đấu|chậm nhất|thời gian|thời hạn"
    r"|cơ bản|dự kiến)[ ])*(?:hoàn thành|hoàn tất|xong|thực hiện|kết quả)?(?: xong)?[ ,;:(–-]*$"
)
# A sentence that is nothing but the time limit: "Hoàn thành trước ngày 15/12."
_EMPTY = re.compile(
    r"(?i)^(?:[^\w]|việc này|các nội dung|nội dung|công việc|thời gian|thời hạn|thực hiện|hoàn thành"
    r"|hoàn tất|xong|phải|cần|được|kết quả|báo cáo|là|chậm nhất|nhiệm vụ|này|trên|tiến độ|yêu cầu)*$"
)


def task_clause(article: Article, anchors: Sequence[int], agencies: Sequence[int]) -> Clause | None:
    """The task around spans ``anchors`` (targets, deadline) for bodies ``agencies``.

    None where no words of a task are left, as in a headline "Trước 30/6".
    """
    first, last = anchors[0], anchors[-1]
    a = min(article.spans[i].start for i in anchors)
    b = max(article.spans[i].end for i in anchors)
    sentence = article.sentence_of(article.spans[first].start)
    for step in (0, 1):
        if sentence - step < 0:
            break
        s, e = article.sentences[sentence - step]
        if step:
            a = b = e
        clause = _within(article, s, max(e, b), a, b, anchors if not step else (), agencies)
        if clause is not None:
            return clause
        if article.spans[last].label is Label.TARGET:
            break
    return None


def _within(
    article: Article, s: int, e: int, a: int, b: int, anchors: Sequence[int], agencies: Sequence[int]
) -> Clause | None:
    text = article.text
    left, right = _bounds(article, s, e, a, b)
    mine = [
        g for g in groups(article) if left <= g.start and g.end <= right and set(g.spans) & set(agencies)
    ]
    start = left
    agencies_start = left
    if mine and mine[-1].end <= max(a, left) or mine and mine[-1].end < right:
        group = mine[-1]
        agencies_start, start = group.start, group.end
        start = _DUTY.match(text, start).end()  # type: ignore[union-attr]
        for following in groups(article):
            if following.start >= start and (
                with_ := _WITH.match(text, start)
            ) and following.start - with_.end() < 30 and following.start >= with_.end() - 1:
                if following.role is Role.SUPPORTS or following.start == with_.end():
                    start = _DUTY.match(text, following.end).end()  # type: ignore[union-attr]
    else:
        start = _OPENING.match(text, left).end()  # type: ignore[union-attr]
        order = None
        for order in _ORDER.finditer(text, start, a):
            pass
        if order is not None and order.end() < a:
            start = order.end()
    end = right
    deadlines = [i for i in anchors if article.spans[i].label is Label.DEADLINE]
    targets = [i for i in anchors if article.spans[i].label is Label.TARGET]
    if deadlines:
        limit = article.spans[deadlines[-1]]
        if limit.start <= start + 3 and limit.end < end:
            start = _lead(text, limit.end)
        elif start < limit.start:
            head = _trim(text, start, limit.start)
            covers = all(article.spans[i].end <= head for i in targets)
            if covers and not _EMPTY.match(text[start:head]):
                end = head
            elif _EMPTY.match(text[start : limit.start]):
                start = _lead(text, limit.end)
    end = _trim(text, start, end)
    end = min(end, start + MAX_CLAUSE)
    if end <= start or len(text[start:end].split()) < 2 or _EMPTY.match(text[start:end]):
        return None
    return Clause(start, end, s, e, agencies_start)


def _lead(text: str, at: int) -> int:
    """Past the signs after a leading time limit."""
    while at < len(text) and text[at] in " ,:–-)":
        at += 1
    return at


def _trim(text: str, start: int, end: int) -> int:
    """The end without trailing signs and the bare verb of completion."""
    while end > start and text[end - 1] in " ,;:.“”\"\n":
        end -= 1
    if match := _TRAILING.search(text, start, end):
        end = match.start() if match.start() > start else end
    return end


def _bounds(article: Article, s: int, e: int, a: int, b: int) -> tuple[int, int]:
    """The stretch between semicolons around [a, b), not cutting a group of agencies."""
    text = article.text
    inside = [(g.start, g.end) for g in groups(article) if s <= g.start < e]
    left, right = s, e
    for match in re.finditer(r"[;\n]", text[s:e]):
        at = s + match.start()
        if any(x < at < y for x, y in inside):
            continue
        if at < a:
            left = at + 1
        elif at >= b:
            right = at
            break
    for span in article.spans:
        # Another deadline in the same clause belongs to another task.
        if span.label is Label.DEADLINE and left <= span.start < right:
            if span.end <= a and text[span.end : span.end + 2].strip()[:1] in (",", "v", ""):
                left = max(left, span.end)
            elif span.start >= b:
                right = min(right, span.start)
    while left < right and text[left] in " ,;\n":
        left += 1
    return left, right


_NAMED = re.compile(r"(?i)(?:^|[\n.])[ ]?(?:tại|trong|theo|căn cứ)[ ][^.\n]{0,40}$")


def governing_document(article: Article, start: int, end: int) -> int | None:
    """The DOC_NUMBER that opens the sentence as its source ("Tại Công điện số …"), or None."""
    s = article.sentences[article.sentence_of(start)][0] if article.sentences else 0
    for i in article.of(Label.DOC_NUMBER):
        span = article.spans[i]
        if s <= span.start < start and _NAMED.search(article.text[max(0, s - 1) : span.start]):
            return i
    return None
