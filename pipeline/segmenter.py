"""underthesea's word segmentation of a line: its tokens, and which go on with a word.

The tokens are found with underthesea's own pattern, stretch by stretch between spaces, and
kept; its model is read by :mod:`pipeline.word_model`. Where that could differ, or the model
is another than the one that was compared, ``underthesea.word_tokenize`` does the work.
"""

from __future__ import annotations

import hashlib
import pickletools
import re
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import AlignmentError
from pipeline.word_model import Properties, WordModel

# The model and dictionary whose words were compared with word_tokenize's: underthesea 9.5's.
KNOWN_MODEL = (
    "c3a64c64349f1d73304f89babacaa8f8cd6078b1ec1a1b2c104e9e411ac1d2c3",
    "ec8c62b3881c6682c18959988e1fe08800cc835777778845bded470ca02745d9",
)
MAX_KEPT = 64  # characters of what is remembered: long strings don't come again
_STRETCH = re.compile(r"\S+")  # no token of underthesea's holds white space


_lock = threading.Lock()


class Line(NamedTuple):
    """Tokens of a line: their spans in the text, and whether they go on with a word."""

    spans: list[tuple[int, int]]
    goes_on: list[bool]


class Segmenter:
    """underthesea, imported and loaded once. Safe to share between threads."""

    def __init__(self) -> None:
        self._word_tokenize = _import_word_tokenize()
        self._warm = False
        self._tokens = lru_cache(maxsize=20_000)(self._find)
        self._model: WordModel | None = None
        try:
            tokens = import_module("underthesea.pipeline.word_tokenize.regex_tokenize")
            self._pattern: re.Pattern[str] = tokens.patterns
            self._normalize: Callable[[str], str] = tokens.normalize_characters_in_text
            self._model = _known_model(Path(str(tokens.__file__)).parent / "models")
        except (ImportError, AttributeError):  # an underthesea that is made in another way
            return

    def line(self, text: str, start: int, end: int) -> Line:
        """Segment ``text[start:end]``, which holds no line break.

        Raises :class:`~pipeline.errors.AlignmentError` if a character would be lost.
        """
        if self._model is not None:
            line = text[start:end]
            if self._normalize(line) == line:
                words, spans = [], []
                for match in _STRETCH.finditer(text, start, end):
                    at, stop = match.span()
                    # What follows a stretch matters to a few patterns: a space or the end.
                    stretch = text[at : stop + 1] if stop < end else text[at:stop]
                    find = self._tokens if stop - at < MAX_KEPT else self._find
                    for token, a, b in find(stretch):
                        words.append(token)
                        spans.append((at + a, at + b))
                goes_on = self._model.goes_on(words)
                if goes_on is not None:
                    return Line(spans, goes_on)
        return self._asked(text, start, end)

    def _find(self, stretch: str) -> list[tuple[str, int, int]]:
        return [(m.group(), *m.span()) for m in self._pattern.finditer(stretch)]

    def _asked(self, text: str, start: int, end: int) -> Line:
        """The same from ``word_tokenize``, whose words are found again in the text."""
        spans: list[tuple[int, int]] = []
        goes_on: list[bool] = []
        at = start
        with _lock:  # it loads its model at the first call, and threads may not meet there
            if not self._warm:
                self._word_tokenize("khởi động", use_token_normalize=False)
                self._warm = True
        for word in self._word_tokenize(text[start:end], use_token_normalize=False):
            for i, token in enumerate(word.split()):
                found = text.find(token, at, end)
                if found < 0 or (found > at and text[at:found].strip()):
                    raise AlignmentError(
                        f"the segmenter gave {token!r}, which is not at offset {at} of the "
                        f"cleaned text: {text[at : at + 40]!r}; please report this text"
                    )
                at = found + len(token)
                spans.append((found, at))
                goes_on.append(i > 0)
        if text[at:end].strip():
            raise AlignmentError(
                f"the segmenter dropped {text[at:end].strip()[:40]!r} at offset {at} of the "
                "cleaned text; please report this text"
            )
        return Line(spans, goes_on)


def _known_model(folder: Path) -> WordModel | None:
    """The word model that underthesea brings, if it is the one we compared."""
    for file in folder.glob("*/models.bin"):
        data, words = file.read_bytes(), (file.parent / "dictionary.bin").read_bytes()
        if tuple(hashlib.sha256(x).hexdigest() for x in (data, words)) == KNOWN_MODEL:
            return WordModel(data, _strings_of(words), _look())
    return None


def _strings_of(pickled: bytes) -> set[str]:
    """The strings of a pickled set: read off its codes, nothing is unpickled."""
    return {value for _, value, _ in pickletools.genops(pickled) if isinstance(value, str)}


def _look() -> Callable[[str], Properties]:
    """What underthesea's own features say of a token."""
    templates = [f"T[0].{name}" for name in Properties._fields]
    featurizer = import_module("underthesea_core").CRFFeaturizer(templates, set())

    def look(token: str) -> Properties:
        ((features,),) = featurizer.process([[[token]]])
        return Properties(*[feature.partition("=")[2] for feature in features])

    return look


_segmenter: Segmenter | None = None


def segmenter() -> Segmenter:
    """The one of this process, made at the first call, whatever the threads."""
    global _segmenter
    if _segmenter is None:
        with _lock:
            if _segmenter is None:
                _segmenter = Segmenter()
    return _segmenter


def segmenter_version() -> str:
    """``underthesea 9.5.0``, as records state it."""
    return f"underthesea {metadata.version('underthesea')}"


# What ``import underthesea`` tries to load besides the segmenter; some bring torch along.
_OPTIONAL = {
    "classify": "underthesea.pipeline.classification",
    "sentiment": "underthesea.pipeline.sentiment",
    "lang_detect": "underthesea.pipeline.lang_detect",
    "dependency_parse": "underthesea.pipeline.dependency_parse",
    "translate": "underthesea.pipeline.translate",
    "agent": "underthesea.agent",
    "convert_address": "underthesea.address",
}


def _import_word_tokenize() -> Callable[..., list[str]]:
    """Import underthesea without its optional modules (0.7 s instead of 3 s beside torch).

    They are made unimportable for the moment, which underthesea takes for "not installed";
    afterwards ``underthesea.classify`` and the others load when first used.
    """
    if "underthesea" not in sys.modules:
        hidden = [name for name in _OPTIONAL.values() if name not in sys.modules]
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]
        try:
            underthesea = import_module("underthesea")
        finally:
            for name in hidden:
                sys.modules.pop(name, None)

        def later(name: str) -> Any:
            if name in _OPTIONAL:
                return getattr(import_module(_OPTIONAL[name]), name)
            raise AttributeError(f"module 'underthesea' has no attribute {name!r}")

        for name in _OPTIONAL:
            if getattr(underthesea, name, 0) is None:
                delattr(underthesea, name)
        underthesea.__getattr__ = later  # type: ignore[method-assign]
    found: Callable[..., list[str]] = import_module("underthesea").word_tokenize
    return found
