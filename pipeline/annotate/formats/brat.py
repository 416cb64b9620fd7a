"""brat standoff: ``<id>.txt`` and ``<id>.ann`` in a folder.

Role is an attribute, the document's type a note. A primary document without a number
has no text to be bound to, so brat can't carry it; nor can it carry titles.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pipeline.annotate.document import PAIRS, ROLES, Document
from pipeline.annotate.formats import Raw
from pipeline.labels import LABELS, Relation

_CONF = "annotation.conf"


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """The files of each document, and brat's ``annotation.conf`` for our scheme."""
    (path / _CONF).write_text(_conf(), encoding="utf-8")
    for document in documents:
        stem = quote(document["id"], safe=" -_.,")
        (path / f"{stem}.txt").write_bytes(document["text"].encode("utf-8", "replace"))
        (path / f"{stem}.ann").write_bytes(_ann(document).encode("utf-8", "replace"))


def _conf() -> str:
    relations = [
        f"{r}\tArg1:{'|'.join(sorted({a for (a, _), k in PAIRS.items() if k == r}))}, "
        f"Arg2:{'|'.join(sorted({b for (_, b), k in PAIRS.items() if k == r}))}"
        for r in Relation
    ]
    return "\n".join([
        "[entities]", *LABELS, "", "[relations]", *relations, "", "[events]", "",
        "[attributes]", f"Role\tArg:DOC_NUMBER, Value:{'|'.join(ROLES)}", "",
    ])  # fmt: skip


def _ann(document: Document) -> str:
    text = document["text"]
    names = {m["id"]: f"T{i}" for i, m in enumerate(document["mentions"], 1)}
    lines = []
    for m in document["mentions"]:
        parts = _fragments(text, m["start"], m["end"])
        place = ";".join(f"{a} {b}" for a, b in parts)
        surface = " ".join(text[a:b] for a, b in parts)
        lines.append(f"{names[m['id']]}\t{m['label']} {place}\t{surface}")
    for i, r in enumerate(document["relations"], 1):
        lines.append(f"R{i}\t{r['type']} Arg1:{names[r['from']]} Arg2:{names[r['to']]}")
    for i, d in enumerate([d for d in document["documents"] if d["mention"]], 1):
        lines.append(f"A{i}\tRole {names[d['mention']]} {d['role']}")
        if d["type"]:
            lines.append(f"#{i}\tAnnotatorNotes {names[d['mention']]}\ttype: {d['type']}")
    return "".join(line + "\n" for line in lines)


def _fragments(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A span by line: brat knows no span over a line break."""
    out = []
    at = start
    for i in range(start, end + 1):
        if i == end or text[i] in "\r\n":
            if i > at:
                out.append((at, i))
            at = i + 1
    return out or [(start, end)]


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Every ``.ann`` file with its ``.txt`` (or the text given for its id)."""
    for ann in sorted(path.glob("*.ann")):
        name = unquote(ann.stem)
        source = ann.with_suffix(".txt")
        if source.exists():
            text = source.read_bytes().decode("utf-8")
        elif name in texts:
            text = texts[name]
        else:
            yield ann.name, f"{source.name} is missing, and no text was given for {name!r}"
            continue
        yield ann.name, partial(_document, name, text, ann.read_bytes().decode("utf-8"))


def _document(name: str, text: str, ann: str) -> dict[str, Any]:
    mentions: list[dict[str, Any]] = []
    relations: list[dict[str, Any]] = []
    entries: dict[str, dict[str, Any]] = {}
    for line in ann.replace("\r\n", "\n").split("\n"):
        key, _, body = line.partition("\t")
        head, _, tail = body.partition("\t")
        words = head.split()
        if key.startswith("T"):
            label, places = head.split(" ", 1)
            parts = [tuple(map(int, p.split())) for p in places.split(";")]
            start, end = parts[0][0], parts[-1][1]
            # Fragments that only a line break parts are one span; the surface then is brat's.
            surface = tail if len(parts) == 1 else _joined(text, parts, tail)
            mentions.append(
                {"id": key, "label": label, "start": start, "end": end, "text": surface}
            )
        elif key.startswith("R"):
            ends = dict(w.split(":", 1) for w in words[1:])
            relations.append({"type": words[0], "from": ends["Arg1"], "to": ends["Arg2"]})
        elif key.startswith("A") and words[0] == "Role":
            entries.setdefault(words[1], {})["role"] = words[2]
        elif key.startswith("#") and words[:1] == ["AnnotatorNotes"] and tail.startswith("type: "):
            entries.setdefault(words[1], {})["type"] = tail.removeprefix("type: ")
    documents = [
        {"mention": n, "type": e.get("type"), "role": e.get("role", "cited"), "title": None}
        for n, e in entries.items()
    ]
    return {"id": name, "text": text, "mentions": mentions, "relations": relations,
            "documents": documents}  # fmt: skip


def _joined(text: str, parts: Sequence[tuple[int, ...]], surface: str) -> str:
    """The surface of a span over line breaks, if its fragments say what brat says."""
    for (_, end), (start, _) in itertools.pairwise(parts):
        if text[end:start].strip("\r\n"):
            raise ValueError(f"a discontinuous span can't be taken: {surface!r}")
    if " ".join(text[a:b] for a, b in parts) != surface:
        return surface
    return text[parts[0][0] : parts[-1][1]]
