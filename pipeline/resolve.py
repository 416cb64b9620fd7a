"""One place decides between the tagger and the rules; each decision has a name.

1. ``boilerplate``: nothing is tagged in lines that belong to the page.
2. ``model``: the tagger's spans stand, edges trimmed of punctuation, unless they can't be
   what they are called: a document number or target without a quantity, a time without a
   digit or a temporal word.
3. ``rule``: a certain rule's match that no span of the tagger touches is added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.article import Span
from pipeline.labels import Label
from pipeline.rules import RuleMatch

# Precision of the certain rules where the tagger found nothing (gold/train).
RULE_CONFIDENCE = 0.9
_EDGE = " \t\n.,;:!?…“”\"'‘’«»()[]–-_"
_EDGE_CLOSING = {")": "(", "]": "["}


# What a span of a label must hold at least. Numbers may be words: "một nửa", "hai phần ba".
_NUMBER_WORD = (
    r"một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|chục|trăm|nghìn|ngàn|triệu|tỷ|tỉ"
    r"|nửa|đôi|rưỡi|toàn bộ"
)
_MUST_HOLD = {
    Label.DOC_NUMBER: re.compile(r"\d"),
    Label.TARGET: re.compile(rf"\d|\b(?:{_NUMBER_WORD}|tất cả|không|mọi|mỗi)\b", re.IGNORECASE),
    Label.DATE: re.compile(
        rf"\d|\b(?:ngày|tháng|năm|quý|quí|tuần|thứ|chủ nhật|sáng|trưa|chiều|tối|đêm|hôm|mai|nay|qua"
        rf"|tết|giêng|chạp|mùng|mồng|kỳ|thế kỷ|thập|vụ|mùa|giờ|quốc khánh|{_NUMBER_WORD})\b",
        re.IGNORECASE,
    ),
}
_MUST_HOLD[Label.DEADLINE] = _MUST_HOLD[Label.DATE]


def plausible(label: Label, text: str) -> bool:
    """Whether a span's text can carry its label at all.

    >>> plausible(Label.DATE, "A- A A"), plausible(Label.DATE, "sáng nay")
    (False, True)
    """
    pattern = _MUST_HOLD.get(label)
    return pattern is None or bool(pattern.search(text))


def resolve(
    text: str,
    model: Sequence[Span],
    rules: Sequence[RuleMatch],
    boilerplate: Sequence[tuple[int, int]],
) -> tuple[Span, ...]:
    """Final spans in text order, none overlapping.

    >>> resolve("số 12/KH-UBND", [], match("số 12/KH-UBND"), [])[0].source  # doctest: +SKIP
    'rule:number-symbol'
    """
    kept = []
    for span in model:
        start, end = trim(text, span.start, span.end)
        if (
            start < end
            and plausible(span.label, text[start:end])
            and not _touches(start, end, boilerplate)
        ):
            kept.append(Span(span.label, start, end, span.confidence, span.source))
    taken = [(s.start, s.end) for s in kept]
    for found in rules:
        if (
            found.rule.certain
            and not _touches(found.start, found.end, taken)
            and not _touches(found.start, found.end, boilerplate)
        ):
            kept.append(
                Span(
                    found.rule.label,
                    found.start,
                    found.end,
                    RULE_CONFIDENCE,
                    f"rule:{found.rule.id}",
                )
            )
    return tuple(sorted(kept, key=lambda s: s.start))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave punctuation, quotes and spaces at the edges outside, but not a closing bracket
    whose opening one is inside.

    >>> trim("“Sở Y tế (cơ sở 2)”,", 0, 20)
    (1, 18)
    """
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        opening = _EDGE_CLOSING.get(text[end - 1])
        if opening and opening in text[start : end - 1]:
            break
        end -= 1
    return start, end


def _touches(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a < end and start < b for a, b in spans)
