"""What a paper says of one coefficient."""

from __future__ import annotations

from collections.abc import Mapping

from engine.account.headline import SIGNIFICANT, about_conclusion
from engine.account.reporting import NORMAL, Answered, Reported, reported, separated
from engine.comparison import Comparison
from engine.data.formula.terms import INTERCEPT
from engine.words.columns import coefficient_text
from engine.words.numbers import (
    as_printed,
    degrees,
    listed_with_and,
    number,
    pair_of_sizes,
    plural,
    share,
)
from engine.words.paper.passage import (
    MOST_TERMS,
    Passage,
    begun,
    finest_of,
    holds_where,
    named,
    of_clusters,
    test_text,
)
from engine.words.verdict import conclusion_text


def within(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient that rests mostly on comparisons within clusters; see `Situation`."""
    found = reported(comparison, place)
    if found is None or found.answered is not Answered.WITHIN:
        return None
    name, group = named(comparison, place), comparison.design.cluster_name
    if found.share == 1.0:
        compares = f"It compares rows with the same value of {group}, and nothing else."
    elif found.share is not None:
        compares = (
            f"Comparisons of rows with the same value of {group} have {share(found.share)} of "
            "the weight in it."
        )
    else:
        compares = f"It rests mostly on comparisons of rows with the same value of {group}."
    return Passage(
        methods="",
        results=f"{begun(name)} was {test_text(found.mixed, finest_of(found.mixed))}. {compares}"
        f"{holds_where(comparison, place)}",
        why="The interval says how large the effect may be; where the coefficient is answered says "
        "what it compares.",
        **_not_within(found),
    )


def _not_within(found: Reported) -> Mapping[str, str]:
    before, after = pair_of_sizes(found.ols.standard_error, found.mixed.standard_error)
    if as_printed(after) < as_printed(before):
        return {
            "wrong": "We chose the mixed model because it is more conservative.",
            "instead": f"It is not: its standard error of this coefficient, {after}, is smaller "
            f"than that of OLS, {before}.",
        }
    if found.share is not None and found.share < 1.0:
        return {
            "wrong": "The random effects remove all differences between clusters.",
            "instead": f"Comparisons within clusters have {share(found.share)} of the weight, not "
            "all of it; the rest compares clusters with each other.",
        }
    return {
        "wrong": "The effect was significant." if found.mixed.p < SIGNIFICANT else "No effect.",
        "instead": "A test says neither how large an effect is nor how surely it is known: the "
        "interval does.",
    }


def between(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient that rests mostly on comparisons between clusters; see `Situation`."""
    found = reported(comparison, place)
    if found is None or found.answered is not Answered.BETWEEN:
        return None
    clusters = of_clusters(comparison)
    rests = f"It rests on comparisons between {clusters}"
    if found.share:
        rests = (
            f"Comparisons between {clusters} have most of the weight in it, those within them "
            f"{share(found.share)}"
        )
    name = named(comparison, place)
    mean = found.term == INTERCEPT
    if mean:
        name = f"the estimated mean of {comparison.design.outcome_name}"
    counted = degrees(found.mixed.degrees), degrees(found.ols.degrees)
    alike = not comparison.mixed.theta.any()
    rows, size = plural(comparison.moments.rows, "row"), len(comparison.moments.levels)
    return Passage(
        methods="",
        results=f"{begun(name)} was {test_text(found.mixed, finest_of(found.mixed))}. {rests}."
        f"{holds_where(comparison, place)}",
        why=f"Either model tests it on {counted[1]} degrees of freedom, as if rows were the "
        "sample: no variance between clusters is left here that would say otherwise."
        if alike
        else f"OLS would test it on {counted[1]} degrees of freedom, as if rows were the sample; "
        f"the mixed model finds {counted[0]}.",
        wrong=f"With {rows} this mean is known well."
        if mean
        else "The random effects control for all differences between clusters.",
        instead=f"They lie in {plural(size, 'cluster')}, and what clusters differ by is known from "
        "those."
        if mean
        else "This coefficient compares clusters: whatever else sets them apart is part of it.",
    )


def disagree(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient about which the two models conclude otherwise; see `Situation`."""
    about = about_conclusion(comparison, place)
    found = reported(comparison, place)
    if about is None or about.conclusion is None or found is None or found.term == INTERCEPT:
        return None
    told = about.conclusion
    finest = finest_of(found.ols, found.mixed)
    if told.before and told.after:
        differ = "Both differ from 0 at the 5% level, but not in the same direction."
        preferred = "We report the sign that theory expects."
    else:
        which = "OLS" if told.before else "the mixed model"
        differ = f"Only {which} finds it different from 0 at the 5% level."
        preferred = f"We report {which}, because it finds an effect."
    return Passage(
        methods="",
        results=f"{begun(named(comparison, place))} was {test_text(found.ols, finest)} by OLS, "
        f"and {test_text(found.mixed, finest)} by the mixed model. {differ}",
        why=conclusion_text(comparison, about),
        wrong=preferred,
        instead="Which comparison answers the question, that within clusters or that between them, "
        "is settled before any p-value is seen. Report both and say why they differ.",
    )


def separate(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient within clusters and the cluster mean's; see `Situation`."""
    parts, found = separated(comparison, place), reported(comparison, place)
    if parts is None or found is None:
        return None
    finest = finest_of(parts.within, parts.added)
    within, added = (number(one.estimate, finest) for one in (parts.within, parts.added))
    # The sum of the numbers as printed, so that a reader finds it right.
    between = number(as_printed(within) + as_printed(added), finest)
    single = number(found.mixed.estimate, finest)
    columns = {one.name: k for k, one in enumerate(comparison.design.columns)}
    names = [
        coefficient_text(comparison.design, columns[name]).removeprefix("the coefficient of ")
        for name in parts.means
    ]
    means = "cluster mean" if len(names) == 1 else "cluster means"
    listed = (
        listed_with_and(names)
        if len(names) <= MOST_TERMS
        else f"all {len(names)} columns that vary within clusters"
    )
    return Passage(
        methods=f"To separate comparisons within clusters from those between them, we added the "
        f"{means} of {listed} to the model as "
        f"{'a further predictor' if len(names) == 1 else 'further predictors'} (Mundlak 1978).",
        results=f"Within clusters, {named(comparison, place)} was "
        f"{test_text(parts.within, finest)}. A unit of the cluster's mean adds "
        f"{test_text(parts.added, finest)} to it, the contextual effect, so that between clusters "
        f"it is {between}.{holds_where(comparison, place)}",
        why="One coefficient for both comparisons mixes two questions. The contextual effect is a "
        "difference between clusters, not what a move to another cluster would do.",
        wrong="The random effects control for all confounding between clusters.",
        instead=f"The mixed model with one coefficient says {single}, "
        + (
            f"not {within}: comparisons between clusters have a part in it."
            if single != within
            else "as within clusters; that is due to its weights here, and not so in general."
        ),
    )


def few_clusters(comparison: Comparison, place: int) -> Passage | None:
    """Report a coefficient whose test has few degrees of freedom; see `Situation`."""
    found = reported(comparison, place)
    if found is None or not found.few:
        return None
    fits = [found.mixed] if found.robust is None else [found.mixed, found.robust]
    finest, name = finest_of(*fits), named(comparison, place)
    robust = (
        ""
        if found.robust is None
        else f" OLS gave {test_text(found.robust, finest)}, with cluster-robust standard errors "
        "(CR2) and their own Satterthwaite degrees of freedom."
    )
    last = min(fits, key=lambda one: one.degrees)
    return Passage(
        methods=f"With {plural(len(comparison.moments.levels), 'cluster')} of "
        f"{comparison.design.cluster_name}, tests use Satterthwaite's degrees of freedom"
        + (
            "."
            if found.robust is None
            else ", and OLS is reported with the bias-reduced cluster-robust standard errors CR2 "
            "(Bell & McCaffrey 2002)."
        ),
        results=f"{begun(name)} was {test_text(found.mixed, finest)} by the mixed model.{robust}",
        why=f"On {degrees(last.degrees)} degrees of freedom a test at 5% asks for |t| above "
        f"{number(last.quantile)}, not {number(NORMAL)}.",
        wrong="|t| > 2, hence significant.",
        instead="That holds for a standard error that is known; from few clusters it is not.",
    )
