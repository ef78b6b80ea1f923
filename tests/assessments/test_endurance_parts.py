"""What is uncertain about an endurance value is what the formulas of the catalogue give, contribution by contribution."""

import math

import numpy as np
import pytest
from endurance_curves import CELL, decay, one, ramped, times

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.endurance.regression import regression_values
from daq.metrics.trial import TrialResult
from daq.metrics.uncertainty import SQRT_12, top_of
from daq.metrics.value import Status, Value

RATE, A = 200.0, 0.5
# Readings that jump between -A and A: the SD of the white noise is sqrt 2 A.
NOISE_N = math.sqrt(2.0) * A
ZERO_N = CELL.u_zero_n


def jumping(t):
    return np.where(np.arange(len(t)) % 2 == 0, A, -A)


@pytest.fixture(scope="module")
def squeezes():
    """Squeezes of 3 s with straight sides, each a tenth weaker, in noise; the result and the top of each."""
    t = times(8 * 8.0, RATE)
    force = ramped(t, 300.0 * 0.9 ** np.arange(8), 3.0, 5.0, 0.3) + jumping(t)
    test = load_assessment("grip_repetitions").model_copy(update={"gates": {}})
    result = analyse(one(t, force, RATE), test)
    tops = []
    for i in range(8):
        a, b = (result.events[f"rep_{which}_{i + 1}"].t_s for which in ("start", "end"))
        tops.append(top_of(force[(t >= a) & (t <= b)], rate_hz=RATE, noise_n=NOISE_N))
    return result, tops


def peaks_of(result):
    return [v for v in result.values if v.name == "rep_peak_force"]


def of_loss(first, last, u_first, u_last):
    """``100 (first - last)/first``: what noise and zero leave open."""
    share = last / first
    return {
        "noise": 100.0 / first * math.hypot(u_last, share * u_first), "zero": 100.0 / first * abs(1.0 - share) * ZERO_N,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "n"), [("fatigue_index_percent", 1), ("fatigue_index_3_3_percent", 3)])
def test_fatigue_has_the_noise_of_both_peaks_and_the_zero(squeezes, name, n):
    result, tops = squeezes
    peaks = [v.value for v in peaks_of(result)]
    first, last = np.mean(peaks[:n]), np.mean(peaks[-n:])
    u_first, u_last = (math.sqrt(sum(top.u_max_n**2 for top in some)) / n for some in (tops[:n], tops[-n:]))
    b_first, b_last = (sum(top.bias_n for top in some) / n for some in (tops[:n], tops[-n:]))

    found = result.find(name)

    assert dict(found.u_parts) == pytest.approx(of_loss(first, last, u_first, u_last), rel=1e-3)
    assert found.bias == pytest.approx(100.0 / first * (last / first * b_first - b_last), rel=1e-6)
    assert found.bias != 0.0


def test_means_and_impulses_have_the_noise_of_all_their_samples_and_the_events_of_their_ends(squeezes):
    result, _ = squeezes
    rows = [v for v in result.values if v.name == "rep_mean_force"]
    own = math.sqrt(CELL.u_gain**2 - CELL.u_reference**2)
    u_event = 1.0 / RATE / SQRT_12
    for i, row in enumerate(rows):
        peak = 300.0 * 0.9**i
        length = 3.0 - 0.3 * (0.2 + 0.1)
        ends = math.hypot(row.value - 0.2 * peak, row.value - 0.1 * peak)
        assert row.u_parts["gain"] == pytest.approx(own * row.value, rel=1e-9)
        assert row.u_parts["zero"] == ZERO_N
        assert row.u_parts["noise"] == pytest.approx(NOISE_N / math.sqrt(length * RATE), rel=0.02)
        assert row.u_parts["events"] == pytest.approx(ends * u_event / length, rel=0.05)


def test_time_under_tension_has_two_events_for_each_repetition(squeezes):
    found = squeezes[0].find("time_under_tension")

    assert found.u_parts["events"] == pytest.approx(math.sqrt(2 * 8) / RATE / SQRT_12)


