"""Label raw documents with taggers that agree: silver rows to train on before the gold.

    python scripts/make_silver.py ../shared/corpora/raw/directives.jsonl.xz \
        --models runs/first-13 runs/first-14 -o runs/silver.jsonl --words 2000000 \
        --without ../shared/corpora/gold/*.jsonl runs/standoff.jsonl

Every teacher gives a probability for each tag of each word; their geometric mean is decoded
(with ``--gold`` a CRF trained on those files is one more teacher). A line is kept when the
surest tag of each of its words has at least ``--sure``. A document is passed over if its id
stands in a file of ``--without``, or if it shares a seventh of the eight-word runs of one there,
or of its own: the same story in another paper. What a model is judged by is never trained on.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from gold import read_rows

from pipeline.decode import bio_decode, legal_transitions, marginals, viterbi
from pipeline.labels import bio_labels
from pipeline.tagger import Tagger
from pipeline.training.crf import CrfTagger, word_features
from pipeline.training.data import Example, example, read_gold
from pipeline.training.predictions import train_crf

TAGS = bio_labels()
FLOOR = 1e-6


RUN = 8
SHARED = 1 / 7


def runs(text: str) -> set[int]:
    """Hashes of the runs of eight words."""
    words = re.findall(r"\w+", text.lower())
    return {hash(tuple(words[i : i + RUN])) for i in range(len(words) - RUN + 1)}


class Judged:
    """Documents that no silver may repeat, by id and by what they say."""

    def __init__(self, paths: list[Path]) -> None:
        rows = [row for path in paths for row in read_rows(path)]
        self.ids = {row["id"] for row in rows}
        self.texts = [runs(row["text"]) for row in rows if row.get("text")]
        self.index: dict[int, list[int]] = {}
        for n, text in enumerate(self.texts):
            for run in text:
                self.index.setdefault(run, []).append(n)

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether the row, or most of a judged document, is among them."""
        if row["id"] in self.ids:
            return True
        own = runs(row["text"])
        common = Counter(n for run in own for n in self.index.get(run, ()))
        return any(
            k > SHARED * len(own) or k > SHARED * len(self.texts[n]) for n, k in common.items()
        )


def raw_documents(path: Path, kinds: set[str], without: Judged) -> Iterator[dict[str, Any]]:
    """Rows of ``kinds``, reports of directives first, sources mixed."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    rows = [r for r in rows if r["kind"] in kinds and 400 < len(r["text"]) < 9000]
    rows.sort(key=lambda r: (r["kind"] == "news" and not r.get("core"), r["id"][::-1]))
    yield from (row for row in rows if not without.holds(row))


def probabilities(e: Example, taggers: list[Tagger]) -> np.ndarray:
    """Mean log probability of each tag of each word over the taggers, ``[W, L]``."""
    logs = []
    for tagger in taggers:
        encoded = tagger.encode(e.segmented)
        step = np.asarray(tagger.config.transitions, np.float32)
        likely = marginals(tagger.emissions(encoded), step, encoded.lines)
        logs.append(np.log(np.maximum(likely, FLOOR)))
    return np.mean(logs, axis=0)


def agreed(
    e: Example, scores: np.ndarray, crf: CrfTagger | None, weight: float, sure: float
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Kept lines of a document with their mentions; the CRF weighs ``weight`` of the whole."""
    step, rules = legal_transitions(), e.rules()
    for a, b in e.lines():
        mean = scores[a:b]
        if crf is not None:
            (rows,) = crf.marginals([word_features(e.words[a:b], rules[a:b])])
            local = np.array([[row.get(t, FLOOR) for t in TAGS] for row in rows], np.float32)
            mean = (1 - weight) * mean + weight * np.log(np.maximum(local, FLOOR))
        likely = np.exp(mean)
        likely /= likely.sum(1, keepdims=True)
        if likely.max(1).min() < sure:
            continue
        left, right = e.segmented.word_span(a)[0], e.segmented.word_span(b - 1)[1]
        mentions = []
        for first, last, label in bio_decode(viterbi(np.log(likely), step).tolist()):
            s, t = e.segmented.word_span(a + first)[0], e.segmented.word_span(a + last - 1)[1]
            mentions.append({"start": s - left, "end": t - left, "label": label})
        yield e.cleaned.text[left:right], mentions


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("raw", type=Path)
    parser.add_argument("--models", type=Path, nargs="+", required=True, help="served folders")
    parser.add_argument("--gold", type=Path, nargs="*", default=[], help="train a CRF teacher")
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--words", type=int, default=1_000_000)
    parser.add_argument("--sure", type=float, default=0.5)
    parser.add_argument("--kinds", nargs="+", default=["news"])
    args = parser.parse_args()
    crf = train_crf(read_gold(args.gold)) if args.gold else None
    taggers = [Tagger(folder) for folder in args.models]
    words = lines = dropped = 0
    with args.out.open("w", encoding="utf-8") as out:
        for row in raw_documents(args.raw, set(args.kinds), Judged(args.without)):
            e = example(row["id"], row["text"])
            scores = probabilities(e, taggers)
            kept = list(agreed(e, scores, crf, 1 / (len(taggers) + 1), args.sure))
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
                silver = {"id": row["id"], "text": text, "mentions": mentions}
                out.write(json.dumps(silver, ensure_ascii=False) + "\n")
                words += len(e.words)
            if words >= args.words:
                break
    print(f"{words:,} words, {lines:,} lines kept, {dropped:,} dropped")


if __name__ == "__main__":
    main()
