"""Pulls at a cell and from two plates against their closed answers."""

import math

import numpy as np
import pytest
from pulls import (
    PULL_AT_S,
    PULL_N,
    PULL_TAU_S,
    RISE_N,
    TAU_S,
    WEIGHT_N,
    at_cell,
    exponential,
    exponential_onset_s,
    plate_axis,
    ramp,
    s_shaped,
    s_shaped_onset_s,
    standing_total,
)

from daq.assessments.analysis import analyse
from daq.assessments.model import assessment_ids, load_assessment
from daq.block import SIDES, Limb
from daq.metrics.value import Status

LEFT, RIGHT, BOTH = Limb.LEFT, Limb.RIGHT, Limb.BOTH
TIMES_MS = (50, 100, 150, 200, 250)
PULLS = [name for name in assessment_ids() if load_assessment(name).kind.value == "pull"]


@pytest.fixture
def knee():
    return load_assessment("knee_extension")


@pytest.fixture
def imtp():
    return load_assessment("imtp")


@pytest.fixture
def pulled(two_plates, imtp):
    """The result of a pull from two plates: ``pulled(tension_n=25, share_left=0.45, methods={}, ...)``."""

    def run(tension_n=25.0, share_left=0.45, methods=None, **more):
        t = plate_axis()
        effort = two_plates(t, standing_total(t, tension_n), share_left=share_left, **more)
        return analyse(effort, imtp.with_methods(methods or {}))

    return run


@pytest.mark.parametrize("name", PULLS)
def test_every_pull_that_comes_with_the_program_gives_its_peak(name, two_plates):
    test = load_assessment(name)
    t = plate_axis()
    effort = two_plates(t, standing_total(t)) if test.instrument == "plate" else at_cell(exponential, noise_n=0.1)

    result = analyse(effort, test)

    assert result.status is Status.OK, result.reasons
    peak = result.find("peak_force", effort.limb)
    assert peak.value - peak.bias == pytest.approx(WEIGHT_N + 25.0 + PULL_N if test.instrument == "plate" else RISE_N, rel=1e-3)
    assert {value.name for value in result.values} >= set(test.metrics)


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("base_n", [0.0, 3.0])
def test_the_interpolated_rule_has_the_forces_rates_and_impulses_of_the_exponential(knee, number, phase, base_n):
    result = analyse(at_cell(exponential, phase=phase, base_n=base_n), knee)

    left = RISE_N - 5.0
    for ms in TIMES_MS:
        length = ms / 1000
        fallen = math.exp(-length / TAU_S)
        assert number(result, f"rfd_0_{ms}ms", LEFT) == pytest.approx(left * (1 - fallen) / length, rel=2e-3)
        assert number(result, f"force_{ms}ms", LEFT) == pytest.approx(base_n + RISE_N - left * fallen, rel=1e-3)
        net = RISE_N * length - left * TAU_S * (1 - fallen)
        assert number(result, f"impulse_0_{ms}ms", LEFT) == pytest.approx(net + base_n * length, rel=2e-3)
    for a, b in ((50, 100), (100, 200)):
        rate = left * (math.exp(-a / 1000 / TAU_S) - math.exp(-b / 1000 / TAU_S)) / (b - a) * 1000
        assert number(result, f"rfd_{a}_{b}ms", LEFT) == pytest.approx(rate, rel=2e-3)
    assert number(result, "rfd_20_80_percent", LEFT) == pytest.approx(0.6 * RISE_N / (TAU_S * math.log(4)), rel=1e-3)
    assert number(result, "peak_force_net", LEFT) == pytest.approx(RISE_N, rel=1e-6)
    assert number(result, "rfd_normalised", LEFT) == pytest.approx(100 * 1812.88 / RISE_N, rel=2e-3)


@pytest.mark.parametrize("phase", [0.0, 0.4])
@pytest.mark.parametrize("threshold_n", [5.0, 12.0])
def test_a_sample_rule_has_the_rates_from_its_own_later_sample(knee, number, phase, threshold_n):
    result = analyse(at_cell(exponential, phase=phase), knee.with_methods({"onset": f"absolute_n={threshold_n:g}"}))

    late = result.events["onset"].t_s - 2.0
    assert 0 < late - exponential_onset_s(threshold_n) <= 0.001 + 1e-9
    for ms in TIMES_MS:
        length = ms / 1000
        rate = RISE_N * math.exp(-late / TAU_S) * (1 - math.exp(-length / TAU_S)) / length
        assert number(result, f"rfd_0_{ms}ms", LEFT) == pytest.approx(rate, rel=1e-4)


