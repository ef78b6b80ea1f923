"""What counts as an empty plate, a contact, a rebound, and what each instant contributes, against formulas."""

import math

import numpy as np
import pytest
import rebound_efforts as rebound
from rebound_efforts import MASS_KG, WEIGHT_N, G, axis, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.metrics.effort import Curve, Instrument
from daq.metrics.methods import rule_of
from daq.metrics.rebound.example import V_OUT, drop_jump_n, half_sine, soft_landing
from daq.metrics.rebound.ground import airs_of, coarse_n
from daq.metrics.trace import Trace

V_IN = math.sqrt(2 * G * 0.4)


def trace_of(force, rate_hz=1000.0):
    trace = Trace.of(Curve(np.arange(len(force)) / rate_hz, np.asarray(force, dtype=float), rate_hz))
    assert trace is not None
    return trace


@pytest.mark.parametrize(("load_n", "level_n"), [(700.0, 35.0), (300.0, 20.0), (1200.0, 50.0)])
def test_the_plate_is_empty_below_5_percent_of_the_load_and_20_to_50_newtons(load_n, level_n):
    assert coarse_n(trace_of([0.0] * 500 + [load_n] * 500), rule_of("flight.extrapolated")) == pytest.approx(level_n)


def test_a_plate_that_was_never_loaded_is_empty_below_20_newtons():
    assert coarse_n(trace_of(np.zeros(100)), rule_of("flight.extrapolated")) == 20.0


@pytest.mark.parametrize(("n", "n_airs"), [(29, 1), (32, 2)])
def test_load_for_less_than_30_ms_is_a_knock_and_a_gap_of_less_is_none(n, n_airs):
    knock = trace_of([0.0] * 500 + [700.0] * n + [0.0] * 500)
    gap = trace_of([0.0] * 500 + [700.0] * 200 + [0.0] * n + [700.0] * 200)

    assert len(airs_of(knock, 35.0)) == n_airs
    assert len(airs_of(gap, 35.0)) == n_airs


def drop(*, v_in=V_IN, v_out=V_OUT, contact_s=0.2, start_s=0.5, length_s=4.0, noise_n=0.0, instrument=rebound.PLATE):
    t = axis(length_s, phase=0.3)
    force = half_sine(t - start_s, contact_s=contact_s, v_in=v_in, v_out=v_out)
    force += soft_landing(t - start_s - contact_s - 2 * v_out / G, v_in=v_out)
    return two_plates(t, force, noise_n=noise_n, instrument=instrument)


def analysed(effort, name="dj"):
    return analyse(effort, load_assessment(name))


@pytest.mark.parametrize(("air_s", "is_given"), [(0.101, True), (0.09, False)])
def test_a_flight_lasts_a_tenth_of_a_second_at_least(air_s, is_given):
    assert (analysed(drop(v_out=G * air_s / 2)).find("contact_time").value is not None) is is_given


@pytest.mark.parametrize(("left_s", "is_given"), [(0.053, True), (0.046, False)])
def test_a_record_that_ends_in_the_air_shows_half_of_the_shortest_flight(left_s, is_given):
    found = analysed(drop(length_s=0.7 + left_s)).find("contact_time")

    assert (found.value is not None) is is_given


def test_a_slow_take_off_is_a_take_off():
    found = analysed(drop(v_out=0.6)).find("takeoff_velocity")

    assert found.value == pytest.approx(0.6, abs=0.002)
    assert "momentum_check_failed" not in found.reasons


def test_who_does_not_fall_into_the_contact_has_no_velocity():
    result = analysed(drop(v_in=-0.5))

    assert "momentum_check_failed" in result.reasons
    assert result.find("touchdown_velocity").value is None


@pytest.mark.parametrize(("share", "reasons"), [(0.245, ()), (0.255, ("noise_high",))])
def test_a_height_that_is_uncertain_by_more_than_half_of_itself_says_so(share, reasons):
    # u(h)/h = 2 u(v)/v, and a zero z makes u(v) = v z/W.
    plates = Instrument(u_gain=0.0, u_reference=0.0, u_zero_n=share * WEIGHT_N / math.sqrt(2.0), resolution_n=0.0)

    assert analysed(drop(instrument=plates)).find("jump_height_impulse_momentum").reasons == reasons


# --- landings ---------------------------------------------------------------------------------------------------------------


def bump(t, start_s, length_s, peak_n):
    return peak_n * np.sin(np.pi * np.clip((t - start_s) / length_s, 0.0, 1.0))


