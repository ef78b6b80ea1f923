"""Rules of a jump that a test can choose, and quantities that a person enters: what they do to the values."""

import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.value import Status

G = 9.80665
DUAL_CMJ = "gidiel_cmj_sj_dj/Dual-CMJ-Fz.txt"


@pytest.fixture
def effort_of(jump, two_plates):
    """The cosine jump on two plates, with what a person entered: ``effort_of(noise_n=1.0, body_mass_kg=70.0)``."""

    def make(noise_n: float = 0.5, instrument: Instrument | None = None, **more: object) -> Effort:
        t = jump.axis(phase=0.3)
        options = {} if instrument is None else {"instrument": instrument}
        plain = two_plates(t, jump.force_n(t), share_left=0.45, noise_n=noise_n, **options)
        return Effort(plain.curves, **more)

    return make


def test_a_window_can_be_shortened_and_the_weight_stays(dual_effort, cmj, number):
    result = analyse(dual_effort(DUAL_CMJ, 1000.0), cmj.with_methods({"weigh": "first_1s=0.25"}))

    window = result.find("body_weight").params
    assert window["stop_s"] - window["start_s"] == pytest.approx(0.249, abs=1e-6)
    assert number(result, "body_weight") == pytest.approx(662.929, abs=1.0)


def test_half_a_second_of_standing_is_enough_by_choice_only(cosine_jump, two_plates, cmj, number):
    short = cosine_jump(quiet_s=0.7)
    t = short.axis()
    effort = two_plates(t, short.force_n(t), noise_n=0.5)

    assert analyse(effort, cmj).find("body_weight").reasons in {("weighing_too_short",), ("weighing_not_quiet",)}
    chosen = analyse(effort, cmj.with_methods({"weigh": "lowest_sd_1s=0.5"}))
    assert number(chosen, "body_weight") == pytest.approx(short.weight_n, abs=0.2)
    assert number(chosen, "jump_height_impulse_momentum") == pytest.approx(short.height_m, rel=0.01)


def test_the_limit_of_a_quiet_weighing_can_be_set_in_the_test(effort_of, cmj):
    strict = cmj.model_copy(update={"gates": {"quiet_n": 0.1, "quiet_share": 0.0001}})

    assert analyse(effort_of(), strict).find("body_weight").reasons == ("weighing_not_quiet",)


def test_that_limit_holds_for_the_quiet_end_of_a_backward_integration_too(cosine_jump, two_plates, cmj, number):
    jump = cosine_jump()
    t = jump.axis()
    sways = 25.0 * np.sin(2.0 * np.pi * 2.0 * t)
    force = jump.force_n(t)
    effort = two_plates(t, force + np.where(force > 0.0, sways, 0.0), noise_n=0.1)
    patient = cmj.model_copy(update={"gates": {"quiet_n": 40.0}}).with_methods({"kinematics": "backward"})

    assert number(analyse(effort, patient), "takeoff_velocity") == pytest.approx(jump.v_takeoff, rel=0.05)


def test_a_weight_that_does_not_fit_the_person_is_asked_about(effort_of, cmj):
    def reasons(**more: float) -> tuple[str, ...]:
        return analyse(effort_of(**more), cmj).reasons

    assert "weight_mismatch" not in reasons(body_mass_kg=70.0)
    assert "weight_mismatch" not in reasons(body_mass_kg=70 * 1.025)
    assert "weight_mismatch" in reasons(body_mass_kg=70 * 1.04)
    assert "weight_mismatch" in reasons(body_mass_kg=70 * 0.96)
    assert "weight_mismatch" in reasons(stored_weight_n=70 * G * 1.02)
    assert "weight_mismatch" not in reasons(stored_weight_n=70 * G * 1.01)


def test_a_stored_weight_is_never_used_without_being_asked_for(effort_of, cmj, number):
    stored_n = 70 * G * 1.01
    usual = analyse(effort_of(stored_weight_n=stored_n), cmj)
    asked = analyse(effort_of(stored_weight_n=stored_n), cmj.with_methods({"weigh": "stored_mass"}))

    assert number(usual, "body_weight") == pytest.approx(70 * G, abs=0.1)
    assert number(asked, "body_weight") == stored_n
    assert asked.find("body_weight").method == "weigh.stored_mass"
    assert "stored_weight_used" in asked.reasons


