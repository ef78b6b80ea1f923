"""What the detectors of drop jumps, landings, hops and stances share: who stands on the plate, and how still."""

from __future__ import annotations

import numpy as np

from daq.assessments.model import Detection
from daq.core.contacts import Contacts, Edge
from daq.core.mark import Floats, History, Mark, MarkKind, Piece, Span

QUIET_N = 10.0
QUIET_SHARE = 0.015
LONGEST_FLIGHT_S = 1.2
BEFORE_LOADED_S = 0.5


class PlateDetector:
    """Takes rows in whole stretches of 0.1 s, so that no answer depends on the blocks, and keeps account of the plate.

    A detector adds what ``_touched``, ``_left`` and ``_ticked`` mean for its test. Times of marks are those of rows; what is
    waited for is decided at the end of a stretch. Nobody is on the plate once it has been empty for 1.2 s.
    """

    def __init__(self, detection: Detection, *, rate_hz: float) -> None:
        self._detection = detection
        self._history = History(rate_hz)
        self._contacts = Contacts(self._history, loaded_n=detection.start_n)
        self._n_longest = self._history.rows(LONGEST_FLIGHT_S)
        self._n_still, self._n_tail = self._history.rows(detection.still_s), self._history.rows(detection.tail_s)
        self._marks: list[Mark] = []
        self._free_s = -np.inf
        self._nobody()

    # --- in and out -----------------------------------------------------------------------------------------------

    def feed(self, t_s: Floats, force_n: Floats) -> list[Mark]:
        """Take the next rows: ``t_s`` (n,), ``force_n`` (n,), NaN in a hole; what they show."""
        for piece in self._history.grids(t_s, force_n):
            self._take(piece)
        return self._said()

    def finish(self) -> list[Mark]:
        """The record has ended or the signal is lost: close what is open."""
        for piece in self._history.rest():
            self._take(piece)
        if self._history.newest_s is not None:
            self._finished(self._history.newest_s)
        self._contacts.forget()
        self._nobody()
        return self._said()

    def _nobody(self) -> None:
        self._is_there = self._is_quiet = False
        self._still_row: int | None = None
        self._load_s = 0.0
        self._left_row, self._left_s = 0, 0.0

    def _said(self) -> list[Mark]:
        said, self._marks = self._marks, []
        return said

    def _say(
        self, kind: MarkKind, t_s: float, *, span: Span | None = None, peak_n: float | None = None, n_done: int = 0
    ) -> None:
        self._marks.append(Mark(kind, t_s, span, peak_n, n_done))

    # --- for the test ---------------------------------------------------------------------------------------------

    def _touched(self, edge: Edge) -> None:
        """Feet came down on an empty plate."""

    def _left(self, edge: Edge) -> None:
        """The plate became empty."""

    def _ticked(self, row: int, t_s: float) -> None:
        """A stretch is over; its last row has the number ``row`` - 1 and the time ``t_s``."""

    def _finished(self, t_s: float) -> None:
        """The record is over."""

    # --- the plate ------------------------------------------------------------------------------------------------

    def _take(self, piece: Piece) -> None:
        for edge in self._contacts.feed(piece):
            if edge.is_touch:
                self._arrive(edge)
            else:
                self._left_row, self._left_s = edge.row, edge.t_s
                self._move(edge.t_s)
                self._left(edge)
        row, t_s = self._history.n_rows, float(piece.t_s[-1])
        self._look_back(row, t_s)
        self._ticked(row, t_s)
        if self._is_there and self._is_away(row):
            self._say(MarkKind.UNLOADED, t_s)
            self._nobody()

    def _arrive(self, edge: Edge) -> None:
        if not self._is_there:
            self._is_there = True
            self._load_s = edge.t_s
            self._say(MarkKind.LOADED, edge.t_s)
        self._touched(edge)

    def _is_away(self, row: int) -> bool:
        """Has the plate been empty for longer than any flight?"""
        return not self._contacts.is_loaded and row - self._left_row > self._n_longest

    def _move(self, t_s: float) -> None:
        self._still_row = None
        if self._is_quiet:
            self._is_quiet = False
            self._say(MarkKind.MOVED, t_s)

    def _quiet_limit_n(self, mean_n: float) -> float:
        return max(QUIET_N, QUIET_SHARE * mean_n)

    def _look_back(self, row: int, t_s: float) -> None:
        """How still was the last second of this contact?"""
        seen = self._history.quiet_window(self._contacts.touch_row) if self._contacts.is_loaded else None
        if seen is None or seen[1] > self._quiet_limit_n(seen[0]):
            self._move(t_s)
            return
        if self._still_row is None:
            self._still_row = row - self._history.n_window
        if not self._is_quiet:
            self._is_quiet = True
            self._say(MarkKind.QUIET, t_s)

    def _is_settled(self, row: int, landing_row: int) -> bool:
        """Is the tail behind a landing over: a long enough stretch of standing still, or a long enough stretch at all?"""
        if row - landing_row >= self._n_tail:
            return True
        return self._still_row is not None and row - self._still_row >= self._n_still

    def _peak_n(self, first: int, stop: int) -> float:
        known_n = self._history.between(first, stop)
        known_n = known_n[np.isfinite(known_n)]
        return float(known_n.max()) if len(known_n) else 0.0

    def _kept_from_s(self, wanted_s: float) -> float:
        """From where a span may be kept: not before the record, nor before the end of the effort before."""
        return max(wanted_s, self._free_s, self._history.first_s)
