"""``vn-directives retrain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.terminal import visible

if TYPE_CHECKING:
    from pipeline.training.retrain import Retrained

NAME = "retrain"
EXAMPLE = "vn-directives retrain --corrections corrections -o runs/mine"


def run(
    corrections: Annotated[
        list[Path],
        typer.Option(
            metavar="PATH",
            help="Folder in which annotators worked, or a file of gold rows (JSONL); "
            "may be repeated.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="DIR", help="The new model; default runs/retrained-DATE."
        ),
    ] = None,
    install: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Measure against the model in DIR and put the new one in its place if it is "
            "not worse; the old one is kept beside it.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --install: replace a better model too.")
    ] = False,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Model to start from, folder or name; default the shipped one."
        ),
    ] = None,
    gold: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Gold rows to learn again beside the corrections; may be repeated. "
            "Default corpora/gold/train.jsonl.",
        ),
    ] = None,
    dev: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Held-out gold rows; default corpora/gold/dev.jsonl."),
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=1, max=1000, metavar="N", help="Times through the documents.")
    ] = 4,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed and files, same model.")] = 13,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What records call the model; default its folder."),
    ] = None,
    fp32: Annotated[
        bool, typer.Option("--fp32", help="Serve single precision instead of int8.")
    ] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Default: all cores.")
    ] = None,
    changes: Annotated[
        int, typer.Option(min=0, metavar="N", help="Gained and lost mentions shown a kind.")
    ] = 10,
) -> None:
    """Make a model from corrected documents; measure it against the old."""
    from datetime import datetime

    from pipeline.errors import ConfigError, MissingExtra

    try:
        import torch

        from pipeline.training.install import check_target
        from pipeline.training.retrain import RetrainSettings, replace_model, retrain
        from pipeline.training.shipped import base_model, gold_file
    except ImportError as error:
        if isinstance(error, MissingExtra):
            raise
        raise MissingExtra(error.name or "torch", "train") from error

    if force and install is None:
        raise ConfigError("--force says what --install may replace: give both")
    if install is not None:
        check_target(install, output)
    if threads is not None:
        torch.set_num_threads(threads)
    settings = RetrainSettings(
        corrections=corrections,
        gold=gold or [gold_file("train", "--gold")],
        dev=dev or gold_file("dev", "--dev"),
        base=base_model(base),
        out=output,
        against=install if install is not None and install.exists() else None,
        name=name,
        epochs=epochs,
        seed=seed,
        quantize=not fp32,
    )
    new = retrain(settings, log=lambda line: print(visible(line), file=sys.stderr, flush=True))
    typer.echo(visible(_report(new, settings.dev, changes)))
    if install is not None:
        backup = replace_model(new, install, datetime.now(), force=force)
        typer.echo(f"\n{install} is the new model" + (f"; the old one: {backup}" if backup else ""))


def _report(new: Retrained, dev: Path, limit: int) -> str:
    from pipeline.training.compare import listing, table

    found = new.comparison
    low, high = found.interval
    return "\n".join([
        f"old: {new.against}",
        f"new: {new.folder}",
        f"held out: {dev}, {found.documents} documents\n",
        table(found),
        f"\n95 % interval of the change in all: {low:+.4f} to {high:+.4f}",
        f"mentions gained {found.count(good=True)}, lost {found.count(good=False)}",
        listing(found.changes, limit),
    ])  # fmt: skip
