"""Whose average? The average row, the average cluster, and the mixed model on neither."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine import Scenario, compare, simulate
from engine.account.path import FAR
from engine.account.targets import averages, true_averages
from engine.data.examples import load
from engine.data.regroup import split_cluster
from engine.figures.averages import BEAMS_AT, Band, Names, Votes, averages_figure
from engine.figures.balance import Rows, rows_of
from engine.figures.beam import Beam, weigh
from engine.words.formulas import cluster_average_formula, weight_formula
from engine.words.numbers import listed_with_and, number, or_infinity, with_decimals
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
    stops_to_infinity,
)
from pages.parts.lesson.state import number as number_field

SCHOOLS = "lesson_schools"
AXIS = (25.0, 100.0)
# The school that is split, and into how many at most.
BIGGEST, MOST_PARTS = "A", 10
# The stripe of that school is higher, for its parts to have room.
HIGH = 1.3
# How strongly a clinic's level can go with its size, and what is true of the simulated ones.
MOST_FOLLOWS, TRUE_RATIO = 0.8, 0.5
RESIDUAL_VARIANCE, SEED = 98.0, 81
# Of the clinics' sizes, from the largest, each third is written.
NAMED = 3
# Steps whose figure shows the simulated clinics; the others show the six schools.
SIMULATED: tuple[Step, ...] = ("play", "do")


@dataclass(frozen=True)
class WhoseAverage(LessonState, page="whose-average"):
    """Into how many schools the biggest is split; of the clinics, how level follows size, and ρ."""

    parts: int = number_field(1, 1, MOST_PARTS, param="parts")
    follows: float = number_field(0.0, -MOST_FOLLOWS, MOST_FOLLOWS, 0.1, param="follows")
    ratio: float = number_field(TRUE_RATIO, 0.0, math.inf, param="rho")


Here = Scene[WhoseAverage, Votes]


# --- what the engine says -------------------------------------------------------------------------


@lru_cache(maxsize=MOST_PARTS)
def schools(parts: int = 1) -> Votes:
    """The six schools, the biggest of which counts as so many, at REML's variance ratio."""
    both, names = fitted(SCHOOLS), [BIGGEST]
    if parts > 1:
        names = [f"{BIGGEST} {k + 1}" for k in range(parts)]
        both = compare(split_cluster(load(SCHOOLS), "school", BIGGEST, parts), both.formula)
    known, design = both.moments, both.design
    beam = weigh(known.levels, known.counts, known.outcome_means, both.mixed.variance_ratio)
    split = [known.levels.index(name) for name in names]
    rest = [
        Band(f"{level}: {known.counts[j]}", [j])
        for j, level in enumerate(known.levels)
        if j not in split
    ]
    return Votes(
        beam,
        averages(known),
        Rows(design.outcome, design.cluster_codes),
        [Band(f"{BIGGEST}: {sum(known.counts[split])}", split, HIGH), *rest],
    )


def size_range(beam: Beam, clusters: list[int]) -> str:
    """The sizes of clusters, from the smallest to the largest."""
    sizes = sorted(round(beam.counts[j]) for j in clusters)
    return f"{sizes[0]}" if sizes[0] == sizes[-1] else f"{sizes[0]}–{sizes[-1]}"


def clinics(follows: float, ratio: float) -> Votes:
    """Twelve clinics whose levels are known, with patients who lie evenly about them."""
    data = simulate(
        Scenario(
            clusters=12,
            rows_per_cluster=20,
            size_spread=1.2,
            size_intercept_correlation=follows,
            between_variance=TRUE_RATIO * RESIDUAL_VARIANCE,
            residual_variance=RESIDUAL_VARIANCE,
            intercept=60.0,
            effect=0.0,
            share_spread=0.0,
            seed=SEED,
        )
    )
    truth = data.truth
    order = sorted(range(len(truth.sizes)), key=lambda j: -truth.sizes[j])
    beam = weigh([str(j + 1) for j in order], truth.sizes, truth.cluster_intercepts, ratio)
    bands = [
        Band(f"{truth.sizes[j]}" if rank % NAMED == 0 else "", [j]) for rank, j in enumerate(order)
    ]
    rows = rows_of(beam, Rows(data.outcome, data.cluster_codes))
    return Votes(beam, true_averages(truth), rows, bands)


