"""A sustained hold to its numbers: loss of force, area lost, time above the target."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, Absent, Number, metric, void
from daq.metrics.endurance import target
from daq.metrics.endurance.events import is_recorded
from daq.metrics.endurance.fatigue import Level, loss_percent
from daq.metrics.endurance.hold import Held, Start
from daq.metrics.endurance.of_one import PEAK, SMALLEST_FORCE_N
from daq.metrics.endurance.target import Target
from daq.metrics.uncertainty import mean_force
from daq.metrics.value import Better, Params

EVENTS = ("onset", "peak", "offset")
SUBMAXIMAL = "submaximal_target"


@metric("N", Better.HIGHER, ALL)
def peak_force(held: Held, limb: Limb) -> Number:
    """Highest force of the first 10 s of the hold, N.

    Notes
    -----
    The largest raw sample, the F_max of both indices of fatigue; its interval is centred on the value less the bias of a
    maximum in noise. Withheld when a hole lies in these 10 s.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    ``F = 300 exp(-0.02 t)`` N from the first moment.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> round(peak_force(fading_hold(), Limb.LEFT).value, 1)
    300.0
    """
    start, trace = held.start_of(limb), held.trace_of(limb)
    parts = {
        **held.budgets[limb].scaled(start.peak_n), "maximum": start.top.u_max_n,
        "sampling": trace.u_between_samples_n(start.i_peak, noise_n=start.top.noise_n, bias_n=start.top.bias_n),
    }  # fmt: skip
    params: Params = {
        "t_s": start.peak_s, "window_s": held.limit("window_s"), "noise_n": start.top.noise_n,
        "n_independent": start.top.n_independent,
    }  # fmt: skip
    return Number(start.peak_n, PEAK, parts, params, start.hole, EVENTS, start.top.bias_n)


def _last_window(held: Held, limb: Limb) -> tuple[float, dict[str, float], tuple[str, ...]]:
    """Mean of the last ``window_s`` of the hold, what is uncertain about it, and the codes of holes in it."""
    length_s, window_s = held.length_s, held.limit("window_s")
    if length_s < window_s:
        held.block(("hold_too_short",), "window")
        raise Absent("window")
    trace, a, b = held.trace_of(limb), held.end_s - window_s, held.end_s
    if not is_recorded(trace, a, b):
        held.block(("window_beyond_trial",), "beyond")
        raise Absent("beyond")
    mean = trace.impulse_between(a, b) / window_s
    parts = mean_force(held.budgets[limb], mean, noise_n=held.noise_n(limb), n=trace.n_in(window_s))
    return mean, parts, (*trace.gap_codes(a, b), *held.slow(limb))


@metric("N", Better.HIGHER, ALL)
def hold_end_force(held: Held, limb: Limb) -> Number:
    """Mean force of the last 10 s of the hold's length, N.

    Notes
    -----
    From T - 10 s to T after the start, T the length the test asks for (30 s). A release before T: ``early_release``.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    ``300 exp(-0.02 * 20) (1 - exp(-0.02 * 10))/(0.02 * 10)``.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> closed = 300 * math.exp(-0.4) * (1 - math.exp(-0.2)) / 0.2
    >>> round(hold_end_force(fading_hold(), Limb.LEFT).value, 2), round(closed, 2)
    (182.26, 182.26)
    """
    mean, parts, codes = _last_window(held, limb)
    params = {"length_s": held.length_s, "window_s": held.limit("window_s")}
    return Number(mean, "hold.last_window", parts, params, codes, EVENTS)


@metric("s", Better.HIGHER, ALL)
def hold_time(held: Held, limb: Limb) -> Number:
    """Time from the start of the hold to its release, s.

    Notes
    -----
    From the rise through 20 % to the fall through 10 % of the highest force within 15 s. Withheld where the record ends first
    (``window_beyond_trial``).

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    >>> from daq.metrics.endurance.example import fading_hold
    >>> round(hold_time(fading_hold(), Limb.LEFT).value, 2)
    32.0
    """
    hold, method = held.stretch(), "hold.hysteresis"
    trace = held.trace_of(limb)
    if not held.is_released:
        return void("window_beyond_trial", method=method)
    parts = {"events": held.u_event_s * math.sqrt(2.0), "time": hold.length_s * held.budgets[limb].time}
    return Number(hold.length_s, method, parts, {}, trace.gap_codes(hold.start_s, hold.stop_s), ("onset", "offset"))


@metric("percent", Better.LOWER, ALL, is_signed=True)
def strength_decrement_percent(held: Held, limb: Limb) -> Number:
    """Loss from the highest force of the first 10 s to the mean of the last 10 s of a hold of T = 30 s, %.

    Notes
    -----
    ``100 (F_max[0, 10 s] - mean F[T - 10 s, T])/F_max[0, 10 s]``. The gain cancels. A noisy maximum makes it too large, which
    is its ``bias``. A release before T: ``early_release``.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    ``F = P exp(-k t)``: ``100 (1 - exp(-k (T - h)) (1 - exp(-k h))/(k h))`` with k = 0.02/s, T = 30 s, h = 10 s.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> closed = 100 * (1 - math.exp(-0.4) * (1 - math.exp(-0.2)) / 0.2)
    >>> round(strength_decrement_percent(fading_hold(), Limb.LEFT).value, 2), round(closed, 2)
    (39.24, 39.25)
    """
    mean, mean_parts, codes = _last_window(held, limb)
    start, trace = held.start_of(limb), held.trace_of(limb)
    first = Level(start.peak_n, _u_peak(held, limb, start), start.top.bias_n)
    params: Params = {"length_s": held.length_s, "window_s": held.limit("window_s"), "n": trace.n_in(held.length_s)}
    reasons = tuple(dict.fromkeys((*start.hole, *codes)))
    return loss_percent(
        first,
        Level(mean, mean_parts["noise"]),
        "fatigue.sustained",
        budget=held.budgets[limb],
        params=params,
        reasons=reasons,
        events=EVENTS,
    )


@metric("percent", Better.LOWER, ALL, is_signed=True)
def static_fatigue_index_percent(held: Held, limb: Limb) -> Number:
    """Share of the area under the highest force that the hold lost from the peak to T, %.

    Notes
    -----
    ``100 (1 - J/(F_max T'))``, J the integral from the peak (of the first 10 s) to the hold's end T, T' its length. The gain
    cancels; the place of a maximum in noise is not in the uncertainty. A release before T: ``early_release``.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    ``F = P exp(-k t)``: ``100 (1 - (1 - exp(-k T))/(k T))`` with k = 0.02/s, T = 30 s.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> round(static_fatigue_index_percent(fading_hold(), Limb.LEFT).value, 2), round(100 * (1 - (1 - math.exp(-0.6)) / 0.6), 2)
    (24.8, 24.8)
    """
    method = "fatigue.area"
    held.found("whole")
    start, trace = held.start_of(limb), held.trace_of(limb)
    a, b = start.peak_s, held.end_s
    span = b - a
    params: Params = {"peak_n": start.peak_n, "from_s": a, "to_s": b}
    if span <= 0 or not is_recorded(trace, a, b):
        return void("window_beyond_trial", method=method, params=params)
    if start.peak_n < SMALLEST_FORCE_N:
        return void("denominator_too_small", method=method, params=params)
    mean, p = trace.impulse_between(a, b) / span, start.peak_n
    share = mean / p
    parts = {
        "noise": 100.0 / p * held.noise_n(limb) * math.sqrt(trace.dt_s / span),
        "maximum": 100.0 * share / p * _u_peak(held, limb, start),
        "zero": 100.0 * abs(1.0 - share) / p * held.budgets[limb].zero_n,
        "events": 100.0 / p * abs(trace.at(b) - mean) / span * held.u_event_s,
    }
    reasons = tuple(dict.fromkeys((*start.hole, *trace.gap_codes(a, b))))
    bias = 100.0 * share / p * start.top.bias_n
    return Number(100.0 * (1.0 - share), method, parts, params, reasons, EVENTS, bias)


def _u_peak(held: Held, limb: Limb, start: Start) -> float:
    trace, top = held.trace_of(limb), start.top
    return math.hypot(top.u_max_n, trace.u_between_samples_n(start.i_peak, noise_n=top.noise_n, bias_n=top.bias_n))


def _level(held: Held, limb: Limb) -> Target:
    """The target as entered; in a maximal hold without one, its share of the highest force of this hold."""
    try:
        return target.target_of(held, limb)
    except Absent:
        if held.conditions.cue == SUBMAXIMAL:
            raise
    return Target(0.01 * held.limit("target_percent") * held.start_of(limb).peak_n, "highest force of this hold")


@metric("s", Better.HIGHER, ALL)
def endurance_time(held: Held, limb: Limb) -> Number:
    """Time above the target until the force stays below it for more than 1 s, s.

    Notes
    -----
    The target is ``target_n`` as entered, else ``target_percent`` (60) of the entered ``peak_force_n``; in a maximal hold
    without either, that share of the highest force of this hold. Crossings are interpolated; shorter dips count as time
    above. Withheld when the target is not reached (``target_not_reached``) or the record ends first
    (``window_beyond_trial``).

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    ``300 exp(-0.02 t)`` falls below 60 % of 300 N at ``ln(1/0.6)/0.02``.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> round(endurance_time(fading_hold(), Limb.LEFT).value, 2), round(math.log(1 / 0.6) / 0.02, 2)
    (25.54, 25.54)
    """
    method, away_s = "endurance.time_above", held.limit("away_s")
    wanted, trace = _level(held, limb), held.trace_of(limb)
    params: Params = {"target_n": wanted.force_n, "target_from": wanted.source, "away_s": away_s}
    found = held.last_crossing(limb, wanted.force_n, away_s=away_s)
    if found is None:
        return void("target_not_reached", method=method, params=params)
    start_s, stop_s = found
    if stop_s > trace.stop_s:
        return void("window_beyond_trial", method=method, params=params)
    params = {**params, "from_s": start_s, "to_s": stop_s}
    return Number(stop_s - start_s, method, params=params, reasons=trace.gap_codes(start_s, stop_s), events=EVENTS)


@metric("s", Better.HIGHER, ALL)
def time_in_target(held: Held, limb: Limb) -> Number:
    """Time of the hold within the band around the target force, s.

    Notes
    -----
    Samples in the band (``target_band_percent``, 10 % of the target to either side) over the rate. Without an entered target:
    ``target_missing``.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    Target 200 N, entered: within 10 % from ``ln(300/220)/0.02`` to ``ln(300/180)/0.02``.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> closed = (math.log(300 / 180) - math.log(300 / 220)) / 0.02
    >>> round(time_in_target(fading_hold(200.0), Limb.LEFT).value, 2), round(closed, 2)
    (10.03, 10.03)
    """
    hold, wanted = held.stretch(), target.target_of(held, limb)
    gap = held.trace_of(limb).gap_codes(hold.start_s, hold.stop_s)
    return target.time_in_band(held, limb, [(hold.start_s, hold.stop_s)], target=wanted, gap=gap)


@metric("N", Better.LOWER, ALL)
def target_error_rms(held: Held, limb: Limb) -> Number:
    """Root mean square of force less target until the hold fails, N.

    Notes
    -----
    The hold fails where ``endurance_time`` ends; one that never reaches the target counts to its release. The first and the
    last ``target_settle_s`` (0.5 s) are left out: they belong to rise and release.

    References
    ----------
    Convention; several variants are in use.

    Examples
    --------
    Of ``300 exp(-0.02 t) - 200`` from 0.5 s to 0.5 s before it falls below 200 N at ``ln(1.5)/0.02``, in closed form.

    >>> from daq.metrics.endurance.example import fading_hold
    >>> stop = math.log(1.5) / 0.02 - 0.5
    >>> part = lambda k: (math.exp(-k * 0.5) - math.exp(-k * stop)) / k
    >>> square = 300**2 * part(0.04) - 2 * 300 * 200 * part(0.02) + 200**2 * (stop - 0.5)
    >>> abs(target_error_rms(fading_hold(200.0), Limb.LEFT).value / math.sqrt(square / (stop - 0.5)) - 1) < 0.001
    True
    """
    hold, wanted = held.stretch(), target.target_of(held, limb)
    crossed = held.last_crossing(limb, wanted.force_n, away_s=held.limit("away_s"))
    stop_s = hold.stop_s if crossed is None else min(crossed[1], hold.stop_s)
    gap = held.trace_of(limb).gap_codes(hold.start_s, stop_s)
    return target.error_rms(held, limb, [(hold.start_s, stop_s)], target=wanted, gap=gap)
