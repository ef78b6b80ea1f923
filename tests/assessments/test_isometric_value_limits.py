"""The limits of single values of a pull just inside and just outside, and what their uncertainty counts."""

import math

import numpy as np
import pytest
from pulls import FINE_N, PULLED, STOOD, WEIGHT_N, lines, read_one, restless, value_of

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import SIDES, Limb
from daq.metrics.effort import Curve, Instrument
from daq.metrics.isometric.example import read

LEFT, BOTH = Limb.LEFT, Limb.BOTH


@pytest.mark.parametrize(("u_clock_s", "is_given"), [(0.0049, True), (0.0052, False)])
def test_clocks_five_milliseconds_apart_withhold_what_a_side_does_from_the_onset_on(u_clock_s, is_given, two_plates):
    t, total = lines(STOOD)

    result = analyse(two_plates(t, total, u_clock_s=u_clock_s, noise_n=0.5), load_assessment("imtp"))

    for side in SIDES:
        assert (result.find("force_100ms", side).value is not None) is is_given


@pytest.mark.parametrize(("rate_hz", "is_warned"), [(49.8, False), (49.6, True)])
def test_a_peak_wants_50_readings_a_second(rate_hz, is_warned):
    found = read_one(lines(PULLED, rate_hz), rate_hz=rate_hz)

    assert ("rate_too_low" in value_of(found, "peak_force").reasons) is is_warned


@pytest.mark.parametrize(("rate_hz", "is_given"), [(50.0, True), (44.0, False)])
def test_a_mean_over_100_ms_has_five_readings(rate_hz, is_given):
    found = value_of(read_one(lines(PULLED, rate_hz), rate_hz=rate_hz), "peak_force_100ms")

    assert found.is_void is not is_given
    assert is_given or found.reasons == ("rate_too_low",)


def test_the_highest_means_are_those_over_100_ms_and_one_and_three_seconds():
    # A triangle about 4 s: the mean over T of its top is 400 - 100 T/4.
    found = read_one(lines([(0, 0.0), (1.5, 0.0), (0.1, 200.0), (2.0, 400.0), (2.0, 200.0), (0.1, 0.0), (1.0, 0.0)]))

    for name, length_s in (("peak_force_100ms", 0.1), ("plateau_force", 1.0), ("plateau_force_3s", 3.0)):
        assert value_of(found, name).value == pytest.approx(400.0 - 100.0 * length_s / 4.0, rel=1e-5), name


@pytest.mark.parametrize(("rate_hz", "code"), [(995.5, ()), (994.0, ("rate_too_low",))])
def test_rates_of_rise_want_a_thousand_readings_a_second(rate_hz, code):
    found = read_one(lines(PULLED, rate_hz), rate_hz=rate_hz)

    for name in ("rfd_0_100ms", "rfd_peak_20ms", "force_100ms"):
        assert value_of(found, name).reasons == code, name


@pytest.mark.parametrize(("fall", "is_given"), [(0.097, True), (0.104, False)])
def test_a_rise_may_fall_back_by_a_tenth_of_its_peak_between_20_and_80_percent(fall, is_given):
    back = 200.0 - 400.0 * fall
    found = read_one(
        lines([(0, 0.0), (2.0, 0.0), (0.2, 200.0), (0.05, back), (0.2, 400.0), (1.0, 400.0), (0.05, 0.0), (0.5, 0.0)])
    )

    assert value_of(found, "rfd_20_80_percent").is_void is not is_given


@pytest.mark.parametrize(("length_s", "is_given"), [(0.0069, True), (0.0064, False)])
def test_the_band_from_20_to_80_percent_holds_four_samples(length_s, is_given):
    found = read_one(lines([(0, 0.0), (2.0, 0.0), (length_s, 400.0), (1.0, 400.0), (0.05, 0.0), (0.5, 0.0)]))

    value = value_of(found, "rfd_20_80_percent")
    assert value.is_void is not is_given
    assert is_given or value.reasons == ("window_below_resolution",)


@pytest.mark.parametrize(("times", "is_given"), [(4.9, False), (5.1, True)])
def test_a_rate_over_a_net_peak_of_less_than_five_sd_is_not_given(times, is_given):
    sd_n = 20.0
    t, total = lines([(length, WEIGHT_N + level / 400.0 * 2.0 * times * sd_n) for length, level in PULLED])
    # Each side is restless at rest, the sum is not.
    apart = np.where(t < 1.99, restless(len(t), sd_n), 0.0)
    sides = {LEFT: 0.5 * total + apart, Limb.RIGHT: 0.5 * total - apart, BOTH: total}
    curves = {limb: Curve(t, force, 1000.0, Instrument(resolution_n=FINE_N)) for limb, force in sides.items()}

    found = value_of(read(curves, BOTH, sensor="plate"), "rfd_normalised")

    assert found.is_void is not is_given
    assert is_given or found.reasons == ("denominator_too_small",)


@pytest.mark.parametrize("onset", ["manual=2.0015", "absolute_n=10"])
def test_what_is_counted_from_the_onset_says_how_well_the_onset_is_known(onset):
    slope, q = 2000.0, 0.2
    t, force = lines([(0, 0.0), (2.0, 0.0), (0.25, slope / 4.0), (1.0, slope / 4.0), (0.05, 0.0), (0.5, 0.0)])
    sd_n = 0.5
    found = read_one((t, force + np.where(t < 2.0, restless(len(t), sd_n), 0.0)), rules={"onset": onset}, resolution_n=q)

    u_onset = 0.0 if onset.startswith("manual") else 0.001 / math.sqrt(12.0)
    force_100, impulse, net = (
        value_of(found, name).parts for name in ("force_100ms", "impulse_0_100ms", "impulse_0_100ms_net")
    )
    x = (found.t0_s + 0.1) * 1000.0 % 1.0
    assert force_100["onset"] == pytest.approx(slope * u_onset, rel=1e-6)
    assert force_100["noise"] == pytest.approx(sd_n * math.hypot(1.0 - x, x), rel=2e-3)
    assert force_100["resolution"] == pytest.approx(q / math.sqrt(12.0))
    assert impulse["events"] == pytest.approx(slope * 0.1 * u_onset, rel=1e-6)
    assert net["events"] == pytest.approx(slope * 0.1 * u_onset, rel=1e-6)


def test_a_sensor_without_a_declared_step_adds_none():
    assert value_of(read_one(lines(PULLED), resolution_n=None), "force_100ms").parts["resolution"] == 0.0
