"""Conditions of repeated hops to every hop of each limb; nothing is raised."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from daq.metrics import quality
from daq.metrics.flight import LONGEST_S, SHORTEST_S, Flight
from daq.metrics.methods import Rule
from daq.metrics.reading import Conditions
from daq.metrics.rebound.events import Entry, Hop, Hops
from daq.metrics.rebound.finding import EVERYTHING, begin, finish, name
from daq.metrics.rebound.ground import Air, Step, airs_of, coarse_n, edge_rule, flight_of, steps_of
from daq.metrics.rebound.rest import find_weight
from daq.metrics.trace import Trace

_Found = Flight | tuple[str, ...]


class Placed(NamedTuple):
    """A hop and where its contact lies, s."""

    start_s: float
    stop_s: float
    hop: Entry


def read_hops(conditions: Conditions) -> Hops:
    """Find the contacts that a flight leads to and a flight follows; the jump that begins them has no flight before it."""
    reading = Hops(conditions)
    if begin(reading):
        rule, longest_s = edge_rule(conditions.rules["flight"]), reading.limit("longest_contact_s")
        placed = hops_in(reading.trace, rule=rule, longest_s=longest_s, u_clock_s=reading.u_clock_s)
        if placed:
            _limbs(reading, placed, rule=rule, longest_s=longest_s)
            _weigh(reading)
        else:
            reading.block(("takeoff_not_found",), *EVERYTHING)
            reading.tell("takeoff_not_found")
    finish(reading)
    return reading


def hops_in(trace: Trace, *, rule: Rule, longest_s: float, u_clock_s: float) -> list[Placed]:
    """Every contact of at most ``longest_s`` between two flights, in order of time."""
    steps = steps_of(trace, airs_of(trace, coarse_n(trace, rule)))
    steps = [
        s for s in steps
        if not s.before.is_start and not s.after.is_end and s.length_s <= longest_s
        and max(s.air_before_s, s.air_after_s) <= LONGEST_S + 0.5 * trace.dt_s
    ]  # fmt: skip
    flights = {
        air: flight_of(trace, air, rule=rule, u_clock_s=u_clock_s) for s in steps for air in dict.fromkeys((s.before, s.after))
    }
    return [Placed(float(trace.t_s[s.before.stop]), float(trace.t_s[s.after.first]), _hop(trace, s, flights)) for s in steps]


def _hop(trace: Trace, step: Step, flights: dict[Air, _Found]) -> Entry:
    if min(step.air_before_s, step.air_after_s) < SHORTEST_S - 0.5 * trace.dt_s:
        return ("flight_too_short",)
    before, after = flights[step.before], flights[step.after]
    if not isinstance(before, Flight) or not isinstance(after, Flight):
        return before if not isinstance(before, Flight) else after if not isinstance(after, Flight) else ()
    if before.landing is None or after.landing is None:
        return ("landing_not_found",)
    gap = quality.voiding(trace.gap_codes(before.takeoff.t_s, after.landing.t_s))
    if gap or not before.landing.t_s < after.takeoff.t_s < after.landing.t_s:
        return gap or ("takeoff_not_found",)
    reasons = tuple(dict.fromkeys((*before.reasons, *after.reasons)))
    return Hop(before.takeoff, before.landing, after.takeoff, after.landing, reasons)


def _limbs(reading: Hops, placed: list[Placed], *, rule: Rule, longest_s: float) -> None:
    """The hops of each limb's own curve in the places of those of the main curve."""
    main = tuple(each.hop for each in placed)
    reading.hops, reading.n_own = {reading.main: main}, {reading.main: len(main)}
    for limb, trace in reading.traces.items():
        if limb is reading.main:
            continue
        own = hops_in(trace, rule=rule, longest_s=longest_s, u_clock_s=0.0)
        reading.hops[limb] = tuple(_at(own, each) for each in placed)
        reading.n_own[limb] = len(own)
    for k, hop in enumerate(main, start=1):
        if isinstance(hop, Hop):
            reading.tell(*hop.reasons)
            named = [replace(getattr(hop, what), name=f"{what}.{k}") for what in ("contact", "takeoff", "landing")]
            name(reading, *named)
    if len(reading.valid(reading.main)) < reading.limit("fewest_hops"):
        reading.tell("hop_count_low")


def _at(own: list[Placed], place: Placed) -> Entry:
    """The limb's hop whose contact shares most time with ``place``."""
    shared = [(min(each.stop_s, place.stop_s) - max(each.start_s, place.start_s), each) for each in own]
    best = max(shared, key=lambda pair: pair[0], default=None)
    return best[1].hop if best is not None and best[0] > 0.0 else ("takeoff_not_found",)


def _weigh(reading: Hops) -> None:
    hops = reading.valid(reading.main)
    if not hops:
        reading.block(("hop_count_low",), "weighing", "velocity", "landing", "stop")
        return
    find_weight(reading, takeoff_s=hops[0].before.t_s, landing_s=hops[-1].landing.t_s)
