"""Total force on a plate in, jumps out: loaded, quiet, take-off, landing, while the force flows."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from daq.assessments.model import Detection
from daq.core.mark import HIGH, HOLE, LOW, MIDDLE, Floats, History, Mark, MarkKind, Piece, Span, runs

FLIGHT_N = 20.0
FLIGHT_SHARE = 0.05
QUIET_N = 10.0
QUIET_SHARE = 0.015
LOADED_S = 0.05
GAP_S = 0.02
SHORTEST_FLIGHT_S = 0.1
LONGEST_FLIGHT_S = 1.2
SHORTEST_CONTACT_S = 0.1
LEFT_S = 0.3
LONGEST_LEAD_S = 10.0
BEFORE_LOADED_S = 0.5
PUSH_S = 0.6
LEVEL_S = 1.0
PUSH_SHARE = 1.25


class _State(StrEnum):
    EMPTY = "empty"
    LOADED = "loaded"
    FLIGHT = "flight"
    LANDED = "landed"


class JumpDetector:
    """Finds jumps in the sum of the plates, row by row, whatever the blocks.

    Parameters
    ----------
    detection : Detection
        ``start_n``: the plate counts as loaded above it; ``tail_s``: kept after the landing, less once the person has stood
        still for ``still_s``.
    rate_hz : float
        Rows a second. Durations are counted in rows; times are only passed on.

    Notes
    -----
    Flight: below max(20 N, 5 % of the mean load), interruptions under 20 ms merged, 0.1 to 1.2 s, after at least 0.1 s of load.
    Before it somebody pushed: the highest force of the last 0.6 s is at least 1.25 times the lower quartile of the last second
    of load, which tells a jump from a step off the plate. It ends with 20 ms of load.
    A span begins with the load (0.5 s before), but not before the landing of the jump before it: one contact may stand in two.
    A hole is neither load nor flight: it does not count, and nothing begins or ends in it.
    """

    def __init__(self, detection: Detection, *, rate_hz: float) -> None:
        self._detection = detection
        self._history = History(rate_hz)
        rows = self._history.rows
        self._n_loaded, self._n_gap = rows(LOADED_S), rows(GAP_S)
        self._n_flight, self._n_longest = rows(SHORTEST_FLIGHT_S), rows(LONGEST_FLIGHT_S)
        self._n_contact, self._n_left = rows(SHORTEST_CONTACT_S), rows(LEFT_S)
        self._n_tail, self._n_still = rows(detection.tail_s), rows(detection.still_s)
        self._n_level, self._n_push = rows(LEVEL_S), rows(PUSH_S)
        self._n_reach = rows(LEVEL_S + 1.0)
        self._marks: list[Mark] = []
        self._flight_n = FLIGHT_N
        self._free_s = -np.inf
        self._empty()

    # --- in and out -----------------------------------------------------------------------------------------------

    def feed(self, t_s: Floats, force_n: Floats) -> list[Mark]:
        """Take the next rows: ``t_s`` (n,), ``force_n`` (n,), NaN in a hole; what they show."""
        for piece in self._history.pieces(t_s, force_n):
            self._piece(piece)
        return self._said()

    def finish(self) -> list[Mark]:
        """The record has ended or the signal is lost: close what is open. A jump in the air is kept up to here."""
        newest_s = self._history.newest_s
        if newest_s is not None and self._state is _State.FLIGHT:
            self._landing_s = newest_s
            self._end(newest_s)
        elif newest_s is not None and self._state is _State.LANDED:
            self._end(newest_s)
        self._empty()
        return self._said()

    def _empty(self) -> None:
        self._state = _State.EMPTY
        self._is_quiet = False
        self._n_high = self._n_contact_rows = 0
        self._landing_row, self._landing_s = 0, 0.0
        self._still_row: int | None = None
        self._take_off_s, self._start_s = 0.0, 0.0
        self._peak_n = self._push_n = 0.0
        self._load_row, self._load_s = 0, 0.0
        self._low_row, self._low_s = 0, 0.0
        self._gap_row, self._gap_s = 0, 0.0
        self._forget_dip()

    def _forget_dip(self) -> None:
        self._n_dip = self._n_gap_rows = self._n_gap_high = 0

    def _said(self) -> list[Mark]:
        said, self._marks = self._marks, []
        return said

    def _say(self, kind: MarkKind, t_s: float, *, span: Span | None = None, peak_n: float | None = None) -> None:
        self._marks.append(Mark(kind, t_s, span, peak_n))

    # --- rows -----------------------------------------------------------------------------------------------------

    def _piece(self, piece: Piece) -> None:
        for code, first, stop in runs(self._codes(piece.force_n), piece.first):
            row = stop if code == HOLE else first
            while row < stop:
                row = self._step(code, row, stop, piece)
        if piece.is_grid_end:
            self._look_back(float(piece.t_s[-1]))

    def _codes(self, force_n: Floats) -> NDArray[np.int8]:
        codes = np.full(len(force_n), MIDDLE, dtype=np.int8)
        codes[force_n < self._flight_n] = LOW
        codes[force_n > self._detection.start_n] = HIGH
        codes[~np.isfinite(force_n)] = HOLE
        return codes

    def _step(self, code: int, row: int, stop: int, piece: Piece) -> int:
        """Take rows of one code from ``row`` on, up to ``stop`` or the next change of state; where to go on."""
        if self._state is _State.EMPTY:
            return self._step_empty(code, row, stop, piece)
        if self._state is _State.LANDED:
            if row >= self._landing_row + self._n_tail:
                self._end(piece.time_of(row))
                self._state = _State.LOADED
            else:
                stop = min(stop, self._landing_row + self._n_tail)
        if code == LOW:
            return self._step_low(row, stop, piece)
        if self._n_dip:
            return self._step_gap(code, row, stop, piece)
        self._n_contact_rows += stop - row
        return stop

    def _step_empty(self, code: int, row: int, stop: int, piece: Piece) -> int:
        if code != HIGH:
            self._n_high = 0
            return stop
        if not self._n_high:
            self._load_row, self._load_s = row, piece.time_of(row)
        reached = min(stop, row + self._n_loaded - self._n_high)
        self._n_high += reached - row
        if self._n_high >= self._n_loaded:
            self._n_contact_rows = self._n_high
            self._state = _State.LOADED
            self._say(MarkKind.LOADED, self._load_s)
        return reached

    def _step_low(self, row: int, stop: int, piece: Piece) -> int:
        if not self._n_dip:
            self._low_row, self._low_s = row, piece.time_of(row)
        self._n_dip += self._n_gap_rows
        self._n_gap_rows = self._n_gap_high = 0
        limit = self._next_limit()
        reached = min(stop, row + max(1, limit - self._n_dip))
        before = self._n_dip
        self._n_dip += reached - row
        if self._n_dip < limit:
            return reached
        now_s = piece.time_of(reached - 1)
        if self._state is _State.FLIGHT or limit == self._n_left:
            self._leave(now_s)
        elif before < self._n_flight and self._n_contact_rows >= self._n_contact and self._is_pushed(reached):
            self._take_off()
        return reached

    def _next_limit(self) -> int:
        """Rows of a dip after which something is decided."""
        if self._state is _State.FLIGHT:
            return self._n_longest
        return self._n_flight if self._n_dip < self._n_flight else self._n_left

    def _step_gap(self, code: int, row: int, stop: int, piece: Piece) -> int:
        if not self._n_gap_rows:
            self._gap_row, self._gap_s = row, piece.time_of(row)
        is_flight = self._state is _State.FLIGHT
        n_missing = self._n_gap - (self._n_gap_high if is_flight else self._n_gap_rows)
        if is_flight and code != HIGH:
            n_missing = self._n_left - self._n_gap_rows
        reached = min(stop, row + max(1, n_missing))
        self._n_gap_rows += reached - row
        self._n_gap_high += (reached - row) * (code == HIGH)
        if is_flight and self._n_gap_high >= self._n_gap:
            self._land()
        elif is_flight and self._n_gap_rows >= self._n_left:
            self._leave(piece.time_of(reached - 1))
        elif not is_flight and self._n_gap_rows >= self._n_gap:
            self._n_contact_rows += self._n_dip + self._n_gap_rows
            self._forget_dip()
        return reached

    # --- what it means --------------------------------------------------------------------------------------------

    def _is_pushed(self, row: int) -> bool:
        """Whether somebody pushed before the dip that has lasted up to ``row``; remembers the highest force of it."""
        first = max(self._load_row, self._low_row - self._n_level, row - self._n_reach)
        contact = self._history.between(first, self._low_row)
        contact = contact[np.isfinite(contact)]
        if not len(contact):
            return False
        push = contact[-self._n_push :]
        self._push_n = float(push.max())
        return self._push_n >= PUSH_SHARE * float(np.percentile(contact, 25))

    def _take_off(self) -> None:
        if self._state is _State.LANDED:
            self._end(self._low_s)
        self._move(self._low_s)
        self._state = _State.FLIGHT
        self._take_off_s, self._peak_n = self._low_s, self._push_n
        self._start_s = max(
            self._load_s - BEFORE_LOADED_S,
            self._free_s,
            self._low_s - LONGEST_LEAD_S,
            self._history.first_s,
        )
        self._say(MarkKind.BEGAN, self._low_s, peak_n=self._peak_n)

    def _land(self) -> None:
        self._state = _State.LANDED
        self._landing_row, self._landing_s = self._gap_row, self._gap_s
        self._still_row = None
        self._load_row, self._load_s = self._gap_row, self._gap_s
        self._n_contact_rows = self._n_gap_rows
        self._forget_dip()

    def _end(self, now_s: float) -> None:
        """The effort is complete, at the latest ``now_s``."""
        stop_s = min(self._landing_s + self._detection.tail_s, now_s)
        self._free_s = self._landing_s
        span = Span(self._start_s, stop_s, self._take_off_s, self._landing_s)
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._peak_n)

    def _leave(self, now_s: float) -> None:
        if self._state is _State.LANDED:
            self._end(self._low_s)
        elif self._state is _State.FLIGHT:
            self._say(MarkKind.ENDED, now_s)
        self._move(now_s)
        self._say(MarkKind.UNLOADED, now_s)
        self._empty()

    def _move(self, t_s: float) -> None:
        if self._is_quiet:
            self._is_quiet = False
            self._say(MarkKind.MOVED, t_s)

    def _settle(self, t_s: float, *, is_quiet: bool) -> None:
        """The tail is over once the person has stood still for long enough."""
        if not is_quiet:
            self._still_row = None
            return
        n_rows = self._history.n_rows
        if self._still_row is None:
            self._still_row = n_rows - self._history.n_window
        if n_rows - self._still_row >= self._n_still and n_rows < self._landing_row + self._n_tail:
            self._end(t_s)
            self._state = _State.LOADED

    def _look_back(self, t_s: float) -> None:
        """Once per grid: is it quiet, and what is the load?"""
        if self._state not in (_State.LOADED, _State.LANDED):
            self._flight_n = FLIGHT_N if self._state is _State.EMPTY else self._flight_n
            return
        seen = self._history.quiet_window(self._load_row)
        is_quiet = seen is not None and seen[1] <= max(QUIET_N, QUIET_SHARE * seen[0])
        if seen is not None and is_quiet != self._is_quiet:
            self._is_quiet = is_quiet
            self._say(MarkKind.QUIET if self._is_quiet else MarkKind.MOVED, t_s)
        if self._state is _State.LANDED:
            self._settle(t_s, is_quiet=is_quiet)
        if not self._n_dip:
            first = max(self._load_row, self._history.n_rows - self._n_level)
            load = self._history.between(first, self._history.n_rows)
            load = load[np.isfinite(load)]
            if len(load):
                self._flight_n = min(max(FLIGHT_N, FLIGHT_SHARE * float(load.mean())), self._detection.start_n)
