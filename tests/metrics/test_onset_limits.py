"""The onset at its limits: how long, how far apart, how high, just inside and just outside."""

import math

import numpy as np
import pytest
from pulls import restless

from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.isometric import PULL
from daq.metrics.isometric.events import read_pull
from daq.metrics.methods import rule_of
from daq.metrics.onset import base_level_n, half_way_index
from daq.metrics.reading import Conditions
from daq.metrics.trace import Trace

LEFT = Limb.LEFT
FINE = 0.001


def trace_of(force, rate_hz=1000.0, step_n=FINE):
    t = np.arange(len(force)) / rate_hz
    return Trace.made(t, np.asarray(force, float), rate_hz, instrument=Instrument(resolution_n=step_n), holes=())


def lines(*corners, rate_hz=1000.0):
    """Times and forces of straight lines through ``(s, N)``."""
    at, level = np.array(corners).T
    t = np.arange(round(at[-1] * rate_hz)) / rate_hz
    return t, np.interp(t, at, level)


@pytest.fixture
def onset():
    """The onset of a pull: ``onset((t, force), "absolute_n=5")``, or the reasons where there is none."""

    def find(  # noqa: PLR0917, named in every call
        curve, rule="threshold_interpolated", sensor="cell", rate_hz=1000.0, step_n=FINE, u_clock_s=0.0,
        baseline="automatic", u_gain=None,
    ):  # fmt: skip
        t, force = curve
        made = Curve(t, force, rate_hz, Instrument(resolution_n=step_n, u_gain=u_gain))
        typed = {"onset": f"onset.{rule}", "baseline": f"baseline.{baseline}"}
        rules = {family: rule_of(text) for family, text in {**PULL.methods, **typed}.items()}
        effort = Effort({LEFT: made}, LEFT, u_clock_s=u_clock_s)
        return read_pull(Conditions(effort, {LEFT: Trace.of(made)}, rules, PULL.limits, sensor=sensor))

    return find


@pytest.mark.parametrize(("sensor", "step_n"), [("plate", 20.0), ("cell", 5.0), ("hand", 5.0)])
@pytest.mark.parametrize(("five_sd", "n_steps"), [(0.0, 1), (0.98, 1), (1.02, 2)])
def test_the_threshold_rises_by_the_steps_of_its_sensor(onset, sensor, step_n, five_sd, n_steps):
    t, force = lines((0, 0), (3, 0), (3.2, 600), (5, 600), (5.1, 0), (6, 0))
    force += np.where(t < 2.9, restless(len(t), 0.2 * five_sd * step_n), 0.0)

    assert onset((t, force), sensor=sensor).onset.rise_n == n_steps * step_n


@pytest.mark.parametrize(("step_n", "rise_n"), [(1.6, 5.0), (1.7, 10.0)])
def test_three_steps_of_the_readings_lift_the_threshold(onset, step_n, rise_n):
    curve = lines((0, 0), (2, 0), (2.2, 400), (4, 400), (4.1, 0), (5, 0))

    assert onset(curve, step_n=step_n).onset.rise_n == rise_n


@pytest.mark.parametrize(("n", "is_it"), [(49, False), (52, True)])
def test_a_force_above_half_for_50_ms_is_the_effort(n, is_it):
    force = np.zeros(6000)
    force[1000 : 1000 + n] = 250.0
    force[3000:5000] = 400.0

    assert half_way_index(trace_of(force), base_n=0.0) == (1000 if is_it else 3000)


@pytest.mark.parametrize("rate_hz", [10.0, 30.0])
def test_a_slow_sensor_shows_an_effort_in_one_reading_or_two(rate_hz):
    force = np.zeros(100)
    # 50 ms hold half a reading at 10 Hz, one and a half at 30 Hz.
    n = 1 if rate_hz == 10.0 else 2
    force[40 : 40 + n] = 300.0
    force[70:80] = 400.0

    assert half_way_index(trace_of(force, rate_hz), base_n=0.0) == 40


@pytest.mark.parametrize("rate_hz", [100.0, 1000.0])
def test_yank_looks_at_20_ms_about_a_sample_at_any_rate(onset, rate_hz):
    t, force = lines((0, 0), (3, 0), (3.2, 400), (5, 400), (5.1, 0), rate_hz=rate_hz)

    # Of 20 ms about the start of a ramp of 2000 N/s half lies on it; 5 N/s less is asked for.
    assert onset((t, force), "yank=995", rate_hz=rate_hz).t0_s == pytest.approx(3.0, abs=1e-9)


