"""The steps of a run one by one: shards and chunks, rows into outputs, commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from test_batch_run import write_rows

from pipeline.batch import chunks, run
from pipeline.batch.chunks import ALL, Selection, chunked, left, shards, units
from pipeline.batch.journal import Cursor, Journal
from pipeline.batch.parts import FileParts, OutputError
from pipeline.batch.progress import Silent
from pipeline.batch.run import Summary, duration, write_all
from pipeline.batch.work import Row
from pipeline.readers.base import Failure, ReadOptions, Source, Unit


def test_a_plan_is_cut_as_it_always_was() -> None:
    """A run that one version began, the next goes on with: the bounds must not move."""
    assert (chunks.SHARD_FILES, chunks.SHARD_BYTES) == (256, 64_000_000)
    assert (chunks.CHUNK_DOCUMENTS, chunks.CHUNK_BYTES) == (32, 4_000_000)
    assert run.COMMIT_SECONDS == 1.0


SELECTIONS = [
    (ALL, [0, 1, 2, 3, 4]),
    (Selection(frozenset({1, 3})), [1, 3]),
    (Selection(frozenset({0}), 3), [0, 3, 4]),  # from 3 on, all
    (Selection(frozenset()), []),
    (Selection(frozenset(), 0), [0, 1, 2, 3, 4]),
]


@pytest.mark.parametrize(("selection", "expected"), SELECTIONS)
def test_selections(selection: Selection, expected: list[int]) -> None:
    assert [n for n in range(5) if selection.has(n)] == expected


def plan(*sizes: int | None) -> list[Any]:
    """Files of these sizes; None is a folder that can't be listed."""
    return [
        Source(f"f{n}", f"f{n}", "txt", None, size, 0, n)
        if size is not None
        else (Source(f"f{n}", f"f{n}", "txt", None, 0, 0, n), Failure("Unreadable", "vì"))
        for n, size in enumerate(sizes)
    ]


def numbers(group: list[Any]) -> list[int]:
    return [found.number if isinstance(found, Source) else found[0].number for found in group]


SHARDS = [
    # sizes of files, the numbers of the files in each shard; at most 3 files and 10 bytes
    ((), []),
    ((1, 1, 1), [[0, 1, 2]]),
    ((1, 1, 1, 1), [[0, 1, 2], [3]]),
    ((4, 6, 1), [[0, 1], [2]]),  # just full
    ((4, 7), [[0], [1]]),
    ((99, 1), [[0], [1]]),  # alone, however large
    ((9, None, 1, 1), [[0, 1, 2], [3]]),
    ((6, 6, 6), [[0], [1], [2]]),
    ((9, 4, 6), [[0], [1, 2]]),  # counted from nothing again
]


@pytest.mark.parametrize(("sizes", "expected"), SHARDS)
def test_shards(
    sizes: tuple[int | None, ...], expected: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "SHARD_FILES", 3)
    monkeypatch.setattr(chunks, "SHARD_BYTES", 10)
    assert [numbers(group) for group in shards(plan(*sizes))] == expected


