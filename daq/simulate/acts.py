"""What a body does in one repetition of each kind of test, in closed form, with the answers a measurement should find."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

import numpy as np

from daq.driver import Floats
from daq.simulate import pieces as p
from daq.simulate.person import Jump
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

N_BEST = 5
STEADY_SHARE = 0.05


class Act(Protocol):
    """One repetition: total force over its time, and its true values by the names of the metrics."""

    @property
    def duration_s(self) -> float:
        """From beginning to end."""
        ...

    @property
    def settle_s(self) -> tuple[float, float]:
        """Within how long at its beginning the sides find their share of it, and leave it again at its end."""
        ...

    @property
    def truth(self) -> Mapping[str, float]:
        """Answers by name of the metric."""
        ...

    def force_n(self, u_s: Floats) -> Floats:
        """Force at ``u_s`` seconds from its beginning."""
        ...


def flight_s(v_m_per_s: float) -> float:
    """Time in the air, landing in the posture of take-off."""
    return 2 * v_m_per_s / G


@dataclass(frozen=True)
class CmjAct:
    """A countermovement jump."""

    jump: Jump

    @property
    def duration_s(self) -> float:
        """From standing to standing."""
        return self.jump.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """While the body unweights and while it rises again."""
        return self.jump.unweighting_s, self.jump.rise_s

    @property
    def truth(self) -> Mapping[str, float]:
        """Height, velocity, peak."""
        jump = self.jump
        return {
            "jump_height_impulse_momentum": jump.height_m,
            "jump_height_flight_time": jump.height_m,
            "takeoff_velocity": jump.takeoff_velocity_m_per_s,
            "flight_time": jump.flight_s,
            "peak_force": jump.peak_force_n,
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground."""
        return self.jump.force_n(u_s)


