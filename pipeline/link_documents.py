"""Features of a document number with a date or an agency: whose, and of which day."""

from __future__ import annotations

import re
import unicodedata

from pipeline.labels import Label
from pipeline.link_view import View
from pipeline.roles import Group

# Rare but plain evidence: a larger value lets a small weight say much.
PLAIN = 3.0

_FULL_DATE = re.compile(
    r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{4}|\d{1,2} tháng \d{1,2} năm \d{4}"
)
_DAY = re.compile(r"\d{1,2}\s?[-/.]\s?\d{1,2}|ngày \d|\d{1,2} tháng|hôm|chiều|sáng|tối")
_PERIOD = re.compile(r"-\d{4}|giai đoạn|từ |nhiệm kỳ| đến ")

# Field names of an information sheet: "Ngày ban hành: …", "| Cơ quan ban hành | … |".
_ISSUED_FIELD = re.compile(r"(?i)ngày (?:ban hành|ký|ra văn bản)[ *]{0,3}[:|][ |*]{0,3}$")
_OTHER_FIELD = re.compile(
    r"(?i)(?:hiệu lực|đăng|cập nhật|ký số|thi hành|hạn)[^\n]{0,20}[:|][ |*]{0,3}$"
)
_ISSUER_FIELD = re.compile(
    r"(?i)(?:cơ quan ban hành|nơi ban hành|đơn vị ban hành|cơ quan)[^\n:|]{0,20}[:|][ |*]{0,3}$"
)
# "… đã ban hành Kế hoạch số" right before the number, after the masking of the view.
_ISSUING = frozenset({"ký", "ban hành", "có", "ra", "thông qua", "phê duyệt", "gửi", "phát hành",
                      "công bố", "hành", "qua", "duyệt", "bố"})  # fmt: skip
_BREAKS = frozenset({"⟦D⟧", "⟦T⟧", ".", ";", "\n"})
_ISSUED_RIGHT = re.compile(
    r"^(?: \([^()]{1,30}\))?(?: [A-ZĐ][^\W\d_]*){0,4},? (?:đã |vừa |mới )?"
    r"(?:ký ban hành|ký|ban hành|thông qua|phê duyệt|công bố|đặt ra)(?![^\W_])"
)
_SERIES = re.compile(r"(?i)(?:các|những|hai|ba) (?:[^\W\d_]+ ){1,3}của $")


def date_features(view: View, i: int, j: int) -> dict[str, float]:
    """Form of the date, its field or clause, agreement of the years."""
    spans = view.article.spans
    surface = view.article.surface(j).lower()
    if _PERIOD.search(surface) and not _FULL_DATE.search(surface):
        shape = "period"
    elif _FULL_DATE.search(surface):
        shape = "full"
    elif _DAY.search(surface):
        shape = "day"
    else:
        shape = "vague"
    side = "after" if j > i else "before"
    features = {f"{side} date {shape}": 1.0}
    year = re.search(r"/(\d{4})(?:/|$)", view.article.surface(i))
    if year and (own := re.search(r"(?:19|20)\d\d", surface)):
        features["year same" if own.group() == year[1] else "year differs"] = 1.0
    left = view.text[max(0, spans[j].start - 60) : spans[j].start]
    if _ISSUED_FIELD.search(left):
        features["field issued"] = PLAIN
    elif _OTHER_FIELD.search(left):
        features["field other"] = PLAIN
    if j < i:
        between = view.masked(spans[j].end, spans[i].start)
        if _issue_clause(between):
            features["before issue clause"] = 1.0
    elif _letterhead(view, i, spans[j].start):
        features["letterhead"] = 1.0
    return features


def issuer_features(view: View, i: int, j: int) -> dict[str, float]:
    """Does the symbol name the body, does it issue, is it a field, a letterhead, a series?"""
    spans = view.article.spans
    side = "after" if j > i else "before"
    fit = symbol_fit(view.article.surface(i), view.article.surface(j))
    group: Group = view.groups[view.group_of[j]]
    place = "only" if len(group.spans) == 1 else "first" if group.spans[0] == j else "later"
    features = {
        f"{side} symbol {fit}": 1.0,
        f"symbol {fit}": 1.0,
        f"{side} role {group.role}": 1.0,
        f"{side} in group {place}": 1.0,
    }
    left = view.text[max(0, spans[j].start - 60) : spans[j].start]
    right = view.text[spans[j].end : spans[j].end + 80]
    if _ISSUER_FIELD.search(left):
        features["field issuer"] = PLAIN
    if j < i:
        between = view.masked(spans[j].end, spans[i].start)
        if _issue_clause(between):
            features["before issue clause"] = 1.0
            features[f"before issue clause, symbol {fit}"] = 1.0
        if right.startswith(":") and _SERIES.search(left):
            features["before series"] = PLAIN
        if _letterhead(view, i, spans[j].start):
            features["letterhead"] = 1.0
            features[f"letterhead, symbol {fit}"] = 1.0
    elif _ISSUED_RIGHT.match(right):
        features["after issues"] = 1.0
    return features


