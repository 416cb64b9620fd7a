"""Label Studio's JSON: tasks with annotations, or with predictions where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pipeline.annotate.document import DOC_TYPES, ROLES, Document, to_json
from pipeline.annotate.formats import Raw
from pipeline.annotate.formats.lines import number_of, rest
from pipeline.labels import LABEL_INFO, Relation


def label_config() -> str:
    """The labelling interface for a Label Studio project that takes these files."""
    labels = "".join(
        f"<Label value={quoteattr(i.label)} alias={quoteattr(i.label)} "
        f"hotkey={quoteattr(i.hotkey)} background={quoteattr(i.colour)} hint={quoteattr(i.vi)}/>"
        for i in LABEL_INFO.values()
    )
    relations = "".join(f"<Relation value={quoteattr(r)}/>" for r in Relation)
    roles = "".join(f"<Choice value={quoteattr(r)}/>" for r in ROLES)
    return (
        f'<View><Labels name="label" toName="text">{labels}</Labels>'
        f'<Relations>{relations}</Relations><Text name="text" value="$text" granularity="word"/>'
        f'<Choices name="role" toName="text" perRegion="true" whenTagName="label" '
        f'whenLabelValue="DOC_NUMBER">{roles}</Choices>'
        f'<TextArea name="type" toName="text" perRegion="true" whenTagName="label" '
        f'whenLabelValue="DOC_NUMBER" placeholder={quoteattr(", ".join(DOC_TYPES[:6]))}/></View>'
    )


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """A JSON array of tasks, each with one annotation, or a prediction for a model's mentions."""
    lines = ",\n".join(to_json(_task(d)) for d in documents)
    path.write_bytes(f"[{lines}]\n".encode())


def _task(document: Document) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for m in document["mentions"]:
        value = {"start": m["start"], "end": m["end"], "text": m["text"], "labels": [m["label"]]}
        region = _result(m["id"], "label", "labels", value)
        if m.get("confidence") is not None:
            region["score"] = m["confidence"]
        results.append(region)
        place = {k: value[k] for k in ("start", "end", "text")}
        for entry in document["documents"]:
            if entry["mention"] == m["id"]:
                results.append(
                    _result(m["id"], "role", "choices", {**place, "choices": [entry["role"]]})
                )
                if entry["type"]:
                    kind = {**place, "text": [entry["type"]]}
                    results.append(_result(m["id"], "type", "textarea", kind))
    results += [
        {"type": "relation", "from_id": r["from"], "to_id": r["to"], "direction": "right",
         "labels": [r["type"]]}
        for r in document["relations"]
    ]  # fmt: skip
    data = {"text": document["text"], **rest(document)}
    scores = [m["confidence"] for m in document["mentions"] if m.get("confidence") is not None]
    if scores:
        prediction = {"result": results, "score": min(scores), "model_version": "vn-directives"}
        return {"data": data, "predictions": [prediction]}
    return {"data": data, "annotations": [{"result": results}]}


def _result(name: str, control: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": value}


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Tasks of the JSON export; the last annotation that was not cancelled counts."""
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        yield path.name, f"not JSON: {error}"
        return
    for i, task in enumerate(tasks if isinstance(tasks, list) else [tasks]):
        where = f"{path.name}[{i}]"
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            yield where, "it has no data.text"
            continue
        done = [a for a in _objects(task.get("annotations")) if not a.get("was_cancelled")]
        done = done or _objects(task.get("predictions"))
        if not done:
            yield where, "it has neither annotations nor predictions"
            continue
        results = done[-1].get("result") or []
        yield where, partial(_document, task, data, results, where)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _document(
    task: Mapping[str, Any],
    data: Mapping[str, Any],
    results: Sequence[Mapping[str, Any]],
    where: str,
) -> dict[str, Any]:
    mentions: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    entries: dict[str, dict[str, Any]] = {}
    for r in results:
        value, name = r.get("value") or {}, str(r.get("id"))
        if r.get("type") == "labels":
            names = value.get("labels") or [None]
            mention = {"id": name, "label": names[0], "start": number_of(value.get("start")),
                       "end": number_of(value.get("end")), "text": value.get("text")}  # fmt: skip
            if r.get("score") is not None:
                mention["confidence"] = r["score"]
            mentions.append(mention)
        elif r.get("type") == "relation":
            relations.append({"type": (r.get("labels") or [None])[0],
                              "from": r.get("from_id"), "to": r.get("to_id")})  # fmt: skip
        elif r.get("from_name") in ("role", "type"):
            given = value.get("choices") or value.get("text") or [None]
            entries.setdefault(name, {})[str(r["from_name"])] = given[0]
    stored = [dict(d) for d in data.get("documents") or []]
    for entry in stored:  # what was changed in the tool wins
        entry.update(entries.pop(str(entry.get("mention")), {}))
    known = {m["id"] for m in mentions}
    documents = [d for d in stored if d.get("mention") is None or d["mention"] in known]
    documents += [
        {"mention": n, "type": e.get("type"), "role": e.get("role", "cited"), "title": None}
        for n, e in entries.items()
    ]
    name = data.get("id") or task.get("id") or where
    return {**data, "id": str(name), "mentions": mentions, "relations": relations,
            "documents": documents}  # fmt: skip
