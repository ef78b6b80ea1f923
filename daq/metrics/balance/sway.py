"""A processed centre of pressure to how far, how fast and over which area it moves."""

from __future__ import annotations

import math

import numpy as np

from daq.block import Limb
from daq.metrics.balance.processing import Path
from daq.metrics.balance.stance import END, FEWEST, START, Stance
from daq.metrics.catalogue import TOTAL, Number, metric, void
from daq.metrics.effort import Floats
from daq.metrics.value import Better, Params

EVENTS = (START, END)


def sway_number(stance: Stance, value: float, **params: float | str) -> Number:
    """A value of the sway: its method is the processing, and everything that the processing used stands beside it."""
    told: Params = {**stance.cop_params, **params} if params else stance.cop_params
    return Number(value, stance.method, None, told, stance.cop_reasons, EVENTS)


def _once(stance: Stance, name: str) -> float:
    """A figure of the path that several metrics need."""
    if name not in stance.memo:
        stance.memo.update(_figures(stance.path))
    return stance.memo[name]


def _figures(path: Path) -> dict[str, float]:
    x, y = path.ml_m, path.ap_m
    dx, dy = x[1:] - x[:-1], y[1:] - y[:-1]
    return {
        "path": float(np.hypot(dx, dy).sum()), "path_ml": float(np.abs(dx).sum()), "path_ap": float(np.abs(dy).sum()),
        "mean_distance": float(np.hypot(x, y).mean()),
        "xx": float(x @ x) / path.n, "yy": float(y @ y) / path.n, "xy": float(x @ y) / path.n,
    }  # fmt: skip


@metric("m", Better.LOWER, TOTAL)
def sway_path_length(stance: Stance, limb: Limb) -> Number:
    """Sum of the distances between successive points, m.

    Notes
    -----
    Half of it or more may be noise: it means nothing without the processing beside it.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    N chords of a circle of which M make a turn, ``N 2 r sin(pi/M)``:

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_path_length(circle_stance(), Limb.BOTH).value, 9), round(3000 * 2 * 0.005 * math.sin(math.pi / 300), 9)
    (0.314153523, 0.314153523)
    """
    return sway_number(stance, _once(stance, "path"))


@metric("m/s", Better.LOWER, TOTAL)
def sway_velocity_mean(stance: Stance, limb: Limb) -> Number:
    """Path length over ``T = (N - 1)/fs``, m/s.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_velocity_mean(circle_stance(), Limb.BOTH).value, 9), round(0.314153523 / 30, 9)
    (0.010471784, 0.010471784)
    """
    return sway_number(stance, _once(stance, "path") / stance.path.duration_s)


@metric("m/s", Better.LOWER, TOTAL)
def sway_velocity_mean_ml(stance: Stance, limb: Limb) -> Number:
    """Way to the sides over T, m/s.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    Four radii a turn, ten turns in 30 s:

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_velocity_mean_ml(circle_stance(), Limb.BOTH).value, 9), round(10 * 4 * 0.005 / 30, 9)
    (0.006666667, 0.006666667)
    """
    return sway_number(stance, _once(stance, "path_ml") / stance.path.duration_s)


@metric("m/s", Better.LOWER, TOTAL)
def sway_velocity_mean_ap(stance: Stance, limb: Limb) -> Number:
    """Way forward and back over T, m/s.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(sway_velocity_mean_ap(ellipse_stance(), Limb.BOTH).value, 9), round(10 * 4 * 0.008 / 30, 9)
    (0.010666667, 0.010666667)
    """
    return sway_number(stance, _once(stance, "path_ap") / stance.path.duration_s)


@metric("m", Better.LOWER, TOTAL)
def sway_rms_distance(stance: Stance, limb: Limb) -> Number:
    """Root mean square of the distance from the mean point, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    The radius of a circle, to 1/N:

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_rms_distance(circle_stance(), Limb.BOTH).value, 6)
    0.005
    """
    return sway_number(stance, math.sqrt(_once(stance, "xx") + _once(stance, "yy")))


@metric("m", Better.LOWER, TOTAL)
def sway_rms_distance_ml(stance: Stance, limb: Limb) -> Number:
    """Root mean square of the distance from the mean to the sides, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(sway_rms_distance_ml(ellipse_stance(), Limb.BOTH).value, 5), round(0.004 / math.sqrt(2), 5)
    (0.00283, 0.00283)
    """
    return sway_number(stance, math.sqrt(_once(stance, "xx")))


@metric("m", Better.LOWER, TOTAL)
def sway_rms_distance_ap(stance: Stance, limb: Limb) -> Number:
    """Root mean square of the distance from the mean forward and back, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(sway_rms_distance_ap(ellipse_stance(), Limb.BOTH).value, 5), round(0.008 / math.sqrt(2), 5)
    (0.00566, 0.00566)
    """
    return sway_number(stance, math.sqrt(_once(stance, "yy")))


