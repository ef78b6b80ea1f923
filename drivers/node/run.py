"""SAMPLES frames of one run to ``Samples``: counts on the device's clock, exact losses, the same however the bytes were cut."""

from __future__ import annotations

import numpy as np

from daq.driver import Floats, Samples, Ticks
from drivers.node.deframer import Places
from drivers.node.wire import (
    COUNT_BYTES,
    HALF_WRAP,
    SAMPLES_HEADER,
    SAMPLES_HEADER_BYTES,
    WRAP,
    Hello,
    Kind,
    Started,
    signed32,
)

_BETWEEN_MESSAGES = 4  # CRC, delimiter, and the COBS byte of the next frame


def unwrapped(counter: int, *, near: int) -> int:
    """The number that reads ``counter`` modulo 2^32 and lies nearest to ``near``."""
    return near + signed32(counter - near)


class Run:
    """What one START brings: one index, one clock.

    The rows of a frame lie on the line through its ``t_us`` and that of the frame before it (the nominal rate for the
    first), so that no frame is held back and the result does not depend on how the bytes were cut.
    The index of a run that was ``asked`` for begins at 0: what is missing there is lost as well.
    An index in the upper half of its range is a counter that was started shortly before its wrap.
    """

    def __init__(self, hello: Hello, started: Started, *, asked: bool) -> None:
        self.hello = hello
        self.started = started
        self.n_channels = started.mask.bit_count()
        self.n_refused = 0
        self.clock: int | None = None
        self._row_bytes = COUNT_BYTES * self.n_channels
        self._slope = (1000 * hello.tick_hz, started.rate_millihz) if started.rate_millihz else (hello.tick_hz, 1000)
        self._expected = 0 if asked else None
        self._t: int | None = None
        self._n_rows = 0
        self._last_tick = -WRAP

    def take(self, buffer: bytearray, places: Places, first: int) -> tuple[list[Samples], int]:
        """Rows of ``places[first:]`` up to a message that is none of this run; returns them and where it stopped."""
        events: list[Samples] = []
        batch: _Batch | None = None
        unpack, row_bytes = SAMPLES_HEADER.unpack_from, self._row_bytes
        n_channels, number = self.n_channels, self.started.run
        for k in range(first, len(places)):
            start, stop = places[k]
            n_bytes = stop - start - SAMPLES_HEADER_BYTES
            if buffer[start] != Kind.SAMPLES or (n_bytes > 0 and buffer[start + 1] != number):
                return self._with(events, batch), k
            n_rows, rest = divmod(n_bytes, row_bytes)
            if rest or n_rows < 1 or buffer[start + 2] & 0x0F != n_channels:
                self.n_refused += 1
                continue
            _, _, _, index, t_us = unpack(buffer, start)
            placed = self._place(index, t_us)
            if placed is None:
                self.n_refused += 1
                continue
            n_lost, dt, step = placed
            self._expected, self._n_rows = (index + n_rows) % WRAP, n_rows
            if batch is None or n_lost or batch.n_rows != n_rows or batch.next_start != start:
                events = self._with(events, batch)
                batch = _Batch(buffer, start, n_rows=n_rows, n_lost=n_lost)
            batch.next_start = stop + _BETWEEN_MESSAGES
            batch.line.append((self._t or 0, dt, step))
        return self._with(events, batch), len(places)

    def _place(self, index: int, t_us: int) -> tuple[int, int, int] | None:
        """Rows lost before the frame, and the slope (ticks, rows) of its line; None for one that steps back."""
        if self._t is None:
            n_lost = 0 if self._expected is None else max(0, signed32(index - self._expected))
            self._t = self.clock = t_us if self.clock is None else unwrapped(t_us, near=self.clock)
            return n_lost, *self._slope
        n_lost = (index - (self._expected or 0)) % WRAP
        if n_lost >= HALF_WRAP:
            return None
        step = self._n_rows + n_lost
        dt = (t_us - self._t) % WRAP
        if n_lost:
            # A hole may be longer than the clock's round of 71 minutes; the index says how many rounds.
            ticks, rows = self._slope
            dt += round((step * ticks / rows - dt) / WRAP) * WRAP
        elif dt >= HALF_WRAP:
            return None
        if dt <= 0:
            return None
        self._t += dt
        self.clock, self._slope = self._t, (dt, step)
        return n_lost, dt, step

    def _with(self, events: list[Samples], batch: _Batch | None) -> list[Samples]:
        if batch is None:
            return events
        tick = self._rising(batch.ticks())
        return [*events, Samples(tick=tick, values=batch.values(self.n_channels), n_lost=batch.n_lost)]

    def _rising(self, tick: Ticks) -> Ticks:
        """``tick``, pushed up where a device runs so much faster than it says that frames would overlap."""
        if tick[0] <= self._last_tick or (len(tick) > 1 and (tick[1:] <= tick[:-1]).any()):
            ramp = np.arange(len(tick))
            tick = np.maximum.accumulate(np.maximum(tick - ramp, self._last_tick + 1)) + ramp
        self._last_tick = int(tick[-1])
        return tick


class _Batch:
    """Frames of one length that lie one behind the other in a buffer and follow each other without a loss."""

    __slots__ = ("_buffer", "_start", "line", "n_lost", "n_rows", "next_start")

    def __init__(self, buffer: bytearray, start: int, *, n_rows: int, n_lost: int) -> None:
        self._buffer, self._start = buffer, start
        self.n_rows, self.n_lost = n_rows, n_lost
        self.next_start = start
        self.line: list[tuple[int, int, int]] = []

    def ticks(self) -> Ticks:
        """Ticks of all rows."""
        line = np.array(self.line, np.int64)
        if self.n_rows == 1:
            return line[:, 0]
        t, dt, step = line[:, :1], line[:, 1:2], line[:, 2:]
        return (t + (np.arange(self.n_rows) * dt + step // 2) // step).reshape(-1)

    def values(self, n_channels: int) -> Floats:
        """Counts of all rows: each 24-bit number is read with the byte before it, which the shift drops again."""
        per_frame = self.n_rows * n_channels
        stride = SAMPLES_HEADER_BYTES + COUNT_BYTES * per_frame + _BETWEEN_MESSAGES
        shape, strides = (len(self.line), per_frame), (stride, COUNT_BYTES)
        words: np.ndarray[tuple[int, int], np.dtype[np.int32]] = np.ndarray(
            shape, "<i4", self._buffer, self._start + SAMPLES_HEADER_BYTES - 1, strides
        )
        return (words >> 8).astype(np.float64).reshape(-1, n_channels)
