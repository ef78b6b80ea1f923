"""A baseline and a rule to the instant at which an effort begins, with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from daq.errors import UsageError
from daq.metrics.baseline import CLEAR_S, Baseline, Quiet, find_baseline
from daq.metrics.methods import Rule
from daq.metrics.samples import moving_mean, runs
from daq.metrics.slopes import sides_at
from daq.metrics.trace import Trace, reading_step_n
from daq.metrics.uncertainty import SQRT_12, Budget, crossing_share
from daq.metrics.value import Instant, Params

STEP_N = {"plate": 20.0, "cell": 5.0, "hand": 5.0}
STAYS_S, GROUP_S, HOLD_S, BACKTRACK_S, YANK_S, BASE_S, BEND_S = 0.050, 0.020, 0.010, 0.100, 0.020, 0.1, 0.005
LOW_PERCENT = 2.0
SLOPE_HALVES_S, STEADY = (0.010, 0.020, 0.040), 0.15
AMBIGUOUS_S, RULES_APART_S, LEAST_OTHER_N = 0.010, 0.050, 2.0
CHANGES = 4
FIVE_SD = 5.0
# Rules that differ in their threshold only; any other name has to be told what it does.
FIRST_RUN = ("noise_relative_5sd", "noise_relative_ksd", "absolute_n", "relative_peak", "backtrack")


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What an onset is looked for in: the curve, the rules ``onset`` and ``baseline``, limits by name.

    ``sensor`` is plate, cell or hand; ``weight_n`` the body weight of a person who stands on the plate, weighed until
    ``weighed_s``; nothing before ``from_s`` belongs to the effort.
    """

    trace: Trace
    rules: Mapping[str, Rule]
    sensor: str
    limit: Callable[[str], float]
    budget: Budget
    u_clock_s: float
    weight_n: float | None = None
    from_s: float = -math.inf
    weighed_s: float = -math.inf

    @property
    def rule(self) -> Rule:
        """The onset rule."""
        return self.rules["onset"]


@dataclass(frozen=True, slots=True)
class Onset:
    """``instant``; the baseline; ``rise_n`` = threshold above it; ``u_kink_s`` the part of u that comes from sampling.

    ``slope_n_per_s`` is the slope there, of a line through ``+-slope_half_s``; ``noise_share`` the share of the noise power
    that moves the instant.
    """

    instant: Instant
    baseline: Baseline
    rise_n: float
    slope_n_per_s: float
    u_kink_s: float
    is_interpolated: bool
    noise_share: float
    slope_half_s: float
    reasons: tuple[str, ...] = ()

    @property
    def level_n(self) -> float:
        """Force at the onset: the threshold."""
        return self.baseline.mean_n + self.rise_n


def base_level_n(trace: Trace, *, sensor: str, from_s: float = -math.inf, weight_n: float | None = None) -> float:
    """What the force was before the effort, roughly: zero, the body weight, or the 2nd percentile of the 100 ms means, N."""
    if sensor != "plate":
        return 0.0
    if weight_n is not None:
        return weight_n
    part = trace.force_n[int(np.searchsorted(trace.t_s, from_s - 1e-9)) :]
    part = part if len(part) else trace.force_n
    return float(np.percentile(moving_mean(part, min(max(trace.n_in(BASE_S), 1), len(part))), LOW_PERCENT))


def half_way_index(trace: Trace, *, base_n: float, from_s: float = -math.inf, least_n: float = -math.inf) -> int | None:
    """First sample from which the force stays for 50 ms above half way between ``base_n`` and the maximum of the record.

    Half way is not below ``least_n``: half of a weak effort lies below the threshold of its start.
    """
    half = max(base_n + 0.5 * (float(trace.force_n.max()) - base_n), least_n)
    first = int(np.searchsorted(trace.t_s, from_s - 1e-9))
    starts, stops = runs(trace.force_n[first:] > half)
    long = np.flatnonzero(stops - starts >= max(trace.n_in(STAYS_S), 1))
    return first + int(starts[long[0]]) if len(long) else None


def find_onset(search: Search) -> Onset | tuple[str, ...]:
    """The onset of the effort, or the codes that say why there is none.

    Notes
    -----
    The baseline is looked for before the half-way point; when the onset then found lies before it, or less than 0.1 s behind
    its end, once more before that onset, three times at most. A baseline set by hand stays.
    """
    trace, sensor = search.trace, search.sensor
    base_n = base_level_n(trace, sensor=sensor, from_s=search.from_s, weight_n=search.weight_n)
    half = half_way_index(trace, base_n=base_n, from_s=search.from_s)
    if half is None or float(trace.force_n.max()) - base_n < STEP_N[sensor]:
        return ("onset_not_found",)
    quiet, how = Quiet.of(sensor, search.limit), search.rules.get("baseline")
    before_s = float(trace.t_s[half])
    found: Onset | tuple[str, ...] = ("onset_not_found",)
    for _ in range(CHANGES):
        baseline = find_baseline(trace, before_s, quiet=quiet, rule=how, from_s=search.from_s)
        if baseline is None:
            break
        found = _by_rule(search, baseline, half)
        if not isinstance(found, Onset) or baseline.method == "baseline.manual":
            break
        if found.instant.t_s >= baseline.stop_s + CLEAR_S - trace.dt_s:
            break
        before_s = found.instant.t_s
    return found


