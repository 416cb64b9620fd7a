"""Dates and deadlines: a table of surface forms, articles, and what is no time at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.article import Article, Note, Span
from pipeline.labels import Label
from pipeline.normalize.times import parse_time, time_values
from pipeline.schema import TimeValue

CASES = Path(__file__).parents[1] / "cases" / "times.jsonl"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in CASES.read_text("utf-8").splitlines() if line.strip()
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def short(value: TimeValue | None) -> dict[str, Any] | None:
    """A value without what is at its default, as the table writes it."""
    if value is None:
        return None
    return {k: v for k, v in value.model_dump().items() if v is not None and v is not False}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['label']}: {row['text']}" for row in ROWS])
def test_case(row: dict[str, Any]) -> None:
    value = parse_time(
        row["text"],
        label=Label(row["label"]),
        published=day(row.get("published")),
        context=[date.fromisoformat(text) for text in row.get("context", ())],
        past=row.get("past"),
    )
    assert short(value) == row["value"], row["comment"]


def test_table_is_large_and_commented() -> None:
    assert len(ROWS) >= 250
    assert all(row["comment"] for row in ROWS)
    keys = [(r["text"], r["label"], r.get("published"), r.get("past"), str(r.get("context")))
            for r in ROWS]  # fmt: skip
    assert len(set(keys)) == len(keys)


def article(marked: str, published: str | None = None) -> Article:
    """An article from text with [D:…], [L:…] (deadline), [N:…] (number) marks; a line a sentence.

    >>> article("Ngày [D:12/5]").text
    'Ngày 12/5'
    """
    names = {"D": Label.DATE, "L": Label.DEADLINE, "N": Label.DOC_NUMBER, "A": Label.AGENCY}
    text, spans, at = "", [], 0
    while (open_ := marked.find("[", at)) >= 0:
        close = marked.index("]", open_)
        text += marked[at:open_]
        start = len(text)
        text += marked[open_ + 3 : close]
        spans.append(Span(names[marked[open_ + 1]], start, len(text)))
        at = close + 1
    text += marked[at:]
    sentences, start = [], 0
    for line in text.split("\n"):
        if line:
            sentences.append((start, start + len(line)))
        start += len(line) + 1
    return Article(text, tuple(spans), tuple(sentences), day(published))


def days(marked: str, published: str | None = None) -> list[tuple[str | None, str | None, str]]:
    values, _ = time_values(article(marked, published))
    return [(v.start, v.end, v.anchor) if v else (None, None, "-") for v in values.values()]


def codes(marked: str, published: str | None = None) -> list[str]:
    notes: list[Note] = time_values(article(marked, published))[1]
    return [note.code for note in notes]


def test_year_from_the_dateline() -> None:
    text = "[D:Thứ Ba, ngày 28 tháng 6 năm 2022]\n[D:Ngày 12/5], UBND tỉnh ban hành chỉ thị."
    assert days(text)[1] == ("2022-05-12", "2022-05-12", "context")


def test_year_from_publishing() -> None:
    assert days("[D:Ngày 12/5], UBND tỉnh họp.", "2022-06-28")[0] == (
        "2022-05-12", "2022-05-12", "published",
    )  # fmt: skip


def test_year_from_the_same_sentence() -> None:
    text = "Họp [D:ngày 20/12/2019] và [D:ngày 25/12], thành phố đã thống nhất."
    assert days(text, "2021-03-01")[1] == ("2019-12-25", "2019-12-25", "context")
