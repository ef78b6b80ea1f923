"""Asymmetries and reasons in words that do not overclaim."""

import pytest

from daq.metrics.asymmetry import index_percent, live_index, right_share_percent
from daq.metrics.quality import REASONS, is_rejecting, ranked
from daq.metrics.value import Better
from daq.metrics.words import asymmetry_sentence, reason_sentence, side_word

PEAK = {"name": "peak_force", "better": Better.HIGHER, "unit": "N", "is_instrument": False, "n_trials": 3}


@pytest.mark.parametrize(
    ("percent", "interval", "together", "said"),
    [
        (2.0, (-1.0, 4.9), False, "level"),
        (9.0, (-1.0, 19.0), False, "no clear difference"),
        (5.8, (1.0, 10.6), False, "RIGHT 5.8 % stronger"),
        (-5.8, (-10.6, -1.0), True, "LEFT carried 5.8 % more"),
        (5.1, (4.0, 6.2), True, "RIGHT carried 5.1 % more"),
    ],
)
def test_the_first_rule_that_fits_gives_the_word(percent, interval, together, said):
    assert asymmetry_sentence(percent, interval, together=together, **PEAK) == said


def test_a_lower_is_better_metric_is_never_stronger():
    kind = {"name": "time_to_peak", "better": Better.LOWER, "unit": "s", "n_trials": 3, "is_instrument": False}

    said = asymmetry_sentence(-20.0, (-30.0, -10.0), together=False, difference=-0.12, **kind)

    assert said == "LEFT 0.12 s longer"


def test_an_interval_that_is_not_known_is_said():
    assert asymmetry_sentence(9.0, None, together=False, **PEAK).endswith("the uncertainty is not known")


def test_no_band_word_below_three_trials():
    two = {**PEAK, "n_trials": 2}

    assert (
        asymmetry_sentence(20.0, (18.0, 22.0), together=True, band=(10.0, 15.0), **two)
        == "RIGHT carried more, LEFT 20.0 % less"
    )


@pytest.mark.parametrize(
    ("index", "left", "right", "said"),
    [
        ("asym.max_denominator", 2455.0, 4596.0, "RIGHT carried more, LEFT 46.6 % less"),
        ("asym.max_denominator", 4596.0, 2455.0, "LEFT carried more, RIGHT 46.6 % less"),
        ("asym.max_denominator", 942.0, 1000.0, "RIGHT carried 5.8 % more"),
        ("asym.half_total", 942.0, 1000.0, "RIGHT carried 6.0 % more (half_total)"),
        ("asym.total_denominator", 942.0, 1000.0, "RIGHT carried more, index 3.0 % (total_denominator)"),
        ("asym.total_denominator", 2455.0, 4596.0, "RIGHT carried more, index 30.4 % (total_denominator)"),
        ("asym.symmetry_index", 4596.0, 2455.0, "LEFT carried more, index 30.4 % (symmetry_index)"),
    ],
)
def test_the_sentence_of_an_index_is_true_of_the_two_sides(index, left, right, said):
    percent = index_percent(left, right, index)

    words = asymmetry_sentence(
        percent, (percent - 0.1, percent + 5.1), together=True, index=index, difference=right - left, **PEAK
    )

    assert words == said


def test_one_after_the_other_the_weaker_side_is_named_where_the_difference_is_large():
    assert asymmetry_sentence(30.0, (25.0, 35.0), together=False, **PEAK) == "RIGHT stronger, LEFT 30.0 % less"


@pytest.mark.parametrize(("unit", "better"), [("s", Better.LOWER), ("N", Better.HIGHER)])
def test_equal_sides_are_no_difference(unit, better):
    kind = {**PEAK, "unit": unit, "better": better, "n_trials": 1}

    assert asymmetry_sentence(0.0, None, together=True, difference=0.0, **kind) == "no difference seen, this trial"


def test_no_sentence_speaks_of_risk_injury_or_weakness():
    said = " ".join(row.sentence.lower() for row in REASONS.values())

    assert not any(word in said for word in ("risk", "injur", "weak", "abnormal", "cleared"))


def test_an_unknown_code_still_gives_a_sentence():
    assert reason_sentence("something_new") == "Something new."


def test_the_most_serious_reason_comes_first():
    assert ranked(["noise_high", "free_leg_contact", "sample_gap"]) == ("sample_gap", "free_leg_contact", "noise_high")
    assert is_rejecting(["free_leg_contact"])
    assert not is_rejecting(["noise_high", "free_leg_unchecked"])


def test_the_indices_of_one_pair_are_those_of_their_formulas():
    pair = (400.0, 500.0)

    assert index_percent(*pair) == pytest.approx(20.0)
    assert index_percent(*pair, "asym.total_denominator") == pytest.approx(100 / 9)
    assert index_percent(*pair, "asym.half_total") == pytest.approx(200 / 9)
    assert index_percent(*pair, "asym.symmetry_index") == pytest.approx(100 / 9)
    assert index_percent(500.0, 400.0) == -index_percent(*pair)