@dataclass(frozen=True)
class SquatJump:
    """A jump out of a held squat, and back into it."""

    mass_kg: float
    push_m_per_s2: float = 9.0
    push_s: float = 0.22
    plateau_s: float = 0.10
    release_s: float = 0.10
    landing_s: float = 0.35
    rise_s: float = 1.2

    @property
    def takeoff_velocity_m_per_s(self) -> float:
        """Velocity when the feet leave the ground."""
        a, t4 = self.push_m_per_s2, self.release_s
        return a * self.push_s / 2 + a * self.plateau_s + 2 * (a + G) * t4 / math.pi - G * t4

    @cached_property
    def _pieces(self) -> p.Pieces:
        m, a, v = self.mass_kg, self.push_m_per_s2, self.takeoff_velocity_m_per_s
        t2, t3, t4 = self.push_s, self.plateau_s, self.release_s
        v2, v3 = a * t2 / 2, a * t2 / 2 + a * t3
        up_m = a * t2**2 * (0.25 - 1 / math.pi**2) + v2 * t3 + a * t3**2 / 2
        up_m += v3 * t4 + (a + G) * (2 * t4 / math.pi) ** 2 - G * t4**2 / 2
        down_m = p.landing_drop_m(v, self.landing_s)
        parts = (
            p.push(m, a, length_s=t2), p.plateau(m, a, length_s=t3), p.release(m, a, length_s=t4), p.air(flight_s(v)),
            p.landing(m, v, length_s=self.landing_s), p.shift(m, -(up_m + down_m), length_s=self.rise_s),
        )  # fmt: skip
        return p.Pieces(parts, m * G, m * G)

    @property
    def duration_s(self) -> float:
        """From squat to squat."""
        return self._pieces.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """While the push begins and while the body rises again."""
        return self.push_s, self.rise_s

    @property
    def truth(self) -> Mapping[str, float]:
        """Height, velocity, peak."""
        v = self.takeoff_velocity_m_per_s
        return {
            "jump_height_impulse_momentum": v**2 / (2 * G),
            "jump_height_flight_time": v**2 / (2 * G),
            "takeoff_velocity": v,
            "flight_time": flight_s(v),
            "peak_force": self.mass_kg * (self.push_m_per_s2 + G),
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground."""
        return self._pieces.force_n(u_s)


@dataclass(frozen=True)
class DropJump:
    """Down from a box on an empty plate, up at once, and a landing that ends in standing."""

    mass_kg: float
    drop_m: float = 0.30
    contact_s: float = 0.22
    height_m: float = 0.25
    landing_s: float = 0.35
    rise_s: float = 1.2

    @property
    def _speeds_m_per_s(self) -> tuple[float, float]:
        return math.sqrt(2 * G * self.drop_m), math.sqrt(2 * G * self.height_m)

    @cached_property
    def _pieces(self) -> p.Pieces:
        m, (v_in, v_out) = self.mass_kg, self._speeds_m_per_s
        moved_m = self.contact_s * (v_out - v_in) / 2 + p.landing_drop_m(v_out, self.landing_s)
        parts = (
            p.half_sine(m, v_in, v_out, length_s=self.contact_s), p.air(flight_s(v_out)),
            p.landing(m, v_out, length_s=self.landing_s), p.shift(m, -moved_m, length_s=self.rise_s),
        )  # fmt: skip
        return p.Pieces(parts, 0.0, m * G)

    @property
    def duration_s(self) -> float:
        """From contact to standing."""
        return self._pieces.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the first contact on."""
        return 0.0, self.rise_s

    @property
    def truth(self) -> Mapping[str, float]:
        """Contact, flight, their ratios, the drop."""
        v_in, v_out = self._speeds_m_per_s
        air_s, contact_s = flight_s(v_out), self.contact_s
        return {
            "contact_time": contact_s,
            "flight_time": air_s,
            "jump_height_flight_time": self.height_m,
            "jump_height_impulse_momentum": self.height_m,
            "rsi_flight_contact": air_s / contact_s,
            "rsi_height_contact": self.height_m / contact_s,
            "drop_height": self.drop_m,
            "touchdown_velocity": -v_in,
            "peak_contact_force": p.half_sine_top_n(self.mass_kg, v_in, v_out, length_s=contact_s),
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground."""
        return self._pieces.force_n(u_s)


@dataclass(frozen=True)
class DropLanding:
    """Down from a box on an empty plate, and standing."""

    mass_kg: float
    drop_m: float = 0.30
    landing_s: float = 0.30
    rise_s: float = 1.0

    @property
    def _speed_m_per_s(self) -> float:
        return math.sqrt(2 * G * self.drop_m)

    @cached_property
    def _pieces(self) -> p.Pieces:
        m, v = self.mass_kg, self._speed_m_per_s
        up_m = -p.landing_drop_m(v, self.landing_s)
        return p.Pieces((p.landing(m, v, length_s=self.landing_s), p.shift(m, up_m, length_s=self.rise_s)), 0.0, m * G)

    @property
    def duration_s(self) -> float:
        """From contact to standing."""
        return self._pieces.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the first contact on."""
        return 0.0, self.rise_s

    @property
    def truth(self) -> Mapping[str, float]:
        """The impact, the drop before it, and the last time outside 5 % of the weight."""
        u_s, weight_n = np.arange(0.0, self.duration_s, 1e-4), self.mass_kg * G
        outside = np.flatnonzero(np.abs(self.force_n(u_s) - weight_n) > STEADY_SHARE * weight_n)
        return {
            "time_to_stabilisation": float(u_s[outside[-1]]),
            "landing_peak_force": p.landing_top_n(self.mass_kg, self._speed_m_per_s, length_s=self.landing_s),
            "drop_height": self.drop_m,
            "touchdown_velocity": -self._speed_m_per_s,
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground."""
        return self._pieces.force_n(u_s)


@dataclass(frozen=True)
class Hops:
    """A countermovement jump, then a contact and a flight for each of ``contacts_s`` and ``heights_m``, then standing."""

    first: Jump
    contacts_s: tuple[float, ...]
    heights_m: tuple[float, ...]
    landing_s: float = 0.35
    rise_s: float = 1.2

    @cached_property
    def _pieces(self) -> p.Pieces:
        m, first = self.first.mass_kg, self.first
        speeds = [first.takeoff_velocity_m_per_s, *(math.sqrt(2 * G * h) for h in self.heights_m)]
        parts: list[p.Piece] = [(first.takeoff_s, first.force_n), p.air(flight_s(speeds[0]))]
        moved_m = self._takeoff_m
        for (v_in, v_out), contact_s in zip(pairwise(speeds), self.contacts_s, strict=True):
            parts += [p.half_sine(m, v_in, v_out, length_s=contact_s), p.air(flight_s(v_out))]
            moved_m += contact_s * (v_out - v_in) / 2
        moved_m += p.landing_drop_m(speeds[-1], self.landing_s)
        parts += [p.landing(m, speeds[-1], length_s=self.landing_s), p.shift(m, -moved_m, length_s=self.rise_s)]
        return p.Pieces(tuple(parts), m * G, m * G)

    @property
    def _takeoff_m(self) -> float:
        """How much higher than standing the body is at the first take-off: what its last rise undoes, but for the landing."""
        jump = self.first
        landed_m = p.landing_drop_m(jump.takeoff_velocity_m_per_s, jump.landing_s)
        return -jump.rise_m_per_s2 * jump.rise_s**2 / (2 * math.pi) - landed_m

    @property
    def duration_s(self) -> float:
        """From standing to standing."""
        return self._pieces.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """While the body unweights for the first jump and while it rises at the end."""
        return self.first.unweighting_s, self.rise_s

    @property
    def truth(self) -> Mapping[str, float]:
        """Means of the series; of a single hop its own contact and flight."""
        airs_s = [math.sqrt(8 * h / G) for h in self.heights_m]
        rsi = [a / c for a, c in zip(airs_s, self.contacts_s, strict=True)]
        by_height = [h / c for h, c in zip(self.heights_m, self.contacts_s, strict=True)]
        tops = sorted(range(len(rsi)), key=lambda k: -self.heights_m[k])[:N_BEST]
        return {
            "hop_count": float(len(rsi)),
            "rsi_10_5": float(np.mean(sorted(rsi)[-N_BEST:])),
            "rsi_10_5_height": float(np.mean(sorted(by_height)[-N_BEST:])),
            "rsi_10_5_best_height": float(np.mean([rsi[k] for k in tops])),
            "rsi_mean": float(np.mean(rsi)),
            "rsi_peak": max(rsi),
            "contact_time": self.contacts_s[0],
            "flight_time": airs_s[0],
            "rsi_flight_contact": rsi[0],
            "rsi_height_contact": by_height[0],
            "jump_height_flight_time": self.heights_m[0],
            "jump_height_impulse_momentum": self.heights_m[0],
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force on the ground."""
        return self._pieces.force_n(u_s)
