"""Speed, side by side in one run, on one core: medians of five rounds after a warm-up.

    python scripts/bench.py                                    # everything, some minutes
    python scripts/bench.py --only extract "segmentation alone" --rounds 3    # a minute
    python scripts/bench.py --json docs/speed.json             # store what was measured
    python scripts/bench.py --commits HEAD~1 HEAD              # two commits, turn by turn

Articles are the news of ``--articles`` (JSONL, plain or ``.xz``), the repository's own gold
where that file isn't there. The rounds of all peers are interleaved, so a neighbour's load
falls on all alike; look at the ratios. Linux, for the one core.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from bench_peers import ROOT, Peer, Run, chosen, taggers

RAW = ROOT.parent / "shared" / "corpora" / "raw" / "directives.jsonl.xz"
OWN = ROOT / "corpora" / "gold" / "train.jsonl"
SIZES = {"1 kB": 1_000, "10 kB": 10_000, "100 kB": 100_000, "1 MB": 1_000_000, "5 MB": 5_000_000}


def articles(path: Path, characters: int) -> list[str]:
    """Texts of news articles, a little over ``characters`` in all."""
    opener: Callable[..., Any] = lzma.open if path.suffix == ".xz" else open
    texts, total = [], 0
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("kind", "news") == "news" and 800 < len(row["text"]) < 8_000:
                texts.append(row["text"])
                total += len(row["text"])
                if total > characters:
                    break
    return texts


def share(texts: list[str], characters: int) -> list[str]:
    """The first texts, up to ``characters``."""
    out, total = [], 0
    for text in texts:
        out.append(text)
        total += len(text)
        if total >= characters:
            break
    return out


def rounds(peers: list[tuple[Peer, Run]], texts: list[str], n: int) -> dict[str, list[float]]:
    """Characters a second of CPU time, a figure a round, rounds of all peers interleaved."""
    mine = {peer.name: share(texts, peer.characters) for peer, _ in peers}
    for peer, run in peers:
        run(mine[peer.name][0])
    speeds: dict[str, list[float]] = {peer.name: [] for peer, _ in peers}
    for _ in range(n):
        for peer, run in peers:
            began = time.process_time()
            for text in mine[peer.name]:
                run(text)
            spent = time.process_time() - began
            speeds[peer.name].append(sum(map(len, mine[peer.name])) / spent)
    return speeds


def compare(names: list[str] | None, texts: list[str], n: int) -> dict[str, Any]:
    """The table of peers; those that can't be made are named with the reason."""
    made, missing = [], {}
    for peer in chosen(names):
        try:
            made.append((peer, peer.make()))
        except (ImportError, FileNotFoundError) as error:
            missing[peer.name] = str(error)
    speeds = rounds(made, texts, n)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    base = medians.get("extract")
    rows = [
        {
            "peer": name,
            "characters_per_s": round(value),
            "extract_is_times": round(base / value, 2) if base else None,
            "rounds": [round(v) for v in speeds[name]],
        }
        for name, value in medians.items()
    ]
    return {"peers": rows, "missing": missing}


def tokens(texts: list[str], n: int) -> list[dict[str, Any]]:
    """Pieces a second of the taggers alone, CPU time, rounds interleaved."""
    mine = share(texts, 10_000)
    made = list(taggers())
    speeds: dict[str, list[float]] = {name: [] for name, _ in made}
    for k in range(n + 1):
        for name, run in made:
            began = time.process_time()
            count = sum(run(text) for text in mine)
            if k:  # the first round makes words and pieces, which are kept
                speeds[name].append(count / (time.process_time() - began))
    return [
        {"tagger": name, "tokens_per_s": round(statistics.median(values))}
        for name, values in speeds.items()
    ]


