"""Onset rules and baselines against their own definitions on curves with closed answers."""

import math

import numpy as np
import pytest
from pulls import at_cell, exponential, exponential_onset_s, ramp, s_shaped, s_shaped_onset_s

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.baseline import Quiet, find_baseline
from daq.metrics.effort import Instrument
from daq.metrics.methods import Rule
from daq.metrics.trace import Trace

LEFT = Limb.LEFT
QUIET = Quiet(sd_n=1.0, slope_n_per_s=10.0, level_n=1.0)


@pytest.fixture
def onset():
    """The onset of a cell pull by a rule: ``onset(effort, "absolute_n=10", baseline="manual=0:1")``."""

    def find(effort, rule="threshold_interpolated", test="knee_extension", **more):
        result = analyse(effort, load_assessment(test).with_methods({"onset": rule, **more}))
        assert "onset" in result.events, result.reasons
        return result.events["onset"]

    return find


def _trace(force, rate_hz=1000.0):
    t = np.arange(len(force)) / rate_hz
    return Trace.made(t, np.asarray(force, float), rate_hz, instrument=Instrument(), holes=())


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.9])
@pytest.mark.parametrize(("shape", "delay_s"), [(exponential, exponential_onset_s), (s_shaped, s_shaped_onset_s)])
def test_the_interpolated_threshold_is_crossed_where_the_curve_reaches_it(onset, shape, delay_s, phase):
    found = onset(at_cell(shape, phase=phase))

    assert found.params["above_baseline_n"] == 5.0
    # The bound of a curve that bends between two samples: dt^2 F''/(8 F').
    steep, bend = (5000.0, 62500.0) if shape is exponential else (1121.0, 125000.0)
    assert found.t_s == pytest.approx(2.0 + delay_s(5.0), abs=1e-6 * bend / (8 * steep) + 1e-6)


def test_the_delays_of_the_examples_are_those_of_their_formulas():
    assert exponential_onset_s(5.0) == pytest.approx(1.0063e-3, abs=1e-7)
    assert s_shaped_onset_s(5.0) == pytest.approx(8.9724e-3, abs=1e-7)


@pytest.mark.parametrize(("noise_n", "step"), [(0.2, 5.0), (0.9, 5.0), (1.5, 10.0), (2.5, 15.0)])
def test_the_threshold_is_a_whole_number_of_steps_above_five_sd(onset, noise_n, step):
    found = onset(at_cell(exponential, noise_n=noise_n))

    assert found.params["above_baseline_n"] == step
    assert found.params["threshold_n"] == found.params["baseline_n"] + step


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.7])
@pytest.mark.parametrize("threshold_n", [5.0, 20.0])
def test_a_sample_rule_starts_at_the_first_sample_above_its_threshold(onset, phase, threshold_n):
    effort = at_cell(exponential, phase=phase)

    found = onset(effort, f"absolute_n={threshold_n:g}")

    late = found.t_s - 2.0 - exponential_onset_s(threshold_n)
    assert 0.0 < late <= 0.001 + 1e-9
    assert float(found.t_s) in effort.main.t_s
    assert found.u_s == pytest.approx(0.001 / math.sqrt(12))


def test_five_sd_of_the_baseline_make_the_threshold_of_the_published_rule(onset):
    effort = at_cell(ramp(1000.0, 0.4), noise_n=0.8)

    five, ten = onset(effort, "noise_relative_5sd"), onset(effort, "noise_relative_ksd=10")

    for found, k in ((five, 5), (ten, 10)):
        sd = found.params["baseline_sd_n"]
        assert sd == pytest.approx(0.8, rel=0.1)
        assert found.params["above_baseline_n"] == pytest.approx(k * sd)
        assert found.t_s == pytest.approx(2.0 + k * sd / 1000.0, abs=0.003)


def test_a_share_of_the_peak_is_a_share_above_the_baseline(onset):
    found = onset(at_cell(ramp(1000.0, 0.4), base_n=10.0), "relative_peak=10")

    assert found.params["above_baseline_n"] == pytest.approx(40.0)
    assert found.t_s == pytest.approx(2.040, abs=0.0011)


def test_backtracking_ends_at_the_last_sample_at_rest(onset):
    assert onset(at_cell(ramp(1000.0, 0.4)), "backtrack").t_s == pytest.approx(2.0, abs=1e-9)


def test_backtracking_goes_no_further_than_100_ms(onset):
    def creep(t):
        return np.where(t < 0.5, 3.0 * t, 1.5 + 2000.0 * np.minimum(np.maximum(t - 0.5, 0), 0.2))

    # A hand has a floor of 2 N, which the creep of 1.5 N does not reach.
    start, back = (onset(at_cell(creep), rule, test="grip").t_s for rule in ("noise_relative_5sd", "backtrack"))

    assert start == pytest.approx(2.5, abs=0.0011)
    assert back == pytest.approx(start - 0.1, abs=1e-6)


