#!/usr/bin/env python3
"""Train the relation scorer and write its weights as readable JSON.

    train_links.py GOLD.jsonl [--out pipeline/data/link_weights.json]

One logistic regression a relation over the named features of
``pipeline.link_features``; a feature must occur in three documents. Thresholds are the
ones with the best F1 in five-fold cross-validation by document. Needs scikit-learn
(extra ``train``).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gold import load_gold
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.article import Article
from pipeline.labels import Relation
from pipeline.link_features import Pair, candidates

REGULARISATION = {
    Relation.ISSUED_ON: 1.0,
    Relation.ISSUED_BY: 1.5,
    Relation.DUE: 0.2,
    Relation.ASSIGNED_TO: 0.2,
}
MIN_DOCUMENTS = 3
FOLDS = 5
THRESHOLDS = tuple(round(0.2 + 0.05 * k, 2) for k in range(9))

Gold = dict[str, Any]
Corpus = Sequence[tuple[Gold, Article, list[str]]]
Triple = tuple[int, int, int]


class Examples:
    """Candidate pairs of one relation with document index and truth."""

    def __init__(self) -> None:
        self.pairs: list[Pair] = []
        self.documents: list[int] = []
        self.truth: list[bool] = []
        self.gold: set[Triple] = set()

    def add(self, document: int, pair: Pair, truth: bool) -> None:
        self.pairs.append(pair)
        self.documents.append(document)
        self.truth.append(truth)


def examples(corpus: Corpus) -> dict[Relation, Examples]:
    """Candidates of a corpus by relation, and all gold relations (reachable or not)."""
    out = {relation: Examples() for relation in Relation}
    for n, (row, article, ids) in enumerate(corpus):
        at = {mention: i for i, mention in enumerate(ids)}
        for r in row["relations"]:
            if r["from"] in at and r["to"] in at:
                out[Relation(r["type"])].gold.add((n, at[r["from"]], at[r["to"]]))
        for pair in candidates(article):
            gold = out[pair.relation].gold
            out[pair.relation].add(n, pair, any((n, pair.source, t) in gold for t in pair.targets))
    return out


def frequent(pairs: Sequence[Pair], documents: Sequence[int]) -> set[str]:
    """Features seen in at least :data:`MIN_DOCUMENTS` documents."""
    seen: dict[str, set[int]] = defaultdict(set)
    for pair, document in zip(pairs, documents, strict=True):
        for name in pair.features:
            seen[name].add(document)
    return {name for name, where in seen.items() if len(where) >= MIN_DOCUMENTS}


def fit(
    pairs: Sequence[Pair], documents: Sequence[int], truth: Sequence[bool], c: float
) -> dict[str, float]:
    """Weights by feature name."""
    keep = frequent(pairs, documents)
    vectorizer = DictVectorizer()
    x = vectorizer.fit_transform(
        [{k: v for k, v in p.features.items() if k in keep} for p in pairs]
    )
    model = LogisticRegression(C=c, max_iter=3000, fit_intercept=False)
    model.fit(x, np.array(truth))
    named = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    return {str(k): round(float(w), 3) for k, w in named if abs(w) >= 0.01}


def score(pairs: Sequence[Pair], weights: dict[str, float]) -> list[float]:
    """Probabilities, as the package computes them."""
    from pipeline.link import Scorer

    scorer = Scorer(weights, 0.0)
    return [scorer.probability(p.features) for p in pairs]


def predicted(data: Examples, scores: Sequence[float], threshold: float) -> set[Triple]:
    """Best candidate of each source above the threshold, as triples."""
    best: dict[tuple[int, int], tuple[float, Pair]] = {}
    for pair, n, s in zip(data.pairs, data.documents, scores, strict=True):
        if s >= threshold and s > best.get((n, pair.source), (0.0, pair))[0]:
            best[n, pair.source] = (s, pair)
    return {(n, i, t) for (n, i), (_, pair) in best.items() for t in pair.targets}


def prf(found: set[Triple], gold: set[Triple]) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    tp = len(found & gold)
    p, r = tp / max(1, len(found)), tp / max(1, len(gold))
    return p, r, 2 * p * r / (p + r) if tp else 0.0


def cross_validate(
    data: Examples, c: float, fitter: Callable[..., dict[str, float]] = fit
) -> list[float]:
    """Out-of-fold probabilities, folds by document."""
    out = [0.0] * len(data.pairs)
    folds = GroupKFold(FOLDS).split(data.pairs, groups=data.documents)
    for train, test in folds:
        weights = fitter(
            [data.pairs[i] for i in train],
            [data.documents[i] for i in train],
            [data.truth[i] for i in train],
            c,
        )
        for i, s in zip(test, score([data.pairs[i] for i in test], weights), strict=True):
            out[i] = s
    return out


def best_threshold(data: Examples, scores: Sequence[float]) -> float:
    """The threshold with the best F1, the middle one of equals."""
    f1 = {t: prf(predicted(data, scores, t), data.gold)[2] for t in THRESHOLDS}
    top = [t for t in THRESHOLDS if f1[t] >= max(f1.values()) - 1e-9]
    return top[len(top) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("gold")
    parser.add_argument("--out", default="pipeline/data/link_weights.json")
    args = parser.parse_args()
    data = examples(list(load_gold(args.gold)))
    relations: dict[str, Any] = {}
    for relation, c in REGULARISATION.items():
        scores = cross_validate(data[relation], c)
        threshold = best_threshold(data[relation], scores)
        p, r, f1 = prf(predicted(data[relation], scores, threshold), data[relation].gold)
        weights = fit(data[relation].pairs, data[relation].documents, data[relation].truth, c)
        print(f"{relation:12} threshold {threshold:.2f}  cross-validated {p:.3f} {r:.3f} {f1:.3f}")
        relations[relation.value] = {
            "threshold": threshold,
            "cross_validated": {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4)},
            "weights": dict(sorted(weights.items(), key=lambda kv: -abs(kv[1]))),
        }
    digest = hashlib.sha256(Path(args.gold).read_bytes()).hexdigest()[:12]
    out = {"trained_on": {"file": Path(args.gold).name, "sha256": digest}, "relations": relations}
    Path(args.out).write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"wrote {args.out}")


if __name__ == "__main__":
    main()
