"""Design matrices: R's columns to the last digit, any column type, and faults named."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.columns import MAX_LEVELS
from engine.data.design import build
from engine.data.files import read
from engine.data.formula.grammar import parse
from engine.data.formula.picked import Picked
from engine.errors import DataError

REFERENCE = Path(__file__).parents[1] / "reference" / "design"
R = json.loads((REFERENCE / "design.json").read_text(encoding="utf-8"))

TEXT_TYPES = {
    "str": "str",
    "object": object,
    "string[python]": pd.StringDtype("python"),
    "category": "category",
}


def design(frame, formula="y ~ x + (1 | g)"):
    return build(pd.DataFrame(frame), parse(formula))


def rows(**columns):
    """Six rows in three clusters, with columns replaced or added."""
    plain = {
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "x": [2, 3, 5, 7, 11, 13],
        "f": list("ababab"),
        "g": list("uuvvww"),
    }
    return pd.DataFrame(plain | columns)


@pytest.mark.parametrize("expected", R["designs"], ids=lambda design: design["formula"])
@pytest.mark.parametrize("text_type", TEXT_TYPES)
def test_names_and_matrix_are_those_of_r(expected, text_type):
    frame = read(REFERENCE / "rows.csv")
    texts = frame.select_dtypes("str").columns
    if text_type == "category":  # R's order of levels, which Categorical itself lacks
        frame["f"] = pd.Categorical(frame["f"], ["high", "low", "Mid"])
    else:
        frame = frame.astype(dict.fromkeys(texts, TEXT_TYPES[text_type]))

    made = design(frame, f"{expected['formula']} + (1 | unit)")

    assert list(made.names) == expected["names"]
    assert made.matrix.tolist() == expected["matrix"]
    assert made.has_intercept is expected["intercept"]
    assert made.outcome.tolist() == frame["y"].tolist()


def test_text_levels_stand_in_the_order_of_r():
    labels = R["sorted"]
    shuffled = np.random.default_rng(1).permutation(labels)

    made = design({"y": np.arange(len(labels)), "x": 1.0, "g": shuffled})

    assert list(made.levels) == labels
    assert [labels[code] for code in made.cluster_codes] == shuffled.tolist()


@given(st.lists(st.text(max_size=5), min_size=2, max_size=30))
def test_every_row_keeps_its_cluster_whatever_the_labels(labels):
    frame = pd.DataFrame({"y": range(len(labels)), "g": pd.Series(labels, dtype=object)})
    if len(set(labels)) == 1:
        return

    made = design(frame, "y ~ 1 + (1 | g)")

    assert [made.levels[code] for code in made.cluster_codes] == labels
    assert len(set(made.levels)) == len(made.levels)


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([10, 9, 9, 10, 2, 2], ["2", "9", "10"]),
        ([1.0, 1.5, 1.0, 2.0, 2.0, 100000.0], ["1", "1.5", "2", "100000"]),
        ([0.1 + 0.2, 1.0] * 3, ["0.3", "1"]),
        ([0.1 + 0.2, 0.3] * 3, ["0.3", "0.30000000000000004"]),
        ([2**70, 2**70 + 1] * 3, ["1180591620717411303424", "1180591620717411303425"]),
        (pd.array([3, 1, 3, 1, 1, 3], dtype="Int64"), ["1", "3"]),
        ([Decimal("1.5"), Decimal(1)] * 3, ["1", "1.5"]),
        ([True, False] * 3, ["FALSE", "TRUE"]),
        (pd.array([True, False] * 3, dtype="boolean"), ["FALSE", "TRUE"]),
        (pd.to_datetime(["2020-01-10", "2019-12-31"] * 3), ["2019-12-31", "2020-01-10"]),
        (
            pd.to_datetime(["2020-01-10 06:30", "2020-01-10 00:00"] * 3),
            ["2020-01-10", "2020-01-10 06:30:00"],
        ),
        ([dt.date(2020, 1, 10), dt.date(2019, 12, 31)] * 3, ["2019-12-31", "2020-01-10"]),
        (pd.period_range("2020-01", periods=2, freq="M").repeat(3), ["2020-01", "2020-02"]),
        ([1, "1", "b", 2.0, True, "b"], ["1", "2", "b", "TRUE"]),
        (pd.Categorical(list("bababa"), ["z", "b", "a"]), ["b", "a"]),
        (pd.Categorical([3, 1, 3, 1, 3, 1], [3, 1]), ["3", "1"]),
        (pd.cut([1, 2, 3, 4, 5, 6], [0, 3, 6]), ["(0, 3]", "(3, 6]"]),
    ],
    ids=str,
)
def test_clusters_of_any_type_have_levels_in_their_natural_order(values, levels):
    frame = rows(g=values)

    made = design(frame)

    assert list(made.levels) == levels
    first_of = [made.cluster_codes.tolist().index(code) for code in range(len(levels))]
    assert len(set(frame["g"].iloc[first_of].astype(str))) == len(levels)


def test_true_and_false_make_a_categorical_predictor_named_as_in_r():
    made = design(rows(f=[True, False, True, True, False, False]), "y ~ f + (1 | g)")

    assert made.names == ("(Intercept)", "fTRUE")
    assert made.matrix[:, 1].tolist() == [1, 0, 1, 1, 0, 0]
    assert made.categories == {"f": ("FALSE", "TRUE")}


def test_a_categorical_keeps_its_order_without_unused_levels():
    made = design(rows(f=pd.Categorical(list("abcabc"), list("zcba"))), "y ~ f + (1 | g)")

    assert made.names == ("(Intercept)", "fb", "fa")
    assert made.categories == {"f": ("c", "b", "a")}


def test_predictors_hold_the_rows_behind_the_columns():
    made = design(rows(), "y ~ f * x + (1 | g)")

    assert list(made.predictors) == ["f", "x"]
    assert made.predictors["f"].tolist() == [0, 1, 0, 1, 0, 1]
    assert made.predictors["x"].tolist() == [2, 3, 5, 7, 11, 13]
    assert [column.factors for column in made.columns] == [
        (),
        (("f", 1),),
        (("x", None),),
        (("f", 1), ("x", None)),
    ]


@pytest.mark.parametrize("column", ["y", "x", "f", "g"])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=str)
def test_rows_with_a_missing_value_are_dropped_counted_and_reported(column, missing):
    frame = rows().astype(object)
    frame.loc[[1, 4], column] = missing

    made = design(frame, "y ~ x + f + (1 | g)")

    assert made.rows == 4
    assert made.dropped_rows == 2
    assert made.notes == (f"2 rows of 6 were left out for missing values (“{column}” 2).",)
    assert made.outcome.tolist() == [1, 3, 4, 6]
    assert made.matrix.tolist() == [[1, 2, 0], [1, 5, 0], [1, 7, 1], [1, 13, 1]]
    assert [made.levels[code] for code in made.cluster_codes] == list("uvvw")


def test_missing_values_in_other_columns_do_not_matter():
    made = design(rows(other=[None] * 6))

    assert (made.rows, made.dropped_rows, made.notes) == (6, 0, ())


def test_levels_that_vanish_with_the_missing_rows_are_gone():
    frame = rows(f=list("abcabc"), y=[1.0, 2.0, np.nan, 4.0, 5.0, np.nan])
    frame["g"] = list("uuvwww")

    made = design(frame, "y ~ f + (1 | g)")

    assert made.levels == ("u", "w")
    assert made.cluster_codes.tolist() == [0, 0, 1, 1]
    assert made.names == ("(Intercept)", "fb")


@pytest.mark.parametrize(
    ("formula", "held"),
    [
        ("y ~ x + f + (1 | g)", {}),
        ("y ~ x * f + (1 | g)", {"x": {"f": ("a",)}, "fb": {"x": ()}, "fc": {"x": ()}}),
        ("y ~ x * z + (1 | g)", {"x": {"z": ()}, "z": {"x": ()}}),
        ("y ~ x * f * z + (1 | g)", {"x": {"f": ("a",), "z": ()}, "x:fb": {"z": ()}}),
        # Every level has a slope of its own: none of them is a difference from another.
        ("y ~ x:f + (1 | g)", {}),
    ],
)
def test_a_coefficient_beside_its_interactions_knows_for_which_rows_it_holds(formula, held):
    draws = np.random.default_rng(0)
    frame = rows(
        y=draws.normal(size=24),
        x=draws.normal(size=24),
        z=draws.normal(size=24),
        f=list("abc") * 8,
        g=list("uvwx") * 6,
    )
    built = design(frame, formula)
    found = {name: built.held_at(name, built.names) for name in built.names}
    assert found["(Intercept)"] == {}
    if held:
        assert {name: found[name] for name in held} == held
    else:
        assert not any(found.values())


def test_an_interaction_without_a_coefficient_says_nothing_of_where_another_holds():
    frame = rows(
        y=np.random.default_rng(0).normal(size=24),
        x=np.arange(24.0),
        f=list("abc") * 8,
        g=list("uvwx") * 6,
    )
    built = design(frame, "y ~ x * f + (1 | g)")
    kept = set(built.names) - {"x:fc"}
    assert built.held_at("x", kept) == {"f": ("a", "c")}
    assert built.held_at("fc", kept) == {}
    assert built.held_at("x", kept - {"x:fb"}) == {}


def test_an_outcome_of_true_and_false_is_counted_and_noted():
    made = design(rows(y=[True, False, True, True, False, False]))

    assert made.outcome.tolist() == [1, 0, 1, 1, 0, 0]
    assert "true or false" in made.notes[0]


def test_a_predictor_with_a_single_value_is_left_out_with_a_note():
    made = design(rows(f=["a"] * 6), "y ~ x * f + (1 | g)")

    assert made.names == ("(Intercept)", "x")
    assert made.notes == (
        "“f” has the single value “a”: with nothing to compare it to, it was left out.",
    )


def test_without_intercept_a_single_value_takes_its_place():
    made = design(rows(f=["a"] * 6), "y ~ 0 + f + (1 | g)")

    assert made.names == ("fa",)
    assert made.matrix.tolist() == [[1]] * 6
    assert made.notes == ()


@pytest.mark.parametrize(
    "name", ["my var", "a+b", "tick`s", "back\\slash", "😀", "if", "2x", ".", "é"]
)
def test_odd_names_work_wherever_a_name_can_stand(name):
    frame = rows().rename(columns={"x": name})
    made = build(frame, Picked("y", (name,), "g").formula())

    assert made.matrix[:, 1].tolist() == [2, 3, 5, 7, 11, 13]


def test_columns_without_text_names_are_found_by_their_text():
    frame = rows().set_axis([0, 1, 2, 3], axis="columns")

    assert design(frame, "`0` ~ `1` + (1 | `3`)").names == ("(Intercept)", "`1`")


def test_the_frame_is_neither_copied_nor_changed():
    frame = rows()
    before = frame.copy(deep=True)

    made = design(frame, "y ~ x * f + (1 | g)")

    assert np.shares_memory(made.outcome, frame["y"].to_numpy())
    pd.testing.assert_frame_equal(frame, before)


def test_columns_of_the_matrix_are_contiguous():
    assert design(rows(), "y ~ x * f + (1 | g)").matrix.flags.f_contiguous


@pytest.mark.parametrize(
    ("frame", "formula", "says"),
    [
        (rows(), "Y ~ X + (1 | g)", "no column `Y`. Did you mean `y`?"),
        (rows(math=1.0), "mth ~ x + (1 | g)", "no column `mth`. Did you mean `math`?"),
        (rows(), "y ~ qqqqq + (1 | g)", "no column `qqqqq`. The columns are `y`, `x`, `f`, `g`"),
        (rows().iloc[:0], "y ~ x + (1 | g)", "no rows"),
        (rows().iloc[:, [0, 1, 1, 3]], "y ~ x + (1 | g)", "2 columns are called `x`"),
        (rows(y=[1, 2, 3, np.inf, 5, 6]), "y ~ x + (1 | g)", r"`y` is infinite \(inf\) in row 4"),
        (rows(x=[1, -np.inf, 3, 4, 5, 6]), "y ~ x + (1 | g)", r"`x` is infinite \(-inf\) in row 2"),
        (rows(g=[1, 1, np.inf, 2, 2, 2]), "y ~ x + (1 | g)", "`g` is infinite in row 3"),
        (rows(y=list("abcdef")), "y ~ x + (1 | g)", "not a column of numbers: row 1 .* `a`"),
        (rows(y=["1", "2", "x.x", "4", "5", "6"]), "y ~ x + (1 | g)", "row 3 .* holds `x.x`"),
        (rows(y=list("123456")), "y ~ x + (1 | g)", "numbers stored as text"),
        (rows(y=pd.Categorical(list("abcabc"))), "y ~ x + (1 | g)", "not a column of numbers"),
        (rows(y=pd.date_range("2020", periods=6)), "y ~ x + (1 | g)", "outcome `y` holds dates"),
        (rows(x=pd.date_range("2020", periods=6)), "y ~ x + (1 | g)", "predictor `x` holds dates"),
        (rows(x=[dt.date(2020, 1, 1)] * 6), "y ~ x + (1 | g)", "predictor `x` holds dates"),
        (rows(x=pd.to_timedelta(range(6), "h")), "y ~ x + (1 | g)", "dates or times"),
        (rows(g="a"), "y ~ x + (1 | g)", "`g` has the single value `a`.* at least two clusters"),
        (rows(g=None), "y ~ x + (1 | g)", "No row is complete: of 6 rows, missing are “g” 6"),
        (rows(), "y ~ g + (1 | g)", "both the cluster and a categorical predictor"),
        (rows(f=list("abcdef")), "y ~ f + (1 | g)", "6 different values in 6 rows.* identifier"),
        (
            rows(f=["1", "2", "3", "4", "5", "n.a."]),
            "y ~ f + (1 | g)",
            "all numbers but a few such as `n.a.`",
        ),
        (rows(f=list("123456")), "y ~ f + (1 | g)", "numbers stored as text"),
    ],
)
def test_a_frame_that_does_not_hold_the_model_is_refused_by_name(frame, formula, says):
    with pytest.raises(DataError, match=says):
        design(frame, formula)


def test_a_text_predictor_with_very_many_values_is_taken_for_an_identifier():
    count = MAX_LEVELS + 1
    frame = {
        "y": np.arange(2.0 * count),
        "f": [f"id{k}" for k in range(count)] * 2,
        "g": [1, 2] * count,
    }

    with pytest.raises(DataError, match=f"{count} different values.*identifier"):
        design(frame, "y ~ f + (1 | g)")
    assert len(design(frame | {"g": frame["f"]}, "y ~ 1 + (1 | g)").levels) == count


def test_interactions_with_too_many_columns_are_refused_before_they_are_made():
    codes = np.arange(10_000)
    frame = {"y": codes, "f": [f"a{k % 100}" for k in codes], "h": [f"b{k // 100}" for k in codes]}
    frame["g"] = codes % 7

    with pytest.raises(DataError, match="more than 300 coefficients, too many at `f:h`"):
        design(frame, "y ~ f * h + (1 | g)")


def test_a_numeric_predictor_may_also_be_the_cluster():
    made = design(rows(g=[1999, 1999, 2008, 2008, 2016, 2016]), "y ~ g + (1 | g)")

    assert made.names == ("(Intercept)", "g")
    assert made.levels == ("1999", "2008", "2016")


def test_random_slopes_name_columns_and_add_those_the_fixed_part_lacks():
    made = design(rows(), "y ~ x + (1 + x | g)")
    assert made.random == (("(Intercept)", "x"),)
    assert made.matrix.shape[1] == len(made.names) == 2

    made = design(rows(), "y ~ 1 + (0 + x | g)")
    assert made.names == ("(Intercept)",)
    assert made.random == (("x",),)
    assert [column.name for column in made.columns] == ["(Intercept)", "x"]
    assert list(made.matrix[:, 1]) == list(made.predictors["x"])


def test_double_bars_make_a_term_of_each_effect():
    made = design(rows(), "y ~ x + (1 + x || g)")
    assert made.random == (("(Intercept)",), ("x",))
