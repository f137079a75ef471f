"""The JSON object of a comparison: its keys, and R's numbers under them.

Sources: tests/reference/NAME.json by oracle.R (lm; lme4 with its optimiser pushed to the limit;
lmerTest; pbkrtest; clubSandwich; lme4's confint), profile.json by profile.R,
confint_slopes.json by confint_slopes.R.
"""

import json
from functools import cache
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import Comparison, compare
from engine.as_dict import to_dict
from engine.inference.cluster_robust import Correction, cluster_robust
from engine.inference.kenward_roger import kenward_roger
from engine.inference.profile_intercept import profile_intervals
from engine.inference.satterthwaite import satterthwaite
from tests.engine.example import PUZZLES, example
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, reference

SLOPES = ("sleepstudy_slopes", "orthodont_slopes")
REFERENCES = (*RANDOM_INTERCEPT, *SLOPES)
EXACT_PROFILE = json.loads((FOLDER / "profile.json").read_text())
CONFINT_SLOPES = json.loads((FOLDER / "confint_slopes.json").read_text())
every_reference = pytest.mark.parametrize("name", REFERENCES)

# A set stands for an object with these keys, a dict for one whose values have keys of their own,
# and EACH for keys that come from the data.
EACH = "each"
SHAPE = {
    "formula": None,
    "rows": None,
    "dropped_rows": None,
    "clusters": None,
    "notes": None,
    "ols": {
        "terms": {EACH: {"estimate", "se", "t", "p"}},
        "sigma": None,
        "df_residual": None,
        "r_squared": None,
        "adj_r_squared": None,
        "f_statistic": {"value", "df1", "df2", "p"},
        "residual_quantiles": None,
        "log_likelihood": None,
        "aic": None,
        "bic": None,
        "cluster_robust": {kind: {EACH: None} for kind in ["CR0", "CR1", "CR1S", "CR2", "CR2_df"]},
    },
    "mixed": {
        "terms": {EACH: {"estimate", "se", "t", "df", "p", "df_kr", "se_kr", "p_kr"}},
        "theta": None,
        "residual_variance": None,
        "between_variance": None,
        "random_effects": [{"group", "name", "name2", "variance", "sd", "correlation"}],
        "icc": None,
        "reml_criterion": None,
        "scaled_residual_quantiles": None,
        "fixed_correlation": None,
        "fixed_covariance": None,
        "aic": None,
        "bic": None,
        "singular": None,
        "clusters": [{"level", "rows", "effects", "se", "shrinkage"}],
        "profile_intervals": {
            "between_sd": None,
            "residual_sd": None,
            "random_effects": [{"group", "name", "name2", "sd", "correlation"}],
            "fixed_effects": {EACH: None},
        },
    },
    "ml": {
        "terms": {EACH: None},
        "theta": None,
        "residual_variance": None,
        "deviance": None,
        "aic": None,
        "bic": None,
    },
    "within": {EACH: {"estimate", "se"}},
    "fits": {EACH: {"label": None, "terms": {EACH: {"estimate", "se", "df", "t", "p"}}}},
    "hausman": {"gaps": None, "statistic": None, "df": None, "p": None, "defined": None},
    "averages": {"of_rows", "of_clusters"},
    "ledger": {
        "terms": {EACH: {"difference": None, "by_cluster": {EACH: None}}},
        "tug_of_war": {
            "term",
            "lambda_ols",
            "lambda_mixed",
            "within",
            "between_ols",
            "between_mixed",
            "mix_shift",
            "reweighting",
        },
    },
}
MAY_BE_NULL = {
    "averages",
    "f_statistic",
    "hausman",
    "profile_intervals",
    "tug_of_war",
    "within",
}


def check_shape(value: Any, shape: Any, path: str = "") -> None:
    """Assert that an object has exactly the keys of its shape, at every depth."""
    if shape is None or (value is None and path.rpartition(".")[2] in MAY_BE_NULL):
        return
    if isinstance(shape, list):
        assert value, path
        for item in value:
            check_shape(item, shape[0], f"{path}[]")
    elif isinstance(shape, dict) and EACH in shape:
        for name, item in value.items():
            check_shape(item, shape[EACH], f"{path}.{name}")
    else:
        assert set(value) == set(shape), path
        if isinstance(shape, dict):
            for name, item in value.items():
                check_shape(item, shape[name], f"{path}.{name}")


