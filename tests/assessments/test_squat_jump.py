"""A squat jump of cosine pieces, whose answers are closed formulas, and recordings of squat jumps."""

import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.core.detector import find_efforts
from daq.metrics.effort import Curve, Effort
from daq.metrics.value import Status

G = 9.80665
DUAL_SJ = "gidiel_cmj_sj_dj/Dual-SJ-Fz.txt"
P30, P31 = "jumpmetrics_cmj_sj/sj_P30_SQT3.csv", "jumpmetrics_cmj_sj/sj_P31_SQT9.csv"
ACL = "acl_squat_jump_dual/BFR010_squat_jump.csv"
MASS_KG, A2, T2, T3, T4, QUIET_S = 70.0, 40.0 / 3.0, 0.15, 0.14, 0.10, 1.5
WEIGHT_N = MASS_KG * G


@pytest.fixture
def sj():
    return load_assessment("sj")


def _take_off_velocity(v_start: float = 0.0) -> float:
    return v_start + A2 * T2 / 2 + A2 * T3 + 2 * (A2 + G) * T4 / math.pi - G * T4


def _curve(t: np.ndarray, *, dip_n: float = 0.0, dip_s: float = 0.2) -> np.ndarray:
    """Quiet, a dip and its way back (both sin squared, so that the velocity returns to 0), then the push of the formulas."""
    force = np.full(len(t), WEIGHT_N)
    start = QUIET_S
    if dip_n:
        for sign in (-1.0, 1.0):
            tau = t - start
            part = (tau >= 0) & (tau < dip_s)
            force[part] += sign * dip_n * np.sin(math.pi * tau[part] / dip_s) ** 2
            start += dip_s
    v = _take_off_velocity()
    b5 = (v + G * 0.3 / 2) * math.pi / (2 * 0.3)
    pieces = (
        (T2, lambda tau: MASS_KG * (G + A2 / 2 * (1 - np.cos(math.pi * tau / T2)))),
        (T3, lambda tau: np.full(len(tau), MASS_KG * (G + A2))),
        (T4, lambda tau: MASS_KG * (A2 + G) * np.cos(math.pi * tau / (2 * T4))),
        (2 * v / G, lambda tau: np.zeros(len(tau))),
        (0.3, lambda tau: WEIGHT_N / 2 * (1 - np.cos(math.pi * tau / 0.3)) + MASS_KG * b5 * np.sin(math.pi * tau / 0.3)),
    )
    for length, of in pieces:
        tau = t - start
        part = (tau >= 0) & (tau < length)
        force[part] = of(tau[part])
        start += length
    return force


def _axis(phase: float = 0.0) -> np.ndarray:
    return (np.arange(5000) + phase) / 1000.0


@pytest.mark.parametrize("phase", [0.0, 0.31, 0.8])
def test_the_push_from_rest_has_the_values_of_its_formulas(sj, two_plates, number, phase):
    t = _axis(phase)
    result = analyse(two_plates(t, _curve(t), share_left=0.45), sj)

    v = _take_off_velocity()
    s2 = A2 * T2**2 * (1 / 4 - 1 / math.pi**2)
    s3 = s2 + A2 * T2 / 2 * T3 + A2 * T3**2 / 2
    s_to = s3 + (A2 * T2 / 2 + A2 * T3) * T4 + (A2 + G) * (2 * T4 / math.pi) ** 2 - G * T4**2 / 2
    assert result.status is Status.OK
    assert number(result, "takeoff_velocity") == pytest.approx(v, rel=2e-4)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(v**2 / (2 * G), rel=4e-4)
    assert number(result, "com_displacement_at_takeoff") == pytest.approx(s_to, abs=2e-4)
    assert number(result, "peak_force") == pytest.approx(MASS_KG * (A2 + G), abs=0.01)
    assert number(result, "propulsion_impulse_net") == pytest.approx(MASS_KG * v, rel=2e-4)
    assert number(result, "squat_jump_dip") == pytest.approx(0.0, abs=0.01)


def test_propulsion_runs_from_movement_start_to_takeoff(sj, two_plates, number):
    t = _axis(0.4)
    result = analyse(two_plates(t, _curve(t)), sj)

    assert number(result, "propulsion_time") == number(result, "time_to_takeoff")
    assert "braking_start" not in result.events
    band_n = result.events["movement_start"].params["band_n"]
    late_s = T2 / math.pi * math.acos(1 - 2 * band_n / (MASS_KG * A2))
    assert number(result, "time_to_takeoff") == pytest.approx(T2 + T3 + T4 - late_s + 0.030, abs=0.001)


