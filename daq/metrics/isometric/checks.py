"""Baseline, onset and curve of a pull to what a coach would say about the way it was done."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from daq.metrics.baseline import BASELINE_S, CLEAR_S
from daq.metrics.effort import Floats
from daq.metrics.onset import Onset
from daq.metrics.samples import moving_mean, runs
from daq.metrics.trace import Trace, reading_step_n

BEFORE_S, DIP_STAYS_S, SHORT_MEAN_S, SLOWEST_HALF_S = 0.5, 0.010, 0.1, 1.0


def check_tension(trace: Trace, onset: Onset, limit: Callable[[str], float], *, weight_n: float | None) -> tuple[str, ...]:
    """Tension of a person on a plate before the pull: too much of it over the weight, or not held.

    Notes
    -----
    Held: the 100 ms means of the baseline, and those of the last second before the onset, stay within the limit of each other,
    and half of the rise is reached within a second. Tension that grows without a pause has no quiet window, so the baseline is
    the standing before it and the onset its beginning; it is only the slowness of the rise that gives it away.
    """
    base, t0, codes = onset.baseline, onset.instant.t_s, []
    if weight_n is not None and base.mean_n > weight_n + limit("pretension_n"):
        codes.append("pretension_high")
    spread = max(_spread_n(trace, base.start_s, base.stop_s), _spread_n(trace, t0 - BASELINE_S - CLEAR_S, t0 - CLEAR_S))
    after = trace.force_n[int(np.searchsorted(trace.t_s, t0)) :]
    half_n = base.mean_n + 0.5 * (float(after.max(initial=base.mean_n)) - base.mean_n)
    is_slow = int((after >= half_n).argmax()) * trace.dt_s > SLOWEST_HALF_S
    if spread > limit("pretension_range_n") or is_slow:
        codes.append("pretension_unstable")
    return tuple(codes)


def _spread_n(trace: Trace, start_s: float, stop_s: float) -> float:
    """Range of the 100 ms means in a window, N."""
    part = trace.force_n[trace.slice(max(start_s, trace.start_s), stop_s)]
    n = max(trace.n_in(SHORT_MEAN_S), 1)
    return float(np.ptp(moving_mean(part, n))) if len(part) >= n else 0.0


def check_effort(trace: Trace, onset: Onset, stop_s: float, limit: Callable[[str], float], *, sensor: str) -> tuple[str, ...]:
    """The codes of a pull from ``onset`` to ``stop_s`` that was not done as asked."""
    base, t0 = onset.baseline, onset.instant.t_s
    effort = trace.slice(t0, stop_s)
    force = trace.force_n[effort]
    codes = []
    peak = int(force.argmax())
    if float(trace.t_s[effort.start + peak]) - t0 > limit("peak_late_s"):
        codes.append("peak_late")
    before = trace.force_n[trace.slice(t0 - BEFORE_S, t0)]
    dip = max(5.0 * base.sd_n, 3.0 * reading_step_n(trace), limit(f"dip_{sensor}_n"))
    starts, stops = runs(before < base.mean_n - dip)
    if len(starts) and int((stops - starts).max()) >= trace.n_in(DIP_STAYS_S):
        codes.append("countermovement_before_pull")
    if is_double(force - base.mean_n, again_percent=limit("double_pull_percent")):
        codes.append("double_pull")
    return tuple(codes)


def is_double(net_n: Floats, *, again_percent: float) -> bool:
    """After a drop below half of the peak so far the force rises again by more than ``again_percent`` of the peak.

    >>> net = np.concatenate((np.linspace(0, 400, 50), np.linspace(400, 150, 50), np.linspace(150, 300, 50)))
    >>> is_double(net, again_percent=20.0), is_double(net[:100], again_percent=20.0)
    (True, False)
    """
    highest = np.maximum.accumulate(net_n)
    below = np.flatnonzero((net_n < 0.5 * highest) & (highest > 0.25 * float(net_n.max())))
    if len(below) == 0:
        return False
    rest = net_n[int(below[0]) :]
    return bool((rest - np.minimum.accumulate(rest)).max() > 0.01 * again_percent * float(net_n.max()))
