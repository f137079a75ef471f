"""Slopes that vary: what a model lets vary decides who gets to vote on what."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from engine import Comparison, compare
from engine.account.cluster_lines import ClusterLines, cluster_lines, meeting_place
from engine.account.held_slopes import HeldSlopes, at_variances, hold_slopes
from engine.account.slope_votes import slope_votes
from engine.account.within_between import within_shares
from engine.data.examples import load
from engine.data.moments import FloatArray
from engine.data.regroup import measured_from
from engine.figures.spaghetti import Axes, Entry, Guess, Spaghetti, row_at, spaghetti_figure
from engine.models.between import between_estimate
from engine.models.estimates import Estimates
from engine.words.formulas import average_slope_error_formula, slope_vote_formula
from engine.words.numbers import number, share, with_decimals
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, marker
from pages.parts.lesson.data import fitted
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
from pages.parts.lesson.state import choice
from pages.parts.lesson.state import number as number_field

Model: TypeAlias = Literal["ols", "intercept", "both", "apart"]

SLEEP, OWN_SLOPES = "sleepstudy", "Reaction ~ Days + (1 + Days | Subject)"
STORIES = "three_stories"
# By model: how it is named, and the formula of the fit. OLS comes with any of them.
MODELS: Mapping[Model, tuple[str, str]] = {
    "ols": ("lm", "y ~ x + (1 | z)"),
    "intercept": ("(1 | z)", "y ~ x + (1 | z)"),
    "both": ("(1 + x | z)", "y ~ x + (1 + x | z)"),
    "apart": ("(1 + x || z)", "y ~ x + (1 + x || z)"),
}
# The site whose rows run up is the first.
RUNNER = 0

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
    ticks=(0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
STORY_AXES = Axes(
    x=(-1.3, 10.5),
    y=(-1.5, 12.5),
    predictor="x",
    outcome="y",
    marks=(-1.3, 1.3),
    mark="average slope ± standard error",
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


Stories: TypeAlias = Mapping[Model, Story]
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


@lru_cache(maxsize=256)
def story(model: Model, zero: float = 0.0) -> Story:
    """What a model says about the sites, with x measured from a zero."""
    found = compare(measured_from(load(STORIES), "x", zero), MODELS[model][1])
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


def two(value: float) -> str:
    return with_decimals(value, 2)


def people() -> int:
    return len(common().moments.levels)


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    fits = common()
    days = fits.moments.rows // people()
    return (
        f"{people()} people get too little sleep, and their reaction time is measured on {days} "
        f"days. It grows by {slope_of(fits.ols)} ms a day. So says OLS, which is R's `lm`, with "
        f"standard error {error_of(fits.ols)}; and so says `lmer(Reaction ~ Days + (1 | Subject))` "
        f"with {error_of(fits.mixed)}. It gives each person a level of their own, but one slope "
        "to all. That is an assumption: fitted alone (dotted lines), people differ. "
        "`(1 + Days | Subject)` gives each person a slope of their own, too."
    )


def question() -> str:
    fit = common().mixed
    return (
        f"With one slope for all {people()} people it is {slope_of(fit)} ms a day, standard error "
        f"{error_of(fit)}. What becomes of this standard error when everybody may have a slope of "
        "their own?"
    )


# --- the figure -----------------------------------------------------------------------------------


@cache
def rows_of(name: str, predictor: str, outcome: str) -> FloatArray:
    return load(name)[[predictor, outcome]].to_numpy(dtype=np.float64)


def site_means() -> FloatArray:
    moments = story("ols").comparison.moments
    return moments.means[:, 1:] + moments.origin[1:]


def last_row() -> tuple[float, float]:
    """The row farthest right of the site that runs up; its rows come first and in order."""
    x, y = rows_of(STORIES, "x", "y")[story("ols").comparison.moments.counts[RUNNER] - 1]
    return float(x), float(y)


def sleep_drawing(
    look: Look, lines: Spaghetti, key: Sequence[tuple[str, str]], last: Entry, guess: Guess | None
) -> Any:
    fits = common()
    known = [
        ("ols", "lm", fits.ols),
        ("common", "one slope", fits.mixed),
    ]
    entries = [
        Entry(role, name, float(fit.standard_errors[1]), error_of(fit), is_ols=role == "ols")
        for role, name, fit in known
    ]
    return spaghetti_figure(
        lines,
        [*entries, Entry("you", "you", math.nan), last],
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
    lines = Spaghetti(
        rows=rows_of(SLEEP, "Days", "Reaction"),
        own=known.own,
        shrunken=np.empty((0, 2)),
        fixed=known.fixed,
        places=np.empty((0, 2)),
    )
    guess = Guess(ANSWER_ROW, placed.value, two(placed.value)) if placed.values else None
    return Drawing(
        sleep_drawing(
            look,
            lines,
            [("no_pooling", "┄ alone"), ("mixed", "━ average")],
            Entry("mixed", "own slopes", math.nan),
            guess,
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
    return story_figure(scene, scene.result)


def sleep_figure(scene: Here, here: Sleep) -> Drawing:
    lines = Spaghetti(
        rows=rows_of(SLEEP, "Days", "Reaction"),
        own=here.lines.own,
        shrunken=here.lines.shrunken,
        fixed=here.lines.fixed,
        places=np.empty((0, 2)),
    )
    error = float(here.held.standard_errors[1])
    guess = None
    if scene.answer is not None:
        compared = scene.step != "play" and is_as_asked(scene.state)
        guess = Guess(
            ANSWER_ROW, scene.answer.value, two(scene.answer.value), error if compared else math.nan
        )
    return Drawing(
        sleep_drawing(
            scene.look,
            lines,
            [
                ("no_pooling", "┄ alone"),
                ("mixed", "─ in the model"),
                ("mixed", "━ average"),
            ],
            Entry("mixed", "own slopes", error, two(error), strong=True),
            guess,
        ),
        alt=f"Lines of {people()} people by themselves and in the model, and below the standard "
        "error of the average slope by lm, with one slope for all, and with slopes of their own",
        words=" ".join(sleeping(here, scene)),
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


def story_figure(scene: Here, here: Stories) -> Drawing:
    state, chosen = scene.state, here[scene.state.model]
    moments = chosen.comparison.moments
    ols = state.model == "ols"
    lines = Spaghetti(
        rows=rows_of(STORIES, "x", "y"),
        own=chosen.lines.own[[RUNNER]],
        shrunken=np.empty((0, 2)) if ols else chosen.lines.shrunken,
        fixed=chosen.lines.fixed,
        places=site_means(),
        votes=chosen.votes,
        names=[(*last_row(), f"site {moments.levels[RUNNER]}")],
        zero=state.zero if state.model == "apart" else math.nan,
        is_ols=ols,
    )
    entries = [
        Entry(
            model,
            MODELS[model][0],
            each.slope,
            f"{two(each.slope)} ± {two(each.error)}",
            each.error,
            is_ols=model == "ols",
            strong=model == state.model,
        )
        for model, each in here.items()
    ]
    colour = "ols" if ols else "mixed"
    key = [("ink", f"{len(moments.levels)} sites"), (colour, "● say on slope")]
    if not ols:
        key.append((colour, "─ lines"))
    key.append((colour, "━ average"))
    return Drawing(
        spaghetti_figure(
            lines,
            entries,
            STORY_AXES,
            scene.look.palette,
            height=scene.look.height,
            key=key,
            wide=scene.look.wide,
        ),
        alt="Eleven sites, each with a disc as large as its say on the slope and its line in the "
        "model; below, the average slope by four models",
        words=" ".join(
            [
                f"Other data: {moments.rows} rows of {len(moments.levels)} sites, constructed. "
                f"Site {moments.levels[RUNNER]} has {moments.counts[RUNNER]} rows that run up; "
                "each other has two at nearly one x, and together they lie along a line down.",
                telling(state.model, here, state.zero),
            ]
        ),
    )


def telling(model: Model, here: Stories, zero: float) -> str:
    """What one of the four says, and who has the say in it."""
    chosen = here[model]
    runner = chosen.comparison.moments.levels[RUNNER]
    slope, say = two(chosen.slope), share(float(chosen.votes[RUNNER]))
    name = MODELS[model][0]
    match model:
        case "ols":
            return (
                f"{name}: every row has a say on the slope, the farther out its x, the more. Site "
                f"{runner} has {say} of it; the slope is {slope}."
            )
        case "intercept":
            spread = within_shares(chosen.comparison.moments, 1)[RUNNER]
            surest = chosen.error == min(each.error for each in here.values())
            return (
                f"{name}: levels are free, so slopes are learned inside sites. Site {runner} holds "
                f"{with_decimals(100.0 * float(spread), 1)}% of the spread of x there and has "
                f"{say} of the say: its {slope} is everybody's, with standard error "
                f"{two(chosen.error)}{', the surest of the four' if surest else ''}."
            )
        case "both":
            component = chosen.comparison.mixed.components[0]
            return (
                f"{name}: every site has a slope of its own, and about one vote. Site {runner} has "
                f"{say} of the say; the slope is {slope}. The correlation of levels and slopes is "
                f"{two(float(component.correlations[0, 1]))}: all lines meet, at "
                f"x = {with_decimals(meeting_place(component), 1)}."
            )
        case "apart":
            return (
                f"{name}: every site has a slope of its own, but levels and slopes must not be "
                f"correlated where x is zero, here at {with_decimals(zero, 1)}. Site {runner} has "
                f"{say} of the say; the slope is {slope}. Moving zero moves no row and none of the "
                "other three."
            )


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
        f"Do it by hand: the {people()} dotted slopes have standard deviation {spread}, and their "
        f"mean has {spread}/√{people()} = {error_of(own)}"
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
            f"You go back to the error of `lm`, {ols}. But `lm` counts rows, with all "
            "that people differ by taken for noise of single days. Slopes that vary are shared "
            f"by all days of a person. {by_hand}, more than that of `lm`.",
            f"The error of `lm` once more, {ols}. It counts {common().moments.rows} rows; how many "
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
        "J is the number of people, s how much one person's own slope varies about the average. "
        "The second line is s², its variance: τ₁², the variance of people's slopes, and σ²/S, what "
        "the noise of single days adds (S, the squared distances of the days from their mean added "
        f"up, is {number(spread)}). The third is one slope for all, τ₁ = 0. That model takes "
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
    both = story("both")
    slopes = both.lines.shrunken[RUNNER + 1 :, 1]
    return (
        "“Ten sites run down”, of the sites in the figure. Their lines, with "
        f"slopes from {two(float(slopes.max()))} to {two(float(slopes.min()))}, are borrowed: two "
        "rows at nearly one x show no slope. The model reads the pattern *between* those sites, "
        f"{two(between_ten())}, as slopes inside them, by a correlation of "
        f"{two(float(both.comparison.mixed.components[0].correlations[0, 1]))}."
    )


@cache
def between_ten() -> float:
    """The slope through the means of the ten sites of two rows."""
    frame, (_, formula) = load(STORIES), MODELS["intercept"]
    runner = story("both").comparison.moments.levels[RUNNER]
    ten = compare(frame[frame.z != runner], formula)
    return float(between_estimate(ten.moments).estimates[1])


# --- challenges -----------------------------------------------------------------------------------


def of_sites(scene: Here) -> Stories:
    assert not isinstance(scene.result, Sleep)
    return scene.result


def same_story(scene: Here) -> bool:
    here = of_sites(scene)
    return two(here["apart"].slope) == two(here["both"].slope)


def how_same(scene: Here) -> str:
    here = of_sites(scene)
    both = here["both"].comparison.mixed
    criteria = [
        with_decimals(each.criterion, 1)
        for each in (both, here["apart"].comparison.mixed, story("apart").comparison.mixed)
    ]
    meet = with_decimals(meeting_place(both.components[0]), 1)
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
            "How much slopes vary, τ₁",
            0.0,
            MOST_SPREAD,
            estimated_spread,
            scale="square",
            format="%.2f",
            unit=UNIT,
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
            "New data: eleven sites, four models, four stories. Find a zero of x from which "
            "`(1 + x || z)` tells the same story as `(1 + x | z)`: slopes equal to two decimals.",
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
    remember="What the model lets vary decides who gets to vote on what.",
)
