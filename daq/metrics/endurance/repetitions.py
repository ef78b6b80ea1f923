"""Repetitions to their numbers: count, peaks, means, time under tension, time in the target band."""

from __future__ import annotations

import math
from collections.abc import Sequence

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.endurance import target
from daq.metrics.endurance.events import EVENTS, RULE, Series, Work
from daq.metrics.endurance.of_one import MEAN, PEAK, SMALLEST_FORCE_N, impulse_of, mean_over, mean_parts, peak_of
from daq.metrics.value import Better

BEST, SUM = "summary.best", "repetitions.sum"


@metric("1", Better.HIGHER, ALL)
def rep_count(series: Series, limb: Limb) -> Number:
    """Repetitions found in the trial.

    Notes
    -----
    A repetition begins above 20 % of the highest force within 15 s and ends below 10 % of it (floors 20 N and 10 N on a
    plate, 5 N and 3 N on a cell). Pauses below 0.2 s are none; what is then shorter than 0.3 s is no repetition. Where both
    limbs work at once they are found on the sum. Withheld when a hole may hide one.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    >>> from daq.metrics.endurance.example import fading_grip
    >>> rep_count(fading_grip(), Limb.LEFT).value
    12.0
    """
    n = len(series.works(limb))
    params = {**RULE, "n_too_short": series.n_short, "sensor": series.conditions.sensor}
    return Number(float(n), "repetitions.hysteresis", params=params, events=EVENTS)


@metric("N", Better.HIGHER, ALL)
def rep_peak_force(series: Series, limb: Limb) -> list[Number]:
    """Highest force of each repetition, N.

    Notes
    -----
    The largest raw sample; its interval is centred on the value less the bias of a maximum in noise. No peak touches a hole.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    Each squeeze of the example is 3 % weaker than the one before, from 300 N.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> peaks = rep_peak_force(fading_grip(), Limb.LEFT)
    >>> [(peak.entry, round(peak.value, 2)) for peak in peaks[:3]], round(300 * 0.97**2, 2)
    ([(1, 300.0), (2, 291.0), (3, 282.27)], 282.27)
    """
    return [peak_of(series, limb, work) for work in series.works(limb)]


@metric("N", Better.HIGHER, ALL)
def rep_mean_force(series: Series, limb: Limb) -> list[Number]:
    """Mean force of each repetition, N: integral over it, over its length.

    Notes
    -----
    Trapezoid between the interpolated start and end. A hole of up to 20 ms is bridged and said, a longer one withholds.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance.

    Examples
    --------
    A contraction with upright sides has the mean of its top, apart from one sampling step in 7 s.

    >>> from daq.metrics.endurance.example import all_out
    >>> means = rep_mean_force(all_out(), Limb.LEFT)
    >>> len(means), abs(means[1].value - (200 + 200 * 0.8)) < 360 * 0.001 / 7
    (24, True)
    """
    slow = series.slow(limb)
    return [
        Number(
            work.mean_n, MEAN, mean_parts(series, limb, work), {"start_s": work.start_s, "end_s": work.stop_s},
            (*work.gap, *slow), EVENTS, entry=work.entry,
        )
        for work in series.works(limb)
    ]  # fmt: skip


@metric("N", Better.HIGHER, ALL)
def rep_peak_force_best(series: Series, limb: Limb) -> Number:
    """Highest force of the best repetition, N.

    Notes
    -----
    With the uncertainty of that one peak. The best of many grows with their number, which is part of a comparison.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    >>> from daq.metrics.endurance.example import fading_grip
    >>> round(rep_peak_force_best(fading_grip(), Limb.LEFT).value, 2)
    300.0
    """
    works = series.works(limb)
    best = peak_of(series, limb, max(works, key=lambda work: work.peak_n))
    codes = tuple(dict.fromkeys((*best.reasons, *(code for work in works for code in work.hole))))
    params = {**best.params, "repetition": best.entry, "n": len(works), "of_method": PEAK}
    return best._replace(method=BEST, params=params, reasons=codes, entry=None)


@metric("N", Better.HIGHER, ALL)
def rep_peak_force_mean(series: Series, limb: Limb) -> Number:
    """Mean of the peaks of all repetitions, N.

    Notes
    -----
    Its uncertainty is that of the mean of these repetitions, without the scatter of what the person would do next time.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    Geometric series of 12 peaks: ``300 (1 - 0.97^12)/(12 (1 - 0.97))``.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> round(rep_peak_force_mean(fading_grip(), Limb.LEFT).value, 2), round(300 * (1 - 0.97**12) / (12 * 0.03), 2)
    (255.13, 255.13)
    """
    peaks = [peak_of(series, limb, work) for work in series.works(limb)]
    return mean_over(peaks, "repetitions.mean", params={"of_method": PEAK})


