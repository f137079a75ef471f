"""Standard errors: what counts as information, for the intercept and for the slope."""

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine import Comparison
from engine.account.design_effect import design_effect, error_rate
from engine.account.error_panel import standard_error_panel
from engine.account.error_parts import ErrorParts, error_parts
from engine.account.refit import Refit, refit
from engine.figures.standard_errors import (
    Errors,
    answer_row,
    errors_figure,
    four_answers_figure,
    times,
)
from engine.models.dial import Dial
from engine.models.estimates import Estimates
from engine.models.ols import fit_ols
from engine.words.formulas import intercept_error_formula, slope_error_formula
from engine.words.numbers import as_printed, degrees, number, share, with_decimals
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
)
from pages.parts.lesson.state import number as number_field

TWIN, SPLIT_PLOT = "twin", "puzzle_split_plot"
# Multiples of what OLS prints.
AXIS = (0.02, 20_000.0)
# How much wider apart the clusters can be moved, and how often rows and clusters can be there.
WIDEST, MOST_COPIES, MOST_SETS = 4.0, 100, 10
CLUSTERS = 24
# A robust error below this share of the model's is 0 but for rounding.
NOTHING = 1e-4
# How often each row is there in the game that the lesson begins with.
GAME = 10
# In the order of the coefficients.
NAMES = ("Intercept", "Slope")


@dataclass(frozen=True)
class StandardErrors(LessonState, page="standard-errors"):
    """How far apart the clusters are, and how often rows and clusters are there."""

    spread: float = number_field(1.0, 0.0, WIDEST, param="spread")
    copies: int = number_field(1, 1, MOST_COPIES, param="copies")
    clusters: int = number_field(CLUSTERS, CLUSTERS, MOST_SETS * CLUSTERS, param="clusters")


Here = Scene[StandardErrors, Refit]


# --- what the engine says -------------------------------------------------------------------------


def both() -> Comparison:
    return fitted(TWIN)


@lru_cache(maxsize=64)
def made(spread: float, copies: int, sets: int) -> Refit:
    return refit(both().dial, both().mixed.variance_ratio, spread, copies, sets)


def result(state: StandardErrors) -> Refit:
    """Both fits to the twin with its clusters moved and its rows and clusters copied."""
    return made(state.spread, state.copies, round(state.clusters / CLUSTERS))


def as_it_is() -> Refit:
    return made(1.0, 1, 1)


@cache
def copied() -> Estimates:
    """What OLS prints if every row is there so often."""
    return fit_ols(Dial(both().moments.repeated(GAME)))


def parts_of(here: Refit) -> tuple[ErrorParts, ErrorParts]:
    """What the errors of OLS and of the mixed model are made of."""
    ols = error_parts(here.dial, 0.0, here.ols.residual_variance)
    mixed = error_parts(here.dial, here.mixed.variance_ratio, here.mixed.residual_variance)
    assert ols is not None
    assert mixed is not None
    return ols, mixed


def enter(step: Step) -> dict[str, Any]:
    """Play begins with clusters that do not differ, where OLS and the mixed model are one fit."""
    return {"spread": 0.0} if step == "play" else {}


def printed(fit: Estimates, term: int) -> str:
    return number(float(fit.standard_errors[term]))


def robust_printed(here: Refit, term: int) -> str:
    """The cluster-robust error of OLS: 0, and not its rounding, if all clusters lie on the line."""
    error, scale = here.robust.standard_errors[term], here.ols.standard_errors[term]
    return printed(here.robust, term) if error > NOTHING * scale else "0"


def multiple(after: Estimates, before: Estimates, term: int) -> str:
    """How many times one error is another, both as they are printed."""
    return times(as_printed(printed(after, term)) / as_printed(printed(before, term)))


