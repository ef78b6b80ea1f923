"""Blocks of rows in, contiguous views of the newest rows out: every row is written twice, so that no view ever wraps."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from daq.errors import UsageError

Scalar = TypeVar("Scalar", bound=np.generic)


class Ring(Generic[Scalar]):
    """The newest ``capacity`` rows of ``n_columns`` columns.

    Parameters
    ----------
    capacity : int
        Rows kept.
    n_columns : int
        Columns of a row.
    dtype : dtype
        Type of a cell.

    Notes
    -----
    Storage has ``2 * capacity`` rows; row ``i`` stands at ``i % capacity`` and again ``capacity`` rows later.
    Views stay valid until the next ``append`` and cannot be written to.
    """

    def __init__(self, capacity: int, n_columns: int, dtype: DTypeLike = np.float64) -> None:
        if capacity < 1 or n_columns < 1:
            raise UsageError(f"A ring needs at least one row and one column, not {capacity} and {n_columns}.")
        self.capacity = capacity
        self.n_total = 0
        self._rows: NDArray[Any] = np.zeros((2 * capacity, n_columns), dtype=dtype)
        self._view = self._rows.view()
        self._view.flags.writeable = False

    @property
    def first_kept(self) -> int:
        """Number, since the beginning, of the oldest row that is still held."""
        return max(0, self.n_total - self.capacity)

    def append(self, rows: NDArray[Scalar], n_unstored: int = 0) -> None:
        """Add ``rows``, shape (n, n_columns), of any length.

        ``n_unstored`` rows are counted before them without being held; then ``rows`` must fill the whole ring.
        """
        if n_unstored and len(rows) < self.capacity:
            raise UsageError(f"Rows can only be passed over when {self.capacity} follow, not {len(rows)}.")
        self.n_total += n_unstored + len(rows)
        kept = rows[-self.capacity :]
        start = (self.n_total - len(kept)) % self.capacity
        n_before_wrap = min(len(kept), self.capacity - start)
        self._write(start, kept[:n_before_wrap])
        if n_before_wrap < len(kept):
            self._write(0, kept[n_before_wrap:])

    def _write(self, start: int, rows: NDArray[Scalar]) -> None:
        stop = start + len(rows)
        self._rows[start:stop] = rows
        self._rows[start + self.capacity : stop + self.capacity] = rows

    def last(self, k: int) -> NDArray[Scalar]:
        """View of the newest ``k`` rows, fewer where fewer are held; shape (<= k, n_columns)."""
        return self.between(self.n_total - k, self.n_total)

    def between(self, first: int, stop: int) -> NDArray[Scalar]:
        """View of rows ``first`` to ``stop`` (not included), counted since the beginning; what is not held is left out."""
        stop = min(stop, self.n_total)
        first = max(first, self.first_kept)
        if first >= stop:
            return self._view[:0]
        end = self.n_total % self.capacity + self.capacity
        return self._view[end - (self.n_total - first) : end - (self.n_total - stop)]
