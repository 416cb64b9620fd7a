"""One document under correction: immutable states, operations, undo and redo.

Operations are small dicts with character offsets (``{"op": "add", "label": "DATE",
"start": 5, "end": 15}``), so that a log of them replays to the same state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.annotate.document import PAIRS, Document
from pipeline.annotate.operations import OPERATIONS, Scene, settle
from pipeline.annotate.state import Done, Entry, Mark, Refused, State
from pipeline.labels import Label


class Editor:
    """A document, its state, and the states before and after.

    Suggestions at or above ``threshold`` begin as unchecked mentions; the others are
    only shown, until one is taken with ``restore``.

    >>> e = Editor({"id": "a", "text": "Ngày 5/9", "mentions": [], "relations": [],
    ...             "documents": []})
    >>> e.apply({"op": "add", "label": "DATE", "start": 0, "end": 8}).focus
    'm1'
    >>> e.apply({"op": "undo"}).focus, e.state.marks
    (None, ())
    """

    def __init__(self, document: Document, *, threshold: float = 0.0) -> None:
        self.document = document
        self.text: str = document["text"]
        marks = tuple(
            Mark(m["id"], Label(m["label"]), m["start"], m["end"], m.get("confidence"),
                 bool(m.get("checked", m.get("confidence") is None)))
            for m in sorted(document["mentions"], key=lambda m: int(m["start"]))
        )  # fmt: skip
        self.suggestions = tuple(m for m in marks if m.confidence is not None)
        kept = tuple(m for m in marks if m.checked or (m.confidence or 0.0) >= threshold)
        known = {m.id for m in kept}
        state = State(
            kept,
            tuple((r["from"], r["to"]) for r in document["relations"]
                  if r["from"] in known and r["to"] in known),
            tuple(Entry(d["mention"], d["type"], d["role"], d["title"])
                  for d in document["documents"] if d["mention"] is None or d["mention"] in known),
            str(document.get("note") or ""),
        )  # fmt: skip
        for mark in kept:  # each number has a type and a role to look at
            state = settle(self.text, state, mark)
        self.state = state
        self.undone: list[State] = []
        self.past: list[State] = []

    def apply(self, op: Mapping[str, Any]) -> Done:
        """Do one operation. Raises :class:`Refused` and changes nothing if it can't be."""
        name = op.get("op")
        if name in ("undo", "redo"):
            source, target = (
                (self.past, self.undone) if name == "undo" else (self.undone, self.past)
            )
            if not source:
                raise Refused(f"nothing_to_{name}")
            target.append(self.state)
            self.state = source.pop()
            return Done()
        operation = OPERATIONS.get(str(name))
        if operation is None:
            raise Refused("unknown_op", op=name)
        scene = Scene(self.text, self.suggestions, self._used)
        try:
            state, done = operation(scene, self.state, op)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("bad_op", op=name, why=str(error)) from error
        if state != self.state:
            self.past.append(self.state)
            self.undone.clear()
            self.state = state
        return done

    def _used(self) -> set[str]:
        """Ids that are never used again, so that a relation in the log can't change its meaning."""
        states = (*self.past, self.state, *self.undone)
        return {m.id for s in states for m in s.marks} | {m.id for m in self.suggestions}

    def result(self) -> Document:
        """The document as corrected, in the shape of a gold row."""
        marks = {m.id: m for m in self.state.marks}
        row = {k: v for k, v in self.document.items() if k != "note"}
        row["mentions"] = [
            {"id": m.id, "label": str(m.label), "start": m.start, "end": m.end,
             "text": self.text[m.start : m.end]}
            for m in self.state.marks
        ]  # fmt: skip
        row["relations"] = [
            {"type": str(PAIRS[marks[a].label, marks[b].label]), "from": a, "to": b}
            for a, b in self.state.links
        ]
        row["documents"] = [
            {"mention": e.mention, "type": e.type, "role": e.role, "title": e.title}
            for e in self.state.entries
        ]
        if self.state.note:
            row["note"] = self.state.note
        return row
