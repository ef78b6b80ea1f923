"""Pulls, contractions, holds and slow lengthenings in closed form, with the answers a measurement should find."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from daq.driver import Floats
from daq.simulate.person import Squeeze, eased

_N_LAST = 6
_EDGE_S = 0.12


@dataclass(frozen=True)
class Pull:
    """One maximal pull, push or squeeze above ``base_n``: the weight of somebody who stands on the plate, 0 N on a cell."""

    squeeze: Squeeze
    base_n: float = 0.0

    @property
    def duration_s(self) -> float:
        """From the rise to the level before."""
        return self.squeeze.duration_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The sides find their share as the force rises, and leave it as it falls."""
        return 0.25, self.squeeze.decay_s

    @property
    def truth(self) -> Mapping[str, float]:
        """Peaks."""
        u_s = np.arange(0.0, self.squeeze.duration_s, 1e-3)
        force_n = self.squeeze.grip_n(u_s)
        top_n = float(force_n.max())
        mean_n = np.convolve(force_n, np.full(1000, 1e-3), "valid")
        return {
            "peak_force": self.base_n + top_n,
            "peak_force_net": top_n,
            "nordic_peak_force": self.base_n + top_n,
            "plateau_force": self.base_n + float(mean_n.max()),
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force."""
        return self.base_n + self.squeeze.grip_n(u_s)


@dataclass(frozen=True)
class Lengthening:
    """A Nordic: the force grows slowly while the body sinks, and is gone at once when it cannot be held."""

    top_n: float
    sink_s: float = 3.0
    fall_s: float = 0.35

    @property
    def duration_s(self) -> float:
        """From the first force to none."""
        return self.sink_s + self.fall_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the beginning."""
        return 0.0, 0.0

    @property
    def impulse_n_s(self) -> float:
        """A rise ``(1 - cos)/2`` and its fall have half of each length."""
        return self.top_n * (self.sink_s + self.fall_s) / 2

    @property
    def truth(self) -> Mapping[str, float]:
        """Peak and impulse."""
        return {"peak_force": self.top_n, "nordic_peak_force": self.top_n, "nordic_impulse": self.impulse_n_s}

    def force_n(self, u_s: Floats) -> Floats:
        """Force."""
        return self.top_n * (eased(u_s / self.sink_s) - eased((u_s - self.sink_s) / self.fall_s))


@dataclass(frozen=True)
class Lengthenings:
    """Lengthenings one after the other, ``pause_s`` between them."""

    each: tuple[Lengthening, ...]
    pause_s: float = 4.0

    @property
    def duration_s(self) -> float:
        """From the first force to the end of the last one."""
        return sum(one.duration_s + self.pause_s for one in self.each) - self.pause_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the beginning."""
        return 0.0, 0.0

    @property
    def truth(self) -> Mapping[str, float]:
        """Means and largest of the peaks and impulses."""
        tops_n = [one.top_n for one in self.each]
        impulses_n_s = [one.impulse_n_s for one in self.each]
        return {
            "nordic_peak_force_mean": float(np.mean(tops_n)),
            "nordic_peak_force_best": max(tops_n),
            "nordic_impulse_mean": float(np.mean(impulses_n_s)),
            "rep_peak_force_mean": float(np.mean(tops_n)),
            "rep_peak_force_best": max(tops_n),
            "rep_count": float(len(tops_n)),
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force."""
        force_n, start_s = np.zeros_like(u_s), 0.0
        for one in self.each:
            force_n = force_n + one.force_n(u_s - start_s)
            start_s += one.duration_s + self.pause_s
        return force_n


@dataclass(frozen=True)
class Contractions:
    """Contractions of equal length whose force falls from ``first_n`` towards ``last_n`` by the factor ``q`` each time."""

    first_n: float
    last_n: float
    count: int = 24
    work_s: float = 7.0
    rest_s: float = 3.0
    q: float = 0.85

    @property
    def forces_n(self) -> Floats:
        """Force of each contraction."""
        powers: Floats = np.power(self.q, np.arange(self.count, dtype=np.float64))
        return self.last_n + (self.first_n - self.last_n) * powers

    @property
    def duration_s(self) -> float:
        """From the first contraction to the end of the last one."""
        return self.count * (self.work_s + self.rest_s) - self.rest_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the beginning."""
        return 0.0, 0.0

    @property
    def truth(self) -> Mapping[str, float]:
        """What the rules give, not the asymptote: the trimmed mean of the last six lies above it while force still falls."""
        f = self.forces_n
        last = f[-_N_LAST:]
        kept = last[np.abs(last - last.mean()) <= last.std(ddof=1)] if len(last) > 1 else last
        of = float(kept.mean())
        above = f[f > of] - of
        best_three, n = np.mean(f[:3]), len(f)
        return {
            "critical_force": of,
            "w_prime": float(above.sum()) * self.work_s,
            "end_test_force": float(np.mean(f[-3:])),
            "initial_force": float(best_three),
            "rep_count": float(n),
            "rep_peak_force_best": float(f.max()),
            "rep_peak_force_mean": float(f.mean()),
            "fatigue_index_percent": float(100 * (f[0] - f[-1]) / f[0]),
            "fatigue_index_3_3_percent": float(100 * (best_three - np.mean(f[-3:])) / best_three),
            "peak_force": float(f.max()),
        }

    def force_n(self, u_s: Floats) -> Floats:
        """Force: each contraction rises and falls within 0.12 s."""
        cycle_s = self.work_s + self.rest_s
        k = np.clip(np.floor(u_s / cycle_s), 0, self.count - 1)
        within_s = u_s - k * cycle_s
        shape = eased(within_s / _EDGE_S) - eased((within_s - self.work_s + _EDGE_S) / _EDGE_S)
        force_n: Floats = self.forces_n[k.astype(np.int64)] * shape
        return force_n


@dataclass(frozen=True)
class Hold:
    """A force held for ``held_s``: all out and falling by ``rate_per_s``, or steady at a target until it fails."""

    force_level_n: float
    held_s: float
    rate_per_s: float = 0.0
    rise_s: float = 0.3
    fall_s: float = 0.4
    wanted_s: float = field(default=30.0)

    @property
    def duration_s(self) -> float:
        """From the rise to none."""
        return self.rise_s + self.held_s + self.fall_s

    @property
    def settle_s(self) -> tuple[float, float]:
        """The share is there from the beginning."""
        return 0.0, 0.0

    @property
    def truth(self) -> Mapping[str, float]:
        """Of an exponential decline over the wanted time: strength decrement with 10 s at each end, and area index."""
        k, t, h = self.rate_per_s, self.wanted_s, 10.0
        made = {"endurance_time": self.held_s, "peak_force": self.force_level_n, "hold_mean_force": self.force_level_n}
        if k > 0 and t > 0:
            last = math.exp(-k * (t - h)) * (1 - math.exp(-k * h)) / (k * h)
            made["strength_decrement_percent"] = 100 * (1 - last)
            made["static_fatigue_index_percent"] = 100 * (1 - (1 - math.exp(-k * t)) / (k * t))
        return made

    def force_n(self, u_s: Floats) -> Floats:
        """Force."""
        held_s = np.clip(u_s - self.rise_s, 0.0, self.held_s)
        shape = eased(u_s / self.rise_s) - eased((u_s - self.rise_s - self.held_s) / self.fall_s)
        return np.asarray(self.force_level_n * np.exp(-self.rate_per_s * held_s) * shape)
