"""Old Vietnamese font encodings, as tables: TCVN3 (ABC) and VNI for Windows.

Both were made for fonts: files hold Latin-1 letters that a font such as .VnTime or
VNI-Times draws as Vietnamese ones. Sources: TCVN 5712:1993, table VN3; the VNI
character map for Windows.
"""

from __future__ import annotations

import re

# à ả ã á ạ and so on for each vowel, in the order of the tone marks huyền, hỏi, ngã, sắc, nặng.
_VOWELS = {
    "a": "àảãáạ", "ă": "ằẳẵắặ", "â": "ầẩẫấậ", "e": "èẻẽéẹ", "ê": "ềểễếệ", "i": "ìỉĩíị",
    "o": "òỏõóọ", "ô": "ồổỗốộ", "ơ": "ờởỡớợ", "u": "ùủũúụ", "ư": "ừửữứự", "y": "ỳỷỹýỵ",
}  # fmt: skip

_TCVN3_TONED = {
    "a": "µ¶·¸¹", "ă": "»¼½¾Æ", "â": "ÇÈÉÊË", "e": "ÌÎÏÐÑ", "ê": "ÒÓÔÕÖ", "i": "×ØÜÝÞ",
    "o": "ßáâãä", "ô": "åæçèé", "ơ": "êëìíî", "u": "ïñòóô", "ư": "õö÷øù", "y": "úûüýþ",
}  # fmt: skip
_TCVN3_PLAIN = dict(zip("¡¢£¤¥¦§¨©ª«¬\u00ad®", "ĂÂÊÔƠƯĐăâêôơưđ", strict=True))

TCVN3: dict[str, str] = _TCVN3_PLAIN | {
    old: new
    for vowel, toned in _TCVN3_TONED.items()
    for old, new in zip(toned, _VOWELS[vowel], strict=True)
}

# VNI writes a vowel and a second letter for its marks; i, ơ, ư and ỵ have letters of their own.
_VNI_MARKS = {"a": "øûõùï", "ă": "èúüéë", "â": "àåãáä"}
_VNI_SINGLE = dict(zip("ñôöìæóíòî", "đơưìỉĩíịỵ", strict=True))


def _vni() -> dict[str, str]:
    table: dict[str, str] = dict(_VNI_SINGLE)
    for vowel in "aeouy":
        table |= {vowel + m: t for m, t in zip(_VNI_MARKS["a"], _VOWELS[vowel], strict=True)}
    table["a" + "ê"], table["a" + "â"], table["e" + "â"], table["o" + "â"] = "ă", "â", "ê", "ô"
    table |= {"a" + m: t for m, t in zip(_VNI_MARKS["ă"], _VOWELS["ă"], strict=True)}
    for base, vowel in (("a", "â"), ("e", "ê"), ("o", "ô")):
        table |= {base + m: t for m, t in zip(_VNI_MARKS["â"], _VOWELS[vowel], strict=True)}
    for base, vowel in (("ô", "ơ"), ("ö", "ư")):
        table |= {base + m: t for m, t in zip(_VNI_MARKS["a"], _VOWELS[vowel], strict=True)}
    upper = {old.upper(): new.upper() for old, new in table.items()}
    # Capital vowel, small mark: how a sentence's first letter is often typed.
    mixed = {old[0].upper() + old[1]: new.upper() for old, new in table.items() if len(old) == 2}
    return table | mixed | upper


VNI: dict[str, str] = _vni()
_VNI_RE = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))


def from_tcvn3(text: str) -> str:
    """Text typed for a .VnTime font, its bytes read as Latin-1, in Unicode.

    >>> from_tcvn3("Uû ban nh©n d©n tØnh")
    'Uỷ ban nhân dân tỉnh'
    """
    return text.translate({ord(old): new for old, new in TCVN3.items()})


def from_vni(text: str) -> str:
    """Text typed for a VNI font, its bytes read as Latin-1, in Unicode.

    >>> from_vni("Uûy ban nhaân daân tænh")
    'Ủy ban nhân dân tỉnh'
    """
    return _VNI_RE.sub(lambda match: VNI[match.group()], text)
