"""The page's data and the calendar: escaping, order, days, folding, and bytes that stay."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import cli
from pipeline.errors import InputError
from pipeline.labels import Label
from pipeline.report.calendar import calendar, escape, first_day, fold
from pipeline.report.page import data, embedded, page
from pipeline.report.rows import read_records, rows, web_address
from pipeline.schema import (
    AgencyValue,
    Assignment,
    DocNumberValue,
    Document,
    Evidence,
    Mention,
    Record,
    TimeValue,
)

HOSTILE = "<script>alert(1)</script> </textarea> \"'><img src=x onerror=alert(2)> &lt; \u2028 ;,\\ "


def record(
    id: str = "a",
    deadline: str = "trước ngày 30/9/2023",
    when: dict[str, Any] | None = None,
    agency: str = "Sở Nội vụ",
    task: str = "rà soát thủ tục",
    **extra: Any,
) -> Record:
    """One assignment: ``agency`` must do ``task`` by ``deadline``; the text is made of them."""
    text = f"{agency} {task} {deadline} theo 24/CT-UBND"
    start = len(agency) + len(task) + 2
    value = TimeValue(**{"grain": "day", "anchor": "explicit", **(when or {})})
    number = DocNumberValue(type="Chỉ thị", number="24", symbol="CT-UBND", normalized="24/CT-UBND")
    marks = [
        (Label.AGENCY, 0, agency, AgencyValue(name=f"{agency} tỉnh Hà Nam", kind="so")),
        (Label.DEADLINE, start, deadline, value),
        (Label.DOC_NUMBER, len(text) - 10, "24/CT-UBND", number),
    ]
    mentions = [
        Mention(
            id=f"m{i}", label=label, start=at, end=at + len(surface), text=surface,
            confidence=0.9, source="model", value=meaning,
        )
        for i, (label, at, surface, meaning) in enumerate(marks, 1)
    ]  # fmt: skip
    fields: dict[str, Any] = {
        "title": f"Bài {id}",
        "published": "2023-08-05",
        "text": text,
        "documents": [
            Document(
                mention="m3", document_id="d1", role="primary", type="Chỉ thị",
                number="24/CT-UBND", issued_on="2023-08-01",
            )
        ],
        "assignments": [
            Assignment(
                agencies=["m1"], targets=[], deadline="m2", task=task, document="d1",
                evidence=Evidence(start=0, end=len(text)), confidence=0.8,
            )
        ],
    }  # fmt: skip
    return Record(
        id=id, text_sha256="0" * 64, text_length=len(text), mentions=mentions, **fields | extra
    )


DATED = {"end": "2023-09-30", "exclusive": True}
MONTHLY = {"recurrence": "FREQ=MONTHLY;BYMONTHDAY=25"}


def events(records: list[Record]) -> list[dict[str, str]]:
    """The file unfolded by the letter of RFC 5545, each event as its properties."""
    text = calendar(records).text
    assert text.startswith("BEGIN:VCALENDAR\r\n") and text.endswith("END:VCALENDAR\r\n")
    assert not re.search(r"(?<!\r)\n|\r(?!\n)", text)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    found = []
    for part in text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = part.split("END:VEVENT")[0].split("\r\n")
        found.append(dict(line.split(":", 1) for line in lines if line))
    return found


def test_rows_are_by_due_day_and_those_without_come_last() -> None:
    records = [
        record("later", when={"end": "2024-01-31"}),
        record("never", when={"duration": "P15D"}),
        record("soon", when={"end": "2023-09-30"}),
        record("impossible", when={"end": "2023-02-31"}),  # a shape, but no day
    ]
    assert [records[row.record].id for row in rows(records)] == [
        "soon", "later", "never", "impossible"
    ]  # fmt: skip
    assert rows(records)[0].agencies == ("Sở Nội vụ tỉnh Hà Nam",)
    assert rows(records)[0].called == ("Sở Nội vụ",)


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.vn/a?b=1&c=2", True),
        ("http://example.vn", True),
        ("HTTPS://EXAMPLE.VN/", True),
        ("javascript:alert(1)", False),
        ("JavaScript://example.vn/%0aalert(1)", False),
        (" javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("https://example.vn/\r\nX-EVIL:1", False),  # would be a line of the calendar
        ("data:text/html,<script>alert(1)</script>", False),
        ("file:///etc/passwd", False),
        ("//example.vn", False),
        ("https:", False),
        ("http://[bad", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_linked(url: str | None, linked: bool) -> None:
    assert web_address(url) == (url if linked else None)
    assert data([record(url=url)])["records"][0]["url"] == (url if linked else None)


def test_nothing_of_a_record_is_markup() -> None:
    hostile = record(task=HOSTILE, agency=HOSTILE, title=HOSTILE, source=HOSTILE, when=DATED)
    text = page([hostile], title=HOSTILE)
    inside = text.split('id="data">')[1].split("</script>")[0]
    assert not re.search("[<>&\u2028]", inside)
    assert json.loads(inside)["records"][0]["title"] == HOSTILE
    assert text.count("<script") == 2 and text.count("</script>") == 2
    assert "onerror" not in text.replace(inside, "").replace("&lt;img src=x onerror", "")


def test_the_page_is_alone() -> None:
    text = page([record(when=DATED)])
    assert "default-src 'none'" in text and "unsafe" not in text
    shell = text.split('id="data">')[0] + text.split("</script>", 1)[1]
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(""", shell)
    assert page([record(when=DATED)]) == text  # no clock in it


