"""A centre of pressure as it came to even steps between two times, NaN where rows are missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daq.metrics.effort import Cop, Floats

MOST_ROWS_PER_SAMPLE = 50


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Times and both coordinates, each (n,), at an even step."""

    t_s: Floats
    ml_m: Floats
    ap_m: Floats

    @staticmethod
    def is_sound(cop: Cop) -> bool:
        """Its columns belong together and its time rises."""
        t = cop.t_s
        if len(t) != len(cop.ml_m) or len(t) != len(cop.ap_m) or not np.isfinite(t).all():
            return False
        if not np.isfinite(cop.rate_hz) or cop.rate_hz <= 0:
            return False
        # A time axis in another unit than s would ask for absurd lengths.
        n_steps = float(t[-1] - t[0]) * cop.rate_hz
        return bool((t[1:] >= t[:-1]).all()) and n_steps <= MOST_ROWS_PER_SAMPLE * len(t) + 1000

    @classmethod
    def of(cls, cop: Cop, *, start_s: float, stop_s: float) -> Track:
        """The rows from ``start_s`` to ``stop_s``, both included, on an even step.

        >>> cop = Cop(np.array([0.0, 0.01, 0.03]), np.arange(3.0), np.zeros(3), 100.0, "cop.columns")
        >>> Track.of(cop, start_s=0.005, stop_s=1.0).ml_m.tolist()
        [1.0, nan, 2.0]
        """
        tiny = 1e-3 / cop.rate_hz
        part = slice(int(np.searchsorted(cop.t_s, start_s - tiny)), int(np.searchsorted(cop.t_s, stop_s + tiny)))
        t, ml, ap = cop.t_s[part], cop.ml_m[part], cop.ap_m[part]
        if len(t) < 2:  # noqa: PLR2004, one row has no step
            return cls(t, ml, ap)
        rows = np.rint((t - t[0]) * cop.rate_hz).astype(np.intp)
        n = int(rows[-1]) + 1
        if n == len(t) and bool((rows[1:] > rows[:-1]).all()):
            return cls(t, ml, ap)
        # The first of several readings of the same moment is kept.
        rows, first = np.unique(rows, return_index=True)
        made = np.full((2, n), np.nan)
        made[:, rows] = ml[first], ap[first]
        return cls(float(t[0]) + np.arange(n) / cop.rate_hz, made[0], made[1])
