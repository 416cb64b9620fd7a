"""A plain expression split into its limiting words, its pieces and what joins them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.normalize.times_combine import Term
from pipeline.normalize.times_points import match_number, match_piece
from pipeline.normalize.times_tails import FILLER
from pipeline.normalize.times_types import Piece

# Limiting words, longest first: what of the interval behind them is meant.
LIMIT = re.compile(
    r"""(?x) (?:
        (?P<before> (?:từ[ ]|đến[ ]|tới[ ])? trước               # the end itself is late
                    (?![ ](?:đó|(?:tới|đến)[ ]nay|(?:khi[ ]|thời[ ]điểm[ ])?kết[ ]thúc))
                    (?:[ ]thời[ ]điểm)? )
      | (?P<until> (?:trước[ ](?:khi|thời[ ]điểm)[ ])?kết[ ]thúc | (?:chậm|muộn|trễ)[ ]nhất
                 | (?:cho[ ])?(?:đến|tới)(?:[ ]hết)? | hết | không[ ]quá | tối[ ]đa )
      | (?P<after> sau )
      | (?P<since> (?:bắt[ ]đầu[ ]|kể[ ]|tính[ ])?từ | kể )
    ) \b [ ,:]*"""
)
_JOIN = re.compile(
    r"""(?x) [ ]* (?:
        (?P<before>(?:đến|tới|-)[ ]trước)
      | (?P<to>(?:(?:cho|kéo[ ]dài)[ ])?(?:đến|tới)(?:[ ]hết)? | - )
      | (?P<and>và|hoặc|hay|cùng | [,;] (?:[ ]?(?:và|hoặc|đến))? )
      | (?P<near>(?<=[ ])|(?<=\b)) ) [ ]* (?:hết\b[ ]?)?"""
)
_SKIP_TO = re.compile(
    # where to go on when the first words say nothing: "kỳ họp tháng 5", "hoàn thành trước …"
    r"\b(?:trước|chậm nhất|muộn nhất|đến|từ|ngày|hôm|tháng|quý|năm|tuần|sáng|chiều|tết|mùng"
    r"|nửa|(?:đầu|giữa|cuối) (?:tháng|quý|năm)|\d{1,2}[/.\-]\d{1,2}[/.\-]|\d{4} ?-"
    r"|\d{4}[/.]\d{1,2}[/.]\d)"
)
_SHARED_YEAR = re.compile(r"(?: năm |/)((?:19|20)\d\d)(?!\d)")  # "quý I và II/2020"


@dataclass(frozen=True, slots=True)
class Terms:
    """``limit`` is the kind of the limiting word, ``left`` what could not be read."""

    limit: str | None
    terms: list[Term]
    left: str


def split_terms(words: str, at: int = 0) -> Terms | None:
    """Split into pieces and what joins them."""
    limit: str | None = None
    terms: list[Term] = []
    join, skipped = "", False
    while at < len(words):
        at, said = _lead(words, at)
        if said and not terms:
            # "chậm nhất trước ngày 15/8": the narrower word counts
            limit = "before" if "before" in (limit, said) else said
        elif said and terms:
            join = "before" if said == "before" else join or "to"
        if at >= len(words):
            break
        took = _piece(words, at, terms)
        if took is None:
            if terms or skipped or re.search(r"\d", words[:at]):
                break
            ahead = _SKIP_TO.search(words, at + 1)
            if ahead is None or re.search(r"\d", words[at : ahead.start()]):
                return None
            at, skipped = ahead.start(), True
            continue
        piece, at = took
        terms.append(Term(piece, join))
        joined = _JOIN.match(words, at)
        join = (joined.lastgroup or "near") if joined else "near"
        at = joined.end() if joined else at
    if not terms or all(term.piece.unit == "number" for term in terms):
        return None
    left = words[at:].strip(" ,.;:-")
    if left[:1].isdigit() or left.startswith("/"):
        return None
    return Terms(limit, terms, left)


def _lead(words: str, at: int) -> tuple[int, str | None]:
    """Pass over fillers and limiting words; the last limit that says most wins."""
    said: str | None = None
    for _ in range(12):
        if match := LIMIT.match(words, at):
            kind = match.lastgroup
            said = "before" if "before" in (said, kind) else kind
        else:
            match = FILLER.match(words, at)
            # a piece may begin with a filler's word ("thời điểm hiện tại", "sáng nay")
            if match is None or match.end() == at:
                break
        at = match.end()
    return at, said


def _piece(words: str, at: int, terms: list[Term]) -> tuple[Piece, int] | None:
    quarter = terms and terms[-1].piece.unit == "quarter"
    if not (quarter and match_number(words, at)) and (took := match_piece(words, at)):
        return took
    number = match_number(words, at)
    if number is None:
        return None
    piece, end = Piece("number", number=number[0]), number[1]
    if terms:
        if match := _SHARED_YEAR.match(words, end):
            return replace(piece, year=int(match[1])), match.end()
        return piece, end
    joined = _JOIN.match(words, end)
    return (piece, end) if joined and joined.lastgroup != "near" else None
