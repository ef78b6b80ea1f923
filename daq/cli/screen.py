"""A sitting on the dashboard: the station as the screen's source, and what to say when the screen has closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from daq.cli.sitting import Sitting


def show(sitting: Sitting) -> int:
    """Open the dashboard; returns the exit code when it closes."""
    from daq.dashboard.app import run_dashboard

    station = sitting.station()
    code = run_dashboard(station)
    from daq.cli.rendering import summary_lines
    from daq.cli.sitting import file_away

    file_away(station)

    for line in summary_lines(station.session.summary):
        print(line)
    if station.recording.path:
        print(f"Recording: {station.recording.path}")
    return code


def show_replay(path: Path) -> int:
    """Open the dashboard on a recording, at its own pace."""
    from daq.dashboard.app import run_dashboard
    from daq.station.paced import PacedReplay

    return run_dashboard(PacedReplay(path))
