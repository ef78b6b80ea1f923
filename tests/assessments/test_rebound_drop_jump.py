"""Drop jumps of a half-sine contact: every answer is a closed formula."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, one_leg, one_plate, two_plates
from scipy.optimize import brentq

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.rebound.example import LANDING_S, V_OUT, drop_jump_n, half_sine, hops_n, soft_landing
from daq.metrics.value import Status

CONTACT_S, DROP_M, START_S = 0.20, 0.40, 0.5
V_IN = math.sqrt(2 * G * DROP_M)
PEAK_N = math.pi * MASS_KG * (V_IN + V_OUT + G * CONTACT_S) / (2 * CONTACT_S)
AIR_S = 2 * V_OUT / G
HEIGHT_M = V_OUT**2 / (2 * G)


def _velocity(tau: float) -> float:
    return -V_IN + PEAK_N * CONTACT_S / (math.pi * MASS_KG) * (1 - math.cos(math.pi * tau / CONTACT_S)) - G * tau


BRAKING_S = brentq(_velocity, 0.001, CONTACT_S - 0.001)
_K = PEAK_N * CONTACT_S / (math.pi * MASS_KG)
DEPTH_M = (
    -V_IN * BRAKING_S
    + _K * (BRAKING_S - CONTACT_S / math.pi * math.sin(math.pi * BRAKING_S / CONTACT_S))
    - G * BRAKING_S**2 / 2
)


@pytest.fixture
def dj():
    return load_assessment("dj")


@pytest.mark.parametrize("phase", [0.0, 0.13, 0.37, 0.5, 0.81])
@pytest.mark.parametrize("rate_hz", [1000.0, 2000.0])
def test_every_value_of_a_noise_free_drop_jump_is_that_of_its_formula(dj, number, phase, rate_hz):
    t = axis(4.0, rate_hz, phase)

    result = analyse(two_plates(t, drop_jump_n(t), rate_hz=rate_hz), dj)

    assert result.status is Status.OK, result.reasons
    assert result.events["contact"].t_s == pytest.approx(START_S, abs=2e-5)
    assert number(result, "contact_time") == pytest.approx(CONTACT_S, abs=3e-5)
    assert number(result, "flight_time") == pytest.approx(AIR_S, abs=1e-4)
    assert number(result, "jump_height_flight_time") == pytest.approx(HEIGHT_M, abs=1e-4)
    assert number(result, "rsi_flight_contact") == pytest.approx(AIR_S / CONTACT_S, rel=4e-4)
    assert number(result, "rsi_height_contact") == pytest.approx(HEIGHT_M / CONTACT_S, rel=6e-4)
    assert number(result, "peak_contact_force") == pytest.approx(PEAK_N, rel=1e-4)
    assert number(result, "peak_contact_force", Limb.LEFT) == pytest.approx(0.45 * PEAK_N, rel=1e-4)
    assert number(result, "contact_impulse_gross") == pytest.approx(2 * PEAK_N * CONTACT_S / math.pi, rel=1e-4)
    assert number(result, "mean_contact_force", Limb.RIGHT) == pytest.approx(0.55 * 2 * PEAK_N / math.pi, rel=2e-4)
    assert number(result, "takeoff_velocity") == pytest.approx(V_OUT, abs=1e-3)
    assert number(result, "touchdown_velocity") == pytest.approx(-V_IN, abs=1e-3)
    assert number(result, "drop_height") == pytest.approx(DROP_M, abs=5e-4)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(HEIGHT_M, abs=3e-4)
    assert number(result, "rsi_height_contact_impulse") == pytest.approx(HEIGHT_M / CONTACT_S, rel=1e-3)
    assert number(result, "braking_time") == pytest.approx(BRAKING_S, abs=5e-5)
    assert number(result, "propulsion_time") == pytest.approx(CONTACT_S - BRAKING_S, abs=5e-5)
    assert number(result, "contact_depth") == pytest.approx(DEPTH_M, abs=1e-4)
    assert number(result, "vertical_stiffness_force") == pytest.approx(-PEAK_N / DEPTH_M, rel=1e-3)
    assert number(result, "body_mass") == pytest.approx(MASS_KG, abs=1e-6)
    assert number(result, "weight_share", Limb.LEFT) == pytest.approx(45.0)


def test_the_index_of_a_constant_share_is_that_of_the_share(dj):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t)), dj)

    for of in ("peak_contact_force", "mean_contact_force", "contact_impulse_gross", "landing_peak_force"):
        value = next(v for v in result.values if v.name == "asymmetry_percent" and v.of == of)
        assert value.value == pytest.approx(100 * (1 - 0.45 / 0.55), abs=0.01), of


@pytest.mark.parametrize("phase", [0.0, 0.4, 0.7])
def test_a_sample_rule_shortens_the_contact_and_lengthens_the_flight(dj, number, phase):
    t, late_s = axis(4.0, phase=phase), CONTACT_S / math.pi * math.asin(20.0 / PEAK_N)

    result = analyse(two_plates(t, drop_jump_n(t)), dj.with_methods({"flight": "fixed_20n"}))

    assert abs(number(result, "contact_time") - (CONTACT_S - 2 * late_s)) < 1.01e-3
    push_n = MASS_KG * (V_OUT + G * LANDING_S / 2) * math.pi / (2 * LANDING_S)
    landing_late_s = LANDING_S / math.pi * math.asin(20.0 / push_n)
    assert abs(number(result, "flight_time") - (AIR_S + late_s + landing_late_s)) < 1.01e-3
    in_samples = 1000 * number(result, "contact_time")
    assert in_samples == pytest.approx(round(in_samples), abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_noise_moves_every_value_less_than_its_interval_says(dj, seed):
    t = axis(5.0, phase=0.2 * seed)
    truth = {
        "contact_time": CONTACT_S, "flight_time": AIR_S, "rsi_flight_contact": AIR_S / CONTACT_S, "takeoff_velocity": V_OUT,
        "touchdown_velocity": -V_IN, "drop_height": DROP_M, "braking_time": BRAKING_S, "jump_height_flight_time": HEIGHT_M,
        "jump_height_impulse_momentum": HEIGHT_M, "contact_impulse_gross": 2 * PEAK_N * CONTACT_S / math.pi,
    }  # fmt: skip

    result = analyse(two_plates(t, drop_jump_n(t), noise_n=2.0, seed=seed), dj)

    for name, true in truth.items():
        value = result.find(name)
        assert value.u is not None, name
        assert abs(value.value - true) < 4 * value.u, name


def test_without_standing_still_the_height_is_that_of_the_flight_time_alone(dj, number):
    t = axis(1.9, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t)), dj)

    assert "no_quiet_end" in result.reasons
    assert result.status is Status.WARNING
    assert number(result, "rsi_flight_contact") == pytest.approx(AIR_S / CONTACT_S, rel=4e-4)
    assert number(result, "jump_height_flight_time") == pytest.approx(HEIGHT_M, abs=1e-4)
    for name in ("jump_height_impulse_momentum", "takeoff_velocity", "touchdown_velocity", "drop_height", "braking_time"):
        value = result.find(name)
        assert value.value is None, name
        assert value.reasons == ("no_quiet_end",), name


def test_without_standing_still_the_box_gives_the_drop(dj, number):
    t = axis(1.9, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t), entered={"box_height_m": 0.45}), dj)
    value = result.find("drop_height")

    assert (value.value, value.method, value.u) == (0.45, "drop.box_height", None)
    assert value.reasons == ("no_quiet_end", "uncertainty_unknown")


@pytest.mark.parametrize(("box_m", "is_told"), [(0.42, False), (0.45, False), (0.48, True), (0.30, True)])
def test_a_drop_that_is_not_that_of_the_box_is_information(dj, box_m, is_told):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t), entered={"box_height_m": box_m}), dj)

    assert ("drop_height_mismatch" in result.reasons) is is_told
    assert result.status is Status.OK
    assert result.find("drop_height").value == pytest.approx(DROP_M, abs=5e-4)


def test_who_steps_off_after_standing_still_is_weighed_before(dj, number):
    t = axis(7.0, phase=0.3)
    force = np.where(t > 5.0, 0.0, drop_jump_n(t))

    result = analyse(two_plates(t, force, noise_n=1.0), dj)

    assert result.find("body_weight").method == "weigh.last_quiet_1s"
    assert number(result, "body_weight") == pytest.approx(WEIGHT_N, abs=0.3)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(HEIGHT_M, abs=0.004)


def test_a_contact_above_a_quarter_second_warns_where_a_fast_jump_was_asked(dj):
    t = axis(4.0, phase=0.3)
    slow = drop_jump_n(t, contact_s=0.32)

    asked = analyse(two_plates(t, slow), dj)
    free = analyse(two_plates(t, slow), dj.model_copy(update={"cue": "as_high_as_possible"}))

    assert asked.status is Status.WARNING
    assert "contact_too_long" in asked.reasons
    assert free.status is Status.OK


def test_a_contact_of_more_than_a_second_is_no_rebound(dj):
    t = axis(6.0, phase=0.3)
    standing = np.where((t > START_S) & (t < START_S + 1.5), WEIGHT_N, 0.0)
    jump = half_sine(t - 2.0, contact_s=0.3, v_in=0.0, v_out=2.0)
    force = standing + jump + soft_landing(t - 2.3 - 4.0 / G, v_in=2.0)

    result = analyse(two_plates(t, force), dj)

    assert result.status is Status.INVALID
    assert "contact_too_long" in result.reasons
    assert all(v.value is None for v in result.values)


def test_a_knock_on_the_empty_plate_is_no_contact(dj, number):
    t = axis(4.0, phase=0.3)
    force = drop_jump_n(t)
    force[(t > 0.3) & (t < 0.31)] += 150.0
    force[(t > START_S - 0.006) & (t < START_S - 0.004)] += 120.0

    result = analyse(two_plates(t, force), dj)

    assert number(result, "contact_time") == pytest.approx(CONTACT_S, abs=1e-4)


def test_one_plate_gives_the_values_of_the_sum_of_two(dj):
    t = axis(4.0, phase=0.3)

    two, one = analyse(two_plates(t, drop_jump_n(t)), dj), analyse(one_plate(t, drop_jump_n(t)), dj)

    for value in one.values:
        other = two.find(value.name, Limb.BOTH)
        assert other.value == pytest.approx(value.value, rel=1e-9), value.column
    assert not [v for v in one.values if v.limb is not Limb.BOTH]


@pytest.mark.parametrize(
    ("free_n", "code", "status"),
    [(None, "free_leg_unchecked", Status.OK), (0.0, "", Status.OK), (60.0, "free_leg_contact", Status.INVALID)],
)
def test_the_free_leg_of_a_single_leg_drop_jump_is_looked_at(number, free_n, code, status):
    t = axis(4.0, phase=0.3)
    free = None if free_n is None else np.where((t > 1.3) & (t < 1.6), free_n, 0.5)

    result = analyse(one_leg(t, drop_jump_n(t), Limb.RIGHT, free_n=free), load_assessment("sl_dj"))

    assert result.status is status
    assert not code or code in result.reasons
    assert bool(code) or not {"free_leg_unchecked", "free_leg_contact"} & set(result.reasons)
    assert number(result, "rsi_flight_contact", Limb.RIGHT) == pytest.approx(AIR_S / CONTACT_S, rel=4e-4)


def test_a_foot_put_down_while_being_weighed_is_free_leg_contact():
    t = axis(4.0, phase=0.3)
    free = np.where(t > 3.6, 80.0, 0.0)

    result = analyse(one_leg(t, drop_jump_n(t), free_n=free), load_assessment("sl_dj"))

    assert "free_leg_contact" in result.reasons


def test_two_clocks_far_apart_withhold_the_velocities_and_keep_the_forces(dj, number):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t), u_clock_s=0.003), dj)

    assert "streams_not_aligned" in result.reasons
    assert result.find("jump_height_impulse_momentum").reasons == ("streams_not_aligned",)
    assert number(result, "peak_contact_force", Limb.LEFT) == pytest.approx(0.45 * PEAK_N, rel=1e-4)
    assert result.find("contact_time").u > 0.004


@pytest.mark.parametrize(
    ("rate_hz", "given", "withheld"),
    [(500.0, ("contact_time", "takeoff_velocity"), ()), (150.0, ("contact_time",), ("takeoff_velocity",)),
     (80.0, (), ("contact_time", "takeoff_velocity"))],
)  # fmt: skip
def test_a_slow_plate_withholds_first_the_velocities_then_everything(dj, rate_hz, given, withheld):
    t = axis(5.0, rate_hz, 0.3)

    result = analyse(two_plates(t, drop_jump_n(t), rate_hz=rate_hz), dj)

    for name in given:
        assert result.find(name).value is not None, name
        assert "rate_too_low" in result.find(name).reasons
    for name in withheld:
        assert result.find(name).reasons == ("rate_too_low",), name


def test_the_jump_before_a_rebound_carries_index_1(number):
    t = axis(8.0, phase=0.3)
    first_s, contact_s, second_s = 0.50, 0.22, 0.46
    force = hops_n(t, np.array([contact_s]), np.array([first_s, second_s]), start_s=2.5)

    result = analyse(two_plates(t, force), load_assessment("cmj_rebound"))

    first = next(v for v in result.values if v.name == "flight_time" and v.entry == 1)
    assert first.value == pytest.approx(first_s, abs=2e-4)
    assert number(result, "flight_time") == pytest.approx(second_s, abs=2e-4)
    assert number(result, "contact_time") == pytest.approx(contact_s, abs=1e-4)
    assert number(result, "rsi_flight_contact") == pytest.approx(second_s / contact_s, rel=1e-3)
    assert number(result, "takeoff_velocity") == pytest.approx(G * second_s / 2, abs=2e-3)
    assert number(result, "touchdown_velocity") == pytest.approx(-G * first_s / 2, abs=2e-3)
    height = next(v for v in result.values if v.name == "jump_height_impulse_momentum" and v.entry == 1)
    assert height.value == pytest.approx(G * first_s**2 / 8, abs=5e-4)
    assert height.method == "height.impulse_momentum"


def test_a_rebound_counted_back_from_the_quiet_end_has_the_same_values(number):
    t, test = axis(8.0, phase=0.3), load_assessment("cmj_rebound")
    force = hops_n(t, np.array([0.22]), np.array([0.5, 0.46]), start_s=2.5)
    back = test.with_methods({"weigh": "last_1s", "kinematics": "backward_quiet_mean"})

    a, b = (analyse(two_plates(t, force), each) for each in (test, back))

    for name in ("takeoff_velocity", "touchdown_velocity", "braking_time", "contact_depth"):
        assert number(a, name) == pytest.approx(number(b, name), abs=1.5e-3), name


def test_gains_of_both_plates_change_forces_and_leave_velocities(dj, number):
    t = axis(4.0, phase=0.3)

    plain, gained = (analyse(two_plates(t, k * drop_jump_n(t)), dj) for k in (1.0, 1.01))

    assert number(gained, "peak_contact_force") == pytest.approx(1.01 * number(plain, "peak_contact_force"))
    assert number(gained, "takeoff_velocity") == pytest.approx(number(plain, "takeoff_velocity"), abs=2e-4)


def test_swapped_sides_change_the_sign_of_every_index(dj):
    t = axis(4.0, phase=0.3)

    a, b = (analyse(two_plates(t, drop_jump_n(t), share_left=s), dj) for s in (0.45, 0.55))

    pairs = zip(
        [v.value for v in a.values if v.name == "asymmetry_percent"],
        [v.value for v in b.values if v.name == "asymmetry_percent"],
        strict=True,
    )
    assert all(x == pytest.approx(-y, abs=1e-6) for x, y in pairs)
