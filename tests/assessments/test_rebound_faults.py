"""Curves that no drop jump, hops or landing should be: nothing is raised, and the reason says which rule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rebound_efforts import WEIGHT_N, axis, one_leg, one_plate, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.quality import REASONS
from daq.metrics.rebound.example import drop_jump_n, half_sine, hops_n, soft_landing
from daq.metrics.value import Status

TESTS = ("dj", "cmj_rebound", "landing", "hops_10_5")
ONE_LEG = ("sl_dj", "sl_landing", "sl_hop")


def _is_told(result):
    """Every withheld value has a reason that the table knows, and no number stands without one of its kinds."""
    for value in result.values:
        assert value.value is not None or value.reasons, value.column
        assert all(code in REASONS for code in value.reasons), value.reasons
        assert value.value is None or np.isfinite(value.value), value.column
    assert all(code in REASONS for code in result.reasons), result.reasons


@pytest.fixture
def jump_of_noise():
    t = axis(5.0, phase=0.3)
    return t, drop_jump_n(t) + np.random.default_rng(3).standard_normal(len(t))


@pytest.mark.parametrize("name", TESTS)
@pytest.mark.parametrize(
    "force",
    [
        np.zeros(3000), np.full(3000, WEIGHT_N), np.full(3000, np.nan), np.array([700.0]), np.array([]), np.array([0.0, 900.0]),
        np.full(3000, -WEIGHT_N), np.linspace(0, 3000, 3000), np.tile([0.0, 2000.0], 1500), np.full(3000, 1e12),
    ],
    ids=["empty", "standing", "nan", "one", "none", "two", "negative", "ramp", "alternating", "huge"],
)  # fmt: skip
def test_a_curve_that_is_nothing_gives_nothing(name, force):
    t = np.arange(len(force)) / 1000.0

    result = analyse(one_plate(t, force), load_assessment(name))

    _is_told(result)
    assert result.status is Status.INVALID or (name == "landing" and "no_quiet_end" in result.reasons)


@pytest.mark.parametrize("name", ONE_LEG)
def test_a_leg_that_does_nothing_gives_nothing(name):
    t = axis(3.0)

    result = analyse(one_leg(t, np.full(len(t), WEIGHT_N), free_n=np.zeros(len(t))), load_assessment(name))

    _is_told(result)
    assert result.status is Status.INVALID


def test_who_never_leaves_the_plate_after_the_drop_has_not_jumped():
    t = axis(4.0, phase=0.3)

    result = analyse(two_plates(t, soft_landing(t - 0.5, v_in=2.8)), load_assessment("dj"))

    assert result.reasons[0] == "takeoff_not_found"
    assert all(v.value is None for v in result.values)


def test_who_never_lands_has_a_contact_and_no_flight(number):
    t = axis(1.1, phase=0.3)
    force = half_sine(t - 0.5, contact_s=0.2, v_in=2.8, v_out=2.4)

    result = analyse(two_plates(t, force), load_assessment("dj"))

    assert number(result, "contact_time") == pytest.approx(0.2, abs=1e-3)
    assert result.find("flight_time").reasons == ("landing_not_found",)
    assert result.find("rsi_flight_contact").value is None
    assert result.status is Status.INVALID


def test_who_steps_off_after_the_contact_is_in_the_air_for_too_long():
    t = axis(5.0, phase=0.3)
    force = half_sine(t - 0.5, contact_s=0.2, v_in=2.8, v_out=2.4) + np.where(t > 3.0, WEIGHT_N, 0.0)

    result = analyse(two_plates(t, force), load_assessment("dj"))

    assert result.status is Status.INVALID
    assert "flight_too_long" in result.reasons


@pytest.mark.parametrize(("from_s", "to_s"), [(0.55, 0.60), (0.49, 0.51), (0.68, 0.73), (1.15, 1.21)])
def test_a_hole_in_the_jump_withholds_what_it_touches(jump_of_noise, from_s, to_s):
    t, force = jump_of_noise
    broken = force.copy()
    broken[(t > from_s) & (t < to_s)] = np.nan

    result = analyse(two_plates(t, broken), load_assessment("dj"))

    _is_told(result)
    for name in ("contact_time", "rsi_flight_contact", "takeoff_velocity", "peak_contact_force"):
        value = result.find(name)
        if value.value is not None:
            whole = analyse(two_plates(t, force), load_assessment("dj")).find(name)
            assert value.value == pytest.approx(whole.value, rel=1e-6), name
    assert result.find("touchdown_velocity").reasons == ("sample_gap",)


def test_a_hole_in_the_contact_withholds_times_and_forces(jump_of_noise):
    t, force = jump_of_noise
    force[(t > 0.56) & (t < 0.62)] = np.nan

    result = analyse(two_plates(t, force), load_assessment("dj"))

    for name in ("contact_time", "peak_contact_force", "mean_contact_force", "contact_impulse_gross", "rsi_flight_contact"):
        assert result.find(name).reasons == ("sample_gap",), name


def test_a_short_hole_is_bridged_in_integrals_and_told(jump_of_noise, number):
    t, force = jump_of_noise
    force[(t > 0.60) & (t < 0.61)] = np.nan

    result = analyse(two_plates(t, force), load_assessment("dj"))

    assert "sample_gap_interpolated" in result.find("contact_impulse_gross").reasons
    assert number(result, "contact_impulse_gross") == pytest.approx(501.4, rel=0.01)
    assert result.find("peak_contact_force").reasons == ("sample_gap",)


def test_a_plate_at_its_limit_is_saturated(jump_of_noise):
    t, force = jump_of_noise

    result = analyse(
        two_plates(t, np.minimum(force, 0.9 * force.max()), instrument=Instrument(range_n=1900.0)), load_assessment("dj")
    )

    assert "sensor_saturated" in result.reasons
    assert result.status is Status.INVALID


def test_empty_rows_at_the_end_are_cut(jump_of_noise, number):
    t, force = jump_of_noise
    longer = (np.arange(len(t) + 600) + 0.3) / 1000.0
    padded = np.concatenate((force, np.zeros(600)))

    plain, cut = analyse(one_plate(t, force), load_assessment("dj")), analyse(one_plate(longer, padded), load_assessment("dj"))

    assert "padding_trimmed" in cut.reasons
    assert number(cut, "takeoff_velocity") == pytest.approx(number(plain, "takeoff_velocity"), abs=1e-9)


def test_a_sign_the_other_way_round_is_named(jump_of_noise):
    t, force = jump_of_noise

    result = analyse(two_plates(t, -force), load_assessment("dj"))

    assert "signal_inverted" in result.reasons


@pytest.mark.parametrize("name", ["dj", "landing"])
def test_a_limb_without_a_curve_has_no_value_and_the_rest_stays(jump_of_noise, name):
    t, force = jump_of_noise
    curves = {limb: Curve(t, force, 1000.0) for limb in (Limb.LEFT, Limb.BOTH)}
    curves[Limb.RIGHT] = Curve(t, np.full(len(t), np.nan), 1000.0)

    result = analyse(Effort(curves), load_assessment(name))

    _is_told(result)
    assert all(v.value is None for v in result.values if v.limb is Limb.RIGHT)


_PIECES = st.lists(
    st.tuples(
        st.sampled_from(["level", "half_sine", "ramp", "hole", "noise"]), st.floats(0.005, 1.5), st.floats(-200.0, 5000.0)
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(pieces=_PIECES, rate_hz=st.sampled_from([80.0, 200.0, 1000.0]), name=st.sampled_from(TESTS))
def test_no_curve_of_pieces_raises(pieces, rate_hz, name):
    rng, made = np.random.default_rng(1), [np.zeros(1)]
    for what, length_s, size_n in pieces:
        n = max(round(length_s * rate_hz), 1)
        shape = {
            "level": np.full(n, size_n), "half_sine": size_n * np.sin(np.pi * np.arange(n) / n), "hole": np.full(n, np.nan),
            "ramp": np.linspace(0.0, size_n, n), "noise": rng.standard_normal(n) * abs(size_n) / 20.0,
        }  # fmt: skip
        made.append(shape[what])
    force = np.concatenate(made)
    t = np.arange(len(force)) / rate_hz

    _is_told(analyse(two_plates(t, force, rate_hz=rate_hz), load_assessment(name)))


@settings(max_examples=40, deadline=None)
@given(
    start=st.integers(0, 7000), length=st.integers(1, 4500), kind=st.sampled_from(["dj", "hops_10_5", "landing", "cmj_rebound"])
)
def test_no_part_of_a_record_raises(start, length, kind):
    t = axis(9.0, phase=0.4)
    force = hops_n(t, np.full(6, 0.2), np.full(7, 0.4))[start : start + length]

    _is_told(analyse(two_plates(t[start : start + length], force, noise_n=1.0), load_assessment(kind)))
