"""Importing the package is cheap, and its public names are the documented ones."""

from __future__ import annotations

import json
import subprocess
import sys

import pipeline

HEAVY = ("torch", "transformers", "spacy", "underthesea", "onnxruntime", "pydantic", "numpy")


def test_import_loads_nothing_heavy() -> None:
    code = "import sys, json, pipeline; print(json.dumps(sorted(m.split('.')[0] for m in sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(json.loads(out.stdout))


def test_extract_loads_no_torch(extractor: object) -> None:
    code = (
        "import sys; from pipeline import extract; extract('UBND tỉnh họp.');"
        "print([m for m in ('torch', 'transformers', 'spacy') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_all_names_resolve() -> None:
    for name in pipeline.__all__:
        assert getattr(pipeline, name) is not None
    try:
        pipeline.nothing  # noqa: B018
    except AttributeError as error:
        assert "nothing" in str(error)
