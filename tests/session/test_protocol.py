"""The guided test: phases follow what happens, and nothing a person does is lost because a step was skipped."""

from __future__ import annotations

import pytest

from daq.assessments.model import Assessment, Detection, Kind, Pace, Prompts, Sides
from daq.block import Limb
from daq.core.mark import Mark, MarkKind, Span
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.session.protocol import Protocol, Readiness, Trial
from daq.session.snapshot import Phase

PROMPTS = Prompts(instruction="STEP ON", ready="Any time now.", go="GO {side}")
JUMP = Assessment(
    id="a_jump", name="A jump", kind=Kind.JUMP, sides=Sides.TOGETHER, detection=Detection(start_n=100), prompts=PROMPTS,
    primary="height", metrics=("height",),
)  # fmt: skip
GRIP = Assessment(
    id="a_grip", name="A grip", kind=Kind.PULL, sides=Sides.ALTERNATE, instrument="cell", rest_s=10.0,
    detection=Detection(start_n=10), prompts=PROMPTS, primary="peak_force", metrics=("peak_force",),
)  # fmt: skip
IMTP = GRIP.model_copy(update={"sides": Sides.TOGETHER, "instrument": "plate", "weigh": True})
DROP_JUMP = JUMP.model_copy(update={"kind": Kind.DROP_JUMP})
HOPS = JUMP.model_copy(update={"kind": Kind.HOPS, "rest_s": 60.0, "pace": Pace(count=10)})
STANCE = JUMP.model_copy(update={"kind": Kind.STANCE, "rest_s": 5.0, "detection": Detection(start_n=100, duration_s=30.0)})
CONTRACTIONS = GRIP.model_copy(
    update={"kind": Kind.CONTRACTIONS, "pace": Pace(countdown_s=3.0, work_s=7.0, rest_s=3.0, count=24)}
)
READY = Readiness(is_connected=True, is_zeroed=True)


def _trial(number: int, limb: Limb, value: float, *, is_kept: bool = True, name: str = "peak_force") -> Trial:
    result = TrialResult(limb, Status.OK, (), {}, (Value(name, limb, value, "N", "peak.max_sample"),))
    return Trial(number, 0.0, 1.0, limb, result, is_kept, "kept")


def _protocol(assessment: Assessment, first: Limb = Limb.LEFT) -> Protocol:
    return Protocol(assessment, sides=(Limb.LEFT, Limb.RIGHT), first_side=first)


def test_a_jump_goes_from_zero_over_weighing_to_the_result():
    protocol = _protocol(JUMP)
    phases = [protocol.phase]

    protocol.wake(0.1, Readiness(is_connected=True))
    phases.append(protocol.phase)
    protocol.wake(1.2, READY)
    phases.append(protocol.phase)
    for t_s, kind in ((2.0, MarkKind.LOADED), (3.2, MarkKind.QUIET), (5.0, MarkKind.BEGAN)):
        protocol.mark(Mark(kind, t_s), Limb.BOTH)
        phases.append(protocol.phase)
    protocol.add(_trial(1, Limb.BOTH, 0.3, name="height"), 6.0)
    phases.append(protocol.phase)

    assert phases == [Phase.CONNECT, Phase.ZERO, Phase.LOAD, Phase.WEIGH, Phase.READY, Phase.GO, Phase.RESULT]


def test_standing_on_loaded_plates_at_the_start_is_weighed_without_a_zero_and_said():
    protocol = _protocol(JUMP)
    protocol.wake(0.1, Readiness(is_connected=True, complaint="LEFT is not empty."))

    protocol.mark(Mark(MarkKind.LOADED, 0.2), Limb.BOTH)
    protocol.mark(Mark(MarkKind.QUIET, 1.3), Limb.BOTH)

    assert protocol.phase is Phase.READY
    assert any("not zeroed" in notice for notice in protocol.notices)


def test_sides_alternate_and_the_first_one_is_given():
    protocol = _protocol(GRIP, Limb.RIGHT)
    protocol.wake(0.1, READY)
    turns = []
    for n in range(1, 7):
        turns.append(protocol.side)
        protocol.mark(Mark(MarkKind.BEGAN, 20.0 * n), protocol.side)
        protocol.add(_trial(n, protocol.side, 400.0), 20.0 * n + 4)
        protocol.wake(20.0 * n + 7, READY)

    assert turns == [Limb.RIGHT, Limb.LEFT] * 3
    assert protocol.phase is Phase.DONE


def test_the_hand_that_worked_counts_even_when_it_was_the_other_ones_turn():
    protocol = _protocol(GRIP)
    protocol.wake(0.1, READY)

    protocol.mark(Mark(MarkKind.BEGAN, 1.0), Limb.RIGHT)

    assert protocol.side is Limb.RIGHT


