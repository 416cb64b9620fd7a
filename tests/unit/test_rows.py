"""Gold files row by row, and what a retraining takes of them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra `train`")

from pipeline.errors import CorpusError, InputError
from pipeline.training.data import example, inside_words
from pipeline.training.material import gather, text_key
from pipeline.training.rows import read_rows, scan


def row(name: str | None, text: str, *labels: str) -> dict[str, Any]:
    """A document whose first word has these labels' mention."""
    mentions = [{"start": 0, "end": 4, "label": label} for label in labels]
    return {"text": text, "mentions": mentions, **({} if name is None else {"id": name})}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


FILES = [
    # bytes, rows that are sound, what is said
    (b'{"text": "UBND", "mentions": []}', 1, []),  # no line break at the end
    (b'\xef\xbb\xbf{"text": "UBND", "mentions": []}\r\n\r\n', 1, []),  # from a Windows editor
    ('{"text": "UBND\u2028X", "mentions": []}\n'.encode(), 1, []),  # a line break to splitlines()
    (b'{"text": "\xff"}\n{"text": "", "mentions": []}\n', 1, [":1: not UTF-8 at byte 10"]),
    (b"[" * 100_000, 0, [":1: not JSON"]),
    (b"[]\nnull\n", 0, [":1: no string under", ":2: no string under"]),
    (b'{"id": "a", "text": "UBND"}\n', 0, [":1: document a: no list under"]),
    (b'{"id": "a", "text": "x", "mentions": [7]}\n', 0, ["a: mention 0: start and end must be"]),
]


@pytest.mark.parametrize(("data", "sound", "said"), FILES)
def test_files(data: bytes, sound: int, said: list[str], tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    path.write_bytes(data)
    rows, faults = scan(path)
    assert len(rows) == sound and len(faults) == len(said)
    assert all(part in fault for part, fault in zip(said, faults, strict=True))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "no.jsonl", "does not exist"), (tmp_path, "can't be read")):
        with pytest.raises(CorpusError, match=reason):
            read_rows([path])


def test_what_is_held_out_is_not_trained_on(tmp_path: Path) -> None:
    """By id and by text, whatever its normal form and white space; in gold as in corrections."""
    dev = write(tmp_path / "dev.jsonl", row("d1", "UBND xã họp", "AGENCY"), row("d2", "HĐND xã"))
    nfd = unicodedata.normalize("NFD", "UBND xã\u00a0 họp\r\n")
    mine = write(
        tmp_path / "mine.jsonl",
        row("d2", "Bộ Y tế", "DATE"), row("c1", nfd, "AGENCY"), row("c2", "UBND huyện", "AGENCY"),
    )  # fmt: skip
    gold = write(
        tmp_path / "gold.jsonl",
        row("g1", "HĐND  xã", "AGENCY"), row("g2", "UBND tỉnh", "AGENCY"),
        row("c2", "UBND  huyện", "DATE"),
    )  # fmt: skip
    material = gather([mine], [gold], dev)
    assert [r.id for r in material.corrected] == ["c2"]
    assert [r.id for r in material.replay] == ["g2"]
    assert material.notes == [
        f"2 documents (corrected) kept out of training, held out in {dev} (d2, c1)",
        f"1 document (gold) kept out of training, held out in {dev} (g1)",
        "1 document (gold) replaced by corrections",
    ]


def test_two_corrections_of_one_text(tmp_path: Path) -> None:
    """The same twice is one; two different ones are left out, not guessed."""
    dev = write(tmp_path / "dev.jsonl", row("d", "UBND quận", "AGENCY"))
    one = write(
        tmp_path / "1.jsonl", row("a", "UBND xã", "AGENCY"), row("b", "UBND tỉnh", "AGENCY")
    )
    two = write(tmp_path / "2.jsonl", row("x", "UBND xã", "AGENCY"), row("b", "UBND tỉnh", "DATE"))
    material = gather([one, two], [], dev)
    assert [r.id for r in material.corrected] == ["a"]
    assert material.notes == ["1 document left out, corrected in two ways (b)"]
    assert text_key("Bộ Y tế") != text_key("Bộ y tế")


def test_nothing_to_learn_or_to_measure_on(tmp_path: Path) -> None:
    dev = write(tmp_path / "dev.jsonl", row("d", "UBND quận", "AGENCY"))
    bare = write(tmp_path / "bare.jsonl", row("e", "UBND"))
    twice = write(tmp_path / "twice.jsonl", row("e", "UBND", "DATE"), row("e", "HĐND", "DATE"))
    with pytest.raises(InputError, match=r"no corrected document is left.*held out in .* \(d\)"):
        gather([dev], [], dev)
    with pytest.raises(InputError, match="has no mentions"):
        gather([dev], [], bare)
    with pytest.raises(CorpusError, match=r"twice\.jsonl:2: the id e stands on line 1 already"):
        gather([dev], [], twice)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no corrections file"):
        gather([tmp_path / "empty"], [], dev)


@pytest.mark.parametrize(
    ("text", "start", "end", "wider"),
    [
        ("Bộ Y tế họp", 0, 7, False),  # whole words
        ("Bộ Y tế họp", 0, 6, True),  # ends inside “tế”
        ("ngày 61/KH-UBND", 5, 15, False),
        (
            unicodedata.normalize("NFD", "Sở Nội vụ"),
            0,
            len(unicodedata.normalize("NFD", "Sở Nội vụ")),
            False,
        ),
    ],
)
def test_mentions_that_can_only_be_learnt_with_a_whole_word(
    text: str, start: int, end: int, wider: bool
) -> None:
    e = example("a", text, [{"start": start, "end": end, "label": "AGENCY"}])
    assert inside_words(e) == ([(start, end)] if wider else [])
