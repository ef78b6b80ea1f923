"""Each test that comes with the program, from simulated devices to a trial: found, analysed, near the truth."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from daq.assessments.model import Kind, assessment_ids, load_assessment
from daq.block import Command, Limb
from daq.metrics.value import Status
from daq.session.session import Session
from daq.session.setup import Setup
from daq.session.snapshot import DeviceState, Phase
from daq.simulate.simulated import Simulated, simulated
from daq.simulate.virtual import run_virtual

WITHIN = {
    "critical_force": 0.015,
    "fatigue_index_percent": 0.01,
    "strength_decrement_percent": 0.015,
    "time_to_stabilisation": 0.03,
}
"""Relative: a contraction's edges are part of it; the rest is noise and the rules of start and end."""


@lru_cache(maxsize=16)
def _played(name: str, *, n: int) -> tuple[Session, Simulated]:
    """The simulated person does ``n`` repetitions."""
    test = load_assessment(name)
    world = simulated(None, test, rest_s=10.0 if test.has_rest else None, seed=3)
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test, entered=world.entered)
    session = Session(setup)
    until_s = world.scenario.effort(n).start_s - 1.0
    run_virtual(session, world.far_ends, until_s=until_s)
    return session, world


@pytest.mark.parametrize("name", assessment_ids())
def test_a_simulated_person_does_every_test_and_the_numbers_are_right(name: str):
    session, world = _played(name, n=1 if load_assessment(name).detection.max_s > 100 else 2)
    test = session.setup.assessment

    assert [t.limb for t in session.trials] == [world.scenario.effort(k).limb for k in range(len(session.trials))]
    assert session.trials
    for k, trial in enumerate(session.trials):
        truth = world.scenario.effort(k).truth[test.primary]
        value = trial.result.find(test.primary, trial.limb)
        assert trial.result.status in (Status.OK, Status.WARNING), trial.result.reasons
        assert value.value == pytest.approx(truth, rel=WITHIN.get(test.primary, 0.008))


SHARED = [
    ("dj", "peak_contact_force"), ("landing", "landing_peak_force"), ("imtp", "peak_force"),
    ("stance", "weight_share"), ("cmj", "peak_force"), ("sj", "peak_force"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "metric"), SHARED)
def test_the_right_side_carries_as_much_more_as_it_should(name: str, metric: str):
    session, world = _played(name, n=2)
    trial = session.trials[0]

    left, right = (trial.result.find(metric, limb).value for limb in (Limb.LEFT, Limb.RIGHT))

    assert right / left == pytest.approx(world.scenario.effort(0).right_over_left, rel=0.004)


@pytest.mark.parametrize("name", ["stance", "stance_single_leg"])
def test_the_centre_of_pressure_comes_from_the_corners_of_the_plates(name: str):
    session, world = _played(name, n=2)
    trial = session.trials[0]
    truth = world.scenario.effort(0).truth

    for metric in ("sway_velocity_mean", "sway_mean_distance", "sway_mean_frequency"):
        assert trial.result.find(metric, trial.limb).value == pytest.approx(truth[metric], rel=0.04)


def test_without_corners_a_stance_has_its_time_and_shares_and_says_why_it_has_no_sway():
    test = load_assessment("stance")
    world = simulated("quiet", test)
    session = Session(Setup(rig=world.rig, certificates=world.certificates, assessment=test))
    run_virtual(session, world.far_ends, until_s=40.0)

    (trial,) = session.trials
    assert trial.result.find("stance_time", Limb.BOTH).value == pytest.approx(30.0, abs=0.01)
    assert trial.result.find("sway_velocity_mean", Limb.BOTH).reasons[0] == "cop_missing"


def test_a_stance_on_one_leg_begins_when_the_other_foot_is_up():
    session, world = _played("stance_single_leg", n=2)

    assert [t.limb for t in session.trials] == [Limb.LEFT, Limb.RIGHT]
    for k, trial in enumerate(session.trials):
        assert trial.start_s == pytest.approx(world.scenario.effort(k).start_s, abs=1.5)


