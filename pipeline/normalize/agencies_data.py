"""Readers of the tables in ``pipeline/data``, and the abbreviations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """What capitals stand for; a two-letter field is only read after its head."""

    full: str
    short_field: bool


def read_jsonl(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a table in ``pipeline/data``."""
    for line in files("pipeline").joinpath("data", name).read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def read_tsv(name: str) -> Iterator[list[str]]:
    """The rows of a table with a heading line in ``pipeline/data``."""
    lines = files("pipeline").joinpath("data", name).read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines[1:] if line)


@cache
def abbreviations() -> dict[str, Abbreviation]:
    """Squeezed capitals (``GDĐT``) → what they stand for."""
    return {
        row["abbr"]: Abbreviation(row["full"], row["class"] == "field" and len(row["abbr"]) <= 2)
        for row in read_jsonl("abbreviations.jsonl")
    }
