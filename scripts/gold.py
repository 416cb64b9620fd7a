"""Gold rows as :class:`pipeline.article.Article`, for the scripts that measure a stage alone.

A gold row has the raw text and hand-made mentions in raw offsets; a stage after the
tagger reads cleaned text and cleaned offsets, so the way is the pipeline's own:
``clean`` → ``from_raw`` → ``segment``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.segment import segment
from pipeline.text import boilerplate, clean


def to_article(row: Mapping[str, Any]) -> tuple[Article, list[str]]:
    """One gold row as an article; the list maps a span's index to its gold mention id.

    Mentions that cleaning leaves nothing of are dropped. Raises ``KeyError`` where the row
    has no ``text`` or ``mentions``.
    """
    cleaned = clean(row["text"])
    placed: list[tuple[int, int, str, str]] = []
    for mention in row["mentions"]:
        start, end = cleaned.from_raw(mention["start"], mention["end"])
        if start < end:
            placed.append((start, end, mention["label"], mention["id"]))
    placed.sort()
    published = row.get("published") or row.get("date")
    article = Article(
        text=cleaned.text,
        spans=tuple(Span(Label(label), start, end) for start, end, label, _ in placed),
        sentences=tuple(segment(cleaned.text).sentence_spans()),
        published=date.fromisoformat(published[:10]) if published else None,
        title=row.get("title"),
        boilerplate=tuple(boilerplate(cleaned.text)),
    )
    return article, [mention_id for *_, mention_id in placed]


def read_rows(path: str | Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, in its order."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def load_gold(path: str | Path) -> Iterator[tuple[dict[str, Any], Article, list[str]]]:
    """Rows of ``path`` with their articles and the mention id of each span.

    ``for row, article, ids in load_gold("../shared/corpora/gold/dev.jsonl"): ...``
    """
    for row in read_rows(path):
        article, ids = to_article(row)
        yield row, article, ids
