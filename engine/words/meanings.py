"""What each number of the printouts says, in sentences and formulas with the present numbers.

Plain text throughout: names stand as in the printouts, without markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.account.weights import intercept_parts
from engine.account.within_between import tug_of_war
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.inference.satterthwaite import TermTests, satterthwaite
from engine.models.mixed.intercept_fit import ratio_criterion
from engine.models.within import varies_within
from engine.printout.parts import QUANTILES
from engine.words.numbers import number, plural, share
from engine.words.reasons import reason

DIAL = "The dial"

# From here on two standard errors, or what they rest on, count as different, as a ratio.
_CHANGED = 1.02


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
        Where to try it: `DIAL`, or the name of a preset of the simulation; None for neither.
    """

    why: str
    formula: str
    trial: str | None = None


class Meanings:
    """The words for every number of one comparison with a random intercept.

    Parameters
    ----------
    comparison
        Both fits.
    texts
        The printed numbers by id, so that sentences repeat them digit by digit.
    """

    def __init__(self, comparison: Comparison, texts: Mapping[str, str]) -> None:
        self.comparison = comparison
        self.ols, self.mixed = comparison.ols, comparison.mixed
        self.texts = {key: text.replace("-", "−") for key, text in texts.items()}
        self._of_term: dict[str, Callable[[str, str], Meaning]] = {
            "estimate": self._estimate,
            "se": self._standard_error,
            "t": self._t_value,
            "p": self._p_value,
            "residual": self._residual,
            "correlation": self._correlation,
        }
        self._of_fit: dict[str, Callable[[], Meaning]] = {
            "sigma": self._residual_spread,
            "residual_sd": self._residual_spread,
            "residual_variance": self._residual_spread,
            "between_variance": self._between_spread,
            "between_sd": self._between_spread,
            "df": self._rows,
            "rows": self._rows,
            "clusters": self._clusters,
            "r_squared": self._r_squared,
            "adjusted_r_squared": self._adjusted_r_squared,
            "f": self._f_value,
            "f_df1": self._f_numerator,
            "f_df2": self._f_denominator,
            "f_p": self._f_p_value,
            "criterion": self._criterion,
            "dropped_terms": self._dropped_terms,
            "dropped_columns": self._dropped_terms,
            "dropped_rows": self._dropped_rows,
            "convergence": self._convergence,
        }

    def of(self, printout: str, kind: str, term: str) -> Meaning:
        """Return the meaning of a number: its printout, its kind, and its term or ""."""
        return self._of_term[kind](printout, term) if term else self._of_fit[kind]()

    # ---------------------------------------------------------------------- coefficients

    def _estimate(self, printout: str, term: str) -> Meaning:
        place = self._place(term)
        before, after = self._both(f"estimate.{term}")
        if self.mixed.singular:
            return Meaning(self._same_fit, f"{before} = {after}", "No cluster variance")
        moved = float(self.mixed.estimates[place] - self.ols.estimates[place])
        if term == INTERCEPT:
            trial = "Big clusters sit low"
        elif place in varies_within(self.comparison.moments):
            trial = "Condition confounded with cluster"
        else:
            trial = "Cluster-level treatment"
        return Meaning(
            f"From {before} (OLS) to {after} (mixed) it moves by {number(moved)}: "
            f"{reason(self.comparison, place)}.",
            self._intercept_parts(moved)
            if term == INTERCEPT
            else self._slope_parts(printout, term, moved),
            trial,
        )

    def _intercept_parts(self, moved: float) -> str:
        by_weights, carried = intercept_parts(self.comparison)
        before, after = self._both(f"estimate.{INTERCEPT}")
        parts = f"{number(by_weights, moved)} (weights)"
        if len(carried):
            parts += f"\n  + {_bracketed(number(float(carried.sum()), moved))} (slopes)"
        return (
            "weight of cluster j\n  OLS:   nⱼ\n"
            f"  mixed: nⱼ/(1 + {number(self.mixed.variance_ratio)}·nⱼ)\n"
            f"{after} − {_bracketed(before)}\n  = {parts}"
        )

    def _slope_parts(self, printout: str, term: str, moved: float) -> str:
        result = self.texts[f"{printout}.estimate.{term}"]
        tug = tug_of_war(self.comparison.moments, self.mixed.variance_ratio)
        if tug is None:
            ratio = "0" if printout == "lm" else number(self.mixed.variance_ratio)
            return f"β̂(ρ) = A(ρ)⁻¹ c(ρ) at ρ = {ratio}: {result}"
        weight = tug.lambda_ols if printout == "lm" else tug.lambda_mixed
        between = tug.between_ols if printout == "lm" else tug.between_mixed
        if tug.within is None or between is None:
            only = "within" if between is None else "between"
            return f"slope {only} clusters = {result}"
        rest = 1.0 - weight
        rest_text = number(rest).replace("e-", "e−")
        return (
            "λ·within + (1 − λ)·between\n"
            f"  = {number(weight, min(weight, rest))}·{_bracketed(number(tug.within, moved))}\n"
            f"  + {rest_text}·{_bracketed(number(between))}\n  = {result}"
        )

    def _standard_error(self, printout: str, term: str) -> Meaning:
        place = self._place(term)
        before, after = self._both(f"se.{term}")
        errors = self.ols.standard_errors[place], self.mixed.standard_errors[place]
        information = (
            float(self.ols.residual_variance / errors[0] ** 2),
            float(self.mixed.residual_variance / errors[1] ** 2),
        )
        ratio = float(errors[1] / errors[0])
        if self.mixed.singular:
            why = self._same_fit
        elif max(ratio, 1.0 / ratio) < _CHANGED:
            why = f"{before} (OLS) and {after} (mixed) hardly differ."
        else:
            verb = "grows" if ratio > 1.0 else "shrinks"
            why = (
                f"From {before} (OLS) it {verb} to {after} (mixed), {_times(ratio)} its size. "
                + self._why_error(place, information)
            )
        return Meaning(
            why,
            f"residual SD / √information\n  = {self._residual_sd(printout)} / "
            f"√{_count(information[printout == 'lmer'])}\n"
            f"  = {self.texts[f'{printout}.se.{term}']}",
            "Balanced"
            if place in varies_within(self.comparison.moments) or term == INTERCEPT
            else "Cluster-level treatment",
        )

    def _why_error(self, place: int, information: tuple[float, float]) -> str:
        if self.mixed.names[place] == INTERCEPT:
            count = len(self.comparison.moments.levels)
            return (
                "Rows of one cluster share its deviation and so repeat each other: what the data "
                f"say about the intercept is worth {_count(information[1])} independent rows "
                f"instead of {_count(information[0])}. {plural(count, 'cluster')} carry the "
                "information, however many rows they have."
            )
        kept = information[1] / information[0]
        before, after = self._residual_sd("lm"), self._residual_sd("lmer")
        return (
            "The between-cluster variance leaves the residual, whose standard deviation falls "
            f"from {before} to {after}; of the information about this coefficient {share(kept)} "
            + (
                "remains."
                if kept * _CHANGED > 1.0
                else "remains, because differences between clusters count for less."
            )
        )

    def _t_value(self, printout: str, term: str) -> Meaning:
        place = self._place(term)
        before, after = self._both(f"t.{term}")
        estimate, error, result = (
            self.texts[f"{printout}.{name}.{term}"] for name in ("estimate", "se", "t")
        )
        formula = f"{estimate} / {error} = {result}"
        if self.mixed.singular:
            return Meaning(self._same_fit, formula, "No cluster variance")
        of_estimate = float(self.mixed.estimates[place] / self.ols.estimates[place])
        of_error = float(self.mixed.standard_errors[place] / self.ols.standard_errors[place])
        return Meaning(
            f"The estimate in units of its standard error: {before} by OLS, {after} in the mixed "
            f"model, whose estimate is {_times(of_estimate)} and whose standard error is "
            f"{_times(of_error)} that of OLS.",
            formula,
            "Balanced",
        )

    @cached_property
    def _tests(self) -> TermTests:
        return satterthwaite(self.comparison.model, self.mixed.theta)

    def _p_value(self, printout: str, term: str) -> Meaning:
        place = self._place(term)
        t_value, result = (self.texts[f"{printout}.{name}.{term}"] for name in ("t", "p"))
        degrees, p_value = float(self._tests.degrees[place]), float(self._tests.p_values[place])
        return Meaning(
            "How often a true coefficient of 0 would give a t value this far from 0, if all rows "
            "were independent. lmer prints none, because the degrees of freedom are only known "
            f"approximately: Satterthwaite’s method gives {degrees:,.1f} instead of "
            f"{self.ols.residual_df:,} and, with them, p {_small(p_value)}.",
            f"P(|t| ≥ {t_value.removeprefix('−')})\n  on {self.ols.residual_df} d.f.: {result}",
            "Few clusters",
        )

    def _correlation(self, _printout: str, terms: str) -> Meaning:
        row, column = (self._place(name) for name in split_terms(terms, self.mixed.names))
        errors = self.ols.standard_errors
        in_ols = float(self.ols.covariance[row, column] / (errors[row] * errors[column]))
        here = float(self.mixed.correlation[row, column])
        text = self.texts[f"lmer.correlation.{terms}"]
        why = (
            "The sampling correlation of two estimates, not of the predictors: over many samples, "
            "whether one comes out high when the other does. lm does not print it; there it is "
            f"{number(in_ols)}."
        )
        if INTERCEPT in (self.mixed.names[row], self.mixed.names[column]) and abs(here) < abs(
            in_ols
        ):
            why += (
                " In the mixed model the intercept depends more on which clusters were sampled, "
                "and that says little about the slope."
            )
        first, second = (self.texts[f"lmer.se.{self.mixed.names[k]}"] for k in (column, row))
        covariance = f"{float(self.mixed.covariance[row, column]):.3g}".replace("-", "−")
        return Meaning(why, f"{covariance}\n  / ({first} · {second})\n  = {text}")

    # ------------------------------------------------------------------------- residuals

    def _residual(self, _printout: str, quantile: str) -> Meaning:
        scaled = self.texts[f"lmer.residual.{quantile}"]
        plain = self.texts.get(f"lm.residual.{quantile}")
        position = QUANTILES.index(quantile) / (len(QUANTILES) - 1)
        value = float(np.quantile(self.comparison.scaled_residuals, position))
        in_units = value * self.mixed.residual_sd
        unscaled = number(in_units, in_units / 10.0)
        outcome = self.comparison.design.outcome_name
        return Meaning(
            f"lm measures from the one OLS line, in units of {outcome}; lmer measures from each "
            f"cluster’s own line and divides by σ̂. In units of {outcome}, {scaled} is {unscaled}"
            + (f"; OLS has {plain}." if plain else "."),
            f"{scaled} · {self._residual_sd('lmer')} = {unscaled}",
            "No cluster variance",
        )

    def _residual_spread(self) -> Meaning:
        sd, variance = self._residual_sd("lm"), number(self.ols.residual_variance)
        between, inside = self._variances
        total = number(self.mixed.between_variance + self.mixed.residual_variance)
        sds = self.texts["lmer.between_sd"], self.texts["lmer.residual_sd"]
        if self.mixed.singular:
            return Meaning(self._same_fit, f"{sd}² = {variance}", "No cluster variance")
        return Meaning(
            f"OLS has one residual variance, {variance}, for all that its line leaves. The mixed "
            f"model divides it: {between} between clusters, {inside} between the rows of a "
            "cluster. The two need not add up to the one: τ̂² counts clusters alike, OLS counts "
            "rows.",
            f"OLS:   {sd}² = {variance}\n"
            f"mixed: {sds[0]}² + {sds[1]}²\n  = {between} + {inside}\n  = {total}",
            "No cluster variance",
        )

    def _between_spread(self) -> Meaning:
        between, inside = self._variances
        icc = share(self.mixed.icc)
        return Meaning(
            "How far the intercepts of clusters lie apart in the population they are a sample of. "
            "lm has no such number: it takes rows of one cluster for independent, as if this were "
            f"0. Of the variance that the predictors leave, {icc} lies between clusters (the "
            "intraclass correlation).",
            f"τ̂² = {self.texts['lmer.between_sd']}² = {between}\n"
            f"{between} / ({between} + {inside})\n  = {icc}",
            "No cluster variance",
        )

    # -------------------------------------------------------------------- the whole fit

    def _rows(self) -> Meaning:
        rows, df = self.ols.rows, self.ols.residual_df
        count = len(self.comparison.moments.levels)
        return Meaning(
            "lm takes off a row for each coefficient and counts the rest as independent evidence. "
            f"lmer prints {rows} rows in {plural(count, 'cluster')} instead, since it depends on "
            "the coefficient which of the two counts.",
            f"{rows} − {rows - df} = {df}",
            "Few clusters",
        )

    def _clusters(self) -> Meaning:
        sizes = self.comparison.moments.counts
        return Meaning(
            "lm never sees the clusters. For the between-cluster variance, and for all that rests "
            "on it, this is the sample size. "
            + (
                f"All clusters have {plural(int(sizes.min()), 'row')}."
                if sizes.min() == sizes.max()
                else f"The smallest has {plural(int(sizes.min()), 'row')}, the largest "
                f"{plural(int(sizes.max()), 'row')}."
            ),
            f"{self.mixed.rows:,} rows / {len(sizes):,}\n"
            f"  = {_count(self.mixed.rows / len(sizes))} on average",
            "Few clusters",
        )

    def _r_squared(self) -> Meaning:
        left = self.ols.residual_variance * self.ols.residual_df
        total = left / (1.0 - self.ols.r_squared)
        return Meaning(
            "The share of the outcome’s variation that the predictors explain. lmer prints none: "
            "with variance between and within clusters there is no single variation to explain. "
            f"Of what the predictors leave, {share(self.mixed.icc)} lies between clusters.",
            f"1 − {number(left, total - left)} / {number(total, total - left)}\n"
            f"  = {self.texts['lm.r_squared']}",
        )

    def _adjusted_r_squared(self) -> Meaning:
        total_df = self.ols.residual_df + self.ols.model_df
        return Meaning(
            "R² with a charge for each coefficient, small where rows are many. lmer prints none, "
            "as it prints no R².",
            f"1 − (1 − {self.texts['lm.r_squared']})\n  · {total_df} / {self.ols.residual_df}\n"
            f"  = {self.texts['lm.adjusted_r_squared']}",
        )

    def _f_value(self) -> Meaning:
        result, r_squared = self.texts["lm.f"], self.texts["lm.r_squared"]
        df1, df2 = self.ols.model_df, self.ols.residual_df
        slopes = [name for name in self.ols.names if name != INTERCEPT]
        if len(slopes) == 1 and len(self.ols.names) == 2:
            formula = f"t² = {_bracketed(self.texts[f'lm.t.{slopes[0]}'])}² = {result}"
        else:
            formula = f"({r_squared} / {df1})\n  / ((1 − {r_squared}) / {df2})\n  = {result}"
        return Meaning(
            "What the predictors explain together, against what they leave, each per degree of "
            "freedom. lmer prints none: which degrees of freedom belong below is only known "
            "approximately.",
            formula,
        )

    def _f_numerator(self) -> Meaning:
        return Meaning(
            "One for each coefficient that F tests: all but the intercept.",
            f"{self.texts['lm.f_df1']} of {plural(len(self.ols.names), 'coefficient')}",
        )

    def _f_denominator(self) -> Meaning:
        rows, df = self.ols.rows, self.ols.residual_df
        return Meaning(
            "The residual degrees of freedom once more: rows less coefficients, every row counted "
            "as independent.",
            f"{rows} − {rows - df} = {df}",
            "Few clusters",
        )

    def _f_p_value(self) -> Meaning:
        text = self.texts["lm.f_p"]
        return Meaning(
            "How often an F this large would come up if no predictor mattered and all rows were "
            "independent; R prints nothing below the computer’s precision, 2.2e−16. lmer prints "
            "no test of all predictors together.",
            f"P(F ≥ {self.texts['lm.f']}) {text if text[0] == '<' else f'= {text}'}",
        )

    def _criterion(self) -> Meaning:
        at_ols = float(ratio_criterion(self.comparison.dial, 0.0))
        text = self.texts["lmer.criterion"]
        between, inside = self._variances
        gain = at_ols - self.mixed.criterion
        at_zero = (
            f"the criterion is {at_ols:.1f}, worse by {number(gain)}."
            if gain > 0.0
            else "it is smallest here."
        )
        return Meaning(
            "−2 times the logarithm of the restricted likelihood, at its best variance ratio; the "
            "smaller, the better. No formula gives that ratio: it has to be searched for. At ratio "
            f"0, which is OLS, {at_zero}",
            f"ρ̂ = {between} / {inside}\n  = {number(self.mixed.variance_ratio)}\n"
            f"criterion({number(self.mixed.variance_ratio)}) = {text}",
            DIAL,
        )

    def _dropped_terms(self) -> Meaning:
        names = ", ".join(self.comparison.dropped_terms)
        return Meaning(
            "Terms that those before them determine; both programs leave them out, lm as NA.",
            names,
        )

    def _dropped_rows(self) -> Meaning:
        kept = self.ols.rows
        dropped = self.comparison.design.dropped_rows
        return Meaning(
            "Rows with a missing value in a column of the formula. lmer leaves them out as well, "
            "without saying so.",
            f"{kept + dropped} − {dropped} = {kept}",
        )

    def _convergence(self) -> Meaning:
        return Meaning(
            "The optimiser’s code for a search that ended well: the best between-cluster variance "
            "is 0, on the boundary of what a variance can be. That is a result, not an error.",
            f"τ̂² = {self.texts['lmer.between_variance']}",
            "No cluster variance",
        )

    # --------------------------------------------------------------------------- pieces

    @property
    def _same_fit(self) -> str:
        return (
            "REML puts the between-cluster variance at 0 (complete pooling), so both models are "
            "the same fit and print the same."
        )

    @property
    def _variances(self) -> tuple[str, str]:
        return self.texts["lmer.between_variance"], self.texts["lmer.residual_variance"]

    def _residual_sd(self, printout: str) -> str:
        return self.texts["lm.sigma" if printout == "lm" else "lmer.residual_sd"]

    def _both(self, name: str) -> tuple[str, str]:
        return self.texts[f"lm.{name}"], self.texts[f"lmer.{name}"]

    def _place(self, term: str) -> int:
        return self.mixed.names.index(term)


def split_terms(pair: str, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the two terms of a correlation's id; names may hold dots themselves."""
    return next((a, b) for a in names for b in names if f"{a}.{b}" == pair)


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _times(ratio: float) -> str:
    return f"{number(ratio) if abs(ratio) < 10.0 else f'{ratio:,.0f}'} times"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000.0 else f"{value:.4g}"


def _small(p_value: float) -> str:
    return "< 2.2e−16" if p_value < 2.2e-16 else f"= {p_value:.2g}".replace("e-", "e−")
