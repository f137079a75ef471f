"""Eleven sites of which four models tell four stories: the data that lesson 8 ends with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias

import numpy as np

from engine import Comparison, compare
from engine.account.cluster_lines import ClusterLines, cluster_lines, meeting_place
from engine.account.slope_votes import slope_votes
from engine.account.within_between import within_shares
from engine.data.examples import load
from engine.data.moments import FloatArray
from engine.data.regroup import measured_from
from engine.figures.spaghetti import Axes, Entry, Spaghetti, spaghetti_figure
from engine.models.between import between_estimate
from engine.models.estimates import Estimates
from engine.words.numbers import share, with_decimals
from pages.parts.lesson.lesson import Drawing, Look

Model: TypeAlias = Literal["ols", "intercept", "both", "apart"]

DATA = "three_stories"
# By model: how it is named, and the formula of the fit. OLS comes with any of them.
MODELS: Mapping[Model, tuple[str, str]] = {
    "ols": ("OLS", "y ~ x + (1 | z)"),
    "intercept": ("(1 | z)", "y ~ x + (1 | z)"),
    "both": ("(1 + x | z)", "y ~ x + (1 + x | z)"),
    "apart": ("(1 + x || z)", "y ~ x + (1 + x || z)"),
}
# The site whose rows run up is the first.
RUNNER = 0
AXES = Axes(
    x=(-1.3, 10.5),
    y=(-1.5, 12.5),
    predictor="x",
    outcome="y",
    marks=(-1.3, 1.3),
    mark="average slope ± standard error",
)


@dataclass(frozen=True)
class Story:
    """What one model says about the sites.

    Attributes
    ----------
    comparison
        The fit it comes from.
    fit
        The model's fit.
    lines
        The average line and the sites', with x measured from 0.
    votes
        Each site's share of the say on the slope.
    """

    comparison: Comparison
    fit: Estimates
    lines: ClusterLines
    votes: FloatArray

    @property
    def slope(self) -> float:
        """The average slope."""
        return float(self.fit.estimates[1])

    @property
    def error(self) -> float:
        """Its standard error."""
        return float(self.fit.standard_errors[1])

    @property
    def meeting(self) -> float:
        """Where levels and slopes are uncorrelated, with the x of the fit."""
        return meeting_place(self.comparison.mixed.components[0])

    @property
    def correlation(self) -> float:
        """The correlation of levels and slopes."""
        return float(self.comparison.mixed.components[0].correlations[0, 1])

    @property
    def criterion(self) -> float:
        """The REML criterion of the mixed model."""
        return self.comparison.mixed.criterion


Stories: TypeAlias = Mapping[Model, Story]


@lru_cache(maxsize=256)
def story(model: Model, zero: float = 0.0) -> Story:
    """What a model says about the sites, with x measured from a zero."""
    found = compare(measured_from(load(DATA), "x", zero), MODELS[model][1])
    ols = model == "ols"
    theta = np.zeros(1) if ols else found.mixed.theta
    return Story(
        found,
        found.ols if ols else found.mixed,
        cluster_lines(found.model, theta).measured_from(-zero),
        slope_votes(found.model, theta),
    )


def stories(zero: float) -> Stories:
    """The four; a zero moves only the model that forbids a correlation there."""
    return {model: story(model, zero if model == "apart" else 0.0) for model in MODELS}


def two(value: float) -> str:
    """A number with two decimals."""
    return with_decimals(value, 2)


def borrowed_slopes() -> FloatArray:
    """The slopes that the model with a correlation gives to the ten sites of two rows."""
    return story("both").lines.shrunken[RUNNER + 1 :, 1]


@cache
def slope_between_the_ten() -> float:
    """The slope through the means of the ten sites of two rows."""
    frame, (_, formula) = load(DATA), MODELS["intercept"]
    ten = compare(frame[frame.z != runner()], formula)
    return float(between_estimate(ten.moments).estimates[1])


def runner() -> str:
    """Name of the site whose rows run up."""
    return story("ols").comparison.moments.levels[RUNNER]


@cache
def rows() -> FloatArray:
    """All rows; those of the site that runs up come first and in order."""
    return load(DATA)[["x", "y"]].to_numpy(dtype=np.float64)


def site_means() -> FloatArray:
    moments = story("ols").comparison.moments
    return moments.means[:, 1:] + moments.origin[1:]


def drawing(look: Look, here: Stories, model: Model, zero: float) -> Drawing:
    """The sites' lines in one model, and below them the slopes of all four."""
    chosen = here[model]
    moments = chosen.comparison.moments
    ols = model == "ols"
    colour = "ols" if ols else "mixed"
    x, y = rows()[moments.counts[RUNNER] - 1].tolist()
    lines = Spaghetti(
        rows=rows(),
        fixed=chosen.lines.fixed,
        shrunken=None if ols else chosen.lines.shrunken,
        places=site_means(),
        votes=chosen.votes,
        names=[(x, y, f"site {runner()}")],
        zero=zero if model == "apart" else math.nan,
        is_ols=ols,
    )
    entries = [
        Entry(
            name,
            MODELS[name][0],
            each.slope,
            two(each.slope) if look.wide else f"{two(each.slope)} ± {two(each.error)}",
            each.error,
            is_ols=name == "ols",
            strong=name == model,
        )
        for name, each in here.items()
    ]
    key = [("ink", f"{len(moments.levels)} sites"), (colour, "● say on slope")]
    if not ols:
        key.append((colour, "─ lines"))
    key.append((colour, "━ average"))
    data = f"{moments.rows} rows of {len(moments.levels)} sites, constructed."
    disc = "A disc is as large as its site's say, its share of what is known about the slope."
    return Drawing(
        spaghetti_figure(
            lines, entries, AXES, look.palette, height=look.height, key=key, wide=look.wide
        ),
        alt=f"{len(moments.levels)} sites, each with a disc as large as its say on the slope and "
        "its line in the model; below, the average slope by four models",
        words=(
            f"{data} Site {runner()} has {moments.counts[RUNNER]} rows that run up; each other has "
            "two at nearly one x, and together they lie along a line down. "
            f"{disc} {telling(model, here, zero)}"
        ),
        # A projector does not show the question of its step.
        legend=f"Other data: {data} {disc}",
    )


