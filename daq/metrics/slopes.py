"""An instant of a trace to the slopes on both of its sides, and to how far a straight line between two samples may be off."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.trace import SLOPE_HALF_S, Trace

# A kink: the two sides differ by more than this many times what the bends beside them explain.
KINK_TIMES = 2.0


class Sides(NamedTuple):
    """Slopes right before and right after an instant, N/s; ``bend_n_per_s`` by how much the slope changes over 10 ms there."""

    before_n_per_s: float
    after_n_per_s: float
    bend_n_per_s: float

    @property
    def either_n_per_s(self) -> float:
        """The slope that moves a force when the instant moves to one side or the other: root mean square, with its sign."""
        size = math.hypot(self.before_n_per_s, self.after_n_per_s) / math.sqrt(2.0)
        return math.copysign(size, self.before_n_per_s + self.after_n_per_s)


def sides_at(trace: Trace, time_s: float) -> Sides:
    """The slopes on both sides of an instant.

    Notes
    -----
    Where the curve is smooth both are that of the line through +-10 ms. Where it has a kink such a line is a mean of what lies
    before and behind, so each side has its own: that of the line through its 10 ms, carried on to the instant by the change
    from the 10 ms beyond.

    Examples
    --------
    >>> from daq.metrics.effort import Instrument
    >>> t = np.arange(400) / 1000.0
    >>> up_and_flat = Trace.made(t, 2000.0 * np.minimum(t, 0.2), 1000.0, instrument=Instrument(), holes=())
    >>> [round(slope) for slope in sides_at(up_and_flat, 0.2)]
    [2000, 0, 0]
    >>> [round(slope) for slope in sides_at(up_and_flat, 0.1)]
    [2000, 2000, 0]
    """
    both = trace.slope_at(time_s)
    k, i = _half(trace), trace.below(time_s)
    # The last sample of a trace may lie off the grid.
    if i < 2 * k or i + 2 * k + 2 >= len(trace.force_n):
        return Sides(both, both, 0.0)
    beyond, before, after, later = (_lines(k) @ trace.force_n[i - 2 * k : i + 2 * k + 2] * trace.rate_hz).tolist()
    bends = abs(before - beyond), abs(later - after)
    if abs(after - before) <= KINK_TIMES * max(bends):
        return Sides(both, both, min(bends))
    # From the middle of a line to the instant it is half of a line and a part of the step about the instant.
    x = (time_s - float(trace.t_s[i])) * trace.rate_hz
    to_left, to_right = (0.5 * k + x) / k, (0.5 * k + 1.0 - x) / k
    return Sides(before + to_left * (before - beyond), after - to_right * (later - after), min(bends))


def _half(trace: Trace) -> int:
    """Steps in 10 ms, at least 2."""
    return max(round(SLOPE_HALF_S * trace.rate_hz), 2)


@lru_cache(maxsize=16)
def _lines(k: int) -> Floats:
    """Weights (4, 4 k + 2) that give the slopes per step of four lines of ``k + 1`` samples, two before and two behind."""
    places = np.arange(k + 1) - 0.5 * k
    weights = np.zeros((4, 4 * k + 2))
    for row, first in enumerate((0, k, 2 * k + 1, 3 * k + 1)):
        weights[row, first : first + k + 1] = places / float(places @ places)
    return weights


def u_between_n(trace: Trace, time_s: float, sides: Sides) -> float:
    """Standard uncertainty of the force on the straight line between two samples, without noise, N.

    Notes
    -----
    A kink of the slope by p anywhere between the samples takes the line off by at most ``p dt x (1 - x)``, x the place in the
    step, and always to the same side, so the most of it counts; a bend counts with half of its change of slope over the step.

    Examples
    --------
    >>> from daq.metrics.effort import Instrument
    >>> t = np.arange(100) / 200.0
    >>> up_and_flat = Trace.made(t, 2000.0 * np.minimum(t, 0.2025), 200.0, instrument=Instrument(), holes=())
    >>> sides = sides_at(up_and_flat, 0.2025)  # the corner lies half way: 2000 N/s x 5 ms / 4
    >>> round(u_between_n(up_and_flat, 0.2025, sides), 3)
    2.5
    """
    x = (time_s - float(trace.t_s[trace.below(time_s)])) * trace.rate_hz
    change = abs(sides.after_n_per_s - sides.before_n_per_s) + 0.5 * sides.bend_n_per_s / _half(trace)
    return abs(x * (1.0 - x)) * change * trace.dt_s
