"""The notebooks run from top to bottom, carry no outputs, and end in what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.annotate.document import as_document
from pipeline.annotate.store import Store, corrections

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ["02_correct_labels.ipynb", "03_disagreements.ipynb"]


@pytest.mark.parametrize("name", NAMES)
def test_no_outputs_are_kept(name: str) -> None:
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    assert code and all(not c["outputs"] and c["execution_count"] is None for c in code)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    lines = (NOTEBOOKS / "sample.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    rows = [as_document(json.loads(line)) for line in lines]
    for annotator, shorter in (("minh", 0), ("tam", 1)):
        store = Store(tmp_path, annotator)
        for row in rows[:3]:
            mentions = row["mentions"][: len(row["mentions"]) - shorter]
            plain = [{k: v for k, v in m.items() if k != "confidence"} for m in mentions]
            store.append_answer({**row, "mentions": plain}, "accept")
    monkeypatch.setenv("VN_CORRECTIONS", str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    printed = "".join(
        o.get("text", "") for c in notebook.cells for o in c.get("outputs", []) if o.get("text")
    )
    if name.startswith("02"):
        assert "0 documents in" in printed and (tmp_path / "lan.jsonl").exists()
    else:
        assert "minh – tam: 3 documents" in printed and "0 documents; 3 still disputed" in printed
        assert len(corrections(tmp_path).disputed) == 3
