"""One document under correction: immutable states, operations, undo and redo.

Operations are small dicts with character offsets (``{"op": "add", "label": "DATE",
"start": 5, "end": 15}``), so that a log of them replays to the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.annotate.document import DOC_TYPES, PAIRS, ROLES, Document
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


Change = tuple[State, Done]


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
            state = _settle(self, state, mark)
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
        operation = _OPERATIONS.get(str(name))
        if operation is None:
            raise Refused("unknown_op", op=name)
        try:
            state, done = operation(self, self.state, op)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused("bad_op", op=name, why=str(error)) from error
        if state != self.state:
            self.past.append(self.state)
            self.undone.clear()
            self.state = state
        return done

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


def _span(editor: Editor, op: Mapping[str, Any]) -> tuple[int, int]:
    start, end = op["start"], op["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(editor.text):
        raise Refused("bad_span", start=start, end=end)
    return start, end


def _put(state: State, mark: Mark) -> State:
    """With ``mark`` in its place in text order, instead of the one of the same id."""
    others = [m for m in state.marks if m.id != mark.id]
    return replace(state, marks=tuple(sorted([*others, mark], key=lambda m: m.start)))


def _without(state: State, names: set[str]) -> State:
    return replace(
        state,
        marks=tuple(m for m in state.marks if m.id not in names),
        links=tuple(p for p in state.links if not names & set(p)),
        entries=tuple(e for e in state.entries if e.mention not in names),
    )


def _settle(editor: Editor, state: State, mark: Mark) -> State:
    """Links and entries that fit what ``mark`` is now."""
    labels = {m.id: m.label for m in state.marks}
    links = tuple(p for p in state.links if (labels[p[0]], labels[p[1]]) in PAIRS)
    entries = state.entries
    has_entry = any(e.mention == mark.id for e in entries)
    if mark.label is Label.DOC_NUMBER and not has_entry:
        entries = (*entries, Entry(mark.id, guess_type(editor.text, mark.start), "cited"))
    elif mark.label is not Label.DOC_NUMBER and has_entry:
        entries = tuple(e for e in entries if e.mention != mark.id)
    return replace(state, links=links, entries=entries)


def guess_type(text: str, start: int) -> str | None:
    """The document type that stands right before a number, or None.

    >>> guess_type("theo kế hoạch số 24/KH-UBND", 17)
    'Kế hoạch'
    """
    words = text[max(0, start - 40) : start].rstrip().removesuffix("số").rstrip().casefold()
    found = [t for t in DOC_TYPES if words.endswith(t.casefold())]
    return max(found, key=len, default=None)


def _add(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    start, end = _span(editor, op)
    label = Label(op["label"])
    overlapped = [m for m in state.marks if m.start < end and start < m.end]
    same = next((m for m in overlapped if (m.start, m.end) == (start, end)), None)
    if same is not None:
        return _relabel(editor, state, {"id": same.id, "label": label})
    # An id is never used again, so that a relation in the log can't change its meaning.
    states = (*editor.past, state, *editor.undone)
    used = {m.id for s in states for m in s.marks} | {m.id for m in editor.suggestions}
    n = next(n for n in range(1, len(used) + 2) if f"m{n}" not in used)
    mark = Mark(f"m{n}", label, start, end)
    new = _put(_without(state, {m.id for m in overlapped}), mark)
    done = Done(mark.id, "replaced", {"n": len(overlapped)}) if overlapped else Done(mark.id)
    return _settle(editor, new, mark), done


def _relabel(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    mark = replace(state.mark(op["id"]), label=Label(op["label"]), checked=True)
    new = _settle(editor, _put(state, mark), mark)
    lost = len(state.links) - len(new.links)
    return new, Done(mark.id, "links_lost", {"n": lost}) if lost else Done(mark.id)


def _resize(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    start, end = _span(editor, op)
    mark = state.mark(op["id"])
    for other in state.marks:
        if other.id != mark.id and other.start < end and start < other.end:
            raise Refused("in_the_way", text=editor.text[other.start : other.end])
    mark = replace(mark, start=start, end=end, checked=True)
    return _put(state, mark), Done(mark.id)


def _delete(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    return _without(state, {state.mark(op["id"]).id}), Done()


def _accept(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    mark = replace(state.mark(op["id"]), checked=True)
    return _put(state, mark), Done(mark.id)


def _accept_all(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    n = sum(not m.checked for m in state.marks)
    new = replace(state, marks=tuple(replace(m, checked=True) for m in state.marks))
    return new, Done(None, "accepted", {"n": n})


def _restore(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    """Take a suggestion as the model made it, in place of what overlaps it."""
    found = next((m for m in editor.suggestions if m.id == op["id"]), None)
    if found is None:
        raise Refused("no_mention", id=op["id"])
    mark = replace(found, checked=True)
    overlapped = {m.id for m in state.marks if m.start < mark.end and mark.start < m.end}
    new = _put(_without(state, overlapped - {mark.id}), mark)
    return _settle(editor, new, mark), Done(mark.id)


def _relate(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    """Link two mentions, picked in either order; unlink them when they are linked."""
    one, other = state.mark(op["from"]), state.mark(op["to"])
    if (one.label, other.label) not in PAIRS:
        one, other = other, one
    if (one.label, other.label) not in PAIRS:
        raise Refused("no_relation", a=str(one.label), b=str(other.label))
    pair, kind = (one.id, other.id), str(PAIRS[one.label, other.label])
    if pair in state.links:
        left = tuple(p for p in state.links if p != pair)
        return replace(state, links=left), Done(op["to"], "unlinked", {"type": kind})
    return replace(state, links=(*state.links, pair)), Done(op["to"], "linked", {"type": kind})


def _entry(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    """Set type, role or title of entry ``at``, or add one for an unnumbered document."""
    given = {k: op[k] for k in ("type", "role", "title") if k in op}
    if given.get("role", "cited") not in ROLES:
        raise Refused("bad_op", op="entry", why=f"role {given['role']!r}")
    for key, value in given.items():
        if value is not None and not isinstance(value, str):
            raise Refused("bad_op", op="entry", why=f"{key} is not a string")
        given[key] = (value or "").strip() or None
    if op.get("at") is None:
        if not given.get("type"):
            raise Refused("needs_type")
        made = Entry(None, given["type"], "primary", given.get("title"))
        return replace(state, entries=(*state.entries, made)), Done()
    at = _index(state, op)
    entries = list(state.entries)
    if entries[at].mention is None and given.get("role", "primary") != "primary":
        raise Refused("primary_only")
    entries[at] = replace(entries[at], **given)
    return replace(state, entries=tuple(entries)), Done(entries[at].mention)


def _drop_entry(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    at = _index(state, op)
    return replace(state, entries=state.entries[:at] + state.entries[at + 1 :]), Done()


def _index(state: State, op: Mapping[str, Any]) -> int:
    at = op["at"]
    if type(at) is not int or not 0 <= at < len(state.entries):
        raise Refused("bad_op", op="entry", why=f"there is no entry {at!r}")
    return at


def _note(editor: Editor, state: State, op: Mapping[str, Any]) -> Change:
    if not isinstance(op["note"], str):
        raise Refused("bad_op", op="note", why="not a string")
    return replace(state, note=op["note"].strip()), Done(None, "noted")


_OPERATIONS: dict[str, Callable[[Editor, State, Mapping[str, Any]], Change]] = {
    "add": _add,
    "label": _relabel,
    "resize": _resize,
    "delete": _delete,
    "accept": _accept,
    "accept_all": _accept_all,
    "restore": _restore,
    "relate": _relate,
    "entry": _entry,
    "drop_entry": _drop_entry,
    "note": _note,
}
