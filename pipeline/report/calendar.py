"""Deadlines as an iCalendar file (RFC 5545): one all-day event for each assignment.

The same records give the same bytes: nothing is taken from the clock.
"""

from __future__ import annotations

import hashlib
import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.__about__ import __version__
from pipeline.report.rows import Row, day, document_name, rows, web_address
from pipeline.schema import Record

_OCTETS = 75  # RFC 5545, 3.1: the longest line, without its break
_SUMMARY = 120  # longer ones are cut by the month views of calendar programs
_YEARS = 5 * 366  # a yearly rule on 29 February comes back within this

# Only what the reader of deadlines writes: nothing else of a file gets into a rule.
_RULE = re.compile(
    r"""
    FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)            # FREQ=MONTHLY;BYMONTHDAY=25
    ((?:;(?:INTERVAL|BYMONTH|BYMONTHDAY|BYDAY)=[-0-9A-Z,]{1,80}){0,4})
    """,
    re.VERBOSE,
)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Calendar(NamedTuple):
    """A file's text, how many events it has, and how many assignments have no day."""

    text: str
    events: int
    undated: int


def calendar(records: list[Record], name: str = "Thời hạn công việc được giao") -> Calendar:
    """All assignments with a day, or with a rule whose first day can be known.

    A rule without a day ("hằng quý") has none, nor has a duration counted from an event.
    The event is on the last day named: "trước ngày 30/6" is on 30 June, its words beside it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//vn-directives//{__version__}//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    seen: Counter[str] = Counter()
    undated = 0
    for row in rows(records):
        record = records[row.record]
        rule = _rule(row)
        start = row.due or (first_day(rule, _anchor(record, row)) if rule else None)
        if start is None:
            undated += 1
            continue
        uid = _uid(record, row)
        seen[uid] += 1
        again = f"-{seen[uid]}" if seen[uid] > 1 else ""
        lines += _event(record, row, start, rule, f"{uid}{again}@vn-directives")
    lines.append("END:VCALENDAR")
    return Calendar("".join(map(fold, lines)), seen.total(), undated)


def fold(line: str) -> str:
    """A content line in pieces of at most 75 octets, no character cut, with its break."""
    pieces, size = [""], 0
    for char in line:
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > _OCTETS:
            pieces.append("")
            size = 1  # the space that begins a continued line
        pieces[-1] += char
        size += octets
    return "\r\n ".join(pieces) + "\r\n"


def escape(text: str) -> str:
    r"""A TEXT value (RFC 5545, 3.3.11).

    >>> escape("Sở Y tế, Sở Tài chính; xong")
    'Sở Y tế\\, Sở Tài chính\\; xong'
    """
    text = re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", text)
    text = "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f"))
    for char in "\\;,":
        text = text.replace(char, "\\" + char)
    return text.replace("\n", "\\n")


def first_day(rule: str, anchor: date | None) -> date | None:
    """The first day of a rule from ``anchor`` on; null if the rule names no day.

    >>> first_day("FREQ=MONTHLY;BYMONTHDAY=25", date(2025, 5, 26))
    datetime.date(2025, 6, 25)
    """
    found = _RULE.fullmatch(rule)
    if found is None or anchor is None:
        return None
    parts = {
        key: values.split(",")
        for key, values in (part.split("=") for part in found[2].split(";") if part)
    }
    if found[1] != "DAILY" and not parts.keys() & {"BYMONTHDAY", "BYDAY"}:
        return None
    for ahead in range(_YEARS):
        try:
            at = anchor + timedelta(ahead)
        except OverflowError:
            return None
        if _matches(at, parts):
            return at
    return None


def _matches(at: date, parts: dict[str, list[str]]) -> bool:
    # Days of the month may count from its end: -1 is the last one.
    last = monthrange(at.year, at.month)[1]
    days = {str(at.day), f"{at.day:02d}", str(at.day - last - 1)}
    return (
        ("BYMONTH" not in parts or bool({str(at.month), f"{at.month:02d}"} & {*parts["BYMONTH"]}))
        and ("BYMONTHDAY" not in parts or bool(days & {*parts["BYMONTHDAY"]}))
        and ("BYDAY" not in parts or _WEEKDAYS[at.weekday()] in parts["BYDAY"])
    )


def _rule(row: Row) -> str | None:
    rule = row.time.recurrence if row.time else None
    return rule if rule and _RULE.fullmatch(rule) else None


def _anchor(record: Record, row: Row) -> date | None:
    return day(record.published) or day(row.document.issued_on if row.document else None)


def _uid(record: Record, row: Row) -> str:
    """Of what the row is about and not of its place in the file, so an update finds it."""
    at = (row.deadline.start, row.deadline.end) if row.deadline else ()
    key = (record.id, record.text_sha256, row.start, row.end, *at, *row.targets)
    return hashlib.sha256("\x1f".join(map(str, key)).encode("utf-8", "replace")).hexdigest()[:32]


def _event(record: Record, row: Row, start: date, rule: str | None, uid: str) -> Iterator[str]:
    stamp = _anchor(record, row) or start
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}"
    yield f"DTSTAMP:{_basic(stamp)}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_basic(start)}"
    if start < date.max:
        yield f"DTEND;VALUE=DATE:{_basic(start + timedelta(1))}"
    if rule:
        yield f"RRULE:{rule}"
    yield f"SUMMARY:{escape(_summary(row))}"
    yield f"DESCRIPTION:{escape(_description(record, row))}"
    if row.agencies:
        yield f"CATEGORIES:{','.join(map(escape, row.agencies))}"
    if url := web_address(record.url):
        yield f"URL:{url}"
    yield "TRANSP:TRANSPARENT"  # a deadline keeps nobody from other meetings
    yield "END:VEVENT"


def _summary(row: Row) -> str:
    what = row.task or "; ".join(row.targets) or "Thời hạn"
    text = f"{', '.join(row.agencies)}: {what}" if row.agencies else what
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1].rstrip() + "…"


def _description(record: Record, row: Row) -> str:
    parts = (
        ("Việc", row.task),
        ("Chỉ tiêu", "; ".join(row.targets)),
        ("Cơ quan", ", ".join(row.agencies)),
        ("Phối hợp", ", ".join(row.supporting)),
        ("Thời hạn", " ".join(row.deadline.text.split()) if row.deadline else None),
        ("Văn bản", document_name(row.document) if row.document else None),
        ("Nguồn", record.title or record.id),
    )
    return "\n".join(f"{name}: {text}" for name, text in parts if text)


def _basic(at: date) -> str:
    return f"{at.year:04d}{at.month:02d}{at.day:02d}"
