"""Each private name of Streamlit that the app leans on: it is there, and the app lives without."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.testing.v1 import AppTest

from pages.server import streamlit_internals as internals
from tests.pages.screen import opened, run_with_state

ROOT = Path(__file__).resolve().parents[2]
GONE = ("streamlit.no_such_module", "gone")
MOVED = ("streamlit", "no_such_name")


# --- one file -------------------------------------------------------------------------------------


def private_uses(path: Path) -> Iterator[str]:
    """What a module uses of Streamlit beyond `import streamlit as st` and `streamlit.errors`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names if (a.name, a.asname) != ("streamlit", "st")]
        elif isinstance(node, ast.ImportFrom) and node.module != "streamlit.errors":
            names = [node.module or ""]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] if node.value.startswith("streamlit.") else []
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "st":
            found = getattr(st, node.attr, None)
            module = isinstance(found, ModuleType) and node.attr != "components"
            names = [f"streamlit.{node.attr}"] if module or node.attr.startswith("_") else []
        for name in names:
            if name.split(".")[0] == "streamlit":
                yield f"{path.name}:{getattr(node, 'lineno', 0)}: {name}"


def test_private_names_of_streamlit_stand_in_one_file() -> None:
    modules = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
    using = {path.name: list(private_uses(path)) for path in modules}
    assert len(modules) > 30
    assert using.pop("streamlit_internals.py")
    assert not [use for uses in using.values() for use in uses]


def test_a_private_name_elsewhere_would_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        "import streamlit as st\nfrom streamlit.errors import StreamlitAPIException\n"
        "st.title('A title')\nst.components.v2.component('a')\n"
    )
    assert not list(private_uses(path))
    path.write_text(
        "import streamlit\nimport streamlit.config\nfrom streamlit import config\n"
        "from streamlit.runtime import Runtime\nst.runtime.exists()\nst._main\n"
        "import_module('streamlit.config')\n"
    )
    assert len(list(private_uses(path))) == 7


# --- each name ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        internals.MAIN_SCRIPT,
        internals.PRESENTER,
        internals.SCRIPT_RUN,
        internals.MESSAGE,
        internals.RUN_LOGGER,
    ],
    ids=".".join,
)
def test_streamlit_still_has(name: tuple[str, str]) -> None:
    assert internals.exists(name)


@pytest.mark.parametrize("name", [GONE, MOVED])
def test_what_is_missing_is_seen(name: tuple[str, str]) -> None:
    assert not internals.exists(name)


