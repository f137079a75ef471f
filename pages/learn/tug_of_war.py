"""Tug of war: the slope, which comparisons inside clusters and between them pull at."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine import Comparison, compare
from engine.account.teams import Teams, teams
from engine.figures.beam import BEAM_AT
from engine.figures.tug import Tug, tug_figure
from engine.simulation.constructed import constructed_rows, graded_sizes
from engine.words.formulas import share_formula, slope_formula
from engine.words.numbers import number, or_infinity, share, with_decimals
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
    stops_to_infinity,
)
from pages.parts.lesson.one_number import compared, known_belief, placed_at, value_of, you_and
from pages.parts.lesson.state import number as number_field

# Six clinics: how far the sessions of their average patients are from 8, how their patients do
# after 8 sessions, and the order of their sizes.
CLINICS = "ABCDEF"
MIDDLE, OFFSETS = 8.0, (-4.0, -2.5, -0.5, 1.0, 2.5, 3.5)
LEVELS = (36.0, 34.0, 54.0, 50.0, 64.0, 58.0)
RANKS = (1, 0, 3, 4, 2, 5)
PATIENTS, SIZES = 101, 10.0
# From clinic A to clinic F, and the most that keeps everything on the axes.
APART, MOST_APART = 7.5, 10.0
EFFECT, SPREAD, RESIDUAL_SD = -1.0, 1.2, 12.0
MOST_UNEQUAL = 20.0

SLOPES = (-2.0, 4.0)
SESSIONS, SCORES = (0.0, 17.0), (26.0, 72.0)


@dataclass(frozen=True)
class TugOfWar(LessonState, page="tug-of-war"):
    """The variance ratio, how unequal the clinics' sizes are, and how far apart their sessions."""

    ratio: float = number_field(0.0, 0.0, math.inf, param="ratio")
    sizes: float = number_field(SIZES, 1.0, MOST_UNEQUAL, param="sizes")
    apart: float = number_field(APART, 0.0, MOST_APART, param="apart")


@dataclass(frozen=True)
class Pull:
    """The clinics and their teams at the ratio that is set.

    Attributes
    ----------
    tug
        What is drawn.
    ratio
        The ratio that is set, which may be infinite.
    estimated
        The one that REML estimates for these clinics.
    """

    tug: Tug
    ratio: float
    estimated: float

    @property
    def ols(self) -> Teams:
        """The teams in OLS."""
        return self.tug.ols

    @property
    def mixed(self) -> Teams:
        """The teams in the mixed model."""
        return self.tug.mixed


Here = Scene[TugOfWar, Pull]


# --- what the engine says -------------------------------------------------------------------------


@lru_cache(maxsize=256)
def both(sizes: float, apart: float) -> Comparison:
    """Both fits to the clinics."""
    offsets = np.array(OFFSETS) * (apart / APART)
    rows = constructed_rows(
        CLINICS,
        graded_sizes(PATIENTS, sizes, RANKS),
        MIDDLE + offsets,
        np.array(LEVELS) + EFFECT * offsets,
        spread=SPREAD,
        slope=EFFECT,
        residual_sd=RESIDUAL_SD,
    )
    return compare(rows, "y ~ x + (1 | cluster)")


def pulled(ratio: float | None = None, sizes: float = SIZES, apart: float = APART) -> Pull:
    """The clinics at a variance ratio, or at the one that REML estimates for them."""
    found = both(sizes, apart)
    moments, estimated = found.moments, found.mixed.variance_ratio
    at = estimated if ratio is None else ratio
    places = np.column_stack([moments.means[:, 1] + moments.origin[1], moments.outcome_means])
    return Pull(
        Tug(
            moments.levels,
            moments.counts,
            places,
            SPREAD,
            teams(found.dial, 0.0),
            teams(found.dial, at),
        ),
        at,
        estimated,
    )


def result(state: TugOfWar) -> Pull:
    return pulled(state.ratio, state.sizes, state.apart)


