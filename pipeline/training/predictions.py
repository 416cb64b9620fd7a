"""What a system finds in gold documents, as rows that :mod:`pipeline.training.evaluate` reads.

One function a system, all over the same segmented documents: rules alone, underthesea's own
named entities, the CRF baseline, a served model. Offsets are those of the raw text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.decode import bio_decode
from pipeline.labels import Label, bio_labels
from pipeline.resolve import resolve
from pipeline.rules import match
from pipeline.tagger import Tagger
from pipeline.text import boilerplate
from pipeline.training.crf import CrfTagger, word_features
from pipeline.training.data import Example

Found = tuple[int, int, str, float]
Tokens = Sequence[tuple[str, str]]  # (surface, tag) of one line, in order


def gold_rows(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """The hand-made mentions of each document."""
    return [{"id": e.id, "mentions": e.row["mentions"]} for e in examples]


def row(e: Example, found: Iterable[Found]) -> dict[str, Any]:
    """Spans of the cleaned text as a row in offsets of the raw text."""
    mentions = []
    for start, end, label, confidence in found:
        a, b = e.cleaned.to_raw(start, end)
        mentions.append({"start": a, "end": b, "label": label, "confidence": confidence})
    return {"id": e.id, "mentions": mentions}


def model_rows(examples: Sequence[Example], tagger: Tagger) -> list[dict[str, Any]]:
    """The served model with the certain rules: the mentions that ``extract`` returns."""
    out = []
    for e in examples:
        text = e.cleaned.text
        rules = match(text, certain_only=True)
        (spans,) = tagger.tag([e.segmented])
        final = resolve(text, spans, rules, boilerplate(text))
        out.append(row(e, [(s.start, s.end, str(s.label), s.confidence) for s in final]))
    return out


def rule_rows(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """The patterns of ``rules/patterns.jsonl`` alone, certain and uncertain ones."""
    return [
        row(e, [(m.start, m.end, str(m.rule.label), 1.0) for m in match(e.cleaned.text)])
        for e in examples
    ]


def train_crf(examples: Sequence[Example], iterations: int = 120) -> CrfTagger:
    """The CRF baseline, a line of text a sequence."""
    features, tags = [], []
    for e in examples:
        rules = e.rules()
        for a, b in e.lines():
            features.append(word_features(e.words[a:b], rules[a:b]))
            tags.append(e.tags[a:b])
    return CrfTagger(iterations=iterations).fit(features, tags)


def crf_rows(examples: Sequence[Example], crf: CrfTagger) -> list[dict[str, Any]]:
    """The CRF's best tag sequence a line."""
    out = []
    for e in examples:
        lines, rules = e.lines(), e.rules()
        tags = crf.predict([word_features(e.words[a:b], rules[a:b]) for a, b in lines])
        found: list[Found] = []
        for (a, _), line in zip(lines, tags, strict=True):
            for first, last, label in bio_decode(legal(line)):
                start = e.segmented.word_span(a + first)[0]
                found.append((start, e.segmented.word_span(a + last - 1)[1], label, 1.0))
        out.append(row(e, found))
    return out


def legal(tags: Sequence[str]) -> list[int]:
    """Tag ids; an ``I-`` that nothing of its label precedes begins a span.

    >>> legal(["O", "I-DATE", "I-DATE", "I-AGENCY"])
    [0, 3, 4, 5]
    """
    index = {name: i for i, name in enumerate(bio_labels())}
    out, before = [], "O"
    for tag in tags:
        kept = "B" + tag[1:] if tag[0] == "I" and before[2:] != tag[2:] else tag
        out.append(index[kept])
        before = kept
    return out


AGENCY_LIKE: Mapping[str, Label] = {"ORG": Label.AGENCY, "LOC": Label.AGENCY}


def ner_rows(
    examples: Sequence[Example], ner: Callable[[str], Sequence[Sequence[str]]]
) -> list[dict[str, Any]]:
    """``underthesea.ner`` line by line, its organisations and places taken for AGENCY.

    It has no class for the other labels. A word that can't be found again in its line (the
    function rewrites tone marks) closes the entity it stands in and is passed over.
    """
    out = []
    for e in examples:
        text, found, at = e.cleaned.text, [], 0
        for line in text.splitlines(keepends=True):
            if line.strip():
                tokens = [(str(t[0]), str(t[-1])) for t in ner(line.strip())]
                found += [(at + a, at + b, c, 1.0) for a, b, c in entities(line, tokens)]
            at += len(line)
        out.append(row(e, found))
    return out


def entities(line: str, tokens: Tokens) -> list[tuple[int, int, str]]:
    """Character spans of the AGENCY-like entities of one tagged line.

    >>> entities("Theo Bộ Y tế", [("Theo", "O"), ("Bộ", "B-ORG"), ("Y tế", "I-ORG")])
    [(5, 12, 'AGENCY')]
    """
    out: list[tuple[int, int, str]] = []
    at, inside = 0, ""
    for surface, tag in tokens:
        start = line.find(surface, at)
        if start < 0:
            inside = ""
            continue
        at = start + len(surface)
        kind = tag[2:]
        if tag[0] == "I" and kind == inside and out:
            out[-1] = (out[-1][0], at, out[-1][2])
        elif kind in AGENCY_LIKE:
            out.append((start, at, str(AGENCY_LIKE[kind])))
        inside = kind if kind in AGENCY_LIKE else ""
    return out
