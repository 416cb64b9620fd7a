"""Formats in and out: round trips on awkward text, and imports that do not fit."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from pipeline.annotate.document import as_document
from pipeline.annotate.formats import FORMATS, read, write
from pipeline.annotate.formats.place import fit
from pipeline.errors import InputError


def make(name: str, text: str, *spans: tuple[str, str], **extra: Any) -> dict[str, Any]:
    """A document whose mentions are the given surfaces, found from left to right."""
    mentions, at = [], 0
    for label, surface in spans:
        start = text.index(surface, at)
        at = start + len(surface)
        mentions.append({"id": f"x{len(mentions)}", "label": label, "start": start, "end": at})
    return as_document({"id": name, "text": text, "mentions": mentions, **extra})


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


_RELATED: dict[str, Any] = {
    "relations": [
        {"type": "ISSUED_BY", "from": "x1", "to": "x0"},
        {"type": "ISSUED_ON", "from": "x1", "to": "x2"},
    ],
    "documents": [
        {"mention": "x1", "type": "Công văn", "role": "primary", "title": None},
        {"mention": None, "type": "Kế hoạch", "role": "primary", "title": "Kế hoạch trồng cây 🌳"},
    ],
    "title": "Trồng cây 🌳",
    "date": "2024-05-06",
}
_ISSUED = (("AGENCY", "UBND huyện Sóc Sơn"), ("DOC_NUMBER", "77/UBND-KT"), ("DATE", "ngày 6/5"))
_LINE = "UBND huyện Sóc Sơn gửi Công văn số 77/UBND-KT, ngày 6/5."

ROUND_TRIPS = {
    # Astral characters before, between and inside spans; a joined emoji.
    "emoji": make("emoji", f"🌳👩🏽‍🌾 {_LINE} 𠀋", *_ISSUED, **_RELATED),
    # Decomposed text: its letters are several code points.
    "nfd": make("nfd", nfd(_LINE), *((n, nfd(s)) for n, s in _ISSUED), **_RELATED),
    # Windows line breaks, double spaces, a tab, a space at the end.
    "crlf": make("crlf", f"Tin\r\n\r\n{_LINE}\r\n  Hết.\t \r\n", *_ISSUED, **_RELATED),
    # All at once, with an id that is no file name.
    "all": make("báo/số 1: ?", nfd(f"🌳\r\n{_LINE}\r\n🌳"), *((n, nfd(s)) for n, s in _ISSUED)),
    # Spans side by side, and one that cuts an atom.
    "touching": make("touching", "Trước 30/6/2024đến", ("DEADLINE", "Trước 30/6"), ("DATE", "/2024")),
    "empty": make("empty", "Không có gì."),
    # Characters that readers of lines or XML stumble over.
    "odd": make("odd", "a\u2028b\u00a0c\u200bd <ngày 5/9> & \"x\"", ("DATE", "ngày 5/9")),
}  # fmt: skip


def kept(document: dict[str, Any], keeps: tuple[str, ...]) -> dict[str, Any]:
    """What a round trip must bring back."""
    place = {m["id"]: (m["start"], m["end"]) for m in document["mentions"]}
    out: dict[str, Any] = {
        "text": document["text"],
        "mentions": [(m["label"], m["start"], m["end"], m["text"]) for m in document["mentions"]],
    }
    if "relations" in keeps:
        out["relations"] = [
            (r["type"], place[r["from"]], place[r["to"]]) for r in document["relations"]
        ]
    if "documents" in keeps or "numbered documents" in keeps:
        out["documents"] = [
            (place.get(d["mention"]), d["type"], d["role"], d["title"])
            for d in document["documents"]
            if "documents" in keeps or d["mention"]
        ]
    if "meta" in keeps:
        out["meta"] = (document.get("title"), document.get("date"))
        out["ids"] = list(place)
    return out


@pytest.mark.parametrize("name", ROUND_TRIPS)
@pytest.mark.parametrize("format", FORMATS)
def test_round_trip(format: str, name: str, tmp_path: Path) -> None:
    if format.startswith("cas"):
        pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
    document = ROUND_TRIPS[name]
    target = write([document], tmp_path / "out", format)
    texts = {document["id"]: document["text"]} if format == "conll" else None
    back = read(target, format, texts=texts)
    assert back.problems == [] and back.notes == []
    keeps = FORMATS[format].keeps
    assert [kept(d, keeps) for d in back.documents] == [kept(document, keeps)]
    assert back.documents[0]["id"] == document["id"]


@pytest.mark.parametrize("format", FORMATS)
def test_order_and_number_of_documents(format: str, tmp_path: Path) -> None:
    if format.startswith("cas"):
        pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
    documents = [ROUND_TRIPS[n] for n in ("emoji", "empty", "crlf")]
    target = write(documents, tmp_path / "out", format)
    texts = {d["id"]: d["text"] for d in documents}
    back = read(target, format, texts=texts).documents
    assert sorted(d["id"] for d in back) == sorted(texts)


_EMOJI = "🌳🌳 UBND xã họp ngày 5/9"
_NFD = nfd("Ủy ban họp ngày 5/9")
_CRLF = "Tin\r\nUBND xã họp ngày 5/9"

FITS = [
    # text, start, end, stated surface, how it was counted, our surface
    (_EMOJI, 14, 22, "ngày 5/9", "", None),
    (_EMOJI, 15, 23, "ngày 5/9", "code points", "ngày 5/9"),
    (_EMOJI, 17, 25, "ngày 5/9", "UTF-16 units", "ngày 5/9"),
    (_NFD, 11, 19, "ngày 5/9", "NFC", nfd("ngày 5/9")),
    (_CRLF, 16, 24, "ngày 5/9", "line breaks as one", "ngày 5/9"),
    (_CRLF, 17, 25, "ngày 5/9", "code points", "ngày 5/9"),
    (nfd("🌳🌳\r\nHọp ngày 5/9"), 9, 17, "ngày 5/9", "NFC, line breaks as one, UTF-16 units",
     nfd("ngày 5/9")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end", "surface", "counted", "ours"), FITS)
def test_ways_of_counting(
    text: str, start: int, end: int, surface: str, counted: str, ours: str | None
) -> None:
    mention = {"id": "m1", "label": "DATE", "start": start, "end": end, "text": surface}
    fitted = fit({"id": "a", "text": text, "mentions": [mention]})
    if ours is None:  # off by more than any way of counting explains
        assert fitted.document is None and "not 'ngày 5/9'" in str(fitted.reason)
        return
    assert fitted.document is not None and fitted.counted == counted
    assert fitted.document["mentions"][0]["text"] == ours


def test_one_mention_out_of_place_refuses_the_row() -> None:
    mentions = [
        {"id": "m1", "label": "DATE", "start": 17, "end": 25, "text": "ngày 5/9"},
        {"id": "m2", "label": "AGENCY", "start": 3, "end": 10, "text": "UBND xã"},
    ]  # UTF-16 units and code points mixed
    fitted = fit({"id": "a", "text": _EMOJI, "mentions": mentions})
    assert fitted.document is None and "m1" in str(fitted.reason)


def _lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def test_doccano_counting_utf16_is_refused_until_said(tmp_path: Path) -> None:
    path = _lines(tmp_path / "a.jsonl", {"id": 1, "text": _EMOJI, "label": [[17, 25, "DATE"]]})
    # Read as code points the span would be outside the text: named, not clipped.
    assert "outside a text" in read(path, "doccano").problems[0].what
    path = _lines(tmp_path / "b.jsonl", {"id": 1, "text": _EMOJI, "label": [[5, 12, "AGENCY"]]})
    assert "split words" in read(path, "doccano").problems[0].what
    said = read(path, "doccano", offsets="UTF-16 units")
    assert said.documents[0]["mentions"][0]["text"] == "UBND xã"
    assert "UTF-16" in said.notes[0].what


BAD = [
    # format, content of the file, what the report says
    ("jsonl", '{"id": "a", "text": "x", "mentions": [{"label": "DATE", "start": 0, "end": 9}]}', "0:9"),
    ("jsonl", "{nonsense", "not a line of JSON"),
    ("jsonl", '{"id": "a", "text": 7}', "text is missing"),
    ("jsonl", '{"id": "a", "text": "x", "mentions": [3]}', "not as jsonl"),
    ("jsonl", '{"id": "a", "text": "x y", "mentions": [{"label": "CITY", "start": 0, "end": 1}]}', "CITY"),
    ("prodigy", '{"text": "x", "spans": [{"start": 0, "end": "1", "label": "DATE"}]}', "whole numbers"),
    ("doccano", '{"text": "x", "label": [[0, 1]]}', "not as doccano"),
    ("label_studio", "[{}]", "no data.text"),
    ("label_studio", '[{"data": {"text": "x"}}]', "neither annotations"),
    ("label_studio", "{", "not JSON"),
    ("label_studio", '[{"data": {"text": "x"}, "annotations": [[]]}]', "neither annotations"),
    # JSON nested deeper than a parser goes.
    ("jsonl", "[" * 100_000, "not a line of JSON"),
    ("label_studio", "[" * 100_000, "not JSON"),
    ("conll", "-DOCSTART- -X- O O\n\nUBND\tB-AGENCY\n", "not in the text"),
    ("docbin", "PK", "not a DocBin"),
    ("cas_json", '{"a": 1}', "not a UIMA CAS"),
]  # fmt: skip


@pytest.mark.parametrize(("format", "content", "reason"), BAD)
def test_bad_rows_are_listed_not_read(
    format: str, content: str, reason: str, tmp_path: Path
) -> None:
    if format.startswith("cas"):
        pytest.importorskip("cassis", reason="dkpro-cassis is not installed")
    path = tmp_path / "in.json"
    path.write_text(content, encoding="utf-8")
    got = read(path, format, texts={"d1": "một văn bản khác"} if format == "conll" else None)
    assert got.documents == [] and reason in str(got.problems[0])


@pytest.mark.parametrize("ids", ['"a"\n[1]\n', '"a"\n\n', '"a"\n{', '"a"\n""\n'])
def test_conll_ids_that_make_no_sense_are_named(ids: str, tmp_path: Path) -> None:
    path = write([ROUND_TRIPS["emoji"], ROUND_TRIPS["crlf"]], tmp_path / "x.conll", "conll")
    (tmp_path / "x.conll.ids").write_text(ids, encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.conll\.ids:2: not an id"):
        read(path, "conll")


def test_a_reader_that_fails_midway_keeps_what_it_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.annotate.formats import jsonl

    def rows(path: Path) -> Any:
        yield "x:1", {"id": "a", "text": "Ngày 5/9", "mentions": []}
        raise TypeError("unhashable")

    monkeypatch.setattr(jsonl, "rows", rows)
    (tmp_path / "x").touch()
    got = read(tmp_path / "x", "jsonl")
    assert len(got.documents) == 1 and "not read from here on" in got.problems[0].what


def test_brat_reports_a_missing_text_and_a_shifted_span(tmp_path: Path) -> None:
    (tmp_path / "a.ann").write_text("T1\tDATE 0 4\tngày\n", encoding="utf-8")
    assert "a.txt is missing" in str(read(tmp_path, "brat").problems[0])
    (tmp_path / "a.txt").write_text("Một ngày", encoding="utf-8")
    assert "'Một ', not 'ngày'" in str(read(tmp_path, "brat").problems[0])


def test_brat_carries_a_span_over_a_line_break(tmp_path: Path) -> None:
    document = make("a", "Họp ngày\r\n5/9.", ("DATE", "ngày\r\n5/9"))
    write([document], tmp_path, "brat")
    assert "T1\tDATE 4 8;10 13\tngày 5/9\n" in (tmp_path / "a.ann").read_text(encoding="utf-8")
    assert read(tmp_path, "brat").documents[0]["mentions"] == [
        {**document["mentions"][0], "id": "T1"}
    ]


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        (["B-DATE", "I-DATE", "O"], ["Ngày 5"]),
        (["I-DATE", "I-DATE", "O"], ["Ngày 5"]),  # IOB1
        (["B-DATE", "B-DATE", "O"], ["Ngày", "5"]),
        (["S-DATE", "S-DATE", "O"], ["Ngày", "5"]),  # BIOES
        (["B-DATE", "L-DATE", "U-DATE"], ["Ngày 5", "tháng"]),  # BILOU
        (["I-DATE", "I-DEADLINE", "O"], ["Ngày", "5"]),
    ],
)
def test_conll_tag_schemes(tags: list[str], spans: list[str], tmp_path: Path) -> None:
    path = tmp_path / "x.conll"
    tokens = ["Ngày", "5", "tháng"]
    path.write_text("-DOCSTART- -X- O O\n\n" + "".join(
        f"{w} X X {t}\n" for w, t in zip(tokens, tags, strict=True)), encoding="utf-8")  # fmt: skip
    got = read(path, "conll").documents[0]
    assert [m["text"] for m in got["mentions"]] == spans


def test_spacy_reads_our_conll_and_we_read_what_it_makes_of_it(tmp_path: Path) -> None:
    from spacy.training.converters import conll_ner_to_docs

    documents = [ROUND_TRIPS[n] for n in ("emoji", "crlf")]
    path = write(documents, tmp_path / "x.conll", "conll")
    docs = list(conll_ner_to_docs(path.read_text(encoding="utf-8"), no_print=True))
    found = [[e.label_ for e in doc.ents] for doc in docs]
    assert found == [["AGENCY", "DOC_NUMBER", "DATE"]] * 2


def test_unknown_format_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are jsonl"):
        read(tmp_path / "x", "word")
    with pytest.raises(InputError, match="can't be read"):
        read(tmp_path / "x", "jsonl")
    with pytest.raises(InputError, match="offsets"):
        read(tmp_path / "x", "jsonl", offsets="bytes")


def test_model_mentions_become_predictions(tmp_path: Path) -> None:
    row = {"id": "a", "text": "Ngày 5/9", "mentions": [
        {"id": "m1", "label": "DATE", "start": 0, "end": 8, "confidence": 0.7}]}  # fmt: skip
    path = write([row], tmp_path / "ls.json", "label_studio")
    task = json.loads(path.read_text(encoding="utf-8"))[0]
    assert "annotations" not in task and task["predictions"][0]["score"] == 0.7
    assert read(path, "label_studio").documents[0]["mentions"][0]["confidence"] == 0.7
