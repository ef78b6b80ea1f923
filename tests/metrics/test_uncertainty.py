"""Formulas of uncertainty against published examples and simulation."""

import math

import numpy as np
import pytest

from daq.metrics.effort import Instrument
from daq.metrics.noise import white_noise_of_all_n
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import (
    Budget,
    combined,
    coverage_factor,
    crossing_share,
    effective_freedom,
    gross_impulse,
    mean_force,
    top_of,
)


def test_the_end_gauge_of_the_guide_has_sixteen_degrees_of_freedom():
    # JCGM 100:2008, H.1.6: contributions in nm with their degrees of freedom, nu_eff = 16.7.
    nu = effective_freedom([(25.0, 18), (9.7, 25.6), (2.9, 50), (16.6, 2)])

    assert math.floor(nu) == 16


def test_the_factors_are_those_of_the_table_of_the_guide():
    # JCGM 100:2008, table G.2, 95 %.
    for nu, k in ((1, 12.71), (2, 4.30), (3, 3.18), (7, 2.36), (10, 2.23), (30, 2.04), (None, 1.96)):
        assert coverage_factor(nu) == pytest.approx(k, abs=0.005)


def test_contributions_without_degrees_of_freedom_are_endlessly_many():
    assert effective_freedom([(1.0, None), (2.0, None)]) is None
    assert effective_freedom([(1.0, 4), (1.0, None)]) == 16.0


@pytest.mark.parametrize("size", [1e-90, 1e-3, 1e80, 1e200])
def test_the_degrees_of_freedom_do_not_depend_on_the_unit(size):
    assert effective_freedom([(size, 4), (size, None)]) == 16.0


@pytest.mark.parametrize("parts", [[], [(0.0, 4)], [(math.inf, 4), (1.0, 2)], [(math.nan, 4)]])
def test_contributions_without_a_size_have_no_degrees_of_freedom(parts):
    assert effective_freedom(parts) is None


def _crossing(force, threshold, group):
    ups = np.flatnonzero((force[:-1] <= threshold) & (force[1:] > threshold))
    times = ups + (threshold - force[ups]) / (force[ups + 1] - force[ups])
    apart = np.flatnonzero(np.diff(times) >= group)
    return 0.5 * (times[int(apart[-1]) + 1 if len(apart) else 0] + times[-1])


@pytest.mark.parametrize("per_step", [0.2, 0.5, 1.0, 3.0])
def test_a_slow_rise_through_noise_is_found_with_less_than_the_noise_of_a_sample(per_step):
    rng, half = np.random.default_rng(9), int(12 / per_step) + 4
    found = []
    for _ in range(1500):
        phase = rng.uniform()
        k = np.arange(-half, half) + phase
        found.append(_crossing(per_step * k + rng.standard_normal(2 * half), 0.0, 20) - half + phase)

    share = crossing_share(per_step, noise_n=1.0, dt_s=1.0, group_s=20.0)
    assert math.sqrt(share) == pytest.approx(np.std(found) * per_step, rel=0.1)


@pytest.mark.parametrize(("sigma", "length_s"), [(1.0, 0.3), (3.0, 3.0), (0.5, 10.0)])
def test_the_maximum_of_a_noisy_hold_lies_above_it_by_its_bias(sigma, length_s):
    rng, n = np.random.default_rng(5), int(1000 * length_s)
    tops, errors = [], []
    for _ in range(300):
        force = 400.0 + sigma * rng.standard_normal(n)
        top = top_of(force, rate_hz=1000.0, noise_n=sigma)
        tops.append(top)
        errors.append(force.max() - 400.0)

    assert np.mean([top.bias_n for top in tops]) == pytest.approx(np.mean(errors), abs=0.2 * sigma)
    assert np.sqrt(np.mean([top.u_max_n**2 for top in tops])) == pytest.approx(np.std(errors), rel=0.2)


