"""Masked-word pre-training on the arrays of ``prepare_pretraining.py``; resumes when rerun.

    python scripts/pretrain.py runs/data directives pretrain -o runs/encoder --tokens 45e6

A file named ``stop`` in the output folder ends the run at the next step, saved.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from pipeline.subword import Subwords
from pipeline.training.pretrain import PretrainSettings, pretrain


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="+", help="corpora in the data folder, in-domain first")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--tokens", type=float, default=100e6)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    settings = PretrainSettings(layers=args.layers, hidden=args.hidden, tokens=int(args.tokens))
    subwords = Subwords.from_folder(args.data)
    pretrain([args.data / name for name in args.names], subwords, args.out, settings)


if __name__ == "__main__":
    main()
