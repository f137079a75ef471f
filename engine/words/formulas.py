"""The formulas of the lessons, with present numbers in them.

Every function takes numbers that `engine.account` computes, and returns a `Formula` whose printed
numbers give its printed result. Terms have the ids that the figures use: ``cluster:A``,
``pooled``, ``ratio``, ``within``, ``between``, ``mixed``, ``ols`` and so on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from engine.account.balance import balance
from engine.models.balanced import BalancedFit
from engine.models.dial import Dial
from engine.models.mixed.likelihood import Likelihood
from engine.words.numbers import number, with_decimals
from engine.words.typeset import (
    Accent,
    Formula,
    Fraction,
    Identifier,
    Logarithm,
    Number,
    Operator,
    Piece,
    Power,
    Role,
    Root,
    Row,
    Subscript,
    agreeing,
)

# Of more clusters than this, sums are not written out.
MOST_WRITTEN = 8

_PLUS, _MINUS, _TIMES = Operator("+"), Operator("−"), Operator("·")
_OPEN, _CLOSE = Operator("("), Operator(")")
_ONE, _TWO = Number("1"), Number("2")
_J = Identifier("j")
_SUM = Subscript(Operator("∑"), _J, spoken="the sum over j of")
_RATIO = Identifier("ρ", term="ratio")
_LAMBDA = Identifier("λ", term="share")


def _row(*parts: Piece) -> Row:
    return Row(parts)


def _sub(base: str, index: str, *, term: str = "", role: Role | None = None) -> Piece:
    return Subscript(Identifier(base), Identifier(index), term=term, role=role)


def _squared(base: str, *, hat: bool = False, index: str = "", term: str = "") -> Piece:
    symbol: Piece = Identifier(base)
    if hat:
        symbol = Accent(symbol, "hat")
    if index:
        symbol = Subscript(symbol, Identifier(index))
    return Power(symbol, _TWO, term=term)


_RESIDUAL = _squared("σ", term="residual variance")
_BETWEEN_VARIANCE = _squared("τ", term="between variance")
_SIZE = Subscript(Identifier("n"), _J, term="size")
_OWN = Subscript(Accent(Identifier("y"), "bar"), _J, term="own", role="within")
_WITHIN = _sub("β", "W", term="within", role="within")
_BETWEEN = _sub("β", "B", term="between", role="between")


def _written(value: float, digits: int) -> str:
    """Write a number with three significant digits and some more, or as it is if it has fewer."""
    if abs(value - round(value)) < 1e-9 * max(1.0, abs(value)) and abs(value) < 1e9:
        return with_decimals(float(round(value)), 0)
    text = number(value, abs(value) / 10.0**digits)
    shorter = text.rstrip("0")
    known = "." in text and "e" not in text and f"{value:,.12f}".replace("-", "−").rstrip("0")
    return shorter if known == shorter else text


def _number(value: float, digits: int, *, term: str = "", role: Role | None = None) -> Number:
    return Number(_written(value, digits), term=term, role=role)


def _bracketed(piece: Number) -> Piece:
    """Put brackets around a negative number, which cannot follow another sign without."""
    return _row(_OPEN, piece, _CLOSE) if piece.text.startswith("−") else piece


def _result(
    value: float, decimals: int | None, *, term: str = "", role: Role | None = None
) -> Number:
    text = _written(value, 0) if decimals is None else with_decimals(value, decimals)
    return Number(text, term=term, role=role)


def cluster_term(level: str) -> str:
    """Return the id that stands for a cluster in figures and formulas.

    Parameters
    ----------
    level
        The cluster's label.
    """
    return f"cluster:{level}"


# --- 1 Rows or clusters? --------------------------------------------------------------------------


def intercept_formula(
    levels: Sequence[str],
    counts: ArrayLike,
    means: ArrayLike,
    ratio: float,
    *,
    decimals: int | None = 1,
) -> Formula:
    """Return the intercept as the weighted mean of cluster means: Σ ω_j ȳ_j / Σ ω_j.

    At ρ = 0 it is the mean of all rows, whose weights are the sizes.

    Parameters
    ----------
    levels
        Labels of the J clusters; of more than `MOST_WRITTEN` only the sums are written.
    counts, means
        Rows and mean outcome of each cluster, shape (J,).
    ratio
        Variance ratio ρ ≥ 0.
    decimals
        Decimals of the result; None for three significant digits.
    """
    beam = balance(counts, means, ratio)
    total = float(beam.weights.sum())
    role: Role = "mixed" if ratio > 0.0 else "ols"
    weight = (
        _sub("ω", "j", term="weights")
        if ratio > 0.0
        else Subscript(Identifier("n"), _J, term="weights")
    )
    symbols = Fraction(_row(_SUM, weight, _OWN), _row(_SUM, weight), term=role)

    def build(digits: int) -> Formula:
        # One fraction for each cluster, not one for all: such a sum can be broken into lines.
        below = _number(total, digits, term="weights")
        parts: list[Piece] = []
        pairs = zip(levels, beam.weights, beam.means, strict=True)
        for level, own_weight, mean in pairs if len(levels) <= MOST_WRITTEN else ():
            term = cluster_term(level)
            vote = Fraction(_number(float(own_weight), digits, term=term), below)
            value = _bracketed(_number(float(mean), digits, term=term, role="within"))
            parts += [_PLUS, vote, _TIMES, value]
        numbers: Piece = Row(tuple(parts[1:]))
        if len(levels) > MOST_WRITTEN:
            above = _number(float(beam.point) * total, digits + 3)
            numbers = Fraction(above, _number(total, digits + 3))
        return Formula(
            name=Subscript(Accent(Identifier("β"), "hat"), Number("0"), term=role, role=role),
            symbols=symbols,
            numbers=numbers,
            result=_result(float(beam.point), decimals, term=role, role=role),
        )

    return agreeing(build)


def weight_formula(count: int, ratio: float, *, level: str = "") -> Formula:
    """Return a cluster's weight ω = n / (1 + nρ), in rows.

    Parameters
    ----------
    count
        Rows n of the cluster.
    ratio
        Variance ratio ρ ≥ 0.
    level
        Label of the cluster, which connects the formula with it in the figure.
    """
    term = cluster_term(level) if level else "weights"

    def build(digits: int) -> Formula:
        n, rho = _number(count, 0, term="size"), _number(ratio, digits, term="ratio")
        return Formula(
            name=_sub("ω", "j", term=term),
            symbols=Fraction(_SIZE, _row(_ONE, _PLUS, _SIZE, _RATIO)),
            numbers=Fraction(n, _row(_ONE, _PLUS, n, _TIMES, rho)),
            result=_result(count / (1.0 + count * ratio), None, term=term),
        )

    return agreeing(build)


# --- 2 Shrinkage ----------------------------------------------------------------------------------


def shrinkage_formula(count: int, ratio: float, *, decimals: int = 2) -> Formula:
    """Return the shrinkage factor s = nρ / (1 + nρ).

    Parameters
    ----------
    count
        Rows n of the cluster.
    ratio
        Variance ratio ρ ≥ 0.
    decimals
        Decimals of the result.
    """

    def build(digits: int) -> Formula:
        n, rho = _number(count, 0, term="size"), _number(ratio, digits, term="ratio")
        return Formula(
            name=_sub("s", "j", term="shrinkage"),
            symbols=Fraction(_row(_SIZE, _RATIO), _row(_ONE, _PLUS, _SIZE, _RATIO)),
            numbers=Fraction(_row(n, _TIMES, rho), _row(_ONE, _PLUS, n, _TIMES, rho)),
            result=_result(count * ratio / (1 + count * ratio), decimals, term="shrinkage"),
        )

    return agreeing(build)


def lever_formula(
    count: int, residual_variance: float, between_variance: float, *, decimals: int = 2
) -> Formula:
    """Return the shrinkage factor as a lever: n/σ² against 1/τ².

    Parameters
    ----------
    count
        Rows n of the cluster.
    residual_variance, between_variance
        σ² and τ², above 0, in squared outcome units.
    decimals
        Decimals of the result.
    """
    own, others = count / residual_variance, 1.0 / between_variance

    def build(digits: int) -> Formula:
        n = _number(count, 0, term="size")
        sigma = _number(residual_variance, digits, term="residual variance")
        tau = _number(between_variance, digits, term="between variance")
        say = "what the cluster itself says"
        itself = Fraction(n, sigma, role="within", spoken=f"{n.text} over {sigma.text}")
        symbol = Fraction(_SIZE, _RESIDUAL, role="within", spoken=f"{say}, n over sigma squared,")
        rest = Fraction(_ONE, _BETWEEN_VARIANCE, spoken="what the others say, 1 over tau squared")
        return Formula(
            name=_sub("s", "j", term="shrinkage"),
            symbols=Fraction(symbol, _row(symbol, _PLUS, rest)),
            numbers=Fraction(itself, _row(itself, _PLUS, Fraction(_ONE, tau))),
            result=_result(own / (own + others), decimals, term="shrinkage"),
        )

    return agreeing(build)


def landing_formula(pooled: float, own: float, shrinkage: float, *, decimals: int = 1) -> Formula:
    """Return where a cluster lands: pooled + s (own − pooled).

    Parameters
    ----------
    pooled
        The model's intercept, in outcome units.
    own
        The cluster's own mean.
    shrinkage
        Its shrinkage factor s.
    decimals
        Decimals of the result.
    """

    def build(digits: int) -> Formula:
        centre = _number(pooled, digits, term="mixed", role="mixed")
        s, value = (
            _number(shrinkage, digits, term="shrinkage"),
            _number(own, digits, term="own", role="within"),
        )
        away = _row(_OPEN, value, _MINUS, _bracketed(centre), _CLOSE)
        symbol = Subscript(Accent(Identifier("β"), "hat"), Number("0"), term="mixed", role="mixed")
        s_j = _sub("s", "j", term="shrinkage")
        return Formula(
            name=Identifier("lands at", term="landed"),
            symbols=_row(symbol, _PLUS, s_j, _OPEN, _OWN, _MINUS, symbol, _CLOSE),
            numbers=_row(_bracketed(centre), _PLUS, s, _TIMES, away),
            result=_result(pooled + shrinkage * (own - pooled), decimals, term="landed"),
        )

    return agreeing(build)


# --- 3 Tug of war ---------------------------------------------------------------------------------


def slope_formula(
    share: float,
    within: float,
    between: float,
    *,
    role: Role = "mixed",
    decimals: int | None = None,
) -> Formula:
    """Return a slope as the mixture λ β_W + (1 − λ) β_B.

    Parameters
    ----------
    share
        λ, from 0 to 1.
    within, between
        Both slopes at the ratio in question, in outcome units per unit of the predictor.
    role
        Whose slope it is.
    decimals
        Decimals of the result; None for three significant digits.
    """

    def build(digits: int) -> Formula:
        lam = _number(share, digits, term="share")
        inside = _bracketed(_number(within, digits, term="within", role="within"))
        outside = _bracketed(_number(between, digits, term="between", role="between"))
        rest = _row(_OPEN, _ONE, _MINUS, lam, _CLOSE)
        return Formula(
            name=Accent(Identifier("β"), "hat", term=role, role=role),
            symbols=_row(_LAMBDA, _WITHIN, _PLUS, _OPEN, _ONE, _MINUS, _LAMBDA, _CLOSE, _BETWEEN),
            numbers=_row(lam, _TIMES, inside, _PLUS, rest, _TIMES, outside),
            result=_result(
                share * within + (1.0 - share) * between, decimals, term=role, role=role
            ),
        )

    return agreeing(build)


def share_formula(within_spread: float, between_spread: float, *, decimals: int = 3) -> Formula:
    """Return λ = S_w / (S_w + S_b), the share of comparisons within clusters.

    Parameters
    ----------
    within_spread, between_spread
        S_w and S_b(ω), in squared units of the predictor, as of `SlopePath`.
    decimals
        Decimals of the result.
    """

    def build(digits: int) -> Formula:
        inside = _number(within_spread, digits, term="within", role="within")
        outside = _number(between_spread, digits, term="between", role="between")
        s_w = _sub("S", "W", term="within", role="within")
        s_b = _sub("S", "B", term="between", role="between")
        return Formula(
            name=_LAMBDA,
            symbols=Fraction(s_w, _row(s_w, _PLUS, s_b)),
            numbers=Fraction(inside, _row(inside, _PLUS, outside)),
            result=_result(
                within_spread / (within_spread + between_spread), decimals, term="share"
            ),
        )

    return agreeing(build)


# --- 4 Looking for the ratio ----------------------------------------------------------------------


def balanced_formula(fit: BalancedFit) -> Formula:
    """Return τ̂² = (MSB − MSW) / n of the balanced case; negative where the answer is 0.

    Parameters
    ----------
    fit
        The estimates in closed form.
    """
    value = (fit.between_square - fit.within_square) / fit.size

    def build(digits: int) -> Formula:
        msb = _number(fit.between_square, digits, term="between", role="between")
        msw = _number(fit.within_square, digits, term="within", role="within")
        difference = _row(
            Identifier("MSB", term="between", role="between"),
            _MINUS,
            Identifier("MSW", term="within", role="within"),
        )
        return Formula(
            name=_squared("τ", hat=True, term="between variance"),
            symbols=Fraction(difference, Identifier("n", term="size")),
            numbers=Fraction(_row(msb, _MINUS, msw), _number(fit.size, 0, term="size")),
            result=_result(value, None, term="between variance"),
        )

    return agreeing(build)


def criterion_formula(
    dial: Dial, ratio: float, likelihood: Likelihood = Likelihood.REML, *, decimals: int = 2
) -> Formula:
    """Return the criterion at a ratio: log|V| + log|A| + d (1 + log(2π r² / d)).

    Parameters
    ----------
    dial
        The data.
    ratio
        Variance ratio ρ ≥ 0.
    likelihood
        REML; for maximum likelihood log|A| is left out and d = N.
    decimals
        Decimals of the result.
    """
    point = dial.at(ratio)
    degrees = likelihood.degrees(dial.moments.rows, len(dial.moments.names))
    random = float(dial.log_weight_sum(ratio)[0])
    fixed, left = float(point.log_determinant), float(point.residual_sum)
    total = float(likelihood.criterion(random, fixed, left, degrees))
    reml = likelihood is Likelihood.REML

    def build(digits: int) -> Formula:
        d = _number(degrees, 0)
        spread = Fraction(
            _row(_TWO, _TIMES, Number(_written(math.pi, digits)), _TIMES, _number(left, digits)), d
        )
        symbol = Fraction(
            _row(_TWO, Identifier("π", spoken="pi"), _squared("r", term="residuals")),
            Identifier("d"),
        )
        numbers: list[Piece] = [_number(random, digits, term="clusters")]
        symbols: list[Piece] = [Identifier("log|V|", spoken="log det V", term="clusters")]
        if reml:
            symbols += [_PLUS, Identifier("log|A|", spoken="log det A")]
            numbers += [_PLUS, _bracketed(_number(fixed, digits))]
        for parts, times, inside in (
            (symbols, Identifier("d"), symbol),
            (numbers, d, spread),
        ):
            parts += [_PLUS, times, _OPEN, _ONE, _PLUS, Logarithm(inside), _CLOSE]
        return Formula(
            name=Identifier("criterion", term="criterion"),
            symbols=Row(tuple(symbols)),
            numbers=Row(tuple(numbers)),
            result=_result(total, decimals, term="criterion"),
        )

    return agreeing(build)


# --- 5 Standard errors ----------------------------------------------------------------------------


def mean_error_formula(residual_variance: float, weight: float, *, role: Role = "mixed") -> Formula:
    """Return the standard error of an intercept without predictors: σ̂ / √Σω_j.

    Parameters
    ----------
    residual_variance
        σ̂² of the fit, in squared outcome units.
    weight
        Σω_j at its ratio; for OLS that is the number of rows N.
    role
        Whose error it is; ``"ols"`` writes N for the sum of the weights.
    """
    below: Piece = (
        Identifier("N", term="weights")
        if role == "ols"
        else _row(_SUM, _sub("ω", "j", term="weights"))
    )
    return _error_formula(
        residual_variance,
        below,
        lambda digits: _number(weight, digits, term="weights"),
        weight,
        role,
    )


def intercept_error_formula(
    residual_variance: float,
    weight: float,
    centre: float,
    slope_error: float,
    *,
    role: Role = "mixed",
) -> Formula:
    """Return the standard error of an intercept beside one predictor: √(σ̂²/Σω_j + x̃²·SE₁²).

    Parameters
    ----------
    residual_variance
        σ̂² of the fit, in squared outcome units.
    weight
        Σω_j at its ratio; for OLS that is the number of rows N.
    centre
        Weighted mean x̃ of the predictor.
    slope_error
        Standard error SE₁ of the slope.
    role
        Whose error it is; ``"ols"`` writes N for the sum of the weights.
    """
    below: Piece = (
        Identifier("N", term="weights")
        if role == "ols"
        else _row(_SUM, _sub("ω", "j", term="weights"))
    )
    error = math.hypot(math.sqrt(residual_variance / weight), centre * slope_error)
    mean_x = Power(Accent(Identifier("x"), "bar"), _TWO)
    own = Power(_error_name("1"), _TWO)

    def build(digits: int) -> Formula:
        sigma = Power(_number(math.sqrt(residual_variance), digits, term="residual variance"), _TWO)
        middle = Power(_bracketed(_number(centre, digits)), _TWO)
        slope = Power(_number(slope_error, digits), _TWO)
        return Formula(
            name=_error_name("0", role),
            symbols=Root(
                _row(
                    Fraction(_squared("σ", hat=True, term="residual variance"), below),
                    _PLUS,
                    mean_x,
                    _TIMES,
                    own,
                )
            ),
            numbers=Root(
                _row(
                    Fraction(sigma, _number(weight, digits, term="weights")),
                    _PLUS,
                    middle,
                    _TIMES,
                    slope,
                )
            ),
            result=_result(error, None, term=role, role=role),
        )

    return agreeing(build)


def slope_error_formula(
    residual_variance: float, within_spread: float, between_spread: float, *, role: Role = "mixed"
) -> Formula:
    """Return the standard error of the only slope: σ̂ / √(S_w + S_b).

    Parameters
    ----------
    residual_variance
        σ̂² of the fit, in squared outcome units.
    within_spread, between_spread
        S_w and S_b(ω) at its ratio, as of `SlopePath`.
    role
        Whose error it is.
    """
    symbol = _row(
        _sub("S", "W", term="within", role="within"),
        _PLUS,
        _sub("S", "B", term="between", role="between"),
    )

    def spread(digits: int) -> Piece:
        inside = _number(within_spread, digits, term="within", role="within")
        return _row(inside, _PLUS, _number(between_spread, digits, term="between", role="between"))

    total = within_spread + between_spread
    return _error_formula(residual_variance, symbol, spread, total, role, "1")


def _error_name(index: str = "", role: Role | None = None) -> Piece:
    name = Identifier("SE", spoken="standard error", term=role or "", role=role)
    return Subscript(name, Number(index), term=name.term, role=role) if index else name


def _error_formula(
    residual_variance: float,
    symbol: Piece,
    numbers: Callable[[int], Piece],
    information: float,
    role: Role,
    index: str = "",
) -> Formula:
    """Return σ̂ over the root of an information, given in symbols, in numbers and as a number."""
    sigma = math.sqrt(residual_variance)
    hat = Accent(Identifier("σ"), "hat", term="residual variance")

    def build(digits: int) -> Formula:
        above = _number(sigma, digits, term="residual variance")
        return Formula(
            name=_error_name(index, role),
            symbols=Fraction(hat, Root(symbol)),
            numbers=Fraction(above, Root(numbers(digits))),
            result=_result(sigma / math.sqrt(information), None, term=role, role=role),
        )

    return agreeing(build)


def design_effect_formula(size: float, icc: float) -> Formula:
    """Return the design effect 1 + (n − 1)·ICC of what is constant in clusters of n rows.

    Parameters
    ----------
    size
        Rows n of every cluster.
    icc
        Intraclass correlation.
    """

    def build(digits: int) -> Formula:
        n, rate = _number(size, 0, term="size"), _number(icc, digits, term="icc")
        name = Identifier("ICC", term="icc", spoken="intraclass correlation")
        count = Identifier("n", term="size")
        return Formula(
            name=Identifier("design effect", term="design effect"),
            symbols=_row(_ONE, _PLUS, _OPEN, count, _MINUS, _ONE, _CLOSE, _TIMES, name),
            numbers=_row(_ONE, _PLUS, _OPEN, n, _MINUS, _ONE, _CLOSE, _TIMES, rate),
            result=_result(1.0 + (size - 1.0) * icc, None, term="design effect"),
        )

    return agreeing(build)


# --- 6 Whose average? -----------------------------------------------------------------------------


def cluster_average_formula(
    levels: Sequence[str], means: ArrayLike, *, decimals: int | None = 1
) -> Formula:
    """Return the average in which each cluster has one vote: Σ ȳ_j / J.

    The person-average is `intercept_formula` at ρ = 0.

    Parameters
    ----------
    levels
        Labels of the J clusters; of more than `MOST_WRITTEN` only the sum is written.
    means
        Mean outcome of each cluster, shape (J,).
    decimals
        Decimals of the result; None for three significant digits.
    """
    own = np.asarray(means, dtype=np.float64)

    def build(digits: int) -> Formula:
        above: list[Piece] = []
        for level, mean in zip(levels, own, strict=True) if len(own) <= MOST_WRITTEN else ():
            term = cluster_term(level)
            value = _number(float(mean), digits, term=term, role="within")
            above += [_PLUS, _bracketed(value)]
        if not above:
            above = [_PLUS, _number(float(own.sum()), digits + 3)]
        return Formula(
            name=Identifier("cluster-average", term="cluster average"),
            symbols=Fraction(_row(_SUM, _OWN), Identifier("J")),
            numbers=Fraction(Row(tuple(above[1:])), _number(len(own), 0)),
            result=_result(float(own.mean()), decimals, term="cluster average"),
        )

    return agreeing(build)


# --- 7 Within and between -------------------------------------------------------------------------


def contextual_formula(between: float, within: float, *, decimals: int | None = 3) -> Formula:
    """Return the contextual effect β_B − β_W.

    Parameters
    ----------
    between, within
        Both slopes, in outcome units per unit of the predictor.
    decimals
        Decimals of the result; None for three significant digits.
    """

    def build(digits: int) -> Formula:
        inside = _number(within, digits, term="within", role="within")
        return Formula(
            name=Identifier("contextual effect", term="contextual"),
            symbols=_row(_BETWEEN, _MINUS, _WITHIN),
            numbers=_row(
                _number(between, digits, term="between", role="between"),
                _MINUS,
                _bracketed(inside),
            ),
            result=_result(between - within, decimals, term="contextual"),
        )

    return agreeing(build)


def leftover_formula(
    share: float, between: float, within: float, *, role: Role = "mixed", decimals: int = 3
) -> Formula:
    """Return what a model leaves of the gap between the two slopes: (1 − λ)(β_B − β_W).

    Parameters
    ----------
    share
        λ of the model.
    between, within
        Both slopes at its ratio, in outcome units per unit of the predictor.
    role
        Whose remainder it is.
    decimals
        Decimals of the result.
    """

    def build(digits: int) -> Formula:
        lam = _number(share, digits, term="share")
        inside = _number(within, digits, term="within", role="within")
        outside = _number(between, digits, term="between", role="between")
        gap = _row(_OPEN, outside, _MINUS, _bracketed(inside), _CLOSE)
        return Formula(
            name=Identifier("left of the gap", term="leftover", role=role),
            symbols=_row(
                _OPEN, _ONE, _MINUS, _LAMBDA, _CLOSE, _OPEN, _BETWEEN, _MINUS, _WITHIN, _CLOSE
            ),
            numbers=_row(_OPEN, _ONE, _MINUS, lam, _CLOSE, _TIMES, gap),
            result=_result(
                (1.0 - share) * (between - within), decimals, term="leftover", role=role
            ),
        )

    return agreeing(build)


# --- 8 Slopes that vary ---------------------------------------------------------------------------


def slope_vote_formula(slope_variance: float, residual_variance: float, spread: float) -> Formula:
    """Return s², the variance of a cluster's own slope about the average one: τ₁² + σ²/S_j.

    Its reciprocal is the cluster's vote on the average slope where slopes vary. The larger τ₁²,
    the more alike are the votes.

    Parameters
    ----------
    slope_variance, residual_variance
        τ₁² and σ², in squared units.
    spread
        S_j: squares of the predictor about the cluster's mean, summed.
    """

    def build(digits: int) -> Formula:
        noise = Fraction(
            _number(residual_variance, digits, term="residual variance"),
            _number(spread, digits, term="own", role="within"),
        )
        symbol = Fraction(_RESIDUAL, _sub("S", "j", term="own", role="within"))
        tau = _squared("τ", index="1", term="slope variance")
        return Formula(
            name=_squared("s", term="own"),
            symbols=_row(tau, _PLUS, symbol),
            numbers=_row(_number(slope_variance, digits, term="slope variance"), _PLUS, noise),
            result=_result(slope_variance + residual_variance / spread, None, term="own"),
        )

    return agreeing(build)


def average_slope_error_formula(own_sd: float, clusters: int) -> Formula:
    """Return the standard error of the average of J slopes: s / √J.

    It holds where every cluster has the same values of the predictor, so that all votes are alike.

    Parameters
    ----------
    own_sd
        How much a cluster's own slope varies about the average one: s² is the result of
        `slope_vote_formula`.
    clusters
        How many there are, J.
    """

    def build(digits: int) -> Formula:
        spread = _number(own_sd, digits, term="own", role="within")
        return Formula(
            name=_error_name("1", "mixed"),
            symbols=Fraction(Identifier("s", term="own", role="within"), Root(Identifier("J"))),
            numbers=Fraction(spread, Root(_number(clusters, 0))),
            result=_result(own_sd / math.sqrt(clusters), None, term="mixed", role="mixed"),
        )

    return agreeing(build)
