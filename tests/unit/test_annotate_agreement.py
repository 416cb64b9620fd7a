"""Agreement between annotators, their differences, and adjudication."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.annotate.agreement import F1, agreements, compare, kappa
from pipeline.annotate.conflicts import conflicts, merged
from pipeline.annotate.document import as_document, problems
from pipeline.annotate.review import Review
from pipeline.annotate.store import Store, corrections
from pipeline.annotate.strings import _TEXTS, keys, say, texts
from pipeline.errors import CorpusError, InputError

TEXT = "UBND tỉnh ban hành Kế hoạch số 24/KH-UBND ngày 5/9, giảm 10% hồ sơ trước 30/9 🌳."


def doc(name: str, *marks: tuple[str, str], links: Any = (), entries: Any = ()) -> dict[str, Any]:
    at = {s: f"x{i}" for i, (_, s) in enumerate(marks)}
    return as_document({
        "id": name, "text": TEXT,
        "mentions": [{"id": at[s], "label": n, "start": TEXT.index(s), "end": TEXT.index(s) + len(s)}
                     for n, s in marks],
        "relations": [{"type": k, "from": at[a], "to": at[b]} for k, a, b in links],
        "documents": [{"mention": at.get(m), "type": t, "role": r, "title": None} for m, t, r in entries],
    })  # fmt: skip


NUMBER, DATE, AGENCY = ("DOC_NUMBER", "24/KH-UBND"), ("DATE", "ngày 5/9"), ("AGENCY", "UBND tỉnh")
TARGET, DUE = ("TARGET", "giảm 10% hồ sơ"), ("DEADLINE", "trước 30/9")
LEFT = doc(
    "a", AGENCY, NUMBER, DATE, TARGET, DUE,
    links=[("ISSUED_ON", "24/KH-UBND", "ngày 5/9"), ("DUE", "giảm 10% hồ sơ", "trước 30/9")],
    entries=[("24/KH-UBND", "Kế hoạch", "primary")],
)  # fmt: skip
RIGHT = doc(
    "a", ("AGENCY", "UBND tỉnh"), NUMBER, ("DATE", "5/9"), ("TARGET", "10% hồ sơ"), DUE,
    links=[("ISSUED_BY", "24/KH-UBND", "UBND tỉnh")],
    entries=[("24/KH-UBND", "Kế hoạch", "cited")],
)  # fmt: skip


def test_f1_counts() -> None:
    result = compare("lan", "minh", {"a": LEFT}, {"a": RIGHT})
    assert result.spans["AGENCY"] == F1(1, 0, 0) and result.spans["DATE"] == F1(0, 1, 1)
    assert result.spans["DATE"].f1 == 0.0
    assert result.spans["all"] == F1(3, 2, 2) and result.spans["all"].f1 == 0.6
    assert result.relations == F1(0, 2, 1)
    assert 0.7 < (result.kappa or 0) < 0.95
    assert "kappa" in result._repr_html_()


def test_kappa_by_hand() -> None:
    # 4 atoms: agreement 3/4; by chance 3/4·2/4 + 1/4·2/4 = 1/2; (3/4 - 1/2) / (1/2)
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    assert kappa(["O", "O", "O", "DATE"], ["O", "O", "DATE", "DATE"]) == pytest.approx(0.5)
    assert kappa(["O", "O"], ["O", "O"]) is None and kappa([], []) is None


def test_same_versions() -> None:
    result = compare("lan", "minh", {"a": LEFT}, {"a": LEFT})
    assert result.spans["all"].f1 == 1.0 and result.kappa == 1.0
    assert conflicts(LEFT, LEFT) == []


def test_only_shared_documents_with_the_same_text_count() -> None:
    other = {**LEFT, "text": TEXT + " "}
    assert compare("l", "m", {"a": LEFT}, {"a": other}).documents == 0
    assert compare("l", "m", {"a": LEFT}, {}).documents == 0
    assert compare("l", "m", {"a": LEFT}, {}).spans["all"].f1 is None


def test_conflicts_group_what_overlaps() -> None:
    found = conflicts(LEFT, RIGHT)
    assert [c.kind for c in found] == ["mention"] * 2 + ["relation"] * 3 + ["document"]
    date = found[0]
    assert [TEXT[a:b] for a, b, _ in date.left + date.right] == ["ngày 5/9", "5/9"]
    assert date.exclusive
    two = conflicts(doc("a", ("TARGET", "giảm 10% hồ sơ trước 30/9")), doc("a", TARGET, DUE))
    assert len(two) == 1 and len(two[0].right) == 2
    apart = conflicts(doc("a", AGENCY), doc("a", DATE))
    assert len(apart) == 2 and not apart[0].exclusive


@pytest.mark.parametrize(("side", "want"), [("left", LEFT), ("right", RIGHT)])
def test_taking_one_side_throughout_gives_that_side(side: Any, want: dict[str, Any]) -> None:
    found = conflicts(LEFT, RIGHT)
    gold = merged(LEFT, RIGHT, found, dict.fromkeys(range(len(found)), side))
    assert list(problems(gold)) == []
    assert conflicts(gold, want) == []


def test_neither_drops_what_hangs_on_it() -> None:
    found = conflicts(LEFT, RIGHT)
    choices: dict[int, Any] = dict.fromkeys(range(len(found)), "left")
    choices[0] = "neither"  # the date goes, and ISSUED_ON with it
    gold = merged(LEFT, RIGHT, found, choices)
    assert list(problems(gold)) == []
    assert [r["type"] for r in gold["relations"]] == ["DUE"]


def folder_with(tmp_path: Path, **answers: dict[str, Any]) -> Path:
    for name, row in answers.items():
        Store(tmp_path, name, guide="1").append_answer(row, "accept")
    return tmp_path


def test_agreement_of_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    folder = folder_with(tmp_path, lan=LEFT, minh=RIGHT, ha=LEFT, gold=LEFT)
    pairs = {(p.left, p.right): p.spans["all"].f1 for p in agreements(folder)}
    assert pairs == {("ha", "lan"): 1.0, ("ha", "minh"): 0.6, ("lan", "minh"): 0.6}
    with pytest.raises(InputError, match="no file for tam"):
        agreements(folder, ["lan", "tam"])
    (folder / "minh.jsonl").write_text("x\n")
    with pytest.raises(CorpusError, match=r"minh\.jsonl:1"):
        agreements(folder)


def review_of(folder: Path) -> Review:
    return Review.of(folder, "lan", "minh")


def send(review: Review, op: str, **args: Any) -> str:
    review.handle({"op": op, "doc": review.name, "revision": review.revision, **args})
    json.dumps(review.view())
    return review.message.get("code", "")


def test_adjudication_ends_in_gold(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, lan=LEFT, minh=RIGHT)
    assert corrections(folder).disputed == ["a"]
    review = review_of(folder)
    n = len(review.view()["cards"])
    assert send(review, "done") == "still_open"
    assert send(review, "choose", at=0, side="both") == "not_both"
    assert send(review, "choose", at=99, side="left") == "bad_op"
    for i in range(n):
        send(review, "choose", at=i, side="left")
    send(review, "undo")
    # Crash: the choices are there again.
    review = review_of(folder)
    assert [c["choice"] for c in review.view()["cards"]] == ["left"] * (n - 1) + [None]
    send(review, "choose", at=n - 1, side="right")
    assert send(review, "done") == "all_done"
    gold = corrections(folder)
    assert gold.disputed == [] and gold.documents[0]["documents"][0]["role"] == "cited"
    assert [m["text"] for m in gold.documents[0]["mentions"]] == [
        s for _, s in (AGENCY, NUMBER, DATE, TARGET, DUE)
    ]
    row = json.loads((folder / "gold.jsonl").read_text("utf-8").split("\n")[-2])
    assert row["adjudicated"] == ["lan", "minh"] and row["annotator"] == "gold"


def test_review_refuses_stale_messages_and_strangers(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, lan=LEFT, minh=RIGHT, ha={**LEFT, "id": "b"})
    review = review_of(folder)
    review.handle({"op": "choose", "at": 0, "side": "left", "doc": "a", "revision": 99})
    assert review.message["code"] == "stale" and not review.chosen
    assert send(review, "next") == "last" and send(review, "prev") == "first"
    assert send(review, "undo") == "nothing_to_undo" and send(review, "x") == "unknown_op"
    with pytest.raises(InputError, match="no file of 'tam'"):
        Review.of(folder, "lan", "tam")
    with pytest.raises(InputError, match="no document in common"):
        Review.of(folder, "lan", "ha")


def test_every_message_has_both_languages() -> None:
    assert all(vi and en for vi, en in _TEXTS.values())
    assert texts("vi").keys() == texts("en").keys()
    assert len(keys("vi")) == len(keys("en"))
    assert say("en", "linked", type="DUE") == "Linked: DUE."
    assert say("vi", "no such code") == "no such code"
