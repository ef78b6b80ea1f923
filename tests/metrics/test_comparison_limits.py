"""Ratios, goals, test days, directions and bands at their limits: the fewest that count, nothing to divide by, the borders."""

import math

import pytest

from daq.block import Limb
from daq.metrics.bands import band_in, band_word, is_pale, place
from daq.metrics.days import between_day_sd, normal_range, rolling_mean, z_group, z_person
from daq.metrics.declared import dominance, epic, left_over_right, lsi, right_share
from daq.metrics.direction import direction_kappa, direction_share, kappa_word
from daq.metrics.goal import AsymmetryGoal, progress
from daq.metrics.handedness import Distance
from daq.metrics.person import PersonFacts
from daq.metrics.ratios import quotient, refusal
from daq.metrics.value import Better, Value

LEFT, RIGHT = Limb.LEFT, Limb.RIGHT


def value(number, limb=LEFT, unit="N", **more):
    return Value("peak_force", limb, number, unit, "peak.max_sample", **{"better": Better.HIGHER, **more})


def test_nothing_over_something_is_nothing():
    assert quotient(value(0.0), value(100.0)).value == 0.0


def test_what_two_values_share_cancels_and_nothing_else():
    known = {"u": 5.0, "reference": "masses"}
    wholly, partly, apart = ({"reference": 5.0}, {"reference": 3.0, "noise": 4.0}, {"noise": 5.0})

    shared, half, own = (
        quotient(value(100.0, u_parts=p, **known), value(100.0, u_parts=p, **known)) for p in (wholly, partly, apart)
    )

    assert shared.u == 0.0
    assert half.u == pytest.approx(math.sqrt(2.0) * 0.04)
    assert own.u == pytest.approx(math.sqrt(2.0) * 0.05)


@pytest.mark.parametrize(
    ("number", "unit", "u", "is_refused"),
    [
        (0.3, "s", None, False), (0.3, "s", 0.055, False), (0.3, "s", 0.065, True), (5.2, "N", None, False),
        (4.9, "N", None, True),
        (5.2, "N", 1.1, True),
    ],
)  # fmt: skip
def test_a_denominator_is_five_newtons_and_five_times_its_uncertainty(number, unit, u, is_refused):
    codes = refusal(value(1.0, unit=unit), value(number, unit=unit, u=u))

    assert codes == (("denominator_too_small",) if is_refused else ())


def test_a_goal_is_ten_percent_in_eight_weeks_unless_it_says_otherwise():
    goal = AsymmetryGoal("peak_force", 400.0, 500.0)

    assert (goal.target_percent, goal.weeks) == (10.0, 8)


@pytest.mark.parametrize(
    ("start", "now", "share"), [((500.0, 500.0), (500.0, 490.0), 0.0), ((498.0, 500.0), (499.0, 500.0), 0.5)]
)
def test_the_share_of_a_gap_counts_from_any_gap_there_was(start, now, share):
    found = progress(AsymmetryGoal("peak_force", *start), *now, interval=None, mdc95_left=30.0, mdc95_right=30.0)

    assert found.share == pytest.approx(share)


def test_five_days_count_and_three_are_the_fewest():
    days = [1.0, 10.0, 20.0, 30.0, 40.0, 50.0]

    assert rolling_mean(days) == 30.0
    for of in (normal_range, between_day_sd):
        assert of(days[:2]) is None
        assert of(days[:3]) is not None
    assert z_person(10.0, days[:2]) is None
    assert z_person(10.0, [5.0, 5.0, 5.0]) is None


def test_a_typical_error_of_a_study_takes_the_place_of_the_persons_own():
    low, high = normal_range([98.0, 100.0, 102.0], typical_error=3.0)

    # Without degrees of freedom the factor is that of the normal distribution.
    assert (low, high) == pytest.approx((100.0 - 1.959964 * 3.0, 100.0 + 1.959964 * 3.0))
    assert normal_range([98.0, 100.0, 102.0], typical_error=0.0) == (100.0, 100.0)


def test_a_group_has_eight_persons_who_differ():
    assert z_group(3.0, [1.0, 3.0] * 3 + [1.0]) is None
    assert z_group(3.0, [1.0, 3.0] * 4) == pytest.approx(1.0 / math.sqrt(8.0 / 7.0))
    assert z_group(3.0, [2.0] * 8) is None
    assert z_group(2.5, [2.0, 2.2] * 4) == pytest.approx(0.4 / (0.1 * math.sqrt(8.0 / 7.0)))


def test_a_direction_wants_five_persons_with_a_side_on_both_days():
    first, second = [1.0, 1.0, 1.0, -1.0, -1.0], [1.0, 1.0, -1.0, -1.0, -1.0]

    # p_o = 0.8, p_e = 0.6 x 0.4 + 0.4 x 0.6.
    assert direction_kappa(first, second) == pytest.approx((0.8 - 0.48) / 0.52)
    assert direction_kappa(first[:4], second[:4]) is None
    assert direction_kappa([*first, 0.0, math.nan, 1.0], [*second, 1.0, 1.0, 0.0]) == pytest.approx((0.8 - 0.48) / 0.52)
    assert direction_kappa([*first[:4], 0.0], second) is None
    assert direction_kappa([1.0] * 6, [2.0] * 6) is None


