"""Candidate pairs of spans and what is said of them, as named features.

A feature is either a flag ("mid=␂ của") or a count cut into steps ("gap:2"); the
weights in ``data/link_weights.json`` name the same features. Other mentions inside a
window are masked by their label's initial, so that what is learned is the wording.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pipeline.article import Article
from pipeline.labels import Label, Relation
from pipeline.roles import Group, Role, groups

# Farther than this nothing was ever related; it keeps candidates linear in the text.
MAX_SENTENCES_BACK = 8
MAX_SENTENCES_AHEAD = 2
MAX_BETWEEN = 1_500

_MARK = {Label.DOC_NUMBER: "⟦D⟧", Label.DATE: "⟦T⟧", Label.AGENCY: "⟦A⟧",
         Label.TARGET: "⟦G⟧", Label.DEADLINE: "⟦L⟧"}  # fmt: skip
_TOKEN = re.compile(r"⟦\w⟧|\d+|\w+|\n|[^\w\s]")

# Wording that speaks for or against a relation wherever it stands in between.
_CUES: dict[Relation, dict[str, str]] = {
    Relation.ISSUED_ON: {
        "ký": r"\bký\b",
        "ban hành": r"\bban hành\b",
        "của": r"\bcủa\b",
        "về": r"\bvề\b",
        "hiệu lực": r"\bhiệu lực\b",
        "sửa đổi": r"\bsửa đổi|thay thế|bổ sung\b",
        "dẫn": r"\btheo|căn cứ|tại|thực hiện\b",
    },
    Relation.ISSUED_BY: {
        "ban hành": r"\bban hành\b",
        "ký": r"\bký\b",
        "có": r"\bcó (?:văn bản|công văn|quyết định|tờ trình|thông báo|báo cáo)",
        "của": r"\bcủa\b",
        "về": r"\bvề\b",
        "gửi": r"\bgửi\b",
        "dẫn": r"\btheo|căn cứ|thực hiện\b",
        "yêu cầu": r"\byêu cầu|đề nghị|giao|chỉ đạo\b",
    },
    Relation.DUE: {
        "trong đó": r"\btrong đó\b",
        "mục tiêu": r"\bmục tiêu|chỉ tiêu|phấn đấu\b",
        "giai đoạn": r"\bgiai đoạn\b",
        "dừng": r"\bhiện nay|năm qua|đã\b",
    },
    Relation.ASSIGNED_TO: {
        "hoàn thành": r"\bhoàn thành|hoàn tất|xong\b",
        "phối hợp": r"\bphối hợp\b",
        "báo cáo": r"\bbáo cáo|gửi|trình\b",
        "yêu cầu": r"\byêu cầu|giao|đề nghị|chỉ đạo\b",
        "đã": r"\bđã\b",
        "doanh nghiệp": r"\bdoanh nghiệp|người dân|chủ đầu tư|nhà thầu\b",
        "quy định": r"\bquy định|điều|khoản\b",
    },
}
_CUE_RE = {r: {k: re.compile(v, re.IGNORECASE) for k, v in c.items()} for r, c in _CUES.items()}

_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 40, 80, 160, 320, 640)


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate: source span, target spans (several for coordinated agencies)."""

    relation: Relation
    source: int
    targets: tuple[int, ...]
    features: dict[str, float]


