"""Relations between mentions: whose number, whose date, due when, assigned to whom.

Each candidate pair (:mod:`pipeline.link_features`) gets a probability from a logistic
regression whose weights stand in ``data/link_weights.json`` (made by
``scripts/train_links.py``); the best candidate of a source is kept if it passes the
relation's threshold. "Take the nearest mention" of the annotation guide is what the
weights of distance and of intervening mentions have learned.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.article import Article, Link
from pipeline.labels import Label, Relation
from pipeline.letterhead import letterhead
from pipeline.link_features import MAX_BETWEEN, Pair, candidates
from pipeline.roles import Group, Role, groups


@dataclass(frozen=True, slots=True)
class Scorer:
    """Weights of one relation; features they do not name count nothing."""

    weights: Mapping[str, float]
    threshold: float

    def probability(self, features: Mapping[str, float]) -> float:
        """How likely the pair is related, 0 to 1."""
        weights = self.weights
        total = sum(weights[name] * value for name, value in features.items() if name in weights)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def default_scorers() -> dict[Relation, Scorer]:
    """The scorers shipped with the package."""
    raw = json.loads((files("pipeline") / "data" / "link_weights.json").read_text("utf-8"))
    return {
        Relation(name): Scorer(entry["weights"], entry["threshold"])
        for name, entry in raw["relations"].items()
    }


def link(article: Article) -> list[Link]:
    """All relations the text states, by source and target in text order.

    A document has one date and one issuer (several, where agencies issue jointly), a
    target one time limit; an assignment goes to every member of a coordinated group.

    >>> from pipeline.article import Span
    >>> from pipeline.labels import Label
    >>> text = "Công văn số 12/UBND-NC ngày 5/3/2024 của UBND tỉnh Hà Nam."
    >>> spans = (Span(Label.DOC_NUMBER, 12, 22), Span(Label.DATE, 23, 36),
    ...          Span(Label.AGENCY, 41, 57))
    >>> [(l.type, l.source, l.target) for l in link(Article(text, spans, ((0, 58),)))]
    [('ISSUED_ON', 0, 1), ('ISSUED_BY', 0, 2)]
    """
    links = decode(_of_bodies(article, candidates(article)), default_scorers())
    links = [*links, *_inherit_subject(article, links), *_head_issuer(article, links)]
    return _ordered([*_joint(article, links), *_follow_deadline(article, links)])


def decode(pairs: Iterable[Pair], scorers: Mapping[Relation, Scorer]) -> list[Link]:
    """The best candidate of each source and relation, where it passes the threshold."""
    best: dict[tuple[Relation, int], tuple[float, Pair]] = {}
    for pair in pairs:
        scorer = scorers[pair.relation]
        score = scorer.probability(pair.features)
        key = (pair.relation, pair.source)
        if score >= scorer.threshold and (key not in best or score > best[key][0]):
            best[key] = (score, pair)
    return _ordered(
        Link(pair.relation.value, pair.source, target, round(score, 3))
        for score, pair in best.values()
        for target in pair.targets
    )


def _ordered(links: Iterable[Link]) -> list[Link]:
    order = list(Relation)
    return sorted(links, key=lambda k: (k.source, order.index(Relation(k.type)), k.target))


def _follow_deadline(article: Article, links: list[Link]) -> list[Link]:
    """A target due by a deadline of its own sentence is assigned to whom the deadline is.

    "các sở hoàn thành 100% hồ sơ trong quý I": one task, so one answer for both.
    """
    sentence = [article.sentence_of(s.start) for s in article.spans]
    due = {
        k.source: k.target
        for k in links
        if k.type == Relation.DUE and sentence[k.source] == sentence[k.target]
    }
    kept = [k for k in links if not (k.type == Relation.ASSIGNED_TO and k.source in due)]
    assigned = defaultdict(list)
    for k in links:
        if k.type == Relation.ASSIGNED_TO:
            assigned[k.source].append(k)
    copied = [
        Link(k.type, i, k.target, k.confidence) for i, limit in due.items() for k in assigned[limit]
    ]
    return [*kept, *copied]


def _head_issuer(article: Article, links: list[Link]) -> list[Link]:
    """The body at the top of an official text issued the number under it."""
    found = letterhead(article)
    if found is None or found[1] is None:
        return []
    if any(k.type == Relation.ISSUED_BY and k.source == found[0] for k in links):
        return []
    return [Link(Relation.ISSUED_BY, found[0], found[1], 0.9)]


# Who is told or must act and is no public body: no span is theirs, so that the bodies of the
# sentence before would answer for them.
_OTHERS = (
    r"(?:các |những |mọi |tất cả (?:các )?|toàn bộ (?:các )?)?"
    r"(?:[Cc]ông ty|doanh nghiệp|chủ đầu tư|nhà đầu tư|nhà thầu|cá nhân|thí sinh|học sinh"
    r"|phụ huynh|người (?:dân|lao động|bán|nộp thuế)|hộ (?:dân|gia đình|kinh doanh)"
    r"|cơ sở (?:kinh doanh|sản xuất|nhập khẩu|chế biến|lưu trú|giết mổ)|tàu(?: cá| thuyền)?"
    r"|chủ (?:tàu|hộ|xe|phương tiện|cơ sở|rừng|hồ))(?!\w)"
)
# Told ("giao Công ty …"), or the subject of a clause: at its head, or after the day.
_OTHERS_DUTY = re.compile(
    rf"(?i:(?<!\w)(?:giao|yêu cầu|đề nghị|buộc) {_OTHERS})"
    rf"|(?:[,;:] |\d |\A){_OTHERS}[^.,;:\n]{{0,60}}? (?:phải|cần|có trách nhiệm|có nghĩa vụ)(?!\w)"
)


def _of_bodies(article: Article, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs without those that give bodies of an earlier sentence what others must do.

    "Tỉnh giao các huyện vận động ngư dân. Hạn chót là ngày 31/10 các tàu phải lắp thiết bị."
    """
    others: dict[int, bool] = {}
    for pair in pairs:
        if pair.relation is Relation.ASSIGNED_TO:
            here = article.sentence_of(article.spans[pair.source].start)
            start, end = article.sentences[here]
            if article.spans[pair.targets[-1]].end <= start:
                if here not in others:
                    sentence = article.text[start : min(end, start + MAX_BETWEEN)]
                    others[here] = bool(_OTHERS_DUTY.search(sentence))
                if others[here]:
                    continue
        yield pair


