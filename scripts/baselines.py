"""Strict F1 of the baselines and of the shipped model, in one run on the same gold files.

    python scripts/baselines.py --json models/vn-directives-small/baselines.json
    python scripts/baselines.py corpora/gold/dev.jsonl --train corpora/gold/train.jsonl

Rules alone; ``underthesea.ner`` with its organisations and places taken for AGENCY; a CRF
trained on ``--train``; the served model with the certain rules; each ``--also NAME=FOLDER``
(the same model in single precision, say). ``scripts/model_card.py`` reads the file of ``--json``.

The CRF trains for minutes. With ``--keep`` the figures of CRF and underthesea.ner are taken
from the file of ``--json`` where it has them for the same gold and training files, iterations
and versions; rules and models are measured again.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from pipeline.labels import LABELS
from pipeline.models import sha256
from pipeline.tagger import Tagger
from pipeline.training.data import Example, read_gold
from pipeline.training.evaluate import span_scores
from pipeline.training.predictions import (
    crf_rows,
    gold_rows,
    model_rows,
    ner_rows,
    rule_rows,
    train_crf,
)
from pipeline.training.report import named_files, public_path

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT.parent / "shared" / "corpora" / "gold"
NAMES = [str(label) for label in LABELS] + ["all"]
KEPT = ("underthesea.ner", "CRF")
BEGAN = time.monotonic()


def log(line: str) -> None:
    print(f"{time.monotonic() - BEGAN:5.0f} s  {line}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", nargs="*", help="FILE or NAME=FILE (default: shared dev and seeds)")
    parser.add_argument("--train", nargs="+", type=Path, default=[GOLD / "train.jsonl"])
    parser.add_argument("--model", default=None, help="folder or name (default: the shipped one)")
    parser.add_argument("--also", nargs="*", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--iterations", type=int, default=120, help="of the CRF's training")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    parser.add_argument("--keep", action="store_true", help="see above; needs --json")
    args = parser.parse_args()
    try:
        result = measure(args)
    except PipelineError as error:
        sys.exit(str(error))
    for name in result["gold"]:
        print(f"\n{name}\n{'strict F1':18}" + "".join(f"{label:>12}" for label in NAMES))
        for system, files in result["systems"].items():
            print(f"{system:18}" + "".join(f"{files[name][x]['f1']:12.4f}" for x in NAMES))
    if args.json:
        args.json.write_text(
            json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        log(f"wrote {args.json}")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Figures of every system on every file, with what they were made of."""
    paths = named_files(args.gold or [str(GOLD / "dev.jsonl"), str(GOLD / "seeds.jsonl")])
    gold = {name: read_gold([path]) for name, path in paths.items()}
    truth = {name: gold_rows(e) for name, e in gold.items()}
    train = read_gold(args.train)
    made_of = {
        "gold": {name: _file(path, len(gold[name])) for name, path in paths.items()},
        "crf": {
            "train": [_file(path) for path in args.train],
            "documents": len(train),
            "iterations": args.iterations,
        },
        "versions": {n: metadata.version(n) for n in ("sklearn-crfsuite", "underthesea")},
    }
    systems: dict[str, Any] = {}

    def score(system: str, rows_of: Callable[[list[Example]], list[dict[str, Any]]]) -> None:
        log(f"{system} tags")
        systems[system] = {
            name: {k: s._asdict() for k, s in span_scores(truth[name], rows_of(e)).items()}
            for name, e in gold.items()
        }

    score("rules", rule_rows)
    kept = kept_figures(args.json, made_of) if args.keep else {}
    if kept:
        log(f"{' and '.join(kept)} kept from {args.json}")
        systems.update(kept)
    else:
        from underthesea import ner

        score("underthesea.ner", lambda e: ner_rows(e, ner))
        log(f"the CRF trains on {len(train)} documents")
        crf = train_crf(train, args.iterations)
        score("CRF", lambda e: crf_rows(e, crf))
    folders = dict(item.split("=", 1) for item in args.also)
    hashes = {}
    for system, folder in {**folders, "model": args.model}.items():
        tagger = Tagger(folder, threads=args.threads)
        hashes[system] = tagger.sha256
        score(system, lambda e, tagger=tagger: model_rows(e, tagger))
    return {**made_of, "models": hashes, "systems": systems}


def kept_figures(path: Path | None, made_of: dict[str, Any]) -> dict[str, Any]:
    """Figures of KEPT in an earlier result that was made of the same; empty if there is none."""
    if path is None or not path.is_file():
        return {}
    before = json.loads(path.read_text(encoding="utf-8"))
    if any(before.get(key) != value for key, value in made_of.items()):
        log(f"{path} was made of other files or versions: all is measured again")
        return {}
    return {name: before["systems"][name] for name in KEPT}


def _file(path: Path, documents: int | None = None) -> dict[str, Any]:
    out: dict[str, Any] = {"file": public_path(path, ROOT), "sha256": sha256(path)}
    return out if documents is None else {**out, "documents": documents}


if __name__ == "__main__":
    main()
