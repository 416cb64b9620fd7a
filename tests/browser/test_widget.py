"""The page in a real browser, with the real session behind it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from samples import ARTICLE, HOSTILE, PROPOSED, document

from pipeline.annotate.review import Review
from pipeline.annotate.session import Session
from pipeline.annotate.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture
def session(tmp_path: Path) -> Any:
    def make(*documents: dict[str, Any], **options: Any) -> Session:
        from pipeline.annotate.queue import Queue

        queue = Queue(documents, by="given", near=2)
        return Session(documents, Store(tmp_path, "lan"), queue=queue, **options)

    return make


def shown(session: Session) -> list[tuple[str, str]]:
    return [
        (str(m.label), session.editor.text[m.start : m.end]) for m in session.editor.state.marks
    ]


SHORT = document(
    "short", "[UBND tỉnh|AGENCY|0.9] giao Sở Y tế báo cáo [ngày 5/9|DATE|0.6] về 100% trạm y tế."
)


def test_every_key_does_what_the_help_says(drive: Any, session: Any) -> None:
    s = session(SHORT, ARTICLE)
    d = drive(s)
    d.press("2")  # the first mention has the focus: relabel
    assert shown(s)[0] == ("DATE", "UBND tỉnh")
    d.press("u")
    assert shown(s)[0] == ("AGENCY", "UBND tỉnh")
    d.press("Shift+U")
    d.press("Control+z")
    assert shown(s)[0] == ("AGENCY", "UBND tỉnh")
    d.press("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft")
    assert shown(s)[0] == ("AGENCY", "UBND tỉnh giao")
    d.press("Alt+ArrowRight")
    assert shown(s)[0] == ("AGENCY", "tỉnh giao")
    d.press("Shift+Alt+ArrowRight")
    assert shown(s)[0] == ("AGENCY", "giao Sở")
    d.press("Shift+Alt+ArrowLeft", "Alt+ArrowLeft", "Shift+ArrowLeft")
    assert shown(s)[0] == ("AGENCY", "UBND tỉnh")
    d.press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "3")  # Sở Y tế
    assert shown(s)[1] == ("AGENCY", "Sở Y tế")
    d.press("j", "5")
    assert shown(s)[2] == ("DEADLINE", "ngày 5/9")
    d.press("l", "k", "l")
    assert s.editor.result()["relations"][0]["type"] == "ASSIGNED_TO"
    d.press("j", "Backspace")
    assert len(shown(s)) == 2 and s.editor.result()["relations"] == []
    d.press("u", "a")
    assert all(m.checked for m in s.editor.state.marks)
    d.press("m")
    d.page.keyboard.type("xem lại 🌳")
    d.press("Enter")
    assert s.editor.state.note == "xem lại 🌳"
    d.press("Enter")
    assert s.name == ARTICLE["id"] and s.gold()[0]["note"] == "xem lại 🌳"
    d.press("p")
    assert s.name == "short" and "đã nhận" in d.page.locator(".vna-chips").inner_text()
    d.press("n", "s")
    assert s.answered(ARTICLE["id"]) == "skip"
    assert "Hết văn bản" in d.status()


def test_space_walks_through_what_is_left_to_check(drive: Any, session: Any) -> None:
    s = session(SHORT)
    d = drive(s)
    d.press("Space", "Space")
    assert all(m.checked for m in s.editor.state.marks)


def test_suggestions_not_taken_are_shown_and_can_be_taken(drive: Any, session: Any) -> None:
    s = session(SHORT, threshold=0.7)
    d = drive(s)
    assert shown(s) == [("AGENCY", "UBND tỉnh")]
    assert d.page.locator(".vna-o").count() == 2
    d.press("End", "Home")
    for _ in range(7):
        d.press("ArrowRight")
    assert "gợi ý đã bỏ" in d.page.locator(".vna-panel section").first.inner_text()
    d.press("Space")
    assert shown(s)[1] == ("DATE", "ngày 5/9") and d.page.locator(".vna-o").count() == 0


def test_document_type_and_role(drive: Any, session: Any) -> None:
    s = session(document("n", "Văn bản [12/UBND|DOC_NUMBER|0.9] mới"))
    d = drive(s)
    d.press("r")
    assert s.editor.state.entries[0].role == "primary"
    d.press("t")
    d.page.keyboard.type("Công điện")
    d.press("Enter")
    d.page.wait_for_timeout(100)
    assert s.editor.state.entries[0].type == "Công điện"
    d.press("d")
    d.page.keyboard.type("Đề án")
    d.page.keyboard.press("Tab")
    d.page.keyboard.type("Làng xanh")
    d.press("Enter")
    d.page.wait_for_timeout(100)
    assert s.editor.result()["documents"][1] == {
        "mention": None, "type": "Đề án", "role": "primary", "title": "Làng xanh",
    }  # fmt: skip
    d.press("ArrowRight")  # the keys are the text's again
    assert d.page.evaluate("document.activeElement.className") == "vna-text"


def test_characters_on_request(drive: Any, session: Any) -> None:
    s = session(document("c", "Họp [ngày 5/9|DATE|0.9]đến tối 👩🏽‍🌾 nhé"))
    d = drive(s)
    d.press("c", "Shift+ArrowRight")
    assert shown(s) == [("DATE", "ngày 5/9đ")]
    d.press("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "c")
    assert shown(s) == [("DATE", "ngày 5")]
    d.press("Shift+ArrowRight")  # by atoms again: to the next edge
    assert shown(s) == [("DATE", "ngày 5/9đến")] or shown(s) == [("DATE", "ngày 5/9")]
    d.press("c", "End")
    for _ in range(4):
        d.press("ArrowLeft")
    d.press("4")
    assert shown(s)[1] == ("TARGET", "👩🏽‍🌾"), "a joined emoji is one step"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_behind_astral_characters(drive: Any, session: Any, form: Any) -> None:
    text = unicodedata.normalize(form, "🌳🌳𠀋 👩🏽‍🌾 Sở Y tế họp ngày 5/9 🌳")
    s = session({"id": "e", "text": text, "mentions": []})
    d = drive(s)
    d.press("End", "ArrowLeft", "Shift+ArrowLeft", "2")
    surface = unicodedata.normalize(form, "ngày 5/9")
    assert shown(s) == [("DATE", surface)]
    mention = s.editor.result()["mentions"][0]
    assert mention["start"] == text.index(surface)


def test_hostile_text_is_shown_as_text(drive: Any, session: Any) -> None:
    s = session(HOSTILE)
    d = drive(s)
    lines = d.page.locator(".vna-line").all_inner_texts()
    assert lines[0] == HOSTILE["text"].split("\r\n")[0]
    assert d.page.locator(".vna-title").inner_text() == HOSTILE["title"]
    d.press("j", "k", "r", "l", "3")
    assert d.page.locator(".vna img, .vna script, .vna b").count() == 0
    assert d.page.evaluate("window.hacked") is None
    assert [u for u in d.requests if not u.startswith("blob:")] == [], "no network"


def test_mouse(drive: Any, session: Any) -> None:
    s = session(SHORT)
    d = drive(s)
    unit = d.page.locator
    a, b = unit('[data-i="3"]').bounding_box(), unit('[data-i="5"]').bounding_box()
    d.page.mouse.move(a["x"] + 3, a["y"] + 8)
    d.page.mouse.down()
    d.page.mouse.move(b["x"] + 6, b["y"] + 8, steps=4)
    d.page.mouse.up()
    d.page.locator(".vna-pop button", has_text="Cơ quan").click()
    d.page.wait_for_timeout(100)
    assert ("AGENCY", "Sở Y tế") in shown(s)
    # Drag its right edge, then delete it by the button that pops up.
    h = d.page.locator(".vna-h-r").bounding_box()
    to = unit('[data-i="6"]').bounding_box()
    d.page.mouse.move(h["x"] + 4, h["y"] + 8)
    d.page.mouse.down()
    d.page.mouse.move(to["x"] + 8, to["y"] + 8, steps=4)
    d.page.mouse.up()
    d.page.wait_for_timeout(100)
    assert ("AGENCY", "Sở Y tế báo") in shown(s)
    d.page.locator("mark", has_text="Sở Y tế").click()
    d.page.locator(".vna-pop button", has_text="✕").click()
    d.page.wait_for_timeout(100)
    assert len(shown(s)) == 2


def test_keys_faster_than_the_answers_all_count(drive: Any, session: Any) -> None:
    s = session(ARTICLE)
    d = drive(s)
    n = len(s.editor.state.marks)
    for _ in range(n):
        d.page.keyboard.press("Space", delay=0)
    d.page.wait_for_function("n => window.traits.view.marks.filter(m => m[5]).length === n", arg=n)
    assert all(m.checked for m in s.editor.state.marks)


def test_a_stale_page_is_refused_and_told(drive: Any, session: Any) -> None:
    s = session(SHORT)
    d = drive(s)
    s.handle({"op": "delete", "id": "m1", "doc": "short", "revision": s.revision})  # elsewhere
    d.page.keyboard.press("4")
    d.page.wait_for_function("document.querySelector('.vna-status').dataset.kind === 'warn'")
    assert "bản cũ" in d.status() and shown(s) == [("DATE", "ngày 5/9")]
    assert d.page.locator(".vna-text mark").count() == 1


def test_keys_under_an_input_method(drive: Any, session: Any) -> None:
    s = session(SHORT)
    d = drive(s)
    # Telex and VNI hold letters and digits back: the event says "Process", its place says which.
    d.page.evaluate("""() => document.querySelector('.vna-text').dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Process', code: 'Digit4', bubbles: true, cancelable: true}))""")
    d.settle()
    assert shown(s)[0] == ("TARGET", "UBND tỉnh")