def test_the_same_inputs_give_the_same_stance_bit_for_bit():
    test = load_assessment("stance")
    world = simulated(None, test)
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test)
    first = Session(setup)
    items = run_virtual(first, world.far_ends, until_s=world.scenario.effort(0).start_s + 36.0)
    again = Session(Setup.from_table(setup.as_table()))
    for item in items:
        if not hasattr(item, "response"):
            again.step(item)

    assert [t.result.as_record() for t in again.trials] == [t.result.as_record() for t in first.trials]
    assert first.trials


def test_contractions_are_counted_on_the_screen_and_the_effort_outlasts_two_minutes():
    test = load_assessment("critical_force")
    world = simulated(None, test)
    session = Session(Setup(rig=world.rig, certificates=world.certificates, assessment=test))
    seen: dict[str, float] = {}

    def note(_: object) -> None:
        if session.protocol.phase is Phase.GO:
            seen.setdefault(session.snapshot().headline.detail.partition(".")[0], session.t_ns / 1e9)

    run_virtual(session, world.far_ends, until_s=40.0, on_item=note)

    start_s = world.scenario.effort(0).start_s
    assert [seen[f"{k} of 24"] for k in (1, 2, 3)] == pytest.approx([start_s + 10 * k for k in range(3)], abs=0.4)
    assert session.devices[0].track is not None
    assert session.devices[0].track.newtons(0, 1).size  # nothing is forgotten before the effort is over
    assert test.longest_s > 120


def test_what_was_typed_in_reaches_the_analysis_and_survives_being_stored():
    test = load_assessment("dj")
    world = simulated(None, test)
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test, entered={"box_height_m": 0.9})
    session = Session(Setup.from_table(setup.as_table()))

    run_virtual(session, world.far_ends, until_s=world.scenario.effort(1).start_s)

    assert "drop_height_mismatch" in session.trials[0].result.reasons


def test_the_live_force_of_every_kind_stays_a_number():
    for name in ("dj", "stance", "grip_repetitions"):
        test = load_assessment(name)
        world = simulated(None, test)
        session = Session(Setup(rig=world.rig, certificates=world.certificates, assessment=test))
        run_virtual(session, world.far_ends, until_s=8.0)
        snapshot = session.snapshot()

        assert all(limb.force_n is not None and np.isfinite(limb.force_n) for limb in snapshot.limbs)
        assert snapshot.headline.text


def test_the_tests_of_the_program_are_of_every_kind():
    assert {load_assessment(name).kind for name in assessment_ids()} == set(Kind)


@pytest.mark.parametrize("name", ["stance", "stance_single_leg", "dj", "landing", "hops_10_5", "nordic", "grip_repetitions"])
@pytest.mark.parametrize("fault", ["1/unplug=2@10", "2/unplug=2@7", "drop=0.05:3", "2/clock_skew=200"])
def test_what_goes_wrong_with_a_device_is_no_end_of_the_session(name: str, fault: str):
    test = load_assessment(name)
    world = simulated(None, test, faults=[fault])
    session = Session(Setup(rig=world.rig, certificates=world.certificates, assessment=test))

    run_virtual(session, world.far_ends, until_s=16.0)
    session.step(Command(16_000_000_000, "stop", {}))

    assert session.protocol.phase is Phase.STOPPED
    assert session.snapshot().headline.text == "STOPPED"
    assert all(d.state is DeviceState.STREAMING for d in session.devices)


def test_stopping_in_the_middle_of_a_stance_keeps_it_and_never_counts_it():
    test = load_assessment("stance")
    world = simulated(None, test)
    session = Session(Setup(rig=world.rig, certificates=world.certificates, assessment=test))
    run_virtual(session, world.far_ends, until_s=20.0)
    session.step(Command(20_000_000_000, "stop", {}))

    (trial,) = session.trials
    assert not trial.is_kept
    assert "trial_submaximal" in trial.result.reasons
