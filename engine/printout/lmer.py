"""The printout of ``print(summary(lmer(formula, data)))``.

The summary holds plain numbers, so estimates from any source can be printed. R's own decisions
(digits, columns, abbreviations, line breaks) are in `rformat`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray
from engine.printout.parts import DIGITS, CoefficientTable, coefficients, quantiles
from engine.printout.rformat.code import deparse
from engine.printout.rformat.names import abbreviate
from engine.printout.rformat.numbers import format_number, format_numbers, round_decimals
from engine.printout.rformat.tables import fill, print_named, print_table, print_variances
from engine.printout.spans import Cell, Piece, Printout, cells, laid_out

_LARGEST_CORRELATION_BLOCK = 12


@dataclass(frozen=True)
class InformationCriteria:
    """What ``lmer`` shows of the criterion of a fit by maximum likelihood.

    Attributes
    ----------
    aic, bic
        Akaike's and Schwarz's criterion.
    log_likelihood
        Logarithm of the likelihood at its maximum.
    deviance
        −2 ``log_likelihood``.
    df_residual
        Rows less the parameters that R counts: fixed effects, θ and σ.
    """

    aic: float
    bic: float
    log_likelihood: float
    deviance: float
    df_residual: int


@dataclass(frozen=True)
class RandomTerm:
    """One term ``( … | g)``: q effects that may correlate.

    Attributes
    ----------
    names
        The q effects: ``("(Intercept)", "Days")``.
    variances
        Shape (q,), in squared outcome units per squared unit of the predictor.
    correlations
        Shape (q, q), with ones on the diagonal and NaN where one of the two variances is zero.
    """

    names: tuple[str, ...]
    variances: FloatArray
    correlations: FloatArray


@dataclass(frozen=True)
class LmerSummary:
    """What ``print(summary(lmer))`` shows.

    Attributes
    ----------
    formula
        The formula on one line, spaced as R does: ``"y ~ x + (1 | g)"``. R writes ``(x || g)``
        out: ``((1 | g) + (0 + x | g))``.
    data_name
        The name after ``data =``.
    criterion
        The REML criterion, or the information criteria of a fit by maximum likelihood.
    scaled_residuals
        Minimum, quartiles and maximum of the residuals divided by σ̂, shape (5,).
    group, levels
        Name of the cluster column, and its number of clusters.
    random_terms
        One term, or several if ``||`` keeps effects uncorrelated.
    residual_variance
        σ̂², in squared outcome units.
    rows
        Number of observations used.
    fixed_effects
        The p fixed effects, without p-values.
    fixed_correlation
        Correlation matrix of their estimates, shape (p, p).
    dropped_columns
        Number of fixed-effects columns left out because others determine them.
    singular_note
        Whether to end with lme4's note on a boundary fit. ``lmer`` prints it unless its
        control says ``check.conv.singular = "ignore"``.
    """

    formula: str
    data_name: str
    criterion: float | InformationCriteria
    scaled_residuals: FloatArray
    group: str
    levels: int
    random_terms: tuple[RandomTerm, ...]
    residual_variance: float
    rows: int
    fixed_effects: CoefficientTable
    fixed_correlation: FloatArray
    dropped_columns: int = 0
    singular_note: bool = False


def lmer_printout(summary: LmerSummary) -> Printout:
    """Return what ``print(summary(lmer(formula, data)))`` prints.

    Parameters
    ----------
    summary
        The numbers to print.

    Returns
    -------
    Printout
        The text, and where each number stands in it.

    Notes
    -----
    The ids are ``lmer.estimate.TERM``, and likewise ``se`` and ``t``;
    ``lmer.correlation.ROW.COLUMN``; ``lmer.residual.QUANTILE``; and ``lmer.`` with
    ``residual_variance``, ``residual_sd``, ``rows``, ``clusters``, ``dropped_columns``,
    ``convergence``. A fit by REML has ``lmer.criterion``; one by maximum likelihood has
    ``lmer.`` with ``aic``, ``bic``, ``log_likelihood``, ``deviance``, ``df_residual``.

    A random intercept alone has ``lmer.between_variance`` and ``lmer.between_sd``. Otherwise
    the K-th random term, counted from 1, has ``lmer.random_variance.K.EFFECT``,
    ``lmer.random_sd.K.EFFECT`` and ``lmer.random_correlation.K.ROW.COLUMN``.
    """
    return laid_out(
        [
            f"Linear mixed model fit by {_likelihood(summary)} ['lmerMod']\n",
            *fill([["Formula:"], *([line] for line in deparse(summary.formula))]),
            f"   Data: {summary.data_name}\n\n",
            *_criterion(summary.criterion),
            "\nScaled residuals: \n",
            *quantiles("lmer", summary.scaled_residuals),
            "\nRandom effects:\n",
            *_random_effects(summary),
            *_counts(summary),
            "\nFixed effects:\n",
            *coefficients("lmer", summary.fixed_effects),
            *_fixed_correlation(summary.fixed_effects.names, summary.fixed_correlation),
            *_notes(summary),
        ]
    )


def _likelihood(summary: LmerSummary) -> str:
    by_ml = isinstance(summary.criterion, InformationCriteria)
    return "maximum likelihood " if by_ml else "REML"


def _criterion(criterion: float | InformationCriteria) -> list[Piece]:
    if not isinstance(criterion, InformationCriteria):
        value = format_number(round_decimals(criterion, 1))
        return ["REML criterion at convergence: ", Cell(value, "lmer.criterion"), "\n"]
    values = (criterion.aic, criterion.bic, criterion.log_likelihood, criterion.deviance)
    texts = format_numbers(round_decimals(value, 1) for value in values)
    kinds = ("aic", "bic", "log_likelihood", "deviance", "df_residual")
    return print_named(
        ("AIC", "BIC", "logLik", "deviance", "df.resid"),
        cells([*texts, format_number(criterion.df_residual)], [f"lmer.{kind}" for kind in kinds]),
    )


def _random_effects(summary: LmerSummary) -> list[Piece]:
    terms = summary.random_terms
    return print_variances(
        [f"{summary.group}.{k}" if k else summary.group for k in range(len(terms))],
        [term.names for term in terms],
        [term.variances.tolist() for term in terms],
        [term.correlations.tolist() for term in terms],
        summary.residual_variance,
        DIGITS,
        ids=_random_ids([term.names for term in terms]),
    )


def _random_ids(terms: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Return the ids in the table of random effects, column by column; the last row is σ̂²."""
    if list(terms) == [(INTERCEPT,)]:
        variances, sds = ["lmer.between_variance"], ["lmer.between_sd"]
    else:
        owners = [f"{k}.{name}" for k, term in enumerate(terms, start=1) for name in term]
        variances = [f"lmer.random_variance.{owner}" for owner in owners]
        sds = [f"lmer.random_sd.{owner}" for owner in owners]
    correlations = [
        [
            f"lmer.random_correlation.{k}.{name}.{term[column]}" if row > column else ""
            for k, term in enumerate(terms, start=1)
            for row, name in enumerate(term)
        ]
        for column in range(max(map(len, terms)) - 1)
    ]
    return [
        [*variances, "lmer.residual_variance"],
        [*sds, "lmer.residual_sd"],
        *([*column, ""] for column in correlations),
    ]


