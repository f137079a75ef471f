"""Where the numbers stand in both printouts, found by the headings and columns around them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.printout.rformat import abbreviate

QUANTILES = ("Min", "1Q", "Median", "3Q", "Max")

_COLUMNS = {"Estimate": "estimate", "Std. Error": "se", "t value": "t", "Pr(>|t|)": "p"}
_NUMBER = r"(?:< ?)?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
# In a table a cell may hold no number and still takes its place in the row.
_CELL = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)|-?\bInf\b|\bNaN\b|\bNA\b")
_LM_LINES = (
    (rf"Coefficients: \(({_NUMBER}) not defined", ("dropped_terms",)),
    (rf"Residual standard error: ({_NUMBER}) on ({_NUMBER}) degrees", ("sigma", "df")),
    (rf" +\(({_NUMBER}) observations? deleted", ("dropped_rows",)),
    (
        rf"Multiple R-squared: +({_NUMBER}),\s+Adjusted R-squared: +({_NUMBER})",
        ("r_squared", "adjusted_r_squared"),
    ),
    (
        rf"F-statistic: +({_NUMBER}) on +({_NUMBER}) and +({_NUMBER}) DF, +p-value: +({_NUMBER})",
        ("f", "f_df1", "f_df2", "f_p"),
    ),
)
_LMER_LINES = (
    (rf"REML criterion at convergence: ({_NUMBER})", ("criterion",)),
    (rf"Number of obs: ({_NUMBER}), groups:", ("rows",)),
    (rf"fixed-effect model matrix .* dropping ({_NUMBER}) column", ("dropped_columns",)),
    (rf"optimizer .* convergence code: ({_NUMBER})", ("convergence",)),
)


@dataclass(frozen=True)
class Printed:
    """A number where it stands in a printout.

    Attributes
    ----------
    id
        What it is, such as ``"lm.se.(Intercept)"`` or ``"lmer.residual_sd"``; the part before
        the first dot names the printout.
    line, start, end
        Line from 0, first column and the column after the last.
    text
        As it is printed: ``"<2e-16"`` keeps its sign.
    """

    id: str
    line: int
    start: int
    end: int
    text: str


def printed_by_lm(text: str, names: Sequence[str]) -> list[Printed]:
    """Return every number of ``print(summary(lm))``, in reading order.

    Parameters
    ----------
    text
        The printout.
    names
        The terms in it, those that were dropped included.
    """
    sheet = _Sheet("lm", text)
    found = [
        *sheet.phrases(_LM_LINES),
        *sheet.quantiles("Residuals:"),
        *sheet.coefficients("Coefficients:", names),
    ]
    return sorted(found, key=lambda number: (number.line, number.start))


def printed_by_lmer(text: str, names: Sequence[str]) -> list[Printed]:
    """Return every number of ``print(summary(lmer))`` with a random intercept, in reading order.

    Parameters
    ----------
    text
        The printout of a fit by REML.
    names
        The fixed effects in it.
    """
    sheet = _Sheet("lmer", text)
    found = [
        *sheet.phrases(_LMER_LINES),
        *sheet.quantiles("Scaled residuals:"),
        *sheet.variances(),
        *sheet.clusters(),
        *sheet.coefficients("Fixed effects:", names),
        *sheet.correlations(names),
    ]
    return sorted(found, key=lambda number: (number.line, number.start))


class _Sheet:
    """The lines of one printout. Blank lines end its sections."""

    def __init__(self, printout: str, text: str) -> None:
        self.printout = printout
        self.lines = text.split("\n")

    def section(self, heading: str) -> list[int]:
        """Return the lines below a heading."""
        starts = [k for k, line in enumerate(self.lines) if line.startswith(heading)]
        if not starts:
            return []
        below = range(starts[0] + 1, len(self.lines))
        return list(itertools.takewhile(lambda k: self.lines[k].strip(), below))

    def number(self, name: str, line: int, span: tuple[int, int]) -> Printed:
        return Printed(f"{self.printout}.{name}", line, *span, self.lines[line][slice(*span)])

    def cells(self, line: int, start: int = 0) -> list[re.Match[str]]:
        return list(_CELL.finditer(self.lines[line], start))

    def row(self, line: int, start: int, names: Sequence[str]) -> Iterator[Printed]:
        """Name the cells of a row; those without a number are left out."""
        for name, cell in zip(names, self.cells(line, start), strict=False):
            if cell.group()[-1].isdigit():
                yield self.number(name, line, cell.span())

    def phrases(self, patterns: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Printed]:
        """Find the numbers that stand in a sentence."""
        for line, text in enumerate(self.lines):
            for pattern, names in patterns:
                found = re.match(pattern, text)
                for place, name in enumerate(names if found else (), start=1):
                    assert found is not None
                    yield self.number(name, line, found.span(place))

    def quantiles(self, heading: str) -> Iterator[Printed]:
        names: list[str] = []
        for line in self.section(heading):
            words = self.lines[line].split()
            if set(words) <= set(QUANTILES):
                names = [f"residual.{word}" for word in words]
            else:
                yield from self.row(line, 0, names)

    def coefficients(self, heading: str, names: Sequence[str]) -> Iterator[Printed]:
        """Read a table of coefficients; a wide one is broken into several below each other."""
        columns: list[str] = []
        for line in self.section(heading):
            text = self.lines[line]
            if text.startswith(" "):
                heads = sorted((head for head in _COLUMNS if head in text), key=text.index)
                columns = [_COLUMNS[head] for head in heads]
                continue
            own = [name for name in names if text.startswith(f"{name} ")]
            if own:
                term = max(own, key=len)
                yield from self.row(line, len(term), [f"{column}.{term}" for column in columns])

    def variances(self) -> Iterator[Printed]:
        """Read the random intercept's row and the residual's: variance and standard deviation."""
        for line in self.section("Random effects:")[1:3]:
            owner = "residual" if self.lines[line].startswith(" Residual ") else "between"
            for name, cell in zip(("variance", "sd"), self.cells(line)[-2:], strict=True):
                yield self.number(f"{owner}_{name}", line, cell.span())

    def clusters(self) -> Iterator[Printed]:
        """Read the number of levels, the last word of the section on random effects."""
        last = self.section("Random effects:")[-1]
        yield self.number("clusters", last, self.cells(last)[-1].span())

    def correlations(self, names: Sequence[str]) -> Iterator[Printed]:
        """Read the lower triangle, which is broken into blocks of p lines if it is wide."""
        labels = abbreviate(names, 11)
        lines = self.section("Correlation of Fixed Effects:")
        done = 0
        for block in range(0, len(lines) - len(names) + 1, len(names)):
            rows = lines[block + 1 : block + len(names)]
            for row, line in enumerate(rows, start=1):
                columns = [f"correlation.{names[row]}.{name}" for name in names[done:row]]
                yield from self.row(line, len(labels[row]), columns)
            done += len(self.cells(rows[-1], len(labels[-1]))) if rows else 0
            if done == len(names) - 1:
                return
