"""Words, atoms and sentences; words split where a mention's edge may fall."""

from __future__ import annotations

import pytest

from pipeline.segment import MAX_LINE, segment

WORDS = [
    ("Bộ Lao động - Thương binh và Xã hội", "Xã_hội"),  # not "và_Xã_hội"
    ("Kế hoạch số 61/KH-UBND", "61"),  # the number apart from its sign
    ("đạt 95,5% kế hoạch", "95,5"),  # the quantity apart from the percent sign
    ("theo Bộ GTVT. Căn cứ vào đó", "GTVT"),  # a stop glued to an acronym
    ("tham gia BHYT.Yêu cầu các sở", "Yêu"),  # two sentences glued
    ("Trưởng phòng Giáo dục huyện", "phòng"),  # the organ inside a title
]


@pytest.mark.parametrize(("text", "word"), WORDS)
def test_words_end_where_mentions_may(text: str, word: str) -> None:
    assert word in segment(text).word_texts()


SENTENCES = [
    ("Bộ yêu cầu báo cáo. Các sở thực hiện.", 2),
    ("UBND TP. Hồ Chí Minh họp.", 1),  # an abbreviation's stop
    ("Đạt 3.5 điểm. tiếp tục.", 1),  # lower case goes on
    ("Dòng một\nDòng hai", 2),  # a line is a sentence at least
]


@pytest.mark.parametrize(("text", "count"), SENTENCES)
def test_sentences(text: str, count: int) -> None:
    assert len(segment(text).sentence_spans()) == count


@pytest.mark.parametrize("text", ["", " \n ", "a" * 200_000, "ab " * (MAX_LINE * 2), "." * 5000])
def test_odd_sizes(text: str) -> None:
    segmented = segment(text)
    assert "".join(text[a:b] for a, b in segmented.atoms) == "".join(text.split())
