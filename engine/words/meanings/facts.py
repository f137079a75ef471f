"""What the sentences about a printed number draw on: both fits, and the numbers as printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.account.ledger import ledger
from engine.account.standard_errors import ErrorChange, error_changes
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
        How the number is computed, with the numbers at hand; lines without markup.
    trial
        Where to try it: `DIAL`, or the id of a simulation preset; None for neither.
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
        Both fits, the mixed one by REML or by maximum likelihood.
    texts
        The printed numbers by id, as sentences write them. Sentences take numbers from here so
        that they repeat the printout digit by digit.
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
        """Whether the mixed fit is by REML rather than by maximum likelihood."""
        return self.mixed.likelihood is Likelihood.REML

    @property
    def intercept_only(self) -> bool:
        """Whether clusters differ in their intercepts alone."""
        return self.mixed.random_intercept_only

    @property
    def pooled(self) -> bool:
        """Whether the mixed fit finds no variance between clusters."""
        return not self.mixed.theta.any()

    @cached_property
    def tests(self) -> Estimates:
        """The mixed model's t tests by Satterthwaite's method."""
        return satterthwaite(self.comparison.model, self.mixed.theta, self.mixed.likelihood)

    @cached_property
    def error_changes(self) -> tuple[ErrorChange, ...]:
        """Why each standard error differs, in the order of the model."""
        return error_changes(self.comparison)

    @cached_property
    def changes_of_pull(self) -> FloatArray:
        """How much each cluster moves each coefficient between the two fits, shape (J, p)."""
        return ledger(self.comparison).contributions

    @property
    def same_fit(self) -> str:
        """A sentence that says what `pooled` means for both printouts."""
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
        """Return the residual standard deviation as printed: s of OLS or σ̂ of the mixed model.

        Parameters
        ----------
        printout
            "lm" or "lmer".
        """
        return self.texts["lm.sigma" if printout == "lm" else "lmer.residual_sd"]

    @cached_property
    def reference(self) -> tuple[str, str, int] | None:
        """The rows of which the OLS intercept is the mean: predictor, its level, number of rows.

        None unless one categorical predictor, coded by treatment contrasts, is all there is.
        """
        design = self.comparison.design
        if list(design.predictors) != list(design.categories) or len(design.categories) != 1:
            return None
        ((name, levels),) = design.categories.items()
        if self.ols.names[0] != INTERCEPT or len(self.ols.names) != len(levels):
            return None
        return name, levels[0], int(np.count_nonzero(design.predictors[name] == 0))

    def is_indicator(self, term: str) -> bool:
        """Return whether a coefficient belongs to a column of zeros and ones.

        Parameters
        ----------
        term
            Name of the coefficient, as R writes it; not the intercept.
        """
        columns = self.comparison.design.columns
        factors = next(column.factors for column in columns if column.name == term)
        return all(level is not None for _, level in factors)

    def both(self, name: str) -> tuple[str, str]:
        """Return a number as printed in each printout, OLS first.

        Parameters
        ----------
        name
            Its id without the printout: ``"estimate.(Intercept)"``.
        """
        return self.texts[f"lm.{name}"], self.texts[f"lmer.{name}"]

    def place(self, term: str) -> int:
        """Return the position of a term among the fixed effects, counted from 0.

        Parameters
        ----------
        term
            Name of the term, as R writes it.
        """
        return self.mixed.names.index(term)


def split_terms(pair: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two terms that the id of a correlation names.

    Parameters
    ----------
    pair
        Both names joined by a dot. Names may contain dots themselves.
    names
        The names to choose from.
    """
    return next((a, b) for a in names for b in names if f"{a}.{b}" == pair)


def effect_named(effect: str, fit: MixedFit) -> str:
    """Name a random effect in a sentence, without an article.

    If the fixed effects include every coefficient that varies, a random effect is how much a
    coefficient differs between clusters, and has the coefficient's name. In
    ``y ~ f + (0 + f | g)``, for example, they do not include them all.

    Parameters
    ----------
    effect
        Name of the random effect, as R writes it.
    fit
        The mixed fit.
    """
    varying = {name for component in fit.components for name in component.names}
    if varying <= set(fit.names):
        return named(effect)
    return "random intercept" if effect == INTERCEPT else f"random effect of {effect}"


def bracketed(text: str) -> str:
    """Put a negative number in brackets, so that it can stand in a sum or product.

    Parameters
    ----------
    text
        The number, with a true minus sign if it is negative.
    """
    return f"({text})" if text.startswith("−") else text
