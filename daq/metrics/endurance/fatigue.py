"""Repetitions to how much force was lost from the first to the last."""

from __future__ import annotations

import math
from typing import NamedTuple

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.endurance.events import EVENTS, Series
from daq.metrics.endurance.of_one import SMALLEST_FORCE_N, peak_of
from daq.metrics.uncertainty import Budget
from daq.metrics.value import Better, Params

FEWEST_REPS = 6


class Level(NamedTuple):
    """A force (N), its uncertainty from noise, and its bias."""

    force_n: float
    u_n: float = 0.0
    bias_n: float = 0.0


def loss_percent(
    first: Level, last: Level, method: str, *, budget: Budget, params: Params, reasons: tuple[str, ...], events: tuple[str, ...]
) -> Number:
    """``100 (first - last)/first``; the gain cancels, a zero that is off does not.

    >>> loss_percent(Level(200.0), Level(150.0), "", budget=Budget(zero_n=1.0), params={}, reasons=(), events=()).parts
    {'noise': 0.0, 'zero': 0.125}
    """
    f, last_n = first.force_n, last.force_n
    if not f >= SMALLEST_FORCE_N:
        return void(*(reasons or ("denominator_too_small",)), method=method, params=params)
    ratio = last_n / f
    parts = {
        "noise": 100.0 / f * math.hypot(last.u_n, ratio * first.u_n), "zero": 100.0 * abs(1.0 - ratio) / f * budget.zero_n,
    }  # fmt: skip
    bias = 100.0 / f * (ratio * first.bias_n - last.bias_n)
    return Number(100.0 * (1.0 - ratio), method, parts, {**params, "first_n": f, "last_n": last_n}, reasons, events, bias)


def _loss(series: Series, limb: Limb, *, n: int, method: str) -> Number:
    works = series.works(limb)
    params: Params = {"n": len(works), "n_averaged": n, "of_method": "peak.max_sample"}
    if len(works) < FEWEST_REPS:
        return void("too_few_reps", method=method, params=params)
    levels: list[Level] = []
    codes: list[str] = []
    for some in (works[:n], works[-n:]):
        peaks = [peak_of(series, limb, work) for work in some]
        noise = [u for peak in peaks for name, u in (peak.parts or {}).items() if name in {"maximum", "sampling"}]
        biases = [series.top(limb, work).bias_n for work in some]
        levels.append(Level(sum(p.value for p in peaks) / n, math.hypot(*noise) / n, sum(biases) / n))
        codes += [code for peak in peaks for code in peak.reasons]
    reasons = tuple(dict.fromkeys(codes))
    first, last = levels
    return loss_percent(first, last, method, budget=series.budgets[limb], params=params, reasons=reasons, events=EVENTS)


@metric("percent", Better.LOWER, ALL, is_signed=True)
def fatigue_index_percent(series: Series, limb: Limb) -> Number:
    """Loss of peak force from the first to the last repetition, %.

    Notes
    -----
    ``100 (P_first - P_last)/P_first``; negative when the last is stronger. Withheld below six (``too_few_reps``). The gain
    cancels; the uncertainty is that of the two peaks in noise and of the zero.

    References
    ----------
    Protocol of 12 repetitions of 3 s with 5 s rest: PMC3776088.

    Examples
    --------
    Twelve squeezes, each 3 % weaker than the one before: ``100 (1 - 0.97^11)``.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> round(fatigue_index_percent(fading_grip(), Limb.LEFT).value, 3), round(100 * (1 - 0.97**11), 3)
    (28.47, 28.47)
    """
    return _loss(series, limb, n=1, method="fatigue.first_last")


@metric("percent", Better.LOWER, ALL, is_signed=True)
def fatigue_index_3_3_percent(series: Series, limb: Limb) -> Number:
    """Loss of peak force from the first three to the last three repetitions, %.

    Notes
    -----
    Of the two means of three; one weak first squeeze does not decide it. Withheld below six (``too_few_reps``).

    References
    ----------
    Variant of a published protocol of twelve repetitions (PMC3776088).

    Examples
    --------
    Of a geometric series the two means differ by ``0.97^9``.

    >>> from daq.metrics.endurance.example import fading_grip
    >>> round(fatigue_index_3_3_percent(fading_grip(), Limb.LEFT).value, 3), round(100 * (1 - 0.97**9), 3)
    (23.977, 23.977)
    """
    return _loss(series, limb, n=3, method="fatigue.first3_last3")
