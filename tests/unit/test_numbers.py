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
    began = time.perf_counter()
    list(find_numbers(noise))
    assert time.perf_counter() - began < 3
