"""Trials of a test to best, mean, spread, asymmetry and its words."""

import numpy as np
import pytest

from daq.assessments.analysis import analyse, check_methods, checked_assessment
from daq.assessments.model import assessment_ids, load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb
from daq.errors import UsageError
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.trial import TrialResult
from daq.metrics.value import Better, Status, Value

CELL = Instrument(kind="cell", u_gain=0.002, u_zero_n=0.1)


def _trial(limb, peak_n, *, status=Status.OK, u=1.0):
    value = Value(
        "peak_force", limb, peak_n, "N", "peak.max_sample", u=u, better=Better.HIGHER,
        u_parts={"gain": u * 0.1, "maximum": u * 0.9}, knows_instrument=True,
    )  # fmt: skip
    return TrialResult(limb, status, (), {}, (value,))


def _find(summary, name, of="peak_force", limb=None):
    return next(v for v in summary if v.name == name and v.of == of and (limb is None or v.limb is limb))


def test_best_mean_and_spread_are_those_of_the_valid_trials(grip):
    trials = [_trial(Limb.LEFT, x) for x in (400.0, 420.0, 410.0)] + [_trial(Limb.LEFT, 900.0, status=Status.INVALID)]

    summary = summarise(trials, grip)

    assert _find(summary, "peak_force_best", limb=Limb.LEFT).value == 420.0
    assert _find(summary, "peak_force_mean", limb=Limb.LEFT).value == pytest.approx(410.0)
    assert _find(summary, "trial_cv_percent", limb=Limb.LEFT).value == pytest.approx(100 * 10 / 410)
    assert _find(summary, "best_two_difference_percent", limb=Limb.LEFT).value == pytest.approx(100 * 10 / 420)
    assert next(v.value for v in summary if v.name == "trial_count_valid" and v.limb is Limb.LEFT) == 3
    assert next(v.value for v in summary if v.name == "trial_count_rejected" and v.limb is Limb.LEFT) == 1


def test_the_mean_of_three_uses_the_t_of_three(grip):
    summary = summarise([_trial(Limb.LEFT, x, u=1e-6) for x in (400.0, 420.0, 410.0)], grip)

    mean = _find(summary, "peak_force_mean", limb=Limb.LEFT)
    assert mean.k == pytest.approx(4.3027, abs=0.001)
    assert pytest.approx(4.3027 * 10 / np.sqrt(3), rel=1e-3) == mean.U95


def test_the_combined_grip_is_the_sum_of_both_bests(grip):
    trials = [_trial(Limb.LEFT, 400.0), _trial(Limb.RIGHT, 450.0), _trial(Limb.RIGHT, 440.0)]

    assert _find(summarise(trials, grip), "peak_force_combined").value == 850.0


def test_one_trial_a_side_says_this_trial_and_decides_nothing(grip):
    summary = summarise([_trial(Limb.LEFT, 400.0), _trial(Limb.RIGHT, 450.0)], grip)

    index = _find(summary, "asymmetry_percent")
    assert index.value == pytest.approx(100 * 50 / 450)
    assert index.text == "RIGHT 11.1 % stronger, this trial"
    assert index.params["interval_of"] == "instrument"
    assert _find(summary, "asymmetry_is_real").value is None
    assert _find(summary, "stronger_limb").reasons == ("not_enough_trials",)


def test_three_steady_trials_a_side_name_the_stronger_side_and_its_band(grip):
    trials = [_trial(Limb.LEFT, x) for x in (400.0, 402.0, 398.0)] + [_trial(Limb.RIGHT, x) for x in (470.0, 468.0, 472.0)]

    summary = summarise(trials, grip)

    index = _find(summary, "asymmetry_percent")
    assert index.text == "RIGHT 14.9 % stronger, worth looking at"
    assert index.params["interval_of"] == "person"
    assert index.interval[0] < index.value < index.interval[1]
    assert _find(summary, "asymmetry_is_real").value == 1.0
    assert _find(summary, "stronger_limb").limb is Limb.RIGHT
    assert _find(summary, "stronger_limb").text == "right"


def test_scattered_trials_make_no_clear_difference(grip):
    trials = [_trial(Limb.LEFT, x) for x in (380.0, 450.0, 410.0)] + [_trial(Limb.RIGHT, x) for x in (470.0, 400.0, 440.0)]

    summary = summarise(trials, grip)

    assert _find(summary, "asymmetry_percent").text == "no clear difference"
    assert _find(summary, "asymmetry_is_real").value == 0.0
    assert _find(summary, "stronger_limb").text == "none"


def test_a_person_without_asymmetry_is_called_real_in_about_one_case_of_twenty(grip):
    rng = np.random.default_rng(7)
    n = 400
    real = 0
    for _ in range(n):
        peaks = 400 * np.exp(0.05 * rng.standard_normal(6))
        trials = [_trial(Limb.LEFT, x, u=1e-9) for x in peaks[:3]] + [_trial(Limb.RIGHT, x, u=1e-9) for x in peaks[3:]]
        real += _find(summarise(trials, grip), "asymmetry_is_real").value

    assert 0.02 < real / n < 0.085


