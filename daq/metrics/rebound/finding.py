"""Conditions of a drop jump, of hops or of a landing to everything found in it; nothing is raised."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from daq.metrics.flight import LONGEST_S, SHORTEST_S, Flight, find_flight
from daq.metrics.jump.events import Stop
from daq.metrics.reading import Conditions
from daq.metrics.rebound.events import Ground, Rebound, Turn
from daq.metrics.rebound.ground import Step, airs_of, coarse_n, edge_rule, first_contact, flight_of, steps_of
from daq.metrics.rebound.rest import find_rest, find_weight
from daq.metrics.samples import white_noise_n
from daq.metrics.stopping import METHOD, find_halt
from daq.metrics.uncertainty import SQRT_12, combined
from daq.metrics.value import Instant, Params

EVERYTHING = ("contact", "landing", "weighing", "velocity", "turn", "stop", "first", "hops")
_STANDS = "stands"


def read_drop_jump(conditions: Conditions) -> Rebound:
    """Find the contact out of a drop, or out of a jump from this plate, and the jump from it."""
    reading = Rebound(conditions)
    if begin(reading):
        step = _rebound_step(reading)
        if step is not None and _contact(reading, step):
            landing_s = reading.landing.t_s if reading.has("landing") else None
            before_s = reading.first.takeoff.t_s if reading.has("first") else reading.takeoff.t_s
            find_weight(reading, takeoff_s=before_s, landing_s=landing_s)
            find_rest(reading, takeoff_s=before_s, landing_s=landing_s)
            _turn(reading)
            find_stop(reading)
            _check_drop(reading)
    finish(reading)
    return reading


def begin(reading: Ground) -> bool:
    """What every kind begins with; False where the sensor is too slow for any event."""
    rate_hz = reading.trace.rate_hz
    reading.u_event_s = math.hypot(reading.trace.dt_s / SQRT_12, reading.u_clock_s)
    reading.rate_codes = ("rate_too_low",) if rate_hz < 0.995 * reading.limit("recommended_hz") else ()
    if rate_hz < reading.limit("slowest_hz"):
        reading.block(("rate_too_low",), *EVERYTHING)
        reading.tell("rate_too_low")
        return False
    return True


def finish(reading: Ground) -> None:
    """The free leg, and the instants in order of time."""
    _check_free_leg(reading)
    reading.instants = dict(sorted(reading.instants.items(), key=lambda pair: pair[1].t_s))


def name(reading: Ground, *instants: Instant) -> None:
    """Keep these instants by their names."""
    for instant in instants:
        reading.instants[instant.name] = instant


def _rebound_step(reading: Rebound) -> Step | None:
    """The first contact short enough for a rebound that a flight follows, with something empty before it."""
    trace = reading.trace
    steps = steps_of(trace, airs_of(trace, coarse_n(trace, edge_rule(reading.conditions.rules["flight"]))))
    found: list[str] = []
    for step in steps:
        if not (step.before.is_start or step.air_before_s >= SHORTEST_S - 0.5 * trace.dt_s):
            continue
        code = _why_not(step, trace.dt_s, longest_s=reading.limit("longest_contact_s"))
        if code == "":
            return step
        found += [code] if code != _STANDS else []
    # A long contact with a flight behind it is a jump, only none out of the drop.
    codes = ("contact_too_long",) if "contact_too_long" in found else ("takeoff_not_found", *dict.fromkeys(found))
    reading.block(codes, *EVERYTHING)
    reading.tell(*codes)
    return None


def _why_not(step: Step, dt_s: float, *, longest_s: float) -> str:
    """Why this contact is no rebound; "" where it is one."""
    air_s, is_long = step.air_after_s, step.length_s > longest_s
    if is_long and step.after.is_end:
        return _STANDS
    if air_s > LONGEST_S + 0.5 * dt_s:
        return "flight_too_long"
    # A record may end soon after a take-off; half of the shortest flight then has to do.
    if air_s < (0.5 if step.after.is_end else 1.0) * SHORTEST_S - 0.5 * dt_s:
        return "flight_too_short"
    return "contact_too_long" if is_long else ""


def _contact(reading: Rebound, step: Step) -> bool:
    trace, typed, u_clock_s = reading.trace, reading.conditions.rules["flight"], reading.u_clock_s
    rule = edge_rule(typed)
    touchdown = first_contact(trace, step.before, rule=rule, u_clock_s=u_clock_s, after_flight=step.comes_from_flight)
    flight = flight_of(trace, step.after, rule=rule, u_clock_s=u_clock_s)
    if typed.name == "manual":
        flight = find_flight(trace, rule=typed, u_clock_s=u_clock_s)
    if not isinstance(touchdown, Instant) or not isinstance(flight, Flight):
        codes = touchdown if not isinstance(touchdown, Instant) else flight if not isinstance(flight, Flight) else ()
        reading.block(codes, *EVERYTHING)
        reading.tell(*codes)
        return False
    if flight.takeoff.t_s <= touchdown.t_s:
        reading.block(("takeoff_not_found",), *EVERYTHING)
        reading.tell("takeoff_not_found")
        return False
    reading.touchdown, reading.takeoff, reading.flight = touchdown, flight.takeoff, flight
    reading.tell(*flight.reasons)
    name(reading, touchdown, flight.takeoff)
    _noise_in_air(reading, flight)
    if flight.landing is None:
        reading.block(("landing_not_found",), "landing")
    else:
        reading.landing, reading.air_s = flight.landing, flight.landing.t_s - flight.takeoff.t_s
        name(reading, flight.landing)
    before = flight_of(trace, step.before, rule=rule, u_clock_s=u_clock_s) if step.comes_from_flight else None
    if isinstance(before, Flight):
        reading.first, reading.first_air_s = before, touchdown.t_s - before.takeoff.t_s
        name(reading, replace(before.takeoff, name="first_takeoff"))
    else:
        reading.block(("takeoff_not_found",), "first")
    reading.tell(*reading.slow_codes())
    return True


def _noise_in_air(reading: Ground, flight: Flight) -> None:
    """Noise of the empty plates; a weighing gives a better figure."""
    stop_s = flight.landing.t_s if flight.landing else reading.trace.stop_s
    quarter = 0.25 * (stop_s - flight.takeoff.t_s)
    for limb, trace in reading.traces.items():
        part = trace.force_n[trace.slice(flight.takeoff.t_s + quarter, stop_s - quarter)]
        reading.noise_n[limb] = white_noise_n(part)


def _turn(reading: Rebound) -> None:
    """Where the velocity in contact passes zero, and how deep the body goes."""
    if not reading.has("rest"):
        return
    trace, w, a, b = reading.trace, reading.weighing.weight_n, reading.touchdown.t_s, reading.takeoff.t_s
    part = trace.slice(a, b)
    t = np.concatenate(([a], trace.t_s[part], [b]))
    impulse = np.concatenate(([trace.impulse_until(a)], trace.impulse_n_s[part], [trace.impulse_until(b)]))
    v = reading.velocity_at(a) + (impulse - impulse[0] - w * (t - a)) * reading.gravity / w
    if not v[0] < 0.0 < v[-1]:
        # Falling in and flying out is what a rebound is; velocities that say otherwise are wrong.
        reading.block(("momentum_check_failed",), "velocity", "turn", "stop")
        reading.tell("momentum_check_failed")
        del reading.rest
        return
    up = int(np.flatnonzero(v > 0.0)[0])
    rule = reading.conditions.rules["phase"]
    t_zero = float(t[up])
    if rule.name == "zero_velocity_interpolated":
        t_zero -= float(v[up] / (v[up] - v[up - 1])) * (t_zero - float(t[up - 1]))
    depth = float((0.5 * (v[1:] + v[:-1]) * (t[1:] - t[:-1])).cumsum().min())
    u_v = math.hypot(*reading.velocity_parts(t_zero, 0.0).values())
    slope = reading.gravity * (trace.at(t_zero) / w - 1.0)
    u_s = math.hypot(u_v / slope, trace.dt_s / SQRT_12 if rule.name == "zero_velocity" else 0.0) if slope > 0 else None
    turn = Instant("propulsion_start", t_zero, u_s, trace.nearest(t_zero), rule.id, {"weight_n": w})
    reading.turn = Turn(turn, depth)
    name(reading, turn)


def find_stop(reading: Ground) -> None:
    """Where the body comes to rest after the landing."""
    if reading.has("landing") and reading.trace.stop_s < reading.landing.t_s + reading.limit("landing_s"):
        reading.tell("landing_incomplete")
    if not reading.has("rest") or not reading.has("landing"):
        return
    trace, w, landing_s = reading.trace, reading.weighing.weight_n, reading.landing.t_s
    first = trace.slice(landing_s, trace.stop_s).start
    t = trace.t_s[first:]
    net = trace.impulse_n_s[first:] - trace.impulse_until(landing_s) - w * (t - landing_s)
    v0 = reading.velocity_at(landing_s)
    v = v0 + net * reading.gravity / w
    u_v = combined(reading.velocity_parts(landing_s, 0.0))
    halt = find_halt(t, v, trace.force_n[first:] - w, u_m_per_s=u_v, u_weight_n=reading.weighing.u_weight_n)
    if halt is None:
        reading.block(("landing_incomplete",), "stop")
        reading.tell("landing_incomplete")
        return
    times, speeds = (
        np.concatenate(([at_landing], inside[: halt.i], [at_end]))
        for at_landing, inside, at_end in ((landing_s, t, halt.t_s), (v0, v, halt.v_m_per_s))
    )
    drop = float(np.sum(0.5 * (speeds[1:] + speeds[:-1]) * (times[1:] - times[:-1])))
    u_s = None if halt.u_s is None else math.hypot(halt.u_s, reading.u_event_s)
    params: Params = {"left_m_per_s": halt.v_m_per_s, "u_velocity_m_per_s": u_v}
    instant = Instant("landing_end", halt.t_s, u_s, trace.nearest(halt.t_s), METHOD, params)
    reading.stop = Stop(instant, drop)
    name(reading, instant)


def _check_drop(reading: Rebound) -> None:
    if reading.has("rest") and not reading.has("first"):
        check_box(reading, reading.velocity_at(reading.touchdown.t_s))


def check_box(reading: Ground, v_m_per_s: float) -> None:
    """Tell, as information, that the measured drop is not that of the box."""
    box_m = reading.conditions.entered.get("box_height_m")
    if box_m is None:
        return
    apart = abs(v_m_per_s**2 / (2.0 * reading.gravity) - box_m)
    if apart > reading.limit("drop_mismatch_share") * box_m and apart > reading.limit("drop_mismatch_m"):
        reading.tell("drop_height_mismatch")


def _check_free_leg(reading: Ground) -> None:
    """The other plate stays empty from the first instant found to the last, and while the person is weighed."""
    if not reading.conditions.one_leg:
        return
    free, found = reading.conditions.free, reading.instants.values()
    if free is None:
        reading.tell("free_leg_unchecked")
        return
    times = [instant.t_s for instant in found]
    # A foot put down while being weighed would carry a part of the weight.
    times += reading.weighing.span_s if reading.has("weighing") else ()
    start_s, stop_s = min(times, default=free.start_s), max(times, default=free.stop_s)
    force = free.force_n[free.slice(start_s, stop_s)]
    if not len(force):
        reading.tell("free_leg_unchecked")
    elif float(force.max()) >= reading.limit("free_leg_n"):
        reading.tell("free_leg_contact")
