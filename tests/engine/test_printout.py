"""The printouts are the text R prints, character for character.

Sources: tests/reference/NAME.lm.txt and NAME.lmer.txt beside the numbers of NAME.json (oracle.R),
and the models on random data in rformat.json (rformat.R).
"""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from engine.printout.lm import FTest, LmSummary, lm_printout
from engine.printout.lmer import InformationCriteria, LmerSummary, RandomTerm, lmer_printout
from engine.printout.parts import CoefficientTable
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT
from tests.engine.test_rformat import CASES, each, number, numbers

SLOPES = ["sleepstudy_slopes", "orthodont_slopes"]


def printed(name: str, model: str) -> str:
    return (FOLDER / f"{name}.{model}.txt").read_text(encoding="utf-8")


def values(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def coefficients(table: dict[str, dict[str, float]]) -> CoefficientTable:
    columns = [
        np.array([row[quantity] for row in table.values()])
        for quantity in ("estimate", "se", "t", "p")
        if quantity in next(iter(table.values()))
    ]
    return CoefficientTable(tuple(table), *columns)


def reference_lm(name: str) -> LmSummary:
    ols = values(name)["ols"]
    test = None
    if ols["f"]:
        value, df1, df2 = ols["f"]
        test = FTest(value, df1, df2, stats.f.sf(value, df1, df2))
    return LmSummary(
        formula=values(name)["fixed"],
        data_name="dat",
        residuals=np.array(ols["resid_quantiles"]),
        coefficients=coefficients(ols["coef"]),
        sigma=ols["sigma"],
        residual_df=ols["df"],
        r_squared=ols["r2"],
        adjusted_r_squared=ols["adj_r2"],
        f_test=test,
    )


def reference_lmer(name: str) -> LmerSummary:
    if name in SLOPES:
        return replace(recorded_lmer(CASES["default_fits"][name]), data_name="dat")
    reference = values(name)
    lmm, group = reference["lmm"], reference["group"]
    variances = np.array([row["vcov"] for row in lmm["varcorr"] if row["grp"] == group])
    return LmerSummary(
        formula=f"{reference['fixed']} + (1 | {group})",
        data_name="dat",
        criterion=lmm["reml_criterion"],
        scaled_residuals=np.array(lmm["scaled_resid_quantiles"]),
        group=group,
        levels=reference["groups"],
        random_terms=(RandomTerm(("(Intercept)",), variances, np.eye(1)),),
        residual_variance=lmm["sigma2"],
        rows=reference["n"],
        fixed_effects=coefficients(lmm["coef"]),
        fixed_correlation=np.array(lmm["corr_fixed"]),
    )


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPES])
def test_lm_printout_is_what_r_prints(name: str) -> None:
    assert lm_printout(reference_lm(name)).text == printed(name, "lm")


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPES])
def test_lmer_printout_is_what_lme4_prints(name: str) -> None:
    assert lmer_printout(reference_lmer(name)).text == printed(name, "lmer")


@each("lm_printout")
def test_lm_printout_is_what_r_prints_on_random_data(case: dict[str, Any]) -> None:
    assert lm_printout(recorded_lm(case)).text == case["r"]


@each("lmer_printout")
def test_lmer_printout_is_what_lme4_prints_on_random_data(case: dict[str, Any]) -> None:
    assert lmer_printout(recorded_lmer(case)).text == case["r"]


def recorded_lm(case: dict[str, Any]) -> LmSummary:
    test = case["f"] and FTest(
        number(case["f"]["value"]),
        case["f"]["df1"],
        case["f"]["df2"],
        number(case["f"]["p_value"]),
    )
    return LmSummary(
        formula=case["formula"],
        data_name="d",
        residuals=np.array(numbers(case["residuals"])),
        coefficients=table(case["coefficients"]),
        sigma=number(case["sigma"]),
        residual_df=case["residual_df"],
        r_squared=number(case["r_squared"]),
        adjusted_r_squared=number(case["adjusted_r_squared"]),
        f_test=test or None,
        dropped_rows=case["dropped_rows"],
        row_names=tuple(case["row_names"]),
    )


def recorded_lmer(case: dict[str, Any]) -> LmerSummary:
    criterion = numbers(case["criterion"])
    return LmerSummary(
        formula=case["formula"],
        data_name="d",
        criterion=(
            InformationCriteria(*criterion[:4], df_residual=int(criterion[4]))
            if case["ml"]
            else criterion[0]
        ),
        scaled_residuals=np.array(numbers(case["scaled_residuals"])),
        group=case["group"],
        levels=case["levels"],
        random_terms=tuple(
            RandomTerm(
                tuple(names), np.array(numbers(variances)), np.array([*map(numbers, matrix)])
            )
            for names, variances, matrix in zip(
                case["names"], case["variances"], case["correlations"], strict=True
            )
        ),
        residual_variance=number(case["residual_variance"]),
        rows=case["rows"],
        fixed_effects=table(case["fixed"]),
        fixed_correlation=np.array([*map(numbers, case["fixed_correlation"])]),
        dropped_columns=case["dropped_columns"],
        singular_note=case["singular"],
    )


def table(case: dict[str, Any]) -> CoefficientTable:
    return CoefficientTable(
        tuple(case["names"]), *(np.array(numbers(column)) for column in case["columns"])
    )


def test_random_models_cover_every_branch_of_both_printouts() -> None:
    lm = "\n".join(case["r"] for case in CASES["lm_printout"])
    lmer = "\n".join(case["r"] for case in CASES["lmer_printout"])
    for pattern in (r"\(1 not defined because", r"\nResiduals:\n +1 ", "due to missingness", "e-"):
        assert re.search(pattern, lm)
    for pattern in (
        "by maximum likelihood",
        "boundary \\(singular\\)",
        "rank deficient",
        "not shown by default, as p = 13",
        " Corr",
        r"\n group\.1",
    ):
        assert re.search(pattern, lmer)


def test_hundred_thousand_levels_are_counted_in_r_s_way() -> None:
    summary = replace(reference_lmer("sleepstudy"), levels=100_000, rows=1_000_000)
    assert "Number of obs: 1000000, groups:  Subject, 1e+05\n" in lmer_printout(summary).text
