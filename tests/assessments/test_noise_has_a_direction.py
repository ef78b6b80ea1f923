"""Extremes of noisy samples, what is divided by them, and the other numbers whose interval noise alone pushes off the truth."""

import math

import numpy as np
import pytest
import rebound_efforts as plates
from endurance_curves import one, times
from pulls import RISE_N, TAU_S, at_cell, exponential

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.core.detector import find_efforts
from daq.metrics.isometric import PULL
from daq.metrics.paired import Pairing, person_asymmetry
from daq.metrics.summary import Series
from daq.metrics.value import Better, Value

CMJ, SJ, MVC, HOLD = (load_assessment(name) for name in ("cmj", "sj", "knee_extension", "endurance_hold"))
G = 9.80665


def within(found, truth):
    low, high = found.interval
    return low <= truth <= high


def test_the_smallest_force_is_too_low_by_its_bias(jump):
    t, truth = jump.axis(phase=0.3), jump.mass_kg * (G - jump.a1)
    found = [
        analyse(plates.two_plates(t, jump.force_n(t), noise_n=1.5, seed=seed), CMJ).find("min_force", Limb.BOTH)
        for seed in range(20)
    ]

    assert all(value.bias < 0.0 for value in found)
    assert np.mean([value.value - value.bias for value in found]) == pytest.approx(truth, abs=0.6)
    assert sum(within(value, truth) for value in found) >= 18


def test_a_squat_jump_without_a_dip_has_one_of_noise_alone():
    t = np.arange(0.0, 5.0, 0.001)
    mass, a, rise_s, hold_s, end_s = 70.0, 13.0, 0.2, 0.15, 0.1
    force, since = np.full(len(t), mass * G), t - 1.5
    force += np.where((since >= 0) & (since < rise_s), mass * a / 2 * (1 - np.cos(math.pi * since / rise_s)), 0.0)
    since = since - rise_s
    force += np.where((since >= 0) & (since < hold_s), mass * a, 0.0)
    since = since - hold_s
    v = a * rise_s / 2 + a * hold_s + 2 * (a + G) * end_s / math.pi - G * end_s
    force = np.where((since >= 0) & (since < end_s), mass * (a + G) * np.cos(math.pi * since / 2 / end_s), force)
    since = since - end_s
    force = np.where((since >= 0) & (since < 2 * v / G), 0.0, force)
    found = [
        analyse(plates.two_plates(t, force, noise_n=1.0, seed=seed), SJ).find("squat_jump_dip", Limb.BOTH) for seed in range(10)
    ]

    dips = [value for value in found if value.value]
    assert dips
    assert all(value.bias >= 0.0 for value in dips)
    assert all(within(value, 0.0) for value in dips)


@pytest.mark.parametrize("noise_n", [0.05, 0.5])
def test_a_rate_by_a_noisy_peak_holds_the_closed_form(noise_n):
    truth = 100.0 * (RISE_N - 5.0) * (1.0 - math.exp(-0.2 / TAU_S)) / 0.2 / RISE_N
    test = MVC.model_copy(update={"metrics": ("peak_force", "rfd_normalised"), "cue": "fast_and_hard"})
    found = [analyse(at_cell(exponential, noise_n=noise_n, seed=seed), test).find("rfd_normalised") for seed in range(20)]

    assert all(value.bias < 0.0 for value in found)
    assert sum(within(value, truth) for value in found) >= 17
    assert math.hypot(*found[0].u_parts.values()) == pytest.approx(found[0].u)


def test_what_comes_after_a_hold_has_failed_is_no_error_of_it():
    t = times(23.0)
    force = np.where((t >= 0) & (t < 20.0), 310.0, np.where((t >= 20.0) & (t < 23.0), 100.0, 0.0))

    result = analyse(one(t, force, entered={"target_n": 300.0}), HOLD)

    assert result.find("endurance_time").value == pytest.approx(20.0, abs=0.002)
    assert result.find("target_error_rms").value == pytest.approx(10.0, rel=1e-9)


@pytest.mark.parametrize(("n_rows", "length_s"), [(3001, 30.0), (3000, 29.99), (3400, 30.0)])
def test_a_stance_of_30_s_is_the_whole_of_it(n_rows, length_s):
    t = np.arange(n_rows) / 100.0

    (found,) = find_efforts(t, np.full(n_rows, 700.0), load_assessment("stance"))

    assert found.stop_s - found.start_s == pytest.approx(length_s, abs=1e-9)


def test_how_still_somebody_stands_before_a_pull_is_a_limit_of_the_test():
    t = np.arange(0.0, 9.0, 0.001)
    force = 800.0 + np.where((t >= 5) & (t < 8), 1200.0 * (1 - np.exp(-(t - 5) / 0.1)), 0.0)
    force = force + 8.0 * np.where(np.arange(len(t)) % 2, 1.0, -1.0)
    imtp = load_assessment("imtp")
    strict = imtp.model_copy(update={"gates": {**imtp.gates, "quiet_n": 5.0, "quiet_share": 0.005}})

    loose, refused = (analyse(plates.two_plates(t, force), test).find("body_weight", Limb.BOTH) for test in (imtp, strict))

    assert PULL.limits["quiet_n"] == 10.0
    assert loose.value == pytest.approx(800.0, abs=0.1)
    assert "weighing_not_quiet" in refused.reasons


def measured(limb, force_n):
    """A peak with 1 % of noise and 0.3 % of gain."""
    parts = {"noise": 0.01 * force_n, "gain": 0.003 * force_n}
    u = math.hypot(*parts.values())
    return Value("peak_force", limb, force_n, "N", "peak.max_sample", u=u, u_parts=parts, better=Better.HIGHER)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("lefts", [(90.0,), (88.0, 90.0, 92.0)])
def test_the_parts_of_an_asymmetry_combine_to_its_uncertainty(lefts, together):
    sides = {Limb.LEFT: lefts, Limb.RIGHT: (100.0,) * len(lefts)}
    series = [
        Series("peak_force", limb, "", tuple(measured(limb, force) for force in forces)) for limb, forces in sides.items()
    ]

    found = person_asymmetry(*series, Pairing("asym.max_denominator", together, "pull"))[0]

    assert found.name == "asymmetry_percent"
    assert math.hypot(*found.u_parts.values()) == pytest.approx(found.u, rel=1e-9)
    # 100 L/R points per unit of ln(R/L), of two independent gains.
    assert found.u_parts["gain"] == pytest.approx(90.0 * math.hypot(0.003, 0.003), rel=0.03)
    assert ("trials" in found.u_parts) is (len(lefts) == 3)


def test_an_asymmetry_of_one_trial_says_what_its_uncertainty_is_made_of():
    pair = [
        Series("peak_force", limb, "", (measured(limb, force),)) for limb, force in ((Limb.LEFT, 90.0), (Limb.RIGHT, 100.0))
    ]

    found = person_asymmetry(*pair, Pairing("asym.max_denominator", together=True, kind="pull"))[0]

    assert dict(found.u_parts) == pytest.approx({"noise": 0.9 * math.sqrt(2.0), "gain": 0.27 * math.sqrt(2.0)})
