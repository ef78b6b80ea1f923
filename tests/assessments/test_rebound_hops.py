"""Repeated hops with closed answers: half-sine contacts between flights."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, numbers, one_leg, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort
from daq.metrics.rebound.example import hops_n
from daq.metrics.value import Status

CONTACTS_S = np.array([0.21, 0.19, 0.20, 0.18, 0.22, 0.17, 0.20, 0.19, 0.21, 0.18])
AIRS_S = np.array([0.45, 0.40, 0.42, 0.44, 0.38, 0.46, 0.41, 0.43, 0.39, 0.47, 0.40])
RSI = AIRS_S[1:] / CONTACTS_S
BY_HEIGHT = G * AIRS_S[1:] ** 2 / 8 / CONTACTS_S
PINNED_LENGTH_S = 12.0


def _stiffness(contact_s, air_s):
    return MASS_KG * math.pi * (air_s + contact_s) / (contact_s**2 * ((air_s + contact_s) / math.pi - contact_s / 4))


@pytest.fixture
def hops_test():
    return load_assessment("hops_10_5")


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.77])
def test_every_value_of_noise_free_hops_is_that_of_its_formula(hops_test, number, phase):
    t = axis(PINNED_LENGTH_S, phase=phase)

    result = analyse(two_plates(t, hops_n(t, CONTACTS_S, AIRS_S)), hops_test)

    assert result.status is Status.OK, result.reasons
    for limb in (Limb.LEFT, Limb.RIGHT, Limb.BOTH):
        assert number(result, "hop_count", limb) == 10
        assert numbers(result, "hop_contact_time", limb) == pytest.approx(CONTACTS_S, abs=5e-5)
        assert numbers(result, "hop_flight_time", limb) == pytest.approx(AIRS_S[1:], abs=1.2e-4)
        assert numbers(result, "hop_height", limb) == pytest.approx(G * AIRS_S[1:] ** 2 / 8, rel=8e-4)
        assert numbers(result, "hop_rsi", limb) == pytest.approx(RSI, rel=6e-4)
        assert numbers(result, "hop_rsi_height", limb) == pytest.approx(BY_HEIGHT, rel=1e-3)
        best = np.sort(RSI)[::-1]
        assert number(result, "rsi_10_5", limb) == pytest.approx(best[:5].mean(), rel=5e-4)
        assert number(result, "rsi_top3", limb) == pytest.approx(best[:3].mean(), rel=5e-4)
        assert number(result, "rsi_peak", limb) == pytest.approx(best[0], rel=5e-4)
        assert number(result, "rsi_mean", limb) == pytest.approx(RSI.mean(), rel=5e-4)
        assert number(result, "rsi_10_5_height", limb) == pytest.approx(np.sort(BY_HEIGHT)[-5:].mean(), rel=8e-4)
        highest = np.argsort(AIRS_S[1:])[::-1]
        # The sixth highest is as high as none of the five.
        assert number(result, "rsi_10_5_best_height", limb) == pytest.approx(RSI[highest[:5]].mean(), rel=5e-4)
    each = [_stiffness(c, a) for c, a in zip(CONTACTS_S, AIRS_S[1:], strict=True)]
    assert numbers(result, "vertical_stiffness") == pytest.approx(each, rel=1e-3)
    assert number(result, "vertical_stiffness") == pytest.approx(np.mean(each), rel=1e-3)
    assert result.find("vertical_stiffness", Limb.LEFT) is None


@pytest.mark.parametrize(("contact_s", "air_s"), [(0.18, 0.45), (0.25, 0.30)])
def test_in_steady_hops_both_stiffnesses_are_the_same(hops_test, number, contact_s, air_s):
    t = axis(11.0, phase=0.4)
    n = 8

    result = analyse(two_plates(t, hops_n(t, np.full(n, contact_s), np.full(n + 1, air_s))), hops_test)

    peak_n = math.pi / 2 * WEIGHT_N * (air_s / contact_s + 1)
    sag_m = peak_n * contact_s**2 / (MASS_KG * math.pi**2) - G * contact_s**2 / 8
    assert peak_n / sag_m == pytest.approx(_stiffness(contact_s, air_s), rel=1e-9)
    assert number(result, "vertical_stiffness_force") == pytest.approx(peak_n / sag_m, rel=2e-3)
    assert number(result, "vertical_stiffness") == pytest.approx(peak_n / sag_m, rel=2e-3)
    assert number(result, "vertical_stiffness_force", Limb.LEFT) == pytest.approx(0.45 * peak_n / sag_m, rel=2e-3)


def test_the_sample_rule_shortens_each_contact_by_its_formula(hops_test):
    t = axis(PINNED_LENGTH_S, phase=0.3)

    result = analyse(two_plates(t, hops_n(t, CONTACTS_S, AIRS_S)), hops_test.with_methods({"flight": "fixed_20n"}))

    v_in, v_out = G * AIRS_S[:-1] / 2, G * AIRS_S[1:] / 2
    peaks = math.pi * MASS_KG * (v_in + v_out + G * CONTACTS_S) / (2 * CONTACTS_S)
    shorter = 2 * CONTACTS_S / math.pi * np.arcsin(20.0 / peaks)
    assert numbers(result, "hop_contact_time") == pytest.approx(CONTACTS_S - shorter, abs=1.01e-3)


def test_noise_moves_a_value_less_than_its_interval_says(hops_test):
    t = axis(PINNED_LENGTH_S, phase=0.3)

    result = analyse(two_plates(t, hops_n(t, CONTACTS_S, AIRS_S), noise_n=2.0), hops_test)

    for name, truth in (("hop_rsi", RSI), ("hop_contact_time", CONTACTS_S), ("hop_flight_time", AIRS_S[1:])):
        found = [v for v in result.values if v.name == name and v.limb is Limb.BOTH]
        ratios = [abs(v.value - true) / v.u for v, true in zip(found, truth, strict=True)]
        assert max(ratios) < 4.0, name
        assert np.sqrt(np.mean(np.square(ratios))) > 0.2, name
    assert abs(result.find("rsi_10_5").value - np.sort(RSI)[-5:].mean()) < 4 * result.find("rsi_10_5").u


def test_the_jump_that_begins_is_not_counted_and_neither_is_standing_between_two_series(hops_test, number):
    t = axis(16.0, phase=0.3)
    four, air = np.full(4, 0.2), np.full(5, 0.4)
    first = np.where(t < 7.0, hops_n(t, four, air), 0.0)
    second = np.where(t >= 7.0, hops_n(t, four, air, start_s=9.0), 0.0)

    result = analyse(two_plates(t, first + second), hops_test)

    assert number(result, "hop_count") == 8
    assert numbers(result, "hop_contact_time") == pytest.approx(np.full(8, 0.2), abs=1e-4)


def test_fewer_than_five_hops_have_no_best_five(hops_test, number):
    t = axis(8.0, phase=0.3)

    result = analyse(two_plates(t, hops_n(t, np.full(4, 0.2), np.full(5, 0.4))), hops_test)

    assert result.status is Status.INVALID
    assert "hop_count_low" in result.reasons
    assert result.find("rsi_10_5").reasons == ("hop_count_low",)
    assert number(result, "rsi_mean") == pytest.approx(2.0, rel=1e-3)


def test_the_original_form_of_the_test_takes_quick_contacts_alone(hops_test, number):
    t = axis(PINNED_LENGTH_S, phase=0.3)
    contacts = np.array([0.27, 0.20, 0.28, 0.21, 0.30, 0.22, 0.20, 0.26, 0.23, 0.29])
    quick = contacts <= 0.25

    some = analyse(two_plates(t, hops_n(t, contacts, AIRS_S)), hops_test)
    none = analyse(two_plates(t, hops_n(t, contacts + 0.06, AIRS_S)), hops_test)

    by_height = G * AIRS_S[1:] ** 2 / 8 / contacts
    assert number(some, "rsi_10_5_height") == pytest.approx(np.sort(by_height[quick])[-5:].mean(), rel=1e-3)
    assert none.find("rsi_10_5_height").reasons == ("contact_too_long",)
    assert number(none, "rsi_10_5") > 0
    slow = next(v for v in some.values if v.name == "hop_rsi" and v.entry == 1)
    assert "contact_too_long" in slow.reasons


def test_a_hop_with_a_hole_in_it_is_left_out_and_the_others_stay(hops_test, number):
    t = axis(PINNED_LENGTH_S, phase=0.3)
    force = hops_n(t, CONTACTS_S, AIRS_S)
    at = 2.35 + 0.45 + CONTACTS_S[0] + AIRS_S[1] + 0.05
    force[(t > at) & (t < at + 0.06)] = np.nan

    result = analyse(two_plates(t, force), hops_test)

    found = numbers(result, "hop_rsi")
    assert found[1] is None
    assert [x for k, x in enumerate(found) if k != 1] == pytest.approx(np.delete(RSI, 1), rel=1e-3)
    second = next(v for v in result.values if v.name == "hop_rsi" and v.entry == 2)
    assert second.reasons == ("sample_gap",)


def test_a_limb_that_skips_a_hop_has_no_value_there(hops_test, number):
    t = axis(PINNED_LENGTH_S, phase=0.3)
    total = hops_n(t, CONTACTS_S, AIRS_S)
    start_s = 2.35 + AIRS_S[0] + CONTACTS_S[:3].sum() + AIRS_S[1:4].sum()
    alone = (t > start_s - 0.05) & (t < start_s + CONTACTS_S[3] + 0.05)
    left = np.where(alone, 0.0, 0.45 * total)
    curves = {Limb.LEFT: Curve(t, left, 1000.0), Limb.RIGHT: Curve(t, total - left, 1000.0), Limb.BOTH: Curve(t, total, 1000.0)}

    result = analyse(Effort(curves), hops_test)

    assert number(result, "hop_count", Limb.RIGHT) == 10
    assert numbers(result, "hop_contact_time", Limb.LEFT)[3] is None
    assert numbers(result, "hop_contact_time", Limb.RIGHT)[3] == pytest.approx(CONTACTS_S[3], abs=1e-4)


def test_hops_on_one_leg_have_a_stiffness_and_what_was_measured_by_hand(number):
    t, test = axis(PINNED_LENGTH_S, phase=0.3), load_assessment("sl_hop")
    entered = {"hop_distance_m.left": 1.62, "hop_time_s": 2.41}
    effort = one_leg(t, hops_n(t, CONTACTS_S, AIRS_S), Limb.LEFT, free_n=np.zeros(len(t)), entered=entered)

    result = analyse(effort, test)

    assert result.status is Status.OK, result.reasons
    each = [_stiffness(c, a) for c, a in zip(CONTACTS_S, AIRS_S[1:], strict=True)]
    assert number(result, "vertical_stiffness", Limb.LEFT) == pytest.approx(np.mean(each), rel=1e-3)
    assert number(result, "rsi_10_5", Limb.LEFT) == pytest.approx(np.sort(RSI)[-5:].mean(), rel=1e-3)
    assert (number(result, "hop_distance", Limb.LEFT), number(result, "hop_time", Limb.LEFT)) == (1.62, 2.41)


def test_hops_without_standing_still_have_no_stiffness_and_keep_their_times(hops_test, number):
    t = axis(PINNED_LENGTH_S, phase=0.3)
    force = hops_n(t, CONTACTS_S, AIRS_S)
    late = t > 1.7

    result = analyse(two_plates(t[late], force[late]), hops_test)

    assert number(result, "rsi_10_5") == pytest.approx(np.sort(RSI)[-5:].mean(), rel=1e-3)
    assert result.find("vertical_stiffness").reasons == ("weighing_too_short",)


def test_a_stored_weight_stands_in_where_it_is_asked_for(hops_test, number):
    t = axis(PINNED_LENGTH_S, phase=0.3)
    late, force = t > 1.7, hops_n(t, CONTACTS_S, AIRS_S)
    asked = hops_test.with_methods({"weigh": "stored_mass"})

    result = analyse(two_plates(t[late], force[late], stored_weight_n=WEIGHT_N), asked)

    each = [_stiffness(c, a) for c, a in zip(CONTACTS_S, AIRS_S[1:], strict=True)]
    assert number(result, "vertical_stiffness") == pytest.approx(np.mean(each), rel=1e-3)
    assert "stored_weight_used" in result.reasons
