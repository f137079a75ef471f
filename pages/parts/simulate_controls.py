"""The controls of Simulate: every one of them is in the address of the page."""

from collections.abc import Collection
from typing import Any

import streamlit as st

from engine import Scenario, ScenarioError, simulate
from engine.simulation import FIELDS, PRESETS, SHAPES, Preset, Simulated
from pages.parts.live import grabbed, live_slider
from pages.server.turns import one_at_a_time

# Name of each field in the address, which is also the key of its slider.
PARAMETERS = {
    "between_variance": "between",
    "residual_variance": "residual",
    "clusters": "clusters",
    "rows_per_cluster": "rows",
    "size_spread": "size_spread",
    "size_intercept_correlation": "size_corr",
    "effect": "effect",
    "intercept": "intercept",
    "share": "share",
    "share_spread": "share_spread",
    "share_intercept_correlation": "share_corr",
    "seed": "seed",
}
# Field of the scenario -> key of its control.
KEYS = PARAMETERS | {"shape": "shape"}
START = PRESETS[0].scenario
SITUATION = "situation"
# Key of the focal figure, where clusters can be taken by the hand.
FIGURE = "simulate"
# Key of the rows that were given to clusters by hand, and what a slider for that is called.
SIZES, SIZE_OF = "sizes of clusters", "size of cluster "
MOST_HAND_ROWS = 500
# Keys of the fragments: the whole page, and its parts that run again alone.
PAGE, SCREEN, BELOW, SIZE = "page", "screen", "below", "size of a cluster"
# Key of the switch for the ledger, which stands below the screen.
WITH_LEDGER = "ledger"
# What the menu and the size control show, so that they run again only if that changes.
SHOWN_SITUATION, SHOWN_CLUSTER = "situation shown", "cluster shown"
# What moves the screen only: sizes, the seed that names the file, and whether there are data at all
# stay as they are.
SCREEN_ONLY = {"between", "residual", "effect", "intercept", FIGURE}


def scenario_controls() -> None:
    """Show the controls of the scenario.

    The two variances stay in view; the rest is folded under *Design*.
    """
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
        key=KEYS["shape"],
        bind="query-params",
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
        key=PARAMETERS[field],
        format={1: "%d", 0.1: "%.1f", 0.05: "%.2f"}[step],
        help=about.hint,
    )


def sliders() -> dict[str, tuple[float, float]]:
    """Return the sliders that the screen answers, by key, with their ends."""
    ends = {key: FIELDS[field].slider[:2] for field, key in PARAMETERS.items()}
    shown = st.session_state[SHOWN_CLUSTER]
    if shown is not None:
        cluster, rows = shown
        ends[f"{SIZE_OF}{cluster}"] = (1, max(MOST_HAND_ROWS, rows))
    return ends


def scenario() -> Scenario:
    """Return the scenario that the controls describe."""
    return Scenario(**{field: _clean(field, st.session_state[key]) for field, key in KEYS.items()})


def _clean(field: str, value: Any) -> Any:
    """A whole number where one is meant, and 0.15 without the rounding error of adding steps."""
    if value is None:  # what the address gives where it holds nothing
        return getattr(START, field)
    if isinstance(value, str):
        return value
    return round(value) if isinstance(getattr(START, field), int) else round(value, 10)


def drawn(now: Scenario) -> Simulated:
    """Return the data of the scenario, and of what was moved by hand; raises ScenarioError."""
    return simulate(now, sizes=_changed_sizes(now), means=_moved_means(now))


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
    if _situation() != st.session_state[SHOWN_SITUATION]:
        st.rerun(PAGE)
    selected, shown = grabbed(FIGURE).selected, st.session_state[SHOWN_CLUSTER]
    same = selected == (None if shown is None else str(shown[0]))
    screen_only = SCREEN_ONLY.issuperset(moved)
    also = []
    if st.session_state.get(WITH_LEDGER) or not screen_only:
        also.append(BELOW)
    if not same or (shown is not None and not screen_only):
        also.append(SIZE)
    if also:
        st.rerun([SCREEN, *also])


def _situation() -> Preset | None:
    """The preset that the controls stand at."""
    now = scenario()
    return next((preset for preset in PRESETS if preset.scenario == now), None)


def _situations() -> None:
    """A menu of presets, named after the one the controls stand at.

    It is a menu of actions: a selection would reach the server again with the next control's
    value, and undo it.
    """
    here = st.session_state[SHOWN_SITUATION] = _situation()
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
    for field, key in KEYS.items():
        st.session_state[key] = getattr(scenario, field)
    _let_go()


def _new_sample() -> None:
    seeds = FIELDS["seed"].slider[1] + 1
    st.session_state[KEYS["seed"]] = (round(st.session_state[KEYS["seed"]]) + 1) % seeds
    _let_go()


def _let_go() -> None:
    """Put back every cluster that was moved or resized."""
    st.session_state.pop(FIGURE, None)
    st.session_state.pop(SIZES, None)


def _moved_means(now: Scenario) -> dict[int, float]:
    """Where clusters were dragged to, by cluster number."""
    moved = {int(cluster): mean for cluster, mean in grabbed(FIGURE).moved.items()}
    return {cluster: mean for cluster, mean in moved.items() if cluster <= now.clusters}


def _changed_sizes(now: Scenario) -> dict[int, int]:
    """The sizes that were changed by hand, by cluster number."""
    sizes: dict[int, int] = st.session_state.get(SIZES, {})
    return {cluster: size for cluster, size in sizes.items() if cluster <= now.clusters}


def _resize(cluster: int) -> None:
    rows = round(st.session_state[f"{SIZE_OF}{cluster}"])
    st.session_state.setdefault(SIZES, {})[cluster] = rows


def _cluster() -> tuple[int, int] | None:
    """The cluster that was grabbed last, and its rows; None if there is none."""
    selected = grabbed(FIGURE).selected
    if selected is None:
        return None
    try:
        with one_at_a_time:
            sizes = drawn(scenario()).truth.sizes
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
        bind_url=False,
        on_change=resize,
    )
