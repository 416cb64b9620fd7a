"""What the words around a document's name say about it: cues of role, as named features.

News reports a document as issued now ("UBND tỉnh vừa ban hành Kế hoạch số …", "Đây là
nội dung trong công văn …") or refers to one that stands ("theo Nghị định …", "căn cứ",
"sửa đổi, bổ sung"). The patterns are rows of ``data/doc_cues.jsonl``, each with an example
in which brackets mark the document's name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.normalize.doc_symbols import data_rows, fold

_LEFT = 160
_RIGHT = 260
_CLAUSE = re.compile(r"[;:]|, (?:trong đó|theo đó|đồng thời) ")

ISSUING = frozenset({"issue_verb", "sign_verb", "have_verb", "send_verb", "just_direct"})


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (row["name"], row["side"], re.compile(row["pattern"]))
        for row in data_rows("doc_cues.jsonl")
    )


_HEAD = re.compile(
    # "Số: 06/2026/TT-BNV" on a line of its own, "| Số hiệu | …", "- Số ký hiệu: …"
    r"(?:^|\n)[^\n\w]{0,6}(?:Số|Số hiệu|Số ký hiệu(?: gốc)?|Số/ký hiệu|Ký hiệu)\s?[:|]\s{0,2}"
    r"(?:Số:? )?$"
)


@dataclass(frozen=True)
class Frame:
    """What of an article every document of it is seen against.

    ``anchor`` is the day to compare with: publication, else the latest full date in the
    text. ``folded`` is :func:`~pipeline.normalize.doc_symbols.fold` of the text.
    """

    article: Article
    folded: str
    official: bool
    anchor: date | None
    title: str

    @classmethod
    def of(cls, article: Article) -> Frame:
        """The frame of an article."""
        return cls(
            article=article,
            folded=fold(article.text),
            official=is_official(article.text),
            anchor=article.published or max(dates_in(article.text), default=None),
            title=fold(article.title or ""),
        )


_OFFICIAL_HEAD = re.compile(
    r"(?m)^[*#| ]{0,4}(?:CỘNG H(?:ÒA|OÀ) XÃ HỘI CHỦ NGHĨA VIỆT NAM|THÔNG TIN VĂN BẢN"
    r"|(?:QUYẾT ĐỊNH|NGHỊ ĐỊNH|THÔNG TƯ|NGHỊ QUYẾT|CHỈ THỊ|KẾ HOẠCH|CÔNG ĐIỆN|THÔNG BÁO)"
    r":?[* ]{0,3}$)"
)
_OFFICIAL_LINE = re.compile(
    r"(?m)^[*#| ]{0,4}(?:Điều \d{1,3}[.:]|Chương [IVX]{1,5}|Căn cứ |[a-zđ]\) |\d{1,2}\. "
    r"|- Căn cứ |Nơi nhận)"
)
_SELF = re.compile(
    r"(?:Nghị định|Thông tư|Quyết định|Nghị quyết|Luật|Pháp lệnh|Quy chế|Kế hoạch|Chỉ thị"
    r"|Thông tư liên tịch|Quy định|Chương trình|Điều|Khoản) này(?!\w)"
)


def is_official(text: str) -> bool:
    """Whether a text is a document itself, not a report of one.

    By its national motto or its type in a line of its own, else by the share of lines in
    the form of articles, points and legal grounds.

    >>> is_official("Căn cứ Luật Đất đai;\\nĐiều 1. Phê duyệt\\n1. Mục tiêu\\nĐiều 2. Tổ chức\\n")
    True
    >>> is_official("UBND tỉnh vừa ban hành kế hoạch.\\nTheo đó, các xã rà soát hộ nghèo.")
    False
    """
    if _OFFICIAL_HEAD.search(text):
        return True
    lines = text.count("\n") + 1
    marks = len(_OFFICIAL_LINE.findall(text)) + len(_SELF.findall(text))
    return marks >= 3 and marks >= 0.08 * lines


_DMY = re.compile(
    r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d{2})(?!\d)"
    r"|(?<!\d)(\d{1,2}) tháng (\d{1,2}) năm ((?:19|20)\d{2})(?!\d)"
)


def dates_in(text: str) -> list[date]:
    """Full dates of a text: 24/12/2021, 24-12-2021, 24 tháng 12 năm 2021.

    >>> dates_in("ngày 24/12/2021 và ngày 01 tháng 3 năm 2022")
    [datetime.date(2021, 12, 24), datetime.date(2022, 3, 1)]
    """
    found = []
    for match in _DMY.finditer(text):
        day, month, year = (int(group) for group in match.groups() if group)
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


_DAY = re.compile(
    r"(?:ngày|hôm|sáng|chiều|tối|trưa) ?\(?(?P<d>\d{1,2}) ?(?:[/.-]|tháng) ?(?P<m>\d{1,2})(?!\d)"
)


def day_in(text: str, anchor: date | None, year: int | None = None) -> date | None:
    """The first day of a short text; a missing year is ``year``, else the anchor's.

    A day that would lie after the anchor is taken from the year before.

    >>> day_in("ngày 28/12 của", date(2022, 1, 5))
    datetime.date(2021, 12, 28)
    """
    full = dates_in(text)
    if full:
        return full[0]
    found = _DAY.search(text)
    at = year or (anchor.year if anchor else None)
    if not found or not at:
        return None
    try:
        day = date(at, int(found["m"]), int(found["d"]))
        return day.replace(year=at - 1) if anchor and not year and day > anchor else day
    except ValueError:
        return None


def cues(frame: Frame, start: int, end: int) -> set[str]:
    """Names of the cues around ``text[start:end]``, a document's name with its number."""
    article, folded = frame.article, frame.folded
    first, last = _sentence(article, start)
    line = folded.rfind("\n", 0, start) + 1
    begin = max(min(first, start), line, start - _LEFT)
    left = folded[begin:start]
    clause = _CLAUSE.split(left)[-1]
    stop = max(last, end)
    sides = {
        "left": left,
        "near": clause,
        "right": folded[end : min(stop, end + _RIGHT)],
        "next": folded[stop : stop + 80].lstrip(' \n.-“”"'),
    }
    found = {name for name, side, cue in _compiled() if cue.search(sides[side])}
    if _HEAD.search(article.text[max(0, start - 60) : start]):
        found.add("head")
    if start - line <= 6 and not folded[line:start].strip(" -*#|"):
        found.add("line_start")
        if start < 40:
            found.add("text_start")
    near = clause.rfind(";") + 1 + start - len(clause)
    if _agency_in(article, near, start):
        found.add("agency_before")
    if _agency_in(article, end, min(stop, end + 80)):
        found.add("agency_after")
    return found


def _agency_in(article: Article, start: int, end: int) -> bool:
    """Whether an agency begins between two offsets. Spans don't overlap, so one that begins
    before a document's name ends before it, too."""
    first = bisect_left(article.spans, start, key=lambda span: span.start)
    last = bisect_left(article.spans, end, lo=first, key=lambda span: span.start)
    return any(span.label is Label.AGENCY for span in article.spans[first:last])


def _sentence(article: Article, offset: int) -> tuple[int, int]:
    if not article.sentences:
        return 0, len(article.text)
    return article.sentences[article.sentence_of(offset)]
