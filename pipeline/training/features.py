"""What the CRF baseline reads of a word: its shape and the rules that cover it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipeline.rules import RuleMatch
from pipeline.segment import Segmented


@lru_cache(maxsize=100_000)
def shape(word: str) -> str:
    """Letter case, digits and signs, long runs shortened.

    >>> shape("2458/UBND-SNV"), shape("Tài_chính"), shape("3,5")
    ('dd/XX-XX', 'Xx_x', 'd,d')
    """
    chars: list[str] = []
    last = ""
    for c in word[:24]:
        kind = "d" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c
        if kind == last and kind != "X" and kind != "d":
            continue
        if kind == last and len(chars) > 1 and chars[-2] == kind:
            continue
        chars.append(kind)
        last = kind
    return "".join(chars[:12])


def rule_tags(segmented: Segmented, matches: Sequence[RuleMatch]) -> list[str]:
    """For each word ``B-<rule id>``, ``I-<rule id>`` or ``O``; a rule covers a word whole."""
    tags = ["O"] * len(segmented.words)
    j = 0
    n = len(tags)
    for match in matches:
        while j < n and segmented.word_span(j)[1] <= match.start:
            j += 1
        first = True
        while j < n and segmented.word_span(j)[0] < match.end:
            tags[j] = ("B-" if first else "I-") + match.rule.id
            first = False
            j += 1
    return tags
