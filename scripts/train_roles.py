"""Fit the weights of document roles in news, and compare them with the rules.

    train_roles.py ../shared/corpora/gold/train.jsonl ../shared/corpora/gold/dev.jsonl
    train_roles.py TRAIN DEV --write 0.5 1.0

Without --write it prints, for several strengths of regularisation, accuracy (numbered, by
mention) and F1 (unnumbered) cross-validated on TRAIN by article and on DEV; with it, it
writes pipeline/data/role_weights.json, fitted on TRAIN with the two values of C.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parent))
from gold import load_gold

from pipeline.document_coref import cluster
from pipeline.document_cues import Frame
from pipeline.document_groups import all_groups
from pipeline.document_roles import Peers, features, own_number, own_type, rule_role
from pipeline.normalize.doc_numbers import doc_number_values
from pipeline.normalize.doc_symbols import fold

OUT = Path(__file__).parents[1] / "pipeline" / "data" / "role_weights.json"
STRENGTHS = (0.05, 0.1, 0.2, 0.5, 1.0)
REPEATS = 3
SMALLEST = 0.02  # weights nearer to zero are left out of the file
Array = NDArray[np.float64]


@dataclass
class Row:
    """A group of an article with its label; ``roles`` counts the gold roles of mentions."""

    article: str
    type: str
    found: set[str]
    label: bool
    rule: bool
    official: bool
    roles: Counter[str] = field(default_factory=Counter)


def read(path: Path) -> dict[str, list[Row]]:
    """Numbered and unnumbered rows of a gold file."""
    out: dict[str, list[Row]] = {"numbered": [], "unnumbered": []}
    for row, article, ids in load_gold(path):
        gold = {d["mention"]: d["role"] for d in row["documents"] if d["mention"]}
        bare = {fold(d["type"]) for d in row["documents"] if not d["mention"]}
        values, _ = doc_number_values(article)
        frame = Frame.of(article)
        clusters, _ = cluster(article, values, {})
        groups = all_groups(frame, clusters, values, {})
        own = any(own_number(group) for group in groups if group.numbered)
        self_named = None if own else own_type(groups)
        peers = Peers(groups)
        for k, group in enumerate(groups):
            found = features(group, peers, frame)
            if group.numbered:
                roles = Counter(gold.get(ids[i], "cited") for i in clusters[k])
                label = roles["primary"] > roles["cited"]
                rule = own_number(group) if frame.official else rule_role(group)
            else:
                roles, label = Counter(), fold(group.type or "") in bare
                rule = group is self_named if frame.official else rule_role(group)
            kind = "numbered" if group.numbered else "unnumbered"
            out[kind].append(
                Row(row["id"], group.type or "", found, label, rule, frame.official, roles)
            )
        for missing in bare - {fold(g.type or "") for g in groups if not g.numbered}:
            out["unnumbered"].append(
                Row(row["id"], missing, set(), True, False, frame.official, Counter())
            )
    return out


def fit(rows: list[Row], c: float) -> tuple[DictVectorizer, LogisticRegression]:
    vectorizer = DictVectorizer(sparse=False)
    x = vectorizer.fit_transform([dict.fromkeys(row.found, 1) for row in rows])
    model = LogisticRegression(C=c, max_iter=2000, solver="liblinear", random_state=0)
    return vectorizer, model.fit(x, [row.label for row in rows])


def predict(fitted: tuple[DictVectorizer, LogisticRegression], rows: list[Row]) -> Array:
    vectorizer, model = fitted
    x = vectorizer.transform([dict.fromkeys(row.found, 1) for row in rows])
    out: Array = model.predict_proba(x)[:, 1]
    return out


def cross(rows: list[Row], c: float, seed: int = 0) -> Array:
    """Probabilities from models that did not see the row's article, ten folds."""
    out = np.zeros(len(rows))
    folds = GroupKFold(10, shuffle=True, random_state=seed)
    for train, test in folds.split(rows, groups=[row.article for row in rows]):
        out[test] = predict(fit([rows[i] for i in train], c), [rows[i] for i in test])
    return out


def accuracy(rows: list[Row], primary: list[bool]) -> float:
    right = sum(
        row.roles["primary" if p else "cited"] for row, p in zip(rows, primary, strict=True)
    )
    return right / max(1, sum(sum(row.roles.values()) for row in rows))


def f1(rows: list[Row], said: list[bool]) -> str:
    tp = sum(row.label and s for row, s in zip(rows, said, strict=True))
    p, r = tp / max(1, sum(said)), tp / max(1, sum(row.label for row in rows))
    return f"P {p:.3f} R {r:.3f} F1 {2 * p * r / max(1e-9, p + r):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--write", type=float, nargs=2, metavar="C")
    args = parser.parse_args()
    train, dev = read(args.train), read(args.dev)
    for name, data in (("train", train), ("dev", dev)):
        for kind, measure in (("numbered", accuracy), ("unnumbered", f1)):
            for official in (False, True):
                rows = [row for row in data[kind] if row.official is official]
                text = "official" if official else "news"
                print(f"rules  {name} {kind} {text}: {measure(rows, [r.rule for r in rows])}")
    news = {k: [row for row in train[k] if not row.official] for k in train}
    other = {k: [row for row in dev[k] if not row.official] for k in dev}
    for c in STRENGTHS:
        fitted = predict(fit(news["numbered"], c), other["numbered"])
        crossed = [cross(news["numbered"], c, seed) for seed in range(REPEATS)]
        cv = np.mean([accuracy(news["numbered"], list(p >= 0.5)) for p in crossed])
        on_dev = accuracy(other["numbered"], list(fitted >= 0.5))
        print(f"weights numbered C={c}: cv {cv:.4f} dev {on_dev:.4f}")
    for c in STRENGTHS:
        fitted = predict(fit(news["unnumbered"], c), other["unnumbered"])
        crossed = [cross(news["unnumbered"], c, seed) for seed in range(REPEATS)]
        for at in (0.35, 0.4, 0.45, 0.5):
            scores = [f1(news["unnumbered"], list(p >= at)) for p in crossed]
            cv_f1 = np.mean([float(text.split()[-1]) for text in scores])
            f1_dev = f1(other["unnumbered"], list(fitted >= at))
            print(f"weights unnumbered C={c} at {at}: cv F1 {cv_f1:.3f} dev {f1_dev}")
    if args.write:
        write(news, args.write)


def write(rows: dict[str, list[Row]], strengths: list[float]) -> None:
    """Write the weights, largest first."""
    table: dict[str, dict[str, float]] = {}
    for c, (kind, data) in zip(strengths, rows.items(), strict=True):
        vectorizer, model = fit(data, c)
        weights = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        kept = sorted(((f, w) for f, w in weights if abs(w) >= SMALLEST), key=lambda p: -abs(p[1]))
        table[kind] = {"": round(float(model.intercept_[0]), 3)}
        table[kind] |= {f: round(float(w), 3) for f, w in kept}
    about = (
        "Weights of document roles in news (logistic regression, scripts/train_roles.py). "
        "key: a cue of the occurrence that tells most; any: of some occurrence; issuing+: beside a "
        "verb of issuing; early+: in the first sentences. The empty name is the intercept."
    )
    text = json.dumps({"about": about, "weights": table}, ensure_ascii=False, indent=1)
    OUT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
