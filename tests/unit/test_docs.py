"""The documentation runs: README's Python blocks, its commands, links between files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.labels import LABEL_INFO, LABELS, bio_labels, labels_hash

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_readme_python(block: str, extractor: object, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_changelog_names_this_version() -> None:
    from pipeline import __version__

    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_labels_are_one_scheme() -> None:
    assert list(LABEL_INFO) == list(LABELS)
    assert len({i.hotkey for i in LABEL_INFO.values()}) == len(LABELS)
    assert len({i.colour for i in LABEL_INFO.values()}) == len(LABELS)
    assert bio_labels()[0] == "O" and len(bio_labels()) == 2 * len(LABELS) + 1
    # Frozen with schema 1.0: a model trained with another order must be refused.
    assert labels_hash() == "6b23834969a9"