def test_a_mass_from_other_scales_leaves_the_gain_of_the_plates_in_the_velocity(effort_of, cmj, jump):
    instrument = Instrument(u_gain=0.005, u_zero_n=0.5, resolution_n=0.0)
    stored = cmj.with_methods({"weigh": "stored_mass"})

    own = analyse(effort_of(instrument=instrument, stored_weight_n=70 * G), stored).find("takeoff_velocity")
    typed = analyse(effort_of(instrument=instrument, body_mass_kg=70.0), stored).find("takeoff_velocity")

    assert own.value == pytest.approx(typed.value, abs=1e-9)
    path = G * 0.81 + jump.v_takeoff
    assert typed.u_parts["gain"] == pytest.approx(path * 0.005 * math.hypot(0.45, 0.55), rel=0.02)
    assert "gain" not in own.u_parts
    assert typed.u > 3 * own.u


def test_without_an_earlier_weighing_none_can_be_taken_over(effort_of, cmj):
    result = analyse(effort_of(), cmj.with_methods({"weigh": "stored_mass"}))

    assert result.find("body_weight").reasons == ("stored_weight_missing",)
    assert result.status is Status.INVALID


def test_edges_set_by_hand_are_the_edges(effort_of, cmj, jump, number):
    takeoff_s, landing_s = jump.takeoff_s, jump.takeoff_s + jump.flight_s
    result = analyse(effort_of(), cmj.with_methods({"flight": f"manual={takeoff_s}:{landing_s}"}))

    assert result.events["takeoff"].t_s == takeoff_s
    assert result.events["takeoff"].u_s is None
    assert number(result, "flight_time") == pytest.approx(jump.flight_s, abs=1e-9)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.01)


@pytest.mark.parametrize("typed", ["manual=-1:2", "manual=2.29:99"])
def test_edges_set_outside_the_record_are_no_flight(effort_of, cmj, typed):
    result = analyse(effort_of(), cmj.with_methods({"flight": typed}))

    assert result.find("flight_time").reasons == ("takeoff_not_found",)


@pytest.mark.parametrize("rule", ["backward", "backward_first_quiet"])
def test_integration_back_from_quiet_standing_gives_the_same_height(effort_of, cmj, jump, number, rule):
    result = analyse(effort_of(noise_n=0.1), cmj.with_methods({"kinematics": rule}))

    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.015)
    assert result.find("takeoff_velocity").method == f"kinematics.{rule}"


def test_longer_backward_integration_carries_more_of_a_wrong_weight(effort_of, cmj, jump, number):
    def apart(weight_n: float) -> float:
        effort = effort_of(noise_n=0.0, stored_weight_n=weight_n)
        found = [
            number(analyse(effort, cmj.with_methods({"kinematics": rule, "weigh": "stored_mass"})), "takeoff_velocity")
            for rule in ("backward", "backward_first_quiet")
        ]
        return found[0] - found[1]

    # The last second of the record starts a second later than the first quiet one, about the end of the landing.
    longer_s = jump.after_s - 1.0
    assert apart(70 * G * 1.001) - apart(70 * G) == pytest.approx(0.001 * G * longer_s, rel=0.1)


def test_the_filter_moves_no_event_and_is_written_into_every_value(dual_effort, cmj, number):
    raw = analyse(dual_effort(DUAL_CMJ, 1000.0), cmj)
    smooth = analyse(dual_effort(DUAL_CMJ, 1000.0), cmj.with_methods({"filter": "butter4_zero_lag=50"}))

    for event in ("movement_start", "takeoff", "landing"):
        assert raw.events[event].t_s == smooth.events[event].t_s
    assert number(smooth, "flight_time") == number(raw, "flight_time")
    assert number(smooth, "body_weight") == number(raw, "body_weight")
    assert number(smooth, "peak_force") != number(raw, "peak_force")
    for value in smooth.values:
        if value.value is not None and value.name != "asymmetry_percent":
            assert value.params["cutoff_hz"] == 50.0, value.name
            assert value.params["order"] == 4, value.name


def test_the_filter_gives_the_authors_forces_and_powers(dual_effort, cmj, number):
    pinned = {"flight": "fixed_20n", "weigh": "first_1s", "phase": "zero_velocity", "filter": "butter4_zero_lag=50"}
    result = analyse(dual_effort(DUAL_CMJ, 1000.0), cmj.with_methods(pinned))

    assert number(result, "body_weight") == pytest.approx(662.929, abs=0.1)
    assert number(result, "peak_force") == pytest.approx(1764.998, abs=0.2)
    assert number(result, "countermovement_depth") == pytest.approx(-0.349, abs=0.002)
    assert number(result, "min_velocity") == pytest.approx(-1.45, abs=0.005)
    assert number(result, "peak_power") == pytest.approx(3393.287, rel=0.005)
    assert number(result, "peak_velocity") == pytest.approx(2.675, abs=0.005)


