"""How fast and how lean the engine is, beside lme4, statsmodels and bare arithmetic, in one run.

    python -m tests.bench.engine_speed

There are two data sets: one of few clusters with many rows and a text predictor, one of many
clusters with few rows. Only the fit itself is timed, from a ready data frame; for lme4 inside R,
where its columns are already factors. The floor is what any least squares fit of the frame must do:
factorise the text columns and call `numpy.linalg.lstsq` on ready-made arrays. lme4 takes part if
Rscript finds it. statsmodels takes part if it is installed, and only on the first data set: it
takes the better part of an hour on the second. Memory is the growth of the process at its peak, on
Linux only.
"""

from __future__ import annotations

import argparse
import cProfile
import importlib.util
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine import compare
from tests.bench.machine import Machine

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 9

LMER = """
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1], stringsAsFactors = TRUE)
data$g <- factor(data$g)
formula <- as.formula(arguments[2])
once <- function(k) system.time(fit <<- lmer(formula, data))[["elapsed"]]
seconds <- vapply(1:3, once, 0)
cat(sprintf("[%f, %.10f]", min(seconds), REMLcrit(fit)))
"""


@dataclass(frozen=True)
class Case:
    """A data set, a model, and how many times faster than lmer the fit has to be."""

    name: str
    formula: str
    columns: int
    target: float
    make: Callable[[], pd.DataFrame]


def few_clusters() -> pd.DataFrame:
    """326,362 rows in 24 clusters of very unequal size, in no order."""
    rng = np.random.default_rng(1)
    rows, clusters = 326_362, 24
    g = rng.permutation(
        np.repeat(np.arange(clusters), rng.multinomial(rows, rng.dirichlet(np.full(clusters, 1.5))))
    )
    treated = rng.random(rows) < rng.uniform(0.2, 0.8, clusters)[g]
    y = 10 + treated + rng.normal(size=clusters)[g] + 2 * rng.normal(size=rows)
    labels = np.array([f"site {k}" for k in range(clusters)])
    return pd.DataFrame(
        {"y": y, "condition": np.where(treated, "treated", "control"), "g": labels[g]}
    )


def many_clusters() -> pd.DataFrame:
    """600,000 rows in 125,066 clusters, in no order."""
    rng = np.random.default_rng(2)
    rows, clusters = 600_000, 125_066
    more = rng.multinomial(rows - clusters, rng.dirichlet(np.full(clusters, 2.0)))
    g = rng.permutation(np.repeat(np.arange(clusters), 1 + more))
    a, b, c = rng.normal(size=(3, rows))
    y = 10 + a + b / 2 - c + rng.normal(size=clusters)[g] + 2 * rng.normal(size=rows)
    return pd.DataFrame({"y": y, "a": a, "b": b, "c": c, "g": g})


CASES = (
    Case("326,362 rows, 24 clusters", "y ~ condition + (1 | g)", 2, 50, few_clusters),
    Case("600,000 rows, 125,066 clusters", "y ~ a + b + c + (1 | g)", 4, 20, many_clusters),
)


def say(text: object) -> None:
    """Write a line without delay."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def seconds(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the shortest time of several runs, after one to warm up."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def floor(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the times of factorising the text and cluster columns, and of lstsq."""
    coded = [name for name in frame if name == "g" or frame[name].dtype != np.float64]
    numbers = [name for name in frame if name not in (*coded, "y")]
    categories = [pd.factorize(frame[name])[0] for name in coded if name != "g"]
    matrix = np.column_stack([np.ones(len(frame)), frame[numbers], *categories])
    outcome = frame["y"].to_numpy()
    return (
        seconds(lambda: [pd.factorize(frame[name]) for name in coded]),
        seconds(lambda: np.linalg.lstsq(matrix, outcome, rcond=None)),
    )


def lmer(frame: pd.DataFrame, formula: str) -> tuple[float, float] | None:
    """Return the time and the criterion of lme4, or None if there is no lme4."""
    command = shutil.which("Rscript")
    if command is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        frame.to_csv(file, index=False)
        done = subprocess.run(
            [command, "-e", LMER, str(file), formula], check=False, capture_output=True, text=True
        )
    if done.returncode:
        return None
    elapsed, criterion = json.loads(done.stdout)
    return elapsed, criterion