@cache
def before() -> Pull:
    """What is known before the answer: nothing but OLS."""
    return pulled(0.0)


@cache
def outcome() -> Pull:
    """What comes out for the clinics of the question."""
    return pulled()


def estimated_ratio() -> float:
    return outcome().ratio


def enter(step: Step) -> dict[str, Any]:
    """Play begins where both slopes are one; from then on, at REML's estimate."""
    return {"ratio": 0.0 if step == "play" else estimated_ratio()}


def is_as_asked(state: TugOfWar) -> bool:
    """Whether all is as in the question, so that an answer to it can be compared."""
    known = (estimated_ratio(), SIZES, APART)
    return (state.ratio, state.sizes, state.apart) == known


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    counts = before().tug.counts
    return (
        f"Six clinics, of {counts.min()} to {counts.max()} patients, treat the same illness. A "
        "clinic whose patients get more sessions is also one whose patients do better anyway. You "
        "fit OLS, `lm(score ~ sessions)`, and the mixed model, "
        "`lmer(score ~ sessions + (1 | clinic))`."
    )


def question() -> str:
    here = before().ols
    assert here.between is not None
    return (
        f"Inside every clinic one more session goes with {points(here.within)} points, from clinic "
        f"to clinic with {signed(here.between)}; OLS says {signed(here.slope)}. Where will the "
        "mixed model put its slope?"
    )


# --- the figure -----------------------------------------------------------------------------------


def drawn(look: Look, here: Pull, **what: Any) -> Any:
    return tug_figure(
        here.tug,
        look.palette,
        slopes=SLOPES,
        x_range=SESSIONS,
        y_range=SCORES,
        slope="slope (points per session)",
        predictor="sessions",
        outcome="score (points)",
        height=look.height,
        **what,
    )


def stage(look: Look, placed: Answer) -> Drawing:
    """The clinics with their lines, and an empty rope to put the marker on."""
    return Drawing(
        drawn(look, before(), answer=value_of(placed), weighed=False),
        alt="Six clinics, whose lines inside run down while the line between them runs up, and a "
        "marker to place on the axis of slopes",
        words="Each disc is a clinic's mean, each short line the trend of its patients. Drag the "
        "ring along the rope, or tap where the mixed model's slope belongs.",
    )


def figure(scene: Here) -> Drawing:
    """The teams on the rope, both models' slopes, and the answer."""
    here, state = scene.result, scene.state
    return Drawing(
        drawn(scene.look, here, **compared(scene, as_asked=is_as_asked(state))),
        alt="Six clinics with the lines inside and between them and those of both models; below, "
        "a rope with the two teams, each as large as its share, and where the slopes stand",
        words=" ".join(standing(here, state)),
        legend="ρ begins at 0, where the mixed model is OLS. REML's estimate comes next."
        if scene.step == "play"
        else "",
    )


def standing(here: Pull, state: TugOfWar) -> list[str]:
    """Where the slopes stand, who pulls, and where the ratio comes from."""
    ols, mixed = here.ols, here.mixed
    said = [
        f"Slopes: OLS {points(ols.slope)}, mixed {points(mixed.slope)}. "
        f"Intercepts: OLS {points(ols.intercept)}, mixed {points(mixed.intercept)}."
    ]
    if ols.between is None:
        said.append("All clinics have the same mean of sessions: nobody pulls between them.")
    else:
        said.append(
            f"The team between, comparisons of clinics with each other, has "
            f"{share(ols.share_between)} of the weight in OLS and {share(mixed.share_between)} in "
            "the mixed model."
        )
    at, estimated = or_infinity(here.ratio), or_infinity(here.estimated)
    if state.step == "play":
        said.append(f"ρ = {at}, {'set by hand' if here.ratio else 'to begin with'}.")
    elif here.ratio == here.estimated:
        said.append(f"ρ = {at}, as REML estimates it.")
    elif here.ratio == estimated_ratio():
        said.append(f"ρ = {at}, held; for these clinics REML estimates {estimated}.")
    else:
        said.append(f"ρ = {at}, set by hand; REML estimates {estimated}.")
    sizes = sorted(here.tug.counts.tolist())
    if state.sizes != SIZES:
        equal = sizes[0] == sizes[-1]
        said.append(
            f"{sizes[0]} patients each." if equal else f"{sizes[0]} to {sizes[-1]} patients."
        )
    return said


