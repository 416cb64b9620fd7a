"""What the abbreviations in a document number stand for: types and issuers.

Source: Nghị định 30/2020/NĐ-CP, article 7 and appendix III (types of administrative
documents), the Law on the Promulgation of Legal Documents, the Party's Hướng dẫn
36-HD/VPTW; row by row in ``data/doc_types.jsonl`` and ``data/issuers.jsonl``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from pipeline.text import new_tone

# One kind of slash and dash, and Đ for the look-alike Ð.
SLASHES = str.maketrans({"⁄": "/", "∕": "/", "／": "/", "–": "-", "—": "-", "−": "-", "‑": "-"})
SLASHES |= str.maketrans({"Ð": "Đ", "ð": "đ"})


def data_rows(name: str) -> list[dict[str, Any]]:
    """Rows of a JSONL file in ``pipeline/data``."""
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
    for row in data_rows("doc_types.jsonl"):
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
    return {row["symbol"].upper(): tuple(row["names"]) for row in data_rows("issuers.jsonl")}


def fold(text: str) -> str:
    """Lower case and new tone marks, length kept: for comparing with the data files.

    >>> fold("Giấy uỷ quyền")
    'giấy ủy quyền'
    """
    lowered = text.lower()
    if len(lowered) != len(text):  # "İ" has two letters in lower case
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return new_tone(lowered)


def _bare(text: str) -> str:
    """Without marks: "Thông tư" → "Thong tu"."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in parts if not unicodedata.combining(c))


# Words before or after which a type's name is part of another word or phrase.
_NOT_BEFORE = {"hợp đồng": " lao động", "văn bản": " quy phạm", "quy hoạch": " sử dụng đất"}
_NOT_AFTER = ("pháp ", "kỷ ", "dự ", "mệnh ")


@lru_cache(maxsize=1)
def type_pattern() -> re.Pattern[str]:
    """Any type of document in folded text, the longest name first.

    Not "luật" in "pháp luật, kỷ luật, dự luật", not "lệnh" in "mệnh lệnh", not "hợp đồng"
    in "hợp đồng lao động", not "văn bản" in "Luật Ban hành văn bản quy phạm pháp luật".
    """
    names = sorted(_types().names, key=len, reverse=True)
    # A file name or a page without diacritics: "Thong tu so 52".
    names += [_bare(name) for name in names if _types().names[name] in _OFTEN]
    choices = [
        re.escape(name) + (f"(?!{_NOT_BEFORE[name]})" if name in _NOT_BEFORE else "")
        for name in names
    ]
    no = "".join(f"(?<!{word})" for word in _NOT_AFTER)
    return re.compile(rf"(?<!\w){no}(?:{'|'.join(choices)})(?!\w)")


_OFTEN = frozenset({"Nghị định", "Thông tư", "Quyết định", "Nghị quyết", "Công văn", "Kế hoạch",
                    "Chỉ thị", "Thông báo", "Công điện"})  # fmt: skip


def canonical_type(written: str) -> str:
    """The name of a type as the data file has it, or as written with a capital.

    >>> canonical_type("THÔNG TƯ"), canonical_type("Thong tu")
    ('Thông tư', 'Thong tu')
    """
    name = _types().names.get(fold(written))
    return name if name else written[:1].upper() + written[1:].lower()


def segments(symbol: str) -> list[str]:
    """Parts of a symbol, as the data files key them.

    >>> segments("NQ-UBTVQH10"), segments("QDD-TTg"), segments("NĐCP")
    (['NQ', 'UBTVQH'], ['QĐ', 'TTG'], ['NĐ', 'CP'])
    """
    upper = unicodedata.normalize("NFC", symbol).translate(SLASHES).upper().replace("DD", "Đ")
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
    parts = segments(symbol)
    if not parts:
        return ()
    known = _types()
    types = known.by_symbol.get(parts[0], ())
    if len(parts) > 1 and _PARTY_ISSUER.search(parts[-1]):
        types = (*types, *known.party.get(parts[0], ()))
    return tuple(dict.fromkeys(types))


def opens_with_issuer(symbol: str | None) -> bool:
    """UBND-SNV, VPCP-KGVX: a công văn has no abbreviation of its type."""
    if not symbol:
        return False
    parts = segments(symbol)
    return bool(parts) and not types_of_symbol(symbol) and parts[0] in _issuers()


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
    parts = segments(symbol)
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
