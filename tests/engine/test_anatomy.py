"""Every number of both printouts is named, paired and explained.

The printouts are our own; test_spans.py compares the places in them with those in R's.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BetwixtError, Comparison, FitError, compare, read
from engine.account.ledger import ledger
from engine.account.puzzle import noticed
from engine.data.examples import FOLDER as DATA
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.printout.spans import Printout
from engine.simulation import PRESETS
from engine.words.anatomy import Explained, anatomy
from engine.words.meanings import DIAL
from tests.engine.formulas import assert_arithmetic
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared
from tests.engine.test_spans import drawn

TWIN = "twin"
# Models of files in tests/reference: random slopes of every kind, the boundary included.
SLOPES = {
    "correlated": ("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
    "uncorrelated": ("sleepstudy", "Reaction ~ Days + (Days || Subject)"),
    "unbalanced": ("two_slopes", "y ~ u + v + (u + v | g)"),
    "no intercepts": ("two_slopes", "y ~ u + (0 + u | g)"),
    "a mean missing": ("two_slopes", "y ~ u + (v | g)"),
    "levels": ("machines", "score ~ Machine + (0 + Machine | Worker)"),
    "correlation of -1": ("flat_slopes", "y ~ z + (z | g)"),
    "no variance of slopes": ("flat_slopes", "y ~ z + (z || g)"),
    "no variance at all": ("dyestuff2_singular", "Yield ~ 1 + (0 + z | Batch)"),
}
INTERCEPTS = [*RANDOM_INTERCEPT, TWIN]
BY_ML = " by ML"
EVERY = [
    *INTERCEPTS,
    *SLOPES,
    *(name + BY_ML for name in [*RANDOM_INTERCEPT, *SLOPES]),
]
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
# The call, up to the next blank line, and the legend of the stars.
ASKED, LEGEND = ("Call:", "Formula:"), "Signif. codes:"


@cache
def fitted(name: str) -> Comparison:
    if name.endswith(BY_ML):
        comparison = fitted(name.removesuffix(BY_ML))
        return replace(comparison, mixed=comparison.ml)
    if name in SLOPES:
        file, formula = SLOPES[name]
        frame = pd.read_csv(FOLDER / f"{file}.csv")
        frame["z"] = frame.get("z", np.arange(len(frame)) % 5)
        # With balanced rows no coefficient would move.
        return compare(frame[(frame.index % 7 != 0) | (frame.index < 40)], formula)
    if name == TWIN:
        return compare(read(DATA / "twin.parquet"), "pSHP2 ~ condition + (1 | cluster)")
    return compared(name)


def printouts(comparison: Comparison) -> tuple[Printout, Printout]:
    return (
        lm_printout(lm_summary(comparison, "dat")),
        lmer_printout(lmer_summary(comparison, "dat")),
    )


@cache
def explained(name: str) -> dict[str, Explained]:
    comparison = fitted(name)
    return {number.id: number for number in anatomy(comparison, *printouts(comparison))}


def tokens(text: str) -> Iterator[tuple[int, int, int]]:
    asked = False
    for line, content in enumerate(text.split("\n")):
        asked = content.startswith(ASKED) or (asked and bool(content))
        if not asked and not content.startswith(LEGEND):
            yield from ((line, *found.span()) for found in NUMBER.finditer(content))


def assert_covered(comparison: Comparison) -> None:
    lm, lmer = printouts(comparison)
    numbers = anatomy(comparison, lm, lmer)
    assert len({number.id for number in numbers}) == len(numbers)
    for printout, text in (("lm", lm.text), ("lmer", lmer.text)):
        own = [number.printed for number in numbers if number.printout == printout]
        lines = text.split("\n")
        for place in own:
            assert lines[place.line][place.start : place.end] == place.text
        found = list(tokens(text))
        assert len(found) == len(own)
        for (line, start, end), place in zip(found, own, strict=True):
            assert (place.line, place.end) == (line, end)
            # The sign of "< 2e-16" belongs to the number.
            assert place.start == start or lines[line][place.start : start].strip() == "<"


@pytest.mark.parametrize("name", EVERY)
def test_every_number_of_our_printouts_is_covered_exactly_once(name: str) -> None:
    assert_covered(fitted(name))


LONG = [f"predictor.with.a.long.name.{k}" for k in range(9)]


def odd_frame() -> pd.DataFrame:
    """Rows whose printouts are unusual: long names, a dropped column, missing values."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(70, 10)), columns=[*LONG, "y"])
    frame["twice"] = 2 * frame[LONG[0]]
    frame["a group"] = [f"c{i % 7}" for i in range(70)]
    frame["y"] += np.arange(70) % 7
    frame.loc[[3, 4], "y"] = None
    return frame


