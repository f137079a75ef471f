"""Every estimator is listed once, and the table, the report and the command line show it."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from engine import compare
from engine.as_dict import to_dict
from engine.estimators import ESTIMATORS, Estimator
from engine.figures.base import PALETTES
from engine.figures.estimators import estimators_figure
from engine.words.estimators import as_lines, estimator_table
from tests.engine.example import example, puzzle
from tests.engine.reference import RANDOM_INTERCEPT, compared
from tests.engine.test_sentences import case, case_compared


@pytest.mark.parametrize("name", RANDOM_INTERCEPT)
def test_fits_hold_what_each_model_says(name: str) -> None:
    comparison = compared(name)
    fits = comparison.fits
    assert fits["ols"] is comparison.ols
    assert_allclose(fits["mixed"].estimates, comparison.mixed.estimates, rtol=1e-9)
    assert_allclose(fits["mixed"].standard_errors, comparison.mixed.standard_errors, rtol=1e-9)
    assert_allclose(fits["mixed_ml"].estimates, comparison.ml.estimates, rtol=1e-12)
    assert_allclose(fits["ols_robust"].estimates, comparison.ols.estimates, rtol=1e-9)
    for fit in fits.values():
        tested = np.isfinite(fit.degrees_of_freedom)
        low, high = fit.intervals()[tested].T
        # An interval contains 0 exactly if p is above 5 %.
        assert ((low < 0) & (high > 0) == (fit.p_values[tested] > 0.05)).all()


def test_mundlak_is_the_within_estimate_and_its_context() -> None:
    fits = puzzle("high_school_and_beyond").fits
    # within.R: 2.191 and 3.675 (0.378).
    assert fits["mundlak"].names == ("(Intercept)", "ses", "mean(ses)")
    assert fits["mundlak"].estimates[1] == pytest.approx(fits["within"].estimates[0], rel=1e-9)
    assert fits["mundlak"].estimates[2] == pytest.approx(3.675, abs=5e-4)
    assert fits["mundlak"].standard_errors[2] == pytest.approx(0.378, abs=5e-4)


def test_a_new_estimator_is_shown_everywhere_by_being_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = Estimator("again", "OLS again", "The same.", lambda fitted: fitted.ols)
    for place in ("engine.estimators", "engine.words.estimators", "engine.as_dict"):
        monkeypatch.setattr(f"{place}.ESTIMATORS", (*ESTIMATORS, again))
    comparison = compare(example("sleepstudy"), "Reaction ~ Days + (1 | Subject)")
    table = estimator_table(comparison)
    assert table.columns[-1] == "OLS again"
    assert table.about["OLS again"] == "The same."
    assert [cells[-1] for cells in table.rows.values()] == [
        cells[0] for cells in table.rows.values()
    ]
    assert to_dict(comparison, slow_inference=False)["fits"]["again"]["label"] == "OLS again"


def test_what_has_no_answer_is_left_out() -> None:
    frame = pd.DataFrame({"y": [1.0, 2, 4, 3, 7, 5], "g": list("aabbcc"), "z": [1, 1, 2, 2, 4, 4]})
    fits = compare(frame, "y ~ 1 + (1 | g)").fits
    assert "within" not in fits
    assert "mundlak" not in fits
    assert set(fits) >= {"ols", "ols_robust", "mixed", "mixed_ml", "between"}


def test_the_lines_of_the_table_stand_under_each_other() -> None:
    lines = as_lines(estimator_table(puzzle("mpg")))
    assert [line.split("  ")[0] for line in lines[1:]] == [
        one.label for one in ESTIMATORS if one.id in puzzle("mpg").fits
    ]
    ends = {line.rfind(")") for line in lines[1:] if line.endswith(")")}
    assert len(ends) <= 3
    assert max(map(len, lines)) < 120


def test_fits_are_plain_numbers_in_json() -> None:
    text = json.dumps(to_dict(puzzle("mpg"), slow_inference=False)["fits"], allow_nan=False)
    assert set(json.loads(text)) == set(puzzle("mpg").fits)


@pytest.mark.parametrize("name", ["mpg", "high_school_and_beyond", "puzzle_161703"])
def test_the_figure_shows_every_estimator_of_a_coefficient(name: str) -> None:
    comparison = puzzle(name)
    term = comparison.mixed.names[1]
    figure = estimators_figure(comparison, term, PALETTES["light"])
    traces = {trace["meta"]["role"]: trace for trace in figure["data"]}
    shown = [fit for fit in comparison.fits.values() if term in fit.names]
    assert len(traces["estimates"]["x"]) == len(figure["layout"]["yaxis"]["ticktext"]) == len(shown)
    for k, fit in enumerate(shown):
        place = fit.names.index(term)
        assert traces["estimates"]["x"][k] == fit.estimates[place]
        assert_allclose(traces["intervals"]["x"][3 * k : 3 * k + 2], fit.intervals()[place])
        assert np.isfinite(fit.intervals()[place]).all()
    # No interval runs into an edge.
    low, high = figure["layout"]["xaxis"]["range"]
    drawn = np.array([fit.intervals()[fit.names.index(term)] for fit in shown])
    assert low < drawn.min() - 0.02 * (high - low)
    assert high > drawn.max() + 0.02 * (high - low)


def test_maximum_likelihood_and_mundlak_have_their_own_degrees_of_freedom() -> None:
    comparison = case_compared("context_few")
    mundlak, ml = comparison.fits["mundlak"], comparison.fits["mixed_ml"]
    # By lmerTest.
    expected = case("context_few")["contextual"]
    assert mundlak.degrees_of_freedom[-1] == pytest.approx(expected["df"], rel=1e-3)
    assert mundlak.p_values[-1] == pytest.approx(expected["p"], rel=1e-3)
    assert_allclose(ml.standard_errors, comparison.ml.standard_errors, rtol=1e-12)
    assert np.isfinite(ml.degrees_of_freedom).all()
