"""Label raw documents with a CRF and a tagger that agree: silver rows to train on first.

    python scripts/make_silver.py ../shared/corpora/raw/directives.jsonl.xz \
        --gold ../shared/corpora/gold/train.jsonl --model runs/first -o runs/silver.jsonl \
        --words 2000000

Both teachers give a probability for each tag of each word; their geometric mean is decoded.
A line is kept when the surest tag of each of its words has at least ``--sure``.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pipeline.align import WordEncoder
from pipeline.decode import bio_decode, legal_transitions, marginals, viterbi
from pipeline.labels import bio_labels
from pipeline.subword import Subwords
from pipeline.training.crf import CrfTagger, word_features
from pipeline.training.data import Example, example, read_gold
from pipeline.training.train import TrainSettings, emissions_of, load

TAGS = bio_labels()


def crf_of(paths: list[Path]) -> CrfTagger:
    """The CRF baseline on gold files."""
    features, tags = [], []
    for e in read_gold(paths):
        for a, b in e.lines():
            features.append(word_features(e.words[a:b], e.rules[a:b]))
            tags.append(e.tags[a:b])
    return CrfTagger().fit(features, tags)


def raw_documents(path: Path, kinds: set[str]) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [r for r in rows if r["kind"] in kinds and 400 < len(r["text"]) < 9000]
    rows.sort(key=lambda r: (not r.get("core"), r["id"][::-1]))  # directives first, mixed sources
    yield from rows


def agreed(
    e: Example, crf: CrfTagger, neural: np.ndarray, sure: float
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Kept lines of a document with their mentions."""
    step = legal_transitions()
    out = []
    for a, b in e.lines():
        (rows,) = crf.marginals([word_features(e.words[a:b], e.rules[a:b])])
        local = np.array([[row.get(t, 1e-6) for t in TAGS] for row in rows], np.float32)
        mean = np.sqrt(np.maximum(local, 1e-6) * np.maximum(neural[a:b], 1e-6))
        mean /= mean.sum(1, keepdims=True)
        if mean.max(1).min() < sure:
            continue
        left, right = e.segmented.word_span(a)[0], e.segmented.word_span(b - 1)[1]
        mentions = []
        for first, last, label in bio_decode(viterbi(np.log(mean), step).tolist()):
            s, t = e.segmented.word_span(a + first)[0], e.segmented.word_span(a + last - 1)[1]
            mentions.append({"start": s - left, "end": t - left, "label": label})
        out.append((e.cleaned.text[left:right], mentions))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("raw", type=Path)
    parser.add_argument("--gold", type=Path, nargs="+", required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder with model.safetensors")
    parser.add_argument("--vocab", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--sure", type=float, default=0.5)
    parser.add_argument("--kinds", nargs="+", default=["news"])
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    crf = crf_of(args.gold)
    model = load(args.model)
    settings = TrainSettings(local_features=model.config.local_features)
    encode = WordEncoder(Subwords.from_folder(args.vocab))
    step = model.transitions().detach().numpy()
    words = lines = dropped = 0
    with args.out.open("w", encoding="utf-8") as out:
        for row in raw_documents(args.raw, set(args.kinds)):
            e = example(row["id"], row["text"])
            (scores,) = emissions_of(model, [encode(e.segmented, e.words, e.rules)], settings)
            kept = agreed(e, crf, marginals(scores, step), args.sure)
            lines += len(kept)
            dropped += len(e.lines()) - len(kept)
            text, mentions = "", []
            for line, found in kept:
                mentions += [
                    {**m, "start": m["start"] + len(text), "end": m["end"] + len(text)}
                    for m in found
                ]
                text += line + "\n"
            if mentions:
                out.write(
                    json.dumps(
                        {"id": row["id"], "text": text, "mentions": mentions}, ensure_ascii=False
                    )
                    + "\n"
                )
                words += len(e.words)
            if words >= args.words:
                break
    print(f"{words:,} words, {lines:,} lines kept, {dropped:,} dropped")


if __name__ == "__main__":
    main()