def test_the_live_bar_is_a_dash_without_load():
    assert live_index(30.0, 19.0) is None
    assert live_index(float("nan"), 500.0) is None
    assert live_index(400.0, 500.0) == pytest.approx(20.0)
    assert right_share_percent(300.0, 100.0) == 25.0
    assert right_share_percent(0.0, 0.0) is None


_UP, _DOWN, _EVEN = Better.HIGHER, Better.LOWER, Better.NEUTRAL


@pytest.mark.parametrize(
    ("name", "better", "unit", "alone", "together"),
    [
        ("peak_force", _UP, "N", "stronger", "carried more"),
        ("plateau_force", _UP, "N", "stronger", "carried more"),
        ("force_100ms", _UP, "N", "stronger", "carried more"),
        ("nordic_peak_force", _UP, "N", "stronger", "carried more"),
        ("rep_peak_force_best", _UP, "N", "stronger", "carried more"),
        ("peak_torque", _UP, "N*m", "stronger", "larger"),
        ("relative_peak_force", _UP, "N/kg", "stronger", "larger"),
        ("rfd_0_100ms", _UP, "N/s", "faster rise", "carried more"),
        ("impulse_0_200ms", _UP, "N*s", "larger impulse", "carried more"),
        ("propulsion_impulse_gross", _UP, "N*s", "larger impulse", "carried more"),
        ("jump_height_impulse_momentum", _UP, "m", "higher", "higher"),
        ("takeoff_velocity", _UP, "m/s", "higher", "higher"),
        ("rsi_modified", _UP, "m/s", "higher", "higher"),
        ("mean_propulsion_force", _UP, "N", "higher", "carried more"),
        ("hop_distance", _UP, "m", "farther", "farther"),
        ("critical_force", _UP, "N", "more", "carried more"),
        ("endurance_time", _UP, "s", "more", "more"),
        ("rep_count", _UP, "1", "more", "more"),
        ("time_to_peak", _DOWN, "s", "longer", "longer"),
        ("time_to_stabilisation", _DOWN, "s", "longer", "longer"),
        ("target_error_rms", _DOWN, "N", "larger error", "larger error"),
        ("sway_path", _DOWN, "m", "more sway", "more sway"),
        ("weight_share_sd", _DOWN, "percent", "more sway", "more sway"),
        ("fatigue_index_percent", _DOWN, "percent", "tired more", "tired more"),
        ("strength_decrement_percent", _DOWN, "percent", "tired more", "tired more"),
        ("trial_cv_percent", _DOWN, "percent", "varied more", "varied more"),
        ("contact_time", _EVEN, "s", "longer", "longer"),
        ("countermovement_depth", _EVEN, "m", "deeper", "deeper"),
        ("leg_stiffness", _EVEN, "N/m", "stiffer", "stiffer"),
        ("landing_peak_force", _EVEN, "N", "landed harder", "carried more"),
        ("peak_contact_force", _EVEN, "N", "landed harder", "carried more"),
        ("weight_share", _EVEN, "percent", "carried more", "carried more"),
        ("hamstring_quadriceps_ratio", _EVEN, "1", "larger", "larger"),
        ("min_force", _EVEN, "N", "larger", "carried more"),
    ],
)
def test_each_family_of_metrics_has_its_word(name, better, unit, alone, together):
    assert side_word(name, better, unit=unit, together=False) == alone
    assert side_word(name, better, unit=unit, together=True) == together


def test_stronger_is_never_said_of_both_limbs_at_once_nor_of_what_is_better_low_or_neutral():
    for unit in ("N", "N*m", "N*s", "s", "m", "percent", "1"):
        assert side_word("anything", Better.HIGHER, unit=unit, together=True) != "stronger"
        for better in (Better.LOWER, Better.NEUTRAL):
            assert side_word("anything", better, unit=unit, together=False) != "stronger"


@pytest.mark.parametrize(
    ("name", "better", "unit", "percent", "said"),
    [
        ("sway_path", Better.LOWER, "m", -12.0, "LEFT 12.0 % more sway"),
        ("sway_path", Better.LOWER, "m", -30.0, "LEFT more sway, RIGHT 30.0 % less"),
        ("fatigue_index_percent", Better.LOWER, "percent", 12.0, "RIGHT tired 12.0 % more"),
        ("landing_peak_force", Better.NEUTRAL, "N", 12.0, "RIGHT landed 12.0 % harder"),
        ("hop_distance", Better.HIGHER, "m", -6.0, "LEFT 6.0 % farther"),
    ],
)
def test_side_and_size_are_said_with_the_word_of_the_family(name, better, unit, percent, said):
    kind = {"name": name, "better": better, "unit": unit, "n_trials": 3, "is_instrument": False}

    assert asymmetry_sentence(percent, (percent - 3.0, percent + 3.0), together=False, **kind) == said


def test_ten_percent_alone_is_never_a_difference():
    assert asymmetry_sentence(14.0, (-0.1, 28.1), together=False, band=(10.0, 15.0), **PEAK) == "no clear difference"
