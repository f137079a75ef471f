"""Run the tests with the lowest or the newest versions that requirements.txt admits.

    python tests/versions.py lowest
    python tests/versions.py newest -m "not browser"

Further words are passed on to pytest. The packages go into an environment of their own,
``.venv-lowest`` or ``.venv-newest`` beside this folder, which is made anew.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOWEST = re.compile(r"^([\w-]+)>=([\d.]+),", re.MULTILINE)


def lowest_versions() -> str:
    """Return pip constraints that hold what the app requires at its lower bounds."""
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    # pytest comes with the tests, and its newest version runs them all.
    bounds = [(name, bound) for name, bound in LOWEST.findall(required) if name != "pytest"]
    # Of a minor version the lowest release: pip takes 2.1 for 2.1.0.
    return "".join(f"{name}=={bound}\n" for name, bound in bounds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("versions", choices=("lowest", "newest"))
    chosen, further = parser.parse_known_args()
    folder = ROOT / f".venv-{chosen.versions}"
    venv.create(folder, clear=True, with_pip=True)
    python = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    install = [python, "-m", "pip", "install", "-q", "-r", "tests/requirements.txt"]
    with tempfile.TemporaryDirectory() as temporary:
        if chosen.versions == "lowest":
            constraints = Path(temporary) / "lowest.txt"
            constraints.write_text(lowest_versions(), encoding="utf-8")
            install += ["-c", str(constraints)]
        subprocess.run(install, cwd=ROOT, check=True)
    subprocess.run([python, "-m", "pip", "list"], cwd=ROOT, check=True)
    return subprocess.run([python, "-m", "pytest", *further], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
