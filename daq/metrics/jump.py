"""Curves of a jump to its events: flight, weighing, movement start, phases; and why one of them is missing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from daq.block import SIDES, Limb
from daq.metrics import kinematics, quality
from daq.metrics.flight import Flight, find_flight
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace, white_noise_n
from daq.metrics.uncertainty import SQRT_12, Budget
from daq.metrics.value import Instant
from daq.metrics.weighing import Weighing, quiet_limit_n, weigh

SLOWEST_FLIGHT_HZ, SLOWEST_IMPULSE_HZ, RECOMMENDED_HZ = 100.0, 200.0, 1000.0
CLOCK_VELOCITY_S, CLOCK_EVENTS_S = 0.002, 0.005
MOMENTUM_SHARE, MOMENTUM_N_S = 0.01, 0.5


@dataclass(slots=True)
class Jump:
    """What was found in one jump. ``missing`` maps a stage to the codes that withhold what depends on it."""

    traces: Mapping[Limb, Trace]
    main: Limb
    gravity: float
    u_clock_s: float
    one_leg: bool
    flight: Flight | None = None
    weighing: Weighing | None = None
    start: Instant | None = None
    moved: kinematics.Motion | None = None
    phases: kinematics.Phases | None = None
    pushes: dict[Limb, Trace] = field(default_factory=dict)
    budgets: dict[Limb, Budget] = field(default_factory=dict)
    noise_n: dict[Limb, float] = field(default_factory=dict)
    shares: dict[Limb, float] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    @property
    def trace(self) -> Trace:
        """The curve in which events are found."""
        return self.traces[self.main]

    def block(self, codes: tuple[str, ...], *stages: str) -> None:
        """These stages are missing for these reasons; the first reason stays."""
        for stage in stages:
            self.missing.setdefault(stage, codes)

    def events(self) -> dict[str, Instant]:
        """Every instant found, by name, in order of time."""
        found = [self.start, *((self.phases.braking, self.phases.propulsion) if self.phases else ())]
        found += [self.flight.takeoff, self.flight.landing] if self.flight else []
        return {instant.name: instant for instant in found if instant is not None}


_AFTER_MOVEMENT = ("movement", "phases", "velocity", "landing_motion", "stabilisation")


def read_jump(
    traces: Mapping[Limb, Trace], main: Limb, *, rules: Mapping[str, Rule], gravity: float, u_clock_s: float, one_leg: bool
) -> Jump:
    """Find all events of the jump; nothing is raised, what is missing says why."""
    jump = Jump(traces, main, gravity, u_clock_s, one_leg)
    _measure(jump)
    rate = jump.trace.rate_hz
    if rate < SLOWEST_FLIGHT_HZ:
        jump.block(("rate_too_low",), "flight", "weighing", "landing", *_AFTER_MOVEMENT)
        jump.reasons.append("rate_too_low")
        return jump
    flight = find_flight(jump.trace, rule=rules["flight"], u_clock_s=u_clock_s)
    if not isinstance(flight, Flight):
        jump.block(flight, "flight", "landing", "weighing", *_AFTER_MOVEMENT)
        jump.reasons += flight
        return jump
    jump.flight = flight
    jump.reasons += flight.reasons
    _noise_in_flight(jump, flight)
    if flight.landing is None:
        jump.block(("landing_not_found",), "flight", "landing", "landing_motion", "stabilisation")
    weighing = weigh(
        jump.trace, flight.takeoff.t_s, rule=rules["weigh"], one_leg=one_leg, gravity=gravity,
        landing_s=flight.landing.t_s if flight.landing else None,
    )  # fmt: skip
    if not isinstance(weighing, Weighing):
        jump.block(weighing, "weighing", *_AFTER_MOVEMENT)
        jump.reasons += weighing
        return jump
    jump.weighing = weighing
    _shares(jump)
    if rate < SLOWEST_IMPULSE_HZ:
        jump.block(("rate_too_low",), *_AFTER_MOVEMENT)
        jump.reasons.append("rate_too_low")
        return jump
    _move(jump, rules)
    return jump


def _measure(jump: Jump) -> None:
    sides = [side for side in SIDES if side in jump.traces]
    for limb, trace in jump.traces.items():
        jump.budgets[limb] = Budget.of(trace.instrument)
    if len(sides) == len(SIDES):
        jump.budgets[Limb.BOTH] = Budget.of_sum(jump.budgets[Limb.LEFT], jump.budgets[Limb.RIGHT])


def _noise_in_flight(jump: Jump, flight: Flight) -> None:
    """Noise of the empty plates; the weighing gives a better figure where there is one."""
    stop_s = flight.landing.t_s if flight.landing else jump.trace.stop_s
    quarter = 0.25 * (stop_s - flight.takeoff.t_s)
    for limb, trace in jump.traces.items():
        jump.noise_n[limb] = white_noise_n(trace.force_n[trace.slice(flight.takeoff.t_s + quarter, stop_s - quarter)])


def _shares(jump: Jump) -> None:
    weighing = jump.weighing
    if weighing is None:
        return
    for limb, trace in jump.traces.items():
        part = trace.force_n[trace.slice(*weighing.span_s)]
        jump.noise_n[limb] = white_noise_n(part)
        if limb is not jump.main and len(part):
            jump.shares[limb] = float(part.mean())
    if len(jump.shares) == len(SIDES):
        right = min(max(jump.shares[Limb.RIGHT] / weighing.weight_n, 0.0), 1.0)
        jump.budgets[Limb.BOTH] = Budget.of_sum(jump.budgets[Limb.LEFT], jump.budgets[Limb.RIGHT], right_share=right)
        if min(jump.shares.values()) < 0.2 * weighing.weight_n:
            jump.reasons.append("limb_unloaded_in_weighing")


def _move(jump: Jump, rules: Mapping[str, Rule]) -> None:
    flight, weighing = jump.flight, jump.weighing
    if flight is None or weighing is None:
        return
    trace, takeoff_s = jump.trace, flight.takeoff.t_s
    start = kinematics.movement_start(trace, weighing, takeoff_s, rule=rules["onset"], u_clock_s=jump.u_clock_s)
    if not isinstance(start, Instant):
        jump.block(start, *_AFTER_MOVEMENT)
        jump.reasons += start
        return
    if start.t_s - weighing.stop_s > 4.0:  # noqa: PLR2004, s
        jump.reasons.append("weighing_far_from_movement")
    gap = trace.gap_codes(start.t_s, takeoff_s)
    if quality.voiding(gap):
        jump.block(gap, *_AFTER_MOVEMENT)
        jump.reasons += gap
        return
    jump.reasons += gap
    jump.start = start
    for limb, curve in jump.traces.items():
        if curve.start_s < takeoff_s - 2 * curve.dt_s and curve.stop_s >= takeoff_s - 2 * curve.dt_s:
            jump.pushes[limb] = curve.until(min(takeoff_s, curve.stop_s), end_n=_end_n(jump, curve))
    v_start = _start_velocity(jump, start, rules["kinematics"])
    if v_start is None:
        return
    push = jump.pushes[jump.main]
    jump.moved = kinematics.motion(
        push, weighing, start.t_s, gravity=jump.gravity, v_start=v_start, method=rules["kinematics"].id
    )
    _check_velocity(jump)
    phases = kinematics.find_phases(jump.moved, weight_n=weighing.weight_n, rule=rules["phase"], u_clock_s=jump.u_clock_s)
    if isinstance(phases, kinematics.Phases):
        jump.phases = phases
    else:
        jump.block(phases, "phases")
        jump.reasons += phases


def _end_n(jump: Jump, curve: Trace) -> float | None:
    """Force at an extrapolated take-off: the level of the flight, of this curve."""
    flight = jump.flight
    if flight is None or not flight.is_extrapolated:
        return None
    if curve is jump.trace:
        return flight.level_n
    stop_s = flight.landing.t_s if flight.landing else curve.stop_s
    quarter = 0.25 * (stop_s - flight.takeoff.t_s)
    centre = curve.force_n[curve.slice(flight.takeoff.t_s + quarter, stop_s - quarter)]
    return float(centre.mean()) if len(centre) else 0.0


def _start_velocity(jump: Jump, start: Instant, rule: Rule) -> float | None:
    if rule.name != "backward_first_quiet":
        return 0.0
    flight, weighing = jump.flight, jump.weighing
    if flight is None or weighing is None or flight.landing is None:
        jump.block(("landing_not_found",), *_AFTER_MOVEMENT)
        return None
    limit = quiet_limit_n(weighing.weight_n, one_leg=jump.one_leg)
    v = kinematics.backward_start_velocity(
        jump.trace, weighing, start.t_s, flight.landing.t_s, limit_n=limit, gravity=jump.gravity
    )
    if v is None:
        jump.block(("no_quiet_end",), *_AFTER_MOVEMENT)
        jump.reasons.append("no_quiet_end")
    return v


def _check_velocity(jump: Jump) -> None:
    moved = jump.moved
    if moved is None:
        return
    if jump.u_clock_s > CLOCK_VELOCITY_S:
        jump.block(("streams_not_aligned",), "velocity", "landing_motion")
        jump.reasons.append("streams_not_aligned")
    if moved.takeoff_velocity <= 0:
        jump.block(("momentum_check_failed",), "velocity", "landing_motion")
        jump.reasons.append("momentum_check_failed")


def momentum_agrees(impulse_n_s: float, momentum_n_s: float) -> bool:
    """An impulse and the change of momentum it made differ by at most 1 % or 0.5 N s.

    >>> momentum_agrees(165.0, 165.6), momentum_agrees(165.0, 170.0)
    (True, False)
    """
    return abs(impulse_n_s - momentum_n_s) <= max(MOMENTUM_SHARE * abs(momentum_n_s), MOMENTUM_N_S)


def limb_event_u_s(trace: Trace, u_clock_s: float) -> float:
    """Standard uncertainty of an event found on the sum and carried to a limb by time."""
    return math.hypot(trace.dt_s / SQRT_12, u_clock_s)
