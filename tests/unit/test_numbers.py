"""Vietnamese numbers: separators, scale words, number words, shares, multiples."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize.numbers import find_numbers, parse_digits, parse_number, parse_words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30.000", 30_000),  # dot groups thousands
        ("3,5", 3.5),  # comma begins the fraction
        ("82.016,22", 82_016.22),  # both
        ("1.418", 1_418),
        ("1.234.567", 1_234_567),
        ("12,345,678", 12_345_678),  # English habit, unambiguous with two groups
        ("1,000", 1_000),  # no fraction ends in three zeros
        ("1,638", 1.638),  # one comma group: a fraction
        ("3.5", 3.5),  # a dot that cannot group
        ("0.125", 0.125),  # nothing is grouped after a zero
        ("05", 5),  # leading zero of official style
        ("30 000", 30_000),  # space groups
        ("2025", 2_025),
        ("1.23.4", None),
        ("", None),
        ("abc", None),
    ],
)
def test_digits(text: str, value: float | None) -> None:
    assert parse_digits(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("một trăm linh năm", 105),
        ("một trăm lẻ năm", 105),
        ("hai mươi lăm", 25),
        ("ba mươi mốt", 31),
        ("mười lăm", 15),
        ("hai trăm", 200),
        ("mười lăm nghìn", 15_000),
        ("hai triệu rưỡi", 2_500_000),
        ("một triệu hai trăm nghìn", 1_200_000),
        ("năm tỷ", 5_000_000_000),
        ("hai ba", None),  # "two three": no number
        ("xã", None),
    ],
)
def test_words(text: str, value: float | None) -> None:
    assert parse_words(text) == value


@pytest.mark.parametrize(
    ("text", "value", "surface"),
    [
        ("1,2 triệu", 1_200_000, "1,2 triệu"),
        ("3 nghìn tỷ đồng", 3e12, "3 nghìn tỷ"),
        ("1 tỷ 200 triệu", 1_200_000_000, "1 tỷ 200 triệu"),
        ("2 triệu rưỡi", 2_500_000, "2 triệu rưỡi"),
        ("hơn 2 nghìn", 2_000, "2 nghìn"),
        ("95,5%", 95.5, "95,5"),
        ("400ha", 400, "400"),  # a unit may touch
        ("2tr", 2_000_000, None),  # as may a short scale
        ("một nửa", 0.5, "một nửa"),
        ("hai phần ba", 2 / 3, "hai phần ba"),
        ("3 phần 4", 0.75, "3 phần 4"),
        ("1/3 số hộ", 1 / 3, "1/3"),
        ("gấp đôi", 2, "gấp đôi"),
        ("gấp rưỡi", 1.5, "gấp rưỡi"),
        ("gấp ba lần", 3, "gấp ba lần"),
    ],
)
def test_first_number(text: str, value: float, surface: str | None) -> None:
    number = parse_number(text)
    assert number is not None
    assert number.value == pytest.approx(value)
    if surface is not None:
        assert text[number.start : number.end] == surface


@pytest.mark.parametrize("text", ["mạng 5G", "QĐ15", "đầu tư", "không có", "bán lẻ", "mỗi năm", ""])
def test_no_number(text: str) -> None:
    """Letters and digits of a name, and syllables that are numbers only among numbers."""
    assert parse_number(text) is None


NUMBERS = [
    # text, value, plain, scale, kind
    ("1,2 triệu", 1_200_000, 1.2, "triệu", "digits"),
    ("3 nghìn tỷ", 3e12, 3, "nghìn tỷ", "digits"),
    ("5 NGÀN", 5_000, 5, "ngàn", "digits"),
    ("7 vạn", 70_000, 7, "vạn", "digits"),
    ("8 chục", 80, 8, "chục", "digits"),
    ("9 trăm", 900, 9, "trăm", "digits"),
    ("2 tỉ", 2e9, 2, "tỉ", "digits"),
    ("2tr", 2_000_000, 2, "triệu", "digits"),
    ("2  triệu", 2_000_000, 2, "triệu", "digits"),  # two spaces, and no more
    ("2   triệu", 2, 2, "", "digits"),
    ("4 triệuđồng", 4, 4, "", "digits"),  # the scale word ends where it ends
    ("2 nghìn tỷ triệu", 2e12, 2, "nghìn tỷ", "digits"),  # two scale words at most
    ("2 tỷ rưỡi", 2_500_000_000, 2, "tỷ", "digits"),
    ("1 tỷ 200 triệu", 1_200_000_000, 1_200_000_000, "", "digits"),
    ("1 triệu 200 nghìn", 1_200_000, 1_200_000, "", "digits"),
    ("1 nghìn 200 triệu", 1_000, 1, "nghìn", "digits"),  # the second is larger: another number
    ("1 triệu 200 triệu", 1_000_000, 1, "triệu", "digits"),  # as it is where both are alike
    ("2 nghìn hai trăm", 2_200, 2_200, "", "digits"),  # it goes on in words
    ("2 triệu năm trăm nghìn", 2_500_000, 2_500_000, "", "digits"),
    ("2 nghìn hai trăm tỷ", 2.2e12, 2_200, "tỷ", "digits"),
    ("3 trăm linh năm", 305, 305, "", "digits"),
    ("2 nghìn hai trăm năm trước", 2_200, 2_200, "", "digits"),  # the noun
    ("2 triệu một tháng", 2_000_000, 2, "triệu", "digits"),  # another number's word
    ("2 trăm hai nghìn", 200, 2, "trăm", "digits"),  # the second is larger
    ("một nửa", 0.5, 0.5, "", "fraction"),
    ("nửa", 0.5, 0.5, "", "fraction"),
    ("ba phần tư", 0.75, 0.75, "", "fraction"),
    ("bốn phần năm", 0.8, 0.8, "", "fraction"),
    ("năm phần mười", 0.5, 0.5, "", "fraction"),
    ("một phần bốn", 0.25, 0.25, "", "fraction"),
    ("1 phần 10", 0.1, 0.1, "", "fraction"),
    ("2/3 tổng số xã", 2 / 3, 2 / 3, "", "fraction"),
    ("2/3 dân số", 2 / 3, 2 / 3, "", "fraction"),
    ("5/3 số xã", 5, 5, "", "digits"),  # more than the whole is no share
    ("gấp đôi", 2, 2, "", "times"),
    ("gấp hai lần", 2, 2, "", "times"),
    ("gấp bốn", 4, 4, "", "times"),
    ("Gấp năm lần", 5, 5, "", "times"),
    ("gấp mười", 10, 10, "", "times"),
    ("hai mươi ba", 23, 23, "", "words"),
    ("Mười hai", 12, 12, "", "words"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "plain", "scale", "kind"), NUMBERS)
def test_all_that_is_read_of_a_number(
    text: str, value: float, plain: float, scale: str, kind: str
) -> None:
    number = parse_number(f"có {text}")
    assert number is not None
    assert number.value == pytest.approx(value) and number.plain == pytest.approx(plain)
    assert (number.scale, number.kind, number.start) == (scale, kind, 3)


MORE_DIGITS = [
    ("1.000,5", 1_000.5),
    ("12,345,678.5", 12_345_678.5),
    ("1,234.5", 1_234.5),  # English, told by its point
    ("999,000", 999_000),
    ("0,000", 0),
    ("0.500", 0.5),
    ("01.000", 1),  # nothing is grouped after a zero
    ("1,000,000", 1_000_000),
    ("1.000.00", None),
    ("1,2,3", None),
    ("12.", None),
    (",5", None),
    ("1 200 000", 1_200_000),
    ("1.2,3", None),
]


@pytest.mark.parametrize(("text", "value"), MORE_DIGITS)
def test_separators(text: str, value: float | None) -> None:
    assert parse_digits(text) == value


MORE_WORDS = [
    ("mốt", 1), ("hai mươi mốt", 21), ("bốn mươi tư", 44), ("sáu mươi nhăm", 65), ("bẩy", 7),
    ("tám chín", None), ("chín trăm linh tám", 908), ("chục", 10), ("hai chục", 20), ("trăm", 100),
    ("mươi", 10), ("nghìn", 1_000), ("ba vạn", 30_000), ("ngàn", 1_000), ("không tỷ", None),
    ("không triệu", 0), ("hai tỉ", 2e9), ("hai trăm rưỡi", 250), ("mười rưỡi", 15),
    ("rưỡi", None), ("hai rưỡi", None), ("linh", None), ("không", 0), ("", None),
    ("hai nghìn không trăm hai mươi lăm", 2_025), ("một tỷ hai trăm triệu", 1_200_000_000),
    ("ba trăm bốn mươi nghìn năm trăm", 340_500), ("HAI MƯƠI", 20), ("hai con", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), MORE_WORDS)
def test_more_words(text: str, value: float | None) -> None:
    assert parse_words(text) == value


FOUND = [
    # text, the surfaces found, with words and without
    ("từ 1,1-1,2 triệu tấn, gấp đôi", ["1,1", "1,2 triệu", "gấp đôi"], None),
    ("2 nghìn, hai trăm", ["2 nghìn", "hai trăm"], ["2 nghìn"]),
    ("ba mươi xã, 5 huyện", ["ba mươi", "5"], ["5"]),
    ("một phần ba", ["một phần ba"], ["một phần ba"]),
    ("400ha, 500m2, 20h, 5km², 7km2, 3m², 8kg, 9USD, 6đ, 4%", ["400", "500", "20", "5", "7", "3", "8", "9", "6", "4"], None),
    ("5G, QĐ15, 12abc, 7_x, a5", [], None),
    ("5ha2", [], None),  # more than a unit touches
    ("1.234.567.890.123.456.789.012", [], None),  # no number has so many groups
    ("123456789012345", ["123456789012345"], None),
    ("1234567890123456", [], None),
    ("30 000 000 đồng", ["30 000 000"], None),
    ("3 500", ["3 500"], None),
    ("12 34", ["12", "34"], None),
    ("mã 00.000.000 và 5 xã", ["5"], None),  # separators without sense
    ("1/2 diện tích", ["1/2"], None),
    ("1/2 ngày", ["1", "2"], None),
    ("tư, năm, không, lẻ, tỷ, ba, chục, trăm, mốt, lăm, rưỡi, mươi, nhăm, linh, tỉ", [], None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "all", "digits"), FOUND)
def test_what_is_found(text: str, all: list[str], digits: list[str] | None) -> None:
    assert [text[n.start : n.end] for n in find_numbers(text)] == all
    if digits is not None:
        assert [text[n.start : n.end] for n in find_numbers(text, words=False)] == digits


def test_slash_gives_both_numbers() -> None:
    assert [n.value for n in find_numbers("63/63 tỉnh")] == [63, 63]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_grouped_round_trip(n: int) -> None:
    assert parse_digits(f"{n:,}".replace(",", ".")) == n


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_never_raises_and_stays_inside(text: str) -> None:
    end = 0
    for number in find_numbers(text):
        assert end <= number.start < number.end <= len(text)
        end = number.end


@pytest.mark.parametrize("noise", ["1.000." * 8_000, "một trăm " * 6_000, "1/2 " * 12_000])
def test_linear(noise: str) -> None:
    began = time.thread_time()
    list(find_numbers(noise))
    assert time.thread_time() - began < 3
