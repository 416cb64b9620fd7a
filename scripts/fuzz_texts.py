"""Texts damaged in many ways, for ``scripts/fuzz.py``: same seed, same texts."""

from __future__ import annotations

import itertools
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SEPARATORS = "/ - . – — − ／ ∕ | · : \\ _ ,".split(" ") + [" / ", " - ", " ", "", "//", "\u00a0/"]
DATE_HEADS = ["ngày ", "Ngày ", "trước ngày ", "đến hết ngày ", "từ ngày ", "sáng ", "tối ", ""]
WORD_DATES = [
    "ngày {d} tháng {m} năm {y}", "{d} tháng {m}, {y}", "tháng {m}{s}{y}", "quý {q}{s}{y}",
    "quý {r} năm {y}", "năm {y}", "giai đoạn {y}{s}{z}", "nhiệm kỳ {y}{s}{z}",
    "từ {d}{s}{m} đến {e}{s}{m}{s}{y}", "{h} giờ {d} ngày {d}{s}{m}",
    "{h}h{d} ngày {d}{s}{m}{s}{y}", "trước {h}:{d} ngày {d}{s}{m}{s}{y}",
    "trong vòng {d} ngày làm việc kể từ ngày {d}{s}{m}{s}{y}", "trong {d} tháng đầu năm {y}",
    "trước ngày {d} hằng tháng", "{d} Tết", "rằm tháng {m}", "ngày {d}, {e} và {h}{s}{m}",
    "Thứ {q}, {d}{s}{m}{s}{y}, {h}:{d} GMT+7", "đầu tháng {m}", "tuần {d} tháng {m}",
    "đến năm {y}, tầm nhìn {z}",
]  # fmt: skip
NUMBERS = "0 00 1 31 32 99 13 2023 0000 9999 10000 ² ٣ １２ ½ Ⅲ".split(" ")
NOISE = [
    "\u0301", "\u0323\u0302", "\u0300" * 40, "\u200b", "\u202e", "\u202c", "\u2066", "\ufeff",
    "\u00ad", "\ud83d", "\udc00", "\ud800\udc00", "🇻🇳", "👍🏽", "👨\u200d👩\u200d👧", "\x00",
    "\x1b[31m", "\x85", "\u2028", "\t", "\r\n", "\r", "\n\n\n", "\u3000", "العربية", "עברית",
    "中文文件", "한글", "ᄒ", "ᅡ", "Привет", "ไทย", "ﬁ", "ſ", "İ", "ı", "ß", "Å", "ẞ", "ǆ", "((((",
    "))))", "[({", "”“", "\"'", "<b>", "</p>", "&nbsp;", "https://a.vn/12/KH-UBND?d=1/2/2023",
    "...", "…………", "!?!?", "----", "____", "|||", ";;;;", "%", "‰", "số ", "Số:", "số 12/",
    "/KH-UBND", "-", "Đề án 06/", "Nghị quyết số", "các Sở: ", "và ", "; ", "TTLT-BTC-BTP", "100%",
    "1.000.000,5", "-5%", "một nửa", "hai phần ba", "gấp 1/0 lần", "1e400 %",
]  # fmt: skip


@lru_cache(maxsize=1)
def texts() -> list[str]:
    """The texts of the repository's corpora."""
    paths = [ROOT / "corpora/gold/samples.jsonl", *sorted((ROOT / "corpora/gold").glob("*.jsonl"))]
    rows = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [str(json.loads(row)["text"]) for row in rows if row.strip()]


def piece(rng: random.Random, most: int = 300) -> str:
    """A stretch of one text."""
    text = rng.choice(texts())
    start = rng.randrange(len(text))
    return text[start : start + rng.randint(1, most)]


def a_date(rng: random.Random) -> str:
    """A date in some form with some separator, possible or not."""
    number = lambda low, high: (  # noqa: E731 - drawn many times below
        rng.choice(NUMBERS)
        if rng.random() < 0.12
        else f"{rng.randint(low, high):0{rng.choice((1, 2))}}"
    )
    fields = {
        "d": number(0, 33), "e": number(1, 31), "m": number(0, 14), "q": number(1, 8),
        "h": number(0, 25), "r": rng.choice(["I", "II", "III", "IV", "V", "IIII"]),
        "y": number(1900, 2060), "z": number(2000, 2100), "s": rng.choice(SEPARATORS),
    }  # fmt: skip
    if rng.random() < 0.5:
        short = rng.random() < 0.3
        form = "{d}{s}{m}" if short else "{d}{s}{m}{s}{y}"
        return rng.choice(DATE_HEADS) + form.format(**fields)
    return rng.choice(WORD_DATES).format(**fields)


def spliced(rng: random.Random) -> str:
    """Stretches of several texts, glued."""
    return rng.choice(["", " ", "\n", ". "]).join(piece(rng, 160) for _ in range(rng.randint(2, 5)))


