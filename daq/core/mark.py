"""What a detector says, and what every detector does: rows cut at fixed places, so that no answer depends on the blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from daq.core.ring import Ring
from daq.errors import UsageError

Floats = NDArray[np.float64]

QUIET_WINDOW_S = 1.0
GRID_S = 0.1
_HISTORY_S = 3.0

HOLE, LOW, MIDDLE, HIGH = -1, 0, 1, 2


class MarkKind(StrEnum):
    """What has been seen."""

    LOADED = "loaded"
    UNLOADED = "unloaded"
    QUIET = "quiet"
    MOVED = "moved"
    BEGAN = "began"
    COUNTED = "counted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Span:
    """One effort: kept from ``start_s`` to ``stop_s``; what is asked of the person lies from ``began_s`` to ``ended_s``.

    Jump, hops: first take-off to last landing; drop jump: contact to landing; landing: contact to the end of the first half
    second; pull, hold, stance: all of it; repetitions, contractions: the first to the last.
    """

    start_s: float
    stop_s: float
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing seen at ``t_s``. ``peak_n``: highest force so far of an effort (jump: before take-off).

    COUNTED comes in a series, ``n_done`` of it so far: a hop, a repetition, a contraction. Every BEGAN is followed by one
    ENDED; its ``span`` is None when the effort turned out to be none (stepped off, too short).
    ENDED comes when the tail of the effort is over, so QUIET may stand between the two.
    """

    kind: MarkKind
    t_s: float
    span: Span | None = None
    peak_n: float | None = None
    n_done: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Consecutive rows that never cross the grid: the first one's number, times (n,), newtons (n,)."""

    first: int
    t_s: Floats
    force_n: Floats
    is_grid_end: bool

    def time_of(self, row: int) -> float:
        """Time of row number ``row``, which lies in this piece."""
        return float(self.t_s[row - self.first])


class History:
    """Blocks of any length in, pieces that end at fixed row numbers out; holds the last seconds for means and spreads."""

    def __init__(self, rate_hz: float) -> None:
        if not rate_hz > 0:
            raise UsageError(f"A detector needs a rate above 0 Hz, not {rate_hz}.")
        self.rate_hz = rate_hz
        self.n_grid = self.rows(GRID_S)
        self.n_window = max(2, self.rows(QUIET_WINDOW_S))
        self.n_rows = 0
        self.newest_s: float | None = None
        self.first_s = -np.inf
        self._ring: Ring[np.float64] = Ring(self.rows(_HISTORY_S) + self.n_grid + 2, 1)
        self._held: list[Piece] = []

    def rows(self, duration_s: float) -> int:
        """``duration_s`` in rows, at least one."""
        return max(1, round(duration_s * self.rate_hz))

    def pieces(self, t_s: Floats, force_n: Floats) -> Iterator[Piece]:
        """The block, cut at the grid."""
        done = 0
        while done < len(t_s):
            stop = min(len(t_s), done + self.n_grid - self.n_rows % self.n_grid)
            piece_t_s, piece_n = t_s[done:stop], force_n[done:stop]
            self._ring.append(piece_n[:, np.newaxis])
            first = self.n_rows
            self.n_rows += stop - done
            if not first:
                self.first_s = float(piece_t_s[0])
            self.newest_s = float(piece_t_s[-1])
            yield Piece(first, piece_t_s, piece_n, self.n_rows % self.n_grid == 0)
            done = stop

    def grids(self, t_s: Floats, force_n: Floats) -> Iterator[Piece]:
        """Every stretch of the grid that this block completes: the same stretches whatever the blocks."""
        for piece in self.pieces(t_s, force_n):
            self._held.append(piece)
            if piece.is_grid_end:
                yield self._joined()

    def rest(self) -> Iterator[Piece]:
        """The rows behind the last complete stretch, at the end of the record."""
        if self._held:
            yield self._joined()

    def _joined(self) -> Piece:
        held, self._held = self._held, []
        if len(held) == 1:
            return held[0]
        t_s, force_n = (np.concatenate([getattr(p, name) for p in held]) for name in ("t_s", "force_n"))
        return Piece(held[0].first, t_s, force_n, held[-1].is_grid_end)

    def between(self, first: int, stop: int) -> Floats:
        """Newtons of rows ``first`` to ``stop`` (not included), as far as they are held."""
        return self._ring.between(first, stop)[:, 0]

    def quiet_window(self, since: int) -> tuple[float, float] | None:
        """Mean and sample SD of the last second; None while it reaches back beyond row ``since`` or has a hole."""
        if self.n_rows - self.n_window < since:
            return None
        window = self.between(self.n_rows - self.n_window, self.n_rows)
        mean = float(window.mean())
        return (mean, float(window.std(ddof=1))) if np.isfinite(mean) else None


def runs(codes: NDArray[np.int8], first: int) -> Iterator[tuple[int, int, int]]:
    """Equal neighbours of ``codes`` as (code, first row, stop row); rows count from ``first``."""
    borders = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
    for k in range(len(borders) - 1):
        yield int(codes[borders[k]]), first + borders[k], first + borders[k + 1]
