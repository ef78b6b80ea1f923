"""Commands wanted to commands sent: tags, one outstanding at a time, repeated with the same tag, given up after three."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from daq.driver import Event, Send
from drivers.node.wire import Kind, framed

REPEAT_S = 0.1
N_SENT_AT_MOST = 3
_LAST_TAG = 255


@dataclass(slots=True)
class Ask:
    """One command: its bytes, and when it was first sent (None: since the last time anybody told the time)."""

    kind: Kind
    tag: int
    data: bytes
    first_s: float | None = None
    repeat_s: float | None = None
    n_sent: int = 1


@dataclass(slots=True)
class Asking:
    """The one outstanding command and the queue behind it; ``current`` is None where the node owes no answer."""

    current: Ask | None = None
    _queue: deque[Ask] = field(default_factory=deque)
    _tag: int = 0

    @property
    def next_wake_s(self) -> float | None:
        """When the outstanding command is due again; 0.0 where it was sent at an unknown time."""
        if self.current is None:
            return None
        return 0.0 if self.current.repeat_s is None else self.current.repeat_s

    def wants(self, kind: Kind) -> bool:
        """Is such a command outstanding or queued?"""
        return (self.current is not None and self.current.kind == kind) or any(a.kind == kind for a in self._queue)

    def ask(self, kind: Kind, fields: bytes = b"", *, now_s: float | None, before: bytes = b"") -> list[Event]:
        """Send a command now, or as soon as those before it are answered."""
        self._tag = self._tag % _LAST_TAG + 1
        self._queue.append(Ask(kind, self._tag, before + framed(bytes((kind, self._tag)) + fields)))
        return self._next(now_s)

    def answered(self, kind: Kind, tag: int, *, now_s: float | None) -> tuple[Ask | None, list[Event]]:
        """The command that this answers (None: a late or second answer), and what is sent next."""
        ask = self.current
        if ask is None or ask.tag != tag or ask.kind != kind:
            return None, []
        self.current = None
        return ask, self._next(now_s)

    def repeat(self, now_s: float | None) -> list[Event]:
        """The outstanding command once more, counted anew: the node was reset and has forgotten it."""
        if self.current is None:
            return []
        self.current.n_sent = 0
        return self._send(self.current, now_s)

    def wake(self, t_s: float) -> tuple[Ask | None, list[Event]]:
        """The command that is given up now, and what is sent."""
        ask = self.current
        if ask is None:
            return None, []
        if ask.repeat_s is None:
            ask.first_s, ask.repeat_s = t_s, t_s + REPEAT_S
        if t_s < ask.repeat_s:
            return None, []
        if ask.n_sent < N_SENT_AT_MOST:
            return None, self._send(ask, t_s)
        self.current = None
        return ask, self._next(t_s)

    def forget(self) -> None:
        """Wait for nothing any more."""
        self.current = None
        self._queue.clear()

    def _next(self, now_s: float | None) -> list[Event]:
        if self.current is not None or not self._queue:
            return []
        self.current = self._queue.popleft()
        self.current.n_sent = 0
        self.current.first_s = now_s
        return self._send(self.current, now_s)

    @staticmethod
    def _send(ask: Ask, now_s: float | None) -> list[Event]:
        ask.n_sent += 1
        ask.repeat_s = None if now_s is None else now_s + REPEAT_S
        return [Send("", ask.data)]
