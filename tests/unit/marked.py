"""Marked-up sentences for the tests of links and assignments: "{A:Sở Nội vụ} rà soát …"."""

from __future__ import annotations

import re

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.segment import segment

LETTERS = {
    "D": Label.DOC_NUMBER,
    "T": Label.DATE,
    "A": Label.AGENCY,
    "G": Label.TARGET,
    "L": Label.DEADLINE,
}


def parse(marked: str) -> tuple[Article, list[str]]:
    """The article, and a name for each span: letter and ordinal ("A2")."""
    text = ""
    spans: list[Span] = []
    names: list[str] = []
    at = 0
    for match in re.finditer(r"\{([DTAGL]):([^}]*)\}", marked):
        text += marked[at : match.start()]
        spans.append(Span(LETTERS[match[1]], len(text), len(text) + len(match[2])))
        names.append(f"{match[1]}{sum(n[0] == match[1] for n in names) + 1}")
        text += match[2]
        at = match.end()
    text += marked[at:]
    return Article(text, tuple(spans), tuple(segment(text).sentence_spans())), names
