"""The queue: order, random share, repeats, progress."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pipeline.annotate.queue import Queue, expected_corrections, hardness
from pipeline.annotate.similar import near_duplicates


def rows(n: int = 50) -> list[dict[str, Any]]:
    rng = random.Random(3)
    return [
        {
            "id": f"d{i:02}",
            "text": " ".join(rng.choice("abcdefghijklmnopqrst") for _ in range(80)),
            "mentions": [{"confidence": round(rng.random(), 3)} for _ in range(rng.randint(0, 8))],
        }
        for i in range(n)
    ]


def test_hardest_first_with_every_fifth_at_random() -> None:
    documents = rows()
    places = list(Queue(documents, seed=1))
    assert sorted(p.id for p in places) == [d["id"] for d in documents]
    assert [i for i, p in enumerate(places) if p.why == "random"] == list(range(4, 50, 5))
    hard = [p.hardness for p in places if p.why == "hard"]
    assert hard == sorted(hard, reverse=True)


def test_seeded_and_lasting() -> None:
    documents = rows()
    assert list(Queue(documents, seed=1)) == list(Queue(documents, seed=1))
    assert [p.id for p in Queue(documents, by="random", seed=1)] != [
        p.id for p in Queue(documents, by="random", seed=2)
    ]
    # One more document does not reshuffle the draw of the others.
    fewer = [p.id for p in Queue(documents[:-1], by="random", seed=1)]
    assert fewer == [p.id for p in Queue(documents, by="random", seed=1) if p.id != "d49"]


def test_only_the_weakest_mentions_make_a_document_hard() -> None:
    sure = [{"confidence": 0.99}] * 40
    unsure = [{"confidence": 0.5}] * 5
    assert hardness({"mentions": sure + unsure}) == 1.0
    assert hardness({"mentions": []}) == 0.0 == expected_corrections({"mentions": []})
    assert hardness({"mentions": [{"confidence": 0.02}]}) == pytest.approx(0.04)


def test_repeats_wait_at_the_end() -> None:
    documents = rows(10)
    copy = {**documents[4], "id": "copy", "text": documents[4]["text"].upper() + " ."}
    places = list(Queue([*documents, copy]))
    assert (places[-1].id, places[-1].why, places[-1].repeats) == ("copy", "repeat", "d04")
    assert all(p.why != "repeat" for p in Queue([*documents, copy], near=2))


def test_near_duplicates_are_found_and_only_they() -> None:
    rng = random.Random(5)
    words = [f"t{i}" for i in range(500)]
    texts = [" ".join(rng.choices(words, k=120)) for _ in range(60)]
    changed = texts[7].split()
    changed[10:14] = ["khác"] * 4
    assert near_duplicates([*texts, " ".join(changed), texts[9]]) == {60: 7, 61: 9}
    assert near_duplicates(["", "", "một"]) == {1: 0}


def test_progress() -> None:
    documents = rows(10)
    queue = Queue([*documents, {**documents[0], "id": "copy"}], random_share=0)
    start = queue.progress(())
    assert (start.left, start.held_back) == (10, 1)
    assert start.expected == pytest.approx(sum(map(expected_corrections, documents)))
    first = queue.places[0]
    after = queue.progress({first.id})
    assert after.left == 9 and after.expected == pytest.approx(start.expected - first.expected)
    assert 0 < queue.progress((), next_n=3).next_share < 1
    assert queue.progress({p.id for p in queue}).next_share == 0.0


def test_empty() -> None:
    assert list(Queue([])) == []
