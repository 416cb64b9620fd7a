"""Words of goals: comparators, verbs of change and of reaching, what is said aside."""

from __future__ import annotations

import re
from typing import Literal

Comparator = Literal[">=", ">", "<=", "<", "=", "~", "range"]

# Comparator words right before the quantity; the longest phrase wins, so that
# "không vượt quá" is not read as "vượt" and "không thấp hơn" not as "thấp hơn".
_BEFORE: tuple[tuple[Comparator, str], ...] = (
    (">=", "ít nhất|tối thiểu|không dưới|không thấp hơn|không ít hơn|không nhỏ hơn|thấp nhất"),
    ("<=", "không quá|không vượt quá|không được vượt quá|tối đa|nhiều nhất|không cao hơn"
           "|không nhiều hơn|không lớn hơn|không hơn|đối đa|cao nhất|không trên"),
    ("<", "dưới|nhỏ hơn|thấp hơn|ít hơn|chưa đến|chưa tới|chưa đầy"),
    (">", "trên|hơn|quá|lớn hơn|cao hơn|nhiều hơn|vượt|vượt quá|vượt mức|vượt trên"),
    ("~", "khoảng|chừng|gần|xấp xỉ|ước|ước khoảng|ước đạt|độ|vào khoảng|tương đương|trung bình"),
)  # fmt: skip
COMPARATOR = {w: sign for sign, words in _BEFORE for w in words.split("|")}
# "ít nhất là 30%", "tối đa không quá 5%", "tối thiểu bằng 40%": words between are passed.
# "độ 80%" is about 80 %, "mức độ 80%" a level: the last syllable of a noun is no comparator.
_NO_NOUN = "".join(rf"(?<!{word} )" for word in ("mức", "tốc", "tiến", "mật", "cường", "trình"))
SIGNS = "|".join(
    _NO_NOUN + word if word == "độ" else word for word in sorted(COMPARATOR, key=len, reverse=True)
)

# Verbs of change at the head or right before the quantity.
UP = r"tăng thêm|tăng nhanh|tăng(?! trưởng)|nâng cao|nâng|có thêm|thêm|bổ sung|mở rộng|vượt"
DOWN = (
    r"cắt giảm|giảm thiểu|giảm bớt|kéo giảm|tinh giản|tinh giảm|giảm|rút ngắn|tiết kiệm|hạ"
    r"|thu gọn|thu hẹp|tiết giảm"
)
LEVEL = (
    r"đạt được|đạt|lên đến|lên tới|lên mức|lên|xuống còn|xuống|chỉ còn|còn lại|còn|ở mức"
    r"|giảm về|về mức|về(?= \d[\d,.]{0,6} ?%)|chiếm|duy trì"
)
AGAINST = re.compile(r"(?i)(?<![^\W_])so với ([^;()]{2,120})")
# "5,67 triệu (hơn 70%) trẻ": the unit stands after the aside.
ASIDE = re.compile(r" ?\([^()]{1,60}\)")
COMPARING = re.compile(
    r"(?i)(?<![^\W_])("
    + SIGNS
    + r")(?: (?:là|bằng|đạt|từ|phải|cả|được|mức|có|khoảng|còn|ở mức))?[ ]{0,2}$"
)
VERB = re.compile(
    rf"(?i)(?<![^\W_])(?:(?P<level>{LEVEL})|(?P<down>{DOWN})|(?P<up>{UP}|tăng trưởng))(?![^\W_])"
)
# What may stand between a verb of change and its quantity.
LINK = re.compile(
    r"(?i)[ ]?(?:(?:là|mức độ|mức|từ|tỷ lệ|tỉ lệ|tới|đến|còn|được|cả|thêm|bình quân|với|dự toán"
    rf"|tổng số|số|khoảng|{SIGNS})[ ]{{0,2}}){{0,4}}"
)
