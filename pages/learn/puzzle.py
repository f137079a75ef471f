"""The puzzle: the same rows fitted twice, both printouts, and why each number moved."""

import streamlit as st

from engine import Comparison
from engine.account.puzzle import noticed
from engine.words.numbers import adding_up, number, pair_of_sizes, share
from pages.parts.dial_controls import DialState
from pages.parts.door import door
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.lesson.projector import view_button
from pages.parts.printout import PuzzleState, show_printouts, start_of
from pages.parts.published import EXAMPLE, published
from pages.parts.puzzle_lecture import show_lecture, turn_view
from pages.parts.terms import with_terms

FIRST = "lm.estimate.(Intercept)"


def question(comparison: Comparison) -> None:
    (a, b), (c, d) = (
        [number(value, 0.1) for value in fit.estimates]
        for fit in (comparison.ols, comparison.mixed)
    )
    told = (
        f"The same {comparison.moments.rows:,} values of the marker pSHP2 in "
        f"{len(comparison.moments.levels)} clusters, fitted twice: OLS finds :orange[**{a}**] and "
        f":orange[**{b}**], the mixed model :blue[**{c}**] and :blue[**{d}**]. Why? Select a "
        "number."
    )
    st.markdown(with_terms(told))


def what_to_notice(comparison: Comparison) -> None:
    ols, mixed, seen = comparison.ols, comparison.mixed, noticed(comparison)
    clusters, leading, largest = len(comparison.moments.levels), seen.leading, seen.largest
    moved, parts = adding_up(
        float(ols.estimates[0]),
        float(mixed.estimates[0]),
        (leading.part, largest.part, seen.others, seen.carried),
    )
    by_leading, by_largest, by_others, by_slope = (part.lstrip("−") for part in parts)
    intercept_errors, slope_errors = (
        pair_of_sizes(ols.standard_errors[k], mixed.standard_errors[k]) for k in (0, 1)
    )
    spreads = pair_of_sizes(ols.residual_sd, mixed.residual_sd)
    st.header("What to notice", anchor=False)
    st.markdown(
        with_terms(f"""
1. **One big cluster sits low and loses its weight.** Cluster {leading.level} holds
   {share(leading.before)} of the rows and lies {number(-leading.distance)} below the OLS line. OLS
   gives it {share(leading.before)} of the weight, the mixed model {share(leading.after)}: that
   alone lifts the intercept by {by_leading}. Cluster {largest.level}, with
   {share(largest.before)} of the rows, lies {number(largest.distance)} above the line, and its loss
   of weight takes back {by_largest}. The other {clusters - 2} clusters add {by_others}, and the
   slope's change takes off {by_slope}: {moved} in all. (In the figure each bar includes
   the cluster's part in the slope.)
2. **{clusters} clusters carry the intercept.** Its standard error grows
   {seen.error_growth:.0f}-fold, from {intercept_errors[0]} to {intercept_errors[1]}. More rows
   of the same clusters would not help: √(τ̂² / {clusters}) = {number(seen.error_floor)} is
   already nearly all of it.
3. **The slope's standard error shrinks.** It goes from {slope_errors[0]} to {slope_errors[1]}. The
   between-cluster variance is taken out of the residual, whose standard deviation falls from
   {spreads[0]} to {spreads[1]}.
4. **The slope hardly moves.** The share of stimulated rows in a cluster only goes from
   {share(seen.lowest_mean)} to {share(seen.highest_mean)}. Clusters therefore say little about the
   slope: {share(seen.slope.lambda_ols)} of its weight lies on comparisons inside clusters even in
   OLS.
""")
    )


def direct_answer(comparison: Comparison) -> None:
    ols, mixed = comparison.ols, comparison.mixed
    clusters = len(comparison.moments.levels)
    before, after = (number(fit.estimates[0], 0.1) for fit in (ols, mixed))
    seen = noticed(comparison)
    st.header("A direct answer", anchor=False)
    left, right = st.columns(2, gap="medium")
    left.markdown(
        with_terms(f"""
**How to read the two sets of estimates.** Both describe the mean of pSHP2 without stimulation, and
what stimulation changes. They average differently.

- :orange[**{before}**] is the mean over the {seen.reference_rows:,} unstimulated **rows**: big
  clusters decide. Its standard error takes these rows for independent, which they are not.
- :blue[**{after}**] is nearly the mean over **clusters**: each of the {clusters} counts almost
  alike. Its standard error says how far that would change with {clusters} other clusters of the
  same population, taken to be Gaussian.
- The slope is the change from a cluster's own level, in the mixed model almost purely, and here
  in OLS nearly so.

Neither intercept is wrong: one is about the average row, the other about the average cluster. Where
big clusters sit lower than small ones, these are two different truths, and more data do not bring
them together. Ask which of them you want. (On the page Simulate “truth” means the average cluster.)
""")
    )
    right.markdown(
        with_terms(f"""
**Are the fixed effects independent of the random effects?** In some senses, not in others:

- **In the model, by assumption.** It takes the clusters' effects to be independent of the
  residuals, of the predictors and of the clusters' sizes. The data may break that. Here the big
  cluster {seen.leading.level} sits low, so sizes may matter for the intercept; if clusters with
  many stimulated rows sat high, the slope would be biased. lm has no effects of clusters: they
  stay in its residuals.
- **In the estimates, no.** β̂ depends on the variance ratio ρ = τ² / σ²: at ρ = 0 it is the OLS
  estimate, at ρ̂ = {number(mixed.variance_ratio)} the mixed one. REML (restricted maximum
  likelihood) searches for all of them together; no formula gives them.
- **With many clusters, nearly.** Over many samples the errors of β̂ and of the estimated variances
  are then next to uncorrelated: too large a τ̂² does not go with too large a β̂.
- **The predicted b̂ⱼ, no.** They are what β̂ leaves over in each cluster, shrunk towards 0. If β̂
  changes, they change with it.
""")
    )


def study() -> None:
    door("The puzzle")
    with st.container(key="question", horizontal=True, vertical_alignment="top", gap="small"):
        question(comparison)
        view_button(False, turn_view, by_id, FIRST)
    show_printouts(
        sheets, numbers, FIRST, DialState(data=EXAMPLE, ratio=comparison.mixed.variance_ratio)
    )
    st.caption(
        "Each row is one value, with stimulation or without (condition); each cluster is a group "
        "of rows with a level of its own. The data are reconstructed from the published figures; "
        "they are not the original measurements."
    )
    account, points = st.columns([11, 9], gap="large")
    with account:
        st.header("Which clusters moved it", anchor=False)
        show_ledger(comparison, "puzzle", PuzzleState.key("coefficient"))
    with points:
        what_to_notice(comparison)
    direct_answer(comparison)


comparison, sheets, numbers = published()
by_id = {each.id: each for each in numbers}
session.opened(PuzzleState, lambda state: start_of(state, by_id, FIRST))
if session.present(PuzzleState).view == "lecture":
    show_lecture(comparison, sheets, by_id, FIRST)
else:
    study()