@cache
def fitted(name: str) -> Comparison:
    """Fit the model of a reference."""
    return compare(reference(name).frame, reference(name).values["lmer_formula"])


@cache
def report(name: str) -> dict[str, Any]:
    """Report on a reference, through the text of the JSON."""
    loaded: dict[str, Any] = json.loads(json.dumps(to_dict(fitted(name)), allow_nan=False))
    return loaded


def expected(name: str) -> dict[str, Any]:
    return reference(name).values


def terms(name: str) -> list[str]:
    return list(expected(name)["lmm"]["coef"])


def column(table: dict[str, dict[str, float]], quantity: str, names: list[str]) -> list[float]:
    return [table[name][quantity] for name in names]


# --- Keys ------------------------------------------------------------------------------------

OTHER_MODELS = {
    "without intercept": "Reaction ~ 0 + Days + (1 | Subject)",
    "slope without intercept": "Reaction ~ Days + (0 + Days | Subject)",
    "uncorrelated": "Reaction ~ Days + (1 + Days || Subject)",
    "intercept only": "Reaction ~ 1 + (1 | Subject)",
}


@every_reference
def test_report_has_exactly_the_keys_promised(name: str) -> None:
    check_shape(report(name), SHAPE)


@pytest.mark.parametrize("formula", OTHER_MODELS.values(), ids=OTHER_MODELS)
@pytest.mark.parametrize("slow", [True, False])
def test_any_kind_of_model_has_these_keys_and_is_json(formula: str, slow: bool) -> None:
    comparison = compare(reference("sleepstudy").frame, formula)
    check_shape(json.loads(json.dumps(to_dict(comparison, slow_inference=slow))), SHAPE)


def test_what_a_model_does_not_have_is_null() -> None:
    slopes = report("sleepstudy_slopes")
    assert slopes["mixed"]["between_variance"] is None
    assert slopes["mixed"]["icc"] is None
    assert slopes["mixed"]["clusters"][0]["shrinkage"] is None
    assert slopes["ledger"]["tug_of_war"] is None
    assert report("dyestuff")["ols"]["f_statistic"] is None
    # Two predictors pull in more than one direction.
    assert report("orthodont")["ledger"]["tug_of_war"] is None
    # A correlation is not defined if one of the two variances is zero.
    flat = compare(pd.read_csv(FOLDER / "flat_slopes.csv"), "y ~ z + (1 + z || g)")
    entries = to_dict(flat)["mixed"]["random_effects"]
    assert [entry["correlation"] for entry in entries] == [None, None, None]


def test_without_slow_inference_its_quantities_are_null_and_all_others_the_same() -> None:
    comparison = compare(reference("sleepstudy").frame, "Reaction ~ Days + (1 | Subject)")
    quick, full = to_dict(comparison, slow_inference=False), to_dict(comparison)
    assert quick["mixed"].pop("profile_intervals") is None
    assert full["mixed"].pop("profile_intervals") is not None
    for term in quick["mixed"]["terms"]:
        for quantity in ("df_kr", "se_kr", "p_kr"):
            assert quick["mixed"]["terms"][term].pop(quantity) is None
            assert full["mixed"]["terms"][term].pop(quantity) is not None
    assert quick == full


def test_rows_clusters_and_notes_are_reported() -> None:
    frame = reference("sleepstudy").frame.astype({"Days": float})
    frame.loc[[3, 50], "Days"] = np.nan
    found = to_dict(compare(frame, "Reaction~Days+(1|Subject)"), slow_inference=False)
    assert found["formula"] == "Reaction ~ Days + (1 | Subject)"
    assert (found["rows"], found["dropped_rows"], found["clusters"]) == (178, 2, 18)
    assert [note for note in found["notes"] if "2 rows of 180" in note]


# --- Ordinary least squares --------------------------------------------------------------------


