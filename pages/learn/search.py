"""Looking for the ratio: REML's curve, hidden at first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from engine.account.criterion import CriterionPoints
from engine.figures.search import (
    MARKER,
    RATIOS,
    Closing,
    lowest,
    search_figure,
)
from engine.words.formulas import balanced_formula, criterion_formula
from engine.words.numbers import as_printed, number, plural, with_decimals
from engine.words.typeset import Formula
from pages.parts.lesson.commit import Answer, Looks, marker
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
from pages.parts.lesson.searched import (
    CARS,
    CASES,
    FOUR,
    NIGHTS,
    SUBJECTS,
    Case,
    at,
    balanced,
    curve,
    described,
    engine,
    minima,
    ml_ratio,
    points,
)
from pages.parts.lesson.state import choice
from pages.parts.lesson.state import number as number_field

# In which steps the engine's looks are followed, and in which other data can be chosen.
WHILE_LOOKING: tuple[Step, ...] = ("play", "reveal")
WITH_OTHER_DATA: tuple[Step, ...] = ("why", "do")
# Where lmer's search begins: θ = √ρ = 1.
START = 1.0
MOST_LOOKS, MOST_ENGINE_LOOKS = 12, 8


@dataclass(frozen=True)
class LookingForTheRatio(LessonState, page="search"):
    """The data, the variance ratio, and how many of the engine's looks are shown."""

    case: str = choice(CARS, CASES, param="data")
    ratio: float = number_field(START, 0.0, RATIOS[1], param="rho")
    looks: float = number_field(0, 0, MOST_ENGINE_LOOKS, param="looks")


@dataclass(frozen=True)
class Found:
    """What the engine says of the data at the present ratio.

    Attributes
    ----------
    case
        The data.
    here
        The curve and the estimate at the ratio, shape (1,).
    looks
        What the engine has looked at after its first round, so far.
    """

    case: Case
    here: CriterionPoints
    looks: CriterionPoints


Here = Scene[LookingForTheRatio, Found]


# --- what the engine says -------------------------------------------------------------------------


def found(state: LookingForTheRatio) -> Found:
    _, looks = engine(state.case)
    return Found(
        CASES[state.case],
        points(CASES[state.case], state.ratio),
        looks.first(round(state.looks)),
    )


def enter(step: Step) -> dict[str, Any]:
    """Play begins where lmer does, with the curve hidden; then follows the cars' lowest place.

    At the end the figure shows what is spoken of there, the two curves of the four clusters.
    """
    case = FOUR if step == "remember" else CARS
    return {"case": case, "ratio": beginning(step, case), "looks": 0}


def beginning(step: Step, case: str) -> float:
    """Where the ratio stands at first: at the lowest place, unless that is to be looked for."""
    return START if step in {"play", "do"} else float(minima(case).ratio[0])


def height(value: float) -> str:
    return with_decimals(value, 2)


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    return (
        f"{described(CASES[CARS])}, from two-seaters to pickups: how far do they go on a gallon, "
        "given engine size and year? OLS is R's `lm`; the mixed model, "
        "`lmer(hwy ~ displ + year + (1 | class))`, needs one number first, ρ: the variance between "
        "classes over the variance left within them. Given ρ, formulas give every "
        "estimate, as the upper panel shows. For ρ itself there is no formula. REML (restricted "
        "maximum likelihood) gives each ρ a height, the *criterion*: the lower, the better that ρ "
        "agrees with the data. The curve is there, but you see it only where you look."
    )


def question() -> str:
    low, high = RATIOS
    return (
        f"Between ρ = {low:g} and {high:,.0f}, where is the REML criterion lowest? Find the place "
        f"in as few looks as you can, {MOST_LOOKS} at most."
    )


def question_of_two_curves() -> str:
    return (
        f"Now other data: {described(CASES[FOUR])}. REML's curve is drawn with a line, ML's "
        "(maximum likelihood's) with dashes. Does the lower of the two fit better?"
    )


# --- the figure -----------------------------------------------------------------------------------


def looked(answer: Answer) -> CriterionPoints:
    """What the learner's looks at the cars have shown."""
    return points(CASES[CARS], *answer.values.values())


