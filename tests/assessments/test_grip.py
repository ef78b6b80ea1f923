"""Pulls with closed answers: exponential, S-shaped and linear rise."""

import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.value import Status

FM, TAU, D = 400.0, 0.08, 5.0
LEFT = Limb.LEFT


def _curve(  # noqa: PLR0917, named in every call
    shape, rate_hz=1000.0, phase=0.0, quiet_s=2.0, hold_s=3.0, rest_s=1.0, noise_n=0.0, base_n=0.0, seed=0, **known
):
    """Quiet, ``shape(t since onset)`` for ``hold_s``, a fast release, rest."""
    n = int((quiet_s + hold_s + rest_s) * rate_hz)
    t = (np.arange(n) + phase) / rate_hz
    tau = t - quiet_s
    force = np.where(tau > 0, shape(np.maximum(tau, 0.0)), 0.0)
    end = shape(np.array([hold_s]))[0]
    force = np.where(tau > hold_s, end * np.exp(-np.maximum(tau - hold_s, 0.0) / 0.02), force)
    force += base_n + noise_n * np.random.default_rng(seed).standard_normal(n)
    return Effort({LEFT: Curve(t, force, rate_hz, Instrument(kind="cell", **known))}, LEFT)


def _exponential(t):
    return FM * (1 - np.exp(-t / TAU))


def _s_shaped(t):
    return FM * (1 - np.exp(-((t / TAU) ** 2)))


@pytest.mark.parametrize("phase", [0.0, 0.5])
def test_the_exponential_rise_has_the_onset_and_rates_of_its_formula(grip, number, phase):
    result = analyse(_curve(_exponential, phase=phase), grip)

    t_c = -TAU * math.log(1 - D / FM)
    assert t_c == pytest.approx(1.0063e-3, abs=1e-7)
    early = 0.001 * (1 - math.sqrt(D / (FM / TAU * 0.001))) ** 2 + 0.001**2 * (FM / TAU**2) / (8 * FM / TAU)
    assert result.events["onset"].t_s == pytest.approx(2.0 + t_c, abs=early + 1e-5)
    for ms in (50, 100, 150, 200, 250):
        length = ms / 1000
        expected = (FM - D) * (1 - math.exp(-length / TAU)) / length
        assert number(result, f"rfd_0_{ms}ms", LEFT) == pytest.approx(expected, rel=2e-3)
    assert number(result, "rfd_0_200ms", LEFT) == pytest.approx(1812.88, rel=1e-3)
    assert number(result, "force_200ms", LEFT) == pytest.approx(FM - (FM - D) * math.exp(-0.2 / TAU), rel=1e-3)
    net = FM * 0.2 - (FM - D) * TAU * (1 - math.exp(-0.2 / TAU))
    assert number(result, "impulse_0_200ms_net", LEFT) == pytest.approx(net, rel=1e-3)
    steepest = (FM - D) * (1 - math.exp(-0.02 / TAU)) / 0.02
    assert number(result, "rfd_peak_20ms", LEFT) == pytest.approx(steepest, rel=5e-3)
    sequential = (FM - D) * (math.exp(-0.1 / TAU) - math.exp(-0.2 / TAU)) / 0.1
    assert number(result, "rfd_100_200ms", LEFT) == pytest.approx(sequential, rel=2e-3)
    assert number(result, "rfd_20_80_percent", LEFT) == pytest.approx(0.6 * FM / (TAU * math.log(4)), rel=2e-3)
    assert number(result, "peak_force", LEFT) == pytest.approx(FM, rel=1e-6)


def test_the_s_shaped_rise_has_the_onset_and_rate_of_its_formula(grip, number):
    result = analyse(_curve(_s_shaped), grip)

    assert result.events["onset"].t_s == pytest.approx(2.0089723, abs=2e-5)
    assert number(result, "rfd_0_50ms", LEFT) == pytest.approx(3253.83, rel=1e-3)


@pytest.mark.parametrize("slope", [1000.0, 2000.0])
def test_a_ramp_has_the_rate_of_its_slope_and_the_time_to_90_percent_of_its_top(grip, number, slope):
    top_s = 0.5

    result = analyse(_curve(lambda t: slope * np.minimum(t, top_s)), grip)

    assert number(result, "rfd_0_200ms", LEFT) == pytest.approx(slope, rel=1e-6)
    assert number(result, "time_to_90_percent", LEFT) == pytest.approx(0.9 * top_s - D / slope, abs=1e-4)
    assert number(result, "plateau_force", LEFT) == pytest.approx(slope * top_s, rel=1e-6)


def test_a_baseline_with_offset_moves_the_peak_and_not_the_rate(grip, number):
    plain = analyse(_curve(_exponential, noise_n=0.05), grip)
    offset = analyse(_curve(_exponential, noise_n=0.05, base_n=3.0), grip)

    assert number(offset, "rfd_0_200ms", LEFT) == pytest.approx(number(plain, "rfd_0_200ms", LEFT), rel=1e-6)
    assert number(offset, "peak_force", LEFT) == pytest.approx(number(plain, "peak_force", LEFT) + 3.0)
    assert number(offset, "peak_force_net", LEFT) == pytest.approx(number(plain, "peak_force_net", LEFT), abs=1e-6)


def test_twice_the_force_is_twice_every_force_and_impulse(grip, number):
    one = analyse(_curve(_exponential, noise_n=0.01), grip)
    two = analyse(_curve(lambda t: 2 * _exponential(t), noise_n=0.01), grip)

    for name in ("peak_force", "peak_force_100ms", "plateau_force", "impulse_total"):
        assert number(two, name, LEFT) == pytest.approx(2 * number(one, name, LEFT), rel=2e-3)