@every_reference
def test_the_report_says_what_the_results_say(name: str) -> None:
    """Their values are compared with R in the tests of the modules that compute them."""
    found, comparison = report(name), fitted(name)
    ols, mixed, ml = comparison.ols, comparison.mixed, comparison.ml
    tests = satterthwaite(comparison.model, mixed.theta)
    adjusted = kenward_roger(comparison.model, mixed.theta)
    for terms_of, columns in (
        (
            found["ols"],
            {"estimate": ols.estimates, "se": ols.standard_errors, "t": ols.t_values}
            | {"p": ols.p_values},
        ),
        (
            found["mixed"],
            {"estimate": mixed.estimates, "se": mixed.standard_errors, "t": mixed.t_values}
            | {"df": tests.degrees_of_freedom, "p": tests.p_values}
            | {"df_kr": adjusted.degrees_of_freedom, "se_kr": adjusted.standard_errors}
            | {"p_kr": adjusted.p_values},
        ),
    ):
        for quantity, values in columns.items():
            assert column(terms_of["terms"], quantity, list(ols.names)) == values.tolist()
    for kind in get_args(Correction):
        robust = cluster_robust(comparison.moments, correction=kind)
        said = found["ols"]["cluster_robust"]
        assert list(said[kind].values()) == robust.standard_errors.tolist()
        if kind == "CR2":
            assert list(said["CR2_df"].values()) == robust.degrees_of_freedom.tolist()
    said = found["ml"]
    assert list(said["terms"].values()) == ml.estimates.tolist()
    assert (said["theta"], said["residual_variance"]) == (ml.theta.tolist(), ml.residual_variance)
    assert (said["deviance"], said["aic"], said["bic"]) == (ml.criterion, ml.aic, ml.bic)
    assert set(found["within"] or {}) == set(
        comparison.fits["within"].names if "within" in comparison.fits else ()
    )
    for term, said in (found["within"] or {}).items():
        own = comparison.fits["within"].to_dict()[term]
        assert (said["estimate"], said["se"]) == (own["estimate"], own["se"])
    if mixed.random_intercept_only:
        profile, said = profile_intervals(comparison.dial), found["mixed"]["profile_intervals"]
        assert said["between_sd"] == list(profile.between_sd)
        assert said["residual_sd"] == list(profile.residual_sd)
        assert list(said["fixed_effects"].values()) == profile.fixed_effects.tolist()


@every_reference
def test_ols_summary_equals_lm(name: str) -> None:
    found, printed = report(name)["ols"], expected(name)["ols"]
    for ours, theirs in (
        ("sigma", "sigma"),
        ("df_residual", "df"),
        ("residual_quantiles", "resid_quantiles"),
        ("log_likelihood", "logLik"),
        ("aic", "AIC"),
        ("bic", "BIC"),
    ):
        assert_allclose(found[ours], printed[theirs], rtol=1e-10, err_msg=ours)
    # An intercept alone explains nothing: R prints an exact 0.
    assert_allclose(found["r_squared"], printed["r2"], rtol=1e-10, atol=1e-14)
    assert_allclose(found["adj_r_squared"], printed["adj_r2"], rtol=1e-10, atol=1e-14)
    test = found["f_statistic"]
    assert_allclose([test["value"], test["df1"], test["df2"]] if test else [], printed["f"])


# --- The mixed model ---------------------------------------------------------------------------


@every_reference
def test_mixed_summary_equals_lme4(name: str) -> None:
    found, printed = report(name)["mixed"], expected(name)["lmm"]
    for ours, theirs, precision in (
        ("reml_criterion", "reml_criterion", 1e-9),
        ("aic", "AIC", 1e-9),
        ("bic", "BIC", 1e-9),
        ("residual_variance", "sigma2", 1e-6),
        # lme4 itself stops within about 1e-6 of the optimum on theta.
        ("theta", "theta", 1e-5),
        ("scaled_residual_quantiles", "scaled_resid_quantiles", 1e-6),
    ):
        assert_allclose(found[ours], printed[theirs], rtol=precision, err_msg=ours)
    # Orthogonal columns have correlations that are pure rounding error, in R as well.
    covariance = np.array(printed["vcov_fixed"])
    scale = 1e-12 * covariance.diagonal().max()
    assert_allclose(found["fixed_covariance"], covariance, rtol=1e-6, atol=scale)
    assert_allclose(found["fixed_correlation"], printed["corr_fixed"], rtol=1e-6, atol=1e-12)