def lengths(texts: list[str], sizes: list[str]) -> list[dict[str, Any]]:
    """Microseconds a character of ``extract`` on one document of each size, CPU time.

    All texts are read once before: words that were seen are remembered from text to text.
    """
    from pipeline import extract

    whole = "\n\n".join(texts)
    for text in texts:
        extract(text)
    out = []
    for name in sizes:
        text = (whole * (SIZES[name] // len(whole) + 1))[: SIZES[name]]
        spent = []
        for k in range(max(1, min(30, len(whole) // len(text)))):
            part = whole[k * len(text) : (k + 1) * len(text)] if len(text) < 20_000 else text
            began = time.process_time()
            record = extract(part)
            spent.append((time.process_time() - began) / len(part) * 1e6)
            assert all(part[m.start : m.end] == m.text for m in record.mentions)
        out.append({"size": name, "us_per_character": round(statistics.median(spent), 2)})
    return out


ARTICLE = (
    "UBND tỉnh Hà Nam vừa ban hành Công văn số 1284/UBND-NC ngày 5/3/2024, giao Sở Nội vụ rà soát, "
    "cắt giảm ít nhất 20% thủ tục hành chính nội bộ trước ngày 30/6/2024.\n"
) * 3


def starts(n: int, texts: Path) -> dict[str, Any]:
    """Import, command line from process start to record, one warm call, peak memory."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def wall(command: list[str]) -> float:
        times = []
        for _ in range(n + 1):
            began = time.monotonic()
            subprocess.run(command, check=True, **quiet)  # type: ignore[call-overload]
            times.append(time.monotonic() - began)
        return statistics.median(times[1:])

    python = [sys.executable, "-c"]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.txt"
        source.write_text(ARTICLE, encoding="utf-8")
        main = "from pipeline.cli import main; main()"
        command = wall([*python, main, "extract", str(source), "-o", "-", "--quiet"])
    imported = wall([*python, "import pipeline"]) - wall([*python, "pass"])
    # A process of its own: nothing of the peers counts.
    alone = subprocess.run(
        [*python, WARM, str(Path(__file__).parent), str(texts)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {
        "import_s": round(imported, 3),
        "command_line_s": round(command, 2),
        "article_characters": len(ARTICLE),
        **json.loads(alone.stdout),
    }


WARM = """
import json, re, statistics, sys, time
sys.path.insert(0, sys.argv[1])
import bench
from pathlib import Path
from pipeline import extract
extract(bench.ARTICLE)
warm = []
for _ in range(20):
    began = time.perf_counter()
    extract(bench.ARTICLE)
    warm.append(time.perf_counter() - began)
for text in bench.articles(Path(sys.argv[2]), 160_000):
    extract(text)
# Not getrusage: a child begins with its parent's peak.
peak = int(re.search(r'VmHWM:\s+(\d+)', open('/proc/self/status').read())[1]) // 1024
warm_ms = round(statistics.median(warm) * 1e3, 1)
print(json.dumps({"warm_extract_ms": warm_ms, "peak_memory_mb": peak}))
"""


def commits(names: list[str], arguments: list[str], turns: int) -> None:
    """``extract`` of two commits, each in a checkout of its own, turn by turn."""
    speeds: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for k, name in enumerate(names):
            place = str(Path(folder) / str(k))
            subprocess.run(["git", "worktree", "add", "-q", "--detach", place, name], check=True)
        try:
            code = (
                f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import bench; "
                "bench.main(sys.argv[1:])"
            )
            wanted = ["--only", "extract", "--rounds", "3", "--json", "-", *arguments]
            for _ in range(turns):
                for k, name in enumerate(names):
                    place = Path(folder) / str(k)
                    env = {**os.environ, "PYTHONPATH": str(place)}
                    done = subprocess.run(
                        [sys.executable, "-c", code, *wanted],
                        cwd=place, env=env, check=True, capture_output=True, text=True,
                    )  # fmt: skip
                    report = json.loads(done.stdout)
                    speeds[name].append(report["peers"][0]["characters_per_s"])
        finally:
            for k in range(len(names)):
                place = str(Path(folder) / str(k))
                subprocess.run(["git", "worktree", "remove", "--force", place], check=True)
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    for name, value in medians.items():
        print(f"{name:24} {value:10,.0f} characters/s")
    print(f"{names[1]} is {medians[names[1]] / medians[names[0]]:.2f} times {names[0]}")


def show(report: dict[str, Any]) -> None:
    """The report as Markdown."""
    print(f"{report['machine']}; Python {report['python']}; load {report['load']}\n")
    if report.get("peers"):
        print("| on one core | characters/s | `extract` is |\n| --- | ---: | ---: |")
        for row in report["peers"]:
            times = row["extract_is_times"]
            print(f"| {row['peer']} | {row['characters_per_s']:,} | {times or '–'} times |")
        for name, why in report["missing"].items():
            print(f"\nnot run: {name} ({why})")
    if report.get("tokens"):
        print("\n| the tagger alone | tokens/s |\n| --- | ---: |")
        for row in report["tokens"]:
            print(f"| {row['tagger']} | {row['tokens_per_s']:,} |")
    if report.get("lengths"):
        print("\n| one document of | µs a character |\n| --- | ---: |")
        for row in report["lengths"]:
            print(f"| {row['size']} | {row['us_per_character']} |")
    for name, value in report.get("starts", {}).items():
        print(f"\n{name}: {value}", end="")
    print()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--articles", type=Path, default=RAW if RAW.is_file() else OWN)
    parser.add_argument("--only", nargs="+", metavar="PEER")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--json", help="write the figures there as well; - for standard output")
    parser.add_argument("--commits", nargs=2, metavar="REV")
    args = parser.parse_args(arguments)
    if args.commits:
        commits(args.commits, ["--articles", str(args.articles.resolve())], args.rounds)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    texts = articles(args.articles, 160_000)
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs",
        "python": platform.python_version(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "articles": args.articles.name,
        **compare(args.only, texts, args.rounds),
    }
    if not args.only:
        report["tokens"] = tokens(texts, args.rounds)
        report["starts"] = starts(args.rounds, args.articles)
        report["lengths"] = lengths(texts, args.sizes)
    if args.json == "-":
        print(json.dumps(report, ensure_ascii=False))
        return
    show(report)
    if args.json:
        Path(args.json).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
