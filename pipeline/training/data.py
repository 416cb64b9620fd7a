"""Gold rows to tagged words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.rules import match
from pipeline.segment import Segmented, segment
from pipeline.text import CleanText, clean
from pipeline.training.features import rule_tags
from pipeline.training.rows import read_rows


@dataclass(frozen=True, slots=True)
class Example:
    """One document, segmented; ``tags`` holds a BIO tag for each word."""

    id: str
    cleaned: CleanText
    segmented: Segmented
    words: list[str]
    tags: list[str] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)

    def rules(self) -> list[str]:
        """A rule tag for each word, for the CRF baseline."""
        return rule_tags(self.segmented, match(self.cleaned.text))

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
    return Example(id, cleaned, segmented, words, tags, {"mentions": list(mentions)})


def inside_words(e: Example) -> list[tuple[int, int]]:
    """Raw offsets of the mentions that can only be learnt with a whole word more than they are.

    >>> inside_words(example("a", "Bộ Y tế họp", [{"start": 0, "end": 6, "label": "AGENCY"}]))
    [(0, 6)]
    """
    spans = [e.segmented.word_span(j) for j in range(len(e.words))]
    starts, ends = {a for a, _ in spans}, {b for _, b in spans}
    out = []
    for m in e.row["mentions"]:
        start, end = e.cleaned.from_raw(m["start"], m["end"])
        if start not in starts or end not in ends:
            out.append((m["start"], m["end"]))
    return out


def read_gold(paths: Iterable[Path]) -> list[Example]:
    """Read gold files whole or not at all, segmented and tagged.

    Raises CorpusError naming every bad row (file, line, reason): nothing is trained on a
    corpus with faults.
    """
    return [
        example(
            str(i if r.row.get("id") is None else r.row["id"]), r.row["text"], r.row["mentions"]
        )
        for i, r in enumerate(read_rows(paths))
    ]
