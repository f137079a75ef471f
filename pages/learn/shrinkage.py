"""Shrinkage: where the mixed model puts a cluster, between its own mean and the pooled value."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.account.balance import dealt_by_size, landing_error
from engine.data.moments import FloatArray
from engine.figures.beam import BEAM_AT
from engine.figures.lever import Lever, lever_figure
from engine.words.formulas import landing_formula, lever_formula, shrinkage_formula
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
    Switch,
)
from pages.parts.lesson.one_number import compared, known_belief, placed_at, value_of, you_and
from pages.parts.lesson.six_schools import (
    AXES,
    beam,
    between_control,
    between_variance,
    both,
    residual_variance,
)
from pages.parts.lesson.state import flag
from pages.parts.lesson.state import number as number_field

AXIS = (35.0, 105.0)
# The school of two pupils, which is followed.
FOLLOWED, PUPILS, MOST_PUPILS = -1, 2.0, 500.0
LEAST_NOISE, MOST_NOISE = 10.0, 1000.0
# How near two landings count as one place, and how far from the pooled value, in points.
TOGETHER, APART = 0.5, 2.0


@dataclass(frozen=True)
class Shrinkage(LessonState, page="shrinkage"):
    """The followed school's size, both variances, and whether levels follow sizes."""

    pupils: float = number_field(PUPILS, 1, int(MOST_PUPILS), param="pupils")
    residual_variance: float = number_field(LEAST_NOISE, LEAST_NOISE, MOST_NOISE, param="residual")
    between_variance: float = number_field(0.0, 0.0, math.inf, param="between")
    by_size: bool = flag(param="by-size")


Here = Scene[Shrinkage, Lever]


# --- what the engine says -------------------------------------------------------------------------


def lever(counts: FloatArray, means: FloatArray, residual: float, between: float) -> Lever:
    """The schools with these sizes, means and variances."""
    return Lever(beam(between / residual, counts, means), len(counts) + FOLLOWED, residual, between)


def sizes(pupils: float = PUPILS) -> FloatArray:
    counts = both().moments.counts.astype(np.float64)
    counts[FOLLOWED] = pupils
    return counts


@cache
def schools(pupils: float = PUPILS) -> Lever:
    """The six schools at REML's variances, with another size of the followed one if need be."""
    means = both().moments.outcome_means
    return lever(sizes(pupils), means, residual_variance(), between_variance())


def shrunken(state: Shrinkage) -> Lever:
    """The schools as they are set."""
    counts = sizes(state.pupils)
    means = both().moments.outcome_means
    if state.by_size:
        means = dealt_by_size(counts, means)
    return lever(counts, means, state.residual_variance, state.between_variance)


def errors(here: Lever) -> FloatArray:
    """How far each school lands from its level on average, if the means are the true levels."""
    return landing_error(here.beam.counts, here.beam.means, here.beam.ratio)


def enter(step: Step) -> dict[str, Any]:
    """Play begins where all schools land at one place; from then on, at REML's estimates."""
    between = 0.0 if step == "play" else between_variance()
    return {"residual_variance": residual_variance(), "between_variance": between}


def is_as_estimated(state: Shrinkage) -> bool:
    variances = (state.residual_variance, state.between_variance)
    return variances == (residual_variance(), between_variance())


def is_as_asked(state: Shrinkage) -> bool:
    """Whether the schools are as in the question, so that an answer to it can be compared."""
    return is_as_estimated(state) and state.pupils == PUPILS and not state.by_size


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    here = schools()
    return (
        "The six schools again, and the mixed model `lmer(score ~ 1 + (1 | school))`. Besides its "
        f"intercept of {points(here.pooled)} points, called the pooled value here, it says of each "
        "school where it stands: in R, `coef()`. The rings are the schools' own means. The band "
        "around a ring reaches one standard error to either side: the fewer the pupils, the wider."
    )


def question() -> str:
    here = schools()
    return (
        f"School {here.level} has {plural(int(here.count), 'pupil')} with a mean of "
        f"{points(here.own)} points; the pooled value is {points(here.pooled)}. Where does the "
        f"mixed model put school {here.level}?"
    )


# --- the figure -----------------------------------------------------------------------------------


def drawn(look: Look, here: Lever, **what: Any) -> Any:
    return lever_figure(
        here,
        look.palette,
        axis_range=AXIS,
        height=look.height,
        **AXES,
        **what,
    )


