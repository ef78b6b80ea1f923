"""Repetitions of the Nordic hamstring exercise to its numbers: peak force and impulse of each, of each limb."""

from __future__ import annotations

import math

from daq.block import Limb
from daq.metrics.catalogue import ALL, Number, metric, void
from daq.metrics.endurance.events import EVENTS, Series
from daq.metrics.endurance.of_one import freedom, impulse_of, mean_over, peak_of
from daq.metrics.endurance.repetitions import rep_peak_force_best
from daq.metrics.uncertainty import combined
from daq.metrics.value import Better

MEAN = "summary.mean"
COMMON = ("gain", "reference", "zero", "time")


@metric("N", Better.HIGHER, ALL)
def nordic_peak_force(series: Series, limb: Limb) -> list[Number]:
    """Highest force of each repetition, N.

    Notes
    -----
    Repetitions are found on the sum of both ankles; each limb's own highest sample in them. The peak of the sum is not the
    sum of the peaks.

    References
    ----------
    Convention of Nordic hamstring devices; no single paper.

    Examples
    --------
    Both ankles rise and fall as ``sin^2`` to 320 N on the left, less 10 N each time, and 90 % of that on the right.

    >>> from daq.metrics.endurance.example import nordic_set
    >>> [round(peak.value, 2) for peak in nordic_peak_force(nordic_set(), Limb.RIGHT)], 0.9 * 320
    ([288.0, 279.0, 270.0], 288.0)
    """
    return [peak_of(series, limb, work) for work in series.works(limb)]


@metric("N", Better.HIGHER, ALL)
def nordic_peak_force_best(series: Series, limb: Limb) -> Number:
    """Highest force of the best repetition, N.

    References
    ----------
    Convention of Nordic hamstring devices; no single paper.

    Examples
    --------
    >>> from daq.metrics.endurance.example import nordic_set
    >>> round(nordic_peak_force_best(nordic_set(), Limb.LEFT).value, 2)
    320.0
    """
    return rep_peak_force_best(series, limb)


@metric("N", Better.HIGHER, ALL)
def nordic_peak_force_mean(series: Series, limb: Limb) -> Number:
    """Mean of the peaks of all repetitions, N.

    Notes
    -----
    Maximal repetitions stand for trials: their scatter ``s/sqrt n`` with n - 1 degrees of freedom is part of u (it contains
    the noise). Withheld below two (``too_few_reps``).

    References
    ----------
    Convention of Nordic hamstring devices; no single paper.

    Examples
    --------
    Mean of 320, 310 and 300 N.

    >>> from daq.metrics.endurance.example import nordic_set
    >>> round(nordic_peak_force_mean(nordic_set(), Limb.LEFT).value, 2)
    310.0
    """
    return _mean_with_scatter([peak_of(series, limb, work) for work in series.works(limb)])


@metric("N*s", Better.HIGHER, ALL)
def nordic_impulse(series: Series, limb: Limb) -> list[Number]:
    """Integral of the force over each repetition, N s.

    Notes
    -----
    From the rise through 20 % to the fall through 10 % of the highest sum within 15 s, the same times for both limbs.

    References
    ----------
    Convention of Nordic hamstring devices; no single paper.

    Examples
    --------
    ``A sin^2`` over T = 4 s, from ``A sin^2 = 0.2 A`` to ``0.1 A``: ``A (t/2 - T/(4 pi) sin(2 pi t/T))`` between the two.

    >>> from daq.metrics.endurance.example import nordic_set
    >>> below = lambda t: 320 * (t / 2 - 4 / (4 * math.pi) * math.sin(2 * math.pi * t / 4))
    >>> a, b = 4 / math.pi * math.asin(math.sqrt(0.2)), 4 - 4 / math.pi * math.asin(math.sqrt(0.1))
    >>> round(nordic_impulse(nordic_set(), Limb.LEFT)[0].value, 1), round(below(b) - below(a), 1)
    (622.6, 622.6)
    """
    return [impulse_of(series, limb, work) for work in series.works(limb)]


@metric("N*s", Better.HIGHER, ALL)
def nordic_impulse_mean(series: Series, limb: Limb) -> Number:
    """Mean of the impulses of all repetitions, N s.

    Notes
    -----
    With the scatter between them, as ``nordic_peak_force_mean``. Withheld below two (``too_few_reps``).

    References
    ----------
    Convention of Nordic hamstring devices; no single paper.

    Examples
    --------
    The right side pulls 90 % of the left at all times.

    >>> from daq.metrics.endurance.example import nordic_set
    >>> left, right = (nordic_impulse_mean(nordic_set(), side).value for side in (Limb.LEFT, Limb.RIGHT))
    >>> round(right / left, 6)
    0.9
    """
    return _mean_with_scatter(nordic_impulse(series, limb))


def _mean_with_scatter(numbers: list[Number]) -> Number:
    n = len(numbers)
    if n < 2:  # noqa: PLR2004, one is no mean
        return void("too_few_reps", method=MEAN, params={"n": n})
    mean = mean_over(numbers, MEAN, params={"of_method": numbers[0].method})
    scatter = math.sqrt(sum((each.value - mean.value) * (each.value - mean.value) for each in numbers) / (n - 1) / n)
    common = {name: u for name, u in (mean.parts or {}).items() if name in COMMON}
    nu = freedom(scatter, n - 1, rest=combined(common))
    return mean._replace(parts={**common, "repetitions": scatter}, nu_eff=nu, events=EVENTS)
