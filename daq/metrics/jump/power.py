"""Force times velocity of a jump to peak and mean power."""

from __future__ import annotations

import math

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric
from daq.metrics.jump.events import Jump, Phase
from daq.metrics.kinematics import Motion
from daq.metrics.uncertainty import combined, single_force
from daq.metrics.value import Better, Params

_UP, _NEUTRAL = Better.HIGHER, Better.NEUTRAL
_METHOD = "power.force_velocity"
_PUSH = ("movement_start", "takeoff")


def _params(jump: Jump) -> Params:
    return {"gravity": jump.gravity, "velocity": jump.moved.method}


def _at_peak(jump: Jump) -> tuple[float, float, float, float]:
    """Peak power, and force, velocity and time since movement start there."""
    jump.found("velocity")
    moved, i = jump.moved, jump.moved.strongest
    force, v = float(moved.force_n[i]), float(moved.v_m_per_s[i])
    return force * v, force, v, float(moved.t_s[i]) - jump.start.t_s


@metric("W", _UP, TOTAL, is_signed=True)
def peak_power(jump: Jump, limb: Limb) -> Number:
    """Largest product of force and velocity before take-off, W.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> b, w = 13.3333333 + 9.80665, math.pi / 0.2
    >>> tau = np.linspace(0.0, 0.1, 10001)  # the release holds the peak
    >>> of_release = 70 * b * np.cos(w * tau) * (13.3333333 * 0.14 + b / w * np.sin(w * tau) - 9.80665 * tau)
    >>> bool(abs(peak_power(cosine_jump(), Limb.BOTH).value / of_release.max() - 1) < 1e-4)
    True
    """
    power, force, v, length_s = _at_peak(jump)
    of_force = single_force(jump.budgets[limb], force, noise_n=jump.noise_of(limb))
    of_v = combined(jump.velocity_parts(v, length_s))
    parts = {**{name: abs(v) * u for name, u in of_force.items()}, "velocity": force * of_v}
    return Number(power, _METHOD, parts, _params(jump), jump.rate_codes, _PUSH)


@metric("W/kg", _UP, TOTAL, is_signed=True)
def relative_peak_power(jump: Jump, limb: Limb) -> Number:
    """Peak power over the mass of the person, W/kg; without a load a gain cancels.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> round(relative_peak_power(jump, Limb.BOTH).value * 70 / peak_power(jump, Limb.BOTH).value, 6)
    1.0
    """
    power, force, v, length_s = _at_peak(jump)
    mass, w = jump.body_mass_kg, jump.weighing
    of_v = jump.velocity_parts(v, length_s)
    of_weight = of_v.pop("weight")
    # A weight that is too large makes both the velocity and the quotient too small.
    parts = {
        "zero": abs(v) / mass * jump.budgets[limb].zero_n, "noise": abs(v) / mass * jump.noise_of(limb),
        "velocity": force / mass * combined(of_v),
        "weight": force / mass * of_weight + power / mass * w.u_weight_n / (mass * jump.gravity),
    }  # fmt: skip
    # The gain of the push does not cancel against a load that was entered.
    loaded = abs(power / mass * (1.0 - jump.mass_kg / mass))
    if loaded or not w.is_own:
        parts["gain"] = (loaded if w.is_own else abs(power / mass)) * jump.budgets[limb].gain
    return Number(power / mass, _METHOD, parts, _params(jump), jump.rate_codes, _PUSH)


@metric("s", _NEUTRAL, TOTAL)
def time_to_peak_power(jump: Jump, _: Limb) -> Number:
    """From movement start to peak power, s.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()  # in the release, which begins 0.1 s before take-off
    >>> 0.0 < jump.flight.takeoff.t_s - jump.start.t_s - time_to_peak_power(jump, Limb.BOTH).value < 0.1
    True
    """
    return Number(_at_peak(jump)[3], _METHOD, None, _params(jump), jump.rate_codes, _PUSH)


