"""What cards say is true of the numbers they show: formulas, sentences and heads.

The formulas of all kinds of models are read in test_anatomy.py as well, wherever a number is
explained there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import BetwixtError, Comparison, compare, simulate
from engine.data.examples import EXAMPLES, load
from engine.models.estimates import Estimates
from engine.simulation import PRESETS
from engine.words.anatomy import Explained, anatomy
from engine.words.arithmetic import enough_digits, relation
from tests.engine.formulas import (
    SIGNED,
    TWICE_ROUNDED,
    agree,
    assert_arithmetic,
    equations,
    half_step,
    value_of,
)
from tests.engine.test_anatomy import EVERY, fitted, printouts
from tests.engine.test_spans import drawn


def cards_of(comparison: Comparison) -> dict[str, Explained]:
    return {number.id: number for number in anatomy(comparison, *printouts(comparison))}


def with_one_predictor(seed: int, unit: float = 1.0) -> Comparison:
    """Draw clusters of unequal sizes whose effects may go with sizes and with the predictor.

    The outcome is measured in a unit of this size.
    """
    rng = np.random.default_rng(seed)
    clusters = int(rng.integers(3, 30))
    sizes = 1 + rng.geometric(1.0 / rng.choice([2, 8, 60]), size=clusters)
    codes = np.repeat(np.arange(clusters), sizes)
    effects = rng.choice([0.1, 1.0, 5.0]) * rng.normal(size=clusters)
    effects += rng.choice([0.0, 0.5]) * np.log(sizes)
    x = rng.normal(size=len(codes)) + rng.choice([0.0, 1.0, 3.0]) * rng.normal(size=clusters)[codes]
    x += rng.choice([0.0, 0.7]) * effects[codes] + rng.choice([0.0, 20.0])
    y = 10.0 ** rng.integers(-3, 4) * (0.4 * x + effects[codes] + rng.normal(size=len(codes)))
    frame = pd.DataFrame({"x": x, "y": y / unit, "g": [f"c{k}" for k in codes]})
    if rng.random() < 0.5:
        frame["x"] = np.where(x > np.median(x), "treated", "control")
    return compare(frame, f"y ~ {rng.choice(['x', 'x', '1', '0 + x'])} + (1 | g)")


# What sentences say of numbers: the words, and whether the numbers agree, rounded as they are.
Texts = Mapping[str, str]
Claim = Callable[[Mapping[str, str], Texts], bool]


def of_intercept(said: Mapping[str, str], texts: Texts) -> bool:
    """Effective rows: τ̂² + σ̂² over the squared error, by OLS s² over it."""
    variances = [texts["lmer.between_variance"], texts["lmer.residual_variance"]]
    mixed = agree(
        "(v[0] + v[1]) / v[2] ** 2", [*variances, texts["lmer.se.(Intercept)"]], said["a"]
    )
    return mixed and agree(
        "v[0] ** 2 / v[1] ** 2", [texts["lm.sigma"], texts["lm.se.(Intercept)"]], said["b"]
    )


def of_a_weight(said: Mapping[str, str], _: Texts) -> bool:
    """Change of the weight times distance from the OLS line."""
    distance = ("−" if said["side"] == "below" else "") + said["b"]
    return agree("(v[0] - v[1]) * v[2]", [said["d"], said["c"], distance], said["a"])


def of_quartiles(said: Mapping[str, str], texts: Texts) -> bool:
    sd = texts["lmer.residual_sd"]
    ends = [texts[f"lmer.residual.{name}"] for name in ("3Q", "1Q")]
    own = agree("(v[0] - v[1]) * v[2]", [*ends, sd], said["a"])
    plain = [texts[f"lm.residual.{name}"] for name in ("3Q", "1Q")]
    return own and agree("v[0] - v[1]", plain, said["b"])


CLAIMS: dict[str, Claim] = {
    r"From {a} \(OLS\) to {b} \(mixed\) it moves by {c}[.:,]": lambda said, _: agree(
        "v[0] - v[1]", [said["b"], said["a"]], said["c"]
    ),
    r"From {a} \(OLS\) it (?P<verb>grows|shrinks) to {b} \(mixed\), {c} times": lambda said, _: (
        agree("v[0] / v[1]", [said["b"], said["a"]], said["c"])
        and (said["verb"] == "grows") == (value_of(said["c"]) > 1.0)
    ),
    r"{a} by OLS, {b} in the mixed model, whose estimate is {c} times and whose standard error is "
    r"{d} times": lambda said, _: agree(
        "v[0] * v[1] / v[2]", [said["a"], said["c"], said["d"]], said["b"]
    ),
    r"cluster \S+ goes from {c} of the weight to {d} and lies {b} (?P<side>above|below) the OLS "
    r"line, which alone moves it by {a}": of_a_weight,
    r"cluster .+ alone brings {a}, the .+ {b}\.": lambda said, _: agree(
        "v[0] + v[1]", [said["a"], said["b"]], said["moved"]
    ),
    r"the mean of {a} independent rows, whereas OLS takes {b} rows": of_intercept,
    r"√\(τ̂² / {a}\) = {b} of it": lambda said, texts: agree(
        "(v[0] / v[1]) ** 0.5", [texts["lmer.between_variance"], said["a"]], said["b"]
    ),
    r"which is OLS, the (?P<name>criterion|deviance) is {a}, worse by {b}\.": lambda said, texts: (
        agree("v[0] - v[1]", [said["a"], texts[f"lmer.{said['name']}"]], said["b"])
    ),
    r"In units of \S+, {a} is {b}[;.]": lambda said, texts: agree(
        "v[0] * v[1]", [said["a"], texts["lmer.residual_sd"]], said["b"]
    ),
    r"own line lies {a} (?P<side>above|below) the OLS line there: from the OLS line its residual "
    r"is {b}[,.]": lambda said, _: agree(
        "v[0] - v[1]",
        [said["b"], ("−" if said["side"] == "below" else "") + said["a"]],
        said["unscaled"],
    ),
    r"middle half of the residuals spans {a} instead of {b}": of_quartiles,
    r"predictors leave, {a} lies between clusters": lambda said, texts: agree(
        "v[0] / (v[0] + v[1])",
        [texts["lmer.between_variance"], texts["lmer.residual_variance"]],
        said["a"],
    ),
}


def patterns() -> Iterator[tuple[re.Pattern[str], Claim]]:
    for words, claim in CLAIMS.items():
        named = re.sub(r"\{([a-d])\}", lambda name: rf"(?P<{name[1]}>{SIGNED})", words)
        yield re.compile(named), claim


PATTERNS = list(patterns())


def assert_cards_hold(comparison: Comparison) -> set[str]:
    """Check every card of a comparison; return the claims that were found on them."""
    cards = cards_of(comparison)
    texts = {name: card.text for name, card in cards.items()}
    found = set()
    for card in cards.values():
        assert_arithmetic(card)
        for pattern, claim in PATTERNS:
            for match in pattern.finditer(card.meaning.why):
                said = match.groupdict()
                moved = re.search(rf"it moves by ({SIGNED})[.:,]", card.meaning.why)
                unscaled = re.search(rf", {SIGNED} is ({SIGNED})[;.]", card.meaning.why)
                said["moved"] = moved[1] if moved else ""
                said["unscaled"] = unscaled[1] if unscaled else ""
                assert claim(said, texts), f"{card.id}: {card.meaning.why}"
                found.add(pattern.pattern)
        assert_like_with_like(card, comparison)
    return found


# Which number each fit gives for a kind; None where one of the models has no such number.
ONE = {
    "sigma": "residual_sd",
    "residual_sd": "residual_sd",
    "residual_variance": "residual_variance",
}
OF_TERM = {"estimate": "estimates", "se": "standard_errors", "t": "t_values"}


def quantity(fit: Estimates, comparison: Comparison, kind: str, part: str) -> float | None:
    """Return what a fit says of a kind of number, in one unit for both fits."""
    if kind in OF_TERM:
        values: np.ndarray = getattr(fit, OF_TERM[kind])
        return float(values[fit.names.index(part)])
    if kind in ONE:
        return float(getattr(fit, ONE[kind]))
    if kind == "rows":
        return float(comparison.moments.rows)
    if kind in {"dropped_terms", "dropped_columns"}:
        return float(len(comparison.dropped_terms))
    if kind == "residual":
        at = ("Min", "1Q", "Median", "3Q", "Max").index(part) / 4.0
        rows = comparison.ols_residuals
        if fit is comparison.mixed:
            rows = comparison.scaled_residuals * comparison.mixed.residual_sd
        return float(np.quantile(rows, at))
    return None


def assert_like_with_like(card: Explained, comparison: Comparison) -> None:
    """Assert that the head of a card shows one quantity by both models, or one model alone."""
    kind, _, part = card.id.split(".", maxsplit=1)[1].partition(".")
    assert card.printout in card.by_model
    if len(card.by_model) == 1:
        return
    for program, fit in (("lm", comparison.ols), ("lmer", comparison.mixed)):
        expected = quantity(fit, comparison, kind, part)
        assert expected is not None, f"{card.id} has no counterpart, and shows {card.by_model}"
        shown = card.by_model[program]
        off = max(half_step(shown), 5e-4 * abs(expected))
        if kind == "residual":
            # R's zapsmall, with 5 digits, drops those that would not show beside the largest one.
            largest = float(np.abs(comparison.ols_residuals).max())
            off = max(off, 0.5 * 10.0 ** (np.ceil(np.log10(largest)) - 5.0))
        assert abs(value_of(shown) - expected) <= TWICE_ROUNDED * off, f"{card.id}: {card.by_model}"


@pytest.mark.parametrize("name", EVERY)
def test_cards_hold_on_the_data_of_the_reference(name: str) -> None:
    assert_cards_hold(fitted(name))


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.rows < 100_000])
def test_cards_hold_on_the_examples(example: object) -> None:
    assert_cards_hold(compare(load(example.name), example.formula))  # type: ignore[attr-defined]


@pytest.mark.parametrize("preset", PRESETS)
def test_cards_hold_on_the_situations_of_simulate(preset: object) -> None:
    assert_cards_hold(compare(simulate(preset.scenario).frame, "y ~ condition + (1 | cluster)"))  # type: ignore[attr-defined]


# One part that was rounded as the difference of two estimates, and a number beyond a billion.
@example(seed=3078, slopes=False, by_ml=False)
@example(seed=3096, slopes=True, by_ml=False)
@given(seed=st.integers(0, 2**32 - 1), slopes=st.booleans(), by_ml=st.booleans())
@settings(max_examples=40, deadline=None)
def test_cards_hold_on_any_data(seed: int, slopes: bool, by_ml: bool) -> None:
    try:
        comparison = drawn(seed) if slopes else with_one_predictor(seed)
        if by_ml:
            comparison = replace(comparison, mixed=comparison.ml)
    except BetwixtError:
        return
    assert_cards_hold(comparison)


@pytest.mark.parametrize("unit", [1e4, 1e7, 1e-6])
def test_cards_hold_in_any_unit(unit: float) -> None:
    for seed in range(6):
        comparison = with_one_predictor(seed, unit)
        assert_cards_hold(comparison)
        for card in cards_of(comparison).values():
            # Without a digit, no reader can check what comes out.
            formula = card.meaning.formula or ""
            assert not re.search(r"[=≈] 0\.0+$", formula, re.MULTILINE), formula


def test_every_claim_is_made_somewhere() -> None:
    """The properties above are not vacuous: the sentences they recompute are said."""
    found: set[str] = set()
    for seed in range(15):
        found |= assert_cards_hold(with_one_predictor(seed))
    for name in ("twin", "correlated", "hsb_ses"):
        found |= assert_cards_hold(fitted(name))
    assert found == {pattern.pattern for pattern, _ in PATTERNS}


# Figures as a card could show them; the first was on one.
@pytest.mark.parametrize(
    "formula",
    [
        "1 − 179,146 / 180,058\n  = 0.005066",
        "0.99719·(−0.09768)\n  + 0.00281·(−3.18)\n  = −0.106348",
        "0.719139 − 0.583864\n  = 0.140 (weights)\n  + (−0.006) (slope)",
        "0.6734 / √112.9\n  = 0.063388",
        "2.00 · 3.00 ≈ 7.00",
        "2.00 · 3.00 ≈ 6.00",
        "10.0 ± 1.96 · 2.0\n  = 6.1 to 14.9",
        "0.1 / (0.1 + 0.4)\n  is under 0.1%",
    ],
)
def test_the_reader_finds_what_does_not_come_out(formula: str) -> None:
    assert any(equation.fault() for equation in equations(formula))


def test_the_sign_says_whether_the_digits_shown_are_enough() -> None:
    # By hand: 0.583864 / 0.001941 = 300.806, and 0.719139 / 0.063388 = 11.345.
    assert relation(0.583864 / 0.001941, "300.83") == "≈"
    assert relation(0.719139 / 0.063388, "11.35") == "="
    assert relation(0.140 - 0.005, "0.140", "−0.005") == "="


def test_a_formula_gets_the_digits_it_needs() -> None:
    texts = enough_digits((0.45352, 80430.4), lambda part, whole: (part / whole) ** 0.5, "0.002375")
    assert equations(f"√({texts[0]} / {texts[1]}) = 0.002375")[0].fault() == ""
