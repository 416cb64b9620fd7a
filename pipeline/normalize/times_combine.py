"""Several pieces → one interval: ranges, lists, and words in apposition.

"từ 7 đến 11/11" lends the month to its first day, "hôm qua, ngày 6/2" names one day
twice, "quý I và II/2020" lends unit and year both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pipeline.normalize.times_lunar import ImpossibleDate
from pipeline.normalize.times_resolve import resolve
from pipeline.normalize.times_types import Anchor, Found, Grain, Piece, Reference


@dataclass(frozen=True, slots=True)
class Term:
    """A piece and what joins it to the one before: "to", "and", "near", "before" or ""."""

    piece: Piece
    join: str
    anchor: Anchor | None = None  # where the year comes from, when another piece gave it


@dataclass(frozen=True, slots=True)
class Whole:
    """``span``: more than one piece is left; ``broad``: the last is longer than a day.

    ``opens`` is the first day of the last period of a list, of the whole of a range: where
    "trước" ends. None for a list of unlike periods ("trước quý 3/2023 và đến năm 2045").
    """

    start: date | None
    end: date | None
    grain: Grain
    anchor: Anchor
    span: bool
    broad: bool
    exclusive: bool = False
    opens: date | None = None
    issues: tuple[tuple[str, str], ...] = ()


def combine(terms: list[Term], ref: Reference) -> Whole:
    """Resolve pieces together. Raises ImpossibleDate."""
    terms = _numbers(terms)
    terms, issues = _appositions(terms, ref)
    terms = _lend(terms)
    found = _resolve_all(terms, ref)
    exclusive = any(term.join == "before" for term in terms)
    last, closing = found[-1], terms[-1].piece
    broad = closing.unit != "day" and not (closing.part or "").endswith("cuối")
    if len(found) == 1:
        return Whole(
            last.start, last.end, last.grain, last.anchor, False, broad, exclusive,
            last.start, issues,
        )  # fmt: skip
    if any(term.join in ("to", "before") for term in terms):
        start, end, opens = found[0].start, last.end, found[0].start
        if terms[-1].join == "before" and terms[-1].piece.unit != "day":
            end = last.start
    else:
        starts = [f.start for f in found if f.start]
        ends = [f.end for f in found if f.end]
        start, end = min(starts, default=None), max(ends, default=None)
        alike = len({term.piece.unit for term in terms}) == 1
        opens = max(starts, default=None) if alike else None
    order: tuple[Anchor, ...] = ("context", "published", "explicit")
    anchors = {f.anchor for f in found}
    anchor: Anchor = next((a for a in order if a in anchors), "none")
    grain: Grain = "day" if start and start == end else "period"
    return Whole(start, end, grain, anchor, True, broad, exclusive, opens, issues)


def _numbers(terms: list[Term]) -> list[Term]:
    """Give bare numbers the unit of the piece behind them, else of the one before."""
    out = list(terms)
    for i in (*range(len(out) - 1, -1, -1), *range(len(out))):
        piece = out[i].piece
        if piece.unit != "number" or piece.number is None:
            continue
        right = out[i + 1].piece if i + 1 < len(out) else None
        left = out[i - 1].piece if i else None
        model = next(
            (p for p in (right, left) if p and p.unit in ("day", "month", "quarter")), None
        )
        if model is None:
            continue
        n = piece.number
        if model.unit == "day" and 1 <= n <= 31:
            given = Piece("day", day=n, year=piece.year)
        elif model.unit == "month" and 1 <= n <= 12:
            given = Piece("month", month=n, year=piece.year)
        elif model.unit == "quarter" and 1 <= n <= 4:
            given = Piece("quarter", number=n, year=piece.year)
        else:
            continue
        out[i] = Term(given, out[i].join)
    return [term for term in out if term.piece.unit != "number"]


def _appositions(
    terms: list[Term], ref: Reference
) -> tuple[list[Term], tuple[tuple[str, str], ...]]:
    """ "hôm qua, ngày 6/2": one day named twice; the calendar's name stays."""
    issues: list[tuple[str, str]] = []
    out: list[Term] = []
    for term in terms:
        piece, before = term.piece, out[-1].piece if out else None
        if before is None or term.join not in ("and", "near") or before.unit != piece.unit:
            out.append(term)
            continue
        pairs = ((before, piece), (piece, before))
        loose, firm = next(((a, b) for a, b in pairs if _loose(a) and not _loose(b)), (None, None))
        if loose is None or firm is None:
            out.append(term)
            continue
        if piece.unit == "day" and not (loose.lunar or firm.lunar):
            where = resolve(loose, ref)
            anchor: Anchor | None = None
            if firm.month is not None and not firm.dated and where.start and not loose.weekday_only:
                beside = Reference(context=(where.start,))
                year = resolve(firm, beside).start
                assert year is not None
                firm, anchor = replace(firm, year=year.year), where.anchor
            day = resolve(firm, ref).start
            if loose.weekday_only:
                if day and day.weekday() != loose.weekday:
                    issues.append(("weekday_mismatch", f"{day} is not that day of the week"))
            elif day and where.start and where.start != day:
                issues.append(("contradictory_date", f"{where.start} or {day}"))
            out[-1] = Term(firm, out[-1].join, anchor)
        else:
            out[-1] = Term(firm, out[-1].join)
    return out, tuple(issues)


