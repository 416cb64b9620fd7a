"""What stands between tagging and the record: a cleaned text with its spans.

Everything from here on (values, links, documents) is a pure function of an
:class:`Article`; offsets are code points of the *cleaned* text and go back to the
caller's text once, in :mod:`pipeline.assemble`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pipeline.labels import Label


@dataclass(frozen=True, slots=True)
class Span:
    """A tagged stretch of the cleaned text. ``source`` is "model" or "rule:<id>"."""

    label: Label
    start: int
    end: int
    confidence: float = 1.0
    source: str = "model"


@dataclass(frozen=True)
class Article:
    """A cleaned text, its spans in text order without overlap, and its sentences.

    >>> article = Article("UBND tỉnh yêu cầu.", (Span(Label.AGENCY, 0, 9),), ((0, 18),))
    >>> article.surface(0)
    'UBND tỉnh'
    """

    text: str
    spans: tuple[Span, ...]
    sentences: tuple[tuple[int, int], ...]
    published: date | None = None
    title: str | None = None
    boilerplate: tuple[tuple[int, int], ...] = ()

    def surface(self, i: int) -> str:
        """The text of span ``i``."""
        span = self.spans[i]
        return self.text[span.start : span.end]

    def of(self, *labels: Label) -> Iterator[int]:
        """Indices of the spans with one of ``labels``, in text order."""
        return (i for i, span in enumerate(self.spans) if span.label in labels)

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in self.sentences]

    def sentence_of(self, offset: int) -> int:
        """Index of the sentence at a character offset (the one before it in a gap)."""
        return max(0, bisect_right(self._starts, offset) - 1)


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd about a span or the text; becomes a warning of the record."""

    code: str
    message: str
    span: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two spans, by their indices."""

    type: str
    source: int
    target: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment before offsets go back: indices of spans, character evidence."""

    agencies: tuple[int, ...]
    supporting: tuple[int, ...]
    targets: tuple[int, ...]
    deadline: int | None
    task: str | None
    document: int | None = None
    evidence: tuple[int, int] = (0, 0)
    confidence: float = 1.0
    notes: tuple[Note, ...] = field(default=())
