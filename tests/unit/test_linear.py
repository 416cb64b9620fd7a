"""No regular expression of the package takes more than linear time, whatever the text."""

from __future__ import annotations

import re
import signal
import time

import pytest
import regexes

SIZES = (64, 256, 1_000, 4_000, 16_000)
# Below this a reading is noise; a pattern that needs it for 16,000 characters is not
# quadratic: n² / 2 steps would take some hundred milliseconds.
FLOOR = 0.025
# Four times the text: 4 when linear, 16 when quadratic.
GROWTH = 9


def _seconds(pattern: re.Pattern[str], text: str, times: int = 1) -> float:
    best = float("inf")
    for _ in range(times):
        begin = time.thread_time()
        for _found in pattern.finditer(text):
            pass
        best = min(best, time.thread_time() - begin)
    return best


def growth(pattern: re.Pattern[str], head: str, pump: str, tail: str) -> float:
    """The largest growth of the time from a quarter of a size to that size."""
    largest = 0.0
    for size in SIZES:
        long, short = (head + pump * max(1, n // len(pump)) + tail for n in (size, size // 4))
        if _seconds(pattern, long) > FLOOR:
            took = _seconds(pattern, long, 3)
            if took > FLOOR:
                largest = max(largest, took / max(_seconds(pattern, short, 3), 1e-6))
        if largest > GROWTH:
            break
    return largest


PATTERNS = regexes.patterns()


def test_all_are_looked_at() -> None:
    assert len(PATTERNS) > 400
    for name in ("rule number-symbol", "pipeline.letterhead._NUMBER_MARK"):
        assert name in PATTERNS


def test_growth_tells_quadratic_from_linear() -> None:
    assert growth(re.compile(r"\s+$"), "", " ", "x") > GROWTH
    assert growth(re.compile(r"(?<!\s)\s+$"), "", " ", "x") < GROWTH


@pytest.mark.slow
@pytest.mark.parametrize("module", sorted({n.partition(":")[0].rpartition(".")[0] or "rules"
                                           for n in PATTERNS}))  # fmt: skip
def test_every_pattern_is_linear(module: str) -> None:
    def too_long(*_: object) -> None:
        raise TimeoutError  # an exponential pattern would never come back

    before = signal.signal(signal.SIGVTALRM, too_long)
    slow = []
    try:
        for name, pattern in PATTERNS.items():
            if (name.partition(":")[0].rpartition(".")[0] or "rules") != module:
                continue
            for attack in regexes.attacks(pattern):
                signal.setitimer(signal.ITIMER_VIRTUAL, 20)
                try:
                    times = growth(pattern, *attack)
                except TimeoutError:
                    times = float("inf")
                if times > GROWTH:
                    slow.append((name, pattern.pattern, attack, round(times)))
                    break
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert slow == []
