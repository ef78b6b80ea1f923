"""Centre of pressure as it came to the path whose sway is measured: even steps, low-pass, mean removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from daq.metrics.effort import Floats
from daq.metrics.value import Params

PROCESSED_HZ, SWARII_HZ = 100.0, 25.0
CUTOFF_HZ = 10.0
SWARII_WINDOW_S = 0.08
# A rate this near to the wanted one is not resampled.
RATE_SHARE = 0.005
PADDING_S = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A processed centre of pressure about its mean: ``ml_m`` and ``ap_m`` (n,), n samples at ``rate_hz``."""

    ml_m: Floats
    ap_m: Floats
    rate_hz: float
    params: Params = field(default_factory=dict)

    @classmethod
    def about_mean(cls, ml_m: Floats, ap_m: Floats, rate_hz: float, **params: float | str) -> Path:
        """The path with its mean removed."""
        return cls(ml_m - ml_m.mean(), ap_m - ap_m.mean(), rate_hz, {"processed_hz": rate_hz, **params})

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.ml_m)

    @property
    def duration_s(self) -> float:
        """``T = (N - 1)/fs``."""
        return (self.n - 1) / self.rate_hz


def raw(ml_m: Floats, ap_m: Floats, rate_hz: float) -> Path:
    """``cop.raw``: nothing but the mean is removed.

    >>> raw(np.array([1.0, 3.0]), np.array([0.0, 0.0]), 100.0).ml_m.tolist()
    [-1.0, 1.0]
    """
    return Path.about_mean(ml_m, ap_m, rate_hz)


def lp10_100hz(ml_m: Floats, ap_m: Floats, rate_hz: float) -> Path:
    """``cop.lp10_100hz``: 100 Hz, then 10 Hz low-pass, second order forward and backward (fourth order, no lag).

    Faster readings are filtered first and then thinned out, so that nothing above 50 Hz folds back.

    >>> t = np.arange(0.0, 30.0, 0.001)
    >>> slow = lp10_100hz(np.sin(2 * np.pi * 0.5 * t), np.sin(2 * np.pi * 60.0 * t), 1000.0)
    >>> slow.n, round(float(slow.ml_m.max()), 3), float(np.abs(slow.ap_m[50:-50]).max()) < 0.001
    (3000, 1.0, True)
    """
    both = np.stack((ml_m, ap_m))
    if rate_hz > PROCESSED_HZ * (1 + RATE_SHARE):
        smooth, made_hz = _resampled(_low_passed(both, rate_hz, order=2), rate_hz, PROCESSED_HZ), PROCESSED_HZ
    elif rate_hz < PROCESSED_HZ * (1 - RATE_SHARE):
        smooth, made_hz = _low_passed(_resampled(both, rate_hz, PROCESSED_HZ), PROCESSED_HZ, order=2), PROCESSED_HZ
    else:
        smooth, made_hz = _low_passed(both, rate_hz, order=2), rate_hz
    return Path.about_mean(smooth[0], smooth[1], made_hz, cutoff_hz=CUTOFF_HZ, order=4, passes=2)


def swarii25_lp10(ml_m: Floats, ap_m: Floats, rate_hz: float) -> Path:
    """``cop.swarii25_lp10``: sliding window average to 25 Hz, then 10 Hz low-pass, fourth order forward and backward.

    >>> path = swarii25_lp10(np.arange(3000) / 3000, np.zeros(3000), 100.0)
    >>> path.n, path.rate_hz
    (750, 25.0)
    """
    both = swarii(np.stack((ml_m, ap_m)), rate_hz=rate_hz, wanted_hz=SWARII_HZ, window_s=SWARII_WINDOW_S)
    smooth = _low_passed(both, SWARII_HZ, order=4, padding_s=None)
    return Path.about_mean(smooth[0], smooth[1], SWARII_HZ, cutoff_hz=CUTOFF_HZ, order=8, passes=2, window_s=SWARII_WINDOW_S)


RULES: dict[str, Callable[[Floats, Floats, float], Path]] = {
    "cop.raw": raw,
    "cop.lp10_100hz": lp10_100hz,
    "cop.swarii25_lp10": swarii25_lp10,
}