def stage(look: Look, placed: Answer) -> Drawing:
    """The estimate, and the heights where somebody has looked."""
    case, looks = CASES[CARS], looked(placed)
    return Drawing(
        search_figure(
            curve(CARS),
            look.palette,
            case.view,
            height=look.height,
            looks=looks,
            name=described(case),
        ),
        alt="The estimate at every variance ratio; below it an empty panel with the heights that "
        "were looked at",
        words=last_look(looks),
        legend=f"On top is the slope at each ρ. {last_look(looks)}",
    )


def last_look(looks: CriterionPoints) -> str:
    count = len(looks.ratio)
    if not count:
        return "Drag the ring along the axis, or tap, then press “Look here”."
    best = lowest(looks)
    said = (
        f"Look {count}: at ρ = {number(float(looks.ratio[-1]))} the height is "
        f"{height(float(looks.reml[-1]))}."
    )
    if count == 1:
        return said
    if best == count - 1:
        return f"{said} That is the lowest so far."
    return f"{said} The lowest so far is look {best + 1}, {height(float(looks.reml[best]))}."


def figure(scene: Here) -> Drawing:
    """The curve, hidden while the engine looks, and the one point that the slider holds."""
    state, here = scene.state, scene.result
    shown = scene.step != "play"
    own = scene.answer if state.case == CARS else None
    return Drawing(
        search_figure(
            curve(state.case),
            scene.look.palette,
            here.case.view,
            height=scene.look.height,
            looks=None if own is None else looked(own),
            here=here.here,
            closing=(
                Closing(engine(state.case)[0].scanned, here.looks)
                if scene.step in WHILE_LOOKING
                else None
            ),
            minima=minima(state.case) if shown else None,
            gap=own is not None and scene.step == "reveal",
            other=shown and scene.step != "reveal",
            name=described(here.case),
        ),
        alt="The estimate at every variance ratio; below it, on the same axis, the REML criterion",
        words=" ".join(standing(scene)),
        legend=f"Other data to end with: {described(here.case)}. Dashed: ML (maximum likelihood)."
        if scene.step == "remember"
        else "",
    )


def standing(scene: Here) -> list[str]:
    """Where the ratio stands, and what the engine has done so far."""
    state, here, case = scene.state, scene.result.here, scene.result.case
    said = [
        f"{described(case)}. At ρ = {number(state.ratio)} the criterion is "
        f"{height(float(here.reml[0]))}, and {case.coefficient} "
        f"{number(float(here.estimate[0]))}{case.unit}."
    ]
    if scene.step not in WHILE_LOOKING:
        return said
    searched, looks = engine(state.case)
    count = len(scene.result.looks.ratio)
    if not count:
        said.append(
            f"The engine has looked at {len(searched.scanned)} places at once; the ticks are "
            "those within this figure."
        )
    else:
        way = "smaller" if looks.slope[count - 1] > 0.0 else "larger"
        said.append(
            f"The engine's look {count} of {len(looks.ratio)}: "
            f"ρ = {number(float(looks.ratio[count - 1]))}; "
            + (
                "nothing is left to gain."
                if count == len(looks.ratio)
                else f"the curve is lower at {way} ρ."
            )
        )
    return said


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    best = minima(CARS)
    out, ratio = height(float(best.reml[0])), number(float(best.ratio[0]))
    if scene.answer is None:
        return f"The lowest place is ρ̂ = {ratio}, with height {out}."
    looks = looked(scene.answer)
    own = lowest(looks)
    yours = height(float(looks.reml[own]))
    above = round(as_printed(yours) - as_printed(out), 2)
    return (
        f"You, in {plural(len(looks.ratio), 'look')}: ρ = {number(float(looks.ratio[own]))}, "
        f"height {yours}. The lowest place: ρ̂ = {ratio}, height {out}, "
        + (f"{height(above)} lower." if above > 0.0 else "the same.")
    )


# A look this close to the lowest height has found the place.
RIGHT_WITHIN = 0.2


