"""Nothing that a sensor or a person can do raises; what cannot be given says why."""

import math

import numpy as np
import pytest
from endurance_curves import contractions, decay, one, times, two
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.value import Status

TESTS = ("nordic", "critical_force", "grip_repetitions", "grip_endurance_30s", "endurance_hold")
RATE = 200.0


def all_out(n=24, rate_hz=RATE, work_s=7.0, change=None, **more):
    t = times(n * 10.0, rate_hz)
    force = contractions(t, 200 + 200 * 0.85 ** np.arange(n), work_s)
    return one(t, force if change is None else change(t, force), rate_hz, **more)


def hold(length_s=33.0, rate_hz=RATE, change=None, *, tail=True, **more):
    t = times(length_s, rate_hz)
    force = decay(t, 300.0, 0.02, length_s)
    force = force if change is None else change(t, force)
    keep = slice(None) if tail else t < length_s
    return one(t[keep], force[keep], rate_hz, **more)


def blanked(a, b):
    """NaN from a to b s."""
    return lambda t, force: np.where((t >= a) & (t < b), np.nan, force)


def critical(effort):
    return analyse(effort, load_assessment("critical_force"))


def gripped(effort):
    return analyse(effort, load_assessment("grip_endurance_30s"))


CURVES = {
    "empty": np.zeros(0), "one sample": np.array([100.0]), "two samples": np.array([0.0, 100.0]), "zeros": np.zeros(4000),
    "constant": np.full(8000, 150.0), "negative": -contractions(times(60.0, RATE), [300.0] * 6), "nan": np.full(4000, np.nan),
    "infinite": np.full(4000, np.inf), "step up": np.repeat([0.0, 200.0], 3000), "step down": np.repeat([200.0, 0.0], 3000),
    "spikes": np.where(np.arange(8000) % 400 == 0, 900.0, 0.0), "huge": contractions(times(240.0, RATE), [1e300, 2e300] * 12),
    "noise": 2.0 * np.random.default_rng(0).standard_normal(8000),
}  # fmt: skip


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("curve", CURVES)
def test_no_curve_raises_and_a_curve_without_an_effort_gives_no_valid_trial(curve, test):
    force, assessment = CURVES[curve], load_assessment(test)
    t = np.arange(len(force)) / RATE
    effort = two(t, force, force, RATE) if test == "nordic" else one(t, force, RATE)
    with np.errstate(all="ignore"):
        result = analyse(effort, assessment)

    told = [v for v in result.values if v.value is None]
    assert all(v.reasons for v in told)
    assert all(v.value is None or math.isfinite(v.value) for v in result.values)
    if curve not in {"huge", "spikes", "step up"}:
        assert result.status is Status.INVALID


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float64, st.integers(0, 400), elements=st.floats(allow_nan=True, allow_infinity=True, width=32)),
    st.sampled_from(TESTS),
)
def test_arbitrary_numbers_never_raise(force, test):
    t = np.arange(len(force)) / 20.0
    with np.errstate(all="ignore"):
        effort = two(t, force, force, 20.0) if test == "nordic" else one(t, force, 20.0)
        result = analyse(effort, load_assessment(test))

    assert all(v.value is not None or v.reasons for v in result.values)


def test_fewer_than_twenty_contractions_give_no_end_force_but_every_contraction():
    result = critical(all_out(19))

    for name in ("critical_force", "critical_force_last3", "w_prime", "end_test_force", "initial_force"):
        assert result.find(name).value is None
        assert result.find(name).reasons == ("too_few_reps",)
    assert result.find("rep_count").value == 19
    assert result.find("rep_mean_force").value == pytest.approx(400.0, rel=1e-3)
    assert result.status is Status.INVALID
    assert "too_few_reps" in result.reasons


def test_twenty_contractions_are_enough():
    result = critical(all_out(20))

    assert result.find("critical_force").value is not None
    assert result.status is not Status.INVALID


@pytest.mark.parametrize("work_s", [5.5, 8.5])
def test_work_out_of_the_rhythm_rejects_the_trial_and_keeps_the_number(work_s):
    result = critical(all_out(work_s=work_s))

    assert "irregular_cadence" in result.reasons
    assert result.status is Status.INVALID
    assert result.find("critical_force").value is not None


