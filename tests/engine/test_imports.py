"""The house rules about who may import what."""

import ast
from collections.abc import Iterator
from pathlib import Path

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


def test_only_figures_import_plotly() -> None:
    assert all(name.startswith("figures/") for name in users_of("plotly", ENGINE))


def test_models_see_moments_and_never_a_frame() -> None:
    assert not users_of("pandas", ENGINE / "models")
    assert not users_of("engine.data.design", ENGINE / "models")


def test_no_arrow_points_back() -> None:
    order = ["data", "models", "explain", "figures"]
    for place, layer in enumerate(order):
        for later in order[place + 1 :]:
            assert not users_of(f"engine.{later}", ENGINE / layer), (layer, later)