def test_wide_tables_dropped_terms_and_dropped_rows_are_covered_too() -> None:
    comparison = compare(odd_frame(), f"y ~ {' + '.join(LONG)} + twice + (1 | `a group`)")
    lm, lmer = printouts(comparison)
    assert "not defined because" in lm.text
    assert "2 observations deleted" in lm.text
    assert "rank deficient" in lmer.text
    assert_covered(comparison)
    found = {number.id for number in anatomy(comparison, lm, lmer)}
    assert f"lm.se.{LONG[8]}" in found
    assert f"lmer.correlation.{LONG[8]}.{LONG[7]}" in found


def assert_explained(number: Explained) -> None:
    said = number.meaning
    assert number.title
    # A colon or a full stop before a space ends a sentence; decimals have no space.
    assert 1 <= len(re.findall(r"\.(?:\s|$)", said.why)) <= 3, said.why
    assert said.formula
    text = f"{said.why}\n{said.formula}"
    assert not re.search(r"nan|inf\b|None", text), text
    # Words and formulas both use a true minus sign.
    assert not re.search(r"(?<![\w])-\d", text), text
    assert_arithmetic(number)


@pytest.mark.parametrize("name", EVERY)
def test_every_number_is_explained_in_one_to_three_sentences(name: str) -> None:
    titles = set()
    for number in explained(name).values():
        assert_explained(number)
        titles.add((number.title, number.printout))
        # Rounding error is not worth telling; only p-values are that small.
        if number.id.split(".")[1] not in {"p", "f_p"}:
            text = f"{number.meaning.why}\n{number.meaning.formula}"
            assert not re.search(r"e[-−](1[3-9]|[23]\d)(?!\d)", text), text
    assert len(titles) == len(explained(name))


@given(seed=st.integers(0, 2**32 - 1), by_ml=st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_number_is_explained_on_any_data(seed: int, by_ml: bool) -> None:
    try:
        comparison = drawn(seed)
        if by_ml:
            comparison = replace(comparison, mixed=comparison.ml)
    except BetwixtError:
        return
    lm, lmer = printouts(comparison)
    numbers = anatomy(comparison, lm, lmer)
    assert [number.printed for number in numbers] == [*lm.spans, *lmer.spans]
    for number in numbers:
        assert_explained(number)


def test_every_place_to_try_a_number_at_exists() -> None:
    ids = {preset.id for preset in PRESETS}
    assert len(ids) == len(PRESETS)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in ids)
    assert DIAL not in ids
    trials = {number.meaning.trial for name in EVERY for number in explained(name).values()}
    assert trials <= {None, DIAL, *ids}
    assert trials >= {DIAL, "big-clusters", "confounded", "few-clusters"}


def test_counterparts_belong_together() -> None:
    numbers = explained("hsb_ses")
    pairs = {
        "lm.estimate.ses": "lmer.estimate.ses",
        "lm.se.(Intercept)": "lmer.se.(Intercept)",
        "lm.t.ses": "lmer.t.ses",
        "lm.residual.Median": "lmer.residual.Median",
        "lm.sigma": "lmer.residual_sd",
        "lm.df": "lmer.rows",
    }
    for own, other in pairs.items():
        assert numbers[own].counterpart == other
        assert numbers[other].counterpart == own
    for alone in ("lm.p.ses", "lm.r_squared", "lm.f", "lmer.criterion", "lmer.clusters"):
        assert numbers[alone].counterpart is None


# The figures below are those of the published printouts.
@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("lm.estimate.(Intercept)", ["0.583864", "0.719139", "0.135"]),
        ("lmer.se.(Intercept)", ["0.001941", "0.063388", "33 times", "24 clusters"]),
        ("lm.se.conditionstim", ["shrinks", "0.910 times", "0.0962", "taken out of the residual"]),
        ("lm.t.conditionstim", ["−40.77", "−41.14"]),
        ("lm.p.(Intercept)", ["Satterthwaite", "23.0"]),
        ("lmer.residual.Min", ["−5.9819", "−4.028", "−3.6408"]),
        ("lm.sigma", ["0.549", "0.09619", "0.45352"]),
        ("lm.df", ["326,362 rows", "24 clusters"]),
        ("lm.se.(Intercept)", ["145,726", "unstim", "136.8 independent rows"]),
        ("lmer.between_variance", ["17%"]),
    ],
)
def test_the_words_hold_the_numbers_of_the_twin(number: str, words: list[str]) -> None:
    why = explained(TWIN)[number].meaning.why
    for word in words:
        assert word in why


def test_singular_fits_are_the_same_fit() -> None:
    numbers = explained("dyestuff2_singular")
    assert "same fit" in numbers["lm.estimate.(Intercept)"].meaning.why
    assert "not an error" in numbers["lmer.convergence"].meaning.why


