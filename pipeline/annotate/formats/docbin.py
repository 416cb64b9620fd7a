"""spaCy's DocBin: mentions as ``doc.ents``; ids, relations and the rest in ``user_data``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.annotate.document import Document
from pipeline.annotate.formats import Raw
from pipeline.annotate.formats.lines import rest
from pipeline.annotate.units import make_units

KEY = "vn_directives"


def write(documents: Sequence[Document], path: Path, format: str) -> None:
    """One Doc each; ``doc.text`` is the text, to the character."""
    import spacy
    from spacy.tokens import Doc, DocBin, Span

    vocab = spacy.blank("xx").vocab
    docs = DocBin(store_user_data=True)
    for document in documents:
        words, spaces, at = _words(document)
        doc = Doc(vocab, words=words, spaces=spaces)
        doc.ents = [
            Span(doc, at[m["start"]], at[m["end"]], label=m["label"]) for m in document["mentions"]
        ]
        kept = {**rest(document), "relations": document["relations"],
                "mention_ids": [m["id"] for m in document["mentions"]]}  # fmt: skip
        doc.user_data[KEY] = json.dumps(kept)
        docs.add(doc)
    docs.to_disk(path)


def _words(document: Document) -> tuple[list[str], list[bool], dict[int, int]]:
    """Words and following spaces, and the word index at each unit's edge.

    Whitespace other than one space becomes words of its own, as spaCy wants it.
    """
    text = document["text"]
    units = make_units(text, [(m["start"], m["end"]) for m in document["mentions"]])
    words: list[str] = []
    spaces: list[bool] = []
    at: dict[int, int] = {}
    end = 0
    for start, stop in [*units.bounds, (len(text), len(text))]:
        gap = text[end:start]
        if gap.startswith(" ") and words:
            spaces[-1] = True
            gap = gap[1:]
        if gap:
            words.append(gap)
            spaces.append(False)
        if start < stop:
            at[start] = len(words)
            words.append(text[start:stop])
            spaces.append(False)
            at[stop] = len(words)
        end = stop
    return words, spaces, at


def read(path: Path, texts: Mapping[str, str]) -> Iterator[Raw]:
    """Docs of any spaCy pipeline; ids are counted where ours are not in ``user_data``."""
    import spacy
    from spacy.tokens import DocBin

    try:
        docs = list(DocBin().from_disk(path).get_docs(spacy.blank("xx").vocab))
    except OSError:
        raise
    except Exception as error:
        # msgpack, zlib and srsly each raise their own on a file that is something else.
        yield path.name, f"not a DocBin: {error}"
        return
    for i, doc in enumerate(docs):
        where = f"{path.name}[{i}]"
        kept = json.loads(doc.user_data.get(KEY) or "{}")
        names = kept.pop("mention_ids", [])
        if len(names) != len(doc.ents):
            names = [f"m{n}" for n in range(1, len(doc.ents) + 1)]
        mentions = [
            {
                "id": name,
                "label": e.label_,
                "start": e.start_char,
                "end": e.end_char,
                "text": e.text,
            }
            for name, e in zip(names, doc.ents, strict=True)
        ]
        yield where, {"id": where, **kept, "text": doc.text, "mentions": mentions}
