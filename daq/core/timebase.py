"""Ticks of one device's clock in, host seconds with uncertainty out: the lower envelope of the delays, narrowed by answers."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daq.errors import UsageError

Floats = NDArray[np.float64]
Ticks = NDArray[np.int64]

LARGEST_DRIFT = 6000e-6
PLAUSIBLE_DRIFT = 150e-6
_BIN_S = 1.0
_N_BINS = 100
_N_EXCHANGES = 60
_FEWEST_POINTS = 6
_LEAST_U_S = 20e-6
_PLAUSIBLE_JITTER_S = 0.01
# How far the envelope of n points lies from the truth, in parts of their scatter over sqrt(n), and what that does to its slope:
# found by simulated links so that 2 u holds the truth in at least 95 of 100 cases (tests/core/test_timebase.py).
_ENVELOPE_SHARE = 2.0
_LEVER = 2.0
# A line grows old by 1 ppm of the time since; one that is less sure replaces it only when they differ by 2 u of both.
_WANDER = 1e-6
_CONTRADICTION = 2.0


@dataclass(frozen=True, slots=True)
class AffineMap:
    """``offset_s + (tick - reference_tick) * s_per_tick`` is host time; ``u_s`` its standard uncertainty when it was made."""

    offset_s: float
    s_per_tick: float
    reference_tick: int
    u_s: float

    def to_s(self, ticks: Ticks) -> Floats:
        """Host seconds of ``ticks``, same shape."""
        elapsed = (np.asarray(ticks, dtype=np.int64) - self.reference_tick).astype(np.float64)
        return elapsed * self.s_per_tick + self.offset_s


@dataclass(frozen=True, slots=True)
class _Fit:
    """A line over device seconds ``x``: host = x + delay, delay = ``level`` + ``slope`` * (x - ``x``)."""

    x: float
    level: float
    slope: float
    u_level: float
    u_slope: float

    def delay(self, x: float) -> float:
        return self.level + self.slope * (x - self.x)

    def u_at(self, x: float) -> float:
        return math.hypot(self.u_level, self.u_slope * (x - self.x))


class Timebase:
    """The map from one device's ticks to host seconds, for one segment of its clock; a restart needs a new one.

    Parameters
    ----------
    tick_hz : float
        Device ticks a second, as declared.
    u_delay_s : float
        Standard uncertainty of the part of the delay that is the same in every chunk. Arrivals alone cannot show it
        (it cancels between devices on links of one kind, and is larger over Bluetooth, whose connection interval may keep step
        with the packets); an exchange bounds it and replaces it.

    Notes
    -----
    No sample arrives before it was taken, so host time of a tick is at most its arrival. Of each second of device time the
    least delayed arrival is kept, for 100 s; the line under these points is the envelope. A clock exchange bounds the same
    line from below: the clock stood there after it was asked. With both, the map is the middle of the two bounds
    and the standard uncertainty half their distance over the root of three.

    The slope stays nominal, within 150 ppm, until the envelope says it better. The map moves only when the new line is
    surer than the old one, or contradicts it; what it is depends on nothing but what was fed, in this order.
    """

    def __init__(self, tick_hz: float, *, u_delay_s: float = 0.5e-3) -> None:
        if not tick_hz > 0:
            raise UsageError(f"A time base needs a tick rate above 0 Hz, not {tick_hz}.")
        self.tick_hz = tick_hz
        self._u_delay_s = u_delay_s
        self._reference_tick: int | None = None
        self._newest_x = 0.0
        self._n_arrivals = 0
        self._mean_delay = 0.0
        self._upper: deque[tuple[float, float]] = deque(maxlen=_N_BINS)
        self._lower: deque[tuple[float, float]] = deque(maxlen=_N_EXCHANGES)
        self._fit: _Fit | None = None

    def arrived(self, tick_last: int, t_s: float) -> None:
        """A chunk came at host time ``t_s``; its newest sample was taken at ``tick_last``."""
        x = self._x(tick_last)
        delay = t_s - x
        self._newest_x = max(self._newest_x, x)
        self._n_arrivals += 1
        self._mean_delay += (delay - self._mean_delay) / self._n_arrivals
        is_new_bin = self._keep_least(x, delay)
        if is_new_bin or self._fit is None or delay < self._fit.delay(x):
            self._refit()

    def bounded(self, tick: int, asked_s: float, answered_s: float) -> None:
        """The device's clock stood at ``tick`` after ``asked_s`` and before ``answered_s`` (host)."""
        x = self._x(tick)
        self._newest_x = max(self._newest_x, x)
        self._keep_least(x, answered_s - x)
        self._lower.append((x, asked_s - x))
        self._refit()

    def _x(self, tick: int) -> float:
        if self._reference_tick is None:
            self._reference_tick = int(tick)
        return (int(tick) - self._reference_tick) / self.tick_hz

    def _keep_least(self, x: float, delay: float) -> bool:
        if self._upper and math.floor(x / _BIN_S) <= math.floor(self._upper[-1][0] / _BIN_S):
            if delay < self._upper[-1][1]:
                self._upper[-1] = (x, delay)
            return False
        self._upper.append((x, delay))
        return True

    # --- the line -------------------------------------------------------------------------------------------------

    def _refit(self) -> None:
        fresh = self._line()
        now = self._newest_x
        held = self._fit
        if held is None:
            self._fit = fresh
            return
        u_held = held.u_at(now) + _WANDER * (now - held.x)
        u_fresh = fresh.u_at(now)
        if u_fresh <= u_held or abs(fresh.delay(now) - held.delay(now)) > _CONTRADICTION * math.hypot(u_fresh, u_held):
            self._fit = fresh

    def _line(self) -> _Fit:
        now = self._newest_x
        points = np.array(self._upper)
        slope, u_slope, u_envelope = _slope(points)
        if self._n_arrivals:
            # The least of n exponential delays is late by their mean over n.
            jitter = max(self._mean_delay - float(points[:, 1].min()), _PLAUSIBLE_JITTER_S)
            u_envelope = max(u_envelope, 2 * jitter / self._n_arrivals)
        ages = now - points[:, 0]
        carried = points[:, 1] + slope * ages
        anchor = int(np.argmin(carried + u_slope * ages))
        top, age = float(carried[anchor]), float(ages[anchor])
        u_top = math.hypot(u_envelope, u_slope * age)
        recent = [(x, low) for x, low in self._lower if x >= now - _N_EXCHANGES * _BIN_S]
        if not recent:
            return _Fit(now, top, slope, math.hypot(u_top, self._u_delay_s), u_slope)
        bottom = max(low + slope * (now - x) - u_slope * (now - x) for x, low in recent)
        half = abs(top - bottom) / 2
        return _Fit(now, (top + bottom) / 2, slope, max(half / math.sqrt(3), _LEAST_U_S), u_slope)

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def is_known(self) -> bool:
        """Whether anything has arrived yet."""
        return self._fit is not None

    @property
    def u_s(self) -> float:
        """Standard uncertainty in s of host times now; infinite before the first arrival."""
        return self._fit.u_at(self._newest_x) if self._fit else math.inf

    @property
    def drift_ppm(self) -> float:
        """How much slower the device's clock runs than declared, against the host's, in parts per million."""
        return self._fit.slope * 1e6 if self._fit else 0.0

    def freeze(self) -> AffineMap:
        """The map as it is now.

        Raises
        ------
        UsageError
            Nothing has arrived yet.
        """
        if self._fit is None or self._reference_tick is None:
            raise UsageError(
                "Nothing has arrived from this device yet, so its clock cannot be placed; wait for its first data."
            )
        fit = self._fit
        return AffineMap(
            offset_s=fit.delay(0.0),
            s_per_tick=(1.0 + fit.slope) / self.tick_hz,
            reference_tick=self._reference_tick,
            u_s=self.u_s,
        )

    def to_s(self, ticks: Ticks) -> Floats:
        """Host seconds of ``ticks``, same shape, float64, by the map as it is now."""
        return self.freeze().to_s(ticks)


