"""Not Gaussian: clusters in two humps, and where the mixed model puts them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from engine.account.placement import (
    MIDDLE,
    Placement,
    all_in_the_middle,
    apart,
    as_shares,
    has_two_humps,
    placement,
    sides,
)
from engine.account.shape_study import (
    EVEN,
    FEW,
    UNEVEN,
    Grip,
    ShapeStudy,
    outlier_grip,
    shape_study,
)
from engine.data.moments import FloatArray
from engine.figures.placement import (
    HIGHEST,
    Pull,
    bar_positions,
    placement_figure,
)
from engine.figures.shapes import shapes_figure
from engine.simulation.many_means import EFFECT_SHAPES, EffectShape
from engine.words.formulas import landing_formula, shrinkage_formula
from engine.words.numbers import as_printed, percent, plural, with_decimals, without_zeros
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, Mark, Marks
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

HUMPS: EffectShape = "two humps"
BELL: EffectShape = "bell"
SHAPES: dict[EffectShape, str] = {
    HUMPS: "Two humps", BELL: "Bell", "exponential": "Exponential", "log-normal": "Log-normal",
}  # fmt: skip
# The schools, and how far their levels and the pupils of one school differ, in points.
SCHOOLS, BETWEEN_SD, RESIDUAL_SD, SEED = 5000, 10.0, 20.0, 2
FEWEST, MOST = 2, 200
# Half the width of a bar.
NEAR = BETWEEN_SD / 2.0
STUDIES = 2000
# A sample with one outlier: its clusters, their rows, and how far the outlier is moved.
GRIP_SCHOOLS, GRIP_ROWS, GRIP_BY = 30, 4, 60.0
WITH_OTHER_SHAPES: tuple[Step, ...] = ("why", "do")


@dataclass(frozen=True)
class NotGaussian(LessonState, page="not-gaussian"):
    """Pupils tested in each school, and how the schools' levels are distributed."""

    rows: int = number_field(FEWEST, FEWEST, MOST, param="rows")
    shape: EffectShape = choice(HUMPS, EFFECT_SHAPES, param="shape")


Here = Scene[NotGaussian, Placement]


# --- what the engine says -------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def made(shape: EffectShape, rows: int) -> Placement:
    return placement(
        shape, rows,
        clusters=SCHOOLS, between_sd=BETWEEN_SD, residual_sd=RESIDUAL_SD, seed=SEED,
    )  # fmt: skip


def result(state: NotGaussian) -> Placement:
    """The schools and where the model puts them."""
    return made(state.shape, state.rows)


def as_asked() -> Placement:
    return made(HUMPS, FEWEST)


def levels() -> FloatArray:
    """The true levels, which do not depend on how many pupils are tested."""
    return made(HUMPS, MOST).levels


@cache
def studies() -> dict[str, ShapeStudy]:
    """What becomes of the intercept under each shape, over many samples."""
    return {
        name: shape_study(
            shape,
            between_sd=BETWEEN_SD,
            residual_sd=RESIDUAL_SD,
            samples=STUDIES,
            seed=SEED,
        )
        for shape, name in SHAPES.items()
    }


@cache
def grip() -> Grip:
    """What one outlier does to everybody's shrinkage."""
    return outlier_grip(
        GRIP_SCHOOLS, GRIP_ROWS, GRIP_BY,
        between_sd=BETWEEN_SD, residual_sd=RESIDUAL_SD, seed=SEED,
    )  # fmt: skip


def enter(step: Step) -> dict[str, Any]:
    """Play begins with so many pupils that the model puts the schools where they are."""
    return {"rows": MOST if step == "play" else FEWEST, "shape": HUMPS}


def middle(shares: FloatArray) -> str:
    """The share of the middle bar."""
    return percent(float(shares[MIDDLE]))


def up_to(written: Callable[[float], str], values: Sequence[float]) -> str:
    """The least and the largest of some numbers."""
    return " to ".join(dict.fromkeys((written(min(values)), written(max(values)))))


def points(value: float) -> str:
    return with_decimals(value, 1)


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    low, high = sides(levels())
    return (
        "A mixed model's average, one reads, is “forced to be Gaussian”. So here is a world that "
        f"is not: {SCHOOLS:,} schools that we made ourselves, so that their true levels are known. "
        f"{percent(low)} lie in a low hump, {percent(high)} in a high one, and hardly any between. "
        f"Their SD is τ = {BETWEEN_SD:g} points. Two pupils of each school are tested; pupils of "
        f"one school differ with an SD of σ = {RESIDUAL_SD:g} points. Then "
        "`lmer(score ~ 1 + (1 | school))` says where it puts every school: its intercept plus "
        "that school's predicted effect."
    )


