"""The shipped gold corpus: loads as its card says, spans lie on their text, nothing is borrowed."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipeline.labels import Label

CORPORA = Path(__file__).parents[2] / "corpora"
sys.path.insert(0, str(CORPORA.parent / "scripts"))
SPLITS = ("train", "dev")
FIELDS = ["id", "kind", "title", "date", "text", "mentions", "relations", "documents"]
# The labels that a relation may start from and end at (docs/annotation.md).
RELATIONS = {
    "ISSUED_ON": ({"DOC_NUMBER"}, {"DATE"}),
    "ISSUED_BY": ({"DOC_NUMBER"}, {"AGENCY"}),
    "DUE": ({"TARGET"}, {"DEADLINE"}),
    "ASSIGNED_TO": ({"TARGET", "DEADLINE"}, {"AGENCY"}),
}
DEV_SHARE = 0.15


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def splits() -> dict[str, list[dict[str, Any]]]:
    return {split: read(CORPORA / "gold" / f"{split}.jsonl") for split in SPLITS}


@pytest.fixture(scope="module")
def rows(splits: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [row for split in SPLITS for row in splits[split]]


def test_every_row_has_the_same_fields(rows: list[dict[str, Any]]) -> None:
    assert all(list(row) == FIELDS for row in rows)
    assert {row["kind"] for row in rows} == {"news", "official"}


def test_spans_lie_on_their_surface_and_never_overlap(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        end = 0
        for mention in row["mentions"]:
            assert list(mention) == ["id", "label", "start", "end", "text"], row["id"]
            Label(mention["label"])
            surface = row["text"][mention["start"] : mention["end"]]
            assert surface == mention["text"] == surface.strip(), (row["id"], mention)
            assert mention["start"] >= end, (row["id"], mention)
            # Trailing punctuation and quotes stay outside (docs/annotation.md).
            assert surface[-1] not in ".,;:", (row["id"], mention)
            assert surface.count('"') % 2 == 0, (row["id"], mention)
            end = mention["end"]


def test_relations_join_mentions_of_the_right_labels(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        labels = {mention["id"]: mention["label"] for mention in row["mentions"]}
        assert len(labels) == len(row["mentions"]), row["id"]
        for relation in row["relations"]:
            sources, targets = RELATIONS[relation["type"]]
            assert labels[relation["from"]] in sources, (row["id"], relation)
            assert labels[relation["to"]] in targets, (row["id"], relation)
        triples = Counter((r["type"], r["from"], r["to"]) for r in row["relations"])
        assert not [triple for triple, times in triples.items() if times > 1], row["id"]


def test_every_document_number_has_one_document(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        numbers = [m["id"] for m in row["mentions"] if m["label"] == "DOC_NUMBER"]
        numbered = [d["mention"] for d in row["documents"] if d["mention"] is not None]
        assert sorted(numbers) == sorted(numbered), row["id"]
        assert all(d["role"] in ("primary", "cited") for d in row["documents"]), row["id"]
        # A document without a number is listed only where it is what the article reports.
        assert all(d["role"] == "primary" for d in row["documents"] if d["mention"] is None)


def test_splits_follow_the_hash_of_the_id(splits: dict[str, list[dict[str, Any]]]) -> None:
    ids = {split: {row["id"] for row in splits[split]} for split in SPLITS}
    assert all(len(ids[split]) == len(splits[split]) for split in SPLITS)
    assert not ids["train"] & ids["dev"]
    texts = [row["text"] for split in SPLITS for row in splits[split]]
    assert len(set(texts)) == len(texts)
    for split in SPLITS:
        for name in ids[split]:
            digest = hashlib.sha256(name.encode()).hexdigest()
            assert (int(digest[:8], 16) / 16**8 < DEV_SHARE) == (split == "dev"), name


def test_the_card_states_the_counts(splits: dict[str, list[dict[str, Any]]]) -> None:
    """``| AGENCY | 1182 | 272 |`` in corpora/README.md, so that it can't go stale."""
    card = (CORPORA / "README.md").read_text(encoding="utf-8")
    counts = {
        split: Counter(mention["label"] for row in splits[split] for mention in row["mentions"])
        + Counter(relation["type"] for row in splits[split] for relation in row["relations"])
        for split in SPLITS
    }
    for name in [label.value for label in Label] + list(RELATIONS):
        line = f"| {name} | {counts['train'][name]} | {counts['dev'][name]} |"
        assert line in card, line
    line = f"| documents | {len(splits['train'])} | {len(splits['dev'])} |"
    assert line in card, line