@metric("m", Better.LOWER, TOTAL)
def sway_mean_distance(stance: Stance, limb: Limb) -> Number:
    """Mean distance from the mean point, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_mean_distance(circle_stance(), Limb.BOTH).value, 6)
    0.005
    """
    return sway_number(stance, _once(stance, "mean_distance"))


@metric("m", Better.LOWER, TOTAL)
def sway_range_ml(stance: Stance, limb: Limb) -> Number:
    """Farthest right less farthest left, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(sway_range_ml(ellipse_stance(), Limb.BOTH).value, 9)
    0.008
    """
    return sway_number(stance, float(np.ptp(stance.path.ml_m)))


@metric("m", Better.LOWER, TOTAL)
def sway_range_ap(stance: Stance, limb: Limb) -> Number:
    """Farthest forward less farthest back, m.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import ellipse_stance
    >>> round(sway_range_ap(ellipse_stance(), Limb.BOTH).value, 9)
    0.016
    """
    return sway_number(stance, float(np.ptp(stance.path.ap_m)))


def prediction_factor(n: int) -> float:
    """``k = 2 (n-1)(n+1)/(n (n-2)) F95(2, n-2)`` with the closed ``F95(2, nu) = (nu/2)(0.05^(-2/nu) - 1)``.

    >>> round(prediction_factor(748), 4), round(-2 * math.log(0.05), 4)
    (6.0317, 5.9915)
    """
    nu = n - 2
    f95 = 0.5 * nu * (math.pow(0.05, -2.0 / nu) - 1.0)
    return 2.0 * (n - 1) * (n + 1) / (n * nu) * f95


@metric("m2", Better.LOWER, TOTAL)
def sway_ellipse_area_95(stance: Stance, limb: Limb) -> Number:
    """Area of the ellipse in which a further point lies with 95 % probability, m2.

    Notes
    -----
    Prediction ellipse ``pi k sqrt(det C)``, C the sample covariance (n - 1), k of :func:`prediction_factor`. Withheld below
    100 samples.

    References
    ----------
    Schubert and Kirchner (2014), Gait and Posture.

    Examples
    --------
    An ellipse with half axes a and b has the variances ``a^2/2`` and ``b^2/2``:

    >>> from daq.metrics.balance.example import ellipse_stance
    >>> area = sway_ellipse_area_95(ellipse_stance(), Limb.BOTH).value
    >>> round(area, 6), round(math.pi * prediction_factor(3001) * 0.004 * 0.008 / 2, 6)
    (0.000302, 0.000302)
    """
    n = stance.path.n
    if n < FEWEST:
        return void("trial_too_short", method=stance.method)
    determinant = max(_once(stance, "xx") * _once(stance, "yy") - _once(stance, "xy") ** 2, 0.0)
    k = prediction_factor(n)
    return sway_number(stance, math.pi * k * math.sqrt(determinant) * n / (n - 1), ellipse="prediction", k=k)


@metric("m2/s", Better.LOWER, TOTAL)
def sway_area_rate(stance: Stance, limb: Limb) -> Number:
    """Area swept by the line from the mean point to the point, over time, m2/s.

    Notes
    -----
    ``sum abs(x[i+1] y[i] - x[i] y[i+1]) / (2 T)``.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    A circle: ``N r^2 sin(2 pi/M) / (2 T)``, about the mean point to 1/N:

    >>> from daq.metrics.balance.example import circle_stance
    >>> rate = sway_area_rate(circle_stance(), Limb.BOTH).value
    >>> round(1e6 * rate, 2), round(1e6 * 3000 * 0.005**2 * math.sin(2 * math.pi / 300) / 60, 2)
    (26.18, 26.18)
    """
    path = stance.path
    return sway_number(stance, _swept_m2(path.ml_m, path.ap_m) / path.duration_s)


def _swept_m2(x: Floats, y: Floats) -> float:
    return 0.5 * float(np.abs(x[1:] * y[:-1] - x[:-1] * y[1:]).sum())


@metric("Hz", Better.LOWER, TOTAL)
def sway_mean_frequency(stance: Stance, limb: Limb) -> Number:
    """Turns a second of a point that runs round a circle of the mean distance with the mean velocity, Hz.

    Notes
    -----
    ``sway_velocity_mean / (2 pi sway_mean_distance)``.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_mean_frequency(circle_stance(), Limb.BOTH).value, 4)
    0.3333
    """
    path, distance = stance.path, _once(stance, "mean_distance")
    if distance <= 0.0:
        return void("sensor_flatline", method=stance.method)
    return sway_number(stance, _once(stance, "path") / path.duration_s / (2.0 * math.pi * distance))
