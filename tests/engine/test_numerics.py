"""As many digits as the data hold: certified values, exact arithmetic, and invariances.

Sources: NIST Statistical Reference Datasets, one-way analysis of variance, from SciPy's wheel;
rational arithmetic on the stored doubles.
"""

import functools
import math
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine import compare
from engine.as_dict import to_dict
from engine.models.dial import cluster_weights
from engine.models.mixed.intercept_fit import ratio_criterion
from tests.engine.example import puzzle

# --- NIST's reference data ---------------------------------------------------------------------

NIST = Path(scipy.__file__).parent / "stats" / "tests" / "data" / "nist_anova"

# Digits of the certified τ² that remain if the data are stored as doubles and everything after
# that is exact. The last three sets have 13 constant leading digits.
DIGITS = {
    **dict.fromkeys(["SmLs01", "SmLs02", "SmLs03"], 13.0),
    "SiRstv": 12.2,
    "AtmWtAg": 10.1,
    **dict.fromkeys(["SmLs04", "SmLs05", "SmLs06"], 9.8),
    **dict.fromkeys(["SmLs07", "SmLs08", "SmLs09"], 3.8),
}
every_set = pytest.mark.parametrize("name", DIGITS)


class OneWay(NamedTuple):
    """Balanced one-way data and the variances that NIST's mean squares certify."""

    frame: pd.DataFrame
    residual_variance: Fraction
    between_variance: Fraction


@functools.cache
def nist(name: str) -> OneWay:
    lines = (NIST / f"{name}.dat").read_text().splitlines()
    (between,) = (Fraction(line.split()[-2]) for line in lines if line.startswith("Between"))
    (within,) = (Fraction(line.split()[-1]) for line in lines if line.startswith("Within"))
    (start,) = (k for k, line in enumerate(lines) if line.startswith("Data:") and "1 F" not in line)
    rows = [line.split() for line in lines[start + 1 :] if line.strip()]
    frame = pd.DataFrame({"y": [float(row[1]) for row in rows], "g": [row[0] for row in rows]})
    size = int(frame["g"].value_counts().iloc[0])
    return OneWay(frame, within, (between - within) / size)


def exact_variances(frame: pd.DataFrame) -> tuple[Fraction, Fraction]:
    """Return σ̂² and τ̂² of balanced data as rational numbers: REML is analysis of variance there."""
    groups = [list(map(Fraction, rows)) for _, rows in frame.groupby("g")["y"]]
    size = len(groups[0])
    means = [sum(rows) / size for rows in groups]
    middle = sum(means) / len(means)
    between = size * sum((mean - middle) ** 2 for mean in means) / (len(means) - 1)
    squares = sum((y - mean) ** 2 for rows, mean in zip(groups, means, strict=True) for y in rows)
    within = squares / (len(groups) * (size - 1))
    return within, (between - within) / size


def digits(found: float, expected: Fraction) -> float:
    """Return how many digits are correct, at most the 16 of a double."""
    error = abs(Fraction(found) - expected) / expected
    return min(16.0, -math.log10(error)) if error else 16.0


@every_set
def test_nists_certified_variances_come_out_as_far_as_the_data_hold_them(name: str) -> None:
    mixed = compare(nist(name).frame, "y ~ 1 + (1 | g)").mixed
    assert digits(mixed.between_variance, nist(name).between_variance) >= DIGITS[name]
    assert digits(mixed.residual_variance, nist(name).residual_variance) >= DIGITS[name]


@every_set
def test_nists_data_give_what_exact_arithmetic_gives(name: str) -> None:
    mixed = compare(nist(name).frame, "y ~ 1 + (1 | g)").mixed
    residual, between = exact_variances(nist(name).frame)
    # Up to 18,009 squares are added one by one, each addition with a rounding error.
    assert digits(mixed.residual_variance, residual) >= 13.5
    assert digits(mixed.between_variance, between) >= 14


# --- everything the engine reports, in other units and orders -------------------------------------

# The power of c by which a number of the report is multiplied when y is multiplied by c.
POWERS = {
    **dict.fromkeys(["residual_variance", "between_variance", "variance", "fixed_covariance"], 2),
    **dict.fromkeys(["estimate", "se", "se_kr", "sigma", "sd", "effects", "difference"], 1),
    **dict.fromkeys(["residual_quantiles", "by_cluster", "between_sd", "residual_sd"], 1),
    **dict.fromkeys(["CR0", "CR1", "CR1S", "CR2", "mix_shift", "reweighting"], 1),
    **dict.fromkeys(["between_ols", "between_mixed", "gaps", "averages"], 1),
    **dict.fromkeys([".ml.terms", ".ledger.tug_of_war.within"], 1),
    ".mixed.profile_intervals.fixed_effects": 1,
}
# These shift by a multiple of log c instead.
CRITERIA = {"log_likelihood", "aic", "bic", "reml_criterion", "deviance"}


