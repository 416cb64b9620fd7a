"""Role of a document in an article: reported as issued now (primary), or cited.

In an official text rules decide: its own number stands in its head or its title, and
without one it names itself ("Thông tư này"). In news a score decides: the sum of readable
weights (``data/role_weights.json``, fitted by ``scripts/train_roles.py``) over the cues of
its occurrences, put through the logistic function, is the probability of primary.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import resources

from pipeline.document_cues import ISSUING, Frame
from pipeline.document_groups import Group

RECENT_DAYS = 14
OLD_DAYS = 60

NORMATIVE = frozenset({"Luật", "Bộ luật", "Pháp lệnh", "Nghị định", "Thông tư", "Hiến pháp",
                       "Thông tư liên tịch", "Nghị quyết liên tịch"})  # fmt: skip
LETTERS = frozenset({"Công văn", "Văn bản", "Công điện", "Thông báo", "Tờ trình"})
# Cues that mean more in the first sentences of an article.
EARLY = ISSUING | {"content_of", "at", "just_after", "issued_after", "bare_theo", "pursuant"}
# What an official text may call itself with "này".
SELF_TYPES = (NORMATIVE | LETTERS | {
    "Quyết định", "Nghị quyết", "Chỉ thị", "Kế hoạch", "Quy chế", "Quy định", "Chương trình",
    "Đề án", "Điều lệ", "Hướng dẫn", "Kết luận"}) - {"Văn bản"}  # fmt: skip


class Peers:
    """What features ask of all groups of an article, counted once for all of them."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.rank: dict[int, int] = {}
        seen: Counter[bool] = Counter()
        for group in groups:
            self.rank[id(group)] = seen[group.numbered]
            seen[group.numbered] += 1
        self.top = max(groups, key=lambda g: (g.weight, -g.sentences[g.key]), default=None)
        strong = [group for group in groups if group.strong]
        self.strong = len(strong)
        self.strong_types = Counter(group.type for group in strong)
        self.strong_numbered = sum(group.numbered for group in strong)
        self.first_strong = min((g.sentences[g.key] for g in strong), default=0)


def features(group: Group, peers: Peers, frame: Frame) -> set[str]:
    """Binary features of a group among its ``peers``, the groups of the article."""
    key = group.key
    out = {f"any:{cue}" for found in group.cues for cue in found}
    out |= {f"key:{cue}" for cue in group.cues[key]}
    if group.cues[key] & ISSUING:
        out |= {f"issuing+{cue}" for cue in group.cues[key] - ISSUING} | {"issuing"}
    sentence = group.sentences[key]
    out.add("sentence:" + _bucket(sentence, (2, 4, 9)))
    out.add("mentions:" + _bucket(len(group.cues), (2, 3)))
    out.add("rank:" + _bucket(peers.rank[id(group)], (1, 2)))
    own = int(group.strong)  # no rival of itself
    out.add(f"weight:{group.weight}")
    if sentence < 4:
        out |= {f"early+{cue}" for cue in group.cues[key] & EARLY} | {
            f"early+weight:{group.weight}"
        }
    if group is peers.top:
        out |= {"top", f"top:{group.weight}"}
    if peers.strong > own:
        if peers.strong_types[group.type] > own:
            out.add("rival:same_type")
        out.add("rival:" + ("earlier" if peers.first_strong < sentence else "later"))
        numbered = peers.strong_numbered > (own and group.numbered)
        out.add("rival:" + ("numbered" if numbered else "unnumbered"))
    if group.type in NORMATIVE:
        out.add("type:normative")
    elif group.type in LETTERS:
        out.add("type:letter")
    if not group.numbered:
        out.add(f"is:{group.type}")
    for name in ("bare", "in_title"):
        if getattr(group, name):
            out.add(name)
    out.update(_ages(group, frame))
    return out


def _ages(group: Group, frame: Frame) -> Iterable[str]:
    if not frame.anchor:
        return
    if group.issued:
        yield "issued:" + _age((frame.anchor - group.issued).days)
    elif group.year:
        yield "year:" + ("same" if group.year >= frame.anchor.year else "earlier")
    if group.said:
        yield "said:" + _age((frame.anchor - group.said).days)


def _age(days: int) -> str:
    return "recent" if days <= RECENT_DAYS else "old" if days > OLD_DAYS else "some"


def _bucket(value: int, edges: tuple[int, ...]) -> str:
    """Name of the interval: 0-1, 2-3, 4-8, 9+ for edges 2, 4, 9."""
    lower = 0
    for edge in edges:
        if value < edge:
            return f"{lower}-{edge - 1}"
        lower = edge
    return f"{lower}+"


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Mapping[str, float]]:
    """``{"numbered": {feature: weight}, "unnumbered": …}``; "" is the intercept."""
    path = resources.files("pipeline").joinpath("data", "role_weights.json")
    table: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


def score(found: Iterable[str], table: Mapping[str, float]) -> float:
    """Probability of primary.

    >>> round(score({"a"}, {"": -1.0, "a": 1.0}), 2)
    0.5
    """
    total = table.get("", 0.0) + sum(table.get(name, 0.0) for name in sorted(found))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def own_number(group: Group) -> bool:
    """Whether an official text's number group is the text's own: in its head or title."""
    anyone: set[str] = set().union(*group.cues)
    return bool(anyone & {"head", "text_start"}) or group.leads_title


def own_type(groups: Sequence[Group]) -> Group | None:
    """The type by which an official text without its own number names itself.

    "Thông tư này" most often; else the type in a line of capitals; else what it enacts in
    its preamble ("Bộ trưởng ban hành Thông tư …").
    """
    best: tuple[int, Group] | None = None
    for group in groups:
        if group.numbered or group.type not in SELF_TYPES:
            continue
        capital = [found for found in group.cues if found & {"capital", "capitals"}]
        this = 3 * sum("this" in found for found in capital)
        headed = 2 * any({"capitals", "line_start"} <= found for found in capital)
        enacted = any(
            "issue_verb" in found and not found & {"had_before", "planned"} for found in capital
        )
        weight = this + headed + enacted
        if weight and (best is None or weight > best[0]):
            best = weight, group
    return best[1] if best else None


def rule_role(group: Group) -> bool:
    """The news decision by hand-written rules: what the weights are compared with."""
    found = group.cues[group.key]
    against = {"had_before", "according", "based_on", "carry_out", "amend", "article_of", "under"}
    return group.strong or (
        bool(found & ISSUING) and not found & against and group.sentences[group.key] < 4
    )
