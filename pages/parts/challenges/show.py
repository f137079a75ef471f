"""A challenge: its goal, the figure, what may be moved, and how far one is.

It stands as a lesson's step does: question and controls at the left, the figure at the right, and
on a phone the figure pinned above the controls.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from engine import BetwixtError
from engine.challenges import CHALLENGES, Challenge, Played
from engine.data.formula.terms import INTERCEPT
from engine.figures.course import along
from engine.figures.lines import lines_figure
from engine.simulation import FIELDS
from engine.words.numbers import plural
from pages.parts.challenges.record import fewest_moves, may_solve, note_solved
from pages.parts.challenges.state import ChallengesState, at_start, open_challenge, start_of
from pages.parts.coefficients import BETWEEN, OVER_ROWS, RESIDUAL, coefficient_table
from pages.parts.frame import heading
from pages.parts.lesson import session
from pages.parts.lesson.actions import HEIGHT
from pages.parts.lesson.course import course_pages, lessons
from pages.parts.live import LiveFigure, Words, grabbed, live_panel, plain, rerun_parts
from pages.parts.live.assets import page_style
from pages.parts.markdown import escaped
from pages.parts.sandbox import OUTCOMES, handles, notes, place_rings, scenario_slider
from pages.parts.simulate_state import TREATED
from pages.parts.terms import with_terms
from pages.parts.theme import palette
from pages.server.turns import one_at_a_time

_key = ChallengesState.key
# Keys of the fragments: the whole page, the figure, and what is said of it beside the controls.
PAGE, FIGURE, PIECE = "challenge page", "challenge figure", "challenge piece"
# What the sliders have to say, so that they run again only if that changes.
_NOTES = "challenges.notes"
# What the figure shows, None where the rows have no answer.
_SHOWN = "challenges.shown"


def show_challenge(challenge: Challenge) -> None:
    """A challenge with everything around it; call it in the fragment of the key `PAGE`."""
    st.html(page_style("lesson.css"))
    place = CHALLENGES.index(challenge) + 1
    with st.container(key="lesson"):
        with st.container(key="lesson-head"):
            st.title(f"{place}. {challenge.title}", anchor=False)
            st.markdown(with_terms(f":material/target: **{escaped(challenge.goal)}**"))
        with st.container(key="lesson-figure"):
            heading("The figure")
            place_rings(_figure_key(challenge), _present().setup.means)
            _screen()
        with st.container(key="lesson-below"):
            heading("Controls and explanation")
            _controls(challenge)
            _piece()
            with st.expander("A hint", icon=":material/lightbulb:"):
                st.markdown(with_terms(escaped(challenge.hint)))
            _ways_on(challenge, place)


def _present() -> ChallengesState:
    return session.present(ChallengesState)


def _figure_key(challenge: Challenge) -> str:
    return f"challenges.{challenge.id}.figure"


# --- what a hand moves ----------------------------------------------------------------------------


def _controls(challenge: Challenge) -> None:
    st.session_state[_NOTES] = below = notes(_present().setup.scenario)

    def moved() -> None:
        _moved(())

    if challenge.controls:
        with st.container(key="lesson-controls"):
            for field in challenge.controls:
                start = getattr(challenge.start, field)
                scenario_slider(field, start, below, key=_key(field), on_change=moved)
    if challenge.rings:
        st.caption(
            "Each cluster can be moved: choose it below the figure, and type its mean."
            if plain()
            else "Each ring in the figure is a cluster: drag it up or down, or come to it with "
            "the Tab key and press arrow keys."
        )


def _moved(keys: Collection[str]) -> None:
    """A hand has moved sliders or rings; run again what they change besides the figure."""
    figure = _figure_key(_present().chosen)
    if figure in keys:
        st.session_state[_key("moved")] = dict(grabbed(figure).moved)
    if notes(_present().setup.scenario) != st.session_state.get(_NOTES):
        rerun_parts(PAGE)
    if not plain():
        rerun_parts(FIGURE, PIECE)


# --- the figure -----------------------------------------------------------------------------------


@st.fragment(key=FIGURE)
def _screen() -> None:
    """What a moving hand changes, run again without the rest."""
    now = _present()
    st.session_state[_SHOWN] = None
    if not now.challenge:
        return
    challenge, moves = now.chosen, now.setup.moves_from(now.chosen.start)
    with one_at_a_time:
        try:
            played = now.setup.played()
            solved = challenge.reached(played)
            _draw(challenge, played, moves, solved)
        except BetwixtError as error:
            st.error(escaped(str(error)))
            return
    st.session_state[_SHOWN] = played
    session.keep_address(now, start_of)
    if may_solve(challenge, reached=solved) and solved and note_solved(challenge, moves):
        st.rerun()  # the browser is to keep it


def _draw(challenge: Challenge, played: Played, moves: int, solved: bool) -> None:
    fitted = along(played.comparison, "condition", adjusted_to="zero")
    truth, key = played.simulated.truth, _figure_key(challenge)
    counted = plural(moves, "move")
    head = f"Solved, in {counted}." if solved else f"{counted} so far."
    said = f"{head} {challenge.so_far(played)}"
    figure = LiveFigure(
        lines_figure(
            fitted,
            palette(),
            truth=truth.intercept + truth.effect * np.array([0.0, 1.0]),
            y_range=OUTCOMES,
            height=HEIGHT,
        ),
        key=key,
        alt="y by condition: rows, a line for each cluster, OLS's line and the mixed model's line",
        height=HEIGHT,
        words=said,
        grab=handles(played.simulated, fitted) if challenge.rings else None,
    )
    known = {
        INTERCEPT: truth.intercept,
        OVER_ROWS: truth.intercept_of_rows,
        TREATED: truth.effect,
        BETWEEN: truth.between_variance,
        RESIDUAL: truth.residual_variance,
    }
    live_panel(
        [figure, Words(said), *coefficient_table(played.comparison, known)],
        key=key,
        sliders={_key(field): FIELDS[field].slider[:2] for field in challenge.controls},
        on_move=_moved,
    )


# --- what is said of it ---------------------------------------------------------------------------


@st.fragment(key=PIECE)
def _piece() -> None:
    """The moves, and what the goal shows once it is reached."""
    now, played = _present(), st.session_state.get(_SHOWN)
    if not now.challenge:
        return
    challenge, moves = now.chosen, now.setup.moves_from(now.chosen.start)
    with st.container(key="lesson-piece"):
        if played is not None and challenge.reached(played):
            st.success(
                f"**Solved, in {plural(moves, 'move')}.** {escaped(challenge.shows(played))}"
            )
            place = next(k for k, each in enumerate(lessons()) if each.id == challenge.lesson)
            st.page_link(
                course_pages()[place],
                label=f"Lesson {place + 1} explains it: {lessons()[place].title}",
                icon=":material/school:",
            )
        fewest = fewest_moves(challenge)
        best = f" Your fewest: {fewest}." if fewest else ""
        st.caption(f"It can be done in {plural(len(challenge.solution), 'move')}.{best}")


def _ways_on(challenge: Challenge, place: int) -> None:
    with st.container(
        key="lesson-buttons", horizontal=True, vertical_alignment="center", gap="small"
    ):
        st.button(
            "Start again", key="challenges.again", on_click=_start_again, icon=":material/replay:"
        )
        if place < len(CHALLENGES):
            st.button(
                "Next challenge",
                key="challenges.next",
                on_click=open_challenge,
                args=(CHALLENGES[place].id,),
                icon=":material/arrow_forward:",
                help=CHALLENGES[place].title,
            )
        with st.popover("Share", icon=":material/share:", key="challenge address"):
            st.markdown("This address starts the same challenge from the same data:")
            st.code(_address_of(challenge), language=None, wrap_lines=True)
            st.markdown("That of this page, in the browser, also says what you have moved.")
        st.button(
            "All challenges",
            key="challenges.all",
            on_click=open_challenge,
            args=("",),
            type="tertiary",
        )


def _start_again() -> None:
    open_challenge(_present().challenge)


def _address_of(challenge: Challenge) -> str:
    """Return the address at which the challenge starts."""
    state = at_start(challenge.id)
    return f"{st.context.url or state.path}?{urlencode(state.encode(start_of(state)))}"
