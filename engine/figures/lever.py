"""Where the mixed model puts each cluster and, below, one cluster on a beam with two weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.moments import FloatArray, IntArray
from engine.figures.base import HOVER_TEXT, Figure, Palette, plain, trace
from engine.figures.beam import (
    BEAM_AT,
    FULCRUM_AT,
    Beam,
    answer_on_beam,
    beam_layout,
    beam_line,
    ranked,
    weight_sizes,
)
from engine.words.formulas import cluster_term
from engine.words.numbers import share, with_decimals

# Below the beam, and clear of what is said at the point of balance.
_NAMES = -1.13
# Diameter in pixels of a weight that has all of the beam to itself.
_LARGEST = 46.0
# What is nearer than this share of the axis leaves no room for a name between.
_NEAR = 0.33


@dataclass(frozen=True)
class Lever:
    """J clusters in a mixed model without predictors, one of which is followed.

    Attributes
    ----------
    beam
        The clusters and their weights, at the ratio of both variances.
    followed
        The cluster 0..J-1 that is followed.
    residual_variance, between_variance
        σ² and τ², in squared outcome units; τ² may be infinite.
    """

    beam: Beam
    followed: int
    residual_variance: float
    between_variance: float

    @property
    def level(self) -> str:
        """The followed cluster's label."""
        return self.beam.levels[self.followed]

    @property
    def count(self) -> float:
        """Its rows."""
        return float(self.beam.counts[self.followed])

    @property
    def own(self) -> float:
        """Its own mean, in outcome units."""
        return float(self.beam.means[self.followed])

    @property
    def pooled(self) -> float:
        """The intercept of the mixed model, in outcome units."""
        return self.beam.mixed

    @property
    def landings(self) -> FloatArray:
        """Where the mixed model puts each cluster, shape (J,), in outcome units."""
        return self.beam.by_ratio.landings

    @property
    def landing(self) -> float:
        """Where it puts the followed one."""
        return float(self.landings[self.followed])

    @property
    def shrinkage(self) -> float:
        """The followed cluster's shrinkage factor s: its own mean's share of the two weights."""
        return float(self.beam.by_ratio.shrinkage[self.followed])

    @property
    def errors_of_means(self) -> FloatArray:
        """Standard errors σ/√n of the clusters' own means, shape (J,), in outcome units."""
        return np.asarray(np.sqrt(self.residual_variance / self.beam.counts))

    def companion(self, within: float) -> int | None:
        """Return the cluster of another size and mean that lands where the followed one does.

        Parameters
        ----------
        within
            How near two landings count as one place, in outcome units.

        Returns
        -------
        int or None
            The nearest such cluster 0..J-1; None if there is none.
        """
        away = np.abs(self.landings - self.landing)
        away[(self.beam.counts == self.count) | (self.beam.means == self.own)] = np.inf
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= within else None


def lever_figure(
    here: Lever,
    palette: Palette,
    *,
    axis_range: tuple[float, float],
    outcome: str,
    cluster: str,
    height: int,
    answer: float | None = None,
    landed: bool = True,
    gap: bool = False,
    before: Lever | None = None,
) -> Figure:
    """Draw each cluster from its own mean to where it lands, and the followed one's two weights.

    Parameters
    ----------
    here
        The clusters.
    palette, axis_range, outcome, cluster, height
        As of `beam_layout`.
    answer
        Where somebody expects the followed cluster, drawn as a line.
    landed
        Whether to draw where clusters land; without it the figure says nothing of it.
    gap
        Whether to draw the distance from the answer to where the followed cluster lands.
    before
        The same clusters as they were, whose means and pooled value are drawn faintly.

    Returns
    -------
    Figure
        A plotly figure as plain data. The beam lies on ``yaxis``, at `BEAM_AT`.
    """
    rank = ranked(here.beam)
    data = [
        *(_before(before, rank, palette) if before is not None else []),
        *_means(here, rank, palette, axis_range, answer),
        *(_landings(here, rank, palette) if landed else []),
        beam_line(axis_range, palette),
        *_weights(here, palette, axis_range, landed=landed),
        *(_fulcrum(here, palette, axis_range) if landed else []),
        *answer_on_beam(
            answer, here.landing, palette, axis_range=axis_range, rows=len(rank), gap=gap
        ),
    ]  # fmt: skip
    layout = beam_layout(
        here.beam, rank, palette,
        axis_range=axis_range, outcome=outcome, cluster=cluster, height=height,
    )  # fmt: skip
    return {"data": data, "layout": layout}


