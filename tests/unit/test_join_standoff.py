"""Stand-off annotations joined to a small raw file: hashes, missing rows, spans."""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))
import join_standoff  # noqa: E402

TEXTS = {
    "r1": "Sở Nội vụ báo cáo trước ngày 15/6/2024 theo Công văn số 24/UBND-NC.",
    # Two code points outside the basic plane: offsets count code points, not UTF-16 units.
    "r2": "📣📣 UBND xã Yên Mỹ họp sáng 3/7.",
    "r3": "Trời mưa.",
}
SPANS = {
    "r1": [
        ("trước ngày 15/6/2024", "DEADLINE"),
        ("Sở Nội vụ", "AGENCY"),
        ("24/UBND-NC", "DOC_NUMBER"),
    ],
    "r2": [("UBND xã Yên Mỹ", "AGENCY"), ("sáng 3/7", "DATE")],
    "r3": [],
}


def standoff(name: str, **more: Any) -> dict[str, Any]:
    text = TEXTS[name]
    mentions = [
        {"start": text.index(surface), "end": text.index(surface) + len(surface), "label": label}
        for surface, label in SPANS[name]
    ]
    row = {"id": name, "text_sha256": join_standoff.sha256(text), "mentions": mentions}
    return row | more


def run(folder: Path, rows: list[dict[str, Any]], raw: list[dict[str, Any]]) -> tuple[int, Path]:
    annotations, documents, out = (
        folder / name for name in ("s.jsonl", "raw.jsonl.xz", "runs/o.jsonl")
    )
    annotations.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with lzma.open(documents, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in raw)
    return join_standoff.main([str(annotations), str(documents), "-o", str(out)]), out


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_joins_in_the_order_of_the_annotations(tmp_path: Path) -> None:
    raw = [{"id": name, "kind": "news", "title": name, "text": TEXTS[name]} for name in TEXTS]
    code, out = run(tmp_path, [standoff("r2"), standoff("r1"), standoff("r3")], raw)
    rows = read(out)
    assert code == 0
    assert [row["id"] for row in rows] == ["r2", "r1", "r3"]
    assert [(m["id"], m["text"]) for m in rows[1]["mentions"]] == [
        ("a1", "Sở Nội vụ"),
        ("l1", "trước ngày 15/6/2024"),
        ("n1", "24/UBND-NC"),
    ]
    assert [m["text"] for m in rows[0]["mentions"]] == ["UBND xã Yên Mỹ", "sáng 3/7"]
    assert rows[2] == {
        "id": "r3",
        "kind": "news",
        "title": "r3",
        "date": None,
        "text": "Trời mưa.",
        "mentions": [],
        "relations": [],
        "documents": [],
    }


def test_a_text_is_cut_where_the_annotation_ends(tmp_path: Path) -> None:
    # The hash is of the whole text; what nobody read is no negative example.
    raw = [{"id": "r1", "text": TEXTS["r1"]}]
    spans = [{"start": 0, "end": 9, "label": "AGENCY"}]
    code, out = run(tmp_path, [standoff("r1", end=17, mentions=spans)], raw)
    assert code == 0
    assert read(out)[0]["text"] == "Sở Nội vụ báo cáo"


def test_names_what_is_missing_or_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = [{"id": "r1", "text": TEXTS["r1"] + " "}, {"id": "r3", "text": TEXTS["r3"]}]
    code, out = run(tmp_path, [standoff("r1"), standoff("r2"), standoff("r3")], raw)
    said = capsys.readouterr().err
    assert code == 1
    assert [row["id"] for row in read(out)] == ["r3"]
    assert "r1: the text differs from the one annotated" in said
    assert "r2: no such row in the raw file" in said
    assert "1 rows joined, 2 left out" in said


@pytest.mark.parametrize(
    "mentions",
    [
        # past the end of the text
        [{"start": 4, "end": 400, "label": "DATE"}],
        # empty
        [{"start": 4, "end": 4, "label": "DATE"}],
        # one over the other
        [{"start": 0, "end": 5, "label": "DATE"}, {"start": 4, "end": 8, "label": "AGENCY"}],
        # no label of the scheme
        [{"start": 0, "end": 4, "label": "PERSON"}],
    ],
)
def test_a_span_that_cannot_be_is_a_fault(mentions: list[dict[str, Any]]) -> None:
    rows, faults = join_standoff.join(
        [standoff("r3", mentions=mentions)], [{"id": "r3", "text": TEXTS["r3"]}]
    )
    assert not rows
    assert list(faults) == ["r3"]
