"""What an annotator has made of a document at one moment: mentions, links, entries, note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.labels import Label


class Refused(Exception):
    """An operation that makes no sense here; ``code`` names a message of ``strings``."""

    def __init__(self, code: str, **args: Any) -> None:
        super().__init__(code, args)
        self.code = code
        self.args_ = args


@dataclass(frozen=True, slots=True)
class Mark:
    """A mention as it stands now; ``checked`` once a person has looked at it."""

    id: str
    label: Label
    start: int
    end: int
    confidence: float | None = None
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """A document number's type and role, or a primary document without a number."""

    mention: str | None
    type: str | None
    role: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All that can be undone. ``links`` are (from, to); the labels give the type."""

    marks: tuple[Mark, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()
    note: str = ""

    def mark(self, name: Any) -> Mark:
        """The mention with this id. Raises :class:`Refused` where there is none."""
        for mark in self.marks:
            if mark.id == name:
                return mark
        raise Refused("no_mention", id=name)


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation did: the mention to look at next, and something to say."""

    focus: str | None = None
    code: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