def factors() -> tuple[float, float]:
    """What the mixed model does to OLS's error of the intercept and of the slope."""
    here = as_it_is()
    change = here.mixed.standard_errors / here.ols.standard_errors
    return float(change[0]), float(change[1])


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    ols, moments = both().ols, both().moments
    fall = copied().standard_errors[0] / ols.standard_errors[0]
    return (
        f"The {moments.rows:,} rows of *The puzzle* lie in {len(moments.levels)} clusters; think "
        "of cells in donors. Both models, OLS (R's `lm`) and the mixed model (`lmer`), have been "
        "fitted to them. The intercept is the level of the unstimulated rows, the slope is what "
        "stimulation adds. Now a game: copy every row ten times and fit OLS again. Both its "
        f"standard errors fall to {times(fall)} of what they were, by √10, although nothing was "
        "learned. Rows of one cluster are partly copies of each other, too. OLS does not know; "
        "the mixed model does."
    )


def question() -> str:
    ols = both().ols
    return (
        f"On the puzzle's data OLS prints a standard error of {printed(ols, 0)} for the intercept "
        f"and of {printed(ols, 1)} for the slope. By what factor does the mixed model change each?"
    )


def question_of_split_plot() -> str:
    subjects = len(fitted(SPLIT_PLOT).moments.levels)
    return (
        f"Now other data: a split plot, {subjects} subjects of four rows. a differs between "
        "subjects, b inside them, and both models give the same estimates. What does the mixed "
        "model do to the standard error of each?"
    )


# --- the figure -----------------------------------------------------------------------------------


def stage(look: Look, placed: Answer) -> Drawing:
    """What OLS prints, before and after the game, and two rings to place."""
    ols, after = both().ols.standard_errors, copied().standard_errors
    errors = [
        Errors(
            name=name,
            unit=ols[k],
            ols=ols[k],
            copied=after[k],
            answer=placed.values.get(name.lower(), np.nan),
        )
        for k, name in enumerate(NAMES)
    ]
    return Drawing(
        errors_figure(
            errors,
            look.palette,
            axis_range=AXIS,
            height=look.height,
            copies="copied",
            asked=True,
        ),
        alt="The standard errors of intercept and slope as OLS prints them, and two rings to place",
        words="Drag each ring to where the mixed model's standard error will be: right of 1 if it "
        "grows, left if it shrinks. The arrows show what OLS prints with every row copied ten "
        "times.",
    )


def figure(scene: Here) -> Drawing:
    """All errors on one axis; at the end, the four answers about the split plot."""
    if scene.step == "remember":
        return split_plot(scene.look)
    here, unit = scene.result, both().ols.standard_errors
    open_ = scene.step != "play"
    answers = scene.answer.values if scene.answer else {}
    errors = [
        Errors(
            name=name,
            unit=unit[k],
            ols=here.ols.standard_errors[k],
            robust=here.robust.standard_errors[k] if open_ else np.nan,
            mixed=here.mixed.standard_errors[k],
            answer=answers.get(name.lower(), np.nan),
        )
        for k, name in enumerate(NAMES)
    ]
    return Drawing(
        errors_figure(
            errors,
            scene.look.palette,
            axis_range=AXIS,
            height=scene.look.height,
            gap=scene.step == "reveal" and here is as_it_is(),
        ),
        alt="The standard errors of intercept and slope by OLS and by the mixed model, as "
        "multiples of what OLS prints for the puzzle",
        words=" ".join(standing(here, scene)),
        legend="Robust: OLS with cluster-robust errors (CR2)."
        if open_
        else "To begin with, all clusters are moved onto one line, where the models are one fit.",
    )


