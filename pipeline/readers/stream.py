"""Bytes of a file: decompressed under a limit, cut into lines under a limit."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Iterator
from typing import IO, Any, cast

from pipeline.errors import MissingExtra
from pipeline.readers.base import BadInput, Source
from pipeline.readers.find import STDIN

# Text shrinks to a fifth, logs to a hundredth; below this no ratio is looked at.
EXPANSION_FREE = 50_000_000
_BLOCK = 1 << 20


class Expanding(io.RawIOBase):
    """A decompressed stream that stops when it has grown too large for its source."""

    def __init__(self, inner: Any, raw: IO[bytes], limit: int) -> None:
        self._inner, self._raw, self._limit = inner, raw, limit
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # read1: what a damaged file holds before the damage comes out before the error does.
        data = self._inner.read1(len(buffer))
        buffer[: len(data)] = data
        self._given += len(data)
        if self._given > EXPANSION_FREE and self._given > self._limit * max(1, self._raw.tell()):
            raise BadInput(
                "ExpansionLimit",
                f"grows to more than {self._limit} times its size (stopped after "
                f"{self._given:,} bytes); raise --max-expansion if it is what it should be",
            )
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


class Opened:
    """An open source: ``stream`` gives its decompressed bytes, ``position`` the raw place."""

    def __init__(self, source: Source, max_expansion: int) -> None:
        if source.path == STDIN:
            self._raw: IO[bytes] = sys.stdin.buffer
        else:
            self._raw = open(source.path, "rb")  # noqa: SIM115 - closed by __exit__
        try:
            inner = _decompressed(self._raw, source.compression)
        except Exception:
            self._raw.close()
            raise
        self.stream: io.BufferedReader = (
            cast(io.BufferedReader, self._raw)
            if inner is None
            else io.BufferedReader(Expanding(inner, self._raw, max_expansion), _BLOCK)
        )

    def position(self) -> int:
        """Bytes of the file that have been read."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return 0

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        if self._raw is not sys.stdin.buffer:
            self.stream.close()
            self._raw.close()


def _decompressed(raw: IO[bytes], compression: str | None) -> Any:
    if compression == "gz":
        return gzip.GzipFile(fileobj=raw)
    if compression == "xz":
        return lzma.LZMAFile(raw)
    if compression == "zst":
        try:
            import zstandard
        except ImportError:
            raise MissingExtra("zstandard", "formats") from None
        return _Zstd(raw, zstandard.ZstdDecompressor())
    return None


class _Zstd:
    """Frames of a .zst file; unlike the library's own reader it notices a truncated one."""

    # The most that so few bytes can become is 16 MB, so a bomb is seen in time.
    _FEED = 512

    def __init__(self, raw: IO[bytes], decompressor: Any) -> None:
        self._raw, self._new = raw, decompressor.decompressobj
        self._frame: Any = None
        self._rest = b""
        self._ready = bytearray()

    def read1(self, size: int) -> bytes:
        while not self._ready:
            feed = self._rest or self._raw.read(self._FEED)
            if not feed:
                if self._frame is not None:
                    raise EOFError("the last frame is not complete")
                return b""
            if self._frame is None:
                self._frame = self._new()
            self._ready += self._frame.decompress(feed)
            self._rest = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = None
        given = bytes(self._ready[:size])
        del self._ready[:size]
        return given

    def close(self) -> None:
        self._ready.clear()


def decompression_errors() -> tuple[type[Exception], ...]:
    """What a damaged compressed file raises."""
    errors: tuple[type[Exception], ...] = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
    if "zstandard" in sys.modules:
        errors += (sys.modules["zstandard"].ZstdError,)
    return errors


def read_all(stream: IO[bytes], limit: int) -> bytes | None:
    """All bytes, or None if there are more than ``limit``."""
    data = stream.read(limit + 1)
    return None if len(data) > limit else data


def lines(stream: io.BufferedReader, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Number from 1 and bytes of each line without its break; None for one over ``limit``.

    An overlong line is read through in blocks and never held.
    """
    number = 0
    while line := stream.readline(limit + 2):
        number += 1
        if len(line) <= limit + 1 or line.endswith(b"\n"):
            stripped = line.rstrip(b"\r\n")
            if len(stripped) <= limit:
                yield number, stripped
                continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BLOCK)
        yield number, None


def file_sha256(path: str) -> str:
    """SHA-256 of a file as stored, read in blocks."""
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def same_file(source: Source) -> bool:
    """Whether a source still has the size and time it was listed with."""
    try:
        stat = os.stat(source.path)
    except OSError:
        return source.size == 0 and source.mtime_ns == 0
    return (stat.st_size, stat.st_mtime_ns) == (source.size, source.mtime_ns)