def _slope(points: Floats) -> tuple[float, float, float]:
    """Slope of the envelope of ``points`` (delay over device seconds), its uncertainty, and that of the envelope's level."""
    hull = _lower_hull(points)
    if len(hull) == 1:
        return 0.0, PLAUSIBLE_DRIFT, _LEAST_U_S
    # Between the quarters of the span: the edge in its middle may be short, and then its slope is worth nothing.
    span = float(points[-1, 0] - points[0, 0]) / 2
    quarters = np.array([points[0, 0] + span / 2, points[-1, 0] - span / 2])
    low, high = np.interp(quarters, hull[:, 0], hull[:, 1]).tolist()
    slope = (high - low) / span
    height = points[:, 1] - slope * points[:, 0]
    height -= height.min()
    scatter = _quantile(height, 0.75) / 2
    u_envelope = max(_ENVELOPE_SHARE * scatter / math.sqrt(len(points)), _LEAST_U_S)
    u_slope = _LEVER * u_envelope / span
    if len(points) < _FEWEST_POINTS or u_slope > PLAUSIBLE_DRIFT or abs(slope) > LARGEST_DRIFT:
        flat = _quantile(points[:, 1] - points[:, 1].min(), 0.5)
        return 0.0, PLAUSIBLE_DRIFT, max(_ENVELOPE_SHARE * flat / math.sqrt(len(points)), _LEAST_U_S)
    return slope, u_slope, u_envelope


def _quantile(values: Floats, share: float) -> float:
    """What ``np.quantile`` says, for a tenth of its cost with a hundred values: a line is fitted while samples wait."""
    ordered = sorted(values.tolist())
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    low, high, part = ordered[below], ordered[min(below + 1, len(ordered) - 1)], at - below
    return float(low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part))  # noqa: PLR2004 - half


def _lower_hull(points: Floats) -> Floats:
    """Corners of the lower convex hull of ``points``, which stand in order of their first column."""
    hull: list[tuple[float, float]] = []
    for x, y in points.tolist():
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2], hull[-1]
            if (y1 - y0) * (x - x0) < (y - y0) * (x1 - x0):
                break
            hull.pop()
        hull.append((x, y))
    return np.array(hull)