def test_standoff_rows_have_spans_and_no_text() -> None:
    rows = read(CORPORA / "standoff" / "directives.jsonl")
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        fields = ["id", "source", "text_sha256", "end", "mentions"]
        assert list(row) == [f for f in fields if f != "end" or "end" in row], row["id"]
        assert row.get("end", 10**6) >= max((m["end"] for m in row["mentions"]), default=0)
        assert re.fullmatch(r"[0-9a-f]{64}", row["text_sha256"]), row["id"]
        end = 0
        for mention in row["mentions"]:
            assert list(mention) == ["start", "end", "label"], row["id"]
            Label(mention["label"])
            assert end <= mention["start"] < mention["end"], (row["id"], mention)
            end = mention["end"]
    card = (CORPORA / "README.md").read_text(encoding="utf-8")
    assert f"mentions of {len(rows):,} real documents" in card
    assert f"{sum(len(row['mentions']) for row in rows):,} mentions:" in card


@pytest.mark.slow
def test_standoff_rows_fit_the_real_documents(shared_corpora: Path) -> None:
    from join_standoff import join, raw_rows

    standoff = read(CORPORA / "standoff" / "directives.jsonl")
    rows, faults = join(standoff, raw_rows(shared_corpora / "raw" / "directives.jsonl.xz"))
    assert not faults
    assert len(rows) == len(standoff)
    surfaces = [mention["text"] for row in rows for mention in row["mentions"]]
    assert [s for s in surfaces if s != s.strip() or s[-1] in ".,;:"] == []
    # What a model is judged by can't be what it was trained on.
    judged = {row["id"] for path in shared_corpora.glob("gold/*.jsonl") for row in read(path)}
    assert not judged & {row["id"] for row in rows}


@pytest.mark.train
@pytest.mark.filterwarnings("ignore")
def test_loads_as_a_dataset(tmp_path: Path, splits: dict[str, list[dict[str, Any]]]) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the extra `train`")
    files = {split: str(CORPORA / "gold" / f"{split}.jsonl") for split in SPLITS}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path))
    for split in SPLITS:
        assert loaded[split].column_names == FIELDS
        assert loaded[split]["id"][:] == [row["id"] for row in splits[split]]
    row, mention = loaded["dev"][0], loaded["dev"][0]["mentions"][0]
    assert row["text"][mention["start"] : mention["end"]] == mention["text"]


def test_no_sentence_of_the_real_documents(shared_corpora: Path) -> None:
    """No stretch of 60 letters or more between two full stops comes from the real gold files."""
    real = fold(
        "\n".join(
            row["text"]
            for path in sorted(shared_corpora.glob("gold/*.jsonl"))
            for row in read(path)
        )
    )
    borrowed = [
        (path.name, sentence)
        for path in sorted(CORPORA.rglob("*"))
        if path.suffix in (".jsonl", ".txt", ".md")
        for sentence in sentences(path)
        if fold(sentence) in real
    ]
    assert not borrowed


def sentences(path: Path) -> list[str]:
    """The sentences of a corpus file that have 60 letters or more."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        text = "\n".join(row.get("text", "") for row in map(json.loads, text.splitlines()))
    pieces = re.split(r"[\n;]|(?<=[.!?])\s", text)
    return [piece for piece in pieces if sum(map(str.isalpha, piece)) >= 60]


def fold(text: str) -> str:
    """Letters and digits alone, so that neither spacing nor punctuation hides a copy."""
    return "".join(char for char in text.casefold() if char.isalnum())
