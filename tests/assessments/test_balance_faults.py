"""What is wrong with a stance is said, and no number stands where it would be wrong; nothing raises on any curve."""

import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import SIDES, Limb
from daq.metrics.effort import Cop, Curve, Effort
from daq.metrics.value import Status

STANCE, ONE_LEG = load_assessment("stance"), load_assessment("stance_single_leg")
SWAY = [name for name in STANCE.metrics if name.startswith("sway")]


def _effort(*, n=3001, rate_hz=100.0, force_n=None, ml=None, ap=None, cop_hz=None, sides=True):
    t = np.arange(n) / rate_hz
    total = np.full(n, 700.0) + np.sin(7 * t) if force_n is None else np.asarray(force_n, dtype=float)
    t_cop = t if cop_hz is None else np.arange(0.0, t[-1], 1.0 / cop_hz)
    x = 0.005 * np.cos(2 * t_cop) if ml is None else ml
    y = 0.005 * np.sin(3 * t_cop) if ap is None else ap
    curves = {Limb.BOTH: Curve(t, total, rate_hz)}
    if sides:
        curves |= {Limb.LEFT: Curve(t, 0.45 * total, rate_hz), Limb.RIGHT: Curve(t, 0.55 * total, rate_hz)}
    return Effort(curves, cop=Cop(t_cop, x, y, cop_hz or rate_hz, "cop.four_cell"))


def _reasons(result, names=SWAY):
    return {code for name in names for code in result.find(name).reasons}


def _withheld(result, names=SWAY):
    return all(result.find(name).value is None for name in names)


def test_plates_without_a_centre_of_pressure_give_the_shares_and_one_reason_for_the_sway():
    result = analyse(replace(_effort(), cop=None), STANCE)

    assert _withheld(result)
    assert _reasons(result) == {"cop_missing"}
    assert result.find("weight_share", Limb.LEFT).value == pytest.approx(45.0)
    assert result.find("weight_share_sd", Limb.RIGHT).value is not None
    assert result.status is Status.OK


def test_one_plate_gives_sway_and_no_shares():
    result = analyse(_effort(sides=False), STANCE)

    assert not any(v.name.startswith("weight_share") for v in result.values)
    assert not _withheld(result)
    assert result.status is Status.OK


def test_stepping_off_withholds_everything():
    force = np.where(np.arange(3001) < 2900, 700.0, 1.0)

    result = analyse(_effort(force_n=force), STANCE)

    assert _withheld(result)
    assert _reasons(result) == {"cop_undefined"}
    assert result.find("weight_share", Limb.LEFT).value is None
    assert result.status is Status.INVALID
    assert "cop_undefined" in result.reasons


@pytest.mark.parametrize(("n_off", "is_given"), [(29, True), (32, False)])
def test_one_percent_of_the_samples_may_be_without_a_point(n_off, is_given):
    force = np.full(3001, 700.0) + np.sin(np.arange(3001))
    force[1000 : 1000 + n_off] = 30.0

    result = analyse(_effort(force_n=force), STANCE)

    assert _withheld(result) is not is_given
    assert _reasons(result) >= ({"sample_gap_interpolated"} if is_given else {"cop_undefined"})


@pytest.mark.parametrize(("n_gone", "is_given"), [(25, True), (60, False)])
def test_a_hole_is_bridged_up_to_one_percent_of_the_stance(n_gone, is_given):
    effort = _effort()
    total = effort.main.force_n.copy()
    total[500 : 500 + n_gone] = np.nan
    curves = {limb: Curve(c.t_s, c.force_n + 0 * total, 100.0) for limb, c in effort.curves.items()}

    result = analyse(replace(effort, curves=curves), STANCE)

    assert _withheld(result) is not is_given
    assert _reasons(result) >= ({"sample_gap_interpolated"} if is_given else {"sample_gap"})
    assert (result.find("weight_share", Limb.LEFT).value is not None) is is_given
    assert (result.find("stance_time").value is not None) is is_given


def test_a_hole_in_the_points_alone_is_a_hole():
    effort = _effort()
    ml = effort.cop.ml_m.copy()
    ml[100:200] = np.nan

    result = analyse(replace(effort, cop=replace(effort.cop, ml_m=ml)), STANCE)

    assert _reasons(result) == {"sample_gap"}
    assert result.find("weight_share", Limb.LEFT).value == pytest.approx(45.0)


