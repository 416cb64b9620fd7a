"""Our reading of underthesea's model: the words of ``word_tokenize``, always."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

import pipeline.segmenter
import pipeline.word_model
from pipeline.errors import AlignmentError
from pipeline.segment import segment
from pipeline.segmenter import Segmenter, segmenter
from pipeline.text import clean
from pipeline.word_model import Properties, read

GOLD = Path(__file__).parents[2] / "corpora" / "gold" / "dev.jsonl"

LINES = [
    "UBND tỉnh yêu cầu Sở Nội vụ báo cáo trước ngày 30/6/2024.",
    "Bộ",  # one token: both ends of the line in every window
    "Tài chính",  # two: the places outside still differ
    "  Bộ  Tài   chính  ",  # spaces at the ends and between
    "BỘ TRƯỞNG BỘ Y TẾ",  # capitals, which the dictionary doesn't have
    "BOS EOS BOS",  # words that look like the model's own edges
    "True False Bộ=T[0]",  # words that look like its values and templates
    "Kế hoạch số 61/KH-UBND ngày 1-2-2024, v.v...",  # numbers, dates, abbreviations
    "điểm :D",  # a smiley needs the end of the line …
    "điểm :D ",  # … or a space behind it
    "họp tại TP.",  # a stop after capitals is apart at the line's end only
    "họp tại TP. Vinh",
    "xem http://vidu.vn/a(b)c và a.b@vidu.vn, vidu.vn@x",  # looks behind and ahead of itself
    "chiếm 2147483647 và 2147483648 đồng",  # the last number that is one for the model
    "gồm ½, m², ١٢ và Ⅳ",  # digits of other kinds
    "H'Mông, N’Thôn Hạ, ΑΣ ΣΑΣ, İstanbul, ﬁn, ẞ",  # lower case of another length
    "Uy\u0309 ban nhân dân",  # decomposed: underthesea composes first
    "Ðà Nẵng, ð",  # letters that underthesea replaces
    "a\u00a0b\u3000c\u2028d\x1ce",  # white space of other kinds
    "\u200bBộ\u200d Y\ufeff tế",  # nothing to see
    "😀 họp 👨‍👩‍👧 xong",  # beyond the basic plane
    "会议 は 서울",  # other scripts
    "." * 300 + "a" * 300 + "1" * 300,  # long ones, which aren't kept
    "=> ==> -- ... >> 3x4 °C",
]


def words(text: str) -> list[str]:
    """Words of a line as our segmenter has them, tokens joined by a space."""
    out: list[str] = []
    line = segmenter().line(text, 0, len(text))
    for (a, b), goes_on in zip(line.spans, line.goes_on, strict=True):
        if goes_on and out:
            out[-1] += " " + text[a:b]
        else:
            out.append(text[a:b])
    return out


def word_tokenize(text: str) -> list[str]:
    """Theirs."""
    made: list[str] = import_module("underthesea").word_tokenize(text, use_token_normalize=False)
    return made


@pytest.mark.parametrize("line", LINES)
def test_the_words_are_underthesea_s(line: str) -> None:
    text = clean(line).text
    for part in text.split("\n"):
        assert words(part) == word_tokenize(part)


def test_the_words_are_underthesea_s_in_gold() -> None:
    for row in GOLD.read_text(encoding="utf-8").splitlines():
        for line in clean(json.loads(row)["text"]).text.split("\n"):
            assert words(line) == word_tokenize(line)


def test_characters_that_do_not_come_in_texts() -> None:
    """Every letter of the first planes, alone, before and behind a letter."""
    for first in range(0x21, 0x3000, 64):
        chars = [chr(c) for c in range(first, first + 64)]
        text = clean(" ".join(f"{c} b{c} {c}b" for c in chars)).text
        for line in text.split("\n"):
            assert words(line) == word_tokenize(line)


def test_the_model_is_read_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new underthesea may bring another model: compare, then change KNOWN_MODEL."""
    ours = Segmenter()
    monkeypatch.setattr(ours, "_word_tokenize", None)
    line = LINES[0]
    assert len(ours.line(line, 0, len(line)).spans) == 13


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (pipeline.segmenter, "KNOWN_MODEL", "0" * 64),  # another model
        (pipeline.word_model, "TIE", 1e9),  # rounding may decide everywhere
    ],
)
def test_underthesea_is_asked_otherwise(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object
) -> None:
    expected = segment(LINES[0])
    monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(pipeline.segmenter, "_segmenter", None)
    asked = []
    made = segmenter()
    theirs = made._word_tokenize

    def counted(*args: object, **options: object) -> list[str]:
        asked.append(args)
        return theirs(*args, **options)

    monkeypatch.setattr(made, "_word_tokenize", counted)
    assert segment(LINES[0]) == expected
    assert asked


def test_an_underthesea_without_the_pattern_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = import_module("underthesea.pipeline.word_tokenize.regex_tokenize")
    expected = segmenter().line(LINES[0], 0, len(LINES[0]))
    made = tokens.patterns
    monkeypatch.delattr(tokens, "patterns")
    other = Segmenter()
    monkeypatch.setattr(tokens, "patterns", made, raising=False)
    assert other._model is None
    assert other.line(LINES[0], 0, len(LINES[0])) == expected


def test_no_token_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Segmenter()
    monkeypatch.setattr(made, "_model", None)
    for got, what in ((["Bộ", "Y"], "dropped 'tế'"), (["Bộ", "tế"], "gave 'tế'")):
        monkeypatch.setattr(made, "_word_tokenize", lambda *a, got=got, **k: got)
        with pytest.raises(AlignmentError, match=what):
            made.line("Bộ Y tế", 0, 7)


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="no CQDB"):
        read(b"lCRF" + bytes(200))


def test_properties_are_underthesea_s() -> None:
    """A number beyond 31 bits isn't one to it, and whatever is not small is a title."""
    look = pipeline.segmenter._look()
    assert look("Ủy") == Properties("ủy", "False", "True")
    assert look("2147483648") == Properties("2147483648", "False", "True")
    assert look("12") == Properties("12", "True", "True")
