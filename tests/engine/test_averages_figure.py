"""Three beams: what is drawn of votes, averages and answers, and what is kept back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.account.targets import Averages
from engine.figures.averages import BEAMS_AT, Band, Names, Votes, averages_figure
from engine.figures.balance import Rows
from engine.figures.base import PALETTES
from engine.figures.beam import weigh

COUNTS, MEANS = np.array([6, 3, 1]), np.array([10.0, 20.0, 40.0])
ROWS = Rows(np.repeat(MEANS, COUNTS) + np.tile([-1.0, 1.0], 5), np.repeat(np.arange(3), COUNTS))
NAMES = Names("y", "rows", "average row", "average cluster", ("rows", "clusters"))
# Two clusters share a stripe.
BANDS = [Band("A and C", [0, 2], 2.0), Band("B", [1])]


def votes(ratio: float = 0.5, flags: Averages | None = None) -> Votes:
    beam = weigh("ABC", COUNTS, MEANS, ratio)
    return Votes(beam, flags or Averages(beam.ols, beam.of_clusters), ROWS, BANDS)


def figure(here: Votes, **what: object) -> dict:
    return averages_figure(
        here, PALETTES["light"], NAMES, axis_range=(0.0, 50.0), height=500, **what,  # type: ignore[arg-type]
    )  # fmt: skip


def drawn(here: Votes, role: str, mode: str = "markers", **what: object) -> list[dict]:
    data = figure(here, **what)["data"]
    return [each for each in data if (each["meta"]["role"], each["mode"]) == (role, mode)]


def test_each_beam_carries_its_votes_and_balances_where_they_say() -> None:
    here = votes()
    for role, fulcrum, at in zip(
        ("votes of rows", "votes of clusters", "weights"),
        ("ols", "cluster average", "mixed"),
        BEAMS_AT,
        strict=True,
    ):
        (discs,) = drawn(here, role)
        (triangle,) = drawn(here, fulcrum, "markers+text")
        area = np.square(discs["marker"]["size"])
        assert area @ discs["x"] / area.sum() == pytest.approx(triangle["x"][0])
        assert set(discs["y"]) == {at} and triangle["y"][0] < at


def test_before_the_answer_nothing_depends_on_votes_and_averages() -> None:
    figures = [
        figure(votes(ratio, Averages(of_rows, 30.0)), counted=False)
        for ratio, of_rows in ((0.0, 1.0), (0.5, 2.0), (np.inf, 40.0))
    ]
    roles = {each["meta"]["role"] for each in figures[0]["data"]}
    assert roles == {"rows", "own", "beams"}
    for other in figures[1:]:
        np.testing.assert_equal(other, figures[0])


def test_clusters_of_one_stripe_lie_apart_in_it_and_their_rows_with_them() -> None:
    data = {each["meta"]["role"]: each for each in figure(votes())["data"]}
    assert data["own"]["x"][::3] == pytest.approx(MEANS)
    bars = data["own"]["y"].reshape(3, 3)
    # A above C in the stripe from 0 to −2, B below in the one from −2 to −3.
    for (low, high), bar in zip(((-1, 0), (-3, -2), (-2, -1)), bars, strict=True):
        assert np.all((bar[:2] > low) & (bar[:2] < high))
    for j, bar in enumerate(bars):
        own = data["rows"]["y"][ROWS.cluster == j]
        assert np.all((own > bar[:2].min()) & (own < bar[:2].max()))


@pytest.mark.parametrize(
    ("flags", "sides"),
    [
        (Averages(10.0, 20.0), ["left", "right"]),
        (Averages(20.0, 10.0), ["right", "left"]),
        # One average but for rounding.
        (Averages(20.0 + 1e-13, 20.0), ["left", "right"]),
    ],
)
def test_names_of_flags_stand_outside(flags: Averages, sides: list[str]) -> None:
    here = votes(flags=flags)
    names = [
        drawn(here, role, "lines+text")[0] for role in ("average of rows", "average of clusters")
    ]
    assert [name["textposition"] for name in names] == [f"middle {side}" for side in sides]


def test_gaps_reach_from_each_answer_to_its_own_flag() -> None:
    here = votes(flags=Averages(14.0, 26.0))
    gaps = drawn(here, "gap", "lines", answers=(12.0, 30.0), gap=True)
    assert [each["x"] for each in gaps] == [[12.0, 14.0], [30.0, 26.0]]
    assert not drawn(here, "gap", "lines", answers=(12.0, 30.0))
    said = drawn(here, "answer's number", "text", answers=(12.0, 30.0))
    assert [each["text"] for each in said] == [["you 12.0"], ["you 30.0"]]


def test_names_are_data() -> None:
    here = replace(votes(), bands=[Band("<b>", [0, 1, 2])])
    assert figure(here)["layout"]["yaxis2"]["ticktext"] == ["&lt;b>"]
