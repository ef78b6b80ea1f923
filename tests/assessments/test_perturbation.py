"""Every input moved a little: the uncertainty of what has no formula, held against what has one and against simulation."""

import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.moved import moved_pairs, noise_of, shifted
from daq.assessments.perturbation import perturbed, spreads
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument

G = 9.80665
PLATE = Instrument(u_gain=0.003, u_reference=0.002, reference="masses", u_zero_n=0.5, u_time=2e-5)
CELL = Instrument(kind="cell", u_gain=0.003, u_reference=0.002, reference="masses", u_zero_n=0.3, u_time=2e-5)


@pytest.fixture
def jumped(cosine_jump, two_plates):
    jump = cosine_jump(quiet_s=2.5)
    t = jump.axis()
    return two_plates(t, jump.force_n(t), share_left=0.46, noise_n=0.8, instrument=PLATE)


@pytest.fixture
def pulled():
    t = np.arange(4500) / 1000.0
    rise = 400.0 * (1.0 - np.exp(-np.maximum(t - 1.5, 0.0) / 0.08)) * (t < 4.2)
    noise = 0.8 * np.random.default_rng(2).standard_normal(len(t))
    return Effort({Limb.LEFT: Curve(t, 3.0 + rise + noise, 1000.0, CELL)}, Limb.LEFT)


def _ratios(effort, test, names):
    result = analyse(effort, test)
    values = [v for v in result.values if v.value is not None and v.u and v.name in names]
    found = spreads(effort, test, values, gravity=G, seed=3)
    return {v.column: v.u / s.u for v, s in zip(values, found, strict=True)}


def test_it_agrees_with_the_formulas_of_a_jump(jumped, cmj):
    names = {
        "jump_height_impulse_momentum",
        "takeoff_velocity",
        "peak_force",
        "mean_propulsion_force",
        "body_weight",
        "peak_power",
    }

    ratios = _ratios(jumped, cmj, names)

    assert len(ratios) >= 9
    assert all(0.8 < ratio < 1.25 for ratio in ratios.values()), ratios


def test_it_agrees_with_the_formulas_of_a_pull(pulled, grip):
    ratios = _ratios(pulled, grip, {"peak_force", "peak_force_100ms", "plateau_force", "impulse_total"})

    assert len(ratios) == 4
    assert all(0.8 < ratio < 1.25 for ratio in ratios.values()), ratios


def test_what_had_no_uncertainty_gets_one_and_says_how(jumped, cmj):
    before = analyse(jumped, cmj)
    after = perturbed(jumped, cmj, before, gravity=G, seed=1)

    open_before = [v for v in before.values if v.value is not None and "uncertainty_unknown" in v.reasons]
    open_after = [v for v in after.values if v.value is not None and "uncertainty_unknown" in v.reasons]
    depth = after.find("countermovement_depth")
    assert len(open_after) < 0.5 * len(open_before)
    assert depth.u > 0
    assert depth.params["uncertainty"] == "perturbation"
    assert math.sqrt(sum(u * u for u in depth.u_parts.values())) == pytest.approx(depth.u)
    assert {"weight", "noise", "zero"} <= set(depth.u_parts)
    assert [v.value for v in after.values] == [v.value for v in before.values]
    assert after.reasons == before.reasons
    assert after.find("peak_force") is before.find("peak_force")


def test_the_same_seed_gives_the_same_figures(jumped, cmj):
    result = analyse(jumped, cmj)

    one, same, other = (perturbed(jumped, cmj, result, gravity=G, seed=seed) for seed in (5, 5, 6))

    assert [v.u for v in one.values] == [v.u for v in same.values]
    assert [v.u for v in one.values] != [v.u for v in other.values]


def test_the_depth_of_a_countermovement_scatters_in_a_simulation_as_it_says(cosine_jump, two_plates, cmj):
    test = cmj.model_copy(update={"metrics": ("jump_height_impulse_momentum", "countermovement_depth"), "asymmetry_of": ()})
    jump = cosine_jump(quiet_s=2.5)
    t, rng = jump.axis(), np.random.default_rng(12)
    depths, us = [], []
    for seed in range(60):
        # Weights that are off by 0.5 N, zeros and noise: what the budget of this depth consists of.
        off = np.where((t < jump.quiet_s - 0.05), rng.normal(0.0, 0.5), 0.0)
        zeros = 0.5 * rng.standard_normal(2)
        effort = two_plates(t, jump.force_n(t) + off, noise_n=0.8, instrument=PLATE, seed=seed)
        moved = shifted(effort, {side: np.full(len(t), z) for side, z in zip((Limb.LEFT, Limb.RIGHT), zeros, strict=True)})
        result = analyse(moved, test)
        depths.append(result.find("countermovement_depth").value)
        if seed < 4:
            us.append(perturbed(moved, test, result, gravity=G, seed=seed).find("countermovement_depth").u)

    assert np.median(us) == pytest.approx(np.std(depths), rel=0.35)


