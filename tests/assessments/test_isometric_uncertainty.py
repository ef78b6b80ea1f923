"""The intervals of a pull hold the truth of the rule, and are not wider than they need to be; every contribution is there."""

import math

import numpy as np
import pytest
from pulls import (
    PULL_N,
    RISE_N,
    TAU_S,
    WEIGHT_N,
    at_cell,
    exponential,
    exponential_onset_s,
    plate_axis,
    ramp,
    s_shaped,
    s_shaped_onset_s,
    standing_total,
)

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb

LEFT, BOTH = Limb.LEFT, Limb.BOTH
N_RUNS = 100
STEEP = 2000.0
SHAPES = {
    "exponential": (exponential, exponential_onset_s, 0.6 * RISE_N / (TAU_S * math.log(4))),
    "s_shaped": (s_shaped, s_shaped_onset_s, 0.6 * RISE_N / (TAU_S * (math.sqrt(-math.log(0.2)) - math.sqrt(-math.log(0.8))))),
    "ramp": (ramp(STEEP, 0.33), lambda d: d / STEEP, STEEP),
    # The corner lies where the window from the onset at 5 N to 100 ms later ends.
    "corner": (ramp(STEEP, 0.1025), lambda d: d / STEEP, STEEP),
}
NAMES = (
    "rfd_0_50ms", "rfd_0_100ms", "rfd_0_200ms", "rfd_50_100ms", "rfd_20_80_percent", "force_100ms", "force_100ms_net",
    "impulse_0_100ms", "impulse_0_100ms_net", "peak_force", "peak_force_net", "peak_force_100ms", "plateau_force",
)  # fmt: skip


def _truth(shape_name, threshold_n):
    """Every value of the rule on the curve without noise, and the onset."""
    shape, delay, band = SHAPES[shape_name]
    start = delay(threshold_n)
    at = lambda t: float(shape(np.array([start + t]))[0])  # noqa: E731, five uses below
    fine = np.linspace(start, start + 0.1, 4001)
    impulse = float(np.trapezoid(shape(fine), fine))
    top = float(shape(np.array([2.9]))[0])
    return {
        "onset": 2.0 + start, **{f"rfd_0_{ms}ms": (at(ms / 1000) - at(0)) / ms * 1000 for ms in (50, 100, 200)},
        "rfd_50_100ms": (at(0.1) - at(0.05)) / 0.05, "rfd_20_80_percent": band, "force_100ms": at(0.1),
        "force_100ms_net": at(0.1), "impulse_0_100ms": impulse, "impulse_0_100ms_net": impulse,
        **dict.fromkeys(("peak_force", "peak_force_net", "peak_force_100ms", "plateau_force"), top),
    }  # fmt: skip


def _runs(shape_name, noise_n, rate_hz, u_gain, u_zero_n):
    """Per value: was the truth in the interval, half its width, and the error."""
    test = load_assessment("knee_extension").model_copy(update={"metrics": NAMES})
    rng = np.random.default_rng(7)
    seen = {}
    for seed in range(N_RUNS):
        gain, zero = 1 + u_gain * rng.standard_normal(), u_zero_n * rng.standard_normal()
        shape = SHAPES[shape_name][0]
        effort = at_cell(
            lambda t, g=gain, f=shape: g * f(t), rate_hz, float(rng.random()), hold_s=2.9, noise_n=noise_n, base_n=zero,
            seed=seed, u_gain=u_gain, u_zero_n=u_zero_n,
        )  # fmt: skip
        result = analyse(effort, test)
        onset = result.events["onset"]
        truth = _truth(shape_name, onset.params["above_baseline_n"])
        half = 1.96 * onset.u_s
        seen.setdefault("onset", []).append((abs(onset.t_s - truth["onset"]) <= half, half, onset.t_s - truth["onset"]))
        for name in NAMES:
            value = result.find(name, LEFT)
            low, high = value.interval
            error = value.value - (value.bias or 0.0) - truth[name]
            seen.setdefault(name, []).append((low <= truth[name] <= high, value.U95, error))
    return {name: np.array(rows, float).T for name, rows in seen.items()}


