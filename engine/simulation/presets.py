"""Scenarios that each show one thing."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engine.simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Preset:
    """A scenario that shows one thing.

    Attributes
    ----------
    id
        Its name in addresses and in other modules, which stays when ``name`` is reworded.
    name
        A title.
    description
        What it shows, in a sentence or two that are true of its own sample.
    scenario
        Its settings.
    """

    id: str
    name: str
    description: str
    scenario: Scenario


PRESETS: tuple[Preset, ...] = (
    Preset(
        "balanced",
        "Balanced",
        "All clusters have the same size and the same share of each condition. Both models give "
        "the same coefficients; only the standard errors differ.",
        Scenario(size_spread=0, share_spread=0, seed=2),
    ),
    Preset(
        "big-clusters",
        "Big clusters sit low",
        "Large clusters have low intercepts. OLS counts rows and follows them down; the mixed "
        "model counts clusters nearly alike and stays near the average cluster.",
        Scenario(size_spread=1.2, size_intercept_correlation=-0.7, seed=6),
    ),
    Preset(
        "confounded",
        "Condition confounded with cluster",
        "Clusters with many treated rows also sit high. OLS takes this for an effect and gets its "
        "sign wrong; the mixed model mostly compares rows of one cluster.",
        Scenario(share_spread=0.6, share_intercept_correlation=0.8, seed=8),
    ),
    Preset(
        "no-cluster-variance",
        "No cluster variance",
        "The clusters differ by chance alone. The between-cluster variance is estimated as exactly "
        "0, and both models are the same fit.",
        Scenario(between_variance=0, seed=15),
    ),
    Preset(
        "few-clusters",
        "Few clusters",
        "Five clusters say little about the variance between clusters. Here its estimate is less "
        "than half the truth, so the intercept's standard error is too small.",
        Scenario(clusters=5, seed=70),
    ),
    Preset(
        "cluster-level-treatment",
        "Cluster-level treatment",
        "Each cluster holds one condition only. OLS counts rows as independent, so its standard "
        "error of the effect is about a quarter of the mixed model's.",
        Scenario(share_spread=1, seed=2),
    ),
    Preset(
        "odd-cluster",
        "One odd cluster",
        "The largest cluster lies far above all others and draws OLS up. It makes up most of the "
        "between-cluster variance, so the others are shrunk less.",
        Scenario(shape="one outlier", size_intercept_correlation=0.5, seed=28),
    ),
)


def preset_of(name: str) -> Preset:
    """Return the preset of an id.

    Parameters
    ----------
    name
        The id.

    Raises
    ------
    KeyError
        There is none with this id.
    """
    return _BY_ID[name]


def nearest_preset(scenario: Scenario) -> Preset:
    """Return the preset that differs from a scenario in the fewest settings.

    Parameters
    ----------
    scenario
        Any scenario. Which sample is drawn does not count. Among presets that are equally near,
        the first is returned.
    """
    return min(PRESETS, key=lambda preset: len(changed_settings(preset.scenario, scenario)))


def changed_settings(before: Scenario, after: Scenario) -> tuple[str, ...]:
    """Return the names of the settings in which two scenarios differ, the seed left out.

    Parameters
    ----------
    before, after
        The scenarios.
    """
    return tuple(name for name in _SETTINGS if getattr(before, name) != getattr(after, name))


_BY_ID = {preset.id: preset for preset in PRESETS}
_SETTINGS = tuple(each.name for each in fields(Scenario) if each.name != "seed")
