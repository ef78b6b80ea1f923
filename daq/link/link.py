"""What every link is: open, write, close; everything that comes is delivered as chunks and link events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from daq.block import Chunk, LinkEvent

Deliver = Callable[[Chunk | LinkEvent], None]
"""Takes what a link has to say; called on the thread of the event loop."""

NowNs = Callable[[], int]
"""Monotonic nanoseconds since the session began; given to a link, never looked up by it."""


class Link(Protocol):
    """One device's link. Delivers ``opened`` once, then chunks, then ``lost`` once: whatever the kind of loss."""

    device: str

    async def open(self, deliver: Deliver) -> None:
        """Open; returns when ``opened`` was delivered.

        Raises
        ------
        LinkError
            It cannot be opened now; the message says what to do. May be tried again.
        """
        ...

    def write(self, port: str, data: bytes, *, response: bool = False) -> None:
        """Hand bytes to the device; never blocks, never raises: a failure is a loss."""
        ...

    async def close(self) -> None:
        """Close; nothing is delivered afterwards. Safe to call twice."""
        ...
