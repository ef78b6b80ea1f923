"""What goes wrong with a pull, and what is still given; nothing is raised on any curve."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulls import PULL_N, WEIGHT_N, at_cell, exponential, plate_axis, standing_total

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import SIDES, Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.quality import REASONS
from daq.metrics.value import Status

LEFT, BOTH = Limb.LEFT, Limb.BOTH
RULES = (
    "threshold_interpolated", "noise_relative_5sd", "noise_relative_ksd=3", "absolute_n", "relative_peak", "backtrack", "yank",
    "bodyweight_percent", "manual=2.5",
)  # fmt: skip


@pytest.fixture
def knee():
    return load_assessment("knee_extension")


@pytest.fixture
def imtp():
    return load_assessment("imtp")


@pytest.fixture
def stood(two_plates, imtp):
    """The result of a pull from two plates after ``change(t, total)``."""

    def run(change=lambda _, total: total, tension_n=25.0, **more):
        t = plate_axis()
        return analyse(two_plates(t, change(t, standing_total(t, tension_n)), **{"noise_n": 0.5, **more}), imtp)

    return run


def _changed(effort, change):
    curve = effort.main
    return Effort({effort.limb: Curve(curve.t_s, change(curve.force_n.copy()), curve.rate_hz, curve.instrument)}, effort.limb)


def test_more_than_50_n_of_tension_rejects_the_trial_and_keeps_the_peak(stood, number):
    tense, slack = stood(tension_n=60.0), stood(tension_n=40.0)

    assert slack.status is Status.OK
    assert tense.status is Status.INVALID
    assert "pretension_high" in tense.reasons
    assert number(tense, "peak_force_net") == pytest.approx(60.0 + PULL_N, abs=4.0)


def test_tension_that_is_not_held_rejects_the_trial(stood):
    swaying = stood(lambda t, total: total + 40.0 * np.sin(2 * np.pi * t) * ((t > 3.3) & (t < 4.99)))
    growing = stood(lambda t, total: total + 90.0 * np.clip((t - 3.2) / 1.7, 0.0, 1.0))

    for result in (swaying, growing):
        assert "pretension_unstable" in result.reasons
        assert result.status is Status.INVALID


def test_a_pull_from_a_tension_near_half_of_its_peak_begins_at_the_pull(knee):
    def shape(t):
        return 200.0 * np.minimum(t / 0.2, 1.0) + 200.0 * np.clip((t - 4.0) / 0.2, 0.0, 1.0)

    result = analyse(at_cell(shape, hold_s=7.0, noise_n=0.1), knee)

    assert result.events["onset"].t_s == pytest.approx(6.005, abs=0.001)


@pytest.mark.parametrize(("depth_n", "is_dip"), [(40.0, False), (70.0, True)])
def test_a_dip_before_the_pull_rejects_it_from_50_n_on(stood, depth_n, is_dip):
    def dip(t, total):
        return total - depth_n * np.sin(np.pi * np.clip((t - 4.7) / 0.25, 0, 1)) ** 2

    assert ("countermovement_before_pull" in stood(dip).reasons) is is_dip


def test_a_peak_that_comes_after_five_seconds_is_late(knee):
    def slow(t):
        return 300.0 * np.minimum(t / 0.2, 1.0) + 100.0 * np.clip((t - 4.0) / 2.0, 0.0, 1.0)

    late = analyse(at_cell(slow, hold_s=6.3, noise_n=0.1), knee)
    patient = analyse(at_cell(slow, hold_s=6.3, noise_n=0.1), knee.model_copy(update={"gates": {"peak_late_s": 7.0}}))

    assert late.status is Status.WARNING
    assert "peak_late" in late.reasons
    assert "peak_late" not in patient.reasons


def test_a_limit_of_a_gate_is_that_of_the_test(knee):
    effort = at_cell(exponential, noise_n=1.4)

    strict = analyse(effort, knee)
    lenient = analyse(effort, knee.model_copy(update={"gates": {"baseline_sd_cell_n": 2.0}}))

    assert "baseline_not_quiet" in strict.reasons
    assert "baseline_not_quiet" not in lenient.reasons


@pytest.mark.parametrize(("test", "is_wide"), [("imtp", False), ("iso_squat", True)])
def test_two_best_pulls_may_differ_by_250_n_in_a_mid_thigh_pull_and_by_a_tenth_elsewhere(two_plates, test, is_wide):
    t, test = plate_axis(), load_assessment(test)
    trials = [analyse(two_plates(t, standing_total(t, top_n=top_n)), test) for top_n in (PULL_N, PULL_N - 240.0)]

    found = [v for v in summarise(trials, test) if v.name == "best_two_difference_percent" and v.limb is BOTH]

    assert found[0].value == pytest.approx(100 * 240.0 / (WEIGHT_N + 25.0 + PULL_N), rel=1e-3)
    assert ("trial_spread_high" in found[0].reasons) is is_wide


@pytest.mark.parametrize(("noise_n", "status"), [(0.8, Status.OK), (1.5, Status.INVALID)])
def test_a_hand_around_the_handle_may_be_as_restless_as_the_threshold_allows(grip, noise_n, status):
    result = analyse(at_cell(exponential, noise_n=noise_n, rate_hz=100.0, resolution_n=0.1), grip)

    assert result.events["onset"].params["above_baseline_n"] == (5.0 if status is Status.OK else 10.0)
    assert ("baseline_not_quiet" in result.reasons) is (status is Status.INVALID)


def test_readings_in_steps_of_one_newton_start_no_effort_before_the_pull(knee):
    coarse = _changed(at_cell(exponential, noise_n=0.1, base_n=0.2), np.round)

    for rule in ("threshold_interpolated", "noise_relative_5sd"):
        result = analyse(coarse, knee.with_methods({"onset": rule}))
        assert result.events["onset"].params["baseline_sd_n"] == 0.0
        assert result.events["onset"].t_s == pytest.approx(2.001, abs=0.0015)


def test_a_lost_packet_takes_the_values_whose_window_it_touches_and_no_other(knee, number):
    def drop(force):
        force[2110:2120] = np.nan
        return force

    result = analyse(_changed(at_cell(exponential), drop), knee)

    assert number(result, "rfd_0_100ms", LEFT) > 0
    for name in ("force_150ms", "rfd_0_150ms", "impulse_0_150ms", "rfd_100_200ms", "peak_force"):
        assert result.find(name, LEFT).reasons == ("sample_gap",), name
    total = result.find("impulse_total", LEFT)
    assert total.value is not None
    assert "sample_gap_interpolated" in total.reasons


def test_a_lost_packet_before_the_pull_costs_nothing(knee, number):
    def drop(force):
        force[300:400] = np.nan
        return force

    result = analyse(_changed(at_cell(exponential, noise_n=0.1), drop), knee)

    assert result.status is Status.OK
    assert number(result, "peak_force", LEFT) == pytest.approx(400.0, abs=1.0)


def test_the_other_sign_and_a_zero_under_load_are_named(knee, stood):
    inverted = analyse(_changed(at_cell(exponential, noise_n=0.1), lambda force: -force), knee)
    zeroed = stood(lambda t, total: np.where(t < 8.0, total, 0.0) - WEIGHT_N)

    assert "signal_inverted" in inverted.reasons
    assert "zero_loaded" in zeroed.reasons
    assert {inverted.status, zeroed.status} == {Status.INVALID}


def test_a_clipped_pull_is_saturated(knee):
    at_range = analyse(at_cell(exponential, noise_n=0.1, range_n=390.0), knee)

    assert at_range.status is Status.INVALID
    assert "sensor_saturated" in at_range.reasons


def test_trailing_zeros_change_nothing(stood, two_plates, imtp):
    t = plate_axis()
    effort = two_plates(t, standing_total(t), noise_n=0.5)
    longer = {
        limb: Curve(np.arange(len(t) + 500) / 1000.0, np.append(c.force_n, np.zeros(500)), 1000.0, c.instrument)
        for limb, c in effort.curves.items()
    }

    plain, padded = analyse(effort, imtp), analyse(Effort(longer), imtp)

    assert "padding_trimmed" in padded.reasons
    assert [v.value for v in padded.values] == pytest.approx([v.value for v in plain.values], nan_ok=True)


def test_clocks_far_apart_withhold_the_rates_of_the_sides_and_leave_their_peaks(stood, number):
    near, far = stood(u_clock_s=0.0), stood(u_clock_s=0.006)

    for side in SIDES:
        assert far.find("rfd_0_100ms", side).reasons == ("streams_not_aligned",)
        assert number(far, "peak_force", side) == number(near, "peak_force", side)
    assert number(far, "rfd_0_100ms") == number(near, "rfd_0_100ms")
    assert far.find("rfd_0_100ms").u > near.find("rfd_0_100ms").u


def test_a_plate_that_never_loads_gives_no_side(two_plates, imtp, number):
    t = plate_axis()

    result = analyse(two_plates(t, standing_total(t), share_left=1.0), imtp)

    assert "limb_missing" in result.reasons
    assert result.find("peak_force", LEFT).value is None
    assert number(result, "peak_force") == pytest.approx(WEIGHT_N + 25.0 + PULL_N, rel=1e-6)


@pytest.mark.parametrize(
    ("rate_hz", "settling_s", "void", "warned"),
    [
        (80.0, 0.05, (50, 100), (150, 200)),
        (80.0, None, (50,), ()),
        (1000.0, 0.05, (50, 100), (150, 200)),
        (200.0, None, (), ()),
    ],
)
def test_a_slow_sensor_gives_no_short_window(knee, rate_hz, settling_s, void, warned):
    result = analyse(at_cell(exponential, rate_hz=rate_hz, noise_n=0.05, settling_s=settling_s), knee)

    code = "sensor_settling" if settling_s else "rate_too_low"
    for ms in (50, 100, 150, 200, 250):
        for name in (f"rfd_0_{ms}ms", f"force_{ms}ms", f"impulse_0_{ms}ms"):
            value = result.find(name, LEFT)
            assert (value.value is None) is (ms in void), name
            assert ("rate_too_low" in value.reasons) is (rate_hz < 1000.0 and ms not in void) or value.value is None
            assert ("sensor_settling" in value.reasons) is (ms in warned) or value.value is None
    assert result.find("rfd_0_50ms", LEFT).value is None or not void
    assert set(result.find("rfd_0_50ms", LEFT).reasons) <= {code, "rate_too_low"}
    peak = result.find("rfd_peak_20ms", LEFT)
    assert (peak.value is None) is (settling_s is not None or rate_hz * 0.02 < 4)


@pytest.mark.parametrize("cue", ["hard", "ramp", "submaximal_target"])
def test_without_the_cue_to_be_fast_nothing_is_counted_from_the_onset(knee, number, cue):
    result = analyse(at_cell(exponential, noise_n=0.1), knee.model_copy(update={"cue": cue}))

    early = [v for v in result.values if v.name.startswith(("rfd_", "force_", "impulse_0_"))]
    assert len(early) >= 20
    assert {v.reasons for v in early} == {("cue_not_fast",)}
    assert number(result, "peak_force", LEFT) == pytest.approx(400.0, abs=1.0)


@pytest.mark.parametrize("name", ["imtp", "knee_extension", "pinch"])
@pytest.mark.parametrize(
    "force",
    [
        np.empty(0), np.zeros(1), np.array([math.nan]), np.full(50, math.nan), np.zeros(3000), np.full(3000, 700.0),
        np.full(3000, -700.0), np.full(3000, math.inf), np.r_[np.full(2999, math.nan), 5.0], np.tile([700.0, math.nan], 1500),
        np.r_[np.zeros(500), np.full(20, 900.0), np.zeros(500)], np.linspace(0, 1e6, 3000), np.array([1.0, 2.0]),
        np.r_[np.full(1500, 700.0), np.zeros(1500)], np.r_[np.zeros(1500), np.full(1500, 700.0)],
        np.r_[np.full(3000, 700.0), np.full(2000, 2000.0)], np.r_[np.full(900, 700.0), np.full(2000, 2000.0)],
    ],
)  # fmt: skip
def test_no_curve_raises(name, force):
    test = load_assessment(name)
    limb = BOTH if name == "imtp" else LEFT
    t = np.arange(len(force)) / 1000.0
    curves = {limb: Curve(t, force, 1000.0)}
    if name == "imtp":
        curves |= {side: Curve(t, 0.5 * force, 1000.0) for side in SIDES}

    result = analyse(Effort(curves, limb), test)

    for value in result.values:
        assert set(value.reasons) <= set(REASONS)
        assert value.value is not None or value.reasons
    summarise([result, result, result], test)


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(["imtp", "knee_extension", "grip"]),
    rule=st.sampled_from(RULES),
    baseline=st.sampled_from(["automatic", "manual=0:1", "manual=3:3.0005"]),
    rate_hz=st.sampled_from([5.0, 10.0, 80.0, 250.0, 1000.0]),
    pieces=st.lists(
        st.tuples(st.sampled_from([0.0, -50.0, 20.0, 300.0, 700.0, 2000.0, math.nan]), st.integers(1, 1500), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    seed=st.integers(0, 5),
)
def test_no_pieces_of_any_curve_raise_under_any_rule(name, rule, baseline, rate_hz, pieces, seed):  # noqa: PLR0917, drawn by name
    rng = np.random.default_rng(seed)
    parts = [np.full(n, level) + (rng.standard_normal(n) if is_noisy else 0.0) for level, n, is_noisy in pieces]
    force = np.concatenate(parts)
    t = np.arange(len(force)) / rate_hz
    limb = BOTH if name == "imtp" else Limb.RIGHT
    curves = {limb: Curve(t, force, rate_hz, Instrument(u_gain=0.01, u_zero_n=0.1))}
    if name == "imtp":
        curves |= {side: Curve(t + 0.0003, 0.5 * force, rate_hz) for side in SIDES}
    test = load_assessment(name).with_methods({"onset": rule, "baseline": baseline})

    result = analyse(Effort(curves, limb, entered={"lever_arm_m": 0.3}, body_mass_kg=70.0), test)

    for value in result.values:
        assert value.value is None or math.isfinite(value.value)
        assert value.u is None or value.u > 0
        assert set(value.reasons) <= set(REASONS)
