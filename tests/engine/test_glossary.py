"""Every term of the field in the pages' sentences is in the glossary, and is found where it is."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import Comparison, compare_design, simulate
from engine.account.ledger import ledger
from engine.account.path import DialPath
from engine.estimators import ESTIMATORS
from engine.questions import QUESTIONS
from engine.simulation import FIELDS, PRESETS
from engine.words.dial import several_minima, standing
from engine.words.glossary import GLOSSARY, uses
from engine.words.ledger import ledger_in_words
from engine.words.paper import SITUATIONS
from engine.words.verdict import one_sentence, paragraphs
from pages.parts.published import published
from tests.engine.example import PUZZLES, puzzle

# What a student of statistics may never have met; not what is plain English.
JARGON = re.compile(
    r"clusters?|OLS|\blm\b|mixed (?:model|estimate)|(?:fixed|random) effects?|random slopes?"
    r"|standard errors?|(?:residual|between-cluster) (?:variances?|variation)"
    r"|(?<!\w)[τσ]\u0302?²|ρ\u0302?|λ|\bICC\b|intraclass correlation|variance ratio"
    r"|(?:the|its) weight\b|weights|(?:within|inside) clusters|between clusters"
    r"|between cluster means|(?:complete|partial|no) pooling|shrunk\w*|shrinkage"
    r"|REML(?: criterion)?|criterion|singular|on the boundary|contextual effects?|confounded"
    r"|degrees of freedom|CR2|Satterthwaite|maximum likelihood|residuals?|intercepts?"
    r"|information|Gaussian|design effect|confidence intervals?|cluster-robust|dummy variables?"
    r"|(?<!\w)β̂(?!\w)",
    re.IGNORECASE,
)


def of_a_comparison(comparison: Comparison) -> Iterator[str]:
    yield one_sentence(comparison)
    yield from paragraphs(comparison)
    if comparison.mixed.random_intercept_only:
        account = ledger(comparison)
        for term in range(len(comparison.ols.names)):
            yield ledger_in_words(account, term, comparison.ols)
        path = DialPath(comparison)
        for ratio in (0.0, comparison.mixed.variance_ratio, np.inf):
            yield from standing(path, 0, ratio)
        yield several_minima(path, 0)


def sentences() -> Iterator[str]:
    for preset in PRESETS:
        yield preset.description
        yield from of_a_comparison(compare_design(simulate(preset.scenario).design()))
    for name in PUZZLES:
        yield from of_a_comparison(puzzle(name))
    yield from (field.hint for field in FIELDS.values() if field.hint)
    yield from (estimator.about for estimator in ESTIMATORS)
    yield from (number.meaning.why for number in published()[2])
    for situation in SITUATIONS.values():
        yield from dataclasses.astuple(situation.of_example())
    for question in QUESTIONS.values():
        first = question.control.first
        yield question.setting
        yield question.answer(first, question.at(first))


def test_every_term_in_the_sentences_is_in_the_glossary() -> None:
    found = {match[0].casefold() for text in sentences() for match in JARGON.finditer(text)}
    assert len(found) > 20
    known = {form.casefold() for term in GLOSSARY for form in term.forms}
    assert not sorted(found - known)


def test_a_meaning_is_one_or_two_short_sentences_and_no_form_has_two() -> None:
    forms = [form.casefold() for term in GLOSSARY for form in term.forms]
    assert len(forms) == len(set(forms))
    assert len({term.id for term in GLOSSARY}) == len(GLOSSARY)
    for term in GLOSSARY:
        assert term.meaning.endswith(".")
        assert 1 <= len(re.findall(r"[.](?: |$)", term.meaning)) <= 2, term.name
        assert len(term.meaning) <= 260, term.name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Among clusters, each cluster has its weight.", ["clusters", "its weight"]),
        ("The REML criterion of REML.", ["REML criterion", "REML"]),
        # As Markdown: its signs have a backslash, lines are broken, code is no prose.
        (r"the between\-cluster variance, `OLS`", [r"between\-cluster variance"]),
        ("inside\nclusters", ["inside\nclusters"]),
        ("[OLS](#word-ols), τ̂² and b̂ⱼ", ["τ̂²", "b̂ⱼ"]),
        ("subclusters, REMLs, OLSx", []),
        # A column may be called what it likes.
        ("The coefficient of cluster falls.", []),
        ("The coefficient of weight falls.", []),
    ],
)
def test_a_term_is_found_where_it_first_stands(text: str, found: list[str]) -> None:
    assert [text[use.start : use.end] for use in uses(text)] == found


def test_apostrophes_are_the_same_everywhere() -> None:
    folder = Path(__file__).resolve().parents[2]
    files = [one for part in ("engine", "pages") for one in (folder / part).rglob("*.py")]
    assert files
    assert not [one.name for one in files if "\N{RIGHT SINGLE QUOTATION MARK}" in one.read_text()]
