"""Document numbers: ``286/KH-UBND`` → number 286, symbol KH-UBND, type Kế hoạch.

The form is that of Nghị định 30/2020/NĐ-CP, appendix I and III (number, then type and
issuer abbreviations joined by "/" and "-"), of legal normative documents, which put the
year between (61/2018/NĐ-CP), of the Party (06-NQ/TU), and of what was written before:
50/CP/1995, 206-CP/1979, 19-2017/NQ-CP.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from pipeline.article import Article, Note
from pipeline.labels import Label
from pipeline.schema import DocNumberValue
from pipeline.text import new_tone

# How far back a type word is looked for, in characters of the same line: a list of the
# laws that amended one law runs over several hundred.
WINDOW = 600
_NEAR = 80
_AFTER = 160


def _rows(name: str) -> list[dict[str, Any]]:
    """Rows of a data file of this package."""
    text = resources.files("pipeline").joinpath("data", name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


class _Types(NamedTuple):
    names: dict[str, str]  # folded name → name
    by_symbol: dict[str, tuple[str, ...]]  # upper-case abbreviation → types of State documents
    party: dict[str, tuple[str, ...]]  # what the Party adds


@lru_cache(maxsize=1)
def _types() -> _Types:
    names: dict[str, str] = {}
    state: dict[str, list[str]] = {}
    party: dict[str, list[str]] = {}
    for row in _rows("doc_types.jsonl"):
        names[fold(row["type"])] = row["type"]
        for symbol in row["symbols"]:
            table = party if row.get("only") == "party" else state
            table.setdefault(symbol.upper(), []).append(row["type"])
    return _Types(
        names,
        {symbol: tuple(types) for symbol, types in state.items()},
        {symbol: tuple(types) for symbol, types in party.items()},
    )


@lru_cache(maxsize=1)
def _issuers() -> dict[str, tuple[str, ...]]:
    return {row["symbol"].upper(): tuple(row["names"]) for row in _rows("issuers.jsonl")}


def fold(text: str) -> str:
    """Lower case and new tone marks, length kept: for comparing with the data files.

    >>> fold("Giấy uỷ quyền")
    'giấy ủy quyền'
    """
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return new_tone(lowered)


def _bare(text: str) -> str:
    """Without marks: "Thông tư" → "Thong tu"."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def type_pattern() -> re.Pattern[str]:
    """Any type of document in folded text, the longest name first.

    Not "luật" in "pháp luật, kỷ luật, dự luật", not "lệnh" in "mệnh lệnh", not "hợp đồng"
    in "hợp đồng lao động", not "văn bản" in "Luật Ban hành văn bản quy phạm pháp luật".
    """
    names = sorted(_types().names, key=len, reverse=True)
    # A file name or a page without diacritics: "Thong tu so 52".
    names += [_bare(name) for name in names if _types().names[name] in _OFTEN]
    return re.compile(
        r"(?<!\w)(?<!pháp )(?<!kỷ )(?<!dự )(?<!mệnh )(?:"
        + "|".join(map(re.escape, names))
        + r")(?!\w)(?! lao động)(?! quy phạm)"
    )


_OFTEN = frozenset({"Nghị định", "Thông tư", "Quyết định", "Nghị quyết", "Công văn", "Kế hoạch",
                    "Chỉ thị", "Thông báo", "Công điện"})  # fmt: skip


def canonical_type(written: str) -> str:
    """The name of a type as the data file has it, or as written with a capital.

    >>> canonical_type("THÔNG TƯ"), canonical_type("Thong tu")
    ('Thông tư', 'Thong tu')
    """
    name = _types().names.get(fold(written))
    return name if name else written[:1].upper() + written[1:].lower()


_NUMBER = re.compile(
    r"""(?x)
    (?P<number> \d{1,6} [a-zđ]? )                 # 286, 06, 36a
    (?: (?P<first> [-/] ) (?P<year> (?:19|20)\d{2} ) (?!\d) )?   # /2018 ; 19-2017/NQ-CP
    (?: (?P<second> [-/]? ) (?P<symbol> [^\W\d_] .* ) )?         # /KH-UBND ; -NQ/TU ; NĐ-CP
    """
)
_YEAR_LAST = re.compile(r"^(?P<symbol>[^\W\d_].{0,40}?)[-/](?P<year>(?:19|20)\d{2})$")  # CP/1995
_NOISE = re.compile(r"^[\W_]+|[\W_]+$")
_SPACED = re.compile(r"\s*([-/])\s*")
_YEAR_AFTER = re.compile(r"^\s{0,2}(?:\([^()]{0,40}\)\s)?năm (?P<year>(?:19|20)\d{2})(?!\d)")
_SLASHES = str.maketrans({"⁄": "/", "∕": "/", "／": "/", "–": "-", "—": "-", "−": "-", "‑": "-"})
_SLASHES |= str.maketrans({"Ð": "Đ", "ð": "đ"})


