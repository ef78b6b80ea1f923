"""What each instant, force and gain contributes to the values of drop jumps and hops, against formulas."""

import math

import numpy as np
import pytest
import rebound_efforts as rebound
from rebound_efforts import MASS_KG, G, axis, two_plates

from daq.assessments.analysis import analyse
from daq.assessments.model import load_assessment
from daq.block import SIDES, Limb
from daq.metrics.effort import Curve, Instrument
from daq.metrics.rebound.events import u_of
from daq.metrics.rebound.example import V_OUT, drop_jump, drop_jump_n, hopping, hops_n
from daq.metrics.uncertainty import combined
from daq.metrics.value import Instant

V_IN = math.sqrt(2 * G * 0.4)


def analysed(effort, name="dj"):
    return analyse(effort, load_assessment(name))


def drop(*, noise_n=2.0):
    """A drop jump in noise."""
    t = axis(4.0, phase=0.3)
    return two_plates(t, drop_jump_n(t), noise_n=noise_n)


def slope(rule, at, i, step=1e-6):
    """Derivative of ``rule(*at)`` with its number ``i``."""
    up, down = list(at), list(at)
    up[i], down[i] = at[i] + step, at[i] - step
    return abs(rule(*up) - rule(*down)) / (2 * step)


def ratio(contact, takeoff, landing):
    return (landing - takeoff) / (takeoff - contact)


def height(_, takeoff, landing):
    return G * (landing - takeoff) ** 2 / 8


def height_ratio(contact, takeoff, landing):
    return height(contact, takeoff, landing) / (takeoff - contact)


def stiffness(contact, takeoff, landing):
    c, whole = takeoff - contact, landing - contact
    return MASS_KG * math.pi * whole / (c * c * (whole / math.pi - c / 4))


def contributions(rule, instants):
    times = [instant.t_s for instant in instants]
    return {
        name: slope(rule, times, i) * instant.u_s
        for i, (name, instant) in enumerate(zip(("contact", "takeoff", "landing"), instants, strict=True))
    }


@pytest.mark.parametrize(
    ("name", "rule"),
    [("rsi_flight_contact", ratio), ("jump_height_flight_time", height), ("rsi_height_contact", height_ratio)],
)
def test_every_instant_counts_with_the_slope_of_the_formula(name, rule):
    result = analysed(drop())
    expected = contributions(rule, [result.events[event] for event in ("contact", "takeoff", "landing")])
    found = result.find(name).u_parts

    for event, u in expected.items():
        assert found.get(event, 0.0) == pytest.approx(u, rel=1e-4, abs=1e-12), event


def test_a_height_from_momentum_over_contact_counts_the_take_off_in_both():
    result = analysed(drop())
    height_m, contact = result.find("jump_height_impulse_momentum"), result.find("contact_time")
    found = result.find("rsi_height_contact_impulse").u_parts
    of_contact = height_m.value / contact.value**2

    assert found["contact"] == pytest.approx(of_contact * contact.u_parts["contact"])
    assert found["event"] == pytest.approx(height_m.u_parts["event"] / contact.value + of_contact * contact.u_parts["takeoff"])


@pytest.mark.parametrize(
    ("name", "rule"),
    [("hop_rsi", ratio), ("hop_height", height), ("hop_rsi_height", height_ratio), ("vertical_stiffness", stiffness)],
)
def test_every_instant_of_a_hop_counts_with_the_slope_of_the_formula(name, rule):
    t = axis(12.0, phase=0.3)
    force = hops_n(t, np.full(10, 0.2), np.full(11, 0.45))
    result = analysed(two_plates(t, force, noise_n=2.0), "hops_10_5")
    hop = next(v for v in result.values if v.name == name and v.entry == 3 and v.limb is Limb.BOTH)
    expected = contributions(rule, [result.events[f"{event}.3"] for event in ("contact", "takeoff", "landing")])

    for event, u in expected.items():
        assert hop.u_parts.get(event, 0.0) == pytest.approx(u, rel=2e-3, abs=1e-12), event


def test_forces_and_impulses_of_a_contact_count_the_forces_at_its_ends():
    result = analysed(drop())
    contact, takeoff = (result.events[name] for name in ("contact", "takeoff"))
    impulse, mean = (result.find(name) for name in ("contact_impulse_gross", "mean_contact_force"))
    length = takeoff.t_s - contact.t_s

    # The force at both ends is near 0 N.
    assert mean.u_parts["events"] == pytest.approx(mean.value / length * math.hypot(contact.u_s, takeoff.u_s), rel=0.05)
    assert impulse.u_parts["events"] < 0.1 * mean.u_parts["events"] * length
    assert impulse.u_parts["noise"] == pytest.approx(2.0 * math.sqrt(2.0) * math.sqrt(length * 0.001), rel=0.1)


