"""What a console or a notebook shows of a result: short, on one screen, every name as text."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, Scenario, build, compare, compare_design, parse, simulate
from engine.comparison import models_of, moments_of
from tests.engine.reference import reference


def sleepstudy(formula: str = "Reaction ~ Days + (1 | Subject)") -> Comparison:
    return compare(reference("sleepstudy").frame, formula)


def test_a_comparison_shows_formula_counts_and_both_fits_side_by_side() -> None:
    assert repr(sleepstudy()) == (
        "Reaction ~ Days + (1 | Subject)\n"
        "180 rows in 18 clusters\n"
        "\n"
        "                             OLS  std. error   mixed  std. error\n"
        "(Intercept)               251.41      6.6102  251.41      9.7467\n"
        "Days                      10.467      1.2382  10.467     0.80422\n"
        "between-cluster variance                      1378.2\n"
        "residual variance         2276.7              960.46"
    )


def test_random_slopes_show_every_variance_and_correlation() -> None:
    comparison = sleepstudy("Reaction ~ Days + (1 + Days | Subject)")
    (component,) = comparison.mixed.components
    expected = {
        "variance of (Intercept)": component.covariance[0, 0],
        "variance of Days": component.covariance[1, 1],
        "corr. (Intercept), Days": component.correlations[1, 0],
    }
    lines = repr(comparison).splitlines()
    for label, value in expected.items():
        (line,) = (line for line in lines if line.startswith(label))
        assert line.removeprefix(label).strip() == f"{value:.5g}"


def test_notes_are_counted_and_a_boundary_is_said() -> None:
    frame = reference("sleepstudy").frame.assign(Weeks=lambda f: f.Days / 7)
    one = compare(frame, "Reaction ~ Days + Weeks + (1 | Subject)")
    assert repr(one).endswith("\n1 note: see .notes")
    frame.loc[3, "Days"] = np.nan
    assert repr(compare(frame, "Reaction ~ Days + Weeks + (1 | Subject)")).endswith(
        "\n2 notes: see .notes"
    )
    boundary = compare_design(simulate(Scenario(between_variance=0, seed=15)).design())
    assert boundary.mixed.singular
    assert repr(boundary).endswith("\nThe mixed fit is singular.")


def crowded(rows: int = 400) -> Comparison:
    """Many terms, long names, names with line breaks and HTML in them."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=rows), "g": np.arange(rows) % 20})
    frame["<b>bold</b>"] = rng.normal(size=rows)
    frame["a long name, " * 12] = rng.normal(size=rows)
    frame["f"] = np.array([f"level\n{k}\x1b[31m" for k in range(40)])[rng.integers(0, 40, rows)]
    two = f"`<b>bold</b>` + `{'a long name, ' * 12}`"
    return compare(frame, f"y ~ {two} + f + (1 + {two} | g)")


def test_a_comparison_fits_a_screen_however_many_terms_and_however_long_their_names() -> None:
    lines = repr(crowded()).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert any("and 33 more" in line for line in lines)


class Cells(HTMLParser):
    """Reads a table back, and knows only the tags of a table."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        assert tag in {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "br"}, tag
        if tag != "br":
            self.open.append(tag)
        if tag in {"th", "td", "caption"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.cells[-1] += data


@pytest.mark.parametrize("comparison", [sleepstudy, crowded])
def test_a_notebook_shows_the_same_table_escaped(comparison: object) -> None:
    shown = comparison()  # type: ignore[operator]
    parser = Cells()
    parser.feed(shown._repr_html_())
    parser.close()
    assert parser.open == []
    text = repr(shown)
    for cell in parser.cells[1:]:
        assert cell in text
    label, value = f"{shown.ols.names[1]}"[:20], f"{shown.ols.estimates[1]:.5g}"
    assert any(cell.startswith(label) for cell in parser.cells)
    assert value in parser.cells


def test_what_is_fitted_and_what_it_is_fitted_to_have_short_reprs() -> None:
    frame = reference("sleepstudy").frame
    design = build(frame, parse("Reaction ~ Days + (1 | Subject)"))
    assert repr(design) == "<Design of Reaction ~ Days + (1 | Subject): 180 rows in 18 clusters>"
    assert repr(moments_of(design)) == "<Moments of (Intercept), Days: 180 rows in 18 clusters>"
    both = compare_design(design)
    assert repr(both.ols) == (
        "<OlsFit of 180 rows: (Intercept) 251.41, Days 10.467; residual variance 2276.7>"
    )
    assert repr(both.mixed) == (
        "<MixedFit of 180 rows by REML: (Intercept) 251.41, Days 10.467; residual variance 960.46>"
    )
    assert "by ML" in repr(both.ml)
    assert repr(both.clusters) == "<ClusterTable of 18 clusters>"
    assert repr(both.random_effects) == "<RandomEffects of 18 clusters: (Intercept)>"
    assert repr(both.design.levels) == "<18 levels: 308, 309, 310, 330, 331, 332 and 12 more>"
    simulated = simulate(Scenario())
    assert repr(simulated) == "<Simulated: 1,008 rows in 24 clusters>"
    assert repr(simulated.truth).startswith("<Truth of 24 clusters: intercept 0, effect -0.5, ")


def test_a_long_name_leaves_room_for_its_estimate() -> None:
    ols = crowded().ols
    assert len(ols.names[2]) > 100
    assert f"… {ols.estimates[2]:.5g}, " in repr(ols)


def test_no_result_prints_arrays_without_end() -> None:
    comparison = crowded()
    models = models_of(comparison.design, comparison.moments)
    simulated = simulate(Scenario(clusters=2000))
    for thing in (
        comparison.design,
        comparison.moments,
        comparison.ols,
        comparison.mixed,
        comparison.random_effects,
        comparison.dial,
        comparison.model,
        models.dial,
        simulated,
        simulated.truth,
        comparison.design.levels,
    ):
        assert len(repr(thing)) < 400, type(thing)
        assert "\n" not in repr(thing)