@pytest.mark.parametrize("phase", [0.0, 0.5])
def test_the_s_shaped_rise_has_the_rates_of_its_formula(knee, number, phase):
    result = analyse(at_cell(s_shaped, phase=phase), knee)

    start = s_shaped_onset_s(5.0)
    for ms in TIMES_MS:
        length = ms / 1000
        rate = (RISE_N - 5.0 - RISE_N * math.exp(-(((start + length) / TAU_S) ** 2))) / length
        assert number(result, f"rfd_0_{ms}ms", LEFT) == pytest.approx(rate, rel=2e-3)
    assert number(result, "rfd_0_50ms", LEFT) == pytest.approx(3253.83, rel=1e-3)


def test_the_narrower_the_window_the_nearer_the_steepest_secant_comes_to_the_steepest_slope(knee, number):
    names = [f"rfd_peak_{ms}ms" for ms in (2, 5, 10, 20, 30, 50)]
    result = analyse(at_cell(s_shaped, rate_hz=5000.0, hold_s=1.5), knee.model_copy(update={"metrics": ("peak_force", *names)}))

    steepest = RISE_N * math.sqrt(2 / math.e) / TAU_S
    rates = [number(result, name, LEFT) for name in names]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(steepest, rel=1e-3)
    middle = TAU_S / math.sqrt(2)
    wide = max(
        (s_shaped(np.array([middle + x + 0.025])) - s_shaped(np.array([middle + x - 0.025])))[0] / 0.05
        for x in np.linspace(-0.01, 0.01, 201)
    )
    assert rates[-1] == pytest.approx(wide, rel=1e-4)


def test_a_window_narrower_than_four_samples_is_no_window(knee):
    test = knee.model_copy(update={"metrics": ("peak_force", "rfd_peak_2ms", "rfd_peak_5ms")})

    result = analyse(at_cell(exponential), test)

    assert result.find("rfd_peak_2ms", LEFT).reasons == ("window_below_resolution",)
    assert result.find("rfd_peak_5ms", LEFT).value is not None


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("slope", [1000.0, 2000.0, 4000.0])
def test_a_ramp_has_exactly_its_slope_and_the_time_of_its_formula(knee, number, phase, slope):
    top_s = 0.30

    result = analyse(at_cell(ramp(slope, top_s), phase=phase), knee)

    assert result.events["onset"].t_s == pytest.approx(2.0 + 5.0 / slope, abs=1e-9)
    for ms in TIMES_MS:
        assert number(result, f"rfd_0_{ms}ms", LEFT) == pytest.approx(slope, rel=1e-9)
    assert number(result, "rfd_20_80_percent", LEFT) == pytest.approx(slope, rel=1e-9)
    assert number(result, "time_to_90_percent", LEFT) == pytest.approx(0.9 * top_s - 5.0 / slope, abs=1e-9)


@pytest.mark.parametrize("hold_s", [0.15, 0.25])
def test_the_peak_of_a_short_pull_is_its_end(knee, number, hold_s):
    result = analyse(at_cell(exponential, hold_s=hold_s), knee)

    # The last sample before letting go is at most one step early.
    peak = RISE_N * (1 - math.exp(-hold_s / TAU_S))
    assert number(result, "peak_force", LEFT) == pytest.approx(peak, abs=0.001 * (RISE_N - peak) / TAU_S + 1e-9)
    assert result.find("plateau_force", LEFT).reasons == ("hold_too_short",)
    beyond = [ms for ms in TIMES_MS if result.find(f"force_{ms}ms", LEFT).reasons == ("window_beyond_trial",)]
    assert beyond == [ms for ms in TIMES_MS if ms / 1000 > hold_s + 0.1] or not beyond


@pytest.mark.parametrize("tension_n", [0.0, 25.0, 40.0])
def test_tension_before_the_pull_is_neither_weight_nor_effort(pulled, number, tension_n):
    result = pulled(tension_n)

    assert result.status is Status.OK, result.reasons
    assert result.events["onset"].t_s == pytest.approx(PULL_AT_S - PULL_TAU_S * math.log(1 - 20.0 / PULL_N), abs=2e-6)
    assert result.events["onset"].params["baseline_n"] == pytest.approx(WEIGHT_N + tension_n, abs=1e-6)
    assert number(result, "body_weight") == pytest.approx(WEIGHT_N, abs=1e-6)
    assert number(result, "body_mass") == pytest.approx(WEIGHT_N / 9.80665, abs=1e-6)
    assert number(result, "peak_force") == pytest.approx(WEIGHT_N + tension_n + PULL_N, rel=1e-9)
    assert number(result, "peak_force_net") == pytest.approx(tension_n + PULL_N, rel=1e-9)
    assert result.find("peak_force_net").method == "peak.net_of_weight"
    assert number(result, "relative_peak_force") == pytest.approx((WEIGHT_N + tension_n + PULL_N) / (WEIGHT_N / 9.80665))


