"""Rows and both lines as a small picture without scripts, for a page with many."""

from __future__ import annotations

from html import escape

from engine.data.moments import FloatArray
from engine.figures.base import Palette
from engine.figures.course import FittedLines

# As many rows are enough to recognise data by.
_MOST_ROWS = 150
_WIDTH, _HEIGHT, _EDGE = 320.0, 140.0, 6.0
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - 2.0 * _EDGE, _HEIGHT - 2.0 * _EDGE


def picture(fitted: FittedLines, palette: Palette, title: str) -> str:
    """Draw the rows, OLS's dashed line and the mixed model's solid one, without axes.

    Parameters
    ----------
    fitted
        Rows and lines along one predictor.
    palette
        Colours of the mode, or pairs of them that follow it.
    title
        What is said to who does not see it.

    Returns
    -------
    str
        An SVG element to stand in the page itself, whose colours it then follows.
    """
    every = -(-len(fitted.x) // _MOST_ROWS)
    lines = [("mixed", f"stroke:{palette.mixed}", each) for each in fitted.mixed]
    lines += [("ols", f"stroke:{palette.ols};stroke-dasharray:9 7", each) for each in fitted.ols]
    heights = [fitted.y[::every], *(each for _, _, each in lines)]
    low = min(float(each.min()) for each in heights)
    high = max(float(each.max()) for each in heights)
    left, right = fitted.x_range

    def across(x: FloatArray) -> list[str]:
        return [f"{value:.1f}" for value in _EDGE + (x - left) / (right - left) * _INNER_WIDTH]

    def down(y: FloatArray) -> list[str]:
        return [f"{value:.1f}" for value in _EDGE + (high - y) / (high - low) * _INNER_HEIGHT]

    places = zip(across(fitted.x[::every]), down(fitted.y[::every]), strict=True)
    dots = "".join(f"<circle cx='{x}' cy='{y}' r='2.4'/>" for x, y in places)
    drawn = [f"<g style='fill:{palette.data}' fill-opacity='.55'>{dots}</g>"]
    for name, style, line in lines:
        ends = zip(across(fitted.grid), down(line), strict=True)
        points = " ".join(f"{x},{y}" for x, y in ends)
        drawn.append(
            f"<polyline class='{name}' points='{points}' fill='none' stroke-width='3.5' "
            f"style='{style}'/>"
        )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH:g} {_HEIGHT:g}' "
        f"role='img' aria-label='{escape(title)}' style='display:block;width:100%'>"
        f"{''.join(drawn)}</svg>"
    )
