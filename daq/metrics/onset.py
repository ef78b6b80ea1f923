"""Quiet before an effort to the instant at which it begins: baselines and onset rules of pulls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from daq.metrics.methods import Rule
from daq.metrics.trace import Trace, moving_mean, reading_step_n, runs, window_stats
from daq.metrics.uncertainty import SQRT_12, Budget
from daq.metrics.value import Instant

QUIET_N = {"plate": 10.0, "cell": 1.0, "hand": 0.3}
LEVEL_BAND_N = {"plate": 10.0, "cell": 1.0, "hand": 1.0}
STEP_N = {"plate": 20.0, "cell": 5.0, "hand": 5.0}
SAMPLE_FLOOR_N = {"plate": 0.0, "cell": 0.0, "hand": 2.0}
BASELINE_S, EARLIEST_S, CLEAR_S, SHORTEST_BASELINE_S = 1.0, 5.0, 0.1, 0.1
STAYS_S, GROUP_S, HOLD_S, BACKTRACK_S = 0.050, 0.020, 0.010, 0.100
AMBIGUOUS_S = 0.010
RULES_APART_S = 0.050


@dataclass(frozen=True, slots=True)
class Baseline:
    """Quiet before the effort: ``mean_n`` and ``sd_n`` of ``n`` samples; ``is_quiet`` against the limit of the instrument."""

    mean_n: float
    sd_n: float
    n: int
    start_s: float
    stop_s: float
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Onset:
    """``instant``; the baseline; ``rise_n`` = threshold above it; ``u_kink_s`` the part of u that comes from sampling."""

    instant: Instant
    baseline: Baseline
    rise_n: float
    slope_n_per_s: float
    u_kink_s: float
    is_interpolated: bool
    reasons: tuple[str, ...] = ()


def half_way_index(trace: Trace, *, base_n: float) -> int | None:
    """First sample from which the force stays for 50 ms above half way between ``base_n`` and the maximum of the record."""
    half = base_n + 0.5 * (float(trace.force_n.max()) - base_n)
    starts, stops = runs(trace.force_n > half)
    n = max(trace.n_in(STAYS_S), 1)
    long = np.flatnonzero(stops - starts >= n)
    return int(starts[long[0]]) if len(long) else None


def find_baseline(trace: Trace, before_s: float, *, kind: str) -> Baseline | None:
    """The quiet window before ``before_s``: the latest at its level whose noise is near the lowest.

    Notes
    -----
    Candidates are the 1 s windows that start at most 5 s before and end at least 0.1 s before. The latest quiet one gives the
    level; of the quiet ones at that level the latest with an SD of at most 1.5 times (or one reading step above) the lowest.
    A record with less than a second before the effort gives the window there is.
    """
    stop = int(np.searchsorted(trace.t_s, before_s - CLEAR_S + 1e-9))
    start = int(np.searchsorted(trace.t_s, before_s - EARLIEST_S - 1e-9))
    n = min(max(trace.n_in(BASELINE_S), 2), stop - start)
    if n < max(trace.n_in(SHORTEST_BASELINE_S), 2):
        return None
    means, sds = window_stats(trace.force_n[start:stop], n)
    for a, b in trace.holes:
        low = max(int(np.searchsorted(trace.t_s, a)) - start - n + 1, 0)
        sds[low : max(int(np.searchsorted(trace.t_s, b)) - start + 1, low)] = math.inf
    if not np.isfinite(sds).any():
        return None
    step = reading_step_n(trace)
    quiet = np.flatnonzero(sds <= max(QUIET_N[kind], step))
    if len(quiet) == 0:
        i = int(np.argmin(sds))
    else:
        level = quiet[np.abs(means[quiet] - means[quiet[-1]]) <= LEVEL_BAND_N[kind]]
        lowest = float(sds[level].min())
        i = int(level[sds[level] <= max(1.5 * lowest, lowest + step)][-1])
    first, last = start + i, start + i + n - 1
    return Baseline(float(means[i]), float(sds[i]), n, float(trace.t_s[first]), float(trace.t_s[last]), is_quiet=len(quiet) > 0)


def find_onset(trace: Trace, *, rule: Rule, kind: str, budget: Budget, u_clock_s: float) -> Onset | tuple[str, ...]:
    """The onset of the pull in ``trace``, or the codes that say why there is none.

    ``kind`` is plate, cell or hand (grip) and chooses limits and steps. Fractional where the rule interpolates.
    """
    base_n = 0.0 if kind != "plate" else float(np.percentile(moving_mean(trace.force_n, max(trace.n_in(0.1), 1)), 2))
    half = half_way_index(trace, base_n=base_n)
    if half is None or float(trace.force_n.max()) - base_n < STEP_N[kind]:
        return ("onset_not_found",)
    before_s = float(trace.t_s[half])
    found: Onset | tuple[str, ...] = ("onset_not_found",)
    for _ in range(4):
        baseline = find_baseline(trace, before_s, kind=kind)
        if baseline is None:
            return found if isinstance(found, Onset) else ("onset_not_found",)
        found = _by_rule(trace, baseline, half, rule=rule, kind=kind, budget=budget, u_clock_s=u_clock_s)
        if not isinstance(found, Onset) or found.instant.t_s >= baseline.stop_s + CLEAR_S - trace.dt_s:
            break
        before_s = found.instant.t_s
    return found


def _by_rule(
    trace: Trace, baseline: Baseline, half: int, *, rule: Rule, kind: str, budget: Budget, u_clock_s: float
) -> Onset | tuple[str, ...]:
    step = reading_step_n(trace)
    if rule.name == "threshold_interpolated":
        wanted = max(5.0 * baseline.sd_n, 3.0 * step)
        rise = STEP_N[kind] * max(math.ceil(wanted / STEP_N[kind] - 1e-9), 1)
        t0 = _interpolated(trace, baseline.mean_n + rise, half)
    else:
        rise = _sample_rise(trace, baseline, rule=rule, kind=kind, step=step)
        t0 = rule.number if rule.name == "manual" else _first_run(trace, baseline, rise)
        if t0 is not None and rule.name == "backtrack":
            t0 = _backtracked(trace, baseline, t0)
    if t0 is None or not trace.start_s <= t0 <= trace.stop_s:
        return ("onset_not_found",)
    return _with_certainty(trace, baseline, t0, rise=rise, rule=rule, budget=budget, u_clock_s=u_clock_s)


def _interpolated(trace: Trace, threshold_n: float, half: int) -> float | None:
    force, t = trace.force_n[: half + 1], trace.t_s
    ups = np.flatnonzero((force[:-1] <= threshold_n) & (force[1:] > threshold_n))
    if len(ups) == 0:
        return None
    share = (threshold_n - force[ups]) / (force[ups + 1] - force[ups])
    times = t[ups] + share * (t[ups + 1] - t[ups])
    apart = np.flatnonzero(times[1:] - times[:-1] >= GROUP_S)
    first = int(apart[-1]) + 1 if len(apart) else 0
    return 0.5 * float(times[first] + times[-1])


def _sample_rise(trace: Trace, baseline: Baseline, *, rule: Rule, kind: str, step: float) -> float:
    if rule.name == "absolute_n":
        return rule.number if math.isfinite(rule.number) else STEP_N[kind]
    if rule.name == "relative_peak":
        return 0.01 * rule.number * (float(trace.force_n.max()) - baseline.mean_n)
    k = rule.number if rule.name == "noise_relative_ksd" else 5.0
    return max(k * baseline.sd_n, 3.0 * step, SAMPLE_FLOOR_N[kind])


def _first_run(trace: Trace, baseline: Baseline, rise: float) -> float | None:
    start = int(np.searchsorted(trace.t_s, baseline.stop_s, side="right"))
    starts, stops = runs(trace.force_n[start:] > baseline.mean_n + rise)
    long = np.flatnonzero(stops - starts >= max(trace.n_in(HOLD_S), 2))
    return float(trace.t_s[start + int(starts[long[0]])]) if len(long) else None


def _backtracked(trace: Trace, baseline: Baseline, t0: float) -> float:
    part = trace.slice(t0 - BACKTRACK_S, t0)
    force = trace.force_n[part]
    at_rest = np.flatnonzero(force <= baseline.mean_n)
    lows = np.flatnonzero((force[1:-1] <= force[:-2]) & (force[1:-1] < force[2:])) + 1
    candidates = [int(a[-1]) for a in (at_rest, lows) if len(a)]
    return float(trace.t_s[part.start + max(candidates)]) if candidates else float(trace.t_s[part.start])


def _with_certainty(
    trace: Trace, baseline: Baseline, t0: float, *, rise: float, rule: Rule, budget: Budget, u_clock_s: float
) -> Onset:
    dt = trace.dt_s
    slope = trace.slope_at(t0)
    is_interpolated = rule.name == "threshold_interpolated"
    reasons: list[str] = [] if baseline.is_quiet else ["baseline_not_quiet"]
    u_kink = dt / SQRT_12
    u: float | None = math.hypot(u_kink, u_clock_s)
    if is_interpolated and slope > 0:
        u_kink = _kink_s(trace, t0, rise, slope)
        noise = baseline.sd_n**2 * (2.0 / 3.0 + 1.0 / baseline.n) + (rise * budget.gain) ** 2
        u = math.sqrt(noise / slope**2 + u_kink**2 + u_clock_s**2)
    elif rule.name == "manual":
        u = u_clock_s or None
    other = _first_run(trace, baseline, max(5.0 * baseline.sd_n, 3.0 * reading_step_n(trace), 2.0))
    apart = other is not None and rule.name != "manual" and abs(other - t0) > RULES_APART_S
    if apart or (u is not None and u > AMBIGUOUS_S):
        reasons.append("onset_ambiguous")
    params = {
        "threshold_n": baseline.mean_n + rise, "above_baseline_n": rise, "baseline_n": baseline.mean_n,
        "baseline_sd_n": baseline.sd_n, "baseline_start_s": baseline.start_s, "baseline_stop_s": baseline.stop_s,
    }  # fmt: skip
    instant = Instant("onset", t0, u, trace.nearest(t0), rule.id, params)
    return Onset(instant, baseline, rise, slope, u_kink, is_interpolated, tuple(reasons))


def _kink_s(trace: Trace, t0: float, rise: float, slope: float) -> float:
    """What sampling leaves open: the start may lie anywhere between two samples, or the curve bends between them."""
    dt, i = trace.dt_s, trace.below(t0)
    after = trace.force_n[i : i + 3]
    steepest = float(np.diff(after).max()) / dt if len(after) > 1 else slope
    x = rise / (steepest * dt) if steepest > 0 else math.inf
    if x < 1.0:
        return dt / math.sqrt(3.0) * (1.0 - math.sqrt(x)) ** 2
    h = 0.010
    bend = abs(trace.at(t0 + h) - 2.0 * trace.at(t0) + trace.at(t0 - h)) / h**2
    return dt * dt * bend / (8.0 * slope)
