"""Rows or clusters? The intercept alone, as a point of balance."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.figures.balance import Rows, balance_figure, rows_of
from engine.figures.beam import BEAM_AT, Beam
from engine.words.formulas import cluster_average_formula, intercept_formula, weight_formula
from engine.words.numbers import number, or_infinity, plural, share, with_decimals
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, marker
from pages.parts.lesson.lesson import (
    RIGHT,
    Challenge,
    Control,
    Drawing,
    Lesson,
    LessonState,
    Look,
    Reply,
    Scene,
    Step,
)
from pages.parts.lesson.one_number import compared, known_belief, placed_at, value_of, you_and
from pages.parts.lesson.six_schools import AXES, beam, between_control, between_variance, both
from pages.parts.lesson.state import number as number_field

AXIS = (25.0, 100.0)
# The biggest school, whose size and mean can be moved.
BIGGEST, PUPILS, MEAN = 0, 120.0, 52.0
MOST_PUPILS = 10_000.0
# Means with which all of its pupils stay on the axis.
MEANS = (50.0, 75.0)


@dataclass(frozen=True)
class RowsOrClusters(LessonState, page="rows-or-clusters"):
    """The between-cluster variance, and the biggest school's size and mean."""

    between_variance: float = number_field(0.0, 0.0, math.inf, param="between")
    pupils: float = number_field(PUPILS, 1, int(MOST_PUPILS), param="pupils")
    mean: float = number_field(MEAN, *MEANS, param="mean")


Here = Scene[RowsOrClusters, Beam]


# --- what the engine says -------------------------------------------------------------------------


@cache
def schools(ratio: float | None = None) -> Beam:
    """The six schools as they are, at a variance ratio, or at the one that REML estimates."""
    known = both().moments
    rho = both().mixed.variance_ratio if ratio is None else ratio
    return beam(rho, known.counts.astype(np.float64), known.outcome_means)


def weighed(state: RowsOrClusters) -> Beam:
    """The schools with the biggest one as it is set, at the variance ratio that is set."""
    known = both().moments
    counts, means = known.counts.astype(np.float64), known.outcome_means.copy()
    counts[BIGGEST], means[BIGGEST] = state.pupils, state.mean
    return beam(state.between_variance / both().mixed.residual_variance, counts, means)


def enter(step: Step) -> dict[str, Any]:
    """Play begins where both averages are one; from then on, at REML's estimate."""
    return {"between_variance": 0.0 if step == "play" else between_variance()}


def is_as_estimated(state: RowsOrClusters) -> bool:
    return state.between_variance == between_variance()


def is_as_asked(state: RowsOrClusters) -> bool:
    """Whether the schools are as in the question, so that an answer to it can be compared."""
    return is_as_estimated(state) and (state.pupils, state.mean) == (PUPILS, MEAN)


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    *sizes, last = (f"{count:.0f}" for count in schools().counts)
    return (
        f"Six schools sat the same test. They have {', '.join(sizes)} and {last} pupils, and most "
        "of the small ones did better than the big one. The plainest mixed model there is, "
        "`lmer(score ~ 1 + (1 | school))`, has one number for all, its intercept, and lets each "
        "school lie above or below it. OLS, R's `lm(score ~ 1)`, has the intercept alone."
    )


def question() -> str:
    here = schools()
    return (
        f"The mean of all {here.counts.sum():.0f} pupils, the intercept of OLS, is "
        f"{points(here.ols)} points. Where will the mixed model put its intercept?"
    )


# --- the figure -----------------------------------------------------------------------------------


def drawn(look: Look, here: Beam, **what: Any) -> Any:
    design = both().design
    rows = rows_of(here, Rows(design.outcome, design.cluster_codes))
    return balance_figure(
        here,
        rows,
        look.palette,
        axis_range=AXIS,
        height=look.height,
        **AXES,
        **what,
    )


def stage(look: Look, placed: Answer) -> Drawing:
    """The pupils, and an empty beam to put the marker on."""
    return Drawing(
        drawn(look, schools(0.0), answer=value_of(placed), weighed=False),
        alt="Scores of the pupils of six schools, each school's mean, and a marker to place",
        words="Each dot is a pupil, each bar a school's mean. Drag the ring along the beam, or tap "
        "where it belongs.",
    )


def figure(scene: Here) -> Drawing:
    """The weights on the beam, both points of balance, and the answer."""
    here, state = scene.result, scene.state
    return Drawing(
        drawn(scene.look, here, **compared(scene, as_asked=is_as_asked(state))),
        alt="Scores of the pupils of six schools, and a beam with each school's weight in the "
        "mixed model; where it balances is the intercept",
        words=" ".join(standing(here, state)),
        legend="τ² begins at 0, where the mixed model is OLS. REML's estimate comes next."
        if scene.step == "play"
        else "",
    )


