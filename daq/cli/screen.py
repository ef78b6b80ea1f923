"""A sitting on the dashboard: the station as the screen's source, and what to say when the screen has closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from daq.block import Scalar
from daq.dashboard.app import run_dashboard
from daq.session.snapshot import EMPTY_SNAPSHOT, Snapshot
from daq.station.view import RecordingView

if TYPE_CHECKING:
    from pathlib import Path

    from daq.cli.sitting import Sitting
    from daq.station.station import Station


class Opening:
    """A sitting as the screen's source: everything heavy is loaded in ``start``, after the first frame was painted."""

    def __init__(self, prepare: Callable[[], Sitting]) -> None:
        self._prepare = prepare
        self.station: Station | None = None

    async def start(self) -> None:
        """Load, make the station, open the devices.

        Raises
        ------
        DaqError
            What the words asked for is not there, or cannot be opened.
        """
        self.station = await asyncio.to_thread(lambda: self._prepare().station())
        await self.station.start()

    @property
    def recording(self) -> RecordingView:
        """The recording, now."""
        return self.station.recording if self.station is not None else RecordingView()

    def snapshot(self) -> Snapshot:
        """The session, now; empty until it has begun."""
        return self.station.snapshot() if self.station is not None else EMPTY_SNAPSHOT

    def command(self, name: str, args: Mapping[str, Scalar] | None = None) -> None:
        """Hand a key on, once there is somebody to take it."""
        if self.station is not None:
            self.station.command(name, args)

    async def close(self) -> None:
        """End the session."""
        if self.station is not None:
            await self.station.close()

    async def export(self) -> str:
        """Write the tables of everything so far."""
        return await self.station.export() if self.station is not None else "Nothing has been recorded yet."


def show(prepare: Callable[[], Sitting]) -> int:
    """Open the dashboard on what ``prepare`` gives; returns the exit code when it closes."""
    source = Opening(prepare)
    code = run_dashboard(source)
    if source.station is None:
        return code
    if source.station.failure is not None:
        raise source.station.failure
    from daq.cli.rendering import summary_lines
    from daq.cli.sitting import file_away

    file_away(source.station)
    for line in summary_lines(source.station.session.summary):
        print(line)
    if source.station.recording.path:
        print(f"Recording: {source.station.recording.path}")
    return code


def show_replay(path: Path) -> int:
    """Open the dashboard on a recording, at its own pace."""
    from daq.station.paced import PacedReplay

    return run_dashboard(PacedReplay(path))
