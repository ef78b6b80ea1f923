"""Force on a plate in, touches and take-offs out: when feet came down, and when they left for a flight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daq.core.mark import HIGH, HOLE, LOW, MIDDLE, Floats, History, Piece, runs

FLIGHT_N = 20.0
FLIGHT_SHARE = 0.05
GAP_S = 0.02
FLIGHT_S = 0.1
NEAR_S = 0.1
STANDING_S = 1.0


@dataclass(frozen=True, slots=True)
class Edge:
    """The first loaded row of a contact, or the first empty one behind it."""

    is_touch: bool
    row: int
    t_s: float


class Contacts:
    """Finds touches and take-offs in whole stretches of the grid.

    Parameters
    ----------
    history : History
        That of the detector, for the load of somebody who stands.
    loaded_n : float
        A plate is touched when 20 ms lie above this.

    Notes
    -----
    Empty: below 20 N, or 5 % of the mean of a second of standing before, for 0.1 s; interruptions under 20 ms are merged.
    A touch begins with the first row that is not empty; rows between the two limits count to neither for up to 0.1 s.
    An empty stretch under 0.1 s is no flight and belongs to the contact. Rows in a hole do not count.
    """

    def __init__(self, history: History, *, loaded_n: float) -> None:
        self._history = history
        self._loaded_n = loaded_n
        rows = history.rows
        self._n_gap, self._n_flight, self._n_near = rows(GAP_S), rows(FLIGHT_S), rows(NEAR_S)
        self._n_standing = rows(STANDING_S)
        self.is_loaded = False
        self.touch_row = 0
        self.forget()

    def forget(self) -> None:
        """The record has ended: nothing is known of the plate."""
        self.is_loaded = False
        self._flight_n = min(FLIGHT_N, self._loaded_n)
        self._n_low = self._n_other = self._n_high = 0
        self._row, self._s = 0, 0.0

    def feed(self, piece: Piece) -> list[Edge]:
        """The edges that the next stretch shows."""
        edges: list[Edge] = []
        for code, first, stop in runs(self._codes(piece.force_n), piece.first):
            if code != HOLE:
                self._take(code, first, stop, piece, edges)
        self._learn()
        return edges

    def _codes(self, force_n: Floats) -> NDArray[np.int8]:
        codes = np.full(len(force_n), MIDDLE, dtype=np.int8)
        codes[force_n < self._flight_n] = LOW
        codes[force_n > self._loaded_n] = HIGH
        codes[~np.isfinite(force_n)] = HOLE
        return codes

    def _take(self, code: int, first: int, stop: int, piece: Piece, edges: list[Edge]) -> None:
        if self.is_loaded:
            self._take_loaded(code, first, stop, piece, edges)
        else:
            self._take_empty(code, first, stop, piece, edges)

    def _take_loaded(self, code: int, first: int, stop: int, piece: Piece, edges: list[Edge]) -> None:
        """Count a dip: it is a flight after 0.1 s, and nothing once 20 ms lie above."""
        if code != LOW:
            if self._n_low:
                self._n_other += stop - first
                if self._n_other >= self._n_gap:
                    self._n_low = self._n_other = 0
            return
        if not self._n_low:
            self._row, self._s = first, piece.time_of(first)
        self._n_low += self._n_other
        self._n_other = 0
        self._n_low += stop - first
        if self._n_low >= self._n_flight:
            edges.append(Edge(False, self._row, self._s))
            self.is_loaded = False
            self._n_low = self._n_high = 0

    def _take_empty(self, code: int, first: int, stop: int, piece: Piece, edges: list[Edge]) -> None:
        """Wait for 20 ms of load; the touch is where the force left the empty level on the way to it."""
        if code == LOW:
            self._n_other = self._n_high = 0
            return
        if not self._n_other or (not self._n_high and self._n_other > self._n_near):
            self._row, self._s, self._n_other = first, piece.time_of(first), 0
        if code == HIGH:
            n_missing = self._n_gap - self._n_high
            if stop - first >= n_missing:
                self._touch(edges)
                self._take_loaded(HIGH, first + n_missing, stop, piece, edges)
                return
            self._n_high += stop - first
        self._n_other += stop - first

    def _touch(self, edges: list[Edge]) -> None:
        self.is_loaded = True
        self.touch_row = self._row
        self._n_other = self._n_high = self._n_low = 0
        edges.append(Edge(True, self._row, self._s))

    def _learn(self) -> None:
        """What counts as empty follows the load of somebody who has stood for a second."""
        n_rows = self._history.n_rows
        if self.is_loaded and not self._n_low and n_rows - self.touch_row >= self._n_standing:
            load = self._history.between(n_rows - self._n_standing, n_rows)
            load = load[np.isfinite(load)]
            if len(load):
                self._flight_n = min(max(FLIGHT_N, FLIGHT_SHARE * float(load.mean())), self._loaded_n)
