"""The command line with a stub in the model's place: help, exit codes, messages, streams."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import batch_stub
import pytest
import typer.main

import pipeline.api
import pipeline.models
from pipeline import cli

COMMANDS = ("extract", "view", "report", "convert", "retrain", "schema", "doctor")


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    """No model: ``--workers 0`` keeps to this process, where the stub stands in."""
    monkeypatch.setattr(pipeline.api, "Extractor", batch_stub.Stub)
    monkeypatch.setattr(pipeline.models, "model_dir", lambda name=None: Path("model"))
    monkeypatch.setattr(pipeline.models, "verify", lambda folder: "0" * 64)


def run(*arguments: str | Path) -> int:
    return cli.run([str(argument) for argument in arguments])


def extract(*arguments: str | Path) -> int:
    return run("extract", "--workers", "0", *arguments)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "text": "UBND xã"}\n', encoding="utf-8")
    return path


def test_exit_codes(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract(source, "-o", tmp_path / "r.jsonl") == 0
    out, err = capsys.readouterr()
    assert out == "" and "1 record in" in err and "r.jsonl" in err
    source.write_text('{"id": "1"}\n', encoding="utf-8")
    assert extract(source, "-o", tmp_path / "s.jsonl") == 1
    assert "1 failed (MissingText 1)" in (err := capsys.readouterr().err)
    assert "s.errors.jsonl" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to read"),
        (["none.txt"], "none.txt: no such file or folder"),
        (["-weird.txt"], "a path that begins with - is written ./-name"),
        (["a.jsonl", "--format", "doc"], "choose from txt, jsonl"),
        (["a.jsonl", "--encoding", "latin"], "choose from utf-8, auto"),
        (["a.jsonl", "--published", "5/8/2023"], "expected a date as 2024-06-30"),
        (["a.jsonl", "-o", "r.xlsx"], "must end in .jsonl, .parquet or .sqlite"),
        (["a.jsonl", "-o", "none/r.jsonl"], "no such folder"),
        (["--retry-errors"], "needs -o"),
        (["a.jsonl", "--workers", "x"], "--workers"),
    ],
)
def test_wrong_usage(
    source: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(source.parent)
    assert extract(*arguments) == 2
    out, err = capsys.readouterr()
    assert message in err and "Traceback" not in err
    assert out == ""


def test_standard_streams(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = '{"id": "x", "text": "UBND xã"}\n{"id": "y"}\n'.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(data))))  # type: ignore[arg-type]
    assert extract("-", "--quiet") == 1
    out, err = capfd.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["x"]
    assert "line 2: MissingText" in err
    text = io.TextIOWrapper(io.BufferedReader(io.BytesIO("UBND tỉnh".encode())))  # type: ignore[arg-type]
    monkeypatch.setattr(sys, "stdin", text)
    assert extract("-") == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["id"] == "stdin" and json.loads(out)["text_length"] == 9
    assert "1 record in" in err


def test_a_path_that_looks_like_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-o.txt").write_text("UBND", encoding="utf-8")
    assert extract("-q", "-o", "r.jsonl", "--", "-o.txt") == 0
    assert extract("-q", "-o", "s.jsonl", "./-o.txt") == 0
    for name in ("r.jsonl", "s.jsonl"):
        assert json.loads(Path(name).read_text(encoding="utf-8"))["id"] == "-o.txt"


def test_interrupted(
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupt(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(batch_stub, "stub_record", interrupt)
    assert extract(source, "-o", tmp_path / "r.jsonl") == 130
    assert "the same command goes on" in capsys.readouterr().err
    monkeypatch.undo()


def test_a_missing_model_is_a_message(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    assert run("extract", source, "--model", "none-such") == 1
    err = capsys.readouterr().err
    assert "none-such" in err and "reinstall" in err and "Traceback" not in err


def test_schema_is_pure_data(capsys: pytest.CaptureFixture[str]) -> None:
    from pipeline.schema import json_schema

    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_ends_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    lines = capsys.readouterr().out.rstrip().splitlines()
    assert lines[-1].strip().startswith(f"vn-directives {command}")
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_is_documented(command: str) -> None:
    """Its section of docs/cli.md names each option, long and short."""
    page = Path(__file__).parents[2] / "docs" / "cli.md"
    _, _, rest = page.read_text(encoding="utf-8").partition(f"\n## {command}\n")
    section = rest.split("\n## ")[0]
    assert section
    group: Any = typer.main.get_command(cli.app)
    options = {o for p in group.commands[command].params for o in p.opts if o.startswith("-")}
    assert {o for o in options if not re.search(rf"(?<![\w-]){o}(?![\w-])", section)} == set()


def test_help_imports_nothing_heavy() -> None:
    # pydantic is not in the list: typer itself imports it.
    script = (
        "import sys; import pipeline.cli; pipeline.cli.run(['extract', '--help']);"
        "heavy = {'torch', 'spacy', 'underthesea', 'onnxruntime', 'rich', 'pyarrow',"
        "'sqlite3', 'numpy', 'multiprocessing'} & sys.modules.keys(); sys.exit(str(heavy or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 or done.stderr.strip() == "", done.stderr


def test_python_m_pipeline_is_the_command() -> None:
    line = [sys.executable, "-m", "pipeline", "--version"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("vn-directives ") and done.returncode == 0, done.stderr


def test_ctrl_c_of_a_real_run(tmp_path: Path) -> None:
    """SIGINT to the whole group, as a terminal sends it; then the same command again."""
    source = tmp_path / "in.jsonl"
    items = [{"id": str(i), "text": "UBND !!slow"} for i in range(300)]
    source.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    out = tmp_path / "r.jsonl"
    script = (
        # A shell's background job ignores SIGINT, and its children inherit that.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r});"
        "from pathlib import Path; from pipeline import cli, models;"
        "from pipeline.batch import options;"
        "models.model_dir = lambda name=None: Path('m'); models.verify = lambda folder: '0';"
        "options.ExtractorSpec.__init__.__defaults__ = ('batch_stub:Stub', None, 1);"
        f"cli.main(['extract', {str(source)!r}, '-o', {str(out)!r}, '--workers', '2'])"
    )
    line = [sys.executable, "-c", script]
    process = subprocess.Popen(line, start_new_session=True, stderr=subprocess.PIPE, text=True)
    part = out.with_name("r.jsonl.part")
    for _ in range(600):
        if part.exists() and part.stat().st_size:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err and "goes on" in err
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "going on after" in done.stderr
    rows = out.read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == [str(i) for i in range(300)]
