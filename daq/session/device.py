"""One device: its bytes in, newtons per limb on a track, and its health, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration import Calibration, CalibrationError
from daq.assessments.model import Assessment, Sides
from daq.block import SIDES, Chunk, Effect, Limb, Reopen, Scalar, Sent, seconds
from daq.core.timebase import Timebase
from daq.core.track import Track
from daq.driver import ClockRead, Codec, Described, Driver, Event, Floats, Reply, ReplyState, Samples, Send, Status
from daq.rig import EITHER, Mount
from daq.session.outputs import calibration_for, levers, selection
from daq.session.snapshot import DeviceState
from daq.units import clean_name

KEEP_S, SPARE_S = 120.0, 10.0
CUTOFF_HZ = {"plate": 50.0, "cell": 15.0}
STALLED_S, LOST_S = 0.25, 1.0
SILENT_S = 1.0
ZERO_S = 1.0
GIVE_UP_S = 5.0
RATE_SPAN_S, UNKNOWN_RATE_SPAN_S = 0.25, 2.0
RATE_ROWS = 8
RATE_DEVIATION = 0.05


@dataclass(frozen=True, slots=True)
class Counts:
    """What a device has delivered since the session began."""

    n_samples: int = 0
    n_lost: int = 0
    n_bad: int = 0


class Device:
    """A mount with its codec, calibration, track and time base.

    ``on_segment`` is called just before a new segment replaces the track: whoever holds an unfinished effort ends it there.
    """

    def __init__(
        self,
        mount: Mount,
        driver: Driver[Any],
        certificate: Calibration | None,
        *,
        assessment: Assessment,
        on_segment: Callable[[Device], None],
    ) -> None:
        self.mount = mount
        self._driver = driver
        self._options = driver.options_from(mount.options)
        self.declared = driver.declare(self._options)
        self._certificate = certificate
        self._kind = assessment.instrument
        self._keep_s = max(KEEP_S, assessment.longest_s + SPARE_S)
        self._on_segment = on_segment
        is_one_sided = assessment.sides is Sides.ALTERNATE
        self.is_either = mount.limb == EITHER or (is_one_sided and mount.limb == Limb.BOTH)
        self.limbs: tuple[Limb, ...] = (Limb.BOTH,) if self.is_either else mount.sides
        self.state = DeviceState.CLOSED
        self.message = ""
        self.battery_percent: float | None = None
        self.described: Described | None = None
        self.calibration: Calibration | None = None
        self.track: Track | None = None
        self.moments: Track | None = None
        self.timebase: Timebase | None = None
        self.n_segments = 0
        self._codec: Codec | None = None
        self._select: Floats = np.eye(1)
        self._levers: Floats | None = None
        self._zero_n: Floats = np.zeros(len(self.limbs))
        self._zero_nm: Floats = np.zeros(2)
        self.zeroed_at_s: float | None = None
        self.first_zeroed_row = 0
        self._waiting: list[Samples] = []
        self._opened_s = self._last_chunk_s = self._last_sample_s = 0.0
        self._interval_s = 0.0
        self._n_bytes = 0
        self._has_timed_out = False
        self._past, self._now = Counts(), Counts()

    @property
    def sides(self) -> tuple[Limb, ...]:
        """The limbs that this device can measure in this test, left first."""
        return SIDES if self.is_either else self.limbs

    # --- what the link says -----------------------------------------------------------------------------------------

    def opened(self, t_ns: int) -> list[Effect]:
        """The link is open: a fresh codec begins."""
        self._codec = self._driver.codec(self._options)
        self.state, self.message = DeviceState.STARTING, ""
        self._opened_s = self._last_chunk_s = self._last_sample_s = seconds(t_ns)
        self._n_bytes, self._interval_s = 0, 0.0
        self._past, self._now = self.counts, Counts()
        return self._take(self._codec.start(), t_ns)

    def lost(self, reason: str) -> None:
        """The link is gone; what was measured stays."""
        if self._codec is not None:
            self._on_segment(self)
        self._codec = None
        self.state = DeviceState.LOST
        self.message = reason

    def feed(self, chunk: Chunk) -> list[Effect]:
        """Take bytes as they came."""
        if self._codec is None:
            return []
        t_s = seconds(chunk.t_ns)
        self._last_chunk_s = t_s
        self._n_bytes += len(chunk.data)
        return self._take(self._codec.feed(chunk), chunk.t_ns)

    def wake(self, t_ns: int) -> list[Effect]:
        """Let the codec do what is due, and watch whether the device still speaks."""
        if self._codec is None:
            return []
        t_s = seconds(t_ns)
        due = self._codec.next_wake_s
        effects = self._take(self._codec.wake(t_s), t_ns) if due is not None and t_s >= due else []
        return effects + self._watch(t_s, t_ns)

    @property
    def next_wake_s(self) -> float | None:
        """When the codec wants to be woken."""
        return self._codec.next_wake_s if self._codec is not None else None

    def command(self, name: str, args: Mapping[str, Scalar], t_ns: int) -> list[Effect]:
        """Hand a wish of the user to the device."""
        return self._take(self._codec.command(name, args), t_ns) if self._codec is not None else []

    def stop(self, t_ns: int) -> list[Effect]:
        """Ask the device to end its stream."""
        return self._take(self._codec.stop(), t_ns) if self._codec is not None else []

    # --- health -----------------------------------------------------------------------------------------------------

    def _watch(self, t_s: float, t_ns: int) -> list[Effect]:
        if self.state in (DeviceState.STREAMING, DeviceState.STALLED):
            if t_s - self._last_chunk_s > (self.declared.lost_s or LOST_S):
                self.lost("it has said nothing for a second")
                return [Reopen(t_ns, self.mount.name, self.message)]
            if t_s - self._last_sample_s > (self.declared.stalled_s or max(3 * self._interval_s, STALLED_S)):
                self.state = DeviceState.STALLED
                self.message = self.message or "no readings are coming"
        elif self.state is DeviceState.STARTING and t_s - self._opened_s > SILENT_S:
            if not self.message or (self._has_timed_out and (self._now.n_bad or not self._n_bytes)):
                self.message = self._why_nothing_comes()
            if t_s - self._opened_s > GIVE_UP_S:
                self.lost(self.message)
                return [Reopen(t_ns, self.mount.name, self.message)]
        return []

    def _why_nothing_comes(self) -> str:
        baud = getattr(self.declared.spec, "baud", None)
        if not self._n_bytes:
            speed = f", and does it speak at {baud} baud" if baud is not None else ""
            return f"the port is open, but the device does not answer; is it switched on{speed}?"
        if baud is None:
            return f"the device talks, but not the language of the driver {self.mount.driver}"
        return f"the port talks, but not at {baud} baud (or not the language of the driver {self.mount.driver})"

    @property
    def counts(self) -> Counts:
        """Samples, losses and damaged pieces since the session began."""
        a, b = self._past, self._now
        return Counts(a.n_samples + b.n_samples, a.n_lost + b.n_lost, a.n_bad + b.n_bad)

    # --- what the codec says ----------------------------------------------------------------------------------------

    def _take(self, events: list[Event], t_ns: int) -> list[Effect]:
        effects: list[Effect] = []
        for event in events:
            match event:
                case Samples():
                    self._take_samples(event, seconds(t_ns))
                case Send():
                    effects.append(Sent(t_ns, self.mount.name, event.port, event.data, event.response))
                case Described():
                    self._begin_segment(event)
                case ClockRead():
                    if self.timebase is not None:
                        self.timebase.bounded(event.tick, event.asked_s, seconds(t_ns))
                case Status():
                    self._take_status(event)
                case Reply():
                    self._take_reply(event)
        return effects

    def _take_status(self, status: Status) -> None:
        if status.battery_percent is not None:
            self.battery_percent = status.battery_percent
        if status.fault is not None:
            self.message = clean_name(status.fault, longest=160)
        bad = (status.n_bad_frames or 0) + (0 if status.n_bad_frames is not None else status.n_bad_bytes or 0)
        if status.n_bad_frames is not None or status.n_bad_bytes is not None:
            self._now = Counts(self._now.n_samples, self._now.n_lost, bad)

    def _take_reply(self, reply: Reply) -> None:
        self._has_timed_out = reply.state is ReplyState.TIMED_OUT
        if self._has_timed_out:
            self.message = clean_name(reply.text or f"no answer to {reply.command}", longest=160)
        elif reply.state is ReplyState.REFUSED:
            self.message = clean_name(reply.text or f"the device refused {reply.command}", longest=160)

    def _begin_segment(self, described: Described) -> None:
        self._on_segment(self)
        self._keep_zero(described)
        self.described = described
        self.track = self.timebase = self.moments = None
        self._waiting = []
        try:
            self.calibration = calibration_for(self.mount, self._certificate, described)
            self._select = selection(self.mount, self.limbs, self.calibration)
            self._levers = levers(self.mount, self.calibration)
        except CalibrationError as error:
            self.calibration, self.state, self.message = None, DeviceState.REFUSED, str(error)
            return
        self.n_segments += 1
        self.timebase = Timebase(described.tick_hz)

    def _new_track(self, described: Described, rate_hz: float, columns: tuple[Limb, ...]) -> Track:
        cutoff_hz = min(CUTOFF_HZ[self._kind], 0.4 * rate_hz)
        return Track(columns, tick_hz=described.tick_hz, rate_hz=rate_hz, keep_s=self._keep_s, cutoff_hz=cutoff_hz)

    def columns_of(self, limb: Limb) -> list[int]:
        """Columns of the track that make up ``limb``: its own, all for both, the only one where the device changes hands."""
        return [k for k, own in enumerate(self.limbs) if limb in (own, Limb.BOTH) or self.is_either]

    def selects(self, output: int, column: int) -> bool:
        """Does output number ``output`` of the certificate count into limb number ``column``?"""
        return bool(self._select[output, column])

    # --- samples ----------------------------------------------------------------------------------------------------

    def _take_samples(self, samples: Samples, t_s: float) -> None:
        if self.calibration is None or self.timebase is None or self.described is None or not len(samples.tick):
            return
        if self.state is DeviceState.STREAMING:
            self._interval_s += 0.05 * (min(t_s - self._last_sample_s, LOST_S) - self._interval_s)
        else:
            self.state, self.message = DeviceState.STREAMING, ""
        self._last_sample_s = t_s
        n, lost = len(samples.tick), samples.n_lost
        self._now = Counts(self._now.n_samples + n, self._now.n_lost + lost, self._now.n_bad)
        self.timebase.arrived(int(samples.tick[-1]), t_s)
        if self.track is not None:
            self._append(samples)
        else:
            self._waiting.append(samples)
            self._begin_track()

    def _begin_track(self) -> None:
        """Begin the track as soon as the device's own ticks have shown its rate: what it tells may be far from what it does."""
        described = self.described
        if described is None:
            return
        first, last = int(self._waiting[0].tick[0]), int(self._waiting[-1].tick[-1])
        n = sum(len(s.tick) for s in self._waiting) + sum(s.n_lost for s in self._waiting[1:])
        span_s = (last - first) / described.tick_hz
        if n < RATE_ROWS or span_s < (UNKNOWN_RATE_SPAN_S if described.rate_hz is None else RATE_SPAN_S):
            return
        seen_hz, told_hz = (n - 1) / span_s, described.rate_hz
        is_told = told_hz is not None and abs(seen_hz - told_hz) <= RATE_DEVIATION * told_hz
        rate_hz = told_hz if told_hz is not None and is_told else seen_hz
        self.track = self._new_track(described, rate_hz, self.limbs)
        # Its two columns are moments, to the right and forward, row by row those of the forces.
        self.moments = self._new_track(described, rate_hz, SIDES) if self._levers is not None else None
        for samples in self._waiting:
            self._append(samples)
        self._waiting = []

    def _append(self, samples: Samples) -> None:
        if self.track is None or self.calibration is None:
            return
        outputs_n = self.calibration.apply(samples.values)
        self.track.append(samples.tick, outputs_n @ self._select - self._zero_n, samples.n_lost)
        if self.moments is not None and self._levers is not None:
            self.moments.append(samples.tick, outputs_n @ self._levers - self._zero_nm, samples.n_lost)

    def zero(self, offset_n: Floats, t_s: float) -> None:
        """Take ``offset_n`` (n_limbs,), seen in the newtons as they are now, off all samples that follow."""
        self._zero_n = self._zero_n + offset_n
        if self.moments is not None:
            self._zero_nm = self._zero_nm + self.moments.recent_mean_n(ZERO_S)
        self.zeroed_at_s = t_s
        self.first_zeroed_row = self.track.n_total if self.track is not None else 0

    def _keep_zero(self, described: Described) -> None:
        """Raw counts keep their zero over a restart; a device that sends a force may have tared itself: it is zeroed anew."""
        self.first_zeroed_row = 0
        if described.unit != "counts" and self.zeroed_at_s is not None:
            self._zero_n, self._zero_nm, self.zeroed_at_s = np.zeros(len(self.limbs)), np.zeros(2), None