def belief_behind(looks: CriterionPoints) -> str:
    """Id of how somebody has searched."""
    best = lowest(looks)
    if looks.reml[best] - minima(CARS).reml[0] <= RIGHT_WITHIN:
        return RIGHT
    if len(looks.ratio) == 1:
        return "one-look"
    own = looks.ratio[best]
    if own in (looks.ratio.min(), looks.ratio.max()):
        return "lowest-seen"
    return "not-closed-in"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    looks, best = looked(scene.answer), minima(CARS)
    searched, closing = engine(CARS)
    own = lowest(looks)
    yours, theirs = float(looks.ratio[own]), float(best.ratio[0])
    at_yours, at_best = height(float(looks.reml[own])), height(float(best.reml[0]))
    below, above = looks.ratio[looks.ratio < yours], looks.ratio[looks.ratio > yours]
    side = "larger" if not above.size else "smaller"
    beyond = (theirs > yours) == (side == "larger")
    luck = (
        " With one look it was luck: a single height does not say whether it is low."
        if len(looks.ratio) == 1
        else ""
    )
    texts = {
        RIGHT: (
            f"That is the place, within {RIGHT_WITHIN} of the lowest height.{luck} The engine took "
            f"{len(searched.scanned)} looks at once, so as to miss no other low place, and "
            f"{len(closing.ratio)} more for all the digits.",
            f"There again, in {plural(len(looks.ratio), 'look')}.",
        ),
        "one-look": (
            "One height alone does not say whether it is low: there is nothing to compare it "
            f"with. The curve stands at {at_yours} where you looked, and at {at_best} where it "
            "is lowest.",
            "One look once more. A place is known to lie in a valley only when the curve is "
            "higher on both sides.",
        ),
        "lowest-seen": (
            f"The lowest height that you saw, {at_yours}, is at one end of where you looked: "
            f"nothing was looked at for {side} ρ. "
            + (
                f"There the curve goes on down, to {at_best}. "
                if beyond
                else "It does rise there, but no look of yours told you so. "
            )
            + "The lowest seen is the lowest there is only with a higher look on both sides, "
            "and close by.",
            f"Once more the lowest look is the last one on its side. Look at {side} ρ, until "
            "the curve is higher on both sides.",
        ),
        "not-closed-in": (
            "You had it between two looks"
            + (
                f", ρ = {number(float(below.max()))} and {number(float(above.min()))}, "
                if below.size and above.size
                else " "
            )
            + f"and stopped at {at_yours}. The next look belongs inside that stretch; each one "
            "makes it shorter. The engine also asks a formula for the slope, so a single look "
            "tells it which way is down.",
            "Between two looks once more, and stopped too early. Shorten the stretch.",
        ),
    }
    idea = belief_behind(looks)
    return Reply(idea, *texts[idea])


# Multiples of the lowest place, at which a class looks and stops too early.
ONE_SIDE, TOO_WIDE = (0.001, 0.02), (0.01, 10.0, 1000.0)


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    best = float(minima(CARS).ratio[0])

    def looks(*factors: float) -> Answer:
        return Answer({str(k): factor * best for k, factor in enumerate(factors, 1)})

    return {
        "One look, and it seems low": looks(TOO_WIDE[1]),
        "The lowest of what I saw, all on one side": looks(*ONE_SIDE),
        "It lies between two looks, and that is near enough": looks(*TOO_WIDE),
    }


def why(scene: Here) -> list[str | Formula]:
    state = scene.state
    told: list[str | Formula] = [
        "For any ρ, formulas give the height of the curve and every estimate; for the ρ where the "
        "curve is lowest there is none in general, so it has to be looked for.",
    ]
    if state.case in {NIGHTS, SUBJECTS}:
        told.append(balanced_formula(balanced(state.case)))
    told.append(criterion_formula(at(state.case).dial, state.ratio))
    told.append(letters())
    return [*told, *{CARS: cars, NIGHTS: nights, SUBJECTS: subjects, FOUR: four}[state.case]()]