def numbers(report: Any, power: int = 0, path: str = "") -> dict[str, tuple[float, int]]:
    """Flatten a report: the numbers by their path, each with its power of the outcome's unit."""
    if isinstance(report, float):
        return {path: (report, power)}
    if not isinstance(report, dict | list):
        return {}
    found = {}
    for name, part in report.items() if isinstance(report, dict) else enumerate(report):
        where = f"{path}.{name}"
        if name not in CRITERIA:
            found |= numbers(part, POWERS.get(where, POWERS.get(name, power)), where)
    return found


def data(seed: int) -> pd.DataFrame:
    """Unbalanced clusters with outcomes in quarter steps, which are exact even near 1e8."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(8), [1, 2, 3, 5, 8, 13, 21, 34])
    x = np.round(rng.normal(size=8)[g] + rng.normal(size=len(g)), 2)
    y = np.round(4 * (x + 3 * rng.normal(size=8)[g] + 2 * rng.normal(size=len(g)))) / 4
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{k}" for k in g]})


MODELS = ["y ~ x + (1 | g)", "y ~ x + (1 + x | g)"]


def assert_close(found: float, expected: float, scale: float, where: str) -> None:
    assert abs(found - expected) <= 1e-9 * scale, (where, found, expected)


@given(seed=st.integers(0, 1000), formula=st.sampled_from(MODELS))
@settings(max_examples=8)
def test_no_number_of_the_report_depends_on_the_order_of_rows(seed: int, formula: str) -> None:
    plain = numbers(to_dict(compare(data(seed), formula)))
    mixed = numbers(to_dict(compare(data(seed).sample(frac=1, random_state=seed), formula)))
    assert plain.keys() == mixed.keys()
    for where, (value, _) in plain.items():
        assert_close(mixed[where][0], value, max(abs(value), 1.0), where)


@pytest.mark.parametrize("unit", [1e-7, 1e7])
@given(seed=st.integers(0, 1000), formula=st.sampled_from(MODELS))
@settings(max_examples=8)
def test_the_outcomes_unit_changes_no_number_but_by_its_power(
    unit: float, seed: int, formula: str
) -> None:
    plain = numbers(to_dict(compare(data(seed), formula)))
    other = numbers(to_dict(compare(data(seed).assign(y=lambda f: f.y * unit), formula)))
    assert plain.keys() == other.keys()
    for where, (value, power) in plain.items():
        scale = max(abs(value), 1.0)
        assert_close(other[where][0] / unit**power, value, scale, where)


@given(seed=st.integers(0, 1000))
@settings(max_examples=8)
def test_an_outcome_near_1e8_changes_only_the_intercept(seed: int) -> None:
    near, far = (
        to_dict(compare(data(seed).assign(y=lambda f, by=by: f.y + by), MODELS[0]))
        for by in (0.0, 1e8)
    )
    for model in ("ols", "mixed"):
        for name in ("estimate", "t", "p", "p_kr"):
            near[model]["terms"]["(Intercept)"].pop(name, None)
            far[model]["terms"]["(Intercept)"].pop(name, None)
    for report in (near, far):
        report["ml"]["terms"].pop("(Intercept)")
        report.pop("averages")
        for fit in report["fits"].values():
            for name in ("estimate", "t", "p"):
                fit["terms"].get("(Intercept)", {}).pop(name, None)
        report["mixed"]["profile_intervals"]["fixed_effects"].pop("(Intercept)")
    plain, other = numbers(near), numbers(far)
    assert plain.keys() == other.keys()
    for where, (value, _) in plain.items():
        # Residuals depend on the intercept, which as a double near 1e8 has steps of 1.5e-8.
        scale = 15.0 if "residual_quantiles" in where else 1.0
        assert_close(other[where][0], value, max(abs(value), scale), where)


# --- extreme ratios and sizes --------------------------------------------------------------------

SIZES = np.array([1, 2, 3, 10, 40, 200, 1000, 5000])


def with_ratio(ratio: float) -> pd.DataFrame:
    """Clusters of 1 to 5,000 rows whose REML criterion is stationary at this variance ratio.

    Rows lie at ±1 around their cluster's mean. The means are s c_j, where s solves
    Σω − Σω²/Σω = (N − 1) Σω² ē² / (W + Σω ē²): the derivative of the criterion is zero.
    """
    weights = cluster_weights(SIZES, ratio)
    c = np.array([1.0, -1.0, 2.0, 0.5, -0.5, 1.5, -2.0, 1.0])
    c -= weights @ c / weights.sum()
    # If the number of rows is odd, one row lies at the mean.
    within = float(np.sum(SIZES - SIZES % 2))
    left = weights.sum() - weights @ weights / weights.sum()
    squares = left * within / ((SIZES.sum() - 1) * (weights**2 @ c**2) - left * (weights @ c**2))
    means = np.sqrt(squares) * c
    steps = [np.append(np.tile([1.0, -1.0], n // 2), np.zeros(n % 2)) for n in SIZES]
    y = np.concatenate([mean + step for mean, step in zip(means, steps, strict=True)])
    return pd.DataFrame({"y": y, "g": np.repeat(np.arange(len(SIZES)), SIZES)})


@pytest.mark.parametrize("icc", [1e-8, 1e-6, 1e-3, 0.1, 0.5, 0.9, 1 - 1e-3, 1 - 1e-6, 1 - 1e-8])
def test_any_intraclass_correlation_is_found_in_clusters_of_1_to_5000_rows(icc: float) -> None:
    ratio = icc / (1 - icc)
    mixed = compare(with_ratio(ratio), "y ~ 1 + (1 | g)").mixed
    # The stored y are rounded. Near 0 the ratio is the difference of numbers that agree to
    # -log10(icc) digits; near 1 the rows of a cluster agree in up to -log10(1 - icc) digits.
    assert_allclose(mixed.variance_ratio, ratio, rtol=1e-9 + 1e-14 / icc + 1e-14 / (1 - icc))


@given(seed=st.integers(0, 10**6), sizes=st.lists(st.integers(1, 60), min_size=3, max_size=9))
@settings(max_examples=40)
def test_the_optimum_is_where_exact_arithmetic_has_it(seed: int, sizes: list[int]) -> None:
    if max(sizes) == 1:
        sizes = [*sizes, 2]
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(len(sizes)), sizes)
    y = rng.normal(size=len(sizes))[g] * 10 ** rng.uniform(-1, 2) + rng.normal(size=len(g))
    ratio = compare(pd.DataFrame({"y": y, "g": g}), "y ~ 1 + (1 | g)").mixed.variance_ratio
    if ratio == 0:
        assert exact_slope(y, g, Fraction(0)) >= 0
    else:
        assert exact_slope(y, g, Fraction(ratio) * (1 - Fraction(1, 10**9))) < 0
        assert exact_slope(y, g, Fraction(ratio) * (1 + Fraction(1, 10**9))) > 0


def exact_slope(y: np.ndarray, g: np.ndarray, ratio: Fraction) -> Fraction:
    """Return the derivative of the REML criterion of y ~ 1 + (1 | g), in rational numbers."""
    groups = [list(map(Fraction, y[g == k])) for k in range(g.max() + 1)]
    weights = [len(rows) / (1 + len(rows) * ratio) for rows in groups]
    means = [sum(rows) / len(rows) for rows in groups]
    total = sum(weights)
    middle = sum(w * m for w, m in zip(weights, means, strict=True)) / total
    within = sum((value - m) ** 2 for rows, m in zip(groups, means, strict=True) for value in rows)
    apart = [(m - middle) ** 2 for m in means]
    squares = within + sum(w * a for w, a in zip(weights, apart, strict=True))
    bent = sum(w**2 * a for w, a in zip(weights, apart, strict=True))
    return total - sum(w**2 for w in weights) / total - (len(y) - 1) * bent / squares


# --- two minima ----------------------------------------------------------------------------------


def test_of_two_minima_the_global_one_is_found_where_lme4_stops_at_the_boundary() -> None:
    comparison = puzzle("puzzle_random_vs_fixed")
    assert comparison.mixed.relative_sd == pytest.approx(44.6, abs=0.05)
    path = ratio_criterion(comparison.dial, np.concatenate([[0.0], np.logspace(-4, 8, 2000)]))
    # From zero the criterion first rises, so a search that starts there stays there.
    assert path[0] < path[1:800].max()
    assert comparison.mixed.criterion < path[0]
    assert comparison.mixed.criterion <= path.min()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=100)
def test_no_ratio_on_a_fine_path_is_better_than_the_one_found(seed: int) -> None:
    # With few clusters and x nearly constant in each, the criterion can have two minima.
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(4), 3)
    x = 10 * rng.normal(size=4)[g] + rng.normal(size=12)
    y = rng.uniform(-1, 1) * x + 10 * rng.normal(size=4)[g] + 0.3 * rng.normal(size=12)
    comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}), "y ~ x + (1 | g)")
    path = ratio_criterion(comparison.dial, np.concatenate([[0.0], np.logspace(-6, 9, 3000)]))
    assert comparison.mixed.criterion <= path.min() + 1e-10
