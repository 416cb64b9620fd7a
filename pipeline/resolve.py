"""One place decides between the tagger and the rules; each decision has a name.

1. ``boilerplate``: nothing is tagged in lines that belong to the page.
2. ``model``: the tagger's spans stand, edges trimmed of punctuation, unless they can't be
   what they are called: a document number or target without a quantity, a time without a
   digit or a temporal word.
3. ``goals``: a target that holds two goals joined by "và" or a comma, each with its quantity
   and what is measured, becomes two; "theo chỉ đạo" and the like at its end stay outside.
4. ``body``: an order or a person's rank before an agency ("Giao Sở Y tế", "Chánh Văn phòng …"),
   and the first word of the next phrase after it ("UBND TP Cà Mau, thành phố"), stay outside.
5. ``whole``: a form that the annotation guide writes out as one mention is one, where the
   tagger found a part of it.
6. ``rule``: a certain rule's match that no span of the tagger touches is added.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from pipeline.article import Span
from pipeline.labels import Label
from pipeline.normalize.targets import MAX_TARGET, parse_target
from pipeline.rules import RuleMatch

# Precision of the certain rules where the tagger found nothing (gold/train).
RULE_CONFIDENCE = 0.9
_EDGE = " \t\n.,;:!?…“”\"'‘’«»()[]–-_"
_EDGE_CLOSING = {")": "(", "]": "["}


# What a span of a label must hold at least. Numbers may be words: "một nửa", "hai phần ba".
_NUMBER_WORD = (
    r"một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|chục|trăm|nghìn|ngàn|triệu|t[ỷỉ](?! lệ| trọng| suất)"
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


# The second of two goals begins with a verb of change, a comparator, an indicator or its
# number ("…, tỷ lệ hộ nghèo dưới 3%"); of 1,343 gold targets two hold such a joint. A bare
# number before it makes a list of figures: "trẻ em 5, 6 tuổi", "10, 20 và 30%", "dưới 1, 5%".
_JOINT = re.compile(
    r"""(?x) (?: , | [ ]và | ; ) \s+ (?=
        (?: cắt[ ]giảm | giảm | tăng | nâng | đạt | có[ ]thêm | thêm | rút[ ]ngắn | tiết[ ]kiệm
          | ít[ ]nhất | tối[ ]thiểu | trên | dưới | không[ ]quá | tỷ[ ]lệ | tỉ[ ]lệ )
        [^,;\d]{0,60} \d )
    | (?<!\d) (?: , | [ ]và | ; ) \s+ (?=\d)"""
)
_ACCORDING = re.compile(r"(?<!\s)\s+theo (?:sự )?(?:chỉ đạo|yêu cầu|kế hoạch|quy định|hướng dẫn)$")


def goals(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A target's span as the spans of the goals in it (annotation guide, TARGET).

    Both sides of a joint must be goals: "lần lượt đạt 60%; 90% và 15%" is one.

    >>> text = "ít nhất 20% thủ tục nội bộ và cắt giảm ít nhất 20% chi phí theo chỉ đạo"
    >>> [text[a:b] for a, b in goals(text, 0, len(text))]
    ['ít nhất 20% thủ tục nội bộ', 'cắt giảm ít nhất 20% chi phí']
    """
    out, at = [], start
    joints = list(_JOINT.finditer(text, start, end))
    ends = [*(joint.start() for joint in joints), end]
    for joint, right in zip(joints, ends[1:], strict=True):
        if _is_goal(text, at, joint.start()) and _is_goal(text, joint.end(), right):
            out.append((at, joint.start()))
            at = joint.end()
    out.append((at, end))
    last = _ACCORDING.search(text, *out[-1])
    if last and last.start() > out[-1][0]:
        out[-1] = (out[-1][0], last.start())
    return out


def _is_goal(text: str, start: int, end: int) -> bool:
    """Whether a stretch has a quantity of its own with what is measured.

    >>> [_is_goal(t, 0, len(t)) for t in ("giảm 5% số vụ", "giảm 5%", "ô tô đến 9 chỗ")]
    [True, False, False]
    """
    value = parse_target(text[start : min(end, start + MAX_TARGET)])
    return value is not None and value.measure is not None


# No body's name begins with these; "Giao thông Vận tải" (also "Giao Thông") and "Chánh án" do
# not match.
_NO_NAME = re.compile(
    r"[Gg]iao (?!(?i:thông|dịch|lưu|thừa)(?!\w))(?:cho )?"
    r"|[Cc]hánh (?=[Vv]ăn phòng|[Tt]hanh tra(?: [\w-]+)?)"
)
# After a proper name a bare level begins the next phrase: "UBND TP Cà Mau, thành phố | Bạc Liêu";
# in "UBND các Tỉnh, thành phố", "UBND TP Thủ Đức và các quận, huyện" it goes on with a level,
# and behind "các" all are of one list ("Công an các Huyện, thành phố").
_NEXT_LEVEL = re.compile(
    r"(?<!\w)(?P<name>\w+), (?:thành phố|tỉnh|huyện|quận|thị xã|thị trấn|xã|phường|TP|đặc khu)$"
)