def standing(here: Refit, scene: Here) -> list[str]:
    """What both print, and for which data."""
    state = scene.state
    said = [
        f"{name}: {printed(here.ols, k)} by OLS and by the mixed model."
        if printed(here.ols, k) == printed(here.mixed, k)
        else f"{name}: OLS prints {printed(here.ols, k)}, the mixed model "
        f"{printed(here.mixed, k)}, {multiple(here.mixed, here.ols, k)} times that."
        for k, name in enumerate(NAMES)
    ]
    if scene.step == "reveal":
        smaller = here.mixed.standard_errors[0] < here.robust.standard_errors[0]
        said.append(
            "Robust: OLS's cluster-robust error (CR2), honest if rows of a cluster are alike in "
            "any way"
            + (" and yet, for the intercept, larger than the mixed model's." if smaller else ".")
        )
    changes = []
    if state.spread == 0.0:
        changes.append("all clusters moved onto one line")
    elif state.spread != 1.0:
        changes.append(f"clusters {with_decimals(state.spread, 2)} times as far apart")
    if state.copies > 1:
        changes.append(f"every row {state.copies} times")
    if state.clusters // CLUSTERS > 1:
        changes.append(f"{len(here.dial.moments.levels)} clusters")
    if changes:
        said.append(f"The puzzle's data with {', '.join(changes)}; both models fitted anew.")
    return said


def split_plot(look: Look) -> Drawing:
    """The 2 × 2 of models and kinds of error, for what varies between subjects and inside them."""
    four, fits = standard_error_panel(fitted(SPLIT_PLOT)), fitted(SPLIT_PLOT)
    ols, mixed = fits.ols.standard_errors, fits.mixed.standard_errors
    terms = {
        1: "Split plot, a: between subjects",
        2: "b, second level: inside subjects",
    }
    return Drawing(
        four_answers_figure(
            four,
            terms,
            look.palette,
            outcome="effect on y, 95% interval; standard error, df",
            height=look.height,
        ),
        alt="A split plot: two coefficients with intervals by OLS and the mixed model, each with "
        "the model's own and with cluster-robust standard errors",
        words=(
            "Numbers are standard errors and degrees of freedom (df). From OLS to the mixed model "
            f"the error of a grows, {with_decimals(ols[1], 4)} to {with_decimals(mixed[1], 4)}; "
            f"that of b shrinks, {with_decimals(ols[2], 4)} to {with_decimals(mixed[2], 4)}. The "
            "robust errors of both fits are equal."
        ),
        legend=f"Other data to end with: {len(fits.moments.levels)} subjects of four rows each. "
        "Numbers are standard errors and degrees of freedom (df).",
    )


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    here = as_it_is()
    intercept, slope = (
        f"{multiple(here.mixed, here.ols, k)} times ({printed(here.ols, k)} to "
        f"{printed(here.mixed, k)})"
        for k in range(2)
    )
    out = f"The mixed model: {intercept} for the intercept and {slope} for the slope."
    if scene.answer is None:
        return out
    yours = [times(scene.answer.values[name.lower()]) for name in NAMES]
    return f"You: {yours[0]} times for the intercept and {yours[1]} times for the slope. {out}"


# An answer this many times below the intercept's factor is still right.
RIGHT_WITHIN = 1.5
# Factors from the inverse of this up to it say that nothing changes.
STILL = 1.05
# A slope's factor below this is far too low.
LOW_SLOPE = 0.75


def belief_behind(intercept: float, slope: float) -> str:
    """Id of the belief behind two factors."""
    here, (true, _) = as_it_is(), factors()
    robust = here.robust.standard_errors / here.ols.standard_errors
    if intercept < 1.0 / STILL:
        return "other-way-round" if slope > STILL else "both-shrink"
    if intercept <= STILL:
        return "other-way-round" if slope > STILL else "icc-ignored"
    if intercept > math.sqrt(true * robust[0]):
        return "robust-rivals" if intercept <= robust[0] * RIGHT_WITHIN else "errors-too-far"
    if slope > STILL:
        return "always-larger"
    if intercept < true / RIGHT_WITHIN:
        return "errors-not-far-enough"
    if slope < LOW_SLOPE:
        return "slope-too-far"
    return RIGHT


