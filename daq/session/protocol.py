"""The guided test as a pure state machine: marks of the detector, time and keys in; phase, whose turn, and what to say out.

Rule 1: it holds no force and no clock; everything it knows was told to it.
Rule 2: an effort counts whatever the phase says, so nothing a person does on the plate is lost because a step was skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from daq.assessments.model import Assessment, Kind, Sides
from daq.block import SIDES, Limb
from daq.core.mark import Mark, MarkKind
from daq.metrics.trial import TrialResult
from daq.session.snapshot import Headline, Phase

RESULT_S = 2.0
SPREAD_PERCENT = 10.0
HOLD_S = 3.0


@dataclass(frozen=True, slots=True)
class Trial:
    """One finished effort: where it lies on the session axis, what it gave, and whether it counts (``by`` gate or key)."""

    number: int
    start_s: float
    stop_s: float
    limb: Limb
    result: TrialResult
    is_kept: bool
    verdict: str
    detail: str = ""
    by: str = "gate"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the session sees before a test: do all devices stream, what keeps the plates from being zeroed, how quiet it is."""

    is_connected: bool
    complaint: str = ""
    is_zeroed: bool = False
    quiet_share: float = 0.0


class Protocol:
    """Walks one assessment.

    Parameters
    ----------
    assessment : Assessment
    sides : tuple of Limb
        What the rig can measure: (both,), (left, right), or one side.
    first_side : Limb
    """

    def __init__(self, assessment: Assessment, *, sides: tuple[Limb, ...], first_side: Limb) -> None:
        self._assessment = assessment
        self.is_unilateral = assessment.sides is Sides.ALTERNATE
        turns = [s for s in SIDES if s in sides] or list(SIDES)
        self._turns = turns if first_side is turns[0] else turns[::-1]
        self.phase = Phase.CONNECT
        self.side = self._turns[0] if self.is_unilateral else Limb.BOTH
        self.trials: tuple[Trial, ...] = ()
        self.notices: tuple[str, ...] = ()
        self._since_s = 0.0
        self._progress = 0.0
        self._loaded: set[Limb] = set()
        self._still: set[Limb] = set()
        self._complaint, self._is_connected = "", True
        self._was_running = Phase.ZERO

    # --- what happens -----------------------------------------------------------------------------------------------

    def _go(self, phase: Phase, t_s: float) -> None:
        if phase is not self.phase:
            self.phase, self._since_s, self._progress = phase, t_s, 0.0

    def wake(self, t_s: float, readiness: Readiness) -> None:
        """Time has passed."""
        self._complaint, self._is_connected = readiness.complaint, readiness.is_connected
        if self.phase is Phase.CONNECT and readiness.is_connected:
            self._go(Phase.ZERO if not readiness.is_zeroed else self._before(), t_s)
        elif self.phase is Phase.ZERO and readiness.is_zeroed:
            self._go(self._before(), t_s)
        elif self.phase is Phase.WEIGH:
            self._progress = readiness.quiet_share
            self._weighed(t_s)
        elif self.phase is Phase.GO and self._assessment.kind is Kind.PULL:
            self._progress = min(1.0, (t_s - self._since_s) / HOLD_S)
        elif self.phase is Phase.RESULT and t_s - self._since_s >= RESULT_S:
            self._after_result(t_s)
        elif self.phase is Phase.REST and t_s - self._since_s >= self._assessment.rest_s:
            self._go(self._before(), t_s)

    def _before(self) -> Phase:
        """The phase before an effort."""
        if self._assessment.kind is Kind.PULL:
            return Phase.READY
        return Phase.WEIGH if self._loaded else Phase.LOAD

    def mark(self, mark: Mark, limb: Limb) -> None:
        """The detector saw something in the stream of ``limb``."""
        t_s = mark.t_s
        match mark.kind:
            case MarkKind.LOADED:
                self._loaded.add(limb)
                if self.phase is Phase.LOAD:
                    self._go(Phase.WEIGH, t_s)
            case MarkKind.UNLOADED:
                self._loaded.discard(limb)
                self._still.discard(limb)
                if self._assessment.kind is Kind.JUMP and self.phase in (Phase.WEIGH, Phase.READY) and not self._loaded:
                    self._go(Phase.LOAD, t_s)
            case MarkKind.QUIET:
                self._still.add(limb)
                self._weighed(t_s)
            case MarkKind.MOVED:
                self._still.discard(limb)
            case MarkKind.BEGAN:
                self._begin(t_s, limb)
            case _:
                pass

    def _weighed(self, t_s: float) -> None:
        """Standing still is enough to be ready; in a one-sided test it must be the side whose turn it is."""
        is_still = bool(self._still) if not (self.is_unilateral and self._loaded & set(SIDES)) else self.side in self._still
        if self._assessment.kind is not Kind.JUMP or not is_still:
            return
        if self.phase is Phase.ZERO:
            self.notices = (
                *self.notices,
                "The plates were loaded at the start and so not zeroed: step off and press z.",
            )
        if self.phase in (Phase.WEIGH, Phase.LOAD, Phase.ZERO):
            self._go(Phase.READY, t_s)

    def _begin(self, t_s: float, limb: Limb) -> None:
        if self.phase is Phase.RESULT:
            self._after_result(t_s)
        if not self.takes_trials:
            return
        if self.is_unilateral and limb in SIDES:
            self.side = limb
        self._go(Phase.GO, t_s)

    def has_worked_s(self, t_s: float) -> float:
        """How long the effort under way has lasted; 0 when there is none."""
        return t_s - self._since_s if self.phase is Phase.GO else 0.0

    @property
    def takes_trials(self) -> bool:
        """Do efforts count now? Not before all devices stream, not after the end or STOP."""
        return self.phase not in (Phase.DONE, Phase.STOPPED, Phase.CONNECT)

    def add(self, trial: Trial, t_s: float) -> None:
        """An effort was analysed."""
        self.trials = (*self.trials, trial)
        if self.phase is not Phase.STOPPED:
            self._go(Phase.RESULT, t_s)

    def discarded(self, t_s: float) -> None:
        """What began turned out to be no effort."""
        if self.phase is Phase.GO:
            self._go(self._before(), t_s)

    def _after_result(self, t_s: float) -> None:
        if self.is_complete:
            self._go(Phase.DONE, t_s)
            return
        if self.is_unilateral:
            self.side = self._next_side()
        rest = self._assessment.kind is Kind.PULL and self._assessment.rest_s > RESULT_S
        self._go(Phase.REST if rest else self._before(), t_s)

    def _next_side(self) -> Limb:
        if not self.trials or len(self._turns) == 1:
            return self._turns[0]
        wanted = self.n_wanted
        other = self.trials[-1].limb.other
        short = [s for s in self._turns if self.n_kept(s) < wanted[s]]
        return other if other in short or not short else short[0]

    # --- what the user does -----------------------------------------------------------------------------------------

    def command(self, name: str, t_s: float) -> None:
        """A key: go_stop, stop, keep, reject, retake, swap."""
        match name:
            case "go_stop" if self.phase in (Phase.DONE, Phase.STOPPED):
                self._go(self._before() if self._was_running is not Phase.ZERO else Phase.ZERO, t_s)
            case "go_stop" | "stop" if self.phase is not Phase.STOPPED:
                self._was_running = self.phase
                self._go(Phase.STOPPED, t_s)
            case "keep":
                self._decide(is_kept=True)
            case "reject" | "retake":
                self._decide(is_kept=False)
                if self.phase is Phase.DONE and not self.is_complete:
                    self._after_result(t_s)
                if name == "retake" and self.trials:
                    self.side = self.trials[-1].limb if self.is_unilateral else self.side
                    self._go(self._before(), t_s)
            case "swap" if self.is_unilateral and len(self._turns) > 1:
                self.side = self.side.other
            case _:
                pass

    def _decide(self, *, is_kept: bool) -> None:
        if self.trials:
            verdict = "kept by hand" if is_kept else "rejected by hand"
            self.trials = (*self.trials[:-1], replace(self.trials[-1], is_kept=is_kept, verdict=verdict, by="key"))

    # --- what is known ----------------------------------------------------------------------------------------------

    def kept(self, limb: Limb | None = None) -> Sequence[Trial]:
        """The trials that count, of ``limb`` or of all."""
        return [t for t in self.trials if t.is_kept and (limb is None or t.limb is limb)]

    def n_kept(self, limb: Limb) -> int:
        """How many trials of ``limb`` count."""
        return len(self.kept(limb))

    @property
    def turns(self) -> tuple[Limb, ...]:
        """The limbs whose trials are counted one by one."""
        return tuple(self._turns) if self.is_unilateral else (Limb.BOTH,)

    @property
    def n_wanted(self) -> dict[Limb, int]:
        """Trials wanted per limb: one more while the two best differ by more than 10 %, up to the test's maximum."""
        return {limb: self._n_wanted(limb) for limb in self.turns}

    def _n_wanted(self, limb: Limb) -> int:
        n = self._assessment.repetitions
        kept = self.kept(limb)
        if n < 2 or len(kept) < n:  # noqa: PLR2004, a spread needs two trials
            return n
        values = sorted(
            (v.value for t in kept if (v := t.result.find(self._assessment.primary, limb)) and v.value is not None),
            reverse=True,
        )
        spread = len(values) > 1 and values[0] > 0 and 100 * (values[0] - values[1]) / values[0] > SPREAD_PERCENT
        return min(len(kept) + 1, max(n, self._assessment.max_repetitions)) if spread else n

    @property
    def is_complete(self) -> bool:
        """Every limb has its trials."""
        return all(self.n_kept(limb) >= n for limb, n in self.n_wanted.items())

    def best(self, limb: Limb) -> Trial | None:
        """The kept trial of ``limb`` with the highest primary metric."""

        def primary(trial: Trial) -> float:
            value = trial.result.find(self._assessment.primary, limb)
            return value.value if value is not None and value.value is not None else float("-inf")

        kept = self.kept(limb)
        return max(kept, key=primary) if kept else None

    def headline(self, t_s: float) -> Headline:
        """The sentence of state and the line below it."""
        if not self._is_connected and not self.is_unilateral and self.phase in (Phase.LOAD, Phase.WEIGH, Phase.READY):
            return Headline("WAITING", self._complaint)
        say: dict[Phase, Callable[[], Headline]] = {
            Phase.LOAD: self._call,
            Phase.READY: self._call,
            Phase.GO: self._call,
            Phase.RESULT: self._result_headline,
            Phase.REST: lambda: self._rest_headline(t_s),
        }
        return say.get(self.phase, self._quiet_headline)()

    @property
    def _turn(self) -> str:
        return self.side.value.upper() if self.is_unilateral else "BOTH"

    def _quiet_headline(self) -> Headline:
        n = len(self.kept())
        text, detail = {
            Phase.CONNECT: ("CONNECTING", self._complaint or "Waiting for every device to send data."),
            Phase.ZERO: ("ZERO", self._complaint or "Leave everything empty and still for one second."),
            Phase.WEIGH: ("STAND STILL", f"Weighing on the {self._turn} leg." if self.is_unilateral else "Weighing."),
            Phase.DONE: ("DONE", f"{n} trial{'' if n == 1 else 's'} kept. space: go on, e: export."),
        }.get(self.phase, ("STOPPED", "space: go on. Nothing that was recorded is lost."))
        return Headline(text, detail, side=self._side, progress=self._progress if self.phase is Phase.WEIGH else None)

    def _call(self) -> Headline:
        """What the person is to do now."""
        prompts = self._assessment.prompts
        text, detail = {
            Phase.LOAD: (prompts.load, prompts.instruction),
            Phase.READY: (prompts.go, prompts.ready),
        }.get(self.phase, (prompts.go, prompts.hint))
        shows_hold = self.phase is Phase.GO and self._assessment.kind is Kind.PULL
        progress = self._progress if shows_hold else None
        return Headline(
            text.format(side=self._turn), detail.format(side=self._turn), is_call=True, side=self._side, progress=progress
        )

    def _rest_headline(self, t_s: float) -> Headline:
        rest_s = self._assessment.rest_s
        left_s = max(0.0, rest_s - (t_s - self._since_s))
        return Headline(
            f"REST {left_s:.0f} s", f"Next: {self._turn}.", side=self._side, progress=1 - left_s / max(rest_s, 1e-9)
        )

    @property
    def _side(self) -> Limb | None:
        return self.side if self.is_unilateral else None

    def _result_headline(self) -> Headline:
        trial = self.trials[-1]
        why = trial.verdict.removeprefix("again: ").removeprefix("kept, ")
        detail = why if trial.detail == "" or not trial.is_kept else ". ".join(p for p in (trial.detail, why) if p != "kept")
        return Headline("KEPT" if trial.is_kept else "AGAIN", detail[:1].upper() + detail[1:], side=self._side)