def test_a_filter_that_the_rate_does_not_allow_gives_no_force(effort_of, cmj, number):
    result = analyse(effort_of(), cmj.with_methods({"filter": "butter4_zero_lag=800"}))

    assert number(result, "flight_time") > 0.4
    for name in ("jump_height_impulse_momentum", "peak_force", "landing_peak_force", "time_to_stabilisation"):
        assert result.find(name).reasons == ("rate_too_low",), name


def test_a_load_belongs_to_the_system_and_not_to_the_body(effort_of, number):
    loaded = load_assessment("loaded_cmj")
    result = analyse(effort_of(entered={"load_kg": 20.0}, body_mass_kg=50.0), loaded)

    assert number(result, "system_weight") == pytest.approx(70 * G, abs=0.1)
    assert number(result, "body_mass") == pytest.approx(50.0, abs=0.02)
    assert "weight_mismatch" not in result.reasons
    assert number(result, "relative_peak_power") * 50 == pytest.approx(number(result, "peak_power"), rel=0.001)


def test_a_loaded_test_without_its_load_gives_no_body_mass(effort_of, number, jump):
    result = analyse(effort_of(), load_assessment("loaded_cmj"))

    for name in ("body_weight", "body_mass", "relative_peak_power"):
        assert result.find(name).reasons == ("load_missing",)
    assert number(result, "system_weight") == pytest.approx(70 * G, abs=0.1)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.01)


def test_distance_and_time_of_a_hop_are_what_was_entered(effort_of, cmj):
    hops = cmj.model_copy(update={"metrics": (*cmj.metrics, "hop_distance", "hop_time")})
    entered = analyse(effort_of(entered={"hop_distance_m": 1.62}), hops)

    assert entered.find("hop_distance").value == 1.62
    assert entered.find("hop_distance").u is None
    assert entered.find("hop_time").reasons == ("value_not_entered",)


def test_a_zero_that_moves_on_the_empty_plate_is_seen(jump, two_plates, cmj):
    t = np.arange(int(1000 * (12 + jump.takeoff_s + 3))) / 1000.0
    force = np.where(t < 12.0, 0.0, jump.force_n(t - 12.0))

    def reasons(n_per_min: float) -> tuple[str, ...]:
        return analyse(two_plates(t, force + n_per_min / 60 * t, noise_n=0.5), cmj).reasons

    assert "zero_drift" not in reasons(0.0)
    assert "zero_drift" not in reasons(4.0)
    assert "zero_drift" in reasons(7.0)


def test_a_drift_moves_the_height_by_its_formula(effort_of, cmj, jump, number):
    plain = effort_of(noise_n=0.0)
    # Counted from the centre of the weighing: what the zero had drifted before is part of the weight.
    d, centre_s = 4.0, 0.7
    curves = {
        limb: Curve(c.t_s, c.force_n + (d if limb is Limb.BOTH else d / 2) * (c.t_s - centre_s), c.rate_hz)
        for limb, c in plain.curves.items()
    }
    pinned = cmj.with_methods({"weigh": "manual=0.2:1.2", "onset": f"manual={jump.quiet_s}"})
    straight, moved = analyse(plain, pinned), analyse(Effort(curves), pinned)

    centre_to_start_s, push_s = jump.quiet_s - centre_s, jump.moving_s
    shift = G / jump.weight_n * d * (centre_to_start_s * push_s + push_s**2 / 2)
    change = number(moved, "takeoff_velocity") - number(straight, "takeoff_velocity")
    assert change == pytest.approx(shift, rel=0.02)
    heights = [number(result, "jump_height_impulse_momentum") for result in (straight, moved)]
    assert heights[1] - heights[0] == pytest.approx(jump.v_takeoff / G * shift, rel=0.03)


def test_a_sample_rule_of_the_phases_does_not_make_impulses_contradict_themselves(cosine_jump, two_plates, cmj, number):
    jump = cosine_jump()
    t = jump.axis(250.0, 0.4)
    result = analyse(two_plates(t, jump.force_n(t), rate_hz=250.0), cmj.with_methods({"phase": "zero_velocity"}))

    assert "momentum_check_failed" not in result.reasons
    assert number(result, "braking_impulse_net") == pytest.approx(70.0, rel=0.06)
