"""Within and between: a pupil's own SES and the mean of the school, two questions in one slope."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine import Comparison, compare
from engine.account.teams import Teams, contextual, teams
from engine.data.examples import load
from engine.data.regroup import with_cluster_means
from engine.figures.context import ANSWER_ROWS, Context, context_figure
from engine.models.hausman import HausmanTest, hausman
from engine.models.mundlak import MundlakFit, mundlak
from engine.words.formulas import contextual_formula, leftover_formula
from engine.words.numbers import number, or_infinity, p_text, share, with_decimals
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, Mark, Marks
from pages.parts.lesson.data import fitted
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
    stops_to_infinity,
)
from pages.parts.lesson.state import flag
from pages.parts.lesson.state import number as number_field

PUPILS, CAPITAL = "high_school_and_beyond", "puzzle_public_capital"
# Ends of the axis of coefficients, and of an answer: a ring at its end does not cover its name.
AXIS, SLOPES = (-1.4, 7.2), (-1.0, 7.0)
SES, SCORES = (-1.3, 1.9), (1.0, 21.0)
NAMES = {"own": "own SES", "mean": "mean SES", "alone": "SES alone"}


@dataclass(frozen=True)
class WithinAndBetween(LessonState, page="within-and-between"):
    """Whether the schools' mean SES is in the model, and ρ in multiples of REML's."""

    mean: bool = flag(True, param="mean")
    times: float = number_field(1.0, 0.0, math.inf, param="times")


@dataclass(frozen=True)
class Model:
    """The model with or without the schools' means at the ratio that is set.

    Attributes
    ----------
    context
        What is drawn.
    ratio
        The variance ratio ρ that is set, which may be infinite.
    estimated
        The one that REML estimates for this model.
    """

    context: Context
    ratio: float
    estimated: float


Here = Scene[WithinAndBetween, Model]


# --- what the engine says -------------------------------------------------------------------------


def both() -> Comparison:
    """Both fits without the schools' means."""
    return fitted(PUPILS)


@cache
def with_means() -> MundlakFit:
    """The mixed model with the schools' means."""
    found = mundlak(both().moments)
    assert found is not None
    return found


@lru_cache(maxsize=256)
def model(mean: bool, times: float) -> Model:
    """Either model at a multiple of the ratio that REML estimates for it."""
    found = both()
    moments, fit = found.moments, with_means().mixed if mean else found.mixed
    ratio = fit.variance_ratio * times
    places = np.column_stack([moments.means[:, 1] + moments.origin[1], moments.outcome_means])
    return Model(
        Context(
            moments.counts,
            places,
            teams(found.dial, 0.0),
            teams(found.dial, ratio),
            mean,
            (float(found.ols.estimates[1]), float(found.mixed.estimates[1])),
        ),
        ratio,
        fit.variance_ratio,
    )


def result(state: WithinAndBetween) -> Model:
    return model(state.mean, state.times)


def asked() -> Context:
    """Both models as the question begins with them."""
    return model(False, 1.0).context


def outcome() -> Context:
    """What comes out for the question."""
    return model(True, 1.0).context


def schools_alone() -> Teams:
    """The slopes where each school counts once."""
    return model(True, math.inf).context.mixed


def steep(here: Teams) -> float:
    """The slope between schools, as their mean SES differs."""
    assert here.between is not None
    return here.between


def enter(step: Step) -> dict[str, Any]:
    """The schools' means are not in the model where a hand is to put them in."""
    return {"mean": step not in ("play", "do")}


@cache
def tested() -> HausmanTest:
    """Hausman's test of the gap between the slopes."""
    found = hausman(both().dial)
    assert found is not None
    return found


