"""The far end of the node's wire: force in newtons and commands in, frames out; deterministic, on its own grid of time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from daq.driver import Fault, Force
from drivers.node.deframer import Deframer
from drivers.node.options import COUNTS_PER_N, N_BITS, TWIN_RATE_HZ, NodeOptions, most_samples_per_frame
from drivers.node.wire import (
    COUNT_BYTES,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    SAMPLES_HEADER,
    TICK_HZ,
    WRAP,
    Cause,
    Code,
    Health,
    Hello,
    Kind,
    NodeReply,
    NodeStatus,
    Shape,
    Started,
    framed,
    set_fields,
    start_fields,
)

TWIN_FAULTS = frozenset(
    {
        "asleep",
        "bad_version",
        "clock_restart",
        "clock_wrap",
        "double_reply",
        "full_scale",
        "late_reply",
        "low_battery",
        "no_reply",
        "slow_rate",
    }
)
MODEL = 0xF0
_NS_PER_S = 1_000_000_000
_NS_MILLIHZ = 1000 * _NS_PER_S
_STATUS_NS = _NS_PER_S
_SILENCE_NS = 10 * _NS_PER_S
_OTHER_RATES_MILLIHZ = (10_000, 80_000, 250_000, 500_000, 1_000_000, 2_000_000)
_FULL, _LOW_MV, _GOOD_MV, _ROOM_CENTIDEGC = 1 << (N_BITS - 1), 3300, 4987, 2350
_GAIN, _PATTERN, _EXCITATION = 1, 2, 3
_ALLOWED = {_GAIN: (1, 2, 4, 8, 16, 32, 64, 128), _PATTERN: (0, 1), _EXCITATION: (0, 1)}

Counts = NDArray[np.int32]


class NodeTwin:
    """A node of model F0: 1000 counts/N on each channel, conversions at k/rate since it was made.

    ``force`` is asked once per stretch of time, with the times of its conversions in seconds of the device, and only
    while the node streams.
    """

    def __init__(self, options: NodeOptions, force: Force, faults: Sequence[Fault] = ()) -> None:
        self._n_channels = options.channels
        self._unit = int(options.unit or "0", 16)
        self._present_millihz = options.rate_millihz or round(1000 * TWIN_RATE_HZ)
        self._force, self._faults = force, tuple(faults)
        moments = {t_s for f in self._faults for t_s in (f.at_s, f.until_s, _silent_s(f))}
        edges = {t_s for t_s in moments if t_s > 0 and math.isfinite(t_s)}
        self._edges = sorted(round(t_s * _NS_PER_S) for t_s in edges)
        self._now_ns, self._carry_ns = 0, 0.0
        self._later: list[tuple[int, bytes]] = []
        self._outbox: list[bytes] = []
        self._rows: Counts = np.empty((0, 0), np.int32)
        self._row_us: NDArray[np.int64] = np.empty(0, np.int64)
        self._rate_millihz, self._batch, self._next_index = self._present_millihz, 1, 0
        self._run, self._status_ns, self._heard_ns = 0, 0, 0
        self._reset(Cause.POWER_ON)
        wrap = self._fault("clock_wrap")
        self._clock_us = 0 if wrap is None else WRAP - round(wrap.value * TICK_HZ)
        self._wrap_s = 0.0 if wrap is None else wrap.value

    def feed(self, port: str, data: bytes) -> None:
        """Bytes from the host; what they cause is done at once, and said at the next ``advance``."""
        del port
        if self._is_silent():
            return
        self._heard_ns = self._now_ns
        buffer, places = self._deframer.feed(data)
        for start, stop in places:
            self._obey(bytes(buffer[start:stop]))

    def advance(self, dt_s: float) -> list[tuple[str, bytes]]:
        """What the node says in the next ``dt_s`` of its own time: one piece, for a line has no packets."""
        exact_ns = dt_s * _NS_PER_S + self._carry_ns
        end_ns = self._now_ns + round(exact_ns)
        self._carry_ns = exact_ns - round(exact_ns)
        while self._now_ns < end_ns:
            stop_ns = min([end_ns, *self._moments()])
            self._convert(stop_ns)
            self._now_ns = stop_ns
            self._happen()
        said = b"".join(self._outbox)
        self._outbox.clear()
        return [("", said)] if said else []

    # --- time ---------------------------------------------------------------------------------------------------

    def _moments(self) -> list[int]:
        """When something other than a conversion happens next."""
        moments = [t_ns for t_ns in self._edges if t_ns > self._now_ns][:1] + [t_ns for t_ns, _ in self._later]
        if self._streaming:
            moments += [self._status_ns, self._heard_ns + _SILENCE_NS]
        return [t_ns for t_ns in moments if t_ns > self._now_ns]

    def _happen(self) -> None:
        now_ns = self._now_ns
        for fault in self._faults:
            if fault.name == "clock_restart" and round(fault.at_s * _NS_PER_S) == now_ns:
                self._reset(Cause.WATCHDOG)
        if self._is_silent():
            self._streaming = False
            self._outbox.clear()
            self._later.clear()
            return
        self._outbox += [data for t_ns, data in self._later if t_ns <= now_ns]
        self._later = [(t_ns, data) for t_ns, data in self._later if t_ns > now_ns]
        if self._streaming and now_ns >= self._status_ns:
            self._status_ns += _STATUS_NS
            self._say(self._status(0))
        if self._streaming and now_ns >= self._heard_ns + _SILENCE_NS:
            self._stop()

    def _fault(self, name: str) -> Fault | None:
        now_s = self._now_ns / _NS_PER_S
        return next((f for f in self._faults if f.name == name and f.at_s <= now_s < f.until_s), None)

    def _is_silent(self) -> bool:
        now_s, low = self._now_ns / _NS_PER_S, self._fault("low_battery")
        return self._fault("asleep") is not None or (low is not None and now_s >= _silent_s(low))

    def _t_us(self, since_made_us: int) -> int:
        return (since_made_us - self._boot_us + self._clock_us) % WRAP

    # --- conversions --------------------------------------------------------------------------------------------

    def _convert(self, stop_ns: int) -> None:
        """All conversions from now until just before ``stop_ns``."""
        if not self._streaming:
            return
        slow = self._fault("slow_rate")
        rate = self._rate_millihz if slow is None else max(1, round(1000 * slow.value))
        first, stop = (-(-t_ns * rate // _NS_MILLIHZ) for t_ns in (self._now_ns, stop_ns))
        if stop <= first:
            return
        k = np.arange(first, stop)
        counts = self._counts(k * 1000 / rate)
        if self._pattern:
            counts[:] = ((self._next_index + k - first) % _FULL)[:, None]
        ticks = k * (TICK_HZ * 1000) // rate
        self._rows = np.concatenate((self._rows, counts))
        self._row_us = np.concatenate((self._row_us, ticks))
        self._next_index += len(k)
        whole = len(self._rows) // self._batch * self._batch
        for at in range(0, whole, self._batch):
            self._say(self._samples(at, at + self._batch))
        self._rows, self._row_us = self._rows[whole:], self._row_us[whole:]

    def _counts(self, t_s: NDArray[np.float64]) -> Counts:
        force_n = np.asarray(self._force(t_s), float).reshape(len(t_s), -1)
        limit = self._fault("full_scale")
        ceiling = _FULL - 1 if limit is None else min(_FULL - 1, round(limit.value * COUNTS_PER_N))
        counts = np.clip(np.rint(np.nan_to_num(force_n) * COUNTS_PER_N), max(-_FULL, -ceiling - 1), ceiling).astype(np.int32)
        return np.broadcast_to(counts, (len(t_s), self._n_channels))[:, self._columns].copy()

    def _samples(self, first: int, stop: int) -> bytes:
        rows = self._rows[first:stop]
        index = (self._next_index - len(self._rows) + first) % WRAP
        shape = rows.shape[1] | (Shape.TEST_PATTERN if self._pattern else 0)
        head = SAMPLES_HEADER.pack(Kind.SAMPLES, self._run, shape, index, self._t_us(int(self._row_us[first])))
        return head + np.ascontiguousarray(rows, "<i4").view(np.uint8).reshape(-1, 4)[:, :COUNT_BYTES].tobytes()

    # --- commands -----------------------------------------------------------------------------------------------

    def _obey(self, message: bytes) -> None:
        kind, tag = message[0], message[1] if len(message) > 1 else 0
        if kind == Kind.ASK_HELLO:
            self._answer(self._hello(tag))
        elif kind == Kind.ASK_STATUS:
            self._answer(self._status(tag))
        elif kind == Kind.RESET:
            self._reset(Cause.COMMAND)
        elif kind == Kind.START:
            self._answer(self._start(message, tag))
        else:
            self._answer(NodeReply(tag, kind, self._done(kind, message)).packed())

    def _done(self, kind: int, message: bytes) -> Code:
        if kind == Kind.STOP:
            self._stop()
            return Code.DONE
        if kind == Kind.BLINK:
            return Code.DONE if len(message) > 2 else Code.WRONG_LENGTH  # noqa: PLR2004  command, tag, seconds
        return self._set(message) if kind == Kind.SET else Code.UNKNOWN

    def _set(self, message: bytes) -> Code:
        fields = set_fields(message)
        if fields is None:
            return Code.WRONG_LENGTH
        if self._streaming:
            return Code.STREAMING
        key, channel, value = fields
        if value not in _ALLOWED.get(key, ()) or channel >= self._n_channels:
            return Code.OUT_OF_RANGE
        if key == _PATTERN:
            self._pattern = bool(value)
        return Code.DONE

    def _start(self, message: bytes, tag: int) -> bytes:
        fields = start_fields(message)
        if fields is None:
            return NodeReply(tag, Kind.START, Code.WRONG_LENGTH).packed()
        mask, batch, rate = fields
        mask = mask or (1 << self._n_channels) - 1
        n_channels = mask.bit_count()
        if mask >> self._n_channels or batch > most_samples_per_frame(n_channels) or rate not in (0, *self._rates()):
            return NodeReply(tag, Kind.START, Code.OUT_OF_RANGE).packed()
        self._columns = [k for k in range(self._n_channels) if mask >> k & 1]
        self._rate_millihz = rate or self._rate_millihz
        self._batch = batch or (1 if n_channels <= 2 else 5)  # noqa: PLR2004  the node's choice, PROTOCOL.md 8
        self._run = (self._run + 1) % 256
        self._streaming = True
        self._next_index = WRAP - round(self._wrap_s * self._rate_millihz / 1000) if self._wrap_s else 0
        self._empty()
        self._status_ns = self._now_ns + _STATUS_NS
        return NodeReply(tag, Kind.START, Code.DONE, Started(self._run, mask, self._batch, self._rate_millihz)).packed()

    def _stop(self) -> None:
        if self._streaming and len(self._rows):
            self._say(self._samples(0, len(self._rows)))
        self._empty()
        self._streaming = False

    def _reset(self, cause: Cause) -> None:
        self._cause = cause
        self._boot_us, self._clock_us = self._now_ns // 1000, 0
        self._deframer = Deframer()
        self._heard_ns = self._now_ns
        self._run, self._streaming, self._pattern = 0, False, False
        self._rate_millihz, self._batch, self._next_index = self._present_millihz, 1, 0
        self._columns = list(range(self._n_channels))
        self._status_ns = self._now_ns
        self._wrap_s = 0.0
        self._empty()
        self._later.clear()
        if not self._is_silent():
            self._outbox.append(b"\0")
            self._say(self._hello(0))

    def _empty(self) -> None:
        self._rows = np.empty((0, len(self._columns)), np.int32)
        self._row_us = np.empty(0, np.int64)

    # --- answers ------------------------------------------------------------------------------------------------

    def _say(self, message: bytes) -> None:
        self._outbox.append(framed(message))

    def _answer(self, message: bytes) -> None:
        if self._fault("no_reply") is not None:
            return
        late = self._fault("late_reply")
        for _ in range(1 if self._fault("double_reply") is None else 2):
            if late is None:
                self._say(message)
            else:
                self._later.append((self._now_ns + max(1, round(late.value * _NS_PER_S)), framed(message)))

    def _rates(self) -> tuple[int, ...]:
        return (self._rate_millihz, *(rate for rate in _OTHER_RATES_MILLIHZ if rate != self._rate_millihz))

    def _hello(self, tag: int) -> bytes:
        bad = self._fault("bad_version")
        protocol = (PROTOCOL_MAJOR if bad is None else int(bad.value), PROTOCOL_MINOR)
        head = Hello(tag, protocol, (0, 1, 0), MODEL, self._unit, self._n_channels, N_BITS, TICK_HZ, self._cause, self._rates())
        return head.packed()

    def _status(self, tag: int) -> bytes:
        low = self._fault("low_battery") is not None
        health = (Health.STREAMING if self._streaming else 0) | (Health.SUPPLY_LOW if low else 0)
        return NodeStatus(
            tag=tag,
            run=self._run,
            health=health,
            t_us=self._t_us(self._now_ns // 1000),
            next_index=self._next_index % WRAP,
            n_missed=0,
            n_dropped=0,
            n_damaged=self._deframer.n_bad_frames % (1 << 16),
            supply_mv=_LOW_MV if low else _GOOD_MV,
            temperature_centidegc=_ROOM_CENTIDEGC,
        ).packed()


def _silent_s(fault: Fault) -> float:
    """When an empty battery ends in silence."""
    return fault.at_s + fault.value if fault.name == "low_battery" else math.inf
