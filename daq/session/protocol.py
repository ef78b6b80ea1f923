"""The guided test as a pure state machine: marks of the detector, time and keys in; phase, whose turn, what is done out.

Rule 1: it holds no force and no clock; everything it knows was told to it.
Rule 2: an effort counts whatever the phase says, so nothing a person does on the plate is lost because a step was skipped.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from daq.assessments.model import Assessment, Kind, Sides
from daq.block import SIDES, Limb
from daq.core.mark import Mark, MarkKind
from daq.metrics.trial import TrialResult
from daq.session.headline import headline_of
from daq.session.snapshot import Headline, Phase

RESULT_S = 2.0
SPREAD_PERCENT = 10.0
_FIXED_TIMES = frozenset({"stance_time"})


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
        self.assessment = assessment
        self.is_unilateral = assessment.sides is Sides.ALTERNATE
        turns = [s for s in SIDES if s in sides] or list(SIDES)
        self._turns = turns if first_side is turns[0] else turns[::-1]
        self.phase = Phase.CONNECT
        self.side = self._turns[0] if self.is_unilateral else Limb.BOTH
        self.trials: tuple[Trial, ...] = ()
        self.notices: tuple[str, ...] = ()
        self._since_s = 0.0
        self.progress = 0.0
        self.n_done = 0
        self._count_from_s: float | None = None
        self._measured: set[Limb] = set()
        self._loaded: set[Limb] = set()
        self._still: set[Limb] = set()
        self.complaint, self.is_connected = "", True
        self._was_running = Phase.ZERO

    # --- what happens -----------------------------------------------------------------------------------------------

    def _go(self, phase: Phase, t_s: float) -> None:
        if phase is not self.phase:
            self.phase, self._since_s, self.progress = phase, t_s, 0.0
            self._count_from_s = None

    def wake(self, t_s: float, readiness: Readiness) -> None:
        """Time has passed."""
        self.complaint, self.is_connected = readiness.complaint, readiness.is_connected
        if self.phase is Phase.CONNECT and readiness.is_connected:
            self._go(Phase.ZERO if not readiness.is_zeroed else self._before(), t_s)
        elif self.phase is Phase.ZERO and readiness.is_zeroed:
            self._go(self._before(), t_s)
        elif self.phase is Phase.WEIGH:
            self.progress = readiness.quiet_share
            self._weighed(t_s)
        elif self.phase is Phase.RESULT and t_s - self._since_s >= RESULT_S:
            self._after_result(t_s)
        elif self.phase is Phase.REST and t_s - self._since_s >= self.assessment.rest_s:
            self._go(self._before(), t_s)

    def _before(self) -> Phase:
        """The phase before an effort."""
        if not self.assessment.is_weighed:
            return Phase.READY
        return Phase.WEIGH if self._loaded and not self.must_leave else Phase.LOAD

    def mark(self, mark: Mark, limb: Limb) -> None:
        """The detector saw something in the stream of ``limb``."""
        t_s = mark.t_s
        match mark.kind:
            case MarkKind.LOADED:
                self._loaded.add(limb)
                if self.phase is Phase.LOAD and not self.must_leave:
                    self._go(Phase.WEIGH, t_s)
            case MarkKind.UNLOADED:
                self._unload(limb, t_s)
            case MarkKind.QUIET:
                self._still.add(limb)
                self._weighed(t_s)
            case MarkKind.MOVED:
                self._still.discard(limb)
            case MarkKind.BEGAN:
                self._begin(t_s, limb)
            case MarkKind.COUNTED if self.phase is Phase.GO:
                self.n_done = mark.n_done
            case _:
                pass

    def _unload(self, limb: Limb, t_s: float) -> None:
        for known in (self._loaded, self._still, self._measured):
            known.discard(limb)
        is_waiting = self.phase in (Phase.LOAD, Phase.WEIGH, Phase.READY)
        if self.assessment.is_weighed and is_waiting and (not self._loaded or self.phase is Phase.LOAD):
            self._go(self._before(), t_s)

    def _weighed(self, t_s: float) -> None:
        """Standing still is enough to be ready; in a one-sided test it must be the side whose turn it is."""
        is_still = bool(self._still) if not (self.is_unilateral and self._loaded & set(SIDES)) else self.side in self._still
        if not self.assessment.is_weighed or not is_still or self.must_leave:
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
        self.n_done = 0
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
        if self.assessment.kind is Kind.STANCE and trial.limb in self._loaded:
            self._measured.add(trial.limb)
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
        rest = self.assessment.has_rest and self.assessment.rest_s > RESULT_S
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
            case "go_stop" if self.waits_for_key:
                self._count_from_s = t_s
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
        n = self.assessment.repetitions
        kept = self.kept(limb)
        if n < 2 or len(kept) < n:  # noqa: PLR2004, a spread needs two trials
            return n
        values = sorted(
            (v.value for t in kept if (v := t.result.find(self.assessment.primary, limb)) and v.value is not None),
            reverse=True,
        )
        spread = len(values) > 1 and values[0] > 0 and 100 * (values[0] - values[1]) / values[0] > SPREAD_PERCENT
        return min(len(kept) + 1, max(n, self.assessment.max_repetitions)) if spread else n

    @property
    def is_complete(self) -> bool:
        """Every limb has its trials."""
        return all(self.n_kept(limb) >= n for limb, n in self.n_wanted.items())

    def best(self, limb: Limb) -> Trial | None:
        """The kept trial of ``limb`` with the highest primary metric; none where the test gives everybody the same time."""
        if self.assessment.primary in _FIXED_TIMES:
            return None

        def primary(trial: Trial) -> float:
            value = trial.result.find(self.assessment.primary, limb)
            return value.value if value is not None and value.value is not None else float("-inf")

        kept = self.kept(limb)
        return max(kept, key=primary) if kept else None

    def headline(self, t_s: float) -> Headline:
        """The sentence of state and the line below it."""
        return headline_of(self, t_s)

    @property
    def shown_side(self) -> Limb | None:
        """Whose turn it is, where the sides alternate."""
        return self.side if self.is_unilateral else None

    @property
    def must_leave(self) -> bool:
        """A stance is over and the person still stands there: the next one begins with stepping on."""
        return bool({self.side, Limb.BOTH} & self._measured)

    @property
    def waits_for_key(self) -> bool:
        """READY in a test that counts down, before somebody began the countdown."""
        return self.phase is Phase.READY and self.assessment.pace.countdown_s > 0 and self._count_from_s is None

    def countdown_left_s(self, t_s: float) -> float | None:
        """Seconds to the call in READY: None where nothing is counted down, infinite before the countdown began."""
        if not self.assessment.pace.countdown_s:
            return None
        if self._count_from_s is None:
            return math.inf
        return max(0.0, self.assessment.pace.countdown_s - (t_s - self._count_from_s))

    def in_phase_s(self, t_s: float) -> float:
        """How long the phase has lasted."""
        return t_s - self._since_s