def test_coefficients_are_said_to_move_where_they_do() -> None:
    """A rounding error is no movement: it has neither size nor cause."""
    found = set()
    for name in EVERY:
        ols, mixed = fitted(name).ols, fitted(name).mixed
        moved = np.abs(mixed.estimates - ols.estimates) > 1e-6 * ols.standard_errors
        for term, moves in zip(mixed.names, moved, strict=True):
            why = explained(name)[f"lm.estimate.{term}"].meaning.why
            if mixed.theta.any():
                assert why.startswith("From " if moves else "Both fits give "), why
                found.add((moves, mixed.random_intercept_only))
    assert len(found) == 4


def test_balanced_data_leave_every_pull_as_it_is() -> None:
    comparison = compare(pd.read_csv(FOLDER / "sleepstudy.csv"), SLOPES["correlated"][1])
    numbers = {number.id: number for number in anatomy(comparison, *printouts(comparison))}
    assert numbers["lm.estimate.Days"].meaning.why.startswith("Both fits give 10.467: ")
    assert "no cluster's pull" in numbers["lmer.estimate.Days"].meaning.why


def plain(formula: str) -> str:
    """Return a formula as Python reads it."""
    text = formula.replace("−", "-").replace("·", "*").replace("²", "**2")
    return re.sub(r"(?<=\d),(?=\d)", "", text)


@pytest.mark.parametrize("name", [*SLOPES, *(slopes + BY_ML for slopes in SLOPES)])
def test_clusters_add_up_to_the_move_of_a_coefficient(name: str) -> None:
    comparison = fitted(name)
    parts = ledger(comparison).contributions
    for place, term in enumerate(comparison.mixed.names):
        meaning = explained(name)[f"lmer.estimate.{term}"].meaning
        if not comparison.mixed.theta.any():
            assert "complete pooling" in meaning.why
            continue
        if meaning.why.startswith("Both fits give"):
            move = comparison.mixed.estimates[place] - comparison.ols.estimates[place]
            assert abs(move) <= 1e-6 * comparison.ols.standard_errors[place]
            continue
        equations, sums = meaning.formula.split("ZⱼΛΛᵀZⱼᵀ\n")
        assert "Vⱼ = I" in equations
        labelled = re.findall(r"^  [=≈+] \(?(\S+?)\)? \((.+)\)$", sums, re.MULTILINE)
        largest, rest = (float(plain(value)) for value, _ in labelled)
        most = int(np.argmax(abs(parts[:, place])))
        assert labelled[0][1] == f"cluster {comparison.design.levels[most]}"
        # The last of three digits may differ by one, so that the parts add up as written.
        moved = parts[:, place].sum()
        assert largest == pytest.approx(parts[most, place], rel=0.01, abs=0.01 * abs(moved))
        assert largest + rest == pytest.approx(moved, rel=0.01)
        assert labelled[1][1] == f"{len(parts) - 1} other clusters"


@pytest.mark.parametrize("name", [name for name in EVERY if name.endswith(BY_ML)])
def test_the_criteria_of_ols_stand_beside_those_of_the_mixed_model(name: str) -> None:
    numbers = explained(name)
    fit, ols = fitted(name).mixed, fitted(name).ols
    assert f"= {fit.parameters}\n" in numbers["lmer.aic"].meaning.formula
    for kind, value in (("aic", ols.aic), ("bic", ols.bic), ("log_likelihood", ols.log_likelihood)):
        assert f"it is {value:,.1f}.".replace("-", "−") in numbers[f"lmer.{kind}"].meaning.why
    worse = -2.0 * ols.log_likelihood
    if fit.theta.any():
        assert (
            f"the deviance is {worse:,.1f}, worse by".replace("-", "−")
            in numbers["lmer.deviance"].meaning.why
        )


def test_what_the_random_effects_of_the_sleep_study_say() -> None:
    numbers = explained("correlated")
    assert numbers["lmer.random_sd.1.Days"].title == (
        "Between-cluster standard deviation of the coefficient of Days"
    )
    assert numbers["lmer.random_correlation.1.Days.(Intercept)"].title == (
        "Correlation over clusters of the intercept with the coefficient of Days"
    )
    intercept = numbers["lmer.random_variance.1.(Intercept)"].meaning
    assert "It holds where Days is 0" in intercept.why
    # Where all lines are parallel, intercepts lie as far apart everywhere.
    parallel = explained("no variance of slopes")["lmer.random_variance.1.(Intercept)"].meaning
    assert "lines of clusters" not in parallel.why
    fit = fitted("correlated").mixed
    (component,) = fit.components
    low, high = (fit.estimates[1] + side * 1.96 * component.sds[1] for side in (-1, 1))
    shown = re.findall(r"= (\S+) to (\S+)", numbers["lmer.random_sd.1.Days"].meaning.formula)
    assert [float(plain(end)) for end in shown[0]] == pytest.approx([low, high], abs=0.06)
    assert numbers["lmer.random_sd.1.Days"].counterpart is None


