"""Bytes of a node to events: the handshake, the run, the keep-alive, the answers. What it sends depends on its inputs alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from daq.block import Chunk, Scalar, seconds
from daq.driver import ClockRead, Event, Reply, ReplyState, Status
from drivers.node.asking import Ask, Asking
from drivers.node.deframer import Deframer
from drivers.node.options import NodeOptions, described
from drivers.node.run import Run, unwrapped
from drivers.node.say import health, no_answer, refusal, refused
from drivers.node.wire import (
    COUNT_BYTES,
    MAX_CHANNELS,
    PROTOCOL_MINOR,
    SAMPLES_HEADER_BYTES,
    Code,
    Health,
    Hello,
    Kind,
    NodeReply,
    NodeStatus,
    Started,
    start_message,
)

KEEP_ALIVE_S = 2.0
QUICK_S, N_QUICK = 0.2, 12
"""At the beginning of a run the clock is read often: the tightest of many exchanges places it within 0.3 ms or so."""
_BLINK_S = 5
_LONGEST_BLINK_S = 255
_DONE = {Kind.STOP: "The node is silent.", Kind.BLINK: "The node blinks."}
_NAME = {Kind.ASK_HELLO: "start", Kind.START: "start", Kind.STOP: "stop", Kind.ASK_STATUS: "status", Kind.BLINK: "identify"}


class NodeCodec:
    """One node as the host sees it.

    Samples count from the answer to START on: what a node still sends of a run before is not ours.
    """

    def __init__(self, options: NodeOptions) -> None:
        self._options = options
        self._deframer = Deframer()
        self._asking = Asking()
        self._hello: Hello | None = None
        self._run: Run | None = None
        self._last: NodeStatus | None = None
        self._wanted = False
        self._due_s: float | None = None
        self._n_quick = 0
        self._n_unknown = 0
        self._n_told = 0
        self.next_wake_s: float | None = None

    def start(self) -> list[Event]:
        """A delimiter, so that whatever the line held is over, and HELLO; START follows its answer."""
        self._wanted = True
        self._asking.forget()
        self._end_run()
        return self._scheduled(self._asking.ask(Kind.ASK_HELLO, now_s=None, before=b"\0"))

    def stop(self) -> list[Event]:
        """STOP, whatever is outstanding; rows that come before its answer are still delivered."""
        self._wanted = False
        self._due_s = None
        self._asking.forget()
        return self._scheduled(self._asking.ask(Kind.STOP, now_s=None))

    def command(self, name: str, args: Mapping[str, Scalar]) -> list[Event]:
        """``identify`` (``seconds``) blinks; everything else is refused with a sentence."""
        if name == "tare":
            return [
                Reply(name, ReplyState.REFUSED, "A node sends raw counts; its tare is kept by this program, not by the node.")
            ]
        if name != "identify":
            return [Reply(name, ReplyState.REFUSED, f"A node cannot {name}; it can identify.")]
        length = args.get("seconds", _BLINK_S)
        if isinstance(length, bool) or not isinstance(length, (int, float)) or not 0 <= length <= _LONGEST_BLINK_S:
            text = f"A node blinks for 0 to {_LONGEST_BLINK_S} seconds, not for {length!r}."
            return [Reply(name, ReplyState.REFUSED, text)]
        return self._scheduled(self._asking.ask(Kind.BLINK, bytes((int(length),)), now_s=None))

    def feed(self, chunk: Chunk) -> list[Event]:
        """Take bytes as they came."""
        buffer, places = self._deframer.feed(chunk.data)
        events: list[Event] = []
        now_s, k = seconds(chunk.t_ns), 0
        while k < len(places):
            if self._run is not None:
                rows, k = self._run.take(buffer, places, k)
                events += rows
                if k == len(places):
                    break
            start, stop = places[k]
            if buffer[start] != Kind.SAMPLES:
                events += self._message(bytes(buffer[start:stop]), now_s)
                k += 1
            elif self._run is None:
                k += 1
            elif not _is_sound(bytes(buffer[start:stop])):
                self._n_unknown += 1
                k += 1
            else:
                events += self._follow(self._run, buffer[start + 1], buffer[start + 2] & 0x0F)
        return self._scheduled(events + self._told_bad())

    def wake(self, t_s: float) -> list[Event]:
        """Repeat what is unanswered, give it up after three, ask for the STATUS, try again to start."""
        given_up, events = self._asking.wake(t_s)
        if given_up is not None:
            events = self._give_up(given_up, t_s) + events
        if self._due_s is None or t_s < self._due_s:
            return self._scheduled(events)
        self._due_s = t_s + (QUICK_S if self._n_quick else KEEP_ALIVE_S)
        self._n_quick = max(0, self._n_quick - 1)
        if self._run is not None and not self._asking.wants(Kind.ASK_STATUS):
            events += self._asking.ask(Kind.ASK_STATUS, now_s=t_s)
        elif self._run is None and not (self._asking.wants(Kind.ASK_HELLO) or self._asking.wants(Kind.START)):
            events += self._asking.ask(Kind.ASK_HELLO, now_s=t_s)
        return self._scheduled(events)

    def _scheduled(self, events: list[Event]) -> list[Event]:
        """``events``, after ``next_wake_s`` was set to the next repetition, STATUS or try to start."""
        due = [t_s for t_s in (self._asking.next_wake_s, self._due_s) if t_s is not None]
        self.next_wake_s = min(due, default=None)
        return events

    # --- messages -----------------------------------------------------------------------------------------------

    def _message(self, message: bytes, now_s: float) -> list[Event]:
        match message[0]:
            case Kind.HELLO:
                hello = Hello.of(message)
                if hello is not None:
                    return self._on_hello(hello, now_s)
            case Kind.STATUS:
                status = NodeStatus.of(message)
                if status is not None:
                    return self._on_status(status, now_s)
            case Kind.REPLY:
                reply = NodeReply.of(message)
                if reply is not None:
                    return self._on_reply(reply, now_s)
            case _:
                pass
        self._n_unknown += 1
        return []

    def _on_hello(self, hello: Hello, now_s: float) -> list[Event]:
        if not hello.tag:
            return self._on_reset(hello, now_s)
        ask, events = self._asking.answered(Kind.ASK_HELLO, hello.tag, now_s=now_s)
        return events if ask is None else self._greet(hello, now_s) + events

    def _on_reset(self, hello: Hello, now_s: float) -> list[Event]:
        was_running = self._run is not None
        self._end_run()
        if not self._wanted:
            return []
        if self._asking.wants(Kind.ASK_HELLO):
            return self._asking.repeat(now_s)
        events: list[Event] = [Status(info="The node was reset; it is started again.")] if was_running else []
        repeated = self._asking.repeat(now_s)
        if not self._asking.wants(Kind.START):
            repeated += self._greet(hello, now_s)
        return events + repeated

    def _greet(self, hello: Hello, now_s: float) -> list[Event]:
        """START for a node we understand and expect; a sentence for any other."""
        self._hello = hello
        fault = refusal(hello, self._options)
        if fault:
            self._wanted, self._due_s = False, None
            self._asking.forget()
            return [Status(fault=fault), Reply("start", ReplyState.REFUSED, fault)]
        events: list[Event] = []
        if hello.protocol[1] != PROTOCOL_MINOR:
            minor = ".".join(map(str, hello.protocol))
            events.append(
                Status(info=f"The node speaks protocol {minor}, this program 1.{PROTOCOL_MINOR}: they work together.")
            )
        options = self._options
        start = start_message(
            0, mask=options.mask, samples_per_frame=options.samples_per_frame, rate_millihz=options.rate_millihz
        )
        return events + self._asking.ask(Kind.START, start[2:], now_s=now_s)

    def _on_reply(self, reply: NodeReply, now_s: float) -> list[Event]:
        kind = Kind(reply.command) if reply.command in _NAME else None
        if kind is None:
            return []
        ask, events = self._asking.answered(kind, reply.tag, now_s=now_s)
        if ask is None:
            return events
        name = _NAME[kind]
        if reply.code != Code.DONE:
            text = refused(reply.code, self._hello, kind)
            fault: list[Event] = [Status(fault=text)] if kind == Kind.START else []
            return [*fault, Reply(name, ReplyState.REFUSED, text), *events]
        if reply.started is not None:
            return self._begin(reply.started, now_s) + events
        if kind == Kind.STOP:
            self._end_run()
        return [Reply(name, ReplyState.DONE, _DONE.get(kind, "Done.")), *events]

    def _begin(self, started: Started, now_s: float) -> list[Event]:
        hello = self._hello
        if hello is None:
            return []
        started = replace(started, mask=started.mask or (1 << hello.n_channels) - 1)
        self._due_s, self._n_quick = now_s + QUICK_S, N_QUICK
        self._run = Run(hello, started, asked=True)
        return [
            described(hello, started),
            Reply("start", ReplyState.DONE, f"The node sends {started.rate_millihz / 1000:g} Hz."),
        ]

    def _on_status(self, status: NodeStatus, now_s: float) -> list[Event]:
        ask, events = self._asking.answered(Kind.ASK_STATUS, status.tag, now_s=now_s) if status.tag else (None, [])
        told: list[Event] = health(status, self._last)
        self._last = status
        run = self._run
        if run is None:
            return told + events
        if ask is not None and not status.health & Health.STREAMING and self._wanted:
            # Its HELLO after a reset was lost, or it heard nothing from us for ten seconds.
            self._end_run()
            again = [] if self._hello is None else self._greet(self._hello, now_s)
            return [*told, Status(info="The node has stopped by itself; it is started again."), *events, *again]
        if run.clock is None:
            run.clock = status.t_us
        tick = unwrapped(status.t_us, near=run.clock)
        if ask is not None and ask.first_s is not None and status.run == run.started.run:
            # The answer may be to any of its repetitions: only the first sending surely came before the reading.
            told.append(ClockRead(tick=tick, asked_s=ask.first_s))
        return told + events

    # --- runs ---------------------------------------------------------------------------------------------------

    def _follow(self, run: Run, number: int, n_channels: int) -> list[Event]:
        """Somebody else, or a reset that nobody told, began a run: a new time base."""
        mask = run.started.mask if run.n_channels == n_channels else (1 << n_channels) - 1
        self._end_run()
        self._run = Run(run.hello, replace(run.started, run=number, mask=mask), asked=False)
        info = f"The node began run {number} without being asked by this program."
        return [described(run.hello, self._run.started), Status(info=info)]

    def _end_run(self) -> None:
        if self._run is not None:
            self._n_unknown += self._run.n_refused
        self._run = None

    def _give_up(self, ask: Ask, t_s: float) -> list[Event]:
        if ask.kind in (Kind.ASK_HELLO, Kind.START) and self._wanted:
            self._due_s = t_s + KEEP_ALIVE_S
        if ask.kind == Kind.STOP:
            self._end_run()
        return [Reply(_NAME[ask.kind], ReplyState.TIMED_OUT, no_answer(ask.kind, self._deframer.n_bad_frames, self._options))]

    def _told_bad(self) -> list[Event]:
        n_refused = self._n_unknown + (self._run.n_refused if self._run is not None else 0)
        n_bad = self._deframer.n_bad_frames + n_refused
        if n_bad == self._n_told:
            return []
        self._n_told = n_bad
        return [Status(n_bad_frames=n_bad, n_bad_bytes=self._deframer.n_bad_bytes)]


def _is_sound(message: bytes) -> bool:
    """Has this SAMPLES message whole rows of a possible number of channels?"""
    n_bytes = len(message) - SAMPLES_HEADER_BYTES
    n_channels = message[2] & 0x0F if n_bytes > 0 else 0
    return 1 <= n_channels <= MAX_CHANNELS and n_bytes % (COUNT_BYTES * n_channels) == 0
