"""Everything the engine knows about a comparison, as plain data that JSON can hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, TypeAlias, get_args

import numpy as np

from engine.account.ledger import ledger
from engine.account.targets import averages
from engine.account.within_between import only_slope_split
from engine.comparison import Comparison
from engine.data.moments import FloatArray
from engine.errors import FitError
from engine.estimators import ESTIMATORS
from engine.inference.cluster_robust import Correction, cluster_robust
from engine.inference.kenward_roger import kenward_roger
from engine.inference.profile_general import profile_slope_intervals
from engine.inference.profile_intercept import profile_intervals
from engine.inference.satterthwaite import satterthwaite
from engine.models.hausman import hausman
from engine.models.within import within_estimate
from engine.printout.contents import quartiles

Json: TypeAlias = dict[str, Any]


def to_dict(comparison: Comparison, *, slow_inference: bool = True) -> Json:
    """Return both fits and what explains their difference.

    Parameters
    ----------
    comparison
        Both fits.
    slow_inference
        Whether to compute the Kenward-Roger adjustment and the profile intervals, which take
        longer than everything else. Without them ``df_kr``, ``se_kr``, ``p_kr`` and
        ``profile_intervals`` are None.

    Returns
    -------
    dict
        Numbers, texts, lists and dicts. None marks a quantity that the model does not have, or an
        interval bound that could not be found; ``notes`` then names the interval.

    Raises
    ------
    FitError
        There are fewer than two clusters, too few for cluster-robust standard errors.

    Notes
    -----
    ``mixed.profile_intervals`` holds 95% intervals, each a lower and an upper bound:
    ``between_sd`` (random intercepts alone) and ``residual_sd``; ``random_effects``, one entry
    for each standard deviation and each correlation, with the ``group``, ``name`` and ``name2``
    of ``mixed.random_effects``; and ``fixed_effects`` by name.
    """
    mixed = _mixed(comparison, slow_inference)
    report = {
        "formula": comparison.formula.text,
        "rows": comparison.design.rows,
        "dropped_rows": comparison.design.dropped_rows,
        "clusters": len(comparison.design.levels),
        "notes": [*comparison.notes, *_missing_bounds(mixed["profile_intervals"])],
        "ols": _ols(comparison),
        "mixed": mixed,
        "ml": _ml(comparison),
        "within": _within(comparison),
        "fits": _fits(comparison),
        "hausman": _hausman(comparison),
        "averages": _averages(comparison),
        "ledger": _ledger(comparison),
    }
    plain: Json = _plain(report)
    return plain


def _ols(comparison: Comparison) -> Json:
    fit = comparison.ols
    robust: Json = {}
    for correction in get_args(Correction):
        errors = cluster_robust(comparison.moments, correction=correction)
        robust[correction] = _by_name(fit.names, errors.standard_errors)
        if correction == "CR2":
            robust["CR2_df"] = _by_name(fit.names, errors.degrees_of_freedom)
    f_test = None
    if fit.model_df:
        f_test = {
            "value": fit.f_value,
            "df1": fit.model_df,
            "df2": fit.residual_df,
            "p": fit.f_p_value,
        }
    return {
        "terms": _terms(
            fit.names,
            estimate=fit.estimates,
            se=fit.standard_errors,
            t=fit.t_values,
            p=fit.p_values,
        ),
        "sigma": fit.residual_sd,
        "df_residual": fit.residual_df,
        "r_squared": fit.r_squared,
        "adj_r_squared": fit.adjusted_r_squared,
        "f_statistic": f_test,
        "residual_quantiles": quartiles(comparison.ols_residuals),
        "log_likelihood": fit.log_likelihood,
        "aic": fit.aic,
        "bic": fit.bic,
        "cluster_robust": robust,
    }


def _mixed(comparison: Comparison, slow_inference: bool) -> Json:
    fit = comparison.mixed
    simple = fit.random_intercept_only
    tests = satterthwaite(comparison.model, fit.theta)
    missing = np.full(len(fit.names), np.nan)
    df_kr = se_kr = p_kr = missing
    profile = None
    if slow_inference:
        adjusted = kenward_roger(comparison.model, fit.theta)
        df_kr, se_kr, p_kr = (
            adjusted.degrees_of_freedom, adjusted.standard_errors, adjusted.p_values
        )  # fmt: skip
        profile = _profile(comparison)
    return {
        "terms": _terms(
            fit.names,
            estimate=fit.estimates,
            se=fit.standard_errors,
            t=fit.t_values,
            df=tests.degrees_of_freedom,
            p=tests.p_values,
            df_kr=df_kr,
            se_kr=se_kr,
            p_kr=p_kr,
        ),
        "theta": fit.theta,
        "residual_variance": fit.residual_variance,
        "between_variance": fit.between_variance if simple else None,
        "random_effects": _random_effects(comparison),
        "icc": fit.icc if simple else None,
        "reml_criterion": fit.criterion,
        "scaled_residual_quantiles": quartiles(comparison.scaled_residuals),
        "fixed_correlation": fit.correlation,
        "fixed_covariance": fit.covariance,
        "aic": fit.aic,
        "bic": fit.bic,
        "singular": fit.singular,
        "clusters": _clusters(comparison),
        "profile_intervals": profile,
    }


def _random_effects(comparison: Comparison) -> list[Json]:
    """Return one entry per variance and, with ``name2``, per covariance, as R's VarCorr does."""
    group = comparison.design.cluster_name
    entries: list[Json] = []

    def add(name: str | None, name2: str | None, variance: float, **more: float | None) -> None:
        entry = {"group": group, "name": name, "name2": name2, "variance": variance}
        entries.append(entry | {"sd": None, "correlation": None} | more)

    for component in comparison.mixed.components:
        for k, name in enumerate(component.names):
            add(name, None, float(component.covariance[k, k]), sd=float(component.sds[k]))
        for k, name in enumerate(component.names):
            for m in range(k + 1, len(component.names)):
                covariance = float(component.covariance[m, k])
                correlation = float(component.correlations[m, k])
                add(name, component.names[m], covariance, correlation=correlation)
    residual = comparison.mixed.residual_variance
    entries.append(
        {
            "group": "Residual",
            "name": None,
            "name2": None,
            "variance": residual,
            "sd": math.sqrt(residual),
            "correlation": None,
        }
    )
    return entries