def test_the_onset_moves_with_noise_gain_and_clock(onset):
    slope, u_gain, u_clock_s = 2000.0, 0.02, 0.0001
    t, force = lines((0, 0), (2, 0), (2.2, 400), (4, 400), (4.1, 0), (5, 0))
    force += np.where(t < 2.0, restless(len(t), 0.1), 0.0)

    found = onset((t, force), baseline="manual=1.896:1.9", u_gain=u_gain, u_clock_s=u_clock_s)

    sd_n, n = found.onset.baseline.sd_n, 4
    parts = (sd_n * math.sqrt(2.0 / 3.0 + 1.0 / n) / slope, 5.0 * u_gain / slope, u_clock_s)
    assert found.onset.baseline.n == n
    assert min(parts) > 0.25 * max(parts)
    assert found.u_onset_s == pytest.approx(math.hypot(*parts), rel=1e-3)


@pytest.mark.parametrize(("slope", "half_s"), [(222.0, 0.01), (210.0, 0.02), (81.0, 0.02), (77.0, 0.04), (20.0, 0.04)])
def test_the_slope_of_a_slow_rise_is_that_of_a_wider_line(onset, slope, half_s):
    sd_n = 0.9
    # The SD of a slope over +-k steps is sd/(dt sqrt(k (k + 1) (2 k + 1)/3)): 15 % of 216 N/s for 10 ms, of 79 N/s for 20 ms.
    limits = [sd_n / 0.15 / (0.001 * math.sqrt(k * (k + 1) * (2 * k + 1) / 3.0)) for k in (10, 20)]
    assert limits == pytest.approx([216.2, 79.2], abs=0.1)
    t = np.arange(9000) / 1000.0
    force = np.where(t < 7.5, slope * np.clip(t - 2.0, 0.0, 5.0), 0.0)

    found = onset((t, force + np.where(t < 2.0, restless(len(t), sd_n), 0.0))).onset

    assert found.slope_half_s == half_s
    assert found.slope_n_per_s == pytest.approx(slope, rel=0.01)


@pytest.mark.parametrize("u_clock_s", [0.0, 0.0004])
def test_an_onset_set_by_hand_is_as_sure_as_the_clocks(onset, u_clock_s):
    found = onset(lines((0, 0), (2, 0), (2.2, 400), (4, 400), (4.1, 0), (5, 0)), "manual=2.0123", u_clock_s=u_clock_s)

    assert found.onset.instant.u_s == (u_clock_s or None)
    assert found.u_onset_s == u_clock_s


def test_at_ten_readings_a_second_each_is_a_mean_of_100_ms():
    assert base_level_n(trace_of(np.tile([0.0, 100.0], 60), 10.0), sensor="plate") == pytest.approx(0.0)


def test_yank_looks_at_one_step_to_each_side_where_20_ms_hold_no_more(onset):
    curve = lines((0, 0), (3, 0), (3.2, 400), (5, 400), (5.1, 0), rate_hz=100.0)

    # One step behind the start both steps lie on the ramp; over two steps to each side it would be three of four.
    assert onset(curve, "yank=1600", rate_hz=100.0).t0_s == pytest.approx(3.01, abs=1e-9)


@pytest.mark.parametrize("bend", [60000.0, 120000.0])
def test_a_crossing_of_a_bent_curve_is_as_sure_as_the_curve_is_straight(onset, bend):
    t = np.arange(6000) / 1000.0
    since = np.clip(t - 2.0004, 0.0, 0.08)
    force = np.where(t < 4.5, 0.5 * bend * since**2, 0.0)

    found = onset((t, force))

    # u = dt^2 F''/(8 F'), and F' = F'' t.
    delay_s = math.sqrt(2.0 * 5.0 / bend)
    assert found.t0_s == pytest.approx(2.0004 + delay_s, abs=2e-5)
    assert found.u_onset_s == pytest.approx(1e-6 / (8.0 * delay_s), rel=0.06)


@pytest.mark.parametrize(("half_n", "is_it"), [(204.0, False), (206.0, True)])
def test_half_way_is_half_way_from_the_base(half_n, is_it):
    force = np.full(6000, 10.0)
    force[1000:1200] = half_n
    force[3000:5000] = 400.0

    assert half_way_index(trace_of(force), base_n=10.0) == (1000 if is_it else 3000)


