"""A recording as a source for the screen: its inputs folded at their own pace, with pause."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from daq.block import NS_PER_S, Scalar, Sent
from daq.session.session import Session
from daq.session.snapshot import Snapshot
from daq.station.view import RecordingView
from daq.store.recording import read_recording


class PacedReplay:
    """Plays a recording; ``go_stop`` pauses and goes on, all other commands are those of the recording."""

    def __init__(self, path: Path) -> None:
        self._recording = read_recording(path)
        self.session = Session(self._recording.setup)
        self.recording = RecordingView(path=str(path))
        self._task: asyncio.Task[None] | None = None
        self._running = asyncio.Event()

    async def start(self) -> None:
        """Begin to play."""
        self._running.set()
        self._task = asyncio.create_task(self._play())

    async def _play(self) -> None:
        behind_ns = time.monotonic_ns()
        for item in self._recording.items:
            if isinstance(item, Sent):
                continue
            if not self._running.is_set():
                paused_ns = time.monotonic_ns()
                await self._running.wait()
                behind_ns += time.monotonic_ns() - paused_ns
            wait_s = (item.t_ns - (time.monotonic_ns() - behind_ns)) / NS_PER_S
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            self.session.step(item)
            self.recording = RecordingView(self.recording.path, self.session.t_ns / NS_PER_S)

    async def close(self) -> None:
        """Stop playing."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def command(self, name: str, args: Mapping[str, Scalar] | None = None) -> None:  # noqa: ARG002, a replay takes no new input
        """Pause or go on."""
        if name == "go_stop":
            (self._running.clear if self._running.is_set() else self._running.set)()

    def snapshot(self) -> Snapshot:
        """The session where the replay stands."""
        return self.session.snapshot()

    async def export(self) -> str:
        """Tables come from the whole recording, not from a replay half-way."""
        return f"To write tables:  daq export {self.recording.path}"