def letters() -> str:
    """What stands in the formula of the criterion."""
    return (
        "V holds the variances of all rows and their covariances, in units of σ², as ρ has them; "
        "|V| is its determinant. A = XᵀV⁻¹X, with the predictors in X, says how much the rows tell "
        "about the coefficients. r² = rᵀV⁻¹r is the weighted sum of squares of the residuals r "
        "(not a share of the variance), and d the number of rows less that of the coefficients."
    )


def cars() -> list[str]:
    return [
        "log|V| grows with ρ: it is what a large ρ costs. r² falls as ρ grows: that is the gain. "
        "The curve is lowest where one more step costs as much as it gains; log|A|, the price for "
        "estimating the coefficients from the same rows, has a say as well. A formula gives the "
        "curve's slope, too: so the engine knows the way down.",
        "Dashed: maximum likelihood (ML), the same without log|A| and with all rows for d. It is "
        f"lowest at ρ = {number(ml_ratio(CARS))}.",
        "With ρ̂ the rest follows by formulas: the residual variance is r²/d, the between-cluster "
        "variance ρ̂ times that. Now choose other data: one has a formula for ρ̂, one is lowest "
        "at 0, one has two low places.",
    ]


def nights() -> list[str]:
    fit, people = balanced(NIGHTS), len(at(NIGHTS).moments.levels)
    ratio = fit.between_variance / fit.residual_variance
    variances = [with_decimals(v, 1) for v in (fit.between_variance, fit.residual_variance)]
    return [
        "No predictor and clusters of equal size: here a formula says where the curve is lowest. "
        f"MSB, the mean square between, is n = {fit.size} times the variance of the {people} "
        "means. MSW, the mean square within, is the variance of rows about the mean of their own "
        "person, and that is σ̂².",
        f"So ρ̂ = {variances[0]}/{variances[1]} = {number(ratio)}. The estimate "
        "above does not move: with equal sizes any ρ gives the same mean.",
    ]


def subjects() -> list[str]:
    fit, means = balanced(SUBJECTS), at(SUBJECTS).moments.outcome_means
    noise = float(np.sqrt(fit.within_square / fit.size))
    return [
        "The formula gives a negative number, and a variance cannot be negative. So the answer "
        "is 0: the curve is lowest at its left end. That is an answer, not a failure.",
        f"The {len(means)} means lie between {with_decimals(float(means.min()), 1)} and "
        f"{with_decimals(float(means.max()), 1)}; their standard deviation is "
        f"{with_decimals(float(means.std(ddof=1)), 2)}. Noise alone would make "
        f"{with_decimals(noise, 2)}. And σ̂² is then the plain variance of all rows, "
        f"{with_decimals(fit.residual_variance, 4)}, and not MSW, their variance about the mean of "
        f"their own subject, {with_decimals(fit.within_square, 4)}.",
    ]


def four() -> list[str]:
    low, ml = minima(FOUR), points(CASES[FOUR], 0.0, ml_ratio(FOUR))
    deep, shallow = (float(value) for value in low.reml)
    between = curve(FOUR).ratio <= low.ratio[0]
    hill = float(curve(FOUR).reml[between].max())
    fits = [with_decimals(float(value), 3) for value in low.estimate]
    return [
        "Equal sizes are not enough for a formula: there is a predictor. And there are two low "
        f"places: ρ = 0, height {height(shallow)}, slope {fits[1]}; and, past a hill of "
        f"{with_decimals(hill, 1)}, ρ = {number(float(low.ratio[0]))}, height {height(deep)}, "
        f"slope {fits[0]}.",
        "`lmer`'s default search starts at ρ = 1 (its θ is √ρ), walks downhill and stops at "
        "ρ = 0. The engine looks everywhere before it walks. ML, dashed, has two low places "
        f"too, but the lower of them is ρ = {number(float(ml.ratio[1]))}.",
    ]


def misread() -> str:
    low = minima(FOUR)
    return (
        f"“The lower curve fits better.” The figure shows the four clusters: at "
        f"ρ = {number(float(low.ratio[0]))}, REML stands at {height(float(low.reml[0]))} and ML "
        f"at {height(float(low.ml[0]))}. They are two different functions: only places along one "
        "of them can be compared."
    )