def test_without_a_weighing_a_plate_starts_from_the_second_percentile_of_its_100_ms_means():
    # Means of a line of 100 N/s over 100 ms: 5 N to 995 N, evenly spread.
    ramp = trace_of(100.0 * np.arange(10000) / 1000.0)

    assert base_level_n(ramp, sensor="plate") == pytest.approx(5.0 + 0.02 * 990.0, abs=0.1)
    assert base_level_n(ramp, sensor="plate", weight_n=700.0) == 700.0
    assert base_level_n(ramp, sensor="cell") == 0.0


@pytest.mark.parametrize(("apart_s", "is_group"), [(0.0195, True), (0.0205, False)])
def test_crossings_less_than_20_ms_apart_are_one_start(onset, apart_s, is_group):
    # Up through 5 N at 2.005 s, down again, and up once more.
    curve = lines(
        (0, 0), (2, 0), (2.01, 10), (2.012, 0), (2 + apart_s, 0), (2.01 + apart_s, 10), (2.3, 400), (4, 400), (4.1, 0)
    )
    first, second = 2.005, 2.005 + apart_s

    found = onset(curve)

    assert found.t0_s == pytest.approx(0.5 * (first + second) if is_group else second, abs=2e-4)


@pytest.mark.parametrize(("n", "is_it"), [(9, False), (10, True)])
def test_a_sample_rule_wants_ten_milliseconds_above_its_threshold(onset, n, is_it):
    t, force = lines((0, 0), (3, 0), (3.2, 400), (5, 400), (5.1, 0))
    force[2700 : 2700 + n] = 8.0

    assert onset((t, force), "absolute_n=5").t0_s == pytest.approx(2.7 if is_it else 3.003, abs=1e-9)


@pytest.mark.parametrize(("n", "is_it"), [(1, False), (2, True)])
def test_a_sample_rule_wants_two_samples_at_any_rate(onset, n, is_it):
    t, force = lines((0, 0), (3, 0), (3.2, 400), (5, 400), (5.1, 0), rate_hz=100.0)
    force[270 : 270 + n] = 8.0

    assert onset((t, force), "absolute_n=5", rate_hz=100.0).t0_s == pytest.approx(2.7 if is_it else 3.01, abs=1e-9)


@pytest.mark.parametrize(("u_clock_s", "is_ambiguous"), [(0.0097, False), (0.0103, True)])
def test_a_start_is_ambiguous_from_ten_milliseconds_of_uncertainty_on(onset, u_clock_s, is_ambiguous):
    curve = lines((0, 0), (2, 0), (2.2, 400), (4, 400), (4.1, 0), (5, 0))

    assert ("onset_ambiguous" in onset(curve, u_clock_s=u_clock_s).reasons) is is_ambiguous


@pytest.mark.parametrize(
    ("restless_n", "step_n", "other_n"),
    [(0.0, FINE, 2.0), (0.6, FINE, 3.0), (0.0, 0.8, 2.4)],
    ids=["floor", "five_sd", "steps"],
)
@pytest.mark.parametrize(("apart_s", "is_ambiguous"), [(0.0480, False), (0.0525, True)])
def test_two_rules_that_differ_by_50_ms_make_the_start_ambiguous(onset, restless_n, step_n, other_n, apart_s, is_ambiguous):  # noqa: PLR0917, drawn by name
    slope = (5.0 - other_n) / apart_s
    t, force = lines((0, 0), (2, 0), (2 + 6.0 / slope, 6.0), (2.2 + 6.0 / slope, 400), (4.3, 400), (4.4, 0), (5, 0))

    found = onset((t, force + np.where(t < 2.0, restless(len(t), restless_n), 0.0)), step_n=step_n)

    assert found.t0_s == pytest.approx(2.0 + 5.0 / slope, abs=1e-3)
    assert ("onset_ambiguous" in found.reasons) is is_ambiguous


@pytest.mark.parametrize(("rise_n", "is_found"), [(4.9, False), (5.1, True), (8.0, True), (9.9, True)])
def test_an_effort_is_at_least_one_step_of_the_threshold(onset, rise_n, is_found):
    found = onset(lines((0, 0), (2, 0), (2.05, rise_n), (4, rise_n), (4.1, 0), (5, 0)))

    assert ("onset_not_found" in found.reasons) is not is_found
    # Half of it may lie below the threshold.
    assert not is_found or found.t0_s == pytest.approx(2.0 + 0.05 * 5.0 / rise_n, abs=1e-9)
