"""The end of a landing that comes to rest without a bounce, found under noise and at every rate."""

import math

import numpy as np
import pytest
import rebound_efforts as rebound

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.rebound.example import soft_landing
from daq.metrics.stopping import find_halt

CMJ, LANDING = load_assessment("cmj"), load_assessment("landing")
MASS_KG, G, LANDING_S = 70.0, 9.80665, 0.3


def closed(v_m_per_s):
    """Mean force, time of the peak and its force of a landing at this speed that ends at the weight with no velocity."""
    weight = MASS_KG * G
    b5 = (v_m_per_s + G * LANDING_S / 2.0) * math.pi / (2.0 * LANDING_S)
    at_s = LANDING_S * (1.0 - math.atan(2.0 * b5 / G) / math.pi)
    return MASS_KG * v_m_per_s / LANDING_S + weight, at_s, weight / 2.0 + math.hypot(weight / 2.0, MASS_KG * b5)


def jumped(jump, *, rate_hz=1000.0, phase=0.3, noise_n=0.0, seed=1):
    t = jump.axis(rate_hz, phase)
    return rebound.two_plates(t, jump.force_n(t), rate_hz=rate_hz, noise_n=noise_n, seed=seed)


def within(found, truth):
    low, high = found.interval
    return low <= truth <= high


@pytest.mark.parametrize("rate_hz", [500.0, 1000.0, 2000.0])
def test_without_noise_the_mean_force_is_that_of_the_closed_form(jump, rate_hz):
    found = analyse(jumped(jump, rate_hz=rate_hz), CMJ).find("landing_mean_force", Limb.BOTH)

    assert found.value == pytest.approx(closed(jump.v_takeoff)[0], rel=0.005)
    assert within(found, closed(jump.v_takeoff)[0])


def test_under_noise_the_interval_of_the_mean_force_holds_the_closed_form(jump):
    truth = closed(jump.v_takeoff)[0]
    found = [analyse(jumped(jump, noise_n=1.3, seed=seed), CMJ).find("landing_mean_force", Limb.BOTH) for seed in range(20)]

    assert all(value.value == pytest.approx(truth, rel=0.04) for value in found)
    assert sum(within(value, truth) for value in found) >= 18


def test_where_the_end_could_be_anywhere_it_has_no_uncertainty():
    t = np.arange(0.0, 1.0, 0.001)
    v = -np.exp(-t / 0.1)

    halt = find_halt(t, v, 70.0 * np.gradient(v, t), u_m_per_s=0.2, u_weight_n=10.0)

    assert halt is not None
    assert halt.u_s is None


def test_a_steep_crossing_is_as_certain_as_the_velocity_by_the_slope():
    t = np.arange(0.0, 0.5, 0.001)

    halt = find_halt(t, 10.0 * (t - 0.2003), np.full(len(t), 700.0), u_m_per_s=0.05, u_weight_n=1.0)

    assert halt.t_s == pytest.approx(0.2003, abs=1e-9)
    assert halt.u_s == pytest.approx(0.005, rel=1e-6)


def landed(noise_n, seed):
    t = rebound.axis(5.0, phase=0.5)
    return analyse(rebound.two_plates(t, soft_landing(t - 1.0, v_in=2.5), noise_n=noise_n, seed=seed), LANDING)


def test_the_rate_of_a_landing_has_the_uncertainty_of_the_time_of_its_peak():
    _, at_s, peak_n = closed(2.5)
    rates, times = [], []
    for seed in range(20):
        result = landed(1.2, seed)
        rates.append(result.find("landing_rfd", Limb.BOTH))
        times.append(result.find("landing_time_to_peak", Limb.BOTH))

    assert sum(within(found, peak_n / at_s) for found in rates) >= 18
    assert sum(within(found, at_s) for found in times) >= 18
    # No wider than five times what it scatters.
    assert 10.0 * float(np.std([found.value for found in rates])) > rates[0].U95
