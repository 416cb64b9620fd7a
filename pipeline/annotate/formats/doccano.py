"""doccano's JSONL, of sequence labelling and of relation projects.

It states no surfaces, and older servers counted UTF-16 units: a text in which that
makes a difference is refused where the offsets split words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.annotate.formats.lines import dump, rest, rows


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """Rows of a relation project; what doccano does not know travels in ``meta``."""
    out = []
    for document in documents:
        number = {m["id"]: i for i, m in enumerate(document["mentions"], 1)}
        meta = rest(document)
        meta["mention_ids"] = list(number)
        out.append({
            "text": document["text"],
            "entities": [
                {"id": number[m["id"]], "label": m["label"], "start_offset": m["start"],
                 "end_offset": m["end"]}
                for m in document["mentions"]
            ],
            "relations": [
                {"id": i, "from_id": number[r["from"]], "to_id": number[r["to"]], "type": r["type"]}
                for i, r in enumerate(document["relations"], 1)
            ],
            "meta": meta,
        })  # fmt: skip
    dump(path, out)


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Rows with ``entities`` and ``relations``, or with ``label(s): [[start, end, name]]``."""
    for where, row in rows(path):
        if isinstance(row, str):
            yield where, row
        elif not isinstance(row.get("text", row.get("data")), str):
            yield where, "text is missing or not a string"
        else:
            yield where, partial(_document, row, where)


def _document(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    meta = dict(row.get("meta") or {})
    known = meta.pop("mention_ids", [])
    names: dict[Any, str] = {}
    mentions = []
    spans = row.get("entities")
    if spans is None:
        labels = row.get("label") or row.get("labels") or []
        spans = [{"start_offset": s, "end_offset": e, "label": n} for s, e, n in labels]
    for i, span in enumerate(spans):
        name = known[i] if len(known) == len(spans) else f"m{i + 1}"
        names[span.get("id")] = name
        mentions.append({"id": name, "label": span.get("label"), "start": span.get("start_offset"),
                         "end": span.get("end_offset"), "text": None})  # fmt: skip
    relations = [
        {
            "type": r.get("type"),
            "from": names.get(r.get("from_id")),
            "to": names.get(r.get("to_id")),
        }
        for r in row.get("relations") or []
    ]
    name = meta.get("id") or row.get("id") or where
    return {**meta, "id": str(name), "text": row.get("text", row.get("data")),
            "mentions": mentions, "relations": relations}  # fmt: skip
