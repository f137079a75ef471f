"""Slopes that vary: what a model lets vary decides who gets to vote on what."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine import Comparison
from engine.account.cluster_lines import ClusterLines, cluster_lines
from engine.account.held_slopes import HeldSlopes, at_variances, hold_slopes
from engine.data.examples import load
from engine.data.moments import FloatArray
from engine.figures.base import Figure
from engine.figures.spaghetti import Axes, Entry, Guess, Spaghetti, row_at, spaghetti_figure
from engine.models.estimates import Estimates
from engine.words.formulas import average_slope_error_formula, slope_vote_formula
from engine.words.numbers import number, with_decimals
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, marker
from pages.parts.lesson.data import fitted
from pages.parts.lesson.four_stories import (
    MODELS,
    Model,
    Stories,
    borrowed_slopes,
    drawing,
    slope_between_the_ten,
    stories,
    story,
    two,
)
from pages.parts.lesson.lesson import (
    RIGHT,
    Challenge,
    Control,
    Drawing,
    Lesson,
    LessonState,
    Look,
    Options,
    Reply,
    Scene,
    Step,
)
from pages.parts.lesson.one_number import placed_at
from pages.parts.lesson.state import choice
from pages.parts.lesson.state import number as number_field

SLEEP, OWN_SLOPES = "sleepstudy", "Reaction ~ Days + (1 + Days | Subject)"
MOST_SPREAD = 20.0
ZEROS = (-1.0, 10.0)
ERRORS = (0.1, 30.0)
UNIT = "ms per day"
SLEEP_AXES = Axes(
    x=(-0.3, 9.3),
    y=(180.0, 480.0),
    predictor="days",
    outcome="reaction time (ms)",
    marks=ERRORS,
    mark="standard error of slope (ms/day)",
    log=True,
    ticks=(0.1, 0.3, 1, 3, 10, 30),
)
# Place from the top of the row of the answer, and how many rows there are.
ANSWER_ROW, SLEEP_ROWS = 2, 4


@dataclass(frozen=True)
class VaryingSlopes(LessonState, page="varying-slopes"):
    """How people's slopes vary; and for the sites, which model, and from where x is measured."""

    slope_sd: float = number_field(0.0, 0.0, MOST_SPREAD, param="spread")
    correlation: float = number_field(0.0, -1.0, 1.0, param="correlation")
    model: Model = choice("apart", tuple(MODELS), param="model")
    zero: float = number_field(0.0, *ZEROS, 0.1, param="zero")


@dataclass(frozen=True)
class Sleep:
    """The sleep study at variances of slopes that are set.

    Attributes
    ----------
    held
        What the model says.
    lines
        The people's lines.
    """

    held: HeldSlopes
    lines: ClusterLines


Here = Scene[VaryingSlopes, Sleep | Stories]


# --- what the engine says -------------------------------------------------------------------------


def common() -> Comparison:
    """The sleep study with one slope for all."""
    return fitted(SLEEP)


def free() -> Comparison:
    """The sleep study with a slope of their own for everybody."""
    return fitted(SLEEP, OWN_SLOPES)


@cache
def before() -> ClusterLines:
    """What is known before the answer: each person by themselves, and one slope for all."""
    return cluster_lines(common().model, common().mixed.theta)


def estimated() -> dict[str, float]:
    """How slopes vary, as REML has it."""
    component = free().mixed.components[0]
    return {
        "slope_sd": float(component.sds[1]),
        "correlation": float(component.correlations[0, 1]),
    }


def estimated_spread() -> float:
    return estimated()["slope_sd"]


def estimated_correlation() -> float:
    return estimated()["correlation"]


@lru_cache(maxsize=256)
def held(slope_sd: float) -> HeldSlopes:
    """τ₀ and σ as REML estimates them at this spread of slopes."""
    return hold_slopes(free().model, slope_sd, estimated_correlation())


def sleep(slope_sd: float, correlation: float) -> Sleep:
    model, known = free().model, held(slope_sd)
    here = at_variances(model, known.intercept_sd, slope_sd, correlation, known.residual_sd)
    return Sleep(here, cluster_lines(model, here.theta))


def result(state: VaryingSlopes) -> Sleep | Stories:
    if state.step in ("do", "remember"):
        return stories(state.zero)
    return sleep(state.slope_sd, state.correlation)