def _profile(comparison: Comparison) -> Json:
    """Return the profile-likelihood intervals, in one shape for all models."""
    terms, group = comparison.model.terms, comparison.design.cluster_name
    between: tuple[float, float] | None = None
    if comparison.mixed.random_intercept_only:
        simple = profile_intervals(comparison.dial)
        between, residual, fixed = simple.between_sd, simple.residual_sd, simple.fixed_effects
        random = np.array([between])
    else:
        slopes = profile_slope_intervals(comparison.model)
        random, residual, fixed = slopes.random, slopes.residual_sd, slopes.fixed_effects
    places = zip(terms.pattern.columns.tolist(), terms.pattern.rows.tolist(), strict=True)
    bounds = dict(zip(places, random, strict=True))
    entries = [
        {
            "group": group,
            "name": terms.names[k],
            "name2": None if k == m else terms.names[m],
            "sd": bounds[k, m] if k == m else None,
            "correlation": None if k == m else bounds[k, m],
        }
        # Standard deviations come first, then correlations, as in VarCorr.
        for k, m in sorted(bounds, key=lambda place: (place[0] != place[1], place))
    ]
    return {
        "between_sd": between,
        "residual_sd": residual,
        "random_effects": entries,
        "fixed_effects": _by_name(comparison.mixed.names, fixed),
    }


