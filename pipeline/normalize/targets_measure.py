"""The measured thing of a goal: what its quantity counts, or what it is said of."""

from __future__ import annotations

import re

from pipeline.normalize.targets_words import AGAINST, ASIDE, DOWN, LEVEL, SIGNS, UP

_EDGE = re.compile(
    rf"(?i)^(?:(?:{LEVEL}|{DOWN}|{UP}|bảo đảm|đảm bảo|phấn đấu|hoàn thành|có|là|đến"
    r"|được|với|của|và|nhanh|bằng|chỉ tiêu|đáp ứng)(?![^\W_])[ ,]*)+"
)
# no measured thing: "36 giờ, từ 81 xuống 45", "23h vận hành", "100 ha để trồng rừng"
_ONLY_TIME = re.compile(r"(?i)^(?:\d[\d.,]{0,8} (?:giờ|ngày|tháng|năm)$|\d{1,2}h(?:\d\d)? )")
_NO_THING = re.compile(r"(?i)(?:là|để|nhằm|tại|ở|trên(?! tổng)|vào|khi|theo|so với)(?![^\W_])")
# where a second goal, or what is said beside this one, begins; not in "mức độ 3 và 4"
_NEXT = re.compile(
    r"(?<!\d) và (?=(?:khoảng |trên |ít nhất )?\d)| và (?=\d\d)|, (?:chiếm |\d[\d.,]{0,8}%)"
)
_TAIL = re.compile(
    rf"(?i)(?<![^\W_])(?:{LEVEL}|{DOWN}|{UP}|{SIGNS}"
    r"|chỉ|vẫn|cũng|xong"
    r"|là|từ|bằng|mức độ|mức|cho|đến|được|có|phải|cần|dự kiến|nhưng|với|với chỉ tiêu|lần lượt|đều"
    r"|gấp|tổng cộng|tổng số|tỷ lệ|tỉ lệ|cả|sẽ|số lượng|xuống|vào|thêm|và|dự toán|tới|dài"
    r"|có chiều dài|có diện tích)[ ,:]*$"
)


def measured(
    before: str, text: str, number_end: int, kind: str, end: int
) -> tuple[str | None, bool]:
    """The measured thing, and whether it stands before the quantity; else what it counts."""
    head = before.strip(" ,:(")
    for _ in range(8):
        trimmed = _TAIL.sub("", head).strip(" ,:(")
        if trimmed == head:
            break
        head = trimmed
    head = _EDGE.sub("", head + " ").strip(" ,:")
    head = _ONLY_TIME.sub("", head)
    if len(head) > 2:
        return head, True
    rest = text[number_end if kind == "count" else end :]
    rest = re.sub(r"^/\d[\d.]*(?= )", "", rest)
    rest = ASIDE.sub("", rest, count=1) if ASIDE.match(rest) else rest
    rest = AGAINST.sub("", rest)
    rest = re.sub(r"(?i)^ ?(?:trở lên|trở xuống)", "", rest)
    rest = re.sub(r"(?i)^((?:(?!từ )[^\d,;]){1,25}) (?:trở lên|trở xuống)$", r"\1", rest)
    rest = _NEXT.split(rest, maxsplit=1)[0]
    rest = rest.strip(" ,.:;()")
    if rest.startswith("/") or not re.match(r"[^\W\d_“\"]", rest) or _NO_THING.match(rest):
        return None, False
    return (rest if kind != "count" or "/" not in rest[: end - number_end] else None), False
