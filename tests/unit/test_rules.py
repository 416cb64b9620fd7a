"""Each rule's example is its test; so are the near misses."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pipeline.article import Span
from pipeline.labels import Label
from pipeline.resolve import plausible, resolve, trim
from pipeline.rules import Rule, match, rules
from pipeline.segment import segment
from pipeline.training.features import rule_tags


@pytest.mark.parametrize("rule", rules(), ids=lambda r: r.id)
def test_example(rule: Rule) -> None:
    found = [m for m in match(rule.example) if rule.example[m.start : m.end] == rule.expect]
    assert [m.rule.id for m in found] == [rule.id]
    assert rule.reason.endswith(".")


NOTHING = [
    "đạt 24/7 giờ",  # round the clock
    "đường dây nóng 0243.825.3536",  # a phone number
    "tiêu chuẩn TCVN 5644:2008 và ISO 9001:2015",  # standards
    "phiên họp thứ 3",
    "tỷ lệ 47/79 nhiệm vụ",  # a share
    "Điều 5, khoản 2, điểm 3.1",
]


@pytest.mark.parametrize("text", NOTHING)
def test_near_misses(text: str) -> None:
    assert match(text) == []


@pytest.mark.parametrize(
    "unit", ["1/", "12/2", "ngày 1", "A-", "1 tháng ", "Quyết định số 1", "năm 2"]
)
def test_rules_are_linear_on_noise(unit: str) -> None:
    def cost(n: int) -> float:
        text = unit * (n // len(unit))
        return min(_timed(text) for _ in range(3))

    assert cost(40_000) < 12 * cost(10_000) + 0.05


def _timed(text: str) -> float:
    began = time.process_time()
    match(text)
    return time.process_time() - began


RULE_TAGS = [
    # text, the words that a rule covers with their tags: a rule covers a word whole
    ("Kế hoạch số 57/KH-UBND.", [("57", "B-number-symbol"), ("/", "I-number-symbol"),
                                 ("KH-UBND", "I-number-symbol")]),
    ("Sở Y tế họp", []),
    ("họp ngày 30/6 và 1/7", [("ngày", "B-day-month"), ("30/6", "I-day-month")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), RULE_TAGS)
def test_rule_tags(text: str, expected: list[tuple[str, str]]) -> None:
    read = segment(text)
    tags = rule_tags(read, match(text))
    assert len(tags) == len(read.words)
    found = [(w, t) for w, t in zip(read.word_texts(), tags, strict=True) if t != "O"]
    assert found == expected


def test_only_the_certain_rules() -> None:
    text = "Chiều 17/10, triển khai Đề án 06 theo Kế hoạch số 57/KH-UBND"
    assert [m.rule.certain for m in match(text)] == [False, False, True]
    assert [text[m.start : m.end] for m in match(text, certain_only=True)] == ["57/KH-UBND"]


def test_the_other_rules_take_no_place_from_the_certain_ones() -> None:
    gold = Path(__file__).parents[2] / "corpora" / "gold"
    for name in ("train.jsonl", "dev.jsonl", "samples.jsonl"):
        for line in (gold / name).read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"]
            assert match(text, certain_only=True) == [m for m in match(text) if m.rule.certain]


def test_resolve_adds_a_certain_rule_where_the_tagger_found_nothing() -> None:
    text = "theo Công văn số 12/SNV-CCHC của Sở"
    (span,) = resolve(text, [], match(text), [])
    assert (text[span.start : span.end], span.source) == ("12/SNV-CCHC", "rule:number-symbol")


def test_resolve_leaves_the_tagger_alone_where_it_found_something() -> None:
    text = "báo cáo trước ngày 30/6/2024"
    deadline = Span(Label.DEADLINE, 8, 28, 0.8)
    assert resolve(text, [deadline], match(text), []) == (deadline,)


def test_resolve_tags_nothing_in_boilerplate() -> None:
    text = "Ảnh: UBND tỉnh\nUBND tỉnh họp"
    spans = [Span(Label.AGENCY, 5, 14), Span(Label.AGENCY, 15, 24)]
    assert resolve(text, spans, [], [(0, 14)]) == (spans[1],)


WHOLE = [  # text, what the tagger found, what it becomes
    ("Thứ Sáu, 31/03/2023, 07:10 [GMT+7]", ["DATE|31/03/2023"], ["Thứ Sáu, 31/03/2023, 07:10"]),
    ("Thứ Ba, ngày 28 tháng 6 năm 2022", ["DATE|ngày 28 tháng 6 năm 2022"],
     ["Thứ Ba, ngày 28 tháng 6 năm 2022"]),
    ("Đề án 06/Chính phủ", ["DOC_NUMBER|06", "AGENCY|Chính phủ"], ["06/Chính phủ"]),
    ("Đề án 06 của Chính phủ", ["DOC_NUMBER|06", "AGENCY|Chính phủ"], ["06", "Chính phủ"]),
    ("Đề án 06 Chính phủ", ["DOC_NUMBER|06 Chính phủ"], ["06"]),
    ("Quyết định 5681 QĐ BYT", ["DOC_NUMBER|5681 QĐ BYT"], ["5681 QĐ BYT"]),
    # nothing of it was found, or what was found is due: the tagger's word stands
    ("Thứ Hai, 01/7/2024", [], []),
    ("trước Thứ Hai, 01/7/2024", ["DEADLINE|trước Thứ Hai, 01/7/2024"],
     ["trước Thứ Hai, 01/7/2024"]),
    # a lesson, not a weekday
    ("tiết thứ tư ngày 21/10/2022", ["DATE|ngày 21/10/2022"], ["ngày 21/10/2022"]),
    # what reaches further belongs together otherwise
    ("06/Chính phủ số", ["DOC_NUMBER|06", "AGENCY|Chính phủ số"], ["06", "Chính phủ số"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found", "expected"), WHOLE)
def test_forms_that_are_one_mention_as_a_whole(
    text: str, found: list[str], expected: list[str]
) -> None:
    spans = []
    for label, _, words in (x.partition("|") for x in found):
        start = text.index(words)
        spans.append(Span(Label(label), start, start + len(words)))
    for order in (spans, spans[::-1]):
        assert [text[s.start : s.end] for s in resolve(text, order, [], [])] == expected


PLAUSIBLE = [
    (Label.DATE, "A- A A", False),  # a grading scale
    (Label.DATE, "năm nay", True),
    (Label.DEADLINE, "trước Tết Nguyên đán", True),
    (Label.DEADLINE, "trước khi phê duyệt", False),  # an event is no time
    (Label.DOC_NUMBER, "KH-UBND", False),
    (Label.TARGET, "giảm một nửa số hộ nghèo", True),
    (Label.TARGET, "tỷ lệ hồ sơ giải quyết đúng hạn", False),  # "tỷ" of a ratio is no billion
    (Label.TARGET, "hơn một tỷ đồng", True),
    (Label.TARGET, "nâng cao chất lượng", False),  # a goal without a quantity is none
    (Label.AGENCY, "Bộ", True),
]


@pytest.mark.parametrize(
    ("tagged", "name"),
    [
        ("Giao Sở Y tế", "Sở Y tế"),  # the order
        ("giao ban cán sự đảng", "ban cán sự đảng"),
        ("Giao thông Vận tải", "Giao thông Vận tải"),  # of "các Sở: Y tế, Giao thông Vận tải"
        ("Chánh Văn phòng Bộ Y tế", "Văn phòng Bộ Y tế"),  # a person's rank
        ("Chánh Thanh tra tỉnh", "Thanh tra tỉnh"),
        ("UBND TP Cà Mau, thành phố", "UBND TP Cà Mau"),  # the next phrase's first word
        ("UBND tỉnh Hà Giang, huyện", "UBND tỉnh Hà Giang"),
        ("UBND các tỉnh, thành phố", "UBND các tỉnh, thành phố"),  # one list of levels
        ("UBND TP Thủ Đức và các quận, huyện", "UBND TP Thủ Đức và các quận, huyện"),
        ("UBND quận, huyện, TP Thủ Đức", "UBND quận, huyện, TP Thủ Đức"),
        # level words in any case are no proper names
        ("UBND các Tỉnh, thành phố", "UBND các Tỉnh, thành phố"),
        ("UBND các Quận, huyện", "UBND các Quận, huyện"),
        ("UBND các Phường, xã", "UBND các Phường, xã"),
        ("UBND Huyện, thành phố", "UBND Huyện, thành phố"),
        ("UBND Thành Phố, huyện", "UBND Thành Phố, huyện"),
        ("Công an các Huyện, thành phố", "Công an các Huyện, thành phố"),
        ("Sở Y tế các Tỉnh, thành phố", "Sở Y tế các Tỉnh, thành phố"),
        ("các Bộ, Ngành, Tỉnh, thành phố", "các Bộ, Ngành, Tỉnh, thành phố"),
        # behind "các" all are of one list
        ("các Bộ, Ngành, thành phố", "các Bộ, Ngành, thành phố"),
        ("Giao Thông vận tải", "Giao Thông vận tải"),  # in another case
        (
            "Giao Thông tấn xã Việt Nam",
            "Giao Thông tấn xã Việt Nam",
        ),  # unclear: as the tagger has it
        ("giao cho Sở Y tế", "Sở Y tế"),  # the order with its "cho"
        ("Giao cho các sở", "các sở"),
    ],
)
def test_an_agency_is_its_name_alone(tagged: str, name: str) -> None:
    (span,) = resolve(tagged, [Span(Label.AGENCY, 0, len(tagged), 0.9, "model")], [], [])
    assert tagged[span.start : span.end] == name


@pytest.mark.parametrize(
    ("tagged", "kept"),
    [
        ("06 Chính phủ", "06"),  # the body's name
        ("06 của", "06 của"),  # no name
        # a symbol in mixed case goes on with "-" or "/"
        ("121 Kh-UBND", "121 Kh-UBND"),
        ("121 Kh - UBND", "121 Kh - UBND"),
        ("05 Nq/Tw", "05 Nq/Tw"),
        ("12 Qđ–Bnv", "12 Qđ–Bnv"),
    ],
)
def test_a_number_keeps_its_symbol(tagged: str, kept: str) -> None:
    (span,) = resolve(tagged, [Span(Label.DOC_NUMBER, 0, len(tagged), 0.9, "model")], [], [])
    assert tagged[span.start : span.end] == kept


@pytest.mark.parametrize(
    "tagged",
    [
        "giảm 20% thủ tục|tiết kiệm ít nhất 10% chi phí",  # two goals
        "tỷ lệ hộ nghèo dưới 3%|tỷ lệ hộ cận nghèo dưới 5%",
        "lập 20 trạm lưu động|30 chốt kiểm soát",
        "giảm 5% số vụ cháy tại quận 1|giảm 10% số người chết",  # a verb behind a bare number
        # lists of figures: one goal
        "đạt tiêm chủng 95% trẻ em 5, 6 tuổi",
        "5 và 6 tuổi đạt 100%",
        "ít nhất 10, 20 và 30%",
        "ít nhất 10%, 20% và 30% số xã",
        "dưới 1, 5%",  # a decimal comma with a space
        "lần lượt đạt 60%; 90% và 15%",
        "xe đến 9 chỗ và trên 9 chỗ đạt 500 chiếc",  # seats are no quantity of a goal
        "giảm 5% và 10% số vụ cháy",  # one thing is measured
    ],
)
def test_goals_are_split_where_both_are_whole(tagged: str) -> None:
    text = tagged.replace("|", ", ")
    spans = resolve(text, [Span(Label.TARGET, 0, len(text), 0.9, "model")], [], [])
    assert [text[s.start : s.end] for s in spans] == tagged.split("|")


@pytest.mark.parametrize(("label", "text", "expected"), PLAUSIBLE)
def test_plausible(label: Label, text: str, expected: bool) -> None:
    assert plausible(label, text) is expected


TRIM = [
    ("“Sở Y tế”,", "Sở Y tế"),
    ("Sở Giao thông (GTVT)", "Sở Giao thông (GTVT)"),  # a closing bracket with its partner
    ("Sở Y tế)", "Sở Y tế"),
    ("...", ""),
]


@pytest.mark.parametrize(("text", "expected"), TRIM)
def test_trim(text: str, expected: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == expected