def stage(look: Look, placed: Answer) -> Drawing:
    """The schools' own means, the pooled value, and an empty beam to put the marker on."""
    return Drawing(
        drawn(look, schools(), answer=value_of(placed), landed=False),
        alt="The means of six schools, the pooled value, and a marker to place",
        words="Rings are the schools' own means. Drag the marker along the lower line, or tap "
        "where it belongs.",
    )


def figure(scene: Here) -> Drawing:
    """Where every school lands, the two weights of the followed one, and the answer."""
    here, state = scene.result, scene.state
    shown = compared(scene, as_asked=is_as_asked(state), drawn=not state.by_size)
    return Drawing(
        drawn(scene.look, here, before=schools() if state.by_size else None, **shown),
        alt="Six schools, each from its own mean to where the mixed model puts it; below, the "
        f"two weights between which school {here.level} balances",
        words=" ".join(standing(here, state)),
    )


def standing(here: Lever, state: Shrinkage) -> list[str]:
    """Where the followed school lands, and what its weights come from."""
    said = [
        f"School {here.level} lands at {points(here.landing)}, {share(here.shrinkage)} of the way "
        f"from {points(here.pooled)} to its own mean, {points(here.own)}."
    ]
    variances = set_to(here.residual_variance, here.between_variance)
    if is_as_asked(state):
        said.append(f"{variances}, from REML.")
    elif is_as_estimated(state):
        said.append(f"{variances}, held where REML puts them for the schools as they are.")
    else:
        known = set_to(residual_variance(), between_variance())
        at_first = state == LESSON.at("play", step="play", answers=state.answers, view=state.view)
        how = "to begin with" if at_first else "set by hand"
        said.append(f"{variances}, {how}; REML estimates {known}.")
    if state.by_size:
        before = schools(state.pupils)
        said.append(
            f"Crosses: the means before. The pooled value was {points(before.pooled)}. "
            + missed(here)
        )
    return said


def missed(here: Lever) -> str:
    """By how much the three smallest schools miss their levels, on average."""
    off = errors(here)
    smallest = sorted(np.argsort(here.beam.counts, kind="stable")[:3])
    *first, last = (
        f"{here.beam.levels[j]}\u00a0{with_decimals(off[j], 1, signed=True)}" for j in smallest
    )
    return (
        "Take the rings for the schools' true levels. On average over many tests the smallest "
        f"schools miss theirs: {', '.join(first)} and {last} points."
    )


def points(value: float) -> str:
    return with_decimals(value, 1)


def set_to(residual: float, between: float) -> str:
    """Both variances, each on one line."""
    return f"σ²\u00a0=\u00a0{number(residual)}, τ²\u00a0=\u00a0{or_infinity(between)}"


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    here = schools()
    out = (
        f"the mixed model: {points(here.landing)}, {share(here.shrinkage)} of the way from "
        f"{points(here.pooled)} to {points(here.own)}."
    )
    return you_and(scene, points, out)


def beliefs() -> dict[str, float]:
    """Where each belief puts the marker."""
    here = schools()
    return {
        "raw-mean": here.own,
        "pooled-value": here.pooled,
        "grand-mean": here.beam.ols,
        "middle-of-both": (here.pooled + here.own) / 2.0,
    }


# An answer this close to the landing, or to a belief's number, is that.
RIGHT_WITHIN, BELIEF_WITHIN = 1.0, 1.2


