"""Every private name of Streamlit that the app leans on, and what is left without it.

None of them is documented, so any release may move them. Each is looked up when it is needed, and
where it is missing the documented way is taken, which is slower or does less. The tests name each
one, and the hidden settings of ``.streamlit/config.toml``, so that an upgrade says what it has
moved.
"""

from __future__ import annotations

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


def exists(name: tuple[str, str]) -> bool:
    """Whether the installed Streamlit has this name in this module."""
    try:
        return hasattr(import_module(name[0]), name[1])
    except ImportError:
        return False


def _found(name: tuple[str, str]) -> Any:
    return getattr(import_module(name[0]), name[1]) if exists(name) else None


# --- settings -------------------------------------------------------------------------------------


def read_settings_beside(script: Path) -> None:
    """Have ``.streamlit/config.toml`` read that lies beside this script.

    Streamlit looks beside what it holds to be the main script. Left to itself that is
    ``pages/main.py``, and the settings, protections among them, would be found from one working
    directory only. Without the private name, that directory becomes the working directory.
    """
    if exists(MAIN_SCRIPT):
        setattr(import_module(MAIN_SCRIPT[0]), MAIN_SCRIPT[1], str(script))
    else:
        os.chdir(script.parent)


# --- components -----------------------------------------------------------------------------------


def make_no_presenters() -> None:
    """Leave out what Streamlit does for every component in every run, and no page of ours needs.

    For the value in `st.session_state` it makes a class, through which a script could write to the
    component's state. Python's classes refer to themselves, so that only a garbage collection frees
    them. With a hundred sessions they were three quarters of the garbage, most of it old enough to
    need a full collection, and every answer had to wait for those. Where they are made, all works
    as before, but slower.
    """
    if exists(PRESENTER):
        setattr(import_module(PRESENTER[0]), PRESENTER[1], lambda *_args, **_names: None)


def is_history_navigation() -> bool:
    """Whether Back or Forward has brought this run; False where Streamlit does not tell.

    Then the live sliders keep their values when a visitor goes back.
    """
    script_run = _found(SCRIPT_RUN)
    return bool(script_run and getattr(script_run(), "is_history_navigation", False))


# --- messages -------------------------------------------------------------------------------------


def kind_of_message(content: bytes) -> str:
    """Return what a message of the front end asks for, ``"unknown"`` if that cannot be told.

    An operation's name stands behind a dot: ``backend_operation_request.deferred_file``.
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

# What the front end asks for; where it asks for something else too, that is not found.
CORE = "/_stcore/"
CORE_FOR_PAGES = frozenset({"bidi-components", "health", "host-config", "stream", "upload_file"})
# There is no login here. Where these are called something else, Streamlit's own answer stands.
SIGN_IN = ("/auth/", "/oauth2callback")
# Downloads and pictures. Where they lie elsewhere, browsers may keep them.
MEDIA = "/media/"


# --- the front end's files ------------------------------------------------------------------------

FRONT_END = Path(st.__file__).parent / "static"


def front_page() -> str:
    """Return the HTML all pages begin with; nothing where the file is not found."""
    file = FRONT_END / "index.html"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def inline_scripts() -> list[str]:
    """Return the scripts that stand in the HTML itself, whatever attributes they have.

    The content security policy admits them one by one; what is not found here is blocked.
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


def component_scripts() -> list[str]:
    """Return the addresses of the scripts that show components, and of what those import.

    The front end asks for them only once the first component has arrived, and then for what they
    import, one round trip after the other. Those it asks for anyway are left out. Where none is
    found, none can be asked for ahead: the first figure comes later.
    """
    folder = FRONT_END / "static" / "js"
    page = front_page()
    names = sorted(file.name for file in folder.glob("BidiComponent.*.js"))
    for name in names:
        imports = re.findall(r'from"\./([^"]+)"', (folder / name).read_text(encoding="utf-8"))
        names += [
            other
            for other in imports
            if other not in page and other not in names and (folder / other).is_file()
        ]
    return [f"/static/js/{name}" for name in names]


def front_end_files() -> dict[str, Path]:
    """Return scripts and styles of the front end by their addresses, each of which holds a hash.

    Streamlit itself lets browsers keep them for good. What is not found here it sends as it is.
    """
    return {
        f"/{file.relative_to(FRONT_END).as_posix()}": file
        for file in (FRONT_END / "static").rglob("*")
        if re.search(r"\.[\w-]{8}\.(js|css)$", file.name)
    }
