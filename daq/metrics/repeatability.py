"""Scores of persons over repeated tests to typical error, smallest real change and agreement.

Scores are ``(k, n)``: k persons (rows) on n test days (columns). A person with a missing day (NaN) is left out. Where there are
too few scores the answer is None, which a report shows as ``not_enough_trials``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from daq.metrics.effort import Floats
from daq.metrics.uncertainty import coverage_factor

LARGE_NU = 30
SWC_SHARE = 0.2
_TWO = 2


@dataclass(frozen=True, slots=True)
class Anova:
    """Mean squares of a two-way table: persons, tests, residual; ``nu`` degrees of freedom of the residual."""

    ms_persons: float
    ms_tests: float
    ms_error: float
    n_persons: int
    n_tests: int
    nu: int


def complete(scores: ArrayLike) -> Floats:
    """The persons with every score, ``(k, n)``.

    >>> complete([[1.0, 2.0], [3.0, float("nan")]]).tolist()
    [[1.0, 2.0]]
    """
    table = np.atleast_2d(np.asarray(scores, dtype=np.float64))
    return np.asarray(table[np.isfinite(table).all(axis=1)])


def anova(scores: ArrayLike) -> Anova | None:
    """The two-way analysis of variance of a table without replicates.

    Parameters
    ----------
    scores : (k, n) array_like
        k persons, n tests.

    Returns
    -------
    Anova or None
        None for fewer than two complete persons or two tests.

    Examples
    --------
    Six subjects, four judges of Shrout and Fleiss (1979): mean squares 11.24, 32.49 and 1.02.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> found = anova(table)
    >>> round(found.ms_persons, 2), round(found.ms_tests, 2), round(found.ms_error, 2)
    (11.24, 32.49, 1.02)
    """
    x = complete(scores)
    k, n = x.shape
    if k < _TWO or n < _TWO:
        return None
    x = x - x.mean()
    persons, tests = x.mean(axis=1), x.mean(axis=0)
    rest = x - persons[:, None] - tests[None, :]
    nu = (k - 1) * (n - 1)
    return Anova(
        float(n * (persons @ persons) / (k - 1)), float(k * (tests @ tests) / (n - 1)), float((rest**2).sum() / nu), k, n, nu
    )


def icc_3_1(scores: ArrayLike) -> float | None:
    """Consistency of a single measurement, two-way model: ``(MSR - MSE)/(MSR + (n-1) MSE)``.

    Parameters
    ----------
    scores : (k, n) array_like
        k persons, n tests.

    References
    ----------
    Shrout and Fleiss (1979), Psychological Bulletin; Weir (2005), Journal of Strength and Conditioning Research.

    Examples
    --------
    Shrout and Fleiss print 0.71.

    >>> round(icc_3_1([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]), 2)
    0.71
    """
    found = anova(scores)
    return None if found is None else _share(found.ms_persons - found.ms_error, (found.n_tests - 1) * found.ms_error, found)


def icc_2_1(scores: ArrayLike) -> float | None:
    """Agreement of a single measurement, two-way model: a shift between tests counts as error.

    Parameters
    ----------
    scores : (k, n) array_like
        k persons, n tests.

    Notes
    -----
    ``(MSR - MSE)/(MSR + (n-1) MSE + n (MSC - MSE)/k)``.

    Examples
    --------
    Shrout and Fleiss print 0.29.

    >>> round(icc_2_1([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]), 2)
    0.29
    """
    found = anova(scores)
    if found is None:
        return None
    shift = found.n_tests * (found.ms_tests - found.ms_error) / found.n_persons
    return _share(found.ms_persons - found.ms_error, (found.n_tests - 1) * found.ms_error + shift, found)


def _share(between: float, rest: float, found: Anova) -> float | None:
    below = found.ms_persons + rest
    return between / below if below > 0 else None


def typical_error(scores: ArrayLike) -> float | None:
    """Scatter of one person from test to test, without a shift that all share: ``sqrt(MSE)``, in the unit of the scores.

    Parameters
    ----------
    scores : (k, n) array_like
        k persons, n tests. For two tests this is ``SD(differences)/sqrt 2``.

    References
    ----------
    Hopkins (2000), Sports Medicine.

    Examples
    --------
    Two tests whose differences are 1 and -1, SD sqrt 2:

    >>> round(typical_error([[10.0, 11.0], [20.0, 19.0]]), 6)
    1.0
    """
    found = anova(scores)
    return None if found is None else math.sqrt(found.ms_error)


def typical_error_cv_percent(scores: ArrayLike) -> float | None:
    """Typical error as a share of the value: ``100 (exp(TE of ln x) - 1)``; None where a score is not positive.

    >>> round(typical_error_cv_percent([[100.0, 110.0], [200.0, 200.0 / 1.1]]), 4)
    10.0
    """
    x = complete(scores)
    if x.size == 0 or float(x.min()) <= 0:
        return None
    error = typical_error(np.log(x))
    return None if error is None else 100.0 * math.expm1(error)


def sem(sd_between: float, icc: float) -> float:
    """Standard error of measurement from a reported spread and ICC: ``SD sqrt(1 - ICC)``.

    Where the scores themselves are known, ``typical_error`` is the standard error; a report says which of the two it used.

    >>> sem(10.0, 0.91).__round__(6)
    3.0
    """
    return sd_between * math.sqrt(max(1.0 - icc, 0.0))


def sem_of_mean(s_day: float, s_trial: float, n_trials: int) -> float:
    """Standard error of a day's mean of n trials: ``sqrt(s_day^2 + s_trial^2/n)``; only the part within the day shrinks.

    >>> sem_of_mean(3.0, 8.0, 4)
    5.0
    """
    return math.sqrt(s_day**2 + s_trial**2 / max(n_trials, 1))


def mdc95(sem: float, nu: float | None = None) -> float:
    """Smallest real change between two days: ``k sqrt(2) sem``.

    Parameters
    ----------
    sem : float
        Standard error of measurement between days.
    nu : float or None
        Its degrees of freedom; below 30 ``k = t(0.975, nu)``, otherwise 1.96.

    Examples
    --------
    A published table of extracellular water, 72 patients by two methods, has a residual mean square of 1.64 and prints 3.55.

    >>> round(mdc95(math.sqrt(1.64), nu=71), 2)
    3.55
    >>> round(mdc95(10.0, nu=7), 1)
    33.4
    """
    return coverage_factor(nu if nu is not None and nu < LARGE_NU else None) * math.sqrt(2.0) * sem


def mdc95_of(scores: ArrayLike) -> float | None:
    """Smallest real change from a reliability study, ``(k, n)`` scores, with its ``(k-1)(n-1)`` degrees of freedom."""
    found = anova(scores)
    return None if found is None else mdc95(math.sqrt(found.ms_error), found.nu)


def change_is_real(change: float, mdc95: float) -> bool:
    """More than measurement and daily form explain.

    >>> change_is_real(-30.0, 27.7), change_is_real(20.0, 27.7)
    (True, False)
    """
    return abs(change) > mdc95


def swc(values: ArrayLike) -> float | None:
    """Smallest worthwhile change: 0.2 SD between persons; ``values`` (k,), one per person.

    >>> swc([10.0, 20.0, 30.0])
    2.0
    """
    x = np.asarray(values, dtype=np.float64).ravel()
    x = x[np.isfinite(x)]
    return SWC_SHARE * float(x.std(ddof=1)) if len(x) >= _TWO else None


@dataclass(frozen=True, slots=True)
class Trend:
    """Mean change from the first to the second of two tests, its 95 % interval, and whether it exceeds the worthwhile."""

    change: float
    low: float
    high: float
    is_learning: bool


def learning(first: ArrayLike, second: ArrayLike) -> Trend | None:
    """Did the second test day of k persons differ as a whole? Paired mean with its t interval; ``first``, ``second`` (k,).

    >>> found = learning([10.0, 20.0, 30.0], [16.0, 25.0, 37.0])
    >>> found.change, found.is_learning
    (6.0, True)
    """
    pairs = complete(np.column_stack([first, second]))
    worth = swc(pairs[:, 0]) if len(pairs) else None
    if worth is None:
        return None
    steps = pairs[:, 1] - pairs[:, 0]
    change, half = float(steps.mean()), coverage_factor(len(steps) - 1) * float(steps.std(ddof=1)) / math.sqrt(len(steps))
    return Trend(change, change - half, change + half, abs(change) > worth)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two methods compared: mean difference, its SD, and the limits between which 95 % of the differences lie."""

    bias: float
    sd: float
    low: float
    high: float

    @property
    def loa(self) -> float:
        """Half the width of the limits of agreement."""
        return 0.5 * (self.high - self.low)


def bland_altman(first: ArrayLike, second: ArrayLike) -> Agreement | None:
    """Mean difference and limits of agreement, ``mean -+ 1.96 SD`` of first minus second.

    Parameters
    ----------
    first, second : (k,) array_like
        The same k persons by two methods.

    References
    ----------
    Bland and Altman (1986), The Lancet.

    Examples
    --------
    Peak flow of 17 people by two meters, table 1 of the paper: mean difference -2.1, SD 38.8 l/min.

    >>> large = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
    >>> small = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
    >>> found = bland_altman(large, small)
    >>> round(found.bias, 1), round(found.sd, 1)
    (-2.1, 38.8)
    """
    pairs = complete(np.column_stack([first, second]))
    if len(pairs) < _TWO:
        return None
    steps = pairs[:, 0] - pairs[:, 1]
    bias, sd = float(steps.mean()), float(steps.std(ddof=1))
    half = coverage_factor(None) * sd
    return Agreement(bias, sd, bias - half, bias + half)
