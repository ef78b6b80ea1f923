"""Conditions of a landing to everything found in it; nothing is raised."""

from __future__ import annotations

from daq.metrics.flight import LONGEST_S, SHORTEST_S
from daq.metrics.reading import Conditions
from daq.metrics.rebound.events import Ground
from daq.metrics.rebound.finding import EVERYTHING, begin, check_box, find_stop, finish, name
from daq.metrics.rebound.ground import Air, airs_of, coarse_n, edge_rule, first_contact
from daq.metrics.rebound.rest import find_rest, find_weight
from daq.metrics.samples import white_noise_n
from daq.metrics.trace import Trace
from daq.metrics.value import Instant

IMPACT_S, REBOUND_S, NOISE_S = 0.5, 1.0, 0.5


def read_landing(conditions: Conditions) -> Ground:
    """Find the contact with an empty plate and the standing after it.

    Notes
    -----
    Where the plate was loaded more than once, the landing is the contact with the highest force of its first 0.5 s: stepping
    up before the drop, or off after it, is no landing. A flight within a second of it (``landing_rebound``) is not landing
    and standing.
    """
    reading = Ground(conditions)
    if begin(reading):
        trace, rule = reading.trace, edge_rule(conditions.rules["flight"])
        airs = airs_of(trace, coarse_n(trace, rule))
        chosen = _hardest(trace, airs)
        touchdown: Instant | tuple[str, ...] = ("landing_not_found",)
        if chosen is not None:
            air = airs[chosen]
            touchdown = first_contact(
                trace, air, rule=rule, u_clock_s=reading.u_clock_s, name="landing", after_flight=_is_flight(trace, air)
            )
        if isinstance(touchdown, Instant) and chosen is not None:
            _land(reading, touchdown, airs, chosen)
        elif not isinstance(touchdown, Instant):
            reading.block(touchdown, *EVERYTHING)
            reading.tell(*touchdown)
    finish(reading)
    return reading


def _is_flight(trace: Trace, air: Air) -> bool:
    length_s = (air.stop - air.first) * trace.dt_s
    return not (air.is_start or air.is_end) and SHORTEST_S - 0.5 * trace.dt_s <= length_s <= LONGEST_S + 0.5 * trace.dt_s


def _hardest(trace: Trace, airs: list[Air]) -> int | None:
    """Which empty stretch the hardest contact follows."""
    n = max(trace.n_in(IMPACT_S), 1)
    peaks = [(float(trace.force_n[air.stop : air.stop + n].max()), -k) for k, air in enumerate(airs) if not air.is_end]
    return -max(peaks)[1] if peaks else None


def _land(reading: Ground, touchdown: Instant, airs: list[Air], chosen: int) -> None:
    trace, air = reading.trace, airs[chosen]
    reading.touchdown = reading.landing = touchdown
    name(reading, touchdown)
    for limb, curve in reading.traces.items():
        stop_s = touchdown.t_s - 2.0 * trace.dt_s
        reading.noise_n[limb] = white_noise_n(curve.force_n[curve.slice(stop_s - NOISE_S, stop_s)])
    if _rebounds(trace, airs, chosen):
        reading.tell("landing_rebound")
    # Somebody who steps off later ends the landing there.
    stop_s = float(trace.t_s[airs[chosen + 1].first - 1]) if chosen + 1 < len(airs) else trace.stop_s
    if stop_s <= touchdown.t_s or air.stop >= len(trace.t_s) - 1:
        reading.block(("landing_incomplete",), "weighing", "velocity", "stop")
        reading.tell("landing_incomplete")
        return
    find_weight(reading, takeoff_s=stop_s, landing_s=touchdown.t_s)
    find_rest(reading, takeoff_s=stop_s, landing_s=touchdown.t_s)
    _check_fall(reading)
    find_stop(reading)


def _rebounds(trace: Trace, airs: list[Air], chosen: int) -> bool:
    """A flight begins within a second of this contact, or ended the short contact before it."""
    dt = trace.dt_s
    after = airs[chosen + 1] if chosen + 1 < len(airs) else None
    if after is not None and _is_flight(trace, after) and (after.first - airs[chosen].stop) * dt < REBOUND_S:
        return True
    return chosen > 0 and _is_flight(trace, airs[chosen]) and (airs[chosen].first - airs[chosen - 1].stop) * dt < REBOUND_S


def _check_fall(reading: Ground) -> None:
    """Who lands falls; a velocity that says otherwise is wrong."""
    if not reading.has("rest"):
        return
    v = reading.velocity_at(reading.touchdown.t_s)
    if v >= 0.0:
        reading.block(("momentum_check_failed",), "velocity", "stop")
        reading.tell("momentum_check_failed")
        del reading.rest
        return
    check_box(reading, v)
