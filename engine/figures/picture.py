"""Rows and both lines as a small picture, an image without scripts for a page with many."""

from __future__ import annotations

from engine.data.moments import FloatArray
from engine.figures.base import PALETTES
from engine.figures.course import FittedLines

# As many rows are enough to recognise data by.
_MOST_ROWS = 150
_WIDTH, _HEIGHT, _EDGE = 320.0, 140.0, 6.0
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - 2.0 * _EDGE, _HEIGHT - 2.0 * _EDGE
_STYLE = "".join(
    f"{rule}circle{{fill:{colours.data};fill-opacity:.55}}"
    f".ols{{stroke:{colours.ols}}}.mixed{{stroke:{colours.mixed}}}{end}"
    for rule, end, colours in (
        ("", "", PALETTES["light"]),
        ("@media (prefers-color-scheme:dark){", "}", PALETTES["dark"]),
    )
)


def picture(fitted: FittedLines) -> str:
    """Draw the rows, OLS's dashed line and the mixed model's solid one, without axes.

    Parameters
    ----------
    fitted
        Rows and lines along one predictor.

    Returns
    -------
    str
        An SVG image, whose colours follow light and dark.
    """
    every = -(-len(fitted.x) // _MOST_ROWS)
    lines = [("mixed", "", each) for each in fitted.mixed]
    lines += [("ols", " stroke-dasharray='9 7'", each) for each in fitted.ols]
    heights = [fitted.y[::every], *(each for _, _, each in lines)]
    low = min(float(each.min()) for each in heights)
    high = max(float(each.max()) for each in heights)
    left, right = fitted.x_range

    def across(x: FloatArray) -> list[str]:
        return [f"{value:.1f}" for value in _EDGE + (x - left) / (right - left) * _INNER_WIDTH]

    def down(y: FloatArray) -> list[str]:
        return [f"{value:.1f}" for value in _EDGE + (high - y) / (high - low) * _INNER_HEIGHT]

    places = zip(across(fitted.x[::every]), down(fitted.y[::every]), strict=True)
    drawn = [f"<circle cx='{x}' cy='{y}' r='2.4'/>" for x, y in places]
    for name, dash, line in lines:
        ends = zip(across(fitted.grid), down(line), strict=True)
        points = " ".join(f"{x},{y}" for x, y in ends)
        drawn.append(
            f"<polyline class='{name}' points='{points}' fill='none' stroke-width='3.5'{dash}/>"
        )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH:g} {_HEIGHT:g}'>"
        f"<style>{_STYLE}</style>{''.join(drawn)}</svg>"
    )
