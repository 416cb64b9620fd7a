"""Every document of a raw corpus through ``extract``: the contract held in each, counted.

    python scripts/raw_corpus.py ../shared/corpora/raw/directives.jsonl.xz --state raw.jsonl

Of each record: it is valid by the JSON Schema, ``text[start:end]`` is each mention's text,
mentions are in order and apart, ids named are there. A line of counts is appended to
``--state`` after every 200 documents; the same command goes on from there. At the end, or
with ``--table``, the sums are printed as Markdown. Exit code 1 if any document failed.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from fuzz import contract

from pipeline import extract

EVERY = 200


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, plain or ``.xz``."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def check(row: dict[str, Any], counts: Counter[str]) -> list[str]:
    """What is wrong with the record of one document; its contents are added to ``counts``."""
    text = str(row["text"])
    try:
        record = json.loads(extract(text, id=row.get("id"), published=row.get("date")).to_json())
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    counts["characters"] += len(text)
    for part in ("mentions", "relations", "documents", "assignments", "warnings"):
        counts[part] += len(record[part])
    codes = [w["code"] for w in record["warnings"]]
    counts.update(f"warning {code}" for code in codes)
    counts.update(f"records with {code}" for code in set(codes))
    return contract(text, record)


def run(path: Path, state: Path, limit: int) -> None:
    """Go on where the state ends."""
    done = sum(line["documents"] for line in lines_of(state))
    rows = islice(rows_of(path), done, limit or None)
    while chunk := list(islice(rows, EVERY)):
        counts: Counter[str] = Counter()
        failed = {}
        begin = time.process_time()
        for row in chunk:
            if faults := check(row, counts):
                failed[str(row.get("id"))] = faults[:3]
        line = {"documents": len(chunk), "failed": failed, "counts": counts,
                "seconds": round(time.process_time() - begin, 2)}  # fmt: skip
        with state.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def lines_of(state: Path) -> list[dict[str, Any]]:
    """What has been counted so far."""
    if not state.exists():
        return []
    return [json.loads(line) for line in state.read_text(encoding="utf-8").splitlines()]


def table(state: Path) -> bool:
    """Print the sums; whether all documents kept to the contract."""
    lines = lines_of(state)
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line["counts"])
    failed = {k: v for line in lines for k, v in line["failed"].items()}
    documents, seconds = (sum(line[k] for line in lines) for k in ("documents", "seconds"))
    print(f"{documents:,} documents, {counts['characters']:,} characters, {seconds:,.0f} s of "
          f"processor time, {len(failed)} that failed")  # fmt: skip
    print("mentions, relations, documents, assignments, warnings: " + ", ".join(
        f"{counts[k]:,}" for k in ("mentions", "relations", "documents", "assignments", "warnings")
    ))  # fmt: skip
    print("\n| warning | times | records with it |\n| --- | ---: | ---: |")
    codes = [(n, k.removeprefix("warning ")) for k, n in counts.items() if k.startswith("warning ")]
    for times, code in sorted(codes, reverse=True):
        print(f"| `{code}` | {times:,} | {counts[f'records with {code}']:,} |")
    for name, faults in list(failed.items())[:20]:
        print(f"{name}: {faults}")
    return not failed


def main() -> int:
    """Run, then print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=0, help="only the first documents")
    parser.add_argument("--table", action="store_true", help="only print what is there")
    args = parser.parse_args()
    if not args.table:
        run(args.path, args.state, args.limit)
    return 0 if table(args.state) else 1


if __name__ == "__main__":
    sys.exit(main())
