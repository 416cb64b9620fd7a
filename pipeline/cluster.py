"""The engine for a cluster: Ray Data over the same shards, chunks and worker class.

Files are read where Ray puts the reading tasks, so every node must see them under the
same path. Chunks are those of the local engine, and come back in order, so the records
are the same, the journal works the same, and a run begun by one engine can be ended by
the other.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipeline.batch.chunks import Planned, Selection, chunked, left, units
from pipeline.batch.local import Deadline
from pipeline.batch.options import BatchOptions
from pipeline.batch.work import Row
from pipeline.errors import MissingExtra, PipelineError
from pipeline.readers.base import ReadOptions

Batch = dict[str, Any]


class ExtractChunk:
    """A Ray actor: loads the model once, turns pickled chunks into pickled rows.

    It works in a process of its own, which can be ended when a document takes too long
    or brings it down.
    """

    def __init__(self, options: BatchOptions) -> None:
        self._worker = Deadline(options)

    def __call__(self, batch: Batch) -> Batch:
        return {"rows": [pickle.dumps(self._rows(chunk)) for chunk in batch["chunk"]]}

    def _rows(self, chunk: bytes) -> list[Row] | str:
        """Rows, or what keeps the whole run from working: Ray would bury it if it were raised."""
        try:
            return self._worker.rows(pickle.loads(chunk))
        except PipelineError as error:
            return str(error)


class ReadShard:
    """A Ray task: the chunks of a shard, one after the other."""

    def __init__(self, options: ReadOptions, start: tuple[int, int]) -> None:
        self._options, self._start = options, start

    def __call__(self, batch: Batch) -> Iterator[Batch]:
        for pickled in batch["shard"]:
            shard, selections = pickle.loads(pickled)
            stream = units(shard, self._options, self._start, selections.__getitem__)
            for chunk in chunked(stream):
                yield {"chunk": [pickle.dumps(chunk)]}


def extract_on_ray(
    files: Iterable[Planned],
    options: BatchOptions,
    start: tuple[int, int],
    select: Callable[[str], Selection],
) -> Iterator[list[Row]]:
    """The rows of each chunk, in order; ``options.workers`` is the number of actors.

    Uses the cluster that ``RAY_ADDRESS`` names, or starts Ray on this machine.
    """
    try:
        import ray
    except ImportError:
        raise MissingExtra("ray", "ray") from None
    if not ray.is_initialized():
        try:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level="error")
        except Exception as error:  # Ray raises plain ones here
            raise PipelineError(
                f"Ray does not start ({error}): is RAY_ADDRESS right, or this machine too busy? "
                "--engine local needs no Ray"
            ) from None
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what matters is raised
    plan = [
        {"shard": pickle.dumps((shard, {_path(p): select(_path(p)) for p in shard}))}
        for shard in left(files, start)
    ]
    if not plan:
        return
    read = ReadShard(options.read, start)
    rows = (
        ray.data.from_items(plan, override_num_blocks=len(plan))
        # Reading is light, and must not wait for the CPUs that the actors hold.
        .map_batches(read, batch_size=1, batch_format="numpy", num_cpus=0)
        .map_batches(
            ExtractChunk,
            fn_constructor_args=(options,),
            batch_size=1,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=max(1, options.workers)),
            num_cpus=1,
        )
    )
    stream: Iterator[Batch] = iter(rows.iter_rows())
    while True:
        try:
            row = next(stream, None)
        except ray.exceptions.RayError as error:
            raise PipelineError(
                f"Ray gave up: {error}; the same command goes on from here"
            ) from None
        if row is None:
            return
        rows_or_error = pickle.loads(row["rows"])
        if isinstance(rows_or_error, str):
            raise PipelineError(rows_or_error)
        yield rows_or_error


def _path(planned: Planned) -> str:
    return planned.path if not isinstance(planned, tuple) else planned[0].path