# What is said of an intraclass correlation that looks small.
SMALL_ICC, ROWS_EACH = 0.01, 50


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    here = as_it_is()
    intercept, slope = (scene.answer.values[name.lower()] for name in NAMES)
    counts = here.dial.moments.counts
    up = multiple(here.mixed, here.ols, 0)
    honest = printed(here.robust, 0)
    own = printed(here.mixed, 0)
    clusters, worth = len(counts), parts_of(here)[1].weight
    ols_sd, mixed_sd = (number(fit.residual_sd) for fit in (here.ols, here.mixed))
    errs = error_rate(
        design_effect(np.array([ROWS_EACH]), SMALL_ICC / (1.0 - SMALL_ICC)).of_row_mean
    )
    inside = (
        "The slope compares rows inside clusters. There the clusters' levels cancel, and the "
        f"mixed model leaves them out of the noise, whose size σ̂ falls from {ols_sd} to "
        f"{mixed_sd}, and the error with it."
    )
    texts = {
        RIGHT: (
            f"Just so. The intercept is a question to {clusters} clusters, which OLS takes for "
            f"{counts.sum():,} independent rows. {inside}",
            "Just so, by whichever way you came.",
        ),
        "always-larger": (
            "You let the slope's error grow, too: clustering makes standard errors larger, one "
            "hears. It does for what a whole cluster shares, such as its level. But "
            f"{inside[0].lower()}{inside[1:]}",
            "A larger error for the slope once more. Ask where the slope is answered: inside "
            "clusters, where their levels cancel.",
        ),
        "robust-rivals": (
            f"{times(intercept)} times is nearer to what a cluster-robust error of OLS says, "
            f"{multiple(here.robust, here.ols, 0)} times, than to {up}. You may have taken the "
            "two for rivals that correct the same number. A robust error is an honest error of "
            "OLS's estimate, which counts rows. The mixed model makes another estimate, which "
            f"counts clusters nearly alike, and this one has the smaller error: {own}, not "
            f"{honest}.",
            f"Near the robust error once more. It is the error of another estimate: two of the "
            f"{clusters} clusters hold {share(two_largest())} of the rows, so OLS listens "
            "mostly to two.",
        ),
        "icc-ignored": (
            "You leave the intercept's error where it was, as if rows of a cluster were hardly "
            f"alike. But what counts is likeness times size. With {ROWS_EACH} rows a cluster an "
            "intraclass correlation (ICC, the share of the variance that lies between clusters) of "
            f"{SMALL_ICC} is enough: a 5% test of something that is the same for a whole cluster "
            f"then errs in {share(errs)} of all cases. Here the ICC is {number(here.mixed.icc)} "
            f"and a cluster has {counts.sum() / clusters:,.0f} rows on average.",
            "No change of the intercept once more. Look at the axis: a small correlation times "
            "thousands of rows is not small.",
        ),
        "other-way-round": (
            "Just the other way round. It is the intercept that loses: a level is shared by a "
            f"whole cluster, so there are only {clusters} of them. {inside}",
            "The other way round once more. The intercept asks how high the clusters are, the "
            "slope what changes inside them.",
        ),
        "both-shrink": (
            "You expect the mixed model to be surer of the intercept, perhaps as it explains more "
            f"of the variance. But {counts.sum():,} rows of {clusters} clusters hold only "
            f"{clusters} levels, however many rows there are. Copying rows makes OLS surer still, "
            "and it learns nothing.",
            f"Smaller once more. More rows do not make more than {clusters} clusters.",
        ),
        "errors-not-far-enough": (
            f"The right way, not far enough. The {counts.sum():,} rows lie in {clusters} clusters, "
            "and rows of one cluster share its level: for the intercept, all of them are worth "
            f"only {number(worth)} rows that carry nothing but the noise inside clusters.",
            f"Not far enough once more: from {counts.sum():,} rows to a worth of {number(worth)} "
            "is a long way, even under a square root.",
        ),
        "errors-too-far": (
            f"Too far: {up} times is what comes out. {clusters} clusters are few, but each is "
            "known well. Even the robust error, which pays for the weights of OLS as well, is "
            f"no more than {multiple(here.robust, here.ols, 0)} times.",
            "Too far once more.",
        ),
        "slope-too-far": (
            "The intercept is right. The slope's error shrinks, but not to your "
            f"{times(slope)} times: what the mixed model takes out of the noise is what clusters "
            f"differ by, and most of the noise lies inside them. σ̂ falls from {ols_sd} to "
            f"{mixed_sd}.",
            "Too little for the slope once more. Compare the two σ̂.",
        ),
    }
    idea = belief_behind(intercept, slope)
    return Reply(idea, *texts[idea])


