"""Conditions of a jump to everything found in it; nothing is raised, what is missing says why."""

from __future__ import annotations

import math

from daq.metrics import kinematics, quality
from daq.metrics.conditioning import butterworth
from daq.metrics.flight import Flight, find_flight
from daq.metrics.jump.events import Jump, Phase, u_shares_of
from daq.metrics.jump.landing import find_landing
from daq.metrics.jump.momentum import find_momentum
from daq.metrics.jump.squat import find_dip
from daq.metrics.jump.standing import find_weighing, quiet_of
from daq.metrics.methods import Rule
from daq.metrics.reading import Conditions
from daq.metrics.samples import white_noise_n
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import SQRT_12, combined
from daq.metrics.value import Instant

# A push begins so much before the movement that slopes at its start are those of the whole curve.
LEAD_S = 0.1
_AFTER_MOVEMENT = ("movement", "phases", "velocity", "landing_motion", "stabilisation")


def read_jump(conditions: Conditions) -> Jump:
    """Find every event of a countermovement jump."""
    return _read(conditions, dips=True)


def read_squat_jump(conditions: Conditions) -> Jump:
    """Find every event of a squat jump: propulsion runs from movement start to take-off."""
    return _read(conditions, dips=False)


def _read(conditions: Conditions, *, dips: bool) -> Jump:
    jump = Jump(conditions)
    _filter(jump)
    rate_hz, dt_s = jump.trace.rate_hz, jump.trace.dt_s
    jump.u_event_s = math.hypot(dt_s / SQRT_12, jump.u_clock_s)
    jump.rate_codes = ("rate_too_low",) if rate_hz < 0.995 * jump.limit("recommended_hz") else ()
    if rate_hz < jump.limit("slowest_hz"):
        jump.block(("rate_too_low",), "flight", "weighing", "landing", *_AFTER_MOVEMENT)
        jump.tell("rate_too_low")
    elif _take_off(jump) and _stand(jump):
        if rate_hz < jump.limit("slowest_impulse_hz"):
            jump.block(("rate_too_low",), *_AFTER_MOVEMENT)
            jump.tell("rate_too_low")
        elif "movement" not in jump.missing and _move(jump):
            _split(jump, dips=dips)
            find_momentum(jump)
    if not conditions.wants or any(name.startswith("landing_") for name in conditions.wants):
        find_landing(jump)
    if conditions.one_leg:
        _check_free_leg(jump)
    if jump.limit("is_loaded") and "load_kg" not in conditions.entered:
        jump.block(("load_missing",), "load")
    _name(jump)
    return jump


def _filter(jump: Jump) -> None:
    """The curves that forces are read from: as they are, unless the test asks for a filter. Events come from the raw ones."""
    rule = jump.conditions.rules.get("filter")
    jump.shaped = jump.traces
    if rule is None or rule.name != "butter4_zero_lag":
        return
    smooth = {limb: made for limb, trace in jump.traces.items() if (made := butterworth(trace, rule.number)) is not None}
    jump.common |= {"filter": rule.id, "cutoff_hz": rule.number, "order": 4}
    if len(smooth) < len(jump.traces):
        # A force that was not filtered would pass for one that was: none is given.
        smooth = {}
        jump.block(("rate_too_low",), "limb", *_AFTER_MOVEMENT)
        jump.tell("rate_too_low")
    jump.shaped = smooth


def _take_off(jump: Jump) -> bool:
    span_s = (jump.limit("flight_shortest_s"), jump.limit("flight_longest_s"))
    flight = find_flight(jump.trace, rule=jump.conditions.rules["flight"], u_clock_s=jump.u_clock_s, span_s=span_s)
    if not isinstance(flight, Flight):
        jump.block(flight, "flight", "landing", "weighing", *_AFTER_MOVEMENT)
        jump.tell(*flight)
        return False
    jump.flight = flight
    jump.tell(*flight.reasons)
    if flight.landing is None:
        jump.block(("landing_not_found",), "flight", "landing", "landing_motion", "stabilisation")
        return True
    jump.air_s = flight.landing.t_s - flight.takeoff.t_s
    jump.landing = flight.landing
    return True


def _stand(jump: Jump) -> bool:
    codes = find_weighing(jump)
    if codes:
        jump.block(codes, "weighing", *_AFTER_MOVEMENT)
        jump.tell(*codes)
        _measure_noise(jump)
    return not codes


def _measure_noise(jump: Jump) -> None:
    """Noise of the empty plates, where no weighing gives a better figure."""
    flight = jump.flight
    stop_s = flight.landing.t_s if flight.landing else jump.trace.stop_s
    quarter = 0.25 * (stop_s - flight.takeoff.t_s)
    for limb, trace in jump.traces.items():
        jump.noise_n[limb] = white_noise_n(trace.force_n[trace.slice(flight.takeoff.t_s + quarter, stop_s - quarter)])


