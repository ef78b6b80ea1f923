"""A contact between drop and jump to its length, forces, impulse, depth and stiffness."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, TOTAL, Number, metric, void
from daq.metrics.rebound.events import Rebound, u_of
from daq.metrics.uncertainty import gross_impulse
from daq.metrics.value import Better, Params

CONTACT = ("contact", "takeoff")
SMALLEST_DEPTH_M = 0.005


@metric("s", Better.NEUTRAL, TOTAL)
def contact_time(jump: Rebound, limb: Limb) -> Number:
    """First contact to take-off, s.

    Notes
    -----
    Both instants by the rule of family ``flight``; contact follows the landing rule. Above 1 s nothing is a rebound
    (``contact_too_long``); above 0.25 s the same code warns where a fast jump was asked for.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(contact_time(drop_jump(), Limb.BOTH).value, 4)
    0.2
    """
    a, b, length = jump.touchdown, jump.takeoff, jump.contact_s
    parts = {"contact": u_of(a), "takeoff": u_of(b), "time": length * jump.budgets[limb].time}
    return Number(length, a.method, parts, dict(a.params), (*jump.contact_codes(), *jump.rate_codes), CONTACT)


@metric("N", Better.NEUTRAL, ALL)
def peak_contact_force(jump: Rebound, limb: Limb) -> Number:
    """Highest force in contact, N; of a limb its own maximum.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    Half sine of ``pi m (v_in + v_out + g t)/(2 t)``: 3937.67 N for 70 kg, a drop of 0.4 m, 2.4 m/s up, 0.2 s.

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(peak_contact_force(drop_jump(), Limb.BOTH).value, 0)
    3938.0
    """
    a, b, trace = jump.touchdown.t_s, jump.takeoff.t_s, jump.trace_of(limb)
    peak = jump.peak_between(limb, a, b)
    if peak is None:
        return void("window_beyond_trial", method="peak.max_sample")
    parts = {
        **jump.budgets[limb].scaled(peak.force_n), "maximum": peak.top.u_max_n,
        "sampling": trace.u_between_samples_n(peak.sample, noise_n=peak.top.noise_n, bias_n=peak.top.bias_n),
    }  # fmt: skip
    params: Params = {"t_s": peak.t_s, "noise_n": peak.top.noise_n, "from": "contact", "to": "takeoff"}
    gap = ("sample_gap",) if trace.touches_hole(a, b) else ()
    return Number(peak.force_n, "peak.max_sample", parts, params, gap, CONTACT, peak.top.bias_n)


@metric("N*s", Better.NEUTRAL, ALL)
def contact_impulse_gross(jump: Rebound, limb: Limb) -> Number:
    """Integral of the force over the contact, N s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``m (v_in + v_out + g t)``:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(contact_impulse_gross(drop_jump(), Limb.BOTH).value, 1)
    501.4
    """
    gross, parts, gap = _impulse(jump, limb)
    params: Params = {"start_s": jump.touchdown.t_s, "stop_s": jump.takeoff.t_s}
    return Number(gross, "impulse.trapezoid", parts, params, (*gap, *jump.rate_codes), CONTACT)


@metric("N", Better.NEUTRAL, ALL)
def mean_contact_force(jump: Rebound, limb: Limb) -> Number:
    """Impulse of the contact over its length, N.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``2/pi`` of the peak of a half sine:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(mean_contact_force(drop_jump(), Limb.BOTH).value / 3937.67, 4)
    0.6366
    """
    gross, of_impulse, gap = _impulse(jump, limb)
    length = jump.contact_s
    mean, trace = gross / length, jump.trace_of(limb)
    # A border moved by u takes away its own force and shares the rest out over another length.
    ends = [
        (trace.at(instant.t_s) - mean) / length * u_of(instant) for instant in (jump.touchdown, jump.takeoff)
    ]  # fmt: skip
    parts = {name: u / length for name, u in of_impulse.items() if name not in {"events", "time"}}
    parts["events"] = math.hypot(*ends)
    params: Params = {"start_s": jump.touchdown.t_s, "stop_s": jump.takeoff.t_s}
    return Number(mean, "mean.trapezoid", parts, params, (*gap, *jump.rate_codes), CONTACT)


def _impulse(jump: Rebound, limb: Limb) -> tuple[float, dict[str, float], tuple[str, ...]]:
    trace, a, b = jump.trace_of(limb), jump.touchdown, jump.takeoff
    gross = trace.impulse_between(a.t_s, b.t_s)
    # The two borders are not known equally well: each force comes with its own uncertainty.
    ends = (trace.at(a.t_s) * u_of(a), trace.at(b.t_s) * u_of(b))
    parts = gross_impulse(
        jump.budgets[limb], gross, length_s=b.t_s - a.t_s, noise_n=jump.noise_of(limb), dt_s=trace.dt_s, ends_n=ends,
        u_event_s=1.0,
    )  # fmt: skip
    return gross, parts, trace.gap_codes(a.t_s, b.t_s)


@metric("s", Better.NEUTRAL, TOTAL)
def braking_time(jump: Rebound, limb: Limb) -> Number:
    """First contact until the velocity passes zero, s.

    Notes
    -----
    Needs a velocity, and so quiet standing after the landing (``no_quiet_end``) or before a first jump.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    The root of ``v = v_in + (F0 t_c/(pi m)) (1 - cos(pi t/t_c)) - g t``: 0.10432 s.

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(braking_time(drop_jump(), Limb.BOTH).value, 4)
    0.1043
    """
    turn, a = jump.turn.instant, jump.touchdown
    length = turn.t_s - a.t_s
    parts = None
    if turn.u_s is not None:
        parts = {"contact": u_of(a), "velocity": turn.u_s, "time": length * jump.budgets[limb].time}
    return Number(length, turn.method, parts, jump.velocity_params(), jump.velocity_codes(a.t_s), ("contact", turn.name))


@metric("s", Better.NEUTRAL, TOTAL)
def propulsion_time(jump: Rebound, limb: Limb) -> Number:
    """From where the velocity passes zero to take-off, s; the rest of the contact after ``braking_time``.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(propulsion_time(drop_jump(), Limb.BOTH).value, 4)
    0.0957
    """
    turn, b = jump.turn.instant, jump.takeoff
    length = b.t_s - turn.t_s
    parts = None
    if turn.u_s is not None:
        parts = {"takeoff": u_of(b), "velocity": turn.u_s, "time": length * jump.budgets[limb].time}
    return Number(length, turn.method, parts, jump.velocity_params(), jump.velocity_codes(turn.t_s), (turn.name, "takeoff"))


@metric("m", Better.NEUTRAL, TOTAL, is_signed=True)
def contact_depth(jump: Rebound, limb: Limb) -> Number:
    """Lowest point of the centre of mass against first contact, m (negative).

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``s = v_in t + K (t - (t_c/pi) sin(pi t/t_c)) - g t^2/2`` at the root of v, ``K = (v_in + v_out + g t_c)/2``:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(contact_depth(drop_jump(), Limb.BOTH).value, 4)
    -0.1994
    """
    del limb
    codes = jump.velocity_codes(jump.touchdown.t_s)
    return Number(jump.turn.depth_m, jump.rest.method, None, jump.velocity_params(), codes, ("contact", "propulsion_start"))


@metric("N/m", Better.NEUTRAL, ALL)
def vertical_stiffness_force(jump: Rebound, limb: Limb) -> Number:
    """Highest force in contact over the way down of the centre of mass, N/m.

    Notes
    -----
    ``stiffness.force_displacement``; a limb's own force over the way of the body.

    References
    ----------
    McMahon and Cheng (1990), Journal of Biomechanics.

    Examples
    --------
    ``3937.67 N / 0.19943 m``:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(vertical_stiffness_force(drop_jump(), Limb.BOTH).value / 1000, 1)
    19.7
    """
    method, depth = "stiffness.force_displacement", -jump.turn.depth_m
    peak = jump.peak_between(limb, jump.touchdown.t_s, jump.takeoff.t_s)
    if peak is None or depth < SMALLEST_DEPTH_M:
        return void("denominator_too_small", method=method)
    gap = ("sample_gap",) if jump.trace_of(limb).touches_hole(jump.touchdown.t_s, jump.takeoff.t_s) else ()
    params = {**jump.velocity_params(), "depth_m": -depth, "peak_n": peak.force_n}
    return Number(peak.force_n / depth, method, None, params, (*gap, *jump.velocity_codes(jump.touchdown.t_s)), CONTACT)
