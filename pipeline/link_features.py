"""Candidate pairs of spans and what is said of them, as named features.

A feature is a flag ("before mid=của") or a count cut into steps ("after tokens:3"); the
weights in ``data/link_weights.json`` name the same features. Other mentions inside a
window are masked by their label's initial, so that what is learned is the wording.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.article import Article
from pipeline.labels import Label, Relation
from pipeline.link_documents import date_features, issuer_features, of_earlier_document
from pipeline.link_view import View
from pipeline.roles import Group, Role

Features = dict[str, float]

# Sentences looked through on each side; farther, only what a table or heading says.
_REACH = {Relation.ISSUED_ON: (2, 2), Relation.ISSUED_BY: (2, 2), Relation.DUE: (8, 1)}
_FIELDS_AHEAD = 14
_ASSIGN_BACK = 8
_PER_SIDE = 4
MAX_BETWEEN = 1_500

# Wording that speaks for or against a relation wherever it stands in between.
_CUES: dict[Relation, dict[str, str]] = {
    Relation.ISSUED_ON: {
        "ký": r"\bký\b",
        "ban hành": r"\bban hành\b",
        "của": r"\bcủa\b",
        "về": r"\bvề\b",
        "hiệu lực": r"\bhiệu lực\b",
        "sửa đổi": r"\b(?:sửa đổi|thay thế|bổ sung)\b",
        "dẫn": r"\b(?:theo|căn cứ|tại|thực hiện)\b",
    },
    Relation.ISSUED_BY: {
        "ban hành": r"\bban hành\b",
        "ký": r"\bký\b",
        "có văn bản": r"\bcó (?:văn bản|công văn|quyết định|tờ trình|thông báo|báo cáo|⟦K⟧)",
        "của": r"\bcủa\b",
        "về": r"\bvề\b",
        "gửi": r"\bgửi\b",
        "dẫn": r"\b(?:theo|căn cứ|thực hiện)\b",
        "yêu cầu": r"\b(?:yêu cầu|đề nghị|giao|chỉ đạo)\b",
        "nhận": r"\bnhận được\b",
    },
    Relation.DUE: {
        "trong đó": r"\btrong đó\b",
        "mục tiêu": r"\b(?:mục tiêu|chỉ tiêu|phấn đấu)\b",
        "giai đoạn": r"\bgiai đoạn\b",
        "đã": r"\b(?:hiện nay|năm qua|đã)\b",
    },
    Relation.ASSIGNED_TO: {
        "hoàn thành": r"\b(?:hoàn thành|hoàn tất|xong)\b",
        "phối hợp": r"\bphối hợp\b",
        "báo cáo": r"\b(?:báo cáo|gửi|trình)\b",
        "yêu cầu": r"\b(?:yêu cầu|giao|đề nghị|chỉ đạo)\b",
        "đã": r"\bđã\b",
        "khác": r"\b(?:doanh nghiệp|người dân|chủ đầu tư|nhà thầu|tổ chức, cá nhân|hộ)\b",
        "quy định": r"\b(?:quy định|điều|khoản)\b",
    },
}
_CUE_RE = {r: {k: re.compile(v) for k, v in c.items()} for r, c in _CUES.items()}
_SIGNS = ((";", "semicolon"), ("\n", "line"), (":", "colon"), ("(", "paren"), ("|", "cell"))
_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 40, 80, 160, 320, 640)
_LAYOUT = re.compile(r"sentences:|tokens:|has (?:line|colon|cell)|mid")
_ACTORS = (Role.TOLD, Role.ACTS)


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate: source span, target spans (several for coordinated agencies)."""

    relation: Relation
    source: int
    targets: tuple[int, ...]
    features: Features


# A day of the week or a clock time is a page's dateline ("Thứ Sáu, 31/03/2023, 07:10"):
# no document is dated so (Nghị định 30/2020/NĐ-CP, appendix I), and none lies beyond it.
_DATELINE = re.compile(r"(?i)\bthứ |chủ nhật|\d[:h]\d")


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
    """The nearest few on each side."""
    back, ahead = _REACH[relation]
    if relation is not Relation.DUE and view.in_table(i):
        back, ahead = 6, _FIELDS_AHEAD
    at = bisect_left(others, i)
    for step in (-1, 1):
        k = at - 1 if step < 0 else at
        taken = 0
        while 0 <= k < len(others) and taken < _PER_SIDE:
            j = others[k]
            if not -back <= view.sentence[j] - view.sentence[i] <= ahead:
                break
            if relation is Relation.ISSUED_BY and j < i and of_earlier_document(view, j):
                k += step
                continue
            if relation is Relation.ISSUED_ON and _DATELINE.search(view.article.surface(j)):
                break
            features = _pair_features(view, relation, i, j)
            if relation is Relation.ISSUED_BY:
                features |= issuer_features(view, i, j)
            elif relation is Relation.ISSUED_ON:
                features |= date_features(view, i, j)
            else:
                features |= _due_features(view, i, j)
            if "field issuer" in features or "field issued" in features:
                # Between the fields of one sheet distance and breaks say nothing.
                features = {f: v for f, v in features.items() if not _LAYOUT.search(f)}
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
    text = " ".join(tokens)
    for name, pattern in _CUE_RE[relation].items():
        if pattern.search(text):
            yield f"has {name}", 1.0
    for sign, name in _SIGNS:
        if sign in text:
            yield f"has {name}", 1.0


