"""One annotator at work: which document, its editor, what is sent to the page.

No widget here: a page is anything that shows :meth:`Session.page` and
:meth:`Session.view` and passes its messages to :meth:`Session.handle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.annotate.document import DOC_TYPES, PAIRS, ROLES, Document, as_document, fingerprint
from pipeline.annotate.editor import Editor
from pipeline.annotate.guide import guide_text, sections
from pipeline.annotate.queue import Queue
from pipeline.annotate.state import Done, Refused
from pipeline.annotate.store import StaleRevision, Store, StoreError
from pipeline.annotate.strings import Lang, keys, say, texts
from pipeline.annotate.units import Step, Units, make_units
from pipeline.errors import InputError
from pipeline.labels import LABEL_INFO

_MOVES = {"next": 1, "prev": -1}


def page_config(lang: Lang, *, review: bool = False) -> dict[str, Any]:
    """What a page needs once: labels, relations, texts, keys, guide."""
    return {
        "review": review,
        "lang": lang,
        "labels": [
            {"label": str(i.label), "vi": i.vi, "definition": i.definition, "example": i.example,
             "colour": i.colour, "hotkey": i.hotkey}
            for i in LABEL_INFO.values()
        ],
        "pairs": [[str(a), str(b), str(r)] for (a, b), r in PAIRS.items()],
        "types": list(DOC_TYPES),
        "roles": list(ROLES),
        "text": texts(lang),
        "keys": [
            *([] if review else [(i.hotkey, f"{i.vi} ({i.label})") for i in LABEL_INFO.values()]),
            *keys(lang, review=review),
        ],
        "guide": sections(),
        "guide_text": guide_text(),
    }  # fmt: skip


class Session:
    """Documents in queue order, one of them open.

    Args:
        documents: gold rows or records with their text.
        store: where decisions go; what it already holds is resumed.
        queue: the order; by default hardest first with a random share.
        threshold: suggestions below it are shown but not taken.
    """

    def __init__(
        self,
        documents: Iterable[Any],
        store: Store,
        *,
        queue: Queue | None = None,
        threshold: float = 0.0,
        lang: Lang = "vi",
    ) -> None:
        self.documents: dict[str, Document] = {}
        for item in documents:
            document = as_document(item)
            if document["id"] in self.documents:
                raise InputError(f"two documents have the id {document['id']!r}")
            self.documents[document["id"]] = document
        if not self.documents:
            raise InputError("there is no document to correct")
        self.store = store
        self.queue = Queue(self.documents.values()) if queue is None else queue
        self.order = [p.id for p in self.queue if p.id in self.documents]
        self.places = {p.id: p for p in self.queue}
        self.threshold = threshold
        self.lang: Lang = lang
        self.step: Step = "atom"
        self.revision = 0
        self.layout = 0
        self.seq = ""
        self.focus: str | None = None
        self.message: dict[str, str] = {}
        self.seen: set[str] = set()
        self.open(next((i for i, n in enumerate(self.order) if not self.answered(n)), 0))

    def answered(self, name: str) -> str | None:
        """This annotator's answer on a document, or None."""
        row = self.store.log.answers.get(name)
        return None if row is None else str(row["answer"])

    @property
    def name(self) -> str:
        """Id of the open document."""
        return self.order[self.index]

    def open(self, index: int) -> None:
        """Open a document: as last answered, else as given; then redo what was unfinished."""
        self.index = index
        self.focus = None
        self.revision += 1
        name = self.name
        given, row = self.documents[name], self.store.log.answers.get(name)
        fits = row is not None and row["document"]["text"] == given["text"]
        self.editor = Editor(row["document"] if row and fits else given, threshold=self.threshold)
        if fits:
            self.editor.suggestions = Editor(given).suggestions
        self.base = fingerprint(self.editor.document)
        self.done = {n for n in self.order if self.answered(n)}
        self.progress = self.queue.progress(self.done)
        self._replay()
        self._lay_out()

    def _replay(self) -> None:
        edits = self.store.log.edits.get(self.name, [])
        fitting = [row["op"] for row in edits if row["base"] == self.base]
        if edits and not fitting:
            self._say("draft_unfit", kind="warn")
        try:
            for op in fitting:
                self.editor.apply(op)
        except Refused as refused:  # a log edited by hand: keep what could be done
            self._say(refused.code, kind="warn", **refused.args_)
            return
        if fitting and self.name not in self.seen:
            self._say("resumed", n=len(fitting))
        self.seen.add(self.name)

    def _lay_out(self) -> None:
        """Units for the open document, cut at every mention's edges."""
        marks = (*self.editor.state.marks, *self.editor.suggestions)
        self.units: Units = make_units(
            self.editor.text, {(m.start, m.end) for m in marks}, self.step
        )
        self.layout += 1

    def handle(self, message: Mapping[str, Any]) -> None:
        """Do what a page asks. Never raises on what a page can send; ``message`` tells.

        A message names the document and the revision it was made on; one that is not
        the open one's is refused, and the page gets the newest state.
        """
        self.seq = str(message.get("seq", ""))
        self.message = {}
        self.focus = None
        if message.get("op") == "hello":
            return
        if (message.get("doc"), message.get("revision")) != (self.name, self.revision):
            self._say("stale", kind="warn")
            return
        try:
            self._do(str(message.get("op")), message)
        except Refused as refused:
            self.focus = message["id"] if isinstance(message.get("id"), str) else None
            self._say(refused.code, kind="warn", **refused.args_)
        except StaleRevision:
            self.open(self.index)
            self._say("other_window", kind="warn")
        except StoreError as error:
            self._say("not_kept", kind="error", why=str(error))

    def _do(self, op: str, message: Mapping[str, Any]) -> None:
        if op in _MOVES:
            self._move(_MOVES[op])
        elif op == "goto":
            index = message.get("index")
            if type(index) is int and 0 <= index < len(self.order):
                self.open(index)
        elif op == "step":
            self.step = "char" if self.step == "atom" else "atom"
            self.focus = message["id"] if isinstance(message.get("id"), str) else None
            self._lay_out()
            self.revision += 1
        elif op in ("done", "skip"):
            self._answer("accept" if op == "done" else "skip", message)
        else:
            self._edit(op, message)

    def _move(self, by: int) -> None:
        if not 0 <= self.index + by < len(self.order):
            raise Refused("last" if by > 0 else "first")
        self.open(self.index + by)

    def _edit(self, op: str, message: Mapping[str, Any]) -> None:
        """Apply, keep, show: an operation that can't be kept is taken back."""
        args = {k: v for k, v in message.items() if k not in ("doc", "revision", "seq", "a", "b")}
        if "a" in message or "b" in message:
            try:
                args["start"], args["end"] = self.units.chars(message["a"], message["b"])
            except (IndexError, KeyError, TypeError) as error:
                raise Refused("bad_op", op=op, why=str(error)) from error
        editor = self.editor
        before = (editor.state, list(editor.past), list(editor.undone))
        done: Done = editor.apply(args)
        try:
            if editor.state != before[0]:
                self.store.append_edit(self.name, args, self.base)
        except StoreError:
            editor.state, editor.past, editor.undone = before
            raise
        self.revision += 1
        self.focus = done.focus
        if done.code:
            self._say(done.code, **done.args)
        if not all(self.units.holds(m.start, m.end) for m in editor.state.marks):
            self._lay_out()

    def _answer(self, answer: str, message: Mapping[str, Any]) -> None:
        seconds = message.get("seconds")
        extra = {"seconds": round(seconds, 1)} if isinstance(seconds, int | float) else {}
        document = self.editor.result()
        self.store.append_answer(document, answer, **extra)
        shown = str(document.get("title") or document["id"])
        rest = [*range(self.index + 1, len(self.order)), *range(self.index)]
        following = next((i for i in rest if not self.answered(self.order[i])), None)
        self.open(self.index if following is None else following)
        if following is None:
            self._say("all_done")
        elif not self.message:
            self._say("kept", title=shown)

    def _say(self, code: str, *, kind: str = "info", **args: Any) -> None:
        self.message = {"text": say(self.lang, code, **args), "kind": kind, "code": code}

    def page(self) -> dict[str, Any]:
        """What changes with the document: its text in pieces. No offsets."""
        document, place = self.editor.document, self.places[self.name]
        return {
            "doc": self.name,
            "layout": self.layout,
            "step": self.step,
            "pieces": self.units.pieces(),
            "title": str(document.get("title") or ""),
            "date": str(document.get("published") or document.get("date") or ""),
            "why": place.why,
            "repeats": place.repeats,
            "expected": round(place.expected, 1),
        }

    def view(self) -> dict[str, Any]:
        """What changes with every key: mentions, links, progress, the answer to ``seq``."""
        state, units = self.editor.state, self.units
        now = {m.id: m for m in state.marks}
        # A suggestion is shown apart only where the annotator made something else of it.
        other = [m for m in self.editor.suggestions
                 if (k := now.get(m.id)) is None
                 or (k.start, k.end, k.label) != (m.start, m.end, m.label)]  # fmt: skip
        progress = self.progress
        return {
            "doc": self.name,
            "revision": self.revision,
            "layout": self.layout,
            "seq": self.seq,
            "marks": [[m.id, str(m.label), *units.indices(m.start, m.end), m.confidence,
                       int(m.checked)] for m in state.marks],
            "other": [[m.id, str(m.label), *units.indices(m.start, m.end), m.confidence]
                      for m in other],
            "links": [[a, b, str(PAIRS[now[a].label, now[b].label])] for a, b in state.links],
            "entries": [[e.mention, e.type, e.role, e.title] for e in state.entries],
            "note": state.note,
            "focus": self.focus,
            "message": self.message,
            "undo": bool(self.editor.past),
            "redo": bool(self.editor.undone),
            "answer": self.answered(self.name),
            "index": self.index,
            "total": len(self.order),
            "done": len(self.done),
            "left": progress.left,
            "held": progress.held_back,
            "gain": round(progress.expected, 1),
        }  # fmt: skip

    def gold(self) -> list[Document]:
        """The documents this annotator has accepted, in queue order."""
        rows = [self.store.log.answers.get(n) for n in self.order]
        return [row["document"] for row in rows if row and row["answer"] == "accept"]
