"""Every private name of Streamlit that the app relies on, and what happens without it.

None of them is documented, so any release may move them. Each is looked up when it is needed. If it
is missing, the app takes the documented way, which is slower or does less. The tests name each
one, and the hidden settings of ``.streamlit/config.toml``, so that an upgrade reports what it has
moved.
"""

from __future__ import annotations

import logging
import os
import re
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError

MAIN_SCRIPT = ("streamlit.config", "_main_script_path")
PRESENTER = ("streamlit.components.v2.bidi_component.main", "make_bidi_component_presenter")
SCRIPT_RUN = ("streamlit.runtime.scriptrunner", "get_script_run_ctx")
MESSAGE = ("streamlit.proto.BackMsg_pb2", "BackMsg")
RUN_LOGGER = ("streamlit.runtime.scriptrunner.script_runner", "_LOGGER")


def exists(name: tuple[str, str]) -> bool:
    """Return whether the installed Streamlit has a name.

    Parameters
    ----------
    name
        The module, and the name in it.
    """
    try:
        return hasattr(import_module(name[0]), name[1])
    except ImportError:
        return False


def _found(name: tuple[str, str]) -> Any:
    return getattr(import_module(name[0]), name[1]) if exists(name) else None


# --- settings -------------------------------------------------------------------------------------


def read_settings_beside(script: Path) -> None:
    """Make Streamlit read the ``.streamlit/config.toml`` beside this script.

    Streamlit looks beside what it believes to be the main script. By default that is
    ``pages/main.py``, so the settings, security settings among them, would be found from one
    working directory only. Without the private name, that directory becomes the working directory.

    Parameters
    ----------
    script
        The app's main script.
    """
    if exists(MAIN_SCRIPT):
        setattr(import_module(MAIN_SCRIPT[0]), MAIN_SCRIPT[1], str(script))
    else:
        os.chdir(script.parent)


# --- components -----------------------------------------------------------------------------------


def make_no_presenters() -> None:
    """Skip the presenters that Streamlit makes for every component in every run.

    A presenter is a class behind the value in `st.session_state`, through which a script could
    write to the component's state. No page of ours does. Python's classes refer to themselves, so
    only a garbage collection frees them. With a hundred sessions they were three quarters of the
    garbage, most of it old enough to need a full collection, and every answer had to wait for
    those. If the private name is missing they are made: everything works, but more slowly.
    """
    if exists(PRESENTER):
        setattr(import_module(PRESENTER[0]), PRESENTER[1], lambda *_args, **_names: None)


def is_history_navigation() -> bool:
    """Return whether Back or Forward caused this run; False if Streamlit does not tell.

    Without an answer the live sliders keep their values when a visitor goes back.
    """
    script_run = _found(SCRIPT_RUN)
    return bool(script_run and getattr(script_run(), "is_history_navigation", False))


def say_nothing_of_late_reports() -> None:
    """Keep a warning out of the log: that a report came for a fragment of a page left meanwhile.

    It asks for no action. If the private name is missing the warnings are printed.
    """
    logger = _found(RUN_LOGGER)
    if logger is not None:
        logger.addFilter(_is_no_late_report)


def _is_no_late_report(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Couldn't find fragment with id")


# --- messages -------------------------------------------------------------------------------------


def kind_of_message(content: bytes) -> str:
    """Return what a message of the front end asks for.

    Parameters
    ----------
    content
        The message as received.

    Returns
    -------
    str
        Its kind. The name of an operation follows a dot:
        ``backend_operation_request.deferred_file``. ``"unknown"`` if the kind cannot be determined.
    """
    message_type = _found(MESSAGE)
    if message_type is None:
        return "unknown"
    try:
        message = message_type.FromString(content)
        kind = message.WhichOneof("type") or "unknown"
        if kind == "backend_operation_request":
            return f"{kind}.{message.backend_operation_request.WhichOneof('payload')}"
    except (AttributeError, DecodeError, ValueError):
        return "unknown"
    return str(kind)


# --- addresses ------------------------------------------------------------------------------------

# What the front end requests. Anything else that a new version requests is answered "not found".
CORE = "/_stcore/"
CORE_FOR_PAGES = frozenset({"bidi-components", "health", "host-config", "stream", "upload_file"})
# There is no login here. If a new version renames these, Streamlit answers them itself.
SIGN_IN = ("/auth/", "/oauth2callback")
# Downloads and pictures. If a new version moves them, browsers may cache them.
MEDIA = "/media/"


# --- the front end's files ------------------------------------------------------------------------

FRONT_END = Path(st.__file__).parent / "static"


def front_page() -> str:
    """Return the HTML that every page starts from; empty if the file is not found."""
    file = FRONT_END / "index.html"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def inline_scripts() -> list[str]:
    """Return the scripts inside that HTML, whatever attributes they have.

    The content security policy admits them one by one, and blocks any that is not found here.
    """
    reader = _InlineScripts()
    reader.feed(front_page())
    return reader.scripts


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._inside = True
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, _tag: str) -> None:
        self._inside = False


# What shows a style sheet of ours, and what shows a component.
_SHOWN_FIRST = ("Html.*.js", "BidiComponent.*.js")


def component_scripts() -> list[str]:
    """Return the addresses of the scripts that show components, and of the scripts they import.

    The front end requests these only when the first component has arrived, and then their imports,
    one round trip after the other. Scripts that it requests anyway are left out. If none is found,
    none can be requested ahead: the first figure appears later, and for as long the page stands
    without our style sheets, so that a phone's bar jumps.
    """
    folder = FRONT_END / "static" / "js"
    page = front_page()
    names = sorted(file.name for pattern in _SHOWN_FIRST for file in folder.glob(pattern))
    for name in names:
        imports = re.findall(r'from"\./([^"]+)"', (folder / name).read_text(encoding="utf-8"))
        names += [
            other
            for other in imports
            if other not in page and other not in names and (folder / other).is_file()
        ]
    return [f"/static/js/{name}" for name in names]


def front_end_files() -> dict[str, Path]:
    """Return scripts and styles of the front end by address, those whose address contains a hash.

    Streamlit itself lets browsers keep them forever. It sends any that are not found here
    uncompressed.
    """
    return {
        f"/{file.relative_to(FRONT_END).as_posix()}": file
        for file in (FRONT_END / "static").rglob("*")
        if re.search(r"\.[\w-]{8}\.(js|css)$", file.name)
    }
