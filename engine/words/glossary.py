"""The terms the pages use, each in one or two plain sentences, and where a text uses them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Term:
    """A term of the field.

    Attributes
    ----------
    id
        Names it in links.
    name
        What the glossary lists it as.
    meaning
        One or two plain sentences.
    forms
        How sentences write it: any case of the first letter, whole words only.
    """

    id: str
    name: str
    meaning: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Use:
    """A term where a text first uses it, from ``start`` up to ``end``."""

    term: Term
    start: int
    end: int


GLOSSARY = (
    Term(
        "cluster",
        "Cluster",
        "Rows that belong together: the pupils of a school, the measurements of a person. Rows of "
        "one cluster may resemble each other more than rows of different clusters do.",
        ("cluster", "clusters"),
    ),
    Term(
        "ols",
        "OLS",
        "Ordinary least squares, R's lm: the line with the smallest sum of squared residuals. "
        "It takes all rows for independent.",
        ("OLS", "lm"),
    ),
    Term(
        "mixed-model",
        "Mixed model",
        "A regression in which each cluster deviates from the common line by a random amount of "
        "its own. R's lmer fits it.",
        ("mixed model", "mixed models", "mixed estimate", "lmer"),
    ),
    Term(
        "fixed-effects",
        "Fixed effects (coefficients)",
        "The coefficients that all clusters share: an intercept and slopes. In econometrics the "
        "same words mean a dummy variable for each cluster.",
        ("fixed effects", "fixed effect"),
    ),
    Term(
        "cluster-dummies",
        "Fixed effects (cluster dummies)",
        "What econometrics calls fixed effects: a column of 0 and 1 for each cluster but one. The "
        "slopes of the other predictors are then those within clusters.",
        ("cluster dummies", "dummy variable", "dummy variables"),
    ),
    Term(
        "estimate",
        "Estimate, β̂",
        "A value worked out from the data for one that nobody knows. The hat marks it: β̂ stands "
        "for the estimated coefficients, τ̂² for an estimated variance.",
        ("β̂",),
    ),
    Term(
        "gaussian",
        "Gaussian",
        "Distributed as the bell curve is, which is also called normal.",
        ("Gaussian",),
    ),
    Term(
        "random-effects",
        "Random effects, bⱼ",
        "How far each cluster deviates from the common line. The mixed model takes these "
        "deviations for random draws that have nothing to do with the predictors.",
        ("random effects", "random effect", "cluster effects", "b̂ⱼ", "bⱼ"),
    ),
    Term(
        "random-slopes",
        "Random slopes",
        "Not only the level of each cluster is its own, but its slope too.",
        ("random slopes", "random slope"),
    ),
    Term(
        "intercept",
        "Intercept",
        "The expected outcome where all predictors are 0, or at their first category.",
        ("intercept", "intercepts", "(Intercept)"),
    ),
    Term(
        "standard-error",
        "Standard error",
        "How uncertain an estimate is: its standard deviation over many samples drawn in the "
        "same way.",
        ("standard error", "standard errors"),
    ),
    Term(
        "confidence-interval",
        "Confidence interval",
        "A range of values with which the data agree. Over many samples, 95% of all 95% intervals "
        "hold the true value, if the model is right.",
        ("confidence interval", "confidence intervals"),
    ),
    Term(
        "residual",
        "Residual",
        "What a model leaves unexplained in a row: the outcome less its fitted value.",
        ("residual", "residuals"),
    ),
    Term(
        "residual-variance",
        "Residual variance, σ²",
        "The variance of the residuals. In the mixed model that is the variance of rows around "
        "the line of their own cluster, in OLS around the common line.",
        ("residual variance", "residual var.", "residual variation", "σ̂²", "σ²"),
    ),
    Term(
        "between-variance",
        "Between-cluster variance, τ²",
        "The variance of the clusters' own levels around the common line.",
        ("between-cluster variance", "between var.", "cluster variance", "τ̂²", "τ²"),
    ),
    Term(
        "variance-ratio",
        "Variance ratio, ρ",
        "Between-cluster variance over residual variance, τ² / σ². At 0 the mixed model is OLS; "
        "the larger the ratio, the more nearly each cluster counts the same.",
        ("variance ratio", "ρ̂", "ρ"),
    ),
    Term(
        "icc",
        "Intraclass correlation, ICC",
        "The share of the variance that lies between clusters, τ² / (τ² + σ²). It is also the "
        "correlation of two rows of one cluster.",
        ("intraclass correlation", "ICC"),
    ),
    Term(
        "design-effect",
        "Design effect",
        "How many times larger the variance of an estimate is than with as many independent rows. "
        "The rows divided by it are the effective sample size.",
        ("design effect",),
    ),
    Term(
        "weight",
        "Weight",
        "How much a part counts in an average: the weights of all parts add up to 100%. OLS "
        "weighs rows alike; the mixed model moves weight from large clusters to small ones, and "
        "from comparisons between clusters to comparisons within them.",
        ("the weight", "its weight", "weights", "lose weight", "loses weight"),
    ),
    Term(
        "within",
        "Within clusters",
        "Comparing rows of the same cluster with each other. What sets clusters apart plays no "
        "part in it.",
        (
            "within clusters",
            "inside clusters",
            "within cluster",
            "within-cluster estimate",
            "within-cluster slope",
            "within and between clusters",
        ),
    ),
    Term(
        "between",
        "Between clusters",
        "Comparing the means of clusters with each other.",
        (
            "between clusters",
            "between cluster means",
            "between-cluster estimate",
            "between-cluster slope",
        ),
    ),
    Term(
        "pooling",
        "Pooling",
        "How much clusters learn from each other. Complete pooling draws one line as if there "
        "were no clusters (OLS); no pooling gives each cluster a level from its own rows alone; "
        "partial pooling, the mixed model's way, lies between.",
        ("complete pooling", "partial pooling", "no pooling", "pooling"),
    ),
    Term(
        "shrinkage",
        "Shrinkage",
        "The mixed model draws each cluster's own level towards the common line: the fewer rows "
        "it has and the smaller τ² is, the further.",
        ("shrinkage", "shrinks it", "shrunken", "shrunk"),
    ),
    Term(
        "likelihood",
        "Maximum likelihood",
        "Of all values that a model could have, it takes those under which the data at hand are "
        "most probable.",
        ("maximum likelihood", "ML"),
    ),
    Term(
        "reml",
        "REML",
        "Restricted maximum likelihood, lmer's way to estimate the variances. It is maximum "
        "likelihood that allows for the coefficients being estimated as well.",
        ("REML", "restricted maximum likelihood"),
    ),
    Term(
        "criterion",
        "REML criterion",
        "How badly a variance ratio fits the data: minus twice the logarithm of the restricted "
        "likelihood. REML takes the ratio at which it is lowest.",
        ("REML criterion", "criterion"),
    ),
    Term(
        "singular",
        "Singular fit",
        "A fit whose best variance lies on the edge of what is possible, mostly at 0. With a "
        "random intercept alone the mixed model is OLS then.",
        ("singular", "on the boundary"),
    ),
    Term(
        "contextual",
        "Contextual effect",
        "What a cluster's mean of a predictor adds to the row's own value: the slope between "
        "clusters less the slope within them.",
        ("contextual effect", "contextual effects"),
    ),
    Term(
        "confounded",
        "Confounded",
        "A predictor is confounded with the clusters if clusters where it is high also lie "
        "higher, or lower, for other reasons. Comparisons between clusters are biased then.",
        ("confounded", "confounding"),
    ),
    Term(
        "degrees-of-freedom",
        "Degrees of freedom",
        "How much the data say about a spread: rows, or clusters, less what was estimated from "
        "them. A t test with few needs a larger t.",
        ("degrees of freedom", "d.f."),
    ),
    Term(
        "satterthwaite",
        "Satterthwaite's degrees of freedom",
        "An approximation for the mixed model, where it depends on the coefficient whether rows "
        "or clusters count: the worse the variances are known, the fewer.",
        ("Satterthwaite's degrees of freedom", "Satterthwaite's", "Satterthwaite"),
    ),
    Term(
        "information",
        "Information",
        "How much the data say about a coefficient: its standard error is the residual standard "
        "deviation over the root of the information.",
        ("information",),
    ),
    Term(
        "cluster-robust",
        "Cluster-robust standard errors",
        "Standard errors computed from how far whole clusters deviate. They allow rows of one "
        "cluster to resemble each other in any way.",
        ("cluster-robust", "CR2"),
    ),
    Term(
        "ledger",
        "Ledger",
        "The account of a difference: what each cluster adds to it, so that the bars add up to "
        "the whole.",
        ("ledger",),
    ),
)

# Code, links and the signs of colours are no prose.
_NO_PROSE = r"`[^`]*`|\[[^\]]*\]\([^)]*\)"


_BY_FORM = {form.casefold(): term for term in GLOSSARY for form in term.forms}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_BY_FORM, key=len, reverse=True)
    written = "|".join("".join(map(_sign, form)) for form in longest_first)
    # What follows "coefficient of" is the name of a column.
    return re.compile(rf"{_NO_PROSE}|(?<!coefficient of )(?<!\w)({written})(?!\w)", re.IGNORECASE)


def _sign(character: str) -> str:
    """Match a character in a text, which may be broken into lines or written for Markdown."""
    if character.isalnum():
        return character
    return r"\s+" if character == " " else rf"\\?{re.escape(character)}"


def uses(text: str) -> Iterator[Use]:
    """Find the terms of a text, each where it first stands.

    Parameters
    ----------
    text
        Sentences, as they are or written for Markdown.

    Yields
    ------
    Use
        In the order of the text.
    """
    seen = set()
    for found in _pattern().finditer(text):
        if found[1] is None:
            continue
        term = _BY_FORM[re.sub(r"\s+", " ", found[1].replace("\\", "")).casefold()]
        if term.id not in seen:
            seen.add(term.id)
            yield Use(term, found.start(1), found.end(1))
