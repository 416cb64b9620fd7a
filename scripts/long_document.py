"""Time per character of ``extract`` on documents of growing length.

    python scripts/long_document.py --sizes 1000 100000 5000000

Each document is the shipped sample texts one after the other, cut to the size; processor
time of one thread, the best of ``--times`` runs (one run above 1 MB).
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from itertools import cycle
from pathlib import Path

from pipeline import extract

SAMPLES = Path(__file__).resolve().parent.parent / "corpora" / "gold" / "samples.jsonl"


def document(size: int) -> str:
    """A text of ``size`` characters, made of the sample texts in turn."""
    rows = SAMPLES.read_text(encoding="utf-8").splitlines()
    parts, length = [], 0
    for row in cycle(rows):
        parts.append(str(json.loads(row)["text"]))
        length += len(parts[-1]) + 2
        if length >= size:
            return "\n\n".join(parts)[:size]
    raise AssertionError("cycle ended")


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--times", type=int, default=5)
    args = parser.parse_args()
    extract(document(1_000), published="2023-08-01")
    for size in args.sizes:
        text, best = document(size), float("inf")
        for _ in range(args.times if size < 1_000_000 else 1):
            begin = time.thread_time()
            record = extract(text, published="2023-08-01")
            best = min(best, time.thread_time() - begin)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>9,} characters  {best:9.3f} s  {1e6 * best / size:7.1f} µs/character  "
            f"{len(record.mentions):>7,} mentions  peak {peak:,.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
