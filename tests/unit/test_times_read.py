"""One surface form → its value, what is odd about it, and whether it moves with the day."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.labels import Label
from pipeline.normalize.times_durations import read_duration, shift
from pipeline.normalize.times_read import read
from pipeline.normalize.times_types import Reference


def said(label: str, text: str, published: date | None) -> str:
    """The value in a line: "start..end grain anchor more", "!" before an issue, "moves"."""
    due = label == "L"
    reading = read(text, Label.DEADLINE if due else Label.DATE, Reference(published, due=due))
    words: list[str] = []
    if reading.value is not None:
        row = {k: v for k, v in reading.value.model_dump().items() if v not in (None, False)}
        words = [
            f"{row.pop('start', '')}..{row.pop('end', '')}",
            row.pop("grain"),
            row.pop("anchor"),
        ]
        words += [key if value is True else f"{key}={value}" for key, value in row.items()]
    words += [f"!{code}" for code, _ in reading.issues]
    return " ".join([*words, "moves"] if reading.relative else words)


ALONE = [
    # DATE or deadLine, the text, what is read of it
    ("D", "ngày 5/9/2023 lô 7", "2023-09-05..2023-09-05 day explicit !partly_read"),  # a number left over
    ("D", "ngày 5/9/2023", "2023-09-05..2023-09-05 day explicit"),
    ("D", "ngày 31/2/2024", "!impossible_date"),
    ("D", "ngày 12/5", ".. day none !unknown_year"),  # a day without its year
    ("D", "286/KH-UBND", "!unread_time"),  # a document's number
    ("L", "ít nhất 05 ngày trước ngày 10/3/2024", "..2024-03-05 day explicit duration=P5D counted_from=trước ngày 10/3/2024"),  # back from a day
    ("L", "trong 5 ngày kể từ ngày 1/4", ".. day none duration=P5D counted_from=ngày 1/4 !unknown_year"),
    ("L", "trong 5 ngày kể từ ngày 1/4/2024", "2024-04-01..2024-04-06 day explicit duration=P5D counted_from=ngày 1/4/2024"),
    ("L", "trong 5 ngày kể từ ngày 15", ".. day none duration=P5D counted_from=ngày 15"),  # what lacks its month, too, is no matter of the year
    ("L", "trong 5 ngày kể từ tháng 1", ".. day none duration=P5D counted_from=tháng 1"),
    ("L", "trong 5 ngày kể từ khi nhận đơn", ".. day none duration=P5D counted_from=khi nhận đơn"),
    ("L", "trong 5 ngày kể từ khi có 3 đơn", ".. day none duration=P5D counted_from=khi có 3 đơn"),
    ("L", "trước tháng 6/2024", "..2024-06-01 month explicit exclusive"),  # the month itself is too late
    ("L", "đến tháng 6/2024", "..2024-06-30 month explicit"),
    ("L", "trước ngày 5/6/2024", "..2024-06-05 day explicit exclusive"),
    ("L", "đến ngày 5/6/2024", "..2024-06-05 day explicit"),
    ("L", "từ ngày 5/6/2024", "2024-06-05.. day explicit"),
    ("L", "sau ngày 5/6/2024", "2024-06-06.. day explicit"),
    ("L", "từ tháng 6/2024", "2024-06-01.. month explicit"),
    ("L", "sau tháng 6/2024", "2024-07-01.. month explicit"),
    ("L", "từ ngày 5/6/2024 đến ngày 1/7/2024", "2024-06-05..2024-07-01 period explicit"),
    ("L", "từ ngày 5/6/2024 đến trước ngày 1/7/2024", "2024-06-05..2024-07-01 period explicit exclusive"),
    ("L", "trước 17h ngày 5/6/2024", "..2024-06-05 time explicit time=17:00 exclusive"),
    ("D", "từ ngày 5/6/2024 đến ngày 1/5/2024", "!reversed_range"),  # the end before the start
    ("L", "6 tháng cuối năm hằng năm", ".. month none recurrence=FREQ=YEARLY;BYMONTH=7,8,9,10,11,12"),
    ("L", "trước 6 tháng đầu năm hằng năm", ".. month none recurrence=FREQ=YEARLY;BYMONTH=1,2,3,4,5,6 exclusive"),
    ("L", "quý 1 hằng năm", ".. quarter none recurrence=FREQ=YEARLY;BYMONTH=1,2,3"),
    ("L", "ngày 5 và 20 hằng tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=5,20"),
    ("L", "từ ngày 5 đến ngày 10 hằng tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=5,6,7,8,9,10"),
    ("L", "từ ngày 5 đến ngày 10/6 hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=5,6,7,8,9,10"),
    ("L", "từ 1/4 đến 30/6 hằng năm", ".. month none recurrence=FREQ=YEARLY;BYMONTH=4,5,6"),  # whole months
    ("L", "từ 1/7 đến 31/12 hằng năm", ".. month none recurrence=FREQ=YEARLY;BYMONTH=7,8,9,10,11,12"),
    ("L", "từ 1/7 đến 30/12 hằng năm", ".. year none recurrence=FREQ=YEARLY !recurrence_simplified"),  # no one rule says it
    ("L", "30/6 và 31/12 hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1"),
    ("L", "28/2 và 31/8 hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=2,8;BYMONTHDAY=-1"),
    ("L", "10/6 và 15/12 hằng năm", ".. year none recurrence=FREQ=YEARLY !recurrence_simplified"),
    ("L", "trong vòng 5 ngày kể từ khi nhận đơn hằng tháng", ".. day none duration=P5D counted_from=khi nhận đơn hằng tháng recurrence=FREQ=MONTHLY"),
    ("L", "trong 10 ngày, hằng quý", ".. day none duration=P10D recurrence=FREQ=MONTHLY;INTERVAL=3"),
    ("L", "hằng ngày", ".. day none recurrence=FREQ=DAILY"),
    ("L", "hằng tuần", ".. week none recurrence=FREQ=WEEKLY"),
    ("L", "hằng tháng", ".. month none recurrence=FREQ=MONTHLY"),
    ("L", "hằng quý", ".. quarter none recurrence=FREQ=MONTHLY;INTERVAL=3"),
    ("L", "hằng năm", ".. year none recurrence=FREQ=YEARLY"),
    ("L", "thứ Sáu hằng tuần", ".. day none recurrence=FREQ=WEEKLY;BYDAY=FR"),
    ("L", "Chủ nhật hằng tuần", ".. day none recurrence=FREQ=WEEKLY;BYDAY=SU"),
    ("L", "thứ Hai và thứ Năm hằng tuần", ".. day none recurrence=FREQ=WEEKLY;BYDAY=MO,TH"),
    ("L", "ngày cuối cùng của tháng hằng tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("L", "hằng năm, vào ngày 20 tháng cuối quý", ".. day none recurrence=FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"),
    ("L", "2 tháng một lần", ".. month none recurrence=FREQ=MONTHLY;INTERVAL=2"),
    ("L", "một tiếng", ".. time none duration=PT1H"),
    ("L", "trước 17 giờ ngày 15 hằng tháng", ".. time none time=17:00 recurrence=FREQ=MONTHLY;BYMONTHDAY=15 exclusive"),
    ("L", "ngày 20 tháng cuối mỗi quý", ".. day none recurrence=FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"),
    ("L", "ngày 20 tháng đầu mỗi quý", ".. day none recurrence=FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=20"),
    ("L", "ngày cuối cùng của tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("L", "trước ngày làm việc cuối cùng của tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-1 exclusive"),
    ("L", "6 tháng một lần", ".. month none recurrence=FREQ=MONTHLY;INTERVAL=6"),
    ("L", "3 năm 1 lần", ".. year none recurrence=FREQ=YEARLY;INTERVAL=3"),
    ("L", "định kỳ 2 tuần", ".. week none recurrence=FREQ=WEEKLY;INTERVAL=2"),
    ("L", "trong vòng nửa tháng", ".. month none duration=P15D"),
    ("L", "nửa năm", ".. year none duration=P6M"),
    ("L", "nửa ngày", ".. day none duration=PT12H"),
    ("L", "nửa giờ", ".. time none duration=PT30M"),
    ("L", "nửa quý", ".. quarter none"),  # how many days?
    ("L", "một tuần", ".. week none duration=P1W"),
    ("L", "vài ngày", ".. day none"),
    ("L", "3-5 ngày", ".. day none duration=P5D"),  # the longer
    ("L", "24 tháng đến 36 tháng", ".. month none duration=P36M"),
    ("L", "2 quý", ".. quarter none duration=P6M"),
    ("L", "30 phút", ".. time none duration=PT30M"),
    ("L", "3 tiếng", ".. time none duration=PT3H"),
    ("L", "chậm nhất 17h", ".. time none time=17:00"),  # a clock time
    ("L", "trước 10 giờ", ".. time none time=10:00 exclusive"),
    ("L", "đến 10h", ".. time none time=10:00"),
    ("L", "vào 10h", ".. time none time=10:00"),
    ("L", "trong 10h", ".. time none duration=PT10H"),  # a length
    ("L", "5 ngày làm việc", ".. day none duration=P5D business_days"),
    ("L", "từ 3 ngày", "!unread_time"),  # neither
    ("L", "đến 3 ngày", "!unread_time"),
    ("L", "từ 3-5 ngày", ".. day none duration=P5D"),
    ("L", "5 năm 2020", "!unread_time"),  # the year
    ("L", "năm ngày", ".. day none duration=P5D"),
    ("L", "10 ngày đầu tiên của tháng", ".. day none duration=P10D recurrence=FREQ=MONTHLY"),
    ("L", "5 ngày đầu tiên của quý", ".. day none duration=P5D recurrence=FREQ=MONTHLY;INTERVAL=3"),
    ("L", "5 ngày đầu tiên của năm", ".. day none duration=P5D recurrence=FREQ=YEARLY"),
    ("L", "trong 3 ngày đầu mỗi quý", ".. day none duration=P3D recurrence=FREQ=MONTHLY;INTERVAL=3"),
    ("L", "3 ngày làm việc đầu tiên hằng tháng", ".. day none duration=P3D business_days recurrence=FREQ=MONTHLY"),
    ("L", "trong 5 ngày cuối mỗi tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-5,-4,-3,-2,-1"),
    ("L", "3 ngày làm việc cuối cùng mỗi tháng", ".. month none recurrence=FREQ=MONTHLY"),  # no rule knows the days of rest
    ("L", "ngày cuối tháng hằng tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("L", "trước ngày cuối mỗi tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=-1 exclusive"),
    ("L", "17h ngày cuối tháng hằng tháng", ".. time none time=17:00 recurrence=FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("L", "những ngày cuối tháng hằng tháng", ".. month none recurrence=FREQ=MONTHLY"),  # how many?
    ("L", "ngày cuối quý hằng quý", ".. day none recurrence=FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
    ("L", "ngày cuối cùng của quý", ".. day none recurrence=FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),  # not of each month
    ("L", "ngày cuối tháng 6 hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1"),
    ("L", "ngày cuối năm hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=-1"),
    ("L", "17h hằng ngày", ".. time none time=17:00 recurrence=FREQ=DAILY"),  # a time of day
    ("L", "hằng ngày, 17 giờ", ".. time none time=17:00 recurrence=FREQ=DAILY"),
    ("L", "17h mỗi ngày", ".. time none time=17:00 recurrence=FREQ=DAILY"),
    ("L", "8 giờ mỗi ngày", ".. time none duration=PT8H recurrence=FREQ=DAILY"),  # a day's work
    ("L", "trong 8 giờ hằng ngày", ".. time none duration=PT8H recurrence=FREQ=DAILY"),
    ("L", "trước quý 2 và quý 3/2024", "..2024-07-01 period explicit exclusive"),  # of two limits the later, before its quarter
    ("L", "trước tháng 6 và tháng 7/2024", "..2024-07-01 period explicit exclusive"),
    ("L", "trước quý 3/2024 và đến năm 2040", "..2040-12-31 period explicit exclusive"),  # the second has its own limit
    ("L", "trước quý 2 đến quý 3/2024", "..2024-04-01 period explicit exclusive"),  # a range is one period
    ("L", "trước cuối tháng 6 và cuối tháng 7/2024", "..2024-07-31 period explicit exclusive"),
    ("D", "ngày 0 tháng Giêng năm 2024", "!impossible_date"),  # not the last
    ("D", "ngày 0/1/2024", "!impossible_date"),
    ("L", "trước ngày 32/1/2024", "!impossible_date"),
    ("D", "ngày 12/13/2024", "!impossible_date"),
    ("D", "ngày 0 tháng 5", "!impossible_date"),
    ("D", "12/0/2024", "!impossible_date"),
    ("D", "tháng 13/2024", "!impossible_date"),
    ("D", "ngày 0", "!unread_time"),  # of which month? no date
    # the year first: a day, not the year nor 1 January
    ("D", "2024-06-15", "2024-06-15..2024-06-15 day explicit"),
    ("D", "ngày 2024/06/15", "2024-06-15..2024-06-15 day explicit"),
    ("D", "2024.06.15", "2024-06-15..2024-06-15 day explicit"),
    ("D", "kỳ họp 2024.06.15", "2024-06-15..2024-06-15 day explicit"),  # behind words that say nothing
    ("L", "trước ngày 2024-06-15", "..2024-06-15 day explicit exclusive"),
    ("L", "trước 17h ngày 2024-06-15", "..2024-06-15 time explicit time=17:00 exclusive"),
    ("L", "từ 2024-06-15 đến 2024-07-01", "2024-06-15..2024-07-01 period explicit"),
    ("D", "2024-02-30", "!impossible_date"),
    ("D", "2024-15-06", "!impossible_date"),  # the month stands second
    ("D", "2024-06-15/2024-07-01", "!unread_time"),  # rather than the year
    ("D", "2024-06-15 - 2024-07-01", "2024-06-15..2024-07-01 period explicit"),
    ("D", "2021-2025", "2021-01-01..2025-12-31 period explicit"),  # years
    # hyphens: what is left of the figures ("1-2024") is no value
    ("L", "trước ngày 32-1-2024", "!impossible_date"),
    ("D", "0-1-2024", "!impossible_date"),
    ("D", "1-13-2024", "!impossible_date"),
    ("D", "12-13-2024", "!impossible_date"),
    ("D", "99-99-2024", "!impossible_date"),
    ("D", "ngày 32–1–2024", "!impossible_date"),  # dashes
    ("D", "ngày 32 - 1 - 2024", "!impossible_date"),
    ("D", "1-13-23", "!impossible_date"),  # a year of two figures, where that is all there is
    ("D", "32-1/2024", "!impossible_date"),  # separators that differ
    ("D", "0/1 - 2024", "!impossible_date"),
    ("D", "12/13 năm 2024", "!impossible_date"),
    ("D", "32/1/23", "!impossible_date"),
    ("D", "1.13.23", "!impossible_date"),
    ("L", "trong 5 ngày kể từ ngày 32/1/2024", "!impossible_date"),
    # ranges: two days, two months; their figures are not a day and its month
    ("D", "9-11/2024", "2024-11-09..2024-11-09 day explicit"),
    ("D", "10-12/6/2024", "2024-06-10..2024-06-12 period explicit"),
    ("D", "ngày 15-20/6/2024", "2024-06-15..2024-06-20 period explicit"),
    ("D", "16-20-06-2024", "2024-06-16..2024-06-20 period explicit"),
    ("D", "ngày 15-20", "!unread_time"),  # of which month?
    ("D", "tháng 9-11/2024", "2024-09-01..2024-11-30 period explicit"),
    # a second day or month that no calendar has counts as a first one does
    ("L", "từ ngày 1/1 đến ngày 32/1/2024", "!impossible_date"),
    ("L", "từ ngày 32/1 đến ngày 1/2/2024", "!impossible_date"),
    ("L", "từ tháng 10 đến tháng 13/2024", "!impossible_date"),
    ("L", "từ 15-32/6/2024", "!impossible_date"),
    # no year is needed for that
    ("L", "đến 32/1", "!impossible_date"),
    ("L", "trước tháng 13", "!impossible_date"),
    ("D", "ngày 31/2", "!impossible_date"),
    ("D", "ngày 30/2 âm lịch", ".. day none !unknown_year"),  # the moon's second month may have it
    # numbers that are no dates
    ("D", "50/63", "!unread_time"),
    ("L", "đến 50/63 tỉnh", "!unread_time"),
    ("L", "đến 32/1 xã", "!unread_time"),
    ("L", "6 tháng 15 ngày", "!unread_time"),
    ("D", "lúc 17.30.45", "!unread_time"),
    # a duty that would never come, or on a day left out
    ("L", "trước ngày 31/2 hằng năm", "!impossible_date"),
    ("L", "ngày 32 hằng tháng", "!impossible_date"),
    ("L", "trước ngày 0 hằng tháng", "!impossible_date"),
    ("L", "ngày 32-1 hằng năm", "!impossible_date"),
    ("L", "ngày 31 của tháng 6 hằng năm", "!impossible_date"),
    ("L", "30/6 và 31/11 hằng năm", "!impossible_date"),
    ("L", "ngày 15 và 32 hằng tháng", "!impossible_date"),
    ("L", "từ ngày 28 đến ngày 33 hằng tháng", "!impossible_date"),
    ("L", "ngày 30/2 âm lịch hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    ("L", "ngày 29/2 hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),  # leap years
    ("L", "ngày 31 hằng tháng", ".. day none recurrence=FREQ=MONTHLY;BYMONTHDAY=31"),  # the months that have it
    ("L", "ngày 31 tháng cuối quý hằng năm", ".. day none recurrence=FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=31"),
    ("L", "trước thời điểm nghỉ hưu ít nhất 06 tháng", ".. month none duration=P6M counted_from=trước thời điểm nghỉ hưu"),
    ("L", "trước khi họp, ít nhất 05 ngày làm việc", ".. day none duration=P5D business_days counted_from=trước khi họp"),
    ("L", "trong 10 ngày (kể từ ngày họp).", ".. day none duration=P10D counted_from=ngày họp"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "expected"), ALONE)
def test_read_alone(label: str, text: str, expected: str) -> None:
    assert said(label, text, None) == expected


SEEN = [
    # the same, from 31/1/2024
    ("D", "30 ngày qua", "2024-01-01..2024-01-31 day published duration=P30D moves"),
    ("D", "3 tháng tới", "2024-01-31..2024-04-30 month published duration=P3M moves"),
    ("L", "trong 30 ngày kể từ hôm nay", "2024-01-31..2024-03-01 day published duration=P30D counted_from=hôm nay moves"),
    ("D", "hôm nay", "2024-01-31..2024-01-31 day published moves"),
    ("D", "năm ngoái", "2023-01-01..2023-12-31 year published moves"),
    ("D", "ngày 12/5", "2024-05-12..2024-05-12 day published"),
    ("D", "nửa tháng tới", "2024-01-31..2024-02-15 month published duration=P15D moves"),
    ("D", "nửa năm qua", "2023-07-31..2024-01-31 year published duration=P6M moves"),
    ("L", "36 giờ tới", "2024-01-31.. time published duration=PT36H moves"),  # no whole days
    ("L", "48 giờ tới", "2024-01-31..2024-02-02 time published duration=PT48H moves"),
    ("L", "24h tới", "2024-01-31..2024-02-01 time published duration=PT24H moves"),
    ("D", "24 giờ qua", "2024-01-30..2024-01-31 time published duration=PT24H moves"),
    ("L", "5 ngày làm việc tới", "2024-01-31.. day published duration=P5D business_days moves"),  # not known without the days of rest
    ("L", "đến 3 ngày tới", "2024-01-31..2024-02-03 day published duration=P3D moves"),
    ("L", "5 ngày sau", "2024-01-31..2024-02-05 day published duration=P5D moves"),
    ("L", "2 tuần nữa", "2024-01-31..2024-02-14 week published duration=P2W moves"),
    ("D", "1 năm qua", "2023-01-31..2024-01-31 year published duration=P1Y moves"),
    ("L", "1 quý tới", "2024-01-31..2024-04-30 quarter published duration=P3M moves"),
    ("D", "3 năm trở lại đây", "2021-01-31..2024-01-31 year published duration=P3Y moves"),
    ("D", "từ đầu năm 2025 đến nay", "2025-01-01.. period published moves"),  # told of a year to come: not until that day
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "expected"), SEEN)
def test_read_from_a_day(label: str, text: str, expected: str) -> None:
    assert said(label, text, date(2024, 1, 31)) == expected


OPEN = [
    # where more may be known around the mention
    ("ngày 12/5", True),
    ("ngày 31/2/2024", True),  # a slip that the sentence may mend
    ("hôm nay", True),
    ("ngày 12/5/2024", False),
    ("286/KH-UBND", False),
]


@pytest.mark.parametrize(("text", "expected"), OPEN)
def test_what_is_left_open(text: str, expected: bool) -> None:
    published = None if text == "ngày 12/5" else date(2024, 1, 31)
    assert read(text, Label.DATE, Reference(published=published)).open is expected


SHIFTS = [
    ((3, "D"), 1, date(2024, 2, 3)),
    ((3, "D"), -1, date(2024, 1, 28)),
    ((2, "W"), 1, date(2024, 2, 14)),
    ((1, "M"), 1, date(2024, 2, 29)),  # the last day of a shorter month
    ((1, "Y"), -1, date(2023, 1, 31)),
]


@pytest.mark.parametrize(("step", "sign", "expected"), SHIFTS)
def test_days_moved(step: tuple[int, str], sign: int, expected: date) -> None:
    assert shift(date(2024, 1, 31), step, sign) == expected


def test_hours_have_no_step_but_whole_days() -> None:
    steps = [read_duration(t, t) for t in ("48 giờ", "36 giờ", "24 tiếng", "90 phút", "2 tuần")]
    assert [found and found.step for found in steps] == [(2, "D"), None, (1, "D"), None, (2, "W")]
