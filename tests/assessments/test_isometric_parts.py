"""Each contribution to the uncertainty of a pull against its formula on curves whose slopes and noise are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from pulls import RISE_N, TAU_S, exponential, restless

from daq.block import SIDES, Limb
from daq.metrics.effort import Curve, Instrument
from daq.metrics.isometric import PULL
from daq.metrics.isometric.events import first_crossing_s
from daq.metrics.isometric.example import pulled, read, stood
from daq.metrics.trace import Trace

LEFT, RIGHT, BOTH = Limb.LEFT, Limb.RIGHT, Limb.BOTH
DT_S, QUIET_S = 0.001, 2.0
N_BASE = 1000


@pytest.fixture
def pull():
    """A pull at a cell, restless at rest alone: ``pull(shape, noise_n=0.5)``."""

    def made(shape, noise_n=0.0, onset="threshold_interpolated", **known):
        t, force = pulled(shape)
        force = force + np.where(t < QUIET_S, restless(len(t), noise_n), 0.0)
        curve = Curve(t, force, 1000.0, Instrument(kind="cell", **{"resolution_n": 0.001, **known}))
        return read({LEFT: curve}, LEFT, sensor="cell", onset=onset)

    return made


@pytest.fixture
def sides():
    """A pull from two plates, each side with its own restlessness at rest."""

    def made(noise_n, onset="threshold_interpolated", share_left=0.4, u_clock_s=0.0):
        t, total = stood()
        apart = np.where(t < 4.49, restless(len(t), noise_n), 0.0)
        force = {LEFT: share_left * total + apart, RIGHT: (1.0 - share_left) * total - apart, BOTH: total}
        curves = {limb: Curve(t, each, 1000.0, Instrument(resolution_n=0.001)) for limb, each in force.items()}
        return read(curves, BOTH, sensor="plate", onset=onset)

    return made


def parts_of(reading, name, limb=LEFT):
    """The contributions to a metric."""
    return PULL.metrics[name].of(reading, limb).parts


def step_to_400(t):
    """400 N within 40 ms, then flat: a slope of 0 at the end of every window."""
    return 10000.0 * np.minimum(t, 0.04)


def test_a_rate_that_ends_on_a_plateau_has_the_noise_of_its_end_and_of_the_baseline(pull):
    noise_n, length_s = 0.5, 0.2

    # r = 0: 2/3 for an interpolated sample, and the whole error of the baseline.
    expected = noise_n / length_s * math.sqrt(2.0 / 3.0 + 1.0 / N_BASE)
    assert parts_of(pull(step_to_400, noise_n), "rfd_0_200ms")["noise"] == pytest.approx(expected, rel=2e-3)


def test_the_gain_of_a_rate_that_ends_on_a_plateau_counts_the_threshold_too(pull):
    # 20 N within 40 ms: R = 15 N/50 ms, and with r = 0 the threshold of 5 N over 50 ms is added.
    parts = parts_of(pull(lambda t: 500.0 * np.minimum(t, 0.04), u_gain=0.01), "rfd_0_50ms")

    assert parts["gain"] == pytest.approx(0.01 * (15.0 + 5.0) / 0.05, rel=2e-3)


def test_a_rate_of_a_sample_rule_has_the_noise_of_two_samples(pull):
    parts = parts_of(pull(step_to_400, 0.5, onset="absolute_n=10"), "rfd_0_200ms")

    assert parts["noise"] == pytest.approx(math.sqrt(2.0) * 0.5 / 0.2, rel=2e-3)


def test_the_rate_of_a_side_has_the_noise_of_two_interpolated_samples_of_its_own(sides):
    found = sides(3.0)

    for side in SIDES:
        assert parts_of(found, "rfd_0_200ms", side)["noise"] == pytest.approx(math.sqrt(4.0 / 3.0) * 3.0 / 0.2, rel=2e-3)
    # The restlessness of one side is that of the other with the sign changed.
    assert parts_of(found, "rfd_0_200ms", BOTH)["noise"] < 0.01


def test_the_rate_of_a_side_moves_with_the_onset_of_the_sum(sides):
    found = sides(3.0, onset="absolute_n=30")

    start = found.t0_s - 4.5
    slopes = [0.4 * 12000.0 * math.exp(-(start + t) / 0.1) for t in (0.0, 0.2)]
    own = parts_of(found, "rfd_0_200ms")["start"]
    assert own == pytest.approx((slopes[0] - slopes[1]) / 0.2 * DT_S / math.sqrt(12.0), rel=0.05)
    assert parts_of(found, "rfd_0_200ms", RIGHT)["start"] == pytest.approx(0.6 / 0.4 * own, rel=0.02)


@pytest.mark.parametrize(("name", "from_s", "length_s"), [("rfd_50_100ms", 0.05, 0.05), ("rfd_100_200ms", 0.1, 0.1)])
def test_a_rate_between_two_times_has_the_noise_of_both(pull, name, from_s, length_s):
    found = pull(exponential, 0.5)

    parts = parts_of(found, name)
    start = found.t0_s - QUIET_S + from_s
    slopes = [RISE_N / TAU_S * math.exp(-(start + t) / TAU_S) for t in (0.0, length_s)]
    assert parts["noise"] == pytest.approx(math.sqrt(4.0 / 3.0) * 0.5 / length_s, rel=2e-3)
    assert parts["onset"] == pytest.approx((slopes[0] - slopes[1]) / length_s * found.u_onset_s, rel=0.02)
    assert PULL.metrics[name].of(found, LEFT).params["from_s"] == from_s


def test_a_band_of_the_peak_moves_with_its_crossings_and_with_the_peak(pull):
    noise_n = 0.5
    found = pull(exponential, noise_n)
    number = PULL.metrics["rfd_20_80_percent"].of(found, LEFT)

    # t_p = -tau ln(1 - p), F'(t_p) = (1 - p) F_m/tau; a peak higher by x lifts both levels by p x.
    length_s = TAU_S * math.log(4.0)
    rate = 0.6 * RISE_N / length_s
    slopes = [share * RISE_N / TAU_S for share in (0.8, 0.2)]
    by_peak = (0.6 - rate * (0.8 / slopes[1] - 0.2 / slopes[0])) / length_s
    top = found.top(LEFT)
    assert number.value == pytest.approx(rate, rel=1e-3)
    assert number.parts["crossings"] == pytest.approx(
        rate / length_s * noise_n * math.hypot(*(1 / s for s in slopes)), rel=0.01
    )
    assert number.parts["peak"] == pytest.approx(abs(by_peak) * top.u_max_n, rel=0.01)
    assert number.bias == pytest.approx(by_peak * top.bias_n, rel=0.01)
    assert (number.params["low"], number.params["high"]) == (0.2, 0.8)


def test_a_crossing_between_two_samples_is_as_sure_as_the_curve_is_straight(pull):
    # F''/F' = -1/tau at both crossings, so each is off by dt^2/(8 tau).
    length_s = TAU_S * math.log(4.0)
    expected = 0.6 * RISE_N / length_s**2 * math.sqrt(2.0) * DT_S**2 / (8.0 * TAU_S)

    assert parts_of(pull(exponential), "rfd_20_80_percent")["sampling"] == pytest.approx(expected, rel=0.01)


def test_the_total_impulse_counts_its_two_ends_each_with_its_own_force(pull):
    found = pull(exponential, 0.5, onset="absolute_n=10", u_gain=0.0, u_zero_n=0.2, u_time=1e-3)
    number = PULL.metrics["impulse_total"].of(found, LEFT)

    u_step = DT_S / math.sqrt(12.0)
    at_ends = [found.trace.at(found.t0_s), found.trace.at(found.stop_s)]
    length_s = found.stop_s - found.t0_s
    assert number.parts["events"] == pytest.approx(math.hypot(*at_ends) * u_step)
    assert number.parts["zero"] == pytest.approx(0.2 * length_s)
    assert number.parts["noise"] == pytest.approx(0.5 * math.sqrt(length_s * DT_S), rel=2e-3)
    assert number.parts["time"] == pytest.approx(1e-3 * number.value)


def test_an_onset_set_by_hand_and_a_record_without_an_end_add_nothing_to_the_impulse():
    t, force = pulled(exponential)
    held = t < 4.5
    curve = Curve(t[held], force[held], 1000.0, Instrument(kind="cell", resolution_n=0.001))
    found = read({LEFT: curve}, LEFT, sensor="cell", onset="manual=2.01")

    number = PULL.metrics["impulse_total"].of(found, LEFT)

    assert found.offset is None
    assert number.parts["events"] == 0.0
    assert number.params["to"] == "end of record"


def test_a_limb_whose_weight_was_not_entered_is_taken_as_weightless(pull):
    found = pull(exponential)
    found.conditions = replace(found.conditions, entered={"lever_arm_m": 0.3})

    torque = PULL.metrics["peak_torque"].of(found, LEFT)

    assert torque.value == pytest.approx(0.3 * RISE_N)
    assert torque.params["is_gravity_corrected"] is False


def test_the_mean_over_three_seconds_bears_its_name():
    assert [name for name in PULL.metrics if name.startswith("plateau_force")] == ["plateau_force", "plateau_force_3s"]


def test_without_a_weighing_a_side_counts_from_its_own_baseline():
    t, total = stood()
    total += np.where(t < 4.49, restless(len(t), 2.0), 0.0)
    # What is left of the standing is 0.8 s of tension: too short to weigh in.
    late = t >= 3.7
    force = {LEFT: 0.4 * total, RIGHT: 0.6 * total, BOTH: total}
    curves = {limb: Curve(t[late], each[late], 1000.0, Instrument(resolution_n=0.001)) for limb, each in force.items()}
    found = read(curves, BOTH, sensor="plate")

    for limb, share in ((LEFT, 0.4), (RIGHT, 0.6), (BOTH, 1.0)):
        net = PULL.metrics["peak_force_net"].of(found, limb)
        assert net.method == "peak.net_of_baseline"
        assert net.value == pytest.approx(share * 1200.0, abs=0.02)
        assert net.parts["level"] == pytest.approx(share * 2.0 / math.sqrt(found.onset.baseline.n), rel=2e-3)


def test_the_baseline_counts_as_far_as_the_rate_changes_from_its_start_to_its_end():
    t, force = pulled(lambda since: 4000.0 * np.minimum(since, 0.1) + 2000.0 * np.clip(since - 0.1, 0.0, 0.2))
    force += np.where(t < QUIET_S, restless(len(t), 0.5), 0.0)
    curve = Curve(t, force, 1000.0, Instrument(kind="cell", resolution_n=0.001))
    found = read({LEFT: curve}, LEFT, sensor="cell", baseline="manual=1.896:1.9")

    # Four samples of baseline, and r = 1/2.
    sd_n = found.onset.baseline.sd_n
    expected = sd_n / 0.2 * math.sqrt(2.0 / 3.0 * (1.0 + 0.25) + 0.25 / 4.0)
    assert (found.onset.baseline.n, sd_n) == (4, pytest.approx(0.5 * math.sqrt(4.0 / 3.0), rel=1e-2))
    assert parts_of(found, "rfd_0_200ms")["noise"] == pytest.approx(expected, rel=3e-3)


def test_the_share_of_the_weight_bears_the_zeros_of_both_sides_and_no_common_reference():
    t, total = stood()
    known = {"u_gain": 0.003, "u_reference": 0.002, "reference": "masses", "u_zero_n": 0.5, "resolution_n": 0.001}
    force = {LEFT: 0.4 * total, RIGHT: 0.6 * total, BOTH: total}
    curves = {limb: Curve(t, each, 1000.0, Instrument(**known)) for limb, each in force.items()}

    own, other = (parts_of(read(curves, BOTH, sensor="plate"), "weight_share", side) for side in SIDES)

    # d(100 L/(L + R))/dL = 100 R/(L + R)^2
    own_gain = math.sqrt(0.003**2 - 0.002**2)
    for side, share, rest in (("left", 0.4, 0.6), ("right", 0.6, 0.4)):
        assert own[f"zero {side}"] == pytest.approx(100.0 * rest / 800.0 * 0.5, rel=1e-6)
        assert own[f"gain {side}"] == pytest.approx(100.0 * rest * share * own_gain, rel=1e-6)
        assert own[f"reference {side}"] == 0.0
    assert own == other


def test_sides_calibrated_against_different_references_share_nothing():
    t, total = stood()
    force = {LEFT: 0.4 * total, RIGHT: 0.6 * total, BOTH: total}
    curves = {
        limb: Curve(t, each, 1000.0, Instrument(u_gain=0.003, u_reference=0.002, reference=limb.value, u_zero_n=0.5))
        for limb, each in force.items()
    }

    parts = parts_of(read(curves, BOTH, sensor="plate"), "weight_share")

    assert parts["reference left"] == pytest.approx(100.0 * 0.6 * 0.4 * 0.002, rel=1e-6)


def test_the_sd_in_the_weighing_is_that_of_a_sample(sides):
    found = sides(3.0)

    weighing = found.weighing
    for side, share in ((LEFT, 0.4), (RIGHT, 0.6)):
        inside = (found.traces[side].t_s >= weighing.start_s - 1e-9) & (found.traces[side].t_s <= weighing.stop_s + 1e-9)
        force = found.traces[side].force_n[inside]
        mean_n, sd_n, n = found.standing_of(side)
        assert (mean_n, n) == (pytest.approx(share * 800.0, abs=0.01), 1000)
        assert sd_n == pytest.approx(math.sqrt(((force - force.mean()) ** 2).sum() / (n - 1)), rel=1e-9)
        net = PULL.metrics["peak_force_net"].of(found, side)
        assert net.parts["level"] == pytest.approx(sd_n / math.sqrt(1000.0))


def test_without_a_rest_before_it_nothing_is_known_of_the_noise():
    t = np.arange(3000) / 1000.0
    force = np.where(t < 2.5, 50.0, 0.0)
    found = read({LEFT: Curve(t, force, 1000.0, Instrument(kind="cell"))}, LEFT, sensor="cell")

    share = found.share(LEFT)

    assert found.begun is None
    assert (share.base_n, share.noise_n) == (0.0, 0.0)


@pytest.mark.parametrize(("n", "crossing_s"), [(0, None), (1, 0.2995), (2, 0.2995)])
def test_a_level_is_crossed_where_a_single_sample_reaches_it(n, crossing_s):
    force = np.zeros(600)
    force[300 : 300 + n] = 10.0
    trace = Trace.made(np.arange(600) / 1000.0, force, 1000.0, instrument=Instrument(), holes=())

    assert first_crossing_s(trace, 0.0, 0.5, 5.0) == (None if crossing_s is None else pytest.approx(crossing_s))
    assert first_crossing_s(trace, 0.25, 0.5, -1.0) == 0.25
