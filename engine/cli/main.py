"""The main parser: which commands there are, and how each of them ends."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from engine.cli import compare, simulate
from engine.cli.output import complain, discard_rest, show
from engine.errors import BetwixtError

_ABOUT = "Ordinary least squares (R's lm) beside the linear mixed model (lme4's lmer, REML)."
_EXAMPLES = """\
examples:
  python -m engine compare data/high_school_and_beyond.csv --formula "math ~ ses + (1 | school)"
  python -m engine compare study.parquet --formula "y ~ a * b + (1 + a | g)" --json > study.json
  python -m engine simulate --preset "Big clusters sit low" --out low.csv
  python -m engine simulate --clusters 40 --between-variance 0.8 --seed 7 --out sample.parquet
"""
_COMMANDS = {"compare": compare, "simulate": simulate}
# What a shell reports for a command ended by Ctrl+C: 128 + SIGINT.
_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """An argument parser that says in one line what is wrong, like every other error here."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message} (see --help)")
        self.exit(2)

    def print_help(self, _: object = None) -> None:
        show(self.format_help().rstrip("\n"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments
        What was typed after the program's name; by default that of this process.

    Returns
    -------
    int
        The exit code: 0 on success; 2 for a mistake that the user can mend, which one line on
        standard error names; 130 after Ctrl+C.

    Raises
    ------
    SystemExit
        The arguments cannot be parsed (code 2), or ask for help (code 0).
    """
    try:
        chosen = _parser().parse_args(arguments)
        chosen.run(chosen)
    except BetwixtError as error:
        complain(str(error))
        return 2
    except MemoryError:
        complain("There is not enough memory for that. Use fewer rows, or fewer predictors.")
        return 2
    except KeyboardInterrupt:
        # A reader that has stopped reading must not delay the exit.
        discard_rest()
        complain("Interrupted.")
        return _INTERRUPTED
    except BrokenPipeError:
        pass  # The reader, such as `head`, has seen enough.
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m engine",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar=" | ".join(_COMMANDS))
    for name, command in _COMMANDS.items():
        added = commands.add_parser(name, help=command.HELP, description=command.DESCRIPTION)
        command.add_options(added)
        added.set_defaults(run=command.run)
    return parser
