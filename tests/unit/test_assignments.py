"""Rows of who must reach what by when, on hand-written sentences with given links."""

from __future__ import annotations

import pytest
from marked import parse

from pipeline.article import Article, Link, Task
from pipeline.assignments import tasks


def rows(marked: str, *links: str) -> tuple[Article, list[str], list[Task]]:
    """Tasks of a marked text; links are written "ASSIGNED_TO L1 A1"."""
    article, names = parse(marked)
    at = {name: i for i, name in enumerate(names)}
    given = [Link(kind, at[a], at[b], 0.9) for kind, a, b in (text.split() for text in links)]
    return article, names, tasks(article, given)


@pytest.mark.parametrize(
    ("marked", "links", "task"),
    [
        (  # the lead body's task, its partner left out
            "Giao {A:Sở Nội vụ} chủ trì, phối hợp với {A:Sở Tư pháp} và các đơn vị liên quan "
            "rà soát quy chế làm việc, hoàn thành {L:trước ngày 30/6}.",
            ["ASSIGNED_TO L1 A1"],
            "rà soát quy chế làm việc",
        ),
        (  # the deadline first
            "{L:Trước ngày 10/8}, {A:các địa phương} lập danh sách gửi {A:Sở Nội vụ}.",
            ["ASSIGNED_TO L1 A1"],
            "lập danh sách gửi Sở Nội vụ",
        ),
        (  # a sentence that is only the time limit: the task stands before it
            "{A:Bộ Công Thương} xây dựng quy chuẩn trạm sạc. Việc này phải hoàn thành "
            "{L:trước ngày 15/10}.",
            ["ASSIGNED_TO L1 A1"],
            "xây dựng quy chuẩn trạm sạc",
        ),
        (  # semicolons part the tasks of a list
            "{A:Sở Y tế} kiểm tra bếp ăn {L:trong tháng 5}; {A:Sở Tài chính} bố trí kinh phí "
            "{L:trong tháng 6}.",
            ["ASSIGNED_TO L2 A2"],
            "bố trí kinh phí",
        ),
        (  # "giao thông" is no order
            "{A:Sở Xây dựng} phát triển hạ tầng giao thông xanh {L:trong năm 2026}.",
            ["ASSIGNED_TO L1 A1"],
            "phát triển hạ tầng giao thông xanh",
        ),
        (  # an order without a named body
            "Thành phố yêu cầu di dời toàn bộ hộ dân {L:trước mùa mưa}.",
            [],
            "di dời toàn bộ hộ dân",
        ),
        (  # a deadline that opens its own clause
            "Nhà thầu chốt lại {L:tháng 12} phải vận hành tuyến đường sắt.",
            [],
            "phải vận hành tuyến đường sắt",
        ),
        (  # nothing but the limit before it, and not "Hạn chót là"
            "{A:Các huyện} vận động ngư dân. Hạn chót là {L:ngày 31/10} các tàu phải lắp máy định vị.",
            [],
            "các tàu phải lắp máy định vị",
        ),
        (  # the last day alone: the task stands before it
            "{A:Các huyện} rà soát tàu cá. Thời hạn cuối cùng là {L:ngày 20/8}.",
            ["ASSIGNED_TO L1 A1"],
            "rà soát tàu cá",
        ),
        (  # "các đơn vị này", and no "phải" of the order
            "Tỉnh yêu cầu {A:các đơn vị} này phải gửi báo cáo về tỉnh {L:trước ngày 25/10}.",
            ["ASSIGNED_TO L1 A1"],
            "gửi báo cáo về tỉnh",
        ),
        (  # the same without a body
            "Tỉnh yêu cầu phải giải quyết dứt điểm đơn thư {L:trước ngày 10/9}.",
            [],
            "giải quyết dứt điểm đơn thư",
        ),
        (  # "đề nghị này" orders nothing
            "Các đề nghị này phải được xem xét đủ {L:trước ngày 30/11}.",
            [],
            "Các đề nghị này phải được xem xét đủ",
        ),
        (  # who says it, then the day
            "Phó Giám đốc cho biết, ngay {L:trong tuần này} đoàn họp chọn phương án.",
            [],
            "đoàn họp chọn phương án",
        ),
        (
            "Theo ông Nam, {L:trong tuần này}, lực lượng kiểm tra rà soát các chợ.",
            [],
            "lực lượng kiểm tra rà soát các chợ",
        ),
        (  # who orders it
            "Giám đốc đề nghị {L:trong 60 ngày} khu phố dọn xong kênh rạch.",
            [],
            "khu phố dọn xong kênh rạch",
        ),
        (  # targets after their time limit
            "{L:Đến năm 2025}, toàn tỉnh có {G:ít nhất 40 xã đạt chuẩn}.",
            ["DUE G1 L1"],
            "toàn tỉnh có ít nhất 40 xã đạt chuẩn",
        ),
    ],
)
def test_task(marked: str, links: list[str], task: str) -> None:
    _, _, found = rows(marked, *links)
    assert task in [t.task for t in found]


