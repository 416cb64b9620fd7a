"""Clock times inside an expression: "17h", "8 giờ 30", "9g30", "07:10", "3 giờ chiều"."""

from __future__ import annotations

import re

_CLOCK = re.compile(
    r"""(?x) (?<![\w/.,\-]) (?:(?:vào[ ])?lúc[ ]|hồi[ ])?
    (?P<h>[01]?\d|2[0-4])
    (?: [ ]?(?:giờ|h|g) (?![^\W\d_])
        (?:[ ]?(?P<m>[0-5]\d)(?![\d/.\-]|[ ]?(?:tháng|ngày[ ]làm)))? (?:[ ]?(?:phút|'|p\b))?
      | :(?P<m2>[0-5]\d)(?::[0-5]\d)? )
    (?![\d]) (?:[ ]?(?P<half>am|pm)\b)? (?=[ ,]*(?P<part>rạng\ sáng|sáng|trưa|chiều|tối|đêm)?)"""
)


def take_clocks(text: str) -> tuple[str, list[str]]:
    """The text without its clock times, and these as HH:MM.

    >>> take_clocks("trước 17h30 ngày 25/5")
    ('trước ngày 25/5', ['17:30'])
    >>> take_clocks("3 giờ chiều 5/9")[1]
    ['15:00']
    """
    clocks: list[str] = []

    def note(match: re.Match[str]) -> str:
        hour, minute = int(match["h"]), match["m"] or match["m2"] or "00"
        afternoon = match["part"] in ("chiều", "tối") or match["half"] == "pm"
        if hour < 12 and (afternoon or (match["part"] == "đêm" and hour >= 9)):
            hour += 12
        if hour == 24 and minute != "00":
            return match.group()
        clocks.append(f"{hour:02d}:{minute}")
        return " "

    rest = " ".join(_CLOCK.sub(note, text).split())
    if clocks:
        rest = re.sub(r"^(?:từ )(?:đến|-) ", "", rest)  # "từ 0 giờ đến 6 giờ 15 ngày 12/4"
        rest = re.sub(r"^- ", "", rest)
    return rest.strip(" ,;.-"), clocks
