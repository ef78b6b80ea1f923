"""A curve with its holes to a trace that can be read, integrated and searched at any time in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from daq.metrics.effort import Curve, Floats, Instrument
from daq.metrics.samples import extremes_of, runs

LONGEST_BRIDGE_S = 0.020
SLOPE_HALF_S = 0.010
SOME_SAMPLES = 400
# Below it a difference is rounding of float64, not a reading.
SMALLEST_STEP_N = 1e-9


@dataclass(slots=True, eq=False)
class Trace:
    """Force without NaN on a uniform time axis: holes are bridged by straight lines and remembered.

    ``t_s`` and ``force_n`` are (n,); ``holes`` are (last sample before, first after), s; ``dt_s`` is the step, ``start_s`` and
    ``stop_s`` are the times of the first sample and of the last.
    """

    t_s: Floats
    force_n: Floats
    rate_hz: float
    instrument: Instrument
    holes: tuple[tuple[float, float], ...] = ()
    _extremes: tuple[float, float] | None = field(default=None, repr=False)
    dt_s: float = field(init=False)
    start_s: float = field(init=False)
    stop_s: float = field(init=False)
    # The metrics of a jump ask again and again at the same few instants, and few of them for integrals.
    _below: dict[float, int] = field(default_factory=dict, repr=False)
    _at: dict[float, float] = field(default_factory=dict, repr=False)
    _impulses: dict[float, float] = field(default_factory=dict, repr=False)
    _slopes: dict[float, float] = field(default_factory=dict, repr=False)
    _running: list[Floats] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        t = self.t_s
        self.dt_s = 1.0 / self.rate_hz
        self.start_s, self.stop_s = (float(t[0]), float(t[-1])) if len(t) else (math.nan, math.nan)

    @classmethod
    def of(cls, curve: Curve) -> Trace | None:
        """The trace of a curve, without NaN at its ends; None when fewer than two samples are there."""
        t, force = curve.t_s, curve.force_n
        extremes = extremes_of(force)
        if len(t) > 1 and math.isfinite(extremes[0]) and math.isfinite(extremes[1]):
            return cls(t, force, curve.rate_hz, curve.instrument, (), extremes)
        good = np.isfinite(force)
        if not good.all():
            where = good.nonzero()[0]
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
        return cls(t_s, force_n, rate_hz, instrument, holes)

    @property
    def impulse_n_s(self) -> Floats:
        """Running trapezoid, (n,)."""
        if not self._running:
            t, force = self.t_s, self.force_n
            impulse = np.empty(len(t))
            impulse[:1] = 0.0
            steps = t[1:] - t[:-1]
            steps *= 0.5
            steps *= force[1:] + force[:-1]
            steps.cumsum(out=impulse[1:])
            self._running.append(impulse)
        return self._running[0]

    @property
    def extremes_n(self) -> tuple[float, float]:
        """The smallest and the largest force."""
        if self._extremes is None:
            self._extremes = extremes_of(self.force_n)
        return self._extremes

    def n_in(self, span_s: float) -> int:
        """Samples in a stretch of ``span_s``."""
        return round(span_s * self.rate_hz)

    def below(self, time_s: float) -> int:
        """Index of the last sample at or before ``time_s``, kept one before the last sample."""
        known = self._below.get(time_s)
        if known is not None:
            return known
        t, last = self.t_s, len(self.t_s) - 2
        i = min(max(int((time_s - self.start_s) * self.rate_hz), 0), last)
        while i < last and t[i + 1] <= time_s:
            i += 1
        while i > 0 and t[i] > time_s:
            i -= 1
        self._below[time_s] = i
        return i

    def nearest(self, time_s: float) -> int:
        """Index of the sample nearest to ``time_s``."""
        i = self.below(time_s)
        return i if time_s - float(self.t_s[i]) <= float(self.t_s[i + 1]) - time_s else i + 1

    def slice(self, start_s: float, stop_s: float) -> slice:
        """The samples from ``start_s`` to ``stop_s``, both included."""
        tiny, place = 1e-6 * self.dt_s, self.t_s.searchsorted
        return slice(int(place(start_s - tiny)), int(place(stop_s + tiny)))

    def at(self, time_s: float) -> float:
        """Force at a fractional time, on the straight line between its two samples."""
        known = self._at.get(time_s)
        return self._look(time_s) if known is None else known

    def impulse_until(self, time_s: float) -> float:
        """Running trapezoid up to a fractional time."""
        known = self._impulses.get(time_s)
        if known is None:
            _ = self.impulse_n_s
            self._look(time_s)
            known = self._impulses[time_s]
        return known

    def _look(self, time_s: float) -> float:
        """Force at a fractional time, and the running trapezoid where that was asked for before."""
        i = self.below(time_s)
        t0, t1 = self.t_s[i : i + 2].tolist()
        f0, f1 = self.force_n[i : i + 2].tolist()
        part = min(max(time_s - t0, 0.0), t1 - t0)
        force: float = f0 + (f1 - f0) * (part / (t1 - t0))
        self._at[time_s] = force
        if self._running:
            self._impulses[time_s] = float(self._running[0][i]) + 0.5 * part * (f0 + force)
        return force

    def impulse_between(self, start_s: float, stop_s: float) -> float:
        """Integral of the force between two fractional times, N s."""
        return self.impulse_until(stop_s) - self.impulse_until(start_s)

    def integral(self, start_s: float, stop_s: float) -> float:
        """As ``impulse_between``, for the one who asks once: nothing outside the window is added up."""
        inside = self.slice(start_s, stop_s)
        t, f = self.t_s[inside], self.force_n[inside]
        if len(t) == 0:
            return 0.5 * (stop_s - start_s) * (self.at(start_s) + self.at(stop_s))
        steps, sums = t[1:] - t[:-1], f[1:] + f[:-1]
        before = (float(t[0]) - start_s) * (self.at(start_s) + float(f[0]))
        after = (stop_s - float(t[-1])) * (float(f[-1]) + self.at(stop_s))
        return 0.5 * (float(sums.dot(steps)) + before + after)

    def slope_at(self, time_s: float) -> float:
        """Slope of the least-squares line through +-10 ms (at least +-2 samples), N/s."""
        known = self._slopes.get(time_s)
        if known is None:
            known = self._slopes[time_s] = self._slope_of_line(time_s)
        return known

    def wide_slope_at(self, time_s: float, half_s: float) -> float:
        """Slope of the least-squares line through ``+-half_s``, where +-10 ms are too few for the noise, N/s."""
        return self.slope_at(time_s) if half_s <= SLOPE_HALF_S else self._slope_of_line(time_s, half_s)

    def _slope_of_line(self, time_s: float, half_s: float = SLOPE_HALF_S) -> float:
        k = max(round(half_s * self.rate_hz), 2)
        i = self.nearest(time_s)
        # The last sample of a push lies off the grid; elsewhere the step is uniform and the weights are known.
        if k <= i < len(self.t_s) - k - 1:
            weights, power = _line_weights(k)
            return float(weights.dot(self.force_n[i - k : i + k + 1])) * self.rate_hz / power
        part = slice(max(i - k, 0), i + k + 1)
        t, f = self.t_s[part], self.force_n[part]
        t = t - t.mean()
        power = float(t @ t)
        return float(t @ f) / power if power > 0 else 0.0

    def u_between_samples_n(self, i: int, *, noise_n: float, bias_n: float) -> float:
        """A maximum at sample ``i`` may lie between samples: ``dt^2 abs(F'')/(8 sqrt 3)``, F'' over +-5 ms.

        Without the bend that noise alone makes there: the highest of many noisy samples lies ``bias_n`` above its neighbours.
        """
        k = max(self.n_in(0.005), 1)
        if i - k < 0 or i + k >= len(self.force_n):
            return 0.0
        before, here, after = self.force_n[i - k : i + k + 1 : k].tolist()
        bend: float = abs(after - 2 * here + before)
        of_noise = 2.0 * bias_n + math.sqrt(6.0) * noise_n
        return max(bend - of_noise, 0.0) / k**2 / (8.0 * math.sqrt(3.0))

    def touches_hole(self, start_s: float, stop_s: float) -> bool:
        """A sample in this window, or next to its ends, is missing."""
        return bool(self.holes) and any(a < stop_s and b > start_s for a, b in self.holes)

    def gap_codes(self, start_s: float, stop_s: float) -> tuple[str, ...]:
        """What an integral over this window has to say: bridged, or broken by a hole of more than 20 ms."""
        if not self.holes:
            return ()
        met = [b - a - self.dt_s for a, b in self.holes if a < stop_s and b > start_s]
        if not met:
            return ()
        return ("sample_gap",) if max(met) > LONGEST_BRIDGE_S + 0.5 * self.dt_s else ("sample_gap_interpolated",)

    def part(self, start_s: float, stop_s: float) -> Trace:
        """The samples of a window and two beyond each end of it, as views: what is integrated in it need not begin earlier."""
        samples = self.slice(start_s, stop_s)
        around = slice(max(samples.start - 2, 0), samples.stop + 2)
        return Trace(self.t_s[around], self.force_n[around], self.rate_hz, self.instrument, self.holes)

    def until(self, stop_s: float, *, end_n: float | None, from_s: float = -math.inf) -> Trace:
        """The trace from a sample to a fractional time; its last sample lies there and is ``end_n`` (None: the force there)."""
        first, stop = self.t_s.searchsorted((from_s, stop_s - 1e-6 * self.dt_s)).tolist()
        n = max(stop - first, 0)
        t, force = np.empty(n + 1), np.empty(n + 1)
        t[:n], force[:n] = self.t_s[first:stop], self.force_n[first:stop]
        t[n], force[n] = stop_s, self.at(stop_s) if end_n is None else end_n
        return Trace(t, force, self.rate_hz, self.instrument, self.holes)


@lru_cache(maxsize=16)
def _line_weights(k: int) -> tuple[Floats, float]:
    """Places of ``2 k + 1`` samples about their middle, and the sum of their squares."""
    weights = np.arange(-k, k + 1, dtype=np.float64)
    return weights, float(weights @ weights)


def reading_step_n(trace: Trace, *, enough_n: float = 0.0) -> float:
    """Step ``q`` of the readings: as declared, else the smallest difference that occurs in the curve, N.

    The caller may say from which size on a smaller step would change nothing, which the first samples mostly show.
    """
    if trace.instrument.resolution_n is not None:
        return trace.instrument.resolution_n
    force = trace.force_n
    if enough_n > 0.0:
        step_n = _smallest_step_n(force[:SOME_SAMPLES])
        if 0.0 < step_n <= enough_n:
            return step_n
    return _smallest_step_n(force)


def _smallest_step_n(force_n: Floats) -> float:
    steps = np.abs(force_n[1:] - force_n[:-1])
    steps = steps[steps > SMALLEST_STEP_N]
    # A sum of two sides, or a bridge over a hole, gives steps that no sensor has; too small a step only lowers a floor.
    return float(steps.min()) if len(steps) else 0.0
