"""Gold rows to tagged words, and tags back to spans."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.errors import CorpusError
from pipeline.features import rule_tags
from pipeline.labels import LABELS
from pipeline.rules import match
from pipeline.segment import Segmented, segment
from pipeline.text import CleanText, clean


@dataclass(frozen=True, slots=True)
class Example:
    """One document, segmented; ``tags`` holds a BIO tag for each word."""

    id: str
    cleaned: CleanText
    segmented: Segmented
    words: list[str]
    rules: list[str]
    tags: list[str] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)

    def lines(self) -> list[tuple[int, int]]:
        """Word ranges of the lines of text."""
        text, cuts = self.cleaned.text, [0]
        for j in range(1, len(self.words)):
            if "\n" in text[self.segmented.word_span(j - 1)[1] : self.segmented.word_span(j)[0]]:
                cuts.append(j)
        cuts.append(len(self.words))
        return [(a, b) for a, b in pairwise(cuts) if a < b]


def example(id: str, text: str, mentions: Sequence[dict[str, Any]] = ()) -> Example:
    """Segment a text and lay its mentions over the words.

    A mention whose edge falls inside a word takes that word whole.
    """
    cleaned = clean(text)
    segmented = segment(cleaned.text)
    words = segmented.word_texts()
    tags = ["O"] * len(words)
    spans = sorted((*cleaned.from_raw(m["start"], m["end"]), m["label"]) for m in mentions)
    j = 0
    for start, end, label in spans:
        while j < len(words) and segmented.word_span(j)[1] <= start:
            j += 1
        first = True
        while j < len(words) and segmented.word_span(j)[0] < end:
            tags[j] = ("B-" if first else "I-") + label
            first = False
            j += 1
    rules = rule_tags(segmented, match(cleaned.text))
    return Example(id, cleaned, segmented, words, rules, tags, {"mentions": list(mentions)})


def check_row(row: Any) -> list[str]:
    """What is wrong with a gold row, each fault in words; empty when it can be trained on."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return ["no string under “text”"]
    if not isinstance(row.get("mentions"), list):
        return ["no list under “mentions”"]
    faults, at, last = [], 0, ""
    names = {str(label) for label in LABELS}
    placed = []
    for k, m in enumerate(row["mentions"]):
        name = f"mention {m.get('id', k) if isinstance(m, dict) else k}"
        if not isinstance(m, dict) or not all(isinstance(m.get(x), int) for x in ("start", "end")):
            faults.append(f"{name}: start and end must be whole numbers")
            continue
        start, end = m["start"], m["end"]
        if m.get("label") not in names:
            faults.append(f"{name}: unknown label {m.get('label')!r}; known: {sorted(names)}")
        if not 0 <= start < end <= len(row["text"]):
            faults.append(f"{name}: {start}–{end} is outside the text of {len(row['text'])}")
        elif "text" in m and row["text"][start:end] != m["text"]:
            faults.append(f"{name}: the text at {start}–{end} is {row['text'][start:end]!r}, "
                          f"the row says {m['text']!r}")  # fmt: skip
        placed.append((start, end, name))
    for start, end, name in sorted(placed):
        if start < at:
            faults.append(f"{name} overlaps {last}")
        at, last = max(at, end), name
    return faults


def read_gold(paths: Iterable[Path]) -> list[Example]:
    """Read gold files whole or not at all.

    Raises CorpusError naming every bad row (file, line, reason): nothing is trained on a
    corpus with faults.
    """
    faults, rows = [], []
    for path in paths:
        if not path.is_file():
            raise CorpusError(f"{path} does not exist")
        for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                faults.append(f"{path}:{n}: not JSON: {error}")
                continue
            found = check_row(row)
            faults += [f"{path}:{n}: {fault}" for fault in found]
            if not found:
                rows.append(row)
    if faults:
        raise CorpusError(
            "rows that can't be trained on; nothing was trained:\n" + "\n".join(faults)
        )
    return [
        example(str(row.get("id", i)), row["text"], row["mentions"]) for i, row in enumerate(rows)
    ]
