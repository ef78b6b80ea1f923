"""Windows of a rising force at their limits: samples, settling times, the end of the effort, the steepest secant, a kink."""

import math

import numpy as np
import pytest

from daq.metrics.effort import Instrument
from daq.metrics.rate import peak_secant, sample_rule_parts, settling_codes, window_codes
from daq.metrics.slopes import sides_at, u_between_n
from daq.metrics.trace import Trace
from daq.metrics.uncertainty import Budget


def ramp_of(rate_hz=1000.0, slope=1000.0, n=2000, **known):
    t = np.arange(n) / rate_hz
    return Trace.made(t, slope * t, rate_hz, instrument=Instrument(**known), holes=())


@pytest.mark.parametrize(("rate_hz", "codes"), [(160.0, ("rate_too_low",)), (158.0, ("rate_too_low!",))])
def test_a_window_from_the_onset_holds_eight_samples(rate_hz, codes):
    assert window_codes(ramp_of(rate_hz), 1.0, 0.05, stop_s=3.0) == codes


@pytest.mark.parametrize(
    ("settlings", "codes"),
    [(5.05, ()), (5.0, ()), (4.9, ("sensor_settling",)), (3.0, ("sensor_settling",)), (2.95, ("sensor_settling!",))],
)
def test_a_window_is_five_settling_times_long_or_warns_and_three_or_is_withheld(settlings, codes):
    trace = ramp_of(settling_s=0.2 / settlings)

    assert settling_codes(trace, 0.2) == codes
    assert window_codes(trace, 1.0, 0.2, stop_s=1.9) == codes


@pytest.mark.parametrize(("stop_s", "codes"), [(1.2, ()), (1.199, ("window_beyond_trial!",))])
def test_a_window_ends_inside_the_effort(stop_s, codes):
    assert window_codes(ramp_of(), 1.0, 0.2, stop_s=stop_s) == codes


@pytest.mark.parametrize(("start_s", "codes"), [(1.799, ()), (1.8, ("window_beyond_trial!",))])
def test_a_window_ends_inside_the_record(start_s, codes):
    assert window_codes(ramp_of(), start_s, 0.2, stop_s=math.inf) == codes


@pytest.mark.parametrize(("rate_hz", "is_given"), [(200.0, True), (170.0, False)])
def test_the_steepest_secant_is_over_four_samples_or_more(rate_hz, is_given):
    assert (peak_secant(ramp_of(rate_hz, n=400), 0.5, 1.0, width_s=0.02) is not None) is is_given


def test_the_steepest_secant_starts_inside_its_stretch_and_stays_in_the_record():
    # 1000 N/s until 0.5 s, 3000 N/s until 0.6 s, then flat: a secant from 0.49 s on has 1000 to 2000 N/s.
    t = np.arange(900) / 1000.0
    force = np.interp(t, [0.0, 0.5, 0.6, 1.0], [0.0, 500.0, 800.0, 800.0])
    trace = Trace.made(t, force, 1000.0, instrument=Instrument(), holes=())

    assert peak_secant(trace, 0.2, 0.49, width_s=0.02) == pytest.approx(2000.0)
    assert peak_secant(trace, 0.2, 0.45, width_s=0.02) == pytest.approx(1000.0)
    assert peak_secant(trace, 0.4903, 0.4905, width_s=0.02) == pytest.approx(1000.0 + 2000.0 * 0.0103 / 0.02)
    assert peak_secant(trace, 0.885, 0.899, width_s=0.02) is None
    assert peak_secant(trace, 0.879, 0.899, width_s=0.02) == pytest.approx(0.0)


def test_a_last_sample_off_the_grid_ends_no_secant_of_another_width():
    # The push ends 0.4 ms behind its last sample on the grid, 2 N higher: over 19.4 ms that would look steeper.
    whole = ramp_of(n=1000)
    push = whole.until(0.9994, end_n=1005.0)

    assert peak_secant(push, 0.5, 0.9994, width_s=0.02) == pytest.approx(1000.0)


def test_the_rate_of_a_sample_rule_has_the_noise_of_both_ends_and_the_place_of_its_start():
    # F = 5000 t^2: a slope of 10000 t, so that R changes by 10000 N/s each second that the start moves.
    t = np.arange(2000) / 1000.0
    trace = Trace.made(t, 5000.0 * t * t, 1000.0, instrument=Instrument(), holes=())
    budget = Budget(own=0.003, shared=0.002, time=1e-4)

    parts = sample_rule_parts(trace, 0.5, 0.2, rate=6000.0, noise_n=0.5, budget=budget, u_clock_s=0.0)

    assert parts == pytest.approx({
        "gain": 18.0, "reference": 12.0, "time": 0.6, "noise": math.sqrt(2.0) * 0.5 / 0.2,
        "start": 10000.0 * 0.001 / math.sqrt(12.0),
    }, rel=1e-6)  # fmt: skip


