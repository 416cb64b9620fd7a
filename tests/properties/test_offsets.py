"""Offsets hold whatever the text: cleaning, segmentation, alignment."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.align import windows
from pipeline.decode import Lanes, bio_decode, bio_encode, legal_transitions, marginals, viterbi
from pipeline.labels import LABELS
from pipeline.segment import segment
from pipeline.text import clean, new_tone, old_tone

PIECES = st.sampled_from(
    ["Ủy ban", "Uỷ ban nhân dân", "Ủy", "ngày 14-12-2021", "61/KH-UBND", "95,5%", "\r\n", "\t", "\u00a0",
     "\u200b", "Ð", "🇻🇳", "👍🏽", "\ud800", "\x00", "…", "“", "”", " ", "  ", "\n", ".", "GTVT.", "TP.HCM",
     "Thương binh và Xã hội", "̣", "́", "한글", "ᄒ", "ᅡ", "ệ", "ﬁ", "\u202e", "Å", "aaaa", "1.234.567,89"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_clean_is_nfc_idempotent_and_maps_back(raw: str) -> None:
    cleaned = clean(raw)
    assert unicodedata.is_normalized("NFC", cleaned.text)
    assert clean(cleaned.text).text == cleaned.text
    last = 0
    for i in range(len(cleaned.text)):
        start, end = cleaned.to_raw(i, i + 1)
        assert last <= end and 0 <= start < end <= len(raw)
        assert clean(raw[start:end]).text.strip() in (cleaned.text[i], "") or end - start > 1
        a, b = cleaned.from_raw(start, end)
        assert a <= i < b
        last = start


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_segmentation_loses_no_character(raw: str) -> None:
    text = clean(raw).text
    segmented = segment(text)
    at = 0
    for start, end in segmented.atoms:
        assert not text[at:start].strip()
        assert start < end and not any(c.isspace() for c in text[start:end])
        at = end
    assert not text[at:].strip()
    assert [i for a, b in segmented.words for i in range(a, b)] == list(range(len(segmented.atoms)))
    covered = [j for a, b in segmented.sentences for j in range(a, b)]
    assert covered == list(range(len(segmented.words)))


@given(st.text(alphabet="òoóàaáủuùyỷqhtUỶ ", max_size=20))
def test_tone_maps_keep_the_length(text: str) -> None:
    assert len(new_tone(text)) == len(text) == len(old_tone(text))
    assert new_tone(new_tone(text)) == new_tone(text)


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=80),
    st.integers(4, 20),
    st.integers(0, 3),
    st.lists(st.booleans(), max_size=80),
)
def test_windows_cover_every_word(
    lengths: list[int], limit: int, overlap: int, ends: list[bool]
) -> None:
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    sentences = [0, *(j for j in range(1, min(len(lengths), len(ends))) if ends[j])]
    parts = windows(starts, limit, overlap, sentences)
    assert all(a < c and b <= d for (a, b), (c, d) in pairwise(parts))
    assert {j for a, b in parts for j in range(a, b)} == set(range(len(lengths)))
    assert all(starts[b] - starts[a] <= limit or b - a == 1 for a, b in parts)


SPANS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from([str(x) for x in LABELS])),
    max_size=8,
)


@given(SPANS)
def test_bio_round_trip(gaps: list[tuple[int, int, str]]) -> None:
    spans, at = [], 0
    for gap, length, label in gaps:
        spans.append((at + gap, at + gap + length, label))
        at += gap + length
    assert bio_decode(bio_encode(spans, at + 2)) == spans


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_viterbi_is_legal_and_best(n: int, seed: int) -> None:
    step = legal_transitions()
    rng = np.random.default_rng(seed)
    emissions = rng.normal(0, 3, (n, len(step))).astype(np.float32)
    path = viterbi(emissions, step)
    legal = step[0, path[0]] == 0 and all(step[a, b] == 0 for a, b in pairwise(path))
    assert legal
    probability = marginals(emissions, step)
    assert np.allclose(probability.sum(1), 1, atol=1e-4)
    if n == 1:
        allowed = np.where(step[0] == 0)[0]
        assert path[0] == allowed[emissions[0, allowed].argmax()]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_lines_are_decoded_each_by_itself(lengths: list[int], seed: int) -> None:
    step = legal_transitions()
    rng = np.random.default_rng(seed)
    step = np.where(step == 0, rng.normal(0, 1, step.shape), step).astype(np.float32)
    cuts = np.cumsum([0, *lengths])
    emissions = rng.normal(0, 3, (cuts[-1], len(step))).astype(np.float32)
    together = viterbi(emissions, step, cuts[:-1])
    alone = [viterbi(emissions[a:b], step) for a, b in pairwise(cuts)]
    assert together.tolist() == np.concatenate(alone).tolist()
    likely = marginals(emissions, step, cuts[:-1])
    each = [marginals(emissions[a:b], step) for a, b in pairwise(cuts)]
    assert np.allclose(likely, np.concatenate(each), atol=1e-5)


@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
@settings(max_examples=60, deadline=None)
def test_words_that_are_surely_outside_cut_the_chain(seed: int, n: int) -> None:
    step = legal_transitions()
    rng = np.random.default_rng(seed)
    emissions = rng.normal(0, 2, (n, len(step))).astype(np.float32)
    emissions[rng.random(n) < 0.5, 0] += 25
    with_cuts = viterbi(emissions, step), marginals(emissions, step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.decode.SURE", 1e9)
        assert len(Lanes.of(emissions, ()).first) == 1
        whole = viterbi(emissions, step), marginals(emissions, step)
    assert with_cuts[0].tolist() == whole[0].tolist()
    assert np.allclose(with_cuts[1], whole[1], atol=1e-3)
