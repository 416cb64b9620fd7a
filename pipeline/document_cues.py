"""What the words around a document's name say about it: cues of role, as named features.

News reports a document as issued now ("UBND tỉnh vừa ban hành Kế hoạch số …", "Đây là
nội dung trong công văn …") or refers to one that stands ("theo Nghị định …", "căn cứ",
"sửa đổi, bổ sung"). An official text carries its own number in its head and calls itself
"Thông tư này".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.article import Article
from pipeline.normalize.doc_numbers import fold

_LEFT = 160
_RIGHT = 260

# Each cue with the side it is looked for on: "left" ends right before the type word (or
# the number without one), "near" is anywhere in the same clause before it, "right" begins
# after the number (or the type word).
_MODIFIER = r"(?:(?:các|một|những|bản|nhiều|hai|số|mới|liên tiếp)[ ]){0,2}"
_CUES: dict[str, tuple[str, str]] = {
    # UBND tỉnh vừa ban hành | mới ký | ra …
    "just": ("near", r"(?<!\w)(?:vừa|mới)[ ](?!qua|đây)"),
    "issue_verb": ("left", r"(?:ban hành|phát hành|ra|phát đi|phát|công bố|thông qua)[ ]" + _MODIFIER + "$"),
    "sign_verb": ("left", r"(?:ký|kí|ký ban hành|kí ban hành|duyệt)[ ]" + _MODIFIER + "$"),
    "have_verb": ("left", r"(?<!\w)có[ ]" + _MODIFIER + "$"),
    "send_verb": ("left", r"(?<!\w)(?:gửi|trình|trao|công bố)[ ]" + _MODIFIER + "$"),
    "already": ("left", r"(?<!\w)đã[ ](?:\w+[ ]){1,4}$"),
    "had_before": ("near", r"(?:trước đó|trước đây|trước kia|năm ngoái|năm trước|từng)(?!\w)"),
    "on_day": ("near", r"(?:^|[,;\n–-][ ]?)(?:vào[ ])?(?:(?:sáng|chiều|tối|trưa|cuối)[ ])?(?:ngày|hôm nay|hôm qua)[ ]?\(?\d"),
    "today": ("near", r"(?<!\w)(?:hôm nay|sáng nay|chiều nay|tối nay|hôm qua|cùng ngày|mới đây)(?!\w)"),
    # Theo Nghị định, căn cứ Luật, thực hiện Nghị quyết
    "according": ("left", r"(?<!\w)theo[ ](?:nội dung[ ]|đúng[ ]|tinh thần[ ])?" + _MODIFIER + "$"),
    "under": ("left", r"(?<!\w)(?:quy định|chỉ đạo|nêu|theo quy định|theo chỉ đạo|hướng dẫn|giao)[ ](?:tại|của|trong|ở)[ ](?:[^.;]{0,40}[ ])?$"),
    "at": ("left", r"(?<!\w)(?:tại|trong|ở)[ ]" + _MODIFIER + "$"),
    "content_of": ("left", r"(?:nội dung|được nêu|yêu cầu|thể hiện|thông tin)[ ](?:[\w ]{0,25})?(?:tại|trong|của)[ ]" + _MODIFIER + "$"),
    "based_on": ("near", r"(?<!\w)(?:căn cứ|viện dẫn|chiếu theo|dựa (?:vào|theo|trên))(?!\w)"),
    "carry_out": ("left", r"(?<!\w)(?:thực hiện|triển khai|thi hành|cụ thể hóa|chấp hành|quán triệt|áp dụng|tuân thủ|tổng kết|sơ kết)[ ](?:[\w,]+[ ]){0,4}$"),
    "amend": ("near", r"(?:sửa đổi|bổ sung|thay thế|bãi bỏ|hết hiệu lực|điều chỉnh)(?!\w)[^.;]{0,60}$"),
    "attached": ("left", r"kèm theo[ ]$"),
    "article_of": ("left", r"(?:điều|khoản|điểm|phụ lục|mục)[ ][\w, ]{1,20}$"),
    "draft": ("near", r"dự thảo(?!\w)"),
    "of": ("left", r"(?<!\w)(?:của|bởi|với|và|từ|về|sau)[ ]" + _MODIFIER + "$"),
    "bracket": ("left", r"\([^)]{0,30}$"),
    "planned": ("near", r"(?<!\w)(?:sẽ|sắp|chưa|đề nghị|kiến nghị|trình|xây dựng|nghiên cứu|tham mưu|phải)[ ](?:[\w,]+[ ]){0,6}$"),
    # … gửi UBND các tỉnh; … vừa được Thủ tướng ban hành
    "to_addressee": ("right", r"^[^.;\n]{0,60}?(?<!\w)gửi(?!\w)"),
    "asks": ("right", r"^[^.;\n]{0,80}?(?<!\w)(?:yêu cầu|đề nghị|chỉ đạo|đôn đốc|giao)(?!\w)"),
    "conveys": ("right", r"^[^.;\n]{0,60}?(?:truyền đạt|thông báo ý kiến|kết luận của)"),
    "about": ("right", r"^[^.;\n]{0,60}?(?<!\w)(?:về|về việc|v/v|phê duyệt|quy định|hướng dẫn|triển khai|thực hiện)(?!\w)"),
    "just_after": ("right", r"^[^.;\n]{0,160}?(?<!\w)(?:vừa|mới)[ ](?:được[ ])?(?:[\w.]+[ ]){0,6}?(?:ban hành|ký|kí|công bố|gửi|thông qua|phê duyệt|phát)"),
    "issued_after": ("right", r"^[^.;\n]{0,120}?(?:được|do)[ ](?:[\w.]+[ ]){0,8}?(?:ban hành|ký|kí|công bố)"),
    "says": ("right", r"^[^.;\n]{0,24}?(?:nêu|nêu rõ|cho biết|ghi rõ|nhấn mạnh|khẳng định|cũng nêu|đặt mục tiêu|yêu cầu)(?!\w)"),
    "this": ("right", r"^[ ](?:này|trên|nói trên|nêu trên)(?!\w)"),
    "takes_effect": ("right", r"^[^.;\n]{0,80}?có hiệu lực"),
    "of_year": ("right", r"^[^.;\n]{0,12}?năm \d{4}"),
    "passive": ("right", r"^[^.;\n]{0,60}?(?:đã|được) (?:sửa đổi|bổ sung|ban hành từ|thay thế)"),
}  # fmt: skip
_COMPILED = {name: (side, re.compile(pattern)) for name, (side, pattern) in _CUES.items()}

_OFFICIAL_LINE = re.compile(
    r"(?m)^[*#| ]{0,4}(?:Điều \d+|Chương [IVX]+|Căn cứ |[a-zđ]\) |\d{1,2}\. |- Căn cứ |Nơi nhận"
    r"|CỘNG H(?:ÒA|OÀ) XÃ HỘI|QUYẾT ĐỊNH|NGHỊ ĐỊNH|THÔNG TƯ|NGHỊ QUYẾT|Số:)"
)
_OFFICIAL_HEAD = re.compile(
    r"(?m)^[*#| ]{0,4}(?:CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|THÔNG TIN VĂN BẢN"
    r"|(?:QUYẾT ĐỊNH|NGHỊ ĐỊNH|THÔNG TƯ|NGHỊ QUYẾT|CHỈ THỊ|KẾ HOẠCH|CÔNG ĐIỆN|THÔNG BÁO):?[* ]{0,3}$)"
)
_SELF = re.compile(r"(?:Nghị định|Thông tư|Quyết định|Nghị quyết|Luật|Pháp lệnh|Quy chế|Kế hoạch"
                   r"|Chỉ thị|Thông tư liên tịch|Quy định|Chương trình|Điều|Khoản) này(?!\w)")  # fmt: skip


def is_official(text: str) -> bool:
    """Whether a text is a document itself, not a report of one.

    >>> is_official("Căn cứ Luật Đất đai;\\nĐiều 1. Phê duyệt\\n1. Mục tiêu\\nĐiều 2. Tổ chức\\n")
    True
    """
    if _OFFICIAL_HEAD.search(text):
        return True
    lines = text.count("\n") + 1
    marks = len(_OFFICIAL_LINE.findall(text)) + len(_SELF.findall(text))
    return marks >= 3 and marks >= 0.08 * lines


_HEAD = re.compile(
    r"(?:^|\n)[^\n]{0,60}?(?:Số|Số hiệu|Số ký hiệu(?: gốc)?|Số/ký hiệu)\s?[:|]\s{0,2}(?:Số: )?$"
)
_DMY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d{2})(?!\d)|(\d{1,2}) tháng (\d{1,2}) năm ((?:19|20)\d{2})")  # fmt: skip
RECENT_DAYS = 14
OLD_DAYS = 60


@dataclass(frozen=True)
class Frame:
    """What of an article every document of it is seen against."""

    official: bool
    anchor: date | None
    folded_title: str

    @classmethod
    def of(cls, article: Article) -> Frame:
        """Official or not, the day to compare with (publication, else the latest in the text)."""
        return cls(
            is_official(article.text),
            article.published or max(dates_in(article.text), default=None),
            fold(article.title or ""),
        )


def dates_in(text: str) -> list[date]:
    """Full dates of a text: 24/12/2021, 24-12-2021, 24 tháng 12 năm 2021.

    >>> dates_in("ngày 24/12/2021 và ngày 01 tháng 3 năm 2022")
    [datetime.date(2021, 12, 24), datetime.date(2022, 3, 1)]
    """
    found = []
    for match in _DMY.finditer(text):
        d, m, y = (int(g) for g in match.groups() if g)
        if 1 <= m <= 12 and 1 <= d <= 31:
            try:
                found.append(date(y, m, d))
            except ValueError:
                continue
    return found


def cues(article: Article, folded: str, start: int, end: int) -> set[str]:
    """Names of the cues around ``article.text[start:end]`` (a type word with its number).

    ``folded`` is :func:`fold` of the article's text.
    """
    sentence = article.sentence_of(start)
    first, last = article.sentences[sentence] if article.sentences else (0, len(folded))
    line = folded.rfind("\n", 0, start) + 1
    left = folded[max(min(first, start), line, start - _LEFT) : start]
    right = folded[end : min(max(last, end), end + _RIGHT)]
    clause = re.split(r"[;:]|,[ ](?:trong đó|theo đó|đồng thời)", left)[-1]
    sides = {"left": left, "near": clause, "right": right}
    found = {name for name, (side, cue) in _COMPILED.items() if cue.search(sides[side])}
    if _HEAD.search(article.text[max(0, start - 80) : start]):
        found.add("head")
    if start - line <= 6 and not folded[line:start].strip(" -*#|"):
        found.add("line_start")
        if start < 40:
            found.add("text_start")
    return found
