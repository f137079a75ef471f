"""The files the browser needs, served by the app itself.

plotly.js comes out of the installed plotly package; the components' modules out of the
folder `frontend`. Each carries its version in its address, so a browser asks for it once
and never again until it changes.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st

_FRONTEND = Path(__file__).parent / "frontend"
_MODULES = tuple(sorted(path.relative_to(_FRONTEND).as_posix() for path in _FRONTEND.rglob("*.js")))


@cache
def _digest() -> str:
    content = b"".join((_FRONTEND / name).read_bytes() for name in _MODULES)
    return sha256(content).hexdigest()[:12]


def mounted(path: str) -> str:
    """An address of the app, given where it is mounted as Streamlit itself is told."""
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}{path}" if prefix else path


def module_url(name: str) -> str:
    """Address of one of the components' modules, named by its path below `frontend`.

    Its version is a folder of the path, so that modules can import each other by relative names.
    """
    return mounted(f"/live/{_digest()}/{name}")


@cache
def _plotly_version() -> str:
    return version("plotly")


def plotly_url() -> str:
    """Address of plotly.js, versioned by the installed package."""
    return mounted(f"/live/plotly-{_plotly_version()}/plotly.min.js")


def _plotly_file() -> Path:
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the plotly package is not installed")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"


def live_files() -> dict[str, Path]:
    """The files the components ask for, by address; the server has to answer with them."""
    return {
        **{module_url(name): _FRONTEND / name for name in _MODULES},
        plotly_url(): _plotly_file(),
    }


def preload_links() -> str:
    """Value of a `Link` header for the page's HTML.

    The browser then fetches the components' scripts beside Streamlit's own files instead of after
    them. Words and sliders can be shown without plotly.js, which is large: it may come last.
    """
    links = [f"<{module_url(name)}>; rel=modulepreload" for name in _MODULES]
    return ", ".join([*links, f"<{plotly_url()}>; rel=modulepreload; fetchpriority=low"])


# Where Streamlit itself folds the menu on top away, a phone's layout begins. Style sheets name
# these as custom media are named, which browsers do not know yet.
_MEDIA = {"(--phone)": "(max-width: 767.99px)", "(--wide)": "(min-width: 768px)"}


@cache
def stylesheet(name: str) -> str:
    """The text of a style sheet, its media in the browser's own terms."""
    text = (_FRONTEND / name).read_text(encoding="utf-8")
    for medium, query in _MEDIA.items():
        text = text.replace(medium, query)
    return text


def page_style(name: str) -> str:
    """A style sheet as HTML, for what stands outside of components."""
    return f"<style>{stylesheet(name)}</style>"


def loader(name: str) -> str:
    """The script Streamlit carries with every message: it only fetches the module.

    If the module cannot be fetched (the page runs on a server without `live_files`), the
    component says so and Python falls back to Streamlit's widgets.
    """
    return f"""
const module = import(new URL("{module_url(name)}", location.origin).href);
export default async function (component) {{
  let mount;
  try {{
    mount = (await module).default;
  }} catch {{
    return component.setStateValue("missing", true);
  }}
  return mount(component);
}}
"""