def question() -> str:
    return (
        f"{middle(levels())} of {SCHOOLS:,} schools lie within {NEAR:g} points of the average. "
        "From two pupils a school, where will the mixed model put them?"
    )


# --- the figure -----------------------------------------------------------------------------------


def mark_id(position: float) -> str:
    return f"{position:g}"


def marks() -> list[Mark]:
    """One ring for each bar, which waits on the floor."""
    positions = bar_positions(BETWEEN_SD).tolist()
    names = [
        f"Schools from {without_zeros(at - NEAR)} to {without_zeros(at + NEAR)} points"
        for at in positions
    ]
    names[0] = f"Schools below {without_zeros(positions[0] + NEAR)} points"
    names[-1] = f"Schools above {without_zeros(positions[-1] - NEAR)} points"
    return [Mark(mark_id(at), name, x=at) for at, name in zip(positions, names, strict=True)]


def heights(answer: Answer) -> FloatArray:
    """The bars of an answer, in percent; one that was left alone is 0."""
    return np.array([answer.values.get(mark.id, mark.y) for mark in marks()])


OUTCOME = "points from the average of all schools"
ABOVE = f"<b>Where the schools are</b>, % of {SCHOOLS:,}"


def stage(look: Look, placed: Answer) -> Drawing:
    """Where the schools are, and bars to drag."""
    own = heights(placed)
    return Drawing(
        placement_figure(
            levels(),
            look.palette,
            unit=BETWEEN_SD,
            outcome=OUTCOME,
            names=(ABOVE, "<b>Where will the model put them?</b>"),
            height=look.height,
            drawn=own,
        ),
        alt=f"A histogram of {SCHOOLS:,} true levels in two humps, and below it bars to drag",
        words=laid_out(float(own.sum())),
    )


def laid_out(total: float) -> str:
    said = "Drag the rings up, or tap where a bar should end. The outermost bars hold all beyond."
    if not total:
        return said
    return (
        f"So far your bars hold {with_decimals(total, 0)}% of the schools"
        + ("." if round(total) == 100 else "; as an answer they are scaled to 100%.")
    )  # fmt: skip


def figure(scene: Here) -> Drawing:
    """Where the model puts the schools; at the end, what the shape does to other answers."""
    if scene.step == "remember":
        return other_answers(scene.look)
    here, state = scene.result, scene.state
    asked = (state.shape, state.rows) == (HUMPS, FEWEST)
    # An answer is one to what was asked: two humps, and so few pupils.
    own = None
    if scene.answer is not None and asked and scene.step in {"play", "reveal"}:
        own = as_shares(heights(scene.answer))
    pull = Pull(BETWEEN_SD, here.landing(BETWEEN_SD), here.intercept)
    return Drawing(
        placement_figure(
            here.levels,
            scene.look.palette,
            unit=BETWEEN_SD,
            outcome=OUTCOME,
            names=(
                ABOVE,
                "<b>Where the model puts them</b>" + ("" if own is None else "\u2003┄ you"),
            ),
            height=scene.look.height,
            placed=here.placed,
            answer=own,
            gap=scene.step == "reveal",
            # It belongs to the second formula, which a projector does not show.
            pull=pull if scene.step == "why" and not scene.look.wide else None,
        ),
        alt=f"Above, a histogram of {SCHOOLS:,} true levels; below, of where the model puts the "
        "schools",
        words=" ".join(standing(scene)),
    )


def standing(scene: Here) -> list[str]:
    """Where the schools are, and where the model puts them."""
    here, state = scene.result, scene.state
    said = [
        f"{plural(state.rows, 'pupil')} a school: the model puts {middle(here.placed)} of the "
        f"schools within {NEAR:g} points of the average, where {middle(here.levels)} are."
    ]
    if state.shape == HUMPS and scene.step in {"play", "do"}:
        said.append("Two humps." if has_two_humps(here.placed) else "One hump.")
    elif scene.step == "do":
        said.append(
            f"To make it the picture of two humps, {percent(off_from_humps(here))} of the schools "
            "would have to be moved."
        )
    return said


