"""Lines of text to readings: matched by a preset, counted where they do not match, polled where the device must be asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from daq.block import Chunk, Scalar
from daq.driver import Event, Reply, ReplyState, Samples, Send, Status
from daq.units import clean_name
from drivers.line.clock import LineClock, Step
from drivers.line.presets import ARRIVAL_TICK_HZ, UNITS, LineOptions, described

LONGEST_LINE_BYTES = 255
_N_TO_DESPAIR = 40
_N_UNANSWERED = 3
_SHORTEST_TIMEOUT_S = 0.25


@dataclass(frozen=True, slots=True)
class _Reading:
    """One good line; ``values`` still in the unit of the line."""

    tick: int
    values: tuple[float, ...]
    unit: str
    n_lost: int = 0
    restarted: bool = False


class LineCodec:
    """Any device that sends lines. The piece before the first line ending is dropped: it may be the end of a longer number."""

    def __init__(self, options: LineOptions) -> None:
        layout = options.layout
        self._options, self._layout = options, layout
        self._match = layout.compiled().fullmatch
        self._has_unit = "(?P<unit>" in layout.pattern
        self._clock = LineClock(layout.time_hz) if layout.time_hz else None
        self._counted = self._clock is None and options.tick_hz != ARRIVAL_TICK_HZ
        self._tail = b""
        self._n_skipped = 0
        self._joined = False
        self._unit: str | None = None
        self._n_counted = 0
        self._last_tick: int | None = None
        self._n_in_vain = 0
        self._n_bad_lines = self._n_bad_bytes = self._n_told = 0
        self._said: set[str] = set()
        self._polling = False
        self._asked_s: float | None = None
        self._next_poll_s = 0.0
        self._n_unanswered = self._n_timeouts = 0
        self._timeout_s = max(_SHORTEST_TIMEOUT_S, 3 * options.poll_s) if layout.poll else 0.0
        self.next_wake_s: float | None = None

    def start(self) -> list[Event]:
        """The preset's word to start, or the first question at the next wake."""
        self._polling = bool(self._layout.poll)
        self._asked_s, self._next_poll_s = None, 0.0
        self.next_wake_s = 0.0 if self._polling else None
        return [Send("", self._layout.start)] if self._layout.start else []

    def stop(self) -> list[Event]:
        """The preset's word to stop; no more questions."""
        self._polling, self.next_wake_s = False, None
        return [Send("", self._layout.stop)] if self._layout.stop else []

    def command(self, name: str, args: Mapping[str, Scalar]) -> list[Event]:
        """``tare`` where the preset has a word for it; such devices do not confirm."""
        del args
        if name == "tare" and self._layout.tare:
            return [Send("", self._layout.tare), Reply(name, ReplyState.DONE, "Sent; this device does not confirm it.")]
        text = f"The preset {self._options.preset} has no command for {clean_name(name)}; use the device's own keys."
        return [Reply(name, ReplyState.REFUSED, text)]

    def wake(self, t_s: float) -> list[Event]:
        """Ask, one question at a time; an answer that is overdue is counted, and the question asked again."""
        if not self._polling:
            return []
        events: list[Event] = []
        if self._asked_s is not None:
            if t_s < self._asked_s + self._timeout_s:
                return []
            self._n_unanswered += 1
            self._n_timeouts += 1
            if self._n_unanswered == 1:
                events.append(Status(info=f"{self._n_timeouts} questions to the device were not answered in time so far."))
            if self._n_unanswered == _N_UNANSWERED:
                text = f"The device did not answer {_N_UNANSWERED} questions. Check the cable, the speed and its settings."
                events.append(Status(fault=text))
        elif t_s < self._next_poll_s:
            return []
        self._asked_s, self._next_poll_s = t_s, t_s + self._options.poll_s
        self.next_wake_s = t_s + self._timeout_s
        return [*events, Send("", self._layout.poll)]

    def feed(self, chunk: Chunk) -> list[Event]:
        """Take bytes as they came."""
        lines = self._lines(chunk.data)
        if self._asked_s is not None and (b"\n" in chunk.data or b"\r" in chunk.data):
            self._asked_s, self._n_unanswered = None, 0
            self.next_wake_s = self._next_poll_s if self._polling else None
        told: list[Event] = []
        readings = []
        for line in lines:
            reading = self._read(line, chunk.t_ns, told)
            if reading is not None:
                readings.append(reading)
        events = self._samples(self._stamped(readings, chunk.t_ns)) + told
        if self._n_bad_lines != self._n_told:
            self._n_told = self._n_bad_lines
            events.append(Status(n_bad_frames=self._n_bad_lines, n_bad_bytes=self._n_bad_bytes))
        return events

    # --- lines --------------------------------------------------------------------------------------------------

    def _lines(self, data: bytes) -> list[str]:
        pieces = (self._tail + data).replace(b"\r", b"\n").split(b"\n")
        self._tail = pieces.pop()
        if pieces and self._n_skipped:
            pieces[0] += bytes(self._n_skipped)
            self._n_skipped = 0
        if self._n_skipped or len(self._tail) > LONGEST_LINE_BYTES:
            self._n_skipped = min(self._n_skipped + len(self._tail), 1 << 20)
            self._tail = b""
        if pieces and not self._joined:
            self._joined = True
            del pieces[0]
        lines = []
        for piece in pieces:
            if len(piece) > LONGEST_LINE_BYTES:
                self._count(len(piece))
            elif piece:
                lines.append(piece.decode("latin-1"))
        return lines

    def _count(self, n_bytes: int) -> None:
        self._n_bad_lines += 1
        self._n_bad_bytes += n_bytes

    def _once(self, told: list[Event], status: Status) -> None:
        text = status.fault or status.info or ""
        if text not in self._said and len(self._said) < _N_TO_DESPAIR:
            self._said.add(text)
            told.append(status)

    def _read(self, line: str, t_ns: int, told: list[Event]) -> _Reading | None:
        found = self._match(line)
        if found is None:
            self._unmatched(line, told)
            return None
        self._n_in_vain = 0
        unit = self._unit_of(found["unit"], told) if self._has_unit and found["unit"] else self._options.wire_unit.lower()
        values = tuple([_number(found[name]) for name in self._layout.channels])
        if self._counted:
            self._n_counted += 1
        if unit is None or not all(map(math.isfinite, values)):
            self._count(len(line))
            return None
        if self._clock is None:
            return _Reading(self._n_counted, values, unit)
        placed = self._clock.place(int(found["time"]), t_ns)
        if placed.step is Step.REPEAT:
            self._count(len(line))
            return None
        return _Reading(placed.tick, values, unit, n_lost=placed.n_lost, restarted=placed.step is Step.RESTART)

    def _unmatched(self, line: str, told: list[Event]) -> None:
        meaning = self._layout.errors.get(line.strip())
        if meaning is not None:
            told.append(Status(fault=meaning))
            return
        self._count(len(line))
        self._n_in_vain += 1
        if self._n_in_vain % _N_TO_DESPAIR == 0:
            text = (
                f"0 of {_N_TO_DESPAIR} lines matched the preset {self._options.preset}; "
                f"one was {clean_name(line, longest=40)!r}. Check the speed, or choose another preset."
            )
            told.append(Status(fault=text))

    def _unit_of(self, text: str, told: list[Event]) -> str | None:
        unit = text.lower()
        if unit not in UNITS:
            self._once(
                told, Status(fault=f"The device sends {clean_name(text)!r}, which is no known unit. Set it to N, kg or lb.")
            )
            return None
        if self._options.unit and UNITS[unit][0] != UNITS[self._options.unit.lower()][0]:
            text = f"The rig says {self._options.unit}, the device sends {clean_name(text)}: the device's unit is used."
            self._once(told, Status(info=text))
        return unit

    # --- samples ------------------------------------------------------------------------------------------------

    def _stamped(self, readings: list[_Reading], t_ns: int) -> list[tuple[_Reading, int]]:
        """Readings with their ticks. Where only the arrival is known, those of one chunk lie evenly since the chunk before."""
        if self._clock is not None or self._counted:
            return [(reading, reading.tick) for reading in readings]
        n = len(readings)
        last = self._last_tick if self._last_tick is not None else t_ns - max(n, 1)
        now = max(t_ns, last + n)
        if readings:
            self._last_tick = now
        return [(reading, last + (now - last) * (k + 1) // n) for k, reading in enumerate(readings)]

    def _samples(self, readings: list[tuple[_Reading, int]]) -> list[Event]:
        events: list[Event] = []
        ticks: list[int] = []
        rows: list[tuple[float, ...]] = []
        n_lost, divisor = 0, 1.0

        def flush() -> None:
            if ticks:
                values = np.array(rows, np.float64) / divisor
                events.append(Samples(tick=np.array(ticks, np.int64), values=values, n_lost=n_lost))
                ticks.clear()
                rows.clear()

        for reading, tick in readings:
            unit, per = UNITS[reading.unit]
            begins = reading.restarted or unit != self._unit
            if begins or reading.n_lost or per != divisor:
                flush()
                n_lost, divisor = (0 if begins else reading.n_lost), per
            if begins:
                self._unit = unit
                events.append(described(self._options, unit))
            ticks.append(tick)
            rows.append(reading.values)
        flush()
        return events


def _number(text: str) -> float:
    """``text`` as the presets' ``{number}`` allows it."""
    return float("".join(text.split()))