@every_reference
def test_random_effects_are_listed_as_varcorr_does(name: str) -> None:
    found, printed = report(name)["mixed"]["random_effects"], expected(name)["lmm"]["varcorr"]
    assert [(entry["group"], entry["name"], entry["name2"]) for entry in found] == [
        (entry["grp"], entry["var1"], entry["var2"]) for entry in printed
    ]
    # VarCorr's vcov and sdcor hold the covariance and the correlation if two effects are named.
    for ours, theirs in zip(found, printed, strict=True):
        assert_allclose(ours["variance"], theirs["vcov"], rtol=1e-5)
        own, other = ("sd", "correlation") if theirs["var2"] is None else ("correlation", "sd")
        assert_allclose(ours[own], theirs["sdcor"], rtol=1e-5)
        assert ours[other] is None


@every_reference
def test_clusters_equal_lme4s_conditional_modes(name: str) -> None:
    found, printed = report(name)["mixed"]["clusters"], expected(name)["lmm"]["ranef"]
    assert [cluster["level"] for cluster in found] == printed["level"]
    effects = np.array(printed["b"], dtype=float).reshape(len(found), -1)
    # Single effects pass through zero, so the largest of them sets the scale.
    scale = np.abs(effects).max(axis=0)
    ours = np.array([cluster["effects"] for cluster in found])
    assert (np.abs(ours - effects) <= 1e-6 * scale).all()
    if "condsd" in printed:
        errors = [cluster["se"][0] for cluster in found]
        assert_allclose(errors, printed["condsd"], rtol=1e-6)
    counts = reference(name).frame[expected(name)["group"]].value_counts()
    assert {cluster["level"]: cluster["rows"] for cluster in found} == counts.to_dict()


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_variances_icc_and_shrinkage_belong_together(name: str) -> None:
    mixed = report(name)["mixed"]
    between, residual = mixed["between_variance"], mixed["residual_variance"]
    assert mixed["icc"] == pytest.approx(between / (between + residual))
    assert mixed["theta"][0] ** 2 * residual == pytest.approx(between)
    for cluster in mixed["clusters"]:
        expected_factor = between / (between + residual / cluster["rows"])
        assert cluster["shrinkage"] == pytest.approx(expected_factor)


def test_a_random_intercepts_interval_is_listed_among_the_random_effects_too() -> None:
    profile = report("orthodont")["mixed"]["profile_intervals"]
    (entry,) = profile["random_effects"]
    assert (entry["group"], entry["name"], entry["name2"]) == ("Subject", "(Intercept)", None)
    assert entry["sd"] == profile["between_sd"]
    found, exact = profile["fixed_effects"], EXACT_PROFILE["orthodont"]["fixed_effects"]
    assert_allclose(list(found.values()), [exact[term] for term in found], rtol=1e-9)


def by_confints_names(profile: dict[str, Any]) -> dict[str, list[float]]:
    """Label profile intervals as confint does, with oldNames = FALSE."""
    found = {"sigma": profile["residual_sd"], **profile["fixed_effects"]}
    for entry in profile["random_effects"]:
        if entry["name2"]:
            name = f"cor_{entry['name2']}.{entry['name']}|{entry['group']}"
            found[name] = entry["correlation"]
        else:
            found[f"sd_{entry['name']}|{entry['group']}"] = entry["sd"]
    return found


@pytest.mark.parametrize("name", SLOPES)
def test_profile_intervals_with_random_slopes_equal_lme4s(name: str) -> None:
    profile = report(name)["mixed"]["profile_intervals"]
    assert profile["between_sd"] is None
    found, printed = by_confints_names(profile), dict(CONFINT_SLOPES[name])
    if name == "orthodont_slopes":
        # The intercepts may not vary at all, and then any correlation is possible. lme4's profile
        # of the correlation ends where the intercepts' variance reaches 0.
        assert printed["sd_(Intercept)|Subject"][0] == 0.0
        printed["cor_age.(Intercept)|Subject"] = [-1.0, 1.0]
    assert set(found) == set(printed)
    for parameter, bounds in printed.items():
        assert_allclose(found[parameter], bounds, rtol=1e-4, err_msg=parameter)


