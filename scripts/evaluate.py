"""Strict span F1 of a model on gold files, with the records' relations and roles.

    python scripts/evaluate.py ../shared/corpora/gold/dev.jsonl ../shared/corpora/gold/seeds.jsonl
    python scripts/evaluate.py corpora/gold/samples.jsonl --model models/vn-directives-small

With ``--scorer PATH`` the named scorer (``../shared/tools/score.py``) is run on the same
records and its table is printed; with ``--errors N`` the first wrong spans are listed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.api import Extractor
from pipeline.training.evaluate import bootstrap, span_scores


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--model", default=None)
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    args = parser.parse_args()
    extractor = Extractor(args.model, threads=2)
    for path in args.gold:
        gold = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        items = [{**row, "published": row.get("published") or row.get("date")} for row in gold]
        records = [json.loads(r.to_json()) for r in extractor.extract_many(items)]
        failed = [r["id"] for r in records if r["error"]]
        scores, intervals = span_scores(gold, records), bootstrap(gold, records)
        print(f"\n{path}: {len(gold)} documents, {len(failed)} failed {failed[:5]}")
        print(f"{'':12}{'P':>8}{'R':>8}{'F1':>8}   95 % interval   {'tp':>5}{'fp':>5}{'fn':>5}")
        for name, s in scores.items():
            low, high = intervals[name]
            print(
                f"{name:12}{s.p:8.4f}{s.r:8.4f}{s.f1:8.4f}   {low:.3f}–{high:.3f}     "
                f"{s.tp:5}{s.fp:5}{s.fn:5}"
            )
        if args.scorer:
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
                file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in records)
                file.flush()
                command = [sys.executable, str(args.scorer), str(path), file.name]
                subprocess.run([*command, "--errors", str(args.errors)], check=True)


if __name__ == "__main__":
    main()
