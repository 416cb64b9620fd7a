"""Correcting labels: a notebook widget, its store, queue, agreement and file formats.

>>> from pipeline.annotate import Annotator                     # doctest: +SKIP
>>> Annotator(records, folder="corrections", annotator="lan")   # doctest: +SKIP

Everything but the two widgets works without a notebook; names are loaded when used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.annotate.agreement import agreements
    from pipeline.annotate.queue import Queue
    from pipeline.annotate.store import Store, corrections
    from pipeline.annotate.widget import Adjudicator, Annotator

_LAZY = {
    "Adjudicator": "pipeline.annotate.widget",
    "Annotator": "pipeline.annotate.widget",
    "Queue": "pipeline.annotate.queue",
    "Store": "pipeline.annotate.store",
    "agreements": "pipeline.annotate.agreement",
    "corrections": "pipeline.annotate.store",
}

__all__ = ["Adjudicator", "Annotator", "Queue", "Store", "agreements", "corrections"]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
