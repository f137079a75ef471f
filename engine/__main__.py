"""The command line: ``python -m engine compare`` and ``python -m engine simulate``."""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from engine import BetwixtError, Comparison, Scenario, compare, read, simulate
from engine.account.ledger import ledger
from engine.as_dict import to_dict
from engine.data.formula.terms import quote
from engine.errors import DataError
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.simulation import FIELDS, PRESETS, SHAPES
from engine.words.estimators import as_lines, estimator_table
from engine.words.ledger import ledger_in_words
from engine.words.verdict import paragraphs

_ABOUT = "Ordinary least squares (R's lm) beside the linear mixed model (lme4's lmer, REML)."
_EXAMPLES = """\
examples:
  python -m engine compare data/high_school_and_beyond.csv --formula "math ~ ses + (1 | school)"
  python -m engine compare study.parquet --formula "y ~ a * b + (1 + a | g)" --json > study.json
  python -m engine simulate --preset "Big clusters sit low" --out low.csv
  python -m engine simulate --clusters 40 --between-variance 0.8 --seed 7 --out sample.parquet
"""
_FORMULA = """\
outcome ~ predictors + (1 | cluster), in quotation marks; predictors are joined by + : *, odd
names stand in backticks, 0 + leaves the intercept out, and (1 + x | cluster) gives every cluster
a slope of its own, (1 + x || cluster) without correlation"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything else here does."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, or 2 when something can be mended by the person who typed it."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "compare":
            _compare(chosen)
        else:
            _simulate(chosen)
        sys.stdout.flush()
    except BetwixtError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; what is left must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m engine",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="compare | simulate")

    comparing = commands.add_parser(
        "compare",
        help="fit both models to a file, and say why they differ",
        description="Print what lm and lmer print in R, then why their numbers differ.",
    )
    comparing.add_argument("file", help="a CSV, TSV or Parquet file, one row per observation")
    comparing.add_argument("--formula", required=True, help=_FORMULA.replace("\n", " "))
    comparing.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object instead, with everything the engine knows of both fits; null "
        "stands for what a model does not have, and for a bound of an interval that could not be "
        "found (the notes then say so)",
    )
    comparing.add_argument(
        "--slow-inference",
        choices=("on", "off"),
        default="on",
        help="in JSON: Kenward-Roger's adjustment (df_kr, se_kr, p_kr) and profile_intervals: 95%% "
        "intervals of the standard deviations, of the correlations of random effects and of the "
        "fixed effects (default: on)",
    )

    simulating = commands.add_parser(
        "simulate",
        help="write a simulated data set",
        description="Draw clustered data with a control and a treated condition: columns "
        "cluster, condition and y.",
    )
    simulating.add_argument("--out", required=True, help="file to write, .csv or .parquet")
    simulating.add_argument(
        "--preset",
        choices=[preset.name for preset in PRESETS],
        metavar="NAME",
        help="start from a named scenario: " + "; ".join(preset.name for preset in PRESETS),
    )
    start = Scenario()
    for field in FIELDS.values():
        simulating.add_argument(
            "--" + field.name.replace("_", "-"),
            type=int if field.whole else float,
            metavar="N" if field.whole else "X",
            help=f"{field.help}; {field.low:g} to {field.high:.10g} "
            f"(default: {getattr(start, field.name):g})",
        )
    simulating.add_argument(
        "--shape", choices=SHAPES, help="distribution of the cluster intercepts (default: gaussian)"
    )
    return parser


def _compare(chosen: argparse.Namespace) -> None:
    comparison = compare(read(chosen.file), chosen.formula)
    if chosen.json:
        report = to_dict(comparison, slow_inference=chosen.slow_inference == "on")
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))
        return
    name = quote(Path(chosen.file).stem)
    print(lm_printout(lm_summary(comparison, name)))
    print(lmer_printout(lmer_summary(comparison, name)))
    print("Why the numbers differ, or do not\n")
    for paragraph in (*comparison.notes, *paragraphs(comparison), *_ledger(comparison)):
        print(textwrap.fill(paragraph, 88), end="\n\n")
    print("Every estimator, with standard errors in parentheses\n")
    print("\n".join(as_lines(estimator_table(comparison))))


def _ledger(comparison: Comparison) -> list[str]:
    """The ledger in words, a sentence for each coefficient."""
    mixed = comparison.mixed
    if mixed.singular or not mixed.random_intercept_only:
        return []
    account = ledger(comparison)
    errors = comparison.ols.standard_errors
    return [f"Ledger: {ledger_in_words(account, k, errors[k])}" for k in range(len(errors))]


def _simulate(chosen: argparse.Namespace) -> None:
    presets = {preset.name: preset.scenario for preset in PRESETS}
    wishes = {
        field: value
        for field in (*FIELDS, "shape")
        if (value := getattr(chosen, field)) is not None
    }
    scenario = dataclasses.replace(presets.get(chosen.preset, Scenario()), **wishes)
    frame = simulate(scenario).frame
    out = Path(chosen.out)
    try:
        if out.suffix == ".csv":
            frame.to_csv(out, index=False)
        elif out.suffix == ".parquet":
            frame.to_parquet(out, index=False)
        else:
            raise DataError(f"{out.name} is neither .csv nor .parquet; choose one of them.")
    except OSError as error:
        raise DataError(f"{out} cannot be written ({error.strerror or error}).") from None
    print(f"{out}: {len(frame):,} rows in {scenario.clusters} clusters, seed {scenario.seed}")


if __name__ == "__main__":
    # Files and pipes need not have an encoding with minus signs and everybody's letters.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
