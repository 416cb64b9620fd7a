"""From corrections to a new model, measured against the old one.

The new model starts from the old one's weights and learns the corrected documents together
with gold that is replayed, so that a few corrections don't make it forget the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from pipeline.align import WordEncoder
from pipeline.errors import ConfigError, ModelCorrupt, WorseModel
from pipeline.models import TaggerConfig, model_dir, sha256, verify
from pipeline.subword import Subwords
from pipeline.tagger import Tagger
from pipeline.training.compare import Comparison, compare
from pipeline.training.data import Example, inside_words
from pipeline.training.install import check_target, install
from pipeline.training.material import Material, examples, gather, some
from pipeline.training.predictions import gold_rows, model_rows
from pipeline.training.run import export
from pipeline.training.run_folder import (
    RECORD,
    alone,
    check_room,
    choose,
    finished,
    write_json,
    writing,
)
from pipeline.training.train import TrainSettings, fit, load

Log = Callable[[str], None]
WEIGHTS = ("model.safetensors", "config.json", "training.json")


@dataclass(frozen=True, slots=True)
class RetrainSettings:
    """The command line of ``vn-directives retrain``."""

    corrections: Sequence[Path]
    gold: Sequence[Path]
    dev: Path
    base: Path
    out: Path | None = None  # None: runs/retrained-DATE, numbered if taken
    against: Path | None = None  # the model to be measured against; None: the base
    name: str | None = None
    epochs: int = 4
    seed: int = 13
    rate: float = 0.5  # of the learning rates of a first training
    quantize: bool = True
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Retrained:
    """A new model's folder and what is known of it."""

    folder: Path
    against: Path
    against_sha256: str
    material: Material
    comparison: Comparison


def retrain(settings: RetrainSettings, log: Log = lambda _: None) -> Retrained:
    """Check everything, train, calibrate, export, measure old and new on the held-out gold.

    The same settings given again go on with a killed run, or measure a finished one.

    Raises:
        CorpusError: bad rows; nothing was trained.
        ConfigError: the base has no weights to go on from, ``out`` holds something else, or
            another retraining is writing there.
        PipelineError: the disk is too full.
    """
    base = trainable(settings.base)
    against = model_dir(settings.against or base)
    against_sha256 = verify(against)
    for folder in {base, against}:  # one that can't be served is refused before anything is trained
        TaggerConfig.read(folder)
    material = gather(settings.corrections, settings.gold, settings.dev)
    for note in material.notes:
        log(note)
    record = _record(settings, base, material)
    out = choose(settings.out, record, settings.today)
    dev = examples(material.held_out)
    if not finished(out):
        check_room(out, base)
    with alone(out):
        if finished(out):
            log(f"{out} is trained already on the same documents; measured again")
        else:
            with writing(out):
                _train(settings, base, material, dev, out, record, log)
        old, new = (model_rows(dev, Tagger(folder, threads=2)) for folder in (against, out))
        comparison = compare(gold_rows(dev), old, new, [e.cleaned.raw for e in dev])
        measured = {**record, "against": str(against), "against_sha256": against_sha256,
                    "notes": material.notes, **comparison.to_json()}  # fmt: skip
        with writing(out):
            write_json(out / "metrics.json", measured)
    return Retrained(out, against, against_sha256, material, comparison)


def replace_model(
    new: Retrained, target: Path, now: datetime, *, force: bool = False
) -> Path | None:
    """Put the new model in the place of ``target``; where the old one is kept.

    Raises WorseModel when its F1 over all labels is lower than that of the model it was
    measured against, unless ``force``; ConfigError when ``target`` isn't that model any more.
    """
    check_target(target, new.folder)
    old, found = new.comparison.old["all"].f1, new.comparison.new["all"].f1
    if target.exists() and verify(target) != new.against_sha256:
        raise ConfigError(
            f"{target} is not the model that was measured against ({new.against}): nothing was "
            "replaced; give the same command again"
        )
    if new.comparison.worse and not force:
        raise WorseModel(
            f"the new model is worse on the held-out documents (F1 {found:.4f}, before "
            f"{old:.4f}), so nothing was put at {target}. It is in {new.folder}; "
            "--force takes it all the same"
        )
    return install(new.folder, target, now)


def trainable(base: Path) -> Path:
    """A model folder with the weights that training goes on from.

    Raises ConfigError saying what is missing and where it is to be had, ModelCorrupt where
    the weights are not those the folder was published with.
    """
    missing = [name for name in WEIGHTS if not (base / name).is_file()]
    if missing:
        raise ConfigError(
            f"{base} lacks {', '.join(missing)}: an installed package brings only what "
            "`extract` needs. Take models/vn-directives-small of the source repository (or the "
            "folder of another training) and name it with --base"
        )
    verify(base)
    for line in (base / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        if name in WEIGHTS and sha256(base / name) != digest:
            raise ModelCorrupt(
                f"{base / name} differs from what SHA256SUMS states: copy the folder again"
            )
    return base


def _train(
    settings: RetrainSettings,
    base: Path,
    material: Material,
    dev: Sequence[Example],
    out: Path,
    record: dict[str, Any],
    log: Log,
) -> None:
    config, train = TaggerConfig.read(base), _settings(base, settings)
    try:
        model = load(base)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelCorrupt(f"the weights in {base} can't be loaded: {error}") from error
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / RECORD, record)
    rows = examples(material.corrected)
    wider = [f"{e.id}:{a}" for e in rows for a, _ in inside_words(e)]
    if wider:
        log(f"{len(wider)} corrected mentions begin or end inside a word and are learnt with the "
            f"whole word ({some(wider)})")  # fmt: skip
    rows += examples(material.replay)
    encode = WordEncoder(Subwords.from_folder(base, config.tone))
    log(f"{len(material.corrected)} corrected and {len(material.replay)} gold documents, "
        f"{train.epochs} epochs, to {out}")  # fmt: skip

    def told(epoch: int, loss: float) -> None:
        log(f"epoch {epoch + 1} of {train.epochs}: loss {loss:.4f} a word")

    fit(model, encode, rows, train, on_epoch=told, out=out)
    export(
        model, base, out, train,
        name=settings.name or out.name, tone=config.tone, calibration=config.calibration,
        quantize=settings.quantize, dev=dev,
    )  # fmt: skip
    write_json(out / RECORD, {**record, "model_sha256": verify(out)})


def _settings(base: Path, settings: RetrainSettings) -> TrainSettings:
    """The base's own settings, for fewer epochs at a lower rate."""
    path = base / "training.json"
    try:
        own = TrainSettings.read(path)
    except (OSError, ValueError, TypeError) as error:
        raise ModelCorrupt(f"{path} can't be read: {error}") from error
    # A base that was retrained itself states lowered rates: they are taken from the start.
    first = TrainSettings()
    return replace(
        own,
        epochs=settings.epochs,
        seed=settings.seed,
        lr_encoder=first.lr_encoder * settings.rate,
        lr_head=first.lr_head * settings.rate,
    )


def _record(settings: RetrainSettings, base: Path, material: Material) -> dict[str, Any]:
    """What decides the outcome of a training."""
    return {
        "base": str(base),
        "base_sha256": sha256(base / "model.safetensors"),
        "material_sha256": material.digest(),
        "corrected": len(material.corrected),
        "replayed": len(material.replay),
        "held_out": str(settings.dev),
        "epochs": settings.epochs,
        "seed": settings.seed,
        "rate": settings.rate,
        "quantize": settings.quantize,
        "name": settings.name,
    }
