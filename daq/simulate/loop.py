"""A far end to a link in the running event loop: real time, no port, no thread."""

from __future__ import annotations

import asyncio

from daq.block import Chunk, LinkEvent, LinkState, seconds
from daq.errors import LinkError
from daq.link.link import Deliver, NowNs
from daq.simulate.far_end import FarEnd

WAKE_S = 0.010
ANSWER_S = 0.001


class LoopLink:
    """The link to one simulated device; satisfies ``daq.link.link.Link``.

    Parameters
    ----------
    device : str
        Name of the mount.
    far_end : FarEnd
        Its true time is the session's: 0 where ``now_ns`` is 0. Several links, one after the other, may share it.
    now_ns : NowNs
    """

    def __init__(self, device: str, far_end: FarEnd, now_ns: NowNs) -> None:
        self.device = device
        self._far_end = far_end
        self._now_ns = now_ns
        self._deliver: Deliver | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self, deliver: Deliver) -> None:
        """Open; returns when ``opened`` was delivered.

        Raises
        ------
        LinkError
            The device is unplugged or refuses.
        """
        now_s = seconds(self._now_ns())
        if not self._far_end.is_plugged(now_s):
            raise LinkError(f"The simulated device {self.device} is unplugged; it comes back by itself.", address=self._address)
        if not self._far_end.may_open(now_s):
            raise LinkError(f"The simulated device {self.device} refuses; try again later.", address=self._address)
        self._far_end.skip(now_s)
        self._deliver = deliver
        self._task = asyncio.create_task(self._run(deliver), name=f"loop link {self.device}")
        deliver(LinkEvent(self._now_ns(), self.device, LinkState.OPENED))

    def write(self, port: str, data: bytes, *, response: bool = False) -> None:  # noqa: ARG002, a loop always confirms
        """Hand bytes to the device; its answer comes a millisecond later, so that its clock can be read closely."""
        if self._deliver is not None and self._task is not None:
            self._far_end.write(seconds(self._now_ns()), port, data)
            self._task.get_loop().call_later(ANSWER_S, self._pass_time, self._deliver)

    async def close(self) -> None:
        """Close; nothing is delivered afterwards. Safe to call twice."""
        self._deliver = None
        task, self._task = self._task, None
        if task is None or task is asyncio.current_task():
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    @property
    def _address(self) -> str:
        return f"sim:{self.device}"

    async def _run(self, deliver: Deliver) -> None:
        while self._deliver is deliver:
            await asyncio.sleep(WAKE_S)
            self._pass_time(deliver)

    def _pass_time(self, deliver: Deliver) -> None:
        if self._deliver is not deliver:
            return
        since_s, now_s = self._far_end.now_s, seconds(self._now_ns())
        was_away = self._far_end.was_unplugged(since_s, now_s)
        for _, port, data in self._far_end.advance(now_s):
            if self._deliver is not deliver:
                return
            deliver(Chunk(self._now_ns(), self.device, port, data))
        if was_away and self._deliver is deliver:
            self._deliver = None
            deliver(LinkEvent(self._now_ns(), self.device, LinkState.LOST, "the simulated cable was pulled"))