def _missing_bounds(profile: Json | None) -> list[str]:
    """Say which intervals have a bound that could not be found."""
    if profile is None:
        return []
    bounds = {"the residual standard deviation": profile["residual_sd"]}
    for entry in profile["random_effects"]:
        if entry["name2"] is None:
            bounds[f"the standard deviation of {entry['name']}"] = entry["sd"]
        else:
            pair = f"{entry['name']} and {entry['name2']}"
            bounds[f"the correlation of {pair}"] = entry["correlation"]
    bounds |= {f"the effect of {name}": own for name, own in profile["fixed_effects"].items()}
    return [
        f"A bound of the profile interval for {what} could not be found; it is given as null."
        for what, own in bounds.items()
        if np.isnan(own).any()
    ]


def _clusters(comparison: Comparison) -> list[Json]:
    effects, counts = comparison.random_effects, comparison.moments.counts
    simple = comparison.mixed.random_intercept_only
    shrinkage = comparison.clusters.shrinkage.tolist() if simple else [None] * len(counts)
    columns = (effects.levels, counts, effects.effects, effects.sds, shrinkage)
    return [
        {"level": level, "rows": rows, "effects": values, "se": errors, "shrinkage": factor}
        for level, rows, values, errors, factor in zip(*columns, strict=True)
    ]


def _ml(comparison: Comparison) -> Json | None:
    try:
        fit = comparison.ml
    except FitError:
        return None
    return {
        "terms": _by_name(fit.names, fit.estimates),
        "theta": fit.theta,
        "residual_variance": fit.residual_variance,
        "deviance": fit.criterion,
        "aic": fit.aic,
        "bic": fit.bic,
    }


def _fits(comparison: Comparison) -> Json:
    """Return every estimator's coefficients, by its id."""
    labels = {estimator.id: estimator.label for estimator in ESTIMATORS}
    return {
        name: {"label": labels[name], "terms": fit.to_dict()}
        for name, fit in comparison.fits.items()
    }


def _hausman(comparison: Comparison) -> Json | None:
    """Return Hausman's test of within against random-intercept slopes; None if undefined."""
    try:
        test = hausman(comparison.dial)
    except FitError:
        return None
    if test is None:
        return None
    return {
        "gaps": _by_name(test.terms, test.gaps),
        "statistic": test.statistic,
        "df": test.degrees_of_freedom,
        "p": test.p_value,
        "defined": test.defined,
    }


def _averages(comparison: Comparison) -> Json | None:
    """Return the clusters' own intercepts, averaged over rows and over clusters."""
    try:
        found = averages(comparison.moments)
    except FitError:
        return None
    return {"of_rows": found.of_rows, "of_clusters": found.of_clusters}


def _within(comparison: Comparison) -> Json | None:
    try:
        fit = within_estimate(comparison.moments)
    except FitError:
        return None
    return _terms(fit.names, estimate=fit.estimates, se=fit.standard_errors)


def _ledger(comparison: Comparison) -> Json:
    fit, moments = comparison.mixed, comparison.moments
    account, tug = ledger(comparison), None
    if fit.random_intercept_only:
        split = only_slope_split(comparison.dial, fit.variance_ratio)
        # There are no other slopes that could carry this one along.
        tug = _fields(split, "carried") if split else None
    return {
        "terms": {
            name: {
                "difference": account.difference[k],
                "by_cluster": _by_name(moments.levels, account.by_cluster[:, k]),
            }
            for k, name in enumerate(fit.names)
        },
        "tug_of_war": tug,
    }


def _fields(value: Any, left_out: str) -> Json:
    return {name: item for name, item in dataclasses.asdict(value).items() if name != left_out}


def _terms(names: tuple[str, ...], **quantities: FloatArray) -> Json:
    return {
        name: {quantity: values[k] for quantity, values in quantities.items()}
        for k, name in enumerate(names)
    }


def _by_name(names: Sequence[str], values: FloatArray) -> Json:
    return dict(zip(names, values, strict=True))


def _plain(value: Any) -> Any:
    """Turn numpy numbers and arrays into Python's, and NaN, which JSON lacks, into None."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
