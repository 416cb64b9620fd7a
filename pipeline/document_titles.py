"""The title of a document, from the words after its name."""

from __future__ import annotations

import re

from pipeline.article import Article

_MAX = 300
# What may stand between a number and its title: date, issuer, addressee.
_LEAD = re.compile(
    r"""(?x) ^ [\s,|)"”]{0,3}
    (?: [^.;\n“"]{0,160}? (?<!\w) )??
    (?: (?P<about> về[ ]việc | v/v | về )[ :]+(?!phía|cơ[ ]bản)
      | (?P<verb> phê[ ]duyệt | quy[ ]định | hướng[ ]dẫn | ban[ ]hành | sửa[ ]đổi,[ ]bổ[ ]sung | triển[ ]khai
          | thực[ ]hiện | yêu[ ]cầu | đề[ ]nghị | kết[ ]luận | truyền[ ]đạt | tăng[ ]cường | thành[ ]lập | điều[ ]chỉnh
          | công[ ]nhận | chỉ[ ]đạo | đôn[ ]đốc | hỗ[ ]trợ | bãi[ ]bỏ | góp[ ]ý | báo[ ]cáo | công[ ]bố ) (?!\w)
      | [“"] (?P<quoted> [^”"\n]{4,300} ) [”"] )
    """
)
_STOP = re.compile(
    r"[.;\n](?=\s|$)|\s[-–—]\s(?=[A-ZĐ])|[.!?]$|,\s(?:theo đó|trong đó|nhằm|vừa được)(?!\w)|\s\(?(?:Ảnh|ảnh):|\s\|"
)


def title_after(article: Article, end: int) -> str | None:
    """The title that follows a document's name at ``end``, or None where none is given.

    "về việc …", "về …" without those words; "phê duyệt …" and the like with the verb; a
    quoted title without its quotes.
    """
    text = article.text
    line = text.find("\n", end)
    after = text[end : line if line >= 0 else len(text)][: _MAX * 2]
    found = _LEAD.match(after)
    if not found:
        return None
    if found["quoted"]:
        return found["quoted"].strip()
    begin = found.end("about") if found["about"] else found.start("verb")
    rest = after[begin:]
    stop = _STOP.search(rest)
    title = rest[: stop.start() if stop else len(rest)].strip(' ,:|*"“”')
    return title[:_MAX].rstrip() or None