def _by_rule(search: Search, baseline: Baseline, half: int) -> Onset | tuple[str, ...]:
    trace, rule = search.trace, search.rule
    if rule.name == "bodyweight_percent" and search.weight_n is None:
        return ("weighing_missing",)
    rise = _rise_n(search, baseline)
    if rule.name == "threshold_interpolated":
        threshold_n = baseline.mean_n + rise
        if float(trace.force_n[half]) <= threshold_n:
            # The baseline is a tension not far below the half-way point, which then has to be counted from there.
            half = half_way_index(trace, base_n=baseline.mean_n, from_s=search.from_s, least_n=threshold_n) or half
        t0 = _interpolated(trace, threshold_n, half)
    elif rule.name == "manual":
        t0 = rule.number
        rise = trace.at(t0) - baseline.mean_n
    elif rule.name == "yank":
        t0 = _first_yank(trace, baseline, rule.number)
        rise = trace.at(t0) - baseline.mean_n if t0 is not None else 0.0
    elif rule.name == "bodyweight_percent":
        # Tension that was taken up before the baseline has left the weight already.
        t0 = _first_run(trace, baseline, rise, from_s=search.weighed_s)
    elif rule.name in FIRST_RUN:
        t0 = _first_run(trace, baseline, rise)
        if t0 is not None and rule.name == "backtrack":
            t0 = _backtracked(trace, baseline, t0)
    else:
        raise UsageError(f"The method {rule.id} does not fit this kind of test; daq tests ID lists the rules of a test.")
    if t0 is None or not trace.start_s <= t0 <= trace.stop_s:
        return ("onset_not_found",)
    return _with_certainty(search, baseline, t0, rise=rise)


def _rise_n(search: Search, baseline: Baseline) -> float:
    """How far above the baseline the threshold of the rule lies, N."""
    rule, step_n = search.rule, STEP_N[search.sensor]
    q3 = 3.0 * reading_step_n(search.trace)
    if rule.name == "threshold_interpolated":
        return step_n * max(math.ceil(max(5.0 * baseline.sd_n, q3) / step_n - 1e-9), 1)
    if rule.name == "absolute_n":
        return rule.number if math.isfinite(rule.number) else step_n
    if rule.name == "relative_peak":
        return 0.01 * rule.number * (float(search.trace.force_n.max()) - baseline.mean_n)
    if rule.name == "bodyweight_percent":
        weight = search.weight_n or 0.0
        return weight * (1.0 + 0.01 * rule.number) - baseline.mean_n
    k = rule.number if rule.name == "noise_relative_ksd" else FIVE_SD
    return max(k * baseline.sd_n, q3, search.limit(f"onset_floor_{search.sensor}_n"))


def _interpolated(trace: Trace, threshold_n: float, half: int) -> float | None:
    """The last crossing before the half-way point; where noise crosses several times, between the first and last of those."""
    force, t = trace.force_n[: half + 1], trace.t_s
    ups = np.flatnonzero((force[:-1] <= threshold_n) & (force[1:] > threshold_n))
    if len(ups) == 0:
        return None
    share = (threshold_n - force[ups]) / (force[ups + 1] - force[ups])
    times = t[ups] + share * (t[ups + 1] - t[ups])
    apart = np.flatnonzero(times[1:] - times[:-1] >= GROUP_S)
    first = int(apart[-1]) + 1 if len(apart) else 0
    return 0.5 * float(times[first] + times[-1])


def _first_run(trace: Trace, baseline: Baseline, rise: float, *, from_s: float | None = None) -> float | None:
    start = int(np.searchsorted(trace.t_s, baseline.stop_s if from_s is None else from_s, side="right"))
    return _start_of_run(trace, start, trace.force_n[start:] > baseline.mean_n + rise)


def _first_yank(trace: Trace, baseline: Baseline, limit_n_per_s: float) -> float | None:
    """The first sample about which the force changes faster than the limit, over 20 ms with the sample in the middle."""
    k = max(round(0.5 * YANK_S * trace.rate_hz), 1)
    start = max(int(np.searchsorted(trace.t_s, baseline.stop_s, side="right")), k)
    stop = len(trace.force_n) - k
    if stop <= start:
        return None
    change = np.abs(trace.force_n[start + k : stop + k] - trace.force_n[start - k : stop - k])
    return _start_of_run(trace, start, change > limit_n_per_s * 2 * k * trace.dt_s)


