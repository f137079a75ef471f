"""Where the rows come from: an example that ships with the app, or a file of the visitor's."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import streamlit as st

from engine import read
from engine.data.examples import EXAMPLES, Example, load
from engine.figures.lines import ClusterLines
from pages.parts.comparison import lines_choice
from pages.parts.ledger import coefficient_choice
from pages.parts.lesson import session
from pages.parts.lesson.state import State, choice, flag, text
from pages.parts.live import reports, upload_again
from pages.parts.markdown import escaped

FIRST = "high_school_and_beyond"
FILE = "file"
TITLES = {FILE: "A file of yours"} | {example.name: example.title for example in EXAMPLES}


@dataclass(frozen=True)
class YourDataState(State, page="your-data", script="consult/your_data.py"):
    """The data, the model, and what is shown of both.

    Attributes
    ----------
    example
        Name of an example, or `FILE`.
    file
        Name of the file that was uploaded last.
    formula
        The model, without blanks where it is one; empty for the one the example is known for.
    typed
        Whether it is shown as text rather than as columns picked.
    along
        The predictor that the figure runs along.
    lines
        Which line each cluster gets.
    coefficient
        Whose ledger is shown.
    """

    example: str = choice(FIRST, TITLES, param="example", labels=TITLES)
    file: str = text(param="file")
    formula: str = text(param="formula", most=2_000)
    typed: bool = flag(param="typed")
    along: str = text(param="along")
    lines: ClusterLines = lines_choice()
    coefficient: str = coefficient_choice("")


@dataclass(frozen=True)
class Source:
    """A table with a key that is its own, and the example it is; None for a visitor's file."""

    key: str
    frame: pd.DataFrame
    example: Example | None

    @property
    def formula(self) -> str:
        """The model it is known for; empty if there is none."""
        return self.example.formula if self.example else ""


@dataclass(frozen=True)
class Upload:
    """A file of the visitor's, kept with its rows while the visit lasts: the last one only."""

    name: str
    content: bytes

    @cached_property
    def key(self) -> str:
        """The name and what tells it from another file of this name."""
        return f"{self.name} {hashlib.sha256(self.content).hexdigest()[:12]}"

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, read once; DataError if they cannot be read."""
        return read(io.BytesIO(self.content), self.name)


_key = YourDataState.key
_UPLOAD = "your-data.upload"


def source_controls() -> Source | None:
    """Show the upload and the examples; return the table, or None while no file is chosen.

    Raises
    ------
    DataError
        When the file cannot be read; the message says why.
    """
    upload = _upload_control()
    chosen = st.selectbox(
        "Data",
        [*TITLES],
        format_func=TITLES.__getitem__,
        key=_key("example"),
        persist_state="session",
    )
    if chosen == FILE and upload is None:
        return None
    source = _source(chosen, upload)
    st.caption(described(source))
    return source


def kept_source(name: str, file: str) -> Source | None:
    """Return the data chosen on another page, or None if it is a file that is not here.

    Parameters
    ----------
    name
        Name of an example, or `FILE`.
    file
        Name of the visitor's file.

    Raises
    ------
    DataError
        When the file cannot be read.
    """
    upload: Upload | None = st.session_state.get(_UPLOAD)
    if name == FILE and (upload is None or upload.name != file):
        return None
    return _source(name, upload)


def kept_file() -> str:
    """Return the name of the visitor's file; empty if there is none."""
    upload: Upload | None = st.session_state.get(_UPLOAD)
    return upload.name if upload else ""


def described(source: Source) -> str:
    """Say in Markdown what the data are."""
    if source.example:
        return escaped(source.example.description)
    rows, columns = source.frame.shape
    return f"{escaped(source.key.rpartition(' ')[0])}: {rows:,} rows, {columns:,} columns."


def _source(name: str, upload: Upload | None) -> Source:
    for example in EXAMPLES:
        if example.name == name:
            return Source(key=name, frame=_example(name), example=example)
    assert upload is not None
    with st.spinner("Reading the file …"):
        return Source(key=upload.key, frame=upload.frame, example=None)


def _upload_control() -> Upload | None:
    """The control for a file, and the last file it took; a new one is the data at once."""
    # A new session has no files. Under an old key the browser would show one as uploaded.
    key = f"your-data.uploader {reports.session()}"

    def take_up() -> None:
        if st.session_state[key] is None:
            st.session_state.pop(_UPLOAD, None)
            st.session_state[_key("file")] = ""
        else:
            st.session_state[_key("example")] = FILE

    # Of any type: one that cannot be read gets a sentence that says so, and the control has no
    # room for a list of endings.
    uploaded = st.file_uploader("A file of yours", key=key, on_change=take_up)
    st.caption("CSV, TSV, TXT or Parquet. Read only to fit the models; not stored.")
    kept: Upload | None = st.session_state.get(_UPLOAD)
    wanted = session.present(YourDataState).file
    if uploaded is not None:
        # As the address holds it.
        name = YourDataState(file=uploaded.name).file
        content = uploaded.getvalue()
        if kept is None or kept.name != name or kept.content != content:
            kept = st.session_state[_UPLOAD] = Upload(name, content)
        st.session_state[_key("file")] = name
    elif kept is None or kept.name != wanted:
        # Another upload would make it the data that are shown.
        shown = session.present(YourDataState).example == FILE
        upload_again(held="", lost=wanted if shown else "")
        return None
    upload_again(held=kept.name, lost="")
    return kept


def way_to_your_data(
    label: str, data: str, file: str, formula: str, leaving: dict[str, str]
) -> None:
    """Show the button that leads to the page where a file and a model are chosen.

    Parameters
    ----------
    label
        What the button says.
    data, file, formula
        The data and the model that are shown there.
    leaving
        What the address of the present page says; see `session.visit`.
    """
    if st.button(label, icon=":material/table:"):
        there = YourDataState(example=data, file=file or kept_file(), formula=formula)
        session.visit(there, leaving=leaving)


def no_model(state: YourDataState, leaving: dict[str, str]) -> None:
    """Say what is missing on a page that shows a visitor's file: the file, or a model of it.

    Parameters
    ----------
    state
        The data and the model that the page is set to.
    leaving
        What its address says.
    """
    if kept_file() and state.file in ("", kept_file()):
        st.info("Choose a model of your file first.")
        label = "Choose a model on Your data"
    else:
        st.info(no_file_in_words(state.file))
        label = "Choose a file on Your data"
    way_to_your_data(label, state.example, state.file, state.formula, leaving)


def no_file_in_words(missing: str) -> str:
    """Say what to do while there is no file, or not the one that the address names."""
    if missing:
        return (
            f"The file {escaped(missing)}, which the address names, is not here any more: files "
            "are kept only while a visit lasts. Choose it again to see the same screen."
        )
    return "Choose a CSV or Parquet file with one row per observation."


@st.cache_data(max_entries=16, show_spinner=False)
def _example(name: str) -> pd.DataFrame:
    return load(name)
