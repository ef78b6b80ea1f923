"""What the simulated body does obeys mechanics, and its answers are those of the closed forms."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.assessments.model import Kind, assessment_ids, load_assessment
from daq.block import SIDES, Limb
from daq.simulate import acts, pulls
from daq.simulate.person import Jump, Squeeze
from daq.simulate.scenario import MASS_KG, default_scenario, scenario_for, scenario_names
from daq.simulate.served import Wanted, devices_for
from daq.simulate.sway import APART_M, LENGTH_M, TURNS_HZ, WIDTH_M
from daq.simulate.waveform import shapes
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

M = 70.0


def _velocity(act, start_m_per_s: float, *, n: int = 400_001):
    """Velocity and displacement of the centre of mass, by integration."""
    u_s = np.linspace(0.0, act.duration_s, n)
    a = act.force_n(u_s) / M - G
    v = start_m_per_s + np.concatenate([[0.0], np.cumsum((a[1:] + a[:-1]) / 2)]) * (u_s[1] - u_s[0])
    s = np.concatenate([[0.0], np.cumsum((v[1:] + v[:-1]) / 2)]) * (u_s[1] - u_s[0])
    return u_s, v, s


@given(push=st.floats(6.0, 12.0), plateau_s=st.floats(0.02, 0.12))
def test_a_squat_jump_never_dips_and_ends_where_it_began(push: float, plateau_s: float):
    jump = acts.SquatJump(M, push, plateau_s=plateau_s)
    u_s, v, s = _velocity(jump, 0.0, n=40_001)
    before = u_s < jump.push_s + plateau_s

    assert jump.force_n(u_s[before]).min() >= M * G * (1 - 1e-9)
    assert v.max() >= jump.takeoff_velocity_m_per_s
    assert v[-1] == pytest.approx(0.0, abs=5e-3)
    assert s[-1] == pytest.approx(0.0, abs=1e-2)


def test_the_take_off_velocity_of_a_squat_jump_is_that_of_its_formula():
    """v2 = A2 T2/2, v3 = v2 + A2 T3, v_to = v3 + 2 (A2 + g) T4/pi - g T4."""
    jump = acts.SquatJump(M, 10.0, push_s=0.2, plateau_s=0.1, release_s=0.1)
    u_s, v, _ = _velocity(jump, 0.0)

    assert jump.takeoff_velocity_m_per_s == pytest.approx(1.0 + 1.0 + 2 * (10 + G) * 0.1 / math.pi - G * 0.1)
    assert v[np.searchsorted(u_s, 0.4)] == pytest.approx(jump.takeoff_velocity_m_per_s, abs=1e-4)


def test_a_drop_jump_turns_the_speed_of_its_fall_into_that_of_its_jump():
    act = acts.DropJump(M, drop_m=0.30, contact_s=0.22, height_m=0.25)
    u_s, v, s = _velocity(act, -math.sqrt(2 * G * 0.30))

    assert v[np.searchsorted(u_s, 0.22)] == pytest.approx(math.sqrt(2 * G * 0.25), abs=1e-3)
    assert v[-1] == pytest.approx(0.0, abs=1e-3)
    assert s[-1] == pytest.approx(0.0, abs=1e-2)
    assert act.truth["peak_contact_force"] == pytest.approx(act.force_n(u_s[u_s < 0.22]).max(), rel=1e-6)
    assert act.truth["flight_time"] == pytest.approx(np.count_nonzero(act.force_n(u_s) == 0) * u_s[1], abs=1e-3)


def test_a_landing_ends_at_rest_with_the_body_weight():
    act = acts.DropLanding(M, drop_m=0.30, landing_s=0.30)
    u_s, v, _ = _velocity(act, -math.sqrt(2 * G * 0.30))
    force_n = act.force_n(u_s)

    assert v[np.searchsorted(u_s, 0.30)] == pytest.approx(0.0, abs=1e-3)
    assert act.truth["landing_peak_force"] == pytest.approx(force_n.max(), rel=1e-6)
    outside = u_s[np.abs(force_n - M * G) > 0.05 * M * G]
    assert act.truth["time_to_stabilisation"] == pytest.approx(outside[-1], abs=1e-3)


def test_hops_keep_their_contacts_and_heights():
    contacts_s, heights_m = (0.20, 0.18, 0.22), (0.25, 0.28, 0.20)
    act = acts.Hops(Jump(mass_kg=M), contacts_s, heights_m)
    u_s, v, s = _velocity(act, 0.0)
    empty = act.force_n(u_s) == 0
    edges = np.flatnonzero(np.diff(empty.astype(int)))
    lengths_s = np.diff(u_s[edges])

    assert lengths_s[1:6:2] == pytest.approx(contacts_s, abs=1e-3)
    assert lengths_s[2:7:2] == pytest.approx([math.sqrt(8 * h / G) for h in heights_m], abs=1e-3)
    assert act.truth["rsi_peak"] == pytest.approx(math.sqrt(8 * 0.28 / G) / 0.18)
    assert v[-1] == pytest.approx(0.0, abs=5e-3)
    assert s[-1] == pytest.approx(0.0, abs=2e-2)


def test_contractions_last_as_long_and_are_as_strong_as_they_say():
    act = pulls.Contractions(400.0, 180.0, count=24, work_s=7.0, rest_s=3.0)
    u_s = np.arange(0.0, 240.0, 1e-3)
    force_n = act.force_n(u_s)

    tops = [force_n[(u_s >= 10 * k) & (u_s < 10 * k + 7)].max() for k in range(24)]
    assert tops == pytest.approx([180 + 220 * 0.85**k for k in range(24)])
    assert not force_n[(u_s % 10.0) > 7.001].any()
    assert act.truth["critical_force"] > 180.0


def test_a_hold_of_a_steady_decline_has_the_decrement_of_its_formula():
    """100 (1 - e^(-k(T-h)) (1 - e^(-kh))/(kh)) with windows of 10 s."""
    act = pulls.Hold(400.0, 31.0, rate_per_s=0.02, wanted_s=30.0)
    t_s = np.linspace(20.0, 30.0, 100_001)

    mean = np.mean(np.exp(-0.02 * t_s))
    assert act.truth["strength_decrement_percent"] == pytest.approx(100 * (1 - mean), abs=1e-3)


def test_a_pull_on_a_plate_stands_on_the_weight():
    act = pulls.Pull(Squeeze(1600.0), base_n=700.0)

    assert act.force_n(np.array([-1.0, act.duration_s + 1])) == pytest.approx([700.0, 700.0])
    assert act.truth["peak_force"] - act.truth["peak_force_net"] == pytest.approx(700.0)


# --- scenarios --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", assessment_ids())
def test_every_test_has_a_person_who_does_it(name: str):
    test = load_assessment(name)
    scenario = scenario_for(default_scenario(test), assessment=test, seed=2)
    limbs = [scenario.effort(n).limb for n in range(4)]

    assert limbs == ([Limb.LEFT, Limb.RIGHT] * 2 if test.sides == "alternate" else [Limb.BOTH] * 4)
    assert scenario.effort(0).start_s < scenario.effort(1).start_s < scenario.effort(2).start_s
    assert bool(scenario.cells) == (test.kind is Kind.STANCE)


@pytest.mark.parametrize("name", ["stance", "one_leg_stance"])
def test_the_corners_of_the_plates_carry_the_weight_at_the_point_where_it_sways(name: str):
    scenario = scenario_for(name, seed=1)
    effort = scenario.effort(0)
    t_s = effort.start_s + np.arange(2.0, 22.0, 0.01)
    cells = {limb: scenario.cells[limb](t_s) for limb in SIDES}
    total = sum(c.sum(axis=1) for c in cells.values())
    right = {Limb.LEFT: -APART_M / 2, Limb.RIGHT: APART_M / 2} if name == "stance" else dict.fromkeys(SIDES, 0.0)
    x = np.array([-1, 1, -1, 1]) * WIDTH_M / 2
    y = np.array([1, 1, -1, -1]) * LENGTH_M / 2
    ml = sum((c * (x + right[limb])).sum(axis=1) for limb, c in cells.items()) / total
    ap = sum((c * y).sum(axis=1) for c in cells.values()) / total

    radius_m = effort.truth["sway_mean_distance"]
    assert total.mean() == pytest.approx(MASS_KG * G, abs=3)
    assert np.hypot(ml - ml.mean(), ap - ap.mean()).mean() == pytest.approx(radius_m, rel=0.05)
    turns = np.unwrap(np.arctan2(ap - ap.mean(), ml - ml.mean()))
    assert abs(turns[-1] - turns[0]) / (2 * np.pi) / 20.0 == pytest.approx(TURNS_HZ, rel=0.02)


def test_the_name_of_a_test_stands_for_the_person_who_does_it():
    wanted = Wanted(driver="node", paths=(Path("left"), Path("right")), waveforms=("imtp",))
    test = load_assessment("imtp")
    t_s = np.arange(0.0, 12.0, 0.01)

    left, right = devices_for(wanted)

    person = scenario_for(default_scenario(test), assessment=test)
    assert np.array_equal(left.world(t_s), person.worlds[Limb.LEFT](t_s))
    assert np.array_equal(right.world(t_s), person.worlds[Limb.RIGHT](t_s))
    assert (left.world(t_s) + right.world(t_s)).max() > 2000


def test_no_scenario_is_called_like_a_plain_shape():
    assert not set(scenario_names()) & set(shapes())
