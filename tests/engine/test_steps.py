"""The steps of a comparison, taken one by one."""

import numpy as np
import pytest

from engine import DataError, build, compare, compare_design, parse
from engine.as_dict import to_dict
from engine.comparison import fit, models_of, moments_of
from tests.engine.reference import reference

FORMULAS = {
    "sleepstudy": [
        "Reaction ~ Days + (1 | Subject)",
        "Reaction ~ 0 + Days + (1 + Days | Subject)",
        "Reaction ~ 1 + (1 + Days || Subject)",
    ]
}
CASES = [(name, formula) for name, formulas in FORMULAS.items() for formula in formulas]


@pytest.mark.parametrize(("name", "formula"), CASES)
def test_the_steps_together_are_the_comparison(name: str, formula: str) -> None:
    frame = reference(name).frame
    design = build(frame, parse(formula))
    stepwise = fit(models_of(design, moments_of(design)))
    whole = to_dict(compare(frame, formula), slow_inference=False)
    assert to_dict(stepwise, slow_inference=False) == whole
    assert to_dict(compare_design(design), slow_inference=False) == whole


def test_a_design_knows_its_formula() -> None:
    frame = reference("sleepstudy").frame
    design = build(frame, parse("Reaction ~ Days + (1 | Subject)"))
    assert (design.outcome_name, design.cluster_name) == ("Reaction", "Subject")
    assert compare_design(design).formula == parse("Reaction ~ Days+(1|Subject)")


def test_moments_are_those_of_the_columns_before_any_is_left_out() -> None:
    frame = reference("sleepstudy").frame.assign(Weeks=lambda f: f.Days / 7)
    design = build(frame, parse("Reaction ~ Days + Weeks + (1 + Days | Subject)"))
    moments = moments_of(design)
    assert moments.names == ("(Intercept)", "Days", "Weeks")
    models = models_of(design, moments)
    assert models.dial.moments.names == ("(Intercept)", "Days")
    assert list(models.left_out) == ["Weeks"]
    assert fit(models).dropped_terms == ("Weeks",)


def test_the_criterion_can_be_had_without_a_fit() -> None:
    design = build(reference("sleepstudy").frame, parse("Reaction ~ Days + (1 + Days | Subject)"))
    models, fitted = models_of(design, moments_of(design)), compare_design(design).mixed
    found = models.model.criterion(fitted.theta, fitted.likelihood)
    assert float(found) == pytest.approx(fitted.criterion, rel=1e-12)


@pytest.mark.parametrize("step", [moments_of, compare_design])
def test_what_cannot_be_computed_with_is_refused_at_the_first_step(step: object) -> None:
    frame = reference("sleepstudy").frame
    for column, value in (("Reaction", 5.0), ("Days", 1e60)):
        design = build(frame.assign(**{column: value}), parse("Reaction ~ Days + (1 | Subject)"))
        with pytest.raises(DataError, match=column):
            step(design)  # type: ignore[operator]


def test_an_outcome_that_predictors_nearly_explain_keeps_its_digits_step_by_step() -> None:
    frame = reference("sleepstudy").frame
    frame = frame.assign(Reaction=np.round(frame.Reaction * 8) / 8)
    steep = frame.assign(Reaction=lambda f: f.Reaction + 2.0**30 * f.Days)
    formula = parse("Reaction ~ Days + (1 | Subject)")
    design = build(steep, formula)
    models = models_of(design, moments_of(design))
    assert models.dial.moments.line.any()
    variance = fit(models).mixed.residual_variance
    assert variance == pytest.approx(compare(frame, formula).mixed.residual_variance, rel=1e-5)