def test_a_rejected_trial_is_kept_in_the_record_and_asked_for_again():
    protocol = _protocol(JUMP)
    protocol.wake(0.1, READY)
    for n in (1, 2, 3):
        protocol.add(_trial(n, Limb.BOTH, 0.3, is_kept=n != 2, name="height"), float(n))

    assert len(protocol.trials) == 3
    assert protocol.n_kept(Limb.BOTH) == 2
    assert not protocol.is_complete


@pytest.mark.parametrize(("values", "wanted"), [((400.0, 396.0, 390.0), 3), ((400.0, 350.0, 340.0), 4)])
def test_one_more_trial_is_asked_for_when_the_two_best_differ_by_more_than_10_percent(values, wanted):
    protocol = _protocol(GRIP)
    for n, value in enumerate(values, start=1):
        protocol.add(_trial(n, Limb.LEFT, value), float(n))

    assert protocol.n_wanted[Limb.LEFT] == wanted


def test_stop_works_in_every_phase_and_space_goes_on():
    protocol = _protocol(GRIP)
    protocol.wake(0.1, READY)
    protocol.mark(Mark(MarkKind.BEGAN, 1.0), Limb.LEFT)

    protocol.command("stop", 1.5)
    stopped = protocol.phase
    protocol.command("go_stop", 2.0)

    assert stopped is Phase.STOPPED
    assert protocol.phase is Phase.READY


def test_keep_and_reject_overrule_the_gate():
    protocol = _protocol(GRIP)
    protocol.add(_trial(1, Limb.LEFT, 400.0, is_kept=False), 1.0)

    protocol.command("keep", 2.0)
    kept = protocol.trials[-1]
    protocol.command("reject", 3.0)

    assert (kept.is_kept, kept.by) == (True, "key")
    assert not protocol.trials[-1].is_kept


def test_retake_gives_the_same_side_another_turn():
    protocol = _protocol(GRIP)
    protocol.wake(0.1, READY)
    protocol.add(_trial(1, Limb.LEFT, 400.0), 1.0)
    protocol.wake(4.0, READY)

    protocol.command("retake", 5.0)

    assert protocol.side is Limb.LEFT
    assert protocol.phase is Phase.READY
    assert protocol.n_kept(Limb.LEFT) == 0


def test_an_effort_that_was_none_takes_the_test_back():
    protocol = _protocol(JUMP)
    protocol.wake(0.1, READY)
    protocol.mark(Mark(MarkKind.BEGAN, 1.0, Span(0, 1, 0, 1)), Limb.BOTH)

    protocol.discarded(2.0)

    assert protocol.phase is Phase.LOAD


def test_rejecting_a_trial_after_the_end_opens_the_test_again():
    protocol = _protocol(JUMP)
    protocol.wake(0.1, READY)
    for n in (1, 2, 3):
        protocol.add(_trial(n, Limb.BOTH, 0.3, name="height"), float(n))
    protocol.wake(6.0, READY)
    done = protocol.phase

    protocol.command("reject", 7.0)

    assert done is Phase.DONE
    assert protocol.takes_trials


def test_a_hand_that_squeezes_while_the_result_is_shown_is_the_next_hand():
    protocol = _protocol(GRIP)
    protocol.wake(0.1, READY)
    protocol.add(_trial(1, Limb.LEFT, 400.0), 1.0)

    protocol.mark(Mark(MarkKind.BEGAN, 1.5), Limb.BOTH)

    assert protocol.side is Limb.RIGHT


# --- other kinds ------------------------------------------------------------------------------------------------------


def _begun(assessment: Assessment, limb: Limb = Limb.BOTH, *, at_s: float = 10.0) -> Protocol:
    protocol = _protocol(assessment)
    protocol.wake(0.1, READY)
    protocol.mark(Mark(MarkKind.BEGAN, at_s), limb)
    return protocol


@pytest.mark.parametrize(
    ("assessment", "phase"),
    [(JUMP, Phase.LOAD), (HOPS, Phase.LOAD), (STANCE, Phase.LOAD), (IMTP, Phase.LOAD), (GRIP, Phase.READY),
     (DROP_JUMP, Phase.READY), (CONTRACTIONS, Phase.READY)],
)  # fmt: skip
def test_who_is_to_stand_still_first_steps_on_and_who_comes_from_a_box_is_ready(assessment, phase):
    protocol = _protocol(assessment)

    protocol.wake(0.1, READY)

    assert protocol.phase is phase


def test_a_pull_on_plates_is_weighed_first():
    protocol = _protocol(IMTP)
    protocol.wake(0.1, READY)

    protocol.mark(Mark(MarkKind.LOADED, 1.0), Limb.BOTH)
    weighing = protocol.phase
    protocol.mark(Mark(MarkKind.QUIET, 2.5), Limb.BOTH)

    assert (weighing, protocol.phase) == (Phase.WEIGH, Phase.READY)


