"""Which library a format needs."""

from __future__ import annotations

from importlib.util import find_spec

from pipeline.errors import MissingExtra

# Format or compression → module to import, name to install it by.
NEEDS: dict[str, tuple[str, str]] = {
    "parquet": ("pyarrow", "pyarrow"),
    "html": ("trafilatura", "trafilatura"),
    "warc": ("warcio", "warcio"),
    "docx": ("docx", "python-docx"),
    "pdf": ("pypdf", "pypdf"),
    "zst": ("zstandard", "zstandard"),
}


def require_for(*kinds: str | None) -> None:
    """Raise MissingExtra if the library for a format or compression isn't installed."""
    for kind in kinds:
        if kind in NEEDS and find_spec(NEEDS[kind][0]) is None:
            raise MissingExtra(NEEDS[kind][1], "formats")
