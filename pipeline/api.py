"""The public functions: text in, records out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.__about__ import __version__
from pipeline.article import Article, Note, Span
from pipeline.assemble import assemble
from pipeline.dateline import page_date
from pipeline.errors import ConfigError, InputError, PipelineError
from pipeline.inputs import FIELDS, Item, item_of, make_item, oddities, text_sha256
from pipeline.models import model_dir
from pipeline.resolve import resolve
from pipeline.rules import match
from pipeline.schema import ErrorInfo, Producer, Record
from pipeline.segment import Segmented, segment
from pipeline.segmenter import segmenter_version
from pipeline.tagger import Tagger
from pipeline.text import CleanText, boilerplate, clean

if TYPE_CHECKING:
    from spacy.language import Language

Input = str | Mapping[str, Any]


class Extractor:
    """A loaded model. Safe to share between threads; one a process in a pool.

    ``threads`` are those of the model's matrix products; one a worker is fastest when
    several workers run. Raises ModelNotFound, ModelCorrupt or ConfigError.

    >>> extractor = Extractor()                                              # doctest: +SKIP
    >>> record = extractor.extract("Sở Nội vụ báo cáo trước ngày 15/7/2024.")  # doctest: +SKIP
    >>> record.mentions[0].text                                              # doctest: +SKIP
    'Sở Nội vụ'
    """

    def __init__(self, model: str | Path | None = None, threads: int = 1) -> None:
        self.tagger = Tagger(model, threads)
        self.producer = Producer(
            package="vn-directives",
            version=__version__,
            model=self.tagger.config.name,
            model_sha256=self.tagger.sha256,
            segmenter=segmenter_version(),
        )

    def extract(self, text: str, **fields: Any) -> Record:
        """See :func:`extract`."""
        item = make_item(text, **fields)
        return self._records([item])[0]

    def extract_many(
        self,
        items: Iterable[Input],
        *,
        batch_size: int = 16,
        with_text: bool = False,
        with_meta: bool = False,
    ) -> Iterator[Record]:
        """See :func:`extract_many`."""
        if batch_size < 1:
            raise ConfigError(f"batch_size must be at least 1, got {batch_size}")
        if isinstance(items, str | Mapping):
            # Both can be iterated over: each letter or key would become a document.
            one = type(items).__name__
            raise InputError(f"extract_many takes many items, got one {one}: [item]")
        rows = iter(items)
        chunks = iter(lambda: list(islice(rows, batch_size)), [])
        return (
            _complete(record, item, with_text, with_meta)
            for chunk in chunks
            for item, record in zip(chunk, self._safe(chunk), strict=True)
        )

    def _safe(self, chunk: list[Input]) -> list[Record]:
        """Records of a chunk in order; an item that fails becomes an error record."""
        items: list[Item | Record] = []
        for row in chunk:
            try:
                items.append(item_of(row))
            except PipelineError as error:
                items.append(_error_record(row, error))
        good = [item for item in items if isinstance(item, Item)]
        try:
            done = iter(self._records(good))
        except Exception:  # one of them is at fault: find it
            done = iter([self._one(item) for item in good])
        return [next(done) if isinstance(item, Item) else item for item in items]

    def _one(self, item: Item) -> Record:
        try:
            return self._records([item])[0]
        except Exception as error:
            return _error_record({"id": item.id, "text": item.text}, error)

    def _records(self, items: list[Item]) -> list[Record]:
        cleaned = [clean(item.text) for item in items]
        words = [segment(c.text) for c in cleaned]
        return [
            self._record(item, c, segmented, spans)
            for item, c, segmented, spans in zip(
                items, cleaned, words, self.tagger.tag(words), strict=True
            )
        ]

    def _record(
        self, item: Item, cleaned: CleanText, segmented: Segmented, tagged: Sequence[Span]
    ) -> Record:
        page = boilerplate(cleaned.text)
        spans = resolve(cleaned.text, tagged, match(cleaned.text, certain_only=True), page)
        article = Article(
            text=cleaned.text,
            spans=tuple(_disjoint(cleaned, spans)),
            sentences=tuple(segmented.sentence_spans()),
            published=item.day or page_date(cleaned.text),
            title=item.title,
            boilerplate=tuple(page),
        )
        notes = oddities(item.text, cleaned.text)
        if item.day is None and article.published is not None:
            notes.append(
                Note("published_from_text", "the publication date is the page's own dateline")
            )
        return assemble(item, cleaned, article, notes, self.producer)


def _disjoint(cleaned: CleanText, spans: Iterable[Span]) -> Iterator[Span]:
    """Spans that stay apart in the caller's text too."""
    for span in spans:
        start = cleaned.whole(span.start, span.end)
        if start == span.start:
            yield span
        elif start < span.end:
            yield replace(span, start=start)


