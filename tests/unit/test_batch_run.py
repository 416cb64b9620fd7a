"""Runs with the stub: outputs, dead letters, resuming, refusing."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.options import BatchOptions, ExtractorSpec
from pipeline.batch.progress import Silent
from pipeline.batch.run import Summary
from pipeline.batch.session import run_to_file
from pipeline.errors import ConfigError, InputError, ModelNotFound
from pipeline.readers.base import ReadOptions

STUB = ExtractorSpec("batch_stub:Stub")


def options(workers: int = 0, **read: Any) -> BatchOptions:
    return BatchOptions(read=ReadOptions(**read), extractor=STUB, workers=workers, timeout=3)


def go(inputs: Any, out: Path, opts: BatchOptions | None = None, **kwargs: Any) -> Summary:
    inputs = [str(path) for path in (inputs if isinstance(inputs, list) else [inputs])]
    return run_to_file(inputs, out, opts or options(), Silent(), **kwargs)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_rows(path: Path, texts: list[str], **more: Any) -> Path:
    rows = [{"id": f"a{i}", "text": text, **more} for i, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_folder_of_texts_and_lines(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "b.txt").write_text("UBND tỉnh yêu cầu", encoding="utf-8")
    (folder / "sub" / "a.txt").write_text("không có gì", encoding="utf-8")
    (folder / "anh.jpg").write_bytes(b"\xff\xd8")
    write_rows(folder / "c.jsonl", ["UBND xã", "UBND huyện"])
    out = tmp_path / "r.jsonl"
    summary = go(folder, out)
    assert [row["id"] for row in lines(out)] == ["b.txt", "a0", "a1", "sub/a.txt"]
    assert (summary.records, summary.errors) == (4, 0)
    manifest = json.loads((tmp_path / "r.manifest.json").read_text(encoding="utf-8"))
    assert [Path(row["path"]).name for row in manifest["inputs"]] == ["b.txt", "c.jsonl", "a.txt"]
    assert all(len(row["sha256"]) == 64 for row in manifest["inputs"])
    assert manifest["records"] == 4 and manifest["inputs"][1]["documents"] == 2
    # Nothing of the run is left but its outputs.
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "r.jsonl", "r.manifest.json"]


def test_processes_give_what_one_process_gives(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", [f"UBND {i} " * 5 for i in range(150)])
    go(source, tmp_path / "one.jsonl")
    go(source, tmp_path / "two.jsonl", options(workers=2))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_one_bad_document_is_one_dead_letter(tmp_path: Path) -> None:
    texts = ["UBND", "!!raise", "UBND", "!!bad", "!!die", "UBND", "!!sleep", "UBND"]
    source = write_rows(tmp_path / "in.jsonl", texts)
    with source.open("ab") as file:
        file.write(b'{"id": "x", "text": "\xc3("}\n{"no": 1}\n[]\n{"text": 5}\n{oops\n')
    out = tmp_path / "r.jsonl"
    summary = go(source, out, options(workers=2))
    assert [row["id"] for row in lines(out)] == ["a0", "a2", "a5", "a7"]
    letters = lines(tmp_path / "r.errors.jsonl")
    assert [(row["at"], row["type"]) for row in letters] == [
        ("line 2", "ZeroDivisionError"),
        ("line 4", "InputError"),
        ("line 5", "WorkerDied"),
        ("line 7", "Timeout"),
        ("line 9", "NotUtf8"),
        ("line 10", "MissingText"),
        ("line 11", "NotJson"),
        ("line 12", "NotText"),
        ("line 13", "NotJson"),
    ]
    assert "offset 21" in letters[4]["message"] and "!!die" in letters[2]["input"]
    assert summary.errors == 9 and "Timeout 1" in summary.line()


def test_duplicate_ids_are_kept_under_new_names(tmp_path: Path) -> None:
    rows = [{"id": i, "text": "UBND"} for i in ("x", "x#2", "x", "x", "y")]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    summary = go(source, tmp_path / "r.jsonl")
    found = lines(tmp_path / "r.jsonl")
    assert [row["id"] for row in found] == ["x", "x#2", "x#3", "x#4", "y"]
    assert found[2]["warnings"][0]["code"] == "duplicate_id"
    assert summary.duplicates == 2


def test_finished_run_is_not_done_again(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    out = tmp_path / "r.jsonl"
    go(source, out)
    assert not go(source, out).fresh
    with pytest.raises(ConfigError, match="--overwrite"):
        go(source, out, options(encoding="auto"))
    assert go(source, out, options(encoding="auto"), overwrite=True).fresh


def test_retry_errors(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("UBND", encoding="utf-8")
    (folder / "b.txt").write_bytes("Uû ban nh©n d©n tØnh".encode("latin-1"))
    write_rows(folder / "c.jsonl", ["UBND", "!!bad", "UBND"])
    (folder / "d.csv").write_text("body,x\nUBND,1\nUBND xã,2\n", encoding="utf-8")
    (folder / "e").mkdir()
    out = tmp_path / "r.jsonl"
    assert go(folder, out).errors == 3
    before = out.read_bytes()
    fixed = options(encoding="auto", text_field="body")
    with pytest.raises(ConfigError):
        go(folder, out, fixed)
    summary = go([], out, fixed, retry_errors=True)
    # b.txt is converted, d.csv has its column now, c.jsonl's has no "body".
    assert (summary.records, summary.errors) == (6, 1)
    assert out.read_bytes().startswith(before)
    assert [row["id"] for row in lines(out)][3:4] == ["b.txt"]
    assert [row["type"] for row in lines(tmp_path / "r.errors.jsonl")] == ["MissingText"]
    manifest = json.loads((tmp_path / "r.manifest.json").read_text(encoding="utf-8"))
    assert manifest["errors"] == 1 and len(manifest["retries"]) == 1
    assert not go(folder, out).fresh  # the original command has nothing left to do


@pytest.mark.parametrize("suffix", [".parquet", ".sqlite"])
def test_retry_errors_in_other_forms(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "b.txt").write_bytes("Uû ban nh©n d©n tØnh".encode("latin-1"))
    rows = write_rows(tmp_path / "c.jsonl", ["UBND"])
    out = tmp_path / f"r{suffix}"
    assert go([tmp_path / "b.txt", rows], out).errors == 1
    assert go([], out, options(encoding="auto"), retry_errors=True).errors == 0
    from pipeline.writers.records import read_lines

    assert [json.loads(line)["id"] for line in read_lines(out)] == ["a0", "b.txt"]


def test_two_runs_on_one_output_refuse_each_other(tmp_path: Path) -> None:
    from pipeline.batch.lock import Lock

    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    out = tmp_path / "r.jsonl"
    with Lock(tmp_path / "r.jsonl.lock"), pytest.raises(ConfigError, match="another run"):
        go(source, out)
    go(source, out)


def test_wrong_usage(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    with pytest.raises(InputError, match="no such file"):
        go(tmp_path / "none.txt", tmp_path / "r.jsonl")
    with pytest.raises(ConfigError, match="must end in"):
        go(source, tmp_path / "r.xlsx")
    with pytest.raises(ConfigError, match="no such folder"):
        go(source, tmp_path / "none" / "r.jsonl")
    with pytest.raises(ConfigError, match="nothing to read"):
        go([], tmp_path / "r.jsonl")
    with pytest.raises(ConfigError, match="no dead letters"):
        go([], tmp_path / "r.jsonl", retry_errors=True)
    # None of these stands in the way of the right one.
    assert go(source, tmp_path / "r.jsonl").records == 1


def test_a_model_that_is_missing_stops_the_run_at_once(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"])
    spec = ExtractorSpec("batch_stub:Stub", model="missing")
    with pytest.raises(ModelNotFound, match="no model named"):
        go(source, tmp_path / "r.jsonl", BatchOptions(extractor=spec, workers=2))


FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, {here!r})
from pathlib import Path
from test_batch_run import go
from pipeline.batch.parts import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    go({source!r}, Path({out!r}))
except OutputError as error:
    print(error)
    sys.exit(7)
"""


def test_full_disk_is_an_error_and_nothing_is_lost(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", [f"UBND {i} " * 40 for i in range(400)])
    go(source, tmp_path / "whole.jsonl")
    out = tmp_path / "r.jsonl"
    size = (tmp_path / "whole.jsonl").stat().st_size
    for share in (0.2, 0.5, 0.9):
        script = FULL_DISK.format(
            here=str(Path(__file__).parent),
            limit=int(size * share),
            source=str(source),
            out=str(out),
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        assert done.returncode == 7, done.stderr
        assert "room" in done.stdout and "nothing is lost" in done.stdout
    go(source, out)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != size and os.name == "posix"