def standing(here: Beam, state: RowsOrClusters) -> list[str]:
    """Where the beam balances, and where its weights come from."""
    biggest = here.levels[BIGGEST]
    ratio = or_infinity(here.ratio)
    said = [
        f"OLS balances at {points(here.ols)}, the mixed model at {points(here.mixed)}.",
        f"Of the weight, school {biggest} has {share(here.by_rows.shares[BIGGEST])} in OLS and "
        f"{share(here.by_ratio.shares[BIGGEST])} in the mixed model.",
    ]
    estimated = number(schools().ratio)
    if is_as_asked(state):
        said.append(f"ρ = τ²/σ² = {ratio}, as REML estimates it.")
    elif state.step == "play":
        said.append(f"ρ = τ²/σ² = {ratio}, {'set by hand' if here.ratio else 'to begin with'}.")
    elif is_as_estimated(state):
        said.append(f"ρ = {ratio}, held where REML puts it for the schools as they are.")
    else:
        said.append(f"ρ = {ratio}, set by hand; REML estimates {estimated} for the six schools.")
    if state.pupils > PUPILS:
        said.append(f"{PUPILS:.0f} of the {state.pupils:,.0f} pupils are drawn.")
    return said


def points(value: float) -> str:
    return with_decimals(value, 1)


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    here = schools()
    out = f"the mixed model: {points(here.mixed)}, OLS: {points(here.ols)}."
    return you_and(scene, points, out)


def beliefs() -> dict[str, float]:
    """Where each belief puts the marker."""
    here = schools()
    low, high = float(here.means.min()), float(here.means.max())
    return {
        "grand-mean": here.ols,
        "mean-of-means": here.of_clusters,
        "middle-of-both": (here.ols + here.of_clusters) / 2.0,
        "half-way": (low + high) / 2.0,
    }


# An answer this close to the intercept, or to a belief's number, is that.
RIGHT_WITHIN, BELIEF_WITHIN = 0.4, 1.2


def belief_behind(answer: float) -> str:
    """Id of the belief whose number is nearest, or what else is to be said."""
    here = schools()
    idea = known_belief(
        answer, here.mixed, beliefs(), right_within=RIGHT_WITHIN, belief_within=BELIEF_WITHIN
    )
    if idea is not None:
        return idea
    if answer < here.ols:
        return "below-both"
    return "not-far-enough" if answer < here.mixed else "too-far"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    here, known = schools(), beliefs()
    rows, clusters = points(here.ols), points(here.of_clusters)
    first, last = here.levels[BIGGEST], here.levels[-1]
    ratio = both().mixed.variance_ratio
    two = beam(ratio, here.counts[[0, -1]], here.means[[0, -1]])
    heavy, light = share(here.by_rows.shares[BIGGEST]), share(here.by_ratio.shares[BIGGEST])
    counts = [f"{count:.0f}" for count in two.counts]
    below = int((here.means < known["half-way"]).sum())
    idea = belief_behind(scene.answer.value)
    texts = {
        RIGHT: (
            f"Just so. Nearly one vote per school, which would be {clusters}; not quite, because "
            "the mean of a small school is known less well and counts a little less.",
            "Just so, by whichever way you came.",
        ),
        "grand-mean": (
            f"You expect the mean of all pupils, {rows}, as from OLS: both average the same "
            "column, so only the standard error should differ. But an average depends on who "
            f"votes. Take two schools alone, {first} with {counts[0]} pupils and {last} with "
            f"{counts[1]}: all their pupils average {points(two.ols)}, the mixed model says "
            f"{points(two.mixed)}.",
            f"The mean of all rows once more. It gives school {first} {heavy} of the weight. Look "
            f"at its disc on the beam: in the mixed model it has {light}.",
        ),
        "mean-of-means": (
            f"Nearly. One vote per school gives {clusters}. But {last} rests on "
            f"{plural(int(here.counts[-1]), 'pupil')}, so the model trusts its mean less: its "
            f"weight is {share(here.by_ratio.shares[-1])}, that of {first} {light}. "
            "All six are equal only as ρ → ∞.",
            f"One vote per school once more. Compare the discs of {last} and {first}: they are "
            "close, but not alike.",
        ),
        "middle-of-both": (
            f"You split the difference between {rows} (pupils vote) and {clusters} (schools vote). "
            "It sounds fair, but nothing in the model halves it: ρ decides where between them. "
            f"At ρ = 0.1 it would be {points(schools(0.1).mixed)}; here ρ is "
            f"{number(here.ratio)}.",
            "The middle once more. Slide the between-cluster variance: the point of balance "
            "passes the middle and goes on.",
        ),
        "half-way": (
            f"You took the point half-way between the lowest school and the highest, "
            f"{points(known['half-way'])}. That lets two schools decide and the others count for "
            f"nothing. Every school has weight, and {below} of the {len(here.means)} lie below "
            "that point.",
            "Half-way between the ends once more. The schools in between pull too.",
        ),
        "below-both": (
            f"That is below even the mean of all pupils, {rows}. School {first} holds that mean "
            "down by its size, and the mixed model gives it less weight, so the balance must move "
            "up.",
            "Too low once more. Which school loses weight, and on which side of the balance is it?",
        ),
        "not-far-enough": (
            f"The right way, not far enough. All other schools lie above {first}, and at this ρ "
            f"each has nearly one vote; with one vote each it is {clusters}.",
            "Not far enough once more. See how nearly alike the discs on the beam are.",
        ),
        "too-far": (
            f"Too far. Even one vote per school gives no more than {clusters}, and the smallest "
            f"school, {last}, counts a little less than one vote.",
            f"Too far once more: no weights between one per pupil and one per school go beyond "
            f"{clusters}.",
        ),
    }
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    known = beliefs()
    thoughts = {
        "grand-mean": "The mean of all pupils, as in OLS",
        "mean-of-means": "The mean of the six school means",
        "middle-of-both": "The middle between these two",
        "half-way": "Half-way between the lowest school and the highest",
    }
    return {thought: placed_at(known[idea]) for idea, thought in thoughts.items()}


