"""The published puzzle: its data, both fits, both printouts and what each number in them is."""

from functools import cache

from engine import Comparison, compare
from engine.data.examples import load
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from engine.words.anatomy import Explained, anatomy
from pages.parts.printout import Sheet

EXAMPLE = "twin"
FORMULA, NAME = "pSHP2 ~ condition + (1 | cluster)", "dat_stim_unstim"


@cache
def published() -> tuple[Comparison, list[Sheet], tuple[Explained, ...]]:
    """Read and fit once for all visitors; nothing ever changes it."""
    comparison = compare(load(EXAMPLE), FORMULA)
    lm = lm_printout(lm_summary(comparison, NAME)).without_blank_ends()
    lmer = lmer_printout(lmer_summary(comparison, NAME)).without_blank_ends()
    sheets = [
        Sheet("lm", "lm: ordinary least squares", lm.text),
        Sheet("lmer", "lmer: mixed model", lmer.text),
    ]
    return comparison, sheets, anatomy(comparison, lm, lmer)
