"""Small lines of numbers as SVG paths, drawn on the server."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 88, 22, 2.0


def path(values: Sequence[int | None]) -> str:
    """The `d` of an SVG path over `values` from left to right; None leaves a gap. Empty without two numbers in a row.

    Scaled to the values' own range, since a sparkline shows the shape and the number stands beside it.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    parts = []
    pen_down = False
    for place, value in enumerate(values):
        if value is not None:
            share = (value - low) / (high - low) if high > low else 0.5
            x, y = MARGIN + place * step, HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
            parts.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = value is not None
    return "".join(parts)