def points(value: float) -> str:
    return with_decimals(value, 2)


def signed(value: float) -> str:
    return with_decimals(value, 2, signed=True)


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    here = outcome()
    out = f"the mixed model: {points(here.mixed.slope)}, OLS: {points(here.ols.slope)}."
    return you_and(scene, points, out)


def beliefs() -> dict[str, float]:
    """Where each belief puts the marker."""
    here = outcome().ols
    assert here.between is not None
    return {
        "grand-mean": here.slope,
        "confounding-gone": here.within,
        "middle-of-both": (here.slope + here.within) / 2.0,
        "between-alone": here.between,
    }


# An answer this close to the slope, or to a belief's number, is that.
RIGHT_WITHIN, BELIEF_WITHIN = 0.11, 0.14


def belief_behind(answer: float) -> str:
    """Id of the belief whose number is nearest, or what else is to be said."""
    here = outcome()
    idea = known_belief(
        answer, here.mixed.slope, beliefs(), right_within=RIGHT_WITHIN, belief_within=BELIEF_WITHIN
    )
    if idea is not None:
        return idea
    assert here.mixed.between is not None
    if answer < here.ols.within:
        return "beyond-within"
    if answer > here.mixed.between:
        return "beyond-between"
    if answer > here.ols.slope:
        return "wrong-way"
    return "pulled-too-far" if answer < here.mixed.slope else "pulled-too-little"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    here = outcome()
    ols, mixed = here.ols, here.mixed
    assert ols.between is not None
    assert mixed.between is not None
    equal = pulled(sizes=1.0)
    patients = int(equal.tug.counts[0])
    left, had = share(mixed.share_between), share(ols.share_between)
    far = pulled(math.inf)
    idea = belief_behind(scene.answer.value)
    texts = {
        RIGHT: (
            f"Just so. The comparisons inside clinics win weight, from {share(ols.share)} to "
            f"{share(mixed.share)}; the team between tires but still pulls with {left}.",
            "Just so, by whichever way you came.",
        ),
        "grand-mean": (
            f"You expect the slope of OLS, {points(ols.slope)}. It is tempting: random intercepts "
            "average to zero, so how could they move a slope? They move weights: what compares "
            f"clinics with each other has {had} of the weight in OLS and {left} in the mixed "
            f"model. Nor do equal sizes help: with {patients} patients in every clinic OLS says "
            f"{points(equal.ols.slope)} and the mixed model {points(equal.mixed.slope)}.",
            "OLS's number once more. Random intercepts average to zero, but they take weight from "
            f"the comparison between clinics: {had} in OLS, {left} in the mixed model. With "
            f"{patients} patients in every clinic the slopes are {points(equal.ols.slope)} and "
            f"{points(equal.mixed.slope)}.",
        ),
        "confounding-gone": (
            f"You expect the slope inside clinics, {points(ols.within)}: random intercepts should "
            "take out all that a clinic's patients share. They take out a part. Of the way from "
            f"the inside slope to the one between, at this ρ {points(mixed.between)}, {left} is "
            f"left, and the mixed model ends at {points(mixed.slope)}. Nothing is left only "
            f"as ρ → ∞: then it says {points(far.mixed.slope)}.",
            f"The inside slope once more. The team between still has {left} of the weight; a "
            "random intercept weakens it and does not send it home.",
        ),
        "middle-of-both": (
            f"You split the difference between OLS, {points(ols.slope)}, and the inside slope, "
            f"{points(ols.within)}. It sounds fair, but nothing in the model halves it: ρ decides. "
            f"At ρ = 0.1 the slope is {points(pulled(0.1).mixed.slope)}, at ρ = 1 it is "
            f"{points(pulled(1.0).mixed.slope)}; REML's ρ is {number(here.ratio)}.",
            "The middle once more. Slide ρ: the slope passes the middle and goes on.",
        ),
        "between-alone": (
            f"You took the line through the clinics, {points(ols.between)}. “Random intercept” may "
            "sound as if the clinics were what is compared. It is the other way round: the model "
            "knows that clinics differ for reasons of their own, so it trusts the comparison "
            f"between them less, {left} of the weight in place of {had}.",
            "The line between once more. Look at the disc of that team: the mixed model makes it "
            "smaller.",
        ),
        "beyond-within": (
            f"That is beyond even the inside slope, {points(ols.within)}. With both teams pulling "
            "in their own direction, the slope cannot leave the stretch between them.",
            "Beyond the team inside once more. A mixture of two numbers lies between them.",
        ),
        "beyond-between": (
            f"That is beyond even the line between, {points(ols.between)} with the weights of OLS "
            f"and {points(mixed.between)} with those of the mixed model. However strong that team "
            f"is, the slope stops there, and the mixed model makes it weaker: {left} of the weight "
            f"in place of {had}.",
            "Beyond the line between once more. A mixture of two numbers lies between them.",
        ),
        "wrong-way": (
            f"The other way. You moved from OLS, {points(ols.slope)}, towards the line between. "
            "With a random intercept the clinics may differ for reasons of their own, and the "
            f"comparison between them counts for less: {left} in place of {had}.",
            "The wrong way once more. Which team does a random intercept weaken?",
        ),
        "pulled-too-little": (
            f"The right way, not far enough. The team between falls from {had} of the weight to "
            f"{left}.",
            "Not far enough once more. Compare the two discs on the rope.",
        ),
        "pulled-too-far": (
            f"The right way, but too far. The team between is weaker, not gone: it keeps {left} of "
            "the weight.",
            f"Too far once more. The team between keeps {left} of the weight.",
        ),
    }
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    known = beliefs()
    thoughts = {
        "confounding-gone": "The slope inside clinics",
        "grand-mean": "The same as in OLS",
        "middle-of-both": "The middle between OLS and the slope inside clinics",
        "between-alone": "The slope between clinics",
    }
    return {thought: placed_at(known[idea]) for idea, thought in thoughts.items()}