def enter(step: Step) -> dict[str, Any]:
    """Play begins with one slope for all; in the end come other data, the sites."""
    match step:
        case "play":
            return {"slope_sd": 0.0, "correlation": 0.0}
        case "do":
            return {"model": "apart", "zero": 0.0}
        case "remember":
            return {"model": "both", "zero": 0.0}
    return estimated()


def is_as_asked(state: VaryingSlopes) -> bool:
    """Whether slopes vary as REML has it, so that an answer can be compared."""
    return {"slope_sd": state.slope_sd, "correlation": state.correlation} == estimated()


def error_of(fit: Estimates | HeldSlopes, term: int = 1) -> str:
    return two(float(fit.standard_errors[term]))


def slope_of(fit: Estimates | HeldSlopes) -> str:
    return two(float(fit.estimates[1]))


def people() -> int:
    return len(common().moments.levels)


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    fits = common()
    days = fits.moments.rows // people()
    return (
        f"{people()} people get too little sleep, and their reaction time is measured on {days} "
        f"days. It grows by {slope_of(fits.ols)} ms a day. So says OLS (R's `lm`), with "
        f"standard error {error_of(fits.ols)}; and so says the mixed model "
        f"`lmer(Reaction ~ Days + (1 | Subject))`, with {error_of(fits.mixed)}. This model gives "
        "each person a level of their own, but one slope to all. That is an assumption: fitted "
        "alone (dotted lines), people differ. "
        "`(1 + Days | Subject)` gives each person a slope of their own, too."
    )


def question() -> str:
    fit = common().mixed
    return (
        f"With one slope for all {people()} people it is {slope_of(fit)} ms a day, standard error "
        f"{error_of(fit)}. What becomes of this standard error when everybody may have a slope of "
        "their own?"
    )


def question_of_sites() -> str:
    four = stories(0.0)
    *said, last = (two(each.slope) for each in four.values())
    sites = len(four["ols"].lines.levels)
    return (
        f"Now other data: x and y at {sites} sites (z in the formulas). Four models say of the "
        f"average slope {', '.join(said)} and {last}. Who has the say in each?"
    )


# --- the figure -----------------------------------------------------------------------------------


@cache
def rows() -> FloatArray:
    return load(SLEEP)[["Days", "Reaction"]].to_numpy(dtype=np.float64)


def sleep_drawing(
    look: Look,
    lines: Spaghetti,
    key: Sequence[tuple[str, str]],
    last: Entry,
    guess: Guess | None,
    *,
    asked: bool = False,
) -> Figure:
    """Draw the lines and the errors, with a row for the answer if there is one or may come."""
    fits = common()
    known = [("ols", "OLS", fits.ols), ("common", "one slope", fits.mixed)]
    entries = [
        Entry(role, name, float(fit.standard_errors[1]), error_of(fit), is_ols=role == "ols")
        for role, name, fit in known
    ]
    return spaghetti_figure(
        lines,
        [*entries, *([Entry("you", "you", math.nan)] if asked or guess else []), last],
        SLEEP_AXES,
        look.palette,
        height=look.height,
        key=key,
        guess=guess,
        wide=look.wide,
    )


def stage(look: Look, placed: Answer) -> Drawing:
    """Everybody by themselves, the average line, two known errors, and a marker to place."""
    known = before()
    lines = Spaghetti(rows(), known.fixed, own=known.own)
    guess = Guess(ANSWER_ROW, placed.value, two(placed.value)) if placed.values else None
    return Drawing(
        sleep_drawing(
            look,
            lines,
            [("no_pooling", "┄ alone"), ("mixed", "━ average")],
            Entry("mixed", "own slopes", math.nan),
            guess,
            asked=True,
        ),
        alt=f"Reaction times of {people()} people by day with a line through each, and below an "
        "axis of standard errors with a marker to place",
        words="Dots are days of people, a dotted line is one person alone. Drag the ring "
        "along its row, or tap where the standard error belongs.",
    )


def figure(scene: Here) -> Drawing:
    """People's lines or the sites', and below them standard errors or slopes."""
    if isinstance(scene.result, Sleep):
        return sleep_figure(scene, scene.result)
    return drawing(scene.look, scene.result, scene.state.model, scene.state.zero)


