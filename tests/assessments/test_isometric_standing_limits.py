"""Weighing before a pull at its limits: how long, how still, which level, and whether it is standing at all."""

import numpy as np
import pytest
from pulls import restless

from daq.metrics.effort import Instrument
from daq.metrics.isometric import PULL
from daq.metrics.isometric.standing import find_standing
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace

WEIGHT_N, TOP_N = 800.0, 2000.0
LEVEL = Rule("weigh.quiet_level_1s")


def stand(*pieces, rate_hz=1000.0, rule=LEVEL, quiet=(10.0, 0.015), stored_weight_n=None, holes=()):
    """The standing before a pull of 1 s: pieces of ``(length s, N or samples' deviation added)``, then the pull."""
    force = np.concatenate([
        *(level + restless(round(length * rate_hz), sd) for length, level, sd in pieces),
        np.full(round(rate_hz), TOP_N),
    ])  # fmt: skip
    t = np.arange(len(force)) / rate_hz
    trace = Trace.made(t, force, rate_hz, instrument=Instrument(resolution_n=0.001), holes=holes)
    return find_standing(trace, rule=rule, stored_weight_n=stored_weight_n, quiet=quiet, gravity=9.80665)


@pytest.mark.parametrize(("length_s", "is_weighed"), [(1.101, True), (1.097, False)])
def test_a_second_of_standing_ends_100_ms_before_the_pull(length_s, is_weighed):
    found = stand((length_s, WEIGHT_N, 1.0))

    assert (found.weighing is not None) is is_weighed
    assert is_weighed or found.missing == ("weighing_too_short",)


@pytest.mark.parametrize(
    ("weight_n", "one_leg", "limit_n"), [(600.0, False, 10.0), (1000.0, False, 15.0), (700.0, True, 15.0), (1000.0, True, 20.0)]
)
@pytest.mark.parametrize(("share", "is_weighed"), [(0.98, True), (1.03, False)])
def test_standing_is_still_within_ten_newtons_or_one_and_a_half_percent(weight_n, one_leg, limit_n, share, is_weighed):
    limits, legs = PULL.limits, "one_leg_" if one_leg else ""
    quiet = (limits[f"{legs}quiet_n"], limits[f"{legs}quiet_share"])
    found = stand((2.0, weight_n, share * limit_n), quiet=quiet)

    assert (found.weighing is not None) is is_weighed
    assert is_weighed or found.missing == ("weighing_not_quiet",)


@pytest.mark.parametrize(("tension_n", "is_taken"), [(9.7, True), (10.4, False)])
def test_the_stillest_second_within_ten_newtons_of_the_lowest_level_is_the_weight(tension_n, is_taken):
    found = stand((1.5, WEIGHT_N, 2.0), (1.5, WEIGHT_N + tension_n, 0.5))

    assert found.weighing.weight_n == pytest.approx(WEIGHT_N + tension_n if is_taken else WEIGHT_N, abs=0.01)


@pytest.mark.parametrize(("share", "is_weight"), [(0.76, True), (0.74, False)])
def test_a_level_of_less_than_three_quarters_is_one_foot_on_the_plate(share, is_weight):
    found = stand((1.5, share * WEIGHT_N, 1.0), (1.5, WEIGHT_N, 1.0))

    assert found.weighing.weight_n == pytest.approx(share * WEIGHT_N if is_weight else WEIGHT_N, abs=0.01)


@pytest.mark.parametrize(("share", "is_asked"), [(0.971, False), (1.029, False), (0.969, True), (1.031, True)])
def test_a_weight_three_percent_off_that_of_the_day_is_asked_about(share, is_asked):
    found = stand((2.0, WEIGHT_N * share, 1.0), stored_weight_n=WEIGHT_N)

    assert ("weight_mismatch" in found.reasons) is is_asked


def test_of_seconds_alike_the_latest_is_taken():
    found = stand((3.0, WEIGHT_N, 1.0))

    assert found.weighing.stop_s == pytest.approx(3.0 - 0.1, abs=0.0031)
    assert found.weighing.stop_s - found.weighing.start_s == pytest.approx(0.999)


@pytest.mark.parametrize(("rate_hz", "n"), [(10.0, 10), (200.0, 200)])
def test_the_window_is_a_second_at_any_rate(rate_hz, n):
    found = stand((3.0, WEIGHT_N, 1.0), rate_hz=rate_hz)

    assert (found.weighing.stop_s - found.weighing.start_s) * rate_hz == pytest.approx(n - 1)


def test_no_second_across_a_hole_is_weighed():
    found = stand((1.3, WEIGHT_N, 2.0), (1.7, WEIGHT_N, 1.0), holes=((1.3, 1.95),))

    assert found.weighing.stop_s <= 1.3
    assert found.weighing.sd_n == pytest.approx(2.0, rel=0.01)


def test_a_plate_that_carries_nobody_weighs_nobody():
    t = np.arange(3000) / 1000.0
    trace = Trace.made(t, np.where(t > 2.0, 90.0, 0.0), 1000.0, instrument=Instrument(), holes=())

    found = find_standing(trace, rule=LEVEL, stored_weight_n=None, quiet=(10.0, 0.015), gravity=9.80665)

    assert found.missing == ("weighing_missing",)
    assert found.weighing is None