def belief_behind(answer: float) -> str:
    """Id of the belief whose number is nearest, or what else is to be said."""
    here = schools()
    idea = known_belief(
        answer, here.landing, beliefs(), right_within=RIGHT_WITHIN, belief_within=BELIEF_WITHIN
    )
    if idea is not None:
        return idea
    if answer > here.own:
        return "beyond-its-mean"
    if answer < here.pooled:
        return "beyond-the-pooled"
    return "too-little-pulled" if answer > here.landing else "too-much-pulled"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    here, known = schools(), beliefs()
    level, own, pooled = here.level, points(here.own), points(here.pooled)
    design = both().design
    scores = np.sort(design.outcome[design.cluster_codes == here.followed])
    low, high = points(scores[0]), points(scores[-1])
    first, second = here.beam.levels[:2]
    apart = points(abs(here.beam.means[0] - here.beam.means[1]))
    known_to = [points(error) for error in here.errors_of_means]
    half_at = number(here.residual_variance / here.between_variance)
    between = points(both().mixed.between_sd)
    idea = belief_behind(scene.answer.value)
    texts = {
        RIGHT: (
            f"Just so. Its own mean is known to {known_to[-1]} points (one standard error), while "
            f"the model estimates that true levels differ with an SD of {between}. So it takes "
            "most of the lead for real, but not all of it.",
            "Just so, by whichever way you came.",
        ),
        "raw-mean": (
            f"You leave the school at its own mean: it is what its pupils scored. But the "
            f"{plural(int(here.count), 'pupil')} scored {low} and {high}. Had one of them been "
            f"ill that day, you would have put the same school at {low}, or at {high}. A mean of "
            "so few is partly luck, and the model takes some of the luck away.",
            f"Its own mean once more. Look at the band around the ring of {level}: it is the "
            "widest of all, and so is the way from ring to disc.",
        ),
        "pooled-value": (
            f"You give school {level} what all schools have in common, {pooled}, as if its own "
            "pupils said nothing. That would be right if schools did not differ. But look at "
            f"{first} and {second}, the two largest: known to {known_to[0]} and {known_to[1]} "
            f"points, they are {apart} apart. Schools differ, so the pupils of {level} count.",
            "The pooled value once more. Slide the between-cluster variance to 0: only there "
            "does every school land at the pooled value.",
        ),
        "grand-mean": (
            f"That is the mean of all pupils, {points(known['grand-mean'])}, most of whom go to "
            f"school {first}. The mixed model pulls towards its own intercept, {pooled}, and "
            f"stops on the way: the pupils of {level} count as well. If schools did not differ at "
            "all, τ² = 0, it would go all the way: then it is OLS.",
            f"The mean of all rows once more. What the model pulls towards is its own intercept, "
            f"{pooled}, and it does not go all the way.",
        ),
        "middle-of-both": (
            f"You split the difference between {pooled} and {own}. It sounds fair, but nothing in "
            "the model halves it. Half-way is where both weights are equal, n/σ² and 1/τ²: at "
            f"n = σ²/τ² = {half_at} pupils. School {level} has {here.count:.0f}, so its own mean "
            "weighs more.",
            "The middle once more. Slide a variance: the point of balance passes the middle and "
            "goes on.",
        ),
        "beyond-its-mean": (
            f"That is beyond the school's own mean, {own}. But nothing pulls that way: on the beam "
            f"there are only two weights, one at {own} and one at {pooled}, and it balances "
            "between them.",
            f"Beyond its own mean once more. The point of balance lies between {pooled} and {own}, "
            "whatever the weights.",
        ),
        "beyond-the-pooled": (
            f"That is below even the pooled value, {pooled}. Others pull school {level} towards "
            f"{pooled}, but they cannot pull it past that: the model balances it between {pooled} "
            f"and its own mean, {own}.",
            f"Past the pooled value once more. The point of balance lies between {pooled} and "
            f"{own}, whatever the weights.",
        ),
        "too-little-pulled": (
            f"It is pulled more than that. A mean of {plural(int(here.count), 'pupil')} is known "
            f"to {known_to[-1]} points only, so the others get {share(1.0 - here.shrinkage)} of "
            "the weight.",
            "Too near to its own mean once more. Compare the two discs on the beam.",
        ),
        "too-much-pulled": (
            f"It is pulled less than that. Even so few pupils say much where schools differ as "
            f"they do here (SD {between}): school {level} itself has {share(here.shrinkage)} of "
            "the weight.",
            "Too near to the pooled value once more. Compare the two discs on the beam.",
        ),
    }
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    known = beliefs()
    thoughts = {
        "raw-mean": "The school's own mean",
        "middle-of-both": "Half-way between its own mean and the pooled value",
        "pooled-value": "The pooled value, the same for all schools",
        "grand-mean": "The mean of all pupils",
    }
    return {thought: placed_at(known[idea]) for idea, thought in thoughts.items()}


def why(scene: Here) -> list[str | Formula]:
    here = scene.result
    count, ratio = round(here.count), here.beam.ratio
    where = (
        f"School {here.level} lands where two weights balance: what it says itself, n/\u2060σ², at "
        f"{points(here.own)}, and what the others say, 1/\u2060τ², at {points(here.pooled)}."
    )
    landing = landing_formula(here.pooled, here.own, here.shrinkage)
    if here.between_variance == 0.0:
        return [
            where,
            landing,
            "With τ² = 0 the weight of the others, 1/τ², has no bound. Every school lands at the "
            "pooled value: complete pooling.",
        ]
    if math.isinf(here.between_variance):
        return [
            where,
            landing,
            "With τ² = ∞ the others have no weight, 1/τ² = 0. Every school stays at its own mean: "
            "no pooling.",
        ]
    return [
        where,
        shrinkage_formula(count, ratio),
        lever_formula(count, here.residual_variance, here.between_variance),
        landing,
        "The shrinkage factor s is the share of the way that a school keeps. σ² is the residual "
        "variance, among pupils of one school; τ² is the between-cluster variance, of the schools' "
        "true levels. Only their ratio counts, ρ = τ²/σ²: double both, and nothing moves.",
        f"The weights are equal at n = σ²/τ² = {number(1.0 / ratio)} pupils. A school with many "
        "more than that speaks for itself. Point at a term, or tap it, and see what it stands for "
        "in the figure.",
    ]


