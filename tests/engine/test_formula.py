"""Formula text: what R makes of it, what is refused and where, and that nothing is evaluated."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.formula.grammar import MAX_DEPTH, MAX_LENGTH, MAX_TERMS, RandomPart, parse
from engine.data.formula.picked import Picked
from engine.data.formula.terms import quote
from engine.errors import FormulaError

REFERENCE = Path(__file__).parents[1] / "reference" / "design" / "design.json"
DESIGNS = json.loads(REFERENCE.read_text(encoding="utf-8"))["designs"]


@pytest.mark.parametrize("expected", DESIGNS, ids=lambda design: design["formula"])
def test_terms_order_and_text_are_those_of_r(expected):
    formula = parse(f"{expected['formula']} + (1 | unit)")

    assert [":".join(map(quote, term)) for term in formula.terms] == expected["terms"]
    assert formula.intercept is expected["intercept"]
    assert formula.fixed_text == expected["text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1 | g)", RandomPart("g")),
        ("(1|`my group`)", RandomPart("my group")),
        ("(1 + z | g)", RandomPart("g", effects=(("z",),))),
        ("(z | g)", RandomPart("g", effects=(("z",),))),
        ("(0 + z | g)", RandomPart("g", intercept=False, effects=(("z",),))),
        ("(-1 + z | g)", RandomPart("g", intercept=False, effects=(("z",),))),
        ("(z + w || g)", RandomPart("g", effects=(("z",), ("w",)), correlated=False)),
        ("(z * w | g)", RandomPart("g", effects=(("z",), ("w",), ("z", "w")))),
    ],
)
def test_random_part_is_read(text, expected):
    assert parse(f"y ~ x + {text}").random == expected


def test_random_part_may_stand_anywhere_and_does_not_order_the_fixed_terms():
    formula = parse("y ~ (1 + b | g) + a:b + a")

    assert formula.terms == (("a",), ("a", "b"))
    assert formula.fixed_text == "y ~ a:b + a"
    assert str(formula) == "y ~ (1 + b | g) + a:b + a"


def test_model_without_predictors_is_an_intercept():
    formula = parse("y ~ (1 | g)")

    assert formula.terms == ()
    assert formula.intercept
    assert formula.fixed_text == "y ~ 1"


def test_columns_are_outcome_first_and_cluster_last_each_once():
    formula = parse("y ~ a * b + (1 + a + z | g)")

    assert formula.columns() == ("y", "a", "b", "z", "g")


@pytest.mark.parametrize("name", ["Größe", "x.1", ".x", "a_b", "日本", "..y"])
def test_names_r_reads_as_they_are_need_no_backticks(name):
    assert parse(f"{name} ~ x + (1 | g)").outcome == name


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "begins with its outcome"),
        ("y", 1, "`~` is missing"),
        ("~ x + (1 | g)", 0, "begins with its outcome"),
        ("y + z ~ x + (1 | g)", 2, "single column"),
        ("y ~", 3, "stops short"),
        ("y ~ x", 5, "The cluster is missing: add + (1 | cluster)"),
        ("y ~ x + 1 | g", 10, "stands in parentheses"),
        ("y ~ x + (1 | g) + (1 | h)", 18, "second random part"),
        ("y ~ x - (1 | g)", 8, "added"),
        ("y ~ x * (1 | g)", 8, "stands by itself"),
        ("y ~ (x + (1 | g))", 9, "stands by itself"),
        ("y ~ ((1 | g) | h)", 5, "stands by itself"),
        ("y ~ x + (0 | g)", 8, "Nothing varies"),
        ("y ~ x + (1 | g:h)", 14, "one column"),
        ("y ~ x + (1 | )", 13, "name of the cluster"),
        ("y ~ x + (1 | y)", 13, "cannot be the cluster"),
        ("y ~ y + (1 | g)", 4, "cannot explain itself"),
        ("y ~ 0 + (1 | g)", 3, "keep the intercept"),
        ("y ~ x ~ z", 6, "second `~`"),
        ("y ~ x + (1 | g", 8, "never closed"),
        ("y ~ x) + (1 | g)", 5, "never opened"),
        ("y ~ a b + (1 | g)", 6, "operator such as `+` is missing before `b`"),
        ("y ~ x (1 | g)", 6, "operator such as `+` is missing"),
        ("y ~ a + -b + (1 | g)", 8, "Two signs"),
        ("y ~ a + * b", 8, "missing before `*`"),
        ("y ~ 1:x + (1 | g)", 4, "stand for the intercept"),
        ("y ~ (1 + a):x + (1 | g)", 4, "stand for the intercept"),
        ("log(y) ~ x", 0, "`log(` is a function call: compute the column first"),
        ("y ~ I(x^2) + (1 | g)", 4, "`I(` is a function call"),
        ("y ~ factor(x) + (1 | g)", 4, "`factor(` is a function call"),
        ("y ~ `x`(1)", 4, "function call"),
        ("y ~ x^2", 5, "write the interactions"),
        ("y ~ a/b", 5, "write `a + a:b`"),
        ("y ~ a %in% b", 6, "write the interactions"),
        ("y ~ . + (1 | g)", 4, "name the columns"),
        ("y ~ d$x", 5, "reaches into an object"),
        ("y ~ d[1]", 5, "reaches into an object"),
        ("y ~ d@x", 5, "reaches into an object"),
        ("y ~ 'x'", 4, "backticks"),
        ('y ~ "x"', 4, "backticks"),
        ("y ~ 2 * x", 4, "is a number"),
        ("y ~ 1.5", 4, "is a number"),
        ("y ~ 2x", 4, "begins with a digit"),
        ("y ~ _x", 4, "needs backticks"),
        ("y ~ TRUE", 4, "word of the R language"),
        ("y ~ ..1", 4, "word of the R language"),
        ("y ~ x; z", 5, "no meaning here"),
        ("y = x", 2, "separated by `~`"),
        ("y ~ x \N{MINUS SIGN} 1", 6, "minus"),
        ("y ~ `x", 4, "never closed"),
        ("y ~ ``", 4, "no name"),
        ("y ~ `a\\d`", 6, "doubled"),
        ("y ~ x.__class__.__base__()", 4, "function call"),
        ("y ~ __import__('os').system('true')", 4, "needs backticks"),
        ("y ~ x + (lambda: 0)()", 17, "stand for the intercept"),
    ],
)
def test_anything_else_is_refused_at_the_character(text, position, says):
    with pytest.raises(FormulaError) as caught:
        parse(text)

    assert caught.value.position == position
    assert says in caught.value.reason


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("y ~ " + "x + " * MAX_LENGTH, "characters"),
        ("y ~ " + "(" * (MAX_DEPTH + 1) + "x", "nested"),
        ("(" * MAX_LENGTH, "begins with its outcome"),
        ("y ~ " + "(" * (MAX_LENGTH - 4), "nested"),
        ("y ~ " + " * ".join("abcdefghijklmnopqrst") + " + (1 | u)", "terms"),
        ("y ~ " + ":".join(["(a + b + c + d + e + f + g + h)"] * 40), "terms"),
        ("y~" + "+".join(["a*b*c*d*e*f*g*h*i"] * 100) + "+z", "operator|cluster"),
        ("y ~ " + "-" * 1_000, "signs"),
        ("y ~ `" + "\\\\" * 900, "never closed"),
    ],
)
def test_monstrous_text_is_refused_at_once(text, says):
    start = time.perf_counter()
    with pytest.raises(FormulaError, match=says):
        parse(text)

    assert time.perf_counter() - start < 0.5


def test_terms_are_capped():
    names = [f"x{k}" for k in range(40)]
    halves = f"({' + '.join(names[:20])}) * ({' + '.join(names[20:])})"

    assert len(parse(f"y ~ {halves} + (1 | g)").terms) == 40 + 20 * 20 <= MAX_TERMS
    with pytest.raises(FormulaError, match="more than 1,000 terms"):
        parse(f"y ~ {halves}:({' + '.join(names[:3])}) + (1 | g)")


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_a_formula_error(text):
    try:
        parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)  # noqa: PT017


@given(st.text(alphabet="yxg ~+-:*()|01`.\\^", max_size=80).map(lambda text: f"y ~ {text}"))
def test_what_is_read_once_is_read_again_the_same(text):
    try:
        formula = parse(text)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)  # noqa: PT017
    else:
        assert parse(str(formula)) == formula


def sums(inner):
    item = st.one_of(inner, st.tuples(inner, st.sampled_from([":", " * "]), inner).map("".join))
    return st.lists(item, min_size=1, max_size=4).map(" + ".join)


names = st.sampled_from(["a", "b", "c", "d", "`e f`"])
expressions = sums(st.one_of(names, sums(names).map(lambda text: f"({text})")))


@given(expressions, expressions)
def test_a_star_b_is_a_plus_b_plus_their_interaction(left, right):
    short = parse(f"y ~ ({left}) * ({right}) + (1 | g)")
    long = parse(f"y ~ ({left}) + ({right}) + ({left}):({right}) + (1 | g)")

    assert short.terms == long.terms
    assert parse(str(short)) == short


@given(expressions, expressions)
def test_removing_what_was_added_leaves_the_rest(kept, removed):
    both = parse(f"y ~ {kept} + {removed} - ({removed}) + (1 | g)")
    alone = set(map(frozenset, parse(f"y ~ {kept} + (1 | g)").terms))
    gone = set(map(frozenset, parse(f"y ~ {removed} + (1 | g)").terms))

    assert set(map(frozenset, both.terms)) == alone - gone


@given(
    st.lists(st.text(min_size=1, max_size=12), min_size=2, max_size=6, unique=True),
    st.booleans(),
)
def test_any_picked_columns_make_a_formula_that_names_them(columns, interaction):
    outcome, *predictors, cluster = columns

    picked = Picked(outcome, tuple(predictors), cluster, interaction)
    formula = picked.formula()

    assert formula == parse(formula.text)
    assert parse(formula.compact) == formula
    assert Picked.of(formula) == replace(picked, interaction=interaction and len(predictors) > 1)
    assert formula.outcome == outcome
    assert [term[0] for term in formula.terms if len(term) == 1] == predictors
    assert formula.random == RandomPart(cluster)
    assert len(formula.terms) == (2 ** len(predictors) - 1 if interaction else len(predictors))


@pytest.mark.parametrize(
    "text",
    [
        "y ~ x + (1 + x | g)",
        "y ~ x + (0 + x | g)",
        "y ~ 0 + x + (1 | g)",
        "y ~ a + b + a:b + c + (1 | g)",
        "y ~ a * b * c - a:b:c + (1 | g)",
        "y ~ a:b + (1 | g)",
    ],
)
def test_what_cannot_be_picked_is_never_taken_for_another_model(text):
    assert Picked.of(parse(text)) is None


@pytest.mark.parametrize(
    "text", ["y ~ 1 + (1 | g)", "y ~ b + a + (1|g)", "y ~ a + b + a:b + (1 | g)", "y ~ a*b*c+(1|g)"]
)
def test_what_can_be_picked_is_the_same_model(text):
    formula = parse(text)
    picked = Picked.of(formula)
    assert picked is not None
    assert picked.formula().terms == formula.terms


@pytest.mark.parametrize(
    ("picked", "complaint"),
    [
        (Picked("y", ("x", "y"), "g"), "cannot explain itself"),
        (Picked("y", ("x",), "y"), "cannot be the cluster"),
        (Picked("y", tuple(f"x{k}" for k in range(60)), "g", True), "more than 1,000 terms"),
        (Picked("y", ("x" * MAX_LENGTH,), "g"), "more than 2,000 characters"),
    ],
)
def test_picks_that_make_no_formula_are_refused(picked, complaint):
    with pytest.raises(FormulaError, match=complaint):
        picked.formula()


def test_the_pointer_stands_under_the_offending_character():
    with pytest.raises(FormulaError) as caught:
        parse("math ~ log(ses) + (1 | school)")

    line, caret = caught.value.pointer().splitlines()
    assert line[caret.index("^") :].startswith("log(")