def result(state: WhoseAverage) -> Votes:
    """The clinics or the schools, as they are set."""
    if state.step in SIMULATED:
        return clinics(state.follows, state.ratio)
    return schools(state.parts)


def enter(step: Step) -> dict[str, Any]:
    """Play begins where both averages are one; the challenges, where they are far apart."""
    return {"follows": -MOST_FOLLOWS} if step == "do" else {}


# --- the question ---------------------------------------------------------------------------------


def setting() -> str:
    return (
        "Six schools sat the same test. A parent asks how the average pupil does; the minister "
        "asks how the average school does. Each dot is a pupil, each bar a school's mean. Two "
        "models will be asked as well: OLS, `lm(score ~ 1)`, and the mixed model, "
        "`lmer(score ~ 1 + (1 | school))`."
    )


def question() -> str:
    sizes = listed_with_and(f"{count:.0f}" for count in schools().beam.counts)
    return (
        f"The schools have {sizes} pupils: which number do you give the parent, who asks about "
        "the average pupil, and which the minister, who asks about the average school?"
    )


# --- the figure -----------------------------------------------------------------------------------

ASKED_BY = ("parent", "minister")
OF_SCHOOLS = Names(
    "score (points); bar: a school's mean",
    "pupils",
    "average pupil",
    "average school",
    ASKED_BY,
)
OF_CLINICS = Names(
    "score (points); bar: a clinic's true level",
    "patients",
    "average patient",
    "average clinic",
    ("patients", "clinics"),
)


def stage(look: Look, placed: Answer) -> Drawing:  # noqa: ARG001
    """The pupils, and two empty beams to put the rings on."""
    return Drawing(
        averages_figure(
            schools(),
            look.palette,
            OF_SCHOOLS,
            axis_range=AXIS,
            height=look.height,
            counted=False,
        ),
        alt="Scores of the pupils of six schools, each school's mean, and two rings to place, one "
        "for the parent and one for the minister",
        words="Drag the ring on each line to your answer, or tap the line there. Both rings may "
        "stand at one place.",
    )


def figure(scene: Here) -> Drawing:
    """Who votes on each beam, where it balances, the flags, and the answers."""
    here, state = scene.result, scene.state
    simulated = state.step in SIMULATED
    return Drawing(
        averages_figure(
            here,
            scene.look.palette,
            OF_CLINICS if simulated else OF_SCHOOLS,
            axis_range=AXIS,
            height=scene.look.height,
            answers=answers_of(scene.answer) if scene.answer and state.step == "reveal" else None,
            gap=state.parts == 1,
        ),
        alt=f"{'Twelve clinics' if simulated else 'Six schools'} with the scores of those in them; "
        "below, three beams with the votes for OLS, the mean of means and the mixed model, and the "
        "flags of both averages",
        words=" ".join(of_clinics(here, state) if simulated else of_schools(here, state)),
        # Beside a formula the beams need the room; it has been said in the steps before.
        legend=""
        if scene.step == "why"
        else "Discs are votes; each beam balances at its triangle.",
    )


def answers_of(answer: Answer) -> tuple[float, float]:
    parent, minister = (answer.values[who] for who in ASKED_BY)
    return parent, minister


