"""Segment raw text, learn a byte-pair vocabulary, write token arrays for pre-training.

    python scripts/prepare_pretraining.py ../shared/corpora/raw/directives.jsonl.xz \
        ../shared/corpora/raw/pretrain.txt.xz -o runs/data

Inputs: ``.jsonl[.xz]`` with ``text``, or ``.txt[.xz]`` with a paragraph a line and a blank
line between documents. Outputs in the folder: ``NAME.seg`` (segmented text),
``NAME.ids.npy`` and ``NAME.first.npy``, ``vocab.txt`` and ``bpe.codes``.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from pipeline.segment import segment
from pipeline.subword import Subwords
from pipeline.text import clean
from pipeline.training.pretrain_data import encode_corpus
from pipeline.training.vocab import train_vocab


def documents(path: Path, limit: int) -> Iterator[str]:
    """Texts of the documents of a raw file, up to ``limit`` characters in all."""
    opener = lzma.open if path.suffix == ".xz" else open
    seen = 0
    with opener(path, "rt", encoding="utf-8") as lines:
        if ".jsonl" in path.name:
            texts: Iterator[str] = (json.loads(line)["text"] for line in lines)
        else:
            texts = _blocks(lines)
        for text in texts:
            yield text
            seen += len(text)
            if seen > limit:
                return


def _blocks(lines: Iterator[str]) -> Iterator[str]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line.rstrip("\n"))
        elif block:
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def segmented(text: str) -> str:
    """A document's paragraphs as lines of words, the atoms of a word joined by ``_``."""
    lines = []
    for paragraph in clean(text).text.split("\n"):
        words = segment(paragraph).word_texts()
        if words:
            lines.append(" ".join(words))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("inputs", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--vocab-size", type=int, default=16_000)
    parser.add_argument("--characters", type=float, default=160e6, help="at most, of each input")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    names = [path.name.split(".")[0] for path in args.inputs]
    for path, name in zip(args.inputs, names, strict=True):
        target = args.out / f"{name}.seg"
        if target.exists():
            print(f"{target} is there already")
            continue
        partial = target.with_suffix(".part")
        with get_context("spawn").Pool(args.workers) as pool, partial.open("w") as out:
            for block in pool.imap(segmented, documents(path, int(args.characters)), chunksize=32):
                out.write(block + "\n\n")
        partial.replace(target)
        print(f"{target}: {target.stat().st_size:,} bytes")
    if not (args.out / "vocab.txt").exists():
        with (args.out / f"{names[0]}.seg").open(encoding="utf-8") as lines:
            train_vocab(lines, args.out, args.vocab_size)
    subwords = Subwords.from_folder(args.out)
    for name in names:
        count = encode_corpus(args.out / f"{name}.seg", subwords, args.out / name)
        print(f"{name}: {count:,} tokens")


if __name__ == "__main__":
    main()
