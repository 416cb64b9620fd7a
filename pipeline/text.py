"""Cleaning with a way back: every cleaned character knows where it came from.

``clean`` makes text that underthesea and the rules can rely on (NFC, one kind of
space, one kind of line break, Đ instead of the look-alike Ð); ``CleanText.to_raw``
maps a span of it to the caller's text, in code points.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Characters that carry nothing and break words: zero-width, soft hyphen, joiners,
# byte-order mark, and the marks of writing direction.
_DROPPED = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_LINE_BREAKS = "\r\u000b\u000c\u0085\u2028\u2029"
_SPACES = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_ODD = re.compile(f"[{_DROPPED}{_LINE_BREAKS}{_SPACES}{_CONTROLS}ÐðƉ\ud800-\udfff]")

_SPACE_RE = re.compile(f"[{_SPACES}]")
_CONTROL_RE = re.compile(f"[{_CONTROLS}]")
_DROP_RE = re.compile(f"[{_DROPPED}]")

_BOILERPLATE = re.compile(
    # Captions, widgets and counters that news pages leave between paragraphs.
    r"""(?ix) ^[ ]*(?:
        ảnh[ ]minh[ ]h(?:ọa|oạ)(?:[ ]*[|.:])?         # "Ảnh minh họa |"
      | (?:ảnh|nguồn[ ]ảnh)[ ]*:[^\n]{0,60}           # "Ảnh: TTXVN"
      | user([ ]image)?                               # "user image"
      | bài[ ]viết[ ]hay\?[^\n]{0,60}                 # "Bài viết hay? Hãy đánh giá bài viết"
      | ý[ ]kiến([ ]bạn[ ]đọc)?                       # "Ý kiến bạn đọc"
      | tổng[ ]lượt[ ]bình[ ]luận | refresh           # comment counters
      | tin([ ]khác|[ ]liên[ ]quan)                   # "Tin liên quan"
      | chia[ ]sẻ | in[ ]bài([ ]viết)? | gửi[ ]email | quay[ ]lại
    )[ ]*$""",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class CleanText:
    """Cleaned text and, where it differs from the raw text, the place of each character.

    ``starts[i]:ends[i]`` is the raw span that cleaned character ``i`` stands for;
    both are ``None`` when cleaning changed no length.
    """

    raw: str
    text: str
    starts: Sequence[int] | None
    ends: Sequence[int] | None

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Map a non-empty span of ``text`` to the span of ``raw`` it stands for.

        >>> clean("Uy\\u0309 ban").to_raw(0, 2)   # "Uỷ", decomposed in the raw text
        (0, 3)
        """
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def whole(self, start: int, end: int) -> int:
        """Where a span of ``text`` may begin so that it shares no raw character with what
        stands before it; ``end`` if nowhere.

        Marks that NFC can't take in stay behind the letter, and all of them stand for the
        whole raw run: a span that began between them would overlap one that ended there.

        >>> cleaned = clean("u\\u031b\\u0300\\u0300")    # "ừ" and a second grave accent
        >>> len(cleaned.text), cleaned.whole(0, 2), cleaned.whole(1, 2)
        (2, 0, 2)
        """
        if self.starts is not None and self.ends is not None:
            while 0 < start < end and self.ends[start - 1] > self.starts[start]:
                start += 1
        return start

    def from_raw(self, start: int, end: int) -> tuple[int, int]:
        """The smallest span of ``text`` that covers what is left of a raw span.

        >>> clean("a\\u200bb").from_raw(2, 3)
        (1, 2)
        """
        if self.starts is None or self.ends is None:
            return start, end
        first = bisect_right(self.ends, start)
        last = bisect_right(self.starts, end - 1)
        return first, max(first, last)


def clean(raw: str) -> CleanText:
    """Clean ``raw`` and keep the way back. Idempotent on its own output.

    >>> clean("Ủy ban\\u00a0nhân dân\\r\\nÐà Nẵng").text
    'Ủy ban nhân dân\\nĐà Nẵng'
    """
    kept, places = _replace_odd(raw) if _ODD.search(raw) else (raw, None)
    if unicodedata.is_normalized("NFC", kept):
        if places is None:
            return CleanText(raw, kept, None, None)
        return CleanText(raw, kept, places, [p + 1 for p in places])
    return _compose(raw, kept, places)


def _replace_odd(raw: str) -> tuple[str, list[int] | None]:
    """Replace odd characters one for one, drop the empty ones; places if any was dropped."""
    text = _SPACE_RE.sub(" ", raw)
    text = _CONTROL_RE.sub(" ", text)
    text = text.translate(_ONE_FOR_ONE)
    if "\r" not in text and not _DROP_RE.search(text):
        return text, None
    dropped = {m.start() for m in re.finditer(f"[{_DROPPED}]|\r(?=\n)", text)}
    places = [i for i in range(len(text)) if i not in dropped]
    return "".join(text[i] for i in places).replace("\r", "\n"), places


