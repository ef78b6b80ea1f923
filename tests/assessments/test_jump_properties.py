"""Jumps of many shapes, sizes, rates and phases against their closed formulas, and what holds for any jump."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.assessments.analysis import analyse
from daq.block import Limb
from daq.metrics.effort import Curve, Effort, Instrument
from daq.metrics.value import Status

G = 9.80665


SHAPES = [
    {"mass_kg": mass, "a1": a1, "t1": t1, "t2": t2, "t3": t3, "t4": t4}
    for mass, a1, t1, t2, t3, t4 in (
        (70, 5.0, 0.40, 0.15, 0.14, 0.10),
        (45, 3.0, 0.50, 0.20, 0.16, 0.12),
        (110, 6.5, 0.35, 0.14, 0.12, 0.08),
        (60, 8.0, 0.30, 0.16, 0.13, 0.09),
        (95, 2.5, 0.60, 0.25, 0.22, 0.14),
        (55, 4.0, 0.45, 0.12, 0.05, 0.06),
        (82, 9.0, 0.28, 0.20, 0.15, 0.12),
        (70, 3.5, 0.40, 0.18, 0.10, 0.10),
    )
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("phase", [0.0, 0.21, 0.5, 0.83])
def test_the_height_of_any_noise_free_jump_is_right_to_half_a_percent(analysed, number, cosine_jump, shape, phase):
    jump = cosine_jump(**shape)
    result = analysed(jump, phase=phase)

    assert jump.height_m > 0.03
    assert number(result, "jump_height_impulse_momentum") == pytest.approx(jump.height_m, rel=0.005)
    assert number(result, "jump_height_flight_time") == pytest.approx(jump.height_m, rel=0.01)
    assert number(result, "takeoff_velocity") == pytest.approx(jump.v_takeoff, rel=0.002)
    assert number(result, "countermovement_depth") == pytest.approx(jump.depth_m, abs=5e-4)
    assert number(result, "com_displacement_at_takeoff") == pytest.approx(jump.s_takeoff_m, abs=5e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_forces_impulses_and_times_are_those_of_the_formulas(analysed, number, cosine_jump, shape):
    jump = cosine_jump(**shape)
    m, w = jump.mass_kg, jump.weight_n
    result = analysed(jump, phase=0.4, share_left=0.42)

    push_s = jump.t3 + jump.t4
    braking, propulsion = m * jump.a1 * jump.t1 / 2, m * jump.v_takeoff
    assert number(result, "peak_force") == pytest.approx(m * (jump.a2 + G), rel=1e-4)
    assert number(result, "min_force") == pytest.approx(m * (G - jump.a1), abs=0.02)
    assert number(result, "braking_impulse_net") == pytest.approx(braking, rel=2e-3)
    assert number(result, "propulsion_impulse_net") == pytest.approx(propulsion, rel=2e-3)
    assert number(result, "positive_impulse_net") == pytest.approx(braking + propulsion, rel=2e-3)
    assert number(result, "impulse_net_total") == pytest.approx(propulsion, rel=2e-3)
    assert number(result, "braking_impulse_gross", Limb.LEFT) == pytest.approx(0.42 * (braking + w * jump.t2), rel=0.01)
    assert number(result, "propulsion_impulse_gross", Limb.RIGHT) == pytest.approx(0.58 * (propulsion + w * push_s), rel=0.01)
    assert number(result, "mean_propulsion_force") == pytest.approx((propulsion + w * push_s) / push_s, rel=3e-3)
    assert number(result, "braking_time") == pytest.approx(jump.t2, abs=0.002)
    assert number(result, "propulsion_time") == pytest.approx(push_s, abs=0.002)
    assert number(result, "flight_time") == pytest.approx(jump.flight_s, abs=0.001)


@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_the_change_of_energy(analysed, number, cosine_jump, shape):
    jump = cosine_jump(**shape)
    result = analysed(jump, phase=0.6)

    lowest_m, braking_m = jump.depth_m, -jump.a1 * jump.t1**2 / 4
    of_push = 0.5 * jump.mass_kg * jump.v_takeoff**2 + jump.weight_n * (jump.s_takeoff_m - lowest_m)
    of_braking = -0.5 * jump.mass_kg * jump.min_velocity**2 + jump.weight_n * (lowest_m - braking_m)
    work = number(result, "mean_propulsion_power") * number(result, "propulsion_time")
    braking = number(result, "mean_braking_power") * number(result, "braking_time")
    assert work == pytest.approx(of_push, rel=0.005)
    assert braking == pytest.approx(of_braking, rel=0.02)
    mean_v = (jump.s_takeoff_m - lowest_m) / (jump.t3 + jump.t4)
    assert number(result, "countermovement_stiffness") == pytest.approx(jump.mass_kg * jump.a2 / -lowest_m, rel=2e-3)
    assert mean_v > 0


@pytest.mark.parametrize(("fall_m", "t5"), [(0.0, 0.2), (0.0, 0.35), (0.04, 0.3)])
def test_the_landing_has_the_values_of_its_formulas(analysed, number, cosine_jump, fall_m, t5):
    later_s = fall_m / 2.5
    jump = cosine_jump(t5=t5, later_s=later_s)
    result = analysed(jump, phase=0.1)

    m, w = jump.mass_kg, jump.weight_n
    speed = G * jump.flight_s - jump.v_takeoff
    b5 = (speed + G * t5 / 2) * math.pi / (2 * t5)
    peak_n = w / 2 + math.hypot(w / 2, m * b5)
    at_s = t5 * (1 - math.atan(2 * b5 / G) / math.pi)
    drop_m = -speed * t5 - G * t5**2 / 4 - G * t5**2 / math.pi**2 + b5 * t5**2 / math.pi
    assert number(result, "landing_peak_force") == pytest.approx(peak_n, rel=1e-4)
    assert number(result, "landing_time_to_peak") == pytest.approx(at_s, abs=0.0015)
    assert number(result, "landing_rfd") == pytest.approx(peak_n / at_s, rel=0.02)
    assert number(result, "landing_impulse_net") == pytest.approx(m * speed, rel=0.01)
    assert number(result, "landing_stiffness") == pytest.approx(peak_n / -drop_m, rel=0.01)
    assert number(result, "time_to_stabilisation") < t5


def test_a_landing_that_ends_with_a_sway_is_stable_when_the_sway_stays_inside(jump, two_plates, cmj, number):
    t = jump.axis()
    end_s = jump.takeoff_s + jump.flight_s + jump.t5
    sway = np.where((t > end_s) & (t < end_s + 0.6), 0.08 * jump.weight_n * np.sin(2 * math.pi * 5 * (t - end_s)), 0.0)
    result = analyse(two_plates(t, jump.force_n(t) + sway), cmj)

    # The last excursion beyond 5 % of the weight is the ninth half wave's: asin(5/8) before its end.
    last_s = 0.6 - math.asin(5 / 8) / (2 * math.pi * 5)
    assert number(result, "time_to_stabilisation") == pytest.approx(jump.t5 + last_s, abs=0.002)


@settings(max_examples=25, deadline=None)
@given(share=st.floats(0.25, 0.75), gain=st.floats(0.97, 1.03), shift_s=st.floats(-100.0, 1e4))
def test_share_gain_and_clock_move_what_they_should_and_nothing_else(share, gain, shift_s):
    from daq.assessments.model import load_assessment
    from daq.metrics.jump.example import cosine_force_n

    cmj = load_assessment("cmj")
    t = np.arange(4600) / 1000.0
    force = cosine_force_n(t)

    def of(factor: float, start_s: float) -> Effort:
        pieces = {Limb.LEFT: share * factor * force, Limb.RIGHT: (1 - share) * factor * force, Limb.BOTH: factor * force}
        return Effort({limb: Curve(t + start_s, own, 1000.0, Instrument()) for limb, own in pieces.items()})

    plain, changed = analyse(of(1.0, 0.0), cmj), analyse(of(gain, shift_s), cmj)

    for name in ("jump_height_impulse_momentum", "takeoff_velocity", "flight_time", "rsi_modified"):
        assert changed.find(name).value == pytest.approx(plain.find(name).value, rel=2e-3), name
    for name in ("body_weight", "peak_force", "mean_propulsion_force", "landing_peak_force", "peak_power"):
        assert changed.find(name).value == pytest.approx(gain * plain.find(name).value, rel=2e-3), name
    expected = 100 * ((1 - share) - share) / max(share, 1 - share)
    for value in changed.values:
        if value.name == "asymmetry_percent" and value.of in {"peak_force", "mean_braking_force", "propulsion_impulse_gross"}:
            assert value.value == pytest.approx(expected, abs=1e-5), value.of


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["cmj", "sl_cmj", "sj", "loaded_cmj"]),
    cut=st.tuples(st.integers(0, 4600), st.integers(0, 4600)),
    hole=st.tuples(st.integers(0, 4600), st.integers(0, 300)),
    rate_hz=st.sampled_from([40.0, 80.0, 150.0, 400.0, 1000.0]),
    scale=st.sampled_from([1.0, -1.0, 0.0, 1e-9, 1e9]),
    rule=st.sampled_from(
        [
            {}, {"weigh": "stored_mass"}, {"weigh": "last_1s=3"}, {"weigh": "lowest_sd_1s=0.001"}, {"weigh": "first_1s=-4"},
            {"flight": "manual=1:2"}, {"kinematics": "backward"}, {"filter": "butter4_zero_lag=30"}, {"onset": "manual=0.1"},
            {"phase": "zero_velocity"}, {"onset": "bodyweight_percent=900"},
        ]
    ),
)  # fmt: skip
def test_no_piece_of_a_jump_under_any_rule_raises_or_gives_a_number_that_is_none(  # noqa: PLR0917, drawn by name
    kind, cut, hole, rate_hz, scale, rule
):
    from daq.assessments.model import load_assessment
    from daq.metrics.jump.example import cosine_force_n

    t = np.arange(4600) / 1000.0
    force = scale * cosine_force_n(t)
    force[hole[0] : hole[0] + hole[1]] = np.nan
    part = slice(min(cut), max(cut) + 1, round(1000 / rate_hz))
    test = load_assessment(kind)
    limb = Limb.LEFT if kind == "sl_cmj" else Limb.BOTH
    curves = {limb: Curve(t[part], force[part], rate_hz)}
    if limb is Limb.BOTH:
        curves |= {side: Curve(t[part], 0.5 * force[part], rate_hz) for side in (Limb.LEFT, Limb.RIGHT)}

    result = analyse(Effort(curves, limb=limb, stored_weight_n=700.0), test.with_methods(rule))

    assert {v.name for v in result.values} >= set(test.metrics) - {"weight_share"}
    for value in result.values:
        assert (value.value is None) == (value.status is Status.INVALID)
        assert value.value is None or math.isfinite(value.value), value.name
        assert value.value is not None or value.reasons, value.name
