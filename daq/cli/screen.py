"""A sitting on the dashboard: the station as the screen's source, and what to say when the screen has closed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
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
        self.told: list[str] = []

    async def start(self) -> None:
        """Load, make the station, open the devices.

        Raises
        ------
        DaqError
            What the words asked for is not there, or cannot be opened.
        """
        self.station = await asyncio.to_thread(lambda: self._prepare().station(say=self.told.append))
        await self.station.start()

    @property
    def recording(self) -> RecordingView:
        """The recording, now."""
        return self.station.recording if self.station is not None else RecordingView()

    def snapshot(self) -> Snapshot:
        """The session, now; empty until it has begun. What was found while opening stands behind its own notices."""
        now = self.station.snapshot() if self.station is not None else EMPTY_SNAPSHOT
        return replace(now, notices=(*now.notices, *self.told)) if self.told else now

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
    """Open the dashboard on what ``prepare`` gives; returns the exit code when it closes: 1 when not all was recorded."""
    source = Opening(prepare)
    try:
        code = run_dashboard(source)
    finally:
        # While the screen was open, nothing that was printed could be seen.
        for line in source.told:
            print(line, file=sys.stderr)
    station = source.station
    if station is None:
        return code
    if station.failure is not None:
        raise station.failure
    from daq.cli.rendering import summary_lines
    from daq.cli.sitting import file_away

    file_away(station)
    for line in summary_lines(station.session.summary, station.setup.assessment):
        print(line)
    if station.recording.path:
        print(f"Recording: {station.recording.path}")
    if station.recording.error:
        print(f"daq: {station.recording.error}", file=sys.stderr)
        return 1
    return code


def show_replay(path: Path) -> int:
    """Open the dashboard on a recording, at its own pace."""
    from daq.station.paced import PacedReplay

    return run_dashboard(PacedReplay(path))
