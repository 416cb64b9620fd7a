"""What the readers pass on: options, sources, units, items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.errors import InputError

Format = Literal["txt", "jsonl", "csv", "parquet", "html", "warc", "docx", "pdf"]

# One document a file: its id is the file's name inside the folder that was given.
WHOLE_FILE: frozenset[Format] = frozenset({"txt", "html", "docx", "pdf"})

SUFFIXES: dict[str, Format] = {
    ".txt": "txt",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".warc": "warc",
    ".docx": "docx",
    ".pdf": "pdf",
}
COMPRESSIONS: dict[str, str] = {".gz": "gz", ".xz": "xz", ".zst": "zst"}

ENCODINGS = ("utf-8", "auto", "windows-1258", "tcvn3", "vni")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How inputs are read; every field can change the output.

    ``max_size`` is in bytes of one document as stored (a line, a file, a page);
    ``max_expansion`` is the most bytes that one compressed byte may become.
    """

    format: Format | None = None
    text_field: str = "text"
    id_field: str = "id"
    published_field: str = "published"
    title_field: str = "title"
    url_field: str = "url"
    source_field: str = "source"
    encoding: str = "utf-8"
    published: str | None = None
    max_size: int = 20_000_000
    max_expansion: int = 200
    with_meta: bool = False

    def fields(self) -> dict[str, str]:
        """Item key → name of the column or JSON key that holds it."""
        return {
            "text": self.text_field,
            "id": self.id_field,
            "published": self.published_field,
            "title": self.title_field,
            "url": self.url_field,
            "source": self.source_field,
        }


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read, ``number`` in the plan of a run.

    ``name`` is its path inside the folder that was given.
    """

    path: str
    name: str
    format: Format
    compression: str | None = None
    size: int = 0
    mtime_ns: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an input, or a part of it, gave no record; ``path`` where no unit says it."""

    type: str
    message: str
    path: str = ""
    name: str = ""


class BadInput(InputError):
    """One input, or a part of it, that can't be used; ``type`` is what dead letters count."""

    def __init__(self, type: str, message: str) -> None:
        super().__init__(message)
        self.type = type

    def failure(self) -> Failure:
        """The same as data."""
        return Failure(self.type, str(self))


@dataclass(frozen=True, slots=True)
class Unit:
    """One document as stored, not yet decoded, or the reason why there is none.

    ``number`` counts the units of a file from 0; ``at`` names the place for a person
    ("line 12"); ``position`` is how many bytes of the file had been read by then;
    ``file`` is the number of its source. A failure with ``rest`` stands for all that
    follows in the file.
    """

    path: str
    name: str
    format: Format
    number: int
    at: str
    data: bytes | Mapping[str, Any] = b""
    position: int = 0
    failure: Failure | None = None
    rest: bool = False
    file: int = 0

    def size(self) -> int:
        """Bytes held, roughly: what the bounds on memory count."""
        if isinstance(self.data, bytes):
            return len(self.data)
        return sum(len(v) for v in self.data.values() if isinstance(v, str | bytes))


@dataclass(frozen=True, slots=True)
class Item:
    """A document ready for extraction. ``encoding`` is what its bytes were read as."""

    text: str
    id: str | None = None
    published: str | None = None
    title: str | None = None
    url: str | None = None
    source: str | None = None
    encoding: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    def mapping(self) -> dict[str, Any]:
        """The item as :func:`pipeline.extract_many` takes it; other keys become ``meta``."""
        known = {
            "text": self.text,
            "id": self.id,
            "published": self.published,
            "title": self.title,
            "url": self.url,
            "source": self.source,
        }
        return {**self.meta, **{key: value for key, value in known.items() if value is not None}}
