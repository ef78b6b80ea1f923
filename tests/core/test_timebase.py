from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from daq.core.timebase import Timebase
from daq.errors import UsageError


@dataclass(frozen=True)
class World:
    """A device whose clock runs ``ppm`` slow, behind a link with exponential jitter; host time is the truth."""

    ppm: float
    jitter_s: float
    chunk_s: float = 0.005
    floor_s: float = 0.0
    start: int = 4_000_000_000
    has_exchanges: bool = False
    has_bursts: bool = False

    def ticks(self, t_s: np.ndarray) -> np.ndarray:
        return np.rint(self.start + t_s * 1e6 * (1 - self.ppm * 1e-6)).astype(np.int64)

    def events(self, seed: int, last_s: float) -> list[tuple[float, int, float | None]]:
        """(arrival, tick, asked or None), in the order of arrival."""
        rng = np.random.default_rng(seed)
        taken = np.arange(self.chunk_s, last_s, self.chunk_s)
        came = taken + self.floor_s + rng.exponential(self.jitter_s, len(taken))
        if self.has_bursts:
            for silence in rng.uniform(5, last_s - 5, 6):
                held = (taken > silence) & (taken < silence + 0.8)
                came[held] = np.maximum(came[held], silence + 0.8)
        came = np.maximum.accumulate(came)
        out: list[tuple[float, int, float | None]] = [
            (float(t), int(k), None) for t, k in zip(came, self.ticks(taken), strict=True)
        ]
        if self.has_exchanges:
            asked = np.arange(0.5, last_s, 1.0)
            there = asked + self.floor_s + rng.exponential(self.jitter_s, len(asked))
            back = there + self.floor_s + rng.exponential(self.jitter_s, len(asked))
            out += [(float(b), int(k), float(a)) for b, k, a in zip(back, self.ticks(there), asked, strict=True)]
        return sorted(out, key=lambda event: event[0])


def _followed(world: World, seed: int, last_s: float = 120.0) -> np.ndarray:
    """Each second of the run: error of the map now, and its u; shape (n, 2)."""
    base, rows, wanted_s = Timebase(1e6, u_delay_s=0.0), [], 1.0
    for came_s, tick, asked_s in world.events(seed, last_s):
        if asked_s is None:
            base.arrived(tick, came_s)
        else:
            base.bounded(tick, asked_s, came_s)
        if came_s >= wanted_s:
            wanted_s += 1.0
            now = world.ticks(np.array([came_s]))
            rows.append((float(base.to_s(now)[0]) - came_s, base.u_s))
    return np.array(rows)


USB = {"jitter_s": 0.002, "has_exchanges": True}
BLE = {"jitter_s": 0.015, "chunk_s": 15 / 80}


@pytest.mark.parametrize(
    ("link", "limit_s"),
    [
        (USB, 0.5e-3),
        ({"jitter_s": 0.002}, 0.5e-3),
        (BLE, 5e-3),
        ({**BLE, "has_bursts": True}, 5e-3),
        ({**USB, "floor_s": 1e-3}, 0.5e-3),
    ],
    ids=["USB with exchanges", "USB", "BLE", "BLE in bursts", "USB with exchanges and a constant delay"],
)
def test_two_devices_400_ppm_apart_stay_aligned_and_the_uncertainty_is_honest(link: dict, limit_s: float):
    n_inside = n_seen = 0
    for seed in range(3):
        for ppm in (200.0, -200.0):
            left = _followed(World(ppm=ppm, **link), 2 * seed)
            right = _followed(World(ppm=-ppm, start=17, **link), 2 * seed + 1)
            n = min(len(left), len(right))
            difference = left[:n, 0] - right[:n, 0]
            u_s = np.hypot(left[:n, 1], right[:n, 1])

            assert abs(difference[-1]) <= limit_s
            assert np.abs(difference[60:]).max() <= limit_s
            n_inside += int((np.abs(difference) <= 2 * u_s).sum())
            n_seen += n

    assert n_inside >= 0.95 * n_seen


