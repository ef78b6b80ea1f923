"""A sustained hold to its reading: start, peak, end, the highest force of its beginning and the mean of its end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from daq.block import Limb
from daq.metrics.catalogue import Absent
from daq.metrics.endurance.events import END_METHOD, RULE, START_METHOD, is_too_slow, rest_noise_n, slow_codes
from daq.metrics.endurance.segments import Stretch, find_repetitions, hidden_by_holes
from daq.metrics.reading import Conditions, Reading
from daq.metrics.samples import runs
from daq.metrics.uncertainty import SQRT_12, Top, top_of
from daq.metrics.value import Instant, Params

LATER_SHARE = 1.05


class Start(NamedTuple):
    """Highest force (N) of the first 10 s of a hold, when (s), at which sample, and what noise did to it."""

    peak_n: float
    peak_s: float
    i_peak: int
    top: Top
    hole: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Held(Reading):
    """One sustained effort; ``end_s`` bounds what is analysed: the test's hold length after the start, or the release."""

    hold: Stretch | None = None
    start_s: float = field(init=False)
    end_s: float = field(init=False)
    _starts: dict[Limb, Start] = field(default_factory=dict)
    _noises: dict[Limb, float] = field(default_factory=dict)

    @property
    def u_event_s(self) -> float:
        """Standard uncertainty of start and end."""
        return math.hypot(self.trace.dt_s / SQRT_12, self.u_clock_s)

    @property
    def length_s(self) -> float:
        """Length T that the indices of fatigue refer to; ``Absent`` where the hold is not whole."""
        self.found("whole")
        return self.end_s - self.start_s

    @property
    def is_released(self) -> bool:
        """The record goes on after the hold."""
        return self.hold is not None and self.hold.stop < len(self.trace.t_s)

    def stretch(self) -> Stretch:
        """The hold from start to release; ``Absent`` where there is none."""
        self.found("hold")
        if self.hold is None:
            raise Absent("hold")
        return self.hold

    def noise_n(self, limb: Limb) -> float:
        """White noise per sample of this limb at rest."""
        known = self._noises.get(limb)
        if known is None:
            known = self._noises[limb] = rest_noise_n(self.trace_of(limb), (self.stretch(),))
        return known

    def start_of(self, limb: Limb) -> Start:
        """The highest force of this limb within the first ``window_s``."""
        known = self._starts.get(limb)
        if known is None:
            stretch, trace = self.stretch(), self.trace_of(limb)
            stop_s = min(self.start_s + self.limit("window_s"), stretch.stop_s)
            part = trace.slice(self.start_s, stop_s)
            if part.stop <= part.start:
                raise Absent("limb")
            i = part.start + int(trace.force_n[part].argmax())
            top = top_of(trace.force_n[part], rate_hz=trace.rate_hz, noise_n=self.noise_n(limb))
            hole = ("sample_gap",) if trace.touches_hole(self.start_s, stop_s) else ()
            codes = (*hole, *self.slow(limb))
            known = self._starts[limb] = Start(float(trace.force_n[i]), float(trace.t_s[i]), i, top, codes)
        return known

    def slow(self, limb: Limb) -> tuple[str, ...]:
        """Peaks and means of a sensor below 50 Hz say so."""
        return slow_codes(self.trace_of(limb))

    def last_crossing(self, limb: Limb, level_n: float, *, away_s: float) -> tuple[float, float] | None:
        """First time at the level, and the fall after which the force stays below it for more than ``away_s``.

        None where the level is not reached. A release that the record ends with counts as staying away; where the record
        ends before that is known, the second time is infinite.
        """
        trace, stretch = self.trace_of(limb), self.stretch()
        offset = trace.slice(stretch.start_s, trace.stop_s).start
        is_below = trace.force_n[offset:] < level_n
        ups = np.flatnonzero(~is_below)
        if len(ups) == 0:
            return None
        first = offset + int(ups[0])
        starts, stops = (each + first for each in runs(is_below[first - offset :]))
        n = len(trace.t_s)
        stays = trace.t_s[np.minimum(stops, n - 1)] - trace.t_s[starts] > away_s
        gone = np.flatnonzero(stays | ((stops == n) & self.is_released))
        stop_s = self._crossing_s(limb, int(starts[gone[0]]), level_n) if len(gone) else math.inf
        return (self._crossing_s(limb, first, level_n), stop_s)

    def _crossing_s(self, limb: Limb, i: int, level_n: float) -> float:
        trace = self.trace_of(limb)
        if i == 0:
            return trace.start_s
        f0, f1 = float(trace.force_n[i - 1]), float(trace.force_n[i])
        # A level below that at which the hold begins is passed before it: then the time of the sample before.
        share = max((level_n - f0) / (f1 - f0), 0.0)
        return float(trace.t_s[i - 1]) + share * float(trace.t_s[i] - trace.t_s[i - 1])

    def events(self) -> dict[str, Instant]:
        """``onset``, ``peak`` (of the first 10 s), ``offset``."""
        if self.hold is None:
            return {}
        u, find = self.u_event_s, self.trace.nearest
        found = [Instant("onset", self.hold.start_s, u, find(self.hold.start_s), START_METHOD, RULE)]
        if "hold" not in self.missing:
            start = self.start_of(self.main)
            params: Params = {"window_s": self.limit("window_s")}
            found.append(Instant("peak", start.peak_s, u, start.i_peak, "peak.max_sample", params))
        found.append(Instant("offset", self.hold.stop_s, u, find(self.hold.stop_s), END_METHOD, RULE))
        return {instant.name: instant for instant in found}


def read_hold(conditions: Conditions) -> Held:
    """Find the hold: of several efforts in the record the one with the largest impulse. Nothing is raised."""
    held = Held(conditions)
    if is_too_slow(held, "hold", "whole"):
        return held
    trace = held.trace
    found = find_repetitions(trace, kind=conditions.sensor, keeps_open_end=True)
    if not found.reps:
        held.tell("onset_not_found")
        held.block(("onset_not_found",), "hold", "whole")
        return held
    hold = max(found.reps, key=lambda rep: trace.impulse_between(rep.start_s, rep.stop_s))
    held.hold, held.start_s, held.end_s = hold, hold.start_s, hold.stop_s
    if hidden_by_holes(trace, (hold,)):
        held.tell("sample_gap")
        held.block(("sample_gap",), "hold", "whole")
    if len(found.reps) > 1:
        held.tell("double_pull")
    _end(held, hold)
    _peak(held, hold)
    return held


def _end(held: Held, hold: Stretch) -> None:
    """The test's length T after the start; a release before it ends the trial early. 0 s: the hold itself is the length."""
    wanted_s = held.limit("hold_s")
    if wanted_s <= 0:
        return
    if hold.stop_s < hold.start_s + wanted_s:
        codes = ("early_release",) if held.is_released else ("peak_at_edge",)
        held.tell(*codes)
        held.block(codes, "whole")
        return
    held.end_s = hold.start_s + wanted_s


def _peak(held: Held, hold: Stretch) -> None:
    """The indices of fatigue compare with the beginning; a clearly higher force later on is worth saying."""
    trace, window_s = held.trace, held.limit("window_s")
    part = trace.slice(hold.start_s, hold.start_s + window_s)
    later = trace.force_n[trace.slice(hold.start_s + window_s, hold.stop_s)]
    if len(later) and part.stop > part.start and float(later.max()) > LATER_SHARE * float(trace.force_n[part].max()):
        held.tell("peak_late")
