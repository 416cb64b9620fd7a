"""The publication date that a page carries in a line of its own near its top."""

from __future__ import annotations

import re
from datetime import date

# "Thứ Ba, ngày 28 tháng 6 năm 2022", "Thứ Sáu, 31/03/2023, 07:10 [GMT+7]", "12/05/2022 08:00",
# "Cập nhật lúc 08:00, 12/05/2022 (GMT+7)". An official text's "Hà Nội, ngày 1 tháng 8 năm 2023"
# is its date too: Nghị định 30/2020/NĐ-CP, appendix I, box 4.
_LINE = re.compile(
    r"""(?ix) ^[ ]*
    (?:(?:cập[ ]nhật|đăng|xuất[ ]bản|ngày[ ]đăng|đăng[ ]ngày)[ ]?:?[ ]?(?:lúc|ngày)?[ ]?:?[ ]?)?
    (?:\d{1,2}[:hg]\d{2}(?::\d{2})?[ ]?[,|-]?[ ]?)?                      # 08:00,
    (?:(?:thứ[ ](?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ[ ]nhật)[ ]?,?[ ]?)?   # Thứ Ba,
    (?:[^\W\d_][^\W\d_.]{0,12}(?:[ .][^\W\d_]{1,8}){0,3},[ ])?           # Hà Nội,
    (?:ngày[ ]?)?
    (?P<d>\d{1,2}) [ ]?(?:[/.-]|tháng)[ ]? (?P<m>\d{1,2}) [ ]?(?:[/.-]|năm)[ ]? (?P<y>(?:19|20)\d\d)
    (?:[ ]?[,|-]?[ ]?\d{1,2}[:hg]\d{2}(?::\d{2})?)?                      # , 07:10
    (?:[ ]?(?:AM|PM))? (?:[ ]?[\[(]?GMT[ ]?\+?\d{0,2}[\])]?)? [ ]*$""",
    re.MULTILINE,
)
_TOP = 600


def page_date(text: str) -> date | None:
    """The first dateline within the first 600 characters of a cleaned text, if any.

    >>> page_date("Thứ Ba, ngày 28 tháng 6 năm 2022\\n\\nTPHCM: …")
    datetime.date(2022, 6, 28)
    """
    for found in _LINE.finditer(text[:_TOP]):
        try:
            return date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            continue
    return None
