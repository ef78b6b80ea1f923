"""A countermovement jump of cosine pieces, whose answers are closed formulas."""

import math

import numpy as np
import pytest

from daq.block import Limb
from daq.metrics.value import Status

G = 9.80665
WITH_REFERENCE = {"instrument_part": True, "reference": "masses"}


def test_the_example_of_the_formulas_is_the_one_expected(jump):
    assert jump.v_takeoff == pytest.approx(2.359139, abs=1e-6)
    assert jump.height_m == pytest.approx(0.283763, abs=1e-6)
    assert jump.depth_m == pytest.approx(-0.305396, abs=1e-6)
    assert jump.s_takeoff_m == pytest.approx(0.056687, abs=1e-6)


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.77])
def test_the_heights_and_velocities_are_those_of_the_formulas(analysed, number, jump, phase):
    result = analysed(jump, phase=phase)

    assert result.status is Status.OK
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=2e-4)
    assert number(result, "takeoff_velocity") == pytest.approx(jump.v_takeoff, rel=1e-4)
    assert number(result, "min_velocity") == pytest.approx(jump.min_velocity, abs=1e-4)
    assert number(result, "countermovement_depth") == pytest.approx(jump.depth_m, abs=1e-4)
    assert number(result, "jump_height_displacement") == pytest.approx(jump.s_takeoff_m + jump.height_m, abs=2e-4)
    assert number(result, "body_weight") == pytest.approx(70 * G, abs=1e-3)


def test_extrapolated_takeoff_lies_between_the_samples(analysed, jump):
    result = analysed(jump, phase=0.37)

    assert result.events["takeoff"].t_s == pytest.approx(jump.takeoff_s, abs=5e-6)


def test_the_sample_rule_ends_the_push_where_the_force_falls_below_its_limit(analysed, jump):
    result = analysed(jump, methods={"flight": "fixed_20n"})

    early = math.asin(20 / (70 * (jump.a2 + G))) / (math.pi / (2 * jump.t4))
    assert 0.00078 < early < 0.0008
    assert jump.takeoff_s - early <= result.events["takeoff"].t_s <= jump.takeoff_s - early + 0.001


def test_landing_later_with_bent_legs_lengthens_the_flight_and_is_shown_as_posture(analysed, number, cosine_jump):
    late = cosine_jump(later_s=0.04)

    result = analysed(late)

    assert number(result, "flight_time") == pytest.approx(late.flight_s, abs=0.0006)
    change = -late.v_takeoff * 0.04 - G * 0.04**2 / 2
    assert number(result, "com_height_change_at_landing") == pytest.approx(change, abs=0.002)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(late.height_m, rel=2e-4)


def test_impulses_are_the_changes_of_momentum(analysed, number, jump):
    result = analysed(jump, phase=0.6)

    assert number(result, "braking_impulse_net") == pytest.approx(70.0, abs=0.01)
    assert number(result, "propulsion_impulse_net") == pytest.approx(70 * jump.v_takeoff, abs=0.02)
    assert number(result, "unweighting_impulse_net") == pytest.approx(-70.0, abs=0.01)
    assert number(result, "jump_momentum") == pytest.approx(70 * jump.v_takeoff, abs=0.02)


def test_phase_forces_are_those_of_the_formulas(analysed, number, jump):
    result = analysed(jump)

    braking_n = (70 * jump.a1 * jump.t1 / 2 + jump.weight_n * jump.t2) / jump.t2
    propulsion_n = (70 * jump.v_takeoff + jump.weight_n * (jump.t3 + jump.t4)) / (jump.t3 + jump.t4)
    assert number(result, "mean_braking_force") == pytest.approx(braking_n, rel=0.01)
    assert number(result, "mean_propulsion_force") == pytest.approx(propulsion_n, rel=0.002)
    assert number(result, "peak_force") == pytest.approx(1619.80, abs=0.01)
    assert number(result, "force_at_zero_velocity") == pytest.approx(1619.80, abs=0.05)
    assert number(result, "min_force") == pytest.approx(336.47, abs=0.01)
    assert number(result, "countermovement_stiffness_gross") == pytest.approx(1619.80 / 0.305396, rel=1e-3)


def test_peak_power_lies_in_the_release(analysed, number, jump):
    b, w = jump.a2 + G, math.pi / (2 * jump.t4)
    tau = np.linspace(0, jump.t4, 200_001)
    v = jump.a2 * jump.t3 + b / w * np.sin(w * tau) - G * tau
    power = 70 * b * np.cos(w * tau) * v

    result = analysed(jump)

    assert number(result, "peak_power") == pytest.approx(power.max(), rel=1e-4)
    assert number(result, "peak_velocity") == pytest.approx(v.max(), rel=1e-4)


def test_the_movement_starts_30_ms_before_the_band_is_left(analysed, jump):
    result = analysed(jump, noise_n=1.0)

    band_n = result.events["movement_start"].params["band_n"]
    crossing = jump.t1 / math.pi * math.asin(math.sqrt(band_n / (70 * jump.a1)))
    assert result.events["movement_start"].t_s == pytest.approx(jump.quiet_s + crossing - 0.030, abs=0.006)


