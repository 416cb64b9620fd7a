"""Make a folder of a pre-trained encoder that others can fine-tune: half precision, with sums.

    python scripts/ship_encoder.py runs/encoder/encoder --vocab runs/data \
        --log runs/encoder/log.jsonl -o models/vn-encoder-small

Writes ``model.safetensors`` (Hugging Face's RobertaModel), ``config.json``, the vocabulary,
``pretraining.json`` (what ``--log`` and ``--note`` say) and ``SHA256SUMS``.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from pipeline.models import sha256

FILES = ("config.json", "model.safetensors", "vocab.txt", "bpe.codes", "pretraining.json")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--tokens-before", type=int, default=0, help="visits of an earlier stage")
    parser.add_argument("--note", default="", help="one sentence on how it came about")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.half() for k, v in load_file(args.encoder / "model.safetensors").items()}
    save_file(tensors, args.out / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((args.encoder / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float16"
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for name in ("vocab.txt", "bpe.codes"):
        shutil.copyfile(args.vocab / name, args.out / name)
    last = json.loads(args.log.read_text(encoding="utf-8").splitlines()[-1])
    told = {
        "tokens": args.tokens_before + last["tokens"],
        "tokens_of_the_last_stage": last["tokens"],
        "masked_loss": last["loss"],
        "note": args.note,
    }
    (args.out / "pretraining.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sums = "".join(f"{sha256(args.out / name)}  {name}\n" for name in FILES)
    (args.out / "SHA256SUMS").write_text(sums)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
