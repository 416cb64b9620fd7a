"""The notebooks run from top to bottom, carry no outputs, and end in what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.annotate.document import as_document
from pipeline.annotate.store import Store, corrections

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ["02_correct_labels.ipynb", "03_disagreements.ipynb"]


def run(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Execute a notebook; what it printed."""
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    # The kernel must import this checkout, wherever the tests are run from.
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS.parent))
    notebook = nbformat.read(NOTEBOOKS / name, as_version=4)
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    return "".join(o.get("text", "") + "".join(o.get("data", {})) for o in outputs)


@pytest.mark.parametrize("name", sorted(p.name for p in NOTEBOOKS.glob("*.ipynb")))
def test_no_outputs_are_kept(name: str) -> None:
    cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
    code = [c for c in cells if c["cell_type"] == "code"]
    assert code and all(not c["outputs"] and c["execution_count"] is None for c in code)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    printed = run(name, monkeypatch)
    if name.startswith("02"):
        assert "0 documents in" in printed and (tmp_path / "lan.jsonl").exists()
    else:
        assert "minh – tam: 3 documents" in printed and "0 documents; 3 still disputed" in printed
        assert len(corrections(tmp_path).disputed) == 3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_tour(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    printed = run("01_extract_tour.ipynb", monkeypatch)
    assert "UBND tỉnh Quảng Bình" in printed and "text must be a str" in printed
    assert printed.count("image/png") == 2 and "text/html" in printed


@pytest.mark.slow
@pytest.mark.train
@pytest.mark.filterwarnings("ignore")
def test_error_analysis_and_retraining(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for package in ("pandas", "matplotlib", "torch", "transformers"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    lines = (NOTEBOOKS.parent / "corpora" / "gold" / "samples.jsonl").read_text("utf-8").split("\n")
    small = tmp_path / "gold.jsonl"
    small.write_text("\n".join(lines[:4]) + "\n", "utf-8")
    monkeypatch.setenv("VN_GOLD", str(small))
    monkeypatch.setenv("VN_OUT", str(tmp_path))
    printed = run("04_error_analysis_and_retraining.ipynb", monkeypatch)
    assert "2 corrected and 4 gold documents, 1 epochs" in printed
    assert "95 % of the change" in printed and "on 2 documents" in printed
    assert printed.count("image/png") == 3
    assert (tmp_path / "retrained" / "model.onnx").is_file()