def test_roles_names_and_the_guide(drive: Any, session: Any) -> None:
    d = drive(session(SHORT))
    page = d.page
    assert page.get_by_role("application", name="Sửa nhãn").count() == 1
    assert page.get_by_role("toolbar", name="Nhãn").count() == 1
    assert page.locator(".vna-status[role=status][aria-live=polite]").count() == 1
    mark = page.locator("mark").first
    assert mark.get_attribute("aria-label") == "Cơ quan: UBND tỉnh, gợi ý 90%"
    active = page.locator(".vna-text").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").inner_text().startswith("UBND tỉnh")
    unnamed = page.evaluate("""() => [...document.querySelectorAll('.vna button, .vna input, .vna textarea')]
        .filter(e => !e.textContent.trim() && !e.getAttribute('aria-label')).length""")
    assert unnamed == 0
    d.press("g")
    dialog = page.get_by_role("dialog", name="Cơ quan (AGENCY)")
    assert "plural determiner" in dialog.inner_text()
    for _ in range(12):  # Tab stays inside
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('[role=dialog]')")
    d.press("Escape", "?")
    assert "hoàn tác" in page.get_by_role("dialog").inner_text()
    d.press("Escape")
    assert page.evaluate("document.activeElement.className") == "vna-text"


@pytest.mark.parametrize("width", [360, 640, 1180])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_sticks_out(drive: Any, session: Any, width: int, dark: bool) -> None:
    d = drive(session(ARTICLE), width=width, dark=dark)
    over = d.page.evaluate("""() => [...document.querySelectorAll('.vna *')].filter(e => {
        const box = e.getBoundingClientRect(), root = e.closest('.vna').getBoundingClientRect();
        return box.width && (box.right > root.right + 1 || box.left < root.left - 6);
    }).map(e => e.className)""")
    assert over == []


