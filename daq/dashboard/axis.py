"""The smallest and largest force on show to an axis that stands still."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

_STEPS = (1.0, 2.0, 2.5, 5.0)
_ROWS_PER_STEP = (5, 4, 3, 2, 1)
_LEAST_TOP_N = 40.0
_HOLD_S = 10.0
_NEGATIVE_SHARE = 0.05
_SHRINK_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Axis:
    """A label every ``step_n``, that is every ``rows_per_step`` rows, so that the grid is even.

    Zero is in the middle of a row, ``n_below`` labels above the lowest of ``n_rows``; the top row is headroom.
    ``needed_s`` is when the upper half was last needed.
    """

    step_n: float = 10.0
    rows_per_step: int = 1
    n_rows: int = 0
    n_below: int = 0
    needed_s: float = 0.0

    @property
    def zero_row(self) -> int:
        """The row of zero, from the top."""
        return self.n_rows - 1 - self.n_below * self.rows_per_step

    @property
    def rows_per_n(self) -> float:
        """Rows for one newton."""
        return self.rows_per_step / self.step_n

    @property
    def top_n(self) -> float:
        """The largest force below the headroom."""
        return (self.zero_row - 0.5) / self.rows_per_n

    @property
    def labels(self) -> dict[int, str]:
        """The labelled rows, from the top, and what stands there."""
        steps = range(-self.n_below, self.zero_row // self.rows_per_step + 1)
        return {self.zero_row - k * self.rows_per_step: f"{k * self.step_n + 0.0:.0f}" for k in steps}


def nice(at_least: float) -> float:
    """The smallest of 1, 2, 2.5, 5, 10, ... that is not below ``at_least`` > 0."""
    power = 10.0 ** math.floor(math.log10(at_least))
    return next((s * power for s in _STEPS if s * power >= at_least * (1 - 1e-12)), 10 * power)


def fresh_axis(low_n: float, high_n: float, *, t_s: float, n_rows: int) -> Axis:
    """The axis that shows ``low_n`` to ``high_n`` largest, with one row of headroom."""
    high_n = max(high_n, _LEAST_TOP_N)
    share_below = max(-low_n, 0.0) / high_n if low_n < -_NEGATIVE_SHARE * high_n else 0.0
    rows_above = max(n_rows - 1.5, 0.5) / (1.0 + share_below)
    choices = [k for k in _ROWS_PER_STEP if k <= max(rows_above / 2, 1)]
    found = []
    for k in choices:
        step = nice(max(high_n * k / rows_above, 10.0))
        n_below = math.ceil(-low_n / step) if share_below else 0
        found.append(Axis(step, k, n_rows, n_below=min(n_below, max((n_rows - 2) // k, 0)), needed_s=t_s))
    fitting = [a for a in found if a.top_n >= high_n] or [
        Axis(nice(max(high_n * k / max(n_rows - 1.5 - k, 0.5), 10.0)), k, n_rows, min(1, n_rows - 1), t_s) for k in choices[-1:]
    ]
    return min(fitting, key=lambda a: a.top_n)


def next_axis(axis: Axis, low_n: float, high_n: float, *, t_s: float, n_rows: int) -> Axis:
    """The axis for data from ``low_n`` to ``high_n`` at ``t_s``, where ``axis`` stood before.

    It grows at once, and shrinks only when less than half of it was needed for 10 s.
    """
    wanted = fresh_axis(low_n, high_n, t_s=t_s, n_rows=n_rows)
    if axis.n_rows != n_rows or wanted.top_n > axis.top_n or wanted.n_below > axis.n_below:
        return wanted
    if wanted.top_n > _SHRINK_SHARE * axis.top_n:
        return replace(axis, needed_s=t_s)
    return wanted if t_s - axis.needed_s >= _HOLD_S else axis


def second_ticks(window_s: float, n_cells: int) -> tuple[int, ...]:
    """Whole seconds before now that deserve a label, 0 first, at least 10 cells apart."""
    step = max(1, math.ceil(nice(10.0 * window_s / max(n_cells, 1))))
    return tuple(range(0, math.floor(window_s + 1e-9) + 1, step))
