"""A curve before an effort to its quiet window: level, noise, and whether it was quiet enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from daq.metrics.methods import Rule
from daq.metrics.samples import window_stats
from daq.metrics.trace import Trace, reading_step_n

LEVEL_BAND_N = {"plate": 10.0, "cell": 1.0, "hand": 1.0}
BASELINE_S, EARLIEST_S, CLEAR_S, SHORTEST_S = 1.0, 5.0, 0.1, 0.1


@dataclass(frozen=True, slots=True)
class Baseline:
    """Quiet before the effort: ``mean_n`` and ``sd_n`` of ``n`` samples; ``is_quiet`` against the limits of the sensor."""

    mean_n: float
    sd_n: float
    n: int
    start_s: float
    stop_s: float
    is_quiet: bool
    method: str = "baseline.automatic"


@dataclass(frozen=True, slots=True)
class Quiet:
    """What counts as quiet: largest SD, largest slope, and how far apart windows of one level may lie."""

    sd_n: float
    slope_n_per_s: float
    level_n: float

    @classmethod
    def of(cls, sensor: str, limit: Callable[[str], float]) -> Quiet:
        """The limits of plate, cell or hand, as the test sets them."""
        return cls(limit(f"baseline_sd_{sensor}_n"), limit("baseline_slope_n_per_s"), LEVEL_BAND_N[sensor])


def find_baseline(
    trace: Trace, before_s: float, *, quiet: Quiet, rule: Rule | None = None, from_s: float = -math.inf
) -> Baseline | None:
    """The quiet window before ``before_s``: the latest at its level whose noise is near the lowest; None where none fits.

    Parameters
    ----------
    trace : Trace
    before_s : float
        Where the effort begins, as far as is known.
    quiet : Quiet
        Limits.
    rule : Rule
        ``baseline.manual`` takes the window that a person set, whatever ``before_s`` is.
    from_s : float
        Nothing before this is a candidate: the step onto a plate.

    Notes
    -----
    Candidates are the 1 s windows that start at most 5 s before and end at least 0.1 s before. The latest quiet one gives the
    level; of the quiet ones at that level the latest with an SD of at most 1.5 times (or one reading step above) the lowest.
    So a short dip before the pull is left out, and quiet standing before tension is taken up is not mistaken for the baseline.
    A record with less than a second before the effort gives the window there is.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> pull = exponential_pull()
    >>> base = find_baseline(pull.trace, 2.0, quiet=Quiet(1.0, 10.0, 1.0))
    >>> base.mean_n, base.n, round(base.stop_s, 3)
    (0.0, 1000, 1.9)
    """
    if rule is not None and rule.name == "manual":
        return _by_hand(trace, rule, quiet)
    stop = int(np.searchsorted(trace.t_s, before_s - CLEAR_S + 1e-9))
    start = int(np.searchsorted(trace.t_s, max(before_s - EARLIEST_S, from_s) - 1e-9))
    n = min(trace.n_in(BASELINE_S), stop - start)
    if n < max(trace.n_in(SHORTEST_S), 2):
        return None
    means, sds = window_stats(trace.force_n[start:stop], n)
    for a, b in trace.holes:
        # A window may end with the last sample before a hole, or start with the first behind it.
        low = max(int(np.searchsorted(trace.t_s, a)) - start - n + 2, 0)
        sds[low : max(int(np.searchsorted(trace.t_s, b)) - start, low)] = math.inf
    if not np.isfinite(sds).any():
        return None
    step = reading_step_n(trace)
    still = np.flatnonzero(sds <= max(quiet.sd_n, step))
    if len(still) == 0:
        i = int(np.argmin(sds))
    else:
        level = still[np.abs(means[still] - means[still[-1]]) <= quiet.level_n]
        lowest = float(sds[level].min())
        i = int(level[sds[level] <= max(1.5 * lowest, lowest + step)][-1])
    window = slice(start + i, start + i + n)
    is_quiet = len(still) > 0 and abs(_slope(trace, window)) <= quiet.slope_n_per_s
    return _made(trace, window, float(means[i]), float(sds[i]), is_quiet=is_quiet)


def _by_hand(trace: Trace, rule: Rule, quiet: Quiet) -> Baseline | None:
    window = trace.slice(*rule.numbers)
    # The stop is excluded, so that 0:1 is one second and not one sample more.
    window = slice(window.start, max(window.stop - 1, window.start))
    force = trace.force_n[window]
    if len(force) < 2 or trace.touches_hole(*rule.numbers):  # noqa: PLR2004, an SD needs two
        return None
    sd = float(force.std(ddof=1))
    is_quiet = sd <= max(quiet.sd_n, reading_step_n(trace)) and abs(_slope(trace, window)) <= quiet.slope_n_per_s
    return _made(trace, window, float(force.mean()), sd, is_quiet=is_quiet, method=rule.id)


def _made(
    trace: Trace, window: slice, mean_n: float, sd_n: float, *, is_quiet: bool, method: str = "baseline.automatic"
) -> Baseline:
    start_s, stop_s = float(trace.t_s[window.start]), float(trace.t_s[window.stop - 1])
    return Baseline(mean_n, sd_n, window.stop - window.start, start_s, stop_s, is_quiet, method)


def _slope(trace: Trace, window: slice) -> float:
    """Slope of the least-squares line through the window, N/s."""
    t = trace.t_s[window]
    t = t - t.mean()
    return float(t @ trace.force_n[window]) / float(t @ t)
