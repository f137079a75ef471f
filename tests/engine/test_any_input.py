"""Whatever the file and the formula: the right answer, or a sentence with culprit and remedy.

These tests go from the file to the fit. What `read`, `build` and `parse` refuse by themselves is
tested in test_sources, test_design and test_formula.
"""

import io
import json
import warnings
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from engine import BetwixtError, Comparison, DataError, FitError, FormulaError, compare, read
from engine.as_dict import to_dict
from engine.data.formula.terms import quote
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.verdict import paragraphs

MODEL = "y ~ x + (1 | g)"


def frame(clusters: int = 6, rows: int = 5, seed: int = 3) -> pd.DataFrame:
    """Clusters of equal size with real variation at both levels, rounded as in a file."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(clusters), rows)
    x = np.round(rng.normal(size=len(g)), 2)
    y = np.round(2 + x + rng.normal(size=clusters)[g] + rng.normal(size=len(g)), 3)
    return pd.DataFrame({"y": y, "x": x, "g": g})


def answer(comparison: Comparison) -> np.ndarray:
    mixed = comparison.mixed
    return np.concatenate(
        [comparison.ols.estimates, mixed.estimates, mixed.standard_errors, mixed.theta]
    )


def everything(comparison: Comparison, *, slow_inference: bool = True) -> str:
    """Print everything that can be printed about a comparison."""
    return "\n".join(
        [
            lm_printout(lm_summary(comparison, "d")).text,
            lmer_printout(lmer_summary(comparison, "d")).text,
            json.dumps(to_dict(comparison, slow_inference=slow_inference), allow_nan=False),
            *paragraphs(comparison),
        ]
    )


EXPECTED = answer(compare(frame(), MODEL))


# --- one table, many files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        lambda f: f.to_csv(index=False).encode(),
        lambda f: f.to_csv(index=False, sep=";").encode(),
        lambda f: f.to_csv(index=False, sep=";", decimal=",").encode(),
        lambda f: f.to_csv(index=False, sep="\t").encode(),
        lambda f: f.to_csv(index=False, sep="\t", decimal=",").encode(),
        lambda f: f.to_csv(index=False).encode("utf-16"),
        lambda f: f.assign(note="naïve").to_csv(index=False).encode("cp1252"),
        lambda f: f.to_csv(index=False, lineterminator="\r\n", quoting=2).encode("utf-8-sig"),
        lambda f: f.to_csv().encode(),
        lambda f: f.to_parquet(),
    ],
    ids=[
        "comma",
        "semicolon",
        "decimal comma",
        "tab",
        "tab and decimal comma",
        "utf-16",
        "windows",
        "quoted, windows lines",
        "row names",
        "parquet",
    ],
)
def test_every_form_of_a_file_gives_the_same_fit(written: object) -> None:
    found = read(io.BytesIO(written(frame())), "table")
    assert_allclose(answer(compare(found, MODEL)), EXPECTED, rtol=1e-12)


# --- cluster columns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        lambda g: g + 1e6,
        lambda g: -1.5 * g,
        lambda g: pd.date_range("2026-01-01", periods=6).take(g),
        lambda g: [f"Köln 🙂 {k}" for k in g],
        lambda g: [k if k % 2 else f"site {k}" for k in g],
        lambda g: pd.Categorical.from_codes(g, list("abcdef")),
        lambda g: pd.array(g, dtype="Int64"),
    ],
    ids=["number", "negative fraction", "date", "text", "mixed", "category", "nullable"],
)
def test_clusters_may_be_called_anything(label: object) -> None:
    found = frame()
    found["g"] = label(found["g"].to_numpy())
    comparison = compare(found, MODEL)
    assert_allclose(answer(comparison), EXPECTED, rtol=1e-9)
    assert f"groups:  g, {len(found.g.unique())}" in everything(comparison)


def test_true_and_false_are_two_clusters() -> None:
    found = frame(clusters=2, rows=12).assign(g=lambda f: f.g == 1)
    assert compare(found, MODEL).moments.levels == ("FALSE", "TRUE")


def test_one_cluster_is_refused() -> None:
    with pytest.raises(DataError, match=r"`g` has the single value `0`.*at least two clusters"):
        compare(frame(clusters=1), MODEL)


@pytest.mark.parametrize("formula", [MODEL, "y ~ x + (1 + x | g)", "y ~ x + (0 + x | g)"])
def test_only_singletons_are_refused(formula: str) -> None:
    with pytest.raises(FitError, match=r"single row|random effects"):
        compare(frame(clusters=30, rows=1), formula)


def test_a_cluster_of_one_row_takes_part() -> None:
    found = pd.concat([frame(), pd.DataFrame({"y": [9.0], "x": [0.5], "g": [77]})])
    comparison = compare(found, MODEL)
    # Its effect is its mean residual, shrunken to ρ / (1 + ρ) of it.
    last = comparison.clusters
    ratio = comparison.mixed.variance_ratio
    own = 9.0 - comparison.mixed.estimates @ [1, 0.5]
    assert last.levels[-1] == "77"
    assert last.effects[-1] == pytest.approx(own * ratio / (1 + ratio), rel=1e-12)
    assert "Number of obs: 31, groups:  g, 7" in everything(comparison)


def test_a_hundred_thousand_levels_take_seconds() -> None:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(100_000), 3)
    x = rng.normal(size=len(g))
    y = 1 + 2 * x + rng.normal(size=100_000)[g] + rng.normal(size=len(g))
    start = perf_counter()
    comparison = compare(pd.DataFrame({"y": y, "x": x, "g": g}).sample(frac=1), MODEL)
    assert perf_counter() - start < 20
    # The tolerances are five standard errors, which are small in so large a sample.
    assert comparison.mixed.estimates == pytest.approx([1, 2], abs=0.02)
    assert comparison.mixed.between_variance == pytest.approx(1, abs=0.04)
    assert "groups:  g, 1e+05" in lmer_printout(lmer_summary(comparison, "d")).text


# --- outcomes and predictors ---------------------------------------------------------------------


def test_a_constant_outcome_is_refused_with_its_value() -> None:
    with pytest.raises(DataError, match=r"outcome “y” has the same value, 4\.5, in all 30 rows"):
        compare(frame().assign(y=4.5), MODEL)


@pytest.mark.parametrize("formula", [MODEL, "y ~ x + (1 + x | g)"])
def test_no_residual_variation_is_refused(formula: str) -> None:
    exact = frame().assign(y=lambda f: 3 * f.x + f.g)
    with pytest.raises(FitError, match="no residual variation to estimate"):
        compare(exact, formula)


def test_variation_within_clusters_that_is_lost_beside_that_between_is_refused() -> None:
    found = frame().assign(y=lambda f: 1e12 * f.g + f.x % 1)
    with pytest.raises(FitError, match=r"[Vv]ariation"):
        compare(found, "y ~ 1 + (1 | g)")


@pytest.mark.parametrize(
    "column",
    [
        7.0,
        0.1 + 0.2,
        lambda f: 2 * f.x - 1,
        lambda f: f.x / 3 + 1e6,
        "only",
    ],
    ids=["constant", "constant fraction", "collinear", "collinear, far away", "one level"],
)
def test_a_useless_predictor_is_left_out_and_named(column: object) -> None:
    comparison = compare(frame().assign(useless=column), "y ~ x + useless + (1 | g)")
    assert comparison.mixed.names == ("(Intercept)", "x")
    assert_allclose(answer(comparison), EXPECTED, rtol=1e-9)
    (note,) = comparison.notes
    assert "useless" in note
    assert note in json.loads(json.dumps(to_dict(comparison, slow_inference=False)))["notes"]


def test_of_two_collinear_predictors_the_later_goes_and_lm_prints_na() -> None:
    found = frame().assign(twice=lambda f: 2 * f.x)
    comparison = compare(found, "y ~ twice + x + (1 | g)")
    assert comparison.dropped_terms == ("x",)
    text = lm_printout(lm_summary(comparison, "d")).text
    assert "(1 not defined because of singularities)" in text
    assert "dropping 1 column / coefficient" in lmer_printout(lmer_summary(comparison, "d")).text


def test_predictors_that_never_vary_leave_the_intercept() -> None:
    comparison = compare(frame().assign(x=0.0), MODEL)
    assert comparison.mixed.names == ("(Intercept)",)
    with pytest.raises(DataError, match="No predictor varies"):
        compare(frame().assign(x=0.0), "y ~ 0 + x + (1 | g)")


@pytest.mark.parametrize("rows", [2, 3])
def test_no_more_rows_than_coefficients_are_refused_with_both_numbers(rows: int) -> None:
    found = frame().iloc[[0, 5, 6]].head(rows).assign(a=[1, 0, 2][:rows], g=[1, 2, 2][:rows])
    with pytest.raises(FitError, match=f"{rows} rows for {rows} coefficients. Remove predictors"):
        compare(found, "y ~ x + a + (1 | g)")


def test_a_predictor_that_tells_all_clusters_apart_is_refused_by_name() -> None:
    found = frame(clusters=2, rows=9).assign(treated=lambda f: np.where(f.g == 1, "yes", "no"))
    with pytest.raises(FitError, match=r"all 2 clusters apart \(treatedyes being constant"):
        compare(found, "y ~ x + treated + (1 | g)")


def test_missing_values_are_dropped_and_counted_and_the_rest_is_fitted() -> None:
    holes = frame().astype({"g": object})
    holes.loc[0, "y"] = holes.loc[7, "x"] = np.nan
    holes.loc[12, "g"] = None
    comparison = compare(holes, MODEL)
    assert comparison.design.dropped_rows == 3
    assert "3 rows of 30 were left out" in comparison.notes[0]
    assert "(3 observations deleted due to missingness)" in everything(comparison)
    complete = compare(frame().drop([0, 7, 12]), MODEL)
    assert_allclose(answer(comparison), answer(complete), rtol=1e-12)


@pytest.mark.parametrize("column", ["y", "x", "g"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinities_from_a_file_are_refused_by_column_and_row(column: str, value: float) -> None:
    found = frame().astype(float)
    found.loc[6, column] = value
    content = io.BytesIO(found.to_csv(index=False).encode())
    with pytest.raises(DataError, match=f"`{column}` is infinite.* in row 7"):
        compare(read(content, "t.csv"), MODEL)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (lambda n: [f"v{k}" for k in range(n)], "row 1 of the data holds `v0`"),
        (lambda n: pd.date_range("2026-01-01", periods=n), "dates or times"),
        (lambda n: ["1,5"] * n, "holds `1,5`"),
    ],
    ids=["text", "date", "decimal commas"],
)
def test_an_outcome_that_is_no_number_is_refused(values: object, says: str) -> None:
    found = frame().assign(y=values(30))
    with pytest.raises(DataError, match=f"outcome `y`.*{says}"):
        compare(found, MODEL)


def test_an_outcome_of_true_and_false_is_fitted_as_one_and_zero() -> None:
    found = frame(rows=20).assign(y=lambda f: f.y > 2)
    comparison = compare(found, MODEL)
    assert "true or false" in comparison.notes[0]
    numbers = compare(found.astype({"y": int}), MODEL)
    assert_allclose(answer(comparison), answer(numbers), rtol=1e-12)


@pytest.mark.parametrize(
    ("column", "size"),
    [("y", size) for size in (1e-300, 1e-100, 1e-60)]
    + [(column, size) for column in "yx" for size in (1e60, 1e100, 1e160, 1e300)],
)
def test_numbers_too_large_or_too_small_to_square_are_refused_by_name(
    column: str, size: float
) -> None:
    found = frame().assign(**{column: lambda f: f[column] * size})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError, match=f"“{column}” .*too (large|small) to compute.*unit"):
            compare(found, MODEL)


SEARCHED = {"sds", "residual_sd", "fixed_effects", "correlations"}


def with_units(
    comparison: Comparison, of_y: float, of_x: float
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return numbers of the report on y ~ x: those with units, in these units, and pure ones."""
    mixed = to_dict(comparison)["mixed"]
    profile, terms = mixed["profile_intervals"], list(mixed["terms"].values())
    unit = {"(Intercept)": of_y, "x": of_y / of_x}
    random = profile["random_effects"]
    sds = [np.array(own["sd"]) / unit[own["name"]] for own in random if own["name2"] is None]
    per_unit = np.array([unit[name] for name in mixed["terms"]])
    lengths = {
        key: np.array([term[key] for term in terms]) / per_unit
        for key in ("estimate", "se", "se_kr")
    }
    lengths["sds"] = np.array(sds)
    lengths["residual_sd"] = np.array(profile["residual_sd"]) / of_y
    lengths["fixed_effects"] = np.array(list(profile["fixed_effects"].values())) / per_unit[:, None]
    lengths["residual_variance"] = np.array(mixed["residual_variance"]) / of_y / of_y
    pure = {
        key: np.array([term[key] for term in terms]) for key in ("t", "df", "p", "df_kr", "p_kr")
    }
    pure["correlations"] = np.array([own["correlation"] for own in random if own["name2"]])
    return lengths, pure


