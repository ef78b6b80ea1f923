"""A session in virtual time: simulated people on simulated plates, and everything that goes wrong between them."""

from __future__ import annotations

import numpy as np
import pytest

import calibration
from daq.assessments.model import load_assessment
from daq.block import Chunk, Command, Limb, LinkEvent, LinkState, Sent, Wake
from daq.errors import UsageError
from daq.rig import Rig
from daq.session.session import Session
from daq.session.setup import Setup
from daq.session.snapshot import DeviceState, Phase
from daq.simulate.simulated import simulated
from daq.simulate.virtual import run_virtual


def _setup(assessment: str, **wanted) -> tuple[Session, dict]:
    test = load_assessment(assessment)
    world = simulated(None, test, **wanted)
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test)
    return Session(setup), world.far_ends


def _played(assessment: str, *, until_s: float, commands=(), **wanted):
    session, far_ends = _setup(assessment, **wanted)
    items = run_virtual(session, far_ends, until_s=until_s, commands=commands)
    return session, items


@pytest.fixture(scope="module")
def jumps():
    return _played("cmj", until_s=42.0)


def test_three_jumps_are_found_and_the_test_is_complete(jumps):
    session, _ = jumps

    assert [t.limb for t in session.trials] == [Limb.BOTH] * 3
    assert all(t.is_kept for t in session.trials)
    assert session.is_done


def test_left_plus_right_is_both_at_the_peak_of_the_sum(jumps):
    result = jumps[0].trials[0].result
    left, right, both = (result.find(name, limb) for name, limb in (
        ("peak_force_at_total_peak", Limb.LEFT), ("peak_force_at_total_peak", Limb.RIGHT), ("peak_force", Limb.BOTH),
    ))  # fmt: skip

    assert left.value + right.value == pytest.approx(both.value, abs=2.0)


def test_the_same_inputs_give_the_same_trials_and_the_same_bytes_bit_for_bit(jumps):
    first, items = jumps
    again = Session(first.setup)
    sent = [e for item in items if not isinstance(item, Sent) for e in again.step(item) if isinstance(e, Sent)]

    assert sent == [i for i in items if isinstance(i, Sent)]
    assert [t.result.as_record() for t in again.trials] == [t.result.as_record() for t in first.trials]
    assert [v.as_record() for v in again.summary] == [v.as_record() for v in first.summary]


def test_a_setup_survives_being_stored_as_json(jumps):
    setup = jumps[0].setup

    assert Setup.from_table(setup.as_table()) == setup


def test_every_sample_that_was_sent_is_delivered_or_a_hole():
    session, _ = _played("cmj", until_s=20.0, faults=["drop=0.05:3"])

    for device in session.devices:
        counts = device.counts
        assert counts.n_lost > 0
        assert counts.n_samples + counts.n_lost == pytest.approx(20_000, abs=150)
        assert device.track.n_total == counts.n_samples + counts.n_lost


def test_sides_alternate_in_a_grip_test_and_the_index_comes_between_the_trials():
    session, _ = _played("grip", until_s=150.0)

    assert [t.limb for t in session.trials] == [Limb.LEFT, Limb.RIGHT] * 3
    assert session.snapshot().asymmetry.percent is not None
    assert session.is_done


def test_single_leg_jumps_are_told_from_lifted_feet():
    session, _ = _played("sl_cmj", until_s=75.0)

    assert [t.limb for t in session.trials] == [Limb.LEFT, Limb.RIGHT] * 3
    assert all(t.is_kept for t in session.trials)


def test_an_unplug_in_the_air_keeps_the_trial_and_the_device_comes_back():
    session, _ = _played("cmj", until_s=14.0, faults=["1/unplug=1@8.5"])
    trial = session.trials[0]

    assert "sensor_disconnected" in trial.result.reasons
    assert not trial.is_kept
    assert session.devices[0].state is DeviceState.STREAMING
    assert session.devices[0].n_segments == 2
    assert session.devices[0].counts.n_samples == pytest.approx(12_900, abs=400)


def test_while_a_plate_is_away_there_is_no_share_of_the_load_and_the_screen_says_why():
    session, far_ends = _setup("cmj", faults=["2/unplug=4@5"])
    run_virtual(session, far_ends, until_s=7.5)
    snapshot = session.snapshot()

    assert snapshot.asymmetry.percent is None
    assert "RIGHT is away" in snapshot.asymmetry.sentence
    assert snapshot.headline.text == "WAITING"
    assert snapshot.limbs[1].force_n is None


def test_silence_is_stalled_at_once_and_given_up_after_a_second():
    session, far_ends = _setup("cmj", faults=["1/silence=3@5"])
    seen = {}

    def note(item):
        seen.setdefault(session.devices[0].state, session.t_ns / 1e9)

    run_virtual(session, far_ends, until_s=9.5, on_item=note)

    assert seen[DeviceState.STALLED] == pytest.approx(5.3, abs=0.15)
    assert seen[DeviceState.LOST] == pytest.approx(6.05, abs=0.15)


