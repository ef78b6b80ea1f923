"""Rules of a drop jump that a test's file or a person may choose in place of the usual ones."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, two_plates

from daq.assessments.analysis import analyse, checked_assessment
from daq.assessments.model import load_assessment
from daq.assessments.perturbation import perturbed
from daq.errors import UsageError
from daq.metrics.rebound.example import CONTACT_S, V_OUT, drop_jump_n, half_sine, hops_n, soft_landing

V_IN = math.sqrt(2 * G * 0.4)
TESTS = ("dj", "sl_dj", "cmj_rebound", "hops_10_5", "sl_hop", "landing", "sl_landing")


@pytest.fixture
def dj():
    return load_assessment("dj")


@pytest.mark.parametrize("name", TESTS)
def test_every_test_file_names_rules_that_fit_it(name):
    test = load_assessment(name)

    assert checked_assessment(test).methods
    assert test.primary in test.metrics


def test_a_rule_of_another_kind_is_refused():
    with pytest.raises(UsageError, match="does not fit"):
        checked_assessment(load_assessment("hops_10_5").with_methods({"drop": "backward"}))


@pytest.mark.parametrize("rule", ["backward_quiet_mean", "backward_first_quiet", "backward"])
def test_every_way_back_from_the_quiet_end_leads_to_the_same_velocity(dj, number, rule):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t)), dj.with_methods({"kinematics": rule}))

    assert result.find("takeoff_velocity").method == f"kinematics.{rule}"
    # The first quiet second begins while the landing still ends: 11 mm/s of it are left there.
    assert number(result, "takeoff_velocity") == pytest.approx(V_OUT, abs=0.012 if rule == "backward_first_quiet" else 0.001)


def test_resting_at_the_first_quiet_sample_leaves_the_end_of_the_landing_out(dj, number):
    t = axis(4.0, phase=0.3)

    def error(rule):
        result = analyse(two_plates(t, drop_jump_n(t)), dj.with_methods({"kinematics": rule}))
        return abs(number(result, "takeoff_velocity") - V_OUT)

    assert error("backward_first_quiet") > 0.003
    assert error("backward_quiet_mean") < 0.0005


def test_counting_forward_needs_standing_before_the_drop(dj):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t)), dj.with_methods({"kinematics": "forward", "weigh": "lowest_sd_1s"}))

    assert result.find("takeoff_velocity").value is None
    assert "weighing_too_short" in result.reasons
    assert result.find("rsi_flight_contact").value is not None


def test_the_box_can_be_asked_for(dj):
    t, asked = axis(4.0, phase=0.3), dj.with_methods({"drop": "box_height"})

    with_box = analyse(two_plates(t, drop_jump_n(t), entered={"box_height_m": 0.4}), asked).find("drop_height")
    without = analyse(two_plates(t, drop_jump_n(t)), asked).find("drop_height")

    assert (with_box.value, with_box.method) == (0.4, "drop.box_height")
    assert without.reasons == ("box_height_missing",)


def test_a_flight_set_by_hand_has_its_two_times(dj, number):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t)), dj.with_methods({"flight": "manual=0.705:1.185"}))

    assert number(result, "flight_time") == pytest.approx(0.480, abs=1e-9)
    assert number(result, "contact_time") == pytest.approx(0.205, abs=1e-4)


@pytest.mark.parametrize(("mass_kg", "is_told"), [(70.0, False), (71.5, False), (74.0, True)])
def test_a_weight_that_is_not_the_persons_is_a_question(dj, mass_kg, is_told):
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, drop_jump_n(t), body_mass_kg=mass_kg), dj)

    assert ("weight_mismatch" in result.reasons) is is_told


def test_a_stored_weight_gives_the_velocities_of_a_weighed_one(dj, number):
    t = axis(4.0, phase=0.3)
    asked = dj.with_methods({"weigh": "stored_mass"})

    weighed = analyse(two_plates(t, drop_jump_n(t)), dj)
    stored = analyse(two_plates(t, drop_jump_n(t), stored_weight_n=WEIGHT_N), asked)
    typed = analyse(two_plates(t, drop_jump_n(t), body_mass_kg=MASS_KG), asked)

    for name in ("takeoff_velocity", "touchdown_velocity", "contact_depth"):
        assert number(stored, name) == pytest.approx(number(weighed, name), abs=1e-4), name
    assert typed.find("takeoff_velocity").u > 1.5 * stored.find("takeoff_velocity").u


def test_the_depth_and_the_stiffness_get_an_uncertainty_on_demand(dj):
    t = axis(4.0, phase=0.3)
    effort = two_plates(t, drop_jump_n(t), noise_n=1.0)

    result = perturbed(effort, dj, analyse(effort, dj), gravity=G, seed=1)

    for name in ("contact_depth", "vertical_stiffness_force", "landing_stiffness"):
        value = result.find(name)
        assert value.u is not None, name
        assert 0.0 < value.u < 0.2 * abs(value.value), name


def test_two_rebounds_in_a_row_give_the_first(dj, number):
    t = axis(6.0, phase=0.3)
    second_s = 0.5 + CONTACT_S + 2 * V_OUT / G
    force = half_sine(t - 0.5, contact_s=CONTACT_S, v_in=V_IN, v_out=V_OUT)
    force += half_sine(t - second_s, contact_s=0.3, v_in=V_OUT, v_out=1.5)
    force += soft_landing(t - second_s - 0.3 - 2 * 1.5 / G, v_in=1.5)

    result = analyse(two_plates(t, force), dj)

    assert number(result, "contact_time") == pytest.approx(CONTACT_S, abs=1e-4)
    assert number(result, "flight_time") == pytest.approx(2 * V_OUT / G, abs=1e-4)
    assert number(result, "takeoff_velocity") == pytest.approx(V_OUT, abs=1e-3)


def test_the_velocity_of_each_hop_follows_from_its_flights_when_a_step_onto_the_plate_is_recorded(number):
    t, test = axis(16.0, phase=0.3), load_assessment("hops_10_5")
    hops = hops_n(t, np.full(6, 0.2), np.full(7, 0.4), start_s=5.0)
    force = np.where(t < 1.5, 0.0, hops)

    result = analyse(two_plates(t, force), test)

    assert number(result, "hop_count") == 6
    assert number(result, "body_weight") == pytest.approx(WEIGHT_N, rel=1e-6)
