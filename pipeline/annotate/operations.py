"""The operations: each a function of a scene, a state and its arguments to a new state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from pipeline.annotate.document import DOC_TYPES, PAIRS, ROLES
from pipeline.annotate.state import Done, Entry, Mark, Refused, State
from pipeline.labels import Label

Change = tuple[State, Done]


class Scene(NamedTuple):
    """What an operation may look at beside the state; ``used`` gives the ids ever taken."""

    text: str
    suggestions: tuple[Mark, ...]
    used: Callable[[], set[str]]


def _span(scene: Scene, op: Mapping[str, Any]) -> tuple[int, int]:
    start, end = op["start"], op["end"]
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(scene.text):
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


def settle(text: str, state: State, mark: Mark) -> State:
    """Links and entries that fit what ``mark`` is now."""
    labels = {m.id: m.label for m in state.marks}
    links = tuple(p for p in state.links if (labels[p[0]], labels[p[1]]) in PAIRS)
    entries = state.entries
    has_entry = any(e.mention == mark.id for e in entries)
    if mark.label is Label.DOC_NUMBER and not has_entry:
        entries = (*entries, Entry(mark.id, guess_type(text, mark.start), "cited"))
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


def _add(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    start, end = _span(scene, op)
    label = Label(op["label"])
    overlapped = [m for m in state.marks if m.start < end and start < m.end]
    same = next((m for m in overlapped if (m.start, m.end) == (start, end)), None)
    if same is not None:
        return _relabel(scene, state, {"id": same.id, "label": label})
    used = scene.used()
    n = next(n for n in range(1, len(used) + 2) if f"m{n}" not in used)
    mark = Mark(f"m{n}", label, start, end)
    new = _put(_without(state, {m.id for m in overlapped}), mark)
    done = Done(mark.id, "replaced", {"n": len(overlapped)}) if overlapped else Done(mark.id)
    return settle(scene.text, new, mark), done


def _relabel(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    mark = replace(state.mark(op["id"]), label=Label(op["label"]), checked=True)
    new = settle(scene.text, _put(state, mark), mark)
    lost = len(state.links) - len(new.links)
    return new, Done(mark.id, "links_lost", {"n": lost}) if lost else Done(mark.id)


def _resize(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    start, end = _span(scene, op)
    mark = state.mark(op["id"])
    for other in state.marks:
        if other.id != mark.id and other.start < end and start < other.end:
            raise Refused("in_the_way", text=scene.text[other.start : other.end])
    mark = replace(mark, start=start, end=end, checked=True)
    return _put(state, mark), Done(mark.id)


def _delete(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    return _without(state, {state.mark(op["id"]).id}), Done()


def _accept(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    mark = replace(state.mark(op["id"]), checked=True)
    return _put(state, mark), Done(mark.id)


def _accept_all(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    n = sum(not m.checked for m in state.marks)
    new = replace(state, marks=tuple(replace(m, checked=True) for m in state.marks))
    return new, Done(None, "accepted", {"n": n})


def _restore(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    """Take a suggestion as the model made it, in place of what overlaps it."""
    found = next((m for m in scene.suggestions if m.id == op["id"]), None)
    if found is None:
        raise Refused("no_mention", id=op["id"])
    mark = replace(found, checked=True)
    overlapped = {m.id for m in state.marks if m.start < mark.end and mark.start < m.end}
    new = _put(_without(state, overlapped - {mark.id}), mark)
    return settle(scene.text, new, mark), Done(mark.id)


def _relate(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
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


def _entry(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
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


def _drop_entry(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    at = _index(state, op)
    return replace(state, entries=state.entries[:at] + state.entries[at + 1 :]), Done()


def _index(state: State, op: Mapping[str, Any]) -> int:
    at = op["at"]
    if type(at) is not int or not 0 <= at < len(state.entries):
        raise Refused("bad_op", op="entry", why=f"there is no entry {at!r}")
    return at


def _note(scene: Scene, state: State, op: Mapping[str, Any]) -> Change:
    if not isinstance(op["note"], str):
        raise Refused("bad_op", op="note", why="not a string")
    return replace(state, note=op["note"].strip()), Done(None, "noted")


OPERATIONS: dict[str, Callable[[Scene, State, Mapping[str, Any]], Change]] = {
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
