"""Errors this package raises; nothing else escapes a public function.

PipelineError
├── InputError        the caller's text or file can't be used
├── ConfigError       an option or a model folder's settings make no sense
├── ModelNotFound     no model where one was looked for
├── ModelCorrupt      a model file differs from its SHA256SUMS
├── AlignmentError    a segmenter's word isn't in the text (a bug: please report)
├── CorpusError       training or correction rows that can't be used
├── WorseModel        a retrained model is worse than the one it would replace
└── MissingExtra      an optional dependency isn't installed

Each message says what is wrong, where, and what to do.
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of all errors of this package."""


class InputError(PipelineError, ValueError):
    """The caller's text or file can't be used."""


class ConfigError(PipelineError, ValueError):
    """An option, or the settings in a model folder, make no sense."""


class ModelNotFound(PipelineError, FileNotFoundError):
    """There is no model where one was looked for."""


class ModelCorrupt(PipelineError):
    """A model file is missing, unreadable or not the one its SHA256SUMS names."""


class AlignmentError(PipelineError):
    """A word of the segmenter isn't in the text at its place."""


class CorpusError(PipelineError, ValueError):
    """Rows of a corpus that can't be used, each named with its place and reason."""


class WorseModel(PipelineError):
    """A retrained model is worse on the held-out documents; nothing was replaced."""


class MissingExtra(PipelineError, ImportError):
    """An optional dependency isn't installed; the message has the command that does it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: run  pip install 'vn-directives[{extra}]'")
        self.package = package
        self.extra = extra