@cache
def with_minority() -> tuple[Comparison, float]:
    """Both fits with minority status but not its mean, and the slope inside schools then."""
    rows = with_cluster_means(load(PUPILS), "school", ["ses"])
    found = compare(rows, "math ~ ses + mean_ses + minority + (1 | school)")
    return found, float(found.fits["within"].to_dict()["ses"]["estimate"])


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    moments = both().moments
    return (
        f"Mathematics scores of {moments.rows:,} pupils in {len(moments.levels)} schools (High "
        "School and Beyond, 1982). SES is the socio-economic status of a pupil's family in one "
        "number, about 0 on average. You fit OLS, `lm(math ~ ses)`, and the mixed model, "
        "`lmer(math ~ ses + (1 | school))`."
    )


def question() -> str:
    ols, mixed = asked().own
    return (
        f"One unit of SES goes with {points(ols)} points in OLS and {points(mixed)} in the mixed "
        "model; one unit of a school's mean SES, from school to school, with "
        f"{with_decimals(steep(schools_alone()), 1)}. Add that mean as a second predictor: where "
        "will the mixed model put the two coefficients?"
    )


# --- the figure -----------------------------------------------------------------------------------


def drawn(look: Look, here: Context, **what: Any) -> Any:
    return context_figure(
        here,
        look.palette,
        slopes=AXIS,
        x_range=SES,
        y_range=SCORES,
        slope="coefficient (points per unit of SES)",
        predictor="mean SES (a dot is a school)",
        outcome="mean score",
        names=NAMES,
        height=look.height,
        **what,
    )


def stage(look: Look, placed: Answer) -> Drawing:
    """The schools with the line between them, both models' coefficient, and two rings to place."""
    return Drawing(
        drawn(look, asked(), answers=placed.values, asked=True),
        alt="Schools as dots and the line between them; below, the coefficient of SES by OLS and "
        "by the mixed model, and two rings to place on the axis",
        words="Drag each ring to the mixed model's coefficient once the school's mean is in it.",
    )


def figure(scene: Here) -> Drawing:
    """The lines within and between schools, or the step that they make, and the coefficients."""
    here, state = scene.result, scene.state
    shown = None if scene.step in ("why", "do") else scene.answer
    what = (
        "a step of one unit, whose height has two parts: own SES and mean SES"
        if state.mean
        else "the lines of both models"
    )
    return Drawing(
        drawn(
            scene.look,
            here.context,
            answers=shown.values if shown else None,
            gap=scene.step != "play" and state.mean and state.times == 1.0,
        ),
        alt=f"Schools as dots with the line inside each, the line between them and {what}; below, "
        "the coefficients by OLS and by the mixed model",
        words=" ".join(standing(here, state)),
        legend="Short lines: slopes inside schools. "
        + ("Right: own plus mean SES." if state.mean else "Bars: how far each model is from it."),
    )


def standing(here: Model, state: WithinAndBetween) -> list[str]:
    """What the coefficients are, and where the ratio comes from."""
    ols, mixed = here.context.ols, here.context.mixed
    if state.mean:
        before = [points(slope) for slope in here.context.before]
        said = [
            f"Own SES: {points(ols.within)} in both models, the slope inside schools; pale bars "
            f"lead there from {before[0]} and {before[1]}, without the mean. Mean SES: "
            f"{by_both(contextual(ols), contextual(mixed))}; together with the first that makes "
            "the slope between schools."
        ]
    else:
        said = [
            f"One coefficient for SES: {by_both(ols.slope, mixed.slope)}. "
            f"Inside schools it is {points(ols.within)}. On the way from there to the slope "
            f"between schools OLS has gone {share(ols.share_between)} and the mixed model "
            f"{share(mixed.share_between)}: the bars on the axis."
        ]
    estimated = number(here.estimated)
    if state.times == 1.0:
        said.append(f"ρ = {estimated}, as REML estimates it.")
    else:
        same = " and makes the mixed model the same as OLS" if state.times == 0.0 else ""
        said.append(
            f"ρ = {or_infinity(here.ratio)} is set by hand{same}; REML estimates {estimated}."
        )
    return said


def by_both(ols: float, mixed: float) -> str:
    """A coefficient by either model."""
    if points(ols) == points(mixed):
        return f"{points(ols)} in both models"
    return f"{points(ols)} by OLS, {points(mixed)} by the mixed model"


