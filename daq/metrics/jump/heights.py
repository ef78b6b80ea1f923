"""Take-off velocity and flight time to the heights of a jump and to the indices that follow from them."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric
from daq.metrics.jump.events import Jump
from daq.metrics.uncertainty import combined
from daq.metrics.value import Better, Params

_UP, _NEUTRAL = Better.HIGHER, Better.NEUTRAL
_PUSH, _AIR = ("movement_start", "takeoff"), ("takeoff", "landing")


def _params(jump: Jump) -> Params:
    return {"gravity": jump.gravity, "velocity": jump.moved.method}


def _air_parts(jump: Jump) -> dict[str, float]:
    landing, takeoff = jump.landing, jump.flight.takeoff
    return {
        "takeoff": takeoff.u_s or 0.0, "landing": landing.u_s or 0.0, "time": jump.air_s * jump.budgets[jump.main].time,
    }  # fmt: skip


@metric("m", _UP, TOTAL)
def jump_height_impulse_momentum(jump: Jump, _: Limb) -> Number:
    """Rise of the centre of mass after take-off, from the velocity there: ``v^2/(2 g)``, m.

    References
    ----------
    Linthorne (2001), American Journal of Physics; Owen et al. (2014), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(jump_height_impulse_momentum(cosine_jump(), Limb.BOTH).value, 4)  # 2.359139^2/(2 g) = 0.283763
    0.2838
    """
    return Number(jump.height_m, "height.impulse_momentum", jump.height_parts, _params(jump), jump.height_codes, _PUSH)


@metric("m", _UP, TOTAL)
def jump_height_flight_time(jump: Jump, _: Limb) -> Number:
    """Rise of the centre of mass from the time in the air, ``g t^2/8``, m; true when the posture at both ends is the same.

    References
    ----------
    Linthorne (2001), American Journal of Physics.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(jump_height_flight_time(cosine_jump(), Limb.BOTH).value, 3)  # 0.283763, landed as taken off
    0.284
    """
    t, g = jump.air_s, jump.gravity
    parts = {name: g * t / 4.0 * u for name, u in _air_parts(jump).items()}
    params: Params = {"gravity": g, "events": jump.flight.takeoff.method}
    codes = (*jump.flight.reasons, *jump.rate_codes)
    return Number(g * t**2 / 8.0, "height.flight_time", parts, params, codes, _AIR)


@metric("m", _UP, TOTAL)
def jump_height_displacement(jump: Jump, _: Limb) -> Number:
    """Rise of the centre of mass above standing, ``s_to + v^2/(2 g)``, m; larger than the others by the heel rise.

    References
    ----------
    Moir (2008), Measurement in Physical Education and Exercise Science.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(jump_height_displacement(cosine_jump(), Limb.BOTH).value, 3)  # 0.056687 + 0.283763
    0.34
    """
    rise = float(jump.moved.s_m[-1])
    return Number(rise + jump.height_m, "height.displacement", None, _params(jump), jump.height_codes, _PUSH)


@metric("m", _NEUTRAL, TOTAL, is_signed=True)
def height_method_difference(jump: Jump, _: Limb) -> Number:
    """Height from flight time less height from the take-off velocity, m.

    References
    ----------
    Mechanics of free flight.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> abs(height_method_difference(cosine_jump(), Limb.BOTH).value) < 0.001
    True
    """
    height, t, g = jump.height_m, jump.air_s, jump.gravity
    in_air = {name: g * t / 4.0 * u for name, u in _air_parts(jump).items()}
    parts = {"flight time": combined(in_air), "velocity": combined(jump.height_parts)}
    method = "height.flight_time_less_impulse_momentum"
    return Number(g * t**2 / 8.0 - height, method, parts, _params(jump), jump.height_codes, _PUSH)


@metric("m", _NEUTRAL, TOTAL, is_signed=True)
def com_height_change_at_landing(jump: Jump, _: Limb) -> Number:
    """Height of the centre of mass at touchdown against take-off, m; negative: landed with bent legs.

    Notes
    -----
    ``v_to t_f - g t_f^2/2``: the fall continues the flight, so it holds in any posture.

    References
    ----------
    Mechanics of free flight.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> abs(com_height_change_at_landing(cosine_jump(), Limb.BOTH).value) < 0.002  # landed as taken off
    True
    """
    v, t, g = jump.takeoff_m_per_s, jump.air_s, jump.gravity
    fall = abs(v - g * t)
    parts = {"velocity": t * combined(jump.takeoff_parts), "flight time": fall * combined(_air_parts(jump))}
    return Number(v * t - 0.5 * g * t**2, "kinematics.ballistic", parts, _params(jump), jump.height_codes, _PUSH)


@metric("s", _NEUTRAL, TOTAL)
def flight_time(jump: Jump, _: Limb) -> Number:
    """From take-off to landing, s.

    References
    ----------
    Mechanics of free flight.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(flight_time(cosine_jump(), Limb.BOTH).value, 3)  # 2 v/g = 0.48113
    0.481
    """
    t, flight = jump.air_s, jump.flight
    params: Params = {"flight_mean_n": flight.level_n, "flight_sd_n": flight.noise_n}
    codes = (*flight.reasons, *jump.rate_codes)
    return Number(t, flight.takeoff.method, _air_parts(jump), params, codes, _AIR)


@metric("m/s", _UP, TOTAL)
def rsi_modified(jump: Jump, _: Limb) -> Number:
    """Height from the take-off velocity over the time to take-off, m/s.

    References
    ----------
    Ebben and Petushek (2010), Journal of Strength and Conditioning Research.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> number = rsi_modified(jump, Limb.BOTH).value
    >>> round(number * (jump.flight.takeoff.t_s - jump.start.t_s), 4)
    0.2838
    """
    height, parts = jump.height_m, jump.height_parts
    start, takeoff = jump.start, jump.flight.takeoff
    total = takeoff.t_s - start.t_s
    u_time = math.hypot(start.u_s or 0.0, takeoff.u_s or 0.0)
    of = {name: u / total for name, u in parts.items()} | {"duration": height / total**2 * u_time}
    return Number(height / total, "rsi.modified", of, _params(jump), jump.height_codes, _PUSH)


@metric("1", _NEUTRAL, TOTAL)
def flight_to_contraction_ratio(jump: Jump, _: Limb) -> Number:
    """Time in the air over the time to take-off.

    Notes
    -----
    A late take-off shortens the flight and lengthens the push, so it counts in both.

    References
    ----------
    Mechanics of free flight.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> jump = cosine_jump()
    >>> number = flight_to_contraction_ratio(jump, Limb.BOTH).value
    >>> round(number * (jump.flight.takeoff.t_s - jump.start.t_s), 3)
    0.481
    """
    air, start, takeoff = jump.air_s, jump.start, jump.flight.takeoff
    total = takeoff.t_s - start.t_s
    ratio = air / total
    parts = {
        "landing": (jump.landing.u_s or 0.0) / total, "start": ratio / total * (start.u_s or 0.0),
        "takeoff": (1.0 + ratio) / total * (takeoff.u_s or 0.0),
    }  # fmt: skip
    events = ("movement_start", "takeoff", "landing")
    return Number(ratio, "rsi.flight_over_time_to_takeoff", parts, {}, jump.rate_codes, events)


@metric("kg*m/s", _UP, TOTAL)
def jump_momentum(jump: Jump, limb: Limb) -> Number:
    """Momentum at take-off, ``m v_to``, kg m/s.

    References
    ----------
    Mechanics of free flight.

    Examples
    --------
    >>> from daq.metrics.jump.example import cosine_jump
    >>> round(jump_momentum(cosine_jump(), Limb.BOTH).value, 1)  # 70 * 2.359139
    165.1
    """
    v, mass = jump.takeoff_m_per_s, jump.mass_kg
    gain = jump.budgets[limb].scaled(mass * v, zero=v / jump.gravity)
    parts = {**gain, "velocity": mass * combined(jump.takeoff_parts)}
    return Number(mass * v, "kinematics.momentum", parts, _params(jump), jump.height_codes, _PUSH)
