"""Kill one run again and again at random moments; its output must be an undisturbed one's.

    python scripts/kill_test.py --articles 5000 --kills 100 --workers 2

Makes a folder of every format with 2 % broken files, runs it once undisturbed and once
with ``kill -9`` to the whole process group at random moments, and compares all bytes.
``--stub`` uses an extractor without a model, to test the run alone, much faster.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

STUB = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from pipeline.batch.options import BatchOptions, ExtractorSpec
from pipeline.batch.progress import Silent
from pipeline.batch.session import run_to_file
if __name__ == "__main__":
    options = BatchOptions(extractor=ExtractorSpec("batch_stub:Stub"), workers={workers})
    summary = run_to_file([{folder!r}], Path({out!r}), options, Silent())
    sys.exit(1 if summary.errors else 0)
"""


def command(folder: Path, out: Path, workers: int, stub: bool) -> list[str]:
    if stub:
        script = out.with_suffix(".py")
        tests = str(ROOT / "tests" / "unit")
        script.write_text(
            STUB.format(tests=tests, workers=workers, folder=str(folder), out=str(out))
        )
        return [sys.executable, str(script)]
    run = "import pipeline.cli; pipeline.cli.main()"
    arguments = ["extract", str(folder), "-o", str(out), "--workers", str(workers), "--quiet"]
    return [sys.executable, "-c", run, *arguments]


def killed(line: list[str], seconds: float) -> bool:
    """Run a command for so long, then kill all its processes; whether it had ended before."""
    process = subprocess.Popen(line, start_new_session=True, stderr=subprocess.PIPE)
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return False
    if process.returncode not in (0, 1):
        raise SystemExit(f"exit {process.returncode}: {errors.decode()}")
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suffix", default=".jsonl", choices=[".jsonl", ".parquet", ".sqlite"])
    parser.add_argument("--broken", type=float, default=0.02, help="share of broken files")
    parser.add_argument("--stub", action="store_true")
    options = parser.parse_args()
    luck = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        made = subprocess.run(
            [
                sys.executable, str(ROOT / "scripts" / "generate_articles.py"),
                str(options.articles), "--folder", str(base / "in"),
                "--broken", str(options.broken),
            ],
            stderr=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        broken = json.loads(made.stderr)["broken"]
        for name in ("whole", "killed"):
            (base / name).mkdir()
        whole, out = (base / n / f"r{options.suffix}" for n in ("whole", "killed"))
        began = time.monotonic()
        killed(command(base / "in", whole, options.workers, options.stub), 1e6)
        seconds = time.monotonic() - began
        again = command(base / "in", out, options.workers, options.stub)
        kills = early = 0
        while True:
            # Long enough to get past the start most times, so that the kills spread over the run.
            patience = luck.uniform(0.02, 1.6) * (seconds / options.kills + 3)
            if kills >= options.kills:
                patience = 1e6
            if killed(again, patience):
                if kills >= options.kills:
                    break
                # Done before all kills were: the last ones fall on a finished run.
                early += 1
            kills += 1
        same = all(
            (out.parent / path.name).read_bytes() == path.read_bytes()
            for path in whole.parent.iterdir()
            if path.suffix != ".py" and not path.name.endswith(".manifest.json")
        )
        dead = out.parent / "r.errors.jsonl"
        lines = dead.read_text(encoding="utf-8").splitlines() if dead.exists() else []
        letters = [json.loads(line) for line in lines]
        named = sorted(os.path.relpath(x["path"], base / "in") for x in letters)
        manifest = json.loads((out.parent / "r.manifest.json").read_text(encoding="utf-8"))
        report = {
            "kills": kills - early,
            "kills of a finished run": early,
            "sessions that began to write": manifest["sessions"],
            "undisturbed run, seconds": round(seconds, 1),
            "records": manifest["records"],
            "same bytes": same,
            "broken files": len(broken),
            "each named once": named == sorted(broken),
        }
        print(json.dumps(report, indent=1))
        left = sorted(path.name for path in out.parent.iterdir() if path.suffix != ".py")
        print("files:", ", ".join(left))
        sys.exit(0 if same and named == sorted(broken) else 1)


if __name__ == "__main__":
    main()
