"""One unit into one item: decoded, the right fields taken; dear, for a worker process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pipeline.readers.base import BadInput, Item, ReadOptions, Unit
from pipeline.readers.encoding import convert, decode


def parse(unit: Unit, options: ReadOptions) -> Item:
    """The document of a unit. Raises :class:`BadInput`, or what a parser raises on rubbish.

    The item's text is what the record's offsets refer to.
    """
    if unit.failure is not None:
        raise BadInput(unit.failure.type, unit.failure.message)
    if unit.format == "warc":
        return _with_defaults(_page(unit, options), options)
    if isinstance(unit.data, Mapping):
        return _with_defaults(_from_fields(unit.data, options), options)
    if unit.format == "jsonl":
        return _with_defaults(_json(unit.data, options), options)
    return _with_defaults(_file(unit, unit.data, options), options)


def _file(unit: Unit, data: bytes, options: ReadOptions) -> Item:
    """A whole file; its name is its id."""
    if unit.format == "html":
        from pipeline.readers.html import parse_html

        return parse_html(data, options.encoding, id=unit.name)
    if unit.format == "docx":
        from pipeline.readers.office import parse_docx

        text, title = parse_docx(data, options.max_expansion)
        text, encoding = convert(text, options.encoding)
        return Item(text, id=unit.name, title=title, encoding=encoding)
    if unit.format == "pdf":
        from pipeline.readers.pdf import parse_pdf

        text, title = parse_pdf(data)
        text, encoding = convert(text, options.encoding)
        return Item(text, id=unit.name, title=title, encoding=encoding)
    text, encoding = decode(data, options.encoding)
    return Item(text, id=unit.name, encoding=encoding)


def _page(unit: Unit, options: ReadOptions) -> Item:
    """A page of a web archive; its address is its id."""
    assert isinstance(unit.data, Mapping)
    body, url = unit.data["body"], unit.data["url"]
    if unit.data["type"] == "text/plain":
        text, encoding = decode(body, options.encoding)
        return Item(text, id=url, url=url, encoding=encoding)
    from pipeline.readers.html import parse_html

    return parse_html(body, options.encoding, id=url, url=url)


def _json(line: bytes, options: ReadOptions) -> Item:
    try:
        text, stored = line.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        text, stored = decode(line, options.encoding)
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput("NotJson", f"not JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise BadInput("NotJson", "not JSON that can be read: nested too deeply") from None
    if not isinstance(row, dict):
        raise BadInput("NotJson", f"a JSON object was expected, not {type(row).__name__}")
    if stored is None:
        return _from_fields(row, options)
    return replace(_from_fields(row, replace(options, encoding="utf-8")), encoding=stored)


def _from_fields(row: Mapping[str, Any], options: ReadOptions) -> Item:
    """An item from named values: of a JSON object, a CSV row or a Parquet row."""
    names = options.fields()
    text = row.get(names["text"])
    if text is None:
        have = ", ".join(map(str, list(row)[:20])) or "nothing"
        raise BadInput(
            "MissingText", f"no text under {names['text']!r} (there is: {have}); see --text-field"
        )
    if not isinstance(text, str | bytes):
        raise BadInput("NotText", f"{names['text']!r} is {type(text).__name__}, not text")
    text, encoding = _text(text, options.encoding)
    values = {key: _scalar(row.get(name), encoding) for key, name in names.items() if key != "text"}
    meta = {}
    if options.with_meta:
        used = set(names.values())
        meta = {str(key): _plain(row[key], encoding) for key in row if key not in used}
    return Item(text, encoding=encoding, meta=meta, **values)


def _text(value: str | bytes, encoding: str) -> tuple[str, str]:
    return decode(value, encoding) if isinstance(value, bytes) else convert(value, encoding)


def _scalar(value: Any, encoding: str) -> str | None:
    """A field as text, read as the row's text was; null and the empty string are none."""
    if value is None or value == "" or value == b"":
        return None
    if isinstance(value, str | bytes):
        return _text(value, encoding)[0]
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def _plain(value: Any, encoding: str) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, str | bytes):
        return _text(value, encoding)[0]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(entry, encoding) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry, encoding) for entry in value]
    return value if isinstance(value, int | float | bool) or value is None else str(value)


def _with_defaults(item: Item, options: ReadOptions) -> Item:
    if item.published is None and options.published is not None:
        return replace(item, published=options.published)
    return item
