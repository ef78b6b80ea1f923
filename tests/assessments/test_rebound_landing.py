"""Landings with closed answers, from a drop onto an empty plate."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, one_leg, one_plate, two_plates
from scipy.optimize import brentq

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.rebound.example import half_sine, soft_landing
from daq.metrics.value import Status

START_S, LENGTH_S, DROP_M = 0.5, 0.30, 0.30
V = math.sqrt(2 * G * DROP_M)
B = (V + G * LENGTH_S / 2) * math.pi / (2 * LENGTH_S)
PEAK_N = WEIGHT_N / 2 + math.hypot(WEIGHT_N / 2, MASS_KG * B)
TO_PEAK_S = LENGTH_S * (1 - math.atan(2 * B / G) / math.pi)
DOWN_M = V * LENGTH_S + G * LENGTH_S**2 / 4 + G * LENGTH_S**2 / math.pi**2 - B * LENGTH_S**2 / math.pi


def _force_n(tau: float) -> float:
    x = math.pi * tau / LENGTH_S
    return WEIGHT_N / 2 * (1 - math.cos(x)) + MASS_KG * B * math.sin(x)


INTO_BAND_S = brentq(lambda tau: _force_n(tau) - 1.05 * WEIGHT_N, TO_PEAK_S, LENGTH_S)


@pytest.fixture
def landing():
    return load_assessment("landing")


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("make", [two_plates, one_plate])
def test_every_value_of_a_noise_free_landing_is_that_of_its_formula(landing, number, phase, make):
    t = axis(4.0, phase=phase)

    result = analyse(make(t, soft_landing(t - START_S, v_in=V)), landing)

    assert result.status is Status.OK, result.reasons
    assert result.events["landing"].t_s == pytest.approx(START_S, abs=1e-4)
    assert number(result, "landing_peak_force") == pytest.approx(PEAK_N, rel=1e-4)
    assert number(result, "landing_time_to_peak") == pytest.approx(TO_PEAK_S, abs=0.0007)
    assert number(result, "landing_rfd") == pytest.approx(PEAK_N / TO_PEAK_S, rel=0.005)
    assert number(result, "touchdown_velocity") == pytest.approx(-V, abs=1e-3)
    assert number(result, "drop_height") == pytest.approx(DROP_M, abs=5e-4)
    # The velocity comes so flatly to zero that where it does is known to some ms only.
    assert number(result, "landing_impulse_net") == pytest.approx(MASS_KG * V, rel=0.002)
    assert number(result, "landing_mean_force") == pytest.approx(WEIGHT_N + MASS_KG * V / LENGTH_S, rel=0.02)
    assert number(result, "landing_stiffness") == pytest.approx(PEAK_N / DOWN_M, rel=0.002)
    assert number(result, "time_to_stabilisation") == pytest.approx(INTO_BAND_S, abs=0.0011)


def test_a_limb_has_its_own_peak_time_and_band(landing, number):
    t = axis(6.0, phase=0.3)
    total = soft_landing(t - START_S, v_in=V)
    rocking = np.where((t > 1.0) & (t < 2.0), 60.0 * np.sin(2 * math.pi * 2 * (t - 1.0)), 0.0)
    effort = two_plates(t, total)
    for limb, sign in ((Limb.LEFT, 1.0), (Limb.RIGHT, -1.0)):
        effort.curves[limb].force_n[:] += sign * rocking

    result = analyse(effort, landing)

    assert number(result, "landing_peak_force", Limb.LEFT) == pytest.approx(0.45 * PEAK_N, rel=1e-4)
    assert number(result, "time_to_stabilisation") == pytest.approx(INTO_BAND_S, abs=0.0011)
    # The rocking leaves the band of 5 % of the weight, 34.3 N, for the last time shortly before it ends.
    last_s = 2.0 - math.asin(0.05 * WEIGHT_N / 60.0) / (4 * math.pi) - START_S
    assert number(result, "time_to_stabilisation", Limb.LEFT) == pytest.approx(last_s, abs=0.002)


def test_a_step_up_before_and_a_step_off_after_are_no_landing(landing, number):
    t = axis(12.0, phase=0.3)
    before = np.where((t > 0.5) & (t < 3.0), WEIGHT_N, 0.0)
    force = before + np.where(t < 10.0, soft_landing(t - 5.0, v_in=V), 0.0)

    result = analyse(two_plates(t, force, noise_n=1.0), landing)

    assert result.events["landing"].t_s == pytest.approx(5.0, abs=0.001)
    assert number(result, "drop_height") == pytest.approx(DROP_M, abs=0.01)


def test_who_jumps_again_has_not_landed(landing):
    t = axis(6.0, phase=0.3)
    air_s = 2 * 1.5 / G
    force = half_sine(t - 0.5, contact_s=0.3, v_in=V, v_out=1.5) + soft_landing(t - 0.8 - air_s, v_in=1.5)

    result = analyse(two_plates(t, force), landing)

    assert result.status is Status.INVALID
    assert "landing_rebound" in result.reasons


def test_a_record_that_ends_early_has_no_weight_and_says_so(landing):
    t = axis(1.4, phase=0.3)

    result = analyse(two_plates(t, soft_landing(t - START_S, v_in=V)), landing)

    assert result.find("landing_peak_force").value == pytest.approx(PEAK_N, rel=1e-4)
    assert result.find("touchdown_velocity").reasons == ("no_quiet_end",)
    assert result.find("time_to_stabilisation").value is None
    assert "no_quiet_end" in result.reasons


def test_a_person_who_never_stands_still_is_not_stabilised(landing):
    t = axis(9.0, phase=0.3)
    sway = np.where(t > 0.9, 45.0 * np.sin(2 * math.pi * 1.0 * t), 0.0)
    still = np.where(t > 7.0, 0.0, sway)

    result = analyse(two_plates(t, soft_landing(t - START_S, v_in=V) + still), landing)

    assert result.find("time_to_stabilisation").reasons == ("not_stabilised",)


def test_a_landing_on_one_leg_looks_at_the_other(number):
    t, test = axis(4.0, phase=0.3), load_assessment("sl_landing")
    force = soft_landing(t - START_S, v_in=V)

    clean = analyse(one_leg(t, force, Limb.RIGHT, free_n=np.zeros(len(t))), test)
    touched = analyse(one_leg(t, force, Limb.RIGHT, free_n=np.where((t > 0.6) & (t < 0.7), 90.0, 0.0)), test)
    alone = analyse(one_leg(t, force, Limb.RIGHT), test)

    assert clean.status is Status.OK
    assert number(clean, "time_to_stabilisation", Limb.RIGHT) == pytest.approx(INTO_BAND_S, abs=0.0011)
    assert "free_leg_contact" in touched.reasons
    assert touched.status is Status.INVALID
    assert "free_leg_unchecked" in alone.reasons
    assert alone.status is Status.OK
