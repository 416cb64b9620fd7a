"""Cleaning and its way back."""

from __future__ import annotations

import unicodedata

import pytest

from pipeline.text import boilerplate, clean, new_tone, old_tone

CASES = [
    ("UBND tỉnh", "UBND tỉnh"),  # nothing to do
    ("U\u0309y ban", "Ủy ban"),  # NFD: three code points become one
    ("Ủy\u00a0ban", "Ủy ban"),  # no-break space
    ("Ðà Nẵng, ðiều", "Đà Nẵng, điều"),  # the Icelandic look-alike
    ("a\r\nb\rc\nd", "a\nb\nc\nd"),  # three kinds of line break
    ("nghị\u200b quyết\ufeff", "nghị quyết"),  # zero-width space, byte-order mark
    ("nghị\u00adquyết", "nghịquyết"),  # soft hyphen
    ("a\x00b\x07c\td", "a b c d"),  # controls and tabs
    ("x\ud800y", "x\ufffdy"),  # lone surrogate
    ("🇻🇳 tỉnh 👍🏽", "🇻🇳 tỉnh 👍🏽"),  # astral characters stay
    ("\u202eabc\u202c", "abc"),  # writing-direction marks
    ("ế" * 3, "ế" * 3),  # composed in two steps
]


@pytest.mark.parametrize(("raw", "expected"), CASES)
def test_clean(raw: str, expected: str) -> None:
    cleaned = clean(raw)
    assert cleaned.text == expected
    assert unicodedata.is_normalized("NFC", cleaned.text)
    assert clean(cleaned.text).text == cleaned.text


def test_a_decomposed_letter_maps_to_all_its_code_points() -> None:
    raw = "a Uỷ ban"  # U, y, combining hook
    cleaned = clean(unicodedata.normalize("NFD", raw))
    at = cleaned.text.index("Uỷ")
    start, end = cleaned.to_raw(at, at + 2)
    assert unicodedata.normalize("NFC", cleaned.raw[start:end]) == "Uỷ"
    assert cleaned.from_raw(start, end) == (at, at + 2)


def test_from_raw_covers_a_span_that_begins_in_a_dropped_character() -> None:
    cleaned = clean("Sở\u200b Y tế")
    assert cleaned.from_raw(2, 8) == (2, 7)


TONES = [
    ("Uỷ ban, hoà bình, thuỷ lợi", "Ủy ban, hòa bình, thủy lợi"),
    ("UỶ BAN", "ỦY BAN"),  # capitals
    ("quý, quả, quỷ", "quý, quả, quỷ"),  # after q there is one placement
    ("toàn, hoàn thành", "toàn, hoàn thành"),  # a final consonant leaves the mark on a
    ("khoẻ, loè", "khỏe, lòe"),
]


@pytest.mark.parametrize(("old", "new"), TONES)
def test_tone_marks_move_both_ways_without_moving_an_offset(old: str, new: str) -> None:
    assert new_tone(old) == new
    assert old_tone(new) == old
    assert len(old) == len(new)


BOILERPLATE = [
    ("Ảnh minh họa |", True),
    ("user image", True),
    ("Bài viết hay? Hãy đánh giá bài viết", True),
    ("Tin khác", True),
    ("Ý kiến của Sở Tài chính", False),  # the word also begins sentences
    ("Ảnh hưởng của bão số 3", False),
]


@pytest.mark.parametrize(("line", "expected"), BOILERPLATE)
def test_boilerplate_is_a_whole_line(line: str, expected: bool) -> None:
    assert bool(boilerplate(f"Dòng một\n{line}\nDòng ba")) is expected


def test_a_span_begins_at_a_raw_character_of_its_own() -> None:
    cleaned = clean("bu\u031b" + "\u0300" * 5 + "ng")  # "bừ", four marks over, "ng"
    assert len(cleaned.text) == 8
    assert [cleaned.whole(i, 8) for i in range(8)] == [0, 1, 6, 6, 6, 6, 6, 7]
    assert cleaned.whole(3, 5) == 5  # nothing of its own
    assert clean("bừng").whole(2, 4) == 2
