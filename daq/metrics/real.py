"""Left and right values of one trial, of a day or of many days to an interval and the verdict whether a difference is real."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from daq.metrics.asymmetry import DEFAULT_INDEX, index_of_log, index_percent, index_slope
from daq.metrics.uncertainty import coverage_factor, effective_freedom

FEWEST_FOR_PERSON, FEWEST_DAYS = 3, 3
# A smaller share of u is rounding.
SMALLEST_REST = 1e-6
# With equal n the pooled rule errs in 8 % of cases at a ratio of four; from here on each limb keeps its own spread.
VERY_UNEQUAL = 4.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Index, its 95 % interval (None = not known), whose it is (instrument or person), u, and whether 0 lies outside.

    ``bias`` is the listed part of ``percent`` that the interval is already free of; ``parts`` are the contributions to u.
    """

    percent: float
    low_high: tuple[float, float] | None
    whose: str
    method: str
    u: float | None
    nu_eff: float | None
    is_real: bool | None
    bias: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)

    def by_name(self, common: Mapping[str, float]) -> Interval:
        """With the contributions to u in points by name: ``common`` those of the instruments, the rest is that of the trials.

        >>> parts = real_index_t([4.0, 5.0, 6.0], u_common=0.3).by_name({"gain": 0.3}).parts
        >>> {name: round(part, 4) for name, part in parts.items()}
        {'gain': 0.3, 'trials': 0.5774}
        """
        u = self.u or 0.0
        rest = math.sqrt(max(u * u - math.fsum([part * part for part in common.values()]), 0.0))
        parts = {**common, "trials": rest} if rest > SMALLEST_REST * u else common
        # One of each pair of limbs and trial: ``replace`` would cost as much as all that went before.
        return Interval(
            self.percent, self.low_high, self.whose, self.method, self.u, self.nu_eff, self.is_real, self.bias, parts
        )  # fmt: skip


def of_pair(
    left: float, right: float, *, relative_u: float | None, index: str = DEFAULT_INDEX, nu: float | None = None
) -> Interval:
    """The index of one pair with the instrument's interval; ``relative_u`` of right over left.

    >>> found = of_pair(900.0, 1000.0, relative_u=0.01)
    >>> round(found.percent, 6), round(found.u, 6)
    (10.0, 0.9)
    """
    percent = index_percent(left, right, index)
    if relative_u is None:
        return Interval(percent, None, "instrument", index, None, None, is_real=None)
    # At one limb without force the slope is 0 while the value itself is still uncertain.
    u = index_slope(left, right, index) * relative_u if min(left, right) > 0 else 0.0
    half = coverage_factor(nu) * u
    return Interval(percent, (percent - half, percent + half), "instrument", index, u, nu, is_real=None)


def real_index_t(percents: Sequence[float], *, u_common: float) -> Interval:
    """Mean of the trial indices of a test of both limbs at once; from three trials on with the person's interval.

    Parameters
    ----------
    percents : sequence of float
        One signed index per valid trial of the day.
    u_common : float
        The instrument's standard uncertainty of the index, in points, common to all trials.

    Notes
    -----
    Real when ``a^2 > t(0.975, n - 1)^2 s^2/n + (2 u_instr)^2``, a and s mean and SD of the trial indices.

    Examples
    --------
    Indices 4, 5, 6: a = 5, s = 1, half of the interval t(0.975, 2)/sqrt 3 = 2.484.

    >>> found = real_index_t([4.0, 5.0, 6.0], u_common=0.0)
    >>> [round(x, 3) for x in found.low_high], found.is_real
    ([2.516, 7.484], True)
    """
    n = len(percents)
    mean = sum(percents) / n
    if n < FEWEST_FOR_PERSON:
        half = coverage_factor(None) * u_common
        return Interval(mean, (mean - half, mean + half), "instrument", "asym.mean_of_trials", u_common, None, is_real=None)
    square = sum((x - mean) ** 2 for x in percents) / (n - 1) / n
    half = math.sqrt(coverage_factor(n - 1) ** 2 * square + 4.0 * u_common**2)
    u = math.sqrt(square + u_common**2)
    nu = effective_freedom([(math.sqrt(square), n - 1), (u_common, None)])
    return Interval(mean, (mean - half, mean + half), "person", "asym.real_index_t", u, nu, is_real=abs(mean) > half)