def _terms(here: Lever, followed: str) -> list[str]:
    """Return what each cluster's symbol stands for; that of the followed one has its own name."""
    terms = list(map(cluster_term, here.beam.levels))
    terms[here.followed] = followed
    return terms


def _means(
    here: Lever,
    rank: IntArray,
    palette: Palette,
    axis_range: tuple[float, float],
    answer: float | None,
) -> list[dict[str, Any]]:
    """Return the own means, how well they are known, and the pooled value."""
    means, errors = here.beam.means, here.errors_of_means
    # Its name stands where it does not cross the answer, in a row whose mean is on the other side.
    way = 0.0 if answer is None else (answer - here.pooled) / (axis_range[1] - axis_range[0])
    side = "left" if 0.0 < way < _NEAR else "right"
    free = rank[means > here.pooled if side == "left" else means < here.pooled]
    row = free.max() if len(free) else len(rank) - 1
    gaps = np.full(len(means), np.nan)
    look = _by_cluster(here, palette.no_pooling, palette.data)
    said = [
        f"{plain(level)}: own mean {with_decimals(mean, 1)} ± {with_decimals(error, 1)}"
        for level, mean, error in zip(here.beam.levels, means, errors, strict=True)
    ]
    return [
        trace(
            "residual variance", "lines",
            np.column_stack([means - errors, means + errors, gaps]).ravel(),
            np.column_stack([rank, rank, gaps]).ravel(), yaxis="y2", opacity=0.5,
            line={"color": palette.no_pooling, "width": 11},
        ),
        trace(
            "mixed", "lines", [here.pooled, here.pooled], [-0.6, len(rank) - 0.4], yaxis="y2",
            line={"color": palette.mixed, "width": 2},
        ),
        trace(
            "pooled name", "text", [here.pooled], [row], yaxis="y2",
            text=[f"\u2002pooled {with_decimals(here.pooled, 1)}\u2002"],
            textposition=f"middle {side}", textfont={"size": 15, "color": palette.mixed},
            cliponaxis=False,
        ) | {"meta": {"role": "pooled name", "terms": ["mixed"]}},
        trace(
            "means", "markers", means, rank, yaxis="y2", text=said, **HOVER_TEXT,
            marker={"symbol": "circle-open", "color": look, "size": 14, "line": {"width": 2.5}},
        ) | {"meta": {"role": "means", "terms": _terms(here, "own")}},
    ]  # fmt: skip


def _before(before: Lever, rank: IntArray, palette: Palette) -> list[dict[str, Any]]:
    """Return the own means and the pooled value as they were."""
    quiet = {"color": palette.muted, "width": 2}
    return [
        trace(
            "pooled before", "lines", [before.pooled] * 2, [-0.6, len(rank) - 0.4], yaxis="y2",
            line=quiet | {"dash": "dot"},
        ),
        trace(
            "means before", "markers", before.beam.means, rank, yaxis="y2",
            marker={"symbol": "x-thin", "size": 10, "line": quiet},
        ),
    ]  # fmt: skip