def of_schools(here: Votes, state: WhoseAverage) -> list[str]:
    """Where the three stand, and what splitting the biggest school has changed."""
    beam, ratio = here.beam, number(here.beam.ratio)
    if state.parts == 1:
        return [
            "The six schools again. Discs are votes, and a beam balances at its triangle: OLS at "
            f"{points(beam.ols)}, the mean of the {len(beam.means)} school means at "
            f"{points(beam.of_clusters)}, the mixed model at {points(beam.mixed)} "
            f"(ρ\u00a0=\u00a0{ratio}, as REML estimates it)."
        ]
    whole = schools().beam
    sizes = size_range(beam, list(here.bands[0].clusters))
    return [
        f"School {BIGGEST} counts as {state.parts} schools of {sizes} pupils, dealt out in turn. "
        f"No score has changed, and the average pupil is still {points(beam.ols)}.",
        f"The average school went from {points(whole.of_clusters)} to {points(beam.of_clusters)} "
        f"and the mixed model from {points(whole.mixed)} to {points(beam.mixed)} "
        f"(ρ\u00a0=\u00a0{ratio}, estimated anew).",
    ]


def of_clinics(here: Votes, state: WhoseAverage) -> list[str]:
    """Where the three stand, and what is known of the clinics."""
    beam, flags = here.beam, here.flags
    source = "as simulated" if state.ratio == TRUE_RATIO else "set by hand"
    return [
        "Twelve simulated clinics, the largest on top: their true levels are known. Patients lie "
        "evenly about them, so each estimate stands where it does on average over many samples at "
        "this ρ.",
        f"True averages: patient {points(flags.of_rows)}, clinic {points(flags.of_clusters)}. "
        "Discs are votes: OLS balances at "
        f"{points(beam.ols)}, the mean of means at {points(beam.of_clusters)}, the mixed model at "
        f"{points(beam.mixed)} (ρ\u00a0=\u00a0{or_infinity(beam.ratio)}, {source}).",
    ]


def points(value: float) -> str:
    return with_decimals(value, 1)


# --- what is said to an answer --------------------------------------------------------------------


def reveal(scene: Here) -> str:
    beam = schools().beam
    out = (
        f"The average pupil: {points(beam.ols)}, as OLS says. The average school: "
        f"{points(beam.of_clusters)}. The mixed model says {points(beam.mixed)}, which is neither."
    )
    if scene.answer is None:
        return out
    parent, minister = map(points, answers_of(scene.answer))
    return f"You: {parent} for the parent and {minister} for the minister. {out}"


# Answers this close to an average are right, or are that average given to the other one.
RIGHT_WITHIN = 2.0
# Two answers this close are one number for both.
SAME_WITHIN = 1.5
# An answer this close to the middle of the lowest and the highest school is that.
HALF_WAY_WITHIN = 1.2


def half_way() -> float:
    means = schools().beam.means
    return float(means.min() + means.max()) / 2.0


def belief_behind(parent: float, minister: float) -> str:
    """Id of the belief behind both answers."""
    beam = schools().beam
    rows, clusters = beam.ols, beam.of_clusters
    right = (abs(parent - rows) <= RIGHT_WITHIN, abs(minister - clusters) <= RIGHT_WITHIN)
    if abs(parent - minister) <= SAME_WITHIN:
        if right[0]:
            return "grand-mean"
        return "mean-of-means" if right[1] else "one-average"
    if parent > minister:
        return "averages-swapped"
    match right:
        case (True, True):
            return RIGHT
        case (True, False):
            if abs(minister - half_way()) <= HALF_WAY_WITHIN:
                return "half-way"
            return "school-too-low" if minister < clusters else "school-too-high"
        case (False, True):
            return "pupil-too-low" if parent < rows else "pupil-too-high"
    return "both-off"


