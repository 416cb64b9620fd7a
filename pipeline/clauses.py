"""The clause that says what to do, around a target or deadline, copied from the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.roles import Group, Role

MAX_CLAUSE = 600


@dataclass(frozen=True, slots=True)
class Clause:
    """``text[start:end]`` is the task; ``body_start`` is where the bodies it names begin."""

    start: int
    end: int
    body_start: int


# List markers and connectives that open an item: "a) ", "1.2. ", "- ", "Theo đó, ".
_OPENING = re.compile(
    r"(?i)[ “\"]{0,3}(?:(?:[-–+•*●]|\(?[a-zđ]\)|\d{1,2}(?:\.\d{1,2}){0,2}[.)])[ ]{0,2})?"
    r"(?:(?:theo đó|cụ thể|đồng thời|bên cạnh đó|ngoài ra|cùng với đó|cùng đó|trong đó|đặc biệt"
    r"|riêng|tiếp đó|mặt khác|mục tiêu là|mục tiêu|phấn đấu|và|cũng)[,: ]{1,3}){0,2}"
)
# Between the bodies and their task: an acronym, a person's name, "chủ trì", "có trách nhiệm".
_DUTY = re.compile(
    r"(?:[ ](?:này|đó|trên|nêu trên|nói trên|kể trên)(?!\w))?"
    r"[ ,:]{0,3}(?:\([^()\n]{1,60}\))?(?:[ ][A-ZĐÂÊÔƠƯÁÀ][^\W\d_A-Z]{1,7}){0,4}[ ,:]{0,3}"
    r"(?:(?:chủ trì|làm đầu mối|là đầu mối|có trách nhiệm|chịu trách nhiệm|có nhiệm vụ|phải|cần|sẽ"
    r"|được giao|khẳng định|cho biết)[ ,:]{1,3}){0,3}"
)
_WITH = re.compile(r"[ ,]{0,2}(?:và )?(?:phối hợp(?: chặt chẽ)?(?: với| cùng)?|cùng với|cùng) ")
# Partners the tagger has no label for: "và cơ quan liên quan", "và các đơn vị có liên quan".
_OTHERS = re.compile(
    r" (?:và|cùng) (?:các |những )?(?:cơ quan|đơn vị|bộ|ngành|địa phương|tổ chức)[^.;,\n]{0,25}?"
    r"(?:có )?liên quan"
)
_ORDER = re.compile(
    r"(?i)(?<![^\W_])(?:yêu cầu|đề nghị|chỉ đạo|kiến nghị|giao(?! (?:thông|dịch|lưu|ban|đất)))"
    r"(?![^\W_])(?! (?:của|tại|về|nêu|trên|này|đó|nói))[ :]{0,2}"
)
_MUST = re.compile(r"(?:phải|cần) ")  # "yêu cầu phải rà soát …": the task is to "rà soát"
# What remains before a deadline when its verb is taken off: "…, hoàn thành [trước 30/6]".
_TRAILING = re.compile(
    r"(?i)[ ,;:(–-]{0,3}(?:(?:và|phải|cần|để|bảo đảm|đảm bảo|phấn đấu|chậm nhất|thời gian"
    r"|thời hạn|cơ bản|dự kiến|ngay|là)[ ]){0,4}"
    r"(?:hoàn thành|hoàn tất|xong|thực hiện xong|kết quả)?"
    r"(?:và|phải|dự kiến|ngay|xong)?[ ,;:(–-]{0,3}$"
)
# Nothing but the time limit: "Hoàn thành trước ngày 15/12.", "Việc này phải xong …", "Hạn chót
# là ngày 31/10 …".
_EMPTY_WORDS = frozenset(
    """việc này các nội dung công việc thời gian thời hạn thực hiện hoàn thành tất xong phải cần
    được kết quả báo cáo là chậm nhất nhiệm vụ trên tiến độ yêu cầu mục tiêu cụ thể đó như sau
    dự kiến và phấn đấu đến theo kế hoạch sẽ năm tháng ngày quý trước trong hết cuối
    giai đoạn hạn chốt chót cùng""".split()
)
# After a deadline that opens its clause: "tháng 12 phải vận hành", "trong quý II sẽ kiến nghị".
_THEN = re.compile(
    r"(?i)[ ,)–-]{0,3}(phải|sẽ|mới|cần|hoàn thành|hoàn tất|tổ chức|cơ bản|toàn|cả nước|có)"
    r"(?![^\W_])"
)
_HANGING = re.compile(
    r"(?i)(?:^|[,:;]|(?<![^\W_])(?:phấn đấu|dự kiến|mục tiêu|là|khẳng định|cho biết|chốt lại|rằng"
    r"|và|để|trong đó|giai đoạn|ngay))[ (]{0,2}$"
)

# Who says or orders it, right before the day: "Sở cho biết, ngay trong tuần này sẽ …", "Theo ông
# Nam, đến năm 2030 …", "Bộ trưởng đề nghị trong 60 ngày …". What is to be done comes after.
_SAYS = re.compile(
    r"(?i)(?<![^\W_])(?:cho biết|cho hay|khẳng định|nhấn mạnh|yêu cầu|đề nghị|kiến nghị)"
    r"(?:,? (?:rằng|là|ngay|phải))?[ ,:“\"]{1,3}$|^[ ]?theo [^,;:]{2,60}, ?$"
)


def empty(text: str) -> bool:
    """Is nothing said but that something is to be finished?"""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) < 2 or all(w in _EMPTY_WORDS for w in words)


def task_clause(
    article: Article, anchors: Sequence[int], agencies: Sequence[int], groups: Sequence[Group]
) -> Clause | None:
    """The task around ``anchors`` (targets, else the deadline) for bodies ``agencies``.

    Where the anchor's sentence is only a time limit ("Việc này phải hoàn thành trước
    15/10"), the sentence before it in the same paragraph. None where no task is said.
    """
    spans = article.spans
    a = min(spans[i].start for i in anchors)
    b = max(spans[i].end for i in anchors)
    at = article.sentence_of(a)
    s, e = article.sentences[at]
    clause = _within(article, s, max(e, b), a, b, anchors, agencies, groups)
    if clause is not None or spans[anchors[0]].label is Label.TARGET or at == 0:
        return clause
    for before in (at - 1, at - 2):
        if before < 0 or ("\n" in article.text[article.sentences[before][1] : a] and not agencies):
            break
        s, e = article.sentences[before]
        if clause := _within(article, s, e, e, e, (), agencies, groups):
            return clause
    return None


def _within(
    article: Article,
    s: int,
    e: int,
    a: int,
    b: int,
    anchors: Sequence[int],
    agencies: Sequence[int],
    groups: Sequence[Group],
) -> Clause | None:
    """The clause inside the sentence [s, e) around [a, b)."""
    text = article.text
    # Only what lies in reach of the sentence: long texts have thousands of groups.
    low = bisect_left(groups, s, key=_group_start)
    groups = groups[low : bisect_left(groups, e + MAX_CLAUSE, key=_group_start)]
    spans = article.spans
    near = spans[bisect_left(spans, s, key=_span_start) : bisect_left(spans, e, key=_span_start)]
    left, right = _bounds(article.text, s, e, a, b, groups, near)
    mine = [g for g in groups if left <= g.start < right and set(g.spans) & set(agencies)]
    body = left
    if mine:
        body, start = mine[-1].start, _after_bodies(text, mine[-1], groups)
    else:
        start = _end(_OPENING.match(text, left, right), left)
        named = [(x.start, x.end) for x in near]
        orders = [
            m
            for m in _ORDER.finditer(text, start, a)
            if m.end() < a and not any(x <= m.start() < y for x, y in named)
        ]
        if orders:
            start = _end(_MUST.match(text, orders[-1].end(), a), orders[-1].end())
    end = right
    limits = [i for i in anchors if article.spans[i].label is Label.DEADLINE]
    targets = [article.spans[i] for i in anchors if article.spans[i].label is Label.TARGET]
    if limits:
        start, end = _around_limit(text, start, right, article.spans[limits[-1]], targets)
    start, end = _trimmed(text, start, min(end, start + MAX_CLAUSE))
    if end <= start or (not targets and empty(text[start:end])):
        return None
    return Clause(start, end, min(body, start))


def _around_limit(
    text: str, start: int, right: int, limit: Span, targets: Sequence[Span]
) -> tuple[int, int]:
    """The part of the clause beside its time limit that holds the task (and the targets)."""
    if limit.start < start:
        return start, right
    before = text[start : limit.start]
    then = _THEN.match(text, limit.end, right)
    opens = empty(before) or bool(_HANGING.search(before))
    if targets:
        if all(t.start >= limit.end for t in targets) and opens and len(before) < 80:
            return _lead(text, limit.end), right
        if all(t.end <= limit.start for t in targets):
            return start, limit.start
        return start, right
    must = then is not None and then[1].lower() in ("phải", "mới", "cần")
    says = bool(_SAYS.search(before))
    if (empty(before) or must or says or (opens and then)) and not empty(text[limit.end : right]):
        return _lead(text, limit.end), right
    return start, limit.start


def _group_start(group: Group) -> int:
    return group.start


def _span_start(span: Span) -> int:
    return span.start


def _after_bodies(text: str, group: Group, groups: Sequence[Group]) -> int:
    """Where the task begins: past "chủ trì, phối hợp với X và các đơn vị liên quan"."""
    start = _end(_DUTY.match(text, group.end), group.end)
    with_ = _WITH.match(text, start)
    if with_:
        partners = [g for g in groups if with_.end() <= g.start <= with_.end() + 12]
        if partners and partners[0].role in (Role.SUPPORTS, Role.OTHER, Role.TOLD):
            start = partners[0].end
            start = _end(_OTHERS.match(text, start), start)
            start = _end(_DUTY.match(text, start), start)
    return start


def _end(match: re.Match[str] | None, default: int) -> int:
    return match.end() if match else default


def _lead(text: str, at: int) -> int:
    """Past the signs after a leading time limit."""
    while at < len(text) and text[at] in " ,:–-)\n":
        at += 1
    return at


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without signs at the edges and the bare verb of completion at the end."""
    start = _end(_OPENING.match(text, start, end), start)
    while start < end and text[start] in ' ,;:.\n“"':
        start += 1
    while end > start and text[end - 1] in ' ,;:.“”"\n(':
        end -= 1
    if (match := _TRAILING.search(text, start, end)) and match.start() > start:
        end = match.start()
    return start, end


