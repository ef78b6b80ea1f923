"""Each limit of quiet standing stands where the specification puts it: just inside and just outside."""

import math

import numpy as np
import pytest

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.balance.track import Track
from daq.metrics.effort import Cop, Curve, Effort, Instrument

STANCE, ONE_LEG = (load_assessment(name).model_copy(update={"gates": {}}) for name in ("stance", "stance_single_leg"))
PLATE = Instrument("plate", u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5, u_time=1e-3)


def standing(length_s, *, rate_hz=100.0, cop_hz=100.0, total_n=700.0):
    """Sway at 0.5 and 0.7 Hz for ``length_s``."""
    t, u = (np.arange(round(length_s * hz) + 1) / hz for hz in (rate_hz, cop_hz))
    total = total_n + 0.2 * np.sin(7 * t)
    shares = {Limb.BOTH: 1.0, Limb.LEFT: 0.45, Limb.RIGHT: 0.55}
    curves = {limb: Curve(t, share * total, rate_hz, PLATE) for limb, share in shares.items()}
    points = Cop(u, 0.005 * np.cos(math.pi * u), 0.004 * np.sin(1.4 * math.pi * u), cop_hz, "cop.four_cell")
    return Effort(curves, cop=points)


def on_one_leg(free_n, stand_n=700.0):
    """100 readings a second of the free plate and of the leg that stands."""
    t = np.arange(len(free_n)) / 100.0
    rest = np.random.default_rng(1).standard_normal(len(t))
    free = Curve(t, free_n + 0.01 * rest, 100.0, PLATE)
    return Effort({Limb.LEFT: Curve(t, stand_n + 0.01 * rest[::-1], 100.0, PLATE)}, Limb.LEFT, free=free)


def lifted(up_s, down_s, length_s, up_n=0.0):
    t = np.arange(round(length_s * 100)) / 100.0
    return np.where((t >= up_s - 1e-9) & (t < down_s - 1e-9), up_n, 350.0)


@pytest.mark.parametrize(
    ("name", "inside", "outside", "reason"),
    [
        ("stance_time", standing(30.0, rate_hz=9.98), standing(30.0, rate_hz=9.9), "rate_too_low"),
        ("sway_path_length", standing(30.0, cop_hz=19.95), standing(30.0, cop_hz=19.8), "rate_too_low"),
        ("stance_time", standing(25.1), standing(24.9), "trial_too_short"),
        ("stance_time", standing(30.0, total_n=51.0), standing(30.0, total_n=49.0), "cop_undefined"),
    ],
)
def test_a_value_is_withheld_outside_a_limit_only(name, inside, outside, reason):
    assert analyse(inside, STANCE).find(name).value is not None
    found = analyse(outside, STANCE).find(name)
    assert found.value is None
    assert reason in found.reasons


@pytest.mark.parametrize(("length_s", "is_given"), [(20.1, True), (19.9, False)])
def test_frequencies_need_20_seconds(length_s, is_given):
    short = STANCE.model_copy(update={"gates": {"min_s": 10.0}})
    result = analyse(standing(length_s), short)

    assert (result.find("sway_f50").value is not None) is is_given
    assert result.find("sway_path_length").value is not None


@pytest.mark.parametrize(("cop_hz", "reasons"), [(99.8, ()), (99.0, ("rate_too_low",))])
def test_points_below_a_nominal_100_hertz_say_so(cop_hz, reasons):
    found = analyse(standing(30.0, cop_hz=cop_hz), STANCE).find("sway_path_length")

    assert tuple(code for code in found.reasons if code == "rate_too_low") == reasons


def test_nothing_is_left_out_at_the_beginning_unless_it_is_asked_for():
    assert analyse(standing(30.0), STANCE).find("stance_time").value == pytest.approx(30.0)


@pytest.mark.parametrize(("up_n", "is_up"), [(19.0, True), (21.0, False)])
def test_a_foot_below_20_newtons_is_off_its_plate(up_n, is_up):
    found = analyse(on_one_leg(lifted(1.0, 13.0, 20.0, up_n)), ONE_LEG).find("single_leg_stance_time", Limb.LEFT)

    assert (found.value is not None) is is_up


@pytest.mark.parametrize(("down_s", "is_counted"), [(1.21, True), (1.19, False)])
def test_a_foot_is_up_for_a_fifth_of_a_second_at_least(down_s, is_counted):
    result = analyse(on_one_leg(lifted(1.0, down_s, 5.0)), ONE_LEG)

    assert (result.find("single_leg_stance_time", Limb.LEFT).value is not None) is is_counted


@pytest.mark.parametrize(("down_s", "ended_by"), [(30.9, "foot_down"), (31.1, "full_time")])
def test_thirty_seconds_on_one_leg_are_the_full_time(down_s, ended_by):
    found = analyse(on_one_leg(lifted(1.0, down_s, 35.0)), ONE_LEG).find("single_leg_stance_time", Limb.LEFT)

    assert found.params["ended_by"] == ended_by
    assert found.value == pytest.approx(min(down_s - 1.0, 30.0))
    assert found.u_parts["end"] == (0.0 if ended_by == "full_time" else found.u_parts["start"])
    assert found.params["is_start_seen"] is True


def test_a_record_that_begins_on_one_leg_does_not_show_the_start():
    assert (
        analyse(on_one_leg(lifted(0.0, 13.0, 20.0)), ONE_LEG).find("single_leg_stance_time", Limb.LEFT).params["is_start_seen"]
        is False
    )


