"""Every number of a printout stands where the layout says it does.

The places that the layouts note are compared with those that `read_printout` finds in the text. For
each of R's own printouts that is R's text.
"""

import itertools
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import BetwixtError, Comparison, compare
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import LmSummary, lm_printout
from engine.printout.lmer import InformationCriteria, LmerSummary, RandomTerm, lmer_printout
from engine.printout.parts import CoefficientTable
from engine.printout.spans import Cell, Printout, Span, laid_out
from tests.engine.read_printout import read_lm, read_lmer
from tests.engine.reference import RANDOM_INTERCEPT
from tests.engine.test_printout import (
    SLOPES,
    printed,
    recorded_lm,
    recorded_lmer,
    reference_lm,
    reference_lmer,
)
from tests.engine.test_rformat import each


def assert_lm_is_read_back(summary: LmSummary, text: str | None = None) -> None:
    printout = lm_printout(summary)
    assert text is None or printout.text == text
    assert printout.spans == read_lm(printout.text, summary.coefficients.names)
    assert_sound(printout)


def assert_lmer_is_read_back(summary: LmerSummary, text: str | None = None) -> None:
    printout = lmer_printout(summary)
    assert text is None or printout.text == text
    names = summary.fixed_effects.names
    effects = [term.names for term in summary.random_terms]
    assert printout.spans == read_lmer(printout.text, names, summary.group, effects)
    assert_sound(printout)


def assert_sound(printout: Printout) -> None:
    lines = printout.text.split("\n")
    for span in printout.spans:
        assert lines[span.line][span.start : span.end] == span.text
        assert span.text == span.text.strip()
    for one, next_one in itertools.pairwise(printout.spans):
        assert (one.line, one.end) < (next_one.line, next_one.start)
    assert len({span.id for span in printout.spans}) == len(printout.spans)


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPES])
def test_places_in_lm_are_those_found_in_r_s_file(name: str) -> None:
    assert_lm_is_read_back(reference_lm(name), printed(name, "lm"))


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPES])
def test_places_in_lmer_are_those_found_in_lme4_s_file(name: str) -> None:
    assert_lmer_is_read_back(reference_lmer(name), printed(name, "lmer"))


@each("lm_printout")
def test_places_in_lm_are_those_found_in_r_s_text_on_random_data(case: dict[str, Any]) -> None:
    assert_lm_is_read_back(recorded_lm(case), case["r"])


@each("lmer_printout")
def test_places_in_lmer_are_those_found_in_lme4_s_text_on_random_data(
    case: dict[str, Any],
) -> None:
    assert_lmer_is_read_back(recorded_lmer(case), case["r"])


NAMES = ["x", "z9", "two words", "年齢", "a.very.long.name.of.a.predictor", "f", "twice"]
RANDOM = [
    "(1 | {g})",
    "(1 + {a} | {g})",
    "(1 + {a} || {g})",
    "(0 + {a} | {g})",
    "(0 + {a} + {b} || {g})",
    "(1 + {a} + {b} | {g})",
    "(0 + f | {g})",
]


def quoted(name: str) -> str:
    return f"`{name}`" if " " in name else name


def drawn(seed: int) -> Comparison:
    """Draw a data set and a model: few rows or many, dropped terms and rows, wide tables."""
    rng = np.random.default_rng(seed)
    clusters = int(rng.integers(3, 9))
    rows = clusters * int(rng.choice([2, 3, 6, 40]))
    codes = np.arange(rows) % clusters
    scales = 10.0 ** rng.integers(-6, 7, size=5)
    frame = pd.DataFrame(rng.normal(size=(rows, 5)) * scales, columns=NAMES[:5])
    frame["f"] = rng.choice(["low", "middling", "high"], rows)
    frame["twice"] = 2 * frame["x"]
    group = str(rng.choice(["g", "group 7", "a.long.name.of.the.clusters"]))
    frame[group] = [f"c{k}" for k in codes]
    effects = rng.choice([0.0, 1.0, 30.0]) * rng.normal(size=clusters)
    frame["y"] = 10.0 ** rng.integers(-3, 4) * (effects[codes] + rng.normal(size=rows))
    if rng.random() < 0.3:
        frame.loc[rng.integers(0, rows, 2), "y"] = None
    fixed = [quoted(str(name)) for name in rng.permutation(NAMES)[: rng.integers(0, 6)]]
    a, b = (quoted(str(name)) for name in rng.permutation(NAMES[:5])[:2])
    random = str(rng.choice(RANDOM)).format(g=quoted(group), a=a, b=b)
    start = [str(rng.choice(["1", "1", "0"]))]
    return compare(frame, f"y ~ {' + '.join([*start, *fixed, random])}")


