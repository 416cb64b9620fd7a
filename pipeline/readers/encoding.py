"""Bytes to text: UTF-8 unless told otherwise; the old Vietnamese encodings by name or found.

``auto`` tries UTF-8, Windows-1258, TCVN3 and VNI and takes the one in which the text
has the most of the commonest Vietnamese words; where none has, it is an error.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

from pipeline.readers.base import BadInput
from pipeline.readers.legacy import from_tcvn3, from_vni

# The commonest syllables of news and official texts that ASCII can't write.
_COMMON_SYLLABLES = """
    của và các được là những trong về với để đã này có không người tỉnh thành phố định việc
    năm tháng ngày quyết nghị chính phủ ủy uỷ nhân dân sở bộ đến từ tại kế hoạch thực hiện công
    văn số thông tư hội đồng quản lý nhà nước cơ đơn vị nhiệm vụ yêu cầu tổ chức hành chỉ đạo
    trước phải đối hoặc trên dưới sau khi xã huyện quận trường giao dự án đầu kinh tế phát triển
"""
_COMMON = frozenset(_COMMON_SYLLABLES.split())
_TOKEN = re.compile(r"[^\W\d_]+")
_SAMPLE = 20_000
# One common word in twenty-five is far below any Vietnamese text (one in three to five) and
# far above what wrong tables make of one.
_ENOUGH = 0.04


def decode(data: bytes, encoding: str = "utf-8") -> tuple[str, str]:
    """Text of ``data`` and the encoding it was read as.

    ``encoding``: one of :data:`pipeline.readers.base.ENCODINGS`. Text in a font encoding
    that was stored as UTF-8 is converted too. Raises :class:`BadInput` with the byte
    offset where ``utf-8`` doesn't hold, or if ``auto`` can't tell.

    >>> decode("C«ng v¨n sè 5".encode("latin-1"), "tcvn3")
    ('Công văn số 5', 'tcvn3')
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            raise BadInput("NotUtf16", f"not UTF-16 at byte {error.start}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            raise BadInput(
                "NotUtf8",
                f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}; "
                "--encoding auto converts Windows-1258, TCVN3 and VNI",
            ) from None
        return _legacy(data, encoding)
    return convert(text, encoding)


def convert(text: str, encoding: str) -> tuple[str, str]:
    """Text whose letters are those of a font encoding, in Unicode, and what it was.

    >>> convert("Quyeát ñònh soá 12 cuûa UÛy ban", "auto")
    ('Quyết định số 12 của Ủy ban', 'vni')
    """
    if encoding == "tcvn3":
        return from_tcvn3(text), "tcvn3"
    if encoding == "vni":
        return from_vni(text), "vni"
    if encoding == "auto" and not text.isascii():
        head = text[:_SAMPLE]
        scores = {
            "utf-8": score(head),
            "tcvn3": score(from_tcvn3(head)),
            "vni": score(from_vni(head)),
        }
        best = max(scores, key=lambda name: scores[name])
        if best != "utf-8" and scores[best] >= max(_ENOUGH, 2 * scores["utf-8"]):
            return convert(text, best)
    return text, "utf-8"


def _legacy(data: bytes, encoding: str) -> tuple[str, str]:
    """Bytes that are not UTF-8."""
    latin = data.decode("cp1252", errors="replace") if 0xAD not in data else data.decode("latin-1")
    tables = {"tcvn3": from_tcvn3, "vni": from_vni}
    if encoding in tables:
        return tables[encoding](latin), encoding
    windows = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    if encoding == "windows-1258":
        return windows, encoding
    found = {"windows-1258": windows, "tcvn3": from_tcvn3(latin), "vni": from_vni(latin)}
    best = max(found, key=lambda name: score(found[name][:_SAMPLE]))
    if score(found[best][:_SAMPLE]) < _ENOUGH:
        raise BadInput(
            "UnknownEncoding",
            "neither UTF-8 nor Vietnamese in Windows-1258, TCVN3 or VNI; convert it to UTF-8",
        )
    return found[best], best


def score(text: str) -> float:
    """Share of the words that are among the commonest Vietnamese ones.

    >>> score("của các bộ") > 0.9 and score("the quick fox") == 0
    True
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", text).lower())
    return sum(token in _COMMON for token in tokens) / len(tokens) if tokens else 0.0
