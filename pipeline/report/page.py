"""One self-contained page: the data as JSON inside it, drawn by its own script.

Nothing of a record is ever markup. The data is JSON with its angle brackets escaped, the
script writes it as text only, and the page's content policy allows this one script, no
other, and no request at all.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable
from importlib import resources
from string import Template
from typing import Any

from pipeline.labels import LABEL_INFO
from pipeline.report.rows import Row, document_name, rows, web_address
from pipeline.schema import AgencyValue, Mention, Record, TargetValue, TimeValue

Json = dict[str, Any]

# Inside <script> only "<" ends anything; the others keep the data safe wherever it's pasted.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def page(records: list[Record], title: str = "Việc được giao và thời hạn") -> str:
    """The whole page as text, to be written as UTF-8."""
    style, script = _asset("page.css"), _asset("page.js")
    colours = "".join(f"--{label}:{info.colour};" for label, info in LABEL_INFO.items())
    style = f":root{{{colours}}}\n{style}"
    return Template(_asset("page.html")).substitute(
        title=html.escape(title),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        data=embedded(data(records)),
    )


def data(records: list[Record]) -> Json:
    """What the script draws: records, and rows by due day; offsets in UTF-16 units."""
    units = [_units(record.text) for record in records]
    return {
        "labels": {label: info.vi for label, info in LABEL_INFO.items()},
        "records": [_record(record, at) for record, at in zip(records, units, strict=True)],
        "rows": [_row(row, units[row.record]) for row in rows(records)],
    }


def embedded(value: Json) -> str:
    r"""JSON that can stand inside a script element.

    >>> embedded({"text": "</script>"})
    '{"text":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    # A lone surrogate has no UTF-8 form; a file with one would not be readable.
    return text.encode("utf-8", "replace").decode("utf-8")


def _asset(name: str) -> str:
    return resources.files("pipeline.report").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


def _units(text: str | None) -> Callable[[int], int]:
    """Code points to UTF-16 units, in which a browser counts."""
    if text is None or text.isascii() or max(text) <= "\uffff":
        return lambda at: at
    places = [0]
    for char in text:
        places.append(places[-1] + (2 if char > "\uffff" else 1))
    return lambda at: places[min(at, len(places) - 1)]


def _record(record: Record, at: Callable[[int], int]) -> Json:
    return {
        "title": record.title or record.id,
        "published": record.published,
        "source": record.source,
        "url": web_address(record.url),
        "text": record.text,
        "mentions": [[at(m.start), at(m.end), m.label, m.text, _value(m)] for m in record.mentions],
        "documents": [
            {
                "name": document_name(document),
                "role": document.role,
                "title": document.title if document.number else None,
                "issued": document.issued_on,
                "issuer": document.issuer.name if document.issuer else None,
            }
            for document in record.documents
        ],
        "notes": [f"{warning.code}: {warning.message}" for warning in record.warnings]
        + ([f"{record.error.type}: {record.error.message}"] if record.error else []),
    }


def _row(row: Row, at: Callable[[int], int]) -> Json:
    time, document = row.time, row.document
    return {
        "record": row.record,
        "agencies": row.agencies,
        "supporting": row.supporting,
        "called": row.called,
        "targets": row.targets,
        "task": row.task,
        "words": row.deadline.text if row.deadline else None,
        "due": row.due.isoformat() if row.due else None,
        "time": time.time if time else None,
        # "Đến năm 2025" is a day only for sorting: the page shows it as a year.
        # "cuối quý II/2025" is a period with a last day of its own; a plan's period has none.
        "long": bool(
            time
            and (time.grain == "year" or (time.grain == "period" and str(time.end)[5:] == "12-31"))
        ),
        "repeats": bool(time and time.recurrence),
        "document": document_name(document) if document else None,
        "evidence": [at(row.start), at(row.end)],
        "unsure": row.confidence < 0.5,
    }


def _value(mention: Mention) -> str | None:
    """What a mention means, for its tooltip."""
    value = mention.value
    if isinstance(value, AgencyValue):
        after = value.successor
        return f"{value.name} (từ {after.since}: {after.name})" if after else value.name
    if isinstance(value, TimeValue):
        days = " – ".join(dict.fromkeys(x for x in (value.start, value.end) if x))
        return " ".join(x for x in (value.time, days or value.duration) if x) or None
    if isinstance(value, TargetValue):
        if value.quantity is None:
            return value.measure
        amount = " – ".join(f"{x:g}" for x in (value.quantity, value.quantity_max) if x is not None)
        return " ".join(x for x in (value.comparator, amount, value.unit, value.measure) if x)
    return " ".join(x for x in (value.type, value.normalized) if x) if value else None
