"""A session and its far ends to all that passed between them: in virtual time, faster than the clock, always the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from daq.block import NS_PER_S, Chunk, Command, Effect, Input, LinkEvent, LinkState, Reopen, Scalar, Sent, Wake, seconds
from daq.simulate.far_end import FarEnd

WAKE_NS = NS_PER_S // 10
STEP_NS = NS_PER_S // 40
_RETRY_NS = NS_PER_S // 4

Wish = tuple[float, str, Mapping[str, Scalar]]
"""When (s), which command, its arguments."""


class Folds(Protocol):
    """What ``run_virtual`` asks of a session."""

    @property
    def next_wake_ns(self) -> int | None:
        """When it wants to be woken, besides ten times a second."""
        ...

    def step(self, item: Input) -> list[Effect]:
        """Take one input; give what is to be done."""
        ...


def run_virtual(
    session: Folds,
    far_ends: Mapping[str, FarEnd],
    *,
    until_s: float,
    commands: Sequence[Wish] = (),
    latency_s: float = 0.001,
    on_item: Callable[[Input | Sent], None] | None = None,
) -> list[Input | Sent]:
    """Drive ``session`` from t = 0 to ``until_s``; the inputs it was given and what it sent, in processing order.

    Links open at t = 0, or as soon as the device lets them; after a loss, or when the session gives a link up, they are
    opened again a quarter of a second later, and so on until it succeeds. Chunks arrive ``latency_s`` after the device
    sent them. The devices step by 25 ms, so what the host writes is heard at the end of the step at the latest.

    Parameters
    ----------
    session : Folds
    far_ends : mapping
        By device name.
    until_s : float
    commands : sequence of (t_s, name, args)
        What the user does.
    latency_s : float
    on_item : callable, optional
        Sees each item as it is processed.
    """
    run = _Run(session, far_ends, latency_ns=round(latency_s * NS_PER_S), on_item=on_item)
    wishes = sorted((Command(round(t_s * NS_PER_S), name, dict(args)) for t_s, name, args in commands), key=lambda c: c.t_ns)
    until_ns = round(until_s * NS_PER_S)
    for name in far_ends:
        run.try_to_open(name, 0)
    now_ns = 0
    while now_ns < until_ns:
        stop_ns = min(now_ns + STEP_NS, until_ns)
        due = [c for c in wishes if now_ns <= c.t_ns < stop_ns]
        run.step(now_ns, stop_ns, commands=due)
        now_ns = stop_ns
    return run.items


class _Run:
    """The state of one run: which links are open, what is under way."""

    def __init__(
        self, session: Folds, far_ends: Mapping[str, FarEnd], *, latency_ns: int, on_item: Callable[[Input | Sent], None] | None
    ) -> None:
        self.items: list[Input | Sent] = []
        self._session = session
        self._far_ends = far_ends
        self._latency_ns = latency_ns
        self._on_item = on_item
        self._open: set[str] = set()
        self._retry_ns: dict[str, int] = {}
        self._under_way: list[Chunk] = []
        self._wake_ns = WAKE_NS
        self._honoured_ns: int | None = None

    def try_to_open(self, device: str, t_ns: int) -> None:
        """Open the link, or plan the next attempt."""
        far = self._far_ends[device]
        if not far.may_open(seconds(t_ns)):
            self._retry_ns[device] = t_ns + _RETRY_NS
            return
        self._retry_ns.pop(device, None)
        far.skip(seconds(t_ns))
        self._open.add(device)
        self._process(LinkEvent(t_ns, device, LinkState.OPENED))

    def step(self, since_ns: int, stop_ns: int, *, commands: Sequence[Command]) -> None:
        """Everything from ``since_ns`` up to, not including, ``stop_ns``."""
        for device, retry_ns in list(self._retry_ns.items()):
            if retry_ns < stop_ns:
                self.try_to_open(device, max(retry_ns, since_ns))
        queue = self._arrivals(stop_ns)
        queue += commands
        queue.sort(key=lambda item: item.t_ns)
        for item in queue:
            self._wake_up_to(item.t_ns)
            if not isinstance(item, (Chunk, LinkEvent)) or item.device in self._open:
                self._process(item)
        self._wake_up_to(stop_ns - 1)

    def _arrivals(self, stop_ns: int) -> list[Input]:
        """Chunks and losses before ``stop_ns``; devices in the order of the mapping where times are equal."""
        arrived: list[Input] = []
        for device, far in self._far_ends.items():
            since_s, stop_s = far.now_s, seconds(stop_ns)
            for t_s, port, data in far.advance(stop_s, slice_s=seconds(STEP_NS)):
                self._under_way.append(Chunk(math.ceil(t_s * NS_PER_S) + self._latency_ns, device, port, data))
            if device in self._open and far.was_unplugged(since_s, stop_s):
                arrived.append(LinkEvent(stop_ns - 1, device, LinkState.LOST, "the simulated cable was pulled"))
        arrived += [c for c in self._under_way if c.t_ns < stop_ns]
        self._under_way = [c for c in self._under_way if c.t_ns >= stop_ns]
        return arrived

    def _wake_up_to(self, t_ns: int) -> None:
        """Wakes that are due up to ``t_ns``: ten a second, and once for each time that the session named."""
        while True:
            asked = self._session.next_wake_ns
            is_new = asked is not None and asked != self._honoured_ns
            due_ns = min(self._wake_ns, max(asked, self._last_ns)) if asked is not None and is_new else self._wake_ns
            if due_ns > t_ns:
                return
            if due_ns == self._wake_ns:
                self._wake_ns += WAKE_NS
            if asked is not None and asked <= due_ns:
                self._honoured_ns = asked
            self._process(Wake(due_ns))

    @property
    def _last_ns(self) -> int:
        return next((item.t_ns for item in reversed(self.items)), 0)

    def _process(self, item: Input) -> None:
        self._note(item)
        if isinstance(item, LinkEvent) and item.state is LinkState.LOST:
            self._forget(item.device, item.t_ns)
        for effect in self._session.step(item):
            if isinstance(effect, Reopen):
                self._forget(effect.device, item.t_ns)
            elif isinstance(effect, Sent):
                self._note(effect)
                if effect.device in self._open:
                    far = self._far_ends[effect.device]
                    far.write(seconds(item.t_ns + self._latency_ns), effect.port, effect.data)

    def _forget(self, device: str, t_ns: int) -> None:
        self._open.discard(device)
        self._under_way = [c for c in self._under_way if c.device != device]
        self._retry_ns[device] = t_ns + _RETRY_NS

    def _note(self, item: Input | Sent) -> None:
        self.items.append(item)
        if self._on_item is not None:
            self._on_item(item)