def _pair_features(view: View, relation: Relation, i: int, j: int) -> Features:
    spans = view.article.spans
    source, target = spans[i], spans[j]
    ahead = j > i
    a, b = (source.end, target.start) if ahead else (target.end, source.start)
    side = "after" if ahead else "before"
    gap = abs(view.sentence[j] - view.sentence[i])
    features: Features = {"bias": 1.0, side: 1.0, f"{side} sentences:{min(gap, 4)}": 1.0}
    for label in Label:
        n = min(view.count(label, a, b), 3)
        if n or label in (target.label, source.label):
            features[f"{side} between {label[:3]}:{n}"] = 1.0
    for name, value in _between(view, relation, a, b):
        features[f"{side} {name}"] = value
    features.update(_window(view, "source", source.start, source.end))
    features.update(_window(view, "target", target.start, target.end))
    return features


def _due_features(view: View, i: int, j: int) -> Features:
    """Is another deadline right beside the target, on the other side?"""
    spans = view.article.spans
    side = "after" if j > i else "before"
    k = i - 1 if j > i else i + 1
    if not 0 <= k < len(spans) or spans[k].label is not Label.DEADLINE:
        return {}
    a, b = (spans[k].end, spans[i].start) if k < i else (spans[i].end, spans[k].start)
    tokens = view.masked(a, b)[:20]
    if len(tokens) <= 3 and not {";", "\n", "."} & set(tokens):
        return {f"{side} other side adjacent": 1.0}
    return {f"{side} other side": 1.0} if len(tokens) < 15 else {}


def _assignees(view: View, i: int) -> Iterator[Pair]:
    """Groups in the source's sentence, the ones before it, its line's and heading's heads."""
    here = view.sentence[i]
    source = view.article.spans[i]
    own, above = view.governing(source.start)
    cut = bisect_left(view.group_starts, source.start)
    before = [
        n for n in range(max(0, cut - 10), cut) if here - view.group_sentence[n] <= _ASSIGN_BACK
    ]
    before = sorted({*before, *(n for n in (own, above) if n is not None)})
    starts_with = view.masked(view.article.sentences[here][0], source.start)[:2]
    for rank, n in enumerate(reversed(before)):
        group = view.groups[n]
        passed = [view.groups[k] for k in before[len(before) - rank :]]
        features = _pair_features(view, Relation.ASSIGNED_TO, i, group.spans[-1])
        features |= _role_features(view, i, n, "before")
        actors = min(sum(g.role in _ACTORS for g in passed), 3)
        features[f"before passed actors:{actors}"] = 1.0
        if group.role in _ACTORS:
            features[f"before actor, passed actors:{actors}"] = 1.0
        speakers = min(sum(g.role is Role.SPEAKS for g in passed), 2)
        features[f"before passed speakers:{speakers}"] = 1.0
        if n == own:
            features["heads the line"] = 1.0
            features[f"heads the line, passed actors:{actors}"] = 1.0
        elif n == above:
            features["heads the part"] = 1.0
            features[f"heads the part, passed actors:{actors}"] = 1.0
        if view.group_sentence[n] < here and starts_with:
            features[f"sentence^1={starts_with[0]}"] = 1.0
            features[f"sentence^2={' '.join(starts_with)}"] = 1.0
        yield Pair(Relation.ASSIGNED_TO, i, group.spans, features)
    told = any(view.groups[n].role in _ACTORS and view.group_sentence[n] == here for n in before)
    after = [
        n for n in range(cut, min(cut + 3, len(view.groups))) if view.group_sentence[n] == here
    ]
    for n in after:
        features = _pair_features(view, Relation.ASSIGNED_TO, i, view.groups[n].spans[0])
        features |= _role_features(view, i, n, "after")
        features["after, actor before" if told else "after, no actor before"] = 1.0
        yield Pair(Relation.ASSIGNED_TO, i, view.groups[n].spans, features)


def _role_features(view: View, i: int, n: int, side: str) -> Features:
    group: Group = view.groups[n]
    label = view.article.spans[i].label
    gap = min(view.sentence[i] - view.group_sentence[n], 3)
    return {
        f"{side} role {group.role}": 1.0,
        f"{side} role {group.role} sentences:{gap}": 1.0,
        f"{label} {side}": 1.0,
        f"{label} {side} role {group.role}": 1.0,
        f"{label} sentences:{gap}": 1.0,
        f"members:{min(len(group.spans), 3)}": 1.0,
    }