def test_stop_keeps_the_effort_under_way_but_never_counts_it():
    session, _ = _played("grip", until_s=9.0, commands=[(8.0, "stop", {})])

    assert session.protocol.phase is Phase.STOPPED
    assert [t.is_kept for t in session.trials] == [False]
    assert "trial_submaximal" in session.trials[0].result.reasons


def test_zero_is_refused_while_somebody_stands_on_the_plates():
    session, _ = _played("cmj", until_s=6.0, commands=[(5.5, "zero", {})])

    assert any("Not zeroed" in notice for notice in session.notices)


def test_a_second_zero_at_once_is_refused_instead_of_taken_twice():
    session, _ = _played("cmj", until_s=2.5, faults=["1/drift=60"], commands=[(1.6, "zero", {}), (1.8, "zero", {})])

    assert any("Not zeroed" in notice for notice in session.notices)
    assert abs(session.snapshot().limbs[0].force_n) < 2.5


def test_a_device_slower_than_it_says_is_measured_and_the_test_goes_on():
    session, _ = _played("cmj", until_s=14.0, faults=["slow_rate=200"])
    view = session.snapshot().devices[0]

    assert (view.rate_hz, round(view.measured_hz)) == (1000.0, 200)
    assert len(session.trials) == 1


def test_efforts_without_a_zero_say_so():
    session, _ = _played("cmj", until_s=12.0, faults=["1/drift=3000@0-1.5", "1/drift=-3000@1.5-3"])

    assert any("not zeroed" in notice for notice in session.notices)
    assert "zero_stale" in session.trials[0].result.reasons


def test_a_gauge_that_sends_words_in_place_of_readings_shows_no_frozen_number():
    rig = Rig.model_validate({"mount": [{"name": "left", "driver": "line", "address": "port:/dev/null", "limb": "left",
                                         "options": {"preset": "plain", "unit": "N", "rate_hz": 50.0}}]})  # fmt: skip
    session = Session(Setup(rig=rig, certificates={}, assessment=load_assessment("grip")))
    session.step(LinkEvent(0, "left", LinkState.OPENED))
    for k in range(1, 150):
        session.step(Chunk(k * 20_000_000, "left", "", b"300.0\n"))
    before = session.snapshot().limbs[0].force_n
    for k in range(150, 250):
        session.step(Chunk(k * 20_000_000, "left", "", b"ERR overload\n"))
        session.step(Wake(k * 20_000_000))

    assert before == pytest.approx(300.0)
    assert session.snapshot().limbs[0].force_n is None
    assert session.devices[0].state is DeviceState.STALLED


def test_rows_just_before_a_new_segment_are_in_the_tables(tmp_path):
    from daq.station.replay import Gatherer

    gatherer = Gatherer()
    test = load_assessment("cmj")
    world = simulated(None, test, faults=["1/clock_restart=1@3"])
    setup = Setup(rig=world.rig, certificates=world.certificates, assessment=test)
    session = Session(setup, on_segment_end=gatherer.gather)

    def note(item):
        if isinstance(item, Chunk) and item.device == "right":
            gatherer.gather(session.device("right"))

    run_virtual(session, world.far_ends, until_s=5.0, on_item=note)
    gatherer.gather(session.devices[0])
    left = dict(gatherer.curves_of(session.devices[0]))[Limb.LEFT]
    counts = session.devices[0].counts

    assert session.devices[0].n_segments == 2
    assert len(left.t_s) == counts.n_samples + counts.n_lost + 1


def test_left_stands_before_right_whatever_the_order_of_the_rig():
    session, _ = _setup("cmj")
    rig = Rig(mount=tuple(reversed(session.setup.rig.mount)))
    turned = Session(Setup(rig=rig, certificates=session.setup.certificates, assessment=session.setup.assessment))

    assert [d.name for d in turned.snapshot().devices] == ["left", "right"]


def test_the_live_bar_leans_to_the_side_that_carries_more():
    session, _ = _played("cmj", until_s=6.5)
    bar, (left, right) = session.snapshot().asymmetry, session.snapshot().limbs

    assert bar.is_live
    assert right.force_n > left.force_n
    assert bar.percent == pytest.approx(100 * (right.force_n - left.force_n) / right.force_n, abs=1.5)


def test_while_one_hand_squeezes_it_is_compared_with_the_other_hands_best():
    session, far_ends = _setup("grip")
    bars = []

    def note(_):
        snapshot = session.snapshot()
        if snapshot.phase is Phase.GO and snapshot.headline.side is Limb.RIGHT and snapshot.asymmetry.percent is not None:
            bars.append((snapshot.asymmetry, snapshot.limbs[0].best_n, snapshot.limbs[1].peak_n))

    run_virtual(session, far_ends, until_s=24.0, on_item=note)
    bar, left_best_n, right_peak_n = bars[-1]

    assert "vs left best" in bar.sentence
    assert bar.percent == pytest.approx(100 * (right_peak_n - left_best_n) / max(right_peak_n, left_best_n))


