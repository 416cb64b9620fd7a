"""One training run from files to a served model folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from transformers import RobertaConfig

from pipeline.align import WordEncoder
from pipeline.errors import ConfigError
from pipeline.models import sha256
from pipeline.subword import Subwords
from pipeline.tagger import Tagger
from pipeline.training.data import Example, read_gold
from pipeline.training.evaluate import fit_calibration, span_scores
from pipeline.training.export import write_folder, write_sums
from pipeline.training.model import DirectiveTagger
from pipeline.training.predictions import gold_rows, model_rows
from pipeline.training.pretrain_model import PretrainSettings, encoder_config
from pipeline.training.train import TrainSettings, fit, new_tagger, save
from pipeline.training.vocab import train_vocab

Log = Callable[[str], None]
ENCODER_FILES = ("config.json", "model.safetensors")
VOCABULARY_FILES = ("vocab.txt", "bpe.codes")
RAW = [[0.0, 0.0], [1.0, 1.0]]  # confidences as the model gives them


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The command line of ``scripts/train.py``."""

    train: Sequence[Path]
    dev: Path
    out: Path
    name: str
    silver: Sequence[Path] = ()
    silver_epochs: int = 1
    base: str | None = None
    vocab: Path | None = None
    tone: str | None = None
    epochs: int | None = None
    seed: int = 13
    quantize: bool = True


def run(settings: RunSettings, log: Log = lambda _: None) -> dict[str, Any]:
    """Train, calibrate on dev, export, measure the exported model on dev.

    Raises CorpusError naming every bad row before anything is trained, ConfigError naming
    the files that a base folder lacks. Returns the figures it wrote to ``metrics.json``.
    """
    examples = read_gold(settings.train)
    silver = read_gold(settings.silver) if settings.silver else []
    dev = read_gold([settings.dev])
    base = None if settings.base is None else base_folder(settings.base)
    vocabulary = settings.vocab or base or own_vocabulary(examples, settings.out)
    phobert = base is not None and settings.vocab is None
    tone = settings.tone or ("old" if phobert else "new")
    subwords = Subwords.from_folder(vocabulary, tone)
    encode = WordEncoder(subwords)
    train = TrainSettings(seed=settings.seed)
    if settings.epochs is not None:
        train = replace(train, epochs=settings.epochs)
    if base is None:
        config = encoder_config(subwords.size, PretrainSettings())
    else:
        config = RobertaConfig.from_pretrained(base)
        if config.vocab_size < subwords.size:
            raise ConfigError(
                f"{base} has {config.vocab_size} embeddings, {vocabulary} has {subwords.size} "
                "tokens: give the vocabulary that the encoder was trained with"
            )
    if config.hidden_act != "gelu":
        raise ConfigError(f"{base} has the activation {config.hidden_act!r}: only 'gelu' is served")
    model = new_tagger(base, config, train)
    settings.out.mkdir(parents=True, exist_ok=True)
    if silver and not (settings.out / "silver.done").exists():
        first = replace(train, epochs=settings.silver_epochs, average_from=1.0)
        fit(model, encode, silver, first, on_epoch=_logger(log, "silver"), out=settings.out)
        save(model, settings.out / "after_silver", train, half=False)
        (settings.out / "silver.done").touch()
    elif silver:
        from pipeline.training.train import load

        model = load(settings.out / "after_silver")
    fit(model, encode, examples, train, on_epoch=_logger(log, "gold"), out=settings.out)
    export(
        model,
        vocabulary,
        settings.out,
        train,
        name=settings.name,
        tone=tone,
        quantize=settings.quantize,
        dev=dev,
    )
    scores = span_scores(*rows_of(dev, Tagger(settings.out, threads=2)))
    result = {
        "dev": {name: s._asdict() for name, s in scores.items()},
        "seed": settings.seed,
        "base": settings.base,
        "inputs": {str(p): sha256(p) for p in [*settings.train, *settings.silver, settings.dev]},
        "documents": len(examples),
        "silver_documents": len(silver),
    }
    (settings.out / "metrics.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return result


def _logger(log: Log, stage: str) -> Callable[[int, float], None]:
    return lambda epoch, loss: log(f"{stage}: epoch {epoch + 1}, loss {loss:.4f} a word")


def base_folder(base: str) -> Path:
    """A checkpoint's folder: a local one, or a Hub name fetched by ``huggingface_hub``.

    Raises ConfigError naming every file of the layout that is missing.
    """
    folder = Path(base)
    if not folder.is_dir():
        if folder.is_absolute() or base.startswith(".") or base.count("/") != 1:
            raise ConfigError(f"no encoder folder at {base}")
        from huggingface_hub import snapshot_download

        try:
            wanted = [*ENCODER_FILES, *VOCABULARY_FILES, "pytorch_model.bin"]
            folder = Path(snapshot_download(base, allow_patterns=wanted))
        except Exception as error:
            raise ConfigError(f"{base} can't be fetched from the Hub: {error}") from error
    missing = [name for name in ENCODER_FILES if not (folder / name).is_file()]
    if "model.safetensors" in missing and (folder / "pytorch_model.bin").is_file():
        missing.remove("model.safetensors")
    if missing:
        raise ConfigError(f"{folder} lacks {', '.join(missing)}: copy the whole checkpoint there")
    return folder


def own_vocabulary(examples: Sequence[Example], out: Path) -> Path:
    """A byte-pair vocabulary from the training documents themselves, kept beside the model."""
    if not all((out / name).exists() for name in VOCABULARY_FILES):
        train_vocab((" ".join(e.words) for e in examples for _ in range(3)), out, size=6_000)
    return out


def export(
    model: DirectiveTagger,
    vocabulary: Path,
    out: Path,
    train: TrainSettings,
    *,
    name: str,
    tone: str,
    quantize: bool,
    dev: Sequence[Example],
    calibration: list[list[float]] = RAW,
) -> None:
    """A trained tagger as weights to go on from and as a served model, calibrated on dev.

    ``calibration`` is taken where dev is too small to fit one.
    """
    save(model, out, train)
    write_folder(
        model,
        vocabulary,
        out,
        train,
        name=name,
        tone=tone,
        calibration=RAW,
        quantize=quantize,
    )
    recalibrate(out, dev, calibration)


def rows_of(
    examples: Sequence[Example], tagger: Tagger
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gold rows and the tagger's rows of the same documents, rules resolved."""
    return gold_rows(examples), model_rows(examples, tagger)


def recalibrate(folder: Path, dev: Sequence[Example], otherwise: list[list[float]] = RAW) -> None:
    """Fit the confidence map of a model folder on dev, by isotonic regression.

    Where fewer than 50 mentions are found in dev, the map is ``otherwise``.
    """
    _set_calibration(folder, RAW)  # so that what is fitted are the model's own scores
    gold, found = rows_of(dev, Tagger(folder, threads=2))
    confidence, right = [], []
    for g, f in zip(gold, found, strict=True):
        true = {(m["start"], m["end"], str(m["label"])) for m in g["mentions"]}
        for m in f["mentions"]:
            confidence.append(float(m["confidence"]))
            right.append((m["start"], m["end"], m["label"]) in true)
    enough = len(confidence) >= 50
    _set_calibration(folder, fit_calibration(confidence, right) if enough else otherwise)


def _set_calibration(folder: Path, points: list[list[float]]) -> None:
    path = folder / "tagger.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    state["calibration"] = points
    path.write_text(json.dumps(state, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write_sums(folder)
