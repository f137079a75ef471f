"""A page about one coefficient of one model, of an example or of the visitor's file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from engine import Comparison, compare
from pages.parts.lesson.state import State, choice, text
from pages.parts.model_controls import model_left
from pages.parts.source_controls import FILE, FIRST, TITLES, YourDataState, kept_file, kept_source

Made = TypeVar("Made")


@dataclass(frozen=True)
class ModelState(State, page="model", script=""):
    """The data, the model and the coefficient; a page adds what else it is set to.

    Attributes
    ----------
    data
        Name of an example, or `FILE`.
    file
        Name of the visitor's file.
    formula
        The model, without blanks; empty for the one the example is known for.
    coefficient
        Name of one of its coefficients.
    """

    data: str = choice(FIRST, TITLES, param="data", labels=TITLES)
    file: str = text(param="file")
    formula: str = text(param="formula", most=2_000)
    coefficient: str = text(param="coefficient")


def made_of(
    state: ModelState, of_example: Callable[[str], Made], of_fits: Callable[[Comparison], Made]
) -> Made | None:
    """Return what a page shows of its model, or None without the file or a model of it.

    The last one that is not an example's own is kept by the visit, which alone has the rows.

    Parameters
    ----------
    state
        What the page is set to.
    of_example
        Returns it for an example with the model it is known for, by the example's name.
    of_fits
        Makes it of both fits.

    Raises
    ------
    BetwixtError
        The models have no answer on these data; the message says why.
    """
    if state.data != FILE and not state.formula:
        return of_example(state.data)
    memory = f"{state.page}.own"
    source = kept_source(state.data, state.file)
    if source is None or not state.formula:
        st.session_state.pop(memory, None)
        return None
    wanted = (source.key, state.formula)
    own: tuple[tuple[str, str], Made] | None = st.session_state.get(memory)
    if own is None or own[0] != wanted:
        own = st.session_state[memory] = (wanted, of_fits(compare(source.frame, state.formula)))
    return own[1]


def data_control(page: type[ModelState], on_change: Callable[[], None]) -> None:
    """Show which data a page is about.

    Parameters
    ----------
    page
        The page's state.
    on_change
        Called when other data are chosen; `newly_chosen` says which.
    """
    st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        key=page.key("data"),
        persist_state="session",
        on_change=on_change,
    )


def newly_chosen(page: type[ModelState]) -> dict[str, Any]:
    """Return data, file and formula after a choice of data: the model last chosen for a file."""
    data = st.session_state[page.key("data")]
    file = kept_file() if data == FILE else ""
    source = kept_source(data, file) if file else None
    return {"data": data, "file": file, "formula": model_left(source) if source else ""}


def model_on_your_data(state: YourDataState) -> dict[str, Any]:
    """Return data, file and formula of the model that stands on *Your data*."""
    file = state.file if state.example == FILE else ""
    return {"data": state.example, "file": file, "formula": state.formula}
