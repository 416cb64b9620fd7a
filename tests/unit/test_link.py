"""Relations on hand-written sentences, and what must hold whatever the mentions are."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import parse

from pipeline.article import Article, Span
from pipeline.labels import Label, Relation
from pipeline.link import default_scorers, link
from pipeline.link_documents import symbol_fit
from pipeline.roles import Role, groups

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "links.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]

ENDS = {
    Relation.ISSUED_ON: ({Label.DOC_NUMBER}, {Label.DATE}),
    Relation.ISSUED_BY: ({Label.DOC_NUMBER}, {Label.AGENCY}),
    Relation.DUE: ({Label.TARGET}, {Label.DEADLINE}),
    Relation.ASSIGNED_TO: ({Label.TARGET, Label.DEADLINE}, {Label.AGENCY}),
}


@pytest.mark.parametrize("case", CASES, ids=[c["comment"] for c in CASES])
def test_case(case: dict[str, object]) -> None:
    article, names = parse(str(case["text"]))
    found = {f"{k.type} {names[k.source]} {names[k.target]}" for k in link(article)}
    assert found == set(case["relations"])  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("number", "agency", "fit"),
    [
        ("05/CT-TTg", "Thủ tướng Chính phủ", "fits"),
        ("05/CT-TTg", "Bộ Y tế", "differs"),
        ("12/TT-BGDĐT", "Bộ Giáo dục và Đào tạo", "fits"),
        ("45/KH-UBND", "UBND tỉnh Hà Nam", "fits"),
        ("45/KH-UBND", "Sở Nội vụ", "differs"),
        ("15/2024/QH15", "Quốc hội", "fits"),
        ("24", "Thủ tướng Chính phủ", "silent"),
        ("812/SNV-CCHC", "Sở Nội vụ tỉnh Bình Định", "fits"),
    ],
)
def test_symbol_fit(number: str, agency: str, fit: str) -> None:
    assert symbol_fit(number, agency) == fit


@pytest.mark.parametrize(
    ("marked", "roles"),
    [
        ("Yêu cầu {A:Sở Nội vụ} rà soát.", [Role.TOLD]),
        ("Giao Giám đốc {A:Sở Y tế}, {A:Sở Tư pháp} thực hiện.", [Role.TOLD]),
        ("Phối hợp với các {A:sở Tài chính}, {A:Tư pháp}.", [Role.SUPPORTS]),
        ("Kết quả gửi về {A:Sở Nội vụ}.", [Role.RECEIVES]),
        ("Hôm qua, {A:UBND tỉnh} vừa ban hành kế hoạch.", [Role.SPEAKS]),
        ("Theo chỉ đạo của {A:Chính phủ}.", [Role.OWNS]),
        ("- {A:Công an tỉnh}: tăng cường tuần tra.", [Role.TOLD]),
        ("{A:Bộ Xây dựng} được giao chủ trì xây dựng đề án.", [Role.TOLD]),
    ],
)
def test_roles(marked: str, roles: list[Role]) -> None:
    assert [g.role for g in groups(parse(marked)[0])] == roles


def test_joint_document_has_all_issuers() -> None:
    article, names = parse(
        "Thông tư liên tịch số {D:05/2015/TTLT-BNV-BTC} {T:ngày 02/3/2015} của {A:Bộ Nội vụ}, "
        "{A:Bộ Tài chính} quy định về phụ cấp."
    )
    issuers = {names[k.target] for k in link(article) if k.type == Relation.ISSUED_BY}
    assert issuers == {"A1", "A2"}


def test_no_mentions_no_links() -> None:
    assert link(Article("", (), ())) == []
    assert link(Article("UBND tỉnh họp.", (), ((0, 14),))) == []


def test_weights_name_what_they_were_trained_on() -> None:
    assert set(default_scorers()) == set(Relation)
    assert all(0.1 <= s.threshold <= 0.9 for s in default_scorers().values())


TEXT = parse(
    "Ngày 5/3, {A:UBND tỉnh} ban hành Kế hoạch số {D:12/KH-UBND}; giao {A:Sở Nội vụ} hoàn thành "
    "{G:100% hồ sơ} {L:trước 30/6}.\n{A:Sở Tư pháp}: báo cáo {A:UBND tỉnh} {L:trong quý II}."
)[0]


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.integers(0, len(TEXT.spans) - 1)),
    st.lists(st.sampled_from(Label), min_size=9, max_size=9),
)
def test_any_mentions_give_links_of_the_right_kind(kept: set[int], labels: list[Label]) -> None:
    spans = tuple(
        dataclasses.replace(TEXT.spans[i], label=labels[i % len(labels)]) for i in sorted(kept)
    )
    article = dataclasses.replace(TEXT, spans=spans)
    links = link(article)
    assert len({(k.type, k.source, k.target) for k in links}) == len(links)
    for k in links:
        sources, targets = ENDS[Relation(k.type)]
        assert article.spans[k.source].label in sources
        assert article.spans[k.target].label in targets
        assert 0.0 <= k.confidence <= 1.0


def test_linear_on_long_texts() -> None:
    text = "Giao Sở Nội vụ báo cáo trước 30/6. " * 300
    spans: list[Span] = []
    for n in range(300):
        at = n * 35
        spans += [Span(Label.AGENCY, at + 5, at + 14), Span(Label.DEADLINE, at + 23, at + 33)]
    sentences = tuple((n * 35, n * 35 + 34) for n in range(300))
    assert len(link(Article(text, tuple(spans), sentences))) == 300
