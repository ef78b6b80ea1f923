"""Total force on a plate in, quiet stances out: from having stood still to the wanted time, or to stepping off."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from daq.assessments.model import Detection
from daq.core.contacts import Edge
from daq.core.mark import MarkKind, Span
from daq.core.plate import QUIET_SHARE, PlateDetector

ONE_LEG_QUIET_N = 15.0
ONE_LEG_QUIET_SHARE = 0.02
TWO_LEGS_QUIET_N = 10.0
OFF_S = 0.3


class _State(StrEnum):
    WAITING = "waiting"
    STANDING = "standing"
    TAIL = "tail"
    OVER = "over"


class StanceDetector(PlateDetector):
    """Finds stances.

    Parameters
    ----------
    detection : Detection
        ``duration_s``: a stance ends after it; ``end_share``: or when 0.3 s lie below this share of the load.
    rate_hz : float
    is_one_leg : bool
        Standing on one leg sways more: SD up to max(15 N, 2 %) in place of max(10 N, 1.5 %).

    Notes
    -----
    It begins when the person has stood still for ``still_s``: what is still in the sum may be a step from foot to foot. In a
    record that begins under load it begins with the first still second, which is part of it. The next one begins after the
    plate was empty, so that nobody who stays is measured again; ``refuse`` takes back one that began while the other foot
    stood.
    """

    _state: _State

    def __init__(self, detection: Detection, *, rate_hz: float, is_one_leg: bool = False) -> None:
        self._is_one_leg = is_one_leg
        super().__init__(detection, rate_hz=rate_hz)
        # From the first row to the last: a time of so many steps has one row more.
        self._n_duration = self._history.rows(detection.duration_s) + 1
        self._n_off = self._history.rows(OFF_S)

    def refuse(self) -> None:
        """What has begun is no stance on one leg: wait for the next still second."""
        if self._state is _State.STANDING:
            self._state = _State.WAITING

    def _nobody(self) -> None:
        super()._nobody()
        self._state = _State.WAITING
        self._began_row, self._began_s, self._level_n = 0, 0.0, 0.0
        self._ended_row, self._ended_s = 0, 0.0
        self._effort_peak_n = 0.0

    def _quiet_limit_n(self, mean_n: float) -> float:
        if self._is_one_leg:
            return max(ONE_LEG_QUIET_N, ONE_LEG_QUIET_SHARE * mean_n)
        return max(TWO_LEGS_QUIET_N, QUIET_SHARE * mean_n)

    def _left(self, edge: Edge) -> None:
        if self._state is _State.STANDING:
            self._stop(edge.row, edge.t_s)
        elif self._state is _State.OVER:
            self._state = _State.WAITING

    def _ticked(self, row: int, t_s: float) -> None:
        if self._state is _State.WAITING and self._still_row is not None:
            # Nobody stepped on in a record that begins under load: it begins with its first still second.
            is_whole = self._contacts.touch_row == 0
            if is_whole or row - self._still_row >= self._n_still:
                self._begin(self._still_row if is_whole else row, row, t_s)
        if self._state is _State.STANDING:
            if row - self._began_row >= self._n_duration:
                self._stop(self._began_row + self._n_duration, min(self._began_s + self._detection.duration_s, t_s))
            elif self._is_stepping_off(row):
                self._stop(row - self._n_off, t_s - OFF_S)
        if self._state is _State.TAIL and (row - self._ended_row >= self._n_tail or self._is_away(row)):
            self._end(t_s)

    def _begin(self, began_row: int, row: int, t_s: float) -> None:
        still_n = self._history.between(row - self._history.n_window, row)
        self._state = _State.STANDING
        self._began_row, self._level_n = began_row, float(still_n.mean())
        self._began_s = t_s - max(0, row - 1 - began_row) / self._history.rate_hz
        self._effort_peak_n = float(still_n.max())
        self._say(MarkKind.BEGAN, self._began_s, peak_n=self._effort_peak_n)

    def _is_stepping_off(self, row: int) -> bool:
        last_n = self._history.between(row - self._n_off, row)
        last_n = last_n[np.isfinite(last_n)]
        return bool(len(last_n)) and float(last_n.max()) < self._detection.end_share * self._level_n

    def _finished(self, t_s: float) -> None:
        if self._state is _State.STANDING:
            self._stop(self._history.n_rows, t_s)
        if self._state is _State.TAIL:
            self._end(t_s)

    def _stop(self, row: int, t_s: float) -> None:
        """The time is over, or the person has moved away."""
        if t_s - self._began_s < self._detection.min_s:
            self._state = _State.OVER
            self._say(MarkKind.ENDED, t_s)
            return
        self._state = _State.TAIL
        self._ended_row, self._ended_s = row, t_s

    def _end(self, t_s: float) -> None:
        stop_s = min(self._ended_s + self._detection.tail_s, t_s)
        start_s = self._kept_from_s(self._began_s - self._detection.lead_s)
        self._free_s = stop_s
        span = Span(start_s, stop_s, self._began_s, self._ended_s)
        self._say(MarkKind.ENDED, stop_s, span=span, peak_n=self._effort_peak_n)
        self._state = _State.OVER if self._contacts.is_loaded else _State.WAITING
