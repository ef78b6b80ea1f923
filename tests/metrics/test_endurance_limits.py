"""Levels, rests and borders of repetitions, each just inside and just outside of where the rule puts it."""

import numpy as np
import pytest

from daq.metrics.effort import Curve
from daq.metrics.endurance.events import RULE, is_recorded, rest_noise_n
from daq.metrics.endurance.segments import (
    Stretch,
    find_repetitions,
    hidden_by_holes,
    levels_of,
    rest_level_n,
    rolling_maximum,
    under_tension,
    usual_noise_n,
)
from daq.metrics.trace import Trace


def trace_of(force, rate_hz=1000.0, start_s=0.0):
    trace = Trace.of(Curve(start_s + np.arange(len(force)) / rate_hz, np.asarray(force, dtype=float), rate_hz))
    assert trace is not None
    return trace


@pytest.mark.parametrize("half", [0, 1, 2, 5])
def test_the_highest_of_a_rising_force_is_half_a_window_ahead(half):
    assert rolling_maximum(np.arange(40.0), half).tolist() == [min(i + half, 39.0) for i in range(40)]


def test_what_every_value_says_of_the_rule_is_the_rule():
    assert {name: RULE[name] for name in ("start_share", "end_share", "rolling_s", "shortest_s", "merged_s")} == {
        "start_share": 0.2, "end_share": 0.1, "rolling_s": 30.0, "shortest_s": 0.3, "merged_s": 0.2,
    }  # fmt: skip


@pytest.mark.parametrize(("distance_s", "start_s"), [(14.9, 15.0), (15.1, 15.1)])
def test_a_strong_neighbour_within_15_seconds_hides_a_weak_beginning(distance_s, start_s):
    # 60 N stay below a fifth of 500 N until the last strong sample lies more than 15 s back.
    force = [0.0] * 50 + [500.0] * 200 + [0.0] * round(100 * distance_s) + [60.0] * 400 + [0.0] * 50

    reps = find_repetitions(trace_of(force, 100.0), kind="cell").reps

    assert reps[1].start_s - 2.49 == pytest.approx(start_s, abs=0.021)


@pytest.mark.parametrize("slope", [-0.01, 0.0, 0.01])
def test_where_the_level_moves_past_the_force_a_repetition_begins_between_two_samples(slope):
    weak = 60.0 + slope * np.arange(500)
    force = np.concatenate(([0.0] * 50, [500.0] * 200, [0.0] * 1400, weak, [0.0] * 50))

    start_s = find_repetitions(trace_of(force, 100.0), kind="cell").reps[1].start_s

    assert 17.49 - 1e-9 <= start_s <= 17.50 + 1e-9  # the strong one ends with the sample at 2.49 s


def test_the_usual_noise_of_white_noise_is_its_spread():
    assert usual_noise_n(3.0 * np.random.default_rng(1).standard_normal(100_000)) == pytest.approx(3.0, rel=0.01)


def test_start_and_end_lie_at_least_five_and_three_spreads_of_the_noise_above_rest():
    force = 10.0 * np.random.default_rng(2).standard_normal(50_000)

    start_n, end_n = levels_of(trace_of(force), kind="hand")

    assert (start_n.mean(), end_n.mean()) == pytest.approx((50.0, 30.0), rel=0.02)


@pytest.mark.parametrize(("rate_hz", "n", "level_n"), [(1000.0, 1000, 0.02 * 900 + 49.5), (10.0, 101, 0.02 * 100)])
def test_the_rest_on_a_plate_is_the_second_percentile_of_the_means_of_a_tenth_of_a_second(rate_hz, n, level_n):
    # Of a ramp of 1 N per sample the means are a ramp too.
    assert rest_level_n(trace_of(np.arange(n), rate_hz), kind="plate") == pytest.approx(level_n)