def swarii(both: Floats, *, rate_hz: float, wanted_hz: float, window_s: float) -> Floats:
    """Sliding window average with relevance intervals of an even series.

    Parameters
    ----------
    both : (k, n) array
        The series, one row each.
    rate_hz, wanted_hz : float
        Rates before and after.
    window_s : float
        Length of the window; samples at its very border are outside.

    Returns
    -------
    (k, m) array
        Value at ``j/wanted_hz``: every sample in the window weighs as much as the time nearer to it than to any other sample
        of the window.

    References
    ----------
    Audiffren and Contal (2016), Sensors 16, 1208.

    Examples
    --------
    At 100 Hz seven samples lie in a window of 80 ms, the outer two with one and a half steps each:

    >>> series = np.zeros((1, 101))
    >>> series[0, 53] = 8.0
    >>> swarii(series, rate_hz=100.0, wanted_hz=50.0, window_s=0.08)[0, 24:29].round(6).tolist()
    [0.0, 1.5, 1.0, 1.0, 1.5]
    """
    n = both.shape[1]
    last_s = (n - 1) / rate_hz
    n_made = int(np.floor(last_s * wanted_hz * (1 + 1e-12))) + 1
    at = np.arange(n_made) / wanted_hz
    half, tiny = 0.5 * window_s, 1e-6 / rate_hz
    first = np.maximum(np.ceil((at - half + tiny) * rate_hz), 0).astype(np.intp)
    last = np.minimum(np.floor((at + half - tiny) * rate_hz), n - 1).astype(np.intp)
    # A window between two samples takes the nearer one.
    empty = last < first
    nearest = np.clip(np.rint(at * rate_hz), 0, n - 1).astype(np.intp)
    first, last = np.where(empty, nearest, first), np.where(empty, nearest, last)
    left, right = np.maximum(at - half, 0.0), np.minimum(at + half, last_s)
    total = np.zeros((both.shape[0], n + 1))
    np.cumsum(both, axis=1, out=total[:, 1:])
    inner = (total[:, last + 1] - total[:, first]) / rate_hz
    before, after = (first - 0.5) / rate_hz - left, right - (last + 0.5) / rate_hz
    return np.asarray((inner + both[:, first] * before + both[:, last] * after) / (right - left))


def bridged(ml_m: Floats, ap_m: Floats) -> tuple[Floats, Floats]:
    """Both coordinates with straight lines over what is missing, without what is missing at the ends.

    >>> ml, ap = bridged(np.array([np.nan, 1.0, np.nan, 3.0]), np.zeros(4))
    >>> ml.tolist(), len(ap)
    ([1.0, 2.0, 3.0], 3)
    """
    good = np.isfinite(ml_m) & np.isfinite(ap_m)
    if good.all():
        return ml_m, ap_m
    where = np.flatnonzero(good)
    if not len(where):
        return ml_m[:0], ap_m[:0]
    rows = np.arange(where[0], where[-1] + 1)
    return np.interp(rows, where, ml_m[where]), np.interp(rows, where, ap_m[where])


def _low_passed(both: Floats, rate_hz: float, *, order: int, padding_s: float | None = PADDING_S) -> Floats:
    """Butterworth of ``order`` forward and backward; nothing to do where the readings hold nothing above the cutoff."""
    if rate_hz <= 2 * CUTOFF_HZ * (1 + RATE_SHARE):
        return both
    from scipy.signal import butter, sosfiltfilt

    sections = butter(order, CUTOFF_HZ, fs=rate_hz, output="sos")
    longest = both.shape[1] - 1
    padding = min(3 * (2 * len(sections) + 1) if padding_s is None else round(padding_s * rate_hz), longest)
    return np.asarray(sosfiltfilt(sections, both, axis=1, padlen=padding))


def _resampled(both: Floats, rate_hz: float, wanted_hz: float) -> Floats:
    """Cubic splines through the samples, read at even steps of the wanted rate."""
    from scipy.interpolate import CubicSpline

    n = both.shape[1]
    t = np.arange(n) / rate_hz
    at = np.arange(int(np.floor(t[-1] * wanted_hz * (1 + 1e-12))) + 1) / wanted_hz
    return np.asarray(CubicSpline(t, both, axis=1)(at))