def _counts(summary: LmerSummary) -> list[Piece]:
    # R stores the number of levels as a double, and therefore prints 100000 as 1e+05.
    clusters = Cell(format_number(summary.levels, 15), "lmer.clusters")
    rows = Cell(str(summary.rows), "lmer.rows")
    return fill([["Number of obs: ", rows, ", groups: "], [f"{summary.group}, ", clusters]])


def _fixed_correlation(names: Sequence[str], correlation: FloatArray) -> list[Piece]:
    size = len(names)
    if size < 2:
        return []
    if size > _LARGEST_CORRELATION_BLOCK:
        return [
            f"\nCorrelation matrix not shown by default, as p = {size} > "
            f"{_LARGEST_CORRELATION_BLOCK}.\nUse print(x, correlation=TRUE)  or\n"
            "    vcov(x)        if you need it\n\n"
        ]
    rounded = [round_decimals(value, 3) for value in correlation.ravel().tolist()]
    texts = format_numbers(rounded, min_decimals=3)
    columns: list[list[Piece]] = [
        [
            Cell(texts[row * size + column], f"lmer.correlation.{names[row]}.{names[column]}")
            if row > column
            else ""
            for row in range(1, size)
        ]
        for column in range(size - 1)
    ]
    short_rows, short_columns = abbreviate(names, 11)[1:], abbreviate(names, 6)[:-1]
    return [
        "\nCorrelation of Fixed Effects:\n",
        *print_table(short_rows, short_columns, columns, flush_right=False),
    ]


def _notes(summary: LmerSummary) -> list[Piece]:
    notes: list[Piece] = []
    if summary.dropped_columns:
        count = summary.dropped_columns
        plural = "s" if count > 1 else ""
        notes += [
            "fit warnings:\nfixed-effect model matrix is rank deficient so dropping ",
            Cell(str(count), "lmer.dropped_columns"),
            f" column{plural} / coefficient{plural}\n",
        ]
    if summary.singular_note:
        notes += [
            "optimizer (nloptwrap) convergence code: ",
            Cell("0", "lmer.convergence"),
            " (OK)\nboundary (singular) fit: see help('isSingular')\n\n",
        ]
    return notes