def truncated(rng: random.Random) -> str:
    """One stretch, cut anywhere."""
    return piece(rng)


def short(rng: random.Random) -> str:
    """A few words and signs."""
    out = [piece(rng, 40)]
    for _ in range(rng.randint(0, 3)):
        out.insert(
            rng.randrange(len(out) + 1), rng.choice(NOISE) if rng.random() < 0.6 else a_date(rng)
        )
    return "".join(out)


def repeated(rng: random.Random) -> str:
    """A short stretch again and again."""
    return (piece(rng, 40) + rng.choice(["", ", ", "\n"])) * rng.randint(2, 25)


def shuffled(rng: random.Random) -> str:
    """Words in another order."""
    words = piece(rng).split(" ")
    rng.shuffle(words)
    return " ".join(words)


def strewn(rng: random.Random) -> str:
    """Noise between, within and over the characters."""
    out = list(piece(rng))
    for _ in range(rng.randint(1, 30)):
        out.insert(rng.randrange(len(out) + 1), rng.choice(NOISE))
    return "".join(out)


def dated(rng: random.Random) -> str:
    """Dates put in at word breaks, and in place of the text's own numbers."""
    parts = piece(rng, 300).split(" ")
    for _ in range(rng.randint(1, 8)):
        parts.insert(rng.randrange(len(parts) + 1), a_date(rng))
    return " ".join(parts)


def renumbered(rng: random.Random) -> str:
    """Every number replaced, some by very long ones."""
    long = lambda: rng.choice("123456789") * rng.choice([9, 20, 400, 4_301, 10_000])  # noqa: E731
    return re.sub(
        r"\d+",
        lambda m: long() if rng.random() < 0.06 else rng.choice([m[0], *NUMBERS]),
        piece(rng, 400),
    )


def nested(rng: random.Random) -> str:
    """Brackets within brackets around a stretch."""
    n = rng.randint(1, 300)
    opening, closing = rng.choice(["()", "[]", "“”", '""', "{}", "«»"])
    return piece(rng, 80) + opening * n + piece(rng, 120) + closing * rng.choice([n, n - 1, 0])


def recoded(rng: random.Random) -> str:
    """The same text as another system would write it."""
    text = piece(rng)
    changes: list[Callable[[str], str]] = [
        lambda t: unicodedata.normalize("NFD", t), lambda t: unicodedata.normalize("NFKD", t),
        lambda t: t.replace("\n", "\r\n"), lambda t: t.replace(" ", "\u00a0"), str.upper,
        str.lower, str.title, lambda t: t.replace("Đ", "Ð"), lambda t: t.replace(" ", ""),
        lambda t: t.replace(" ", "\n"), lambda t: t[::-1], lambda t: t.replace(".", ". ."),
        lambda t: t.encode("utf-8", "replace").decode("latin-1"),
        lambda t: re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", t)),
        lambda t: "\u202e" + t,
        lambda t: t.encode("utf-16-le", "surrogatepass").decode("utf-16-be", "surrogatepass"),
        lambda t: " ".join(t), lambda t: t.replace("/", rng.choice(SEPARATORS)),
    ]  # fmt: skip
    for change in rng.sample(changes, rng.randint(1, 3)):
        text = change(text)
    return text


KINDS = [spliced, truncated, short, repeated, shuffled, strewn, dated, renumbered, nested, recoded]
PUBLISHED = [None, "2023-08-01", "2024-02-29", "2023-12-31", "0001-01-01", "9999-12-31", "x"]


def dates_in_every_form() -> Iterator[str]:
    """Each form of a date with each separator, in a sentence of its own."""
    fields = {"d": "05", "e": "15", "m": "9", "q": "3", "h": "17", "r": "III", "y": "2023",
              "z": "2025"}  # fmt: skip
    numeric = [head + form for head in DATE_HEADS for form in ("{d}{s}{m}", "{d}{s}{m}{s}{y}")]
    for form, separator in itertools.product([*numeric, *WORD_DATES], dict.fromkeys(SEPARATORS)):
        said = form.format(**fields, s=separator)
        yield f"UBND tỉnh yêu cầu các sở hoàn thành 95% hồ sơ {said}, báo cáo Bộ Nội vụ."


def inputs(seed: int, count: int) -> Iterator[tuple[str, str, str | None]]:
    """Kind, text and publication date of each input."""
    for n in range(count):
        rng = random.Random(seed * 1_000_003 + n)
        kind = KINDS[n % len(KINDS)]
        text = kind(rng)
        if rng.random() < 0.25:  # two kinds of damage at once
            text = text + rng.choice(["", " ", "\n"]) + rng.choice(KINDS)(rng)
        yield kind.__name__, text, rng.choice(PUBLISHED)