def other_answers(look: Look) -> Drawing:
    """The intercept, which does not move with the shape, and intervals, which do."""
    found = studies()
    sds = up_to(points, [one.sd for one in found.values()])
    many = up_to(percent, [one.coverage for one in found.values()])
    few = up_to(percent, [one.few_coverage for one in found.values()])
    most = max(abs(one.bias) for one in found.values())
    by_variance = sorted(found, key=lambda name: found[name].variance_coverage)
    held = " to ".join(
        f"{percent(found[name].variance_coverage)} ({name.lower()})"
        for name in (by_variance[0], by_variance[-1])
    )
    return Drawing(
        shapes_figure(
            found,
            look.palette,
            reach=BETWEEN_SD,
            unit="points",
            studies=f"studies of {len(EVEN)} schools",
            height=look.height,
        ),
        alt="For four shapes of the schools' levels: how far intercepts scatter, and how often "
        "intervals hold the truth",
        words=(
            f"Over {STUDIES:,} studies of {len(UNEVEN)} schools with {UNEVEN.min()} to "
            f"{UNEVEN.max()} pupils the intercept scatters with an SD of {sds} points (bars: the "
            "middle 95%), whatever the shape, and on average it is off by "
            f"{with_decimals(most, 2)} at most. "
            "What moves is the 95% interval of τ² (profile likelihood, as R's confint): with "
            f"{len(EVEN)} schools of {EVEN[0]} pupils it holds the truth in {held} of the studies. "
            f"The intercept's own holds it in {many}; with {len(FEW)} schools only, in {few}."
        ),
        legend=f"{STUDIES:,} studies of each shape. Left: the middle 95% of the intercepts less "
        "the true one, and their SD; right: in how many an interval holds the truth.",
    )


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    here = as_asked()
    there, live = middle(here.placed), middle(here.levels)
    if scene.answer is None:
        return (
            f"The mixed model puts {there} of the schools into the middle bar, within {NEAR:g} "
            f"points of the average, where {live} live."
        )
    own = middle(as_shares(heights(scene.answer)))
    gap = abs(as_printed(own.rstrip("%")) - as_printed(there.rstrip("%")))
    return (
        f"You: {own} in the middle bar; the mixed model: {there}, where {live} of the schools "
        f"live. The gap: {plural(round(gap), 'percentage point')}."
    )


def beliefs() -> dict[str, FloatArray]:
    """Which bars each belief draws, if they do not have two humps."""
    here = as_asked()
    return {
        RIGHT: here.placed,
        "raw-mean": here.means,
        "pooled-value": all_in_the_middle(),
        "bell-as-wide": made(BELL, FEWEST).levels,
    }


# Of both sides that differ by more than this, one was preferred.
LOPSIDED = 0.25