@metric("m/s", _NEUTRAL, TOTAL)
def velocity_at_peak_power(jump: Jump, _: Limb) -> Number:
    """Velocity at peak power, m/s.

    Notes
    -----
    On the flat top of the power the place of the peak is noise, so that no formula gives an uncertainty.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> power = velocity_at_peak_power(jump, Limb.BOTH).value * force_at_peak_power(jump, Limb.BOTH).value
    >>> round(power / peak_power(jump, Limb.BOTH).value, 9)
    1.0
    """
    return Number(_at_peak(jump)[2], _METHOD, None, _params(jump), jump.rate_codes, _PUSH)


@metric("N", _NEUTRAL, TOTAL)
def force_at_peak_power(jump: Jump, _: Limb) -> Number:
    """Force at peak power, N.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> 686.47 < force_at_peak_power(cosine_jump(), Limb.BOTH).value < 1619.8  # falls from the peak to 0 in the release
    True
    """
    return Number(_at_peak(jump)[1], _METHOD, None, _params(jump), jump.rate_codes, _PUSH)


def _mean(jump: Jump, phase: Phase, limb: Limb) -> Number:
    """Time mean of the power over a phase; its velocity is as uncertain as in the middle of the phase."""
    jump.found("velocity")
    moved, a, b = jump.moved, phase.start_s, phase.stop_s
    length_s = b - a
    if length_s <= 0:
        return Number(math.nan, _METHOD)
    mean = _work_j(moved, a, b) / length_s
    force = moved.push.impulse_between(a, b) / length_s
    v = mean / force if force > 0 else 0.0
    of_v = combined(jump.velocity_parts(v, 0.5 * (a + b) - jump.start.t_s))
    n = max(length_s * jump.trace.rate_hz, 1.0)
    parts = {
        **jump.budgets[limb].scaled(mean, zero=abs(v)), "noise": abs(v) * jump.noise_of(limb) / math.sqrt(n),
        "velocity": force * of_v,
    }  # fmt: skip
    return Number(mean, _METHOD, parts, _params(jump), jump.rate_codes, phase.events)


def _work_j(moved: Motion, start_s: float, stop_s: float) -> float:
    """Integral of the power between two fractional times of the motion."""
    t, power = moved.t_s, moved.power_w
    first, last = int(t.searchsorted(start_s)), min(int(t.searchsorted(stop_s, side="right")), len(t)) - 1
    at_start, at_stop = float(np.interp(start_s, t, power)), float(np.interp(stop_s, t, power))
    if last < first:
        return 0.5 * (stop_s - start_s) * (at_start + at_stop)
    inner = 0.5 * float((power[first + 1 : last + 1] + power[first:last]).dot(t[first + 1 : last + 1] - t[first:last]))
    before = 0.5 * (float(t[first]) - start_s) * (at_start + float(power[first]))
    return inner + before + 0.5 * (stop_s - float(t[last])) * (at_stop + float(power[last]))


@metric("W", _NEUTRAL, TOTAL, is_signed=True)
def mean_braking_power(jump: Jump, limb: Limb) -> Number:
    """Mean power over braking, W (negative).

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> kinetic, potential = -0.5 * 70 * 1.0**2, 686.4655 * (-0.305396 + 0.2)  # v1 = -1, s1 = -A1 T1^2/4 = -0.2
    >>> round(mean_braking_power(cosine_jump(), Limb.BOTH).value / ((kinetic + potential) / 0.15), 2)
    1.0
    """
    return _mean(jump, jump.braking, limb)


@metric("W", _UP, TOTAL, is_signed=True)
def mean_propulsion_power(jump: Jump, limb: Limb) -> Number:
    """Mean power over propulsion, W.

    References
    ----------
    Mechanics: force times velocity; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> kinetic, potential = 0.5 * 70 * 2.359139**2, 686.4655 * (0.056687 + 0.305396)
    >>> round(mean_propulsion_power(cosine_jump(), Limb.BOTH).value / ((kinetic + potential) / 0.24), 2)
    1.0
    """
    return _mean(jump, jump.propulsion, limb)
