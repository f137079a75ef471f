"""The controls of Simulate: every one of them is in the address of the page."""

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from engine import simulate
from engine.simulation import (
    FIELDS,
    PRESETS,
    SHAPES,
    Preset,
    Simulated,
    possible,
    preset_of,
)
from pages.parts.lesson import session
from pages.parts.live import grabbed, live_slider, plain, rerun_parts
from pages.parts.sandbox import START, Notes, notes, place_rings, scenario_slider
from pages.parts.simulate_state import SimulateState, start_of
from pages.server.turns import one_at_a_time

_key = SimulateState.key
SITUATIONS = "simulate.situations"
# Key of the focal figure, where clusters can be taken by the hand.
FIGURE = "simulate"
# What the sliders for the rows of a cluster are called, before its number.
SIZE_OF = "simulate.size of cluster "
MOST_HAND_ROWS = 500
# Keys of the fragments: the whole page, and its parts that run again alone.
PAGE, SCREEN, BELOW, SIZE = "page", "screen", "below", "size of a cluster"
# What the controls and the size control show, so that they run again only if that changes.
SHOWN, SHOWN_CLUSTER = "simulate.shown", "simulate.cluster shown"
# What moves the screen only: sizes, the seed that names the file, and whether there are data at all
# stay as they are.
SCREEN_ONLY = {
    FIGURE,
    *map(_key, ("between_variance", "residual_variance", "effect", "intercept")),
}


@dataclass(frozen=True)
class Shown:
    """What the controls show beside their values.

    Attributes
    ----------
    situation, changed, resampled
        As of the page's state.
    notes
        What stands below the sliders.
    """

    situation: str
    changed: bool
    resampled: bool
    notes: Notes


def settings() -> SimulateState:
    """What the page is set to."""
    return session.present(SimulateState)


def page_head() -> None:
    """Name the page and the situation, and offer others."""
    title, situation = st.columns([5, 18], gap="medium", vertical_alignment="center")
    with title:
        st.title("Simulate", anchor=False)
    with situation:
        menu, about = st.columns([9, 11], gap="medium", vertical_alignment="center")
        with menu:
            _situations()
        with about:
            # Both openings are as long: nothing below moves when one follows the other.
            opening = "Started from: " if settings().changed else "The situation: "
            st.caption(opening + settings().preset.description)


def levers() -> None:
    """Show all that can be set: the variances first, since they are the lesson."""
    place_rings(FIGURE, settings().moved)
    st.session_state[SHOWN] = shown = _shown(settings())
    _slider("between_variance", shown)
    _slider("residual_variance", shown)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "New sample",
            on_click=_new_sample,
            icon=":material/casino:",
            help="Draw again from the same population: the seed goes up by one.",
        )
        preset = settings().preset
        st.button(
            "Reset",
            on_click=apply,
            args=(preset,),
            help=f"Back to “{preset.name}” as it was: its settings, its sample, and every cluster "
            "you moved.",
        )
    with st.container(key="stage-in-hand"):
        size_control()
    _design(shown)


def _design(shown: Shown) -> None:
    """Show the rest of the scenario, with what matters most in sight."""
    sizes, condition, sample = st.tabs(["Clusters", "Condition", "Seed"])
    with sizes:
        for field in ("size_spread", "size_intercept_correlation", "clusters", "rows_per_cluster"):
            _slider(field, shown)
        missing = shown.notes.reasons.get("shape")
        # Like the choice below the screen: a menu would be fetched for this alone, with much
        # behind it.
        st.segmented_control(
            "Shape of the cluster distribution",
            SHAPES,
            default=START.shape,
            required=True,
            key=_key("shape"),
            persist_state="session",
            disabled=missing is not None,
            help="How the clusters' own levels are distributed around their average.",
        )
        if missing is not None:
            st.caption(missing)
    with condition:
        for field in (
            "share_spread",
            "share_intercept_correlation",
            "effect",
            "intercept",
            "share",
        ):
            _slider(field, shown)
    with sample:
        _slider("seed", shown)


def _slider(field: str, shown: Shown) -> None:
    scenario_slider(field, getattr(START, field), shown.notes, key=_key(field))


def _shown(now: SimulateState) -> Shown:
    """What the controls have to show beside their values."""
    return Shown(now.situation, now.changed, now.resampled, notes(now.scenario()))


