"""Typeset formulas: the numbers printed in them give the result printed beside them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import compare
from engine.account.balance import balance
from engine.account.within_between import slope_path
from engine.data.examples import EXAMPLES, load
from engine.models.balanced import balanced_fit
from engine.models.mixed.intercept_fit import ratio_criterion
from engine.models.mixed.likelihood import Likelihood
from engine.words import formulas
from engine.words.typeset import (
    Formula,
    Fraction,
    Identifier,
    Number,
    Operator,
    Piece,
    Row,
    combines,
    evaluate,
    pieces,
    spoken,
)

FORMULAS = {example.name: example.formula for example in EXAMPLES}


def result(formula: Formula) -> float:
    return float(formula.result.text.replace(",", "").replace("−", "-"))


def sound(formula: Formula) -> Formula:
    """A formula that combines as printed, shows what the figure shows, and can be read out."""
    assert formula.exact and combines(formula)
    assert formula.terms
    assert "  " not in formula.spoken and formula.spoken.count(" equals ") == 3
    return formula


# --- the lessons' own numbers ---------------------------------------------------------------------


def test_the_schools_weights_balance_at_the_printed_intercept() -> None:
    both = compare(load("lesson_schools"), FORMULAS["lesson_schools"])
    moments = both.moments
    names = list(moments.levels)

    def at(ratio: float) -> Formula:
        means = moments.outcome_means
        return sound(formulas.intercept_formula(names, moments.counts, means, ratio))

    mixed, ols = at(both.mixed.variance_ratio), at(0.0)
    assert (mixed.result.text, ols.result.text) == ("64.5", "55.9")
    assert (mixed.result.role, ols.result.role) == ("mixed", "ols")
    assert {f"cluster:{name}" for name in names} < set(mixed.terms)
    assert "120 192 · 52" in written(ols.numbers)
    assert "0.6203 3.436 · 52" in written(mixed.numbers)
    average = sound(formulas.cluster_average_formula(names, moments.outcome_means))
    assert average.result.text == "65.3"


def written(piece: Piece) -> str:
    leaves = (part for part in pieces(piece) if isinstance(part, (Number, Identifier, Operator)))
    return " ".join(leaf.text for leaf in leaves)


def test_the_school_of_two_shrinks_to_the_printed_place() -> None:
    both = compare(load("lesson_schools"), FORMULAS["lesson_schools"])
    mixed = both.mixed
    assert sound(formulas.shrinkage_formula(2, mixed.variance_ratio)).result.text == "0.76"
    lever = formulas.lever_formula(2, mixed.residual_variance, mixed.between_variance)
    assert sound(lever).result.text == "0.76"
    s = 2 * mixed.variance_ratio / (1 + 2 * mixed.variance_ratio)
    landing = formulas.landing_formula(float(mixed.estimates[0]), 88.0, s)
    assert sound(landing).result.text == "82.4"
    assert sound(formulas.weight_formula(120, mixed.variance_ratio, level="A")).result.text


def test_pupils_slopes_are_mixtures_as_printed() -> None:
    both = compare(load("high_school_and_beyond"), FORMULAS["high_school_and_beyond"])
    path = slope_path(both.dial, both.mixed.variance_ratio)
    assert path is not None
    share, between = float(path.share), float(path.between)
    slope = formulas.slope_formula(share, path.within, between, decimals=3)
    assert sound(slope).result.text == "2.390"
    spread = float(path.between_spread)
    assert sound(formulas.share_formula(path.within_spread, spread)).result.text == "0.946"
    left = formulas.leftover_formula(share, between, path.within)
    assert sound(left).result.text == "0.199"
    error = formulas.slope_error_formula(both.mixed.residual_variance, path.within_spread, spread)
    assert sound(error).result.text == "0.106"
    assert sound(formulas.contextual_formula(5.8662, 2.1912)).result.text == "3.675"


def test_a_negative_estimate_in_closed_form_is_shown_as_it_is() -> None:
    both = compare(load("puzzle_zero_variance"), FORMULAS["puzzle_zero_variance"])
    fit = balanced_fit(both.moments)
    assert fit is not None
    formula = sound(formulas.balanced_formula(fit))
    assert formula.result.text == "−0.138"
    assert "minus 0.138" in formula.spoken


@pytest.mark.parametrize("likelihood", Likelihood)
def test_the_criterion_is_the_sum_of_its_parts_as_printed(likelihood: Likelihood) -> None:
    dial = compare(load("puzzle_random_vs_fixed"), FORMULAS["puzzle_random_vs_fixed"]).dial
    for ratio in (0.0, 4.0**2, 44.6**2):
        formula = sound(formulas.criterion_formula(dial, ratio, likelihood))
        value = float(ratio_criterion(dial, ratio, likelihood))
        assert result(formula) == pytest.approx(value, abs=0.0051)


# --- any numbers ----------------------------------------------------------------------------------

SIZES = st.integers(1, 100_000)
POSITIVE = st.floats(1e-4, 1e4)
ANY = st.floats(-1e4, 1e4)
SHARE = st.floats(0.0, 1.0)
BUILDERS: dict[str, tuple[Callable[..., Formula], tuple[st.SearchStrategy[float], ...]]] = {
    "weight": (formulas.weight_formula, (SIZES, POSITIVE)),
    "shrinkage": (formulas.shrinkage_formula, (SIZES, POSITIVE)),
    "lever": (formulas.lever_formula, (SIZES, POSITIVE, POSITIVE)),
    "landing": (formulas.landing_formula, (ANY, ANY, SHARE)),
    "slope": (formulas.slope_formula, (SHARE, ANY, ANY)),
    "share": (formulas.share_formula, (POSITIVE, POSITIVE)),
    "mean error": (formulas.mean_error_formula, (POSITIVE, POSITIVE)),
    "intercept error": (formulas.intercept_error_formula, (POSITIVE, POSITIVE, ANY, POSITIVE)),
    "slope error": (formulas.slope_error_formula, (POSITIVE, POSITIVE, POSITIVE)),
    "design effect": (formulas.design_effect_formula, (SIZES, SHARE)),
    "contextual": (formulas.contextual_formula, (ANY, ANY)),
    "leftover": (formulas.leftover_formula, (SHARE, ANY, ANY)),
    "slope vote": (formulas.slope_vote_formula, (POSITIVE, POSITIVE, POSITIVE)),
    "average slope's error": (formulas.average_slope_error_formula, (POSITIVE, SIZES)),
}


@pytest.mark.parametrize("name", BUILDERS)
def test_whatever_the_numbers_a_formula_adds_up_or_says_that_it_does_so_nearly(name: str) -> None:
    build, arguments = BUILDERS[name]

    @given(st.tuples(*arguments))
    def holds(values: tuple[float, ...]) -> None:
        formula = build(*values)
        assert combines(formula) or not formula.exact
        # In any case the numbers have six digits more than usual.
        text = formula.result.text
        decimals = len(text.partition(".")[2])
        size = max(abs(value) for value in (1.0, result(formula), *values))
        assert evaluate(formula.numbers) == pytest.approx(
            result(formula), abs=0.51 * 10.0**-decimals + 1e-5 * size
        )
        assert formula.spoken and formula.terms

    holds()


@given(
    st.lists(st.tuples(SIZES, st.floats(-1e4, 1e4)), min_size=2, max_size=30),
    st.sampled_from([0.0, 0.01, 1.6, 40.0]),
)
def test_any_beam_balances_as_printed(clusters: list[tuple[int, float]], ratio: float) -> None:
    counts, means = map(np.array, zip(*clusters, strict=True))
    names = [str(k) for k in range(len(counts))]
    formula = formulas.intercept_formula(names, counts, means, ratio)
    assert combines(formula) or not formula.exact
    point = float(balance(counts, means, ratio).point)
    assert result(formula) == pytest.approx(point, abs=0.0500001)


# --- reading and computing ------------------------------------------------------------------------


def test_brackets_products_and_signs_are_read_as_written() -> None:
    one, two, three = Number("1"), Number("−2"), Number("3")
    parts = (one, Operator("+"), three, Operator("("), one, Operator("−"), two, Operator(")"))
    assert evaluate(Row(parts)) == 10.0
    assert evaluate(Fraction(Number("1,500"), three)) == 500.0


@pytest.mark.parametrize(
    "parts",
    [
        (Operator("("), Number("1")),
        (Number("1"), Operator(")")),
        (Number("1"), Operator("+")),
        (Identifier("n"),),
    ],
)
def test_what_has_no_value_is_refused(parts: tuple[Piece, ...]) -> None:
    with pytest.raises(ValueError, match=r"bracket|missing|no value"):
        evaluate(Row(parts))


def test_formulas_are_read_out_in_words() -> None:
    formula = formulas.shrinkage_formula(2, 1.6)
    assert formula.spoken == (
        "s j equals (n j rho) over (1 plus n j rho) "
        "equals (2 times 1.6) over (1 plus 2 times 1.6) equals 0.76"
    )
    assert spoken(Number("−0.5")) == "minus 0.5"
