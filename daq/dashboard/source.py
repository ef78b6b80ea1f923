"""What the screen pulls from and sends to: snapshots up, commands down."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from daq.block import Scalar
from daq.session.snapshot import Snapshot
from daq.station.view import RecordingView

__all__ = ["NO_ARGS", "RecordingView", "Source"]

NO_ARGS: Mapping[str, Scalar] = MappingProxyType({})


class Source(Protocol):
    """A running session as the screen sees it. The screen starts it after its first paint and closes it on exit."""

    @property
    def recording(self) -> RecordingView:
        """The recording, now."""
        ...

    def snapshot(self) -> Snapshot:
        """The session, now; its traces are valid until the next input, so they are drawn before control returns."""
        ...

    def command(self, name: str, args: Mapping[str, Scalar] = NO_ARGS) -> None:
        """Send what the user did: go_stop, keep, reject, retake, swap, note, zero, stop."""
        ...

    async def start(self) -> None:
        """Open the devices.

        Raises
        ------
        DaqError
            Nothing can be opened; the message says what to do.
        """
        ...

    async def close(self) -> None:
        """Close devices and recording. Safe to call twice, and before ``start``."""
        ...

    async def export(self) -> str:
        """Write the trials so far as tables; returns the sentence to show.

        Raises
        ------
        DaqError
            It cannot be written; the message says what to do.
        """
        ...
