"""A record as rows of flat tables, for spreadsheets and SQL.

Each function takes a record as parsed JSON. The columns are those of
:data:`MENTIONS`, :data:`DOCUMENTS` and :data:`ASSIGNMENTS`; ``docs/batch.md`` says what
they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MENTIONS: dict[str, type] = {
    "record_id": str, "mention_id": str, "label": str, "start": int, "end": int, "text": str,
    "confidence": float, "source": str, "normalized": str, "date_start": str, "date_end": str,
    "agency_kind": str, "agency_level": str, "place_code": str, "place_name": str,
    "comparator": str, "quantity": float, "quantity_max": float, "unit": str,
}  # fmt: skip
DOCUMENTS: dict[str, type] = {
    "record_id": str, "document_id": str, "mention_id": str, "role": str, "type": str,
    "number": str, "title": str, "issued_on": str, "issuer": str, "aliases": str,
    "confidence": float,
}  # fmt: skip
ASSIGNMENTS: dict[str, type] = {
    "record_id": str, "assignment": int, "agency": str, "agency_text": str, "part": str,
    "target": str, "quantity": float, "unit": str, "deadline": str, "due": str, "task": str,
    "document_type": str, "document_number": str, "published": str, "article": str, "url": str,
    "evidence_start": int, "evidence_end": int, "confidence": float,
}  # fmt: skip

TABLES: dict[str, dict[str, type]] = {
    "mentions": MENTIONS,
    "documents": DOCUMENTS,
    "assignments": ASSIGNMENTS,
}

Json = dict[str, Any]


def rows(record: Json) -> dict[str, list[Json]]:
    """All rows of a record, by table."""
    return {
        "mentions": [_mention(record, mention) for mention in record["mentions"]],
        "documents": [_document(record, document) for document in record["documents"]],
        "assignments": list(_assignments(record)),
    }


def _mention(record: Json, mention: Json) -> Json:
    value = mention.get("value") or {}
    place = value.get("place") or {}
    return {
        "record_id": record["id"],
        "mention_id": mention["id"],
        "label": mention["label"],
        "start": mention["start"],
        "end": mention["end"],
        "text": mention["text"],
        "confidence": mention["confidence"],
        "source": mention["source"],
        "normalized": value.get("normalized") or value.get("name") or value.get("measure"),
        "date_start": value.get("start"),
        "date_end": value.get("end"),
        "agency_kind": value.get("kind"),
        "agency_level": value.get("level"),
        "place_code": place.get("code"),
        "place_name": place.get("name"),
        "comparator": value.get("comparator"),
        "quantity": value.get("quantity"),
        "quantity_max": value.get("quantity_max"),
        "unit": value.get("unit"),
    }


def _document(record: Json, document: Json) -> Json:
    issuer = document.get("issuer") or {}
    return {
        "record_id": record["id"],
        "document_id": document["document_id"],
        "mention_id": document["mention"],
        "role": document["role"],
        "type": document["type"],
        "number": document["number"],
        "title": document["title"],
        "issued_on": document["issued_on"],
        "issuer": issuer.get("name"),
        "aliases": "; ".join(document["aliases"]) or None,
        "confidence": document["confidence"],
    }


def _assignments(record: Json) -> Iterator[Json]:
    """One row for each body of each assignment; one without a body has one row."""
    mentions = {mention["id"]: mention for mention in record["mentions"]}
    documents = {document["document_id"]: document for document in record["documents"]}
    for number, assignment in enumerate(record["assignments"], 1):
        targets = [mentions[id] for id in assignment["targets"]]
        value = (targets[0].get("value") or {}) if len(targets) == 1 else {}
        deadline = mentions.get(assignment["deadline"], {})
        document = documents.get(assignment["document"], {})
        bodies: list[tuple[str | None, str | None]]
        bodies = [(id, "main") for id in assignment["agencies"]]
        bodies += [(id, "supporting") for id in assignment.get("supporting", [])]
        for body, part in bodies or [(None, None)]:
            agency = mentions.get(body, {}) if body else {}
            yield {
                "record_id": record["id"],
                "assignment": number,
                "agency": (agency.get("value") or {}).get("name") or agency.get("text"),
                "agency_text": agency.get("text"),
                "part": part,
                "target": "; ".join(target["text"] for target in targets) or None,
                "quantity": value.get("quantity"),
                "unit": value.get("unit"),
                "deadline": deadline.get("text"),
                "due": (deadline.get("value") or {}).get("end"),
                "task": assignment["task"],
                "document_type": document.get("type"),
                "document_number": document.get("number"),
                "published": record["published"],
                "article": record["title"],
                "url": record["url"],
                "evidence_start": assignment["evidence"]["start"],
                "evidence_end": assignment["evidence"]["end"],
                "confidence": assignment["confidence"],
            }
