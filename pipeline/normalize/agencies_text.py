"""Spelling of an agency's name: abbreviations expanded, words as keys for the tables.

Case, tone placement, hyphens, commas and "và" differ from paper to paper ("Sở VH, TT & DL",
"Sở Văn hoá - Thể thao và Du lịch"), so tables are looked up by keys that leave them out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from pipeline.normalize.agencies_data import abbreviations
from pipeline.text import new_tone

Key = tuple[str, ...]

#: Upper-case letters of Vietnamese, for character classes: they lie between the lower-case
#: ones in Unicode, so no range has them alone.
UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"

_TOKEN = re.compile(r"[^\s,;:()\[\]\"“”‘’'&/.\-–—]+")
_PARENTHESIS = re.compile(r"\s?\([^()]{0,60}\)")  # "Sở Giao thông Vận tải (GTVT) Hà Nội"
_DASH = re.compile(r"\s?[–—]\s?")
_SPACES = re.compile(r"\s+")
_STRAY_DOT = re.compile(r"(?<=[^\W\d])\s?\.\s?(?=[^\W\d])")  # "UBND.TP"; not "Quản lý dự án 2.1"

_TWICE = re.compile(r"(?i)\b(tỉnh|thành phố|huyện|quận|xã|phường) \1\b")  # slips of the pen
_TERM = re.compile(r"(?i)\s(?:khóa|nhiệm kỳ)\s(?:[IVXLC]{1,6}|\d{1,2}|\d{4}\s?-\s?\d{4})$")
_TIGHT_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})")  # "Phát thanh-Truyền hình"

_TIGHT_COMMA = re.compile(r"(?<=[^\W\d_]),(?=[^\W\d_])")  # "UBND các tỉnh,thành phố"

_HCM = re.compile(r"(?<!\w)(?:(?i:t\.?p\.?|thành phố)\s?\.?\s?)(?:HCM|Hcm|H\.C\.M)(?!\w)")
_CITY = re.compile(r"(?<!\w)(?<![Ss]ở )(?:TP|Tp|tp|T\.P)(?!\w)\.?\s?")  # "Sở TP" is Sở Tư pháp
_TOWN = re.compile(r"(?<!\w)(?:TX|Tx|tx)(?!\w)\.?\s?")
_TOWNSHIP = re.compile(rf"(?<!\w)TT\.\s?(?=[{UPPER}])")
_UNIT_DOT = re.compile(rf"(?<!\w)([QHPXT])\.\s?(?=[{UPPER}]\w|\d)")  # "UBND Q.1", "H.Bình Chánh"
_UNIT_NUMBER = re.compile(r"(?<!\w)([QP])\s?(?=\d{1,2}(?!\w))")  # "UBND P10"
_UNIT = {"Q": "quận ", "H": "huyện ", "P": "phường ", "X": "xã ", "T": "tỉnh "}

# A run of capitals with the signs that papers put between them: "GD-ĐT", "VH, TT & DL".
_CAPITALS = r"(?:TTgCP|TTg|VHTTh|[A-ZĐƯ]{1,10})"
_RUN = re.compile(rf"(?<!\w)(?<!\d/){_CAPITALS}(?:\s?[-&.,/]\s?{_CAPITALS}){{0,5}}(?!\w)")
_PIECE = re.compile(_CAPITALS)
# Two letters mean a field only right after the head that needs one: "Sở TC", "Bộ QP".
_FIELD_HEAD = re.compile(r"(?i)(?:^|\s)(?:sở|bộ|phòng|ban)\s$")

# What a Vietnamese syllable without its marks looks like: "TẾ", not "GD" nor "XYZ".
_SYLLABLE = re.compile(
    r"(?:[bcdghklmnpqrstvx]|ch|gh|gi|kh|ng|ngh|nh|ph|qu|th|tr)?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expanded name: its key and its place in the text."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def tokenise(text: str) -> tuple[Token, ...]:
    """Words with their keys; "và" and signs are left out.

    >>> [t.key for t in tokenise("Văn hóa, Thể thao và Du lịch")]
    ['văn', 'hóa', 'thể', 'thao', 'du', 'lịch']
    """
    tokens = (Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text))
    return tuple(token for token in tokens if token.key != "và")


@lru_cache(maxsize=8192)
def key(text: str) -> Key:
    """The key of a whole name.

    >>> key("Sở Văn hoá - Thể thao") == key("Sở Văn hóa và Thể thao")
    True
    """
    return tuple(token.key for token in tokenise(new_tone(text)))


@lru_cache(maxsize=8192)
def unmarked(words: Key) -> Key:
    """A key without diacritics, for misspelt and badly scanned names ("Bộ Tài chinh").

    >>> unmarked(("tài", "chính"))
    ('tai', 'chinh')
    """
    plain = unicodedata.normalize("NFD", " ".join(words)).replace("đ", "d")
    return tuple("".join(c for c in plain if not unicodedata.combining(c)).split())


def _expand_run(match: re.Match[str]) -> str:
    table = abbreviations()
    text = match.group()
    pieces = list(_PIECE.finditer(text))
    before = match.string[max(0, match.start() - 8) : match.start()]
    after_head = bool(_FIELD_HEAD.search(before))
    out: list[str] = []
    i, at = 0, 0
    while i < len(pieces):
        for j in range(len(pieces), i, -1):
            squeezed = "".join(piece.group() for piece in pieces[i:j])
            row = table.get(squeezed)
            if row is None or (
                row.short_field and not (after_head and i == 0 and j == len(pieces))
            ):
                continue
            out.append(text[at : pieces[i].start()] + row.full)
            at, i = pieces[j - 1].end(), j
            break
        else:
            out.append(text[at : pieces[i].end()])
            at, i = pieces[i].end(), i + 1
    return "".join(out) + text[at:]


def _small_syllable(match: re.Match[str]) -> str:
    """A syllable of a line of capitals in small letters; an acronym nobody knows stays."""
    word = match.group().lower()
    return word if _SYLLABLE.fullmatch("".join(unmarked((word,)))) else match.group()


@lru_cache(maxsize=8192)
def expand(text: str) -> str:
    """A name with its abbreviations written out and its spelling made regular.

    >>> expand("UBND TP.HCM")
    'Ủy ban nhân dân Thành phố Hồ Chí Minh'
    >>> expand("Sở VH, TT & DL tỉnh Nam Định")
    'Sở Văn hóa, Thể thao và Du lịch tỉnh Nam Định'
    """
    text = _SPACES.sub(" ", new_tone(unicodedata.normalize("NFC", text))).strip(" ,;:.-–")
    text = _DASH.sub(lambda m: "-" if m.group() in "–—" else " - ", text)
    text = _PARENTHESIS.sub("", text)
    text = _HCM.sub("Thành phố Hồ Chí Minh", text)
    text = _CITY.sub("thành phố ", text)
    text = _TOWN.sub("thị xã ", text)
    text = _TOWNSHIP.sub("thị trấn ", text)
    text = _UNIT_DOT.sub(lambda m: _UNIT[m[1]], text)
    text = _UNIT_NUMBER.sub(lambda m: _UNIT[m[1]], text)
    text = _RUN.sub(_expand_run, text)
    text = _STRAY_DOT.sub(" ", text)
    text = _TERM.sub("", _TWICE.sub(r"\1", text))
    text = _TIGHT_COMMA.sub(", ", _TIGHT_HYPHEN.sub(" - ", text))
    text = re.sub(r"(?i)\bthành phố hồ chí minh\b", "Thành phố Hồ Chí Minh", text)
    if text.isupper() and " " in text:
        text = upper_first(_WORD.sub(_small_syllable, text))
    return _SPACES.sub(" ", text).replace(" ,", ",").strip(" ,;:.-")


def upper_first(text: str) -> str:
    """First letter upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """First letter lower case, the rest as it is."""
    return text[:1].lower() + text[1:]
