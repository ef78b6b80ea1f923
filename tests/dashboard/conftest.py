"""A session that needs no devices: phases, two plates, jumps and squeezes whose truth is written down here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from daq.block import Limb, Scalar
from daq.dashboard.source import NO_ARGS, RecordingView
from daq.metrics.trial import TrialResult
from daq.metrics.value import Status, Value
from daq.session.snapshot import (
    AsymmetryView,
    DeviceState,
    DeviceView,
    Headline,
    LimbView,
    Phase,
    Snapshot,
    TrialView,
)

RATE_HZ = 1000.0
NOW_S = 42.0
WEIGHT_N = 735.0

# A countermovement jump in multiples of body weight: standing, unweighting, braking, propulsion, flight, landing.
_JUMP_S = (0, 0.05, 0.2, 0.34, 0.45, 0.55, 0.66, 0.74, 0.78, 0.785, 1.30, 1.31, 1.35, 1.42, 1.55, 1.75, 2.0, 2.2)
_JUMP = (1, 1, 0.55, 0.35, 1.1, 2.1, 2.35, 2.5, 0.6, 0, 0, 1.6, 3.4, 2.2, 1.5, 0.8, 1.05, 1)


def time_s(now_s: float = NOW_S, *, window_s: float = 30.0) -> np.ndarray:
    return now_s + (np.arange(int(window_s * RATE_HZ)) - window_s * RATE_HZ + 1) / RATE_HZ


def jump_n(t_s: np.ndarray, start_s: float, *, share: float) -> np.ndarray:
    sway = 1.0 + 0.01 * np.sin(t_s * 5.0) + 0.004 * np.sin(t_s * 31.0)
    return share * WEIGHT_N * np.interp(t_s - start_s, _JUMP_S, _JUMP, left=1.0, right=1.0) * sway


def squeeze_n(t_s: np.ndarray, start_s: float, *, peak_n: float) -> np.ndarray:
    after = t_s - start_s
    rise = 1.0 - np.exp(-np.clip(after, 0.0, None) / 0.15)
    return np.where((after > 0) & (after < 3.5), peak_n * rise * (1.0 - 0.03 * np.clip(after, 0, None)), 0.4)


def value(name: str, limb: Limb, number: float | None, unit: str, *, half_width: float | None = None, **more: object) -> Value:
    limits = None if half_width is None or number is None else (number - half_width, number + half_width)
    return Value(name, limb, number, unit, "test", limits=limits, **more)  # type: ignore[arg-type]


def jump_trial(number: int, start_s: float, *, height_m: float, is_best: bool = False, is_kept: bool = True) -> TrialView:
    verdict = "kept" if is_kept else "again: you moved while weighing"
    values = (
        value("jump_height_impulse_momentum", Limb.BOTH, height_m, "m", u=0.002),
        value("peak_force", Limb.LEFT, 882.0 + 10 * number, "N", u=4.0),
        value("peak_force", Limb.RIGHT, 931.0 + 10 * number, "N", u=4.0),
        value("asymmetry_percent", Limb.BOTH, 5.3, "percent", of="peak_force", half_width=1.9),
        value("rsi_modified", Limb.BOTH, 0.47, "1"),
    )
    status = Status.OK if is_kept else Status.INVALID
    result = TrialResult(Limb.BOTH, status, (), {}, values if is_kept else ())
    return TrialView(number, start_s, start_s + 2.2, Limb.BOTH, is_kept, is_best, verdict, result)


def grip_trial(number: int, limb: Limb, start_s: float, *, peak_n: float, is_best: bool = False) -> TrialView:
    values = (
        value("peak_force", limb, peak_n, "N", u=1.4),
        value("rfd_0_200ms", limb, 3.1 * peak_n, "N/s", half_width=60.0),
    )
    result = TrialResult(limb, Status.OK, (), {}, values)
    return TrialView(number, start_s, start_s + 3.5, limb, is_kept=True, is_best=is_best, verdict="kept", result=result)


def plates(**right: object) -> tuple[DeviceView, DeviceView]:
    left = DeviceView("left", "node", (Limb.LEFT,), DeviceState.STREAMING, rate_hz=1000.0, measured_hz=1000.0)
    other = replace(left, name="right", sides=(Limb.RIGHT,), battery_percent=81.0)
    return left, replace(other, **right)  # type: ignore[arg-type]


def jump_limbs(now_s: float = NOW_S, *, starts_s: tuple[float, ...] = (39.0,)) -> tuple[LimbView, LimbView]:
    t_s = time_s(now_s)
    curves = []
    for share in (0.486, 0.514):
        force_n = np.full(t_s.size, share * WEIGHT_N)
        for start_s in starts_s:
            is_near = (t_s >= start_s) & (t_s < start_s + 2.2)
            force_n[is_near] = jump_n(t_s, start_s, share=share)[is_near]
        calm = 1.0 + 0.008 * np.sin(t_s * 5.0)
        curves.append(force_n * calm)
    return (
        LimbView(Limb.LEFT, force_n=357.0, peak_n=903.0, best_n=912.0, trace_t_s=t_s, trace_n=curves[0]),
        LimbView(Limb.RIGHT, force_n=378.0, peak_n=954.0, best_n=961.0, trace_t_s=t_s, trace_n=curves[1]),
    )


def snapshot_of(phase: Phase = Phase.RESULT) -> Snapshot:
    """The jump test in ``phase``, 42 s after it began."""
    headlines = {
        Phase.CONNECT: Headline("CONNECTING", "Waiting for two plates."),
        Phase.WEIGH: Headline("STAND STILL", "Both feet, hands on hips. Weighing.", progress=0.55),
        Phase.READY: Headline("READY", "weighed, quiet. Any time now."),
        Phase.GO: Headline("JUMP", "as high as you can", is_call=True),
        Phase.RESULT: Headline("KEPT", "34.1 cm. Rest, the next one in 12 s."),
        Phase.DONE: Headline("DONE", "Three trials kept."),
        Phase.STOPPED: Headline("STOPPED", "space begins again."),
    }
    trials = (
        jump_trial(1, 12.0, height_m=0.332),
        jump_trial(2, 21.0, height_m=0.0, is_kept=False),
        jump_trial(3, 39.0, height_m=0.341, is_best=True),
    )
    early = phase in (Phase.CONNECT, Phase.WEIGH)
    asymmetry = AsymmetryView(
        5.3, 3.4, 7.2, sentence="RIGHT carried 5.3 % more ± 1.9 instrument", source="peak force, this jump"
    )
    if phase in (Phase.READY, Phase.GO):
        asymmetry = AsymmetryView(2.1, is_live=True, sentence="now 48.9 | 51.1", source="share of the load, now")
    if early:
        asymmetry = AsymmetryView(sentence="No load on the plates yet.")
    limbs = jump_limbs() if phase is not Phase.CONNECT else (LimbView(Limb.LEFT), LimbView(Limb.RIGHT))
    if early:
        limbs = tuple(replace(limb, peak_n=None, best_n=None) for limb in limbs)  # type: ignore[assignment]
    waiting = (
        DeviceView("left", "node", (Limb.LEFT,), DeviceState.STARTING),
        DeviceView("right", "node", (Limb.RIGHT,), DeviceState.CLOSED),
    )
    return Snapshot(
        t_s=NOW_S,
        assessment="Countermovement jump",
        person="P-014",
        phase=phase,
        headline=headlines[phase],
        limbs=limbs,
        asymmetry=asymmetry,
        trials=() if early else trials if phase is not Phase.READY else trials[:2],
        devices=waiting if phase is Phase.CONNECT else plates(),
        primary="jump_height_impulse_momentum",
        n_wanted=3,
        n_kept={Limb.BOTH: 0 if early else 2},
    )


def lost_snapshot() -> Snapshot:
    base = snapshot_of(Phase.GO)
    left, right = base.limbs
    sentence = "RIGHT lost: the cable or the device went away at 14:32:07. Trial 3 is kept up to there. Trying again …"
    force_n = right.trace_n.copy()
    force_n[right.trace_t_s > NOW_S - 1.6] = np.nan
    return replace(
        base,
        headline=Headline("INTERRUPTED", "The left goes on."),
        limbs=(left, replace(right, force_n=None, is_lost=True, trace_n=force_n)),
        asymmetry=AsymmetryView(sentence="No comparison while RIGHT is away."),
        devices=plates(state=DeviceState.LOST, message=sentence),
    )


def grip_snapshot() -> Snapshot:
    t_s = time_s()
    left_n = squeeze_n(t_s, 40.0, peak_n=395.0)
    trials = (
        grip_trial(1, Limb.RIGHT, 14.0, peak_n=412.0, is_best=True),
        grip_trial(2, Limb.LEFT, 25.0, peak_n=391.0, is_best=True),
    )
    base = snapshot_of(Phase.GO)
    return replace(
        base,
        assessment="Grip strength",
        headline=Headline("SQUEEZE LEFT", "hold", is_call=True, side=Limb.LEFT, progress=0.6),
        limbs=(
            LimbView(Limb.LEFT, force_n=368.0, peak_n=388.0, best_n=391.0, trace_t_s=t_s, trace_n=left_n),
            LimbView(
                Limb.RIGHT,
                force_n=0.4,
                peak_n=412.0,
                is_active=False,
                best_n=412.0,
                trace_t_s=t_s,
                trace_n=np.full(t_s.size, 0.4),
            ),
        ),
        asymmetry=AsymmetryView(-10.7, is_live=True, sentence="vs right best 412 N (trial 1)"),
        trials=trials,
        primary="peak_force",
        n_kept={Limb.LEFT: 1, Limb.RIGHT: 1},
    )


def done_snapshot() -> Snapshot:
    summary = (
        value("jump_height_impulse_momentum_best", Limb.BOTH, 0.341, "m", of="jump_height_impulse_momentum", u=0.002),
        value("jump_height_impulse_momentum_mean", Limb.BOTH, 0.336, "m", of="jump_height_impulse_momentum", u=0.002),
        value("peak_force_mean", Limb.LEFT, 903.0, "N", of="peak_force", u=4.0),
        value("peak_force_mean", Limb.RIGHT, 951.0, "N", of="peak_force", u=4.0),
        value("trial_cv_percent", Limb.LEFT, 2.4, "percent", of="peak_force"),
        value("trial_cv_percent", Limb.RIGHT, 3.1, "percent", of="peak_force"),
        value("asymmetry_percent", Limb.BOTH, 5.1, "percent", of="peak_force", half_width=3.9),
    )
    return replace(snapshot_of(Phase.DONE), summary=summary)


@dataclass
class FakeSource:
    """Answers with ``now``; remembers what was sent."""

    now: Snapshot
    recording: RecordingView = field(default_factory=lambda: RecordingView("recording.mcap.part", 41.9))
    sent: list[tuple[str, dict[str, Scalar]]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    n_pulled: int = 0
    moves: Callable[[Snapshot, int], Snapshot] | None = None

    def snapshot(self) -> Snapshot:
        self.n_pulled += 1
        return self.now if self.moves is None else self.moves(self.now, self.n_pulled)

    def command(self, name: str, args: Mapping[str, Scalar] = NO_ARGS) -> None:
        self.sent.append((name, dict(args)))

    async def start(self) -> None:
        self.calls.append(f"start after {self.n_pulled > 0}")

    async def close(self) -> None:
        self.calls.append("close")

    async def export(self) -> str:
        self.calls.append("export")
        return "Two tables are in the folder exports."


SCENES = {
    "connect": lambda: snapshot_of(Phase.CONNECT),
    "weigh": lambda: snapshot_of(Phase.WEIGH),
    "ready": lambda: snapshot_of(Phase.READY),
    "go": lambda: snapshot_of(Phase.GO),
    "result": lambda: snapshot_of(Phase.RESULT),
    "done": done_snapshot,
    "lost": lost_snapshot,
    "grip": grip_snapshot,
}


@pytest.fixture
def scene() -> Callable[[str], Snapshot]:
    """A snapshot by name: connect, weigh, ready, go, result, done, lost, grip."""
    return lambda name: SCENES[name]()


@pytest.fixture
def source() -> FakeSource:
    """A session that shows the result of the third jump."""
    return FakeSource(snapshot_of(Phase.RESULT))


@pytest.fixture
def source_of() -> Callable[[Snapshot], FakeSource]:
    """A session that shows the given snapshot."""
    return FakeSource