def sleep_figure(scene: Here, here: Sleep) -> Drawing:
    lines = Spaghetti(rows(), here.lines.fixed, own=here.lines.own, shrunken=here.lines.shrunken)
    error = float(here.held.standard_errors[1])
    guess = None
    if scene.answer is not None:
        compared = scene.step != "play" and is_as_asked(scene.state)
        own = scene.answer.value
        # Beside a formula a low window has no room for it.
        said = "" if scene.look.wide and scene.step == "why" else two(own)
        guess = Guess(ANSWER_ROW, own, said, error if compared else math.nan)
    return Drawing(
        sleep_drawing(
            scene.look,
            lines,
            [("no_pooling", "┄ alone"), ("mixed", "─ in the model"), ("mixed", "━ average")],
            Entry("mixed", "own slopes", error, two(error), strong=True),
            guess,
        ),
        alt=f"Lines of {people()} people by themselves and in the model, and below the standard "
        "error of the average slope by OLS, with one slope for all, and with slopes of their own",
        words=" ".join(sleeping(here, scene)),
        legend="τ₁ begins at 0, where all have one slope. REML's estimate comes next."
        if scene.step == "play"
        else "",
    )


def sleeping(here: Sleep, scene: Here) -> list[str]:
    """How people's lines vary, and what that makes of the average one."""
    now, state = here.held, scene.state
    said = [
        f"Average slope {slope_of(now)}, standard error {error_of(now)}; intercept "
        f"{with_decimals(float(now.estimates[0]), 1)}, standard error {error_of(now, 0)}."
    ]
    if state.slope_sd == 0.0:
        said.append("Slopes do not vary: all lines in the model are parallel.")
        return said
    how = (
        "as REML estimates them"
        if is_as_asked(state)
        else "set by hand; the levels' τ₀ and the noise σ are REML's for this τ₁"
    )
    said.append(
        f"Slopes vary by {two(now.slope_sd)} {UNIT} (standard deviation τ₁), with correlation "
        f"{two(now.correlation)} to the levels on day 0, {how}."
    )
    return said


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    one, own = common().mixed, free().mixed
    out = (
        f"with slopes of their own: {error_of(own)} {UNIT}, where one slope had {error_of(one)}, "
        f"at the same slope of {slope_of(own)}."
    )
    if scene.answer is None:
        return out[0].upper() + out[1:]
    return f"You: {two(scene.answer.value)}, {out}"


# An answer within this factor of the error, or of a belief's number, is that.
RIGHT_WITHIN, STILL, BELIEF_WITHIN = 1.12, 1.05, 1.09


def only_noise() -> float:
    """The error with one slope if nothing changed but σ."""
    one, own = common().mixed, free().mixed
    return float(one.standard_errors[1]) * own.residual_sd / one.residual_sd