def belief_behind(shares: FloatArray) -> str:
    """Id of the belief whose bars are nearest, or what else is to be said."""
    low, high = sides(shares)
    if abs(low - high) > LOPSIDED:
        return "lopsided"
    if has_two_humps(shares):
        return "humps-kept"
    known = beliefs()
    return min(known, key=lambda idea: apart(shares, known[idea]))


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    here, many = as_asked(), made(HUMPS, MOST)
    own = as_shares(heights(scene.answer))
    luck, kept = points(here.mean_error), percent(here.shrinkage)
    low, high = sides(here.placed)
    lands = points(here.landing(BETWEEN_SD))
    pulled = f"a school whose pupils' mean is {BETWEEN_SD:g} lands at {lands}"
    texts = {
        RIGHT: (
            f"Just so, one heap where hardly any school lives. A mean of two pupils is off by luck "
            f"(SD {luck} points, more than the schools' own {BETWEEN_SD:g}), which fills the gap, "
            f"and the model keeps only {kept} of each mean's distance from the average.",
            "Just so, by whichever way you came.",
        ),
        "humps-kept": (
            "You let the humps stand, since that is where the schools are. But the model never "
            f"sees a level, only the mean of two pupils, and that is off by luck (SD {luck} "
            f"points). Then it keeps {kept} of each mean's distance from the average: {pulled}, "
            f"in the gap. With {MOST} pupils a school you would be right: {middle(many.placed)} "
            "in the middle.",
            "Two humps once more. They do come back, with more pupils: slide, and see how many "
            "it takes.",
        ),
        "raw-mean": (
            f"You spread the schools about as widely as their own means lie: {middle(here.means)} "
            "of these are in the middle bar. That is what two pupils say. The model does "
            f"not leave a mean of two where it is: {pulled}.",
            "As wide as the own means once more. The model draws every one of them in, and "
            f"keeps {kept} of its distance.",
        ),
        "pooled-value": (
            f"You put {middle(own)} in the middle bar, as if the schools' own pupils said next to "
            "nothing. So it would be if schools did not differ. But the model finds that they do "
            f"(τ̂ = {points(here.between_sd)} points) and keeps {kept} of each mean's distance: "
            f"{percent(low + high)} stay outside that bar.",
            "All in the middle once more. That is the model with τ̂² = 0, and here τ̂ is "
            f"{points(here.between_sd)}.",
        ),
        "bell-as-wide": (
            "You draw a bell about as wide as the schools' own levels, as if the model forced "
            f"them into a Gaussian of the right SD, {BETWEEN_SD:g}. It forces nothing. It keeps "
            f"{kept} of each mean's distance, so the heap is narrower, with an SD of "
            f"{points(here.placed_sd)}; and it is round as luck is: with {MOST} pupils a school "
            "the same model shows both humps.",
            "A bell as wide as the schools' levels once more. Compare the SDs: "
            f"{points(here.placed_sd)} where the model puts them, {BETWEEN_SD:g} where they are.",
        ),
        "lopsided": (
            f"You put more schools on one side, {percent(sides(own)[0])} left of the middle bar "
            f"and {percent(sides(own)[1])} right of it. But both humps hold about half of the "
            "schools, and luck and the pull towards the average treat both sides alike: the model "
            f"has {percent(low)} and {percent(high)} there.",
            "More on one side once more. Nothing here tells left from right.",
        ),
    }  # fmt: skip
    idea = belief_behind(own)
    return Reply(idea, *texts[idea])


def about(shape: EffectShape) -> str:
    """What the levels of a shape say."""
    from_two = made(shape, FEWEST)
    (low, high), (put_low, put_high) = (
        map(percent, sides(shares)) for shares in (from_two.levels, from_two.placed)
    )
    said: dict[EffectShape, str] = {
        HUMPS: "Shrinking asks for no bell. Of all rules that leave every mean one and the same "
        "share of its distance, this one is the best on average under any shape. But only "
        "under a bell is it the best of all rules: who knew of the humps could do better by "
        "pulling some means more than others, hardly with two pupils a school, clearly with "
        "twenty.",
        BELL: "Only here, where the levels are a bell, is no other rule better on average. And "
        "here, too, the lower picture is narrower than the upper one.",
        "exponential": f"{low} of the schools lie below the middle bar and {high} above, none very "
        "far below and a few very far above. The model knows nothing of that: from two pupils a "
        f"school it puts {put_low} below and {put_high} above.",
        "log-normal": f"{percent(float(from_two.levels[-1]))} of the schools lie in the last bar, "
        f"some of them very far out. What τ̂² comes out, and so what every school keeps, hangs on "
        "how many of these are in the sample.",
    }
    return said[shape]


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    known = beliefs()

    def bars(shares: FloatArray) -> Answer:
        return Answer(
            {mark.id: 100.0 * float(part) for mark, part in zip(marks(), shares, strict=True)}
        )

    return {
        "Two humps, since that is where the schools are": bars(levels()),
        "A bell as wide as the schools' levels": bars(known["bell-as-wide"]),
        "Where the schools' own means lie": bars(known["raw-mean"]),
        "All in the middle": bars(known["pooled-value"]),
    }


def why(scene: Here) -> list[str | Formula]:
    here, one = scene.result, grip()
    half = math.ceil(1.0 / here.ratio)
    lands = points(here.landing(BETWEEN_SD))
    return [
        f"With luck on top, {middle(here.means)} of the schools' own means lie in the middle bar; "
        f"shrinking each to {percent(here.shrinkage)} of its distance from the intercept makes "
        f"that {middle(here.placed)}.",
        shrinkage_formula(here.rows, here.ratio),
        landing_formula(here.intercept, BETWEEN_SD, here.shrinkage),
        f"A mean of {plural(here.rows, 'pupil')} is off by luck, with an SD of "
        f"σ/√n = {points(here.mean_error)} points. The share s is what the model leaves of its "
        f"distance: at {BETWEEN_SD:g} it lands at {lands}. From {half} pupils on s is at least a "
        "half. ρ is the estimated ratio τ²/σ².",
        f"The model does know how far the schools lie apart: τ̂ = {points(here.between_sd)} points. "
        f"The SD of where it puts them, {points(here.placed_sd)}, is another number.",
        about(scene.state.shape),
        f"As s hangs on τ̂², one outlier has a grip on everybody. Of {one.clusters} schools with "
        f"{one.rows} pupils each (levels a bell) move one {GRIP_BY:g} points up: τ̂ goes from "
        f"{points(one.sds[0])} to {points(one.sds[1])}, and every school keeps "
        f"{percent(one.shrinkage[1])} of its distance in place of {percent(one.shrinkage[0])}.",
    ]