def contrast(one: list[float], other: list[float]) -> float:
    """WCAG contrast of two sRGB colours."""

    def light(rgb: list[float]) -> float:
        c = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
        return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]

    a, b = sorted((light(one), light(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_on_every_label_can_be_read(drive: Any, session: Any, dark: bool) -> None:
    s = session(ARTICLE)
    d = drive(s, dark=dark)
    d.press("a")
    found = d.page.evaluate("""() => {
        const pixel = (css, under) => {
            const c = new OffscreenCanvas(1, 1).getContext('2d');
            c.fillStyle = under; c.fillRect(0, 0, 1, 1); c.fillStyle = css; c.fillRect(0, 0, 1, 1);
            return [...c.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255);
        };
        const paper = getComputedStyle(document.querySelector('.vna')).backgroundColor;
        return [...document.querySelectorAll('.vna-text mark')].map(m => {
            const style = getComputedStyle(m), tag = getComputedStyle(m.querySelector('.vna-tag'));
            return {back: pixel(style.backgroundColor, paper), ink: pixel(style.color, paper), tag: pixel(tag.color, paper)};
        });
    }""")
    assert min(contrast(f["ink"], f["back"]) for f in found) >= 7
    assert min(contrast(f["tag"], f["back"]) for f in found) >= 4.5


def test_all_samples_open(drive: Any, session: Any) -> None:
    """All samples open, whatever is in them."""
    s = session(*PROPOSED)
    d = drive(s)
    for _ in PROPOSED[1:]:
        d.press("n")
    assert s.index == len(PROPOSED) - 1


def test_adjudication_by_keys(drive: Any, tmp_path: Path) -> None:
    one = document("a", "[UBND tỉnh|AGENCY] họp [ngày 5/9|DATE] về [100% trạm y tế|TARGET]")
    other = document("a", "[UBND tỉnh|AGENCY] họp ngày [5/9|DATE] về 100% trạm y tế")
    for name, row in (("lan", one), ("minh", other)):
        Store(tmp_path, name).append_answer(row, "accept")
    review = Review.of(tmp_path, "lan", "minh")
    d = drive(review, review=True)
    assert d.page.locator(".vna-card").count() == 2
    d.press("2")
    assert d.page.locator('.vna-card[aria-selected="true"]').get_attribute("data-i") == "1"
    d.press("Enter")
    assert "Còn 1" in d.status()
    d.press("x", "u", "1", "Enter")
    gold = Store(tmp_path, "gold").log.answers["a"]["document"]
    assert [m["text"] for m in gold["mentions"]] == ["UBND tỉnh", "5/9", "100% trạm y tế"]
