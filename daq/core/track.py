"""One device's limbs: blocks of newtons in, rings of ticks, raw newtons and causal newtons out; a loss is a hole (NaN)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from daq.block import Limb
from daq.core.filter import CausalFilter
from daq.core.ring import Ring
from daq.errors import UsageError

Floats = NDArray[np.float64]
Ticks = NDArray[np.int64]

_FEWEST_ROWS = 16


class Track:
    """What one device has measured lately, on its own clock.

    Parameters
    ----------
    limbs : tuple of Limb
        Columns of the newtons.
    tick_hz : float
        Device ticks a second.
    rate_hz : float
        Rows a second, as declared or measured.
    keep_s : float
        How much the rings hold.
    cutoff_hz : float
        Of the causal filter.

    Notes
    -----
    Rows are numbered from 0 since the track began, lost rows included.
    The filter runs behind, when ``causal`` is asked for or half a ring has gathered. It sees every row exactly once and its
    output does not depend on the cuts, so ``causal`` does not depend on when anybody looked; and scipy is not loaded earlier.
    """

    def __init__(
        self, limbs: tuple[Limb, ...], *, tick_hz: float, rate_hz: float, keep_s: float = 120.0, cutoff_hz: float
    ) -> None:
        if not (tick_hz > 0 and rate_hz > 0):
            raise UsageError(f"A track needs a tick rate and a sample rate above 0 Hz, not {tick_hz} and {rate_hz}.")
        self.limbs = limbs
        self.tick_hz = tick_hz
        self.rate_hz = rate_hz
        self.cutoff_hz = cutoff_hz
        self.n_lost = 0
        capacity = max(_FEWEST_ROWS, math.ceil(keep_s * rate_hz))
        self._ticks: Ring[np.int64] = Ring(capacity, 1, np.int64)
        self._raw: Ring[np.float64] = Ring(capacity, len(limbs))
        self._causal: Ring[np.float64] = Ring(capacity, len(limbs))
        self._filter: CausalFilter | None = None

    @property
    def n_total(self) -> int:
        """Rows since the beginning, holes included."""
        return self._raw.n_total

    @property
    def first_kept(self) -> int:
        """Number of the oldest row that is still held."""
        return self._raw.first_kept

    @property
    def newest_tick(self) -> int | None:
        """Tick of the newest row; None before the first."""
        return int(self._ticks.last(1)[0, 0]) if self.n_total else None

    @property
    def measured_rate_hz(self) -> float | None:
        """Rows held per second of the device's clock; None before the clock has moved."""
        ticks = self._ticks.last(self._ticks.capacity)
        span = int(ticks[-1, 0] - ticks[0, 0]) if len(ticks) else 0
        return (len(ticks) - 1) * self.tick_hz / span if span > 0 else None

    def append(self, tick: Ticks, newtons: Floats, n_lost: int = 0) -> None:
        """Take rows as they came: ``tick`` (n,), ``newtons`` (n, n_limbs); ``n_lost`` rows are missing just before them."""
        if not len(tick):
            return
        if n_lost > 0:
            self._append_hole(int(tick[0]), n_lost)
        step = self._raw.capacity // 2
        for first in range(0, len(tick), step):
            self._make_room(min(step, len(tick) - first))
            self._ticks.append(tick[first : first + step, np.newaxis])
            self._raw.append(newtons[first : first + step])

    def _append_hole(self, next_tick: int, n_lost: int) -> None:
        before = self.newest_tick
        step = self.tick_hz / self.rate_hz if before is None else (next_tick - before) / (n_lost + 1)
        n_kept = min(n_lost, self._raw.capacity)
        if self.n_total + n_lost - self._causal.n_total > self._raw.capacity:
            self.catch_up()
        ticks = next_tick - np.rint(np.arange(n_kept, 0, -1) * step).astype(np.int64)
        self._ticks.append(ticks[:, np.newaxis], n_unstored=n_lost - n_kept)
        self._raw.append(np.full((n_kept, len(self.limbs)), np.nan), n_unstored=n_lost - n_kept)
        self.n_lost += n_lost

    def _make_room(self, n_rows: int) -> None:
        if self.n_total + n_rows - self._causal.n_total > self._raw.capacity // 2:
            self.catch_up()

    def catch_up(self) -> None:
        """Filter what has gathered since the last time."""
        if self._causal.n_total == self.n_total:
            return
        if self._filter is None:
            self._filter = CausalFilter(self.cutoff_hz, rate_hz=self.rate_hz, n_channels=len(self.limbs))
        n_unstored = max(0, self.first_kept - self._causal.n_total)
        rows = self._raw.between(self._causal.n_total, self.n_total)
        self._causal.append(self._filter.apply(rows), n_unstored=n_unstored)

    def ticks(self, first: int, stop: int) -> Ticks:
        """Ticks of rows ``first`` to ``stop`` (not included), as far as they are held; a view, shape (n,)."""
        return self._ticks.between(first, stop)[:, 0]

    def newtons(self, first: int, stop: int) -> Floats:
        """Raw newtons of these rows; a view, shape (n, n_limbs), NaN in a hole."""
        return self._raw.between(first, stop)

    def causal(self, first: int, stop: int) -> Floats:
        """Filtered newtons of these rows; a view, shape (n, n_limbs), NaN in a hole."""
        self.catch_up()
        return self._causal.between(first, stop)

    def recent_mean_n(self, last_s: float) -> Floats:
        """Plain mean of the raw newtons of the newest ``last_s``, shape (n_limbs,); NaN where none came. Needs no filter."""
        rows = self._raw.last(max(1, round(last_s * self.rate_hz)))
        is_good = np.isfinite(rows)
        n_good = is_good.sum(axis=0)
        total = np.where(is_good, rows, 0.0).sum(axis=0)
        mean: Floats = np.divide(total, n_good, out=np.full(len(self.limbs), np.nan), where=n_good > 0)
        return mean
