"""A web page: its article without menus, its title, date and address."""

from __future__ import annotations

import re
from typing import Any

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput, Item
from pipeline.readers.encoding import convert, decode

# <meta charset="windows-1258"> or <meta http-equiv=… content="text/html; charset=…">
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([\w-]{1,40})""", re.I)


def parse_html(data: bytes, encoding: str, *, id: str | None, url: str | None = None) -> Item:
    """Body, title, publication date and address by trafilatura.

    Raises :class:`BadInput` where no article is found. The date is the page's own
    statement of its first publication, never a guess from the text.
    """
    try:
        from trafilatura import bare_extraction
    except ImportError:
        raise MissingExtra("trafilatura", "formats") from None
    page, used = _decode(data, encoding)
    found: Any = bare_extraction(
        page,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if found is None or not found.text:
        raise BadInput("NoArticle", "no article text found on the page")
    return Item(
        found.text,
        id=id,
        published=found.date or None,
        title=found.title or None,
        url=url or found.url or None,
        source=found.sitename or None,
        encoding=used,
    )


def _decode(data: bytes, encoding: str) -> tuple[str, str]:
    """As :func:`decode`, but a charset that the page itself declares is believed."""
    declared = _CHARSET.search(data[:4096])
    if declared and encoding in ("utf-8", "auto"):
        name = declared.group(1).decode("ascii").lower()
        if name not in ("utf-8", "utf8"):
            try:
                text, used = convert(data.decode(name), encoding)
            except (LookupError, UnicodeDecodeError):
                pass
            else:
                return text, name if used == "utf-8" else used
    return decode(data, encoding)