def two_largest() -> float:
    """The share of the rows that the two largest clusters hold."""
    counts = np.sort(both().moments.counts)
    return float(counts[-2:].sum() / counts.sum())


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    here, (intercept, slope) = as_it_is(), factors()
    robust = float((here.robust.standard_errors / here.ols.standard_errors)[0])

    def both(*values: float) -> Answer:
        return Answer(dict(zip((name.lower() for name in NAMES), values, strict=True)))

    return {
        "Clustering makes both larger": both(intercept, 1.0 / slope**2),
        "So little clustering changes nothing": both(1.0, 1.0),
        "The intercept's grows, but not that much": both(math.sqrt(intercept), slope),
        "The same as cluster-robust errors": both(robust, slope),
    }


def why(scene: Here) -> list[str | Formula]:
    here = scene.result
    ols, mixed = parts_of(here)
    counts = here.dial.moments.counts
    return [
        "A standard error is noise over the root of information, and information is counted for "
        "each coefficient by itself: for the intercept in clusters, for the slope in comparisons "
        "inside them.",
        intercept_error_formula(
            mixed.residual_variance, mixed.weight, mixed.centre, mixed.slope_error
        ),
        intercept_error_formula(
            ols.residual_variance, ols.weight, ols.centre, ols.slope_error, role="ols"
        ),
        slope_error_formula(mixed.residual_variance, mixed.within_spread, mixed.between_spread),
        slope_error_formula(
            ols.residual_variance, ols.within_spread, ols.between_spread, role="ols"
        ),
        f"For OLS the information about the intercept is N = {counts.sum():,} rows. For the mixed "
        f"model it is Σω, the sum of the weights n/(1 + nρ): {number(mixed.weight)}, as good as so "
        "many rows with nothing but the noise inside clusters, σ̂ = "
        f"{number(here.mixed.residual_sd)}. The second term is there because an intercept is the "
        "level at x = 0, and the slope leads there from the mean x̄. The information about the "
        "slope is the spread S of the predictor x, inside clusters (W) and between them "
        "(B), and W is the same in both models: there the noise decides, "
        f"{number(here.mixed.residual_sd)} against {number(here.ols.residual_sd)}.",
        *honest(here),
    ]


def honest(here: Refit) -> list[str]:
    """What the robust errors say, and which error falls for copies."""
    robust = here.robust
    said = [
        "A cluster-robust error (here CR2) takes the model's word for nothing: it looks at how far "
        f"whole clusters lie from the line. For OLS's intercept it is {robust_printed(here, 0)}, "
        f"with only {degrees(float(robust.degrees_of_freedom[0]), 2)} degrees of freedom"
    ]
    if len(here.dial.moments.levels) == CLUSTERS:
        said[0] += (
            f", since two of the {CLUSTERS} clusters hold {share(two_largest())} of the rows."
        )
    else:
        said[0] += "."
    if here.mixed.standard_errors[0] < robust.standard_errors[0]:
        said[0] += (
            f" So the mixed model's {printed(here.mixed, 0)} is the smaller honest error: it "
            "spreads the weight over all clusters."
        )
    said[0] += (
        f" For OLS's slope it is {robust_printed(here, 1)}: this slope listens to comparisons "
        "between clusters as well, where their distances count."
    )
    said.append(
        "Copy the rows: the slope's error falls in the mixed model, too. It believes that rows of "
        "a cluster are alike in level alone. Only the robust error stays where it is."
    )
    return said