def test_a_reference_that_both_plates_share_cancels_in_their_asymmetry(jumped, cmj):
    test = cmj.model_copy(update={"metrics": ("jump_height_impulse_momentum", "peak_force"), "asymmetry_of": ("peak_force",)})
    values = [v for v in analyse(jumped, test).values if v.name in {"peak_force", "asymmetry_percent"}]

    found = dict(zip([(v.name, v.limb) for v in values], spreads(jumped, test, values, gravity=G, seed=1), strict=True))

    assert found["peak_force", Limb.LEFT].parts["reference"] == pytest.approx(0.002 * 745, rel=0.05)
    assert found["asymmetry_percent", Limb.BOTH].parts.get("reference", 0.0) < 1e-9
    assert found["asymmetry_percent", Limb.BOTH].u == pytest.approx(
        next(v.u for v in values if v.name == "asymmetry_percent"), rel=0.2
    )


def test_an_asymmetry_that_was_unknown_gets_its_words_from_the_interval(jumped, cmj):
    after = perturbed(jumped, cmj, before := analyse(jumped, cmj), gravity=G, seed=1)

    filled = [
        (a, b) for a, b in zip(before.values, after.values, strict=True)
        if a.name == "asymmetry_percent" and a.value is not None and a.u is None and b.u is not None
    ]  # fmt: skip
    for a, b in filled:
        assert "not known" in a.text or "no difference" in a.text
        assert "not known" not in b.text
        assert b.interval[0] < b.value < b.interval[1]


def test_what_is_withheld_stays_withheld(jumped, cmj):
    late = {limb: Curve(c.t_s, np.where(c.t_s > 3.2, np.nan, c.force_n), 1000.0, PLATE) for limb, c in jumped.curves.items()}
    result = analyse(Effort(late), cmj)

    after = perturbed(Effort(late), cmj, result, gravity=G, seed=1)

    assert [v.value is None for v in after.values] == [v.value is None for v in result.values]


def test_where_one_noisy_run_finds_something_else_the_uncertainty_stays_unknown(grip, pulled):
    # Two maxima of almost the same height, seconds apart: the time of the peak jumps between them.
    curve = pulled.curves[Limb.LEFT]
    bumps = 20.0 * (np.exp(-(((curve.t_s - 2.2) / 0.1) ** 2)) + 0.997 * np.exp(-(((curve.t_s - 3.6) / 0.1) ** 2)))
    effort = Effort({Limb.LEFT: Curve(curve.t_s, curve.force_n + bumps, 1000.0, CELL)}, Limb.LEFT)
    result = analyse(effort, grip)
    value = result.find("time_to_peak")

    jumps = [spreads(effort, grip, [value], gravity=G, seed=seed)[0] for seed in range(6)]

    assert all(spread.u is None or spread.u > 0.2 for spread in jumps)
    assert result.find("time_to_peak").reasons[-1] == "uncertainty_unknown"


def test_moving_one_side_moves_the_sum_by_as_much(jumped):
    moved = shifted(jumped, {Limb.LEFT: np.full(len(jumped.main.t_s), 2.0)})

    assert np.allclose(moved.curves[Limb.BOTH].force_n - jumped.curves[Limb.BOTH].force_n, 2.0)
    assert moved.curves[Limb.RIGHT] is jumped.curves[Limb.RIGHT]


def test_only_known_inputs_are_moved(cosine_jump, two_plates, cmj):
    jump = cosine_jump()
    t = jump.axis()
    silent = two_plates(t, jump.force_n(t), noise_n=1.0, instrument=Instrument())

    assert {pair.name for pair in moved_pairs(silent, cmj, gravity=G)} == {"weight", "start"}
    assert noise_of(silent)[Limb.LEFT] == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("n", [1, 2, 40])
def test_a_record_of_nothing_raises_nothing(cmj, n):
    t = np.arange(n) / 1000.0
    effort = Effort({limb: Curve(t, np.zeros(n), 1000.0, PLATE) for limb in (Limb.LEFT, Limb.RIGHT, Limb.BOTH)})
    result = analyse(effort, cmj)

    assert perturbed(effort, cmj, result, gravity=G, seed=1).status is result.status