def test_shards_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that end with the file or behind it, cut as they were at first."""
    monkeypatch.setattr(chunks, "SHARD_FILES", 2)
    for start, expected in ((0, [[0, 1], [2, 3], [4]]), (1, [[0, 1], [2, 3], [4]]),
                            (2, [[2, 3], [4]]), (3, [[2, 3], [4]]), (4, [[4]]), (5, [])):  # fmt: skip
        assert [numbers(s) for s in left(plan(1, 1, 1, None, 1), (start, 9))] == expected


CHUNKS = [
    # sizes of units, sizes of the units in each chunk; at most 3 units and 10 bytes
    ([], []),
    ([1, 1, 1, 1], [[1, 1, 1], [1]]),
    ([4, 6, 1], [[4, 6], [1]]),
    ([4, 7], [[4], [7]]),
    ([99, 1], [[99], [1]]),
    ([6, 6, 6], [[6], [6], [6]]),
    ([9, 4, 6], [[9], [4, 6]]),
    ([0, 10, 0, 0], [[0, 10, 0], [0]]),
]


@pytest.mark.parametrize(("sizes", "expected"), CHUNKS)
def test_chunks(
    sizes: list[int], expected: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_DOCUMENTS", 3)
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 10)
    stream = [Unit("f", "f", "txt", n, "", b"x" * size) for n, size in enumerate(sizes)]
    assert [[unit.size() for unit in chunk] for chunk in chunked(stream)] == expected


def test_units_from_a_place_on(tmp_path: Path) -> None:
    """Files before the place are passed over, so are units of its file; a failure is one unit."""
    files: list[Any] = []
    for n, count in ((0, 2), (1, 3), (3, 2)):
        path = write_rows(tmp_path / f"{n}.jsonl", ["UBND"] * count)
        files.append(Source(str(path), path.name, "jsonl", None, 9, 0, n))
    files.insert(2, (Source("none", "tên", "txt", None, 0, 0, 2), Failure("Unreadable", "vì")))

    def places(start: tuple[int, int], **more: Any) -> list[tuple[int, int]]:
        return [(unit.file, unit.number) for unit in units(files, ReadOptions(), start, **more)]

    everything = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (3, 0), (3, 1)]
    for n, start in enumerate(everything):
        assert places(start) == everything[n:]
    assert places((2, 1)) == [(3, 0), (3, 1)] and places((3, 2)) == []
    assert [(u.file, u.number) for u in units(files, ReadOptions())] == everything
    at_once = [(u.file, u.number) for chunk in chunks.chunks(files, ReadOptions()) for u in chunk]
    assert at_once == everything

    def second(path: str) -> Selection:
        return Selection(frozenset({1}))

    assert places((0, 0), select=second) == [(0, 1), (1, 1), (2, 0), (3, 1)]
    made = list(chunks.chunks(files, ReadOptions(), (1, 2), second))
    assert [[(unit.file, unit.number) for unit in chunk] for chunk in made] == [[(2, 0), (3, 1)]]
    (failed,) = (unit for unit in units(files, ReadOptions()) if unit.failure)
    assert (failed.path, failed.name, failed.format, failed.at) == ("none", "tên", "txt", "input")
    assert failed.failure == Failure("Unreadable", "vì") and failed.rest


DURATIONS = [(0, "0.0 s"), (59.94, "59.9 s"), (60, "0:01:00"), (61.9, "0:01:01"),
             (3_599, "0:59:59"), (3_600, "1:00:00"), (90_061, "25:01:01")]  # fmt: skip


@pytest.mark.parametrize(("seconds", "said"), DURATIONS)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


SUMMARIES = [
    (Summary(0, 0, 0, 0, 0.0), "0 records in 0.0 s, 0.0/s"),
    (Summary(3_000, 0, 0, 9, 60.0), "3,000 records in 0:01:00, 50.0/s"),
    (Summary(30, 0, 0, 9, 2.0, taken_over=10), "30 records in 2.0 s, 10.0/s"),  # of this run
    (Summary(1, 1_003, 2_000, 9, 0.5, {"NotJson": 1_000, "A": 3}, Path("ra.jsonl")),
     "1 record, 1,003 failed (NotJson 1,000, A 3), 2,000 ids renamed in 0.5 s, 2.0/s → ra.jsonl"),
]  # fmt: skip


@pytest.mark.parametrize(("summary", "said"), SUMMARIES)
def test_summaries(summary: Summary, said: str) -> None:
    assert summary.line() == said and summary.fresh


class Watch(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int, int]] = []

    def at(self, cursor: Cursor, position: int, total: int) -> None:
        self.told.append((cursor.records + cursor.errors, position, total))


def row(file: int, number: int, position: int = 0, **more: Any) -> Row:
    return Row(file, number, f"f{file}", f"f{file}", "", position=position, **more)


def good(file: int, number: int, position: int = 0, id: str = "a", **more: Any) -> Row:
    return row(file, number, position, id=id, line="{}", characters=7, **more)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "s") as made:
        made.begin([Source(f"f{n}", f"f{n}", "jsonl", None, 100, n) for n in range(3)], phase="run")
        yield made


class Fragile(FileParts):
    """Outputs that are torn by a line, or take nothing."""

    full = False

    def record(self, line: str) -> None:
        if line == "torn":
            raise KeyboardInterrupt
        super().record(line)

    def sync(self) -> tuple[int, int]:
        if self.full:
            raise OutputError("full")
        return super().sync()


@pytest.fixture
def outputs(tmp_path: Path) -> Iterator[Fragile]:
    with closing(Fragile(tmp_path / "r", tmp_path / "e", (0, 0))) as made:
        yield made


def test_rows_are_counted(journal: Journal, outputs: Fragile, tmp_path: Path) -> None:
    bad = Failure("NotJson", "vì")
    stream = [
        [good(0, 0, 40, "a", encoding="utf-8"), good(0, 1, 80, "b", encoding="tcvn3")],
        [],
        [row(1, 0, 10, failure=bad), row(1, 1, 20, failure=bad), good(1, 2, 30, "c")],
        [row(2, 0, 99, failure=Failure("Unreadable", ""))],
    ]
    watch = Watch()
    cursor = write_all(stream, journal, outputs, watch)
    assert watch.told == [(2, 80, 300), (5, 130, 300), (6, 299, 300)]
    assert (cursor.file, cursor.unit, cursor.records, cursor.errors) == (2, 1, 3, 3)
    assert (cursor.duplicates, cursor.characters) == (0, 21)
    assert cursor.records_bytes == (tmp_path / "r").stat().st_size == 9
    assert cursor.errors_bytes == (tmp_path / "e").stat().st_size > 0
    assert journal.cursor() == cursor
    assert journal.failures() == {"NotJson": 2, "Unreadable": 1}
    counts = [(row["documents"], row["errors"], row["encodings"]) for row in journal.inputs()]
    assert counts == [(2, 0, ["tcvn3", "utf-8"]), (1, 2, []), (0, 1, [])]


def test_commits_come_once_a_second(
    journal: Journal, outputs: Fragile, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([10.0, 10.5, 11.0, 11.0, 11.9, 12.0, 12.0, 12.0, 99.0])
    monkeypatch.setattr(run.time, "monotonic", lambda: next(clock))
    kept, real = [], journal.commit

    def commit(cursor: Cursor, *rest: Any) -> None:
        kept.append((cursor.records, round(cursor.seconds, 3)))
        real(cursor, *rest)

    monkeypatch.setattr(journal, "commit", commit)
    stream = [[good(0, n, id=str(n))] for n in range(4)]
    write_all(stream, journal, outputs, Silent())
    # Begun at 10; chunks end at 10.5, 11 (commit), 11.9, 12 (commit), and the end.
    assert kept == [(2, 1.0), (4, 2.0), (4, 2.0)]


def test_what_a_stop_leaves(journal: Journal, outputs: Fragile) -> None:
    """Whole chunks are committed before the stop, a torn one is not."""

    def stream() -> Any:
        yield [good(0, 0, id="a"), good(0, 1, id="b")]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(stream(), journal, outputs, Silent())
    assert (journal.cursor().unit, journal.cursor().records) == (2, 2)
    torn = Row(0, 3, "f0", "f0", "", id="d", line="torn")
    with pytest.raises(KeyboardInterrupt):
        write_all([[good(0, 2, id="c"), torn]], journal, outputs, Silent())
    assert (journal.cursor().unit, journal.cursor().records) == (2, 2)


def test_a_stop_is_told_though_the_disk_takes_nothing(journal: Journal, outputs: Fragile) -> None:
    outputs.full = True

    def stream() -> Any:
        yield [good(0, 0)]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_all(stream(), journal, outputs, Silent())
    assert journal.cursor().records == 0
