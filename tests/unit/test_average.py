"""The mean of two taggers' weights, and the refusal of what can't be averaged."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra `train` isn't installed")

import torch

from pipeline.training.model import DirectiveTagger, tagger_config
from pipeline.training.pretrain_model import PretrainSettings, encoder_config
from pipeline.training.train import TrainSettings, save

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import average

pytestmark = pytest.mark.train


def tagger(folder: Path, hidden: int, seed: int) -> DirectiveTagger:
    torch.manual_seed(seed)
    settings = PretrainSettings(layers=1, hidden=hidden, heads=2)
    model = DirectiveTagger(tagger_config(encoder_config(100, settings), 4))
    save(model, folder, TrainSettings(local_features=4), half=False)
    return model


def test_every_weight_is_the_mean(tmp_path: Path) -> None:
    one, two = tagger(tmp_path / "a", 16, 1), tagger(tmp_path / "b", 16, 2)
    mean = average.averaged([tmp_path / "a", tmp_path / "b"]).state_dict()
    for name, tensor in one.state_dict().items():
        assert torch.allclose(mean[name], (tensor + two.state_dict()[name]) / 2, atol=1e-6), name


def test_other_shapes_are_refused(tmp_path: Path) -> None:
    tagger(tmp_path / "a", 16, 1)
    tagger(tmp_path / "b", 32, 1)
    with pytest.raises(SystemExit, match="different shapes"):
        average.averaged([tmp_path / "a", tmp_path / "b"])
