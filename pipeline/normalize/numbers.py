"""Numbers as Vietnamese texts write them: separators, scale words, number words.

Separators follow Vietnamese usage (Thông tư 01/2011/TT-BNV, and the decimal comma that
Luật Kế toán 2015, article 10, fixes for accounts): the dot groups thousands, the comma
begins the fraction; a dot that cannot group ("3.5") is read as a decimal point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number at ``text[start:end]``; ``plain`` is its value before the scale word.

    "1,2 triệu" has value 1200000, plain 1.2 and scale "triệu". ``kind`` is "digits",
    "words", "fraction" (một nửa, hai phần ba, 2/3) or "times" (gấp đôi).
    """

    value: float
    start: int
    end: int
    plain: float
    scale: str = ""
    kind: str = "digits"


SCALES = {"chục": 10, "trăm": 100, "nghìn": 1e3, "ngàn": 1e3, "vạn": 1e4, "triệu": 1e6,
          "tỷ": 1e9, "tỉ": 1e9}  # fmt: skip

# A digit run with its separators: "30.000", "82.016,22", "1 200 000", "3,5", "05".
# Not inside a word or a symbol ("5G", "QĐ15"): the lookarounds see to letters.
_DIGITS = re.compile(
    r"""(?x)
    (?<![\w]) (?<!\d[.,])
    (?: \d{1,3} (?:\.\d{3}){1,5} (?:,\d{1,6})?        # 30.000 · 82.016,22
      | \d{1,3} (?:,\d{3}){2,5} (?:\.\d{1,6})?        # 1,200,000 (English habit, two groups)
      | \d{1,3} (?:[ ]\d{3}){1,4} (?![\d.,]\d|[ ]\d)  # 30 000
      | \d{1,15} (?:[.,]\d{1,6})?                     # 3,5 · 3.5 · 05
    )
    (?![.,]?\d)"""
)
# What may touch the last digit: a unit ("400ha", "500m2", "20h"), a scale ("2tr", "5tỷ").
_TOUCHING = re.compile(
    r"(?:%|ha|km²?|km2|m[23²³]?|kg|g|gam|mg|lít|l|h|MW|kW|KW|GW|KWh|kWh|MWp|tr|tỷ|tỉ|USD|đ|đồng)"
    r"(?![^\W_])"
)
_SCALE = re.compile(r"[ ]{0,2}(nghìn|ngàn|vạn|triệu|tỷ|tỉ|trăm|chục|tr)(?![^\W_])", re.IGNORECASE)
_HALF = re.compile(r"[ ]rưỡi(?![^\W_])")

_UNITS = {"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5,
          "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9}  # fmt: skip
_TEN = ("mười", "mươi")
_WORD = f"(?:{'|'.join([*_UNITS, *_TEN, *SCALES, 'linh', 'lẻ', 'rưỡi'])})"
_WORDS = re.compile(rf"(?i)(?<![^\W_]){_WORD}(?![^\W_])(?: {_WORD}(?![^\W_])){{0,14}}")
# What tells that a word goes on with the number before it ("2 nghìn linh năm").
_PLACES = frozenset({*_TEN, "trăm", "nghìn", "ngàn", "triệu", "linh", "lẻ"})
# Shares: "một nửa", "quá nửa", "1/3 số xã", "hai phần ba", "ba phần tư".
_SHARE = re.compile(
    r"(?i)(?<![^\W_])(?:(?:một )?nửa"
    r"|(một|hai|ba|bốn|năm|[1-9]) phần (hai|ba|tư|bốn|năm|mười|[2-9]|10))(?![^\W_])"
)
_SLASH_SHARE = re.compile(
    r"(?<![\w/.,])([1-9])/([2-9]|10)(?= (?:số|tổng số|diện tích|dân số|chiều dài))"
)
# Multiples: "gấp đôi", "gấp rưỡi", "gấp ba lần", "gấp 1,5 lần" (the last by its digits).
_TIMES = re.compile(r"(?i)(?<![^\W_])gấp (đôi|rưỡi|hai|ba|bốn|năm|mười)(?: lần)?(?![^\W_])")
_TIMES_VALUE = {"đôi": 2.0, "rưỡi": 1.5, "hai": 2.0, "ba": 3.0, "bốn": 4.0, "năm": 5.0,
                "mười": 10.0}  # fmt: skip


def parse_digits(text: str) -> float | None:
    """The value of one written number, or None where the separators make no sense.

    >>> [parse_digits(t) for t in ("30.000", "3,5", "82.016,22", "1.418", "05", "3.5")]
    [30000.0, 3.5, 82016.22, 1418.0, 5.0, 3.5]
    """
    bare = text.replace(" ", "")
    if not re.fullmatch(r"\d[\d.,]*", bare) or not bare[-1].isdigit():
        return None
    dots, commas = bare.count("."), bare.count(",")
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", bare):
        return float(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3}){2,}(?:\.\d+)?", bare) or (
        dots == 1 and re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+\.\d+", bare)
    ):
        return float(bare.replace(",", ""))
    if dots + commas > 1:
        return None
    if commas and re.fullmatch(r"[1-9]\d{0,2},000", bare):  # no fraction ends in three zeros
        return float(bare.replace(",", ""))
    return float(bare.replace(",", "."))


