"""The Ray engine gives the bytes of the local one, also when an actor is killed."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_batch_run import go, lines, options, write_rows

from pipeline.batch.options import BatchOptions, ExtractorSpec
from pipeline.errors import PipelineError

ray = pytest.importorskip("ray", reason="needs the extra `ray`")

pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Any:
    here = str(Path(__file__).parent)
    try:
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="error",
            runtime_env={"env_vars": {"PYTHONPATH": here}},
        )
    except Exception as error:  # Ray raises plain ones; any other fault of its start is ours
        if "timed out" not in str(error):
            raise
        pytest.skip(f"Ray's own processes did not start in its 15 s, on a busy machine: {error}")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    texts = [f"UBND {i}" if i % 9 else "!!raise" for i in range(400)]
    texts[100], texts[200] = "!!die", "!!sleep"
    write_rows(folder / "a.jsonl", texts)
    write_rows(folder / "b.jsonl", texts[:50])
    (folder / "c.txt").write_bytes(b"\xff")
    return folder


def test_same_bytes_as_the_local_engine(inputs: Path, tmp_path: Path) -> None:
    go(inputs, tmp_path / "local.jsonl", options(workers=2))
    go(inputs, tmp_path / "ray.jsonl", replace(options(workers=2), engine="ray"))
    for suffix in (".jsonl", ".errors.jsonl"):
        found = (tmp_path / f"ray{suffix}").read_bytes()
        assert found == (tmp_path / f"local{suffix}").read_bytes()
    assert {"WorkerDied", "Timeout"} <= {r["type"] for r in lines(tmp_path / "ray.errors.jsonl")}


def test_a_missing_model_is_said_plainly(inputs: Path, tmp_path: Path) -> None:
    spec = ExtractorSpec("batch_stub:Stub", model="missing")
    with pytest.raises(PipelineError, match="no model named"):
        go(inputs, tmp_path / "r.jsonl", BatchOptions(extractor=spec, engine="ray"))


def test_ray_ends_what_the_local_engine_began(inputs: Path, tmp_path: Path) -> None:
    from test_batch_crash import Fate, Killed, with_fate

    (tmp_path / "whole").mkdir()
    source = inputs / "b.jsonl"
    go(source, tmp_path / "whole" / "r.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("test_batch_crash.CHUNK", 32)
        with pytest.raises(Killed):
            with_fate(Fate(75), lambda: go(source, tmp_path / "r.jsonl"))
    assert (tmp_path / "r.jsonl.part").stat().st_size
    go(source, tmp_path / "r.jsonl", replace(options(workers=1), engine="ray"))
    whole = (tmp_path / "whole" / "r.jsonl").read_bytes()
    assert (tmp_path / "r.jsonl").read_bytes() == whole


def test_a_killed_actor_loses_nothing(tmp_path: Path) -> None:
    import psutil

    source = write_rows(tmp_path / "in.jsonl", [f"UBND !!slow {i}" for i in range(600)])
    killed: list[int] = []

    def kill_one() -> None:
        for _ in range(600):
            for process in psutil.Process(os.getpid()).children(recursive=True):
                try:
                    if "MapBatches" in " ".join(process.cmdline()):
                        time.sleep(1)
                        process.kill()
                        killed.append(process.pid)
                        return
                except psutil.Error:
                    continue
            time.sleep(0.05)

    thread = threading.Thread(target=kill_one)
    thread.start()
    summary = go(source, tmp_path / "r.jsonl", replace(options(workers=1), engine="ray"))
    thread.join()
    assert killed
    assert summary.records == 600
    assert [json.loads(line)["id"] for line in (tmp_path / "r.jsonl").open()] == [
        f"a{i}" for i in range(600)
    ]
