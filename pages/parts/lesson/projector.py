"""What every lecture view has: large type, keys that take the steps, and the way there and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from engine.figures.base import Figure
from pages.parts.lesson import session
from pages.parts.live.assets import loader
from pages.parts.live.mode import plain, report_missing

# Keys of the buttons that lead to the steps beside the present one, or of boxes around links there.
NEXT, BACK = "lesson-next", "lesson-back"
# Parameters of the address of a lecture view.
LECTURE = {"view": "lecture"}

# Type of a projected figure in pixels: the smallest, and that of what a figure sets larger than the
# rest, which are its estimates. Margins must be wider for it.
SMALLEST, LARGE, WIDER = 18, 24, 1.4
# A figure's usual type.
_USUAL = 14


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
            found[name] = {**font, "size": LARGE if font["size"] > _USUAL else SMALLEST}
    return found


# It shows nothing: the style sheet of the frame hides it.
_keys = st.components.v2.component("lesson_keys", js=loader("keys.js"), isolate_styles=False)


def take_keys(lecture: bool) -> None:
    """Let keys press `NEXT` and `BACK` in a lecture; an answer under way is waited for anywhere."""
    keys = {"ArrowRight": NEXT, "PageDown": NEXT, "ArrowLeft": BACK, "PageUp": BACK}
    if not plain():
        _keys(
            key="course-keys",
            data={"keys": keys if lecture else {}, "answer": NEXT},
            on_missing_change=lambda: report_missing("course-keys"),
        )


@dataclass(frozen=True)
class Neighbour:
    """A page before or after one in the course.

    Attributes
    ----------
    title
        What it is called.
    page
        The page.
    step
        The step at which its lecture view is entered; empty if it has no such view.
    """

    title: str
    page: st.Page
    step: str = ""


def neighbour_link(neighbour: Neighbour, key: str, label: str, lecture: bool) -> None:
    """Link to a neighbour, in a lecture to its lecture view, where a key leads there too.

    Parameters
    ----------
    neighbour
        The page.
    key
        `NEXT` or `BACK`. No key leads out of the lecture.
    label
        What the link says.
    lecture
        Whether the present view is the one for a projector.
    """
    stays = lecture and bool(neighbour.step)
    with st.container(key=key if stays else f"{key}-page", width="content"):
        st.page_link(
            neighbour.page,
            label=label,
            icon=":material/arrow_forward:" if key == NEXT else None,
            query_params=session.anew({**LECTURE, "step": neighbour.step}) if stays else None,
        )


def view_button(
    lecture: bool, turn: Callable[..., None], *args: Any, explained: bool = True
) -> None:
    """The switch between the view for a projector and the one for a reader.

    Parameters
    ----------
    lecture
        Whether the present view is the one for a projector.
    turn, args
        What changes the view, and what to call it with.
    explained
        Whether pointing at it says what it is.
    """
    what = "One figure and one sentence, in large type; the keys → and ← take the steps."
    st.button(
        "Study view" if lecture else "Lecture view",
        on_click=turn,
        args=args,
        key="lesson-view",
        type="tertiary",
        icon=":material/slideshow:",
        help=what if explained and not lecture else None,
    )
