"""Fixtures that many tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def cases(name: str) -> list[dict[str, Any]]:
    """Rows of ``tests/cases/<name>.jsonl``."""
    text = (ROOT / "tests" / "cases" / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="session")
def shared_corpora() -> Path:
    """The folder of real documents; tests that read them skip where it isn't there."""
    if not (SHARED / "corpora" / "gold").is_dir():
        pytest.skip("real documents (../shared/corpora) are not on this machine")
    return SHARED / "corpora"


@pytest.fixture(scope="session")
def samples() -> list[dict[str, Any]]:
    """The shipped sample documents with their gold annotation."""
    text = (ROOT / "corpora" / "gold" / "samples.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def extractor() -> Any:
    """The shipped model, loaded once."""
    from pipeline.api import extractor as load

    return load()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No test reaches beyond this machine (``--allow-hosts`` in pyproject.toml); Ray's own
    services speak to each other by the machine's address, which is not the loopback's."""
    for item in items:
        if item.get_closest_marker("ray"):
            item.add_marker(pytest.mark.enable_socket)