@pytest.mark.parametrize(
    ("shape_name", "noise_n", "rate_hz", "u_gain", "u_zero_n"),
    [
        ("exponential", 0.5, 1000.0, 0.0, 0.0),
        ("exponential", 0.3, 1000.0, 0.005, 0.3),
        ("s_shaped", 0.5, 1000.0, 0.0, 0.0),
        ("s_shaped", 0.5, 200.0, 0.003, 0.2),
        ("ramp", 0.3, 1000.0, 0.002, 0.1),
        ("ramp", 0.5, 500.0, 0.0, 0.0),
        ("corner", 0.3, 1000.0, 0.0, 0.0),
        ("corner", 0.5, 200.0, 0.0, 0.0),
    ],
)
def test_the_intervals_hold_the_truth_in_about_95_of_100(shape_name, noise_n, rate_hz, u_gain, u_zero_n):
    seen = _runs(shape_name, noise_n, rate_hz, u_gain, u_zero_n)

    # 100 runs of a true 95 % fall below 87 in one of a thousand cells.
    assert {name: hits.mean() for name, (hits, _, _) in seen.items() if hits.mean() < 0.87} == {}
    assert 0.93 <= np.mean([hits.mean() for hits, _, _ in seen.values()]) <= 0.995
    widths = [np.median(half) / np.percentile(np.abs(error), 95) for _, half, error in seen.values()]
    assert 0.85 <= np.median(widths) <= 1.25
    assert max(widths) < 1.8


def test_the_rate_of_a_sample_rule_counts_where_in_its_step_the_start_may_lie():
    test = load_assessment("knee_extension").with_methods({"onset": "absolute_n=5"})
    value = analyse(at_cell(exponential, noise_n=0.5), test).find("rfd_0_100ms", LEFT)

    slopes = [RISE_N / TAU_S * math.exp(-t / TAU_S) for t in (0.0015, 0.1015)]
    assert value.u_parts["noise"] == pytest.approx(math.sqrt(2) * 0.5 / 0.1, rel=0.1)
    assert value.u_parts["start"] == pytest.approx((slopes[0] - slopes[1]) / 0.1 * 0.001 / math.sqrt(12), rel=0.05)


def test_the_gain_of_a_rate_from_the_interpolated_threshold_also_moves_its_start():
    known = {"noise_n": 0.02, "u_gain": 0.01, "u_zero_n": 0.0}
    test = load_assessment("knee_extension")
    ramped, bent = (analyse(at_cell(shape, **known), test).find("rfd_0_200ms", LEFT) for shape in (ramp(STEEP, 0.33), s_shaped))

    assert ramped.u_parts["gain"] == pytest.approx(0.01 * STEEP, rel=0.02)
    # The S-shaped rise is flat after 200 ms: r = 0, so that (R + d/T) counts.
    assert bent.u_parts["gain"] == pytest.approx(0.01 * (bent.value + 5.0 / 0.2), rel=0.05)


def test_a_zero_that_is_uncertain_counts_in_gross_values_and_not_in_net_ones():
    test = load_assessment("imtp")
    t = plate_axis()
    from daq.metrics.effort import Curve, Effort, Instrument

    curve = Curve(t, standing_total(t), 1000.0, Instrument(u_gain=0.0, u_zero_n=2.0))
    result = analyse(Effort({BOTH: curve}), test)

    for name in ("peak_force", "force_100ms", "plateau_force"):
        assert result.find(name).u_parts["zero"] == 2.0
    assert result.find("impulse_0_200ms").u_parts["zero"] == pytest.approx(0.4)
    for name in ("peak_force_net", "force_100ms_net", "impulse_0_200ms_net", "rfd_0_200ms"):
        assert result.find(name).u_parts.get("zero", 0.0) == 0.0


def test_the_net_peak_counts_how_well_the_weight_is_known(two_plates):
    t = plate_axis()
    # One second stands 4 N higher than the next: the mean of one second says no more than that.
    sway = np.where(t < 3.0, 2.0 * np.sign(np.sin(np.pi * t)), 0.0)
    test = load_assessment("imtp")

    calm = analyse(two_plates(t, standing_total(t), noise_n=0.5), test)
    swaying = analyse(two_plates(t, standing_total(t) + sway, noise_n=0.5), test)

    assert swaying.find("peak_force_net").u_parts["level"] > 1.5
    assert calm.find("peak_force_net").u_parts["level"] < 0.6
    net = calm.find("peak_force_net")
    assert net.interval[0] < PULL_N + 25.0 < net.interval[1]
    assert abs(calm.find("body_weight").value - WEIGHT_N) < calm.find("body_weight").U95


def test_the_mean_of_a_plateau_is_freed_of_being_the_highest_of_many():
    test = load_assessment("knee_extension")
    over = [
        (value.value - RISE_N, value.bias)
        for seed in range(60)
        for value in [analyse(at_cell(exponential, noise_n=0.5, seed=seed), test).find("peak_force_100ms", LEFT)]
    ]

    highest, bias = np.mean(over, axis=0)
    # 27 windows side by side of 100 samples each: about 2.5 SD of a mean of 100.
    assert highest == pytest.approx(2.6 * 0.05, rel=0.2)
    assert bias == pytest.approx(highest, rel=0.15)