def test_the_rate_of_force_starts_at_the_crossing_without_the_30_ms(sj, two_plates, number):
    t = _axis(0.2)
    result = analyse(two_plates(t, _curve(t), share_left=0.4), sj)

    start_s = result.events["movement_start"].params["crossing_s"]

    def force_n(time_s: float) -> float:
        return MASS_KG * A2 / 2 * (1 - math.cos(math.pi * (time_s - QUIET_S) / T2))

    for ms in (50, 100):
        rise_n = force_n(start_s + ms / 1000) - force_n(start_s)
        assert number(result, f"rfd_0_{ms}ms", Limb.LEFT) == pytest.approx(0.4 * rise_n / (ms / 1000), rel=0.002)
    steepest = 70 * A2 * math.sin(math.pi * 0.02 / (2 * T2)) / 0.02
    assert number(result, "rfd_peak_20ms") == pytest.approx(steepest, rel=0.001)


def test_a_dip_of_more_than_a_tenth_of_the_weight_is_a_countermovement_and_stays_in_the_integral(sj, two_plates, number):
    t = _axis()
    result = analyse(two_plates(t, _curve(t, dip_n=90.0)), sj)

    assert result.status is Status.INVALID
    assert "squat_jump_countermovement" in result.reasons
    assert number(result, "squat_jump_dip") == pytest.approx(90.0, abs=0.05)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(_take_off_velocity() ** 2 / (2 * G), rel=2e-3)


def test_a_small_dip_is_warned_about_and_a_tiny_one_is_not(sj, two_plates, number):
    t = _axis()
    small = analyse(two_plates(t, _curve(t, dip_n=40.0), noise_n=0.5), sj)
    # 5 SD of the sum is 3.5 N: the dip stays inside.
    tiny = analyse(two_plates(t, _curve(t, dip_n=2.0), noise_n=0.5), sj)

    assert small.status is Status.WARNING
    assert "squat_jump_dip" in small.reasons
    assert "squat_jump_dip" not in tiny.reasons
    assert tiny.status is Status.OK


def test_the_limit_of_the_dip_can_be_set_in_the_test(sj, two_plates):
    t = _axis()
    strict = sj.model_copy(update={"gates": {"squat_dip_share": 0.05}})

    assert "squat_jump_countermovement" in analyse(two_plates(t, _curve(t, dip_n=40.0)), strict).reasons


def test_the_recorded_squat_jump_has_the_computed_values(dual_effort, sj, number):
    result = analyse(dual_effort(DUAL_SJ, 1000.0), sj.with_methods({"flight": "fixed_20n", "weigh": "first_1s"}))

    assert number(result, "flight_time") == pytest.approx(0.471, abs=1e-9)
    assert number(result, "jump_height_flight_time") == pytest.approx(0.2719, abs=0.0001)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(0.2706, abs=0.005)
    assert number(result, "peak_force_at_total_peak", Limb.LEFT) == pytest.approx(853.7, abs=0.05)
    assert number(result, "peak_force_at_total_peak", Limb.RIGHT) == pytest.approx(924.9, abs=0.05)
    assert number(result, "peak_force", Limb.LEFT) == pytest.approx(859.3, abs=0.05)
    assert number(result, "peak_force", Limb.RIGHT) == pytest.approx(927.7, abs=0.05)


def test_the_recorded_squat_jump_with_the_defaults_has_its_edges_between_samples(dual_effort, sj, number):
    result = analyse(dual_effort(DUAL_SJ, 1000.0), sj)

    assert result.events["takeoff"].t_s == pytest.approx(2.1649, abs=0.0005)
    assert result.events["landing"].t_s == pytest.approx(2.6345, abs=0.0005)
    assert number(result, "flight_time") == pytest.approx(0.4696, abs=0.0005)
    assert number(result, "jump_height_flight_time") == pytest.approx(0.2704, abs=0.001)


@pytest.mark.parametrize(
    ("name", "weight_n", "takeoff", "landing", "impulse_m", "flight_m", "package_m", "peak_n"),
    [
        (P31, 609.88, 8148, 8601, 0.2602, 0.2516, 0.2546, 1406.05),
        (P30, 733.66, 8830, 9272, 0.2381, 0.2395, 0.2285, 1362.00),
    ],
)
def test_squat_jumps_of_the_package_have_the_computed_values(  # noqa: PLR0917, columns of its table
    dual_effort, sj, number, name, weight_n, takeoff, landing, impulse_m, flight_m, package_m, peak_n
):
    # The table's weights are those of the quietest half second: the quietest whole one is 1 N and 5 N off.
    result = analyse(dual_effort(name, 1000.0), sj.with_methods({"flight": "fixed_20n", "weigh": "lowest_sd_1s=0.5"}))

    assert (result.events["takeoff"].index, result.events["landing"].index) == (takeoff, landing)
    assert number(result, "body_weight") == pytest.approx(weight_n, abs=0.1)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(impulse_m, abs=0.005)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(package_m, abs=0.010)
    assert number(result, "jump_height_flight_time") == pytest.approx(flight_m, abs=0.0001)
    assert number(result, "peak_force") == pytest.approx(peak_n, abs=0.005)


