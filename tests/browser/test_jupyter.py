"""The notebook in a real JupyterLab: by keyboard only, through a killed kernel, to the export."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samples import PROPOSED, TRUE, spans

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REPO = Path(__file__).parents[2]
TOKEN = "only-for-this-test"


def _free_port() -> int:
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Any]:
    """A JupyterLab with the notebooks in a folder of its own."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    for path in (REPO / "notebooks").glob("0[23]*.ipynb"):
        shutil.copy(path, tmp_path)
    shutil.copy(REPO / "notebooks" / "sample.jsonl", tmp_path)
    port = _free_port()
    home = tmp_path / "home"
    home.mkdir()
    env = {**os.environ, "HOME": str(home), "VN_CORRECTIONS": str(tmp_path / "corrections"),
           "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTER_CONFIG_DIR": str(home / "config"),
           "PYTHONPATH": str(REPO)}  # fmt: skip
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}",
         "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
         f"--ServerApp.root_dir={tmp_path}", "--LabApp.news_url="],
        env=env, stdout=subprocess.DEVNULL, stderr=log,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                api(url, "status")
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("JupyterLab did not start:\n" + (tmp_path / "server.log").read_text())
        yield url, tmp_path, home / "runtime"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def api(url: str, path: str) -> Any:
    """Ask the server's REST interface."""
    request = urllib.request.Request(
        f"{url}/api/{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def kill_kernel(url: str) -> None:
    """SIGKILL the kernel process, as a crash would."""
    kernel = api(url, "kernels")[0]["id"]
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if f"kernel-{kernel}.json" in command:
                os.kill(int(process.name), signal.SIGKILL)
                return
    pytest.fail("there is no kernel process to kill")


class Notebook:
    """A notebook tab, driven by keys alone."""

    def __init__(self, browser: Any, url: str, name: str) -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 1000})
        self.page.goto(f"{url}/lab/tree/{name}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
        for _ in range(180):  # the page shows "idle" before it is connected
            kernels = api(url, "kernels")
            if kernels and kernels[0]["execution_state"] == "idle" and kernels[0]["connections"]:
                break
            time.sleep(0.5)
        self.page.wait_for_timeout(1000)

    def run(self, cells: int) -> None:
        """Shift+Enter on the first cells, the last of which shows the widget."""
        page = self.page
        page.locator(".jp-Notebook .jp-Cell").first.click()
        page.keyboard.press("Escape")
        for _ in range(cells):
            page.keyboard.press("Shift+Enter")
            page.wait_for_timeout(100)
        page.wait_for_selector(".vna-active", timeout=60_000)

    def view(self) -> dict[str, Any]:
        """What a person sees: title, marks with their units, cursor."""
        return self.page.evaluate(  # type: ignore[no-any-return]
            """() => {
              const root = document.querySelector('.vna');
              const marks = [...root.querySelectorAll('.vna-text mark')].map(m => {
                const units = [...m.querySelectorAll('.vna-u')].map(u => Number(u.dataset.i));
                return {id: m.dataset.id, a: units[0], b: units.at(-1) + 1,
                        label: m.style.cssText.match(/--c: ?var\\(--(\\w+)\\)/)[1],
                        focus: m.classList.contains('vna-focus')};
              });
              return {title: root.querySelector('.vna-title').textContent, marks,
                      cur: root.dataset.cur, seq: root.dataset.seq,
                      units: [...root.querySelectorAll('.vna-u')].map(u => u.textContent),
                      status: root.querySelector('.vna-status').textContent};
            }"""
        )

    def settled(self, key: str) -> dict[str, Any]:
        """Press a key that Python answers; the view after the answer."""
        before = self.view()["seq"]
        self.page.keyboard.press(key)
        self.page.wait_for_function(
            "seq => document.querySelector('.vna').dataset.seq !== seq", arg=before, timeout=30_000
        )
        return self.view()

    def go_to(self, unit: int) -> None:
        """The cursor onto a unit, by arrows."""
        self.page.keyboard.press("Home")
        for _ in range(400):
            first, last = map(int, self.view()["cur"].split("-"))
            if first <= unit < last:
                return
            self.page.keyboard.press("ArrowRight")
        pytest.fail(f"no way to unit {unit}: {self.view()}")


HOTKEY = {"DOC_NUMBER": "1", "DATE": "2", "AGENCY": "3", "TARGET": "4", "DEADLINE": "5"}


def correct(notebook: Notebook, true: dict[str, Any]) -> None:
    """Make the shown document what it should be, as an annotator would."""
    view = notebook.view()
    wanted = unit_spans(view["units"], true)
    for mark in view["marks"]:
        if (mark["label"], mark["a"], mark["b"]) in wanted:
            continue
        notebook.go_to(mark["a"])
        same = [w for w in wanted if w[1] == mark["a"] and w[2] > mark["b"]]
        if [w for w in wanted if w[1:] == (mark["a"], mark["b"])]:
            label = next(w[0] for w in wanted if w[1:] == (mark["a"], mark["b"]))
            notebook.settled(HOTKEY[label])
        elif same and not any(mark["b"] <= m["a"] < same[0][2] for m in view["marks"]):
            for _ in range(same[0][2] - mark["b"]):
                notebook.settled("Shift+ArrowRight")
        else:
            notebook.settled("Backspace")
    shown = {(m["label"], m["a"], m["b"]) for m in notebook.view()["marks"]}
    for label, a, b in sorted(wanted - shown, key=lambda w: w[1]):
        notebook.go_to(a)
        if any(m["focus"] for m in notebook.view()["marks"]):
            notebook.page.keyboard.press("Escape")
        for _ in range(b - a - 1):
            notebook.page.keyboard.press("Shift+ArrowRight")
        notebook.settled(HOTKEY[label])
    assert {(m["label"], m["a"], m["b"]) for m in notebook.view()["marks"]} == wanted


def unit_spans(units: list[str], row: dict[str, Any]) -> set[tuple[str, int, int]]:
    """A document's spans over the shown units, found by their text alone."""
    text, places, at = row["text"], [], 0
    for unit in units:
        start = text.index(unit, at)
        at = start + len(unit)
        places.append((start, at))
    first = {a: i for i, (a, _) in enumerate(places)}
    last = {b: i + 1 for i, (_, b) in enumerate(places)}
    return {(m["label"], first[m["start"]], last[m["end"]]) for m in row["mentions"]}


def test_ten_documents_by_keyboard_through_a_killed_kernel(browser: Any, lab: Any) -> None:
    url, folder, _ = lab
    true = {f"Mẫu {i + 1}": row for i, row in enumerate(TRUE)}
    notebook = Notebook(browser, url, "02_correct_labels.ipynb")
    notebook.run(8)
    done: list[str] = []
    while len(done) < 5:
        title = notebook.view()["title"]
        correct(notebook, true[title])
        notebook.settled("Enter")
        done.append(title)
    # In the middle of the sixth: one edit made, the document not finished.
    half = notebook.view()
    assert half["title"] not in done
    after_edit = notebook.settled("a")
    kill_kernel(url)
    notebook.page.keyboard.press("Backspace")
    notebook.page.wait_for_selector('.vna-status[data-kind="error"]', timeout=30_000)
    notebook.page.close()

    again = Notebook(browser, url, "02_correct_labels.ipynb")
    again.run(8)
    assert again.view()["title"] == half["title"], "resumes at the document it stopped in"
    assert "Khôi phục 1" in again.view()["status"]
    assert [m["id"] for m in again.view()["marks"]] == [m["id"] for m in after_edit["marks"]]
    while len(done) < 11:
        title = again.view()["title"]
        assert title not in done
        correct(again, true[title])
        again.settled("Enter")
        done.append(title)
    # The twelfth repeats another: the annotator skips it.
    assert "gần trùng" in again.page.locator(".vna-chips").inner_text()
    again.settled("s")

    # Leave the widget, run the last cell: the export.
    again.page.locator(".jp-Notebook .jp-CodeCell").last.click()
    again.page.keyboard.press("Shift+Enter")
    export = folder / "corrections" / "export" / "gold.jsonl"
    for _ in range(100):
        if export.exists() and export.read_bytes().endswith(b"\n"):
            break
        time.sleep(0.1)
    gold = {row["id"]: row for row in map(json.loads, export.read_text("utf-8").split("\n")[:-1])}
    expected = {row["id"]: row for row in TRUE[:11]}
    assert {n: (r["text"], spans(r)) for n, r in gold.items()} == {
        n: (r["text"], spans(r)) for n, r in expected.items()
    }
    for row in gold.values():
        assert all(row["text"][m["start"] : m["end"]] == m["text"] for m in row["mentions"])
    again.page.close()


def test_the_sample_beside_the_notebooks_is_the_tests() -> None:
    path = REPO / "notebooks" / "sample.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]
    assert [(r["id"], r["text"], spans(r)) for r in rows] == [
        (r["id"], r["text"], spans(r)) for r in PROPOSED
    ]