def test_an_impulse_between_samples_of_20_newtons_counts_both():
    test = load_assessment("dj").with_methods({"flight": "fixed_20n"})
    t = axis(4.0, phase=0.3)
    step = 0.001 / math.sqrt(12.0)
    force = np.where((t > 0.5) & (t < 0.7), np.maximum(drop_jump_n(t), 500.0), drop_jump_n(t))
    result = analyse(two_plates(t, force), test)
    ends = [force[result.events[name].index] for name in ("contact", "takeoff")]

    found = result.find("contact_impulse_gross").u_parts["events"]

    assert found == pytest.approx(math.hypot(*ends) * step, rel=0.02)


def test_a_border_set_by_hand_has_no_uncertainty():
    assert u_of(Instant("takeoff", 0.7, None, 700, "flight.manual")) == 0.0
    assert u_of(Instant("takeoff", 0.7, 0.001, 700, "flight.extrapolated")) == 0.001


def test_where_the_velocity_passes_zero_is_as_uncertain_as_the_velocity_over_the_acceleration_there():
    jump = drop_jump()
    turn = jump.turn.instant
    peak = math.pi * MASS_KG * (V_IN + V_OUT + G * 0.2) / 0.4
    acceleration = peak * math.sin(math.pi * 0.10432 / 0.2) / MASS_KG - G

    u_v = combined(jump.velocity_parts(turn.t_s, 0.0))
    assert turn.u_s == pytest.approx(u_v / acceleration, rel=1e-3)
    assert jump.velocity_parts(turn.t_s, 0.0)["zero"] == jump.velocity_parts(turn.t_s, 0.0)["event"] == 0.0


def test_a_shift_of_load_between_plates_of_different_gain_counts_with_its_size():
    t = axis(4.0, phase=0.3)
    force = drop_jump_n(t)
    share = np.where(t < 1.5, 0.55, 0.45)  # 55 % of the contacts on the left, 45 % of the standing

    def shares(left, right, share_left=share):
        effort = two_plates(t, force, share_left=share_left)
        plates = {Limb.LEFT: left, Limb.RIGHT: right}
        for side in SIDES:
            curve = effort.curves[side]
            effort.curves[side] = Curve(curve.t_s, curve.force_n, curve.rate_hz, plates[side])
        found = analysed(effort).find("touchdown_velocity")
        return found.u_parts["shares"] / (found.u_parts["weight"] or 1.0)

    own, masses, scales = (
        Instrument(u_gain=0.005, u_reference=u, reference=name, u_zero_n=0.5, resolution_n=0.0)
        for u, name in ((0.0, ""), (0.004, "masses"), (0.004, "scales"))
    )
    # With the same reference only the own parts of 0.003 differ, else all of the 0.005.
    assert shares(masses, masses) / shares(own, own) == pytest.approx(0.6)
    assert shares(masses, scales) == pytest.approx(shares(own, own))
    assert shares(own, own) > 0.1
    assert shares(own, own, 0.45) == pytest.approx(0.0, abs=1e-6)
    assert drop_jump().velocity_parts(drop_jump().rest.centre_s, 0.0)["shares"] == 0.0


def test_one_plate_has_no_shares():
    t = axis(4.0, phase=0.3)

    found = analysed(rebound.one_plate(t, drop_jump_n(t))).find("touchdown_velocity")

    assert found.u_parts["shares"] == 0.0


def test_hops_are_numbered_from_1():
    assert sorted(hopping().instants)[:2] == ["contact.1", "contact.10"]
    assert "contact.11" not in hopping().instants


def five_hops():
    t = axis(8.0, phase=0.3)
    force = hops_n(t, np.array([0.18, 0.22, 0.2, 0.24, 0.19]), np.array([0.45, 0.4, 0.5, 0.42, 0.44, 0.48]))
    return analysed(two_plates(t, force, noise_n=2.0), "hops_10_5")


