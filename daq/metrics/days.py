"""The test days of a person, and a group, to what is normal for them: range, distance from it in standard deviations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from daq.metrics.uncertainty import coverage_factor

FEWEST_DAYS, ROLLING_DAYS = 3, 5
FEWEST_IN_GROUP = 8


def rolling_mean(days: Sequence[float]) -> float:
    """Mean of the last five test days.

    >>> rolling_mean([9.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    3.0
    """
    last = days[-ROLLING_DAYS:]
    return sum(last) / len(last)


def normal_range(
    days: Sequence[float], *, typical_error: float | None = None, nu: float | None = None
) -> tuple[float, float] | None:
    """A person's own normal range: rolling mean ``-+ t(0.975, nu) typical_error``; None below three test days.

    Parameters
    ----------
    days : sequence of float
        One value per test day in order of time, one ``protocol_id``.
    typical_error, nu : float, optional
        From a reliability study with its degrees of freedom; default the person's own SD between days.

    Notes
    -----
    The mean of n days is itself uncertain, which the convention leaves out: a further ordinary day lies inside in about 94 %.

    Examples
    --------
    Days 98, 100, 102: mean 100, SD 2, t(0.975, 2) = 4.303:

    >>> [round(x, 2) for x in normal_range([98.0, 100.0, 102.0])]
    [91.39, 108.61]
    """
    if len(days) < FEWEST_DAYS:
        return None
    if typical_error is None:
        typical_error, nu = between_day_sd(days), len(days) - 1
    half = coverage_factor(nu) * (typical_error or 0.0)
    centre = rolling_mean(days)
    return (centre - half, centre + half)


def between_day_sd(days: Sequence[float]) -> float | None:
    """SD over test days, None below three.

    >>> between_day_sd([98.0, 100.0, 102.0])
    2.0
    """
    return float(np.std(days, ddof=1)) if len(days) >= FEWEST_DAYS else None


def z_person(today: float, days: Sequence[float]) -> float | None:
    """Today against the person's own earlier test days: ``(today - rolling mean)/SD``; None below three days or without spread.

    >>> z_person(104.0, [98.0, 100.0, 102.0])
    2.0
    """
    sd = between_day_sd(days)
    return (today - rolling_mean(days)) / sd if sd else None


def z_group(value: float, group: Sequence[float]) -> float | None:
    """A value against a group of at least eight persons with the same ``protocol_id``: ``(value - mean)/SD``.

    >>> z_group(7.0, [1.0, 3.0] * 4).__round__(4)
    4.6771
    """
    if len(group) < FEWEST_IN_GROUP:
        return None
    sd = float(np.std(group, ddof=1))
    return (value - float(np.mean(group))) / sd if sd > 0 else None
