"""Vietnamese government directives, from raw text to records.

>>> from pipeline import extract                            # doctest: +SKIP
>>> extract("UBND thành phố Hà Nội vừa ban hành Công văn số 2458/UBND-SNV.").mentions[0].text
'UBND thành phố Hà Nội'

Importing this package loads nothing heavy; names are resolved when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.__about__ import __version__
from pipeline.errors import PipelineError
from pipeline.labels import Label

if TYPE_CHECKING:
    from pipeline.api import extract, extract_many, load
    from pipeline.schema import Record

_LAZY = {
    "extract": "pipeline.api",
    "extract_many": "pipeline.api",
    "load": "pipeline.api",
    "Record": "pipeline.schema",
}

__all__ = ["Label", "PipelineError", "Record", "__version__", "extract", "extract_many", "load"]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
