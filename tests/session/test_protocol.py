"""The guided test: phases follow what happens, and nothing a person does is lost because a step was skipped."""

from __future__ import annotations

import pytest

from daq.assessments.model import Assessment, Detection, Kind, Prompts, Sides
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
