"""CoNLL: a token and its BIO tag a line, a blank line after a sentence.

Offsets are lost, so reading wants the texts and finds each token in them again. Other
readers take no comments, so the ids stand in a file beside it: ``<name>.ids``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.annotate.units import make_units
from pipeline.errors import InputError
from pipeline.segment import segment
from pipeline.text import clean

# What the cleaner drops may stand between two tokens beside white space.
_NOTHING = re.compile("[\\s\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*")
_START = "-DOCSTART- -X- O O"  # spaCy's converter wants it exactly so


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """Tokens are atoms, cut where a mention begins or ends, so no mention changes."""
    path.write_bytes("\n".join(_block(d) for d in documents).encode("utf-8", "replace"))
    ids = "".join(json.dumps(d["id"]) + "\n" for d in documents)
    _ids(path).write_text(ids, encoding="utf-8")


def _ids(path: Path) -> Path:
    return path.with_name(path.name + ".ids")


def _read_ids(path: Path) -> list[str]:
    """The ids that :func:`write` kept, one JSON string a line; none where there is no file."""
    if not path.exists():
        return []
    ids = []
    for number, line in enumerate(path.read_bytes().decode("utf-8").splitlines(), 1):
        try:
            name = json.loads(line)
        except (ValueError, RecursionError):
            name = None
        if not isinstance(name, str) or not name:
            raise InputError(
                f"{path}:{number}: not an id (a JSON string): correct it, or delete the file "
                "and the documents are numbered"
            )
        ids.append(name)
    return ids


def _block(document: Document) -> str:
    text = document["text"]
    mentions = document["mentions"]
    units = make_units(text, [(m["start"], m["end"]) for m in mentions])
    cleaned = clean(text)
    ends = {cleaned.to_raw(a, b)[1] for a, b in segment(cleaned.text).sentence_spans()}
    tags = ["O"] * len(units.bounds)
    for m in mentions:
        first, last = units.indices(m["start"], m["end"])
        tags[first:last] = [f"B-{m['label']}", *[f"I-{m['label']}"] * (last - first - 1)]
    lines = [_START, ""]
    for (start, end), tag in zip(units.bounds, tags, strict=True):
        if not text[start:end].split():
            raise InputError(
                f"document {document['id']!r}: the mention at {start} begins or ends with white "
                "space, which CoNLL can't carry"
            )
        lines.append(f"{text[start:end]}\t{tag}")
        if end in ends:
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Documents begin at ``-DOCSTART-``; the tag is the last column.

    Without its text, a document's tokens are joined by spaces, its sentences by line breaks.
    """
    ids = _read_ids(_ids(path))
    for count, (number, sentences) in enumerate(_documents(path)):
        name = ids[count] if count < len(ids) else f"d{count + 1}"
        text = texts.get(name)
        if text is None:
            text = "\n".join(" ".join(token for token, _ in s) for s in sentences)
        mentions, fault = _align(text, [pair for s in sentences for pair in s])
        yield f"{path.name}:{number}", fault or {"id": name, "text": text, "mentions": mentions}


def _documents(path: Path) -> Iterator[tuple[int, list[list[tuple[str, str]]]]]:
    """Each document's first line and its sentences of (token, tag)."""
    begin, started = 1, False
    sentences: list[list[tuple[str, str]]] = []
    sentence: list[tuple[str, str]] = []
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    for number, line in enumerate(lines, 1):
        line = line.removesuffix("\r")
        if sentence and (not line.strip() or line.startswith("-DOCSTART-")):
            sentences.append(sentence)
            sentence = []
        if line.startswith("-DOCSTART-"):
            if started or sentences:
                yield begin, sentences
            begin, sentences, started = number, [], True
        elif "\t" in line or " " in line.strip():
            columns = line.split("\t") if "\t" in line else line.split()
            sentence.append((columns[0], columns[-1]))
    if started or sentences or sentence:
        yield begin, [*sentences, sentence] if sentence else sentences


def _align(text: str, tokens: Sequence[tuple[str, str]]) -> tuple[list[dict[str, Any]], str | None]:
    """Mentions of a tagged token sequence, found in ``text`` from left to right."""
    mentions: list[dict[str, Any]] = []
    at = 0
    running: str | None = None
    for token, tag in tokens:
        gap = _NOTHING.match(text, at)
        start = gap.end() if gap else at
        if not text.startswith(token, start):
            start = text.find(token, at, start + len(token))
        if start < 0:
            return [], f"token {token!r} is not in the text at {at}: {text[at : at + 30]!r}"
        at = start + len(token)
        prefix, _, label = tag.partition("-")
        if not label:
            running = None
            continue
        if prefix in "BSU" or label != running:  # I after another label begins one, as in IOB1
            mentions.append({"id": f"m{len(mentions) + 1}", "label": label, "start": start})
        mentions[-1]["end"] = at
        running = None if prefix in "ESLU" else label
    for m in mentions:
        m["text"] = text[m["start"] : m["end"]]
    return mentions, None
