"""What the screen of Simulate shows, for what stands below it and does not run again with it."""

from dataclasses import dataclass

import streamlit as st

from engine import Comparison
from engine.simulation import Simulated

_LATEST = "latest"


@dataclass
class Latest:
    """The data and both fits, None while there is nothing to show."""

    simulated: Simulated | None = None
    comparison: Comparison | None = None

    def csv(self) -> str:
        """The data as a file; Streamlit asks for it outside of any run."""
        simulated = self.simulated
        return simulated.frame.to_csv(index=False) if simulated else ""


def latest() -> Latest:
    """What this session's screen shows."""
    found: Latest = st.session_state.setdefault(_LATEST, Latest())
    return found
