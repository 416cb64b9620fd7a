"""Adjudication: two annotators' versions of each shared document, settled by one key each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.annotate.agreement import read_answers, shared
from pipeline.annotate.conflicts import CHOICES, Choice, Conflict, conflicts, merged
from pipeline.annotate.document import Document
from pipeline.annotate.store import GOLD, StaleRevision, Store, StoreError
from pipeline.annotate.strings import Lang, say
from pipeline.errors import InputError

AROUND = 60  # characters shown before and after a difference


class Review:
    """The documents two annotators share; those with differences come first.

    ``handle`` and ``view`` are to a page what :class:`~pipeline.annotate.session.Session`'s are.
    """

    def __init__(
        self,
        names: tuple[str, str],
        left: Mapping[str, Document],
        right: Mapping[str, Document],
        store: Store,
        lang: Lang = "vi",
    ) -> None:
        self.names, self.left, self.right, self.store = names, left, right, store
        self.lang: Lang = lang
        ids = shared(left, right)
        if not ids:
            raise InputError(f"{names[0]} and {names[1]} have accepted no document in common")
        found = {n: conflicts(left[n], right[n]) for n in ids}
        self.order = sorted(ids, key=lambda n: not found[n])
        self.found: dict[str, list[Conflict]] = found
        self.revision, self.seq = 0, ""
        self.message: dict[str, str] = {}
        self.open(next((i for i, n in enumerate(self.order) if not self.settled(n)), 0))

    @classmethod
    def of(
        cls, folder: str | Path, left: str, right: str, *, name: str = GOLD, lang: Lang = "vi"
    ) -> Review:
        """The review of two annotators of a folder; the result goes to ``name``'s file."""
        answers = read_answers(folder)
        for annotator in (left, right):
            if annotator not in answers:
                known = ", ".join(answers) or "none"
                raise InputError(f"{folder} has no file of {annotator!r}; found {known}")
        return cls((left, right), answers[left], answers[right], Store(folder, name), lang)

    @property
    def name(self) -> str:
        """Id of the open document."""
        return self.order[self.index]

    def settled(self, name: str) -> bool:
        """Whether gold holds this document already."""
        return name in self.store.log.answers

    def open(self, index: int) -> None:
        """Open a document with the choices its log holds."""
        self.index = index
        self.revision += 1
        self.past: list[dict[int, Choice]] = []
        self.chosen: dict[int, Choice] = {}
        for row in self.store.log.edits.get(self.name, []):
            if row["base"] == self._base():
                self._replay(row["op"])

    def _base(self) -> str:
        """Choices only mean something for these very differences."""
        return f"{len(self.found[self.name])}:{hash_of(self.found[self.name])}"

    def _replay(self, op: Mapping[str, Any]) -> None:
        if op.get("op") == "undo" and self.past:
            self.chosen = self.past.pop()
        elif op.get("op") == "choose" and op.get("side") in CHOICES:
            self.past.append(dict(self.chosen))
            self.chosen[op["at"]] = op["side"]

    def handle(self, message: Mapping[str, Any]) -> None:
        """Do what the page asks; never raises on what a page can send."""
        self.seq, self.message = str(message.get("seq", "")), {}
        op = message.get("op")
        if op == "hello":
            return
        if (message.get("doc"), message.get("revision")) != (self.name, self.revision):
            self._say("stale", "warn")
            return
        try:
            if op in ("next", "prev"):
                self._move(1 if op == "next" else -1)
            elif op == "done":
                self._done()
            elif op in ("choose", "undo"):
                self._choose(message)
            else:
                self._say("unknown_op", "warn", op=op)
        except StaleRevision:
            self.open(self.index)
            self._say("other_window", "warn")
        except StoreError as error:
            self._say("not_kept", "error", why=str(error))

    def _move(self, by: int) -> None:
        if 0 <= self.index + by < len(self.order):
            self.open(self.index + by)
        else:
            self._say("last" if by > 0 else "first", "warn")

    def _choose(self, message: Mapping[str, Any]) -> None:
        found = self.found[self.name]
        op: dict[str, Any] = {"op": message["op"]}
        if op["op"] == "undo":
            if not self.past:
                return self._say("nothing_to_undo", "warn")
        else:
            at, side = message.get("at"), message.get("side")
            if type(at) is not int or not 0 <= at < len(found) or side not in CHOICES:
                return self._say("bad_op", "warn", op="choose", why=f"{at!r} {side!r}")
            if side == "both" and found[at].exclusive:
                return self._say("not_both", "warn")
            op |= {"at": at, "side": side}
        self.store.append_edit(self.name, op, self._base())
        self._replay(op)
        self.revision += 1
        return None

    def _done(self) -> None:
        found = self.found[self.name]
        missing = len(found) - len(self.chosen)
        if missing:
            return self._say("still_open", "warn", n=missing)
        document = merged(self.left[self.name], self.right[self.name], found, self.chosen)
        self.store.append_answer(document, "accept", adjudicated=list(self.names))
        rest = [*range(self.index + 1, len(self.order)), *range(self.index)]
        following = next((i for i in rest if not self.settled(self.order[i])), None)
        self.open(self.index if following is None else following)
        if following is None:
            self._say("all_done")
        return None

    def _say(self, code: str, kind: str = "info", **args: Any) -> None:
        self.message = {"text": say(self.lang, code, **args), "kind": kind, "code": code}

    def page(self) -> dict[str, Any]:
        """Nothing: all of a review is in its view."""
        return {}

    def view(self) -> dict[str, Any]:
        """Cards with both sides of each difference in context, and the choices so far."""
        document = self.left[self.name]
        return {
            "doc": self.name,
            "title": str(document.get("title") or self.name),
            "revision": self.revision,
            "seq": self.seq,
            "names": list(self.names),
            "index": self.index,
            "total": len(self.order),
            "answer": "accept" if self.settled(self.name) else None,
            "message": self.message,
            "cards": [
                {
                    "kind": conflict.kind,
                    "labels": list(conflict.labels),
                    "left": self._side(conflict, conflict.left),
                    "right": self._side(conflict, conflict.right),
                    "choice": self.chosen.get(i),
                }
                for i, conflict in enumerate(self.found[self.name])
            ],
        }

    def _side(self, conflict: Conflict, side: tuple[Any, ...]) -> list[list[str | None]]:
        """Pieces [text, label or None] of one side."""
        text = self.left[self.name]["text"]
        if conflict.kind == "relation":
            return [[f"{k}: {text[slice(*a)]} → {text[slice(*b)]}", None] for k, a, b in side]
        if conflict.kind == "document":
            return [[_entry_text(text, entry, self.lang), None] for entry in side]
        marks = [*conflict.left, *conflict.right]
        start, end = min(m[0] for m in marks), max(m[1] for m in marks)
        at = max(0, start - AROUND)
        if at:  # not in the middle of a word
            at = max(text.rfind(" ", 0, at), text.find(" ", at, start)) + 1 or at
        out: list[list[str | None]] = [["…" if at else "", None]]
        for a, b, label in sorted(side):
            out += [[text[at:a], None], [text[a:b], label]]
            at = b
        last = min(len(text), end + AROUND)
        if last < len(text):
            last = max(text.rfind(" ", end, last), end)
        return [*out, [text[at:last] + ("…" if last < len(text) else ""), None]]

    def gold(self) -> list[Document]:
        """The settled documents."""
        rows = [self.store.log.answers.get(n) for n in self.order]
        return [row["document"] for row in rows if row]


def hash_of(found: list[Conflict]) -> str:
    """Eight hex digits of a list of differences.

    >>> hash_of([])
    '4f53cda1'
    """
    return hashlib.sha256(repr(found).encode("utf-8", "replace")).hexdigest()[:8]


def _entry_text(text: str, entry: tuple[Any, ...], lang: Lang) -> str:
    key, numbered, kind, role, title = entry
    shown = text[slice(*key)] if numbered else say(lang, "unnumbered")
    return f"{kind or '?'} {shown} ({say(lang, role)}){f': {title}' if title else ''}"
