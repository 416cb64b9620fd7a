"""Gold and a tiny checkpoint that the tests of training share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def gold(
    tmp_path_factory: pytest.TempPathFactory, samples: list[dict[str, Any]]
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("gold")
    for name, rows in (("train", samples[:3]), ("dev", samples[3:5])):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder / "train.jsonl", folder / "dev.jsonl"


@pytest.fixture(scope="session")
def phobert_layout(tmp_path_factory: pytest.TempPathFactory, gold: tuple[Path, Path]) -> Path:
    """A random checkpoint with PhoBERT's files: config.json, vocab.txt, bpe.codes, safetensors."""
    from transformers import RobertaConfig, RobertaForMaskedLM

    from pipeline.training.data import read_gold
    from pipeline.training.vocab import train_vocab

    folder = tmp_path_factory.mktemp("phobert")
    words = [" ".join(e.words) for e in read_gold([gold[0]])] * 3
    train_vocab(words, folder, size=700)
    size = len((folder / "vocab.txt").read_text(encoding="utf-8").splitlines()) + 5
    config = RobertaConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=258, type_vocab_size=1, layer_norm_eps=1e-5,
    )  # fmt: skip
    RobertaForMaskedLM(config).save_pretrained(folder)
    assert (folder / "model.safetensors").is_file()
    return folder


@pytest.fixture(scope="session")
def tiny_model(
    tmp_path_factory: pytest.TempPathFactory, gold: tuple[Path, Path], phobert_layout: Path
) -> Path:
    """A trained model of 32 dimensions with everything that a retraining needs."""
    from pipeline.training.run import RunSettings, run

    out = tmp_path_factory.mktemp("tiny") / "old"
    run(RunSettings(
        train=[gold[0]], dev=gold[1], out=out, name="old", base=str(phobert_layout),
        vocab=phobert_layout, epochs=2,
    ))  # fmt: skip
    return out
