"""Finds closed forms in cleaned text with the patterns of ``patterns.jsonl``.

A rule is data: ``id``, ``label``, ``pattern``, ``reason``, and an ``example`` with the
span it must find (``expect``); a test runs every example. Only ``certain`` rules may add
a mention that the tagger missed (:mod:`pipeline.resolve`); all are features of the CRF
baseline and the system "rules" of the results.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from pipeline.labels import Label


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern; the group ``span``, where it has one, is the mention."""

    id: str
    label: Label
    pattern: re.Pattern[str]
    certain: bool
    reason: str
    example: str
    expect: str


class RuleMatch(NamedTuple):
    """A character span of the cleaned text and the rule that found it."""

    start: int
    end: int
    rule: Rule


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they win over each other."""
    lines = resources.files("pipeline.rules").joinpath("patterns.jsonl").read_text("utf-8")
    out = []
    for line in lines.splitlines():
        row = json.loads(line)
        row["label"] = Label(row["label"])
        row["pattern"] = re.compile(row["pattern"])
        out.append(Rule(**row))
    return tuple(out)


def match(text: str, *, certain_only: bool = False) -> list[RuleMatch]:
    """Non-overlapping matches in text order; an earlier rule wins over a later one.

    ``certain_only`` leaves out the rules that can't add a mention by themselves; they then
    take no place from a later certain rule either.

    >>> [(m.rule.id, text[m.start:m.end]) for text in ["Kế hoạch số 286/KH-UBND"]
    ...  for m in match(text)]
    [('number-symbol', '286/KH-UBND')]
    """
    found: list[RuleMatch] = []
    taken = bytearray(len(text))
    for rule in rules():
        if certain_only and not rule.certain:
            continue
        for m in rule.pattern.finditer(text):
            start, end = m.span("span" if "span" in rule.pattern.groupindex else 0)
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            found.append(RuleMatch(start, end, rule))
    found.sort(key=lambda m: m.start)
    return found