def test_missing_rows_of_points_are_a_hole_and_few_of_them_change_little():
    effort = _effort()
    whole = analyse(effort, STANCE)

    def without(n):
        keep = np.ones(3001, dtype=bool)
        keep[700 : 700 + n] = False
        cop = effort.cop
        return replace(effort, cop=Cop(cop.t_s[keep], cop.ml_m[keep], cop.ap_m[keep], 100.0, cop.method))

    few, many = (analyse(without(n), STANCE) for n in (5, 100))

    assert few.find("sway_path_length").value == pytest.approx(whole.find("sway_path_length").value, rel=1e-3)
    assert "sample_gap_interpolated" in few.find("sway_path_length").reasons
    assert _reasons(many) == {"sample_gap"}


@pytest.mark.parametrize("ends", [slice(0, 2000), slice(1000, None)])
def test_points_for_a_part_of_the_time_give_no_sway(ends):
    effort = _effort()
    cop = effort.cop

    result = analyse(
        replace(effort, cop=Cop(cop.t_s[ends], cop.ml_m[ends], cop.ap_m[ends], 100.0, cop.method)), STANCE
    )  # fmt: skip

    assert _reasons(result) == {"sample_gap"}


@pytest.mark.parametrize(("seconds", "is_given"), [(24.9, False), (25.0, True)])
def test_a_stance_below_25_seconds_is_too_short(seconds, is_given):
    result = analyse(_effort(n=round(100 * seconds)), STANCE)

    assert _withheld(result) is not is_given
    assert ("trial_too_short" in result.reasons) is not is_given
    assert result.status is (Status.OK if is_given else Status.INVALID)


def test_the_first_seconds_are_left_out_only_when_the_test_asks_for_it():
    asked = STANCE.model_copy(update={"gates": {"discard_first_s": 5.0}})

    plain, cut = analyse(_effort(), STANCE), analyse(_effort(), asked)

    assert plain.find("sway_path_length").params["start_s"] == 0.0
    assert cut.find("sway_path_length").params["start_s"] == 5.0
    assert cut.find("stance_time").value == pytest.approx(25.0)
    assert cut.find("sway_path_length").value < plain.find("sway_path_length").value


@pytest.mark.parametrize(("rate_hz", "is_given", "is_told"), [(19.0, False, True), (20.0, True, True), (100.0, True, False)])
def test_a_slow_plate_has_a_warning_below_100_and_no_sway_below_20_hertz(rate_hz, is_given, is_told):
    result = analyse(_effort(n=round(30 * rate_hz), rate_hz=rate_hz), STANCE)

    assert _withheld(result) is not is_given
    assert ("rate_too_low" in _reasons(result)) is is_told
    assert result.find("weight_share", Limb.LEFT).value == pytest.approx(45.0)


def test_points_may_come_at_another_rate_than_the_forces():
    result = analyse(_effort(n=30001, rate_hz=1000.0, cop_hz=100.0), STANCE)

    assert not _withheld(result)
    assert result.find("sway_path_length").params["rate_hz"] == 100.0


def test_a_point_that_never_moves_is_a_dead_sensor():
    result = analyse(_effort(ml=np.full(3001, 0.02), ap=np.full(3001, 0.01)), STANCE)

    assert _withheld(result)
    assert _reasons(result) == {"sensor_flatline"}


def test_a_point_that_moves_in_one_direction_only_has_no_area_and_no_frequency_in_the_other():
    result = analyse(_effort(ml=np.full(3001, 0.02)), STANCE)

    assert result.find("sway_ellipse_area_95").value == pytest.approx(0.0, abs=1e-15)
    assert result.find("sway_range_ml").value == pytest.approx(0.0, abs=1e-12)
    assert result.find("sway_f50_ap").value is not None


