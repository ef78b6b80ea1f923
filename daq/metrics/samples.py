"""Samples of a force to runs, means, spreads and noise: what every search in a curve is made of."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daq.metrics.effort import Floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


def runs(mask: Bools) -> tuple[Ints, Ints]:
    """Half-open borders ``(starts, stops)`` of the stretches where ``mask`` holds.

    >>> starts, stops = runs(np.array([False, True, True, False, True]))
    >>> starts.tolist(), stops.tolist()
    ([1, 4], [3, 5])
    """
    padded = np.empty(len(mask) + 2, dtype=np.bool_)
    padded[0] = padded[-1] = False
    padded[1:-1] = mask
    edges = (padded[1:] != padded[:-1]).nonzero()[0]
    return edges[::2], edges[1::2]


def first_of(mask: Bools) -> int | None:
    """Index of the first sample for which ``mask`` holds.

    >>> first_of(np.array([False, True, True])), first_of(np.array([False]))
    (1, None)
    """
    i = int(mask.argmax()) if len(mask) else 0
    return i if len(mask) and mask[i] else None


def last_of(mask: Bools) -> int | None:
    """Index of the last sample for which ``mask`` holds.

    >>> last_of(np.array([False, True, True])), last_of(np.array([False]))
    (2, None)
    """
    i = first_of(mask[::-1])
    return None if i is None else len(mask) - 1 - i


def window_stats(force_n: Floats, n: int) -> tuple[Floats, Floats]:
    """Means and sample SDs of all windows of ``n`` samples, each (len - n + 1,).

    >>> means, sds = window_stats(np.array([1.0, 3.0, 1.0]), 2)
    >>> means.tolist(), sds.round(4).tolist()
    ([2.0, 2.0], [1.4142, 1.4142])
    """
    centre = float(force_n.mean())
    shifted = force_n - centre
    total = np.zeros(len(force_n) + 1)
    squares = np.zeros(len(force_n) + 1)
    np.cumsum(shifted, out=total[1:])
    np.cumsum(shifted * shifted, out=squares[1:])
    means = (total[n:] - total[:-n]) / n
    variances = (squares[n:] - squares[:-n] - n * means * means) / max(n - 1, 1)
    # Cancellation leaves rounding of about 1e-16 of the running sum of squares.
    variances[variances < 1e-12 * max(float(squares[-1]), 1e-12)] = 0.0
    return means + centre, np.sqrt(variances)


def moving_mean(force_n: Floats, n: int) -> Floats:
    """Means of all windows of ``n`` samples, (len - n + 1,)."""
    total = np.zeros(len(force_n) + 1)
    force_n.cumsum(out=total[1:])
    return np.asarray((total[n:] - total[:-n]) / n)


def white_noise_n(force_n: Floats) -> float:
    """SD of the white noise per sample, from the differences of neighbours: slow movement cancels."""
    if len(force_n) < 3:  # noqa: PLR2004, two differences have a spread
        return 0.0
    steps = force_n[1:] - force_n[:-1]
    n, drift = len(steps), float(force_n[-1] - force_n[0])
    # The mean of the steps is the way from the first sample to the last; ``std`` would cost three times as much.
    return math.sqrt(max(float(steps.dot(steps)) / n - (drift / n) ** 2, 0.0) / 2.0)


def mean_and_sd(force_n: Floats) -> tuple[float, float]:
    """Mean and sample SD of at least one sample.

    >>> mean_and_sd(np.array([1.0, 3.0]))
    (2.0, 1.4142135623730951)
    """
    mean = float(force_n.sum()) / len(force_n)
    rest = force_n - mean
    return mean, math.sqrt(float(rest.dot(rest)) / max(len(force_n) - 1, 1))


def extremes_of(force_n: Floats) -> tuple[float, float]:
    """Smallest and largest sample, NaN where one is NaN: their places are found in half the time of themselves."""
    return (float(force_n[force_n.argmin()]), float(force_n[force_n.argmax()])) if len(force_n) else (math.nan, math.nan)


def median_of(force_n: Floats) -> float:
    """Median of at least one sample, in a tenth of the time of the general one.

    >>> median_of(np.array([3.0, 1.0, 2.0])), median_of(np.array([4.0, 1.0, 2.0, 3.0]))
    (2.0, 2.5)
    """
    ordered, half = np.sort(force_n), len(force_n) // 2
    return float(ordered[half]) if len(ordered) % 2 else 0.5 * (float(ordered[half - 1]) + float(ordered[half]))
