"""From a file to the printout: the text of R, character for character.

Sources: tests/reference/NAME.lm.txt and NAME.lmer.txt (what R's console showed beside oracle.R's
numbers; the data were called `dat`), NAME.polished.lmer.txt (polished.R) where the former is not
what the engine should print.
"""

import pytest

from engine import compare, read
from engine.printout.contents import lm_summary, lmer_summary
from engine.printout.lm import lm_printout
from engine.printout.lmer import lmer_printout
from tests.engine.reference import FOLDER, RANDOM_INTERCEPT, Reference, reference

SLOPES = ("sleepstudy_slopes", "orthodont_slopes")
SINGULAR = "dyestuff2_singular"
SINGULAR_NOTE = """\
optimizer (nloptwrap) convergence code: 0 (OK)
boundary (singular) fit: see help('isSingular')

"""


def recorded(name: str, model: str) -> str:
    return (FOLDER / f"{name}.{model}.txt").read_text(encoding="utf-8")


def lmer_text(ref: Reference) -> str:
    comparison = compare(ref.frame, ref.values["lmer_formula"])
    return lmer_printout(lmer_summary(comparison, "dat")).text


@pytest.mark.parametrize("name", [*RANDOM_INTERCEPT, *SLOPES])
def test_lm_printout_is_that_of_r(name: str) -> None:
    comparison = compare(reference(name).frame, reference(name).values["lmer_formula"])
    assert lm_printout(lm_summary(comparison, "dat")).text == recorded(name, "lm")


@pytest.mark.parametrize("name", [name for name in RANDOM_INTERCEPT if name != SINGULAR])
def test_lmer_printout_is_that_of_lme4(name: str) -> None:
    assert lmer_text(reference(name)) == recorded(name, "lmer")


def test_singular_fit_ends_with_the_note_that_lmer_prints_by_default() -> None:
    text = lmer_text(reference(SINGULAR))
    assert text == recorded(SINGULAR, "polished.lmer")
    # The other record was made with that note silenced, and is otherwise the same.
    assert text == recorded(SINGULAR, "lmer") + SINGULAR_NOTE


@pytest.mark.parametrize("name", SLOPES)
def test_random_slopes_print_what_lme4_prints_at_the_optimum(name: str) -> None:
    assert lmer_text(reference(name)) == recorded(name, "polished.lmer")


@pytest.mark.parametrize("name", SLOPES)
def test_where_lme4_stopped_early_only_last_digits_differ(name: str) -> None:
    ours, stopped = lmer_text(reference(name)).split(), recorded(name, "lmer").split()
    assert len(ours) == len(stopped)
    for own, early in zip(ours, stopped, strict=True):
        if own != early:
            assert float(own) == pytest.approx(float(early), rel=5e-4)


def test_a_numeric_cluster_column_read_from_a_file_prints_the_same() -> None:
    # sleepstudy's subjects are numbers in the file, but text in the reference frame.
    frame = read(FOLDER / "sleepstudy.csv")
    comparison = compare(frame, "Reaction ~ Days + (1 | Subject)")
    assert lm_printout(lm_summary(comparison, "dat")).text == recorded("sleepstudy", "lm")
    assert lmer_printout(lmer_summary(comparison, "dat")).text == recorded("sleepstudy", "lmer")


def test_labels_that_differ_in_a_trailing_blank_print_as_in_r() -> None:
    """Abbreviated, they are the same, however many letters are kept (trailing_blank.R)."""
    frame = read(FOLDER / "trailing_blank.csv")
    comparison = compare(frame, "y ~ flag + (1 | g)")
    printed = lmer_printout(lmer_summary(comparison, "dat")).text
    assert printed == recorded("trailing_blank", "lmer")


def test_single_residuals_bear_the_numbers_of_their_rows_in_the_file() -> None:
    """Rows left out for missing values leave gaps in the numbers (missing_rows.R)."""
    comparison = compare(read(FOLDER / "missing_rows.csv"), "y ~ x + (1 | g)")
    printout = lm_printout(lm_summary(comparison, "dat"))
    assert printout.text == recorded("missing_rows", "lm")