def test_a_contraction_that_is_left_out_breaks_the_rhythm():
    def without(t, force):
        return np.where((t > 98) & (t < 108), 0.0, force)

    result = critical(all_out(change=without))

    assert result.find("rep_count").value == 23
    assert "irregular_cadence" in result.reasons


def test_a_small_deviation_from_the_rhythm_is_none():
    assert "irregular_cadence" not in critical(all_out(work_s=6.2)).reasons


def test_a_contraction_given_up_at_once_is_told_where_too_few_are_left():
    def touched(t, force):
        return np.where((t > 230.2) & (t < 240), 0.0, force)

    result = critical(all_out(change=touched))

    assert "rep_too_short" in result.reasons
    assert result.find("rep_count").params["n_too_short"] == 1


def test_a_long_hole_in_one_of_the_last_six_withholds_what_stands_on_it_and_nothing_else():
    result = critical(all_out(change=blanked(222.0, 222.1)))

    assert result.find("critical_force").reasons == ("sample_gap",)
    assert result.find("w_prime").reasons == ("sample_gap",)
    assert result.find("initial_force").value is not None
    rows = {v.entry: v for v in result.values if v.name == "rep_mean_force"}
    assert [i for i, v in rows.items() if v.value is None] == [23]
    assert rows[23].reasons == ("sample_gap",)


def test_a_short_hole_is_bridged_in_means_and_withholds_peaks():
    result = critical(all_out(change=blanked(222.0, 222.012)))

    found = result.find("critical_force")
    assert found.value is not None
    assert found.reasons == ("sample_gap_interpolated",)
    peaks = {v.entry: v for v in result.values if v.name == "rep_peak_force"}
    assert peaks[23].reasons == ("sample_gap",)
    assert peaks[22].value is not None


def test_a_hole_in_a_rest_changes_nothing():
    whole, holed = critical(all_out()), critical(all_out(change=blanked(228.0, 228.1)))

    assert holed.find("critical_force").value == pytest.approx(whole.find("critical_force").value, rel=1e-12)
    assert holed.find("rep_count").value == 24


def test_a_hole_that_may_hide_a_pause_withholds_everything():
    result = critical(all_out(change=blanked(102.0, 102.4)))

    assert result.find("critical_force").reasons == ("sample_gap",)
    assert result.find("rep_count").reasons == ("sample_gap",)


def test_a_clipped_test_is_withheld():
    instrument = Instrument("cell", range_n=360.0)

    result = critical(all_out(change=lambda _, force: np.minimum(force, 360.0), instrument=instrument))

    assert result.find("critical_force").reasons == ("sensor_saturated",)


def test_a_sensor_the_wrong_way_round_is_said():
    assert critical(all_out(change=lambda _, force: -force)).find("critical_force").reasons == ("signal_inverted",)


@pytest.mark.parametrize(("rate_hz", "reasons"), [(80.0, ()), (20.0, ("rate_too_low",))])
def test_a_slow_sensor_still_gives_means_and_says_so_below_50_hz(rate_hz, reasons):
    found = critical(all_out(rate_hz=rate_hz)).find("critical_force")

    assert found.value is not None
    assert found.reasons == reasons


def test_below_10_hz_nothing_is_given():
    for result, name in ((critical(all_out(rate_hz=5.0)), "critical_force"), (gripped(hold(rate_hz=5.0)), "peak_force")):
        assert result.find(name).reasons == ("rate_too_low",)
        assert result.status is Status.INVALID


def test_a_hold_released_early_gives_no_index_and_says_why():
    result = gripped(hold(25.0))

    for name in ("strength_decrement_percent", "static_fatigue_index_percent", "hold_end_force"):
        assert result.find(name).reasons == ("early_release",)
    assert result.find("hold_time").value == pytest.approx(25.0, abs=0.01)
    assert result.find("peak_force").value == pytest.approx(300.0, rel=1e-3)
    assert result.status is Status.INVALID
    assert "early_release" in result.reasons


