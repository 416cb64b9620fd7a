#!/usr/bin/env python3
"""Measure relations with the gold mentions given, by the project's scorer.

    evaluate_links.py [--gold ../shared/corpora/gold/dev.jsonl] [--scorer ../shared/tools/score.py]
                      [--drop 0.1] [--errors N] [--rules]

``--drop`` leaves out that share of the mentions at random (seeded): a relation to a
dropped mention then counts as missed, as it would after a tagger that missed it.
``--rules`` measures nearest-mention rules instead of the shipped scorer.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from gold import load_gold

from pipeline.article import Article, Link
from pipeline.labels import Label, Relation
from pipeline.link import link
from pipeline.roles import Role, groups

SHARED = Path(__file__).resolve().parents[2] / "shared"


def load_scorer(path: Path) -> ModuleType:
    """``score.py`` as a module, from where it lies."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drop(article: Article, ids: list[str], share: float, seed: str) -> tuple[Article, list[str]]:
    """The article without a random share of its mentions."""
    rng = random.Random(f"{seed}/{share}")
    kept = [i for i in range(len(ids)) if rng.random() >= share]
    spans = tuple(article.spans[i] for i in kept)
    return dataclasses.replace(article, spans=spans), [ids[i] for i in kept]


def nearest_rules(article: Article) -> list[Link]:
    """The baseline: nearest mention in the sentence, told or acting agencies only."""
    out: list[Link] = []
    sentence = [article.sentence_of(s.start) for s in article.spans]

    def nearest(i: int, label: Label, *, ahead_first: bool) -> int | None:
        same = [j for j in article.of(label) if sentence[j] == sentence[i]]
        if not same:
            return None
        mid = article.spans[i].start
        key = lambda j: (  # noqa: E731
            abs(article.spans[j].start - mid) * (1 if (j > i) == ahead_first else 2)
        )
        return min(same, key=key)

    for i in article.of(Label.DOC_NUMBER):
        for label, kind in ((Label.DATE, Relation.ISSUED_ON), (Label.AGENCY, Relation.ISSUED_BY)):
            if (j := nearest(i, label, ahead_first=True)) is not None:
                out.append(Link(kind.value, i, j))
    for i in article.of(Label.TARGET):
        if (j := nearest(i, Label.DEADLINE, ahead_first=False)) is not None:
            out.append(Link(Relation.DUE.value, i, j))
    actors = [g for g in groups(article) if g.role in (Role.TOLD, Role.ACTS)]
    for i in article.of(Label.TARGET, Label.DEADLINE):
        before = [g for g in actors if g.end <= article.spans[i].start]
        if before and sentence[i] - article.sentence_of(before[-1].start) <= 1:
            out += [Link(Relation.ASSIGNED_TO.value, i, j) for j in before[-1].spans]
    return out


def records(
    gold: str, linker: Callable[[Article], list[Link]], share: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gold rows and predicted rows by id, the latter with gold mentions."""
    rows: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for row, full, full_ids in load_gold(gold):
        article, ids = drop(full, full_ids, share, row["id"]) if share else (full, full_ids)
        kept = set(ids)
        rows[row["id"]] = row
        found[row["id"]] = {
            "mentions": [m for m in row["mentions"] if m["id"] in kept],
            "relations": [
                {"type": k.type, "from": ids[k.source], "to": ids[k.target]}
                for k in linker(article)
            ],
        }
    return rows, found


def show_errors(rows: dict[str, Any], found: dict[str, Any], limit: int) -> None:
    """Relations missed (-) and made up (+), with the text between."""
    shown = 0
    for key, row in rows.items():
        at = {m["id"]: m for m in row["mentions"]}
        gold = {(r["type"], r["from"], r["to"]) for r in row["relations"]}
        mine = {(r["type"], r["from"], r["to"]) for r in found[key]["relations"]}
        for sign, part in (("-", gold - mine), ("+", mine - gold)):
            for kind, a, b in sorted(part):
                if shown >= limit:
                    return
                shown += 1
                low = min(at[a]["start"], at[b]["start"])
                high = max(at[a]["end"], at[b]["end"])
                text = row["text"][max(0, low - 60) : high + 60].replace("\n", "¶")
                if len(text) > 500:
                    text = text[:250] + " … " + text[-250:]
                print(f"{sign} {kind} {key} [{at[a]['text']}] → [{at[b]['text']}]\n    {text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--gold", default=str(SHARED / "corpora" / "gold" / "dev.jsonl"))
    parser.add_argument("--scorer", default=str(SHARED / "tools" / "score.py"))
    parser.add_argument("--drop", type=float, default=0.0, metavar="SHARE")
    parser.add_argument("--errors", type=int, default=0, metavar="N")
    parser.add_argument("--rules", action="store_true")
    args = parser.parse_args()
    scorer = load_scorer(Path(args.scorer))
    rows, found = records(args.gold, nearest_rules if args.rules else link, args.drop)
    result, _ = scorer.score(rows, found)
    print(f"{'relation':12} {'P':>7} {'R':>7} {'F1':>7} {'tp':>5} {'fp':>5} {'fn':>5}")
    for name, v in result["relations"].items():
        print(
            f"{name:12} {v['p']:7.4f} {v['r']:7.4f} {v['f1']:7.4f}"
            f" {v['tp']:5} {v['fp']:5} {v['fn']:5}"
        )
    show_errors(rows, found, args.errors)


if __name__ == "__main__":
    main()