def test_landing_peak_and_impulse_are_those_of_the_formulas(analysed, number, jump):
    result = analysed(jump)

    b5 = (jump.v_takeoff + G * jump.t5 / 2) * math.pi / (2 * jump.t5)
    peak_n = jump.weight_n / 2 + math.hypot(jump.weight_n / 2, 70 * b5)
    assert number(result, "landing_peak_force") == pytest.approx(peak_n, abs=0.1)
    assert number(result, "landing_impulse_net") == pytest.approx(70 * jump.v_takeoff, rel=0.01)


def test_rfd_of_a_limb_runs_from_the_start_of_braking(analysed, number, jump):
    result = analysed(jump, share_left=0.4)

    rise_n = 70 * jump.a2 / 2 * (1 - math.cos(math.pi * 0.1 / jump.t2))
    assert number(result, "rfd_0_100ms", Limb.LEFT, "braking") == pytest.approx(0.4 * rise_n / 0.1, rel=0.01)
    assert number(result, "rfd_0_100ms", Limb.RIGHT, "braking") == pytest.approx(0.6 * rise_n / 0.1, rel=0.01)
    value = result.find("rfd_0_100ms", Limb.LEFT, phase="braking")
    assert value.params["from"] == "braking_start"


@pytest.mark.parametrize("share", [0.4, 0.47, 0.5])
def test_a_constant_share_gives_its_index_in_every_metric(analysed, jump, share):
    result = analysed(jump, share_left=share, noise_n=0.0)

    expected = 100 * (1 - share / (1 - share))
    for of in ("peak_force", "mean_braking_force", "mean_propulsion_force", "propulsion_impulse_gross", "rfd_0_100ms"):
        index = next(v for v in result.values if v.name == "asymmetry_percent" and v.of == of)
        assert index.value == pytest.approx(expected, abs=1e-6)


def test_the_total_denominator_reads_half_as_much(analysed, jump):
    result = analysed(jump, share_left=0.47, methods={"asym": "total_denominator"})

    index = next(v for v in result.values if v.name == "asymmetry_percent" and v.of == "peak_force")
    assert index.value == pytest.approx(6.0, abs=1e-9)
    assert index.method == "asym.total_denominator"


def test_a_shift_of_the_load_shows_in_the_phase_in_which_it_happens(cmj, two_plates, jump):
    from daq.assessments.analysis import analyse

    t = jump.axis()
    share = np.where(t < jump.quiet_s + jump.t1 + jump.t2, 0.4, 0.55)
    result = analyse(two_plates(t, jump.force_n(t), share_left=share), cmj)

    found = {v.of: v.value for v in result.values if v.name == "asymmetry_percent"}
    assert found["mean_braking_force"] == pytest.approx(100 * (0.6 - 0.4) / 0.6, abs=0.3)
    assert found["mean_propulsion_force"] == pytest.approx(100 * (0.45 - 0.55) / 0.55, abs=0.3)


@pytest.mark.parametrize(("rate_hz", "tolerance"), [(2000.0, 2e-4), (500.0, 2e-3), (250.0, 0.01)])
def test_other_rates_give_the_same_height(analysed, number, jump, rate_hz, tolerance):
    result = analysed(jump, rate_hz=rate_hz, phase=0.4)

    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=tolerance)
    assert ("rate_too_low" in result.reasons) == (rate_hz < 1000)


def test_below_200_hz_no_height_from_impulse_is_given_but_flight_time_is(analysed, number, jump):
    result = analysed(jump, rate_hz=150.0)

    assert result.find("jump_height_impulse_momentum").reasons == ("rate_too_low",)
    assert number(result, "flight_time") == pytest.approx(jump.flight_s, abs=0.004)


def test_the_interval_of_the_height_covers_the_truth_and_is_not_wide(cmj, two_plates, cosine_jump):
    from daq.assessments.analysis import analyse

    hits, widths, errors = 0, [], []
    jump = cosine_jump(quiet_s=1.3)
    rng = np.random.default_rng(5)
    for k in range(40):
        t = jump.axis(phase=float(rng.random()))
        gains = 1 + 0.0 * rng.standard_normal(2)
        effort = two_plates(t, jump.force_n(t) * gains[0], noise_n=1.5, seed=k)
        value = analyse(effort, cmj).find("jump_height_impulse_momentum")
        hits += value.interval[0] <= jump.height_m <= value.interval[1]
        widths.append(value.U95)
        errors.append(abs(value.value - jump.height_m))

    assert hits >= 36
    assert np.median(widths) < 0.012


def test_every_value_names_its_method_and_says_whether_the_instrument_is_in_it(analysed, jump):
    result = analysed(jump, share_left=0.45, noise_n=1.0)

    for value in result.values:
        if value.value is not None and value.name != "asymmetry_percent":
            assert value.method, value.name
            assert value.knows_instrument is True, value.name
            assert value.u is not None or "uncertainty_unknown" in value.reasons, value.name
            if value.u is not None:
                assert pytest.approx(value.k * value.u) == value.U95
                assert value.interval[0] < value.value - (value.bias or 0) < value.interval[1]
