"""Reliability over persons and days, against published tables and properties that hold for any scores."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daq.metrics.days import between_day_sd, normal_range, rolling_mean, z_group, z_person
from daq.metrics.direction import direction_kappa, direction_share, kappa_word
from daq.metrics.repeatability import (
    anova,
    bland_altman,
    change_is_real,
    icc_2_1,
    icc_3_1,
    learning,
    mdc95,
    mdc95_of,
    sem,
    sem_of_mean,
    swc,
    typical_error,
    typical_error_cv_percent,
)

# Shrout and Fleiss (1979), table 2: six subjects, four judges.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
# Bland and Altman (1986): peak flow of 17 people, twice with a large and twice with a small Wright meter, l/min.
LARGE = np.array(
    [
        [494, 490], [395, 397], [516, 512], [434, 401], [476, 470], [557, 611], [413, 415], [442, 431], [650, 638],
        [433, 429], [417, 420], [656, 633], [267, 275], [478, 492], [178, 165], [423, 372], [427, 421],
    ], dtype=float,
)  # fmt: skip
SMALL_FIRST = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

scores = st.tuples(st.integers(2, 8), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(1.0, 1000.0, width=32))
)


def test_the_table_of_shrout_and_fleiss_has_their_mean_squares_and_coefficients():
    found = anova(JUDGES)

    assert (round(found.ms_persons, 2), round(found.ms_tests, 2), round(found.ms_error, 2)) == (11.24, 32.49, 1.02)
    assert round(icc_2_1(JUDGES), 2) == 0.29
    assert round(icc_3_1(JUDGES), 2) == 0.71


def test_the_limits_of_agreement_of_the_two_flow_meters_are_those_of_the_paper():
    found = bland_altman(LARGE[:, 0], SMALL_FIRST)

    assert found.bias == pytest.approx(-2.1, abs=0.05)
    assert found.sd == pytest.approx(38.8, abs=0.05)
    # The paper multiplies by 2 and prints -79.7 and 75.5.
    assert found.bias - 2 * found.sd == pytest.approx(-79.7, abs=0.1)
    assert found.bias + 2 * found.sd == pytest.approx(75.5, abs=0.1)
    assert found.loa == pytest.approx(1.96 * found.sd, rel=1e-4)


def test_the_typical_error_of_two_tests_is_the_sd_of_their_differences_over_root_two():
    differences = LARGE[:, 0] - LARGE[:, 1]

    assert typical_error(LARGE) == pytest.approx(differences.std(ddof=1) / math.sqrt(2))


def test_the_published_smallest_detectable_difference_follows_from_its_mean_square():
    assert mdc95(math.sqrt(1.64), nu=71) == pytest.approx(3.55, abs=0.005)


def test_below_thirty_degrees_of_freedom_the_factor_is_that_of_students_t():
    assert mdc95(1.0, nu=7) == pytest.approx(2.3646 * math.sqrt(2), rel=1e-4)
    assert mdc95(1.0, nu=30) == mdc95(1.0) == pytest.approx(1.96 * math.sqrt(2), rel=1e-4)
    assert mdc95_of(LARGE) == pytest.approx(2.1199 * math.sqrt(2) * typical_error(LARGE), rel=1e-4)


def test_only_the_part_within_a_day_shrinks_with_the_number_of_trials():
    assert sem_of_mean(3.0, 8.0, 1) > sem_of_mean(3.0, 8.0, 4) == 5.0
    assert sem_of_mean(3.0, 8.0, 10**6) == pytest.approx(3.0, abs=1e-3)
    assert sem(10.0, 0.75) == 5.0


def test_a_change_counts_only_beyond_the_smallest_real_one():
    assert change_is_real(-21.0, 20.0)
    assert not change_is_real(20.0, 20.0)


def test_in_one_of_twenty_pairs_of_days_without_change_a_change_is_called_real():
    rng = np.random.default_rng(3)
    study = 100.0 + 10.0 * rng.standard_normal((2000, 40, 1)) + 3.0 * rng.standard_normal((2000, 40, 2))
    real = [change_is_real(float(table[0, 1] - table[0, 0]), mdc95_of(table[1:])) for table in study]

    assert np.mean(real) == pytest.approx(0.05, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(scores)
def test_a_shift_of_one_test_moves_agreement_and_leaves_consistency_and_the_typical_error(table):
    moved = table.copy()
    moved[:, 0] += 5.0

    assert typical_error(moved) == pytest.approx(typical_error(table), rel=1e-6, abs=1e-4)
    if icc_3_1(table) is not None and anova(table).ms_error > 1e-3:
        assert icc_3_1(moved) == pytest.approx(icc_3_1(table), rel=1e-4, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(scores, st.floats(0.1, 10.0))
def test_another_unit_scales_the_error_and_leaves_the_coefficients(table, factor):
    assert typical_error(factor * table) == pytest.approx(factor * typical_error(table), rel=1e-6, abs=1e-9)
    if anova(table).ms_persons > 1e-3:
        assert icc_2_1(factor * table) == pytest.approx(icc_2_1(table), rel=1e-6, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(scores, st.floats(0.1, 10.0))
def test_the_relative_error_does_not_depend_on_the_unit(table, factor):
    assert typical_error_cv_percent(factor * table) == pytest.approx(typical_error_cv_percent(table), rel=1e-6, abs=1e-6)


def test_a_person_with_a_missing_day_is_left_out():
    with_gap = np.vstack([JUDGES, [5.0, math.nan, 5.0, 5.0]])

    assert icc_2_1(with_gap) == icc_2_1(JUDGES)


@pytest.mark.parametrize("table", [[[1.0, 2.0]], [[1.0], [2.0]], [[math.nan, 1.0], [2.0, 3.0]], np.zeros((0, 2))])
def test_too_few_scores_give_no_number(table):
    assert anova(table) is None
    assert typical_error(table) is None
    assert icc_2_1(table) is None
    assert icc_3_1(table) is None
    assert mdc95_of(table) is None


def test_scores_without_any_spread_give_no_coefficient():
    assert icc_3_1(np.full((4, 3), 7.0)) is None
    assert typical_error(np.full((4, 3), 7.0)) == 0.0
    assert typical_error_cv_percent([[0.0, 1.0], [2.0, 3.0]]) is None


def test_the_smallest_worthwhile_change_is_a_fifth_of_the_spread_between_persons():
    assert swc([10.0, 20.0, 30.0, math.nan]) == 2.0
    assert swc([10.0]) is None


def test_a_second_day_that_is_better_for_all_is_learning():
    first = np.array([400.0, 420.0, 440.0, 460.0])

    assert learning(first, first + 20.0).is_learning
    assert not learning(first, first + 2.0).is_learning
    steady = learning(first, first + np.array([10.0, -10.0, 12.0, -12.0]))
    assert steady.low < 0 < steady.high
    assert learning([1.0], [2.0]) is None


def test_the_normal_range_of_a_person_needs_three_days_and_looks_at_the_last_five():
    assert normal_range([98.0, 100.0]) is None
    assert normal_range([98.0, 100.0, 102.0]) == pytest.approx((100 - 4.3027 * 2, 100 + 4.3027 * 2), rel=1e-4)
    assert rolling_mean([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]) == 3.0
    assert normal_range([98.0, 100.0, 102.0], typical_error=3.0) == pytest.approx((100 - 5.88, 100 + 5.88), rel=1e-3)


def test_an_ordinary_further_day_lies_in_the_normal_range_in_about_94_of_100():
    days = np.random.default_rng(5).standard_normal((4000, 6))
    inside = [low <= x[5] <= high for x in days for low, high in [normal_range(x[:5].tolist())]]

    assert np.mean(inside) == pytest.approx(0.94, abs=0.015)


def test_distances_are_in_standard_deviations_and_need_enough_days_or_persons():
    assert z_person(104.0, [98.0, 100.0, 102.0]) == 2.0
    assert z_person(104.0, [98.0, 100.0]) is None
    assert z_person(104.0, [100.0] * 4) is None
    group = [1.0, 3.0] * 4
    assert z_group(2.0 + np.std(group, ddof=1), group) == pytest.approx(1.0)
    assert z_group(2.0, group[:7]) is None
    assert between_day_sd([1.0, 2.0]) is None


def test_kappa_of_the_textbook_table_is_four_tenths():
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = 0.7, p_e = 0.5.
    first = [1.0] * 25 + [-1.0] * 25
    second = [1.0] * 20 + [-1.0] * 5 + [1.0] * 10 + [-1.0] * 15

    assert direction_kappa(first, second) == pytest.approx(0.4)
    assert direction_kappa([x * 7.0 for x in second], first) == pytest.approx(0.4)


def test_ties_are_dropped_and_five_persons_are_needed():
    assert direction_kappa([1, 1, -1, -1, 0], [1, 1, -1, -1, 1]) is None
    assert direction_kappa([1, 1, -1, -1, 1, 0], [1, 1, -1, -1, 1, 1]) == 1.0
    assert direction_kappa([1] * 6, [1] * 6) is None
    assert direction_kappa([math.nan] * 6, [1] * 6) is None


def test_the_share_of_days_with_the_first_direction():
    assert direction_share([2.0, 3.0, 1.0]) == 1.0
    assert direction_share([2.0, -3.0]) == 0.0
    assert direction_share([0.0, 2.0, 0.0]) is None


@pytest.mark.parametrize(
    ("kappa", "word"),
    [(0.0, "poor"), (0.01, "slight"), (0.2, "slight"), (0.21, "fair"), (0.6, "moderate"), (0.61, "substantial"),
     (0.9, "almost perfect")],
)  # fmt: skip
def test_the_words_of_landis_and_koch(kappa, word):
    assert kappa_word(kappa) == word


def test_a_day_with_a_single_trial_has_the_error_of_both():
    assert sem_of_mean(3.0, 4.0, 1) == pytest.approx(5.0)
    assert sem_of_mean(3.0, 4.0, 0) == pytest.approx(5.0)


def test_scores_below_one_have_a_relative_error_and_zero_has_none():
    scores = [[0.1, 0.11], [0.2, 0.2 / 1.1]]

    assert typical_error_cv_percent(scores) == pytest.approx(10.0)
    assert typical_error_cv_percent([[0.0, 0.11], [0.2, 0.2]]) is None
    assert typical_error_cv_percent(np.zeros((0, 2))) is None


def test_the_change_between_two_days_has_the_interval_of_students_t():
    found = learning([10.0, 20.0, 30.0], [16.0, 25.0, 37.0])

    # Steps of 6, 5 and 7: mean 6, SD 1, t(0.975, 2) = 4.3027.
    assert (found.low, found.high) == pytest.approx((6.0 - 4.3027 / math.sqrt(3.0), 6.0 + 4.3027 / math.sqrt(3.0)), abs=1e-4)
