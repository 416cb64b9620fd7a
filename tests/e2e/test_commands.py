"""The example of every command's help, run in order as a newcomer would, with the real model."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands import convert, doctor, extract, report, schema, view
from pipeline.models import model_dir

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a checkout."""
    model_dir()  # the repository ships its model and samples: without them this must fail
    assert (ROOT / "corpora" / "samples" / "articles.jsonl").exists()
    folder = tmp_path_factory.mktemp("place")
    (folder / "corpora").symlink_to(ROOT / "corpora")
    return folder


def run(line: str, place: Path) -> subprocess.CompletedProcess[str]:
    program = f"{shlex.quote(sys.executable)} -c 'import pipeline.cli; pipeline.cli.main()'"
    command = line.replace("vn-directives", program, 1)
    return subprocess.run(
        command, shell=True, cwd=place, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.slow
def test_examples(place: Path) -> None:
    # Each may use what came before.
    for command in (extract, view, report, convert, schema, doctor):
        done = run(command.EXAMPLE, place)
        assert done.returncode == 0, f"{command.EXAMPLE}\n{done.stderr}"
        assert "Traceback" not in done.stderr
    rows = [json.loads(x) for x in (place / "records.jsonl").read_text("utf-8").splitlines()]
    samples = (ROOT / "corpora" / "samples" / "articles.jsonl").read_text("utf-8").splitlines()
    texts = {row["id"]: row["text"] for row in map(json.loads, samples)}
    assert [row["id"] for row in rows] == list(texts)
    for row in rows:
        for mention in row["mentions"]:
            assert texts[row["id"]][mention["start"] : mention["end"]] == mention["text"]
    jsonschema = pytest.importorskip("jsonschema")
    printed = json.loads((place / "record.schema.json").read_text("utf-8"))
    for row in rows:
        jsonschema.validate(row, printed)
    assert (place / "records.sqlite").exists()
    assert (place / "report.html").exists() and (place / "deadlines.ics").exists()


@pytest.mark.slow
def test_folder_stream_and_view(place: Path) -> None:
    texts = sorted((ROOT / "corpora" / "samples").glob("*.txt"))
    done = run("vn-directives extract 'corpora/samples/*.txt' -o t.jsonl --with-text", place)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(x) for x in (place / "t.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in rows] == [path.name for path in texts]
    assert all(row["text"] == path.read_text("utf-8") for row, path in zip(rows, texts))
    shown = run(f"vn-directives view t.jsonl --id {texts[0].name}", place)
    assert "Assignments" in shown.stdout and "|AGENCY]" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    piped = run(f"vn-directives extract - < corpora/samples/{texts[0].name}", place)
    record = json.loads(piped.stdout)
    assert record["mentions"] == rows[0]["mentions"] and record["id"] == "stdin"
