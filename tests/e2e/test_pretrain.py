"""Pre-training in small: it learns, it resumes to the same weights, it goes on from an encoder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` isn't installed")
pytest.importorskip("gensim", reason="the extra `train` isn't installed")

import torch
from safetensors.torch import load_file
from transformers import RobertaModel

from pipeline.errors import ConfigError
from pipeline.subword import Subwords
from pipeline.training.pretrain import pretrain
from pipeline.training.pretrain_data import encode_corpus, mask_words
from pipeline.training.pretrain_model import (
    MaskedWordModel,
    PretrainSettings,
    encoder_config,
)
from pipeline.training.pretrain_start import go_on_from
from pipeline.training.vocab import train_vocab

pytestmark = pytest.mark.train

SENTENCES = [
    "Ủy_ban nhân_dân tỉnh giao Sở Nội_vụ báo_cáo trước ngày 30/6/2024 .",
    "Bộ Y_tế yêu_cầu các sở rà_soát thủ_tục hành_chính trong quý II .",
    "Sở Tư_pháp phối_hợp với Sở Tài_chính hoàn_thành kế_hoạch năm 2025 .",
]
SMALL = PretrainSettings(
    layers=2, hidden=80, heads=2, length=24, batch=4, tokens=24 * 4 * 6, warmup=2, lr=1e-3
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Subwords]:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "a.seg").write_text("\n".join(SENTENCES * 40) + "\n\n", encoding="utf-8")
    train_vocab(SENTENCES * 40, folder, 200)
    subwords = Subwords.from_folder(folder)
    assert encode_corpus(folder / "a.seg", subwords, folder / "a") > 1_000
    return folder / "a", subwords


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "encoder" / "model.safetensors")


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_a_stopped_run_goes_on_to_the_same_weights(
    corpus: tuple[Path, Subwords], tmp_path: Path, optimiser: str
) -> None:
    stem, subwords = corpus
    settings = replace(SMALL, optimiser=optimiser, decay_from=0.5)
    pretrain([stem], subwords, tmp_path / "whole", settings)
    stopped = tmp_path / "stopped"
    stopped.mkdir()
    (stopped / "stop").touch()
    pretrain([stem], subwords, stopped, settings)
    assert json.loads((stopped / "log.jsonl").read_text())["step"] == 1
    (stopped / "stop").unlink()
    pretrain([stem], subwords, stopped, settings)
    whole, again = weights(tmp_path / "whole"), weights(stopped)
    assert all(torch.equal(whole[name], again[name]) for name in whole)


def test_it_goes_on_from_an_encoder(corpus: tuple[Path, Subwords], tmp_path: Path) -> None:
    stem, subwords = corpus
    pretrain([stem], subwords, tmp_path / "first", SMALL)
    still = replace(SMALL, lr=0.0, tokens=24 * 4)
    pretrain([stem], subwords, tmp_path / "second", still, base=tmp_path / "first" / "encoder")
    first, second = weights(tmp_path / "first"), weights(tmp_path / "second")
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_deeper_encoder_begins_as_the_one_it_is_made_of(
    corpus: tuple[Path, Subwords], tmp_path: Path
) -> None:
    """New layers stand evenly between the old ones and hand on what they get."""
    stem, subwords = corpus
    size = subwords.size
    torch.manual_seed(1)
    base = RobertaModel(encoder_config(size, SMALL), add_pooling_layer=False).eval()
    for layer in base.encoder.layer:  # as training leaves them
        torch.nn.init.normal_(layer.output.LayerNorm.weight, 0.95, 0.1)
        torch.nn.init.normal_(layer.output.LayerNorm.bias, 0.0, 0.04)
    base.save_pretrained(tmp_path / "base")
    model = MaskedWordModel(encoder_config(size, replace(SMALL, layers=3))).eval()
    go_on_from(model, tmp_path / "base")
    ids = torch.arange(4, 24)[None]
    with torch.no_grad():
        expected, got = (m(ids).last_hidden_state for m in (base, model.roberta))
    assert (got - expected).norm() < 0.1 * expected.norm()
    old, new = (m.encoder.layer for m in (base, model.roberta))
    for was, now in ((0, 0), (1, 1), (1, 2)):
        assert torch.equal(old[was].intermediate.dense.weight, new[now].intermediate.dense.weight)
    assert not new[2].output.dense.weight.any() and new[1].output.dense.weight.any()
    pretrain([stem], subwords, tmp_path / "deeper", replace(SMALL, layers=3), tmp_path / "base")
    assert weights(tmp_path / "deeper")["encoder.layer.2.output.dense.weight"].any()


def test_a_base_of_other_sizes_is_refused(corpus: tuple[Path, Subwords], tmp_path: Path) -> None:
    _, subwords = corpus
    config = encoder_config(subwords.size, SMALL)
    RobertaModel(config, add_pooling_layer=False).save_pretrained(tmp_path / "base")
    for change, message in (
        ({"layers": 1}, "2 layers, more than 1"),
        ({"hidden": 40}, "hidden_size 80, not 40"),
        ({"heads": 4}, "num_attention_heads 2, not 4"),
    ):
        model = MaskedWordModel(encoder_config(subwords.size, replace(SMALL, **change)))
        with pytest.raises(ConfigError, match=message):
            go_on_from(model, tmp_path / "base")


def test_whole_words_are_masked_and_nothing_special() -> None:
    # Word starts are at 0, 1, 3, 5, 6: a word's pieces are masked together or not at all.
    ids = np.tile(np.array([0, 10, 11, 12, 13, 14, 2]), (200, 1))
    first = np.tile(np.array([1, 1, 0, 1, 0, 1, 1], bool), (200, 1))
    masked, targets = mask_words(ids, first, 0.5, 99, np.random.default_rng(1))
    chosen = (targets != -100).numpy()
    assert (chosen[:, 1] == chosen[:, 2]).all() and (chosen[:, 3] == chosen[:, 4]).all()
    assert not chosen[:, 0].any() and not chosen[:, 6].any()
    assert (targets.numpy()[chosen] == ids[chosen]).all()
    assert (masked.numpy()[~chosen] == ids[~chosen]).all()
    assert 0.7 < (masked.numpy()[chosen] == 99).mean() < 0.9