def belief_behind(answer: float) -> str:
    """Id of the belief behind a standard error."""
    one, own = (float(fit.mixed.standard_errors[1]) for fit in (common(), free()))
    spreads = estimated_spread(), before().own_slope_sd
    if max(answer / own, own / answer) <= RIGHT_WITHIN:
        return RIGHT
    if answer < one / STILL:
        return "better-fit"
    if answer <= one * STILL:
        return "slopes-average-out"
    ols = float(common().ols.standard_errors[1])
    if max(answer / ols, ols / answer) <= BELIEF_WITHIN:
        return "back-to-ols"
    if min(spreads) / BELIEF_WITHIN <= answer <= max(spreads) * BELIEF_WITHIN:
        return "spread-for-error"
    return "slopes-too-sure" if answer < own else "slopes-too-unsure"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    one, own = common().mixed, free().mixed
    spread = two(before().own_slope_sd)
    by_hand = (
        f"Do it by hand: the {people()} dotted slopes have standard deviation {spread}, so that "
        f"their mean has standard error {spread}/√{people()} = {error_of(own)}"
    )
    ols = error_of(common().ols)
    texts = {
        RIGHT: (
            f"Just so. {by_hand}. With slopes of their own, people vote on the average slope, not "
            "rows.",
            "Just so, by whichever way you came.",
        ),
        "slopes-average-out": (
            "You leave it where it was. It is tempting: the people's slopes vary about the average "
            "one, and above and below cancel. They do in the average, which stays "
            f"{slope_of(own)}; but another {people()} people would have brought other slopes, and "
            f"that is what a standard error is about. {by_hand}.",
            "No change once more. The average of a sample stays where it is; how sure it is "
            "depends on how much its members differ.",
        ),
        "better-fit": (
            "You expect a model that fits better to be surer. It does fit better: the noise σ̂ "
            f"falls from {number(one.residual_sd)} to {number(own.residual_sd)}, and if that were "
            f"all, the error would be {two(only_noise())}. But what has left the noise is now a "
            f"difference between people, of whom there are {people()}, not "
            f"{common().moments.rows}. {by_hand}.",
            "Smaller once more. What leaves the noise comes back as a difference between people, "
            "where fewer are counted.",
        ),
        "back-to-ols": (
            f"You go back to the error of OLS, {ols}. But OLS counts rows, with all "
            "that people differ by taken for noise of single days. Slopes that vary are shared "
            f"by all days of a person. {by_hand}, more than that of OLS.",
            f"The error of OLS once more, {ols}. It counts {common().moments.rows} rows; how many "
            "people are there?",
        ),
        "spread-for-error": (
            f"That is how much single slopes differ: by {spread}, or by {two(estimated_spread())} "
            "if the noise of ten days is taken out. The average of "
            f"{people()} of them is surer. {by_hand}.",
            f"The spread of single slopes once more. Divide by √{people()}.",
        ),
        "slopes-too-sure": (
            f"The right way, not far enough. {by_hand}.",
            f"Not far enough once more. How much do the dotted slopes differ? Divide by "
            f"√{people()}.",
        ),
        "slopes-too-unsure": (
            f"The right way, but too far. {by_hand}.",
            f"Too far once more. How much do the dotted slopes differ? Divide by √{people()}.",
        ),
    }
    idea = belief_behind(scene.answer.value)
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    return {
        "It stays: slopes that vary average out": placed_at(
            float(common().mixed.standard_errors[1])
        ),
        "It shrinks: the model fits better": placed_at(only_noise()),
        "It goes back to that of OLS": placed_at(float(common().ols.standard_errors[1])),
        "As much as people's slopes differ": placed_at(estimated_spread()),
    }


# --- why ------------------------------------------------------------------------------------------


def why(scene: Here) -> list[str | Formula]:
    assert isinstance(scene.result, Sleep)
    now, one, own = scene.result.held, common().mixed, free().mixed
    spread = float(common().moments.scatter[0, 1, 1])
    levels = [number(float(fit.components[0].sds[0])) for fit in (one, own)]
    return [
        f"Where slopes vary, {people()} people are {people()} draws of a slope, and their "
        "average is as sure as so many draws can make it: rows no longer vote, people do.",
        average_slope_error_formula(now.own_slope_sd(spread), people()),
        slope_vote_formula(now.slope_sd**2, now.residual_sd**2, spread),
        slope_vote_formula(0.0, one.residual_variance, spread),
        "J is the number of people, s the standard deviation of one person's own slope about the "
        f"average, in {UNIT}. The second line is its square: τ₁², the variance of people's slopes, "
        "and σ²/Sⱼ, what the noise of single days adds (Sⱼ, the squared distances of a person's "
        f"days from their mean added up, is {number(spread)} for everybody). The third is the "
        "same with one slope for all, τ₁ = 0. That model takes "
        f"people's slopes for noise, σ̂ = {number(one.residual_sd)} instead of "
        f"{number(own.residual_sd)}, but as if each day brought news of its own: "
        f"s/√{people()} is then only {error_of(one)}.",
        "All have the same days, so all votes are alike whatever τ₁ is, and the average slope "
        "stays where it is. Nor does the correlation have a say in it. Where days differ, so do "
        "votes, and then the slope itself moves: the next step has such data.",
        f"The intercept's error goes the other way, from {error_of(one, 0)} to {error_of(own, 0)}. "
        "It is about the level on day 0. One slope for all keeps the lines parallel, as far apart "
        f"on day 0 as in the middle: levels vary by τ̂₀ = {levels[0]}, with slopes of their own by "
        f"{levels[1]}.",
    ]


def misread() -> str:
    slopes = borrowed_slopes()
    return (
        "“Ten sites run down”, of the sites in the figure. Their lines, with "
        f"slopes from {two(float(slopes.max()))} to {two(float(slopes.min()))}, are borrowed: two "
        "rows at nearly one x show no slope. The model reads the pattern *between* those sites, "
        f"{two(slope_between_the_ten())}, as slopes inside them, by a correlation of "
        f"{two(story('both').correlation)}."
    )