def of_earlier_document(view: View, j: int) -> bool:
    """Is the agency the "của" of a document named before it: "số 3 của A sửa đổi số 7"?"""
    start = view.article.spans[j].start
    here = view.article.sentences[view.sentence[j]][0]
    left = view.text[max(0, start - 30) : start]
    return bool(_OF.search(left)) and view.count(Label.DOC_NUMBER, here, start) > 0


_OF = re.compile(r"(?i)của (?:(?:bộ trưởng|chủ tịch|giám đốc|chính phủ,) )?$")


def _issue_clause(tokens: list[str]) -> bool:
    """Do masked tokens read "…, X (vừa) ban hành ⟦K⟧ số", nothing else named between?"""
    if len(tokens) > 30 or "⟦K⟧" not in tokens[-5:] or _BREAKS & set(tokens):
        return False
    kind = len(tokens) - 1 - tokens[::-1].index("⟦K⟧")
    return bool(_ISSUING & set(tokens[max(0, kind - 4) : kind]))


def _letterhead(view: View, i: int, offset: int) -> bool:
    """A line "Số: …" at the top of an official text, the other mention a few lines away."""
    start = view.article.spans[i].start
    line, other = view.line_of(start), view.line_of(offset)
    if abs(line - other) > 6 or (line == other and offset < start):
        return False
    begin, _ = view.line(line)
    return bool(re.fullmatch(r"(?i)[ *|]{0,4}(?:luật )?số[ :]{0,3}", view.text[begin:start]))


# What a symbol's last part names: "QĐ-TTg", "NQ/TW", "QH15", "NQ-HĐND".
_SYMBOLS = (
    (re.compile(r"TTg"), re.compile(r"thủ tướng")),
    (re.compile(r"VPCP"), re.compile(r"văn phòng chính phủ")),
    (re.compile(r"[NC][QĐP]-CP$|/CP$"), re.compile(r"^chính phủ")),
    (re.compile(r"QH\d{1,2}$"), re.compile(r"^quốc hội")),
    (re.compile(r"UBTVQH"), re.compile(r"thường vụ quốc hội")),
    (re.compile(r"TW$"), re.compile(r"trung ương|bộ chính trị|ban bí thư|bch")),
    (re.compile(r"HĐND"), re.compile(r"hđnd|hội đồng nhân dân")),
    (re.compile(r"UBND|-UB$"), re.compile(r"ubnd|[uủ][ỷy] ?ban nhân dân|ủy ban nhân dân")),
    (re.compile(r"[-/]T[UƯ]$"), re.compile(r"tỉnh [uủ][ỷy]|thành [uủ][ỷy]|ủy|uỷ|đảng bộ")),
    (re.compile(r"CTN$"), re.compile(r"chủ tịch nước")),
    (re.compile(r"BCĐ"), re.compile(r"ban chỉ đạo")),
)


def _plain(text: str) -> str:
    return "".join(
        c for c in unicodedata.normalize("NFD", text.upper()) if not unicodedata.combining(c)
    )


def _initials(name: str) -> str:
    """Bộ Giáo dục và Đào tạo → BGDĐT; "và" and signs left out, tone marks off."""
    words = [w for w in re.findall(r"\w+", name) if w.lower() not in ("và", "của")]
    return _plain("".join(w if w.isupper() and len(w) > 1 else w[0] for w in words))


def symbol_fit(number: str, agency: str) -> str:
    """Does a document's symbol name this body: "fits", "differs", "unsure" or "silent".

    >>> symbol_fit("05/CT-TTg", "Thủ tướng Chính phủ"), symbol_fit("12/TT-BYT", "Bộ Y tế")
    ('fits', 'fits')
    """
    if not re.search(r"[^\W\d_]{2}", number):
        return "silent"
    name = agency.lower()
    for symbol, body in _SYMBOLS:
        if symbol.search(number):
            return "fits" if body.search(name) else "differs"
    parts = {_plain(p.replace("&", "")) for p in re.split(r"[-/ ]", number)}
    initials = _initials(agency)
    if any(len(p) >= 2 and p.isalpha() and initials.startswith(p) for p in parts):
        return "fits"
    if re.search(r"-B[A-ZĐ]{1,8}$|/B[A-ZĐ]{1,8}-", number):
        return "differs"
    return "unsure"
