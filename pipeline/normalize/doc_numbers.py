"""Document numbers: ``286/KH-UBND`` → number 286, symbol KH-UBND, type Kế hoạch.

The form is that of Nghị định 30/2020/NĐ-CP, appendix I and III (number, then type and
issuer abbreviations joined by "/" and "-"), of legal normative documents, which put the
year between (61/2018/NĐ-CP), of the Party (06-NQ/TU), and of what was written before:
50/CP/1995, 206-CP/1979, 19-2017/NQ-CP.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.normalize.doc_symbols import (
    SLASHES,
    canonical_type,
    fold,
    issuer_of_symbol,
    opens_with_issuer,
    segments,
    type_pattern,
    types_of_symbol,
)
from pipeline.schema import DocNumberValue

__all__ = ["doc_number_values", "issuer_of_symbol", "parse_doc_number", "types_of_symbol"]

# How far back a type word is looked for, in characters of the same line: a list of the
# laws that amended one law runs over several hundred.
WINDOW = 600
_NEAR = 80
_AFTER = 160


_NUMBER = re.compile(
    r"""(?x)
    (?P<number> \d{1,6} [a-zđ]? )                 # 286, 06, 36a
    (?: (?P<first> [-/] ) (?P<year> (?:19|20)\d{2} ) (?!\d) )?   # /2018 ; 19-2017/NQ-CP
    (?: (?P<second> [-/]? ) (?P<symbol> [^\W\d_] .* ) )?         # /KH-UBND ; -NQ/TU ; NĐ-CP
    """
)
_YEAR_LAST = re.compile(r"^(?P<symbol>[^\W\d_].{0,40}?)[-/](?P<year>(?:19|20)\d{2})$")  # CP/1995
_NOISE = re.compile(r"^[\W_]+|[\W_]+$")
# Right before a number, what numbers other things: a road, a standard, a patient, a house.
_OTHER_THING = re.compile(
    r"(?:\b[Qq]uốc lộ|\b[Tt]ỉnh lộ|\bQL|\bQCVN|\bTCVN|\bTCN|\bBN|\b[Bb]ệnh nhân)"
    r"(?: số)?[\s\d:.-]{0,12}$"
)
_YEAR_AFTER = re.compile(r"^\s{0,2}(?:\([^()]{0,40}\)\s)?năm (?P<year>(?:19|20)\d{2})(?!\d)")


def _squeeze(text: str) -> str:
    """One kind of slash and dash, no stray spaces, a letter O that stands for a zero.

    >>> _squeeze("08/2022/ NĐ-CP"), _squeeze("O 4/2018/NĐCP"), _squeeze("92/2016 NĐ - CP")
    ('08/2022/NĐ-CP', '04/2018/NĐCP', '92/2016/NĐ-CP')
    """
    text = unicodedata.normalize("NFC", text).translate(SLASHES).strip()
    text = re.sub(r"^[Oo](?=\s?\d)", "0", text)
    text = re.sub(r"(?<=\d)\s+(?=\d)", "", text)  # 8 8/2019, a scanner's space
    text = re.sub(r"(?<=\d{4})\s+(?=[^\W\d_])", "/", text)
    return re.sub(r"(?<=[\d/-])\s+|(?<!\s)\s+(?=[\d/-])", "", text)


def parse_doc_number(text: str, *, before: str = "", after: str = "") -> DocNumberValue | None:
    """The parts of a document number, its type from the words ``before`` it or its symbol.

    ``before`` and ``after`` are the text of the same line around it. ``None`` where
    ``text`` has no number in it. Raises nothing.

    >>> parse_doc_number("08/2022/ NĐ-CP", before="theo Nghị định số ").normalized
    '08/2022/NĐ-CP'
    >>> parse_doc_number("107/2021/NĐ-CP", before="các Nghị định 61/2018/NĐ-CP và ").type
    'Nghị định'
    >>> parse_doc_number("05/CĐ-TTg").type
    'Công điện'
    """
    squeezed = _NOISE.sub("", _squeeze(text))
    found = _NUMBER.search(squeezed)
    if found is None:
        return None
    number, symbol = found["number"], found["symbol"]
    year = int(found["year"]) if found["year"] else None
    if symbol:
        last = _YEAR_LAST.match(symbol)
        if last:
            symbol, year = last["symbol"], int(last["year"])
    if year is None:
        said = _YEAR_AFTER.match(after)
        year = int(said["year"]) if said else None
    other = _OTHER_THING.search(before)
    kind = _type_before(before, symbol) or _type_of_symbol(symbol) or _type_after(after)
    return DocNumberValue(
        type=None if other else kind,
        number=number,
        year=year,
        symbol=symbol,
        normalized=squeezed[found.start() :],
    )


# What may stand between the type and its number: "Công văn hỏa tốc số", "Luật số:".
_FILLER = re.compile(
    r"""(?x) [\s"“”'(|*:,]*
    (?: (?: số | so | hiệu | ký[ ]hiệu | hỏa[ ]tốc | khẩn | thượng[ ]khẩn | mật | tối[ ]mật
          | tuyệt[ ]mật | chung | mới | \# )
        [\s"“”'(|*:,.]* ){0,4}"""
)
_OTHER_NUMBER = re.compile(
    r"""(?x) (?<![\w/.]) \d{1,6} [a-zđ]? (?![\w.]) (?! \s? (?:tháng|năm|%) )   # 18, 19
    | \d [/-] \d{4} | \d [/-] \w{1,8} - \w                                   # 61/2018 ; 33/NQ-CP"""
)
_TO_NUMBER = re.compile(r"(?:(?<!\w)số[:\s,(]*|\()$")
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-ZĐÀ-Ỹ])")
_LAWS = frozenset({"Luật", "Bộ luật", "Pháp lệnh"})


def _type_before(before: str, symbol: str | None) -> str | None:
    found = type_before(before, symbol)
    return found[0] if found else None


def type_before(before: str, symbol: str | None) -> tuple[str, int] | None:
    """The type that a number belongs to and how far before the number its word begins.

    >>> type_before("theo các Nghị quyết số 18, ", None)
    ('Nghị quyết', 18)
    """
    window = before[-WINDOW:]
    folded = fold(window)
    matches = list(type_pattern().finditer(folded))
    possible = types_of_symbol(symbol)
    for match in reversed(matches):
        written = window[match.start() : match.end()]
        name = canonical_type(written)
        gap = window[match.end() :]
        result = name, len(window) - match.start()
        if _FILLER.fullmatch(folded[match.end() :]):
            return result
        if _SENTENCE_END.search(gap) and not (name in _LAWS and name in possible):
            return None
        listed = _OTHER_NUMBER.search(gap) is not None
        if name in possible and (listed or _TO_NUMBER.search(folded) or len(gap) <= _NEAR):
            return result  # Luật Đất đai số …; các Nghị quyết số 33/NQ-CP, …
        if not possible or name == "Văn bản" or opens_with_issuer(symbol):
            if listed and len(gap) <= 2 * _NEAR:
                return result  # Nghị quyết 18, 19; văn bản số 121/TB-VPCP … và số 2827/VPCP-KTTH
            if _TO_NUMBER.search(folded) and len(gap) <= _NEAR:
                return result  # quyết định miễn nhiệm số 5874
    return None


def _type_after(after: str) -> str | None:
    """The type in a line of its own below the number: the head of an official text."""
    for line in after[:_AFTER].split("\n")[1:5]:
        bare = line.strip(" *#_|:")
        if bare.isupper() and type_pattern().fullmatch(fold(bare)):
            return canonical_type(bare)
    return None


def _type_of_symbol(symbol: str | None) -> str | None:
    """The one type that a symbol means; None where it may be several."""
    types = types_of_symbol(symbol)
    if len(types) == 1:
        return types[0]
    if not types and opens_with_issuer(symbol) and len(segments(symbol or "")) > 1:
        return "Công văn"
    return None


def doc_number_values(
    article: Article,
) -> tuple[dict[int, DocNumberValue | None], list[Note]]:
    """Values of the DOC_NUMBER spans of an article, by span index.

    A number without a type word and with a symbol that leaves it open takes the type that
    the same number has elsewhere in the article; else its type is null, with a note.
    """
    values: dict[int, DocNumberValue | None] = {}
    notes: list[Note] = []
    text = article.text
    for i in article.of(Label.DOC_NUMBER):
        span = article.spans[i]
        line = text.rfind("\n", 0, span.start) + 1
        values[i] = value = parse_doc_number(
            text[span.start : span.end],
            before=text[max(line, span.start - WINDOW) : span.start],
            after=text[span.end : span.end + _AFTER],
        )
        if value is None:
            notes.append(Note("doc-number-unread", f"no number in {article.surface(i)!r}", i))
    types: dict[str, str] = {}
    for value in values.values():
        if value and value.type:
            types.setdefault(value.normalized, value.type)
    for i, value in values.items():
        if value is None or value.type:
            continue
        if value.normalized in types:
            values[i] = value.model_copy(update={"type": types[value.normalized]})
            continue
        possible = types_of_symbol(value.symbol)
        says = f"may be {' or '.join(possible)}" if possible else "does not say the type"
        notes.append(Note("doc-type-unknown", f"{value.normalized}: the number {says}", i))
    return values, notes


def number_follows(folded: str, end: int, number_starts: set[int]) -> bool:
    """Whether a type word that ends at ``end`` has its number right behind it.

    ``number_starts`` are the starts of the DOC_NUMBER spans in ``folded``.
    """
    filler = _FILLER.match(folded, end)
    return filler is not None and filler.end() in number_starts
