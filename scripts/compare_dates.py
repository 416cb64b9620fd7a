"""Our time parser beside ``dateparser`` on the table of cases.

Both read the same surface forms with the same reference day. ``dateparser`` returns one
moment and knows no limiting words, so only its day is compared, on cases whose value is a
single day; ours is shown on all. "found" counts the cases with any answer, "right" those
with the expected one; for expressions that are no time, "right" means none was returned.

    python scripts/compare_dates.py [--cases tests/cases/times.jsonl] [--wrong]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pipeline.labels import Label
from pipeline.normalize.times import parse_time

CASES = Path(__file__).parents[1] / "tests" / "cases" / "times.jsonl"
Row = dict[str, Any]


def kind(row: Row) -> str:
    """The line of the table a case belongs to."""
    value = row["value"]
    if value is None:
        return "no time"
    if value.get("recurrence"):
        return "recurrence"
    if value.get("duration") or value.get("counted_from"):
        return "duration"
    single = value.get("end") and value.get("start", value["end"]) == value["end"]
    if single and value["grain"] in ("day", "time"):
        return "one day, written" if value["anchor"] == "explicit" else "one day, worked out"
    return "period"


def ours(row: Row) -> tuple[bool, bool]:
    """(found, right) for :func:`parse_time`, every field compared."""
    day = date.fromisoformat
    value = parse_time(
        row["text"],
        label=Label(row["label"]),
        published=day(row["published"]) if row.get("published") else None,
        context=[day(text) for text in row.get("context", ())],
        past=row.get("past"),
    )
    got = value and {
        k: v for k, v in value.model_dump().items() if v is not None and v is not False
    }
    return got is not None, got == row["value"]


def theirs(parse: Callable[..., datetime | None]) -> Callable[[Row], tuple[bool, bool]]:
    """(found, right) for dateparser, only the day compared."""

    def run(row: Row) -> tuple[bool, bool]:
        near = (row.get("context") or [row.get("published") or "2022-06-28"])[0]
        settings = {
            "RELATIVE_BASE": datetime.combine(date.fromisoformat(near), time()),
            "PREFER_DATES_FROM": "future" if row["label"] == "DEADLINE" else "past",
            "DATE_ORDER": "DMY",
        }
        found = parse(row["text"], languages=["vi"], settings=settings)
        if row["value"] is None:
            return found is not None, found is None
        right = found is not None and found.date().isoformat() == row["value"].get("end")
        return found is not None, right

    return run


def table(
    title: str, rows: list[Row], run: Callable[[Row], tuple[bool, bool]], kinds: list[str]
) -> list[Row]:
    """Print one parser's figures by kind; return the cases it got wrong."""
    print(f"\n{title}\n{'kind':<22}{'cases':>6}{'found':>8}{'right':>8}")
    wrong: list[Row] = []
    total = [0, 0, 0]
    for name in kinds:
        results = [(row, *run(row)) for row in rows if kind(row) == name]
        figures = [len(results), sum(r[1] for r in results), sum(r[2] for r in results)]
        wrong += [row for row, _, right in results if not right]
        total = [a + b for a, b in zip(total, figures)]
        print(f"{name:<22}{figures[0]:>6}{figures[1]:>8}{figures[2]:>8}")
    print(f"{'all':<22}{total[0]:>6}{total[1]:>8}{total[2]:>8}")
    return wrong


def main() -> int:
    """Print the tables; 0 also when ours is wrong somewhere: this compares, tests judge."""
    arguments = argparse.ArgumentParser(description="Compare parse_time with dateparser.")
    arguments.add_argument("--cases", type=Path, default=CASES)
    arguments.add_argument("--wrong", action="store_true", help="list what dateparser got wrong")
    options = arguments.parse_args()
    rows = [json.loads(line) for line in options.cases.read_text("utf-8").splitlines() if line]
    days = ["one day, written", "one day, worked out", "no time"]
    table("parse_time, all fields", rows, ours, [*days, "period", "duration", "recurrence"])
    try:
        import dateparser  # type: ignore[import-untyped]
    except ImportError:
        print("dateparser is not installed: run  pip install dateparser", file=sys.stderr)
        return 1
    wrong = table(
        f"dateparser {dateparser.__version__}, day only", rows, theirs(dateparser.parse), days
    )
    if options.wrong:
        for row in wrong:
            print(f"  {row['text']!r}: {row['comment']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
