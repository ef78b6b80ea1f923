"""Stances with closed answers: circle, ellipse, Gaussian cloud, shares of the legs, time on one leg."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import SIDES, Limb
from daq.metrics.balance.sway import prediction_factor
from daq.metrics.effort import Cop, Curve, Effort, Instrument
from daq.metrics.ratios import ratio
from daq.metrics.value import Status

PLATE = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5)
STANCE, CLOSED, ONE_LEG = (load_assessment(name) for name in ("stance", "stance_eyes_closed", "stance_single_leg"))
RAW = STANCE.with_methods({"cop": "raw"})


def _effort(ml, ap, *, rate_hz=100.0, share_left=0.5, noise_n=0.2):
    """700 N on two plates; a reading that never changes would be that of a dead plate."""
    t = np.arange(len(ml)) / rate_hz
    left, right = (700.0 * c + noise_n * np.random.default_rng(i).standard_normal(len(t)) for i, c in _shares(share_left))
    curves = {
        Limb.LEFT: Curve(t, left, rate_hz, PLATE),
        Limb.RIGHT: Curve(t, right, rate_hz, PLATE),
        Limb.BOTH: Curve(t, left + right, rate_hz, PLATE),
    }
    return Effort(curves, cop=Cop(t, np.asarray(ml, dtype=float), np.asarray(ap, dtype=float), rate_hz, "cop.four_cell"))


def _shares(left):
    return enumerate((left, 1 - left))


def _ellipse(a, b, turns, n):
    angle = 2 * np.pi * turns * np.arange(n + 1) / n
    return _effort(a * np.cos(angle), b * np.sin(angle))


@pytest.mark.parametrize(("radius", "turns", "n"), [(0.005, 10, 3000), (0.012, 7, 2800), (0.003, 25, 6000)])
def test_a_circle_has_the_sway_of_its_formulas(radius, turns, n, number):
    result = analyse(_ellipse(radius, radius, turns, n), RAW)

    length_s, a_turn = n / 100.0, n / turns
    path = n * 2 * radius * math.sin(math.pi / a_turn)
    assert number(result, "sway_path_length") == pytest.approx(path, rel=1e-9)
    assert number(result, "sway_velocity_mean") == pytest.approx(path / length_s, rel=1e-9)
    # The repeated end point moves the mean point by r/(N+1).
    near = {"rel": 1.5 / n}
    assert number(result, "sway_mean_distance") == pytest.approx(radius, **near)
    assert number(result, "sway_rms_distance") == pytest.approx(radius, **near)
    assert number(result, "sway_area_rate") == pytest.approx(
        n * radius**2 * math.sin(2 * math.pi / a_turn) / (2 * length_s), **near
    )
    assert number(result, "sway_mean_frequency") == pytest.approx(path / (2 * math.pi * radius * length_s), **near)
    assert number(result, "sway_range_ml") == pytest.approx(2 * radius, rel=1e-3)
    assert number(result, "sway_f50") == pytest.approx(turns / length_s, abs=1.0 / length_s)
    assert result.status is Status.OK


@pytest.mark.parametrize(("a", "b"), [(0.004, 0.008), (0.010, 0.002)])
def test_an_ellipse_has_the_area_range_and_velocities_of_its_axes(a, b, number):
    n, turns = 3000, 10

    result = analyse(_ellipse(a, b, turns, n), RAW)

    area = math.pi * prediction_factor(n + 1) * math.sqrt((a**2 / 2) * (b**2 / 2))
    assert number(result, "sway_ellipse_area_95") == pytest.approx(area, rel=2.0 / n)
    assert (number(result, "sway_range_ml"), number(result, "sway_range_ap")) == pytest.approx((2 * a, 2 * b))
    assert number(result, "sway_rms_distance_ml") == pytest.approx(a / math.sqrt(2), rel=2.0 / n)
    assert number(result, "sway_rms_distance_ap") == pytest.approx(b / math.sqrt(2), rel=2.0 / n)
    assert number(result, "sway_velocity_mean_ml") == pytest.approx(4 * a * turns / 30.0)
    assert number(result, "sway_velocity_mean_ap") == pytest.approx(4 * b * turns / 30.0)


def test_the_default_processing_leaves_a_slow_circle_as_it_is(number):
    result = analyse(_ellipse(0.005, 0.005, 10, 3000), STANCE)

    assert number(result, "sway_path_length") == pytest.approx(2 * math.pi * 0.005 * 10, rel=2e-3)
    value = result.find("sway_path_length")
    assert value.method == "cop.lp10_100hz"
    assert value.params["cutoff_hz"] == 10.0
    assert value.params["cop"] == "cop.four_cell"


def test_a_gaussian_cloud_has_the_area_of_its_covariance(number):
    rng = np.random.default_rng(11)
    mix = np.array([[0.004, 0.0], [0.003, 0.005]])
    areas = []
    for _ in range(20):
        ml, ap = mix @ rng.standard_normal((2, 3000))
        areas.append(number(analyse(_effort(ml, ap), RAW), "sway_ellipse_area_95"))

    expected = math.pi * prediction_factor(3000) * abs(float(np.linalg.det(mix)))
    # Standard error of one about area/sqrt(N), of the mean of 20 a fifth of it.
    assert np.mean(areas) == pytest.approx(expected, rel=4 / math.sqrt(3000 * 20))
    assert areas == pytest.approx([expected] * 20, rel=4.5 / math.sqrt(3000))


def test_19_of_20_further_points_lie_in_the_ellipse():
    # Checks the factor k itself: points drawn after the ellipse was made, few samples, so that chi2 would be too small.
    rng, inside, n = np.random.default_rng(5), 0, 10
    for _ in range(4000):
        cloud = rng.standard_normal((2, n))
        apart = rng.standard_normal(2) - cloud.mean(axis=1)
        inside += float(apart @ np.linalg.solve(np.cov(cloud), apart)) <= prediction_factor(n)

    assert inside / 4000 == pytest.approx(0.95, abs=0.012)


@settings(max_examples=15, deadline=None)
@given(turn=st.floats(0.0, 2 * math.pi), seed=st.integers(0, 1000))
def test_turning_the_plate_changes_no_value_of_both_directions_together(turn, seed):
    rng = np.random.default_rng(seed)
    ml, ap = np.cumsum(rng.standard_normal((2, 2600)) * [[0.0004], [0.0008]], axis=1)
    c, s = math.cos(turn), math.sin(turn)

    here, there = (analyse(_effort(*xy), STANCE) for xy in ((ml, ap), (c * ml - s * ap, s * ml + c * ap)))

    for name in (
        "sway_path_length", "sway_velocity_mean", "sway_rms_distance", "sway_mean_distance", "sway_ellipse_area_95",
        "sway_area_rate", "sway_mean_frequency", "sway_f_centroid",
    ):  # fmt: skip
        assert there.find(name).value == pytest.approx(here.find(name).value, rel=1e-6), name


def test_a_sway_twice_as_large_has_twice_the_lengths_and_four_times_the_areas_at_the_same_frequencies():
    rng = np.random.default_rng(2)
    ml, ap = np.cumsum(rng.standard_normal((2, 3000)), axis=1) * 0.0005

    one, two = (analyse(_effort(k * ml, k * ap), STANCE) for k in (1, 2))

    for name in STANCE.metrics:
        value, other = one.find(name), two.find(name)
        if value is None or not name.startswith("sway"):
            continue
        power = {"m": 1, "m/s": 1, "m2": 2, "m2/s": 2, "Hz": 0}[value.unit]
        assert other.value == pytest.approx(2**power * value.value, rel=1e-9), name


def test_every_metric_of_the_specification_is_there():
    result = analyse(_ellipse(0.004, 0.008, 10, 3000), STANCE)

    for name in STANCE.metrics:
        limbs = SIDES if name.startswith("weight") else (Limb.BOTH,)
        for limb in limbs:
            value = result.find(name, limb)
            assert value is not None, name
            assert value.value is not None, (name, value.reasons)
            assert value.u is not None or "uncertainty_unknown" in value.reasons


@pytest.mark.parametrize("share", [0.3, 0.5, 0.62])
def test_the_share_of_each_leg_is_that_of_its_force(share, number):
    result = analyse(_effort(np.zeros(3001), np.zeros(3001), share_left=share, noise_n=1.0), STANCE)

    # Noise of 1 N in 3001 samples leaves 0.03 N.
    assert number(result, "weight_share", Limb.LEFT) == pytest.approx(100 * share, abs=0.02)
    assert number(result, "weight_share", Limb.RIGHT) == pytest.approx(100 - 100 * share, abs=0.02)
    # Independent noise of both plates: 100/F sqrt((1 - c)^2 + c^2).
    sd = 100 / 700 * math.hypot(1 - share, share)
    assert number(result, "weight_share_sd", Limb.LEFT) == pytest.approx(sd, rel=0.05)
    assert number(result, "weight_share_sd", Limb.RIGHT) == pytest.approx(sd, rel=0.05)
    index = next(v for v in result.values if v.name == "asymmetry_percent" and v.of == "weight_share")
    larger = max(share, 1 - share)
    assert index.value == pytest.approx(100 * (1 - 2 * share) / larger, abs=0.1)


def test_the_uncertainty_of_a_share_is_half_that_of_the_index_by_the_total():
    own = math.sqrt(0.002**2 - 0.001**2)
    left, right = 280.0, 420.0

    value = analyse(_effort(np.zeros(3001), np.zeros(3001), share_left=0.4), STANCE).find("weight_share", Limb.LEFT)

    # The reference is the same for both; the noise of 0.2 N in 3001 samples adds nothing.
    w = math.hypot(math.hypot(own, 0.5 / left), math.hypot(own, 0.5 / right))
    assert value.u == pytest.approx(0.5 * 200 * left * right / 700**2 * w, rel=1e-3)


def test_a_share_does_not_depend_on_a_gain_that_both_plates_have(number):
    effort = _effort(np.zeros(3001), np.zeros(3001), share_left=0.42, noise_n=0.5)
    louder = replace(effort, curves={k: Curve(c.t_s, 1.03 * c.force_n, c.rate_hz) for k, c in effort.curves.items()})

    here, there = (number(analyse(e, STANCE), "weight_share", Limb.LEFT) for e in (effort, louder))

    assert there == pytest.approx(here, abs=1e-9)


def _one_leg(free_n, limb=Limb.LEFT):
    t = np.arange(len(free_n)) / 100.0
    points = Cop(t, 0.004 * np.cos(2 * np.pi * t), 0.004 * np.sin(2 * np.pi * t), 100.0, "cop.four_cell")
    curve = Curve(t, 700.0 - free_n + np.random.default_rng(4).standard_normal(len(t)), 100.0, PLATE)
    return Effort({limb: curve}, limb, free=Curve(t, free_n, 100.0, PLATE), cop=points)


def _free(up_s, down_s, length_s):
    t = np.arange(round(length_s * 100)) / 100.0
    return np.where((t >= up_s - 1e-9) & (t < down_s - 1e-9), 0.0, 350.0)


@pytest.mark.parametrize("limb", SIDES)
def test_the_time_on_one_leg_ends_when_the_other_foot_comes_down(limb):
    result = analyse(_one_leg(_free(1.0, 13.0, 20.0), limb=limb), ONE_LEG)

    value = result.find("single_leg_stance_time", limb)
    assert value.value == pytest.approx(12.0, abs=1e-9)
    assert value.params["ended_by"] == "foot_down"
    # Two events on samples of 10 ms.
    assert value.u == pytest.approx(0.01 / math.sqrt(6), rel=1e-6)
    assert result.status is Status.OK
    assert result.find("sway_velocity_mean", limb).reasons == ("trial_too_short",)


def test_a_full_time_on_one_leg_has_sway_from_lifting_the_foot_to_the_end():
    result = analyse(_one_leg(_free(1.0, 40.0, 35.0)), ONE_LEG.with_methods({"cop": "raw"}))

    value, sway = result.find("single_leg_stance_time", Limb.LEFT), result.find("sway_velocity_mean", Limb.LEFT)
    assert value.value == pytest.approx(30.0)
    assert value.params["ended_by"] == "full_time"
    assert (sway.params["start_s"], sway.params["stop_s"]) == pytest.approx((1.0, 31.0))
    assert sway.value == pytest.approx(2 * math.pi * 0.004, rel=1e-3)
    assert "weight_share" not in {v.name for v in result.values}


def test_a_plate_of_30_seconds_is_a_full_time():
    result = analyse(_one_leg(np.zeros(3000)), ONE_LEG)

    assert result.find("single_leg_stance_time", Limb.LEFT).value == pytest.approx(29.99)
    assert result.status is Status.OK


def test_another_time_limit_is_set_by_the_test():
    longer = ONE_LEG.model_copy(update={"gates": {"single_leg_limit_s": 45.0}})

    value = analyse(_one_leg(_free(0.0, 60.0, 50.0)), longer).find("single_leg_stance_time", Limb.LEFT)

    assert value.value == pytest.approx(45.0)


def test_a_record_that_ends_on_one_leg_gives_a_time_that_is_not_counted():
    result = analyse(_one_leg(_free(1.0, 60.0, 15.0)), ONE_LEG)

    value = result.find("single_leg_stance_time", Limb.LEFT)
    assert value.value == pytest.approx(13.99)
    assert "stance_not_ended" in value.reasons
    assert result.status is Status.INVALID


def test_a_foot_that_never_leaves_its_plate_is_no_stance_on_one_leg():
    result = analyse(_one_leg(np.full(3000, 40.0)), ONE_LEG)

    assert result.find("single_leg_stance_time", Limb.LEFT).reasons == ("free_leg_contact",)
    assert result.status is Status.INVALID


def test_on_a_single_plate_nobody_sees_when_the_other_foot_comes_down():
    force = np.where(np.arange(3000) < 1200, 700.0, 0.5)
    effort = Effort({Limb.RIGHT: Curve(np.arange(3000) / 100.0, force, 100.0)}, Limb.RIGHT)

    result = analyse(effort, ONE_LEG)

    value = result.find("single_leg_stance_time", Limb.RIGHT)
    assert value.value is None
    assert value.reasons == ("free_leg_unchecked",)
    assert value.params["on_plate_s"] == pytest.approx(12.0)
    assert "free_leg_unchecked" in result.reasons


def _quotient(closed, opened):
    return ratio("romberg_quotient", closed, opened, limb=Limb.BOTH)


def test_eyes_closed_over_eyes_open_is_the_quotient_of_the_same_measure():
    opened, closed = (
        analyse(_ellipse(r, r, 10, 3000), test).find("sway_velocity_mean") for r, test in ((0.004, STANCE), (0.007, CLOSED))
    )

    value = _quotient(closed, opened)

    assert value.value == pytest.approx(1.75, rel=1e-9)
    assert value.method == "ratio.romberg"
    assert [r.name for r in CLOSED.ratios] == ["romberg_quotient"]


def test_measures_that_were_processed_in_different_ways_have_no_quotient():
    effort = _ellipse(0.004, 0.004, 10, 3000)
    closed = analyse(effort, CLOSED)
    opened = {rule: analyse(effort, STANCE.with_methods({"cop": rule})) for rule in ("lp10_100hz", "raw", "swarii25_lp10")}
    other = analyse(replace(effort, cop=replace(effort.cop, method="cop.six_component")), STANCE)

    given = {rule: _quotient(closed.find("sway_path_length"), r.find("sway_path_length")) for rule, r in opened.items()}

    assert given.pop("lp10_100hz").value == pytest.approx(1.0)
    assert {value.reasons for value in given.values()} == {("method_mismatch",)}
    assert _quotient(closed.find("sway_path_length"), other.find("sway_path_length")).reasons == ("method_mismatch",)


def test_without_a_centre_of_pressure_the_quotient_says_so():
    closed = analyse(replace(_ellipse(0.004, 0.004, 10, 3000), cop=None), CLOSED).find("sway_velocity_mean")

    assert _quotient(closed, closed).reasons == ("cop_missing",)
