"""Typeset formulas in Python: the tree that becomes MathML, and LaTeX on the plain page."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from engine.models.balanced import BalancedFit
from engine.models.dial import Dial
from engine.words import formulas
from engine.words.typeset import Formula, spoken
from pages.parts.live.panel import _encode
from pages.parts.live.typeset import encode_formula, latex
from tests.engine.example import example, moments_of

ALL: dict[str, Formula] = {
    "intercept": formulas.intercept_formula(["A", "B"], [120, 2], [52.0, -8.5], 1.6),
    "weight": formulas.weight_formula(120, 1.604, level="A"),
    "shrinkage": formulas.shrinkage_formula(2, 1.604),
    "lever": formulas.lever_formula(2, 83.28, 133.57),
    "landing": formulas.landing_formula(-64.45, 88.0, 0.7623),
    "slope": formulas.slope_formula(0.946, 2.191, -5.882),
    "share": formulas.share_formula(3135.4, 178.7),
    "balanced": formulas.balanced_formula(BalancedFit(5, 0.531, 1.219, 0.0, 1.093)),
    "criterion": formulas.criterion_formula(
        Dial(moments_of(example("puzzle_random_vs_fixed"), "y ~ x + (1 | f)")), 16.0
    ),
    "mean error": formulas.mean_error_formula(83.3, 3.44),
    "intercept error": formulas.intercept_error_formula(0.4535, 50.6, 0.59, 0.0024),
    "slope error": formulas.slope_error_formula(37.0, 3135.0, 179.0),
    "design effect": formulas.design_effect_formula(50, 0.01),
    "cluster average": formulas.cluster_average_formula(["A", "B"], np.array([52.0, 88.0])),
    "contextual": formulas.contextual_formula(5.866, 2.191),
    "leftover": formulas.leftover_formula(0.946, 5.882, 2.191),
    "slope vote": formulas.slope_vote_formula(0.335, 0.125, 82.5),
    "average slope's error": formulas.average_slope_error_formula(6.558, 18),
}
every = pytest.mark.parametrize("name", ALL)
# How many parts an element of MathML has to have; None for any number.
PARTS = {"mrow": None, "msqrt": 1, "mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2}


def check(node: list[Any]) -> ET.Element:
    """Build the element as the browser does, and see that it is one."""
    name, about, content = node
    assert all(isinstance(value, str) and value for value in about.values())
    made = ET.Element(name, about)
    if name in {"mi", "mn", "mo"}:
        assert isinstance(content, str) and content
        made.text = content
        return made
    assert PARTS[name] in (None, len(content))
    made.extend(map(check, content))
    return made


@every
def test_every_formula_is_well_formed_mathml(name: str) -> None:
    encoded = encode_formula(ALL[name])
    trees = [check(side["tree"]) for side in encoded["sides"]]
    signs = [side["sign"] for side in encoded["sides"]]
    assert [sign for sign in signs if sign not in {"+", "−"}] == ["", "=", "=", "="]
    found = {node.get("term") for tree in trees for node in tree.iter()} - {None}
    assert found == set(ALL[name].terms)
    assert encoded["spoken"] == ALL[name].spoken


def test_a_line_can_end_before_every_term_of_a_sum_but_not_inside_brackets() -> None:
    signs = {name: [side["sign"] for side in encode_formula(ALL[name])["sides"]] for name in ALL}
    assert signs["intercept"] == ["", "=", "=", "+", "="]
    assert signs["criterion"] == ["", "=", "+", "+", "=", "+", "+", "="]
    assert signs["slope"] == ["", "=", "+", "=", "+", "="]
    assert signs["lever"] == ["", "=", "=", "="]


@every
def test_what_is_touched_says_what_it_is(name: str) -> None:
    for side in encode_formula(ALL[name])["sides"]:
        for node in check(side["tree"]).iter():
            assert ("term" in node.attrib) == ("spoken" in node.attrib)


def test_products_that_are_not_written_are_read_out() -> None:
    tree = check(encode_formula(ALL["shrinkage"])["sides"][1]["tree"])
    assert "".join(tree.itertext()).startswith("nj\u2062ρ")


@every
def test_latex_has_its_brackets_in_pairs(name: str) -> None:
    text = latex(ALL[name])
    assert text.count("{") == text.count("}")
    assert text.count(r"\left") == text.count(r"\right")
    assert ALL[name].result.text.replace("−", "-").replace(",", "{,}") in text


def test_a_formula_is_a_part_of_a_panel() -> None:
    part = _encode(ALL["slope"], [])
    assert part["kind"] == "formula" and part["spoken"] == ALL["slope"].spoken
    assert spoken(ALL["slope"].result) in part["spoken"]


def page_of_a_formula() -> None:
    from engine.words.formulas import shrinkage_formula
    from pages.parts.lesson.formula import formula
    from pages.parts.live import live_panel

    formula("shrinkage", shrinkage_formula(2, 1.604))
    live_panel([shrinkage_formula(5, 1.604)], key="panel")


@pytest.mark.parametrize("plain", ["0", "1"])
def test_the_plain_page_has_latex_in_its_place(plain: str) -> None:
    page = AppTest.from_function(page_of_a_formula)
    page.query_params["plain"] = plain
    page.run()
    assert not page.exception
    assert len(page.latex) == (2 if plain == "1" else 0)
    assert len(page.get("bidi_component")) == (0 if plain == "1" else 2)


def test_the_formulas_that_are_checked_are_all_there_are() -> None:
    builders = [name for name in vars(formulas) if name.endswith("_formula") and name[0] != "_"]
    assert len(builders) == len(ALL)
