"""The example data sets that ship with the program, each with the model it is known for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from engine.data.files import read
from engine.data.formula.grammar import parse
from engine.errors import DataError

FOLDER = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Example:
    """A data set and its model.

    Attributes
    ----------
    name
        Short name, as `load` takes it.
    title
        Name to show in a list.
    file
        Name of its file in the folder ``data``.
    formula
        The model to start with.
    description
        What was observed, in one sentence.
    source
        Where the numbers come from.
    rows, clusters
        Number of rows and of clusters.
    row, unit
        What a row and what a cluster is, in the singular; empty if no more is known than the name
        of the column.
    """

    name: str
    title: str
    file: str
    formula: str
    description: str
    source: str
    rows: int
    clusters: int
    row: str = ""
    unit: str = ""

    @property
    def cluster_name(self) -> str:
        """Name of the column that tells the clusters of its model apart."""
        return parse(self.formula).random.group


EXAMPLES = (
    Example(
        name="twin",
        title="The puzzle (reconstruction)",
        file="twin.parquet",
        formula="pSHP2 ~ condition + (1 | cluster)",
        description=(
            "A transformed marker intensity in unstimulated and stimulated rows of 24 clusters of "
            "very unequal size, built so that lm and lmer print the published figures."
        ),
        source="Reconstructed from the published figures; not the original measurements.",
        rows=326_362,
        clusters=24,
    ),
    Example(
        name="sleepstudy",
        title="Sleep deprivation",
        file="sleepstudy.csv",
        formula="Reaction ~ Days + (1 | Subject)",
        description=(
            "Average reaction time (ms) of 18 people on ten days of a sleep deprivation study."
        ),
        source=(
            "Belenky et al. (2003), Journal of Sleep Research 12:1–12; as in R's package lme4."
        ),
        rows=180,
        clusters=18,
        row="day of a person",
        unit="person",
    ),
    Example(
        name="high_school_and_beyond",
        title="High School and Beyond",
        file="high_school_and_beyond.csv",
        formula="math ~ ses + (1 | school)",
        description=(
            "Mathematics score and socio-economic status of the pupils of 160 American schools."
        ),
        source=(
            "High School and Beyond 1982, US National Center for Education Statistics; "
            "Raudenbush & Bryk (2002), Hierarchical Linear Models; as in R's package mlmRev."
        ),
        rows=7_185,
        clusters=160,
        row="pupil",
        unit="school",
    ),
    Example(
        name="orthodont",
        title="Growing jaws",
        file="orthodont.csv",
        formula="distance ~ age * Sex + (1 | Subject)",
        description=(
            "Distance (mm) from the pituitary gland to the pterygomaxillary fissure of 27 "
            "children at the ages of 8, 10, 12 and 14 years."
        ),
        source="Potthoff & Roy (1964), Biometrika 51:313–326; as in R's package nlme.",
        rows=108,
        clusters=27,
        row="visit of a child",
        unit="child",
    ),
    Example(
        name="inner_london_exam",
        title="Inner London exams",
        file="inner_london_exam.csv",
        formula="score ~ intake + (1 | school)",
        description=(
            "Normalised exam score at the age of 16 and reading score at intake of the pupils "
            "of 65 schools."
        ),
        source=(
            "Goldstein et al. (1993), Oxford Review of Education 19:425–433; as in R's package "
            "mlmRev."
        ),
        rows=4_059,
        clusters=65,
        row="pupil",
        unit="school",
    ),
    Example(
        name="mpg",
        title="Fuel economy",
        file="mpg.csv",
        formula="hwy ~ displ + year + (1 | class)",
        description=(
            "Highway miles per gallon and engine displacement (litres) of cars of 1999 and 2008 "
            "in seven classes."
        ),
        source=(
            "US Environmental Protection Agency, as in R's package ggplot2; the model of Cross "
            "Validated question 366001."
        ),
        rows=234,
        clusters=7,
        row="car",
        unit="class of cars",
    ),
    Example(
        name="puzzle_33995_even",
        title="Even clusters",
        file="puzzle_33995_even.csv",
        formula="y ~ x + (1 | m)",
        description="Ten clusters of two rows, each cluster in one of two conditions.",
        source="Made-up numbers posted in an answer to Cross Validated question 33995.",
        rows=20,
        clusters=10,
    ),
    Example(
        name="puzzle_33995_uneven",
        title="Uneven clusters",
        file="puzzle_33995_uneven.csv",
        formula="y ~ x + (1 | m)",
        description=(
            "The same outcomes in ten clusters of one or three rows, one of which holds both "
            "conditions."
        ),
        source="Made-up numbers posted in an answer to Cross Validated question 33995.",
        rows=20,
        clusters=10,
    ),
    Example(
        name="puzzle_161703",
        title="Twenty clusters of three",
        file="puzzle_161703.csv",
        formula="Y ~ X + (1 | ID)",
        description="Twenty clusters of three rows each.",
        source="Numbers posted in Cross Validated question 161703.",
        rows=60,
        clusters=20,
    ),
    Example(
        name="puzzle_random_vs_fixed",
        title="Random or fixed?",
        file="puzzle_random_vs_fixed.csv",
        formula="y ~ x + (1 | f)",
        description="Four clusters of three rows that lie far apart in the predictor.",
        source=(
            "Made-up numbers posted in the Cross Validated question “Big disagreement in the "
            "slope estimate when groups are treated as random vs. fixed in a mixed model”."
        ),
        rows=12,
        clusters=4,
    ),
    Example(
        name="puzzle_86032",
        title="Ten sites of one row",
        file="puzzle_86032.csv",
        formula="y ~ x + (1 | z)",
        description="One site of ten rows that run up, and ten sites of one row along a line down.",
        source="Made by the code posted in Cross Validated question 86032 (seed 9999).",
        rows=20,
        clusters=11,
        unit="site",
    ),
    Example(
        name="puzzle_public_capital",
        title="Does public capital pay?",
        file="puzzle_public_capital.csv",
        formula="log_gsp ~ log_pcap + log_pc + log_emp + unemp + (1 | state)",
        description=(
            "Gross product, public and private capital, employment (all in logarithms) and "
            "unemployment (%) of 48 US states over 17 years."
        ),
        source="Munnell (1990), New England Economic Review; as in R's package plm (Produc).",
        rows=816,
        clusters=48,
    ),
    Example(
        name="puzzle_gasoline",
        title="The price of petrol",
        file="puzzle_gasoline.csv",
        formula="lgaspcar ~ lincomep + lrpmg + lcarpcap + (1 | country)",
        description=(
            "Petrol per car, income per head, price of petrol and cars per head (all in "
            "logarithms) of 18 countries over 19 years."
        ),
        source=(
            "Baltagi & Griffin (1983), European Economic Review 22:117–137; as in R's package plm "
            "(Gasoline)."
        ),
        rows=342,
        clusters=18,
        unit="country",
    ),
    Example(
        name="puzzle_split_plot",
        title="Split plot",
        file="puzzle_split_plot.csv",
        formula="y ~ a + b + (1 | s)",
        description=(
            "Eight subjects, each measured at the four levels of b and at one of the two of a."
        ),
        source="The page of UCLA's statistical consulting group on xtreg, re and fe.",
        rows=32,
        clusters=8,
    ),
    Example(
        name="puzzle_zero_variance",
        title="A variance of zero",
        file="puzzle_zero_variance.csv",
        formula="y ~ 1 + (1 | subject)",
        description="Ten subjects of five rows whose means differ less than noise would have it.",
        source=(
            "Made by code posted in a discussion of random effects with zero variance "
            "(r-sig-mixed-models)."
        ),
        rows=50,
        clusters=10,
    ),
    Example(
        name="lesson_schools",
        title="Six schools",
        file="lesson_schools.csv",
        formula="score ~ 1 + (1 | school)",
        description="Scores of the pupils of six schools, from 2 to 120 pupils each.",
        source="Constructed for the lessons.",
        rows=192,
        clusters=6,
    ),
    Example(
        name="three_stories",
        title="One site up, ten sites down",
        file="three_stories.csv",
        formula="y ~ x + (1 | z)",
        description="A site whose ten rows run up, and ten of two rows that lie along a line down.",
        source="Constructed for the lessons, after Cross Validated question 86032.",
        rows=30,
        clusters=11,
    ),
)


def load(name: str) -> pd.DataFrame:
    """Read the rows of an example.

    Parameters
    ----------
    name
        Short name of one of ``EXAMPLES``.

    Returns
    -------
    pandas.DataFrame
        One row per observation.

    Raises
    ------
    DataError
        No example has this name.
    """
    for example in EXAMPLES:
        if example.name == name:
            return read(FOLDER / example.file)
    names = ", ".join(example.name for example in EXAMPLES)
    raise DataError(f"There is no example `{name}`. The examples are {names}.")
