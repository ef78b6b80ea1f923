"""A curve with its holes to a trace that can be read, integrated and searched at any time in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from daq.metrics.effort import Curve, Floats, Instrument

LONGEST_BRIDGE_S = 0.020
SLOPE_HALF_S = 0.010
# Below it a difference is rounding of float64, not a reading.
SMALLEST_STEP_N = 1e-9
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


def runs(mask: Bools) -> tuple[Ints, Ints]:
    """Half-open borders ``(starts, stops)`` of the stretches where ``mask`` holds.

    >>> starts, stops = runs(np.array([False, True, True, False, True]))
    >>> starts.tolist(), stops.tolist()
    ([1, 4], [3, 5])
    """
    padded = np.zeros(len(mask) + 2, dtype=np.int8)
    padded[1:-1] = mask
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return edges[::2], edges[1::2]


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
    np.cumsum(force_n, out=total[1:])
    return np.asarray((total[n:] - total[:-n]) / n)


def white_noise_n(force_n: Floats) -> float:
    """SD of the white noise per sample, from the differences of neighbours: slow movement cancels."""
    if len(force_n) < 3:  # noqa: PLR2004, two differences have a spread
        return 0.0
    steps = force_n[1:] - force_n[:-1]
    return float(steps.std()) / math.sqrt(2.0)


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Force without NaN on a uniform time axis: holes are bridged by straight lines and remembered.

    ``t_s``, ``force_n`` and ``impulse_n_s`` (running trapezoid) are (n,); ``holes`` are (last sample before, first after), s.
    """

    t_s: Floats
    force_n: Floats
    impulse_n_s: Floats
    rate_hz: float
    instrument: Instrument
    holes: tuple[tuple[float, float], ...] = ()
    # The metrics of a jump ask again and again at the same few instants.
    _at: dict[float, float] = field(default_factory=dict, repr=False)
    _impulses: dict[float, float] = field(default_factory=dict, repr=False)
    _slopes: dict[float, float] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, curve: Curve) -> Trace | None:
        """The trace of a curve, without NaN at its ends; None when fewer than two samples are there."""
        t, force = curve.t_s, curve.force_n
        good = np.isfinite(force)
        if not good.all():
            where = np.flatnonzero(good)
            if len(where) < 2:  # noqa: PLR2004, one sample is no curve
                return None
            t, force, good = (a[where[0] : where[-1] + 1] for a in (t, force, good))
        if len(t) < 2:  # noqa: PLR2004, one sample is no curve
            return None
        holes: tuple[tuple[float, float], ...] = ()
        if not good.all():
            starts, stops = runs(~good)
            holes = tuple(zip(t[starts - 1].tolist(), t[stops].tolist(), strict=True))
            force = np.interp(t, t[good], force[good])
        return cls.made(t, force, curve.rate_hz, instrument=curve.instrument, holes=holes)

    @classmethod
    def made(
        cls, t_s: Floats, force_n: Floats, rate_hz: float, *, instrument: Instrument, holes: tuple[tuple[float, float], ...]
    ) -> Trace:
        """The trace of arrays without NaN."""
        impulse = np.zeros(len(t_s))
        np.cumsum((force_n[1:] + force_n[:-1]) * (t_s[1:] - t_s[:-1]) * 0.5, out=impulse[1:])
        return cls(t_s, force_n, impulse, rate_hz, instrument, holes)

    @property
    def dt_s(self) -> float:
        """The time step."""
        return 1.0 / self.rate_hz

    @property
    def start_s(self) -> float:
        """Time of the first sample."""
        return float(self.t_s[0])

    @property
    def stop_s(self) -> float:
        """Time of the last sample."""
        return float(self.t_s[-1])

    def n_in(self, span_s: float) -> int:
        """Samples in a stretch of ``span_s``."""
        return round(span_s * self.rate_hz)

    def below(self, time_s: float) -> int:
        """Index of the last sample at or before ``time_s``, kept one before the last sample."""
        last = len(self.t_s) - 2
        i = min(max(int((time_s - float(self.t_s[0])) * self.rate_hz), 0), last)
        while i < last and float(self.t_s[i + 1]) <= time_s:
            i += 1
        while i > 0 and float(self.t_s[i]) > time_s:
            i -= 1
        return i

    def nearest(self, time_s: float) -> int:
        """Index of the sample nearest to ``time_s``."""
        i = self.below(time_s)
        return i if time_s - float(self.t_s[i]) <= float(self.t_s[i + 1]) - time_s else i + 1

    def slice(self, start_s: float, stop_s: float) -> slice:
        """The samples from ``start_s`` to ``stop_s``, both included."""
        tiny = 1e-6 * self.dt_s
        return slice(int(self.t_s.searchsorted(start_s - tiny)), int(self.t_s.searchsorted(stop_s + tiny)))

    def at(self, time_s: float) -> float:
        """Force at a fractional time, on the straight line between its two samples."""
        known = self._at.get(time_s)
        if known is None:
            known = self._at[time_s] = self._force_at(time_s)
        return known

    def _force_at(self, time_s: float) -> float:
        i = self.below(time_s)
        t0, t1 = float(self.t_s[i]), float(self.t_s[i + 1])
        f0, f1 = float(self.force_n[i]), float(self.force_n[i + 1])
        return f0 + (f1 - f0) * min(max((time_s - t0) / (t1 - t0), 0.0), 1.0)

    def impulse_until(self, time_s: float) -> float:
        """Running trapezoid up to a fractional time."""
        known = self._impulses.get(time_s)
        if known is None:
            known = self._impulses[time_s] = self._impulse_at(time_s)
        return known

    def _impulse_at(self, time_s: float) -> float:
        i = self.below(time_s)
        part = min(max(time_s - float(self.t_s[i]), 0.0), float(self.t_s[i + 1]) - float(self.t_s[i]))
        return float(self.impulse_n_s[i]) + 0.5 * part * (float(self.force_n[i]) + self.at(time_s))

    def impulse_between(self, start_s: float, stop_s: float) -> float:
        """Integral of the force between two fractional times, N s."""
        return self.impulse_until(stop_s) - self.impulse_until(start_s)

    def slope_at(self, time_s: float) -> float:
        """Slope of the least-squares line through +-10 ms (at least +-2 samples), N/s."""
        known = self._slopes.get(time_s)
        if known is None:
            known = self._slopes[time_s] = self._slope_of_line(time_s)
        return known

    def _slope_of_line(self, time_s: float) -> float:
        k = max(round(SLOPE_HALF_S * self.rate_hz), 2)
        i = self.nearest(time_s)
        part = slice(max(i - k, 0), i + k + 1)
        t, f = self.t_s[part], self.force_n[part]
        t = t - t.mean()
        power = float(t @ t)
        return float(t @ f) / power if power > 0 else 0.0

    def u_between_samples_n(self, i: int) -> float:
        """A maximum at sample ``i`` may lie between samples: ``dt^2 abs(F'')/(8 sqrt 3)``, F'' over +-5 ms."""
        k = max(self.n_in(0.005), 1)
        if i - k < 0 or i + k >= len(self.force_n):
            return 0.0
        bend = float(self.force_n[i + k] - 2 * self.force_n[i] + self.force_n[i - k]) / k**2
        return abs(bend) / (8.0 * math.sqrt(3.0))

    def touches_hole(self, start_s: float, stop_s: float) -> bool:
        """A sample in this window, or next to its ends, is missing."""
        return any(a < stop_s and b > start_s for a, b in self.holes)

    def gap_codes(self, start_s: float, stop_s: float) -> tuple[str, ...]:
        """What an integral over this window has to say: bridged, or broken by a hole of more than 20 ms."""
        met = [b - a - self.dt_s for a, b in self.holes if a < stop_s and b > start_s]
        if not met:
            return ()
        return ("sample_gap",) if max(met) > LONGEST_BRIDGE_S + 0.5 * self.dt_s else ("sample_gap_interpolated",)

    def until(self, stop_s: float, *, end_n: float | None) -> Trace:
        """The trace up to a fractional time; its last sample lies there and is ``end_n`` (None: the force there)."""
        n = int(np.searchsorted(self.t_s, stop_s - 1e-6 * self.dt_s))
        end = self.at(stop_s) if end_n is None else end_n
        t = np.append(self.t_s[:n], stop_s)
        force = np.append(self.force_n[:n], end)
        return Trace.made(t, force, self.rate_hz, instrument=self.instrument, holes=self.holes)


def reading_step_n(trace: Trace) -> float:
    """Step ``q`` of the readings: as declared, else the smallest difference that occurs in the curve, N."""
    if trace.instrument.resolution_n is not None:
        return trace.instrument.resolution_n
    steps = np.abs(trace.force_n[1:] - trace.force_n[:-1])
    steps = steps[steps > SMALLEST_STEP_N]
    # A sum of two sides, or a bridge over a hole, gives steps that no sensor has; too small a step only lowers a floor.
    return float(steps.min()) if len(steps) else 0.0
