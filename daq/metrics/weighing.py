"""Quiet standing before a jump to the body weight, with its noise and sway."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.methods import Rule
from daq.metrics.samples import last_of, mean_and_sd, runs, white_noise_n
from daq.metrics.trace import Trace

LOADED_N = 100.0
STEP_ON_S = 0.020
STEEP_N = 6.0
DIP_S = 0.4
WINDOW_S, SHORTEST_NOISE_S = 1.0, 0.1
EARLIEST_BEFORE_TAKEOFF_S = 4.0
LATEST_BEFORE_TAKEOFF_S = 0.3
DEFAULT_SWAY_N, FEWEST_SECONDS = 0.5, 3
USUAL_NU, SHORT_NU, STAND_SECONDS = 2, 3, 3
NEAR_SHARE, NEAR_N, FAR_TIMES = 0.03, 20.0, 3.0


@dataclass(frozen=True, slots=True)
class Weighing:
    """``sd_n`` sample SD in the window, ``noise_n`` its white part per sample, ``u_weight_n`` noise and sway together.

    ``nu_weight`` are the degrees of freedom of ``u_weight_n``, None = infinite. ``stretch_start_s`` is where the loaded
    stretch that leads to the jump begins. ``is_own`` False: the weight comes from other scales, so a gain of these plates
    does not cancel against it.
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
    is_own: bool = True
    nu_weight: float | None = None

    @property
    def span_s(self) -> tuple[float, float]:
        """Start and stop of the window."""
        return (self.start_s, self.stop_s)

    @property
    def freedom(self) -> dict[str, float]:
        """Degrees of freedom of the contributions that come from the weight, by their names."""
        return {} if self.nu_weight is None else {"weight": self.nu_weight, "noise and sway": self.nu_weight}


@dataclass(frozen=True, slots=True)
class Stored:
    """A weight that was not measured in this record; ``is_own`` says that it was measured on these plates."""

    weight_n: float
    u_weight_n: float
    is_own: bool


def loaded_stretch_s(trace: Trace, takeoff_s: float, window_s: float = WINDOW_S) -> tuple[float, float] | None:
    """The stretch above 100 N that leads to take-off: start (after the step onto the plate) and end, s.

    A deep unweighting falls below 100 N for a moment, so pieces less than 0.4 s apart belong together; short pieces before
    the first full second of standing are the step onto the plate.
    """
    last = int(trace.t_s.searchsorted(takeoff_s))
    starts, stops = runs(trace.force_n[:last] > LOADED_N)
    if len(starts) == 0:
        return None
    apart = (starts[1:] - stops[:-1] > DIP_S * trace.rate_hz).nonzero()[0]
    first = int(apart[-1]) + 1 if len(apart) else 0
    standing = ((stops - starts)[first:] >= trace.n_in(window_s)).nonzero()[0]
    begin = int(starts[first + int(standing[0])] if len(standing) else starts[first])
    return float(trace.t_s[_after_step_on(trace, begin)]), float(trace.t_s[int(stops[-1]) - 1])


def _after_step_on(trace: Trace, begin: int) -> int:
    """The first sample that stands on the plate: behind the steep edge of a stretch that begins inside the record.

    A sample in the edge is neither empty nor loaded; laid over another device's axis it can be anything between.
    """
    if begin == 0:
        return 0
    edge_n = np.abs(np.diff(trace.force_n[begin : begin + trace.n_in(STEP_ON_S) + 1]))
    steep = (edge_n > STEEP_N).nonzero()[0]
    return begin + (int(steep[-1]) + 1 if len(steep) else 0)