@pytest.mark.parametrize(("at_s", "landing_s"), [(0.45, 2.0), (0.51, 0.5)])
def test_the_landing_is_the_contact_with_the_highest_force_of_its_first_half_second(at_s, landing_s):
    t = axis(6.0, phase=0.3)
    force = bump(t, 0.5, 0.3, 1500.0) + WEIGHT_N * (t > 2.0) + bump(t, 2.0 + at_s, 0.04, 2000.0)

    result = analysed(two_plates(t, force), "landing")

    assert result.events["landing"].t_s == pytest.approx(landing_s, abs=0.01)


@pytest.mark.parametrize(("contact_s", "is_told"), [(0.98, True), (1.03, False)])
def test_a_flight_within_a_second_of_the_contact_is_a_rebound(contact_s, is_told):
    t = axis(7.0, phase=0.3)
    first = bump(t, 0.5, 0.2, 2500.0) + WEIGHT_N * ((t > 0.6) & (t < 0.5 + contact_s))
    before = bump(t, 0.5, contact_s, 1000.0) + soft_landing(t - 0.9 - contact_s, v_in=2.5)

    for force in (first + soft_landing(t - 0.9 - contact_s, v_in=1.0), before):
        assert ("landing_rebound" in analysed(two_plates(t, force), "landing").reasons) is is_told


@pytest.mark.parametrize(("before_s", "is_counted"), [(0.495, True), (0.51, False), (0.001, False), (0.004, True)])
def test_the_noise_before_a_landing_is_that_of_half_a_second(before_s, is_counted):
    t = axis(1.6, phase=0.3)
    force = soft_landing(t - 1.0, v_in=2.5)
    force[int((1.0 - before_s) * 1000)] += 3.0

    noise = analysed(two_plates(t, force), "landing").find("landing_peak_force").params["noise_n"]

    assert (noise > 1e-6) is is_counted


@pytest.mark.parametrize(("off", "rest_s"), [(0.0095, 0.7), (0.0105, 1.45)])
def test_a_quiet_second_within_1_percent_of_the_weight_is_rest(off, rest_s):
    t = axis(4.0, phase=0.3)
    force = soft_landing(t - 0.5, v_in=2.5)
    force = np.where((t > 0.7) & (t < 2.4), WEIGHT_N * (1 + off), force)
    test = load_assessment("landing").with_methods({"kinematics": "backward_first_quiet"})

    found = analyse(two_plates(t, force), test).find("touchdown_velocity")

    assert found.params["rest_s"] == pytest.approx(rest_s, abs=0.2)


def test_a_mass_that_was_typed_in_is_known_to_half_a_kilogram():
    t = axis(4.0, phase=0.3)
    test = load_assessment("dj").with_methods({"weigh": "stored_mass"})

    found = analyse(two_plates(t, drop_jump_n(t), body_mass_kg=MASS_KG), test).find("touchdown_velocity")

    # ``v = g T - g integral of F/W``: from the touchdown at 0.5 s to the middle of the quiet second.
    path = G * found.params["rest_s"] + abs(found.value)
    assert found.u_parts["weight"] == pytest.approx(path * 0.5 / MASS_KG, rel=0.02)


def test_who_does_not_fall_does_not_land():
    t = axis(4.0, phase=0.3)

    result = analysed(two_plates(t, soft_landing(t - 0.5, v_in=-0.5)), "landing")

    assert "momentum_check_failed" in result.reasons
    assert result.find("touchdown_velocity").value is None


@pytest.mark.parametrize("v_in", [0.41, 0.42, 0.44, 0.45])
def test_a_stiffness_needs_a_way_down_of_5_mm(v_in):
    contact_s, v_out = 0.05, 1.5
    tau = np.linspace(0.0, contact_s, 20001)
    force = half_sine(tau, contact_s=contact_s, v_in=v_in, v_out=v_out)
    v = -v_in + np.concatenate(([0.0], np.cumsum(0.5 * (force[1:] + force[:-1]) * tau[1]))) / MASS_KG - G * tau
    depth_m = -float((np.cumsum(v) * tau[1]).min())

    found = analysed(drop(v_in=v_in, v_out=v_out, contact_s=contact_s)).find("vertical_stiffness_force")

    assert (found.value is not None) is (depth_m >= 0.005)


def test_a_mass_below_a_kilogram_is_not_that_of_who_stands_there():
    t = axis(4.0, phase=0.3)
    force = drop_jump_n(t)

    assert "weight_mismatch" in analysed(two_plates(t, force, body_mass_kg=0.5)).reasons
