"""The fold: one recorded input in, effects out; samples, trials and the snapshot are what has been derived so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from daq.assessments.analysis import analyse
from daq.assessments.model import Kind, Sides
from daq.assessments.tally import summarise
from daq.block import NS_PER_S, Chunk, Command, Effect, Input, Limb, LinkEvent, LinkState, Wake, seconds
from daq.core.detector import Detector, StanceDetector, detector_for
from daq.core.mark import Mark, MarkKind, Span
from daq.driver import Driver, load_driver
from daq.errors import UsageError
from daq.metrics.value import Value
from daq.session.device import Device
from daq.session.efforts import effort_of, force_at
from daq.session.protocol import Protocol, Readiness, Trial
from daq.session.setup import Setup
from daq.session.snapshot import DeviceState, Phase, Snapshot
from daq.session.still import EMPTY_N, NotEmptyError, empty_levels_n, quiet_share
from daq.session.streams import JoinedStream, LimbStream
from daq.session.verdict import result_words, verdict_of
from daq.session.views import snapshot_of

WAKE_S = 0.1
SLEPT_S = 2.0
WATCH_NS = NS_PER_S // 50
"""Forces are watched fifty times a second: a detector costs by the call, and nobody sees 20 ms."""


@dataclass(slots=True)
class Watch:
    """A stream and the detector that watches it; ``began_s`` is the effort under way, on the stream's axis."""

    stream: LimbStream | JoinedStream
    detector: Detector | None = None
    began_s: float | None = None
    newest_s: float = 0.0


