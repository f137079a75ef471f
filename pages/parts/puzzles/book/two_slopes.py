"""Puzzles of a predictor that has one slope inside clusters and another between them."""

from __future__ import annotations

from engine import Comparison
from engine.words.numbers import with_decimals
from pages.parts.puzzles.book.says import AGREE, inside_and_between, where_is_mixed
from pages.parts.puzzles.change import Change
from pages.parts.puzzles.puzzle import Goal, Posted, Puzzle


def why_fuel(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'displ', 3, 'Inside a class of cars')} Size of engine "
        "varies mostly from class to class, so between classes much of what else a large car is "
        "comes with it."
    )


FUEL = Puzzle(
    id="366001",
    title="Fuel economy",
    example="mpg",
    asked_in="Cross Validated 366001, “lm coefficients don't match lmer fixed effects”",
    asked="Miles per gallon on the highway by size of the engine (displ, litres) and year of "
    "the car, once with an intercept for each class of cars and once without. Should the fixed "
    "effects not match those of OLS?",
    question=where_is_mixed("displ", 3),
    term="displ",
    posted=(Posted("displ", "−3.611", "−2.391"),),
    why=why_fuel,
    keep="A predictor that varies mostly between clusters brings the clusters' other "
    "differences along, and OLS books them on its slope.",
    goal=Goal(
        "Which classes make the difference? Move them, or leave them out, until both slopes are "
        "closer together than 0.1.",
        closer=0.1,
    ),
    tools=("moved", "out"),
    solution=Change(out=("2seater", "pickup", "suv")),
    lesson="within-and-between",
)


def why_schools(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'ses', 3, 'Inside schools')} A pupil gains from a "
        "better-off home, and once more from sitting in a school of better-off homes: the "
        "school's mean works on top of the pupil's own."
    )


SCHOOLS = Puzzle(
    id="schools",
    title="The school on top of the pupil",
    example="high_school_and_beyond",
    asked_in="Raudenbush & Bryk (2002), Hierarchical Linear Models, with the data of High "
    "School and Beyond 1982",
    asked="The textbook's data: the mathematics score of 7,185 pupils of 160 schools by the "
    "socio-economic status of their home, ses. What does one step of ses bring?",
    question=where_is_mixed("ses", 3),
    term="ses",
    posted=(Posted("ses", "3.184", "2.390"),),
    why=why_schools,
    keep="Where the cluster's mean works on top of the row's own value, one slope answers "
    "neither question: put the mean beside it.",
    goal=Goal(f"Is it that schools differ in size, or that their means work? {AGREE}"),
    tools=("equal", "means"),
    solution=Change(means=True),
    lesson="within-and-between",
)


def why_capital(comparison: Comparison) -> str:
    within = comparison.fits["within"]
    place = within.names.index("log_pcap")
    t = with_decimals(float(within.estimates[place] / within.standard_errors[place]), 1)
    return (
        f"{inside_and_between(comparison, 'log_pcap', 4, 'Inside states')} States with much public "
        "capital are rich, but when a state builds more, its product does not follow: inside "
        f"states t = {t}. Whether public capital pays depends on which comparison is made."
    )


CAPITAL = Puzzle(
    id="public-capital",
    title="Does public capital pay?",
    example="puzzle_public_capital",
    asked_in="Munnell (1990), New England Economic Review, and Holtz-Eakin (1994), Review of "
    "Economics and Statistics",
    asked="Do roads and schools make a state richer? Gross product by public capital "
    "(log_pcap), private capital, employment (all in logarithms) and unemployment in 48 US "
    "states over 17 years.",
    question=where_is_mixed("log_pcap", 4),
    term="log_pcap",
    posted=(
        Posted("log_pcap", "0.1550", "0.0023"),
        Posted("log_pcap", "9.0", "0.1", "t"),
    ),
    why=why_capital,
    keep="“Does it pay?” is two questions: do states that have more do better, and does a "
    "state do better when it gets more?",
    goal=Goal(f"Let both models ask only what happens inside a state. {AGREE}"),
    tools=("out", "centred"),
    solution=Change(centred=True),
    lesson="within-and-between",
)


def why_petrol(comparison: Comparison) -> str:
    return (
        f"{inside_and_between(comparison, 'lrpmg', 3, 'Inside countries')} Within a country people "
        "answer this year's price; between countries they have lived with dear or cheap petrol "
        "for decades. These are two questions."
    )


PETROL = Puzzle(
    id="gasoline",
    title="The price of petrol",
    example="puzzle_gasoline",
    asked_in="Baltagi & Griffin (1983), European Economic Review 22:117–137",
    asked="By how much do people use less petrol if its price (lrpmg) rises? Petrol per car by "
    "price, income and cars per head, all in logarithms, in 18 countries over 19 years.",
    question=where_is_mixed("lrpmg", 3),
    term="lrpmg",
    predictor="lrpmg",
    posted=(Posted("lrpmg", "−0.892", "−0.374"),),
    why=why_petrol,
    keep="The answer to a change over the years and the difference between countries are two "
    "elasticities; a pooled slope is neither.",
    goal=Goal(
        "Which countries make the difference? Leave out as few as you can, until both slopes are "
        "closer together than 0.1.",
        closer=0.1,
    ),
    tools=("out",),
    solution=Change(out=("CANADA", "GREECE", "U.S.A.")),
    lesson="within-and-between",
)
