"""What goes wrong with a curve, and what is still given; nothing is raised on any curve."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.assessments.tally import summarise
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.quality import REASONS
from daq.metrics.value import Status

G = 9.80665


def _clean(jump, two_plates, cmj, **more):
    t = jump.axis()
    return t, analyse(two_plates(t, jump.force_n(t), noise_n=1.0, **more), cmj)


def _both(effort, change):
    """The effort with ``change(force)`` on each plate."""
    curves = {limb: Curve(c.t_s, change(c.force_n.copy()), c.rate_hz, c.instrument) for limb, c in effort.curves.items()}
    curves[Limb.BOTH] = Curve(
        curves[Limb.BOTH].t_s, curves[Limb.LEFT].force_n + curves[Limb.RIGHT].force_n, 1000.0, curves[Limb.BOTH].instrument
    )
    return Effort(curves)


@pytest.fixture
def noisy(jump, two_plates):
    t = jump.axis()
    return two_plates(t, jump.force_n(t), share_left=0.45, noise_n=1.0)


def test_the_other_sign_is_named(noisy, cmj):
    result = analyse(_both(noisy, lambda f: -f), cmj)

    assert result.status is Status.INVALID
    assert "signal_inverted" in result.reasons
    assert all(v.value is None for v in result.values)


def test_a_zero_under_load_is_named(noisy, cmj, jump):
    result = analyse(_both(noisy, lambda f: f - jump.weight_n / 2), cmj)

    assert result.status is Status.INVALID
    assert "zero_loaded" in result.reasons


def test_a_clipped_curve_is_saturated(noisy, cmj, jump):
    clipped = analyse(_both(noisy, lambda f: np.minimum(f, 0.9 * f.max())), cmj)
    limited = Instrument(range_n=700.0)
    curves = {limb: Curve(c.t_s, c.force_n, c.rate_hz, limited) for limb, c in noisy.curves.items()}
    at_range = analyse(Effort(curves), cmj)

    assert "sensor_saturated" in clipped.reasons
    assert "sensor_saturated" in at_range.reasons
    assert at_range.status is Status.INVALID


def test_a_plateau_without_noise_is_not_taken_for_saturation(jump, two_plates, cmj):
    t = jump.axis()

    result = analyse(two_plates(t, jump.force_n(t)), cmj)

    assert "sensor_saturated" not in result.reasons
    assert "sensor_flatline" not in result.reasons


def test_a_frozen_sensor_is_named(noisy, cmj, jump):
    def freeze(force):
        force[1200:1500] = force[1200]
        return force

    result = analyse(_both(noisy, freeze), cmj)

    assert "sensor_flatline" in result.reasons


def test_trailing_zeros_are_cut_and_change_nothing(noisy, cmj, number):
    longer = {
        limb: Curve(np.arange(len(c.t_s) + 500) / 1000.0, np.append(c.force_n, np.zeros(500)), c.rate_hz, c.instrument)
        for limb, c in noisy.curves.items()
    }
    plain, padded = analyse(noisy, cmj), analyse(Effort(longer), cmj)

    assert "padding_trimmed" in padded.reasons
    assert padded.status is Status.WARNING
    assert [v.value for v in padded.values] == pytest.approx([v.value for v in plain.values], nan_ok=True)


@pytest.mark.parametrize("n_lost", [1, 5, 20])
def test_a_short_hole_in_the_movement_is_bridged_and_said(noisy, cmj, number, jump, n_lost):
    first = round(1000 * (jump.quiet_s + 0.2))

    def drop(force):
        force[first : first + n_lost] = np.nan
        return force

    result = analyse(_both(noisy, drop), cmj)

    assert "sample_gap_interpolated" in result.reasons
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.03)
    assert result.find("peak_force").reasons == ("sample_gap",)


def test_a_long_hole_withholds_what_crosses_it_and_keeps_the_flight(noisy, cmj, number, jump):
    first = round(1000 * (jump.quiet_s + 0.2))

    def drop(force):
        force[first : first + 25] = np.nan
        return force

    result = analyse(_both(noisy, drop), cmj)

    assert result.status is Status.INVALID
    assert result.find("jump_height_impulse_momentum").reasons == ("sample_gap",)
    assert number(result, "flight_time") == pytest.approx(jump.flight_s, abs=0.001)


def test_rows_that_are_missing_from_the_file_are_a_hole(noisy, cmj, jump):
    first = round(1000 * (jump.quiet_s + 0.2))
    keep = np.r_[0:first, first + 30 : len(noisy.main.t_s)]
    curves = {limb: Curve(c.t_s[keep], c.force_n[keep], c.rate_hz, c.instrument) for limb, c in noisy.curves.items()}

    assert "sample_gap" in analyse(Effort(curves), cmj).reasons


def test_doubled_rows_count_once(noisy, cmj):
    twice = np.sort(np.r_[np.arange(len(noisy.main.t_s)), 1000:1010])
    curves = {limb: Curve(c.t_s[twice], c.force_n[twice], c.rate_hz, c.instrument) for limb, c in noisy.curves.items()}

    plain, doubled = analyse(noisy, cmj), analyse(Effort(curves), cmj)

    assert "duplicate_samples" in doubled.reasons
    assert [v.value for v in doubled.values] == pytest.approx([v.value for v in plain.values], nan_ok=True)


def test_a_clock_that_runs_back_voids_the_trial(noisy, cmj):
    curves = {limb: Curve(c.t_s[::-1].copy(), c.force_n, c.rate_hz, c.instrument) for limb, c in noisy.curves.items()}

    result = analyse(Effort(curves), cmj)

    assert result.status is Status.INVALID
    assert result.reasons[0] == "time_not_monotonic"


def test_clocks_apart_withhold_the_impulse_height_and_leave_limb_peaks(jump, two_plates, cmj, number):
    t = jump.axis()
    together = analyse(two_plates(t, jump.force_n(t), noise_n=1.0), cmj)
    apart = analyse(two_plates(t, jump.force_n(t), noise_n=1.0, u_clock_s=0.003), cmj)
    far = analyse(two_plates(t, jump.force_n(t), noise_n=1.0, u_clock_s=0.006), cmj)

    assert "streams_not_aligned" in apart.reasons
    assert apart.find("jump_height_impulse_momentum").reasons == ("streams_not_aligned",)
    assert number(apart, "peak_force", Limb.LEFT) == number(together, "peak_force", Limb.LEFT)
    assert number(apart, "jump_height_flight_time") == number(together, "jump_height_flight_time")
    assert far.find("rfd_0_100ms", Limb.LEFT, phase="braking").reasons == ("streams_not_aligned",)


def test_movement_while_being_weighed_keeps_the_flight_time(jump, two_plates, cmj, number):
    t = jump.axis()
    sway = np.where(t < jump.quiet_s, 40 * np.sin(2 * np.pi * 2 * t), 0.0)

    result = analyse(two_plates(t, jump.force_n(t) + sway, noise_n=1.0), cmj)

    assert result.status is Status.INVALID
    assert result.reasons[0] == "weighing_not_quiet"
    assert number(result, "jump_height_flight_time") > 0.2
    assert result.find("body_weight").value is None


def test_too_little_standing_is_too_short(cosine_jump, two_plates, cmj, number):
    jump = cosine_jump(quiet_s=0.3)
    t = jump.axis()

    result = analyse(two_plates(t, jump.force_n(t), noise_n=1.0), cmj)

    assert "weighing_too_short" in result.reasons
    assert number(result, "flight_time") == pytest.approx(jump.flight_s, abs=0.001)


def test_an_abrupt_step_onto_the_plate_is_not_in_the_weighing(jump, two_plates, cmj):
    t = jump.axis()
    total = np.concatenate((np.zeros(700), [150.0, 400.0], jump.force_n(t)))
    t_all = np.arange(len(total)) / 1000.0

    result = analyse(two_plates(t_all, total, noise_n=0.5), cmj.with_methods({"weigh": "first_1s"}))

    assert result.status is Status.OK, result.reasons
    assert 0.702 <= result.find("body_weight").params["start_s"] <= 0.7201
    assert result.find("body_weight").value == pytest.approx(jump.weight_n, abs=0.1)


def test_no_jump_is_said_in_one_code(two_plates, cmj):
    t = np.arange(4000) / 1000.0

    result = analyse(two_plates(t, np.full(4000, 700.0), noise_n=1.0), cmj)

    assert result.status is Status.INVALID
    assert "takeoff_not_found" in result.reasons
    assert {v.name for v in result.values} >= {"jump_height_impulse_momentum", "peak_force"}


def test_a_record_that_ends_in_the_air_keeps_the_impulse_height(jump, two_plates, cmj, number):
    t = jump.axis()
    stop = round(1000 * (jump.takeoff_s + 0.3))

    result = analyse(two_plates(t[:stop], jump.force_n(t)[:stop], noise_n=1.0), cmj)

    assert "landing_not_found" in result.reasons
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.02)
    assert result.find("flight_time").value is None


def test_drift_moves_the_velocity_by_its_formula(jump, two_plates, cmj, number):
    t = jump.axis()
    slope = 4.0
    pinned = cmj.with_methods({"weigh": "manual=0.3:1.3", "onset": "manual=1.48"})
    plain = analyse(two_plates(t, jump.force_n(t)), pinned)
    # The drift is zero in the middle of the weighing, so that the weight is the same.
    drifting = analyse(two_plates(t, jump.force_n(t) + slope * (t - 0.7995)), pinned)

    start, takeoff = (drifting.events[name].t_s for name in ("movement_start", "takeoff"))
    weighing = drifting.find("body_weight").params
    d = start - (weighing["start_s"] + weighing["stop_s"]) / 2
    long = takeoff - start
    shift = G / jump.weight_n * slope * (d * long + long**2 / 2)
    moved = number(drifting, "takeoff_velocity") - number(plain, "takeoff_velocity")
    assert shift > 0.04
    assert moved == pytest.approx(shift, abs=0.001)


@pytest.mark.parametrize("silent", [0.0, 3.0, 480.0])
def test_a_plate_that_never_loads_gives_no_side_and_no_asymmetry(jump, two_plates, cmj, silent, number):
    t = jump.axis()
    effort = two_plates(t, jump.force_n(t), noise_n=1.0)
    curves = dict(effort.curves)
    curves[Limb.RIGHT] = Curve(t, np.full(len(t), silent), 1000.0, curves[Limb.RIGHT].instrument)
    curves[Limb.LEFT] = Curve(t, effort.main.force_n, 1000.0, curves[Limb.LEFT].instrument)
    curves[Limb.BOTH] = Curve(t, curves[Limb.LEFT].force_n, 1000.0, curves[Limb.BOTH].instrument)

    result = analyse(Effort(curves), cmj)

    assert result.status is not Status.OK
    assert "limb_missing" in result.reasons
    sides = [v for v in result.values if v.limb is not Limb.BOTH or v.name == "asymmetry_percent"]
    assert sides
    assert all(v.value is None and v.reasons == ("limb_missing",) for v in sides)
    assert number(result, "jump_height_impulse_momentum") > 0.2


def test_a_height_less_certain_than_half_of_itself_is_withheld_with_what_to_do(cosine_jump, two_plates, cmj):
    low = cosine_jump(mass_kg=35.0, quiet_s=6.5, a1=2.0)
    t = low.axis()
    # Quiet in the last second only; each second before at another load near the weight.
    steps = np.where(t < 5.4, 19.0 * np.sign(np.sin(np.pi * (t - 0.4))), 0.0)

    calm = analyse(two_plates(t, low.force_n(t), noise_n=1.0), cmj).find("jump_height_impulse_momentum")
    swaying = analyse(two_plates(t, low.force_n(t) + steps, noise_n=1.0), cmj)

    assert calm.status is Status.OK
    assert swaying.status is Status.INVALID
    assert "weighing_not_quiet" in swaying.find("jump_height_impulse_momentum").reasons
    assert swaying.find("body_weight").value is not None


def test_a_sensor_below_100_hz_is_too_slow_and_not_frozen(cosine_jump, two_plates, cmj):
    jump = cosine_jump()
    t = jump.axis(50.0)
    rng = np.random.default_rng(3)
    total = jump.force_n(t) + rng.standard_normal(len(t))
    total[20:60] = total[20]

    result = analyse(two_plates(t, total, rate_hz=50.0), cmj)

    assert result.reasons[0] == "rate_too_low"
    assert "sensor_flatline" not in result.reasons
    assert result.find("jump_height_impulse_momentum").reasons == ("rate_too_low",)


@pytest.mark.parametrize("rate_hz", [9.98, 10.0, 20.0])
def test_a_slow_grip_device_gives_its_peak_with_a_warning_and_no_rates(grip, rate_hz):
    rng = np.random.default_rng(5)
    t = np.arange(round(8 * rate_hz)) / rate_hz
    force = np.where((t > 3) & (t < 6), 400.0 * (1 - np.exp(-(t - 3).clip(0) / 0.15)), 0.0) + 0.3 * rng.standard_normal(len(t))

    result = analyse(Effort({Limb.LEFT: Curve(t, force, rate_hz)}, Limb.LEFT), grip)

    assert result.status is Status.WARNING, result.reasons
    assert result.find("peak_force").value == pytest.approx(400.0, abs=2.0)
    assert "rate_too_low" in result.find("peak_force").reasons
    assert all(result.find(f"rfd_0_{ms}ms").value is None for ms in (50, 100, 150, 200, 250))


@pytest.mark.parametrize("name", ["cmj", "sl_cmj", "grip"])
@pytest.mark.parametrize(
    "force",
    [
        np.empty(0), np.zeros(1), np.array([math.nan]), np.full(50, math.nan), np.zeros(3000), np.full(3000, 700.0),
        np.full(3000, -700.0), np.full(3000, math.inf), np.r_[np.full(2999, math.nan), 5.0], np.tile([700.0, math.nan], 1500),
        np.r_[np.zeros(500), np.full(20, 900.0), np.zeros(500)], np.linspace(0, 1e6, 3000), np.array([1.0, 2.0]),
        np.r_[np.full(1500, 700.0), np.zeros(1500)], np.r_[np.zeros(1500), np.full(1500, 700.0)],
        np.tile(np.r_[np.full(150, 900.0), np.zeros(150)], 10),
    ],
)  # fmt: skip
def test_no_curve_raises(name, force):
    test = load_assessment(name)
    limb = Limb.BOTH if name == "cmj" else Limb.LEFT
    t = np.arange(len(force)) / 1000.0
    curves = {limb: Curve(t, force, 1000.0)}
    if name == "cmj":
        curves |= {side: Curve(t, 0.5 * force, 1000.0) for side in (Limb.LEFT, Limb.RIGHT)}

    result = analyse(Effort(curves, limb), test)

    assert set(result.reasons) <= set(REASONS)
    for value in result.values:
        assert set(value.reasons) <= set(REASONS)
        assert value.value is not None or value.reasons
    summarise([result, result, result], test)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["cmj", "sl_cmj", "grip"]),
    rate_hz=st.sampled_from([5.0, 10.0, 80.0, 250.0, 1000.0]),
    pieces=st.lists(
        st.tuples(st.sampled_from([0.0, -50.0, 20.0, 300.0, 700.0, 2000.0, math.nan]), st.integers(1, 1500), st.booleans()),
        min_size=1,
        max_size=8,
    ),
    seed=st.integers(0, 5),
)
def test_no_pieces_of_any_curve_raise(name, rate_hz, pieces, seed):
    rng = np.random.default_rng(seed)
    parts = [np.full(n, level) + (rng.standard_normal(n) if is_noisy else 0.0) for level, n, is_noisy in pieces]
    force = np.concatenate(parts)
    t = np.arange(len(force)) / rate_hz
    limb = Limb.BOTH if name == "cmj" else Limb.RIGHT
    curves = {limb: Curve(t, force, rate_hz)}
    if name == "cmj":
        curves |= {side: Curve(t + 0.0003, 0.5 * force, rate_hz) for side in (Limb.LEFT, Limb.RIGHT)}
    effort = Effort(curves, limb, free=Curve(t, force[::-1].copy(), rate_hz) if name == "sl_cmj" else None)

    result = analyse(effort, load_assessment(name))

    for value in result.values:
        assert value.value is None or math.isfinite(value.value)
        assert set(value.reasons) <= set(REASONS)
