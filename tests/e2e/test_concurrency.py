"""Threads, processes, forks, asyncio: the same records, to the byte, as one call after the other."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline import extract, extract_many

# A process of its own that has loaded nothing yet; it prints the lines of its records.
COLD = """
import json, multiprocessing, os, sys, threading
from concurrent.futures import ProcessPoolExecutor

def read(text):
    from pipeline import extract
    return extract(text, published="2023-08-01").to_json()

def threads(texts):
    barrier, out = threading.Barrier(16), [None] * len(texts)
    def work(first):
        barrier.wait()
        for i in range(first, len(texts), 16):
            out[i] = read(texts[i])
    workers = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return out

def processes(texts, method, warm):
    if warm:
        read("khởi động")
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        return list(pool.map(read, texts))

if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        texts = json.load(file)
    way = sys.argv[1]
    if way == "threads":
        out = threads(texts)
    elif way == "one":
        out = [read(text) for text in texts]
    else:
        method, _, state = way.partition("-")
        out = processes(texts, method, state == "warm")
    sys.stdout.buffer.write("\\n".join(out).encode())
"""


@pytest.fixture(scope="module")
def texts(samples: list[dict[str, Any]]) -> list[str]:
    """Sixteen short texts, some with what needs cleaning."""
    out = []
    for row in samples:
        text = str(row["text"])
        out += [text[start : start + 400] for start in range(0, min(len(text), 1_200), 400)]
    out = [t for t in out if t.strip()][:14]
    return [
        *out,
        "UBND ti\u0309nh giao So\u031b\u0309 Y te\u0302\u0301 hoa\u0300n tha\u0300nh 95%",
        "",
    ]


@pytest.fixture(scope="module")
def expected(extractor: object, texts: list[str]) -> list[str]:
    """Their records, one call after the other."""
    return [extract(text, published="2023-08-01").to_json() for text in texts]


def _cold(way: str, texts: list[str], folder: Path, **env: str) -> list[str]:
    script, data = folder / "cold.py", folder / "texts.json"
    script.write_text(COLD, encoding="utf-8")
    data.write_text(json.dumps(texts), encoding="utf-8")
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, str(script), way, str(data)],
        capture_output=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": root, **env},
    )
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    return done.stdout.decode().split("\n")


WAYS = [
    "threads",  # sixteen at once, nothing loaded: underthesea crashes here without a lock
    "fork",  # a pool's processes load for themselves
    "fork-warm",  # they inherit a loaded model
    "spawn",
    "forkserver",
]


@pytest.mark.parametrize("way", WAYS)
def test_cold_start(way: str, texts: list[str], expected: list[str], tmp_path: Path) -> None:
    if sys.platform == "win32" and way.startswith("fork"):
        pytest.skip("there is no fork on Windows")
    assert _cold(way, texts, tmp_path) == expected


@pytest.mark.parametrize("seed", ["0", "1", "4294967295"])
def test_the_same_bytes_whatever_the_hash_seed(
    seed: str, texts: list[str], expected: list[str], tmp_path: Path
) -> None:
    assert _cold("one", texts, tmp_path, PYTHONHASHSEED=seed) == expected


def test_sixteen_threads_share_a_loaded_model(texts: list[str], expected: list[str]) -> None:
    with ThreadPoolExecutor(16) as pool:
        found = pool.map(lambda t: extract(t, published="2023-08-01").to_json(), texts * 4)
        assert list(found) == expected * 4


def test_streams_in_threads_do_not_mix(texts: list[str]) -> None:
    def stream(first: int) -> list[str]:
        rows = [{"id": i, "text": texts[i]} for i in range(first, len(texts), 2)]
        return [record.id for record in extract_many(rows, batch_size=3)]

    with ThreadPoolExecutor(2) as pool:
        even, odd = pool.map(stream, (0, 1))
    assert even == [str(i) for i in range(0, len(texts), 2)]
    assert odd == [str(i) for i in range(1, len(texts), 2)]


def test_asyncio(texts: list[str], expected: list[str]) -> None:
    async def read(text: str) -> str:
        return extract(text, published="2023-08-01").to_json()

    async def all_of_them() -> tuple[list[str], list[str]]:
        direct = await asyncio.gather(*(read(text) for text in texts))
        to_threads = await asyncio.gather(
            *(asyncio.to_thread(extract, text, published="2023-08-01") for text in texts)
        )
        return direct, [record.to_json() for record in to_threads]

    # In a thread of its own: a browser test before this one leaves its loop in the main thread.
    with ThreadPoolExecutor(1) as pool:
        direct, to_threads = pool.submit(lambda: asyncio.run(all_of_them())).result()
    assert direct == expected
    assert to_threads == expected


def test_a_batch_gives_what_single_calls_give(texts: list[str], expected: list[str]) -> None:
    for size in (1, 5, 16):
        rows = [{"text": text, "published": "2023-08-01"} for text in texts]
        assert [r.to_json() for r in extract_many(rows, batch_size=size)] == expected
