"""Agencies in a sentence: which stand together, and what part the words around give them.

"giao Sở Nội vụ chủ trì, phối hợp với Sở Tài chính báo cáo UBND tỉnh" has three groups:
one told to act, one that supports, one that only receives the report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pipeline.article import Article
from pipeline.labels import Label


class Role(StrEnum):
    """What the wording makes of a group of agencies."""

    TOLD = "told"  # "yêu cầu X", "giao X", "X phải", "X chủ trì"
    ACTS = "acts"  # opens its sentence or line and a verb follows
    SUPPORTS = "supports"  # "phối hợp với X"
    RECEIVES = "receives"  # "báo cáo X", "gửi X", "trình X"
    SPEAKS = "speaks"  # "X yêu cầu", "X vừa ban hành", "theo X"
    OWNS = "owns"  # "của X", "thuộc X"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """Coordinated agencies: "các sở, ngành; UBND các huyện". ``spans`` are indices."""

    spans: tuple[int, ...]
    start: int
    end: int
    role: Role


def _any(phrases: str) -> str:
    """Phrases parted by "|" over several lines, longest first."""
    listed = [p.strip() for p in phrases.split("|") if p.strip()]
    return "(?:" + "|".join(sorted(listed, key=len, reverse=True)) + ")"


# A person's office before the organ: "Chủ tịch UBND tỉnh", "các đồng chí Giám đốc Sở …".
_TITLE = (
    r"(?:(?:tất cả|các|những|hai|các cơ quan như|các đơn vị như)[ :]{1,2})?"
    r"(?:(?:các |đồng chí |ông |bà )?"
    + _any(
        """chủ tịch|giám đốc|thủ trưởng|bộ trưởng|người đứng đầu|lãnh đạo|bí thư|trưởng
        |thứ trưởng|phó chủ tịch|phó giám đốc|tổng giám đốc|cục trưởng|chánh|đại diện"""
    )
    + r"[ ](?:đạo )?)?"
)
_ASIDE = r"(?:\([^()\n]{1,60}\))"

# Between members: signs, "và", an acronym in parentheses, a title ("Chủ tịch UBND …").
_JOIN = re.compile(
    rf"[ ]{{0,2}}{_ASIDE}?[ ]{{0,2}}(?:[,;]|và|cùng|hoặc|[,;] và)[ ]{{0,2}}{_TITLE}",
    re.IGNORECASE,
)

# "yêu cầu Sở Nội vụ", "giao cho Giám đốc Sở Y tế", "đề án do Sở Tư pháp chủ trì"
_TOLD_LEFT = re.compile(
    "(?i)"
    + _any(
        """yêu cầu|đề nghị|giao|giao cho|giao nhiệm vụ cho|chỉ đạo|phân công|đôn đốc|nhắc nhở
        |quán triệt|kiến nghị|lưu ý|ủy quyền cho|đối với|cho phép|tới|do"""
    )
    + rf"[ :,]{{1,2}}{_TITLE}$"
)
# "phối hợp với Sở Tài chính", "cùng với Bộ Công an"
_SUPPORT_LEFT = re.compile(
    "(?i)"
    + _any(
        """phối hợp|phối hợp với|phối hợp cùng|phối hợp chặt chẽ với|phối hợp đồng bộ với
        |cùng với|cùng|tham gia của|hướng dẫn|hỗ trợ|giúp|tham mưu cho"""
    )
    + rf"[ ]{_TITLE}$"
)
# "báo cáo UBND tỉnh", "gửi về Sở Nội vụ", "trình HĐND", "qua Văn phòng UBND"
_RECEIVE_LEFT = re.compile(
    "(?i)"
    + _any(
        """báo cáo|báo cáo kết quả|báo cáo kết quả về|báo cáo bằng văn bản cho|báo cáo về
        |báo cáo cho|báo cáo với|báo cáo lên|gửi|gửi về|gửi đến|gửi cho|gửi tới|trình|trình lên
        |tham mưu|tham mưu trình|tham mưu, báo cáo|tham mưu, đề xuất|đề xuất|về|qua
        |thông qua|xin ý kiến|kính gửi|kính gửi:|nộp|nộp về|nộp cho|xin"""
    )
    + rf"[ ]{_TITLE}$"
)
# "của UBND tỉnh", "tại Sở Nội vụ", "thuộc Bộ Y tế", "theo Bộ Tài chính"
_OWNER_LEFT = re.compile(
    "(?i)"
    + _any(
        """của|thuộc|tại|ở|trực thuộc|trên|trong|từ|giữa|với|bởi|nghị quyết|thành viên
        |theo"""
    )
    + rf"[ ]{_TITLE}$"
)
# "UBND tỉnh vừa ban hành", "Bộ Y tế cũng yêu cầu", "Sở Nội vụ cho biết"
_SPEAK_RIGHT = re.compile(
    rf"(?i)[ ,]{{0,2}}(?:{_ASIDE} )?"
    r"(?:(?:cũng|đã|vừa|mới|tiếp tục|đang|có) ){0,3}"
    + _any(
        """yêu cầu|đề nghị|giao|chỉ đạo|ban hành|công bố|cho biết|cho hay|thông báo
        |ký|kiến nghị|đề xuất|quyết định|văn bản|công văn|thống nhất|phê duyệt|nhấn mạnh
        |khẳng định|nhận định|đánh giá|lưu ý|tổ chức|họp|phân công|đôn đốc|nêu|thông tin về
        |phát đi|giải thích|hướng dẫn"""
    )
    + r"(?![^\W_])"
)
# "Sở Nội vụ chủ trì", "các sở, ngành khẩn trương …", "UBND các xã:"
_TOLD_RIGHT = re.compile(
    rf"(?i)[ ,]{{0,2}}(?:{_ASIDE} )?"
    r"(?:(?:cũng|sẽ|cần|phải|tiếp tục|khẩn trương|chủ động|tập trung) ){0,3}"
    + _any(
        """chủ trì|chịu trách nhiệm|có trách nhiệm|có nhiệm vụ|phải|cần|sẽ|khẩn trương|chủ động
        |rà soát|phối hợp|tổ chức thực hiện|triển khai|tăng cường|nghiên cứu|hoàn thiện
        |hoàn thành|xây dựng|tham mưu|báo cáo|tập trung|thực hiện|tiếp tục|căn cứ|hướng dẫn
        |theo dõi|đẩy nhanh|kiểm tra|bố trí|đề xuất nhu cầu|trình|làm đầu mối|được giao
        |được phân công|được yêu cầu|đặt mục tiêu|cam kết|đặt kế hoạch|phấn đấu|dự kiến
        |là cơ quan"""
    )
    + rf"(?![^\W_])|[ ]?{_ASIDE}?[ ]?:"
)
# Opens its sentence or list item: "- Sở Nội vụ …", "a) Sở Nội vụ …", "Ngoài ra, Bộ Y tế …"
_OPENS = re.compile(
    r"(?i)(?:^|[\n.!?;“\"])[ ]?"
    r"(?:[-–+•*●][ ]?|\(?[a-zđ0-9]{1,3}[.)][ ]?|\d{1,2}\.\d{1,2}\.?[ ]?)?"
    + "(?:"
    + _any(
        """riêng|bên cạnh đó|ngoài ra|đồng thời|cùng với đó|cụ thể|trong đó|theo đó|cùng đó
        |giao|đặc biệt|tiếp đó|mặt khác"""
    )
    + rf"[,:]?[ ])?{_TITLE}$"
)


@lru_cache(maxsize=2)
def groups(article: Article) -> tuple[Group, ...]:
    """Groups of coordinated agencies in text order.

    Kept for the article in hand: links, their features and assignments all ask for them.

    >>> from pipeline.article import Span
    >>> text = "Giao Sở Nội vụ phối hợp với Sở Tư pháp báo cáo."
    >>> spans = (Span(Label.AGENCY, 5, 14), Span(Label.AGENCY, 28, 38))
    >>> [g.role.value for g in groups(Article(text, spans, ((0, len(text)),)))]
    ['told', 'supports']
    """
    out: list[list[int]] = []
    for i in article.of(Label.AGENCY):
        if out:
            last = article.spans[out[-1][-1]]
            if _JOIN.fullmatch(article.text, last.end, article.spans[i].start):
                out[-1].append(i)
                continue
        out.append([i])
    return tuple(_group(article, members) for members in out)


def _group(article: Article, members: list[int]) -> Group:
    start, end = article.spans[members[0]].start, article.spans[members[-1]].end
    return Group(tuple(members), start, end, _role(article.text, start, end))


def _role(text: str, start: int, end: int) -> Role:
    left, right = text[max(0, start - 70) : start], text[end : end + 90]
    if _SUPPORT_LEFT.search(left):
        return Role.SUPPORTS
    told_right = bool(_TOLD_RIGHT.match(right))
    if _TOLD_LEFT.search(left):
        return Role.TOLD
    if _RECEIVE_LEFT.search(left):
        return Role.RECEIVES
    if _SPEAK_RIGHT.match(right) and not told_right:
        return Role.SPEAKS
    if _OWNER_LEFT.search(left):
        return Role.OWNS
    if _OPENS.search(left):
        return Role.TOLD if told_right else Role.ACTS
    return Role.TOLD if told_right else Role.OTHER