def reply(scene: Here) -> Reply:
    assert scene.answer is not None
    beam = schools().beam
    rows, clusters = points(beam.ols), points(beam.of_clusters)
    last = beam.levels[-1]
    two = weigh([BIGGEST, last], beam.counts[[0, -1]], beam.means[[0, -1]], beam.ratio)
    pupils = f"{beam.counts.sum():.0f}"
    heavy = f"{beam.counts[0]:.0f} of the {pupils}"
    alone = (
        f"Take {BIGGEST} and {last} alone, of {two.counts[0]:.0f} and {two.counts[1]:.0f} pupils: "
        f"the average pupil is {points(two.ols)}, the average school {points(two.of_clusters)}."
    )
    above = beam.means > beam.ols
    one_vote = f"{len(beam.means)} schools, one vote each"
    parent, minister = answers_of(scene.answer)
    texts = {
        RIGHT: (
            f"Just so. Of the pupils {heavy} go to school {BIGGEST}, which draws the "
            f"average pupil to its own mean. Among schools it is one of {len(beam.means)}.",
            "Just so, by whichever way you came.",
        ),
        "grand-mean": (
            f"You give both about the mean of all pupils, {rows}: is an average not an average? "
            f"The parent is served. But {heavy} pupils go to school {BIGGEST}, and the "
            f"minister asked about schools, of which {BIGGEST} is one. {alone}",
            f"The mean of all rows once more. It gives school {BIGGEST} {heavy} votes; the "
            f"minister gave it one of {len(beam.means)}.",
        ),
        "mean-of-means": (
            f"You give both about the mean of the school means, {clusters}. The minister is "
            f"served. But {heavy} pupils go to {BIGGEST} and {two.counts[1]:.0f} to {last}: "
            f"the parent's average must lie near {BIGGEST}. {alone}",
            f"One vote per school once more. The parent asked about pupils, and {heavy} go to "
            f"{BIGGEST}.",
        ),
        "one-average": (
            "You give both about the same number: “the average” sounds like one thing. But an "
            f"average depends on who is counted, pupils or schools. {alone}",
            "One number for both once more. Count the dots for the parent and the bars for the "
            "minister.",
        ),
        "averages-swapped": (
            f"You put the average pupil above the average school. But the {above.sum()} schools "
            f"above {rows} hold only {beam.counts[above].sum():.0f} of the {pupils} pupils. They "
            f"lift the average school, where each counts in full. {alone}",
            "The other way round once more. In which school do most pupils sit, and is its mean "
            "high or low?",
        ),
        "half-way": (
            f"The parent is served. For the minister you took the point half-way between the "
            f"lowest school and the highest, {points(half_way())}. That lets two schools decide; "
            f"with {one_vote}, the average is {clusters}.",
            "Half-way between the ends once more. The schools in between are schools too.",
        ),
        "school-too-low": (
            f"The parent is served. The minister's answer is still held down by the size of "
            f"{BIGGEST}. With {one_vote}, it is {clusters}, {points(beam.of_clusters - beam.ols)} "
            f"above the average pupil, and not {points(minister)}.",
            f"Too low for the minister once more. Forget the dots: average the "
            f"{len(beam.means)} bars.",
        ),
        "school-too-high": (
            f"The parent is served. But {points(minister)} is too high for the average school: "
            f"{BIGGEST} and the other low schools have one vote each, as {last} has one. Together "
            f"they come to {clusters}.",
            f"Too high for the minister once more. {last} is one bar among {len(beam.means)}.",
        ),
        "pupil-too-high": (
            f"The minister is served. For the parent {points(parent)} is too high: the eye sees "
            f"{len(beam.means)} bars, but {heavy} dots lie in the stripe of {BIGGEST}, "
            f"about {points(beam.means[0])}. The average pupil is at {rows}.",
            "Too high for the parent once more. Look where the cloud of dots is thickest.",
        ),
        "pupil-too-low": (
            f"The minister is served. For the parent {points(parent)} is too low: {BIGGEST} holds "
            f"{heavy} pupils, not all of them, and the others do better. Together they "
            f"come to {rows}.",
            f"Too low for the parent once more. Beyond {BIGGEST} there are other pupils, all in "
            "schools with higher means.",
        ),
        "both-off": (
            f"The order is right, the numbers are not. For the parent count dots: {heavy} "
            f"lie in the stripe of {BIGGEST}, and all of them average {rows}. For the minister "
            f"count bars: {one_vote}, average {clusters}.",
            "Both are off once more. Count dots for the parent and bars for the minister.",
        ),
    }
    idea = belief_behind(parent, minister)
    return Reply(idea, *texts[idea])