def real_log(left: Sequence[float], right: Sequence[float], *, u_common: float, index: str = DEFAULT_INDEX) -> Interval:
    """Index of the limb means of a test of one limb after the other; from three trials per limb on with the person's interval.

    Parameters
    ----------
    left, right : sequence of float
        The valid trials of the day.
    u_common : float
        Relative standard uncertainty of right over left from the instrument, common to all trials.

    Notes
    -----
    ``d = mean ln R - mean ln L``. ``asym.real_log_t``: ``d^2 > t(0.975, n_L + n_R - 2)^2 s_p^2 (1/n_L + 1/n_R) + 4 u_instr^2``.
    ``asym.real_log_welch``, for unequal n or when one SD is more than four times the other: the same with
    ``s_L^2/n_L + s_R^2/n_R`` and Welch's degrees of freedom.

    Examples
    --------
    >>> real_log([400.0, 402.0, 398.0], [470.0, 468.0, 472.0], u_common=0.0).is_real
    True
    >>> real_log([400.0, 402.0, 398.0], [470.0, 468.0, 472.0, 469.0], u_common=0.0).method
    'asym.real_log_welch'
    """
    means = [sum(xs) / len(xs) for xs in (left, right)]
    percent = index_percent(means[0], means[1], index)
    slope = index_slope(means[0], means[1], index) if min(means) > 0 else 0.0
    if min(len(left), len(right)) < FEWEST_FOR_PERSON or min(*left, *right) <= 0:
        half = coverage_factor(None) * slope * u_common
        low_high = (percent - half, percent + half)
        return Interval(percent, low_high, "instrument", "asym.of_means", slope * u_common, None, is_real=None)
    logs = [[math.log(x) for x in xs] for xs in (left, right)]
    centre = [sum(xs) / len(xs) for xs in logs]
    spread = [sum((x - c) ** 2 for x in xs) / (len(xs) - 1) for xs, c in zip(logs, centre, strict=True)]
    difference = centre[1] - centre[0]
    method, square, nu = _spread_of_difference(spread, (len(left), len(right)))
    half = math.sqrt(coverage_factor(nu) ** 2 * square + 4.0 * u_common**2)
    ends = (index_of_log(difference - half, index), index_of_log(difference + half, index))
    nu_eff = effective_freedom([(math.sqrt(square), nu), (u_common, None)])
    u = slope * math.sqrt(square + u_common**2)
    return Interval(percent, ends, "person", method, u, nu_eff, is_real=abs(difference) > half)


def _spread_of_difference(spread: Sequence[float], n: tuple[int, int]) -> tuple[str, float, float]:
    """Method, squared standard error and degrees of freedom of a difference of means from two variances."""
    low, high = min(spread), max(spread)
    if n[0] == n[1] and high <= VERY_UNEQUAL**2 * low:
        nu = sum(n) - 2
        pooled = sum(s * (k - 1) for s, k in zip(spread, n, strict=True)) / nu
        return "asym.real_log_t", pooled * (1.0 / n[0] + 1.0 / n[1]), float(nu)
    each = [s / k for s, k in zip(spread, n, strict=True)]
    below = sum(e**2 / (k - 1) for e, k in zip(each, n, strict=True))
    nu_welch = sum(each) ** 2 / below if below > 0 else float(sum(n) - 2)
    return "asym.real_log_welch", sum(each), nu_welch


def real_person_te(days: Sequence[float]) -> bool | None:
    """Is today's index real against the person's own scatter between days? ``abs(a) > t(0.975, days - 1) s_days``.

    Parameters
    ----------
    days : sequence of float
        One signed index per test day, today last; one ``protocol_id``.

    Returns
    -------
    bool or None
        None below three test days.

    Examples
    --------
    Days 9, 10, 11: s = 1, t(0.975, 2) = 4.303.

    >>> real_person_te([9.0, 10.0, 11.0]), real_person_te([1.0, 6.0, 4.0]), real_person_te([9.0, 10.0])
    (True, False, None)
    """
    n = len(days)
    if n < FEWEST_DAYS or not all(map(math.isfinite, days)):
        return None
    mean = sum(days) / n
    sd = math.sqrt(sum((x - mean) ** 2 for x in days) / (n - 1))
    return abs(days[-1]) > coverage_factor(n - 1) * sd


def sd_of(numbers: Sequence[float]) -> float | None:
    """Sample SD, None below three.

    >>> sd_of([1.0, 2.0, 3.0]), sd_of([1.0, 2.0])
    (1.0, None)
    """
    n = len(numbers)
    if n < FEWEST_FOR_PERSON:
        return None
    mean = sum(numbers) / n
    return math.sqrt(sum((x - mean) ** 2 for x in numbers) / (n - 1))


def intra_limb_cv_percent(left: Sequence[float], right: Sequence[float]) -> float | None:
    """The larger of the two limbs' CV over the trials; None below three trials of a limb.

    >>> intra_limb_cv_percent([98.0, 100.0, 102.0], [100.0, 100.0, 100.0])
    2.0
    """
    cvs = []
    for numbers in (left, right):
        sd = sd_of(numbers)
        mean = sum(numbers) / len(numbers) if numbers else 0.0
        if sd is None or mean <= 0:
            return None
        cvs.append(100.0 * sd / mean)
    return max(cvs)
