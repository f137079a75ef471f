"""Numbers, names and tables are formatted as R formats them.

Source: tests/reference/rformat.json, R's answers in rformat.R, with numbers in hexadecimal.
"""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.printout.rformat.code import deparse
from engine.printout.rformat.names import abbreviate
from engine.printout.rformat.numbers import (
    format_general,
    format_numbers,
    format_pvalues,
    round_decimals,
    signif,
    zapsmall,
)
from engine.printout.rformat.tables import (
    fill,
    print_coefmat,
    print_named,
    print_table,
    print_variances,
)
from engine.printout.spans import Piece, laid_out
from tests.engine.reference import FOLDER

CASES: dict[str, Any] = json.loads((FOLDER / "rformat.json").read_text())
HEADERS = ("Estimate", "Std. Error", "t value", "Pr(>|t|)")


def number(text: str) -> float:
    return math.nan if text == "NA" else float.fromhex(text)


def numbers(texts: list[str]) -> list[float]:
    return [number(text) for text in texts]


def text(pieces: list[Piece]) -> str:
    return laid_out(pieces).text


def each(name: str) -> pytest.MarkDecorator:
    """Make one test for each case that R answered under this name."""
    count = len(CASES[name])
    return pytest.mark.parametrize("case", CASES[name], ids=[str(k) for k in range(count)])


@each("format_numbers")
def test_numbers_share_one_format(case: dict[str, Any]) -> None:
    shown = format_numbers(numbers(case["x"]), case["digits"], case["min_decimals"])
    assert shown == case["r"]


@each("format_general")
def test_general_format_equals_formatc(case: dict[str, Any]) -> None:
    assert format_general(number(case["x"]), case["digits"]) == case["r"]


@each("signif")
def test_significant_digits_equal_signif_bit_for_bit(case: dict[str, Any]) -> None:
    assert signif(number(case["x"]), case["digits"]) == number(case["r"])


@each("round_decimals")
def test_decimals_equal_round_bit_for_bit(case: dict[str, Any]) -> None:
    assert round_decimals(number(case["x"]), case["digits"]) == number(case["r"])


@each("zapsmall")
def test_values_negligible_beside_the_largest_are_zapped(case: dict[str, Any]) -> None:
    assert zapsmall(numbers(case["x"]), case["digits"]) == numbers(case["r"])


@each("format_pvalues")
def test_p_values_equal_format_pval(case: dict[str, Any]) -> None:
    assert format_pvalues(numbers(case["x"]), case["digits"]) == case["r"]


@each("print_named")
def test_named_vectors_break_at_the_line_width(case: dict[str, Any]) -> None:
    cells = format_numbers(numbers(case["x"]), case["digits"])
    assert text(print_named(case["names"], cells)) == case["r"]


@each("print_table")
def test_tables_break_at_the_line_width_whatever_the_script(case: dict[str, Any]) -> None:
    shown = print_table(
        case["row_names"], case["headers"], case["columns"], flush_right=case["flush_right"]
    )
    assert text(shown) == case["r"]


@given(
    labels=st.lists(st.text(st.sampled_from("ab éÉ.\t\u00a0漢"), max_size=8), max_size=8),
    min_length=st.integers(1, 9),
)
@example(labels=["flagno", "flagyes", "flagyes "], min_length=6)
@settings(max_examples=500)
def test_any_labels_are_abbreviated_to_as_many_as_differ(
    labels: list[str], min_length: int
) -> None:
    found = abbreviate(labels, min_length)
    assert len(found) == len(labels)
    assert len(set(found)) == len({label.strip() for label in labels})


@each("abbreviate")
def test_abbreviations_stay_unique_as_in_r(case: dict[str, Any]) -> None:
    assert abbreviate(case["names"], case["min_length"]) == case["r"]


@each("print_coefmat")
def test_coefficients_with_p_values_equal_print_coefmat(case: dict[str, Any]) -> None:
    columns = [numbers(column) for column in case["columns"]]
    shown = print_coefmat(case["names"], HEADERS, columns, case["digits"])
    assert text(shown) == case["with_p"]


@each("print_coefmat")
def test_coefficients_without_p_values_equal_print_coefmat(case: dict[str, Any]) -> None:
    columns = [numbers(column) for column in case["columns"][:3]]
    shown = print_coefmat(case["names"], HEADERS[:3], columns, case["digits"])
    assert text(shown) == case["without_p"]


@each("print_variances")
def test_random_effects_equal_format_vc(case: dict[str, Any]) -> None:
    shown = print_variances(
        case["groups"],
        case["names"],
        [numbers(term) for term in case["variances"]],
        [[numbers(row) for row in term] for term in case["correlations"]],
        number(case["residual_variance"]),
        case["digits"],
    )
    assert text(shown) == case["r"]


@each("deparse")
def test_formulas_break_where_deparse_breaks_them(case: dict[str, Any]) -> None:
    assert deparse(case["formula"]) == case["lines"]


@each("deparse")
def test_calls_break_where_deparse_breaks_them(case: dict[str, Any]) -> None:
    assert deparse(case["call"]) == case["call_lines"]


@each("deparse")
def test_long_formulas_fill_lines_as_cat_does(case: dict[str, Any]) -> None:
    assert text(fill([["Formula:"], *([line] for line in case["lines"])])) == case["filled"]
