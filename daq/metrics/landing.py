"""The contact after a jump to its peak, its impulse and the time until the person stands still."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from daq.block import Limb
from daq.metrics.build import Sheet
from daq.metrics.jump import Jump
from daq.metrics.trace import Trace, moving_mean
from daq.metrics.uncertainty import single_force
from daq.metrics.value import Instant

PEAK_WINDOW_S, FEWEST_SAMPLES = 0.5, 4
AT_REST_M_PER_S = 0.02
BAND_SHARE, STAYS_S, LONGEST_S = 0.05, 1.0, 5.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the falling body comes to rest; ``drop_m`` its way down since touchdown (negative)."""

    instant: Instant
    drop_m: float


def landing_values(jump: Jump, sheet: Sheet) -> dict[str, Instant]:
    """Add the landing of every limb; the events found are returned."""
    if jump.flight is None or jump.flight.landing is None:
        return {}
    landing_s = jump.flight.landing.t_s
    stop = _stop(jump, landing_s)
    for limb, trace in jump.traces.items():
        _peak(jump, sheet, limb, trace=trace, landing_s=landing_s)
        if stop is not None and jump.weighing is not None:
            _until_stop(jump, sheet, limb, trace=trace, stop=stop)
        if jump.weighing is not None:
            _stabilisation(jump, sheet, limb, trace=trace, landing_s=landing_s)
    return {} if stop is None else {"landing_end": stop.instant}


def _stop(jump: Jump, landing_s: float) -> Stop | None:
    moved, flight, w = jump.moved, jump.flight, jump.weighing
    if moved is None or flight is None or flight.time_s is None or w is None or "velocity" in jump.missing:
        return None
    trace, g = jump.trace, jump.gravity
    first = trace.slice(landing_s, trace.stop_s).start
    t = trace.t_s[first:]
    if len(t) < FEWEST_SAMPLES or trace.gap_codes(landing_s, float(t[-1])) == ("sample_gap",):
        jump.block(("landing_incomplete",), "landing_motion")
        return None
    # Exact in any posture: the fall continues the flight.
    touchdown = moved.takeoff_velocity - g * flight.time_s
    net = trace.impulse_n_s[first:] - trace.impulse_until(landing_s) - w.weight_n * (t - landing_s)
    v = touchdown + net * g / w.weight_n
    rising = np.flatnonzero(v >= 0)
    if len(rising) == 0:
        # A person who comes to rest without a bounce approaches zero from below and may never pass it.
        rising = np.flatnonzero(v >= -AT_REST_M_PER_S)
    if len(rising) == 0 or rising[0] == 0:
        jump.block(("landing_incomplete",), "landing_motion")
        jump.reasons.append("landing_incomplete")
        return None
    i = int(rising[0])
    times, speeds = np.concatenate(([landing_s], t[: i + 1])), np.concatenate(([touchdown], v[: i + 1]))
    drop = float(np.sum(0.5 * (speeds[1:] + speeds[:-1]) * (times[1:] - times[:-1])))
    at = float(t[i])
    u = math.hypot(trace.dt_s / math.sqrt(12.0), jump.u_clock_s)
    return Stop(Instant("landing_end", at, u, first + i, "phase.landing_zero_velocity", {}), drop)


def _peak(jump: Jump, sheet: Sheet, limb: Limb, *, trace: Trace, landing_s: float) -> None:
    part = trace.slice(landing_s, landing_s + PEAK_WINDOW_S)
    force = trace.force_n[part]
    names = ("landing_peak_force", "landing_time_to_peak", "landing_rfd")
    if trace.stop_s < landing_s + PEAK_WINDOW_S or len(force) == 0:
        for name in names:
            sheet.withhold(name, limb, ("landing_incomplete",))
        if limb is jump.main and "landing_incomplete" not in jump.reasons:
            jump.reasons.append("landing_incomplete")
        return
    i = int(force.argmax())
    peak, to_peak = float(force[i]), float(trace.t_s[part.start + i]) - landing_s
    gap = ("sample_gap",) if trace.touches_hole(landing_s, landing_s + PEAK_WINDOW_S) else ()
    parts = single_force(jump.budgets[limb], peak, noise_n=jump.noise_n.get(limb, 0.0))
    sheet.add(names[0], limb, peak, method="peak.max_sample", parts=parts, reasons=gap, events=("landing",))
    sheet.add(names[1], limb, to_peak, method="peak.max_sample", reasons=gap, events=("landing",))
    if to_peak < FEWEST_SAMPLES * trace.dt_s:
        sheet.withhold(names[2], limb, ("window_below_resolution",), method="rfd.phase_secant")
    else:
        rate = (peak - trace.at(landing_s)) / to_peak
        sheet.add(names[2], limb, rate, method="rfd.phase_secant", reasons=gap, events=("landing",))


def _until_stop(jump: Jump, sheet: Sheet, limb: Limb, *, trace: Trace, stop: Stop) -> None:
    if jump.flight is None or jump.flight.landing is None or jump.weighing is None:
        return
    a, b = jump.flight.landing.t_s, stop.instant.t_s
    if trace.stop_s < b:
        sheet.withhold("landing_mean_force", limb, ("landing_incomplete",))
        return
    events, gross, gap = ("landing", "landing_end"), trace.impulse_between(a, b), trace.gap_codes(a, b)
    sheet.add("landing_mean_force", limb, gross / (b - a), method="mean.trapezoid", reasons=gap, events=events)
    if limb is not jump.main:
        return
    net = gross - jump.weighing.weight_n * (b - a)
    sheet.add("landing_impulse_net", limb, net, method="impulse.trapezoid", reasons=gap, events=events)
    peak = float(trace.force_n[trace.slice(a, a + PEAK_WINDOW_S)].max())
    stiffness = peak / abs(stop.drop_m) if stop.drop_m else math.nan
    method = "stiffness.peak_over_drop"
    sheet.add("landing_stiffness", limb, stiffness, method=method, params={"drop_m": stop.drop_m}, reasons=gap, events=events)


def _stabilisation(jump: Jump, sheet: Sheet, limb: Limb, *, trace: Trace, landing_s: float) -> None:
    """First time from which the force stays in the band for 1 s.

    The band is the weight +-5 %; for a limb of a bilateral jump its own mean of the last second +-5 % of the weight.
    """
    w = jump.weighing
    if w is None:
        return
    name, method, n = "time_to_stabilisation", "tts.band_5pct_1s", max(trace.n_in(STAYS_S), 1)
    part = trace.slice(landing_s, landing_s + LONGEST_S + STAYS_S)
    force = trace.force_n[part]
    params: dict[str, float | int | str | bool | None] = {"record_s": trace.stop_s - landing_s, "band_share": BAND_SHARE}
    if len(force) < n:
        sheet.withhold(name, limb, ("landing_incomplete",), method=method, params=params)
        return
    level = w.weight_n if limb is jump.main else float(force[-n:].mean())
    inside = np.abs(force - level) <= BAND_SHARE * w.weight_n
    stays = np.flatnonzero(moving_mean(inside.astype(np.float64), n) > 1.0 - 0.5 / n)
    found = float(trace.t_s[part.start + int(stays[0])]) - landing_s if len(stays) else math.inf
    if found > LONGEST_S:
        whole = trace.stop_s - landing_s >= LONGEST_S + STAYS_S
        sheet.withhold(name, limb, ("not_stabilised" if whole else "landing_incomplete",), method=method, params=params)
        return
    gap = ("sample_gap",) if trace.touches_hole(landing_s, landing_s + found) else ()
    sheet.add(name, limb, max(found, 0.0), method=method, params=params, reasons=gap, events=("landing",))
