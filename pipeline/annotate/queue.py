"""In which order documents are worth an annotator's time.

Hardest first by margin; a random share keeps the sample honest (a model is blind where
it is wrongly sure, and a score measured on hard documents only is too low); texts that
repeat an earlier one wait at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.annotate.document import Document
from pipeline.annotate.similar import near_duplicates

WEAKEST = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A document's place: ``why`` it is there, and how many corrections it should need."""

    id: str
    why: Literal["hard", "random", "repeat"]
    hardness: float
    expected: float
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is left, without the texts held back; ``next_share`` is the part of the
    expected corrections that the next ``next_n`` documents hold."""

    left: int
    held_back: int
    expected: float
    next_n: int
    next_share: float


def _confidences(document: Document) -> list[float]:
    return [m["confidence"] for m in document["mentions"] if m.get("confidence") is not None]


def hardness(document: Document) -> float:
    """1 minus the mean margin |2p - 1| of the five mentions the model is least sure of.

    0 where the model proposes nothing: such texts come in by the random share.

    >>> hardness({"mentions": [{"confidence": 0.5}, {"confidence": 1.0}]})
    0.5
    """
    margins = sorted(abs(2 * p - 1) for p in _confidences(document))[:WEAKEST]
    return 1 - sum(margins) / len(margins) if margins else 0.0


def expected_corrections(document: Document) -> float:
    """How many of the proposed mentions are wrong, if the confidences are calibrated.

    >>> expected_corrections({"mentions": [{"confidence": 0.5}, {"confidence": 0.75}]})
    0.75
    """
    return sum(1 - p for p in _confidences(document))


class Queue:
    """Documents in the order in which to correct them.

    Args:
        documents: with the model's confidences on their mentions.
        random_share: part of the places filled by a seeded draw from all documents.
        near: Jaccard similarity from which a text counts as a repetition; above 1, none does.
        by: "margin", "expected" (most corrections first), or "random" and "given" to compare with.

    >>> rows = [{"id": n, "text": n * 9, "mentions": [{"confidence": p}]}
    ...         for n, p in (("a", 0.9), ("b", 0.5), ("c", 0.7))]
    >>> [p.id for p in Queue(rows, random_share=0)]
    ['b', 'c', 'a']
    """

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        random_share: float = 0.2,
        seed: int = 0,
        near: float = 0.7,
        by: Literal["margin", "expected", "random", "given"] = "margin",
    ) -> None:
        rows = list(documents)
        repeats = near_duplicates([d["text"] for d in rows], near) if near <= 1 else {}
        first = [d for i, d in enumerate(rows) if i not in repeats]
        drawn = sorted(first, key=lambda d: _draw(seed, d["id"]))
        ranked = {"margin": sorted(first, key=hardness, reverse=True),
                  "expected": sorted(first, key=expected_corrections, reverse=True),
                  "random": drawn, "given": first}[by]  # fmt: skip
        share = random_share if by in ("margin", "expected") else float(by == "random")
        self.places = [
            *_interleave(ranked, drawn, share),
            *(_place(rows[i], "repeat", rows[j]["id"]) for i, j in repeats.items()),
        ]

    def __iter__(self) -> Iterator[Place]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def progress(self, answered: Collection[str], next_n: int = 20) -> Progress:
        """What is left once the documents with these ids are answered."""
        left = [p for p in self.places if p.id not in answered]
        open_ = [p for p in left if p.why != "repeat"]
        total = sum(p.expected for p in open_)
        soon = sum(p.expected for p in open_[:next_n])
        return Progress(
            len(open_), len(left) - len(open_), total,
            min(next_n, len(open_)), soon / total if total else 0.0,
        )  # fmt: skip


def _draw(seed: int, name: str) -> bytes:
    """A random but lasting key: adding documents does not reshuffle the others."""
    return hashlib.sha256(f"{seed} {name}".encode("utf-8", "surrogatepass")).digest()


def _place(
    document: Document, why: Literal["hard", "random", "repeat"], repeats: str | None = None
) -> Place:
    return Place(document["id"], why, hardness(document), expected_corrections(document), repeats)


def _interleave(ranked: Sequence[Document], drawn: Sequence[Document], share: float) -> list[Place]:
    """Each place in turn from the draw or from the ranking, as the share says."""
    taken: set[str] = set()
    sources = {"hard": iter(ranked), "random": iter(drawn)}
    out: list[Place] = []
    for n in range(len(ranked)):
        due = int((n + 1) * share) > int(n * share)
        why: Literal["hard", "random"] = "random" if due else "hard"
        document = next(d for d in sources[why] if d["id"] not in taken)
        taken.add(document["id"])
        out.append(_place(document, why))
    return out