def test_the_forces_of_a_pull_from_two_plates_are_those_of_its_formula(pulled, number):
    result = pulled()

    left = PULL_N - 20.0
    for ms in TIMES_MS:
        length = ms / 1000
        fallen = math.exp(-length / PULL_TAU_S)
        rise, net = PULL_N - left * fallen, PULL_N * length - left * PULL_TAU_S * (1 - fallen)
        for limb, share in ((LEFT, 0.45), (RIGHT, 0.55), (BOTH, 1.0)):
            assert number(result, f"force_{ms}ms", limb) == pytest.approx(share * (WEIGHT_N + 25.0 + rise), rel=1e-4)
            assert number(result, f"force_{ms}ms_net", limb) == pytest.approx(share * rise, rel=1e-3)
            assert number(result, f"rfd_0_{ms}ms", limb) == pytest.approx(share * left * (1 - fallen) / length, rel=1e-3)
            assert number(result, f"impulse_0_{ms}ms_net", limb) == pytest.approx(share * net, rel=1e-3)


@pytest.mark.parametrize("noise_n", [0.0, 1.0])
def test_both_sides_add_up_to_both(pulled, number, noise_n):
    result = pulled(noise_n=noise_n, share_left=0.42)

    sums = [f"{name}_{ms}ms{net}" for ms in TIMES_MS for name in ("force", "impulse_0") for net in ("", "_net")]
    sums += [f"rfd_0_{ms}ms" for ms in TIMES_MS] + ["rfd_50_100ms", "rfd_100_200ms", "impulse_total"]
    for name in sums:
        sides = sum(number(result, name, side) for side in SIDES)
        assert sides == pytest.approx(number(result, name, BOTH), rel=1e-9), name
    peaks = sum(number(result, "peak_force_at_total_peak", side) for side in SIDES)
    assert peaks == pytest.approx(number(result, "peak_force"), rel=1e-12)
    assert sum(number(result, "weight_share", side) for side in SIDES) == pytest.approx(100.0)


def test_a_constant_share_is_the_asymmetry_of_every_force(pulled):
    result = pulled(share_left=0.45)

    told = {v.of: v.value for v in result.values if v.name == "asymmetry_percent"}
    for name in ("peak_force", "plateau_force", "force_200ms", "rfd_0_100ms", "impulse_0_200ms", "weight_share"):
        assert told[name] == pytest.approx(100 * (1 - 0.45 / 0.55), rel=1e-3), name


def test_swapped_sides_change_the_sign_of_every_index(pulled):
    one, other = (
        {v.of: v.value for v in pulled(share_left=share).values if v.name == "asymmetry_percent"} for share in (0.45, 0.55)
    )

    assert {name: -value for name, value in one.items()} == pytest.approx(other, abs=1e-6)


def test_a_gain_of_one_percent_on_the_right_is_one_point_of_the_index(pulled):
    shares = (0.5, 1.0 / 2.01)

    level, right = (
        {v.of: v.value for v in pulled(share_left=share).values if v.name == "asymmetry_percent"} for share in shares
    )

    assert right["peak_force"] - level["peak_force"] == pytest.approx(100 * (1 - 1 / 1.01), abs=1e-6)


def test_without_a_second_of_standing_the_net_peak_counts_from_the_baseline_and_says_so(two_plates, imtp, number):
    t = plate_axis()[:4000]
    total = standing_total(t + 4.4, 0.0)

    result = analyse(two_plates(t, total), imtp)

    net = result.find("peak_force_net")
    assert (net.method, net.reasons) == ("peak.net_of_baseline", ("net_of_baseline",))
    assert net.value == pytest.approx(PULL_N, rel=1e-3)
    assert result.find("body_weight").reasons == ("weighing_too_short",)
    assert result.find("relative_peak_force").reasons == ("body_mass_missing",)
    assert number(result, "peak_force") == pytest.approx(WEIGHT_N + PULL_N, rel=1e-3)


