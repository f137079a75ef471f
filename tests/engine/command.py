"""The command line as a shell sees it, and a file to try it on."""

import subprocess
import sys
from pathlib import Path

from tests.engine.reference import FOLDER

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEP = str(FOLDER / "sleepstudy.csv")
DAYS = "Reaction ~ Days + (1 | Subject)"


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        **options,
    )