MISREAD = (
    "“The shorter interval is the better model.” An interval is short also when it counts rows "
    "that say the same thing twice: copy every row ten times, and all intervals of OLS shrink, "
    "though nothing was learned."
)


# --- challenges -----------------------------------------------------------------------------------

# Errors are called equal if they differ by no more than this share.
EQUAL_WITHIN = 0.1


def half_of_ols(scene: Here) -> bool:
    here = scene.result
    return bool(here.mixed.standard_errors[1] <= 0.5 * here.ols.standard_errors[1])


def how_half(scene: Here) -> str:
    here = scene.result
    return (
        f"{printed(here.mixed, 1)} against {printed(here.ols, 1)}. OLS takes the distances "
        f"between clusters for noise (σ̂ {number(here.ols.residual_sd)}), the mixed model does not "
        f"({number(here.mixed.residual_sd)}, the same at any distance). The intercept pays: "
        f"its error is {multiple(here.mixed, here.ols, 0)} times that of OLS."
    )


def robust_equals_printed(scene: Here) -> bool:
    here = scene.result
    ratio = here.robust.standard_errors[1] / here.ols.standard_errors[1]
    return bool(abs(np.log(ratio)) <= EQUAL_WITHIN)


def how_equal(scene: Here) -> str:
    here = scene.result
    return (
        f"{printed(here.ols, 1)} printed, {robust_printed(here, 1)} robust. And the intercept, on "
        f"the same data? {printed(here.ols, 0)} printed, {robust_printed(here, 0)} robust. Whether "
        "OLS can be believed is a question for each coefficient, not for the data."
    )


LESSON = Lesson(
    state=StandardErrors,
    title="Standard errors",
    setting=setting,
    question=question,
    commit=Marks(
        tuple(
            Mark(name.lower(), name, x=1.0, y=answer_row(k, len(NAMES)))
            for k, name in enumerate(NAMES)
        ),
        AXIS,
        1.05,
        decimals=2,
        unit="times",
        log=True,
    ),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Control(
            "spread",
            "Distance between clusters",
            0.0,
            WIDEST,
            1.0,
            scale="square",
            format="%.2f",
            unit="times",
            help="How far the clusters lie from their common line; at 1 as in the data, at 0 they "
            "do not differ. Rows move with their cluster.",
        ),
        Control(
            "copies",
            "Copies of every row",
            1.0,
            float(MOST_COPIES),
            1.0,
            scale="log",
            format="%d",
            help="The same clusters and rows, each row so often. Nothing is learned by it.",
        ),
        Control(
            "clusters",
            "Number of clusters",
            float(CLUSTERS),
            float(MOST_SETS * CLUSTERS),
            float(CLUSTERS),
            float(CLUSTERS),
            format="%d",
            help="More clusters like the 24, each with rows of its own.",
        ),
    ),
    figure=figure,
    target="Which of these errors fall when you copy rows? Move the clusters apart: which one "
    "stops falling?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "half",
            "Make the mixed model's standard error of the slope half of OLS's, or less.",
            half_of_ols,
            how_half,
            solution={"spread": 3.9},
        ),
        Challenge(
            "equal",
            "Make OLS's two errors of the slope, as printed and cluster-robust, equal (within "
            f"{EQUAL_WITHIN:.0%}).",
            robust_equals_printed,
            how_equal,
            solution={"spread": 0.217},
        ),
    ),
    misread=MISREAD,
    later={"remember": question_of_split_plot},
    remember="Ask for each coefficient whether it is answered inside clusters or between them.",
    on_paper="Mark in each row “you” where the mixed model's standard error will be: right of 1 if "
    "it grows, left if it shrinks. The arrows show what OLS prints with every row copied ten "
    "times.",
    expected=expected,
)
