"""One force in, series of pulls out: repetitions or contractions with pauses between them, each series one effort."""

from __future__ import annotations

import numpy as np

from daq.assessments.model import Detection, Pace
from daq.core.mark import Floats, History, Mark, MarkKind, Piece, Span, runs
from daq.core.pull import LOADED_S, N_SD, PLATE_LOADED_N, QUIET_CELL_N, QUIET_PLATE_N, QUIET_SHARE

START_SHARE = 0.2
STOP_SHARE = 0.1
STOP_PART = 0.6
HOLD_S = 0.05
MERGED_S = 0.2
LEFT_S = 0.3
ENOUGH_S = 2.0

_ABOVE, _BETWEEN, _BELOW, _HOLE = 3, 2, 1, -1


class SeriesDetector:
    """Finds series of repetitions in one force, in whole stretches of 0.1 s whatever the blocks.

    Parameters
    ----------
    detection : Detection
        ``start_n``, ``min_s``, ``max_s``, ``lead_s``, ``tail_s``; ``end_s``: a pause that long ends the series.
    rate_hz : float
    is_on_plate : bool
        The person stands on what measures: nothing begins before the plate is loaded and was quiet for a second.
    pace : Pace, optional
        Once ``count`` repetitions are done, a pause a second longer than the one between them is enough.

    Notes
    -----
    The level is the mean of the last quiet second outside a series, 0 N on a cell before there was one. A repetition begins
    with 50 ms above level + max(``start_n``, 5 SD, 20 % of the highest force of the series above the level) and ends below
    max(0.6 ``start_n``, 10 %); pauses under 0.2 s are part of it, and it counts once it has lasted ``min_s``. A series without
    a repetition that counts was none. A hole does not count.
    """

    def __init__(self, detection: Detection, *, rate_hz: float, is_on_plate: bool = False, pace: Pace | None = None) -> None:
        self._detection = detection
        self._is_on_plate = is_on_plate
        self._history = History(rate_hz)
        rows = self._history.rows
        self._n_hold, self._n_merged = rows(HOLD_S), rows(MERGED_S)
        self._n_least, self._n_most, self._n_end = rows(detection.min_s), rows(detection.max_s), rows(detection.end_s)
        self._n_loaded, self._n_left = rows(LOADED_S), rows(LEFT_S)
        self._n_wanted = pace.count if pace is not None else 0
        enough_s = max(ENOUGH_S, pace.rest_s + 1.0) if pace is not None else detection.end_s
        self._n_enough = rows(min(detection.end_s, enough_s))
        self._marks: list[Mark] = []
        self._free_s = -np.inf
        self._forget()

    # --- in and out -----------------------------------------------------------------------------------------------

    def feed(self, t_s: Floats, force_n: Floats) -> list[Mark]:
        """Take the next rows: ``t_s`` (n,), ``force_n`` (n,), NaN in a hole; what they show."""
        for piece in self._history.grids(t_s, force_n):
            self._take(piece)
        return self._said()

    def finish(self) -> list[Mark]:
        """The record has ended or the signal is lost: a series under way is kept up to here."""
        for piece in self._history.rest():
            self._take(piece)
        if self._has_begun and self._history.newest_s is not None:
            self._end(self._history.newest_s)
        self._forget()
        return self._said()

    def _said(self) -> list[Mark]:
        said, self._marks = self._marks, []
        return said

    def _say(
        self, kind: MarkKind, t_s: float, *, span: Span | None = None, peak_n: float | None = None, n_done: int = 0
    ) -> None:
        self._marks.append(Mark(kind, t_s, span, peak_n, n_done))

    def _forget(self) -> None:
        self._level_n: float | None = None if self._is_on_plate else 0.0
        self._spread_n = 0.0
        self._is_quiet = self._is_loaded = self._is_released = False
        self._n_on = self._n_off = 0
        self._quiet_since = self._history.n_rows
        self._over()

    def _over(self) -> None:
        self._has_begun = self._is_up = self._is_counted = False
        self._began_row, self._began_s, self._ended_s = 0, 0.0, 0.0
        self._run_row, self._run_s, self._n_run = 0, 0.0, 0
        self._low_row, self._low_s, self._n_low = 0, 0.0, 0
        self._n_done, self._peak_n = 0, 0.0

    # --- rows -----------------------------------------------------------------------------------------------------

    def _take(self, piece: Piece) -> None:
        if self._is_on_plate:
            self._stand(piece)
        start_n, stop_n = self._limits_n()
        codes = np.full(len(piece.force_n), _BETWEEN, dtype=np.int8)
        codes[piece.force_n > start_n] = _ABOVE
        codes[piece.force_n < stop_n] = _BELOW
        codes[~np.isfinite(piece.force_n)] = _HOLE
        for code, first, stop in runs(codes, piece.first):
            if code == _HOLE:
                continue
            if self._is_up:
                self._step_up(code, first, stop, piece)
            else:
                self._step_down(code, first, stop, piece)
        self._tick(piece)

    def _limits_n(self) -> tuple[float, float]:
        """Where a repetition begins and ends now; fixed for one stretch."""
        if self._level_n is None:
            return np.inf, -np.inf
        d, above_n = self._detection, self._peak_n - self._level_n if self._has_begun else 0.0
        start_n = max(d.start_n, N_SD * self._spread_n, START_SHARE * above_n)
        return self._level_n + start_n, self._level_n + max(STOP_PART * d.start_n, STOP_SHARE * above_n)

    def _step_down(self, code: int, first: int, stop: int, piece: Piece) -> None:
        if code != _ABOVE:
            self._n_run = 0
            self._n_low += stop - first
            self._is_released = self._is_released or self._n_low >= self._n_hold
            return
        self._n_low = 0
        if not self._is_released:
            return
        if not self._n_run:
            self._run_row, self._run_s = first, piece.time_of(first)
        self._n_run += stop - first
        if self._n_run >= self._n_hold:
            self._rise()

    def _rise(self) -> None:
        self._is_up, self._is_counted, self._n_low = True, False, 0
        if self._has_begun:
            return
        self._has_begun = True
        self._began_row, self._began_s = self._run_row, self._run_s
        self._move(self._began_s)
        self._peak_n = self._highest_n(self._run_row)
        self._say(MarkKind.BEGAN, self._began_s, peak_n=self._peak_n)

    def _step_up(self, code: int, first: int, stop: int, piece: Piece) -> None:
        if code != _BELOW:
            self._n_low = 0
            return
        if not self._n_low:
            self._low_row, self._low_s = first, piece.time_of(first)
        self._n_low += stop - first
        if self._n_low >= self._n_merged:
            self._count(self._low_row)
            self._is_up, self._n_run = False, 0
            self._ended_s = self._low_s if self._is_counted or not self._n_done else self._ended_s
            self._quiet_since = self._low_row

    def _count(self, row: int) -> None:
        """The repetition under way has lasted up to ``row``."""
        if not self._is_counted and row - self._run_row >= self._n_least:
            self._is_counted = True
            self._n_done += 1
            self._say(MarkKind.COUNTED, self._run_s, peak_n=self._peak_n, n_done=self._n_done)

    def _highest_n(self, since: int) -> float:
        known_n = self._history.between(since, self._history.n_rows)
        known_n = known_n[np.isfinite(known_n)]
        return float(known_n.max()) if len(known_n) else 0.0

    # --- what it means --------------------------------------------------------------------------------------------

    def _tick(self, piece: Piece) -> None:
        """A stretch is over."""
        row, t_s = self._history.n_rows, float(piece.t_s[-1])
        if not self._has_begun:
            self._look_back(t_s)
            return
        if self._is_up:
            self._peak_n = max(self._peak_n, self._highest_n(piece.first))
            self._count(self._low_row if self._n_low else row)
        is_complete = 0 < self._n_wanted <= self._n_done
        n_pause = self._n_enough if is_complete else self._n_end
        if row - self._began_row >= self._n_most or (not self._is_up and row - self._low_row >= n_pause):
            self._end(t_s)

    def _end(self, t_s: float) -> None:
        if not self._n_done:
            self._say(MarkKind.ENDED, t_s)
        else:
            ended_s = t_s if self._is_up else self._ended_s
            stop_s = min(ended_s + self._detection.tail_s, t_s)
            start_s = max(self._began_s - self._detection.lead_s, self._free_s, self._history.first_s)
            self._free_s = stop_s
            self._say(MarkKind.ENDED, stop_s, span=Span(start_s, stop_s, self._began_s, ended_s), peak_n=self._peak_n)
        # Somebody who is still pulling lets go before the next series.
        self._is_released = not self._is_up
        self._over()

    def _move(self, t_s: float) -> None:
        if self._is_quiet:
            self._is_quiet = False
            self._say(MarkKind.MOVED, t_s)

    def _look_back(self, t_s: float) -> None:
        seen = self._history.quiet_window(self._quiet_since) if self._is_loaded or not self._is_on_plate else None
        if seen is None or self._n_run:
            return
        mean_n, spread_n = seen
        limit_n = max(QUIET_PLATE_N, QUIET_SHARE * mean_n) if self._is_on_plate else QUIET_CELL_N
        if spread_n > limit_n:
            self._move(t_s)
            return
        self._level_n, self._spread_n = mean_n, spread_n
        if not self._is_quiet:
            self._is_quiet = True
            self._say(MarkKind.QUIET, t_s)

    def _stand(self, piece: Piece) -> None:
        """Is anybody on the plate?"""
        codes = np.where(piece.force_n > PLATE_LOADED_N, 1, 0).astype(np.int8)
        codes[~np.isfinite(piece.force_n)] = _HOLE
        for code, first, stop in runs(codes, piece.first):
            if code == _HOLE:
                continue
            self._n_on, self._n_off = (self._n_on + stop - first, 0) if code else (0, self._n_off + stop - first)
            if not self._is_loaded and self._n_on >= self._n_loaded:
                self._is_loaded, self._quiet_since = True, first
                self._say(MarkKind.LOADED, piece.time_of(first))
            elif self._is_loaded and self._n_off >= self._n_left:
                self._step_off(float(piece.t_s[-1]))

    def _step_off(self, t_s: float) -> None:
        if self._has_begun:
            self._end(t_s)
        self._move(t_s)
        self._say(MarkKind.UNLOADED, t_s)
        self._forget()