def why(scene: Here) -> list[str | Formula]:
    here = scene.result
    first, last = here.levels[BIGGEST], here.levels[-1]
    weighted = (
        "Both intercepts are weighted means of the school means: OLS weighs a school by its "
        f"pupils, n, the mixed model by ω = n/(1 + nρ), and here ρ is {or_infinity(here.ratio)}."
    )
    if math.isinf(here.ratio):
        return [
            weighted,
            cluster_average_formula(here.levels, here.means),
            "However large n is, n/(1 + nρ) is then 1/ρ: all weights are alike. Every school has "
            "exactly one vote, and the intercept is the mean of the school means.",
        ]
    return [
        weighted,
        intercept_formula(here.levels, here.counts, here.means, here.ratio),
        weight_formula(round(here.counts[BIGGEST]), here.ratio, level=first),
        weight_formula(round(here.counts[-1]), here.ratio, level=last),
        "ρ is the between-cluster variance over the residual variance. Where nρ is large, "
        f"n/(1 + nρ) is nearly 1/ρ, the same for every school: {first} and {last} then weigh "
        "alike. Point at a term, or tap it, and see what it stands for in the figure.",
    ]


def misread() -> str:
    here = schools()
    return (
        f"“{points(here.mixed)} is right and {points(here.ols)} is wrong.” {points(here.mixed)} is "
        f"near the level of the average school, {points(here.ols)} is that of the average pupil. "
        "Which one is wanted depends on what is asked."
    )


# --- challenges -----------------------------------------------------------------------------------


def averages_agree(scene: Here) -> bool:
    here = scene.result
    return points(here.mixed) == points(here.ols) and len(set(here.counts)) > 1


def how_they_agree(scene: Here) -> str:
    here = scene.result
    if here.ratio == 0.0:
        return (
            "With ρ = 0 the schools do not differ but by chance, and the mixed model weighs rows. "
            "There is another way, with ρ above 0."
        )
    return (
        f"Both are {points(here.ols)}, with sizes and weights as different as before: weight has "
        "moved between schools, but those that gain it lie on balance as high as those that lose "
        "it. Another way is ρ = 0."
    )


def nearly_one_vote_each(scene: Here) -> bool:
    return abs(scene.result.mixed - scene.result.of_clusters) <= 0.1


def how_near(scene: Here) -> str:
    here = scene.result
    smallest = float(here.counts.min() * here.ratio)
    return (
        f"The mean of means is {points(here.of_clusters)}. In the smallest school nρ is "
        f"{number(smallest)}: large enough for nearly a full vote."
    )


LESSON = Lesson(
    state=RowsOrClusters,
    title="Rows or clusters?",
    setting=setting,
    question=question,
    commit=marker("Your intercept", AXIS, 0.1, y=BEAM_AT, unit="points"),
    stage=stage,
    result=weighed,
    enter=enter,
    controls=(
        between_control(
            "How far the schools' true means differ, in squared points. The weights depend on "
            "ρ = τ²/σ², with the residual variance σ² as estimated. Moving it sets ρ by hand."
        ),
        Control(
            "pupils",
            "Pupils in school A",
            1.0,
            MOST_PUPILS,
            PUPILS,
            scale="log",
            format="%d",
            help="All means are held where they are.",
        ),
        Control("mean", "Mean of school A", *MEANS, MEAN, 0.1, format="%.1f", unit="points"),
    ),
    figure=figure,
    target="The discs are the schools' weights in the mixed model. They depend on ρ = τ²/σ²: how "
    "much schools differ (τ²), over how much pupils of one school do (σ²). How far can the "
    "between-cluster variance carry the point of balance, and what stops it?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "agree",
            "Make both averages equal, although the schools' sizes differ. There are several ways.",
            averages_agree,
            how_they_agree,
            solution={"mean": 71.2},
        ),
        Challenge(
            "one-vote-each",
            "Bring the mixed model within a tenth of a point of the mean of the six school means.",
            nearly_one_vote_each,
            how_near,
            solution={"between_variance": 2000.0},
        ),
    ),
    misread=misread,
    remember="In OLS every row has one vote; in the mixed model every cluster has nearly one, the "
    "more nearly, the larger nρ (its rows times the variance ratio).",
    on_paper="Each dot is a pupil, each bar a school's mean. Mark your answer on the line at the "
    "bottom.",
    expected=expected,
)