def sliders() -> dict[str, tuple[float, float]]:
    """Return the sliders that the screen answers, by key, with their ends."""
    fields = FIELDS.keys() & SimulateState.params().keys()
    ends = {_key(field): FIELDS[field].slider[:2] for field in fields}
    shown = st.session_state[SHOWN_CLUSTER]
    if shown is not None:
        cluster, rows = shown
        ends[f"{SIZE_OF}{cluster}"] = (1, max(MOST_HAND_ROWS, rows))
    return ends


def drawn(now: SimulateState) -> Simulated:
    """Return the data of the scenario, and of what was moved by hand.

    Correlations that contradict each other are drawn as large as they can be.
    """
    last = now.clusters
    return simulate(
        possible(now.scenario()),
        sizes={cluster: rows for cluster, rows in now.resized.items() if cluster <= last},
        means={cluster: mean for cluster, mean in now.moved.items() if cluster <= last},
    )


def take_up(moved: Collection[str]) -> None:
    """Before the screen answers: keep sizes given by hand, rerun what else has to change.

    Parameters
    ----------
    moved
        Keys of the sliders, and of the figure, that a hand has moved.
    """
    for key in moved:
        if key.startswith(SIZE_OF):
            _resize(int(key.removeprefix(SIZE_OF)))
    if FIGURE in moved:
        st.session_state[_key("moved")] = dict(grabbed(FIGURE).moved)
    now = settings()
    if _shown(now) != st.session_state[SHOWN]:
        rerun_parts(PAGE)
        return
    selected, shown = grabbed(FIGURE).selected, st.session_state[SHOWN_CLUSTER]
    same = selected == (None if shown is None else str(shown[0]))
    screen_only = SCREEN_ONLY.issuperset(moved)
    also = []
    if now.ledger or not screen_only:
        also.append(BELOW)
    if not same or (shown is not None and not screen_only):
        also.append(SIZE)
    if also:
        rerun_parts(SCREEN, *also)


def _situations() -> None:
    """A menu of presets, named after the one that was chosen last.

    It is a menu of actions: a selection would reach the server again with the next control's
    value, and undo it.
    """
    now = settings()
    if now.changed:
        since = " (changed)"
    elif now.resampled:
        since = " (new sample)"
    else:
        since = ""
    st.menu_button(
        now.preset.name + since,
        [preset.id for preset in PRESETS],
        format_func=lambda name: preset_of(name).name,
        key=SITUATIONS,
        on_click=lambda: apply(preset_of(st.session_state[SITUATIONS])),
        icon=":material/menu_book:",
        width="stretch",
        help="Situations: ready-made settings, each worth a look.",
    )


def apply(preset: Preset) -> None:
    """Set every control to what the preset says, and put back what was moved by hand."""
    now = settings().at(preset)
    session.put(now)
    session.mark_step(now, start_of)
    st.session_state.pop(FIGURE, None)


def _new_sample() -> None:
    now = settings()
    st.session_state[_key("seed")] = (now.seed + 1) % (FIELDS["seed"].slider[1] + 1)
    st.session_state.update({_key("moved"): {}, _key("resized"): {}})
    st.session_state.pop(FIGURE, None)


def _resize(cluster: int) -> None:
    rows = st.session_state[f"{SIZE_OF}{cluster}"]
    st.session_state[_key("resized")] = {**settings().resized, cluster: rows}


def _cluster() -> tuple[int, int] | None:
    """The cluster that was grabbed last, and its rows; None if there is none."""
    selected = grabbed(FIGURE).selected
    if selected is None:
        return None
    with one_at_a_time:
        sizes = drawn(settings()).truth.sizes
    cluster = int(selected)
    return (cluster, int(sizes[cluster - 1])) if cluster <= len(sizes) else None


@st.fragment(key=SIZE)
def size_control() -> None:
    """Show a slider for the size of the cluster that was grabbed last."""
    shown = st.session_state[SHOWN_CLUSTER] = _cluster()
    if shown is None:
        st.caption(
            "Each cluster can be moved: choose it below the figure, and type its mean."
            if plain()
            else "Each ring in the figure is a cluster: take one and drag it up or down."
        )
        return
    cluster, rows = shown

    def resize() -> None:
        _resize(cluster)
        rerun_parts(SCREEN, BELOW)

    key = f"{SIZE_OF}{cluster}"
    st.session_state[key] = float(rows)
    live_slider(
        f"Rows of cluster {cluster}",
        1.0,
        float(max(MOST_HAND_ROWS, rows)),
        float(rows),
        1.0,
        key=key,
        scale="log",
        format="%d",
        help="The cluster you dragged. Double-click its ring to put it back."
        if not plain()
        else "The cluster you chose below the figure.",
        on_change=resize,
    )
