"""The model card, its tables and diagram, from made-up figures; the committed ones are current."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pipeline.errors import ConfigError
from pipeline.labels import LABELS
from pipeline.models import DEFAULT_MODEL
from pipeline.training.card import card, facts
from pipeline.training.figures import ROWS, headline, put_block, systems
from pipeline.training.reliability import reliability_svg
from pipeline.training.report import examples, measure

ROOT = Path(__file__).parents[2]
MEASURED = sorted(
    path.parent
    for path in ROOT.glob("models/*/metrics.json")
    if "files" in json.loads(path.read_text(encoding="utf-8"))
)

TEXT = "Sở Y tế phấn đấu đạt 90% trong năm 2025 | UBND xã"
GOLD = [
    {
        "id": "a",
        "mentions": [
            {"start": 0, "end": 7, "label": "AGENCY"},
            {"start": 17, "end": 24, "label": "TARGET"},
            {"start": 25, "end": 39, "label": "DEADLINE"},
        ],
    }
]
FOUND = [
    {
        "id": "a",
        "mentions": [
            {"start": 0, "end": 7, "label": "AGENCY", "confidence": 0.98},
            {"start": 31, "end": 39, "label": "DATE", "confidence": 0.7},
            {"start": 42, "end": 49, "label": "AGENCY", "confidence": 0.4},
        ],
    }
]
SHA = "ab" * 32
TRAINED = {"a.jsonl": "cd" * 32}


def made_up(**more: Any) -> dict[str, Any]:
    state = {"file": "x.jsonl", "sha256": SHA, **measure(GOLD, FOUND)}
    return {
        "name": "toy",
        "model": {
            "sha256": SHA, "bytes": 10_500_000, "served_bytes": 11_000_000, "int8": True,
            "vocabulary": 16_000, "segmenter": "underthesea 9.5.0", "limit": 126, "overlap": 40,
        },
        "fitted_on": "dev",
        "files": {"dev": state, "seeds": state, "samples": state},
        "examples": examples(GOLD, FOUND, {"a": TEXT}),
        "versions": {"numpy": "2.0.0"},
        **more,
    }  # fmt: skip


def baselines() -> dict[str, Any]:
    row = {name: {"f1": 0.5} for name in ROWS}
    return {
        "gold": {"dev": {"file": "x.jsonl", "sha256": SHA, "documents": 1}},
        "crf": {"train": [{"file": "t.jsonl", "sha256": SHA}], "documents": 9, "iterations": 5},
        "models": {"model": SHA},
        "systems": {"rules": {"dev": row}, "CRF": {"dev": row}, "model": {"dev": row}},
    }


def test_card_is_the_same_each_time_and_after_json() -> None:
    metrics = made_up()
    assert card(metrics) == card(json.loads(json.dumps(metrics)))


def test_header_is_what_the_hub_reads() -> None:
    yaml = pytest.importorskip("yaml")
    head = yaml.safe_load(card(made_up()).split("---\n")[1])
    assert head["language"] == "vi" and head["license"] == "mit"
    assert head["pipeline_tag"] == "token-classification"
    (model,) = head["model-index"]
    assert model["name"] == "toy"
    assert [r["dataset"]["name"] for r in model["results"]] == ["dev", "seeds", "samples"]
    values = {m["type"]: m["value"] for m in model["results"][0]["metrics"]}
    assert values == {"precision": 0.3333, "recall": 0.3333, "f1": 0.3333}


def test_card_says_where_calibration_was_fitted() -> None:
    text = card(made_up())
    assert "| dev (fitted on) |" in text
    assert "`seeds` and `samples` are the honest ones" in text


def test_card_quotes_errors_without_markup_of_theirs() -> None:
    text = card(made_up())
    assert r"\[UBND xã\]" in text and r"\|" in text
    for kind in ("label wrong", "missed", "spurious"):
        assert f"*{kind}*" in text


def test_card_without_samples_quotes_nothing() -> None:
    assert "The first of each kind" not in card(made_up(examples=[]))


@pytest.mark.parametrize(
    "more, said",
    [
        ({"documents": 256, "inputs": TRAINED}, "on 256 documents annotated by hand"),
        ({"silver_documents": 1200, "inputs": TRAINED}, "after 1,200 documents labelled"),
        ({"pretraining": {"tokens": 45_000_000, "loss": 3.5, "seed": 13}}, "45,000,000 token"),
        ({"pretraining": {"tokens": 9, "final_loss": 3.5}}, "masked loss 3.50 at the end."),
        ({"seed": 7}, "Seed 7."),
        ({"fp32": {"f1": {"dev": 0.34}}}, "is larger; strict F1 from it"),
        ({"fp32": {"bytes": 4e7, "f1": {"dev": 0.34}}}, "dev 0.3400 → 0.3333"),
        ({}, "PhoBERT architecture"),
    ],
)  # fmt: skip
def test_facts_of_the_making(more: dict[str, Any], said: str) -> None:
    assert said in " ".join(facts(made_up(**more)))


def test_own_weights_are_never_called_phobert() -> None:
    assert not re.search(r"PhoBERT(?!'s \*architecture| architecture)", card(made_up()))
    assert "vinai/phobert-base" in card(made_up(base="vinai/phobert-base"))


def test_tables_are_whole() -> None:
    for line_block in re.findall(r"(?:^\|.*\n)+", card(made_up(), baselines()), re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in line_block.splitlines()}
        assert len(widths) == 1, line_block


def test_headline_has_the_crf_beside_the_model() -> None:
    text = headline(made_up(), baselines())
    assert "| F1 | dev: model | dev: CRF | seeds: model |" in text
    assert "| **all** | **0.333** | 0.500 | **0.333** |" in text
    assert "CRF" not in headline(made_up(), None)


def test_systems_lists_each() -> None:
    text = systems(baselines())
    for name in ("rules", "CRF", "model"):
        assert f"\n| {name} | 0.500 |" in text


def test_block_is_replaced_and_nothing_else() -> None:
    page = "a\n<!-- figures -->\nold\n<!-- /figures -->\nb\n"
    once = put_block(page, "figures", "new")
    assert once == "a\n<!-- figures -->\nnew\n<!-- /figures -->\nb\n"
    assert put_block(once, "figures", "new") == once


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<!-- figures -->",
        "<!-- /figures --><!-- figures -->",
        "<!-- figures --><!-- /figures -->" * 2,
    ],
)
def test_block_without_its_markers(page: str) -> None:
    with pytest.raises(ConfigError, match="figures"):
        put_block(page, "figures", "new")


def test_diagram_is_well_formed_and_has_a_line_a_file() -> None:
    bins = {name: state["bins"] for name, state in made_up()["files"].items()}
    svg = reliability_svg({**bins, "a<b": []}, "dev")
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    assert len(root.findall(f"{space}polyline")) == 4
    assert len(root.findall(f"{space}circle")) == 3 * len(bins["dev"])
    assert svg == reliability_svg({**bins, "a<b": []}, "dev")


def test_pages_have_their_markers() -> None:
    put_block((ROOT / "README.md").read_text(encoding="utf-8"), "figures", "")
    page = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    put_block(put_block(page, "figures", ""), "baselines", "")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@pytest.mark.skipif(not MEASURED, reason="no model here is measured")
@pytest.mark.parametrize("folder", MEASURED, ids=lambda p: p.name)
def test_committed_card_is_what_its_metrics_make(folder: Path) -> None:
    metrics, others = _read(folder / "metrics.json"), _read(folder / "baselines.json")
    assert (folder / "README.md").read_text(encoding="utf-8") == card(metrics, others)
    bins = {name: state["bins"] for name, state in metrics["files"].items()}
    svg = reliability_svg(bins, metrics.get("fitted_on"))
    assert (folder / "reliability.svg").read_text(encoding="utf-8") == svg
    sums = (folder / "SHA256SUMS").read_text(encoding="utf-8")
    assert f"{metrics['model']['sha256']}  model.onnx" in sums, "measure the model again"


@pytest.mark.skipif(
    ROOT / "models" / DEFAULT_MODEL not in MEASURED, reason="the shipped model isn't measured"
)
def test_tables_of_the_documentation_are_current() -> None:
    folder = ROOT / "models" / DEFAULT_MODEL
    metrics, others = _read(folder / "metrics.json"), _read(folder / "baselines.json")
    for page in ("README.md", "docs/results.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert put_block(text, "figures", headline(metrics, others)) == text, page
        if others and page != "README.md":
            assert put_block(text, "baselines", systems(others)) == text, page


@pytest.mark.slow
def test_measured_mentions_are_those_that_extract_returns(
    extractor: Any, samples: list[dict[str, Any]]
) -> None:
    """The card's figures are of what a user gets."""
    from pipeline.training.data import example
    from pipeline.training.predictions import model_rows

    rows = samples[:4]
    measured = model_rows(
        [example(r["id"], r["text"], r["mentions"]) for r in rows], extractor.tagger
    )
    for row, found in zip(rows, measured, strict=True):
        record = extractor.extract(row["text"])
        got = [(m.start, m.end, str(m.label)) for m in record.mentions]
        assert got == [(m["start"], m["end"], m["label"]) for m in found["mentions"]]
    assert {str(label) for label in LABELS} >= {m["label"] for m in measured[0]["mentions"]}
