"""What the records of many real articles hold: values, reasons for none, assignments.

    value_report.py ../shared/corpora/raw/directives.jsonl.xz -n 1000 --seed 1
                    [--sample 100 --out FILE] [--minutes 10]

Articles are drawn at random with a seed, a quarter official texts; of the news, those
marked as nearest to a report of a directive (``core``) come first. The tables are Markdown.
``--sample K`` writes K random mentions of each label, with their values and 80 characters
on either side, to FILE, for a reader to judge; FILE holds real text and stays outside the
repository.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.api import extract_many
from pipeline.labels import LABELS
from pipeline.schema import Mention, Record

ROOT = Path(__file__).resolve().parents[1]
OFFICIAL_SHARE = 0.25  # of the raw corpus, about 6,500 of 25,200
AROUND = 80
Row = dict[str, Any]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file, plain or ``.xz``."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def draw(rows: Iterable[Row], count: int, luck: random.Random) -> list[Row]:
    """``count`` rows: a share of official texts, the rest news with ``core`` first."""
    order = list(rows)
    luck.shuffle(order)
    official = [row for row in order if row.get("kind") == "official"]
    news = [row for row in order if row.get("kind") != "official"]
    news.sort(key=lambda row: not row.get("core"))  # stable: random within each half
    wanted = min(round(count * OFFICIAL_SHARE), len(official))
    drawn = [*official[:wanted], *news[: count - wanted]]
    luck.shuffle(drawn)
    return drawn


def item(row: Row) -> Row:
    """The row as :func:`pipeline.extract_many` takes it."""
    return {
        "id": row.get("id"),
        "text": row["text"],
        "title": row.get("title"),
        "published": row.get("published") or row.get("date"),
    }


def codes_by_mention(record: Record) -> dict[str, set[str]]:
    """Warning codes of each mention of a record."""
    codes: dict[str, set[str]] = {}
    for warning in record.warnings:
        if warning.mention is not None:
            codes.setdefault(warning.mention, set()).add(warning.code)
    return codes


def empty_value(mention: Mention) -> bool:
    """No value, or a time that says neither a day nor a length nor a recurrence."""
    value = mention.value
    if value is None:
        return True
    times = ("start", "end", "time", "duration", "recurrence", "counted_from")
    return mention.label in ("DATE", "DEADLINE") and not any(getattr(value, t) for t in times)


def due_date(record: Record) -> bool:
    """Whether an assignment of the record has a deadline whose last day is known."""
    ends = {m.id: getattr(m.value, "end", None) for m in record.mentions}
    return any(a.deadline and ends.get(a.deadline) for a in record.assignments)


class Report:
    """Counts over records, one at a time."""

    def __init__(self) -> None:
        self.records: Counter[str] = Counter()
        self.mentions: Counter[str] = Counter()
        self.none: Counter[tuple[str, str]] = Counter()
        self.roles: Counter[str] = Counter()
        self.relations: Counter[str] = Counter()
        self.warned: Counter[str] = Counter()
        self.models: set[str] = set()

    def add(self, record: Record) -> None:
        """Count one record."""
        self.records["all"] += 1
        self.records["could not be read"] += record.error is not None
        rows = record.assignments
        self.records["with a mention"] += bool(record.mentions)
        self.records["with an assignment"] += bool(rows)
        self.records["… and one that names an agency"] += any(a.agencies for a in rows)
        self.records["… and one whose last day is known"] += due_date(record)
        self.records["assignments in all"] += len(rows)
        codes = codes_by_mention(record)
        for mention in record.mentions:
            self.mentions[mention.label] += 1
            if empty_value(mention):
                reason = ", ".join(sorted(codes.get(mention.id, ()))) or "null, no warning"
                self.none[mention.label, reason] += 1
        self.roles.update(document.role for document in record.documents)
        self.relations.update(str(row.type) for row in record.relations)
        self.warned.update({warning.code for warning in record.warnings})
        if record.producer:
            self.models.add(f"{record.producer.model} {record.producer.model_sha256[:12]}")

    def markdown(self) -> str:
        """The tables."""
        none = Counter(label for (label, _), n in self.none.items() for _ in range(n))
        rows = [(label, self.mentions[label], none[label]) for label in LABELS]
        reasons = [(f"{label}: {reason}", n) for (label, reason), n in self.none.most_common()]
        return "\n\n".join(
            [
                f"Model {', '.join(sorted(self.models))}",
                _table(("records", "number"), self.records.items()),
                _table(("label", "mentions", "without a value"), rows),
                _table(("no value because", "mentions"), reasons),
                _table(("documents", "number"), self.roles.most_common()),
                _table(("relation", "number"), self.relations.most_common()),
                _table(("warning", "records with it"), self.warned.most_common()),
            ]
        )


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in row)
                     + " |" for row in cells)  # fmt: skip


def shown(row: Row, record: Record, mention: Mention) -> Row:
    """One mention with its value and surroundings, to be judged."""
    text, codes = row["text"], codes_by_mention(record)
    value = mention.value.model_dump(exclude_none=True) if mention.value else None
    return {
        "id": record.id,
        "published": record.published,
        "label": mention.label,
        "before": text[max(0, mention.start - AROUND) : mention.start],
        "text": mention.text,
        "after": text[mention.end : mention.end + AROUND],
        "value": value,
        "warnings": sorted(codes.get(mention.id, ())),
        "at": [mention.start, mention.end],
    }


def main() -> int:
    """Print the tables; write the sample where it is asked for."""
    arguments = argparse.ArgumentParser(description="Values and assignments of many articles.")
    arguments.add_argument("raw", type=Path)
    arguments.add_argument("-n", type=int, default=1000, help="articles to draw")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--sample", type=int, default=0, help="mentions of each label")
    arguments.add_argument(
        "--out", type=Path, help="JSON lines for judging, outside the repository"
    )
    arguments.add_argument("--minutes", type=float, help="stop after so long, with what there is")
    options = arguments.parse_args()
    if options.sample and (options.out is None or ROOT in options.out.resolve().parents):
        arguments.error("--sample needs --out FILE outside the repository: it holds real text")
    drawn = draw(rows_of(options.raw), options.n, random.Random(options.seed))
    pool: dict[str, list[Row]] = {label: [] for label in LABELS}
    report, began = Report(), time.monotonic()
    for row, record in zip(drawn, extract_many(map(item, drawn)), strict=True):
        report.add(record)
        if options.sample:
            for mention in record.mentions:
                pool[mention.label].append(shown(row, record, mention))
        if options.minutes and time.monotonic() - began > 60 * options.minutes:
            break
    if options.sample:
        luck = random.Random(options.seed)
        with options.out.open("w", encoding="utf-8") as out:
            for rows in pool.values():
                for row in luck.sample(rows, min(options.sample, len(rows))):
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(report.markdown())
    print(f"{report.records['all']} articles in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
