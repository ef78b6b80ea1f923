"""Total force on a plate in, series of hops out: a first jump, then contact and flight in turn, one effort."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from daq.core.contacts import Edge
from daq.core.jump import LEVEL_S, LONGEST_LEAD_S, PUSH_S, PUSH_SHARE
from daq.core.mark import MarkKind, Span
from daq.core.plate import BEFORE_LOADED_S, PlateDetector


class _State(StrEnum):
    STANDING = "standing"
    FLIGHT = "flight"
    CONTACT = "contact"


class HopsDetector(PlateDetector):
    """Finds series of hops.

    Notes
    -----
    The first take-off needs a push, as a single jump does: the highest force of the last 0.6 s is at least 1.25 times the
    lower quartile of the last second. Each further flight counts one hop. A contact of ``end_s`` ends the series; then the
    person stands still for ``still_s``, or the tail is over ``tail_s`` after the last landing. Stepping off ends it too.
    """

    def _nobody(self) -> None:
        super()._nobody()
        self._state = _State.STANDING
        self._start_s = self._take_off_s = 0.0
        self._take_off_row = 0
        self._landing: Edge | None = None
        self._n_hops = 0
        self._effort_peak_n = 0.0

    def _touched(self, edge: Edge) -> None:
        if self._state is _State.FLIGHT:
            self._state, self._landing = _State.CONTACT, edge

    def _left(self, edge: Edge) -> None:
        if self._state is _State.CONTACT and self._landing is not None:
            if edge.row - self._landing.row <= self._history.rows(self._detection.end_s):
                self._hop(edge, self._landing)
                return
            self._end(edge.t_s)
        if self._is_pushed(edge.row):
            self._begin(edge)

    def _is_pushed(self, row: int) -> bool:
        contact_n = self._history.between(max(self._contacts.touch_row, row - self._history.rows(LEVEL_S)), row)
        contact_n = contact_n[np.isfinite(contact_n)]
        if not len(contact_n):
            return False
        self._effort_peak_n = float(contact_n[-self._history.rows(PUSH_S) :].max())
        return self._effort_peak_n >= PUSH_SHARE * float(np.percentile(contact_n, 25))

    def _begin(self, edge: Edge) -> None:
        self._state, self._landing, self._n_hops = _State.FLIGHT, None, 0
        self._take_off_row, self._take_off_s = edge.row, edge.t_s
        self._start_s = self._kept_from_s(max(self._load_s - BEFORE_LOADED_S, edge.t_s - LONGEST_LEAD_S))
        self._say(MarkKind.BEGAN, edge.t_s, peak_n=self._effort_peak_n)

    def _hop(self, edge: Edge, landing: Edge) -> None:
        self._state = _State.FLIGHT
        self._take_off_row = edge.row
        self._n_hops += 1
        self._effort_peak_n = max(self._effort_peak_n, self._peak_n(landing.row, edge.row))
        self._say(MarkKind.COUNTED, edge.t_s, peak_n=self._effort_peak_n, n_done=self._n_hops)

    def _ticked(self, row: int, t_s: float) -> None:
        if self._state is _State.FLIGHT and row - self._take_off_row > self._n_longest:
            self._step_off(t_s)
        elif self._state is _State.CONTACT and self._landing is not None:
            is_over = row - self._landing.row >= self._history.rows(self._detection.end_s)
            if is_over and self._is_settled(row, self._landing.row):
                self._end(t_s)

    def _step_off(self, t_s: float) -> None:
        """The last flight had no landing: what was before it counts, if there was a landing at all."""
        if self._landing is None:
            self._say(MarkKind.ENDED, t_s)
            self._state = _State.STANDING
        else:
            self._end(self._left_s)

    def _finished(self, t_s: float) -> None:
        if self._state is not _State.STANDING:
            self._landing = self._landing or Edge(is_touch=True, row=self._history.n_rows, t_s=t_s)
            self._end(t_s)

    def _end(self, t_s: float) -> None:
        landing_s = self._landing.t_s if self._landing is not None else t_s
        stop_s = min(t_s, landing_s + max(self._detection.tail_s, self._detection.end_s))
        self._free_s = landing_s
        span = Span(self._start_s, stop_s, self._take_off_s, landing_s)
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._effort_peak_n)
        self._state, self._landing = _State.STANDING, None
