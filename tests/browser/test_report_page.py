"""The report page opened from a file in a real browser, as an office opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.labels import Label
from pipeline.report.page import page as make_page
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

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>window.hit=1</script></script></textarea>\"'><img src=x onerror='window.hit=1'>"
    '<a href="javascript:window.hit=1">x</a> &amp; {{7*7}} ${window.hit=1}'
)


def record(
    id: str,
    agency: str,
    task: str,
    number: str = "24/CT-UBND",
    end: str | None = "2023-09-30",
    grain: Any = "day",
    after: str = "",
    **extra: Any,
) -> Record:
    """A text of one assignment, with what comes ``after`` it."""
    words = "trước ngày 30/9"
    text = f"😀 {agency} {task} {words} theo Chỉ thị {number}.{after}"
    value = TimeValue(end=end, grain=grain, anchor="explicit")
    found = [
        (Label.AGENCY, agency, AgencyValue(name=f"{agency} tỉnh Hà Nam", kind="so")),
        (Label.DEADLINE, words, value),
        (Label.DOC_NUMBER, number, DocNumberValue(type="Chỉ thị", normalized=number)),
    ]
    mentions = [
        Mention(
            id=f"m{i}", label=label, start=text.index(surface), text=surface, confidence=1,
            end=text.index(surface) + len(surface), source="model", value=meaning,
        )
        for i, (label, surface, meaning) in enumerate(found, 1)
    ]  # fmt: skip
    fields: dict[str, Any] = {"title": f"Bài {id}", "published": "2023-08-05", "text": text}
    return Record(
        id=id, text_sha256="0" * 64, text_length=len(text), mentions=mentions,
        documents=[
            Document(mention="m3", document_id="d1", role="primary", type="Chỉ thị", number=number)
        ],
        assignments=[
            Assignment(
                agencies=["m1"], targets=[], deadline="m2", task=task, document="d1",
                evidence=Evidence(start=2, end=text.index(words) - 1), confidence=0.9,
            )
        ],
        **fields | extra,
    )  # fmt: skip


RECORDS = [
    record("1", "Sở Nội vụ", "rà soát thủ tục hành chính", end="2024-03-15"),
    record("2", "Sở Tài chính", "bố trí kinh phí đường ven biển", "7/KH-UBND", "2023-09-30"),
    record("3", "Công an tỉnh", "kiểm tra nhà trọ", end="2025-12-31", grain="year"),
    record("4", "UBND xã", "báo cáo", end=None),
]


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """The page of some records, from a file; no error and no request may come of it."""
    contexts: list[tuple[Any, list[str], list[str]]] = []

    def start(records: list[Record], **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(make_page(records), encoding="utf-8")
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        page = context.new_page()
        asked: list[str] = []
        wrong: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
        contexts.append((context, asked, wrong))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        return page

    yield start
    for context, asked, wrong in contexts:
        assert len(asked) == 1 and asked[0].startswith("file:")
        assert wrong == []
        context.close()


def names(page: Any) -> list[str]:
    return [text.split()[-1] for text in page.locator("#rows tbody .go").all_inner_texts()]


def test_rows_by_due_day_and_filters(open_page: Callable[..., Any]) -> None:
    page = open_page(RECORDS)
    assert names(page) == ["2", "1", "3", "4"]
    assert page.locator("#rows time").all_inner_texts() == ["30/09/2023", "15/03/2024", "Năm 2025"]
    cases = [
        ("#agency", "Sở Nội vụ tỉnh Hà Nam", ["1"]),  # as the list offers it
        ("#agency", "so", ["2", "1"]),  # part of a name, without marks
        ("#agency", "ubnd", ["4"]),  # in the text's own words
        ("#document", "7/KH", ["2"]),
        ("#words", "nha tro", ["3"]),
        ("#words", "biển KINH", ["2"]),  # each word, in any order
        ("#words", "không có đâu", []),
    ]
    for field, typed, left in cases:
        page.fill(field, typed)
        page.wait_for_timeout(30)
        assert names(page) == left, typed
        shown = page.locator("#texts summary .title").all_inner_texts()
        assert sorted(title.split()[-1] for title in shown) == sorted(left)
        assert page.locator("#status").inner_text().startswith(f"{len(left)} / 4 việc")
        page.click("#clear")
    page.select_option("#when", "undated")
    page.wait_for_timeout(30)
    assert names(page) == ["4"]
    assert page.locator("#status").inner_text().endswith("; thời hạn: Chưa rõ ngày")
    page.click("#clear")
    assert names(page) == ["2", "1", "3", "4"]


def test_timeline_and_sorting_by_keyboard(open_page: Callable[..., Any]) -> None:
    page = open_page(RECORDS)
    cell = page.get_by_role("button", name="Tháng 3 năm 2024: 1 việc")
    cell.focus()
    page.keyboard.press("Enter")
    assert names(page) == ["1"]
    pressed = page.locator("#timeline [aria-pressed=true]")
    assert pressed.count() == 1 and pressed.evaluate("e => e === document.activeElement")
    page.keyboard.press("Enter")
    assert len(names(page)) == 4
    page.get_by_role("button", name="Trong cả năm 2025: 1 việc").click()
    assert names(page) == ["3"]
    page.click("#clear")
    page.get_by_role("button", name="2023", exact=True).click()
    assert names(page) == ["2"]
    page.click("#clear")
    page.click("[data-sort=due]")
    assert names(page) == ["3", "1", "2", "4"]  # those without a day stay last
    page.click("[data-sort=who]")
    assert names(page) == ["3", "1", "2", "4"]
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Cơ quan")


def test_marked_text_and_evidence(open_page: Callable[..., Any]) -> None:
    page = open_page(RECORDS)
    assert page.locator(".text").count() == 0  # drawn when opened
    page.locator("#rows .go").nth(1).click()
    box = page.locator(".text")
    assert box.evaluate("e => e.textContent") == RECORDS[0].text
    marks = box.locator("mark").all_inner_texts()
    assert marks == [mention.text for mention in RECORDS[0].mentions]
    evidence = page.locator(".evidence")
    assert evidence.inner_text() == "Sở Nội vụ rà soát thủ tục hành chính"
    assert evidence.evaluate("e => e === document.activeElement")
    assert "Sở Nội vụ tỉnh Hà Nam" in box.locator("mark").first.get_attribute("title")


def test_hostile_text_is_shown_as_text(open_page: Callable[..., Any]) -> None:
    bad = record(
        "5", "Sở <b>Y</b> tế", HOSTILE, after=HOSTILE, source=HOSTILE, title=HOSTILE,
        url="javascript:window.hit=1",
    )  # fmt: skip
    good = record("6", "Sở Y tế", "x", url="https://example.vn/?a=1&b='\"><script>")
    page = open_page([bad, good])
    page.locator("#rows .go").first.click()
    page.locator("summary").nth(1).click()
    text = page.locator(".text").first.evaluate("e => e.textContent")
    assert text == bad.text and text.count(HOSTILE) == 2
    assert page.locator("#rows .c-what").nth(1).inner_text() == HOSTILE
    assert page.evaluate("window.hit") is None
    assert page.locator("img, main b:not(.documents b), main script").count() == 0
    links = page.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == [good.url]


def test_without_texts(open_page: Callable[..., Any]) -> None:
    page = open_page([RECORDS[0].model_copy(update={"text": None})])
    assert page.locator("#no-text").is_visible()
    assert "--with-text" in page.locator("#no-text").inner_text()
    page.locator("#rows .go").click()
    assert page.locator(".mentions li").count() == 3


def test_no_records(open_page: Callable[..., Any]) -> None:
    page = open_page([])
    assert "Không có việc nào" in page.locator("#rows tbody").inner_text()


def test_a_thousand_records(open_page: Callable[..., Any]) -> None:
    filler = "\nĐoạn tin này không giao việc cho ai và chỉ để cho dài." * 60
    records = [
        record(
            str(i), f"Sở số {i % 90}", f"làm việc thứ {i}", f"{i % 40}/KH-UBND",
            f"{2023 + i % 5}-{1 + i % 12:02d}-15", after=filler,
        )
        for i in range(1000)
    ]  # fmt: skip
    records = [one.model_copy(update={"assignments": list(one.assignments) * 4}) for one in records]
    page = open_page(records)
    assert page.locator("#status").inner_text() == "4.000 / 4.000 việc, 1.000 / 1.000 văn bản"
    # Generous, as machines differ; it is well under a second on a quiet one.
    took = page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    assert took < 10_000
    assert page.locator("*").count() < 10_000
    page.click("#more-rows")
    assert page.locator("#rows tbody tr").count() == 1200
    page.fill("#words", "thứ 999")
    page.locator("#rows tbody tr").nth(4).wait_for(state="detached")
    assert page.locator("#rows tbody tr").count() == 4
    page.locator("#rows .go").first.click()
    assert page.locator(".text").evaluate("e => e.textContent") == records[999].text
    page.click("#clear")
    page.locator("#rows .go").nth(150).click()  # far down the list of texts
    assert page.locator(".evidence").evaluate("e => e === document.activeElement")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#rows tbody tr").count() == 4000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [340, 1280])
def test_widths_and_schemes(open_page: Callable[..., Any], width: int, scheme: str) -> None:
    long = record("x" * 300, "Sở Nội vụ", "việc" * 100, end="2024-03-15")
    page = open_page([*RECORDS, long], viewport={"width": width, "height": 800},
                     color_scheme=scheme)  # fmt: skip
    page.locator("#rows .go").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # WCAG 2.2 AA: 4.5 to 1 for text on what it stands on.
    for selector in ("body", ".words", ".text mark.AGENCY", ".text mark.DEADLINE", ".evidence"):
        ratio = page.locator(selector).first.evaluate(CONTRAST)
        assert ratio >= 4.5, (selector, ratio)
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.locator("#rows").is_visible()


CONTRAST = """element => {
  const draw = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = color => {
    draw.clearRect(0, 0, 1, 1);
    draw.fillStyle = color;
    draw.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...draw.getImageData(0, 0, 1, 1).data].map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const clear = color => color === "rgba(0, 0, 0, 0)";
  let under = element;
  while (under.parentElement && clear(getComputedStyle(under).backgroundColor))
    under = under.parentElement;
  const pair = [light(getComputedStyle(element).color),
    light(getComputedStyle(clear(getComputedStyle(under).backgroundColor) ? document.body : under)
      .backgroundColor)].sort((a, b) => b - a);
  return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""
