"""Prodigy's JSONL. Its ``token_end`` is inclusive; rejected and ignored rows are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.annotate.formats.lines import dump, rest, rows
from pipeline.annotate.units import make_units


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """Tasks with tokens, spans, relations and ``answer: accept``."""
    dump(path, [_task(d) for d in documents])


def _task(document: Document) -> dict[str, Any]:
    text = document["text"]
    units = make_units(text, [(m["start"], m["end"]) for m in document["mentions"]])
    starts = [a for a, _ in units.bounds] + [len(text)]
    tokens = [
        {"text": text[a:b], "start": a, "end": b, "id": i, "ws": text[b : b + 1].isspace()
         and starts[i + 1] > b}
        for i, (a, b) in enumerate(units.bounds)
    ]  # fmt: skip
    spans = {}
    for m in document["mentions"]:
        first, last = units.indices(m["start"], m["end"])
        spans[m["id"]] = {
            "start": m["start"], "end": m["end"], "label": m["label"], "text": m["text"],
            "token_start": first, "token_end": last - 1, "id": m["id"],
        }  # fmt: skip
    relations = [
        {"head": spans[r["from"]]["token_end"], "child": spans[r["to"]]["token_end"],
         "label": r["type"], "head_span": spans[r["from"]], "child_span": spans[r["to"]]}
        for r in document["relations"]
    ]  # fmt: skip
    return {
        "text": text, "meta": rest(document), "tokens": tokens, "spans": list(spans.values()),
        "relations": relations, "answer": "accept",
    }  # fmt: skip


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Accepted tasks. A span's token texts are its surface where it states none."""
    for where, row in rows(path):
        if isinstance(row, str):
            yield where, row
        elif row.get("answer", "accept") != "accept":
            continue
        elif not isinstance(row.get("text"), str):
            yield where, "text is missing: only tasks with text can be read"
        else:
            yield where, partial(_document, row, where)


def _document(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    meta = dict(row.get("meta") or {})
    mentions = []
    ids: dict[tuple[Any, Any], str] = {}
    for i, span in enumerate(row.get("spans") or [], 1):
        name = str(span.get("id") or f"m{i}")
        ids[span.get("start"), span.get("end")] = name
        mentions.append({"id": name, "label": span.get("label"), "start": span.get("start"),
                         "end": span.get("end"), "text": span.get("text")})  # fmt: skip
    relations = [
        {"type": r.get("label"), "from": _end(r.get("head_span"), ids),
         "to": _end(r.get("child_span"), ids)}
        for r in row.get("relations") or []
    ]  # fmt: skip
    return {**meta, "id": str(meta.get("id") or where), "text": row["text"],
            "mentions": mentions, "relations": relations}  # fmt: skip


def _end(span: Mapping[str, Any] | None, ids: Mapping[tuple[Any, Any], str]) -> str | None:
    return ids.get((span.get("start"), span.get("end"))) if span else None
