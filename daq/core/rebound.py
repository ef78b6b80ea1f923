"""Total force on a plate in, drop jumps or landings out: down from a box, with a flight behind the contact or without."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from daq.core.contacts import Edge
from daq.core.mark import MarkKind, Span
from daq.core.plate import PlateDetector

LONGEST_CONTACT_S = 2.0
PEAK_S = 0.5
DECIDED_S = 1.0
LANDING_SHARE = 1.3


class _State(StrEnum):
    WAITING = "waiting"
    CONTACT = "contact"
    FLIGHT = "flight"
    LANDED = "landed"


class DropJumpDetector(PlateDetector):
    """Finds contact, flight and landing of somebody who comes down on an empty plate.

    Notes
    -----
    The contact begins after at least 0.1 s of an empty plate (whoever stood on the same plates before may do so) and lasts
    for up to 2 s; the flight behind it 0.1 to 1.2 s. The tail ends when the person has stood still for ``still_s``, after
    ``tail_s``, or with stepping off. A record that begins under load has no contact from the air.
    """

    def _nobody(self) -> None:
        super()._nobody()
        self._state = _State.WAITING
        self._contact_row, self._contact_s = 0, 0.0
        self._flight_row, self._flight_s = 0, 0.0
        self._landing_row, self._landing_s = 0, 0.0
        self._effort_peak_n = 0.0

    def _touched(self, edge: Edge) -> None:
        if self._state is _State.FLIGHT:
            self._state = _State.LANDED
            self._landing_row, self._landing_s = edge.row, edge.t_s
        elif self._state is _State.WAITING and edge.row > 0:
            self._state = _State.CONTACT
            self._contact_row, self._contact_s = edge.row, edge.t_s

    def _left(self, edge: Edge) -> None:
        if self._state is not _State.CONTACT:
            return
        if edge.row - self._contact_row > self._history.rows(LONGEST_CONTACT_S):
            self._state = _State.WAITING
            return
        self._state = _State.FLIGHT
        self._flight_row, self._flight_s = edge.row, edge.t_s
        self._effort_peak_n = self._peak_n(self._contact_row, edge.row)
        self._say(MarkKind.BEGAN, edge.t_s, peak_n=self._effort_peak_n)

    def _ticked(self, row: int, t_s: float) -> None:
        if self._state is _State.FLIGHT and row - self._flight_row > self._n_longest:
            self._say(MarkKind.ENDED, t_s)
            self._state = _State.WAITING
        elif self._state is _State.LANDED and self._is_away(row):
            self._end(self._left_s)
        elif self._state is _State.LANDED and self._is_settled(row, self._landing_row):
            self._end(t_s)

    def _finished(self, t_s: float) -> None:
        if self._state is _State.FLIGHT:
            self._landing_s = t_s
        if self._state in (_State.FLIGHT, _State.LANDED):
            self._end(t_s)

    def _end(self, t_s: float) -> None:
        stop_s = min(t_s, self._landing_s + self._detection.tail_s)
        start_s = self._kept_from_s(self._contact_s - self._detection.lead_s)
        self._free_s = stop_s
        span = Span(start_s, stop_s, self._contact_s, self._landing_s)
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._effort_peak_n)
        self._state = _State.WAITING


class LandingDetector(PlateDetector):
    """Finds the landing of somebody who comes down on an empty plate and stays.

    Notes
    -----
    A second after the touch the plate is loaded without a flight in between, and the highest force of its first half is at
    least 1.3 times the mean of its second half: stepping on gives less. The tail is that of a drop jump.
    """

    def _nobody(self) -> None:
        super()._nobody()
        self._touch: Edge | None = None
        self._has_begun = False
        self._effort_peak_n = 0.0

    def _touched(self, edge: Edge) -> None:
        if not self._has_begun:
            self._touch = edge if edge.row > 0 else None

    def _left(self, edge: Edge) -> None:
        del edge
        if not self._has_begun:
            self._touch = None

    def _ticked(self, row: int, t_s: float) -> None:
        if self._touch is None:
            return
        if self._has_begun:
            if self._is_away(row):
                self._end(self._touch, self._left_s)
            elif self._is_settled(row, self._touch.row):
                self._end(self._touch, t_s)
        elif row - self._touch.row >= self._history.rows(DECIDED_S):
            self._decide(self._touch)

    def _decide(self, touch: Edge) -> None:
        n_peak = self._history.rows(PEAK_S)
        first, second = touch.row + n_peak, touch.row + self._history.rows(DECIDED_S)
        after_n = self._history.between(first, second)
        after_n = after_n[np.isfinite(after_n)]
        self._effort_peak_n = self._peak_n(touch.row, first)
        if not len(after_n) or self._effort_peak_n < LANDING_SHARE * float(after_n.mean()):
            self._touch = None
            return
        self._has_begun = True
        self._say(MarkKind.BEGAN, touch.t_s, peak_n=self._effort_peak_n)

    def _finished(self, t_s: float) -> None:
        if self._touch is not None and self._has_begun:
            self._end(self._touch, t_s)

    def _end(self, touch: Edge, t_s: float) -> None:
        stop_s = min(t_s, touch.t_s + self._detection.tail_s)
        start_s = self._kept_from_s(touch.t_s - self._detection.lead_s)
        self._free_s = stop_s
        span = Span(start_s, stop_s, touch.t_s, min(touch.t_s + PEAK_S, stop_s))
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._effort_peak_n)
        self._touch, self._has_begun = None, False
