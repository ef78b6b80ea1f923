"""The first part of a pull to its rates of force development."""

from __future__ import annotations

import math

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.isometric.early import EARLY_MS, codes_from_onset, onset_params, refused
from daq.metrics.isometric.events import Pull, first_crossing_s, hole_codes
from daq.metrics.isometric.force import peak_force_net
from daq.metrics.rate import RECOMMENDED_HZ, peak_secant, secant, settling_codes
from daq.metrics.trace import SLOPE_HALF_S, Trace
from daq.metrics.value import Better, Params

FEWEST_IN_BAND = 4
# Shares of the net peak between which the rate is taken, and by how much the force may fall back between them.
LOW, HIGH, FALLS = 0.2, 0.8, 0.1
PEAK_MS = (2, 5, 10, 20, 30, 50)
# Mean share of the noise power of a sample that is left between two samples.
BETWEEN_SAMPLES = 2.0 / 3.0
FROM_ONSET, BETWEEN, STEEPEST = "rfd.secant_from_onset", "rfd.secant_between", "rfd.moving_secant"
BAND, NORMALISED = "rfd.percent_band", "rfd.over_net_peak"


@metric("N/s", Better.HIGHER, ALL, is_signed=True, over=EARLY_MS)
def rfd_0_Tms(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Mean rate of force development from the onset on, N/s.

    Notes
    -----
    ``(F(t0 + T) - F(t0)) / T``, both forces at fractional times and F at the onset, not the baseline; of the curve in which an
    interpolated threshold was searched it is the threshold. Given only with the cue to be fast, from 8 samples in T and three
    settling times of the sensor on, inside the effort, away from holes.

    References
    ----------
    Maffiuletti et al. (2016), European Journal of Applied Physiology.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull, s_shaped_pull
    >>> rate = rfd_0_Tms(exponential_pull(), Limb.LEFT, 200).value
    >>> round(rate / 1812.88, 3)  # (400 - 5) (1 - e^(-0.2/0.08)) / 0.2 s
    1.0
    >>> round(rfd_0_Tms(s_shaped_pull(), Limb.LEFT, 50).value / 3253.83, 3)
    1.0
    """
    length = ms / 1000.0
    codes = codes_from_onset(pull, limb, length)
    if wrong := refused(codes):
        return void(*wrong, method=FROM_ONSET)
    t0, trace = pull.t0_s, pull.trace_of(limb)
    rate = secant(trace, t0, t0 + length)
    if pull.onset.is_interpolated and limb is pull.main:
        # Where noise crosses the threshold several times, the force half way between the crossings is not the threshold.
        rate = (trace.at(t0 + length) - pull.onset.level_n) / length
    parts = _parts_from_onset(pull, limb, rate=rate, length_s=length)
    return Number(rate, FROM_ONSET, parts, onset_params(pull, length), codes, ("onset",))


def _parts_from_onset(pull: Pull, limb: Limb, *, rate: float, length_s: float) -> dict[str, float]:
    """Contributions to a secant from the onset over ``length_s``.

    With the interpolated threshold the onset moves with the noise, so the slope at the end against that at the start counts.
    """
    onset, share, budget = pull.onset, pull.share(limb), pull.budgets[limb]
    trace, noise = share.trace, share.noise_n
    stop_s = pull.t0_s + length_s
    (sides, u_end), half_s = pull.end(limb, stop_s), onset.slope_half_s
    slope_end = sides.either_n_per_s if half_s <= SLOPE_HALF_S else trace.wide_slope_at(stop_s, half_s)
    own = limb is pull.main
    if onset.is_interpolated and own and onset.slope_n_per_s > 0:
        r = slope_end / onset.slope_n_per_s
        effect = abs(rate + onset.rise_n / length_s * (1.0 - r))
        moved = BETWEEN_SAMPLES + onset.noise_share * r * r
        scatter = noise / length_s * math.sqrt(moved + (1.0 - r) ** 2 / share.n_base)
        start = abs(slope_end) * math.hypot(onset.u_kink_s, pull.u_clock_s) / length_s
    else:
        effect, both = abs(rate), 2.0 * (BETWEEN_SAMPLES if onset.is_interpolated else 1.0)
        scatter = math.sqrt(both) * noise / length_s
        # The limb's own noise did not choose the onset, which a sample rule places anywhere within one step.
        start = abs(slope_end - pull.end(limb, pull.t0_s)[0].after_n_per_s) / length_s * pull.u_onset_s
    return {
        "gain": effect * budget.own, "reference": effect * budget.shared, "time": abs(rate) * budget.time,
        "noise": scatter, "start": start, "end": u_end / length_s,
    }  # fmt: skip


@metric("N/s", Better.HIGHER, ALL, is_signed=True)
def rfd_50_100ms(pull: Pull, limb: Limb) -> Number:
    """Mean rate of force development between 50 and 100 ms after the onset, N/s.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> exact = (400 - 5) * (math.exp(-0.05 / 0.08) - math.exp(-0.1 / 0.08)) / 0.05
    >>> round(rfd_50_100ms(exponential_pull(), Limb.LEFT).value / exact, 3)
    1.0
    """
    return _between(pull, limb, 0.050, 0.100)


@metric("N/s", Better.HIGHER, ALL, is_signed=True)
def rfd_100_200ms(pull: Pull, limb: Limb) -> Number:
    """Mean rate of force development between 100 and 200 ms after the onset, N/s.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> exact = (400 - 5) * (math.exp(-0.1 / 0.08) - math.exp(-0.2 / 0.08)) / 0.1
    >>> round(rfd_100_200ms(exponential_pull(), Limb.LEFT).value / exact, 3)
    1.0
    """
    return _between(pull, limb, 0.100, 0.200)


def _between(pull: Pull, limb: Limb, from_s: float, to_s: float) -> Number:
    length = to_s - from_s
    codes = codes_from_onset(pull, limb, to_s, narrow_s=length)
    if wrong := refused(codes):
        return void(*wrong, method=BETWEEN)
    share, budget, t0 = pull.share(limb), pull.budgets[limb], pull.t0_s
    trace = share.trace
    rate = secant(trace, t0 + from_s, t0 + to_s)
    bend = (trace.slope_at(t0 + to_s) - trace.slope_at(t0 + from_s)) / length
    parts = {
        "gain": abs(rate) * budget.own, "reference": abs(rate) * budget.shared, "time": abs(rate) * budget.time,
        "noise": math.sqrt(2.0 * BETWEEN_SAMPLES) * share.noise_n / length, "onset": abs(bend) * pull.u_onset_s,
        "ends": math.hypot(*(pull.end(limb, t0 + t)[1] for t in (from_s, to_s))) / length,
    }  # fmt: skip
    params: Params = {**onset_params(pull, length), "from_s": from_s}
    return Number(rate, BETWEEN, parts, params, codes, ("onset",))


@metric("N/s", Better.HIGHER, ALL, is_signed=True, over=PEAK_MS)
def rfd_peak_Tms(pull: Pull, limb: Limb, ms: int) -> Number:  # noqa: N802, T stands for the number in the name
    """Steepest rise over this width between onset and peak, N/s.

    Notes
    -----
    Withheld below 4 samples in the width; of a noisy curve it is the steepest of many, and the narrower the higher.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> exact = (400 - 5) * (1 - math.exp(-0.02 / 0.08)) / 0.02  # at the onset, where the rise is steepest
    >>> round(rfd_peak_Tms(exponential_pull(), Limb.LEFT, 20).value / exact, 2)
    1.0
    >>> rfd_peak_Tms(exponential_pull(), Limb.LEFT, 2).reasons
    ('window_below_resolution',)
    """
    pull.found("rise")
    share, t0, width = pull.share(limb), pull.t0_s, ms / 1000.0
    trace, params = share.trace, {"width_s": width}
    codes = (*settling_codes(trace, width), *(f"{c}!" for c in hole_codes(trace, t0, share.peak_s)))
    if wrong := refused(codes):
        return void(*wrong, method=STEEPEST, params=params)
    steepest = peak_secant(trace, t0, share.peak_s, width_s=width)
    if steepest is None:
        return void("window_below_resolution", method=STEEPEST, params=params)
    codes = (*codes, "rate_too_low") if trace.rate_hz < 0.995 * RECOMMENDED_HZ else codes
    return Number(steepest, STEEPEST, None, params, codes, ("onset",))


@metric("N/s", Better.HIGHER, ALL, is_signed=True)
def rfd_20_80_percent(pull: Pull, limb: Limb) -> Number:
    """``0.6 (F_peak - F_0) / (t_80 - t_20)`` with F_0 the baseline, N/s.

    Notes
    -----
    First crossings after the onset, interpolated. Withheld where the force falls by more than 10 % of the net peak between
    them, or with fewer than 4 samples between them.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(rfd_20_80_percent(exponential_pull(), Limb.LEFT).value * 0.08 * math.log(4) / (0.6 * 400), 3)
    1.0
    """
    pull.found("rise")
    share, t0, budget = pull.share(limb), pull.t0_s, pull.budgets[limb]
    trace, base_n, noise = share.trace, share.base_n, share.noise_n
    net = share.peak_n - base_n
    t20, t80 = (first_crossing_s(trace, t0, pull.stop_s, base_n + part * net) for part in (LOW, HIGH))
    if t20 is None or t80 is None or t80 <= t20 or net <= 0:
        return void("onset_not_found", method=BAND)
    between = trace.force_n[trace.slice(t20, t80)]
    if len(between) and float((np.maximum.accumulate(between) - between).max()) > FALLS * net:
        return void("double_pull", "onset_ambiguous", method=BAND)
    params: Params = {"low": LOW, "high": HIGH, "baseline_n": base_n, "t20_s": t20, "t80_s": t80}
    codes = (*settling_codes(trace, t80 - t20), *(f"{c}!" for c in hole_codes(trace, t20, t80)))
    if (t80 - t20) * trace.rate_hz < FEWEST_IN_BAND:
        codes = (*codes, "window_below_resolution!")
    if wrong := refused(codes):
        return void(*wrong, method=BAND)
    rate = (HIGH - LOW) * net / (t80 - t20)
    slopes = [trace.slope_at(t) for t in (t20, t80)]
    if min(slopes) <= 0:
        return Number(rate, BAND, None, params, codes, ("onset",))
    length, top = t80 - t20, pull.top(limb)
    # A higher peak also lifts the two levels, and so moves their crossings.
    by_peak = (HIGH - LOW - rate * (HIGH / slopes[1] - LOW / slopes[0])) / length
    bends = [_bend_s(trace, t, slope) for t, slope in zip((t20, t80), slopes, strict=True)]
    parts = {
        "gain": rate * budget.own, "reference": rate * budget.shared, "time": rate * budget.time,
        "crossings": rate / length * math.hypot(*(noise / slope for slope in slopes)),
        "peak": abs(by_peak) * top.u_max_n, "sampling": rate / length * math.hypot(*bends),
    }  # fmt: skip
    return Number(rate, BAND, parts, params, codes, ("onset",), by_peak * top.bias_n)


def _bend_s(trace: Trace, time_s: float, slope: float) -> float:
    """How far a crossing on the straight line between two samples may lie from that of the curve."""
    dt = trace.dt_s
    bend = abs(trace.at(time_s - dt) - 2.0 * trace.at(time_s) + trace.at(time_s + dt))
    return bend / (8.0 * slope)


@metric("percent/s", Better.HIGHER, ALL, is_signed=True)
def rfd_normalised(pull: Pull, limb: Limb) -> Number:
    """Rate from the onset to 200 ms in percent of the net peak a second, percent/s.

    Notes
    -----
    A noisy peak is too high and makes this too small, which is its ``bias``. The gain cancels but for the force at the onset.

    References
    ----------
    Convention of isometric testing; no single paper.

    Examples
    --------
    >>> from daq.metrics.isometric.example import exponential_pull
    >>> round(rfd_normalised(exponential_pull(), Limb.LEFT).value / (100 * 1812.88 / 400), 3)
    1.0
    """
    rate, net = rfd_0_Tms(pull, limb, 200), peak_force_net(pull, limb)
    if rate.is_void:
        return void(*rate.reasons, method=NORMALISED)
    if net.value <= 5 * pull.share(limb).noise_n:
        return void("denominator_too_small", method=NORMALISED)
    value, bias_n = 100.0 * rate.value / net.value, net.bias or 0.0
    params: Params = {"net": net.method, "net_n": net.value, "rate_n_per_s": rate.value}
    bias = -value * bias_n / (net.value - bias_n) if bias_n < net.value else None
    if rate.parts is None or net.parts is None or not rate.value:
        return Number(value, NORMALISED, None, params, rate.reasons, ("onset",), bias)
    by_rate, by_net = 100.0 / net.value, abs(value) / net.value
    parts = {
        **{name: abs(by_rate * rate.parts[name] - by_net * net.parts[name]) for name in ("gain", "reference")},
        **{name: by_rate * rate.parts[name] for name in ("time", "noise", "start", "end")},
        **{name: by_net * net.parts[name] for name in ("maximum", "level", "sampling")},
    }
    return Number(value, NORMALISED, parts, params, rate.reasons, ("onset",), bias)