def _bounds(
    text: str, s: int, e: int, a: int, b: int, groups: Sequence[Group], near: Sequence[Span]
) -> tuple[int, int]:
    """The stretch between semicolons or breaks around [a, b), groups of agencies kept whole."""
    inside = [(g.start, g.end) for g in groups if s <= g.start < e]
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
    for span in near:
        if span.label is not Label.DEADLINE:
            continue
        # Another deadline in the same clause closes or opens another task.
        if left <= span.start and span.end <= a and _CLOSES.match(text, span.end, a):
            left = span.end
        elif b <= span.start < right:
            right = span.start
    return left, right


_CLOSES = re.compile(r"[ ]{0,2}(?:,|;|và |hoàn thành|đưa vào)")

_NAMED = re.compile(r"(?i)(?:^|[\n.])[ ]?(?:tại|trong|theo) [^.\n]{0,40}$")


def governing_document(article: Article, start: int) -> int | None:
    """The DOC_NUMBER that opens the sentence as its source ("Tại Công điện số …"), or None."""
    if not article.sentences:
        return None
    s = article.sentences[article.sentence_of(start)][0]
    spans = article.spans
    for i in range(bisect_left(spans, s, key=_span_start), len(spans)):
        span = spans[i]
        if span.start >= start:
            break
        if span.label is Label.DOC_NUMBER and _NAMED.search(
            article.text[max(0, s - 1) : span.start]
        ):
            return i
    return None
