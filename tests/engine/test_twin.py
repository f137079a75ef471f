"""The twin prints the published figures, in this program and in R.

Sources: tests/reference/twin/twin.lm.txt and twin.lmer.txt, the printouts as published: without the
empty lines around them, and with blanks in place of R's tab.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Comparison, compare
from engine.account.ledger import ledger
from engine.data.examples import load
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from tests.engine.build_twin import build_twin
from tests.engine.reference import FOLDER

DATA_NAME = "dat_stim_unstim"


def published(model: str) -> str:
    return (FOLDER / "twin" / f"twin.{model}.txt").read_text(encoding="utf-8").strip("\n")


def as_published(text: str) -> str:
    return text.expandtabs().strip("\n")


@cache
def twin() -> Comparison:
    return compare(load("twin"), "pSHP2 ~ condition + (1 | cluster)")


def test_lm_prints_the_published_figures() -> None:
    assert as_published(lm_printout(lm_summary(twin(), DATA_NAME)).text) == published("lm")


def test_lmer_prints_the_published_figures() -> None:
    assert as_published(lmer_printout(lmer_summary(twin(), DATA_NAME)).text) == published("lmer")


def has_lme4() -> bool:
    if not shutil.which("Rscript"):
        return False
    question = "quit(status = !requireNamespace('lme4', quietly = TRUE))"
    return subprocess.run(["Rscript", "-e", question], check=False).returncode == 0


@pytest.mark.slow
def test_r_itself_prints_the_published_figures(tmp_path: Path) -> None:
    if not has_lme4():
        pytest.skip("needs R with lme4")
    file = tmp_path / "twin.csv"
    load("twin").to_csv(file, index=False)
    printed = subprocess.run(
        ["Rscript", FOLDER / "twin" / "twin.R", file],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    ).stdout
    lm, title, lmer = printed.partition("Linear mixed model")
    assert as_published(lm) == published("lm")
    assert as_published(title + lmer) == published("lmer")


def test_stored_rows_are_those_that_are_built() -> None:
    stored, built = load("twin"), build_twin()
    # Another processor may round a fifth decimal differently.
    pd.testing.assert_frame_equal(stored, built, rtol=0, atol=1.1e-5)


def test_unstimulated_rows_are_the_reference() -> None:
    assert twin().design.categories["condition"] == ("unstim", "stim")
    assert twin().ols.names == ("(Intercept)", "conditionstim")


def test_values_are_plausible_for_a_transformed_intensity() -> None:
    outcome = load("twin")["pSHP2"]
    assert outcome.min() > -3.1 and outcome.max() < 7.6


def test_the_ledger_sums_to_the_difference_of_the_published_coefficients() -> None:
    found = ledger(twin())
    # Each is published to six decimals.
    difference = np.array([0.719139 - 0.583864, -0.097682 + 0.106348])
    for entries in (found.contributions, found.by_cluster):
        np.testing.assert_allclose(entries.sum(axis=0), difference, rtol=0, atol=1e-6)


def test_big_clusters_sit_low_and_lose_weight() -> None:
    found = ledger(twin())
    low = np.argmax(found.contributions[:, 0])
    assert found.rows[low] == np.sort(found.rows)[-2]
    assert found.distance[low] < 0
    assert found.weight_mixed[low] < found.weight_ols[low] / 5
