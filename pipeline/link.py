"""Relations between mentions: whose number, whose date, due when, assigned to whom.

Each candidate pair (:mod:`pipeline.link_features`) gets a probability from a logistic
regression whose weights stand in ``data/link_weights.json`` (made by
``scripts/train_links.py``); the best candidate of a source is kept if it passes the
relation's threshold. "Take the nearest mention" of the annotation guide is what the
weights of distance and of intervening mentions have learned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.article import Article, Link
from pipeline.labels import Relation
from pipeline.link_features import Pair, candidates


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights of one relation; features they do not name count nothing."""

    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        """How likely the pair is related, 0 to 1."""
        weights = self.weights
        total = sum(weights[name] * value for name, value in features.items() if name in weights)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def default_scorers() -> dict[Relation, Scorer]:
    """The scorers shipped with the package."""
    raw = json.loads((files("pipeline") / "data" / "link_weights.json").read_text("utf-8"))
    return {
        Relation(name): Scorer(entry["weights"], entry["threshold"])
        for name, entry in raw["relations"].items()
    }


def link(article: Article) -> list[Link]:
    """All relations the text states, by source and target in text order.

    A document has one date and one issuer (several, where agencies issue jointly), a
    target one time limit; an assignment goes to every member of a coordinated group.

    >>> from pipeline.article import Span
    >>> from pipeline.labels import Label
    >>> text = "Công văn số 12/UBND-NC ngày 5/3/2024 của UBND tỉnh Hà Nam."
    >>> spans = (Span(Label.DOC_NUMBER, 12, 22), Span(Label.DATE, 23, 36),
    ...          Span(Label.AGENCY, 41, 57))
    >>> [(l.type, l.source, l.target) for l in link(Article(text, spans, ((0, 58),)))]
    [('ISSUED_ON', 0, 1), ('ISSUED_BY', 0, 2)]
    """
    return decode(candidates(article), default_scorers())


def decode(pairs: Iterable[Pair], scorers: Mapping[Relation, Scorer]) -> list[Link]:
    """The best candidate of each source and relation, where it passes the threshold."""
    best: dict[tuple[Relation, int], tuple[float, Pair]] = {}
    for pair in pairs:
        scorer = scorers[pair.relation]
        score = scorer.probability(pair.features)
        key = (pair.relation, pair.source)
        if score >= scorer.threshold and (key not in best or score > best[key][0]):
            best[key] = (score, pair)
    links = [
        Link(pair.relation.value, pair.source, target, round(score, 3))
        for score, pair in best.values()
        for target in pair.targets
    ]
    order = list(Relation)
    return sorted(links, key=lambda k: (k.source, order.index(Relation(k.type)), k.target))
