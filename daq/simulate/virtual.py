"""A session and its far ends to all that passed between them: in virtual time, faster than the clock, always the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from daq.block import NS_PER_S, Chunk, Command, Effect, Input, LinkEvent, LinkState, Reopen, Scalar, Sent, Wake, seconds
from daq.simulate.far_end import FarEnd

WAKE_NS = NS_PER_S // 10
STEP_NS = NS_PER_S // 40
ANSWER_NS = NS_PER_S // 2000
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
    sent them, and what the host writes is heard ``latency_s`` later. The devices step by up to 25 ms, shorter before a wake
    or a command and after a write; what is written in answer to a chunk is heard at the end of the step at the latest.

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
    wishes = sorted((Command(round(t_s * NS_PER_S), name, dict(args)) for t_s, name, args in commands), key=lambda c: c.t_ns)
    run = _Run(session, far_ends, wishes=wishes, latency_ns=round(latency_s * NS_PER_S), on_item=on_item)
    run.play(round(until_s * NS_PER_S))
    return run.items


class _Run:
    """The state of one run: which links are open, what is under way, who is to be asked when."""

    def __init__(
        self,
        session: Folds,
        far_ends: Mapping[str, FarEnd],
        *,
        wishes: list[Command],
        latency_ns: int,
        on_item: Callable[[Input | Sent], None] | None,
    ) -> None:
        self.items: list[Input | Sent] = []
        self._session = session
        self._far_ends = far_ends
        self._wishes = wishes
        self._latency_ns = latency_ns
        self._on_item = on_item
        self._open: set[str] = set()
        self._retry_ns = dict.fromkeys(far_ends, 0)
        self._under_way: list[Chunk] = []
        self._wake_ns = WAKE_NS
        self._honoured_ns: int | None = None
        self._answer_ns = 0

    def play(self, until_ns: int) -> None:
        """From t = 0 up to, not including, ``until_ns``."""
        now_ns = 0
        while now_ns < until_ns:
            self._open_what_may(now_ns)
            self._do_what_is_due(now_ns)
            now_ns = self._next_stop_ns(now_ns)
            for item in self._arrivals(now_ns):
                if item.t_ns < until_ns and item.device in self._open:
                    self._process(item)

    def _next_stop_ns(self, now_ns: int) -> int:
        """The devices live up to here in one step: nothing is to be done before it."""
        asked = self._session.next_wake_ns
        moments = [self._wake_ns, self._answer_ns, *(c.t_ns for c in self._wishes[:1])]
        if asked is not None and asked != self._honoured_ns:
            moments.append(asked)
        return min([now_ns + STEP_NS, *(m for m in moments if m > now_ns)])

    def _open_what_may(self, now_ns: int) -> None:
        for device, retry_ns in list(self._retry_ns.items()):
            if retry_ns > now_ns:
                continue
            far = self._far_ends[device]
            if not far.may_open(seconds(now_ns)):
                self._retry_ns[device] = now_ns + _RETRY_NS
                continue
            del self._retry_ns[device]
            far.skip(seconds(now_ns))
            self._open.add(device)
            self._process(LinkEvent(now_ns, device, LinkState.OPENED))

    def _do_what_is_due(self, now_ns: int) -> None:
        """Commands of the user, then wakes: ten a second, and one for each time that the session named."""
        while self._wishes and self._wishes[0].t_ns <= now_ns:
            self._process(self._wishes.pop(0))
        asked = self._session.next_wake_ns
        is_asked = asked is not None and asked != self._honoured_ns and asked <= now_ns
        if is_asked:
            self._honoured_ns = asked
        if is_asked or self._wake_ns <= now_ns:
            self._wake_ns += WAKE_NS if self._wake_ns <= now_ns else 0
            self._process(Wake(now_ns))

    def _arrivals(self, stop_ns: int) -> list[Chunk | LinkEvent]:
        """Chunks and losses up to ``stop_ns``; devices in the order of the mapping where times are equal."""
        arrived: list[Chunk | LinkEvent] = []
        for device, far in self._far_ends.items():
            since_s, stop_s = far.now_s, seconds(stop_ns)
            for t_s, port, data in far.advance(stop_s, slice_s=seconds(STEP_NS)):
                self._under_way.append(Chunk(math.ceil(t_s * NS_PER_S) + self._latency_ns, device, port, data))
            if device in self._open and far.was_unplugged(since_s, stop_s):
                arrived.append(LinkEvent(stop_ns, device, LinkState.LOST, "the simulated cable was pulled"))
        arrived += [c for c in self._under_way if c.t_ns <= stop_ns]
        self._under_way = [c for c in self._under_way if c.t_ns > stop_ns]
        return sorted(arrived, key=lambda item: item.t_ns)

    def _process(self, item: Input) -> None:
        self._note(item)
        if isinstance(item, LinkEvent) and item.state is LinkState.LOST:
            self._forget(item.device, item.t_ns)
        for effect in self._session.step(item):
            if isinstance(effect, Reopen):
                self._forget(effect.device, item.t_ns)
            else:
                self._send(effect, item.t_ns)

    def _send(self, sent: Sent, t_ns: int) -> None:
        """The device hears it when it has crossed the line, and its answer is waited for in short steps."""
        self._note(sent)
        if sent.device in self._open:
            heard_ns = t_ns + self._latency_ns
            self._far_ends[sent.device].write(seconds(heard_ns), sent.port, sent.data)
            self._answer_ns = heard_ns + ANSWER_NS

    def _forget(self, device: str, t_ns: int) -> None:
        self._open.discard(device)
        self._under_way = [c for c in self._under_way if c.device != device]
        self._retry_ns[device] = t_ns + _RETRY_NS

    def _note(self, item: Input | Sent) -> None:
        self.items.append(item)
        if self._on_item is not None:
            self._on_item(item)
