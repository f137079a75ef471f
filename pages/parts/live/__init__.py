"""Figures that stay in place and sliders that report while they move.

`live_panel` and `live_slider` stand where Streamlit's own elements would: same script, same
session state, same address. Where the browser cannot run them, the pages get those elements
instead (see `mode`).
"""

from .assets import live_files, mounted, preload_links
from .figure import Frames, LiveFigure
from .grab import Grab, Grabbed, Handle, grabbed
from .mode import plain, say_if_missing
from .panel import Beside, Part, Words, live_panel
from .reports import rerun_parts
from .slider import live_slider
from .table import Column, Table
from .upload import upload_again

__all__ = [
    "Beside",
    "Column",
    "Frames",
    "Grab",
    "Grabbed",
    "Handle",
    "LiveFigure",
    "Part",
    "Table",
    "Words",
    "grabbed",
    "live_files",
    "live_panel",
    "live_slider",
    "mounted",
    "plain",
    "preload_links",
    "rerun_parts",
    "say_if_missing",
    "upload_again",
]
