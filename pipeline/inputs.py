"""What callers pass in, checked and described: types, dates, oddities of a text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pipeline.article import Note
from pipeline.errors import InputError
from pipeline.segment import MAX_LINE

# What is read of an input; its other keys go into ``meta`` where that is asked for.
FIELDS = ("id", "text", "published", "title", "url", "source")


@dataclass(frozen=True, slots=True)
class Item:
    """One input document; ``published`` as given, ``day`` as understood."""

    text: str
    id: str
    day: date | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    notes: tuple[Note, ...] = ()


def make_item(
    text: Any,
    *,
    id: Any = None,
    published: Any = None,
    title: Any = None,
    url: Any = None,
    source: Any = None,
) -> Item:
    """Check one document's fields. Raises InputError that says what was expected."""
    if not isinstance(text, str):
        hint = " (decode bytes first: data.decode('utf-8'))" if isinstance(text, bytes) else ""
        raise InputError(f"text must be a str, got {type(text).__name__}{hint}")
    for name, value in (("title", title), ("url", url), ("source", source)):
        if value is not None and not isinstance(value, str):
            raise InputError(f"{name} must be a str or None, got {type(value).__name__}")
    if id is not None and not isinstance(id, str | int):
        raise InputError(f"id must be a str, an int or None, got {type(id).__name__}")
    day, notes = read_published(published)
    return Item(
        text=text,
        id="sha256:" + text_sha256(text) if id is None else str(id),
        day=day,
        title=_plain(title),
        url=_plain(url),
        source=_plain(source),
        notes=tuple(notes),
    )


def item_of(row: Any) -> Item:
    """A ``str`` or a mapping with ``text`` and optional fields. Raises InputError."""
    if isinstance(row, str):
        return make_item(row)
    if not isinstance(row, Mapping):
        raise InputError(
            f"an item must be a str or a mapping with a “text” key, got {type(row).__name__}"
        )
    if "text" not in row:
        raise InputError(f"the item has no “text” key; it has {sorted(map(str, row))[:12]}")
    return make_item(**{name: row.get(name) for name in FIELDS})


def _plain(text: str | None) -> str | None:
    """Without lone surrogates, which JSON can't carry; same length."""
    return None if text is None else re.sub("[\ud800-\udfff]", "\ufffd", text)


def text_sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes (lone surrogates included as they are)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_DMY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")


def read_published(value: Any) -> tuple[date | None, list[Note]]:
    """A publication date from ISO text, day/month/year text, ``date`` or ``datetime``.

    >>> read_published("2022-06-28T07:10:00+07:00")[0]
    datetime.date(2022, 6, 28)

    Text that holds no date gives ``None`` and a note. Raises InputError on other types.
    """
    if value is None or value == "":
        return None, []
    if isinstance(value, datetime):
        return value.date(), []
    if isinstance(value, date):
        return value, []
    if not isinstance(value, str):
        raise InputError(f"published must be an ISO date, got {type(value).__name__}: {value!r}")
    try:
        return date.fromisoformat(value.strip()[:10]), []
    except ValueError:
        pass
    found = _DMY.search(value)
    if found:
        try:
            return date(int(found[3]), int(found[2]), int(found[1])), []
        except ValueError:
            pass
    return None, [
        Note("published_unreadable", f"published {value!r} is not a date like 2022-06-28; ignored")
    ]


_LETTER = re.compile(r"[^\W\d_]")
_VIETNAMESE = re.compile(
    r"[ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf¡-¿]|áº|á»|Ä\x91|Æ°")


def oddities(raw: str, cleaned: str) -> list[Note]:
    """What is odd about a text as a whole, a note each."""
    notes = []
    letters = _LETTER.findall(cleaned[:20_000])
    if not letters:
        what = "blank" if not cleaned.strip() else "without a letter"
        return [Note("empty", f"the text is {what}: nothing to find")]
    if not unicodedata.is_normalized("NFC", raw):
        notes.append(Note("not_nfc", "the text is not in NFC; offsets refer to it unchanged"))
    if _CONTROL.search(raw):
        notes.append(Note("control_characters", "control characters were read as spaces"))
    if _SURROGATE.search(raw):
        notes.append(Note("lone_surrogates", "lone surrogates: the text was decoded wrongly"))
    if len(_MOJIBAKE.findall(cleaned[:20_000])) > 3:
        notes.append(Note("mojibake", "UTF-8 read as Latin-1? Decode the source as UTF-8"))
    if len(letters) >= 40:
        marked = len(_VIETNAMESE.findall(cleaned[:20_000]))
        if marked < 0.04 * len(letters):
            notes.append(
                Note("not_vietnamese", "few Vietnamese letters: another language, or no diacritics")
            )
        elif sum(map(str.isupper, letters)) > 0.8 * len(letters):
            notes.append(Note("all_capitals", "nearly all capitals: boundaries are less certain"))
    if any(len(line) > MAX_LINE for line in cleaned.split("\n")):
        notes.append(Note("long_line", f"a line of over {MAX_LINE} characters was read in pieces"))
    return notes
