"""Picking a model: outcome, predictors and cluster from the columns, or a formula typed."""

import streamlit as st

from engine import FormulaError
from engine.data.formula.grammar import Formula, parse
from engine.data.formula.picked import Picked
from pages.parts.lesson import session
from pages.parts.source_controls import Source, YourDataState

_FORMULA, _TYPED = YourDataState.key("formula"), YourDataState.key("typed")
# Keys of the data shown last, of the models that other data were left with, of the model that the
# pickers were set to, and of the text field.
_SHOWN, _LEFT = "your-data.source", "your-data.models"
_PICKED, _TEXT = "your-data.picked", "your-data.text"


def forget_shown() -> None:
    """What the address says is meant for the data it names."""
    st.session_state.pop(_SHOWN, None)


def model_controls(source: Source) -> str | Formula | None:
    """Show the controls and return the formula, or None until enough is chosen or typed.

    Choices are kept per data set, so that going back to one finds it as it was left.
    """
    left = st.session_state.setdefault(_LEFT, {})
    if st.session_state.get(_SHOWN, source.key) != source.key:
        st.session_state[_FORMULA], st.session_state[_TYPED] = left.get(source.key, ("", False))
    st.session_state[_SHOWN] = source.key

    columns = [str(column) for column in source.frame.columns]
    wanted = session.present(YourDataState).formula or _compact(source.formula)
    picked = _picked(wanted, columns)
    if wanted and picked is None:
        # Pickers would show another model.
        st.session_state[_TYPED] = True
    typed = st.toggle(
        "Type the formula",
        key=_TYPED,
        persist_state="session",
        on_change=_give_up_text,
        args=(columns,),
        help="As for R's lmer, for example `y ~ a * b + (1 | g)`.",
    )
    formula = _text_field(wanted) if typed else _pickers(source.key, columns, picked, wanted)
    now = str(formula or "")
    own = bool(source.formula) and _compact(now) == _compact(source.formula)
    st.session_state[_FORMULA] = "" if own else _compact(now)
    st.session_state[_PICKED] = None if typed else (source.key, _compact(now))
    left[source.key] = (st.session_state[_FORMULA], typed)
    return formula


def model_left(source: Source) -> str:
    """Return the model that these data were left with; empty for their own, or for none."""
    return str(st.session_state.get(_LEFT, {}).get(source.key, ("", False))[0])


def _compact(text: str) -> str:
    """The formula as the address holds it; a text that is none stays as it is."""
    try:
        return parse(text).compact
    except FormulaError:
        return text


def _picked(text: str, columns: list[str]) -> Picked | None:
    """What the pickers have to show for a formula; None if they cannot."""
    try:
        formula = parse(text)
    except FormulaError:
        return None
    return Picked.of(formula) if set(formula.columns()) <= set(columns) else None


def _give_up_text(columns: list[str]) -> None:
    """Back to the pickers: a formula that they cannot show gives way to the data's own."""
    if not st.session_state[_TYPED] and _picked(st.session_state[_FORMULA], columns) is None:
        st.session_state[_FORMULA] = ""


def _text_field(wanted: str) -> str | None:
    if _compact(st.session_state.get(_TEXT, "").strip()) != wanted:
        try:
            st.session_state[_TEXT] = parse(wanted).text
        except FormulaError:
            st.session_state[_TEXT] = wanted
    text = st.text_input(
        "Formula",
        key=_TEXT,
        placeholder="y ~ x + (1 | g)",
        on_change=_take_text,
    )
    return text.strip() or None


def _take_text() -> None:
    st.session_state[_FORMULA] = _compact(st.session_state[_TEXT].strip())


def _pickers(source: str, columns: list[str], picked: Picked | None, wanted: str) -> Formula | None:
    keys = {
        name: f"your-data.{name} {source}"
        for name in ("outcome", "cluster", "predictors", "interaction")
    }
    if picked is not None and st.session_state.get(_PICKED) != (source, wanted):
        for name, key in keys.items():
            st.session_state[key] = getattr(picked, name)
        st.session_state[keys["predictors"]] = list(picked.predictors)
    outcome = st.selectbox(
        "Outcome",
        columns,
        index=None,
        placeholder="a column of numbers",
        key=keys["outcome"],
        persist_state="session",
    )
    cluster = st.selectbox(
        "Cluster",
        columns,
        index=None,
        placeholder="the column that groups rows",
        key=keys["cluster"],
        persist_state="session",
    )
    free = [column for column in columns if column not in (outcome, cluster)]
    predictors = st.multiselect(
        "Predictors",
        free,
        placeholder="none: only an intercept",
        key=keys["predictors"],
        persist_state="session",
    )
    interaction = len(predictors) > 1 and st.checkbox(
        "and all interactions", key=keys["interaction"], persist_state="session"
    )
    if outcome is None or cluster is None:
        return None
    formula = Picked(outcome, tuple(predictors), cluster, interaction).formula()
    st.code(formula.text, language=None, wrap_lines=True)
    return formula
