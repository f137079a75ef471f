"""What is the same in every cluster: means of numbers, shares of levels."""

from __future__ import annotations

from collections.abc import Sequence

from engine.data.design import Design
from engine.words.numbers import listed_with_and


def same_in_each(design: Design, names: Sequence[str]) -> tuple[str, ...]:
    """Say that columns are alike in each cluster, one clause for numbers and one for levels.

    Parameters
    ----------
    design
        The rows behind both models.
    names
        Names of columns that have the same mean in each cluster.
    """
    means, levels = _told_apart(design, names)
    clauses = []
    if means:
        verb = "has" if len(means) == 1 else "have"
        clauses.append(f"{listed_with_and(means)} {verb} the same mean in each")
    if levels:
        many = "s" * (_count(levels) > 1)
        verb = "are" if many else "is"
        clauses.append(f"the share{many} of {_listed(levels)} {verb} the same in each")
    return tuple(clauses)


def same_spread(design: Design, names: Sequence[str]) -> str:
    """Say what of columns is alike: the mean and the spread of numbers, the shares of levels.

    Parameters
    ----------
    design
        The rows behind both models.
    names
        Names of columns that have the same mean and the same spread in each cluster.
    """
    means, levels = _told_apart(design, names)
    said = []
    if means:
        said.append(f"the same mean and spread of {listed_with_and(means)}")
    if levels:
        said.append(f"the same share{'s' * (_count(levels) > 1)} of {_listed(levels)}")
    return listed_with_and(said)


def _told_apart(design: Design, names: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the names of numbers, and the levels that dummies stand for, by their factor."""
    columns = {column.name: column for column in design.columns}
    means: list[str] = []
    levels: dict[str, list[str]] = {}
    for name in names:
        match columns[name].factors:
            case ((factor, int(level)),):
                levels.setdefault(factor, []).append(design.categories[factor][level])
            case _:
                means.append(name)
    return means, levels


def _count(levels: dict[str, list[str]]) -> int:
    return sum(map(len, levels.values()))


def _listed(levels: dict[str, list[str]]) -> str:
    return listed_with_and(f"{listed_with_and(own)} ({name})" for name, own in levels.items())