def misread() -> str:
    shapes = [made(shape, FEWEST) for shape in SHAPES]
    seen = sorted(shapes, key=lambda each: float(each.placed[MIDDLE]))
    true = sorted(shapes, key=lambda each: float(each.levels[MIDDLE]))
    return (
        "“The shrunken means look like a bell, so the effects are one.” Shrinkage draws the bell. "
        f"From two pupils a school the model puts {middle(seen[0].placed)} to "
        f"{middle(seen[-1].placed)} of the schools into the middle bar, whichever of the four "
        f"shapes they have; in truth it holds {middle(true[0].levels)} to "
        f"{middle(true[-1].levels)}."
    )


# --- challenges -----------------------------------------------------------------------------------


# Pictures of which so few schools would have to be moved look the same.
ALIKE = 0.03


def off_from_humps(here: Placement) -> float:
    """How much of the picture differs from that of two humps."""
    return apart(here.placed, made(HUMPS, here.rows).placed)


def shows_humps(scene: Here) -> bool:
    return scene.state.shape == HUMPS and has_two_humps(scene.result.placed)


def how_humps(scene: Here) -> str:
    here = scene.result
    return (
        f"{plural(here.rows, 'pupil')}: luck is down to {points(here.mean_error)} points, and each "
        f"mean keeps {percent(here.shrinkage)} of its distance. {middle(here.placed)} are put into "
        f"the middle bar, where {middle(here.levels)} live. Nobody told the model of humps."
    )


def looks_alike(scene: Here) -> bool:
    return scene.state.shape != HUMPS and off_from_humps(scene.result) <= ALIKE


def how_alike(scene: Here) -> str:
    here, humps = scene.result, made(HUMPS, scene.state.rows)
    return (
        f"{percent(off_from_humps(here))} of the schools would have to be moved to make one "
        "picture the other; of the true levels above, "
        f"{percent(apart(here.levels, humps.levels))}. From where the model puts its clusters "
        "nobody can tell these two worlds apart."
    )


LESSON = Lesson(
    state=NotGaussian,
    title="Not Gaussian",
    setting=setting,
    question=question,
    commit=Marks(
        marks, (0.0, HIGHEST), 1.0, 0, "%", along="y", all=False,
    ),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Control(
            "rows", "Pupils tested in each school", FEWEST, MOST, FEWEST, scale="log", format="%d",
            help="n, the rows of a cluster. The schools stay the same.",
        ),
        Options(
            "shape", "Levels of the schools", dict(SHAPES.items()),
            help="All four have the same mean and the same SD.",
            steps=WITH_OTHER_SHAPES,
        ),
    ),
    figure=figure,
    target=f"With {MOST} pupils a school the model puts the schools nearly where they are. Test "
    "fewer and fewer: what becomes of the humps?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "humps",
            "Make the model show two humps: its middle bar lower than both beside it. How few "
            "pupils a school will do?",
            shows_humps,
            how_humps,
            solution={"rows": 20},
        ),
        Challenge(
            "alike",
            "Find another shape of which the model makes the same picture as of two humps: at most "
            f"{percent(ALIKE)} of the schools would have to be moved.",
            looks_alike,
            how_alike,
            solution={"shape": BELL},
        ),
    ),
    misread=misread,
    later={
        "remember": "And the intercept, which is the average itself: does it move with the shape "
        "of the schools' levels?"
    },
    remember="It is the weights that make the mixed model's average differ from the plain mean, "
    "not a bell; the bell has a say in choosing ρ̂ only.",
    on_paper="Draw your bars into the lower half; together they hold 100%. The outermost bars "
    "hold all beyond.",
    expected=expected,
)  # fmt: skip