def test_standing_on_one_foot_first_is_not_the_weight(two_plates, imtp, number):
    t = plate_axis()
    total = standing_total(t)
    left, right = 0.5 * total, 0.5 * total
    early = t < 1.4
    effort = two_plates(t, np.where(early, 0.5 * total, left + right), share_left=np.where(early, 1.0, 0.5), noise_n=0.5)

    result = analyse(effort, imtp)

    assert number(result, "body_weight") == pytest.approx(WEIGHT_N, abs=1.0)


def test_the_step_onto_the_plate_is_neither_baseline_nor_start(two_plates, imtp, number):
    t = plate_axis()
    stepped = np.where(t < 1.2, 0.0, standing_total(t) + 500.0 * np.exp(-np.maximum(t - 1.2, 0) / 0.05))

    result = analyse(two_plates(t, stepped, noise_n=0.5), imtp)

    assert result.events["onset"].t_s == pytest.approx(5.0017, abs=0.001)
    assert number(result, "body_weight") == pytest.approx(WEIGHT_N, abs=1.0)


def test_a_weight_of_the_same_day_that_differs_is_asked_about(two_plates, imtp):
    t = plate_axis()
    effort = two_plates(t, standing_total(t))
    results = [analyse(type(effort)(effort.curves, stored_weight_n=weight), imtp) for weight in (WEIGHT_N, 1.04 * WEIGHT_N)]

    assert ["weight_mismatch" in result.reasons for result in results] == [False, True]


@pytest.mark.parametrize(("percent", "onset_s"), [(2.5, 3.16), (5.0, 5.0 - 0.1 * math.log(1 - 15.0 / PULL_N))])
def test_a_percentage_of_the_weight_starts_where_the_weight_is_left(pulled, percent, onset_s):
    result = pulled(methods={"onset": f"bodyweight_percent={percent}"})

    assert result.events["onset"].t_s == pytest.approx(onset_s, abs=0.0021)


def test_a_torque_is_force_times_the_arm_of_its_side(knee, number):
    entered = {"lever_arm_m": 0.30, "lever_arm_m.right": 0.25, "limb_weight_n": -20.0}
    of_left, of_right = (
        analyse(at_cell(exponential, limb=side, entered=entered, body_mass_kg=80.0, u_gain=0.002, u_zero_n=0.1), knee)
        for side in SIDES
    )

    assert number(of_left, "peak_torque", LEFT) == pytest.approx((RISE_N - 20.0) * 0.30)
    assert number(of_right, "peak_torque", RIGHT) == pytest.approx((RISE_N - 20.0) * 0.25)
    assert number(of_left, "relative_peak_torque", LEFT) == pytest.approx((RISE_N - 20.0) * 0.30 / 80.0)
    torque = of_left.find("peak_torque", LEFT)
    force = of_left.find("peak_force", LEFT)
    assert torque.u == pytest.approx(math.hypot(0.30 * force.u, (RISE_N - 20.0) * 0.005))
    assert torque.params["lever_arm_m"] == 0.30


@pytest.mark.parametrize("arm", [None, 0.0, -0.3])
def test_without_a_lever_arm_there_is_no_torque(knee, arm):
    entered = {} if arm is None else {"lever_arm_m": arm}

    result = analyse(at_cell(exponential, entered=entered), knee)

    assert result.find("peak_torque", LEFT).reasons == ("lever_arm_missing",)
    assert result.find("relative_peak_torque", LEFT).reasons == ("lever_arm_missing", "body_mass_missing")


@pytest.mark.parametrize(("entered", "given"), [({}, "make"), ({"is_break": 1.0}, "break"), ({"is_break.left": 1.0}, "break")])
def test_a_trial_is_a_make_or_a_break_test_and_never_both(knee, number, entered, given):
    result = analyse(at_cell(exponential, entered=entered), knee)

    other = {"make": "break", "break": "make"}[given]
    assert number(result, f"{given}_peak_force", LEFT) == pytest.approx(RISE_N)
    assert result.find(f"{other}_peak_force", LEFT).reasons == ("protocol_mismatch",)


def test_a_trial_without_a_tag_is_neither_a_make_nor_a_break_test(knee):
    result = analyse(at_cell(exponential), knee.model_copy(update={"gates": {}}))

    assert {result.find(f"{tag}_peak_force", LEFT).reasons for tag in ("make", "break")} == {("protocol_mismatch",)}
