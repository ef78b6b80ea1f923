"""Force and weight to velocity, displacement and the phases of a jump."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from daq.errors import UsageError
from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.samples import Bools, first_of, runs, window_stats
from daq.metrics.trace import Trace, reading_step_n
from daq.metrics.uncertainty import SQRT_12
from daq.metrics.value import Instant, Params
from daq.metrics.weighing import Weighing

BACK_S, HOLD_S, PAUSE_S = 0.030, 0.010, 0.250
# Without noise and without a reading step the band would have no width at all.
NARROWEST_BAND_N = 1.0
SHALLOWEST_M = -0.02
# A force that only touches the weight, or hardly leaves it, gives no instant; the uncertainty need not grow beyond this.
LARGEST_U_S = 0.010


def movement_start(
    trace: Trace, weighing: Weighing, takeoff_s: float, *, rule: Rule, u_clock_s: float
) -> Instant | tuple[str, ...]:
    """Where the jump begins and the velocity is 0, or why it is not found.

    Notes
    -----
    ``onset.jump_two_sided_5sd_back30``: first sample with ``abs(F - W) > max(5 s, 3 q, 1 N)`` for 10 ms from which the force
    never returns into the band for more than 250 ms before take-off, less 30 ms.
    """
    weight = weighing.weight_n
    back_s, params = 0.0, {"weight_n": weight}
    if rule.name == "manual":
        t = rule.number
        return (
            Instant("movement_start", t, None, trace.nearest(t), rule.id, params)
            if trace.start_s <= t < takeoff_s
            else ("onset_not_found",)
        )
    begin = weighing.start_s if weighing.start_s < takeoff_s else weighing.stretch_start_s
    part = trace.slice(begin, takeoff_s)
    away = np.abs(trace.force_n[part] - weight)
    if rule.name == "jump_absolute_20n":
        band = 20.0
        i = _leaves(away > max(0.1 * weight, 2 * band), trace)
        inside = (away[: i + 1] <= band).nonzero()[0] if i is not None else np.empty(0)
        i = int(inside[-1]) if len(inside) else None
    elif rule.name == "bodyweight_percent":
        band = 0.01 * rule.number * weight
        starts, stops = runs(away > band)
        long = (stops - starts >= max(trace.n_in(HOLD_S), 1)).nonzero()[0]
        i = int(starts[long[0]]) if len(long) else None
    elif rule.name != "jump_two_sided_5sd_back30":
        # A name without a rule behind it may not pass for this one.
        raise UsageError(f"The method {rule.id} does not fit this kind of test; daq tests ID lists the rules of a test.")
    else:
        band = max(5.0 * weighing.sd_n, NARROWEST_BAND_N)
        band = max(band, 3.0 * reading_step_n(trace, enough_n=band / 3.0))
        i, back_s = _leaves(away > band, trace), BACK_S
    if i is None:
        return ("onset_not_found",)
    first = max(part.start + i - round(back_s * trace.rate_hz), int(trace.t_s.searchsorted(weighing.stretch_start_s)))
    t = float(trace.t_s[first])
    if t >= takeoff_s:
        return ("onset_not_found",)
    u = math.hypot(trace.dt_s / SQRT_12, u_clock_s)
    params |= {"band_n": band, "back_s": back_s, "crossing_s": float(trace.t_s[part.start + i])}
    return Instant("movement_start", t, u, first, rule.id, params)


def _leaves(outside: Bools, trace: Trace) -> int | None:
    """Index from which the force is outside for good: brief visits outside do not count, brief returns do not end it."""
    starts, stops = runs(outside)
    long = stops - starts >= max(trace.n_in(HOLD_S), 1)
    starts, stops = starts[long], stops[long]
    if len(starts) == 0:
        return None
    returns = (starts[1:] - stops[:-1] > PAUSE_S * trace.rate_hz).nonzero()[0]
    return int(starts[int(returns[-1]) + 1]) if len(returns) else int(starts[0])


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """Of the centre of mass from movement start to take-off: ``t_s, force_n, v_m_per_s, s_m, power_w`` (n,).

    ``push`` is the curve of the force. ``depth_m`` is the lowest point; ``low``, ``high`` and ``strongest`` are the samples
    of the smallest and the largest velocity and of the largest power.
    """

    push: Trace
    t_s: Floats
    force_n: Floats
    v_m_per_s: Floats
    s_m: Floats
    power_w: Floats
    depth_m: float
    low: int
    high: int
    strongest: int
    method: str

    @property
    def min_velocity(self) -> float:
        """The most negative velocity, m/s."""
        return float(self.v_m_per_s[self.low])

    @property
    def takeoff_velocity(self) -> float:
        """Velocity at take-off, m/s."""
        return float(self.v_m_per_s[-1])


def motion(push: Trace, weighing: Weighing, start_s: float, *, gravity: float, v_start: float = 0.0, method: str) -> Motion:
    """Velocity and displacement by the cumulative trapezoid of ``(F - W)/m`` from ``start_s`` to the end of ``push``."""
    first = push.slice(start_s, push.stop_s).start
    t, force, impulse = push.t_s[first:], push.force_n[first:], push.impulse_n_s[first:]
    v = impulse - impulse[0]
    v -= weighing.weight_n * (t - t[0])
    v *= gravity / weighing.weight_n
    v += v_start
    ways = v[1:] + v[:-1]
    ways *= 0.5
    ways *= t[1:] - t[:-1]
    s = np.empty(len(t))
    s[0] = 0.0
    ways.cumsum(out=s[1:])
    power = force * v
    places = (int(v.argmin()), int(v.argmax()), int(power.argmax()))
    return Motion(push, t, force, v, s, power, float(s[s.argmin()]), *places, method)


def backward_start_velocity(
    trace: Trace,
    weighing: Weighing,
    start_s: float,
    landing_s: float,
    *,
    limit_n: float,
    gravity: float,
    is_last: bool = False,
) -> float | None:
    """Velocity at ``start_s`` when v = 0 at the first (or last) quiet second after landing; None without one.

    Notes
    -----
    ``kinematics.backward_first_quiet``: SD within the limit of weighing and mean within 1 % of the weight.
    ``kinematics.backward`` takes the last such second, for published values: each second of longer integration adds
    ``g u_W/W`` of velocity.
    """
    n = max(trace.n_in(1.0), 2)
    part = trace.slice(landing_s, trace.stop_s)
    force = trace.force_n[part]
    if len(force) < n:
        return None
    means, sds = window_stats(force, n)
    quiet = ((sds <= limit_n) & (np.abs(means - weighing.weight_n) <= 0.01 * weighing.weight_n)).nonzero()[0]
    if len(quiet) == 0:
        return None
    rest_s = float(trace.t_s[part.start + int(quiet[-1 if is_last else 0])])
    net = trace.impulse_between(start_s, rest_s) - weighing.weight_n * (rest_s - start_s)
    return -net * gravity / weighing.weight_n


@dataclass(frozen=True, slots=True)
class Phases:
    """Braking starts at the minimum velocity, propulsion where the velocity passes zero; ``turning_m_per_s`` is that there."""

    braking: Instant
    propulsion: Instant
    turning_m_per_s: float


def find_phases(
    trace: Trace,
    moved: Motion,
    *,
    weight_n: float,
    rule: Rule,
    u_clock_s: float,
    u_level_n: float,
    u_momentum: Callable[[float], float],
) -> Phases | tuple[str, ...]:
    """Phase borders of a countermovement jump, or ``countermovement_missing``.

    Parameters
    ----------
    trace, moved, weight_n, rule, u_clock_s
        The whole curve, the motion up to take-off, the weight, the rule, the offset between two clocks.
    u_level_n : float
        Standard uncertainty of a force against the weight: the smallest velocity lies where the force passes the weight, so
        over the slope there it is one of the instant.
    u_momentum : callable
        ``u_momentum(t_s)``: standard uncertainty of mass times velocity, N s; over the net force it is one of the turning
        point.

    Notes
    -----
    ``phase.zero_velocity``: first sample with v > 0 after the minimum. ``phase.zero_velocity_interpolated`` (default): where
    the line between it and the sample before crosses zero, so that braking and propulsion share no impulse.
    """
    v, t = moved.v_m_per_s, moved.t_s
    low = moved.low
    after = first_of(v[low:] > 0)
    if after is None or float(v[low]) >= 0 or moved.depth_m > SHALLOWEST_M:
        return ("countermovement_missing",)
    up = low + after
    t_up, before, turning = float(t[up]), float(t[up - 1]), float(v[up])
    if rule.name == "zero_velocity_interpolated":
        t_up = before + (t_up - before) * float(-v[up - 1] / (v[up] - v[up - 1]))
        turning = 0.0
    u, t_low = math.hypot(moved.push.dt_s / SQRT_12, u_clock_s), float(t[low])
    slope, net = moved.push.slope_at(t_low), moved.push.at(t_up) - weight_n
    u_low = min(u_level_n / slope, LARGEST_U_S) if slope > 0 else LARGEST_U_S
    u_up = min(u_momentum(t_up) / net, LARGEST_U_S) if net > 0 else LARGEST_U_S
    braking = Instant("braking_start", t_low, math.hypot(u, u_low), trace.nearest(t_low), "phase.min_velocity", {})
    params: Params = {"weight_n": weight_n}
    propulsion = Instant("propulsion_start", t_up, math.hypot(u, u_up), trace.nearest(t_up), rule.id, params)
    return Phases(braking, propulsion, turning)