def _error_record(row: Any, error: Exception) -> Record:
    fields = row if isinstance(row, Mapping) else {}
    text = fields.get("text") if isinstance(fields.get("text"), str) else ""
    given = fields.get("id")
    kind, why = type(error).__name__, str(error) or "no reason given"
    if isinstance(error, MemoryError):
        kind = "OutOfMemory"
        why = f"not enough memory for {len(text or ''):,} characters: split the document"
    return Record(
        id=str(given) if isinstance(given, str | int) else "sha256:" + text_sha256(text or ""),
        text_sha256=text_sha256(text or ""),
        text_length=len(text or ""),
        error=ErrorInfo(type=kind, message=why),
    )


def _complete(record: Record, row: Input, with_text: bool, with_meta: bool) -> Record:
    update: dict[str, Any] = {}
    if with_text:
        text = row if isinstance(row, str) else row.get("text")
        if isinstance(text, str):
            update["text"] = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if with_meta and isinstance(row, Mapping):
        update["meta"] = {str(k): v for k, v in row.items() if k not in FIELDS}
    return record.model_copy(update=update) if update else record


_loaded: dict[Path, Extractor] = {}
_lock = threading.Lock()


def extractor(model: str | Path | None = None) -> Extractor:
    """The process's extractor for a model, loaded at the first call."""
    folder = model_dir(model).resolve()
    if folder not in _loaded:
        with _lock:
            if folder not in _loaded:
                _loaded[folder] = Extractor(folder)
    return _loaded[folder]


def extract(
    text: str,
    *,
    id: str | int | None = None,
    published: Any = None,
    title: str | None = None,
    url: str | None = None,
    source: str | None = None,
    model: str | Path | None = None,
) -> Record:
    """Read one article or official text.

    ``published`` (ISO date, ``date`` or ``datetime``) anchors relative and yearless dates;
    where it is not given, a dateline near the top of the text serves. Offsets of the record
    are code points of ``text``. Raises InputError on a wrong type, ModelNotFound or
    ModelCorrupt when the model can't be had, ConfigError when its labels are not this
    version's. Empty text gives an empty record with a warning.

    >>> record = extract("UBND tỉnh yêu cầu hoàn thành trước ngày 30/6/2024.")  # doctest: +SKIP
    >>> [m.text for m in record.mentions]                                         # doctest: +SKIP
    ['UBND tỉnh', 'trước ngày 30/6/2024']
    """
    return extractor(model).extract(
        text, id=id, published=published, title=title, url=url, source=source
    )


def extract_many(
    items: Iterable[Input],
    *,
    batch_size: int = 16,
    model: str | Path | None = None,
    with_text: bool = False,
    with_meta: bool = False,
) -> Iterator[Record]:
    """Read many, in order, a batch in memory at a time.

    An item is a ``str`` or a mapping with ``text`` and the other fields of :func:`extract`.
    One that can't be read yields a record whose ``error`` says why; the stream goes on.
    ``with_text`` puts the text into the record, ``with_meta`` an item's other keys.

    Raises ConfigError on a batch size below 1, InputError on one item instead of many, and
    what :func:`extract` raises about models.

    >>> rows = [{"id": "a", "text": "Sở Y tế báo cáo trước ngày 15/7."}]      # doctest: +SKIP
    >>> [(r.id, r.mentions[0].text) for r in extract_many(rows)]             # doctest: +SKIP
    [('a', 'Sở Y tế')]
    """
    return extractor(model).extract_many(
        items, batch_size=batch_size, with_text=with_text, with_meta=with_meta
    )


def load(model: str | Path | None = None) -> Language:
    """A spaCy pipeline: our tokenizer, ``vn_tagger`` (``doc.ents``), ``vn_record``.

    ``doc._.record`` is the :class:`Record`; its offsets count in the text given to ``nlp``.
    Where the day of publication is known, make the document first and say it:
    ``doc = nlp.make_doc(text)``, ``doc._.published = "2024-06-01"``, ``nlp(doc)``.
    Raises ModelNotFound, ModelCorrupt or ConfigError as :func:`extract` does.

    >>> nlp = load()                                            # doctest: +SKIP
    >>> doc = nlp("UBND thành phố Hà Nội ban hành kế hoạch.")   # doctest: +SKIP
    >>> doc.ents[0].text, doc._.record.mentions[0].label        # doctest: +SKIP
    ('UBND thành phố Hà Nội', 'AGENCY')
    """
    from pipeline.components import pipeline

    return pipeline(model)