@pytest.mark.parametrize("formula", [MODEL, "y ~ x + (1 + x | g)"])
@pytest.mark.parametrize(
    ("of_y", "of_x"),
    # 2^162 is 6e48. Numbers ten times larger are refused, and so are those as small.
    [(2.0**130, 2.0**-130), (2.0**-130, 2.0**130), (2.0**162, 2.0**-162), (2.0**-162, 2.0**162)],
)
def test_any_magnitude_below_that_changes_an_answer_by_its_unit_alone(
    formula: str, of_y: float, of_x: float
) -> None:
    plain = compare(frame(), formula)
    other = compare(frame().assign(y=lambda f: f.y * of_y, x=lambda f: f.x * of_x), formula)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = with_units(other, of_y, of_x)
    for ours, theirs in zip(found, with_units(plain, 1.0, 1.0), strict=True):
        for key, values in theirs.items():
            # Powers of two cost no digits. But the logarithm of the unit is rounded, so the
            # searches for the optimum may end one step apart, and the searches for the bounds end
            # where a step gains less than 1e-9.
            rtol = 1e-9 if key in SEARCHED else 1e-12
            assert_allclose(ours[key], values, rtol=rtol, err_msg=key)


# --- random slopes -------------------------------------------------------------------------------


def refused(found: pd.DataFrame, formula: str) -> str:
    """Return the sentence that refuses a model, which no warning may precede."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FitError) as caught:
            compare(found, formula)
    return str(caught.value)


@pytest.mark.parametrize("formula", ["y ~ x + (1 + x | g)", "y ~ 1 + (1 + x + z | g)"])
@pytest.mark.parametrize("noise", [1e-7, 1e-9])
def test_rows_that_agree_too_well_with_their_clusters_lines_are_refused(
    formula: str, noise: float
) -> None:
    rng = np.random.default_rng(1)
    found = frame(rows=8).assign(z=lambda f: f.x**2)
    found["y"] = rng.normal(size=6)[found.g] + noise * rng.normal(size=48)
    said = refused(found, formula)
    assert "The rows lie too close to their clusters' own lines" in said
    assert "Use fewer random effects" in said


@pytest.mark.parametrize(
    ("formula", "clusters", "names"),
    [
        # Two means cannot identify three variances; lmer's answer depends on where it starts.
        ("y ~ 1 + (1 + level | g)", 2, "(Intercept) and level vary"),
        ("y ~ level + (1 + level | g)", 3, "(Intercept) and level vary"),
        ("y ~ level + x + (1 + level + x || g)", 3, "(Intercept) and level vary"),
        # The predictors fit both clusters' means, whatever varies.
        ("y ~ level + x + (1 + x || g)", 2, "(Intercept) varies"),
    ],
)
def test_clusters_too_few_to_tell_variances_apart_are_refused_by_effect(
    formula: str, clusters: int, names: str
) -> None:
    found = frame(clusters=clusters, rows=8).assign(level=lambda f: np.sqrt(2.0 + f.g))
    said = refused(found, formula)
    assert f"The {clusters} clusters cannot tell how much {names} among them" in said
    assert ("how they correlate" in said) == ("||" not in formula)


def test_the_covariance_of_effects_that_meet_in_no_cluster_is_refused() -> None:
    found = frame().assign(
        z=lambda f: f.x.where(f.g < 3, 0.0), x=lambda f: f.x.where(f.g >= 3, 0.0)
    )
    assert "cannot tell how much x and z vary" in refused(found, "y ~ 1 + (0 + x + z | g)")
    assert np.isfinite(compare(found, "y ~ 1 + (0 + x + z || g)").mixed.theta).all()


@pytest.mark.parametrize("lower", [1e-1, 1e-2, 1e-4])
def test_clusters_whose_predictors_differ_by_any_factor_still_tell_variances_apart(
    lower: float,
) -> None:
    # A cluster measured in the wrong unit has a slope in that unit, and tells just as much.
    found = frame(clusters=8, rows=12)
    slopes = np.random.default_rng(4).normal(size=8)
    wrong = np.where(found.g == 0, 1.0 / lower, 1.0)
    found["y"] = slopes[found.g] * found.x + 0.1 * (found.y - found.x)
    found["x"] *= wrong
    mixed = compare(found, "y ~ x + (0 + x | g)").mixed
    # Seven slopes have variance 1 and one is near 0; allow three standard errors for eight slopes.
    assert 0.25 < mixed.components[0].sds[0] < 1.75


def test_clusters_just_enough_to_tell_variances_apart_are_fitted() -> None:
    found = frame(clusters=5, rows=6).assign(level=lambda f: np.sqrt(2.0 + f.g))
    mixed = compare(found, "y ~ 1 + (1 + level | g)").mixed
    assert np.isfinite(mixed.standard_errors).all()


@pytest.mark.parametrize("seed", [13, 16, 17, 22])
def test_an_effect_too_small_to_be_squared_is_followed_like_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters, rows = rng.integers(2, 6), rng.integers(2, 5)
    group = np.repeat(np.arange(clusters), rows)
    n = len(group)
    x = 1e6 + rng.normal(size=n) * 10.0 ** rng.integers(-3, 6)
    z = 10.0 ** rng.integers(20, 28) * rng.normal(size=n) * (rng.random(n) < 0.5)
    found = pd.DataFrame({"y": rng.normal(size=n) + group, "x": x, "z": z, "g": group})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(compare(found, "y ~ 1 + (1 + x + z || g)").ml.standard_errors).all()


@pytest.mark.parametrize("clusters", [2, 3])
@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e12])
@pytest.mark.parametrize("formula", ["y ~ x + z + (1 + x + z | g)", "y ~ 1 + (1 + x + z || g)"])
def test_few_clusters_and_tiny_or_huge_predictors_are_fitted_without_a_warning(
    formula: str, clusters: int, scale: float
) -> None:
    found = frame(clusters, rows=9).assign(z=lambda f: np.cos(5 * f.x))
    plain = compare(found, formula).mixed
    single = pd.DataFrame({"y": [2.5], "x": [0.4 * scale], "z": [0.2], "g": [9]})
    scaled = found.assign(x=found.x * scale)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        single_row_too = compare(pd.concat([scaled, single]), formula)
        # One case per formula is enough, because slow inference is not compared here.
        everything(single_row_too, slow_inference=(clusters, scale) == (2, 1e12))
        other = compare(scaled, formula).mixed
    units = np.array([1.0, 1.0 / scale, 1.0])[: len(plain.names)]
    assert_allclose(other.standard_errors / units, plain.standard_errors, rtol=1e-6)
    assert other.residual_variance == pytest.approx(plain.residual_variance, rel=1e-7)


# --- names and formulas --------------------------------------------------------------------------

ODD_NAMES = ["my y", "a.b", '"quoted"', "it's", "tick`s", "🙂", "a+b", "x | g", "1", "y ~ x", "(1"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_column_name_can_be_used_in_a_file_and_in_every_part_of_a_formula(name: str) -> None:
    for role in "yxg":
        renamed = frame().rename(columns={role: name})
        found = read(io.BytesIO(renamed.to_csv(index=False).encode()), "t.csv")
        y, x, g = (quote(name) if role == part else part for part in "yxg")
        comparison = compare(found, f"{y} ~ {x} + (1 | {g})")
        assert_allclose(answer(comparison), EXPECTED, rtol=1e-12)
        assert quote(name) in everything(comparison)


def test_an_unknown_column_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(DataError, match=r"no column `math_score`. Did you mean `Math score`"):
        compare(frame().rename(columns={"x": "Math score"}), "y ~ math_score + (1 | g)")


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ __import__('os').system('echo') + (1 | g)",
        "y ~ x.__class__.__bases__[0].__subclasses__() + (1 | g)",
        "y ~ eval(x) + (1 | g)",
        "y ~ x + (1 | open('f'))",
        "y ~ @x + (1 | g)",
        "y ~ " + "(" * 10_000 + "x" + ")" * 10_000 + " + (1 | g)",
        "y ~ " + "x + " * 1_000_000 + "(1 | g)",
        "y ~ " + "*".join("abcdefghijklmnopqrstuvw") + " + (1 | x)",
    ],
    ids=["import", "attribute", "eval", "open", "at sign", "nested", "long", "combinations"],
)
def test_code_and_monsters_are_refused_at_once(formula: str) -> None:
    start = perf_counter()
    with pytest.raises(FormulaError, match="character"):
        compare(frame(), formula)
    assert perf_counter() - start < 1


# --- anything at all -----------------------------------------------------------------------------

FORMULAS = [
    "y ~ 1 + (1 | g)",
    MODEL,
    "y ~ 0 + x + (1 | g)",
    "y ~ x + z + f + (1 | g)",
    "y ~ x * f + (1 | g)",
    "y ~ 0 + f + (1 | g)",
    "y ~ x + (1 + x | g)",
    "y ~ 1 + (1 + x + z || g)",
    "y ~ 0 + x + (0 + x | g)",
]
COLUMNS = [
    lambda rng, n: np.full(n, rng.choice([0, 7.5, 1e8, -1e-9])),
    lambda rng, n: rng.integers(0, 2, n),
    lambda _, n: np.arange(n) % 2 * 1.0,
    lambda _, n: np.eye(1, n)[0],
    lambda rng, n: np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
    lambda rng, n: rng.normal(size=n) * 10.0 ** rng.integers(-20, 20),
    lambda rng, n: rng.normal(size=n) * 10.0 ** rng.integers(-300, 300),
    lambda rng, n: rng.normal(size=n) + 10.0 ** rng.integers(0, 16),
]


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 40), formula=st.sampled_from(FORMULAS))
@settings(max_examples=400)
def test_any_small_table_gets_all_the_printouts_or_a_sentence(
    seed: int, rows: int, formula: str
) -> None:
    rng = np.random.default_rng(seed)
    g = rng.integers(0, rng.choice([2, 3, 4, rows]), rows)
    found = pd.DataFrame({name: rng.choice(COLUMNS)(rng, rows) for name in "yxz"})
    found["f"] = rng.choice(list("abc"), rows)
    found["g"] = g
    change = rng.integers(0, 6)
    if change < 4:
        column, values = [("y", 2 * found.x), ("y", found.x + g), ("z", 3 * found.x), ("x", g % 2)][
            change
        ]
        found[column] = values
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            comparison = compare(found, formula)
            # Other tests compare slow inference instead of only printing it; with random slopes it
            # takes seconds in the oddest tables.
            text = everything(comparison, slow_inference=comparison.mixed.random_intercept_only)
        except BetwixtError as error:
            # The message is a sentence that begins with a capital or a name and says what to do.
            assert str(error).endswith(".")  # noqa: PT017
        else:
            rows = comparison.design.rows
            assert f"Number of obs: {rows}, groups:  g, {len(comparison.design.levels)}" in text
