"""Two bests, declared sides, bands and what stands beside an asymmetry."""

import numpy as np
import pytest

from daq.assessments.model import assessment_ids, load_assessment
from daq.assessments.tally import ratio_values, summarise
from daq.block import Limb
from daq.metrics.bands import has_bands
from daq.metrics.families import row_of
from daq.metrics.person import Handedness, PersonFacts
from daq.metrics.ratios import METHODS
from daq.metrics.trial import TrialResult
from daq.metrics.value import Better, Status, Value


def _trial(limb, peak_n, *, status=Status.OK, u=1.0):
    value = Value(
        "peak_force", limb, peak_n, "N", "peak.max_sample", u=u, better=Better.HIGHER,
        u_parts={"gain": u * 0.1, "maximum": u * 0.9}, knows_instrument=True,
    )  # fmt: skip
    return TrialResult(limb, status, (), {}, (value,))


def _find(summary, name, of="peak_force", limb=None):
    return next(v for v in summary if v.name == name and v.of == of and (limb is None or v.limb is limb))


def test_the_two_best_are_averaged_and_must_agree_within_ten_percent(grip):
    close = summarise([_trial(Limb.LEFT, x) for x in (400.0, 300.0, 420.0)], grip)
    wide = summarise([_trial(Limb.LEFT, x) for x in (400.0, 300.0, 350.0)], grip)

    assert _find(close, "peak_force_best_two").value == pytest.approx(410.0)
    assert _find(close, "peak_force_best_two").status is Status.OK
    assert _find(wide, "peak_force_best_two").reasons == ("trial_spread_high",)
    assert _find(wide, "best_two_difference_percent").status is Status.WARNING
    assert _find(summarise([_trial(Limb.LEFT, 400.0)], grip), "peak_force_best_two").reasons == ("not_enough_trials",)


def test_a_test_may_set_the_spread_of_its_trials_in_newtons(grip):
    test = grip.model_copy(update={"gates": {"trial_spread_n": 250.0}})
    near, far = ([_trial(Limb.LEFT, x) for x in (2000.0, 2000.0 - apart)] for apart in (240.0, 260.0))

    assert _find(summarise(near, test), "best_two_difference_percent").status is Status.OK
    assert _find(summarise(far, test), "best_two_difference_percent").reasons[0] == "trial_spread_high"


def test_averaging_does_not_reduce_what_the_instrument_adds_to_every_trial(grip):
    few, many = (
        _find(summarise([_trial(Limb.LEFT, 400.0 + d, u=10.0) for d in (-1e-3, 1e-3) * n], grip), "peak_force_mean")
        for n in (1, 8)
    )

    assert few.u == pytest.approx(1.0, rel=0.01)
    assert many.u == pytest.approx(1.0, rel=0.01)
    assert few.u_parts["gain"] == pytest.approx(1.0)


def test_all_values_of_the_best_trial_come_from_that_trial(grip):
    trials = [
        TrialResult(Limb.LEFT, Status.OK, (), {}, (
            Value("peak_force", Limb.LEFT, peak, "N", "peak.max_sample", better=Better.HIGHER),
            Value("plateau_force", Limb.LEFT, plateau, "N", "peak.moving_mean", better=Better.HIGHER),
        ))
        for peak, plateau in ((400.0, 390.0), (420.0, 350.0))
    ]  # fmt: skip

    summary = summarise(trials, grip)

    assert _find(summary, "plateau_force_best", of="plateau_force").value == 350.0
    assert _find(summary, "plateau_force_best", of="plateau_force").params["trial"] == 2


def _sides(left, right, **more):
    return [_trial(Limb.LEFT, x, **more) for x in left] + [_trial(Limb.RIGHT, x, **more) for x in right]


def test_the_spread_of_the_index_and_the_comparison_with_the_cv_stand_beside_it(grip):
    summary = summarise(_sides((400.0, 404.0, 396.0), (440.0, 444.0, 436.0)), grip)

    percents = [100 * 40 / x for x in (440.0, 444.0, 436.0)]
    assert _find(summary, "asymmetry_sd").value == pytest.approx(np.std(percents, ddof=1))
    assert _find(summary, "intra_limb_cv_percent").value == pytest.approx(1.0)
    assert _find(summary, "asymmetry_exceeds_cv").value == 1.0
    assert _find(summary, "asymmetry_percent_mean").value == _find(summary, "asymmetry_percent").value
    few = summarise(_sides((400.0,), (440.0,)), grip)
    for name in ("asymmetry_sd", "intra_limb_cv_percent", "asymmetry_exceeds_cv", "asymmetry_percent_mean"):
        assert _find(few, name).reasons == ("not_enough_trials",)


