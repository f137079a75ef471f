"""Files as people have them are read without loss, or refused with the line named."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.design import build
from engine.data.examples import EXAMPLES, FOLDER, load
from engine.data.files import read
from engine.data.formula.grammar import parse
from engine.errors import DataError


def table(content, name="table.csv"):
    data = content.encode() if isinstance(content, str) else content
    return read(io.BytesIO(data), name)


def parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "name,y\nKöln,1.5\nUlm,2\n",
        "name;y\nKöln;1.5\nUlm;2\n",
        "name;y\nKöln;1,5\nUlm;2\n",
        '"name";"y"\n"Köln";"1,5"\n"Ulm";"2"\n',
        "name\ty\nKöln\t1.5\nUlm\t2\n",
        "name\ty\nKöln\t1,5\nUlm\t2\n",
        "name, y\nKöln, 1.5\nUlm, 2\n",
        "\n\nname,y\nKöln,1.5\n\nUlm,2",
        "name,y\r\nKöln,1.5\r\nUlm,2\r\n",
        "name,y\rKöln,1.5\rUlm,2\r",
        "name,y\nKöln,1.5\nUlm,2\n".encode("utf-8-sig"),
        "name,y\nKöln,1.5\nUlm,2\n".encode("utf-16"),
        "name,y\nKöln,1.5\nUlm,2\n".encode("cp1252"),
        parquet(pd.DataFrame({"name": ["Köln", "Ulm"], "y": [1.5, 2.0]})),
    ],
)
def test_the_same_table_is_read_from_every_form_of_it(content):
    frame = table(content)

    assert frame.to_dict("list") == {"name": ["Köln", "Ulm"], "y": [1.5, 2.0]}


@pytest.mark.parametrize("suffix", [".csv", ".CSV", ".tsv", ".txt", ""])
def test_text_is_read_whatever_it_is_called(suffix, tmp_path):
    path = tmp_path / f"table{suffix}"
    path.write_text("a\tb\n1\t2\n")

    assert read(path).to_dict("list") == {"a": [1], "b": [2]}
    assert read(str(path)).equals(read(path))


def test_codes_with_leading_zeros_stay_apart():
    frame = table("school,y\n007,1\n7,2\nNA,3\n")

    assert frame["school"].tolist()[:2] == ["007", "7"]
    assert frame["school"].isna().tolist() == [False, False, True]


def test_a_zero_before_the_decimal_sign_is_no_code():
    frame = table("x,y\n0.5,00.5\n0,2\n")

    assert frame.to_dict("list") == {"x": [0.5, 0.0], "y": [0.5, 2.0]}


def test_long_identifiers_keep_all_their_digits():
    frame = table("id,y\n12345678901234567890123,1\n12345678901234567890124,2\n")

    assert frame["id"].nunique() == 2


def test_numbers_are_read_to_the_last_digit():
    values = np.random.default_rng(2).normal(size=500)
    text = "x\n" + "\n".join(map(repr, values.tolist()))

    assert table(text)["x"].tolist() == values.tolist()


def test_decimal_commas_are_read_to_the_last_digit():
    values = np.random.default_rng(3).normal(size=500)
    lines = (f"{value!r};a" for value in values.tolist())
    text = "x;f\n" + "\n".join(lines).replace(".", ",")

    assert table(text)["x"].tolist() == values.tolist()


def test_missing_marks_of_r_and_spreadsheets_are_missing_but_none_is_a_level():
    frame = table("x,f\n1,None\nNA,a\n,NA\nNaN,b\n#N/A,\n2,c\n")

    assert frame["x"].isna().tolist() == [False, True, True, True, True, False]
    assert frame["f"].isna().tolist() == [False, False, True, False, True, False]
    assert frame["f"][0] == "None"


def test_missing_values_at_the_end_of_a_line_are_no_ragged_line():
    assert table("x,f\n1,\n2,NA\n3,a\n")["f"].isna().tolist() == [True, True, False]


def test_quoted_values_may_hold_separators_and_line_breaks():
    frame = table('x,f\n1,"a,b"\n2,"c\nd"\n')

    assert frame["f"].tolist() == ["a,b", "c\nd"]


def test_row_names_of_parquet_are_kept_as_a_column():
    frame = pd.DataFrame({"y": [1.0, 2.0]}, index=pd.Index(["a", "b"], name="id"))

    assert table(parquet(frame), "t.parquet").to_dict("list") == {"id": ["a", "b"], "y": [1.0, 2.0]}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("", "t.csv", "t.csv is empty"),
        (" \n\n", "t.csv", "t.csv is empty"),
        (b"\xef\xbb\xbf", "t.csv", "t.csv is empty"),
        ("a,b\n", "t.csv", "column names but no rows"),
        ("a,b\n1,2\n3\n", "t.csv", r"Line 3 of t.csv .* values \(1\) .* names \(2\)"),
        ("a,b\n1,2\n3,4,5\n", "t.csv", r"Line 3 of t.csv .* values \(3\)"),
        ("a,b\n1,2,3\n4,5,6\n", "t.csv", r"Line 2 of t.csv .* values \(3\)"),
        ('a,b\n1,"x\ny"\n3\n', "t.csv", r"Line 4 of t.csv"),
        ("a;b;c\n1;2;3\n4;5\n", "t.csv", r"Line 3 of t.csv"),
        ("a,b\n" + "1,2\n" * 50_000 + "3\n", "t.csv", "Line 50,002 of t.csv"),
        ('a,b\n1,"x\n2,3\n', "t.csv", "quotation mark is never closed"),
        ("a,b,a\n1,2,3\n", "t.csv", "more than one column called `a`"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "t.csv", "not a text file"),
        (b"PK\x03\x04\x00\x00", "t.csv", "not a text file"),
        (b"PK\x03\x04\x00\x00", "t.xlsx", "`.xlsx` file. Save the table as CSV or Parquet"),
        (b"PAR1 and then rubbish", "t.parquet", "cannot be read as Parquet"),
        ("a,b\n1,2\n", "t.parquet", "cannot be read as Parquet"),
        (parquet(pd.DataFrame({"a": []})), "t.parquet", "column names but no rows"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name_and_line(content, name, says):
    with pytest.raises(DataError, match=says):
        table(content, name)


def test_a_path_that_leads_nowhere_is_refused(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(DataError, match="There is no file"):
        read("https://example.org/table.csv")


@given(st.one_of(st.binary(max_size=200), st.text('ab01,;\t"\n\r .', max_size=60).map(str.encode)))
def test_no_content_raises_anything_but_a_data_error(content):
    for name in ("t.csv", "t.parquet"):
        try:
            frame = table(content, name)
        except DataError as error:
            assert str(error).startswith(("t.", "Line "))  # noqa: PT017
        else:
            assert len(frame) > 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_holds_its_model(example):
    design = build(load(example.name), parse(example.formula))

    assert (design.rows, len(design.levels)) == (example.rows, example.clusters)
    assert design.dropped_rows == 0


def test_every_data_file_is_an_example_and_its_source_is_on_record():
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".csv", ".parquet"}}
    provenance = Path(FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")

    assert files == {example.file for example in EXAMPLES}
    assert all(file in provenance for file in files)


def test_an_unknown_example_is_refused_with_the_names_there_are():
    with pytest.raises(DataError, match=r"no example `mtcars`.*sleepstudy"):
        load("mtcars")
