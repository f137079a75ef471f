"""Numbers as texts: what is printed side by side combines as printed."""

import numpy as np
import pytest

from engine.words.numbers import (
    R_LEAST_P,
    adding_up,
    as_printed,
    degrees_text,
    p_text,
    pair,
    subtracting,
)


@pytest.mark.parametrize("seed", range(4))
def test_differences_are_those_of_the_numbers_as_written(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(2_000):
        size, move, error = 10.0 ** rng.uniform([-14, -6, -5], [14, 3, 2])
        before = rng.normal() * size
        after = before + rng.normal() * size * move
        first, second, difference, shown_error = subtracting(
            before, after, [error * size], error * size
        )
        unit = max(abs(as_printed(text)) for text in (first, second, difference))
        assert as_printed(second) - as_printed(first) == pytest.approx(
            as_printed(difference), abs=4e-15 * unit
        )
        assert all("-" not in text for text in (first, second, difference))
        # Two digits of the error at least are shown, as far as a double has them.
        assert as_printed(shown_error) == pytest.approx(
            error * size, abs=0.06 * error * size + 1e-14 * unit
        )


@pytest.mark.parametrize("seed", range(4))
def test_parts_add_up_to_the_difference_of_both_numbers_as_printed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(500):
        before, spread = rng.normal() * 10.0 ** rng.uniform(-3, 3), 10.0 ** rng.uniform(-3, 3)
        parts = spread * rng.normal(size=rng.integers(0, 6))
        after = before + (float(parts.sum()) if len(parts) else spread)
        (first, second), (moved, texts) = pair(before, after), adding_up(before, after, parts)
        gap = as_printed(second) - as_printed(first)
        assert as_printed(moved) == pytest.approx(gap, abs=1e-9 * abs(before) + 1e-9 * abs(gap))
        if len(parts):
            assert sum(map(as_printed, texts)) == pytest.approx(gap, abs=1e-9 * abs(before) + 1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_printed_differences_are_the_true_ones_rounded(seed: int) -> None:
    rng = np.random.default_rng(seed)
    off = 0
    samples = 2_000
    for _ in range(samples):
        before, move, error = rng.normal(size=3) * [3.0, 1.0, 0.3]
        after = before + move
        difference = subtracting(before, after, [], abs(error))[2]
        last_digit = 10.0 ** -len(difference.partition(".")[2])
        miss = abs(as_printed(difference) - (after - before)) / last_digit
        assert miss <= 1.0 + 1e-9
        off += miss > 0.5 + 1e-9
    # At each number of decimals a quarter of all differences come out wrong; four are tried.
    assert off / samples < 0.25**4 + 4.0 * np.sqrt(0.25**4 / samples)


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ((1.1849, 0.6376, [], 0.19), ("1.185", "0.638", "−0.547")),
        ((-0.00053, 0.00249, [0.0051], 0.0051), ("−0.0005", "0.0025", "+0.0030", "0.0051")),
        ((12_345.6, 12_344.9, [], 15.0), ("12,346", "12,345", "−1")),
        # Two decimals, 0.51 and 0.17, would give −0.34.
        ((0.5058, 0.1747, [0.11], 0.11), ("0.506", "0.175", "−0.331", "0.110")),
        ((1.0, 1.0, [], 0.0), ("1.000", "1.000", "0.000")),
        ((0.0, 0.0, [0.0], 0.0), ("0.000", "0.000", "0.000", "0.000")),
        ((1.234e-12, -5e-14, [], 1e-14), ("1.234e−12", "−0.050e−12", "−1.284e−12")),
        ((2e50, 1.5e50, [], 1e48), ("2.000e50", "1.500e50", "−0.500e50")),
    ],
)
def test_numbers_that_subtract_have_the_decimals_of_the_error(
    numbers: tuple[float, float, list[float], float], texts: tuple[str, ...]
) -> None:
    assert subtracting(*numbers) == texts


@pytest.mark.parametrize(
    ("value", "least", "text"),
    [
        (0.42, 0.001, "p = 0.42"),
        (0.5, 0.001, "p = 0.50"),
        (0.0312, 0.001, "p = 0.031"),
        (0.0497, 0.001, "p = 0.04970"),
        (0.0012, 0.001, "p = 0.0012"),
        (0.0004, 0.001, "p < 0.001"),
        (0.0004, R_LEAST_P, "p = 0.0004"),
        (3.21e-9, R_LEAST_P, "p = 3.2e−09"),
        (1e-20, R_LEAST_P, "p < 2.2e−16"),
    ],
)
def test_p_values_are_written_alike_down_to_the_least(
    value: float, least: float, text: str
) -> None:
    assert p_text(value, least) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (191.0, "191"),
        (17.0000001, "17"),
        (5.0, "5"),
        (4.23, "4.2"),
        (3.97, "4.0"),
        (326_360.4, "326,360"),
        (0.42, "0.42"),
    ],
)
def test_degrees_of_freedom_are_whole_or_have_one_decimal(value: float, text: str) -> None:
    assert degrees_text(value) == text