@pytest.mark.parametrize(
    ("name", "takeoff", "landing", "flight_s"), [(P31, 8149.0, 8600.5, 0.4515), (P30, 8832.1, 9271.0, 0.4389)]
)
def test_squat_jumps_of_the_package_with_the_defaults(  # noqa: PLR0917, columns of its table
    dual_effort, sj, number, name, takeoff, landing, flight_s
):
    result = analyse(dual_effort(name, 1000.0), sj)

    assert 1000 * result.events["takeoff"].t_s == pytest.approx(takeoff, abs=0.5)
    assert 1000 * result.events["landing"].t_s == pytest.approx(landing, abs=0.5)
    assert number(result, "flight_time") == pytest.approx(flight_s, abs=0.0005)


def test_the_dip_of_p30_rejects_it_and_the_height_still_counts_from_its_start(dual_effort, sj, number):
    result = analyse(dual_effort(P30, 1000.0), sj.with_methods({"weigh": "lowest_sd_1s=0.5"}))

    assert result.status is Status.INVALID
    assert "squat_jump_countermovement" in result.reasons
    assert number(result, "squat_jump_dip") == pytest.approx(97.0, abs=0.5)
    assert number(result, "jump_height_impulse_momentum") < 0.245


@pytest.fixture
def acl_jumps(recordings, sj):
    table = recordings(ACL)
    t, left, right = table.time_s(), table.column("ground_force2_vy"), table.column("ground_force1_vy")
    curves = {
        limb: Curve(t, force, 1000.0) for limb, force in ((Limb.LEFT, left), (Limb.RIGHT, right), (Limb.BOTH, left + right))
    }
    spans = find_efforts(t, left + right, sj)
    assert len(spans) == 3
    return [
        {limb: curve.between(span.start_s if k else float(t[0]), span.stop_s) for limb, curve in curves.items()}
        for k, span in enumerate(spans)
    ]


def test_the_first_squat_jump_after_a_knee_injury_has_the_computed_values(acl_jumps, sj, number):
    result = analyse(Effort(acl_jumps[0]), sj.with_methods({"flight": "fixed_20n", "weigh": "lowest_sd_1s=0.5"}))

    assert result.status is Status.INVALID
    assert "squat_jump_countermovement" in result.reasons
    assert number(result, "body_weight") == pytest.approx(580.10, abs=0.1)
    assert number(result, "squat_jump_dip") == pytest.approx(187.0, abs=1.0)
    assert number(result, "flight_time") == pytest.approx(0.311, abs=0.002)
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(0.1210, abs=0.005)
    assert number(result, "jump_height_flight_time") == pytest.approx(0.1186, abs=0.005)
    assert number(result, "weight_share", Limb.LEFT) == pytest.approx(46.23, abs=0.01)
    assert number(result, "peak_force") == pytest.approx(928.8, abs=0.05)
    assert number(result, "peak_force", Limb.LEFT) == pytest.approx(491.7, abs=0.05)
    assert number(result, "landing_peak_force", Limb.LEFT) == pytest.approx(1046.3, abs=0.05)
    assert number(result, "landing_peak_force", Limb.RIGHT) == pytest.approx(860.3, abs=0.05)


@pytest.mark.parametrize("k", [1, 2])
def test_the_restless_squat_jumps_keep_their_flight_and_take_a_stored_weight_only_when_asked(acl_jumps, sj, number, k):
    first = analyse(Effort(acl_jumps[0]), sj.with_methods({"weigh": "lowest_sd_1s=0.5"}))
    effort = Effort(acl_jumps[k], stored_weight_n=number(first, "body_weight"))

    usual = analyse(effort, sj)
    asked = analyse(effort, sj.with_methods({"weigh": "stored_mass"}))

    assert usual.find("jump_height_impulse_momentum").value is None
    assert {"weighing_not_quiet", "weighing_too_short"} & set(usual.reasons)
    assert number(usual, "jump_height_flight_time") > 0.05
    assert asked.find("body_weight").method == "weigh.stored_mass"
    assert number(asked, "body_weight") == number(first, "body_weight")
    assert "stored_weight_used" in asked.reasons