class View:
    """An article with what the features look up, computed once."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = article.text
        self.groups = groups(article)
        self.sentence = [article.sentence_of(s.start) for s in article.spans]

    @cached_property
    def group_sentence(self) -> list[int]:
        return [self.article.sentence_of(g.start) for g in self.groups]

    @cached_property
    def by_label(self) -> dict[Label, list[int]]:
        return {label: list(self.article.of(label)) for label in Label}

    def masked(self, start: int, end: int) -> list[str]:
        """Tokens of ``text[start:end]``, mentions masked, lower case."""
        spans = self.article.spans
        parts: list[str] = []
        at = start
        for span in spans[bisect_right(self._ends, start) :]:
            if span.start >= end:
                break
            if span.start >= at and span.end <= end:
                parts += [self.text[at : span.start], f" {_MARK[span.label]} "]
                at = span.end
        parts.append(self.text[at:end])
        return [t if t.startswith("⟦") else t.lower() for t in _TOKEN.findall("".join(parts))]

    @cached_property
    def _ends(self) -> list[int]:
        return [s.end for s in self.article.spans]

    def count(self, label: Label, start: int, end: int) -> int:
        """How many mentions with ``label`` lie between two offsets."""
        starts = self._starts[label]
        return max(0, bisect_left(starts, end) - bisect_left(starts, start))

    @cached_property
    def _starts(self) -> dict[Label, list[int]]:
        return {k: [self.article.spans[i].start for i in v] for k, v in self.by_label.items()}


def candidates(article: Article) -> Iterator[Pair]:
    """All pairs worth scoring, of the four relations."""
    view = View(article)
    for i in view.by_label[Label.DOC_NUMBER]:
        yield from _near(view, Relation.ISSUED_ON, i, view.by_label[Label.DATE])
        yield from _near(view, Relation.ISSUED_BY, i, view.by_label[Label.AGENCY])
    for i in view.by_label[Label.TARGET]:
        yield from _near(view, Relation.DUE, i, view.by_label[Label.DEADLINE])
    for label in (Label.TARGET, Label.DEADLINE):
        for i in view.by_label[label]:
            yield from _assignees(view, i)


def _near(view: View, relation: Relation, i: int, others: list[int]) -> Iterator[Pair]:
    at = bisect_left(others, i)
    back, ahead = (MAX_SENTENCES_BACK, 1) if relation is Relation.DUE else (2, MAX_SENTENCES_AHEAD)
    for step in (-1, 1):
        k = at - 1 if step < 0 else at
        taken = 0
        while 0 <= k < len(others) and taken < 4:
            j = others[k]
            gap = view.sentence[j] - view.sentence[i]
            if not -back <= gap <= ahead:
                break
            features = _pair_features(view, relation, i, j)
            if relation is Relation.ISSUED_BY:
                features.update(_issuer_features(view, i, j))
            elif relation is Relation.ISSUED_ON:
                features.update(_date_features(view, i, j))
            yield Pair(relation, i, (j,), features)
            k += step
            taken += 1


def _bucket(name: str, value: int) -> str:
    return f"{name}:{_STEPS[bisect_right(_STEPS, value) - 1]}"


def _window(view: View, name: str, start: int, end: int) -> Iterator[tuple[str, float]]:
    """The two tokens on each side of a stretch."""
    left = view.masked(max(0, start - 40), start)[-2:]
    right = view.masked(end, end + 40)[:2]
    if left:
        yield f"{name}<1={left[-1]}", 1.0
        yield f"{name}<2={' '.join(left)}", 1.0
    if right:
        yield f"{name}>1={right[0]}", 1.0
        yield f"{name}>2={' '.join(right)}", 1.0


def _between(view: View, relation: Relation, a: int, b: int) -> Iterator[tuple[str, float]]:
    """What stands between two offsets, ``a`` < ``b``."""
    if b - a > MAX_BETWEEN:
        yield "mid far", 1.0
        return
    tokens = view.masked(a, b)
    if len(tokens) <= 4:
        yield f"mid={' '.join(tokens)}", 1.0
    else:
        yield f"mid^={' '.join(tokens[:2])}", 1.0
        yield f"mid$={' '.join(tokens[-2:])}", 1.0
    yield _bucket("tokens", len(tokens)), 1.0
    text = self_text = " ".join(tokens)
    for name, pattern in _CUE_RE[relation].items():
        if pattern.search(self_text):
            yield f"has {name}", 1.0
    for sign, name in ((";", "semicolon"), ("\n", "line"), (":", "colon"), ("(", "paren")):
        if sign in text:
            yield f"has {name}", 1.0


def _pair_features(view: View, relation: Relation, i: int, j: int) -> dict[str, float]:
    spans = view.article.spans
    source, target = spans[i], spans[j]
    ahead = j > i
    a, b = (source.end, target.start) if ahead else (target.end, source.start)
    side = "after" if ahead else "before"
    gap = abs(view.sentence[j] - view.sentence[i])
    features: dict[str, float] = {"bias": 1.0, side: 1.0, f"{side} sentences:{min(gap, 4)}": 1.0}
    for label in Label:
        n = min(view.count(label, a, b), 3)
        if n or label in (target.label, source.label):
            features[f"{side} between {label[:3]}:{n}"] = 1.0
    for name, value in _between(view, relation, a, b):
        features[f"{side} {name}"] = value
    features.update(_window(view, "source", source.start, source.end))
    features.update(_window(view, "target", target.start, target.end))
    return features


_FULL_DATE = re.compile(
    r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{4}|\d{1,2} tháng \d{1,2} năm \d{4}"
)
_DAY = re.compile(r"\d{1,2}\s?[-/.]\s?\d{1,2}|ngày \d|\d{1,2} tháng")


def _date_features(view: View, i: int, j: int) -> dict[str, float]:
    surface = view.article.surface(j).lower()
    if re.search(r"-\d{4}|giai đoạn|từ |nhiệm kỳ| đến ", surface) and not _FULL_DATE.search(
        surface
    ):
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
    return features


def _issuer_features(view: View, i: int, j: int) -> dict[str, float]:
    side = "after" if j > i else "before"
    fit = symbol_fit(view.article.surface(i), view.article.surface(j))
    group = next(g for g in view.groups if j in g.spans)
    place = "only" if len(group.spans) == 1 else "first" if group.spans[0] == j else "later"
    return {
        f"{side} symbol {fit}": 1.0,
        f"symbol {fit}": 1.0,
        f"{side} role {group.role}": 1.0,
        f"{side} in group {place}": 1.0,
    }


# What a symbol's last part names: "QĐ-TTg", "NQ/TW", "QH15", "NQ-HĐND".
_SYMBOLS = (
    (re.compile(r"TTg"), re.compile(r"thủ tướng")),
    (re.compile(r"VPCP"), re.compile(r"văn phòng chính phủ")),
    (re.compile(r"[NC][QĐP]-CP$|/CP$"), re.compile(r"^chính phủ")),
    (re.compile(r"QH\d{1,2}$"), re.compile(r"^quốc hội")),
    (re.compile(r"UBTVQH"), re.compile(r"thường vụ quốc hội")),
    (re.compile(r"TW$"), re.compile(r"trung ương|bộ chính trị|ban bí thư|bch")),
    (re.compile(r"HĐND$"), re.compile(r"hđnd|hội đồng nhân dân")),
    (re.compile(r"UBND|-UB$"), re.compile(r"ubnd|ủy ban nhân dân|uỷ ban nhân dân")),
    (re.compile(r"[-/]T[UƯ]$"), re.compile(r"tỉnh ủy|thành ủy|tỉnh uỷ|thành uỷ|đảng bộ")),
    (re.compile(r"CTN$"), re.compile(r"chủ tịch nước")),
    (re.compile(r"BCĐ"), re.compile(r"ban chỉ đạo")),
)


def _initials(name: str) -> str:
    """Bộ Giáo dục và Đào tạo → BGDĐT; "và" and signs left out, tone marks off."""
    words = [w for w in re.findall(r"\w+", name) if w.lower() not in ("và", "của")]
    letters = "".join(w if w.isupper() and len(w) > 1 else w[0] for w in words).upper()
    plain = unicodedata.normalize("NFD", letters)
    return "".join(c for c in plain if not unicodedata.combining(c))


def symbol_fit(number: str, agency: str) -> str:
    """Does a document's symbol name this body: "fits", "differs" or "silent".

    >>> symbol_fit("05/CT-TTg", "Thủ tướng Chính phủ"), symbol_fit("12/TT-BYT", "Bộ Y tế")
    ('fits', 'fits')
    """
    if not re.search(r"[^\W\d_]{2}", number):
        return "silent"
    name = agency.lower()
    for symbol, body in _SYMBOLS:
        if symbol.search(number):
            return "fits" if body.search(name) else "differs"
    issuer = re.split(r"[-/]", number)
    parts = {"".join(c for c in unicodedata.normalize("NFD", p.upper().replace("&", ""))
                     if not unicodedata.combining(c)) for p in issuer}  # fmt: skip
    initials = _initials(agency)
    if any(len(p) >= 2 and p.isalpha() and initials.startswith(p) for p in parts):
        return "fits"
    return "unsure"


def _assignees(view: View, i: int) -> Iterator[Pair]:
    """Groups of agencies in the source's sentence and the ones before it."""
    here = view.sentence[i]
    first = bisect_left(view.group_sentence, here - MAX_SENTENCES_BACK)
    near = [
        g
        for g, s in zip(view.groups[first:], view.group_sentence[first:], strict=True)
        if s <= here
    ]
    start = view.article.spans[i].start
    before = [g for g in near if g.end <= start][-10:]
    after = [g for g in near if g.start >= view.article.spans[i].end][:3]
    actors = (Role.TOLD, Role.ACTS)
    for rank, group in enumerate(reversed(before)):
        passed = before[len(before) - rank :]
        features = _pair_features(view, Relation.ASSIGNED_TO, i, group.spans[-1])
        features |= _role_features(view, i, group, "before")
        n = min(sum(g.role in actors for g in passed), 3)
        features[f"before passed actors:{n}"] = 1.0
        if group.role in actors:
            features[f"before actor, passed actors:{n}"] = 1.0
        speakers = min(sum(g.role is Role.SPEAKS for g in passed), 2)
        features[f"before passed speakers:{speakers}"] = 1.0
        yield Pair(Relation.ASSIGNED_TO, i, group.spans, features)
    told_before = any(
        g.role in actors and view.article.sentence_of(g.start) == here for g in before
    )
    for group in after:
        features = _pair_features(view, Relation.ASSIGNED_TO, i, group.spans[0])
        features |= _role_features(view, i, group, "after")
        features["after, actor before" if told_before else "after, no actor before"] = 1.0
        yield Pair(Relation.ASSIGNED_TO, i, group.spans, features)


def _role_features(view: View, i: int, group: Group, side: str) -> dict[str, float]:
    label = view.article.spans[i].label
    gap = view.sentence[i] - view.article.sentence_of(group.start)
    return {
        f"{side} role {group.role}": 1.0,
        f"{side} role {group.role} sentences:{min(gap, 3)}": 1.0,
        f"{label} {side}": 1.0,
        f"{label} {side} role {group.role}": 1.0,
        f"{label} sentences:{min(gap, 3)}": 1.0,
        f"members:{min(len(group.spans), 3)}": 1.0,
    }
