"""CoNLL: a token and its BIO tag a line, a blank line after a sentence.

Offsets are lost, so reading wants the texts and finds each token in them again.
"""

from __future__ import annotations

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
_ID = "# id = "


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """Tokens are atoms, cut where a mention begins or ends, so no mention changes."""
    path.write_bytes("\n".join(_block(d) for d in documents).encode("utf-8", "replace"))


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
    lines = [f"{_ID}{document['id']}"]
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
    """Documents begin at ``# id = …`` or ``-DOCSTART-``; the tag is the last column.

    Without its text, a document's tokens are joined by spaces, its sentences by line breaks.
    """
    for where, name, sentences in _documents(path):
        text = texts.get(name)
        if text is None:
            text = "\n".join(" ".join(token for token, _ in s) for s in sentences)
        mentions, fault = _align(text, [pair for s in sentences for pair in s])
        yield where, fault or {"id": name, "text": text, "mentions": mentions}


def _documents(path: Path) -> Iterator[tuple[str, str, list[list[tuple[str, str]]]]]:
    name, begin = "", 1
    sentences: list[list[tuple[str, str]]] = [[]]
    count = 0
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    for number, line in enumerate([*lines, "-DOCSTART-"], 1):
        line = line.removesuffix("\r")
        if line.startswith((_ID, "-DOCSTART-")):
            if any(sentences):
                count += 1
                yield f"{path.name}:{begin}", name or f"d{count}", [s for s in sentences if s]
            name = line.removeprefix(_ID) if line.startswith(_ID) else ""
            sentences, begin = [[]], number
        elif not line.strip():
            sentences.append([])
        elif "\t" in line or " " in line:
            columns = line.split("\t") if "\t" in line else line.split()
            sentences[-1].append((columns[0], columns[-1]))


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