# --- challenges -----------------------------------------------------------------------------------


def of_sites(scene: Here) -> Stories:
    assert not isinstance(scene.result, Sleep)
    return scene.result


def same_story(scene: Here) -> bool:
    here = of_sites(scene)
    return two(here["apart"].slope) == two(here["both"].slope)


def how_same(scene: Here) -> str:
    here = of_sites(scene)
    told_by = (here["both"], here["apart"], story("apart"))
    criteria = [with_decimals(each.criterion, 1) for each in told_by]
    meet = with_decimals(here["both"].meeting, 1)
    return (
        f"Both {two(here['both'].slope)}. With `|` all lines meet at x = {meet}: measured from "
        "there, levels do not differ, so there is nothing to be correlated and nothing to forbid. "
        f"The REML criterion, the lower the better, is {criteria[0]} with `|`; with `||` it is "
        f"{criteria[1]} here and {criteria[2]} from x = 0."
    )


# So near to 0 a slope counts as none.
NO_SLOPE = 0.02


def no_slope(scene: Here) -> bool:
    return abs(of_sites(scene)["apart"].slope) <= NO_SLOPE


def how_none(scene: Here) -> str:
    here = of_sites(scene)
    return (
        f"{two(here['apart'].slope)} ± {two(here['apart'].error)}, and from another zero "
        f"{two(here['both'].slope)}, from the same rows. `||` says that levels and slopes have "
        "nothing to do with each other *at x = 0*: write it only if that zero means something."
    )


LESSON = Lesson(
    state=VaryingSlopes,
    title="Slopes that vary",
    setting=setting,
    question=question,
    commit=marker(
        "Your standard error",
        ERRORS,
        1.03,
        y=row_at(ANSWER_ROW, SLEEP_ROWS),
        decimals=2,
        unit=UNIT,
        log=True,
    ),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Control(
            "slope_sd",
            "Spread of slopes, τ₁",
            0.0,
            MOST_SPREAD,
            estimated_spread,
            # Each place costs a fit and is kept for all visitors: so many are enough.
            0.1,
            scale="square",
            format="%.2f",
            unit="ms/day",
            help="The standard deviation of people's slopes in the model; its square is the slope "
            "variance. REML estimates it; moving it sets it by hand, and how much the levels "
            "vary and the noise are then estimated for it.",
            steps=("play", "reveal", "why"),
        ),
        Control(
            "correlation",
            "Correlation of slopes and levels",
            -1.0,
            1.0,
            estimated_correlation,
            0.01,
            format="%.2f",
            help="Whether people with a high level on day 0 slow down more (above 0) or less "
            "(below 0). Moving it leaves all variances as they are.",
            steps=("play", "reveal", "why"),
        ),
        Options(
            "model",
            "Model",
            {model: name for model, (name, _) in MODELS.items()},
            help="(1 + x || z) is (1 + x | z) without a correlation of levels and slopes.",
            steps=("do", "remember"),
        ),
        Control(
            "zero",
            "Where x is zero",
            *ZEROS,
            0.0,
            0.1,
            format="%.1f",
            help="x is measured from here. That moves only (1 + x || z).",
            steps=("do", "remember"),
        ),
    ),
    figure=figure,
    target="Let slopes vary more and more, together with the levels or against them: what becomes "
    "of the standard error, and can anything here move the slope itself?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "same-story",
            "Find a zero of x from which `(1 + x || z)` tells the same story as `(1 + x | z)`: "
            "slopes equal to two decimals.",
            same_story,
            how_same,
            solution={"zero": 4.5},
        ),
        Challenge(
            "no-slope",
            "Find a zero from which `(1 + x || z)` sees no slope at all: 0 within "
            f"{NO_SLOPE:.2f}. There are two.",
            no_slope,
            how_none,
            solution={"zero": -0.3},
        ),
    ),
    misread=misread,
    later={"do": question_of_sites, "remember": question_of_sites},
    remember="What the model lets vary decides who gets to vote on what.",
    on_paper="Dots are days of people, a dotted line is one person alone. Mark the standard error "
    "in the row “you”.",
    expected=expected,
)