class Session:
    """One person's sitting with one assessment.

    Parameters
    ----------
    setup : Setup
    load : callable
        Name of a driver to the driver; the installed ones by default.
    on_segment_end : callable, optional
        Sees a device just before its track is replaced: the last moment at which all its rows can be taken.

    Notes
    -----
    ``step`` is the only way in. The same inputs in the same order give the same effects, trials and values, bit for bit.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        load: Callable[[str], Driver[Any]] = load_driver,
        on_segment_end: Callable[[Device], None] | None = None,
    ) -> None:
        self.setup = setup
        self._assessment = setup.assessment
        certificates = setup.certificates
        self.devices = tuple(
            Device(m, load(m.driver), certificates.get(m.name), assessment=setup.assessment, on_segment=self._end_segment)
            for m in setup.rig.mount
        )
        self._by_name = {d.mount.name: d for d in self.devices}
        self.watches = tuple(Watch(stream) for stream in self._streams())
        self.protocol = Protocol(setup.assessment, sides=self._sides(), first_side=Limb(setup.first_side))
        self.t_ns = self._watched_ns = 0
        self.summary: tuple[Value, ...] = ()
        self._notices: tuple[str, ...] = ()
        self._on_segment_end = on_segment_end
        self._last_wake_ns: int | None = None

    # --- what is measured -------------------------------------------------------------------------------------------

    def _sides(self) -> tuple[Limb, ...]:
        return tuple(s for s in Limb if any(s in d.sides for d in self.devices))

    def _streams(self) -> list[LimbStream | JoinedStream]:
        sides = self._sides()
        if self._assessment.sides is Sides.ALTERNATE:
            return [LimbStream(d, limb) for d in self.devices for limb in d.limbs]
        if len(self.devices) == 1 and not self.devices[0].is_either and (Limb.BOTH in sides or len(sides) > 1):
            return [LimbStream(self.devices[0], Limb.BOTH)]
        if len(sides) > 1 and Limb.BOTH not in sides and not any(d.is_either for d in self.devices):
            left = next(d for d in self.devices if Limb.LEFT in d.limbs)
            right = next(d for d in self.devices if Limb.RIGHT in d.limbs)
            return [JoinedStream(left, right)]
        message = (
            f"{self._assessment.name} loads both limbs at once, but this rig measures only {' and '.join(sides)}; "
            "add the other side to the rig, or choose a one-sided test such as sl_cmj or grip."
        )
        raise UsageError(message)

    # --- the fold ---------------------------------------------------------------------------------------------------

    def step(self, item: Input) -> list[Effect]:
        """Take one input; returns what is to be sent to the devices, and which links are given up."""
        self.t_ns = max(self.t_ns, item.t_ns)
        match item:
            case Chunk():
                effects = self._by_name[item.device].feed(item)
            case LinkEvent(state=LinkState.OPENED):
                effects = self._by_name[item.device].opened(item.t_ns)
            case LinkEvent():
                effects = []
                self._by_name[item.device].lost(item.reason)
            case Wake():
                effects = [effect for d in self.devices for effect in d.wake(item.t_ns)]
            case Command():
                effects = self._command(item)
        if not isinstance(item, Chunk) or self.t_ns - self._watched_ns >= WATCH_NS:
            self._watch_forces()
        if isinstance(item, Wake):
            self._note_sleep(item.t_ns)
            self.protocol.wake(seconds(self.t_ns), self._readiness())
        return effects

    @property
    def next_wake_ns(self) -> int | None:
        """When a codec wants to be woken, besides the ten times a second; 0 = as soon as possible."""
        due = [d.next_wake_s for d in self.devices if d.next_wake_s is not None]
        return int(min(due) * NS_PER_S) if due else None

    def _command(self, command: Command) -> list[Effect]:
        t_s = seconds(command.t_ns)
        match command.name:
            case "zero" | "tare":
                self._zero(by_hand=True)
                return []
            case "identify":
                return [e for d in self.devices for e in d.command("identify", {"seconds": 5}, command.t_ns)]
            case "note":
                text = str(command.args.get("text", ""))
                self._notices = (*self._notices, f"Note: {text}")
                return []
            case "finish":
                self._finish_all(t_s)
                return [e for d in self.devices for e in d.stop(command.t_ns)]
            case "stop" | "go_stop" if self.protocol.takes_trials and not self._begins_countdown(command.name):
                self._finish_all(t_s, stopped=True)
        self.protocol.command(command.name, t_s)
        self._sum_up()
        return []

    def _begins_countdown(self, name: str) -> bool:
        return name == "go_stop" and self.protocol.waits_for_key

    # --- finding efforts --------------------------------------------------------------------------------------------

    def _watch_forces(self) -> None:
        self._watched_ns = self.t_ns
        for watch in self.watches:
            t_s, force_n = watch.stream.pull()
            if not len(t_s):
                continue
            if watch.detector is None:
                watch.detector = detector_for(self._assessment, rate_hz=watch.stream.rate_hz or 1.0)
            watch.newest_s = float(t_s[-1])
            for mark in watch.detector.feed(t_s, force_n):
                self._take_mark(watch, mark)

    def _take_mark(self, watch: Watch, mark: Mark, *, reasons: tuple[str, ...] = ()) -> None:
        limb = watch.stream.limb
        on_session = Mark(mark.kind, watch.stream.to_session_s(mark.t_s), mark.span, n_done=mark.n_done)
        if mark.kind is MarkKind.BEGAN:
            if self._is_lifted_foot(watch, mark.t_s):
                return
            if isinstance(watch.detector, StanceDetector) and self._stands_on_the_other(watch, watch.newest_s):
                watch.detector.refuse()
                return
            watch.began_s = mark.t_s
        if mark.kind is MarkKind.ENDED:
            watch.began_s = None
            if mark.span is None or self._is_lifted_foot(watch, (mark.span.began_s + mark.span.ended_s) / 2):
                self.protocol.discarded(on_session.t_s)
            elif self.protocol.takes_trials:
                self._add_trial(watch, mark.span, reasons)
            return
        self.protocol.mark(on_session, limb)

    def _is_lifted_foot(self, watch: Watch, at_s: float) -> bool:
        """Does the other leg stand while this plate is empty? In a single-leg test on two plates that is no jump."""
        return self._assessment.has_flight and self._stands_on_the_other(watch, at_s)

    def _stands_on_the_other(self, watch: Watch, at_s: float) -> bool:
        """In a single-leg test on two plates: does the other plate carry somebody at ``at_s``?"""
        limb = watch.stream.limb
        if not self._assessment.is_on_plate or self._assessment.sides is not Sides.ALTERNATE or limb is Limb.BOTH:
            return False
        force_n = force_at(self.devices, limb.other, watch.stream.to_session_s(at_s))
        return force_n is not None and force_n > EMPTY_N["plate"]

    def _add_trial(self, watch: Watch, span: Span, reasons: tuple[str, ...]) -> None:
        limb = self.protocol.side if watch.stream.reference.is_either else watch.stream.limb
        if self._assessment.sides is Sides.ALTERNATE and limb is Limb.BOTH:
            limb = self.protocol.side
        if not self._is_zeroed:
            reasons = (*reasons, "zero_stale")
        cut = effort_of(
            watch.stream,
            span,
            limb,
            devices=self.devices,
            kind=self._assessment.instrument,
            now_s=seconds(self.t_ns),
            stream_reasons=reasons,
            has_cop=self._assessment.kind is Kind.STANCE,
            entered=self.setup.entered,
            stored_weight_n=self._stored_weight_n(limb),
        )
        if cut is None:
            self.protocol.discarded(seconds(self.t_ns))
            return
        effort, start_s, stop_s = cut
        result = analyse(effort, self._assessment)
        is_kept, verdict = verdict_of(result)
        number = len(self.protocol.trials) + 1
        words = result_words(result, self._assessment)
        trial = Trial(number, start_s, stop_s, limb, result, is_kept, verdict, words)
        self.protocol.add(trial, seconds(self.t_ns))
        self._sum_up()

    def _stored_weight_n(self, limb: Limb) -> float | None:
        """Body weight of the last kept trial of this sitting that has one."""
        weights = (t.result.find("body_weight", t.limb) for t in reversed(self.protocol.kept(limb)))
        return next((v.value for v in weights if v is not None and v.value is not None), None)

    def _sum_up(self) -> None:
        self.summary = summarise([t.result for t in self.protocol.kept()], self._assessment) if self.protocol.trials else ()

    def _end_segment(self, device: Device) -> None:
        """The time base of ``device`` ends here: an effort under way is kept up to here, and says why it ended."""
        if self._on_segment_end is not None:
            self._on_segment_end(device)
        self._watch_forces()
        for watch in self.watches:
            if watch.stream.uses(device):
                self._finish(watch, ("sensor_disconnected",))

    def _finish_all(self, t_s: float, *, stopped: bool = False) -> None:
        reasons = ("trial_submaximal",) if stopped else ()
        for watch in self.watches:
            self._finish(watch, reasons)
        if not stopped and self.protocol.phase is Phase.RESULT:
            self.protocol.wake(t_s, self._readiness())

    def _finish(self, watch: Watch, reasons: tuple[str, ...]) -> None:
        if watch.detector is None:
            return
        for mark in watch.detector.finish():
            self._take_mark(watch, mark, reasons=reasons)
        watch.detector, watch.began_s = None, None

    # --- before the test --------------------------------------------------------------------------------------------

    def _readiness(self) -> Readiness:
        waiting = [d for d in self.devices if d.state is not DeviceState.STREAMING or d.track is None]
        if waiting:
            first = waiting[0]
            return Readiness(
                is_connected=False, complaint=f"{first.mount.name.upper()}: {first.message or 'waiting for data'}."
            )
        complaint = ""
        if self.protocol.phase is Phase.ZERO and not self._is_zeroed:
            complaint = self._zero(by_hand=False)
        return Readiness(is_connected=True, complaint=complaint, is_zeroed=self._is_zeroed, quiet_share=self._quiet_share())

    def _zero(self, *, by_hand: bool) -> str:
        """Take the last second as zero where everything is empty and still; returns what keeps it from that."""
        try:
            levels_n = empty_levels_n(self.devices, self._assessment.instrument)
        except NotEmptyError as why:
            if by_hand:
                self._notices = (*self._notices, f"Not zeroed: {why}")
            return str(why)
        for device, level_n in zip(self.devices, levels_n, strict=True):
            device.zero(level_n, seconds(self.t_ns))
        return ""

    @property
    def _is_zeroed(self) -> bool:
        return all(d.zeroed_at_s is not None for d in self.devices)

    def _quiet_share(self) -> float:
        is_weighing = self._assessment.is_weighed and self.protocol.phase is Phase.WEIGH
        return quiet_share(self.devices) if is_weighing else 0.0

    def _note_sleep(self, t_ns: int) -> None:
        if self._last_wake_ns is not None and t_ns - self._last_wake_ns > SLEPT_S * NS_PER_S:
            slept_s = seconds(t_ns - self._last_wake_ns)
            self._notices = (*self._notices, f"The computer paused for {slept_s:.0f} s; data of that time may be missing.")
        self._last_wake_ns = t_ns

    # --- what can be seen -------------------------------------------------------------------------------------------

    def device(self, name: str) -> Device:
        """The device of the mount called ``name``."""
        return self._by_name[name]

    @property
    def trials(self) -> tuple[Trial, ...]:
        """All finished efforts, kept or not."""
        return self.protocol.trials

    @property
    def is_done(self) -> bool:
        """Every limb has its trials."""
        return self.protocol.phase is Phase.DONE

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the user, oldest first."""
        return (*self.protocol.notices, *self._notices)

    def snapshot(self) -> Snapshot:
        """The frozen picture of now."""
        return snapshot_of(self)
