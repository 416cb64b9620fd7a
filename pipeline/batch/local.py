"""The engine for one machine: a few spawned processes, each with its own model.

The parent reads and writes, workers parse and extract. A worker that dies, or says
nothing for ``timeout`` seconds, is replaced; its chunk is done again unit by unit, and
the unit that does it once more is the dead letter.
"""

from __future__ import annotations

import multiprocessing as mp
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from pipeline import errors
from pipeline.batch.options import BatchOptions
from pipeline.batch.work import ExtractBatch, Row, failed
from pipeline.readers.base import Failure, Unit

# Chunks read ahead or waiting for their turn to be written, per worker.
_AHEAD = 4
# A document, or a chunk, of more bytes than this may take longer in proportion.
_LONG = 500_000
# How long a worker may take to load its model.
_LOADING = 300.0


def extract_inline(chunks: Iterable[list[Unit]], options: BatchOptions) -> Iterator[list[Row]]:
    """The rows of each chunk, in this process; no timeout."""
    work = ExtractBatch(options)
    for chunk in chunks:
        yield work(chunk)


def extract_in_processes(
    chunks: Iterable[list[Unit]], options: BatchOptions
) -> Iterator[list[Row]]:
    """The rows of each chunk, in the order of the chunks, by ``options.workers`` processes."""
    pool = _Pool(options)
    try:
        yield from pool.run(iter(chunks))
    finally:
        pool.close()


class Deadline:
    """One worker process kept for many chunks, for an engine with workers of its own."""

    def __init__(self, options: BatchOptions) -> None:
        self._pool = _Pool(replace(options, workers=1))
        self._fatal: errors.PipelineError | None = None

    def rows(self, units: list[Unit]) -> list[Row]:
        """The rows of a chunk. A worker that can't start raises the same each time."""
        if self._fatal is not None:
            raise self._fatal
        try:
            return next(self._pool.run(iter([units])))
        except errors.PipelineError as error:
            self._fatal = error
            raise

    def __del__(self) -> None:
        if hasattr(self, "_pool"):
            self._pool.close()


@dataclass(slots=True)
class _Task:
    """A chunk, or one unit of a chunk that brought a worker down."""

    index: int
    units: list[Unit]
    part: int | None = None


@dataclass(slots=True)
class _Worker:
    process: Any
    connection: Connection
    heard: float
    ready: bool = False
    task: _Task | None = None


@dataclass(slots=True)
class _Split:
    """A chunk being done unit by unit."""

    rows: list[list[Row] | None] = field(default_factory=list)


class _Pool:
    def __init__(self, options: BatchOptions) -> None:
        self._options = options
        self._context = mp.get_context("spawn")
        self._queue: deque[_Task] = deque()
        self._done: dict[int, list[Row]] = {}
        self._splits: dict[int, _Split] = {}
        self._workers = [self._start() for _ in range(options.workers)]

    def run(self, chunks: Iterator[list[Unit]]) -> Iterator[list[Row]]:
        started = finished = 0
        more = True
        while True:
            while more and started - finished < _AHEAD * len(self._workers):
                chunk = next(chunks, None)
                if chunk is None:
                    more = False
                    break
                self._queue.append(_Task(started, chunk))
                started += 1
                self._hand_out()
                if self._heard():  # a worker may be waiting while we read
                    break
            if not more and finished == started:
                return
            self._hand_out()
            self._listen()
            while finished in self._done:
                yield self._done.pop(finished)
                finished += 1

    def close(self) -> None:
        """End the workers: at once, for each holds nothing that is not done again."""
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(5)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.connection.close()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._options), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic())

    def _hand_out(self) -> None:
        for i, worker in enumerate(self._workers):
            if self._queue and worker.ready and worker.task is None:
                worker.task = self._queue.popleft()
                worker.heard = time.monotonic()
                try:
                    worker.connection.send(worker.task.units)
                except (BrokenPipeError, ConnectionResetError):
                    self._lost(i, "WorkerDied")

    def _heard(self) -> bool:
        return bool(wait([w.connection for w in self._workers], timeout=0))

    def _listen(self) -> None:
        """Take what the workers have sent; replace those that died or hang."""
        patience = min(self._deadline(w) for w in self._workers) - time.monotonic()
        said = wait([w.connection for w in self._workers], timeout=max(0.0, min(patience, 1.0)))
        now = time.monotonic()
        for i, worker in enumerate(list(self._workers)):
            if worker.connection in said:
                try:
                    message = worker.connection.recv()
                except (EOFError, OSError, Exception):
                    self._lost(i, "WorkerDied")
                    continue
                worker.heard = now
                self._take(worker, message)
            elif now > self._deadline(worker):
                self._lost(i, "Timeout")

    def _deadline(self, worker: _Worker) -> float:
        if worker.ready and worker.task is None:
            return float("inf")
        if worker.task is None:
            return worker.heard + _LOADING
        long = sum(unit.size() for unit in worker.task.units) / _LONG
        return worker.heard + self._options.timeout * max(1.0, long)

    def _take(self, worker: _Worker, message: Any) -> None:
        kind, value = message
        if kind == "ready":
            worker.ready = True
        elif kind == "fatal":
            name, text = value
            raise getattr(errors, name, errors.PipelineError)(text)
        elif kind == "rows":
            assert worker.task is not None
            self._finish(worker.task, value)
            worker.task = None

    def _finish(self, task: _Task, rows: list[Row]) -> None:
        if task.part is None:
            self._done[task.index] = rows
            return
        split = self._splits[task.index]
        split.rows[task.part] = rows
        if all(part is not None for part in split.rows):
            self._done[task.index] = [row for part in split.rows for row in part or ()]
            del self._splits[task.index]

    def _lost(self, i: int, why: str) -> None:
        """Replace worker ``i``; do its task again in single units, or give it up."""
        worker = self._workers[i]
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        if not worker.ready:
            raise errors.PipelineError(
                f"a worker ended while it loaded the model (exit {worker.process.exitcode}); "
                "is there memory for one model a worker? try fewer --workers"
            )
        task, self._workers[i] = worker.task, self._start()
        if task is None:
            return
        if len(task.units) > 1:
            self._splits[task.index] = _Split([None] * len(task.units))
            singles = [_Task(task.index, [unit], k) for k, unit in enumerate(task.units)]
            self._queue.extendleft(reversed(singles))
        else:
            self._finish(task, [failed(task.units[0], self._verdict(why, worker.process))])

    def _verdict(self, why: str, process: Any) -> Failure:
        if why == "Timeout":
            return Failure("Timeout", f"took more than {self._options.timeout:g} s; see --timeout")
        return Failure(
            "WorkerDied", f"the worker process ended (exit {process.exitcode}): out of memory?"
        )


def _serve(connection: Connection, options: BatchOptions) -> None:
    """A worker's whole life: load, then rows for units until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    try:
        work = ExtractBatch(options)
    except Exception as error:
        connection.send(("fatal", (type(error).__name__, str(error))))
        return
    try:
        connection.send(("ready", None))
        while True:
            units = connection.recv()
            connection.send(("rows", work(units, lambda: connection.send(("alive", None)))))
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        return