def misread() -> str:
    here = schools()
    dealt = dealt_by_size(here.beam.counts, here.beam.means)
    by_size = lever(here.beam.counts, dealt, residual_variance(), between_variance())
    landed = float(here.landings.std(ddof=1))
    return (
        f"“{points(here.landing)} is the better guess for this very school.” Shrinking is better "
        "on average over schools whose level has nothing to do with their size. Where it has, "
        "every small school is pulled the wrong way: the pooled value knows nothing of it. "
        "Switch on *Level follows size*: it deals the six levels anew, the highest to the "
        f"smallest school. {missed(by_size)}\n\n"
        "Nor does the spread of the landed means say how much schools differ: their SD is "
        f"{points(landed)}, while the model estimates {points(both().mixed.between_sd)} for that "
        "of the true levels. Shrinking draws them together."
    )


# --- challenges -----------------------------------------------------------------------------------


def half(scene: Here) -> bool:
    return share(scene.result.shrinkage) == share(0.5)


def how_half(scene: Here) -> str:
    here = scene.result
    return (
        f"nρ = {here.count:.0f} · {number(here.beam.ratio)} = "
        f"{with_decimals(here.count * here.beam.ratio, 2)}: both weights are equal where nρ = 1. "
        "Either variance can do it, and a larger school needs a smaller ρ."
    )


def companion(here: Lever) -> int | None:
    """Another school that lands where the followed one does, clear of the pooled value."""
    return here.companion(TOGETHER) if abs(here.landing - here.pooled) >= APART else None


def land_together(scene: Here) -> bool:
    return companion(scene.result) is not None


def how_together(scene: Here) -> str:
    here = scene.result
    other = companion(here)
    assert other is not None
    return (
        f"School {here.level} comes from {points(here.own)}, {here.beam.levels[other]} from "
        f"{points(here.beam.means[other])}; they land at {points(here.landing)} and "
        f"{points(here.landings[other])}. Whoever sees only where clusters land cannot tell an "
        "extreme small one from a middling large one."
    )


LESSON = Lesson(
    state=Shrinkage,
    title="Shrinkage",
    setting=setting,
    question=question,
    commit=marker("School F", AXIS, 0.1, y=BEAM_AT, unit="points"),
    stage=stage,
    result=shrunken,
    enter=enter,
    controls=(
        Control(
            "pupils",
            "Pupils in school F",
            1.0,
            MOST_PUPILS,
            PUPILS,
            scale="log",
            format="%d",
            help="n. All means are held where they are.",
        ),
        Control(
            "residual_variance",
            "Residual variance σ²",
            LEAST_NOISE,
            MOST_NOISE,
            residual_variance,
            scale="log",
            help="How far pupils of one school differ, in squared points. Moving it sets σ² by "
            "hand.",
        ),
        between_control(
            "How far the schools' true levels differ, in squared points. Moving it sets τ² by hand."
        ),
        Switch(
            "by_size",
            "Level follows size",
            help="Deals the six means to the schools anew: the smaller the school, the higher.",
            steps=("remember",),
        ),
    ),
    figure=figure,
    target="With τ² = 0 every school lands at the pooled value. Let the schools differ, and watch "
    "who leaves first: what makes a school follow its own mean? (The pooled value moves along.)",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "half",
            "Let school F come exactly half the way, 50%.",
            half,
            how_half,
            solution={"between_variance": 41.6},
        ),
        Challenge(
            "together",
            "Make school F land within half a point of a school of another size and another mean, "
            "at least 2 points away from the pooled value.",
            land_together,
            how_together,
            solution={"between_variance": 12.4},
        ),
    ),
    misread=misread,
    remember="A small cluster borrows strength from the others; a large one, with n well above "
    "σ²/τ², speaks for itself.",
    on_paper="Rings are the schools' own means. Mark your answer on the lower line.",
    expected=expected,
)
