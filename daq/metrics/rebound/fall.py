"""A fall onto the plate to its speed at first contact and the height it came from."""

from __future__ import annotations

from daq.block import Limb
from daq.metrics.catalogue import TOTAL, Absent, Number, metric, void
from daq.metrics.rebound.events import Ground, u_of
from daq.metrics.value import Better


@metric("m/s", Better.NEUTRAL, TOTAL, is_signed=True)
def touchdown_velocity(reading: Ground, limb: Limb) -> Number:
    """Velocity at first contact, m/s (negative).

    Notes
    -----
    By integration over all contacts, back from the quiet standing after the landing or forward from a movement start.

    References
    ----------
    Mechanics: impulse and momentum.

    Examples
    --------
    ``-sqrt(2 g h)`` of a drop of 0.4 m:

    >>> from daq.metrics.rebound.example import drop_jump, drop_landing
    >>> round(touchdown_velocity(drop_jump(), Limb.BOTH).value, 3)
    -2.801
    >>> round(touchdown_velocity(drop_landing(), Limb.BOTH).value, 3)
    -2.801
    """
    del limb
    instant = reading.touchdown
    v = reading.velocity_at(instant.t_s)
    parts = reading.velocity_parts(instant.t_s, v, u_event_s=u_of(instant))
    codes = reading.velocity_codes(instant.t_s)
    return Number(v, reading.rest.method, parts, reading.velocity_params(), codes, (instant.name,))


@metric("m", Better.NEUTRAL, TOTAL)
def drop_height(reading: Ground, limb: Limb) -> Number:
    """Height that the speed at first contact belongs to, ``v^2/(2 g)``, m: what the body fell, not the box.

    Notes
    -----
    ``drop.backward``. Without a quiet end the entered height of the box stands in (``drop.box_height``), whose uncertainty as
    a drop is not known. ``drop_height_mismatch`` is information: more than 15 % and 0.03 m between the two.

    References
    ----------
    Mechanics: impulse and momentum.

    Examples
    --------
    >>> from daq.metrics.rebound.example import drop_jump
    >>> round(drop_height(drop_jump(), Limb.BOTH).value, 3)
    0.4
    """
    box_m = reading.conditions.entered.get("box_height_m")
    try:
        if reading.conditions.rules["drop"].name == "box_height":
            return _of_box(box_m, ())
        v = touchdown_velocity(reading, limb)
    except Absent as absent:
        codes = reading.missing.get(absent.stage, ())
        if box_m is None or absent.stage == "contact":
            raise
        return _of_box(box_m, codes)
    g = reading.gravity
    height = v.value**2 / (2.0 * g)
    parts = {name: abs(v.value) / g * u for name, u in (v.parts or {}).items()}
    params, reasons = {**v.params, "box_height_m": box_m}, v.reasons
    if "drop_height_mismatch" in reading.reasons:
        reasons = (*reasons, "drop_height_mismatch")
    return Number(height, "drop.backward", parts, params, reasons, v.events)


def _of_box(box_m: float | None, codes: tuple[str, ...]) -> Number:
    method = "drop.box_height"
    if box_m is None:
        return void("box_height_missing", method=method)
    told = tuple(code for code in codes if code == "no_quiet_end")
    return Number(box_m, method, None, {"box_height_m": box_m}, told)
