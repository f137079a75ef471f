"""The published puzzle: its data, both fits, both printouts and what each number in them is."""

from functools import cache

from engine import Comparison, compare, read
from engine.data.examples import FOLDER
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.text import lm_printout, lmer_printout
from engine.words.anatomy import Explained, anatomy
from pages.parts.printout import Sheet

FILE, FORMULA, NAME = "twin.parquet", "pSHP2 ~ condition + (1 | cluster)", "dat_stim_unstim"


@cache
def published() -> tuple[Comparison, list[Sheet], tuple[Explained, ...]]:
    """Read and fit once for all visitors; nothing ever changes it."""
    comparison = compare(read(FOLDER / FILE), FORMULA)
    lm = lm_printout(lm_summary(comparison, NAME)).strip("\n")
    lmer = lmer_printout(lmer_summary(comparison, NAME)).strip("\n")
    sheets = [
        Sheet("lm", "lm: ordinary least squares", lm),
        Sheet("lmer", "lmer: mixed model", lmer),
    ]
    return comparison, sheets, anatomy(comparison, lm, lmer)
