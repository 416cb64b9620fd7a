"""Editing one document: units, operations, undo, replay."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotate.document import as_document, problems
from pipeline.annotate.editor import Editor
from pipeline.annotate.operations import guess_type
from pipeline.annotate.state import Refused
from pipeline.annotate.units import make_units
from pipeline.errors import InputError

TEXT = "UBND tỉnh ban hành Kế hoạch số 24/KH-UBND ngày 5/9, giảm 10% hồ sơ trước 30/9."


def doc(*surfaces: tuple[str, str], text: str = TEXT, **extra: Any) -> dict[str, Any]:
    mentions = [
        {"id": f"m{i}", "label": label, "start": text.index(s), "end": text.index(s) + len(s)}
        for i, (label, s) in enumerate(surfaces, 1)
    ]
    return as_document({"id": "a", "text": text, "mentions": mentions, **extra})


FULL = doc(
    ("AGENCY", "UBND tỉnh"), ("DOC_NUMBER", "24/KH-UBND"), ("DATE", "ngày 5/9"),
    ("TARGET", "giảm 10% hồ sơ"), ("DEADLINE", "trước 30/9"),
)  # fmt: skip


def shown(editor: Editor) -> list[tuple[str, str]]:
    return [(str(m.label), editor.text[m.start : m.end]) for m in editor.state.marks]


def test_add_takes_the_place_of_what_it_overlaps() -> None:
    editor = Editor(FULL)
    done = editor.apply({"op": "add", "label": "DATE", "start": 31, "end": 50})
    assert done.code == "replaced" and done.args == {"n": 2}
    assert ("DATE", "24/KH-UBND ngày 5/9") in shown(editor) and len(shown(editor)) == 4
    assert editor.state.entries == ()


def test_add_on_the_same_span_relabels_and_keeps_the_id() -> None:
    editor = Editor(FULL)
    start = TEXT.index("ngày 5/9")
    done = editor.apply({"op": "add", "label": "DEADLINE", "start": start, "end": start + 8})
    assert done.focus == "m3" and ("DEADLINE", "ngày 5/9") in shown(editor)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("m2", "m3", "ISSUED_ON"),
        ("m1", "m2", "ISSUED_BY"),  # picked the wrong way round
        ("m5", "m4", "DUE"),
        ("m4", "m1", "ASSIGNED_TO"),
        ("m1", "m5", "ASSIGNED_TO"),
    ],
)
def test_two_mentions_tell_the_relation_and_its_direction(one: str, other: str, kind: str) -> None:
    editor = Editor(FULL)
    editor.apply({"op": "relate", "from": one, "to": other})
    relation = editor.result()["relations"][0]
    assert relation["type"] == kind and {relation["from"], relation["to"]} == {one, other}
    assert list(problems(editor.result())) == []
    editor.apply({"op": "relate", "from": other, "to": one})  # the same pair again unlinks
    assert editor.result()["relations"] == []


def test_relabelling_drops_relations_that_no_longer_fit() -> None:
    editor = Editor(FULL)
    editor.apply({"op": "relate", "from": "m2", "to": "m3"})
    done = editor.apply({"op": "label", "id": "m3", "label": "DEADLINE"})
    assert done.code == "links_lost" and editor.state.links == ()
    editor.apply({"op": "undo"})
    assert editor.state.links == (("m2", "m3"),)


def test_deleting_takes_relations_and_entry_along() -> None:
    editor = Editor(FULL)
    editor.apply({"op": "relate", "from": "m2", "to": "m3"})
    editor.apply({"op": "delete", "id": "m2"})
    result = editor.result()
    assert result["relations"] == [] and result["documents"] == []
    assert list(problems(result)) == []


def test_number_gets_its_type_from_the_words_before() -> None:
    assert Editor(FULL).result()["documents"] == [
        {"mention": "m2", "type": "Kế hoạch", "role": "cited", "title": None}
    ]
    assert guess_type("theo Thông tư liên tịch số 8", 27) == "Thông tư liên tịch"
    assert guess_type("trong 24 giờ", 6) is None


def test_entries() -> None:
    editor = Editor(FULL)
    editor.apply({"op": "entry", "at": 0, "role": "primary"})
    editor.apply({"op": "entry", "type": " Đề án ", "title": "Làng xanh"})
    assert [(e.mention, e.type, e.role) for e in editor.state.entries] == [
        ("m2", "Kế hoạch", "primary"), (None, "Đề án", "primary"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="primary_only"):
        editor.apply({"op": "entry", "at": 1, "role": "cited"})
    editor.apply({"op": "drop_entry", "at": 1})
    assert len(editor.state.entries) == 1


REFUSED = [
    ({"op": "delete", "id": "m9"}, "no_mention"),
    ({"op": "resize", "id": "m2", "start": 31, "end": 50}, "in_the_way"),
    ({"op": "add", "label": "DATE", "start": 5, "end": 5}, "bad_span"),
    ({"op": "add", "label": "DATE", "start": -1, "end": 5}, "bad_span"),
    ({"op": "add", "label": "DATE", "start": 0, "end": 9999}, "bad_span"),
    ({"op": "add", "label": "DATE", "start": True, "end": 5}, "bad_span"),
    ({"op": "add", "label": "CITY", "start": 0, "end": 5}, "bad_op"),
    ({"op": "add", "label": "DATE"}, "bad_op"),
    ({"op": "relate", "from": "m1", "to": "m1"}, "no_relation"),
    ({"op": "relate", "from": "m3", "to": "m5"}, "no_relation"),
    ({"op": "entry", "title": "x"}, "needs_type"),
    ({"op": "entry", "at": 7, "type": "x"}, "bad_op"),
    ({"op": "entry", "at": 0, "role": "other"}, "bad_op"),
    ({"op": "entry", "at": 0, "type": 3}, "bad_op"),
    ({"op": "note", "note": 3}, "bad_op"),
    ({"op": "restore", "id": "m1"}, "no_mention"),
    ({"op": "undo"}, "nothing_to_undo"),
    ({"op": "redo"}, "nothing_to_redo"),
    ({"op": "eval"}, "unknown_op"),
    ({}, "unknown_op"),
]


@pytest.mark.parametrize(("op", "code"), REFUSED)
def test_refused_and_unchanged(op: dict[str, Any], code: str) -> None:
    editor = Editor(FULL)
    before = editor.state
    with pytest.raises(Refused) as refused:
        editor.apply(op)
    assert refused.value.code == code and editor.state == before and not editor.past


def test_suggestions_threshold_and_restore() -> None:
    row = doc(("AGENCY", "UBND tỉnh"), ("DATE", "ngày 5/9"))
    row["mentions"][0]["confidence"], row["mentions"][1]["confidence"] = 0.9, 0.2
    editor = Editor(row, threshold=0.5)
    assert shown(editor) == [("AGENCY", "UBND tỉnh")] and not editor.state.marks[0].checked
    editor.apply({"op": "restore", "id": "m2"})
    assert shown(editor)[1] == ("DATE", "ngày 5/9") and editor.state.marks[1].checked
    editor.apply({"op": "accept_all"})
    assert all(m.checked for m in editor.state.marks)


_OPS = st.one_of(
    st.fixed_dictionaries({
        "op": st.just("add"), "label": st.sampled_from(["DATE", "AGENCY", "DOC_NUMBER", "TARGET"]),
        "start": st.integers(0, 40), "end": st.integers(1, 60),
    }),
    st.fixed_dictionaries({
        "op": st.sampled_from(["delete", "label", "resize", "accept"]),
        "id": st.sampled_from([f"m{i}" for i in range(1, 9)]), "label": st.sampled_from(["DATE", "DEADLINE"]),
        "start": st.integers(0, 40), "end": st.integers(1, 60),
    }),
    st.fixed_dictionaries({
        "op": st.just("relate"), "from": st.sampled_from(["m1", "m2", "m3"]), "to": st.sampled_from(["m2", "m4", "m6"]),
    }),
    st.sampled_from([{"op": "undo"}, {"op": "redo"}, {"op": "accept_all"}, {"op": "note", "note": "x"}]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(_OPS, max_size=25))
def test_any_operations_leave_a_sound_document_and_replay(ops: list[dict[str, Any]]) -> None:
    editor, log = Editor(FULL), []
    for op in ops:
        before = editor.state
        try:
            editor.apply(op)
        except Refused:
            assert editor.state == before
            continue
        if editor.state != before:
            log.append(op)
        assert list(problems(editor.result())) == []
    again = Editor(FULL)
    for op in log:
        again.apply(op)
    assert again.state == editor.state
    while editor.past:
        editor.apply({"op": "undo"})
    assert editor.state == Editor(FULL).state


AWKWARD = [
    "UBND tỉnh 🏛️ họp 5/9.",
    "𠀋👩🏽‍🌾 Sở Y tế\r\n\r\nhọp",
    unicodedata.normalize("NFD", "Ủy ban nhân dân thị xã Quảng Trị"),
    "a\u200bb\u00a0c\ufeff d\u2028e",
    "  đầu và cuối  ",
    "",
    "\r\n",
    "\ud800 lẻ",
]


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("step", ["atom", "char"])
def test_pieces_are_the_text(text: str, step: Any) -> None:
    units = make_units(text, step=step)
    joined = "".join(units.pieces())
    assert joined == text.replace("\r\n", "\n").replace("\ud800", "\ufffd")
    assert all(a < b for a, b in units.bounds)
    for i in range(len(units.bounds)):
        assert units.indices(*units.chars(i, i + 1)) == (i, i + 1)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.data())
def test_any_span_has_units(text: str, data: Any) -> None:
    if len(text) < 2:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    units = make_units(text, [(start, end)])
    assert units.holds(start, end)
    assert units.chars(*units.indices(start, end)) == (start, end)


def test_units_outside_are_refused() -> None:
    units = make_units("một hai")
    for first, last in ((-1, 1), (0, 3), (1, 1), (2, 1)):
        with pytest.raises(IndexError):
            units.chars(first, last)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (7, "not int"),
        ({"id": "a"}, "has no text"),
        ({"text": "abc", "mentions": [{"label": "DATE", "start": 0, "end": 4}]}, "0:4 does not lie"),
        ({"text": "abc", "mentions": [{"label": "X", "start": 0, "end": 1}]}, "none of"),
        ({"text": "abc", "mentions": [{"label": "DATE", "start": 0, "end": 1, "text": "b"}]}, "not 'b'"),
        ({"text": "abc", "mentions": [{"label": "DATE", "start": 0, "end": 2},
                                      {"label": "DATE", "start": 1, "end": 3}]}, "overlap"),
        ({"text": "abc", "relations": [{"type": "DUE", "from": "x", "to": "y"}]}, "no mention x"),
    ],
)  # fmt: skip
def test_documents_that_make_no_sense(row: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        as_document(row)


def test_a_record_is_a_document() -> None:
    from pipeline.schema import Record

    record = Record(
        id="r", text_sha256="x", text_length=8, text="Ngày 5/9",
        mentions=[{"id": "m1", "label": "DATE", "start": 0, "end": 8, "text": "Ngày 5/9",
                   "confidence": 0.7, "source": "model"}],
    )  # fmt: skip
    row = as_document(record)
    assert row["mentions"][0]["confidence"] == 0.7 and "text_sha256" not in row
    assert as_document(Record(id="r", text_sha256="x", text_length=1), text="x")["text"] == "x"
