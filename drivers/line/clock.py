"""The time field of a line to a tick that never steps back: wraps unwrapped, gaps counted, restarts and repeats named."""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

_WRAP = 1 << 32
_GAP = 1.5
_N_KEPT = 64
_N_TO_LEARN = 8
_N_BETWEEN = 16
# A step this much longer than the host has waited is no gap but a clock that began anew.
_PATIENCE_S = 60.0


class Step(Enum):
    """What a line's time is to the one before it."""

    ON = auto()
    RESTART = auto()
    REPEAT = auto()


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a line lies: its tick, and how many lines are missing before it."""

    step: Step
    tick: int
    n_lost: int = 0


class LineClock:
    """Unwraps a 32-bit time field of ``time_hz`` steps a second and learns its period.

    A step longer than 1.5 periods is a gap. The period is the mean of the recent steps that lie within half a median of
    their median; before eight steps are known no gap can be told.
    """

    def __init__(self, time_hz: float) -> None:
        self._time_hz = time_hz
        self._raw: int | None = None
        self._tick = 0
        self._heard_ns = 0
        self._steps: deque[int] = deque(maxlen=_N_KEPT)
        self._n_steps = 0
        self._period: float | None = None

    def place(self, raw: int, heard_ns: int) -> Placed:
        """The line with the time field ``raw`` that came at ``heard_ns``."""
        before, heard_before_ns = self._raw, self._heard_ns
        if before is None:
            return self._begin(raw, heard_ns, Step.ON)
        step = raw - before if max(raw, before) >= _WRAP else (raw - before) % _WRAP
        waited_s = max(0, heard_ns - heard_before_ns) / 1e9
        if not step:
            return Placed(Step.REPEAT, self._tick)
        if step < 0 or step >= _WRAP // 2 or step / self._time_hz > waited_s + _PATIENCE_S:
            self._steps.clear()
            self._n_steps, self._period = 0, None
            return self._begin(raw, heard_ns, Step.RESTART)
        self._raw, self._heard_ns = raw, heard_ns
        self._tick += step
        n_lost = 0
        if self._period is not None and step > _GAP * self._period:
            n_lost = round(step / self._period) - 1
        self._learn(step)
        return Placed(Step.ON, self._tick, n_lost)

    def _begin(self, raw: int, heard_ns: int, step: Step) -> Placed:
        self._raw, self._tick, self._heard_ns = raw, raw, heard_ns
        return Placed(step, raw)

    def _learn(self, step: int) -> None:
        self._steps.append(step)
        self._n_steps += 1
        if self._n_steps == _N_TO_LEARN or self._n_steps % _N_BETWEEN == 0:
            middle = statistics.median(self._steps)
            usual = [s for s in self._steps if 0.5 * middle <= s <= 1.5 * middle]
            self._period = statistics.fmean(usual)