# --- why ------------------------------------------------------------------------------------------


def why(scene: Here) -> list[str | Formula]:
    here = scene.result
    ols, mixed = here.ols, here.mixed
    first = (
        "A slope is λ parts of the slope inside clinics and 1 − λ parts of the one between them; "
        "in the mixed model ρ decides on λ."
    )
    if ols.between is None or mixed.between is None:
        return [
            first,
            "Here all clinics have the same mean of sessions. Nobody pulls between them, λ is 1, "
            "and both models give the inside slope.",
        ]
    moved = (
        "Here all sizes are equal, so these stay alike and it stands still: as ρ grows, the mixed "
        "slope runs straight from OLS's to the inside one. With unequal sizes it moves"
        if len(set(here.tug.counts.tolist())) == 1
        else f"So it moves too: it is {points(ols.between)} in OLS and {points(mixed.between)} at "
        "this ρ"
    )
    return [
        first,
        slope_formula(mixed.share, mixed.within, mixed.between, decimals=2),
        share_formula(mixed.within_spread, mixed.between_spread),
        slope_formula(ols.share, ols.within, ols.between, role="ols", decimals=2),
        "S_W says how much sessions differ inside clinics, S_B how much the clinics' means of "
        "sessions differ (both in squares, added up): the spread of sessions picks the teams. In "
        "S_B a clinic of n patients has weight n in OLS and n/(1 + nρ) in the mixed model: ρ "
        f"tires the team between, and no one else. In OLS λ is {share(ols.share)}.",
        f"The slope between uses the same weights. {moved}, and the mixed slope may therefore turn "
        "back on its way, or pass beyond OLS. What always holds it is the stretch from the inside "
        "slope to the one between, both at the same ρ.",
    ]


