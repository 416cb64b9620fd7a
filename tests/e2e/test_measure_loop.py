"""The measured loop on a few documents: halves, the queue's order, the store, the figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("transformers", reason="needs the extra `train`")

from pipeline.annotate.store import corrections

pytestmark = [pytest.mark.train, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def test_the_loop(gold: tuple[Path, Path], phobert_layout: Path, tmp_path: Path) -> None:
    samples = ROOT / "corpora" / "gold" / "samples.jsonl"
    command = [
        sys.executable, "scripts/measure_loop.py", samples, "--dev", gold[1], "--base", phobert_layout,
        "--vocab", phobert_layout, "--documents", "2", "--epochs", "1", "--more-epochs", "1",
        "--seeds", "5", "-o", tmp_path,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (row,) = [json.loads(x) for x in (tmp_path / "results.jsonl").read_text("utf-8").splitlines()]
    assert (row["known"], row["open"]) == (5, 6)
    assert "| 5 | " in done.stdout and "| mean | " in done.stdout
    ids = {}
    for way in ("nothing-new", "random", "hardest"):
        found = corrections(tmp_path / "seed-5" / f"corrections-{way}").documents
        ids[way] = {d["id"] for d in found}
        assert len(ids[way]) == 2
    half = (tmp_path / "seed-5" / "half.jsonl").read_text("utf-8").splitlines()
    known = {json.loads(line)["id"] for line in half}
    assert ids["nothing-new"] <= known and not (ids["random"] | ids["hardest"]) & known
    metrics = json.loads(
        (tmp_path / "seed-5" / "after-hardest" / "metrics.json").read_text("utf-8")
    )
    assert metrics["documents"] == 2
    # Given again it trains nothing and says the same.
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.stdout == done.stdout and "epoch" not in again.stderr