def test_the_noise_above_a_plateau_is_given_as_bias_and_taken_out_of_the_interval(grip):
    hits, raw = 0, []
    for seed in range(40):
        value = analyse(_curve(_exponential, noise_n=0.25, seed=seed, u_gain=0.0, u_zero_n=0.0), grip).find("peak_force", LEFT)
        hits += value.interval[0] <= FM <= value.interval[1]
        raw.append(value.value - FM)

    assert hits >= 35
    assert np.mean(raw) == pytest.approx(0.25 * 3.3, abs=0.15)


def test_the_interval_of_the_rate_covers_the_truth(grip):
    truth = (FM - D) * (1 - math.exp(-0.2 / TAU)) / 0.2
    rng = np.random.default_rng(3)
    hits, widths = 0, []
    for seed in range(60):
        effort = _curve(_exponential, noise_n=0.25, seed=seed, phase=float(rng.random()), u_gain=0.0, u_zero_n=0.0)
        value = analyse(effort, grip).find("rfd_0_200ms", LEFT)
        hits += value.interval[0] <= truth <= value.interval[1]
        widths.append(value.U95)

    assert hits >= 53
    assert np.median(widths) < 0.01 * truth


def test_a_slow_sensor_gives_no_short_rate_and_warns_of_the_others(grip, number):
    result = analyse(_curve(_exponential, rate_hz=80.0, settling_s=0.05), grip)

    assert result.find("rfd_0_50ms", LEFT).reasons == ("rate_too_low",)
    assert result.find("rfd_0_100ms", LEFT).reasons == ("sensor_settling",)
    assert {"rate_too_low", "sensor_settling"} <= set(result.find("rfd_0_200ms", LEFT).reasons)
    assert result.find("rfd_peak_20ms", LEFT).value is None
    assert number(result, "peak_force", LEFT) == pytest.approx(FM, rel=1e-3)
    assert result.status is Status.OK


def test_coarse_readings_start_no_effort_before_the_pull(grip):
    effort = _curve(_exponential, noise_n=0.1)
    curve = effort.main
    coarse = Effort({LEFT: Curve(curve.t_s, np.round(curve.force_n), 1000.0)}, LEFT)

    result = analyse(coarse, grip)

    assert result.events["onset"].t_s == pytest.approx(2.001, abs=0.002)


def test_a_hand_that_takes_up_tension_starts_the_effort_at_the_pull(grip):
    def shape(t):
        return np.where(t < 2.0, 25.0 * np.minimum(t / 0.05, 1.0), 25.0 + _exponential(np.maximum(t - 2.0, 0.0)))

    result = analyse(_curve(shape, noise_n=0.05, hold_s=5.0), grip)

    assert result.events["onset"].t_s == pytest.approx(4.001, abs=0.002)
    assert result.events["onset"].params["baseline_n"] == pytest.approx(25.0, abs=0.1)


def test_an_unquiet_start_rejects_the_trial_and_keeps_the_peak(grip, number):
    result = analyse(_curve(_exponential, noise_n=1.5), grip)

    assert result.status is Status.INVALID
    assert "baseline_not_quiet" in result.reasons
    assert number(result, "peak_force", LEFT) > 395


def test_a_record_that_stops_in_the_effort_is_said(grip):
    effort = _curve(lambda t: 100.0 * t, noise_n=0.05)
    curve = effort.main
    cut = Effort({LEFT: Curve(curve.t_s[:4500], curve.force_n[:4500], 1000.0)}, LEFT)

    result = analyse(cut, grip)

    assert result.status is Status.INVALID
    assert "peak_at_edge" in result.reasons


def test_two_pulls_in_one_trial_are_warned_about(grip):
    def shape(t):
        return np.where((t > 1.0) & (t < 1.5), 40.0, _exponential(t))

    result = analyse(_curve(shape, noise_n=0.05), grip)

    assert "double_pull" in result.reasons
    assert result.status is Status.WARNING


def test_a_short_squeeze_has_no_plateau(grip):
    result = analyse(_curve(_exponential, hold_s=0.6, noise_n=0.05), grip)

    assert result.find("plateau_force", LEFT).reasons == ("hold_too_short",)
    assert result.find("peak_force", LEFT).value is not None


def test_without_the_cue_to_be_fast_no_rate_is_given(grip, number):
    result = analyse(_curve(_exponential, noise_n=0.05), grip.model_copy(update={"cue": "ramp"}))

    assert result.find("rfd_0_200ms", LEFT).reasons == ("cue_not_fast",)
    assert number(result, "time_to_90_percent", LEFT) > 0


def test_no_pull_is_no_onset(grip):
    t = np.arange(3000) / 1000.0

    result = analyse(Effort({LEFT: Curve(t, 0.05 * np.sin(t), 1000.0)}, LEFT), grip)

    assert result.status is Status.INVALID
    assert "onset_not_found" in result.reasons


def test_published_onset_rules_give_their_own_onset(grip):
    effort = _curve(lambda t: 1000.0 * np.minimum(t, 0.4), noise_n=0.1)
    onset = {
        rule: analyse(effort, grip.with_methods({"onset": rule})).events["onset"].t_s
        for rule in ("noise_relative_5sd", "absolute_n=20", "relative_peak=10", "backtrack", "manual=2.05")
    }

    assert onset["noise_relative_5sd"] == pytest.approx(2.002, abs=0.0015)
    assert onset["absolute_n=20"] == pytest.approx(2.020, abs=0.0015)
    assert onset["relative_peak=10"] == pytest.approx(2.040, abs=0.0015)
    assert 1.98 < onset["backtrack"] <= onset["noise_relative_5sd"]
    assert onset["manual=2.05"] == 2.05
