"""The intervals of endurance values cover the truth as often as they say, with every input of the budget drawn anew."""

import math

import numpy as np
import pytest
from endurance_curves import CELL, contractions, decay, one, ramped, times

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment

N_RUNS, NOISE_N = 250, 0.4


def runs_of(test, name, t, clean, rate_hz):
    """Each run's value and its interval, with gain, zero and noise of its own."""
    rng = np.random.default_rng(11)
    test = test.model_copy(update={"metrics": (name,), "primary": name, "asymmetry_of": ()})
    for seed in range(N_RUNS):
        gain, zero = 1 + CELL.u_gain * rng.standard_normal(), CELL.u_zero_n * rng.standard_normal()
        yield analyse(one(t, gain * clean + zero, rate_hz, noise_n=NOISE_N, seed=seed), test).find(name)


def covered(values, truth):
    values = list(values)
    share = sum(v.interval[0] <= truth <= v.interval[1] for v in values) / len(values)
    errors = np.array([v.value - (v.bias or 0.0) - truth for v in values])
    return share, float(np.median([v.u for v in values])) / float(errors.std())


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("fatigue_index_percent", 100 * (1 - 0.97**7)),
        ("fatigue_index_3_3_percent", 100 * (1 - 0.97**5)),
        ("rep_peak_force_mean", 300 * (1 - 0.97**8) / (8 * 0.03)),
        ("rep_peak_force_best", 300.0),
    ],
)
def test_of_a_fading_grip(name, truth):
    t = times(8 * 8.0, 200.0)
    clean = ramped(t, 300 * 0.97 ** np.arange(8), 3.0, 5.0, 0.3)

    share, ratio = covered(runs_of(load_assessment("grip_repetitions"), name, t, clean, 200.0), truth)

    assert share >= 0.92
    assert 0.9 <= ratio <= 1.2


K, P = 0.02, 300.0


@pytest.mark.parametrize(
    ("name", "of_mean"), [("strength_decrement_percent", lambda m: 100 * (1 - m / P)), ("hold_end_force", lambda m: m)]
)
def test_of_a_hold_with_a_level_beginning(name, of_mean):
    t = times(34.0, 200.0)
    # Level for its first second, as a real hold is, so that the highest of the noisy samples has a top to lie on.
    clean = np.where(t < 1.0, np.clip(decay(t, P, 0.0, 33.0), 0, P), decay(t - 1.0, P, K, 32.0))
    mean = P * math.exp(-19 * K) * (1 - math.exp(-10 * K)) / (10 * K)

    share, ratio = covered(runs_of(load_assessment("grip_endurance_30s"), name, t, clean, 200.0), of_mean(mean))

    assert share >= 0.92
    assert 0.9 <= ratio <= 1.25


def test_of_an_end_force_whose_contractions_differ_by_chance():
    truth, rng, values = 220.0, np.random.default_rng(2), []
    test = load_assessment("critical_force").model_copy(
        update={"metrics": ("critical_force",), "asymmetry_of": (), "shown": ()}
    )
    t = times(200.0, 50.0)
    for _ in range(N_RUNS):
        forces = truth + 8.0 * rng.standard_normal(20)
        values.append(analyse(one(t, contractions(t, forces), 50.0), test).find("critical_force"))

    share, _ = covered(values, truth)

    assert share >= 0.90  # 93 % by simulation of the rule alone; the standard error of 250 runs is 1.6 points
