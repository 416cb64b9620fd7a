"""What a model gets wrong: per label the missed, the extra and the wrong boundaries.

    python scripts/errors.py corpora/gold/samples.jsonl
    python scripts/errors.py ../shared/corpora/gold/dev.jsonl --label TARGET --width 80
    python scripts/errors.py ../shared/corpora/gold/dev.jsonl --model runs/new \\
        --against models/vn-directives-small

With ``--against`` the mentions that ``--model`` gains and loses: right in one and not in the
other, wrong in one and not in the other.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.labels import LABELS
from pipeline.tagger import Tagger
from pipeline.training.compare import changes, listing
from pipeline.training.data import read_gold
from pipeline.training.evaluate import span_scores
from pipeline.training.faults import KINDS, Fault, context, faults
from pipeline.training.predictions import gold_rows, model_rows

HEADINGS = {
    "boundary": "wrong boundary (- gold, + found)",
    "label": "wrong label (- gold, + found)",
    "missed": "missed",
    "spurious": "extra",
}


def main() -> None:
    if hasattr(signal, "SIGPIPE"):  # end quietly when a pager or ``head`` has seen enough
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--model", default=None, help="folder or name (default: the shipped one)")
    parser.add_argument("--against", help="another model's folder or name")
    parser.add_argument("--label", nargs="+", choices=[str(x) for x in LABELS])
    parser.add_argument("--width", type=int, default=50, help="characters of context a side")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    try:
        documents = read_gold([args.gold])
        found = model_rows(documents, Tagger(args.model, args.threads))
        other = model_rows(documents, Tagger(args.against, args.threads)) if args.against else None
    except PipelineError as error:
        sys.exit(str(error))
    gold = gold_rows(documents)
    texts = [e.cleaned.raw for e in documents]
    labels = args.label or [str(x) for x in LABELS]
    scores = span_scores(gold, found)
    before = span_scores(gold, other) if other is not None else scores
    for label in labels:
        s = scores[label]
        change = f" (against: {before[label].f1:.4f})" if other is not None else ""
        print(f"\n## {label}: F1 {s.f1:.4f}{change}, {s.tp} right, {s.fp} wrong, {s.fn} missed")
        if other is not None:
            every_change = changes(gold, other, found, texts, args.width)
            print(listing([c for c in every_change if c.label == label]))
        else:
            rows = zip(gold, texts, found, strict=True)
            every = [(g["id"], t, x) for g, t, f in rows for x in faults(g, f)]
            print_faults([row for row in every if row[2].label == label], args.width)


def print_faults(rows: list[tuple[str, str, Fault]], width: int) -> None:
    """The errors of one label, kind by kind."""
    for kind in KINDS:
        some = [row for row in rows if row[2].kind == kind]
        if some:
            print(f"\n{HEADINGS[kind]}: {len(some)}")
        for id, text, fault in some:
            for sign, mention in (("-", fault.gold), ("+", fault.found)):
                if mention:
                    name = f" {mention[2]}" if kind == "label" else ""
                    print(f"  {sign} {id}:{mention[0]}{name}  {context(text, *mention[:2], width)}")


if __name__ == "__main__":
    main()
