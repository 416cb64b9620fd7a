"""Units of quantified goals, from ``data/target_units.tsv``."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

# Signs that join a unit to what it is a rate of: "hành khách/năm", "đường/100 dân".
_RATE = re.compile(
    r"[ ]?/[ ]?((?:1 triệu|1|10{1,3}|10?0?\.000|mỗi|vạn)?[ ]?[^\W\d_]{1,10}"
    r"(?: (?:gia đình|đầu người|kinh doanh|tiêm chủng|lao động|làm việc)){0,1})"
    r"(?:[ ]?/[ ]?([^\W\d_]{1,6}))?"
)
# A number's noun when the list does not know it: two syllables, most Vietnamese nouns'
# length, cut at a comma or a function word.
_STOP = (
    r"(?!(?:và|hoặc|của|trong|trên|so|từ|đến|cho|để|được|có|là|đạt|đã|vào|tại|với|phải|theo|khi)\b)"
)
_FALLBACK = re.compile(rf" ({_STOP}[^\W\d_]+(?: {_STOP}[^\W\d_]+)?)")


@lru_cache(maxsize=1)
def _units() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    lines = (files("pipeline") / "data" / "target_units.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    table = {written: (canonical, kind) for written, canonical, kind in rows}
    for written, entry in list(table.items()):
        table.setdefault(written.lower(), entry)
    longest_first = sorted({w.lower() for w in table}, key=len, reverse=True)
    pattern = re.compile(
        rf"[ ]{{0,2}}({'|'.join(map(re.escape, longest_first))})(?![^\W\d_])", re.IGNORECASE
    )
    return pattern, table


def read_unit(text: str, at: int) -> tuple[str | None, str, int]:
    """Canonical unit, kind and end of the unit that follows a number at ``at``.

    Kind is "share", "money", "measure", "count", or "" where nothing is there to count.

    >>> read_unit("20 triệu hành khách/năm", 8)
    ('hành khách/năm', 'count', 23)
    """
    pattern, table = _units()
    match = pattern.match(text, at)
    if match:
        canonical, kind = table.get(match[1]) or table[match[1].lower()]
        end = match.end()
    elif fallback := _FALLBACK.match(text, at):
        canonical, kind, end = fallback[1], "count", fallback.end()
    else:
        return None, "", at
    if rate := _RATE.match(text, end):
        parts = [p.strip() for p in rate.groups() if p]
        return "/".join([canonical, *parts]), kind, rate.end()
    return canonical, kind, end