@pytest.mark.parametrize(
    "cop",
    [
        Cop(np.zeros(0), np.zeros(0), np.zeros(0), 100.0, "cop.columns"),
        Cop(np.zeros(1), np.zeros(1), np.zeros(1), 100.0, "cop.columns"),
        Cop(np.arange(3000) / 100, np.zeros(2999), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.arange(3000, 0, -1) / 100, np.zeros(3000), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.full(3000, np.nan), np.zeros(3000), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.arange(3000) / 100, np.full(3000, np.nan), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.arange(3000) * 1e6, np.zeros(3000), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.arange(3000) / 100, np.zeros(3000), np.zeros(3000), math.nan, "cop.columns"),
        Cop(np.zeros(3000), np.arange(3000.0), np.zeros(3000), 100.0, "cop.columns"),
        Cop(np.arange(3000) / 100 + 500, np.arange(3000.0), np.zeros(3000), 100.0, "cop.columns"),
    ],
)
def test_columns_that_are_no_centre_of_pressure_give_reasons_and_no_sway(cop):
    result = analyse(replace(_effort(), cop=cop), STANCE)

    assert _withheld(result)
    assert _reasons(result) <= {"cop_missing", "cop_undefined", "sample_gap", "time_not_monotonic", "sensor_flatline"}
    assert result.find("weight_share", Limb.LEFT).value == pytest.approx(45.0)


@pytest.mark.parametrize(
    "force",
    [
        np.zeros(3000), np.full(3000, np.nan), np.array([700.0]), np.zeros(0), np.full(3000, -700.0),
        np.full(3000, 30.0), np.linspace(-500, 500, 3000),
    ],
)  # fmt: skip
@pytest.mark.parametrize("test", [STANCE, ONE_LEG], ids=["both legs", "one leg"])
def test_a_curve_without_a_stance_gives_no_number(force, test):
    t = np.arange(len(force)) / 100.0
    cop = Cop(t, np.sin(t), np.cos(t), 100.0, "cop.columns")
    limb = Limb.BOTH if test is STANCE else Limb.LEFT
    sides = {side: Curve(t, 0.5 * force, 100.0) for side in SIDES} if test is STANCE else {}

    result = analyse(Effort({**sides, limb: Curve(t, force, 100.0)}, limb, cop=cop), test)

    assert result.status is Status.INVALID
    assert all(v.value is None and v.reasons for v in result.values if v.name.startswith(("sway", "weight", "stance")))


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 700),
    rate_hz=st.sampled_from([1.0, 19.0, 20.0, 25.0, 100.0, 1000.0]),
    seed=st.integers(0, 99),
    level=st.sampled_from([0.0, 40.0, 60.0, 700.0, -700.0]),
    spread=st.sampled_from([0.0, 1.0, 400.0]),
    gone=st.floats(0.0, 1.0),
    is_one_leg=st.booleans(),
    rule=st.sampled_from(["raw", "lp10_100hz", "swarii25_lp10"]),
)
def test_nothing_raises_on_any_curve(  # noqa: PLR0917, named by hypothesis
    n, rate_hz, seed, level, spread, gone, is_one_leg, rule
):
    rng = np.random.default_rng(seed)
    t = np.arange(n) / rate_hz
    force = level + spread * rng.standard_normal(n)
    points = rng.standard_normal((2, n)) * 0.01
    for row in (force, *points):
        row[rng.random(n) < gone * 0.05] = np.nan
    cop = Cop(t, points[0], points[1], rate_hz, "cop.columns")
    limb = Limb.RIGHT if is_one_leg else Limb.BOTH
    curves = {limb: Curve(t, force, rate_hz)}
    if not is_one_leg:
        curves |= {side: Curve(t, 0.5 * force, rate_hz) for side in SIDES}
    free = Curve(t, 30 * rng.random(n), rate_hz) if is_one_leg and seed % 2 else None
    test = (ONE_LEG if is_one_leg else STANCE).with_methods({"cop": rule})
    loose = test.model_copy(update={"gates": {"min_s": 0.01, "spectrum_min_s": 0.01, "undefined_percent": 90.0}})

    for each in (test, loose):
        result = analyse(Effort(curves, limb, free=free, cop=cop), each)
        for value in result.values:
            assert value.value is None or math.isfinite(value.value), value.column
            assert value.value is not None or value.reasons, value.column


def test_reading_the_catalogue_of_stances_does_not_wait_for_the_filters():
    code = "import sys; from daq.metrics.balance import STANCE; print('scipy.signal' in sys.modules, len(STANCE.metrics))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "26"]
