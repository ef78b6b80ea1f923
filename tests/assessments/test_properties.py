"""What must hold for every test: scaling, shifting in time, exchanging the sides, more quiet at the end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import SIDES, Limb
from daq.metrics.effort import Curve, Effort
from daq.metrics.value import Status

# Units that carry newtons once, and those in which newtons cancel.
FORCE_UNITS = {"N", "N*s", "N/s", "N/m", "W", "kg", "kg*m/s", "N*m"}
FREE_UNITS = {"m", "s", "m/s", "1", "W/kg", "percent"}
# A threshold in newtons moves its event a little when the force is scaled; what hangs on that event follows.
ON_A_THRESHOLD = 0.01
few = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _changed(effort: Effort, change) -> Effort:
    """The effort with ``change(t_s, force_n, limb) -> (t_s, force_n)`` on each curve."""
    curves = {}
    for limb, curve in effort.curves.items():
        t_s, force_n = change(curve.t_s, curve.force_n, limb)
        curves[limb] = Curve(t_s, force_n, curve.rate_hz, curve.instrument)
    return Effort(curves, effort.limb, u_clock_s=effort.u_clock_s)


@pytest.fixture
def plates(jump, two_plates):
    t_s = jump.axis()
    return two_plates(t_s, jump.force_n(t_s), share_left=0.46, noise_n=0.5)


@given(k=st.floats(0.6, 1.6))
@few
def test_scaling_the_force_scales_forces_and_leaves_heights_and_times(plates, cmj, k):
    plain, scaled = analyse(plates, cmj), analyse(_changed(plates, lambda t, f, _: (t, k * f)), cmj)

    seen = set()
    for value in plain.values:
        other = scaled.find(value.name, value.limb, phase=value.phase)
        if value.value is None or value.name.startswith("asymmetry") or value.unit not in FORCE_UNITS | FREE_UNITS:
            continue
        assert other.value is not None, (value.name, other.reasons)
        wanted = value.value * (k if value.unit in FORCE_UNITS else 1.0)
        assert other.value == pytest.approx(wanted, rel=ON_A_THRESHOLD, abs=2e-3 * max(1.0, k)), value.name
        seen.add(value.name)
    assert {"peak_force", "jump_height_impulse_momentum", "peak_power", "body_mass", "rsi_modified"} <= seen
    heights = [r.find("jump_height_impulse_momentum").value for r in (plain, scaled)]
    assert heights[1] == pytest.approx(heights[0], rel=2e-4)


@given(shift_s=st.floats(-1e4, 1e6))
@few
def test_a_shift_in_time_changes_nothing_but_the_times_of_events(plates, cmj, shift_s):
    plain, shifted = analyse(plates, cmj), analyse(_changed(plates, lambda t, f, _: (t + shift_s, f)), cmj)

    assert shifted.status is plain.status
    assert shifted.reasons == plain.reasons
    for value in plain.values:
        other = shifted.find(value.name, value.limb, phase=value.phase)
        if value.value is None:
            assert other.value is None
        elif not value.name.startswith("asymmetry"):
            assert other.value == pytest.approx(value.value, rel=1e-5, abs=1e-6), value.name
    for name, event in plain.events.items():
        assert shifted.events[name].t_s - shift_s == pytest.approx(event.t_s, abs=1e-6)


def test_exchanging_the_sides_flips_every_asymmetry_and_nothing_else(plates, cmj):
    other = {Limb.LEFT: plates.curves[Limb.RIGHT], Limb.RIGHT: plates.curves[Limb.LEFT], Limb.BOTH: plates.curves[Limb.BOTH]}
    plain, swapped = analyse(plates, cmj), analyse(Effort(other), cmj)

    assert swapped.reasons == plain.reasons
    n_flipped = 0
    for value, mirror in zip(plain.values, swapped.values, strict=True):
        if value.name == "asymmetry_percent":
            pair = [v for v in swapped.values if v.name == value.name and v.of == value.of and v.phase == value.phase]
            assert len(pair) == 1
            if value.value is not None:
                assert pair[0].value == pytest.approx(-value.value, abs=1e-9), value.of
                assert pair[0].u == pytest.approx(value.u) if value.u else pair[0].u is None
                n_flipped += 1
            continue
        del mirror
        limb = value.limb.other if value.limb in SIDES else value.limb
        other_value = swapped.find(value.name, limb, phase=value.phase)
        assert other_value.value == (pytest.approx(value.value, rel=1e-12) if value.value is not None else None), value.name
        assert other_value.reasons == value.reasons
    assert n_flipped >= 10


@given(quiet_s=st.floats(0.1, 6.0))
@few
def test_more_quiet_standing_at_the_end_changes_nothing(jump, two_plates, cmj, quiet_s):
    t_s = jump.axis()
    total = jump.force_n(t_s)
    longer_t = np.arange(len(t_s) + round(quiet_s * 1000)) / 1000.0
    longer = np.concatenate((total, np.full(len(longer_t) - len(total), jump.weight_n)))

    plain, appended = analyse(two_plates(t_s, total), cmj), analyse(two_plates(longer_t, longer), cmj)

    for value in plain.values:
        other = appended.find(value.name, value.limb, phase=value.phase)
        if value.value is not None and not value.name.startswith("asymmetry"):
            assert other.value == pytest.approx(value.value, rel=1e-9, abs=1e-9), value.name
    assert appended.reasons == plain.reasons


def _squeeze(scale=1.0, shift_s=0.0, after_s=1.0, seed=3):
    t = np.arange(int((4.0 + after_s) * 1000)) / 1000.0
    tau = np.maximum(t - 1.5, 0.0)
    force = 300.0 * (1.0 - np.exp(-tau / 0.09)) * np.where(t > 4.0, np.exp(-np.maximum(t - 4.0, 0.0) / 0.03), 1.0)
    noise = 0.05 * np.random.default_rng(seed).standard_normal(len(t))
    return Effort({Limb.LEFT: Curve(t + shift_s, scale * (force + noise), 1000.0)}, Limb.LEFT)


@given(k=st.floats(0.5, 2.0))
@few
def test_scaling_a_squeeze_scales_its_peaks(grip, k):
    plain, scaled = analyse(_squeeze(), grip), analyse(_squeeze(scale=k), grip)

    for name in ("peak_force", "peak_force_100ms", "plateau_force"):
        value, other = plain.find(name), scaled.find(name)
        assert other.value == pytest.approx(k * value.value, rel=1e-9)
    # The onset stands at a fixed 5 N, which is another share of a scaled rise.
    rates = [r.find("rfd_0_200ms").value for r in (plain, scaled)]
    assert rates[1] == pytest.approx(k * rates[0], rel=0.02)


@given(shift_s=st.floats(-1e3, 1e5), after_s=st.floats(0.5, 4.0))
@few
def test_a_shift_and_more_rest_change_nothing_of_a_squeeze(grip, shift_s, after_s):
    plain, other = analyse(_squeeze(), grip), analyse(_squeeze(shift_s=shift_s, after_s=after_s), grip)

    assert other.status is Status.OK
    for value in plain.values:
        if value.value is not None:
            found = other.find(value.name, value.limb, phase=value.phase)
            assert found.value == pytest.approx(value.value, rel=1e-5, abs=1e-6), value.name


@given(
    data=st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, 0.0, 1e-300, 700.0]), min_size=1, max_size=400),
    rate_hz=st.sampled_from([10.0, 80.0, 250.0, 1000.0]),
    name=st.sampled_from(
        ["cmj", "sj", "dj", "hops_10_5", "landing", "grip", "imtp", "nordic", "critical_force", "grip_endurance_30s", "stance"]
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_curve_raises_in_any_test_and_no_number_is_without_validity(data, rate_hz, name):
    test = load_assessment(name)
    force = np.array(data)
    t_s = np.arange(len(force)) / rate_hz
    limb = Limb.LEFT if test.sides == "alternate" else Limb.BOTH
    curve = Curve(t_s, force, rate_hz)
    curves = {limb: curve} if limb is Limb.LEFT else {Limb.LEFT: curve, Limb.RIGHT: curve, Limb.BOTH: curve}

    result = analyse(Effort(curves, limb), test)

    for value in result.values:
        assert value.value is None or math.isfinite(value.value)
        assert (value.value is not None) or value.reasons
        assert (value.u is not None) or value.reasons
