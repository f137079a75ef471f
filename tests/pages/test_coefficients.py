"""The coefficient table: what stands side by side subtracts as printed, and is typeset alike."""

import re

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, Scenario, compare, simulate
from engine.data.examples import EXAMPLES, Example, load
from engine.words.numbers import as_printed
from pages.parts.coefficients import coefficient_table


def assert_subtracts(comparison: Comparison) -> None:
    table, _ = coefficient_table(comparison)
    for name in comparison.mixed.names:
        ols, mixed, difference = table.rows[name]
        values = [as_printed(cell.split(" (")[0]) for cell in (ols, mixed)]
        shown = as_printed(difference)
        assert values[1] - values[0] == pytest.approx(shown, abs=1e-14 * max(map(abs, values)))
        errors = [as_printed(re.findall(r"\((.+)\)", cell)[0]) for cell in (ols, mixed)]
        assert min(errors) > 0.0
    assert "-" not in "".join(cell for cells in table.rows.values() for cell in cells)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_differences_of_examples_are_those_of_the_printed_estimates(example: Example) -> None:
    assert_subtracts(compare(load(example.name), example.formula))


@pytest.mark.parametrize("scale", [1e-12, 1e-4, 1.0, 1e5, 1e12])
def test_differences_of_simulated_data_are_those_of_the_printed_estimates(scale: float) -> None:
    for seed in range(20):
        rows = simulate(Scenario(clusters=4 + seed, seed=seed)).frame
        frame = rows.assign(y=rows["y"] * scale, z=np.sin(np.arange(len(rows))))
        assert_subtracts(compare(frame, "y ~ condition + z + (1 | cluster)"))


@pytest.mark.parametrize(
    ("random", "pairs"),
    [("1 | g", 0), ("1 + x | g", 1), ("1 + x || g", 0), ("1 + x + z | g", 3), ("0 + x | g", 0)],
)
def test_every_pair_of_effects_has_its_correlation(random: str, pairs: int) -> None:
    rng = np.random.default_rng(5)
    g = np.repeat(np.arange(15), 12)
    x, z = rng.normal(size=(2, g.size))
    own = rng.normal(size=(15, 3))[g]
    y = x + z + own[:, 0] + own[:, 1] * (x + own[:, 2] * z) + rng.normal(size=g.size)
    both = compare(pd.DataFrame({"y": y, "x": x, "z": z, "g": g}), f"y ~ x + z + ({random})")
    shown = {
        name: cells
        for name, cells in coefficient_table(both)[0].rows.items()
        if name.startswith("corr. ")
    }
    assert len(shown) == pairs
    for name, (ols, mixed, difference) in shown.items():
        first, second = name.removeprefix("corr. ").split(", ")
        (component,) = both.mixed.components
        places = component.names.index(first), component.names.index(second)
        assert as_printed(mixed) == pytest.approx(component.correlations[places], abs=0.005)
        assert ols == difference == ""
