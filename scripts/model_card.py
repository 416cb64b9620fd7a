"""Measure a model folder; write its metrics, its card and the tables of the documentation.

    python scripts/model_card.py models/vn-directives-small \\
        --gold ../shared/corpora/gold/dev.jsonl ../shared/corpora/gold/seeds.jsonl \\
        --samples corpora/gold/samples.jsonl

Writes ``metrics.json`` (what is there stays), ``README.md`` and ``reliability.svg`` into the
folder and, for the shipped model, the blocks ``figures`` and ``baselines`` of ``README.md`` and
``docs/results.md``. ``baselines.json`` of ``scripts/baselines.py`` is read where it lies in the
folder. What ``scripts/train.py`` didn't write there can be told once, and stays:

    --checkpoint runs/mine             config.json and training.json of the trained checkpoint
    --trained-on A.jsonl B.jsonl       gold files (hashes, number of documents)
    --silver S.jsonl                   rows labelled by machine that were trained on first
    --documents N --silver-documents N their numbers, where the files aren't at hand
    --encoder runs/encoder             settings.json and log.jsonl of the pre-training
    --fp32 FOLDER_OR_ONNX              the single-precision form, measured on the same files

``--only-render`` writes card and tables again from ``metrics.json`` without measuring.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.errors import ConfigError, PipelineError
from pipeline.models import DEFAULT_MODEL, REQUIRED, TaggerConfig, sha256
from pipeline.tagger import Tagger
from pipeline.training.card import card
from pipeline.training.data import Example, read_gold
from pipeline.training.evaluate import span_scores
from pipeline.training.figures import headline, put_block, systems
from pipeline.training.predictions import gold_rows, model_rows
from pipeline.training.reliability import reliability_svg
from pipeline.training.report import examples, measure, named_files, public_path

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"README.md": ("figures",), "docs/results.md": ("figures", "baselines")}
CONFIG_KEYS = (
    "num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size", "vocab_size",
    "max_position_embeddings",
)  # fmt: skip
ORDER = ("name", "model", "fp32", "fitted_on", "files", "examples", "versions")
PACKAGES = ("vn-directives", "onnxruntime", "underthesea", "tokenizers", "numpy")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gold", nargs="+", default=[], help="FILE or NAME=FILE; never quoted")
    parser.add_argument("--samples", type=Path, help="file of corpora/ whose errors are quoted")
    parser.add_argument("--fitted-on", default="dev", help="name of the file of the calibration")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--trained-on", nargs="+", type=Path)
    parser.add_argument("--silver", nargs="+", type=Path)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--silver-documents", type=int)
    parser.add_argument("--encoder", type=Path)
    parser.add_argument("--tokens", type=int, help="token visits of the encoder's checkpoint used")
    parser.add_argument("--fp32", type=Path)
    parser.add_argument("--only-render", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    path = args.folder / "metrics.json"
    try:
        metrics = read_json(path) or {}
        if args.only_render:
            if "files" not in metrics:
                raise ConfigError(f"{path} has no measured figures: run without --only-render")
        else:
            metrics = measured(args, metrics)
            write(path, json.dumps(metrics, ensure_ascii=False, indent=1) + "\n")
        render(args.folder, metrics)
    except PipelineError as error:
        sys.exit(str(error))
    for name, state in metrics["files"].items():
        whole = state["labels"]["all"]
        print(f"{name}: F1 {whole['f1']:.4f} ({whole['low']:.3f}–{whole['high']:.3f}), "
              f"calibration error {state['calibration_error']}")  # fmt: skip


def measured(args: argparse.Namespace, before: dict[str, Any]) -> dict[str, Any]:
    """``metrics.json`` anew: the facts that were there, and the figures of this run."""
    samples = args.samples and args.samples.resolve()
    if samples and not samples.is_relative_to(ROOT / "corpora"):
        raise ConfigError(f"{args.samples}: the card quotes it, so it must lie in corpora/")
    named = [*args.gold, *([f"samples={args.samples}"] if args.samples else [])]
    paths = named_files(named)
    if not paths:
        raise ConfigError("name the files to measure on with --gold and --samples")
    documents = {name: read_gold([path]) for name, path in paths.items()}
    tagger = Tagger(args.folder, args.threads)
    replaced = ("dev", "int8", "fp32", "files", "examples")
    metrics = {k: v for k, v in before.items() if k not in replaced}
    metrics["inputs"] = {public_name(k): v for k, v in before.get("inputs", {}).items()}
    if before.get("base"):
        # A name on the Hub has one slash and no folder here.
        local = Path(before["base"]).exists() or before["base"].count("/") != 1
        metrics["base"] = public_path(before["base"], ROOT) if local else before["base"]
    metrics.update(told(args))
    metrics["name"] = tagger.config.name
    same = before.get("model", {}).get("sha256") == tagger.sha256
    metrics["model"] = {**(before["model"] if same else {}), **model_facts(args, tagger)}
    metrics["fitted_on"] = args.fitted_on
    metrics["files"] = {}
    for name, rows in documents.items():
        print(f"{name}: {len(rows)} documents", file=sys.stderr, flush=True)
        gold, found = gold_rows(rows), model_rows(rows, tagger)
        facts = {"file": public_path(paths[name], ROOT), "sha256": sha256(paths[name])}
        metrics["files"][name] = {**facts, **measure(gold, found)}
        if name == "samples":
            metrics["examples"] = examples(gold, found, {e.id: e.cleaned.raw for e in rows})
    full = single_precision(args, documents) if args.fp32 else known_fp32(before, tagger.sha256)
    if full:
        metrics["fp32"] = full
    metrics["versions"] = {name: metadata.version(name) for name in PACKAGES}
    last = [key for key in ORDER if key in metrics]
    return {key: metrics[key] for key in [*(k for k in metrics if k not in ORDER), *last]}


def told(args: argparse.Namespace) -> dict[str, Any]:
    """Facts about the training that the command line names."""
    out: dict[str, Any] = {}
    if args.trained_on or args.silver:
        gold, silver = args.trained_on or [], args.silver or []
        out["inputs"] = {public_path(p, ROOT): sha256(p) for p in [*gold, *silver]}
        out["documents"] = sum(count_lines(p) for p in gold)
        out["silver_documents"] = sum(count_lines(p) for p in silver)
    for key in ("documents", "silver_documents"):
        if getattr(args, key) is not None:
            out[key] = getattr(args, key)
    if args.encoder:
        settings = read_json(args.encoder / "settings.json") or {}
        log = (args.encoder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [row for row in map(json.loads, log) if row["tokens"] <= (args.tokens or 1e18)]
        if not rows:
            raise ConfigError(f"{args.encoder / 'log.jsonl'} has no row up to --tokens")
        out["pretraining"] = {
            "tokens": rows[-1]["tokens"], "loss": round(rows[-1]["loss"], 4),
            "seed": settings.get("seed"),
        }  # fmt: skip
    return out


def known_fp32(before: dict[str, Any], model: str) -> dict[str, Any] | None:
    """What ``metrics.json`` says of the single-precision form of this very model.

    Training writes F1 a file and label, beside no other model; this script writes ``of``.
    """
    full: dict[str, Any] | None = before.get("fp32")
    if full and "f1" not in full and "model" not in before:
        return {"of": model, "f1": {name: scores["all"] for name, scores in full.items()}}
    return full if full and full.get("of") == model else None


def public_name(name: str) -> str:
    """An input as the card names it; a path outside the checkout by its file name alone."""
    outside = Path(name).is_absolute() or name.startswith("..")
    return public_path(name, ROOT) if outside else name


def model_facts(args: argparse.Namespace, tagger: Tagger) -> dict[str, Any]:
    """What the folder itself says about the model."""
    state: TaggerConfig = tagger.config
    onnx = args.folder / "model.onnx"
    out: dict[str, Any] = {
        "sha256": tagger.sha256,
        "bytes": onnx.stat().st_size,
        "served_bytes": sum((args.folder / name).stat().st_size for name in REQUIRED),
        "int8": b"DynamicQuantizeLinear" in onnx.read_bytes(),
        "vocabulary": tagger.encode.subwords.size,
        "segmenter": state.segmenter,
        "limit": state.limit,
        "overlap": state.overlap,
    }
    for folder in (args.folder, *([args.checkpoint] if args.checkpoint else [])):
        config, training = (read_json(folder / f"{x}.json") for x in ("config", "training"))
        if config:
            out["config"] = {key: config[key] for key in CONFIG_KEYS if key in config}
        if training:
            out["training"] = training
    return out


def single_precision(
    args: argparse.Namespace, documents: dict[str, list[Example]]
) -> dict[str, Any]:
    """F1 of the fp32 form (a model folder, or an ONNX file served with this folder's rest)."""
    with tempfile.TemporaryDirectory() as made:
        folder = args.fp32
        if folder.is_file():
            folder = Path(made)
            for name in REQUIRED:
                source = args.fp32 if name == "model.onnx" else args.folder / name
                shutil.copyfile(source, folder / name)
            sums = "".join(f"{sha256(folder / name)}  {name}\n" for name in REQUIRED)
            (folder / "SHA256SUMS").write_text(sums)
        tagger = Tagger(folder, args.threads)
        f1 = {
            name: span_scores(gold_rows(rows), model_rows(rows, tagger))["all"].f1
            for name, rows in documents.items()
        }
        return {
            "of": sha256(args.folder / "model.onnx"),
            "sha256": tagger.sha256,
            "bytes": (folder / "model.onnx").stat().st_size,
            "f1": {name: round(value, 4) for name, value in f1.items()},
        }


def render(folder: Path, metrics: dict[str, Any]) -> None:
    """Card, diagram and, for the shipped model, the tables of the documentation."""
    baselines = read_json(folder / "baselines.json")
    if baselines and stale(baselines, metrics):
        print(f"{folder / 'baselines.json'} has other figures of the model than this run: "
              "run scripts/baselines.py --keep", file=sys.stderr)  # fmt: skip
    write(folder / "README.md", card(metrics, baselines))
    bins = {name: state["bins"] for name, state in metrics["files"].items()}
    write(folder / "reliability.svg", reliability_svg(bins, metrics.get("fitted_on")))
    if folder.resolve() != ROOT / "models" / DEFAULT_MODEL:
        return
    for page, names in PAGES.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        for name in names:
            if name == "figures":
                text = put_block(text, name, headline(metrics, baselines))
            elif baselines:
                text = put_block(text, name, systems(baselines))
        write(ROOT / page, text)


def stale(baselines: dict[str, Any], metrics: dict[str, Any]) -> bool:
    """Whether the model, or the code around it, has changed since the baselines were measured."""
    return any(
        round(scores["all"]["f1"], 4) != metrics["files"][name]["labels"]["all"]["f1"]
        for name, scores in baselines["systems"]["model"].items()
        if name in metrics["files"]
    )


def count_lines(path: Path) -> int:
    return sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, ``None`` where there is no such file."""
    if not path.is_file():
        return None
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return state


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
