"""Heads that a list says once: "các Sở: Nội vụ; Tư pháp", "Hai Bộ Tài chính, Công Thương"."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.article import Article
from pipeline.labels import Label
from pipeline.normalize.agencies_collective import is_collective
from pipeline.normalize.agencies_lookup import find_body, find_field, find_head
from pipeline.normalize.agencies_tables import heads
from pipeline.normalize.agencies_text import UPPER, expand, key, tokenise, upper_first

_BETWEEN = re.compile(r"^[\s,;:/&()“”\"-]{0,4}(?:và|cùng|cùng với|hoặc)?[\s,;:\-]{0,3}$")
_NAMES = (
    r"Bộ|Sở|Phòng|Ban|Vụ|Cục|Tổng\ cục|Chi\ cục|Tổng\ công\ ty|Tập\ đoàn|Công\ ty|Bệnh\ viện"
    r"|Trường|Viện|Ủy\ ban|Hội|Công\ an|Kho\ bạc|Ngân\ hàng|Trung\ tâm|Học\ viện|Đại\ học|UBND"
)
# What stands before the first item: "các Sở:", "04 Cục Dự trữ Nhà nước khu vực gồm:",
# "Bộ trưởng các Bộ:", "5 tổng công ty (".
_LIST_HEAD = re.compile(
    rf"""(?ix)(?:^|\W)
    (?:các|những|hai|ba|bốn|gồm|\d{{1,3}}|giám\ đốc|bộ\ trưởng|thứ\ trưởng|lãnh\ đạo)\s
    ((?:{_NAMES})(?:\s[\w-]{{1,12}}){{0,7}}?)
    \s?(?:\s(?:gồm|bao\ gồm|là|như|gồm\ có))?\s?[:(]?\s?$"""
)
_MINISTER = re.compile(r"(?i)(?:^|\W)(?:bộ trưởng|thứ trưởng)\s?:?\s?$")
_LEAD = re.compile(r"(?i)^(?:các|những|hai|ba|bốn|\d{1,3})\s")


_LONGEST_LIST = 200  # items; farther back no head is looked for


def shared_head(article: Article, i: int, agencies: list[int]) -> str | None:
    """The head that the list before span ``i`` gives it; null where it has its own.

    ``agencies`` are the indices of the article's AGENCY spans in text order.
    """
    name = expand(article.surface(i))
    tokens = tokenise(name)
    if not tokens or find_body(tokens, None) or is_collective(name):
        return None
    own = find_head(tokens)
    field = find_field(name, tokens, None)
    whole = field is not None and field[1] == len(tokens)
    if own and not (whole and own[1] == len(tokens)) and len(tokens) > 1:
        return None
    if own and own[1] == len(tokens) == 1 and not whole:
        return None
    first = i
    at = bisect_left(agencies, i)
    for before in reversed(agencies[max(0, at - _LONGEST_LIST) : at]):
        gap = article.text[article.spans[before].end : article.spans[first].start]
        if not _BETWEEN.match(gap):
            break
        first = before
        given = _own_head(expand(article.surface(before)), whole)
        if given is not None:
            return given
    left = article.text[max(0, article.spans[first].start - 70) : article.spans[first].start]
    if _MINISTER.search(left) and whole:
        return "Bộ"
    match = _LIST_HEAD.search(left)
    if match is None:
        return None
    return _canonical(match[1], whole)


def _own_head(name: str, field: bool) -> str | None:
    """The head of an earlier item: "Bộ" of "Hai Bộ Tài chính", "Cục" of "các cục Hàng không"."""
    name = _LEAD.sub("", name)
    tokens = tokenise(name)
    found = find_head(tokens)
    if found is None or (len(tokens) == found[1] and not found[0].fields):
        return None
    head = found[0]
    if field:
        return head.head if head.fields else None
    if head.fields or head.head in ("Ủy ban nhân dân", "Hội đồng nhân dân"):
        return None
    return head.head


def _canonical(words: str, field: bool) -> str | None:
    phrase = expand(words)
    found = find_head(tokenise(phrase))
    if found is None:
        return None
    head, size = found
    if field:
        return head.head if head.fields else None
    rest = tokenise(phrase)[size:]
    if head.fields and not rest:
        return head.head
    tail = phrase[rest[0].start :] if rest else ""
    if not re.search(rf"[{UPPER}]", tail):
        tail = ""  # "2 bệnh viện tuyến trung ương là Bạch Mai"
    return f"{head.head} {upper_first(tail)}".strip()


def is_head(text: str) -> bool:
    """Whether an expanded name is a head alone ("HĐND", "Ban Chỉ đạo")."""
    return key(text) in heads()


def coordinated(article: Article, i: int, agencies: list[int]) -> list[int]:
    """Spans after ``i`` in one coordination: "Tỉnh ủy, HĐND, UBND tỉnh Vĩnh Long"."""
    out = []
    at = bisect_left(agencies, i)
    for here, there in zip(agencies[at:], agencies[at + 1 : at + 4]):
        gap = article.text[article.spans[here].end : article.spans[there].start]
        if not _BETWEEN.match(gap) or ";" in gap:
            break
        out.append(there)
    return out


def agency_spans(article: Article) -> list[int]:
    """Indices of the AGENCY spans, in text order."""
    return list(article.of(Label.AGENCY))
