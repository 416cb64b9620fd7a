"""A reliability diagram as a small SVG, drawn without a plotting library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

SIZE, LEFT, TOP = 320, 56, 16
WIDTH, HEIGHT = LEFT + SIZE + 150, TOP + SIZE + 52
COLOURS = ("#8a8f98", "#1f6feb", "#d1660a", "#2e8b57", "#8250df")

Bins = Sequence[Mapping[str, float]]


def reliability_svg(bins: Mapping[str, Bins], fitted_on: str | None = None) -> str:
    """Share of right mentions over mean confidence, a line a file; circles grow with counts.

    The diagonal is what a trustworthy confidence gives (Guo et al. 2017). The file that the
    map was fitted on is drawn dashed.
    """
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        "<title>Reliability of the confidences</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_axes(),
    ]
    for k, (name, rows) in enumerate(bins.items()):
        colour = COLOURS[k % len(COLOURS)]
        dash = ' stroke-dasharray="5 4"' if name == fitted_on else ""
        points = [(*_at(row["confidence"], row["right"]), row["count"]) for row in rows]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}"{dash}/>')
        out += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{min(9.0, 2 + n**0.5 / 4):.1f}" '
            f'fill="{colour}" fill-opacity="0.75"/>'
            for x, y, n in points
        ]
        note = " (fitted on)" if name == fitted_on else ""
        y = TOP + 14 + 20 * k
        x = LEFT + SIZE + 14
        out += [
            f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>',
            f'<text x="{x + 16}" y="{y}" fill="#1f2328">{escape(name)}{note}</text>',
        ]
    return "\n".join([*out, "</svg>"]) + "\n"


def _at(confidence: float, right: float) -> tuple[float, float]:
    return LEFT + confidence * SIZE, TOP + (1 - right) * SIZE


def _axes() -> list[str]:
    out = []
    for i in range(0, 11, 2):
        x, y = _at(i / 10, i / 10)
        out += [
            f'<path d="M{LEFT} {y:.0f}H{LEFT + SIZE}M{x:.0f} {TOP}V{TOP + SIZE}" '
            'stroke="#e3e6ea" fill="none"/>',
            f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#57606a">'
            f"{i / 10:.1f}</text>",
            f'<text x="{x:.0f}" y="{TOP + SIZE + 18}" text-anchor="middle" fill="#57606a">'
            f"{i / 10:.1f}</text>",
        ]
    middle = TOP + SIZE // 2
    return [
        *out,
        f'<path d="M{LEFT} {TOP + SIZE}L{LEFT + SIZE} {TOP}" stroke="#9aa0a6" fill="none"/>',
        f'<text x="{LEFT + SIZE // 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#1f2328">'
        "mean confidence</text>",
        f'<text x="14" y="{middle}" text-anchor="middle" fill="#1f2328" '
        f'transform="rotate(-90 14 {middle})">share of mentions that are right</text>',
    ]
