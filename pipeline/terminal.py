"""What a terminal is given to show: text from anywhere, which it must never obey."""

from __future__ import annotations

# What would steer a terminal (colours, the cursor, its title) or turn the line around, as
# the sign that stands for it; one for one, so that offsets hold.
_SIGNS = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_SIGNS |= {0x0D: 0x20, 0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_DIRECTIONS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C]
_SIGNS |= dict.fromkeys(_DIRECTIONS, 0xFFFD)
_SIGNS |= dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


def visible(text: str) -> str:
    r"""Text that a terminal shows and never obeys.

    >>> visible("Sở\x1b[31m Nội vụ")
    'Sở␛[31m Nội vụ'
    """
    return text.translate(_SIGNS)
