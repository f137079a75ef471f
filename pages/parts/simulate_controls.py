"""The controls of Simulate: every one of them is in the address of the page."""

from collections.abc import Collection

import streamlit as st

from engine import Scenario, ScenarioError, simulate
from engine.simulation import FIELDS, PRESETS, SHAPES, Simulated
from pages.parts.lesson import session
from pages.parts.live import Grabbed, grabbed, live_slider
from pages.parts.simulate_state import START, SimulateState
from pages.server.turns import one_at_a_time

_key = SimulateState.key
SITUATION = "simulate.situation"
# Key of the focal figure, where clusters can be taken by the hand.
FIGURE = "simulate"
# What the sliders for the rows of a cluster are called, before its number.
SIZE_OF = "simulate.size of cluster "
MOST_HAND_ROWS = 500
# Keys of the fragments: the whole page, and its parts that run again alone.
PAGE, SCREEN, BELOW, SIZE = "page", "screen", "below", "size of a cluster"
# What the menu and the size control show, so that they run again only if that changes.
SHOWN_SITUATION, SHOWN_CLUSTER = "simulate.situation shown", "simulate.cluster shown"
# What moves the screen only: sizes, the seed that names the file, and whether there are data at all
# stay as they are.
SCREEN_ONLY = {
    FIGURE,
    *map(_key, ("between_variance", "residual_variance", "effect", "intercept")),
}


def settings() -> SimulateState:
    """What the page is set to."""
    return session.present(SimulateState)


def scenario_controls() -> None:
    """Show the controls of the scenario.

    The two variances stay in view; the rest is folded under *Design*.
    """
    _place_rings()
    situation = st.container()
    _slider("between_variance")
    _slider("residual_variance")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "New sample",
            on_click=_new_sample,
            icon=":material/casino:",
            help="Draw again from the same population: the seed goes up by one.",
        )
        st.button("Reset", on_click=apply, args=(START,), help="Back to the first screen.")
    with st.expander("Design"), st.container(height=330, border=False):
        _design()
    with situation:
        _situations()


def _design() -> None:
    st.markdown("**Clusters**")
    for field in ("clusters", "rows_per_cluster", "size_spread", "size_intercept_correlation"):
        _slider(field)
    # Like the choice below the screen: a menu would be fetched for this alone, with much behind it.
    st.segmented_control(
        "Shape of the cluster distribution",
        SHAPES,
        default=START.shape,
        required=True,
        key=_key("shape"),
        persist_state="session",
    )
    st.markdown("**Condition**")
    for field in ("effect", "intercept", "share", "share_spread", "share_intercept_correlation"):
        _slider(field)
    st.markdown("**Sample**")
    _slider("seed")


def _slider(field: str) -> None:
    about = FIELDS[field]
    low, high, step = about.slider
    live_slider(
        about.label,
        low,
        high,
        float(getattr(START, field)),
        step,
        key=_key(field),
        format={1: "%d", 0.1: "%.1f", 0.05: "%.2f"}[step],
        help=about.hint,
    )


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
    """Return the data of the scenario, and of what was moved by hand; raises ScenarioError."""
    last = now.clusters
    return simulate(
        now.scenario(),
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
    if now.preset() != st.session_state[SHOWN_SITUATION]:
        st.rerun(PAGE)
    selected, shown = grabbed(FIGURE).selected, st.session_state[SHOWN_CLUSTER]
    same = selected == (None if shown is None else str(shown[0]))
    screen_only = SCREEN_ONLY.issuperset(moved)
    also = []
    if now.ledger or not screen_only:
        also.append(BELOW)
    if not same or (shown is not None and not screen_only):
        also.append(SIZE)
    if also:
        st.rerun([SCREEN, *also])


def _situations() -> None:
    """A menu of presets, named after the one the controls stand at.

    It is a menu of actions: a selection would reach the server again with the next control's
    value, and undo it.
    """
    here = st.session_state[SHOWN_SITUATION] = settings().preset()
    st.menu_button(
        here.name if here else "Situations",
        [preset.name for preset in PRESETS],
        key=SITUATION,
        on_click=_choose,
        icon=":material/menu_book:",
        width="stretch",
        help="Ready-made settings, each worth a look.",
    )
    if here:
        st.caption(here.description)


def _choose() -> None:
    chosen = st.session_state[SITUATION]
    apply(next(preset.scenario for preset in PRESETS if preset.name == chosen))


def apply(scenario: Scenario) -> None:
    """Set every control to what the scenario says, and put back what was moved by hand."""
    now = settings().at(scenario)
    session.put(now)
    session.mark_step(now)
    st.session_state.pop(FIGURE, None)


def _new_sample() -> None:
    now = settings()
    st.session_state[_key("seed")] = (now.seed + 1) % (FIELDS["seed"].slider[1] + 1)
    st.session_state.update({_key("moved"): {}, _key("resized"): {}})
    st.session_state.pop(FIGURE, None)


def _place_rings() -> None:
    """Let the figure's rings stand where the state says, which an address can have changed."""
    held = grabbed(FIGURE)
    moved = {str(cluster): mean for cluster, mean in settings().moved.items()}
    if moved != held.moved:
        st.session_state[FIGURE] = Grabbed(moved, held.selected)


def _resize(cluster: int) -> None:
    rows = st.session_state[f"{SIZE_OF}{cluster}"]
    st.session_state[_key("resized")] = {**settings().resized, cluster: rows}


def _cluster() -> tuple[int, int] | None:
    """The cluster that was grabbed last, and its rows; None if there is none."""
    selected = grabbed(FIGURE).selected
    if selected is None:
        return None
    try:
        with one_at_a_time:
            sizes = drawn(settings()).truth.sizes
    except ScenarioError:
        return None  # the screen says what is wrong
    cluster = int(selected)
    return (cluster, int(sizes[cluster - 1])) if cluster <= len(sizes) else None


@st.fragment(key=SIZE)
def size_control() -> None:
    """Show a slider for the size of the cluster that was grabbed last."""
    shown = st.session_state[SHOWN_CLUSTER] = _cluster()
    if shown is None:
        st.caption("Each ring in the figure is a cluster: take one and drag it up or down.")
        return
    cluster, rows = shown

    def resize() -> None:
        _resize(cluster)
        st.rerun([SCREEN, BELOW])

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
        help="The cluster taken hold of in the figure. Double-click its ring to put it back.",
        on_change=resize,
    )