def weigh(
    trace: Trace,
    takeoff_s: float,
    *,
    rule: Rule,
    landing_s: float | None,
    gravity: float,
    one_leg: bool = False,
    window_s: float = WINDOW_S,
    quiet: tuple[float, float] | None = None,
    stored: Stored | None = None,
) -> Weighing | tuple[str, ...]:
    """The weighing of one jump, or the codes that say why there is none.

    Notes
    -----
    ``weigh.lowest_sd_1s``: of all 1 s windows on the loaded stretch that start at most 4 s before take-off and end at least
    0.3 s before it, the one with the lowest sample SD; ties take the later. ``weigh.first_1s``: the first second of the
    stretch. ``weigh.last_1s``: the last second of the record after landing. Each takes another length behind its name
    (``first_1s=0.25``) or from ``window_s``. ``weigh.manual``: the window given. ``weigh.stored_mass``: the weight handed in;
    the quietest window, which may be short or restless, only shows the noise. ``quiet`` holds the largest SD of a valid
    weighing in N and as a share of the weight.
    """
    if rule.numbers and rule.name != "manual":
        window_s = max(rule.numbers[0], 2 * trace.dt_s)
    stretch = loaded_stretch_s(trace, takeoff_s, window_s)
    if stretch is None:
        return ("weighing_missing",)
    if rule.name == "stored_mass":
        if stored is None:
            return ("stored_weight_missing",)
        window_s = min(window_s, max(min(stretch[1], takeoff_s - LATEST_BEFORE_TAKEOFF_S) - stretch[0], SHORTEST_NOISE_S))
    window = _window(trace, takeoff_s, rule=rule, stretch=stretch, landing_s=landing_s, window_s=window_s)
    if not isinstance(window, slice):
        return window
    made = _weighed(trace, window, rule=rule, stretch=stretch, gravity=gravity)
    if not isinstance(made, Weighing):
        return made
    if rule.name == "stored_mass" and stored is not None:
        codes = (*made.reasons, "stored_weight_used")
        return replace(
            made, weight_n=stored.weight_n, u_weight_n=stored.u_weight_n, is_own=stored.is_own, reasons=codes, nu_weight=None
        )
    least_n, share = quiet or ((15.0, 0.02) if one_leg else (10.0, 0.015))
    return made if made.sd_n <= max(least_n, share * made.weight_n) else ("weighing_not_quiet",)


def _window(  # noqa: PLR0911, one way out per rule and per reason
    trace: Trace,
    takeoff_s: float,
    *,
    rule: Rule,
    stretch: tuple[float, float],
    landing_s: float | None,
    window_s: float,
) -> slice | tuple[str, ...]:
    n = max(trace.n_in(window_s), 2)
    if rule.name == "manual":
        window = trace.slice(*rule.numbers)
        # The stop is excluded, so that 0:1 is one second and not one sample more.
        window = slice(window.start, max(window.stop - 1, window.start))
        return window if window.stop - window.start > 1 else ("weighing_missing",)
    if rule.name == "last_1s":
        if landing_s is None or trace.stop_s - landing_s < window_s:
            return ("weighing_too_short",)
        return slice(len(trace.t_s) - n, len(trace.t_s))
    inside = trace.slice(stretch[0], stretch[1])
    if rule.name == "first_1s":
        return slice(inside.start, inside.start + n) if inside.stop - inside.start >= n else ("weighing_too_short",)
    earliest = max(inside.start, int(trace.t_s.searchsorted(takeoff_s - EARLIEST_BEFORE_TAKEOFF_S - 1e-9)))
    latest = min(inside.stop, int(trace.t_s.searchsorted(takeoff_s - LATEST_BEFORE_TAKEOFF_S + 1e-9)))
    if latest - earliest < n:
        return ("weighing_too_short",)
    spreads = _spreads(trace.force_n[earliest:latest], n)
    for start_s, stop_s in trace.holes:
        # A window across a hole would count bridged samples as quiet ones.
        spreads[max(trace.nearest(start_s) - earliest - n + 1, 0) : max(trace.nearest(stop_s) - earliest, 0)] = math.inf
    lowest = float(spreads.min())
    if not math.isfinite(lowest):
        return ("sample_gap",)
    least = (n - 1) * (math.sqrt(lowest / (n - 1)) + 1e-4) ** 2
    first = earliest + (last_of(spreads <= least) or 0)
    return slice(first, first + n)


def _spreads(force_n: Floats, n: int) -> Floats:
    """Sums of squares about their means of all windows of ``n`` samples, (len - n + 1,)."""
    shifted = force_n - float(force_n.sum()) / len(force_n)
    squares = shifted * shifted
    # From one window to the next a sample comes and one goes. A running sum waits for each of its additions; as parts of one
    # complex number the two sums run in the time of one.
    windows = np.empty(len(force_n) - n + 1, dtype=np.complex128)
    windows[0] = complex(shifted[:n].sum(), shifted[:n].dot(shifted[:n]))
    np.subtract(shifted[n:], shifted[:-n], out=windows.real[1:])
    np.subtract(squares[n:], squares[:-n], out=windows.imag[1:])
    windows.cumsum(out=windows)
    sums = windows.real * windows.real
    sums /= n
    spreads = windows.imag - sums
    # Cancellation leaves rounding of about 1e-16 of the sums of squares.
    rounding = 1e-12 * (n - 1) * max(float(shifted.dot(shifted)), 1e-12)
    if float(spreads[spreads.argmin()]) < rounding:
        spreads[spreads < rounding] = 0.0
    return spreads


