"""A curve to the smallest and largest force in each column of a picture, so that a peak of one sample is never lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_GAP_STEPS = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """``low_n`` and ``high_n`` (n_columns,), NaN where there is nothing; ``has_hole`` (n_columns,) marks missing samples."""

    low_n: Floats
    high_n: Floats
    has_hole: Flags

    @property
    def range_n(self) -> tuple[float, float]:
        """Smallest and largest force; (0, 0) where there is none."""
        if not self.low_n.size or np.isnan(self.low_n).all():
            return 0.0, 0.0
        return float(np.fmin.reduce(self.low_n)), float(np.fmax.reduce(self.high_n))

    def in_pairs(self) -> Columns:
        """Half as many columns, each covering two."""
        return Columns(
            np.fmin(self.low_n[::2], self.low_n[1::2]),
            np.fmax(self.high_n[::2], self.high_n[1::2]),
            self.has_hole[::2] | self.has_hole[1::2],
        )


def columns(t_s: Floats, force_n: Floats, edges_s: Floats) -> Columns:
    """Extremes of the curve between neighbouring ``edges_s`` (n_columns + 1,), rising.

    Parameters
    ----------
    t_s, force_n : (n,)
        Time in s, rising, and force in N, NaN in a hole.
    edges_s : (n_columns + 1,)
        Borders of the columns in s; a sample on a border belongs to the column that begins there.

    Notes
    -----
    The curve is the samples joined by straight lines, so a column also holds the curve's height at its borders: neighbouring
    columns touch, and a slow device draws a line and no dots. Nothing joins across a NaN, nor across a pause of more than
    six mean steps.
    """
    n_columns = edges_s.size - 1
    first, last = np.searchsorted(t_s, [edges_s[0], edges_s[-1]])
    first, last = max(int(first) - 1, 0), min(int(last) + 1, t_s.size)
    t_s, force_n = t_s[first:last], force_n[first:last]
    if t_s.size == 0:
        nothing = np.full(n_columns, np.nan)
        return Columns(nothing, nothing, np.zeros(n_columns, dtype=np.bool_))
    index = np.searchsorted(t_s, edges_s)
    padded = np.append(force_n, np.nan)
    is_empty = index[:-1] == index[1:]
    low = np.where(is_empty, np.nan, np.fmin.reduceat(padded, index)[:-1])
    high = np.where(is_empty, np.nan, np.fmax.reduceat(padded, index)[:-1])
    at_edge = _height_at(t_s, padded, edges_s, index=index)
    missing = np.logical_or.reduceat(np.append(np.isnan(force_n), np.False_), index)[:-1] & ~is_empty
    return Columns(np.fmin(low, np.fmin(at_edge[:-1], at_edge[1:])), np.fmax(high, np.fmax(at_edge[:-1], at_edge[1:])), missing)


def _height_at(t_s: Floats, padded_n: Floats, edges_s: Floats, *, index: NDArray[np.intp]) -> Floats:
    n = t_s.size
    if n < 2:  # noqa: PLR2004, a line needs two points
        return np.full(edges_s.size, np.nan)
    after = np.clip(index, 1, n - 1)
    step_s = t_s[after] - t_s[after - 1]
    is_joined = (index > 0) & (index < n) & (step_s > 0) & (step_s <= _GAP_STEPS * (t_s[-1] - t_s[0]) / (n - 1))
    share = (edges_s - t_s[after - 1]) / np.where(step_s > 0, step_s, 1.0)
    before_n, after_n = padded_n[after - 1], padded_n[after]
    height = before_n + share * (after_n - before_n)
    height = np.clip(height, np.minimum(before_n, after_n), np.maximum(before_n, after_n))  # rounding adds no force
    return np.where(is_joined, height, np.nan)
