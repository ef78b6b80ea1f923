"""Left and right to an index, its interval, and whether it is real; against closed forms and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daq.block import Limb
from daq.metrics import asymmetry, bands, real
from daq.metrics.asymmetry import from_default_index, index_of_log, index_percent, index_slope, refusal, relative_u
from daq.metrics.value import Better, Value

INDICES = ("asym.max_denominator", "asym.total_denominator", "asym.half_total", "asym.symmetry_angle")
forces = st.floats(10.0, 5000.0)


def _value(limb, newtons, *, parts=None, reference="", method="peak.max_sample", unit="N", bias=None, name="peak_force"):
    u = math.hypot(*parts.values()) if parts else None
    return Value(
        name, limb, newtons, unit, method, u=u, u_parts=parts or {}, better=Better.HIGHER, reference=reference, bias=bias,
        knows_instrument=True,
    )  # fmt: skip


@pytest.mark.parametrize("share", [0.2, 0.45, 0.5, 0.62])
def test_a_constant_share_has_the_index_of_its_closed_form(share):
    left, right = share * 1234.5, (1 - share) * 1234.5

    assert index_percent(left, right, "asym.total_denominator") == pytest.approx(100 * (1 - 2 * share))
    if share < 0.5:
        assert index_percent(left, right) == pytest.approx(100 * (1 - share / (1 - share)))


@settings(max_examples=80, deadline=None)
@given(forces, forces, st.sampled_from(INDICES))
def test_exchanged_sides_change_the_sign_exactly_and_a_common_gain_changes_nothing(left, right, index):
    assert index_percent(right, left, index) == pytest.approx(-index_percent(left, right, index), abs=1e-9)
    assert index_percent(1.01 * left, 1.01 * right, index) == pytest.approx(index_percent(left, right, index), abs=1e-9)
    assert index_of_log(math.log(right / left), index) == pytest.approx(index_percent(left, right, index), abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(forces, forces, st.sampled_from(INDICES))
def test_the_slope_is_the_derivative_of_the_index(left, right, index):
    step, log = 1e-6, math.log(right / left)
    if abs(log) < 1e-3:
        return
    numeric = (index_of_log(log + step, index) - index_of_log(log - step, index)) / (2 * step)

    assert index_slope(left, right, index) == pytest.approx(numeric, rel=1e-3)


def test_the_usual_marks_in_the_index_of_the_total_are_5_3_and_8_1():
    assert from_default_index(10.0, "asym.total_denominator") == pytest.approx(5.26, abs=0.01)
    assert from_default_index(-15.0, "asym.total_denominator") == pytest.approx(-8.11, abs=0.01)


def test_a_gain_of_one_percent_on_the_right_is_one_point_or_half_a_point():
    assert index_percent(500.0, 505.0) == pytest.approx(0.99, abs=0.01)
    assert index_percent(500.0, 505.0, "asym.total_denominator") == pytest.approx(0.4975, abs=0.001)


def test_a_shared_reference_cancels_and_another_does_not():
    parts = {"gain": 1.0, "reference": 3.0, "noise": 0.5}
    pair = [_value(limb, 100.0, parts=parts, reference="masses") for limb in (Limb.LEFT, Limb.RIGHT)]
    other = [pair[0], pair[1]._replace(reference="other masses")]

    assert relative_u(*pair) == pytest.approx(math.sqrt(2 * (0.01**2 + 0.005**2)))
    assert relative_u(*other) == pytest.approx(math.sqrt(2 * (0.01**2 + 0.03**2 + 0.005**2)))
    assert relative_u(*pair, common_only=True) == pytest.approx(math.sqrt(2) * 0.01)


def test_the_uncertainty_of_an_index_is_that_of_a_simulation():
    rng = np.random.default_rng(2)
    left, right, w = 430.0, 500.0, 0.01
    drawn = [
        index_percent(left * (1 + w * a), right * (1 + w * b)) for a, b in rng.standard_normal((20000, 2))
    ]  # fmt: skip
    found = real.of_pair(left, right, relative_u=w * math.sqrt(2))

    assert found.u == pytest.approx(np.std(drawn), rel=0.05)


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        (None, _value(Limb.RIGHT, 400.0), "limb_missing"),
        (_value(Limb.LEFT, 3.0), _value(Limb.RIGHT, 4.0), "denominator_too_small"),
        (_value(Limb.LEFT, 0.0), _value(Limb.RIGHT, 0.0), "denominator_too_small"),
        (_value(Limb.LEFT, 8.0, parts={"zero": 3.0}), _value(Limb.RIGHT, 9.0, parts={"zero": 3.0}), "denominator_too_small"),
        (_value(Limb.LEFT, -3.0), _value(Limb.RIGHT, 400.0), "signed_quantity"),
        (_value(Limb.LEFT, 400.0, method="peak.moving_mean"), _value(Limb.RIGHT, 400.0), "method_mismatch"),
        (_value(Limb.LEFT, None)._replace(reasons=("sample_gap",)), _value(Limb.RIGHT, 400.0), "sample_gap"),
    ],
)
def test_what_cannot_be_compared_says_why(left, right, code):
    assert refusal(left, right, is_signed=False) == (code,)


def test_a_net_impulse_and_a_displacement_get_no_percentage_and_a_rate_does():
    net = [_value(limb, 50.0, unit="N*s", name="braking_impulse_net_half_weight") for limb in (Limb.LEFT, Limb.RIGHT)]
    rate = [_value(limb, 5000.0, unit="N/s", name="rfd_0_100ms") for limb in (Limb.LEFT, Limb.RIGHT)]

    assert refusal(*net, is_signed=True) == ("signed_quantity",)
    assert refusal(*rate, is_signed=True) == ()


def test_the_bias_of_two_peaks_of_different_noise_is_told_in_points():
    left, right = _value(Limb.LEFT, 200.0, bias=9.0), _value(Limb.RIGHT, 200.0, bias=1.0)

    # 191 against 199 without the biases, 0 with them.
    assert asymmetry.bias_points(left, right) == pytest.approx(-100 * 8 / 199)
    assert asymmetry.bias_points(left._replace(bias=None), right._replace(bias=None)) is None


def _false_positives(ratio, n, *, n_runs=3000):
    rng = np.random.default_rng([int(10 * ratio), *n])
    left, right = np.exp(0.04 * rng.standard_normal((n_runs, n[0]))), np.exp(0.04 * ratio * rng.standard_normal((n_runs, n[1])))
    return np.mean([real.real_log(a.tolist(), b.tolist(), u_common=0.0).is_real for a, b in zip(left, right, strict=True)])


@pytest.mark.parametrize(("ratio", "n", "most"), [(1, (3, 3), 0.06), (1, (3, 5), 0.06), (4, (3, 3), 0.09), (4, (3, 5), 0.065)])
def test_equal_limbs_are_called_different_as_seldom_as_the_rule_says(ratio, n, most):
    assert _false_positives(ratio, n) <= most


def test_unequal_n_or_a_very_unequal_spread_keeps_each_limbs_own():
    even, steady = [400.0, 410.0, 405.0], [400.0, 400.1, 400.2]

    assert real.real_log(even, even, u_common=0.0).method == "asym.real_log_t"
    assert real.real_log(even, [*even, 404.0], u_common=0.0).method == "asym.real_log_welch"
    assert real.real_log(even, steady, u_common=0.0).method == "asym.real_log_welch"


def test_what_the_instrument_adds_to_every_trial_does_not_average_out():
    steady = [[500.0, 500.1, 499.9], [520.0, 520.1, 519.9]]

    assert real.real_log(*steady, u_common=0.0).is_real
    assert not real.real_log(*steady, u_common=0.03).is_real
    assert real.real_index_t([4.0, 4.0, 4.0], u_common=1.9).is_real
    assert not real.real_index_t([4.0, 4.0, 4.0], u_common=2.1).is_real


def test_the_rule_of_the_trial_indices_is_the_t_interval_of_their_mean():
    found = real.real_index_t([4.0, 5.0, 9.0], u_common=0.0)

    half = 4.3027 * np.std([4, 5, 9], ddof=1) / math.sqrt(3)
    assert found.low_high == pytest.approx((6 - half, 6 + half), abs=1e-3)
    assert not found.is_real


def test_below_three_trials_nothing_is_decided():
    assert real.real_log([400.0, 410.0], [500.0, 510.0, 505.0], u_common=0.01).is_real is None
    assert real.real_index_t([4.0, 5.0], u_common=0.1).is_real is None
    assert real.real_person_te([9.0, 9.0]) is None


def test_over_days_the_index_of_today_stands_against_the_persons_own_scatter():
    assert real.real_person_te([9.0, 10.0, 11.0])
    assert not real.real_person_te([-3.0, 6.0, 4.0])
    rng = np.random.default_rng(6)
    called = [real.real_person_te(x.tolist()) for x in 4.0 * rng.standard_normal((4000, 4))]
    assert np.mean(called) <= 0.05


def test_the_larger_cv_of_both_limbs_is_taken():
    assert real.intra_limb_cv_percent([98.0, 100.0, 102.0], [95.0, 100.0, 105.0]) == pytest.approx(5.0)
    assert real.intra_limb_cv_percent([98.0, 100.0], [95.0, 100.0, 105.0]) is None
    assert real.sd_of([1.0, 2.0]) is None


@pytest.mark.parametrize(
    ("name", "better", "unit", "on"),
    [
        ("peak_force", Better.HIGHER, "N", True), ("plateau_force", Better.HIGHER, "N", True),
        ("jump_height_impulse_momentum", Better.HIGHER, "m", True), ("mean_propulsion_force", Better.HIGHER, "N", True),
        ("braking_impulse_gross", Better.HIGHER, "N*s", True), ("rfd_0_100ms", Better.HIGHER, "N/s", False),
        ("braking_rfd", Better.HIGHER, "N/s", False), ("force_100ms", Better.HIGHER, "N", False),
        ("time_to_peak", Better.LOWER, "s", False), ("endurance_time", Better.HIGHER, "s", False),
        ("landing_peak_force", Better.NEUTRAL, "N", False), ("sway_path", Better.LOWER, "m", False),
        ("countermovement_stiffness", Better.NEUTRAL, "N/m", False),
    ],
)  # fmt: skip
def test_bands_are_on_for_forces_heights_and_gross_impulses_only(name, better, unit, on):
    assert bands.has_bands(name, better, unit=unit) is on


def test_a_band_is_never_used_for_an_index_it_was_not_stated_for():
    assert bands.band_in("asym.total_denominator", (10.0, 15.0)) == (5.0, 8.0)
    assert bands.band_in("asym.total_denominator", (12.0, 20.0)) == pytest.approx((6.383, 11.11), abs=0.01)
    assert bands.band_in("asym.max_denominator", (5.0, 8.0), stated_for="asym.total_denominator") is None
    assert bands.band_in("asym.total_denominator", (6.0, 9.0), stated_for="asym.total_denominator") == (6.0, 9.0)


def test_a_band_is_pale_when_the_interval_crosses_a_border():
    assert bands.is_pale(-12.0, (-16.0, -8.0), (10.0, 15.0))
    assert not bands.is_pale(-12.0, (-13.0, -11.0), (10.0, 15.0))
    assert bands.is_pale(12.0, None, (10.0, 15.0))
