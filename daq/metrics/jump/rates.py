"""Braking of a jump to how fast the force rises in it and how much impulse its first milliseconds hold."""

from __future__ import annotations

import math

from daq.block import SIDES, Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.jump.events import Jump
from daq.metrics.jump.forces import gap
from daq.metrics.jump.impulses import gross
from daq.metrics.rate import peak_secant, sample_rule_parts, settling_codes, window_codes
from daq.metrics.trace import Trace
from daq.metrics.value import Better, Params

_UP, _DOWN = Better.HIGHER, Better.LOWER
TIMES_MS = (50, 100, 150, 200, 250)
WIDTH_S, FEWEST_SAMPLES = 0.020, 4
_FROM_BRAKING: Params = {"from": "braking_start", "to": "takeoff"}
_BRAKING_RFD: Params = {**_FROM_BRAKING, "onset": "phase.min_velocity"}


def window_against(jump: Jump, limb: Limb, start_s: float, *, length_s: float) -> tuple[str, ...]:
    """What stands against a window of one limb; ``!`` behind a code withholds."""
    if limb is not jump.main and limb in SIDES and jump.u_clock_s > jump.limit("clock_events_s"):
        return ("streams_not_aligned!",)
    push = jump.push_of(limb)
    return window_codes(push, start_s, length_s, stop_s=push.stop_s)


