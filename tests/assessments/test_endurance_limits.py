"""Each limit of the endurance tests stands where the specification puts it: just inside and just outside."""

import math

import numpy as np
import pytest
from endurance_curves import contractions, decay, one, times, two

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb

RATE = 200.0


def with_own_limits(name, metrics=None, **gates):
    """A test with the limits of its kind, not those of its file."""
    test = load_assessment(name).model_copy(update={"gates": gates})
    return test if metrics is None else test.model_copy(update={"metrics": tuple(metrics), "primary": metrics[0]})


def all_out(n=24, *, work_s=7.0, rest_s=3.0, rate_hz=RATE, touch_n=0.0):
    """``n`` contractions; a touch of 0.1 s may follow them."""
    t = times(n * (work_s + rest_s), rate_hz)
    touched = n * (work_s + rest_s) - 0.5
    force = contractions(t, 200 + 200 * 0.9 ** np.arange(n), work_s, rest_s)
    return one(t, np.where((t >= touched) & (t < touched + 0.1), touch_n, force), rate_hz)


def squeezes(n, *, work_s=3.0, rest_s=5.0, rate_hz=RATE, touch_n=0.0):
    t = times(n * (work_s + rest_s) + 1.0, rate_hz)
    touched = n * (work_s + rest_s)
    force = contractions(t, [300.0] * n, work_s, rest_s)
    return one(t, np.where((t >= touched) & (t < touched + 0.1), touch_n, force), rate_hz)


def held(length_s=33.0, rate_hz=RATE, change=None, **more):
    t = times(length_s, rate_hz)
    force = decay(t, 300.0, 0.0, length_s)
    return one(t, force if change is None else change(t, force), rate_hz, **more)


COUNTED = with_own_limits("grip_repetitions", ["rep_count"])
CRITICAL, GRIP, HOLD = (with_own_limits(name) for name in ("critical_force", "grip_repetitions", "grip_endurance_30s"))


@pytest.mark.parametrize(
    ("code", "test", "inside", "outside"),
    [
        ("too_few_reps", CRITICAL, all_out(20), all_out(19)),
        ("irregular_cadence", CRITICAL, all_out(work_s=7.95), all_out(work_s=8.05)),
        ("irregular_cadence", CRITICAL, all_out(work_s=6.05), all_out(work_s=5.95)),
        ("irregular_cadence", CRITICAL, all_out(rest_s=3.95), all_out(rest_s=4.05)),
        ("irregular_cadence", CRITICAL, all_out(rest_s=2.05), all_out(rest_s=1.95)),
        ("rep_too_short", CRITICAL, all_out(24, touch_n=100.0), all_out(23, touch_n=100.0)),
        ("too_few_reps", COUNTED, squeezes(1), squeezes(0, touch_n=100.0)),
        ("rep_too_short", COUNTED, squeezes(1, touch_n=100.0), squeezes(0, touch_n=100.0)),
        ("early_release", HOLD, held(30.5), held(29.5)),
        ("peak_late", HOLD, held(change=lambda t, f: np.where(t < 9.8, f / 1.06, f)),
         held(change=lambda t, f: np.where(t < 10.2, f / 1.06, f))),
        ("peak_late", HOLD, held(change=lambda t, f: np.where(t < 15, f / 1.04, f)),
         held(change=lambda t, f: np.where(t < 15, f / 1.06, f))),
    ],
)  # fmt: skip
def test_a_trial_is_told_of_what_lies_outside_a_limit_only(code, test, inside, outside):
    assert code not in analyse(inside, test).reasons
    assert code in analyse(outside, test).reasons


@pytest.mark.parametrize(("test", "effort"), [(GRIP, lambda r: squeezes(12, rate_hz=r)), (HOLD, lambda r: held(rate_hz=r))])
def test_a_sensor_below_a_nominal_10_hz_gives_nothing(test, effort):
    name = "time_under_tension" if test is GRIP else "hold_time"

    assert analyse(effort(9.98), test).find(name).value is not None
    assert analyse(effort(9.9), test).find(name).reasons == ("rate_too_low",)