@pytest.mark.slow
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_places_are_those_found_on_any_data(seed: int) -> None:
    try:
        comparison = drawn(seed)
        by_ml = replace(comparison, mixed=comparison.ml)
    except BetwixtError:
        return
    assert_lm_is_read_back(lm_summary(comparison, "d"))
    assert_lmer_is_read_back(lmer_summary(comparison, "d"))
    assert_lmer_is_read_back(lmer_summary(by_ml, "d"))


def test_drawn_printouts_are_of_every_kind() -> None:
    """The property above is not vacuous: the printouts it draws have every kind of number."""
    kinds: set[str] = set()
    for seed in range(120):
        try:
            comparison = drawn(seed)
            by_ml = replace(comparison, mixed=comparison.ml)
        except BetwixtError:
            continue
        printouts = [
            lm_printout(lm_summary(comparison, "d")),
            lmer_printout(lmer_summary(comparison, "d")),
            lmer_printout(lmer_summary(by_ml, "d")),
        ]
        for printout in printouts:
            kinds |= {".".join(span.id.split(".")[:2]) for span in printout.spans}
    assert kinds >= {
        *(f"lm.{kind}" for kind in ("estimate", "se", "t", "p", "residual", "row_residual")),
        *(f"lm.{kind}" for kind in ("sigma", "df", "dropped_terms", "dropped_rows", "f", "f_p")),
        *(f"lmer.{kind}" for kind in ("estimate", "se", "t", "residual", "correlation")),
        *(f"lmer.{kind}" for kind in ("between_variance", "between_sd", "residual_sd")),
        *(f"lmer.random_{kind}" for kind in ("variance", "sd", "correlation")),
        *(f"lmer.{kind}" for kind in ("aic", "bic", "log_likelihood", "deviance", "df_residual")),
        *(f"lmer.{kind}" for kind in ("criterion", "rows", "clusters", "dropped_columns")),
        "lmer.convergence",
    }


def test_places_are_found_in_tables_that_break() -> None:
    names = tuple(f"{k}: a predictor whose name is as long as names in surveys are" for k in "abcd")
    rng = np.random.default_rng(1)
    values = rng.normal(size=(4, 4))
    values[2] = np.nan
    values[3, 2:] = np.nan
    table = CoefficientTable(names, *values)
    lm = replace(reference_lm("exam"), coefficients=table, residuals=rng.normal(size=5) * 1e-12)
    assert lm_printout(lm).text.count(names[0]) > 1
    assert_lm_is_read_back(lm)
    terms = (
        RandomTerm(names, np.abs(values[0]), np.where(np.eye(4), 1.0, rng.uniform(-1, 1, (4, 4)))),
        RandomTerm(names[:2], np.array([0.0, 1e-9]), np.array([[np.nan, np.nan], [np.nan, 1.0]])),
    )
    lmer = replace(
        reference_lmer("exam"),
        random_terms=terms,
        fixed_effects=replace(table, p_values=None),
        fixed_correlation=rng.uniform(-1, 1, (4, 4)),
        criterion=InformationCriteria(1e300, -1e-5, 123456.7, 0.0, 10**6),
    )
    # The table of random effects, the only one without row labels, is broken too.
    assert not re.search(" Groups .* Corr", lmer_printout(lmer).text)
    assert_lmer_is_read_back(lmer)


def test_numbers_know_their_place_after_any_text() -> None:
    printout = laid_out(
        ["\n é漢 ", Cell("  -1.5 ", "a"), "|", Cell("< 2e-16", "b"), "\n\n", Cell("7", "c")]
    )
    assert printout.text == "\n é漢   -1.5 |< 2e-16\n\n7"
    assert printout.spans == (
        Span("a", 1, 6, 10, "-1.5"),
        Span("b", 1, 12, 19, "< 2e-16"),
        Span("c", 3, 0, 1, "7"),
    )


@pytest.mark.parametrize("text", ["NA", "NaN", " Inf", "-Inf", ""])
def test_what_is_no_number_has_no_place(text: str) -> None:
    assert laid_out([Cell(text, "a")]) == Printout(text, ())


def test_blank_ends_come_off_with_the_places_moved() -> None:
    whole = laid_out(["\n\nx ", Cell("1", "a"), "\n ", Cell("2", "b"), "\n\n"])
    trimmed = whole.without_blank_ends()
    assert trimmed.text == "x 1\n 2"
    assert trimmed.spans == (Span("a", 0, 2, 3, "1"), Span("b", 1, 1, 2, "2"))
    assert trimmed.without_blank_ends() == trimmed
