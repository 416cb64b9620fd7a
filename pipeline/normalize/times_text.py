"""Spelling of time expressions made plain before they are read: case, dashes, numerals.

Works on one surface form; offsets are not kept. Months that have names of their own
(giêng, chạp) stay as they are: they are lunar, and :mod:`pipeline.normalize.times_lunar`
reads them.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.text import new_tone

MAX_LENGTH = 300  # a longer "time expression" is a tagging fault

_DASH = re.compile(r"[\u2010-\u2015\u2212]")
_QUOTE = re.compile(r"[\"“”„‘’'`|\[\]…]|\.{2,}")
_ZONE = re.compile(r"\(?\b(?:gmt|utc) ?\+ ?0?7\b\)?")
_IN_BRACKETS_AGAIN = re.compile(r"(\d{1,3}) ?\( ?0?\d{1,3} ?\)")  # "30 (ba mươi) ngày"

_DIGITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_DIGIT = "một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín"
_NUMERAL = re.compile(
    rf"""(?x) (?<!\w)
    (?:(?P<hundreds>{_DIGIT})[ ]trăm (?:[ ](?:linh|lẻ))? [ ]?)?      # "một trăm tám mươi"
    (?: (?P<tens>hai|ba|bốn|tư|năm|sáu|bảy|bẩy|tám|chín)[ ]mươi
        (?:[ ](?P<of_tens>một|mốt|hai|ba|bốn|tư|lăm|nhăm|sáu|bảy|bẩy|tám|chín))?   # "ba mươi mốt"
      | (?P<ten>mười)(?:[ ](?P<of_ten>một|hai|ba|bốn|lăm|sáu|bảy|bẩy|tám|chín))?   # "mười lăm"
      | (?P<one>{_DIGIT}) )?
    (?!\w)"""
)
# A number word is a number only beside a unit: "ba tháng", "tháng ba", "thứ tư", but "tư pháp".
_UNIT_AFTER = re.compile(r" ?\)?,? ?(?:\(\d+\) )?(?:ngày|tuần|tháng|quý|năm|giờ|phút|thập)\b")
_UNIT_BEFORE = re.compile(r"(?:ngày|mùng|tháng|quý|thứ|rằm|mươi|và|đến|,|\() ?$")
_COUNTABLE_AFTER_FIVE = re.compile(r"\)? (?:\(\d+\) )?(?:ngày|tháng|tuần|giờ|năm\b(?! \d))")
# "10 tháng năm nay", "tháng năm 2023": the noun; "tháng năm": May
_YEAR_BEHIND = re.compile(r" ?\d| (?:nay|này|ngoái|trước|qua|sau|tới)\b")
_ONCE = re.compile(r" (?:lần|vài)\b")


def _value(match: re.Match[str]) -> int:
    group = match.groupdict()
    value = 100 * _DIGITS.get(group["hundreds"] or "", 0)
    value += 10 * _DIGITS.get(group["tens"] or "", 0) + _DIGITS.get(group["of_tens"] or "", 0)
    value += (10 if group["ten"] else 0) + _DIGITS.get(group["of_ten"] or "", 0)
    return value + _DIGITS.get(group["one"] or "", 0)


def _numeral(match: re.Match[str]) -> str:
    word, text = match.group(), match.string
    if not word.strip():
        return word
    before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() :]
    if _ONCE.match(after):
        return word  # "sáu tháng một lần", "một vài ngày"
    if word == "năm":  # five, or the noun "year"
        named = re.search(r"(?:thứ|tháng) $", before) and not _YEAR_BEHIND.match(after)
        if not named and not (
            _COUNTABLE_AFTER_FIVE.match(after) and not re.search(r"\d ?$|(?:tháng|quý) $", before)
        ):
            return word
    elif not (_UNIT_AFTER.match(after) or _UNIT_BEFORE.search(before)):
        return word
    tail = " " if word.endswith(" ") else ""
    return str(_value(match)) + tail


def plain(text: str) -> str:
    """Lower case, one kind of dash and space, numerals in digits, no quotes or brackets.

    >>> plain("Trong thời hạn ba mươi (30) ngày")
    'trong thời hạn 30 ngày'
    >>> plain("QUÍ III/2024 – Thứ Tư")
    'quý iii/2024 - thứ 4'
    """
    out = new_tone(unicodedata.normalize("NFC", text[:MAX_LENGTH])).lower()
    out = _DASH.sub("-", _QUOTE.sub(" ", _ZONE.sub(" ", out)))
    out = re.sub(r"\s+", " ", out)
    out = re.sub(r"(?<=\d)o(?=\d)", "0", re.sub(r"(?<=\d)l(?=\d)", "1", out))  # scanned "2O20"
    out = re.sub(r"\bquí\b", "quý", out)
    out = re.sub(r"\bm[ồù]ng\b", "mùng", out)
    out = re.sub(r"\bhàng (?=ngày|tuần|tháng|quý|năm)", "hằng ", out)
    out = re.sub(r"\bk[ểếêe] từ\b", "kể từ", out)  # "kế từ": a common scanning fault
    out = re.sub(r"\bg[iỉ]?ữa\b", "giữa", out)
    out = _NUMERAL.sub(_numeral, out)
    out = _IN_BRACKETS_AGAIN.sub(r"\1", out)
    out = re.sub(r" ?\( ?", ", ", out)
    out = re.sub(r" ?\) ?", " ", out)
    return re.sub(r" {2,}", " ", out).strip(" ,.;:-")
