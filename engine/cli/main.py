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
# What the shell itself reports of a command that Ctrl+C has ended: 128 + SIGINT.
_INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, as everything else here does."""

    def error(self, message: str) -> NoReturn:
        complain(f"{self.prog}: {message} (see --help)")
        self.exit(2)

    def print_help(self, _: object = None) -> None:
        show(self.format_help().rstrip("\n"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns
    -------
    int
        The exit code: 0; 2 when there is something that can be mended, which one line on standard
        error then names; 130 after Ctrl+C.
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
        # A reader that reads nothing must not hold up the end.
        discard_rest()
        complain("Interrupted.")
        return _INTERRUPTED
    except BrokenPipeError:
        pass  # the reader, such as `head`, has seen enough
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
