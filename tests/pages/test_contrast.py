"""What figures draw can be told from the page behind it, in the light and in the dark."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from engine.figures.base import PALETTES
from pages.parts.lesson.course import COURSE
from pages.parts.lesson.lesson import STEPS
from pages.parts.live import LiveFigure
from tests.pages import screen
from tests.pages.test_lessons import opened

PAGES: dict[str, dict[str, str]] = {
    "learn/simulate.py": {},
    "learn/dial.py": {},
    "consult/your_data.py": {},  # 160 clusters and 1,500 of 7,185 rows
    "look_up/questions.py": {"id": "grand-mean"},
    "practise/puzzles.py": {"puzzle": "161703", "answer": "skip"},
}
PAIR = re.compile(r"light-dark\(\s*(#\w{6})\s*,\s*(#\w{6})\s*\)")
# https://www.w3.org/TR/WCAG22/#non-text-contrast
REQUIRED = 3.0
# For a mark that is faint on purpose, where one among many or beside what takes its place.
SEEN = 2.0
# Marks of a trace of which a single one need not be seen, since they lie on each other.
CROWD = 100


def luminance(colour: Iterable[float]) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def parts(colour: str) -> list[float]:
    return [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]


def contrast(colour: str, paper: str, opacity: float = 1.0) -> float:
    behind = parts(paper)
    seen = [opacity * a + (1 - opacity) * b for a, b in zip(parts(colour), behind, strict=True)]
    low, high = sorted((luminance(seen), luminance(behind)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=5e-3)  # WebAIM's checker
    assert contrast("#000000", "#ffffff", opacity=0.0) == 1.0


def each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def paints(trace: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the colours in which a trace is drawn, each with its opacity."""
    own = trace.get("opacity", 1.0)
    if "lines" in trace.get("mode", ""):
        yield trace["line"]["color"], own
    if "markers" in trace.get("mode", "") or trace["type"] == "bar":
        marker = trace["marker"]
        # Symbols such as "line-ns" are drawn by their outline alone.
        for colour in each(marker.get("color", marker.get("line", {}).get("color"))):
            for opacity in each(marker.get("opacity", 1.0)):
                yield colour, own * opacity


def too_faint(figure: dict[str, Any]) -> Iterator[str]:
    legend = figure["layout"].get("showlegend", len(figure["data"]) > 1)
    for trace in figure["data"]:
        role = trace["meta"]["role"]
        named = legend and trace.get("showlegend", True)
        gaps = sum(1 for x in trace["x"] if x != x) if "lines" in trace.get("mode", "") else 0
        crowd = len(trace["x"]) > CROWD and (gaps > CROWD or "markers" in trace.get("mode", ""))
        for colour, opacity in paints(trace):
            pair = PAIR.fullmatch(colour)
            for mode, shown in zip(("light", "dark"), pair.groups() if pair else (), strict=False):
                paper = PALETTES[mode].paper  # type: ignore[index]
                if shown == paper:  # lies under something, to be told from it by nothing
                    continue
                needed = REQUIRED if named else 1.0 if crowd else SEEN
                if contrast(shown, paper) < REQUIRED or contrast(shown, paper, opacity) < needed:
                    yield f"{role} in the {mode}: {contrast(shown, paper, opacity):.2f}"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[LiveFigure]:
    """Figures of the pages that a test opens, with both colours of each thing."""
    figures: list[LiveFigure] = []
    monkeypatch.setattr("pages.parts.live.panel.plain_figure", lambda part, _: figures.append(part))
    return figures


@pytest.mark.parametrize("page", PAGES)
def test_a_page_s_figures_stand_out(shown: list[LiveFigure], page: str) -> None:
    screen.opened(page, **PAGES[page])
    assert shown
    assert not [f"{part.key}, {what}" for part in shown for what in too_faint(dict(part.figure))]


@pytest.mark.parametrize("module", COURSE)
def test_a_lesson_s_figures_stand_out(shown: list[LiveFigure], module: str) -> None:
    for step in STEPS:
        opened(module, step=step)
    assert len(shown) >= len(STEPS)
    assert not {what for part in shown for what in too_faint(dict(part.figure))}