def expected() -> dict[str, Answer]:
    """Wrong answers that a class gives, by the thought behind each."""
    beam = schools().beam

    def both(parent: float, minister: float) -> Answer:
        return Answer({"parent": parent, "minister": minister})

    return {
        "The mean of all pupils for both": both(beam.ols, beam.ols),
        "The mean of the school means for both": both(beam.of_clusters, beam.of_clusters),
        "The other way round": both(beam.of_clusters, beam.ols),
        "For the minister half-way between the lowest and the highest": both(beam.ols, half_way()),
    }


# --- why ------------------------------------------------------------------------------------------


def why(scene: Here) -> list[str | Formula]:
    beam = scene.result.beam
    ratio = min(beam.ratio, FAR)
    rows, clusters, mixed = map(points, (beam.ols, beam.of_clusters, beam.mixed))
    shown = [scene.result.bands[0].clusters[0], len(beam.means) - 1]
    first, last = (f"{beam.counts[j]:.0f}" for j in shown)
    return [
        "Each number is a mean of school means: a school of n pupils has n votes for the average "
        "pupil, one for the average school, and n/(1\u00a0+\u00a0nρ) in the mixed model.",
        *(weight_formula(round(beam.counts[j]), ratio, level=beam.levels[j]) for j in shown),
        cluster_average_formula(beam.levels, beam.means),
        f"Two formulas give the votes ω of schools of {first} and of {last} pupils in the mixed "
        f"model; in the third all {len(beam.means)} schools have one vote. ρ is the "
        "between-cluster variance over the residual variance. As it grows, the mixed model's votes "
        "go from n towards the same for each cluster; they are all the same only at ρ = ∞.",
        "The average in which each row counts once is called the person-average, the one in which "
        "each cluster counts once the cluster-average. They part where level goes with size. Who "
        "hits which?\n\n"
        "| Estimator | hits |\n|:--|:--|\n"
        f"| OLS, the mean of all rows | the person-average, {rows} |\n"
        f"| mean of the cluster means | the cluster-average, {clusters} |\n"
        f"| mixed model | neither: {mixed} |\n"
        "| OLS with a predictor x and a dummy variable per cluster | the effect of x inside "
        "clusters |\n"
        "| line through the cluster means, each counted once | the effect between clusters |\n\n"
        "The last two have their own lesson, *Tug of war*. With x in the model an intercept is an "
        "average only at x = 0, so centre x first.",
    ]


def misread() -> str:
    split, whole = schools(MOST_PARTS).beam, schools().beam
    small = 0.01
    walked = weigh(whole.levels, whole.counts, whole.means, small)
    return (
        "“The mixed model stands next to the average school, so that is what it estimates.” Split "
        f"school {BIGGEST} into {MOST_PARTS}, with the slider, and it is at {points(split.mixed)}: "
        f"{points(abs(split.mixed - split.ols))} from the average pupil and "
        f"{points(abs(split.mixed - split.of_clusters))} from the average school. What counts as a "
        f"cluster is a decision, and it decides. Or leave the schools as they are and let ρ be "
        f"{small}: then it is at {points(walked.mixed)}. Its place comes from ρ and the "
        "sizes; nobody asked for it. Who wants the average school takes the mean of means."
    )


# --- challenges -----------------------------------------------------------------------------------

# How near counts as on a flag, how far as off it, and how far apart flags must be.
NEAR, OFF, APART = 0.1, 0.5, 3.0


def walked_off(scene: Here) -> bool:
    beam, flags = scene.result.beam, scene.result.flags
    near = abs(beam.mixed - flags.of_rows) <= NEAR
    return near and abs(flags.of_rows - flags.of_clusters) >= APART


