"""``simulate``: write a data set to a file, simulated and so with a known truth."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from engine import Scenario, simulate
from engine.cli.output import reason, replacing, show
from engine.errors import DataError
from engine.simulation import FIELDS, PRESETS, SHAPES

HELP = "write a simulated data set"
DESCRIPTION = (
    "Draw clustered data with a control and a treated condition: columns cluster, condition and y."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that can follow the command, among them every number of a scenario.

    Parameters
    ----------
    parser
        The parser of the command; it is changed in place.
    """
    parser.add_argument(
        "--out",
        required=True,
        help="file to write, .csv or .parquet; one that is there already is replaced",
    )
    parser.add_argument(
        "--preset",
        choices=[*(preset.name for preset in PRESETS), *(preset.id for preset in PRESETS)],
        metavar="NAME",
        help="start from a named scenario: "
        + "; ".join(f"{preset.name} ({preset.id})" for preset in PRESETS),
    )
    start = Scenario()
    for field in FIELDS.values():
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=int if field.whole else float,
            metavar="N" if field.whole else "X",
            help=f"{field.help}{f' in {field.unit}' if field.unit else ''}; "
            f"{field.low:g} to {field.high:.10g} "
            f"(default: {getattr(start, field.name):g})",
        )
    parser.add_argument(
        "--shape", choices=SHAPES, help="distribution of the cluster intercepts (default: gaussian)"
    )


def run(chosen: argparse.Namespace) -> None:
    """Draw a data set, write it, and say what was written.

    Parameters
    ----------
    chosen
        What was typed, parsed by the options of `add_options`.

    Raises
    ------
    ScenarioError
        A setting is out of range, or settings contradict each other.
    DataError
        The file cannot be written, or its name ends in neither .csv nor .parquet.
    BrokenPipeError
        The reader of standard output has seen enough.
    """
    presets = {name: preset.scenario for preset in PRESETS for name in (preset.name, preset.id)}
    settings = {
        name: value for name in (*FIELDS, "shape") if (value := getattr(chosen, name)) is not None
    }
    scenario = dataclasses.replace(presets.get(chosen.preset, Scenario()), **settings)
    out = Path(chosen.out)
    if out.suffix not in (".csv", ".parquet"):
        raise DataError(f"{out.name} is neither .csv nor .parquet; choose one of them.")
    frame = simulate(scenario).frame
    replaced = " replaced" if out.is_file() else ""
    try:
        with replacing(out) as file:
            if out.suffix == ".csv":
                frame.to_csv(file, index=False)
            else:
                frame.to_parquet(file, index=False)
    except OSError as error:
        raise DataError(f"{out} cannot be written ({reason(error)}).") from None
    rows = f"{len(frame):,} rows in {scenario.clusters} clusters"
    show(f"{out}{replaced}: {rows}, seed {scenario.seed}")
