"""A run that dies at any step, its unsynced bytes lost or garbled, ends as one that did not."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_batch_run import go, options, write_rows

from pipeline.batch import chunks, finish, journal, parts, run, session
from pipeline.batch.journal import Cursor, Ids, Journal
from pipeline.readers.base import Source

CHUNK = 4


class Killed(BaseException):
    """What no handler of ours catches: as near as a test comes to kill -9."""


@pytest.fixture(autouse=True, scope="module")
def unsynced() -> Iterator[None]:
    """No process really dies here, so nothing needs the disk: much faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda fd: None)
        patch.setattr(journal, "SYNCHRONOUS", "OFF")
        yield


class Fate:
    """Counts the steps of a run and ends it at one; from then on nothing works any more."""

    def __init__(self, at: int | None = None) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        self.steps += 1
        if self.at is not None and self.steps >= self.at:
            raise Killed

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def doomed(*args: Any, **kwargs: Any) -> Any:
            self.step()
            value = function(*args, **kwargs)
            self.step()
            return value

        return doomed


DOOMED = [
    (parts.FileParts, "_write"),
    (parts.FileParts, "sync"),
    (Journal, "commit"),
    (Journal, "put"),
    (Journal, "begin"),
    (Journal, "put_hashes"),
    (finish, "replace_durably"),
    (session, "replace_durably"),
    (Path, "unlink"),
]


def with_fate(fate: Fate, work: Callable[[], Any]) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "COMMIT_SECONDS", 0)
        patch.setattr(chunks, "CHUNK_DOCUMENTS", CHUNK)
        patch.setattr(chunks, "SHARD_FILES", 3)
        for owner, name in DOOMED:
            patch.setattr(owner, name, fate.around(getattr(owner, name)))
        return work()


def tear(out: Path, luck: random.Random) -> None:
    """A power cut: behind the committed bytes anything may be, or nothing."""
    state = out.with_name(out.name + ".state")
    if not state.exists():
        return
    with Journal(state) as kept:
        if kept.new or kept.get("phase") != "run":
            return
        cursor = kept.cursor()
    for suffix, good in ((".part", cursor.records_bytes), (".errors.part", cursor.errors_bytes)):
        path = out.with_name(out.name + suffix)
        if path.exists():
            data = path.read_bytes()
            assert len(data) >= good
            path.write_bytes(
                data[: luck.randint(good, len(data))] + luck.randbytes(luck.randint(0, 9))
            )


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("in")
    texts = [f"UBND {i}" if i % 4 else "!!raise" for i in range(9)]
    write_rows(folder / "a.jsonl", texts)
    write_rows(folder / "b.jsonl", texts[:5])  # every id once more
    (folder / "c.txt").write_bytes(b"\xff")
    for name in "defghij":
        (folder / f"{name}.txt").write_text("UBND " * ord(name), encoding="utf-8")
    (folder / "empty").mkdir()
    return folder


def outputs(out: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in out.parent.iterdir()
        if not path.name.endswith(".manifest.json")
    }


def finished(inputs: Path, out: Path, retry: bool) -> dict[str, bytes]:
    """The outputs after the command has been given once more."""
    if retry:
        with_fate(Fate(), lambda: go([], out, options(encoding="auto"), retry_errors=True))
    else:
        with_fate(Fate(), lambda: go(inputs, out))
    return outputs(out)


@pytest.mark.parametrize("suffix", [".jsonl", ".sqlite", ".parquet"])
def test_killed_at_every_step(inputs: Path, tmp_path: Path, suffix: str) -> None:
    (tmp_path / "whole").mkdir()
    whole = tmp_path / "whole" / f"r{suffix}"
    fate = Fate()
    with_fate(fate, lambda: go(inputs, whole))
    expected = outputs(whole)
    assert f"r{suffix}" in expected and "r.errors.jsonl" in expected
    luck = random.Random(7)
    stride = 1 if suffix == ".jsonl" else 5
    # After the very last steps the run counts as finished: nothing is to be done again.
    for at in range(1, fate.steps + 1, stride):
        folder = tmp_path / str(at)
        folder.mkdir()
        out = folder / f"r{suffix}"
        with pytest.raises(Killed):
            with_fate(Fate(at), lambda out=out: go(inputs, out))
        tear(out, luck)
        assert finished(inputs, out, retry=False) == expected, f"killed at step {at}"


def test_retry_killed_at_every_step(inputs: Path, tmp_path: Path) -> None:
    def first(folder: Path) -> Path:
        folder.mkdir()
        with_fate(Fate(), lambda: go(inputs, folder / "r.jsonl"))
        return folder / "r.jsonl"

    def again(out: Path) -> Any:
        return go([], out, options(encoding="auto"), retry_errors=True)

    whole = first(tmp_path / "whole")
    fate = Fate()
    with_fate(fate, lambda: again(whole))
    expected = outputs(whole)
    luck = random.Random(7)
    for at in range(1, fate.steps + 1):
        out = first(tmp_path / str(at))
        with pytest.raises(Killed):
            with_fate(Fate(at), lambda out=out: again(out))
        tear(out, luck)
        assert finished(inputs, out, retry=True)["r.jsonl"] == expected["r.jsonl"], f"step {at}"


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=4), st.integers(0, 99))
def test_killed_several_times(
    inputs: Path, tmp_path_factory: pytest.TempPathFactory, fates: list[int], seed: int
) -> None:
    out = tmp_path_factory.mktemp("out") / "r.jsonl"
    whole = tmp_path_factory.mktemp("whole") / "r.jsonl"
    with_fate(Fate(), lambda: go(inputs, whole))
    luck = random.Random(seed)
    for at in fates:
        try:
            with_fate(Fate(at), lambda: go(inputs, out))
        except Killed:
            tear(out, luck)
    assert finished(inputs, out, retry=False) == outputs(whole)


def test_journal_goes_back_to_the_last_commit(tmp_path: Path) -> None:
    with Journal(tmp_path / "s") as kept:
        kept.begin([Source("a", "a", "txt", size=3)], phase="run")
        ids = Ids(kept.last_of)
        assert ids.unique("x") == "x"
        kept.commit(Cursor(unit=1, records=1), ids.fresh, {}, {})
        ids.fresh = {}
        assert ids.unique("x") == "x#2"  # never committed
    with Journal(tmp_path / "s") as kept:
        assert not kept.new
        assert kept.cursor().unit == 1
        assert Ids(kept.last_of).unique("x") == "x#2"


def test_a_changed_input_is_refused(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"] * 70)
    out = tmp_path / "r.jsonl"
    with pytest.raises(Killed):
        with_fate(Fate(80), lambda: go(source, out))
    write_rows(source, ["UBND"] * 71)
    with pytest.raises(Exception, match="changed since"):
        go(source, out)
    assert go(source, out, overwrite=True).records == 71


def test_other_options_are_refused(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in.jsonl", ["UBND"] * 70)
    out = tmp_path / "r.jsonl"
    with pytest.raises(Killed):
        with_fate(Fate(80), lambda: go(source, out))
    with pytest.raises(Exception, match="encoding was 'utf-8', is now 'auto'"):
        go(source, out, options(encoding="auto"))
    with pytest.raises(Exception, match="--retry-errors"):
        go([], out, retry_errors=True)
    assert go(source, out, options(workers=1)).records == 70
