"""What the sentences about a printed number draw on: both fits, and the numbers as printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.account.ledger import ledger
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.data.moments import FloatArray
from engine.inference.satterthwaite import satterthwaite
from engine.models.estimates import Estimates
from engine.models.mixed.likelihood import Likelihood
from engine.models.mixed.results import MixedFit
from engine.models.ols import OlsFit
from engine.words.reasons import named

DIAL = "dial"


@dataclass(frozen=True)
class Meaning:
    """What a number says.

    Attributes
    ----------
    why
        Why the other model prints another number, or what this one says if it prints none.
    formula
        How the number comes about, with the present numbers; lines without markup.
    trial
        Where to try it: `DIAL`, or the id of a preset of the simulation; None for neither.
    """

    why: str
    formula: str
    trial: str | None = None


@dataclass(frozen=True)
class Facts:
    """Both fits, and their printed numbers.

    Attributes
    ----------
    comparison
        Both fits, the mixed one by REML or maximum likelihood.
    texts
        The printed numbers by id, so that sentences repeat them digit by digit; with true minus
        signs.
    """

    comparison: Comparison
    texts: Mapping[str, str]

    @property
    def ols(self) -> OlsFit:
        """The pooled fit."""
        return self.comparison.ols

    @property
    def mixed(self) -> MixedFit:
        """The mixed fit."""
        return self.comparison.mixed

    @property
    def by_reml(self) -> bool:
        """Whether the mixed fit is by REML, not by maximum likelihood."""
        return self.mixed.likelihood is Likelihood.REML

    @property
    def intercept_only(self) -> bool:
        """Whether clusters differ in their intercepts alone."""
        return self.mixed.random_intercept_only

    @property
    def pooled(self) -> bool:
        """Whether clusters do not differ in anything, by the mixed fit."""
        return not self.mixed.theta.any()

    @cached_property
    def tests(self) -> Estimates:
        """The mixed model's t tests by Satterthwaite's method."""
        return satterthwaite(self.comparison.model, self.mixed.theta, self.mixed.likelihood)

    @cached_property
    def changes_of_pull(self) -> FloatArray:
        """By how much each cluster moves each coefficient between the two fits, shape (J, p)."""
        return ledger(self.comparison).contributions

    @property
    def same_fit(self) -> str:
        """What `pooled` means for both printouts, in a sentence."""
        who = "REML" if self.by_reml else "Maximum likelihood"
        what = (
            "the between-cluster variance at 0"
            if self.intercept_only
            else "everything that could vary between clusters at a variance of 0"
        )
        if self.by_reml:
            so = "both models are the same fit and print the same"
        else:
            so = (
                "both models have the same coefficients; it divides the residual sum of squares "
                f"by the {self.ols.rows:,} rows, OLS by the {self.ols.residual_df:,} residual "
                "degrees of freedom"
            )
        return f"{who} puts {what} (complete pooling), so {so}."

    def residual_sd(self, printout: str) -> str:
        """Return the printed s of OLS or σ̂ of the mixed model."""
        return self.texts["lm.sigma" if printout == "lm" else "lmer.residual_sd"]

    def both(self, name: str) -> tuple[str, str]:
        """Return a number as each printout has it, OLS first."""
        return self.texts[f"lm.{name}"], self.texts[f"lmer.{name}"]

    def place(self, term: str) -> int:
        """Return where a term stands among the fixed effects."""
        return self.mixed.names.index(term)


def split_terms(pair: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two terms of a correlation's id; names may hold dots themselves."""
    return next((a, b) for a in names for b in names if f"{a}.{b}" == pair)


def effect_named(effect: str, fit: MixedFit) -> str:
    """Call a random effect by its name, without an article.

    It is how much a coefficient differs between clusters where the fixed effects have every
    coefficient that varies. In ``y ~ f + (0 + f | g)``, say, they do not.
    """
    varying = {name for component in fit.components for name in component.names}
    if varying <= set(fit.names):
        return named(effect)
    return "random intercept" if effect == INTERCEPT else f"random effect of {effect}"


def bracketed(text: str) -> str:
    """Put a negative number in brackets, to stand in a sum or product."""
    return f"({text})" if text.startswith("−") else text


def short(value: float, digits: int = 3) -> str:
    """Write a number that no printout has, with three digits or so many."""
    return f"{value:.{digits}g}".replace("-", "−")


def count_text(value: float) -> str:
    """Write how many rows or clusters, or what they are worth."""
    return f"{value:,.0f}" if value >= 1000.0 else f"{value:.4g}"
