"""The encoder that the repository ships: its files are whole, and a tagger starts from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.models import sha256

FOLDER = Path(__file__).parents[2] / "models" / "vn-encoder-small"


def test_files_are_those_that_the_sums_state() -> None:
    stated = dict(
        reversed(line.split("  ")) for line in (FOLDER / "SHA256SUMS").read_text().splitlines()
    )
    assert set(stated) == {
        "config.json", "model.safetensors", "vocab.txt", "bpe.codes", "pretraining.json",
    }  # fmt: skip
    for name, digest in stated.items():
        assert sha256(FOLDER / name) == digest, name


def test_its_vocabulary_is_the_taggers() -> None:
    for name in ("vocab.txt", "bpe.codes"):
        other = FOLDER.with_name("vn-directives-small") / name
        assert (FOLDER / name).read_bytes() == other.read_bytes()


def test_the_card_says_what_the_record_of_pre_training_says() -> None:
    told = json.loads((FOLDER / "pretraining.json").read_text(encoding="utf-8"))
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{told['tokens_of_the_last_stage'] / 1e6:.1f} million visits" in card
    assert f"{told['masked_loss']:.2f})" in card
    assert "6 layers" in card


@pytest.mark.train
def test_a_tagger_starts_from_it_in_single_precision() -> None:
    pytest.importorskip("torch", reason="the extra `train` isn't installed")
    import torch
    from safetensors.torch import load_file

    from pipeline.training.run import base_folder
    from pipeline.training.train import TrainSettings, new_tagger

    transformers = pytest.importorskip("transformers")
    config = transformers.RobertaConfig.from_pretrained(FOLDER)
    assert (config.num_hidden_layers, config.hidden_size, config.vocab_size) == (6, 256, 16_000)
    model = new_tagger(base_folder(str(FOLDER)), config, TrainSettings())
    weights = load_file(FOLDER / "model.safetensors")
    own = model.roberta.state_dict()
    assert set(own) == set(weights)
    assert all(own[name].dtype == torch.float32 for name in own)
    assert all(torch.equal(own[name], weights[name].float()) for name in own)
