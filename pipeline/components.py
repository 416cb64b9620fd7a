"""The spaCy shell: a tokenizer and two factories over the functional core.

>>> nlp = pipeline()                                           # doctest: +SKIP
>>> doc = nlp("Bộ Y tế yêu cầu báo cáo trước ngày 30/6.")      # doctest: +SKIP
>>> [(e.text, e.label_) for e in doc.ents]                     # doctest: +SKIP
[('Bộ Y tế', 'AGENCY'), ('trước ngày 30/6', 'DEADLINE')]

Tokens are underthesea's atoms; ``doc.spans["words"]`` holds its words. ``doc.text`` is the
cleaned text: NFC, one kind of space. The caller's own text and its offsets are in the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import minibatch
from spacy.vocab import Vocab

from pipeline.api import Extractor, extractor
from pipeline.resolve import resolve
from pipeline.rules import match
from pipeline.schema import Record
from pipeline.segment import Segmented, segment
from pipeline.text import boilerplate, clean

TOKENIZER = "vn_directives.Underthesea.v1"


class UndertheseaTokenizer:
    """Text → Doc of atoms, words in ``doc.spans["words"]``, sentence starts set."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        segmented = segment(clean(text).text)
        words, spaces = _with_spaces(segmented)
        doc = Doc(self.vocab, words=[w for w, _ in words], spaces=spaces)
        at = {start: i for i, (_, start) in enumerate(words)}
        first = [at[s] for s, _ in segmented.atoms]
        doc.spans["words"] = [Span(doc, first[a], first[b - 1] + 1) for a, b in segmented.words]
        begins = {first[segmented.words[a][0]] for a, _ in segmented.sentences}
        for token in doc:
            token.is_sent_start = token.i == 0 or token.i in begins
        doc.user_data["source_text"] = text
        return doc

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing to store: the segmenter is underthesea's own."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> UndertheseaTokenizer:
        return self

    def to_disk(self, _path: str | Path, **_: Any) -> None:
        """Nothing to store."""

    def from_disk(self, _path: str | Path, **_: Any) -> UndertheseaTokenizer:
        return self


def _with_spaces(segmented: Segmented) -> tuple[list[tuple[str, int]], list[bool]]:
    """Tokens with their offsets, and whether one space follows; other gaps are tokens, so
    that ``doc.text`` is the cleaned text to the character."""
    words: list[tuple[str, int]] = []
    spaces: list[bool] = []
    at = 0
    for start, end in [*segmented.atoms, (len(segmented.text), len(segmented.text))]:
        gap = segmented.text[at:start]
        if gap.startswith(" ") and words:
            spaces[-1] = True
            gap, at = gap[1:], at + 1
        if gap:
            words.append((gap, at))
            spaces.append(False)
        if end > start:
            words.append((segmented.text[start:end], start))
            spaces.append(False)
        at = end
    return words, spaces


def create_tokenizer() -> Callable[[Language], UndertheseaTokenizer]:
    """Registered as ``vn_directives.Underthesea.v1``."""
    return lambda nlp: UndertheseaTokenizer(nlp.vocab)


class TaggerComponent:
    """Writes ``doc.ents`` and their confidences, ``ent._.confidence``."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor
        if not Span.has_extension("confidence"):
            Span.set_extension("confidence", default=None)

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 16) -> Iterator[Doc]:
        """Tag documents, ``batch_size`` of them at a time."""
        for docs in minibatch(stream, batch_size):
            tagged = self.extractor.tagger.tag([segment(doc.text) for doc in docs])
            for doc, spans in zip(docs, tagged, strict=True):
                ents = []
                rules = match(doc.text, certain_only=True)
                for span in resolve(doc.text, spans, rules, boilerplate(doc.text)):
                    ent = doc.char_span(
                        span.start, span.end, label=str(span.label), alignment_mode="expand"
                    )
                    ent._.confidence = span.confidence
                    ents.append(ent)
                doc.ents = ents
                yield doc


class RecordComponent:
    """Writes ``doc._.record``; offsets refer to the text that was given to ``nlp``.

    ``doc._.published``, where it was set before (as ``extract`` takes it), anchors dates
    without a year.
    """

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor
        if not Doc.has_extension("record"):
            Doc.set_extension("record", getter=_record, setter=_set_record)
            Doc.set_extension("published", getter=_published, setter=_set_published)

    def __call__(self, doc: Doc) -> Doc:
        text = doc.user_data.get("source_text", doc.text)
        record: Record = self.extractor.extract(text, published=doc._.published)
        doc._.record = record
        return doc


# Records and days are kept as text, so that documents can be written and sent to processes.
def _record(doc: Doc) -> Record | None:
    json = doc.user_data.get("vn_record")
    return None if json is None else Record.model_validate_json(json)


def _set_record(doc: Doc, record: Record) -> None:
    doc.user_data["vn_record"] = record.to_json()


def _published(doc: Doc) -> Any:
    return doc.user_data.get("vn_published")


def _set_published(doc: Doc, day: Any) -> None:
    doc.user_data["vn_published"] = day.isoformat() if isinstance(day, date) else day


def make_tagger(nlp: Language, name: str, model: str | None) -> TaggerComponent:
    """Factory ``vn_tagger``."""
    return TaggerComponent(extractor(model))


def make_recorder(nlp: Language, name: str, model: str | None) -> RecordComponent:
    """Factory ``vn_record``."""
    return RecordComponent(extractor(model))


def register() -> None:
    """Register tokenizer and factories; importing this module does it, twice is harmless."""
    if not Language.has_factory("vn_tagger"):
        Language.factory(
            "vn_tagger",
            assigns=["doc.ents"],
            default_config={"model": None},
            func=make_tagger,
        )
    if not Language.has_factory("vn_record"):
        Language.factory("vn_record", default_config={"model": None}, func=make_recorder)
    if not spacy.registry.tokenizers.get_all().get(TOKENIZER):
        spacy.registry.tokenizers.register(TOKENIZER, func=create_tokenizer)


def pipeline(model: str | Path | None = None) -> Language:
    """A blank ``vi`` pipeline with our tokenizer and both components."""
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    config = {"model": None if model is None else str(model)}
    nlp.add_pipe("vn_tagger", config=config)
    nlp.add_pipe("vn_record", config=config)
    return nlp


register()