def test_means_and_impulses_scatter_as_their_formulas_say():
    rng, n, sigma, dt = np.random.default_rng(1), 200, 2.0, 0.001
    gain, zero = 0.01 * rng.standard_normal(5000), 0.5 * rng.standard_normal(5000)
    samples = 300.0 * (1 + gain[:, None]) + zero[:, None] + sigma * rng.standard_normal((5000, n))
    budget = Budget(own=0.01, zero_n=0.5)

    mean = mean_force(budget, 300.0, noise_n=sigma, n=n)
    impulse = gross_impulse(
        budget, 60.0, length_s=n * dt, noise_n=sigma, dt_s=dt, ends_n=(0.0, 0.0), u_event_s=0.0
    )  # fmt: skip

    assert combined(mean) == pytest.approx(samples.mean(axis=1).std(), rel=0.05)
    assert combined(impulse) == pytest.approx((samples.sum(axis=1) * dt).std(), rel=0.05)


def test_a_sum_of_two_sides_adds_the_shared_reference_in_full():
    one = Budget(own=0.01, shared=0.02, reference="masses", zero_n=0.3, is_known=True)
    other = Budget(own=0.01, shared=0.02, reference="others", zero_n=0.3, is_known=True)

    assert Budget.of_sum(one, one).gain == pytest.approx(math.hypot(0.02, 0.01 / math.sqrt(2)))
    assert Budget.of_sum(one, other).gain == pytest.approx(math.hypot(0.02, 0.01) / math.sqrt(2))
    assert Budget.of_sum(one, one).zero_n == pytest.approx(0.3 * math.sqrt(2))


@pytest.mark.parametrize("rate_hz", [80.0, 1000.0])
def test_the_noise_of_a_sensor_is_seen_through_an_effort(rate_hz):
    t = np.arange(0.0, 5.0, 1.0 / rate_hz)
    force = 3.0 + 400.0 * np.where(t > 1.5, 1 - np.exp(-(t - 1.5) / 0.08), 0.0) * (t < 4.5)
    noisy = force + 1.5 * np.random.default_rng(3).standard_normal(len(t))

    assert white_noise_of_all_n(noisy) == pytest.approx(1.5, rel=0.15)
    assert white_noise_of_all_n(np.where(t < 0.2, np.nan, noisy)) == pytest.approx(1.5, rel=0.15)
    assert white_noise_of_all_n(noisy[:5]) == 0.0


def _sampled(force_n, rate_hz):
    return Trace.made(np.arange(len(force_n)) / rate_hz, force_n, rate_hz, instrument=Instrument("cell"), holes=())


@pytest.mark.parametrize("rate_hz", [80.0, 1000.0])
def test_a_maximum_between_samples_is_uncertain_by_the_bend_of_the_force(rate_hz):
    t = np.arange(round(0.5 * rate_hz)) / rate_hz
    top = int(0.2 * rate_hz)  # F'' = -2000 N/s2

    u = _sampled(-1000.0 * (t - t[top]) ** 2, rate_hz).u_between_samples_n(top, noise_n=0.0, bias_n=0.0)

    assert u == pytest.approx(2000.0 / rate_hz**2 / (8.0 * math.sqrt(3.0)))


def test_noise_on_a_level_force_is_no_bend_at_80_hertz():
    rng, found, taken = np.random.default_rng(12), [], []
    for _ in range(200):
        force = 400.0 + 3.0 * rng.standard_normal(240)
        top = top_of(force, rate_hz=80.0, noise_n=3.0)
        i, trace = int(force.argmax()), _sampled(force, 80.0)
        found.append(trace.u_between_samples_n(i, noise_n=top.noise_n, bias_n=top.bias_n))
        taken.append(trace.u_between_samples_n(i, noise_n=0.0, bias_n=0.0))

    assert np.median(taken) > 1.0  # what would be taken for curvature
    assert np.median(found) < 0.1
    assert np.quantile(found, 0.95) < 0.5
