"""The house rules: which module may import which, and that every loop ends."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def users_of(package: str, under: Path) -> set[str]:
    return {
        path.relative_to(ENGINE).as_posix()
        for path in under.rglob("*.py")
        if any(name == package or name.startswith(f"{package}.") for name in imported(path))
    }


def test_engine_knows_nothing_of_streamlit_or_pages() -> None:
    assert not users_of("streamlit", ENGINE)
    assert not users_of("pages", ENGINE)


def test_figures_are_plain_data_and_nothing_imports_plotly() -> None:
    assert not users_of("plotly", ENGINE)


# From the rows to the words: each folder or module imports only those before it.
ORDER = [
    "errors",
    "display",
    "data",
    "models",
    "inference",
    "simulation",
    "estimators",
    "preparation",
    "comparison",
    "account",
    "printout",
    "words",
    "questions",
    "challenges",
    "figures",
    "as_dict",
    "__init__",
    "cli",
    "__main__",
]
# These see moments, never a data frame or the rows, and know nothing about texts.
BEFORE_WORDS = ["models", "inference", "account"]
SPEAKING = ["words", "printout", "figures"]


def layer(path: Path) -> str:
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


def modules() -> list[Path]:
    return sorted(ENGINE.rglob("*.py"))


def imported_layers(path: Path) -> set[str]:
    names = (name.split(".") for name in imported(path))
    return {parts[1] if len(parts) > 1 else "__init__" for parts in names if parts[0] == "engine"}


def test_every_module_has_its_layer() -> None:
    assert {layer(path) for path in modules()} == set(ORDER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_no_arrow_points_back(path: Path) -> None:
    allowed = ORDER[: ORDER.index(layer(path)) + 1]
    assert imported_layers(path) <= set(allowed)


def test_arrows_are_seen() -> None:
    assert imported_layers(ENGINE / "preparation.py") >= {"data", "models", "errors"}
    assert "engine.models.dial" in set(imported(ENGINE / "models" / "ols.py"))


def test_models_inference_and_accounts_see_no_frame_no_rows_and_no_texts() -> None:
    for folder in BEFORE_WORDS:
        for module in ("engine.data.design", "engine.data.files", "engine.data.model_matrix"):
            assert not users_of(module, ENGINE / folder)
        for speaking in SPEAKING:
            assert not users_of(f"engine.{speaking}", ENGINE / folder)
    for folder in ("models", "inference"):
        assert not users_of("pandas", ENGINE / folder)


# Each of these goes on while a condition holds, or forever. A `for` over something finite ends
# whatever the data are.
ENDLESS = {"count", "cycle", "repeat"}


def unbounded_loops(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ENGINE)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.While):
            yield f"{where}: while"
        elif isinstance(node, ast.ImportFrom) and node.module == "itertools":
            yield from (f"{where}: {a.name}" for a in node.names if a.name in ENDLESS)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {f"itertools.{name}" for name in ENDLESS}:
                yield f"{where}: {called}"
            if called == "iter" and len(node.args) == 2:
                yield f"{where}: iter with a sentinel"


def test_every_loop_of_the_engine_has_a_bound() -> None:
    files = sorted(ENGINE.rglob("*.py"))
    assert len(files) > 50
    assert [loop for path in files for loop in unbounded_loops(path)] == []


def test_an_unbounded_loop_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loops.py"
    path.write_text(
        "import itertools\nfrom itertools import count\nwhile True: pass\n"
        "for k in itertools.cycle('ab'): pass\nfor line in iter(input, ''): pass\n"
    )
    monkeypatch.setattr(f"{__name__}.ENGINE", tmp_path)
    assert len(list(unbounded_loops(path))) == 4