def parse_words(text: str) -> float | None:
    """The value of a number in words, or None.

    >>> [parse_words(t) for t in ("một trăm linh năm", "hai mươi lăm", "hai triệu rưỡi")]
    [105.0, 25.0, 2500000.0]
    """
    total = group = 0.0
    digit: float | None = None
    last = 0.0
    seen = False
    for word in text.lower().split():
        if word in _UNITS:
            if digit is not None:
                return None
            digit, seen = _UNITS[word], True
        elif word in _TEN or word == "chục":
            group += 10 * (1 if digit is None else digit)
            digit, seen, last = None, True, 10
        elif word == "trăm":
            group += 100 * (1 if digit is None else digit)
            digit, seen, last = None, True, 100
        elif word in SCALES:
            total += (group + (digit or 0) if seen else 1) * SCALES[word]
            group, digit, seen, last = 0.0, None, True, SCALES[word]
            if word in ("tỷ", "tỉ") and total < SCALES[word]:
                return None
        elif word == "rưỡi":
            if not last:
                return None
            total += last / 2
        elif word not in ("linh", "lẻ"):
            return None
    return total + group + (digit or 0) if seen else None


def find_numbers(text: str, *, words: bool = True) -> Iterator[Number]:
    """All numbers of ``text`` in order, scale words read, without overlap.

    >>> [n.value for n in find_numbers("từ 1,1-1,2 triệu tấn, gấp đôi")]
    [1.1, 1200000.0, 2.0]
    """
    found = sorted([*_shares(text), *_digit_numbers(text)], key=lambda n: (n.start, -n.end))
    if words:
        found = sorted([*found, *_word_numbers(text)], key=lambda n: (n.start, -n.end))
    end = 0
    for number in found:
        if number.start >= end:
            yield number
            end = number.end


def parse_number(text: str) -> Number | None:
    """The first number of ``text``; leading words such as "hơn" are passed over.

    >>> parse_number("hơn 2 nghìn").value
    2000.0
    >>> parse_number("một nửa").value
    0.5
    """
    return next(find_numbers(text), None)


def _digit_numbers(text: str) -> Iterator[Number]:
    at = 0
    while match := _DIGITS.search(text, at):
        at = match.end()
        after = text[at : at + 1]
        if (after.isalpha() or after == "_") and not _TOUCHING.match(text, at):
            continue
        plain = parse_digits(match.group())
        if plain is None:
            continue
        number, at = _scaled(text, match.start(), at, plain)
        yield number


def _scaled(text: str, start: int, end: int, plain: float) -> tuple[Number, int]:
    """Read scale words after a digit number: "3 nghìn tỷ", "1 tỷ 200 triệu", "2 nghìn hai trăm"."""
    value, last = plain, 1.0
    scale: list[str] = []
    while (match := _SCALE.match(text, end)) and len(scale) < 2:
        word = "triệu" if match[1].lower() == "tr" else match[1].lower()
        last = SCALES[word]
        value = round(value * last, 6)
        scale.append(word)
        end = match.end()
    if scale and (half := _HALF.match(text, end)):
        value += last / 2
        end = half.end()
    elif scale:
        more = re.compile(r" (\d{1,3})[ ](nghìn|ngàn|triệu)(?![^\W_])").match(text, end)
        if more and SCALES[more[2]] < last:
            value += float(more[1]) * SCALES[more[2]]
            return Number(value, start, more.end(), value), more.end()
        if spelt := _spelt_on(text, end, last):
            value, end = value + spelt[0], spelt[1]
            if (above := _SCALE.match(text, end)) and above[1].lower() in ("triệu", "tỷ", "tỉ"):
                plain, word, end = value, above[1].lower(), above.end()
                return Number(plain * SCALES[word], start, end, plain, word), end
            return Number(value, start, end, value), end
    return Number(value, start, end, plain, " ".join(scale)), end


def _spelt_on(text: str, at: int, below: float) -> tuple[float, int] | None:
    """The words that go on with a number in digits, and their end: "2 nghìn *hai trăm*".

    Not "2 triệu một tháng": without a place of its own, a word counts what stands behind
    it; nor the "năm" of "2 nghìn hai trăm năm trước".
    """
    match = _WORDS.match(text, at + 1) if text.startswith(" ", at) else None
    words = match.group().lower().split(" ") if match else []
    if words and words[0] not in (*_UNITS, "mười", "linh", "lẻ"):
        return None
    for n in range(len(words), 0, -1):
        is_noun = words[n - 1] == "năm" and words[max(0, n - 2)] not in ("linh", "lẻ")
        if is_noun or not _PLACES.intersection(words[:n]):
            continue
        value = parse_words(" ".join(words[:n]))
        if value and value < below:
            return value, at + 1 + len(" ".join(words[:n]))
    return None


def _shares(text: str) -> Iterator[Number]:
    for match in _SHARE.finditer(text):
        if match[1]:
            below = _small(match[2])
            value = _small(match[1]) / below
        else:
            value = 0.5
        yield Number(value, *match.span(), value, "", "fraction")
    for match in _SLASH_SHARE.finditer(text):
        if (value := int(match[1]) / int(match[2])) < 1:
            yield Number(value, *match.span(), value, "", "fraction")
    for match in _TIMES.finditer(text):
        value = _TIMES_VALUE[match[1].lower()]
        yield Number(value, *match.span(), value, "", "times")


def _small(word: str) -> float:
    return float(word) if word.isdigit() else float(_UNITS.get(word.lower(), 10))


def _word_numbers(text: str) -> Iterator[Number]:
    for match in _WORDS.finditer(text):
        # Alone, "không" is "not", "năm" "year", "tư" in "đầu tư", "tỷ" in "tỷ lệ".
        if match.group().lower() in ("không", "năm", "tư", "mốt", "lăm", "mươi", "nhăm", "ba",
                                     "chục", "trăm", "tỷ", "tỉ"):  # fmt: skip
            continue
        value = parse_words(match.group())
        if value is not None:
            yield Number(value, *match.span(), value, "", "words")
