"""``compare``: both models on a file, as R prints them and in words, or as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import textwrap
from pathlib import Path

from engine import Comparison, compare, read
from engine.account.ledger import ledger
from engine.as_dict import to_dict
from engine.cli.output import show
from engine.data.formula.terms import quote
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.estimators import as_lines, estimator_table
from engine.words.ledger import ledger_in_words
from engine.words.notices import notices
from engine.words.verdict import paragraphs

HELP = "fit both models to a file, and say why they differ"
DESCRIPTION = "Print what lm and lmer print in R, then why their numbers differ."

_FORMULA = (
    "outcome ~ predictors + (1 | cluster), in quotation marks; predictors are joined by + : *, "
    "odd names stand in backticks, 0 + leaves the intercept out, and (1 + x | cluster) gives every "
    "cluster a slope of its own, (1 + x || cluster) without correlation"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that can follow the command.

    Parameters
    ----------
    parser
        The parser of the command; it is changed in place.
    """
    parser.add_argument("file", help="a CSV, TSV or Parquet file, one row per observation")
    parser.add_argument("--formula", required=True, help=_FORMULA)
    parser.add_argument(
        "--ml",
        action="store_true",
        help="print the mixed model by maximum likelihood too, as lmer(REML = FALSE)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object instead, with everything the engine knows of both fits; null "
        "stands for what a model does not have, and for a bound of an interval that could not be "
        "found (the notes then say so)",
    )
    parser.add_argument(
        "--slow-inference",
        choices=("on", "off"),
        default="on",
        help="in JSON: Kenward-Roger's adjustment (df_kr, se_kr, p_kr) and profile_intervals: 95%% "
        "intervals of the standard deviations, of the correlations of random effects and of the "
        "fixed effects (default: on)",
    )


def run(chosen: argparse.Namespace) -> None:
    """Fit both models and show the report.

    Parameters
    ----------
    chosen
        What was typed, parsed by the options of `add_options`.

    Raises
    ------
    BetwixtError
        The file, the formula or the data do not allow a fit, or standard output cannot be written.
    BrokenPipeError
        The reader of standard output has seen enough.
    """
    comparison = compare(read(chosen.file), chosen.formula)
    if chosen.json:
        report = to_dict(comparison, slow_inference=chosen.slow_inference == "on")
        show(json.dumps(report, ensure_ascii=False, allow_nan=False))
        return
    name = quote(Path(chosen.file).stem)
    show(lm_printout(lm_summary(comparison, name)).text)
    show(lmer_printout(lmer_summary(comparison, name)).text)
    if chosen.ml:
        by_ml = dataclasses.replace(comparison, mixed=comparison.ml)
        show(lmer_printout(lmer_summary(by_ml, name)).text)
    show("Why the numbers differ, or do not\n")
    for text in (*notices(comparison), *paragraphs(comparison), *_ledger(comparison)):
        show(textwrap.fill(text, 88) + "\n")
    show("Every estimator, with standard errors in parentheses\n")
    show("\n".join(as_lines(estimator_table(comparison))))


def _ledger(comparison: Comparison) -> list[str]:
    """Return the ledger in words, one sentence per coefficient."""
    mixed = comparison.mixed
    if mixed.singular or not mixed.random_intercept_only:
        return []
    account = ledger(comparison)
    return [
        f"Ledger: {ledger_in_words(account, k, comparison.ols)}" for k in range(len(mixed.names))
    ]