def points(value: float) -> str:
    return with_decimals(value, 2)


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    ols, mixed = outcome().ols, outcome().mixed
    out = (
        f"The mixed model says {points(mixed.within)} for own SES and "
        f"{points(contextual(mixed))} for mean SES, OLS {points(ols.within)} and "
        f"{points(contextual(ols))}."
    )
    if scene.answer is None:
        return out
    yours = scene.answer.values
    return f"You: {points(yours['own'])} and {points(yours['mean'])}. {out}"


# An answer this close to what comes out is right.
OWN_WITHIN, MEAN_WITHIN = 0.09, 0.3
# One this close to a number that a belief expects comes from that belief.
BELIEF_WITHIN, STEEP_WITHIN, NOTHING = 0.11, 0.4, 0.5


def belief_behind(own: float, mean: float) -> str:
    """Id of the belief behind two coefficients."""
    ols, mixed = asked().own
    here = outcome().mixed
    inside, between, context = here.within, steep(here), contextual(here)
    if abs(own - inside) > OWN_WITHIN:
        if abs(own - mixed) <= BELIEF_WITHIN:
            return "confounding-gone"
        if abs(own - ols) <= BELIEF_WITHIN:
            return "grand-mean"
        if abs(own - between) <= STEEP_WITHIN:
            return "between-alone"
        return "shared-effect" if own < inside else "takes-nothing-over"
    if abs(mean - context) <= MEAN_WITHIN:
        return RIGHT
    if abs(mean - between) <= STEEP_WITHIN:
        return "steep-line"
    if abs(mean) <= NOTHING:
        return "one-slope"
    return "context-too-small" if mean < context else "context-too-large"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    yours = scene.answer.values
    here = outcome().mixed
    ols, mixed = asked().ols, asked().mixed
    inside, between, rest = points(here.within), points(steep(here)), points(contextual(here))
    texts = {
        RIGHT: (
            f"Just so. Own SES keeps what is true inside schools, {inside}; the mean gets what "
            f"is then left of the slope between schools, {between}.",
            "Just so, by whichever way you came.",
        ),
        "confounding-gone": (
            f"You leave own SES where it was, at {points(mixed.slope)}: the random intercept "
            "should have taken out whatever a school's pupils share. It took out most. Of the gap "
            f"to the slope between schools it left {share(mixed.share_between)}, "
            f"{points(mixed.slope - mixed.within)} points; with the mean in the model nothing is "
            "left.",
            f"The random intercept's {points(mixed.slope)} once more. It still holds "
            f"{share(mixed.share_between)} of the comparison between schools; only the mean takes "
            "that away.",
        ),
        "grand-mean": (
            f"You expect {points(ols.slope)}, what OLS says without the mean: in it, "
            f"{share(ols.share_between)} of the weight is on the comparison between schools. The "
            "mean takes that comparison over, in OLS as well, which goes from "
            f"{points(ols.slope)} to {inside}.",
            f"OLS's number once more. With the mean in the model OLS says {inside}, too.",
        ),
        "between-alone": (
            "You put the slope between schools at the pupil's own SES. That slope compares "
            "schools, and once their mean is in the model the mean speaks for them. Own SES is "
            f"left with pupils of one school: {inside}.",
            "The slope between schools once more. Pupils of one school know nothing of it.",
        ),
        "shared-effect": (
            "You take from own SES what you give to the mean, as if the two had to share one "
            "effect. But all pupils of a school have the same mean. Compare them with each other, "
            f"and the mean can neither give nor take anything: {inside} points for one unit. Own "
            "SES comes down to that number, and no further.",
            "Shared once more. Inside a school the mean is the same for all: it takes nothing "
            f"from the {inside} points that hold there.",
        ),
        "takes-nothing-over": (
            f"That is above what the mixed model said before, {points(mixed.slope)}, and more than "
            f"is true inside schools, {inside}. The mean takes over the steep comparison between "
            "schools, so own SES has to come down.",
            "Above it once more. Which comparison is steeper, inside schools or between them, and "
            "which of the two does the mean take over?",
        ),
        "steep-line": (
            f"Own SES is right. For the mean you took the slope between schools, {between}. But "
            "pupils of two schools differ in their own SES, too, and that has its coefficient "
            f"already, {inside}. What is left is {rest}.",
            f"The steep line once more. The {inside} of own SES is in it; take that away.",
        ),
        "one-slope": (
            "Own SES is right. For the mean you expect next to nothing. Then schools would differ "
            f"by {inside} for one unit of mean SES, just as their pupils do. They differ by "
            f"{between}. Hausman's test asks whether that gap is chance "
            f"({p_text(tested().p_value)}) and is often read as a verdict on the mixed model. It "
            f"is a finding about schools: {rest}.",
            f"Nothing for the mean once more. Look at the line between: {between}, not {inside}.",
        ),
        "context-too-small": (
            f"Own SES is right, and the mean gets more than {points(yours['mean'])}. Start from "
            f"the slope between schools, {between}, and take away what the pupils bring "
            f"themselves, {inside}: {rest}.",
            f"Too little for the mean once more. The two have to make {between} together.",
        ),
        "context-too-large": (
            f"Own SES is right, and the mean gets less than {points(yours['mean'])}. Start from "
            f"the slope between schools, {between}, and take away what the pupils bring "
            f"themselves, {inside}: {rest}.",
            f"Too much for the mean once more. The two have to make {between} together.",
        ),
    }
    idea = belief_behind(yours["own"], yours["mean"])
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    here = outcome().mixed
    ols, mixed = asked().own

    def both(own: float, mean: float) -> Answer:
        return Answer({"own": own, "mean": mean})

    return {
        "The mean's coefficient is the slope between schools": both(here.within, steep(here)),
        "Own SES stays where the mixed model had it": both(mixed, contextual(here)),
        "Own SES is what OLS says": both(ols, contextual(here)),
        "The mean adds nothing": both(here.within, 0.0),
    }


