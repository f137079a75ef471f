"""The controls of Simulate: every one of them is in the address of the page."""

from typing import Any

import streamlit as st

from engine import Scenario, ScenarioError, simulate
from engine.simulation import PRESETS, SHAPES, Preset, Simulated
from pages.parts.live import grabbed, live_slider

# Field of the scenario -> its name in the address, which is also the widget's key.
KEYS = {
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
    "shape": "shape",
    "seed": "seed",
}
START = PRESETS[0].scenario
SITUATION = "situation"
SIZES = "sizes of clusters"
MOST_HAND_ROWS = 500
# Key of the focal figure, where clusters can be taken by the hand.
FIGURE = "simulate"
# Keys of the fragments: the whole page, and its parts that run again alone.
PAGE, SCREEN, SIZE = "page", "screen", "size of a cluster"
# What the menu and the size control show, so that they run again only if that changes.
SHOWN_SITUATION, SHOWN_CLUSTER = "situation shown", "cluster shown"


def scenario_controls() -> None:
    """Show the controls of the scenario.

    The two variances stay in view; the rest is folded under *Design*.
    """
    situation = st.container()
    _slider(
        "Between-cluster variance",
        "between_variance",
        0.0,
        2.0,
        0.05,
        "τ²: how far the clusters' own levels lie apart, in squared units of y.",
    )
    _slider(
        "Residual variance",
        "residual_variance",
        0.05,
        2.0,
        0.05,
        "σ²: how far rows of one cluster lie apart, in squared units of y.",
    )
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


def sliders() -> list[str]:
    """Return the keys of the sliders that the screen answers."""
    numbers = [KEYS[field] for field in KEYS if field not in ("shape", "seed")]
    selected = grabbed(FIGURE).selected
    return numbers if selected is None else [*numbers, _size_key(int(selected))]


def scenario() -> Scenario:
    """Return the scenario that the controls describe."""
    return Scenario(**{field: _clean(field, st.session_state[key]) for field, key in KEYS.items()})


def _clean(field: str, value: Any) -> Any:
    """A whole number where one is meant, and 0.15 without the rounding error of adding steps."""
    if isinstance(value, str):
        return value
    return round(value) if isinstance(getattr(START, field), int) else round(value, 10)


def drawn(now: Scenario) -> Simulated:
    """Return the data of the scenario, and of what was moved by hand; raises ScenarioError."""
    return simulate(now, sizes=_changed_sizes(now), means=_moved_means(now))


def take_up(key: str) -> None:
    """Take up what was moved, and run again what beside the screen no longer is as it is shown."""
    shown = st.session_state[SHOWN_CLUSTER]
    if shown is not None and key == _size_key(shown[0]):
        _resize(shown[0])
    elif _situation() != st.session_state[SHOWN_SITUATION]:
        st.rerun(PAGE)
    elif _cluster() != shown:
        st.rerun([SCREEN, SIZE])


def _design() -> None:
    st.markdown("**Clusters**")
    _slider("Number of clusters", "clusters", 4, 100, 1)
    _slider("Rows per cluster, mean", "rows_per_cluster", 2, 200, 1)
    _slider(
        "Spread of cluster sizes",
        "size_spread",
        0.0,
        2.0,
        0.1,
        "Coefficient of variation: 0 is equal sizes.",
    )
    _slider(
        "Correlation of size with intercept",
        "size_intercept_correlation",
        -0.95,
        0.95,
        0.05,
        "Below zero, big clusters sit low. Needs a spread of sizes.",
    )
    st.selectbox(
        "Shape of the cluster distribution",
        SHAPES,
        index=SHAPES.index(START.shape),
        key=KEYS["shape"],
        bind="query-params",
    )
    st.markdown("**Condition**")
    _slider("Effect of the treatment", "effect", -2.0, 2.0, 0.1)
    _slider("Intercept: mean of the controls", "intercept", -2.0, 2.0, 0.1)
    _slider("Share of rows treated", "share", 0.05, 0.95, 0.05)
    _slider(
        "Spread of that share over clusters",
        "share_spread",
        0.0,
        1.0,
        0.05,
        "0: the same share in every cluster. 1: every cluster holds one condition only.",
    )
    _slider(
        "Correlation of share with intercept",
        "share_intercept_correlation",
        -0.95,
        0.95,
        0.05,
        "Condition confounded with cluster. Needs a spread of shares.",
    )
    st.number_input(
        "Seed",
        min_value=0,
        max_value=2**32 - 1,
        value=START.seed,
        step=1,
        key=KEYS["seed"],
        bind="query-params",
        help="The same seed and settings always draw the same data.",
    )


def _slider(
    label: str, field: str, low: float, high: float, step: float, explanation: str | None = None
) -> None:
    live_slider(
        label,
        low,
        high,
        float(getattr(START, field)),
        step,
        key=KEYS[field],
        format="%d" if isinstance(step, int) else f"%.{1 if step == 0.1 else 2}f",
        help=explanation,
    )


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
    st.session_state[KEYS["seed"]] = (st.session_state[KEYS["seed"]] + 1) % 2**32
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


def _cluster() -> tuple[int, int] | None:
    """The cluster that was grabbed last, and its rows; None if there is none."""
    selected = grabbed(FIGURE).selected
    if selected is None:
        return None
    try:
        sizes = drawn(scenario()).truth.sizes
    except ScenarioError:
        return None  # the screen says what is wrong
    cluster = int(selected)
    return (cluster, int(sizes[cluster - 1])) if cluster <= len(sizes) else None


def _size_key(cluster: int) -> str:
    return f"size of cluster {cluster}"


def _resize(cluster: int) -> None:
    st.session_state.setdefault(SIZES, {})[cluster] = round(st.session_state[_size_key(cluster)])


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
        st.rerun(SCREEN)

    key = _size_key(cluster)
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
