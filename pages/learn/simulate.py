"""Simulate: move a variance and watch both models answer."""

import numpy as np
import streamlit as st

from engine import ScenarioError, compare, simulate
from engine.explain.profile import along
from pages.parts.coefficients import BETWEEN, RESIDUAL
from pages.parts.comparison import show_comparison
from pages.parts.simulate_controls import scenario_controls

FORMULA = "y ~ condition + (1 | cluster)"
# Half the height of the outcome axis and half the width of the intercept axis: both hold still
# while the variances move, at the cost of cutting off some of the widest clouds.
OUTCOME_REACH = 4.2
INTERCEPT_REACH = 3.2

controls, screen = st.columns([1, 4], gap="medium")

with controls:
    st.title("Simulate", anchor=False)
    scenario = scenario_controls()
try:
    simulated = simulate(scenario)
except ScenarioError as error:
    with screen:
        st.error(str(error))
    st.stop()

comparison = compare(simulated.frame, FORMULA)
truth = simulated.truth
middle = truth.intercept + truth.effect / 2

with screen:
    show_comparison(
        comparison,
        along(comparison, "condition", level_at="zero"),
        key="simulate",
        truth={
            "(Intercept)": truth.intercept,
            "conditiontreated": truth.effect,
            BETWEEN: truth.between_variance,
            RESIDUAL: truth.residual_variance,
        },
        true_line=truth.intercept + truth.effect * np.array([0.0, 1.0]),
        outcome_range=(middle - OUTCOME_REACH, middle + OUTCOME_REACH),
        level_range=(truth.intercept - INTERCEPT_REACH, truth.intercept + INTERCEPT_REACH),
    )
    st.download_button(
        "Data as CSV",
        lambda: simulated.frame.to_csv(index=False),
        file_name=f"betwixt-seed-{scenario.seed}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
