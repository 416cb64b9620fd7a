"""How far annotators agree: span F1 per label and Cohen's kappa on atoms, pairwise."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document
from pipeline.annotate.store import GOLD, read_log
from pipeline.annotate.units import make_units
from pipeline.errors import CorpusError, InputError, MissingExtra
from pipeline.labels import LABELS

Answers = Mapping[str, Document]


@dataclass(frozen=True, slots=True)
class F1:
    """Counts of spans: found by both, only by the one, only by the other."""

    both: int
    left: int
    right: int

    @property
    def f1(self) -> float | None:
        """2·both / (2·both + left + right): symmetric; None where nobody marked any.

        >>> F1(3, 1, 1).f1
        0.75
        """
        total = 2 * self.both + self.left + self.right
        return 2 * self.both / total if total else None


@dataclass(frozen=True)
class Agreement:
    """Two annotators over the documents that both accepted."""

    left: str
    right: str
    documents: int
    spans: Mapping[str, F1]
    relations: F1
    kappa: float | None
    atoms: int

    def _repr_html_(self) -> str:
        rows = [*self.spans.items(), ("relations", self.relations)]
        cells = "".join(
            f"<tr><th>{name}</th><td>{_shown(s.f1)}</td><td>{s.both}</td>"
            f"<td>{s.left}</td><td>{s.right}</td></tr>"
            for name, s in rows
        )
        left, right = html.escape(self.left), html.escape(self.right)
        return (
            f"<table><caption>{left} – {right}: {self.documents} documents, Cohen's kappa "
            f"{_shown(self.kappa)} on {self.atoms} atoms</caption><tr><th></th><th>F1</th>"
            f"<th>both</th><th>only {left}</th><th>only {right}</th></tr>{cells}</table>"
        )


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def agreements(folder: str | Path, annotators: Sequence[str] = ()) -> list[Agreement]:
    """Each pair of annotators of a folder who share documents.

    >>> pair, = agreements("corrections")                           # doctest: +SKIP
    >>> pair.left, pair.right, pair.spans["AGENCY"].f1, pair.kappa  # doctest: +SKIP

    Raises:
        InputError: fewer than two annotators.
        CorpusError: a store file has lines that make no sense.
    """
    answers = read_answers(folder)
    names = list(annotators) or sorted(n for n in answers if n != GOLD)
    unknown = [n for n in names if n not in answers]
    if unknown or len(names) < 2:
        raise InputError(
            f"agreement needs two annotators in {folder}; found {', '.join(answers) or 'none'}"
            + (f"; no file for {', '.join(unknown)}" if unknown else "")
        )
    pairs = (compare(a, b, answers[a], answers[b]) for a, b in combinations(names, 2))
    return [pair for pair in pairs if pair.documents]


def read_answers(folder: str | Path) -> dict[str, dict[str, Document]]:
    """Accepted documents of each annotator. Raises CorpusError on lines of nonsense."""
    out, faults = {}, []
    for path in sorted(Path(folder).glob("*.jsonl")):
        log, problems, _ = read_log(path)
        faults += problems
        out[path.stem] = {
            n: row["document"] for n, row in log.answers.items() if row["answer"] == "accept"
        }
    if faults:
        raise CorpusError("these lines make no sense:\n" + "\n".join(map(str, faults)))
    return out


def shared(left: Answers, right: Answers) -> list[str]:
    """Ids of documents both accepted with the same text."""
    return [n for n in left if n in right and left[n]["text"] == right[n]["text"]]


def compare(left_name: str, right_name: str, left: Answers, right: Answers) -> Agreement:
    """Agreement over the documents in both."""
    names = shared(left, right)
    counts: Counter[tuple[str, str]] = Counter()
    links: Counter[str] = Counter()
    one: list[str] = []
    other: list[str] = []
    for name in names:
        a, b = left[name], right[name]
        for key, side in _sides(_spans(a), _spans(b)):
            counts[key[0], side] += 1
        for _, side in _sides(_links(a), _links(b)):
            links[side] += 1
        tags = _atom_tags(a, b)
        one += tags[0]
        other += tags[1]
    per = {str(n): F1(*(counts[n, s] for s in ("both", "left", "right"))) for n in LABELS}
    total = F1(*(sum(getattr(f, s) for f in per.values()) for s in ("both", "left", "right")))
    relations = F1(links["both"], links["left"], links["right"])
    return Agreement(
        left_name, right_name, len(names), {**per, "all": total}, relations,
        kappa(one, other), len(one),
    )  # fmt: skip


def kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Cohen's kappa of two tag sequences; None where it is not defined (one tag only).

    >>> kappa(["O", "DATE"], ["O", "DATE"])
    1.0
    """
    if len({*one, *other}) < 2:
        return None
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError as error:
        raise MissingExtra("scikit-learn", "annotate") from error
    return float(cohen_kappa_score(one, other))


def _sides(one: set[Any], other: set[Any]) -> Iterable[tuple[Any, str]]:
    for key in one | other:
        yield key, "both" if key in one and key in other else "left" if key in one else "right"


def _spans(document: Document) -> set[tuple[str, int, int]]:
    return {(m["label"], m["start"], m["end"]) for m in document["mentions"]}


def _links(document: Document) -> set[tuple[Any, ...]]:
    at = {m["id"]: (m["start"], m["end"]) for m in document["mentions"]}
    return {(r["type"], at[r["from"]], at[r["to"]]) for r in document["relations"]}


def _atom_tags(one: Document, other: Document) -> tuple[list[str], list[str]]:
    """Each atom's label for both; atoms are cut where either has an edge."""
    edges = {(m["start"], m["end"]) for d in (one, other) for m in d["mentions"]}
    units = make_units(one["text"], edges)
    out = []
    for document in (one, other):
        tags = ["O"] * len(units.bounds)
        for m in document["mentions"]:
            first, last = units.indices(m["start"], m["end"])
            tags[first:last] = [m["label"]] * (last - first)
        out.append(tags)
    return out[0], out[1]
