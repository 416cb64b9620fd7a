"""Figures that name a day or a month of no calendar: "ngày 32/1/2024", "31/2 hằng năm".

Told before anything is read: what is left of such a date when its day is passed over
("1/2024") would be a wrong value without a warning. Ranges are no dates: the figures of
"10-12/6", "9-11/2024" and "2021-2025" may be two days, two months, two years.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable

from pipeline.normalize.times_tails import YEAR

_DATE = re.compile(
    rf"""(?x)
    # "32-1-2024", "0.1.2024", "32 tháng 1 năm 2024"; but in "15-20/6/2024" the days are two
    (?<![\d/.])(?:(?<!-)|(?=\d{{1,2}}[ ]?[/.]))
    (?P<d>\d{{1,2}}) (?: [ ]?(?P<s>[/.\-])[ ]? (?P<m>\d{{1,2}}) [ ]?(?P=s)[ ]?
                       | ,?[ ]tháng[ ](?P<m1>\d{{1,2}})[ ]năm[ ] ) {YEAR}(?!\d)
    # "2024-06-32"
  | (?<![\d/.\-]){YEAR}(?P<s2>[/.\-])(?P<m2>\d{{1,2}})(?P=s2)(?P<d2>\d{{1,2}})(?!\d)
    # "ngày 32/1", "ngày 12 tháng 13", but not a number of hundreds: "1.300"
  | \bngày[ ](?P<d3>\d{{1,2}})(?:[ ]?[/.][ ]?|,?[ ]tháng[ ])(?P<m3>\d{{1,2}})(?!\d)"""
)
# Without "ngày" or one separator and a year only the whole expression tells a date from a share.
_LEAD = r"(?:ngày|từ|đến|tới|trước|hết|sau|sáng|trưa|chiều|tối|chậm[ ]nhất)[ ]"
_WHOLE = re.compile(
    rf"""(?x) ^ (?:
        (?:{_LEAD}){{0,4}} (?P<d>\d{{1,2}})(?P<s>[/.\-])(?P<m>\d{{1,2}})
        (?: (?P=s)\d\d | [ ]?[/.\-][ ]?{YEAR} | [ ]năm[ ]{YEAR} )
      | (?:{_LEAD}){{1,4}} (?P<d1>\d{{1,2}})/(?P<m1>\d{{1,2}}) )
    (?= $ | [ ](?:hằng|mỗi)[ ]năm )"""
)
# "ngày 32-1", "ngày 0-1 hằng năm": neither a day and its month nor two days
_PAIR = re.compile(r"\bngày (?P<d>\d{1,2}) ?- ?(?P<d2>\d{1,2})(?!\d)")
# A month; no rest of a length of time ("6 tháng 15 ngày")
_MONTH = re.compile(r"(?<!\d )\btháng (?P<m>\d{1,2})(?= ?$|[/,;-]| năm | hằng | đến )")
# For a duty that comes again each month: "ngày 32", "ngày 0"
_DAY = re.compile(r"(?<!\d )\bngày (?P<d>\d{1,2})(?= ?$| ?,| (?:và|đến|của|tháng) )")


def names_no_day(words: str) -> bool:
    """Whether the figures of plain ``words`` name a day or month that no calendar has.

    >>> names_no_day("trước ngày 0-1-2024"), names_no_day("ngày 12-1-2024")
    (True, False)
    >>> names_no_day("ngày 15-20/6/2024"), names_no_day("đến 50/63 tỉnh")
    (False, False)
    """
    for pattern in (_DATE, _WHOLE, _PAIR, _MONTH):
        for found in pattern.finditer(words):
            figures = [(name, int(text)) for name, text in found.groupdict().items()
                       if text and name[0] in "dm"]  # fmt: skip
            if any(not 1 <= n <= (31 if name[0] == "d" else 12) for name, n in figures):
                return True
    return False


def repeats_no_day(words: str) -> bool:
    """Whether ``words`` beside "hằng tháng" name a day that no month has.

    >>> repeats_no_day("trước ngày 32"), repeats_no_day("ngày 31")
    (True, False)
    """
    return any(not 1 <= int(found["d"]) <= 31 for found in _DAY.finditer(words))


def never(day: int, months: Iterable[int]) -> bool:
    """Whether none of the months, of any month where none is named, has the day.

    >>> never(31, [2, 4]), never(31, [3, 6]), never(29, [2]), never(31, [])
    (True, False, False, False)
    """
    lengths = [monthrange(2024, month)[1] for month in months]  # a leap year
    return day > max(lengths, default=31)
