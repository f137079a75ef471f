"""Random data sets, fitted by R and by the engine side by side: lm and lmer on the same files."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import compare, read

pytestmark = pytest.mark.slow

# One line for each file: the number of coefficients; lm's estimates and sigma; lmer's estimates,
# sigma and criterion. lme4 stops early by default: several starts and tight tolerances.
PROGRAM = """
suppressMessages(library(lme4))
control <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE,
  optCtrl = list(xtol_abs = 1e-12, ftol_abs = 1e-14, maxeval = 1e5),
  check.conv.singular = "ignore")
folder <- commandArgs(TRUE)
for (line in readLines(file.path(folder, "models.txt"))) {
  part <- strsplit(line, "\\t")[[1]]
  d <- read.csv(file.path(folder, part[1]))
  one <- lm(as.formula(part[2]), d)
  fits <- lapply(c(0.3, 1, 3), function(start)
    lmer(as.formula(part[3]), d, control = control, start = start))
  best <- fits[[which.min(sapply(fits, REMLcrit))]]
  cat(sprintf("%.17g", c(coef(one), sigma(one), fixef(best), sigma(best), REMLcrit(best))), "\\n")
}
"""
MODELS = ["x", "x + f", "x * f", "0 + f", "0 + f + x", "0 + x + f", "0 + x"]


@pytest.fixture(scope="module")
def rscript() -> str:
    found = shutil.which("Rscript")
    if found is None:
        pytest.skip("needs R with lme4 (Debian's r-base-core and r-cran-lme4)")
    return found


def drawn(seed: int, far: float, steep: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 15, size=rng.integers(5, 15))
    g = np.repeat(np.arange(len(sizes)), sizes)
    x = np.round(rng.normal(size=len(g)) + rng.normal(size=len(sizes))[g], 3)
    f = np.array(["a", "b", "c"])[rng.permutation(len(g)) % 3]
    noise = rng.normal(size=len(g)) + rng.uniform(0, 2) * rng.normal(size=len(sizes))[g]
    y = np.round(far + steep * x + (f == "b") + noise, 4)
    return pd.DataFrame({"y": y, "x": x, "f": f, "g": [f"c{k}" for k in g]})


# If outcomes are far from zero, lmer itself loses digits of the criterion.
@pytest.mark.parametrize(
    ("far", "steep", "precision"),
    [(0.0, 1.0, 1e-6), (1e5, 1.0, 1e-6), (1e8, 1.0, 1e-3), (0.0, 1e4, 1e-6), (0.0, 1e7, 1e-3)],
)
def test_r_and_the_engine_agree(
    rscript: str, far: float, steep: float, precision: float, tmp_path: Path
) -> None:
    # Through the origin, clusters at 1e8 differ by 1e16 times the residual variance: refused.
    through_origin = {"0 + x"} if far > 1e6 else set()
    models = [f"y ~ {fixed} + (1 | g)" for fixed in MODELS if fixed not in through_origin]
    lines = []
    for seed, model in enumerate(models):
        drawn(seed, far, steep).to_csv(tmp_path / f"{seed}.csv", index=False)
        lines.append(f"{seed}.csv\t{model.removesuffix(' + (1 | g)')}\t{model}\n")
    (tmp_path / "models.txt").write_text("".join(lines))
    (tmp_path / "program.R").write_text(PROGRAM)
    answered = subprocess.run(
        [rscript, tmp_path / "program.R", tmp_path], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(answered) == len(models)
    for seed, (model, line) in enumerate(zip(models, answered, strict=True)):
        found = compare(read(tmp_path / f"{seed}.csv"), model)
        p = len(found.mixed.names)
        numbers = np.array(line.split(), dtype=float)
        scale = np.array([*found.ols.standard_errors, found.ols.residual_sd])
        ours = np.array([*found.ols.estimates, found.ols.residual_sd])
        # Both sides round residuals relative to the size of the outcome.
        rounding = 20 * np.finfo(float).eps * np.abs(found.design.outcome).max()
        away = np.abs(ours - numbers[: p + 1])
        assert np.all(away < 1e-9 * scale + rounding), model
        scale = np.array([*found.mixed.standard_errors, found.mixed.residual_sd])
        ours = np.array([*found.mixed.estimates, found.mixed.residual_sd])
        away = np.abs(ours - numbers[p + 1 : 2 * p + 2]) / scale
        assert away.max() < precision, model
        assert found.mixed.criterion < numbers[-1] + precision, model