@pytest.mark.parametrize("rate_hz", [200.0, 1000.0])
@pytest.mark.parametrize(("before", "after"), [(2000.0, 0.0), (0.0, 2000.0), (3000.0, 1000.0)])
def test_each_side_of_a_kink_has_its_own_slope(rate_hz, before, after):
    t = np.arange(int(rate_hz)) / rate_hz
    corner = 0.5 + 0.3 / rate_hz
    force = np.where(t < corner, before * (t - corner), after * (t - corner))
    trace = Trace.made(t, force, rate_hz, instrument=Instrument(), holes=())

    sides = sides_at(trace, corner)

    assert sides[:2] == pytest.approx((before, after), abs=1e-6)
    assert sides.either_n_per_s == pytest.approx(math.sqrt((before**2 + after**2) / 2.0))
    # On the straight line between its two samples the corner is off by (before - after) dt x (1 - x).
    off = abs(before - after) / rate_hz * 0.3 * 0.7
    assert u_between_n(trace, corner, sides) == pytest.approx(off)
    assert abs(trace.at(corner)) == pytest.approx(off)


@pytest.mark.parametrize("bend", [20000.0, -20000.0])
def test_a_smooth_curve_has_one_slope_and_bends_between_two_samples(bend):
    t = np.arange(400) / 200.0
    trace = Trace.made(t, 0.5 * bend * t * t + 3000.0 * t, 200.0, instrument=Instrument(), holes=())

    sides = sides_at(trace, 1.00125)

    assert sides.before_n_per_s == sides.after_n_per_s == pytest.approx(bend * 1.0 + 3000.0, rel=1e-6)
    assert sides.bend_n_per_s == pytest.approx(abs(bend) * 0.01)
    # dt^2 F'' x (1 - x)/2, a quarter of the way.
    off = abs(bend) * 0.005**2 * 0.25 * 0.75 / 2.0
    assert u_between_n(trace, 1.00125, sides) == pytest.approx(off)
    assert abs(trace.at(1.00125) - (0.5 * bend * 1.00125**2 + 3000.0 * 1.00125)) == pytest.approx(off)


def test_the_slope_that_falls_is_negative_and_near_the_ends_of_a_record_there_is_one():
    falling = ramp_of(slope=-500.0, n=100)

    assert sides_at(falling, 0.05).either_n_per_s == pytest.approx(-500.0)
    assert sides_at(falling, 0.005).either_n_per_s == pytest.approx(-500.0)
    assert sides_at(falling, 0.098).either_n_per_s == pytest.approx(-500.0)
    assert u_between_n(falling, 0.0985, sides_at(falling, 0.0985)) == 0.0


@pytest.mark.parametrize("rate_hz", [200.0, 1000.0])
@pytest.mark.parametrize("x", [0.2, 0.5, 0.9])
def test_the_slope_beside_a_kink_is_that_at_the_kink_and_not_of_the_10_ms_beside_it(rate_hz, x):
    # F' = 500 + 8000 s before, 3000 - 20000 s behind it.
    t = np.arange(int(rate_hz)) / rate_hz
    corner = 0.5 + x / rate_hz
    since = t - corner
    force = np.where(since < 0, 500.0 * since + 4000.0 * since**2, 3000.0 * since - 10000.0 * since**2)
    trace = Trace.made(t, force, rate_hz, instrument=Instrument(), holes=())

    assert sides_at(trace, corner)[:2] == pytest.approx((500.0, 3000.0), rel=1e-6)


@pytest.mark.parametrize(("corner_s", "has_sides"), [(0.0205, True), (0.0195, False), (0.0785, True), (0.0795, False)])
def test_each_side_of_a_kink_needs_20_ms(corner_s, has_sides):
    # The last of 101 samples may lie off the grid, so it counts for nothing.
    t = np.arange(101) / 1000.0
    trace = Trace.made(t, 2000.0 * np.maximum(t - corner_s, 0.0), 1000.0, instrument=Instrument(), holes=())

    sides = sides_at(trace, corner_s)

    assert sides.before_n_per_s == (pytest.approx(0.0, abs=1e-6) if has_sides else pytest.approx(sides.after_n_per_s))


@pytest.mark.parametrize(("share", "is_kink"), [(0.49, True), (0.51, False)])
def test_a_bend_that_goes_on_is_no_kink(share, is_kink):
    # The slope rises by 1000 N/s at 0.5 s and by a share of that over each 10 ms beside it.
    t = np.arange(1000) / 1000.0
    since = t - 0.5005
    force = 1000.0 * np.maximum(since, 0.0) + 0.5 * share / (1.0 - 1.1 * share) * 1e5 * since**2
    trace = Trace.made(t, force, 1000.0, instrument=Instrument(), holes=())

    sides = sides_at(trace, 0.5005)

    assert (sides.after_n_per_s != sides.before_n_per_s) is is_kink