# A sentence that orders without saying whom: "Cần tập trung rà soát …", "Phấn đấu …".
_NO_SUBJECT = re.compile(
    r"(?:đồng thời,? |trong đó,? |cùng với đó,? |ngoài ra,? |bên cạnh đó,? )?"
    r"(?:cần|phải|tập trung|khẩn trương|chủ động|phấn đấu|bảo đảm|đảm bảo)(?!\w)",
    re.IGNORECASE,
)
_INHERITED = 0.6


def _inherit_subject(article: Article, links: list[Link]) -> list[Link]:
    """An order without a subject goes to whom the sentence before it told to act.

    "Các sở tiếp tục rà soát. Cần cắt giảm ít nhất 20% chi phí đến năm 2025."
    """
    assigned = {k.source for k in links if k.type == Relation.ASSIGNED_TO}
    told: dict[int, Group] = {}
    for group in groups(article):
        k = article.sentence_of(group.start)
        if group.role in (Role.TOLD, Role.ACTS):
            told.setdefault(k, group)
    out = []
    for i in article.of(Label.TARGET, Label.DEADLINE):
        k = article.sentence_of(article.spans[i].start)
        if i in assigned or k - 1 not in told:
            continue
        start, _ = article.sentences[k]
        if _named_before(article, i, start):
            continue
        if _NO_SUBJECT.match(article.text, start):
            out += [Link(Relation.ASSIGNED_TO, i, j, _INHERITED) for j in told[k - 1].spans]
    return out


def _named_before(article: Article, i: int, start: int) -> bool:
    """Is a body named between ``start`` and span ``i``?"""
    j = i - 1
    while j >= 0 and article.spans[j].start >= start:
        if article.spans[j].label is Label.AGENCY:
            return True
        j -= 1
    return False


# Symbols of joint documents: "25/2015/TTLT-BTC-BTP", "23/TT-LB", "01/TTLT".
_JOINT = re.compile(r"TTLT|NQLT|-LB\b|LSGD|(?:-B[A-ZĐ&]{1,8}){2}")


def _joint(article: Article, links: list[Link]) -> list[Link]:
    """The co-issuers of a joint document: the rest of the issuer's coordinated group."""
    joint = [
        k
        for k in links
        if k.type == Relation.ISSUED_BY and _JOINT.search(article.surface(k.source))
    ]
    if not joint:
        return []
    members = {i: group.spans for group in groups(article) for i in group.spans}
    return [
        Link(k.type, k.source, j, k.confidence)
        for k in joint
        for j in members[k.target]
        if j != k.target
    ]
