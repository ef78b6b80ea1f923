"""A body and what it does to forces over time: standing, stepping on, a countermovement jump with its landing, a squeeze."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from daq.driver import Floats
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

Part = Callable[[Floats, Floats], Floats]
"""Force in N over (seconds since the part began, true time)."""


def eased(x: Floats) -> Floats:
    """0 to 1 with a raised cosine while x goes from 0 to 1; 0 before, 1 after."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Parts one after the other; the last one lasts for ever, before the first there is 0 N."""

    starts_s: tuple[float, ...]
    parts: tuple[Part, ...]

    def force_n(self, u_s: Floats, t_s: Floats) -> Floats:
        """Force at ``u_s`` seconds of the timeline, shape (n,), rising; ``t_s`` is the true time of the same instants."""
        first = bisect_right(self.starts_s, float(u_s[0])) - 1
        last = bisect_right(self.starts_s, float(u_s[-1])) - 1
        if first == last:
            return self._part(first, u_s, t_s)
        cuts = np.searchsorted(u_s, self.starts_s[first + 1 : last + 1])
        pieces = zip(range(first, last + 1), np.split(u_s, cuts), np.split(t_s, cuts), strict=True)
        return np.concatenate([self._part(k, u, t) for k, u, t in pieces])

    def _part(self, k: int, u_s: Floats, t_s: Floats) -> Floats:
        return np.zeros_like(u_s) if k < 0 else self.parts[k](u_s - self.starts_s[k], t_s)


def timeline(parts: Sequence[tuple[float, Part]]) -> Timeline:
    """A timeline of ``(start, part)``, in order."""
    return Timeline(starts_s=tuple(start for start, _ in parts), parts=tuple(part for _, part in parts))