def misread() -> str:
    return (
        f"“The inside slope, {points(outcome().ols.within)}, is the truth.” It is free of all that "
        "a clinic's patients share. It is not free of why one patient of a clinic got more "
        "sessions than another: perhaps those who did badly."
    )


# --- challenges -----------------------------------------------------------------------------------


def slopes_agree(scene: Here) -> bool:
    ols, mixed = scene.result.ols, scene.result.mixed
    same = points(ols.slope) == points(mixed.slope)
    return same and points(ols.intercept) != points(mixed.intercept)


def how_they_agree(scene: Here) -> str:
    here = scene.result
    if here.ols.between is None:
        return (
            "With the same mean of sessions in every clinic nobody pulls between them, so no ρ "
            "can move the slope. The intercepts "
            f"({points(here.ols.intercept)} and {points(here.mixed.intercept)}) still differ: they "
            "average the clinics' levels, with other weights."
        )
    return (
        "Here the teams' shares and the slope between have changed so that their mixture has not. "
        "That is chance. There is a way in which no ρ could part the slopes."
    )


def signs_differ(scene: Here) -> bool:
    ols, mixed = scene.result.ols, scene.result.mixed
    return min(ols.slope, mixed.slope) <= -0.005 and max(ols.slope, mixed.slope) >= 0.005


def how_signs_differ(scene: Here) -> str:
    here = scene.result
    return (
        f"OLS says {signed(here.ols.slope)}, the mixed model {signed(here.mixed.slope)}, from the "
        f"same patients: the team between has {share(here.ols.share_between)} of the weight in one "
        f"and {share(here.mixed.share_between)} in the other."
    )


LESSON = Lesson(
    state=TugOfWar,
    title="Tug of war",
    setting=setting,
    question=question,
    commit=marker("Your slope", SLOPES, 0.05, y=BEAM_AT, decimals=2, unit="points per session"),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Control(
            "ratio",
            "Variance ratio ρ",
            0.0,
            math.inf,
            estimated_ratio,
            scale="stops",
            stops=lambda: stops_to_infinity(estimated_ratio()),
            help="ρ = τ²/σ²: how much the clinics' levels vary, in units of the variance of "
            "patients inside a clinic. At 0 the mixed model is OLS. REML estimates ρ; moving it "
            "sets it by hand.",
        ),
        Control(
            "sizes",
            "Largest clinic, times the smallest",
            1.0,
            MOST_UNEQUAL,
            SIZES,
            0.5,
            format="%.1f",
            help="1 makes all clinics equal in size. About as many patients are there in all.",
        ),
        Control(
            "apart",
            "From clinic A to clinic F",
            0.0,
            MOST_APART,
            APART,
            0.1,
            format="%.1f",
            unit="sessions",
            help="How far apart the clinics' mean sessions are. How their patients do after "
            f"{MIDDLE:.0f} sessions stays as it is, and so does what happens inside.",
        ),
    ),
    figure=figure,
    target="The discs on the rope are the teams; ρ is the variance between clinics over that "
    "inside them. How far can ρ pull the slope, and can equal "
    "sizes keep it from moving?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "slopes-agree",
            "Make both slopes equal while the intercepts differ.",
            slopes_agree,
            how_they_agree,
            solution={"apart": 0.0},
        ),
        Challenge(
            "signs-differ",
            "Make one slope positive and the other negative. There are several ways.",
            signs_differ,
            how_signs_differ,
            solution={"apart": 4.0},
        ),
    ),
    misread=misread,
    remember="The slope of whatever varies both ways is a tug of war between comparisons inside "
    "clusters and between them: the spread of x picks the teams, the variance ratio tires the "
    "team between.",
    on_paper="Each disc is a clinic's mean, each short line the trend of its patients. Mark your "
    "answer on the rope.",
    expected=expected,
)
