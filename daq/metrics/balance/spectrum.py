"""A processed centre of pressure to the frequencies at which it moves."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from daq.block import Limb
from daq.metrics.balance.stance import Stance
from daq.metrics.balance.sway import sway_number
from daq.metrics.catalogue import TOTAL, Number, metric, void
from daq.metrics.effort import Floats
from daq.metrics.value import Better

LOWEST_HZ, HIGHEST_HZ = 0.15, 5.0


def power_of(x: Floats, rate_hz: float, *, is_tapered: bool = True) -> tuple[Floats, Floats]:
    """Frequencies and power of a series about its mean; a Hann taper keeps a slow drift out of the higher frequencies.

    Examples
    --------
    >>> t = np.arange(3000) / 100.0
    >>> hz, power = power_of(np.sin(2 * np.pi * 1.0 * t), 100.0, is_tapered=False)
    >>> round(float(hz[power.argmax()]), 6), round(float(power.max() / power.sum()), 6)
    (1.0, 1.0)
    """
    centred = x - x.mean()
    if is_tapered:
        centred = centred * (0.5 - 0.5 * np.cos(2.0 * np.pi * (np.arange(len(x)) + 0.5) / len(x)))
    transformed = np.fft.rfft(centred)
    hz: Floats = np.arange(len(transformed), dtype=np.float64) * (rate_hz / len(x))
    return hz, transformed.real**2 + transformed.imag**2


def edge_hz(hz: Floats, power: Floats, share: float) -> float:
    """The lowest frequency up to which at least ``share`` of the power lies.

    >>> edge_hz(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    total = np.cumsum(power)
    # Half of the power exactly, in sums that are rounded.
    return float(hz[int(np.searchsorted(total, share * total[-1] * (1.0 - 1e-9)))])


def centroid_hz(hz: Floats, power: Floats) -> float:
    """Root of the second moment of the spectrum: ``sqrt(sum f^2 P / sum P)``.

    >>> round(centroid_hz(np.array([1.0, 7.0]), np.array([1.0, 1.0])), 9)
    5.0
    """
    return math.sqrt(float(hz * hz @ power) / float(power.sum()))


def _in_band(stance: Stance) -> tuple[Floats, Floats, Floats]:
    """Frequencies from 0.15 to 5 Hz, and the power of both coordinates at them."""
    if stance.power is None:
        path = stance.path
        hz, ml = power_of(path.ml_m, path.rate_hz)
        _, ap = power_of(path.ap_m, path.rate_hz)
        band = slice(int(np.searchsorted(hz, LOWEST_HZ - 1e-9)), int(np.searchsorted(hz, HIGHEST_HZ + 1e-9)))
        stance.power = (hz[band], ml[band], ap[band])
    return stance.power


def _figure(stance: Stance, axis: str, figure: Callable[[Floats, Floats], float]) -> Number:
    path = stance.path
    if path.duration_s + 1.5 / path.rate_hz < stance.limit("spectrum_min_s"):
        return void("trial_too_short", method=stance.method)
    hz, ml, ap = _in_band(stance)
    power = ml if axis == "ml" else ap if axis == "ap" else ml + ap
    if not len(power) or not float(power.sum()) > 0.0:
        return void("sensor_flatline", method=stance.method)
    step = path.rate_hz / path.n
    told: dict[str, float | str] = {
        "spectrum": "hann_periodogram",
        "from_hz": LOWEST_HZ,
        "to_hz": HIGHEST_HZ,
        "resolution_hz": step,
    }
    return sway_number(stance, figure(hz, power), **told)


def _median(hz: Floats, power: Floats) -> float:
    return edge_hz(hz, power, 0.5)


def _upper(hz: Floats, power: Floats) -> float:
    return edge_hz(hz, power, 0.95)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f50(stance: Stance, limb: Limb) -> Number:
    """Frequency below which half of the power lies, Hz.

    Notes
    -----
    Of the summed power of both coordinates from 0.15 to 5 Hz, which does not change when the axes are turned; one periodogram
    of the whole stance with a Hann taper. Withheld below 20 s.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    Ten turns in 3001 samples at 100 Hz:

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f50(circle_stance(), Limb.BOTH).value, 6), round(10 * 100 / 3001, 6)
    (0.333222, 0.333222)
    """
    return _figure(stance, "both", _median)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f50_ml(stance: Stance, limb: Limb) -> Number:
    """Frequency below which half of the power to the sides lies, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f50_ml(circle_stance(), Limb.BOTH).value, 6)
    0.333222
    """
    return _figure(stance, "ml", _median)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f50_ap(stance: Stance, limb: Limb) -> Number:
    """Frequency below which half of the power forward and back lies, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f50_ap(circle_stance(), Limb.BOTH).value, 6)
    0.333222
    """
    return _figure(stance, "ap", _median)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f95(stance: Stance, limb: Limb) -> Number:
    """Frequency below which 95 % of the power of both coordinates lies, Hz; rules of ``sway_f50``.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    The taper spreads one frequency over three steps as 1 : 4 : 1, so the edge is one step of ``fs/N`` above it:

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f95(circle_stance(), Limb.BOTH).value, 6), round(11 * 100 / 3001, 6)
    (0.366544, 0.366544)
    """
    return _figure(stance, "both", _upper)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f95_ml(stance: Stance, limb: Limb) -> Number:
    """Frequency below which 95 % of the power to the sides lies, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f95_ml(circle_stance(), Limb.BOTH).value, 6)
    0.366544
    """
    return _figure(stance, "ml", _upper)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f95_ap(stance: Stance, limb: Limb) -> Number:
    """Frequency below which 95 % of the power forward and back lies, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f95_ap(circle_stance(), Limb.BOTH).value, 6)
    0.366544
    """
    return _figure(stance, "ap", _upper)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f_centroid(stance: Stance, limb: Limb) -> Number:
    """Root of the second moment of the power of both coordinates, Hz; rules of ``sway_f50``.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    Three steps of d as 1 : 4 : 1 about f: ``sqrt(f^2 + d^2/3)``.

    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f_centroid(circle_stance(), Limb.BOTH).value, 3), round(math.sqrt(0.333222**2 + (100 / 3001) ** 2 / 3), 3)
    (0.334, 0.334)
    """
    return _figure(stance, "both", centroid_hz)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f_centroid_ml(stance: Stance, limb: Limb) -> Number:
    """Root of the second moment of the power to the sides, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f_centroid_ml(circle_stance(), Limb.BOTH).value, 3)
    0.334
    """
    return _figure(stance, "ml", centroid_hz)


@metric("Hz", Better.LOWER, TOTAL)
def sway_f_centroid_ap(stance: Stance, limb: Limb) -> Number:
    """Root of the second moment of the power forward and back, Hz.

    References
    ----------
    Prieto et al. (1996), IEEE Transactions on Biomedical Engineering.

    Examples
    --------
    >>> from daq.metrics.balance.example import circle_stance
    >>> round(sway_f_centroid_ap(circle_stance(), Limb.BOTH).value, 3)
    0.334
    """
    return _figure(stance, "ap", centroid_hz)
