"""The palette of figures that follow the browser's light or dark mode by themselves."""

from dataclasses import fields

from engine.figures.base import PALETTES, Palette

_LIGHT, _DARK = PALETTES["light"], PALETTES["dark"]


def palette() -> Palette:
    """Return colours that name both modes; a live figure takes the one the visitor sees.

    A change of mode then needs no answer of the server, which would only hear of it with the
    next control that moves.
    """
    pairs = {
        field.name: f"light-dark({getattr(_LIGHT, field.name)}, {getattr(_DARK, field.name)})"
        for field in fields(Palette)
    }
    return Palette(**pairs)
