"""Where the rows come from: an example that ships with the app, or a file of the visitor's."""

import hashlib
import io
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine import read
from engine.data.examples import EXAMPLES, load

FIRST = "high_school_and_beyond"
FILE = "A file of yours"


@dataclass(frozen=True)
class Source:
    """A table, the model it is known for, and a key that is its own."""

    key: str
    frame: pd.DataFrame
    formula: str | None
    citation: str | None


def source_controls() -> Source | None:
    """Show the choice of data and return the table, or None while no file is chosen.

    Raises
    ------
    DataError
        When the file cannot be read; the message says why.
    """
    titles = {example.name: example.title for example in EXAMPLES}
    chosen = st.selectbox(
        "Data",
        [*titles, FILE],
        format_func=lambda name: titles.get(name, name),
        index=[*titles].index(FIRST),
        key="example",
        bind="query-params",
    )
    if chosen != FILE:
        example = next(example for example in EXAMPLES if example.name == chosen)
        st.caption(example.description)
        return Source(
            key=example.name,
            frame=_example(example.name),
            formula=example.formula,
            citation=example.source,
        )
    upload = st.file_uploader(
        "CSV or Parquet",
        type=["csv", "tsv", "txt", "parquet", "pq"],
        help="Read on this server only to fit the models; not stored.",
    )
    if upload is None:
        return None
    content = upload.getvalue()
    frame = _upload(content, upload.name)
    st.caption(f"{len(frame):,} rows, {len(frame.columns)} columns.")
    return Source(
        key=f"{upload.name} {hashlib.sha256(content).hexdigest()[:12]}",
        frame=frame,
        formula=None,
        citation=None,
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _example(name: str) -> pd.DataFrame:
    return load(name)


@st.cache_data(max_entries=4, show_spinner="Reading the file …")
def _upload(content: bytes, name: str) -> pd.DataFrame:
    return read(io.BytesIO(content), name)
