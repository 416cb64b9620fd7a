"""What a run is told, and which part of it must not change before the run goes on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pipeline.__about__ import __version__
from pipeline.readers.base import ReadOptions

CHUNK_DOCUMENTS = 32
CHUNK_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class ExtractorSpec:
    """How a worker makes its extractor: ``module:Class``, called with model and threads."""

    target: str = "pipeline.api:Extractor"
    model: str | None = None
    threads: int = 1

    def make(self) -> Any:
        """The extractor, loaded."""
        from importlib import import_module

        module, _, name = self.target.partition(":")
        return getattr(import_module(module), name)(model=self.model, threads=self.threads)


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """Everything about a run but its inputs and output.

    ``timeout`` is in seconds for one document; 0 workers means none but this process,
    without a timeout.
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    extractor: ExtractorSpec = field(default_factory=ExtractorSpec)
    workers: int = 1
    timeout: float = 120.0
    with_text: bool = False
    engine: str = "local"
    model_sha256: str | None = None

    def shaping(self) -> dict[str, Any]:
        """The options that shape the output: a run goes on only with the same ones.

        How many workers there are, the engine and the timeout are free to change.
        """
        return {
            **asdict(self.read),
            "with_text": self.with_text,
            "extractor": self.extractor.target,
            "model_sha256": self.model_sha256,
            "version": __version__,
        }


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What changed, in words.

    >>> differences({"encoding": "utf-8", "x": 1}, {"encoding": "auto", "x": 1})
    ["encoding was 'utf-8', is now 'auto'"]
    """
    keys = sorted(before.keys() | now.keys())
    return [
        f"{key} was {before.get(key)!r}, is now {now.get(key)!r}"
        for key in keys
        if before.get(key) != now.get(key)
    ]