# --- why ------------------------------------------------------------------------------------------


def why(scene: Here) -> list[str | Formula]:
    ols, mixed = scene.result.context.ols, scene.result.context.mixed
    if not scene.state.mean:
        return [
            "Without the mean one coefficient answers both questions: 1 − λ says how much of the "
            "gap between the two slopes is left in it.",
            leftover_formula(mixed.share, steep(mixed), mixed.within),
            leftover_formula(ols.share, steep(ols), ols.within, role="ols"),
            "β with W is the slope inside schools, β with B the one between them; λ is the share "
            f"of comparisons inside schools: {share(ols.share)} in OLS, {share(mixed.share)} here "
            "in the mixed model. Where schools with more SES also score higher for reasons of "
            "their own, what is left is bias for who asks about pupils (confounding). It is gone "
            "only at ρ = ∞.",
        ]
    minority, inside = with_minority()
    return [
        "All pupils of a school have the same mean, so own SES is left with comparisons inside "
        "schools, and the mean gets what is then left of the slope between them.",
        contextual_formula(steep(mixed), mixed.within, decimals=2),
        "The step in the figure: two pupils of one school, one unit apart, differ by "
        f"{points(mixed.within)} points on average, the means of two schools by "
        f"{points(steep(mixed))}. Two pupils of equal SES in these two schools differ by the rest, "
        "the contextual effect. It depends on how much each school counts: "
        f"{by_both(contextual(ols), contextual(mixed))}.",
        "Own SES has one coefficient in both models, whatever the sizes and ρ (Mundlak, 1978): "
        "that of a model with a dummy variable per school, which econometricians call “fixed "
        "effects”. This takes that only the intercepts vary by school, and that every predictor "
        "which varies inside schools gets its mean. With minority status added and not its mean, "
        f"OLS says {points(minority.ols.estimates[1])} for own SES, the mixed model "
        f"{points(minority.mixed.estimates[1])}, and inside schools it is {points(inside)}.",
        capital(),
    ]