@pytest.mark.parametrize("name", [GONE, MOVED])
def test_without_main_script_path_settings_come_from_the_working_directory(
    name: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(internals, "MAIN_SCRIPT", name)
    internals.read_settings_beside(ROOT / "app.py")
    assert Path.cwd() == ROOT


def state_of_a_panel() -> type:
    """The class of what stands in the session state for a component that has reported."""
    page = opened(plain="0")
    panel = page.get("bidi_component")[-1].proto.id
    run_with_state(page, panel, {"reports": {}})
    page.run()
    return type(page.session_state["simulate:panel"])


def test_make_bidi_component_presenter_makes_no_class() -> None:
    internals.make_no_presenters()
    assert "<locals>" not in state_of_a_panel().__qualname__


@pytest.mark.parametrize("name", [GONE, MOVED])
def test_without_make_bidi_component_presenter_components_work(
    name: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internals, "PRESENTER", name)
    internals.make_no_presenters()
    assert state_of_a_panel()


def test_reports_for_a_page_left_meanwhile_are_not_logged_and_others_are(
    caplog: pytest.LogCaptureFixture,
) -> None:
    internals.say_nothing_of_late_reports()
    logger = getattr(import_module(internals.RUN_LOGGER[0]), internals.RUN_LOGGER[1])
    logger.addHandler(caplog.handler)
    try:
        logger.warning("Couldn't find fragment with id %s. This can happen.", "abc")
        logger.warning("Something else")
    finally:
        logger.removeHandler(caplog.handler)
    assert "Something else" in caplog.text
    assert "fragment" not in caplog.text


@pytest.mark.parametrize("name", [GONE, MOVED])
def test_without_the_logger_nothing_is_kept_out(
    name: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internals, "RUN_LOGGER", name)
    internals.say_nothing_of_late_reports()


def tells_history_navigation() -> None:
    import streamlit as st
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    from pages.server.streamlit_internals import is_history_navigation

    run = get_script_run_ctx()
    assert run is not None
    st.text(is_history_navigation())
    run.is_history_navigation = True
    st.text(is_history_navigation())


def test_is_history_navigation_is_told_by_the_run() -> None:
    page = AppTest.from_function(tells_history_navigation).run()
    assert [text.value for text in page.text] == ["False", "True"]


@pytest.mark.parametrize("name", [GONE, MOVED])
def test_without_get_script_run_ctx_sliders_take_no_run_for_a_way_back(
    name: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internals, "SCRIPT_RUN", name)
    assert internals.is_history_navigation() is False
    assert not opened(plain="0", between="1.25").exception


def test_a_run_that_tells_nothing_of_history_navigation_is_no_way_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streamlit.runtime.scriptrunner.get_script_run_ctx", object)
    assert internals.is_history_navigation() is False


@pytest.mark.parametrize("name", [GONE, MOVED, ("builtins", "bytes")])
def test_without_back_msg_no_message_is_of_a_known_kind(
    name: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat = BackMsg(app_heartbeat=True).SerializeToString()
    assert internals.kind_of_message(heartbeat) == "app_heartbeat"
    monkeypatch.setattr(internals, "MESSAGE", name)
    assert internals.kind_of_message(heartbeat) == "unknown"


# --- the front end's files ------------------------------------------------------------------------


@pytest.fixture
def front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end of another layout: an empty folder."""
    monkeypatch.setattr(internals, "FRONT_END", tmp_path)
    return tmp_path


def test_the_inline_script_of_index_html_is_found() -> None:
    (script,) = internals.inline_scripts()
    assert script.strip() == "window.prerenderReady = false"


def test_inline_scripts_are_found_whatever_their_attributes(front_end: Path) -> None:
    (front_end / "index.html").write_text(
        "<script>a < b && c</script>\n<SCRIPT type='module'>\n two() </SCRIPT>\n"
        "<script src='x.js'></script><p>no script</p>"
    )
    assert internals.inline_scripts() == ["a < b && c", "\n two() "]


def test_the_scripts_of_bidi_component_are_found_with_their_imports() -> None:
    scripts = internals.component_scripts()
    assert scripts[0].startswith("/static/js/BidiComponent.")
    assert scripts[1].startswith("/static/js/Html.")
    assert len(scripts) > 2
    assert set(scripts) <= set(internals.front_end_files())


def test_every_script_and_style_under_static_has_a_hash_in_its_name() -> None:
    files = internals.front_end_files().values()
    under_static = (internals.FRONT_END / "static").rglob("*")
    assert set(files) == {file for file in under_static if file.suffix in {".js", ".css"}}
    assert len(files) > 100


def test_files_without_a_hash_are_left_to_streamlit(front_end: Path) -> None:
    folder = front_end / "static" / "js"
    folder.mkdir(parents=True)
    for name in ("main.js", "index.DormvYxC.js", "style.css", "index.C1JORDN2.css"):
        (folder / name).touch()
    assert set(internals.front_end_files()) == {
        "/static/js/index.DormvYxC.js",
        "/static/js/index.C1JORDN2.css",
    }


@pytest.mark.usefixtures("front_end")
def test_without_the_files_nothing_is_asked_ahead_and_nothing_compressed() -> None:
    assert internals.inline_scripts() == []
    assert internals.component_scripts() == []
    assert internals.front_end_files() == {}


def test_the_front_end_asks_for_these_core_addresses_and_no_other() -> None:
    scripts = [file for file in internals.front_end_files().values() if file.suffix == ".js"]
    asked = [re.findall(r"_stcore/([\w-]+)", file.read_text(encoding="utf-8")) for file in scripts]
    assert {name for names in asked for name in names} == internals.CORE_FOR_PAGES


# --- settings -------------------------------------------------------------------------------------


def options(settings: dict[str, Any], section: str = "") -> Iterator[str]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from options(value, f"{section}{name}.")
        else:
            yield f"{section}{name}"


CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_the_settings_that_streamlit_hides_are_set() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["global"]["disableWidgetStateDuplicationWarning"] is True


@pytest.mark.parametrize("option", list(options(CONFIG)))
def test_streamlit_still_has_the_setting(option: str) -> None:
    st.get_option(option)


def test_a_setting_that_is_gone_would_be_seen() -> None:
    with pytest.raises(RuntimeError, match="not defined"):
        st.get_option("runner.noSuchSetting")
