"""The annotation guide, as the widget shows it and as each stored row names it."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib import resources
from pathlib import Path

_VERSION = re.compile(r"(?m)^Version:\s*(\S+)")


@lru_cache(maxsize=1)
def guide_text() -> str:
    """The guide in Markdown: from the installed package, else from the checkout's docs."""
    packed = resources.files("pipeline.annotate") / "guide.md"
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    checkout = Path(__file__).parents[2] / "docs" / "annotation.md"
    return checkout.read_text(encoding="utf-8") if checkout.is_file() else ""


def guide_version(text: str | None = None) -> str:
    """Its stated version and eight digits of its content, which can't be forgotten.

    >>> guide_version("Version: 1.2\\n")
    '1.2+49cca3ec'
    """
    text = guide_text() if text is None else text
    stated = _VERSION.search(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{stated.group(1) if stated else '0'}+{digest}"


def sections(text: str | None = None) -> dict[str, str]:
    """Sections of the guide by the first word of their heading: ``AGENCY``, ``Relations``.

    >>> sections("intro\\n## DATE: a point\\nbody\\n")
    {'DATE': '## DATE: a point\\nbody'}
    """
    text = guide_text() if text is None else text
    parts = re.split(r"(?m)^(?=## )", text)
    return {p[3:].split(None, 1)[0].rstrip(":"): p.strip() for p in parts if p.startswith("## ")}
