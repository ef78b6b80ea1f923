"""Repetitions are found where the rule says, whatever the curve."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import daq.metrics.endurance
from daq.metrics.effort import Curve
from daq.metrics.endurance.segments import find_repetitions, hidden_by_holes, rolling_maximum, under_tension
from daq.metrics.trace import Trace

PACKAGE = daq.metrics.endurance
FORCES = arrays(np.float64, st.integers(1, 60), elements=st.floats(-10, 100))


def test_every_metric_of_the_three_kinds_has_an_example_and_notes_what_it_does():
    rows = [row for kind in (PACKAGE.REPETITIONS, PACKAGE.CONTRACTIONS, PACKAGE.HOLD) for row in kind.metrics.values()]

    assert len(rows) > 30
    assert all(">>>" in (row.compute.__doc__ or "") for row in rows)


def trace_of(force, rate_hz=1000.0, start_s=0.0):
    trace = Trace.of(Curve(start_s + np.arange(len(force)) / rate_hz, np.asarray(force, dtype=float), rate_hz))
    assert trace is not None
    return trace


def pieces(*parts, rate_hz=1000.0):
    """Straight pieces ``(length_s, from_n, to_n)`` one after the other."""
    made = [a + (b - a) * np.arange(round(length * rate_hz)) / round(length * rate_hz) for length, a, b in parts]
    return trace_of(np.concatenate(made), rate_hz)


def test_a_straight_rise_and_fall_are_crossed_at_20_and_10_percent_of_the_highest_force():
    found = find_repetitions(pieces((1, 0, 0), (0.5, 0, 200), (2, 200, 200), (0.5, 200, 0), (1, 0, 0)), kind="cell")

    [rep] = found.reps
    assert rep.start_s == pytest.approx(1 + 0.2 * 0.5, abs=1e-9)
    assert rep.stop_s == pytest.approx(3.5 + 0.9 * 0.5, abs=1e-9)


@pytest.mark.parametrize(("kind", "start_n", "end_n"), [("plate", 20, 10), ("cell", 5, 3), ("hand", 5, 3)])
def test_weak_repetitions_begin_and_end_at_the_floors_of_the_sensor(kind, start_n, end_n):
    top = 24.0  # 20 % of it lies below each floor
    found = find_repetitions(pieces((1, 0, 0), (1, 0, top), (1, top, top), (1, top, 0), (1, 0, 0)), kind=kind)

    [rep] = found.reps
    assert rep.start_s == pytest.approx(1 + start_n / top, abs=1e-3)
    assert rep.stop_s == pytest.approx(4 - end_n / top, abs=1e-3)


def test_on_a_plate_the_weight_of_whoever_stands_on_it_is_the_level_of_rest():
    weight = 700.0
    parts = ((1, 0, 0), (0.5, 0, 200), (2, 200, 200), (0.5, 200, 0), (1, 0, 0))

    [rep] = find_repetitions(pieces(*((s, a + weight, b + weight) for s, a, b in parts)), kind="plate").reps

    assert rep.start_s == pytest.approx(1.1, abs=1e-6)
    assert rep.stop_s == pytest.approx(3.95, abs=1e-6)


@pytest.mark.parametrize(("pause_s", "n"), [(0.15, 1), (0.25, 2)])
def test_a_pause_below_a_fifth_of_a_second_is_none(pause_s, n):
    found = find_repetitions(
        trace_of([0] * 500 + [100] * 1000 + [0] * round(1000 * pause_s) + [100] * 1000 + [0] * 500), kind="cell"
    )

    assert len(found.reps) == n


def test_what_is_shorter_than_three_tenths_of_a_second_is_no_repetition_unless_it_belongs_to_its_neighbour():
    alone = [0] * 500 + [100] * 1000 + [0] * 500 + [100] * 250 + [0] * 500
    beside = [0] * 500 + [100] * 1000 + [0] * 100 + [100] * 250 + [0] * 500

    assert (
        len(find_repetitions(trace_of(alone), kind="cell").reps),
        find_repetitions(trace_of(alone), kind="cell").n_short,
    ) == (1, 1)
    [joined] = find_repetitions(trace_of(beside), kind="cell").reps
    assert joined.length_s == pytest.approx(1.35, abs=0.002)


def test_noise_above_the_floors_is_not_joined_into_a_repetition():
    rng = np.random.default_rng(4)
    force = np.array([0.0] * 2000 + [200.0] * 1000 + [0.0] * 2000) + 4.0 * rng.standard_normal(5000)

    [rep] = find_repetitions(trace_of(force), kind="hand").reps

    assert rep.length_s == pytest.approx(1.0, abs=0.003)
    assert find_repetitions(trace_of(4.0 * rng.standard_normal(5000)), kind="hand").reps == ()


@pytest.mark.parametrize(("apart_s", "n"), [(10, 1), (20, 2)])
def test_a_touch_below_a_fifth_of_a_strong_neighbour_does_not_count_within_15_seconds_of_it(apart_s, n):
    force = [0] * 50 + [500] * 200 + [0] * (100 * apart_s) + [60] * 200 + [0] * 50

    assert len(find_repetitions(trace_of(force, 100.0), kind="cell").reps) == n


def test_a_repetition_that_the_record_cuts_off_is_left_out_and_said():
    begun = find_repetitions(trace_of([100] * 1000 + [0] * 500 + [100] * 1000 + [0] * 500), kind="cell")
    open_end = find_repetitions(trace_of([0] * 500 + [100] * 1000 + [0] * 500 + [100] * 1000), kind="cell")

    assert (len(begun.reps), begun.begins_inside, begun.stops_inside) == (1, True, False)
    assert (len(open_end.reps), open_end.begins_inside, open_end.stops_inside) == (1, False, True)


@settings(max_examples=60, deadline=None)
@given(FORCES, st.integers(0, 80))
def test_the_rolling_maximum_is_that_of_each_window(force, half):
    expected = [force[max(i - half, 0) : i + half + 1].max() for i in range(len(force))]

    assert rolling_maximum(force, half).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(FORCES)
def test_hysteresis_at_once_is_hysteresis_sample_by_sample(force):
    state, expected = False, []
    for f in force:
        state = True if f > 20 else False if f < 10 else state
        expected.append(state)

    assert under_tension(force, np.full(len(force), 20.0), np.full(len(force), 10.0)).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float64, st.integers(2, 300), elements=st.floats(-1000, 1000, width=32)),
    st.sampled_from(["plate", "cell", "hand"]),
)
def test_repetitions_of_any_curve_are_apart_long_enough_and_within_the_record(force, kind):
    trace = trace_of(force, 20.0)

    reps = find_repetitions(trace, kind=kind).reps

    assert all(rep.length_s >= 0.3 and rep.start_s >= trace.start_s and rep.stop_s <= trace.stop_s for rep in reps)
    assert all(b.start_s - a.stop_s >= 0.2 for a, b in pairwise(reps))


@pytest.mark.parametrize(
    ("hole_s", "at_s", "hides"),
    [(0.15, 1.5, False), (0.25, 1.5, True), (0.25, 2.7, False), (0.35, 2.7, True), (0.35, 0.1, False)],
)
def test_a_hole_hides_a_pause_in_a_repetition_and_a_repetition_in_a_pause(hole_s, at_s, hides):
    force = np.array([0.0] * 1000 + [100.0] * 1000 + [0.0] * 1500 + [100.0] * 1000 + [0.0] * 500)
    force[round(at_s * 1000) : round((at_s + hole_s) * 1000)] = np.nan
    trace = trace_of(force)

    assert hidden_by_holes(trace, find_repetitions(trace, kind="cell").reps) is hides
