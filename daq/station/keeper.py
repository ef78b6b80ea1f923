"""Keeps one device's link open: opens, waits for the loss, pauses, opens again, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from daq.block import Chunk, LinkEvent, LinkState
from daq.errors import LinkError
from daq.link.link import Link, NowNs

BACK_OFF_S = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Pauses between attempts; the last one is repeated for ever."""

CALM_S = 5.0
"""A link that held this long begins again with the shortest pause."""


class LinkKeeper:
    """Delivers what the link says; while it cannot be opened, says so once as ``lost`` with the reason."""

    def __init__(self, link: Link, *, deliver: Callable[[Chunk | LinkEvent], None], now_ns: NowNs) -> None:
        self._link = link
        self._deliver = deliver
        self._now_ns = now_ns
        self._gone = asyncio.Event()
        self._attempt = 0
        self._said = ""

    async def open_once(self) -> None:
        """Open now, and let a failure through: for the first attempt, where the user waits for the answer.

        Raises
        ------
        LinkError
        """
        self._gone.clear()
        await self._link.open(self._take)
        self._said = ""

    def _take(self, item: Chunk | LinkEvent) -> None:
        self._deliver(item)
        if isinstance(item, LinkEvent) and item.state is LinkState.LOST:
            self._gone.set()

    def give_up(self) -> None:
        """The watchdog wants the link closed and opened again."""
        self._gone.set()

    async def keep(self) -> None:
        """Run until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            opened_s = loop.time()
            await self._gone.wait()
            await self._link.close()
            if loop.time() - opened_s > CALM_S:
                self._attempt = 0
            await self._reopen()

    async def _reopen(self) -> None:
        while True:
            await asyncio.sleep(BACK_OFF_S[min(self._attempt, len(BACK_OFF_S) - 1)])
            self._attempt += 1
            try:
                await self.open_once()
            except (LinkError, OSError) as error:
                if str(error) != self._said:
                    self._said = str(error)
                    self._deliver(LinkEvent(self._now_ns(), self._link.device, LinkState.LOST, str(error)))
                continue
            return

    def write(self, port: str, data: bytes, *, response: bool) -> None:
        """Hand bytes to the device, unless the link is gone."""
        if not self._gone.is_set():
            self._link.write(port, data, response=response)

    async def close(self) -> None:
        """Close the link for good."""
        await self._link.close()