def test_a_force_between_the_levels_at_the_beginning_is_no_tension():
    assert under_tension(np.array([4.0, 6.0]), np.full(2, 5.0), np.full(2, 3.0)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("first", "second", "inside"), [(52.0, 47.0, True), (48.0, 60.0, False)]
)  # fmt: skip
def test_a_record_cuts_off_what_stands_above_half_of_its_peak_at_its_end(first, second, inside):
    edge, middle = [first, second], [100.0] * 1000
    begun = find_repetitions(trace_of([*edge, *middle, *[0.0] * 500]), kind="cell")
    open_end = find_repetitions(trace_of([*[0.0] * 500, *middle, *edge[::-1]]), kind="cell")

    assert (begun.begins_inside, begun.stops_inside, open_end.begins_inside, open_end.stops_inside) == (
        inside, False, False, inside,
    )  # fmt: skip


def test_a_rise_and_a_fall_next_to_the_borders_of_the_record_lie_between_their_samples():
    [rep] = find_repetitions(trace_of([0.0, *[100.0] * 998, 0.0]), kind="cell").reps

    assert (rep.start_s, rep.stop_s) == pytest.approx((0.0002, 0.9989))


def test_a_record_without_any_tension_has_nothing_short_in_it():
    assert find_repetitions(trace_of(np.zeros(1000)), kind="cell").n_short == 0


@pytest.mark.parametrize(
    ("first_s", "last_s", "hides"),
    [(1.5, 1.695, False), (1.5, 1.705, True), (2.5, 2.795, False), (2.5, 2.805, True)],
)
def test_a_hole_of_two_tenths_hides_a_pause_and_one_of_three_tenths_a_repetition(first_s, last_s, hides):
    force = np.array([0.0] * 1000 + [100.0] * 1000 + [0.0] * 1500 + [100.0] * 1000 + [0.0] * 500)
    force[round(first_s * 1000) : round(last_s * 1000)] = np.nan
    trace = trace_of(force)

    assert hidden_by_holes(trace, find_repetitions(trace, kind="cell").reps) is hides


@pytest.mark.parametrize(("hole_s", "hides"), [(0.295, False), (0.305, True)])
def test_where_no_repetition_was_found_a_hole_may_hide_one(hole_s, hides):
    force = np.zeros(2000)
    force[1000 : 1000 + round(1000 * hole_s)] = np.nan

    assert hidden_by_holes(trace_of(force), ()) is hides


@pytest.mark.parametrize(
    ("at_s", "counts"),
    [(2.095, False), (2.105, True), (3.095, True), (3.105, False)],
)
def test_the_noise_is_that_of_a_second_within_the_longest_rest_a_tenth_away_from_its_border(at_s, counts):
    force = np.zeros(8000)
    force[[round(1000 * at_s)]] = 1.0
    reps = (Stretch(1.0, 2.0, 1000, 2000), Stretch(5.0, 6.0, 5000, 6000))

    assert (rest_noise_n(trace_of(force), reps) > 0) is counts


@pytest.mark.parametrize(("rest_s", "counts"), [(0.285, False), (0.295, True)])
def test_a_rest_without_ten_samples_has_no_noise_of_its_own(rest_s, counts):
    # At 100 Hz, without a tenth of a second at each end, 0.295 s hold ten samples and 0.285 s nine.
    force = np.zeros(300)
    force[105:115] = 1.0  # a spread between 1.05 and 1.145 s only, and none in the first repetition
    force[110] = 3.0
    reps = (Stretch(0.0, 0.945, 0, 95), Stretch(0.945 + rest_s, 2.99, 120, 300))

    assert (rest_noise_n(trace_of(force, 100.0), reps) > 0) is counts


@pytest.mark.parametrize(("off", "inside"), [(1.45, True), (1.55, False)])
def test_the_samples_of_a_limb_may_lie_a_step_and_a_half_off_those_of_the_trial(off, inside):
    trace = trace_of(np.zeros(1001))

    assert is_recorded(trace, -0.001 * off, 1.0) is inside
    assert is_recorded(trace, 0.0, 1.0 + 0.001 * off) is inside
