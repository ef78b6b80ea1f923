"""The jump out of a contact to flight time, heights, velocities and reactive strength."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Number, metric, void
from daq.metrics.flight import Flight
from daq.metrics.rebound.events import Rebound, u_of
from daq.metrics.uncertainty import combined
from daq.metrics.value import Better, Instant, Params

AIR, REACTIVE = ("takeoff", "landing"), ("contact", "takeoff", "landing")
FIRST_AIR = ("first_takeoff", "contact")
LARGEST_RELATIVE_U = 0.5
# Of a jump into the contact; the rebound itself is the trial's single value and carries no index.
FIRST = 1


def _with_first(rebound: Number, first: Number | None) -> list[Number]:
    return [rebound] if first is None else [rebound, first]


def _air(jump: Rebound, flight: Flight, landing: Instant, limb: Limb, *, events: tuple[str, ...], entry: int | None) -> Number:
    length = landing.t_s - flight.takeoff.t_s
    parts = {"takeoff": u_of(flight.takeoff), "landing": u_of(landing), "time": length * jump.budgets[limb].time}
    params: Params = {"flight_mean_n": flight.level_n, "flight_sd_n": flight.noise_n}
    reasons = (*jump.air_codes(flight, landing.t_s), *jump.rate_codes)
    return Number(length, flight.takeoff.method, parts, params, reasons, events, entry=entry)


@metric("s", Better.NEUTRAL, TOTAL)
def flight_time(jump: Rebound, limb: Limb) -> list[Number]:
    """Take-off to landing of the jump out of the contact, s; with index 1 of the jump into it, where there was one.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``2 v_out/g`` for 2.4 m/s:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(flight_time(drop_jump(), Limb.BOTH)[0].value, 4)
    0.4895
    """
    found = _air(jump, jump.flight, jump.landing, limb, events=AIR, entry=None)
    first = _air(jump, jump.first, jump.touchdown, limb, events=FIRST_AIR, entry=FIRST) if jump.has("first") else None
    return _with_first(found, first)


@metric("m", Better.HIGHER, TOTAL)
def jump_height_flight_time(jump: Rebound, limb: Limb) -> list[Number]:
    """Height from the time in the air, ``g t^2/8``, m; the height to use where nobody stood still afterwards.

    References
    ----------
    Linthorne (2001), American Journal of Physics.

    Examples
    --------
    ``v^2/(2 g)`` for 2.4 m/s, landing as at take-off:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(jump_height_flight_time(drop_jump(), Limb.BOTH)[0].value, 4)
    0.2937
    """
    return [_height(jump, air) for air in flight_time(jump, limb)]


def _height(jump: Rebound, air: Number) -> Number:
    g, t = jump.gravity, air.value
    parts = {name: g * t / 4.0 * u for name, u in (air.parts or {}).items()}
    params = {**air.params, "gravity": g, "events": air.method}
    return air._replace(value=g * t * t / 8.0, method="height.flight_time", parts=parts, params=params)


@metric("m/s", Better.HIGHER, TOTAL)
def takeoff_velocity(jump: Rebound, limb: Limb) -> list[Number]:
    """Velocity at take-off out of the contact, m/s; with index 1 that of the jump into it.

    Notes
    -----
    ``v_to = -integral of (F - W)/m`` from take-off to the instant of rest after the landing (``no_quiet_end`` without one),
    or forward from the movement start of a first jump.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(takeoff_velocity(drop_jump(), Limb.BOTH)[0].value, 3)
    2.4
    """
    del limb
    found = _velocity(jump, jump.takeoff, "takeoff", entry=None)
    return _with_first(found, _velocity(jump, jump.first.takeoff, "first_takeoff", entry=FIRST) if jump.has("first") else None)


def _velocity(jump: Rebound, instant: Instant, name: str, *, entry: int | None) -> Number:
    v = jump.velocity_at(instant.t_s)
    parts = jump.velocity_parts(instant.t_s, v, u_event_s=u_of(instant))
    codes = jump.velocity_codes(instant.t_s)
    if v <= 0.0:
        codes = (*codes, "momentum_check_failed")
    return Number(v, jump.rest.method, parts, jump.velocity_params(), codes, (name,), entry=entry)


@metric("m", Better.HIGHER, TOTAL)
def jump_height_impulse_momentum(jump: Rebound, limb: Limb) -> list[Number]:
    """Height from the velocity at take-off, ``v^2/(2 g)``, m; with index 1 that of the jump into the contact.

    Notes
    -----
    ``height.impulse_momentum_backward`` where the velocity comes from the quiet end; without one it is withheld
    (``no_quiet_end``) and the height from flight time stands.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(jump_height_impulse_momentum(drop_jump(), Limb.BOTH)[0].value, 4)
    0.2937
    """
    return [_height_of(jump, v) for v in takeoff_velocity(jump, limb)]


def _height_of(jump: Rebound, v: Number) -> Number:
    g = jump.gravity
    height = v.value**2 / (2.0 * g)
    parts = {name: abs(v.value) / g * u for name, u in (v.parts or {}).items()}
    is_back = jump.rest.method != "kinematics.forward"
    method = "height.impulse_momentum_backward" if is_back else "height.impulse_momentum"
    codes = v.reasons
    if combined(parts) > LARGEST_RELATIVE_U * height:
        # A height with a standard uncertainty above half of itself says nothing.
        codes = (*codes, "weighing_not_quiet" if max(parts, key=lambda n: parts[n]) in {"weight", "start"} else "noise_high")
    return v._replace(value=height, method=method, parts=parts, reasons=codes)


@metric("m", Better.NEUTRAL, TOTAL, is_signed=True)
def height_method_difference(jump: Rebound, limb: Limb) -> Number:
    """Height from flight time less height from momentum, m.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    Landing as at take-off makes both equal:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> abs(height_method_difference(drop_jump(), Limb.BOTH).value) < 2e-4
    True
    """
    by_time, by_momentum = jump_height_flight_time(jump, limb)[0], jump_height_impulse_momentum(jump, limb)[0]
    difference = by_time.value - by_momentum.value
    far = ("height_methods_disagree",) if abs(difference) > jump.limit("heights_apart_m") else ()
    reasons = tuple(dict.fromkeys((*far, *by_time.reasons, *by_momentum.reasons)))
    return Number(difference, "height.flight_time_less_impulse_momentum", None, by_momentum.params, reasons, AIR)


@metric("1", Better.HIGHER, TOTAL)
def rsi_flight_contact(jump: Rebound, limb: Limb) -> Number:
    """Time in the air over time in contact.

    Notes
    -----
    ``rsi.flight_over_contact``. A late take-off lengthens the contact and shortens the flight, so it counts in both; the time
    step cancels.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``(2 v_out/g)/t_c = 0.48946/0.2``:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(rsi_flight_contact(drop_jump(), Limb.BOTH).value, 3)
    2.447
    """
    del limb
    air, contact = jump.air_s, jump.contact_s
    parts = ratio_parts(jump.touchdown, jump.takeoff, jump.landing)
    return Number(air / contact, "rsi.flight_over_contact", parts, _times(jump), _reasons(jump), REACTIVE)


def ratio_parts(contact: Instant, takeoff: Instant, landing: Instant) -> dict[str, float]:
    """Contributions of the three instants to flight over contact."""
    length = takeoff.t_s - contact.t_s
    ratio = (landing.t_s - takeoff.t_s) / length
    return {
        "contact": ratio / length * u_of(contact),
        "takeoff": (1.0 + ratio) / length * u_of(takeoff),
        "landing": u_of(landing) / length,
    }


@metric("m/s", Better.HIGHER, TOTAL)
def rsi_height_contact(jump: Rebound, limb: Limb) -> Number:
    """Height from flight time over time in contact, m/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    ``0.29368/0.2``:

    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(rsi_height_contact(drop_jump(), Limb.BOTH).value, 3)
    1.468
    """
    g, air, contact = jump.gravity, jump.air_s, jump.contact_s
    height = g * air * air / 8.0
    parts = height_ratio_parts(jump.touchdown, jump.takeoff, jump.landing, gravity=g)
    parts["time"] = height / contact * jump.budgets[limb].time
    params = {**_times(jump), "gravity": g, "height": "height.flight_time"}
    return Number(height / contact, "rsi.height_over_contact", parts, params, _reasons(jump), REACTIVE)


def height_ratio_parts(contact: Instant, takeoff: Instant, landing: Instant, *, gravity: float) -> dict[str, float]:
    """Contributions of the three instants to ``g t_f^2/8`` over contact."""
    length, air = takeoff.t_s - contact.t_s, landing.t_s - takeoff.t_s
    of_air, of_contact = gravity * air / (4.0 * length), gravity * air * air / (8.0 * length * length)
    return {
        "contact": of_contact * u_of(contact),
        "takeoff": (of_air + of_contact) * u_of(takeoff),
        "landing": of_air * u_of(landing),
    }


@metric("m/s", Better.HIGHER, TOTAL)
def rsi_height_contact_impulse(jump: Rebound, limb: Limb) -> Number:
    """Height from momentum over time in contact, m/s.

    References
    ----------
    Convention of force-plate programs; no single paper.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(rsi_height_contact_impulse(drop_jump(), Limb.BOTH).value, 3)
    1.468
    """
    height, contact = jump_height_impulse_momentum(jump, limb)[0], jump.contact_s
    parts = {name: u / contact for name, u in (height.parts or {}).items()}
    of_contact = height.value / contact**2
    # A late take-off lowers the velocity there and lengthens the contact.
    parts["event"] += of_contact * u_of(jump.takeoff)
    parts["contact"] = of_contact * u_of(jump.touchdown)
    params = {**height.params, "contact_s": contact, "height": height.method}
    if math.isnan(height.value):
        return void(*height.reasons, method="rsi.height_over_contact")
    reasons = tuple(dict.fromkeys((*jump.contact_codes(), *height.reasons)))
    return Number(height.value / contact, "rsi.height_over_contact", parts, params, reasons, ("contact", "takeoff"))


def _times(jump: Rebound) -> Params:
    return {"contact_s": jump.contact_s, "flight_s": jump.air_s, "events": jump.takeoff.method}


def _reasons(jump: Rebound) -> tuple[str, ...]:
    return (*jump.contact_codes(), *jump.air_codes(jump.flight, jump.landing.t_s), *jump.rate_codes)
