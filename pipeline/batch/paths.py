"""The files that belong to an output, named after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.errors import ConfigError

OutputFormat = Literal["jsonl", "parquet", "sqlite"]

_FORMATS: dict[str, OutputFormat] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


@dataclass(frozen=True, slots=True)
class OutputPaths:
    """``records.jsonl`` and what lies beside it, during a run and after.

    >>> OutputPaths(Path("out/records.jsonl")).errors.name
    'records.errors.jsonl'
    """

    output: Path

    @property
    def format(self) -> OutputFormat:
        """What the suffix asks for. Raises ConfigError if it asks for nothing known."""
        found = _FORMATS.get(self.output.suffix.lower())
        if found is None:
            raise ConfigError(
                f"{self.output}: the output's name must end in .jsonl, .parquet or .sqlite"
            )
        return found

    def _beside(self, suffix: str) -> Path:
        return self.output.with_name(self.output.name + suffix)

    @property
    def errors(self) -> Path:
        """Dead letters, if there are any."""
        return self.output.with_name(f"{self.output.stem}.errors.jsonl")

    @property
    def manifest(self) -> Path:
        """What was read with what, when, and what came of it."""
        return self.output.with_name(f"{self.output.stem}.manifest.json")

    def table(self, name: str) -> Path:
        """A flat Parquet table: mentions, documents, assignments."""
        return self.output.with_name(f"{self.output.stem}.{name}.parquet")

    @property
    def part(self) -> Path:
        """Records as they come, during a run."""
        return self._beside(".part")

    @property
    def errors_part(self) -> Path:
        """Dead letters as they come, during a run."""
        return self._beside(".errors.part")

    @property
    def state(self) -> Path:
        """The journal, during a run."""
        return self._beside(".state")

    @property
    def lock(self) -> Path:
        """Held during a run."""
        return self._beside(".lock")

    def unfinished(self) -> tuple[Path, ...]:
        """What a run leaves behind when it is stopped."""
        journal = self.state.with_name(self.state.name + "-journal")
        return (self.part, self.errors_part, self.state, journal)
