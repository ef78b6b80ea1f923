import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daq.block import Limb
from daq.errors import UsageError
from daq.simulate.person import Jump, Squeeze, jump_of_height
from daq.simulate.scenario import MASS_KG, scenario_for, scenario_names
from daq.units import STANDARD_GRAVITY_M_PER_S2 as G

EXAMPLE = Jump(mass_kg=70, dip_m_per_s2=5, unweighting_s=0.40, braking_s=0.15, plateau_s=0.14, release_s=0.10)


def integrated(jump, until_s, *, n=200_001):
    t_s = np.linspace(0, until_s, n)
    a = jump.force_n(t_s) / jump.mass_kg - G
    dt = t_s[1] - t_s[0]
    v = np.concatenate([[0], np.cumsum((a[1:] + a[:-1]) / 2 * dt)])
    return v, np.concatenate([[0], np.cumsum((v[1:] + v[:-1]) / 2 * dt)])


def test_the_example_jump_has_its_closed_answers():
    assert EXAMPLE.push_m_per_s2 == pytest.approx(13.3333, abs=1e-4)
    assert EXAMPLE.takeoff_velocity_m_per_s == pytest.approx(2.359139, abs=1e-6)
    assert EXAMPLE.height_m == pytest.approx(0.283763, abs=1e-6)
    assert EXAMPLE.peak_force_n == pytest.approx(1619.80, abs=0.01)
    assert EXAMPLE.force_n(np.linspace(0, 0.79, 100_001)).min() == pytest.approx(0, abs=0.1)
    assert EXAMPLE.force_n(np.array([0.2]))[0] == pytest.approx(336.47, abs=0.01)


def test_the_force_of_a_jump_integrates_to_its_motion():
    v, s = integrated(EXAMPLE, EXAMPLE.takeoff_s)

    assert v[-1] == pytest.approx(2.359139, abs=1e-4)
    assert v.min() == pytest.approx(-1.0, abs=1e-5)
    assert s.min() == pytest.approx(-0.305396, abs=1e-5)
    assert s[-1] == pytest.approx(0.056687, abs=1e-4)


@given(height_m=st.floats(0.2, 0.6), landing_s=st.floats(0.2, 0.5))
def test_after_a_jump_the_body_stands_still_where_it_stood(height_m, landing_s):
    jump = jump_of_height(height_m, Jump(landing_s=landing_s))

    v, s = integrated(jump, jump.duration_s, n=50_001)

    assert jump.height_m == pytest.approx(height_m)
    assert v[-1] == pytest.approx(0, abs=5e-3)
    assert s[-1] == pytest.approx(0, abs=1e-2)
    assert np.all(jump.force_n(np.array([-1.0, jump.duration_s + 1])) == jump.mass_kg * G)


def test_a_jump_lower_than_its_release_is_refused():
    with pytest.raises(ValueError, match="at least"):
        jump_of_height(0.001, Jump())


def test_a_squeeze_rises_holds_and_ends_at_zero():
    squeeze = Squeeze(force_n=400)
    t_s = np.arange(-1, 5, 0.001)
    force = squeeze.grip_n(t_s)

    assert not np.any(force[t_s <= 0])
    assert not np.any(force[t_s > squeeze.duration_s + 1e-9])
    assert 380 < force.max() < 410
    assert force[(t_s > 0.6) & (t_s < 2.9)].min() > 370


# --- scenarios ------------------------------------------------------------------------------------------------------


def trace(scenario, limb, until_s, *, rate_hz=1000):
    return scenario.worlds[limb](np.arange(0, until_s, 1 / rate_hz))


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_is_a_function_of_time_however_it_is_asked(name):
    scenario = scenario_for(name, rest_s=3.0, seed=4)
    t_s = np.arange(-1, 60, 0.001)
    for limb in Limb:
        whole = scenario.worlds[limb](t_s)
        again = scenario_for(name, rest_s=3.0, seed=4).worlds[limb]
        cut = np.concatenate([again(piece) for piece in np.split(t_s, [1, 17, 5000, 5010, 33_333])])

        assert np.array_equal(cut, whole)