# --- challenges -----------------------------------------------------------------------------------


def half_way() -> float:
    """The cars' coefficient half-way between the two models."""
    return float(curve(CARS).estimate[0] + minima(CARS).estimate[0]) / 2.0


def half_way_goal() -> str:
    before, after = curve(CARS).estimate[0], minima(CARS).estimate[0]
    return (
        f"Cars: OLS says {number(float(before))} miles per gallon for a litre, the mixed model "
        f"{number(float(after))}. Bring the estimate half-way, to {number(half_way())}, and see "
        "what that costs."
    )


def is_half_way(scene: Here) -> bool:
    near = abs(float(scene.result.here.estimate[0]) - half_way()) <= 0.02
    return scene.state.case == CARS and near


def what_it_costs(scene: Here) -> str:
    cost = float(scene.result.here.reml[0] - minima(CARS).reml[0])
    return (
        f"ρ = {number(scene.state.ratio)} does it. The curve stands {number(cost)} above its "
        "lowest place there: the estimate follows ρ by a formula, but the data do not speak for "
        "that ρ."
    )


def is_in_the_valley(scene: Here) -> bool:
    above = float(scene.result.here.reml[0] - minima(FOUR).reml[0])
    return scene.state.case == FOUR and above <= RIGHT_WITHIN


def how_deep(_: Here) -> str:
    low = minima(FOUR)
    deep, shallow = (height(float(value)) for value in low.reml)
    return (
        f"{deep} against {shallow} at ρ = 0, and a slope of "
        f"{with_decimals(float(low.estimate[0]), 3)} in place of "
        f"{with_decimals(float(low.estimate[1]), 3)}. Who only walks downhill depends on where "
        "the walk began."
    )


@cache
def stops() -> tuple[float, ...]:
    """Ratios for the hand to stop at: even along the figure's axis, and every lowest place."""
    grid = np.concatenate([[0.0], np.geomspace(*RATIOS, 141)])
    best = np.concatenate([minima(name).ratio for name in CASES])
    return tuple(np.unique(np.concatenate([grid, best])).tolist())


LESSON = Lesson(
    state=LookingForTheRatio,
    title="Looking for the ratio",
    setting=setting,
    question=question,
    commit=Looks(
        marker(
            "Where to look",
            RATIOS,
            1.1,
            y=CASES[CARS].view.at(MARKER),
            decimals=3,
            log=True,
        ),
        most=MOST_LOOKS,
    ),
    stage=stage,
    result=found,
    enter=enter,
    controls=(
        Options(
            "case", "Data", {name: case.name for name, case in CASES.items()},
            steps=WITH_OTHER_DATA,
            sets=lambda state: {"ratio": beginning(state.step, state.case)},
        ),
        Control(
            "ratio", "Variance ratio ρ", 0.0, RATIOS[1], START, scale="stops", stops=stops,
            help="The between-cluster variance over the residual variance. `lmer` starts at 1.",
        ),
        Control(
            "looks", "Looks of the engine", 0.0, MOST_ENGINE_LOOKS, 0.0, 1.0, format="%d",
            help="After the first round, whose places the ticks show. An arrow points to the side "
            "on which the curve is lower.",
            steps=WHILE_LOOKING,
        ),
    ),
    figure=figure,
    target="Let the engine look, one place at a time. How does it know on which side to look next?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "half-way", half_way_goal, is_half_way, what_it_costs, solution={"ratio": 0.027}
        ),
        Challenge(
            "two-valleys",
            "Choose the four clusters. `lmer` starts at ρ = 1, walks downhill and stops at "
            "0. Find the lower place that it misses.",
            is_in_the_valley,
            how_deep,
            solution={"case": FOUR, "ratio": 1990.0},
        ),
    ),
    misread=misread,
    later={"remember": question_of_two_curves},
    remember="One number is searched for (three with a random slope: two variances and a "
    "correlation); everything else follows from it by formulas.",
    on_paper="Mark the places where you would look, and number them in their order. How high the "
    "curve is there, only the app tells.",
    expected=expected,
)  # fmt: skip