def how_walked_off(scene: Here) -> str:
    state, beam = scene.state, scene.result.beam
    before = clinics(state.follows, TRUE_RATIO).beam
    return (
        f"At ρ = {number(TRUE_RATIO)} the mixed model stands at {points(before.mixed)}, next to "
        f"the average clinic; at ρ = {or_infinity(beam.ratio)} at {points(beam.mixed)}, on the "
        "average patient. The clinics are the same: it aims at neither."
    )


def outside(scene: Here) -> bool:
    beam, flags = scene.result.beam, scene.result.flags
    agree = points(flags.of_rows) == points(flags.of_clusters)
    return agree and abs(beam.mixed - flags.of_clusters) >= OFF


def how_outside(scene: Here) -> str:
    beam, flags = scene.result.beam, scene.result.flags
    return (
        f"Both averages are {points(flags.of_clusters)}: where level has nothing to do with size, "
        "patients and clinics come to the same. The mixed model's votes, n/(1\u00a0+\u00a0nρ), are "
        f"neither of the two, and it stands at {points(beam.mixed)}, beside both."
    )


def challenge_setting() -> str:
    return (
        "The twelve clinics once more, of which the large ones now do worse. Bring the mixed model "
        f"within {NEAR} points of the average patient, while the averages are at least {APART:.0f} "
        "points apart."
    )


def other_challenge() -> str:
    return (
        "Make both averages agree, although the sizes differ, and yet keep the mixed model at "
        f"least {OFF} points away from them."
    )


LESSON = Lesson(
    state=WhoseAverage,
    title="Whose average?",
    setting=setting,
    question=question,
    commit=Marks(
        (
            Mark("parent", "For the parent", x=AXIS[0], y=BEAMS_AT[0]),
            Mark("minister", "For the minister", x=AXIS[0], y=BEAMS_AT[1]),
        ),
        AXIS,
        0.1,
        unit="points",
    ),
    stage=stage,
    result=result,
    enter=enter,
    controls=(
        Control(
            "follows",
            "Correlation of level and size",
            -MOST_FOLLOWS,
            MOST_FOLLOWS,
            0.0,
            0.1,
            format="%.1f",
            help="Below 0 the large clinics do worse, above 0 they do better. The levels' mean and "
            "spread are held.",
            steps=SIMULATED,
        ),
        Control(
            "ratio",
            "Variance ratio ρ",
            0.0,
            math.inf,
            TRUE_RATIO,
            scale="stops",
            stops=lambda: stops_to_infinity(TRUE_RATIO),
            help="ρ = τ²/σ²: how much the clinics' levels vary, in units of the variance of "
            f"patients inside a clinic. It was {number(TRUE_RATIO)} in the simulation; moving it "
            "sets it by hand.",
            steps=SIMULATED,
        ),
        Control(
            "parts",
            f"Schools that {BIGGEST} is split into",
            1.0,
            float(MOST_PARTS),
            1.0,
            1.0,
            format="%d",
            help="Its pupils are dealt out in turn to so many schools, such as its sites or its "
            "classes. Their scores stay as they are.",
            steps=("reveal", "why", "remember"),
        ),
    ),
    figure=figure,
    target="Twelve simulated clinics, so the truth is known. Let the large ones do worse: which "
    "average moves, and who stands on it?",
    reveal=reveal,
    reply=reply,
    why=why,
    challenges=(
        Challenge(
            "walk-off",
            challenge_setting,
            walked_off,
            how_walked_off,
            solution={"ratio": 0.0},
        ),
        Challenge(
            "outside",
            other_challenge,
            outside,
            how_outside,
            solution={"follows": 0.0, "ratio": 0.04},
        ),
    ),
    misread=misread,
    remember="“The average” is two averages, of rows and of clusters: choose before you choose "
    "the model.",
    on_paper="Each dot is a pupil, each bar a school's mean. Mark one answer on each of the lower "
    "lines.",
    expected=expected,
)