@pytest.mark.parametrize(("name", "rule"), [("rsi_mean", ratio), ("rsi_10_5", ratio), ("rsi_10_5_height", height_ratio)])
def test_a_landing_that_is_the_next_contact_counts_in_both_hops(name, rule):
    result = five_hops()
    instants = [result.events["contact.1"]]
    for k in range(1, 6):
        instants += [result.events[f"takeoff.{k}"], result.events[f"landing.{k}"]]

    def mean(*times):
        return sum(rule(*times[2 * k : 2 * k + 3]) for k in range(5)) / 5

    times = [instant.t_s for instant in instants]
    u = math.hypot(*(slope(mean, times, i) * instant.u_s for i, instant in enumerate(instants)))
    assert result.find(name).u_parts["instants"] == pytest.approx(u, rel=1e-3)


def test_a_single_hop_is_its_own_mean():
    t = axis(5.0, phase=0.3)
    result = analysed(two_plates(t, hops_n(t, np.array([0.2]), np.array([0.45, 0.45]))), "hops_10_5")

    assert result.find("rsi_mean").value == pytest.approx(0.45 / 0.2, rel=2e-3)


def test_the_instants_of_a_limb_lie_on_its_own_clock():
    t = axis(8.0, phase=0.3)
    force = hops_n(t, np.full(6, 0.2), np.full(7, 0.45))
    result = analysed(two_plates(t, force, noise_n=1.0, u_clock_s=0.001), "hops_10_5")
    of = {v.limb: v.u_parts["contact"] for v in result.values if v.name == "hop_contact_time" and v.entry == 1}

    assert of[Limb.LEFT] < 0.001 < of[Limb.BOTH]


@pytest.mark.parametrize(("into", "is_counted"), [(0.245, False), (0.255, True), (0.745, True), (0.755, False)])
def test_the_noise_of_an_empty_plate_is_that_of_the_middle_half_of_the_flight(into, is_counted):
    air_s = 2 * V_OUT / G
    t = axis(0.7 + air_s + 0.6, phase=0.3)  # too short to be weighed
    force = drop_jump_n(t)
    force[int((0.7 + into * air_s) * 1000)] += 3.0

    noise = analysed(two_plates(t, force)).find("contact_impulse_gross").u_parts["noise"]

    assert (noise > 1e-6) is is_counted


@pytest.mark.parametrize(("left_m_per_s", "is_given"), [(-0.0195, True), (-0.0205, False)])
def test_a_body_rests_when_less_than_2_cm_per_second_are_left(left_m_per_s, is_given):
    t = axis(5.5, phase=0.3)
    effort = two_plates(t, hops_n(t, np.array([0.2]), np.array([0.45, 0.45])), entered={"start_velocity_m_per_s": left_m_per_s})
    test = load_assessment("cmj_rebound").with_methods({"kinematics": "forward", "weigh": "lowest_sd_1s"})

    result = analyse(effort, test.model_copy(update={"metrics": (*test.metrics, "landing_impulse_net")}))

    assert (result.find("landing_impulse_net").value is not None) is is_given


def test_a_stiffness_has_the_time_step_twice_and_every_hop_its_number():
    plates = Instrument(u_gain=0.002, u_reference=0.001, u_zero_n=0.5, u_time=1e-3, resolution_n=0.0)
    t = axis(8.0, phase=0.3)
    force = hops_n(t, np.full(6, 0.2), np.full(7, 0.45))
    result = analysed(two_plates(t, force, instrument=plates), "hops_10_5")
    for name in ("vertical_stiffness", "vertical_stiffness_force"):
        rows = [v for v in result.values if v.name == name and v.entry is not None and v.limb is Limb.BOTH]
        assert [v.entry for v in rows] == [1, 2, 3, 4, 5, 6]
        assert [v.events[0] for v in rows] == [f"contact.{k}" for k in range(1, 7)]

    first = next(v for v in result.values if v.name == "vertical_stiffness" and v.entry == 1)
    assert first.u_parts["time"] == pytest.approx(2e-3 * first.value)
    assert result.find("rsi_mean").params["hops"] == "1 2 3 4 5 6"


def test_the_gain_of_a_plate_counts_with_its_share_of_the_load():
    t = axis(4.0, phase=0.3)
    effort = two_plates(t, drop_jump_n(t))
    for side, gain in ((Limb.LEFT, 0.01), (Limb.RIGHT, 0.0)):
        curve = effort.curves[side]
        own = Instrument(u_gain=gain, u_zero_n=0.0, resolution_n=0.0)
        effort.curves[side] = Curve(curve.t_s, curve.force_n, curve.rate_hz, own)

    found = analysed(effort).find("peak_contact_force")

    assert found.u_parts["gain"] == pytest.approx(0.45 * 0.01 * found.value, rel=1e-3)