def test_a_share_of_the_peak_has_the_scatter_of_the_end_and_the_noise_of_the_peak():
    t = times(240.0, RATE)
    forces = 200.0 + 200.0 * 0.8 ** np.arange(24)
    force = ramped(t, forces, 7.0, 3.0, 0.3) + jumping(t)
    result = analyse(one(t, force, RATE), load_assessment("critical_force"))
    inside = (t >= result.events["rep_start_1"].t_s) & (t <= result.events["rep_end_1"].t_s)
    first = top_of(force[inside], rate_hz=RATE, noise_n=NOISE_N)

    found, end, best = (result.find(n) for n in ("critical_force_relative", "critical_force", "rep_peak_force_best"))

    peak = 400.0 + A
    share = end.value / peak
    assert found.value == pytest.approx(100.0 * share, rel=1e-9)
    assert dict(found.u_parts) == pytest.approx(
        {
            "contractions": 100.0 / peak * end.u_parts["contractions"],
            "maximum": 100.0 * share / peak * math.hypot(first.u_max_n, best.u_parts["sampling"]),
            "zero": 100.0 / peak * (1.0 - share) * ZERO_N,
        },
        rel=1e-3,
    )  # fmt: skip
    assert found.bias == pytest.approx(-100.0 * share / peak * first.bias_n, rel=1e-3)


@pytest.fixture(scope="module")
def hold():
    """A hold that rises within half a second, is level until 2 s and fades then, in noise; it begins at a fifth, at 0.1 s."""
    t = times(33.0, RATE)
    clean = np.where(t < 2.0, decay(t, 300.0, 0.0, 33.0), decay(t - 2.0, 300.0, 0.02, 31.0))
    force = clean * np.clip(t / 0.5, 0.0, 1.0) + jumping(t)
    result = analyse(one(t, force, RATE), load_assessment("grip_endurance_30s"))
    return result, top_of(force[(t >= 0.1) & (t <= 10.1)], rate_hz=RATE, noise_n=NOISE_N)


def mean_between(a_s, b_s):
    """Mean of the fading part from ``a_s`` to ``b_s`` after the start."""
    return 300.0 * (math.exp(-0.02 * (a_s - 2.0)) - math.exp(-0.02 * (b_s - 2.0))) / (0.02 * (b_s - a_s))


def test_the_loss_of_a_hold_has_the_noise_of_its_peak_and_of_its_last_ten_seconds(hold):
    result, top = hold
    first, last = 300.0 + A, mean_between(20.1, 30.1)
    noise = NOISE_N / math.sqrt(10.0 * RATE)

    found = result.find("strength_decrement_percent")

    assert dict(found.u_parts) == pytest.approx(of_loss(first, last, top.u_max_n, noise), rel=1e-3)
    assert found.bias == pytest.approx(100.0 / first * last / first * top.bias_n, rel=1e-3)
    assert result.find("hold_end_force").u_parts["noise"] == pytest.approx(noise, rel=1e-3)


def test_the_area_lost_has_the_noise_of_its_peak_and_of_all_samples_after_it(hold):
    result, top = hold
    found = result.find("static_fatigue_index_percent")
    span, peak = found.params["to_s"] - found.params["from_s"], 300.0 + A
    mean = (300.0 * (2.0 - found.params["from_s"]) + 28.1 * mean_between(2.0, 30.1)) / span
    share, end_n = mean / peak, 300.0 * math.exp(-0.02 * 28.1)

    assert found.u_parts["noise"] == pytest.approx(100.0 / peak * NOISE_N / math.sqrt(span * RATE), rel=1e-3)
    assert found.u_parts["maximum"] == pytest.approx(100.0 * share / peak * top.u_max_n, rel=1e-3)
    assert found.u_parts["zero"] == pytest.approx(100.0 / peak * (1.0 - share) * ZERO_N, rel=1e-3)
    assert found.u_parts["events"] == pytest.approx(100.0 / peak * (mean - end_n) / span / RATE / SQRT_12, rel=0.01)
    assert found.bias == pytest.approx(100.0 * share / peak * top.bias_n, rel=1e-3)


def test_the_time_of_a_hold_has_two_events(hold):
    assert hold[0].find("hold_time").u_parts["events"] == pytest.approx(math.sqrt(2.0) / RATE / SQRT_12)


def test_a_line_through_trials_of_an_unknown_instrument_has_the_scatter_of_the_line_alone():
    limb = Limb.LEFT
    trials = []
    for j, t in ((10_000.0, 50.0), (20_100.0, 100.0), (30_000.0, 150.0)):
        values = (Value("impulse_total", limb, j, "N*s", ""), Value("time_under_tension", limb, t, "s", ""))
        trials.append(TrialResult(limb, Status.OK, (), {}, values))

    slope, intercept = regression_values(trials, limb)

    # Off the line by (d, -2 d, d), d = -100/3 N s, one degree of freedom.
    sd = math.sqrt(6.0) * 100.0 / 3.0
    assert slope.u == pytest.approx(sd / math.hypot(50.0, 50.0))
    assert intercept.u == pytest.approx(sd * math.sqrt(1 / 3 + 100.0**2 / 5000.0))
