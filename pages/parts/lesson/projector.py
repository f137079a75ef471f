"""A figure for a projector: nothing in it smaller than can be read from the last row."""

from __future__ import annotations

from typing import Any

from engine.figures.base import Figure

# The smallest type of a projected figure, in pixels, and how much wider margins must be for it.
SMALLEST, WIDER = 18, 1.4


def enlarged(figure: Figure) -> Figure:
    """Return the figure in large type."""
    layout = _enlarged(figure["layout"])
    layout["font"] = {**layout.get("font", {}), "size": SMALLEST}
    margin = layout.get("margin", {})
    layout["margin"] = {side: round(WIDER * pixels) for side, pixels in margin.items()}
    return {"data": [_enlarged(trace) for trace in figure["data"]], "layout": layout}


def _enlarged(part: Any) -> Any:
    """Raise every size of a font below this part."""
    if isinstance(part, list):
        return [_enlarged(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {name: _enlarged(item) for name, item in part.items()}
    for name, font in found.items():
        if name.endswith("font") and isinstance(font, dict) and "size" in font:
            found[name] = {**font, "size": max(SMALLEST, font["size"])}
    return found
