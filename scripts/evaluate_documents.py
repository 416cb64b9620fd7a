"""Measure document types, roles, unnumbered primary documents and titles, gold mentions given.

    evaluate_documents.py ../shared/corpora/gold/dev.jsonl [--errors]

The figures are those of ``../shared/tools/score.py`` (doc_type_accuracy,
doc_role_accuracy, unnumbered_primary); ``titles`` are those of the unnumbered documents of news
that were found, the same words as in gold or, like there, none.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(Path(__file__).parent))
from gold import load_gold  # noqa: E402

from pipeline.document_cues import is_official  # noqa: E402
from pipeline.documents import documents  # noqa: E402
from pipeline.normalize.doc_numbers import doc_number_values  # noqa: E402


def scorer(path: Path) -> Any:
    """The module ``score.py``, which is no package."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None:
        sys.exit(f"no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--score", type=Path, default=ROOT.parent / "shared/tools/score.py")
    parser.add_argument("--errors", action="store_true", help="list what differs")
    args = parser.parse_args()
    gold, records = {}, {}
    titles: list[bool] = []
    for row, article, ids in load_gold(args.gold):
        values, _ = doc_number_values(article)
        drafts, _ = documents(article, values, {}, {})
        gold[row["id"]] = row
        records[row["id"]] = {
            "mentions": row["mentions"],
            "relations": row["relations"],
            "documents": [
                {
                    "mention": ids[d.mention] if d.mention is not None else None,
                    "type": d.type,
                    "role": d.role,
                }
                for d in drafts
            ],
        }
        if not is_official(article.text):
            titles += same_titles(row, drafts)
        if args.errors:
            list_errors(row, article, ids, drafts)
    result, _ = scorer(args.score).score(gold, records)
    print(f"{result['documents']} documents")
    for key in ("doc_type_accuracy", "doc_role_accuracy", "unnumbered_primary"):
        print(f"{key}: {result[key]}")
    print(f"titles: {sum(titles)} of {len(titles)}")


def same_titles(row: dict[str, Any], drafts: list[Any]) -> list[bool]:
    """Whether each unnumbered document that was found has gold's title, but for "(về) việc"."""
    found = {f"{d.type}".lower(): d.title for d in drafts if d.mention is None}
    return [
        _words(d.get("title")) == _words(found[d["type"].lower()])
        for d in row["documents"]
        if not d["mention"] and d["type"].lower() in found
    ]


def _words(title: str | None) -> list[str]:
    return re.findall(r"\w+", re.sub(r"^(?:về )?việc |^về ", "", (title or "").lower()))


def list_errors(row: dict[str, Any], article: Any, ids: list[str], drafts: list[Any]) -> None:
    """Print each entry that differs from gold, with the words around it."""
    wanted = {d["mention"]: d for d in row["documents"] if d["mention"]}
    for draft in drafts:
        if draft.mention is None or ids[draft.mention] not in wanted:
            continue
        want = wanted[ids[draft.mention]]
        same = (draft.type or "").lower() == want["type"].lower()
        if same and draft.role == want["role"]:
            continue
        span = article.spans[draft.mention]
        around = article.text[max(0, span.start - 150) : span.end + 80].replace("\n", "⏎")
        print(f"{row['id']} want {want['type']}/{want['role']} got {draft.type}/{draft.role} "
              f"{draft.confidence} | {around}")  # fmt: skip
    want_bare = sorted(d["type"] for d in row["documents"] if not d["mention"])
    got_bare = sorted(f"{d.type}" for d in drafts if d.mention is None)
    if [t.lower() for t in want_bare] != [t.lower() for t in got_bare]:
        titles = [d.get("title") for d in row["documents"] if not d["mention"]]
        start = article.text[:200].replace("\n", "⏎")
        print(f"{row['id']} unnumbered want {want_bare} {titles} got {got_bare} | {start}")


if __name__ == "__main__":
    main()