_LEVELS = frozenset("tỉnh phố huyện quận xã trấn phường tp khu".split())  # their last syllables
_MANY = re.compile(r"(?i)(?<!\w)các(?!\w)")


def body(text: str, start: int, end: int) -> tuple[int, int]:
    """An agency's span without what is not of its name.

    >>> text = "Giao Sở Y tế Cà Mau, thành phố"
    >>> a, b = body(text, 0, len(text))
    >>> text[a:b]
    'Sở Y tế Cà Mau'
    """
    if lead := _NO_NAME.match(text, start, end):
        start = lead.end()
    tail = _NEXT_LEVEL.search(text, start, end)
    if (
        tail
        and tail["name"][0].isupper()
        and len(tail["name"]) > 1
        and tail["name"].lower() not in _LEVELS
        and not _MANY.search(text, start, tail.start())
    ):
        end = tail.end("name")
    return start, end


# What goes on with "-" or "/" is a symbol in mixed case ("121 Kh-UBND"), no body's name.
_NAMED = re.compile(r"(?P<number>\d\S{0,60}) (?P<word>[^\W\d_]{2,})(?! ?[-–/]|\w)")


def number(text: str, start: int, end: int) -> tuple[int, int]:
    """A document number's span without the body's name after it.

    Symbols are capitals; of 13,900 annotated numbers none goes on with a word.

    >>> text = "Đề án 06 Chính phủ"
    >>> number(text, 6, len(text))
    (6, 8)
    """
    named = _NAMED.match(text, start, end)
    if named and named["word"][0].isupper() and named["word"][1:].islower():
        end = named.end("number")
    return start, end


# "Thứ Sáu, 31/03/2023, 07:10" and "Đề án 06/Chính phủ" (annotation guide, DATE, DOC_NUMBER).
_WHOLE = (
    (
        Label.DATE,
        re.compile(
            r"\b(?:[Tt]hứ (?:[Hh]ai|[Bb]a|[Tt]ư|[Nn]ăm|[Ss]áu|[Bb]ảy)|[Cc]hủ [Nn]hật), "
            r"(?:[Nn]gày )?\d{1,2}(?:[/.-]\d{1,2}[/.-]| tháng \d{1,2} năm )\d{4}"
            r"(?:(?:,| -) \d{1,2}:\d\d)?(?!\d)"
        ),
    ),
    (Label.DOC_NUMBER, re.compile(r"\b\d{1,4}/Chính phủ\b")),
)


def whole(text: str, spans: Sequence[Span]) -> list[Span]:
    """Sorted spans, those that are part of a whole form grown to it.

    >>> text = "Chủ nhật, 31/03/2024, 07:10 [GMT+7]"
    >>> part = Span(Label.DATE, 10, 32, 0.8, "model")
    >>> [(s.start, s.end) for s in whole(text, [part])]
    [(0, 27)]
    """
    forms = sorted((*m.span(), label) for label, form in _WHOLE for m in form.finditer(text))
    out, i = [], 0
    for start, end, label in forms:
        while i < len(spans) and spans[i].end <= start:
            out.append(spans[i])
            i += 1
        j = i
        while j < len(spans) and spans[j].start < end:
            j += 1
        part = next((s for s in spans[i:j] if s.label is label), None)
        others = [s for s in spans[i:j] if s.label is not label]
        if part and all(start <= s.start and s.end <= end for s in others):
            out.append(Span(label, start, end, part.confidence, part.source))
            i = j
    return [*out, *spans[i:]]


def resolve(
    text: str,
    model: Sequence[Span],
    rules: Sequence[RuleMatch],
    boilerplate: Sequence[tuple[int, int]],
) -> tuple[Span, ...]:
    """Final spans in text order, none overlapping.

    >>> from pipeline.rules import match
    >>> resolve("số 12/KH-UBND", [], match("số 12/KH-UBND"), [])[0].source
    'rule:number-symbol'
    """
    kept = []
    boilerplate = sorted(boilerplate)
    for span in model:
        start, end = trim(text, span.start, span.end)
        if (
            start < end
            and plausible(span.label, text[start:end])
            and not _touches(start, end, boilerplate)
        ):
            parts = [(start, end)]
            if span.label is Label.TARGET:
                parts = goals(text, start, end)
            elif span.label is Label.AGENCY:
                parts = [body(text, start, end)]
            elif span.label is Label.DOC_NUMBER:
                parts = [number(text, start, end)]
            kept += [Span(span.label, a, b, span.confidence, span.source) for a, b in parts]
    kept = whole(text, sorted(kept, key=lambda s: s.start))  # the tagger's order is no promise
    taken = sorted((s.start, s.end) for s in kept)
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
    """Whether a stretch shares a character with one of ``spans``, sorted and disjoint."""
    k = bisect_left(spans, (end,)) - 1
    return k >= 0 and spans[k][1] > start
