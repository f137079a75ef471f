"""A class on one process: how soon the server answers, and whether its memory stays flat.

    python -m tests.bench.sessions [--sessions 100] [--seconds 60] [--every 3]

Every session moves the between-cluster variance on Simulate once every few seconds (``--every``),
over the browser's own protocol. An answer is complete with the message that ends the run. This runs
on Linux only, because memory is read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.bench.machine import Machine
from tests.browser.conftest import ROOT, free_port, is_healthy

PANEL = "simulate:panel"
LARGEST_END = 300
"""In bytes. The message that ends a run is shorter than this; longer ones need not be read."""

SMALLEST_PICTURE = 10_000
"""In bytes. An answer without the figure of a thousand rows is shorter than this."""

COMPLETE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Session:
    """One visitor: a connection, and what a browser remembers about the page."""

    socket: ClientConnection
    panel: str = ""
    page: str = ""
    fragment: str = ""
    answers: list[float] = field(default_factory=list)

    async def open(self) -> None:
        await self.socket.send(BackMsg(rerun_script={"page_name": "simulate"}).SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self._message())
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page = message.new_session.page_script_hash
            elif kind == "navigation":
                self.page = message.navigation.page_script_hash
            elif kind == "delta":
                component = message.delta.new_element.bidi_component
                if component.id.endswith(PANEL):
                    self.panel, self.fragment = component.id, message.delta.fragment_id
            elif kind == "script_finished":
                break
        if not self.panel:
            raise RuntimeError("the page has no panel that answers the sliders")

    async def move(self, number: int) -> None:
        value = round(0.05 * random.randint(1, 40), 2)
        state = json.dumps({"reports": {"between": {"value": value, "number": number}}})
        message = BackMsg(
            rerun_script={
                "widget_states": {"widgets": [{"id": self.panel, "json_value": state}]},
                "page_script_hash": self.page,
                "fragment_id": self.fragment,
            }
        )
        start = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        received = 0
        while True:
            content = await self._message()
            received += len(content)
            if len(content) < LARGEST_END:
                answer = ForwardMsg.FromString(content)
                ended = answer.WhichOneof("type") == "script_finished"
                if ended and answer.script_finished in COMPLETE:
                    break
        self.answers.append(time.perf_counter() - start)
        if received < SMALLEST_PICTURE:
            raise RuntimeError(f"the answer to {value} holds no picture: {received} bytes")

    async def _message(self) -> bytes:
        content = await self.socket.recv()
        assert isinstance(content, bytes)
        return content


def memory(process: int) -> float:
    """Return the resident memory of a process, in megabytes."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found.group(1)) / 1000


async def visit(port: int, arrival: float, end: float, every: float) -> list[float]:
    """Open a session at its arrival time, and move its slider until the end."""
    await asyncio.sleep(arrival)
    async with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=Origin(f"http://127.0.0.1:{port}"),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as socket:
        session = Session(socket)
        await session.open()
        for number in itertools.count(1):
            begin = time.perf_counter()
            if begin >= end:
                return session.answers
            await session.move(number)
            await asyncio.sleep(every - (time.perf_counter() - begin))
    raise AssertionError("a session does not run out of numbers")


async def watch_memory(process: int, start: float, end: float) -> list[float]:
    """Return the memory at the start, at nine times in between, and at the end."""
    found = []
    for k in range(11):
        await asyncio.sleep(start + k * (end - start) / 10 - time.perf_counter())
        found.append(memory(process))
    return found


async def measure(process: int, port: int, sessions: int, seconds: float, every: float) -> None:
    machine = Machine()
    settling = 0.25 * sessions
    begin = time.perf_counter() + settling
    end = begin + seconds
    # Visitors come at random times: evenly spaced, they would all move at a dozen common moments.
    arrivals = random.Random(1)
    visits = [visit(port, arrivals.uniform(0, settling), end, every) for _ in range(sessions)]
    memories, *answers = await asyncio.gather(watch_memory(process, begin, end), *visits)
    # The first answers date from the time when sessions were still arriving.
    skipped = int(settling / every) + 1
    times = sorted(1000 * answer for some in answers for answer in some[skipped:])
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    lines = [
        f"{sessions} sessions, one change every {every:g} s each, {seconds:g} s; {machine}",
        f"answers {len(times)}, median {cuts[49]:.0f} ms, 95 % {cuts[94]:.0f} ms, "
        f"99 % {cuts[98]:.0f} ms, longest {times[-1]:.0f} ms",
        "resident MB, at every tenth of the time: " + " ".join(f"{mb:.0f}" for mb in memories),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=3)
    chosen = parser.parse_args()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, str(ROOT / "app.py"), "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not is_healthy(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        asyncio.run(measure(server.pid, port, chosen.sessions, chosen.seconds, chosen.every))
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main()