@pytest.mark.parametrize(("limit", "first_ms"), [(510, -4.9), (1010, 0.1), (1510, 5.1)])
def test_yank_begins_where_the_slope_over_20_ms_is_above_its_limit(onset, limit, first_ms):
    found = onset(at_cell(ramp(2000.0, 0.2)), f"yank={limit}")

    # The window is centred: (t + 10 ms) of its 20 ms lie on a ramp of 2000 N/s.
    assert 0.0 < 1000 * (found.t_s - 2.0) - first_ms <= 1.0 + 1e-6


def test_an_onset_set_by_hand_is_that_time(onset):
    found = onset(at_cell(exponential), "manual=2.0125")

    assert found.t_s == 2.0125
    assert found.method == "onset.manual"


@pytest.mark.parametrize("x", [0.1, 0.25, 0.5, 0.8])
def test_a_kink_between_two_samples_is_covered_by_its_part_of_the_uncertainty(onset, x):
    slope = 5.0 / (x * 0.001)
    errors, us = [], []
    for phase in np.linspace(0.005, 0.995, 34):
        found = onset(at_cell(ramp(slope, 0.05), phase=float(phase)))
        errors.append(found.t_s - 2.0 - 5.0 / slope)
        us.append(found.u_s)

    largest = 0.001 * (1 - math.sqrt(x)) ** 2
    assert max(errors) < 1e-9, "the crossing is found early, never late"
    assert min(errors) == pytest.approx(-largest, rel=0.06)
    assert np.median(us) == pytest.approx(largest / math.sqrt(3), rel=0.02)


@pytest.mark.parametrize("slope", [4000.0, 5000.0 / 1.05])
def test_a_kink_costs_nothing_where_the_threshold_is_above_one_step(onset, slope):
    found = onset(at_cell(ramp(slope, 0.1), phase=0.4))

    assert found.t_s == pytest.approx(2.0 + 5.0 / slope, abs=1e-9)
    assert found.u_s < 1e-9


def test_the_noise_of_the_onset_is_that_of_its_formula(onset):
    found = [onset(at_cell(ramp(2000.0, 0.2), noise_n=0.4, seed=seed, phase=seed / 40)) for seed in range(40)]

    scatter = np.std([each.t_s for each in found], ddof=1)
    # The SD of forty is known to a tenth.
    assert 0.75 * scatter < np.median([each.u_s for each in found]) < 1.3 * scatter


def test_a_baseline_set_by_hand_stays_and_says_so(onset):
    noisy = at_cell(exponential, noise_n=0.3)
    plain, pinned = onset(noisy), onset(noisy, baseline="manual=0.2:0.7")

    force = noisy.main.force_n[200:700]
    assert pinned.params["baseline"] == "baseline.manual"
    assert pinned.params["baseline_start_s"] == pytest.approx(0.2)
    assert pinned.params["baseline_stop_s"] == pytest.approx(0.699)
    assert pinned.params["baseline_n"] == pytest.approx(force.mean())
    assert pinned.params["baseline_sd_n"] == pytest.approx(force.std(ddof=1))
    assert plain.params["baseline"] == "baseline.automatic"
    assert plain.params["baseline_n"] != pinned.params["baseline_n"]


def test_the_baseline_lies_before_a_short_dip():
    rng = np.random.default_rng(1)
    force = np.r_[0.1 * rng.standard_normal(3000), np.full(60, -4.0), 0.1 * rng.standard_normal(150)]

    found = find_baseline(_trace(force), 3.2, quiet=QUIET)

    assert found.stop_s <= 3.0
    assert found.is_quiet


def test_the_latest_level_is_the_baseline_and_not_the_quieter_one_before_it():
    rng = np.random.default_rng(1)
    force = np.r_[0.01 * rng.standard_normal(2500), 25.0 + 0.2 * rng.standard_normal(1800)]

    found = find_baseline(_trace(force), 4.3, quiet=QUIET)

    assert found.mean_n == pytest.approx(25.0, abs=0.05)
    assert found.is_quiet


@pytest.mark.parametrize(("force", "is_quiet"), [("still", True), ("noisy", False), ("sloping", False)])
def test_noise_and_slope_make_a_baseline_unquiet(force, is_quiet):
    rng = np.random.default_rng(2)
    t = np.arange(3000) / 1000.0
    curves = {"still": 0.2 * rng.standard_normal(3000), "noisy": 1.4 * rng.standard_normal(3000), "sloping": 12.0 * t}

    found = find_baseline(_trace(curves[force]), 3.0, quiet=Quiet(5.0 if force == "sloping" else 1.0, 10.0, 1.0))

    assert found.is_quiet is is_quiet


def test_a_record_without_a_second_before_the_effort_gives_the_window_there_is():
    found = find_baseline(_trace(np.zeros(600)), 0.5, quiet=QUIET)

    assert (found.n, find_baseline(_trace(np.zeros(600)), 0.15, quiet=QUIET)) == (401, None)


def test_a_window_outside_the_record_is_no_baseline():
    rule = Rule("baseline.manual", (7.0, 8.0))

    assert find_baseline(_trace(np.zeros(600)), 0.5, quiet=QUIET, rule=rule) is None
