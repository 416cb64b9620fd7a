"""A page with the widget on it and the real session behind it, without a notebook."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).parents[2]
ANNOTATE = REPO / "pipeline" / "annotate"
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

# A model as a notebook gives one: get, on, off and send; Python is behind `toPython`.
PAGE = """<!doctype html><meta charset="utf-8"><style>%(css)s</style>
<body style="margin:0;background:%(paper)s" data-jp-theme-light="%(light)s">
<div id="el" style="max-width:%(width)s;margin:16px auto;%(theme)s"></div>
<script type="module">
const source = %(source)s;
const widget = (await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})))).default;
const traits = {}, listeners = {};
const take = (changed) => {
  Object.assign(traits, changed);
  for (const name of Object.keys(changed)) for (const f of listeners["change:" + name] || []) f();
};
const model = {
  get: (name) => traits[name],
  on: (name, f) => { (listeners[name] ||= []).push(f); },
  off: () => {},
  send: async (message) => take(JSON.parse(await window.toPython(JSON.stringify(message)))),
};
window.traits = traits;
Object.assign(traits, JSON.parse(await window.toPython("{}")));
widget.render({model, el: document.getElementById("el")});
document.body.dataset.ready = "1";
</script>"""

DARK = (
    "--jp-layout-color0:#111;--jp-layout-color1:#212121;--jp-border-color2:#4a4a4a;"
    "--jp-content-font-color1:#eee;--jp-content-font-color2:#b0b0b0"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; tests skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not path:
        pytest.skip("no Chromium: install your system's package `chromium` or set CHROMIUM")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=ARGS)
        yield chromium
        chromium.close()


class Driver:
    """The page, the session behind it, and short names for what tests do."""

    def __init__(self, browser: Any, session: Any, *, review: bool = False, dark: bool = False,
                 width: int = 1180, height: int = 900) -> None:  # fmt: skip
        from pipeline.annotate.session import page_config

        self.session = session
        self.requests: list[str] = []
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.errors: list[str] = []
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        layout: list[Any] = [None]

        def to_python(message: str) -> str:
            content = json.loads(message)
            if content:
                session.handle(content)
            page = session.page()
            changed = {}
            if not content:
                changed["config"] = page_config(session.lang, review=review)
            if page.get("layout") != layout[0] or not content:
                changed["page"] = page
                layout[0] = page.get("layout")
            return json.dumps({**changed, "view": session.view()})

        self.page.expose_function("toPython", to_python)
        css = (ANNOTATE / "widget.css").read_text(encoding="utf-8")
        source = (ANNOTATE / "widget.js").read_text(encoding="utf-8")
        self.page.set_content(PAGE % {
            "css": css, "source": json.dumps(source).replace("</", "<\\/"), "width": "1150px",
            "light": "false" if dark else "true", "theme": DARK if dark else "",
            "paper": "#111" if dark else "#fff",
        })  # fmt: skip
        self.page.wait_for_selector("body[data-ready]")

    def press(self, *keys: str) -> None:
        """Press keys one after the other and wait until the last one is answered."""
        for key in keys:
            self.page.keyboard.press(key)
        self.settle()

    def settle(self) -> None:
        """Wait until the page shows the session's revision."""
        self.page.wait_for_function(
            "r => window.traits.view.revision === r", arg=self.session.revision
        )
        self.page.wait_for_timeout(30)

    def status(self) -> str:
        """What a screen reader would hear."""
        return str(self.page.locator(".vna-status").inner_text())


@pytest.fixture
def drive(browser: Any) -> Iterator[Any]:
    """Open a session in a page: ``drive(session, dark=True)``."""
    opened: list[Driver] = []

    def start(session: Any, **options: Any) -> Driver:
        opened.append(Driver(browser, session, **options))
        return opened[-1]

    yield start
    for driver in opened:
        assert driver.errors == []
        driver.page.close()
