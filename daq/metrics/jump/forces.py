"""Curves of each limb and of both before take-off to peaks, phase means and forces at events."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, SIDE, Number, metric, void
from daq.metrics.jump.events import Jump, Phase
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import mean_force, single_force, top_of
from daq.metrics.value import Better, Params

_UP, _NEUTRAL = Better.HIGHER, Better.NEUTRAL
_PUSH = ("movement_start", "takeoff")


def gap(trace: Trace, start_s: float, stop_s: float) -> tuple[str, ...]:
    """A peak may not touch any hole."""
    return ("sample_gap",) if trace.holes and trace.touches_hole(start_s, stop_s) else ()


@metric("N", _UP, ALL)
def peak_force(jump: Jump, limb: Limb) -> Number:
    """Largest force between movement start and take-off, N; each limb has its own maximum.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(peak_force(cosine_jump(), Limb.BOTH).value, 2)  # m (A2 + g)
    1619.8
    """
    jump.found("movement")
    peak = jump.peak_of(limb)
    if peak is None:
        return void("window_beyond_trial", method="peak.max_sample")
    push = jump.push_of(limb)
    parts = {
        **jump.budgets[limb].scaled(peak.force_n), "maximum": peak.top.u_max_n,
        "sampling": push.u_between_samples_n(peak.sample, noise_n=peak.top.noise_n, bias_n=peak.top.bias_n),
    }  # fmt: skip
    params: Params = {"from": _PUSH[0], "to": _PUSH[1], "t_s": peak.t_s, "noise_n": peak.top.noise_n}
    codes = gap(push, jump.start.t_s, push.stop_s)
    return Number(peak.force_n, "peak.max_sample", parts, params, codes, _PUSH, peak.top.bias_n)


@metric("N", _UP, SIDE)
def peak_force_at_total_peak(jump: Jump, limb: Limb) -> Number:
    """Force of a limb at the sample where the sum of both is largest, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(peak_force_at_total_peak(cosine_jump(), Limb.LEFT).value, 2)  # 0.45 of 1619.80
    728.91
    """
    jump.found("movement")
    jump.need_sides()
    total = jump.peak_of(jump.main)
    if total is None:
        return void("window_beyond_trial", method="peak.at_total_peak")
    trace = jump.shaped[limb]
    i = trace.nearest(total.t_s)
    force = float(trace.force_n[i])
    parts = single_force(jump.budgets[limb], force, noise_n=jump.noise_of(limb))
    codes = gap(trace, total.t_s - trace.dt_s, total.t_s + trace.dt_s)
    return Number(force, "peak.at_total_peak", parts, {"t_s": float(trace.t_s[i])}, codes)


def _peak_in(jump: Jump, limb: Limb, phase: Phase, *, border_s: float | None) -> Number:
    """The largest force in a phase; a border between samples belongs to both of its phases."""
    push = jump.push_of(limb)
    part = push.slice(phase.start_s, min(phase.stop_s, push.stop_s))
    force = push.force_n[part]
    if len(force) == 0:
        return void("window_beyond_trial", method="peak.max_sample")
    i = int(force.argmax())
    highest, noise = float(force[i]), jump.noise_of(limb)
    at_border = push.at(border_s) if border_s is not None else -math.inf
    t_s = float(push.t_s[part.start + i])
    params: Params = {"t_s": t_s}
    codes = gap(push, phase.start_s, phase.stop_s)
    if at_border > highest:
        parts = single_force(jump.budgets[limb], at_border, noise_n=noise)
        parts["event"] = abs(push.slope_at(border_s or 0.0)) * jump.braking.u_s[1]
        return Number(at_border, "peak.max_sample", parts, {"t_s": border_s}, codes, phase.events)
    whole = jump.peak_of(limb)
    if whole is not None and whole.sample == part.start + i:
        top = whole.top
    else:
        top = top_of(force, rate_hz=push.rate_hz, noise_n=noise)
    parts = {
        **jump.budgets[limb].scaled(highest), "maximum": top.u_max_n,
        "sampling": push.u_between_samples_n(part.start + i, noise_n=top.noise_n, bias_n=top.bias_n),
    }  # fmt: skip
    if border_s is not None and abs(t_s - border_s) <= push.dt_s:
        # The force still rises there: the peak is where the phase ends.
        parts["event"] = abs(push.slope_at(border_s)) * jump.braking.u_s[1]
    return Number(highest, "peak.max_sample", parts, params, codes, phase.events, top.bias_n)


@metric("N", _UP, ALL)
def peak_braking_force(jump: Jump, limb: Limb) -> Number:
    """Largest force in braking, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(peak_braking_force(cosine_jump(), Limb.BOTH).value, 1)  # rises to m (A2 + g)
    1619.8
    """
    return _peak_in(jump, limb, jump.braking, border_s=jump.braking.stop_s)


@metric("N", _UP, ALL)
def peak_propulsion_force(jump: Jump, limb: Limb) -> Number:
    """Largest force in propulsion, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(peak_propulsion_force(cosine_jump(), Limb.BOTH).value, 1)
    1619.8
    """
    phase = jump.propulsion
    return _peak_in(jump, limb, phase, border_s=phase.start_s)


def _mean_in(jump: Jump, limb: Limb, phase: Phase) -> Number:
    """Integral over a phase by its length; each border moves the mean by what the force there differs from it."""
    push = jump.push_of(limb)
    a, b = phase.start_s, min(phase.stop_s, push.stop_s)
    if b <= a:
        return void("window_beyond_trial", method="mean.trapezoid")
    mean = push.impulse_between(a, b) / (b - a)
    parts = mean_force(jump.budgets[limb], mean, noise_n=jump.noise_of(limb), n=(b - a) * push.rate_hz)
    u_a, u_b = phase.u_s
    parts["events"] = math.hypot((push.at(a) - mean) * u_a, (push.at(b) - mean) * u_b) / (b - a)
    codes = (*push.gap_codes(a, b), *jump.rate_codes)
    return Number(mean, "mean.trapezoid", parts, {}, codes, phase.events)


@metric("N", _UP, ALL)
def mean_braking_force(jump: Jump, limb: Limb) -> Number:
    """Integral of the force over braking by its length, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(mean_braking_force(cosine_jump(), Limb.BOTH).value / ((70.0 + 686.4655 * 0.15) / 0.15), 2)
    1.0
    """
    return _mean_in(jump, limb, jump.braking)


@metric("N", _UP, ALL)
def mean_propulsion_force(jump: Jump, limb: Limb) -> Number:
    """Integral of the force over propulsion by its length, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(mean_propulsion_force(cosine_jump(), Limb.BOTH).value / ((70 * 2.359139 + 686.4655 * 0.24) / 0.24), 2)
    1.0
    """
    return _mean_in(jump, limb, jump.propulsion)


@metric("N", _UP, ALL)
def force_at_zero_velocity(jump: Jump, limb: Limb) -> Number:
    """Force where propulsion begins, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(force_at_zero_velocity(cosine_jump(), Limb.BOTH).value, 1)  # m (A2 + g)
    1619.8
    """
    event = jump.braking.stop
    push, at_s = jump.push_of(limb), event.t_s
    force = push.at(at_s)
    parts = {
        **single_force(jump.budgets[limb], force, noise_n=jump.noise_of(limb)),
        "event": abs(push.slope_at(at_s)) * jump.braking.u_s[1],
    }  # fmt: skip
    return Number(force, event.method, parts, {"t_s": at_s}, gap(push, at_s - push.dt_s, at_s + push.dt_s), (event.name,))


@metric("N", _NEUTRAL, ALL)
def min_force(jump: Jump, limb: Limb) -> Number:
    """Smallest force in unweighting, N.

    Notes
    -----
    The smallest of many noisy samples lies too low, as a peak lies too high: that is its ``bias``.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(min_force(cosine_jump(), Limb.BOTH).value, 2)  # m (g - A1)
    336.47
    """
    phase = jump.unweighting
    push = jump.push_of(limb)
    force = push.force_n[push.slice(phase.start_s, phase.stop_s)]
    if len(force) == 0:
        return void("window_beyond_trial", method="peak.min_sample")
    upturned = -force
    i = int(upturned.argmax())
    least, at = float(force[i]), push.slice(phase.start_s, phase.stop_s).start + i
    low = top_of(upturned, rate_hz=push.rate_hz, noise_n=jump.noise_of(limb))
    parts = {
        **jump.budgets[limb].scaled(least), "minimum": low.u_max_n,
        "sampling": push.u_between_samples_n(at, noise_n=low.noise_n, bias_n=low.bias_n),
    }  # fmt: skip
    params: Params = {"t_s": float(push.t_s[at]), "noise_n": low.noise_n}
    codes = gap(push, phase.start_s, phase.stop_s)
    return Number(least, "peak.min_sample", parts, params, codes, phase.events, 0.0 - low.bias_n)
