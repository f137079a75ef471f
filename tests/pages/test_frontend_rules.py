"""What the front end's modules may mention. The linter (.oxlintrc.json) sees to the rest."""

import re
from pathlib import Path

import pytest

from pages.parts.live import assets
from pages.parts.live.assets import live_files, stylesheet

MODULES = {
    address.split("/", maxsplit=3)[3]: file.read_text(encoding="utf-8")
    for address, file in live_files().items()
    if not address.endswith("/plotly.min.js")
}
STYLES = Path(assets.__file__).parent / "frontend"
MEDIA = re.compile(r"@media[^{]*")
CORE = [name for name in MODULES if name.startswith("core/")]
# Attributes and classes of plotly.js that its documentation does not promise.
PLOTLY_PRIVATE = re.compile(
    r"_fullLayout|_fullData|\b_offset|\b_length|\bd2p|\bp2d|maxdisplayed"
    r"|\.js-line|\.point\b|\.points\b`|\.main-svg|\.trace\$\{"
)


@pytest.mark.parametrize("name", MODULES)
def test_private_names_of_plotly_are_in_one_module(name: str) -> None:
    found = PLOTLY_PRIVATE.findall(MODULES[name])
    assert bool(found) == (name == "plot_internals.js"), found


@pytest.mark.parametrize("name", CORE)
def test_pure_modules_know_neither_the_page_nor_those_who_do(name: str) -> None:
    imports = re.findall(r'from "(.+?)"', MODULES[name])
    assert all(re.fullmatch(r"\./\w+\.js", path) for path in imports)
    assert not re.search(r"\b(document|window|location|history)\.", MODULES[name])


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_where_a_phones_layout_begins_is_written_in_one_place(path: Path) -> None:
    widths = re.findall(r"width: *([\d.]+(?:px|rem))", " ".join(MEDIA.findall(path.read_text())))
    assert not [width for width in widths if re.match(r"76[78]|4[78](\.\d+)?rem", width)]
    # What the style sheets name, browsers are told in their own terms.
    assert not re.search(r"@media[^{]*\(--", stylesheet(path.name))