@dataclass(frozen=True, slots=True)
class Jump:
    """A countermovement jump from standing back to standing, in closed form.

    Five pieces of acceleration: unweighting ``-dip sin^2``, braking ``1 - cos``, a plateau, a cosine release to take-off;
    flight in the same posture; a landing that ends at body weight with no velocity; one sine that rises to standing again.

    Parameters
    ----------
    mass_kg, dip_m_per_s2 : float
        Mass; largest downward acceleration.
    unweighting_s, braking_s, plateau_s, release_s, landing_s, rise_s : float
        Lengths of the pieces.
    """

    mass_kg: float = 70.0
    dip_m_per_s2: float = 5.0
    unweighting_s: float = 0.40
    braking_s: float = 0.15
    plateau_s: float = 0.14
    release_s: float = 0.10
    landing_s: float = 0.35
    rise_s: float = 1.2

    @property
    def push_m_per_s2(self) -> float:
        """Upward acceleration of the plateau: braking ends with no velocity."""
        return self.dip_m_per_s2 * self.unweighting_s / self.braking_s

    @property
    def takeoff_velocity_m_per_s(self) -> float:
        """Velocity when the feet leave the ground."""
        push, release_s = self.push_m_per_s2, self.release_s
        return push * self.plateau_s + 2 * (push + G) * release_s / math.pi - G * release_s

    @property
    def height_m(self) -> float:
        """Rise above the posture of take-off: ``v^2 / 2g``."""
        return self.takeoff_velocity_m_per_s**2 / (2 * G)

    @property
    def peak_force_n(self) -> float:
        """Force of the plateau, the largest before take-off."""
        return self.mass_kg * (self.push_m_per_s2 + G)

    @property
    def takeoff_s(self) -> float:
        """From the start of the movement to take-off."""
        return self.unweighting_s + self.braking_s + self.plateau_s + self.release_s

    @property
    def flight_s(self) -> float:
        """Time in the air, landing in the posture of take-off."""
        return 2 * self.takeoff_velocity_m_per_s / G

    @property
    def duration_s(self) -> float:
        """From standing to standing."""
        return self.takeoff_s + self.flight_s + self.landing_s + self.rise_s

    @property
    def rise_m_per_s2(self) -> float:
        """Amplitude of the sine that brings the body from the end of the landing back to where it stood."""
        t1, t2, t3, t4, t5 = self.unweighting_s, self.braking_s, self.plateau_s, self.release_s, self.landing_s
        dip, push = self.dip_m_per_s2, self.push_m_per_s2
        depth_m = -dip * t1**2 / 4 - dip * t1 / 2 * t2 + push / 2 * (t2**2 / 2 - 2 * t2**2 / math.pi**2)
        v3 = push * t3
        takeoff_m = depth_m + v3 * t3 / 2 + v3 * t4 + (push + G) * (2 * t4 / math.pi) ** 2 - G * t4**2 / 2
        v = self.takeoff_velocity_m_per_s
        landing_m = -v * t5 - G * t5**2 / 4 - G * t5**2 / math.pi**2 + self._landing_m_per_s2 * t5**2 / math.pi
        return -(takeoff_m + landing_m) * 2 * math.pi / self.rise_s**2

    @property
    def _landing_m_per_s2(self) -> float:
        return (self.takeoff_velocity_m_per_s + G * self.landing_s / 2) * math.pi / (2 * self.landing_s)

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground at ``u_s`` seconds from the start of the movement; body weight before and after."""
        u_s = np.asarray(u_s, dtype=np.float64)
        piece = np.searchsorted(self._borders_s, u_s, side="right")
        if len(u_s) and piece[0] == piece[-1]:
            return self._piece_n(int(piece[0]), u_s)
        ground_n = np.empty_like(u_s)
        for k in sorted(set(piece.tolist())):
            ground_n[piece == k] = self._piece_n(k, u_s[piece == k])
        return ground_n

    @property
    def _borders_s(self) -> Floats:
        lengths = (
            self.unweighting_s,
            self.braking_s,
            self.plateau_s,
            self.release_s,
            self.flight_s,
            self.landing_s,
            self.rise_s,
        )
        return np.concatenate([[0.0], np.cumsum(lengths)])

    def _piece_n(self, k: int, u_s: Floats) -> Floats:
        m, weight_n, push = self.mass_kg, self.mass_kg * G, self.push_m_per_s2
        tau_s = u_s - float(self._borders_s[k - 1]) if k else u_s
        match k:
            case 1:
                ground_n = weight_n - m * self.dip_m_per_s2 * np.sin(np.pi * tau_s / self.unweighting_s) ** 2
            case 2:
                ground_n = weight_n + m * push / 2 * (1 - np.cos(np.pi * tau_s / self.braking_s))
            case 3:
                ground_n = np.full_like(tau_s, m * (push + G))
            case 4:
                ground_n = m * (push + G) * np.cos(np.pi * tau_s / (2 * self.release_s))
            case 5:
                ground_n = np.zeros_like(tau_s)
            case 6:
                phase = np.pi * tau_s / self.landing_s
                ground_n = weight_n / 2 * (1 - np.cos(phase)) + m * self._landing_m_per_s2 * np.sin(phase)
            case 7:
                ground_n = weight_n + m * self.rise_m_per_s2 * np.sin(2 * np.pi * tau_s / self.rise_s)
            case _:
                ground_n = np.full_like(tau_s, weight_n)
        return ground_n


def jump_of_height(height_m: float, shape: Jump) -> Jump:
    """The jump ``shape`` with the plateau made as long as the height asks.

    Raises
    ------
    ValueError
        The release alone already jumps higher.
    """
    without = replace(shape, plateau_s=0.0)
    plateau_s = (math.sqrt(2 * G * height_m) - without.takeoff_velocity_m_per_s) / shape.push_m_per_s2
    if plateau_s < 0:
        raise ValueError(f"a jump of this shape is at least {without.height_m:.3f} m high")
    return replace(shape, plateau_s=plateau_s)


@dataclass(frozen=True, slots=True)
class Squeeze:
    """One maximal grip: an S-shaped rise ``1 - exp(-(t/tau)^2)``, a hold that tires and trembles, a decay to exactly 0 N."""

    force_n: float
    rise_tau_s: float = 0.12
    hold_s: float = 3.0
    tired_per_s: float = 0.015
    tremor_share: float = 0.006
    decay_s: float = 0.5

    @property
    def duration_s(self) -> float:
        """From the start of the rise to 0 N."""
        return self.hold_s + self.decay_s

    def grip_n(self, u_s: Floats) -> Floats:
        """Force at ``u_s`` seconds from the start of the rise; 0 N before and after."""
        risen = 1.0 - np.exp(-((np.maximum(u_s, 0.0) / self.rise_tau_s) ** 2))
        is_held = eased(u_s / 0.6)
        tired = 1.0 - self.tired_per_s * np.maximum(u_s - 4 * self.rise_tau_s, 0.0)
        tremor = self.tremor_share * (np.sin(2 * np.pi * 9.3 * u_s) + 0.6 * np.sin(2 * np.pi * 6.1 * u_s + 1.0)) * is_held
        let_go = 1.0 - eased((u_s - self.hold_s) / self.decay_s)
        return self.force_n * risen * (tired + tremor) * let_go
