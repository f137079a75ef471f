"""A stopped command (full disk, closed output, no memory, Ctrl+C) prints one line, no traceback."""

import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import read
from engine.cli.main import main
from tests.engine.command import DAYS, ROOT, SLEEP, run

resource = pytest.importorskip("resource", reason="signals, pipes and limits of POSIX")

# --- files: whole or not at all ------------------------------------------------------------------

SIMULATE = ["simulate", "--clusters", "200", "--rows-per-cluster", "200", "--out"]


def files(folder: Path) -> list[str]:
    """Return the files of a folder, hidden ones included."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_file_that_was_there_is_replaced_and_this_is_said(
    suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"s{suffix}"
    assert main(["simulate", "--out", str(out)]) == 0
    assert "replaced" not in capsys.readouterr().out
    out.write_text("something else")
    out.chmod(0o640)
    assert main(["simulate", "--out", str(out), "--seed", "2"]) == 0
    assert capsys.readouterr().out == f"{out} replaced: 1,008 rows in 24 clusters, seed 2\n"
    assert len(read(out)) == 1008
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert files(tmp_path) == [out.name]


def test_a_new_file_has_the_rights_that_files_have_here(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    assert main(["simulate", "--out", str(tmp_path / "s.csv")]) == 0
    assert (tmp_path / "s.csv").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "real.csv").write_text("old")
    (tmp_path / "s.csv").symlink_to(tmp_path / "kept" / "real.csv")
    assert main(["simulate", "--out", str(tmp_path / "s.csv")]) == 0
    assert (tmp_path / "s.csv").is_symlink()
    assert len(read(tmp_path / "kept" / "real.csv")) == 1008


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    out = tmp_path / ("s" * 251 + ".csv")
    assert main(["simulate", "--out", str(out)]) == 0
    assert files(tmp_path) == [out.name]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "s.csv"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [sys.executable, "-m", "engine", "simulate", "--out", str(pipe)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as writer:
        assert pipe.read_text().count("\n") == 1009
        assert "replaced" not in writer.communicate(timeout=60)[0]
    assert writer.returncode == 0
    assert pipe.is_fifo()


def test_a_file_that_must_not_be_written_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s.csv"
    out.write_text("precious")
    out.chmod(0o444)
    if os.geteuid() == 0:  # root may write anything
        monkeypatch.setattr(os, "access", lambda *_: False)
    assert main(["simulate", "--out", str(out)]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert out.read_text() == "precious"


def little_disk() -> None:
    """Limit files to 64 KB, as on a disk that runs full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("before", [None, "precious"])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(
    suffix: str, before: str | None, tmp_path: Path
) -> None:
    out = tmp_path / f"s{suffix}"
    if before:
        out.write_text(before)
    done = run(*SIMULATE, str(out), preexec_fn=little_disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{out} cannot be written (File too large).\n"
    assert files(tmp_path) == ([out.name] if before else [])
    assert not before or out.read_text() == before


@pytest.mark.parametrize(
    ("failure", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (MemoryError(), 2, "memory"),
        (OSError(28, "No space left on device"), 2, "(No space left on device)"),
    ],
    ids=["interrupted", "memory", "disk"],
)
def test_what_stops_the_writing_costs_one_line_and_no_file(
    failure: BaseException,
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "s.csv"
    out.write_text("precious")

    def half(_: pd.DataFrame, path: Path, **_options: object) -> None:
        Path(path).write_text("cluster,cond")
        raise failure

    monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    assert main(["simulate", "--out", str(out)]) == code
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.count("\n") == 1
    assert says in caught.err
    assert files(tmp_path) == ["s.csv"]
    assert out.read_text() == "precious"


def test_control_c_while_a_file_is_written_leaves_none(tmp_path: Path) -> None:
    out = tmp_path / "s.csv"
    size = ["--clusters", "2000", "--rows-per-cluster", "2000"]
    with subprocess.Popen(
        [sys.executable, "-m", "engine", "simulate", "--out", str(out), *size],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        caught = process.communicate(timeout=60)
    assert (process.returncode, *caught) == (130, "", "Interrupted.\n")
    assert files(tmp_path) == []


# --- standard output that takes nothing ----------------------------------------------------------

SAYING = {
    "compare": ["compare", SLEEP, "--formula", DAYS],
    "json": ["compare", SLEEP, "--formula", DAYS, "--json"],
    "simulate": ["simulate", "--out", "s.csv"],
    "help": ["--help"],
}


def shell(redirected: str, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = f"exec {shlex.join([sys.executable, '-m', 'engine', *arguments])} {redirected}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize("arguments", SAYING.values(), ids=SAYING)
@pytest.mark.parametrize(
    ("redirected", "says"),
    [
        (">/dev/full", "Standard output cannot be written (No space left on device).\n"),
        (">&-", "Standard output is closed.\n"),
    ],
    ids=["full", "closed"],
)
def test_output_that_goes_nowhere_costs_one_line_and_exit_code_two(
    redirected: str, says: str, arguments: list[str], tmp_path: Path
) -> None:
    done = shell(redirected, arguments, tmp_path)
    assert (done.returncode, done.stderr) == (2, says)


def test_closed_standard_error_costs_no_more_than_the_words(tmp_path: Path) -> None:
    mistake = ["compare", "nowhere.csv", "--formula", DAYS]
    for redirected in ("2>&-", "2>/dev/full"):
        done = shell(redirected, mistake, tmp_path)
        assert (done.returncode, done.stdout) == (2, "")


def test_control_c_at_a_reader_that_reads_nothing_ends_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.normal(size=8000), "g": np.repeat(np.arange(2000), 4)})
    frame.to_parquet(tmp_path / "wide.parquet")
    arguments = ["compare", str(tmp_path / "wide.parquet"), "--formula", "y ~ 1 + (1 | g)"]
    reading, writing = os.pipe()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "engine", *arguments, "--json", "--slow-inference", "off"],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        ) as process:
            os.read(reading, 1)  # it has begun to write, and the pipe will soon be full
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            try:
                _, err = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()  # or it would be waited for without end
                raise
    finally:
        os.close(reading)
        os.close(writing)
    assert (process.returncode, err) == (130, "Interrupted.\n")


@pytest.mark.parametrize(
    ("failure", "code", "says"),
    [(KeyboardInterrupt(), 130, "Interrupted."), (MemoryError(), 2, "memory")],
    ids=["interrupted", "memory"],
)
def test_what_stops_a_fit_costs_one_line(
    failure: BaseException,
    code: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("engine.comparison.build", fail)
    assert main(["compare", SLEEP, "--formula", DAYS]) == code
    caught = capsys.readouterr()
    assert caught.out == ""
    assert caught.err.count("\n") == 1
    assert says in caught.err
