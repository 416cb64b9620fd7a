"""What correcting documents gains: the hardest ones by the queue against random ones.

A model is trained on half of the gold. The other half are the documents still to be
corrected: the model proposes, the queue orders, and the gold stands in for the annotator,
whose answers go into a store. `retrain` makes a new model from the store, once with the 20
hardest documents by margin, once with the 20 of most expected corrections and once with 20
random ones; all are measured on the held-out gold. A third
retraining gets nothing new (20 documents that the model has learnt already): what training
longer alone gives.

    python scripts/measure_loop.py ../shared/corpora/gold/train.jsonl \\
        --dev ../shared/corpora/gold/dev.jsonl --base runs/encoder/encoder \\
        --vocab models/vn-directives-small --seeds 13 14 -o runs/loop

Each seed has its own halves, its own training and its own draw. Given again, the command
goes on where it was; `results.jsonl` in the folder holds the figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from pipeline.annotate.document import as_document
from pipeline.annotate.queue import Queue
from pipeline.annotate.store import Store
from pipeline.errors import PipelineError
from pipeline.tagger import Tagger
from pipeline.training.data import read_gold
from pipeline.training.faults import faults
from pipeline.training.predictions import model_rows
from pipeline.training.retrain import RetrainSettings, retrain
from pipeline.training.rows import GoldRow, read_rows
from pipeline.training.run import RunSettings, run

WAYS = {
    "nothing new": "given",
    "random": "random",
    "hardest": "margin",
    "most expected": "expected",
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", type=Path, help="gold rows: one half to begin with, one to correct")
    parser.add_argument("--dev", type=Path, required=True, help="held-out gold rows")
    parser.add_argument("--base", help="encoder folder (default: a random encoder)")
    parser.add_argument("--vocab", type=Path, help="folder of vocab.txt and bpe.codes")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[13])
    parser.add_argument("--documents", type=int, default=20, help="how many are corrected")
    parser.add_argument("--epochs", type=int, default=8, help="of the first model")
    parser.add_argument("--more-epochs", type=int, default=4, help="of the retraining")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    results = args.out / "results.jsonl"
    try:
        rows = [measure(args, seed) for seed in args.seeds]
    except PipelineError as error:
        sys.exit(str(error))
    results.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    print(table(rows))


def measure(args: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One seed: F1 before, after random documents, after the hardest."""
    folder = args.out / f"seed-{seed}"
    folder.mkdir(exist_ok=True)
    known, rest = halves(read_rows([args.gold]), seed)
    half = write(folder / "half.jsonl", known)
    model = folder / "before"
    if not (model / "metrics.json").is_file():
        run(
            RunSettings(
                train=[half], dev=args.dev, out=model, name="before", base=args.base,
                vocab=args.vocab, epochs=args.epochs, seed=seed,
            ),
            log=say,
        )  # fmt: skip
    proposed = propose(write(folder / "rest.jsonl", rest), model)
    out: dict[str, Any] = {"seed": seed, "known": len(known), "open": len(rest)}
    by_id = {r.id: r.row for r in rest}
    by: Any
    for way, by in WAYS.items():
        if way == "nothing new":
            chosen = [r.row for r in known[: args.documents]]
        else:
            queue = Queue(proposed.values(), random_share=0, seed=seed, by=by)
            chosen = [by_id[place.id] for place in queue][: args.documents]
        name = way.replace(" ", "-")
        store = folder / f"corrections-{name}"
        answer(store, chosen)
        new = retrain(
            RetrainSettings(
                corrections=[store], gold=[half], dev=args.dev, base=model,
                out=folder / f"after-{name}", epochs=args.more_epochs, seed=seed,
            ),
            log=say,
        )  # fmt: skip
        found = new.comparison
        out["before"] = round(found.old["all"].f1, 4)
        out[way] = {
            "f1": round(found.new["all"].f1, 4),
            "labels": {name: round(s.f1, 4) for name, s in found.new.items()},
            "mentions": sum(len(row["mentions"]) for row in chosen),
            "corrections": sum(len(faults(row, proposed.get(row["id"], row))) for row in chosen),
            "characters": sum(len(row["text"]) for row in chosen),
        }
        out["labels_before"] = {name: round(s.f1, 4) for name, s in found.old.items()}
        say(json.dumps(out))
    return out


def halves(rows: Sequence[GoldRow], seed: int) -> tuple[list[GoldRow], list[GoldRow]]:
    """Two halves by document, drawn by the seed and the document's id."""
    order = sorted(rows, key=lambda r: hashlib.sha256(f"{seed} {r.id}".encode()).digest())
    return order[: len(order) // 2], order[len(order) // 2 :]


def propose(path: Path, model: Path) -> dict[str, dict[str, Any]]:
    """The documents as an annotator gets them: with the model's mentions and confidences."""
    documents = read_gold([path])
    found = model_rows(documents, Tagger(model))
    return {
        e.id: {"id": e.id, "text": e.cleaned.raw, "mentions": row["mentions"]}
        for e, row in zip(documents, found, strict=True)
    }


def answer(folder: Path, rows: Sequence[Any]) -> None:
    """The gold as an annotator's finished documents; those that are there already stay."""
    store = Store(folder, "gold")
    for row in rows:
        if row["id"] not in store.log.answers:
            kept = {"id": row["id"], "text": row["text"], "mentions": row["mentions"]}
            store.append_answer(as_document(kept), "accept")


def write(path: Path, rows: Sequence[GoldRow]) -> Path:
    path.write_text(
        "".join(json.dumps({**r.row, "id": r.id}, ensure_ascii=False) + "\n" for r in rows),
        encoding="utf-8",
    )
    return path


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The figures as a table in Markdown; the last row is the mean."""
    lines = [
        f"| seed | before | {' | '.join(WAYS)} | mentions read | corrected |",
        f"| --- {'| ---: ' * (len(WAYS) + 3)}|",
    ]
    for r in rows:
        new = [r[way] for way in WAYS if way != "nothing new"]
        lines.append(
            f"| {r['seed']} | {r['before']:.4f} "
            f"| {' | '.join(format(r[way]['f1'], '.4f') for way in WAYS)} "
            f"| {' / '.join(str(x['mentions']) for x in new)} "
            f"| {' / '.join(str(x['corrections']) for x in new)} |"
        )
    n = len(rows)
    before = sum(r["before"] for r in rows) / n
    after = [sum(r[way]["f1"] for r in rows) / n for way in WAYS]
    lines.append(f"| mean | {before:.4f} | {' | '.join(f'{x:.4f}' for x in after)} | | |")
    return "\n".join(lines)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
