"""Where a model lies, and whether its files are the ones it was published with."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter

from pipeline.errors import ConfigError, ModelCorrupt, ModelNotFound
from pipeline.labels import bio_labels, labels_hash

DEFAULT_MODEL = "vn-directives-small"
REQUIRED = ("model.onnx", "vocab.txt", "bpe.codes", "tagger.json")
REMEDY = "reinstall vn-directives, or name a model folder with --model / model=…"


def model_dir(name: str | Path | None = None) -> Path:
    """The folder of a model, by path or name; the shipped one by default.

    Looked for, in this order: ``name`` as a path; ``$PIPELINE_MODELS/name``; inside the
    installed package; ``models/name`` of a checkout. Raises ModelNotFound with the places.
    """
    if name is not None and (Path(name).is_dir() or os.sep in str(name)):
        folder = Path(name)
        if folder.is_dir():
            return folder
        raise ModelNotFound(f"no model folder at {folder}: {REMEDY}")
    wanted = str(name or DEFAULT_MODEL)
    places = []
    if os.environ.get("PIPELINE_MODELS"):
        places.append(Path(os.environ["PIPELINE_MODELS"]) / wanted)
    package = Path(str(resources.files("pipeline")))
    places += [package / "_models" / wanted, package.parent / "models" / wanted]
    for place in places:
        if place.is_dir():
            return place
    raise ModelNotFound(
        f"no model named {wanted!r} in {', '.join(str(p.parent) for p in places)}: {REMEDY}"
    )


def verify(folder: Path) -> str:
    """Check the files against ``SHA256SUMS``; the SHA-256 of ``model.onnx``.

    Files for retraining only may be absent. Raises ModelCorrupt naming the file.
    """
    sums = folder / "SHA256SUMS"
    if not sums.is_file():
        raise ModelCorrupt(f"{sums} is missing: {REMEDY}")
    stated = {}
    for n, line in enumerate(sums.read_text(encoding="utf-8").splitlines(), 1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise ModelCorrupt(f"{sums}:{n}: expected a SHA-256 and a file name: {REMEDY}")
        stated[name] = digest
    for name in REQUIRED:
        path = folder / name
        if name not in stated or not path.is_file():
            raise ModelCorrupt(f"{path} is missing or not in {sums.name}: {REMEDY}")
        if sha256(path) != stated[name]:
            raise ModelCorrupt(f"{path} differs from what {sums.name} states: {REMEDY}")
    return stated["model.onnx"]


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class TaggerConfig:
    """``tagger.json``: how a model reads and what its scores mean."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    labels: str  # pipeline.labels.labels_hash() it was trained with
    tone: Annotated[str, Field(pattern="^(new|old|as-is)$")]  # how vocab.txt spells; PhoBERT: old
    limit: Annotated[int, Field(gt=0)]  # pieces a window, without <s> and </s>
    overlap: Annotated[int, Field(ge=0)]  # pieces shared by two windows
    transitions: list[list[float]]  # CRF step scores [L][L]
    # raw confidence → measured precision, rising points
    calibration: Annotated[
        list[Annotated[list[float], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]
    segmenter: str  # the segmenter its training words came from

    @classmethod
    def read(cls, folder: Path) -> TaggerConfig:
        """Read and check ``tagger.json``.

        Raises ConfigError on another label scheme and on a model with local features,
        ModelCorrupt on settings that are missing, unknown or senseless.
        """
        path = folder / "tagger.json"
        try:
            state: Any = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(state, dict):
                raise TypeError("no JSON object")
            retired = state.pop("local_features", 0)
            config = TypeAdapter(cls).validate_json(json.dumps(state), strict=True)
        except (OSError, ValueError, TypeError) as error:
            raise ModelCorrupt(f"{path} can't be read ({error}): {REMEDY}") from error
        if retired:
            raise ConfigError(
                f"{path} is of a model with local features (versions 0.1 to 0.3), which this "
                "version doesn't serve: take one of this version or train one (scripts/train.py)"
            )
        if config.labels != labels_hash():
            raise ConfigError(
                f"{path} was trained with label scheme {config.labels}, this version has "
                f"{labels_hash()}: use a model of this version, or retrain"
            )
        tags = len(bio_labels())
        if [len(row) for row in config.transitions] != [tags] * tags:
            raise ModelCorrupt(f"{path}: transitions must be {tags} rows of {tags}: {REMEDY}")
        return config
