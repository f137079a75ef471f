"""What a paper says of its sample and of its model."""

from __future__ import annotations

import numpy as np

from engine.comparison import Comparison
from engine.words.columns import term_text
from engine.words.numbers import listed_with_and, plural
from engine.words.paper.passage import MOST_TERMS, Passage, begun


def sample(comparison: Comparison, _: int) -> Passage:
    """Say how many rows and clusters there are; see `Situation`."""
    design, counts = comparison.design, comparison.moments.counts
    low, high = int(counts.min()), int(counts.max())
    sizes = (
        f"of {plural(low, 'row')} each"
        if low == high
        else f"of {low:,} to {plural(high, 'row')} each (median "
        f"{float(np.median(counts)):,.1f})".replace(".0)", ")")
    )
    dropped = design.dropped_rows
    left_out = (
        f" {begun(plural(dropped, 'further row'))} with a missing value in a variable of the "
        f"model {'was' if dropped == 1 else 'were'} left out."
        if dropped
        else ""
    )
    clusters = plural(len(counts), "cluster")
    return Passage(
        methods=f"The model was fitted to {plural(design.rows, 'row')} in {clusters} "
        f"({design.cluster_name}), {sizes}.{left_out}",
        results="",
        why="A reader needs both numbers: what differs within clusters is known from rows, what "
        "differs between them from clusters.",
        wrong=f"N = {design.rows:,}.",
        instead=f"It hides that these are {clusters}.",
    )


def model(comparison: Comparison, _: int) -> Passage:
    """Say which model was fitted; see `Situation`."""
    formula, outcome = comparison.formula, comparison.design.outcome_name
    terms = [term_text(term) for term in formula.terms]
    listed = terms if len(terms) <= MOST_TERMS else [f"{len(terms)} terms of predictors"]
    fixed = listed_with_and([*["an intercept"] * formula.intercept, *listed])
    if not formula.intercept:
        fixed += ", without an intercept"
    return Passage(
        methods=f"We fitted a linear mixed model of {outcome} by restricted maximum likelihood "
        f"(REML). Its fixed effects are {fixed}; {_random(comparison)}. In the notation of the R "
        f"package lme4 it is {formula.text}. Tests and confidence intervals of coefficients use "
        "Satterthwaite's degrees of freedom.",
        results="",
        why="With the formula, the way of fitting and the degrees of freedom, somebody else can "
        "get the same numbers.",
        wrong="We used a multilevel model to account for clustering.",
        instead="It says neither what varies among the clusters nor what is the same for all of "
        "them.",
    )


def _random(comparison: Comparison) -> str:
    random = comparison.formula.random
    effects = ["the intercept"] * random.intercept
    effects += [f"the effect of {term_text(term)}" for term in random.effects]
    vary = f"{listed_with_and(effects)} {'varies' if len(effects) == 1 else 'vary'} at random"
    text = f"{vary} among the values of {random.group}"
    if len(effects) == 1:
        return text
    return f"{text}, {'with' if random.correlated else 'without'} correlations between them"