def _move(jump: Jump) -> bool:
    trace, takeoff_s, weighing = jump.trace, jump.flight.takeoff.t_s, jump.weighing
    start = kinematics.movement_start(trace, weighing, takeoff_s, rule=jump.conditions.rules["onset"], u_clock_s=jump.u_clock_s)
    if not isinstance(start, Instant):
        jump.block(start, *_AFTER_MOVEMENT)
        jump.tell(*start)
        return False
    if start.t_s - weighing.stop_s > jump.limit("weighing_far_s"):
        jump.tell("weighing_far_from_movement")
    gap = trace.gap_codes(start.t_s, takeoff_s)
    if quality.voiding(gap):
        jump.block(gap, *_AFTER_MOVEMENT)
        jump.tell(*gap)
        return False
    jump.tell(*gap)
    crossing_s = start.params.get("crossing_s")
    jump.start, jump.crossing_s = start, crossing_s if isinstance(crossing_s, float) else start.t_s
    for limb, curve in jump.shaped.items():
        if curve.start_s < takeoff_s - 2 * curve.dt_s and curve.stop_s >= takeoff_s - 2 * curve.dt_s:
            stop_s = min(takeoff_s, curve.stop_s)
            jump.pushes[limb] = curve.until(stop_s, end_n=_end_n(jump, curve), from_s=start.t_s - LEAD_S)
    jump.u_shares = u_shares_of(jump)
    rule = jump.conditions.rules["kinematics"]
    v_start = _start_velocity(jump, rule)
    if v_start is None:
        return False
    jump.moved = kinematics.motion(
        jump.pushes[jump.main], weighing, start.t_s, gravity=jump.gravity, v_start=v_start, method=rule.id
    )
    return True


def _end_n(jump: Jump, curve: Trace) -> float | None:
    """Force at an extrapolated take-off: the level of the flight, of this curve."""
    flight = jump.flight
    if not flight.is_extrapolated or jump.shaped is not jump.traces:
        return None
    if curve is jump.trace:
        return flight.level_n
    stop_s = flight.landing.t_s if flight.landing else curve.stop_s
    quarter = 0.25 * (stop_s - flight.takeoff.t_s)
    centre = curve.force_n[curve.slice(flight.takeoff.t_s + quarter, stop_s - quarter)]
    return float(centre.sum()) / len(centre) if len(centre) else 0.0


def _start_velocity(jump: Jump, rule: Rule) -> float | None:
    if rule.name == "forward":
        # Nobody stands quite still: how much the velocity left by sway matters is found by moving it.
        return jump.conditions.entered.get("start_velocity_m_per_s", 0.0)
    flight, weighing = jump.flight, jump.weighing
    if flight.landing is None:
        jump.block(("landing_not_found",), *_AFTER_MOVEMENT)
        return None
    least_n, share = quiet_of(jump)
    limit = max(least_n, share * weighing.weight_n)
    v = kinematics.backward_start_velocity(
        jump.shaped[jump.main], weighing, jump.start.t_s, flight.landing.t_s, limit_n=limit, gravity=jump.gravity,
        is_last=rule.name == "backward",
    )  # fmt: skip
    if v is None:
        jump.block(("no_quiet_end",), *_AFTER_MOVEMENT)
        jump.tell("no_quiet_end")
    return v


def _split(jump: Jump, *, dips: bool) -> None:
    """Velocity at take-off, and the phases."""
    takeoff = jump.flight.takeoff
    v = jump.moved.takeoff_velocity
    if jump.u_clock_s > jump.limit("clock_velocity_s"):
        jump.block(("streams_not_aligned",), "velocity", "landing_motion")
        jump.tell("streams_not_aligned")
    if v <= 0:
        jump.block(("momentum_check_failed",), "velocity", "landing_motion")
        jump.tell("momentum_check_failed")
    if "velocity" not in jump.missing:
        jump.takeoff_m_per_s, jump.height_m = v, v * v / (2.0 * jump.gravity)
    if not dips:
        jump.propulsion = Phase.of("propulsion", jump.start, takeoff)
        find_dip(jump)
        return
    w, start_s = jump.weighing, jump.start.t_s
    found = kinematics.find_phases(
        jump.trace, jump.moved, weight_n=w.weight_n, rule=jump.conditions.rules["phase"], u_clock_s=jump.u_clock_s,
        u_level_n=math.hypot(w.u_weight_n, jump.noise_of(jump.main)),
        u_momentum=lambda t_s: jump.mass_kg * combined(jump.velocity_parts(0.0, t_s - start_s)),
    )  # fmt: skip
    if isinstance(found, kinematics.Phases):
        jump.turning_m_per_s = found.turning_m_per_s
        jump.unweighting = Phase.of("unweighting", jump.start, found.braking)
        jump.braking = Phase.of("braking", found.braking, found.propulsion)
        jump.propulsion = Phase.of("propulsion", found.propulsion, takeoff)
    else:
        jump.block(found, "phases")
        jump.tell(*found)


def _check_free_leg(jump: Jump) -> None:
    """The other plate stays below 20 N from weighing to landing."""
    free = jump.conditions.free
    if free is None:
        jump.tell("free_leg_unchecked")
        return
    start_s = jump.weighing.start_s if jump.has("weighing") else free.start_s
    stop_s = jump.landing.t_s if jump.has("landing") else free.stop_s
    force = free.force_n[free.slice(start_s, stop_s)]
    if len(force) == 0:
        jump.tell("free_leg_unchecked")
    elif float(force.max()) >= jump.limit("free_leg_n"):
        jump.tell("free_leg_contact")


def _name(jump: Jump) -> None:
    """The instants in order of time."""
    found = [jump.start] if jump.has("start") else []
    found += [jump.braking.start, jump.braking.stop] if jump.has("braking") else []
    if jump.has("flight"):
        found += [jump.flight.takeoff, *([jump.flight.landing] if jump.flight.landing else [])]
    found += [jump.stop.instant] if jump.has("stop") else []
    jump.instants = {instant.name: instant for instant in found}