@pytest.mark.parametrize(
    ("test", "effort"),
    [(CRITICAL, lambda rate_hz: all_out(rate_hz=rate_hz)), (HOLD, lambda rate_hz: held(rate_hz=rate_hz))],
)
def test_peaks_and_means_below_a_nominal_50_hz_say_so(test, effort):
    name = "rep_peak_force_best" if test is CRITICAL else "peak_force"

    assert analyse(effort(49.9), test).find(name).reasons == ()
    assert analyse(effort(49.5), test).find(name).reasons == ("rate_too_low",)


@pytest.mark.parametrize(("gate", "value"), [("work_s", 0.5), ("rest_s", 0.5)])
def test_a_rhythm_below_a_second_is_a_rhythm(gate, value):
    own = with_own_limits("grip_repetitions")

    assert "irregular_cadence" not in analyse(squeezes(12), own).reasons
    assert "irregular_cadence" in analyse(squeezes(12), with_own_limits("grip_repetitions", **{gate: value})).reasons


def test_a_rhythm_of_the_file_is_followed_within_a_second():
    test = with_own_limits("grip_repetitions", work_s=3.0, rest_s=5.0)

    assert "irregular_cadence" not in analyse(squeezes(12, work_s=3.95), test).reasons
    assert "irregular_cadence" in analyse(squeezes(12, work_s=4.05), test).reasons


def test_a_hold_that_is_asked_for_below_a_second_has_that_length():
    found = analyse(held(5.0), with_own_limits("grip_endurance_30s", hold_s=0.5, window_s=0.5)).find("hold_end_force")

    assert found.params["length_s"] == pytest.approx(0.5)
    area = analyse(held(5.0), with_own_limits("grip_endurance_30s", hold_s=0.5)).find("static_fatigue_index_percent")
    assert area.value is not None


def test_six_contractions_make_the_scatter_of_the_end_force():
    found = analyse(all_out(24), CRITICAL).find("critical_force")

    assert (found.params["n_last"], found.params["n_contractions"]) == (6, 24)


@pytest.mark.parametrize(("n", "reasons"), [(5, ("too_few_reps",)), (6, ())])
def test_six_squeezes_have_an_index_of_fatigue(n, reasons):
    for name in ("fatigue_index_percent", "fatigue_index_3_3_percent"):
        assert analyse(squeezes(n), GRIP).find(name).reasons == reasons


@pytest.mark.parametrize(("n", "spread"), [(1, None), (2, 0.0)])
def test_two_squeezes_have_a_spread(n, spread):
    assert analyse(squeezes(n), GRIP).find("rep_cv_percent").value == spread


def test_two_nordics_have_a_mean():
    t = times(20.0, RATE)
    force = contractions(t, [300.0, 320.0], 5.0, 5.0)

    found = analyse(two(t, force, force, RATE), load_assessment("nordic")).find("nordic_peak_force_mean", Limb.LEFT)

    assert found.value == pytest.approx(310.0)
    assert found.u_parts["repetitions"] == pytest.approx(10.0)  # SD of two that differ by 20 N, over sqrt 2


@pytest.mark.parametrize(("peak_n", "reasons"), [(5.2, ()), (4.8, ("denominator_too_small",))])
def test_nothing_is_divided_by_a_force_below_5_n(peak_n, reasons):
    t = times(240.0, RATE)
    effort = one(t, contractions(t, [200.0] * 24), RATE, entered={"peak_force_n": peak_n})

    found = analyse(effort, CRITICAL).find("critical_force_relative")

    assert (found.value is None) is bool(reasons)
    assert set(reasons) <= set(found.reasons)


@pytest.mark.parametrize(("below_s", "length_s"), [(0.95, 20.0), (1.05, 10.0)])
def test_a_second_below_the_target_ends_the_time_above_it(below_s, length_s):
    def dipped(t, force):
        return np.where(t >= 20.0, 90.0, np.where((t >= 10.0) & (t < 10.0 + below_s), 100.0, force))

    found = analyse(held(change=dipped, entered={"target_n": 200.0}), HOLD).find("endurance_time")

    assert found.value == pytest.approx(length_s, abs=0.01)


