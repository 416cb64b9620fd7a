"""Join stand-off annotations to the raw documents they were made on; write gold rows.

    python scripts/join_standoff.py corpora/standoff/directives.jsonl \
        ../shared/corpora/raw/directives.jsonl.xz -o runs/standoff.jsonl

A stand-off row has no text: ``id`` of a raw row, ``text_sha256`` of that row's ``text``
(UTF-8), ``mentions`` with ``start, end, label`` in code points of it and, where only the
beginning of a long document was annotated, ``end``: the text is cut there. RAW is read in
place, plain or packed as ``.xz`` or ``.gz``. A row whose text is missing, or isn't the text
that was annotated, is named on standard error and left out; the exit code is then 1.

The output holds text that isn't ours to pass on: write it to an ignored folder.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).parent))
from gold import read_rows

from pipeline.labels import Label

Row = dict[str, Any]

# First letters of mention ids, one a label: "n1", "d1" … as in corpora/gold.
LETTERS = {"DOC_NUMBER": "n", "DATE": "d", "DEADLINE": "l", "AGENCY": "a", "TARGET": "t"}
OPENERS: dict[str, Callable[..., IO[str]]] = {".xz": lzma.open, ".gz": gzip.open}


def sha256(text: str) -> str:
    """The hash a stand-off row names its text by, over the text's UTF-8 bytes.

    >>> sha256("Công văn số 24/UBND-NC")[:8]
    '31c99293'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def raw_rows(path: Path) -> Iterator[Row]:
    """The rows of a raw JSONL file, one at a time: it may be larger than memory."""
    with OPENERS.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def gold_row(standoff: Mapping[str, Any], raw: Mapping[str, Any]) -> Row:
    """One gold row: the raw row's text and the stand-off row's mentions with their surface.

    Relations and documents are kept where the stand-off row has them, else empty. Raises
    ``ValueError`` where the text isn't the one annotated, or a span doesn't lie in it.
    """
    text = raw["text"]
    if sha256(text) != standoff["text_sha256"]:
        raise ValueError("the text differs from the one annotated")
    text = text[: standoff.get("end")]
    counts: Counter[str] = Counter()
    mentions, last = [], 0
    for span in sorted(standoff["mentions"], key=lambda span: span["start"]):
        start, end, label = span["start"], span["end"], Label(span["label"]).value
        if not last <= start < end <= len(text):
            raise ValueError(f"span {start}-{end} overlaps another or leaves the text")
        counts[label] += 1
        mentions.append(
            {
                "id": span.get("id", f"{LETTERS[label]}{counts[label]}"),
                "label": label,
                "start": start,
                "end": end,
                "text": text[start:end],
            }
        )
        last = end
    return {
        "id": standoff["id"],
        "kind": raw.get("kind"),
        "title": raw.get("title"),
        "date": raw.get("date"),
        "text": text,
        "mentions": mentions,
        "relations": standoff.get("relations", []),
        "documents": standoff.get("documents", []),
    }


def join(standoff: Iterable[Row], raw: Iterable[Row]) -> tuple[list[Row], dict[str, str]]:
    """Gold rows in the stand-off file's order, and for each row left out, why."""
    wanted = {row["id"]: row for row in standoff}
    faults = dict.fromkeys(wanted, "no such row in the raw file")
    joined: dict[str, Row] = {}
    for row in raw:
        if row["id"] in faults:
            try:
                joined[row["id"]] = gold_row(wanted[row["id"]], row)
                del faults[row["id"]]
            except ValueError as error:
                faults[row["id"]] = str(error)
        if not faults:
            break
    return [joined[name] for name in wanted if name in joined], faults


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("standoff", type=Path)
    parser.add_argument("raw", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    rows, faults = join(read_rows(args.standoff), raw_rows(args.raw))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    with args.output.open("w", encoding="utf-8", newline="\n") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    for name, fault in faults.items():
        print(f"{name}: {fault}", file=sys.stderr)
    print(f"{len(rows)} rows joined, {len(faults)} left out", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
