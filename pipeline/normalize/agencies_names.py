"""Full names of an article by their first and their last words, for the short forms."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Mapping

from pipeline.normalize.agencies_named import Parsed
from pipeline.normalize.agencies_text import Key, key

# Kinds whose names are said without their head: "Sông Đà" for "Tổng công ty Sông Đà".
_HEADLESS = ("soe", "hospital", "school", "unit")


class Names:
    """What an article's agencies are called, looked up by words and not one by one.

    Kept up to date as short forms are replaced by what they stand for.
    """

    def __init__(self, parsed: Mapping[int, Parsed]) -> None:
        self._first: defaultdict[tuple[str, Key], list[int]] = defaultdict(list)
        self._last: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        self._named: dict[str, Parsed] = {}
        for i, one in parsed.items():
            self._add(i, one)

    def replace(self, i: int, old: Parsed, new: Parsed) -> None:
        """Agency ``i`` has got the name of ``new``."""
        name = key(old.value.name)
        if not old.value.collective:
            for n in range(len(name)):
                self._first[old.value.kind, name[:n]].remove(i)
        for last in _endings(old, name):
            self._last[last] -= Counter((old.value.name,))
        self._add(i, new)

    def beginning_with(self, own: Key, kind: str, i: int) -> int | None:
        """The nearest agency before ``i``, else the first one, whose longer name begins so."""
        found = self._first.get((kind, own))
        if not found:
            return None
        return found[max(0, bisect_left(found, i) - 1)]

    def ending_with(self, own: Key) -> Parsed | None:
        """The one longer name that ends so; None where there is none or several."""
        found = self._last.get(own) or Counter()
        return self._named[next(iter(found))] if len(found) == 1 else None

    def _add(self, i: int, parsed: Parsed) -> None:
        name = key(parsed.value.name)
        if not parsed.value.collective:
            for n in range(len(name)):
                insort(self._first[parsed.value.kind, name[:n]], i)
        for last in _endings(parsed, name):
            self._last[last][parsed.value.name] += 1
            self._named[parsed.value.name] = parsed


def _endings(parsed: Parsed, name: Key) -> list[Key]:
    if not parsed.known or parsed.value.kind not in _HEADLESS:
        return []
    return [name[n:] for n in range(1, len(name))]
