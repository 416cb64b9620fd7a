"""The documentation runs: README's Python blocks, its commands, links between files."""

from __future__ import annotations

import doctest
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import pipeline.annotate
import pipeline.errors
import pipeline.schema
from pipeline.labels import LABEL_INFO, LABELS, bio_labels, labels_hash

ROOT = Path(__file__).parents[2]
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = [
    pytest.param(block, id=f"{page}-{n}")
    for page in ("README.md", "docs/api.md")
    for n, block in enumerate(
        re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize("block", BLOCKS)
def test_python_of_the_pages(
    block: str, extractor: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block runs by itself; a comment after a print is what it prints."""
    exec(compile(block, "the page", "exec"), {})
    out = capsys.readouterr().out
    assert out.strip()
    for shown in re.findall(r"(?m)(?:^|print\(.*\)  )# (.+)$", block):
        assert shown in out.splitlines()


MODULES = [
    pytest.param(m.name, marks=pytest.mark.train if ".training" in m.name else ())
    for m in pkgutil.walk_packages(pipeline.__path__, "pipeline.")
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_of_docstrings(module: str) -> None:
    try:
        found = doctest.testmod(import_module(module))
    except ImportError as error:
        if not module.startswith(("pipeline.training", "pipeline.annotate.widget")):
            raise
        pytest.skip(str(error))  # the extra isn't installed
    assert not found.failed


def test_the_api_page_names_what_is_public() -> None:
    errors = [name for name, value in vars(pipeline.errors).items() if isinstance(value, type)]
    for name in [*pipeline.__all__, *pipeline.annotate.__all__, *errors]:
        assert re.search(rf"`{name}\b", API), f"docs/api.md says nothing of {name}"
    for name in pipeline.schema.Record.model_fields:
        assert f"`{name}`" in API, f"docs/api.md says nothing of the record's {name}"


@pytest.mark.parametrize(
    "page",
    ["README.md", "SECURITY.md", "scripts/README.md", "corpora/README.md"]
    + [f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")],
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_codes_of_warnings_and_dead_letters_are_explained() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "pipeline").rglob("*.py"))
    batch = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    warnings = re.findall(r"\bNote\(\s*\"([a-z_.-]+)\"", source)
    letters = re.findall(r"\bBadInput\(\s*\"(\w+)\"", source)
    assert len(warnings) > 15 and len(letters) > 15
    assert {code for code in warnings if f"`{code}`" not in API} == set()
    assert {code for code in letters if f"`{code}`" not in batch} == set()


def test_every_script_is_listed() -> None:
    listed = set(re.findall(r"`(\w+\.py)`", (ROOT / "scripts/README.md").read_text("utf-8")))
    assert listed == {path.name for path in (ROOT / "scripts").glob("*.py")}


def test_the_architecture_page_names_every_module() -> None:
    """And no module that is gone."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "pipeline").glob("[a-z]*.py")}
    assert {m for m in modules if not re.search(rf"`{m}\b", text)} == set()
    named = set(re.findall(r"([a-z_]+)\.py", text))
    assert named <= {path.stem for path in (ROOT / "pipeline").rglob("*.py")}


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