@metric("percent", Better.LOWER, ALL, is_signed=True)
def rep_cv_percent(series: Series, limb: Limb) -> Number:
    """Spread of the peaks: ``100 SD/mean``, %.

    Notes
    -----
    The sample SD (n - 1). Withheld below two repetitions (``too_few_reps``) or where the mean is below 5 N.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    SD over mean of ``0.97^i``, i = 0 to 11, in closed form.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> mean, square = (1 - 0.97**12) / (12 * 0.03), (1 - 0.97**24) / (12 * (1 - 0.97**2))
    >>> closed = 100 * math.sqrt(12 / 11 * (square - mean**2)) / mean
    >>> round(rep_cv_percent(fading_grip(), Limb.LEFT).value, 3), round(closed, 3)
    (10.97, 10.97)
    """
    works, method = series.works(limb), "repetitions.cv"
    n = len(works)
    if n < 2:  # noqa: PLR2004, one has no spread
        return void("too_few_reps", method=method, params={"n": n})
    mean = sum(work.peak_n for work in works) / n
    if mean < SMALLEST_FORCE_N:
        return void("denominator_too_small", method=method, params={"n": n})
    sd = math.sqrt(sum((work.peak_n - mean) * (work.peak_n - mean) for work in works) / (n - 1))
    codes = tuple(dict.fromkeys(code for work in works for code in (*work.hole, *series.slow(limb))))
    return Number(100.0 * sd / mean, method, params={"n": n, "of_method": PEAK}, reasons=codes, events=EVENTS)


@metric("s", Better.NEUTRAL, ALL)
def time_under_tension(series: Series, limb: Limb) -> Number:
    """Sum of the lengths of all repetitions, s.

    Notes
    -----
    Between the interpolated crossings of start and end level. In a test of critical force it is the work time.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    Twelve squeezes of 3 s; start and end are known to a part of the sampling step of 1 ms each.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> abs(time_under_tension(fading_grip(), Limb.LEFT).value - 36.0) < 12 * 0.001
    True
    """
    works = series.works(limb)
    total = sum(work.length_s for work in works)
    parts = {"events": series.u_event_s * math.sqrt(2 * len(works)), "time": total * series.budgets[limb].time}
    codes = tuple(dict.fromkeys(code for work in works for code in work.gap))
    return Number(total, SUM, parts, {"n": len(works), **RULE}, codes, EVENTS)


@metric("N*s", Better.HIGHER, ALL)
def impulse_total(series: Series, limb: Limb) -> Number:
    """Sum of the integrals of the force over all repetitions, N s.

    Notes
    -----
    Trapezoid between the interpolated borders, rests left out; the work side of the line of impulse over work time.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    ``3 s * 300 N (1 - 0.97^12)/(1 - 0.97)`` = 9184.66 N s, apart from one sampling step per squeeze.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> abs(impulse_total(fading_grip(), Limb.LEFT).value - 3 * 300 * (1 - 0.97**12) / 0.03) < 12 * 0.3
    True
    """
    works = series.works(limb)
    codes = tuple(dict.fromkeys(code for work in works for code in work.gap))
    total = mean_over([impulse_of(series, limb, work) for work in works], "impulse.trapezoid", params={"over": "repetitions"})
    n = len(works)
    parts = {name: n * u for name, u in (total.parts or {}).items()}
    return total._replace(value=n * total.value, parts=parts, reasons=codes)


@metric("s", Better.HIGHER, ALL)
def time_in_target(series: Series, limb: Limb) -> Number:
    """Time of the repetitions within the band around the target force, s.

    Notes
    -----
    Samples in the band over the rate. The target is ``target_n`` as entered, else ``target_percent`` (60) of the entered
    ``peak_force_n``; the band is ``target_band_percent`` (10) of it to either side. Without a target: ``target_missing``.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    The target is 291 N; within 10 % (261.9 to 320.1 N) are the squeezes of 300 N times 0.97^0 to 0.97^4, 3 s each.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> round(time_in_target(fading_grip(), Limb.LEFT).value, 2)
    15.0
    """
    works, wanted = series.works(limb), target.target_of(series, limb)
    spans = [(work.start_s, work.stop_s) for work in works]
    return target.time_in_band(series, limb, spans, target=wanted, gap=_gaps(works))


@metric("N", Better.LOWER, ALL)
def target_error_rms(series: Series, limb: Limb) -> Number:
    """Root mean square of force less target in the repetitions, N.

    Notes
    -----
    The first and the last ``target_settle_s`` (0.5 s) of each repetition are left out: they belong to rise and release.

    References
    ----------
    Convention; no single paper.

    Examples
    --------
    RMS of ``300 * 0.97^i - 291``, i = 0 to 11.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> closed = math.sqrt(sum((300 * 0.97**i - 291) ** 2 for i in range(12)) / 12)
    >>> round(target_error_rms(fading_grip(), Limb.LEFT).value, 2), round(closed, 2)
    (44.77, 44.77)
    """
    works, wanted = series.works(limb), target.target_of(series, limb)
    spans = [(work.start_s, work.stop_s) for work in works]
    return target.error_rms(series, limb, spans, target=wanted, gap=_gaps(works))


def _gaps(works: Sequence[Work]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for work in works for code in work.gap))
