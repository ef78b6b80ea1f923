"""Favoured sides on two or more test days to how steady the direction is: Cohen's kappa of a group, share of one person."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

FEWEST_PERSONS, FEWEST_DAYS = 5, 2
_WORDS = ((0.0, "poor"), (0.20, "slight"), (0.40, "fair"), (0.60, "moderate"), (0.80, "substantial"))


def direction_kappa(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Cohen's kappa of the side favoured on two test days.

    Parameters
    ----------
    first, second : (k,) sequence of float
        Signed index of each person on each day, positive = right; a tie (0 or NaN) on either day is dropped.

    Returns
    -------
    float or None
        ``(p_o - p_e)/(1 - p_e)``; None below five persons, or when everyone favours one side on both days.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement; Bishop et al. (2019).

    Examples
    --------
    Fifty decisions: 20 both right, 15 both left, 5 and 10 apart; p_o = 0.7, p_e = 0.5, kappa = 0.4.

    >>> day1 = [1.0] * 25 + [-1.0] * 25
    >>> day2 = [1.0] * 20 + [-1.0] * 5 + [1.0] * 10 + [-1.0] * 15
    >>> round(direction_kappa(day1, day2), 6)
    0.4
    """
    a, b = np.sign(np.asarray(first, dtype=np.float64)), np.sign(np.asarray(second, dtype=np.float64))
    counts = np.isfinite(a) & np.isfinite(b) & (a != 0) & (b != 0)
    a, b = a[counts], b[counts]
    if len(a) < FEWEST_PERSONS:
        return None
    right_a, right_b = float((a > 0).mean()), float((b > 0).mean())
    by_chance = right_a * right_b + (1.0 - right_a) * (1.0 - right_b)
    return (float((a == b).mean()) - by_chance) / (1.0 - by_chance) if by_chance < 1.0 else None


def direction_share(days: Sequence[float]) -> float | None:
    """Share of a person's later test days that favour the same side as the first; None below two days with a side.

    Days without a side (0 or NaN) are dropped, and the first does not agree with itself.

    >>> direction_share([5.0, 3.0, -1.0, 2.0]).__round__(4)
    0.6667
    """
    signs = [x > 0 for x in days if math.isfinite(x) and x != 0]
    if len(signs) < FEWEST_DAYS:
        return None
    return sum(sign == signs[0] for sign in signs[1:]) / (len(signs) - 1)


def kappa_word(kappa: float) -> str:
    """Landis and Koch (1977).

    >>> kappa_word(0.4), kappa_word(0.41), kappa_word(-0.1), kappa_word(0.85)
    ('fair', 'moderate', 'poor', 'almost perfect')
    """
    return next((word for most, word in _WORDS if round(kappa, 2) <= most), "almost perfect")
