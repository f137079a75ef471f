"""Anatomy of both printouts: what each number is, and why the other model prints another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.models.mixed.results import MixedFit
from engine.printout.spans import Printout, Span
from engine.words.meanings import Facts, Meaning, effect_named, meaning, named, split_terms
from engine.words.meanings.residuals import in_outcome_units, ols_variance
from engine.words.numbers import typeset

Program: TypeAlias = Literal["lm", "lmer"]
"""Which of R's functions printed it."""

MODELS = {"lm": "OLS", "lmer": "mixed model"}
_TITLES = {
    "residual.Min": "Smallest residual",
    "residual.1Q": "First quartile of the residuals",
    "residual.Median": "Median residual",
    "residual.3Q": "Third quartile of the residuals",
    "residual.Max": "Largest residual",
    "sigma": "Residual standard error s",
    "df": "Residual degrees of freedom",
    "r_squared": "R²",
    "adjusted_r_squared": "Adjusted R²",
    "f": "F statistic",
    "f_df1": "Numerator degrees of freedom of F",
    "f_df2": "Denominator degrees of freedom of F",
    "f_p": "p-value of F",
    "criterion": "REML criterion",
    "aic": "Akaike's information criterion (AIC)",
    "bic": "Schwarz's information criterion (BIC)",
    "log_likelihood": "Logarithm of the likelihood",
    "deviance": "Deviance",
    "df_residual": "Rows less parameters",
    "between_variance": "Between-cluster variance τ̂²",
    "between_sd": "Between-cluster standard deviation τ̂",
    "residual_variance": "Residual variance σ̂²",
    "residual_sd": "Residual standard deviation σ̂",
    "rows": "Number of rows",
    "clusters": "Number of clusters",
    "dropped_terms": "Number of terms left out",
    "dropped_columns": "Number of columns left out",
    "dropped_rows": "Number of rows left out",
    "convergence": "Code of the optimiser",
}
_TITLES_OF_TERM = {
    "se": "Standard error of the {}",
    "t": "t value of the {}",
    "p": "p-value of the {}",
}
_TITLES_OF_EFFECT = {
    "random_variance": "Between-cluster variance of the {}",
    "random_sd": "Between-cluster standard deviation of the {}",
}
# Numbers that belong together under different names; all others pair up by name.
_COUNTERPARTS = {
    "lm.sigma": "lmer.residual_sd",
    "lmer.residual_sd": "lm.sigma",
    "lmer.residual_variance": "lm.sigma",
    "lm.df": "lmer.rows",
    "lmer.rows": "lm.df",
    "lmer.df_residual": "lm.df",
    "lm.dropped_terms": "lmer.dropped_columns",
    "lmer.dropped_columns": "lm.dropped_terms",
}
# Counts that each program makes in its own way: there is no such number of the other model.
_WITHOUT_COMPARISON = {"df", "df_residual"}


@dataclass(frozen=True)
class Explained:
    """A number of a printout, explained.

    Attributes
    ----------
    printed
        The number and its place in the printout.
    counterpart
        Id of the number that belongs to it in the other printout; None if there is no such
        number. It may be another quantity, such as a standard deviation beside a variance.
    by_model
        One quantity by each model that has it, in one unit, as sentences write it: the number
        itself, and what the other model says to the same question.
    title
        What it is, in a few words.
    meaning
        Why the other model prints another number, and how this one is computed.
    """

    printed: Span
    counterpart: str | None
    title: str
    by_model: Mapping[Program, str]
    meaning: Meaning

    @property
    def text(self) -> str:
        """The number as sentences write it, with the digits of the printout."""
        return typeset(self.printed.text)

    @property
    def term(self) -> str | None:
        """The coefficient in whose row it stands; None for all other numbers."""
        kind, _, term = self.id.split(".", maxsplit=1)[1].partition(".")
        return term if kind == "estimate" or kind in _TITLES_OF_TERM else None

    @property
    def id(self) -> str:
        """Which number it is; see `Span`."""
        return self.printed.id

    @property
    def printout(self) -> Program:
        """The program whose printout holds it."""
        return "lm" if self.id.startswith("lm.") else "lmer"

    @property
    def model(self) -> str:
        """The model whose printout holds it, in words."""
        return MODELS[self.printout]


def anatomy(comparison: Comparison, lm: Printout, lmer: Printout) -> tuple[Explained, ...]:
    """Explain every number of both printouts, in reading order, ``lm`` first.

    Names appear in the texts as in the printouts, without markup.

    Parameters
    ----------
    comparison
        Both fits. Pass ``replace(comparison, mixed=comparison.ml)`` to explain the fit by maximum
        likelihood instead of REML.
    lm, lmer
        Their printouts, from `lm_printout` and `lmer_printout`.

    Returns
    -------
    tuple of Explained
        One per number.
    """
    spans = (*lm.spans, *lmer.spans)
    facts = Facts(comparison, {span.id: typeset(span.text) for span in spans})
    explained = []
    for span in spans:
        printout, name = span.id.split(".", maxsplit=1)
        kind, _, part = name.partition(".")
        other = "lmer" if printout == "lm" else "lm"
        counterpart = _COUNTERPARTS.get(span.id, f"{other}.{name}")
        explained.append(
            Explained(
                printed=span,
                counterpart=counterpart if counterpart in facts.texts else None,
                title=_title(kind, part, comparison.mixed),
                by_model=_by_model(facts, span.id, counterpart),
                meaning=meaning(facts, printout, kind, part),
            )
        )
    return tuple(explained)


def _by_model(facts: Facts, own: str, counterpart: str) -> Mapping[Program, str]:
    """Return the quantity that a number is, by each model that has it."""
    printout, name = own.split(".", maxsplit=1)
    program: Program = "lm" if printout == "lm" else "lmer"
    kind, _, part = name.partition(".")
    itself: Mapping[Program, str] = {program: facts.texts[own]}
    if kind == "residual":
        # lmer prints it in units of σ̂.
        in_units: Mapping[Program, str] = {"lmer": in_outcome_units(facts, part)}
        plain = facts.texts.get(f"lm.{name}")
        return {"lm": plain, **in_units} if plain else in_units
    if name == "residual_variance":
        return {"lm": ols_variance(facts), **itself}
    if name == "rows":
        return {"lm": facts.texts[own], **itself}
    if name in _WITHOUT_COMPARISON or counterpart not in facts.texts:
        return itself
    return {"lm": facts.texts[min(own, counterpart)], "lmer": facts.texts[max(own, counterpart)]}


def _title(kind: str, part: str, fit: MixedFit) -> str:
    """Return the title of a kind of number; ``part`` is the part of the fit it belongs to."""
    if kind == "estimate":
        return "Intercept" if part == INTERCEPT else f"Coefficient of {part}"
    if kind in _TITLES_OF_TERM:
        return _TITLES_OF_TERM[kind].format(named(part))
    if kind == "row_residual":
        return f"Residual of row {part}"
    if kind == "correlation":
        row, column = split_terms(part, fit.names)
        return f"Correlation of the {named(column)} with the {named(row)}"
    term, _, effect = part.partition(".")
    if kind in _TITLES_OF_EFFECT:
        return _TITLES_OF_EFFECT[kind].format(effect_named(effect, fit))
    if kind == "random_correlation":
        row, column = split_terms(effect, fit.components[int(term) - 1].names)
        first, second = (effect_named(name, fit) for name in (column, row))
        return f"Correlation over clusters of the {first} with the {second}"
    return _TITLES[f"{kind}.{part}" if part else kind]
