"""Jumps with several loads against the profile that their line stands for."""

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb
from daq.metrics.effort import Effort
from daq.metrics.profile import Point, force_velocity, line_of
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value

G, MASS_KG = 9.80665, 80.0


def _trial(v: float, force_n_per_kg: float, load_kg: float) -> TrialResult:
    weight = Value("body_weight", Limb.BOTH, MASS_KG * G, "N", "weigh", params={"gravity": G, "load_n": load_kg * G})
    return TrialResult(
        Limb.BOTH, Status.OK, (), {},
        (
            weight, Value("body_mass", Limb.BOTH, MASS_KG, "kg", "weigh"),
            Value("mean_propulsion_velocity", Limb.BOTH, v, "m/s", "kinematics.forward"),
            Value("mean_propulsion_force", Limb.BOTH, force_n_per_kg * MASS_KG, "N", "mean.trapezoid"),
        ),
    )  # fmt: skip


def _profile(trials) -> dict[str, Value]:
    return {value.name: value for value in force_velocity(trials, Limb.BOTH)}


def test_points_on_a_line_give_the_line():
    found = _profile([_trial(v, 36.0 - 12.0 * v, load) for v, load in ((1.4, 0.0), (1.1, 20.0), (0.8, 40.0), (0.5, 60.0))])

    assert found["fv_f0"].value == pytest.approx(36.0)
    assert found["fv_slope"].value == pytest.approx(-12.0)
    assert found["fv_v0"].value == pytest.approx(3.0)
    assert found["fv_pmax"].value == pytest.approx(36.0 * 3.0 / 4)
    assert all(value.status is Status.OK for value in found.values())


def test_the_interval_of_the_profile_covers_the_truth_as_often_as_it_says():
    rng, hits, runs = np.random.default_rng(8), dict.fromkeys(("fv_f0", "fv_v0", "fv_slope", "fv_pmax"), 0), 400
    truth = {"fv_f0": 36.0, "fv_v0": 3.0, "fv_slope": -12.0, "fv_pmax": 27.0}
    points = ((1.4, 0.0), (1.4, 0.0), (1.1, 20.0), (1.1, 20.0), (0.8, 40.0), (0.5, 60.0))
    for _ in range(runs):
        trials = [_trial(v, 36.0 - 12.0 * v + 0.3 * rng.standard_normal(), load) for v, load in points]
        for name, value in _profile(trials).items():
            low, high = value.interval
            hits[name] += low <= truth[name] <= high
    for name, n in hits.items():
        assert 0.91 <= n / runs <= 0.985, name


def test_two_loads_make_no_profile():
    found = _profile([_trial(1.4, 20.0, 0.0), _trial(1.38, 20.2, 0.0), _trial(1.0, 25.0, 20.0), _trial(1.02, 24.8, 20.0)])

    assert {value.reasons for value in found.values()} == {("not_enough_trials",)}
    assert all(value.value is None for value in found.values())


def test_loads_that_do_not_lie_on_one_line_are_warned_about():
    found = _profile(
        [_trial(v, f, load) for v, f, load in ((1.4, 20.0, 0.0), (1.2, 20.2, 20.0), (1.0, 26.0, 40.0), (0.8, 22.0, 60.0))]
    )

    assert found["fv_f0"].status is Status.WARNING
    assert "profile_not_linear" in found["fv_f0"].reasons


def test_force_that_grows_with_velocity_is_no_profile():
    found = _profile([_trial(v, 20 + 3 * v, load) for v, load in ((1.4, 0.0), (1.2, 20.0), (1.0, 40.0))])

    assert all(value.value is None for value in found.values())


def test_equal_velocities_have_no_line():
    assert line_of([Point(1.0, 20.0, 0.0), Point(1.0, 25.0, 20.0), Point(1.0, 22.0, 40.0)]) is None


def test_the_summary_of_loaded_jumps_holds_their_profile(cosine_jump, two_plates):
    loaded, trials, points = load_assessment("loaded_cmj"), [], []
    for load_kg, a1 in ((0.0, 5.0), (20.0, 4.0), (40.0, 3.2)):
        jump = cosine_jump(mass_kg=MASS_KG + load_kg, a1=a1)
        t = jump.axis(phase=0.2)
        effort = Effort(two_plates(t, jump.force_n(t), noise_n=0.3).curves, entered={"load_kg": load_kg})
        trials.append(analyse(effort, loaded))
        push_s = jump.t3 + jump.t4
        force = (jump.mass_kg * jump.v_takeoff + jump.weight_n * push_s) / push_s / MASS_KG
        points.append(Point((jump.s_takeoff_m - jump.depth_m) / push_s, force, load_kg))

    assert [trial.status for trial in trials] == [Status.OK] * 3
    made = {value.name: value for value in summarise(trials, loaded)}
    line = line_of(points)
    assert made["fv_f0"].value == pytest.approx(line.f0, rel=0.02)
    assert made["fv_v0"].value == pytest.approx(-line.f0 / line.slope, rel=0.03)
    assert made["fv_f0"].params["n_loads"] == 3


def test_an_unloaded_test_has_no_profile(jump, two_plates, cmj):
    t = jump.axis()
    trials = [analyse(two_plates(t, jump.force_n(t), noise_n=0.5, seed=k), cmj) for k in range(3)]

    assert not [value for value in summarise(trials, cmj) if value.name.startswith("fv_")]
