"""Processing of a centre of pressure: the published result, the gain of the filter, and the same sway at any rate."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.metrics.balance.processing import RULES, bridged, lp10_100hz, raw, swarii, swarii25_lp10
from daq.metrics.balance.spectrum import centroid_hz, edge_hz, power_of
from daq.store.csv_import import read_table

UNPROCESSED = "jythen_cop/cop_30s_100Hz_cm.csv"
PROCESSED = "jythen_cop/cop_after_swarii25Hz_filt10Hz_cm.csv"


def test_sliding_windows_and_low_pass_give_the_published_signal(public_data):
    before, after = (read_table(public_data / name) for name in (UNPROCESSED, PROCESSED))
    # Their artefact rule leaves out the first 0.1 s and the last sample.
    ml, ap = (before.column(name)[10:-1] for name in before.names)

    path = swarii25_lp10(ml, ap, 100.0)

    assert path.n == after.n_rows == 748
    # cm; the file has eight decimals, and its mean was taken before the first 0.1 s was cut off.
    assert path.ml_m == pytest.approx(after.column("ML") - after.column("ML").mean(), abs=1e-6)
    assert path.ap_m == pytest.approx(after.column("AP") - after.column("AP").mean(), abs=1e-6)


@pytest.mark.parametrize("frequency", [0.5, 5.0, 10.0, 20.0])
def test_the_low_pass_has_the_gain_of_its_formula_and_no_lag(frequency):
    t = np.arange(6000) / 100.0
    wave = np.sin(2 * np.pi * frequency * t)

    path = lp10_100hz(wave, np.zeros(len(t)), 100.0)

    # Second order forward and backward: 1/(1 + w^4), w warped by the bilinear transform.
    w = math.tan(math.pi * frequency / 100) / math.tan(math.pi * 10 / 100)
    middle = slice(500, -500)
    assert path.ml_m[middle] == pytest.approx(wave[middle] / (1 + w**4), abs=2e-3)


@pytest.mark.parametrize("rate_hz", [50.0, 80.0, 99.7, 200.0, 960.0, 1000.0, 2000.0])
def test_the_default_processing_gives_the_same_sway_at_any_rate(rate_hz):
    def sway(t):
        return sum(np.sin(2 * np.pi * f * t + f) / f for f in (0.2, 0.5, 1.1, 2.3))

    def velocity(path):
        return float(np.hypot(np.diff(path.ml_m), np.diff(path.ap_m)).sum()) / path.duration_s

    here, there = (
        lp10_100hz(sway(t), sway(t + 7), rate)
        for rate in (100.0, rate_hz)
        for t in [np.arange(round(30 * rate)) / rate]
    )  # fmt: skip

    assert there.rate_hz == pytest.approx(100.0, rel=0.005)
    assert velocity(there) == pytest.approx(velocity(here), rel=0.005)
    assert float(there.ml_m.std()) == pytest.approx(float(here.ml_m.std()), rel=0.005)


@given(st.lists(st.floats(-1, 1), min_size=60, max_size=120), st.floats(-5, 5), st.sampled_from(sorted(RULES)))
def test_a_shift_of_the_plate_changes_no_processed_point(points, shift, rule):
    x = np.array(points)

    here, there = (RULES[rule](each, -each, 100.0) for each in (x, x + shift))

    assert there.ml_m == pytest.approx(here.ml_m, abs=1e-9)
    assert there.ap_m == pytest.approx(here.ap_m, abs=1e-9)
    assert abs(float(here.ml_m.mean())) < 1e-9


@given(st.integers(20, 400), st.sampled_from([20.0, 33.3, 60.0, 100.0, 1000.0]))
def test_sliding_windows_of_a_constant_are_that_constant(n, rate_hz):
    made = swarii(np.full((1, n), 0.3), rate_hz=rate_hz, wanted_hz=25.0, window_s=0.08)

    assert made == pytest.approx(0.3, abs=1e-12)


def test_raw_keeps_every_sample():
    x = np.array([0.0, 1.0, 5.0])

    path = raw(x, x, 100.0)

    assert path.ml_m.tolist() == [-2.0, -1.0, 3.0]
    assert path.duration_s == pytest.approx(0.02)


def test_what_is_missing_inside_is_bridged_and_at_the_ends_cut():
    ml = np.array([np.nan, 0.0, np.nan, np.nan, 3.0, 4.0])
    ap = np.array([1.0, 1.0, 1.0, 1.0, 1.0, np.nan])

    made = bridged(ml, ap)

    assert made[0].tolist() == [0.0, 1.0, 2.0, 3.0]
    assert made[1].tolist() == [1.0] * 4


def test_two_waves_share_the_power_as_their_squares():
    t = np.arange(4000) / 100.0
    hz, power = power_of(2 * np.sin(2 * np.pi * 0.5 * t) + np.sin(2 * np.pi * 2.0 * t), 100.0, is_tapered=False)

    assert edge_hz(hz, power, 0.5) == pytest.approx(0.5)
    assert edge_hz(hz, power, 0.79) == pytest.approx(0.5)
    assert edge_hz(hz, power, 0.81) == pytest.approx(2.0)
    assert centroid_hz(hz, power) == pytest.approx(math.sqrt((4 * 0.5**2 + 2.0**2) / 5))


def test_a_drift_does_not_reach_the_higher_frequencies_through_the_taper():
    t = np.arange(3000) / 100.0
    wave = np.sin(2 * np.pi * 1.0 * t)

    plain, drifting = (power_of(x, 100.0) for x in (wave, wave + 3 * t / 30))
    band = slice(int(np.searchsorted(plain[0], 0.15)), int(np.searchsorted(plain[0], 5.0)))

    assert edge_hz(drifting[0][band], drifting[1][band], 0.5) == edge_hz(plain[0][band], plain[1][band], 0.5)
    assert edge_hz(drifting[0][band], drifting[1][band], 0.95) == edge_hz(plain[0][band], plain[1][band], 0.95)


@pytest.mark.parametrize(("rate_hz", "made_hz"), [(99.48, 100.0), (99.52, 99.52), (100.48, 100.48), (100.52, 100.0)])
def test_a_rate_within_half_a_percent_of_100_hertz_is_kept(rate_hz, made_hz):
    t = np.arange(3000) / rate_hz

    path = RULES["cop.lp10_100hz"](np.sin(t), np.cos(t), rate_hz)

    assert path.rate_hz == path.params["processed_hz"] == made_hz


@pytest.mark.parametrize(("rule", "order"), [("cop.lp10_100hz", 4), ("cop.swarii25_lp10", 8)])
def test_a_value_names_the_order_of_both_passes_together(rule, order):
    path = RULES[rule](np.sin(np.arange(3000) / 100.0), np.zeros(3000), 100.0)

    assert (path.params["cutoff_hz"], path.params["order"], path.params["passes"]) == (10.0, order, 2)


def test_the_ends_are_continued_by_their_mirror_image():
    # A straight line continued by its mirror image about the end stays a straight line through the filter.
    t = np.arange(3000) / 100.0
    path = RULES["cop.lp10_100hz"](t, np.zeros(3000), 100.0)

    assert np.abs(path.ml_m - (t - t.mean())).max() < 1e-3


@pytest.mark.parametrize(("rate_hz", "filtered_hz"), [(1000.0, 1000.0), (100.0, 100.0), (50.0, 100.0)])
def test_the_low_pass_has_the_same_slope_at_any_rate(rate_hz, filtered_hz):
    hz = 12.0
    t = np.arange(round(40 * rate_hz)) / rate_hz
    path = lp10_100hz(np.sin(2 * np.pi * hz * t), np.zeros(len(t)), rate_hz)

    # A spline through 50 readings a second loses a part of it too.
    # Second order in each of two passes, with the frequencies as the bilinear transform bends them.
    bent = math.tan(math.pi * hz / filtered_hz) / math.tan(math.pi * 10.0 / filtered_hz)
    assert math.sqrt(2.0) * path.ml_m[500:-500].std() == pytest.approx(
        1.0 / (1.0 + bent**4), rel=0.01 if rate_hz >= 100.0 else 0.1
    )


def test_the_taper_leaves_a_quarter_of_the_power_beside_a_wave_and_looks_both_ways():
    t = np.arange(1000) / 100.0
    _, power = power_of(np.sin(2 * np.pi * 3.0 * t), 100.0)
    noise = np.random.default_rng(3).standard_normal(1000)

    assert (power[29] / power[30], power[31] / power[30]) == pytest.approx((0.25, 0.25), rel=1e-3)
    assert power_of(noise, 100.0)[1] == pytest.approx(power_of(noise[::-1], 100.0)[1], rel=1e-6, abs=1e-9)