def _loose(piece: Piece) -> bool:
    """Named by its distance only, or by the lunar calendar."""
    if piece.unit == "year":
        return piece.year_rel is not None
    return piece.relative or piece.same or piece.lunar


def _lend(terms: list[Term]) -> list[Term]:
    """Months and years that are written once for several pieces."""
    pieces = [term.piece for term in terms]
    for i in range(len(pieces) - 2, -1, -1):
        pieces[i] = _borrow(pieces[i], pieces[i + 1], -1)
    for i in range(1, len(pieces)):
        pieces[i] = _borrow(pieces[i], pieces[i - 1], 1)
    return [replace(term, piece=piece) for piece, term in zip(pieces, terms)]


def _borrow(piece: Piece, lender: Piece, step: int) -> Piece:
    """``step`` -1: the lender comes after ``piece``; 1: before it."""
    if piece.unit == "day" and piece.month is None and piece.day is not None and not piece.dated:
        if lender.unit != "day" or lender.day is None:
            return piece
        if piece.day == 0 and (lender.month or lender.month_rel is not None):
            raise ImpossibleDate("day 0 beside another day")
        if lender.month_rel is not None:
            return replace(piece, month_rel=lender.month_rel)
        if lender.month is None:
            return piece
        crosses = piece.day > lender.day if step < 0 else piece.day < lender.day
        month, year = lender.month + (step if crosses else 0), lender.year
        if not 1 <= month <= 12:
            month, year = (
                (12, year - 1 if year else None) if month < 1 else (1, year + 1 if year else None)
            )
        year = piece.year or year
        return replace(piece, month=month, year=year, year_rel=lender.year_rel, lunar=lender.lunar)
    if piece.dated or piece.unit in ("year", "years", "week", "school"):
        return piece
    if lender.year_unknown:  # "từ 01/01 đến 31/12 của năm báo cáo"
        return replace(piece, year_unknown=True)
    if lender.unit in ("year", "years", "school") and step > 0:
        return piece
    if lender.year is None:
        return replace(piece, year_rel=lender.year_rel)
    return replace(piece, year=_ordered_year(piece, lender, step))


def _ordered_year(piece: Piece, lender: Piece, step: int) -> int:
    """The lender's year, or the one next to it where the order asks for that."""
    assert lender.year is not None
    if lender.unit in ("year", "years", "school"):
        return lender.year
    none = Reference()
    here, there = resolve(replace(piece, year=lender.year), none), resolve(lender, none)
    if here.start and there.start:
        if step < 0 and here.start > there.start:
            return lender.year - 1
        if step > 0 and here.start < there.start:
            return lender.year + 1
    return lender.year


def _resolve_all(terms: list[Term], ref: Reference) -> list[Found]:
    """Resolve from the last to the first; earlier ones without a year lie before it."""
    out: list[Found] = []
    for term in reversed(terms):
        if out and out[0].start and not term.piece.dated and term.piece.unit != "years":
            later = out[0]
            assert later.start is not None
            before = replace(ref, published=None, context=(later.start,), past=True, due=False)
            found = resolve(replace(term.piece, direction=0), before)
            anchor = later.anchor if found.anchor != "explicit" else found.anchor
            out.insert(0, replace(found, anchor=anchor))
        else:
            found = resolve(term.piece, ref)
            out.insert(0, replace(found, anchor=term.anchor) if term.anchor else found)
    return out
