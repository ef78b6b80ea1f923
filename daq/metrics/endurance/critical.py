"""All-out intermittent contractions to the end force of the test, the impulse above it, and the forces at its two ends."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, Absent, Number, metric, void
from daq.metrics.endurance.end_force import LAST3, LAST6, N_ENDS, EndForce, end_force
from daq.metrics.endurance.events import EVENTS, Series, Work
from daq.metrics.endurance.of_one import MEAN, SMALLEST_FORCE_N, freedom, mean_over, mean_parts, peak_of
from daq.metrics.endurance.target import entered_for
from daq.metrics.uncertainty import Budget
from daq.metrics.value import Better, Params

NOTE = "differences between days not included"


def _enough(series: Series, limb: Limb) -> tuple[Work, ...]:
    works, n_last = series.works(limb), _n_last(series)
    if len(works) < max(series.limit("fewest"), n_last, 2 * N_ENDS):
        series.block(("too_few_reps",), "enough")
        raise Absent("enough")
    return works


def _n_last(series: Series) -> int:
    return max(round(series.limit("n_last")), N_ENDS)


def _chosen(series: Series) -> str:
    return series.conditions.rules["critical_force"].id


def _end(series: Series, limb: Limb, method: str) -> tuple[EndForce, tuple[str, ...]]:
    """The end force by one rule, and the codes of the contractions that it stands on."""
    works, n_last = _enough(series, limb), _n_last(series)
    codes = tuple(dict.fromkeys(code for work in works[-n_last:] for code in (*work.gap, *series.slow(limb))))
    means = [work.mean_n for work in works]
    if any(not math.isfinite(mean) for mean in means[-n_last:]):
        return EndForce(math.nan, (), math.nan, math.nan, n_last), codes
    return end_force(means, method, n_last=n_last), codes


def _critical(series: Series, limb: Limb, method: str) -> Number:
    end, codes = _end(series, limb, method)
    parts = {**series.budgets[limb].scaled(end.force_n), "contractions": end.scatter_n}
    params: Params = {
        "n_contractions": len(series.works(limb)), "n_last": _n_last(series), "kept": " ".join(map(str, end.kept)),
        "sd_of_last_n": end.sd_n, "work_s": series.limit("work_s"), "rest_s": series.limit("rest_s"), "note": NOTE,
        "of_method": MEAN,
    }  # fmt: skip
    return Number(end.force_n, method, parts, params, codes, EVENTS, nu_eff=_freedom(parts, end))


def _freedom(parts: dict[str, float], end: EndForce) -> float | None:
    rest = math.sqrt(sum(u * u for name, u in parts.items() if name != "contractions"))
    return freedom(parts["contractions"], end.nu, rest=rest)


@metric("N", Better.HIGHER, ALL)
def critical_force(series: Series, limb: Limb) -> Number:
    """End force of this test: the level at which the contraction means settle, N.

    Notes
    -----
    By the rule the test names: ``critical_force.last6_trimmed`` (mean of the last six contraction means without those
    outside mean -+ 1 SD of the six) or ``critical_force.last3``. The other rule stands beside it as ``critical_force_last3``
    (or ``critical_force_last6``). Interval: ``t(0.975, 5) s/sqrt 6`` (of the last three: ``s/sqrt 3``), s of the untrimmed
    last six, and the instrument; differences between days are not in it. While the force still falls the last six lie above
    the level it would reach, the last three less so. Withheld below 20 contractions (``too_few_reps``).

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance.

    Examples
    --------
    Contraction means ``200 + 200 * 0.8^(i-1)``, i = 1 to 24; of the last six, the first and the last lie outside 1 SD.

    >>> from daq.metrics.endurance.example import all_out
    >>> found = critical_force(all_out(), Limb.LEFT)
    >>> closed = 200 + 200 * (0.8**19 * (1 - 0.8**4) / 0.2) / 4
    >>> found.params["kept"], abs(found.value - closed) < closed * 0.001 / 7, round(closed, 2)
    ('20 21 22 23', True, 202.13)
    """
    return _critical(series, limb, _chosen(series))


@metric("N", Better.HIGHER, ALL)
def critical_force_last6(series: Series, limb: Limb) -> Number:
    """The end force by ``critical_force.last6_trimmed``, whichever rule the test reports, N.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance; forms beside it by convention.

    Examples
    --------
    >>> from daq.metrics.endurance.example import all_out
    >>> critical_force_last6(all_out(), Limb.LEFT).value == critical_force(all_out(), Limb.LEFT).value
    True
    """
    return _critical(series, limb, LAST6)


@metric("N", Better.HIGHER, ALL)
def critical_force_last3(series: Series, limb: Limb) -> Number:
    """The end force by ``critical_force.last3``, whichever rule the test reports, N: mean of the last three contraction means.

    Notes
    -----
    An equal alternative; the SD in its interval is that of the last six, since three say too little about their own.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance; forms beside it by convention.

    Examples
    --------
    ``200 + 200 (0.8^21 (1 - 0.8^3)/(1 - 0.8))/3``.

    >>> from daq.metrics.endurance.example import all_out
    >>> closed = 200 + 200 * (0.8**21 * (1 - 0.8**3) / 0.2) / 3
    >>> abs(critical_force_last3(all_out(), Limb.LEFT).value - closed) < closed * 0.001 / 7, round(closed, 2)
    (True, 201.5)
    """
    return _critical(series, limb, LAST3)


@metric("N*s", Better.HIGHER, ALL)
def w_prime(series: Series, limb: Limb) -> Number:
    """Impulse above the end force, N s: sum of the integrals of ``F - critical_force`` over contractions with a mean above it.

    Notes
    -----
    The critical force is that of the rule the test names. A zero that is off cancels; the scatter of the critical force
    counts over the whole work time above it.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance.

    Examples
    --------
    With the end force c of the rule, 202.13 N, the sum runs over the contractions above it: ``7 sum(F_i - c)``, i = 1 to 21.

    >>> from daq.metrics.endurance.example import all_out
    >>> c = 200 + 200 * (0.8**19 * (1 - 0.8**4) / 0.2) / 4
    >>> closed = sum(7 * max(200 + 200 * 0.8**i - c, 0) for i in range(24))
    >>> abs(w_prime(all_out(), Limb.LEFT).value - closed) < 0.001 * closed, round(closed)
    (True, 6623)
    """
    end, codes = _end(series, limb, _chosen(series))
    works = series.works(limb)
    above = [work for work in works if work.mean_n > end.force_n]
    length = sum(work.length_s for work in above)
    value = sum(work.impulse_n_s for work in above) - end.force_n * length
    budget, trace = series.budgets[limb], series.trace_of(limb)
    parts = {
        "gain": abs(value) * budget.own, "reference": abs(value) * budget.shared, "time": abs(value) * budget.time,
        "noise": series.noise_n(limb) * math.sqrt(length * trace.dt_s), "contractions": end.scatter_n * length,
    }  # fmt: skip
    params: Params = {
        "critical_force_n": end.force_n, "of_method": _chosen(series), "n_above": len(above), "work_above_s": length,
        "note": NOTE,
    }  # fmt: skip
    codes = tuple(dict.fromkeys((*codes, *(code for work in works for code in work.gap))))
    return Number(value, "w_prime.sum_above", parts, params, codes, EVENTS, nu_eff=_freedom(parts, end))


def _at_end(series: Series, limb: Limb, some: slice) -> Number:
    works = _enough(series, limb)[some]
    slow = series.slow(limb)
    numbers = [Number(work.mean_n, MEAN, mean_parts(series, limb, work), reasons=(*work.gap, *slow)) for work in works]
    return mean_over(numbers, "repetitions.mean", params={"of_method": MEAN, "from": works[0].entry, "to": works[-1].entry})


@metric("N", Better.HIGHER, ALL)
def initial_force(series: Series, limb: Limb) -> Number:
    """Mean of the first three contraction means, N.

    Notes
    -----
    With the uncertainty of the mean of these three, without the scatter of what the person would do next time.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance; forms beside it by convention.

    Examples
    --------
    Mean of 400, 360 and 328 N.

    >>> from daq.metrics.endurance.example import all_out
    >>> round(initial_force(all_out(), Limb.LEFT).value, 1), round((400 + 360 + 328) / 3, 1)
    (362.6, 362.7)
    """
    return _at_end(series, limb, slice(None, N_ENDS))


@metric("N", Better.HIGHER, ALL)
def end_test_force(series: Series, limb: Limb) -> Number:
    """Mean of the last three contraction means, N.

    Notes
    -----
    What was measured at the end of this test; the same number as an estimate of the end force is ``critical_force_last3``,
    whose interval is wider.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance; forms beside it by convention.

    Examples
    --------
    >>> from daq.metrics.endurance.example import all_out
    >>> abs(end_test_force(all_out(), Limb.LEFT).value - critical_force_last3(all_out(), Limb.LEFT).value) < 1e-9
    True
    """
    return _at_end(series, limb, slice(-N_ENDS, None))


@metric("percent", Better.HIGHER, ALL, is_signed=True)
def critical_force_relative(series: Series, limb: Limb) -> Number:
    """End force of this test in percent of the peak force.

    Notes
    -----
    The peak is ``peak_force_n`` as entered (best of a test of strength); without one the highest force of this test, which
    ``params`` name. Of the same test the gain cancels; the uncertainty of an entered peak is not known.

    References
    ----------
    Giles et al. (2021), International Journal of Sports Physiology and Performance; forms beside it by convention.

    Examples
    --------
    202.13 N of 400 N.

    >>> from daq.metrics.endurance.example import all_out
    >>> round(critical_force_relative(all_out(), Limb.LEFT).value, 1)
    50.5
    """
    method = "critical_force.over_peak"
    end, codes = _end(series, limb, _chosen(series))
    typed = entered_for(series, "peak_force_n", limb)
    best = max(series.works(limb), key=lambda work: work.peak_n)
    peak_n = best.peak_n if typed is None else typed
    params: Params = {
        "critical_force_n": end.force_n, "peak_n": peak_n, "peak_from": "entered" if typed else "this test",
        "of_method": _chosen(series), "note": NOTE,
    }  # fmt: skip
    if not peak_n >= SMALLEST_FORCE_N:
        return void(*(codes or ("denominator_too_small",)), method=method, params=params)
    value = 100.0 * end.force_n / peak_n
    if typed is not None:
        return Number(value, method, params=params, reasons=codes, events=EVENTS)
    peak = peak_of(series, limb, best)
    top = series.top(limb, best)
    parts = _relative_parts(end, peak, budget=series.budgets[limb])
    codes = tuple(dict.fromkeys((*codes, *peak.reasons)))
    bias = -value * top.bias_n / peak_n
    return Number(value, method, parts, params, codes, EVENTS, bias, _freedom(parts, end))


def _relative_parts(end: EndForce, peak: Number, *, budget: Budget) -> dict[str, float]:
    share = end.force_n / peak.value
    own = peak.parts or {}
    return {
        "contractions": 100.0 * end.scatter_n / peak.value,
        "maximum": 100.0 * share / peak.value * math.hypot(own["maximum"], own["sampling"]),
        "zero": 100.0 * abs(1.0 - share) / peak.value * budget.zero_n,
    }
