"""The wheel holds the model and runs by itself: elsewhere, without torch, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = """
import socket, sys

def refuse(*args, **kwargs):
    raise RuntimeError("the network was asked for")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
for name in ("torch", "transformers", "datasets", "sklearn"):
    sys.modules[name] = None
import pipeline
assert pipeline.__file__.startswith(sys.argv[1]), pipeline.__file__
record = pipeline.extract("UBND tỉnh Thái Bình ban hành Kế hoạch số 57/KH-UBND ngày 12/4/2023.")
print([m.text for m in record.mentions])
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


def test_size_and_contents(wheel: Path) -> None:
    assert wheel.stat().st_size < 40e6
    names = zipfile.ZipFile(wheel).namelist()
    model = {Path(n).name for n in names if n.startswith("pipeline/_models/vn-directives-small/")}
    assert model >= {"model.onnx", "vocab.txt", "bpe.codes", "tagger.json", "SHA256SUMS"}
    assert not [n for n in names if n.endswith((".safetensors", ".pkl", ".pt"))]
    assert not [n for n in names if n.startswith(("tests/", "corpora/", "scripts/"))]


def test_runs_from_another_folder_without_torch_or_network(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    (tmp_path / "elsewhere").mkdir()
    out = subprocess.run(
        [sys.executable, "-c", RUN, str(site)],
        cwd=tmp_path / "elsewhere",
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert out.returncode == 0, out.stderr
    assert "57/KH-UBND" in out.stdout


def test_tracked_weights_are_small_and_no_pickle() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "models"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    assert sum((ROOT / name).stat().st_size for name in tracked) < 64e6
    assert not [n for n in tracked if n.endswith((".pkl", ".pickle", ".pt", ".pth", ".bin"))]
