"""Fine-tune a tagger, calibrate it, export it as a model folder that ``extract`` serves.

From the repo's own documents alone (a random encoder when ``--base`` is left out):

    python scripts/train.py corpora/gold/train.jsonl --dev corpora/gold/dev.jsonl -o runs/mine

From a pre-trained encoder (``scripts/pretrain.py``) or from real PhoBERT, by folder or name:

    python scripts/train.py TRAIN.jsonl --dev DEV.jsonl --base runs/encoder/encoder \
        --vocab runs/data -o runs/mine
    python scripts/train.py TRAIN.jsonl --dev DEV.jsonl --base vinai/phobert-base -o runs/phobert

A killed run goes on where it was when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from pipeline.errors import PipelineError
from pipeline.training.run import RunSettings, run


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("train", nargs="+", type=Path, help="gold rows (JSONL)")
    parser.add_argument(
        "--dev", type=Path, required=True, help="gold rows to calibrate and measure on"
    )
    parser.add_argument("--silver", nargs="*", type=Path, default=[], help="rows to train on first")
    parser.add_argument("--silver-epochs", type=int, default=1)
    parser.add_argument("--base", help="encoder: a folder, or a name on the Hugging Face Hub")
    parser.add_argument(
        "--vocab", type=Path, help="folder of vocab.txt and bpe.codes (default: --base)"
    )
    parser.add_argument(
        "--tone", choices=("new", "old", "as-is"), help="default: old for PhoBERT, else new"
    )
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--name", help="the model's name in records (default: the folder's)")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--fp32", action="store_true", help="serve single precision, not int8")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    try:
        result = run(
            RunSettings(
                train=args.train, dev=args.dev, silver=args.silver,
                silver_epochs=args.silver_epochs,
                base=args.base, vocab=args.vocab, tone=args.tone, out=args.out,
                name=args.name or args.out.name, epochs=args.epochs, seed=args.seed,
                quantize=not args.fp32,
            ),
            log=lambda line: print(line, file=sys.stderr, flush=True),
        )  # fmt: skip
    except PipelineError as error:
        sys.exit(str(error))
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