def test_a_pause_of_the_computer_is_told():
    session, _ = _setup("cmj")
    session.step(Wake(100_000_000))
    session.step(Wake(7_100_000_000))

    assert any("paused for 7 s" in notice for notice in session.notices)


def test_a_certificate_of_another_device_is_refused_with_both_names():
    test = load_assessment("cmj")
    world = simulated(None, test)
    swapped = {"left": world.certificates["right"], "right": world.certificates["left"]}
    session = Session(Setup(rig=world.rig, certificates=swapped, assessment=test))

    run_virtual(session, world.far_ends, until_s=2.0)

    assert {d.state for d in session.devices} == {DeviceState.REFUSED}
    assert world.certificates["right"].serial in session.devices[0].message


def test_counts_without_a_certificate_are_never_newtons():
    test = load_assessment("cmj")
    world = simulated(None, test)
    session = Session(Setup(rig=world.rig, certificates={}, assessment=test))

    run_virtual(session, world.far_ends, until_s=2.0)

    assert {d.state for d in session.devices} == {DeviceState.REFUSED}
    assert "certificate" in session.devices[0].message


def test_a_test_of_both_limbs_refuses_a_rig_that_has_one():
    rig = Rig.model_validate({"mount": [{"driver": "node", "address": "port:/dev/null", "limb": "left"}]})

    with pytest.raises(UsageError, match="loads both limbs at once"):
        Session(Setup(rig=rig, certificates={}, assessment=load_assessment("cmj")))


@pytest.mark.parametrize("limb", ["either", "both"])
def test_one_dynamometer_that_changes_hands_is_stored_with_the_hand_whose_turn_it_is(limb):
    test = load_assessment("grip")
    world = simulated("grip", test, rest_s=17.5)
    rig = Rig.model_validate({"mount": [{"name": "left", "driver": "node", "address": "sim:left", "limb": limb}]})
    setup = Setup(rig=rig, certificates={"left": world.certificates["left"]}, assessment=test, first_side="right")
    session = Session(setup)

    run_virtual(session, {"left": world.far_ends["left"]}, until_s=65.0)

    assert [t.limb for t in session.trials] == [Limb.RIGHT, Limb.LEFT]


def test_two_plates_on_one_board_need_no_join():
    limbs = {"left": ["a"], "right": ["b"]}
    mount = {"name": "board", "driver": "node", "address": "port:/dev/null", "options": {"channels": 2}, "limbs": limbs}
    rig = Rig.model_validate({"mount": [mount]})
    certificate = calibration.Calibration("", ("1", "2"), ("a", "b"), (0.0, 0.0), ((0.001, 0.0), (0.0, 0.001)))
    test = load_assessment("cmj")
    from daq.driver import load_driver
    from daq.simulate.far_end import FarEnd
    from daq.simulate.simulated import simulated as person_on

    worlds = person_on(None, test).scenario.worlds
    driver = load_driver("node")

    def both(t_s):
        return np.column_stack([worlds[Limb.LEFT](t_s), worlds[Limb.RIGHT](t_s)])

    session = Session(Setup(rig=rig, certificates={"board": certificate}, assessment=test))
    far = FarEnd(driver.twin(driver.options_from({"channels": 2, "rate_hz": 1000.0}), both, []))
    run_virtual(session, {"board": far}, until_s=16.0)

    assert session.trials[0].result.find("peak_force", Limb.LEFT).value is not None


def test_a_command_that_nobody_knows_changes_nothing():
    session, _ = _setup("cmj")
    before = session.protocol.phase

    session.step(Command(0, "dance", {}))

    assert session.protocol.phase is before


def test_bytes_before_the_link_was_opened_are_ignored():
    session, _ = _setup("cmj")

    assert session.step(Chunk(0, "left", "", b"\x00garbage\x00")) == []


@pytest.mark.parametrize(("assessment", "words"), [("dj", "peak contact force"), ("stance", "weight share")])
def test_at_the_end_the_sides_are_compared_over_all_kept_trials_with_the_persons_interval(assessment: str, words: str):
    session, _ = _played(assessment, until_s=200.0, rest_s=5.0)
    test = session.setup.assessment
    shown = session.snapshot().asymmetry
    values = [v for v in session.summary if v.name == "asymmetry_percent" and v.of == test.asymmetry_of[0]]
    of_trials = [
        v.value
        for t in session.trials
        for v in t.result.values
        if (v.name, v.of) == ("asymmetry_percent", test.asymmetry_of[0])
    ]

    assert session.is_done
    assert len(of_trials) == len(session.trials) >= 3
    assert shown.percent == pytest.approx(np.mean(of_trials), rel=0.02)
    assert (shown.low, shown.high) == values[0].interval
    assert shown.low < shown.percent < shown.high
    assert shown.source == f"{words}, kept trials"
    assert "this trial" not in shown.sentence
