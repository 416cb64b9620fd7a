"""Damaged texts and very long lists: the record keeps to its contract, time to the length."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline import extract


@pytest.fixture(scope="module")
def fuzz() -> Any:
    """``scripts/fuzz.py`` as a module."""
    path = Path(__file__).parents[2] / "scripts" / "fuzz.py"
    spec = importlib.util.spec_from_file_location("fuzz", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_damaged_texts(extractor: object, fuzz: Any) -> None:
    for kind, text, published in fuzz.inputs(seed=7, count=45):
        assert fuzz.faults(text, published) == [], (kind, text, published)


@pytest.mark.parametrize("target", ["readers", "importers", "messages"])
def test_damaged_files_and_messages(fuzz: Any, target: str) -> None:
    """Damaged files of each format, and what a page might send to the widgets."""
    if target == "readers":
        for package in ("docx", "pyarrow", "pypdf", "trafilatura", "warcio", "zstandard"):
            pytest.importorskip(package)
    elif target == "importers":
        pytest.importorskip("cassis")
    for kind, _, shown, run in fuzz.TARGETS[target](7, 120):
        assert run() == [], (kind, shown)


LISTS = [
    "Sở Nội vụ, ",  # agencies in one sentence
    "ngày 12/5/2023, ",
    "trước ngày 12/5/2023 hoàn thành 20% thủ tục, ",
    "Quyết định số {n}, ",  # each was compared with each
    "Quyết định số {n}/QĐ-UBND, ",
    "| UBND tỉnh Hà Nam | trước ngày 30/6/2024 | 100% hồ sơ |\n",
    "..!?,;:()",
]


def _seconds(item: str, length: int) -> float:
    text, n = "", 0
    while len(text) < length:
        text += item.format(n=n)
        n += 1
    begin = time.process_time()
    extract(text, published="2023-08-01")
    return time.process_time() - begin


@pytest.mark.parametrize("item", LISTS)
def test_time_grows_with_the_length_only(extractor: object, item: str) -> None:
    short, long = _seconds(item, 4_000), _seconds(item, 16_000)
    assert long < 12 * short + 0.5  # four times the text; sixteen times would be quadratic


def test_time_of_a_long_text_grows_with_its_length_only(
    extractor: object, samples: list[dict[str, Any]]
) -> None:
    """Values, links and roles of whole articles, one after the other: 20 kB against 80 kB."""
    text = "\n\n".join(str(row["text"]) for row in samples)
    text *= 1 + 80_000 // len(text)
    seconds = {}
    for length in (20_000, 80_000):
        best = float("inf")
        for _ in range(2):
            begin = time.thread_time()
            extract(text[:length], published="2023-08-01")
            best = min(best, time.thread_time() - begin)
        seconds[length] = best
    assert seconds[80_000] < 8 * seconds[20_000] + 0.2
