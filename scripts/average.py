"""Average the weights of taggers that were fine-tuned from one start with different seeds.

    python scripts/average.py runs/whole-13 runs/whole-14 --vocab models/vn-encoder-small \
        --dev ../shared/corpora/gold/dev.jsonl -o runs/averaged --name vn-directives-small

A "model soup" (Wortsman et al. 2022): it costs nothing at run time and is mostly at least as
good as the best of its parts. The result is calibrated on dev, exported and measured as
``scripts/train.py`` does it. Taggers of different shapes are refused.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from pipeline.errors import PipelineError
from pipeline.models import sha256
from pipeline.tagger import Tagger
from pipeline.training.data import read_gold
from pipeline.training.evaluate import span_scores
from pipeline.training.run import export, rows_of
from pipeline.training.train import TrainSettings, load


def averaged(folders: list[Path]) -> torch.nn.Module:
    """The first tagger with the mean of all weights."""
    models = [load(folder) for folder in folders]
    states = [model.state_dict() for model in models]
    shapes = [{name: tensor.shape for name, tensor in state.items()} for state in states]
    if any(shape != shapes[0] for shape in shapes):
        sys.exit("the taggers have different shapes: only seeds of one recipe can be averaged")
    mean = {name: torch.stack([s[name] for s in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--name", help="the model's name in records (default: the folder's)")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    try:
        model = averaged(args.folders)
        dev = read_gold([args.dev])
        first = args.folders[0]
        settings = TrainSettings(**json.loads((first / "training.json").read_text("utf-8")))
        name = args.name or args.out.name
        args.out.mkdir(parents=True, exist_ok=True)
        export(model, args.vocab, args.out, settings, name=name, tone="new", quantize=True, dev=dev)
    except PipelineError as error:
        sys.exit(str(error))
    scores = span_scores(*rows_of(dev, Tagger(args.out)))
    parts = [json.loads((folder / "metrics.json").read_text("utf-8")) for folder in args.folders]
    result = {
        **parts[0],
        "dev": {label: s._asdict() for label, s in scores.items()},
        "average_of": [
            {
                "seed": part.get("seed"),
                "dev_f1": part["dev"]["all"]["f1"],
                "weights": sha256(folder / "model.safetensors"),
            }
            for folder, part in zip(args.folders, parts, strict=True)
        ],
    }
    (args.out / "metrics.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(json.dumps(result["dev"]["all"]))


if __name__ == "__main__":
    main()
