"""The places of numbers in both printouts, found by the headings and columns around them.

This reads what R printed, or what `engine.printout` laid out, without knowing how it was made. It
is the oracle for the places that a layout notes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from engine.printout.parts import QUANTILES
from engine.printout.rformat.names import abbreviate
from engine.printout.spans import Span

_COLUMNS = {"Estimate": "estimate", "Std. Error": "se", "t value": "t", "Pr(>|t|)": "p"}
_CRITERIA = {
    "AIC": "aic",
    "BIC": "bic",
    "logLik": "log_likelihood",
    "deviance": "deviance",
    "df.resid": "df_residual",
}
_NUMBER = r"(?:< ?)?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
# A table cell without a number still takes its place in the row.
_NONE = r"-?\bInf\b|\bNaN\b|\bNA\b"
_CELL = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)|{_NONE}")
_VALUE = rf"({_NUMBER}|{_NONE})"
_LM_LINES = (
    (rf"Coefficients: \({_VALUE} not defined", ("dropped_terms",)),
    (rf"Residual standard error: {_VALUE} on {_VALUE} degrees", ("sigma", "df")),
    (rf" +\({_VALUE} observations? deleted", ("dropped_rows",)),
    (
        rf"Multiple R-squared: +{_VALUE},\s+Adjusted R-squared: +{_VALUE}",
        ("r_squared", "adjusted_r_squared"),
    ),
    (
        rf"F-statistic: +{_VALUE} on +{_VALUE} and +{_VALUE} DF, +p-value: +{_VALUE}",
        ("f", "f_df1", "f_df2", "f_p"),
    ),
)
_LMER_LINES = (
    (rf"REML criterion at convergence: {_VALUE}", ("criterion",)),
    (rf"Number of obs: {_VALUE}, groups:", ("rows",)),
    (rf"fixed-effect model matrix .* dropping {_VALUE} column", ("dropped_columns",)),
    (rf"optimizer .* convergence code: {_VALUE}", ("convergence",)),
)


def read_lm(text: str, names: Sequence[str]) -> tuple[Span, ...]:
    """Return every number of ``print(summary(lm))``, in reading order.

    Parameters
    ----------
    text
        The printout.
    names
        The terms in it, dropped ones included.
    """
    sheet = _Sheet("lm", text)
    found = [
        *sheet.phrases(_LM_LINES),
        *sheet.residuals("Residuals:"),
        *sheet.coefficients("Coefficients:", names),
    ]
    return tuple(sorted(found, key=lambda number: (number.line, number.start)))


def read_lmer(
    text: str, names: Sequence[str], group: str, random: Sequence[Sequence[str]]
) -> tuple[Span, ...]:
    """Return every number of ``print(summary(lmer))``, in reading order.

    Parameters
    ----------
    text
        The printout of a fit by REML or maximum likelihood.
    names
        The fixed effects in it.
    group
        The clustering column.
    random
        The effects of each random term.
    """
    sheet = _Sheet("lmer", text)
    found = [
        *sheet.phrases(_LMER_LINES),
        *sheet.criteria(),
        *sheet.residuals("Scaled residuals:"),
        *sheet.variances(group, random),
        *sheet.clusters(),
        *sheet.coefficients("Fixed effects:", names),
        *sheet.correlations(names),
    ]
    return tuple(sorted(found, key=lambda number: (number.line, number.start)))


class _Sheet:
    """The lines of one printout. A section ends with an empty line, not with one of blanks."""

    def __init__(self, printout: str, text: str) -> None:
        self.printout = printout
        self.lines = text.split("\n")

    def section(self, heading: str) -> list[int]:
        """Return the lines below a heading."""
        starts = [k for k, line in enumerate(self.lines) if line.startswith(heading)]
        return self.lines_from(starts[0] + 1) if starts else []

    def lines_from(self, start: int) -> list[int]:
        below = range(start, len(self.lines))
        return list(itertools.takewhile(lambda k: self.lines[k], below))

    def number(self, name: str, line: int, span: tuple[int, int]) -> Span:
        return Span(f"{self.printout}.{name}", line, *span, self.lines[line][slice(*span)])

    def cells(self, line: int, start: int = 0) -> list[re.Match[str]]:
        return list(_CELL.finditer(self.lines[line], start))

    def row(self, line: int, start: int, names: Sequence[str]) -> Iterator[Span]:
        """Name the cells of a row, leaving out those without a number."""
        for name, cell in zip(names, self.cells(line, start), strict=False):
            if cell.group()[-1].isdigit():
                yield self.number(name, line, cell.span())

    def phrases(self, patterns: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Span]:
        """Find the numbers that stand in a sentence."""
        for line, text in enumerate(self.lines):
            for pattern, names in patterns:
                found = re.match(pattern, text)
                for place, name in enumerate(names if found else (), start=1):
                    assert found is not None
                    if found.group(place)[-1].isdigit():
                        yield self.number(name, line, found.span(place))

    def criteria(self) -> Iterator[Span]:
        """Read the named vector of a fit by maximum likelihood, the first of its kind."""
        starts = [k for k, line in enumerate(self.lines) if re.match(r" +AIC\b", line)]
        yield from self.named(self.lines_from(starts[0]) if starts else [], _CRITERIA)

    def residuals(self, heading: str) -> Iterator[Span]:
        lines = self.section(heading)
        if lines and set(self.lines[lines[0]].split()) <= set(QUANTILES):
            yield from self.named(lines, {name: f"residual.{name}" for name in QUANTILES})
        elif lines:
            rows = [name for line in lines[::2] for name in self.lines[line].split()]
            yield from self.named(lines, {name: f"row_residual.{name}" for name in rows})

    def named(self, lines: Sequence[int], ids: dict[str, str]) -> Iterator[Span]:
        """Read a named vector, in which lines of names and lines of values alternate."""
        for heads, values in zip(lines[::2], lines[1::2], strict=True):
            yield from self.row(values, 0, [ids[name] for name in self.lines[heads].split()])

    def coefficients(self, heading: str, names: Sequence[str]) -> Iterator[Span]:
        """Read a table of coefficients; a wide one is broken into blocks, one below the other."""
        columns: list[str] = []
        lines = self.section(heading)
        for row in range(0, len(lines), len(names) + 1):
            head, *rows = lines[row : row + len(names) + 1]
            # This is no heading but the legend of the stars, or a note on the fit.
            if not self.lines[head].startswith(" "):
                return
            heads = sorted(
                (name for name in _COLUMNS if name in self.lines[head]), key=self.lines[head].index
            )
            columns = [_COLUMNS[name] for name in heads]
            for term, line in zip(names, rows, strict=True):
                assert self.lines[line].startswith(term)
                yield from self.row(line, len(term), [f"{column}.{term}" for column in columns])

    def variances(self, group: str, random: Sequence[Sequence[str]]) -> Iterator[Span]:
        """Read the table of random effects; a wide one is broken into blocks."""
        effects = [
            (k, at, name) for k, term in enumerate(random, start=1) for at, name in enumerate(term)
        ]
        if [name for _, _, name in effects] == ["(Intercept)"]:
            ids = [["between_variance", "between_sd"]]
        else:
            ids = [
                [
                    f"random_variance.{k}.{name}",
                    f"random_sd.{k}.{name}",
                    *(f"random_correlation.{k}.{name}.{other}" for other in random[k - 1][:at]),
                ]
                for k, at, name in effects
            ]
        ids.append(["residual_variance", "residual_sd"])
        labels = [
            (group if k == 1 else f"{group}.{k - 1}") if at == 0 else "" for k, at, _ in effects
        ]
        texts = [*zip(labels, (name for _, _, name in effects), strict=True), ("Residual", "")]
        lines = self.section("Random effects:")
        for block in range(0, len(lines) - len(ids), len(ids) + 1):
            head, *rows = lines[block : block + len(ids) + 1]
            if not self.lines[head].startswith(" "):
                return
            for own, (label, name), line in zip(ids, texts, rows, strict=True):
                start = 1
                for column, text in (("Groups", label), ("Name", name)):
                    if column in self.lines[head]:
                        start = self.lines[line].index(text, start) + len(text)
                cells = self.cells(line, start)
                for cell in cells:
                    value = own.pop(0)
                    if cell.group()[-1].isdigit():
                        yield self.number(value, line, cell.span())

    def clusters(self) -> Iterator[Span]:
        """Read the number of levels, the last word of the section on random effects."""
        last = self.section("Random effects:")[-1]
        yield self.number("clusters", last, self.cells(last)[-1].span())

    def correlations(self, names: Sequence[str]) -> Iterator[Span]:
        """Read the lower triangle; a wide one is broken into blocks of p lines."""
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