def test_declared_sides_give_their_indices_and_without_them_there_are_none(grip):
    trials = _sides((400.0, 404.0, 396.0), (440.0, 444.0, 436.0))
    person = PersonFacts(dominant=Limb.RIGHT, involved=Limb.LEFT)

    declared, silent = summarise(trials, grip, person), summarise(trials, grip)

    assert _find(declared, "lsi_percent").value == pytest.approx(100 * 400 / 440)
    assert _find(declared, "lsi_percent").text == "The other leg may also have weakened."
    assert _find(declared, "epic_percent").reasons == ("baseline_test_missing",)
    assert _find(declared, "dominance_percent").value == pytest.approx(100 * 40 / 440)
    assert not {"lsi_percent", "epic_percent", "dominance_percent"} & {v.name for v in silent}
    assert _find(silent, "share_right_percent").value == pytest.approx(100 * 440 / 840)
    assert _find(silent, "ratio_left_right").value == pytest.approx(400 / 440)


def test_the_line_of_the_other_leg_and_the_words_follow_the_hand_a_person_writes_with(grip):
    hand_held = grip.model_copy(update={"hand_held": True})
    trials = _sides((400.0, 402.0, 398.0), (432.0, 430.0, 434.0))

    plain = _find(summarise(trials, hand_held), "asymmetry_percent")
    shifted = _find(summarise(trials, hand_held, PersonFacts(Handedness.RIGHT)), "asymmetry_percent")

    assert plain.text == "RIGHT 7.4 % stronger, small difference"
    assert shifted.text == "RIGHT 7.4 % stronger, common in right-handers"
    assert shifted.value == plain.value
    assert shifted.params["handedness"] == "handedness.expect_10_right"


def test_with_the_index_of_the_total_the_same_person_gets_the_same_band(grip):
    trials = _sides((400.0, 402.0, 398.0), (455.0, 453.0, 457.0))

    usual = _find(summarise(trials, grip), "asymmetry_percent")
    total = _find(summarise(trials, grip.with_methods({"asym": "total_denominator"})), "asymmetry_percent")

    assert usual.params["band"] == total.params["band"] == "watch"
    assert total.method == "asym.total_denominator"
    assert total.value == pytest.approx(100 * 55 / 855)


def test_the_symmetry_index_of_equal_limbs_is_no_difference(grip):
    rng = np.random.default_rng(8)
    test = grip.with_methods({"asym": "symmetry_index"})
    real = 0.0
    for _ in range(200):
        peaks = 400 * np.exp(0.05 * rng.standard_normal(6))
        found = summarise(_sides(peaks[:3], peaks[3:], u=1e-9), test)
        real += _find(found, "asymmetry_is_real").value
        index = _find(found, "asymmetry_percent")
        assert index.value >= 0 <= index.interval[0]
    assert real / 200 < 0.11


def test_sides_of_different_noise_send_the_reader_to_the_steady_peak(cmj):
    def peak(limb, newtons, bias):
        return Value("peak_force", limb, newtons, "N", "peak.max_sample", u=1.0, bias=bias, better=Better.HIGHER,
                     u_parts={"noise": 1.0}, knows_instrument=True)  # fmt: skip

    trials = [
        TrialResult(Limb.BOTH, Status.OK, (), {}, (peak(Limb.LEFT, 910.0 + k, 2.0), peak(Limb.RIGHT, 1000.0 + k, 12.0)))
        for k in range(3)
    ]
    index = _find(summarise(trials, cmj), "asymmetry_percent")

    assert index.value == pytest.approx(100 * 90 / 1001, abs=0.01)
    assert index.params["primary_figure"] == "peak_force_100ms"
    assert "read peak_force_100ms" in index.text
    assert index.bias == pytest.approx(index.value - 100 * 80 / 989, abs=0.01)
    assert index.interval[0] < index.value - index.bias < index.interval[1]


def test_bands_stand_only_where_they_are_on():
    for test in (load_assessment(name) for name in assessment_ids()):
        for of in test.bands:
            row = row_of(of, test.kind.value)
            assert has_bands(of, row.better, unit=row.unit), f"{test.id} has a band for {of}"


def test_every_ratio_of_a_test_names_a_test_and_a_metric_that_exist():
    found = [(test, ratio) for test in map(load_assessment, assessment_ids()) for ratio in test.ratios]

    assert found
    for test, ratio in found:
        other = load_assessment(ratio.other_test)
        assert ratio.metric in test.metrics, f"{test.id}: {ratio.name}"
        assert ratio.other_metric in other.metrics, f"{test.id}: {ratio.name}"
        assert ratio.name in METHODS, f"{test.id}: {ratio.name} has no method of its own"


def test_the_best_of_making_and_of_breaking_come_from_their_own_trials():
    test = load_assessment("knee_extension")
    trials = [
        TrialResult(Limb.LEFT, Status.OK, (), {}, tuple(
            Value(name, Limb.LEFT, peak, "N", "peak.max_sample", better=Better.HIGHER) for name in ("peak_force", kind)
        ))
        for kind, peak in (("make_peak_force", 300.0), ("make_peak_force", 320.0), ("break_peak_force", 384.0))
    ]  # fmt: skip
    summary = summarise(trials, test)
    of = next(ratio for ratio in test.ratios if ratio.name == "break_make_ratio")

    found = ratio_values(of, summary, summary)

    assert [(v.limb, v.value) for v in found] == [(Limb.LEFT, pytest.approx(1.2))]
