"""The document that annotators correct: a gold row, whatever it was read from.

A document is a plain dict ``{id, text, mentions, relations, documents, …}``; offsets
are code points of its own ``text``, end exclusive. Keys that are not named here
(title, date, source …) travel through unchanged.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import InputError
from pipeline.labels import LABELS, Label, Relation

Document = dict[str, Any]

ROLES = ("primary", "cited")

# The document types the guide names, most frequent first; others may be typed freely.
DOC_TYPES = (
    "Quyết định", "Công văn", "Kế hoạch", "Nghị quyết", "Nghị định", "Chỉ thị", "Thông tư",
    "Luật", "Thông báo", "Công điện", "Đề án", "Tờ trình", "Báo cáo", "Kết luận", "Hướng dẫn",
    "Chương trình", "Thông tư liên tịch", "Quy định", "Văn bản",
)  # fmt: skip

# The labels of a pair tell its relation and its direction, so an annotator only picks two.
PAIRS: dict[tuple[Label, Label], Relation] = {
    (Label.DOC_NUMBER, Label.DATE): Relation.ISSUED_ON,
    (Label.DOC_NUMBER, Label.AGENCY): Relation.ISSUED_BY,
    (Label.TARGET, Label.DEADLINE): Relation.DUE,
    (Label.TARGET, Label.AGENCY): Relation.ASSIGNED_TO,
    (Label.DEADLINE, Label.AGENCY): Relation.ASSIGNED_TO,
}


def as_document(item: Any, text: str | None = None) -> Document:
    """A gold row, a :class:`pipeline.Record` or its dict, as a document of one's own.

    Args:
        item: the row. A record that does not carry its text needs ``text``.
        text: the text that the offsets count in.

    Raises:
        InputError: there is no text, or :func:`problems` finds faults.

    >>> as_document({"id": "a", "text": "UBND tỉnh"})["mentions"]
    []
    """
    if hasattr(item, "model_dump"):
        item = item.model_dump(by_alias=True, mode="json")
    if not isinstance(item, Mapping):
        raise InputError(f"a document is a mapping or a Record, not {type(item).__name__}")
    row = dict(item)
    body = row.get("text") if text is None else text
    if not isinstance(body, str):
        raise InputError(
            f"document {row.get('id')!r} has no text: pass it, or extract with the text included"
        )
    if "spans" in row and "mentions" not in row:
        row["mentions"] = row.pop("spans")
    row["id"] = row.get("id") or "sha256:" + hashlib.sha256(_utf8(body)).hexdigest()
    row["text"] = body
    row["mentions"] = [_mention(m, i, body) for i, m in enumerate(row.get("mentions") or [])]
    row["relations"] = [
        {k: r[k] for k in ("type", "from", "to")} for r in row.get("relations") or []
    ]
    row["documents"] = [
        {k: d.get(k) for k in ("mention", "type", "role", "title")}
        for d in row.get("documents") or []
    ]
    # What a record derives from its mentions would be stale after the first correction.
    for derived in ("assignments", "producer", "schema_version", "text_sha256", "text_length"):
        row.pop(derived, None)
    faults = list(problems(row))
    if faults:
        raise InputError(f"document {row['id']!r}: " + "; ".join(faults))
    return row


def _mention(mention: Mapping[str, Any], i: int, text: str) -> dict[str, Any]:
    kept = {k: v for k, v in mention.items() if k != "value"}
    kept.setdefault("id", f"m{i + 1}")
    start, end = kept.get("start"), kept.get("end")
    if "text" not in kept and isinstance(start, int) and isinstance(end, int):
        kept["text"] = text[start:end]
    return kept


def _utf8(text: str) -> bytes:
    """Bytes to hash; lone surrogates, which UTF-8 has no place for, are kept apart."""
    return text.encode("utf-8", "surrogatepass")


def to_json(row: Mapping[str, Any]) -> str:
    """One line of JSON that can always be written as UTF-8."""
    line = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate: only an escape can carry it
        line = json.dumps(row, separators=(",", ":"))
    # str.splitlines and some readers break lines at these; JSON may escape them.
    return line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")


def fingerprint(document: Mapping[str, Any]) -> str:
    """Twelve hex digits of what an annotator starts from: text, mentions, links.

    >>> fingerprint({"text": "a", "mentions": [], "relations": [], "documents": []})
    'b3917af4ac7d'
    """
    basis = [document[k] for k in ("text", "mentions", "relations", "documents")]
    dumped = json.dumps(basis, sort_keys=True)
    return hashlib.sha256(dumped.encode("ascii")).hexdigest()[:12]


def problems(row: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a document, one sentence each; nothing when it is sound."""
    text = row.get("text")
    if not isinstance(row.get("id"), str) or not row["id"]:
        yield "id is missing or not a string"
    if not isinstance(text, str):
        yield "text is missing or not a string"
        return
    for key in ("mentions", "relations", "documents"):
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
            yield f"{key} is not a list of objects"
            return
    labels: dict[str, str] = {}
    placed: list[tuple[int, int, str]] = []
    for mention in row.get("mentions", []):
        name, fault = str(mention.get("id")), _mention_fault(mention, text)
        if not fault and name in labels:
            fault = "its id is used twice"
        if fault:
            yield f"mention {name}: {fault}"
            continue
        labels[name] = mention["label"]
        placed.append((mention["start"], mention["end"], name))
    placed.sort()
    for (_, end, one), (start, _, other) in itertools.pairwise(placed):
        if start < end:
            yield f"mentions {one} and {other} overlap"
    for relation in row.get("relations", []):
        fault = _relation_fault(relation, labels)
        if fault:
            yield fault
    for entry in row.get("documents", []):
        mention = entry.get("mention")
        if entry.get("role") not in ROLES:
            yield f"document entry {mention}: role {entry.get('role')!r} is none of {ROLES}"
        if mention is not None and labels.get(mention) != Label.DOC_NUMBER:
            yield f"document entry {mention}: there is no such DOC_NUMBER mention"


def _mention_fault(mention: Mapping[str, Any], text: str) -> str | None:
    label, start, end = mention.get("label"), mention.get("start"), mention.get("end")
    if label not in LABELS:
        return f"label {label!r} is none of {', '.join(LABELS)}"
    if type(start) is not int or type(end) is not int:
        return "start and end must be whole numbers"
    if not 0 <= start < end <= len(text):
        return f"{start}:{end} does not lie in a text of {len(text)} characters"
    surface = mention.get("text")
    if surface is not None and surface != text[start:end]:
        return f"text[{start}:{end}] is {text[start:end]!r}, not {surface!r}"
    return None


def _relation_fault(relation: Mapping[str, Any], labels: Mapping[str, str]) -> str | None:
    ends = (relation.get("from"), relation.get("to"))
    shown = f"relation {relation.get('type')} {ends[0]} → {ends[1]}"
    for end in ends:
        if end not in labels:
            return f"{shown}: there is no mention {end}"
    pair = (Label(labels[str(ends[0])]), Label(labels[str(ends[1])]))
    if PAIRS.get(pair) != relation.get("type"):
        return f"{shown}: this type does not lead from {pair[0]} to {pair[1]}"
    return None