def _start_of_run(trace: Trace, start: int, is_above: np.ndarray) -> float | None:
    starts, stops = runs(is_above)
    long = np.flatnonzero(stops - starts >= max(trace.n_in(HOLD_S), 2))
    return float(trace.t_s[start + int(starts[long[0]])]) if len(long) else None


def _backtracked(trace: Trace, baseline: Baseline, t0: float) -> float:
    """The later of the last sample at rest and the last local minimum, not more than 100 ms back."""
    part = trace.slice(t0 - BACKTRACK_S, t0)
    force = trace.force_n[part]
    at_rest = np.flatnonzero(force <= baseline.mean_n)
    lows = np.flatnonzero((force[1:-1] <= force[:-2]) & (force[1:-1] < force[2:])) + 1
    candidates = [int(a[-1]) for a in (at_rest, lows) if len(a)]
    return float(trace.t_s[part.start + max(candidates)]) if candidates else float(trace.t_s[part.start])


def _with_certainty(search: Search, baseline: Baseline, t0: float, *, rise: float) -> Onset:
    trace, rule, u_clock_s = search.trace, search.rule, search.u_clock_s
    dt = trace.dt_s
    slope, half_s = _steady_slope(trace, t0, baseline.sd_n)
    is_interpolated = rule.name == "threshold_interpolated"
    reasons: list[str] = [] if baseline.is_quiet else ["baseline_not_quiet"]
    u_kink = dt / SQRT_12
    u: float | None = math.hypot(u_kink, u_clock_s)
    moves = crossing_share(slope, noise_n=baseline.sd_n, dt_s=dt, group_s=GROUP_S)
    if is_interpolated and slope > 0:
        u_kink = _kink_s(trace, t0, rise, slope)
        noise = baseline.sd_n**2 * (moves + 1.0 / baseline.n) + (rise * search.budget.gain) ** 2
        u = math.sqrt(noise / slope**2 + u_kink**2 + u_clock_s**2)
    elif rule.name == "manual":
        u = u_clock_s or None
    other = _first_run(trace, baseline, max(5.0 * baseline.sd_n, 3.0 * reading_step_n(trace), LEAST_OTHER_N))
    apart = other is not None and rule.name != "manual" and abs(other - t0) > RULES_APART_S
    if apart or (u is not None and u > AMBIGUOUS_S):
        reasons.append("onset_ambiguous")
    params: Params = {
        "threshold_n": baseline.mean_n + rise, "above_baseline_n": rise, "baseline_n": baseline.mean_n,
        "baseline_sd_n": baseline.sd_n, "baseline_start_s": baseline.start_s, "baseline_stop_s": baseline.stop_s,
        "baseline": baseline.method,
    }  # fmt: skip
    if rule.name == "yank":
        params = {**params, "limit_n_per_s": rule.number, "window_s": YANK_S}
    instant = Instant("onset", t0, u, trace.nearest(t0), rule.id, params)
    return Onset(instant, baseline, rise, slope, u_kink, is_interpolated, moves, half_s, tuple(reasons))


def _steady_slope(trace: Trace, t0: float, noise_n: float) -> tuple[float, float]:
    """Slope at the onset and the half width of its line: +-10 ms, wider only where noise would hide a slow rise.

    Just behind a kink a line through both sides is too flat, so that of the rise alone counts.
    """
    slope, half_s = 0.0, 0.0
    for half_s in SLOPE_HALVES_S:
        slope = trace.wide_slope_at(t0, half_s)
        k = max(round(half_s * trace.rate_hz), 2)
        power = k * (k + 1) * (2 * k + 1) / 3.0 * trace.dt_s**2
        if noise_n <= STEADY * slope * math.sqrt(power):
            break
    if half_s == SLOPE_HALVES_S[0]:
        slope = max(slope, sides_at(trace, t0).after_n_per_s)
    return slope, half_s


def _kink_s(trace: Trace, t0: float, rise: float, slope: float) -> float:
    """What sampling leaves open: the start may lie anywhere between two samples, and the curve bends between them.

    The bend is that of the curve behind the crossing; across the start itself a kink would pass for a bend.
    """
    dt, i = trace.dt_s, trace.below(t0)
    h = max(BEND_S, dt)
    u_bend = abs(trace.at(t0) - 2.0 * trace.at(t0 + h) + trace.at(t0 + 2.0 * h)) / h**2 * dt * dt / (8.0 * slope)
    after = trace.force_n[i : i + 3]
    steepest = float(np.diff(after).max()) / dt if len(after) > 1 else slope
    x = rise / (steepest * dt) if steepest > 0 else math.inf
    return max(u_bend, dt / math.sqrt(3.0) * (1.0 - math.sqrt(x)) ** 2) if 0.0 <= x < 1.0 else u_bend