def telling(model: Model, here: Stories, zero: float) -> str:
    """What one of the four says, and who has the say in it."""
    chosen = here[model]
    slope, say = two(chosen.slope), share(float(chosen.votes[RUNNER]))
    name = MODELS[model][0]
    match model:
        case "ols":
            return (
                f"{name}: every row has a say on the slope, the farther out its x, the more. Site "
                f"{runner()} has {say} of it; the slope is {slope}."
            )
        case "intercept":
            spread = within_shares(chosen.comparison.moments, 1)[RUNNER]
            surest = chosen.error == min(each.error for each in here.values())
            return (
                f"{name}: levels are free, so slopes are learned inside sites. Site {runner()} "
                f"holds {with_decimals(100.0 * float(spread), 1)}% of the spread of x there and "
                f"has {say} of the say: its {slope} is everybody's, with standard error "
                f"{two(chosen.error)}{', the surest of the four' if surest else ''}."
            )
        case "both":
            return (
                f"{name}: every site has a slope of its own, and about one vote. Site {runner()} "
                f"has {say} of the say; the slope is {slope}. The correlation of levels and slopes "
                f"is {two(chosen.correlation)}: all lines meet, at "
                f"x = {with_decimals(chosen.meeting, 1)}."
            )
        case "apart":
            return (
                f"{name}: every site has a slope of its own, but levels and slopes must not be "
                f"correlated where x is zero, here at {with_decimals(zero, 1)}. Site {runner()} "
                f"has {say} of the say; the slope is {slope}. Moving zero moves no row and none of "
                "the other three."
            )
