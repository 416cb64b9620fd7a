"""Damage inputs in many ways and hold what comes out to its contract.

    python scripts/fuzz.py --inputs 2000 --seed 1
    python scripts/fuzz.py --target readers --inputs 2000 --seed 1

``extract`` gets the repository's own texts (``corpora/gold``), cut, spliced, repeated and
strewn with what scraped text has been seen to hold; ``dates`` every form of a date with
every separator; ``readers`` damaged files of each format, through the batch's worker;
``importers`` damaged files of the annotation tools; ``messages`` what a page might send to
the annotation widgets. Faults (a crash, an offset that lies, an overlap, a record that is
not of the schema, an input ten times slower than its like) are printed with the input that
made them, and the exit code is 1 if there was any. Same seed, same inputs.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import fuzz_files
import fuzz_importers
import fuzz_messages
from fuzz_texts import dates_in_every_form, inputs

from pipeline import extract
from pipeline.schema import json_schema

_SURROGATE = re.compile("[\ud800-\udfff]")
# Kind, length, what to show of it, and the check, which returns what is wrong.
Check = Callable[[], list[str]]
Case = tuple[str, int, str, Check]
FLOOR = 0.005  # seconds; ten times less than this is noise


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(json_schema())


def faults(raw: str, published: str | None = None, *, twice: bool = True) -> list[str]:
    """What is wrong with the record of ``raw``; empty when it keeps to the contract."""
    try:
        line = extract(raw, published=published).to_json()
        again = extract(raw, published=published).to_json() if twice else line
        record = json.loads(line)
        line.encode()
    except Exception:
        return [traceback.format_exc(limit=-3)]
    return ([] if line == again else ["another record the second time"]) + contract(raw, record)


def contract(raw: str, record: dict[str, Any]) -> list[str]:
    """Where a record breaks its promises: schema, offsets, order, references."""
    out = []
    error = next(_validator().iter_errors(record), None)
    if error is not None:
        out.append(f"schema: {error.json_path}: {error.message[:200]}")
    at = 0
    for m in record["mentions"]:
        if _SURROGATE.sub("\ufffd", raw[m["start"] : m["end"]]) != m["text"] or not m["text"]:
            out.append(f"offsets of {m}")
        if m["start"] < at:
            out.append(f"overlap or disorder at {m}")
        at = m["end"]
    return out + _dangling(record, len(raw))


def _dangling(record: dict[str, Any], length: int) -> list[str]:
    """References to what is not there, and evidence outside the text."""
    ids = {m["id"]: m["label"] for m in record["mentions"]}
    named = {d["document_id"] for d in record["documents"]}
    used = [i for r in record["relations"] for i in (r["from"], r["to"])]
    used += [w["mention"] for w in record["warnings"] if w["mention"] is not None]
    used += [d["mention"] for d in record["documents"] if d["mention"] is not None]
    out = []
    for row in record["assignments"]:
        used += [*row["agencies"], *row["supporting"], *row["targets"]]
        used += [row["deadline"]] if row["deadline"] is not None else []
        if not 0 <= row["evidence"]["start"] < row["evidence"]["end"] <= length:
            out.append(f"evidence outside the text: {row['evidence']}")
        if row["document"] is not None and row["document"] not in named:
            out.append(f"no such document: {row['document']}")
        if {ids.get(i) for i in [*row["agencies"], *row["supporting"]]} - {"AGENCY"}:
            out.append(f"assigned to what is no agency: {row}")
        if not row["targets"] and row["deadline"] is None:
            out.append(f"neither target nor deadline: {row}")
    if len(ids) != len(record["mentions"]):
        out.append("a mention id is used twice")
    return out + [f"no such mention: {i}" for i in used if i not in ids]


def extraction(seed: int, count: int) -> Iterator[Case]:
    """Damaged texts through ``extract``; one in eight a second time, for the same bytes."""
    for n, (kind, text, published) in enumerate(inputs(seed, count)):
        yield kind, len(text), text[:600], partial(faults, text, published, twice=n % 8 == 0)


def date_forms(seed: int, count: int) -> Iterator[Case]:
    """Every form of a date with every separator, whatever the count."""
    for text in dates_in_every_form():
        yield "date forms", len(text), text, partial(faults, text, "2023-08-01", twice=False)


TARGETS: dict[str, Callable[[int, int], Iterator[Case]]] = {
    "extract": extraction,
    "dates": date_forms,
    "readers": fuzz_files.readers,
    "importers": fuzz_importers.importers,
    "messages": fuzz_messages.messages,
}


class Usual:
    """What inputs of a kind and length usually take, to see one that takes ten times that."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, int], list[float]] = defaultdict(list)

    def slow(self, kind: str, size: int, seconds: float, again: Check) -> str | None:
        """Why this input is too slow, or None. A slow one is tried twice more."""
        seen = self.seen[kind, size.bit_length()]
        if len(seen) < 400:
            seen.append(seconds)
        if len(seen) < 50:
            return None
        goes_on = kind in ("session", "review")  # a step of those can't be tried again
        limit = 10 * max(statistics.median(seen), 4 * FLOOR if goes_on else FLOOR)
        for _ in range(2):
            if seconds > limit and not goes_on:
                begin = time.thread_time()
                again()
                seconds = min(seconds, time.thread_time() - begin)
        if seconds < limit:
            return None
        return f"slow: {seconds:.3f} s, {kind} of its length usually {limit / 10:.3f} s"


def main() -> int:
    """Run and print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", choices=[*TARGETS], default="extract")
    parser.add_argument("--inputs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    extract("khởi động")
    made: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    usual = Usual()
    characters, begin = 0, time.process_time()
    for kind, size, shown, run in TARGETS[args.target](args.seed, args.inputs):
        made[kind] += 1
        characters += size
        started = time.thread_time()
        found = run()
        # The time is that of all that runs, checks included: it is compared with its like.
        slow = usual.slow(kind, size, time.thread_time() - started, run)
        found += [slow] if slow else []
        if found:
            bad[kind] += 1
            print(f"--- {kind}, input {made.total()}: {shown!a}")
            print("\n".join(found[:3]), flush=True)
    for kind in made:
        print(f"{kind:>12} {made[kind]:>7} inputs {bad[kind]:>4} with faults")
    seconds = time.process_time() - begin
    print(
        f"{args.target:>12} {made.total():>7} inputs {bad.total():>4} with faults, "
        f"seed {args.seed}, {characters:,} characters or bytes, {seconds:.0f} s of processor time"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