def statsmodels(frame: pd.DataFrame, formula: str) -> float | None:
    """Return the time of statsmodels' MixedLM, or None if it is not installed."""
    if importlib.util.find_spec("statsmodels") is None:
        return None
    from statsmodels.formula.api import mixedlm

    fixed = formula.partition(" + (1 |")[0]
    return seconds(lambda: mixedlm(fixed, frame, groups="g").fit(), repeats=1)


def status(entry: str) -> int:
    """Return a size of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(entry))
    return 1024 * int(line.split()[1])


def growth(case: Case) -> int:
    """Return how many bytes this process grows at its peak, once warm."""
    frame = case.make()
    compare(frame.head(2_000), case.formula)
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    before = status("VmRSS")
    compare(frame, case.formula)
    return status("VmHWM") - before


def peak(case: Case) -> int | None:
    """Return the growth of a fresh process, or None if it cannot be measured."""
    if not sys.platform.startswith("linux"):
        return None
    command = [sys.executable, "-m", "tests.bench.engine_speed", "--peak", case.name]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout)


STAGES = {
    "factorising columns": ("factorize",),
    "the rest of the design": ("build",),
    "moments": ("moments_from_rows",),
    "REML": ("fit_random_intercept",),
    "OLS": ("fit_ols",),
    "everything": ("compare",),
}


def stages(frame: pd.DataFrame, formula: str) -> dict[str, float]:
    """Return the seconds that each stage of one comparison takes under the profiler."""
    with cProfile.Profile() as profiler:
        compare(frame, formula)
    spent: dict[str, float] = {}
    for (file, _, function), (*_, cumulative, _) in pstats.Stats(profiler).stats.items():
        for stage, names in STAGES.items():
            ours = "engine" in file or file.endswith("algorithms.py")
            if function in names and ours:
                spent[stage] = spent.get(stage, 0.0) + cumulative
    spent["the rest of the design"] -= spent["factorising columns"]
    return spent


def report(case: Case) -> None:
    """Print the table of one data set."""
    frame = case.make()
    say(f"\n{case.name}, {case.formula}")
    ours = seconds(lambda: compare(frame, case.formula))
    say(f"  {'engine: both fits':<36}{1000 * ours:>10.1f} ms")

    def row(name: str, elapsed: float, wish: str = "") -> None:
        ratio = elapsed / ours
        compared = (
            f"engine {ratio:.1f} times faster"
            if ratio >= 1
            else f"engine takes {1 / ratio:.2f} times"
        )
        say(f"  {name:<36}{1000 * elapsed:>10.1f} ms   {compared}{wish}")

    factorising, solving = floor(frame)
    row("factorising the columns", factorising)
    row("numpy.linalg.lstsq, ready arrays", solving)
    row("both", factorising + solving, "   (at most 3)" if case.columns == 2 else "")
    fitted = lmer(frame, case.formula)
    if fitted:
        row("lme4::lmer", fitted[0], f"   (at least {case.target:g})")
        off = compare(frame, case.formula).mixed.criterion - fitted[1]
        say(f"  {'criterion minus that of lmer':<36}{off:>10.1e}")
    else:
        say("  lme4: not installed")
    if case is CASES[0]:
        elapsed = statsmodels(frame, case.formula)
        if elapsed is None:
            say("  statsmodels: not installed")
        else:
            row("statsmodels MixedLM", elapsed)
    grown = peak(case)
    if grown is not None:
        matrix = 8 * len(frame) * case.columns
        say(
            f"  {'peak memory above the frame':<36}{grown / 1e6:>10.1f} MB   "
            f"{grown / matrix:.2f} times the design matrix of {matrix / 1e6:.1f} MB   (at most 2)"
        )
    spent = stages(frame, case.formula)
    whole = spent.pop("everything")
    shares = ", ".join(f"{stage} {share / whole:.0%}" for stage, share in spent.items())
    say(f"  under the profiler: {shares}, the rest {1 - sum(spent.values()) / whole:.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed and memory of the engine.")
    parser.add_argument("--peak", choices=[case.name for case in CASES], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.peak:
        (case,) = (case for case in CASES if case.name == chosen.peak)
        say(growth(case))
        return
    machine = Machine()
    say(f"{os.cpu_count()} processors")
    for case in CASES:
        report(case)
    say(f"\n{machine}")


if __name__ == "__main__":
    main()