def test_effects_without_a_fixed_mean_get_no_range() -> None:
    for name, effect in (("levels", "MachineB"), ("a mean missing", "v")):
        number = explained(name)[f"lmer.random_variance.1.{effect}"]
        assert number.title == f"Between-cluster variance of the random effect of {effect}"
        assert "middle 95%" not in number.meaning.formula


def test_the_boundary_is_named_where_it_is_reached() -> None:
    flat = explained("correlation of -1")["lmer.random_correlation.1.z.(Intercept)"]
    assert flat.printed.text == "-1.00"
    assert "the boundary" in flat.meaning.why
    zero = explained("no variance of slopes")["lmer.random_variance.2.z"]
    assert "The estimate is 0" in zero.meaning.why
    for name in ("correlation of -1", "no variance of slopes"):
        assert "not an error" in explained(name)["lmer.convergence"].meaning.why
        assert "same fit" not in explained(name)["lmer.estimate.z"].meaning.why
    inner = explained("correlated")["lmer.random_correlation.1.Days.(Intercept)"]
    assert "the boundary" not in inner.meaning.why


def test_without_any_variance_both_are_one_fit_but_for_the_divisor_of_ml() -> None:
    for name in ("no variance at all", "dyestuff2_singular"):
        assert "print the same" in explained(name)["lm.se.(Intercept)"].meaning.why
        by_ml = explained(name + BY_ML)["lm.se.(Intercept)"].meaning.why
        assert "print the same" not in by_ml
        rows, df = fitted(name).ols.rows, fitted(name).ols.residual_df
        assert f"by the {rows} rows, OLS by the {df} residual" in by_ml


def test_rows_of_the_fit_by_maximum_likelihood_answer_to_lm() -> None:
    numbers = explained("hsb_ses by ML")
    assert numbers["lmer.df_residual"].counterpart == "lm.df"
    assert numbers["lm.df"].counterpart == "lmer.rows"
    assert "lmer.criterion" not in numbers
    assert numbers["lmer.deviance"].meaning.trial is None
    assert explained("hsb_ses")["lmer.criterion"].meaning.trial == DIAL


@pytest.mark.parametrize("left_out", [[], [0, 3]])
def test_residuals_printed_one_by_one_are_explained_one_by_one(left_out: list[int]) -> None:
    frame = pd.DataFrame(
        {"y": [1.0, 2.5, 2.0, 5.0, 4.5, 7.0], "x": [0.0, 1, 2, 0, 1, 2], "g": list("aabbcc")}
    )
    rows = [row for row in range(8) if row not in left_out][:6]
    frame = frame.set_axis(rows).reindex(range(max(rows) + 1))
    comparison = compare(frame, "y ~ x + (1 | g)")
    numbers = {number.id: number for number in anatomy(comparison, *printouts(comparison))}
    for place, row in enumerate(rows):
        number = numbers[f"lm.row_residual.{row + 1}"]
        assert_explained(number)
        assert number.title == f"Residual of row {row + 1}"
        assert number.counterpart is None
        assert_arithmetic(number)
        assert float(number.printed.text) == pytest.approx(
            comparison.ols_residuals[place], abs=1e-3
        )


def test_what_to_notice_on_the_twin() -> None:
    seen = noticed(fitted(TWIN))
    # Computed from the published errors and variance: 0.063388 / 0.001941 and √(0.09619 / 24).
    assert seen.error_growth == pytest.approx(0.063388 / 0.001941, rel=1e-3)
    assert seen.error_floor == pytest.approx((0.09619 / 24) ** 0.5, rel=1e-4)
    # Cluster 2 holds 98,531 of the 326,362 rows and sits low; cluster 1 is larger and sits high.
    assert [one.level for one in (seen.leading, seen.largest)] == ["2", "1"]
    assert seen.leading.before == pytest.approx(98_531 / 326_362, rel=1e-12)
    assert seen.leading.distance < 0.0 < seen.largest.distance
    assert seen.leading.part > 0.0 > seen.largest.part
    parts = seen.leading.part + seen.largest.part + seen.others + seen.carried
    assert parts == pytest.approx(0.719139 - 0.583864, abs=1e-6)
    # The rows without stimulation in twin_design.json.
    assert seen.reference_rows == 145_726
    assert 0.5 < seen.lowest_mean < seen.highest_mean < 0.7
    assert seen.slope.lambda_ols > 0.99


def test_what_to_notice_needs_one_predictor() -> None:
    with pytest.raises(FitError, match="one predictor"):
        noticed(fitted("orthodont_interaction"))