def test_supporting_bodies_are_apart() -> None:
    _, names, found = rows(
        "{A:Sở Nội vụ} chủ trì, phối hợp với {A:Sở Tư pháp} rà soát quy chế {L:trước 30/6}.",
        "ASSIGNED_TO L1 A1",
    )
    assert [names[i] for i in found[0].agencies] == ["A1"]
    assert [names[i] for i in found[0].supporting] == ["A2"]


def test_targets_of_one_deadline_share_a_row() -> None:
    _, names, found = rows(
        "{A:Các sở} số hóa {G:100% hồ sơ} và {G:80% văn bản} {L:trong năm 2025}.",
        "DUE G1 L1",
        "DUE G2 L1",
        "ASSIGNED_TO L1 A1",
    )
    assert len(found) == 1
    assert [names[i] for i in found[0].targets] == ["G1", "G2"]
    assert names[found[0].deadline or 0] == "L1"
    assert [names[i] for i in found[0].agencies] == ["A1"]


def test_target_without_deadline_has_a_row() -> None:
    _, _, found = rows("{A:Sở Y tế} tiêm cho {G:95% trẻ em}.", "ASSIGNED_TO G1 A1")
    assert [(t.deadline, t.confidence) for t in found] == [(None, 0.9)]


def test_nobody_named_is_unsure() -> None:
    _, _, found = rows("Phấn đấu khởi công tuyến đường {L:trong năm 2026}.")
    assert found[0].agencies == ()
    assert found[0].confidence <= 0.4


def test_deadline_alone_gives_nothing() -> None:
    assert rows("{L:Trước ngày 30/6}.")[2] == []


def test_document_that_opens_the_sentence() -> None:
    _, names, found = rows(
        "Tại Công điện số {D:12/CĐ-TTg}, Thủ tướng yêu cầu {A:Bộ Y tế} báo cáo {L:trước 30/6}.",
        "ASSIGNED_TO L1 A1",
    )
    assert names[found[0].document or 0] == "D1"


def test_evidence_and_task_are_of_the_text() -> None:
    article, _, found = rows(
        "Yêu cầu:\n- {A:Sở Nội vụ}: rà soát biên chế {L:trước 30/6};\n- {A:Sở Tài chính}: "
        "quyết toán vốn {L:trong quý II}.",
        "ASSIGNED_TO L1 A1",
        "ASSIGNED_TO L2 A2",
    )
    assert [t.task for t in found] == ["rà soát biên chế", "quyết toán vốn"]
    for task in found:
        start, end = task.evidence
        assert task.task is not None
        assert task.task in article.text[start:end]


def test_empty_article() -> None:
    assert tasks(Article("", (), ()), []) == []


def test_a_result_with_nobody_told_is_no_assignment() -> None:
    _, _, found = rows(
        "{L:Trong quý III}, thành phố đã tiếp nhận {G:9.846 hồ sơ trực tuyến}.", "DUE G1 L1"
    )
    assert found == []


DOUBTFUL = [
    # a result beside a body
    ("{A:Các sở} đã rà soát {G:100% thủ tục} {L:trong quý I}.", True),
    # another body's clause begins before the target
    ("{A:Sở Y tế} lập phương án {L:trước 15/4}; {A:Công an tỉnh} kiểm tra {G:100% bếp ăn}.", True),
    ("{A:Sở Y tế} kiểm tra {G:100% bếp ăn} {L:trước 15/4}; {A:Công an tỉnh} tuần tra.", False),
]


@pytest.mark.parametrize(("marked", "doubtful"), DOUBTFUL)
def test_doubtful_rows_say_so(marked: str, doubtful: bool) -> None:
    _, _, found = rows(marked, "DUE G1 L1", "ASSIGNED_TO G1 A1")
    assert [row.confidence < 0.5 for row in found if row.targets] == [doubtful]