def test_small_sides_are_sides():
    assert direction_kappa([0.5, 0.5, 0.5, -0.5, -0.5], [0.5, 0.5, -0.5, -0.5, -0.5]) == pytest.approx(0.32 / 0.52)
    assert direction_share([0.5, -0.5]) == 0.0
    assert direction_share([0.5, 0.2, 0.7]) == 1.0


def test_a_share_of_days_wants_two_days_with_a_side():
    assert direction_share([5.0]) is None
    assert direction_share([5.0, 0.0, math.nan]) is None
    assert direction_share([5.0, 3.0]) == 1.0
    assert direction_share([-5.0, 3.0, -1.0]) == 0.5


@pytest.mark.parametrize(
    ("kappa", "word"),
    [
        (-0.3, "poor"), (0.0, "poor"), (0.01, "slight"), (0.2, "slight"), (0.21, "fair"), (0.4, "fair"), (0.41, "moderate"),
        (0.6, "moderate"), (0.61, "substantial"), (0.8, "substantial"), (0.81, "almost perfect"), (1.0, "almost perfect"),
        # To two places, as the words are defined.
        (0.204, "slight"), (0.206, "fair"),
    ],
)  # fmt: skip
def test_the_words_of_landis_and_koch_change_at_their_borders(kappa, word):
    assert kappa_word(kappa) == word


def test_a_share_in_percent_bears_the_uncertainty_of_the_ratio():
    pair = (value(400.0, u=4.0, u_parts={"noise": 4.0}), value(600.0, RIGHT, u=6.0, u_parts={"noise": 6.0}))

    share = right_share(*pair)

    # Half of the points of the index with the total: 200 L R/(L + R)^2 sqrt(w_L^2 + w_R^2)/2.
    assert (share.value, share.u) == (60.0, pytest.approx(100.0 * 0.24 * math.hypot(0.01, 0.01)))
    assert left_over_right(*pair).u == pytest.approx(400.0 / 600.0 * math.hypot(0.01, 0.01))


@pytest.mark.parametrize(
    ("left", "right", "share"), [(0.0, 300.0, 100.0), (300.0, 0.0, 0.0), (None, 300.0, 100.0), (0.25, 0.25, 50.0)]
)
def test_one_side_alone_has_all_of_the_share(left, right, share):
    found = right_share(value(left), value(right, RIGHT))

    assert (found.value, found.u) == (share, None)


def test_no_force_on_either_side_has_no_share():
    assert right_share(value(0.0), value(0.0, RIGHT)).reasons == ("denominator_too_small",)
    assert left_over_right(value(1.0), value(0.0, RIGHT)).reasons == ("denominator_too_small",)


def test_lower_is_better_turns_the_indices_of_rehabilitation_over():
    pair = tuple(value(number, limb, "s", better=Better.LOWER) for number, limb in ((0.3, LEFT), (0.24, RIGHT)))
    person = PersonFacts(involved=LEFT, baseline={"peak_force": pair[1]._replace(value=0.27)}, baseline_on="2026-01-04")

    assert lsi(*pair, person).value == pytest.approx(80.0)
    assert epic(*pair, person).value == pytest.approx(90.0)


def test_dominance_is_what_the_other_limb_lacks_and_its_bias_changes_sign():
    pair = (value(270.0, bias=2.7), value(300.0, RIGHT))

    found = dominance(*pair, PersonFacts(dominant=RIGHT))

    # 270 - 2.7 over 300 is 89.1 %, so 10.9 % are lacking.
    assert found.value == pytest.approx(10.0)
    assert found.value - found.bias == pytest.approx(10.9)
    assert dominance(pair[0], value(0.0, RIGHT), PersonFacts(dominant=RIGHT)).reasons == ("denominator_too_small",)


@pytest.mark.parametrize(
    ("percent", "where", "word"),
    [
        (9.99, 0, "small difference"), (10.0, 1, "worth looking at"), (-14.99, 1, "worth looking at"),
        (-15.0, 2, "large difference; repeat the test, look at trend and context"),
    ],
)  # fmt: skip
def test_bands_begin_at_their_borders(percent, where, word):
    assert place(percent, (10.0, 15.0)) == where
    assert band_word(percent, (percent - 1.0, percent + 1.0), band=(10.0, 15.0)) == word


def test_the_usual_bands_are_ten_and_fifteen_and_five_and_eight_of_the_total():
    assert band_in("asym.max_denominator", (10.0, 15.0)) == (10.0, 15.0)
    assert band_in("asym.total_denominator", (10.0, 15.0)) == (5.0, 8.0)
    # 100 x 12/(200 - 12)
    assert band_in("asym.total_denominator", (12.0, 15.0)) == pytest.approx((100.0 * 12.0 / 188.0, 100.0 * 15.0 / 185.0))


@pytest.mark.parametrize(
    ("percent", "interval", "pale"),
    [(12.0, (10.0, 14.9), False), (12.0, (9.99, 14.9), True), (12.0, (10.0, 15.0), True), (-12.0, (-14.9, -10.0), False),
     (-12.0, (-15.0, -11.0), True), (0.5, (-9.5, 10.5), True), (-0.5, (-10.5, 9.5), True), (0.0, (-11.0, 10.5), True)],
)  # fmt: skip
def test_a_band_is_pale_where_the_interval_crosses_its_border(percent, interval, pale):
    assert is_pale(percent, interval, (10.0, 15.0)) is pale


def test_nobody_is_expected_off_the_middle_unless_a_hand_is():
    assert Distance(3.0).centre == 0.0