def voids(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes that withhold, without their mark."""
    return tuple(code.rstrip("!") for code in codes if code.endswith("!"))


def secant_of(jump: Jump, limb: Limb, start_s: float, *, ms: int, params: Params, events: tuple[str, ...]) -> Number:
    """Rise of force over ``ms`` from ``start_s``."""
    length_s, method = ms / 1000.0, "rfd.secant_from_onset"
    codes = window_against(jump, limb, start_s, length_s=length_s)
    if codes and voids(codes):
        return void(*voids(codes), method=method, params=params)
    push = jump.push_of(limb)
    rate = (push.at(start_s + length_s) - push.at(start_s)) / length_s
    return Number(
        rate, method, _rise_parts(jump, limb, push, start_s=start_s, length_s=length_s, rate=rate), params, codes, events
    )


def _rise_parts(jump: Jump, limb: Limb, push: Trace, *, start_s: float, length_s: float, rate: float) -> dict[str, float]:
    return sample_rule_parts(
        push, start_s, length_s, rate=rate, noise_n=jump.noise_of(limb), budget=jump.budgets[limb], u_clock_s=jump.u_clock_s
    )


@metric("N/s", _UP, ALL, is_signed=True, phase="braking", over=TIMES_MS)
def rfd_0_Tms(jump: Jump, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the metric's name
    """Rise of force in the first ``ms`` of braking by that time, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> rise_n = 70 * 13.3333333 / 2 * (1 + 0.5)  # cos(pi 0.1/0.15) = -0.5
    >>> round(rfd_0_Tms(cosine_jump(), Limb.BOTH, 100).value / (rise_n / 0.1), 2)
    1.0
    """
    return secant_of(jump, limb, jump.braking.start_s, ms=ms, params=_BRAKING_RFD, events=("braking_start",))


@metric("N*s", _UP, ALL, phase="braking", over=TIMES_MS)
def impulse_0_Tms(jump: Jump, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the metric's name
    """Integral of the force over the first ``ms`` of braking, N s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> import math
    >>> of_rise = 70 * 13.3333333 / 2 * (0.1 - 0.15 / math.pi * math.sin(math.pi * 0.1 / 0.15))
    >>> round(impulse_0_Tms(cosine_jump(), Limb.BOTH, 100).value / (of_rise + 686.4655 * 0.1), 2)
    1.0
    """
    start_s, length_s = jump.braking.start_s, ms / 1000.0
    codes = window_against(jump, limb, start_s, length_s=length_s)
    if codes and voids(codes):
        return void(*voids(codes), method="impulse.trapezoid", params=_FROM_BRAKING)
    u_s = jump.braking.u_s[0]
    made = gross(jump, limb, start_s, stop_s=start_s + length_s, u_s=u_s, params=_BRAKING_RFD, events=("braking_start",))
    return made._replace(reasons=codes) if codes != made.reasons else made


@metric("N*s", _UP, ALL, phase="braking")
def impulse_total(jump: Jump, limb: Limb) -> Number:
    """Integral of the force from braking start to take-off, N s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(impulse_total(cosine_jump(), Limb.BOTH).value / (70 * (1 + 2.359139) + 686.4655 * 0.39), 2)
    1.0
    """
    start_s = jump.braking.start_s
    stop_s = jump.push_of(limb).stop_s
    u_s = (jump.braking.u_s[0], jump.flight.takeoff.u_s or 0.0)
    return gross(jump, limb, start_s, stop_s=stop_s, u_s=u_s, params=_FROM_BRAKING, events=("braking_start", "takeoff"))


@metric("s", _DOWN, ALL, phase="braking")
def time_to_peak(jump: Jump, limb: Limb) -> Number:
    """From braking start to the largest force after it, s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> 0.149 < time_to_peak(cosine_jump(), Limb.BOTH).value < 0.291  # the plateau lasts from T2 to T2 + T3
    True
    """
    start_s = jump.braking.start_s
    push = jump.push_of(limb)
    window = push.slice(start_s, push.stop_s)
    peak = jump.peak_of(limb)
    if window.stop <= window.start:
        return void("window_beyond_trial", method="peak.max_sample", params=_FROM_BRAKING)
    if peak is not None and peak.sample >= window.start:
        at_s = peak.t_s
    else:
        at_s = float(push.t_s[window.start + int(push.force_n[window].argmax())])
    codes = gap(push, start_s, push.stop_s)
    return Number(at_s - start_s, "peak.max_sample", None, _FROM_BRAKING, codes, ("braking_start",))


@metric("N/s", _UP, ALL, is_signed=True)
def braking_rfd(jump: Jump, limb: Limb) -> Number:
    """Rise of force over braking by its length, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(braking_rfd(cosine_jump(), Limb.BOTH).value / (70 * 13.3333333 / 0.15), 2)
    1.0
    """
    phase = jump.braking
    push = jump.push_of(limb)
    start_s, stop_s, length_s = phase.start_s, phase.stop_s, phase.length_s
    if length_s < FEWEST_SAMPLES * push.dt_s:
        return void("window_below_resolution", method="rfd.phase_secant")
    rate = (push.at(stop_s) - push.at(start_s)) / length_s
    parts = _rise_parts(jump, limb, push, start_s=start_s, length_s=length_s, rate=rate)
    # Each border moves its own force along the slope there, and the length.
    u_a, u_b = phase.u_s
    at_a, at_b = (push.slope_at(t_s) - rate for t_s in (start_s, stop_s))
    parts["start"] = math.hypot(at_a * u_a, at_b * u_b) / length_s
    return Number(rate, "rfd.phase_secant", parts, {}, gap(push, start_s, stop_s), phase.events)


@metric("N/s", _UP, ALL, is_signed=True)
def braking_rfd_peak_20ms(jump: Jump, limb: Limb) -> Number:
    """Largest rise of force over 20 ms in braking by that time, N/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> import math
    >>> steepest = 70 * 13.3333333 * math.sin(math.pi * 0.02 / (2 * 0.15)) / 0.02  # about the middle of braking
    >>> round(braking_rfd_peak_20ms(cosine_jump(), Limb.BOTH).value / steepest, 2)
    1.0
    """
    phase = jump.braking
    return steepest_of(jump, limb, phase.start_s, stop_s=phase.stop_s, events=phase.events)


def steepest_of(jump: Jump, limb: Limb, start_s: float, *, stop_s: float, events: tuple[str, ...]) -> Number:
    """Largest 20 ms secant that begins in a window."""
    push, method = jump.push_of(limb), "rfd.moving_secant"
    codes = (*settling_codes(push, WIDTH_S), *gap(push, start_s, stop_s))
    rate = peak_secant(push, start_s, stop_s, width_s=WIDTH_S)
    if rate is None or "sensor_settling!" in codes:
        return void("sensor_settling" if "sensor_settling!" in codes else "window_below_resolution", method=method)
    return Number(rate, method, None, {"width_s": WIDTH_S}, (*codes, *jump.rate_codes), events)