def test_uncorrelated_slopes_have_intervals_of_standard_deviations_alone() -> None:
    comparison = compare(reference("sleepstudy").frame, "Reaction ~ Days + (1 + Days || Subject)")
    profile = to_dict(comparison)["mixed"]["profile_intervals"]
    assert [entry["name"] for entry in profile["random_effects"]] == ["(Intercept)", "Days"]
    expected_bounds = json.loads((FOLDER / "profile_slopes.json").read_text())
    printed = expected_bounds["sleepstudy_uncorrelated"]
    found = [entry["sd"] for entry in profile["random_effects"]]
    assert_allclose(found, [printed[".sig01"], printed[".sig02"]], rtol=1e-4)


def test_a_bound_that_could_not_be_found_is_null_and_noted() -> None:
    # The predictor differs from 0 in one row only.
    rng = np.random.default_rng(0)
    rng.normal(size=28)
    columns = {"y": np.arange(28) % 2, "x": np.eye(1, 28)[0], "g": rng.integers(0, 3, 28)}
    comparison = compare(pd.DataFrame(columns), "y ~ 1 + (1 + x || g)")
    found = to_dict(comparison)
    low, high = found["mixed"]["profile_intervals"]["random_effects"][1]["sd"]
    assert low == 0.0
    assert high is None
    assert found["notes"] == [
        *comparison.notes,
        "A bound of the profile interval for the standard deviation of x could not be found; it "
        "is given as null.",
    ]


def test_the_boundary_is_reported_as_such() -> None:
    mixed = report("dyestuff2_singular")["mixed"]
    assert mixed["singular"] is True
    assert (mixed["theta"], mixed["between_variance"], mixed["icc"]) == ([0.0], 0.0, 0.0)
    assert not report("dyestuff")["mixed"]["singular"]


# --- Maximum likelihood, within, ledger ----------------------------------------------------------


def test_sleepstudy_by_maximum_likelihood_is_the_fit_of_mixedmodels() -> None:
    # MixedModels.jl prints θ to five or six digits, and stops within one unit of the last.
    frame = reference("sleepstudy_slopes").frame
    comparison = compare(frame, "Reaction ~ Days + (1 + Days | Subject)")
    assert comparison.ml.criterion == pytest.approx(1751.9393444636682, rel=1e-12)
    assert_allclose(comparison.ml.theta, [0.92923, 0.018165, 0.222646], rtol=0, atol=5e-6)
    assert_allclose(comparison.ml.standard_errors, [6.63230, 1.50224], rtol=1e-5)


@every_reference
def test_ledger_sums_to_the_difference_of_the_two_fits(name: str) -> None:
    found = report(name)
    for term, account in found["ledger"]["terms"].items():
        mixed, ols = (found[model]["terms"][term]["estimate"] for model in ("mixed", "ols"))
        size = abs(ols) + found["ols"]["terms"][term]["se"]
        assert account["difference"] == pytest.approx(mixed - ols, abs=1e-11 * size)
        assert sum(account["by_cluster"].values()) == pytest.approx(
            account["difference"], abs=1e-11 * size
        )
        levels = [cluster["level"] for cluster in found["mixed"]["clusters"]]
        assert list(account["by_cluster"]) == levels


@pytest.mark.parametrize("name", [name for name in PUZZLES if name != "mpg"])
def test_tug_of_war_sums_to_the_movement_of_the_slope(name: str) -> None:
    found = to_dict(compare(example(name), PUZZLES[name]), slow_inference=False)
    tug = found["ledger"]["tug_of_war"]
    account = found["ledger"]["terms"][tug["term"]]
    assert tug["mix_shift"] + tug["reweighting"] == pytest.approx(account["difference"], abs=1e-12)
    for model in ("ols", "mixed"):
        share = tug[f"lambda_{model}"]
        # A predictor that is constant inside clusters neither has nor needs a within slope.
        assert (tug["within"] is None) == (share == 0)
        slope = share * (tug["within"] or 0) + (1 - share) * tug[f"between_{model}"]
        assert slope == pytest.approx(found[model]["terms"][tug["term"]]["estimate"], rel=1e-9)
