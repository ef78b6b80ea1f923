"""The net impulse of a landing has the uncertainty of the velocity at touchdown, from which its end follows."""

import math

import pytest
import rebound_efforts as rebound

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import Limb
from daq.metrics.effort import Instrument
from daq.metrics.rebound.example import soft_landing

PLATE = Instrument(u_gain=0.002, u_reference=0.001, reference="masses", u_zero_n=0.5, resolution_n=0.0)


def impulse(effort, name):
    return analyse(effort, load_assessment(name)).find("landing_impulse_net", Limb.BOTH)


def momentum(found):
    """The impulse less what the last sample left of the velocity, which is half bias."""
    return found.value - 2.0 * found.bias


def jumped(jump, extra_n=0.0, quiet_n=0.0):
    t = jump.axis(phase=0.5)
    force = jump.force_n(t) + extra_n + quiet_n * (t < jump.quiet_s)
    return rebound.two_plates(t, force, instrument=PLATE)


def test_a_zero_that_is_off_counts_over_the_flight(jump):
    plain, off = impulse(jumped(jump), "cmj"), impulse(jumped(jump, extra_n=1.0), "cmj")

    # Weight and force change alike, but not the empty plate.
    assert momentum(off) - momentum(plain) == pytest.approx(jump.flight_s, rel=0.02)
    assert plain.u_parts["zero"] == pytest.approx(0.5 * math.sqrt(2.0) * jump.flight_s, rel=0.02)


def test_a_weight_that_is_off_counts_over_push_and_flight(jump):
    plain, off = impulse(jumped(jump), "cmj"), impulse(jumped(jump, quiet_n=-1.0), "cmj")
    weight = analyse(jumped(jump), load_assessment("cmj")).find("body_weight", Limb.BOTH)

    length_s = jump.moving_s + jump.flight_s
    assert momentum(plain) - momentum(off) == pytest.approx(length_s, rel=0.05)
    assert plain.u_parts["weight"] == pytest.approx(length_s * weight.u_parts["noise and sway"], rel=0.05)


def test_velocity_and_sway_count_with_the_mass(jump):
    found = impulse(jumped(jump), "cmj")
    velocity = analyse(jumped(jump), load_assessment("cmj")).find("takeoff_velocity", Limb.BOTH)

    assert found.u_parts["start"] == pytest.approx(jump.mass_kg * velocity.u_parts["start"], rel=1e-4)
    assert "event" not in found.u_parts
    assert found.bias == pytest.approx(0.0, abs=jump.mass_kg * 0.02)


def test_counted_back_from_standing_a_zero_cancels():
    t = rebound.axis(5.0, phase=0.5)
    force = soft_landing(t - 1.0, v_in=2.5)
    plain, off = (impulse(rebound.two_plates(t, force + extra, instrument=PLATE), "landing") for extra in (0.0, 1.0))

    assert off.value == pytest.approx(plain.value, rel=1e-4)
    assert plain.u_parts["zero"] == pytest.approx(0.0, abs=0.01)
