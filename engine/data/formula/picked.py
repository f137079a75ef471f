"""A model specified by picking columns from a list, and the formulas that amount to one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.data.formula.grammar import MAX_LENGTH, MAX_TERMS, Formula, RandomPart
from engine.data.formula.terms import quote
from engine.errors import FormulaError


@dataclass(frozen=True)
class Picked:
    """A random-intercept model specified by its columns.

    Attributes
    ----------
    outcome, predictors, cluster
        Column names, as in the data and without backticks.
    interaction
        Whether the predictors are joined with ``*`` (all their interactions) rather than ``+``.

    Examples
    --------
    >>> str(Picked("math", ("ses", "mean ses"), "school").formula())
    'math ~ ses + `mean ses` + (1 | school)'
    """

    outcome: str
    predictors: tuple[str, ...]
    cluster: str
    interaction: bool = False

    def formula(self) -> Formula:
        """Return the formula, as `parse` would read it from its text.

        Raises
        ------
        FormulaError
            The outcome is picked a second time, there are too many terms, or the names make the
            formula too long.
        """
        left = f"{quote(self.outcome)} ~ "
        fixed = (" * " if self.interaction else " + ").join(map(quote, self.predictors)) or "1"
        text = f"{left}{fixed} + (1 | {quote(self.cluster)})"
        again = "is the outcome: it cannot"
        if self.outcome in self.predictors:
            reason = f"{quote(self.outcome)} {again} explain itself"
            raise FormulaError(reason, text, len(left))
        if self.outcome == self.cluster:
            reason = f"{quote(self.outcome)} {again} be the cluster"
            raise FormulaError(reason, text, len(text) - 1 - len(quote(self.cluster)))
        if len(text) > MAX_LENGTH:
            reason = f"The names make a formula of more than {MAX_LENGTH:,} characters: pick fewer"
            raise FormulaError(reason, text, MAX_LENGTH)
        predictors = tuple(dict.fromkeys(self.predictors))
        if self.interaction and 2 ** len(predictors) - 1 > MAX_TERMS:
            reason = f"This makes more than {MAX_TERMS:,} terms: pick fewer predictors"
            raise FormulaError(reason, text, len(left))
        return Formula(
            outcome=self.outcome,
            terms=_crossed(predictors) if self.interaction else tuple((one,) for one in predictors),
            intercept=True,
            random=RandomPart(self.cluster),
            text=text,
            fixed_text=f"{left}{fixed}",
        )

    @classmethod
    def of(cls, formula: Formula) -> Picked | None:
        """Return the columns that a formula picks, or None if picking cannot express it.

        Picking cannot express random slopes, a model without an intercept, or only some of the
        interactions.

        Parameters
        ----------
        formula
            A parsed formula.
        """
        predictors = tuple(term[0] for term in formula.terms if len(term) == 1)
        interaction = any(len(term) > 1 for term in formula.terms)
        picked = cls(formula.outcome, predictors, formula.random.group, interaction)
        try:
            same = picked.formula()
        except FormulaError:
            return None
        same = replace(same, text=formula.text, fixed_text=formula.fixed_text)
        return picked if same == formula else None


def _crossed(predictors: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the terms of ``a * b * c``, in R's order."""
    terms: list[tuple[str, ...]] = []
    for name in predictors:
        terms += [(name,), *((*term, name) for term in terms)]
    return tuple(sorted(terms, key=len))