def _landings(here: Lever, rank: IntArray, palette: Palette) -> list[dict[str, Any]]:
    """Return the way of each cluster, that of the followed one in strong colour, and its end."""
    means, ends = here.beam.means, here.landings
    gaps, j = np.full(len(means), np.nan), here.followed
    others = np.arange(len(means)) != j
    said = [
        f"{plain(level)}: lands at {with_decimals(end, 1)}, {share(part)} of the way"
        for level, end, part in zip(
            here.beam.levels, ends, here.beam.by_ratio.shrinkage, strict=True
        )
    ]
    return [
        trace(
            "ways", "lines",
            np.column_stack([means, ends, gaps])[others].ravel(),
            np.column_stack([rank, rank, gaps])[others].ravel(), yaxis="y2",
            line={"color": palette.muted, "width": 2},
        ),
        trace(
            "way", "lines", [means[j], ends[j]], [rank[j], rank[j]], yaxis="y2",
            line={"color": palette.ink, "width": 4},
        ),
        trace(
            "landings", "markers", ends, rank, yaxis="y2", text=said, **HOVER_TEXT,
            marker={
                "color": _by_cluster(here, palette.mixed, palette.muted),
                "size": np.where(others, 10.0, 14.0),
                "line": {"width": 0},
            },
        ) | {"meta": {"role": "landings", "terms": _terms(here, "landed")}},
    ]  # fmt: skip


def _by_cluster(here: Lever, strong: str, quiet: str) -> list[str]:
    return [strong if j == here.followed else quiet for j in range(len(here.beam.levels))]


def _weights(
    here: Lever, palette: Palette, axis_range: tuple[float, float], *, landed: bool
) -> list[dict[str, Any]]:
    """Return the two weights at the ends of the beam: the other clusters' and the followed one's.

    They stand for τ² and n, and together for the ratio, which is all that they depend on.
    """
    ends = np.array([here.pooled, here.own])
    parts = np.array([1.0 - here.shrinkage, here.shrinkage]) if landed else np.zeros(2)
    names = ["pooled", f"{plain(here.level)}'s own mean"]
    if landed:
        said = [share(part) for part in parts]
        names = [f"the others {said[0]}", f"{plain(here.level)} {said[1]}"]
    near = abs(ends[1] - ends[0]) < _NEAR * (axis_range[1] - axis_range[0])
    sides = ["left", "right"] if ends[0] <= ends[1] else ["right", "left"]
    place = [f"middle {side}" for side in sides] if near else ["middle center"] * 2
    colours = [palette.mixed, palette.no_pooling]
    terms = ["between variance", "size"]
    return [
        trace(
            "ratio", "markers", ends, [BEAM_AT, BEAM_AT],
            marker={
                "color": colours,
                "size": weight_sizes(parts, _LARGEST),
                "opacity": 0.6,
                "line": {"width": 0},
            },
        ) | {"meta": {"role": "ratio", "terms": terms}},
        trace(
            "weights' names", "text", ends, [_NAMES, _NAMES], text=names, textposition=place,
            textfont={"size": 15, "color": colours}, cliponaxis=False,
        ) | {"meta": {"role": "weights' names", "terms": terms}},
    ]  # fmt: skip


def _fulcrum(
    here: Lever, palette: Palette, axis_range: tuple[float, float]
) -> list[dict[str, Any]]:
    side = "left" if here.landing > sum(axis_range) / 2.0 else "right"
    return [
        trace(
            "shrinkage", "lines", [here.pooled, here.landing], [BEAM_AT, BEAM_AT],
            line={"color": palette.mixed, "width": 6},
        ),
        trace(
            "fulcrum", "markers+text", [here.landing], [FULCRUM_AT],
            marker={"color": palette.mixed, "symbol": "triangle-up", "size": 18},
            text=[f"\u2002lands at {with_decimals(here.landing, 1)}\u2002"],
            textposition=f"middle {side}", textfont={"size": 15, "color": palette.mixed},
            cliponaxis=False,
        ) | {"meta": {"role": "fulcrum", "terms": ["landed"]}},
    ]  # fmt: skip
