"""The far end of a line device: force in newtons and questions in, lines of text out, as the preset writes them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from daq.driver import Fault, Force
from daq.units import NEWTONS_PER_UNIT
from drivers.line.presets import COUNTS_PER_N, UNITS, LineOptions

TWIN_FAULTS = frozenset(
    {
        "asleep",
        "bad_value",
        "clock_restart",
        "clock_wrap",
        "full_scale",
        "late_reply",
        "no_reply",
        "slow_rate",
        "wrong_unit",
    }
)
_NS_PER_S = 1_000_000_000
_NS_MILLIHZ = 1000 * _NS_PER_S
_WRAP = 1 << 32


class LineTwin:
    """Any preset. One that speaks by itself begins in the middle of a line and greets, as a board does that was just opened.

    Its force goes to all channels where ``force`` has one column, else column by column.
    """

    def __init__(self, options: LineOptions, force: Force, faults: Sequence[Fault] = ()) -> None:
        self._options, self._layout = options, options.layout
        self._force, self._faults = force, tuple(faults)
        self._rate_millihz = round(1000 * (options.nominal_hz or self._layout.twin_hz))
        self._now_ns, self._carry_ns, self._boot_ns = 0, 0.0, 0
        self._answers: list[int] = []
        self._running = not (self._layout.start or self._layout.poll)
        self._unread = b""
        self._chance = np.random.default_rng([f.seed for f in self._faults if f.name == "bad_value"])
        wrap = self._fault("clock_wrap", 0)
        self._clock = 0 if wrap is None else _WRAP - round(wrap.value * self._layout.time_hz)
        self._outbox = [] if not self._running or self._fault("asleep", 0) else [self._half_line(), *self._banner()]

    def feed(self, port: str, data: bytes) -> None:
        """Bytes from the host: questions, and the preset's words."""
        del port
        if self._fault("asleep", self._now_ns) is not None:
            return
        layout = self._layout
        self._unread = (self._unread + data)[-256:]
        if layout.poll:
            n = self._unread.count(layout.poll)
            if n:
                self._unread = self._unread[self._unread.rindex(layout.poll) + len(layout.poll) :]
            if self._fault("no_reply", self._now_ns) is None:
                late = self._fault("late_reply", self._now_ns)
                wait_ns = 1 if late is None else max(1, round(late.value * _NS_PER_S))
                self._answers += [self._now_ns + wait_ns] * n
        if layout.start and layout.start in data:
            self._running = True
        if layout.stop and layout.stop in data:
            self._running = False

    def advance(self, dt_s: float) -> list[tuple[str, bytes]]:
        """The lines of the next ``dt_s``, in one piece."""
        exact_ns = dt_s * _NS_PER_S + self._carry_ns
        end_ns = self._now_ns + round(exact_ns)
        self._carry_ns = exact_ns - round(exact_ns)
        while self._now_ns < end_ns:
            stop_ns = min([end_ns, *[t_ns for t_ns in self._edges() if t_ns > self._now_ns]])
            if self._fault("asleep", self._now_ns) is None:
                self._outbox += self._lines(self._times_ns(stop_ns))
            self._now_ns = stop_ns
            if any(f.name == "clock_restart" and _ns(f.at_s) == stop_ns for f in self._faults):
                self._boot_ns, self._clock = stop_ns, 0
                self._outbox += self._banner()
        said = b"".join(self._outbox)
        self._outbox.clear()
        return [("", said)] if said else []

    # --- time ---------------------------------------------------------------------------------------------------

    def _edges(self) -> list[int]:
        return [_ns(t_s) for f in self._faults for t_s in (f.at_s, f.until_s) if math.isfinite(t_s)]

    def _fault(self, name: str, t_ns: int) -> Fault | None:
        return next((f for f in self._faults if f.name == name and _ns(f.at_s) <= t_ns < f.until_s * _NS_PER_S), None)

    def _times_ns(self, stop_ns: int) -> list[int]:
        """When readings are taken from now until just before ``stop_ns``."""
        if self._layout.poll:
            due = [t_ns for t_ns in self._answers if t_ns <= stop_ns]
            self._answers = [t_ns for t_ns in self._answers if t_ns > stop_ns]
            return due
        if not self._running:
            return []
        slow = self._fault("slow_rate", self._now_ns)
        rate = self._rate_millihz if slow is None else max(1, round(1000 * slow.value))
        first, stop = (-(-t_ns * rate // _NS_MILLIHZ) for t_ns in (self._now_ns, stop_ns))
        return [k * _NS_MILLIHZ // rate for k in range(first, stop)]

    # --- lines --------------------------------------------------------------------------------------------------

    def _lines(self, times_ns: list[int]) -> list[bytes]:
        if not times_ns:
            return []
        values, unit = self._values(np.array(times_ns) / _NS_PER_S)
        bad = self._fault("bad_value", self._now_ns)
        if bad is not None:
            chosen = self._chance.random(len(values)) < bad.value
            values[chosen, 0] = np.where(np.arange(np.count_nonzero(chosen)) % 2, math.inf, math.nan)
        return [self._line(t_ns, row, unit) for t_ns, row in zip(times_ns, values.tolist(), strict=True)]

    def _values(self, t_s: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
        """Rows in the unit of the line, and how the line writes that unit."""
        force_n = np.asarray(self._force(t_s), float).reshape(len(t_s), -1)
        limit = self._fault("full_scale", self._now_ns)
        if limit is not None:
            force_n = np.clip(force_n, -limit.value, limit.value)
        unit = self._options.wire_unit
        if self._fault("wrong_unit", self._now_ns) is not None:
            unit = "kg" if UNITS[unit.lower()][0] == "lb" else "lbF"
        resolved, per = UNITS[unit.lower()]
        values = force_n / NEWTONS_PER_UNIT.get(resolved, 1 / COUNTS_PER_N) * per
        return np.broadcast_to(values, (len(t_s), len(self._layout.channels))).copy(), unit

    def _line(self, t_ns: int, row: list[float], unit: str) -> bytes:
        fields: dict[str, float | str] = {"unit": unit}
        fields["time"] = ((t_ns - self._boot_ns) * round(self._layout.time_hz) // _NS_PER_S + self._clock) % _WRAP
        for name, value in zip(self._layout.channels, row, strict=True):
            fields |= {name: value, f"{name}_sign": "-" if value < 0 else " ", f"{name}_size": abs(value)}
        return self._layout.render.format_map(fields).encode("latin-1") + self._layout.eol

    def _half_line(self) -> bytes:
        line = self._line(0, [0.0] * len(self._layout.channels), self._options.wire_unit)
        return line[len(line) // 2 :]

    def _banner(self) -> list[bytes]:
        return [text.encode("latin-1") + self._layout.eol for text in self._layout.banner]


def _ns(t_s: float) -> int:
    return round(t_s * _NS_PER_S)
