"""What else the machine did during a measurement; without that, a figure says little."""

from __future__ import annotations

import os
from pathlib import Path


class Machine:
    """Load beforehand, and the share of processor time that other machines on this host took."""

    def __init__(self) -> None:
        self.load = os.getloadavg()[0]
        self.before = _ticks()

    def __str__(self) -> str:
        steal, total = (now - then for now, then in zip(_ticks(), self.before, strict=True))
        taken = f"; {steal / total:.0%} of its time taken by the host" if total else ""
        return f"load of the machine before: {self.load:.2f}{taken}"


def _ticks() -> tuple[int, int]:
    """Return stolen ticks and all ticks so far; zeros if the system does not tell."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0, 0
    ticks = [int(count) for count in stat.read_text().splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)
