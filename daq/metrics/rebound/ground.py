"""A curve of newtons to where the feet are in the air and where on the plate: empty stretches, flights, contacts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from daq.metrics.flight import FIXED_N, LOADED_N, LONGEST_S, SHORTEST_S, Flight, flight_in, touchdown_in
from daq.metrics.methods import Rule
from daq.metrics.samples import runs
from daq.metrics.trace import Trace
from daq.metrics.value import Instant

# Shorter load is a knock on the plate, a shorter gap in the load is the same contact.
KEPT_S = 0.030
LOWEST_N, HIGHEST_N, LOADED_SHARE = 20.0, 50.0, 0.05


class Air(NamedTuple):
    """An empty stretch: samples ``first`` to before ``stop``; with ``is_start`` the record begins in it, or ends in it."""

    first: int
    stop: int
    is_start: bool
    is_end: bool


class Step(NamedTuple):
    """A contact between two empty stretches; the lengths are those of the samples, s."""

    before: Air
    after: Air
    length_s: float
    air_before_s: float
    air_after_s: float

    @property
    def comes_from_flight(self) -> bool:
        """The empty stretch before it may have been a flight from this plate."""
        return not self.before.is_start and SHORTEST_S <= self.air_before_s + 1e-9 <= LONGEST_S + 2e-9


def edge_rule(rule: Rule) -> Rule:
    """The rule of every edge that nobody set by hand."""
    return Rule("flight.extrapolated") if rule.name == "manual" else rule


def coarse_n(trace: Trace, rule: Rule) -> float:
    """Below it the plate counts as empty at first sight: the limit of a fixed rule, else 5 % of the load, 20 to 50 N."""
    fixed_n = FIXED_N.get(rule.name)
    if fixed_n is not None:
        return fixed_n
    loaded = trace.force_n[trace.force_n > LOADED_N]
    return min(max(LOWEST_N, LOADED_SHARE * float(np.median(loaded))), HIGHEST_N) if len(loaded) else LOWEST_N


def airs_of(trace: Trace, limit_n: float) -> list[Air]:
    """The empty stretches of a record in order of time.

    Load that does not reach 100 N or lasts less than 30 ms is none, and a gap of less than 30 ms in the load neither.
    """
    force, n = trace.force_n, len(trace.force_n)
    starts, stops = runs(force >= limit_n)
    shortest = KEPT_S * trace.rate_hz - 0.5
    is_long = stops - starts >= shortest
    kept: list[tuple[int, int]] = []
    for a, b in zip(starts[is_long].tolist(), stops[is_long].tolist(), strict=True):
        if float(force[a:b].max()) <= LOADED_N:
            continue
        if kept and a - kept[-1][1] < shortest:
            kept[-1] = (kept[-1][0], b)
        else:
            kept.append((a, b))
    edges = [0, *[edge for pair in kept for edge in pair], n]
    return [
        Air(first, stop, is_start=first == 0, is_end=stop == n)
        for first, stop in zip(edges[::2], edges[1::2], strict=True)
        if stop > first
    ]


def steps_of(trace: Trace, airs: list[Air]) -> list[Step]:
    """The contacts between the empty stretches; load at the start or end of the record is none."""
    dt = trace.dt_s
    return [
        Step(a, b, (b.first - a.stop) * dt, (a.stop - a.first) * dt, (b.stop - b.first) * dt)
        for a, b in itertools.pairwise(airs)
    ]


def flight_of(trace: Trace, air: Air, *, rule: Rule, u_clock_s: float) -> Flight | tuple[str, ...]:
    """Take-off and landing of one empty stretch."""
    return flight_in(trace, air.first, air.stop, rule=rule, u_clock_s=u_clock_s)


def first_contact(
    trace: Trace, air: Air, *, rule: Rule, u_clock_s: float, name: str = "contact", after_flight: bool = False
) -> Instant | tuple[str, ...]:
    """Where the plate is loaded after an empty stretch; ``after_flight`` when somebody took off into it."""
    if not after_flight:
        return touchdown_in(trace, air.first, air.stop, rule=rule, u_clock_s=u_clock_s, name=name)
    flight = flight_of(trace, air, rule=rule, u_clock_s=u_clock_s)
    if not isinstance(flight, Flight):
        return flight
    return ("landing_not_found",) if flight.landing is None else replace(flight.landing, name=name)
