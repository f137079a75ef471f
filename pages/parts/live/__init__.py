"""Figures that stay in place and sliders that report while they move.

`live_figure` and `live_slider` stand where `st.plotly_chart` and `st.slider` would: same
script, same session state, same address. Where the browser cannot run them, the pages get
the Streamlit widgets instead (see `mode`).
"""

from .assets import live_files, preload_links
from .figure import Frames, live_figure
from .grab import Grab, Grabbed, Handle, grabbed
from .mode import plain
from .slider import live_slider

__all__ = [
    "Frames",
    "Grab",
    "Grabbed",
    "Handle",
    "grabbed",
    "live_figure",
    "live_files",
    "live_slider",
    "plain",
    "preload_links",
]
