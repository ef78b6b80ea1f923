"""Force of a pull in, efforts out: quiet, began, ended, while the force flows."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from daq.assessments.model import Detection
from daq.core.mark import HIGH, HOLE, LOW, MIDDLE, Floats, History, Mark, MarkKind, Piece, Span, runs

N_SD = 5.0
HOLD_S = 0.05
END_S = 0.1
LOADED_S = 0.05
LEFT_S = 0.3
PLATE_LOADED_N = 100.0
QUIET_CELL_N = 1.0
QUIET_PLATE_N = 10.0
QUIET_SHARE = 0.015


class _State(StrEnum):
    EMPTY = "empty"
    IDLE = "idle"
    ACTIVE = "active"
    TAIL = "tail"


class PullDetector:
    """Finds pulls, pushes and squeezes in one force, row by row, whatever the blocks.

    Parameters
    ----------
    detection : Detection
        ``start_n``, ``end_share``, ``min_s``, ``max_s``, ``lead_s``, ``tail_s``.
    rate_hz : float
        Rows a second. Durations are counted in rows; times are only passed on.
    is_on_plate : bool
        The person stands on what measures: nothing begins before the plate is loaded (> 100 N) and was quiet for a second.

    Notes
    -----
    The level is the mean of the last quiet second outside an effort (SD up to 1 N on a cell, max(10 N, 1.5 %) on a plate),
    0 N on a cell before there was one. An effort begins with 50 ms above level + max(start_n, 5 SD of that second). It ends
    with 100 ms below level + ``end_share`` * (peak - level), or after ``max_s``; shorter than ``min_s`` it was none. An
    effort begins only after 50 ms at or below the threshold. A hole does not count.
    """

    def __init__(self, detection: Detection, *, rate_hz: float, is_on_plate: bool = False) -> None:
        self._detection = detection
        self._is_on_plate = is_on_plate
        self._history = History(rate_hz)
        rows = self._history.rows
        self._n_hold, self._n_end = rows(HOLD_S), rows(END_S)
        self._n_loaded, self._n_left = rows(LOADED_S), rows(LEFT_S)
        self._n_least, self._n_most = rows(detection.min_s), rows(detection.max_s)
        self._n_tail = rows(detection.tail_s)
        self._marks: list[Mark] = []
        self._free_s = -np.inf
        self._empty()

    # --- in and out -----------------------------------------------------------------------------------------------

    def feed(self, t_s: Floats, force_n: Floats) -> list[Mark]:
        """Take the next rows: ``t_s`` (n,), ``force_n`` (n,), NaN in a hole; what they show."""
        for piece in self._history.pieces(t_s, force_n):
            row = piece.first
            while row < piece.first + len(piece.t_s):
                row = self._step(row, piece)
            if piece.is_grid_end:
                self._look_back(float(piece.t_s[-1]))
        return self._said()

    def finish(self) -> list[Mark]:
        """The record has ended or the signal is lost: close what is open. A pull under way is kept up to here."""
        newest_s = self._history.newest_s
        if newest_s is not None and self._state is _State.ACTIVE:
            self._close(self._history.n_rows, newest_s)
        if newest_s is not None and self._state is _State.TAIL:
            self._end(newest_s)
        self._empty()
        return self._said()

    def _said(self) -> list[Mark]:
        said, self._marks = self._marks, []
        return said

    def _say(self, kind: MarkKind, t_s: float, *, span: Span | None = None, peak_n: float | None = None) -> None:
        self._marks.append(Mark(kind, t_s, span, peak_n))

    def _empty(self) -> None:
        self._state = _State.EMPTY if self._is_on_plate else _State.IDLE
        self._level_n: float | None = None if self._is_on_plate else 0.0
        self._spread_n = 0.0
        self._is_quiet = False
        self._is_released = False
        self._quiet_since = self._history.n_rows
        self._n_run = self._n_low = self._n_off = 0
        self._run_row, self._run_s = 0, 0.0
        self._began_row, self._began_s, self._ended_s = 0, 0.0, 0.0
        self._tail_row = 0
        self._peak_n = self._effort_peak_n = 0.0

    # --- rows -----------------------------------------------------------------------------------------------------

    def _step(self, row: int, piece: Piece) -> int:
        """Take rows from ``row`` on, up to the end of the piece or the next change of state; where to go on."""
        force_n = piece.force_n[row - piece.first :]
        if self._state is _State.ACTIVE:
            return self._step_active(row, force_n, piece)
        if self._state is _State.TAIL:
            if row >= self._tail_row:
                self._end(piece.time_of(row))
                self._state = _State.IDLE
            else:
                force_n = force_n[: self._tail_row - row]
        is_empty = self._state is _State.EMPTY
        for code, first, stop in runs(self._codes(force_n), row):
            if code == HOLE:
                continue
            reached = self._step_empty(code, first, stop, piece) if is_empty else self._step_idle(code, first, stop, piece)
            if reached is not None:
                return reached
        return row + len(force_n)

    def _codes(self, force_n: Floats) -> NDArray[np.int8]:
        """HIGH above the threshold (empty plate: loaded), LOW on a plate without load, MIDDLE between."""
        codes = np.full(len(force_n), MIDDLE, dtype=np.int8)
        codes[force_n > self._threshold_n()] = HIGH
        if self._is_on_plate:
            codes[force_n <= PLATE_LOADED_N] = LOW
        codes[~np.isfinite(force_n)] = HOLE
        return codes

    def _threshold_n(self) -> float:
        if self._state is _State.EMPTY:
            return PLATE_LOADED_N
        return np.inf if self._level_n is None else self._level_n + max(self._detection.start_n, N_SD * self._spread_n)

    def _step_empty(self, code: int, row: int, stop: int, piece: Piece) -> int | None:
        if code != HIGH:
            self._n_run = 0
            return None
        reached = self._count_run(row, stop, piece, wanted=self._n_loaded)
        if self._n_run < self._n_loaded:
            return None
        self._say(MarkKind.LOADED, self._run_s)
        self._state = _State.IDLE
        self._quiet_since = self._run_row
        self._n_run = 0
        return reached

    def _step_idle(self, code: int, row: int, stop: int, piece: Piece) -> int | None:
        if code == HIGH:
            self._n_low = self._n_off = 0
            if not self._is_released:
                return None
            reached = self._count_run(row, stop, piece, wanted=self._n_hold)
            if self._n_run < self._n_hold:
                return None
            self._begin()
            return reached
        self._n_run = 0
        self._n_low += stop - row
        self._is_released = self._is_released or self._n_low >= self._n_hold
        if code != LOW:
            self._n_off = 0
            return None
        reached = min(stop, row + max(1, self._n_left - self._n_off))
        self._n_off += reached - row
        if self._n_off < self._n_left:
            return None
        self._leave(piece.time_of(reached - 1))
        return reached

    def _count_run(self, row: int, stop: int, piece: Piece, *, wanted: int) -> int:
        if not self._n_run:
            self._run_row, self._run_s, self._peak_n = row, piece.time_of(row), -np.inf
        reached = min(stop, row + wanted - self._n_run)
        self._n_run += reached - row
        self._peak_n = max(self._peak_n, float(piece.force_n[row - piece.first : reached - piece.first].max()))
        return reached

    def _step_active(self, row: int, force_n: Floats, piece: Piece) -> int:
        force_n = force_n[: max(1, self._began_row + self._n_most - row)]
        known_n = np.where(np.isfinite(force_n), force_n, -np.inf)
        peaks_n = np.maximum.accumulate(np.maximum(known_n, self._peak_n))
        level_n = self._level_n or 0.0
        codes = np.where(force_n < level_n + self._detection.end_share * (peaks_n - level_n), LOW, HIGH).astype(np.int8)
        codes[~np.isfinite(force_n)] = HOLE
        for code, first, stop in runs(codes, row):
            if code == HIGH:
                self._n_low = 0
            if code != LOW:
                continue
            if not self._n_low:
                self._run_row, self._run_s = first, piece.time_of(first)
            reached = min(stop, first + self._n_end - self._n_low)
            self._n_low += reached - first
            if self._n_low >= self._n_end:
                self._peak_n = float(peaks_n[reached - 1 - row])
                self._close(self._run_row, self._run_s)
                return reached
        self._peak_n = float(peaks_n[-1])
        reached = row + len(force_n)
        if reached >= self._began_row + self._n_most:
            self._close(reached - 1, piece.time_of(reached - 1))
        return reached

    # --- what it means --------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._state is _State.TAIL:
            self._end(self._run_s)
        self._move(self._run_s)
        self._state = _State.ACTIVE
        self._began_row, self._began_s = self._run_row, self._run_s
        self._n_run = self._n_low = self._n_off = 0
        self._is_released = False
        self._effort_peak_n = self._peak_n
        self._say(MarkKind.BEGAN, self._began_s, peak_n=self._peak_n)

    def _close(self, ended_row: int, ended_s: float) -> None:
        """The force has come down, or the time is over."""
        self._ended_s = ended_s
        self._effort_peak_n = self._peak_n
        self._quiet_since = ended_row
        self._n_run = self._n_low = self._n_off = 0
        if ended_row - self._began_row < self._n_least:
            self._state = _State.IDLE
            self._say(MarkKind.ENDED, ended_s)
            return
        self._state = _State.TAIL
        self._tail_row = ended_row + self._n_tail

    def _end(self, now_s: float) -> None:
        """The effort is complete with its tail, at the latest ``now_s``."""
        stop_s = min(self._ended_s + self._detection.tail_s, now_s)
        start_s = max(self._began_s - self._detection.lead_s, self._free_s, self._history.first_s)
        self._free_s = stop_s
        span = Span(start_s, stop_s, self._began_s, self._ended_s)
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._effort_peak_n)

    def _leave(self, now_s: float) -> None:
        if self._state is _State.TAIL:
            self._end(now_s)
        self._move(now_s)
        self._say(MarkKind.UNLOADED, now_s)
        self._empty()

    def _move(self, t_s: float) -> None:
        if self._is_quiet:
            self._is_quiet = False
            self._say(MarkKind.MOVED, t_s)

    def _look_back(self, t_s: float) -> None:
        """Once per grid: is it quiet, and at which level?"""
        if self._state not in (_State.IDLE, _State.TAIL) or self._n_run:
            return
        seen = self._history.quiet_window(self._quiet_since)
        if seen is None:
            return
        mean_n, spread_n = seen
        limit_n = max(QUIET_PLATE_N, QUIET_SHARE * mean_n) if self._is_on_plate else QUIET_CELL_N
        if spread_n <= limit_n:
            self._level_n, self._spread_n = mean_n, spread_n
        if (spread_n <= limit_n) != self._is_quiet:
            self._is_quiet = not self._is_quiet
            self._say(MarkKind.QUIET if self._is_quiet else MarkKind.MOVED, t_s)
