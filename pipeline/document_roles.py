"""Role of a document in an article: reported as issued now (primary), or cited.

A score is a sum of readable weights (``data/role_weights.json``, fitted by
``scripts/train_roles.py``) over the cues of all mentions of a document, put through the
logistic function: the probability that the document is primary.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources

from pipeline.document_cues import OLD_DAYS, RECENT_DAYS, Frame

NORMATIVE = frozenset({"Luật", "Bộ luật", "Pháp lệnh", "Nghị định", "Thông tư", "Hiến pháp",
                       "Thông tư liên tịch", "Nghị quyết liên tịch"})  # fmt: skip
LETTERS = frozenset({"Công văn", "Văn bản", "Công điện", "Thông báo", "Tờ trình", "Báo cáo"})


@dataclass
class Group:
    """Occurrences of one document in an article, with what is known of it."""

    type: str | None
    cues: list[set[str]]
    starts: list[int]
    sentences: list[int]
    rank: int = 0
    bare: bool = False
    in_title: bool = False
    issued: date | None = None
    year: int | None = None
    extra: set[str] = field(default_factory=set)


def features(group: Group, frame: Frame) -> set[str]:
    """Binary features of a group; each is a key of the weights."""
    out = {f"any:{cue}" for found in group.cues for cue in found}
    out |= {f"first:{cue}" for cue in group.cues[0]}
    sentence = group.sentences[0]
    out.add(
        "sentence:"
        + ("0-1" if sentence < 2 else "2-3" if sentence < 4 else "4-8" if sentence < 9 else "9+")
    )
    out.add("rank:" + ("0" if group.rank == 0 else "1" if group.rank == 1 else "2+"))
    out.add("mentions:" + ("1" if len(group.cues) == 1 else "2" if len(group.cues) == 2 else "3+"))
    if group.type in NORMATIVE:
        out.add("type:normative")
    elif group.type in LETTERS:
        out.add("type:letter")
    if group.bare:
        out.add("bare")
    if group.in_title:
        out.add("in_title")
    out |= group.extra
    if frame.anchor and group.issued:
        days = (frame.anchor - group.issued).days
        out.add(
            "age:" + ("recent" if days <= RECENT_DAYS else "old" if days > OLD_DAYS else "some")
        )
    elif frame.anchor and group.year:
        out.add("year:" + ("same" if group.year >= frame.anchor.year else "earlier"))
    if frame.official:
        out = {f"official:{name}" for name in out}
        out.add("official")
    return out


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Mapping[str, float]]:
    """``{"numbered": {feature: weight}, "unnumbered": …}``; "" is the intercept."""
    path = resources.files("pipeline").joinpath("data", "role_weights.json")
    table: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


def score(found: Iterable[str], table: Mapping[str, float]) -> float:
    """Probability of primary."""
    total = table.get("", 0.0) + sum(table.get(name, 0.0) for name in found)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def rule_role(group: Group, frame: Frame) -> bool:
    """The same decision by hand-written rules: what the weights are compared with."""
    anyone: set[str] = set().union(*group.cues)
    if frame.official:
        return "head" in anyone or "text_start" in anyone or group.in_title
    issued = anyone & {"issue_verb", "sign_verb", "have_verb", "send_verb", "content_of"}
    if anyone & {"just", "just_after"} and issued:
        return True
    against = {"had_before", "according", "based_on", "carry_out", "amend", "article_of", "under"}
    first = group.cues[0]
    return bool(first & issued) and not first & against and group.sentences[0] < 4


def best(scores: Sequence[float]) -> int:
    """Index of the highest score."""
    return max(range(len(scores)), key=scores.__getitem__)
