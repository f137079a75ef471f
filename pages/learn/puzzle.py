"""The puzzle: the same rows fitted twice, both printouts, and why each number moved."""

import streamlit as st

from engine import Comparison
from engine.account.puzzle import noticed
from engine.words.numbers import number, pair_of_sizes, share
from pages.parts.ledger import show_ledger
from pages.parts.lesson import session
from pages.parts.printout import PuzzleState, show_printouts
from pages.parts.published import published
from pages.parts.terms import with_terms

FIRST = "lm.estimate.(Intercept)"


def question(comparison: Comparison) -> None:
    (a, b), (c, d) = (
        [number(value, 0.1) for value in fit.estimates]
        for fit in (comparison.ols, comparison.mixed)
    )
    told = (
        f"The same {comparison.moments.rows:,} rows in {len(comparison.moments.levels)} clusters, "
        f"fitted twice: OLS finds :orange[**{a}**] and :orange[**{b}**], the mixed model "
        f":blue[**{c}**] and :blue[**{d}**]. Why? Select any number to find out."
    )
    st.markdown(with_terms(told))


def what_to_notice(comparison: Comparison) -> None:
    ols, mixed, seen = comparison.ols, comparison.mixed, noticed(comparison)
    clusters = len(comparison.moments.levels)
    weights = seen.weights
    intercept_errors, slope_errors = (
        pair_of_sizes(ols.standard_errors[k], mixed.standard_errors[k]) for k in (0, 1)
    )
    spreads = pair_of_sizes(ols.residual_sd, mixed.residual_sd)
    st.header("What to notice", anchor=False)
    st.markdown(
        with_terms(f"""
1. **Big clusters sit low, on average, and lose weight.** The {weights.losers} largest clusters
   hold {share(weights.before)} of the rows, so they have {share(weights.before)} of the weight in
   OLS; the mixed model leaves them {share(weights.after)}. They lie {number(weights.gap)} lower
   than the others on average, although the largest, with {seen.largest_rows:,} rows, lies
   {number(seen.largest_distance)} above the OLS line. So the intercept rises.
2. **{clusters} clusters carry the intercept.** Its standard error grows
   {seen.error_growth:.0f}-fold, from {intercept_errors[0]} to {intercept_errors[1]}. More rows
   of the same clusters would not help: √(τ̂² / {clusters}) = {number(seen.error_floor)} is
   already nearly all of it.
3. **The slope's standard error shrinks,** from {slope_errors[0]} to {slope_errors[1]}. The
   between-cluster variance leaves the residual, whose standard deviation falls from
   {spreads[0]} to {spreads[1]}.
4. **The slope hardly moves.** The share of the stimulated is nearly the same in all clusters,
   {share(seen.lowest_mean)} to {share(seen.highest_mean)}, so {share(seen.slope.lambda_ols)} of
   the slope's weight lies on comparisons inside clusters even in OLS.
""")
    )


def direct_answer(comparison: Comparison) -> None:
    ols, mixed = comparison.ols, comparison.mixed
    clusters = len(comparison.moments.levels)
    before, after = (number(fit.estimates[0], 0.1) for fit in (ols, mixed))
    st.header("A direct answer", anchor=False)
    left, right = st.columns(2, gap="medium")
    left.markdown(
        with_terms(f"""
**How to read the two sets of estimates.** Both describe the mean outcome without stimulation,
and what stimulation changes. They average differently.

- :orange[**{before}**] is the mean over **rows**: big clusters decide. Its standard error takes
  {comparison.moments.rows:,} rows for independent, which they are not.
- :blue[**{after}**] is nearly the mean over **clusters**: each of the {clusters} counts almost
  alike. Its standard error says how far that would change with {clusters} other clusters of the
  same population, taken to be Gaussian.
- The slope is the change from a cluster's own level, in the mixed model almost purely, and here
  in OLS nearly so.

Neither intercept is wrong. Ask which average you want: that of rows or that of clusters.
""")
    )
    right.markdown(
        with_terms(f"""
**Are the fixed effects independent of the random effects?** In some senses, not in others:

- **In the model, yes.** Cluster effects and residuals are two sources of error, independent of each
  other and of the predictors. Given the variance ratio they are modelled apart; lm lumps them.
- **In the estimates, no.** β̂ depends on the ratio: at ρ = 0 it is the OLS estimate, at
  ρ̂ = {number(mixed.variance_ratio)} the mixed one. REML searches for all of them together.
- **In large samples, nearly.** The errors of β̂ and of the estimated variances are asymptotically
  uncorrelated: too large a τ̂² does not go with too large a β̂.
- **The predicted b̂ⱼ, no.** They are computed from what β̂ leaves in each cluster,
  shrunken, and so move with it.
""")
    )


session.opened(PuzzleState)
comparison, sheets, numbers = published()
st.title("The puzzle", anchor=False)
question(comparison)
show_printouts(sheets, numbers, FIRST)
st.caption(
    "The data behind these printouts are reconstructed from the published figures; they are not "
    "the original measurements."
)
account, points = st.columns([11, 9], gap="large")
with account:
    st.header("Which clusters moved it", anchor=False)
    show_ledger(comparison, "puzzle", PuzzleState.key("coefficient"))
with points:
    what_to_notice(comparison)
direct_answer(comparison)