@pytest.mark.parametrize("name", ["plates", "one_leg", "quiet"])
def test_the_plates_are_empty_at_first_and_carry_the_weight_then(name):
    scenario = scenario_for(name)
    total = trace(scenario, Limb.BOTH, 7.4)

    assert np.abs(trace(scenario, Limb.LEFT, 3.0)).max() < 3
    assert total[5500:6500].mean() == pytest.approx(MASS_KG * G, abs=2)
    assert total[5500:6500].std() < 2.5


def test_jumps_on_two_plates_have_the_height_and_the_share_that_they_say():
    scenario = scenario_for("plates", rest_s=3.0, seed=2)
    for n in range(5):
        effort = scenario.effort(n)
        t_s = effort.start_s + np.arange(0, 2.0, 0.001)
        left, right = scenario.worlds[Limb.LEFT](t_s), scenario.worlds[Limb.RIGHT](t_s)
        total = left + right
        flight = np.flatnonzero(total < 20)
        velocity = np.sum(total[: flight[0]] / MASS_KG - G) * 0.001

        assert 0.30 <= effort.height_m <= 0.36
        assert velocity**2 / (2 * G) == pytest.approx(effort.height_m, rel=0.02)
        assert right.max() / left.max() == pytest.approx(effort.right_over_left, abs=0.005)
        assert 1.03 <= effort.right_over_left <= 1.06
        assert total[: flight[0]].max() == pytest.approx(effort.peak_n, abs=4)


def test_single_leg_jumps_alternate_left_first_and_the_free_foot_is_off():
    scenario = scenario_for("one_leg", rest_s=3.0, seed=1)
    for n in range(4):
        effort = scenario.effort(n)
        t_s = effort.start_s + np.arange(-1.0, 1.5, 0.001)
        free = scenario.worlds[effort.limb.other](t_s)

        assert effort.limb is (Limb.LEFT, Limb.RIGHT)[n % 2]
        assert np.abs(free).max() < 3
        assert 0.10 <= effort.height_m <= 0.18
    assert scenario.effort(0).height_m / scenario.effort(1).height_m == pytest.approx(0.92, abs=0.001)


def test_squeezes_alternate_and_leave_the_other_hand_at_rest():
    scenario = scenario_for("grip", seed=3)
    starts = [scenario.effort(n).start_s for n in range(6)]
    for n in range(6):
        effort = scenario.effort(n)
        t_s = effort.start_s + np.arange(0, 4, 0.0125)

        assert effort.limb is (Limb.LEFT, Limb.RIGHT)[n % 2]
        assert 370 < scenario.worlds[effort.limb](t_s).max() < 470
        assert scenario.worlds[effort.limb](t_s).max() == pytest.approx(effort.peak_n, abs=4)
        assert np.abs(scenario.worlds[effort.limb.other](t_s)).max() < 2
    assert np.diff(starts).min() == pytest.approx(9.5)


def test_the_right_side_can_begin():
    assert scenario_for("grip", first_side=Limb.RIGHT).effort(0).limb is Limb.RIGHT


def test_repetitions_differ_and_follow_the_seed():
    heights = {scenario_for("plates", seed=seed).effort(n).height_m for seed in range(3) for n in range(3)}

    assert len(heights) == 9
    assert scenario_for("plates", seed=1).effort(2) == scenario_for("plates", seed=1).effort(2)


def test_the_person_steps_off_now_and_then():
    total = trace(scenario_for("plates", rest_s=3.0), Limb.BOTH, 80, rate_hz=100)

    assert np.sum(np.abs(np.convolve(total, np.ones(200) / 200, "valid")) < 5) > 100


def test_an_unknown_scenario_is_answered_with_the_list():
    with pytest.raises(UsageError, match="plates, one_leg, grip, quiet"):
        scenario_for("moon")
