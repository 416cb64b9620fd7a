"""Masked-word pre-training on the arrays of ``prepare_pretraining.py``; resumes when rerun.

    python scripts/pretrain.py runs/data directives pretrain -o runs/encoder --tokens 45e6

A file named ``stop`` in the output folder ends the run at the next step, saved.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from pipeline.errors import PipelineError
from pipeline.subword import Subwords
from pipeline.training.pretrain import pretrain
from pipeline.training.pretrain_model import PretrainSettings


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="+", help="corpora in the data folder, in-domain first")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--tokens", type=float, default=100e6)
    parser.add_argument(
        "--layers", type=int, default=4, help="a --base with fewer is deepened to so many"
    )
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument(
        "--base",
        type=Path,
        help="an encoder's folder to go on from; with fewer layers, it is deepened",
    )
    parser.add_argument("--optimiser", choices=("adamw", "muon"), default="adamw")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--decay-from", type=float, default=0.0, help="share of the steps")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    settings = PretrainSettings(
        layers=args.layers, hidden=args.hidden, tokens=int(args.tokens), batch=args.batch,
        optimiser=args.optimiser, decay_from=args.decay_from,
    )  # fmt: skip
    subwords = Subwords.from_folder(args.data)
    corpora = [args.data / name for name in args.names]
    try:
        pretrain(corpora, subwords, args.out, settings, base=args.base)
    except PipelineError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
