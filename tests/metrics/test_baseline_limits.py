"""The quiet before an effort at its limits: how long, how far, how steady, just inside and just outside."""

import numpy as np
import pytest
from pulls import restless

from daq.metrics.baseline import Quiet, find_baseline
from daq.metrics.effort import Instrument
from daq.metrics.isometric import PULL
from daq.metrics.methods import rule_of
from daq.metrics.trace import Trace

FINE = 0.001
QUIET = Quiet(sd_n=1.0, slope_n_per_s=10.0, level_n=1.0)


def trace_of(force, rate_hz=1000.0, step_n=FINE):
    t = np.arange(len(force)) / rate_hz
    return Trace.made(t, np.asarray(force, float), rate_hz, instrument=Instrument(resolution_n=step_n), holes=())


@pytest.mark.parametrize(("behind_s", "is_inside"), [(4.97, True), (5.05, False)])
def test_a_baseline_starts_at_most_five_seconds_before_the_effort(behind_s, is_inside):
    force = restless(8000, 30.0)
    first = round(7000 - 1000 * behind_s)
    force[first : first + 1000] = 0.0

    found = find_baseline(trace_of(force), 7.0, quiet=QUIET)

    assert found.is_quiet is is_inside
    assert (found.start_s == pytest.approx(first / 1000.0)) is is_inside


@pytest.mark.parametrize(("apart_n", "is_level"), [(0.97, True), (1.04, False)])
def test_a_quieter_second_counts_where_its_level_is_the_same(apart_n, is_level):
    force = np.r_[apart_n + restless(3000, 0.01), restless(2000, 0.2)]

    found = find_baseline(trace_of(force), 5.0, quiet=QUIET)

    assert found.mean_n == pytest.approx(apart_n if is_level else 0.0, abs=1e-3)


@pytest.mark.parametrize(("sensor", "apart_n"), [("plate", 10.0), ("cell", 1.0), ("hand", 1.0)])
def test_levels_are_the_same_within_ten_newtons_on_a_plate_and_one_on_a_cell(sensor, apart_n):
    assert Quiet.of(sensor, PULL.limits.__getitem__).level_n == apart_n


@pytest.mark.parametrize(
    ("early_n", "late_n", "step_n", "is_late"),
    [(0.2, 0.295, FINE, True), (0.2, 0.306, FINE, False), (0.1, 0.295, 0.2, True), (0.1, 0.306, 0.2, False)],
)
def test_the_latest_second_near_the_lowest_noise_is_taken(early_n, late_n, step_n, is_late):
    force = np.r_[restless(3000, early_n), restless(2000, late_n)]

    found = find_baseline(trace_of(force, step_n=step_n), 5.0, quiet=QUIET)

    assert (found.stop_s > 4.8) is is_late


@pytest.mark.parametrize(("sd_n", "is_quiet"), [(1.95, True), (2.05, False)])
def test_readings_coarser_than_the_limit_are_quiet_up_to_one_step(sd_n, is_quiet):
    manual = rule_of("baseline.manual=1:2")

    for rule in (None, manual):
        assert find_baseline(trace_of(restless(4000, sd_n), step_n=2.0), 3.5, quiet=QUIET, rule=rule).is_quiet is is_quiet


@pytest.mark.parametrize(("before_s", "n"), [(0.198, None), (0.206, 106)])
def test_the_shortest_baseline_is_100_ms_long(before_s, n):
    found = find_baseline(trace_of(np.zeros(600)), before_s, quiet=QUIET)

    assert (None if found is None else found.n) == n or abs(found.n - n) <= 1


@pytest.mark.parametrize(("before_s", "is_there"), [(0.15, False), (0.2, True)])
def test_a_baseline_has_two_samples_at_any_rate(before_s, is_there):
    found = find_baseline(trace_of(np.zeros(60), rate_hz=10.0), before_s, quiet=QUIET)

    assert (found is not None) is is_there
    assert found is None or found.n == 2


def test_a_slow_sensor_has_a_baseline_of_a_second_all_the_same():
    assert find_baseline(trace_of(np.zeros(60), rate_hz=10.0), 4.0, quiet=QUIET).n == 10


def test_the_baseline_ends_100_ms_before_the_effort_and_is_a_second_long():
    found = find_baseline(trace_of(np.zeros(4000)), 3.0, quiet=QUIET)

    assert (found.start_s, found.stop_s) == pytest.approx((1.901, 2.900), abs=0.0011)


@pytest.mark.parametrize(
    ("holes", "start_s"),
    [
        # Behind the hole are 1000 samples, or 999; before it 1000, or 999 and then those of the second before another hole.
        (((1.600, 1.901),), 1.901), (((1.600, 1.902),), 0.601), (((1.600, 1.902), (0.500, 0.601)), 0.601),
        (((1.600, 1.902), (0.500, 0.602)), None),
    ],
)  # fmt: skip
def test_a_baseline_ends_before_a_hole_or_starts_behind_it(holes, start_s):
    t, force = np.arange(4000) / 1000.0, restless(4000, 0.5)
    trace = Trace.made(t, force, 1000.0, instrument=Instrument(resolution_n=FINE), holes=holes)

    found = find_baseline(trace, 3.0, quiet=QUIET)

    assert (None if found is None else found.start_s) == (None if start_s is None else pytest.approx(start_s))


def test_a_hole_in_the_first_second_leaves_no_baseline_across_it():
    force = restless(2000, 0.5)
    trace = Trace.made(np.arange(2000) / 1000.0, force, 1000.0, instrument=Instrument(), holes=((0.1, 0.4),))

    assert find_baseline(trace, 1.3, quiet=QUIET) is None


def test_the_only_window_there_is_may_be_quiet():
    found = find_baseline(trace_of(restless(600, 0.5)), 0.5, quiet=QUIET)

    assert (found.n, found.is_quiet) == (401, True)


@pytest.mark.parametrize(("stop_s", "n"), [(0.1015, None), (0.1025, 2)])
def test_a_baseline_set_by_hand_has_two_samples(stop_s, n):
    rule = rule_of(f"baseline.manual=0.1:{stop_s}")

    found = find_baseline(trace_of(np.zeros(600)), 0.5, quiet=QUIET, rule=rule)

    assert (None if found is None else found.n) == n
