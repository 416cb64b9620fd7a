"""Damage real-looking articles in many ways and hold every record to its contract.

    python scripts/fuzz.py --inputs 2000 --seed 1

The texts are the repository's own (``corpora/gold``), cut, spliced,
repeated and strewn with what scraped text has been seen to hold. Each input goes through
``extract`` twice. Faults are printed with the input that made them, and the exit code is 1
if there was any. Same seed, same inputs.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline import extract
from pipeline.schema import json_schema

ROOT = Path(__file__).resolve().parent.parent
_SURROGATE = re.compile("[\ud800-\udfff]")

SEPARATORS = "/ - . – — − ／ ∕ | · : \\ _ ,".split(" ") + [" / ", " - ", " ", "", "//", "\u00a0/"]
DATE_HEADS = ["ngày ", "Ngày ", "trước ngày ", "đến hết ngày ", "từ ngày ", "sáng ", "tối ", ""]
WORD_DATES = [
    "ngày {d} tháng {m} năm {y}", "{d} tháng {m}, {y}", "tháng {m}{s}{y}", "quý {q}{s}{y}",
    "quý {r} năm {y}", "năm {y}", "giai đoạn {y}{s}{z}", "nhiệm kỳ {y}{s}{z}",
    "từ {d}{s}{m} đến {e}{s}{m}{s}{y}", "{h} giờ {d} ngày {d}{s}{m}",
    "{h}h{d} ngày {d}{s}{m}{s}{y}", "trước {h}:{d} ngày {d}{s}{m}{s}{y}",
    "trong vòng {d} ngày làm việc kể từ ngày {d}{s}{m}{s}{y}", "trong {d} tháng đầu năm {y}",
    "trước ngày {d} hằng tháng", "{d} Tết", "rằm tháng {m}", "ngày {d}, {e} và {h}{s}{m}",
    "Thứ {q}, {d}{s}{m}{s}{y}, {h}:{d} GMT+7", "đầu tháng {m}", "tuần {d} tháng {m}",
    "đến năm {y}, tầm nhìn {z}",
]  # fmt: skip
NUMBERS = "0 00 1 31 32 99 13 2023 0000 9999 10000 ² ٣ １２ ½ Ⅲ".split(" ")
NOISE = [
    "\u0301", "\u0323\u0302", "\u0300" * 40, "\u200b", "\u202e", "\u202c", "\u2066", "\ufeff",
    "\u00ad", "\ud83d", "\udc00", "\ud800\udc00", "🇻🇳", "👍🏽", "👨\u200d👩\u200d👧", "\x00",
    "\x1b[31m", "\x85", "\u2028", "\t", "\r\n", "\r", "\n\n\n", "\u3000", "العربية", "עברית",
    "中文文件", "한글", "ᄒ", "ᅡ", "Привет", "ไทย", "ﬁ", "ſ", "İ", "ı", "ß", "Å", "ẞ", "ǆ", "((((",
    "))))", "[({", "”“", "\"'", "<b>", "</p>", "&nbsp;", "https://a.vn/12/KH-UBND?d=1/2/2023",
    "...", "…………", "!?!?", "----", "____", "|||", ";;;;", "%", "‰", "số ", "Số:", "số 12/",
    "/KH-UBND", "-", "Đề án 06/", "Nghị quyết số", "các Sở: ", "và ", "; ", "TTLT-BTC-BTP", "100%",
    "1.000.000,5", "-5%", "một nửa", "hai phần ba", "gấp 1/0 lần", "1e400 %",
]  # fmt: skip


@lru_cache(maxsize=1)
def texts() -> list[str]:
    """The texts of the repository's corpora."""
    paths = [ROOT / "corpora/gold/samples.jsonl", *sorted((ROOT / "corpora/gold").glob("*.jsonl"))]
    rows = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [str(json.loads(row)["text"]) for row in rows if row.strip()]


def piece(rng: random.Random, most: int = 500) -> str:
    """A stretch of one text."""
    text = rng.choice(texts())
    start = rng.randrange(len(text))
    return text[start : start + rng.randint(1, most)]


def a_date(rng: random.Random) -> str:
    """A date in some form with some separator, possible or not."""
    number = lambda low, high: (  # noqa: E731 - drawn many times below
        rng.choice(NUMBERS)
        if rng.random() < 0.12
        else f"{rng.randint(low, high):0{rng.choice((1, 2))}}"
    )
    fields = {
        "d": number(0, 33), "e": number(1, 31), "m": number(0, 14), "q": number(1, 8),
        "h": number(0, 25), "r": rng.choice(["I", "II", "III", "IV", "V", "IIII"]),
        "y": number(1900, 2060), "z": number(2000, 2100), "s": rng.choice(SEPARATORS),
    }  # fmt: skip
    if rng.random() < 0.5:
        short = rng.random() < 0.3
        form = "{d}{s}{m}" if short else "{d}{s}{m}{s}{y}"
        return rng.choice(DATE_HEADS) + form.format(**fields)
    return rng.choice(WORD_DATES).format(**fields)


def spliced(rng: random.Random) -> str:
    """Stretches of several texts, glued."""
    return rng.choice(["", " ", "\n", ". "]).join(piece(rng, 160) for _ in range(rng.randint(2, 5)))


