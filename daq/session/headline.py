"""The state of a guided test to the one sentence a person reads, and the calm line below it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from daq.assessments.model import Kind
from daq.session.snapshot import Headline, Phase

if TYPE_CHECKING:
    from daq.session.protocol import Protocol

HOLD_S = 3.0
_UNHURRIED_S = 120.0


def headline_of(test: Protocol, t_s: float) -> Headline:
    """The sentence of state at ``t_s``."""
    if not test.is_connected and not test.is_unilateral and test.phase in (Phase.LOAD, Phase.WEIGH, Phase.READY):
        return Headline("WAITING", test.complaint)
    say: dict[Phase, Callable[[], Headline]] = {
        Phase.LOAD: lambda: _load(test),
        Phase.READY: lambda: _ready(test, t_s),
        Phase.GO: lambda: _go(test, t_s),
        Phase.RESULT: lambda: _result(test),
        Phase.REST: lambda: _rest(test, t_s),
    }
    return say.get(test.phase, lambda: _quiet(test))()


def _turn(test: Protocol) -> str:
    return test.side.value.upper() if test.is_unilateral else "BOTH"


def _quiet(test: Protocol) -> Headline:
    n = len(test.kept())
    weighing = f"Weighing on the {_turn(test)} leg." if test.is_unilateral else "Weighing."
    text, detail = {
        Phase.CONNECT: ("CONNECTING", test.complaint or "Waiting for every device to send data."),
        Phase.ZERO: ("ZERO", test.complaint or "Leave everything empty and still for one second."),
        Phase.WEIGH: ("STAND STILL", test.assessment.prompts.ready if test.assessment.kind is Kind.STANCE else weighing),
        Phase.DONE: ("DONE", f"{n} trial{'' if n == 1 else 's'} kept. space: go on, e: export."),
    }.get(test.phase, ("STOPPED", "space: go on. Nothing that was recorded is lost."))
    progress = test.progress if test.phase is Phase.WEIGH else None
    return Headline(text, detail.format(side=_turn(test)), side=test.shown_side, progress=progress)


def _call(test: Protocol, text: str, detail: str, *, progress: float | None = None, is_call: bool = True) -> Headline:
    """What the person is to do now."""
    side = _turn(test)
    return Headline(text.format(side=side), detail.format(side=side), is_call=is_call, side=test.shown_side, progress=progress)


def _load(test: Protocol) -> Headline:
    if test.must_leave:
        return _call(test, "STEP OFF", "Measured. Step off, and on again for the next one.")
    return _call(test, test.assessment.prompts.load, test.assessment.prompts.instruction)


def _ready(test: Protocol, t_s: float) -> Headline:
    """Any time now; or, where the test counts down, first when somebody presses the key, then the seconds, then the call."""
    prompts, left_s = test.assessment.prompts, test.countdown_left_s(t_s)
    if left_s is None:
        return _call(test, prompts.go, prompts.ready)
    if left_s == 0.0:
        return _call(test, prompts.go, prompts.hint)
    whole_s = test.assessment.pace.countdown_s
    if left_s == float("inf"):
        return _call(test, "GET READY", f"{prompts.ready} space: count down from {whole_s:.0f}.", is_call=False)
    return _call(test, f"{int(left_s) + (left_s % 1 > 0)}", prompts.ready, progress=1 - left_s / whole_s, is_call=False)


def _go(test: Protocol, t_s: float) -> Headline:
    prompts, kind, worked_s = test.assessment.prompts, test.assessment.kind, test.has_worked_s(t_s)
    if test.assessment.is_series:
        return _series(test, worked_s)
    if kind in {Kind.DROP_JUMP, Kind.LANDING}:
        return _call(test, "STAND STILL", prompts.hint)
    if kind in {Kind.HOLD, Kind.STANCE}:
        return _timed(test, worked_s)
    return _call(test, prompts.go, prompts.hint, progress=min(1.0, worked_s / HOLD_S) if kind is Kind.PULL else None)


def _timed(test: Protocol, worked_s: float) -> Headline:
    """A stance or a hold: what is left of its time; of a hold until failure, what has been held."""
    prompts, wanted_s = test.assessment.prompts, test.assessment.detection.duration_s
    left_s = wanted_s - worked_s
    if left_s <= 0:
        return _call(test, "DONE", "The time is over.", progress=1.0, is_call=False)
    if wanted_s > _UNHURRIED_S:
        return _call(test, prompts.go, f"{worked_s:.0f} s. {prompts.hint}")
    return _call(test, prompts.go, f"{left_s:.0f} s to go. {prompts.hint}", progress=worked_s / wanted_s)


def _series(test: Protocol, worked_s: float) -> Headline:
    """Hops, repetitions, contractions: how many are done, and the beat where the test has one."""
    prompts, pace, n = test.assessment.prompts, test.assessment.pace, test.n_done
    of = f" of {pace.count}" if pace.count else ""
    if not pace.work_s:
        progress = min(1.0, n / pace.count) if pace.count else None
        return _call(test, prompts.go, f"{n}{of}. {prompts.hint}", progress=progress)
    cycle_s = pace.work_s + pace.rest_s
    k, within_s = int(worked_s // cycle_s), worked_s % cycle_s
    if pace.count and (k >= pace.count or (k == pace.count - 1 and within_s >= pace.work_s)):
        return _call(test, "LET GO", f"{n}{of} done.", is_call=False)
    if within_s < pace.work_s:
        return _call(test, prompts.go, f"{k + 1}{of}. {pace.work_s - within_s:.0f} s", progress=within_s / pace.work_s)
    left_s = cycle_s - within_s
    return _call(test, "LET GO", f"{n}{of} done. Next in {left_s:.0f} s", progress=left_s / pace.rest_s, is_call=False)


def _rest(test: Protocol, t_s: float) -> Headline:
    rest_s = test.assessment.rest_s
    left_s = max(0.0, rest_s - test.in_phase_s(t_s))
    return Headline(
        f"REST {left_s:.0f} s",
        f"Next: {_turn(test)}." if test.is_unilateral else "Then the next one.",
        side=test.shown_side,
        progress=1 - left_s / max(rest_s, 1e-9),
    )


def _result(test: Protocol) -> Headline:
    trial = test.trials[-1]
    why = trial.verdict.removeprefix("again: ").removeprefix("kept, ")
    detail = why if trial.detail == "" or not trial.is_kept else ". ".join(p for p in (trial.detail, why) if p != "kept")
    return Headline("KEPT" if trial.is_kept else "AGAIN", detail[:1].upper() + detail[1:], side=test.shown_side)