@pytest.mark.parametrize(("target_n", "first_s"), [(150.0, 0.5), (30.0, 0.1975)])
def test_time_above_a_target_begins_where_the_force_passes_it_and_not_before_the_hold(target_n, first_s):
    # 300 N/s for a second: a fifth of 300 N is passed at 0.2 s, after the sample at 0.1975 s.
    def rising(t, _):
        return np.where((t >= 0) & (t < 10.0), np.minimum(300.0 * t, 300.0), 0.0)

    found = analyse(held(change=rising, entered={"target_n": target_n}), HOLD).find("endurance_time")

    assert found.params["from_s"] == pytest.approx(first_s, abs=1e-6)


def test_time_above_a_target_begins_with_a_record_that_begins_above_it():
    t = times(10.0, RATE)
    force = np.where(t < 2.0, 100.0, 300.0) * (t < 10.0)
    keep = t >= 0.5

    effort = one(t[keep], force[keep], RATE, noise_n=0.1, entered={"target_n": 50.0})
    found = analyse(effort, HOLD).find("endurance_time")

    assert found.params["from_s"] == pytest.approx(0.5, abs=0.6 / RATE)


@pytest.mark.parametrize("name", ["target_n", "peak_force_n"])
def test_a_target_below_1_n_is_a_target(name):
    found = analyse(held(entered={name: 0.5}), with_own_limits("endurance_hold", ["endurance_time"])).find("endurance_time")

    assert found.params["target_n"] == pytest.approx(0.5 if name == "target_n" else 0.3)


@pytest.mark.parametrize("level", [0.92, 1.08])
def test_the_band_is_ten_percent_of_the_target_to_either_side(level):
    metrics = ("time_in_target", "target_error_rms")
    for name, effort in (("grip_endurance_30s", held(10.0, entered={"target_n": 300.0 / level})),):
        result = analyse(effort, with_own_limits(name, metrics))
        assert result.find("time_in_target").value == pytest.approx(10.0, abs=0.02)
    outside = 300.0 / (1.0 + 1.3 * (level - 1.0))
    assert analyse(held(10.0, entered={"target_n": outside}), with_own_limits("grip_endurance_30s", metrics)).find(
        "time_in_target"
    ).value == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(("length_s", "reasons"), [(1.05, ()), (0.98, ("hold_too_short",))])
def test_half_a_second_at_each_end_belongs_to_rise_and_release(length_s, reasons):
    test = with_own_limits("endurance_hold", ["target_error_rms"], hold_s=0.0)

    found = analyse(held(length_s, entered={"target_n": 250.0}), test).find("target_error_rms")

    assert set(reasons) <= set(found.reasons)
    assert found.value == (None if reasons else pytest.approx(50.0))


def trials_of(forces, work_times_s):
    test = with_own_limits("critical_force", fewest=1.0, n_expected=1.0, work_s=0.0, rest_s=0.0, n_last=3.0)
    made = []
    for force, work_s in zip(forces, work_times_s, strict=True):
        t = times(8 * (work_s / 8 + 3.0), 50.0)
        made.append(analyse(one(t, contractions(t, [force] * 8, work_s / 8, 3.0), 50.0), test))
    return {v.name: v for v in summarise(made, test) if v.limb is Limb.LEFT}


@pytest.mark.parametrize(("longest_s", "reasons"), [(112.8, ()), (111.5, ("work_times_alike",))])
def test_work_times_that_differ_by_a_tenth_have_a_line(longest_s, reasons):
    work = (100.8, 105.6, longest_s)  # 112 s is a tenth longer, of itself

    found = trials_of([150.0 + 6000.0 / s for s in work], work)["critical_force_regression"]

    assert found.reasons == reasons


@pytest.mark.parametrize(("off", "reasons"), [(0.95, ()), (1.05, ("fit_uncertain",))])
def test_a_slope_uncertain_by_more_than_a_tenth_warns(off, reasons):
    work = np.array([80.0, 160.0, 240.0])
    # Impulses off the line by (d, -2 d, d): the slope stays, its standard error is sqrt(6) d over sqrt(2) 80 s.
    d = off * 0.1 * 150.0 * math.sqrt(2.0) * 80.0 / math.sqrt(6.0)
    impulses = 6000.0 + 150.0 * work + d * np.array([1.0, -2.0, 1.0])

    found = trials_of(impulses / work, work)["critical_force_regression"]

    assert found.value == pytest.approx(150.0, rel=2e-3)
    assert found.reasons == reasons