def truncated(rng: random.Random) -> str:
    """One stretch, cut anywhere."""
    return piece(rng)


def repeated(rng: random.Random) -> str:
    """A short stretch again and again."""
    return (piece(rng, 40) + rng.choice(["", ", ", "\n"])) * rng.randint(2, 25)


def shuffled(rng: random.Random) -> str:
    """Words in another order."""
    words = piece(rng).split(" ")
    rng.shuffle(words)
    return " ".join(words)


def strewn(rng: random.Random) -> str:
    """Noise between, within and over the characters."""
    out = list(piece(rng))
    for _ in range(rng.randint(1, 30)):
        out.insert(rng.randrange(len(out) + 1), rng.choice(NOISE))
    return "".join(out)


def dated(rng: random.Random) -> str:
    """Dates put in at word breaks, and in place of the text's own numbers."""
    parts = piece(rng, 300).split(" ")
    for _ in range(rng.randint(1, 8)):
        parts.insert(rng.randrange(len(parts) + 1), a_date(rng))
    return " ".join(parts)


def renumbered(rng: random.Random) -> str:
    """Every number replaced, some by very long ones."""
    long = lambda: rng.choice("123456789") * rng.choice([9, 20, 400, 4_301, 10_000])  # noqa: E731
    return re.sub(
        r"\d+",
        lambda m: long() if rng.random() < 0.06 else rng.choice([m[0], *NUMBERS]),
        piece(rng, 400),
    )


def nested(rng: random.Random) -> str:
    """Brackets within brackets around a stretch."""
    n = rng.randint(1, 300)
    opening, closing = rng.choice(["()", "[]", "“”", '""', "{}", "«»"])
    return piece(rng, 80) + opening * n + piece(rng, 120) + closing * rng.choice([n, n - 1, 0])


def recoded(rng: random.Random) -> str:
    """The same text as another system would write it."""
    text = piece(rng)
    changes: list[Callable[[str], str]] = [
        lambda t: unicodedata.normalize("NFD", t), lambda t: unicodedata.normalize("NFKD", t),
        lambda t: t.replace("\n", "\r\n"), lambda t: t.replace(" ", "\u00a0"), str.upper,
        str.lower, str.title, lambda t: t.replace("Đ", "Ð"), lambda t: t.replace(" ", ""),
        lambda t: t.replace(" ", "\n"), lambda t: t[::-1], lambda t: t.replace(".", ". ."),
        lambda t: t.encode("utf-8", "replace").decode("latin-1"),
        lambda t: re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", t)),
        lambda t: "\u202e" + t,
        lambda t: t.encode("utf-16-le", "surrogatepass").decode("utf-16-be", "surrogatepass"),
        lambda t: " ".join(t), lambda t: t.replace("/", rng.choice(SEPARATORS)),
    ]  # fmt: skip
    for change in rng.sample(changes, rng.randint(1, 3)):
        text = change(text)
    return text


KINDS = [spliced, truncated, repeated, shuffled, strewn, dated, renumbered, nested, recoded]
PUBLISHED = [None, "2023-08-01", "2024-02-29", "2023-12-31", "0001-01-01", "9999-12-31", "x"]


def inputs(seed: int, count: int) -> Iterator[tuple[str, str, str | None]]:
    """Kind, text and publication date of each input."""
    for n in range(count):
        rng = random.Random(seed * 1_000_003 + n)
        kind = KINDS[n % len(KINDS)]
        text = kind(rng)
        if rng.random() < 0.25:  # two kinds of damage at once
            text = text + rng.choice(["", " ", "\n"]) + rng.choice(KINDS)(rng)
        yield kind.__name__, text, rng.choice(PUBLISHED)


@lru_cache(maxsize=1)
def _validator() -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(json_schema())


def faults(raw: str, published: str | None = None) -> list[str]:
    """What is wrong with the record of ``raw``; empty when it keeps to the contract."""
    try:
        line = extract(raw, published=published).to_json()
        again = extract(raw, published=published).to_json()
        record = json.loads(line)
        line.encode()
    except Exception:
        return [traceback.format_exc(limit=-3)]
    out = [] if line == again else ["another record the second time"]
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


def main() -> int:
    """Run and print the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--inputs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--slow", type=float, default=0.0, help="print inputs slower, in ms/character"
    )
    args = parser.parse_args()
    extract("khởi động")
    made: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    characters, begin = 0, time.process_time()
    for kind, text, published in inputs(args.seed, args.inputs):
        made[kind] += 1
        characters += len(text)
        started = time.process_time()
        found = faults(text, published)
        each = 1_000 * (time.process_time() - started) / 2 / max(len(text), 300)
        if args.slow and each > args.slow:
            print(f"{each:.2f} ms/character: {kind} {text[:80]!r}")
        if found:
            bad[kind] += 1
            print(f"--- {kind}, published {published!r}: {text[:600]!a}")
            print("\n".join(found[:3]), flush=True)
    for kind in made:
        print(f"{kind:>12} {made[kind]:>6} inputs {bad[kind]:>4} with faults")
    seconds = time.process_time() - begin
    print(f"{'all':>12} {made.total():>6} inputs {bad.total():>4} with faults, "
          f"{characters:,} characters, {seconds:.0f} s of processor time")  # fmt: skip
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
