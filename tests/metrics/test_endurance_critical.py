"""The end force of a test and the line through several tests: closed forms, and intervals that keep their promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.block import Limb
from daq.metrics.endurance.end_force import LAST3, LAST6, end_force
from daq.metrics.endurance.fatigue import Level, loss_percent
from daq.metrics.endurance.regression import impulse_time_line, regression_values
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import Budget, coverage_factor
from daq.metrics.value import Status, Value


def falling(cf=200.0, first=400.0, q=0.9, n=24):
    return [cf + (first - cf) * q**i for i in range(n)]


@pytest.mark.parametrize("q", [0.7, 0.9, 0.95])
def test_the_last_three_of_a_geometric_fall_have_their_closed_form(q):
    closed = 200 + 200 * (q**21 * (1 - q**3) / (1 - q)) / 3

    assert end_force(falling(q=q), LAST3).force_n == pytest.approx(closed, rel=1e-12)


@pytest.mark.parametrize("q", [0.7, 0.9, 0.95])
def test_the_last_six_before_trimming_lie_above_the_asymptote_by_their_closed_form_and_trimming_keeps_what_is_within_1_sd(q):
    last = np.array(falling(q=q)[-6:])
    closed = 200 + 200 * (q**18 * (1 - q**6) / (1 - q)) / 6
    inside = last[np.abs(last - last.mean()) <= last.std(ddof=1)]

    end = end_force(falling(q=q), LAST6)

    assert last.mean() == pytest.approx(closed, rel=1e-12)
    assert end.force_n == pytest.approx(inside.mean(), rel=1e-12)
    assert end.sd_n == pytest.approx(last.std(ddof=1), rel=1e-12)
    assert end.scatter_n == pytest.approx(end.sd_n / math.sqrt(6))
    assert end_force(falling(q=q), LAST3).scatter_n == pytest.approx(end.sd_n / math.sqrt(3))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 1000), min_size=6, max_size=30))
def test_trimming_always_keeps_something_and_stays_within_the_last_six(means):
    end = end_force(means, LAST6)

    assert end.kept
    assert min(means[-6:]) * (1 - 1e-9) <= end.force_n <= max(means[-6:]) * (1 + 1e-9)
    assert all(i > len(means) - 6 for i in end.kept)


def test_equal_contractions_are_all_kept():
    assert end_force([123.4] * 24, LAST6).kept == (19, 20, 21, 22, 23, 24)


def coverage(method, half_of):
    rng = np.random.default_rng(7)
    rows = 300.0 + 12.0 * rng.standard_normal((4000, 6))
    hits = 0
    for row in rows.tolist():
        end = end_force(row, method)
        hits += abs(end.force_n - 300.0) <= half_of(end, row)
    return hits / len(rows)


def of_untrimmed(end, row):
    return coverage_factor(end.nu) * end.scatter_n


def of_trimmed(end, row):
    kept = [row[i - 1] for i in end.kept]
    return 2 * float(np.std(kept, ddof=1)) / math.sqrt(len(kept))


def test_intervals_from_the_untrimmed_six_cover_where_one_from_the_trimmed_does_not():
    assert 0.92 <= coverage(LAST6, of_untrimmed) <= 0.97
    assert 0.94 <= coverage(LAST3, of_untrimmed) <= 0.985
    assert coverage(LAST6, of_trimmed) < 0.70


def test_the_line_through_impulse_and_work_time_is_exact():
    times = [49.0, 98.0, 168.0, 301.0]

    line = impulse_time_line([4321.0 + 187.0 * t for t in times], times)

    assert line.critical_force_n == pytest.approx(187.0, rel=1e-12)
    assert line.w_prime_n_s == pytest.approx(4321.0, rel=1e-10)


def test_elapsed_time_in_place_of_work_time_would_give_seven_tenths_of_the_force():
    work = np.array([70.0, 140.0, 210.0])

    line = impulse_time_line(5000 + 200 * work, work * 10 / 7)

    assert line.critical_force_n == pytest.approx(140.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(10, 400), st.floats(1e3, 1e5)), min_size=3, max_size=8))
def test_the_line_and_its_standard_errors_are_those_of_least_squares(points):
    times, impulses = zip(*points, strict=True)
    if max(times) - min(times) < 1.0:
        return
    line, x = impulse_time_line(impulses, times), np.column_stack([times, np.ones(len(times))])
    solved = np.linalg.lstsq(x, np.array(impulses), rcond=None)[0]
    rest = np.array(impulses) - x @ solved
    errors = np.sqrt(float(rest @ rest) / (len(times) - 2) * np.diag(np.linalg.inv(x.T @ x)))

    assert [line.critical_force_n, line.w_prime_n_s] == pytest.approx(solved, rel=1e-6, abs=1e-3)
    assert [line.u_critical_force_n, line.u_w_prime_n_s] == pytest.approx(errors, rel=1e-4, abs=1e-3)


def trial(impulse, work_s):
    parts = {"gain": 0.002 * impulse, "zero": 0.1 * work_s}
    values = (
        Value("impulse_total", Limb.LEFT, impulse, "N*s", "impulse.trapezoid", u=1.0, u_parts=parts),
        Value("time_under_tension", Limb.LEFT, work_s, "s", "repetitions.sum"),
    )
    return TrialResult(Limb.LEFT, Status.OK, (), {}, values)


def trials(*times, wobble=0.0):
    return [trial(5000 + 200 * t + wobble * (-1) ** i, t) for i, t in enumerate(times)]


def test_three_trials_of_different_length_give_force_and_impulse_with_the_instruments_part():
    force, impulse = regression_values(trials(70.0, 140.0, 210.0), Limb.LEFT)

    assert (force.name, force.unit, force.method) == ("critical_force_regression", "N", "critical_force.impulse_time")
    assert force.value == pytest.approx(200.0)
    assert impulse.value == pytest.approx(5000.0)
    assert (force.status, impulse.status) == (Status.OK, Status.OK)
    # A zero that is off by 0.1 N adds 0.1 N to the slope and nothing to the intercept.
    assert force.u_parts["zero"] == pytest.approx(0.1)
    assert impulse.u_parts["zero"] == 0.0
    assert force.params["time"] == "work, without rests"


def test_points_far_off_a_line_are_said():
    force, _ = regression_values(trials(70.0, 140.0, 210.0, wobble=3000.0), Limb.LEFT)

    assert force.reasons == ("fit_uncertain",)
    assert force.u_parts["fit"] > 0.1 * force.value
    assert force.nu_eff == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("times", "code"), [((70.0, 140.0), "not_enough_trials"), ((168.0, 168.0, 168.1), "work_times_alike")])
def test_too_few_trials_or_trials_of_one_length_give_no_line(times, code):
    made = regression_values(trials(*times), Limb.LEFT)

    assert [(v.value, v.reasons) for v in made] == [(None, (code,)), (None, (code,))]


def test_a_single_all_out_trial_says_nothing_about_a_line():
    assert regression_values(trials(168.0), Limb.LEFT) == []
    assert regression_values([], Limb.LEFT) == []


def test_the_loss_of_force_has_the_uncertainty_of_a_simulation():
    rng = np.random.default_rng(3)
    first, last, n = Level(200.0, 3.0), Level(140.0, 2.0), 200_000
    gain, zero = 1 + 0.01 * rng.standard_normal(n), 1.5 * rng.standard_normal(n)
    a = gain * (first.force_n + first.u_n * rng.standard_normal(n)) + zero
    b = gain * (last.force_n + last.u_n * rng.standard_normal(n)) + zero

    found = loss_percent(first, last, "", budget=Budget(own=0.01, zero_n=1.5), params={}, reasons=(), events=())

    u = math.hypot(*(found.parts or {}).values())
    assert u == pytest.approx(float(np.std(100 * (1 - b / a))), rel=0.02)
