"""The longest body, head or field that a name's words begin with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.normalize.agencies_tables import (
    Body,
    Field,
    Head,
    bodies,
    bodies_unmarked,
    fields,
    fields_unmarked,
    heads,
    heads_misspelt,
    heads_unmarked,
)
from pipeline.normalize.agencies_text import UPPER, Token, key, unmarked

_LONGEST_HEAD = 11
# What may follow a field's short name: a sign, or a place.
_ENDS_FIELD = re.compile(
    rf"""(?x) \s?[,;/-]
    | \s(?:(?:tỉnh|thành\ phố|thị\ xã|huyện|quận|xã|phường|các|và|thuộc|của)(?!\w)|[{UPPER}0-9])"""
)


def find_body(tokens: Sequence[Token], day: str | None) -> Body | None:
    """The body of exactly these words on a day, also when its marks are misspelt."""
    words = tuple(token.key for token in tokens)
    rows = bodies().get(words)
    if rows is None and len(words) > 1:
        rows = bodies_unmarked().get(unmarked(words))
    if not rows:
        return None
    for body in rows:
        # A body that ended is still named later; one that had not begun is another's name.
        if not body.since or (day is not None and body.since <= day):
            return body
    return None


def find_head(tokens: Sequence[Token]) -> tuple[Head, int] | None:
    """The longest head that begins the words, and its length.

    Misspelt heads count where no right one is as long ("Hội đông nhân dân", "Chỉ cục").
    """
    words = tuple(token.key for token in tokens[:_LONGEST_HEAD])
    for table, least in ((heads(), 1), (heads_unmarked(), 2)):
        plain = words if least == 1 else unmarked(words)
        for n in range(len(words), least - 1, -1):
            head = table.get(plain[:n])
            if head is not None:
                return head, n
    only = heads_misspelt().get(words[0]) if words else None
    return (only, 1) if only else None


def find_field(text: str, tokens: Sequence[Token], day: str | None) -> tuple[Field, int] | None:
    """The longest field that begins the words, and its length.

    A short name must be all there is before a place: "Phòng Giáo dục Can Lộc", but not
    "Phòng Giáo dục nghề nghiệp". "Nông nghiệp" is the new department's from its first day.
    """
    words = tuple(token.key for token in tokens)
    plain = unmarked(words)
    for n in range(len(words), 0, -1):
        field = fields().get(words[:n]) or (fields_unmarked().get(plain[:n]) if n > 1 else None)
        if field is None:
            continue
        if (
            n < len(words)
            and key(field.name) != words[:n]
            and not _ENDS_FIELD.match(text, tokens[n - 1].end)
        ):
            continue
        if words[:n] == ("nông", "nghiệp") and day is not None and day >= field.until:
            return fields()[("nông", "nghiệp", "môi", "trường")], n
        return field, n
    return None