def capital() -> str:
    """A policy that hung on the difference."""
    fits = {name: fit.to_dict() for name, fit in fitted(CAPITAL).fits.items()}
    percent = {
        name: with_decimals(fits[name]["log_pcap"]["estimate"], 3) + "%"
        for name in ("ols", "mixed", "within", "between")
    }
    return (
        "A policy once hung on the difference. In US states (Munnell, 1990), 1% more public "
        f"capital goes with {percent['ols']} more output in OLS and {percent['mixed']} in the "
        f"mixed model: between states it is {percent['between']}, inside them {percent['within']}."
    )


def misread() -> str:
    here = outcome().mixed
    return (
        f"“The steep line, {points(steep(here))}, is what the school adds.” It holds the pupils' "
        f"own {points(here.within)} as well. What is left, {points(contextual(here))}, is a "
        "difference between schools, not yet what moving a pupil would do."
    )


# --- challenges -----------------------------------------------------------------------------------

# What may be left of the confounding, and where the contextual effect has to be brought to.
LITTLE, LOW = 0.02, 3.6


def little_is_left(scene: Here) -> bool:
    here = scene.result.context.mixed
    return not scene.state.mean and here.slope - here.within < LITTLE


def how_little(scene: Here) -> str:
    here = scene.result
    rest = here.context.mixed.slope - here.context.mixed.within
    return (
        f"{'Nothing' if math.isinf(here.ratio) else number(rest)} is left at "
        f"ρ = {or_infinity(here.ratio)}. But REML says {number(here.estimated)}: schools do not "
        "differ that much. ρ = ∞ is the same as a dummy variable per school, what econometricians "
        "call “fixed effects”. With the mean in the model, any ρ will do."
    )


def context_is_low(scene: Here) -> bool:
    return scene.state.mean and contextual(scene.result.context.mixed) <= LOW


def how_low(scene: Here) -> str:
    mixed = scene.result.context.mixed
    return (
        f"The contextual effect is {points(contextual(mixed))} here, and own SES stays at "
        f"{points(mixed.within)}. ρ decides how much each school counts in the slope between: at "
        "0 by its pupils, as in OLS, at ∞ once. Inside schools it has nothing to decide."
    )


LESSON = Lesson(
    state=WithinAndBetween,
    title="Within and between",
    setting=setting,
    question=question,
    commit=Marks(
        (
            Mark("own", "Own SES", x=SLOPES[0], y=ANSWER_ROWS["own"]),
            Mark("mean", "Mean SES", x=SLOPES[0], y=ANSWER_ROWS["mean"]),
        ),
        SLOPES,
        0.05,
        decimals=2,
        unit="points per unit of SES",
    ),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Switch(
            "mean",
            "School's mean SES is in the model",
            help="Each pupil gets the mean SES of the pupils of the own school as a second "
            "predictor, in both models.",
        ),
        Control(
            "times",
            "Variance ratio ρ",
            0.0,
            math.inf,
            1.0,
            scale="stops",
            stops=lambda: stops_to_infinity(1.0),
            unit="× REML's",
            help="ρ = τ²/σ²: how much schools' levels vary, in units of the variance of pupils "
            "inside a school. REML estimates it, with or without the mean; 1 is that estimate. At "
            "0 the mixed model is OLS.",
        ),
    ),
    figure=figure,
    target="Put the school's mean SES into the model. Then move ρ: which coefficient does it still "
    "move?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "little-left",
            "Without the school's mean, find a ρ at which the mixed model is less than "
            f"{LITTLE} points above the slope inside schools. Is it a likely ρ?",
            little_is_left,
            how_little,
            solution={"times": 19.0},
        ),
        Challenge(
            "weights",
            "With the school's mean in the model, bring its coefficient in the mixed model down to "
            f"{LOW}. Does own SES move along?",
            context_is_low,
            how_low,
            solution={"mean": True, "times": 0.0},
        ),
    ),
    misread=misread,
    remember="Two questions, two coefficients: one coefficient answers a mixture that nobody asked "
    "for.",
    on_paper="Mark the mixed model's coefficient in the row of own SES and in that of mean SES.",
    expected=expected,
)