def test_hops_are_counted_on_the_screen_while_they_happen():
    protocol = _begun(HOPS)

    protocol.mark(Mark(MarkKind.COUNTED, 10.5, n_done=1), Limb.BOTH)
    protocol.mark(Mark(MarkKind.COUNTED, 11.0, n_done=2), Limb.BOTH)
    headline = protocol.headline(11.1)

    assert "2 of 10" in headline.detail
    assert headline.progress == pytest.approx(0.2)


def test_the_next_series_counts_from_the_beginning():
    protocol = _begun(HOPS)
    protocol.mark(Mark(MarkKind.COUNTED, 10.5, n_done=7), Limb.BOTH)

    protocol.mark(Mark(MarkKind.BEGAN, 90.0), Limb.BOTH)

    assert protocol.n_done == 0


@pytest.mark.parametrize(
    ("after_s", "text", "detail", "progress"),
    [(1.0, "GO LEFT", "1 of 24", 1 / 7), (8.0, "LET GO", "Next in 2 s", 2 / 3), (10.5, "GO LEFT", "2 of 24", 0.5 / 7),
     (236.0, "GO LEFT", "24 of 24", 6 / 7), (238.0, "LET GO", "done", None)],
)  # fmt: skip
def test_contractions_follow_the_beat_of_work_and_rest_from_the_first_one(after_s, text, detail, progress):
    headline = _begun(CONTRACTIONS, Limb.LEFT).headline(10.0 + after_s)

    assert headline.text == text
    assert detail in headline.detail
    assert headline.progress == (None if progress is None else pytest.approx(progress))
    assert headline.is_call == (text != "LET GO")


def test_a_test_with_a_countdown_waits_for_the_key_counts_and_calls():
    protocol = _protocol(CONTRACTIONS)
    protocol.wake(0.1, READY)
    before = protocol.headline(5.0).text

    protocol.command("go_stop", 6.0)
    counting = [protocol.headline(t_s).text for t_s in (6.0, 6.5, 7.5, 8.9)]

    assert (before, protocol.phase) == ("GET READY", Phase.READY)
    assert counting == ["3", "3", "2", "1"]
    assert protocol.headline(9.1).text == "GO LEFT"
    assert protocol.headline(9.1).is_call


def test_the_key_stops_a_countdown_that_runs():
    protocol = _protocol(CONTRACTIONS)
    protocol.wake(0.1, READY)
    protocol.command("go_stop", 6.0)

    protocol.command("go_stop", 7.0)

    assert protocol.phase is Phase.STOPPED


def test_who_pulls_before_the_countdown_is_measured_all_the_same():
    assert _begun(CONTRACTIONS, Limb.LEFT).phase is Phase.GO


def test_a_stance_says_what_is_left_of_its_time():
    headline = _begun(STANCE).headline(20.0)

    assert "20 s to go" in headline.detail
    assert headline.progress == pytest.approx(1 / 3)


def test_after_a_stance_one_steps_off_before_the_next_one():
    protocol = _protocol(STANCE)
    protocol.wake(0.1, READY)
    protocol.mark(Mark(MarkKind.LOADED, 1.0), Limb.BOTH)
    protocol.mark(Mark(MarkKind.QUIET, 2.0), Limb.BOTH)
    protocol.mark(Mark(MarkKind.BEGAN, 2.0), Limb.BOTH)
    protocol.add(_trial(1, Limb.BOTH, 30.0, name="height"), 32.0)
    for t_s in (34.5, 40.5):  # result, rest
        protocol.wake(t_s, READY)
    still_there = (protocol.phase, protocol.headline(41.0).text)

    protocol.mark(Mark(MarkKind.UNLOADED, 42.0), Limb.BOTH)

    assert still_there == (Phase.LOAD, "STEP OFF")
    assert protocol.headline(42.1).text == "STEP ON"


def test_in_the_air_behind_a_drop_jump_one_is_told_to_stand_still():
    assert _begun(DROP_JUMP).headline(10.2).text == "STAND STILL"


@pytest.mark.parametrize(("assessment", "phase"), [(HOPS, Phase.REST), (GRIP, Phase.REST), (JUMP, Phase.LOAD)])
def test_a_pause_is_timed_after_efforts_that_tire(assessment, phase):
    protocol = _protocol(assessment)
    protocol.wake(0.1, READY)
    protocol.add(_trial(1, Limb.BOTH, 1.0, name="height"), 1.0)

    protocol.wake(4.0, READY)

    assert protocol.phase is phase


def test_where_everybody_does_the_same_time_no_trial_is_the_best():
    timed = STANCE.model_copy(update={"primary": "stance_time", "metrics": ("stance_time",)})
    protocols = [_protocol(timed), _protocol(JUMP)]
    for protocol, name in zip(protocols, ("stance_time", "height"), strict=True):
        protocol.wake(0.1, READY)
        protocol.add(_trial(1, Limb.BOTH, 30.0, name=name), 32.0)

    of_stance, of_jump = (protocol.best(Limb.BOTH) for protocol in protocols)

    assert of_stance is None
    assert of_jump is not None