def test_page_without_records_or_assignments() -> None:
    assert data([])["rows"] == []
    assert page([])
    assert data([Record(id="b", text_sha256="1" * 64, text_length=0)])["rows"] == []


def test_offsets_are_in_the_units_of_a_browser() -> None:
    wide = record(agency="😀😀 Sở", when=DATED)
    out = data([wide])
    units = out["records"][0]["text"].encode("utf-16-le")
    for start, end, _, text, _ in out["records"][0]["mentions"]:
        assert units[2 * start : 2 * end].decode("utf-16-le") == text
    assert out["rows"][0]["evidence"] == [0, len(units) // 2]


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_embedded_json_reads_back(text: str) -> None:
    inside = embedded({"text": text})
    assert json.loads(inside) == {"text": text} and "<" not in inside


def test_event() -> None:
    (event,) = events([record(when=DATED, url="https://example.vn/a")])
    assert event["DTSTART;VALUE=DATE"] == "20230930"
    assert event["DTEND;VALUE=DATE"] == "20231001"  # RFC 5545: the end is not in it
    assert event["DTSTAMP"] == "20230805T000000Z"  # published
    assert event["SUMMARY"] == "Sở Nội vụ tỉnh Hà Nam: rà soát thủ tục"
    assert "Thời hạn: trước ngày 30/9/2023" in event["DESCRIPTION"]
    assert event["URL"] == "https://example.vn/a"
    assert "RRULE" not in event


def test_an_events_uid_stays_while_other_things_change() -> None:
    first, second = record("a", when=DATED), record("b", when=DATED)
    (alone,) = events([first])
    among = events([second, first])
    assert alone["UID"] in {event["UID"] for event in among}
    assert len({event["UID"] for event in among}) == 2
    twice = first.model_copy(update={"assignments": first.assignments * 2})
    assert len({event["UID"] for event in events([twice])}) == 2
    assert calendar([first]).text == calendar([first]).text


@pytest.mark.parametrize(
    ("rule", "anchor", "first"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=25", "2025-05-26", "2025-06-25"),  # trước ngày 25 hằng tháng
        ("FREQ=MONTHLY;BYMONTHDAY=25", "2025-05-25", "2025-05-25"),  # the day itself counts
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2025-04-01", "2025-05-31"),  # April has none
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2024-02-10", "2024-02-29"),  # ngày cuối cùng hằng tháng
        ("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15", "2025-06-16", "2025-12-15"),
        ("FREQ=WEEKLY;BYDAY=FR", "2025-05-09", "2025-05-09"),  # thứ Sáu hằng tuần
        ("FREQ=DAILY", "2025-05-09", "2025-05-09"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2025-01-01", "2028-02-29"),
        ("FREQ=MONTHLY", "2025-05-09", None),  # hằng tháng: no day, so none is made up
        ("FREQ=YEARLY;BYMONTH=1,2,3", "2025-05-09", None),
        ("FREQ=MONTHLY;BYMONTHDAY=25", None, None),
        ("FREQ=MONTHLY;BYMONTHDAY=40", "2025-05-09", None),
        ("FREQ=DAILY\r\nX-EVIL:1", "2025-05-09", None),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "9999-03-01", None),
    ],
)
def test_first_day(rule: str, anchor: str | None, first: str | None) -> None:
    found = first_day(rule, date.fromisoformat(anchor) if anchor else None)
    assert (found.isoformat() if found else None) == first


def test_rules_and_what_has_no_day() -> None:
    (event,) = events([record(when=MONTHLY)])
    assert event["RRULE"] == "FREQ=MONTHLY;BYMONTHDAY=25"
    assert event["DTSTART;VALUE=DATE"] == "20230825"
    (event,) = events([record(when=MONTHLY, published=None)])
    assert event["DTSTAMP"] == "20230801T000000Z"  # its document's date
    left_out = [
        record("duration", when={"duration": "P15D"}),
        record("no anchor", when=MONTHLY, published=None, documents=[]),
        record("no day", when={"recurrence": "FREQ=MONTHLY;INTERVAL=3"}),
        record("strange", when={"recurrence": "FREQ=DAILY\r\nATTACH:file:///x"}),
    ]
    assert calendar([*left_out, record(when=DATED)])[1:] == (1, 4)
    (last,) = events([record(when={"end": "9999-12-31"})])
    assert "DTEND;VALUE=DATE" not in last  # one day is what its absence means


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_folded_lines_read_back(text: str) -> None:
    line = "DESCRIPTION:" + escape(text)
    folded = fold(line)
    assert all(len(part.encode("utf-8", "replace")) <= 75 for part in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == line + "\r\n"
    assert "\n" not in line and "\r" not in line


def test_a_calendar_program_reads_it() -> None:
    icalendar = pytest.importorskip("icalendar")
    long = "rà soát; cắt giảm, đơn giản hóa \\ thủ tục\n" * 20 + HOSTILE
    records = [record(when=DATED, task=long), record("b", when=MONTHLY, deadline="ngày 25")]
    parsed = icalendar.Calendar.from_ical(calendar(records).text)
    second, first = sorted(parsed.walk("VEVENT"), key=lambda event: event["UID"] != "")
    assert not parsed.errors and not first.errors and not second.errors
    by_day = {event.decoded("DTSTART"): event for event in parsed.walk("VEVENT")}
    assert set(by_day) == {date(2023, 9, 30), date(2023, 8, 25)}
    event = by_day[date(2023, 9, 30)]
    assert event.decoded("DTEND") == date(2023, 10, 1)
    task = " ".join(long.split())
    assert str(event["DESCRIPTION"]).splitlines()[0] == f"Việc: {task}"
    assert event.categories == ["Sở Nội vụ tỉnh Hà Nam"]
    rule = by_day[date(2023, 8, 25)]["RRULE"]
    assert rule["FREQ"] == ["MONTHLY"] and rule["BYMONTHDAY"] == [25]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out, ics = (tmp_path / name for name in ("r.jsonl", "r.html", "r.ics"))
    lines = [record("a", when=DATED).to_json(), "", record("b").to_json(), ""]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert len(read_records(source)) == 2
    line = ["report", str(source), "-o", str(out), "--ics", str(ics), "--title", "Việc <b>"]
    assert cli.run(line) == 0
    assert "1 deadlines" in (err := capsys.readouterr().err)
    assert "1 assignments without a day left out" in err
    assert "<title>Việc &lt;b&gt;</title>" in out.read_text("utf-8")
    before = out.read_bytes(), ics.read_bytes()
    assert b"\r\n" in before[1]
    assert cli.run(line) == 0  # again: replaced by the same
    assert (out.read_bytes(), ics.read_bytes()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "r.ics", "r.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "-o", "r.html"], "none.jsonl: no such file"),
        (["r.jsonl", "-o", "r.jsonl"], "must end in .html"),
        (["r.jsonl", "-o", "r.html", "--ics", "r.jsonl"], "must end in .ics"),
        (["r.jsonl", "-o", "none/r.html"], "no such folder"),
        (["r.jsonl", "-o", "r.html"], "line 2: not a record"),
    ],
)
def test_wrong_usage(
    tmp_path: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.jsonl").write_text(record().to_json() + '\n{"id": 1}\n', encoding="utf-8")
    assert cli.run(["report", *arguments]) == 2
    err = capsys.readouterr().err
    assert message in err and "Traceback" not in err
    assert not Path("r.html").exists()


def test_other_forms_of_records(tmp_path: Path) -> None:
    from pipeline.batch.convert import convert

    source = tmp_path / "r.jsonl"
    source.write_text(record(when=DATED).to_json() + "\n", encoding="utf-8")
    convert(source, tmp_path / "r.sqlite")
    assert read_records(tmp_path / "r.sqlite") == read_records(source)
    with pytest.raises(InputError, match="no such file"):
        read_records(tmp_path / "x.jsonl")