def _weighed(
    trace: Trace, window: slice, *, rule: Rule, stretch: tuple[float, float], gravity: float
) -> Weighing | tuple[str, ...]:
    force = trace.force_n[window]
    weight, sd = mean_and_sd(force)
    start_s, stop_s = float(trace.t_s[window.start]), float(trace.t_s[window.stop - 1])
    if weight <= LOADED_N / 2:
        return ("weighing_missing",)
    if trace.touches_hole(start_s, stop_s):
        return ("sample_gap",)
    noise = white_noise_n(force)
    sway = _sway(trace, stretch[0], window, weight_n=weight)
    stand = sway.stand_n
    wander = (stand - float(stand.sum()) / len(stand)).cumsum()
    return Weighing(
        weight_n=weight,
        sd_n=sd,
        noise_n=noise,
        u_weight_n=math.hypot(noise / math.sqrt(len(force)), sway.u_n),
        u_velocity_m_per_s=mean_and_sd(wander)[1] * trace.dt_s * gravity / weight,
        start_s=start_s,
        stop_s=stop_s,
        stretch_start_s=stretch[0],
        method=rule.id,
        nu_weight=sway.nu,
    )


class Sway(NamedTuple):
    """How far a mean of one second lies from the true weight, its degrees of freedom, and the last seconds of standing."""

    u_n: float
    nu: float
    stand_n: Floats


def _sway(trace: Trace, start_s: float, window: slice, *, weight_n: float) -> Sway:
    """The sway of the person in the seconds that end with the window.

    SD of the 1 s means: at most five, and only those next to the window that lie near its weight, because stepping on, or
    standing on both legs before standing on one, is no sway. Restless seconds count, so that more sway never makes the weight
    look more certain. A usual figure counts like two more degrees of freedom, since a handful of seconds may be alike by
    chance. Fewer than three have no useful spread of their own: the widest of the usual figure, of those there are, and of
    the slow part of the window is taken.
    """
    n = max(trace.n_in(WINDOW_S), 2)
    before = trace.force_n[trace.slice(start_s, float(trace.t_s[window.stop - 1]))]
    count = min(len(before) // n, 5)
    blocks = before[len(before) - count * n :].reshape(count, n)
    pieces = max(n // 20, 1)
    short = blocks[:, : n // pieces * pieces].reshape(count, n // pieces, pieces).sum(axis=2)
    short /= pieces
    # A second that holds only the end of a step may have a mean near the weight; its 50 ms means give it away.
    farthest = np.abs(short - weight_n).max(axis=1).tolist()
    means, near_n = (blocks.sum(axis=1) / n).tolist(), max(NEAR_SHARE * weight_n, NEAR_N)
    far = [i for i in range(count) if abs(means[i] - weight_n) > near_n or farthest[i] > FAR_TIMES * near_n]
    first = far[-1] + 1 if far else 0
    means = means[first:]
    stand = blocks[max(first, count - STAND_SECONDS) :].ravel() if means else trace.force_n[window]
    if len(means) >= FEWEST_SECONDS:
        own = len(means) - 1
        nu = own + USUAL_NU
        square = (USUAL_NU * DEFAULT_SWAY_N**2 + own * _variance(means)) / nu
        return Sway(math.sqrt(square), float(nu), stand)
    pair = math.sqrt(_variance(means)) if len(means) > 1 else 0.0
    return Sway(max(DEFAULT_SWAY_N, pair, _slow_part_n(trace.force_n[window])), float(SHORT_NU), stand)


def _variance(few: Sequence[float]) -> float:
    """Sample variance of a handful of numbers, which are not worth an array."""
    mean = sum(few) / len(few)
    return sum([(x - mean) ** 2 for x in few]) / (len(few) - 1)


def _slow_part_n(force_n: Floats) -> float:
    """Sway of a one second mean from inside that second: it holds about two independent pieces of half a second."""
    quarter = len(force_n) // 4
    if quarter == 0:
        return 0.0
    means = force_n[: 4 * quarter].reshape(4, quarter).sum(axis=1) / quarter
    return math.sqrt(_variance(means.tolist()) / 2.0)
