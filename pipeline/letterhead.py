"""The letterhead of an official text: its own number, and the body above it.

Nghị định 30/2020/NĐ-CP, appendix I: the issuing body stands top left, under it "Số: …/…".
Scraped texts run the two columns of the head into one line, parted by spaces or a tab.
"""

from __future__ import annotations

import re

from pipeline.article import Article
from pipeline.labels import Label

_HEAD = 600
# "Số:" at the head of a line or of a column, which a tab or two spaces set apart.
_NUMBER_MARK = re.compile(r"(?:(?<=  )|(?<=[\n\t] )|(?<=[\n\t])|^[ ]?)S[ốỐ](?:[ ]hiệu)?[ ]?:[ ]*$")


_TYPES = (
    "CHỈ THỊ|KẾ HOẠCH|QUYẾT ĐỊNH|CÔNG ĐIỆN|NGHỊ QUYẾT|NGHỊ ĐỊNH|THÔNG BÁO|THÔNG TƯ|TỜ TRÌNH"
    "|BÁO CÁO|HƯỚNG DẪN|CHƯƠNG TRÌNH(?: HÀNH ĐỘNG)?|KẾT LUẬN|ĐỀ ÁN|QUY ĐỊNH|QUY CHẾ"
)
_TITLE = re.compile(
    rf"""(?x) (?: ^ | [\n\t] ) [ ]*
    (?: (?:{_TYPES.replace(" ", "[ ]")}) [ ]* \n \s{{0,9}}
        (?: [Vv]ề[ ]việc[ ] | [Vv]/[vV]:?[ ]? | [Vv]ề[ ] )?
      | [Vv]/[vV]:? [ ]? )
    (?P<title> [^\n\t]{{5,300}}? ) [ ]* (?: [ ]{{2}} | [\n\t] | $ )"""
)


def head_title(article: Article) -> str | None:
    """The title under the type's line in capitals, or after "V/v" in a letter's head.

    >>> head_title(Article("CHỈ THỊ\\nVề việc tăng cường phòng cháy\\n\\nNăm qua", (), ()))
    'tăng cường phòng cháy'
    """
    found = _TITLE.search(article.text, 0, 3 * _HEAD)
    return found["title"].strip(" .") if found else None


def letterhead(article: Article) -> tuple[int, int | None] | None:
    """Span indices of the text's own number and of the body that its head names.

    The body is the first agency, if it opens the text; None where it doesn't.

    >>> from pipeline.article import Span
    >>> text = "BỘ NỘI VỤ        CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\\nSố: 2417/BNV-CCHC"
    >>> spans = (Span(Label.AGENCY, 0, 9), Span(Label.DOC_NUMBER, 56, 69))
    >>> letterhead(Article(text, spans, ((0, len(text)),)))
    (1, 0)
    """
    for i in article.of(Label.DOC_NUMBER):
        start = article.spans[i].start
        if start > _HEAD:
            return None
        if _NUMBER_MARK.search(article.text, max(0, start - 60), start):
            first = next(article.of(Label.AGENCY), None)
            if first is None or article.spans[first].start > start:
                return i, None
            opens = not article.text[: article.spans[first].start].strip(" \n\t-–_*|")
            return i, first if opens else None
    return None
