"""What a page might send to the annotation widgets (``scripts/fuzz.py``)."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from fuzz_importers import VALUES, gold

from pipeline.annotate.document import problems
from pipeline.annotate.queue import Queue
from pipeline.annotate.review import Review
from pipeline.annotate.session import Session
from pipeline.annotate.store import Store

Case = tuple[str, int, str, Callable[[], list[str]]]
OPS = [
    "add", "add", "add", "label", "resize", "delete", "accept", "accept_all", "restore", "relate",
    "relate", "entry", "entry", "drop_entry", "note", "undo", "undo", "redo", "next", "prev",
    "goto", "step", "done", "skip", "hello", "choose", "choose", "x", None, 5, [], "__class__",
]  # fmt: skip
LABELS = ["DATE", "DEADLINE", "AGENCY", "TARGET", "DOC_NUMBER"]
SENT = 40  # messages a session


def messages(seed: int, count: int) -> Iterator[Case]:
    """``count`` messages, some to a session, some to a review of two annotators."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    try:
        for n in range(-(-count // SENT)):
            kind = "review" if n % 4 == 3 else "session"
            run = partial(_review if kind == "review" else _session, folder, seed, n)
            yield from _each(kind, seed, n, run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _each(kind: str, seed: int, n: int, run: Callable[[], Iterator[list[str]]]) -> Iterator[Case]:
    """One case for each message of a run, which goes on where the last one ended."""
    steps = run()
    next(steps)  # opens the session
    for number in range(SENT):
        shown = f"seed {seed} {kind} {n} message {number}"
        yield kind, 100, shown, partial(next, steps, [])


def _documents(rng: random.Random) -> list[dict[str, Any]]:
    rows = rng.sample(sorted(gold(), key=lambda row: len(row["text"]))[:8], 3)
    out = []
    for row in rows:
        text = row["text"] + rng.choice(["", "\n🌳 e\u0301", "\ud800", "\r\n\u202e x"])
        mentions = [
            {**m, "confidence": rng.choice([0.2, 0.9])} if rng.random() < 0.6 else dict(m)
            for m in row["mentions"]
        ]
        out.append({**row, "text": text, "mentions": mentions})
    return out


def _message(rng: random.Random, session: Session | Review) -> Any:
    """A message that a page could send, with some of it wrong."""
    ids = [None]
    if isinstance(session, Session):
        ids = [m.id for m in session.editor.state.marks] or ["m1"]
    wild = lambda good: good if rng.random() < 0.9 else rng.choice(VALUES)  # noqa: E731
    a = rng.randrange(60)
    message = {
        "op": rng.choice(OPS), "doc": wild(session.name), "revision": wild(session.revision),
        "seq": wild(str(a)), "id": wild(rng.choice(ids)), "label": wild(rng.choice(LABELS)),
        "from": wild(rng.choice(ids)), "to": wild(rng.choice(ids)),
        "at": wild(rng.choice([None, 0, 1])),
        "type": wild("Kế hoạch"), "role": wild(rng.choice(["primary", "cited"])),
        "title": wild(rng.choice(["", "Kế hoạch\u2028 x", None])), "note": wild("ghi chú \ud800"),
        "index": wild(rng.randrange(-1, 4)),
        "seconds": wild(rng.choice([1.5, float("nan"), float("inf")])),
        "side": wild(rng.choice(["left", "right", "both", "neither"])),
    }  # fmt: skip
    if rng.random() < 0.6:
        message |= {"a": wild(a), "b": wild(a + rng.randrange(-1, 6))}
    elif rng.random() < 0.5:
        message |= {"start": wild(a), "end": wild(a + rng.randrange(-1, 9))}
    for key in rng.sample(sorted(message), rng.randrange(3)):
        del message[key]
    return message


def _session(folder: Path, seed: int, n: int) -> Iterator[list[str]]:
    rng = random.Random(f"session {seed} {n}")
    documents = _documents(rng)
    place = folder / f"s{n}"
    queue = Queue(documents)
    session = Session(documents, Store(place, "lan"), queue=queue, threshold=rng.choice([0.0, 0.5]))
    yield []
    for _ in range(SENT):
        message = _message(rng, session)
        try:
            session.handle(message)
            json.dumps([session.view(), session.page()])
            out = [f"{message}: {p}" for p in problems(session.editor.result())]
            if rng.random() < 0.05:
                out += _reopened(session, documents, place, queue)
        except Exception:
            yield [f"{message}\n{traceback.format_exc(limit=-4)}"]
            return
        yield out
    shutil.rmtree(place, ignore_errors=True)


def _reopened(session: Session, documents: list[Any], place: Path, queue: Queue) -> list[str]:
    """Another session over the same folder must stand where this one stands."""
    other = Session(documents, Store(place, "lan"), queue=queue, threshold=session.threshold)
    other.open(session.index)
    same = other.editor.result() == session.editor.result()
    return [] if same else ["reopened, the document is another"]


def _review(folder: Path, seed: int, n: int) -> Iterator[list[str]]:
    rng = random.Random(f"review {seed} {n}")
    place = folder / f"r{n}"
    documents = _documents(rng)
    for name in ("lan", "minh"):
        store = Store(place, name)
        for row in documents:
            session = Session([row], store, queue=Queue([row]))
            for _ in range(rng.randrange(4)):
                session.handle(_message(rng, session))
            session.handle({"op": "done", "doc": session.name, "revision": session.revision})
    review = Review.of(place, "lan", "minh")
    yield []
    for _ in range(SENT):
        message = _message(rng, review)
        try:
            review.handle(message)
            json.dumps([review.view(), review.page()])
            out = [p for d in review.gold() for p in problems(d)]
        except Exception:
            yield [f"{message}\n{traceback.format_exc(limit=-4)}"]
            return
        yield out
    shutil.rmtree(place, ignore_errors=True)
