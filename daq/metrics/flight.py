"""Force of a jump to take-off and landing: the empty stretch, and where its edges lie between samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace, runs
from daq.metrics.uncertainty import SQRT_12
from daq.metrics.value import Instant

SHORTEST_S, LONGEST_S = 0.100, 1.2
LOADED_N = 100.0
MERGE_S = 0.020
WHOLE_SHARE = 0.8
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


def find_flight(trace: Trace, *, rule: Rule, u_clock_s: float) -> Flight | tuple[str, ...]:
    """Take-off and landing of the first jump in the record, or the codes that say why there is none.

    Notes
    -----
    A flight is a stretch below max(20 N, 5 % of the standing force) of 0.1 to 1.2 s with load before and after it; loaded
    gaps below 20 ms in it (noise) are closed, with a fixed limit only where they cut the flight. Its edges then follow
    ``flight.extrapolated``, ``flight.adaptive_5sd`` or a fixed limit (``flight.fixed_20n``: first sample below, first
    sample not below).
    """
    loaded = trace.force_n[trace.force_n > LOADED_N]
    if len(loaded) < 2:  # noqa: PLR2004, one sample is no load
        return ("takeoff_not_found",)
    coarse_n = max(20.0, 0.05 * float(np.median(loaded)))
    fixed_n = FIXED_N.get(rule.name)
    chosen = _coarse(trace, fixed_n or coarse_n, merge=True)
    if fixed_n is not None and isinstance(chosen[0], int):
        chosen = _unmerged(trace, fixed_n, chosen)
    if not isinstance(chosen[0], int):
        return tuple(str(code) for code in chosen)
    first, last = int(chosen[0]), int(chosen[1])
    quarter = (last - first) // 4
    centre = trace.force_n[first + quarter : max(last - quarter, first + quarter + 1)]
    level, noise = float(centre.mean()), float(centre.std(ddof=1)) if len(centre) > 1 else 0.0
    return _with_edges(trace, (first, last), rule=rule, level=(level, noise, len(centre)), u_clock_s=u_clock_s)


def _unmerged(trace: Trace, limit_n: float, merged: tuple[int, int] | tuple[str, ...]) -> tuple[int, int] | tuple[str, ...]:
    """The flight without closed gaps where it is nearly as long: chatter at an edge is no flight."""
    plain = _coarse(trace, limit_n, merge=False)
    if not isinstance(plain[0], int) or int(plain[1]) - int(plain[0]) < WHOLE_SHARE * (int(merged[1]) - int(merged[0])):
        return merged
    return plain


def _coarse(trace: Trace, limit_n: float, *, merge: bool) -> tuple[int, int] | tuple[str, ...]:
    """First and one past the last sample of the flight."""
    force = trace.force_n
    starts, stops = runs(force < limit_n)
    if len(starts) == 0:
        return ("takeoff_not_found",)
    apart = starts[1:] - stops[:-1] > (MERGE_S * trace.rate_hz if merge else 0)
    # A loaded gap is noise when short and light; a quick hop on the plate is load.
    for k in np.flatnonzero(~apart):
        apart[k] = bool(force[stops[k] : starts[k + 1]].max() > LOADED_N)
    starts, stops = starts[np.concatenate(([True], apart))], stops[np.concatenate((apart, [True]))]
    found: list[str] = []
    for a, b in zip(starts.tolist(), stops.tolist(), strict=True):
        before = force[max(0, a - trace.n_in(0.5)) : a]
        if len(before) == 0 or float(before.max()) < LOADED_N:
            continue
        after = force[b : b + max(trace.n_in(0.5), 1)]
        is_open = b >= len(force)
        if not is_open and (len(after) == 0 or float(after.max()) < LOADED_N):
            continue
        span = (b - a) * trace.dt_s
        if is_open and not (span <= LONGEST_S and span >= 0.5 * SHORTEST_S and _is_push(force, a, trace)):
            continue
        if not is_open and span < SHORTEST_S - 0.5 * trace.dt_s:
            if span > 0.5 * SHORTEST_S:
                found.append("flight_too_short")
            continue
        if span > LONGEST_S:
            found.append("flight_too_long")
            continue
        return a, b
    return ("takeoff_not_found", *dict.fromkeys(found))


def _is_push(force: Floats, a: int, trace: Trace) -> bool:
    """The force before the edge exceeds standing by a fifth: a jump, not a step off the plate."""
    before = force[:a]
    return float(before[-max(trace.n_in(0.5), 1) :].max()) > 1.2 * float(np.median(before[before > LOADED_N]))


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
        loaded_before = np.flatnonzero(force[:middle] >= limit_n)
        loaded_after = np.flatnonzero(force[middle:] >= limit_n)
        if len(loaded_before) == 0:
            return ("takeoff_not_found",)
        first = int(loaded_before[-1]) + 1
        last = middle + int(loaded_after[0]) if len(loaded_after) else len(force)
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
    empty = loaded - direction
    between = 0.5 * (float(t[loaded]) + float(t[empty])), math.hypot(dt / SQRT_12, u_clock_s)
    if direction > 0 and float(force[loaded]) > level_n + EDGE_N:
        return between
    most = max(int(EDGE_LONGEST_S * trace.rate_hz + 1e-9), EDGE_FEWEST)
    stop = loaded + direction * most
    part = slice(loaded, min(stop, len(force))) if direction > 0 else slice(max(stop + 1, 0), loaded + 1)
    f, times = force[part][::direction], t[part][::direction]
    above = np.flatnonzero(f >= level_n + EDGE_N)
    n = max(int(above[0]) if len(above) else len(f), EDGE_FEWEST)
    f, times = f[:n], times[:n]
    if len(f) < EDGE_FEWEST:
        return between
    mean_t = float(times.mean())
    centred = times - mean_t
    power = float(centred @ centred)
    slope = float(centred @ f) / power
    if slope * direction <= 0:
        return between
    mean_f = float(f.mean())
    reach = max(dt, 0.003)
    crossing = mean_t + (level_n - mean_f) / slope
    edge = float(t[loaded])
    bounded = min(max(crossing, edge - reach), edge) if direction > 0 else max(min(crossing, edge + reach), edge)
    rest = f - mean_f - slope * centred
    n_free = max(len(f) - 2, 1)
    scatter = math.sqrt(float(rest @ rest) / n_free)
    lever = 1.0 / len(f) + (bounded - mean_t) ** 2 / power
    u = math.sqrt((scatter / slope) ** 2 * lever + (noise_n / slope) ** 2 / n_level + u_clock_s**2)
    return bounded, u
