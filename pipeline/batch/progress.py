"""How far a run is: a bar on a terminal, a line a minute in a log, or nothing."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pipeline.batch.run import duration

if TYPE_CHECKING:
    from pipeline.batch.journal import Cursor

_LINE_SECONDS = 60.0


class Silent:
    """Says nothing."""

    def at(self, cursor: Cursor, position: int, total: int) -> None:
        """How far the run is, in bytes of its inputs."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None: ...


class Lines(Silent):
    """A line on standard error once a minute."""

    def __init__(self, every: float = _LINE_SECONDS) -> None:
        self._every = every
        self._meter = Meter()
        self._next = time.monotonic() + every

    def at(self, cursor: Cursor, position: int, total: int) -> None:
        """Print if a minute has gone by."""
        now = time.monotonic()
        self._meter.at(cursor, position, total, now)
        if now >= self._next:
            self._next = now + self._every
            print(self._meter.line(), file=sys.stderr, flush=True)


class Bar(Silent):
    """A bar that is redrawn in place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._meter = Meter()
        self._bar = Progress(
            BarColumn(20),
            TextColumn("{task.percentage:>3.0f}%  {task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("loading the model", total=None)

    def at(self, cursor: Cursor, position: int, total: int) -> None:
        """Redraw, a few times a second."""
        self._meter.at(cursor, position, total, time.monotonic())
        self._bar.update(
            self._task,
            completed=position,
            total=total or None,
            description=self._meter.line(percent=False),
        )

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


class Meter:
    """Rate and time left, of this session.

    >>> meter = Meter()
    >>> from pipeline.batch.journal import Cursor
    >>> meter.at(Cursor(), 0, 1000, 0.0)
    >>> meter.at(Cursor(records=90, errors=10), 500, 1000, 20.0)
    >>> meter.line()
    '50%  90 records, 10 failed, 5.0/s, 20.0 s left'
    """

    def __init__(self) -> None:
        self._first: tuple[float, int, int] | None = None
        self._text = ""
        self._percent = "  ?%"

    def at(self, cursor: Cursor, position: int, total: int, now: float) -> None:
        """Take a reading."""
        done = cursor.records + cursor.errors
        if self._first is None:
            self._first = (now, position, done)
        began, from_position, from_done = self._first
        seconds = now - began
        self._text = f"{cursor.records:,} records"
        if cursor.errors:
            self._text += f", {cursor.errors:,} failed"
        if seconds > 0:
            self._text += f", {(done - from_done) / seconds:.1f}/s"
            if total > position > from_position:
                left = seconds * (total - position) / (position - from_position)
                self._text += f", {duration(left)} left"
        self._percent = f"{100 * position // total}%" if total else "?%"

    def line(self, percent: bool = True) -> str:
        """The reading in words."""
        return f"{self._percent}  {self._text}" if percent else self._text


def reporter(quiet: bool) -> Silent:
    """The one that suits standard error."""
    if quiet:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
