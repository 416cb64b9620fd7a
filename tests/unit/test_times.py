"""Dates and deadlines: a table of surface forms, articles, and what is no time at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.article import Article, Note, Span
from pipeline.labels import Label
from pipeline.normalize.times import parse_time, time_values
from pipeline.schema import TimeValue

CASES = Path(__file__).parents[1] / "cases" / "times.jsonl"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in CASES.read_text("utf-8").splitlines() if line.strip()
]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def short(value: TimeValue | None) -> dict[str, Any] | None:
    """A value without what is at its default, as the table writes it."""
    if value is None:
        return None
    return {k: v for k, v in value.model_dump().items() if v is not None and v is not False}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['label']}: {row['text']}" for row in ROWS])
def test_case(row: dict[str, Any]) -> None:
    value = parse_time(
        row["text"],
        label=Label(row["label"]),
        published=day(row.get("published")),
        context=[date.fromisoformat(text) for text in row.get("context", ())],
        past=row.get("past"),
    )
    assert short(value) == row["value"], row["comment"]


def test_table_is_large_and_commented() -> None:
    assert len(ROWS) >= 250
    assert all(row["comment"] for row in ROWS)
    keys = [(r["text"], r["label"], r.get("published"), r.get("past"), str(r.get("context")))
            for r in ROWS]  # fmt: skip
    assert len(set(keys)) == len(keys)


def article(marked: str, published: str | None = None) -> Article:
    """An article from text with [D:…], [L:…] (deadline), [N:…] (number) marks; a line a sentence.

    >>> article("Ngày [D:12/5]").text
    'Ngày 12/5'
    """
    names = {"D": Label.DATE, "L": Label.DEADLINE, "N": Label.DOC_NUMBER, "A": Label.AGENCY}
    text, spans, at = "", [], 0
    while (open_ := marked.find("[", at)) >= 0:
        close = marked.index("]", open_)
        text += marked[at:open_]
        start = len(text)
        text += marked[open_ + 3 : close]
        spans.append(Span(names[marked[open_ + 1]], start, len(text)))
        at = close + 1
    text += marked[at:]
    sentences, start = [], 0
    for line in text.split("\n"):
        if line:
            sentences.append((start, start + len(line)))
        start += len(line) + 1
    return Article(text, tuple(spans), tuple(sentences), day(published))


def days(marked: str, published: str | None = None) -> list[tuple[str | None, str | None, str]]:
    values, _ = time_values(article(marked, published))
    return [(v.start, v.end, v.anchor) if v else (None, None, "-") for v in values.values()]


def codes(marked: str, published: str | None = None) -> list[str]:
    notes: list[Note] = time_values(article(marked, published))[1]
    return [note.code for note in notes]


def test_year_from_the_dateline() -> None:
    text = "[D:Thứ Ba, ngày 28 tháng 6 năm 2022]\n[D:Ngày 12/5], UBND tỉnh ban hành chỉ thị."
    assert days(text)[1] == ("2022-05-12", "2022-05-12", "context")


def test_year_from_publishing() -> None:
    assert days("[D:Ngày 12/5], UBND tỉnh họp.", "2022-06-28")[0] == (
        "2022-05-12", "2022-05-12", "published",
    )  # fmt: skip


def test_year_from_the_same_sentence() -> None:
    text = "Họp [D:ngày 20/12/2019] và [D:ngày 25/12], thành phố đã thống nhất."
    assert days(text, "2021-03-01")[1] == ("2019-12-25", "2019-12-25", "context")


def test_far_future_day_of_the_sentence_is_no_context_for_news() -> None:
    # the pay rise lies ahead; the meeting that announced it does not follow it
    text = "Lương cơ sở tăng từ [D:ngày 1/7/2023]. [D:Chiều 29/10], Chính phủ họp báo."
    assert days(text, "2022-10-29")[1][0] == "2022-10-29"


def test_cited_document_is_no_context() -> None:
    text = "[D:Ngày 12/5], UBND tỉnh triển khai Quyết định số [N:99/QĐ-TTg] [D:ngày 27/3/2019]."
    assert days(text, "2022-05-13")[0] == ("2022-05-12", "2022-05-12", "published")


def test_deadline_in_a_story_of_the_past() -> None:
    text = "[D:Ngày 9/3], tỉnh yêu cầu báo cáo [L:chậm nhất ngày 26/3].\nĐến nay chưa xong."
    assert days(text, "2021-05-10")[1][1] == "2021-03-26"


def test_deadline_over_the_new_year() -> None:
    text = "[D:Ngày 20/12], thành phố yêu cầu hoàn thành [L:trước ngày 15/1]."
    assert [d[1] for d in days(text, "2022-12-21")] == ["2022-12-20", "2023-01-15"]


def test_list_lends_its_year_to_separate_mentions() -> None:
    assert days("Trong [D:quý I] và [D:quý IV/2020]")[0][:2] == ("2020-01-01", "2020-03-31")
    assert days("tháng 6 hoặc [D:tháng 7/2013]")[0][0] == "2013-07-01"


def test_same_day_points_back_in_the_text() -> None:
    text = "[D:Sáng 5/8], Bộ trưởng thị sát cảng. [D:Chiều cùng ngày], Bộ trưởng họp."
    assert days(text, "2022-08-07")[1][:2] == ("2022-08-05", "2022-08-05")


def test_same_day_is_never_that_of_a_cited_document() -> None:
    text = "Theo Kế hoạch số [N:15/KH-UBND] [D:ngày 2/1/2022], [D:chiều cùng ngày] đoàn làm việc."
    assert days(text, "2022-08-07")[1][0] == "2022-08-07"


def test_same_day_is_rather_one_of_the_story() -> None:
    text = (
        "Họp [D:chiều 5-6].\nGiấy chứng nhận cấp [D:ngày 15/7/2010].\n"
        "Trả lời [D:chiều cùng ngày].\n"
        "Quyết định ký [D:ngày 2/5/2019]."
    )
    assert days(text)[2][0] == "2019-06-05"


def test_year_of_the_sentence_keeps_its_months() -> None:
    assert days("[D:Năm 2019], tính đến [D:tháng 10], huyện đã xong.")[1][0] == "2019-10-01"
    assert days("[D:Năm 2019], tính đến [D:31/12], huyện đã xong.")[1][0] == "2019-12-31"


def test_latest_day_tells_the_time_of_writing() -> None:
    text = "Luật có từ [D:ngày 3/4/1998].\nSửa đổi [D:ngày 1/6/2019].\n[D:Ngày 5/7], Bộ họp."
    assert days(text)[2] == ("2019-07-05", "2019-07-05", "context")


def test_relative_words_need_a_day_of_writing() -> None:
    # a year in the sentence says nothing about which day "sáng nay" is
    assert days("Hội nghị tổng kết [D:năm 2019] diễn ra [D:sáng nay].")[1] == (None, None, "none")


def test_word_behind_the_mention_tells_the_direction() -> None:
    assert days("Hồi [D:đầu tháng 11] vừa qua, Bộ đã họp.", "2022-10-05")[0][0] == "2021-11-01"
    assert days("Từ [D:tháng 2] tới, thành phố sẽ thí điểm.", "2022-10-05")[0][0] == "2023-02-01"


def test_yearly_duty_said_outside_the_span() -> None:
    for text in (
        "a) Hằng năm, trưởng các phòng gửi kế hoạch [L:trước ngày 10 tháng 11] về Sở.",
        "Hàng năm [L:trước ngày 10/11], các phòng báo cáo Sở.",
        "Các phòng báo cáo Sở [L:trước ngày 10/11] hằng năm.",
    ):
        values, notes = time_values(article(text, "2021-03-01"))
        value = values[0]
        assert value is not None and value.end is None
        assert value.recurrence == "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=10"
        assert not notes


def test_hour_of_an_event_is_no_page_date() -> None:
    text = (
        "[D:Năm nay], thị xã tổ chức đếm ngược ở hai nơi, người dân vào cửa tự do từ 22h đến "
        "[D:0h30 ngày 1/1/2020] tại quảng trường trung tâm."
    )
    assert days(text)[0] == (None, None, "none")


def test_day_older_than_a_year_told_of_does_not_tell() -> None:
    text = (
        "Dự án được duyệt [D:ngày 5/6/2014].\n[D:Năm 2020], huyện đã thu hồi xong đất.\n"
        "Chủ đầu tư phải bàn giao [L:trước ngày 15/8]."
    )
    assert days(text)[2] == (None, None, "none")


def test_as_of_day_tells() -> None:
    text = "Dự án được duyệt [D:ngày 5/6/2014]. Tính đến [D:ngày 20/1/2017], [D:ngày 3/2] thì họp."
    assert days(text)[2][0] == "2017-02-03"


def test_report_follows_the_document_it_cites() -> None:
    text = "Theo Thông tư số [N:12/2019/TT-BYT] [D:ngày 7/5/2019], [D:ngày 11/3], Sở đã kiểm tra."
    two = text.replace("2019], [D", "2019].\n[D")
    assert days(two)[1] == ("2020-03-11", "2020-03-11", "context")


def test_place_and_date_line_of_an_official_text() -> None:
    text = "Lào Cai, [D:ngày 12 tháng 5 năm 2020]\nUBND tỉnh yêu cầu xong [L:trước ngày 30/6]."
    assert days(text)[1] == (None, "2020-06-30", "context")


def test_two_deadlines_of_one_sentence_share_the_year() -> None:
    text = "Báo cáo [L:trước ngày 30/3], tổng kết [L:trước ngày 15/12/2022]."
    assert days(text)[0][1] == "2022-03-30"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Họp [D:ngày 31/02/2023].", "impossible_date"),
        ("Họp [D:thứ Hai, ngày 31/3/2023].", "weekday_mismatch"),  # a Friday
        ("Thu hồ sơ [D:từ ngày 31/12/2024 đến ngày 1/7/2024].", "reversed_range"),
        ("Hạn [L:sớm nhất có thể].", "unread_time"),
        ("[D:Ngày 12/5], UBND tỉnh họp.", "unknown_year"),
        ("Báo cáo [L:trước ngày 10/6 và 15/12 hằng năm].", "recurrence_simplified"),
        (
            "Công văn số [N:12/UBND-VX] [D:ngày 5/8/2023] yêu cầu xong [L:trước ngày 30/6/2023].",
            "deadline_before_document",
        ),
    ],
)
def test_notes(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_contradiction_of_two_names_for_one_day() -> None:
    assert codes("Họp [D:hôm qua, ngày 3/6/2022].", "2022-06-28") == ["contradictory_date"]


def test_every_date_and_deadline_has_an_entry() -> None:
    marked = article("[A:Sở Y tế] báo cáo [L:sớm] [D:ngày 5/9/2023] số [N:12/BC-SYT].")
    values, notes = time_values(marked)
    assert list(values) == [1, 2]
    assert values[1] is None and notes[0].span == 1


def test_seeds_of_the_project_have_values() -> None:
    path = Path(__file__).parents[3] / "shared" / "corpora" / "gold" / "seeds.jsonl"
    if not path.exists():
        pytest.skip("the annotated seed articles are not beside this checkout")
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        spans = tuple(
            Span(Label(m["label"]), m["start"], m["end"])
            for m in sorted(row["mentions"], key=lambda m: m["start"])
        )
        values, _ = time_values(Article(row["text"], spans, ((0, len(row["text"])),)))
        missing = [row["text"][spans[i].start : spans[i].end] for i, v in values.items() if not v]
        assert not missing
