"""Annotations in other tools' formats, both ways.

>>> from pipeline.annotate.formats import read, write
>>> write(gold, "gold.json", "label_studio")                     # doctest: +SKIP
>>> read("export.json", "label_studio").problems                 # doctest: +SKIP
[]

Reading checks the surface at every span. A row that does not fit is listed in
``problems`` and left out; one that fits only when counted another way (UTF-16 units,
NFC, one line break) is converted and listed in ``notes``. Nothing is shifted silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.annotate.document import Document, as_document
from pipeline.annotate.formats.place import fit
from pipeline.errors import InputError

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its module, whether it is a folder, and what survives a round trip."""

    module: str
    title: str
    folder: bool
    keeps: tuple[str, ...]


_ALL = ("mentions", "relations", "documents", "meta")
FORMATS: dict[str, Format] = {
    "jsonl": Format("jsonl", "gold JSONL", False, _ALL),
    "prodigy": Format("prodigy", "Prodigy JSONL", False, _ALL),
    "doccano": Format("doccano", "doccano JSONL", False, _ALL),
    "label_studio": Format("label_studio", "Label Studio JSON", False, _ALL),
    "docbin": Format("docbin", "spaCy DocBin", False, _ALL),
    "conll": Format("conll", "CoNLL / BIO", False, ("mentions",)),
    "brat": Format("brat", "brat standoff", True, ("mentions", "relations", "numbered documents")),
    "cas_json": Format("cas", "UIMA CAS JSON (INCEpTION)", True,
                       ("mentions", "relations", "documents")),
    "cas_xmi": Format("cas", "UIMA CAS XMI (INCEpTION)", True,
                      ("mentions", "relations", "documents")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """Something to know about one row of an import: where, and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Imported:
    """What an import gave: documents, rows left out, rows converted."""

    documents: list[Document] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


# What code raises that meets values of another type than it was promised.
_MALFORMED = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)

# Where a row stands, and what makes a document of it as the tool has it, or its fault.
Raw = tuple[str, Mapping[str, Any] | str | Callable[[], Mapping[str, Any]]]


def _format(name: str) -> tuple[Format, Any]:
    if name not in FORMATS:
        raise InputError(f"format {name!r} is unknown; there are {', '.join(FORMATS)}")
    return FORMATS[name], import_module(f"{__name__}.{FORMATS[name].module}")


def write(documents: Iterable[Any], path: str | Path, format: str = "jsonl") -> Path:
    """Write documents to a file, or to a folder where the format is one.

    Raises:
        InputError: the format is unknown, or can't carry a document.
        MissingExtra: the format needs a package that is not installed.
    """
    kind, module = _format(format)
    target = Path(path)
    rows = [as_document(d) for d in documents]
    writer: Callable[[Sequence[Document], Path, str], None] = module.write
    try:
        (target if kind.folder else target.parent).mkdir(parents=True, exist_ok=True)
        writer(rows, target, format)
    except OSError as error:
        raise InputError(f"{target} can't be written: {error}") from error
    return target


def read(
    path: str | Path,
    format: str = "jsonl",
    *,
    texts: Texts | None = None,
    offsets: str | None = None,
) -> Imported:
    """Read another tool's annotations.

    Args:
        texts: the original texts by id, where the tool may have changed them (CoNLL has
            none at all); spans are brought to these.
        offsets: "code points" or "UTF-16 units", for formats that state no surfaces.

    Raises:
        InputError: the format is unknown or the file can't be read as such.
        MissingExtra: the format needs a package that is not installed.
    """
    _, module = _format(format)
    if offsets not in (None, "code points", "UTF-16 units"):
        raise InputError(f"offsets {offsets!r}: say 'code points' or 'UTF-16 units'")
    reader: Callable[[Path, Texts], Iterator[Raw]] = module.read
    out = Imported()
    texts = texts or {}
    try:
        for where, raw in reader(Path(path), texts):
            if isinstance(raw, str):
                out.problems.append(Row(where, raw))
                continue
            try:
                row = raw() if callable(raw) else raw
                fitted = fit(row, texts.get(str(row.get("id"))), offsets)
                if fitted.document is None:
                    out.problems.append(Row(where, str(fitted.reason)))
                    continue
                out.documents.append(as_document(fitted.document))
            except _MALFORMED as error:
                why = f"not as {format} has it: {type(error).__name__}: {error}"
                out.problems.append(Row(where, why))
                continue
            if fitted.counted != "code points":
                out.notes.append(Row(where, f"its offsets count {fitted.counted}: converted"))
    except InputError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}") from error
    except _MALFORMED as error:
        why = f"not as {format} has it, and not read from here on: {type(error).__name__}: {error}"
        out.problems.append(Row(str(path), why))
    return out
