"""How often the printed interval of a drop jump or of hops holds the truth when every input of its budget is drawn."""

import math

import numpy as np
import pytest
from rebound_efforts import MASS_KG, G, axis, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.metrics.effort import Instrument
from daq.metrics.rebound.example import V_OUT, drop_jump_n, hops_n

N_RUNS = 300
V_IN, CONTACT_S, BRAKING_S = math.sqrt(2 * G * 0.4), 0.2, 0.10432034
PEAK_N = math.pi * MASS_KG * (V_IN + V_OUT + G * CONTACT_S) / (2 * CONTACT_S)
TRUTH = {
    "contact_time": CONTACT_S, "flight_time": 2 * V_OUT / G, "rsi_flight_contact": 2 * V_OUT / G / CONTACT_S,
    "rsi_height_contact": V_OUT**2 / (2 * G) / CONTACT_S, "takeoff_velocity": V_OUT, "touchdown_velocity": -V_IN,
    "jump_height_impulse_momentum": V_OUT**2 / (2 * G), "drop_height": 0.4, "braking_time": BRAKING_S,
    "rsi_height_contact_impulse": V_OUT**2 / (2 * G) / CONTACT_S, "peak_contact_force": PEAK_N,
    "mean_contact_force": 2 * PEAK_N / math.pi, "contact_impulse_gross": 2 * PEAK_N * CONTACT_S / math.pi,
}  # fmt: skip
GAIN = Instrument(u_gain=0.003, u_zero_n=0.5, resolution_n=0.0)


def _drop(rng: np.random.Generator, noise_n: float):
    """A drop jump with gains, zeros, noise, phase and the sway of standing drawn."""
    t = axis(5.0, phase=rng.uniform())
    stands = t > 0.5 + CONTACT_S + 2 * V_OUT / G + 0.3
    sway = 0.5 * math.sqrt(2) * np.sin(2 * math.pi * (rng.uniform(0.15, 0.6) * t + rng.uniform()))
    force = drop_jump_n(t) + np.where(stands, sway, 0.0)
    effort = two_plates(t, force, noise_n=noise_n / math.sqrt(2), seed=int(rng.integers(1 << 30)), instrument=GAIN)
    left, right = list(effort.curves.values())[:2]
    for curve in (left, right):
        curve.force_n[:] = curve.force_n * (1 + 0.003 * rng.standard_normal()) + 0.5 * rng.standard_normal()
    list(effort.curves.values())[2].force_n[:] = left.force_n + right.force_n
    return effort


@pytest.mark.parametrize("noise_n", [1.0, 3.0])
def test_the_intervals_of_a_drop_jump_hold_the_truth(noise_n):
    rng, test = np.random.default_rng(7), load_assessment("dj")
    test = test.model_copy(update={"metrics": tuple(TRUTH), "asymmetry_of": ()})
    inside, errors, us = dict.fromkeys(TRUTH, 0), {n: [] for n in TRUTH}, {n: [] for n in TRUTH}
    for _ in range(N_RUNS):
        result = analyse(_drop(rng, noise_n), test)
        for name, true in TRUTH.items():
            value = result.find(name)
            low, high = value.interval
            inside[name] += low <= true <= high
            errors[name].append(value.value - (value.bias or 0.0) - true)
            us[name].append(value.u)
    for name in TRUTH:
        # 300 runs have a standard error of 1.3 points.
        assert inside[name] / N_RUNS >= 0.91, (name, inside[name] / N_RUNS)
        assert 0.7 < np.median(us[name]) / np.std(errors[name]) < 2.0, name


def test_the_interval_of_the_best_five_hops_holds_the_truth():
    rng, test = np.random.default_rng(11), load_assessment("hops_10_5")
    test = test.model_copy(update={"metrics": ("rsi_10_5", "rsi_mean", "hop_rsi"), "asymmetry_of": ()})
    contacts = np.array([0.21, 0.19, 0.20, 0.18, 0.22, 0.17])
    airs = np.array([0.45, 0.40, 0.42, 0.44, 0.38, 0.46, 0.41])
    ratios = airs[1:] / contacts
    truth = {"rsi_10_5": np.sort(ratios)[-5:].mean(), "rsi_mean": ratios.mean()}
    inside = dict.fromkeys(truth, 0)
    hops = []
    for run in range(N_RUNS // 2):
        t = axis(9.0, phase=rng.uniform())
        result = analyse(two_plates(t, hops_n(t, contacts, airs), noise_n=1.5, seed=run, instrument=GAIN), test)
        for name, true in truth.items():
            low, high = result.find(name).interval
            inside[name] += low <= true <= high
        found = [v for v in result.values if v.name == "hop_rsi" and v.limb is result.limb]
        hops += [v.interval[0] <= true <= v.interval[1] for v, true in zip(found, ratios, strict=True)]
    assert all(n / (N_RUNS // 2) >= 0.88 for n in inside.values()), inside
    assert np.mean(hops) >= 0.92
