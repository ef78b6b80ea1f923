"""The weight of one second of standing and how far it may be from the true one."""

import math

import numpy as np
import pytest

from daq.metrics.effort import Curve, Instrument
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace
from daq.metrics.weighing import Weighing, weigh

RATE_HZ, G = 1000.0, 9.80665


def _weighed(force_n: np.ndarray, *, one_leg: bool) -> Weighing:
    t = np.arange(len(force_n)) / RATE_HZ
    trace = Trace.of(Curve(t, force_n, RATE_HZ, Instrument()))
    assert trace is not None
    found = weigh(trace, float(t[-1]) + 0.3, rule=Rule("weigh.lowest_sd_1s"), landing_s=None, one_leg=one_leg, gravity=G)
    assert isinstance(found, Weighing), found
    return found


def _noise(n: int) -> np.ndarray:
    return np.random.default_rng(4).standard_normal(n)


def test_standing_on_both_legs_before_is_no_part_of_the_weighing_on_one():
    both_legs, one_leg = np.full(3000, 350.0), np.full(1500, 700.0)
    shift = np.linspace(350.0, 700.0, 400)
    force = np.concatenate((np.zeros(500), both_legs, shift, one_leg))

    found = _weighed(force + _noise(len(force)), one_leg=True)

    assert found.weight_n == pytest.approx(700.0, abs=0.2)
    assert found.u_weight_n < 2.0


def test_standing_on_both_legs_longer_does_not_change_the_uncertainty():
    def of(both_s: float) -> float:
        force = np.concatenate((np.full(round(1000 * both_s), 350.0), np.full(4000, 700.0)))
        return _weighed(force + _noise(len(force))[::-1], one_leg=True).u_weight_n

    assert of(2.0) == pytest.approx(of(6.0), rel=0.5)
    assert of(2.0) < 1.0


@pytest.mark.parametrize("standing_s", [1.2, 2.5, 6.0])
def test_the_weight_is_never_more_certain_when_the_person_sways_more(standing_s):
    t = np.arange(round(1000 * standing_s)) / RATE_HZ

    def of(sway_n: float) -> float:
        force = 700.0 + sway_n * np.sin(2 * math.pi * 0.3 * t + 0.4) + _noise(len(t))
        return _weighed(force, one_leg=True).u_weight_n

    grown = [of(sway_n) for sway_n in (0.0, 2.0, 4.0, 8.0, 12.0)]

    assert grown == sorted(grown)
    assert grown[-1] > 1.5 * grown[0]


@pytest.mark.parametrize("inside_s", [0.02, 0.05, 0.08, 0.2])
def test_the_end_of_a_step_inside_a_second_is_no_sway(inside_s):
    standing = np.full(4000 - round(1000 * inside_s), 700.0)
    force = np.concatenate((np.full(2000, 350.0), np.linspace(350.0, 700.0, round(1000 * inside_s)), standing))

    found = _weighed(force + _noise(len(force)), one_leg=True)

    assert found.u_weight_n < 1.0


def test_blocks_that_are_not_quiet_count_with_their_spread():
    rng = np.random.default_rng(8)
    restless = np.repeat([712.0, 690.0, 706.0], 1000) + 40.0 * np.sin(2 * np.pi * 3.0 * np.arange(3000) / RATE_HZ)
    force = np.concatenate((restless, np.full(1000, 700.0))) + rng.standard_normal(4000)

    found = _weighed(force, one_leg=True)

    assert found.u_weight_n > 5.0
