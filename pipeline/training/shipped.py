"""Where the shipped weights and gold lie: in a checkout, or below the working folder."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.models import DEFAULT_MODEL, model_dir


def _places(part: str) -> list[Path]:
    """The working folder first: an installed package has neither weights nor gold of its own."""
    return [Path(part), Path(__file__).parents[2] / part]


def base_model(name: str | None) -> Path:
    """The folder that a training goes on from; the shipped model's, with weights, by default."""
    if name is not None:
        return model_dir(name)
    for place in _places(f"models/{DEFAULT_MODEL}"):
        if (place / "model.safetensors").is_file():
            return place
    return model_dir()


def gold_file(split: str, option: str) -> Path:
    """``corpora/gold/<split>.jsonl``. Raises ConfigError naming the option to give instead."""
    for place in _places(f"corpora/gold/{split}.jsonl"):
        if place.is_file():
            return place
    raise ConfigError(
        f"there is no corpora/gold/{split}.jsonl here: work in a checkout of the repository, or "
        f"name a file of gold rows with {option}"
    )
