"""The command line: both printouts and why they differ, one JSON object, or one line of advice."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import engine
from engine import Scenario, read, simulate
from engine.as_dict import to_dict
from engine.cli.main import main
from engine.simulation import FIELDS, PRESETS
from tests.engine.command import DAYS, ROOT, SLEEP, run
from tests.engine.example import DATA
from tests.engine.reference import FOLDER

SCHOOLS = str(DATA / "high_school_and_beyond.csv")


def stopped(*arguments: str) -> int:
    """Run a command that ends by itself, and return its exit code."""
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert isinstance(ending.value.code, int)
    return ending.value.code


# --- compare -----------------------------------------------------------------------------------


def test_compare_prints_both_printouts_and_then_why_they_differ() -> None:
    done = run("compare", SLEEP, "--formula", DAYS)
    assert (done.returncode, done.stderr) == (0, "")
    lm, lmer = (
        (FOLDER / f"sleepstudy.{model}.txt").read_text().replace("dat\n", "sleepstudy\n")
        for model in ("lm", "lmer")
    )
    lm = lm.replace("data = dat", "data = sleepstudy")
    assert done.stdout.startswith(f"{lm}\n{lmer}\nWhy the numbers differ")
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_compare_says_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_csv(SLEEP)
    frame["Weeks"] = frame["Days"] / 7
    frame.loc[0, "Reaction"] = np.nan
    frame.to_csv(tmp_path / "my sleep.csv", index=False)
    formula = "Reaction ~ Days + Weeks + (1 | Subject)"
    assert main(["compare", str(tmp_path / "my sleep.csv"), "--formula", formula]) == 0
    out = capsys.readouterr().out
    assert "1 row of 180 was left out for missing values" in out
    assert "Weeks was left out" in out
    assert "data = `my sleep`" in out


def test_json_is_one_object_and_nothing_else() -> None:
    done = run("compare", SCHOOLS, "--formula", "math ~ ses + (1 | school)", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    comparison = engine.compare(read(SCHOOLS), "math ~ ses + (1 | school)")
    assert json.loads(done.stdout) == to_dict(comparison)


def test_slow_inference_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["compare", SLEEP, "--formula", DAYS, "--json"]
    assert main([*arguments, "--slow-inference", "off"]) == 0
    quick = json.loads(capsys.readouterr().out)["mixed"]
    assert main([*arguments, "--slow-inference", "on"]) == 0
    full = json.loads(capsys.readouterr().out)["mixed"]
    assert quick["profile_intervals"] is None
    assert full["profile_intervals"] is not None
    assert quick["terms"]["Days"]["df_kr"] is None
    assert full["terms"]["Days"]["df_kr"] > 0


def test_slopes_are_compared_too(capsys: pytest.CaptureFixture[str]) -> None:
    formula = "Reaction ~ Days + (1 + Days | Subject)"
    assert main(["compare", SLEEP, "--formula", formula]) == 0
    out = capsys.readouterr().out
    assert "Variance Std.Dev. Corr" in out
    assert "Within" in out.splitlines()[-2]


def test_the_fit_by_maximum_likelihood_is_printed_on_demand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compare", SLEEP, "--formula", DAYS, "--ml"]) == 0
    out = capsys.readouterr().out
    ml = json.loads((FOLDER / "sleepstudy.json").read_text())["ml"]
    shown = [ml["AIC"], ml["BIC"], -ml["deviance"] / 2, ml["deviance"]]
    assert "fit by maximum likelihood  ['lmerMod']" in out
    printed = out.partition("df.resid \n")[2].split()[:4]
    assert printed == [f"{value:.1f}" for value in shown]


def test_csv_and_parquet_of_one_table_give_one_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pd.read_csv(SLEEP).to_parquet(tmp_path / "sleep.parquet")
    answers = []
    for file in (SLEEP, str(tmp_path / "sleep.parquet")):
        assert main(["compare", file, "--formula", DAYS, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]


# --- what can be mended --------------------------------------------------------------------------

CORRELATED = ("--size-intercept-correlation=0.95", "--share-intercept-correlation=0.95")
MISTAKES = {
    "no command": ([], "required: compare | simulate"),
    "no formula": (["compare", SLEEP], "required: --formula"),
    "unknown command": (["fit"], "invalid choice: 'fit'"),
    "unknown option": (["compare", SLEEP, "--formula", DAYS, "--frob"], "--frob"),
    "unknown choice": (["compare", SLEEP, "--formula", DAYS, "--slow-inference", "x"], "'on'"),
    "missing file": (["compare", "nowhere.csv", "--formula", DAYS], "no file nowhere.csv"),
    "a folder": (["compare", str(DATA), "--formula", DAYS], "is a folder"),
    "no table": (["compare", __file__.replace(".py", ".docx"), "--formula", DAYS], "no file"),
    "bad formula": (["compare", SLEEP, "--formula", "Reaction ~ Days +"], "character 18"),
    "no cluster": (["compare", SLEEP, "--formula", "Reaction ~ Days"], "+ (1 | cluster)"),
    "code": (["compare", SLEEP, "--formula", "exit() ~ Days + (1 | Subject)"], "character"),
    "unknown column": (
        ["compare", SLEEP, "--formula", "reaction ~ Days + (1 | Subject)"],
        "Did you mean `Reaction`?",
    ),
    "no model": (["compare", SLEEP, "--formula", "Reaction ~ 1 + (1 | Reaction)"], "cluster"),
    "no answer": (["compare", SLEEP, "--formula", "Days ~ 1 + (1 | Reaction)"], "single row"),
    "no place to write": (["simulate"], "required: --out"),
    "no such folder": (["simulate", "--out", "nowhere/s.csv"], "cannot be written"),
    "no such format": (["simulate", "--out", "s.xlsx"], "neither .csv nor .parquet"),
    "no such preset": (["simulate", "--out", "s.csv", "--preset", "Best"], "'Few clusters'"),
    "no number": (["simulate", "--out", "s.csv", "--clusters", "2.5"], "--clusters"),
    "out of range": (["simulate", "--out", "s.csv", "--clusters", "1"], "from 4 to 2000"),
    "not finite": (["simulate", "--out", "s.csv", "--effect", "nan"], "effect is nan"),
    "contradiction": (
        ["simulate", "--out", "s.csv", "--size-spread", "2", *CORRELATED],
        "size_intercept_correlation 0.95 and",
    ),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_costs_one_line_on_standard_error_and_exit_code_two(
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code = main(arguments)
    except SystemExit as ending:  # argparse ends this way
        code = ending.code
    caught = capsys.readouterr()
    assert code == 2
    assert caught.out == ""
    assert caught.err.count("\n") == 1
    assert says in caught.err
    assert not list(tmp_path.iterdir())


def test_the_exit_code_reaches_the_shell() -> None:
    done = run("compare", "nowhere.csv", "--formula", DAYS)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "There is no file nowhere.csv.\n"


# --- simulate ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_simulated_file_holds_the_scenario_asked_for(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"sample{suffix}"
    wishes = ["--clusters", "30", "--between-variance", "0.8", "--seed", "7", "--shape", "skewed"]
    wishes += ["--slope-variance", "0.4", "--slope-intercept-correlation", "-0.5"]
    assert main(["simulate", "--out", str(out), *wishes]) == 0
    scenario = Scenario(
        clusters=30,
        between_variance=0.8,
        slope_variance=0.4,
        slope_intercept_correlation=-0.5,
        seed=7,
        shape="skewed",
    )
    expected = simulate(scenario).frame
    found = read(out)
    assert list(found.columns) == ["cluster", "condition", "y"]
    assert found["y"].tolist() == expected["y"].tolist()
    assert found["cluster"].astype(str).tolist() == expected["cluster"].astype(str).tolist()
    assert found["condition"].astype(str).tolist() == expected["condition"].astype(str).tolist()
    assert f"{len(expected):,} rows in 30 clusters, seed 7" in capsys.readouterr().out


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_can_be_had_by_name_and_compared(
    preset: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "sample.parquet")
    for name in (preset.name, preset.id):
        assert main(["simulate", "--preset", name, "--out", out]) == 0
        assert len(read(out)) == len(simulate(preset.scenario).frame)
    capsys.readouterr()
    assert main(["compare", out, "--formula", "y ~ condition + (1 | cluster)"]) == 0
    assert "Why the numbers differ" in capsys.readouterr().out


def test_options_change_a_preset(tmp_path: Path) -> None:
    out = tmp_path / "sample.csv"
    arguments = ["--preset", "Balanced", "--seed", "5", "--intercept", "-3"]
    assert main(["simulate", "--out", str(out), *arguments]) == 0
    (balanced,) = (preset.scenario for preset in PRESETS if preset.name == "Balanced")
    assert len(read(out)) == len(simulate(balanced).frame)
    assert read(out)["y"].mean() < -2


# --- help, pipes, encodings ----------------------------------------------------------------------


def test_help_has_examples_that_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stopped("--help") == 0
    examples = [
        line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  python")
    ]
    assert len(examples) >= 3
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(DATA)
    for example in examples:
        if "study.parquet" in example:  # the reader's own file
            continue
        assert main(shlex.split(example.partition("engine ")[2])) == 0


@pytest.mark.parametrize("command", ["compare", "simulate"])
def test_every_option_is_explained(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stopped(command, "--help") == 0
    text = capsys.readouterr().out
    if command == "simulate":
        assert all(f"--{name.replace('_', '-')} " in text for name in FIELDS)
        assert all(preset.name in " ".join(text.split()) for preset in PRESETS)
    else:
        assert all(option in text for option in ("--formula", "--json", "--slow-inference"))


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_reader_that_stops_early_is_no_mistake(more: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "engine", "compare", SLEEP, "--formula", DAYS, *more],
            cwd=ROOT,
            check=False,
            stdout=writing,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_output_is_utf_8_whatever_the_machine_thinks(tmp_path: Path) -> None:
    frame = pd.read_csv(SLEEP).rename(columns={"Subject": "Größe 🙂"})
    frame.to_csv(tmp_path / "a.csv", index=False)
    done = run(
        *["compare", str(tmp_path / "a.csv"), "--formula", "Reaction ~ Days + (1 | `Größe 🙂`)"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Größe 🙂" in done.stdout