def test_the_time_of_a_stance_has_two_edges_on_samples():
    found = analyse(standing(30.0), STANCE).find("stance_time")

    assert dict(found.u_parts) == pytest.approx({"time": 0.03, "edges": 0.01 / math.sqrt(6.0)})


def test_each_force_counts_in_a_share_with_the_other_one():
    found = analyse(standing(30.0), STANCE).find("weight_share", Limb.LEFT)
    own = math.sqrt(0.002**2 - 0.001**2)

    for side, force, other in ((Limb.LEFT, 315.0, 385.0), (Limb.RIGHT, 385.0, 315.0)):
        assert found.u_parts[f"gain {side}"] == pytest.approx(100.0 * other / 700.0**2 * force * own, rel=1e-3)
        assert found.u_parts[f"zero {side}"] == pytest.approx(100.0 * other / 700.0**2 * 0.5, rel=1e-3)


@pytest.mark.parametrize(("span_s", "is_sound"), [(109.995, True), (110.005, False)])
def test_rows_that_are_more_than_50_steps_apart_are_no_time_axis(span_s, is_sound):
    # 100 steps a second: 200 rows stand for 50 * 200 + 1000 = 11000 steps at most.
    t = np.linspace(0.0, span_s, 200)

    assert Track.is_sound(Cop(t, np.zeros(200), np.zeros(200), 100.0, "cop.columns")) is is_sound


RAW = STANCE.with_methods({"cop": "raw"})


def waving(*waves, length_s=100.0):
    """Points that move to the sides in these waves ``(Hz, m)``."""
    t = np.arange(round(length_s * 100)) / 100.0
    ml = sum(size * np.sin(2 * np.pi * hz * t) for hz, size in waves)
    return Effort({Limb.BOTH: Curve(t, 700.0 + np.sin(7 * t), 100.0, PLATE)}, cop=Cop(t, ml, ml, 100.0, "cop.four_cell"))


@pytest.mark.parametrize(
    ("waves", "f50"),
    [
        (((0.16, 0.01), (1.0, 0.007)), 0.16),
        (((0.13, 0.01), (1.0, 0.001)), 1.0),
        (((4.9, 0.01), (1.0, 0.001)), 4.9),
        (((5.2, 0.01), (1.0, 0.001)), 1.0),
        (((0.5, math.sqrt(0.52e-6)), (2.0, math.sqrt(0.48e-6))), 0.5),
        (((0.5, math.sqrt(0.48e-6)), (2.0, math.sqrt(0.52e-6))), 2.0),
        (((1.0, 1e-5),), 1.0),
    ],
)
def test_half_of_the_power_from_0_15_to_5_hertz_lies_below_its_median(waves, f50):
    assert analyse(waving(*waves), RAW).find("sway_f50").value == pytest.approx(f50, abs=0.021)


@pytest.mark.parametrize(("n", "is_given"), [(100, True), (99, False)])
def test_a_hundred_points_make_a_sway(n, is_given):
    t = np.arange(n) / 20.0
    points = Cop(t, 0.005 * np.cos(t), 0.004 * np.sin(t), 20.0, "cop.four_cell")
    effort = Effort({Limb.BOTH: Curve(t, 700.0 + np.sin(7 * t), 20.0, PLATE)}, cop=points)
    test = RAW.model_copy(update={"gates": {"min_s": 1.0}})

    assert (analyse(effort, test).find("sway_path_length").value is not None) is is_given


def test_the_unrest_of_a_share_is_that_of_a_sample():
    t = np.arange(11) / 10.0
    left = 350.0 + np.array([7.0, -7.0] * 5 + [0.0])
    curves = {Limb.BOTH: Curve(t, np.full(11, 700.0) + 1e-6 * t, 10.0, PLATE)}
    curves |= {Limb.LEFT: Curve(t, left, 10.0, PLATE), Limb.RIGHT: Curve(t, 700.0 - left, 10.0, PLATE)}
    test = STANCE.model_copy(update={"gates": {"min_s": 1.0}})

    # Ten readings one point off and one at the mean: sqrt(10/(11 - 1)).
    assert analyse(Effort(curves), test).find("weight_share_sd", Limb.LEFT).value == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize(("n_off", "reasons"), [(30, ()), (32, ("cop_undefined",))])
def test_a_hundredth_of_a_stance_may_be_without_load(n_off, reasons):
    effort = standing(30.0)
    effort.curves[Limb.BOTH].force_n[1000 : 1000 + n_off] = 10.0

    assert analyse(effort, STANCE).find("stance_time").reasons == reasons


@pytest.mark.parametrize(("n_gone", "reason"), [(29, "sample_gap_interpolated"), (32, "sample_gap")])
def test_a_hundredth_of_one_side_may_be_missing(n_gone, reason):
    effort = standing(30.0)
    effort.curves[Limb.LEFT].force_n[1000 : 1000 + n_gone] = np.nan
    found = analyse(effort, STANCE).find("weight_share", Limb.LEFT)

    assert reason in found.reasons
    assert (found.value is None) is (reason == "sample_gap")


@pytest.mark.parametrize("down_s", [13.0, 31.1])
def test_a_foot_lifted_at_the_second_sample_was_seen(down_s):
    found = analyse(on_one_leg(lifted(0.01, down_s, 35.0)), ONE_LEG).find("single_leg_stance_time", Limb.LEFT)

    assert found.params["is_start_seen"] is True
