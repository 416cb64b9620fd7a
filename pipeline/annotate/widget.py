"""The notebook widgets: thin shells that carry messages between a session and its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.queue import Queue
from pipeline.annotate.review import Review
from pipeline.annotate.session import Session, page_config
from pipeline.annotate.store import GOLD, Store
from pipeline.annotate.strings import Lang
from pipeline.errors import MissingExtra

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise MissingExtra("anywidget", "annotate") from error

_HERE = Path(__file__).parent


class _Widget(anywidget.AnyWidget):  # type: ignore[misc]
    """A page that shows ``page`` and ``view`` and sends messages back."""

    _esm = _HERE / "widget.js"
    _css = _HERE / "widget.css"
    config = traitlets.Dict().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def _start(self, session: Session | Review, *, review: bool) -> None:
        self.session = session
        self.config = page_config(session.lang, review=review)
        self._publish()
        self.on_msg(self._on_message)

    def _on_message(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, Mapping):
            self.session.handle(content)
            self._publish()

    def _publish(self) -> None:
        """Send what changed, in one message, so that text and mentions always fit."""
        with self.hold_sync():
            page = self.session.page()
            if page.get("layout") != self.page.get("layout") or not self.page:
                self.page = page
            self.view = self.session.view()

    @property
    def gold(self) -> list[Document]:
        """The finished documents, as gold rows."""
        return self.session.gold()

    def export(self, path: str | Path, format: str = "jsonl") -> Path:
        """Write the finished documents; formats as in :mod:`pipeline.annotate.formats`."""
        from pipeline.annotate.formats import write

        return write(self.gold, path, format)


class Annotator(_Widget):
    """Correct a model's mentions by keyboard.

    Args:
        documents: gold rows, or records of :func:`pipeline.extract` with their text.
        folder: where decisions are kept; opening it again resumes.
        annotator: who decides: the name of the file in the folder.
        queue: the order; by default hardest first with a random share of 20 %.
        threshold: suggestions below this confidence are shown but not taken.
        lang: "vi" or "en".

    >>> widget = Annotator(records, "corrections", "lan")           # doctest: +SKIP
    >>> widget.export("gold.jsonl")                                 # doctest: +SKIP
    """

    def __init__(
        self,
        documents: Iterable[Any],
        folder: str | Path,
        annotator: str,
        *,
        queue: Queue | None = None,
        threshold: float = 0.0,
        lang: Lang = "vi",
    ) -> None:
        super().__init__()
        store = Store(folder, annotator)
        session = Session(documents, store, queue=queue, threshold=threshold, lang=lang)
        self._start(session, review=False)


class Adjudicator(_Widget):
    """Settle the differences between two annotators of one folder; the result is gold.

    >>> Adjudicator("corrections", "lan", "minh")                   # doctest: +SKIP
    """

    def __init__(
        self, folder: str | Path, left: str, right: str, *, name: str = GOLD, lang: Lang = "vi"
    ) -> None:
        super().__init__()
        self._start(Review.of(folder, left, right, name=name, lang=lang), review=True)
