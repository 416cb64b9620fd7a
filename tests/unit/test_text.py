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
    ("XÃ X\u00a0xx \ue000", "XÃ X xx \ue000"),  # letters and private signs stay beside odd ones
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


PLACES = [
    # raw, cleaned, the raw span of each cleaned character
    ("ab", "ab", [(0, 1), (1, 2)]),
    ("a\u200bb", "ab", [(0, 1), (2, 3)]),  # dropped
    ("\ufeffa\r\nb", "a\nb", [(1, 2), (3, 4), (4, 5)]),  # \r of a pair is dropped
    ("a\rb", "a\nb", [(0, 1), (1, 2), (2, 3)]),  # alone it is a break
    ("u\u031b\u0300a", "ừa", [(0, 3), (3, 4)]),  # composed
    ("a\u200bu\u031b\u0300", "aừ", [(0, 1), (2, 5)]),  # dropped, then composed
    ("u\u200b\u031b", "ư", [(0, 3)]),  # dropped in between
    ("\u0301a", "\u0301a", [(0, 1), (1, 2)]),  # a mark with nothing before it
    ("a\n\u0301", "a\n\u0301", [(0, 1), (1, 2), (2, 3)]),
    ("\u212b", "Å", [(0, 1)]),  # NFC changes it alone
    ("\u200bau\u031b", "aư", [(1, 2), (2, 4)]),  # dropped first: all stands one further
    ("\u200bu\u031bab", "ưab", [(1, 3), (3, 4), (4, 5)]),
    ("x\u0301u\u031b", "x\u0301ư", [(0, 1), (1, 2), (2, 4)]),  # nothing composes with the first
    ("e\u0323\u0302e", "ệe", [(0, 3), (3, 4)]),
    ("", "", []),
]


@pytest.mark.parametrize(("raw", "text", "spans"), PLACES)
def test_each_character_knows_where_it_came_from(
    raw: str, text: str, spans: list[tuple[int, int]]
) -> None:
    cleaned = clean(raw)
    assert (cleaned.raw, cleaned.text) == (raw, text)
    assert [cleaned.to_raw(i, i + 1) for i in range(len(text))] == spans
    if spans:
        assert cleaned.to_raw(0, len(text)) == (spans[0][0], spans[-1][1])
    for i, (start, end) in enumerate(spans):
        first, last = cleaned.from_raw(start, end)
        assert first <= i < last


def test_nothing_is_kept_where_nothing_changed() -> None:
    for raw in ("UBND", "Ủy ban", "a\u00a0b", "Ðà"):
        cleaned = clean(raw)
        assert cleaned.starts is cleaned.ends is None
        assert cleaned.to_raw(1, 2) == cleaned.from_raw(1, 2) == (1, 2)
        assert cleaned.whole(1, 2) == 1


def test_all_that_composes_is_composed() -> None:
    """Every character that NFC makes of several, or of another, in any script; not spaces."""
    apart = [unicodedata.normalize("NFD", chr(code)) for code in range(0x80, 0x30000)]
    raw = "\n".join(parts for code, parts in enumerate(apart, 0x80)
                    if parts != chr(code) and parts.strip())  # fmt: skip
    cleaned = clean(raw)
    assert len(raw) > 30_000 and cleaned.text == unicodedata.normalize("NFC", raw)
    assert cleaned.starts is not None and cleaned.starts[-1] < len(raw)


EACH_ODD = [
    *((c, "") for c in "\u00ad\u034f\u061c\u180e\u200b\u200f\u202a\u202e\u2060\u2064\u2066\u206f\ufeff"),
    *((c, "\n") for c in "\u000b\u000c\u0085\u2028\u2029\r"),
    *((c, " ") for c in "\t\u00a0\u1680\u2000\u200a\u202f\u205f\u3000\x00\x08\x0e\x1f\x7f\x84\x86\x9f"),
    ("Ð", "Đ"), ("ð", "đ"), ("Ɖ", "Đ"), ("\ud800", "\ufffd"), ("\udfff", "\ufffd"),
    ("\n", "\n"), ("\u2065", "\u2065"), ("\u200c", ""),
]  # fmt: skip


@pytest.mark.parametrize(("char", "becomes"), EACH_ODD, ids=lambda c: ascii(c))
def test_each_odd_character(char: str, becomes: str) -> None:
    assert clean(f"a{char}b").text == f"a{becomes}b"
    assert clean(char).text == becomes


MORE_BOILERPLATE = [
    "Ảnh minh hoạ", "ảnh minh họa:", "Ảnh minh họa  .", "Ảnh: TTXVN", "Nguồn ảnh : Báo", "user",
    "USER IMAGE", "Ý kiến bạn đọc", "ý kiến", "Tổng lượt bình luận", "Refresh", "Tin liên quan",
    "Chia sẻ", "In bài", "in bài viết", "Gửi email", "Quay lại", "  quay lại  ",
]  # fmt: skip


@pytest.mark.parametrize("line", MORE_BOILERPLATE)
def test_lines_of_the_page(line: str) -> None:
    assert boilerplate(f"a\n{line}\nb") == [(2, 2 + len(line))]
    assert boilerplate(line) == [(0, len(line))]
    assert boilerplate(f"{line} x y z" if ":" not in line else f"x {line}") == []