def test_three_jumps_share_the_load_in_words_of_load(cmj, cosine_jump, two_plates):
    trials = []
    for k, share in enumerate((0.45, 0.452, 0.448)):
        jump = cosine_jump(a1=5.0 + 0.05 * k)
        t = jump.axis()
        trials.append(analyse(two_plates(t, jump.force_n(t), share_left=share, noise_n=1.0, seed=k), cmj))

    summary = summarise(trials, cmj)

    index = _find(summary, "asymmetry_percent")
    assert index.text.startswith("RIGHT carried more, LEFT 18.")
    assert "large difference" in index.text
    assert _find(summary, "asymmetry_is_real").value == 1.0
    assert _find(summary, "jump_height_impulse_momentum_best", of="jump_height_impulse_momentum").params["trial"] == 3
    rate = _find(summary, "asymmetry_percent", of="rfd_0_100ms")
    assert "large" not in rate.text


def test_no_trial_at_all_is_a_summary_of_counts(cmj, grip):
    for test in (cmj, grip):
        assert all(v.name.startswith("trial_count") for v in summarise([], test))


def test_a_hand_that_is_missing_is_said(grip):
    index = _find(summarise([_trial(Limb.LEFT, 400.0)], grip), "asymmetry_percent")

    assert index.value is None
    assert index.reasons == ("limb_missing",)


def test_single_leg_jumps_are_compared_between_legs(sl_cmj, cosine_jump):
    trials = []
    for limb, a1 in ((Limb.LEFT, 3.0), (Limb.RIGHT, 3.3)):
        for k in range(3):
            jump = cosine_jump(a1=a1 + 0.01 * k, t3=0.12)
            t = jump.axis()
            noise = np.random.default_rng(k).standard_normal(len(t))
            force = jump.force_n(t) + noise
            free = Curve(t, 2.0 * noise, 1000.0)
            trials.append(analyse(Effort({limb: Curve(t, force, 1000.0)}, limb, free=free), sl_cmj))

    summary = summarise(trials, sl_cmj)

    assert {t.status for t in trials} == {Status.OK}
    assert _find(summary, "asymmetry_percent", of="jump_height_impulse_momentum").text.startswith("RIGHT")
    assert "higher" in _find(summary, "asymmetry_percent", of="jump_height_impulse_momentum").text


def test_the_other_foot_on_its_plate_rejects_a_single_leg_jump(sl_cmj, jump):
    t = jump.axis()
    force = jump.force_n(t)
    touching = np.where((t > 1.9) & (t < 2.0), 60.0, 0.0)

    touched = analyse(Effort({Limb.LEFT: Curve(t, force, 1000.0)}, Limb.LEFT, free=Curve(t, touching, 1000.0)), sl_cmj)
    unchecked = analyse(Effort({Limb.LEFT: Curve(t, force, 1000.0)}, Limb.LEFT), sl_cmj)

    assert touched.status is Status.INVALID
    assert touched.reasons[0] == "free_leg_contact"
    assert unchecked.status is Status.OK
    assert "free_leg_unchecked" in unchecked.reasons


@pytest.mark.parametrize("name", ["cmj", "sl_cmj", "grip"])
def test_every_assessment_that_is_shipped_loads_and_its_primary_is_among_its_metrics(name):
    test = checked_assessment(load_assessment(name))

    assert name in assessment_ids()
    assert test.primary in test.metrics
    assert set(test.asymmetry_of) <= set(test.metrics)
    assert set(test.bands) <= set(test.asymmetry_of)


def test_methods_are_taken_with_or_without_their_family_and_by_natural_names():
    assert check_methods({"weigh": "first_1s", "takeoff": "fixed_20n"}) == {
        "weigh": "weigh.first_1s",
        "flight": "flight.fixed_20n",
    }
    assert check_methods({"weighing": "weigh.manual=0:1"}) == {"weigh": "weigh.manual=0:1"}
    assert check_methods({"filter": "none", "integrate": "integrate.trapezoid", "kinematics": "forward"})


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ({"weigh": "fastest"}, "weigh.lowest_sd_1s"),
        ({"colour": "red"}, "families: weigh"),
        ({"weigh": "manual"}, "START:END"),
        ({"weigh": "manual=2:1"}, "START:END"),
        ({"weigh": "manual=a:b"}, "two numbers"),
        ({"onset": "absolute_n=nan"}, "one number"),
        ({"flight": "fixed_20n=3"}, "takes no number"),
    ],
)
def test_a_method_that_does_not_exist_is_refused_with_those_that_do(methods, said):
    with pytest.raises(UsageError, match=said.replace(".", r"\.")):
        check_methods(methods)


def test_an_onset_of_pulls_does_not_fit_a_jump(cmj):
    with pytest.raises(UsageError, match="does not fit"):
        checked_assessment(cmj.with_methods({"onset": "threshold_interpolated"}))
