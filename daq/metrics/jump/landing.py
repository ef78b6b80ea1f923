"""The contact after a jump to its peak, its impulse and the time until the person stands still."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, TOTAL, Number, metric, void
from daq.metrics.effort import Floats
from daq.metrics.jump.events import Jump, Stop
from daq.metrics.jump.forces import gap
from daq.metrics.reading import once
from daq.metrics.samples import Ints, first_of
from daq.metrics.stopping import METHOD, find_halt
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import SQRT_12, combined
from daq.metrics.value import Better, Instant, Params

_NEUTRAL, _DOWN = Better.NEUTRAL, Better.LOWER
FEWEST_SAMPLES = 4
# Where most have stopped after landing, and how long a landing mostly lasts.
SOON_S, USUAL_S = 0.4, 0.2
_LANDING, _CONTACT = ("landing",), ("landing", "landing_end")


def find_landing(jump: Jump) -> None:
    """The end of the landing; a record that stops too early is told of the whole trial."""
    if not jump.has("landing"):
        return
    if jump.has("takeoff_m_per_s"):
        _find_stop(jump)
    if jump.trace.stop_s < jump.landing.t_s + jump.limit("landing_s"):
        jump.tell("landing_incomplete")


def _find_stop(jump: Jump) -> None:
    trace, landing_s = jump.shaped[jump.main], jump.landing.t_s
    if trace.start_s > landing_s or trace.slice(landing_s, trace.stop_s).start > len(trace.t_s) - FEWEST_SAMPLES:
        jump.block(("landing_incomplete",), "landing_motion")
        return
    if trace.gap_codes(landing_s, trace.stop_s) == ("sample_gap",):
        jump.block(("landing_incomplete",), "landing_motion")
        return
    # Exact in any posture: the fall continues the flight.
    touchdown = jump.takeoff_m_per_s - jump.gravity * jump.air_s
    # Most people have stopped soon; what follows is only looked at where they have not.
    u_v = combined(jump.velocity_parts(0.0, landing_s + USUAL_S - jump.start.t_s, u_event_s=jump.landing.u_s or 0.0))
    for stop_s in (landing_s + SOON_S, trace.stop_s):
        t, v, net = _fall(jump, trace.part(landing_s, stop_s), touchdown)
        halt = find_halt(t, v, net, u_m_per_s=u_v, u_weight_n=jump.weighing.u_weight_n)
        if halt is not None:
            break
    else:
        jump.block(("landing_incomplete",), "landing_motion")
        jump.tell("landing_incomplete")
        return
    t, v = t[: halt.i], v[: halt.i]
    drop = 0.5 * (touchdown + float(v[0])) * (float(t[0]) - landing_s) + 0.5 * float((v[1:] + v[:-1]).dot(t[1:] - t[:-1]))
    drop += 0.5 * (float(v[-1]) + halt.v_m_per_s) * (halt.t_s - float(t[-1]))
    u_s = None if halt.u_s is None else math.hypot(halt.u_s, jump.u_event_s)
    params: Params = {"left_m_per_s": halt.v_m_per_s, "u_velocity_m_per_s": u_v}
    jump.stop = Stop(Instant("landing_end", halt.t_s, u_s, trace.nearest(halt.t_s), METHOD, params), drop)


def _fall(jump: Jump, contact: Trace, touchdown_m_per_s: float) -> tuple[Floats, Floats, Floats]:
    """Times of the samples after landing, the velocity there in m/s, and the force less the weight."""
    landing_s, weight_n = jump.landing.t_s, jump.weighing.weight_n
    first = int(contact.t_s.searchsorted(landing_s - 1e-6 * contact.dt_s))
    t, v = contact.t_s[first:], contact.impulse_n_s[first:] - contact.impulse_until(landing_s)
    v -= weight_n * (t - landing_s)
    v *= jump.gravity / weight_n
    v += touchdown_m_per_s
    return t, v, contact.force_n[first:] - weight_n


@metric("N", _NEUTRAL, ALL)
@once
def landing_peak_force(jump: Jump, limb: Limb) -> Number:
    """Largest force in the 0.5 s after landing, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> b5 = (2.359139 + 9.80665 * 0.3 / 2) * math.pi / (2 * 0.3)
    >>> peak_n = 686.4655 / 2 + math.hypot(686.4655 / 2, 70 * b5)
    >>> round(landing_peak_force(cosine_jump(), Limb.BOTH).value / peak_n, 3)
    1.0
    """
    landing_s, length_s = jump.landing.t_s, jump.limit("landing_s")
    trace = jump.curve_of(limb)
    peak = jump.landing_peak_of(limb, length_s) if trace.stop_s >= landing_s + length_s else None
    if peak is None:
        return void("landing_incomplete")
    parts = {
        **jump.budgets[limb].scaled(peak.force_n), "maximum": peak.top.u_max_n,
        "sampling": trace.u_between_samples_n(peak.sample, noise_n=peak.top.noise_n, bias_n=peak.top.bias_n),
    }  # fmt: skip
    params: Params = {"window_s": length_s, "t_s": peak.t_s, "noise_n": peak.top.noise_n}
    codes = gap(trace, landing_s, landing_s + length_s)
    return Number(peak.force_n, "peak.max_sample", parts, params, codes, _LANDING, peak.top.bias_n)


@metric("s", _NEUTRAL, ALL)
def landing_time_to_peak(jump: Jump, limb: Limb) -> Number:
    """From landing to the largest force in the 0.5 s after it, s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> b5 = (2.359139 + 9.80665 * 0.3 / 2) * math.pi / (2 * 0.3)
    >>> at_s = 0.3 * (1 - math.atan(2 * b5 / 9.80665) / math.pi)
    >>> abs(landing_time_to_peak(cosine_jump(), Limb.BOTH).value - at_s) < 0.002
    True
    """
    made = landing_peak_force(jump, limb)
    if made.is_void:
        return made
    length_s = float(made.params["t_s"] or 0.0) - jump.landing.t_s
    parts = {
        "peak": _u_peak_s(jump, limb), "start": jump.landing.u_s or 0.0, "time": length_s * jump.budgets[limb].time
    }  # fmt: skip
    return Number(length_s, "peak.max_sample", parts, made.params, made.reasons, _LANDING)


@once
def _u_peak_s(jump: Jump, limb: Limb) -> float:
    """Standard uncertainty of the time of the largest force: where noise could have made another sample the largest."""
    peak = jump.landing_peak_of(limb, jump.limit("landing_s"))
    trace = jump.curve_of(limb)
    if peak is None:
        return 0.0
    part = trace.slice(jump.landing.t_s, jump.landing.t_s + jump.limit("landing_s"))
    high = (trace.force_n[part] >= peak.force_n - peak.top.bias_n - 2.0 * peak.top.noise_n).nonzero()[0]
    span_s = (int(high[-1]) - int(high[0])) * trace.dt_s if len(high) else 0.0
    return math.hypot(span_s, trace.dt_s) / SQRT_12


@metric("N/s", _NEUTRAL, ALL)
def landing_rfd(jump: Jump, limb: Limb) -> Number:
    """Rise of force from landing to its peak by the time between, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()  # from 0 N
    >>> rise_n = landing_rfd(jump, Limb.BOTH).value * landing_time_to_peak(jump, Limb.BOTH).value
    >>> round(rise_n / landing_peak_force(jump, Limb.BOTH).value, 2)
    1.0
    """
    made = landing_peak_force(jump, limb)
    if made.is_void:
        return made
    trace, landing_s = jump.curve_of(limb), jump.landing.t_s
    length_s = float(made.params["t_s"] or 0.0) - landing_s
    if length_s < FEWEST_SAMPLES * trace.dt_s:
        return void("window_below_resolution", method="rfd.phase_secant")
    rate, budget = (made.value - trace.at(landing_s)) / length_s, jump.budgets[limb]
    by_start = abs(trace.slope_at(landing_s) - rate) / length_s
    of_peak = made.parts or {}
    parts = {
        "gain": abs(rate) * budget.own, "reference": abs(rate) * budget.shared, "time": abs(rate) * budget.time,
        "noise": jump.noise_of(limb) / length_s, "start": by_start * (jump.landing.u_s or 0.0),
        "maximum": math.hypot(of_peak.get("maximum", 0.0), of_peak.get("sampling", 0.0)) / length_s,
        "peak": abs(rate) * _u_peak_s(jump, limb) / length_s,
    }  # fmt: skip
    bias = None if made.bias is None else made.bias / length_s
    return Number(rate, "rfd.phase_secant", parts, {"length_s": length_s}, made.reasons, _LANDING, bias)


@metric("N", _NEUTRAL, ALL)
def landing_mean_force(jump: Jump, limb: Limb) -> Number:
    """Mean force from landing to the end of the way down, N.

    Notes
    -----
    The force at the end is mostly far from the mean, so that the uncertainty of the end counts. Without an uncertainty where
    the end could lie anywhere in a fifth of the landing.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> length_s = jump.stop.instant.t_s - jump.landing.t_s
    >>> expected_n = landing_impulse_net(jump, Limb.BOTH).value / length_s + 686.4655
    >>> round(landing_mean_force(jump, Limb.BOTH).value / expected_n, 4)
    1.0
    """
    a, b = jump.landing.t_s, jump.stop.instant.t_s
    trace = jump.curve_of(limb)
    if trace.stop_s < b:
        return void("landing_incomplete")
    mean = trace.integral(a, b) / (b - a)
    u_s = jump.stop.instant.u_s
    parts = None if u_s is None else {
        **jump.budgets[limb].scaled(mean), "noise": jump.noise_of(limb) / math.sqrt(max((b - a) * trace.rate_hz, 1.0)),
        "events": math.hypot((trace.at(a) - mean) * (jump.landing.u_s or 0.0), (trace.at(b) - mean) * u_s) / (b - a),
    }  # fmt: skip
    return Number(mean, "mean.trapezoid", parts, {}, trace.gap_codes(a, b), _CONTACT)


@metric("N*s", _NEUTRAL, TOTAL, is_signed=True)
def landing_impulse_net(jump: Jump, limb: Limb) -> Number:
    """Integral of force less weight from landing to the end of the way down, N s.

    Notes
    -----
    The end is where the velocity becomes zero, so this is the mass times the velocity at touchdown, whose uncertainty it has;
    an end found elsewhere would be one of another velocity. What is left of the velocity there is half ``bias``, half ``end``.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> abs(landing_impulse_net(cosine_jump(), Limb.BOTH).value / (70 * 2.359139) - 1) < 0.01
    True
    """
    a, b = jump.landing.t_s, jump.stop.instant.t_s
    trace, w, budget = jump.curve_of(limb), jump.weighing, jump.budgets[limb]
    net, mass = trace.integral(a, b) - w.weight_n * (b - a), jump.mass_kg
    fall = jump.fall()
    parts = {name: mass * u for name, u in fall.parts.items()}
    if w.is_own:
        parts |= {"gain": abs(net) * budget.own, "reference": abs(net) * budget.shared}
    # Weight and zero make the mass too: against a velocity that was counted back from a later rest, with it otherwise.
    sign = 1.0 if fall.is_forward else -1.0
    parts["weight"] = abs(parts["weight"] + sign * abs(net) / w.weight_n * w.u_weight_n)
    parts["zero"] = abs(parts["zero"] + sign * abs(net) / w.weight_n * budget.zero_n)
    left = mass * fall.v_m_per_s + net
    parts |= {"landing": w.weight_n * (jump.landing.u_s or 0.0), "end": abs(left) / SQRT_12}
    params: Params = {"weight_n": w.weight_n}
    return Number(net, "impulse.trapezoid", parts, params, trace.gap_codes(a, b), _CONTACT, 0.5 * left)


@metric("N/m", _NEUTRAL, TOTAL)
def landing_stiffness(jump: Jump, limb: Limb) -> Number:
    """Peak force of the landing over the way down of the centre of mass, N/m.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> v, t5, g = 2.359139, 0.3, 9.80665
    >>> b5 = (v + g * t5 / 2) * math.pi / (2 * t5)
    >>> drop_m = -v * t5 - g * t5**2 / 4 - g * t5**2 / math.pi**2 + b5 * t5**2 / math.pi
    >>> round(landing_stiffness(jump, Limb.BOTH).value / (landing_peak_force(jump, Limb.BOTH).value / -drop_m), 2)
    1.0
    """
    stop = jump.stop
    a, b = jump.landing.t_s, stop.instant.t_s
    peak = jump.landing_peak_of(limb, jump.limit("landing_s"))
    if peak is None or stop.drop_m >= 0.0:
        return void("landing_incomplete", method="stiffness.peak_over_drop")
    codes = jump.curve_of(limb).gap_codes(a, b)
    return Number(peak.force_n / -stop.drop_m, "stiffness.peak_over_drop", None, {"drop_m": stop.drop_m}, codes, _CONTACT)


@metric("s", _DOWN, ALL)
def time_to_stabilisation(jump: Jump, limb: Limb) -> Number:
    """First time after landing from which the force stays in a band for 1 s, s.

    Notes
    -----
    The band is the weight +-5 %; for a limb of a bilateral jump its own mean of the last second +-5 % of the weight.

    References
    ----------
    Fransz et al. (2015), Gait and Posture: method and length of the trial change the result by up to 100 %.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> 0.2 < time_to_stabilisation(cosine_jump(), Limb.BOTH).value < 0.3  # the landing itself lasts 0.3 s
    True
    """
    landing_s, w = jump.landing.t_s, jump.weighing
    trace, method = jump.curve_of(limb), "tts.band_5pct_1s"
    stays_s, longest_s, share = (jump.limit(name) for name in ("stays_s", "stabilisation_longest_s", "stabilisation_share"))
    n = max(trace.n_in(stays_s), 1)
    part = trace.slice(landing_s, landing_s + longest_s + stays_s)
    force = trace.force_n[part]
    params: Params = {"record_s": trace.stop_s - landing_s, "band_share": share}
    if len(force) < n:
        return void("landing_incomplete", method=method, params=params)
    level = w.weight_n if limb is jump.main else float(force[-n:].sum()) / n
    outside = (abs(force - level) > share * w.weight_n).nonzero()[0]
    # Between two samples outside lie only samples inside: the first stretch of them that is long enough counts.
    first = _first_stretch(outside, n, len(force))
    found = math.inf if first is None else float(trace.t_s[part.start + first]) - landing_s
    if found > longest_s:
        whole = trace.stop_s - landing_s >= longest_s + stays_s
        return void("not_stabilised" if whole else "landing_incomplete", method=method, params=params)
    codes = gap(trace, landing_s, landing_s + found)
    return Number(max(found, 0.0), method, None, {**params, "level_n": level}, codes, _LANDING)


def _first_stretch(outside: Ints, n: int, stop: int) -> int | None:
    """Where the first ``n`` samples begin that lie between two places ``outside``, or before the first or after the last."""
    if len(outside) == 0 or int(outside[0]) >= n:
        return 0 if stop >= n else None
    gap = first_of(outside[1:] - outside[:-1] > n)
    last = int(outside[-1]) + 1
    if gap is None:
        return last if stop - last >= n else None
    return int(outside[gap]) + 1