def test_a_record_that_stops_within_the_hold_is_no_early_release():
    short, long = gripped(hold(25.0, tail=False)), gripped(hold(33.0, tail=False))

    assert short.find("strength_decrement_percent").reasons == ("peak_at_edge",)
    assert long.find("strength_decrement_percent").value is not None
    assert long.find("hold_time").reasons == ("window_beyond_trial",)


def test_a_hold_whose_beginning_was_not_recorded_has_no_beginning():
    t = times(40.0, RATE)
    keep = t > 5.0
    effort = one(t[keep], decay(t, 300.0, 0.02, 40.0)[keep], RATE)

    assert gripped(effort).find("strength_decrement_percent").reasons == ("onset_not_found",)


def test_a_force_that_comes_late_is_said():
    def saved(t, force):
        return np.where((t > 0) & (t < 15), 150.0, force)

    assert "peak_late" in gripped(hold(change=saved)).reasons


def test_a_hold_let_go_and_taken_up_again_is_the_longer_part():
    def slipped(t, force):
        return np.where((t > 5) & (t < 6), 0.0, force)

    result = gripped(hold(40.0, change=slipped))

    assert "double_pull" in result.reasons
    assert result.events["onset"].t_s == pytest.approx(6.0, abs=0.01)


def test_a_hold_at_a_target_needs_a_target():
    result = analyse(hold(), load_assessment("endurance_hold"))

    assert result.find("endurance_time").reasons == ("target_missing",)
    assert result.find("time_in_target").reasons == ("target_missing",)
    assert gripped(hold()).find("endurance_time").params["target_from"] == "highest force of this hold"


@pytest.mark.parametrize(("target_n", "reason"), [(500.0, "target_not_reached"), (100.0, "window_beyond_trial")])
def test_time_above_a_target_needs_the_target_reached_and_left(target_n, reason):
    result = analyse(hold(tail=False, entered={"target_n": target_n}), load_assessment("endurance_hold"))

    assert result.find("endurance_time").reasons == (reason,)


@pytest.mark.parametrize("target_n", [0.0, -5.0, math.nan, math.inf])
def test_a_target_that_is_no_force_is_none(target_n):
    result = analyse(hold(entered={"target_n": target_n}), load_assessment("endurance_hold"))

    assert result.find("endurance_time").reasons == ("target_missing",)


def test_fewer_than_six_squeezes_have_no_fatigue_index():
    t = times(5 * 8.0, RATE)
    result = analyse(one(t, contractions(t, [300.0] * 5, 3.0, 5.0), RATE), load_assessment("grip_repetitions"))

    assert result.find("fatigue_index_percent").reasons == ("too_few_reps",)
    assert result.find("rep_peak_force_mean").value == pytest.approx(300.0)
    assert result.status is Status.INVALID


def test_a_nordic_with_a_dead_side_gives_no_sides():
    t = times(30.0, RATE)
    force = contractions(t, [300.0] * 3, 5.0, 5.0)
    result = analyse(two(t, force, np.zeros(len(t)), RATE), load_assessment("nordic"))

    assert result.find("nordic_peak_force_mean", Limb.LEFT).reasons == ("limb_missing",)
    assert "limb_missing" in result.reasons


def test_a_side_that_was_not_recorded_at_all_is_missing():
    t = times(30.0, RATE)
    force = contractions(t, [300.0] * 3, 5.0, 5.0)
    curves = {Limb.LEFT: Curve(t, force, RATE), Limb.RIGHT: Curve(t, force * np.nan, RATE), Limb.BOTH: Curve(t, force, RATE)}
    result = analyse(Effort(curves), load_assessment("nordic"))

    found = result.find("nordic_peak_force", Limb.RIGHT)
    assert found.value is None
    assert found.reasons == ("limb_missing",)


def test_a_single_nordic_has_a_peak_and_no_mean():
    t = times(10.0, RATE)
    force = contractions(t, [300.0], 5.0, 5.0)
    result = analyse(two(t, force, force, RATE), load_assessment("nordic"))

    assert result.find("nordic_peak_force", Limb.LEFT).value == pytest.approx(300.0)
    assert result.find("nordic_peak_force_mean", Limb.LEFT).reasons == ("too_few_reps",)
    assert result.status is Status.INVALID
