"""Quiet standing before a jump to the body weight, with its noise and sway."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace, runs, white_noise_n, window_stats

LOADED_N = 100.0
STEP_ON_S = 0.020
STEEP_N = 6.0
DIP_S = 0.4
WINDOW_S = 1.0
EARLIEST_BEFORE_TAKEOFF_S = 4.0
LATEST_BEFORE_TAKEOFF_S = 0.3
FAR_S = 4.0
DEFAULT_SWAY_N, FEWEST_SECONDS = 0.5, 3
NEAR_SHARE, NEAR_N, FAR_TIMES = 0.03, 20.0, 3.0


@dataclass(frozen=True, slots=True)
class Weighing:
    """``sd_n`` sample SD in the window, ``noise_n`` its white part per sample, ``u_weight_n`` noise and sway together.

    ``stretch_start_s`` is where the loaded stretch that leads to the jump begins.
    """

    weight_n: float
    sd_n: float
    noise_n: float
    u_weight_n: float
    u_velocity_m_per_s: float
    start_s: float
    stop_s: float
    stretch_start_s: float
    method: str
    reasons: tuple[str, ...] = ()

    @property
    def span_s(self) -> tuple[float, float]:
        """Start and stop of the window."""
        return (self.start_s, self.stop_s)


def quiet_limit_n(weight_n: float, *, one_leg: bool) -> float:
    """Largest SD of a valid weighing: max(10 N, 1.5 %), on one leg max(15 N, 2 %) of the weight.

    >>> quiet_limit_n(800.0, one_leg=False)
    12.0
    """
    return max(15.0, 0.02 * weight_n) if one_leg else max(10.0, 0.015 * weight_n)


def loaded_stretch_s(trace: Trace, takeoff_s: float) -> tuple[float, float] | None:
    """The stretch above 100 N that leads to take-off: start (after the step onto the plate) and end, s.

    A deep unweighting falls below 100 N for a moment, so pieces less than 0.4 s apart belong together; short pieces before
    the first full second of standing are the step onto the plate.
    """
    last = int(np.searchsorted(trace.t_s, takeoff_s))
    starts, stops = runs(trace.force_n[:last] > LOADED_N)
    if len(starts) == 0:
        return None
    apart = np.flatnonzero(starts[1:] - stops[:-1] > DIP_S * trace.rate_hz)
    first = int(apart[-1]) + 1 if len(apart) else 0
    standing = np.flatnonzero((stops - starts)[first:] >= trace.n_in(WINDOW_S))
    begin = int(starts[first + int(standing[0])] if len(standing) else starts[first])
    return float(trace.t_s[_after_step_on(trace, begin)]), float(trace.t_s[int(stops[-1]) - 1])


def _after_step_on(trace: Trace, begin: int) -> int:
    """The first sample that stands on the plate: behind the steep edge of a stretch that begins inside the record.

    A sample in the edge is neither empty nor loaded; laid over another device's axis it can be anything between.
    """
    if begin == 0:
        return 0
    edge_n = np.abs(np.diff(trace.force_n[begin : begin + trace.n_in(STEP_ON_S) + 1]))
    steep = np.flatnonzero(edge_n > STEEP_N)
    return begin + (int(steep[-1]) + 1 if len(steep) else 0)


def weigh(
    trace: Trace, takeoff_s: float, *, rule: Rule, landing_s: float | None, one_leg: bool, gravity: float
) -> Weighing | tuple[str, ...]:
    """The weighing of one jump, or the codes that say why there is none.

    Notes
    -----
    ``weigh.lowest_sd_1s``: of all 1 s windows on the loaded stretch that start at most 4 s before take-off and end at least
    0.3 s before it, the one with the lowest sample SD; ties take the later. ``weigh.first_1s``: the first second of the
    stretch. ``weigh.last_1s``: the last second of the record after landing. ``weigh.manual``: the window given.
    """
    stretch = loaded_stretch_s(trace, takeoff_s)
    if stretch is None:
        return ("weighing_missing",)
    window = _window(trace, takeoff_s, rule=rule, stretch=stretch, landing_s=landing_s)
    if not isinstance(window, slice):
        return window
    return _weighed(trace, window, rule=rule, stretch=stretch, one_leg=one_leg, gravity=gravity)


def _window(  # noqa: PLR0911, one way out per rule and per reason
    trace: Trace, takeoff_s: float, *, rule: Rule, stretch: tuple[float, float], landing_s: float | None
) -> slice | tuple[str, ...]:
    n = max(trace.n_in(WINDOW_S), 2)
    if rule.name == "manual":
        window = trace.slice(*rule.numbers)
        # The stop is excluded, so that 0:1 is one second and not one sample more.
        window = slice(window.start, max(window.stop - 1, window.start))
        return window if window.stop - window.start > 1 else ("weighing_missing",)
    if rule.name == "last_1s":
        if landing_s is None or trace.stop_s - landing_s < WINDOW_S:
            return ("weighing_too_short",)
        return slice(len(trace.t_s) - n, len(trace.t_s))
    inside = trace.slice(stretch[0], stretch[1])
    if rule.name == "first_1s":
        return slice(inside.start, inside.start + n) if inside.stop - inside.start >= n else ("weighing_too_short",)
    earliest = max(inside.start, int(np.searchsorted(trace.t_s, takeoff_s - EARLIEST_BEFORE_TAKEOFF_S - 1e-9)))
    latest = min(inside.stop, int(np.searchsorted(trace.t_s, takeoff_s - LATEST_BEFORE_TAKEOFF_S + 1e-9)))
    if latest - earliest < n:
        return ("weighing_too_short",)
    _, sds = window_stats(trace.force_n[earliest:latest], n)
    for start_s, stop_s in trace.holes:
        # A window across a hole would count bridged samples as quiet ones.
        sds[max(trace.nearest(start_s) - earliest - n + 1, 0) : max(trace.nearest(stop_s) - earliest, 0)] = math.inf
    lowest = float(sds.min())
    if not math.isfinite(lowest):
        return ("sample_gap",)
    first = earliest + int(np.flatnonzero(sds <= lowest + 1e-4)[-1])
    return slice(first, first + n)


def _weighed(
    trace: Trace, window: slice, *, rule: Rule, stretch: tuple[float, float], one_leg: bool, gravity: float
) -> Weighing | tuple[str, ...]:
    force = trace.force_n[window]
    weight, sd = float(force.mean()), float(force.std(ddof=1))
    start_s, stop_s = float(trace.t_s[window.start]), float(trace.t_s[window.stop - 1])
    if weight <= LOADED_N / 2:
        return ("weighing_missing",)
    if sd > quiet_limit_n(weight, one_leg=one_leg):
        return ("weighing_not_quiet",)
    if trace.touches_hole(start_s, stop_s):
        return ("sample_gap",)
    noise = white_noise_n(force)
    wander = np.cumsum(force - weight) * trace.dt_s * gravity / weight
    sway = _sway_n(trace, stretch[0], window, weight_n=weight)
    return Weighing(
        weight_n=weight,
        sd_n=sd,
        noise_n=noise,
        u_weight_n=math.hypot(noise / math.sqrt(len(force)), sway),
        u_velocity_m_per_s=float(wander.std()),
        start_s=start_s,
        stop_s=stop_s,
        stretch_start_s=stretch[0],
        method=rule.id,
    )


def _sway_n(trace: Trace, start_s: float, window: slice, *, weight_n: float) -> float:
    """How far the mean of one second lies from the true weight, by the sway of the person.

    SD of the 1 s means that end with the window: at most five, and only those next to it that lie near its weight, because
    stepping on, or standing on both legs before standing on one, is no sway. Restless seconds count, so that more sway never
    makes the weight look more certain. Fewer than three have no useful spread of their own: the widest of a usual figure,
    of those there are, and of the slow part of the window is taken.
    """
    n = max(trace.n_in(WINDOW_S), 2)
    before = trace.force_n[trace.slice(start_s, float(trace.t_s[window.stop - 1]))]
    count = min(len(before) // n, 5)
    blocks = before[len(before) - count * n :].reshape(count, n)
    means, near_n = blocks.mean(axis=1), max(NEAR_SHARE * weight_n, NEAR_N)
    pieces = max(n // 20, 1)
    short = blocks[:, : n // pieces * pieces].reshape(count, n // pieces, pieces).mean(axis=2)
    # A second that holds only the end of a step may have a mean near the weight; its 50 ms means give it away.
    is_step = np.abs(short - weight_n).max(axis=1) > FAR_TIMES * near_n
    far = np.flatnonzero((np.abs(means - weight_n) > near_n) | is_step)
    means = means[int(far[-1]) + 1 :] if len(far) else means
    if len(means) >= FEWEST_SECONDS:
        return float(means.std(ddof=1))
    pair = float(means.std(ddof=1)) if len(means) > 1 else 0.0
    return max(DEFAULT_SWAY_N, pair, _slow_part_n(trace.force_n[window]))


def _slow_part_n(force_n: Floats) -> float:
    """Sway of a one second mean from inside that second: it holds about two independent pieces of half a second."""
    quarter = len(force_n) // 4
    if quarter == 0:
        return 0.0
    return float(force_n[: 4 * quarter].reshape(4, quarter).mean(axis=1).std(ddof=1)) / math.sqrt(2.0)