def _squeeze(text: str) -> str:
    """One kind of slash and dash, no stray spaces, a letter O that stands for a zero.

    >>> _squeeze("08/2022/ NĐ-CP"), _squeeze("O 4/2018/NĐCP"), _squeeze("92/2016 NĐ - CP")
    ('08/2022/NĐ-CP', '04/2018/NĐCP', '92/2016/NĐ-CP')
    """
    text = unicodedata.normalize("NFC", text).translate(_SLASHES)
    text = _SPACED.sub(r"\1", text.strip())
    text = re.sub(r"^[Oo](?=\s?\d)", "0", text)
    text = re.sub(r"(?<=\d)\s+(?=\d)", "", text)  # 8 8/2019, a scanner's space
    text = re.sub(r"(?<=\d{4})\s+(?=[^\W\d_])", "/", text)
    return re.sub(r"(?<=[\d/-])\s+|\s+(?=[\d/-])", "", text)


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
    return DocNumberValue(
        type=_type_before(before, symbol) or _type_of_symbol(symbol) or _type_after(after, symbol),
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
        if not possible or name == "Văn bản" or _opens_with_issuer(symbol):
            if listed and len(gap) <= 2 * _NEAR:
                return result  # Nghị quyết 18, 19; văn bản số 121/TB-VPCP … và số 2827/VPCP-KTTH
            if _TO_NUMBER.search(folded) and len(gap) <= _NEAR:
                return result  # quyết định miễn nhiệm số 5874
    return None


def _type_after(after: str, symbol: str | None) -> str | None:
    """The type in a line of its own below the number: the head of an official text."""
    for line in after[:_AFTER].split("\n")[1:5]:
        bare = line.strip(" *#_|:")
        if bare.isupper() and type_pattern().fullmatch(fold(bare)):
            return canonical_type(bare)
    return None


def _segments(symbol: str) -> list[str]:
    """Parts of a symbol, as the data files key them.

    >>> _segments("NQ-UBTVQH10"), _segments("QDD-TTg"), _segments("NĐCP")
    (['NQ', 'UBTVQH'], ['QĐ', 'TTG'], ['NĐ', 'CP'])
    """
    upper = unicodedata.normalize("NFC", symbol).translate(_SLASHES).upper().replace("DD", "Đ")
    parts = [re.sub(r"\d{1,3}$", "", p.replace("&", "")) for p in re.split(r"[-/\s.]+", upper)]
    parts = [part for part in parts if part]
    known = _types()
    if parts and parts[0] not in known.by_symbol and parts[0] not in _issuers():
        for cut in range(len(parts[0]) - 2, 0, -1):  # NĐCP, QĐUBND: the hyphen was lost
            head, tail = parts[0][:cut], parts[0][cut:]
            if head in known.by_symbol and tail in _issuers():
                return [head, tail, *parts[1:]]
    return parts


_PARTY_ISSUER = re.compile(r"(?:TW|TU|HU|QU|ĐU|THU|TXU|ĐUK)$")


def types_of_symbol(symbol: str | None) -> tuple[str, ...]:
    """Types that a symbol's abbreviation stands for; none where it says nothing.

    >>> types_of_symbol("KH-UBND"), types_of_symbol("QH13"), types_of_symbol("QĐ/TW")
    (('Kế hoạch',), ('Bộ luật', 'Luật', 'Nghị quyết'), ('Quyết định', 'Quy định'))
    """
    if not symbol:
        return ()
    parts = _segments(symbol)
    if not parts:
        return ()
    known = _types()
    types = known.by_symbol.get(parts[0], ())
    if len(parts) > 1 and _PARTY_ISSUER.search(parts[-1]):
        types = (*types, *known.party.get(parts[0], ()))
    return tuple(dict.fromkeys(types))


def _opens_with_issuer(symbol: str | None) -> bool:
    """UBND-SNV, VPCP-KGVX: a công văn has no abbreviation of its type."""
    if not symbol:
        return False
    parts = _segments(symbol)
    return bool(parts) and not types_of_symbol(symbol) and parts[0] in _issuers()


def _type_of_symbol(symbol: str | None) -> str | None:
    """The one type that a symbol means; None where it may be several."""
    types = types_of_symbol(symbol)
    if len(types) == 1:
        return types[0]
    if not types and _opens_with_issuer(symbol) and len(_segments(symbol or "")) > 1:
        return "Công văn"
    return None


def issuer_of_symbol(symbol: str) -> list[str]:
    """Who a symbol says the issuer is: several names where it may be one of them.

    A joint circular's symbol (TTLT, NQLT) gives all its issuers. Generic bodies (Ủy ban
    nhân dân) come without their locality, which a symbol does not tell. Source:
    Nghị định 30/2020/NĐ-CP, appendix III, and ``data/issuers.jsonl`` row by row.

    >>> issuer_of_symbol("QĐ-TTg"), issuer_of_symbol("NQ/TU")
    (['Thủ tướng Chính phủ'], ['Tỉnh ủy', 'Thành ủy'])
    >>> issuer_of_symbol("TTLT-BYT-BNV")
    ['Bộ Y tế', 'Bộ Nội vụ']
    """
    if fold(symbol) in _WORDS:
        return [_WORDS[fold(symbol)]]
    parts = _segments(symbol)
    issuers, types = _issuers(), _types()
    if not parts:
        return []
    if parts[0] in ("TTLT", "NQLT", "TTLB"):
        return [name for part in parts[1:] for name in issuers.get(part, ())]
    if len(parts) == 1 or parts[0] not in {*types.by_symbol, *types.party}:
        head = parts[0]
    else:
        head = parts[1]
    # Without the B or S of its kind: 3037/LĐTBXH-TE.
    return list(issuers.get(head) or (issuers.get("B" + head, ()) if len(head) > 3 else ()))


_WORDS = {"chính phủ": "Chính phủ", "cp": "Chính phủ", "thủ tướng": "Thủ tướng Chính phủ"}


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
