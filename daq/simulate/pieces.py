"""Pieces of a movement in closed form, one after the other, to the force on the ground."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from daq.driver import Floats
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

Shape = Callable[[Floats], Floats]
"""Force in N over seconds since the piece began."""

Piece = tuple[float, Shape]
"""How long it lasts, and its shape."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces in order; ``before_n`` until the first and ``after_n`` behind the last."""

    pieces: tuple[Piece, ...]
    before_n: float
    after_n: float

    @property
    def duration_s(self) -> float:
        """All pieces together."""
        return sum(length_s for length_s, _ in self.pieces)

    def force_n(self, u_s: Floats) -> Floats:
        """Force at ``u_s`` seconds from the start of the first piece."""
        u_s = np.asarray(u_s, dtype=np.float64)
        borders_s = np.concatenate([[0.0], np.cumsum([length_s for length_s, _ in self.pieces])])
        which = np.searchsorted(borders_s, u_s, side="right")
        ground_n = np.where(which == 0, self.before_n, self.after_n)
        for k in sorted({*which.tolist()} - {0, len(borders_s)}):
            ground_n[which == k] = self.pieces[k - 1][1](u_s[which == k] - borders_s[k - 1])
        return ground_n


def air(flight_s: float) -> Piece:
    """Nobody on the ground."""
    return flight_s, np.zeros_like


def push(mass_kg: float, a_m_per_s2: float, *, length_s: float) -> Piece:
    """From rest to the acceleration ``a`` in half a cosine: ends with ``a T/2``, ``a T^2 (1/4 - 1/pi^2)`` higher."""
    return length_s, lambda u: mass_kg * (G + a_m_per_s2 / 2 * (1 - np.cos(np.pi * u / length_s)))


def plateau(mass_kg: float, a_m_per_s2: float, *, length_s: float) -> Piece:
    """A steady acceleration."""
    return length_s, lambda u: np.full_like(u, mass_kg * (G + a_m_per_s2))


def release(mass_kg: float, a_m_per_s2: float, *, length_s: float) -> Piece:
    """From that acceleration to take-off in a quarter of a cosine."""
    return length_s, lambda u: mass_kg * (G + a_m_per_s2) * np.cos(np.pi * u / (2 * length_s))


def half_sine(mass_kg: float, v_in_m_per_s: float, v_out_m_per_s: float, *, length_s: float) -> Piece:
    """A contact that turns the downward speed ``v_in`` into the upward speed ``v_out``."""
    top_n = half_sine_top_n(mass_kg, v_in_m_per_s, v_out_m_per_s, length_s=length_s)
    return length_s, lambda u: top_n * np.sin(np.pi * u / length_s)


def half_sine_top_n(mass_kg: float, v_in_m_per_s: float, v_out_m_per_s: float, *, length_s: float) -> float:
    """Highest force of such a contact."""
    return math.pi * mass_kg * (v_in_m_per_s + v_out_m_per_s + G * length_s) / (2 * length_s)


def landing(mass_kg: float, v_in_m_per_s: float, *, length_s: float) -> Piece:
    """From the downward speed ``v_in`` to rest at body weight."""
    weight_n, b = mass_kg * G, _landing_m_per_s2(v_in_m_per_s, length_s)
    return length_s, lambda u: weight_n / 2 * (1 - np.cos(np.pi * u / length_s)) + mass_kg * b * np.sin(np.pi * u / length_s)


def landing_top_n(mass_kg: float, v_in_m_per_s: float, *, length_s: float) -> float:
    """Highest force of such a landing."""
    half_n = mass_kg * G / 2
    return half_n + math.hypot(half_n, mass_kg * _landing_m_per_s2(v_in_m_per_s, length_s))


def landing_drop_m(v_in_m_per_s: float, length_s: float) -> float:
    """Way down during such a landing, negative."""
    t, b = length_s, _landing_m_per_s2(v_in_m_per_s, length_s)
    return -v_in_m_per_s * t - G * t**2 / 4 - G * t**2 / math.pi**2 + b * t**2 / math.pi


def _landing_m_per_s2(v_in_m_per_s: float, length_s: float) -> float:
    return (v_in_m_per_s + G * length_s / 2) * math.pi / (2 * length_s)


def shift(mass_kg: float, way_m: float, *, length_s: float) -> Piece:
    """From rest to rest, ``way_m`` higher, with one sine of acceleration."""
    a_m_per_s2 = way_m * 2 * math.pi / length_s**2
    return length_s, lambda u: mass_kg * (G + a_m_per_s2 * np.sin(2 * np.pi * u / length_s))
