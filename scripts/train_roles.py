"""Fit the weights of document roles on gold and compare them with the rules.

    train_roles.py --train ../shared/corpora/gold/train.jsonl --dev ../shared/corpora/gold/dev.jsonl

Prints cross-validated and dev accuracy of both, writes pipeline/data/role_weights.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).parent))
from gold import load_gold  # noqa: E402

from pipeline.document_cues import Frame  # noqa: E402
from pipeline.document_roles import features, rule_role  # noqa: E402
from pipeline.documents import cluster, numbered_group, unnumbered_groups  # noqa: E402
from pipeline.normalize.doc_numbers import doc_number_values, fold  # noqa: E402

OUT = Path(__file__).parents[1] / "pipeline" / "data" / "role_weights.json"


def rows(path: Path) -> tuple[list[Any], list[Any]]:
    """Numbered and unnumbered examples: (article id, features, label, weight, rule)."""
    numbered, bare = [], []
    for row, article, ids in load_gold(path):
        gold = {d["mention"]: d["role"] for d in row["documents"] if d["mention"]}
        values, _ = doc_number_values(article)
        frame, folded = Frame.of(article), fold(article.text)
        clusters, _ = cluster(article, values, {})
        primaries = []
        for rank, members in enumerate(clusters):
            group = numbered_group(article, folded, frame, members, values, {}, rank)
            roles = Counter(gold.get(ids[i], "cited") for i in members)
            label = roles["primary"] > roles["cited"]
            if label:
                primaries.append(group)
            numbered.append(
                (row["id"], features(group, frame), label, roles, rule_role(group, frame))
            )
        want = Counter(
            fold(d["type"]) for d in row["documents"] if not d["mention"] and d["role"] == "primary"
        )
        seen = set()
        for group, _a, _b in unnumbered_groups(article, folded, frame, primaries, len(clusters)):
            key = fold(group.type or "")
            bare.append((row["id"], features(group, frame), key in want, Counter(), False))
            seen.add(key)
        for key in want:
            if key not in seen:
                bare.append((row["id"], set(), True, Counter(), False))
                print("unreachable:", row["id"], key)
    return numbered, bare


def fit(data: list[Any], c: float) -> tuple[DictVectorizer, LogisticRegression]:
    vectorizer = DictVectorizer(sparse=False)
    x = vectorizer.fit_transform([{f: 1 for f in row[1]} for row in data])
    model = LogisticRegression(C=c, max_iter=2000, solver="liblinear")
    model.fit(x, [row[2] for row in data])
    return vectorizer, model


def predict(fitted: tuple[DictVectorizer, LogisticRegression], data: list[Any]) -> np.ndarray:
    vectorizer, model = fitted
    return model.predict_proba(vectorizer.transform([{f: 1 for f in row[1]} for row in data]))[:, 1]


def crossed(data: list[Any], c: float) -> np.ndarray:
    out = np.zeros(len(data))
    groups = [row[0] for row in data]
    for train, test in GroupKFold(10).split(data, groups=groups):
        out[test] = predict(fit([data[i] for i in train], c), [data[i] for i in test])
    return out


def mention_accuracy(data: list[Any], primary: Any) -> float:
    right = sum(row[3]["primary" if p else "cited"] for row, p in zip(data, primary, strict=True))
    return right / sum(sum(row[3].values()) for row in data)


def f1(data: list[Any], p: np.ndarray, at: float) -> tuple[float, float, float]:
    said, true = p >= at, np.array([row[2] for row in data])
    tp = float((said & true).sum())
    precision, recall = tp / max(1, said.sum()), tp / max(1, true.sum())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("-c", type=float, nargs=2, default=None, help="C of both models")
    args = parser.parse_args()
    train, dev = rows(args.train), rows(args.dev)
    for name, kind in (("numbered", 0), ("unnumbered", 1)):
        print(
            name,
            len(train[kind]),
            "train",
            sum(r[2] for r in train[kind]),
            "positive;",
            len(dev[kind]),
            "dev",
        )
        if kind == 0:
            for label, data in (("train", train[0]), ("dev", dev[0])):
                print(f"  rules  {label} {mention_accuracy(data, [r[4] for r in data]):.4f}")
                print(f"  all cited {label} {mention_accuracy(data, [False for r in data]):.4f}")
        for c in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0):
            p, q = crossed(train[kind], c), predict(fit(train[kind], c), dev[kind])
            if kind == 0:
                print(
                    f"  C={c} cv {mention_accuracy(train[0], p >= 0.5):.4f} dev {mention_accuracy(dev[0], q >= 0.5):.4f}"
                )
            else:
                for at in (0.3, 0.35, 0.4, 0.45, 0.5):
                    print(
                        f"  C={c} at {at} cv "
                        + " ".join(f"{v:.3f}" for v in f1(train[1], p, at))
                        + "  dev "
                        + " ".join(f"{v:.3f}" for v in f1(dev[1], q, at))
                    )
    if args.c:
        table: dict[str, dict[str, float]] = {}
        for kind, name in enumerate(("numbered", "unnumbered")):
            vectorizer, model = fit(train[kind], args.c[kind])
            table[name] = {"": round(float(model.intercept_[0]), 3)}
            weights = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
            for feature, weight in sorted(weights, key=lambda item: -abs(item[1])):
                if abs(weight) >= 0.02:
                    table[name][feature] = round(float(weight), 3)
        OUT.write_text(
            json.dumps({"weights": table}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
