"""Agencies: a table of names and articles with the values they must give."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.article import Article, Span
from pipeline.labels import Label
from pipeline.normalize.agencies import KINDS, AgencyContext, agency_values, parse_agency
from pipeline.segment import segment

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "agencies.jsonl").read_text().splitlines()
    if line
]
# In a case's article [[…]] is an AGENCY and <<…>> a DATE.
_MARK = re.compile(r"\[\[([^\]]{1,200})\]\]|<<([^>]{1,60})>>")


def marked(text: str, published: str | None = None, title: str | None = None) -> Article:
    """An article from a text with marked spans."""
    plain, spans, at = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        surface = match[1] or match[2]
        label = Label.AGENCY if match[1] else Label.DATE
        spans.append(Span(label, len(plain), len(plain) + len(surface)))
        plain += surface
        at = match.end()
    plain += text[at:]
    return Article(
        text=plain,
        spans=tuple(spans),
        sentences=tuple(segment(plain).sentence_spans()),
        published=date.fromisoformat(published) if published else None,
        title=title,
    )


def shown(value: Any) -> dict[str, Any]:
    """A value as the table writes it: the place by its code, the successor by name and day."""
    row = value.model_dump()
    row["place"] = row["place"] and row["place"]["code"]
    row["successor"] = row["successor"] and [row["successor"]["name"], row["successor"]["since"]]
    return row


def check(value: Any, expected: dict[str, Any]) -> None:
    """Each key the table states must be so; a place or successor it omits must be null."""
    assert value is not None
    row = shown(value)
    expected = {"place": None, "successor": None, "collective": False, **expected}
    assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_case(case: dict[str, Any]) -> None:
    if "text" in case:
        on = date.fromisoformat(case["on"]) if "on" in case else None
        check(parse_agency(case["text"], context=AgencyContext(on=on)), case["is"])
        return
    article = marked(case["article"], case.get("on"), case.get("title"))
    values, notes = agency_values(article)
    agencies = [values[i] for i in article.of(Label.AGENCY)]
    assert len(agencies) == len(case["are"])
    for value, expected in zip(agencies, case["are"], strict=True):
        check(value, {"name": expected} | {"place": shown(value)["place"]} | {
            "successor": shown(value)["successor"], "collective": shown(value)["collective"],
        } if isinstance(expected, str) else expected)  # fmt: skip
    assert [note.code for note in notes] == case.get("notes", [])


def test_kinds_are_closed() -> None:
    assert all(case["is"]["kind"] in KINDS for case in CASES if "kind" in case.get("is", {}))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="UBND TPHCMQ.,-&/()SởBộcáctỉnhhuyệnxã0123\n", max_size=60))
def test_never_raises_and_stays_in_the_list(text: str) -> None:
    value = parse_agency(text)
    assert value is None or (value.kind in KINDS and value.name.strip())


def test_a_canonical_name_is_its_own_canonical_name() -> None:
    for case in CASES:
        if "text" in case and not case["is"].get("collective"):
            on = date.fromisoformat(case["on"]) if "on" in case else None
            context = AgencyContext(on=on)
            once = parse_agency(case["text"], context=context)
            assert once is not None
            twice = parse_agency(once.name, context=context)
            assert twice is not None and twice.name == once.name, case["text"]


def test_noise_is_read_in_no_time() -> None:
    start = time.process_time()
    for noise in ("các sở, ban, ngành và ", "TP-HCM & ", "UBND ", "Sở Y tế tỉnh A, ", "(a"):
        parse_agency(noise * 5000)
        parse_agency((noise * 400)[:399])
    assert time.process_time() - start < 5
