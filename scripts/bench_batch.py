"""Articles a second, characters a second and peak memory of ``vn-directives extract``.

    python scripts/bench_batch.py --articles 10000 --workers 1 2
    python scripts/bench_batch.py --articles 10000 100000 --workers 2
    python scripts/bench_batch.py --articles 2000 --workers 2 --engine local ray

One line of JSON for each combination. Memory is the sum over all processes of the run
(resident, shared pages counted once for each), sampled twice a second; Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(session: int) -> int:
    """Bytes of memory of all processes of a session."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) == session:
                    total += int((folder / "statm").read_text().split()[1]) * PAGE
            except (OSError, IndexError):
                continue
    return total


def measure(source: Path, out: Path, workers: int, engine: str) -> dict[str, object]:
    """One run of the command line."""
    command = [
        sys.executable, "-c", "import pipeline.cli; pipeline.cli.main()", "extract", str(source),
        "-o", str(out), "--workers", str(workers), "--engine", engine, "--quiet",
    ]  # fmt: skip
    began = time.monotonic()
    before = os.times()
    process = subprocess.Popen(command, start_new_session=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.5)
    wall = time.monotonic() - began
    after = os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])
    if process.returncode != 0:
        raise SystemExit(f"exit {process.returncode}")
    manifest = json.loads(out.with_name("r.manifest.json").read_text(encoding="utf-8"))
    work = manifest["seconds"]
    return {
        "articles": manifest["records"],
        "characters": manifest["characters"],
        "engine": engine,
        "workers": workers,
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "articles_per_s": round(manifest["records"] / work, 1),
        "characters_per_s": round(manifest["characters"] / work),
        "peak_mb": round(peak / 1e6),
        "output_mb": round(out.stat().st_size / 1e6, 1),
        "cpus": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, nargs="+", default=[1000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--engine", nargs="+", default=["local"], choices=["local", "ray"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        for count in options.articles:
            subprocess.run(
                [
                    sys.executable, str(ROOT / "scripts" / "generate_articles.py"), str(count),
                    "-o", str(base / f"{count}.jsonl"),
                ],
                check=True,
            )  # fmt: skip
        runs = itertools.product(options.articles, options.workers, options.engine)
        for number, (count, workers, engine) in enumerate(runs):
            out = base / str(number) / "r.jsonl"
            out.parent.mkdir()
            print(json.dumps(measure(base / f"{count}.jsonl", out, workers, engine)), flush=True)


if __name__ == "__main__":
    main()
