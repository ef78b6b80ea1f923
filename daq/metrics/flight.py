"""Force of a jump to take-off and landing: the empty stretch, and where its edges lie between samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.samples import Ints, first_of, last_of, mean_and_sd, median_of, runs
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import SQRT_12
from daq.metrics.value import Instant

SHORTEST_S, LONGEST_S = 0.100, 1.2
LOADED_N = 100.0
MERGE_S = 0.020
WHOLE_SHARE, ENOUGH_SAMPLES = 0.8, 400
QUIET_BEFORE_S = 1.0
EDGE_N, EDGE_LONGEST_S, EDGE_FEWEST = 100.0, 0.020, 3
FIXED_N = {"fixed_10n": 10.0, "fixed_20n": 20.0, "fixed_30n": 30.0}


@dataclass(frozen=True, slots=True)
class Flight:
    """``level_n`` and ``noise_n``: mean and SD over the central half of the flight. ``landing`` None: the record ends before.

    ``is_extrapolated`` says that take-off lies beyond the last loaded sample, where the force is ``level_n``.
    """

    takeoff: Instant
    landing: Instant | None
    level_n: float
    noise_n: float
    is_extrapolated: bool
    reasons: tuple[str, ...] = ()

    @property
    def time_s(self) -> float | None:
        """Time in the air."""
        return None if self.landing is None else self.landing.t_s - self.takeoff.t_s


def find_flight(
    trace: Trace, *, rule: Rule, u_clock_s: float, span_s: tuple[float, float] = (SHORTEST_S, LONGEST_S)
) -> Flight | tuple[str, ...]:
    """Take-off and landing of the first jump in the record, or the codes that say why there is none.

    Notes
    -----
    A flight is a stretch below max(20 N, 5 % of the standing force) of 0.1 to 1.2 s (``span_s``) with load before and after
    it; loaded gaps below 20 ms in it (noise) are closed, with a fixed limit only where they cut the flight. Its edges follow
    ``flight.extrapolated``, ``flight.adaptive_5sd`` or a fixed limit (``flight.fixed_20n``: first sample below, first
    sample not below). ``flight.manual``: the two times given.
    """
    if rule.name == "manual":
        return _by_hand(trace, rule, u_clock_s=u_clock_s)
    # The limit needs the standing force to a few percent only: some hundred samples show it.
    some = trace.force_n[:: max(len(trace.force_n) // ENOUGH_SAMPLES, 1)]
    loaded = some[some > LOADED_N]
    if len(loaded) < 2:  # noqa: PLR2004, one sample is no load
        return ("takeoff_not_found",)
    coarse_n = max(20.0, 0.05 * median_of(loaded))
    fixed_n = FIXED_N.get(rule.name)
    chosen = _coarse(trace, fixed_n or coarse_n, merge=True, span_s=span_s)
    if fixed_n is not None and isinstance(chosen[0], int):
        chosen = _unmerged(trace, fixed_n, chosen, span_s=span_s)
    if not isinstance(chosen[0], int):
        return tuple(str(code) for code in chosen)
    first, last = int(chosen[0]), int(chosen[1])
    return flight_in(trace, first, last, rule=rule, u_clock_s=u_clock_s)


def flight_in(trace: Trace, first: int, stop: int, *, rule: Rule, u_clock_s: float) -> Flight | tuple[str, ...]:
    """Take-off and landing of an empty stretch that is known already: samples ``first`` to before ``stop``."""
    level = _level(trace, first, stop)
    return _with_edges(trace, (first, stop), rule=rule, level=level, u_clock_s=u_clock_s)


def touchdown_in(
    trace: Trace, first: int, stop: int, *, rule: Rule, u_clock_s: float, name: str = "contact"
) -> Instant | tuple[str, ...]:
    """First contact after an empty stretch that nobody jumped into: samples ``first`` to before ``stop``.

    Notes
    -----
    The landing rule of ``find_flight``, with the level of the last second of the stretch; contact is the first sample above
    the limit that stays above it until the plate is loaded, so that a knock on the empty plate is no contact.
    """
    level_n, noise_n, n = level = _level(trace, max(first, stop - max(trace.n_in(QUIET_BEFORE_S), 1)), stop)
    fixed_n = FIXED_N.get(rule.name)
    limit_n = fixed_n if fixed_n is not None else max(level_n + 5.0 * noise_n, 10.0)
    below = last_of(trace.force_n[first:stop] < limit_n)
    loaded = stop if below is None else first + below + 1
    if not 0 < loaded < len(trace.force_n):
        return ("landing_not_found",)
    if rule.name == "extrapolated":
        t, u = _edge(trace, loaded, +1, level=level, u_clock_s=u_clock_s)
    else:
        t, u = float(trace.t_s[loaded]), math.hypot(trace.dt_s / SQRT_12, u_clock_s)
    if trace.touches_hole(t - MERGE_S, t + MERGE_S):
        return ("sample_gap",)
    params = {"threshold_n": limit_n, "empty_mean_n": level_n, "empty_sd_n": noise_n, "n_empty": n}
    return Instant(name, t, u, trace.nearest(t), rule.id, params)


def _level(trace: Trace, first: int, stop: int) -> tuple[float, float, int]:
    """Mean, SD and number of samples of the central half of an empty stretch."""
    quarter = (stop - first) // 4
    centre = trace.force_n[first + quarter : max(stop - quarter, first + quarter + 1)]
    if len(centre) == 0:
        return 0.0, 0.0, 1
    return (*mean_and_sd(centre), len(centre))


def _by_hand(trace: Trace, rule: Rule, *, u_clock_s: float) -> Flight | tuple[str, ...]:
    """The flight between two times that a person set; how certain they are is not known."""
    takeoff_s, landing_s = rule.numbers
    if not trace.start_s < takeoff_s < landing_s <= trace.stop_s:
        return ("takeoff_not_found",)
    first, last = trace.slice(takeoff_s, landing_s).start, trace.slice(takeoff_s, landing_s).stop
    level_n, noise_n, _ = _level(trace, first, last)
    params = {"flight_mean_n": level_n, "flight_sd_n": noise_n}
    instants = [
        Instant(name, t, u_clock_s or None, trace.nearest(t), rule.id, params)
        for name, t in (("takeoff", takeoff_s), ("landing", landing_s))
    ]
    return Flight(instants[0], instants[1], level_n, noise_n, is_extrapolated=False)


def _unmerged(
    trace: Trace, limit_n: float, merged: tuple[int, int] | tuple[str, ...], *, span_s: tuple[float, float]
) -> tuple[int, int] | tuple[str, ...]:
    """The flight without closed gaps where it is nearly as long: chatter at an edge is no flight."""
    plain = _coarse(trace, limit_n, merge=False, span_s=span_s)
    if not isinstance(plain[0], int) or int(plain[1]) - int(plain[0]) < WHOLE_SHARE * (int(merged[1]) - int(merged[0])):
        return merged
    return plain


def _coarse(trace: Trace, limit_n: float, *, merge: bool, span_s: tuple[float, float]) -> tuple[int, int] | tuple[str, ...]:
    """First and one past the last sample of the flight."""
    force, (shortest_s, longest_s) = trace.force_n, span_s
    starts, stops = runs(force < limit_n)
    if len(starts) == 0:
        return ("takeoff_not_found",)
    firsts, lasts = _joined(force, starts, stops, MERGE_S * trace.rate_hz if merge else 0.0)
    found: list[str] = []
    near = trace.n_in(0.5)
    for a, b in zip(firsts, lasts, strict=True):
        before = force[max(0, a - near) : a]
        if len(before) == 0 or float(before.max()) < LOADED_N:
            continue
        is_open = b >= len(force)
        if not is_open and float(force[b : b + max(near, 1)].max()) < LOADED_N:
            continue
        span = (b - a) * trace.dt_s
        if is_open and not (span <= longest_s and span >= 0.5 * shortest_s and _is_push(force, a, trace)):
            continue
        if not is_open and span < shortest_s - 0.5 * trace.dt_s:
            if span > 0.5 * shortest_s:
                found.append("flight_too_short")
            continue
        if span > longest_s:
            found.append("flight_too_long")
            continue
        return a, b
    return ("takeoff_not_found", *dict.fromkeys(found))


def _joined(force: Floats, starts: Ints, stops: Ints, n_apart: float) -> tuple[list[int], list[int]]:
    """The empty stretches, with those that only a short and light gap parts as one: a quick hop on the plate is load."""
    firsts, lasts = starts.tolist(), stops.tolist()
    if len(firsts) == 1:
        return firsts, lasts
    apart = starts[1:] - stops[:-1] > n_apart
    for k in (~apart).nonzero()[0]:
        apart[k] = bool(force[stops[k] : starts[k + 1]].max() > LOADED_N)
    return [firsts[0], *starts[1:][apart].tolist()], [*stops[:-1][apart].tolist(), lasts[-1]]


def _is_push(force: Floats, a: int, trace: Trace) -> bool:
    """The force before the edge exceeds standing by a fifth: a jump, not a step off the plate."""
    before = force[:a]
    return float(before[-max(trace.n_in(0.5), 1) :].max()) > 1.2 * median_of(before[before > LOADED_N])


def _with_edges(
    trace: Trace, span: tuple[int, int], *, rule: Rule, level: tuple[float, float, int], u_clock_s: float
) -> Flight | tuple[str, ...]:
    level_n, noise_n, _ = level
    force, dt = trace.force_n, trace.dt_s
    reasons = [c for c, bad in (("flight_noise_high", noise_n > 10.0), ("flight_offset", abs(level_n) > 10.0)) if bad]  # noqa: PLR2004, N
    fixed_n = FIXED_N.get(rule.name)
    limit_n = fixed_n if fixed_n is not None else max(level_n + 5.0 * noise_n, 10.0)
    first, last = span
    if fixed_n is None:
        middle = (first + last) // 2
        before, after = last_of(force[:middle] >= limit_n), first_of(force[middle:] >= limit_n)
        if before is None:
            return ("takeoff_not_found",)
        first, last = before + 1, len(force) if after is None else middle + after
    u_sample = math.hypot(dt / SQRT_12, u_clock_s)
    params = {"threshold_n": limit_n, "flight_mean_n": level_n, "flight_sd_n": noise_n}
    is_landed = last < len(force)
    if rule.name == "extrapolated":
        edges = [_edge(trace, first - 1, -1, level=level, u_clock_s=u_clock_s)]
        edges += [_edge(trace, last, +1, level=level, u_clock_s=u_clock_s)] if is_landed else []
    else:
        edges = [(float(trace.t_s[i]), u_sample) for i in ([first, last] if is_landed else [first])]
    instants = [
        Instant(name, t, u, trace.nearest(t), rule.id, params)
        for name, (t, u) in zip(("takeoff", "landing"), edges, strict=False)
    ]
    for instant in instants:
        if trace.touches_hole(instant.t_s - MERGE_S, instant.t_s + MERGE_S):
            return ("sample_gap",)
    landing = instants[1] if is_landed else None
    if landing is None:
        reasons.append("landing_not_found")
    return Flight(instants[0], landing, level_n, noise_n, rule.name == "extrapolated", tuple(reasons))


def _edge(
    trace: Trace, loaded: int, direction: int, *, level: tuple[float, float, int], u_clock_s: float
) -> tuple[float, float]:
    """Where the line through the edge's samples meets the flight level, and its standard uncertainty.

    ``loaded`` is the loaded sample next to the flight; ``direction`` leads away from the flight (-1 take-off, +1 landing).
    """
    level_n, noise_n, n_level = level
    force, t, dt = trace.force_n, trace.t_s, trace.dt_s
    edge, empty_s = float(t[loaded]), float(t[loaded - direction])
    between = 0.5 * (edge + empty_s), math.hypot(dt / SQRT_12, u_clock_s)
    if direction > 0 and float(force[loaded]) > level_n + EDGE_N:
        return between
    most = max(int(EDGE_LONGEST_S * trace.rate_hz + 1e-9), EDGE_FEWEST)
    first, stop = (loaded, min(loaded + most, len(force))) if direction > 0 else (max(loaded - most + 1, 0), loaded + 1)
    is_high = force[first:stop] >= level_n + EDGE_N
    if direction > 0:
        above = first_of(is_high)
        stop = stop if above is None else min(first + max(above, EDGE_FEWEST), stop)
    else:
        above = last_of(is_high)
        first = first if above is None else max(min(first + above + 1, stop - EDGE_FEWEST), first)
    n = stop - first
    if n < EDGE_FEWEST:
        return between
    f, times = force[first:stop], t[first:stop]
    mean_t = float(times.sum()) / n
    centred = times - mean_t
    power = float(centred.dot(centred))
    slope = float(centred.dot(f)) / power
    if slope * direction <= 0:
        return between
    mean_f = float(f.sum()) / n
    reach = max(dt, 0.003)
    crossing = mean_t + (level_n - mean_f) / slope
    bounded = min(max(crossing, edge - reach), edge) if direction > 0 else max(min(crossing, edge + reach), edge)
    rest = f - mean_f - slope * centred
    n_free = max(n - 2, 1)
    # Three samples leave one degree of freedom: the noise of the flight is the better figure where it is larger.
    scatter = max(math.sqrt(float(rest.dot(rest)) / n_free), noise_n)
    lever = 1.0 / n + (bounded - mean_t) ** 2 / power
    u = math.sqrt((scatter / slope) ** 2 * lever + (noise_n / slope) ** 2 / n_level + u_clock_s**2)
    return bounded, u