def test_exchanges_show_a_constant_delay_that_arrivals_cannot():
    silent = _followed(World(ppm=0, jitter_s=0.002, floor_s=0.004), 0, 20.0)
    asked = _followed(World(ppm=0, jitter_s=0.002, floor_s=0.004, has_exchanges=True), 0, 20.0)

    assert abs(silent[-1, 0]) > 0.0035
    assert abs(asked[-1, 0]) < 0.001
    assert abs(asked[-1, 0]) <= 2 * asked[-1, 1]


def test_the_drift_is_found():
    world, base = World(ppm=137.0, jitter_s=0.002), Timebase(1e6)
    for came_s, tick, _ in world.events(5, 60.0):
        base.arrived(tick, came_s)

    assert base.drift_ppm == pytest.approx(137.0, abs=5.0)


def test_a_resonator_far_off_its_nominal_rate_is_followed():
    errors = _followed(World(ppm=4000.0, jitter_s=0.002), 3, 60.0)

    assert np.abs(errors[20:, 0]).max() < 0.5e-3


def test_without_time_the_drift_stays_nominal_and_the_uncertainty_says_so():
    base = Timebase(80.0, u_delay_s=0.0)
    for k in range(1, 20):
        base.arrived(k, k / 80 + (0.01 if k % 3 else 0.0))

    assert base.drift_ppm == 0.0
    assert 0.0 < base.u_s < 0.02


def test_before_the_first_arrival_nothing_is_known():
    base = Timebase(1e6)

    assert math.isinf(base.u_s)
    assert not base.is_known
    with pytest.raises(UsageError, match="wait for its first data"):
        base.freeze()


def test_a_frozen_map_stays_and_says_what_the_base_said():
    base = Timebase(1000.0)
    for k in range(5000):
        base.arrived(k, 7.0 + k / 1000 + 0.002 * (k % 5))
    ticks = np.array([0, 2500, 4999])

    frozen = base.freeze()
    before = frozen.to_s(ticks)
    same = base.to_s(ticks)
    base.arrived(5000, 11.0)

    assert np.array_equal(before, same)
    assert np.array_equal(frozen.to_s(ticks), before)
    assert np.allclose(before, 7.0 + ticks / 1000, atol=1e-4)


def test_ticks_beyond_2_to_the_53_keep_their_microseconds():
    start = 2**60
    base = Timebase(1e6)
    for k in range(3000):
        base.arrived(start + k * 1000, k / 1000)

    assert np.allclose(base.to_s(start + np.array([0, 1_000_001])), [0.0, 1.000001], atol=1e-8)


def test_the_map_depends_on_nothing_but_what_was_fed():
    events = World(ppm=80.0, jitter_s=0.01, has_exchanges=True).events(9, 30.0)
    silent, watched = Timebase(1e6), Timebase(1e6)
    for came_s, tick, asked_s in events:
        for base in (silent, watched):
            if asked_s is None:
                base.arrived(tick, came_s)
            else:
                base.bounded(tick, asked_s, came_s)
        watched.to_s(np.array([tick]))
        assert watched.u_s > 0

    assert silent.freeze() == watched.freeze()


@pytest.mark.parametrize("ppm", [200.0, -200.0])
def test_a_connection_interval_in_step_with_the_packets_leaves_its_constant_part_alone(ppm: float):
    """Packets of 15 samples at 80/s meet a 30 ms interval at four phases: the least delay is constant, below 7.5 ms."""
    for seed in range(12):
        world, base = World(ppm=ppm, jitter_s=0.001, chunk_s=15 / 80), Timebase(1e6)
        phase_s = np.random.default_rng(seed).uniform(0, 0.03)
        for came_s, tick, _ in world.events(seed, 120.0):
            base.arrived(tick, math.ceil((came_s - phase_s) / 0.03) * 0.03 + phase_s)

        error_s = float(base.to_s(world.ticks(np.array([120.0])))[0]) - 120.0
        assert -0.002 < error_s < 0.0095


def test_one_late_second_moves_nothing():
    base = Timebase(1e6)
    for k in range(6000):
        base.arrived(k * 5000, k * 0.005 + (1.0 if 4000 < k < 4200 else 0.0))

    assert abs(float(base.to_s(np.array([6000 * 5000]))[0]) - 30.0) < 1e-4


def test_a_clock_without_a_rate_is_refused():
    with pytest.raises(UsageError, match="above 0 Hz"):
        Timebase(0.0)
