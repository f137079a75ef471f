"""Every number of both printouts is named, paired and explained.

Printouts are our own; test_spans.py compares the places in them with those in R's.
"""

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, FitError, compare, read
from engine.account.puzzle import noticed
from engine.data.examples import FOLDER as DATA
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.printout.spans import Printout
from engine.simulation import PRESETS
from engine.words.anatomy import Explained, anatomy
from engine.words.meanings import DIAL
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, compared

TWIN = "twin"
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
# What was asked for, up to the next blank line, and the legend of the stars.
ASKED, LEGEND = ("Call:", "Formula:"), "Signif. codes:"


@cache
def fitted(name: str) -> Comparison:
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


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, TWIN])
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


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, TWIN])
def test_every_number_is_explained_in_one_to_three_sentences(name: str) -> None:
    trials = {DIAL, *(preset.name for preset in PRESETS)}
    for number in explained(name).values():
        assert number.title
        # A colon or a full stop before a space ends a sentence; decimals have no space.
        assert 1 <= len(re.findall(r"\.(?:\s|$)", number.meaning.why)) <= 3, number.meaning.why
        assert number.meaning.formula
        assert not re.search(r"nan|inf\b|None", number.meaning.why + number.meaning.formula)
        assert number.meaning.trial is None or number.meaning.trial in trials


def test_counterparts_answer_the_same_question() -> None:
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
        ("lm.se.conditionstim", ["shrinks", "0.7409", "0.6734"]),
        ("lm.t.conditionstim", ["−40.77", "−41.14"]),
        ("lm.p.(Intercept)", ["Satterthwaite", "23.0"]),
        ("lmer.residual.Min", ["−5.9819", "−4.028", "−3.6408"]),
        ("lm.sigma", ["0.549", "0.09619", "0.45352"]),
        ("lm.df", ["326362 rows", "24 clusters"]),
        ("lmer.between_variance", ["17%"]),
    ],
)
def test_the_words_hold_the_numbers_of_the_twin(number: str, words: list[str]) -> None:
    why = explained(TWIN)[number].meaning.why
    for word in words:
        assert word in why


@pytest.mark.parametrize("name", ["hsb_ses", "sleepstudy", "exam", TWIN])
def test_formulas_give_the_printed_numbers(name: str) -> None:
    numbers = explained(name)
    for number in numbers.values():
        kind = number.id.split(".")[1]
        if kind not in {"se", "t", "sigma", "residual", "r_squared", "adjusted_r_squared"}:
            continue
        formula = number.meaning.formula.replace("−", "-").replace("·", "*").replace("²", "**2")
        formula = re.sub(r"(?<=\d),(?=\d)", "", formula)
        formula = re.sub(r"√([\d.]+)", r"\1**0.5", formula).removeprefix(
            "residual SD / √information"
        )
        if kind == "sigma":
            formula = formula.split("mixed:")[1]
        sides = [eval(side.replace("\n", "")) for side in formula.split("=") if side.strip()]
        for side in sides:
            assert side == pytest.approx(sides[-1], rel=2e-3, abs=2e-3), number.meaning.formula


def test_singular_fits_are_the_same_fit() -> None:
    numbers = explained("dyestuff2_singular")
    assert "same fit" in numbers["lm.estimate.(Intercept)"].meaning.why
    assert "not an error" in numbers["lmer.convergence"].meaning.why


def test_random_slopes_are_declined() -> None:
    frame = pd.read_csv(FOLDER / "sleepstudy.csv", dtype={"Subject": str})
    comparison = compare(frame, "Reaction ~ Days + (Days | Subject)")
    with pytest.raises(FitError, match="random intercept"):
        anatomy(comparison, *printouts(comparison))


def test_what_to_notice_on_the_twin() -> None:
    seen = noticed(fitted(TWIN))
    # The published standard errors and variance: 0.063388 / 0.001941 and √(0.09619 / 24).
    assert seen.error_growth == pytest.approx(0.063388 / 0.001941, rel=1e-3)
    assert seen.error_floor == pytest.approx((0.09619 / 24) ** 0.5, rel=1e-4)
    assert seen.weights.gap > 0.0
    assert seen.weights.before > seen.weights.after
    assert seen.largest_distance > 0.0
    assert 0.5 < seen.lowest_mean < seen.highest_mean < 0.7
    assert seen.slope.lambda_ols > 0.99


def test_what_to_notice_needs_one_predictor() -> None:
    with pytest.raises(FitError, match="one predictor"):
        noticed(fitted("orthodont_interaction"))
