"""What may stand before a calendar unit and means nothing, and what behind it gives its year."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.normalize.times_lunar import CYCLE_YEAR
from pipeline.normalize.times_types import Piece

YEAR = r"(?:1[89]|20|21)\d\d"

# Words that may stand before a unit and say nothing about which days are meant.
FILLER = re.compile(
    r"""(?x) (?: (?: vào | trong | lúc | hồi | khoảng | ngay | dịp | nhân | kỳ | đợt | thời[ ]điểm
      | thời[ ]kỳ | thời[ ]hạn | tuần(?=[ ](?:từ|\d)) | trước[ ]đó
      | ngày(?=[ ](?:thứ|chủ|lễ|nghỉ|(?:đầu|cuối)[ ](?:tháng|năm))) | những(?![ ]năm[ ]\d{1,3}0)
      | trước(?=[ ](?:tới|đến)[ ]nay) | giai[ ]đoạn | nhiệm[ ]kỳ | khóa | niên[ ]độ | niên[ ]khóa
      | niên[ ]hạn | các | của | là | lễ | nghỉ | suốt | cả | toàn | tức | thời[ ]gian | hạn
      | quy[ ]hoạch | rạng | sớm | sáng | trưa | chiều | tối | đêm | khuya | đầu[ ]giờ | cuối[ ]giờ
      | giờ | mới | buổi | xong | vòng | phiên | hội | ngân[ ]sách | tài[ ]chính
      | kế[ ]hoạch | âm[ ]lịch
      | \d{1,2}[ ]năm(?=[ ,]{1,3}(?:\d{4}[ ]?(?:-|,|và)|giai))      # "3 năm 2023-2025"
      | dương[ ]lịch (?=,) ) \b [ ,]{0,4} | [,;:][ ]? )"""
)

REL_YEAR = {
    "nay": 0, "này": 0, "hiện tại": 0, "ngoái": -1, "trước": -1, "qua": -1, "vừa qua": -1,
    "rồi": -1, "vừa rồi": -1, "kia": -2, "sau": 1, "tới": 1, "kế tiếp": 1, "tiếp theo": 1,
    "trước đó": None, "đó": None, "ấy": None, "báo cáo": None, "học đó": None, "sau đó": None,
    "liền kề": None, "trước liền kề": None, "liền trước": None, "sau liền kề": None,
    "kế hoạch": None, "tiếp sau": None,
}  # fmt: skip
REL = "|".join(sorted(REL_YEAR, key=len, reverse=True)).replace(" ", "[ ]")
_CYCLE = CYCLE_YEAR.replace(" ", "[ ]")  # for verbose patterns

_YEAR_TAIL = re.compile(
    rf"""(?x) (?:
        ,? [ ]? (?:của[ ]|trong[ ]|thuộc[ ])? năm[ ](?:học[ ]|mới[ ])?
        (?P<y1>{YEAR}) (?!\d|[ ]?-[ ]?\d)
      | [ ]? [/.\-] [ ]? (?P<y2>{YEAR}) (?![\d/]|[.\-]\d)
      | ,? [ ] (?P<y3>{YEAR}) (?!\d|[ ]?[./\-][ ]?\d)
      | / (?P<yy>[1-9]\d) (?![\d/])
      | ,? [ ] (?:của[ ]|trong[ ])? năm[ ] (?P<rel>{REL}) \b
      | ,? [ ] (?:của[ ])? năm[ ] (?P<odd>có[ ]\w+)          # "ngày 1/10 năm có biến động giá"
      | ,? [ ] (?:năm[ ])? (?P<cycle>{_CYCLE}) \b (?: ,?[ ]?(?:năm[ ])?(?P<y4>{YEAR})\b )?
    )"""
)
_NEAR_TAIL = re.compile(
    r" (?:(?P<past>vừa qua|vừa rồi|qua|rồi|trước đó)|(?P<next>sắp tới|tới đây|tới|sau)"
    r"|(?P<this>này|nay))\b(?! (?:khi|ngày|năm|tháng|\d))"
)
_LUNAR_TAIL = re.compile(r",? (?:theo )?(?:\(?âm lịch|al\b|âm\b)")
_SOLAR_TAIL = re.compile(r",? (?:theo )?dương lịch")


def read_tails(piece: Piece, text: str, at: int) -> tuple[Piece, int]:
    """What stands behind a unit: the kind of calendar, the year, the direction."""
    if piece.unit in ("day", "month") and piece.month is not None:
        if match := _LUNAR_TAIL.match(text, at):
            piece, at = replace(piece, lunar=True), match.end()
        elif match := _SOLAR_TAIL.match(text, at):
            at = match.end()
    if piece.year is None and not piece.dated and (match := _YEAR_TAIL.match(text, at)):
        g = match.groupdict()
        year = next((g[k] for k in ("y1", "y2", "y3", "y4") if g[k]), None)
        if year:
            return _lunar_after(replace(piece, year=int(year)), text, match.end())
        if g["yy"] and piece.unit in ("month", "quarter", "day"):
            return replace(piece, year=2000 + int(g["yy"])), match.end()
        if g["rel"]:
            rel = REL_YEAR[g["rel"]]
            return replace(piece, year_rel=rel, year_unknown=rel is None), match.end()
        if g["odd"]:
            return replace(piece, year_unknown=True), len(text)
        if g["cycle"]:
            return replace(piece, cycle=g["cycle"]), match.end()
    if not piece.dated and (match := _NEAR_TAIL.match(text, at)):
        direction = -1 if match["past"] else 1 if match["next"] else 0
        return replace(piece, direction=direction), match.end()
    return piece, at


def _lunar_after(piece: Piece, text: str, at: int) -> tuple[Piece, int]:
    if piece.unit == "day" and (match := _LUNAR_TAIL.match(text, at)):
        return replace(piece, lunar=True), match.end()
    return piece, at
