"""Near-duplicate texts: MinHash to find candidates, exact Jaccard to judge them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.uint64]

SHINGLE = 4  # syllables; news agencies' copies share long runs of them
_BANDS, _ROWS = 16, 4  # finds a pair of Jaccard 0.7 with probability 0.99, one of 0.3 with 0.12
_PRIME = np.uint64((1 << 31) - 1)


def shingles(text: str) -> set[int]:
    """Hashes of all runs of four syllables, case and punctuation aside.

    >>> len(shingles("UBND tỉnh yêu cầu các sở"))
    3
    """
    words = re.findall(r"\w+", text.casefold())
    runs = range(max(1, len(words) - SHINGLE + 1))
    return {zlib.crc32(" ".join(words[i : i + SHINGLE]).encode()) for i in runs}


def near_duplicates(texts: Sequence[str], threshold: float = 0.7) -> dict[int, int]:
    """For each text that repeats an earlier one, the index of the first such text.

    >>> near_duplicates(["a b c d e f g", "x y z t u v", "a b c d e f g"])
    {2: 0}
    """
    sets = [shingles(text) for text in texts]
    rng = np.random.default_rng(7)
    prime = int(_PRIME)
    a = rng.integers(1, prime, size=(_BANDS * _ROWS, 1), dtype=np.uint64)
    b = rng.integers(0, prime, size=(_BANDS * _ROWS, 1), dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = {}
    found: dict[int, int] = {}
    for i, runs in enumerate(sets):
        signature = _signature(runs, a, b)
        keys = [(k, signature[k * _ROWS : (k + 1) * _ROWS].tobytes()) for k in range(_BANDS)]
        candidates = sorted({j for key in keys for j in buckets.get(key, ())})
        match = next((j for j in candidates if _jaccard(sets[j], runs) >= threshold), None)
        if match is not None:
            found[i] = match
            continue
        for key in keys:
            buckets.setdefault(key, []).append(i)
    return found


def _signature(runs: set[int], a: Ints, b: Ints) -> Ints:
    values = np.fromiter(runs, dtype=np.uint64, count=len(runs)) % _PRIME
    lowest: Ints = ((a * values + b) % _PRIME).min(axis=1)
    return lowest


def _jaccard(one: set[int], other: set[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