_ONE_FOR_ONE = {ord(c): "\n" for c in "\u000b\u000c\u0085\u2028\u2029"}
_ONE_FOR_ONE |= {0xD0: "Đ", 0xF0: "đ", 0x189: "Đ"}
_ONE_FOR_ONE |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@lru_cache(maxsize=1)
def _composing() -> re.Pattern[str]:
    """A character with what may compose with it, or alone but changed by NFC."""
    combining, changed = [], []
    for code in range(0x80, 0x30000):
        char = chr(code)
        if unicodedata.combining(char) or 0x1161 <= code <= 0x1175 or 0x11A8 <= code <= 0x11C2:
            combining.append(char)
        elif unicodedata.normalize("NFC", char) != char:
            changed.append(char)
    # A few spacing vowel signs of Indic scripts compose although their class is 0.
    combining += [chr(c) for c in (0x9BE, 0x9D7, 0xB3E, 0xB56, 0xB57, 0xBBE, 0xBD7, 0xCC2,
                                   0xCD5, 0xCD6, 0xD3E, 0xD57, 0xDCF, 0xDDF, 0x102E, 0x1B35,
                                   0x11127, 0x1133E, 0x11357, 0x114B0, 0x114BA, 0x114BD, 0x115AF,
                                   0x11930)]  # fmt: skip
    marks = "".join(map(re.escape, combining))
    alone = "".join(map(re.escape, changed))
    return re.compile(f"[^{marks}]?[{marks}]+|[{alone}]")


def _compose(raw: str, text: str, places: list[int] | None) -> CleanText:
    """NFC run by run, so that each composed character covers the run it came from."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0

    def keep(a: int, b: int) -> None:
        parts.append(text[a:b])
        if places is None:
            starts.extend(range(a, b))
            ends.extend(range(a + 1, b + 1))
        else:
            starts.extend(places[a:b])
            ends.extend(p + 1 for p in places[a:b])

    for match in _composing().finditer(text):
        a, b = match.span()
        composed = unicodedata.normalize("NFC", match.group())
        if composed == match.group():
            continue
        keep(at, a)
        parts.append(composed)
        first = a if places is None else places[a]
        last = b if places is None else places[b - 1] + 1
        starts.extend([first] * len(composed))
        ends.extend([last] * len(composed))
        at = b
    keep(at, len(text))
    return CleanText(raw, "".join(parts), starts, ends)


def boilerplate(text: str) -> list[tuple[int, int]]:
    """Spans of lines that belong to the page and not to the article.

    >>> boilerplate("Ảnh minh họa |\\nUBND tỉnh yêu cầu")
    [(0, 14)]
    """
    return [match.span() for match in _BOILERPLATE.finditer(text)]


# Old placement of tone marks to new (hoà → hòa, thuỷ → thủy, khoẻ → khỏe) and back.
# Both are one code point for one, so offsets hold. After q the u is a consonant's
# part: "quý", "quà" have one placement only.
_OA = dict(zip("àáảãạ", "òóỏõọ", strict=True))
_OE = dict(zip("èéẻẽẹ", "òóỏõọ", strict=True))
_UY = dict(zip("ỳýỷỹỵ", "ùúủũụ", strict=True))
_OLD_TONE = re.compile(r"(?i)(?:(?<=[^\W\d_])|\b)(o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?![^\W\d_])")
_NEW_TONE = re.compile(r"(?i)([òóỏõọ][ae]|(?<!q)[ùúủũụ]y)(?![^\W\d_])")
_TO_NEW = {
    old + vowel: new + base
    for table, old, base in ((_OA, "o", "a"), (_OE, "o", "e"), (_UY, "u", "y"))
    for vowel, new in table.items()
}
_TO_OLD = {new: old for old, new in _TO_NEW.items()}


def _retone(match: re.Match[str], table: dict[str, str]) -> str:
    pair = match.group()
    mapped = table[pair.lower()]
    return "".join(m.upper() if c.isupper() else m for c, m in zip(pair, mapped, strict=True))


def new_tone(text: str) -> str:
    """Tone marks where the spelling rules of today put them; same length.

    >>> new_tone("Uỷ ban, hoà bình, quý")
    'Ủy ban, hòa bình, quý'
    """
    return _OLD_TONE.sub(lambda m: _retone(m, _TO_NEW), text)


def old_tone(text: str) -> str:
    """Tone marks as PhoBERT's vocabulary has them; same length.

    >>> old_tone("Ủy ban, hòa bình, hòan")
    'Uỷ ban, hoà bình, hòan'
    """
    return _NEW_TONE.sub(lambda m: _retone(m, _TO_OLD), text)
