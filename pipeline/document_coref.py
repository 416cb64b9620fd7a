"""Which DOC_NUMBER mentions of an article are one document."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.article import Article, Note
from pipeline.normalize.doc_symbols import fold
from pipeline.schema import AgencyValue, DocNumberValue


def cluster(
    article: Article,
    numbers: Mapping[int, DocNumberValue | None],
    issuers: Mapping[int, AgencyValue],
) -> tuple[list[list[int]], list[Note]]:
    """Span indices grouped by document, in order of first appearance.

    Mentions with the same number, year and symbol are one document, whatever the
    separators. A short form ("Nghị quyết 57", "Đề án 06", "08/QĐ-TTg") joins the nearest
    full one that agrees in number, in type where it has no symbol, and in issuer where
    both are known; a note says when it could have been another.
    """
    notes: list[Note] = []
    home: dict[int, int] = {}  # short mention → the fuller one it stands for
    keys = sorted(numbers, key=lambda i: article.spans[i].start)
    alike: dict[str, list[int]] = {}  # one document has one number, so only these can meet
    for i in keys:
        if (value := numbers[i]) is not None:
            alike.setdefault(_number(value), []).append(i)
    for i in keys:
        value = numbers[i]
        if value is None or (value.symbol and value.year):
            continue
        fits = {
            j: full
            for j in alike[_number(value)]
            if (full := numbers[j]) is not None
            and _stands_for(value, full)
            and _same_issuer(issuers.get(i), issuers.get(j))
        }
        if not fits:
            continue
        home[i] = max((j for j in fits if j < i), default=min(fits))
        names = sorted({full.normalized for full in fits.values()})
        if len({_key(full) for full in fits.values()}) > 1 and not _one_of_each_other(fits):
            message = f"{value.normalized} may be {' or '.join(names)}"
            notes.append(Note("document-ambiguous", message, i))
    clusters: list[list[int]] = []
    by_number: dict[str, list[list[int]]] = {}
    for i in keys:
        value = numbers[_root(i, home)]
        near = by_number.setdefault("" if value is None else _number(value), [])
        for members in near:
            first = members[0]
            if _same(value, numbers[_root(first, home)]) and _same_issuer(
                issuers.get(i), issuers.get(first)
            ):
                members.append(i)
                break
        else:
            clusters.append([i])
            near.append(clusters[-1])
    return clusters, notes


def _root(i: int, home: Mapping[int, int]) -> int:
    """Follow short forms to the fullest one: 08 → 08/QĐ-TTg → 08/2022/QĐ-TTg."""
    for _ in range(3):
        if i not in home:
            break
        i = home[i]
    return i


def _number(value: DocNumberValue) -> str:
    return (value.number or "").lstrip("0").lower()


def _symbol(value: DocNumberValue) -> str:
    return re.sub(r"[\W_]", "", value.symbol or "").upper()


def _key(value: DocNumberValue) -> tuple[str, str, int | None]:
    return _number(value), _symbol(value), value.year


def _one_of_each_other(fits: Mapping[int, DocNumberValue]) -> bool:
    """Whether the full forms are one document themselves (08/QĐ-TTg, 08/2022/QĐ-TTg)."""
    values = list(fits.values())
    years = {value.year for value in values if value.year}
    symbols = {_symbol(value) for value in values if value.symbol}
    return len(years) <= 1 and len(symbols) <= 1


def _same(a: DocNumberValue | None, b: DocNumberValue | None) -> bool:
    """The same designation, whatever the separators and leading zeros."""
    if a is None or b is None or (_number(a), _symbol(a)) != (_number(b), _symbol(b)):
        return False
    if a.year != b.year and (a.year and b.year):
        return False
    return bool(a.symbol) or fold(a.type or "") == fold(b.type or "")


def _stands_for(short: DocNumberValue, full: DocNumberValue) -> bool:
    """Whether ``short`` has less than ``full`` and agrees with it in all it has."""
    if _number(short) != _number(full) or _key(short) == _key(full):
        return False
    if short.year and short.year != full.year:
        return False
    if short.symbol:
        return _symbol(short) == _symbol(full)
    return bool(full.symbol or full.year) and fold(short.type or "") == fold(full.type or "")


def _same_issuer(a: AgencyValue | None, b: AgencyValue | None) -> bool:
    return a is None or b is None or fold(a.name) == fold(b.name)
